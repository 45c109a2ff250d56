//! Who changed what, and taking back one change among several.

use axum::http::{Method, StatusCode};
use serde_json::{Value as Json, json};
use skein_base::Command;
use skein_table::{Op, Record, Value};
use skein_testkit::{TestDb, on_each_database};
use skein_types::{Clock, RecordId};

use crate::{
    http::{Client, setting_on},
    world::{Node, Sheet, World, number, text},
};

async fn patch_field(sheet: &Sheet, field: skein_types::FieldId, patch: Json) {
    let patch = serde_json::from_value(patch).unwrap();
    sheet.run(Command::UpdateField { table: sheet.table, field, patch }).await.unwrap();
}

fn kinds(page: &Json) -> Vec<&str> {
    let entries = page["items"].as_array().unwrap().iter();
    entries.map(|entry| entry["changes"][0]["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_record_tells_who_changed_what_from_what_to_what() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let (ada, bob) = (world.member("Ada").await, world.member("Bob").await);
        let sheet = world.base(ada).await;
        world.share(sheet.base, bob).await;
        let client = Client::new(&world, &sheet).await;
        let bobs = sheet.seen(&world.node, bob);
        let [one, two] = sheet.add(&[("one", 1.0), ("two", 2.0)]).await.try_into().unwrap();
        let def = sheet.snapshot().await.table(sheet.table).unwrap().def().clone();
        let gas = def.fields.iter().find(|field| field.id == sheet.kind).unwrap().kind.choices()[0].id;
        bobs.set(one, sheet.price, number(5.0)).await.unwrap();
        bobs.set(one, sheet.kind, Value::Choice { c: gas }).await.unwrap();
        sheet.set(two, sheet.price, number(7.0)).await.unwrap();
        // The field is renamed and its choice goes: what was written stays readable.
        patch_field(&sheet, sheet.price, json!({"name": "Cost"})).await;
        patch_field(&sheet, sheet.kind, json!({"choices": [{"name": "Other"}]})).await;
        sheet.delete(&[one]).await.unwrap();
        sheet.run(Command::Undo).await.unwrap();

        let path = format!("/records/{one}/history");
        let page = client.get(&path).await;
        assert_eq!(
            kinds(&page),
            [
                "create_records",
                "delete_records",
                "update_records",
                "update_records",
                "update_records",
                "create_records"
            ]
        );
        let items = page["items"].as_array().unwrap();
        assert_eq!((items[0]["via"].as_str(), items[0]["undoes"].is_i64()), (Some("undo"), true));
        let cell = |at: usize| &items[at]["changes"][0]["examples"][0]["cells"][0];
        // The choice that went took the cell with it.
        assert_eq!((&cell(2)["before"], &cell(2)["after"]), (&json!(gas), &Json::Null));
        assert_eq!(items[3]["actor"], json!(bob));
        assert_eq!((&cell(3)["before"], &cell(3)["after"]), (&Json::Null, &json!(gas)));
        assert_eq!(items[3]["names"][gas.to_string()], "Gas");
        assert_eq!((&cell(4)["before"], &cell(4)["after"]), (&json!(1), &json!(5)));
        assert_eq!((&cell(4)["name"], &cell(4)["type"]), (&json!("Price"), &json!("number")));
        assert_eq!(items[4]["changes"][0]["examples"][0]["title"], "one");
        assert_eq!(items[5]["changes"][0]["examples"][0]["cells"].as_array().unwrap().len(), 2);

        // A cell, a person, pages.
        let cell = client.get(&format!("{path}?field={}", sheet.price)).await;
        assert_eq!(kinds(&cell), ["create_records", "delete_records", "update_records", "create_records"]);
        let his = client.get(&format!("{path}?actor={bob}")).await;
        assert_eq!(kinds(&his), ["update_records", "update_records"]);
        let mut paged = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = client.get(&format!("{path}?limit=4{cursor}")).await;
            paged.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(&paged, items);
        // What is in memory is not needed for it.
        let node = Node::new(&world.test, world.test.another().await, world.clock.clone());
        let elsewhere = Client::new(&world, &sheet.seen(&node, ada)).await;
        assert_eq!(elsewhere.get(&path).await, page);
    })
    .await;
}

