//! Finding a text in what a view shows.

use axum::{
    Json,
    extract::{FromRef, State},
};
use serde::{Deserialize, Serialize};
use skein_platform::{
    Ctx, Platform,
    access::View,
    http::{ApiResult, Body, Path},
};
use skein_table::{Query, Wanted, find, validate_query};
use skein_types::{FieldId, Problem, RecordId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::TablePath;
use crate::{BaseError, Bases, viewer::viewer};

/// Hits of the largest page.
const MAX_LIMIT: usize = 2_000;
const USUAL_LIMIT: usize = 500;

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(find_text))
}

/// A text to find.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FindInput {
    /// Compared ignoring case with the text people see, as `search` of a query is.
    text: String,
    /// Which records, in which order and groups; all of them when it is left out.
    #[serde(default)]
    query: Query,
    /// Only in the cells of these fields.
    #[serde(default)]
    fields: Vec<FieldId>,
    /// The first hits at this place of the order or after it.
    #[serde(default)]
    from: usize,
    /// The last hits before this place, instead.
    until: Option<usize>,
    /// At most so many hits, up to 2,000; 500 when none is said.
    limit: Option<usize>,
}

/// Where a text was found.
#[derive(Debug, Serialize, ToSchema)]
struct FindAnswer {
    /// The last event that is in it.
    seq: i64,
    /// How many records have it, in each of their groups.
    total: usize,
    /// How many of them stand before the first of `hits`.
    before: usize,
    /// In the order of the query.
    hits: Vec<HitJson>,
}

/// A record that has the text.
#[derive(Debug, Serialize, ToSchema)]
struct HitJson {
    /// Its place among the records of the query, from 0.
    at: usize,
    /// The record.
    record: RecordId,
    /// The fields that have it, in table order.
    fields: Vec<FieldId>,
}

/// Finds a text in the records of a query, which it does not narrow.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/find", tag = "records", request_body = FindInput,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
    ),
    responses((status = 200, body = FindAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn find_text(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
    Body(input): Body<FindInput>,
) -> ApiResult<Json<FindAnswer>> {
    let granted = ctx.authorize::<View>(path.base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    let table = snapshot.table(path.table)?;
    let viewer = viewer(&ctx).await?;
    let limit = input.limit.unwrap_or(USUAL_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(BaseError::invalid("find.limit", "limit", "1 to 2,000 hits are told at once").into());
    }
    validate_query(&snapshot.base, table, &input.query, &viewer).map_err(BaseError::from)?;
    // The text is checked as the search it is.
    let search = Query { search: Some(input.text.clone()), ..Query::default() };
    validate_query(&snapshot.base, table, &search, &viewer).map_err(BaseError::from)?;
    let (seq, query) = (snapshot.seq, input.query);
    let (text, fields, from, until) = (input.text, input.fields, input.from, input.until);
    let wanted = Wanted { text, fields, from, until, limit };
    let found = tokio::task::spawn_blocking(move || {
        let table = snapshot.table(path.table)?;
        let found = find(&snapshot.base, table, &query, &viewer, &wanted);
        let hits = found.hits.into_iter().map(|hit| HitJson {
            at: hit.at,
            record: table.record_id(hit.row),
            fields: hit.fields,
        });
        let (total, before) = (found.total, found.before);
        Ok::<_, BaseError>(FindAnswer { seq, total, before, hits: hits.collect() })
    });
    Ok(Json(found.await.map_err(|error| BaseError::Internal(error.to_string()))??))
}
