//! Two servers on one database.

use skein_base::Command;
use skein_store::{Expected, FutureExt, StoreError};
use skein_testkit::{TestDb, on_each_database, until};
use skein_types::{Clock, NewEvent, StreamId};

use crate::world::{World, number, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_see_each_others_edits() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        world.test.db.start_tail().await.unwrap();
        let owner = world.member("Ada").await;
        let here = world.base(owner).await;
        let other = world.another_node().await;
        let there = here.seen(&other, owner);
        let records = here.add(&[("a", 1.0)]).await;
        // Loaded there before the next edit, so that it has to hear of it.
        there.open().await.catch_up().await.unwrap();
        here.set(records[0], here.name, text("from here")).await.unwrap();
        until("the other server shows the edit", async || {
            there.get(records[0], there.name).await == text("from here")
        })
        .await;
        let receipt = there.set(records[0], there.price, number(7.0)).await.unwrap();
        until("and the other way round", async || here.snapshot().await.seq >= receipt.seq).await;
        assert_eq!(here.contents().await, there.contents().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_write_the_same_base_and_lose_nothing() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let here = world.base(owner).await;
        let there = here.seen(&world.another_node().await, owner);
        let records = here.add(&[("row", 0.0); 8]).await;
        let mut writers = tokio::task::JoinSet::new();
        for (lane, record) in records.iter().copied().enumerate() {
            let sheet = if lane % 2 == 0 { here.clone() } else { there.clone() };
            writers.spawn(async move {
                for step in 1..=10u32 {
                    sheet.set(record, sheet.price, number(f64::from(step))).await.unwrap();
                    if step == 5 {
                        let name = format!("View {lane}");
                        let input = serde_json::from_value(serde_json::json!({"name": name})).unwrap();
                        sheet.run(Command::CreateView { table: sheet.table, input }).await.unwrap();
                    }
                }
            });
        }
        writers.join_all().await;
        here.open().await.catch_up().await.unwrap();
        there.open().await.catch_up().await.unwrap();
        assert_eq!(here.contents().await, there.contents().await);
        for record in &records {
            assert_eq!(here.get(*record, here.price).await, number(10.0));
        }
        let views = here.snapshot().await.table(here.table).unwrap().def().views.len();
        assert_eq!(views, 1 + 8);
        // And the database agrees with both.
        let third = here.seen(&world.another_node().await, owner);
        assert_eq!(third.contents().await, here.contents().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_server_deleted_cannot_be_edited() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let here = world.base(owner).await;
        let there = here.seen(&world.another_node().await, owner);
        let records = here.add(&[("a", 1.0)]).await;
        there.open().await.catch_up().await.unwrap();
        here.delete(&records).await.unwrap();
        let error = there.set(records[0], there.price, number(2.0)).await.unwrap_err();
        assert_eq!(skein_types::Problem::from(error).code, "record.not_found");
    })
    .await;
}

#[tokio::test]
async fn a_base_that_finds_what_it_does_not_understand_reads_everything_anew() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let sheet = world.base(owner).await;
        let records = sheet.add(&[("a", 1.0)]).await;
        let before = sheet.contents().await;
        // A newer server writes an event this one has never heard of.
        let (stream, now) = (StreamId::of(sheet.base), world.clock.now());
        world
            .test
            .db
            .write(move |tx| {
                async move {
                    let event = NewEvent::new("base.invented", "system", now, &serde_json::json!({}));
                    tx.append(&stream, Expected::Any, vec![event]).await
                }
                .boxed()
            })
            .await
            .map_err(|error: StoreError| error)
            .unwrap();
        let receipt = sheet.set(records[0], sheet.price, number(5.0)).await.unwrap();
        assert_eq!(sheet.snapshot().await.seq, receipt.seq);
        assert_ne!(sheet.contents().await, before);
        sheet.run(Command::Undo).await.unwrap();
        assert_eq!(sheet.contents().await, before);
    })
    .await;
}
