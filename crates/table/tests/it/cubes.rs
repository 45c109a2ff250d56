//! Cubes: each cell, total and sub-total is what grouping its own records tells, and picks find those records.

use std::collections::BTreeMap;

use jiff::{civil::Weekday, tz::TimeZone};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use skein_table::{
    Base, Condition, Cube, CubeMeasure, CubePick, CubeQuery, Dimension, Filter, GroupBy, GroupKey, GroupTree,
    Op, Operator, Query, RowIx, Summary, SummaryFunction, Table, Value, Viewer, cube, cube_dependence,
    cube_records, groups, validate_cube,
};
use skein_types::RecordId;

use crate::{
    dice::Dice,
    state::NOW,
    stations::{
        KINDS, choice, empty, field, some_json, station, stations as stations_id, viewer, visit, visits,
    },
};

fn some_base(dice: &mut Dice) -> Base {
    let mut base = empty();
    let names = ["North", "上海", "b 9", ""];
    let records = (1..5).map(|n| station(RecordId::from_bits(n), dice.pick(&names), n as f64)).collect();
    base.apply(&Op::CreateRecords { table: stations_id(), records }, &NOW).unwrap();
    for n in 0..dice.below(40) as u128 {
        let slots = (0..16).filter(|slot| ![12, 13].contains(slot));
        let cells: Vec<(u32, Json)> = slots.map(|slot| (slot, some_json(dice, &base, slot))).collect();
        let record = visit(&base, RecordId::from_bits(n * 7 + 100), &cells);
        base.apply(&Op::CreateRecords { table: visits(), records: vec![record] }, &NOW).unwrap();
    }
    let gone: Vec<RecordId> = (0..40u128).map(|n| RecordId::from_bits(n * 7 + 100)).collect();
    let table = base.table(visits()).unwrap();
    let records = gone.into_iter().filter(|id| table.row(*id).is_some() && dice.one_in(6)).collect();
    base.apply(&Op::DeleteRecords { table: visits(), records }, &NOW).unwrap();
    base.settle();
    base
}

fn some_dimension(dice: &mut Dice, base: &Base) -> Dimension {
    let bys = [GroupBy::Value, GroupBy::Each, GroupBy::Each, GroupBy::Day, GroupBy::Week, GroupBy::Month];
    loop {
        let size = dice.one_in(4).then_some(5.0);
        let slot = dice.below(KINDS as usize) as u32;
        let key = GroupKey { field: field(slot), descending: dice.one_in(2), by: dice.pick(&bys), size };
        let query = CubeQuery { rows: vec![Dimension::new(key.clone())], ..CubeQuery::default() };
        if validate_cube(base, table_of(base), &query).is_ok() {
            return Dimension::new(key);
        }
    }
}

fn some_query(dice: &mut Dice, base: &Base) -> CubeQuery {
    let functions = [
        SummaryFunction::Filled,
        SummaryFunction::PercentEmpty,
        SummaryFunction::Unique,
        SummaryFunction::Sum,
        SummaryFunction::Average,
        SummaryFunction::Median,
        SummaryFunction::Max,
        SummaryFunction::Range,
        SummaryFunction::Latest,
        SummaryFunction::PercentChecked,
    ];
    let mut query = CubeQuery::default();
    let sides = dice.below(3);
    query.rows = (0..sides).map(|_| some_dimension(dice, base)).collect();
    query.columns = (0..dice.below(4 - sides)).map(|_| some_dimension(dice, base)).collect();
    query.measures.push(CubeMeasure { field: None, function: SummaryFunction::Count });
    for _ in 0..dice.below(4) {
        let slot = dice.below(KINDS as usize) as u32;
        let measure = CubeMeasure { field: Some(field(slot)), function: dice.pick(&functions) };
        query.measures.push(measure);
        if validate_cube(base, table_of(base), &query).is_err() {
            query.measures.pop();
        }
    }
    if dice.one_in(2) {
        let condition = Condition { field: field(1), op: Operator::Lt, value: json!(5) };
        query.filter = Some(Filter::Condition(condition));
    }
    query
}

fn table_of(base: &Base) -> &Table {
    base.table(visits()).unwrap()
}

/// Cells by the values of their groups; none for a total.
type Cells = BTreeMap<Vec<Option<String>>, (usize, Vec<Json>)>;

