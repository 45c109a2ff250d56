use skein_store::{Expected, FutureExt, StoreError, params};
use skein_testkit::{TestDb, on_each_database, until, within};
use tokio::sync::oneshot;

use crate::{append, event, stream};

const PUT: &str = "INSERT INTO consumers (name, position) VALUES ($1, $2)";

async fn names(test: &TestDb) -> Vec<String> {
    let rows = test.db.rows("SELECT name FROM consumers ORDER BY name", vec![]).await.unwrap();
    rows.iter().map(|row| row.get("name").unwrap()).collect()
}

/// L4: what fails leaves no trace, neither rows nor events nor wake-ups.
#[tokio::test]
async fn a_failed_transaction_leaves_no_trace() {
    on_each_database(async |test| {
        let name = stream("res_1");
        let watch = test.db.bus().watch(&name);
        let result = test
            .db
            .write(|tx| {
                async move {
                    tx.execute(PUT, params!["a", 1i64]).await?;
                    tx.append(&stream("res_1"), Expected::Any, vec![event(1)]).await?;
                    Err::<(), _>(StoreError::Aborted("as planned"))
                }
                .boxed()
            })
            .await;
        assert!(matches!(result, Err(StoreError::Aborted("as planned"))));
        assert!(names(&test).await.is_empty());
        assert_eq!((test.db.position().await.unwrap(), watch.heard()), (0, 0));
        assert_eq!(append(&test.db, &name, Expected::Seq(0), 1).await.unwrap(), 1);
    })
    .await;
}

/// L4: of jobs that share a commit, one that fails or panics takes back its own part only.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_or_panicking_job_does_not_affect_the_others() {
    on_each_database(async |test| {
        let jobs = (0..60i64).map(|number| {
            let db = test.db.clone();
            async move {
                db.write(move |tx| {
                    async move {
                        tx.execute(PUT, params![format!("{number:02}"), number]).await?;
                        tx.append(&stream("res_1"), Expected::Any, vec![event(number)]).await?;
                        match number % 4 {
                            1 => Err(StoreError::Aborted("as planned")),
                            2 => panic!("as planned"),
                            3 => tx.execute(PUT, params!["00", number]).await.map(|_| ()),
                            _ => Ok(()),
                        }
                    }
                    .boxed()
                })
                .await
            }
        });
        let results = within("all writes", futures_util::future::join_all(jobs)).await;
        for (number, result) in results.iter().enumerate() {
            match (number % 4, result) {
                // Number 3 may also be the first to write 00, or wait for it while 0 waits for its stream:
                // then 0 hears that it exists, or is the one a deadlock costs.
                (0 | 3, Ok(()))
                | (1 | 2, Err(StoreError::Aborted(_)))
                | (3, Err(StoreError::Duplicate(_) | StoreError::Busy(_))) => {}
                (0, Err(StoreError::Duplicate(_) | StoreError::Busy(_))) if number == 0 => {}
                other => panic!("{number}: {other:?}"),
            }
        }
        let kept = results.iter().filter(|result| result.is_ok()).count() as i64;
        assert!(kept >= 14);
        let events = test.db.all_events(0, 100).await.unwrap();
        assert_eq!(events.len() as i64, kept);
        assert!(events.iter().enumerate().all(|(at, event)| event.position == at as i64 + 1));
        append(&test.db, &stream("res_1"), Expected::Seq(kept), 1).await.unwrap();
    })
    .await;
}

/// A closure that swallows a database error must not be told that its work was stored: PostgreSQL
/// answers COMMIT with a rollback then, and says so only in passing.
#[tokio::test]
async fn a_swallowed_error_cannot_be_committed() {
    on_each_database(async |test| {
        let result = test
            .db
            .write(|tx| {
                async move {
                    tx.execute(PUT, params!["a", 1i64]).await?;
                    assert!(tx.execute(PUT, params!["a", 2i64]).await.is_err());
                    Ok::<_, StoreError>(())
                }
                .boxed()
            })
            .await;
        assert!(matches!(result, Err(StoreError::Aborted(_))), "{result:?}");
        assert!(names(&test).await.is_empty());
    })
    .await;
}

