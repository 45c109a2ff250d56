//! Who changed what, and what of it can be taken back.

use axum::{
    Json,
    extract::{FromRef, State},
};
use serde::Deserialize;
use skein_platform::{
    Ctx, Platform,
    access::Edit,
    http::{ApiResult, Params, Path},
};
use skein_types::{FieldId, Problem, ResourceId, Timestamp};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{EventPath, RecordPath, TablePath};
use crate::{BaseError, Bases, Entry, HistoryPage, HistoryQuery, UndoList};

/// Changes that are listed to be taken back.
const LISTED: usize = 100;

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(base_history))
        .routes(routes!(table_history))
        .routes(routes!(record_history))
        .routes(routes!(history_entry))
        .routes(routes!(undo_list))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HistoryParams {
    /// Only what changed this field.
    #[param(value_type = Option<String>)]
    field: Option<FieldId>,
    /// Only what this member did.
    actor: Option<String>,
    /// From this moment on, RFC 3339.
    #[param(value_type = Option<String>)]
    from: Option<Timestamp>,
    /// Up to this moment.
    #[param(value_type = Option<String>)]
    to: Option<Timestamp>,
    /// At most so many entries, up to 200; 50 when none is said.
    limit: Option<usize>,
    /// Where the page before ended.
    cursor: Option<String>,
}

impl HistoryParams {
    fn query(self) -> HistoryQuery {
        let Self { field, actor, from, to, limit, cursor } = self;
        HistoryQuery { table: None, record: None, field, actor, from, to, limit, cursor }
    }
}

async fn history(
    bases: &Bases,
    ctx: &Ctx,
    base: ResourceId,
    query: HistoryQuery,
) -> ApiResult<Json<HistoryPage>> {
    // Visitors by a link may not know who works here.
    let me = ctx.member()?;
    let granted = ctx.authorize::<Edit>(base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    Ok(Json(snapshot.history(&ctx.platform, base, me, query).await?))
}

/// Who changed what in a base, newest first.
#[utoipa::path(
    get, path = "/bases/{base}/history", tag = "history",
    params(("base" = String, Path, description = "The base"), HistoryParams),
    responses((status = 200, body = HistoryPage), (status = 404, body = Problem)),
)]
async fn base_history(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(base): Path<ResourceId>,
    Params(params): Params<HistoryParams>,
) -> ApiResult<Json<HistoryPage>> {
    if params.field.is_some() {
        let detail = "the history of a field is asked of its table";
        return Err(BaseError::invalid("query.invalid", "field", detail).into());
    }
    history(&bases, &ctx, base, params.query()).await
}

/// Who changed what in a table, newest first.
#[utoipa::path(
    get, path = "/bases/{base}/tables/{table}/history", tag = "history",
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table; may be deleted by now"),
        HistoryParams,
    ),
    responses((status = 200, body = HistoryPage), (status = 404, body = Problem)),
)]
async fn table_history(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
    Params(params): Params<HistoryParams>,
) -> ApiResult<Json<HistoryPage>> {
    let query = HistoryQuery { table: Some(path.table), ..params.query() };
    history(&bases, &ctx, path.base, query).await
}

/// Who changed what of a record, or with `field` of one of its cells, newest first.
#[utoipa::path(
    get, path = "/bases/{base}/tables/{table}/records/{record}/history", tag = "history",
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("record" = String, Path, description = "The record; may be deleted by now"),
        HistoryParams,
    ),
    responses((status = 200, body = HistoryPage), (status = 404, body = Problem)),
)]
async fn record_history(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<RecordPath>,
    Params(params): Params<HistoryParams>,
) -> ApiResult<Json<HistoryPage>> {
    let query = HistoryQuery { table: Some(path.table), record: Some(path.record), ..params.query() };
    history(&bases, &ctx, path.base, query).await
}

/// One change with up to 1,000 of its records.
#[utoipa::path(
    get, path = "/bases/{base}/history/{seq}", tag = "history",
    params(
        ("base" = String, Path, description = "The base"),
        ("seq" = i64, Path, description = "The event"),
    ),
    responses((status = 200, body = Entry), (status = 404, body = Problem)),
)]
async fn history_entry(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<EventPath>,
) -> ApiResult<Json<Entry>> {
    let me = ctx.member()?;
    let granted = ctx.authorize::<Edit>(path.base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    Ok(Json(snapshot.history_entry(&ctx.platform, path.base, me, path.seq).await?))
}

/// How much of the undo list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UndoParams {
    /// At most so many of each, and never more than 100.
    #[serde(default = "listed")]
    limit: usize,
}

const fn listed() -> usize {
    LISTED
}

/// What I can take back in this base and what I can do again, the last 100 of each.
#[utoipa::path(
    get, path = "/bases/{base}/undo", tag = "history",
    params(("base" = String, Path, description = "The base"), UndoParams),
    responses((status = 200, body = UndoList), (status = 404, body = Problem)),
)]
async fn undo_list(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(base): Path<ResourceId>,
    Params(params): Params<UndoParams>,
) -> ApiResult<Json<UndoList>> {
    let me = ctx.member()?;
    let granted = ctx.authorize::<Edit>(base).await?;
    let open = bases.open(&granted).await?;
    let (mut undo, mut redo) = open.undo_list(&ctx.actor());
    undo.truncate(params.limit.min(LISTED));
    redo.truncate(params.limit.min(LISTED));
    let snapshot = open.snapshot();
    let undo = snapshot.entries(&ctx.platform, base, me, &undo).await?;
    let redo = snapshot.entries(&ctx.platform, base, me, &redo).await?;
    Ok(Json(UndoList { undo, redo }))
}
