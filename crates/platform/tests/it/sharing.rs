//! Grants, inheritance, owners, and what is told of them.

use skein_platform::{
    Ctx,
    access::{Role, View},
    drive::{self, EntryKind, SubjectKind, SubjectRef},
    drive_stream, security_stream,
};
use skein_store::params;
use skein_testkit::on_each_database;

use crate::world::{World, code, folder, grant, me, note};

const URL: &str = "https://skein.example.com";

#[tokio::test]
async fn a7_a8_a9_inheritance_reaches_down_until_it_is_stopped() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let cai = world.person("Cai", "member").await;
        let top = folder(&ana, "Top", None).await;
        let inner = folder(&ana, "Inner", Some(top)).await;
        let plan = note(&ana, "Plan", Some(inner)).await;
        grant(&ana, top, &ben, Role::Manage).await;
        grant(&ana, inner, &cai, Role::Comment).await;
        let roles = async || {
            let mut roles = vec![];
            for ctx in [&ana, &ben, &cai] {
                for id in [top, inner, plan] {
                    roles.push(world.role(ctx, id).await.map_or("-", Role::as_str));
                }
            }
            roles.join(" ")
        };
        let whole = "manage manage manage manage manage manage - comment comment";
        assert_eq!(roles().await, whole);
        drive::set_inherits(&ben, inner, false).await.unwrap();
        assert_eq!(roles().await, "manage manage manage manage - - - comment comment");
        drive::set_inherits(&ana, inner, true).await.unwrap();
        assert_eq!(roles().await, whole);
        drive::set_inherits(&ana, plan, false).await.unwrap();
        assert_eq!(roles().await, "manage manage manage manage manage - - comment -");
    })
    .await;
}

#[tokio::test]
async fn a10_a14_every_kind_of_subject() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let gus = world.person("Gus", "guest").await;
        let boss = world.person("Boss", "owner").await;
        let energy = world.department("Energy", None, &[]).await;
        let sales = world.department("Sales", Some(energy), &[]).await;
        world.department("Berlin", Some(sales), &[&ben, &gus]).await;
        let riders = world.group("Riders", &[&gus]).await;
        let plan = note(&ana, "Plan", None).await;
        // A4
        assert_eq!(world.role(&boss, plan).await, None);
        for (subject, bens, guests) in [
            (SubjectRef::Department(energy), Some(Role::Edit), Some(Role::Edit)),
            (SubjectRef::Department(sales), Some(Role::Edit), Some(Role::Edit)),
            (SubjectRef::Group(riders), None, Some(Role::Edit)),
            (SubjectRef::Everyone, Some(Role::Edit), None),
            (SubjectRef::Member(me(&ben)), Some(Role::Edit), None),
        ] {
            drive::put_grant(&ana, plan, subject, Role::Edit).await.unwrap();
            assert_eq!(world.role(&ben, plan).await, bens, "{subject:?}");
            assert_eq!(world.role(&gus, plan).await, guests, "{subject:?}");
            drive::remove_grant(&ana, plan, subject).await.unwrap();
            assert_eq!(world.role(&ben, plan).await, None, "A18 {subject:?}");
            assert_eq!(world.role(&gus, plan).await, None, "A18 {subject:?}");
        }
        drive::put_grant(&ana, plan, SubjectRef::Department(energy), Role::Edit).await.unwrap();
        assert_eq!(world.role(&ben, plan).await, Some(Role::Edit));
        world.sql("DELETE FROM department_members WHERE member = $1", params![me(&ben)]).await;
        world.tell_directory().await;
        assert_eq!(world.role(&ben, plan).await, None, "A18: leaving a department counts at once");
    })
    .await;
}

