//! Groups of records, and what is told of them.

use axum::{
    Json,
    extract::{FromRef, State},
};
use serde::Serialize;
use skein_platform::{
    Ctx, Platform,
    access::View,
    http::{ApiResult, Body, Path},
};
use skein_table::{GroupTree, Query, groups, validate_query};
use skein_types::Problem;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::TablePath;
use crate::{BaseError, Bases, viewer::viewer_of};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(list_groups))
}

/// All records of a query and their groups.
#[derive(Debug, Serialize, ToSchema)]
struct GroupsAnswer {
    /// The last event that is in it.
    seq: i64,
    /// How many records.
    count: usize,
    /// What the summaries of the query tell of all records, in their order.
    #[schema(value_type = Vec<serde_json::Value>)]
    summaries: Vec<serde_json::Value>,
    /// The outermost groups in order.
    groups: Vec<GroupJson>,
}

/// A group of records.
#[derive(Debug, Serialize, ToSchema)]
struct GroupJson {
    /// What its records have in common.
    value: serde_json::Value,
    /// What people call it; empty for none, errors, yes and no.
    label: String,
    /// How many records.
    count: usize,
    /// The place of its first record among all of the query.
    first: usize,
    /// What the summaries of the query tell of them, in their order.
    summaries: Vec<serde_json::Value>,
    /// The groups of the next level.
    #[schema(no_recursion)]
    groups: Vec<GroupJson>,
}

impl From<GroupTree> for GroupJson {
    fn from(group: GroupTree) -> Self {
        Self {
            value: group.value,
            label: group.label,
            count: group.count,
            first: group.first,
            summaries: group.summaries,
            groups: group.groups.into_iter().map(Self::from).collect(),
        }
    }
}

/// Groups the records of a query, up to three levels, and sums them up. The query is as windows of the
/// socket take it, with `group` and `summaries`.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/groups", tag = "records", request_body = Query,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
    ),
    responses((status = 200, body = GroupsAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn list_groups(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
    Body(query): Body<Query>,
) -> ApiResult<Json<GroupsAnswer>> {
    let granted = ctx.authorize::<View>(path.base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    let table = snapshot.table(path.table)?;
    let viewer = viewer_of(&ctx, &snapshot.base, table, &query).await?;
    validate_query(&snapshot.base, table, &query, &viewer).map_err(BaseError::from)?;
    let seq = snapshot.seq;
    let found = tokio::task::spawn_blocking(move || {
        let table = snapshot.table(path.table)?;
        Ok::<_, BaseError>(groups(&snapshot.base, table, &query, &viewer))
    });
    let found = found.await.map_err(|error| BaseError::Internal(error.to_string()))??;
    Ok(Json(GroupsAnswer {
        seq,
        count: found.count,
        summaries: found.summaries,
        groups: found.groups.into_iter().map(GroupJson::from).collect(),
    }))
}
