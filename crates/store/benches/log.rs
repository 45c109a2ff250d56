//! How many appends a second get durable, by how many writers wait at once.
//!
//! `cargo bench -p skein-store --bench log`; with PostgreSQL: `scripts/with-postgres cargo bench …`.

use divan::{Bencher, counter::ItemsCount};
use futures_util::future::join_all;
use skein_store::{Db, Expected, FutureExt, StoreError};
use skein_testkit::{TestDb, clock};
use skein_types::{Clock, NewEvent, StreamId};
use tokio::runtime::Runtime;

/// Appends of one writer in one measured round.
const EACH: usize = 20;

fn main() {
    divan::main();
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime")
}

async fn append(db: &Db, writer: usize) -> Result<i64, StoreError> {
    let stream = StreamId::from_stored(format!("res_{writer}"));
    let event = NewEvent::new("bench.appended", "system", clock().now(), &"a change of one cell, or so");
    db.write(move |tx| async move { tx.append(&stream, Expected::Any, vec![event]).await }.boxed()).await
}

fn measure(bencher: Bencher, runtime: &Runtime, test: &TestDb, writers: usize) {
    bencher.counter(ItemsCount::new(writers * EACH)).bench_local(|| {
        runtime.block_on(async {
            let tasks = (0..writers).map(|writer| {
                let db = test.db.clone();
                tokio::spawn(async move {
                    for _ in 0..EACH {
                        append(&db, writer).await.expect("an append");
                    }
                })
            });
            join_all(tasks).await.into_iter().for_each(|ended| ended.expect("a writer"));
        });
    });
}

#[divan::bench(args = [1, 16, 64], sample_count = 20)]
fn sqlite(bencher: Bencher, writers: usize) {
    let runtime = runtime();
    let test = runtime.block_on(TestDb::sqlite(true));
    measure(bencher, &runtime, &test, writers);
}

#[divan::bench(args = [1, 16, 64], sample_count = 20)]
fn postgres(bencher: Bencher, writers: usize) {
    let runtime = runtime();
    match runtime.block_on(TestDb::postgres(true)) {
        Some(test) => measure(bencher, &runtime, &test, writers),
        None => eprintln!("left out: SKEIN_TEST_POSTGRES is not set"),
    }
}
