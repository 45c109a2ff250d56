//! Links and their other sides: what writing them means, and that both sides stay the same.

use std::collections::BTreeMap;

use proptest::prelude::*;
use skein_table::{Base, Field, FieldKind, Op, OpError, Record, TableDef, Value};
use skein_types::{FieldId, RecordId, TableId};

use crate::{
    dice::Dice,
    filters::definition,
    state::{NOW, assert_links, dump, links},
    world::{World, stamp, value_in},
};

const LEFT: TableId = TableId::from_bits(1);
const RIGHT: TableId = TableId::from_bits(2);

fn field(n: u128) -> FieldId {
    FieldId::from_bits(1_000 + n)
}

fn record(n: u128) -> RecordId {
    RecordId::from_bits(n)
}

fn named(ids: &[u128]) -> Value {
    if ids.is_empty() { Value::Null } else { Value::Links { l: ids.iter().map(|id| record(*id)).collect() } }
}

/// Records 1 to 3 left, 11 to 13 right. Fields left: a link to the right, field 1, and to the left itself,
/// field 3; their other sides are the fields 2 and 4.
fn base(multiple: bool, back: bool) -> Base {
    let mut base = Base::new();
    for (at, id) in [LEFT, RIGHT].into_iter().enumerate() {
        let mut table = TableDef { id, name: format!("Table {at}"), ..definition() };
        table.fields.truncate(1);
        base.apply(&Op::CreateTable { table, at }, &NOW).unwrap();
    }
    for (link, to) in [(1, RIGHT), (3, LEFT)] {
        let kind = FieldKind::Link { table: to, multiple, mirror: Some(field(link + 1)), filter: None };
        let mut make = |table, slot, id: u128, kind| {
            let field = Field::new(field(id), slot, format!("Field {id}"), kind);
            base.apply(&Op::CreateField { table, field, at: 1 }, &NOW).unwrap();
        };
        make(LEFT, 10 + link as u32, link, kind);
        let kind = FieldKind::Backlink { table: LEFT, field: field(link), multiple: back };
        make(to, 20 + link as u32, link + 1, kind);
    }
    for (table, ids) in [(LEFT, 1..4), (RIGHT, 11..14)] {
        let records = ids.map(|id| Record::new(record(id), vec![])).collect();
        base.apply(&Op::CreateRecords { table, records }, &NOW).unwrap();
    }
    base
}

fn write(base: &mut Base, op: Op) -> Result<Vec<Op>, OpError> {
    let ops = base.written_out(op)?;
    let mut inverse = Vec::new();
    for op in &ops {
        inverse.splice(0..0, base.apply(op, &NOW)?.inverse);
    }
    assert_links(base);
    Ok(inverse)
}

/// What field 1 (or 3) of each record left names.
fn left(base: &Base, link: u128) -> Vec<(u128, Vec<u128>)> {
    let table = base.table(LEFT).unwrap();
    let cell = |row| {
        let named = links(table, row, field(link)).iter().map(|id| id.bits()).collect::<Vec<_>>();
        (table.record_id(row).bits(), named)
    };
    table.rows().map(cell).filter(|(_, named)| !named.is_empty()).collect()
}

/// Cells by record and field.
type Cells<'a> = &'a [(u128, &'a [(u128, &'a [u128])])];

fn records(cells: Cells<'_>) -> Vec<Record> {
    let cell = |(id, ids): &(u128, &[u128])| (field(*id), named(ids));
    cells.iter().map(|(id, cells)| Record::new(record(*id), cells.iter().map(cell).collect())).collect()
}

