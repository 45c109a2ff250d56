//! Every operator of every type, and what is said about a query that makes no sense.

use serde_json::{Value as Json, json};
use skein_table::Operator::*;
use skein_table::{
    Base, Choice, Color, Condition, Field, FieldKind, Filter, Op, Operator, Query, Record, RowIx, SortKey,
    TableDef, Value, View, Viewer, select, validate_query,
};
use skein_types::{ChoiceId, FieldId, RecordId, TableId, ViewId};

use crate::{lookups, state::NOW};

fn id(slot: u32) -> FieldId {
    FieldId::from_bits(u128::from(slot) + 1)
}

fn choice(code: u32) -> ChoiceId {
    ChoiceId::from_bits(u128::from(code) + 1)
}

fn choices() -> Vec<Choice> {
    let named = (0..).zip(["Red", "Blue", "Green"]);
    named
        .map(|(code, name)| Choice { id: choice(code), code, name: name.into(), color: Color::Red })
        .collect()
}

/// Text, number, date, instant, select, multi-select, checkbox: field n has slot n.
pub fn definition() -> TableDef {
    let kinds = [
        FieldKind::text(),
        FieldKind::number(0),
        FieldKind::date(false),
        FieldKind::date(true),
        FieldKind::Select { choices: choices() },
        FieldKind::MultiSelect { choices: choices() },
        FieldKind::Checkbox,
    ];
    let field = |(slot, kind)| Field::new(id(slot), slot, format!("F{slot}"), kind);
    let view = View::new(ViewId::from_bits(1), "All");
    TableDef {
        id: TableId::from_bits(1),
        name: "T".into(),
        fields: (0..).zip(kinds).map(field).collect(),
        views: vec![view],
        next_slot: 7,
        retired: Vec::new(),
        numbers: Vec::new(),
    }
}

/// Row 0 is blank; rows 1 to 3 have values in each field.
fn base() -> Base {
    let mut base = Base::new();
    let def = definition();
    let given = [
        json!([null, null, null, null, null, null, null]),
        json!(["Wild Goose", 1, "2026-11-19", "2026-11-19T23:59:59Z", "Red", ["Red"], true]),
        json!(["wild goose", 2.5, "2026-11-20", "2026-11-20T00:00:00Z", "Blue", ["Blue", "Red"], false]),
        json!(["鹅 10%", -3, "2026-11-21", "2026-11-20T23:59:59Z", "Green", ["Red", "Blue", "Green"], true]),
    ];
    let cell =
        |(field, json): (&Field, &Json)| (field.id, skein_table::value_from_json(field, json).unwrap());
    let record = |(at, row): (u128, &Json)| {
        let cells = def.fields.iter().zip(row.as_array().unwrap()).map(cell).collect();
        Record::new(RecordId::from_bits(at), cells)
    };
    let records = (1..).zip(&given).map(record).collect();
    base.apply(&Op::CreateTable { table: def.clone(), at: 0 }, &NOW).unwrap();
    base.apply(&Op::CreateRecords { table: def.id, records }, &NOW).unwrap();
    base
}

fn query(field: u32, op: Operator, value: Json) -> Query {
    Query { filter: Some(Filter::Condition(Condition { field: id(field), op, value })), ..Query::default() }
}

