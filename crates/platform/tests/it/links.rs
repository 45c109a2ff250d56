//! Share links.

use jiff::SignedDuration;
use skein_platform::{
    Ctx,
    access::{Edit, Role, View},
    drive::{self, Link, LinkChange, Listing, Paging},
    identity::Meta,
};
use skein_store::params;
use skein_testkit::on_each_database;
use skein_types::ResourceId;

use crate::world::{World, code, folder, grant, me, note};

const URL: &str = "https://skein.example.com";

fn plain(role: Role) -> LinkChange {
    LinkChange { role, password: None, expires: None }
}

fn token(link: &Link) -> &str {
    link.url.strip_prefix("https://skein.example.com/s/").unwrap()
}

fn meta(ip: &str) -> Meta {
    Meta { ip: ip.into(), ..Meta::default() }
}

async fn open(world: &World, who: Option<&Ctx>, link: &Link, password: Option<&str>) -> Result<Role, String> {
    let now = who.map(|ctx| Ctx { now: world.platform.clock.now(), ..ctx.clone() });
    let opened = drive::open_link(&world.platform, &meta("198.51.100.9"), now, token(link), password).await;
    match opened {
        Ok((opened, cookie)) => {
            assert_eq!(cookie.is_some(), who.is_none(), "strangers get a cookie, members keep theirs");
            Ok(opened.role)
        }
        Err(error) => Err(code(Err::<(), _>(error))),
    }
}

async fn sessions(world: &World, link: &Link) -> i64 {
    let sql = "SELECT COUNT(*) AS n FROM sessions WHERE link = $1";
    world.test.db.row(sql, params![link.id]).await.unwrap().unwrap().get("n").unwrap()
}

#[tokio::test]
async fn a30_a31_a_visitor_sees_what_the_link_opens_and_nothing_else() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let top = folder(&ana, "Top", None).await;
        let inner = folder(&ana, "Inner", Some(top)).await;
        let plan = note(&ana, "Plan", Some(inner)).await;
        let apart = note(&ana, "Apart", Some(inner)).await;
        drive::set_inherits(&ana, apart, false).await.unwrap();
        assert_eq!(code(drive::put_link(&ana, inner, plain(Role::Manage), URL).await), "link.role");
        let link = drive::put_link(&ana, inner, plain(Role::View), URL).await.unwrap();
        assert_eq!(token(&link).len(), 64);
        let info = drive::link_info(&world.platform, token(&link)).await.unwrap();
        assert_eq!((info.needs_password, info.name.as_deref()), (false, Some("Inner")));
        assert_eq!(open(&world, None, &link, None).await, Ok(Role::View));
        assert_eq!(sessions(&world, &link).await, 1);

        let eve = world.visitor(link.id, inner, Role::View);
        let roles = async |ids: &[ResourceId]| {
            let mut roles = vec![];
            for id in ids {
                roles.push(world.role(&eve, *id).await);
            }
            roles
        };
        let view = Some(Role::View);
        assert_eq!(roles(&[top, inner, plan, apart]).await, [None, view, view, None]);
        eve.authorize::<View>(plan).await.unwrap();
        assert_eq!(code(eve.authorize::<Edit>(plan).await.map(|_| ())), "access.forbidden");
        let located = drive::get(&eve, plan).await.unwrap();
        assert_eq!(located.path.len(), 1);
        assert_eq!(located.resource.owner, None, "people are not told of");
        let listed = drive::list(&eve, Listing::In(inner), &Paging::default()).await.unwrap();
        assert_eq!(listed.items[0].owner, None);
        let listed = |listing| {
            let eve = eve.clone();
            async move {
                let page = drive::list(&eve, listing, &Paging::default()).await.unwrap();
                page.items.into_iter().map(|resource| resource.name).collect::<Vec<_>>()
            }
        };
        assert_eq!(listed(Listing::Root).await, ["Inner"]);
        assert_eq!(listed(Listing::In(inner)).await, ["Plan"]);
        for listing in [Listing::Recent, Listing::Starred, Listing::Shared, Listing::Trash] {
            assert!(listed(listing).await.is_empty());
        }
        assert_eq!(code(drive::access_of(&eve, plan, URL).await), "access.members_only");
        assert_eq!(code(drive::why(&eve, plan, me(&ana)).await), "access.members_only");
        assert_eq!(code(drive::duplicate(&eve, plan).await), "access.members_only");
        assert_eq!(code(drive::mark_opened(&eve, plan).await), "access.members_only");

        let new = || drive::NewResource { kind: "note".into(), name: "Mine".into(), parent: Some(inner) };
        drive::put_link(&ana, inner, plain(Role::Edit), URL).await.unwrap();
        assert_eq!(code(drive::create(&eve, new()).await), "access.members_only");
        let name = |name: &str| drive::Change { name: Some(name.into()), ..drive::Change::default() };
        assert_eq!(drive::update(&eve, plan, name("Edited")).await.unwrap().name, "Edited");
        let out = drive::Change { parent: Some(None), ..drive::Change::default() };
        assert_eq!(code(drive::update(&eve, plan, out).await), "access.forbidden");

        drive::trash(&ana, inner).await.unwrap();
        assert_eq!(code(drive::link_info(&world.platform, token(&link)).await), "link.not_found");
        assert_eq!(code(eve.authorize::<View>(plan).await.map(|_| ())), "resource.trashed");
    })
    .await;
}

