//! A base as a file, and back: the same base but for its ids.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::HashMap, io::Write, path::PathBuf};

use bytes::Bytes;
use futures_util::stream;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use skein_base::{
    Snapshot,
    transfer::{BaseExport, BaseProgress, BaseReport, BaseWish, Reading, import_base},
};
use skein_platform::{
    access::{Edit, View},
    files,
};
use skein_table::{File, Place, Record, Value};
use skein_testkit::{TestDb, on_each_database};
use skein_types::{FieldId, Problem, RecordId, ResourceId};
use std::sync::Arc;

use crate::world::{Sheet, World, number, text};

/// Definitions, records and computed cells of a base.
fn everything(snapshot: &Snapshot) -> Json {
    let tables = snapshot.base.tables().map(|table| {
        let texts: Vec<String> = table
            .rows()
            .flat_map(|row| (0..table.def().fields.len()).map(move |at| (row, at)))
            .map(|(row, at)| snapshot.base.cell_text(table, row, at))
            .collect();
        let records: Vec<Json> = table
            .rows()
            .map(|row| json!({"record": table.record(row), "changed": table.touched(row)}))
            .collect();
        json!({"def": table.def(), "records": records, "texts": texts})
    });
    tables.collect()
}

fn is_id(text: &str) -> bool {
    text.len() == 30 && text.as_bytes()[3] == b'_'
}

/// Whether two values are the same when ids of one are others in the other, always the same ones.
fn same(a: &Json, b: &Json, ids: &mut HashMap<String, String>) -> bool {
    match (a, b) {
        (Json::String(a), Json::String(b)) if is_id(a) => {
            is_id(b) && a[..4] == b[..4] && ids.entry(a.clone()).or_insert_with(|| b.clone()) == b
        }
        (Json::String(a), Json::String(b)) if a.contains('{') => {
            let parts = |text: &str| text.split(['{', '}']).map(|part| json!(part)).collect::<Vec<_>>();
            same(&json!(parts(a)), &json!(parts(b)), ids)
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, ids))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b, ids)))
        }
        (a, b) => a == b,
    }
}

async fn to_file(world: &World, sheet: &Sheet) -> PathBuf {
    let granted = sheet.ctx.authorize::<View>(sheet.base).await.unwrap();
    let export = BaseExport::new(&sheet.ctx, &sheet.node.bases, &granted).await.unwrap();
    let path = world.test.folder().join(format!("{}.skein", sheet.base));
    let to = path.clone();
    tokio::task::spawn_blocking(move || {
        let mut file = std::fs::File::create(to).unwrap();
        export.write(&mut file).unwrap();
    })
    .await
    .unwrap();
    path
}

async fn opened(sheet: &Sheet, base: ResourceId) -> Arc<Snapshot> {
    let granted = sheet.ctx.authorize::<View>(base).await.unwrap();
    sheet.node.bases.open(&granted).await.unwrap().snapshot()
}

/// A second table that links to the first and back, looks up, sums up and computes.
async fn linked(sheet: &Sheet) -> Vec<FieldId> {
    let mut fields = Vec::new();
    for input in [
        json!({"name": "Next", "type": "link", "table": sheet.table, "multiple": true,
            "mirror": {"name": "Before", "multiple": true}}),
        json!({"name": "Tags", "type": "multi_select", "choices": [{"name": "a"}, {"name": "b"}]}),
        json!({"name": "Who", "type": "member", "multiple": true, "default": [sheet.ctx.member().unwrap()]}),
        json!({"name": "Where", "type": "location"}),
        json!({"name": "Papers", "type": "attachment"}),
        json!({"name": "At", "type": "date", "time": true}),
        json!({"name": "No", "type": "auto_number", "pattern": "N-{n:3}"}),
        json!({"name": "Twice", "type": "formula", "formula": "[Price] * 2"}),
        json!({"name": "Made", "type": "created_at", "time": true}),
        json!({"name": "By", "type": "updated_by"}),
    ] {
        fields.push(sheet.add_field(input).await);
    }
    let sum = json!({"name": "Sum", "type": "rollup", "from": {"link": fields[0]}, "field": fields[7], "aggregate": "sum"});
    fields.push(sheet.add_field(sum).await);
    let view = json!({"name": "Cheap", "filter": {"field": sheet.price, "op": "lt", "value": 5},
        "sort": [{"field": fields[7], "descending": true}], "group": [{"field": sheet.kind}]});
    let input = serde_json::from_value(view).unwrap();
    sheet.run(skein_base::Command::CreateView { table: sheet.table, input }).await.unwrap();
    fields
}

