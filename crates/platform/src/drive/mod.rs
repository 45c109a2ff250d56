//! Drive: the tree of resources, who may do what in it, share links, and the trash.
//!
//! Invariants: the tree has no cycles; everything below what is in the trash is in the trash; an owner is
//! never without the role to manage; a link gives no more than editing. Knows no kind of resource but
//! folders: modules register theirs as a [`ResourceKind`].
//!
//! Emits to the drive stream `resource.created`, `.renamed`, `.moved`, `.duplicated`, `.trashed`,
//! `.restored`, `.purged`, `.transferred`, `grant.changed`, `grant.removed`, `link.changed`,
//! `link.removed`, `link.opened` and `access.inheritance`; what changes security also to the security
//! stream. Hears nothing: jobs call [`purge_expired`].

mod error;
pub mod http;
mod kind;
mod links;
mod model;
mod sharing;
mod sql;
mod trash;
mod tree;

pub use error::DriveError;
pub use http::{POLICY, router};
pub(crate) use kind::Kinds;
pub use kind::ResourceKind;
pub(crate) use links::Tries;
pub use links::{Link, LinkChange, LinkInfo, Opened, link_info, open_link, put_link, remove_link};
pub use model::{FOLDER, Listing, Located, PathStep, Resource};
use serde::Serialize;
pub use sharing::{
    AccessEntry, AccessList, EntryKind, EntrySource, Subject, SubjectKind, SubjectRef, Why, WhyReason,
    access_of, put_grant, remove_grant, set_inherits, transfer, why,
};
use skein_store::{BoxFuture, Expected, FutureExt, StoreError, Tx};
use skein_types::NewEvent;
pub use trash::{purge, purge_expired, restore, trash};
pub use tree::{
    Change, NewResource, Paging, create, create_filled, create_once, duplicate, get, list, mark_opened,
    search, touch, update,
};

use crate::{Ctx, access::AccessError, audit::audit, drive_stream, security_stream};

/// Runs a change of the tree: no other change of the same organisation's tree runs meanwhile, so what
/// the work checks through the transaction stays true until it is committed.
async fn change<T: Send + 'static>(
    ctx: &Ctx,
    work: impl for<'t> FnOnce(&'t mut Tx, Ctx) -> BoxFuture<'t, Result<T, DriveError>> + Send + 'static,
) -> Result<T, DriveError> {
    if ctx.origin.read_only {
        return Err(AccessError::ReadOnlyToken.into());
    }
    let ctx = ctx.clone();
    ctx.platform
        .db
        .clone()
        .write(move |tx| {
            async move {
                sql::lock(tx, ctx.org).await?;
                work(tx, ctx).await
            }
            .boxed()
        })
        .await
}

/// Appends to the drive stream what happened.
async fn emit(
    tx: &mut Tx,
    ctx: &Ctx,
    kind: &'static str,
    data: &(impl Serialize + Sync),
) -> Result<(), StoreError> {
    let event = NewEvent::new(kind, ctx.actor(), ctx.now, data);
    tx.append(&drive_stream(ctx.org), Expected::Any, vec![event]).await.map(|_| ())
}

/// Like [`emit`], for what changes security.
async fn emit_security(
    tx: &mut Tx,
    ctx: &Ctx,
    kind: &'static str,
    data: &(impl Serialize + Sync),
) -> Result<(), StoreError> {
    emit(tx, ctx, kind, data).await?;
    let event = audit(ctx, kind, data);
    tx.append(&security_stream(ctx.org), Expected::Any, vec![event]).await.map(|_| ())
}
