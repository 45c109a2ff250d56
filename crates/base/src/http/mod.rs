//! Bases over HTTP. Handlers ask for access, read the request and answer; the rest is elsewhere.

mod bases;
mod fields;
mod records;
mod tables;
mod undo;
mod views;

use serde::{Deserialize, Serialize};
use skein_platform::{
    Ctx,
    access::{Edit, Granted},
    http::ApiError,
};
use skein_types::{FieldId, RecordId, ResourceId, TableId, ViewId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::{Actor, Bases, Command, Receipt, Snapshot};

/// All endpoints, with paths below `/api/v1`.
pub fn router() -> OpenApiRouter<Bases> {
    OpenApiRouter::new()
        .merge(bases::router())
        .merge(tables::router())
        .merge(fields::router())
        .merge(views::router())
        .merge(records::router())
        .merge(undo::router())
}

/// What a change answers that makes nothing.
#[derive(Debug, Serialize, ToSchema)]
struct Seq {
    /// The event that holds the change.
    seq: i64,
}

#[derive(Deserialize)]
struct TablePath {
    base: ResourceId,
    table: TableId,
}

#[derive(Deserialize)]
struct FieldPath {
    base: ResourceId,
    table: TableId,
    field: FieldId,
}

#[derive(Deserialize)]
struct ViewPath {
    base: ResourceId,
    table: TableId,
    view: ViewId,
}

#[derive(Deserialize)]
struct RecordPath {
    base: ResourceId,
    table: TableId,
    record: RecordId,
}

/// Does a command for the one who asks, who must be allowed to edit.
async fn run(
    bases: &Bases,
    ctx: &Ctx,
    base: ResourceId,
    command: Command,
) -> Result<(Receipt, std::sync::Arc<Snapshot>), ApiError> {
    let granted: Granted<Edit> = ctx.authorize(base).await?;
    let open = bases.open(&granted).await?;
    let receipt = open.submit(&granted, &Actor::of(ctx), command).await?;
    Ok((receipt, open.snapshot()))
}
