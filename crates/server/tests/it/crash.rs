//! kill -9 at any moment: what was acknowledged is there, and nothing is half applied.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use reqwest::Method;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::{
    client::{Base, Client},
    process::Home,
};

const WRITERS: usize = 8;
const CRASHES: i64 = 100;

/// Each writer owns a record and counts both of its cells up in one request. It is killed after the
/// server acknowledged some number of writes that differs from round to round.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_crashes_lose_no_acknowledged_write_and_leave_none_half_done() {
    let home = Home::new();
    let mut process = home.start().await;
    let owner = process.set_up().await;
    let base = owner.make_base(WRITERS).await;
    let token = owner.token().await;
    let mut acknowledged = [0i64; WRITERS];
    for round in 0..CRASHES {
        let client = Client::with_token(&process.url, &token);
        let total = Arc::new(AtomicI64::new(0));
        let mut writers = JoinSet::new();
        for (writer, from) in acknowledged.into_iter().enumerate() {
            writers.spawn(count_up(client.clone(), base.clone(), writer, from, total.clone()));
        }
        let enough = 1 + (round * 7) % 40;
        skein_testkit::until("enough writes are acknowledged", async || {
            total.load(Ordering::Acquire) >= enough
        })
        .await;
        process.kill().await;
        while let Some(ended) = writers.join_next().await {
            let (writer, last) = ended.expect("a writer does not panic");
            acknowledged[writer] = last;
        }
        process = home.start().await;
        check(&Client::with_token(&process.url, &token), &base, &mut acknowledged).await;
    }
    let dump = home.run(&["migrate"], "");
    assert!(dump.status.success(), "the database opens");
}

async fn count_up(
    client: Client,
    base: Base,
    writer: usize,
    from: i64,
    total: Arc<AtomicI64>,
) -> (usize, i64) {
    let mut acknowledged = from;
    loop {
        let change = base.pair(writer, acknowledged + 1);
        match client.try_send(Method::PATCH, &base.records_path(), Some(&change)).await {
            Ok(answer) if answer.status == 200 => {
                acknowledged += 1;
                total.fetch_add(1, Ordering::AcqRel);
            }
            _ => return (writer, acknowledged),
        }
    }
}

async fn check(client: &Client, base: &Base, acknowledged: &mut [i64]) {
    for (writer, last) in acknowledged.iter_mut().enumerate() {
        let path = format!("{}/{}", base.records_path(), base.records[writer]);
        let record = client.get(&path).await.ok();
        let cell = |field: &str| record["fields"][field].as_f64().map(|n| n as i64);
        let (a, b) = (cell(&base.a), cell(&base.b));
        assert_eq!(a, b, "a write is whole or not there: {record}");
        let a = a.unwrap_or(0);
        // One write more than acknowledged may be there: it was durable, its answer was lost.
        assert!(a == *last || a == *last + 1, "acknowledged {last}, found {a}: {}", Value::from(a));
        *last = a;
    }
}
