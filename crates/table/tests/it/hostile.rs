//! Input made to hurt: it is refused or held, and neither panics nor takes long.

use std::{sync::Arc, time::Instant};

use serde_json::{Value as Json, json};
use skein_table::{
    Base, Choice, Color, Field, FieldKind, File, Op, Place, Record, TableDef, TextValue, Value,
    value_from_json, value_from_text, value_to_json,
};
use skein_types::{ChoiceId, FieldId, FileId, GroupId, MemberId, RecordId, TableId};

use crate::{
    filters::definition,
    state::{NOW, assert_links, dump, links},
};

const TABLE: TableId = TableId::from_bits(1);
const MANY: u128 = 100_000;

fn field(slot: u32) -> FieldId {
    FieldId::from_bits(100 + u128::from(slot))
}

fn record(n: u128) -> RecordId {
    RecordId::from_bits(n)
}

/// A table that links to itself with both sides shown, and has a field of each other type that names things.
fn base() -> Base {
    let mut base = Base::new();
    let mut table = TableDef { id: TABLE, next_slot: 30, ..definition() };
    let link = FieldKind::Link { table: TABLE, multiple: true, mirror: Some(field(21)), filter: None };
    let kinds = [
        link,
        FieldKind::Backlink { table: TABLE, field: field(20), multiple: true },
        FieldKind::Member { multiple: true },
        FieldKind::Group { multiple: true },
        FieldKind::Attachment,
        FieldKind::Location,
        FieldKind::AutoNumber { pattern: "{n:99999999999999999999}{n:18}{".into() },
    ];
    let made =
        (20..).zip(kinds).map(|(slot, kind)| Field::new(field(slot), slot, format!("Field {slot}"), kind));
    table.fields.extend(made);
    base.apply(&Op::CreateTable { table, at: 0 }, &NOW).unwrap();
    base
}

fn create(base: &mut Base, ids: impl Iterator<Item = u128>) {
    let records = ids.map(|id| Record::new(record(id), vec![])).collect();
    base.apply(&Op::CreateRecords { table: TABLE, records }, &NOW).unwrap();
}

fn set(base: &mut Base, slot: u32, value: Value) -> Result<(), &'static str> {
    let records = vec![Record::new(record(1), vec![(field(slot), value)])];
    let written = base.written_out(Op::UpdateRecords { table: TABLE, records });
    let ops = written.map_err(|error| error.code())?;
    ops.iter().try_for_each(|op| base.apply(op, &NOW).map(drop)).map_err(|error| error.code())
}

#[test]
fn a_hundred_thousand_links_are_held_both_ways() {
    let start = Instant::now();
    let mut base = base();
    create(&mut base, 1..=MANY);
    let all: Arc<[RecordId]> = (1..=MANY).rev().map(record).collect();
    set(&mut base, 20, Value::Links { l: all.clone() }).unwrap();
    assert_eq!(links(base.table(TABLE).unwrap(), 0, field(20)), all.to_vec());
    // From the other side: each of them links to the one.
    set(&mut base, 21, Value::Links { l: all.clone() }).unwrap();
    let table = base.table(TABLE).unwrap();
    assert_eq!(links(table, 0, field(21)).len(), all.len());
    assert_links(&base);
    let stored = base.tables().map(|table| {
        let row = |row| (table.record_id(row), table.encode_row(row));
        (table.def().clone(), table.rows().map(row).collect::<Vec<_>>().into_iter())
    });
    let loaded = Base::load(stored.collect()).unwrap();
    assert_eq!(dump(&loaded), dump(&base));
    let mut gone = base.clone();
    let applied = gone.apply(
        &Op::DeleteRecords { table: TABLE, records: (2..=MANY).step_by(9).map(record).collect() },
        &NOW,
    );
    assert_links(&gone);
    for op in applied.unwrap().inverse {
        gone.apply(&op, &NOW).unwrap();
    }
    assert_eq!(dump(&gone), dump(&base));
    // New records that name each other are found among those made, not by looking through all of them.
    let (first, last) = (MANY + 1, MANY + 3_000);
    let named: Arc<[RecordId]> = (first..=last).map(record).collect();
    let made = |id| Record::new(record(id), vec![(field(20), Value::Links { l: named.clone() })]);
    let records =
        (first..first + 100).map(made).chain((first + 100..=last).map(|id| Record::new(record(id), vec![])));
    base.apply(&Op::CreateRecords { table: TABLE, records: records.collect() }, &NOW).unwrap();
    assert!(start.elapsed().as_secs() < 120, "{:?}", start.elapsed());
}

