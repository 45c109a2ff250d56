//! Scheduling 10,000 tasks of a gantt view, each of which waits for two others: reading them, planning, new dates.
//!
//! `cargo bench -p skein-table --bench schedule`. Target: 100 ms.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::hint::black_box;

use divan::Bencher;
use skein_table::{
    Base, Field, FieldKind, GanttView, Op, Query, Record, Stamp, TableDef, Value, View, Viewer, Waiting,
    WaitingException, WaitingKind, schedule::schedule,
};
use skein_types::{FieldId, RecordId, TableId, ViewId};

const TASKS: u32 = 10_000;
const TABLE: TableId = TableId::from_bits(1);
const DAY: i64 = 86_400_000;
/// 2026-11-16, a Monday.
const MONDAY: i64 = 20_773;
const KINDS: [WaitingKind; 4] = [
    WaitingKind::FinishToStart,
    WaitingKind::StartToStart,
    WaitingKind::FinishToFinish,
    WaitingKind::StartToFinish,
];

fn main() {
    divan::main();
}

fn fid(slot: u32) -> FieldId {
    FieldId::from_bits(u128::from(slot) + 1)
}

fn rid(task: u32) -> RecordId {
    RecordId::from_bits(u128::from(task) + 1)
}

fn base() -> Base {
    let waits = FieldKind::Link { table: TABLE, multiple: true, mirror: None, filter: None };
    let kinds = [FieldKind::text(), FieldKind::date(false), FieldKind::date(false), waits];
    let field = |(slot, kind)| Field::new(fid(slot), slot, format!("F{slot}"), kind);
    let fields: Vec<Field> = (0..).zip(kinds).map(field).collect();
    let def = TableDef {
        id: TABLE,
        name: "Tasks".into(),
        next_slot: fields.len() as u32,
        fields,
        views: vec![View::new(ViewId::from_bits(1), "Plan")],
        retired: Vec::new(),
        numbers: Vec::new(),
    };
    let mut base = Base::new();
    base.apply(&Op::CreateTable { table: def, at: 0 }, &Stamp::default()).unwrap();
    let task = |task: u32| {
        let start = MONDAY + i64::from(task % 400);
        let mut cells = vec![
            (fid(1), Value::Date { d: start * DAY }),
            (fid(2), Value::Date { d: (start + i64::from(task % 9)) * DAY }),
        ];
        // Chains of a hundred, with ties between them.
        let before = [1, 107].iter().filter(|back| !task.is_multiple_of(100) && task >= **back);
        let before: Vec<RecordId> = before.map(|back| rid(task - back)).collect();
        if !before.is_empty() {
            cells.push((fid(3), Value::Links { l: before.into() }));
        }
        Record::new(rid(task), cells)
    };
    base.apply(
        &Op::CreateRecords { table: TABLE, records: (0..TASKS).map(task).collect() },
        &Stamp::default(),
    )
    .unwrap();
    base.settle();
    base
}

#[divan::bench(max_time = 2)]
fn ten_thousand_tasks(bencher: Bencher) {
    let base = base();
    let exception = |task: u32| WaitingException {
        task: rid(task * 5 + 1),
        predecessor: rid(task * 5),
        waits: Waiting { kind: KINDS[task as usize % 4], lag: task as i32 % 7 - 3 },
    };
    let settings = GanttView {
        start: Some(fid(1)),
        end: Some(fid(2)),
        predecessors: Some(fid(3)),
        exceptions: (0..2_000).map(exception).collect(),
        holidays: (1..=20).map(|day| format!("2027-{:02}-{day:02}", day % 12 + 1)).collect(),
        ..GanttView::default()
    };
    let (table, viewer) = (base.table(TABLE).unwrap(), Viewer::default());
    bencher.bench(|| {
        schedule(&base, table, &Query::default(), black_box(&settings), (&viewer, &[])).unwrap().moves.len()
    });
}
