//! Fields of a table.

use axum::{
    Json,
    extract::{FromRef, State},
};
use serde::Serialize;
use skein_platform::{
    Ctx, Platform,
    access::Edit,
    http::{ApiResult, Body, Path},
};
use skein_types::{Problem, RecordId, TableId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{FieldPath, PressPath, Seq, TablePath, run};
use crate::{
    BaseError, Bases, Command, FieldInput, FieldPatch, Receipt, Snapshot,
    describe::{self, FieldJson},
    plan,
};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(create_field))
        .routes(routes!(update_field, delete_field))
        .routes(routes!(preview_retype))
        .routes(routes!(press_button))
}

#[derive(Debug, Serialize, ToSchema)]
struct FieldAnswer {
    /// The event that holds the change.
    seq: i64,
    /// The field as it is now.
    field: FieldJson,
}

fn answer(table: TableId, receipt: &Receipt, snapshot: &Snapshot) -> Result<Json<FieldAnswer>, BaseError> {
    let id = receipt.field.ok_or_else(|| BaseError::Internal("a field without an id".into()))?;
    let table = snapshot.table(table)?;
    let field = table.field(id).ok_or(BaseError::FieldNotFound(id))?;
    let field = describe::field(&snapshot.base, table, field);
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

/// What giving a field another type would do to its cells.
#[derive(Debug, Serialize, ToSchema)]
struct RetypeAnswer {
    /// Records of the table.
    rows: usize,
    /// Those with a value.
    filled: usize,
    /// Those whose value has a place in the new type.
    kept: usize,
    /// Those whose value would be cleared.
    lost: usize,
    /// Choices that would be made of the values.
    new_choices: Vec<String>,
    /// Some cells, those that would be cleared first.
    samples: Vec<RetypeSample>,
}

/// A cell before and after.
#[derive(Debug, Serialize, ToSchema)]
struct RetypeSample {
    /// Its record.
    record: RecordId,
    /// As people read it now.
    before: String,
    /// As people would read it; none when it would be cleared.
    after: Option<String>,
}

/// Shows what a change of type would do, without doing it.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/fields/{field}/retype-preview", tag = "fields",
    request_body = FieldPatch,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("field" = String, Path, description = "The field"),
    ),
    responses((status = 200, body = RetypeAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn preview_retype(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<FieldPath>,
    Body(patch): Body<FieldPatch>,
) -> ApiResult<Json<RetypeAnswer>> {
    let granted = ctx.authorize::<Edit>(path.base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    let ids = ctx.platform.ids.clone();
    let preview = tokio::task::spawn_blocking(move || {
        let table = snapshot.table(path.table)?;
        plan::preview(&snapshot.base, table, path.field, &patch, &ids)
    });
    let preview = preview.await.map_err(|error| BaseError::Internal(error.to_string()))??;
    let sample = |(record, before, after)| RetypeSample { record, before, after };
    Ok(Json(RetypeAnswer {
        rows: preview.rows,
        filled: preview.filled,
        kept: preview.filled - preview.lost,
        lost: preview.lost,
        new_choices: preview.new_choices,
        samples: preview.samples.into_iter().map(sample).collect(),
    }))
}

/// Presses a button that sets cells of its record.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/records/{record}/press/{field}", tag = "fields",
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("record" = String, Path, description = "The record"),
        ("field" = String, Path, description = "The button"),
    ),
    responses((status = 200, body = Seq), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn press_button(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<PressPath>,
) -> ApiResult<Json<Seq>> {
    let command = Command::Press { table: path.table, record: path.record, field: path.field };
    let (receipt, _) = run(&bases, &ctx, path.base, command).await?;
    Ok(Json(Seq { seq: receipt.seq }))
}
