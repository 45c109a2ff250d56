//! A transaction: statements and appends to the log, all or nothing.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
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

/// An open transaction. Made by [`crate::Db::write`] and [`crate::Db::read`] only; what is done through
/// it becomes visible and durable as a whole when the closure returns `Ok`.
pub struct Tx {
    pub(crate) conn: Conn,
    pending: Vec<(StreamId, i64, NewEvent)>,
    appended: BTreeMap<StreamId, i64>,
}

impl Tx {
    pub(crate) fn new(conn: Conn) -> Self {
        Self { conn, pending: Vec::new(), appended: BTreeMap::new() }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self.conn {
            Conn::Sqlite(_) => Dialect::Sqlite,
            Conn::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement; the number of rows it changed.
    pub async fn execute(&mut self, sql: &str, params: Vec<Param>) -> Result<u64, StoreError> {
        Ok(match &mut self.conn {
            Conn::Sqlite(conn) => sqlite(sql, params).execute(&mut **conn).await?.rows_affected(),
            Conn::Postgres(conn) => postgres(sql, params).execute(&mut **conn).await?.rows_affected(),
        })
    }

    /// All rows of a query.
    pub async fn rows(&mut self, sql: &str, params: Vec<Param>) -> Result<Vec<Row>, StoreError> {
        Ok(match &mut self.conn {
            Conn::Sqlite(conn) => {
                sqlite(sql, params).fetch_all(&mut **conn).await?.into_iter().map(Row::Sqlite).collect()
            }
            Conn::Postgres(conn) => {
                postgres(sql, params).fetch_all(&mut **conn).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row of a query.
    pub async fn row(&mut self, sql: &str, params: Vec<Param>) -> Result<Option<Row>, StoreError> {
        Ok(match &mut self.conn {
            Conn::Sqlite(conn) => sqlite(sql, params).fetch_optional(&mut **conn).await?.map(Row::Sqlite),
            Conn::Postgres(conn) => {
                postgres(sql, params).fetch_optional(&mut **conn).await?.map(Row::Postgres)
            }
        })
    }

    /// Hands every row of a query to `each` as it arrives, for results too large to hold.
    pub async fn each<E: From<StoreError>>(
        &mut self,
        sql: &str,
        params: Vec<Param>,
        mut each: impl FnMut(Row) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        match &mut self.conn {
            Conn::Sqlite(conn) => {
                let mut rows = sqlite(sql, params).fetch(&mut **conn);
                while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
                    each(Row::Sqlite(row))?;
                }
            }
            Conn::Postgres(conn) => {
                let mut rows = postgres(sql, params).fetch(&mut **conn);
                while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
                    each(Row::Postgres(row))?;
                }
            }
        }
        Ok(())
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
        let dialect = self.dialect();
        let template = first.clone();
        let per_statement = dialect.rows_per_insert(template.len());
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let part: Vec<Vec<Param>> = rows.by_ref().take(per_statement).collect();
            let sql = dialect.insert_many(into, conflict, &template, part.len());
            match &mut self.conn {
                Conn::Sqlite(conn) => {
                    // Only the full-sized statement is worth remembering.
                    let whole = part.len() == 1 || part.len() == per_statement;
                    let flat = part.into_iter().flatten().collect();
                    sqlite(&sql, flat).persistent(whole).execute(&mut **conn).await?;
                }
                Conn::Postgres(conn) => {
                    bind_columns(&sql, &template, part).execute(&mut **conn).await?;
                }
            }
        }
        Ok(())
    }

    /// Appends events to a stream. They get consecutive sequence numbers after the stream's head, which
    /// must be as `expected`; the last of them is returned. The stream stays locked until the
    /// transaction ends, so a second append to it elsewhere waits and then sees this one.
    pub async fn append(
        &mut self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<i64, StoreError> {
        let count = events.len() as i64;
        let row = self
            .row(
                "INSERT INTO stream_heads (stream, seq) VALUES ($1, $2) \
                 ON CONFLICT (stream) DO UPDATE SET seq = stream_heads.seq + excluded.seq RETURNING seq",
                params![stream, count],
            )
            .await?
            .ok_or(StoreError::Aborted("the stream head was not returned"))?;
        let last: i64 = row.get("seq")?;
        let before = last - count;
        if let Expected::Seq(expected) = expected
            && expected != before
        {
            return Err(StoreError::Conflict { stream: stream.clone(), expected, actual: before });
        }
        self.appended.insert(stream.clone(), last);
        self.pending.extend(
            events.into_iter().enumerate().map(|(at, event)| (stream.clone(), before + 1 + at as i64, event)),
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

    /// Events of a stream after a sequence number, oldest first.
    pub async fn events(
        &mut self,
        stream: &StreamId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Event>, StoreError> {
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
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Ok(());
        }
        let row = self
            .row(
                "UPDATE log_head SET position = position + $1 WHERE id = 1 RETURNING position",
                params![pending.len() as i64],
            )
            .await?
            .ok_or(StoreError::Aborted("the log has no head"))?;
        let first = row.get::<i64>("position")? - pending.len() as i64 + 1;
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
                    event.data.get(),
                ]
            })
            .collect();
        self.insert_many("log (position, stream, seq, kind, version, actor, at, data)", "", rows).await?;
        if self.dialect() == Dialect::Postgres {
            self.execute("SELECT pg_notify('skein', '')", vec![]).await?;
        }
        Ok(())
    }

    pub(crate) fn take_appended(&mut self) -> BTreeMap<StreamId, i64> {
        std::mem::take(&mut self.appended)
    }

    /// Forgets what a rolled-back part of the transaction wanted to append.
    pub(crate) fn forget_appends(&mut self, keep: BTreeMap<StreamId, i64>) {
        self.pending.clear();
        self.appended = keep;
    }
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
