//! A transaction: statements and appends to the log, all or nothing.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use skein_types::{Event, NewEvent, StreamId};
use sqlx::{
    AssertSqlSafe, Postgres, Sqlite, pool::PoolConnection, postgres::PgArguments, query::Query,
    sqlite::SqliteArguments,
};

use crate::{Expected, Param, Row, StoreError, dialect::Dialect, params};

pub(crate) enum Conn {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Conn {
    /// Closes a connection that is in an unknown state instead of giving it back to the pool.
    pub(crate) fn discard(self) {
        match self {
            Self::Sqlite(conn) => drop(conn.detach()),
            Self::Postgres(conn) => drop(conn.detach()),
        }
    }
}

/// An open transaction. Made by [`crate::Db::write`] and [`crate::Db::read`] only; what is done through
/// it becomes visible and durable as a whole when the closure returns `Ok`. After a statement has failed
/// nothing can be committed any more, on either database: return the error.
pub struct Tx {
    conn: Conn,
    pending: Vec<(StreamId, i64, NewEvent)>,
    appended: BTreeMap<StreamId, i64>,
    /// A statement failed, or was given up half way.
    failed: bool,
    /// Positions were taken, so the head of the log is locked.
    holds_head: bool,
}

impl Tx {
    pub(crate) fn new(conn: Conn) -> Self {
        Self { conn, pending: Vec::new(), appended: BTreeMap::new(), failed: false, holds_head: false }
    }

    pub(crate) fn into_conn(self) -> Conn {
        self.conn
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self.conn {
            Conn::Sqlite(_) => Dialect::Sqlite,
            Conn::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Marks the transaction as failed for as long as a statement runs, so that one that is dropped
    /// half way counts as failed too; the result is to be passed to [`Tx::settle`]. After a failure
    /// PostgreSQL takes no more statements; SQLite may have given the transaction up by itself, and would
    /// commit each of them alone.
    fn start(&mut self, params: &[Param]) -> Result<(), StoreError> {
        refuse_nul(params)?;
        if std::mem::replace(&mut self.failed, true) { Err(AFTER_FAILURE) } else { Ok(()) }
    }

    fn settle<T>(&mut self, result: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        self.failed = result.is_err();
        Ok(result?)
    }

    /// Runs a statement; the number of rows it changed.
    pub async fn execute(&mut self, sql: &str, params: Vec<Param>) -> Result<u64, StoreError> {
        self.start(&params)?;
        let result = match &mut self.conn {
            Conn::Sqlite(conn) => sqlite(sql, params).execute(&mut **conn).await.map(|r| r.rows_affected()),
            Conn::Postgres(conn) => {
                postgres(sql, params).execute(&mut **conn).await.map(|r| r.rows_affected())
            }
        };
        self.settle(result)
    }

    /// All rows of a query.
    pub async fn rows(&mut self, sql: &str, params: Vec<Param>) -> Result<Vec<Row>, StoreError> {
        self.start(&params)?;
        let result = match &mut self.conn {
            Conn::Sqlite(conn) => sqlite(sql, params)
                .fetch_all(&mut **conn)
                .await
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Conn::Postgres(conn) => postgres(sql, params)
                .fetch_all(&mut **conn)
                .await
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
        };
        self.settle(result)
    }

    /// The first row of a query.
    pub async fn row(&mut self, sql: &str, params: Vec<Param>) -> Result<Option<Row>, StoreError> {
        self.start(&params)?;
        let result = match &mut self.conn {
            Conn::Sqlite(conn) => {
                sqlite(sql, params).fetch_optional(&mut **conn).await.map(|row| row.map(Row::Sqlite))
            }
            Conn::Postgres(conn) => {
                postgres(sql, params).fetch_optional(&mut **conn).await.map(|row| row.map(Row::Postgres))
            }
        };
        self.settle(result)
    }

    /// Hands every row of a query to `each` as it arrives, for results too large to hold. When `each`
    /// fails, the query is given up and the transaction with it.
    pub async fn each<E: From<StoreError>>(
        &mut self,
        sql: &str,
        params: Vec<Param>,
        mut each: impl FnMut(Row) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        self.start(&params)?;
        let mut rows = self.stream(sql, params);
        while let Some(row) = rows.try_next().await? {
            each(row)?;
        }
        drop(rows);
        self.failed = false;
        Ok(())
    }

    /// The rows of a query as they arrive.
    pub(crate) fn stream<'t>(
        &'t mut self,
        sql: &str,
        params: Vec<Param>,
    ) -> BoxStream<'t, Result<Row, StoreError>> {
        match &mut self.conn {
            Conn::Sqlite(conn) => {
                sqlite(sql, params).fetch(&mut **conn).map_ok(Row::Sqlite).map_err(StoreError::from).boxed()
            }
            Conn::Postgres(conn) => postgres(sql, params)
                .fetch(&mut **conn)
                .map_ok(Row::Postgres)
                .map_err(StoreError::from)
                .boxed(),
        }
    }

