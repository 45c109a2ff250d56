//! Conditions of lookups: they find what queries find.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use skein_table::{
    Base, Condition, Field, FieldKind, Filter, Lookup, LookupFrom, Op,
    Operator::{self, *},
    Query, QueryError, Record, RowIx, Style, Table, TableDef, Value, View, Viewer,
    formula::Env,
    select,
};
use skein_types::{FieldId, MemberId, RecordId, TableId, ViewId};

use crate::{
    dice::Dice,
    filters,
    state::NOW,
    world::{World, query},
};

const IDS: FieldId = FieldId::from_bits(9_000_001);
const FOUND: FieldId = FieldId::from_bits(9_000_002);

fn by_table(table: TableId, filter: Option<Filter>) -> FieldKind {
    FieldKind::Lookup(Lookup { from: LookupFrom::Table(table), field: IDS, filter })
}

/// The base with a field of ids in a table, and a lookup there that finds records of the table.
fn looking(base: &Base, table: TableId, filter: Filter, viewer: &Viewer) -> Base {
    let mut base = base.clone();
    let ids = FieldKind::Formula { formula: "RECORD_ID()".into(), style: Style::default() };
    for (field, name, kind) in [(IDS, "Its id", ids), (FOUND, "Found", by_table(table, Some(filter)))] {
        let slot = base.table(table).unwrap().def().next_slot;
        let at = base.table(table).unwrap().def().fields.len();
        let field = Field::new(field, slot, name, kind);
        base.apply(&Op::CreateField { table, field, at }, &NOW).unwrap();
    }
    let people = base.env().people.clone();
    base.set_env(Arc::new(Env { now: viewer.now, zone: viewer.zone.clone(), people }));
    base.settle();
    base
}

/// By row of the one who looks, the rows found.
fn found(base: &Base, table: TableId) -> Vec<(RowIx, Vec<RowIx>)> {
    let table = base.table(table).unwrap();
    let rows = |row| {
        let text = base.text(table, row, FOUND);
        let ids = text.split(',').filter(|id| !id.is_empty()).map(str::parse::<RecordId>);
        let mut rows: Vec<RowIx> =
            ids.map(|id| table.row(id.unwrap_or_else(|_| panic!("{text}"))).unwrap()).collect();
        rows.sort_unstable();
        rows
    };
    table.rows().map(|row| (row, rows(row))).collect()
}

/// A lookup with a filter finds these rows; one that compares with its own record, at these rows itself.
pub fn assert_finds(base: &Base, table: &Table, filter: Filter, viewer: &Viewer, rows: &[RowIx]) {
    let text = serde_json::to_string(&filter).unwrap();
    let checked = base.check_lookup_filter(table, table, &filter);
    let personal = text.contains("\"me\"") || text.contains("departments");
    let refused =
        |error: &QueryError| error.path == "filter.value" && error.message.contains("whoever looks");
    assert_eq!(checked.as_ref().err().is_some_and(refused), personal, "{text} {checked:?}");
    if personal {
        return;
    }
    let pairs = text.contains("\"value\":{\"field\"");
    let id = table.def().id;
    for (row, found) in found(&looking(base, id, filter, viewer), id) {
        if pairs {
            assert_eq!(found.contains(&row), rows.contains(&row), "{text} at {row}");
        } else {
            assert_eq!(found, sorted(rows), "{text}");
        }
    }
}

fn sorted(rows: &[RowIx]) -> Vec<RowIx> {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows
}

