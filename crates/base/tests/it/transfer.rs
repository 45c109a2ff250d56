//! Imports into a base and exports from it: done as a whole or taken back, beside the work of others.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{convert::Infallible, fmt::Write};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Request, StatusCode},
};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use skein_base::{
    Command,
    transfer::{Import, Imports, StartInput, State, export_csv, http, import_file},
};
use skein_platform::access::Edit;
use skein_store::{FutureExt, StoreError, params};
use skein_table::Value;
use skein_testkit::{TestDb, on_each_database, until};
use skein_types::{Problem, TableId, TokenId};
use tower::ServiceExt;

use crate::world::{Sheet, World, number, text};

fn imports(world: &World) -> Imports {
    Imports::new(world.node.bases.clone(), world.test.folder().join("incoming"))
}

async fn upload(imports: &Imports, sheet: &Sheet, name: &str, bytes: &[u8]) -> Result<Import, Problem> {
    let parts: Vec<Result<Bytes, Infallible>> =
        bytes.chunks(10_000).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
    imports.upload(&sheet.ctx, sheet.base, name, None, stream::iter(parts)).await
}

/// The mapping that the preview suggests, into a new table.
fn as_guessed(import: &Import, name: &str) -> StartInput {
    let columns: Vec<Json> = import.sheets[0]
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let mut field = serde_json::to_value(column).unwrap();
            field.as_object_mut().unwrap().remove("samples");
            json!({"source": at, "field": field})
        })
        .collect();
    let header = import.sheets[0].header;
    serde_json::from_value(json!({"sheet": 0, "header": header, "table": {"name": name}, "columns": columns}))
        .unwrap()
}

/// A mapping of the first columns onto the name and the price of the table of a sheet.
fn onto(sheet: &Sheet, kind: bool) -> StartInput {
    let mut columns =
        vec![json!({"source": 0, "field": sheet.name}), json!({"source": 1, "field": sheet.price})];
    if kind {
        columns.push(json!({"source": 2, "field": sheet.kind}));
    }
    serde_json::from_value(
        json!({"sheet": 0, "header": true, "table": {"id": sheet.table}, "columns": columns}),
    )
    .unwrap()
}

async fn finish(imports: &Imports, sheet: &Sheet, import: &Import, input: StartInput) -> Import {
    let started = imports.start(&sheet.ctx, sheet.base, import.id, input).await.unwrap();
    assert_eq!(started.state, State::Running);
    imports.finished(&sheet.ctx, sheet.base, import.id).await.unwrap()
}

async fn rows_of(sheet: &Sheet, table: TableId) -> Vec<Vec<Value>> {
    let snapshot = sheet.snapshot().await;
    let table = snapshot.table(table).unwrap();
    let fields: Vec<_> = table.def().fields.iter().map(|field| field.id).collect();
    table.rows().map(|row| fields.iter().map(|field| table.get(row, *field)).collect()).collect()
}

