//! Every operator on fields of the kinds that name people, records, files and places or are computed; what
//! conditions mean to a viewer; how such fields are sorted and searched.

use serde_json::{Value as Json, json};
use skein_table::Operator::*;
use skein_table::{
    Base, Condition, Dependence, Field, FieldKind, Filter, LiveView, Op, Operator, Query, RowIx, SortKey,
    Table, Touched, View, Viewer, dependence, select, validate_query,
};
use skein_types::{RecordId, kind};

use crate::{
    lookups,
    state::NOW,
    stations::{
        apply, empty, field, id, station, station_field, stations as stations_id, viewer, visit, visits,
    },
};

fn member(n: u32) -> String {
    id::<kind::Member>(n).to_string()
}
fn group(n: u32) -> String {
    id::<kind::Group>(n).to_string()
}
fn record(n: u32) -> String {
    RecordId::from_bits(u128::from(n)).to_string()
}

/// Row 0 is blank; rows 1 to 3 have values in each field.
fn base() -> Base {
    let mut base = empty();
    let file = |n: u32, name: &str| json!({"id": id::<kind::File>(n).to_string(), "name": name, "size": 1, "media": "text/plain"});
    let place = |name: &str, longitude: f64| json!({"name": name, "longitude": longitude, "latitude": 50});
    let stations = vec![
        station(RecordId::from_bits(100), "Zoo", 1.0),
        station(RecordId::from_bits(101), "Alexanderplatz", 20.0),
    ];
    let mut touched = Touched::new();
    apply(&mut base, &Op::CreateRecords { table: stations_id(), records: stations }, &mut touched);
    let given = [
        vec![],
        vec![
            (0, json!("one")),
            (1, json!(1)),
            (2, json!("2026-11-19")),
            (3, json!("2026-11-19T23:30:00Z")),
            (6, json!(true)),
            (7, json!([member(0)])),
            (8, json!(group(0))),
            (9, json!([file(1, "plan.pdf")])),
            (10, place("Berlin", 13.4)),
            (11, json!(7)),
            (14, json!([record(100)])),
        ],
        vec![
            (0, json!("One!")),
            (1, json!(2)),
            (2, json!("2026-11-20")),
            (3, json!("2026-11-20T12:00:00Z")),
            (6, json!(true)),
            (7, json!([member(1), member(0)])),
            (8, json!(group(1))),
            (9, json!([file(2, "a.txt"), file(3, "b.txt")])),
            (10, place("Suva", 178.4)),
            (11, json!(70)),
            (14, json!([record(101), record(100)])),
            (15, json!(record(2))),
        ],
        vec![
            (0, json!("three")),
            (1, json!(-3)),
            (2, json!("2026-12-01")),
            (3, json!("2026-12-01T08:00:00Z")),
            (7, json!([member(2)])),
            (10, place("", -175.0)),
            (14, json!([record(101)])),
        ],
    ];
    let records = (1..).zip(&given).map(|(n, cells)| visit(&base, RecordId::from_bits(n), cells)).collect();
    apply(&mut base, &Op::CreateRecords { table: visits(), records }, &mut touched);
    base
}

fn table(base: &Base) -> &Table {
    base.table(visits()).unwrap()
}

fn query(slot: u32, op: Operator, value: Json) -> Query {
    Query { filter: Some(Filter::Condition(Condition { field: field(slot), op, value })), ..Query::default() }
}

fn check(base: &Base, cases: &[(u32, Operator, Json, &[RowIx])]) {
    let viewer = viewer();
    for (slot, op, value, rows) in cases {
        let query = query(*slot, *op, value.clone());
        validate_query(base, table(base), &query, &viewer).unwrap();
        assert_eq!(select(base, table(base), &query, &viewer), *rows, "{slot} {op:?} {value}");
        lookups::assert_finds(base, table(base), query.filter.unwrap(), &viewer, rows);
    }
}

