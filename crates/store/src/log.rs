//! Reading the log: streams, the whole log, subscriptions and durable consumers.

use std::{sync::Arc, time::Duration};

use futures_util::FutureExt;
use serde_json::value::RawValue;
use skein_types::{Event, StreamId};
use sqlx::postgres::PgListener;
use tokio::{sync::Notify, time::MissedTickBehavior};

use crate::{Db, Row, StoreError, Watch, params};

/// What a writer knows of the stream it appends to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The head is at this sequence number (0: the stream is new).
    Seq(i64),
    /// The writer does not depend on what is in the stream.
    Any,
}

/// How often other processes' appends are looked for when nothing tells of them.
const POLL: Duration = Duration::from_secs(1);

pub(crate) const READ_STREAM: &str = "SELECT position, stream, seq, kind, version, actor, at, data FROM log \
     WHERE stream = $1 AND seq > $2 ORDER BY seq LIMIT $3";
const READ_ALL: &str = "SELECT position, stream, seq, kind, version, actor, at, data FROM log \
     WHERE position > $1 ORDER BY position LIMIT $2";

pub(crate) fn event(row: &Row) -> Result<Event, StoreError> {
    Ok(Event {
        position: row.get("position")?,
        stream: StreamId::from_stored(row.get("stream")?),
        seq: row.get("seq")?,
        kind: row.get("kind")?,
        version: row.get::<i64>("version")? as i32,
        actor: row.get("actor")?,
        at: row.get("at")?,
        data: RawValue::from_string(row.get("data")?)
            .map_err(|error| StoreError::Column { column: "data".into(), reason: error.to_string() })?,
    })
}

impl Db {
    /// Events of a stream after a sequence number, oldest first.
    pub async fn events(&self, stream: &StreamId, after: i64, limit: i64) -> Result<Vec<Event>, StoreError> {
        self.rows(READ_STREAM, params![stream, after, limit]).await?.iter().map(event).collect()
    }

    /// Events of a stream before a sequence number, newest first.
    pub async fn events_before(
        &self,
        stream: &StreamId,
        before: i64,
        limit: i64,
    ) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT position, stream, seq, kind, version, actor, at, data FROM log \
             WHERE stream = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";
        self.rows(sql, params![stream, before, limit]).await?.iter().map(event).collect()
    }

    /// The sequence number of the last event of a stream; 0 when it has none.
    pub async fn head(&self, stream: &StreamId) -> Result<i64, StoreError> {
        match self.row("SELECT seq FROM stream_heads WHERE stream = $1", params![stream]).await? {
            Some(row) => row.get("seq"),
            None => Ok(0),
        }
    }

    /// The position of the last event of the whole log.
    pub async fn position(&self) -> Result<i64, StoreError> {
        match self.row("SELECT position FROM log_head WHERE id = 1", vec![]).await? {
            Some(row) => row.get("position"),
            None => Ok(0),
        }
    }

    /// Events of the whole log after a position, in commit order. Positions have no gaps: the first
    /// event returned stands at `after + 1`.
    pub async fn all_events(&self, after: i64, limit: i64) -> Result<Vec<Event>, StoreError> {
        self.rows(READ_ALL, params![after, limit]).await?.iter().map(event).collect()
    }

    /// Follows a stream from after a sequence number. Watching begins before this returns, so nothing
    /// appended from now on is missed.
    pub fn subscribe(&self, stream: &StreamId, after: i64) -> Subscription {
        Subscription { db: self.clone(), watch: self.bus().watch(stream), stream: stream.clone(), after }
    }

    /// Follows the whole log under a name that remembers how far it came.
    pub async fn consumer(&self, name: &str) -> Result<Consumer, StoreError> {
        let sql = "SELECT position FROM consumers WHERE name = $1";
        let position = match self.row(sql, params![name]).await? {
            Some(row) => row.get("position")?,
            None => 0,
        };
        let (db, woken) = (self.clone(), self.bus().watch_all());
        Ok(Consumer { db, name: name.to_owned(), position, returned: position, woken })
    }

    /// Starts hearing of what other processes append to the same database: on PostgreSQL by LISTEN, and
    /// on both by asking for the position every second, which finds what a lost notification hid.
    /// Positions have no gaps, so this task knows exactly what it has not told yet. It ends when the
    /// database is closed; until it has ended or is aborted it keeps the database open.
    pub async fn start_tail(&self) -> Result<tokio::task::JoinHandle<()>, StoreError> {
        self.start_tail_by(match self.postgres_pool() {
            Some(pool) => {
                let mut listener = PgListener::connect_with(pool).await?;
                listener.listen("skein").await?;
                Some(listener)
            }
            None => None,
        })
        .await
    }

    /// Like [`Db::start_tail`] without listening: what is left of it when notifications get lost.
    pub async fn start_polling_tail(&self) -> Result<tokio::task::JoinHandle<()>, StoreError> {
        self.start_tail_by(None).await
    }

    async fn start_tail_by(
        &self,
        listener: Option<PgListener>,
    ) -> Result<tokio::task::JoinHandle<()>, StoreError> {
        let seen = self.position().await?;
        let (db, told) = (self.clone(), Arc::new(Notify::new()));
        Ok(tokio::spawn(async move {
            tokio::select! {
                () = listen(listener, told.clone()) => {}
                () = db.tail(seen, told) => {}
            }
        }))
    }

    async fn tail(&self, mut seen: i64, told: Arc<Notify>) {
        let mut tick = tokio::time::interval(POLL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !self.is_closed() {
            tokio::select! {
                _ = tick.tick() => {}
                () = told.notified() => {}
            }
            if let Err(error) = self.tell_since(&mut seen).await
                && !self.is_closed()
            {
                tracing::warn!(%error, "the log could not be read; trying again in a second");
                tick.tick().await;
            }
        }
    }

    async fn tell_since(&self, seen: &mut i64) -> Result<(), StoreError> {
        let sql = "SELECT position, stream, seq FROM log WHERE position > $1 ORDER BY position LIMIT 1000";
        loop {
            let rows = self.rows(sql, params![*seen]).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            let last: i64 = last.get("position")?;
            let moved = rows
                .iter()
                .map(|row| Ok((StreamId::from_stored(row.get("stream")?), row.get("seq")?)))
                .collect::<Result<Vec<_>, StoreError>>()?;
            self.bus().publish(moved);
            *seen = last;
        }
    }
}

