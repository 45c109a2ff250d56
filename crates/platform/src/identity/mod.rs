//! Identity: who somebody is. Setup, sign-in, sessions, API tokens, passwords, one's own profile.
//!
//! Invariants: secrets are stored as hashes only; a session or token that ended, or whose member is
//! deactivated, counts for no request that begins afterwards; the answer to a wrong sign-in tells
//! nothing of who exists. Emits `member.*` to the directory stream and everything that concerns
//! security to the security stream.

mod credentials;
mod model;
mod request;

pub use credentials::{AuthError, authenticate, still_valid};
pub use model::{Language, OrgRole, Scope, Scopes, Theme};
pub use request::{Meta, same_origin};

/// What identity keeps in memory.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) credentials: credentials::Cache,
}
