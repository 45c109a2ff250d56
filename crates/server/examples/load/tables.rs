//! What a large table costs over the API: pages, deep pages, groups, linked fields, dependents, a cold open.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Map, Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::{Bench, Fault, percentiles, text};

/// Records of one request that fills a table.
const BATCH: usize = 5_000;
/// Times each read is repeated.
const TIMES: usize = 30;
/// Pages of 1,000 records that stand before the deep one.
const DEEP: usize = 100;
/// Records that depend on one.
const DEPENDENTS: usize = 10_000;

struct Table {
    path: String,
    id: String,
    /// Ids by name.
    fields: Map<String, Value>,
}

impl Table {
    fn field(&self, name: &str) -> String {
        text(&self.fields[name])
    }
}

/// Makes the tables in a base of their own, fills them and measures reads and one edit.
pub(super) async fn tables(at: &Bench, rows: usize) -> Result<(), Fault> {
    let large = large(at).await?;
    let begin = Instant::now();
    fill(at, &large, rows, station).await?;
    println!("filled {rows} rows of 20 fields by API in {:.1} s", begin.elapsed().as_secs_f64());
    let memory = at.server_memory().await? >> 20;
    println!("resident memory of the server: {memory} MiB; base {} table {}", at.base, large.id);
    pages(at, &large).await?;
    groups(at, &large).await?;
    linked(at, &large).await?;
    dependents(at).await
}

/// The first page of a table that nobody looked at since the server was started.
pub(super) async fn open(at: &Bench, base: &str, table: &str) -> Result<(), Fault> {
    let before = at.server_memory().await?;
    let begin = Instant::now();
    let page = at.get(&format!("/bases/{base}/tables/{table}/records?limit=100")).await?;
    println!(
        "cold open of {} records to the first page: {:.2} s; resident memory {} MiB before, {} MiB after",
        page["total"],
        begin.elapsed().as_secs_f64(),
        before >> 20,
        at.server_memory().await? >> 20,
    );
    Ok(())
}

async fn make(at: &Bench, name: &str, fields: Vec<Value>) -> Result<Table, Fault> {
    let made =
        at.post(&format!("/bases/{}/tables", at.base), &json!({"name": name, "fields": fields})).await?;
    let table = &made["table"];
    let all = table["fields"].as_array().ok_or("no fields")?;
    let fields = all.iter().map(|field| (text(&field["name"]), field["id"].clone())).collect();
    let id = text(&table["id"]);
    Ok(Table { path: format!("/bases/{}/tables/{id}", at.base), id, fields })
}

async fn large(at: &Bench) -> Result<Table, Fault> {
    let mut fields = vec![json!({"name": "Name", "type": "text"})];
    let choices: Vec<Value> = (0..12).map(|n| json!({"name": format!("Choice {n}")})).collect();
    for n in 0..5 {
        fields.push(json!({"name": format!("Text {n}"), "type": "text"}));
        fields.push(json!({"name": format!("Number {n}"), "type": "number", "precision": 2}));
        fields.push(json!({"name": format!("Date {n}"), "type": "date"}));
    }
    for n in 0..2 {
        fields.push(json!({"name": format!("Select {n}"), "type": "select", "choices": choices}));
    }
    fields.push(json!({"name": "Tags", "type": "multi_select", "choices": choices}));
    fields.push(json!({"name": "Open", "type": "checkbox"}));
    make(at, "Large", fields).await
}

/// The cells of a row, by names of fields.
fn station(n: usize) -> Value {
    let mut cells = json!({
        "Name": format!("Station {n}"), "Open": n.is_multiple_of(3), "Tags": [format!("Choice {}", n % 7)],
        "Select 0": format!("Choice {}", n % 12), "Select 1": format!("Choice {}", n / 5 % 12),
    });
    for k in 0..5 {
        let mixed = n.wrapping_mul(2_654_435_761 + k * 40_503) >> 7;
        cells[format!("Text {k}")] =
            json!(format!("{} goose {}", ["grey", "wild", "snow"][mixed % 3], mixed % 5_000));
        cells[format!("Number {k}")] = json!((mixed % 1_000_000) as f64 / 100.0);
        cells[format!("Date {k}")] =
            json!(format!("20{:02}-{:02}-{:02}", mixed % 25, mixed % 12 + 1, mixed % 28 + 1));
    }
    cells
}

async fn fill(
    at: &Bench,
    table: &Table,
    rows: usize,
    row: impl Fn(usize) -> Value,
) -> Result<Vec<String>, Fault> {
    let mut ids = Vec::with_capacity(rows);
    for first in (0..rows).step_by(BATCH) {
        let records: Vec<Value> =
            (first..rows.min(first + BATCH)).map(|n| json!({"fields": row(n)})).collect();
        let made = at.post(&format!("{}/records?by=name", table.path), &json!({"records": records})).await?;
        ids.extend(made["records"].as_array().ok_or("no records")?.iter().map(|record| text(&record["id"])));
    }
    Ok(ids)
}

async fn repeat(at: &Bench, what: &str, path: &str, body: Option<&Value>) -> Result<(), Fault> {
    let mut latencies = Vec::new();
    for _ in 0..TIMES {
        let begin = Instant::now();
        match body {
            Some(body) => at.post(path, body).await?,
            None => at.get(path).await?,
        };
        latencies.push(begin.elapsed());
    }
    println!("{what}: {}", percentiles(latencies));
    Ok(())
}

