//! Storage rows and tables of many chunks.

use proptest::prelude::*;
use skein_table::{Base, DecodeError, Op, Record, TableDef, select};
use skein_types::RecordId;

use crate::{
    dice::Dice,
    queries::check_query,
    state::{NOW, dump},
    world::{World, query, value},
};

fn load(def: TableDef, rows: &[(RecordId, Vec<u8>)]) -> Result<Base, DecodeError> {
    Base::load(vec![(def, rows.iter().map(|(id, bytes)| (*id, bytes)))])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn stored_rows_load_in_any_order(seeds in proptest::collection::vec(any::<u64>(), 1..50)) {
        let (mut world, mut base) = (World::default(), Base::new());
        for seed in &seeds {
            let _ = base.apply(&world.op(&mut Dice(*seed), &base), &NOW);
        }
        let stored = base.tables().map(|table| {
            let mut rows: Vec<(RecordId, Vec<u8>)> =
                table.rows().map(|row| (table.record_id(row), table.encode_row(row))).collect();
            let mut dice = Dice(seeds[0]);
            rows.sort_by_cached_key(|_| dice.roll());
            (table.def().clone(), rows.into_iter())
        });
        let loaded = Base::load(stored.collect()).unwrap();
        prop_assert_eq!(dump(&loaded), dump(&base));
    }

    #[test]
    fn damaged_rows_are_refused_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40), versioned: bool) {
        let mut bytes = bytes;
        if versioned {
            bytes.insert(0, 1);
        }
        let def = World::default().def(&mut Dice(3));
        let id = RecordId::from_bits(7);
        match load(def, &[(id, bytes)]) {
            Ok(base) => prop_assert_eq!(base.tables().next().unwrap().len(), 1),
            Err(error) => prop_assert_eq!(error.record, id),
        }
    }
}

#[test]
fn a_record_stored_twice_is_refused() {
    let def = World::default().def(&mut Dice(3));
    let id = RecordId::from_bits(7);
    let rows = [(id, vec![1, 0]), (RecordId::from_bits(8), vec![1, 0]), (id, vec![1, 0])];
    assert_eq!(load(def, &rows).unwrap_err().record, id);
}

#[test]
fn tables_of_many_chunks_answer_as_small_ones_do() {
    for seed in 0..4 {
        let mut dice = Dice(seed);
        let mut world = World::default();
        let def = world.def(&mut dice);
        let id = def.id;
        let mut base = Base::new();
        base.apply(&Op::CreateTable { table: def.clone(), at: 0 }, &NOW).unwrap();
        let mut ids: Vec<RecordId> = (0..20_000).map(|_| world.id()).collect();
        if seed % 2 == 1 {
            ids.sort_by_cached_key(|_| dice.roll());
        }
        for part in ids.chunks(5_000) {
            let cells =
                |dice: &mut Dice| def.fields.iter().map(|field| (field.id, value(dice, field))).collect();
            let records = part.iter().map(|&id| Record::new(id, cells(&mut dice))).collect();
            base.apply(&Op::CreateRecords { table: id, records }, &NOW).unwrap();
        }
        for _ in 0..12 {
            let table = base.table(id).unwrap().clone();
            let query = query(&mut dice, table.def(), false);
            check_query(&mut dice, &base, &table, &query);
            let snapshot = select(&base, &table, &query, &skein_table::Viewer::default());
            let some = ids.iter().copied().filter(|_| dice.one_in(50)).collect::<Vec<_>>();
            let some: Vec<RecordId> = some.into_iter().filter(|id| table.row(*id).is_some()).collect();
            base.apply(&Op::DeleteRecords { table: id, records: some }, &NOW).unwrap();
            assert_eq!(
                select(&base, &table, &query, &skein_table::Viewer::default()),
                snapshot,
                "a snapshot does not change"
            );
        }
    }
}
