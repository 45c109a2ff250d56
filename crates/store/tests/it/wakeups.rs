use std::time::{Duration, Instant};

use skein_store::Expected;
use skein_testkit::{TestDb, on_each_database, within};
use tokio::task::JoinHandle;

use crate::{append, stream};

/// L7: whatever happens after `subscribe` returned is heard, also what happens before the first `next`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_misses_nothing_in_any_order() {
    on_each_database(async |test| {
        let name = stream("res_1");
        for round in 0..40i64 {
            let mut subscription = test.db.subscribe(&name, round * 3);
            let (db, other) = (test.db.clone(), name.clone());
            let writer = tokio::spawn(async move {
                for _ in 0..3 {
                    append(&db, &other, Expected::Any, 1).await.unwrap();
                }
            });
            if round % 2 == 0 {
                tokio::task::yield_now().await;
            }
            let mut seen = round * 3;
            while seen < round * 3 + 3 {
                for event in within("the next event", subscription.next()).await.unwrap() {
                    assert_eq!(event.seq, seen + 1);
                    seen = event.seq;
                }
            }
            writer.await.unwrap();
        }
    })
    .await;
}

/// L7: a commit of this process is heard of before the writer hears that it succeeded.
#[tokio::test]
async fn a_commit_is_heard_of_before_it_is_acknowledged() {
    on_each_database(async |test| {
        let (mine, other) = (stream("res_1"), stream("res_2"));
        let (watch, elsewhere) = (test.db.bus().watch(&mine), test.db.bus().watch(&other));
        for seq in 1..10 {
            append(&test.db, &mine, Expected::Any, 1).await.unwrap();
            assert_eq!((watch.heard(), elsewhere.heard()), (seq, 0));
        }
    })
    .await;
}

/// The bus forgets streams that nobody watches and keeps those that somebody does.
#[tokio::test]
async fn many_short_watches_do_not_disturb_a_long_one() {
    on_each_database(async |test| {
        let mut long = test.db.bus().watch(&stream("res_long"));
        for number in 0..5000 {
            drop(test.db.bus().watch(&stream(&format!("res_{number}"))));
        }
        append(&test.db, &stream("res_long"), Expected::Any, 1).await.unwrap();
        within("the wake-up", long.changed()).await;
        assert_eq!(long.heard(), 1);
    })
    .await;
}

/// How long a commit on one node takes to wake a subscriber on another.
async fn delay(test: &TestDb, from: &skein_store::Db, to: &skein_store::Db, rounds: u32) -> Duration {
    let name = stream(&format!("res_{}", test.db.position().await.unwrap()));
    let mut subscription = to.subscribe(&name, 0);
    let mut total = Duration::ZERO;
    for seq in 1..=i64::from(rounds) {
        let begun = Instant::now();
        let (events, appended) =
            tokio::join!(within("the event", subscription.next()), append(from, &name, Expected::Any, 1));
        appended.unwrap();
        assert_eq!(events.unwrap()[0].seq, seq);
        total += begun.elapsed();
    }
    total / rounds
}

async fn end(tail: JoinHandle<()>) {
    tail.abort();
    let _ = tail.await;
}

/// L8: two nodes on one database wake each other; on PostgreSQL without waiting for the poll.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_wake_each_other() {
    on_each_database(async |test| {
        let other = test.another().await;
        let tails = [test.db.start_tail().await.unwrap(), other.start_tail().await.unwrap()];
        let rounds = if test.is_postgres() { 10 } else { 1 };
        let there = delay(&test, &test.db, &other, rounds).await;
        let back = delay(&test, &other, &test.db, rounds).await;
        if test.is_postgres() {
            assert!(
                there < Duration::from_millis(400) && back < Duration::from_millis(400),
                "{there:?} {back:?}"
            );
        }
        for tail in tails {
            end(tail).await;
        }
    })
    .await;
}

/// L8: with every notification lost, the poll still finds what happened.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_notification_costs_a_poll_and_no_event() {
    on_each_database(async |test| {
        let deaf = test.another().await;
        let tail = deaf.start_polling_tail().await.unwrap();
        let mut consumer = deaf.consumer("search").await.unwrap();
        delay(&test, &test.db, &deaf, 2).await;
        assert_eq!(within("the log", consumer.next()).await.unwrap()[0].position, 1);
        end(tail).await;
    })
    .await;
}

/// L8: the connection that listens is cut; the tail goes on and listens again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_listener_listens_again() {
    on_each_database(async |test| {
        if !test.is_postgres() {
            return;
        }
        let other = test.another().await;
        let tail = other.start_tail().await.unwrap();
        let cut = "SELECT pg_terminate_backend(pid) AS cut FROM pg_stat_activity \
                   WHERE datname = current_database() AND query LIKE 'LISTEN%'";
        assert_eq!(test.db.rows(cut, vec![]).await.unwrap().len(), 1);
        delay(&test, &test.db, &other, 3).await;
        skein_testkit::until("it listens again", async || {
            let listening = cut.replace("pg_terminate_backend(pid)", "pid");
            test.db.rows(&listening, vec![]).await.unwrap().len() == 1
        })
        .await;
        let quick = delay(&test, &test.db, &other, 10).await;
        assert!(quick < Duration::from_millis(400), "{quick:?}");
        end(tail).await;
    })
    .await;
}

/// L8: closing the database ends the tail, and the tail does not keep it from closing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_ends_the_tail() {
    on_each_database(async |test| {
        let tail = test.db.start_tail().await.unwrap();
        within("closing", test.db.close()).await;
        within("the tail ends", tail).await.unwrap();
    })
    .await;
}
