//! Changes that take long, as those who wait for them see them. They are known to the server that runs them.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use serde::Serialize;
use skein_table::Watch;
use skein_types::{Clock, FieldId, JobId, TableId, Timestamp};
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::BaseError;

/// Jobs that are remembered once they are over.
const REMEMBERED: usize = 20;
/// How often subscribers hear of a job between its begin and its end, at most.
const STEPS: u64 = 20;

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Gives a field another type.
    Retype,
    /// Computes the cells of a new or changed formula.
    Compute,
    /// Takes such a change back, or does it again.
    Undo,
    /// Brings back what was deleted, or what was there at an earlier moment.
    Restore,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Another one runs.
    Waiting,
    /// It is computed; the base can be written meanwhile.
    Running,
    /// It is in the base.
    Done,
    /// It was refused; whoever asked for it knows why.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl JobState {
    /// Whether it waits or runs.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

/// A change that takes long.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobJson {
    /// Id.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// How it stands.
    pub state: JobState,
    /// The table.
    pub table: TableId,
    /// The field; of a new one none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldId>,
    /// Who asked for it: a member or a link. Empty for visitors by a link.
    pub by: String,
    /// When.
    pub since: Timestamp,
    /// Cells computed so far.
    pub done: u64,
    /// About how many there are to compute.
    pub total: u64,
}

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Work {
    pub(crate) kind: JobKind,
    pub(crate) table: TableId,
    pub(crate) field: Option<FieldId>,
    /// About how many cells.
    pub(crate) cells: usize,
}

/// A job, and how far it is.
pub(crate) struct Job {
    id: JobId,
    work: Work,
    by: String,
    since: Timestamp,
    state: Mutex<JobState>,
    done: AtomicU64,
    stopped: AtomicBool,
    clock: Arc<dyn Clock>,
    news: watch::Sender<()>,
}

impl Job {
    pub(crate) fn set(&self, state: JobState) {
        *self.state.lock() = state;
        self.news.send_replace(());
    }
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }
    /// It is computed anew.
    pub(crate) fn restart(&self) {
        self.done.store(0, Ordering::Relaxed);
        self.news.send_replace(());
    }
    /// Lets the thread that computes it end soon.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
    }
    fn is_over(&self) -> bool {
        !self.state.lock().is_under_way()
    }
    fn show(&self) -> JobJson {
        let (state, total) = (*self.state.lock(), self.work.cells as u64);
        let done = if state == JobState::Done { total } else { self.done.load(Ordering::Relaxed).min(total) };
        let Work { kind, table, field, .. } = self.work;
        JobJson {
            id: self.id,
            kind,
            state,
            table,
            field,
            by: self.by.clone(),
            since: self.since,
            done,
            total,
        }
    }
}

impl Watch for Job {
    fn time(&self) -> Duration {
        time(&*self.clock)
    }
    fn done(&self, cells: usize) -> bool {
        let cells = cells as u64;
        let before = self.done.fetch_add(cells, Ordering::Relaxed);
        let step = |done: u64| done.saturating_mul(STEPS) / (self.work.cells as u64).max(1);
        if step(before) != step(before + cells) {
            self.news.send_replace(());
        }
        !self.is_stopped()
    }
}

/// Measures how long cells take that are computed at once.
pub(crate) struct Stopwatch<'a>(pub(crate) &'a dyn Clock);

impl Watch for Stopwatch<'_> {
    fn time(&self) -> Duration {
        time(self.0)
    }
}

fn time(clock: &dyn Clock) -> Duration {
    Duration::from_micros(clock.now().as_microsecond().max(0) as u64)
}

/// The jobs of a base on this server.
#[derive(Default)]
pub(crate) struct Jobs {
    all: Mutex<VecDeque<Arc<Job>>>,
    /// Marked when a job begins, comes a good way on or ends.
    news: watch::Sender<()>,
}

impl Jobs {
    pub(crate) fn add(&self, id: JobId, work: Work, by: &crate::Actor, clock: Arc<dyn Clock>) -> Arc<Job> {
        let job = Arc::new(Job {
            id,
            work,
            by: by.id.clone(),
            since: by.at,
            state: Mutex::new(JobState::Waiting),
            done: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
            clock,
            news: self.news.clone(),
        });
        let mut jobs = self.all.lock();
        jobs.push_back(job.clone());
        while jobs.len() > REMEMBERED
            && let Some(over) = jobs.iter().position(|job| job.is_over())
        {
            jobs.remove(over);
        }
        drop(jobs);
        self.news.send_replace(());
        job
    }

    /// Tells when there is news of jobs.
    pub(crate) fn watch(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    pub(crate) fn list(&self) -> Vec<JobJson> {
        self.all.lock().iter().map(|job| job.show()).collect()
    }

    pub(crate) fn cancel(&self, id: JobId) -> Result<(), BaseError> {
        let job = self.all.lock().iter().find(|job| job.id == id && !job.is_over()).cloned();
        job.ok_or(BaseError::JobNotFound)?.stop();
        Ok(())
    }
}
