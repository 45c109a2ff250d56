//! What is deleted can be brought back.

use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use skein_base::Command;
use skein_table::{Op, Record, Value};
use skein_testkit::{TestDb, on_each_database};

use crate::{
    http::{Client, setting_on},
    world::{Node, World, number, text},
};

fn kinds(page: &Json) -> Vec<(&str, &str)> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| (item["kind"].as_str().unwrap(), item["name"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn records_fields_views_and_tables_come_back_with_values_and_links() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let sheet = world.base(owner).await;
        let client = Client::new(&world, &sheet).await;
        let base = format!("/bases/{}", sheet.base);
        let records = sheet.add(&[("one", 1.0), ("two", 2.0)]).await;
        let visits = json!({"name": "Visits", "fields": [{"name": "What", "type": "text"},
            {"name": "Where", "type": "link", "table": sheet.table, "multiple": true,
             "mirror": {"name": "Visits", "multiple": true}}]});
        let visits = client.ok(Method::POST, &format!("{base}/tables"), visits).await;
        let visits = visits["table"]["id"].as_str().unwrap().to_owned();
        let there = format!("{base}/tables/{visits}");
        let visit = json!({"records": [{"fields": {"What": "check", "Where": [records[0], records[1]]}}]});
        let visit = client.ok(Method::POST, &format!("{there}/records?by=name"), visit).await;
        let visit = format!("{there}/records/{}", visit["records"][0]["id"].as_str().unwrap());
        let view = client.ok(Method::POST, "/views", json!({"name": "Mine"})).await;
        let view = view["view"]["id"].as_str().unwrap().to_owned();
        let full = client.get(&visit).await;
        let whole = sheet.contents().await;

        // Both records go at once; one comes back, then the other.
        sheet.delete(&records).await.unwrap();
        let trash = client.get(&format!("{base}/trash")).await;
        assert_eq!(kinds(&trash), [("record", "two"), ("record", "one")]);
        assert_eq!(trash["items"][0]["actor"], json!(owner));
        for record in &records {
            let back =
                client.ok(Method::POST, &format!("{base}/trash/restore"), json!({"ids": [record]})).await;
            assert_eq!(back["restored"], json!([record]));
        }
        assert_eq!(client.get(&visit).await, full);
        assert!(kinds(&client.get(&format!("{base}/trash")).await).is_empty());

        client.ok(Method::DELETE, &format!("/views/{view}"), Json::Null).await;
        client.ok(Method::DELETE, &format!("/fields/{}", sheet.price), Json::Null).await;
        client.ok(Method::DELETE, &there, Json::Null).await;
        let trash = client.get(&format!("{base}/trash")).await;
        assert_eq!(kinds(&trash), [("table", "Visits"), ("field", "Price"), ("view", "Mine")]);
        let fields = client.get(&format!("{base}/trash?kind=field")).await;
        assert_eq!(kinds(&fields), [("field", "Price")]);
        let first = client.get(&format!("{base}/trash?limit=2")).await;
        let next = first["next"].as_str().unwrap();
        let rest = client.get(&format!("{base}/trash?limit=2&cursor={next}")).await;
        assert_eq!((kinds(&rest), &rest["next"]), (vec![("view", "Mine")], &Json::Null));

        let ids = json!({"ids": [visits, sheet.price, view]});
        let back = client.ok(Method::POST, &format!("{base}/trash/restore"), ids.clone()).await;
        assert_eq!(back["restored"].as_array().unwrap().len(), 3);
        assert_eq!(client.get(&visit).await, full);
        let now = sheet.contents().await;
        for at in 0..2 {
            assert_eq!(now[at]["records"].to_string().len(), whole[at]["records"].to_string().len());
        }
        assert_eq!(sheet.get(records[1], sheet.price).await, number(2.0));
        // It is there: nothing is left to be brought back. Undo deletes it again.
        let (status, problem) = client.send(Method::POST, &format!("{base}/trash/restore"), ids).await;
        assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("trash.unknown")));
        sheet.run(Command::Undo).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_table_too_large_for_an_event_comes_back_where_it_was() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    let client = Client::new(&world, &sheet).await;
    let base = format!("/bases/{}", sheet.base);
    let other = client.ok(Method::POST, &format!("{base}/tables"), json!({"name": "Other"})).await;
    assert_eq!(other["table"]["name"], "Other");
    let mut first = None;
    let mut fields = Vec::new();
    for at in 0..18 {
        fields.push(sheet.add_field(json!({"name": format!("F{at}"), "type": "number"})).await);
    }
    for _ in 0..11 {
        let record = |at: usize| {
            let mut cells = vec![(sheet.name, text(&format!("n{at}")))];
            cells.extend(fields.iter().map(|field| (*field, number(at as f64))));
            Record::new(world.node.platform.ids.make(), cells)
        };
        let records: Vec<Record> = (0..5_000).map(record).collect();
        first = first.or_else(|| records.first().map(|record| record.id));
        sheet.run(Command::Ops(vec![Op::CreateRecords { table: sheet.table, records }])).await.unwrap();
    }
    client.ok(Method::DELETE, "", Json::Null).await;
    let trash = client.get(&format!("{base}/trash")).await;
    assert_eq!((kinds(&trash).len(), &trash["items"][0]["restorable"]), (1, &json!(true)));
    let node = Node::new(&world.test, world.test.another().await, world.clock.clone());
    let elsewhere = sheet.seen(&node, owner);
    assert_eq!(elsewhere.snapshot().await.base.tables().count(), 1);

    client.ok(Method::POST, &format!("{base}/trash/restore"), json!({"ids": [sheet.table]})).await;
    assert_eq!(sheet.snapshot().await.table(sheet.table).unwrap().len(), 55_000);
    assert_eq!(sheet.get(first.unwrap(), sheet.name).await, text("n0"));
    assert!(kinds(&client.get(&format!("{base}/trash")).await).is_empty());
    elsewhere.open().await.catch_up().await.unwrap();
    assert_eq!(elsewhere.get(first.unwrap(), sheet.name).await, text("n0"));
    let history = client.get("/history?limit=2").await;
    assert_eq!(history["items"][0]["changes"][0]["kind"], "create_table");
    assert_eq!(history["items"][1]["changes"][0]["kind"], "delete_table");
    // Deleted for good, nothing is left of it.
    client.ok(Method::DELETE, "", Json::Null).await;
    client.ok(Method::POST, &format!("{base}/trash/delete"), json!({"all": true})).await;
    let rows = world.test.db.rows("SELECT COUNT(*) AS n FROM base_records", vec![]).await.unwrap();
    assert_eq!(rows[0].get::<i64>("n").unwrap(), 0);
}

