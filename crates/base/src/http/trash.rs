//! The trash of a base, and bringing tables and records back to an earlier moment.

use axum::{
    Json,
    extract::{FromRef, State},
};
use serde::{Deserialize, Serialize};
use skein_platform::{
    Ctx, Platform,
    access::Edit,
    http::{ApiResult, Body, Params, Path},
};
use skein_types::{Problem, RecordId, ResourceId, TableId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{RecordPath, Seq, TablePath};
use crate::{
    Actor, BaseError, Bases, Command, Moment, RestorePreview, TrashPage, Via,
    history::past,
    trash::{self, MAX, TrashQuery},
};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(list_trash))
        .routes(routes!(restore_trash))
        .routes(routes!(purge_trash))
        .routes(routes!(preview_table))
        .routes(routes!(restore_table))
        .routes(routes!(preview_record))
        .routes(routes!(restore_record))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TrashParams {
    /// Only `record`, `field`, `view` or `table`.
    kind: Option<String>,
    /// Only what was in this table.
    #[param(value_type = Option<String>)]
    table: Option<TableId>,
    /// At most so many, up to 1,000; 100 when none is said.
    limit: Option<usize>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Things in the trash, at most 1,000.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Things {
    /// Ids of records, fields, views and tables.
    ids: Vec<String>,
}

/// Things in the trash to delete for good.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Purge {
    /// Their ids, at most 1,000.
    #[serde(default)]
    ids: Vec<String>,
    /// Everything in the trash instead.
    #[serde(default)]
    all: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct Purged {
    /// How many things were deleted for good.
    count: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct Revived {
    /// The event that holds the change.
    seq: i64,
    /// What is there again.
    restored: Vec<String>,
}

fn check_count(ids: &[String]) -> Result<(), BaseError> {
    if ids.is_empty() || ids.len() > MAX {
        return Err(BaseError::invalid("trash.count", "ids", "name 1 to 1,000 things"));
    }
    Ok(())
}

/// What was deleted in a base in the last 30 days, the last first.
#[utoipa::path(
    get, path = "/bases/{base}/trash", tag = "history",
    params(("base" = String, Path, description = "The base"), TrashParams),
    responses((status = 200, body = TrashPage), (status = 404, body = Problem)),
)]
async fn list_trash(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(base): Path<ResourceId>,
    Params(params): Params<TrashParams>,
) -> ApiResult<Json<TrashPage>> {
    ctx.member()?;
    ctx.authorize::<Edit>(base).await?;
    let TrashParams { kind, table, limit, cursor } = params;
    Ok(Json(
        trash::list(bases.platform(), base, TrashQuery { kind, table, me: ctx.actor(), limit, cursor })
            .await?,
    ))
}

/// Brings things back from the trash, with their values and, where the other side is still there, their links.
#[utoipa::path(
    post, path = "/bases/{base}/trash/restore", tag = "history", request_body = Things,
    params(("base" = String, Path, description = "The base")),
    responses((status = 200, body = Revived), (status = 409, body = Problem), (status = 422, body = Problem)),
)]
async fn restore_trash(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(base): Path<ResourceId>,
    Body(things): Body<Things>,
) -> ApiResult<Json<Revived>> {
    ctx.member()?;
    let granted = ctx.authorize::<Edit>(base).await?;
    check_count(&things.ids)?;
    let open = bases.open(&granted).await?;
    let (deleted, large) = trash::find(&ctx.platform, base, &ctx.actor(), &things.ids).await?;
    if deleted.is_empty() && large.is_empty() {
        return Err(BaseError::NotInTrash.into());
    }
    let by = Actor::of(&ctx).via(Via::Restore);
    for table in large {
        open.submit(&granted, &by, Command::ReviveTable(Box::new(table))).await?;
    }
    let receipt = open.submit(&granted, &by, Command::Revive(deleted)).await?;
    let snapshot = open.snapshot();
    let there = |id: &&String| snapshot.holds(id);
    let restored: Vec<String> = things.ids.iter().filter(there).cloned().collect();
    if restored.is_empty() {
        return Err(BaseError::NotRestored.into());
    }
    Ok(Json(Revived { seq: receipt.seq, restored }))
}