fn cells(cube: &Cube) -> Cells {
    let axes: Vec<_> = cube.rows.iter().chain(&cube.columns).collect();
    let value = |(at, axis): (&Option<u32>, &&skein_table::CubeAxis)| {
        at.map(|at| {
            let group = &axis.groups[at as usize];
            group.other.map_or(group.value.to_string(), |_| "other".into())
        })
    };
    let cell = |cell: &skein_table::CubeCell| {
        (cell.at.iter().zip(&axes).map(value).collect(), (cell.count, cell.values.clone()))
    };
    cube.cells.iter().map(cell).collect()
}

/// The same by grouping for each total and sub-total.
fn plainly(base: &Base, query: &CubeQuery, viewer: &Viewer) -> Cells {
    let mut all = Cells::new();
    let dimensions: Vec<&Dimension> = query.dimensions().collect();
    let summaries: Vec<Summary> = query
        .measures
        .iter()
        .filter_map(|measure| Some(Summary { field: measure.field?, function: measure.function }))
        .collect();
    for row in 0..=query.rows.len() {
        for column in 0..=query.columns.len() {
            let kept: Vec<usize> = (0..row).chain(query.rows.len()..query.rows.len() + column).collect();
            let grouped = Query {
                filter: query.filter.clone(),
                group: kept.iter().map(|&at| dimensions[at].key.clone()).collect(),
                summaries: summaries.clone(),
                ..Query::default()
            };
            let told = groups(base, table_of(base), &grouped, viewer);
            let values = |count: usize, summaries: &[Json]| {
                let mut rest = summaries.iter().cloned();
                let value = |measure: &CubeMeasure| match measure.field {
                    None => json!(count),
                    Some(_) => rest.next().unwrap(),
                };
                (count, query.measures.iter().map(value).collect::<Vec<Json>>())
            };
            let mut put = |path: &[String], count: usize, summaries: &[Json]| {
                let mut key = vec![None; dimensions.len()];
                for (&at, value) in kept.iter().zip(path) {
                    key[at] = Some(value.clone());
                }
                all.insert(key, values(count, summaries));
            };
            if kept.is_empty() {
                put(&[], told.count, &told.summaries);
            }
            leaves(&told.groups, &mut Vec::new(), kept.len(), &mut put);
        }
    }
    all
}

fn leaves(
    trees: &[GroupTree],
    path: &mut Vec<String>,
    depth: usize,
    put: &mut impl FnMut(&[String], usize, &[Json]),
) {
    for tree in trees {
        path.push(tree.value.to_string());
        if path.len() == depth {
            put(path, tree.count, &tree.summaries);
        } else {
            leaves(&tree.groups, path, depth, put);
        }
        path.pop();
    }
}

