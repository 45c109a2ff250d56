//! The database, the log, blobs and wake-ups: everything Skein keeps.
//!
//! One [`Db`] stands for SQLite or PostgreSQL; SQL is written in the subset both speak and what differs
//! is in `dialect.rs`. Knows nothing of what modules store, and nothing of the table engine.

mod backup;
mod blobs;
mod bus;
mod db;
mod dialect;
mod error;
mod log;
mod migrate;
mod row;
mod tx;
mod writer;

pub use backup::{BackupError, BackupReport, RestoreReport, backup, restore};
pub use blobs::{Blob, BlobConfig, BlobError, Blobs, Swept};
pub use bus::{Bus, Watch};
pub use db::{Db, DbOptions};
pub use error::StoreError;
pub use futures_util::{FutureExt, future::BoxFuture};
pub use log::{Consumer, Expected, Subscription};
pub use migrate::MIGRATIONS;
pub use row::{FromColumn, Param, Row};
pub use tx::Tx;
