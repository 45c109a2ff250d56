//! The schedule of a gantt view: its records as tasks that wait for one another on working days.
//!
//! A day counts from its beginning to its end. A milestone is the end of its day: what it waits for may end on that day,
//! and what waits for it begins on the next one that is worked on. A task takes at least one working day; one that
//! stands on days off counts as if it began on the next working day, and is not moved for that.

pub mod network;
mod workdays;

use std::collections::HashMap;

use jiff::{Timestamp, civil, tz::TimeZone};
use skein_types::{FieldId, RecordId};

use self::{
    network::{Plan, Span, Wait, plan},
    workdays::Workdays,
};
use crate::{
    Base, Field, FieldKind, GanttView, OpError, Query, Record, RowIx, Table, Value, Viewer, Waiting,
    formula::Datum,
    query::select,
    read::each,
    value::{DAY, MAX_DATE, MIN_DATE},
};

/// Tasks that are scheduled at once.
const MAX_TASKS: usize = 100_000;

/// What a schedule says.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    /// The tasks that begin too early for what they wait for, with the dates they have to have.
    pub moves: Vec<Record>,
    /// The tasks in the order of the table, as they are after that.
    pub tasks: Vec<TaskTimes>,
    /// One way through tasks that cannot be late, to the last day.
    pub critical_path: Vec<RecordId>,
    /// Tasks that wait for themselves, each way round once. They are left as they are.
    pub cycles: Vec<Vec<RecordId>>,
    /// From the first working day to the last; none without tasks.
    pub extent: Option<(civil::Date, civil::Date)>,
    /// How many days are worked on in it.
    pub days: i64,
}

/// How long a task may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskTimes {
    /// The task.
    pub record: RecordId,
    /// By how many working days it may be late without all of it being late; 0 of what is critical.
    pub total_slack: i64,
    /// By how many it may be late without any other being late.
    pub free_slack: i64,
}

/// Schedules the records of a query. `set`: cells that are to be written with it and count as written.
///
/// # Errors
/// When the settings name no date that tasks begin by, tasks are too many, or one would be moved beyond the year 9999.
pub fn schedule(
    base: &Base,
    table: &Table,
    query: &Query,
    settings: &GanttView,
    (viewer, set): (&Viewer, &[Record]),
) -> Result<Schedule, OpError> {
    let reader = Reader::new(table, settings, viewer, set)?;
    let query = Query { filter: query.filter.clone(), ..Query::default() };
    let mut rows = select(base, table, &query, viewer);
    rows.sort_unstable();
    let tasks: Vec<Task> = rows.into_iter().filter_map(|row| reader.task(row)).collect();
    if tasks.len() > MAX_TASKS {
        return Err(refused("view", "at most 100,000 tasks are scheduled at once"));
    }
    let places: HashMap<RowIx, usize> = tasks.iter().enumerate().map(|(at, task)| (task.row, at)).collect();
    let spans: Vec<Span> = tasks.iter().map(|task| task.span).collect();
    let planned = plan(&spans, &reader.waits(&tasks, &places));
    let moved = planned.spans.iter().zip(&tasks).filter(|(span, task)| **span != task.span);
    let moves = moved.map(|(span, task)| reader.moved(task, span.start)).collect::<Result<_, _>>()?;
    let record = |at: usize| table.record_id(tasks[at].row);
    let all = |ats: &[usize]| ats.iter().map(|at| record(*at)).collect();
    let Plan { total_slack, free_slack, critical_path, cycles, extent, .. } = &planned;
    let slack = total_slack.iter().zip(free_slack).enumerate();
    Ok(Schedule {
        moves,
        tasks: slack
            .map(|(at, (&total_slack, &free_slack))| TaskTimes {
                record: record(at),
                total_slack,
                free_slack,
            })
            .collect(),
        critical_path: all(critical_path),
        cycles: cycles.iter().map(|cycle| all(cycle)).collect(),
        extent: extent.and_then(|(begin, end)| {
            let last = reader.days.day(end - 1);
            Some((date(reader.days.day(begin).min(last))?, date(last)?))
        }),
        days: extent.map_or(0, |(begin, end)| end - begin),
    })
}