#[test]
fn values_that_fit_nowhere_are_refused() {
    let mut base = base();
    create(&mut base, 1..=3);
    let before = dump(&base);
    let file = |name: String| File { id: FileId::from_bits(1), name, size: u64::MAX, media: String::new() };
    let place = |name: &str, longitude, latitude| Place { name: name.into(), longitude, latitude };
    let places = [
        place("", f64::NAN, 0.0),
        place("", 181.0, 0.0),
        place("", 0.0, f64::INFINITY),
        place(&"x".repeat(1_001), 0.0, 0.0),
    ];
    let mut cases: Vec<(u32, Value)> =
        places.into_iter().map(|p| (25, Value::Place { p: Arc::new(p) })).collect();
    cases.extend([
        (20, Value::Links { l: [record(1), record(1)].into() }),
        (20, Value::Links { l: [record(9)].into() }),
        (21, Value::Links { l: [record(9)].into() }),
        (21, Value::Text { t: "x".into() }),
        (22, Value::Members { u: [MemberId::from_bits(1); 2].into() }),
        (22, Value::Groups { g: [GroupId::from_bits(1)].into() }),
        (23, Value::Groups { g: [GroupId::from_bits(1); 2].into() }),
        (24, Value::Files { f: vec![file("x".into()); 1_001].into() }),
        (24, Value::Files { f: [file("x".repeat(256))].into() }),
        (26, Value::Number { n: f64::NEG_INFINITY }),
    ]);
    for (slot, value) in cases {
        let error = set(&mut base, slot, value.clone()).expect_err("refused");
        assert!(["value.invalid", "link.unknown"].contains(&error), "{value:?}: {error}");
        assert_eq!(dump(&base), before);
    }
    // Lists of nothing are nothing.
    for (slot, value) in [
        (20, Value::Links { l: [].into() }),
        (21, Value::Links { l: [].into() }),
        (22, Value::Members { u: [].into() }),
        (24, Value::Files { f: [].into() }),
    ] {
        set(&mut base, slot, value).unwrap();
        assert_eq!(dump(&base), before);
    }
    set(&mut base, 26, Value::Number { n: 1e300 }).unwrap();
    let table = base.table(TABLE).unwrap();
    assert!(base.cell_text(table, 0, 13).len() < 1_000);
}

#[test]
fn long_lists_of_names_are_read_in_time() {
    let start = Instant::now();
    let choice = |n: u32| Choice {
        id: ChoiceId::from_bits(n.into()),
        code: n,
        name: format!("Choice {n}"),
        color: Color::Blue,
    };
    let choices: Vec<Choice> = (0..10_000).map(choice).collect();
    let multi = Field::new(field(0), 0, "Multi", FieldKind::MultiSelect { choices });
    let names: Vec<String> = (0..MANY).map(|n| format!("choice {}", 9_999 - n % 100)).collect();
    let TextValue::Value(value) = value_from_text(&multi, &names.join(",")) else { panic!("known names") };
    assert_eq!(value_from_json(&multi, &json!(names)).unwrap(), value);
    assert_eq!(value_to_json(&multi, &value).as_array().unwrap().len(), 100);
    let new: Vec<String> = (0..MANY).map(|n| format!("new {n}")).collect();
    let TextValue::NewChoices(found) = value_from_text(&multi, &new.join("\n")) else { panic!("new names") };
    assert_eq!(found, new);
    let link = FieldKind::Link { table: TABLE, multiple: true, mirror: None, filter: None };
    let link = Field::new(field(0), 0, "Link", link);
    let ids: Vec<String> = (0..MANY).map(|n| record(n).to_string()).collect();
    let TextValue::Value(value) = value_from_text(&link, &ids.join(", ")) else { panic!("ids") };
    assert_eq!(value_from_json(&link, &json!(ids)).unwrap(), value);
    for text in ["\"".repeat(100_000), ",".repeat(100_000), "(".repeat(100_000), "\u{feff}".repeat(50_000)] {
        for field in base().table(TABLE).unwrap().def().fields.iter().chain([&multi, &link]) {
            let _ = value_from_text(field, &text);
            let _ = value_from_json(field, &Json::String(text.clone()));
        }
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