#[tokio::test]
async fn a15_a17_only_who_manages_has_the_link() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let plan = note(&ana, "Plan", None).await;
        grant(&ana, plan, &ben, Role::Edit).await;
        assert_eq!(code(drive::put_link(&ben, plan, plain(Role::View), URL).await), "access.forbidden");
        let link = drive::put_link(&ana, plan, plain(Role::View), URL).await.unwrap();
        assert_eq!(code(drive::remove_link(&ben, plan).await), "access.forbidden");
        assert_eq!(drive::access_of(&ana, plan, URL).await.unwrap().link, Some(link));
        let list = drive::access_of(&ben, plan, URL).await.unwrap();
        assert_eq!(list.link, None);
        let kinds: Vec<_> = list.entries.iter().map(|entry| entry.source.kind).collect();
        let expected = [drive::EntryKind::Owner, drive::EntryKind::Grant, drive::EntryKind::Link];
        assert_eq!(kinds, expected, "that there is one is told");
    })
    .await;
}

#[tokio::test]
async fn a32_a_member_who_opens_a_link_has_its_role_while_it_lives() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let ben = world.person("Ben", "member").await;
        let gus = world.person("Gus", "guest").await;
        let top = folder(&ana, "Top", None).await;
        let plan = note(&ana, "Plan", Some(top)).await;
        let link = drive::put_link(&ana, top, plain(Role::Comment), URL).await.unwrap();
        assert_eq!(world.role(&ben, plan).await, None, "A link is not found, it is opened");
        assert_eq!(open(&world, Some(&ben), &link, None).await, Ok(Role::Comment));
        assert_eq!(open(&world, Some(&gus), &link, None).await, Ok(Role::Comment));
        assert_eq!(open(&world, Some(&ana), &link, None).await, Ok(Role::Manage), "never less than before");
        assert_eq!(world.role(&ben, plan).await, Some(Role::Comment));
        let shared = drive::list(&ben, Listing::Shared, &Paging::default()).await.unwrap();
        assert_eq!(shared.items.len(), 1);
        let why = drive::why(&ana, plan, me(&ben)).await.unwrap();
        assert_eq!(why.why[0].source, skein_platform::access::Source::Link);
        // A35
        drive::put_link(&ana, top, plain(Role::Edit), URL).await.unwrap();
        assert_eq!(world.role(&ben, plan).await, None);
        assert_eq!(open(&world, Some(&ben), &link, None).await, Ok(Role::Edit));
        let soon = world.platform.clock.now() + SignedDuration::from_mins(10);
        let until = LinkChange { expires: Some(Some(soon)), ..plain(Role::Edit) };
        drive::put_link(&ana, top, until, URL).await.unwrap();
        assert_eq!(open(&world, Some(&ben), &link, None).await, Ok(Role::Edit));
        assert_eq!(world.role(&ben, plan).await, Some(Role::Edit));
        world.clock.advance(SignedDuration::from_mins(10));
        assert_eq!(world.role(&ben, plan).await, None, "A34: it ends by the clock");
        drive::put_link(&ana, top, LinkChange { expires: Some(None), ..plain(Role::Edit) }, URL)
            .await
            .unwrap();
        assert_eq!(world.role(&ben, plan).await, None, "what had ended does not come back");
        open(&world, Some(&ben), &link, None).await.unwrap();
        drive::remove_link(&ana, top).await.unwrap();
        assert_eq!(world.role(&ben, plan).await, None);
        let anew = drive::put_link(&ana, top, plain(Role::View), URL).await.unwrap();
        assert_ne!(anew.url, link.url);
        assert_eq!(open(&world, Some(&ben), &link, None).await, Err("link.not_found".into()));
    })
    .await;
}

