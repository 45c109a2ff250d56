//! Records under records: kept under edits as they are told from scratch, by what docs/spec/socket.md says
//! (S29 to S31).

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use skein_table::{
    Base, Branching, Choice, Color, Condition, Field, FieldKind, Filter, Folds, GroupBy, GroupKey, GroupTree,
    Line, LiveView, Op, Operator, Query, Record, RowIx, SortKey, TableDef, Touched, Twig, Value, View,
    Viewer, depths, groups, select, top, validate_query,
};
use skein_types::{ChoiceId, FieldId, RecordId, TableId, ViewId};

use crate::{
    dice::Dice,
    state::{NOW, links},
    stations::apply,
};

const TASKS: TableId = TableId::from_bits(1);
const NAME: FieldId = FieldId::from_bits(10);
const RANK: FieldId = FieldId::from_bits(11);
const TAGS: FieldId = FieldId::from_bits(12);
const PARENTS: FieldId = FieldId::from_bits(13);
const CHILDREN: FieldId = FieldId::from_bits(14);

fn choice(code: u32) -> Choice {
    let id = ChoiceId::from_bits(u128::from(code) + 1);
    Choice { id, code, name: format!("Tag {code}"), color: Color::Red }
}

/// Tasks that name their parents, and show their children.
fn tasks() -> Base {
    let field = |slot: u32, id, kind| Field::new(id, slot, format!("Field {slot}"), kind);
    let link = FieldKind::Link { table: TASKS, multiple: true, mirror: Some(CHILDREN), filter: None };
    let fields = vec![
        field(0, NAME, FieldKind::text()),
        field(1, RANK, FieldKind::number(0)),
        field(2, TAGS, FieldKind::MultiSelect { choices: (0..3).map(choice).collect() }),
        field(3, PARENTS, link),
        field(4, CHILDREN, FieldKind::Backlink { table: TASKS, field: PARENTS, multiple: true }),
    ];
    let views = vec![View::new(ViewId::from_bits(1), "All")];
    let table = TableDef {
        id: TASKS,
        name: "Tasks".into(),
        fields,
        views,
        next_slot: 5,
        ..crate::filters::definition()
    };
    let mut base = Base::new();
    base.apply(&Op::CreateTable { table, at: 0 }, &NOW).unwrap();
    base.settle();
    base
}

fn id(n: u128) -> RecordId {
    RecordId::from_bits(n)
}

fn under(parents: &[u128]) -> (FieldId, Value) {
    let l: Vec<RecordId> = parents.iter().map(|n| id(*n)).collect();
    (PARENTS, if l.is_empty() { Value::Null } else { Value::Links { l: l.into() } })
}

fn create(base: &mut Base, records: Vec<Record>, touched: &mut Touched) {
    apply(base, &Op::CreateRecords { table: TASKS, records }, touched);
}

fn update(base: &mut Base, record: RecordId, cell: (FieldId, Value), touched: &mut Touched) {
    let records = vec![Record::new(record, vec![cell])];
    apply(base, &Op::UpdateRecords { table: TASKS, records }, touched);
}

/// What stands where by the definition, with nothing folded.
fn told(base: &Base, query: &Query) -> Vec<Line> {
    let table = base.table(TASKS).unwrap();
    let viewer = Viewer::default();
    let flat = Query { tree: None, ..query.clone() };
    let rows = select(base, table, &flat, &viewer);
    let mut lines = Vec::new();
    if query.group.is_empty() {
        planted(base, query, &rows, &mut lines);
    } else {
        let told = groups(base, table, &flat, &viewer);
        grouped(base, query, &told.groups, (&[], &rows), &mut lines);
    }
    lines
}

