//! The trash.

use jiff::SignedDuration;
use skein_platform::{
    Ctx,
    access::{Role, View},
    drive::{self, Change, Listing, Paging},
};
use skein_testkit::on_each_database;

use crate::world::{World, code, folder, grant, note};

async fn names(ctx: &Ctx, listing: Listing) -> Vec<String> {
    let page = drive::list(ctx, listing, &Paging::default()).await.unwrap();
    page.items.into_iter().map(|resource| resource.name).collect()
}

#[tokio::test]
async fn a24_a25_what_is_in_the_trash_is_closed_with_all_below() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let top = folder(&ana, "Top", None).await;
        let inner = folder(&ana, "Inner", Some(top)).await;
        let plan = note(&ana, "Plan", Some(inner)).await;
        grant(&ana, top, &ben, Role::Edit).await;
        assert_eq!(code(drive::trash(&ben, top).await), "access.forbidden");
        drive::trash(&ana, top).await.unwrap();
        for id in [top, inner, plan] {
            assert_eq!(code(ben.authorize::<View>(id).await.map(|_| ())), "resource.trashed");
            assert_eq!(code(ana.authorize::<View>(id).await.map(|_| ())), "resource.trashed");
            assert!(drive::get(&ben, id).await.unwrap().resource.trashed.is_some());
        }
        let new = drive::NewResource { kind: "note".into(), name: "Late".into(), parent: Some(inner) };
        assert_eq!(code(drive::create(&ana, new).await), "resource.trashed");
        let other = folder(&ana, "Other", None).await;
        let into = Change { parent: Some(Some(top)), ..Change::default() };
        assert_eq!(code(drive::update(&ana, other, into).await), "resource.trashed");
        assert_eq!(code(drive::duplicate(&ana, top).await), "resource.trashed");
        assert_eq!(names(&ana, Listing::Root).await, ["Other"]);
        assert!(drive::search(&ana, "Plan", 20).await.unwrap().is_empty());
        // A26
        assert_eq!(names(&ana, Listing::Trash).await, ["Top"]);
        assert!(names(&ben, Listing::Trash).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a27_restoring_brings_back_what_went_along_and_nothing_else() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let top = folder(&ana, "Top", None).await;
        let inner = folder(&ana, "Inner", Some(top)).await;
        note(&ana, "Plan", Some(inner)).await;
        let old = note(&ana, "Old", Some(inner)).await;
        assert_eq!(code(drive::restore(&ana, old).await), "resource.not_trashed");
        drive::trash(&ana, old).await.unwrap();
        drive::trash(&ana, top).await.unwrap();
        drive::restore(&ana, top).await.unwrap();
        assert_eq!(names(&ana, Listing::In(inner)).await, ["Plan"]);
        assert_eq!(names(&ana, Listing::Trash).await, ["Old"]);
        drive::restore(&ana, old).await.unwrap();
        assert_eq!(names(&ana, Listing::In(inner)).await, ["Old", "Plan"]);

        // Its place is in the trash: to the root.
        drive::trash(&ana, old).await.unwrap();
        drive::trash(&ana, inner).await.unwrap();
        drive::restore(&ana, old).await.unwrap();
        assert_eq!(names(&ana, Listing::Root).await, ["Top", "Old"]);
        // Its place is gone for good: to the root.
        let plan = drive::search(&ana, "Plan", 1).await.unwrap();
        assert!(plan.is_empty());
        drive::purge(&ana, inner).await.unwrap();
        assert!(names(&ana, Listing::Trash).await.is_empty());
        assert_eq!(names(&ana, Listing::In(top)).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a26_a27_owners_get_back_what_went_along_with_anothers_folder() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let top = folder(&ana, "Top", None).await;
        grant(&ana, top, &ben, Role::Edit).await;
        let bens = folder(&ben, "Ben's", Some(top)).await;
        let plan = note(&ben, "Plan", Some(bens)).await;
        drive::trash(&ana, top).await.unwrap();
        assert_eq!(names(&ben, Listing::Trash).await, ["Ben's"]);
        drive::restore(&ben, bens).await.unwrap();
        assert_eq!(names(&ben, Listing::Root).await, ["Ben's"]);
        assert_eq!(names(&ben, Listing::In(bens)).await, ["Plan"]);
        assert_eq!(world.role(&ana, plan).await, None, "it inherits from the folder no more");
        assert_eq!(names(&ana, Listing::Trash).await, ["Top"]);
    })
    .await;
}

#[tokio::test]
async fn a28_deleting_for_good_keeps_what_was_trashed_alone_or_is_not_managed() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let top = folder(&ana, "Top", None).await;
        grant(&ana, top, &ben, Role::Edit).await;
        let plan = note(&ana, "Plan", Some(top)).await;
        let alone = note(&ana, "Alone", Some(top)).await;
        let bens = folder(&ben, "Ben's", Some(top)).await;
        let inside = note(&ben, "Inside", Some(bens)).await;
        drive::set_inherits(&ben, bens, false).await.unwrap();
        drive::update(&ana, plan, Change { starred: Some(true), ..Change::default() }).await.unwrap();
        drive::mark_opened(&ana, plan).await.unwrap();
        assert_eq!(code(drive::purge(&ana, top).await), "resource.not_trashed");
        drive::trash(&ana, alone).await.unwrap();
        drive::trash(&ana, top).await.unwrap();
        assert_eq!(code(drive::purge(&ben, top).await), "access.forbidden");
        world.notes.told();
        drive::purge(&ana, top).await.unwrap();
        assert_eq!(world.notes.told(), [format!("purge {plan}"), format!("purged {plan}")]);
        assert_eq!(code(drive::get(&ana, top).await), "resource.not_found");
        assert_eq!(code(drive::get(&ana, plan).await), "resource.not_found");
        assert_eq!(names(&ana, Listing::Trash).await, ["Alone"]);
        assert_eq!(names(&ben, Listing::Trash).await, ["Ben's"]);
        drive::restore(&ben, bens).await.unwrap();
        assert_eq!(world.role(&ben, inside).await, Some(Role::Manage));
        assert_eq!(names(&ben, Listing::In(bens)).await, ["Inside"]);
        let kinds = world.kinds(&skein_platform::security_stream(world.org)).await;
        assert_eq!(kinds.last().map(String::as_str), Some("resource.purged"), "A19");
    })
    .await;
}

#[tokio::test]
async fn a29_after_thirty_days_the_server_deletes_for_good() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let top = folder(&ana, "Top", None).await;
        note(&ana, "Plan", Some(top)).await;
        let late = note(&ana, "Late", None).await;
        drive::trash(&ana, top).await.unwrap();
        world.clock.advance(SignedDuration::from_hours(29 * 24));
        let now = Ctx { now: world.platform.clock.now(), ..ana.clone() };
        drive::trash(&now, late).await.unwrap();
        assert_eq!(drive::purge_expired(&world.platform).await, 0);
        world.clock.advance(SignedDuration::from_hours(24));
        assert_eq!(drive::purge_expired(&world.platform).await, 2);
        assert_eq!(names(&ana, Listing::Trash).await, ["Late"]);

        // What cannot be deleted does not hold up the rest.
        world.clock.advance(SignedDuration::from_hours(30 * 24));
        *world.notes.refuses.lock() = true;
        assert_eq!(drive::purge_expired(&world.platform).await, 0);
        assert_eq!(names(&ana, Listing::Trash).await, ["Late"]);
        *world.notes.refuses.lock() = false;
        assert_eq!(drive::purge_expired(&world.platform).await, 1);
    })
    .await;
}
