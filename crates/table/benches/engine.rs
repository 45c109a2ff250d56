//! The engine at a million rows of twenty fields: filters, sorts, updates, live views.
//!
//! `cargo bench -p skein-table`. Targets: filter 8 ms, top 100 1.5 ms, sort by two keys 45 ms,
//! group and sum 2 ms.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

mod stations;

use std::{hint::black_box, sync::LazyLock};

use divan::Bencher;
use serde_json::json;
use skein_table::{
    Base, Field, FieldKind, Folds, GroupBy, GroupKey, LiveView, Op, Operator, Query, Record, Style, Summary,
    SummaryFunction, Table, TableDef, Touched, Value, Viewer, count, groups, select, top, write_record_json,
};
use skein_types::{FieldId, RecordId, TableId};
use stations::{FIELDS, NOW, cell, condition, create, field, fill, record, sorted_by, three_conditions};

const ROWS: u128 = 1_000_000;

fn main() {
    divan::main();
}

static VIEWER: LazyLock<Viewer> = LazyLock::new(Viewer::default);

static BASE: LazyLock<Base> = LazyLock::new(|| {
    let slots: Vec<u32> = (0..FIELDS).collect();
    let mut base = Base::new();
    create(&mut base, &slots);
    fill(&mut base, &slots, 0..ROWS);
    base.settle();
    base
});

fn table() -> &'static Table {
    BASE.tables().next().unwrap()
}

#[divan::bench(max_time = 2)]
fn filter_three_conditions(bencher: Bencher) {
    let (table, query) = (table(), three_conditions());
    bencher.bench(|| select(&BASE, table, black_box(&query), &VIEWER).len());
}

#[divan::bench(max_time = 2)]
fn filter_substring_alone(bencher: Bencher) {
    let table = table();
    let query = Query { filter: Some(condition(0, Operator::Contains, json!("goose"))), ..Query::default() };
    bencher.bench(|| count(&BASE, table, black_box(&query), &VIEWER));
}

#[divan::bench(max_time = 2)]
fn filter_number_alone(bencher: Bencher) {
    let table = table();
    let query = Query { filter: Some(condition(5, Operator::Gt, json!(5_000))), ..Query::default() };
    bencher.bench(|| count(&BASE, table, black_box(&query), &VIEWER));
}

#[divan::bench(max_time = 2)]
fn search_all_fields(bencher: Bencher) {
    let table = table();
    let query = Query { search: Some("wild goose 77".into()), ..Query::default() };
    bencher.bench(|| count(&BASE, table, black_box(&query), &VIEWER));
}

#[divan::bench(max_time = 2)]
fn search_digits(bencher: Bencher) {
    let table = table();
    let query = Query { search: Some("2026-11".into()), ..Query::default() };
    bencher.bench(|| count(&BASE, table, black_box(&query), &VIEWER));
}

#[divan::bench(args = [false, true], max_time = 2)]
fn top_100_by_number(bencher: Bencher, descending: bool) {
    let (table, query) = (table(), sorted_by(&[(5, descending)]));
    bencher.bench(|| top(&BASE, table, black_box(&query), &VIEWER, 0, 100));
}

#[divan::bench(max_time = 3)]
fn sort_by_select_and_number(bencher: Bencher) {
    let (table, query) = (table(), sorted_by(&[(11, false), (5, true)]));
    bencher.bench(|| select(&BASE, table, black_box(&query), &VIEWER));
}

#[divan::bench(max_time = 3)]
fn sort_by_number_and_date(bencher: Bencher) {
    let (table, query) = (table(), sorted_by(&[(5, false), (17, true)]));
    bencher.bench(|| select(&BASE, table, black_box(&query), &VIEWER));
}

#[divan::bench(sample_count = 5)]
fn sort_by_text_with_keys_kept(bencher: Bencher) {
    let (table, query) = (table(), sorted_by(&[(0, false)]));
    select(&BASE, table, &query, &VIEWER);
    bencher.bench(|| select(&BASE, table, black_box(&query), &VIEWER));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn sort_by_text_cold(bencher: Bencher) {
    let query = sorted_by(&[(1, false)]);
    let fresh = || {
        // A change to each chunk drops its keys.
        let mut base = BASE.clone();
        let cells = vec![(field(1), Value::Text { t: "new".into() })];
        let ids = (0..ROWS).step_by(8_000).map(record);
        let records = ids.map(|id| Record::new(id, cells.clone())).collect();
        base.apply(&Op::UpdateRecords { table: TableId::from_bits(1), records }, &NOW).unwrap();
        base
    };
    bencher
        .with_inputs(fresh)
        .bench_values(|base| select(&base, base.tables().next().unwrap(), &query, &VIEWER));
}

fn update(n: u64, slot: u32) -> Op {
    let id = u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)) % ROWS;
    let cells = vec![(field(slot), cell(u128::from(n) + ROWS, slot))];
    Op::UpdateRecords { table: TableId::from_bits(1), records: vec![Record::new(record(id), cells)] }
}

