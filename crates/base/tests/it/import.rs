//! Imports of every type of field, updates by key, and imports that go on after a restart.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{convert::Infallible, fmt::Write};

use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value as Json, json};
use skein_base::{
    Command,
    transfer::{Import, Imports, State},
};
use skein_table::{Place, Value};
use skein_testkit::{TestDb, on_each_database, until};
use skein_types::{FieldId, Problem, TableId};

use crate::world::{Sheet, World, number, text};

fn imports(world: &World) -> Imports {
    Imports::new(world.node.bases.clone(), world.test.folder().join("incoming"))
}

async fn upload(imports: &Imports, sheet: &Sheet, name: &str, bytes: &[u8]) -> Import {
    let parts: Vec<Result<Bytes, Infallible>> =
        bytes.chunks(10_000).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
    imports.upload(&sheet.ctx, sheet.base, name, None, stream::iter(parts)).await.unwrap()
}

async fn start(imports: &Imports, sheet: &Sheet, file: &[u8], input: Json) -> Result<Import, Problem> {
    let import = upload(imports, sheet, "file.csv", file).await;
    imports.start(&sheet.ctx, sheet.base, import.id, serde_json::from_value(input).unwrap()).await
}

async fn run(imports: &Imports, sheet: &Sheet, file: &[u8], input: Json) -> Import {
    let import = start(imports, sheet, file, input).await.unwrap();
    imports.finished(&sheet.ctx, sheet.base, import.id).await.unwrap()
}

/// Column after column into these fields.
fn onto(table: TableId, fields: &[FieldId], more: &Json) -> Json {
    let columns: Vec<Json> =
        fields.iter().enumerate().map(|(at, field)| json!({"source": at, "field": field})).collect();
    let mut input = json!({"header": true, "table": {"id": table}, "columns": columns});
    for (key, value) in more.as_object().unwrap() {
        match key.strip_prefix('#') {
            Some(at) => input["columns"][at.parse::<usize>().unwrap()][value.as_str().unwrap()] = json!(true),
            None => input[key] = value.clone(),
        }
    }
    input
}

fn errors(import: &Import) -> Vec<String> {
    let line = |error: &skein_base::transfer::CellError| {
        format!("{} {}: {}", error.row, error.column, error.message)
    };
    import.report.errors.iter().map(line).collect()
}

