//! The policy matrix: who may do what in which situation, as one file that a change of a rule changes.

use std::fmt::Write;

use skein_platform::{
    Ctx, Origin,
    access::{AccessError, Action, Comment, Edit, Manage, Role, View},
    drive::{self, LinkChange, SubjectRef},
    identity::Meta,
};
use skein_testkit::TestDb;
use skein_types::{Problem, ResourceId};

use crate::world::{World, folder, grant, make, me};

async fn outcome<A: Action>(ctx: &Ctx, id: ResourceId) -> String {
    match ctx.authorize::<A>(id).await {
        Ok(granted) => {
            assert!(granted.role() >= A::NEEDS);
            "yes".into()
        }
        Err(error) => {
            assert!(!matches!(error, AccessError::Store(_)), "{error}");
            Problem::from(error).code
        }
    }
}

/// A folder above a resource, who asks, and what was done for them before.
struct Case<'w> {
    world: &'w World,
    kind: &'static str,
    text: &'w mut String,
}

impl Case<'_> {
    /// Makes a folder with a resource in it, lets `arrange` say who asks, and writes the line.
    async fn line(&mut self, name: &str, arrange: impl AsyncFn(Ctx, ResourceId, ResourceId) -> Ctx) {
        let owner = self.world.person("Owner", "member").await;
        let above = folder(&owner, "Above", None).await;
        let resource = make(&owner, self.kind, "Resource", Some(above)).await.id;
        let asks = arrange(owner, above, resource).await;
        let _ = writeln!(
            self.text,
            "{:<44} {:<7} {:<24} {:<24} {:<24} {}",
            name,
            self.kind,
            outcome::<View>(&asks, resource).await,
            outcome::<Comment>(&asks, resource).await,
            outcome::<Edit>(&asks, resource).await,
            outcome::<Manage>(&asks, resource).await,
        );
    }
}

fn link(role: Role) -> LinkChange {
    LinkChange { role, password: None, expires: None }
}

#[tokio::test]
async fn the_policy_is_as_written_down() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let mut text = format!(
        "{:<44} {:<7} {:<24} {:<24} {:<24} {}\n",
        "who asks", "kind", "view", "comment", "edit", "manage"
    );
    for kind in ["folder", "note"] {
        let mut case = Case { world: &world, kind, text: &mut text };
        people(&mut case).await;
        roles(&mut case).await;
        subjects(&mut case).await;
        links(&mut case).await;
        trash_and_tokens(&mut case).await;
    }
    insta::assert_snapshot!("policy", text);
}

async fn people(case: &mut Case<'_>) {
    let world = case.world;
    case.line("its owner", async |owner, _, _| owner).await;
    case.line("its owner, inheritance stopped", async |owner, _, resource| {
        drive::set_inherits(&owner, resource, false).await.unwrap();
        owner
    })
    .await;
    for role in ["member", "guest", "admin", "owner"] {
        case.line(&format!("a stranger, {role} of the organisation"), async |_, _, _| {
            world.person("Stranger", role).await
        })
        .await;
    }
    for (name, stopped) in [("the folder's owner", false), ("the folder's owner, inheritance stopped", true)]
    {
        case.line(name, async |owner, _, resource| {
            let other = world.person("Other", "member").await;
            drive::transfer(&owner, resource, me(&other)).await.unwrap();
            drive::remove_grant(&other, resource, SubjectRef::Member(me(&owner))).await.unwrap();
            if stopped {
                drive::set_inherits(&other, resource, false).await.unwrap();
            }
            owner
        })
        .await;
    }
    case.line("the owner before a transfer", async |owner, _, resource| {
        let other = world.person("Other", "member").await;
        drive::transfer(&owner, resource, me(&other)).await.unwrap();
        drive::set_inherits(&other, resource, false).await.unwrap();
        owner
    })
    .await;
}

async fn roles(case: &mut Case<'_>) {
    let world = case.world;
    for role in Role::ALL {
        case.line(&format!("granted {role}"), async |owner, _, resource| {
            let asks = world.person("Asks", "member").await;
            grant(&owner, resource, &asks, role).await;
            asks
        })
        .await;
        case.line(&format!("granted {role} on the folder"), async |owner, above, _| {
            let asks = world.person("Asks", "member").await;
            grant(&owner, above, &asks, role).await;
            asks
        })
        .await;
        case.line(&format!("granted {role} on the folder, stopped"), async |owner, above, resource| {
            let asks = world.person("Asks", "member").await;
            grant(&owner, above, &asks, role).await;
            drive::set_inherits(&owner, resource, false).await.unwrap();
            asks
        })
        .await;
    }
    case.line("granted edit on the folder, view on it", async |owner, above, resource| {
        let asks = world.person("Asks", "member").await;
        grant(&owner, above, &asks, Role::Edit).await;
        grant(&owner, resource, &asks, Role::View).await;
        asks
    })
    .await;
    case.line("granted manage, then taken back", async |owner, _, resource| {
        let asks = world.person("Asks", "member").await;
        grant(&owner, resource, &asks, Role::Manage).await;
        drive::remove_grant(&owner, resource, SubjectRef::Member(me(&asks))).await.unwrap();
        asks
    })
    .await;
}

