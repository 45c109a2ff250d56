//! Wires the modules into one router.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef, Path, Query, State},
    http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use skein_base::{Bases, transfer::Imports};
use skein_platform::{Platform, http::ApiError};
use skein_store::{Blobs, Db, StoreError, Swept};
use skein_table::{Condition, Filter, Operator};
use skein_types::{Clock, Ids, Problem, SystemClock};
use tokio::{sync::watch, time::Instant};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, CompressionLevel,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    assets,
    config::Config,
    headers,
    socket::{self, Presence, Sockets},
    telemetry::{self, Metrics},
};

/// The services of a running server. Cloning shares them.
#[derive(Clone, FromRef)]
pub struct Services {
    /// Identity, access, the resource tree.
    pub platform: Platform,
    /// Bases.
    pub bases: Bases,
    /// Import and export of tables.
    pub imports: Imports,
}

/// The largest body, also of those who are not signed in. Records and uploads have limits of their own.
const LARGEST_BODY: usize = 2 << 20;

/// How long after the start files are swept first: not while everybody comes back at once.
const FIRST_SWEEP: Duration = Duration::from_mins(10);

impl Services {
    /// Opens the database, brings its schema up to date and puts the services together.
    pub async fn start(config: &Config) -> Result<Self, Problem> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids = Ids::new(clock.clone());
        Self::start_with(config, clock, ids).await
    }

    /// Like [`Services::start`] with a given clock and source of ids, for tests.
    pub async fn start_with(config: &Config, clock: Arc<dyn Clock>, ids: Ids) -> Result<Self, Problem> {
        let db = Db::open(&config.db()).await?;
        let taken = db.migrate().await?;
        if !taken.is_empty() {
            tracing::info!(steps = ?taken, "brought the database schema up to date");
        }
        let blobs = Blobs::open(&config.blobs(), db.clone())?;
        let platform = Platform::new(db, blobs, clock, ids, config.settings());
        let bases = Bases::new(platform.clone());
        let imports = Imports::new(bases.clone(), config.data.join("incoming"));
        Ok(Self { platform, bases, imports })
    }

    /// The whole router. `stopping` becomes true when the server is about to stop.
    pub fn router(&self, config: &Config, stopping: &watch::Receiver<bool>) -> Router {
        let (api, _) = self.api().split_for_parts();
        let sockets = Sockets {
            bases: self.bases.clone(),
            presence: Arc::new(Presence::default()),
            stopping: stopping.clone(),
        };
        let metrics = Metrics { handle: telemetry::start_metrics(), token: config.metrics_token.clone() };
        tokio::spawn(telemetry::keep_up(metrics.handle.clone(), stopping.clone()));
        let platform = self.platform.clone();
        let live = Router::new()
            .route("/api/v1/socket", get(socket::open))
            .with_state(Connected { sockets, platform: platform.clone() });
        let document = document();
        let app = Router::new()
            .nest("/api/v1", api)
            .route("/api/v1/openapi.json", get(move || async move { axum::Json(document) }))
            .route("/api/{*rest}", axum::routing::any(no_such_endpoint))
            .layer(compression())
            .merge(live)
            .route("/f/{token}", get(form_page).with_state(self.bases.clone()))
            .route("/healthz", get(|| async { "ok\n" }))
            .route("/readyz", get(move || ready(platform.db.clone())))
            .route("/metrics", get(telemetry::metrics).with_state(metrics))
            .fallback(assets::serve)
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .layer(middleware::from_fn(telemetry::count))
            .layer(middleware::from_fn(never_cached))
            .layer(CatchPanicLayer::custom(panicked));
        headers::all().into_iter().fold(app, Router::layer)
    }

    fn api(&self) -> OpenApiRouter {
        routes().with_state(self.clone())
    }

    /// What is done from time to time until the server stops.
    pub async fn housekeeping(self, mut stopping: watch::Receiver<bool>) {
        let mut hourly = tokio::time::interval(Duration::from_hours(1));
        let mut daily = tokio::time::interval_at(Instant::now() + FIRST_SWEEP, Duration::from_hours(24));
        loop {
            let sweep = tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => return,
                _ = hourly.tick() => false,
                _ = daily.tick() => true,
            };
            if sweep {
                self.sweep_files().await;
                continue;
            }
            let count = skein_platform::drive::purge_expired(&self.platform).await;
            if count > 0 {
                tracing::info!(count, "deleted what was 30 days in the trash");
            }
            if let Err(error) = skein_platform::identity::prune(&self.platform).await {
                tracing::warn!(%error, "ended sessions could not be pruned");
            }
        }
    }

    async fn sweep_files(&self) {
        match skein_platform::files::sweep(&self.platform).await {
            Ok(Swept { blobs: 0, incoming: 0 }) => {}
            Ok(Swept { blobs, incoming }) => {
                tracing::info!(blobs, incoming, "removed files nobody refers to");
            }
            Err(error) => tracing::warn!(%error, "files nobody refers to could not be removed"),
        }
    }
}

