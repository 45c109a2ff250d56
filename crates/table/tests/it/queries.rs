//! Queries and live views against the plain meaning of filters.

use proptest::prelude::*;
use skein_table::{
    Base, Hit, LiveView, Query, RowIx, Table, Touched, Value, Viewer, Wanted, count, find, page, position,
    select, top,
};

use crate::{
    dice::Dice,
    oracle,
    state::NOW,
    world::{World, query},
};

/// Neighbours of a sorted result are in order, told from values alone.
fn assert_sorted(table: &Table, query: &Query, rows: &[RowIx]) {
    for pair in rows.windows(2) {
        let mut order = std::cmp::Ordering::Equal;
        for key in &query.sort {
            let field = table.field(key.field).unwrap();
            let place = |id| field.kind.choices().iter().position(|choice| choice.id == id).unwrap();
            let [a, b] = [pair[0], pair[1]].map(|row| table.get(row, key.field));
            let plain = match (&a, &b) {
                (Value::Number { n: a }, Value::Number { n: b }) => a.partial_cmp(b).unwrap(),
                (Value::Date { d: a }, Value::Date { d: b }) => a.cmp(b),
                (Value::Choice { c: a }, Value::Choice { c: b }) => place(*a).cmp(&place(*b)),
                (Value::Choices { m: a }, Value::Choices { m: b }) => {
                    place(a[0]).cmp(&place(b[0])).then(a.len().cmp(&b.len()))
                }
                // The collation of texts has its own tests.
                (Value::Text { .. }, Value::Text { .. }) => return,
                _ if matches!(field.kind, skein_table::FieldKind::Checkbox) => {
                    (a != Value::Null).cmp(&(b != Value::Null))
                }
                _ => {
                    order = (a == Value::Null).cmp(&(b == Value::Null));
                    if order.is_ne() {
                        break;
                    }
                    continue;
                }
            };
            order = if key.descending { plain.reverse() } else { plain };
            if order.is_ne() {
                break;
            }
        }
        let order = order.then(table.record_id(pair[0]).cmp(&table.record_id(pair[1])));
        assert!(order.is_lt(), "{query:?}");
    }
}

pub fn check_query(dice: &mut Dice, base: &Base, table: &Table, query: &Query) {
    let viewer = Viewer::default();
    let rows = select(base, table, query, &viewer);
    let mut found = rows.clone();
    let mut expected = oracle::rows(table, query);
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected, "{query:?}");
    assert_sorted(table, query, &rows);
    assert_eq!(count(base, table, query, &viewer), rows.len());
    let (offset, limit) = (dice.below(rows.len() + 2), dice.below(rows.len() + 2));
    for (offset, limit) in [(offset, limit), (0, 1), (0, limit / 9), (1, 3)] {
        let part: Vec<RowIx> = rows.iter().copied().skip(offset).take(limit).collect();
        assert_eq!(top(base, table, query, &viewer, offset, limit), part, "{query:?} {offset} {limit}");
        let begin = rows.iter().copied().take(limit).collect();
        assert_eq!(page(base, table, query, &viewer, None, limit), Some((begin, rows.len())));
        let last = offset.checked_sub(1).and_then(|at| rows.get(at)).filter(|_| query.group.is_empty());
        if let Some(place) = last.and_then(|&row| position(base, table, query, &viewer, row)) {
            let next = page(base, table, query, &viewer, Some(&place), limit);
            assert_eq!(next, Some((part, rows.len())), "{query:?} {offset} {limit}");
        }
    }
}