#[tokio::test]
async fn a15_only_who_manages_shares() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let cai = world.person("Cai", "member").await;
        let left = world.person("Left", "member").await;
        world.sql("UPDATE members SET active = FALSE WHERE id = $1", params![me(&left)]).await;
        let plan = note(&ana, "Plan", None).await;
        let to_cai = SubjectRef::Member(me(&cai));
        assert_eq!(code(drive::put_grant(&ben, plan, to_cai, Role::View).await), "resource.not_found");
        for role in [Role::View, Role::Comment, Role::Edit] {
            grant(&ana, plan, &ben, role).await;
            assert_eq!(code(drive::put_grant(&ben, plan, to_cai, Role::View).await), "access.forbidden");
            assert_eq!(code(drive::remove_grant(&ben, plan, to_cai).await), "access.forbidden");
            assert_eq!(code(drive::set_inherits(&ben, plan, false).await), "access.forbidden");
            assert_eq!(code(drive::transfer(&ben, plan, me(&ben)).await), "access.forbidden");
        }
        grant(&ana, plan, &ben, Role::Manage).await;
        drive::put_grant(&ben, plan, to_cai, Role::Manage).await.unwrap();
        assert_eq!(code(drive::transfer(&ben, plan, me(&ben)).await), "resource.transfer");
        // A3
        let to_ana = SubjectRef::Member(me(&ana));
        assert_eq!(code(drive::put_grant(&ben, plan, to_ana, Role::View).await), "grant.owner");
        for subject in [
            SubjectRef::Member(me(&left)),
            SubjectRef::Member(world.ids.make()),
            SubjectRef::Department(world.ids.make()),
            SubjectRef::Group(world.ids.make()),
        ] {
            assert_eq!(code(drive::put_grant(&ana, plan, subject, Role::View).await), "grant.subject");
        }
        // A19: each change once; what changes nothing is not told.
        let before = world.kinds(&security_stream(world.org)).await.len();
        drive::put_grant(&ana, plan, to_cai, Role::Manage).await.unwrap();
        drive::remove_grant(&ana, plan, SubjectRef::Everyone).await.unwrap();
        assert_eq!(world.kinds(&security_stream(world.org)).await.len(), before);
        drive::remove_grant(&ana, plan, to_cai).await.unwrap();
        let last = world.test.db.events_before(&security_stream(world.org), i64::MAX, 1).await.unwrap();
        assert_eq!(last[0].kind, "grant.removed");
        assert!(last[0].data.get().contains("192.0.2.7"), "{}", last[0].data.get());
        assert_eq!(last[0].actor, me(&ana).to_string());
    })
    .await;
}

#[tokio::test]
async fn a16_a_transfer_leaves_the_old_owner_managing() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let gus = world.person("Gus", "guest").await;
        let boss = world.person("Boss", "admin").await;
        let plan = note(&ana, "Plan", None).await;
        assert_eq!(code(drive::transfer(&boss, plan, me(&boss)).await), "resource.not_found");
        assert_eq!(code(drive::transfer(&ana, plan, me(&gus)).await), "resource.guest_owner");
        assert_eq!(code(drive::transfer(&ana, plan, world.ids.make()).await), "grant.subject");
        grant(&ana, plan, &ben, Role::View).await;
        drive::transfer(&ana, plan, me(&ben)).await.unwrap();
        assert_eq!(world.role(&ana, plan).await, Some(Role::Manage));
        assert_eq!(code(drive::transfer(&ana, plan, me(&ana)).await), "resource.transfer");
        drive::remove_grant(&ben, plan, SubjectRef::Member(me(&ana))).await.unwrap();
        assert_eq!(world.role(&ana, plan).await, None);
        grant(&ben, plan, &boss, Role::Manage).await;
        drive::transfer(&boss, plan, me(&ana)).await.unwrap();
        assert_eq!(drive::get(&ana, plan).await.unwrap().resource.owner, Some(me(&ana)));
        assert_eq!(world.role(&ben, plan).await, Some(Role::Manage));
    })
    .await;
}