fn refused(path: &str, message: &str) -> OpError {
    OpError::Options { path: path.into(), message: message.into() }
}

fn date(day: i64) -> Option<civil::Date> {
    civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(day).ok()?).ok()
}

fn day_of(date: civil::Date) -> i64 {
    i64::from((date - civil::date(1970, 1, 1)).get_days())
}

/// A record that has a date.
struct Task {
    row: RowIx,
    span: Span,
    milestone: bool,
    /// Its first day and its last, worked on or not.
    on: (i64, i64),
}

/// A date field that tasks begin or end by.
struct Dates<'a> {
    field: &'a Field,
    zone: TimeZone,
}

/// A date as it stands in a cell.
#[derive(Clone, Copy)]
struct Moment {
    at: i64,
    time: bool,
}

impl<'a> Dates<'a> {
    fn new(table: &'a Table, id: Option<FieldId>, viewer: &Viewer) -> Option<Self> {
        let field = table.field(id?)?;
        let style = match &field.kind {
            FieldKind::Date(style) | FieldKind::CreatedAt(style) | FieldKind::UpdatedAt(style) => Some(style),
            _ => None,
        };
        let named = style.and_then(|style| TimeZone::get(style.zone.as_deref()?).ok());
        Some(Self { field, zone: named.unwrap_or_else(|| viewer.zone.clone()) })
    }

    /// When it is on the clock of its zone, in milliseconds.
    fn clock(&self, moment: Moment) -> i64 {
        if !moment.time {
            return moment.at;
        }
        let offset = Timestamp::from_millisecond(moment.at).map(|at| self.zone.to_offset(at));
        moment.at + offset.map_or(0, |offset| i64::from(offset.seconds()) * 1_000)
    }

    /// The same time of day some days later.
    fn later(&self, moment: Moment, days: i64) -> Option<Value> {
        let clock = self.clock(moment).checked_add(days.checked_mul(DAY)?)?;
        let within = (MIN_DATE + DAY..=MAX_DATE - DAY).contains(&clock).then_some(clock)?;
        if !moment.time {
            return Some(Value::Date { d: within });
        }
        let local = date(within.div_euclid(DAY))?.at(0, 0, 0, 0);
        let local = local.checked_add(jiff::SignedDuration::from_millis(within.rem_euclid(DAY))).ok()?;
        let d = self.zone.to_ambiguous_zoned(local).compatible().ok()?.timestamp().as_millisecond();
        Some(Value::Date { d })
    }
}

/// Reads tasks from a table.
struct Reader<'a> {
    table: &'a Table,
    settings: &'a GanttView,
    start: Dates<'a>,
    end: Option<Dates<'a>>,
    days: Workdays,
    /// The cells of records that count as written.
    set: HashMap<RowIx, &'a Record>,
}

impl<'a> Reader<'a> {
    fn new(
        table: &'a Table,
        settings: &'a GanttView,
        viewer: &Viewer,
        set: &'a [Record],
    ) -> Result<Self, OpError> {
        let start = Dates::new(table, settings.start, viewer)
            .ok_or_else(|| refused("settings.start", "a gantt needs the date its tasks begin by"))?;
        let end = Dates::new(table, settings.end, viewer).filter(|end| end.field.id != start.field.id);
        let off = settings.holidays.iter().filter_map(|day| day.parse().ok().map(day_of));
        let days = Workdays::new(&settings.working_days, off);
        let set = set.iter().filter_map(|record| Some((table.row(record.id)?, record))).collect();
        Ok(Self { table, settings, start, end, days, set })
    }

    fn moment(&self, row: RowIx, dates: &Dates<'_>) -> Option<Moment> {
        let written = self.set.get(&row).and_then(|record| {
            record.cells.iter().find(|(field, _)| *field == dates.field.id).map(|(_, value)| value)
        });
        match (written, self.table.datum(row, dates.field.id)) {
            (Some(Value::Date { d }), _) => {
                let time = matches!(&dates.field.kind, FieldKind::Date(style) if style.time);
                Some(Moment { at: *d, time })
            }
            (None, Datum::Date { at, time }) => Some(Moment { at, time }),
            _ => None,
        }
    }