async fn pages(at: &Bench, large: &Table) -> Result<(), Fault> {
    let filter = json!({"and": [
        {"field": large.field("Text 0"), "op": "contains", "value": "goose"},
        {"field": large.field("Number 1"), "op": "gt", "value": 2_000},
    ]});
    let sort = json!([{"field": large.field("Number 0"), "descending": true}]);
    let query = |limit: usize| {
        format!("{}/records?limit={limit}&filter={}&sort={}", large.path, escaped(&filter), escaped(&sort))
    };
    repeat(at, "filtered, sorted page of 100 with exact total", &query(100), None).await?;
    let mut cursor = String::new();
    for _ in 0..DEEP {
        let page = at.get(&format!("{}{cursor}", query(1_000))).await?;
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let deep = format!("{}{cursor}", query(100));
    repeat(at, "the same, after 100,000 records", &deep, None).await
}

async fn groups(at: &Bench, large: &Table) -> Result<(), Fault> {
    let body = json!({
        "group": [{"field": large.field("Select 0")}, {"field": large.field("Date 0"), "by": "year"}],
        "summaries": [
            {"field": large.field("Number 0"), "function": "sum"},
            {"field": large.field("Number 1"), "function": "average"},
        ],
        "levels": [{"by": {"summary": 0}, "descending": true, "limit": 10}],
    });
    repeat(at, "two levels of groups, a sum and an average", &format!("{}/groups", large.path), Some(&body))
        .await
}

/// A table with ten links to the large one and a lookup through each.
async fn linked(at: &Bench, large: &Table) -> Result<(), Fault> {
    let page = at.get(&format!("{}/records?limit=1000", large.path)).await?;
    let targets: Vec<String> =
        page["items"].as_array().ok_or("no records")?.iter().map(|record| text(&record["id"])).collect();
    let mut fields = vec![json!({"name": "Name", "type": "text"})];
    fields.extend(
        (0..10).map(
            |n| json!({"name": format!("Link {n}"), "type": "link", "table": large.id, "multiple": true}),
        ),
    );
    let table = make(at, "Linked", fields).await?;
    for n in 0..10 {
        let from = json!({"link": table.field(&format!("Link {n}"))});
        let field = large.field(&format!("Number {}", n % 5));
        let lookup = json!({"name": format!("Lookup {n}"), "type": "lookup", "from": from, "field": field});
        at.post(&format!("{}/fields", table.path), &lookup).await?;
    }
    let row = |n: usize| {
        let mut cells = json!({"Name": format!("Row {n}")});
        for k in 0..10 {
            let one = |m: usize| targets[(n * 31 + k * 7 + m) % targets.len()].clone();
            cells[format!("Link {k}")] = json!([one(0), one(1), one(2)]);
        }
        cells
    };
    fill(at, &table, 10_000, row).await?;
    repeat(
        at,
        "a page of 100 with 20 link and lookup fields",
        &format!("{}/records?limit=100", table.path),
        None,
    )
    .await
}

/// From one edit until a subscriber has seen what 10,000 records show of it.
async fn dependents(at: &Bench) -> Result<(), Fault> {
    let source = make(
        at,
        "Source",
        vec![json!({"name": "Name", "type": "text"}), json!({"name": "N", "type": "number"})],
    )
    .await?;
    let ids = fill(at, &source, 1, |_| json!({"Name": "one", "N": 0})).await?;
    let link = json!({"name": "To", "type": "link", "table": source.id});
    let table = make(at, "Dependents", vec![json!({"name": "Name", "type": "text"}), link]).await?;
    let lookup = json!({"name": "Seen", "type": "rollup", "from": {"link": table.field("To")},
        "field": source.field("N"), "aggregate": "sum"});
    let seen = text(&at.post(&format!("{}/fields", table.path), &lookup).await?["field"]["id"]);
    fill(at, &table, DEPENDENTS, |n| json!({"Name": format!("Row {n}"), "To": [ids[0]]})).await?;
    let mut socket = at.socket().await?;
    let subscribe = json!({"op": "subscribe", "id": 1, "topic": "view", "base": at.base, "table": table.id,
        "query": {"sort": [{"field": seen, "descending": true}]}, "offset": 0, "limit": 100});
    socket.send(Message::Text(subscribe.to_string().into())).await?;
    let mut latencies: Vec<Duration> = Vec::new();
    for value in 0..TIMES {
        if value > 0 {
            let change = json!({"records": [{"id": ids[0], "fields": {source.field("N"): value}}]});
            let begin = Instant::now();
            at.patch(&format!("{}/records", source.path), &change).await?;
            latencies.push(begin.elapsed());
        }
        let begin = Instant::now();
        while let Some(message) = socket.next().await {
            let Message::Text(text) = message? else { continue };
            let message: Value = serde_json::from_str(&text)?;
            let rows = message["rows"].as_object();
            if rows.is_some_and(|rows| rows.values().any(|cells| cells[&seen].as_f64() == Some(value as f64)))
            {
                break;
            }
        }
        if let Some(last) = latencies.last_mut().filter(|_| value > 0) {
            *last += begin.elapsed();
        }
    }
    println!("one edit with {DEPENDENTS} dependents, seen by a subscriber: {}", percentiles(latencies));
    Ok(())
}

/// JSON as a part of an address.
fn escaped(json: &Value) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    json.to_string().bytes().map(byte).collect()
}
