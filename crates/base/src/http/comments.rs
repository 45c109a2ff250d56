//! Comments on records.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{FromRef, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use skein_platform::{
    Ctx, Platform,
    access::{Comment as MayComment, View},
    http::{ApiResult, Body, Page, Path},
};
use skein_types::{CommentId, Problem, RecordId, ResourceId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{RecordPath, TablePath};
use crate::{
    Bases,
    comments::{self, Comment, CommentPatch, NewComment},
};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(list_comments, add_comment))
        .routes(routes!(update_comment, delete_comment))
        .routes(routes!(comment_counts))
}

#[derive(Deserialize)]
struct CommentPath {
    base: ResourceId,
    comment: CommentId,
}

/// How many comments records have.
#[derive(Debug, Serialize, ToSchema)]
struct CommentCounts {
    /// By record: comments in threads that are not resolved. Records without one are left out.
    #[schema(value_type = std::collections::HashMap<String, i64>)]
    counts: BTreeMap<RecordId, i64>,
}

/// The comments on a record, the oldest first; at most 2,000.
#[utoipa::path(
    get, path = "/bases/{base}/tables/{table}/records/{record}/comments", tag = "comments",
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("record" = String, Path, description = "The record"),
    ),
    responses((status = 200, body = Page<Comment>), (status = 404, body = Problem)),
)]
async fn list_comments(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<RecordPath>,
) -> ApiResult<Json<Page<Comment>>> {
    ctx.member()?;
    let granted = ctx.authorize::<View>(path.base).await?;
    bases.open(&granted).await?.snapshot().record(path.table, path.record)?;
    Ok(Json(Page::all(comments::list(&ctx.platform.db, path.table, path.record).await?)))
}

/// Comments on a record, or answers a comment.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/records/{record}/comments", tag = "comments",
    request_body = NewComment,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("record" = String, Path, description = "The record"),
    ),
    responses((status = 200, body = Comment), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn add_comment(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<RecordPath>,
    Body(new): Body<NewComment>,
) -> ApiResult<Json<Comment>> {
    ctx.member()?;
    let granted = ctx.authorize::<MayComment>(path.base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    Ok(Json(comments::add(&ctx, &snapshot, path.base, (path.table, path.record), new).await?))
}

/// Changes the text of my comment, or resolves or reopens a thread.
#[utoipa::path(
    patch, path = "/bases/{base}/comments/{comment}", tag = "comments", request_body = CommentPatch,
    params(
        ("base" = String, Path, description = "The base"),
        ("comment" = String, Path, description = "The comment"),
    ),
    responses((status = 200, body = Comment), (status = 403, body = Problem), (status = 404, body = Problem)),
)]
async fn update_comment(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<CommentPath>,
    Body(patch): Body<CommentPatch>,
) -> ApiResult<Json<Comment>> {
    ctx.member()?;
    let granted = ctx.authorize::<MayComment>(path.base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    Ok(Json(comments::update(&ctx, &snapshot, path.base, path.comment, patch).await?))
}

/// Deletes my comment, with its answers when it begins a thread. Who manages the base may delete any.
#[utoipa::path(
    delete, path = "/bases/{base}/comments/{comment}", tag = "comments",
    params(
        ("base" = String, Path, description = "The base"),
        ("comment" = String, Path, description = "The comment"),
    ),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)),
)]
async fn delete_comment(ctx: Ctx, Path(path): Path<CommentPath>) -> ApiResult<StatusCode> {
    ctx.member()?;
    let granted = ctx.authorize::<MayComment>(path.base).await?;
    comments::delete(&ctx, granted.role(), path.base, path.comment).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How many comments in open threads the records of a table have.
#[utoipa::path(
    get, path = "/bases/{base}/tables/{table}/comment-counts", tag = "comments",
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
    ),
    responses((status = 200, body = CommentCounts), (status = 404, body = Problem)),
)]
async fn comment_counts(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
) -> ApiResult<Json<CommentCounts>> {
    ctx.member()?;
    let granted = ctx.authorize::<View>(path.base).await?;
    bases.open(&granted).await?.snapshot().table(path.table)?;
    Ok(Json(CommentCounts { counts: comments::counts(&ctx.platform.db, path.table).await? }))
}
