//! Upserts, and writes of several tables at once.

use axum::http::Method;
use serde_json::{Value as Json, json};
use skein_base::{Command, Outcome};
use skein_table::Record;
use skein_testkit::{TestDb, on_each_database};

use crate::{
    http::{Client, setting, setting_on},
    world::{Sheet, World, number, text},
};

/// A base with stations that link to regions.
struct Two {
    sheet: Sheet,
    client: Client,
    base: String,
    regions: String,
    region: String,
}

async fn two(test: TestDb) -> (World, Two) {
    let (world, sheet, client) = setting_on(test).await;
    let base = format!("/bases/{}", sheet.base);
    let fields = json!([{"name": "Region", "type": "text"}, {"name": "Code", "type": "number"}]);
    let made = client
        .ok(Method::POST, &format!("{base}/tables"), json!({"name": "Regions", "fields": fields}))
        .await;
    let regions = made["table"]["id"].as_str().unwrap().to_owned();
    let link = json!({"name": "In", "type": "link", "table": regions, "mirror": {"name": "Stations", "multiple": true}});
    let made = client.ok(Method::POST, "/fields", link).await;
    let region = made["field"]["id"].as_str().unwrap().to_owned();
    (world, Two { sheet, client, base, regions, region })
}

impl Two {
    async fn batch(&self, operations: Json) -> (u16, Json) {
        let path = format!("{}/batch?by=name", self.base);
        let (status, answer) = self.client.send(Method::POST, &path, json!({"operations": operations})).await;
        (status.as_u16(), answer)
    }

    /// Names of stations with the titles of their regions.
    async fn stations(&self) -> Json {
        let page = self.client.get("/records").await;
        let (name, region) = (self.sheet.name.to_string(), &self.region);
        let one = |item: &Json| json!([item["fields"][&name], item["fields"][region][0]["text"]]);
        page["items"].as_array().unwrap().iter().map(one).collect()
    }
}

#[tokio::test]
async fn a_batch_writes_several_tables_as_one_change() {
    on_each_database(async |test: TestDb| {
        let (_world, two) = two(test).await;
        let (stations, regions) = (two.sheet.table, &two.regions);
        let before = two.sheet.snapshot().await.seq;
        let (status, done) = two
            .batch(json!([
                {"do": "create", "table": regions, "records": [
                    {"id": "ref:north", "fields": {"Region": "North", "Code": 1}},
                    {"id": "ref:south", "fields": {"Region": "South", "Code": 2}},
                ]},
                {"do": "create", "table": stations, "records": [
                    {"id": "ref:a", "fields": {"Name": "A", "In": ["ref:north"]}},
                    {"fields": {"Name": "B", "In": {"id": "ref:south"}}},
                    {"id": "ref:c", "fields": {"Name": "C"}},
                ]},
                {"do": "update", "table": stations, "records": [{"id": "ref:c", "fields": {"In": ["ref:south"]}}]},
                {"do": "delete", "table": stations, "records": ["ref:a"]},
                {"do": "update", "table": regions, "records": [{"id": "ref:north", "fields": {"Code": 9}}]},
                {"do": "update", "table": regions, "records": [{"id": "ref:north", "fields": {"Code": 10}}]},
            ]))
            .await;
        assert_eq!(status, 200, "{done}");
        assert_eq!(done["seq"], json!(before + 1), "one event");
        assert_eq!(two.stations().await, json!([["B", "South"], ["C", "South"]]));
        assert_eq!(done["operations"][3], json!({"deleted": 1}));
        assert_eq!(done["operations"][0]["records"][0]["id"], done["refs"]["north"]);
        assert_eq!(done["refs"].as_object().unwrap().len(), 4);
        two.client.ok(Method::POST, &format!("{}/undo", two.base), Json::Null).await;
        assert_eq!(two.stations().await, json!([]));
        let rest = two.client.get(&format!("{}/tables/{regions}/records", two.base)).await;
        assert_eq!(rest["total"], 0);
        two.client.ok(Method::POST, &format!("{}/redo", two.base), Json::Null).await;
        assert_eq!(two.stations().await, json!([["B", "South"], ["C", "South"]]));
    })
    .await;
}

