//! What each operator costs as a table of twelve fields grows from ten thousand to ten million rows.
//!
//! `cargo bench -p skein-table --bench scaling [-- ROWS]`. Fits the time to a power of the number of rows; ends
//! with an error when one grows faster than the table does.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

mod stations;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use skein_table::{
    Base, Field, FieldKind, GroupBy, GroupKey, LiveView, Op, Query, Record, Style, Summary, SummaryFunction,
    Viewer, groups, page, select,
};
use skein_types::FieldId;
use stations::{FIELDS, NOW, TABLE, cell, create, field, fill, record, sorted_by, three_conditions};

/// Three texts, four numbers, two selects, a multi-select, a date and a checkbox.
const SLOTS: [u32; 12] = [0, 1, 2, 5, 6, 7, 8, 11, 12, 14, 16, 18];
const SIZES: [u128; 7] = [10_000, 31_623, 100_000, 316_228, 1_000_000, 3_162_278, 10_000_000];
/// Times each is measured.
const TIMES: usize = 7;
/// The largest power of the number of rows that still is linear, given how exact a measurement is.
const LINEAR: f64 = 1.1;

/// What is measured, on a table that may be changed.
type Operator = fn(&mut Base, u64) -> Duration;

const OPERATORS: [(&str, Operator); 7] = [
    ("filter of three conditions, one a substring", |base, _| {
        read(base, |base| {
            select(base, base.table(TABLE).unwrap(), &three_conditions(), &Viewer::default()).len()
        })
    }),
    ("page of 100 by a number, with the total", |base, _| {
        let query = sorted_by(&[(5, true)]);
        read(base, |base| page(base, base.table(TABLE).unwrap(), &query, &Viewer::default(), None, 100))
    }),
    ("sort by a select and a number", |base, _| {
        let query = sorted_by(&[(11, false), (5, true)]);
        read(base, |base| select(base, base.table(TABLE).unwrap(), &query, &Viewer::default()).len())
    }),
    ("groups of a select with a sum", |base, _| {
        let query = grouped();
        read(base, |base| groups(base, base.table(TABLE).unwrap(), &query, &Viewer::default()))
    }),
    ("a new formula field, a product", formula),
    ("an edit of a cell", |base, n| {
        let op = edit(base, n);
        let begin = Instant::now();
        base.apply(&op, &NOW).unwrap();
        base.settle();
        begin.elapsed()
    }),
    ("a live view by two keys following an edit", |base, n| {
        let query = sorted_by(&[(11, false), (5, true)]);
        let mut view = LiveView::new(base, TABLE, &query, &Viewer::default()).unwrap();
        let op = edit(base, n);
        let changes = base.apply(&op, &NOW).unwrap().changes;
        let touched = changes.into_iter().map(|change| (change.table, change.rows)).collect();
        let begin = Instant::now();
        black_box(view.update(base, &touched));
        begin.elapsed()
    }),
];

fn main() {
    let largest = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(u128::MAX);
    let sizes: Vec<u128> = SIZES.into_iter().filter(|&rows| rows <= largest).collect();
    let mut base = Base::new();
    create(&mut base, &SLOTS);
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); OPERATORS.len()];
    let mut filled = 0;
    for &rows in &sizes {
        fill(&mut base, &SLOTS, filled..rows);
        filled = rows;
        base.settle();
        println!("{rows} rows: {} MB resident", resident() / 1_000_000);
        for ((_, operator), times) in OPERATORS.iter().zip(&mut times) {
            let mut all: Vec<Duration> = (0..TIMES as u64).map(|n| operator(&mut base, n)).collect();
            all.sort_unstable();
            times.push(all[TIMES / 2]);
        }
    }
    let mut steep = false;
    for ((name, _), times) in OPERATORS.iter().zip(&times) {
        let power = power(&sizes, times);
        steep |= power > LINEAR;
        let verdict = if power > LINEAR { "faster than the table" } else { "linear or better" };
        println!("{name}: grows as rows^{power:.2}, {verdict}");
        for (rows, time) in sizes.iter().zip(times) {
            println!("  {rows:>10} rows  {time:>12.1?}");
        }
    }
    assert!(!steep, "an operator grows faster than the table");
}

fn read<T>(base: &Base, operator: impl FnOnce(&Base) -> T) -> Duration {
    let begin = Instant::now();
    black_box(operator(base));
    begin.elapsed()
}

fn grouped() -> Query {
    Query {
        group: vec![GroupKey { field: field(11), descending: false, by: GroupBy::Value, size: None }],
        summaries: vec![Summary { field: field(6), function: SummaryFunction::Sum }],
        ..Query::default()
    }
}

fn edit(base: &Base, n: u64) -> Op {
    let rows = base.table(TABLE).unwrap().len() as u128;
    let id = u128::from((n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)) % rows;
    Op::UpdateRecords {
        table: TABLE,
        records: vec![Record::new(record(id), vec![(field(5), cell(rows + id, 5))])],
    }
}

/// Makes the field and computes it; takes it back unmeasured.
fn formula(base: &mut Base, _: u64) -> Duration {
    let formula = base.check_formula(TABLE, "[Field 5] * [Field 6]", None).unwrap().stored;
    let kind = FieldKind::Formula { formula, style: Style::default() };
    let slot = base.table(TABLE).unwrap().def().next_slot.max(FIELDS);
    let field = Field::new(FieldId::from_bits(1_000), slot, "Product", kind);
    let begin = Instant::now();
    base.apply(&Op::CreateField { table: TABLE, field, at: SLOTS.len() }, &NOW).unwrap();
    base.settle();
    let elapsed = begin.elapsed();
    base.apply(&Op::DeleteField { table: TABLE, field: FieldId::from_bits(1_000) }, &NOW).unwrap();
    base.settle();
    elapsed
}

/// The slope of a line through the logarithms.
fn power(sizes: &[u128], times: &[Duration]) -> f64 {
    let points: Vec<(f64, f64)> =
        sizes.iter().zip(times).map(|(&rows, time)| ((rows as f64).ln(), time.as_secs_f64().ln())).collect();
    let count = points.len() as f64;
    let (x, y) =
        points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0 / count, sum.1 + point.1 / count));
    let over = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>();
    over / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}

/// Bytes of memory this process has.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1_024
}
