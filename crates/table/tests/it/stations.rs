//! A base of two tables with a field of every kind: visits, which link to stations and to other visits.

use std::{collections::HashMap, sync::Arc};

use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};
use skein_table::{
    Aggregate, Base, Choice, Color, DateStyle, Field, FieldKind, Lookup, LookupFrom, Op, Record, Style,
    TableDef, Touched, View, Viewer,
    formula::{Env, People},
    value_from_json,
};
use skein_types::{ChoiceId, FieldId, FileId, GroupId, Id, MemberId, RecordId, TableId, ViewId};

use crate::{dice::Dice, state::NOW};

pub const VISITS: u128 = 1;
pub const STATIONS: u128 = 2;
/// Fields of visits by slot.
pub const KINDS: u32 = 20;

pub fn visits() -> TableId {
    TableId::from_bits(VISITS)
}
pub fn stations() -> TableId {
    TableId::from_bits(STATIONS)
}
/// A field of visits.
pub fn field(slot: u32) -> FieldId {
    FieldId::from_bits(u128::from(slot) + 100)
}
/// A field of stations.
pub fn station_field(slot: u32) -> FieldId {
    FieldId::from_bits(u128::from(slot) + 200)
}
pub fn choice(code: u32) -> ChoiceId {
    ChoiceId::from_bits(u128::from(code) + 1)
}
pub fn id<K: skein_types::IdKind>(n: u32) -> Id<K> {
    Id::from_bits(u128::from(n) + 1)
}

fn view() -> View {
    View::new(ViewId::from_bits(1), "All")
}

fn table(id: TableId, name: &str, fields: Vec<Field>) -> TableDef {
    let next_slot = fields.len() as u32;
    TableDef {
        id,
        name: name.into(),
        fields,
        views: vec![view()],
        next_slot,
        retired: Vec::new(),
        numbers: Vec::new(),
    }
}

fn choices() -> Vec<Choice> {
    let named = (0..).zip(["Red", "Blue", "Green"]);
    named
        .map(|(code, name)| Choice { id: choice(code), code, name: name.into(), color: Color::Red })
        .collect()
}

fn kinds() -> Vec<FieldKind> {
    let link = |table, multiple, mirror| FieldKind::Link { table, multiple, mirror, filter: None };
    let formula = |formula: String| FieldKind::Formula { formula, style: Style::default() };
    let names = Lookup { from: LookupFrom::Link(field(14)), field: station_field(0), filter: None };
    let amounts = Lookup { from: LookupFrom::Link(field(14)), field: station_field(1), filter: None };
    vec![
        FieldKind::text(),
        FieldKind::number(2),
        FieldKind::date(false),
        FieldKind::date(true),
        FieldKind::Select { choices: choices() },
        FieldKind::MultiSelect { choices: choices() },
        FieldKind::Checkbox,
        FieldKind::Member { multiple: true },
        FieldKind::Group { multiple: false },
        FieldKind::Attachment,
        FieldKind::Location,
        FieldKind::AutoNumber { pattern: "V-{n:3}".into() },
        FieldKind::CreatedAt(DateStyle { time: true, ..DateStyle::default() }),
        FieldKind::UpdatedBy,
        link(stations(), true, Some(station_field(2))),
        link(visits(), false, None),
        formula(format!("{{{}}} / IF({{{}}}, 1, 0)", field(1), field(6))),
        FieldKind::Lookup(names),
        FieldKind::Rollup { lookup: amounts, aggregate: Aggregate::Sum, style: Style::default() },
        formula(format!("{{{}}} & \"!\"", field(0))),
    ]
}

/// Both tables without records.
pub fn empty() -> Base {
    let named = |id: fn(u32) -> FieldId| {
        move |(slot, kind): (u32, FieldKind)| Field::new(id(slot), slot, format!("F{slot}"), kind)
    };
    let mut fields: Vec<Field> = (0..).zip(kinds()).map(named(field)).collect();
    let computed = fields.split_off(16);
    let station = [
        FieldKind::text(),
        FieldKind::number(0),
        FieldKind::Backlink { table: visits(), field: field(14), multiple: true },
    ];
    let station = (0..).zip(station).map(named(station_field)).collect();
    let mut base = Base::new();
    let mut visit = table(visits(), "Visits", fields);
    visit.next_slot = KINDS;
    base.apply(&Op::CreateTable { table: table(stations(), "Stations", station), at: 0 }, &NOW).unwrap();
    base.apply(&Op::CreateTable { table: visit, at: 0 }, &NOW).unwrap();
    for (at, field) in (16..).zip(computed) {
        base.apply(&Op::CreateField { table: visits(), field, at }, &NOW).unwrap();
    }
    base.set_env(Arc::new(Env { people: Arc::new(people("Ann")), ..Env::default() }));
    base.settle();
    base
}

