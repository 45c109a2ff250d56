//! Groups and summaries: kept under edits as they are computed from scratch, over fields of every kind.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use skein_table::{
    Base, Condition, Filter, Folds, GroupBy, GroupKey, GroupTree, Line, LiveView, Op, Operator, Query,
    Record, RowIx, SortKey, Summary, SummaryFunction, Touched, Viewer, formula::Env, groups, select,
};
use skein_types::RecordId;

use crate::{
    dice::Dice,
    state::NOW,
    stations::{
        self, KINDS, apply, choice, empty, field, people, some_json, station, stations as stations_id,
        viewer, visit, visits,
    },
};

const BYS: [GroupBy; 7] = [
    GroupBy::Value,
    GroupBy::Each,
    GroupBy::Day,
    GroupBy::Week,
    GroupBy::Month,
    GroupBy::Quarter,
    GroupBy::Year,
];
const FUNCTIONS: [SummaryFunction; 13] = [
    SummaryFunction::Count,
    SummaryFunction::Filled,
    SummaryFunction::PercentEmpty,
    SummaryFunction::Unique,
    SummaryFunction::Sum,
    SummaryFunction::Average,
    SummaryFunction::Median,
    SummaryFunction::Min,
    SummaryFunction::Max,
    SummaryFunction::Range,
    SummaryFunction::Earliest,
    SummaryFunction::Latest,
    SummaryFunction::PercentChecked,
];

fn some_query(dice: &mut Dice) -> Query {
    let mut group = Vec::new();
    for _ in 0..dice.below(4) {
        let size = dice.one_in(3).then_some(5.0);
        let key = GroupKey { field: some_field(dice), descending: dice.one_in(2), by: dice.pick(&BYS), size };
        group.push(key);
    }
    let mut sort = Vec::new();
    for _ in 0..dice.below(3) {
        sort.push(SortKey { field: some_field(dice), descending: dice.one_in(2) });
    }
    let mut summaries = Vec::new();
    for _ in 0..dice.below(4) {
        summaries.push(Summary { field: some_field(dice), function: dice.pick(&FUNCTIONS) });
    }
    let filter = dice.one_in(2).then(|| Filter::Or { or: vec![some_condition(dice), some_condition(dice)] });
    let search = dice.one_in(6).then(|| dice.pick(&["a", "bo", "北", "2026-11-2", "pdf", "V-00"]).to_owned());
    Query { filter, group, sort, search, summaries, ..Query::default() }
}

fn some_field(dice: &mut Dice) -> skein_types::FieldId {
    field(dice.below(KINDS as usize) as u32)
}

/// Some make no sense for their field, which leaves them out.
fn some_condition(dice: &mut Dice) -> Filter {
    let values = [
        (Operator::Contains, json!("a")),
        (Operator::NotContains, json!("o")),
        (Operator::Is, json!("me")),
        (Operator::AnyOf, json!([{"departments": "mine"}])),
        (Operator::AnyOf, json!([1, 7])),
        (Operator::Gte, json!(1)),
        (Operator::Lt, json!({"relative": "today"})),
        (Operator::Is, json!({"last": 2, "unit": "months"})),
        (Operator::Is, json!({"field": some_field(dice).to_string()})),
        (Operator::Lte, json!({"field": some_field(dice).to_string()})),
        (Operator::Is, json!(true)),
        (Operator::AllOf, json!([choice(0).to_string()])),
        (Operator::NotEmpty, Json::Null),
        (Operator::IsError, Json::Null),
    ];
    let (op, value) = dice.pick(&values);
    Filter::Condition(Condition { field: some_field(dice), op, value })
}