async fn attached(sheet: &Sheet, content: &'static [u8]) -> File {
    let granted = sheet.ctx.authorize::<Edit>(sheet.base).await.unwrap();
    let pieces = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(content))]);
    let file = files::upload(&sheet.ctx, &granted, "a plan.txt", pieces).await.unwrap();
    File { id: file.id, name: file.name, size: file.size, media: file.media }
}

fn wish(reading: Arc<Reading>) -> BaseWish {
    BaseWish { parent: None, name: None, scratch: std::env::temp_dir(), reading }
}

async fn back(sheet: &Sheet, path: &std::path::Path) -> Result<(ResourceId, BaseReport), Problem> {
    let reading = Arc::new(Reading::default());
    let told = reading.clone();
    let (resource, report) = import_base(&sheet.ctx, path, wish(reading)).await?;
    let BaseProgress { read, total } = told.progress();
    assert_eq!((read, total), (report.records, report.records));
    Ok((resource.id, report))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_base_comes_back_as_it_was() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let (ada, ben) = (world.member("Ada").await, world.member("Ben").await);
        let sheet = world.base(ada).await;
        world.share(sheet.base, ben).await;
        let fields = linked(&sheet).await;
        let records = sheet.add(&[("one", 1.0), ("two", 2.5), ("three", 9.0)]).await;
        let file = attached(&sheet, b"the content of a file").await;
        let set = async |by: &Sheet, record: RecordId, field: FieldId, value: Value| {
            by.set(record, field, value).await.unwrap();
        };
        set(&sheet, records[0], fields[0], Value::Links { l: [records[2], records[0]].into() }).await;
        set(&sheet, records[1], fields[4], Value::Files { f: [file].into() }).await;
        world.clock.set("2027-01-01T00:00:00Z".parse().unwrap());
        set(&sheet.seen(&world.node, ben), records[2], fields[2], Value::Members { u: [ada, ben].into() })
            .await;
        let place = Place { name: "Hof".into(), longitude: 11.9, latitude: 50.3 };
        set(&sheet, records[2], fields[3], Value::Place { p: place.into() }).await;

        let path = to_file(&world, &sheet).await;
        let (copy, report) = back(&sheet, &path).await.unwrap();
        assert_eq!((report.tables, report.records, report.files, report.missing_files), (1, 3, 1, 0));
        assert!(report.unknown_people.is_empty() && report.unknown_groups.is_empty());
        let (old, new) = (sheet.snapshot().await, opened(&sheet, copy).await);
        let mut ids = HashMap::new();
        let (a, b) = (everything(&old), everything(&new));
        assert!(same(&a, &b, &mut ids), "{a:#}\n{b:#}");
        // People are the same here; everything else is another.
        let kept: Vec<&str> = ids.iter().filter(|(a, b)| a == b).map(|(a, _)| &a[..4]).collect();
        assert!(kept.iter().all(|kind| *kind == "mem_"), "{kept:?}");
        let table = new.base.tables().next().unwrap();
        let papers = table.def().fields.iter().find(|field| field.name == "Papers").unwrap().id;
        let row = table.rows().nth(1).unwrap();
        let Value::Files { f } = table.get(row, papers) else { panic!("no file") };
        let found = files::get(&sheet.ctx, f[0].id).await.unwrap();
        let bytes = sheet.ctx.platform.blobs.bytes(&found.hash).await.unwrap();
        assert_eq!((&bytes[..], found.resource), (&b"the content of a file"[..], copy));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_address_on_another_server() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let (ada, zoe) = (world.member("Ada").await, world.member("Zoe").await);
    let sheet = world.base(ada).await;
    let fields = linked(&sheet).await;
    let records = sheet.add(&[("one", 1.0)]).await;
    sheet.set(records[0], fields[2], Value::Members { u: [ada, zoe].into() }).await.unwrap();
    let path = to_file(&world, &sheet).await;

    let there = World::new(TestDb::sqlite(true).await).await;
    let eve = there.member("Eve").await;
    there.rename_address(eve, &format!("{ada}@EXAMPLE.com")).await;
    let other = there.base(eve).await;
    let (copy, report) = back(&other, &path).await.unwrap();
    assert_eq!(report.unknown_people, [format!("Zoe <{zoe}@example.com>")]);
    let new = opened(&other, copy).await;
    let table = new.base.tables().next().unwrap();
    let who = table.def().fields.iter().find(|field| field.name == "Who").unwrap();
    assert_eq!(table.get(table.rows().next().unwrap(), who.id), Value::Members { u: [eve, zoe].into() });
    assert_eq!(who.default, Some(Value::Members { u: [eve].into() }));
    assert_eq!(table.made(table.rows().next().unwrap()).by, Some(eve));
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_files_are_refused_by_their_place_and_leave_nothing() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    sheet.add(&[("one", 1.0), ("two", 2.0)]).await;
    let path = to_file(&world, &sheet).await;
    let sound = std::fs::read(&path).unwrap();
    let mut reading = zip::ZipArchive::new(std::io::Cursor::new(&sound)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut reading.by_name(name).unwrap(), &mut text).unwrap();
        text
    };
    let lines_name = format!("tables/{}.jsonl", sheet.table);
    let (manifest, schema, lines) = (part("skein.json"), part("schema.json"), part(&lines_name));
    let zip = |manifest: &str, schema: &str, lines: &str| {
        archive(&[
            ("../../etc/passwd", b"x".as_slice()),
            ("skein.json", manifest.as_bytes()),
            ("schema.json", schema.as_bytes()),
            (&lines_name, lines.as_bytes()),
        ])
    };
    let bomb = lines.clone() + &" ".repeat(70 << 20);
    let far = "{\"id\":\"rec_7zzzzzzzzzzzzzzzzzzzzzzzzz\",\"cells\":[],\"made\":{\"at\":0},\"changed\":{\"at\":0}}\n";
    let wrong_type = lines.replacen("{\"t\":\"one\"}", "{\"n\":1}", 1);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"PK\x03\x04 broken".to_vec(), "file.archive"),
        (sound[..sound.len() - 30].to_vec(), "file.archive"),
        (archive(&[("schema.json", b"[]")]), "file.skein.json"),
        (zip(&manifest.replace("\"version\": 1", "\"version\": 9"), &schema, &lines), "file.skein.json"),
        (zip(&manifest, &schema.replace("\"Price\"", "\"Name\""), &lines), "file.schema.json"),
        (zip(&manifest, "[{", &lines), "file.schema.json"),
        (zip(&manifest, &schema, &(lines.clone() + "{\"id\":7}\n")), "[3]"),
        (zip(&manifest, &schema, &wrong_type), "jsonl["),
        (zip(&manifest, &schema, &(lines.clone() + far)), "[3]"),
        (zip(&manifest, &schema, &bomb), "jsonl["),
        (zip(&manifest, &schema, &lines.repeat(2)), "[3]"),
    ];
    for (at, (bytes, place)) in cases.into_iter().enumerate() {
        std::fs::write(&path, bytes).unwrap();
        let problem = back(&sheet, &path).await.unwrap_err();
        assert_eq!(
            (problem.status, problem.code.as_str()),
            (422, "import.damaged"),
            "case {at}: {}",
            problem.detail
        );
        assert!(
            problem.field.as_deref().unwrap_or_default().contains(place),
            "case {at}: {:?}",
            problem.field
        );
    }
    std::fs::write(&path, zip(&manifest, &schema, &lines)).unwrap();
    assert_eq!(back(&sheet, &path).await.unwrap().1.records, 2);
}

