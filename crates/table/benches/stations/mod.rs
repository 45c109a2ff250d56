//! A table of repeatable cells, as large as is wanted, and queries of it.

use std::ops::Range;

use serde_json::{Value as Json, json};
use skein_table::{
    Base, Choice, Color, Condition, Field, FieldKind, Filter, Op, Operator, Query, Record, SortKey, Stamp,
    TableDef, Value, View,
};
use skein_types::{ChoiceId, FieldId, RecordId, TableId, ViewId};

pub const NOW: Stamp = Stamp { at: 1_700_000_000_000, by: None };
pub const FIELDS: u32 = 20;
pub const TABLE: TableId = TableId::from_bits(1);
const WORDS: [&str; 16] = [
    "station", "north", "river", "wild", "goose", "energy", "Berlin", "Tokyo", "harbour", "depot", "market",
    "garden", "上海", "北京", "bridge", "tower",
];

pub fn kind(slot: u32) -> FieldKind {
    let choices = |count: u32| {
        (0..count)
            .map(|code| Choice {
                id: ChoiceId::from_bits(u128::from(code) + 1),
                code,
                name: format!("Choice {code}"),
                color: Color::Blue,
            })
            .collect()
    };
    match slot {
        0..5 => FieldKind::text(),
        5..11 => FieldKind::number(2),
        11..14 => FieldKind::Select { choices: choices(8) },
        14..16 => FieldKind::MultiSelect { choices: choices(12) },
        16..18 => FieldKind::date(slot == 17),
        _ => FieldKind::Checkbox,
    }
}

pub fn field(slot: u32) -> FieldId {
    FieldId::from_bits(u128::from(slot) + 1)
}

pub fn record(id: u128) -> RecordId {
    RecordId::from_bits(id << 20)
}

/// The `n`-th of repeatable numbers (splitmix64).
fn roll(n: u128, slot: u32) -> u64 {
    let mut z = (n as u64 * u64::from(FIELDS) + u64::from(slot) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

pub fn cell(n: u128, slot: u32) -> Value {
    let roll = roll(n, slot);
    if slot > 0 && roll.is_multiple_of(20) {
        return Value::Null;
    }
    let roll = roll / 20;
    let word = |shift: u32| WORDS[(roll >> shift) as usize % WORDS.len()];
    match kind(slot) {
        FieldKind::Text { .. } => {
            Value::Text { t: format!("{} {} {}", word(0), word(8), roll % 10_000).into() }
        }
        FieldKind::Number(_) => Value::Number { n: (roll % 1_000_000) as f64 / 100.0 },
        FieldKind::Select { .. } => Value::Choice { c: ChoiceId::from_bits(u128::from(roll % 8) + 1) },
        FieldKind::MultiSelect { .. } => {
            let first = roll % 12;
            let picked = [first, (first + 1 + roll / 12 % 11) % 12];
            let picked = &picked[..=(roll / 200 % 2) as usize];
            Value::Choices {
                m: picked.iter().map(|&code| ChoiceId::from_bits(u128::from(code) + 1)).collect(),
            }
        }
        FieldKind::Date(style) if !style.time => Value::Date { d: (roll % 20_000) as i64 * 86_400_000 },
        FieldKind::Date(_) => Value::Date { d: (roll % 1_700_000_000_000) as i64 },
        _ => Value::Bool { b: roll.is_multiple_of(3) },
    }
}

/// Makes the table, with some of the twenty fields.
pub fn create(base: &mut Base, slots: &[u32]) {
    let field = |&slot: &u32| Field::new(field(slot), slot, format!("Field {slot}"), kind(slot));
    let table = TableDef {
        id: TABLE,
        name: "Stations".into(),
        fields: slots.iter().map(field).collect(),
        views: vec![View::new(ViewId::from_bits(1), "All")],
        next_slot: FIELDS,
        retired: Vec::new(),
        numbers: Vec::new(),
    };
    base.apply(&Op::CreateTable { table, at: 0 }, &NOW).unwrap();
}

/// Adds records.
pub fn fill(base: &mut Base, slots: &[u32], rows: Range<u128>) {
    const BATCH: usize = 5_000;
    for start in rows.clone().step_by(BATCH) {
        let cells = |n| slots.iter().map(|&slot| (field(slot), cell(n, slot))).collect();
        let end = rows.end.min(start + BATCH as u128);
        let records = (start..end).map(|n| Record::new(record(n), cells(n))).collect();
        base.apply(&Op::CreateRecords { table: TABLE, records }, &NOW).unwrap();
    }
}

pub fn condition(slot: u32, op: Operator, value: Json) -> Filter {
    Filter::Condition(Condition { field: field(slot), op, value })
}

pub fn three_conditions() -> Query {
    let select = json!([ChoiceId::from_bits(1), ChoiceId::from_bits(2), ChoiceId::from_bits(3)]);
    let and = vec![
        condition(0, Operator::Contains, json!("Goose")),
        condition(5, Operator::Gt, json!(5_000)),
        condition(11, Operator::AnyOf, select),
    ];
    Query { filter: Some(Filter::And { and }), ..Query::default() }
}

pub fn sorted_by(keys: &[(u32, bool)]) -> Query {
    let sort = keys.iter().map(|&(slot, descending)| SortKey { field: field(slot), descending }).collect();
    Query { sort, ..Query::default() }
}