/// A change to records of either table, or of what people are called.
fn change(dice: &mut Dice, base: &mut Base, next: &mut u128, touched: &mut Touched) {
    let of = |base: &Base, table| {
        let table = base.table(table).unwrap();
        table.rows().map(|row| table.record_id(row)).collect::<Vec<RecordId>>()
    };
    let (here, there) = (of(base, visits()), of(base, stations_id()));
    *next += 1;
    let id = RecordId::from_bits(*next * 1_000 + dice.below(5_000) as u128 * 7);
    let name = dice.pick(&["North", "上海", "b 9", ""]);
    match dice.below(12) {
        0..4 => {
            let cells: Vec<(u32, Json)> = (0..16)
                .filter(|slot| ![12, 13].contains(slot))
                .map(|slot| (slot, some_json(dice, base, slot)))
                .collect();
            let record = visit(base, id, &cells);
            if !here.contains(&id) {
                apply(base, &Op::CreateRecords { table: visits(), records: vec![record] }, touched);
            }
        }
        4..8 if !here.is_empty() => {
            let slot = dice.pick(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15]);
            let cells = [(slot, some_json(dice, base, slot))];
            let record = visit(base, dice.pick(&here), &cells);
            apply(base, &Op::UpdateRecords { table: visits(), records: vec![record] }, touched);
        }
        8 if !here.is_empty() => {
            apply(base, &Op::DeleteRecords { table: visits(), records: vec![dice.pick(&here)] }, touched);
        }
        9 if !there.is_empty() => {
            let record = station(dice.pick(&there), name, dice.below(9) as f64);
            apply(base, &Op::UpdateRecords { table: stations_id(), records: vec![record] }, touched);
        }
        10 if there.len() > 3 => {
            apply(
                base,
                &Op::DeleteRecords { table: stations_id(), records: vec![dice.pick(&there)] },
                touched,
            );
        }
        11 if dice.one_in(4) => {
            let people = Arc::new(people(dice.pick(&["Ann", "zoe"])));
            base.set_env(Arc::new(Env { people, ..Env::default() }));
            for change in base.settle() {
                touched.entry(change.table).or_default().extend(change.rows);
            }
        }
        _ if !there.contains(&id) => {
            let record: Record = station(id, name, dice.below(9) as f64);
            apply(base, &Op::CreateRecords { table: stations_id(), records: vec![record] }, touched);
        }
        _ => {}
    }
}

fn flat(trees: &[GroupTree], level: usize, path: &[Json], rows: &[RowIx], out: &mut Vec<Line>) {
    for tree in trees {
        let path: Vec<Json> = path.iter().cloned().chain([tree.value.clone()]).collect();
        out.push(Line::Group(Box::new(skein_table::Group {
            level,
            path: path.clone(),
            label: tree.label.clone(),
            count: tree.count,
            summaries: tree.summaries.clone(),
            folded: false,
            first: tree.first,
        })));
        if tree.groups.is_empty() {
            out.extend(rows[tree.first..tree.first + tree.count].iter().copied().map(Line::Row));
        }
        flat(&tree.groups, level + 1, &path, rows, out);
    }
}

