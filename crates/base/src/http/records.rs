//! Records of a table.

use axum::{
    Json,
    extract::{DefaultBodyLimit, FromRef, State},
    http::HeaderMap,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use skein_platform::{
    Ctx, Platform,
    access::{Edit, View},
    http::{ApiResult, Body, Params, Path},
    idempotency::Answers,
};
use skein_types::{Problem, ViewId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{RecordPath, Seq, TablePath};
use crate::{
    Actor, BaseError, Bases, Command, Key, ListQuery, Naming, RecordInput, RecordPage, Snapshot, attachments,
    input::{parse_creates, parse_ids, parse_updates},
    list::RecordJson,
    viewer::viewer_of,
};

/// Bytes of the largest request: 5,000 records with long texts.
const MAX_BODY: usize = 64 << 20;

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(list_records, create_records, update_records))
        .routes(routes!(delete_records))
        .routes(routes!(get_record))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// A saved view: its records in its order.
    #[param(value_type = Option<String>)]
    view: Option<ViewId>,
    /// A filter as JSON, besides that of the view.
    filter: Option<String>,
    /// A sort as JSON, instead of that of the view.
    sort: Option<String>,
    /// Text that a record must have.
    search: Option<String>,
    /// At most so many, up to 1,000; 100 when none is said.
    limit: Option<usize>,
    /// Where the page before ended.
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WriteParams {
    /// How fields are named: `id` or `name`. Choices are named by either.
    #[serde(default)]
    #[param(inline)]
    by: Naming,
}

/// Records to create or update, at most 5,000.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordsInput {
    /// The records.
    records: Vec<RecordInput>,
}

/// Records to delete, at most 5,000.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordIds {
    /// Their ids.
    records: Vec<String>,
}

/// Records right after a change.
#[derive(Debug, Serialize, ToSchema)]
struct RecordsAnswer {
    /// The event that holds the change.
    seq: i64,
    /// The records, in the order they were sent.
    records: Vec<RecordJson>,
}

fn json_param<T: DeserializeOwned>(text: Option<String>, name: &str) -> Result<Option<T>, BaseError> {
    let read = |text: String| {
        serde_json::from_str(&text).map_err(|error| {
            BaseError::invalid("query.invalid", name, format!("not the JSON of a {name}: {error}"))
        })
    };
    text.filter(|text| !text.is_empty()).map(read).transpose()
}