/// Deletes things in the trash for good. History still tells that they were there.
#[utoipa::path(
    post, path = "/bases/{base}/trash/delete", tag = "history", request_body = Purge,
    params(("base" = String, Path, description = "The base")),
    responses((status = 200, body = Purged), (status = 422, body = Problem)),
)]
async fn purge_trash(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(base): Path<ResourceId>,
    Body(purge): Body<Purge>,
) -> ApiResult<Json<Purged>> {
    ctx.member()?;
    ctx.authorize::<Edit>(base).await?;
    if !purge.all {
        check_count(&purge.ids)?;
    }
    let ids = (!purge.all).then_some(purge.ids);
    let count = trash::purge(bases.platform(), base, &Actor::of(&ctx), ids).await?;
    Ok(Json(Purged { count }))
}

type What = (ResourceId, TableId, Option<RecordId>);

async fn preview(bases: &Bases, ctx: &Ctx, what: What, moment: &Moment) -> ApiResult<Json<RestorePreview>> {
    ctx.member()?;
    let (base, table, record) = what;
    let granted = ctx.authorize::<Edit>(base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    let wanted = snapshot.past(&ctx.platform, base, (table, record), moment).await?;
    let tried = tokio::task::spawn_blocking(move || past::preview(&snapshot.base, &wanted));
    Ok(Json(tried.await.map_err(|error| BaseError::Internal(error.to_string()))??))
}

async fn restore(bases: &Bases, ctx: &Ctx, what: What, moment: &Moment) -> ApiResult<Json<Seq>> {
    ctx.member()?;
    let (base, table, record) = what;
    let granted = ctx.authorize::<Edit>(base).await?;
    let open = bases.open(&granted).await?;
    let wanted = open.snapshot().past(&ctx.platform, base, (table, record), moment).await?;
    let by = Actor::of(ctx).via(Via::Restore);
    let receipt = open.submit(&granted, &by, Command::Restore(wanted)).await?;
    Ok(Json(Seq { seq: receipt.seq }))
}

/// What bringing a table back to a moment would change.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/restore-preview", tag = "history", request_body = Moment,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
    ),
    responses((status = 200, body = RestorePreview), (status = 409, body = Problem), (status = 422, body = Problem)),
)]
async fn preview_table(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
    Body(moment): Body<Moment>,
) -> ApiResult<Json<RestorePreview>> {
    preview(&bases, &ctx, (path.base, path.table, None), &moment).await
}

/// Brings the records of a table back to a moment, with fields as they are now: those that were deleted come
/// back, those that were made later go to the trash. It is a change that can be undone like others.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/restore", tag = "history", request_body = Moment,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
    ),
    responses((status = 200, body = Seq), (status = 409, body = Problem), (status = 422, body = Problem)),
)]
async fn restore_table(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
    Body(moment): Body<Moment>,
) -> ApiResult<Json<Seq>> {
    restore(&bases, &ctx, (path.base, path.table, None), &moment).await
}

/// What bringing a record back to a moment would change.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/records/{record}/restore-preview", tag = "history",
    request_body = Moment,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("record" = String, Path, description = "The record; may be deleted by now"),
    ),
    responses((status = 200, body = RestorePreview), (status = 409, body = Problem), (status = 422, body = Problem)),
)]
async fn preview_record(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<RecordPath>,
    Body(moment): Body<Moment>,
) -> ApiResult<Json<RestorePreview>> {
    preview(&bases, &ctx, (path.base, path.table, Some(path.record)), &moment).await
}

/// Brings a record, or with `fields` some of its cells, back to a moment.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/records/{record}/restore", tag = "history", request_body = Moment,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("record" = String, Path, description = "The record; may be deleted by now"),
    ),
    responses((status = 200, body = Seq), (status = 409, body = Problem), (status = 422, body = Problem)),
)]
async fn restore_record(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<RecordPath>,
    Body(moment): Body<Moment>,
) -> ApiResult<Json<Seq>> {
    restore(&bases, &ctx, (path.base, path.table, Some(path.record)), &moment).await
}
