//! Scheduling the tasks of a gantt view: what would move, and moving it.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{FromRef, State},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use skein_platform::{
    Ctx, Platform,
    access::{Edit, View},
    http::{ApiResult, Body, Path},
};
use skein_table::{GanttView, Query, Record, Table, ViewKind, Viewer, schedule, value_to_json};
use skein_types::{Problem, RecordId, TableId, ViewId};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::ViewPath;
use crate::{
    Actor, BaseError, Bases, Command, Naming, RecordInput, Snapshot, input::parse_updates, plan,
    viewer::viewer,
};

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
where
    Bases: FromRef<S>,
    Platform: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(preview_schedule)).routes(routes!(apply_schedule))
}

/// How to schedule.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScheduleInput {
    /// The settings of a gantt instead of those of the view, which then may be of any kind.
    #[serde(default)]
    settings: Option<GanttView>,
    /// Records as `PATCH …/records` takes them, such as a task that was moved by hand: they are written with the
    /// schedule, as one change, and the schedule follows from them.
    #[serde(default)]
    records: Vec<RecordInput>,
}

/// A schedule of the tasks of a view.
#[derive(Debug, Serialize, ToSchema)]
struct ScheduleAnswer {
    /// Of a preview the last event that is in it; else the event that holds the change, or the last one when nothing
    /// had to be changed.
    seq: i64,
    /// The tasks that begin too early for what they wait for, and the dates they have to have.
    moves: Vec<MoveJson>,
    /// All tasks, in the order in which they were made.
    tasks: Vec<TaskJson>,
    /// One way through tasks that cannot be late, to the last day.
    critical_path: Vec<RecordId>,
    /// Tasks that wait for themselves, each way round once. They do not wait for each other until that is mended.
    cycles: Vec<Vec<RecordId>>,
    /// The first day that is worked on; none without tasks.
    #[schema(value_type = Option<String>)]
    first: Option<Date>,
    /// The last one.
    #[schema(value_type = Option<String>)]
    last: Option<Date>,
    /// How many days are worked on from the one to the other.
    days: i64,
}

/// New dates of a task.
#[derive(Debug, Serialize, ToSchema)]
struct MoveJson {
    /// The task.
    id: RecordId,
    /// Values by field id; those that are computed are left out.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    fields: serde_json::Map<String, serde_json::Value>,
}

/// How long a task may wait.
#[derive(Debug, Serialize, ToSchema)]
struct TaskJson {
    /// The task.
    id: RecordId,
    /// By how many working days it may be late without all of it being late; 0 of what is critical.
    total_slack: i64,
    /// By how many it may be late without any other being late.
    free_slack: i64,
}

/// What was asked for, and of what.
struct Asked {
    table: TableId,
    view: ViewId,
    settings: Option<GanttView>,
    viewer: Viewer,
    set: Vec<Record>,
}

impl Asked {
    async fn new(ctx: &Ctx, path: &ViewPath, table: &Table, input: ScheduleInput) -> ApiResult<Self> {
        let set = parse_updates(table, &input.records, Naming::Id)?;
        let viewer = viewer(ctx).await?;
        Ok(Self { table: path.table, view: path.view, settings: input.settings, viewer, set })
    }

    fn settings(&self, table: &Table) -> Result<(Query, GanttView), BaseError> {
        let view = plan::views::seen(table, self.view, self.viewer.me)?;
        let mut kind = match &self.settings {
            Some(settings) => ViewKind::Gantt(Box::new(settings.clone())),
            None => view.kind.clone(),
        };
        kind.settle(self.table, &table.def().fields);
        let ViewKind::Gantt(settings) = kind else {
            let detail = "this view is no gantt: send settings to schedule its records";
            return Err(BaseError::invalid("schedule.no_gantt", "settings", detail));
        };
        Ok((Query { filter: view.filter.clone(), ..Query::default() }, *settings))
    }

    async fn schedule(self: Arc<Self>, snapshot: Arc<Snapshot>) -> Result<schedule::Schedule, BaseError> {
        let scheduled = tokio::task::spawn_blocking(move || {
            let table = snapshot.table(self.table)?;
            let (query, settings) = self.settings(table)?;
            Ok(schedule::schedule(&snapshot.base, table, &query, &settings, (&self.viewer, &self.set))?)
        });
        scheduled.await.map_err(|error| BaseError::Internal(error.to_string()))?
    }
}