#[test]
fn every_operator_of_every_type() {
    let base = base();
    let table = base.tables().next().unwrap();
    let cases: Vec<(u32, Operator, Json, &[RowIx])> = vec![
        (0, Is, json!("WILD GOOSE"), &[1, 2]),
        (0, IsNot, json!("wild goose"), &[0, 3]),
        (0, Contains, json!("d g"), &[1, 2]),
        (0, Contains, json!("10%"), &[3]),
        (0, NotContains, json!("鹅"), &[0, 1, 2]),
        (0, StartsWith, json!("wild"), &[1, 2]),
        (0, StartsWith, json!("goose"), &[]),
        (0, EndsWith, json!("GOOSE"), &[1, 2]),
        (0, Empty, Json::Null, &[0]),
        (0, NotEmpty, Json::Null, &[1, 2, 3]),
        (1, Is, json!(2.5), &[2]),
        (1, IsNot, json!(2.5), &[0, 1, 3]),
        (1, Gt, json!(1), &[2]),
        (1, Gte, json!(1), &[1, 2]),
        (1, Lt, json!(1), &[3]),
        (1, Lte, json!(1), &[1, 3]),
        (1, Empty, Json::Null, &[0]),
        (1, NotEmpty, Json::Null, &[1, 2, 3]),
        (2, Is, json!("2026-11-20"), &[2]),
        (2, Is, json!("2026-11-20T22:00:00Z"), &[2]),
        (2, IsNot, json!("2026-11-20"), &[0, 1, 3]),
        (2, Gt, json!("2026-11-20"), &[3]),
        (2, Gte, json!("2026-11-20"), &[2, 3]),
        (2, Lt, json!("2026-11-20"), &[1]),
        (2, Lte, json!("2026-11-20"), &[1, 2]),
        (2, Empty, Json::Null, &[0]),
        (2, NotEmpty, Json::Null, &[1, 2, 3]),
        (3, Is, json!("2026-11-20"), &[2, 3]),
        (3, Is, json!("2026-11-20T00:00:00Z"), &[2]),
        (3, Gt, json!("2026-11-20T00:00:00Z"), &[3]),
        (3, Gt, json!("2026-11-19"), &[2, 3]),
        (3, Lte, json!("2026-11-19"), &[1]),
        (3, Lt, json!("2026-11-20T08:00:00+08:00"), &[1]),
        (4, Is, json!("Red"), &[1]),
        (4, Is, json!(choice(1).to_string()), &[2]),
        (4, IsNot, json!("Red"), &[0, 2, 3]),
        (4, AnyOf, json!(["Red", "green"]), &[1, 3]),
        (4, NoneOf, json!(["Red", "green"]), &[0, 2]),
        (4, Empty, Json::Null, &[0]),
        (4, NotEmpty, Json::Null, &[1, 2, 3]),
        (5, AnyOf, json!(["Blue", "Green"]), &[2, 3]),
        (5, AllOf, json!(["Blue", "Red"]), &[2, 3]),
        (5, NoneOf, json!(["Blue"]), &[0, 1]),
        (5, Is, json!(["Red", "Blue"]), &[2]),
        (5, IsNot, json!(["Red", "Blue"]), &[0, 1, 3]),
        (5, Empty, Json::Null, &[0]),
        (5, NotEmpty, Json::Null, &[1, 2, 3]),
        (6, Is, json!(true), &[1, 3]),
        (6, Is, json!(false), &[0, 2]),
    ];
    for (field, op, value, rows) in cases {
        let query = query(field, op, value);
        assert_eq!(select(&base, table, &query, &Viewer::default()), rows, "{query:?}");
        lookups::assert_finds(&base, table, query.filter.unwrap(), &Viewer::default(), rows);
    }
}

#[test]
fn sorts_put_blanks_last_and_ties_by_id() {
    let base = base();
    let table = base.tables().next().unwrap();
    let cases: [(u32, [RowIx; 4], [RowIx; 4]); 7] = [
        (0, [3, 1, 2, 0], [1, 2, 3, 0]),
        (1, [3, 1, 2, 0], [2, 1, 3, 0]),
        (2, [1, 2, 3, 0], [3, 2, 1, 0]),
        (3, [1, 2, 3, 0], [3, 2, 1, 0]),
        (4, [1, 2, 3, 0], [3, 2, 1, 0]),
        (5, [1, 3, 2, 0], [2, 3, 1, 0]),
        (6, [0, 2, 1, 3], [1, 3, 0, 2]),
    ];
    for (field, up, down) in cases {
        for (descending, rows) in [(false, up), (true, down)] {
            let sort = vec![SortKey { field: id(field), descending }];
            assert_eq!(
                select(&base, table, &Query { sort, ..Query::default() }, &Viewer::default()),
                rows,
                "{field} {descending}"
            );
        }
    }
}

#[test]
fn search_finds_texts_and_names_of_choices() {
    let base = base();
    let table = base.tables().next().unwrap();
    for (text, rows) in [
        ("goose", &[1, 2][..]),
        ("  BLUE ", &[2, 3]),
        ("gree", &[3]),
        ("", &[0, 1, 2, 3]),
        ("2026-11-20", &[2, 3]),
        (".5", &[2]),
    ] {
        let query = Query { search: Some(text.into()), ..Query::default() };
        assert_eq!(select(&base, table, &query, &Viewer::default()), rows, "{text}");
    }
}