/// A caller that goes away stops nothing that has begun and leaves nothing half done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_caller_is_gone_is_whole() {
    on_each_database(async |test| {
        let (begun, has_begun) = oneshot::channel();
        let (go, may_go) = oneshot::channel::<()>();
        let db = test.db.clone();
        let caller = tokio::spawn(async move {
            db.write(move |tx| {
                async move {
                    tx.execute(PUT, params!["a", 1i64]).await?;
                    let _ = begun.send(());
                    let _ = may_go.await;
                    tx.execute(PUT, params!["b", 1i64]).await?;
                    Ok::<_, StoreError>(())
                }
                .boxed()
            })
            .await
        });
        within("the write begins", has_begun).await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        go.send(()).unwrap();
        until("both rows", async || names(&test).await == ["a", "b"]).await;
    })
    .await;
}

/// A read that is given up half way does not leave its transaction to the next user of the connection.
#[tokio::test]
async fn a_cancelled_read_leaves_no_open_snapshot() {
    on_each_database(async |test| {
        for _ in 0..20 {
            let (begun, has_begun) = oneshot::channel::<()>();
            let read = test.db.read(|tx| {
                async move {
                    tx.rows("SELECT name FROM consumers", vec![]).await?;
                    let _ = begun.send(());
                    std::future::pending::<Result<(), StoreError>>().await
                }
                .boxed()
            });
            tokio::select! {
                _ = read => unreachable!("it waits for ever"),
                _ = has_begun => {}
            }
        }
        let write = test.db.write(|tx| async move { tx.execute(PUT, params!["a", 1i64]).await }.boxed());
        within("a write after that", write).await.unwrap();
        for _ in 0..20 {
            assert_eq!(names(&test).await, ["a"], "a reader is stuck in an old snapshot");
        }
    })
    .await;
}

/// All reads of one `read` see one moment, whatever is committed meanwhile.
#[tokio::test]
async fn a_read_sees_one_moment() {
    on_each_database(async |test| {
        let db = test.db.clone();
        let seen = test
            .db
            .read(|tx| {
                async move {
                    let before = tx.rows("SELECT name FROM consumers", vec![]).await?.len();
                    append(&db, &stream("res_1"), Expected::Any, 1).await?;
                    let inside = tx.head(&stream("res_1")).await?;
                    Ok::<_, StoreError>((before, inside))
                }
                .boxed()
            })
            .await
            .unwrap();
        assert_eq!(seen, (0, 0));
        assert_eq!(test.db.head(&stream("res_1")).await.unwrap(), 1);
    })
    .await;
}

/// What was asked before is done before the database closes; what comes later hears so.
#[tokio::test]
async fn closing_waits_for_what_was_asked() {
    on_each_database(async |test| {
        let writes: Vec<_> = (0..10)
            .map(|_| {
                let db = test.db.clone();
                tokio::spawn(async move { append(&db, &stream("res_1"), Expected::Any, 1).await })
            })
            .collect();
        let mut done = 0;
        for write in writes {
            done += i64::from(within("the write", write).await.unwrap().is_ok());
        }
        assert_eq!(done, 10);
        within("closing", test.db.close()).await;
        let late = within("a late write", append(&test.db, &stream("res_1"), Expected::Any, 1)).await;
        assert!(matches!(late, Err(StoreError::Aborted(_))), "{late:?}");
        let again = test.another().await;
        assert_eq!(again.head(&stream("res_1")).await.unwrap(), 10);
        if let Some(path) = again.sqlite_path() {
            assert!(path.exists());
        }
    })
    .await;
}

