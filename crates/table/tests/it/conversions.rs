//! What cells become when their field gets another type.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value as Json, json};
use skein_table::{
    Applied, Base, Choice, Color, DateStyle, Field, FieldKind, Op, Record, Style, Table, TableDef, Value,
    formula::{Env, People},
    value_from_json, value_to_json,
};
use skein_types::{ChoiceId, FieldId, RecordId, TableId};

use crate::{
    filters::definition,
    state::{NOW, assert_links, dump},
    world::{group, member},
};

const TABLE: TableId = TableId::from_bits(1);
const OTHER: TableId = TableId::from_bits(2);
const FIELD: FieldId = FieldId::from_bits(900);
const RECORD: RecordId = RecordId::from_bits(1);

fn text() -> FieldKind {
    FieldKind::text()
}
fn number() -> FieldKind {
    FieldKind::number(2)
}
fn day() -> FieldKind {
    FieldKind::date(false)
}
fn instant() -> FieldKind {
    FieldKind::date(true)
}
fn choices(first: u128) -> Vec<Choice> {
    let choice = |(code, name): (u32, &str)| Choice {
        id: ChoiceId::from_bits(first + u128::from(code)),
        code,
        name: name.into(),
        color: Color::Blue,
    };
    (0..).zip(["Red", "Dark, blue", "12", "2026-11-20"]).map(choice).collect()
}
fn select() -> FieldKind {
    FieldKind::Select { choices: choices(10) }
}
fn multi() -> FieldKind {
    FieldKind::MultiSelect { choices: choices(20) }
}
fn members(multiple: bool) -> FieldKind {
    FieldKind::Member { multiple }
}
fn groups() -> FieldKind {
    FieldKind::Group { multiple: true }
}
fn link(multiple: bool) -> FieldKind {
    FieldKind::Link { table: OTHER, multiple, mirror: None, filter: None }
}
fn numbered(pattern: &str) -> FieldKind {
    FieldKind::AutoNumber { pattern: pattern.into() }
}
fn formula(formula: &str) -> FieldKind {
    FieldKind::Formula { formula: formula.into(), style: Style::default() }
}
fn made_at(time: bool) -> FieldKind {
    FieldKind::CreatedAt(DateStyle { time, ..DateStyle::default() })
}

/// A table with one record, another with the records 21 “Station”, 22 “Dock, north” and 23 “Station”, and
/// people of whom two have the same name.
fn base(kind: FieldKind, cell: &Json) -> Base {
    let mut base = Base::new();
    let name = |(n, name): (usize, &str)| (member(n), Arc::from(name));
    let members = [(2, "Grace Hopper"), (0, "Ada"), (1, "Grace Hopper")].map(name).into();
    let groups = [(group(0), Arc::from("Research, north"))].into();
    base.set_env(Arc::new(Env { people: Arc::new(People { members, groups }), ..Env::default() }));
    for (id, at) in [(TABLE, 0), (OTHER, 1)] {
        let mut table = TableDef { id, name: format!("Table {at}"), ..definition() };
        table.fields.truncate(1);
        base.apply(&Op::CreateTable { table, at }, &NOW).unwrap();
    }
    let primary = definition().fields[0].id;
    let title = |(id, title): (u128, &str)| {
        Record::new(RecordId::from_bits(id), vec![(primary, Value::Text { t: title.into() })])
    };
    let records = [(21, "Station"), (22, "Dock, north"), (23, "Station")].map(title).into();
    base.apply(&Op::CreateRecords { table: OTHER, records }, &NOW).unwrap();
    let field = Field::new(FIELD, 50, "Field", kind);
    let value = if field.kind.is_stored() { value_from_json(&field, cell).unwrap() } else { Value::Null };
    base.apply(&Op::CreateField { table: TABLE, field, at: 1 }, &NOW).unwrap();
    let cells = if value == Value::Null { vec![] } else { vec![(FIELD, value)] };
    let records = vec![Record::new(RECORD, cells), Record::new(RecordId::from_bits(2), vec![])];
    base.apply(&Op::CreateRecords { table: TABLE, records }, &NOW).unwrap();
    base.settle();
    base
}

fn is_numbered(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::AutoNumber { .. })
}

/// What a database holds of a base: rows are written when an operation says so.
struct Stored(BTreeMap<TableId, BTreeMap<RecordId, Vec<u8>>>);

impl Stored {
    fn of(base: &Base) -> Self {
        let rows =
            |table: &Table| table.rows().map(|row| (table.record_id(row), table.encode_row(row))).collect();
        Self(base.tables().map(|table| (table.def().id, rows(table))).collect())
    }

    fn follow(&mut self, base: &Base, applied: &Applied) {
        for change in &applied.changes {
            let table = base.table(change.table).unwrap();
            let rows = self.0.get_mut(&change.table).unwrap();
            for record in &change.records {
                rows.insert(*record, table.encode_row(table.row(*record).unwrap()));
            }
        }
    }

