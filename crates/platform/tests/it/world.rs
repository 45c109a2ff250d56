//! An organisation to test in: people, departments, groups, and a kind of resource that remembers what
//! the tree told it.

use std::sync::Arc;

use parking_lot::Mutex;
use skein_platform::{
    Ctx, Origin, Platform, Principal, Settings,
    access::Role,
    drive::{self, FOLDER, NewResource, Resource, ResourceKind, SubjectRef},
};
use skein_store::{FutureExt, Param, StoreError, Tx, params};
use skein_testkit::TestDb;
use skein_types::{DepartmentId, GroupId, Ids, LinkId, ManualClock, MemberId, OrgId, Problem, ResourceId};

pub struct World {
    pub test: TestDb,
    pub platform: Platform,
    pub clock: Arc<ManualClock>,
    pub ids: Ids,
    pub org: OrgId,
    pub notes: Arc<Notes>,
}

impl World {
    pub async fn new(test: TestDb) -> Self {
        let (clock, ids) = skein_testkit::seeded(7);
        let platform =
            Platform::new(test.db.clone(), test.blobs(), clock.clone(), ids.clone(), Settings::default());
        let notes = Arc::new(Notes::default());
        platform.register_kind(notes.clone());
        let org = ids.make();
        let world = Self { test, platform, clock, ids, org, notes };
        world.sql("INSERT INTO orgs (id, name, created) VALUES ($1, 'Geese', 0)", params![org]).await;
        world
    }

    pub async fn sql(&self, sql: &'static str, params: Vec<Param>) {
        let done = self
            .test
            .db
            .write(move |tx| async move { tx.execute(sql, params).await.map(|_| ()) }.boxed())
            .await;
        done.unwrap_or_else(|error: StoreError| panic!("{sql}: {error}"));
    }

    /// Moves the directory stream, as every change of people does.
    pub async fn tell_directory(&self) {
        let (stream, now) = (skein_platform::directory_stream(self.org), self.platform.clock.now());
        let event = skein_types::NewEvent::new("member.changed", "system", now, &());
        let told = self.test.db.write(move |tx| {
            async move { tx.append(&stream, skein_store::Expected::Any, vec![event]).await }.boxed()
        });
        told.await.map_or_else(|error: StoreError| panic!("{error}"), |_| ());
    }

    /// Somebody with a role in the organisation: `owner`, `admin`, `member`, `guest`.
    pub async fn person(&self, name: &str, role: &str) -> Ctx {
        let id: MemberId = self.ids.make();
        let sql = "INSERT INTO members (id, org, email, name, role, active, language, time_zone, created) \
             VALUES ($1, $2, $3, $4, $5, TRUE, 'en', 'UTC', 0)";
        self.sql(sql, params![id, self.org, format!("{id}@example.com"), name, role]).await;
        self.act(Principal::Member { id, admin: matches!(role, "owner" | "admin"), guest: role == "guest" })
    }

    pub fn act(&self, who: Principal) -> Ctx {
        Ctx {
            platform: self.platform.clone(),
            org: self.org,
            who,
            origin: Origin { ip: "192.0.2.7".into(), user_agent: "test".into(), ..Origin::default() },
            now: self.platform.clock.now(),
        }
    }

    pub fn visitor(&self, link: LinkId, resource: ResourceId, role: Role) -> Ctx {
        self.act(Principal::Visitor { link, resource, role })
    }

    pub async fn department(
        &self,
        name: &str,
        parent: Option<DepartmentId>,
        members: &[&Ctx],
    ) -> DepartmentId {
        let id: DepartmentId = self.ids.make();
        let sql = "INSERT INTO departments (id, org, parent, name) VALUES ($1, $2, $3, $4)";
        self.sql(sql, params![id, self.org, parent, name]).await;
        for member in members {
            let sql = "INSERT INTO department_members (department, member) VALUES ($1, $2)";
            self.sql(sql, params![id, me(member)]).await;
        }
        id
    }

    pub async fn group(&self, name: &str, members: &[&Ctx]) -> GroupId {
        let id: GroupId = self.ids.make();
        self.sql("INSERT INTO groups (id, org, name) VALUES ($1, $2, $3)", params![id, self.org, name]).await;
        for member in members {
            let sql = "INSERT INTO group_members (group_id, member) VALUES ($1, $2)";
            self.sql(sql, params![id, me(member)]).await;
        }
        id
    }

    /// Kinds of the events of a stream, oldest first.
    pub async fn kinds(&self, stream: &skein_types::StreamId) -> Vec<String> {
        let events = self.test.db.events(stream, 0, 10_000).await.unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }

    /// Who has which role on a resource, by asking the permission system.
    pub async fn role(&self, ctx: &Ctx, id: ResourceId) -> Option<Role> {
        let now = Ctx { now: self.platform.clock.now(), ..ctx.clone() };
        skein_platform::access::standing(&now, id).await.unwrap().role
    }
}

/// The id of the member who acts.
pub fn me(ctx: &Ctx) -> MemberId {
    ctx.member().unwrap()
}

pub async fn folder(ctx: &Ctx, name: &str, parent: Option<ResourceId>) -> ResourceId {
    make(ctx, FOLDER, name, parent).await.id
}

pub async fn note(ctx: &Ctx, name: &str, parent: Option<ResourceId>) -> ResourceId {
    make(ctx, "note", name, parent).await.id
}

pub async fn make(ctx: &Ctx, kind: &str, name: &str, parent: Option<ResourceId>) -> Resource {
    let new = NewResource { kind: kind.into(), name: name.into(), parent };
    drive::create(ctx, new).await.unwrap()
}

pub async fn grant(by: &Ctx, id: ResourceId, to: &Ctx, role: Role) {
    drive::put_grant(by, id, SubjectRef::Member(me(to)), role).await.unwrap();
}

/// The stable code of an error.
pub fn code<T: std::fmt::Debug, E: Into<Problem>>(result: Result<T, E>) -> String {
    match result {
        Ok(value) => panic!("it was allowed: {value:?}"),
        Err(error) => error.into().code,
    }
}

/// A kind of resource that remembers what it was told, in words.
#[derive(Default)]
pub struct Notes {
    told: Mutex<Vec<String>>,
    pub refuses: Mutex<bool>,
}

impl Notes {
    fn tell(&self, what: String) -> Result<(), Problem> {
        if *self.refuses.lock() {
            return Err(Problem::new(409, "note.refused", "not now"));
        }
        self.told.lock().push(what);
        Ok(())
    }

    pub fn told(&self) -> Vec<String> {
        std::mem::take(&mut self.told.lock())
    }
}

#[async_trait::async_trait]
impl ResourceKind for Notes {
    fn kind(&self) -> &'static str {
        "note"
    }
    async fn create(&self, _tx: &mut Tx, _ctx: &Ctx, id: ResourceId) -> Result<(), Problem> {
        self.tell(format!("create {id}"))
    }
    async fn duplicate(
        &self,
        tx: &mut Tx,
        _ctx: &Ctx,
        from: ResourceId,
        to: ResourceId,
    ) -> Result<(), Problem> {
        let row = tx.row("SELECT id FROM resources WHERE id = $1", params![to]).await?;
        assert!(row.is_some(), "the row is there before its content");
        self.tell(format!("duplicate {from} {to}"))
    }
    async fn purge(&self, _tx: &mut Tx, id: ResourceId) -> Result<(), Problem> {
        self.tell(format!("purge {id}"))
    }
    fn purged(&self, id: ResourceId) {
        self.told.lock().push(format!("purged {id}"));
    }
}