#[tokio::test]
async fn an_upsert_in_a_batch_names_what_it_found() {
    let (_world, two) = two(TestDb::sqlite(true).await).await;
    let (stations, regions) = (two.sheet.table, &two.regions);
    let batch = async |code: u32, name: &str| {
        let (status, done) = two
            .batch(json!([
                {"do": "upsert", "table": regions, "by": ["Region"],
                 "records": [{"id": "ref:r", "fields": {"Region": "North", "Code": code}}]},
                {"do": "upsert", "table": stations, "by": ["Name", "In"],
                 "records": [{"fields": {"Name": name, "In": ["ref:r"]}}]},
            ]))
            .await;
        assert_eq!(status, 200, "{done}");
        let result = |at: usize| done["operations"][at]["records"][0]["result"].as_str().unwrap().to_owned();
        (result(0), result(1), done["refs"]["r"].clone())
    };
    let (first, second, id) = batch(1, "A").await;
    assert_eq!((first.as_str(), second.as_str()), ("created", "created"));
    assert_eq!(batch(1, "A").await, ("unchanged".into(), "unchanged".into(), id.clone()));
    assert_eq!(batch(2, "B").await, ("updated".into(), "created".into(), id));
    assert_eq!(two.stations().await, json!([["A", "North"], ["B", "North"]]));
}

#[tokio::test]
async fn a_batch_that_is_wrong_anywhere_changes_nothing_and_names_the_place() {
    let (_world, two) = two(TestDb::sqlite(true).await).await;
    let (stations, regions) = (two.sheet.table, &two.regions);
    let records = two.sheet.add(&[("a", 1.0), ("a", 1.0)]).await;
    let before = two.sheet.contents().await;
    let good = json!({"do": "create", "table": regions, "records": [{"id": "ref:r", "fields": {"Region": "North"}}]});
    let create = |cells: Json| json!({"do": "create", "table": stations, "records": [{"fields": {}}, {"fields": cells}]});
    let ghost = "rec_00000000000000000000000001";
    let many: Vec<Json> = (0..2_501).map(|_| json!({"fields": {}})).collect();
    let half = json!({"do": "create", "table": stations, "records": many});
    let cases = [
        (create(json!({"Price": "x"})), "value.invalid", "operations[1].records[1].fields.Price"),
        (create(json!({"In": ["ref:x"]})), "batch.ref_unknown", "operations[1].records[1].fields.In"),
        (create(json!({"In": [ghost]})), "link.unknown", "operations[1].records[1].fields"),
        (
            json!({"do": "update", "table": regions, "records": [{"id": "ref:r", "fields": {"Code": "x"}}]}),
            "value.invalid",
            "operations[1].records[0].fields.Code",
        ),
        (
            json!({"do": "update", "table": stations, "records": [{"id": ghost, "fields": {}}]}),
            "record.not_found",
            "operations[1].records[0].id",
        ),
        (
            json!({"do": "delete", "table": stations, "records": ["ref:q"]}),
            "batch.ref_unknown",
            "operations[1].records[0]",
        ),
        (
            json!({"do": "create", "table": regions, "records": [{"id": "ref:r"}]}),
            "batch.ref_repeated",
            "operations[1].records[0].id",
        ),
        (
            json!({"do": "create", "table": regions, "records": [{"id": "ref:"}]}),
            "batch.ref_invalid",
            "operations[1].records[0].id",
        ),
        (
            json!({"do": "upsert", "table": stations, "by": ["Name"], "records": [{"fields": {"Name": "a"}}]}),
            "upsert.ambiguous",
            "operations[1].records[0]",
        ),
        (
            json!({"do": "upsert", "table": regions, "by": ["Region"],
                "records": [{"id": ghost, "fields": {"Region": "x"}}]}),
            "record.id_given",
            "operations[1].records[0].id",
        ),
        (
            json!({"do": "create", "table": "tbl_00000000000000000000000001", "records": []}),
            "table.not_found",
            "operations[1]",
        ),
        (json!({"do": "rename", "table": stations}), "request.invalid", "body"),
        (json!({"do": "create", "table": stations, "records": [], "more": 1}), "request.invalid", "body"),
    ];
    for (wrong, code, place) in cases {
        let (_, problem) = two.batch(json!([good, wrong])).await;
        let (said, field) = (problem["code"].as_str().unwrap_or(""), problem["field"].as_str().unwrap_or(""));
        assert!(said == code && field.starts_with(place), "{wrong}: {problem}");
    }
    let (_, problem) = two.batch(json!([half, half])).await;
    assert_eq!((&problem["code"], &problem["field"]), (&json!("records.too_many"), &json!("operations")));
    let none = json!({"do": "delete", "table": stations, "records": []});
    let (_, problem) = two.batch(json!(vec![none; 1_001])).await;
    assert_eq!(problem["code"], "batch.too_many");
    assert_eq!(two.sheet.contents().await, before);
    assert_eq!(records.len(), 2);
}