#[test]
fn operators_of_people_records_files_and_places() {
    let two = json!([member(0), member(1)]);
    check(
        &base(),
        &[
            (7, AnyOf, json!([member(1), member(2)]), &[2, 3]),
            (7, AllOf, two.clone(), &[2]),
            (7, NoneOf, json!([member(0)]), &[0, 3]),
            (7, Is, json!(member(0)), &[1]),
            (7, Is, two.clone(), &[2]),
            (7, IsNot, two, &[0, 1, 3]),
            (7, AnyOf, json!([member(77)]), &[]),
            (7, Contains, json!("AN"), &[1, 2]),
            (7, NotContains, json!("李"), &[0, 1, 2]),
            (7, Empty, Json::Null, &[0]),
            (7, NotEmpty, Json::Null, &[1, 2, 3]),
            (8, Is, json!(group(0)), &[1]),
            (8, AnyOf, json!([group(0), {"id": group(1)}]), &[1, 2]),
            (8, Contains, json!("sou"), &[2]),
            (13, Empty, Json::Null, &[0, 1, 2, 3]),
            (14, AnyOf, json!([record(100)]), &[1, 2]),
            (14, Is, json!([record(100), record(101)]), &[2]),
            (14, Is, json!(record(101)), &[3]),
            (14, NoneOf, json!([record(101), record(999)]), &[0, 1]),
            (14, Contains, json!("platz"), &[2, 3]),
            (15, Contains, json!("one!"), &[]),
            (15, Contains, json!("one"), &[2]),
            (15, Is, json!(record(2)), &[2]),
            (9, Contains, json!(".TXT"), &[2]),
            (9, Is, json!(2), &[2]),
            (9, Gte, json!(1), &[1, 2]),
            (9, Empty, Json::Null, &[0, 3]),
            (10, Contains, json!("ber"), &[1]),
            (10, Within, json!({"box": [10, 45, 15, 55]}), &[1]),
            (10, Within, json!({"box": [170, 45, -170, 55]}), &[2, 3]),
            (10, NotEmpty, Json::Null, &[1, 2, 3]),
            (11, Is, json!(7), &[1]),
            (11, Contains, json!("v-00"), &[1]),
            (11, EndsWith, json!("70"), &[2]),
        ],
    );
}

#[test]
fn operators_of_lists_of_texts_numbers_and_dates() {
    check(
        &base(),
        &[
            (0, AnyOf, json!(["ONE", "three"]), &[1, 3]),
            (0, NoneOf, json!(["one"]), &[0, 2, 3]),
            (1, AnyOf, json!([2, -3, 2.5]), &[2, 3]),
            (1, NoneOf, json!([2]), &[0, 1, 3]),
            (1, Between, json!([-3, 1]), &[1, 3]),
            (2, AnyOf, json!(["2026-11-19", {"relative": "today"}]), &[1, 2]),
            (2, Between, json!(["2026-11-20", "2026-12-01"]), &[2, 3]),
            (2, Between, json!([{"relative": "yesterday"}, {"relative": "tomorrow"}]), &[1, 2]),
            (6, IsNot, json!(true), &[0, 3]),
        ],
    );
}

#[test]
fn operators_of_computed_fields_ask_of_any_item() {
    check(
        &base(),
        &[
            (16, IsError, Json::Null, &[0, 3]),
            (16, NotError, Json::Null, &[1, 2]),
            (16, Gt, json!(1), &[2]),
            (16, IsNot, json!(1), &[0, 2, 3]),
            (16, Empty, Json::Null, &[]),
            (17, Contains, json!("zo"), &[1, 2]),
            (17, Is, json!("zoo"), &[1, 2]),
            (17, AllOf, json!(["Zoo", "Alexanderplatz"]), &[2]),
            (17, NoneOf, json!(["Zoo"]), &[0, 3]),
            (17, StartsWith, json!("ALEX"), &[2, 3]),
            (18, Gte, json!(20), &[2, 3]),
            (19, Is, json!("one!"), &[1]),
        ],
    );
}

#[test]
fn conditions_know_the_viewer_and_the_day() {
    let base = base();
    check(
        &base,
        &[
            (7, AnyOf, json!(["me"]), &[2]),
            (7, Is, json!("me"), &[]),
            (7, IsNot, json!("me"), &[0, 1, 2, 3]),
            (7, AnyOf, json!([{"departments": "mine"}]), &[2, 3]),
            (7, Is, json!({"departments": "mine"}), &[2, 3]),
            (8, AnyOf, json!([{"departments": "mine"}]), &[1]),
            (2, Is, json!({"relative": "today"}), &[2]),
            // 23:30 in London is the next day in Berlin.
            (3, Is, json!({"relative": "today"}), &[1, 2]),
            (3, Is, json!("2026-11-20"), &[1, 2]),
            (3, Lt, json!({"relative": "today"}), &[]),
            (2, Is, json!({"last": 2, "unit": "days"}), &[1, 2]),
            (2, Is, json!({"next": 2, "unit": "weeks"}), &[2, 3]),
            (2, IsNot, json!({"relative": "this_month"}), &[0, 3]),
        ],
    );
    let nobody = Viewer::default();
    for value in [json!(["me"]), json!([{"departments": "mine"}])] {
        assert!(select(&base, table(&base), &query(7, AnyOf, value), &nobody).is_empty());
    }
    let depends = |query: &Query| dependence(&base, table(&base), query);
    let none = Dependence::default();
    assert_eq!(depends(&query(0, Is, json!("a"))), none);
    assert_eq!(depends(&query(7, Is, json!("me"))), Dependence { who: true, ..none });
    assert_eq!(depends(&query(3, Is, json!("2026-11-20"))), Dependence { zone: true, ..none });
    let today = query(2, Is, json!({"relative": "today"}));
    assert_eq!(depends(&today), Dependence { zone: true, day: true, who: false });

    let mut live = LiveView::new(&base, visits(), &today, &viewer()).unwrap();
    let next = live.stale_at().unwrap();
    assert_eq!(next, 1_795_215_600_000, "midnight in Berlin");
    assert_eq!(live.window(0, 9), [2]);
    assert!(live.follow(&Viewer { now: next, ..viewer() }).rows);
    assert!(live.is_empty());
    let timeless = LiveView::new(&base, visits(), &query(0, Is, json!("a")), &viewer()).unwrap();
    assert_eq!(timeless.stale_at(), None);
}

