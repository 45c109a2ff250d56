//! Random trees, owners, grants and people against a model of the rules that is too simple to be wrong.

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use skein_platform::{
    Ctx,
    access::Role,
    drive::{self, Listing, Paging},
};
use skein_store::{FutureExt, StoreError, Tx, params};
use skein_testkit::databases;
use skein_types::{DepartmentId, GroupId, LinkId, ResourceId};

use crate::world::{World, me};

/// Three members and a guest. The first two departments are one below the other.
const PEOPLE: usize = 4;
const GUEST: usize = 3;

#[derive(Clone, Debug)]
enum To {
    Person(usize),
    /// 0 is above 1; person `n` is in `departments[n]`.
    Department(usize),
    Group,
    Everyone,
    /// Opened the link of the resource.
    Link(usize),
}

#[derive(Clone, Debug)]
struct Node {
    /// An earlier node.
    parent: Option<usize>,
    owner: usize,
    inherits: bool,
    trashed: bool,
    grants: Vec<(To, Role)>,
}

#[derive(Clone, Debug)]
struct Plan {
    nodes: Vec<Node>,
    /// Department of each person: none, the upper or the lower one.
    departments: [Option<usize>; PEOPLE],
    group: [bool; PEOPLE],
    /// Where there is a link, and what it gives.
    link: Option<(usize, Role)>,
}

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(Role::ALL.to_vec())
}

fn to() -> impl Strategy<Value = To> {
    prop_oneof![
        4 => (0..PEOPLE).prop_map(To::Person),
        2 => (0..2usize).prop_map(To::Department),
        1 => Just(To::Group),
        1 => Just(To::Everyone),
    ]
}

fn node() -> impl Strategy<Value = (Option<prop::sample::Index>, usize, bool, bool, Vec<(To, Role)>)> {
    (
        prop::option::weighted(0.85, any::<prop::sample::Index>()),
        0..PEOPLE,
        prop::bool::weighted(0.8),
        prop::bool::weighted(0.1),
        prop::collection::vec((to(), role()), 0..3),
    )
}

prop_compose! {
    fn plan()(
        raw in prop::collection::vec(node(), 1..12),
        departments in prop::array::uniform4(prop::option::of(0..2usize)),
        group in prop::array::uniform4(any::<bool>()),
        link in prop::option::of((any::<prop::sample::Index>(), prop::sample::select(Role::ALL[..3].to_vec()))),
        opened in prop::option::of(0..PEOPLE),
    ) -> Plan {
        let mut nodes: Vec<Node> = vec![];
        for (at, (parent, owner, inherits, trashed, grants)) in raw.into_iter().enumerate() {
            let parent = parent.filter(|_| at > 0).map(|index| index.index(at));
            // What is below the trash is in the trash.
            let trashed = trashed || parent.is_some_and(|parent| nodes[parent].trashed);
            nodes.push(Node { parent, owner, inherits, trashed, grants });
        }
        let link = link.map(|(index, role)| (index.index(nodes.len()), role));
        if let (Some((at, role)), Some(person)) = (link, opened) {
            nodes[at].grants.push((To::Link(person), role));
        }
        Plan { nodes, departments, group, link }
    }
}

impl Plan {
    fn reaches(&self, to: &To, person: usize) -> bool {
        match to {
            To::Person(one) | To::Link(one) => *one == person,
            To::Department(0) => self.departments[person].is_some(),
            To::Department(_) => self.departments[person] == Some(1),
            To::Group => self.group[person],
            To::Everyone => person != GUEST,
        }
    }

    /// The node and those above it whose grants reach it.
    fn sources(&self, at: usize) -> Vec<usize> {
        let mut all = vec![at];
        let mut at = at;
        while self.nodes[at].inherits
            && let Some(parent) = self.nodes[at].parent
        {
            all.push(parent);
            at = parent;
        }
        all
    }

