//! The one writer of SQLite: takes jobs in order and commits as many as wait in one transaction, so
//! that one fsync serves them all. A job that fails takes back only its own part.

use std::{collections::VecDeque, panic::AssertUnwindSafe};

use futures_util::{FutureExt, future::BoxFuture};
use sqlx::{Pool, Sqlite};
use tokio::sync::{mpsc, oneshot};

use crate::{Bus, StoreError, Tx, dialect::Dialect, tx::Conn};

/// Tells the one who asked, once the fate of the transaction is known.
pub(crate) type Acknowledge = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// What a job did: whether its part stays, and whom to tell.
pub(crate) struct Done {
    pub(crate) keep: bool,
    pub(crate) acknowledge: Acknowledge,
}

/// Work to do in a transaction, or the reason why there is none.
pub(crate) type Job = Box<dyn for<'t> FnOnce(Result<&'t mut Tx, StoreError>) -> BoxFuture<'t, Done> + Send>;

/// What the writer is asked to do.
pub(crate) enum Order {
    Write(Job),
    /// Do what was ordered before, close the connection, tell, and end.
    Close(oneshot::Sender<()>),
}

/// How many jobs share a commit at most: bounds how long the first of them waits.
const GROUP: usize = 128;

pub(crate) fn start(pool: Pool<Sqlite>, bus: Bus) -> mpsc::Sender<Order> {
    let (sender, mut orders) = mpsc::channel::<Order>(1024);
    tokio::spawn(async move {
        let mut writer = Writer { pool, bus, conn: None };
        let (mut taken, mut group) = (Vec::with_capacity(GROUP), VecDeque::with_capacity(GROUP));
        while orders.recv_many(&mut taken, GROUP).await > 0 {
            let mut closing = None;
            for order in taken.drain(..) {
                match order {
                    Order::Write(job) if closing.is_none() => group.push_back(job),
                    // Dropped with their senders: who waits for them hears that the writer stopped.
                    Order::Write(_) => {}
                    Order::Close(told) => closing = Some(told),
                }
            }
            while !group.is_empty() {
                writer.run(&mut group).await;
            }
            if let Some(told) = closing {
                writer.conn = None;
                writer.pool.close().await;
                let _ = told.send(());
                return;
            }
        }
    });
    sender
}

struct Writer {
    pool: Pool<Sqlite>,
    bus: Bus,
    /// Kept from one transaction to the next; given up after any trouble.
    conn: Option<Conn>,
}

/// What became of a job.
enum Fate {
    /// Its part stays if the commit succeeds.
    Stays(Acknowledge),
    /// Its part was taken back.
    Undone,
    /// The database gave up the whole transaction.
    Broken,
}

impl Writer {
    async fn begin(&mut self) -> Result<Tx, StoreError> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => Conn::Sqlite(self.pool.acquire().await?),
        };
        let mut tx = Tx::new(conn);
        match tx.execute(Dialect::Sqlite.begin_write(), vec![]).await {
            Ok(_) => Ok(tx),
            Err(error) => {
                tx.into_conn().discard();
                Err(error)
            }
        }
    }

    /// Runs jobs of the group in one transaction, all of them unless it breaks.
    async fn run(&mut self, group: &mut VecDeque<Job>) {
        let mut tx = match self.begin().await {
            Ok(tx) => tx,
            Err(error) => {
                tracing::error!(%error, "the database refused a transaction");
                for job in group.drain(..) {
                    refuse(job, &error).await;
                }
                return;
            }
        };
        let alone = group.len() == 1;
        let mut waiting: Vec<Acknowledge> = Vec::with_capacity(group.len());
        while let Some(job) = group.pop_front() {
            match run_job(&mut tx, job, alone).await {
                Fate::Stays(acknowledge) => waiting.push(acknowledge),
                Fate::Undone => {}
                Fate::Broken => {
                    tracing::error!("the database gave up a transaction");
                    tx.into_conn().discard();
                    fail(waiting, "the database gave up the transaction");
                    return;
                }
            }
        }
        let ended = if waiting.is_empty() { tx.roll_back().await } else { tx.commit().await };
        if let Err(error) = ended {
            tracing::error!(%error, "a transaction could not be ended");
            tx.into_conn().discard();
            fail(waiting, "the commit failed");
            return;
        }
        // Heard of before it is acknowledged.
        self.bus.publish(tx.take_appended());
        for acknowledge in waiting {
            acknowledge(Ok(()));
        }
        self.conn = Some(tx.into_conn());
    }
}

async fn run_job(tx: &mut Tx, job: Job, alone: bool) -> Fate {
    let before = tx.begin_part();
    if !alone && tx.execute("SAVEPOINT job", vec![]).await.is_err() {
        return Fate::Broken;
    }
    let done = AssertUnwindSafe(job(Ok(tx))).catch_unwind().await;
    let keep = matches!(&done, Ok(Done { keep: true, .. }));
    if !keep {
        tx.forget_part(before);
    }
    let settled = match (alone, keep) {
        (true, _) => Ok(0),
        (false, true) => tx.execute("RELEASE job", vec![]).await,
        (false, false) => match tx.execute("ROLLBACK TO job", vec![]).await {
            Ok(_) => tx.execute("RELEASE job", vec![]).await,
            Err(error) => Err(error),
        },
    };
    match done {
        Ok(Done { acknowledge, .. }) if settled.is_err() => {
            acknowledge(Err(StoreError::Aborted("the database gave up the transaction")));
            Fate::Broken
        }
        Ok(Done { acknowledge, keep: true }) => Fate::Stays(acknowledge),
        Ok(Done { acknowledge, keep: false }) => {
            acknowledge(Ok(()));
            Fate::Undone
        }
        Err(_) => {
            tracing::error!("a write panicked and was rolled back");
            if settled.is_err() { Fate::Broken } else { Fate::Undone }
        }
    }
}

/// Nothing was begun, so trying again is safe whatever the reason was.
async fn refuse(job: Job, error: &StoreError) {
    let Done { acknowledge, .. } = job(Err(StoreError::Busy(error.to_string()))).await;
    acknowledge(Ok(()));
}

fn fail(waiting: Vec<Acknowledge>, why: &'static str) {
    for acknowledge in waiting {
        acknowledge(Err(StoreError::Aborted(why)));
    }
}
