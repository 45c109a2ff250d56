//! One database, SQLite or PostgreSQL.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use sqlx::{
    Connection, PgPool, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::{Mutex, mpsc, oneshot};
use tracing::Instrument;

use crate::{
    Bus, Param, Row, StoreError, Tx,
    dialect::Dialect,
    tx::Conn,
    writer::{self, Done, Job, Order},
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

    /// The file, when the address is one of SQLite.
    pub(crate) fn sqlite_path(&self) -> Option<&Path> {
        self.url.strip_prefix("sqlite:").map(Path::new)
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
    Sqlite {
        readers: SqlitePool,
        writer: mpsc::Sender<Order>,
        path: PathBuf,
    },
    Postgres {
        pool: PgPool,
        /// Who seals next. Waiting for the head of the log here costs less than in the database.
        turn: Arc<Mutex<()>>,
    },
}

impl Db {
    /// Opens a database and starts its writer or its listener. It is not migrated yet.
    pub async fn open(options: &DbOptions) -> Result<Self, StoreError> {
        let bus = Bus::new();
        let db = if let Some(path) = options.sqlite_path() {
            Self::open_sqlite(path.to_owned(), options.connections, bus).await?
        } else if options.url.starts_with("postgres://") || options.url.starts_with("postgresql://") {
            let connect = PgConnectOptions::from_str(&options.url)?;
            let pool = PgPoolOptions::new()
                .max_connections(options.connections)
                .acquire_timeout(Duration::from_secs(10))
                // Asking costs a round trip, so only a connection that has been idle is asked.
                .test_before_acquire(false)
                .before_acquire(|conn, meta| {
                    async move {
                        if meta.idle_for > Duration::from_secs(1) {
                            conn.ping().await?;
                        }
                        Ok(true)
                    }
                    .boxed()
                })
                .connect_with(connect)
                .await?;
            Self { backend: Backend::Postgres { pool, turn: Arc::default() }, bus }
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
            .pragma("temp_store", "memory")
            .pragma("journal_size_limit", "67108864");
        let forever =
            |pool: SqlitePoolOptions| pool.idle_timeout(None).max_lifetime(None).test_before_acquire(false);
        let writing = forever(SqlitePoolOptions::new().max_connections(1))
            .connect_with(options.clone().thread_name(|_| "sqlite-writer".into()))
            .await?;
        let pool = forever(SqlitePoolOptions::new().max_connections(readers))
            .acquire_timeout(Duration::from_secs(10))
            .connect_lazy_with(options.pragma("query_only", "on").thread_name(|n| format!("sqlite-{n}")));
        let writer = writer::start(writing, bus.clone());
        Ok(Self { backend: Backend::Sqlite { readers: pool, writer, path }, bus })
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
            Backend::Postgres { pool, .. } => Some(pool),
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
            Backend::Postgres { pool, .. } => Conn::Postgres(pool.acquire().await?),
        }))
    }

    /// Runs `work` in a transaction whose reads all see one moment. It must not write.
    pub async fn read<T, E: From<StoreError>>(
        &self,
        work: impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    ) -> Result<T, E> {
        let mut open = Open { tx: Some(self.reader().await?) };
        open.tx().execute(self.dialect().begin_snapshot(), vec![]).await?;
        let result = work(open.tx()).await;
        open.roll_back().await;
        result
    }

    /// Runs `work` in a transaction. `Ok` is returned only when it is committed and durable; on `Err`,
    /// or a panic, nothing of it remains, but for [`StoreError::Unclear`]. A write that has begun is
    /// brought to its end even when the caller no longer waits. On SQLite it shares its commit with
    /// whatever else waits, so it must await nothing but the transaction:
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
            Backend::Postgres { turn, .. } => {
                let writing = tokio::spawn(self.clone().write_postgres(turn.clone(), work).in_current_span());
                writing.await.unwrap_or_else(|_| Err(StoreError::Aborted("it panicked").into()))
            }
        }
    }

    async fn write_postgres<T, E: From<StoreError>>(
        self,
        turn: Arc<Mutex<()>>,
        work: impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    ) -> Result<T, E> {
        let mut open = Open { tx: Some(self.reader().await?) };
        open.tx().execute(Dialect::Postgres.begin_write(), vec![]).await?;
        let result = work(open.tx()).await;
        // Who holds the head of the log already must not wait for one who waits for it.
        let _turn = match &result {
            Ok(_) if open.tx().wants_head() => Some(turn.lock().await),
            _ => None,
        };
        let result = match result {
            Ok(value) => open.tx().seal().await.map(|()| value).map_err(E::from),
            Err(error) => Err(error),
        };
        match result {
            Ok(value) => {
                let appended = open.tx().take_appended();
                open.commit().await?;
                self.bus.publish(appended);
                Ok(value)
            }
            Err(error) => {
                open.roll_back().await;
                Err(error)
            }
        }
    }

    /// Ends the writer after what was asked of it, writes everything back into the main file and closes
    /// the connections.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite { readers, writer, .. } => {
                readers.close().await;
                let (tell, told) = oneshot::channel();
                if writer.send(Order::Close(tell)).await.is_ok() {
                    let _ = told.await;
                }
            }
            Backend::Postgres { pool, .. } => pool.close().await,
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        match &self.backend {
            Backend::Sqlite { readers, .. } => readers.is_closed(),
            Backend::Postgres { pool, .. } => pool.is_closed(),
        }
    }
}

async fn write_sqlite<T, E>(
    writer: &mpsc::Sender<Order>,
    work: impl for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (tell, told) = oneshot::channel::<Result<T, E>>();
    let job: Job = Box::new(move |tx| {
        async move {
            let result = match tx {
                Ok(tx) => match work(tx).await {
                    Ok(value) => tx.seal().await.map(|()| value).map_err(E::from),
                    Err(error) => Err(error),
                },
                Err(refused) => Err(refused.into()),
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
    let stopped = || E::from(StoreError::Aborted("it panicked, or the database was closed"));
    writer.send(Order::Write(job)).await.map_err(|_| stopped())?;
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
    async fn commit(mut self) -> Result<(), StoreError> {
        self.tx().commit().await?;
        // Only now may the pool have the connection back.
        self.tx = None;
        Ok(())
    }
    async fn roll_back(mut self) {
        if self.tx().roll_back().await.is_ok() {
            self.tx = None;
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(tx) = self.tx.take() {
            tx.into_conn().discard();
        }
    }
}