/// More records than are checked at once, each with a link to one far away, and one to itself.
#[tokio::test(flavor = "multi_thread")]
async fn links_reach_over_pages_of_records() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    let next = linked(&sheet).await[0];
    let ids: Vec<RecordId> = (0..5_200).map(|_| world.node.platform.ids.make()).collect();
    let record = |(at, id): (usize, &RecordId)| Record::new(*id, vec![(sheet.name, text(&at.to_string()))]);
    let records: Vec<Record> = ids.iter().enumerate().map(record).collect();
    for records in records.chunks(5_000).map(<[Record]>::to_vec) {
        sheet.run(skein_base::Command::CreateRecords { table: sheet.table, records }).await.unwrap();
    }
    let link = |(id, far): (&RecordId, &RecordId)| {
        Record::new(*id, vec![(next, Value::Links { l: [*far, *id].into() })])
    };
    let records = ids.iter().step_by(7).zip(ids.iter().rev()).map(link).collect();
    sheet.run(skein_base::Command::UpdateRecords { table: sheet.table, records }).await.unwrap();
    let path = to_file(&world, &sheet).await;
    let (copy, report) = back(&sheet, &path).await.unwrap();
    assert_eq!(report.records, 5_200);
    let (old, new) = (sheet.snapshot().await, opened(&sheet, copy).await);
    assert!(same(&everything(&old), &everything(&new), &mut HashMap::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_stopped_leaves_nothing() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = world.base(world.member("Ada").await).await;
    sheet.add(&[("one", 1.0)]).await;
    let path = to_file(&world, &sheet).await;
    let reading = Arc::new(Reading::default());
    reading.stop();
    let problem = import_base(&sheet.ctx, &path, wish(reading)).await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (409, "import.cancelled"));
    let row = sheet.ctx.platform.db.row("SELECT COUNT(*) AS n FROM bases", vec![]).await.unwrap();
    assert_eq!(row.unwrap().get::<i64>("n").unwrap(), 1);
}

