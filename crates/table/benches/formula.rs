//! Formulas: reading them, checking them, computing a cell, a million products.
//!
//! `cargo bench -p skein-table --bench formula`. Targets: parse 1 µs, a simple node 100 ns, a million products 1.5 ms.

use std::{hint::black_box, sync::Arc};

use divan::{Bencher, counter::ItemsCount};
use skein_table::{
    RowIx,
    formula::{
        Chunks, Column, Datum, Env, Evaluator, Item, Lane, Names, Program, Source, Type, Vector, check,
        coerce::Texts, parse,
    },
};
use skein_types::{FieldId, RecordId, TableId};

const ROWS: usize = 1_000_000;

fn main() {
    divan::main();
}

/// A table of two numbers, a text and a link to one of the first thousand rows of itself.
#[derive(Debug)]
struct Base {
    a: Vec<f64>,
    b: Vec<f64>,
    valid: Vec<u64>,
    texts: Vec<Arc<str>>,
    env: Env,
}

const FIELDS: [(&str, Item); 4] = [
    ("Name", Item::Text),
    ("A", Item::Number),
    ("B", Item::Number),
    ("Link", Item::Record(TableId::from_bits(1))),
];

fn base() -> Base {
    Base {
        a: (0..ROWS).map(|n| n as f64 / 8.0).collect(),
        b: (0..ROWS).map(|n| (n % 1000) as f64).collect(),
        valid: vec![u64::MAX; ROWS.div_ceil(64)],
        texts: (0..ROWS).map(|n| format!("row {n}").into()).collect(),
        env: Env::default(),
    }
}

impl Names for Base {
    fn tables(&self) -> Vec<TableId> {
        vec![TableId::from_bits(1)]
    }
    fn table_name(&self, _table: TableId) -> Option<&str> {
        Some("Rows")
    }
    fn table_named(&self, name: &str) -> Option<TableId> {
        (name == "Rows").then(|| TableId::from_bits(1))
    }
    fn table_slot(&self, _table: TableId) -> Option<u32> {
        Some(0)
    }
    fn fields(&self, _table: TableId) -> Vec<FieldId> {
        (0..4).map(FieldId::from_bits).collect()
    }
    fn field(&self, _table: TableId, field: FieldId) -> Option<Column<'_>> {
        let slot = field.bits() as u32;
        let (name, item) = FIELDS.get(slot as usize)?;
        Some(Column { name, ty: Type { item: *item, list: false }, link: slot == 3, slot })
    }
    fn field_named(&self, _table: TableId, name: &str) -> Option<FieldId> {
        FIELDS.iter().position(|(known, _)| *known == name).map(|slot| FieldId::from_bits(slot as u128))
    }
}

impl Texts for Base {
    fn record(&self, _table: TableId, row: RowIx) -> Arc<str> {
        self.texts[row as usize].clone()
    }
}

impl Source for Base {
    fn cell(&self, _table: u32, column: u32, row: RowIx) -> Datum {
        let row = row as usize;
        match column {
            0 => Datum::Text(self.texts[row].clone()),
            1 => Datum::Number(self.a[row]),
            2 => Datum::Number(self.b[row]),
            _ => Datum::Record((row % 1000) as u32),
        }
    }
    fn rows(&self, _table: u32) -> Vec<RowIx> {
        (0..1000).collect()
    }
    fn record_id(&self, _table: u32, row: RowIx) -> RecordId {
        RecordId::from_bits(u128::from(row))
    }
    fn matching(&self, _table: u32, _column: u32, _key: &Datum) -> Option<Vec<RowIx>> {
        None
    }
    fn env(&self) -> &Env {
        &self.env
    }
}

impl Chunks for Base {
    fn numbers(&self, column: u32, chunk: usize) -> Option<(&[f64], &[u64])> {
        let values = if column == 1 { &self.a } else { &self.b };
        let rows = chunk * Lane::ROWS..values.len().min((chunk + 1) * Lane::ROWS);
        Some((&values[rows.clone()], &self.valid[rows.start / 64..rows.end.div_ceil(64)]))
    }
    fn booleans(&self, _column: u32, _chunk: usize) -> Option<&[u64]> {
        None
    }
}

fn program(base: &Base, source: &str) -> Program {
    match check(source, TableId::from_bits(1), base) {
        Ok(program) => program,
        Err(mistakes) => panic!("{source}: {mistakes:?}"),
    }
}

const SOURCES: [&str; 3] = [
    "[A] * [B]",
    "IF([A] > 10, ROUND([A] * 1.2, 2), 0)",
    "[Rows].FILTER(CurrentValue.[B] = [B]).[A].SUMIF(CurrentValue > 1)",
];

#[divan::bench(args = SOURCES)]
fn parsing(bencher: Bencher<'_, '_>, source: &str) {
    bencher.bench(|| parse(black_box(source)));
}

#[divan::bench(args = SOURCES)]
fn checking(bencher: Bencher<'_, '_>, source: &str) {
    let base = base();
    bencher.bench(|| check(black_box(source), TableId::from_bits(1), &base).is_ok());
}

/// A thousand cells, one by one.
#[divan::bench(args = [
    "[A] * [B]",
    "IF([A] > 10, ROUND([A] * 1.2, 2), 0)",
    "[Name] & \"!\"",
    "[Link].[A] + 1",
    "[A] / SUM([Rows].[A])",
])]
fn cells(bencher: Bencher<'_, '_>, source: &str) {
    let base = base();
    let program = program(&base, source);
    bencher.counter(ItemsCount::new(1000u32)).bench(|| {
        let mut evaluator = Evaluator::new(&program, &base);
        (0..1000).map(|row| matches!(evaluator.cell(row), Datum::Number(_))).filter(|yes| *yes).count()
    });
}

/// One cell that looks at a thousand records.
#[divan::bench]
fn scan(bencher: Bencher<'_, '_>) {
    let base = base();
    let program = program(&base, "[Rows].SUMIF(CurrentValue.[A] > [B], CurrentValue.[B])");
    let mut evaluator = Evaluator::new(&program, &base);
    bencher.counter(ItemsCount::new(1000u32)).bench_local(|| evaluator.cell(5));
}

/// A million cells, chunk by chunk.
#[divan::bench(args = ["[A] * [B]", "IF([A] > 10, [A] / [B], ABS([B] - 5))"])]
fn million(bencher: Bencher<'_, '_>, source: &str) {
    let base = base();
    let program = program(&base, source);
    let Some(mut vector) = Vector::new(&program, &base) else { panic!("{source} is no vector") };
    let mut lane = Lane::default();
    bencher.bench_local(|| {
        (0..ROWS.div_ceil(Lane::ROWS)).filter(|&chunk| vector.run(&base, chunk, &mut lane)).count()
    });
}