/// A view tells what is told from scratch, in whole and in parts, folded or not.
fn check(dice: &mut Dice, base: &Base, view: &LiveView, viewer: &Viewer) {
    let table = base.table(visits()).unwrap();
    let query = view.query();
    let rows = select(base, table, query, viewer);
    assert_eq!(view.window(0, usize::MAX), rows, "{query:?}");
    let told = groups(base, table, query, viewer);
    assert_eq!((view.len(), view.summaries()), (told.count, told.summaries), "{query:?}");
    let open = Folds::default();
    let lines = view.outline(&open).lines(0, usize::MAX);
    if !query.group.is_empty() {
        let mut expected = Vec::new();
        flat(&told.groups, 0, &[], &rows, &mut expected);
        assert_eq!(lines, expected, "{query:?}");
    }
    assert_eq!(view.outline(&open).count(), lines.len());
    for (place, row) in rows.iter().enumerate() {
        assert_eq!(lines[view.outline(&open).line_of(place)], Line::Row(*row));
    }
    if let Some(&row) = rows.get(dice.below(rows.len())) {
        assert_eq!(view.rank(row), rows.iter().position(|other| *other == row));
    }
    let heads: Vec<_> = lines
        .iter()
        .filter_map(|line| if let Line::Group(group) = line { Some(group) } else { None })
        .collect();
    let mut except: Vec<Vec<Json>> = heads.iter().map(|group| group.path.clone()).collect();
    except.retain(|_| dice.one_in(3));
    let folds = Folds { all: dice.one_in(2), except, ends: dice.one_in(2), ..Folds::default() };
    let outline = view.outline(&folds);
    let folded = |path: &[Json]| folds.all != folds.except.iter().any(|other| other == path);
    let mut shown = Vec::new();
    let mut above: Vec<Json> = Vec::new();
    let hidden = |path: &[Json], deep: usize| (1..=deep).any(|to| folded(&path[..to]));
    let mut next = lines.iter().skip(1);
    for line in &lines {
        let last = !matches!(next.next(), Some(Line::Row(_)));
        match line {
            Line::Group(group) => {
                above.clone_from(&group.path);
                if !hidden(&above, above.len() - 1) {
                    let group = skein_table::Group { folded: folded(&above), ..(**group).clone() };
                    shown.push(Line::Group(Box::new(group)));
                }
            }
            row if !hidden(&above, above.len()) => {
                shown.push(row.clone());
                if folds.ends && last {
                    shown.push(Line::End(above.clone()));
                }
            }
            _ => {}
        }
    }
    if query.group.is_empty() {
        shown = lines;
    }
    assert_eq!(outline.lines(0, usize::MAX), shown, "{query:?} {folds:?}");
    assert_eq!(outline.count(), shown.len());
    for (place, row) in rows.iter().enumerate() {
        assert!(matches!(shown.get(outline.line_of(place)), Some(Line::Group(_) | Line::Row(_))), "{row}");
        assert!(view.places(*row).contains(&place));
    }
    let mut above: &[Json] = &[];
    for (at, line) in shown.iter().enumerate() {
        if let Line::Group(group) = line {
            above = &group.path[..group.level];
        }
        assert_eq!(outline.around(at).path, above, "{at} {line:?}");
        if let Line::Group(group) = line {
            above = &group.path;
        }
    }
    let offset = dice.below(shown.len() + 2);
    let part: Vec<Line> = shown.into_iter().skip(offset).take(5).collect();
    assert_eq!(outline.lines(offset, 5), part, "{query:?} {folds:?} {offset}");
    let found = view.find("a");
    let search = Query { search: Some("a".into()), ..Query::default() };
    let searched = select(base, table, &search, viewer);
    let places: Vec<usize> = (0..rows.len()).filter(|&at| searched.contains(&rows[at])).collect();
    assert_eq!(found, places);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn edits_move_groups_as_computing_them_anew_does(seeds in proptest::collection::vec(any::<u64>(), 1..60)) {
        let (mut base, viewer) = (empty(), viewer());
        let mut touched = Touched::new();
        let mut next = 0;
        let mut views: Vec<LiveView> = Vec::new();
        for seed in seeds {
            let mut dice = Dice(seed);
            for _ in 0..=dice.below(3) {
                change(&mut dice, &mut base, &mut next, &mut touched);
            }
            for view in &mut views {
                let all = |view: &LiveView| (view.outline(&Folds::default()).lines(0, usize::MAX), view.summaries());
                let before = all(view);
                let moved = view.update(&base, &touched);
                let after = all(view);
                let rows = |lines: &[Line]| {
                    lines.iter().filter(|line| matches!(line, Line::Row(_))).cloned().collect::<Vec<_>>()
                };
                prop_assert!(moved.rows || rows(&before.0) == rows(&after.0));
                prop_assert!(moved.summaries || before == after);
                check(&mut dice, &base, view, &viewer);
            }
            touched.clear();
            if views.len() < 5 {
                views.push(LiveView::new(&base, visits(), &some_query(&mut dice), &viewer).unwrap());
                check(&mut dice, &base, views.last().unwrap(), &viewer);
            }
        }
    }
}