/// Found is what a search keeps, at the places the query has it, in pages that meet.
fn check_find(dice: &mut Dice, base: &Base, table: &Table, query: &Query) {
    let viewer = Viewer::default();
    let text = ["a", "1", "2", "x", "e"][dice.below(5)].to_owned();
    let searched = Query { search: Some(text.clone()), ..Query::default() };
    let kept: std::collections::HashSet<RowIx> =
        select(base, table, &searched, &viewer).into_iter().collect();
    let rows = select(base, table, query, &viewer);
    let places: Vec<usize> = (0..rows.len()).filter(|&at| kept.contains(&rows[at])).collect();
    let all = Wanted { text, fields: Vec::new(), from: 0, until: None, limit: usize::MAX };
    let found = find(base, table, query, &viewer, &all);
    assert_eq!(found.hits.iter().map(|hit| hit.at).collect::<Vec<_>>(), places, "{query:?}");
    assert_eq!((found.total, found.before), (places.len(), 0));
    assert!(found.hits.iter().all(|hit| hit.row == rows[hit.at] && !hit.fields.is_empty()));
    let some = |hits: &[Hit]| hits.to_vec();
    let cut = dice.below(rows.len() + 2);
    let from = find(base, table, query, &viewer, &Wanted { from: cut, limit: 3, ..all.clone() });
    let before = places.iter().filter(|&&at| at < cut).count();
    assert_eq!(from.hits, some(&found.hits[before..(before + 3).min(places.len())]));
    let until = find(base, table, query, &viewer, &Wanted { until: Some(cut), limit: 3, ..all.clone() });
    assert_eq!(until.hits, some(&found.hits[before.saturating_sub(3)..before]));
    assert_eq!((from.before, until.before), (before, before.saturating_sub(3)));
    if let Some(field) = table.def().fields.first() {
        let one = find(base, table, query, &viewer, &Wanted { fields: vec![field.id], ..all });
        assert_eq!(one.total, found.hits.iter().filter(|hit| hit.fields.contains(&field.id)).count());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn live_views_follow_any_change(seeds in proptest::collection::vec(any::<u64>(), 1..80)) {
        let (mut world, mut base) = (World::default(), Base::new());
        let def = world.def(&mut Dice(seeds[0]));
        let id = def.id;
        base.apply(&skein_table::Op::CreateTable { table: def, at: 0 }, &NOW).unwrap();
        let mut views: Vec<LiveView> = Vec::new();
        let mut pending = Touched::new();
        let viewer = Viewer::default();
        for seed in seeds {
            let mut dice = Dice(seed);
            let op = world.op(&mut dice, &base);
            if let Ok(applied) = base.apply(&op, &NOW) {
                for change in applied.changes.into_iter().chain(base.settle()) {
                    pending.entry(change.table).or_default().extend(change.rows);
                }
            }
            let Some(table) = base.table(id).cloned() else { break };
            if dice.one_in(3) {
                continue;
            }
            for view in &mut views {
                let before = view.window(0, usize::MAX);
                let changed = view.update(&base, &pending).rows;
                let rows = select(&base, &table, view.query(), &viewer);
                let window = view.window(0, usize::MAX);
                prop_assert_eq!(&window, &rows, "{:?}", view.query());
                prop_assert!(changed || before == rows);
                prop_assert_eq!(view.len(), rows.len());
                let offset = dice.below(rows.len() + 2);
                let part: Vec<RowIx> = rows.iter().copied().skip(offset).take(3).collect();
                prop_assert_eq!(view.window(offset, 3), part);
                if let Some(&row) = rows.get(offset) {
                    prop_assert_eq!(view.rank(row), Some(offset));
                }
                for row in table.rows().filter(|row| !rows.contains(row)) {
                    prop_assert_eq!(view.rank(row), None);
                }
            }
            pending.clear();
            let query = query(&mut dice, table.def(), false);
            check_query(&mut dice, &base, &table, &query);
            check_find(&mut dice, &base, &table, &query);
            if views.len() < 6 {
                views.push(LiveView::new(&base, id, &query, &viewer).unwrap());
            }
        }
    }
}

#[test]
fn a_live_view_follows_a_table_that_was_deleted_and_restored() {
    let (mut world, mut base, mut dice) = (World::default(), Base::new(), Dice(5));
    let def = world.def(&mut dice);
    let id = def.id;
    base.apply(&skein_table::Op::CreateTable { table: def, at: 0 }, &NOW).unwrap();
    for _ in 0..20 {
        let table = base.table(id).unwrap().clone();
        base.apply(&world.record_op(&mut dice, &base, &table, 0), &NOW).unwrap();
        base.apply(&world.record_op(&mut dice, &base, &table, 29), &NOW).ok();
    }
    let query = Query::default();
    let mut view = LiveView::new(&base, id, &query, &Viewer::default()).unwrap();
    for op in base.apply(&skein_table::Op::DeleteTable { table: id }, &NOW).unwrap().inverse {
        base.apply(&op, &NOW).unwrap();
    }
    let table = base.table(id).unwrap();
    view.update(&base, &Touched::new());
    assert_eq!(view.window(0, usize::MAX), select(&base, table, &query, &Viewer::default()));
}
