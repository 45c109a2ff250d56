//! An organisation with members and bases, and servers that share its database.

use std::{fmt::Write, sync::Arc};

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use skein_base::{Actor, BaseError, Bases, Command, OpenBase, Receipt, Snapshot};
use skein_platform::{
    Ctx, Origin, Platform, Principal, Settings,
    access::{Edit, View},
    drive,
};
use skein_store::{Db, FutureExt, StoreError, params};
use skein_table::{Record, Value};
use skein_testkit::{TestDb, clock};
use skein_types::{
    Clock, FieldId, Ids, ManualClock, MemberId, OrgId, RecordId, ResourceId, TableId, TokenId,
};

pub struct World {
    pub test: TestDb,
    pub clock: Arc<ManualClock>,
    pub org: OrgId,
    pub node: Node,
}

/// One server.
#[derive(Clone)]
pub struct Node {
    pub platform: Platform,
    pub bases: Bases,
}

impl World {
    pub async fn new(test: TestDb) -> Self {
        let clock = clock();
        let node = Node::new(&test, test.db.clone(), clock.clone());
        let org: OrgId = node.platform.ids.make();
        execute(
            &test.db,
            "INSERT INTO orgs (id, name, created) VALUES ($1, 'Wild Goose', $2)",
            params![org, clock.now()],
        )
        .await;
        Self { test, clock, org, node }
    }

    /// Another server on the same database, which hears of this one only through it.
    pub async fn another_node(&self) -> Node {
        let db = self.test.another().await;
        db.start_tail().await.unwrap();
        Node::new(&self.test, db, self.clock.clone())
    }

    pub async fn member(&self, name: &str) -> MemberId {
        self.member_speaking(name, "en").await
    }

    pub async fn member_speaking(&self, name: &str, language: &str) -> MemberId {
        let id: MemberId = self.node.platform.ids.make();
        let sql = "INSERT INTO members (id, org, email, name, role, active, language, time_zone, created) \
             VALUES ($1, $2, $3, $4, 'member', TRUE, $5, 'UTC', $6)";
        let values = params![id, self.org, format!("{id}@example.com"), name, language, self.clock.now()];
        execute(&self.test.db, sql, values).await;
        id
    }

    /// Gives a member another address.
    pub async fn rename_address(&self, member: MemberId, email: &str) {
        execute(
            &self.test.db,
            "UPDATE members SET email = $2 WHERE id = $1",
            params![member, email.to_owned()],
        )
        .await;
    }

    /// A base of a member with a table of one field of each type.
    pub async fn base(&self, owner: MemberId) -> Sheet {
        let ctx = self.node.ctx(self.org, owner);
        let id = new_base(&ctx).await;
        Sheet::prepare(&self.node, ctx, id).await
    }

    /// Runs a statement.
    pub async fn execute(&self, sql: &'static str, values: Vec<skein_store::Param>) {
        execute(&self.test.db, sql, values).await;
    }

    /// Lets a member edit a base.
    pub async fn share(&self, base: ResourceId, member: MemberId) {
        self.grant(base, member, "edit").await;
    }

    pub async fn grant(&self, base: ResourceId, member: MemberId, role: &str) {
        let sql = "INSERT INTO grants (resource, subject_kind, subject, role) VALUES ($1, 'member', $2, $3)";
        execute(&self.test.db, sql, params![base, member, role]).await;
    }

    /// The secret of a new API token.
    pub async fn token(&self, member: MemberId) -> String {
        let id: TokenId = self.node.platform.ids.make();
        let secret = format!("skn_{}", self.node.platform.ids.secret());
        let hash = Sha256::digest(secret.as_bytes()).iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let sql = "INSERT INTO api_tokens (id, token_hash, member, name, scopes, created) \
             VALUES ($1, $2, $3, 'test', 'read write', $4)";
        execute(&self.test.db, sql, params![id, hash, member, self.clock.now()]).await;
        secret
    }
}

pub async fn new_base(ctx: &Ctx) -> ResourceId {
    let new = drive::NewResource { kind: "base".into(), name: "Stations".into(), parent: None };
    drive::create(ctx, new).await.unwrap().id
}

async fn execute(db: &Db, sql: &'static str, values: Vec<skein_store::Param>) {
    db.write(move |tx| async move { tx.execute(sql, values).await }.boxed())
        .await
        .map(|_| ())
        .map_err(|error: StoreError| error)
        .unwrap();
}

impl Node {
    pub fn new(test: &TestDb, db: Db, clock: Arc<ManualClock>) -> Self {
        let ids = Ids::new(clock.clone());
        let platform = Platform::new(db, test.blobs(), clock, ids, Settings::default());
        let bases = Bases::new(platform.clone());
        Self { platform, bases }
    }