fn base_of(visits_cells: &[&[(u32, Json)]]) -> Base {
    let mut base = empty();
    let records =
        (1..).zip(visits_cells).map(|(n, cells)| visit(&base, RecordId::from_bits(n), cells)).collect();
    base.apply(&Op::CreateRecords { table: visits(), records }, &NOW).unwrap();
    base.settle();
    base
}

fn heads(base: &Base, query: &Query) -> Vec<(String, Json, usize)> {
    let table = base.table(visits()).unwrap();
    let told = groups(base, table, query, &viewer());
    told.groups.into_iter().map(|group| (group.label, group.value, group.count)).collect()
}

fn by(slot: u32, by: GroupBy, size: Option<f64>) -> Query {
    Query { group: vec![GroupKey { field: field(slot), descending: false, by, size }], ..Query::default() }
}

#[test]
fn groups_have_values_labels_and_an_order() {
    let base = base_of(&[
        &[(0, json!("b 10")), (1, json!(12.5)), (2, json!("2026-11-20")), (5, json!(["Red", "Blue"]))],
        &[
            (0, json!("b 9")),
            (1, json!(3)),
            (2, json!("2026-10-01")),
            (5, json!(["Blue", "Red"])),
            (6, json!(true)),
        ],
        &[(0, json!("b 10")), (1, json!(-1)), (2, json!("2026-11-01")), (5, json!(["Green"]))],
        &[(3, json!("2026-11-20T23:30:00Z"))],
    ]);
    let (red, blue, green) = (choice(0).to_string(), choice(1).to_string(), choice(2).to_string());
    let cases = [
        (by(0, GroupBy::Value, None), json!([["b 9", "b 9", 1], ["b 10", "b 10", 2], ["", null, 1]])),
        (
            by(1, GroupBy::Value, Some(10.0)),
            json!([
                ["-10.00 – 0.00", {"from": -10, "to": 0}, 1],
                ["0.00 – 10.00", {"from": 0, "to": 10}, 1],
                ["10.00 – 20.00", {"from": 10, "to": 20}, 1],
                ["", null, 1]
            ]),
        ),
        (
            by(2, GroupBy::Month, None),
            json!([["2026-10", "2026-10-01", 1], ["2026-11", "2026-11-01", 2], ["", null, 1]]),
        ),
        (by(2, GroupBy::Quarter, None), json!([["2026 Q4", "2026-10-01", 3], ["", null, 1]])),
        (by(3, GroupBy::Day, None), json!([["2026-11-21", "2026-11-21", 1], ["", null, 3]])),
        (
            by(5, GroupBy::Value, None),
            json!([["Red, Blue", [red, blue], 2], ["Green", [green], 1], ["", null, 1]]),
        ),
        (
            by(5, GroupBy::Each, None),
            json!([["Red", red, 2], ["Blue", blue, 2], ["Green", green, 1], ["", null, 1]]),
        ),
        (by(6, GroupBy::Value, None), json!([["", false, 3], ["", true, 1]])),
        (by(16, GroupBy::Value, None), json!([["3.00", 3, 1], ["", {"error": true}, 3]])),
    ];
    for (query, expected) in cases {
        let found = heads(&base, &query);
        let found: Json =
            found.into_iter().map(|(label, value, count)| json!([label, value, count])).collect();
        let plain = |json: &Json| json.to_string().replace("3.00", "3");
        assert_eq!(plain(&found), plain(&expected), "{query:?}");
    }
}

