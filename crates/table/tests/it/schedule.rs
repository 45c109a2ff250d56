//! Schedules of gantt views: dates of records, in weeks with weekends and holidays.

use jiff::{civil::Date, tz::TimeZone};
use skein_table::{
    Base, DateStyle, Field, FieldKind, GanttView, Op, Query, Record, TableDef, Value, View, Viewer, Waiting,
    WaitingException, WaitingKind as K, schedule::schedule, value_to_json,
};
use skein_types::{FieldId, RecordId, TableId, ViewId};

use crate::state::NOW;

const TASKS: TableId = TableId::from_bits(1);

fn fid(slot: u32) -> FieldId {
    FieldId::from_bits(u128::from(slot) + 1)
}

fn rid(n: u128) -> RecordId {
    RecordId::from_bits(n)
}

fn day(text: &str) -> Value {
    let date: Date = text.parse().unwrap();
    Value::Date { d: date.to_zoned(TimeZone::UTC).unwrap().timestamp().as_millisecond() }
}

fn instant(text: &str) -> Value {
    Value::Date { d: text.parse::<jiff::Timestamp>().unwrap().as_millisecond() }
}

/// 0 name, 1 start, 2 end, 3 waits for, 4 milestone.
fn base(time: bool, zone: Option<&str>) -> Base {
    let date = || FieldKind::Date(DateStyle { time, zone: zone.map(str::to_owned), ..DateStyle::default() });
    let waits = FieldKind::Link { table: TASKS, multiple: true, mirror: None, filter: None };
    let kinds = [FieldKind::text(), date(), date(), waits, FieldKind::Checkbox];
    let field = |(slot, kind)| Field::new(fid(slot), slot, format!("F{slot}"), kind);
    let fields: Vec<Field> = (0..).zip(kinds).map(field).collect();
    let def = TableDef {
        id: TASKS,
        name: "Tasks".into(),
        next_slot: fields.len() as u32,
        fields,
        views: vec![View::new(ViewId::from_bits(1), "Plan")],
        retired: Vec::new(),
        numbers: Vec::new(),
    };
    let mut base = Base::new();
    base.apply(&Op::CreateTable { table: def, at: 0 }, &NOW).unwrap();
    base
}

fn settings() -> GanttView {
    GanttView {
        start: Some(fid(1)),
        end: Some(fid(2)),
        predecessors: Some(fid(3)),
        milestone: Some(fid(4)),
        ..GanttView::default()
    }
}

fn add(base: &mut Base, id: u128, dates: (Value, Value), after: &[u128], milestone: bool) {
    let mut cells = vec![(fid(1), dates.0), (fid(2), dates.1)];
    if !after.is_empty() {
        cells.push((fid(3), Value::Links { l: after.iter().copied().map(rid).collect() }));
    }
    if milestone {
        cells.push((fid(4), Value::Bool { b: true }));
    }
    let op = Op::CreateRecords { table: TASKS, records: vec![Record::new(rid(id), cells)] };
    base.apply(&op, &NOW).unwrap();
}

/// The dates that tasks are moved to, as `id start end`.
fn moves(base: &Base, settings: &GanttView, viewer: &Viewer) -> Vec<String> {
    let table = base.table(TASKS).unwrap();
    let found = schedule(base, table, &Query::default(), settings, (viewer, &[])).unwrap();
    let text = |(id, value): &(FieldId, Value)| {
        value_to_json(table.field(*id).unwrap(), value).as_str().unwrap().to_owned()
    };
    let line = |record: &Record| {
        let cells: Vec<String> = record.cells.iter().map(text).collect();
        format!("{} {}", record.id.bits(), cells.join(" "))
    };
    found.moves.iter().map(line).collect()
}

/// Task 1 from Thursday 19 to Friday 20 November 2026, task 2 from Monday 16 to Wednesday 18, which waits for it.
#[test]
fn kinds_and_lags_over_a_weekend() {
    let fs = K::FinishToStart;
    for (kind, lag, holidays, wanted) in [
        (fs, 0, &[][..], "2 2026-11-23 2026-11-25"),
        (fs, 1, &[], "2 2026-11-24 2026-11-26"),
        (fs, -1, &[], "2 2026-11-20 2026-11-24"),
        (fs, -2, &[], "2 2026-11-19 2026-11-23"),
        (fs, -5, &[], ""),
        (fs, 0, &["2026-11-23"], "2 2026-11-24 2026-11-26"),
        (fs, 0, &["2026-11-24", "2026-11-21"], "2 2026-11-23 2026-11-26"),
        (K::StartToStart, 0, &[], "2 2026-11-19 2026-11-23"),
        (K::StartToStart, 2, &[], "2 2026-11-23 2026-11-25"),
        (K::StartToStart, -3, &[], ""),
        (K::FinishToFinish, 0, &[], "2 2026-11-18 2026-11-20"),
        (K::FinishToFinish, 1, &[], "2 2026-11-19 2026-11-23"),
        (K::FinishToFinish, -2, &[], ""),
        (K::StartToFinish, 0, &[], ""),
        (K::StartToFinish, 3, &[], "2 2026-11-19 2026-11-23"),
    ] {
        let mut base = base(false, None);
        add(&mut base, 1, (day("2026-11-19"), day("2026-11-20")), &[], false);
        add(&mut base, 2, (day("2026-11-16"), day("2026-11-18")), &[1], false);
        let holidays = holidays.iter().map(|day| (*day).to_owned()).collect();
        let settings = GanttView { waits: Waiting { kind, lag }, holidays, ..settings() };
        assert_eq!(moves(&base, &settings, &Viewer::default()).join("; "), wanted, "{kind:?} {lag}");
        // The same said of these two alone.
        let exceptions =
            vec![WaitingException { task: rid(2), predecessor: rid(1), waits: Waiting { kind, lag } }];
        let settings = GanttView { waits: Waiting::default(), exceptions, ..settings };
        assert_eq!(moves(&base, &settings, &Viewer::default()).join("; "), wanted, "{kind:?} {lag}");
    }
}