/// Numbers that are the same but for the last bits, as of medians and averages by another way, are the same.
fn assert_same(cube: &Cells, plain: &Cells, query: &CubeQuery) {
    assert_eq!(cube, plain, "{query:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn cells_and_totals_are_what_grouping_tells(seed: u64) {
        let mut dice = Dice(seed);
        let base = some_base(&mut dice);
        let viewer = viewer();
        for _ in 0..4 {
            let query = some_query(&mut dice, &base);
            let found = cube(&base, table_of(&base), &query, &viewer).unwrap();
            assert_same(&cells(&found), &plainly(&base, &query, &viewer), &query);
            for (axis, dimension) in found.rows.iter().chain(&found.columns).zip(query.dimensions()) {
                let alone = Query { filter: query.filter.clone(), group: vec![dimension.key.clone()], ..Query::default() };
                let order: Vec<String> =
                    groups(&base, table_of(&base), &alone, &viewer).groups.into_iter().map(|tree| tree.label).collect();
                let labels: Vec<String> = axis.groups.iter().map(|group| group.label.clone()).collect();
                prop_assert_eq!(labels, order);
            }
        }
    }

    #[test]
    fn the_rest_is_all_records_of_groups_that_are_not_shown(seed: u64) {
        let mut dice = Dice(seed);
        let base = some_base(&mut dice);
        let (table, viewer) = (table_of(&base), viewer());
        let whole = CubeQuery {
            rows: vec![some_dimension(&mut dice, &base)],
            measures: vec![CubeMeasure { field: Some(field(1)), function: SummaryFunction::Filled }],
            ..CubeQuery::default()
        };
        let records = |query: &CubeQuery, pick: CubePick| -> Vec<RowIx> {
            cube_records(&base, table, query, &viewer, &[Some(pick)]).unwrap()
        };
        let every = cube(&base, table, &whole, &viewer).unwrap();
        let limit = dice.below(4) + 1;
        let by_measure = dice.one_in(2).then_some(0);
        for other in [false, true] {
            let mut query = whole.clone();
            query.rows[0] = Dimension { limit: Some(limit), other, by_measure, ..query.rows[0].clone() };
            let found = cube(&base, table, &query, &viewer).unwrap();
            let told = cells(&found);
            // All groups, in the order of what is told of them when that is asked for.
            let mut order: Vec<(Json, usize, f64)> = every.rows[0].groups.iter().enumerate().map(|(at, group)| {
                let cell = every.cells.iter().find(|cell| cell.at[0] == Some(at as u32)).unwrap();
                (group.value.clone(), cell.count, cell.values[0].as_f64().unwrap())
            }).collect();
            if by_measure.is_some() {
                let descending = query.rows[0].key.descending;
                order.sort_by(|a, b| if descending { b.2.total_cmp(&a.2) } else { a.2.total_cmp(&b.2) });
            }
            for (at, (value, count, _)) in order.iter().enumerate() {
                let cell = told.get(&vec![Some(value.to_string())]);
                prop_assert_eq!(cell.map(|cell| cell.0), (at < limit).then_some(*count));
                let found = records(&whole, CubePick::Group { value: value.clone() });
                prop_assert_eq!(found.len(), *count);
            }
            let mut rest: Vec<RowIx> = order.iter().skip(limit)
                .flat_map(|(value, ..)| records(&whole, CubePick::Group { value: value.clone() }))
                .collect();
            rest.sort_unstable();
            rest.dedup();
            let cell = told.get(&vec![Some("other".to_owned())]);
            prop_assert_eq!(cell.map(|cell| cell.0), (other && order.len() > limit).then_some(rest.len()));
            if cell.is_some() {
                let filled = rest.iter().filter(|&&row| table.get(row, field(1)) != Value::Null).count();
                prop_assert_eq!(&cell.unwrap().1[0], &json!(filled));
                let mut found = records(&query, CubePick::Other { other: true });
                found.sort_unstable();
                prop_assert_eq!(found, rest);
            }
            prop_assert_eq!(told[&vec![None]].0, table.len());
        }
    }
}

fn base_of(rows: &[&[(u32, Json)]]) -> Base {
    let mut base = empty();
    let records = (1..).zip(rows).map(|(n, cells)| visit(&base, RecordId::from_bits(n), cells)).collect();
    base.apply(&Op::CreateRecords { table: visits(), records }, &NOW).unwrap();
    base.settle();
    base
}

fn along(slot: u32, by: GroupBy, size: Option<f64>) -> Dimension {
    Dimension::new(GroupKey { field: field(slot), descending: false, by, size })
}

fn told(base: &Base, dimension: Dimension, viewer: &Viewer) -> Json {
    let query = CubeQuery { rows: vec![dimension], ..CubeQuery::default() };
    let cube = cube(base, table_of(base), &query, viewer).unwrap();
    let group = |(at, group): (usize, &skein_table::CubeGroup)| {
        let cell = cube.cells.iter().find(|cell| cell.at == [Some(at as u32)]);
        json!([group.label, cell.map_or(0, |cell| cell.count)])
    };
    cube.rows[0].groups.iter().enumerate().map(group).collect()
}