    pub fn ctx(&self, org: OrgId, member: MemberId) -> Ctx {
        Ctx {
            platform: self.platform.clone(),
            org,
            who: Principal::Member { id: member, admin: false, guest: false },
            origin: Origin::default(),
            now: self.platform.clock.now(),
        }
    }
}

/// A table of a base as one member sees it from one server.
#[derive(Clone)]
pub struct Sheet {
    pub node: Node,
    pub ctx: Ctx,
    pub base: ResourceId,
    pub table: TableId,
    pub name: FieldId,
    pub price: FieldId,
    pub kind: FieldId,
}

impl Sheet {
    async fn prepare(node: &Node, ctx: Ctx, base: ResourceId) -> Self {
        let granted = ctx.authorize::<View>(base).await.unwrap();
        let snapshot = node.bases.open(&granted).await.unwrap().snapshot();
        let def = snapshot.base.tables().next().unwrap().def().clone();
        let mut sheet = Self {
            node: node.clone(),
            ctx,
            base,
            table: def.id,
            name: def.fields[0].id,
            price: def.fields[0].id,
            kind: def.fields[0].id,
        };
        let price = json!({"name": "Price", "type": "number"});
        let kind = json!({"name": "Kind", "type": "select", "choices": [{"name": "Gas"}, {"name": "Power"}]});
        sheet.price = sheet.add_field(price).await;
        sheet.kind = sheet.add_field(kind).await;
        sheet
    }

    /// The same table seen by somebody else, or from another server.
    pub fn seen(&self, node: &Node, member: MemberId) -> Self {
        Self { node: node.clone(), ctx: node.ctx(self.ctx.org, member), ..self.clone() }
    }

    pub async fn open(&self) -> Arc<OpenBase> {
        let granted = self.ctx.authorize::<Edit>(self.base).await.unwrap();
        self.node.bases.open(&granted).await.unwrap()
    }

    pub async fn snapshot(&self) -> Arc<Snapshot> {
        self.open().await.snapshot()
    }

    pub async fn run(&self, command: Command) -> Result<Receipt, BaseError> {
        let granted = self.ctx.authorize::<Edit>(self.base).await.unwrap();
        let open = self.node.bases.open(&granted).await?;
        open.submit(&granted, &Actor::of(&self.ctx), command).await
    }

    pub async fn add_field(&self, input: Json) -> FieldId {
        let input = serde_json::from_value(input).unwrap();
        self.run(Command::CreateField { table: self.table, input }).await.unwrap().field.unwrap()
    }

    /// Creates records with these names and prices.
    pub async fn add(&self, rows: &[(&str, f64)]) -> Vec<RecordId> {
        let record = |(name, price): &(&str, f64)| {
            let cells = vec![(self.name, text(name)), (self.price, Value::Number { n: *price })];
            Record::new(self.node.platform.ids.make(), cells)
        };
        let records = rows.iter().map(record).collect();
        self.run(Command::CreateRecords { table: self.table, records }).await.unwrap().records
    }

    pub async fn set(&self, record: RecordId, field: FieldId, value: Value) -> Result<Receipt, BaseError> {
        let records = vec![Record::new(record, vec![(field, value)])];
        self.run(Command::UpdateRecords { table: self.table, records }).await
    }

    pub async fn get(&self, record: RecordId, field: FieldId) -> Value {
        let snapshot = self.snapshot().await;
        cell(&snapshot, self.table, record, field)
    }

    pub async fn delete(&self, records: &[RecordId]) -> Result<Receipt, BaseError> {
        self.run(Command::DeleteRecords { table: self.table, records: records.to_vec() }).await
    }

    /// What a base holds, for comparing: definitions and records of every table.
    pub async fn contents(&self) -> Json {
        let snapshot = self.snapshot().await;
        contents(&snapshot)
    }
}

pub fn contents(snapshot: &Snapshot) -> Json {
    let tables = snapshot.base.tables().map(|table| {
        let records: Vec<Record> = table.rows().map(|row| table.record(row)).collect();
        json!({"def": table.def(), "records": records})
    });
    tables.collect()
}

pub fn cell(snapshot: &Snapshot, table: TableId, record: RecordId, field: FieldId) -> Value {
    let table = snapshot.table(table).unwrap();
    table.row(record).map_or(Value::Null, |row| table.get(row, field))
}

pub fn text(text: &str) -> Value {
    Value::Text { t: text.into() }
}

pub fn number(n: f64) -> Value {
    Value::Number { n }
}
