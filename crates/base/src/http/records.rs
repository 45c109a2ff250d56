//! Records of a table.

use std::collections::HashMap;

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
use skein_types::{Problem, RecordId, ResourceId, ViewId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{RecordPath, Seq, TablePath};
use crate::{
    Actor, BaseError, Bases, Command, Key, ListQuery, Naming, Operation, Outcome, RecordInput, RecordPage,
    Snapshot, attachments, batch,
    input::{parse_creates, parse_fields, parse_ids, parse_updates, parse_upserts},
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
        .routes(routes!(list_records, create_records, update_records, upsert_records))
        .routes(routes!(write_batch))
        .routes(routes!(delete_records))
        .routes(routes!(get_record))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// A saved view: its records in its order, in that of its tree if it has one.
    #[param(value_type = Option<String>)]
    view: Option<ViewId>,
    /// A filter as JSON, besides that of the view.
    filter: Option<String>,
    /// A sort as JSON, instead of that of the view and its tree.
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

/// Records to update or create, at most 5,000.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UpsertInput {
    /// The fields that tell records apart, 1 to 5, by id or name. Each record that is sent needs a value in
    /// all of them.
    by: Vec<String>,
    /// The records; without ids.
    records: Vec<RecordInput>,
}

/// A record after an upsert.
#[derive(Debug, Serialize, ToSchema)]
struct UpsertedRecord {
    #[serde(flatten)]
    record: RecordJson,
    /// What was done to it.
    result: Outcome,
}

/// Records right after an upsert.
#[derive(Debug, Serialize, ToSchema)]
struct UpsertAnswer {
    /// The event that holds the change.
    seq: i64,
    /// The records, in the order they were sent.
    records: Vec<UpsertedRecord>,
}

/// Writes in any tables of the base, done one after another, all or none, with at most 5,000 records in all.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BatchInput {
    /// At most 1,000.
    operations: Vec<Operation>,
}

/// What came of one write of a batch.
#[derive(Debug, Serialize, ToSchema)]
struct OperationAnswer {
    /// The records, as they are after the whole batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<Vec<RecordJson>>,
    /// Of a deletion: how many records.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<usize>,
}

/// What came of a batch.
#[derive(Debug, Serialize, ToSchema)]
struct BatchAnswer {
    /// The event that holds the change.
    seq: i64,
    /// In their order; records of an upsert say their `result`.
    operations: Vec<OperationAnswer>,
    /// The ids of the records that have names, without `ref:`.
    refs: HashMap<String, RecordId>,
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
    let sent = Sent::to(bases, ctx, &path, params.by, "create");
    sent.write(&headers, &body, |snapshot, sent, input: RecordsInput| {
        let table = snapshot.table(path.table)?;
        let records = parse_creates(table, &input.records, sent.naming, &sent.ctx.platform.ids)?;

        Ok(Command::CreateRecords { table: path.table, records })
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
    let sent = Sent::to(bases, ctx, &path, params.by, "update");
    sent.write(&headers, &body, |snapshot, sent, input: RecordsInput| {
        let records = parse_updates(snapshot.table(path.table)?, &input.records, sent.naming)?;

        Ok(Command::UpdateRecords { table: path.table, records })
    })
    .await
}

/// Updates the records that have the same values in the key fields and creates the others; cells that are
/// not named stay. Several records of the table with one key are an error that names them.
#[utoipa::path(
    put, path = "/bases/{base}/tables/{table}/records", tag = "records", request_body = UpsertInput,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names this request"),
        WriteParams,
    ),
    responses((status = 200, body = UpsertAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn upsert_records(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<TablePath>,
    Params(params): Params<WriteParams>,
    headers: HeaderMap,
    Body(body): Body<Box<RawValue>>,
) -> ApiResult<Json<Box<RawValue>>> {
    let sent = Sent::to(bases, ctx, &path, params.by, "upsert");
    sent.write(&headers, &body, |snapshot, sent, input: UpsertInput| {
        let table = snapshot.table(path.table)?;
        let by = parse_fields(table, &input.by, sent.naming, "by")?;
        let ids = &sent.ctx.platform.ids;
        let records = parse_upserts(table, &input.records, sent.naming, ids)?;

        Ok(Command::UpsertRecords { table: path.table, by, records })
    })
    .await
}

/// Writes records of several tables, all or none, as one change that one undo takes back. An error names
/// the operation: `operations[2].records[0].fields.fld_…`.
#[utoipa::path(
    post, path = "/bases/{base}/batch", tag = "records", request_body = BatchInput,
    params(
        ("base" = String, Path, description = "The base"),
        ("Idempotency-Key" = Option<String>, Header, description = "Names this request"),
        WriteParams,
    ),
    responses((status = 200, body = BatchAnswer), (status = 404, body = Problem), (status = 422, body = Problem)),
)]
async fn write_batch(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(base): Path<ResourceId>,
    Params(params): Params<WriteParams>,
    headers: HeaderMap,
    Body(body): Body<Box<RawValue>>,
) -> ApiResult<Json<Box<RawValue>>> {
    let place = format!("batch {base} {:?}", params.by);
    let sent = Sent { bases, ctx, base, naming: params.by, place };
    sent.write(&headers, &body, |snapshot, sent, input: BatchInput| {
        batch::parse(snapshot, input.operations, sent.naming, &sent.ctx.platform.ids)
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
    let sent = Sent::to(bases, ctx, &path, params.by, "delete");
    sent.write(&headers, &body, |_, _, input: RecordIds| {
        Ok(Command::DeleteRecords { table: path.table, records: parse_ids(&input.records)? })
    })
    .await
}

/// A write of records on its way.
struct Sent {
    bases: Bases,
    ctx: Ctx,
    base: ResourceId,
    naming: Naming,
    /// What tells requests apart that have the same body.
    place: String,
}

impl Sent {
    fn to(bases: Bases, ctx: Ctx, path: &TablePath, naming: Naming, verb: &str) -> Self {
        let place = format!("{verb} {} {} {naming:?}", path.base, path.table);
        Self { bases, ctx, base: path.base, naming, place }
    }

    async fn write<T: DeserializeOwned>(
        &self,
        headers: &HeaderMap,
        body: &RawValue,
        command: impl FnOnce(&Snapshot, &Self, T) -> Result<Command, BaseError>,
    ) -> ApiResult<Json<Box<RawValue>>> {
        let granted = self.ctx.authorize::<Edit>(self.base).await?;
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
        match &mut command {
            Command::Batch { commands, .. } => {
                for (at, command) in commands.iter_mut().enumerate() {
                    let resolved = self.files_of(command).await;
                    resolved.map_err(|error| error.at(|path| format!("operations[{at}].{path}")))?;
                }
            }
            other => self.files_of(other).await?,
        }
        Ok(command)
    }

    async fn files_of(&self, command: &mut Command) -> Result<(), BaseError> {
        match command {
            Command::CreateRecords { records, .. }
            | Command::UpdateRecords { records, .. }
            | Command::UpsertRecords { records, .. } => {
                attachments::resolve(&self.ctx.platform, self.base, records).await
            }
            _ => Ok(()),
        }
    }

    fn key(&self, headers: &HeaderMap, body: &RawValue) -> Result<Option<Key>, BaseError> {
        let parts = [self.place.as_bytes(), body.get().as_bytes()];
        Ok(Key::of(headers, self.ctx.actor(), &parts)?)
    }
}
