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
    /// The database has stopped, or a write panicked and was rolled back.
    #[error("the write was not done: {0}")]
    Aborted(&'static str),
    /// Anything else the database says.
    #[error(transparent)]
    Sql(sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(db) = &error {
            if db.is_unique_violation() {
                return Self::Duplicate(db.message().into());
            }
            // PostgreSQL: serialization failure, deadlock, lock timeout. SQLite: BUSY and its kinds.
            if matches!(db.code().as_deref(), Some("40001" | "40P01" | "55P03" | "5" | "261" | "517")) {
                return Self::Busy(db.message().into());
            }
        }
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy("no free connection".into());
        }
        Self::Sql(error)
    }
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
            other => Self::new(500, "internal", other.to_string()),
        }
    }
}