    /// Inserts rows in as few statements as the database likes best. `into` names table and columns,
    /// `records (table_id, id, data)`; `conflict` is empty or an `ON CONFLICT …` clause. Every row has
    /// the same number of parameters of the same types; a key occurs once.
    pub async fn insert_many(
        &mut self,
        into: &str,
        conflict: &str,
        rows: Vec<Vec<Param>>,
    ) -> Result<(), StoreError> {
        let Some(first) = rows.first() else { return Ok(()) };
        let template: Vec<Param> = first.iter().map(Param::null).collect();
        if let Some(row) =
            rows.iter().position(|row| !row.iter().map(Param::null).eq(template.iter().cloned()))
        {
            return Err(StoreError::UnlikeRows { into: into.to_owned(), row });
        }
        for row in &rows {
            refuse_nul(row)?;
        }
        let dialect = self.dialect();
        let per_statement = dialect.rows_per_insert(template.len());
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let part: Vec<Vec<Param>> = rows.by_ref().take(per_statement).collect();
            let sql = dialect.insert_many(into, conflict, &template, part.len());
            self.start(&[])?;
            let result = match &mut self.conn {
                Conn::Sqlite(conn) => {
                    // Only the full-sized statement is worth remembering.
                    let whole = part.len() == 1 || part.len() == per_statement;
                    let flat = part.into_iter().flatten().collect();
                    sqlite(&sql, flat).persistent(whole).execute(&mut **conn).await.map(|_| ())
                }
                Conn::Postgres(conn) => {
                    bind_columns(&sql, &template, part).execute(&mut **conn).await.map(|_| ())
                }
            };
            self.settle(result)?;
        }
        Ok(())
    }

