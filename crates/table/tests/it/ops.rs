//! Operations: inverses, replay, refusals.

use std::sync::Arc;

use proptest::prelude::*;
use skein_table::{Base, Op, Place, Value};
use skein_types::{FieldId, RecordId};

use crate::{
    dice::Dice,
    state::{NOW, Store, assert_links, dump},
    world::{World, member, stamp},
};

fn steps(most: usize) -> impl Strategy<Value = Vec<u64>> {
    proptest::collection::vec(any::<u64>(), 1..most)
}

/// An operation made unsound, mostly: records that are gone, values of other types, what is repeated.
fn spoilt(dice: &mut Dice, op: Op) -> Op {
    let (table, mut records, create) = match op {
        Op::CreateRecords { table, records } => (table, records, true),
        Op::UpdateRecords { table, records } => (table, records, false),
        other => return other,
    };
    let gone = RecordId::from_bits(u128::MAX);
    let bad = [
        Value::Number { n: f64::NAN },
        Value::Links { l: [gone].into() },
        Value::Members { u: [member(1), member(1)].into() },
        Value::Choices { m: Vec::new().into() },
        Value::Date { d: i64::MIN },
        Value::Place { p: Arc::new(Place { name: String::new(), longitude: f64::NAN, latitude: 0.0 }) },
        Value::Text { t: "x".repeat(100_001).into() },
    ];
    if let Some(last) = records.last_mut() {
        match last.cells.last_mut() {
            Some((_, value)) if dice.one_in(2) => *value = dice.pick(&bad),
            Some((field, _)) if dice.one_in(2) => *field = FieldId::from_bits(u128::MAX),
            _ => last.id = gone,
        }
    }
    if create { Op::CreateRecords { table, records } } else { Op::UpdateRecords { table, records } }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_inverse_restores_the_state_and_an_error_changes_nothing(seeds in steps(60), wide: bool) {
        let mut world = if wide { World::wide() } else { World::default() };
        let mut base = Base::new();
        let mut states = vec![dump(&base)];
        let mut undo: Vec<Vec<Op>> = Vec::new();
        for seed in seeds {
            let mut dice = Dice(seed);
            let mut op = world.op(&mut dice, &base);
            if dice.one_in(8) {
                op = spoilt(&mut dice, op);
            }
            let snapshot = base.clone();
            let Ok(applied) = base.apply(&op, &stamp(&mut dice)) else {
                prop_assert_eq!(&dump(&base), states.last().unwrap());
                assert_links(&base);
                continue;
            };
            prop_assert_eq!(&dump(&snapshot), states.last().unwrap());
            assert_links(&snapshot);
            assert_links(&base);
            states.push(dump(&base));
            undo.push(applied.inverse);
        }
        while let Some(inverse) = undo.pop() {
            prop_assert_eq!(Some(dump(&base)), states.pop());
            // Taking it back, and taking that back again.
            let mut redo = Vec::new();
            for op in &inverse {
                let applied = base.apply(op, &NOW).unwrap();
                redo.splice(0..0, applied.inverse);
            }
            assert_links(&base);
            let undone = dump(&base);
            prop_assert_eq!(&undone, states.last().unwrap());
            let mut again = base.clone();
            for op in &redo {
                again.apply(op, &NOW).unwrap();
            }
            assert_links(&again);
        }
    }

    #[test]
    fn a_log_read_back_gives_the_same_state(seeds in steps(60), wide: bool) {
        let mut world = if wide { World::wide() } else { World::default() };
        let (mut base, mut copy) = (Base::new(), Base::new());
        for seed in seeds {
            let mut dice = Dice(seed);
            let (op, stamp) = (world.op(&mut dice, &base), stamp(&mut dice));
            let Ok(applied) = base.apply(&op, &stamp) else { continue };
            let text = serde_json::to_string(&op).unwrap();
            let again = copy.apply(&serde_json::from_str(&text).unwrap(), &stamp).unwrap();
            prop_assert_eq!(again, applied);
        }
        prop_assert_eq!(dump(&copy), dump(&base));
    }

    #[test]
    fn storage_written_as_changes_say_reads_back_as_the_state(seeds in steps(80)) {
        let (mut world, mut base, mut store) = (World::wide(), Base::new(), Store::default());
        let mut undo: Vec<Op> = Vec::new();
        for seed in seeds {
            let mut dice = Dice(seed);
            // Now and then a part of an earlier change is taken back, as when others worked on.
            let op = match undo.pop() {
                Some(op) if dice.one_in(3) => op,
                _ => world.op(&mut dice, &base),
            };
            let Ok(applied) = base.apply(&op, &stamp(&mut dice)) else { continue };
            store.follow(&base, &op, &applied);
            undo.extend(applied.inverse.into_iter().rev().filter(|_| !dice.one_in(3)));
            let loaded = store.load(&base).unwrap();
            prop_assert_eq!(dump(&loaded), dump(&base), "{:?}", op);
            assert_links(&loaded);
            assert_links(&base);
        }
    }
}
