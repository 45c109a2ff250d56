//! A client of a base for programs.

use axum::{
    extract::{FromRef, State},
    http::{HeaderName, header},
};
use skein_platform::{
    Ctx, Platform,
    access::View,
    drive,
    http::{ApiResult, Path},
};
use skein_types::{Problem, ResourceId};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Bases, client};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(get_client))
}

/// A TypeScript module without dependencies that knows the tables and fields of the base by name: it lists,
/// creates, updates, upserts, deletes, batches and aggregates their records with types.
#[utoipa::path(
    get, path = "/bases/{base}/client.ts", tag = "bases",
    params(("base" = String, Path, description = "The base")),
    responses(
        (status = 200, body = String, content_type = "text/typescript"),
        (status = 404, body = Problem)
    ),
)]
async fn get_client(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(id): Path<ResourceId>,
) -> ApiResult<([(HeaderName, &'static str); 2], String)> {
    let granted = ctx.authorize::<View>(id).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    let name = drive::get(&ctx, id).await?.resource.name;
    let headers = [
        (header::CONTENT_TYPE, "text/typescript; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, client::module(&snapshot.base, id, &name)))
}
