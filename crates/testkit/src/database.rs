//! Databases for tests: SQLite always, PostgreSQL when there is a server to make one on.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use skein_store::{BlobConfig, Blobs, Db, DbOptions};
use tempfile::TempDir;

use crate::postgres::PostgresDatabase;

/// A database of its own for one test, with a folder for files. Both are gone when it is dropped.
pub struct TestDb {
    /// The open database.
    pub db: Db,
    /// How it was opened.
    pub options: DbOptions,
    name: &'static str,
    folder: TempDir,
    // Dropped last: it ends the connections that are still open.
    postgres: Option<PostgresDatabase>,
}

impl TestDb {
    /// A fresh SQLite database; with the newest schema, or empty.
    pub async fn sqlite(migrated: bool) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let options = DbOptions::new(format!("sqlite:{}", folder.path().join("skein.db").display()));
        let db = Db::open(&options).await.expect("SQLite opens");
        if migrated {
            db.migrate().await.expect("the schema is made");
        }
        Self { db, options, name: "SQLite", folder, postgres: None }
    }

    /// A fresh PostgreSQL database, or `None` when `SKEIN_TEST_POSTGRES` names no server.
    pub async fn postgres(migrated: bool) -> Option<Self> {
        let database = PostgresDatabase::create(migrated).await?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let options = DbOptions::new(database.url());
        let db = Db::open(&options).await.expect("PostgreSQL opens");
        Some(Self { db, options, name: "PostgreSQL", folder, postgres: Some(database) })
    }

    /// `SQLite` or `PostgreSQL`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.postgres.is_some()
    }

    /// The same database opened once more, as another process would.
    pub async fn another(&self) -> Db {
        Db::open(&self.options).await.expect("the database opens once more")
    }

    /// A folder that lives as long as the database.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Where [`TestDb::blobs`] keeps its files.
    pub fn blob_config(&self) -> BlobConfig {
        BlobConfig::Local(self.folder.path().join("blobs"))
    }

    /// Blobs in the folder.
    pub fn blobs(&self) -> Blobs {
        Blobs::open(&self.blob_config(), self.db.clone()).expect("the blob store opens")
    }
}

/// One database of each kind, with the newest schema.
pub async fn databases() -> Vec<TestDb> {
    make(true).await
}

async fn make(migrated: bool) -> Vec<TestDb> {
    let mut all = vec![TestDb::sqlite(migrated).await];
    match TestDb::postgres(migrated).await {
        Some(postgres) => all.push(postgres),
        None => eprintln!("left out PostgreSQL: SKEIN_TEST_POSTGRES is not set"),
    }
    all
}

/// Runs a test on a database of each kind and says which one it failed on:
/// `on_each_database(async |test: TestDb| { … }).await`.
pub async fn on_each_database(body: impl AsyncFn(TestDb)) {
    run(true, body).await;
}

/// Like [`on_each_database`], on databases without any table.
pub async fn on_each_empty_database(body: impl AsyncFn(TestDb)) {
    run(false, body).await;
}

async fn run(migrated: bool, body: impl AsyncFn(TestDb)) {
    for test in make(migrated).await {
        let name = test.name();
        if let Err(panic) = AssertUnwindSafe(body(test)).catch_unwind().await {
            eprintln!("the test failed on {name}");
            std::panic::resume_unwind(panic);
        }
    }
}
