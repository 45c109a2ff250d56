//! What can go wrong with one's identity.

use skein_store::{BlobError, StoreError};
use skein_types::Problem;

use super::{AuthError, Invalid, PasswordError};
use crate::directory::DirectoryError;

/// An error of identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// There is an organisation already.
    #[error("this server is set up already; sign in")]
    AlreadySetUp,
    /// The address, the password, or both; or the member is deactivated.
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// The present password, when a new one is set.
    #[error("this is not your present password")]
    WrongPassword,
    /// Too many attempts.
    #[error("too many attempts; try again in {retry_after} seconds")]
    TooMany {
        /// Seconds.
        retry_after: u64,
    },
    /// A new password that is refused.
    #[error(transparent)]
    NewPassword(PasswordError),
    /// There is no such thing of one's own.
    #[error("you have no such {0}")]
    NotFound(&'static str),
    /// More tokens than anybody needs.
    #[error("you have 100 API tokens; delete one first")]
    TooManyTokens,
    /// No picture.
    #[error("send a PNG, JPEG, GIF or WebP picture")]
    NotAPicture,
    /// Input that cannot be.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The credential does not allow it.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// A rule of the directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The picture could not be stored.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// Not allowed for this kind of caller, or a failure inside.
    #[error("{}", .0.detail)]
    Problem(Problem),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Problem> for IdentityError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        use IdentityError as E;
        let text = error.to_string();
        match error {
            E::AlreadySetUp => Self::new(409, "setup.done", text),
            E::WrongCredentials => Self::new(401, "auth.wrong_credentials", text),
            E::WrongPassword => Self::invalid("password.wrong", "current", text),
            E::TooMany { retry_after } => {
                let retry_after = Some(u32::try_from(retry_after).unwrap_or(u32::MAX));
                Self { retry_after, ..Self::new(429, "auth.too_many", text) }
            }
            E::NewPassword(password) => password.at("new"),
            E::NotFound(thing) => Self::new(404, &format!("{thing}.not_found"), text),
            E::TooManyTokens => Self::new(409, "token.too_many", text),
            E::NotAPicture => Self::new(422, "file.not_an_image", text),
            E::Invalid(invalid) => invalid.into(),
            E::Auth(error) => error.into(),
            E::Directory(error) => error.into(),
            E::Blob(error) => error.into(),
            E::Problem(problem) => problem,
            E::Store(error) => error.into(),
        }
    }
}