#[tokio::test]
async fn records_are_upserted_by_their_keys() {
    on_each_database(async |test: TestDb| {
        let (_world, two) = two(test).await;
        let upsert = async |by: Json, records: Json| {
            let body = json!({"by": by, "records": records});
            let (status, answer) = two.client.send(Method::PUT, "/records?by=name", body).await;
            (status.as_u16(), answer)
        };
        let results = |answer: &Json| -> Vec<String> {
            let records = answer["records"].as_array().unwrap_or_else(|| panic!("{answer}"));
            records.iter().map(|one| one["result"].as_str().unwrap().to_owned()).collect()
        };
        let rows = json!([
            {"fields": {"Name": "a", "Price": 1, "Kind": "Gas"}},
            {"fields": {"Name": "b", "Price": 2}},
        ]);
        let (_, first) = upsert(json!(["name"]), rows.clone()).await;
        assert_eq!(results(&first), ["created", "created"]);
        let (_, again) = upsert(json!(["Name"]), rows).await;
        assert_eq!(results(&again), ["unchanged", "unchanged"]);
        assert_eq!(again["seq"], first["seq"], "nothing was written");
        let mixed = json!([
            {"fields": {"Name": "c", "Price": 3}},
            {"fields": {"Name": " b ", "Price": 5, "Kind": null}},
            {"fields": {"Name": "a", "Kind": "Gas"}},
        ]);
        let (_, third) = upsert(json!(["Name"]), mixed).await;
        assert_eq!(results(&third), ["created", "updated", "unchanged"]);
        assert_eq!(third["records"][1]["id"], first["records"][1]["id"]);
        two.client.ok(Method::POST, &format!("{}/undo", two.base), Json::Null).await;
        assert_eq!(two.client.get("/records").await["total"], 2);

        let (_, two_keys) =
            upsert(json!(["Name", "Kind"]), json!([{"fields": {"Name": "a", "Kind": "Power"}}])).await;
        assert_eq!(results(&two_keys), ["created"]);
        for (by, records, code, place) in [
            (json!([]), json!([]), "upsert.keys", "by"),
            (json!(["Nothing"]), json!([]), "field.unknown", "by[0]"),
            (json!(["Name", "Name"]), json!([]), "input.repeated", "by[1]"),
            (json!(["Name"]), json!([{"fields": {"Price": 1}}]), "upsert.key_missing", "records[0].fields."),
            (json!(["Name"]), json!([{"fields": {"Name": " "}}]), "upsert.key_missing", "records[0].fields."),
            (
                json!(["Name"]),
                json!([{"fields": {"Name": "x"}}, {"fields": {"Name": "x "}}]),
                "upsert.repeated",
                "records[1]",
            ),
            (
                json!(["Name"]),
                json!([{"fields": {"Name": "b"}}, {"fields": {"Name": "a"}}]),
                "upsert.ambiguous",
                "records[1]",
            ),
            (
                json!(["Name"]),
                json!([{"id": first["records"][0]["id"], "fields": {"Name": "x"}}]),
                "record.id_given",
                "records[0].id",
            ),
        ] {
            let (status, problem) = upsert(by, records).await;
            let field = problem["field"].as_str().unwrap_or("");
            assert!(status == 422 && problem["code"] == code && field.starts_with(place), "{problem}");
        }
        let (_, problem) = upsert(json!(["Name"]), json!([{"fields": {"Name": "a"}}])).await;
        assert!(problem["detail"].as_str().unwrap().contains(first["records"][0]["id"].as_str().unwrap()));
    })
    .await;
}

