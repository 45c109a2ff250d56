//! What can go wrong with a base.

use skein_platform::{access::AccessError, idempotency::KeyError};
use skein_store::StoreError;
use skein_table::{DecodeError, OpError, QueryError};
use skein_types::{CommentId, DashboardId, FieldId, Problem, RecordId, TableId, Timestamp, ViewId, WidgetId};

/// An error of the service.
#[derive(Clone, Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum BaseError {
    #[error("there is no such base")]
    Gone,
    #[error("there is no table {0} in this base")]
    TableNotFound(TableId),
    #[error("there is no field {0} in this table")]
    FieldNotFound(FieldId),
    #[error("there is no view {0} in this table")]
    ViewNotFound(ViewId),
    #[error("there is no dashboard {0} in this base")]
    DashboardNotFound(DashboardId),
    #[error("there is no widget {0} on this dashboard")]
    WidgetNotFound(WidgetId),
    #[error("there is no record {0} in this table")]
    RecordNotFound(RecordId),
    #[error(
        "the view {0} is locked: only who may manage the base can change it; a copy of one's own can be changed"
    )]
    ViewLocked(ViewId),
    #[error("{detail}")]
    Invalid { code: &'static str, path: String, detail: String },
    #[error(transparent)]
    Op(#[from] OpError),
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error("there is nothing of yours to undo here")]
    NothingToUndo,
    #[error("there is nothing to redo")]
    NothingToRedo,
    #[error("it was cancelled; nothing was changed")]
    Cancelled,
    #[error("there is no such job, or it is over")]
    JobNotFound,
    #[error("this change is not among those of yours that can be taken back or done again")]
    NotUndoable,
    #[error("{0} of the cells, records or settings it changed were changed again since")]
    UndoConflict(usize),
    #[error("the record was not there at that moment")]
    NotThereThen,
    #[error("what was there before {0} cannot be brought back: a change then was too large to be kept")]
    NotKept(Timestamp),
    #[error("too much was changed since: bring back fewer fields, a single record or a later moment")]
    RestoreTooLarge,
    #[error("none of these is in the trash, or can be brought back from it")]
    NotInTrash,
    #[error("none of these could be brought back: the table they were in is gone")]
    NotRestored,
    #[error("there is no comment {0} here")]
    CommentNotFound(CommentId),
    #[error("only who wrote a comment may change it")]
    NotAuthor,
    #[error("a record has at most 2,000 comments")]
    TooManyComments,
    #[error("there is no change {0} in this base")]
    EventNotFound(i64),
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Of a part of a request, with the place of the part.
    #[error("{}", .0.detail)]
    Part(Problem),
    #[error("{}", .0.detail)]
    Store(Problem),
    #[error("{}", .0.detail)]
    Access(Problem),
    #[error("{0}")]
    Internal(String),
}

impl BaseError {
    /// Bad input at a place.
    pub fn invalid(code: &'static str, path: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Invalid { code, path: path.into(), detail: detail.into() }
    }
}

impl From<StoreError> for BaseError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.into())
    }
}

impl From<AccessError> for BaseError {
    fn from(error: AccessError) -> Self {
        Self::Access(error.into())
    }
}

impl From<DecodeError> for BaseError {
    fn from(error: DecodeError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<BaseError> for Problem {
    fn from(error: BaseError) -> Self {
        let text = error.to_string();
        match error {
            BaseError::Gone => Self::new(404, "resource.not_found", text),
            BaseError::TableNotFound(_) => Self::new(404, "table.not_found", text),
            BaseError::FieldNotFound(_) => Self::new(404, "field.not_found", text),
            BaseError::ViewNotFound(_) => Self::new(404, "view.not_found", text),
            BaseError::DashboardNotFound(_) => Self::new(404, "dashboard.not_found", text),
            BaseError::WidgetNotFound(_) => Self::new(404, "widget.not_found", text),
            BaseError::RecordNotFound(_) => Self::new(404, "record.not_found", text),
            BaseError::ViewLocked(_) => Self::new(403, "view.locked", text),
            BaseError::Invalid { code, path, .. } => Self::invalid(code, path, text),
            BaseError::Op(error) => of_op(&error),
            BaseError::Query(error) => Self::invalid(error.code(), error.path, error.message),
            BaseError::NothingToUndo => Self::new(409, "undo.nothing", text),
            BaseError::NothingToRedo => Self::new(409, "redo.nothing", text),
            BaseError::Cancelled => Self::new(409, "job.cancelled", text),
            BaseError::JobNotFound => Self::new(404, "job.not_found", text),
            BaseError::NotUndoable => Self::new(409, "undo.unknown", text),
            BaseError::UndoConflict(_) => Self::new(409, "undo.conflict", text),
            BaseError::NotThereThen => Self::new(409, "restore.not_there", text),
            BaseError::NotKept(_) => Self::new(409, "restore.not_kept", text),
            BaseError::RestoreTooLarge => Self::new(422, "restore.too_large", text),
            BaseError::NotInTrash => Self::new(409, "trash.unknown", text),
            BaseError::NotRestored => Self::new(409, "trash.not_restored", text),
            BaseError::CommentNotFound(_) => Self::new(404, "comment.not_found", text),
            BaseError::NotAuthor => Self::new(403, "comment.not_author", text),
            BaseError::TooManyComments => Self::new(409, "comment.too_many", text),
            BaseError::EventNotFound(_) => Self::new(404, "history.not_found", text),
            BaseError::Key(error) => error.into(),
            BaseError::Store(problem) | BaseError::Access(problem) | BaseError::Part(problem) => problem,
            BaseError::Internal(detail) => Self::new(500, "internal", detail),
        }
    }
}

/// Operations speak of cells, requests of fields.
fn of_op(error: &OpError) -> Problem {
    let status = match error {
        OpError::TableNotFound(_)
        | OpError::ViewNotFound(_)
        | OpError::DashboardNotFound(_)
        | OpError::RecordNotFound { .. } => 404,
        OpError::Exists { .. }
        | OpError::RecordExists { .. }
        | OpError::NameTaken { .. }
        | OpError::LastView
        | OpError::Primary(_) => 409,
        _ => 422,
    };
    let detail = match error {
        OpError::Query(error) => error.message.clone(),
        other => other.to_string(),
    };
    let mut problem = Problem::new(status, error.code(), detail);
    problem.field = error.field().map(|path| path.replacen("].cells", "].fields", 1));
    problem
}