    /// Appends events to a stream. They get consecutive sequence numbers after the stream's head, which
    /// must be as `expected`; the last of them is returned. The stream stays locked until the
    /// transaction ends, so a second append to it elsewhere waits and then sees this one. After a
    /// conflict nothing has changed and the transaction may go on.
    pub async fn append(
        &mut self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<i64, StoreError> {
        let count = events.len() as i64;
        let moved = match expected {
            _ if count == 0 => None,
            Expected::Any => self.row(MOVE_HEAD, params![stream, count]).await?,
            Expected::Seq(0) => self.row(MAKE_HEAD, params![stream, count]).await?,
            Expected::Seq(seq) => self.row(MOVE_HEAD_FROM, params![stream, count, seq]).await?,
        };
        let Some(row) = moved else {
            let actual = self.head(stream).await?;
            return match expected {
                Expected::Seq(expected) if expected != actual => {
                    Err(StoreError::Conflict { stream: stream.clone(), expected, actual })
                }
                _ if count == 0 => Ok(actual),
                _ => Err(StoreError::Busy("the stream moved at the same moment".into())),
            };
        };
        let last: i64 = row.get("seq")?;
        let first = last - count + 1;
        self.appended.insert(stream.clone(), last);
        self.pending.extend(
            events.into_iter().enumerate().map(|(at, event)| (stream.clone(), first + at as i64, event)),
        );
        Ok(last)
    }

    /// The sequence number of the last event of a stream; 0 when it has none.
    pub async fn head(&mut self, stream: &StreamId) -> Result<i64, StoreError> {
        match self.row("SELECT seq FROM stream_heads WHERE stream = $1", params![stream]).await? {
            Some(row) => row.get("seq"),
            None => Ok(0),
        }
    }

    /// Events of a stream after a sequence number, oldest first, with those this transaction appended.
    pub async fn events(
        &mut self,
        stream: &StreamId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Event>, StoreError> {
        self.flush().await?;
        self.rows(crate::log::READ_STREAM, params![stream, after, limit])
            .await?
            .iter()
            .map(crate::log::event)
            .collect()
    }

    /// Writes what was appended, last of all, so that the one row that counts positions is locked for
    /// as short as can be. From here to the commit appends of other transactions wait: that is what
    /// makes positions gap-free and in commit order.
    pub(crate) async fn seal(&mut self) -> Result<(), StoreError> {
        if self.failed {
            return Err(AFTER_FAILURE);
        }
        self.flush().await
    }

    /// Whether it will have to wait for the head of the log.
    pub(crate) fn wants_head(&self) -> bool {
        !self.holds_head && !self.pending.is_empty()
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Ok(());
        }
        let count = pending.len() as i64;
        self.holds_head = true;
        let row = self
            .row(self.dialect().take_positions(), params![count])
            .await?
            .ok_or(StoreError::Aborted("the log has no head"))?;
        let first = row.get::<i64>("position")? - count + 1;
        let rows = pending
            .into_iter()
            .enumerate()
            .map(|(at, (stream, seq, event))| {
                params![
                    first + at as i64,
                    &stream,
                    seq,
                    event.kind,
                    event.version,
                    event.actor,
                    event.at,
                    String::from(Box::<str>::from(event.data)),
                ]
            })
            .collect();
        self.insert_many("log (position, stream, seq, kind, version, actor, at, data)", "", rows).await
    }

    /// Begins the part of one job in a transaction that several share.
    pub(crate) fn begin_part(&mut self) -> BTreeMap<StreamId, i64> {
        self.failed = false;
        self.appended.clone()
    }

    /// Forgets what the part that was rolled back wanted to append.
    pub(crate) fn forget_part(&mut self, before: BTreeMap<StreamId, i64>) {
        self.failed = false;
        self.pending.clear();
        self.appended = before;
    }

    pub(crate) fn take_appended(&mut self) -> BTreeMap<StreamId, i64> {
        std::mem::take(&mut self.appended)
    }

    /// Rolls back, also after a failure.
    pub(crate) async fn roll_back(&mut self) -> Result<(), StoreError> {
        self.failed = false;
        self.execute("ROLLBACK", vec![]).await.map(|_| ())
    }

    /// Commits. When the connection breaks while the answer is awaited, nobody knows what happened.
    pub(crate) async fn commit(&mut self) -> Result<(), StoreError> {
        let result = match &mut self.conn {
            Conn::Sqlite(conn) => sqlite("COMMIT", vec![]).execute(&mut **conn).await.map(|_| ()),
            Conn::Postgres(conn) => postgres("COMMIT", vec![]).execute(&mut **conn).await.map(|_| ()),
        };
        result.map_err(|error| match error {
            sqlx::Error::Database(_) => error.into(),
            other => StoreError::Unclear(other.to_string()),
        })
    }
}

const AFTER_FAILURE: StoreError = StoreError::Aborted("one of its statements had failed");
const MOVE_HEAD: &str = "INSERT INTO stream_heads (stream, seq) VALUES ($1, $2) \
     ON CONFLICT (stream) DO UPDATE SET seq = stream_heads.seq + excluded.seq RETURNING seq";
const MAKE_HEAD: &str =
    "INSERT INTO stream_heads (stream, seq) VALUES ($1, $2) ON CONFLICT (stream) DO NOTHING RETURNING seq";
const MOVE_HEAD_FROM: &str =
    "UPDATE stream_heads SET seq = seq + $2 WHERE stream = $1 AND seq = $3 RETURNING seq";

fn refuse_nul(params: &[Param]) -> Result<(), StoreError> {
    let has_nul = |param: &Param| matches!(param, Param::Text(Some(text)) if text.contains('\0'));
    if params.iter().any(has_nul) { Err(StoreError::Nul) } else { Ok(()) }
}

fn sqlite(sql: &str, params: Vec<Param>) -> Query<'static, Sqlite, SqliteArguments> {
    let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    for param in params {
        query = match param {
            Param::Int(v) => query.bind(v),
            Param::Real(v) => query.bind(v),
            Param::Bool(v) => query.bind(v),
            Param::Text(v) => query.bind(v),
            Param::Bytes(v) => query.bind(v),
        };
    }
    query
}

fn postgres(sql: &str, params: Vec<Param>) -> Query<'static, Postgres, PgArguments> {
    let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    for param in params {
        query = match param {
            Param::Int(v) => query.bind(v),
            Param::Real(v) => query.bind(v),
            Param::Bool(v) => query.bind(v),
            Param::Text(v) => query.bind(v),
            Param::Bytes(v) => query.bind(v),
        };
    }
    query
}

fn bind_columns(
    sql: &str,
    template: &[Param],
    rows: Vec<Vec<Param>>,
) -> Query<'static, Postgres, PgArguments> {
    let mut columns: Vec<Vec<Param>> = template.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (column, param) in columns.iter_mut().zip(row) {
            column.push(param);
        }
    }
    macro_rules! bind {
        ($query:expr, $values:expr, $kind:ident) => {
            $query.bind(
                $values
                    .into_iter()
                    .map(|param| match param {
                        Param::$kind(value) => value,
                        _ => None,
                    })
                    .collect::<Vec<_>>(),
            )
        };
    }
    let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    for (kind, values) in template.iter().zip(columns) {
        query = match kind {
            Param::Int(_) => bind!(query, values, Int),
            Param::Real(_) => bind!(query, values, Real),
            Param::Bool(_) => bind!(query, values, Bool),
            Param::Text(_) => bind!(query, values, Text),
            Param::Bytes(_) => bind!(query, values, Bytes),
        };
    }
    query
}
