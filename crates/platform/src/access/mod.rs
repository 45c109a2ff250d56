//! Access: who may do what to which resource, and why.
//!
//! A role on a resource comes from owning it, from a grant on it, or from the same on a folder above it
//! as far as inheritance reaches; the highest counts. Admins have no access by office: they manage
//! people, not contents. Nothing here is decided elsewhere a second time: services take a [`Granted`].

mod cache;
mod resolve;

use std::{fmt, marker::PhantomData};

pub(crate) use cache::Cache;
pub use resolve::{Reason, Source, reasons};
use serde::{Deserialize, Serialize};
use skein_store::StoreError;
use skein_types::{Problem, ResourceId};

use crate::{Ctx, Principal};

/// What somebody may do to a resource; each role includes those before it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// See and export.
    View,
    /// And comment.
    Comment,
    /// And change the content.
    Edit,
    /// And share, move and delete.
    Manage,
}

impl Role {
    /// All roles from low to high.
    pub const ALL: [Self; 4] = [Self::View, Self::Comment, Self::Edit, Self::Manage];

    /// As stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Comment => "comment",
            Self::Edit => "edit",
            Self::Manage => "manage",
        }
    }
    /// The role of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something that is done to a resource, and the role it takes.
pub trait Action: Send + Sync + 'static {
    /// The least role.
    const NEEDS: Role;
    /// Whether it changes anything: a read-only token is refused.
    const WRITES: bool;
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $role:ident $writes:literal;)*) => {$(
        $(#[$doc])* pub enum $name {}
        impl Action for $name { const NEEDS: Role = Role::$role; const WRITES: bool = $writes; }
    )*};
}
actions! {
    /// Looking at it.
    View View false;
    /// Commenting on it.
    Comment Comment true;
    /// Changing its content.
    Edit Edit true;
    /// Sharing, moving, deleting it.
    Manage Manage true;
}

/// Proof that the one who asks may do `A` to a resource; made by [`Ctx::authorize`] alone.
pub struct Granted<A> {
    resource: ResourceId,
    role: Role,
    action: PhantomData<fn() -> A>,
}

impl<A> Granted<A> {
    /// The resource.
    pub fn resource(&self) -> ResourceId {
        self.resource
    }
    /// The role the one who asks has on it.
    pub fn role(&self) -> Role {
        self.role
    }
}

/// Why access is refused.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// It does not exist, or the one who asks may not know that it does.
    #[error("there is no such resource, or it was not shared with you")]
    NotFound,
    /// It is in the trash.
    #[error("this is in the trash; restore it first")]
    Trashed,
    /// Seen, but not allowed to do this.
    #[error("this needs the role {needs}, you have {has}")]
    Forbidden {
        /// What it takes.
        needs: Role,
        /// What they have.
        has: Role,
    },
    /// The API token may only read.
    #[error("this API token may only read")]
    ReadOnlyToken,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let text = error.to_string();
        match error {
            AccessError::NotFound => Self::new(404, "resource.not_found", text),
            AccessError::Trashed => Self::new(410, "resource.trashed", text),
            AccessError::Forbidden { .. } => Self::new(403, "access.forbidden", text),
            AccessError::ReadOnlyToken => Self::new(403, "access.read_only_token", text),
            AccessError::Store(error) => error.into(),
        }
    }
}

pub(crate) async fn authorize<A: Action>(ctx: &Ctx, resource: ResourceId) -> Result<Granted<A>, AccessError> {
    let standing = standing(ctx, resource).await?;
    let role = standing.role.ok_or(AccessError::NotFound)?;
    if standing.trashed {
        return Err(AccessError::Trashed);
    }
    check(ctx, resource, role)
}

/// Like [`Ctx::authorize`], for what is done to things in the trash: restoring and deleting for good.
pub async fn authorize_trashed<A: Action>(
    ctx: &Ctx,
    resource: ResourceId,
) -> Result<Granted<A>, AccessError> {
    let role = standing(ctx, resource).await?.role.ok_or(AccessError::NotFound)?;
    check(ctx, resource, role)
}

fn check<A: Action>(ctx: &Ctx, resource: ResourceId, role: Role) -> Result<Granted<A>, AccessError> {
    if role < A::NEEDS {
        return Err(AccessError::Forbidden { needs: A::NEEDS, has: role });
    }
    if A::WRITES && ctx.origin.read_only {
        return Err(AccessError::ReadOnlyToken);
    }
    Ok(Granted { resource, role, action: PhantomData })
}

/// The role the one who asks has, trash or not. For lists that show many resources.
pub async fn standing(ctx: &Ctx, resource: ResourceId) -> Result<Standing, AccessError> {
    let cache = &ctx.platform.access;
    let key = (ctx.who.clone(), resource);
    let version = cache.version(&ctx.platform, ctx.org);
    if let Some(known) = cache.get(&key, version) {
        return Ok(known);
    }
    let fresh = match &ctx.who {
        Principal::Member { id, guest, .. } => {
            resolve::member_standing(&ctx.platform.db, ctx.org, *id, *guest, resource).await?
        }
        Principal::Visitor { link, .. } => {
            resolve::visitor_standing(&ctx.platform.db, ctx.org, *link, resource, ctx.now).await?
        }
    };
    // What a link opens ends by the clock, not by an event: it is asked anew every time.
    if matches!(ctx.who, Principal::Member { .. }) {
        cache.put(key, version, fresh);
    }
    Ok(fresh)
}

/// What somebody is to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Their role; none when it does not exist or is not theirs to see.
    pub role: Option<Role>,
    /// Whether it, or a folder above it, is in the trash.
    pub trashed: bool,
}
