//! What charts and pivot tables tell of a million records of twenty fields.
//!
//! `cargo bench -p skein-table --bench charts`. Target: 30 ms each.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

#[expect(dead_code, reason = "queries of other benchmarks stand there as well")]
mod stations;

use std::{fmt, hint::black_box, sync::LazyLock};

use divan::Bencher;
use serde_json::{Value as Json, json};
use skein_table::{Base, CubeQuery, Viewer, cube};
use stations::{FIELDS, create, field, fill};

const ROWS: u128 = 1_000_000;

fn main() {
    divan::main();
}

static BASE: LazyLock<Base> = LazyLock::new(|| {
    let slots: Vec<u32> = (0..FIELDS).collect();
    let mut base = Base::new();
    create(&mut base, &slots);
    fill(&mut base, &slots, 0..ROWS);
    base.settle();
    base
});

#[derive(Clone)]
struct Chart(&'static str, CubeQuery);

impl fmt::Display for Chart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Texts are fields 0 to 4, numbers 5 to 10, choices 11 to 13, lists of choices 14 and 15, days 16, instants 17.
fn charts() -> Vec<Chart> {
    let by = |slot: u32| json!({"field": field(slot).to_string()});
    let span = |slot: u32, by: &str| json!({"field": field(slot).to_string(), "by": by});
    let told = |function: &str| json!({"field": field(5).to_string(), "function": function});
    let most = |slot: u32| json!({"field": field(slot).to_string(), "by_measure": 0, "descending": true, "limit": 20, "other": true});
    let bins = json!({"field": field(5).to_string(), "size": 500});
    let over = json!({"field": field(5).to_string(), "op": "gt", "value": 5000});
    let charts: Vec<(&'static str, Json)> = vec![
        ("number card: sum", json!({"measures": [told("sum")]})),
        ("number card: median", json!({"measures": [told("median")]})),
        ("column: count by choice", json!({"rows": [by(11)], "measures": [{}]})),
        (
            "column: sum by choice, filtered",
            json!({"filter": over, "rows": [by(11)], "measures": [told("sum")]}),
        ),
        (
            "bar: average by choice and choice",
            json!({"rows": [by(11)], "columns": [by(12)], "measures": [told("average")]}),
        ),
        ("line: sum by month", json!({"rows": [span(16, "month")], "measures": [told("sum")]})),
        ("line: sum by day", json!({"rows": [span(17, "day")], "measures": [told("sum")]})),
        (
            "area: sum by week and choice",
            json!({"rows": [span(17, "week")], "columns": [by(11)], "measures": [told("sum")]}),
        ),
        ("pie: each of many choices", json!({"rows": [span(14, "each")], "measures": [{}]})),
        ("pie: lists as a whole, 20 largest", json!({"rows": [most(14)], "measures": [{}]})),
        (
            "scatter: max by choice and month",
            json!({"rows": [span(16, "month")], "columns": [by(11)], "measures": [told("max")]}),
        ),
        ("histogram: bins of a number", json!({"rows": [bins], "measures": [{}]})),
        (
            "column: different values by choice",
            json!({"rows": [by(11)], "measures": [json!({"field": field(12).to_string(), "function": "unique"})]}),
        ),
        (
            "pivot: 2 x 2 dimensions, 2 measures",
            json!({
                "rows": [by(11), span(16, "year")], "columns": [by(12), by(13)], "measures": [told("sum"), told("average")],
            }),
        ),
        (
            "pivot: month x choice, 3 measures",
            json!({
                "rows": [span(16, "month")], "columns": [by(11)], "measures": [told("sum"), told("filled"), {}],
            }),
        ),
        ("word cloud: 20 most frequent texts", json!({"rows": [most(4)], "measures": [{}]})),
    ];
    charts.into_iter().map(|(name, query)| Chart(name, serde_json::from_value(query).unwrap())).collect()
}

#[divan::bench(args = charts(), max_time = 1)]
fn chart(bencher: Bencher, chart: &Chart) {
    let table = BASE.tables().next().unwrap();
    let viewer = Viewer::default();
    bencher.bench(|| cube(&BASE, table, black_box(&chart.1), &viewer).unwrap());
}