#[test]
fn an_error_names_the_place_and_what_is_allowed() {
    let base = base();
    let table = base.tables().next().unwrap();
    let part =
        |field: u32, op: &str, value: Json| json!({"field": id(field).to_string(), "op": op, "value": value});
    let cases = [
        part(0, "gt", json!("a")),
        part(0, "contains", json!(1)),
        part(0, "is", json!("")),
        part(1, "is", json!("1")),
        part(2, "is", json!("yesterday")),
        part(4, "is", json!("Purple")),
        part(4, "any_of", json!("Red")),
        part(5, "all_of", json!([])),
        json!({"or": [part(5, "all_of", json!(["Red", 7]))]}),
        part(6, "is", json!("yes")),
        part(6, "empty", Json::Null),
        part(1, "empty", json!(1)),
        part(77, "empty", Json::Null),
        json!({"and": [part(1, "is", json!(1)), {"or": [part(1, "is", Json::Null)]}]}),
    ];
    let mut said = Vec::new();
    for case in cases {
        let filter: Filter = serde_json::from_value(case).unwrap();
        let query = Query { filter: Some(filter), ..Query::default() };
        let error = validate_query(&base, table, &query, &Viewer::default()).unwrap_err();
        assert_eq!(error.code(), "query.invalid");
        said.push(error.to_string());
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn queries_have_bounds() {
    let base = base();
    let table = base.tables().next().unwrap();
    let check = |query: &Query| validate_query(&base, table, query, &Viewer::default());
    let leaf = || Filter::Condition(Condition { field: id(0), op: Empty, value: Json::Null });
    let nested = |depth| (1..depth).fold(leaf(), |inner, _| Filter::And { and: vec![inner] });
    let many = |count| Filter::Or { or: (0..count).map(|_| leaf()).collect() };
    let sound = |filter| check(&Query { filter: Some(filter), ..Query::default() }).is_ok();
    assert!(sound(nested(16)) && !sound(nested(17)) && !sound(nested(2_000)));
    assert!(sound(many(200)) && !sound(many(201)));
    let groups = |count| Filter::Or { or: vec![Filter::And { and: Vec::new() }; count] };
    assert!(sound(groups(399)) && !sound(groups(400)));
    let query = Query { filter: Some(groups(100_000)), ..Query::default() };
    assert_eq!(check(&query).unwrap_err().path, "filter.or[399]");
    let sorted = |count| vec![SortKey { field: id(0), descending: false }; count];
    let sound = |sort| check(&Query { sort, ..Query::default() });
    assert!(sound(sorted(10)).is_ok() && sound(sorted(11)).is_err());
    let unknown = sound(vec![SortKey { field: id(77), descending: false }]).unwrap_err();
    assert_eq!(unknown.path, "sort[0].field");
    let long = Query { search: Some("x".repeat(1_001)), ..Query::default() };
    assert_eq!(check(&long).unwrap_err().path, "search");
}

#[test]
fn a_choice_that_goes_leaves_filters_of_views_and_live_views() {
    let mut base = base();
    let mut def = definition();
    let filter = Filter::And {
        and: vec![
            Filter::Condition(Condition { field: id(4), op: Is, value: json!(choice(0).to_string()) }),
            Filter::Condition(Condition {
                field: id(5),
                op: AnyOf,
                value: json!([choice(0).to_string(), choice(1).to_string()]),
            }),
        ],
    };
    let view = View { filter: Some(filter.clone()), ..def.views.remove(0) };
    base.apply(&Op::UpdateView { table: def.id, view }, &NOW).unwrap();
    let query = Query { filter: Some(filter.clone()), ..Query::default() };
    let mut live = skein_table::LiveView::new(&base, def.id, &query, &Viewer::default()).unwrap();

    let mut field = def.fields.remove(4);
    field.kind = FieldKind::Select { choices: choices().split_off(1) };
    let applied = base.apply(&Op::UpdateField { table: def.id, field }, &NOW).unwrap();
    let table = base.tables().next().unwrap();
    let Some(Filter::And { and }) = &table.def().views[0].filter else { panic!("one condition is left") };
    assert_eq!(and.len(), 1);
    assert_eq!((applied.changes[0].rows.clone(), table.get(1, id(4))), (vec![1], Value::Null));
    let touched = [(def.id, applied.changes[0].rows.clone())].into();
    assert!(live.update(&base, &touched).rows);
    assert_eq!(live.window(0, 9), [1, 2, 3]);

    for op in &applied.inverse {
        base.apply(op, &NOW).unwrap();
    }
    let table = base.tables().next().unwrap();
    assert_eq!(table.def().views[0].filter, Some(filter));
    assert_eq!(table.get(1, id(4)), Value::Choice { c: choice(0) });
}
