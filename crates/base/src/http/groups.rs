//! Groups of records, and what is told of them.

use axum::{
    Json,
    extract::{FromRef, State},
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use skein_platform::{
    Ctx, Platform,
    access::View,
    http::{ApiResult, Body, Path},
};
use skein_table::{Query, groups, validate_query};
use skein_types::{Problem, ViewId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::TablePath;
use crate::{
    BaseError, Bases, ListQuery,
    ranking::{self, Level, Ranked},
    viewer::viewer_of,
};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(list_groups))
}

/// Which records to count and sum up, in which groups.
#[derive(Debug, Deserialize, ToSchema)]
struct GroupsInput {
    #[serde(flatten)]
    query: Query,
    /// A saved view: of its records. The groups and summaries are those that are sent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    view: Option<ViewId>,
    /// The zone days begin in, by its IANA name; that of who asks when none is said.
    #[serde(default)]
    zone: Option<String>,
    /// Of each level of groups, from the outermost, in which order they are given and how many. Those not
    /// named are given all, in the order of the group key.
    #[serde(default)]
    levels: Vec<Level>,
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
    /// How many more there are than are given.
    #[serde(skip_serializing_if = "is_zero")]
    more: usize,
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
    /// How many more of these there are than are given.
    #[serde(skip_serializing_if = "is_zero")]
    more: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl From<Ranked> for GroupJson {
    fn from(ranked: Ranked) -> Self {
        let group = ranked.group;
        Self {
            value: group.value,
            label: group.label,
            count: group.count,
            first: group.first,
            summaries: group.summaries,
            groups: ranked.groups.into_iter().map(Self::from).collect(),
            more: ranked.more,
        }
    }
}

/// Groups the records of a query, up to three levels, and sums them up, exactly. The query is as windows of
/// the socket take it, with `group` and `summaries`; groups may be ordered by what is told of them, and be
/// the first so many.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/groups", tag = "records", request_body = GroupsInput,
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
    Body(input): Body<GroupsInput>,
) -> ApiResult<Json<GroupsAnswer>> {
    let granted = ctx.authorize::<View>(path.base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    let table = snapshot.table(path.table)?;
    let GroupsInput { query: sent, view, zone, levels } = input;
    let mut query = sent.clone();
    let of_view = ListQuery { view, filter: query.filter.take(), ..ListQuery::default() };
    query.filter = of_view.query(table, ctx.member().ok())?.filter;
    let mut viewer = viewer_of(&ctx, &snapshot.base, table, &query).await?;
    if let Some(zone) = zone {
        viewer.zone = TimeZone::get(&zone).map_err(|_| {
            BaseError::invalid("query.zone", "zone", "a time zone has an IANA name such as Asia/Shanghai")
        })?;
    }
    // What was sent, by itself: an error names its place, and a view may be older than its fields.
    validate_query(&snapshot.base, table, &sent, &viewer).map_err(BaseError::from)?;
    ranking::check(&levels, &query)?;
    let seq = snapshot.seq;
    let found = tokio::task::spawn_blocking(move || {
        let table = snapshot.table(path.table)?;
        let found = groups(&snapshot.base, table, &query, &viewer);
        let (groups, more) = ranking::ranked(found.groups, &levels);
        Ok::<_, BaseError>((found.count, found.summaries, groups, more))
    });
    let found = found.await.map_err(|error| BaseError::Internal(error.to_string()))??;
    let (count, summaries, groups, more) = found;
    let groups = groups.into_iter().map(GroupJson::from).collect();
    Ok(Json(GroupsAnswer { seq, count, summaries, groups, more }))
}