/// One cell by an operation, with its checks and its inverse.
#[divan::bench(args = [5, 0], max_time = 1)]
fn update_cell(bencher: Bencher, slot: u32) {
    let mut base = BASE.clone();
    let mut n = 0;
    // The first changes copy chunks that the other benchmarks share.
    for _ in 0..20_000 {
        n += 1;
        base.apply(&update(n, slot), &NOW).unwrap();
    }
    bencher.bench_local(|| {
        n += 1;
        base.apply(&update(n, slot), &NOW).unwrap()
    });
}

/// The same where a snapshot was published after each change.
#[divan::bench(args = [5, 0], max_time = 1)]
fn update_cell_under_a_snapshot(bencher: Bencher, slot: u32) {
    let mut base = BASE.clone();
    let mut snapshot = base.clone();
    let mut n = 0;
    bencher.bench_local(|| {
        n += 1;
        let applied = base.apply(&update(n, slot), &NOW).unwrap();
        snapshot = base.clone();
        black_box(&snapshot);
        applied
    });
}

#[divan::bench(max_time = 2)]
fn live_view_of_a_filter_and_two_keys_update(bencher: Bencher) {
    let mut base = BASE.clone();
    let mut query = sorted_by(&[(11, false), (5, true)]);
    query.filter = Some(condition(6, Operator::Gt, json!(100)));
    let mut view = LiveView::new(&BASE, table().def().id, &query, &VIEWER).unwrap();
    let mut n = 0;
    bencher.bench_local(|| {
        n += 1;
        let touched = touched(&mut base, &update(n, 5));
        view.update(&base, &touched)
    });
}

fn touched(base: &mut Base, op: &Op) -> Touched {
    let changes = base.apply(op, &NOW).unwrap().changes;
    changes.into_iter().chain(base.settle()).map(|change| (change.table, change.rows)).collect()
}

/// Groups of a select field and of months, with a sum each.
fn grouped() -> Query {
    let key = |slot, by| GroupKey { field: field(slot), descending: false, by, size: None };
    Query {
        group: vec![key(11, GroupBy::Value), key(16, GroupBy::Month)],
        summaries: vec![Summary { field: field(6), function: SummaryFunction::Sum }],
        ..sorted_by(&[(5, true)])
    }
}

#[divan::bench(max_time = 2)]
fn group_by_select_and_sum(bencher: Bencher) {
    let table = table();
    let mut query = grouped();
    query.group.truncate(1);
    bencher.bench(|| groups(&BASE, table, black_box(&query), &VIEWER));
}

#[divan::bench(max_time = 2)]
fn sum_and_average_of_all(bencher: Bencher) {
    let table = table();
    let summary = |slot, function| Summary { field: field(slot), function };
    let summaries = vec![summary(5, SummaryFunction::Sum), summary(6, SummaryFunction::Average)];
    let query = Query { summaries, ..Query::default() };
    bencher.bench(|| groups(&BASE, table, black_box(&query), &VIEWER));
}

#[divan::bench(sample_count = 10)]
fn group_by_select_and_month_and_sum(bencher: Bencher) {
    let (table, query) = (table(), grouped());
    bencher.bench(|| groups(&BASE, table, black_box(&query), &VIEWER));
}

#[divan::bench(max_time = 2)]
fn live_view_of_two_levels_update(bencher: Bencher) {
    let mut base = BASE.clone();
    let mut view = LiveView::new(&base, table().def().id, &grouped(), &VIEWER).unwrap();
    let mut n = 0;
    bencher.bench_local(|| {
        n += 1;
        let touched = touched(&mut base, &update(n, 6));
        view.update(&base, &touched)
    });
}

#[divan::bench(max_time = 1)]
fn live_view_of_two_levels_100_lines(bencher: Bencher) {
    let view = LiveView::new(&BASE, table().def().id, &grouped(), &VIEWER).unwrap();
    let folds = Folds::default();
    let mut offset = 0;
    bencher.bench_local(|| {
        offset = (offset + 12_345) % ROWS as usize;
        view.outline(&folds).lines(offset, 100)
    });
}

#[divan::bench(sample_count = 10)]
fn live_view_of_two_levels_begin(bencher: Bencher) {
    let query = grouped();
    bencher.bench_local(|| LiveView::new(&BASE, table().def().id, &query, &VIEWER).unwrap());
}

#[divan::bench(sample_count = 5)]
fn find_in_a_live_view(bencher: Bencher) {
    let view = LiveView::new(&BASE, table().def().id, &sorted_by(&[(5, false)]), &VIEWER).unwrap();
    bencher.bench_local(|| view.find("wild goose 77"));
}

#[divan::bench(sample_count = 10)]
fn live_view_begin(bencher: Bencher) {
    let query = sorted_by(&[(11, false), (5, true)]);
    bencher.bench_local(|| LiveView::new(&BASE, table().def().id, &query, &VIEWER).unwrap());
}

#[divan::bench(max_time = 1)]
fn live_view_window_of_100(bencher: Bencher) {
    let view = LiveView::new(&BASE, table().def().id, &sorted_by(&[(5, false)]), &VIEWER).unwrap();
    let mut offset = 0;
    bencher.bench_local(|| {
        offset = (offset + 12_345) % ROWS as usize;
        view.window(offset, 100)
    });
}

