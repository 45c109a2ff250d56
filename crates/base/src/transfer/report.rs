//! What came of an import: how far it is, and which cells did not fit.

use std::{
    fmt::{self, Write as _},
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

use serde::{Deserialize, Serialize};
use skein_types::TableId;
use utoipa::ToSchema;

use super::{export::csv_cell, misfit::Misfit};

/// Errors that are listed.
const LISTED: usize = 1_000;
/// Bytes of the whole report at most.
const REPORT_BYTES: usize = 64 << 20;

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// Rows of data read.
    pub read: u64,
    /// Records made.
    pub imported: u64,
    /// Records changed.
    #[serde(default)]
    pub updated: u64,
    /// Rows that were refused as a whole.
    #[serde(default)]
    pub refused: u64,
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
    /// The column, as the file names it; empty when it is about the whole row.
    pub column: String,
    /// What is wrong with it.
    #[serde(flatten)]
    pub misfit: Misfit,
    /// The same in English.
    pub message: String,
}

impl CellError {
    pub(super) fn new(row: u64, column: &str, misfit: Misfit) -> Self {
        Self { row, column: column.to_owned(), message: misfit.to_string(), misfit }
    }
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

/// The whole report as CSV, for spreadsheets.
pub(super) struct ReportFile {
    file: File,
    bytes: usize,
}

impl ReportFile {
    /// An empty report, with names of columns.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::create(path)?;
        file.write_all("\u{feff}row,column,message\r\n".as_bytes())?;
        Ok(Self { file, bytes: 0 })
    }

    /// Adds errors, while there is room.
    pub(super) fn append(&mut self, errors: &[CellError]) -> io::Result<()> {
        let mut lines = String::new();
        for CellError { row, column, message, .. } in errors {
            let [column, message] = [column, message].map(|text| csv_cell(text));
            let _ = write!(lines, "{row},{column},{message}\r\n");
        }
        self.bytes += lines.len();
        if self.bytes > REPORT_BYTES { Ok(()) } else { self.file.write_all(lines.as_bytes()) }
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
        if self.progress.updated > 0 {
            write!(f, "; changed {}", self.progress.updated)?;
        }
        if self.progress.refused > 0 {
            write!(f, "; {} rows were refused", self.progress.refused)?;
        }
        if self.progress.rejected > 0 {
            write!(f, "; {} cells did not fit and were left empty", self.progress.rejected)?;
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
