//! One database, SQLite or PostgreSQL.

use std::{path::PathBuf, str::FromStr, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use sqlx::{
    PgPool, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::{mpsc, oneshot};

use crate::{
    Bus, Param, Row, StoreError, Tx,
    dialect::Dialect,
    tx::Conn,
    writer::{self, Done, Job},
};

/// How to open a database.
#[derive(Clone, Debug)]
pub struct DbOptions {
    /// `sqlite:<path>` or `postgres://…`.
    pub url: String,
    /// Readers on SQLite, connections on PostgreSQL.
    pub connections: u32,
}

impl DbOptions {
    /// The options for an address, with the usual number of connections.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections: 8 }
    }
}

/// A database. Cloning shares it.
#[derive(Clone)]
pub struct Db {
    backend: Backend,
    bus: Bus,
}

#[derive(Clone)]
enum Backend {
    Sqlite { readers: SqlitePool, writer: mpsc::Sender<Job>, writing: SqlitePool, path: PathBuf },
    Postgres { pool: PgPool },
}

impl Db {
    /// Opens a database and starts its writer or its listener. It is not migrated yet.
    pub async fn open(options: &DbOptions) -> Result<Self, StoreError> {
        let bus = Bus::new();
        let db = if let Some(path) = options.url.strip_prefix("sqlite:") {
            Self::open_sqlite(PathBuf::from(path), options.connections, bus).await?
        } else if options.url.starts_with("postgres://") || options.url.starts_with("postgresql://") {
            let connect = PgConnectOptions::from_str(&options.url)?;
            let pool = PgPoolOptions::new()
                .max_connections(options.connections)
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(connect)
                .await?;
            Self { backend: Backend::Postgres { pool }, bus }
        } else {
            return Err(StoreError::Address(options.url.clone()));
        };
        Ok(db)
    }

    async fn open_sqlite(path: PathBuf, readers: u32, bus: Bus) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| StoreError::Sql(sqlx::Error::Io(error)))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("cache_size", "-16384")
            .pragma("temp_store", "memory");
        let forever = |pool: SqlitePoolOptions| pool.idle_timeout(None).max_lifetime(None);
        let writing = forever(SqlitePoolOptions::new().max_connections(1))
            .connect_with(options.clone().thread_name(|_| "sqlite-writer".into()))
            .await?;
        let pool = forever(SqlitePoolOptions::new().max_connections(readers))
            .acquire_timeout(Duration::from_secs(10))
            .connect_lazy_with(options.pragma("query_only", "on").thread_name(|n| format!("sqlite-{n}")));
        let writer = writer::start(writing.clone(), bus.clone());
        Ok(Self { backend: Backend::Sqlite { readers: pool, writer, writing, path }, bus })
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self.backend {
            Backend::Sqlite { .. } => Dialect::Sqlite,
            Backend::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// Wake-ups about what was appended, by this process or, after [`Db::start_tail`], by any other.
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    pub(crate) fn postgres_pool(&self) -> Option<&PgPool> {
        match &self.backend {
            Backend::Postgres { pool } => Some(pool),
            Backend::Sqlite { .. } => None,
        }
    }

    /// The file of an embedded database.
    pub fn sqlite_path(&self) -> Option<&std::path::Path> {
        match &self.backend {
            Backend::Sqlite { path, .. } => Some(path),
            Backend::Postgres { .. } => None,
        }
    }

    /// All rows of a query.
    pub async fn rows(&self, sql: &str, params: Vec<Param>) -> Result<Vec<Row>, StoreError> {
        self.reader().await?.rows(sql, params).await
    }

    /// The first row of a query.
    pub async fn row(&self, sql: &str, params: Vec<Param>) -> Result<Option<Row>, StoreError> {
        self.reader().await?.row(sql, params).await
    }

    async fn reader(&self) -> Result<Tx, StoreError> {
        Ok(Tx::new(match &self.backend {
            Backend::Sqlite { readers, .. } => Conn::Sqlite(readers.acquire().await?),
            Backend::Postgres { pool } => Conn::Postgres(pool.acquire().await?),
        }))
    }

    /// Runs `work` in a transaction whose reads all see one moment. It must not write.
    pub async fn read<T, E: From<StoreError>>(
        &self,
        work: impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    ) -> Result<T, E> {
        let mut tx = self.reader().await?;
        tx.execute(self.dialect().begin_snapshot(), vec![]).await?;
        let mut open = Open { tx: Some(tx) };
        let result = work(open.tx()).await;
        open.finish("ROLLBACK").await?;
        result
    }

    /// Runs `work` in a transaction. `Ok` is returned only when it is committed and durable; on `Err`,
    /// or a panic, nothing of it remains. On SQLite it shares its commit with whatever else waits, so
    /// it must await nothing but the transaction:
    /// `db.write(move |tx| async move { … }.boxed()).await`.
    pub async fn write<T, E>(
        &self,
        work: impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.backend {
            Backend::Sqlite { writer, .. } => write_sqlite(writer, work).await,
            Backend::Postgres { pool } => self.write_postgres(pool.clone(), work).await,
        }
    }

    async fn write_postgres<T, E: From<StoreError>>(
        &self,
        pool: PgPool,
        work: impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    ) -> Result<T, E> {
        let conn = pool.acquire().await.map_err(StoreError::from)?;
        let mut tx = Tx::new(Conn::Postgres(conn));
        tx.execute(Dialect::Postgres.begin_write(), vec![]).await?;
        let mut open = Open { tx: Some(tx) };
        let result = async {
            let value = work(open.tx()).await?;
            open.tx().seal().await?;
            Ok(value)
        }
        .await;
        match result {
            Ok(value) => {
                let appended = open.tx().take_appended();
                open.finish("COMMIT").await?;
                self.bus.publish(appended);
                Ok(value)
            }
            Err(error) => {
                open.finish("ROLLBACK").await?;
                Err(error)
            }
        }
    }

    /// Writes everything back into the main file and closes the connections.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite { readers, writing, .. } => {
                readers.close().await;
                writing.close().await;
            }
            Backend::Postgres { pool } => pool.close().await,
        }
    }
}

