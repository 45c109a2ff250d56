//! The platform: who somebody is, what they may do, where things are, and what every module shares.
//!
//! Knows nothing of tables, documents or chats.

pub mod access;
pub mod audit;
mod context;
pub mod directory;
pub mod drive;
pub mod files;
pub mod http;
pub mod idempotency;
pub mod identity;
pub mod limits;
pub mod order;

use std::{ops::Deref, sync::Arc};

pub use context::{Ctx, Origin, Principal};
use skein_store::{Blobs, Db};
use skein_types::{Clock, Ids, OrgId, StreamId};

/// What the platform's services share. Cloning shares it.
#[derive(Clone)]
pub struct Platform(Arc<Shared>);

/// The parts of a [`Platform`].
pub struct Shared {
    /// The database.
    pub db: Db,
    /// Files.
    pub blobs: Blobs,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids and secrets.
    pub ids: Ids,
    /// Configuration.
    pub settings: Settings,
    pub(crate) access: access::Cache,
    pub(crate) kinds: drive::Kinds,
    pub(crate) link_tries: drive::Tries,
    pub(crate) identity: identity::State,
}

/// Configuration of the platform.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people reach the server, `https://skein.example.com`, without a slash at the end. Links
    /// are made with it; without it, with the host of the request.
    pub public_url: Option<String>,
    /// Whether the server stands behind a proxy whose `X-Forwarded-For` and `-Proto` may be believed.
    pub trust_proxy: bool,
    /// Whether this is the demo company: the sign-in page then offers its people.
    pub demo: bool,
    /// Bytes of the largest file that is taken.
    pub upload_limit: u64,
    /// Bytes of the largest file to import.
    pub import_limit: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: None,
            trust_proxy: false,
            demo: false,
            upload_limit: 1 << 30,
            import_limit: 2 << 30,
        }
    }
}

impl Platform {
    /// Puts the platform together.
    pub fn new(db: Db, blobs: Blobs, clock: Arc<dyn Clock>, ids: Ids, settings: Settings) -> Self {
        let access = access::Cache::default();
        let identity = identity::State::default();
        let (kinds, link_tries) = (drive::Kinds::default(), drive::Tries::default());
        Self(Arc::new(Shared { db, blobs, clock, ids, settings, access, kinds, link_tries, identity }))
    }
}

impl Deref for Platform {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// The stream of the resource tree and its grants.
pub fn drive_stream(org: OrgId) -> StreamId {
    StreamId::aspect(org, "drive")
}

/// The stream of members, departments, groups and invitations.
pub fn directory_stream(org: OrgId) -> StreamId {
    StreamId::aspect(org, "directory")
}

/// The stream of what changes security: the audit log. It also moves when a session or a token ends.
pub fn security_stream(org: OrgId) -> StreamId {
    StreamId::aspect(org, "security")
}
