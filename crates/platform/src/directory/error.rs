//! What can go wrong in the directory.

use skein_store::StoreError;
use skein_types::Problem;

use super::model::Refusal;
use crate::identity::{Invalid, PasswordError};

/// An error of the directory.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// There is no such thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A field of the request names something that does not exist.
    #[error("there is no such {thing}")]
    Unknown {
        /// What.
        thing: &'static str,
        /// The field.
        field: String,
    },
    /// A rule about roles forbids it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Somebody has this address.
    #[error("somebody has this e-mail address already")]
    EmailTaken,
    /// A supervisor would be supervised by the one they supervise.
    #[error("this person is, perhaps through others, supervised by the member")]
    SupervisorCycle,
    /// A department would be inside itself.
    #[error("a department cannot be inside itself")]
    DepartmentCycle,
    /// Members or departments are in it.
    #[error("only an empty department can be deleted; move its members and departments first")]
    DepartmentNotEmpty,
    /// An invitation that ended, was used up or taken back.
    #[error("this invitation does not exist or is no longer good; ask for a new one")]
    InvitationOver,
    /// Input that cannot be.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A password that is refused.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Not allowed for this kind of caller, or a failure inside.
    #[error("{}", .0.detail)]
    Problem(Problem),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Problem> for DirectoryError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<DirectoryError> for Problem {
    fn from(error: DirectoryError) -> Self {
        use DirectoryError as E;
        let text = error.to_string();
        match error {
            E::NotFound(thing) => Self::new(404, &format!("{thing}.not_found"), text),
            E::Unknown { thing, field } => Self::invalid(&format!("{thing}.unknown"), field, text),
            E::Refused(refusal) => Self::new(refusal.status(), refusal.code(), text),
            E::EmailTaken => Self::new(409, "member.email_taken", text).at("email"),
            E::SupervisorCycle => Self::invalid("member.supervisor_cycle", "supervisor", text),
            E::DepartmentCycle => Self::invalid("department.cycle", "parent", text),
            E::DepartmentNotEmpty => Self::new(409, "department.not_empty", text),
            E::InvitationOver => Self::new(410, "invitation.over", text),
            E::Invalid(invalid) => invalid.into(),
            E::Password(password) => password.at("password"),
            E::Problem(problem) => problem,
            E::Store(error) => error.into(),
        }
    }
}
