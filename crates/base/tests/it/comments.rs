//! Comments on records.

use axum::http::{Method, StatusCode};
use serde_json::{Value as Json, json};
use skein_base::live::{BaseFeed, BaseMessage};
use skein_platform::access::View;
use skein_testkit::{TestDb, on_each_database};

use crate::{
    http::Client,
    world::{World, text},
};

#[tokio::test]
async fn people_comment_answer_mention_resolve_and_delete() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let (ada, bob) = (world.member("Ada").await, world.member("Bob").await);
        let sheet = world.base(ada).await;
        world.grant(sheet.base, bob, "comment").await;
        let record = sheet.add(&[("one", 1.0)]).await[0];
        let adas = Client::new(&world, &sheet).await;
        let bobs = Client::new(&world, &sheet.seen(&world.node, bob)).await;
        let path = format!("/records/{record}/comments");
        let granted = sheet.ctx.authorize::<View>(sheet.base).await.unwrap();
        let (_, mut feed) = BaseFeed::open(&world.node.bases, &granted, None).await.unwrap();

        let first =
            bobs.ok(Method::POST, &path, json!({"text": format!(" Is this right, <@{ada}>? ")})).await;
        let BaseMessage::Events { events } = feed.next().await else { panic!("no event") };
        assert_eq!((events[0].kind, events[0].record), ("base.commented", Some(record)));
        assert_eq!(first["text"], format!("Is this right, <@{ada}>?"));
        let thread = first["id"].as_str().unwrap().to_owned();
        let answer = adas.ok(Method::POST, &path, json!({"text": "Yes.", "thread": thread})).await;
        assert_eq!(answer["thread"], first["id"]);
        let counts = adas.get("/comment-counts").await;
        assert_eq!(counts["counts"][record.to_string()], 2);
        let data =
            world.node.platform.db.events(&skein_types::StreamId::of(sheet.base), 0, 100).await.unwrap();
        let told: Json = data.iter().rev().nth(1).unwrap().decode().unwrap();
        assert_eq!((&told["action"], &told["mentions"]), (&json!("added"), &json!([ada])));

        let one = format!("/bases/{}/comments/{thread}", sheet.base);
        let (status, problem) = adas.send(Method::PATCH, &one, json!({"text": "No."})).await;
        assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("comment.not_author")));
        let edited = bobs.ok(Method::PATCH, &one, json!({"text": "Is this right?"})).await;
        assert!(edited["edited"].is_string());
        let resolved = adas.ok(Method::PATCH, &one, json!({"resolved": true})).await;
        assert_eq!(resolved["resolved_by"], json!(ada));
        assert_eq!(adas.get("/comment-counts").await["counts"], json!({}));
        // Somebody goes on with it.
        bobs.ok(Method::POST, &path, json!({"text": "Still?", "thread": thread})).await;
        let list = adas.get(&path).await;
        assert_eq!(list["items"].as_array().unwrap().len(), 3);
        assert_eq!(list["items"][0]["resolved"], Json::Null);

        for (body, code) in [
            (json!({"text": "  "}), "comment.text"),
            (json!({"text": "x".repeat(10_001)}), "comment.text"),
            (json!({"text": "<@mem_00000000000000000000000001>"}), "comment.mention"),
        ] {
            let (status, problem) = bobs.send(Method::POST, &path, body).await;
            assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(code)));
        }
        let answered = format!("/bases/{}/comments/{}", sheet.base, answer["id"].as_str().unwrap());
        let (status, _) = bobs.send(Method::DELETE, &answered, Json::Null).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let (status, _) = adas.send(Method::DELETE, &one, Json::Null).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "who manages the base may");
        assert!(adas.get(&path).await["items"].as_array().unwrap().is_empty());
        let (status, _) = bobs.send(Method::PATCH, &one, json!({"text": "?"})).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        // The base goes on after events that change nothing in it.
        sheet.set(record, sheet.name, text("uno")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn who_may_look_reads_comments_and_writes_none() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let (ada, eve) = (world.member("Ada").await, world.member("Eve").await);
    let sheet = world.base(ada).await;
    world.grant(sheet.base, eve, "view").await;
    let record = sheet.add(&[("one", 1.0)]).await[0];
    let path = format!("/records/{record}/comments");
    let adas = Client::new(&world, &sheet).await;
    let made = adas.ok(Method::POST, &path, json!({"text": "mine"})).await;
    let one = format!("/bases/{}/comments/{}", sheet.base, made["id"].as_str().unwrap());
    let eves = Client::new(&world, &sheet.seen(&world.node, eve)).await;
    assert_eq!(eves.get(&path).await["items"].as_array().unwrap().len(), 1);
    assert_eq!(eves.get("/comment-counts").await["counts"][record.to_string()], 1);
    for (method, path, body) in [
        (Method::POST, &path, json!({"text": "no"})),
        (Method::PATCH, &one, json!({"resolved": true})),
        (Method::DELETE, &one, Json::Null),
    ] {
        let (status, _) = eves.send(method, path, body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
}
