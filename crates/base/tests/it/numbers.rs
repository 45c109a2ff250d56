//! Automatic numbers are given once, whatever becomes of the records that had them.

use serde_json::json;
use skein_base::Command;
use skein_table::Value;
use skein_testkit::{TestDb, on_each_database, until};
use skein_types::FieldId;

use crate::world::{Node, Sheet, World};

/// A server that knows of the base what is stored.
fn restarted(world: &World, sheet: &Sheet) -> Sheet {
    let node = Node::new(&world.test, world.test.db.clone(), world.clock.clone());
    Sheet { ctx: node.ctx(sheet.ctx.org, sheet.ctx.member().unwrap()), node, ..sheet.clone() }
}

/// The number of a new record, which is deleted again if it is to go.
async fn next(sheet: &Sheet, field: FieldId, goes: bool) -> f64 {
    let record = sheet.add(&[("x", 0.0)]).await[0];
    let Value::Number { n } = sheet.get(record, field).await else { panic!("no number") };
    if goes {
        sheet.delete(&[record]).await.unwrap();
    }
    n
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_number_comes_twice() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        world.test.db.start_tail().await.unwrap();
        let owner = world.member("Ada").await;
        let sheet = world.base(owner).await;
        let field = sheet.add_field(json!({"name": "No", "type": "auto_number"})).await;
        let mut seen = Vec::new();
        for goes in [false, true, true, false] {
            seen.push(next(&sheet, field, goes).await);
        }
        assert_eq!(seen, [1.0, 2.0, 3.0, 4.0]);

        // Deleted, and what made it taken back.
        assert!((next(&sheet, field, true).await - 5.0).abs() < 0.1);
        let sheet = restarted(&world, &sheet);
        assert!((next(&sheet, field, false).await - 6.0).abs() < 0.1, "after a restart");
        sheet.run(Command::Undo).await.unwrap();
        let sheet = restarted(&world, &sheet);
        assert!((next(&sheet, field, true).await - 7.0).abs() < 0.1, "after a creation taken back");

        // On a server that heard of the deletion by the log.
        let there = sheet.seen(&world.another_node().await, owner);
        there.open().await.catch_up().await.unwrap();
        assert!((next(&sheet, field, true).await - 8.0).abs() < 0.1);
        let seq = sheet.snapshot().await.seq;
        until("the other server heard of it", async || there.snapshot().await.seq >= seq).await;
        assert!((next(&there, field, true).await - 9.0).abs() < 0.1, "on another server");
        sheet.open().await.catch_up().await.unwrap();

        // Through another type and back, and gone and brought back.
        let patch = serde_json::from_value(json!({"type": "text"})).unwrap();
        let retyped = sheet.run(Command::UpdateField { table: sheet.table, field, patch }).await.unwrap();
        let made = sheet.add(&[("made meanwhile", 0.0)]).await;
        sheet.run(Command::TakeBack { seq: retyped.seq }).await.unwrap();
        let Value::Number { n } = sheet.get(made[0], field).await else { panic!("no number") };
        assert!((10.0..13.0).contains(&n), "{n} was not given before");
        sheet.delete(&made).await.unwrap();
        assert!((next(&sheet, field, true).await - 13.0).abs() < 0.1, "after a type taken back");
        sheet.run(Command::DeleteField { table: sheet.table, field }).await.unwrap();
        sheet.run(Command::Undo).await.unwrap();
        let sheet = restarted(&world, &sheet);
        assert!((next(&sheet, field, false).await - 14.0).abs() < 0.1, "after the field was away");
        let all = sheet.snapshot().await;
        let numbers = all.table(sheet.table).unwrap();
        for n in [1.0, 4.0, 14.0] {
            let holds = |row| numbers.get(row, field) == Value::Number { n };
            assert_eq!(numbers.rows().filter(|&row| holds(row)).count(), 1, "{n} is kept");
        }
        assert_eq!(numbers.len(), 3);
    })
    .await;
}
