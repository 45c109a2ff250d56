//! A base of two linked tables with a field of most types, and cells made of bytes.

use std::sync::Arc;

use arbitrary::{Result, Unstructured};
use serde_json::{Value as Json, json};
use skein_table::{Base, Field, FieldKind, Op, Place, Record, Stamp, Table, TableDef, Value};
use skein_types::{ChoiceId, FieldId, MemberId, RecordId, TableId, ViewId};

pub(crate) const STATIONS: TableId = TableId::from_bits(1);
pub(crate) const REGIONS: TableId = TableId::from_bits(2);

pub(crate) const TEXTS: [&str; 14] = [
    "a",
    "A",
    "item 10",
    "Item 9",
    "鹅",
    "北京",
    "\u{200b}",
    "ß",
    "12%",
    "2026-11-20",
    "=1+1",
    "a,b\n\"c\"",
    "0",
    "-1e5",
];
pub(crate) const NUMBERS: [f64; 12] =
    [0.0, 1.0, -1.0, 0.1, 2.5, 1e15, -1e-9, 1e300, -1e300, 1e-300, 3.0, 1_000_000.0];
/// Milliseconds: the ends of the calendar, of 1970, and days with odd clocks among them.
pub(crate) const INSTANTS: [i64; 8] = [
    -62_135_596_800_000,
    253_402_214_400_000,
    0,
    -86_400_000,
    1_709_164_800_000,
    1_795_132_800_000,
    1_774_742_400_000,
    -2_209_161_600_000,
];

pub(crate) fn field(n: u128) -> FieldId {
    FieldId::from_bits(n)
}

pub(crate) fn record(n: u128) -> RecordId {
    RecordId::from_bits(n)
}

fn choices(from: u128) -> Json {
    let choice = |(at, name): (u128, &str)| json!({"id": ChoiceId::from_bits(from + at), "code": at as u32, "name": name, "color": "blue"});
    (0u128..).zip(["Open", "Closed", "北京"]).map(choice).collect()
}

fn definition(id: TableId, name: &str, fields: &[(u128, &str, Json)]) -> TableDef {
    let field = |(slot, (id, name, kind)): (usize, &(u128, &str, Json))| {
        let mut field = kind.clone();
        field["id"] = json!(field_id(*id));
        field["slot"] = slot.into();
        field["name"] = (*name).into();
        field
    };
    let fields: Vec<Json> = fields.iter().enumerate().map(field).collect();
    let view = json!({"id": ViewId::from_bits(id.bits()), "name": "Grid", "kind": "grid"});
    let def = json!({"id": id, "name": name, "next_slot": fields.len(), "fields": fields, "views": [view]});
    serde_json::from_value(def).expect("a definition")
}

fn field_id(n: u128) -> String {
    field(n).to_string()
}

/// Stations and regions, without records.
pub(crate) fn empty() -> Base {
    let text = || json!({"type": "text"});
    let date = |time: bool| json!({"type": "date", "time": time});
    let regions = [
        (30, "Name", text()),
        (31, "Rate", json!({"type": "number", "format": "percent"})),
        (32, "Start", date(false)),
    ];
    let stations = [
        (10, "Name", text()),
        (11, "Amount", json!({"type": "number"})),
        (12, "Day", date(false)),
        (13, "At", date(true)),
        (14, "Kind", json!({"type": "select", "choices": choices(1)})),
        (15, "Tags", json!({"type": "multi_select", "choices": choices(11)})),
        (16, "Done", json!({"type": "checkbox"})),
        (17, "Who", json!({"type": "member", "multiple": true})),
        (18, "Where", json!({"type": "location"})),
        (19, "Sites", json!({"type": "link", "table": REGIONS, "multiple": true, "mirror": field(33)})),
        (20, "Peer", json!({"type": "link", "table": STATIONS})),
        (21, "No", json!({"type": "auto_number", "pattern": "N{n:3}"})),
    ];
    let mut base = Base::new();
    for def in [definition(REGIONS, "Regions", &regions), definition(STATIONS, "Stations", &stations)] {
        base.apply(&Op::CreateTable { table: def, at: 0 }, &Stamp::default()).expect("a table");
    }
    let kind = FieldKind::Backlink { table: STATIONS, field: field(19), multiple: true };
    let back = Field::new(field(33), 3, "Back", kind);
    base.apply(&Op::CreateField { table: REGIONS, field: back, at: 3 }, &Stamp::default()).expect("a field");
    base.settle();
    base
}