#[tokio::test]
async fn a33_a_password_hides_what_the_link_opens_and_is_not_guessed() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let plan = note(&ana, "Plan", None).await;
        let with = |password: Option<&str>| LinkChange {
            password: Some(password.map(Into::into)),
            ..plain(Role::View)
        };
        for bad in ["", &"x".repeat(257)] {
            assert_eq!(code(drive::put_link(&ana, plan, with(Some(bad)), URL).await), "link.password");
        }
        let link = drive::put_link(&ana, plan, with(Some("geese")), URL).await.unwrap();
        assert!(link.password);
        let info = drive::link_info(&world.platform, token(&link)).await.unwrap();
        assert_eq!((info.needs_password, info.name, info.kind), (true, None, None));
        assert_eq!(open(&world, None, &link, None).await, Err("link.wrong_password".into()));
        assert_eq!(open(&world, None, &link, Some("geese")).await, Ok(Role::View));
        for _ in 0..10 {
            assert_eq!(open(&world, None, &link, Some("ducks")).await, Err("link.wrong_password".into()));
        }
        assert_eq!(open(&world, None, &link, Some("geese")).await, Err("link.throttled".into()));
        let elsewhere = meta("203.0.113.1");
        let elsewhere = drive::open_link(&world.platform, &elsewhere, None, token(&link), Some("geese"));
        elsewhere.await.unwrap();
        world.clock.advance(SignedDuration::from_mins(16));
        assert_eq!(open(&world, None, &link, Some("geese")).await, Ok(Role::View));

        // One who has an IPv6 network has one try in it, not 2^64.
        let guess = async |ip: &str, password: &str| {
            let opened =
                drive::open_link(&world.platform, &meta(ip), None, token(&link), Some(password)).await;
            opened.map(|_| ()).map_err(|error| code(Err::<(), _>(error)))
        };
        for host in 0..10 {
            let wrong = guess(&format!("2001:db8::{host}"), "ducks").await;
            assert_eq!(wrong, Err("link.wrong_password".into()));
        }
        assert_eq!(guess("2001:db8::77", "geese").await, Err("link.throttled".into()));
        assert_eq!(guess("2001:db8:0:1::77", "geese").await, Ok(()));

        // Keeping it, and taking it away.
        assert!(drive::put_link(&ana, plan, plain(Role::Comment), URL).await.unwrap().password);
        assert!(!drive::put_link(&ana, plan, with(None), URL).await.unwrap().password);
        assert_eq!(open(&world, None, &link, None).await, Ok(Role::View));
    })
    .await;
}

#[tokio::test]
async fn a_password_is_not_guessed_from_many_networks() {
    let world = World::new(skein_testkit::TestDb::sqlite(true).await).await;
    let ana = world.person("Ana", "member").await;
    let plan = note(&ana, "Plan", None).await;
    let with = LinkChange { password: Some(Some("geese".into())), ..plain(Role::View) };
    let link = drive::put_link(&ana, plan, with, URL).await.unwrap();
    for at in 0..201u8 {
        let from = meta(&format!("203.0.113.{at}"));
        let guess = drive::open_link(&world.platform, &from, None, token(&link), Some("ducks")).await;
        let expected = if at < 200 { "link.wrong_password" } else { "link.throttled" };
        assert_eq!(code(guess.map(|_| ())), expected, "guess {at}");
    }
}

#[tokio::test]
async fn a34_a35_ends_and_changes_close_what_was_opened() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let ana = world.person("Ana", "member").await;
        let plan = note(&ana, "Plan", None).await;
        let past = LinkChange { expires: Some(Some(ana.now)), ..plain(Role::View) };
        assert_eq!(code(drive::put_link(&ana, plan, past, URL).await), "link.expires");
        let soon = ana.now + SignedDuration::from_mins(10);
        let link = drive::put_link(&ana, plan, plain(Role::View), URL).await.unwrap();
        let changes = [
            LinkChange { role: Role::Edit, ..plain(Role::View) },
            LinkChange { password: Some(Some("geese".into())), ..plain(Role::Edit) },
            LinkChange { password: Some(None), ..plain(Role::Edit) },
            LinkChange { expires: Some(Some(soon)), ..plain(Role::Edit) },
        ];
        for change in changes {
            let password = world.test.db.row("SELECT password FROM links", vec![]).await.unwrap().unwrap();
            let has = password.get::<Option<String>>("password").unwrap().is_some();
            open(&world, None, &link, has.then_some("geese")).await.unwrap();
            assert_eq!(sessions(&world, &link).await, 1);
            let after = drive::put_link(&ana, plan, change.clone(), URL).await.unwrap();
            assert_eq!((sessions(&world, &link).await, &after.url), (0, &link.url), "{change:?}");
        }
        open(&world, None, &link, None).await.unwrap();
        drive::put_link(&ana, plan, plain(Role::Edit), URL).await.unwrap();
        assert_eq!(sessions(&world, &link).await, 1, "the same again changes nothing");
        let eve = world.visitor(link.id, plan, Role::Edit);
        assert_eq!(world.role(&eve, plan).await, Some(Role::Edit));
        world.clock.advance(SignedDuration::from_mins(10));
        assert_eq!(world.role(&eve, plan).await, None);
        assert_eq!(open(&world, None, &link, None).await, Err("link.expired".into()));
        drive::remove_link(&ana, plan).await.unwrap();
        assert_eq!(sessions(&world, &link).await, 0);
        let kinds = world.kinds(&skein_platform::security_stream(world.org)).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "link.changed").count(), 5, "A19");
    })
    .await;
}
