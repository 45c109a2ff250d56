//! What a base holds, for comparing.

use skein_table::{Base, Record, Stamp, Table, TableDef};

/// When nothing depends on who does something when.
pub const NOW: Stamp = Stamp { at: 1_700_000_000_000, by: None };

/// A table in full. The next slot only grows, so it is not part of what an inverse restores.
#[derive(Debug, PartialEq)]
pub struct Dump(Vec<(TableDef, Vec<Record>)>);

pub fn dump(base: &Base) -> Dump {
    Dump(base.tables().map(|table| dump_table(table)).collect())
}

pub fn dump_table(table: &Table) -> (TableDef, Vec<Record>) {
    let mut def = table.def().clone();
    def.next_slot = 0;
    let records: Vec<Record> = table.rows().map(|row| table.record(row)).collect();
    assert_eq!(records.len(), table.len());
    assert!(records.is_sorted_by(|a, b| a.id < b.id), "rows stand in the order of record ids");
    for row in table.rows() {
        assert_eq!(table.row(table.record_id(row)), Some(row));
        assert!(table.is_live(row));
    }
    (def, records)
}