#[tokio::test]
async fn rules_of_fields_hold_for_upserts_and_errors_count_in_the_order_sent() {
    let (_world, sheet, client) = setting().await;
    let patch = |rule: &str| json!({ rule: true });
    client.ok(Method::PATCH, &format!("/fields/{}", sheet.price), patch("unique")).await;
    client.ok(Method::PATCH, &format!("/fields/{}", sheet.kind), patch("required")).await;
    let put = async |records: Json| {
        client.send(Method::PUT, "/records?by=name", json!({"by": ["Name"], "records": records})).await.1
    };
    let row = |name: &str, price: u32| json!({"fields": {"Name": name, "Price": price, "Kind": "Gas"}});
    put(json!([row("a", 1), row("b", 2)])).await;
    for (records, code, place) in [
        (json!([row("a", 1), row("c", 2)]), "value.not_unique", "records[1].fields"),
        (
            json!([row("c", 3), row("d", 4), {"fields": {"Name": "b", "Kind": null}}]),
            "value.required",
            "records[2].fields",
        ),
        (json!([row("b", 2), row("a", 5), {"fields": {"Name": "x"}}]), "value.required", "records[2].fields"),
    ] {
        let problem = put(records).await;
        assert!(
            problem["field"].as_str().unwrap_or("").starts_with(place) && problem["code"] == code,
            "{problem}"
        );
    }
    assert_eq!(client.get("/records").await["total"], 2);
}

#[tokio::test]
async fn a_repeat_of_a_batch_or_an_upsert_is_done_once() {
    let (_world, two) = two(TestDb::sqlite(true).await).await;
    let create =
        json!({"operations": [{"do": "create", "table": two.sheet.table, "records": [{"id": "ref:x"}]}]});
    let by = json!([two.sheet.name]);
    let upsert = json!({"by": by, "records": [{"fields": {two.sheet.name.to_string(): "once"}}]});
    for (method, path, body) in
        [(Method::POST, format!("{}/batch", two.base), create), (Method::PUT, "/records".to_owned(), upsert)]
    {
        let key = Some(path.as_str());
        let (status, first) = two.client.send_with_key(method.clone(), &path, body.clone(), key).await;
        let again = two.client.send_with_key(method, &path, body, key).await;
        assert_eq!((status, &first), (again.0, &again.1));
        assert_eq!(status.as_u16(), 200, "{first}");
    }
    assert_eq!(two.client.get("/records").await["total"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_by_key_of_a_large_table_make_each_record_once() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let sheet = world.base(owner).await;
        for part in 0..3 {
            let names: Vec<String> = (0..4_000).map(|n| format!("Old {part} {n}")).collect();
            sheet.add(&names.iter().map(|name| (name.as_str(), 0.0)).collect::<Vec<_>>()).await;
        }
        let upsert = async |sheet: &Sheet, name: &str, price: f64| {
            let record = Record::new(
                sheet.node.platform.ids.make(),
                vec![(sheet.name, text(name)), (sheet.price, number(price))],
            );
            let (table, by) = (sheet.table, vec![sheet.name]);
            sheet.run(Command::UpsertRecords { table, by, records: vec![record] }).await
        };
        let mut writers = tokio::task::JoinSet::new();
        for lane in 0..6u32 {
            let sheet = sheet.clone();
            writers.spawn(async move {
                for step in 0..20u32 {
                    let name = format!("New {}", (step * 7 + lane) % 20);
                    let price = f64::from(lane * 100 + step + 1);
                    upsert(&sheet, &name, price).await.unwrap();
                    let outcome = upsert(&sheet, &format!("Old {} {step}", lane % 3), price).await.unwrap();
                    assert_eq!(outcome.outcomes, [Outcome::Updated]);
                }
            });
        }
        writers.join_all().await;
        assert_eq!(sheet.snapshot().await.table(sheet.table).unwrap().len(), 12_020);

        // What was deleted or called otherwise a moment ago is not found any more.
        let receipt = upsert(&sheet, "New 3", 1.0).await.unwrap();
        assert_eq!(receipt.outcomes, [Outcome::Updated]);
        sheet.set(receipt.records[0], sheet.name, text("Other")).await.unwrap();
        assert_eq!(upsert(&sheet, "New 3", 1.0).await.unwrap().outcomes, [Outcome::Created]);
        let receipt = upsert(&sheet, " New 4", 2.0).await.unwrap();
        sheet.delete(&receipt.records).await.unwrap();
        assert_eq!(upsert(&sheet, "New 4", 2.0).await.unwrap().outcomes, [Outcome::Created]);
        assert_eq!(upsert(&sheet, "New 4", 2.0).await.unwrap().outcomes, [Outcome::Unchanged]);
        sheet.add(&[("Old 0 1", 0.0)]).await;
        let error = upsert(&sheet, "Old 0 1", 3.0).await.unwrap_err();
        assert_eq!(skein_types::Problem::from(error).code, "upsert.ambiguous");
    })
    .await;
}