#[test]
fn writing_one_side_writes_the_other() {
    type Named<'a> = &'a [(u128, &'a [u128])];
    // Whether links and backlinks hold several; what is there; the table and what is written; what is
    // there then.
    let cases: &[(bool, bool, Cells<'_>, TableId, Cells<'_>, Named<'_>)] = &[
        (true, true, &[], RIGHT, &[(11, &[(2, &[1, 3])])], &[(1, &[11]), (3, &[11])]),
        (true, true, &[(1, &[(1, &[12, 11])])], RIGHT, &[(11, &[(2, &[2])])], &[(1, &[12]), (2, &[11])]),
        (true, true, &[(1, &[(1, &[12, 11])])], RIGHT, &[(11, &[(2, &[])])], &[(1, &[12])]),
        (
            true,
            true,
            &[(1, &[(1, &[12, 11])])],
            RIGHT,
            &[(11, &[(2, &[2, 1])])],
            &[(1, &[12, 11]), (2, &[11])],
        ),
        // A link that holds one leaves what it held.
        (false, true, &[(1, &[(1, &[12])])], RIGHT, &[(11, &[(2, &[1, 2])])], &[(1, &[11]), (2, &[11])]),
        (false, true, &[], RIGHT, &[(11, &[(2, &[1])]), (12, &[(2, &[1])])], &[(1, &[12])]),
        // A record that one may link to is taken from the one that did.
        (true, false, &[(1, &[(1, &[11, 12])])], LEFT, &[(2, &[(1, &[11])])], &[(1, &[12]), (2, &[11])]),
        (false, false, &[(1, &[(1, &[11])])], LEFT, &[(2, &[(1, &[11])])], &[(2, &[11])]),
        (true, false, &[(1, &[(1, &[11])])], LEFT, &[(1, &[(1, &[11, 12])])], &[(1, &[11, 12])]),
        (true, false, &[], LEFT, &[(1, &[(1, &[11])]), (2, &[(1, &[11])])], &[(2, &[11])]),
        (true, false, &[(1, &[(1, &[11])])], RIGHT, &[(11, &[(2, &[3])])], &[(3, &[11])]),
        // Two that exchange what they hold.
        (
            false,
            false,
            &[(1, &[(1, &[11])]), (2, &[(1, &[12])])],
            LEFT,
            &[(1, &[(1, &[12])]), (2, &[(1, &[11])])],
            &[(1, &[12]), (2, &[11])],
        ),
    ];
    for (multiple, back, before, table, written, after) in cases {
        let mut base = base(*multiple, *back);
        base.apply(&Op::UpdateRecords { table: LEFT, records: records(before) }, &NOW).unwrap();
        let state = dump(&base);
        let inverse =
            write(&mut base, Op::UpdateRecords { table: *table, records: records(written) }).unwrap();
        let expected: Vec<(u128, Vec<u128>)> = after.iter().map(|(id, ids)| (*id, ids.to_vec())).collect();
        assert_eq!(left(&base, 1), expected, "{before:?} {written:?}");
        for op in &inverse {
            base.apply(op, &NOW).unwrap();
        }
        assert_eq!(dump(&base), state, "{before:?} {written:?}");
    }
}

#[test]
fn both_sides_may_be_written_at_once_in_a_table_that_links_to_itself() {
    type Named<'a> = &'a [(u128, &'a [u128])];
    let cases: &[(bool, Cells<'_>, Cells<'_>, Named<'_>)] = &[
        // New records that name each other, from either side.
        (true, &[(5, &[(3, &[6])]), (6, &[(4, &[1])])], &[], &[(1, &[6])]),
        (true, &[(5, &[(3, &[6, 1])]), (6, &[(4, &[5, 2])])], &[], &[(2, &[6]), (5, &[6, 1])]),
        (true, &[(5, &[(3, &[5]), (4, &[5])])], &[], &[(5, &[5])]),
        // What a backlink asks for joins what is asked of the link.
        (true, &[], &[(1, &[(4, &[2])]), (2, &[(3, &[3])])], &[(2, &[3, 1])]),
        (false, &[], &[(1, &[(4, &[2])]), (2, &[(3, &[3])])], &[(2, &[1])]),
    ];
    for (multiple, made, written, after) in cases {
        let mut base = base(*multiple, true);
        write(&mut base, Op::CreateRecords { table: LEFT, records: records(made) }).unwrap();
        write(&mut base, Op::UpdateRecords { table: LEFT, records: records(written) }).unwrap();
        let expected: Vec<(u128, Vec<u128>)> = after.iter().map(|(id, ids)| (*id, ids.to_vec())).collect();
        assert_eq!(left(&base, 3), expected, "{made:?} {written:?}");
    }
}

#[test]
fn what_a_backlink_cannot_hold_is_refused_with_its_place() {
    let mut several = base(true, true);
    let mut alone = base(true, false);
    several.apply(&Op::DeleteRecords { table: LEFT, records: vec![record(3)] }, &NOW).unwrap();
    let cell = |id: u128, value: Value| Record::new(record(11), vec![(field(id), value)]);
    let twice = Record::new(record(11), vec![(field(2), named(&[1])), (field(2), named(&[2]))]);
    let cases: [(&Base, Record, &str); 6] = [
        (&several, cell(2, named(&[3])), "link.unknown"),
        (&several, cell(2, named(&[1, 1])), "value.invalid"),
        (&several, cell(2, Value::Number { n: 1.0 }), "value.invalid"),
        (&alone, cell(2, named(&[1, 2])), "value.invalid"),
        (&several, twice, "input.repeated"),
        (&several, Record::new(record(11), vec![(field(2), named(&[12]))]), "link.unknown"),
    ];
    for (base, record, code) in cases {
        let op = Op::UpdateRecords { table: RIGHT, records: vec![record] };
        let error = base.written_out(op).unwrap_err();
        assert_eq!(
            (error.code(), error.field()),
            (code, Some(format!("records[0].cells.{}", field(2)).as_str()))
        );
    }
    // The other side of a link that is gone takes nothing.
    alone.apply(&Op::DeleteField { table: LEFT, field: field(1) }, &NOW).unwrap();
    let op = Op::UpdateRecords { table: RIGHT, records: vec![cell(2, named(&[1]))] };
    assert_eq!(alone.written_out(op).unwrap_err().code(), "field.not_writable");
}

#[test]
fn a_change_names_the_rows_that_show_it_from_the_other_side() {
    let mut base = base(true, true);
    let op = Op::UpdateRecords { table: LEFT, records: records(&[(1, &[(1, &[12, 13]), (3, &[2])])]) };
    let rows = |base: &mut Base, op: &Op| {
        let applied = base.apply(op, &NOW).unwrap();
        let shown =
            |change: &skein_table::Change| (change.table.bits(), change.rows.clone(), change.records.len());
        (applied.changes.iter().map(shown).collect::<Vec<_>>(), applied.inverse)
    };
    assert_eq!(rows(&mut base, &op).0, [(1, vec![0], 1), (1, vec![1], 0), (2, vec![1, 2], 0)]);
    let (changes, inverse) = rows(&mut base, &Op::DeleteField { table: LEFT, field: field(1) });
    assert_eq!(changes, [(1, vec![], 0), (2, vec![1, 2], 0)]);
    for op in &inverse {
        base.apply(op, &NOW).unwrap();
    }
    let text = Field::new(field(1), 40, "Text", FieldKind::text());
    let (changes, _) = rows(&mut base.clone(), &Op::retype(LEFT, text));
    assert_eq!(changes[1], (2, vec![1, 2], 0));
    let (changes, _) = rows(&mut base, &Op::DeleteRecords { table: RIGHT, records: vec![record(12)] });
    assert_eq!(changes, [(2, vec![1], 1), (1, vec![0], 1), (2, vec![1], 0)]);
    assert_eq!(left(&base, 1), [(1, vec![13])]);
    assert_eq!(base.apply(&Op::DeleteTable { table: RIGHT }, &NOW).unwrap_err().code(), "table.linked");
    let (changes, _) = rows(&mut base, &Op::DeleteTable { table: LEFT });
    assert_eq!(changes, [(1, vec![], 0), (2, vec![2], 0)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn writing_backlinks_gives_what_was_asked(seeds in proptest::collection::vec(any::<u64>(), 1..60), multiple: bool, back: bool) {
        let (mut world, mut base) = (World::wide(), base(multiple, back));
        for seed in seeds {
            let mut dice = Dice(seed);
            let table = base.table(dice.pick(&[LEFT, RIGHT])).unwrap().clone();
            let (id, kind) = (table.def().id, dice.below(30));
            let mut op = world.record_op(&mut dice, &base, &table, kind);
            let mut asked: BTreeMap<(FieldId, RecordId), Vec<RecordId>> = BTreeMap::new();
            if let Op::CreateRecords { records, .. } | Op::UpdateRecords { records, .. } = &mut op {
                let backs: Vec<Field> = table.def().fields.iter().filter(|f| matches!(f.kind, FieldKind::Backlink { .. })).cloned().collect();
                for field in backs.iter().take(if records.is_empty() { 0 } else { 9 }) {
                    let record = dice.below(records.len());
                    let value = value_in(&mut dice, &base, field);
                    let ids = if let Value::Links { l } = &value { l.to_vec() } else { Vec::new() };
                    asked.insert((field.id, records[record].id), ids);
                    records[record].cells.push((field.id, value));
                }
            }
            let before = dump(&base);
            let Ok(inverse) = write(&mut base, op) else {
                prop_assert_eq!(dump(&base), before);
                continue;
            };
            let table = base.table(id).unwrap();
            for ((field, record), mut ids) in asked {
                ids.sort_unstable();
                prop_assert_eq!(links(table, table.row(record).unwrap(), field), ids);
            }
            for table in base.tables().filter(|_| !back) {
                for field in table.def().fields.iter().filter(|f| matches!(f.kind, FieldKind::Backlink { .. })) {
                    prop_assert!(table.rows().all(|row| links(table, row, field.id).len() <= 1));
                }
            }
            if dice.one_in(3) {
                for op in &inverse {
                    base.apply(op, &stamp(&mut dice)).unwrap();
                }
                prop_assert_eq!(dump(&base), before);
            }
        }
    }
}
