//! The endpoints of files.
//!
//! What people upload is served from the same origin as the client, so no answer here may ever run: types
//! are told by bytes, markup counts as text, and every answer is sandboxed.

use axum::{
    Json,
    body::Body as RawBody,
    extract::FromRef,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use skein_store::BlobError;
use skein_types::{FileId, Problem, ResourceId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    File, FileError,
    model::{Part, may_be_inline, part},
};
use crate::{
    Ctx, Platform,
    access::Edit,
    http::{ApiError, ApiResult, Params, Path, PolicyRow, disposition},
};

/// Who may call what; see [`PolicyRow`]. Link visitors may do what their link allows.
pub const POLICY: &[PolicyRow] = &[
    ("POST", "/resources/{id}/files", "edit:{id}"),
    ("GET", "/files/{file}", "view:{file}"),
    ("GET", "/files/{file}/thumbnail", "view:{file}"),
];

/// Thumbnails have one of these sides, so that nobody can fill the store with all others.
const SIDES: [u32; 6] = [64, 128, 256, 512, 1_024, 2_048];
const USUAL_SIDE: u32 = 256;

/// The routes, without the prefix of the API.
pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(upload)).routes(routes!(download)).routes(routes!(thumbnail))
}

/// A file as it is told.
#[derive(Debug, Serialize, ToSchema)]
struct FileInfo {
    id: FileId,
    name: String,
    /// Bytes.
    size: u64,
    /// The media type, as told by the bytes.
    media: String,
    /// Where it is downloaded.
    url: String,
}

impl From<File> for FileInfo {
    fn from(File { id, name, size, media, .. }: File) -> Self {
        Self { id, name, size, media, url: format!("/api/v1/files/{id}") }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UploadQuery {
    /// What it is called: 1 to 255 characters. Control characters are left out, `/` and `\` become `_`.
    name: String,
}

/// Uploads a file into a base. The body is the file.
#[utoipa::path(post, path = "/resources/{id}/files", tag = "files", params(("id" = String, Path), UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = FileInfo), (status = 413, body = Problem), (status = "default", body = Problem)))]
async fn upload(
    ctx: Ctx,
    Path(id): Path<ResourceId>,
    Params(query): Params<UploadQuery>,
    headers: HeaderMap,
    body: RawBody,
) -> ApiResult<(StatusCode, Json<FileInfo>)> {
    let granted = ctx.authorize::<Edit>(id).await?;
    let limit = ctx.platform.settings.upload_limit;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|size| size.to_str().ok()?.parse().ok());
    if announced.is_some_and(|size: u64| size > limit) {
        return Err(FileError::Blob(BlobError::TooLarge { limit }).into());
    }
    let file = super::upload(&ctx, &granted, &query.name, body.into_data_stream()).await?;
    Ok((StatusCode::CREATED, Json(file.into())))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DownloadQuery {
    /// 1: to be shown rather than saved, when it is a picture, a sound, a film, a PDF or plain text.
    #[serde(default)]
    inline: u8,
}

/// The content of a file, or the part of it that a `Range` names. It is to be saved unless `inline=1`.
#[utoipa::path(get, path = "/files/{file}", tag = "files",
    params(("file" = String, Path), DownloadQuery, ("Range" = Option<String>, Header),
        ("If-Range" = Option<String>, Header), ("If-None-Match" = Option<String>, Header)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, body = Vec<u8>, content_type = "application/octet-stream"), (status = 304),
        (status = 416, body = Problem), (status = "default", body = Problem)))]