#[test]
fn summaries_tell_what_they_say() {
    use SummaryFunction::*;
    let base = base_of(&[
        &[(1, json!(0.1)), (2, json!("2026-11-20")), (6, json!(true))],
        &[(1, json!(0.2)), (2, json!("2026-11-01")), (6, json!(true))],
        &[(1, json!(-5)), (6, json!(false))],
        &[(1, json!(0.2))],
        &[],
    ]);
    let cases = [
        (1, Count, json!(5)),
        (1, Filled, json!(4)),
        (1, Empty, json!(1)),
        (1, PercentFilled, json!(0.8)),
        (1, PercentEmpty, json!(0.2)),
        (1, Unique, json!(3)),
        (1, PercentUnique, json!(0.6)),
        (1, Sum, json!(-4.5)),
        (1, Average, json!(-1.125)),
        (1, Median, json!(0.150_000_000_000_000_02)),
        (1, Min, json!(-5)),
        (1, Max, json!(0.2)),
        (1, Range, json!(5.2)),
        (2, Earliest, json!("2026-11-01")),
        (2, Latest, json!("2026-11-20")),
        (2, Range, json!(19)),
        (6, Checked, json!(2)),
        (6, Unchecked, json!(3)),
        (6, PercentChecked, json!(0.4)),
        (6, PercentUnchecked, json!(0.6)),
        (0, Filled, json!(0)),
        (0, Sum, Json::Null),
        (18, Average, json!(0)),
    ];
    let summaries =
        cases.iter().map(|(slot, function, _)| Summary { field: field(*slot), function: *function });
    let query = Query { summaries: summaries.collect(), ..Query::default() };
    let table = base.table(visits()).unwrap();
    let told = groups(&base, table, &query, &viewer()).summaries;
    for ((slot, function, expected), told) in cases.iter().zip(&told) {
        assert_eq!(told, expected, "{slot} {function:?}");
    }
    let live = LiveView::new(&base, visits(), &query, &viewer()).unwrap();
    assert_eq!(live.summaries(), told);
    let nothing = groups(&stations::empty(), table_of(&stations::empty()), &query, &viewer());
    assert_eq!(nothing.count, 0);
}

fn table_of(base: &Base) -> &skein_table::Table {
    base.table(visits()).unwrap()
}

#[test]
fn sums_by_choice_are_exact_over_many_chunks() {
    let mut base = empty();
    let mut dice = Dice(7);
    let numbers = [0.1, -0.3, 1e-9, 123_456.789, 7.0, 1e300, -1e300, 1e-300];
    for wild in [5, 8] {
        let records = (0..30_000u128).map(|n| {
            let cells = [
                (1, if dice.one_in(9) { Json::Null } else { json!(dice.pick(&numbers[..wild])) }),
                (
                    4,
                    if dice.one_in(9) { Json::Null } else { json!(choice(dice.below(3) as u32).to_string()) },
                ),
            ];
            visit(&base, RecordId::from_bits(n + 1 + wild as u128 * 100_000), &cells)
        });
        let records: Vec<Record> = records.collect();
        for part in records.chunks(5_000) {
            base.apply(&Op::CreateRecords { table: visits(), records: part.to_vec() }, &NOW).unwrap();
        }
        base.settle();
        let told = |function| Summary { field: field(1), function };
        let summaries =
            vec![told(SummaryFunction::Sum), told(SummaryFunction::Average), told(SummaryFunction::Filled)];
        let mut query = Query { summaries, ..by(4, GroupBy::Value, None) };
        for _ in 0..2 {
            let fast = groups(&base, table_of(&base), &query, &viewer());
            // A second summary that is not counted takes the general way.
            let mut general = query.clone();
            general.summaries.push(told(SummaryFunction::Max));
            let slow = groups(&base, table_of(&base), &general, &viewer());
            assert_eq!(fast.summaries, slow.summaries[..3]);
            assert_eq!(fast.groups.len(), slow.groups.len());
            for (fast, slow) in fast.groups.iter().zip(&slow.groups) {
                let head =
                    |tree: &GroupTree| (tree.label.clone(), tree.value.clone(), tree.count, tree.first);
                assert_eq!((head(fast), &fast.summaries[..]), (head(slow), &slow.summaries[..3]));
            }
            query.filter =
                Some(Filter::Condition(Condition { field: field(1), op: Operator::Lt, value: json!(5) }));
        }
    }
}
