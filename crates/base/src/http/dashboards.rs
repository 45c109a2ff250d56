//! Dashboards, and what their widgets show.

use axum::{
    Json,
    extract::{FromRef, State},
    http::header,
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
use skein_platform::{
    Ctx, Platform,
    access::View,
    http::{ApiError, ApiResult, Body, Path},
};
use skein_table::{CubePick, Dashboard, Picked, WidgetKind};
use skein_types::{DashboardId, Problem, ResourceId, WidgetId};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Seq, run};
use crate::{
    BaseError, Bases, Command, DashboardInput, DashboardPatch, OpenBase, Receipt, Snapshot,
    dashboards::{Asked, Behind, Shown, Titles, csv},
    plan::{Asker, check_widget},
};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(create_dashboard))
        .routes(routes!(get_dashboard, update_dashboard, delete_dashboard))
        .routes(routes!(query_widget))
        .routes(routes!(list_widget_records))
        .routes(routes!(export_widget))
        .routes(routes!(query_chart))
        .routes(routes!(list_chart_records))
}

#[derive(Deserialize)]
struct BasePath {
    base: ResourceId,
}

#[derive(Deserialize)]
struct DashboardPath {
    base: ResourceId,
    dashboard: DashboardId,
}

#[derive(Deserialize)]
struct WidgetPath {
    base: ResourceId,
    dashboard: DashboardId,
    widget: WidgetId,
}

/// A dashboard as it is.
#[derive(Debug, Serialize, ToSchema)]
struct DashboardAnswer {
    /// The last event that is in it; of a change, the one that holds it.
    seq: i64,
    /// The dashboard.
    dashboard: Dashboard,
}

/// How a widget is looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WidgetQuery {
    /// What was picked in controls of the dashboard.
    #[serde(default)]
    picked: Vec<Picked>,
    /// The zone days begin in, by its IANA name; that of who asks when none is said.
    #[serde(default)]
    zone: Option<String>,
}

/// What a widget shows.
#[derive(Debug, Serialize, ToSchema)]
struct WidgetAnswer {
    /// The last event that is in it.
    seq: i64,
    /// What it shows.
    #[serde(flatten)]
    #[schema(value_type = Shown)]
    shown: Arc<Shown>,
}

/// A widget that is on no dashboard yet.
#[derive(Debug, Deserialize, ToSchema)]
struct ChartInput {
    /// What it is.
    #[serde(flatten)]
    kind: WidgetKind,
    /// The zone days begin in, by its IANA name; that of who asks when none is said.
    #[serde(default)]
    zone: Option<String>,
}

/// Which of the records behind a widget.
#[derive(Debug, Deserialize, ToSchema)]
struct PickedRecords {
    /// The group in each dimension, those of rows first; null for any.
    #[serde(default)]
    at: Vec<Option<CubePick>>,
    /// The first of them, from 0.
    #[serde(default)]
    offset: usize,
    /// At most so many, up to 500; 100 when none is said.
    #[serde(default = "usual_limit")]
    limit: usize,
}

fn usual_limit() -> usize {
    100
}

/// Which of the records behind a widget of a dashboard.
#[derive(Debug, Deserialize, ToSchema)]
struct WidgetRecords {
    #[serde(flatten)]
    records: PickedRecords,
    /// What was picked in controls of the dashboard.
    #[serde(default)]
    picked: Vec<Picked>,
    /// The zone days begin in, by its IANA name; that of who asks when none is said.
    #[serde(default)]
    zone: Option<String>,
}

/// Which of the records behind a widget that is on no dashboard.
#[derive(Debug, Deserialize, ToSchema)]
struct ChartRecords {
    #[serde(flatten)]
    records: PickedRecords,
    /// The widget.
    chart: WidgetKind,
    /// The zone days begin in, by its IANA name; that of who asks when none is said.
    #[serde(default)]
    zone: Option<String>,
}

/// A widget as lines, and what is said in them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WidgetExport {
    /// What was picked in controls of the dashboard.
    #[serde(default)]
    picked: Vec<Picked>,
    /// The zone days begin in, by its IANA name; that of who asks when none is said.
    #[serde(default)]
    zone: Option<String>,
    /// What is said in the reader's language.
    #[serde(default)]
    titles: Titles,
}

/// A base as whoever asks may see it. All that dashboards read comes from here.
async fn seen(
    bases: &Bases,
    ctx: &Ctx,
    base: ResourceId,
) -> Result<(Arc<OpenBase>, Arc<Snapshot>), ApiError> {
    let granted = ctx.authorize::<View>(base).await?;
    let open = bases.open(&granted).await?;
    let snapshot = open.snapshot();
    Ok((open, snapshot))
}