#[test]
fn fields_are_compared_with_other_fields_of_the_record() {
    let other = |slot: u32| json!({"field": field(slot).to_string()});
    check(
        &base(),
        &[
            (16, Is, other(1), &[1, 2]),
            (1, Lt, other(18), &[2, 3]),
            (1, Is, other(18), &[1]),
            // Days against times: by the day where the viewer is.
            (2, Is, other(3), &[0, 2, 3]),
            (2, Lt, other(3), &[1]),
            (19, StartsWith, other(0), &[1, 2, 3]),
            (19, Is, other(0), &[]),
            (17, AnyOf, other(14), &[1, 2, 3]),
            (14, NotContains, other(0), &[0, 1, 2, 3]),
            (7, AnyOf, other(7), &[1, 2, 3]),
        ],
    );
}

#[test]
fn sorts_of_every_kind_put_blanks_last_and_errors_after_them() {
    let base = base();
    let cases: [(u32, [RowIx; 4], [RowIx; 4]); 10] = [
        (7, [3, 1, 2, 0], [2, 1, 3, 0]),
        (8, [1, 2, 0, 3], [2, 1, 0, 3]),
        (9, [2, 1, 0, 3], [1, 2, 0, 3]),
        (10, [3, 1, 2, 0], [2, 1, 3, 0]),
        (11, [1, 2, 0, 3], [2, 1, 0, 3]),
        (14, [2, 3, 1, 0], [1, 2, 3, 0]),
        (15, [2, 0, 1, 3], [2, 0, 1, 3]),
        (16, [1, 2, 0, 3], [2, 1, 0, 3]),
        (17, [3, 2, 1, 0], [1, 2, 3, 0]),
        (18, [0, 1, 3, 2], [2, 3, 1, 0]),
    ];
    for (slot, up, down) in cases {
        for (descending, rows) in [(false, up), (true, down)] {
            let sort = vec![SortKey { field: field(slot), descending }];
            let query = Query { sort, ..Query::default() };
            assert_eq!(select(&base, table(&base), &query, &viewer()), rows, "{slot} {descending}");
        }
    }
}

#[test]
fn search_finds_what_people_see() {
    let base = base();
    let cases: [(&str, &[RowIx]); 9] = [
        ("bo", &[2]),
        ("north", &[1]),
        ("zoo", &[1, 2]),
        (".pdf", &[1]),
        ("suva", &[2]),
        ("v-070", &[2]),
        ("2026-11-20 13:00", &[2]),
        ("-3.00", &[3]),
        ("nowhere", &[]),
    ];
    for (text, rows) in cases {
        let query = Query { search: Some(text.into()), ..Query::default() };
        assert_eq!(select(&base, table(&base), &query, &viewer()), rows, "{text}");
    }
    let live = LiveView::new(&base, visits(), &Query::default(), &viewer()).unwrap();
    assert_eq!(live.find("zoo"), [1, 2]);
    assert_eq!(live.find(" "), Vec::<usize>::new());
}

