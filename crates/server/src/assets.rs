//! The web client inside the binary, compressed when it was built.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use skein_types::hex;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Client;

/// A year: files under /assets carry the hash of their content in their name.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// Serves the client. Every path that is no file is a page of the client, which routes by itself.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let (path, page) =
        if path.is_empty() || Client::get(path).is_none() { ("index.html", true) } else { (path, false) };
    if page && uri.path().starts_with("/assets/") {
        // A page of an older build asks for a file that is gone; it must not get HTML instead.
        return StatusCode::NOT_FOUND.into_response();
    }
    file(path, &headers)
}

/// The page of forms, which is small and none of the client's.
pub(crate) fn form_page(headers: &HeaderMap) -> Response {
    file("form.html", headers)
}

fn file(path: &str, headers: &HeaderMap) -> Response {
    let Some((file, encoding)) = find(path, headers) else {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "This binary was built without the web client. Use ./run.\n",
        )
            .into_response();
    };
    let etag = format!("\"{}\"", hex(&file.metadata.sha256_hash()[..12]));
    let mut answer = HeaderMap::new();
    let media_type = mime_guess::from_path(path).first_or_octet_stream().to_string();
    answer.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_str(&media_type).unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    answer.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(if path.starts_with("assets/") { FOREVER } else { "no-cache" }),
    );
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(value) = HeaderValue::from_str(&etag) {
        answer.insert(header::ETAG, value);
    }
    if let Some(encoding) = encoding {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, answer).into_response();
    }
    (answer, Body::from(file.data)).into_response()
}

fn find(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        if accepted.split(',').any(|offer| offer.trim().split(';').next() == Some(encoding))
            && let Some(file) = Client::get(&format!("{path}.{ending}"))
        {
            return Some((file, Some(encoding)));
        }
    }
    Some((Client::get(path)?, None))
}
