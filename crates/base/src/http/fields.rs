//! Fields of a table.

use axum::{
    Json,
    extract::{FromRef, State},
};
use serde::Serialize;
use skein_platform::{
    Ctx, Platform,
    http::{ApiResult, Body, Path},
};
use skein_table::Field;
use skein_types::{Problem, TableId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{FieldPath, Seq, TablePath, run};
use crate::{BaseError, Bases, Command, FieldInput, FieldPatch, Receipt, Snapshot};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(create_field)).routes(routes!(update_field, delete_field))
}

#[derive(Debug, Serialize, ToSchema)]
struct FieldAnswer {
    /// The event that holds the change.
    seq: i64,
    /// The field as it is now.
    field: Field,
}

fn answer(table: TableId, receipt: &Receipt, snapshot: &Snapshot) -> Result<Json<FieldAnswer>, BaseError> {
    let id = receipt.field.ok_or_else(|| BaseError::Internal("a field without an id".into()))?;
    let field = snapshot.table(table)?.field(id).ok_or(BaseError::FieldNotFound(id))?.clone();
    Ok(Json(FieldAnswer { seq: receipt.seq, field }))
}

/// Adds a field.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/fields", tag = "fields", request_body = FieldInput,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
    ),
    responses((status = 200, body = FieldAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn create_field(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
    Body(input): Body<FieldInput>,
) -> ApiResult<Json<FieldAnswer>> {
    let command = Command::CreateField { table: path.table, input };
    let (receipt, snapshot) = run(&bases, &ctx, path.base, command).await?;
    Ok(answer(path.table, &receipt, &snapshot)?)
}

/// Renames or moves a field, or changes its options. Choices that are left out go away, and with them
/// the cells that held them.
#[utoipa::path(
    patch, path = "/bases/{base}/tables/{table}/fields/{field}", tag = "fields", request_body = FieldPatch,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("field" = String, Path, description = "The field"),
    ),
    responses((status = 200, body = FieldAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn update_field(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<FieldPath>,
    Body(patch): Body<FieldPatch>,
) -> ApiResult<Json<FieldAnswer>> {
    let command = Command::UpdateField { table: path.table, field: path.field, patch };
    let (receipt, snapshot) = run(&bases, &ctx, path.base, command).await?;
    Ok(answer(path.table, &receipt, &snapshot)?)
}

/// Deletes a field with its cells.
#[utoipa::path(
    delete, path = "/bases/{base}/tables/{table}/fields/{field}", tag = "fields",
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("field" = String, Path, description = "The field"),
    ),
    responses((status = 200, body = Seq), (status = 404, body = Problem), (status = 409, body = Problem)),
)]
async fn delete_field(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<FieldPath>,
) -> ApiResult<Json<Seq>> {
    let command = Command::DeleteField { table: path.table, field: path.field };
    let (receipt, _) = run(&bases, &ctx, path.base, command).await?;
    Ok(Json(Seq { seq: receipt.seq }))
}
