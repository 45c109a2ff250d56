//! The tree: making, listing, moving, copying, finding.

use skein_platform::{
    Ctx, Principal,
    access::Role,
    drive::{self, Change, Listing, NewResource, Paging, SubjectRef},
    drive_stream,
};
use skein_testkit::on_each_database;
use skein_types::ResourceId;

use crate::world::{World, code, folder, grant, make, me, note};

async fn names(ctx: &Ctx, listing: Listing) -> Vec<String> {
    let page = drive::list(ctx, listing, &Paging::default()).await.unwrap();
    page.items.into_iter().map(|resource| resource.name).collect()
}

async fn rename(ctx: &Ctx, id: ResourceId, name: &str) -> Result<(), drive::DriveError> {
    let change = Change { name: Some(name.into()), ..Change::default() };
    drive::update(ctx, id, change).await.map(|_| ())
}

async fn put(ctx: &Ctx, id: ResourceId, parent: Option<ResourceId>) -> Result<(), drive::DriveError> {
    let change = Change { parent: Some(parent), ..Change::default() };
    drive::update(ctx, id, change).await.map(|_| ())
}

#[tokio::test]
async fn a_folder_lists_folders_first_and_names_in_natural_order() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let top = folder(&ana, "Work", None).await;
        for name in ["Week 10", "week 9", "Week 2", "Äpfel"] {
            note(&ana, name, Some(top)).await;
        }
        folder(&ana, "Zoo", Some(top)).await;
        assert_eq!(names(&ana, Listing::In(top)).await, ["Zoo", "Äpfel", "Week 2", "week 9", "Week 10"]);
        assert_eq!(names(&ana, Listing::Root).await, ["Work"]);

        let other = folder(&ana, "中国", Some(top)).await;
        for name in ["上海", "北京"] {
            note(&ana, name, Some(other)).await;
        }
        assert_eq!(names(&ana, Listing::In(other)).await, ["北京", "上海"]);
        drive::trash(&ana, other).await.unwrap();

        let (mut cursor, mut seen) = (None, vec![]);
        loop {
            let paging = Paging { cursor, limit: Some(4) };
            let page = drive::list(&ana, Listing::In(top), &paging).await.unwrap();
            seen.extend(page.items.into_iter().map(|resource| resource.name));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, names(&ana, Listing::In(top)).await, "pages join without gap or repeat");
        let paging = Paging { cursor: Some("nonsense".into()), limit: None };
        assert_eq!(code(drive::list(&ana, Listing::Root, &paging).await), "request.cursor");
    })
    .await;
}

#[tokio::test]
async fn a20_making_something_needs_edit_on_the_folder() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let gus = world.person("Gus", "guest").await;
        let top = folder(&ana, "Work", None).await;
        let new = || NewResource { kind: "note".into(), name: "Plan".into(), parent: Some(top) };
        assert_eq!(code(drive::create(&ben, new()).await), "resource.not_found");
        for (role, expected) in [(Role::View, "access.forbidden"), (Role::Comment, "access.forbidden")] {
            grant(&ana, top, &ben, role).await;
            assert_eq!(code(drive::create(&ben, new()).await), expected, "{role}");
        }
        grant(&ana, top, &ben, Role::Edit).await;
        let made = drive::create(&ben, new()).await.unwrap();
        assert_eq!((made.owner, made.role, made.parent), (Some(me(&ben)), Role::Manage, Some(top)));
        assert!(made.shared && made.inherits);
        assert_eq!(world.role(&ana, made.id).await, Some(Role::Manage), "the folder's owner manages it");

        // A13
        let at_root = NewResource { parent: None, ..new() };
        assert_eq!(code(drive::create(&gus, at_root).await), "resource.guest_root");
        grant(&ana, top, &gus, Role::Edit).await;
        let made = drive::create(&gus, new()).await.unwrap();
        assert_eq!(code(put(&gus, made.id, None).await), "resource.guest_root");

        let inside = NewResource { parent: Some(made.id), ..new() };
        assert_eq!(code(drive::create(&ana, inside).await), "resource.not_a_folder");
        let unknown = NewResource { kind: "chart".into(), ..new() };
        assert_eq!(code(drive::create(&ana, unknown).await), "resource.kind");
        let unnamed = NewResource { name: " ".into(), ..new() };
        assert_eq!(code(drive::create(&ana, unnamed).await), "resource.name");
        let read_only =
            Ctx { origin: skein_platform::Origin { read_only: true, ..ana.origin.clone() }, ..ana.clone() };
        assert_eq!(code(drive::create(&read_only, new()).await), "access.read_only_token");
    })
    .await;
}

