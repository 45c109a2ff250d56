//! A server with an organisation of people, and browsers and programs that talk to it.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
};
use serde_json::{Value, json};
use skein_platform::{Platform, Settings, audit, directory, identity};
use skein_testkit::TestDb;
use skein_types::{ManualClock, MemberId, OrgId};
use tower::ServiceExt;
use utoipa_axum::router::OpenApiRouter;

pub const PASSWORD: &str = "goose-in-flight";

/// A server whose organisation has the owner Olga.
pub struct House {
    pub test: TestDb,
    pub platform: Platform,
    pub clock: Arc<ManualClock>,
    pub router: Router,
    pub org: OrgId,
    pub olga: MemberId,
}

pub fn empty(test: &TestDb, settings: Settings) -> (Platform, Arc<ManualClock>, Router) {
    let (clock, ids) = skein_testkit::seeded(11);
    let platform = Platform::new(test.db.clone(), test.blobs(), clock.clone(), ids, settings);
    let (router, _) = OpenApiRouter::new()
        .merge(identity::router())
        .merge(directory::router())
        .merge(audit::router())
        .split_for_parts();
    let router = router.with_state(platform.clone());
    (platform, clock, router)
}

impl House {
    pub async fn new(test: TestDb) -> Self {
        Self::with(test, Settings::default()).await
    }

    pub async fn with(test: TestDb, settings: Settings) -> Self {
        let (platform, clock, router) = empty(&test, settings);
        let owner = identity::NewOwner {
            name: "Olga".into(),
            email: "olga@example.com".into(),
            password: PASSWORD.into(),
            language: identity::Language::English,
            time_zone: "Europe/Berlin".into(),
        };
        let (org, olga) = identity::create_organization(&platform, "Wild Geese", owner).await.unwrap();
        Self { test, platform, clock, router, org, olga }
    }

    /// Makes a member with [`PASSWORD`] and the address `<name>@example.com`.
    pub async fn member(&self, name: &str, role: identity::OrgRole) -> MemberId {
        let new = directory::NewMember {
            email: format!("{}@example.com", name.to_lowercase()),
            name: name.into(),
            password: PASSWORD.into(),
            role,
            language: identity::Language::English,
            time_zone: "Asia/Shanghai".into(),
            title: String::new(),
            departments: Vec::new(),
            supervisor: None,
        };
        directory::create_member(&self.platform, self.org, new).await.unwrap()
    }

    /// A browser that nobody signed in with.
    pub fn browser(&self) -> Client {
        Client { router: self.router.clone(), headers: same_origin(), ip: [192, 0, 2, 1], cookies: true }
    }

    /// A browser in which somebody signed in.
    pub async fn signed_in(&self, name: &str) -> Client {
        let mut browser = self.browser();
        let answer = browser.sign_in(&format!("{name}@example.com"), PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.json);
        browser
    }

    /// A program with an API token.
    pub fn program(&self, secret: &str) -> Client {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, format!("Bearer {secret}").parse().unwrap());
        Client { router: self.router.clone(), headers, ip: [192, 0, 2, 2], cookies: false }
    }

    /// The kinds of the audit log, oldest first.
    pub async fn audited(&self) -> Vec<String> {
        let stream = skein_platform::security_stream(self.org);
        let events = self.test.db.events(&stream, 0, 10_000).await.unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }
}

fn same_origin() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("sec-fetch-site", "same-origin".parse().unwrap());
    headers.insert(header::HOST, "skein.test".parse().unwrap());
    headers.insert(header::USER_AGENT, "Goosefox 7".parse().unwrap());
    headers
}

/// Somebody who sends requests.
#[derive(Clone)]
pub struct Client {
    pub router: Router,
    pub headers: HeaderMap,
    pub ip: [u8; 4],
    pub cookies: bool,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The code of the problem.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }
    /// Status and code, for tables.
    pub fn told(&self) -> (u16, &str) {
        (self.status.as_u16(), self.code())
    }
}

impl Client {
    pub async fn raw(&mut self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).body(Body::from(body)).unwrap();
        request.headers_mut().extend(self.headers.clone());
        request.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((self.ip, 40_000))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        if self.cookies {
            for cookie in parts.headers.get_all(header::SET_COOKIE) {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                self.headers.insert(header::COOKIE, pair.parse().unwrap());
            }
        }
        let bytes = axum::body::to_bytes(body, 10 << 20).await.unwrap().to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, json, bytes }
    }

    pub async fn send(&mut self, method: &str, path: &str, body: Value) -> Answer {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.raw(method, path, "application/json", body).await
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, Value::Null).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send("POST", path, body).await
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.post("/auth/sign-in", json!({ "email": email, "password": password })).await
    }

    /// An API token with these scopes.
    pub async fn token(&mut self, scopes: &[&str]) -> String {
        let answer = self.post("/me/tokens", json!({ "name": "test", "scopes": scopes })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.json);
        answer.json["secret"].as_str().unwrap().to_owned()
    }
}
