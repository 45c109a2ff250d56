//! Bases over HTTP. Handlers ask for access, read the request and answer; the rest is elsewhere.

mod bases;
mod client;
mod comments;
mod dashboards;
mod fields;
mod find;
mod forms;
mod formulas;
mod groups;
mod history;
mod jobs;
mod records;
mod schedule;
mod tables;
mod trash;
mod undo;
mod views;

use axum::extract::FromRef;
use serde::{Deserialize, Serialize};
use skein_platform::{
    Ctx, Platform,
    access::{Edit, Granted},
    http::{ApiError, PolicyRow},
};
use skein_types::{FieldId, RecordId, ResourceId, TableId, ViewId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::{Actor, Bases, Command, Receipt, Snapshot};

/// Who may call what; see [`PolicyRow`]. Link visitors may do what their link allows.
pub const POLICY: &[PolicyRow] = &[
    ("GET", "/bases/{base}", "view:{base}"),
    ("GET", "/bases/{base}/client.ts", "view:{base}"),
    ("POST", "/bases/{base}/tables", "edit:{base}"),
    ("PATCH", "/bases/{base}/tables/{table}", "edit:{base}"),
    ("DELETE", "/bases/{base}/tables/{table}", "edit:{base}"),
    ("POST", "/bases/{base}/tables/{table}/fields", "edit:{base}"),
    ("PATCH", "/bases/{base}/tables/{table}/fields/{field}", "edit:{base}"),
    ("DELETE", "/bases/{base}/tables/{table}/fields/{field}", "edit:{base}"),
    ("POST", "/bases/{base}/tables/{table}/fields/{field}/retype-preview", "edit:{base}"),
    ("GET", "/bases/{base}/tables/{table}/fields/{field}/explain", "view:{base}"),
    ("POST", "/bases/{base}/tables/{table}/formula-check", "edit:{base}"),
    ("GET", "/formula-functions", "anyone signed in"),
    ("POST", "/bases/{base}/tables/{table}/records/{record}/press/{field}", "edit:{base}"),
    ("POST", "/bases/{base}/tables/{table}/views", "edit:{base}, manage:{base} to lock"),
    ("PATCH", "/bases/{base}/tables/{table}/views/{view}", "edit:{base}, manage:{base} when locked"),
    ("DELETE", "/bases/{base}/tables/{table}/views/{view}", "edit:{base}, manage:{base} when locked"),
    ("POST", "/bases/{base}/tables/{table}/views/{view}/schedule-preview", "view:{base}"),
    ("POST", "/bases/{base}/tables/{table}/views/{view}/schedule", "edit:{base}"),
    ("GET", "/bases/{base}/tables/{table}/views/{view}/form-link", "manage:{base}"),
    ("PUT", "/bases/{base}/tables/{table}/views/{view}/form-link", "manage:{base}"),
    ("DELETE", "/bases/{base}/tables/{table}/views/{view}/form-link", "manage:{base}"),
    ("GET", "/forms/{token}", "public"),
    ("POST", "/forms/{token}/open", "public"),
    ("POST", "/forms/{token}/answers", "public, or member: whom the form is for"),
    ("PUT", "/forms/{token}/answers", "public, or member: whom the form is for"),
    ("GET", "/forms/{token}/answers/{key}", "public, or member: whom the form is for"),
    ("GET", "/forms/{token}/offers", "public, or member: whom the form is for"),
    ("GET", "/bases/{base}/tables/{table}/records", "view:{base}"),
    ("POST", "/bases/{base}/tables/{table}/records", "edit:{base}"),
    ("PATCH", "/bases/{base}/tables/{table}/records", "edit:{base}"),
    ("PUT", "/bases/{base}/tables/{table}/records", "edit:{base}"),
    ("POST", "/bases/{base}/batch", "edit:{base}"),
    ("POST", "/bases/{base}/tables/{table}/records/delete", "edit:{base}"),
    ("GET", "/bases/{base}/tables/{table}/records/{record}", "view:{base}"),
    ("POST", "/bases/{base}/tables/{table}/groups", "view:{base}"),
    ("POST", "/bases/{base}/tables/{table}/find", "view:{base}"),
    ("GET", "/bases/{base}/jobs", "view:{base}"),
    ("DELETE", "/bases/{base}/jobs/{job}", "edit:{base}"),
    ("POST", "/bases/{base}/undo", "edit:{base}, member"),
    ("POST", "/bases/{base}/redo", "edit:{base}, member"),
    ("GET", "/bases/{base}/undo", "edit:{base}, member"),
    ("POST", "/bases/{base}/undo/{seq}", "edit:{base}, member"),
    ("GET", "/bases/{base}/history", "edit:{base}, member"),
    ("GET", "/bases/{base}/history/{seq}", "edit:{base}, member"),
    ("GET", "/bases/{base}/tables/{table}/history", "edit:{base}, member"),
    ("GET", "/bases/{base}/tables/{table}/records/{record}/history", "edit:{base}, member"),
    ("POST", "/bases/{base}/tables/{table}/restore-preview", "edit:{base}, member"),
    ("POST", "/bases/{base}/tables/{table}/restore", "edit:{base}, member"),
    ("POST", "/bases/{base}/tables/{table}/records/{record}/restore-preview", "edit:{base}, member"),
    ("POST", "/bases/{base}/tables/{table}/records/{record}/restore", "edit:{base}, member"),
    ("GET", "/bases/{base}/tables/{table}/records/{record}/comments", "view:{base}, member"),
    ("POST", "/bases/{base}/tables/{table}/records/{record}/comments", "comment:{base}, member"),
    ("PATCH", "/bases/{base}/comments/{comment}", "comment:{base}, member"),
    ("DELETE", "/bases/{base}/comments/{comment}", "comment:{base}, member"),
    ("GET", "/bases/{base}/tables/{table}/comment-counts", "view:{base}, member"),
    ("POST", "/bases/{base}/dashboards", "edit:{base}"),
    ("GET", "/bases/{base}/dashboards/{dashboard}", "view:{base}"),
    ("PATCH", "/bases/{base}/dashboards/{dashboard}", "edit:{base}"),
    ("DELETE", "/bases/{base}/dashboards/{dashboard}", "edit:{base}"),
    ("POST", "/bases/{base}/dashboards/{dashboard}/widgets/{widget}/query", "view:{base}"),
    ("POST", "/bases/{base}/dashboards/{dashboard}/widgets/{widget}/records", "view:{base}"),
    ("POST", "/bases/{base}/dashboards/{dashboard}/widgets/{widget}/csv", "view:{base}"),
    ("POST", "/bases/{base}/charts/query", "view:{base}"),
    ("POST", "/bases/{base}/charts/records", "view:{base}"),
    ("GET", "/bases/{base}/trash", "edit:{base}, member"),
    ("POST", "/bases/{base}/trash/restore", "edit:{base}, member"),
    ("POST", "/bases/{base}/trash/delete", "edit:{base}, member"),
];

/// All endpoints, with paths below `/api/v1`.
pub fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .merge(bases::router())
        .merge(client::router())
        .merge(tables::router())
        .merge(fields::router())
        .merge(formulas::router())
        .merge(groups::router())
        .merge(find::router())
        .merge(views::router())
        .merge(schedule::router())
        .merge(forms::router())
        .merge(records::router())
        .merge(jobs::router())
        .merge(undo::router())
        .merge(history::router())
        .merge(comments::router())
        .merge(trash::router())
        .merge(dashboards::router())
}