/// Stations with names, prices and kinds.
fn stations(count: usize) -> String {
    let mut csv = String::from("Name,Price,Kind\n");
    for at in 0..count {
        let _ = writeln!(csv, "Station {at},{}.5,{}", at % 100, ["Gas", "Power", "Hydrogen"][at % 3]);
    }
    csv
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_becomes_a_table_with_the_types_that_were_guessed() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let sheet = world.base(world.member("Ada").await).await;
        let imports = imports(&world);
        let csv = "Name,Sold,Price,Open,Fuel,Tags\n\
            Hof,20.11.2026,\"1,200.50\",yes,Gas,\"a, b\"\nTor,1.2.2026,3,no,Gas,b\nUfer,,n/a,yes,Power,\n";
        let csv = csv.to_owned() + &"X,1.1.2026,1,no,Gas,\"b, a\"\n".repeat(20);
        let import = upload(&imports, &sheet, "stations.csv", csv.as_bytes()).await.unwrap();
        assert_eq!((import.state, import.sheets[0].name.as_str()), (State::Previewed, "stations"));
        let kinds: Vec<&str> = import.sheets[0].columns.iter().map(|column| column.kind.as_str()).collect();
        assert_eq!(kinds, ["text", "date", "number", "checkbox", "select", "multi_select"]);
        let done = finish(&imports, &sheet, &import, as_guessed(&import, "Stations")).await;
        assert_eq!((done.state, done.error.clone()), (State::Done, None));
        assert_eq!((done.progress.read, done.progress.imported, done.progress.total), (23, 23, Some(23)));
        let rows = rows_of(&sheet, done.table.unwrap()).await;
        assert_eq!(
            rows[0][..4],
            [text("Hof"), Value::Date { d: 1_795_132_800_000 }, number(1_200.5), Value::Bool { b: true }]
        );
        assert!(matches!(&rows[0][5], Value::Choices { m } if m.len() == 2));
        assert_eq!((&rows[2][1], &rows[2][2]), (&Value::Null, &Value::Null));
        assert!(rows[1][4] == rows[0][4] && rows[2][4] != rows[0][4]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_appended_and_cells_that_do_not_fit_are_reported() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let sheet = world.base(world.member("Ada").await).await;
        let before = sheet.add(&[("old", 1.0)]).await;
        let imports = imports(&world);
        let csv = "Name,Price,Kind\na,2,gas\nb,cheap,Hydrogen\nc,3,Power,extra\n";
        let import = upload(&imports, &sheet, "more.csv", csv.as_bytes()).await.unwrap();
        let done = finish(&imports, &sheet, &import, onto(&sheet, true)).await;
        assert_eq!((done.state, done.progress.imported, done.progress.rejected), (State::Done, 3, 1));
        let errors: Vec<String> = done
            .report
            .errors
            .iter()
            .map(|error| format!("row {}, {}: {}", error.row, error.column, error.message))
            .collect();
        assert_eq!(errors, ["row 3, Price: \"cheap\" is not a number"]);
        let rows = rows_of(&sheet, sheet.table).await;
        assert_eq!(rows.len(), before.len() + 3);
        let names: Vec<&Value> = rows.iter().map(|row| &row[0]).collect();
        assert_eq!(names, [&text("old"), &text("a"), &text("b"), &text("c")]);
        let snapshot = sheet.snapshot().await;
        let field = snapshot.table(sheet.table).unwrap().field(sheet.kind).unwrap().clone();
        let choices: Vec<&str> = field.kind.choices().iter().map(|choice| choice.name.as_str()).collect();
        assert_eq!(choices, ["Gas", "Power", "Hydrogen"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_import_leaves_nothing_and_the_edits_of_others_stay() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let sheet = world.base(world.member("Ada").await).await;
        let ben = world.member("Ben").await;
        world.share(sheet.base, ben).await;
        let other = sheet.seen(&world.node, ben);
        let records = sheet.add(&[("old", 0.0)]).await;
        let imports = imports(&world);
        let file = stations(400_000);
        for new_table in [true, false] {
            let import = upload(&imports, &sheet, "big.csv", file.as_bytes()).await.unwrap();
            let input = if new_table { as_guessed(&import, "Big") } else { onto(&sheet, true) };
            imports.start(&sheet.ctx, sheet.base, import.id, input).await.unwrap();
            until("records are imported", async || {
                other.set(records[0], sheet.price, number(7.0)).await.unwrap();
                other.set(records[0], sheet.price, number(8.0)).await.unwrap();
                imports.get(&sheet.ctx, sheet.base, import.id).await.unwrap().progress.imported > 2_000
            })
            .await;
            imports.discard(&sheet.ctx, sheet.base, import.id).await.unwrap();
            let after = imports.get(&sheet.ctx, sheet.base, import.id).await.unwrap();
            assert_eq!((after.state, after.table, after.progress.imported), (State::Cancelled, None, 0));
            let snapshot = sheet.snapshot().await;
            assert_eq!(snapshot.base.tables().count(), 1);
            let table = snapshot.table(sheet.table).unwrap();
            assert_eq!(table.len(), 1);
            assert_eq!(table.field(sheet.kind).unwrap().kind.choices().len(), 2);
            assert_eq!(sheet.get(records[0], sheet.price).await, number(8.0));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_adds_choices_loses_no_change_to_their_field() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    let imports = imports(&world);
    let mut csv = String::from("Name,Price,Kind\n");
    for at in 0..24_000 {
        let _ = writeln!(csv, "Station {at},1,Kind {}", at / 4);
    }
    let import = upload(&imports, &sheet, "kinds.csv", csv.as_bytes()).await.unwrap();
    imports.start(&sheet.ctx, sheet.base, import.id, onto(&sheet, true)).await.unwrap();
    let mut name = String::new();
    for round in 0.. {
        name = format!("Kind {round}");
        let patch = serde_json::from_value(json!({"name": name})).unwrap();
        sheet.run(Command::UpdateField { table: sheet.table, field: sheet.kind, patch }).await.unwrap();
        let now = imports.get(&sheet.ctx, sheet.base, import.id).await.unwrap();
        if now.state != State::Running {
            assert_eq!((now.state, now.progress.imported), (State::Done, 24_000));
            break;
        }
    }
    let snapshot = sheet.snapshot().await;
    let table = snapshot.table(sheet.table).unwrap();
    let field = table.field(sheet.kind).unwrap();
    assert_eq!(field.name, name);
    assert_eq!(field.kind.choices().len(), 2 + 6_000);
    assert!(table.rows().all(|row| table.get(row, sheet.kind) != Value::Null));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_breaks_half_way_changes_nothing_and_the_place_is_named() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let sheet = world.base(world.member("Ada").await).await;
        sheet.add(&[("old", 0.0)]).await;
        let before = sheet.contents().await;
        let imports = imports(&world);
        // The sample ends before the quote that never closes.
        let file = stations(12_000) + "\"open,1,Gas\nx,2,Gas\n";
        let import = upload(&imports, &sheet, "broken.csv", file.as_bytes()).await.unwrap();
        for input in [as_guessed(&import, "New"), onto(&sheet, true)] {
            let import = upload(&imports, &sheet, "broken.csv", file.as_bytes()).await.unwrap();
            let failed = finish(&imports, &sheet, &import, input).await;
            let error = failed.error.unwrap();
            assert_eq!((failed.state, error.code.as_str()), (State::Failed, "import.open_quote"));
            assert_eq!(error.field.as_deref(), Some("file.rows[12002].columns[1]"));
            assert_eq!(sheet.contents().await, before);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_ends_when_its_member_may_no_longer_edit() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    let ben = world.member("Ben").await;
    world.share(sheet.base, ben).await;
    let bens = sheet.seen(&world.node, ben);
    let imports = imports(&world);
    let import = upload(&imports, &bens, "big.csv", stations(100_000).as_bytes()).await.unwrap();
    imports.start(&bens.ctx, bens.base, import.id, as_guessed(&import, "Big")).await.unwrap();
    until("records are imported", async || {
        imports.get(&bens.ctx, bens.base, import.id).await.unwrap().progress.imported > 0
    })
    .await;
    let subject = skein_platform::drive::SubjectRef::Member(ben);
    skein_platform::drive::remove_grant(&sheet.ctx, sheet.base, subject).await.unwrap();
    until("the import is taken back", async || sheet.snapshot().await.base.tables().count() == 1).await;
    assert_eq!(imports.get(&bens.ctx, bens.base, import.id).await.unwrap_err().code, "resource.not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mappings_that_make_no_sense_are_refused_and_may_be_sent_again() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    let before = sheet.contents().await;
    let imports = imports(&world);
    let import = upload(&imports, &sheet, "s.csv", stations(10).as_bytes()).await.unwrap();
    let text_field = json!({"name": "A", "type": "text"});
    let cases = [
        (json!({"sheet": 1, "header": true, "table": {"name": "T"}, "columns": []}), "sheet"),
        (json!({"header": true, "table": {}, "columns": []}), "table"),
        (json!({"header": true, "table": {"name": "T"}, "columns": []}), "columns"),
        (
            json!({"header": true, "table": {"name": "T"}, "columns": [{"source": 9, "field": text_field}]}),
            "columns[0].source",
        ),
        (
            json!({"header": true, "table": {"name": "T"}, "columns": [{"source": 0, "field": {"name": "A", "type": "number"}}]}),
            "columns[0].field",
        ),
        (
            json!({"header": true, "table": {"name": "T"}, "columns": [{"source": 0, "field": {"name": "A", "type": "nope"}}]}),
            "columns[0].field",
        ),
        (
            json!({"header": true, "table": {"name": "T"}, "columns": [{"source": 0, "field": sheet.name}]}),
            "columns[0].field",
        ),
        (
            json!({"header": true, "table": {"id": sheet.table}, "columns": [{"source": 0, "field": sheet.name}, {"source": 1, "field": sheet.name}]}),
            "columns[1].field",
        ),
        (
            json!({"header": true, "table": {"id": sheet.table}, "columns": [{"source": 0, "field": sheet.name}, {"source": 1, "field": {"name": "price", "type": "text"}}]}),
            "columns[1].field.name",
        ),
        (
            json!({"header": true, "table": {"name": "T"}, "columns": [{"source": 0, "field": text_field}], "time_zone": "Mars"}),
            "time_zone",
        ),
        (
            json!({"header": true, "table": {"name": ""}, "columns": [{"source": 0, "field": text_field}]}),
            "table.name",
        ),
    ];
    for (input, place) in cases {
        let shown = input.to_string();
        let input = serde_json::from_value(input).unwrap();
        let problem = imports.start(&sheet.ctx, sheet.base, import.id, input).await.unwrap_err();
        assert!((400..500).contains(&problem.status), "{shown}: {problem:?}");
        assert_eq!(problem.field.as_deref(), Some(place), "{shown}: {problem:?}");
    }
    assert_eq!(sheet.contents().await, before);
    let done = finish(&imports, &sheet, &import, as_guessed(&import, "T")).await;
    assert_eq!(done.state, State::Done);
    let again = imports.start(&sheet.ctx, sheet.base, import.id, as_guessed(&import, "U")).await;
    assert_eq!(again.unwrap_err().code, "import.started");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imports_are_ones_own_and_are_forgotten() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    let ben = world.member("Ben").await;
    world.share(sheet.base, ben).await;
    let bens = sheet.seen(&world.node, ben);
    let imports = imports(&world);
    let import = upload(&imports, &sheet, "s.csv", stations(10).as_bytes()).await.unwrap();
    assert_eq!(imports.get(&bens.ctx, sheet.base, import.id).await.unwrap_err().code, "import.not_found");
    assert_eq!(imports.discard(&bens.ctx, sheet.base, import.id).await.unwrap_err().code, "import.not_found");
    // Another process finds it interrupted.
    let restarted = self::imports(&world);
    let found = restarted.get(&sheet.ctx, sheet.base, import.id).await.unwrap();
    assert_eq!((found.state, found.error.unwrap().code.as_str()), (State::Failed, "import.interrupted"));
    imports.discard(&sheet.ctx, sheet.base, import.id).await.unwrap();
    assert_eq!(imports.get(&sheet.ctx, sheet.base, import.id).await.unwrap_err().code, "import.not_found");
    let left = std::fs::read_dir(world.test.folder().join("incoming")).unwrap().count();
    assert_eq!(left, 0, "neither the upload nor what was written down is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_on_their_way_count_among_those_that_wait() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    let imports = imports(&world);
    upload(&imports, &sheet, "first.csv", b"Name\na\n").await.unwrap();
    let (begun, mut begins) = tokio::sync::mpsc::unbounded_channel();
    let mut uploads = Vec::new();
    for _ in 0..4 {
        let (imports, ctx, base, begun) = (imports.clone(), sheet.ctx.clone(), sheet.base, begun.clone());
        let endless = stream::poll_fn(move |_| {
            begun.send(()).unwrap();
            std::task::Poll::<Option<Result<Bytes, Infallible>>>::Pending
        });
        let upload = async move { imports.upload(&ctx, base, "slow.csv", None, endless).await };
        uploads.push(tokio::spawn(upload));
        begins.recv().await.unwrap();
    }
    let refused = upload(&imports, &sheet, "sixth.csv", b"Name\na\n").await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (409, "import.too_many"));
    for upload in uploads {
        upload.abort();
        assert!(upload.await.unwrap_err().is_cancelled());
    }
    upload(&imports, &sheet, "sixth.csv", b"Name\na\n").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_exported_can_be_imported_again() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let sheet = world.base(world.member("Ada").await).await;
        let granted = sheet.ctx.authorize::<Edit>(sheet.base).await.unwrap();
        let imports = imports(&world);
        let path = world.test.folder().join("sites.csv");
        let mut csv = String::from("Name;Opened;Share;Kind\n\"=cmd; \"\"x\"\"\";20.11.2026;1.234,5;Gas\n");
        csv.push_str(&"Köln 站;1.2.2026;7;Power\n".repeat(9));
        std::fs::write(&path, &csv).unwrap();
        let report = import_file(&imports, &sheet.ctx, &granted, &path, "Sites").await.unwrap();
        assert_eq!((report.progress.imported, report.errors.count()), (10, 0));
        let snapshot = sheet.snapshot().await;
        let text = export_csv(&snapshot, report.table, None).unwrap();
        assert!(
            text.starts_with(
                "\u{feff}Name,Opened,Share,Kind\r\n\"'=cmd; \"\"x\"\"\",2026-11-20,1234.5,Gas\r\n"
            )
        );
        std::fs::write(&path, text.replace("'=", "=")).unwrap();
        let again = import_file(&imports, &sheet.ctx, &granted, &path, "Sites again").await.unwrap();
        let snapshot = sheet.snapshot().await;
        let first = export_csv(&snapshot, report.table, None).unwrap();
        let second = export_csv(&snapshot, again.table, None).unwrap();
        assert_eq!(first, second);
        let def = snapshot.table(report.table).unwrap().def();
        let kinds: Vec<&str> = def.fields.iter().map(|field| field.kind.type_name()).collect();
        assert_eq!(kinds, ["text", "date", "number", "select"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_is_exported_as_it_is_shown() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    sheet.add(&[("a", 1.0), ("b", 3.0), ("c", 2.0)]).await;
    let input = serde_json::from_value(json!({
        "name": "Dear",
        "filter": {"field": sheet.price, "op": "gt", "value": 1},
        "sort": [{"field": sheet.price, "descending": true}],
        "fields": [{"field": sheet.price}, {"field": sheet.name}, {"field": sheet.kind, "hidden": true}]
    }))
    .unwrap();
    let view = sheet.run(Command::CreateView { table: sheet.table, input }).await.unwrap().view.unwrap();
    let snapshot = sheet.snapshot().await;
    let text = export_csv(&snapshot, sheet.table, Some(view)).unwrap();
    assert_eq!(text, "\u{feff}Price,Name,Notes,Date\r\n3,b,,\r\n2,c,,\r\n");
}

/// Sends requests with an API token of a member.
struct Client {
    router: axum::Router,
    secret: &'static str,
    base: String,
}

impl Client {
    async fn new(world: &World, sheet: &Sheet, imports: &Imports) -> Self {
        let secret = "skn_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        let hash =
            Sha256::digest(secret).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        let (id, member): (TokenId, _) = (world.node.platform.ids.make(), sheet.ctx.member().unwrap());
        let now = sheet.ctx.now;
        let sql = "INSERT INTO api_tokens (id, token_hash, member, name, scopes, created) \
             VALUES ($1, $2, $3, 'test', 'read write', $4)";
        let values = params![id, hash, member, now];
        let written: Result<u64, StoreError> =
            world.test.db.write(move |tx| async move { tx.execute(sql, values).await }.boxed()).await;
        written.unwrap();
        let (router, _) = http::router::<Imports>().with_state(imports.clone()).split_for_parts();
        Self { router, secret, base: format!("/bases/{}", sheet.base) }
    }

    async fn send(&self, method: &str, path: &str, body: Body) -> (StatusCode, HeaderMap, Vec<u8>) {
        let kind = if path.ends_with("/start") { "application/json" } else { "text/csv" };
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {}", self.secret))
            .header("content-type", kind)
            .header("x-file-name", "%E7%AB%99.csv")
            .header("idempotency-key", "k1")
            .body(body)
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        (status, headers, axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap().into())
    }

    async fn json(&self, method: &str, path: &str, body: impl Into<Body>) -> (StatusCode, Json) {
        let (status, _, bytes) = self.send(method, path, body.into()).await;
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_imported_and_exported_over_http() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    let imports = imports(&world);
    let client = Client::new(&world, &sheet, &imports).await;
    let (status, import) = client.json("POST", "/imports", "Name;Price\nHof;1,5\nTor;2\n").await;
    assert_eq!((status, &import["file"]), (StatusCode::CREATED, &json!({"name": "站.csv", "size": 25})));
    assert_eq!(
        import["sheets"][0],
        json!({
            "name": "站", "header": true, "rows_estimate": 2,
            "columns": [
                {"name": "Name", "type": "text", "samples": ["Hof", "Tor"]},
                {"name": "Price", "type": "number", "precision": 1, "thousands": false, "samples": ["1,5", "2"]},
            ],
            "preview": [["Name", "Price"], ["Hof", "1,5"], ["Tor", "2"]],
        })
    );
    let (_, again) = client.json("POST", "/imports", "").await;
    assert_eq!(again["id"], import["id"], "the same key is the same import");
    let path = format!("/imports/{}", import["id"].as_str().unwrap());
    let input = json!({
        "sheet": 0, "header": true, "table": {"name": "油站 1"},
        "columns": [
            {"source": 0, "field": {"name": "Name", "type": "text"}},
            {"source": 1, "field": {"name": "Price", "type": "number", "precision": 1}},
        ],
    });
    let (status, started) = client.json("POST", &format!("{path}/start"), input.to_string()).await;
    assert_eq!((status, &started["state"]), (StatusCode::OK, &json!("running")));
    until("the import is done", async || client.json("GET", &path, "").await.1["state"] == "done").await;
    let table = started["table"].as_str().unwrap();
    let (status, headers, csv) = client.send("GET", &format!("/tables/{table}/export"), Body::empty()).await;
    assert_eq!(
        (status, &headers["content-type"]),
        (StatusCode::OK, &HeaderValue::from_static("text/csv; charset=utf-8"))
    );
    assert_eq!(
        headers["content-disposition"],
        "attachment; filename=\"__ 1.csv\"; filename*=UTF-8''%E6%B2%B9%E7%AB%99%201.csv"
    );
    assert_eq!(String::from_utf8(csv).unwrap(), "\u{feff}Name,Price\r\nHof,1.5\r\nTor,2\r\n");
    assert_eq!(client.json("DELETE", &path, "").await.0, StatusCode::NO_CONTENT);
    assert_eq!(client.json("GET", &path, "").await.1["code"], "import.not_found");
    let (status, problem) = client.json("POST", "/imports", "a,b\n\"c,d\n").await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("import.open_quote")));
    assert_eq!(problem["field"], "file.rows[2].columns[1]");
}