#[tokio::test]
async fn tables_and_bases_tell_of_definitions_and_times() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let mut sheet = world.base(owner).await;
        let client = Client::new(&world, &sheet).await;
        let base = format!("/bases/{}", sheet.base);
        let before = world.clock.now();
        world.clock.advance(jiff::SignedDuration::from_mins(1));
        sheet.ctx = world.node.ctx(world.org, owner);
        let other = client.ok(Method::POST, &format!("{base}/tables"), json!({"name": "Other"})).await;
        let other = other["table"]["id"].as_str().unwrap().to_owned();
        sheet.add(&[("one", 1.0)]).await;
        patch_field(&sheet, sheet.price, json!({"name": "Cost", "type": "text"})).await;
        client.ok(Method::DELETE, &format!("{base}/tables/{other}"), Json::Null).await;

        let page = client.get(&format!("{base}/history?from={}", world.clock.now())).await;
        assert_eq!(kinds(&page), ["delete_table", "retype_field", "create_records", "create_table"]);
        let retype = &page["items"][1]["changes"][0];
        assert_eq!((&retype["name"], &retype["name_before"]), (&json!("Cost"), &json!("Price")));
        assert_eq!((&retype["field_type"], &retype["field_type_before"]), (&json!("text"), &json!("number")));
        assert_eq!(page["items"][0]["changes"][0]["table_name"], "Other");

        let earlier = client.get(&format!("{base}/history?to={before}")).await;
        assert_eq!(kinds(&earlier), ["create_field", "create_field"]);
        let table = client.get("/history").await;
        assert_eq!(kinds(&table), ["retype_field", "create_records", "create_field", "create_field"]);
        let price = client.get(&format!("/history?field={}", sheet.price)).await;
        assert_eq!(kinds(&price), ["retype_field", "create_records", "create_field"]);
        let gone = client.get(&format!("{base}/tables/{other}/history")).await;
        assert_eq!(kinds(&gone), ["delete_table", "create_table"]);

        let (status, problem) =
            client.send(Method::GET, &format!("{base}/history?cursor=x"), Json::Null).await;
        assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("cursor.invalid")));
        let (status, problem) = client.send(Method::GET, &format!("{base}/history/999"), Json::Null).await;
        assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("history.not_found")));
    })
    .await;
}

