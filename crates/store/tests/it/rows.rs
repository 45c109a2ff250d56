use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use skein_store::FutureExt;
use skein_store::{Param, StoreError, params};
use skein_testkit::{TestDb, on_each_database};

async fn table(test: &TestDb) {
    let bytes = if test.is_postgres() { "BYTEA" } else { "BLOB" };
    let sql = format!(
        "CREATE TABLE sorts (id BIGINT PRIMARY KEY, r DOUBLE PRECISION, b BOOLEAN, t TEXT, x {bytes})"
    );
    execute(test, sql).await;
}

async fn execute(test: &TestDb, sql: String) {
    test.db.write(move |tx| async move { tx.execute(&sql, vec![]).await }.boxed()).await.unwrap();
}

async fn insert(test: &TestDb, conflict: &'static str, rows: Vec<Vec<Param>>) -> Result<(), StoreError> {
    test.db
        .write(move |tx| {
            async move { tx.insert_many("sorts (id, r, b, t, x)", conflict, rows).await }.boxed()
        })
        .await
}

fn row(id: i64) -> Vec<Param> {
    match id % 3 {
        0 => params![id, None::<f64>, None::<bool>, None::<String>, None::<Vec<u8>>],
        _ => params![id, id as f64 / 4.0, id % 2 == 0, format!("no. {id} – ütf"), vec![0u8, 255, id as u8]],
    }
}

#[tokio::test]
async fn any_number_of_rows_is_inserted_whole_and_in_order() {
    on_each_database(async |test| {
        table(&test).await;
        let mut next = 0;
        for count in [0, 1, 2, 499, 500, 501, 1201] {
            insert(&test, "", (next..next + count).map(row).collect()).await.unwrap();
            next += count;
        }
        let rows = test.db.rows("SELECT id, r, b, t, x FROM sorts ORDER BY id", vec![]).await.unwrap();
        assert_eq!(rows.len() as i64, next);
        for (id, found) in rows.iter().enumerate() {
            let found = vec![
                Param::Int(found.get("id").unwrap()),
                Param::Real(found.get("r").unwrap()),
                Param::Bool(found.get("b").unwrap()),
                Param::Text(found.get("t").unwrap()),
                Param::Bytes(found.get("x").unwrap()),
            ];
            assert_eq!(found, row(id as i64));
        }
    })
    .await;
}

#[tokio::test]
async fn rows_can_replace_those_with_the_same_key() {
    on_each_database(async |test| {
        table(&test).await;
        insert(&test, "", (0..10).map(row).collect()).await.unwrap();
        let error = insert(&test, "", vec![row(3)]).await.unwrap_err();
        assert!(matches!(error, StoreError::Duplicate(_)), "{error}");
        let replace = "ON CONFLICT (id) DO UPDATE SET t = excluded.t";
        let newer = (5..15).map(|id| params![id, 0.0, true, "new", vec![1u8]]).collect();
        insert(&test, replace, newer).await.unwrap();
        let sql = "SELECT COUNT(*) AS n FROM sorts WHERE t = $1";
        let count: i64 = test.db.row(sql, params!["new"]).await.unwrap().unwrap().get("n").unwrap();
        assert_eq!(count, 10);
    })
    .await;
}

/// PostgreSQL would take a value of another type for a null, and pad a short row with nulls.
#[tokio::test]
async fn rows_unlike_the_first_are_refused() {
    on_each_database(async |test| {
        table(&test).await;
        for bad in [params![2i64, "x", true, "t", vec![1u8]], params![2i64, 1.0], vec![]] {
            let error = insert(&test, "", vec![row(1), bad]).await.unwrap_err();
            assert!(matches!(error, StoreError::UnlikeRows { row: 1, .. }), "{error}");
        }
    })
    .await;
}

/// PostgreSQL cannot store it; what one database refuses the other must not take.
#[tokio::test]
async fn text_with_nul_is_refused_by_both() {
    on_each_database(async |test| {
        table(&test).await;
        let many = insert(&test, "", vec![params![1i64, 1.0, true, "a\0b", vec![0u8]]]).await;
        let one = test.db.row("SELECT id FROM sorts WHERE t = $1", params!["\0"]).await;
        assert!(matches!(many, Err(StoreError::Nul)), "{many:?}");
        assert!(matches!(one, Err(StoreError::Nul)));
    })
    .await;
}

#[tokio::test]
async fn a_column_of_another_type_is_an_error_that_names_it() {
    on_each_database(async |test| {
        table(&test).await;
        insert(&test, "", vec![row(1), row(3)]).await.unwrap();
        let found = test.db.row("SELECT id, t, x FROM sorts WHERE id = 3", vec![]).await.unwrap().unwrap();
        for error in [
            found.get::<String>("t").unwrap_err(),
            found.get::<Vec<u8>>("x").unwrap_err(),
            found.get::<i64>("nothing").unwrap_err(),
            found.get::<String>("id").unwrap_err(),
        ] {
            assert!(matches!(error, StoreError::Column { .. }), "{error}");
        }
    })
    .await;
}

#[tokio::test]
async fn each_row_is_handed_over_until_the_receiver_has_enough() {
    on_each_database(async |test| {
        table(&test).await;
        insert(&test, "", (0..3000).map(row).collect()).await.unwrap();
        let seen = Arc::new(AtomicI64::new(0));
        let result = test
            .db
            .read(|tx| {
                let seen = seen.clone();
                async move {
                    tx.each("SELECT id FROM sorts ORDER BY id", vec![], |row| {
                        let id = row.get::<i64>("id")?;
                        assert_eq!(id, seen.fetch_add(1, Ordering::Relaxed));
                        if id == 1999 { Err(StoreError::Aborted("enough")) } else { Ok(()) }
                    })
                    .await
                }
                .boxed()
            })
            .await;
        assert!(matches!(result, Err(StoreError::Aborted("enough"))));
        assert_eq!(seen.load(Ordering::Relaxed), 2000);
    })
    .await;
}

#[tokio::test]
async fn an_address_of_another_kind_is_refused() {
    for bad in ["", "mysql://localhost/x", "skein.db"] {
        let result = skein_store::Db::open(&skein_store::DbOptions::new(bad)).await;
        assert!(matches!(result, Err(StoreError::Address(_))), "{bad}");
    }
}
