//! Identity: who somebody is. Setup, sign-in, sessions, API tokens, passwords, one's own profile.
//!
//! Invariants: secrets are stored as hashes only; a session or token that ended, or whose member is
//! deactivated, counts for no request that begins afterwards; the answer to a wrong sign-in tells
//! nothing of who exists. Emits `member.*` to the directory stream and everything that concerns
//! security to the security stream.

mod credentials;
mod error;
pub mod http;
mod lookup;
pub(crate) mod model;
mod password;
mod profile;
mod request;
mod sessions;
mod sign_in;
mod tokens;

pub(crate) use credentials::hash_secret;
pub use credentials::{AuthError, authenticate};
pub use error::IdentityError;
pub use http::router;
pub use lookup::{display_name, find_by_email, organization, prune};
pub(crate) use model as rules;
pub use model::{Invalid, Language, OrgRole, Scope, Scopes, Status, Theme};
pub(crate) use password::make as make_password;
pub use password::{PasswordError, check as check_password, hash_password, verify_password};
pub use profile::{Me, OpenedLink, Organization, ProfileChange};
pub use request::{Meta, same_origin};
pub use sessions::{Session, open_visitor_session};
pub use sign_in::{NewOrganization, NewOwner, create_organization, network};
pub use tokens::{NewToken, Token};

/// Pictures of people are drawn into a square of this many pixels.
pub(crate) const AVATAR_SIDE: u32 = 256;

/// What identity keeps in memory.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) credentials: credentials::Cache,
    pub(crate) hashing: password::Hashing,
    pub(crate) throttles: sign_in::Throttles,
}