/// Up to six records in each table.
pub(crate) fn filled(u: &mut Unstructured<'_>) -> Result<Base> {
    let mut base = empty();
    for table in [REGIONS, STATIONS] {
        for n in 0..u.int_in_range(0..=6u128)? {
            let id = record(table.bits() * 100 + n);
            let cells = cells(u, &base, table)?;
            let op = Op::CreateRecords { table, records: vec![Record::new(id, cells)] };
            // Two may link to what only one may: such records are refused.
            let _ = base.apply(&op, &Stamp::default());
        }
    }
    base.settle();
    Ok(base)
}

/// Some cells of a record.
pub(crate) fn cells(u: &mut Unstructured<'_>, base: &Base, table: TableId) -> Result<Vec<(FieldId, Value)>> {
    let here = base.table(table).expect("the table is there");
    let mut cells = Vec::new();
    for field in &here.def().fields {
        if field.kind.is_writable() && !matches!(field.kind, FieldKind::Backlink { .. }) && u.ratio(2, 3)? {
            cells.push((field.id, value(u, base, &field.kind)?));
        }
    }
    Ok(cells)
}

fn ids(u: &mut Unstructured<'_>, table: Option<&Arc<Table>>, most: usize) -> Result<Vec<RecordId>> {
    let all: Vec<RecordId> =
        table.map(|table| table.rows().map(|row| table.record_id(row)).collect()).unwrap_or_default();
    let mut some = Vec::new();
    for _ in 0..most.min(all.len()) {
        let one = *u.choose(&all)?;
        if u.ratio(1, 2)? && !some.contains(&one) {
            some.push(one);
        }
    }
    Ok(some)
}

fn value(u: &mut Unstructured<'_>, base: &Base, kind: &FieldKind) -> Result<Value> {
    Ok(match kind {
        FieldKind::Text { .. } => Value::Text { t: (*u.choose(&TEXTS)?).into() },
        FieldKind::Number(_) => Value::Number { n: *u.choose(&NUMBERS)? },
        FieldKind::Date(style) => {
            let at = *u.choose(&INSTANTS)?;
            let within = if style.time { u.int_in_range(0..=86_399_999)? } else { 0 };
            Value::Date { d: at + within }
        }
        FieldKind::Select { choices } => u.choose(choices).map(|choice| Value::Choice { c: choice.id })?,
        FieldKind::MultiSelect { choices } => Value::Choices {
            m: choices.iter().take(u.int_in_range(1..=3)?).map(|choice| choice.id).collect(),
        },
        FieldKind::Checkbox => Value::Bool { b: u.arbitrary()? },
        FieldKind::Member { .. } => {
            Value::Members { u: (1..=u.int_in_range(1..=3u128)?).map(MemberId::from_bits).collect() }
        }
        FieldKind::Location => {
            let (longitude, latitude) = *u.choose(&[(0.0, 0.0), (180.0, -90.0), (116.4, 39.9)])?;
            Value::Place { p: Arc::new(Place { name: (*u.choose(&TEXTS)?).into(), longitude, latitude }) }
        }
        FieldKind::Link { table, multiple, .. } => {
            let l = ids(u, base.table(*table), if *multiple { 3 } else { 1 })?;
            if l.is_empty() { Value::Null } else { Value::Links { l: l.into() } }
        }
        _ => Value::Null,
    })
}