#[test]
fn spans_of_dates_begin_where_the_viewer_is() {
    // The clocks of New York go back at 06:00 UTC on 2026-11-01, those of Berlin forth at 01:00 on 2026-03-29.
    let instants = [
        "2026-03-28T23:30:00Z",
        "2026-03-29T21:59:00Z",
        "2026-03-29T22:00:00Z",
        "2026-11-01T03:59:00Z",
        "2026-11-01T04:00:00Z",
        "2026-11-02T04:59:00Z",
        "2026-11-02T05:00:00Z",
        "2026-12-31T23:30:00Z",
    ];
    let rows: Vec<[(u32, Json); 1]> = instants.iter().map(|at| [(3, json!(at))]).collect();
    let base = base_of(&rows.iter().map(|cells| &cells[..]).collect::<Vec<_>>());
    let in_zone = |zone: &str, week_starts| Viewer {
        zone: TimeZone::get(zone).unwrap(),
        week_starts,
        ..Viewer::default()
    };
    let cases = [
        (
            "Europe/Berlin",
            Weekday::Monday,
            GroupBy::Day,
            json!([
                ["2026-03-29", 2],
                ["2026-03-30", 1],
                ["2026-11-01", 2],
                ["2026-11-02", 2],
                ["2027-01-01", 1]
            ]),
        ),
        (
            "America/New_York",
            Weekday::Monday,
            GroupBy::Day,
            json!([
                ["2026-03-28", 1],
                ["2026-03-29", 2],
                ["2026-10-31", 1],
                ["2026-11-01", 2],
                ["2026-11-02", 1],
                ["2026-12-31", 1]
            ]),
        ),
        (
            "UTC",
            Weekday::Monday,
            GroupBy::Week,
            json!([["2026-03-23", 3], ["2026-10-26", 2], ["2026-11-02", 2], ["2026-12-28", 1]]),
        ),
        (
            "UTC",
            Weekday::Sunday,
            GroupBy::Week,
            json!([["2026-03-22", 1], ["2026-03-29", 2], ["2026-11-01", 4], ["2026-12-27", 1]]),
        ),
        (
            "Asia/Tokyo",
            Weekday::Monday,
            GroupBy::Month,
            json!([["2026-03", 3], ["2026-11", 4], ["2027-01", 1]]),
        ),
        ("UTC", Weekday::Monday, GroupBy::Quarter, json!([["2026 Q1", 3], ["2026 Q4", 5]])),
        ("Asia/Tokyo", Weekday::Monday, GroupBy::Year, json!([["2026", 7], ["2027", 1]])),
    ];
    for (zone, week_starts, by, expected) in cases {
        let viewer = in_zone(zone, week_starts);
        assert_eq!(told(&base, along(3, by, None), &viewer), expected, "{zone} {by:?}");
    }
}

#[test]
fn gaps_are_filled_and_blanks_hidden_when_asked_for() {
    let base = base_of(&[
        &[(1, json!(0.1)), (2, json!("2026-09-30"))],
        &[(1, json!(0.1)), (2, json!("2027-01-01"))],
        &[(1, json!(0.45))],
    ]);
    let viewer = Viewer::default();
    let month = Dimension { fill: true, hide_blank: true, ..along(2, GroupBy::Month, None) };
    let months = [("2026-09", 1), ("2026-10", 0), ("2026-11", 0), ("2026-12", 0), ("2027-01", 1)];
    assert_eq!(told(&base, month.clone(), &viewer), json!(months));
    let mut back = Dimension { limit: Some(2), ..month };
    back.key.descending = true;
    assert_eq!(told(&base, back, &viewer), json!([["2027-01", 1], ["2026-12", 0]]));
    let tenths = Dimension { fill: true, ..along(1, GroupBy::Value, Some(0.1)) };
    let query = CubeQuery { rows: vec![tenths], ..CubeQuery::default() };
    let found = cube(&base, table_of(&base), &query, &viewer).unwrap();
    assert_eq!(found.rows[0].groups.len(), 4);
    let days = Dimension { fill: true, ..along(2, GroupBy::Day, None) };
    assert_eq!(told(&base, days, &viewer).as_array().unwrap().len(), 95);
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let base = base_of(&[&[(0, json!("a")), (4, json!("Red"))]]);
    let table = table_of(&base);
    let refused = |query: Json| {
        let query: CubeQuery = serde_json::from_value(query).unwrap();
        validate_cube(&base, table, &query).unwrap_err().path
    };
    let (text, gone) = (field(0).to_string(), field(90).to_string());
    let cases = [
        (json!({"rows": [{"field": gone}]}), "rows[0].field"),
        (json!({"rows": [{"field": text}], "columns": [{"field": text, "by": "month"}]}), "columns[0].by"),
        (json!({"columns": [{"field": text, "limit": 0}]}), "columns[0].limit"),
        (json!({"columns": [{"field": text, "by_measure": 0}]}), "columns[0].by_measure"),
        (json!({"rows": [{"field": field(1).to_string(), "size": -1}]}), "rows[0].size"),
        (json!({"measures": [{}, {"field": gone}]}), "measures[1].field"),
        (json!({"measures": [{}, {"field": text, "function": "sum"}]}), "measures[1].function"),
        (json!({"measures": [{"function": "sum"}]}), "measures[0].function"),
        (json!({"filter": {"and": [{"field": gone, "op": "empty"}]}}), "filter.and[0].field"),
        (json!({"rows": vec![json!({"field": text}); 4]}), "rows"),
    ];
    for (query, path) in cases {
        assert_eq!(refused(query.clone()), path, "{query}");
    }
    let query = CubeQuery { rows: vec![along(0, GroupBy::Value, None)], ..CubeQuery::default() };
    let error = |at: &[Option<CubePick>]| {
        cube_records(&base, table, &query, &Viewer::default(), at).unwrap_err().path
    };
    assert_eq!(error(&[]), "at");
    assert_eq!(error(&[Some(CubePick::Group { value: json!("b") })]), "at[0]");
    assert_eq!(error(&[Some(CubePick::Other { other: true })]), "at[0]");
}