fn grouped(
    base: &Base,
    query: &Query,
    trees: &[GroupTree],
    (path, rows): (&[Json], &[RowIx]),
    out: &mut Vec<Line>,
) {
    for tree in trees {
        let path: Vec<Json> = path.iter().cloned().chain([tree.value.clone()]).collect();
        out.push(Line::Group(Box::new(skein_table::Group {
            level: path.len() - 1,
            path: path.clone(),
            label: tree.label.clone(),
            count: tree.count,
            summaries: tree.summaries.clone(),
            folded: false,
            first: tree.first,
        })));
        if tree.groups.is_empty() {
            planted(base, query, &rows[tree.first..tree.first + tree.count], out);
        }
        grouped(base, query, &tree.groups, (&path, rows), out);
    }
}

/// Rows of one group, in order, as a tree.
fn planted(base: &Base, query: &Query, rows: &[RowIx], out: &mut Vec<Line>) {
    let table = base.table(TASKS).unwrap();
    let shown: HashSet<RowIx> = rows.iter().copied().collect();
    let parent = |row: RowIx| {
        let named = links(table, row, query.tree.unwrap()).into_iter().filter_map(|id| table.row(id));
        named.into_iter().find(|parent| *parent != row && shown.contains(parent))
    };
    let mut parents: HashMap<RowIx, RowIx> =
        rows.iter().filter_map(|&row| Some((row, parent(row)?))).collect();
    for &row in rows {
        let mut ring = vec![row];
        while let Some(&next) = parents.get(ring.last().unwrap()) {
            if next == row {
                // Rows are looked at in order: this one is the first of its ring.
                parents.remove(&row);
                break;
            }
            if ring.contains(&next) {
                break;
            }
            ring.push(next);
        }
    }
    let depth = |row: RowIx| std::iter::successors(Some(row), |row| parents.get(row).copied()).count() - 1;
    let cut: Vec<RowIx> = rows.iter().copied().filter(|&row| depth(row) % 100 == 0).collect();
    for row in cut {
        parents.remove(&row);
    }
    push(rows, &parents, None, 0, out);
}

/// Rows under a parent, each before those under it.
fn push(
    rows: &[RowIx],
    parents: &HashMap<RowIx, RowIx>,
    parent: Option<RowIx>,
    depth: usize,
    out: &mut Vec<Line>,
) {
    for &row in rows.iter().filter(|row| parents.get(row).copied() == parent) {
        let twig = Twig { row, depth, parent: parents.values().any(|parent| *parent == row), folded: false };
        out.push(Line::Twig(twig));
        push(rows, parents, Some(row), depth + 1, out);
    }
}

/// The lines that are left when some are folded.
fn folded(base: &Base, all: &[Line], folds: &Folds) -> Vec<Line> {
    let table = base.table(TASKS).unwrap();
    let is_group = |path: &[Json]| folds.all != folds.except.iter().any(|other| other == path);
    let is_row = |row| folds.branches.all != folds.branches.except.contains(&table.record_id(row));
    let mut shown = Vec::new();
    let (mut path, mut hidden_by, mut under): (Vec<Json>, bool, Option<usize>) = (Vec::new(), false, None);
    let mut next = all.iter().skip(1);
    for line in all {
        let last = !matches!(next.next(), Some(Line::Twig(_)));
        match line {
            Line::Group(group) => {
                path.clone_from(&group.path);
                under = None;
                let around = (1..path.len()).any(|to| is_group(&path[..to]));
                hidden_by = around || is_group(&path);
                if !around {
                    shown.push(Line::Group(Box::new(skein_table::Group {
                        folded: is_group(&path),
                        ..(**group).clone()
                    })));
                }
            }
            Line::Twig(twig) => {
                if under.is_some_and(|depth| twig.depth <= depth) {
                    under = None;
                }
                if under.is_none() && !hidden_by {
                    let folded = twig.parent && is_row(twig.row);
                    shown.push(Line::Twig(Twig { folded, ..*twig }));
                    under = folded.then_some(twig.depth);
                }
                if last && folds.ends && !hidden_by && !path.is_empty() {
                    shown.push(Line::End(path.clone()));
                }
            }
            other => panic!("{other:?}"),
        }
    }
    shown
}

