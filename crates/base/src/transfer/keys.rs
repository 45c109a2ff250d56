//! Finds records by values of fields, and the records of an import by the rows of its file.

use std::{collections::HashMap, fmt::Write};

use serde::{Deserialize, Serialize};
use skein_table::{Table, Value};
use skein_types::{FieldId, Ids, RecordId, kind};

/// Bits of the number of a row.
const BITS: u32 = 24;

/// The ids an import gives to the records of its rows: which row a record is of follows from its id, so an
/// import that was interrupted knows what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowIds(RecordId);

impl RowIds {
    /// Ids of their own, greater than those of records there are.
    pub fn new(ids: &Ids) -> Self {
        let last = ids.make::<kind::Record>().bits() >> BITS;
        let random = u32::from_str_radix(&ids.secret()[..8], 16).unwrap_or(0);
        Self(RecordId::from_bits((last + 1 + u128::from(random)) << BITS))
    }
    /// The record of a row, by its number below 2²⁴.
    pub fn of(self, row: u64) -> RecordId {
        RecordId::from_bits(self.0.bits() + u128::from(row & ((1 << BITS) - 1)))
    }
    /// The row of a record, if it is of one.
    pub fn row(self, record: RecordId) -> Option<u64> {
        let same = record.bits() >> BITS == self.0.bits() >> BITS;
        same.then(|| (record.bits() - self.0.bits()) as u64)
    }
    /// The records of a table that are of rows, in their order.
    pub fn records(self, table: &Table) -> Vec<RecordId> {
        let ids = table.rows().map(|row| table.record_id(row));
        ids.filter(|id| self.row(*id).is_some()).collect()
    }
}

/// Records by the values of some fields.
#[derive(Debug, Default)]
pub struct Keys {
    fields: Vec<FieldId>,
    by: HashMap<String, Found>,
}

#[derive(Debug)]
enum Found {
    One(RecordId),
    Several(Vec<RecordId>),
}

impl Keys {
    /// Those of a table.
    pub fn of(table: &Table, fields: Vec<FieldId>) -> Self {
        let mut keys = Self { fields, by: HashMap::with_capacity(table.len()) };
        for row in table.rows() {
            let key = keys.key(|field| Some(table.get(row, field)));
            if let Some(key) = key {
                keys.insert(key, table.record_id(row));
            }
        }
        keys
    }

    /// The key of a record with these cells; none when all its fields are empty.
    pub fn key_of(&self, cells: &[(FieldId, Value)]) -> Option<String> {
        self.key(|field| cells.iter().find(|(other, _)| *other == field).map(|(_, value)| value.clone()))
    }

    fn key(&self, value: impl Fn(FieldId) -> Option<Value>) -> Option<String> {
        let (mut key, mut filled) = (String::new(), false);
        for field in &self.fields {
            filled |= write(&value(*field).unwrap_or_default(), &mut key);
            key.push('\u{1f}');
        }
        filled.then_some(key)
    }

    /// Adds a record.
    pub fn insert(&mut self, key: String, record: RecordId) {
        use std::collections::hash_map::Entry;
        match self.by.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(Found::One(record));
            }
            Entry::Occupied(mut entry) => match entry.get_mut() {
                Found::One(first) if *first == record => {}
                Found::One(first) => {
                    let several = vec![*first, record];
                    entry.insert(Found::Several(several));
                }
                Found::Several(several) => several.push(record),
            },
        }
    }

    /// The records with a key, the oldest first.
    pub fn find(&self, key: &str) -> &[RecordId] {
        match self.by.get(key) {
            None => &[],
            Some(Found::One(record)) => std::slice::from_ref(record),
            Some(Found::Several(records)) => records,
        }
    }
}

/// Appends what a value is told from others by; whether it is any.
fn write(value: &Value, out: &mut String) -> bool {
    let from = out.len();
    let _ = match value {
        Value::Text { t } => write!(out, "{}", t.trim()),
        Value::Number { n } => write!(out, "{n}"),
        Value::Date { d } => write!(out, "{d}"),
        Value::Choice { c } => write!(out, "{c}"),
        _ => Ok(()),
    };
    out.len() > from
}

#[cfg(test)]
mod tests {
    use skein_types::ManualClock;

    use super::*;

    #[test]
    fn rows_and_their_records_follow_from_each_other() {
        let ids = Ids::seeded(ManualClock::at("2026-11-20T08:00:00Z"), 1);
        let (rows, others) = (RowIds::new(&ids), RowIds::new(&ids));
        assert_eq!(rows.row(rows.of(5_000_001)), Some(5_000_001));
        assert!(rows.of(7) < rows.of(8));
        assert_eq!(others.row(rows.of(7)), None);
    }

    #[test]
    fn records_are_found_by_all_their_keys_together() {
        let fields: Vec<FieldId> = [1, 2].map(FieldId::from_bits).into();
        let mut keys = Keys { fields: fields.clone(), by: HashMap::new() };
        let cells = |name: &str, n: Option<f64>| {
            let mut cells = vec![(fields[0], Value::Text { t: name.into() })];
            cells.extend(n.map(|n| (fields[1], Value::Number { n })));
            cells
        };
        for (at, (name, n)) in [("a", Some(1.0)), (" a ", Some(1.0)), ("a", None)].into_iter().enumerate() {
            let key = keys.key_of(&cells(name, n)).unwrap();
            keys.insert(key, RecordId::from_bits(at as u128));
        }
        let found = |name: &str, n| keys.find(&keys.key_of(&cells(name, n)).unwrap()).len();
        assert_eq!((found("a", Some(1.0)), found("a", None), found("b", None)), (2, 1, 0));
        assert_eq!(keys.key_of(&[]), None);
    }
}