#[test]
fn what_depends_on_the_viewer_is_known() {
    let base = base_of(&[]);
    let on = |query: Json| {
        let query: CubeQuery = serde_json::from_value(query).unwrap();
        let on = cube_dependence(&base, table_of(&base), &query).unwrap();
        (on.who, on.zone, on.day)
    };
    let cases = [
        (json!({"rows": [{"field": field(2).to_string(), "by": "month"}]}), (false, false, false)),
        (json!({"rows": [{"field": field(3).to_string(), "by": "month"}]}), (false, true, false)),
        (
            json!({"filter": {"field": field(2).to_string(), "op": "is", "value": {"relative": "today"}}}),
            (false, true, true),
        ),
        (
            json!({"filter": {"field": field(7).to_string(), "op": "any_of", "value": ["me"]}}),
            (true, false, false),
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(on(query.clone()), expected, "{query}");
    }
}

#[test]
fn many_groups_are_counted_like_few() {
    let mut base = empty();
    let cells = |n: u128| {
        let number = json!((n % 97) as f64 / 8.0);
        [(0, json!(format!("t{}", n % 6_000))), (1, number), (4, json!(choice((n % 3) as u32).to_string()))]
    };
    for from in (0..20_000u128).step_by(5_000) {
        let one = |n| visit(&base, RecordId::from_bits(n + 1), &cells(n));
        let records = (from..from + 5_000).map(one).collect();
        base.apply(&Op::CreateRecords { table: visits(), records }, &NOW).unwrap();
    }
    base.settle();
    let measures = vec![
        CubeMeasure { field: Some(field(1)), function: SummaryFunction::Sum },
        CubeMeasure { field: Some(field(1)), function: SummaryFunction::Median },
    ];
    let rows = vec![Dimension {
        limit: Some(5),
        other: true,
        by_measure: Some(0),
        ..along(0, GroupBy::Value, None)
    }];
    let query = CubeQuery { rows, columns: vec![along(4, GroupBy::Value, None)], measures, filter: None };
    let found = cube(&base, table_of(&base), &query, &Viewer::default()).unwrap();
    assert_eq!(found.rows[0].groups.len(), 6);
    assert_eq!(found.rows[0].groups[5].other, Some(5_995));
    assert_eq!(found.columns[0].groups.len(), 3);
    let sum = |at: &dyn Fn(&[Option<u32>]) -> bool| {
        let cells = found.cells.iter().filter(|cell| at(&cell.at));
        cells
            .map(|cell| (cell.count, cell.values[0].as_f64().unwrap()))
            .fold((0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1))
    };
    let whole = sum(&|at| at == [None, None]);
    assert_eq!(whole.0, 20_000);
    assert_eq!(sum(&|at| at[0].is_some() && at[1].is_none()), whole);
    assert_eq!(sum(&|at| at[0].is_none() && at[1].is_some()), whole);
    assert_eq!(sum(&|at| at[0].is_some() && at[1].is_some()), whole);
}
