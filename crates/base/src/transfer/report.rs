//! What came of an import: how far it is, and which cells did not fit.

use std::fmt;

use serde::{Deserialize, Serialize};
use skein_types::TableId;
use utoipa::ToSchema;

/// Errors that are listed.
const LISTED: usize = 1_000;

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// Rows of data read.
    pub read: u64,
    /// Records made.
    pub imported: u64,
    /// Cells that did not fit their field and were left empty.
    pub rejected: u64,
    /// About how many rows of data there are.
    pub total: Option<u64>,
}

/// A cell that did not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CellError {
    /// The row in the file, from 1.
    pub row: u64,
    /// The column, as the file names it.
    pub column: String,
    /// What is wrong with it.
    pub message: String,
}

/// What did not fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Errors {
    /// The first thousand.
    pub errors: Vec<CellError>,
    /// How many more there were.
    pub skipped: u64,
}

impl Errors {
    pub(super) fn push(&mut self, error: CellError) {
        if self.errors.len() < LISTED {
            self.errors.push(error);
        } else {
            self.skipped += 1;
        }
    }
    pub(super) fn append(&mut self, later: Self) {
        later.errors.into_iter().for_each(|error| self.push(error));
        self.skipped += later.skipped;
    }
    /// How many there were.
    pub fn count(&self) -> u64 {
        self.errors.len() as u64 + self.skipped
    }
}

/// What came of a finished import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The table.
    pub table: TableId,
    /// How far it came: all the way.
    pub progress: Progress,
    /// What did not fit.
    pub errors: Errors,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Imported {} records into {}", self.progress.imported, self.table)?;
        if self.errors.count() > 0 {
            write!(f, "; {} cells did not fit and were left empty", self.errors.count())?;
        }
        for error in self.errors.errors.iter().take(20) {
            write!(f, "\n  row {}, {}: {}", error.row, error.column, error.message)?;
        }
        if self.errors.count() > 20 {
            write!(f, "\n  and {} more", self.errors.count() - 20)?;
        }
        Ok(())
    }
}