#[tokio::test]
async fn a_module_that_refuses_leaves_nothing_behind() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        *world.notes.refuses.lock() = true;
        let new = NewResource { kind: "note".into(), name: "Plan".into(), parent: None };
        assert_eq!(code(drive::create(&ana, new).await), "note.refused");
        assert!(names(&ana, Listing::Root).await.is_empty());
        assert!(world.kinds(&drive_stream(world.org)).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a21_moving_needs_manage_and_edit_and_makes_no_cycle() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let a = folder(&ana, "A", None).await;
        let b = folder(&ana, "B", Some(a)).await;
        let c = folder(&ana, "C", Some(b)).await;
        for target in [a, b, c] {
            assert_eq!(code(put(&ana, a, Some(target)).await), "resource.cycle");
        }
        let bens = folder(&ben, "Ben's", None).await;
        grant(&ana, c, &ben, Role::Edit).await;
        assert_eq!(code(put(&ben, c, Some(bens)).await), "access.forbidden");
        grant(&ana, c, &ben, Role::Manage).await;
        assert_eq!(code(put(&ana, c, Some(bens)).await), "resource.not_found");
        put(&ben, c, Some(bens)).await.unwrap();
        assert_eq!(world.role(&ana, c).await, Some(Role::Manage), "she still owns it");
        assert_eq!(world.role(&ana, bens).await, None);
        // A23: the folder it is in is not hers to see, so it stands at her root.
        assert_eq!(names(&ana, Listing::Root).await, ["A", "C"]);
        let located = drive::get(&ana, c).await.unwrap();
        assert_eq!((located.resource.parent, located.path.len()), (None, 0));
        put(&ana, c, Some(b)).await.unwrap();
        let path = drive::get(&ana, c).await.unwrap().path;
        assert_eq!(path.iter().map(|step| step.name.as_str()).collect::<Vec<_>>(), ["A", "B"]);
        assert_eq!(world.role(&ben, c).await, Some(Role::Manage), "grants go along");
        put(&ana, c, None).await.unwrap();
        assert!(drive::get(&ana, c).await.unwrap().path.is_empty());
    })
    .await;
}

#[tokio::test]
async fn folders_do_not_nest_without_end() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let mut parent = None;
        for level in 0..64 {
            parent = Some(folder(&ana, &format!("{level}"), parent).await);
        }
        let new = NewResource { kind: "note".into(), name: "too deep".into(), parent };
        assert_eq!(code(drive::create(&ana, new).await), "resource.too_deep");
        let two = folder(&ana, "two", None).await;
        let last = drive::get(&ana, parent.unwrap()).await.unwrap().resource;
        put(&ana, last.id, None).await.unwrap();
        folder(&ana, "in two", Some(two)).await;
        assert_eq!(code(put(&ana, two, last.parent).await), "resource.too_deep");
    })
    .await;
}

#[tokio::test]
async fn two_moves_at_once_make_no_cycle() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        for round in 0..10 {
            let a = folder(&ana, &format!("A{round}"), None).await;
            let b = folder(&ana, &format!("B{round}"), None).await;
            let (one, other) = tokio::join!(put(&ana, a, Some(b)), put(&ana, b, Some(a)));
            assert!(one.is_ok() != other.is_ok(), "one of them is refused");
        }
    })
    .await;
}

#[tokio::test]
async fn renaming_needs_edit() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let plan = note(&ana, "Plan", None).await;
        grant(&ana, plan, &ben, Role::Comment).await;
        assert_eq!(code(rename(&ben, plan, "Mine").await), "access.forbidden");
        grant(&ana, plan, &ben, Role::Edit).await;
        rename(&ben, plan, "  Ko\u{308}ln ").await.unwrap();
        assert_eq!(names(&ana, Listing::Root).await, ["Köln"]);
        let expected = ["resource.created", "grant.changed", "grant.changed", "resource.renamed"];
        assert_eq!(world.kinds(&drive_stream(world.org)).await, expected);
    })
    .await;
}

#[tokio::test]
async fn recent_and_starred_are_ones_own() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let a = note(&ana, "A", None).await;
        let b = note(&ana, "B", None).await;
        grant(&ana, a, &ben, Role::View).await;
        assert_eq!(code(drive::mark_opened(&ben, b).await), "resource.not_found");
        drive::mark_opened(&ana, a).await.unwrap();
        let later = Ctx { now: ana.now + jiff::SignedDuration::from_secs(5), ..ana.clone() };
        drive::mark_opened(&later, b).await.unwrap();
        drive::mark_opened(&ben, a).await.unwrap();
        assert_eq!(names(&ana, Listing::Recent).await, ["B", "A"]);
        assert_eq!(names(&ben, Listing::Recent).await, ["A"]);

        let star = |starred| Change { starred: Some(starred), ..Change::default() };
        assert!(drive::update(&ben, a, star(true)).await.unwrap().starred);
        assert_eq!(names(&ben, Listing::Starred).await, ["A"]);
        assert!(names(&ana, Listing::Starred).await.is_empty());
        drive::remove_grant(&ana, a, SubjectRef::Member(me(&ben))).await.unwrap();
        assert!(names(&ben, Listing::Starred).await.is_empty(), "A18: what was lost is listed nowhere");
        assert!(names(&ben, Listing::Recent).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a23_shared_lists_the_topmost_of_what_others_gave() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let gus = world.person("Gus", "guest").await;
        let top = folder(&ana, "Top", None).await;
        let inner = folder(&ana, "Inner", Some(top)).await;
        let deep = note(&ana, "Deep", Some(inner)).await;
        grant(&ana, deep, &ben, Role::View).await;
        assert_eq!(names(&ben, Listing::Shared).await, ["Deep"]);
        grant(&ana, inner, &ben, Role::View).await;
        assert_eq!(names(&ben, Listing::Shared).await, ["Inner"]);
        assert_eq!(names(&ben, Listing::In(inner)).await, ["Deep"]);
        assert_eq!(drive::get(&ben, deep).await.unwrap().path.len(), 1, "the top is not named");
        drive::put_grant(&ana, top, SubjectRef::Everyone, Role::View).await.unwrap();
        assert_eq!(names(&ben, Listing::Shared).await, ["Top"]);
        assert!(names(&gus, Listing::Shared).await.is_empty(), "A12");
        assert!(names(&ana, Listing::Shared).await.is_empty());
        assert_eq!(code(drive::list(&gus, Listing::In(top), &Paging::default()).await), "resource.not_found");
    })
    .await;
}

