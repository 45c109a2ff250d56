//! What can go wrong in the store.

use skein_types::{Problem, StreamId};

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer appended first; read what was missed and try again.
    #[error("stream {stream} is at {actual}, not at {expected}")]
    Conflict {
        /// The stream.
        stream: StreamId,
        /// What the writer stated.
        expected: i64,
        /// Where the stream is.
        actual: i64,
    },
    /// A unique index refused a row.
    #[error("a row with the same key exists: {0}")]
    Duplicate(String),
    /// The database is overloaded or a deadlock was broken; trying again may work.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// A stored value does not have the expected form.
    #[error("column {column} cannot be read: {reason}")]
    Column {
        /// The column.
        column: String,
        /// Why.
        reason: String,
    },
    /// The schema in the database is newer than this program.
    #[error("the database has migration {found}, this program knows up to {known}; use a newer skein")]
    TooNew {
        /// Newest in the database.
        found: i64,
        /// Newest known.
        known: i64,
    },
    /// The address of the database is not understood.
    #[error("database address {0:?} is neither sqlite:<path> nor postgres://…")]
    Address(String),
    /// The database has stopped, a write panicked, or it went on after one of its statements had failed.
    /// Nothing of it remains.
    #[error("the write was not done: {0}")]
    Aborted(&'static str),
    /// The connection broke while the transaction was being committed: it may have happened or not.
    /// Read before trying again.
    #[error("the connection was lost during the commit; the change may have been made or not: {0}")]
    Unclear(String),
    /// Text with the character NUL, which PostgreSQL cannot store.
    #[error("text must not contain the character U+0000")]
    Nul,
    /// Rows for one insert that do not have the same types in the same order.
    #[error("row {row} for {into} has other columns than the first")]
    UnlikeRows {
        /// Table and columns.
        into: String,
        /// Which row, from 0.
        row: usize,
    },
    /// Anything else the database says.
    #[error(transparent)]
    Sql(sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(db) if db.is_unique_violation() => Self::Duplicate(db.message().into()),
            sqlx::Error::Database(db) if db.code().is_some_and(|code| passes(&code)) => {
                Self::Busy(db.message().into())
            }
            sqlx::Error::PoolTimedOut => Self::Busy("no free connection".into()),
            sqlx::Error::Io(reason) => Self::Busy(format!("the connection was lost: {reason}")),
            sqlx::Error::PoolClosed => Self::Aborted("the database is closed"),
            _ => Self::Sql(error),
        }
    }
}

/// Whether an error is of the moment: the same transaction may well succeed when tried again.
fn passes(code: &str) -> bool {
    // PostgreSQL: serialization failure, deadlock, lock timeout; shutting down, crashed, starting; too
    // many connections; and, in a class of their own, connection exceptions.
    let postgres = ["40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300"];
    // SQLite: BUSY and its kinds, LOCKED.
    let sqlite = ["5", "261", "517", "773", "6"];
    postgres.contains(&code) || sqlite.contains(&code) || (code.len() == 5 && code.starts_with("08"))
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } => {
                Self::new(409, "store.conflict", "somebody else changed this at the same moment; try again")
            }
            StoreError::Duplicate(_) => Self::new(409, "store.duplicate", "this exists already"),
            StoreError::Busy(_) => {
                let mut problem = Self::new(503, "store.busy", "the database is busy; try again");
                problem.retry_after = Some(1);
                problem
            }
            StoreError::Nul => Self::new(422, "store.nul", "text must not contain the character U+0000"),
            StoreError::Unclear(_) => {
                let detail = "the connection to the database broke; look whether the change was made";
                Self::new(503, "store.unclear", detail)
            }
            other => Self::new(500, "internal", other.to_string()),
        }
    }
}