async fn column(sheet: &Sheet, field: FieldId) -> Vec<Value> {
    let snapshot = sheet.snapshot().await;
    let table = snapshot.table(sheet.table).unwrap();
    table.rows().map(|row| table.get(row, field)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cells_of_every_type_are_read_and_missing_records_are_made() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let (ada, ben) = (world.member("Ada").await, world.member("Ben").await);
        let sheet = world.base(ada).await;
        let sites = sheet.run(Command::CreateTable { name: "Sites".into(), fields: None }).await.unwrap();
        let sites = sites.table.unwrap();
        let mut fields = vec![sheet.name];
        for input in [
            json!({"name": "Site", "type": "link", "table": sites, "multiple": true}),
            json!({"name": "Who", "type": "member", "multiple": true}),
            json!({"name": "Where", "type": "location"}),
            json!({"name": "Took", "type": "number", "format": "duration"}),
            json!({"name": "Share", "type": "number", "format": "percent"}),
            json!({"name": "Parent", "type": "link", "table": sheet.table}),
        ] {
            fields.push(sheet.add_field(input).await);
        }
        let imports = imports(&world);
        let csv = format!(
            "Name,Site,Who,Where,Took,Share,Parent\n\
             a,\"Hof, Tor\",\"ada, {ben}@example.com\",\"116.4, 39.9\",1:30:00,12%,b\n\
             b,tor,Zoe,\"Hof (11.9, 50.3)\",90,0.5,\n\
             c,,,nowhere,,,z\n"
        );
        let input = onto(sheet.table, &fields, &json!({"#1": "create"}));
        let done = run(&imports, &sheet, csv.as_bytes(), input).await;
        assert_eq!((done.state, done.error.clone()), (State::Done, None));
        assert_eq!((done.progress.imported, done.progress.rejected), (3, 3));
        assert_eq!(
            errors(&done),
            [
                "3 Who: there is nobody called \"Zoe\"",
                "4 Where: \"nowhere\" is no place: longitude, latitude; or name (longitude, latitude)",
                "4 Parent: \"z\" is no record of Table 1",
            ]
        );
        let snapshot = sheet.snapshot().await;
        let site = snapshot.table(sites).unwrap();
        let names: Vec<Value> = site.rows().map(|row| site.get(row, site.def().fields[0].id)).collect();
        assert_eq!(names, [text("Hof"), text("Tor")]);
        let records: Vec<_> = site.rows().map(|row| site.record_id(row)).collect();
        assert_eq!(
            column(&sheet, fields[1]).await,
            [
                Value::Links { l: records.clone().into() },
                Value::Links { l: [records[1]].into() },
                Value::Null
            ]
        );
        assert_eq!(column(&sheet, fields[2]).await[0], Value::Members { u: [ada, ben].into() });
        let place = Place { name: "Hof".into(), longitude: 11.9, latitude: 50.3 };
        assert_eq!(column(&sheet, fields[3]).await[1], Value::Place { p: place.into() });
        assert_eq!(column(&sheet, fields[4]).await[..2], [number(5_400.0), number(90.0)]);
        assert_eq!(column(&sheet, fields[5]).await[..2], [number(0.12), number(0.5)]);
        let own = snapshot.table(sheet.table).unwrap();
        let second = own.record_id(own.rows().nth(1).unwrap());
        assert_eq!(
            column(&sheet, fields[6]).await,
            [Value::Links { l: [second].into() }, Value::Null, Value::Null]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_change_the_records_with_their_keys() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    let imports = imports(&world);
    let seed = [("a", 1.0), ("b", 2.0), ("twin", 3.0), ("twin", 4.0)];
    let csv = b"Name,Price,Kind\na,10,Gas\nnew,20,\ntwin,30,\n,40,\nnew,21,Power\nb,,Gas\n";
    let fields = [sheet.name, sheet.price, sheet.kind];
    // Mode and doubles; made, changed and refused rows; prices in the end.
    let cases: [(Json, [u64; 3], &[f64]); 4] = [
        (json!({"mode": "upsert"}), [2, 2, 1], &[10.0, 2.0, 3.0, 4.0, 21.0, 40.0]),
        (json!({"mode": "update"}), [0, 2, 4], &[10.0, 2.0, 3.0, 4.0]),
        (json!({"mode": "update", "doubles": "first"}), [0, 3, 3], &[10.0, 2.0, 30.0, 4.0]),
        (json!({"mode": "update", "doubles": "all"}), [0, 4, 3], &[10.0, 2.0, 30.0, 30.0]),
    ];
    for (more, counts, prices) in cases {
        let records = sheet.add(&seed).await;
        let mut more = more;
        more["#0"] = json!("key");
        let done = run(&imports, &sheet, csv, onto(sheet.table, &fields, &more)).await;
        assert_eq!((done.state, done.error.clone()), (State::Done, None), "{more}");
        let found = column(&sheet, sheet.price).await;
        assert_eq!(
            found,
            prices.iter().copied().map(number).collect::<Vec<_>>(),
            "{more}: {:?}",
            errors(&done)
        );
        let progress = done.progress;
        assert_eq!(
            [progress.imported, progress.updated, progress.refused],
            counts,
            "{more}: {:?}",
            errors(&done)
        );
        assert_ne!(sheet.get(records[1], sheet.kind).await, Value::Null);
        let snapshot = sheet.snapshot().await;
        let table = snapshot.table(sheet.table).unwrap();
        let all: Vec<_> = table.rows().map(|row| table.record_id(row)).collect();
        sheet.delete(&all).await.unwrap();
    }
    // Without a key, into a new table, or by a field that cannot tell.
    for input in [
        onto(sheet.table, &fields, &json!({"mode": "update"})),
        json!({"header": true, "table": {"name": "New"}, "mode": "upsert",
            "columns": [{"source": 0, "key": true, "field": {"name": "Name", "type": "text"}}]}),
    ] {
        assert_eq!(start(&imports, &sheet, csv, input).await.unwrap_err().status, 422);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_break_rules_are_refused_and_the_others_stay() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    let code = sheet.add_field(json!({"name": "Code", "type": "text", "unique": true})).await;
    let need = sheet.add_field(json!({"name": "Need", "type": "number", "required": true})).await;
    let count = sheet.add_field(json!({"name": "No", "type": "auto_number", "pattern": "{n}"})).await;
    let imports = imports(&world);
    let csv = b"Name,Code,Need\na,x,1\nb,x,2\nc,y,\nd,z,3\n";
    let done = run(&imports, &sheet, csv, onto(sheet.table, &[sheet.name, code, need], &json!({}))).await;
    assert_eq!((done.state, done.progress.imported, done.progress.refused), (State::Done, 2, 2));
    assert_eq!(errors(&done), ["3 : “Code” must be different in every record", "4 : “Need” needs a value"]);
    assert_eq!(column(&sheet, count).await, [number(1.0), number(2.0)]);
    let files = sheet.add_field(json!({"name": "Files", "type": "attachment"})).await;
    let refused = start(&imports, &sheet, csv, onto(sheet.table, &[sheet.name, files], &json!({}))).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("columns[1].field"));
    assert!(refused.detail.contains(".skein"), "{}", refused.detail);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_cancelled_import_changed_is_put_back_unless_others_changed_it_since() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    let rows: Vec<String> = (0..4_000).map(|at| format!("s{at}")).collect();
    let seed: Vec<(&str, f64)> = rows.iter().map(|name| (name.as_str(), 0.0)).collect();
    let records = sheet.add(&seed).await;
    let mut csv = String::from("Name,Price\n");
    for at in 0..400_000 {
        let _ = writeln!(csv, "s{at},7");
    }
    let imports = imports(&world);
    let input = onto(sheet.table, &[sheet.name, sheet.price], &json!({"mode": "upsert", "#0": "key"}));
    let import = start(&imports, &sheet, csv.as_bytes(), input).await.unwrap();
    until("records are made", async || {
        imports.get(&sheet.ctx, sheet.base, import.id).await.unwrap().progress.imported > 0
    })
    .await;
    sheet.set(records[0], sheet.price, number(9.0)).await.unwrap();
    imports.discard(&sheet.ctx, sheet.base, import.id).await.unwrap();
    let prices = column(&sheet, sheet.price).await;
    assert_eq!((prices.len(), &prices[0]), (4_000, &number(9.0)));
    assert!(prices[1..].iter().all(|price| *price == number(0.0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_goes_on_after_a_restart_and_makes_no_row_twice() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let sheet = world.base(world.member("Ada").await).await;
        let before = imports(&world);
        let mut csv = String::from("Name,Price,Kind\n");
        for at in 0..60_000 {
            let _ = writeln!(
                csv,
                "s{at},{},K{}",
                if at % 1_000 == 7 { "x".into() } else { at.to_string() },
                at % 300
            );
        }
        let input = json!({"header": true, "table": {"name": "Big"}, "columns": [
            {"source": 0, "field": {"name": "Name", "type": "text"}},
            {"source": 1, "field": {"name": "Price", "type": "number"}},
            {"source": 2, "field": {"name": "Kind", "type": "select"}},
        ]});
        let import = start(&before, &sheet, csv.as_bytes(), input).await.unwrap();
        until("records are made", async || {
            before.get(&sheet.ctx, sheet.base, import.id).await.unwrap().progress.imported > 2_000
        })
        .await;
        before.suspend().await;
        let halted = before.get(&sheet.ctx, sheet.base, import.id).await.unwrap();
        assert_eq!(halted.state, State::Running);
        assert!(halted.progress.imported < 60_000);

        let after = imports(&world);
        after.resume().await;
        let done = after.finished(&sheet.ctx, sheet.base, import.id).await.unwrap();
        assert_eq!((done.state, done.error.clone()), (State::Done, None));
        assert_eq!(
            (done.progress.read, done.progress.imported, done.progress.rejected),
            (60_000, 60_000, 60)
        );
        let snapshot = sheet.snapshot().await;
        let table = snapshot.table(done.table.unwrap()).unwrap();
        let [name, _, kind] = &table.def().fields[..] else { panic!("three fields") };
        let names: Vec<Value> = table.rows().map(|row| table.get(row, name.id)).collect();
        assert_eq!(names.len(), 60_000);
        assert!(names.iter().enumerate().all(|(at, found)| *found == text(&format!("s{at}"))));
        assert_eq!(kind.kind.choices().len(), 300);
        let left: Vec<_> = std::fs::read_dir(world.test.folder().join("incoming"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with("upload-") || name.ends_with(".before"))
            .collect();
        assert_eq!(left, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_of_json_become_a_table() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    let imports = imports(&world);
    let mut file = String::new();
    for at in 0..20 {
        let _ = writeln!(
            file,
            "{}",
            json!({"name": format!("s{at}"), "price": at, "open": at % 2 == 0, "tags": ["a, b", "c"], "more": {"x": at}})
        );
    }
    let import = upload(&imports, &sheet, "file.jsonl", file.as_bytes()).await;
    let kinds: Vec<(&str, &str)> =
        import.sheets[0].columns.iter().map(|column| (column.name.as_str(), column.kind.as_str())).collect();
    let expected =
        [("name", "text"), ("price", "number"), ("open", "checkbox"), ("tags", "select"), ("more", "text")];
    for column in expected {
        assert!(kinds.contains(&column), "{column:?} of {kinds:?}");
    }
    assert_eq!(import.sheets[0].rows_estimate, 20);
}
