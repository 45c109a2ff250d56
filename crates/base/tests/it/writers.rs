//! Many writers at once, and what a restart finds.

use skein_base::Command;
use skein_table::{Record, Value};
use skein_testkit::{TestDb, on_each_database};

use crate::world::{Node, World, contents, number, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_writers_never_lose_an_update() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let sheet = world.base(owner).await;
        let records = sheet.add(&vec![("row", 0.0); 16]).await;
        let mut writers = tokio::task::JoinSet::new();
        for (lane, record) in records.iter().copied().enumerate() {
            let sheet = sheet.clone();
            writers.spawn(async move {
                let mut seqs = Vec::new();
                for step in 1..=25u32 {
                    let value = number(f64::from(step) + lane as f64 * 1000.0);
                    seqs.push(sheet.set(record, sheet.price, value.clone()).await.unwrap().seq);
                    // What was acknowledged is there for the one who wrote it.
                    assert_eq!(sheet.get(record, sheet.price).await, value);
                }
                seqs
            });
        }
        let mut seqs: Vec<i64> = writers.join_all().await.into_iter().flatten().collect();
        seqs.sort_unstable();
        seqs.dedup();
        assert_eq!(seqs.len(), 16 * 25, "every edit is an event of its own");
        for (lane, record) in records.iter().enumerate() {
            assert_eq!(sheet.get(*record, sheet.price).await, number(25.0 + lane as f64 * 1000.0));
        }
        assert_eq!(sheet.snapshot().await.seq, *seqs.last().unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_command_that_fails_fails_alone() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let sheet = world.base(owner).await;
        let records = sheet.add(&[("a", 1.0), ("b", 2.0)]).await;
        let ghost = world.node.platform.ids.make();
        let (good, bad, also_good) = tokio::join!(
            Box::pin(sheet.set(records[0], sheet.price, number(10.0))),
            Box::pin(sheet.set(ghost, sheet.price, number(11.0))),
            Box::pin(sheet.set(records[1], sheet.price, number(12.0))),
        );
        assert!(good.is_ok() && also_good.is_ok());
        assert!(bad.is_err());
        assert_eq!(sheet.get(records[0], sheet.price).await, number(10.0));
        assert_eq!(sheet.get(records[1], sheet.price).await, number(12.0));
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_done_as_a_whole_or_not_at_all() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let sheet = world.base(owner).await;
        let records = sheet.add(&[("a", 1.0)]).await;
        let before = sheet.contents().await;
        let ghost = world.node.platform.ids.make();
        let both = vec![
            Record::new(records[0], vec![(sheet.price, number(9.0))]),
            Record::new(ghost, vec![(sheet.price, number(9.0))]),
        ];
        assert!(sheet.run(Command::UpdateRecords { table: sheet.table, records: both }).await.is_err());
        let ops = vec![
            skein_table::Op::RenameTable { table: sheet.table, name: "Other".into() },
            skein_table::Op::DeleteRecords { table: sheet.table, records: vec![ghost] },
        ];
        assert!(sheet.run(Command::Ops(ops)).await.is_err());
        assert_eq!(sheet.contents().await, before);
    })
    .await;
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_no_event() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    let records = sheet.add(&[("a", 1.0)]).await;
    let before = sheet.snapshot().await.seq;
    let receipt = sheet.set(records[0], sheet.price, number(1.0)).await.unwrap();
    assert_eq!(receipt.seq, before);
    assert_eq!(sheet.snapshot().await.seq, before);
}

#[tokio::test]
async fn after_a_restart_everything_is_as_before() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let sheet = world.base(owner).await;
        let records = sheet.add(&[("a", 1.0), ("b", 2.0), ("c", 3.0)]).await;
        sheet.set(records[0], sheet.name, text("changed")).await.unwrap();
        sheet.delete(&records[1..2]).await.unwrap();
        let extra = sheet.add_field(serde_json::json!({"name": "Done", "type": "checkbox"})).await;
        sheet.set(records[2], extra, Value::Bool { b: true }).await.unwrap();
        let gone = sheet.add_field(serde_json::json!({"name": "Gone", "type": "text"})).await;
        sheet.set(records[2], gone, text("gone")).await.unwrap();
        sheet.run(Command::DeleteField { table: sheet.table, field: gone }).await.unwrap();
        sheet.run(Command::CreateTable { name: "Second".into(), fields: None }).await.unwrap();
        let (seq, before) = (sheet.snapshot().await.seq, sheet.contents().await);

        let restarted = Node::new(&world.test, world.test.another().await, world.clock.clone());
        let again = sheet.seen(&restarted, owner);
        let snapshot = again.snapshot().await;
        assert_eq!(snapshot.seq, seq);
        assert_eq!(contents(&snapshot), before);
    })
    .await;
}

#[tokio::test]
async fn an_idle_base_is_let_go_and_comes_back() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    sheet.add(&[("a", 1.0)]).await;
    let before = sheet.contents().await;
    world.node.bases.sweep();
    assert_eq!(world.node.bases.loaded(), 1, "it was used a moment ago");
    world.clock.advance(jiff::SignedDuration::from_mins(11));
    let held = sheet.open().await;
    world.clock.advance(jiff::SignedDuration::from_mins(11));
    world.node.bases.sweep();
    assert_eq!(world.node.bases.loaded(), 1, "somebody holds it");
    drop(held);
    world.node.bases.sweep();
    assert_eq!(world.node.bases.loaded(), 0);
    assert_eq!(sheet.contents().await, before);
}
