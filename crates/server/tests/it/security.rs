//! Headers, cross-site requests, and what is open to whom.

use reqwest::header;
use serde_json::json;

use crate::{
    client::plain,
    process::{Home, PASSWORD},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_carries_the_headers_that_keep_browsers_in_check() {
    let home = Home::new();
    let process = home.start().await;
    let http = plain();
    for path in ["/", "/drive", "/api/v1/setup", "/api/v1/nothing", "/assets/none.js", "/healthz"] {
        let response = http.get(format!("{}{path}", process.url)).send().await.expect("an answer");
        let headers = response.headers();
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
        ] {
            assert_eq!(headers[name], value, "{name} of {path}");
        }
        if path.starts_with("/api/") {
            assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_endpoint_answers_with_a_problem() {
    let home = Home::new();
    let process = home.start().await;
    let client = process.client();
    let answer = client.get("/no/such/thing").await;
    assert_eq!(answer.problem(), (404, "request.no_such_endpoint"));
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
    let answer = client.get("/me").await;
    assert_eq!(answer.problem(), (401, "auth.required"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_site_cannot_use_the_cookie() {
    let home = Home::new();
    let process = home.start().await;
    process.set_up().await;
    let http = plain();
    let sign_in = json!({ "email": "owner@test.example", "password": PASSWORD });
    let url = format!("{}/api/v1/auth/sign-in", process.url);
    let signed =
        http.post(url).header("origin", &process.url).json(&sign_in).send().await.expect("an answer");
    assert_eq!(signed.status(), 200);
    let cookie = signed.headers()[header::SET_COOKIE].to_str().expect("text").to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let cases: [(&[(&str, &str)], u16); 6] = [
        (&[("origin", "http://evil.example")], 403),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("origin", "null")], 403),
        (&[], 403),
        (&[("sec-fetch-site", "same-origin")], 201),
    ];
    for (headers, status) in cases {
        let wanted = json!({ "kind": "folder", "name": "Made", "parent": null });
        let mut request = http.post(format!("{}/api/v1/resources", process.url)).json(&wanted);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        assert_eq!(request.send().await.expect("an answer").status(), status, "{headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_readiness_and_metrics_answer() {
    let home = Home::new();
    let process = home.start().await;
    let http = plain();
    for path in ["/healthz", "/readyz"] {
        assert_eq!(http.get(format!("{}{path}", process.url)).send().await.expect("an answer").status(), 200);
    }
    let metrics = http.get(format!("{}/metrics", process.url)).send().await.expect("an answer");
    let text = metrics.text().await.expect("text");
    assert!(text.contains("http_requests_total") && text.contains("process_resident_memory_bytes"), "{text}");
    let proxied =
        http.get(format!("{}/metrics", process.url)).header("x-forwarded-for", "10.1.2.3").send().await;
    assert_eq!(proxied.expect("an answer").status(), 403);
}