fn found(snapshot: &Snapshot, id: DashboardId) -> Result<&Arc<Dashboard>, BaseError> {
    snapshot.base.dashboard(id).ok_or(BaseError::DashboardNotFound(id))
}

fn answer(receipt: &Receipt, snapshot: &Snapshot) -> Result<Json<DashboardAnswer>, BaseError> {
    let id = receipt.dashboard.ok_or_else(|| BaseError::Internal("a dashboard without an id".into()))?;
    let dashboard = Dashboard::clone(found(snapshot, id)?);
    Ok(Json(DashboardAnswer { seq: receipt.seq, dashboard }))
}

/// Adds a dashboard.
#[utoipa::path(
    post, path = "/bases/{base}/dashboards", tag = "dashboards", request_body = DashboardInput,
    params(("base" = String, Path, description = "The base")),
    responses((status = 200, body = DashboardAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn create_dashboard(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<BasePath>,
    Body(input): Body<DashboardInput>,
) -> ApiResult<Json<DashboardAnswer>> {
    let (receipt, snapshot) = run(&bases, &ctx, path.base, Command::CreateDashboard { input }).await?;
    Ok(answer(&receipt, &snapshot)?)
}

/// A dashboard with its widgets.
#[utoipa::path(
    get, path = "/bases/{base}/dashboards/{dashboard}", tag = "dashboards",
    params(
        ("base" = String, Path, description = "The base"),
        ("dashboard" = String, Path, description = "The dashboard"),
    ),
    responses((status = 200, body = DashboardAnswer), (status = 404, body = Problem)),
)]
async fn get_dashboard(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<DashboardPath>,
) -> ApiResult<Json<DashboardAnswer>> {
    let (_, snapshot) = seen(&bases, &ctx, path.base).await?;
    let dashboard = Dashboard::clone(found(&snapshot, path.dashboard)?);
    Ok(Json(DashboardAnswer { seq: snapshot.seq, dashboard }))
}

/// Renames or moves a dashboard; makes, replaces, places or takes away widgets. What others change at the same
/// time stays.
#[utoipa::path(
    patch, path = "/bases/{base}/dashboards/{dashboard}", tag = "dashboards", request_body = DashboardPatch,
    params(
        ("base" = String, Path, description = "The base"),
        ("dashboard" = String, Path, description = "The dashboard"),
    ),
    responses((status = 200, body = DashboardAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn update_dashboard(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<DashboardPath>,
    Body(patch): Body<DashboardPatch>,
) -> ApiResult<Json<DashboardAnswer>> {
    let command = Command::UpdateDashboard { dashboard: path.dashboard, patch };
    let (receipt, snapshot) = run(&bases, &ctx, path.base, command).await?;
    Ok(answer(&receipt, &snapshot)?)
}

/// Deletes a dashboard. It can be brought back from the trash.
#[utoipa::path(
    delete, path = "/bases/{base}/dashboards/{dashboard}", tag = "dashboards",
    params(
        ("base" = String, Path, description = "The base"),
        ("dashboard" = String, Path, description = "The dashboard"),
    ),
    responses((status = 200, body = Seq), (status = 404, body = Problem)),
)]
async fn delete_dashboard(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<DashboardPath>,
) -> ApiResult<Json<Seq>> {
    let command = Command::DeleteDashboard { dashboard: path.dashboard };
    let (receipt, _) = run(&bases, &ctx, path.base, command).await?;
    Ok(Json(Seq { seq: receipt.seq }))
}

/// A widget of a dashboard, asked by somebody who picked something in its controls.
async fn asked(
    bases: &Bases,
    ctx: &Ctx,
    path: &WidgetPath,
    (picked, zone): (&[Picked], Option<&str>),
) -> Result<(Arc<OpenBase>, Asked), ApiError> {
    let (open, snapshot) = seen(bases, ctx, path.base).await?;
    let dashboard = found(&snapshot, path.dashboard)?;
    let widget = dashboard.widget(path.widget).ok_or(BaseError::WidgetNotFound(path.widget))?;
    let (kind, more) = (widget.kind.clone(), dashboard.picked(widget, picked));
    let asked = Asked::new(ctx, snapshot, kind, more, zone).await?;
    Ok((open, asked))
}

/// A widget that is on no dashboard, which must make sense.
async fn asked_alone(
    bases: &Bases,
    ctx: &Ctx,
    base: ResourceId,
    kind: WidgetKind,
    zone: Option<&str>,
) -> Result<(Arc<OpenBase>, Asked), ApiError> {
    let (open, snapshot) = seen(bases, ctx, base).await?;
    let asker = Asker { member: ctx.member().ok(), manages: false };
    check_widget(&snapshot.base, &kind, asker)?;
    let asked = Asked::new(ctx, snapshot, kind, Vec::new(), zone).await?;
    Ok((open, asked))
}

