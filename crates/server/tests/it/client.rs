//! A client of the API as a browser is one: cookies and an Origin.

use reqwest::{Method, header};
use serde_json::{Value, json};

#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    pub(crate) url: String,
    token: Option<String>,
}

/// A bare HTTP client with a jar for cookies.
pub(crate) fn plain() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().cookie_store(true).build().expect("a client can be made")
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: Value,
}

impl Client {
    pub(crate) fn new(url: &str) -> Self {
        Self { http: plain(), url: url.to_owned(), token: None }
    }

    /// A client without cookies that shows an API token.
    pub(crate) fn with_token(url: &str, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::new(url) }
    }

    /// Sends a request; an error of the connection is the test's to judge.
    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> reqwest::Result<Answer> {
        let mut request = self.http.request(method, format!("{}/api/v1{path}", self.url));
        request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request.header(header::ORIGIN, &self.url),
        };
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = serde_json::from_slice(&response.bytes().await?).unwrap_or(Value::Null);
        Ok(Answer { status, headers, body })
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.try_send(method, path, body).await.expect("the server answers")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Sends or fetches bytes: status, headers and what came back.
    pub(crate) async fn bytes(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: Vec<u8>,
    ) -> (u16, header::HeaderMap, Vec<u8>) {
        let mut request = self.http.request(method, format!("{}/api/v1{path}", self.url)).body(body);
        request = request.header(header::ORIGIN, &self.url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        (status, headers, response.bytes().await.expect("a body").to_vec())
    }

    /// A personal API token that may read and write.
    pub(crate) async fn token(&self) -> String {
        let wanted = json!({ "name": "test", "scopes": ["read", "write"], "expires_in_days": null });
        let made = self.post("/me/tokens", &wanted).await.ok();
        made["secret"].as_str().expect("the secret is shown once").to_owned()
    }

    /// A base with one table of two number fields and `rows` records whose both cells are 0.
    pub(crate) async fn make_base(&self, rows: usize) -> Base {
        let wanted = json!({ "kind": "base", "name": "Numbers", "parent": null });
        let base = text(&self.post("/resources", &wanted).await.ok(), "id");
        let wanted = json!({ "name": "Pairs", "fields": [
            { "name": "Name", "type": "text" }, { "name": "A", "type": "number" }, { "name": "B", "type": "number" },
        ]});
        let made = self.post(&format!("/bases/{base}/tables"), &wanted).await.ok();
        let table = text(&made["table"], "id");
        let fields: Vec<String> = made["table"]["fields"]
            .as_array()
            .expect("fields")
            .iter()
            .map(|field| text(field, "id"))
            .collect();
        let [_, a, b] = fields.try_into().expect("three fields");
        let records: Vec<Value> =
            (0..rows).map(|_| json!({ "fields": { a.as_str(): 0, b.as_str(): 0 } })).collect();
        let made =
            self.post(&format!("/bases/{base}/tables/{table}/records"), &json!({ "records": records })).await;
        let ids = made.ok()["records"].as_array().expect("records").iter().map(|r| text(r, "id")).collect();
        Base { id: base, table, a, b, records: ids }
    }
}

/// What [`Client::make_base`] made.
#[derive(Clone)]
pub(crate) struct Base {
    pub(crate) id: String,
    pub(crate) table: String,
    pub(crate) a: String,
    pub(crate) b: String,
    pub(crate) records: Vec<String>,
}

impl Base {
    pub(crate) fn records_path(&self) -> String {
        format!("/bases/{}/tables/{}/records", self.id, self.table)
    }

    /// A change that sets both cells of a record to one number.
    pub(crate) fn pair(&self, record: usize, value: i64) -> Value {
        json!({ "records": [{ "id": self.records[record], "fields": { self.a.as_str(): value, self.b.as_str(): value } }] })
    }
}

impl Answer {
    /// The body of an answer that must be a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.body);
        self.body
    }

    /// Status and code of a problem.
    pub(crate) fn problem(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or("no code"))
    }
}

pub(crate) fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}