/// What a change answers that makes nothing.
#[derive(Debug, Serialize, ToSchema)]
struct Seq {
    /// The event that holds the change.
    seq: i64,
}

#[derive(Deserialize)]
struct TablePath {
    base: ResourceId,
    table: TableId,
}

#[derive(Deserialize)]
struct FieldPath {
    base: ResourceId,
    table: TableId,
    field: FieldId,
}

#[derive(Deserialize)]
struct PressPath {
    base: ResourceId,
    table: TableId,
    record: RecordId,
    field: FieldId,
}

#[derive(Deserialize)]
struct ViewPath {
    base: ResourceId,
    table: TableId,
    view: ViewId,
}

#[derive(Deserialize)]
struct EventPath {
    base: ResourceId,
    seq: i64,
}

#[derive(Deserialize)]
struct RecordPath {
    base: ResourceId,
    table: TableId,
    record: RecordId,
}

/// Does a command for the one who asks, who must be allowed to edit.
async fn run(
    bases: &Bases,
    ctx: &Ctx,
    base: ResourceId,
    command: Command,
) -> Result<(Receipt, std::sync::Arc<Snapshot>), ApiError> {
    let granted: Granted<Edit> = ctx.authorize(base).await?;
    let open = bases.open(&granted).await?;
    let receipt = open.submit(&granted, &Actor::of(ctx), command).await?;
    Ok((receipt, open.snapshot()))
}
