//! The endpoints of imports and exports.

use axum::{
    Json,
    body::{Body as RawBody, Bytes},
    extract::{FromRef, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde::Deserialize;
use skein_platform::{
    Ctx, Platform,
    access::View,
    http::{ApiResult, Body, Params, Path, PolicyRow, disposition},
};
use skein_types::{ImportId, Problem, ResourceId, TableId, ViewId};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Export, Import, Imports, StartInput, words};
use crate::{BaseError, viewer};

/// Who may call what; see [`PolicyRow`].
pub const POLICY: &[PolicyRow] = &[
    ("POST", "/bases/{base}/imports", "edit:{base}, member"),
    ("GET", "/bases/{base}/imports/{import}", "view:{base}, self"),
    ("DELETE", "/bases/{base}/imports/{import}", "view:{base}, self"),
    ("POST", "/bases/{base}/imports/{import}/start", "edit:{base}, self"),
    ("GET", "/bases/{base}/tables/{table}/export.csv", "view:{base}"),
];

/// The routes, without the prefix of the API.
pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Imports: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(upload))
        .routes(routes!(get, discard))
        .routes(routes!(start))
        .routes(routes!(export))
}

/// Uploads a CSV, TSV or XLSX file and looks at it. The body is the file; nothing is imported yet.
#[utoipa::path(post, path = "/bases/{base}/imports", tag = "imports",
    params(("base" = ResourceId, Path), ("X-File-Name" = Option<String>, Header, description = "percent-encoded"),
        ("Idempotency-Key" = Option<String>, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Import), (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn upload(
    State(imports): State<Imports>,
    ctx: Ctx,
    Path(base): Path<ResourceId>,
    headers: HeaderMap,
    body: RawBody,
) -> ApiResult<Response> {
    let name = file_name(&headers);
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let import = imports.upload(&ctx, base, &name, key, body.into_data_stream()).await?;
    Ok((StatusCode::CREATED, Json(import)).into_response())
}

/// Starts an import that was looked at.
#[utoipa::path(post, path = "/bases/{base}/imports/{import}/start", tag = "imports",
    params(("base" = ResourceId, Path), ("import" = ImportId, Path)), request_body = StartInput,
    responses((status = 200, body = Import), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn start(
    State(imports): State<Imports>,
    ctx: Ctx,
    Path((base, import)): Path<(ResourceId, ImportId)>,
    Body(input): Body<StartInput>,
) -> ApiResult<Json<Import>> {
    Ok(Json(imports.start(&ctx, base, import, input).await?))
}

/// How an import stands.
#[utoipa::path(get, path = "/bases/{base}/imports/{import}", tag = "imports",
    params(("base" = ResourceId, Path), ("import" = ImportId, Path)),
    responses((status = 200, body = Import), (status = 404, body = Problem)))]
async fn get(
    State(imports): State<Imports>,
    ctx: Ctx,
    Path((base, import)): Path<(ResourceId, ImportId)>,
) -> ApiResult<Json<Import>> {
    Ok(Json(imports.get(&ctx, base, import).await?))
}

/// Cancels an import that runs: what it did is taken back before this answers. Forgets any other.
#[utoipa::path(delete, path = "/bases/{base}/imports/{import}", tag = "imports",
    params(("base" = ResourceId, Path), ("import" = ImportId, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn discard(
    State(imports): State<Imports>,
    ctx: Ctx,
    Path((base, import)): Path<(ResourceId, ImportId)>,
) -> ApiResult<StatusCode> {
    imports.discard(&ctx, base, import).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// What this view shows, in its order; without it, the whole table.
    view: Option<ViewId>,
}

/// A table, or what a view of it shows, as CSV.
#[utoipa::path(get, path = "/bases/{base}/tables/{table}/export.csv", tag = "imports",
    params(("base" = ResourceId, Path), ("table" = TableId, Path), ExportQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 404, body = Problem)))]
async fn export(
    State(imports): State<Imports>,
    ctx: Ctx,
    Path((base, table)): Path<(ResourceId, TableId)>,
    Params(query): Params<ExportQuery>,
) -> ApiResult<Response> {
    let granted = ctx.authorize::<View>(base).await?;
    let snapshot = imports.bases().open(&granted).await?.snapshot();
    let name = snapshot.table(table)?.def().name.clone();
    let viewer = viewer(&ctx).await?;
    let sorted = tokio::task::spawn_blocking(move || Export::new(snapshot, table, query.view, &viewer));
    let export = sorted.await.map_err(|error| BaseError::Internal(error.to_string()))??;
    let pieces = stream::iter(export.map(|piece| Ok::<_, std::convert::Infallible>(Bytes::from(piece))));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition("attachment", &format!("{name}.csv"))),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, RawBody::from_stream(pieces)).into_response())
}

/// The name of an upload, without folders.
fn file_name(headers: &HeaderMap) -> String {
    const NAME: HeaderName = HeaderName::from_static("x-file-name");
    let sent = headers.get(NAME).map(|name| percent_decoded(name.as_bytes())).unwrap_or_default();
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = words::one_line(last);
    if name.is_empty() { "Import".to_owned() } else { name }
}

fn percent_decoded(text: &[u8]) -> String {
    let digit = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let (mut bytes, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(&byte) = text.get(at) {
        if let (b'%', Some(high), Some(low)) = (byte, digit(at + 1), digit(at + 2)) {
            bytes.push((high * 16 + low) as u8);
            at += 3;
        } else {
            bytes.push(byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_come_in_any_language() {
        let mut headers = HeaderMap::new();
        headers.insert("x-file-name", HeaderValue::from_static("..%2F%E7%AB%99%20list%0a.csv"));
        assert_eq!(file_name(&headers), "站 list .csv");
        headers.insert("x-file-name", HeaderValue::from_static("100%"));
        assert_eq!(file_name(&headers), "100%");
        assert_eq!(file_name(&HeaderMap::new()), "Import");
    }
}