async fn subjects(case: &mut Case<'_>) {
    let world = case.world;
    for who in ["member", "guest"] {
        case.line(&format!("{who}, edit for a department"), async |owner, _, resource| {
            let asks = world.person("Asks", who).await;
            let department = world.department("Sales", None, &[&asks]).await;
            let to = SubjectRef::Department(department);
            drive::put_grant(&owner, resource, to, Role::Edit).await.unwrap();
            asks
        })
        .await;
        case.line(&format!("{who}, edit for a department above"), async |owner, _, resource| {
            let asks = world.person("Asks", who).await;
            let above = world.department("Energy", None, &[]).await;
            let between = world.department("Sales", Some(above), &[]).await;
            world.department("Berlin", Some(between), &[&asks]).await;
            drive::put_grant(&owner, resource, SubjectRef::Department(above), Role::Edit).await.unwrap();
            asks
        })
        .await;
        case.line(&format!("{who}, edit for a department below"), async |owner, _, resource| {
            let asks = world.person("Asks", who).await;
            let above = world.department("Energy", None, &[&asks]).await;
            let below = world.department("Sales", Some(above), &[]).await;
            drive::put_grant(&owner, resource, SubjectRef::Department(below), Role::Edit).await.unwrap();
            asks
        })
        .await;
        case.line(&format!("{who}, edit for a group"), async |owner, _, resource| {
            let asks = world.person("Asks", who).await;
            let group = world.group("Riders", &[&asks]).await;
            drive::put_grant(&owner, resource, SubjectRef::Group(group), Role::Edit).await.unwrap();
            asks
        })
        .await;
        case.line(&format!("{who}, edit for everyone"), async |owner, _, resource| {
            drive::put_grant(&owner, resource, SubjectRef::Everyone, Role::Edit).await.unwrap();
            world.person("Asks", who).await
        })
        .await;
        case.line(&format!("{who}, edit by name"), async |owner, _, resource| {
            let asks = world.person("Asks", who).await;
            grant(&owner, resource, &asks, Role::Edit).await;
            asks
        })
        .await;
    }
}

async fn links(case: &mut Case<'_>) {
    let world = case.world;
    for role in [Role::View, Role::Comment, Role::Edit] {
        case.line(&format!("visitor by a link to {role}"), async |owner, _, resource| {
            let made = drive::put_link(&owner, resource, link(role), "").await.unwrap();
            world.visitor(made.id, resource, role)
        })
        .await;
        case.line(&format!("visitor by a link to {role} the folder"), async |owner, above, _| {
            let made = drive::put_link(&owner, above, link(role), "").await.unwrap();
            world.visitor(made.id, above, role)
        })
        .await;
    }
    case.line("visitor by a link on the folder, stopped", async |owner, above, resource| {
        let made = drive::put_link(&owner, above, link(Role::Edit), "").await.unwrap();
        drive::set_inherits(&owner, resource, false).await.unwrap();
        world.visitor(made.id, above, Role::Edit)
    })
    .await;
    case.line("visitor by a link that was taken away", async |owner, _, resource| {
        let made = drive::put_link(&owner, resource, link(Role::Edit), "").await.unwrap();
        drive::remove_link(&owner, resource).await.unwrap();
        world.visitor(made.id, resource, Role::Edit)
    })
    .await;
    case.line("visitor by a link to something else", async |owner, _, _| {
        let other = folder(&owner, "Other", None).await;
        let made = drive::put_link(&owner, other, link(Role::Edit), "").await.unwrap();
        world.visitor(made.id, other, Role::Edit)
    })
    .await;
    for who in ["member", "guest"] {
        case.line(&format!("{who} who opened a link to comment"), async |owner, _, resource| {
            let asks = world.person("Asks", who).await;
            let made = drive::put_link(&owner, resource, link(Role::Comment), "").await.unwrap();
            let token = made.url.strip_prefix("/s/").unwrap();
            let (meta, signed_in) = (Meta::default(), Some(asks.clone()));
            drive::open_link(&world.platform, &meta, signed_in, token, None).await.unwrap();
            asks
        })
        .await;
    }
    case.line("member who did not open the link", async |owner, _, resource| {
        drive::put_link(&owner, resource, link(Role::Edit), "").await.unwrap();
        world.person("Asks", "member").await
    })
    .await;
}

async fn trash_and_tokens(case: &mut Case<'_>) {
    let world = case.world;
    case.line("its owner, in the trash", async |owner, _, resource| {
        drive::trash(&owner, resource).await.unwrap();
        owner
    })
    .await;
    case.line("its owner, the folder in the trash", async |owner, above, _| {
        drive::trash(&owner, above).await.unwrap();
        owner
    })
    .await;
    case.line("granted view, in the trash", async |owner, _, resource| {
        let asks = world.person("Asks", "member").await;
        grant(&owner, resource, &asks, Role::View).await;
        drive::trash(&owner, resource).await.unwrap();
        asks
    })
    .await;
    case.line("a stranger, in the trash", async |owner, _, resource| {
        drive::trash(&owner, resource).await.unwrap();
        world.person("Stranger", "member").await
    })
    .await;
    case.line("its owner, out of the trash again", async |owner, _, resource| {
        drive::trash(&owner, resource).await.unwrap();
        drive::restore(&owner, resource).await.unwrap();
        owner
    })
    .await;
    case.line("its owner, deleted for good", async |owner, _, resource| {
        drive::trash(&owner, resource).await.unwrap();
        drive::purge(&owner, resource).await.unwrap();
        owner
    })
    .await;
    case.line("its owner, by a read-only token", async |owner, _, _| Ctx {
        origin: Origin { read_only: true, ..owner.origin.clone() },
        ..owner
    })
    .await;
}
