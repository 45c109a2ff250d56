use skein_store::{FutureExt, MIGRATIONS, StoreError, params};
use skein_testkit::{TestDb, on_each_empty_database};

fn numbers() -> Vec<i64> {
    MIGRATIONS.iter().map(|(number, _)| *number).collect()
}

/// Tables and columns with their types and whether they may be null.
async fn schema(test: &TestDb) -> Vec<String> {
    let sql = if test.is_postgres() {
        "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS line \
         FROM information_schema.columns WHERE table_schema = 'public' \
         UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    } else {
        "SELECT COALESCE(sql, name) AS line FROM sqlite_schema ORDER BY 1"
    };
    test.db.rows(sql, vec![]).await.unwrap().iter().map(|row| row.get("line").unwrap()).collect()
}

#[test]
fn migrations_are_numbered_from_one_without_gaps() {
    assert_eq!(numbers(), (1..=MIGRATIONS.len() as i64).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_fresh_database_takes_every_step_once() {
    on_each_empty_database(async |test| {
        assert_eq!(test.db.migrate().await.unwrap(), numbers());
        assert_eq!(test.db.migrate().await.unwrap(), Vec::<i64>::new());
        assert_eq!(test.db.position().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn every_version_before_comes_to_the_same_schema() {
    for version in 0..MIGRATIONS.len() {
        on_each_empty_database(async |test| {
            let (before, after) = numbers().into_iter().partition::<Vec<_>, _>(|n| *n <= version as i64);
            assert_eq!(test.db.migrate_to(version as i64).await.unwrap(), before);
            assert_eq!(test.db.migrate().await.unwrap(), after, "from version {version}");
            let upgraded = schema(&test).await;
            let fresh = if test.is_postgres() {
                TestDb::postgres(true).await.expect("there was a server a moment ago")
            } else {
                TestDb::sqlite(true).await
            };
            assert_eq!(upgraded, schema(&fresh).await);
        })
        .await;
    }
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    on_each_empty_database(async |test| {
        test.db.migrate().await.unwrap();
        test.db
            .write(|tx| {
                async move { tx.execute("INSERT INTO migrations (number) VALUES ($1)", params![9999i64]).await }
                    .boxed()
            })
            .await
            .unwrap();
        let error = test.db.migrate().await.unwrap_err();
        assert!(matches!(error, StoreError::TooNew { found: 9999, .. }), "{error}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_start_at_once_take_turns() {
    on_each_empty_database(async |test| {
        let other = test.another().await;
        let (one, two) = tokio::join!(test.db.migrate(), other.migrate());
        let mut taken = one.unwrap();
        taken.extend(two.unwrap());
        assert_eq!(taken, numbers());
    })
    .await;
}
