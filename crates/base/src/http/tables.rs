//! Tables of a base.

use axum::{
    Json,
    extract::{FromRef, State},
};
use serde::{Deserialize, Serialize};
use skein_platform::{
    Ctx, Platform,
    http::{ApiResult, Body, Path},
};
use skein_types::{Problem, ResourceId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Seq, TablePath, run};
use crate::{
    BaseError, Bases, Command, FieldInput, Receipt, Snapshot, TablePatch,
    describe::{self, TableJson},
};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(create_table)).routes(routes!(update_table, delete_table))
}

/// A new table.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTable {
    /// Unique in the base, ignoring case.
    name: String,
    /// Its fields; the first must be text. Without them it gets one.
    #[serde(default)]
    fields: Option<Vec<FieldInput>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct TableAnswer {
    /// The event that holds the change.
    seq: i64,
    /// The table as it is now.
    table: TableJson,
}

fn answer(ctx: &Ctx, receipt: &Receipt, snapshot: &Snapshot) -> Result<Json<TableAnswer>, BaseError> {
    let id = receipt.table.ok_or_else(|| BaseError::Internal("a table without an id".into()))?;
    let table = describe::table(&snapshot.base, snapshot.table(id)?, ctx.member().ok());
    Ok(Json(TableAnswer { seq: receipt.seq, table }))
}

/// Adds a table with one grid view.
#[utoipa::path(
    post, path = "/bases/{base}/tables", tag = "tables", request_body = NewTable,
    params(("base" = String, Path, description = "The base")),
    responses((status = 200, body = TableAnswer), (status = 422, body = Problem)),
)]
async fn create_table(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(base): Path<ResourceId>,
    Body(input): Body<NewTable>,
) -> ApiResult<Json<TableAnswer>> {
    let command = Command::CreateTable { name: input.name, fields: input.fields };
    let (receipt, snapshot) = run(&bases, &ctx, base, command).await?;
    Ok(answer(&ctx, &receipt, &snapshot)?)
}

/// Renames or moves a table.
#[utoipa::path(
    patch, path = "/bases/{base}/tables/{table}", tag = "tables", request_body = TablePatch,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
    ),
    responses((status = 200, body = TableAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn update_table(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
    Body(patch): Body<TablePatch>,
) -> ApiResult<Json<TableAnswer>> {
    let command = Command::UpdateTable { table: path.table, patch };
    let (receipt, snapshot) = run(&bases, &ctx, path.base, command).await?;
    Ok(answer(&ctx, &receipt, &snapshot)?)
}

/// Deletes a table with its records.
#[utoipa::path(
    delete, path = "/bases/{base}/tables/{table}", tag = "tables",
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
    ),
    responses((status = 200, body = Seq), (status = 404, body = Problem)),
)]
async fn delete_table(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
) -> ApiResult<Json<Seq>> {
    let command = Command::DeleteTable { table: path.table };
    let (receipt, _) = run(&bases, &ctx, path.base, command).await?;
    Ok(Json(Seq { seq: receipt.seq }))
}