#[tokio::test]
async fn what_is_undone_leaves_the_trash_and_what_is_redone_returns() {
    on_each_database(async |test: TestDb| {
        let (_world, sheet, client) = setting_on(test).await;
        let trash = format!("/bases/{}/trash", sheet.base);
        let record = sheet.add(&[("one", 1.0)]).await[0];
        sheet.delete(&[record]).await.unwrap();
        sheet.run(Command::Undo).await.unwrap();
        assert!(kinds(&client.get(&trash).await).is_empty());
        sheet.run(Command::Redo).await.unwrap();
        assert_eq!(kinds(&client.get(&trash).await), [("record", "one")]);
        // A view that is moved is taken out and put in again.
        client.ok(Method::POST, "/views", json!({"name": "Mine"})).await;
        let view = sheet.snapshot().await.table(sheet.table).unwrap().def().views[1].id;
        client.ok(Method::PATCH, &format!("/views/{view}"), json!({"position": 0})).await;
        assert_eq!(kinds(&client.get(&trash).await), [("record", "one")]);
    })
    .await;
}

#[tokio::test]
async fn things_leave_the_trash_for_good_by_hand_and_after_thirty_days() {
    on_each_database(async |test: TestDb| {
        let (world, sheet, client) = setting_on(test).await;
        let trash = format!("/bases/{}/trash", sheet.base);
        let records = sheet.add(&[("one", 1.0), ("two", 2.0), ("three", 3.0)]).await;
        sheet.delete(&records[..2]).await.unwrap();
        let gone = client.ok(Method::POST, &format!("{trash}/delete"), json!({"ids": [records[0]]})).await;
        assert_eq!(gone["count"], 1);
        assert_eq!(kinds(&client.get(&trash).await), [("record", "two")]);
        // The base goes on after an event that changes nothing in it.
        sheet.set(records[2], sheet.name, text("drei")).await.unwrap();
        let (status, _) = client.send(Method::POST, &format!("{trash}/delete"), json!({})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);

        world.clock.advance(SignedDuration::from_hours(30 * 24 - 1));
        world.node.bases.expire_trash().await.unwrap();
        assert_eq!(kinds(&client.get(&trash).await), [("record", "two")]);
        world.clock.advance(SignedDuration::from_hours(1));
        world.node.bases.expire_trash().await.unwrap();
        assert!(kinds(&client.get(&trash).await).is_empty());
        assert_eq!(sheet.get(records[1], sheet.name).await, Value::Null);
    })
    .await;
}

#[tokio::test]
async fn the_trash_is_for_those_who_may_edit() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let (ada, eve) = (world.member("Ada").await, world.member("Eve").await);
    let sheet = world.base(ada).await;
    world.grant(sheet.base, eve, "comment").await;
    let record = sheet.add(&[("one", 1.0)]).await[0];
    let eves = Client::new(&world, &sheet.seen(&world.node, eve)).await;
    let base = format!("/bases/{}", sheet.base);
    let calls = [
        (Method::GET, format!("{base}/trash")),
        (Method::POST, format!("{base}/trash/restore")),
        (Method::POST, format!("{base}/trash/delete")),
        (Method::POST, "/restore".into()),
        (Method::POST, "/restore-preview".into()),
        (Method::POST, format!("/records/{record}/restore")),
        (Method::POST, format!("/records/{record}/restore-preview")),
    ];
    for (method, path) in calls {
        let body = if path.contains("/trash/") { json!({"ids": []}) } else { json!({"to": 1}) };
        let body = if method == Method::GET { Json::Null } else { body };
        let (status, _) = eves.send(method, &path, body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
}