#[test]
fn a_stored_condition_that_no_longer_fits_is_left_out_until_it_does() {
    let mut base = base();
    let gone = Condition { field: field(1), op: Gt, value: json!(0) };
    let kept = Condition { field: field(0), op: NotEmpty, value: Json::Null };
    let and = vec![Filter::Condition(gone), Filter::Condition(kept)];
    let query = Query { filter: Some(Filter::And { and }), ..Query::default() };
    let mut live = LiveView::new(&base, visits(), &query, &viewer()).unwrap();
    assert_eq!(live.window(0, 9), [1, 2]);
    let mut touched = Touched::new();
    let text = Field::new(field(1), 90, "F1", FieldKind::text());
    let inverse = base.apply(&Op::retype(visits(), text), &NOW).unwrap().inverse;
    base.settle();
    live.update(&base, &touched);
    assert_eq!(live.window(0, 9), [1, 2, 3]);
    assert!(validate_query(&base, table(&base), &query, &viewer()).is_err());
    for op in &inverse {
        apply(&mut base, op, &mut touched);
    }
    live.update(&base, &touched);
    assert_eq!(live.window(0, 9), [1, 2]);

    // A view may ask anything of a computed field; what that means is known when it is computed.
    let view = base.table(visits()).unwrap().def().views[0].clone();
    let of = |value| Some(Filter::Condition(Condition { field: field(16), op: Gte, value }));
    let update = |filter| Op::UpdateView { table: visits(), view: View { filter, ..view.clone() } };
    base.apply(&update(of(json!("2026-11-20"))), &NOW).unwrap();
    assert_eq!(select(&base, table(&base), &table(&base).def().views[0].query(), &viewer()), [0, 1, 2, 3]);
    base.apply(&update(of(json!({"field": "fld_00000000000000000000000000"}))), &NOW).unwrap_err();
}

#[test]
fn somebody_met_later_is_found_by_a_view_that_asked_before() {
    let mut base = base();
    let asked = query(7, AnyOf, json!([member(40)]));
    let mut live = LiveView::new(&base, visits(), &asked, &viewer()).unwrap();
    assert!(live.is_empty());
    let mut touched = Touched::new();
    let records = vec![visit(&base, RecordId::from_bits(4), &[(7, json!([member(40)]))])];
    apply(&mut base, &Op::UpdateRecords { table: visits(), records }, &mut touched);
    assert!(live.update(&base, &touched).rows);
    assert_eq!(live.window(0, 9), [3]);
}

#[test]
fn views_follow_titles_of_linked_records() {
    let mut base = base();
    let sort = vec![SortKey { field: field(14), descending: false }];
    let query = Query { sort, ..query(14, Contains, json!("o")) };
    let mut live = LiveView::new(&base, visits(), &query, &viewer()).unwrap();
    assert_eq!(live.window(0, 9), [2, 1]);
    let mut touched = Touched::new();
    let records = vec![station(RecordId::from_bits(101), "Anhalter Bahnhof", 3.0)];
    apply(&mut base, &Op::UpdateRecords { table: stations_id(), records }, &mut touched);
    assert!(live.update(&base, &touched).rows);
    assert_eq!(live.window(0, 9), [2, 3, 1]);

    let of_stations = Condition { field: station_field(2), op: Contains, value: json!("three") };
    let other = Query { filter: Some(Filter::Condition(of_stations)), ..Query::default() };
    let mut live = LiveView::new(&base, stations_id(), &other, &viewer()).unwrap();
    assert_eq!(live.window(0, 9), [1]);
    touched.clear();
    let records = vec![visit(&base, RecordId::from_bits(4), &[(0, json!("four"))])];
    apply(&mut base, &Op::UpdateRecords { table: visits(), records }, &mut touched);
    live.update(&base, &touched);
    assert!(live.is_empty());
}

#[test]
fn errors_of_new_conditions_name_what_is_allowed() {
    let base = base();
    let cases = [
        (7, Is, json!(7)),
        (7, AnyOf, json!([])),
        (8, Is, json!("me")),
        (14, Is, json!("Zoo")),
        (10, Within, json!({"box": [1, 2, 3]})),
        (1, Between, json!([1])),
        (2, Is, json!({"relative": "someday"})),
        (1, Is, json!({"field": "fld_00000000000000000000000000"})),
        (1, Between, json!({"field": field(2).to_string()})),
        (16, IsError, json!(true)),
        (1, IsError, Json::Null),
        (17, Gt, json!(true)),
    ];
    let said: Vec<String> = cases
        .into_iter()
        .map(|(slot, op, value)| {
            validate_query(&base, table(&base), &query(slot, op, value), &viewer()).unwrap_err().to_string()
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"));
    let bad = |query: Query| validate_query(&base, table(&base), &query, &viewer()).unwrap_err().path;
    let key = |json: Json| serde_json::from_value(json).unwrap();
    let of = |slot: u32| field(slot).to_string();
    let group = vec![key(json!({"field": of(0)})), key(json!({"field": of(0), "by": "month"}))];
    assert_eq!(bad(Query { group, ..Query::default() }), "group[1].by");
    let group = vec![key(json!({"field": of(1), "size": 0}))];
    assert_eq!(bad(Query { group, ..Query::default() }), "group[0].size");
    let group = vec![key(json!({"field": of(1)})); 4];
    assert_eq!(bad(Query { group, ..Query::default() }), "group");
    let summaries = vec![serde_json::from_value(json!({"field": of(0), "function": "sum"})).unwrap()];
    assert_eq!(bad(Query { summaries, ..Query::default() }), "summaries[0].function");
}
