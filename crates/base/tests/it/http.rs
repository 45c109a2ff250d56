//! The REST endpoints, driven in process.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode},
};
use serde_json::{Value as Json, json};
use skein_base::http::{POLICY, router};
use skein_testkit::TestDb;
use skein_types::RecordId;
use tower::ServiceExt;

use crate::world::{Sheet, World};

/// A client that signs in as a member with an API token.
pub struct Client {
    app: Router,
    token: String,
    root: String,
}

impl Client {
    pub async fn new(world: &World, sheet: &Sheet) -> Self {
        let (app, _) = router().with_state(world.node.bases.clone()).split_for_parts();
        let token = world.token(sheet.ctx.member().unwrap()).await;
        Self { app, token, root: format!("/bases/{}/tables/{}", sheet.base, sheet.table) }
    }

    /// The same requests by another member.
    pub async fn of(&self, world: &World, member: skein_types::MemberId) -> Self {
        Self { app: self.app.clone(), token: world.token(member).await, root: self.root.clone() }
    }

    pub async fn send(&self, method: Method, path: &str, body: Json) -> (StatusCode, Json) {
        self.send_with_key(method, path, body, None).await
    }

    pub async fn send_with_key(
        &self,
        method: Method,
        path: &str,
        body: Json,
        key: Option<&str>,
    ) -> (StatusCode, Json) {
        let path = if path.starts_with("/bases") { path.to_owned() } else { format!("{}{path}", self.root) };
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let response = self.app.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let json = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Json::String(String::from_utf8_lossy(&bytes).into_owned()));
        (status, json)
    }

    pub async fn get(&self, path: &str) -> Json {
        let (status, json) = self.send(Method::GET, path, Json::Null).await;
        assert_eq!(status, StatusCode::OK, "{path}: {json}");
        json
    }

    pub async fn ok(&self, method: Method, path: &str, body: Json) -> Json {
        let (status, json) = self.send(method, path, body).await;
        assert_eq!(status, StatusCode::OK, "{path}: {json}");
        json
    }
}

pub async fn setting() -> (World, Sheet, Client) {
    setting_on(TestDb::sqlite(true).await).await
}

/// A base of Ada's, and her client.
pub async fn setting_on(test: TestDb) -> (World, Sheet, Client) {
    let world = World::new(test).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    let client = Client::new(&world, &sheet).await;
    (world, sheet, client)
}