fn one(field: FieldId, op: Operator, value: Json) -> Filter {
    Filter::Condition(Condition { field, op, value })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_lookup_finds_what_a_query_finds_after_any_edits(seed: u64) {
        let (mut world, mut base, mut dice) = (World::default(), Base::new(), Dice(seed));
        let def = world.def(&mut dice);
        base.apply(&Op::CreateTable { table: def.clone(), at: 0 }, &NOW).unwrap();
        let mut some = |base: &mut Base, dice: &mut Dice| {
            let kind = dice.below(30);
            let op = world.record_op(dice, base, base.table(def.id).unwrap(), kind);
            base.apply(&op, &NOW).ok();
            base.settle();
        };
        for _ in 0..20 {
            some(&mut base, &mut dice);
        }
        let Some(filter) = query(&mut dice, &def, true).filter else { return Ok(()) };
        let viewer = Viewer::default();
        let mut base = looking(&base, def.id, filter.clone(), &viewer);
        for _ in 0..12 {
            let table = base.table(def.id).unwrap();
            let asked = Query { filter: Some(filter.clone()), ..Query::default() };
            let rows = sorted(&select(&base, table, &asked, &viewer));
            for (_, found) in found(&base, def.id) {
                prop_assert_eq!(&found, &rows, "{:?}", filter);
            }
            some(&mut base, &mut dice);
        }
    }
}

fn two_tables() -> (Base, TableId, TableId) {
    let mut base = Base::new();
    let there = filters::definition();
    let own = TableDef {
        id: TableId::from_bits(2),
        name: "Own".into(),
        fields: vec![
            Field::new(FieldId::from_bits(201), 0, "Name", FieldKind::text()),
            Field::new(FieldId::from_bits(202), 1, "Most", FieldKind::number(0)),
            Field::new(FieldId::from_bits(203), 2, "Who", FieldKind::Member { multiple: true }),
        ],
        views: vec![View::new(ViewId::from_bits(2), "All")],
        next_slot: 3,
        retired: Vec::new(),
        numbers: Vec::new(),
    };
    let ids = (there.id, own.id);
    for table in [there, own] {
        base.apply(&Op::CreateTable { table, at: 0 }, &NOW).unwrap();
    }
    (base, ids.0, ids.1)
}

fn text(text: &str) -> Value {
    Value::Text { t: text.into() }
}

fn count(base: &Base, own: TableId) -> String {
    base.text(base.table(own).unwrap(), 0, FOUND)
}

#[test]
fn a_condition_on_an_own_field_follows_both_sides_and_ignores_case_like_queries() {
    let (mut base, there, own) = two_tables();
    let field = |n: u128| FieldId::from_bits(n);
    let record = |table, id: u128, cells| Op::CreateRecords {
        table,
        records: vec![Record::new(RecordId::from_bits(id), cells)],
    };
    let update = |table, id: u128, cells| Op::UpdateRecords {
        table,
        records: vec![Record::new(RecordId::from_bits(id), cells)],
    };
    let filter = Filter::And {
        and: vec![
            one(field(1), Is, json!({"field": field(201)})),
            one(field(2), Lte, json!({"field": field(202)})),
        ],
    };
    let lookup = Lookup { from: LookupFrom::Table(there), field: field(1), filter: Some(filter) };
    let kind =
        FieldKind::Rollup { lookup, aggregate: skein_table::Aggregate::CountAll, style: Style::default() };
    let number = |n: f64| Value::Number { n };
    base.apply(&Op::CreateField { table: own, field: Field::new(FOUND, 3, "Found", kind), at: 3 }, &NOW)
        .unwrap();
    let steps = [
        (record(own, 50, vec![(field(201), text("Goose")), (field(202), number(3.0))]), "0"),
        (record(there, 60, vec![(field(1), text("goose")), (field(2), number(1.0))]), "1"),
        (record(there, 61, vec![(field(1), text("GOOSE ")), (field(2), number(1.0))]), "1"),
        (record(there, 62, vec![(field(1), text("GOOSE")), (field(2), number(3.0))]), "2"),
        (update(there, 62, vec![(field(2), number(4.0))]), "1"),
        (update(own, 50, vec![(field(202), number(4.0))]), "2"),
        (update(own, 50, vec![(field(201), text("goose "))]), "1"),
        (update(there, 60, vec![(field(1), text("Duck"))]), "1"),
        (update(own, 50, vec![(field(201), text("duck"))]), "1"),
        (Op::DeleteRecords { table: there, records: vec![RecordId::from_bits(60)] }, "0"),
    ];
    for (step, (op, expected)) in steps.iter().enumerate() {
        base.apply(op, &NOW).unwrap();
        base.settle();
        assert_eq!(count(&base, own), *expected, "step {step}");
    }
    let read = base.explain(own, FOUND).unwrap().reads;
    assert!(read.iter().all(|read| read.table == own || !read.whole || read.field.is_some()), "{read:?}");
}