#[tokio::test]
async fn a22_a_copy_holds_what_the_copier_sees_and_keeps_apart_what_was() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let top = folder(&ana, "Top", None).await;
        let plan = note(&ana, "Plan", Some(top)).await;
        let private = folder(&ana, "Private", Some(top)).await;
        note(&ana, "Secret", Some(private)).await;
        drive::set_inherits(&ana, private, false).await.unwrap();
        grant(&ana, top, &ben, Role::View).await;
        world.notes.told();

        let copy = drive::duplicate(&ben, top).await.unwrap();
        assert_eq!((copy.name.as_str(), copy.parent, copy.owner), ("Top (2)", None, Some(me(&ben))));
        assert_eq!(names(&ben, Listing::In(copy.id)).await, ["Plan"]);
        assert_eq!(world.role(&ana, copy.id).await, None, "grants are not copied");
        let told = world.notes.told();
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with(&format!("duplicate {plan} ")));

        let copy = drive::duplicate(&ana, top).await.unwrap();
        assert_eq!(names(&ana, Listing::In(copy.id)).await, ["Private", "Plan"]);
        grant(&ana, copy.id, &ben, Role::View).await;
        assert_eq!(names(&ben, Listing::In(copy.id)).await, ["Plan"]);
        let again = drive::duplicate(&ana, copy.id).await.unwrap();
        assert_eq!(again.name, "Top (3)");

        let gus = world.person("Gus", "guest").await;
        grant(&ana, plan, &gus, Role::View).await;
        assert_eq!(code(drive::duplicate(&gus, plan).await), "resource.guest_root");
        *world.notes.refuses.lock() = true;
        let before = names(&ana, Listing::In(top)).await;
        assert_eq!(code(drive::duplicate(&ana, plan).await), "note.refused");
        assert_eq!(names(&ana, Listing::In(top)).await, before);
    })
    .await;
}

#[tokio::test]
async fn search_finds_only_what_may_be_seen() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let bens = folder(&ben, "Ben's stations", None).await;
        for name in ["Stations", "Gas STATIONS", "北京加油站", "Äpfel", "100%", "ЗАВОД", "Substation"]
        {
            make(&ana, "note", name, None).await;
        }
        for name in ["北京加油站 2", "Stations"] {
            note(&ben, name, Some(bens)).await;
        }
        for (text, expected) in [
            ("stations", &["Stations", "Gas STATIONS"][..]),
            ("加油", &["北京加油站"]),
            ("äpf", &["Äpfel"]),
            ("ÄP", &["Äpfel"]),
            ("завод", &["ЗАВОД"]),
            ("%", &["100%"]),
            ("0_", &[]),
            ("tati", &["Stations", "Gas STATIONS", "Substation"]),
            ("  ", &[]),
        ] {
            let mut found: Vec<_> =
                drive::search(&ana, text, 20).await.unwrap().into_iter().map(|hit| hit.name).collect();
            let mut expected = expected.to_vec();
            if text == "tati" {
                found.sort();
                expected.sort_unstable();
            }
            assert_eq!(found, expected, "{text:?}");
        }
        assert_eq!(drive::search(&ana, "s", 2).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn search_goes_on_past_what_may_not_be_seen() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        for number in 0..450 {
            folder(&ben, &format!("plan {number}"), None).await;
        }
        note(&ana, "a plan with a long name", None).await;
        assert_eq!(drive::search(&ana, "plan", 20).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn another_organisation_does_not_exist() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let plan = note(&ana, "Plan", None).await;
        let org = world.ids.make();
        world.sql("INSERT INTO orgs (id, name, created) VALUES ($1, 'Swans', 0)", vec![org.into()]).await;
        let stranger =
            Ctx { org, who: Principal::Member { id: me(&ana), admin: true, guest: false }, ..ana.clone() };
        assert_eq!(code(drive::get(&stranger, plan).await), "resource.not_found");
        assert!(drive::search(&stranger, "Plan", 20).await.unwrap().is_empty());
        assert!(names(&stranger, Listing::Root).await.is_empty());
    })
    .await;
}
