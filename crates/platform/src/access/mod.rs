//! Access: who may do what to which resource, and why.
//!
//! A role on a resource comes from owning it, from a grant on it, from a share link that was opened, or
//! from the same on a folder above it as far as inheritance reaches; the highest counts. Admins have no
//! access by office: they manage people, not contents. Nothing here is decided elsewhere a second time:
//! services take a [`Granted`], lists join the same statement. The rules, numbered: docs/spec/access.md.

mod cache;
mod resolve;
mod roles;

use std::{fmt, marker::PhantomData};

pub(crate) use cache::Cache;
pub use resolve::{Reason, Source, reasons};
pub(crate) use roles::{Reads, Seeker, role_of};
use serde::{Deserialize, Serialize};
use skein_store::{StoreError, Tx};
use skein_types::{Problem, ResourceId};

use crate::Ctx;

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
    decide(ctx, resource, standing(ctx, resource).await?)
}

/// Like [`Ctx::authorize`], by what a transaction sees: what it holds locked cannot change before the
/// commit.
pub async fn authorize_in<A: Action>(
    ctx: &Ctx,
    tx: &mut Tx,
    resource: ResourceId,
) -> Result<Granted<A>, AccessError> {
    decide(ctx, resource, standing_in(ctx, tx, resource).await?)
}

fn decide<A: Action>(ctx: &Ctx, resource: ResourceId, standing: Standing) -> Result<Granted<A>, AccessError> {
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

/// Like [`authorize_trashed`], by what a transaction sees.
pub async fn authorize_trashed_in<A: Action>(
    ctx: &Ctx,
    tx: &mut Tx,
    resource: ResourceId,
) -> Result<Granted<A>, AccessError> {
    let role = standing_in(ctx, tx, resource).await?.role.ok_or(AccessError::NotFound)?;
    check(ctx, resource, role)
}

/// The role the one who asks has, trash or not, by what a transaction sees.
pub(crate) async fn standing_role_in(
    ctx: &Ctx,
    tx: &mut Tx,
    resource: ResourceId,
) -> Result<Option<Role>, StoreError> {
    Ok(standing_in(ctx, tx, resource).await?.role)
}

async fn standing_in(ctx: &Ctx, tx: &mut Tx, resource: ResourceId) -> Result<Standing, StoreError> {
    Ok(roles::standing(Reads::Tx(tx), &Seeker::of(ctx), resource).await?.0)
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

/// The role the one who asks has, trash or not.
pub async fn standing(ctx: &Ctx, resource: ResourceId) -> Result<Standing, AccessError> {
    let cache = &ctx.platform.access;
    let key = (ctx.who.clone(), resource);
    let version = cache.version(&ctx.platform, ctx.org);
    if let Some(known) = cache.get(&key, version) {
        return Ok(known);
    }
    let reads = Reads::Db(&ctx.platform.db);
    let (fresh, by_link) = roles::standing(reads, &Seeker::of(ctx), resource).await?;
    if !by_link.0 {
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