#[tokio::test]
async fn large_changes_are_found_by_span_and_listed_by_summary() {
    on_each_database(async |test: TestDb| {
        let (world, sheet, client) = setting_on(test).await;
        let record = |at: usize| {
            let cells = vec![(sheet.name, text(&format!("n{at}"))), (sheet.price, number(at as f64))];
            Record::new(world.node.platform.ids.make(), cells)
        };
        let records: Vec<Record> = (0..3_000).map(record).collect();
        let ids: Vec<RecordId> = records.iter().map(|record| record.id).collect();
        sheet.run(Command::Ops(vec![Op::CreateRecords { table: sheet.table, records }])).await.unwrap();
        sheet.set(ids[1_700], sheet.price, number(-1.0)).await.unwrap();

        let page = client.get(&format!("/records/{}/history", ids[1_700])).await;
        assert_eq!(kinds(&page), ["update_records", "create_records"]);
        assert_eq!(page["items"][1]["changes"][0]["examples"][0]["title"], "n1700");
        let table = client.get("/history?limit=2").await;
        let made = &table["items"][1]["changes"][0];
        assert_eq!((&made["records"], made["examples"].as_array().unwrap().len()), (&json!(3_000), 5));
        let rows = world.test.db.rows("SELECT seq FROM base_changes", vec![]).await.unwrap();
        assert!(rows.len() < 20, "{} rows for one large change", rows.len());
        let seq = table["items"][1]["seq"].as_i64().unwrap();
        let whole = client.get(&format!("/bases/{}/history/{seq}", sheet.base)).await;
        assert_eq!(whole["changes"][0]["examples"].as_array().unwrap().len(), 1_000);
        // A record made by hand between others of a span is not told of by it.
        assert!(
            client.get(&format!("/records/{}/history?to=2020-01-01T00:00:00Z", ids[5])).await["items"]
                .as_array()
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn the_index_is_made_again_from_the_log() {
    on_each_database(async |test: TestDb| {
        let (world, sheet, client) = setting_on(test).await;
        let records = sheet.add(&[("one", 1.0), ("two", 2.0)]).await;
        for n in 0..5 {
            sheet.set(records[0], sheet.price, number(f64::from(n) + 10.0)).await.unwrap();
        }
        let path = format!("/records/{}/history", records[0]);
        let before = (client.get(&path).await, client.get("/history").await);
        for sql in ["DELETE FROM base_changes", "DELETE FROM base_spans", "UPDATE bases SET unindexed = seq"]
        {
            world
                .test
                .db
                .write(move |tx| Box::pin(async move { tx.execute(sql, vec![]).await }))
                .await
                .map_err(|error: skein_store::StoreError| error)
                .unwrap();
        }
        assert_eq!((client.get(&path).await, client.get("/history").await), before);
    })
    .await;
}

#[tokio::test]
async fn one_change_among_several_is_taken_back_when_nothing_is_in_the_way() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let (ada, bob) = (world.member("Ada").await, world.member("Bob").await);
        let sheet = world.base(ada).await;
        world.share(sheet.base, bob).await;
        let client = Client::new(&world, &sheet).await;
        let bobs = sheet.seen(&world.node, bob);
        let records = sheet.add(&[("one", 1.0), ("two", 2.0)]).await;
        let first = sheet.set(records[0], sheet.price, number(10.0)).await.unwrap().seq;
        let second = sheet.set(records[1], sheet.price, number(20.0)).await.unwrap().seq;
        let his = bobs.set(records[1], sheet.price, number(30.0)).await.unwrap().seq;
        let list = format!("/bases/{}/undo", sheet.base);
        let stacks = client.get(&list).await;
        let seqs = |list: &Json| -> Vec<i64> {
            list.as_array().unwrap().iter().map(|entry| entry["seq"].as_i64().unwrap()).collect()
        };
        assert_eq!(seqs(&stacks["undo"])[..2], [second, first]);
        assert_eq!(stacks["undo"][1]["changes"][0]["examples"][0]["title"], "one");

        // Bob went on with the second; his own change is not hers to take back.
        for (seq, code) in [(second, "undo.conflict"), (his, "undo.unknown"), (1, "undo.unknown")] {
            let (status, problem) = client.send(Method::POST, &format!("{list}/{seq}"), Json::Null).await;
            assert_eq!((status, problem["code"].as_str().unwrap()), (StatusCode::CONFLICT, code));
        }
        assert_eq!(sheet.get(records[1], sheet.price).await, number(30.0));
        let undone = client.ok(Method::POST, &format!("{list}/{first}"), Json::Null).await;
        assert_eq!(sheet.get(records[0], sheet.price).await, number(1.0));
        let stacks = client.get(&list).await;
        assert_eq!(seqs(&stacks["redo"]), [undone["seq"].as_i64().unwrap()]);
        assert!(!seqs(&stacks["undo"]).contains(&first));
        client.ok(Method::POST, &format!("{list}/{}", undone["seq"]), Json::Null).await;
        assert_eq!(sheet.get(records[0], sheet.price).await, number(10.0));
        assert!(seqs(&client.get(&list).await["redo"]).is_empty());
    })
    .await;
}

#[tokio::test]
async fn history_is_for_those_who_may_edit() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let (ada, eve) = (world.member("Ada").await, world.member("Eve").await);
    let sheet = world.base(ada).await;
    world.grant(sheet.base, eve, "comment").await;
    let record = sheet.add(&[("one", 1.0)]).await[0];
    let eves = Client::new(&world, &sheet.seen(&world.node, eve)).await;
    let base = format!("/bases/{}", sheet.base);
    let paths = [
        format!("{base}/history"),
        format!("{base}/history/2"),
        format!("{base}/undo"),
        "/history".into(),
        format!("/records/{record}/history"),
    ];
    for path in paths {
        let (status, _) = eves.send(Method::GET, &path, Json::Null).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn personal_views_of_others_are_neither_in_history_nor_in_the_trash() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let (ada, bob) = (world.member("Ada").await, world.member("Bob").await);
    let sheet = world.base(ada).await;
    world.share(sheet.base, bob).await;
    let adas = Client::new(&world, &sheet).await;
    let bobs = Client::new(&world, &sheet.seen(&world.node, bob)).await;
    let made = bobs.ok(Method::POST, "/views", json!({"name": "Bob's own", "owner": bob})).await;
    let view = made["view"]["id"].as_str().unwrap().to_owned();
    let seq = made["seq"].as_i64().unwrap();
    bobs.ok(Method::DELETE, &format!("/views/{view}"), Json::Null).await;
    let base = format!("/bases/{}", sheet.base);
    for path in [format!("{base}/history"), "/history".into(), format!("{base}/trash")] {
        assert!(!adas.get(&path).await.to_string().contains("own"), "{path}");
        assert!(bobs.get(&path).await.to_string().contains("own"), "{path}");
    }
    let (status, _) = adas.send(Method::GET, &format!("{base}/history/{seq}"), Json::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let things = json!({"ids": [view]});
    let (status, _) = adas.send(Method::POST, &format!("{base}/trash/restore"), things.clone()).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let gone = adas.ok(Method::POST, &format!("{base}/trash/delete"), json!({"all": true})).await;
    assert_eq!(gone["count"], 0);
    bobs.ok(Method::POST, &format!("{base}/trash/restore"), things).await;
}