/// Passes on that a notification came, or that one may have been lost. Runs beside the polling, so that
/// neither holds up the other: connecting anew may take long. Never ends.
async fn listen(listener: Option<PgListener>, told: Arc<Notify>) {
    let Some(mut listener) = listener else { return std::future::pending().await };
    let mut pause = tokio::time::interval(POLL);
    pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        match listener.try_recv().await {
            Ok(Some(_)) => while listener.next_buffered().is_some() {},
            // The connection is lost; the next call makes a new one.
            Ok(None) => {}
            Err(sqlx::Error::PoolClosed) => {
                drop(listener);
                return std::future::pending().await;
            }
            Err(error) => {
                tracing::warn!(%error, "notifications are interrupted; trying again in a second");
                pause.reset();
                pause.tick().await;
            }
        }
        told.notify_one();
    }
}

/// Follows one stream.
pub struct Subscription {
    db: Db,
    watch: Watch,
    stream: StreamId,
    after: i64,
}

impl Subscription {
    /// The next events, at least one, in order; waits until there are some.
    pub async fn next(&mut self) -> Result<Vec<Event>, StoreError> {
        loop {
            let events = self.db.events(&self.stream, self.after, 500).await?;
            if let Some(last) = events.last() {
                self.after = last.seq;
                return Ok(events);
            }
            self.watch.changed().await;
        }
    }
}

/// Follows the whole log, at least once per event, in commit order.
pub struct Consumer {
    db: Db,
    name: String,
    position: i64,
    returned: i64,
    woken: tokio::sync::watch::Receiver<u64>,
}

impl Consumer {
    /// Up to which position everything is dealt with.
    pub fn position(&self) -> i64 {
        self.position
    }

    /// The next events, at least one; waits until there are some. Until [`Consumer::done`] is called the
    /// same events come again, after a restart too.
    pub async fn next(&mut self) -> Result<Vec<Event>, StoreError> {
        loop {
            self.woken.mark_unchanged();
            let events = self.db.all_events(self.position, 500).await?;
            if let Some(last) = events.last() {
                self.returned = last.position;
                return Ok(events);
            }
            if self.woken.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Remembers that everything returned so far is dealt with. Another node that is further under the
    /// same name is not set back.
    pub async fn done(&mut self) -> Result<(), StoreError> {
        let (name, position) = (self.name.clone(), self.returned);
        self.db
            .write(move |tx| {
                async move {
                    let sql = "INSERT INTO consumers (name, position) VALUES ($1, $2) \
                         ON CONFLICT (name) DO UPDATE SET position = excluded.position \
                         WHERE consumers.position < excluded.position";
                    tx.execute(sql, params![name, position]).await.map(|_| ())
                }
                .boxed()
            })
            .await?;
        self.position = position;
        Ok(())
    }
}