async fn download(
    ctx: Ctx,
    method: Method,
    Path(id): Path<FileId>,
    Params(query): Params<DownloadQuery>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let file = super::get(&ctx, id).await?;
    let etag = format!("\"{}\"", file.hash);
    if is_known(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, kept(&etag, CHECKED)).into_response());
    }
    let head = method == Method::HEAD;
    let part = if head { Part::Whole } else { wanted(&headers, &etag, file.size) };
    let (status, length, range) = match part {
        Part::Whole => (StatusCode::OK, file.size, None),
        Part::Bytes(range) => (StatusCode::PARTIAL_CONTENT, range.end - range.start, Some(range)),
        Part::Outside => return Ok(outside(file.size)),
    };
    let mut answer = kept(&etag, CHECKED);
    for (name, value) in described(&file, query.inline == 1) {
        answer.insert(name, value);
    }
    answer.insert(header::CONTENT_LENGTH, length.into());
    if let Some(range) = &range {
        let text = format!("bytes {}-{}/{}", range.start, range.end - 1, file.size);
        answer.insert(header::CONTENT_RANGE, HeaderValue::from_str(&text).map_err(broken)?);
    }
    let body = if head || length == 0 {
        RawBody::empty()
    } else {
        RawBody::from_stream(ctx.platform.blobs.get(&file.hash, range).await?)
    };
    Ok((status, answer, body).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ThumbnailQuery {
    /// Pixels of the longer side, brought up to 64, 128, 256, 512, 1024 or 2048; usually 256.
    size: Option<u32>,
}

/// A picture, small: a PNG that fits into a square. A smaller picture stays as it is.
#[utoipa::path(get, path = "/files/{file}/thumbnail", tag = "files",
    params(("file" = String, Path), ThumbnailQuery),
    responses((status = 200, body = Vec<u8>, content_type = "image/png"), (status = 304),
        (status = 422, body = Problem), (status = "default", body = Problem)))]
async fn thumbnail(
    ctx: Ctx,
    Path(id): Path<FileId>,
    Params(query): Params<ThumbnailQuery>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let file = super::get(&ctx, id).await?;
    let size = query.size.unwrap_or(USUAL_SIDE);
    let side = SIDES.into_iter().find(|side| *side >= size).unwrap_or(SIDES[SIDES.len() - 1]);
    let etag = format!("\"{}-{side}\"", file.hash);
    if is_known(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, kept(&etag, TRUSTED)).into_response());
    }
    let png = ctx.platform.blobs.thumbnail(&file.hash, side).await?;
    let mut answer = kept(&etag, TRUSTED);
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    Ok((answer, png).into_response())
}

/// A browser may keep it, and asks each time whether it may still be seen.
const CHECKED: &str = "private, no-cache";
/// A list of pictures is not asked about each time; what was seen may be seen again for a while.
const TRUSTED: &str = "private, max-age=3600";

const SANDBOX: &str = "sandbox; default-src 'none'";
/// A sound or film in a tab of its own: the player fetches it once more, from the same origin.
const PLAYED: &str = "sandbox allow-same-origin; default-src 'none'; media-src 'self'";

/// The headers of every answer that has, or stands for, something that was uploaded.
fn kept(etag: &str, cache: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::from_iter([
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ]);
    if let Ok(etag) = HeaderValue::from_str(etag) {
        headers.insert(header::ETAG, etag);
    }
    headers
}

fn described(file: &File, inline: bool) -> [(HeaderName, HeaderValue); 4] {
    let shown = inline && may_be_inline(&file.media);
    let played = shown && (file.media.starts_with("audio/") || file.media.starts_with("video/"));
    let policy = if played { PLAYED } else { SANDBOX };
    let media = match file.media.as_str() {
        "text/plain" => "text/plain; charset=utf-8",
        media => media,
    };
    let unknown = |_| HeaderValue::from_static("application/octet-stream");
    [
        (header::CONTENT_TYPE, HeaderValue::from_str(media).unwrap_or_else(unknown)),
        (header::CONTENT_DISPOSITION, disposition(if shown { "inline" } else { "attachment" }, &file.name)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
    ]
}

/// Whether the client has this already: `If-None-Match` names it or anything.
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let named = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    named
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// The part that is asked for. `If-Range` with another version, or with a date, asks for the whole.
fn wanted(headers: &HeaderMap, etag: &str, size: u64) -> Part {
    let same = headers.get(header::IF_RANGE).is_none_or(|condition| condition.as_bytes() == etag.as_bytes());
    match headers.get(header::RANGE).and_then(|range| range.to_str().ok()) {
        Some(range) if same => part(range, size),
        _ => Part::Whole,
    }
}

fn outside(size: u64) -> Response {
    let mut response = ApiError::from(FileError::Range { size }).into_response();
    if let Ok(range) = HeaderValue::from_str(&format!("bytes */{size}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    response
}

fn broken(error: impl std::fmt::Display) -> ApiError {
    ApiError(Problem::new(500, "internal", error.to_string()))
}