async fn shown(open: &OpenBase, asked: Asked) -> ApiResult<Json<WidgetAnswer>> {
    let seq = asked.snapshot.seq;
    let shown = asked.shown(&open.shared.charts).await?;
    Ok(Json(WidgetAnswer { seq, shown }))
}

/// What a widget shows.
#[utoipa::path(
    post, path = "/bases/{base}/dashboards/{dashboard}/widgets/{widget}/query", tag = "dashboards",
    request_body = WidgetQuery,
    params(
        ("base" = String, Path, description = "The base"),
        ("dashboard" = String, Path, description = "The dashboard"),
        ("widget" = String, Path, description = "The widget"),
    ),
    responses((status = 200, body = WidgetAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn query_widget(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<WidgetPath>,
    Body(input): Body<WidgetQuery>,
) -> ApiResult<Json<WidgetAnswer>> {
    let how = (&input.picked[..], input.zone.as_deref());
    let (open, asked) = asked(&bases, &ctx, &path, how).await?;
    shown(&open, asked).await
}

/// The records behind a widget, or behind a part of it.
#[utoipa::path(
    post, path = "/bases/{base}/dashboards/{dashboard}/widgets/{widget}/records", tag = "dashboards",
    request_body = WidgetRecords,
    params(
        ("base" = String, Path, description = "The base"),
        ("dashboard" = String, Path, description = "The dashboard"),
        ("widget" = String, Path, description = "The widget"),
    ),
    responses((status = 200, body = Behind), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn list_widget_records(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<WidgetPath>,
    Body(input): Body<WidgetRecords>,
) -> ApiResult<Json<Behind>> {
    let (_, asked) = asked(&bases, &ctx, &path, (&input.picked, input.zone.as_deref())).await?;
    let PickedRecords { at, offset, limit } = input.records;
    Ok(Json(asked.behind(at, (offset, limit)).await?))
}

/// What a chart or pivot table tells as CSV, in UTF-8 with a mark. No cell begins a formula.
#[utoipa::path(
    post, path = "/bases/{base}/dashboards/{dashboard}/widgets/{widget}/csv", tag = "dashboards",
    request_body = WidgetExport,
    params(
        ("base" = String, Path, description = "The base"),
        ("dashboard" = String, Path, description = "The dashboard"),
        ("widget" = String, Path, description = "The widget"),
    ),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = 404, body = Problem), (status = 422, body = Problem),
    ),
)]
async fn export_widget(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<WidgetPath>,
    Body(input): Body<WidgetExport>,
) -> ApiResult<impl IntoResponse> {
    let how = (&input.picked[..], input.zone.as_deref());
    let (open, asked) = asked(&bases, &ctx, &path, how).await?;
    let snapshot = asked.snapshot.clone();
    let Some((table, query)) = asked.cube()? else {
        let detail = "only charts, numbers and pivot tables are written as CSV";
        return Err(BaseError::invalid("widget.no_cells", "type", detail).into());
    };
    let alone = Asked { kind: WidgetKind::Pivot { table, query: query.clone() }, more: Vec::new(), ..asked };
    let shown = alone.shown(&open.shared.charts).await?;
    let Shown::Cube { cube } = &*shown else {
        return Err(BaseError::Internal("a pivot table shows a cube".into()).into());
    };
    let text = csv(snapshot.table(table)?, &query, cube, &input.titles);
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], text))
}

/// What a widget would show that is on no dashboard yet.
#[utoipa::path(
    post, path = "/bases/{base}/charts/query", tag = "dashboards", request_body = ChartInput,
    params(("base" = String, Path, description = "The base")),
    responses((status = 200, body = WidgetAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn query_chart(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<BasePath>,
    Body(input): Body<ChartInput>,
) -> ApiResult<Json<WidgetAnswer>> {
    let (open, asked) = asked_alone(&bases, &ctx, path.base, input.kind, input.zone.as_deref()).await?;
    shown(&open, asked).await
}

/// The records behind a widget that is on no dashboard, or behind a part of it.
#[utoipa::path(
    post, path = "/bases/{base}/charts/records", tag = "dashboards", request_body = ChartRecords,
    params(("base" = String, Path, description = "The base")),
    responses((status = 200, body = Behind), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn list_chart_records(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<BasePath>,
    Body(input): Body<ChartRecords>,
) -> ApiResult<Json<Behind>> {
    let (_, asked) = asked_alone(&bases, &ctx, path.base, input.chart, input.zone.as_deref()).await?;
    let PickedRecords { at, offset, limit } = input.records;
    Ok(Json(asked.behind(at, (offset, limit)).await?))
}