/// Two that wait for each other's streams: one is told to try again, and can.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_busy_and_passes() {
    on_each_database(async |test| {
        if !test.is_postgres() {
            return;
        }
        let (one_has, has_one) = oneshot::channel::<()>();
        let (two_has, has_two) = oneshot::channel::<()>();
        let both = |first: &'static str,
                    second: &'static str,
                    tell: oneshot::Sender<()>,
                    told: oneshot::Receiver<()>| {
            test.db.write(move |tx| {
                async move {
                    tx.append(&stream(first), Expected::Any, vec![event(1)]).await?;
                    let _ = tell.send(());
                    let _ = told.await;
                    tx.append(&stream(second), Expected::Any, vec![event(1)]).await
                }
                .boxed()
            })
        };
        let (left, right) =
            tokio::join!(both("res_1", "res_2", one_has, has_two), both("res_2", "res_1", two_has, has_one));
        let lost = if left.is_ok() { right } else { left };
        assert!(matches!(lost, Err(StoreError::Busy(_))), "{lost:?}");
        assert_eq!(test.db.position().await.unwrap(), 2);
    })
    .await;
}

/// A connection that is cut in a transaction: an error that says try again, nothing stored, and the
/// next write works.
#[tokio::test]
async fn a_lost_connection_is_busy_and_passes() {
    on_each_database(async |test| {
        if !test.is_postgres() {
            return;
        }
        let killer = test.another().await;
        let result = test
            .db
            .write(move |tx| {
                async move {
                    tx.execute(PUT, params!["a", 1i64]).await?;
                    let row = tx.row("SELECT pg_backend_pid()::BIGINT AS pid", vec![]).await?;
                    let pid: i64 = row.expect("a row").get("pid")?;
                    killer.rows("SELECT pg_terminate_backend($1::INT)", params![pid]).await?;
                    tx.execute(PUT, params!["b", 1i64]).await
                }
                .boxed()
            })
            .await;
        assert!(matches!(result, Err(StoreError::Busy(_))), "{result:?}");
        assert!(names(&test).await.is_empty());
        append(&test.db, &stream("res_1"), Expected::Any, 1).await.unwrap();
    })
    .await;
}

/// Another process that holds the write lock of the file makes writes wait, not fail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_writers_of_one_database_take_turns() {
    on_each_database(async |test| {
        let other = test.another().await;
        let all = (0..40).map(|number| {
            let db = if number % 2 == 0 { test.db.clone() } else { other.clone() };
            async move { append(&db, &stream("res_1"), Expected::Any, 1).await }
        });
        for result in within("all writes", futures_util::future::join_all(all)).await {
            result.unwrap();
        }
        assert_eq!(test.db.head(&stream("res_1")).await.unwrap(), 40);
    })
    .await;
}

/// SQLite may give up the whole transaction, as on a full disk. Nothing of it stays, not even what a job
/// does afterwards that ignores the error, and the writer lives on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_the_database_gave_up_does_not_stop_the_writer() {
    let test = TestDb::sqlite(true).await;
    let trigger = "CREATE TRIGGER full BEFORE INSERT ON consumers WHEN NEW.name = 'full' \
         BEGIN SELECT RAISE(ROLLBACK, 'as on a full disk'); END";
    test.db.write(move |tx| async move { tx.execute(trigger, vec![]).await }.boxed()).await.unwrap();
    let jobs = (0..30i64).map(|number| {
        let db = test.db.clone();
        async move {
            db.write(move |tx| {
                async move {
                    tx.append(&stream("res_1"), Expected::Any, vec![event(number)]).await?;
                    if number % 10 == 5 {
                        let full = tx.execute(PUT, params!["full", number]).await;
                        let after = tx.execute(PUT, params![format!("{number}"), number]).await;
                        assert!(full.is_err() && after.is_err());
                    }
                    Ok::<_, StoreError>(())
                }
                .boxed()
            })
            .await
        }
    });
    let results = within("all writes", futures_util::future::join_all(jobs)).await;
    let kept = results.iter().filter(|result| result.is_ok()).count() as i64;
    assert!(
        results.iter().all(|result| matches!(result, Ok(()) | Err(StoreError::Aborted(_)))),
        "{results:?}"
    );
    assert!((0..3).all(|broken| results[broken * 10 + 5].is_err()));
    assert!(names(&test).await.is_empty());
    assert_eq!(test.db.position().await.unwrap(), kept);
    assert_eq!(append(&test.db, &stream("res_1"), Expected::Seq(kept), 1).await.unwrap(), kept + 1);
}