/// The records of a table, page by page.
#[utoipa::path(
    get, path = "/bases/{base}/tables/{table}/records", tag = "records",
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ListParams,
    ),
    responses((status = 200, body = RecordPage), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn list_records(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
    Params(params): Params<ListParams>,
) -> ApiResult<Json<RecordPage>> {
    let granted = ctx.authorize::<View>(path.base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    let wanted = ListQuery {
        view: params.view,
        filter: json_param(params.filter, "filter")?,
        sort: json_param(params.sort, "sort")?,
        search: params.search,
        limit: params.limit,
        cursor: params.cursor,
    };
    let table = snapshot.table(path.table)?;
    let viewer = viewer_of(&ctx, &snapshot.base, table, &wanted.query(table, ctx.member().ok())?).await?;
    Ok(Json(snapshot.list(path.table, wanted, viewer).await?))
}

/// One record.
#[utoipa::path(
    get, path = "/bases/{base}/tables/{table}/records/{record}", tag = "records",
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("record" = String, Path, description = "The record"),
    ),
    responses((status = 200, body = RecordJson), (status = 404, body = Problem)),
)]
async fn get_record(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<RecordPath>,
) -> ApiResult<Json<RecordJson>> {
    let granted = ctx.authorize::<View>(path.base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    Ok(Json(snapshot.record(path.table, path.record)?))
}

/// Creates records. With an `Idempotency-Key`, a repeat gets the same answer and creates nothing.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/records", tag = "records", request_body = RecordsInput,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names this request"),
        WriteParams,
    ),
    responses((status = 200, body = RecordsAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn create_records(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
    Params(params): Params<WriteParams>,
    headers: HeaderMap,
    Body(body): Body<Box<RawValue>>,
) -> ApiResult<Json<Box<RawValue>>> {
    let sent = Sent { bases, ctx, path, naming: params.by, verb: "create" };
    sent.write(&headers, &body, |snapshot, sent, input: RecordsInput| {
        let table = snapshot.table(sent.path.table)?;
        let records = parse_creates(table, &input.records, sent.naming, &sent.ctx.platform.ids)?;

        Ok(Command::CreateRecords { table: sent.path.table, records })
    })
    .await
}

/// Sets cells of records; cells that are not named stay.
#[utoipa::path(
    patch, path = "/bases/{base}/tables/{table}/records", tag = "records", request_body = RecordsInput,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names this request"),
        WriteParams,
    ),
    responses((status = 200, body = RecordsAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn update_records(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
    Params(params): Params<WriteParams>,
    headers: HeaderMap,
    Body(body): Body<Box<RawValue>>,
) -> ApiResult<Json<Box<RawValue>>> {
    let sent = Sent { bases, ctx, path, naming: params.by, verb: "update" };
    sent.write(&headers, &body, |snapshot, sent, input: RecordsInput| {
        let records = parse_updates(snapshot.table(sent.path.table)?, &input.records, sent.naming)?;

        Ok(Command::UpdateRecords { table: sent.path.table, records })
    })
    .await
}

/// Deletes records.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/records/delete", tag = "records", request_body = RecordIds,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names this request"),
        WriteParams,
    ),
    responses((status = 200, body = Seq), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn delete_records(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
    Params(params): Params<WriteParams>,
    headers: HeaderMap,
    Body(body): Body<Box<RawValue>>,
) -> ApiResult<Json<Box<RawValue>>> {
    let sent = Sent { bases, ctx, path, naming: params.by, verb: "delete" };
    sent.write(&headers, &body, |_, sent, input: RecordIds| {
        Ok(Command::DeleteRecords { table: sent.path.table, records: parse_ids(&input.records)? })
    })
    .await
}

/// A write of records on its way.
struct Sent {
    bases: Bases,
    ctx: Ctx,
    path: TablePath,
    naming: Naming,
    verb: &'static str,
}

impl Sent {
    async fn write<T: DeserializeOwned>(
        &self,
        headers: &HeaderMap,
        body: &RawValue,
        command: impl FnOnce(&Snapshot, &Self, T) -> Result<Command, BaseError>,
    ) -> ApiResult<Json<Box<RawValue>>> {
        let granted = self.ctx.authorize::<Edit>(self.path.base).await?;
        let key = self.key(headers, body)?;
        let open = self.bases.open(&granted).await?;
        let input: T = serde_json::from_str(body.get())
            .map_err(|error| Problem::invalid("request.invalid", "body", error.to_string()))?;
        let command = match command(&open.snapshot(), self, input) {
            Ok(command) => self.with_files(command).await,
            Err(error) => Err(error),
        };
        // A repeat is answered even if it would not be right any more: its record exists by now.
        let command = match (command, &key) {
            (Ok(command), _) => command,
            (Err(error), None) => return Err(error.into()),
            (Err(error), Some(key)) => {
                let answers = Answers::read(&self.ctx.platform.db, [key], self.ctx.now).await?;
                return answers.get(key)?.map(Json).ok_or_else(|| error.into());
            }
        };
        let by = Actor::of(&self.ctx);
        let receipt = open.submit_for_answer(&granted, &by, command, key).await?;
        let answer = receipt.answer.ok_or_else(|| BaseError::Internal("a write without an answer".into()))?;
        Ok(Json(answer))
    }

    async fn with_files(&self, mut command: Command) -> Result<Command, BaseError> {
        if let Command::CreateRecords { records, .. } | Command::UpdateRecords { records, .. } = &mut command
        {
            attachments::resolve(&self.ctx.platform, self.path.base, records).await?;
        }
        Ok(command)
    }

    fn key(&self, headers: &HeaderMap, body: &RawValue) -> Result<Option<Key>, BaseError> {
        let place = format!("{} {} {} {:?}", self.verb, self.path.base, self.path.table, self.naming);
        Ok(Key::of(headers, self.ctx.actor(), &[place.as_bytes(), body.get().as_bytes()])?)
    }
}
