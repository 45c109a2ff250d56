//! Logs and metrics.

use std::{io::IsTerminal, time::Instant};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Starts logging to standard error. Said once a process; a second call changes nothing.
pub fn start_logs(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    let logs =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    let _ = match config.log_format {
        LogFormat::Text => logs.with_target(false).try_init(),
        LogFormat::Json => logs.json().try_init(),
    };
}

/// Starts counting; the handle prints the counts. The counters are the process's: a second server in
/// the same process (a test) gets its own handle that prints nothing of the first.
pub(crate) fn start_metrics() -> PrometheusHandle {
    let builder = PrometheusBuilder::new();
    let builder = builder
        .set_buckets_for_metric(
            Matcher::Full("http_request_seconds".into()),
            &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0],
        )
        .unwrap_or_else(|_| PrometheusBuilder::new());
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    let _ = metrics::set_global_recorder(recorder);
    handle
}

/// Counts requests by route and status, and how long they take.
pub(crate) async fn count(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("client", MatchedPath::as_str).to_owned();
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known.to_owned(),
        // Anybody may invent methods, and each would be a series for ever.
        _ => "other".to_owned(),
    };
    let start = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("http_requests_total", "route" => route.clone(), "method" => method, "status" => status)
        .increment(1);
    metrics::histogram!("http_request_seconds", "route" => route).record(start.elapsed().as_secs_f64());
    response
}

/// Sums up the samples that came in, so that they do not gather where nobody scrapes.
pub(crate) async fn keep_up(handle: PrometheusHandle, mut stopping: tokio::sync::watch::Receiver<bool>) {
    let mut often = tokio::time::interval(std::time::Duration::from_secs(5));
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            _ = often.tick() => handle.run_upkeep(),
        }
    }
}

/// What /metrics needs.
#[derive(Clone)]
pub(crate) struct Metrics {
    pub(crate) handle: PrometheusHandle,
    pub(crate) token: Option<String>,
}

/// Prints the counts for Prometheus, to this machine or to whoever has the token.
pub(crate) async fn metrics(
    State(metrics): State<Metrics>,
    peer: Option<axum::Extension<ConnectInfo<std::net::SocketAddr>>>,
    request: Request,
) -> Response {
    let local = peer.is_some_and(|peer| peer.0.0.ip().is_loopback())
        && !request.headers().contains_key("x-forwarded-for");
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let allowed = match &metrics.token {
        Some(token) => bearer.and_then(|value| value.strip_prefix("Bearer ")) == Some(token),
        None => local,
    };
    if !allowed {
        return StatusCode::FORBIDDEN.into_response();
    }
    let memory = resident_bytes().unwrap_or(0);
    let text = format!(
        "{}# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes {memory}\n",
        metrics.handle.render()
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

/// Resident memory by /proc/self/statm: pages of 4 KiB, the second number. None on other systems.
fn resident_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(statm.split_whitespace().nth(1)?.parse::<u64>().ok()? * 4096)
}
