//! What can be wrong with an operation, a value or a query. Each has a stable code for programs and,
//! where it makes sense, the place in the input.

use std::fmt;

use skein_types::{ChoiceId, DashboardId, FieldId, RecordId, TableId, ViewId};

/// What an [`OpError`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Thing {
    Table,
    Field,
    View,
    Choice,
    Dashboard,
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "table",
            Self::Field => "field",
            Self::View => "view",
            Self::Choice => "choice",
            Self::Dashboard => "dashboard",
        })
    }
}

/// Why an operation was refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum OpError {
    #[error("there is no table {0}")]
    TableNotFound(TableId),
    #[error("there is no view {0}")]
    ViewNotFound(ViewId),
    #[error("there is no dashboard {0}")]
    DashboardNotFound(DashboardId),
    #[error("{message}")]
    Dashboard { path: String, message: String },
    #[error("there is no record {id}")]
    RecordNotFound { id: RecordId, path: String },
    #[error("there is no field {id}")]
    FieldUnknown { id: FieldId, path: String },
    #[error("there is no choice {id} in the field {field:?}")]
    ChoiceUnknown { id: ChoiceId, field: String, path: String },
    #[error("the {what} id {id} is already in use")]
    Exists { what: Thing, id: String },
    #[error("the record {id} exists already")]
    RecordExists { id: RecordId, path: String },
    #[error("{path} is given twice")]
    Repeated { path: String },
    #[error("another {what} is already named {name:?}")]
    NameTaken { what: Thing, name: String },
    #[error("a {what} name has 1 to 200 characters and no spaces at its ends")]
    NameInvalid { what: Thing },
    #[error("the place {at} is outside {min} to {max}")]
    Place { what: Thing, at: usize, min: usize, max: usize },
    #[error("{0}")]
    Primary(&'static str),
    #[error("the slot or code {code} of a {what} is in use or out of range")]
    CodeInvalid { what: Thing, code: u32 },
    #[error("{message}")]
    Options { path: String, message: String },
    #[error("the type of a field cannot be changed by an update")]
    TypeChanged,
    #[error("a {what} list holds at most {max}")]
    TooMany { what: Thing, max: usize },
    #[error("a table keeps at least one view")]
    LastView,
    #[error("it was stopped")]
    Stopped,
    #[error("expected {expected}, found {found}")]
    ValueInvalid { path: String, expected: String, found: String },
    #[error("there is no record {id} to link to")]
    LinkUnknown { id: RecordId, path: String },
    #[error("a field of type {kind} cannot be written")]
    NotWritable { path: String, kind: &'static str },
    #[error("the table is linked from the field {field:?} of the table {table:?}")]
    Linked { table: String, field: String },
    #[error("{0}")]
    Query(QueryError),
}

impl OpError {
    /// Stable, dotted, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TableNotFound(_) => "table.not_found",
            Self::ViewNotFound(_) => "view.not_found",
            Self::DashboardNotFound(_) => "dashboard.not_found",
            Self::Dashboard { .. } => "dashboard.invalid",
            Self::RecordNotFound { .. } => "record.not_found",
            Self::FieldUnknown { .. } => "field.unknown",
            Self::ChoiceUnknown { .. } => "choice.unknown",
            Self::Exists { what, .. } => {
                ["table.exists", "field.exists", "view.exists", "choice.exists", "dashboard.exists"]
                    [*what as usize]
            }
            Self::RecordExists { .. } => "record.exists",
            Self::Repeated { .. } => "input.repeated",
            Self::NameTaken { what, .. } => [
                "table.name_taken",
                "field.name_taken",
                "view.name_taken",
                "choice.name_taken",
                "dashboard.name_taken",
            ][*what as usize],
            Self::NameInvalid { what } => [
                "table.name_invalid",
                "field.name_invalid",
                "view.name_invalid",
                "choice.name_invalid",
                "dashboard.name_invalid",
            ][*what as usize],
            Self::Place { what, .. } => {
                ["table.place", "field.place", "view.place", "choice.place", "dashboard.place"]
                    [*what as usize]
            }
            Self::Primary(_) => "field.primary",
            Self::CodeInvalid { what, .. } => {
                ["table.code", "field.slot", "view.code", "choice.code", "dashboard.code"][*what as usize]
            }
            Self::Options { .. } => "field.options",
            Self::TypeChanged => "field.type_changed",
            Self::TooMany { what, .. } => {
                ["table.too_many", "field.too_many", "view.too_many", "choice.too_many", "dashboard.too_many"]
                    [*what as usize]
            }
            Self::LastView => "view.last",
            Self::Stopped => "job.stopped",
            Self::ValueInvalid { .. } => "value.invalid",
            Self::LinkUnknown { .. } => "link.unknown",
            Self::NotWritable { .. } => "field.not_writable",
            Self::Linked { .. } => "table.linked",
            Self::Query(error) => error.code(),
        }
    }

    /// The place in the operation: `records[3].cells.fld_…`, `name`, `filter.and[1].value`.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::RecordNotFound { path, .. }
            | Self::FieldUnknown { path, .. }
            | Self::ChoiceUnknown { path, .. }
            | Self::RecordExists { path, .. }
            | Self::Repeated { path }
            | Self::Options { path, .. }
            | Self::Dashboard { path, .. }
            | Self::LinkUnknown { path, .. }
            | Self::NotWritable { path, .. }
            | Self::ValueInvalid { path, .. } => Some(path),
            Self::NameTaken { what: Thing::Choice, .. } | Self::NameInvalid { what: Thing::Choice } => {
                Some("choices")
            }
            Self::NameTaken { .. } | Self::NameInvalid { .. } => Some("name"),
            Self::TypeChanged => Some("type"),
            Self::Query(error) => Some(&error.path),
            _ => None,
        }
    }
}

/// A query that makes no sense for its table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct QueryError {
    /// The place: `filter.and[1].value`, `sort[0].field`.
    pub path: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl QueryError {
    pub(crate) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
    /// Stable, dotted, for programs.
    pub fn code(&self) -> &'static str {
        "query.invalid"
    }
}

/// A JSON value that does not fit its field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct ValueError {
    /// What the field takes.
    pub expected: String,
    /// What was given, shortened.
    pub found: String,
}

impl ValueError {
    /// Stable, dotted, for programs.
    pub fn code(&self) -> &'static str {
        "value.invalid"
    }
}

/// A stored record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored record {record} is damaged: {reason}")]
pub struct DecodeError {
    /// Which.
    pub record: RecordId,
    /// Why.
    pub reason: &'static str,
}
