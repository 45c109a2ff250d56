//! Who watches a computation that takes long.

use std::time::Duration;

/// Hears how far a long computation is, and may stop it. `()` neither listens nor stops.
pub trait Watch: Sync {
    /// The time by a clock of the watcher, to tell how long parts of it take.
    fn time(&self) -> Duration {
        Duration::ZERO
    }
    /// So many cells more are done. Whether to go on: what was begun is of no use otherwise.
    fn done(&self, cells: usize) -> bool {
        let _ = cells;
        true
    }
}

impl Watch for () {}
