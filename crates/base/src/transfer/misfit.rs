//! What may be wrong with a cell or a row of a file.

use serde::{Deserialize, Serialize};
use skein_types::Problem;
use utoipa::ToSchema;

use super::words::shortened;

/// Characters of a cell that are shown.
const SHOWN: usize = 60;

/// Why a cell or a row was not taken over. `value` is what was read, shortened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, ToSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Misfit {
    #[error("{value:?} is not a number")]
    NotNumber { value: String },
    #[error("{value:?} is no duration")]
    NotDuration { value: String },
    #[error("{value:?} is not a date")]
    NotDate { value: String },
    #[error("the date is outside the years 1 to 9999")]
    FarDate,
    #[error("{value:?} is neither yes nor no")]
    NotTick { value: String },
    #[error("{value:?} is no place: longitude, latitude; or name (longitude, latitude)")]
    NotPlace { value: String },
    #[error("there is nobody called {value:?}")]
    Nobody { value: String },
    #[error("there is no group {value:?}")]
    NoGroup { value: String },
    #[error("several are called {value:?}")]
    Ambiguous { value: String },
    #[error("{value:?} is no record of {table}")]
    NoRecord { value: String, table: String },
    #[error("a choice has at most 200 characters")]
    LongChoice,
    #[error("{value:?} is one choice more than the 10,000 a field has")]
    ManyChoices { value: String },
    #[error("the spreadsheet shows an error here: {value}")]
    SheetError { value: String },
    #[error("the row has {found} columns, the table {allowed}")]
    ManyColumns { found: usize, allowed: usize },
    #[error("the row has no key")]
    NoKey,
    #[error("no record has this key")]
    UnknownKey,
    #[error("{found} records have this key")]
    SeveralRecords { found: usize },
    #[error("“{field}” needs a value")]
    Required { field: String },
    #[error("“{field}” must be different in every record")]
    NotUnique { field: String },
    /// What the base says of the record.
    #[error("{detail}")]
    Refused { problem: String, detail: String },
}

impl Misfit {
    /// What of a cell is shown.
    pub(super) fn value(text: &str) -> String {
        shortened(text, SHOWN)
    }
}

impl From<Problem> for Misfit {
    fn from(problem: Problem) -> Self {
        Self::Refused { problem: problem.code, detail: problem.detail }
    }
}
