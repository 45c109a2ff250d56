//! kill -9 in the middle of an import: the server that is started next finishes it, with every row once.

use std::{collections::HashSet, fmt::Write};

use reqwest::Method;
use serde_json::{Value, json};
use skein_testkit::{TestDb, until};

use crate::{
    client::{Client, text},
    process::Home,
};

const ROWS: usize = 60_000;
const CRASHES: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_is_killed_again_and_again_has_every_row_once_on_sqlite() {
    killed_again_and_again(&Home::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_is_killed_again_and_again_has_every_row_once_on_postgres() {
    let Some(database) = TestDb::postgres(false).await else { return };
    killed_again_and_again(&Home::with_database(&database.options.url)).await;
}

async fn killed_again_and_again(home: &Home) {
    let mut process = home.start().await;
    let owner = process.set_up().await;
    let base = owner.make_base(0).await.id;
    let token = owner.token().await;
    let bearer = format!("Bearer {token}");
    let (table, path) = begin(&Client::with_token(&process.url, &token), &bearer, &base).await;
    for crash in 1..=CRASHES {
        let client = Client::with_token(&process.url, &token);
        let enough = ROWS * crash / (CRASHES + 2);
        let mut seen = Value::Null;
        until("some more rows are in the table", async || {
            seen = client.get(&path).await.ok();
            seen["progress"]["imported"].as_u64().is_some_and(|imported| imported >= enough as u64)
        })
        .await;
        process.kill().await;
        assert_eq!(seen["state"], "running", "it is killed before its end: {seen}");
        process = home.start().await;
    }
    let client = Client::with_token(&process.url, &token);
    let mut done = Value::Null;
    until("the import ends", async || {
        done = client.get(&path).await.ok();
        done["state"] != "running"
    })
    .await;
    assert_eq!((&done["state"], &done["error"]), (&json!("done"), &Value::Null), "{done}");
    assert_eq!(done["progress"]["imported"], ROWS);
    let export = format!("/bases/{base}/tables/{table}/export?format=csv");
    let (status, _, body) =
        client.bytes(Method::GET, &export, &[("authorization", &bearer)], Vec::new()).await;
    assert_eq!(status, 200);
    let body = String::from_utf8(body).expect("a file of text");
    let lines: Vec<&str> = body.lines().skip(1).collect();
    assert_eq!(lines.len(), ROWS, "as many rows as the file has");
    let names: HashSet<&str> = lines.iter().filter_map(|line| line.split(',').next()).collect();
    assert!((0..ROWS).all(|row| names.contains(format!("row {row}").as_str())), "each of them");
}

/// Uploads a file and starts to import it; the table it goes into, and the path of the import.
async fn begin(client: &Client, bearer: &str, base: &str) -> (String, String) {
    let mut file = String::from("Name,Price\n");
    for row in 0..ROWS {
        let _ = writeln!(file, "row {row},{row}");
    }
    let headers = [("x-file-name", "rows.csv"), ("authorization", bearer)];
    let path = format!("/bases/{base}/imports");
    let (status, _, made) = client.bytes(Method::POST, &path, &headers, file.into_bytes()).await;
    assert_eq!(status, 201);
    let made: Value = serde_json::from_slice(&made).expect("an import");
    let path = format!("{path}/{}", text(&made, "id"));
    let input = json!({"header": true, "table": {"name": "Rows"}, "columns": [
        {"source": 0, "field": {"name": "Name", "type": "text"}},
        {"source": 1, "field": {"name": "Price", "type": "number"}},
    ]});
    let started = client.post(&format!("{path}/start"), &input).await.ok();
    (text(&started, "table"), path)
}