    fn role(&self, person: usize, at: usize) -> Option<Role> {
        self.sources(at)
            .into_iter()
            .flat_map(|at| {
                let node = &self.nodes[at];
                let owned = (node.owner == person).then_some(Role::Manage);
                // A second grant to the same subject replaces the first.
                let granted = node.grants.iter().enumerate().filter_map(|(nth, (to, role))| {
                    let replaced = node.grants[nth + 1..].iter().any(|(other, _)| same(to, other));
                    (!replaced && self.reaches(to, person)).then_some(*role)
                });
                owned.into_iter().chain(granted).collect::<Vec<_>>()
            })
            .max()
    }

    fn visitor(&self, at: usize) -> Option<Role> {
        let (link, role) = self.link?;
        self.sources(at).contains(&link).then_some(role)
    }

    fn listed(&self, person: usize, own: bool) -> Vec<usize> {
        let apart =
            |at: usize| self.nodes[at].parent.is_none_or(|parent| self.role(person, parent).is_none());
        (0..self.nodes.len())
            .filter(|&at| !self.nodes[at].trashed && self.role(person, at).is_some())
            .filter(|&at| (self.nodes[at].owner == person) == own && apart(at))
            .collect()
    }
}

fn same(a: &To, b: &To) -> bool {
    format!("{a:?}") == format!("{b:?}")
}

/// The plan as it stands in the database.
struct Built {
    people: Vec<Ctx>,
    nodes: Vec<ResourceId>,
    link: Option<LinkId>,
}

async fn build(world: &World, plan: &Plan) -> Built {
    let mut people = vec![];
    for person in 0..PEOPLE {
        let role = if person == GUEST { "guest" } else { "member" };
        people.push(world.person(&format!("Person {person}"), role).await);
    }
    let members_of = |wanted: usize| -> Vec<&Ctx> {
        (0..PEOPLE).filter(|&one| plan.departments[one] == Some(wanted)).map(|one| &people[one]).collect()
    };
    let upper = world.department("Upper", None, &members_of(0)).await;
    let lower = world.department("Lower", Some(upper), &members_of(1)).await;
    let riders: Vec<&Ctx> = (0..PEOPLE).filter(|&one| plan.group[one]).map(|one| &people[one]).collect();
    let group = world.group("Riders", &riders).await;
    let nodes: Vec<ResourceId> = plan.nodes.iter().map(|_| world.ids.make()).collect();
    let link: Option<LinkId> = plan.link.map(|_| world.ids.make());
    let (made, ids, org) = (plan.clone(), nodes.clone(), world.org);
    let members: Vec<String> = people.iter().map(|ctx| me(ctx).to_string()).collect();
    let secret = world.ids.secret();
    let written = world.test.db.write(move |tx| {
        async move {
            for (at, node) in made.nodes.iter().enumerate() {
                let parent = node.parent.map(|parent| ids[parent]);
                let trashed = node.trashed.then_some(1i64);
                let sql = "INSERT INTO resources (id, org, parent, kind, name, owner, inherits, created, \
                     updated, trashed, trashed_with) \
                     VALUES ($1, $2, $3, 'folder', $4, $5, $6, 0, 0, $7, $8)";
                let values = params![
                    ids[at],
                    org,
                    parent,
                    format!("node {at}"),
                    &members[node.owner],
                    node.inherits,
                    trashed,
                    trashed.map(|_| ids[at])
                ];
                tx.execute(sql, values).await?;
                for (to, role) in &node.grants {
                    grant(tx, ids[at], to, *role, &members, [upper, lower], group).await?;
                }
            }
            if let (Some(link), Some((at, role))) = (link, made.link) {
                let sql = "INSERT INTO links (id, resource, token, role, created) VALUES ($1, $2, $3, $4, 0)";
                tx.execute(sql, params![link, ids[at], secret, role.as_str()]).await?;
            }
            Ok::<_, StoreError>(())
        }
        .boxed()
    });
    written.await.unwrap();
    Built { people, nodes, link }
}

