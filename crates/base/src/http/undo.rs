//! Taking back one's own changes.

use axum::{
    Json,
    extract::{FromRef, State},
};
use serde::Serialize;
use skein_platform::{
    Ctx, Platform,
    http::{ApiResult, Path},
};
use skein_types::{Problem, ResourceId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{EventPath, run};
use crate::{BaseError, Bases, Command, Undone};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(undo)).routes(routes!(redo)).routes(routes!(take_back_one))
}

#[derive(Debug, Serialize, ToSchema)]
struct UndoAnswer {
    /// The event that holds the change.
    seq: i64,
    /// What was taken back, or done again.
    undone: Undone,
    /// Cells, records and settings that others changed since, and were left as they are.
    skipped: usize,
}

/// Takes back my own last change in this base.
#[utoipa::path(
    post, path = "/bases/{base}/undo", tag = "bases",
    params(("base" = String, Path, description = "The base")),
    responses((status = 200, body = UndoAnswer), (status = 409, body = Problem)),
)]
async fn undo(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(base): Path<ResourceId>,
) -> ApiResult<Json<UndoAnswer>> {
    take_back(&bases, &ctx, base, Command::Undo).await
}

/// Does again what I took back last.
#[utoipa::path(
    post, path = "/bases/{base}/redo", tag = "bases",
    params(("base" = String, Path, description = "The base")),
    responses((status = 200, body = UndoAnswer), (status = 409, body = Problem)),
)]
async fn redo(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(base): Path<ResourceId>,
) -> ApiResult<Json<UndoAnswer>> {
    take_back(&bases, &ctx, base, Command::Redo).await
}

/// Takes back one of my changes, or does one again that I took back, when all of it still is as I left it.
#[utoipa::path(
    post, path = "/bases/{base}/undo/{seq}", tag = "bases",
    params(
        ("base" = String, Path, description = "The base"),
        ("seq" = i64, Path, description = "The event of the change, from the list of what can be undone"),
    ),
    responses((status = 200, body = UndoAnswer), (status = 409, body = Problem)),
)]
async fn take_back_one(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<EventPath>,
) -> ApiResult<Json<UndoAnswer>> {
    take_back(&bases, &ctx, path.base, Command::TakeBack { seq: path.seq }).await
}

async fn take_back(
    bases: &Bases,
    ctx: &Ctx,
    base: ResourceId,
    command: Command,
) -> ApiResult<Json<UndoAnswer>> {
    // All visitors of a link are one actor in the log: they would take back each other's changes.
    ctx.member()?;
    let (receipt, _) = run(bases, ctx, base, command).await?;
    let undone = receipt.undone.ok_or_else(|| BaseError::Internal("an undo of nothing".into()))?;
    Ok(Json(UndoAnswer { seq: receipt.seq, skipped: undone.skipped, undone }))
}