#[tokio::test]
async fn a17_who_has_access_is_told_with_sources() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let energy = world.department("Energy", None, &[&ben]).await;
        let top = folder(&ana, "Top", None).await;
        drive::put_grant(&ana, top, SubjectRef::Department(energy), Role::View).await.unwrap();
        let plan = note(&ben_with_edit(&world, &ana, &ben, top).await, "Plan", Some(top)).await;
        let cai = world.person("Cai", "member").await;
        grant(&ana, plan, &cai, Role::Comment).await;
        let list = drive::access_of(&ana, plan, URL).await.unwrap();
        assert!(list.inherits && list.link.is_none());
        assert_eq!(list.owner.name, "Ben");
        let lines = |list: &drive::AccessList| {
            list.entries
                .iter()
                .map(|entry| {
                    let from = entry.source.resource.as_ref().map_or("", |step| step.name.as_str());
                    let inherited = if entry.source.inherited { " from " } else { "" };
                    format!("{} {} {:?}{inherited}{from}", entry.subject.name, entry.role, entry.source.kind)
                })
                .collect::<Vec<_>>()
        };
        let expected = [
            "Ben manage Owner",
            "Cai comment Grant",
            "Ana manage Owner from Top",
            "Ben edit Grant from Top",
            "Energy view Grant from Top",
        ];
        assert_eq!(lines(&list), expected);
        // Cai sees the plan, not the folder: it is not named.
        let list = drive::access_of(&cai, plan, URL).await.unwrap();
        let expected = [
            "Ben manage Owner",
            "Cai comment Grant",
            "Ana manage Owner from ",
            "Ben edit Grant from ",
            "Energy view Grant from ",
        ];
        assert_eq!(lines(&list), expected);
        assert_eq!(list.entries[4].subject.kind, SubjectKind::Department);
        assert_eq!(list.entries[4].source.kind, EntryKind::Grant);

        let why = drive::why(&ana, plan, me(&ben)).await.unwrap();
        assert_eq!(why.role, Some(Role::Manage));
        let reasons: Vec<_> = why
            .why
            .iter()
            .map(|reason| {
                let on = reason.resource.as_ref().map_or("", |step| step.name.as_str());
                format!("{} {} on {on}", reason.role, reason.subject.name)
            })
            .collect();
        assert_eq!(reasons, ["manage Ben on Plan", "edit Ben on Top", "view Energy on Top"]);
        assert_eq!(drive::why(&cai, plan, me(&cai)).await.unwrap().role, Some(Role::Comment));
        assert_eq!(code(drive::why(&cai, plan, me(&ben)).await), "access.forbidden");
        assert_eq!(code(drive::why(&ana, plan, world.ids.make()).await), "member.not_found");
        drive::set_inherits(&ben, plan, false).await.unwrap();
        assert_eq!(
            lines(&drive::access_of(&ben, plan, URL).await.unwrap()),
            ["Ben manage Owner", "Cai comment Grant"]
        );
        assert_eq!(drive::why(&ben, plan, me(&ana)).await.unwrap().role, None);
    })
    .await;
}

async fn ben_with_edit(_world: &World, ana: &Ctx, ben: &Ctx, top: skein_types::ResourceId) -> Ctx {
    grant(ana, top, ben, Role::Edit).await;
    ben.clone()
}

#[tokio::test]
async fn a18_a_remembered_answer_ends_with_what_it_was_based_on() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let top = folder(&ana, "Top", None).await;
        let plan = note(&ana, "Plan", Some(top)).await;
        for _ in 0..20 {
            grant(&ana, top, &ben, Role::View).await;
            ben.authorize::<View>(plan).await.unwrap();
            ben.authorize::<View>(plan).await.unwrap();
            drive::remove_grant(&ana, top, SubjectRef::Member(me(&ben))).await.unwrap();
            assert_eq!(code(ben.authorize::<View>(plan).await.map(|_| ())), "resource.not_found");
        }
        assert_eq!(world.kinds(&drive_stream(world.org)).await.len(), 42);
    })
    .await;
}

#[tokio::test]
async fn a18_another_server_hears_of_it() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let plan = note(&ana, "Plan", None).await;
        grant(&ana, plan, &ben, Role::View).await;
        let db = world.test.another().await;
        let tail = db.start_tail().await.unwrap();
        let other = skein_platform::Platform::new(
            db,
            world.test.blobs(),
            world.clock.clone(),
            world.ids.clone(),
            skein_platform::Settings::default(),
        );
        let there = Ctx { platform: other, ..ben.clone() };
        there.authorize::<View>(plan).await.unwrap();
        drive::remove_grant(&ana, plan, SubjectRef::Member(me(&ben))).await.unwrap();
        skein_testkit::until("the other server refuses", async || {
            there.authorize::<View>(plan).await.is_err()
        })
        .await;
        tail.abort();
    })
    .await;
}