#[test]
fn a_day_that_begins_is_told_to_lookups() {
    let (mut base, there, own) = two_tables();
    let day = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let cells = vec![(FieldId::from_bits(3), Value::Date { d: day("2026-11-20T00:00:00Z") })];
    let record = Record::new(RecordId::from_bits(60), cells);
    let filter = one(FieldId::from_bits(3), Is, json!({"relative": "tomorrow"}));
    let lookup =
        Lookup { from: LookupFrom::Table(there), field: FieldId::from_bits(3), filter: Some(filter) };
    let kind =
        FieldKind::Rollup { lookup, aggregate: skein_table::Aggregate::CountAll, style: Style::default() };
    let at = |text: &str| Arc::new(Env { now: day(text), ..Env::default() });
    base.set_env(at("2026-11-18T10:00:00Z"));
    let own_record = Record::new(RecordId::from_bits(50), Vec::new());
    for op in [
        Op::CreateRecords { table: there, records: vec![record] },
        Op::CreateRecords { table: own, records: vec![own_record] },
        Op::CreateField { table: own, field: Field::new(FOUND, 3, "Found", kind), at: 3 },
    ] {
        base.apply(&op, &NOW).unwrap();
    }
    base.settle();
    assert_eq!(count(&base, own), "0");
    assert!(base.volatile().is_some());
    for (now, expected) in [("2026-11-19T00:00:01Z", "1"), ("2026-11-20T00:00:01Z", "0")] {
        base.set_env(at(now));
        base.settle();
        assert_eq!(count(&base, own), expected, "{now}");
    }
}

#[test]
fn what_is_wrong_is_said_as_of_queries_and_the_viewer_is_refused_by_name() {
    let (base, there, own) = two_tables();
    let (there, own) = (base.table(there).unwrap(), base.table(own).unwrap());
    let wrong = |own: &Table, there: &Table, filter: Json| {
        let filter: Filter = serde_json::from_value(filter).unwrap();
        base.check_lookup_filter(own, there, &filter).unwrap_err()
    };
    let part = |field: u128, op: &str, value: Json| json!({"field": FieldId::from_bits(field).to_string(), "op": op, "value": value});
    let me = MemberId::from_bits(7);
    let who = FieldId::from_bits(203);
    for value in [json!(["me"]), json!([me, "me"]), json!({"departments": "mine"})] {
        let error = wrong(there, own, json!({"and": [part(203, "any_of", value)]}));
        assert!(error.path.starts_with("filter.and[0].value"), "{}", error.path);
    }
    let error = wrong(there, own, part(203, "is", json!("me")));
    assert_eq!((error.path.as_str(), error.to_string().contains("“Who”")), ("filter.value", true), "{error}");
    base.check_lookup_filter(there, own, &one(who, AnyOf, json!([me]))).unwrap();

    let cases = [
        part(1, "gt", json!("a")),
        part(2, "is", json!("1")),
        part(3, "is", json!({"relative": "someday"})),
        part(5, "is", json!("Red")),
        part(2, "between", json!([1])),
        json!({"or": [part(77, "empty", Json::Null)]}),
    ];
    for case in cases {
        let filter: Filter = serde_json::from_value(case.clone()).unwrap();
        let view = View { filter: Some(filter.clone()), ..there.def().views[0].clone() };
        let mut other = base.clone();
        let by_view = other.apply(&Op::UpdateView { table: there.def().id, view }, &NOW).unwrap_err();
        let by_lookup = base.check_lookup_filter(own, there, &filter).unwrap_err();
        assert!(by_view.to_string().contains(&by_lookup.to_string()), "{case}: {by_view} / {by_lookup}");
    }
    // Fields to compare with are those of the one who looks.
    let own_field = one(FieldId::from_bits(2), Gt, json!({"field": FieldId::from_bits(202)}));
    base.check_lookup_filter(own, there, &own_field).unwrap();
    base.check_lookup_filter(there, there, &own_field).unwrap_err();
}