/// A view shows what is told from scratch, whole and in part, folded or not.
fn check(dice: &mut Dice, base: &Base, view: &LiveView) {
    let query = view.query();
    let all = told(base, query);
    let open = Folds::default();
    assert_eq!(view.outline(&open).lines(0, usize::MAX), all, "{query:?}");
    let rows: Vec<RowIx> = all.iter().filter_map(Line::row).collect();
    let table = base.table(TASKS).unwrap();
    let viewer = Viewer::default();
    assert_eq!(select(base, table, query, &viewer), rows, "{query:?}");
    assert_eq!(
        top(base, table, query, &viewer, 1, 3),
        rows.iter().skip(1).take(3).copied().collect::<Vec<_>>()
    );
    let fresh = LiveView::new(base, TASKS, query, &viewer).unwrap();
    assert_eq!((view.len(), view.summaries()), (fresh.len(), fresh.summaries()));
    let offset = dice.below(rows.len() + 1);
    assert_eq!(view.window(0, usize::MAX), rows);
    assert_eq!(view.window(offset, 4), rows.iter().skip(offset).take(4).copied().collect::<Vec<_>>());
    assert_eq!(view.row_count(), rows.len());
    if query.group.is_empty() {
        let expected: Vec<usize> =
            all.iter().map(|line| if let Line::Twig(twig) = line { twig.depth } else { 0 }).collect();
        assert_eq!(depths(base, table, query, &viewer, &rows), Some(expected));
    }

    let mut groups: Vec<Vec<Json>> = all
        .iter()
        .filter_map(|line| if let Line::Group(group) = line { Some(group.path.clone()) } else { None })
        .collect();
    groups.retain(|_| dice.one_in(3));
    let mut records: Vec<RecordId> = rows.iter().map(|&row| table.record_id(row)).collect();
    records.retain(|_| dice.one_in(3));
    let branches = Branching { all: dice.one_in(2), except: records };
    let folds = Folds { all: dice.one_in(2), except: groups, ends: dice.one_in(2), branches };
    let shown = folded(base, &all, &folds);
    let outline = view.outline(&folds);
    assert_eq!(outline.lines(0, usize::MAX), shown, "{query:?} {folds:?}");
    assert_eq!(outline.count(), shown.len());
    let offset = dice.below(shown.len() + 2);
    let part: Vec<Line> = shown.iter().skip(offset).take(5).cloned().collect();
    assert_eq!(outline.lines(offset, 5), part, "{query:?} {folds:?} {offset}");
    for (place, &row) in rows.iter().enumerate() {
        assert!(view.places(row).contains(&place));
        let line = &shown[outline.line_of(place)];
        match line.row() {
            Some(found) if found == row => {}
            // One it stands under, or whose group it is in.
            _ => assert!(
                matches!(line, Line::Twig(Twig { folded: true, .. }))
                    || matches!(line, Line::Group(group) if group.folded)
            ),
        }
    }
    let mut before = 0;
    for (at, line) in shown.iter().enumerate() {
        before = if matches!(line, Line::Group(_)) { 0 } else { before };
        let around = outline.around(at);
        assert!(matches!(line, Line::Group(_)) || around.before == before, "{at} {around:?}");
        before += usize::from(line.row().is_some());
    }
}

fn some_query(dice: &mut Dice) -> Query {
    let filter = dice
        .one_in(2)
        .then(|| Filter::Condition(Condition { field: RANK, op: Operator::Lt, value: json!(dice.below(6)) }));
    let mut group = Vec::new();
    for field in [TAGS, RANK] {
        let by = if field == TAGS && dice.one_in(2) { GroupBy::Each } else { GroupBy::Value };
        if dice.one_in(3) {
            group.push(GroupKey { field, descending: dice.one_in(2), by, size: None });
        }
    }
    let sort =
        if dice.one_in(2) { vec![SortKey { field: NAME, descending: dice.one_in(2) }] } else { Vec::new() };
    let tree = Some(if dice.one_in(2) { PARENTS } else { CHILDREN });
    Query { filter, group, sort, tree, ..Query::default() }
}

