//! What a request says about where it comes from: address, browser, scheme, cookies, origin.
//!
//! Proxies are believed only when the settings say so.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
};

use super::AuthError;
use crate::{Origin, Platform, Settings, http::ApiError};

/// Characters of a user agent that are kept.
const USER_AGENT_LENGTH: usize = 300;

/// Where a request comes from. As an extractor it refuses unsafe requests that a browser says another
/// site made, so that nobody can be signed in by a foreign page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// Address of the client; empty when unknown.
    pub ip: String,
    /// What the client calls itself, cut short.
    pub user_agent: String,
    /// Whether it came by https.
    pub secure: bool,
    /// The host it was sent to, with the port.
    pub host: Option<String>,
}

impl Meta {
    /// Reads it from the head of a request.
    pub fn of(parts: &Parts, settings: &Settings) -> Self {
        let host = host_of(parts);
        Self {
            ip: ip_of(parts, settings).map(|ip| ip.to_string()).unwrap_or_default(),
            user_agent: text(&parts.headers, header::USER_AGENT.as_str())
                .unwrap_or_default()
                .chars()
                .take(USER_AGENT_LENGTH)
                .collect(),
            secure: is_secure(parts, settings, host.as_deref()),
            host,
        }
    }

    /// Where people reach the server, without a slash at the end.
    pub fn base_url(&self, settings: &Settings) -> String {
        if let Some(url) = &settings.public_url {
            return url.trim_end_matches('/').to_owned();
        }
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.host.as_deref().unwrap_or("localhost"))
    }

    /// As the origin of a context that has no credential yet.
    pub fn origin(&self) -> Origin {
        Origin { ip: self.ip.clone(), user_agent: self.user_agent.clone(), ..Origin::default() }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Meta
where
    Platform: FromRef<S>,
{
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let platform = Platform::from_ref(state);
        if is_unsafe(&parts.method)
            && came_from_browser(&parts.headers)
            && !same_origin(&parts.headers, &platform.settings)
        {
            return Err(AuthError::CrossSite.into());
        }
        Ok(Self::of(parts, &platform.settings))
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn host_of(parts: &Parts) -> Option<String> {
    text(&parts.headers, header::HOST.as_str())
        .map(str::to_owned)
        .or_else(|| parts.uri.authority().map(|authority| authority.as_str().to_owned()))
}

/// The proxy next to the server appends the address it saw: the last one is the one to believe.
fn ip_of(parts: &Parts, settings: &Settings) -> Option<IpAddr> {
    let forwarded = settings
        .trust_proxy
        .then(|| parts.headers.get_all("x-forwarded-for").iter().next_back())
        .flatten()
        .and_then(|value| value.to_str().ok())
        .and_then(|list| list.rsplit(',').next())
        .and_then(|last| last.trim().parse().ok());
    let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    forwarded.or_else(peer).map(|ip: IpAddr| ip.to_canonical())
}

fn is_secure(parts: &Parts, settings: &Settings, host: Option<&str>) -> bool {
    if settings.trust_proxy
        && let Some(proto) = text(&parts.headers, "x-forwarded-proto")
    {
        return proto.rsplit(',').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("https"));
    }
    let public = settings.public_url.as_deref().and_then(|url| url.strip_prefix("https://"));
    public.is_some_and(|url| host.is_some_and(|host| authority(url).eq_ignore_ascii_case(host)))
}

fn authority(url_after_scheme: &str) -> &str {
    url_after_scheme.split('/').next().unwrap_or_default()
}

/// Whether a method changes something.
pub(super) fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

fn came_from_browser(headers: &HeaderMap) -> bool {
    headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN)
}

/// Whether the browser says that a page of this server made the request. Without a word of it, no.
pub fn same_origin(headers: &HeaderMap, settings: &Settings) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some((_, origin)) =
        text(headers, header::ORIGIN.as_str()).and_then(|origin| origin.split_once("://"))
    else {
        return false;
    };
    let public = settings.public_url.as_deref().and_then(|url| url.split_once("://"));
    text(headers, header::HOST.as_str()).is_some_and(|host| host.eq_ignore_ascii_case(origin))
        || public.is_some_and(|(_, url)| authority(url).eq_ignore_ascii_case(origin))
}

/// The two cookies there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CookieKind {
    /// Of a member.
    Member,
    /// Of somebody who opened a share link.
    Visitor,
}

/// Browsers keep no cookie longer than 400 days; the end of a session is decided by the server.
const COOKIE_AGE: u32 = 400 * 24 * 60 * 60;

impl CookieKind {
    /// By https the name carries the promise that only this host can have set it.
    fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Member, true) => "__Host-skein",
            (Self::Member, false) => "skein",
            (Self::Visitor, true) => "__Host-skein_link",
            (Self::Visitor, false) => "skein_link",
        }
    }

    /// The value the client sent.
    pub(super) fn read(self, headers: &HeaderMap, secure: bool) -> Option<&str> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == self.name(secure))
            .map(|(_, value)| value)
    }

    /// The header that sets it.
    pub(super) fn set(self, secret: &str, secure: bool) -> HeaderValue {
        self.header(secret, secure, COOKIE_AGE)
    }

    /// The header that takes it away.
    pub(super) fn clear(self, secure: bool) -> HeaderValue {
        self.header("", secure, 0)
    }

    fn header(self, value: &str, secure: bool, age: u32) -> HeaderValue {
        let secure_flag = if secure { "; Secure" } else { "" };
        let name = self.name(secure);
        let text = format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure_flag}");
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    }
}
