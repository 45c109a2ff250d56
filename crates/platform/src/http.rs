//! What the HTTP handlers of all modules share: problems as answers, and requests that are read with
//! errors that name the field.

use axum::{
    Json,
    extract::{FromRef, FromRequest, FromRequestParts, Query, Request, rejection::JsonRejection},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use skein_types::{FaultId, Problem};

use crate::{Ctx, Platform};

/// Who may call an endpoint: method, path as in the `OpenAPI` document (without `/api/v1`), and who.
///
/// Every `http.rs` exports `pub const POLICY: &[PolicyRow]` with a row for each of its endpoints; a test
/// of the server fails on an endpoint without one. Who is `public` (no credential), `member` (anybody
/// signed in, guests too), `admin`, `session` (signed in with a browser), `self` (only one's own
/// things), or the least role on a resource with the parameter that names it: `view:{id}`,
/// `comment:{id}`, `edit:{id}`, `manage:{id}`. After a comma stands what else it takes.
pub type PolicyRow = (&'static str, &'static str, &'static str);

/// The answer of a handler that failed: `application/problem+json` (RFC 9457).
#[derive(Debug)]
pub struct ApiError(pub Problem);

/// What a handler returns.
pub type ApiResult<T> = Result<T, ApiError>;

impl<E: Into<Problem>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut problem = self.0;
        if problem.status >= 500 && problem.fault.is_none() && problem.code == "internal" {
            let fault = fault_id();
            tracing::error!(%fault, detail = problem.detail, "a request failed inside");
            problem.detail = format!("something went wrong on the server; it was logged as {fault}");
            problem.fault = Some(fault.to_string().into());
        }
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = problem.retry_after;
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Faults are logged where no context is at hand; their ids need no order, only to differ.
#[expect(clippy::disallowed_methods, reason = "no context reaches the place where a fault is logged")]
fn fault_id() -> FaultId {
    use std::{
        sync::atomic::{AtomicU64, Ordering},
        time::{SystemTime, UNIX_EPOCH},
    };
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_nanos());
    FaultId::from_bits(nanos << 48 | u128::from(COUNT.fetch_add(1, Ordering::Relaxed)))
}

/// A JSON body. What does not fit is refused with the place where it does not.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;
    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(ApiError(Problem::new(
                415,
                "request.not_json",
                "send the body as JSON with content-type: application/json",
            ))),
            Err(JsonRejection::BytesRejection(error)) => {
                Err(ApiError(Problem::new(error.status().as_u16(), "request.body", error.body_text())))
            }
            Err(error) => {
                Err(ApiError(Problem::new(422, "request.invalid", detail_of(&error.body_text())).at("body")))
            }
        }
    }
}

/// axum begins its texts with the name of the Rust type step it failed in; people need the rest.
fn detail_of(text: &str) -> String {
    text.split_once(": ").map_or(text, |(_, rest)| rest).to_owned()
}

/// Query parameters. What does not fit is refused with a text that names the parameter.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(error) => {
                Err(ApiError(Problem::new(422, "request.invalid", detail_of(&error.body_text())).at("query")))
            }
        }
    }
}

/// Parameters of the path. A malformed id names nothing, so the answer is 404.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(error) => Err(ApiError(Problem::new(404, "request.not_found", error.body_text()).at("path"))),
        }
    }
}

/// The context of whoever is signed in; none for a stranger.
pub struct SignedIn(pub Option<Ctx>);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn
where
    Platform: FromRef<S>,
{
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Ctx::from_request_parts(parts, state).await {
            Ok(ctx) => Ok(Self(Some(ctx))),
            Err(error) if error.0.status == 401 => Ok(Self(None)),
            Err(error) => Err(error),
        }
    }
}

/// A page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; none at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A list that is complete.
    pub fn all(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// Tells a field that is null from one that is left out: for `Option<Option<T>>` with
/// `#[serde(default, deserialize_with = "crate::http::present")]`.
pub fn present<'de, D: serde::Deserializer<'de>, T: serde::Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A `Content-Disposition` (RFC 6266) that names a file in any language. `how` is `inline` or
/// `attachment`; whatever the name holds stays inside of it.
pub fn disposition(how: &'static str, name: &str) -> HeaderValue {
    use std::fmt::Write;
    let kept = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '(' | ')');
    let plain: String = name.chars().map(|c| if kept(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    let value = format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&value).unwrap_or_else(|_| HeaderValue::from_static(how))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_go_out_in_any_language() {
        let cases = [
            ("plan (2).pdf", "plan (2).pdf", "plan%20%282%29.pdf"),
            ("站 \"a\".csv", "_ _a_.csv", "%E7%AB%99%20%22a%22.csv"),
            ("a\r\nX: \\y;='%41", "a__X_ _y____41", "a%0D%0AX%3A%20%5Cy%3B%3D%27%2541"),
        ];
        for (name, plain, encoded) in cases {
            let expected = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
            assert_eq!(disposition("attachment", name), expected);
        }
    }
}