fn some_cell(dice: &mut Dice, base: &Base) -> (FieldId, Value) {
    let table = base.table(TASKS).unwrap();
    let all: Vec<RecordId> = table.rows().map(|row| table.record_id(row)).collect();
    match dice.below(6) {
        0 => (NAME, Value::Text { t: dice.pick(&["a", "b", "c", "d"]).into() }),
        1 => (RANK, Value::Number { n: dice.below(6) as f64 }),
        2 => {
            let mut picked: Vec<ChoiceId> = (0..3).map(|code| choice(code).id).collect();
            picked.retain(|_| dice.one_in(2));
            (TAGS, if picked.is_empty() { Value::Null } else { Value::Choices { m: picked.into() } })
        }
        _ => {
            let mut l: Vec<RecordId> = Vec::new();
            for _ in 0..dice.below(3) {
                if !all.is_empty() {
                    let one = dice.pick(&all);
                    if !l.contains(&one) {
                        l.push(one);
                    }
                }
            }
            (PARENTS, if l.is_empty() { Value::Null } else { Value::Links { l: l.into() } })
        }
    }
}

fn change(dice: &mut Dice, base: &mut Base, next: &mut u128, touched: &mut Touched) {
    let table = base.table(TASKS).unwrap();
    let all: Vec<RecordId> = table.rows().map(|row| table.record_id(row)).collect();
    match dice.below(8) {
        0..3 => {
            *next += 1;
            let new = id(*next * 100 + dice.below(300) as u128);
            let mut cells: Vec<(FieldId, Value)> = (0..3).map(|_| some_cell(dice, base)).collect();
            cells.sort_by_key(|(field, _)| *field);
            cells.dedup_by_key(|(field, _)| *field);
            if !all.contains(&new) {
                create(base, vec![Record::new(new, cells)], touched);
            }
        }
        3 if !all.is_empty() => {
            apply(base, &Op::DeleteRecords { table: TASKS, records: vec![dice.pick(&all)] }, touched);
        }
        _ if !all.is_empty() => {
            let cell = some_cell(dice, base);
            update(base, dice.pick(&all), cell, touched);
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// S29, S30: rings, several parents, filters, groups and folds included.
    #[test]
    fn edits_move_branches_as_computing_them_anew_does(seeds in proptest::collection::vec(any::<u64>(), 1..50)) {
        let (mut base, mut touched, mut next) = (tasks(), Touched::new(), 0);
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
                let rows = |lines: &[Line]| lines.iter().filter_map(Line::row).collect::<Vec<_>>();
                prop_assert!(moved.rows || rows(&before.0) == rows(&all(view).0));
                check(&mut dice, &base, view);
            }
            touched.clear();
            if views.len() < 5 {
                views.push(LiveView::new(&base, TASKS, &some_query(&mut dice), &Viewer::default()).unwrap());
                check(&mut dice, &base, views.last().unwrap());
            }
        }
    }
}

fn tree_of(base: &Base, query: &Query) -> Vec<(u128, usize)> {
    let view = LiveView::new(base, TASKS, query, &Viewer::default()).unwrap();
    let table = base.table(TASKS).unwrap();
    let lines = view.outline(&Folds::default()).lines(0, usize::MAX);
    let twig = |line: &Line| {
        if let Line::Twig(twig) = line {
            (table.record_id(twig.row).bits(), twig.depth)
        } else {
            panic!("{line:?}")
        }
    };
    lines.iter().map(twig).collect()
}

/// What is tried, the records with their parents and ranks, the query, the lines.
type Case<'a> = (&'a str, &'a [(u128, &'a [u128], f64)], &'a Query, &'a [(u128, usize)]);

