//! What a base holds, for comparing.

use std::collections::{BTreeMap, BTreeSet};

use skein_table::{Applied, Base, DecodeError, FieldKind, Op, Record, Stamp, Table, TableDef, Value};
use skein_types::{RecordId, TableId};

/// When nothing depends on who does something when.
pub const NOW: Stamp = Stamp { at: 1_700_000_000_000, by: None };

/// A table in full but for what only grows, which an inverse does not restore: the next slot, the slots of
/// fields before they were retyped and the numbers of records that are gone.
#[derive(Debug, PartialEq)]
pub struct Dump(Vec<(TableDef, Vec<Record>)>);

pub fn dump(base: &Base) -> Dump {
    Dump(base.tables().map(|table| dump_table(table)).collect())
}

pub fn dump_table(table: &Table) -> (TableDef, Vec<Record>) {
    let mut def = table.def().clone();
    def.next_slot = 0;
    def.retired.clear();
    def.numbers.clear();
    let records: Vec<Record> = table.rows().map(|row| table.record(row)).collect();
    assert_eq!(records.len(), table.len());
    assert!(records.is_sorted_by(|a, b| a.id < b.id), "rows stand in the order of record ids");
    for row in table.rows() {
        assert_eq!(table.row(table.record_id(row)), Some(row));
        assert!(table.is_live(row));
    }
    (def, records)
}

/// Both sides of every link agree, and no link names a record that is gone.
pub fn assert_links(base: &Base) {
    for table in base.tables() {
        for field in &table.def().fields {
            match &field.kind {
                FieldKind::Link { table: target, .. } => {
                    let target = base.table(*target);
                    for id in table.rows().flat_map(|row| links(table, row, field.id)) {
                        assert!(target.is_some_and(|target| target.row(id).is_some()), "{id} is gone");
                    }
                }
                FieldKind::Backlink { table: source, field: link, .. } => {
                    let source = base.table(*source);
                    let source = source.filter(|source| {
                        let link = source.field(*link).map(|field| &field.kind);
                        matches!(link, Some(FieldKind::Link { table: named, .. }) if *named == table.def().id)
                    });
                    let mut expected: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
                    for row in source.iter().flat_map(|source| source.rows()) {
                        for id in links(source.unwrap(), row, *link) {
                            expected.entry(id).or_default().push(source.unwrap().record_id(row));
                        }
                    }
                    for row in table.rows() {
                        let shown = links(table, row, field.id);
                        let id = table.record_id(row);
                        assert_eq!(shown, expected.remove(&id).unwrap_or_default(), "what links to {id}");
                    }
                    assert!(expected.is_empty());
                }
                _ => {}
            }
        }
    }
}

/// The records a link or backlink names.
pub fn links(table: &Table, row: u32, field: skein_types::FieldId) -> Vec<RecordId> {
    match table.get(row, field) {
        Value::Links { l } => l.to_vec(),
        _ => Vec::new(),
    }
}

/// Records as storage has them: each as it was when a change last named it.
#[derive(Clone, Default)]
pub struct Store(BTreeMap<TableId, BTreeMap<RecordId, Vec<u8>>>);

impl Store {
    /// Writes what an operation changed.
    pub fn follow(&mut self, base: &Base, op: &Op, applied: &Applied) {
        if let Op::DeleteTable { table } = op {
            self.0.remove(table);
        }
        for change in &applied.changes {
            let records: BTreeSet<RecordId> = change.records.iter().copied().collect();
            let Some(table) = base.table(change.table) else { continue };
            let rows = self.0.entry(change.table).or_default();
            for record in records {
                match table.row(record) {
                    Some(row) => drop(rows.insert(record, table.encode_row(row))),
                    None => drop(rows.remove(&record)),
                }
            }
        }
    }
    /// The base, read from storage.
    pub fn load(&self, base: &Base) -> Result<Base, DecodeError> {
        let none = BTreeMap::new();
        let stored = base.tables().map(|table| {
            let rows = self.0.get(&table.def().id).unwrap_or(&none);
            (table.def().clone(), rows.iter().map(|(id, bytes)| (*id, bytes)))
        });
        Base::load(stored.collect())
    }
}