/// Three members and two groups; the first member may be called otherwise.
pub fn people(first: &str) -> People {
    let names = [first, "bo", "李"];
    let members: HashMap<MemberId, Arc<str>> =
        (0..).zip(names).map(|(n, name)| (id(n), name.into())).collect();
    let groups: HashMap<GroupId, Arc<str>> =
        (0..).zip(["North", "South"]).map(|(n, name)| (id(n), name.into())).collect();
    People { members, groups }
}

/// The second member, on 2026-11-20 in Berlin, in the first group, with the third member.
pub fn viewer() -> Viewer {
    Viewer {
        now: 1_795_176_000_000,
        zone: TimeZone::get("Europe/Berlin").unwrap(),
        me: Some(id(1)),
        groups: vec![id(0)],
        colleagues: vec![id(1), id(2)],
        ..Viewer::default()
    }
}

/// Applies an operation, settles, and notes what changed.
pub fn apply(base: &mut Base, op: &Op, touched: &mut Touched) {
    let applied = base.apply(op, &NOW).unwrap();
    for change in applied.changes.into_iter().chain(base.settle()) {
        touched.entry(change.table).or_default().extend(change.rows);
    }
}

/// A record of visits by slots and JSON.
pub fn visit(base: &Base, record: RecordId, cells: &[(u32, Json)]) -> Record {
    let table = base.table(visits()).unwrap();
    let cell = |(slot, json): &(u32, Json)| {
        let of = table.field(field(*slot)).unwrap();
        (of.id, value_from_json(of, json).unwrap())
    };
    Record::new(record, cells.iter().map(cell).collect())
}

/// A record of stations by name and number.
pub fn station(record: RecordId, name: &str, number: f64) -> Record {
    let text = skein_table::Value::Text { t: name.into() };
    let number = skein_table::Value::Number { n: number };
    Record::new(record, vec![(station_field(0), text), (station_field(1), number)])
}

/// A random value of a field of visits as JSON; null one time in four.
pub fn some_json(dice: &mut Dice, base: &Base, slot: u32) -> Json {
    if dice.one_in(4) {
        return Json::Null;
    }
    let some = |table| {
        let table = base.table(table).unwrap();
        table.rows().map(|row| table.record_id(row).to_string()).collect::<Vec<_>>()
    };
    let list = |dice: &mut Dice, all: Vec<String>| {
        let mut all = all;
        all.retain(|_| dice.one_in(2));
        if dice.one_in(2) {
            all.reverse();
        }
        json!(all)
    };
    let days = ["2026-10-31", "2026-11-19", "2026-11-20", "2026-11-21", "2027-01-01"];
    match slot {
        0 => json!(dice.pick(&["a", "A", "b 2", "b 10", "上海", "é"])),
        1 => json!(dice.pick(&[0.0, 1.0, -2.5, 1e300, -1e300, 0.1, 0.2, 7.0])),
        2 => json!(dice.pick(&days)),
        3 => json!(format!("{}T{}:30:00Z", dice.pick(&days), dice.pick(&["00", "12", "23"]))),
        4 => json!(choice(dice.below(3) as u32).to_string()),
        5 => list(dice, (0..3).map(|code| choice(code).to_string()).collect()),
        6 => json!(dice.one_in(2)),
        7 => list(dice, (1..4).map(|n| MemberId::from_bits(n).to_string()).collect()),
        8 => json!(GroupId::from_bits(dice.below(2) as u128 + 1).to_string()),
        9 => {
            let file = |n: u32| {
                let id = FileId::from_bits(u128::from(n) + 1).to_string();
                json!({"id": id, "name": format!("{n}.pdf"), "size": n, "media": "application/pdf"})
            };
            (0..dice.below(3) as u32).map(file).collect()
        }
        10 => {
            let (name, longitude) = (dice.pick(&["", "Here", "There"]), dice.pick(&[-170.0, 13.4, 175.0]));
            json!({"name": name, "longitude": longitude, "latitude": 52.5})
        }
        11 => json!(dice.below(1_200)),
        14 => list(dice, some(stations())),
        15 => match some(visits()) {
            all if all.is_empty() => Json::Null,
            all => json!(dice.pick(&all)),
        },
        _ => Json::Null,
    }
}
