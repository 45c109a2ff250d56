//! Queries and live views against the plain meaning of filters.

use proptest::prelude::*;
use skein_table::{Base, LiveView, Query, RowIx, Table, Touched, Value, Viewer, count, select, top};

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
