//! Records by key: an index finds what a look at every record finds, also when it is older than the table.

use proptest::prelude::*;
use skein_table::{Base, FieldKind, KeyIndex, Op, Value};
use skein_types::FieldId;

use crate::{dice::Dice, state::NOW, world::World};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_index_finds_what_a_look_at_every_record_finds(seed: u64) {
        let (mut world, mut base, mut dice) = (World::wide(), Base::new(), Dice(seed));
        let def = world.def(&mut dice);
        let id = def.id;
        base.apply(&Op::CreateTable { table: def.clone(), at: 0 }, &NOW).unwrap();
        let keyed = |kind: &FieldKind| kind.is_stored() && !matches!(kind, FieldKind::Checkbox | FieldKind::AutoNumber { .. });
        let fields: Vec<FieldId> = def.fields.iter().filter(|field| keyed(&field.kind)).map(|field| field.id).collect();
        let by = vec![dice.pick(&fields), dice.pick(&fields)];
        let by = if by[0] == by[1] || dice.one_in(2) { vec![by[0]] } else { by };
        let mut index = KeyIndex::new(base.table(id).unwrap(), &by).unwrap();
        for _ in 0..40 {
            for _ in 0..dice.below(4) {
                let kind = dice.below(30);
                let op = world.record_op(&mut dice, &base, base.table(id).unwrap(), kind);
                base.apply(&op, &NOW).ok();
            }
            let table = base.table(id).unwrap();
            let rows: Vec<_> = table.rows().collect();
            let wanted: Vec<Vec<Value>> = (0..rows.len().min(5))
                .map(|_| dice.pick(&rows))
                .map(|row| by.iter().map(|field| table.get(row, *field)).collect())
                .collect();
            prop_assert_eq!(index.matching(table, &wanted).unwrap(), table.matching(&by, &wanted));
            if dice.one_in(3) {
                index = index.following(table).unwrap();
                prop_assert_eq!(index.matching(table, &wanted).unwrap(), table.matching(&by, &wanted));
            }
        }
        // A field that was given another type is another one.
        let slot = base.table(id).unwrap().def().next_slot;
        let mut field = base.table(id).unwrap().field(by[0]).unwrap().clone();
        field.kind = if matches!(field.kind, FieldKind::Number(_)) { FieldKind::text() } else { FieldKind::number(0) };
        field.slot = slot;
        if base.apply(&Op::retype(id, field), &NOW).is_ok() {
            let table = base.table(id).unwrap();
            prop_assert!(index.matching(table, &[vec![Value::Null; by.len()]]).is_none());
            prop_assert!(index.following(table).unwrap().matching(table, &[]).is_some());
        }
    }
}
