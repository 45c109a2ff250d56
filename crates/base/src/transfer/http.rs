//! The endpoints of imports and exports.

use axum::{
    Json,
    body::Body as RawBody,
    extract::{FromRef, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use skein_platform::{
    Ctx, Platform,
    access::View,
    drive::Resource,
    http::{ApiResult, Body, Params, Path, PolicyRow, disposition},
};
use skein_types::{ImportId, Problem, ResourceId, TableId, ViewId};
use tokio_util::io::ReaderStream;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    BaseExport, BaseProgress, BaseReport, Export, Format, Import, Imports, StartInput, export, skein, words,
};
use crate::{BaseError, viewer};

/// Who may call what; see [`PolicyRow`].
pub const POLICY: &[PolicyRow] = &[
    ("POST", "/bases/{base}/imports", "edit:{base}, member"),
    ("GET", "/bases/{base}/imports/{import}", "view:{base}, self"),
    ("DELETE", "/bases/{base}/imports/{import}", "view:{base}, self"),
    ("GET", "/bases/{base}/imports/{import}/report", "view:{base}, self"),
    ("POST", "/bases/{base}/imports/{import}/start", "edit:{base}, self"),
    ("GET", "/bases/{base}/tables/{table}/export", "view:{base}"),
    ("GET", "/bases/{base}/export", "view:{base}, member"),
    ("POST", "/base-files", "member, edit:{parent}"),
    ("GET", "/base-files/{import}", "self"),
    ("DELETE", "/base-files/{import}", "self"),
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
        .routes(routes!(report))
        .routes(routes!(export))
        .routes(routes!(export_base))
        .routes(routes!(import_base_file))
        .routes(routes!(base_file_progress, stop_base_file))
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

/// Everything that did not fit, row by row, as CSV: up to 64 MB of it.
#[utoipa::path(get, path = "/bases/{base}/imports/{import}/report", tag = "imports",
    params(("base" = ResourceId, Path), ("import" = ImportId, Path)),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 404, body = Problem)))]
async fn report(
    State(imports): State<Imports>,
    ctx: Ctx,
    Path((base, import)): Path<(ResourceId, ImportId)>,
) -> ApiResult<Response> {
    let path = imports.report_file(&ctx, base, import).await?;
    let file = tokio::fs::File::open(path).await.map_err(|_| {
        Problem::new(404, "import.no_report", "there is no report: the import was not started")
    })?;
    let body = RawBody::from_stream(ReaderStream::new(file));
    Ok(download("import-report.csv", Format::Csv.media(), body))
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
    /// As what; CSV when it is left out.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// A table, or what a view of it shows, as a file. Times of CSV and XLSX are by the clock of who asks, those
/// of the other formats in UTC.
#[utoipa::path(get, path = "/bases/{base}/tables/{table}/export", tag = "imports",
    params(("base" = ResourceId, Path), ("table" = TableId, Path), ExportQuery),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, body = Problem)))]
async fn export(
    State(imports): State<Imports>,
    ctx: Ctx,
    Path((base, table)): Path<(ResourceId, TableId)>,
    Params(query): Params<ExportQuery>,
) -> ApiResult<Response> {
    let granted = ctx.authorize::<View>(base).await?;
    let snapshot = imports.bases().open(&granted).await?.snapshot();
    let viewer = viewer(&ctx).await?;
    let turn = imports.export_turn().await;
    let sorted = tokio::task::spawn_blocking(move || Export::new(snapshot, table, query.view, &viewer));
    let export = sorted.await.map_err(|error| BaseError::Internal(error.to_string()))??;
    let (name, format) = (format!("{}.{}", export.name(), query.format.extension()), query.format);
    let pieces = export::streamed(move |out| {
        let _turn = turn;
        export.write(format, out)
    });
    Ok(download(&name, format.media(), RawBody::from_stream(pieces)))
}

/// A whole base as one file, with attached files: docs/spec/skein-file.md.
#[utoipa::path(get, path = "/bases/{base}/export", tag = "imports", params(("base" = ResourceId, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, body = Problem)))]
async fn export_base(
    State(imports): State<Imports>,
    ctx: Ctx,
    Path(base): Path<ResourceId>,
) -> ApiResult<Response> {
    let granted = ctx.authorize::<View>(base).await?;
    let turn = imports.export_turn().await;
    let export = BaseExport::new(&ctx, imports.bases(), &granted).await?;
    let name = format!("{}.{}", export.name(), skein::EXTENSION);
    let pieces = export::streamed(move |mut out| {
        let _turn = turn;
        export.write(&mut out)
    });
    Ok(download(&name, skein::MEDIA, RawBody::from_stream(pieces)))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BaseFileQuery {
    /// The folder of the new base; without it, the root.
    parent: Option<ResourceId>,
    /// What it is called; without it, as in the file.
    name: Option<String>,
    /// An id of the client's making, `imp_…`, under which it can ask how far it is, and stop it.
    import: Option<ImportId>,
}

/// A base that was made of a file.
#[derive(Serialize, ToSchema)]
struct ImportedBase {
    /// The base.
    resource: Resource,
    /// What came of it.
    report: BaseReport,
}

/// Makes a new base of a file that an export of a base wrote. The body is the file. Everything gets ids of its
/// own; the base comes to be as a whole or not at all.
#[utoipa::path(post, path = "/base-files", tag = "imports", params(BaseFileQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = ImportedBase), (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn import_base_file(
    State(imports): State<Imports>,
    ctx: Ctx,
    Params(query): Params<BaseFileQuery>,
    body: RawBody,
) -> ApiResult<Response> {
    let BaseFileQuery { parent, name, import } = query;
    let (resource, report) = imports.base_file(&ctx, import, (parent, name), body.into_data_stream()).await?;
    Ok((StatusCode::CREATED, Json(ImportedBase { resource, report })).into_response())
}

/// How far the import of a base is that runs.
#[utoipa::path(get, path = "/base-files/{import}", tag = "imports", params(("import" = ImportId, Path)),
    responses((status = 200, body = BaseProgress), (status = 404, body = Problem)))]
async fn base_file_progress(
    State(imports): State<Imports>,
    ctx: Ctx,
    Path(import): Path<ImportId>,
) -> ApiResult<Json<BaseProgress>> {
    Ok(Json(imports.reading(&ctx, import)?.progress()))
}

/// Stops the import of a base: who waits for it hears `import.cancelled`, unless it is in the database by then.
#[utoipa::path(delete, path = "/base-files/{import}", tag = "imports", params(("import" = ImportId, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn stop_base_file(
    State(imports): State<Imports>,
    ctx: Ctx,
    Path(import): Path<ImportId>,
) -> ApiResult<StatusCode> {
    imports.reading(&ctx, import)?.stop();
    Ok(StatusCode::NO_CONTENT)
}

/// A file to be saved.
fn download(name: &str, media: &'static str, body: RawBody) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, disposition("attachment", name)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, body).into_response()
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