/// State of the socket's route.
#[derive(Clone, FromRef)]
struct Connected {
    sockets: Sockets,
    platform: Platform,
}

fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .merge(skein_platform::identity::router())
        .merge(skein_platform::directory::router())
        .merge(skein_platform::audit::router())
        .merge(skein_platform::drive::http::router())
        .merge(skein_platform::files::router())
        .merge(skein_base::http::router())
        .merge(skein_base::transfer::http::router())
}

/// Shapes that others refer to and that are not found by following requests and answers: a filter
/// contains filters, where the search stops.
#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(Filter, Condition, Operator)))]
struct Shapes;

/// The OpenAPI document of everything under /api/v1.
pub fn document() -> OpenApi {
    let shapes = <Shapes as utoipa::OpenApi>::openapi();
    let (_, mut api) =
        OpenApiRouter::<Services>::with_openapi(shapes).nest("/api/v1", routes()).split_for_parts();
    name_operations(&mut api);
    api.info.title = "Skein".into();
    api.info.version = "1".into();
    api.info.description = Some(
        "Errors are RFC 9457 problems with a stable `code` and, for bad input, the `field`. Lists are pages \
         with `next`. Requests are authenticated by the session cookie or by `Authorization: Bearer skn_…`."
            .into(),
    );
    api.info.license = Some(utoipa::openapi::info::License::new("Apache-2.0"));
    api
}

/// Handlers of different modules have the same short names; operations are named by method and path,
/// which are unique: `get_bases_base_imports_import`.
fn name_operations(api: &mut OpenApi) {
    for (path, item) in &mut api.paths.paths {
        let path: String = path
            .trim_start_matches("/api/v1")
            .chars()
            .filter(|c| !matches!(c, '{' | '}'))
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        let operations = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}{path}"));
            }
        }
    }
}

#[derive(serde::Deserialize)]
struct FormQuery {
    #[serde(default)]
    embed: String,
}

/// The page of a form. Other sites may show it in a frame when anyone may fill it in.
async fn form_page(
    State(bases): State<Bases>,
    Path(token): Path<String>,
    Query(query): Query<FormQuery>,
    headers: HeaderMap,
) -> Response {
    let page = assets::form_page(&headers);
    let framed = query.embed == "1" && skein_base::forms::may_be_framed(&bases, &token).await;
    if framed { headers::framed(page) } else { page }
}

async fn no_such_endpoint() -> ApiError {
    ApiError(Problem::new(
        404,
        "request.no_such_endpoint",
        "there is no such endpoint; see /api/v1/openapi.json",
    ))
}

async fn ready(db: Db) -> Response {
    match db.position().await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => not_ready(&error),
    }
}

fn not_ready(error: &StoreError) -> Response {
    tracing::warn!(%error, "not ready");
    (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
}

/// Answers of the API are somebody's own: no cache between may keep them.
async fn never_cached(request: axum::extract::Request, next: middleware::Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    if api {
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

fn compression() -> CompressionLayer<impl Predicate> {
    let worthwhile = SizeAbove::new(1024)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("application/octet-stream"))
        // A part of a file is a part of what is stored, whose length is told.
        .and(|_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
            !headers.contains_key(header::ACCEPT_RANGES)
        });
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worthwhile)
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("no text");
    ApiError(Problem::new(500, "internal", format!("a handler panicked: {text}"))).into_response()
}