fn answer(seq: i64, table: &Table, schedule: schedule::Schedule) -> Json<ScheduleAnswer> {
    let fields = |record: &Record| {
        let cells = record.cells.iter();
        cells
            .filter_map(|(id, value)| Some((id.to_string(), value_to_json(table.field(*id)?, value))))
            .collect()
    };
    let moves = schedule.moves.iter().map(|record| MoveJson { id: record.id, fields: fields(record) });
    let tasks = schedule.tasks.iter().map(|task| TaskJson {
        id: task.record,
        total_slack: task.total_slack,
        free_slack: task.free_slack,
    });
    Json(ScheduleAnswer {
        seq,
        moves: moves.collect(),
        tasks: tasks.collect(),
        critical_path: schedule.critical_path,
        cycles: schedule.cycles,
        first: schedule.extent.map(|(first, _)| first),
        last: schedule.extent.map(|(_, last)| last),
        days: schedule.days,
    })
}

/// Tells which tasks of a gantt begin too early for what they wait for, how long each may wait, and which decide when
/// all is done. Tasks are the records of the view that have a date; others do not count.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/views/{view}/schedule-preview", tag = "views",
    request_body = ScheduleInput,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("view" = String, Path, description = "The view"),
    ),
    responses(
        (status = 200, body = ScheduleAnswer),
        (status = 404, body = Problem),
        (status = 422, body = Problem),
    ),
)]
async fn preview_schedule(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<ViewPath>,
    Body(input): Body<ScheduleInput>,
) -> ApiResult<Json<ScheduleAnswer>> {
    let granted = ctx.authorize::<View>(path.base).await?;
    let snapshot = bases.open(&granted).await?.snapshot();
    let table = snapshot.table(path.table)?;
    let asked = Arc::new(Asked::new(&ctx, &path, table, input).await?);
    let schedule = asked.schedule(snapshot.clone()).await?;
    Ok(answer(snapshot.seq, table, schedule))
}

/// Moves the tasks of a gantt that begin too early to when they may, as one change that can be taken back. No task is
/// moved to an earlier day, and none that may begin when it does.
#[utoipa::path(
    post, path = "/bases/{base}/tables/{table}/views/{view}/schedule", tag = "views",
    request_body = ScheduleInput,
    params(
        ("base" = String, Path, description = "The base"),
        ("table" = String, Path, description = "The table"),
        ("view" = String, Path, description = "The view"),
    ),
    responses(
        (status = 200, body = ScheduleAnswer),
        (status = 404, body = Problem),
        (status = 422, body = Problem),
    ),
)]
async fn apply_schedule(
    State(bases): State<Bases>,
    ctx: Ctx,
    Path(path): Path<ViewPath>,
    Body(input): Body<ScheduleInput>,
) -> ApiResult<Json<ScheduleAnswer>> {
    let granted = ctx.authorize::<Edit>(path.base).await?;
    let open = bases.open(&granted).await?;
    let snapshot = open.snapshot();
    let table = snapshot.table(path.table)?;
    let asked = Arc::new(Asked::new(&ctx, &path, table, input).await?);
    let schedule = asked.clone().schedule(snapshot.clone()).await?;
    let records = merged(&asked.set, &schedule.moves);
    if schedule.moves.iter().any(|record| record.cells.is_empty()) {
        let detail = "the dates of these tasks are computed: change what they follow from";
        return Err(BaseError::invalid("schedule.computed", "settings.start", detail).into());
    }
    if records.is_empty() {
        return Ok(answer(snapshot.seq, table, schedule));
    }
    let command = Command::Schedule { table: path.table, records };
    let receipt = open.submit(&granted, &Actor::of(&ctx), command).await?;
    Ok(answer(receipt.seq, table, schedule))
}

/// Records with what was sent for them and then what the schedule says.
fn merged(set: &[Record], moves: &[Record]) -> Vec<Record> {
    let mut records = set.to_vec();
    let places: HashMap<RecordId, usize> =
        set.iter().enumerate().map(|(at, record)| (record.id, at)).collect();
    for moved in moves {
        match places.get(&moved.id).and_then(|at| records.get_mut(*at)) {
            Some(record) => {
                record.cells.retain(|(field, _)| moved.cells.iter().all(|(other, _)| other != field));
                record.cells.extend(moved.cells.iter().cloned());
            }
            None => records.push(moved.clone()),
        }
    }
    records
}