    /// Read by the definitions of now, where nobody's name is known.
    fn load(&self, base: &Base) -> Base {
        let rows = |id| self.0[&id].iter().map(|(record, bytes)| (*record, bytes));
        Base::load(base.tables().map(|table| (table.def().clone(), rows(table.def().id))).collect()).unwrap()
    }
}

fn id(record: u128) -> Json {
    json!([RecordId::from_bits(record).to_string()])
}

fn choice(id: u128) -> Json {
    json!(ChoiceId::from_bits(id).to_string())
}

#[test]
fn cells_become_what_people_expect() {
    let ada = json!([member(0).to_string()]);
    let both = json!([member(1).to_string(), member(0).to_string()]);
    let file =
        json!([{"id": "fil_00000000000000000000000001", "name": "a, b.pdf", "size": 1, "media": "x/y"}]);
    let place = json!({"name": "北京", "longitude": 116.4, "latitude": 39.9});
    let unnamed = json!({"longitude": 116.4, "latitude": 39.9});
    let cases: Vec<(FieldKind, Json, FieldKind, Json)> = vec![
        (text(), json!("1,234.50 €"), number(), json!(1234.5)),
        (text(), json!("twelve"), number(), Json::Null),
        (number(), json!(1234.5), text(), json!("1234.5")),
        (number(), json!(1e21), text(), json!("1000000000000000000000")),
        (text(), json!("20 Nov 2026"), day(), json!("2026-11-20")),
        (text(), json!("2026-11-20 08:05"), instant(), json!("2026-11-20T08:05:00Z")),
        (text(), json!("soon"), day(), Json::Null),
        (day(), json!("2026-11-20"), text(), json!("2026-11-20")),
        (instant(), json!("2026-11-20T08:05:00Z"), text(), json!("2026-11-20 08:05:00")),
        (instant(), json!("2026-11-20T08:05:00Z"), day(), json!("2026-11-20")),
        (day(), json!("2026-11-20"), number(), Json::Null),
        (number(), json!(5), day(), Json::Null),
        (text(), json!("red"), select(), choice(10)),
        (text(), json!("Purple"), select(), Json::Null),
        (text(), json!("Dark, blue"), select(), choice(11)),
        (text(), json!("12, red"), multi(), json!([choice(22), choice(20)])),
        (text(), json!("red, purple"), multi(), Json::Null),
        (number(), json!(12), select(), choice(12)),
        (day(), json!("2026-11-20"), select(), choice(13)),
        (select(), json!("Dark, blue"), text(), json!("Dark, blue")),
        (select(), json!("12"), number(), json!(12)),
        (select(), json!("Red"), multi(), json!([choice(20)])),
        (multi(), json!(["Dark, blue", "Red"]), select(), choice(11)),
        (multi(), json!(["Dark, blue", "Red"]), text(), json!("\"Dark, blue\", Red")),
        (multi(), json!(["12"]), number(), json!(12)),
        (FieldKind::Checkbox, json!(true), number(), json!(1)),
        (FieldKind::Checkbox, json!(true), text(), json!("true")),
        (FieldKind::Checkbox, json!(false), text(), Json::Null),
        (number(), json!(-2), FieldKind::Checkbox, json!(true)),
        (number(), json!(0), FieldKind::Checkbox, json!(false)),
        (text(), json!("✓"), FieldKind::Checkbox, json!(true)),
        (text(), json!("no"), FieldKind::Checkbox, json!(false)),
        // Names of people and groups, of records by what they are called.
        (text(), json!("ada"), members(false), ada.clone()),
        (text(), json!("Grace Hopper; Ada; ada"), members(true), both.clone()),
        (text(), json!("Grace Hopper, Ada"), members(false), json!([member(1).to_string()])),
        (text(), json!("Nobody"), members(true), Json::Null),
        (members(true), both.clone(), text(), json!("Grace Hopper, Ada")),
        (members(true), both.clone(), members(false), json!([member(1).to_string()])),
        (members(false), json!(member(3).to_string()), text(), Json::Null),
        (text(), json!("research, north"), groups(), json!([group(0).to_string()])),
        (groups(), json!([group(0).to_string()]), text(), json!("Research, north")),
        (text(), json!("Station"), link(false), id(21)),
        (text(), json!("\"Dock, north\", station"), link(true), json!([id(22)[0], id(21)[0]])),
        (text(), json!("dock, north"), link(true), id(22)),
        (text(), json!("Harbour"), link(true), Json::Null),
        (link(true), json!([id(22)[0], id(23)[0]]), text(), json!("\"Dock, north\", Station")),
        (link(true), id(22), text(), json!("Dock, north")),
        (link(true), json!([id(22)[0], id(23)[0]]), link(false), id(22)),
        (number(), json!(5), link(true), Json::Null),
        // Files and places have names.
        (FieldKind::Attachment, file.clone(), text(), json!("a, b.pdf")),
        (
            FieldKind::Attachment,
            file,
            FieldKind::Attachment,
            json!([{"id": "fil_00000000000000000000000001", "name": "a, b.pdf", "size": 1, "media": "x/y"}]),
        ),
        (FieldKind::Location, place.clone(), text(), json!("北京")),
        (FieldKind::Location, unnamed.clone(), text(), json!("116.4, 39.9")),
        (text(), json!("116.4, 39.9"), FieldKind::Location, unnamed),
        (text(), json!("北京 (116.4, 39.9)"), FieldKind::Location, place),
        // What is counted and noted stays as it was shown.
        (numbered("A-{n:3}"), json!(7), text(), json!("A-007")),
        (numbered("A-{n:3}"), json!(7), number(), json!(7)),
        (numbered("{n}"), json!(7), number(), json!(7)),
        (text(), json!("x"), numbered("{n}"), json!(1)),
        (made_at(false), Json::Null, day(), json!("2023-11-14")),
        (made_at(true), Json::Null, instant(), json!("2023-11-14T22:13:20Z")),
        // Formulas freeze to what they showed; errors to nothing.
        (formula("1 / 4"), Json::Null, number(), json!(0.25)),
        (formula("1 / 4"), Json::Null, text(), json!("0.25")),
        (formula("1 = 1"), Json::Null, FieldKind::Checkbox, json!(true)),
        (formula("1 = 1"), Json::Null, number(), json!(1)),
        (formula("\"re\" & \"d\""), Json::Null, select(), choice(10)),
        (formula("1 / 0"), Json::Null, text(), Json::Null),
        (text(), json!("x"), formula("1"), Json::Null),
    ];
    for (from, cell, to, expected) in cases {
        becomes(&from, &cell, &to, &expected);
    }
}