#[divan::bench(max_time = 1)]
fn live_view_rank(bencher: Bencher) {
    let view = LiveView::new(&BASE, table().def().id, &sorted_by(&[(5, false)]), &VIEWER).unwrap();
    let mut row = 0;
    bencher.bench_local(|| {
        row = (row + 12_345) % ROWS as u32;
        view.rank(row)
    });
}

#[divan::bench(max_time = 1)]
fn json_of_100_records(bencher: Bencher) {
    let table = table();
    let fields: Vec<FieldId> = (0..FIELDS).map(field).collect();
    bencher.bench(|| {
        let mut out = String::new();
        (500_000..500_100).for_each(|row| write_record_json(&BASE, table, row, &fields, &mut out));
        out
    });
}

#[divan::bench(sample_count = 5)]
fn load_100_000_records(bencher: Bencher) {
    let table = table();
    let rows: Vec<(RecordId, Vec<u8>)> =
        (0..100_000).map(|row| (table.record_id(row), table.encode_row(row))).collect();
    let stored = || rows.iter().map(|(id, bytes)| (*id, bytes.as_slice()));
    bencher.bench(|| Base::load(vec![(table.def().clone(), stored())]).unwrap());
}

/// A million records, as they are stored.
#[divan::bench(sample_count = 2, sample_size = 1)]
fn load_1_000_000_records(bencher: Bencher) {
    let table = table();
    let rows: Vec<(RecordId, Vec<u8>)> =
        table.rows().map(|row| (table.record_id(row), table.encode_row(row))).collect();
    let stored = || rows.iter().map(|(id, bytes)| (*id, bytes.as_slice()));
    bencher.bench(|| Base::load(vec![(table.def().clone(), stored())]).unwrap());
}

/// Gives a field of a million records another type: texts become numbers (few can), numbers texts, and
/// choices texts.
#[divan::bench(args = [0, 5, 11], sample_count = 2, sample_size = 1)]
fn retype_1_000_000_cells(bencher: Bencher, slot: u32) {
    let kind = if slot == 0 { FieldKind::number(2) } else { FieldKind::text() };
    let field = Field::new(field(slot), FIELDS, "Retyped", kind);
    let op = Op::retype(TableId::from_bits(1), field);
    bencher.with_inputs(|| BASE.clone()).bench_local_refs(|base| base.apply(&op, &NOW).unwrap());
}

/// One link of 10,000 that name the same record, or as many different ones, with both sides shown.
#[divan::bench(args = [1, 10_000], max_time = 1)]
fn update_one_of_10_000_links(bencher: Bencher, targets: u128) {
    let stations = table().def().clone();
    let (table, link, back) = (TableId::from_bits(9), field(50), field(51));
    let mut def = TableDef { id: table, name: "Linked".into(), next_slot: 60, ..stations };
    def.fields.truncate(1);
    let kind = FieldKind::Link { table, multiple: false, mirror: Some(back), filter: None };
    def.fields.push(Field::new(link, 50, "Link", kind));
    let kind = FieldKind::Backlink { table, field: link, multiple: true };
    def.fields.push(Field::new(back, 51, "Back", kind));
    let mut base = Base::new();
    base.apply(&Op::CreateTable { table: def, at: 0 }, &NOW).unwrap();
    let named = |n: u128| vec![(link, Value::Links { l: [record(n % targets)].into() })];
    let records = (0..10_000).map(|n| Record::new(record(n), named(n))).collect();
    base.apply(&Op::CreateRecords { table, records }, &NOW).unwrap();
    let mut n = 0;
    bencher.bench_local(|| {
        n += 1;
        // Away, and back when it is its turn again.
        let cells = if n / 10_000 % 2 == 0 { vec![(link, Value::Null)] } else { named(n) };
        let op = Op::UpdateRecords { table, records: vec![Record::new(record(n % 10_000), cells)] };
        base.apply(&op, &NOW).unwrap()
    });
}

/// A new formula field over a million records, cells and all: of numbers, of texts, and of a place among all.
#[divan::bench(args = [
    "[Field 5] * [Field 6]",
    "IF([Field 5] > 10, ROUND([Field 6] * 1.2, 2), 0)",
    "[Field 0] & \"!\"",
    "RANK([Field 5], [Stations].[Field 5])",
], sample_count = 3, sample_size = 1)]
fn new_formula(bencher: Bencher, source: &str) {
    let formula = BASE.check_formula(table().def().id, source, None).unwrap().stored;
    let kind = FieldKind::Formula { formula, style: Style::default() };
    let field = Field::new(FieldId::from_bits(99), FIELDS, "New", kind);
    let op = Op::CreateField { table: table().def().id, field, at: FIELDS as usize };
    bencher.with_inputs(|| BASE.clone()).bench_values(|mut base| {
        base.apply(&op, &NOW).unwrap();
        base.settle();
        base
    });
}
