use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use skein_store::{Db, Expected, FutureExt, StoreError};
use skein_testkit::{on_each_database, within};
use skein_types::Event;

use crate::{append, event, stream};

/// L1, L2: positions and sequence numbers without gaps, and their orders agree.
fn check_order(events: &[Event]) {
    let mut heads: BTreeMap<&str, i64> = BTreeMap::new();
    for (at, event) in events.iter().enumerate() {
        assert_eq!(event.position, at as i64 + 1, "positions have no gaps");
        let head = heads.entry(event.stream.as_str()).or_default();
        *head += 1;
        assert_eq!(event.seq, *head, "sequence numbers of {} have no gaps", event.stream);
    }
}

async fn whole_log(db: &Db) -> Vec<Event> {
    db.all_events(0, i64::MAX).await.unwrap()
}

#[tokio::test]
async fn an_appended_event_reads_back_as_it_was() {
    on_each_database(async |test| {
        let db = &test.db;
        let name = stream("res_1/comments");
        assert_eq!(append(db, &name, Expected::Seq(0), 3).await.unwrap(), 3);
        let events = db.events(&name, 1, 10).await.unwrap();
        assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [2, 3]);
        let (found, given) = (&events[0], event(1));
        assert_eq!((found.kind.as_str(), found.version), (given.kind, 1));
        assert_eq!((&found.actor, found.at, found.data.get()), (&given.actor, given.at, given.data.get()));
        let before = db.events_before(&name, 3, 1).await.unwrap();
        assert_eq!(before.iter().map(|event| event.seq).collect::<Vec<_>>(), [2]);
        assert_eq!((db.head(&name).await.unwrap(), db.position().await.unwrap()), (3, 3));
        assert_eq!(db.head(&stream("res_2")).await.unwrap(), 0);
    })
    .await;
}