#[test]
fn what_follows_moves_along_and_a_milestone_is_the_end_of_its_day() {
    let mut base = base(false, None);
    add(&mut base, 1, (day("2026-11-16"), day("2026-11-20")), &[], false);
    add(&mut base, 2, (day("2026-11-18"), day("2026-11-18")), &[1], true);
    add(&mut base, 3, (day("2026-11-17"), day("2026-11-17")), &[2], false);
    add(&mut base, 4, (Value::Null, day("2026-11-17")), &[3], false);
    let found = moves(&base, &settings(), &Viewer::default());
    assert_eq!(found, ["2 2026-11-20 2026-11-20", "3 2026-11-23 2026-11-23", "4 2026-11-24"]);

    let table = base.table(TASKS).unwrap();
    let viewer = Viewer::default();
    let plan = schedule(&base, table, &Query::default(), &settings(), (&viewer, &[])).unwrap();
    assert_eq!(plan.critical_path, [rid(1), rid(2), rid(3), rid(4)]);
    assert_eq!(plan.extent, Some(("2026-11-16".parse().unwrap(), "2026-11-24".parse().unwrap())));
    assert_eq!(plan.days, 7);
    assert!(plan.tasks.iter().all(|task| task.total_slack == 0));
    // Written, nothing is left to move.
    base.apply(&Op::UpdateRecords { table: TASKS, records: plan.moves }, &NOW).unwrap();
    assert_eq!(moves(&base, &settings(), &viewer), Vec::<String>::new());
}

#[test]
fn times_of_day_stay_in_the_zone_of_the_field_over_a_change_of_clocks() {
    // In Berlin clocks go back in the night to Sunday 25 October 2026.
    let mut base = base(true, Some("Europe/Berlin"));
    let first = (instant("2026-10-22T07:00:00Z"), instant("2026-10-23T22:00:00Z"));
    add(&mut base, 1, first, &[], false);
    add(&mut base, 2, (instant("2026-10-22T07:00:00Z"), instant("2026-10-22T15:30:00Z")), &[1], false);
    let found = moves(&base, &settings(), &Viewer::default());
    // The first ends with Friday: midnight is no part of Saturday, and Saturday is not worked on anyway.
    assert_eq!(found, ["2 2026-10-26T08:00:00Z 2026-10-26T16:30:00Z"]);
}

#[test]
fn cells_that_are_to_be_written_count_as_written() {
    let mut base = base(false, None);
    add(&mut base, 1, (day("2026-11-16"), day("2026-11-17")), &[], false);
    add(&mut base, 2, (day("2026-11-18"), day("2026-11-18")), &[1], false);
    let table = base.table(TASKS).unwrap();
    let set = [Record::new(rid(1), vec![(fid(2), day("2026-11-19"))])];
    let viewer = Viewer::default();
    let plan = schedule(&base, table, &Query::default(), &settings(), (&viewer, &set)).unwrap();
    let wanted = vec![(fid(1), day("2026-11-20")), (fid(2), day("2026-11-20"))];
    assert_eq!(plan.moves, [Record::new(rid(2), wanted)]);
    let set = [Record::new(rid(2), vec![(fid(3), Value::Links { l: [rid(2)].into() })])];
    let plan = schedule(&base, table, &Query::default(), &settings(), (&viewer, &set)).unwrap();
    assert_eq!((plan.moves.len(), plan.cycles), (0, vec![vec![rid(2)]]));
}

#[test]
fn what_cannot_be_scheduled_is_told() {
    let mut base = base(false, None);
    add(&mut base, 1, (day("9999-12-20"), day("9999-12-30")), &[], false);
    add(&mut base, 2, (day("9999-12-01"), day("9999-12-02")), &[1], false);
    let table = base.table(TASKS).unwrap();
    let viewer = Viewer::default();
    for settings in [settings(), GanttView { start: None, ..settings() }] {
        assert!(schedule(&base, table, &Query::default(), &settings, (&viewer, &[])).is_err());
    }
}