async fn grant(
    tx: &mut Tx,
    on: ResourceId,
    to: &To,
    role: Role,
    members: &[String],
    departments: [DepartmentId; 2],
    group: GroupId,
) -> Result<(), StoreError> {
    let (kind, subject) = match to {
        To::Person(one) => ("member", members[*one].clone()),
        To::Link(one) => ("link", members[*one].clone()),
        To::Department(one) => ("department", departments[*one].to_string()),
        To::Group => ("group", group.to_string()),
        To::Everyone => ("everyone", String::new()),
    };
    let sql = "INSERT INTO grants (resource, subject_kind, subject, role) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (resource, subject_kind, subject) DO UPDATE SET role = excluded.role";
    tx.execute(sql, params![on, kind, subject, role.as_str()]).await.map(|_| ())
}

async fn check(world: &World, plan: &Plan) {
    let built = build(world, plan).await;
    for (person, ctx) in built.people.iter().enumerate() {
        for (at, id) in built.nodes.iter().enumerate() {
            let expected = plan.role(person, at);
            assert_eq!(world.role(ctx, *id).await, expected, "person {person} on node {at}");
            let reasons = skein_platform::access::reasons(ctx, me(ctx), person == GUEST, *id).await.unwrap();
            let best = reasons.iter().map(|reason| reason.role).max();
            assert_eq!(best, expected, "reasons of person {person} on node {at}");
        }
        for (listing, own) in [(Listing::Root, true), (Listing::Shared, false)] {
            let mut expected = plan.listed(person, own);
            expected.sort_unstable();
            assert_eq!(listed(&built, ctx, listing).await, expected, "{listing:?} of person {person}");
        }
        for (at, id) in built.nodes.iter().enumerate() {
            if plan.nodes[at].trashed || plan.role(person, at).is_none() {
                continue;
            }
            let expected: Vec<usize> = (0..plan.nodes.len())
                .filter(|&one| plan.nodes[one].parent == Some(at) && !plan.nodes[one].trashed)
                .filter(|&one| plan.role(person, one).is_some())
                .collect();
            assert_eq!(listed(&built, ctx, Listing::In(*id)).await, expected, "in {at} for person {person}");
        }
        let mut found = drive::search(ctx, "NODE", 1_000).await.unwrap();
        found.retain(|hit| built.nodes.contains(&hit.id));
        let expected: Vec<usize> = (0..plan.nodes.len())
            .filter(|&one| !plan.nodes[one].trashed && plan.role(person, one).is_some())
            .collect();
        assert_eq!(found.len(), expected.len(), "search of person {person}");
        for hit in found {
            let at = built.nodes.iter().position(|id| *id == hit.id).unwrap();
            assert_eq!(Some(hit.role), plan.role(person, at));
            let parent = plan.nodes[at].parent.filter(|&parent| plan.role(person, parent).is_some());
            assert_eq!(hit.parent, parent.map(|parent| built.nodes[parent]), "A23: the parent that is told");
        }
    }
    if let (Some(link), Some((on, role))) = (built.link, plan.link) {
        let visitor = world.visitor(link, built.nodes[on], role);
        for (at, id) in built.nodes.iter().enumerate() {
            assert_eq!(world.role(&visitor, *id).await, plan.visitor(at), "the visitor on node {at}");
        }
    }
}

async fn listed(built: &Built, ctx: &Ctx, listing: Listing) -> Vec<usize> {
    let page = drive::list(ctx, listing, &Paging { cursor: None, limit: Some(1_000) }).await.unwrap();
    let mut all: Vec<usize> = page
        .items
        .iter()
        // What earlier cases granted to everyone is there too.
        .filter_map(|resource| built.nodes.iter().position(|id| *id == resource.id))
        .collect();
    all.sort_unstable();
    all
}

#[test]
fn roles_and_lists_agree_with_the_model() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let worlds = runtime.block_on(async {
        let mut worlds = vec![];
        for test in databases().await {
            worlds.push(World::new(test).await);
        }
        worlds
    });
    for world in worlds {
        let cases = if world.test.is_postgres() { 12 } else { 32 };
        let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
        let result = runner.run(&plan(), |plan| {
            let checked = std::panic::AssertUnwindSafe(|| runtime.block_on(check(&world, &plan)));
            std::panic::catch_unwind(checked).map_err(|panic| {
                let text = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "it failed".into());
                TestCaseError::fail(text)
            })
        });
        result.unwrap_or_else(|error| panic!("on {}: {error}", world.test.name()));
    }
}