/// Converts a cell, there and back, in memory and in storage.
fn becomes(from: &FieldKind, cell: &Json, to: &FieldKind, expected: &Json) {
    let mut base = base(from.clone(), cell);
    let before = dump(&base);
    let mut stored = Stored::of(&base);
    let field = Field::new(FIELD, 60, "Field", to.clone());
    let applied = base.apply(&Op::retype(TABLE, field.clone()), &NOW).unwrap();
    assert_links(&base);
    let table = base.table(TABLE).unwrap();
    let got = value_to_json(&field, &table.get(0, FIELD));
    assert_eq!(got, *expected, "{cell} of {} as {}", from.type_name(), to.type_name());
    if !matches!(to, FieldKind::AutoNumber { .. }) && from.is_stored() {
        assert_eq!(table.get(1, FIELD), Value::Null);
    }
    stored.follow(&base, &applied);
    let lazy = from.is_stored() && to.is_stored() && ![from, to].iter().any(|kind| is_numbered(kind));
    assert_eq!(applied.changes[0].records.is_empty(), lazy || !to.is_stored());
    assert_eq!(dump(&stored.load(&base)), dump(&base));
    // Names that mean something else by now change nothing of what was resolved.
    let nobody = Arc::new(Env { people: Arc::default(), ..base.env().clone() });
    if lazy {
        base.set_env(nobody);
    }
    for op in &applied.inverse {
        let applied = base.apply(op, &NOW).unwrap();
        stored.follow(&base, &applied);
    }
    assert_eq!(dump(&stored.load(&base)), dump(&base));
    assert_eq!(dump(&base), before, "{cell} of {} as {} and back", from.type_name(), to.type_name());
}

#[test]
fn new_choices_are_those_the_conversion_finds() {
    let cases = [
        (text(), json!("Red; Green"), false, vec!["Red; Green"]),
        (text(), json!("Red; Green"), true, vec!["Red", "Green"]),
        (link(true), json!([id(22)[0], id(21)[0]]), true, vec!["Dock, north", "Station"]),
        (number(), json!(1.5), false, vec!["1.5"]),
        (instant(), json!("2026-11-20T08:05:00Z"), false, vec!["2026-11-20 08:05:00"]),
        (multi(), json!(["Dark, blue", "Red"]), true, vec!["Dark, blue", "Red"]),
    ];
    for (from, cell, several, names) in cases {
        let mut base = base(from, &cell);
        let table = base.table(TABLE).unwrap().clone();
        assert_eq!(base.choice_names(&table, 1, !several, 10), names);
        let choice = |(code, name): (u32, &&str)| Choice {
            id: ChoiceId::from_bits(u128::from(code)),
            code,
            name: (*name).into(),
            color: Color::Red,
        };
        let choices: Vec<Choice> = (0..).zip(&names).map(choice).collect();
        let all = choices.iter().map(|choice| choice.id).collect();
        let (kind, expected) = if several {
            (FieldKind::MultiSelect { choices }, Value::Choices { m: all })
        } else {
            (FieldKind::Select { choices }, Value::Choice { c: all[0] })
        };
        let field = Field::new(FIELD, 60, "Field", kind);
        base.apply(&Op::retype(TABLE, field), &NOW).unwrap();
        assert_eq!(base.table(TABLE).unwrap().get(0, FIELD), expected, "{names:?}");
    }
}