fn cell() -> impl Strategy<Value = (usize, Value)> {
    prop_oneof![
        (Just(0), "\\PC{1,12}").prop_map(|(at, t)| (at, text(&t))),
        (Just(1), -1e12..1e12f64).prop_map(|(at, n)| (at, number(n))),
        (Just(2), -2_000_000_000_000..9_000_000_000_000i64).prop_map(|(at, d)| (at, Value::Date { d })),
        (Just(3), -180.0..180.0f64, -90.0..90.0f64, "[a-z]{0,4}").prop_map(
            |(at, longitude, latitude, name)| {
                (at, Value::Place { p: Arc::new(Place { name, longitude, latitude }) })
            }
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_in_a_base_comes_back(
        rows in prop::collection::vec(prop::collection::vec(cell(), 0..6), 1..20),
        links in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..20),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let equal = runtime.block_on(async {
            let world = World::new(TestDb::sqlite(true).await).await;
            let sheet = world.base(world.member("Ada").await).await;
            let fields = linked(&sheet).await;
            let places = [sheet.name, sheet.price, fields[5], fields[3]];
            let record = |cells: &Vec<(usize, Value)>| {
                let mut kept: Vec<(FieldId, Value)> = Vec::new();
                for (at, value) in cells {
                    if !kept.iter().any(|(field, _)| *field == places[*at]) {
                        kept.push((places[*at], value.clone()));
                    }
                }
                Record::new(world.node.platform.ids.make(), kept)
            };
            let records: Vec<Record> = rows.iter().map(record).collect();
            let ids: Vec<RecordId> = records.iter().map(|record| record.id).collect();
            let command = skein_base::Command::CreateRecords { table: sheet.table, records };
            sheet.run(command).await.unwrap();
            for (from, to) in &links {
                let l = [*to.get(&ids)].into();
                sheet.set(*from.get(&ids), fields[0], Value::Links { l }).await.unwrap();
            }
            let path = to_file(&world, &sheet).await;
            let (copy, _) = back(&sheet, &path).await.unwrap();
            let (old, new) = (sheet.snapshot().await, opened(&sheet, copy).await);
            same(&everything(&old), &everything(&new), &mut HashMap::new())
        });
        prop_assert!(equal);
    }
}
