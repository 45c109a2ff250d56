//! What tests of several crates share: databases to run on, clocks and ids that repeat, waiting.
//!
//! For tests only: it panics where a program would answer with an error.

mod database;
mod postgres;
mod s3;
mod wait;

use std::sync::Arc;

pub use database::{TestDb, databases, on_each_database, on_each_empty_database};
pub use s3::s3;
use skein_types::{Ids, ManualClock};
pub use wait::{until, within};

/// A clock that stands at a fixed instant until the test moves it.
pub fn clock() -> Arc<ManualClock> {
    ManualClock::at("2026-11-20T08:00:00Z")
}

/// A clock as [`clock`] makes it, and ids that are the same in every run with this seed.
pub fn seeded(seed: u64) -> (Arc<ManualClock>, Ids) {
    let clock = clock();
    let ids = Ids::seeded(clock.clone(), seed);
    (clock, ids)
}
