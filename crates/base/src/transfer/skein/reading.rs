//! How far the import of a base is, for those who wait for it, and how they stop it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use serde::Serialize;
use skein_types::Problem;
use utoipa::ToSchema;

/// How far the import of a base is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BaseProgress {
    /// Records that were read.
    pub read: u64,
    /// Records there are to read, as the file says; 0 until it is here.
    pub total: u64,
}

/// Shared by the one who reads and those who ask.
#[derive(Debug, Default)]
pub struct Reading {
    read: AtomicU64,
    total: AtomicU64,
    stopped: AtomicBool,
}

impl Reading {
    /// How far it is.
    pub fn progress(&self) -> BaseProgress {
        BaseProgress { read: self.read.load(Ordering::Relaxed), total: self.total.load(Ordering::Relaxed) }
    }
    /// Has it end soon, with nothing done.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
    pub(super) fn begin(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }
    /// Notes records that were read. An error when somebody stopped it.
    pub(super) fn go_on(&self, more: u64) -> Result<(), Problem> {
        self.read.fetch_add(more, Ordering::Relaxed);
        if self.stopped.load(Ordering::Relaxed) {
            return Err(Problem::new(409, "import.cancelled", "the import was cancelled"));
        }
        Ok(())
    }
    /// Stops it when nobody waits for it any more.
    pub(super) fn while_waited_for(self: &Arc<Self>) -> Waited {
        Waited(self.clone())
    }
}

/// Held by who waits.
pub(super) struct Waited(Arc<Reading>);

impl Drop for Waited {
    fn drop(&mut self) {
        self.0.stop();
    }
}
