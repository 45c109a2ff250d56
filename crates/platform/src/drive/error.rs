//! What can be wrong with a request to the tree.

use skein_store::StoreError;
use skein_types::Problem;

use super::model::{MAX_COPIES, MAX_DEPTH};
use crate::{
    access::{AccessError, Role},
    idempotency::KeyError,
};

/// An error of the tree, its grants and its links.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// Not allowed, or not there.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A module refused, or the one who asks is no member.
    #[error("{}", .0.detail)]
    Refused(Problem),
    /// A name that cannot be.
    #[error("{0}")]
    Name(&'static str),
    /// A kind nobody keeps.
    #[error("there is no kind of resource {0:?}")]
    Kind(String),
    /// Something that is no folder cannot hold others.
    #[error("only a folder can hold other things")]
    NotAFolder,
    /// A folder cannot be inside itself.
    #[error("a folder cannot be moved into itself or into a folder inside it")]
    Cycle,
    /// The tree would be too deep.
    #[error("folders nest at most {MAX_DEPTH} deep")]
    TooDeep,
    /// Too much to copy at once.
    #[error("at most {MAX_COPIES} things are duplicated at once; duplicate the folders in it one by one")]
    TooMany,
    /// Guests work in what is shared with them.
    #[error("guests have no drive of their own; choose a folder that is shared with you")]
    GuestRoot,
    /// Only from the trash.
    #[error("put it into the trash first")]
    NotTrashed,
    /// The cursor was not made by this list.
    #[error("this cursor does not belong to this list")]
    Cursor,
    /// The list is not one there is.
    #[error("choose a list: in=root, in=<folder> or view=recent, starred, shared, trash")]
    Listing,
    /// Nobody of that id to grant to.
    #[error("there is no such {0}, or it is no longer active")]
    Subject(&'static str),
    /// The owner needs no grant.
    #[error("the owner always may manage it; transfer it to change that")]
    OwnerGrant,
    /// Only its owner, or an admin who manages it, gives it away.
    #[error("only the owner, or an admin who may manage it, can transfer it")]
    Transfer,
    /// A guest cannot own what they are given.
    #[error("guests cannot be given resources to own")]
    GuestOwner,
    /// A link cannot give that much.
    #[error("a link gives at most the role {max}")]
    LinkRole {
        /// The highest it can.
        max: Role,
    },
    /// A link that would be over already.
    #[error("the time at which a link ends lies in the future")]
    LinkExpires,
    /// A password that cannot be.
    #[error("a link's password has 1 to 256 characters")]
    LinkPassword,
    /// There is no such link, or it was taken away.
    #[error("this link does not exist, or it was taken away")]
    NoLink,
    /// The link is over.
    #[error("this link has expired; ask the one who sent it for a new one")]
    LinkOver,
    /// The password is missing or wrong.
    #[error("the password of the link is wrong")]
    WrongPassword,
    /// Too many wrong passwords.
    #[error("too many wrong passwords; wait a little")]
    Throttled {
        /// Seconds to wait.
        seconds: u64,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Problem> for DriveError {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<KeyError> for DriveError {
    fn from(error: KeyError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<DriveError> for Problem {
    fn from(error: DriveError) -> Self {
        let text = error.to_string();
        let invalid = |code: &str, field: &str| Self::invalid(code, field, text.clone());
        match error {
            DriveError::Access(error) => error.into(),
            DriveError::Refused(problem) => problem,
            DriveError::Store(error) => error.into(),
            DriveError::Name(_) => invalid("resource.name", "name"),
            DriveError::Kind(_) => invalid("resource.kind", "kind"),
            DriveError::NotAFolder => invalid("resource.not_a_folder", "parent"),
            DriveError::Cycle => invalid("resource.cycle", "parent"),
            DriveError::TooDeep => invalid("resource.too_deep", "parent"),
            DriveError::TooMany => Self::new(422, "resource.too_many", text),
            DriveError::GuestRoot => Self::new(403, "resource.guest_root", text).at("parent"),
            DriveError::NotTrashed => Self::new(409, "resource.not_trashed", text),
            DriveError::Cursor => invalid("request.cursor", "cursor"),
            DriveError::Listing => invalid("request.listing", "view"),
            DriveError::Subject(_) => invalid("grant.subject", "subject.id"),
            DriveError::OwnerGrant => invalid("grant.owner", "subject.id"),
            DriveError::Transfer => Self::new(403, "resource.transfer", text),
            DriveError::GuestOwner => invalid("resource.guest_owner", "to"),
            DriveError::LinkRole { .. } => invalid("link.role", "role"),
            DriveError::LinkExpires => invalid("link.expires", "expires"),
            DriveError::LinkPassword => invalid("link.password", "password"),
            DriveError::NoLink => Self::new(404, "link.not_found", text),
            DriveError::LinkOver => Self::new(410, "link.expired", text),
            DriveError::WrongPassword => Self::new(403, "link.wrong_password", text).at("password"),
            DriveError::Throttled { seconds } => {
                let mut problem = Self::new(429, "link.throttled", text);
                problem.retry_after = Some(u32::try_from(seconds).unwrap_or(u32::MAX));
                problem
            }
        }
    }
}
