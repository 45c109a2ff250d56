//! Random formulas over random records: nothing panics, and whatever changes, the cells are what computing
//! from scratch gives (F23).

use arbitrary::{Result, Unstructured};
use skein_table::{Base, Field, FieldKind, Op, Record, Stamp, Style, write_record_json};
use skein_types::{FieldId, RecordId, TableId};

use crate::{
    words,
    world::{REGIONS, STATIONS, cells, field, filled, record},
};

/// The bytes decide on records, formulas and changes.
pub fn run(data: &[u8]) {
    // Bytes that run out end the story earlier.
    let _ = story(&mut Unstructured::new(data));
}

fn story(u: &mut Unstructured<'_>) -> Result<()> {
    let mut base = filled(u)?;
    for (n, name) in (0u128..).zip(["First", "Second", "Third"]) {
        let table = if u.ratio(2, 3)? { STATIONS } else { REGIONS };
        let text = words::formula(u, 4)?;
        compute(&mut base, table, field(40 + n), name, &text);
    }
    check(&base);
    for n in 0..u.int_in_range(0..=5u128)? {
        let op = change(u, &base, n)?;
        if base.apply(&op, &Stamp::default()).is_ok() {
            base.settle();
            check(&base);
        }
    }
    Ok(())
}

/// Adds a field when its formula makes sense.
fn compute(base: &mut Base, table: TableId, id: FieldId, name: &str, text: &str) {
    let record = base.table(table).and_then(|table| table.rows().next().map(|row| table.record_id(row)));
    let Ok(checked) = base.check_formula(table, text, record) else { return };
    let again = base.check_formula(table, &checked.stored, record);
    assert_eq!(again.map(|again| again.stored), Ok(checked.stored.clone()), "{text}");
    let def = base.table(table).expect("the table is there").def();
    let kind = FieldKind::Formula { formula: checked.stored, style: Style::default() };
    let (field, at) = (Field::new(id, def.next_slot, name, kind), def.fields.len());
    base.apply(&Op::CreateField { table, field, at }, &Stamp::default()).expect("a field");
    base.settle();
}

fn change(u: &mut Unstructured<'_>, base: &Base, n: u128) -> Result<Op> {
    let table = if u.ratio(2, 3)? { STATIONS } else { REGIONS };
    let here = base.table(table).expect("the table is there");
    let ids: Vec<RecordId> = here.rows().map(|row| here.record_id(row)).collect();
    Ok(match u.int_in_range(0..=9)? {
        0..=3 if !ids.is_empty() => {
            Op::UpdateRecords { table, records: vec![Record::new(*u.choose(&ids)?, cells(u, base, table)?)] }
        }
        4 if !ids.is_empty() => Op::DeleteRecords { table, records: vec![*u.choose(&ids)?] },
        5 | 6 => {
            let field = u.choose(&here.def().fields)?;
            let field = Field { name: format!("{} {n}", field.name), ..field.clone() };
            Op::UpdateField { table, field }
        }
        7 => Op::DeleteField { table, field: u.choose(&here.def().fields)?.id },
        8 => {
            let old = u.choose(&here.def().fields)?;
            let kind = if u.arbitrary()? { FieldKind::text() } else { FieldKind::number(2) };
            Op::retype(table, Field { kind, slot: here.def().next_slot, ..old.clone() })
        }
        _ => {
            let records = vec![Record::new(record(900 + n), cells(u, base, table)?)];
            Op::CreateRecords { table, records }
        }
    })
}

/// All records as the API shows them.
fn shown(base: &Base) -> Vec<String> {
    let mut all = Vec::new();
    for table in base.tables() {
        let fields: Vec<FieldId> = table.def().fields.iter().map(|field| field.id).collect();
        for row in table.rows() {
            let mut json = String::new();
            write_record_json(base, table, row, &fields, &mut json);
            all.push(json);
        }
    }
    all
}

fn check(base: &Base) {
    let stored = base.tables().map(|table| {
        let rows: Vec<_> = table.rows().map(|row| (table.record_id(row), table.encode_row(row))).collect();
        (table.def().clone(), rows.into_iter())
    });
    let scratch = Base::load(stored.collect()).expect("what is stored loads");
    assert_eq!(shown(base), shown(&scratch));
}