#[test]
fn records_stand_under_the_first_parent_that_shows() {
    let rank = |n: f64| (RANK, Value::Number { n });
    let base_of = |records: &[(u128, &[u128], f64)]| {
        let mut base = tasks();
        let records =
            records.iter().map(|(n, parents, at)| Record::new(id(*n), vec![rank(*at), under(parents)]));
        // Links name what is there: the records come first, their cells after.
        let records: Vec<Record> = records.collect();
        let bare = records.iter().map(|record| Record::new(record.id, vec![])).collect();
        create(&mut base, bare, &mut Touched::new());
        apply(&mut base, &Op::UpdateRecords { table: TASKS, records }, &mut Touched::new());
        base
    };
    let tree = Query { tree: Some(PARENTS), ..Query::default() };
    let few = Query {
        filter: Some(Filter::Condition(Condition { field: RANK, op: Operator::Lt, value: json!(5) })),
        ..tree.clone()
    };
    let ranked = Query { sort: vec![SortKey { field: RANK, descending: true }], ..tree.clone() };
    let cases: [Case<'_>; 7] = [
        (
            "two levels",
            &[(1, &[], 0.), (2, &[1], 0.), (3, &[2], 0.), (4, &[1], 0.)],
            &tree,
            &[(1, 0), (2, 1), (3, 2), (4, 1)],
        ),
        (
            "of two parents the first",
            &[(1, &[], 0.), (2, &[], 0.), (3, &[2, 1], 0.)],
            &tree,
            &[(1, 0), (2, 0), (3, 1)],
        ),
        (
            "the second when the first is not shown",
            &[(1, &[], 0.), (2, &[], 9.), (3, &[2, 1], 0.)],
            &few,
            &[(1, 0), (3, 1)],
        ),
        ("the top when none is", &[(1, &[], 9.), (2, &[1], 0.), (3, &[2], 0.)], &few, &[(2, 0), (3, 1)]),
        (
            "siblings by the sort",
            &[(1, &[], 0.), (2, &[1], 1.), (3, &[1], 2.), (4, &[], 3.)],
            &ranked,
            &[(4, 0), (1, 0), (3, 1), (2, 1)],
        ),
        (
            "a ring at its first",
            &[(1, &[3], 0.), (2, &[1], 1.), (3, &[2], 2.), (4, &[3], 0.)],
            &ranked,
            &[(3, 0), (1, 1), (2, 2), (4, 1)],
        ),
        ("not itself", &[(1, &[1], 0.), (2, &[2, 1], 0.)], &tree, &[(1, 0), (2, 1)]),
    ];
    for (name, records, query, expected) in cases {
        assert_eq!(tree_of(&base_of(records), query), expected, "{name}");
    }
}

#[test]
fn each_hundredth_level_stands_at_the_top() {
    let mut base = tasks();
    let ids = 1..=250u128;
    create(&mut base, ids.clone().map(|n| Record::new(id(n), vec![])).collect(), &mut Touched::new());
    let records = ids.clone().skip(1).map(|n| Record::new(id(n), vec![under(&[n - 1])])).collect();
    apply(&mut base, &Op::UpdateRecords { table: TASKS, records }, &mut Touched::new());
    let query = Query { tree: Some(PARENTS), ..Query::default() };
    let expected: Vec<(u128, usize)> = ids.map(|n| (n, (n as usize - 1) % 100)).collect();
    assert_eq!(tree_of(&base, &query), expected);
    let mut view = LiveView::new(&base, TASKS, &query, &Viewer::default()).unwrap();
    let mut touched = Touched::new();
    for cell in [under(&[]), under(&[40])] {
        update(&mut base, id(60), cell, &mut touched);
        view.update(&base, &touched);
        check(&mut Dice(7), &base, &view);
        touched.clear();
    }
}

#[test]
fn a_tree_is_over_a_link_to_the_table_itself() {
    let base = tasks();
    let table = base.table(TASKS).unwrap();
    for (field, fits) in [(PARENTS, true), (CHILDREN, true), (NAME, false), (FieldId::from_bits(9), false)] {
        let query = Query { tree: Some(field), ..Query::default() };
        let checked = validate_query(&base, table, &query, &Viewer::default());
        assert_eq!(checked.is_ok(), fits, "{checked:?}");
        assert_eq!(checked.err().map(|error| error.path), (!fits).then(|| "tree".to_owned()));
        let view = LiveView::new(&base, TASKS, &query, &Viewer::default()).unwrap();
        assert_eq!(view.is_tree(), fits);
    }
}