#[tokio::test]
async fn a_table_is_made_filled_changed_and_taken_back() {
    let (_world, sheet, client) = setting().await;
    let base = format!("/bases/{}", sheet.base);
    let whole = client.get(&base).await;
    assert_eq!(whole["resource"]["name"], "Stations");
    assert_eq!(whole["resource"]["role"], "manage");
    assert_eq!(whole["tables"][0]["name"], "Table 1");

    let new = json!({"name": "Sites", "fields": [
        {"name": "Site", "type": "text"},
        {"name": "Height", "type": "number", "precision": 1},
    ]});
    let made = client.ok(Method::POST, &format!("{base}/tables"), new).await;
    let table = format!("{base}/tables/{}", made["table"]["id"].as_str().unwrap());
    assert_eq!(made["table"]["fields"][1]["precision"], 1);
    let renamed = client.ok(Method::PATCH, &table, json!({"name": "Places", "position": 0})).await;
    assert_eq!(renamed["table"]["name"], "Places");

    let field = client
        .ok(
            Method::POST,
            &format!("{table}/fields"),
            json!({"name": "Tags", "type": "multi_select",
            "choices": [{"name": "old"}, {"name": "new", "color": "red"}], "position": 1}),
        )
        .await;
    assert_eq!(field["field"]["choices"][1]["color"], "red");
    let records = json!({"records": [
        {"fields": {"site": "Beijing", "Height": 43.5, "Tags": ["NEW", "old"]}},
        {"fields": {"Site": "Berlin"}},
    ]});
    let added = client.ok(Method::POST, &format!("{table}/records?by=name"), records).await;
    let tags = &added["records"][0]["fields"][field["field"]["id"].as_str().unwrap()];
    assert_eq!(*tags, json!([field["field"]["choices"][1]["id"], field["field"]["choices"][0]["id"]]));
    let beijing = added["records"][0]["id"].as_str().unwrap();

    let listed = client.get(&format!("{table}/records")).await;
    assert_eq!(
        (&listed["total"], &listed["next"], &listed["items"]),
        (&json!(2), &Json::Null, &added["records"])
    );
    assert_eq!(client.get(&format!("{table}/records/{beijing}")).await, added["records"][0]);

    let gone =
        client.ok(Method::POST, &format!("{table}/records/delete"), json!({"records": [beijing]})).await;
    assert!(gone["seq"].as_i64() > added["seq"].as_i64());
    let undone = client.ok(Method::POST, &format!("{base}/undo"), Json::Null).await;
    assert_eq!((&undone["undone"]["kind"], &undone["skipped"]), (&json!("delete_records"), &json!(0)));
    assert_eq!(client.get(&format!("{table}/records")).await["items"], listed["items"]);
    client.ok(Method::POST, &format!("{base}/redo"), Json::Null).await;
    assert_eq!(client.get(&format!("{table}/records")).await["total"], 1);

    let view = client
        .ok(Method::POST, &format!("{table}/views"), json!({"name": "Mine", "row_height": "tall"}))
        .await;
    let path = format!("{table}/views/{}", view["view"]["id"].as_str().unwrap());
    assert_eq!(view["view"]["kind"], json!({"type": "grid"}));
    let moved = client.ok(Method::PATCH, &path, json!({"position": 0, "name": "First"})).await;
    assert_eq!(moved["view"]["row_height"], "tall");
    assert_eq!(client.get(&base).await["tables"][0]["views"][0]["name"], "First");
    client.ok(Method::DELETE, &path, Json::Null).await;
    client.ok(Method::DELETE, &table, Json::Null).await;
    assert_eq!(client.get(&base).await["tables"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn pages_stay_right_under_edits() {
    let (_world, sheet, client) = setting().await;
    let rows: Vec<(String, f64)> = (0..25).map(|n| (format!("row {n:02}"), f64::from(n % 5))).collect();
    let rows: Vec<(&str, f64)> = rows.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    let ids = sheet.add(&rows).await;
    let sort = format!("[{{\"field\":\"{}\",\"descending\":true}}]", sheet.price).replace('"', "%22");
    for query in ["limit=10".to_owned(), format!("limit=10&sort={sort}")] {
        let first = client.get(&format!("/records?{query}")).await;
        assert_eq!(
            first["total"].as_u64().unwrap() as usize,
            sheet.snapshot().await.table(sheet.table).unwrap().len()
        );
        let mut seen: Vec<String> = names(&first);
        // Meanwhile somebody deletes a record of that page: nothing of the next is left out.
        let gone = first["items"][3]["id"].as_str().unwrap().parse().unwrap();
        sheet.delete(&[gone]).await.unwrap();
        let mut next = first["next"].as_str().map(str::to_owned);
        while let Some(cursor) = next {
            let page = client.get(&format!("/records?{query}&cursor={cursor}")).await;
            seen.extend(names(&page));
            next = page["next"].as_str().map(str::to_owned);
        }
        let left: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let snapshot = sheet.snapshot().await;
        let table = snapshot.table(sheet.table).unwrap();
        for id in left.iter().filter(|id| table.row(id.parse().unwrap()).is_some()) {
            assert_eq!(seen.iter().filter(|other| *other == id).count(), 1, "{query}");
        }
    }
}

fn names(page: &Json) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_repeat_with_the_same_key_is_answered_and_not_done_again() {
    let (_world, sheet, client) = setting().await;
    let body = json!({"records": [{"fields": {sheet.name.to_string(): "once"}}]});
    let (_, first) = client.send_with_key(Method::POST, "/records", body.clone(), Some("key-1")).await;
    let (status, again) = client.send_with_key(Method::POST, "/records", body.clone(), Some("key-1")).await;
    assert_eq!((status, &again), (StatusCode::OK, &first));
    let other = json!({"records": [{"fields": {sheet.name.to_string(): "twice"}}]});
    let (status, refused) = client.send_with_key(Method::POST, "/records", other, Some("key-1")).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("idempotency.key_reused"))
    );
    let at_once = tokio::join!(
        client.send_with_key(Method::POST, "/records", body.clone(), Some("key-2")),
        client.send_with_key(Method::POST, "/records", body.clone(), Some("key-2")),
    );
    assert_eq!(at_once.0, at_once.1);
    assert_eq!(client.get("/records").await["total"], 2);
    // Also of a write that changed nothing, after somebody changed the same cell.
    let id = first["records"][0]["id"].clone();
    let set = |price: u32| json!({"records": [{"id": id, "fields": {sheet.price.to_string(): price}}]});
    client.ok(Method::PATCH, "/records", set(5)).await;
    let one = client.send_with_key(Method::PATCH, "/records", set(5), Some("key-4")).await;
    client.ok(Method::PATCH, "/records", set(6)).await;
    let two = client.send_with_key(Method::PATCH, "/records", set(5), Some("key-4")).await;
    assert_eq!((one.0, &one), (StatusCode::OK, &two));
    let id = id.as_str().unwrap().parse().unwrap();
    assert_eq!(sheet.get(id, sheet.price).await, crate::world::number(6.0));
    // A repeat of a deletion is answered although the record is gone.
    let id = &first["records"][0]["id"];
    let gone = json!({"records": [id]});
    let one = client.send_with_key(Method::POST, "/records/delete", gone.clone(), Some("key-3")).await;
    let two = client.send_with_key(Method::POST, "/records/delete", gone, Some("key-3")).await;
    assert_eq!((one.0, &one), (StatusCode::OK, &two));
}

/// What is sent, and the status, code and place that answer it. An empty place: none is named.
type Case = (Method, String, Json, u16, &'static str, String);

const GHOST: &str = "rec_00000000000000000000000001";
const UNKNOWN: &str = "fld_00000000000000000000000001";

fn bad_records(sheet: &Sheet, record: RecordId) -> Vec<Case> {
    let cell = |field: &dyn ToString, value: Json| json!([{"fields": {field.to_string(): value}}]);
    let at = |field: &dyn ToString| format!("records[0].fields.{}", field.to_string());
    let (name, price, kind) = (&sheet.name, &sheet.price, &sheet.kind);
    let many: Vec<Json> = (0..5_001).map(|_| json!({"fields": {}})).collect();
    let twice = |id: &str| json!([{"id": id, "fields": {}}, {"id": id, "fields": {}}]);
    let id = record.to_string();
    let post = [
        (
            json!([{"fields": {}}, {"fields": {UNKNOWN: 1}}]),
            422,
            "field.unknown",
            format!("records[1].fields.{UNKNOWN}"),
        ),
        (cell(&"Name", json!("x")), 422, "field.unknown", at(&"Name")),
        (cell(price, json!("12")), 422, "value.invalid", at(price)),
        (cell(name, json!(12)), 422, "value.invalid", at(name)),
        (cell(name, json!("x".repeat(100_001))), 422, "value.invalid", at(name)),
        (cell(kind, json!("Coal")), 422, "choice.unknown", at(kind)),
        (cell(kind, json!(["Gas"])), 422, "value.invalid", at(kind)),
        (json!([{"id": "tbl_1"}]), 422, "record.id_invalid", "records[0].id".into()),
        (json!([{"id": id}]), 409, "record.exists", "records[0].id".into()),
        (twice(GHOST), 422, "input.repeated", "records[1].id".into()),
        (json!(many), 422, "records.too_many", "records".into()),
        (json!({}), 422, "request.invalid", "body".into()),
        (json!([{"cells": {}}]), 422, "request.invalid", "body".into()),
    ];
    let patch = [
        (json!([{"fields": {}}]), 422, "record.id_missing", "records[0].id".into()),
        (json!([{"id": GHOST}]), 404, "record.not_found", "records[0].id".into()),
        (twice(&id), 422, "input.repeated", "records[1].id".into()),
    ];
    let delete = [
        (json!([id, GHOST]), 404, "record.not_found", "records[1].id".into()),
        (json!(["x"]), 422, "record.id_invalid", "records[0]".into()),
    ];
    let case = |method: Method, path: &'static str| {
        move |(records, status, code, place): (Json, u16, &'static str, String)| {
            (method.clone(), path.to_owned(), json!({ "records": records }), status, code, place)
        }
    };
    let mut cases: Vec<Case> = post.into_iter().map(case(Method::POST, "/records")).collect();
    cases.extend(patch.into_iter().map(case(Method::PATCH, "/records")));
    cases.extend(delete.into_iter().map(case(Method::POST, "/records/delete")));
    cases
}

fn bad_definitions(sheet: &Sheet) -> Vec<Case> {
    let filter = json!({"field": sheet.price, "op": "contains", "value": "1"});
    let cases = [
        ("/fields", json!({"name": "price", "type": "text"}), 409, "field.name_taken", "name"),
        ("/fields", json!({"name": " ", "type": "text"}), 422, "field.name_invalid", "name"),
        ("/fields", json!({"name": "x", "type": "rocket"}), 422, "request.invalid", "body"),
        ("/fields", json!({"name": "x", "type": "text", "precision": 2}), 422, "field.options", "precision"),
        (
            "/fields",
            json!({"name": "x", "type": "number", "precision": 11}),
            422,
            "field.options",
            "precision",
        ),
        ("/fields", json!({"name": "x", "type": "text", "position": 0}), 409, "field.primary", ""),
        ("/views", json!({"name": "v", "filter": filter}), 422, "query.invalid", "filter"),
        ("/views", json!({"name": "v", "sort": [{"field": UNKNOWN}]}), 422, "query.invalid", "sort[0].field"),
    ];
    let case = |(path, body, status, code, place): (&str, Json, u16, &'static str, &str)| {
        (Method::POST, path.to_owned(), body, status, code, place.to_owned())
    };
    cases.into_iter().map(case).collect()
}

fn bad_reads() -> Vec<Case> {
    let cases = [
        ("?filter=%7B", 422, "query.invalid", "filter"),
        ("?limit=0", 422, "list.limit", "limit"),
        ("?limit=1001", 422, "list.limit", "limit"),
        ("?cursor=x", 422, "cursor.invalid", "cursor"),
        ("?view=viw_00000000000000000000000001", 404, "view.not_found", ""),
        ("/rec_00000000000000000000000001", 404, "record.not_found", ""),
        ("/nonsense", 404, "request.not_found", "path"),
    ];
    let case = |(path, status, code, place): (&str, u16, &'static str, &str)| {
        (Method::GET, format!("/records{path}"), Json::Null, status, code, place.to_owned())
    };
    cases.into_iter().map(case).collect()
}

#[tokio::test]
async fn bad_input_is_refused_with_the_place_and_nothing_changes() {
    let (_world, sheet, client) = setting().await;
    let record = sheet.add(&[("a", 1.0)]).await[0];
    let before = sheet.contents().await;
    let mut cases = bad_records(&sheet, record);
    cases.extend(bad_definitions(&sheet));
    cases.extend(bad_reads());
    for (method, path, body, status, code, place) in cases {
        let said = format!("{method} {path} {}", body.to_string().chars().take(120).collect::<String>());
        let (got, problem) = client.send(method, &path, body).await;
        assert_eq!(
            (got.as_u16(), problem["code"].as_str().unwrap_or("")),
            (status, code),
            "{said}: {problem}"
        );
        let named = problem["field"].as_str().unwrap_or("");
        assert!(named.starts_with(&place) && named.is_empty() == place.is_empty(), "{said}: {problem}");
    }
    assert_eq!(sheet.contents().await, before);
}

#[tokio::test]
async fn who_may_not_is_refused() {
    let (world, sheet, client) = setting().await;
    let stranger = world.member("Eve").await;
    let viewer = world.member("Vic").await;
    world.grant(sheet.base, viewer, "view").await;
    let mut eve = Client::new(&world, &sheet).await;
    eve.token = world.token(stranger).await;
    let mut vic = Client::new(&world, &sheet).await;
    vic.token = world.token(viewer).await;
    let write = json!({"records": [{"fields": {}}]});
    assert_eq!(vic.send(Method::GET, "/records", Json::Null).await.0, StatusCode::OK);
    for (client, status, code) in [
        (&eve, StatusCode::NOT_FOUND, "resource.not_found"),
        (&vic, StatusCode::FORBIDDEN, "access.forbidden"),
    ] {
        let (got, problem) = client.send(Method::POST, "/records", write.clone()).await;
        assert_eq!((got, problem["code"].as_str().unwrap()), (status, code));
    }
    let mut nobody = Client::new(&world, &sheet).await;
    nobody.token = "skn_nothing".into();
    assert_eq!(nobody.send(Method::GET, "/records", Json::Null).await.0, StatusCode::UNAUTHORIZED);
    drop(client);
}

#[test]
fn every_endpoint_says_who_may_call_it() {
    let (_, api) = router::<skein_base::Bases>().split_for_parts();
    let mut endpoints = Vec::new();
    for (path, item) in &api.paths.paths {
        let methods = [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PATCH", &item.patch),
            ("PUT", &item.put),
            ("DELETE", &item.delete),
        ];
        endpoints
            .extend(methods.iter().filter(|(_, op)| op.is_some()).map(|(name, _)| (*name, path.as_str())));
    }
    let mut stated: Vec<(&str, &str)> = POLICY.iter().map(|(method, path, _)| (*method, *path)).collect();
    endpoints.sort_unstable();
    stated.sort_unstable();
    assert_eq!(endpoints, stated);
}

#[tokio::test]
async fn pages_go_on_where_they_ended_when_the_last_record_sorts_elsewhere() {
    let (_world, sheet, client) = setting().await;
    let rows = ["a", "b", "c", "d", "e", "f"].map(|name| (name, name.as_bytes()[0].into()));
    let records = sheet.add(&rows).await;
    let sort = json!([{"field": sheet.price}]).to_string().replace('"', "%22");
    let list = format!("/records?limit=2&sort={sort}");
    let page = client.get(&list).await;
    sheet.set(records[1], sheet.price, crate::world::number(900.0)).await.unwrap();
    let page = client.get(&format!("{list}&cursor={}", page["next"].as_str().unwrap())).await;
    assert_eq!(page["items"][0]["id"], json!(records[2]));
}

#[tokio::test]
async fn a_text_is_found_where_it_stands_in_the_order() {
    let (_world, _sheet, client) = setting().await;
    let fields = json!([{"name": "Name", "type": "text"}, {"name": "City", "type": "text"}]);
    let base = client.root.split("/tables/").next().unwrap().to_owned();
    let made =
        client.ok(Method::POST, &format!("{base}/tables"), json!({"name": "Found", "fields": fields})).await;
    let table = format!("{base}/tables/{}", made["table"]["id"].as_str().unwrap());
    let [name, city] = [0, 1].map(|at| made["table"]["fields"][at]["id"].clone());
    let rows = [("Kyoto", "west"), ("Osaka", "kyoto side"), ("Quito", "east"), ("kyoto", "kyoto")];
    let records: Vec<Json> =
        rows.iter().map(|(name, city)| json!({"fields": {"Name": name, "City": city}})).collect();
    let records =
        client.ok(Method::POST, &format!("{table}/records?by=name"), json!({"records": records})).await;
    let id = |at: usize| records["records"][at]["id"].clone();
    let find = async |body: Json| client.ok(Method::POST, &format!("{table}/find"), body).await;
    let query = json!({"sort": [{"field": city, "descending": true}]});

    let found = find(json!({"text": "KYOTO", "query": query})).await;
    assert_eq!((&found["total"], &found["before"]), (&json!(3), &json!(0)));
    let hits = json!([
        {"at": 0, "record": id(0), "fields": [name]},
        {"at": 1, "record": id(1), "fields": [city]},
        {"at": 2, "record": id(3), "fields": [name, city]},
    ]);
    assert_eq!(found["hits"], hits);
    let found = find(json!({"text": "kyoto", "fields": [name], "query": query, "from": 1})).await;
    assert_eq!(
        (&found["total"], &found["before"], &found["hits"][0]["at"]),
        (&json!(2), &json!(1), &json!(2))
    );
    let found = find(json!({"text": "kyoto", "query": query, "until": 2, "limit": 1})).await;
    assert_eq!((&found["before"], &found["hits"][0]["at"]), (&json!(1), &json!(1)));
    for wrong in [
        json!({"text": "k", "limit": 0}),
        json!({"text": "k".repeat(1_001)}),
        json!({"text": "k", "query": {"sort": [{"field": "fld_0000000000000000000000000000", "descending": true}]}}),
    ] {
        let (status, answer) = client.send(Method::POST, &format!("{table}/find"), wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    }
}
