//! Changes that take long: how far they are, and stopping them.

use axum::{
    Json,
    extract::{FromRef, State},
    http::StatusCode,
};
use skein_platform::{
    Ctx, Platform,
    access::{Edit, View},
    http::{ApiResult, Path},
};
use skein_types::{JobId, Problem, ResourceId};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Bases, JobJson};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(list_jobs)).routes(routes!(cancel_job))
}

/// Changes of a base that take long, the oldest first: fields of large tables that get another type or another
/// formula. Those that ended lately are among them. The request that asked for one is answered when it is done;
/// until then others read and write as ever. Each server knows its own.
#[utoipa::path(
    get, path = "/bases/{base}/jobs", tag = "bases",
    params(("base" = String, Path, description = "The base")),
    responses((status = 200, body = Vec<JobJson>), (status = 404, body = Problem)),
)]
async fn list_jobs(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(base): Path<ResourceId>,
) -> ApiResult<Json<Vec<JobJson>>> {
    let granted = ctx.authorize::<View>(base).await?;
    let jobs = bases.open(&granted).await?.jobs();
    // Whoever holds a link may not know who works here.
    let visitor = ctx.member().is_err();
    let one = |job: JobJson| JobJson { by: if visitor { String::new() } else { job.by }, ..job };
    Ok(Json(jobs.into_iter().map(one).collect()))
}

/// Stops a change before it is done. Nothing of it stays; the request that asked for it is answered with
/// `job.cancelled`.
#[utoipa::path(
    delete, path = "/bases/{base}/jobs/{job}", tag = "bases",
    params(
        ("base" = String, Path, description = "The base"),
        ("job" = String, Path, description = "The job"),
    ),
    responses((status = 204), (status = 404, body = Problem)),
)]
async fn cancel_job(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path((base, job)): Path<(ResourceId, JobId)>,
) -> ApiResult<StatusCode> {
    let granted = ctx.authorize::<Edit>(base).await?;
    bases.open(&granted).await?.cancel(&granted, job)?;
    Ok(StatusCode::NO_CONTENT)
}
