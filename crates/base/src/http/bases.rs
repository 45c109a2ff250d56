//! A base with its definitions.

use axum::{
    Json,
    extract::{FromRef, State},
};
use serde::Serialize;
use skein_platform::{
    Ctx, Platform,
    access::View,
    drive,
    http::{ApiResult, Path},
};
use skein_types::{DashboardId, Problem, ResourceId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Bases,
    describe::{self, TableJson},
};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(get_base))
}

/// A base: where it is in the drive, and its tables without records.
#[derive(Debug, Serialize, ToSchema)]
struct BaseAnswer {
    /// Its node in the drive.
    resource: drive::Resource,
    /// The last event that is in it.
    seq: i64,
    /// Tables in display order.
    tables: Vec<TableJson>,
    /// Dashboards in display order, without what is on them.
    dashboards: Vec<DashboardName>,
}

/// What a dashboard is called.
#[derive(Debug, Serialize, ToSchema)]
struct DashboardName {
    /// Id.
    id: DashboardId,
    /// Unique among the dashboards of the base, ignoring case.
    name: String,
}

/// A base with its tables, fields and views.
#[utoipa::path(
    get, path = "/bases/{base}", tag = "bases",
    params(("base" = String, Path, description = "The base: its resource id")),
    responses((status = 200, body = BaseAnswer), (status = 404, body = Problem)),
)]
async fn get_base(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(id): Path<ResourceId>,
) -> ApiResult<Json<BaseAnswer>> {
    let granted = ctx.authorize::<View>(id).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    let resource = drive::get(&ctx, id).await?.resource;
    let (base, member) = (&snapshot.base, ctx.member().ok());
    let tables = base.tables().map(|table| describe::table(base, table, member)).collect();
    let dashboards = base.dashboards().iter();
    let dashboards = dashboards.map(|one| DashboardName { id: one.id, name: one.name.clone() }).collect();
    Ok(Json(BaseAnswer { resource, seq: snapshot.seq, tables, dashboards }))
}
