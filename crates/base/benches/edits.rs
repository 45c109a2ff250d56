//! Edits against a real database: `cargo bench -p skein-base`, with the number of edits as argument.
//!
//! Targets: 16 writers ≥ 2,000 durable edits a second on SQLite; an edit heard by 100 windows onto one
//! view within 30 ms, at 5 ms of processor time for all of them together. Set `SKEIN_TEST_POSTGRES` to
//! measure PostgreSQL too.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

#[path = "../tests/it/world.rs"]
#[expect(dead_code, reason = "made for the tests")]
mod world;

use std::time::{Duration, Instant};

use skein_base::live::{Source, WindowFeed, WindowMessage};
use skein_platform::access::View;
use skein_table::Query;
use skein_testkit::{TestDb, databases};
use world::{Sheet, World, number};

fn main() {
    let edits = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(8_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for test in databases().await {
            measure(test, edits).await;
        }
    });
}

async fn measure(test: TestDb, edits: u32) {
    println!("{}", test.name());
    let world = World::new(test).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    for _ in 0..8 {
        sheet.add(&vec![("Beijing South Station", 7.0); 5_000]).await;
    }
    one_writer(&sheet, edits / 16).await;
    many_writers(&sheet, edits).await;
    many_windows(&sheet, 200).await;
}

async fn one_writer(sheet: &Sheet, edits: u32) {
    let record = sheet.add(&[("one", 0.0)]).await[0];
    let mut times = Vec::new();
    for step in 1..=edits {
        let start = Instant::now();
        sheet.set(record, sheet.price, number(f64::from(step))).await.unwrap();
        times.push(start.elapsed());
    }
    report("one writer, an edit", &mut times);
}

async fn many_writers(sheet: &Sheet, edits: u32) {
    const WRITERS: u32 = 16;
    let records = sheet.add(&vec![("many", 0.0); WRITERS as usize]).await;
    let start = Instant::now();
    let mut writers = tokio::task::JoinSet::new();
    for record in records {
        let sheet = sheet.clone();
        writers.spawn(async move {
            for step in 1..=edits / WRITERS {
                sheet.set(record, sheet.price, number(f64::from(step))).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    let rate = f64::from(edits) / start.elapsed().as_secs_f64();
    println!("  16 writers: {rate:.0} edits a second");
}

/// Edits one record in sight of 100 windows; each edit waits until all have heard of it.
async fn many_windows(sheet: &Sheet, edits: u32) {
    const WINDOWS: usize = 100;
    let snapshot = sheet.snapshot().await;
    let table = snapshot.table(sheet.table).unwrap();
    let first = table.rows().next().map(|row| table.record_id(row)).unwrap();
    let (heard, mut hears) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..WINDOWS {
        let granted = sheet.ctx.authorize::<View>(sheet.base).await.unwrap();
        let source = Source::Query(Query::default());
        let feed = WindowFeed::open(
            &sheet.node.bases,
            &granted,
            sheet.table,
            source,
            skein_table::Viewer::default(),
            (0, 200),
        )
        .await;
        let (mut feed, heard) = (feed.unwrap(), heard.clone());
        tokio::spawn(async move {
            while let WindowMessage::Window { seq, rows, .. } = feed.next().await {
                let json = serde_json::to_vec(&rows).unwrap();
                if heard.send((seq, json.len())).is_err() {
                    break;
                }
            }
        });
    }
    for _ in 0..WINDOWS {
        hears.recv().await.unwrap();
    }
    let mut times = Vec::new();
    let busy = processor_time();
    let start = Instant::now();
    for step in 1..=edits {
        let seq = sheet.set(first, sheet.price, number(f64::from(step) + 0.5)).await.unwrap().seq;
        let acknowledged = Instant::now();
        for _ in 0..WINDOWS {
            while hears.recv().await.unwrap().0 < seq {}
        }
        times.push(acknowledged.elapsed());
    }
    println!(
        "  100 windows: {:.2} ms of processor time an edit, {:.2} ms in all",
        processor_time().saturating_sub(busy).as_secs_f64() * 1e3 / f64::from(edits),
        start.elapsed().as_secs_f64() * 1e3 / f64::from(edits),
    );
    report("100 windows, from acknowledged to heard by all", &mut times);
}

/// Processor time of this process so far; nothing where the system does not say.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok());
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("  {what}: p50 {:.2} ms, p99 {:.2} ms", at(0.5), at(0.99));
}