/// L1, L2, L5: many writers on many streams, and readers that poll while they commit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_writers_leave_no_gap_and_readers_never_skip() {
    on_each_database(async |test| {
        let db = test.db.clone();
        let finished = Arc::new(AtomicBool::new(false));
        let readers: Vec<_> = (0..2).map(|_| tokio::spawn(poll_log(db.clone(), finished.clone()))).collect();
        let writers: Vec<_> = (0..12)
            .map(|writer| {
                let db = db.clone();
                tokio::spawn(async move {
                    for round in 0..15 {
                        let name = stream(&format!("res_{}", (writer + round) % 5));
                        append(&db, &name, Expected::Any, 1 + round % 3).await.unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        finished.store(true, Ordering::Release);
        let events = whole_log(&db).await;
        assert_eq!(events.len(), 12 * 30);
        check_order(&events);
        for reader in readers {
            assert_eq!(reader.await.unwrap(), events.len() as i64);
        }
    })
    .await;
}

/// Reads on from where it is until the writers have finished; every event must be the very next one.
async fn poll_log(db: Db, finished: Arc<AtomicBool>) -> i64 {
    let mut after = 0;
    loop {
        let last_round = finished.load(Ordering::Acquire);
        let events = db.all_events(after, 7).await.unwrap();
        for event in &events {
            assert_eq!(event.position, after + 1, "a reader skipped an event");
            after = event.position;
        }
        if events.is_empty() && last_round {
            return after;
        }
        tokio::task::yield_now().await;
    }
}

/// What one transaction of a random plan does.
#[derive(Clone, Debug)]
struct Step {
    appends: Vec<(u8, u8)>,
    fails: bool,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (prop::collection::vec((0..4u8, 0..4u8), 0..4), prop::bool::weighted(0.25));
    prop::collection::vec(step.prop_map(|(appends, fails)| Step { appends, fails }), 1..25)
}

/// L1 to L4 for any mix of transactions that run at once, some of which fail at their end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_mix_of_transactions_leaves_a_whole_log() {
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let strategy = steps();
    for _ in 0..12 {
        let plan = strategy.new_tree(&mut runner).unwrap().current();
        on_each_database(async |test| {
            let tasks: Vec<_> = plan.iter().cloned().map(|step| run_step(test.db.clone(), step)).collect();
            let results = futures_util::future::join_all(tasks).await;
            let mut wanted = 0;
            for (step, result) in plan.iter().zip(results) {
                match result {
                    Ok(()) => wanted += step.appends.iter().map(|(_, count)| i64::from(*count)).sum::<i64>(),
                    // Two that append to the same streams in another order may block each other.
                    Err(error) => assert!(step.fails || matches!(error, StoreError::Busy(_)), "{error}"),
                }
            }
            let events = whole_log(&test.db).await;
            check_order(&events);
            assert_eq!(events.len() as i64, wanted, "{plan:?}");
            assert_eq!(test.db.position().await.unwrap(), wanted);
            for number in 0..4 {
                let name = stream(&format!("res_{number}"));
                let last =
                    events.iter().rev().find(|event| event.stream == name).map_or(0, |event| event.seq);
                assert_eq!(test.db.head(&name).await.unwrap(), last);
            }
        })
        .await;
    }
}

async fn run_step(db: Db, step: Step) -> Result<(), StoreError> {
    db.write(move |tx| {
        async move {
            for (number, count) in step.appends {
                let events = (0..i64::from(count)).map(event).collect();
                tx.append(&stream(&format!("res_{number}")), Expected::Any, events).await?;
            }
            if step.fails { Err(StoreError::Aborted("as planned")) } else { Ok(()) }
        }
        .boxed()
    })
    .await
}

/// L3: of two that state the same head, one appends and the other hears where the stream is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exactly_one_of_two_racing_appends_wins() {
    on_each_database(async |test| {
        let other = test.another().await;
        let name = stream("res_1");
        for seq in 0..20 {
            let expected = Expected::Seq(seq);
            let (left, right) =
                tokio::join!(append(&test.db, &name, expected, 1), append(&other, &name, expected, 1));
            let (won, lost) = if left.is_ok() { (left, right) } else { (right, left) };
            assert_eq!(won.unwrap(), seq + 1);
            match lost.unwrap_err() {
                StoreError::Conflict { expected, actual, stream: at } => {
                    assert_eq!((expected, actual, at), (seq, seq + 1, name.clone()));
                }
                error => panic!("{error}"),
            }
        }
        check_order(&whole_log(&test.db).await);
    })
    .await;
}

/// L3: a wrong expectation changes nothing, and the transaction may go on with the right one.
#[tokio::test]
async fn a_conflict_leaves_the_transaction_usable() {
    on_each_database(async |test| {
        let name = stream("res_1");
        append(&test.db, &name, Expected::Seq(0), 2).await.unwrap();
        for wrong in [0, 1, 3] {
            let error = append(&test.db, &name, Expected::Seq(wrong), 1).await.unwrap_err();
            assert!(matches!(error, StoreError::Conflict { actual: 2, .. }), "{error}");
        }
        let moved = name.clone();
        let last = test
            .db
            .write(move |tx| {
                async move {
                    match tx.append(&moved, Expected::Seq(0), vec![event(1)]).await {
                        Err(StoreError::Conflict { actual, .. }) => {
                            tx.append(&moved, Expected::Seq(actual), vec![event(1)]).await
                        }
                        other => other,
                    }
                }
                .boxed()
            })
            .await
            .unwrap();
        assert_eq!(last, 3);
        check_order(&whole_log(&test.db).await);
    })
    .await;
}

#[tokio::test]
async fn appending_nothing_only_checks_the_head() {
    on_each_database(async |test| {
        let name = stream("res_1");
        assert_eq!(append(&test.db, &name, Expected::Seq(0), 0).await.unwrap(), 0);
        assert_eq!(append(&test.db, &name, Expected::Any, 2).await.unwrap(), 2);
        assert_eq!(append(&test.db, &name, Expected::Any, 0).await.unwrap(), 2);
        let error = append(&test.db, &name, Expected::Seq(1), 0).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict { expected: 1, actual: 2, .. }), "{error}");
        assert_eq!(whole_log(&test.db).await.len(), 2);
    })
    .await;
}

/// A transaction sees its own appends, to several streams and more than once to one.
#[tokio::test]
async fn a_transaction_reads_what_it_appended() {
    on_each_database(async |test| {
        let write = test.db.write(|tx| {
            async move {
                let (one, two) = (stream("res_1"), stream("res_2"));
                tx.append(&one, Expected::Seq(0), vec![event(1), event(2)]).await?;
                tx.append(&two, Expected::Seq(0), vec![event(3)]).await?;
                assert_eq!(tx.events(&one, 0, 10).await?.len(), 2);
                tx.append(&one, Expected::Seq(2), vec![event(4)]).await?;
                assert_eq!(tx.head(&one).await?, 3);
                Ok::<_, StoreError>(())
            }
            .boxed()
        });
        within("the write", write).await.unwrap();
        let events = whole_log(&test.db).await;
        check_order(&events);
        assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 1, 3]);
    })
    .await;
}
