//! The trash: putting things there, taking them out, and deleting them for good.

use std::collections::HashSet;

use jiff::SignedDuration;
use serde_json::json;
use skein_store::{Expected, FutureExt, Tx, params};
use skein_types::{OrgId, ResourceId};

use super::{
    DriveError, change, emit, emit_security,
    model::{FOLDER, Node, Purge, plan_purge},
    sql,
};
use crate::{
    Ctx, Platform,
    access::{AccessError, Manage, Reads, authorize_in, authorize_trashed_in},
    audit::By,
    drive_stream, files, security_stream,
};

/// How long things stay in the trash.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Puts a resource into the trash, with everything below it.
pub async fn trash(ctx: &Ctx, id: ResourceId) -> Result<(), DriveError> {
    change(ctx, move |tx, ctx| {
        async move {
            authorize_in::<Manage>(&ctx, tx, id).await?;
            let count = sql::trash(tx, id, ctx.now).await?;
            Ok(emit(tx, &ctx, "resource.trashed", &json!({ "resource": id, "count": count })).await?)
        }
        .boxed()
    })
    .await
}

/// Takes a resource out of the trash, with what went there with it: to its place or, when that is gone
/// or in the trash itself, to the root of its owner.
pub async fn restore(ctx: &Ctx, id: ResourceId) -> Result<(), DriveError> {
    change(ctx, move |tx, ctx| {
        async move {
            authorize_trashed_in::<Manage>(&ctx, tx, id).await?;
            let node = sql::node(tx, ctx.org, id).await?.ok_or(AccessError::NotFound)?;
            let with = node.trashed_with.ok_or(DriveError::NotTrashed)?;
            let place = match node.parent {
                Some(parent) => {
                    sql::node(tx, ctx.org, parent).await?.filter(|folder| folder.trashed.is_none())
                }
                None => None,
            }
            .map(|folder| folder.id);
            if place != node.parent {
                sql::set_parent(tx, id, place, ctx.now).await?;
            }
            sql::untrash(tx, id, with).await?;
            Ok(emit(tx, &ctx, "resource.restored", &json!({ "resource": id, "parent": place })).await?)
        }
        .boxed()
    })
    .await
}

/// Deletes a resource in the trash for good, with what went there with it.
pub async fn purge(ctx: &Ctx, id: ResourceId) -> Result<(), DriveError> {
    let gone = change(ctx, move |tx, ctx| {
        async move {
            authorize_trashed_in::<Manage>(&ctx, tx, id).await?;
            let nodes = sql::below(tx, id).await?;
            let top = nodes.first().ok_or(AccessError::NotFound)?;
            let with = top.trashed_with.ok_or(DriveError::NotTrashed)?;
            let name = top.name.clone();
            let managed: HashSet<ResourceId> =
                sql::find(&ctx, Reads::Tx(tx), sql::BELOW, "roles.rank = 4", params![id])
                    .await?
                    .into_iter()
                    .map(|resource| resource.id)
                    .collect();
            let plan = plan_purge(&nodes, |id| managed.contains(&id));
            delete(tx, &ctx.platform, &nodes, &plan, with).await?;
            let data = json!({ "resource": id, "name": name, "count": plan.delete.len() });
            emit_security(tx, &ctx, "resource.purged", &data).await?;
            Ok(gone(&nodes, &plan))
        }
        .boxed()
    })
    .await?;
    tell(&ctx.platform, gone);
    Ok(())
}

/// Deletes for good what has been in the trash for 30 days; how many resources that were.
pub async fn purge_expired(platform: &Platform) -> usize {
    match expire(platform).await {
        Ok(count) => count,
        Err(error) => {
            tracing::warn!(%error, "the trash could not be emptied; it is tried again");
            0
        }
    }
}

async fn expire(platform: &Platform) -> Result<usize, DriveError> {
    let cutoff = platform.clock.now().saturating_sub(KEPT).map_err(|_| DriveError::NotTrashed)?;
    let sql = "SELECT id, org FROM resources WHERE trashed <= $1 AND trashed_with = id ORDER BY trashed, id";
    let mut count = 0;
    for row in platform.db.rows(sql, params![cutoff]).await? {
        let (id, org) = (row.get("id")?, row.get("org")?);
        match expire_one(platform, org, id, cutoff.as_microsecond()).await {
            Ok(deleted) => count += deleted,
            // The others do not wait for the one that cannot be deleted.
            Err(error) => tracing::warn!(%error, resource = %id, "a resource could not be deleted for good"),
        }
    }
    Ok(count)
}

async fn expire_one(
    platform: &Platform,
    org: OrgId,
    id: ResourceId,
    cutoff: i64,
) -> Result<usize, DriveError> {
    let shared = platform.clone();
    let gone = platform
        .db
        .write(move |tx| {
            async move {
                sql::lock(tx, org).await?;
                let nodes = sql::below(tx, id).await?;
                // Restored, or trashed anew, since the list was made.
                let Some(top) = nodes.first().filter(|top| {
                    top.trashed_with == Some(id)
                        && top.trashed.is_some_and(|at| at.as_microsecond() <= cutoff)
                }) else {
                    return Ok(vec![]);
                };
                let plan = plan_purge(&nodes, |_| true);
                delete(tx, &shared, &nodes, &plan, id).await?;
                let data = json!({ "resource": id, "name": top.name, "count": plan.delete.len() });
                let by = By::system(shared.clock.now());
                let kind = "resource.purged";
                tx.append(&drive_stream(org), Expected::Any, vec![by.event(kind, &data)]).await?;
                tx.append(&security_stream(org), Expected::Any, vec![by.audit(kind, &data)]).await?;
                Ok::<_, DriveError>(gone(&nodes, &plan))
            }
            .boxed()
        })
        .await?;
    let count = gone.len();
    tell(platform, gone);
    Ok(count)
}

async fn delete(
    tx: &mut Tx,
    platform: &Platform,
    nodes: &[Node],
    plan: &Purge,
    with: ResourceId,
) -> Result<(), DriveError> {
    for id in &plan.detach {
        sql::detach(tx, *id, with).await?;
    }
    for (id, kind) in gone(nodes, plan) {
        if kind != FOLDER {
            platform.kind(&kind).ok_or(DriveError::Kind(kind))?.purge(tx, id).await?;
        }
        files::purge(tx, id).await?;
        sql::delete(tx, id).await?;
    }
    Ok(())
}

/// Ids and kinds of what a plan deletes, what is inside before what holds it.
fn gone(nodes: &[Node], plan: &Purge) -> Vec<(ResourceId, String)> {
    let kinds: std::collections::HashMap<_, _> =
        nodes.iter().map(|node| (node.id, node.kind.clone())).collect();
    plan.delete.iter().filter_map(|id| kinds.get(id).map(|kind| (*id, kind.clone()))).collect()
}

fn tell(platform: &Platform, gone: Vec<(ResourceId, String)>) {
    for (id, kind) in gone {
        if let Some(kind) = platform.kind(&kind) {
            kind.purged(id);
        }
    }
}