async fn write_sqlite<T, E>(
    writer: &mpsc::Sender<Job>,
    work: impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (tell, told) = oneshot::channel::<Result<T, E>>();
    let job: Job = Box::new(move |tx| {
        async move {
            let result = match work(tx).await {
                Ok(value) => tx.seal().await.map(|()| value).map_err(E::from),
                Err(error) => Err(error),
            };
            Done {
                keep: result.is_ok(),
                acknowledge: Box::new(move |committed| {
                    let _ = tell.send(match committed {
                        Ok(()) => result,
                        Err(error) => Err(error.into()),
                    });
                }),
            }
        }
        .boxed()
    });
    let stopped = || E::from(StoreError::Aborted("the writer stopped"));
    writer.send(job).await.map_err(|_| stopped())?;
    told.await.map_err(|_| stopped())?
}

/// Closes the connection of a transaction that was dropped half way (a cancelled request, a panic)
/// instead of giving it back to the pool with the transaction open.
struct Open {
    tx: Option<Tx>,
}

impl Open {
    fn tx(&mut self) -> &mut Tx {
        self.tx.as_mut().expect("the transaction is open until it is finished")
    }
    async fn finish(mut self, end: &str) -> Result<(), StoreError> {
        let mut tx = self.tx.take().expect("a transaction is finished once");
        match tx.execute(end, vec![]).await {
            Ok(_) => Ok(()),
            Err(error) => {
                drop(Self { tx: Some(tx) });
                Err(error)
            }
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        match self.tx.take().map(|tx| tx.conn) {
            Some(Conn::Sqlite(conn)) => drop(conn.detach()),
            Some(Conn::Postgres(conn)) => drop(conn.detach()),
            None => {}
        }
    }
}
