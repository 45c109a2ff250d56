//! Saved views of a table.

use axum::{
    Json,
    extract::{FromRef, State},
};
use serde::Serialize;
use skein_platform::{
    Ctx, Platform,
    http::{ApiResult, Body, Path},
};
use skein_table::View;
use skein_types::{Problem, TableId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Seq, TablePath, ViewPath, run};
use crate::{BaseError, Bases, Command, Receipt, Snapshot, ViewInput, ViewPatch};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(create_view)).routes(routes!(update_view, delete_view))
}

#[derive(Debug, Serialize, ToSchema)]
struct ViewAnswer {
    /// The event that holds the change.
    seq: i64,
    /// The view as it is now.
    view: View,
}

fn answer(table: TableId, receipt: &Receipt, snapshot: &Snapshot) -> Result<Json<ViewAnswer>, BaseError> {
    let id = receipt.view.ok_or_else(|| BaseError::Internal("a view without an id".into()))?;
    let view = snapshot.table(table)?.view(id).ok_or(BaseError::ViewNotFound(id))?.clone();
    Ok(Json(ViewAnswer { seq: receipt.seq, view }))
}

/// Adds a view.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/views", tag = "views", request_body = ViewInput,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
    ),
    responses((status = 200, body = ViewAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn create_view(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
    Body(input): Body<ViewInput>,
) -> ApiResult<Json<ViewAnswer>> {
    let command = Command::CreateView { table: path.table, input };
    let (receipt, snapshot) = run(&bases, &ctx, path.base, command).await?;
    Ok(answer(path.table, &receipt, &snapshot)?)
}

/// Renames or moves a view, or changes what it shows and how.
#[utoipa::path(
    patch, path = "/bases/{base}/tables/{table}/views/{view}", tag = "views", request_body = ViewPatch,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("view" = String, Path, description = "The view"),
    ),
    responses((status = 200, body = ViewAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn update_view(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<ViewPath>,
    Body(patch): Body<ViewPatch>,
) -> ApiResult<Json<ViewAnswer>> {
    let command = Command::UpdateView { table: path.table, view: path.view, patch };
    let (receipt, snapshot) = run(&bases, &ctx, path.base, command).await?;
    Ok(answer(path.table, &receipt, &snapshot)?)
}

/// Deletes a view. The last one stays.
#[utoipa::path(
    delete, path = "/bases/{base}/tables/{table}/views/{view}", tag = "views",
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("view" = String, Path, description = "The view"),
    ),
    responses((status = 200, body = Seq), (status = 404, body = Problem), (status = 409, body = Problem)),
)]
async fn delete_view(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<ViewPath>,
) -> ApiResult<Json<Seq>> {
    let command = Command::DeleteView { table: path.table, view: path.view };
    let (receipt, _) = run(&bases, &ctx, path.base, command).await?;
    Ok(Json(Seq { seq: receipt.seq }))
}
