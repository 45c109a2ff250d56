//! The one writer of SQLite: takes jobs in order and commits as many as wait in one transaction, so
//! that one fsync serves them all. A job that fails takes back only its own part.

use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt, future::BoxFuture};
use skein_types::StreamId;
use sqlx::{Pool, Sqlite};
use tokio::sync::mpsc;

use crate::{Bus, StoreError, Tx, dialect::Dialect, tx::Conn};

/// Tells the one who asked, once the fate of the transaction is known.
pub(crate) type Acknowledge = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// What a job did: whether its part stays, and whom to tell.
pub(crate) struct Done {
    pub(crate) keep: bool,
    pub(crate) acknowledge: Acknowledge,
}

pub(crate) type Job = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Done> + Send>;

/// How many jobs share a commit at most: bounds how long the first of them waits.
const GROUP: usize = 128;

pub(crate) fn start(pool: Pool<Sqlite>, bus: Bus) -> mpsc::Sender<Job> {
    let (sender, mut jobs) = mpsc::channel::<Job>(1024);
    tokio::spawn(async move {
        let mut group = Vec::with_capacity(GROUP);
        while jobs.recv_many(&mut group, GROUP).await > 0 {
            run_group(&pool, &bus, &mut group).await;
        }
    });
    sender
}

async fn run_group(pool: &Pool<Sqlite>, bus: &Bus, group: &mut Vec<Job>) {
    // Without a connection the jobs are dropped, and with them their senders: callers get `Aborted`.
    let Ok(conn) = pool.acquire().await else {
        group.clear();
        return;
    };
    let mut tx = Tx::new(Conn::Sqlite(conn));
    if let Err(error) = tx.execute(Dialect::Sqlite.begin_write(), vec![]).await {
        tracing::error!(%error, "the database refused a transaction");
        group.clear();
        return;
    }
    let alone = group.len() == 1;
    let mut waiting: Vec<Acknowledge> = Vec::with_capacity(group.len());
    for job in group.drain(..) {
        let before = tx.take_appended();
        tx.forget_appends(before.clone());
        if !alone && tx.execute("SAVEPOINT job", vec![]).await.is_err() {
            continue;
        }
        let done = AssertUnwindSafe(job(&mut tx)).catch_unwind().await;
        let keep = matches!(&done, Ok(Done { keep: true, .. }));
        let settled = match (keep, alone) {
            (_, true) => Ok(0),
            (true, false) => tx.execute("RELEASE job", vec![]).await,
            (false, false) => {
                let back = tx.execute("ROLLBACK TO job", vec![]).await;
                back.and(tx.execute("RELEASE job", vec![]).await)
            }
        };
        if !keep {
            tx.forget_appends(before);
        }
        match done {
            Ok(Done { acknowledge, keep: true }) if settled.is_ok() => waiting.push(acknowledge),
            Ok(Done { acknowledge, .. }) => acknowledge(settled.map(|_| ())),
            Err(_) => tracing::error!("a write panicked and was rolled back"),
        }
    }
    let end = if waiting.is_empty() { "ROLLBACK" } else { "COMMIT" };
    match tx.execute(end, vec![]).await {
        Ok(_) => {
            publish(bus, &mut tx, end == "COMMIT");
            waiting.into_iter().for_each(|acknowledge| acknowledge(Ok(())));
        }
        Err(error) => {
            tracing::error!(%error, "a commit failed");
            let _ = tx.execute("ROLLBACK", vec![]).await;
            for acknowledge in waiting {
                acknowledge(Err(StoreError::Aborted("the commit failed")));
            }
        }
    }
}

fn publish(bus: &Bus, tx: &mut Tx, committed: bool) {
    let appended: Vec<(StreamId, i64)> = tx.take_appended().into_iter().collect();
    if committed {
        bus.publish(appended);
    }
}
