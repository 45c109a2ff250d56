//! Operations: inverses, replay, refusals.

use proptest::prelude::*;
use skein_table::{Base, Op};

use crate::{
    dice::Dice,
    state::{NOW, dump},
    world::World,
};

fn steps(most: usize) -> impl Strategy<Value = Vec<u64>> {
    proptest::collection::vec(any::<u64>(), 1..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_inverse_restores_the_state_and_an_error_changes_nothing(seeds in steps(60)) {
        let (mut world, mut base) = (World::default(), Base::new());
        let mut states = vec![dump(&base)];
        let mut undo: Vec<Vec<Op>> = Vec::new();
        for seed in seeds {
            let op = world.op(&mut Dice(seed), &base);
            let snapshot = base.clone();
            let Ok(applied) = base.apply(&op, &NOW) else {
                prop_assert_eq!(&dump(&base), states.last().unwrap());
                continue;
            };
            prop_assert_eq!(&dump(&snapshot), states.last().unwrap());
            let change = &applied.changes[0];
            prop_assert_eq!(change.rows.len(), change.records.len());
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
            let undone = dump(&base);
            prop_assert_eq!(&undone, states.last().unwrap());
            let mut again = base.clone();
            for op in &redo {
                again.apply(op, &NOW).unwrap();
            }
        }
    }

    #[test]
    fn a_log_read_back_gives_the_same_state(seeds in steps(60)) {
        let (mut world, mut base, mut copy) = (World::default(), Base::new(), Base::new());
        for seed in seeds {
            let op = world.op(&mut Dice(seed), &base);
            let Ok(applied) = base.apply(&op, &NOW) else { continue };
            let text = serde_json::to_string(&op).unwrap();
            let again = copy.apply(&serde_json::from_str(&text).unwrap(), &NOW).unwrap();
            prop_assert_eq!(again, applied);
        }
        prop_assert_eq!(dump(&copy), dump(&base));
    }
}
