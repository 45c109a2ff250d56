//! What can be wrong with a file.

use skein_store::{BlobError, StoreError};
use skein_types::Problem;

use super::model::MAX_NAME;
use crate::access::AccessError;

/// An error of files.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Not allowed, or the resource is not there.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// It does not exist, or the one who asks may not know that it does.
    #[error("there is no such file, or it was not shared with you")]
    NotFound,
    /// A name that cannot be.
    #[error("the name of a file has 1 to {MAX_NAME} characters, besides control characters")]
    Name,
    /// Folders hold resources.
    #[error("a folder holds no files; upload it into a base")]
    Folder,
    /// The part asked for lies outside.
    #[error("the file has {size} bytes; none of them were asked for")]
    Range {
        /// Bytes there are.
        size: u64,
    },
    /// The bytes could not be taken or given.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        let text = error.to_string();
        match error {
            FileError::Access(error) => error.into(),
            FileError::NotFound => Self::new(404, "file.not_found", text),
            FileError::Name => Self::invalid("file.name", "name", text),
            FileError::Folder => Self::invalid("file.folder", "resource", text),
            FileError::Range { .. } => Self::new(416, "file.range", text),
            FileError::Blob(error) => error.into(),
            FileError::Store(error) => error.into(),
        }
    }
}