    /// A record with at least one date.
    fn task(&self, row: RowIx) -> Option<Task> {
        let start = self.moment(row, &self.start);
        let end = self.end.as_ref().and_then(|end| Some((end, self.moment(row, end)?)));
        let first = start.map(|start| self.start.clock(start));
        // What ends with a day does not last into the next.
        let last = end.map(|(end, moment)| {
            let clock = end.clock(moment);
            if moment.time && first.is_some_and(|first| first < clock) { clock - 1 } else { clock }
        });
        let first = first.or(last)?.div_euclid(DAY);
        let last = last.map_or(first, |last| last.div_euclid(DAY)).max(first);
        let milestone = self.settings.milestone.is_some_and(|field| match self.written(row, field) {
            Some(value) => *value == Value::Bool { b: true },
            None => self.table.datum(row, field) == Datum::Bool(true),
        });
        let (days, on) = (&self.days, (if milestone { last } else { first }, last));
        let span = if milestone {
            Span { start: days.before(last + 1), days: 0 }
        } else {
            let start = days.before(first);
            Span { start, days: (days.before(last + 1) - start).max(1) }
        };
        Some(Task { row, span, milestone, on })
    }

    fn written(&self, row: RowIx, field: FieldId) -> Option<&Value> {
        let record = self.set.get(&row)?;
        record.cells.iter().find(|(id, _)| *id == field).map(|(_, value)| value)
    }

    /// What tasks wait for, as far as that is a task too.
    fn waits(&self, tasks: &[Task], places: &HashMap<RowIx, usize>) -> Vec<Wait> {
        let Some(field) = self.settings.predecessors else { return Vec::new() };
        let rows = |id: RecordId| self.table.row(id);
        let exceptions: HashMap<(RowIx, RowIx), Waiting> = (self.settings.exceptions.iter())
            .filter_map(|one| Some(((rows(one.task)?, rows(one.predecessor)?), one.waits)))
            .collect();
        let mut waits = Vec::new();
        for (task, row) in tasks.iter().map(|task| task.row).enumerate() {
            let datum = match self.written(row, field) {
                Some(Value::Links { l }) => {
                    Datum::List(l.iter().filter_map(|id| rows(*id).map(Datum::Record)).collect())
                }
                Some(_) => Datum::Null,
                None => self.table.datum(row, field),
            };
            for one in each(&datum) {
                let Datum::Record(before) = one else { continue };
                let Some(&predecessor) = places.get(before) else { continue };
                let Waiting { kind, lag } =
                    exceptions.get(&(row, *before)).copied().unwrap_or(self.settings.waits);
                waits.push(Wait { predecessor, task, kind, lag: lag.into() });
            }
        }
        waits
    }

    /// The dates of a task that begins at another moment: an end that is computed is taken to follow from the start; of a
    /// start that is computed there is nothing to write.
    fn moved(&self, task: &Task, start: i64) -> Result<Record, OpError> {
        let (first, last) = if task.milestone {
            (self.days.day(start - 1), self.days.day(start - 1))
        } else {
            (self.days.day(start), self.days.day(start + task.span.days - 1))
        };
        let mut cells = Vec::new();
        if !self.start.field.kind.is_writable() {
            return Ok(Record::new(self.table.record_id(task.row), cells));
        }
        let by = [(Some(&self.start), first - task.on.0), (self.end.as_ref(), last - task.on.1)];
        for (dates, days) in by {
            let Some(dates) = dates.filter(|dates| dates.field.kind.is_writable()) else { continue };
            let Some(moment) = self.moment(task.row, dates) else { continue };
            let value = dates.later(moment, days);
            let value =
                value.ok_or_else(|| refused("settings", "tasks would be moved beyond the year 9999"))?;
            cells.push((dates.field.id, value));
        }
        Ok(Record::new(self.table.record_id(task.row), cells))
    }
}
