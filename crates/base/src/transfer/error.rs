//! What can be wrong with a file, and where.

use skein_types::Problem;

/// Columns of a table at most.
pub const MAX_COLUMNS: usize = 1_000;
/// Bytes of the text of a cell at most.
pub const MAX_CELL: usize = 100_000;
/// Rows of a file at most.
pub const MAX_ROWS: u64 = 5_000_000;
/// Bytes an XLSX file may unpack to.
pub const MAX_UNPACKED: u64 = 1 << 30;
/// How many times smaller than its content an XLSX file may be.
pub const MAX_RATIO: u64 = 200;

/// Why a file cannot be read. Rows and columns count from 1.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Some other kind of file.
    #[error("this is {found}, not a table: send a CSV, TSV or XLSX file")]
    NotTable {
        /// What it looks like.
        found: &'static str,
    },
    /// Too wide.
    #[error("row {row} has {} columns, at most {}", grouped(*.columns as u64), grouped(MAX_COLUMNS as u64))]
    TooManyColumns {
        /// Row.
        row: u64,
        /// How many.
        columns: usize,
    },
    /// A cell too long.
    #[error("the cell in row {row}, column {column} is longer than {} bytes", grouped(MAX_CELL as u64))]
    CellTooLong {
        /// Row.
        row: u64,
        /// Column.
        column: usize,
    },
    /// Too long.
    #[error("the file has more than {} rows", grouped(MAX_ROWS))]
    TooManyRows,
    /// A quote that never closes.
    #[error("the quote that opens in row {row}, column {column} never closes")]
    OpenQuote {
        /// Row.
        row: u64,
        /// Column.
        column: usize,
    },
    /// A NUL byte.
    #[error("row {row}, column {column} holds a NUL byte: the file is damaged or not text")]
    Nul {
        /// Row.
        row: u64,
        /// Column.
        column: usize,
    },
    /// It would unpack to far more than it is.
    #[error("the file would unpack to too much: {0}")]
    Bomb(String),
    /// The sheet does not exist.
    #[error("the file has no sheet number {0}")]
    NoSheet(usize),
    /// The file is broken.
    #[error("the file is damaged: {reason}")]
    Damaged {
        /// Where, when it is known.
        row: Option<u64>,
        /// What.
        reason: String,
    },
    /// The file could not be read from disk.
    #[error("the file could not be read: {0}")]
    Io(#[from] std::io::Error),
}

impl ReadError {
    /// Stable, dotted, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "import.empty",
            Self::NotTable { .. } => "import.not_a_table",
            Self::TooManyColumns { .. } => "import.too_many_columns",
            Self::CellTooLong { .. } => "import.cell_too_long",
            Self::TooManyRows => "import.too_many_rows",
            Self::OpenQuote { .. } => "import.open_quote",
            Self::Nul { .. } => "import.nul",
            Self::Bomb(_) => "import.unpacks_to_too_much",
            Self::NoSheet(_) => "import.no_sheet",
            Self::Damaged { .. } => "import.damaged",
            Self::Io(_) => "internal",
        }
    }

    /// The place in the file: `rows[3].columns[5]`.
    pub fn place(&self) -> Option<String> {
        match self {
            Self::TooManyColumns { row, .. } | Self::Damaged { row: Some(row), .. } => {
                Some(format!("rows[{row}]"))
            }
            Self::CellTooLong { row, column }
            | Self::OpenQuote { row, column }
            | Self::Nul { row, column } => Some(format!("rows[{row}].columns[{column}]")),
            Self::TooManyRows => Some(format!("rows[{}]", MAX_ROWS + 1)),
            _ => None,
        }
    }

    /// As a problem that names the sheet too.
    pub fn in_sheet(self, sheet: &str) -> Problem {
        let place = self.place();
        let mut problem = Problem::from(self);
        if let Some(place) = place {
            problem.field = Some(format!("file.sheets[{sheet}].{place}"));
            if !sheet.is_empty() {
                problem.detail = format!("sheet {sheet:?}: {}", problem.detail);
            }
        }
        problem
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        let status = match error {
            ReadError::Io(_) => 500,
            _ => 422,
        };
        let field = error.place().map_or_else(|| "file".to_owned(), |place| format!("file.{place}"));
        Self::new(status, error.code(), error.to_string()).at(field)
    }
}

/// `100000` as `100,000`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
