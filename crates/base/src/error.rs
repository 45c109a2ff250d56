//! What can go wrong with a base.

use skein_platform::{access::AccessError, idempotency::KeyError};
use skein_store::StoreError;
use skein_table::{DecodeError, OpError, QueryError};
use skein_types::{FieldId, Problem, RecordId, TableId, ViewId};

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
            BaseError::RecordNotFound(_) => Self::new(404, "record.not_found", text),
            BaseError::ViewLocked(_) => Self::new(403, "view.locked", text),
            BaseError::Invalid { code, path, .. } => Self::invalid(code, path, text),
            BaseError::Op(error) => of_op(&error),
            BaseError::Query(error) => Self::invalid(error.code(), error.path, error.message),
            BaseError::NothingToUndo => Self::new(409, "undo.nothing", text),
            BaseError::NothingToRedo => Self::new(409, "redo.nothing", text),
            BaseError::Cancelled => Self::new(409, "job.cancelled", text),
            BaseError::JobNotFound => Self::new(404, "job.not_found", text),
            BaseError::Key(error) => error.into(),
            BaseError::Store(problem) | BaseError::Access(problem) | BaseError::Part(problem) => problem,
            BaseError::Internal(detail) => Self::new(500, "internal", detail),
        }
    }
}

/// Operations speak of cells, requests of fields.
fn of_op(error: &OpError) -> Problem {
    let status = match error {
        OpError::TableNotFound(_) | OpError::ViewNotFound(_) | OpError::RecordNotFound { .. } => 404,
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
