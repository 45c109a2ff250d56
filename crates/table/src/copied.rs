//! Copying the records of a base that name each other, or files.

use std::{collections::HashMap, hash::BuildHasher};

use skein_types::{ChoiceId, RecordId, TableId};

use crate::{Base, File, Op, OpError, Record, Stamp, TableDef, Value};

/// Stored rows of a table by record.
pub type StoredRows = Vec<(RecordId, Vec<u8>)>;

/// The records of `old` as stored rows for tables of the same order, each under a fresh id. `names` says
/// what the ids of choices and files became.
pub fn copied(
    old: &Base,
    copies: &[TableDef],
    names: &HashMap<String, String, impl BuildHasher>,
    mut fresh: impl FnMut() -> RecordId,
) -> Result<Vec<(TableId, StoredRows)>, OpError> {
    let mut ids: HashMap<RecordId, RecordId> = HashMap::new();
    for table in old.tables() {
        ids.extend(table.rows().map(|row| (table.record_id(row), fresh())));
    }
    let choice = |id: &ChoiceId| names.get(&id.to_string()).and_then(|new| new.parse().ok()).unwrap_or(*id);
    let renewed = |value: Value| match value {
        Value::Choice { c } => Value::Choice { c: choice(&c) },
        Value::Choices { m } => Value::Choices { m: m.iter().map(choice).collect() },
        Value::Links { l } => Value::Links { l: l.iter().filter_map(|id| ids.get(id).copied()).collect() },
        Value::Files { f } => {
            let file = |file: &File| {
                let id = names.get(&file.id.to_string()).and_then(|new| new.parse().ok());
                File { id: id.unwrap_or(file.id), ..file.clone() }
            };
            Value::Files { f: f.iter().map(file).collect() }
        }
        other => other,
    };
    let mut new = Base::new();
    for (at, def) in copies.iter().enumerate() {
        new.apply(&Op::CreateTable { table: def.clone(), at }, &Stamp::default())?;
    }
    let mut links = Vec::new();
    for (table, def) in old.tables().zip(copies) {
        let (mut records, mut linked) = (Vec::with_capacity(table.len()), Vec::new());
        for row in table.rows() {
            let record = table.record(row);
            let Some(&id) = ids.get(&record.id) else { continue };
            let fields: HashMap<_, _> =
                table.def().fields.iter().zip(&def.fields).map(|(old, new)| (old.id, new.id)).collect();
            let cells = record
                .cells
                .into_iter()
                .filter_map(|(field, value)| Some((*fields.get(&field)?, renewed(value))));
            let (far, near): (Vec<_>, Vec<_>) =
                cells.partition(|(_, value)| matches!(value, Value::Links { .. }));
            records.push(Record { id, cells: near, made: record.made });
            if !far.is_empty() {
                linked.push(Record::new(id, far));
            }
        }
        new.apply(&Op::CreateRecords { table: def.id, records }, &Stamp::default())?;
        links.push((def.id, linked));
    }
    for (table, records) in links.into_iter().filter(|(_, records)| !records.is_empty()) {
        new.apply(&Op::UpdateRecords { table, records }, &Stamp::default())?;
    }
    let rows = |def: &TableDef| {
        let table = new.table(def.id);
        let rows = table
            .iter()
            .flat_map(|table| table.rows().map(|row| (table.record_id(row), table.encode_row(row))));
        (def.id, rows.collect())
    };
    Ok(copies.iter().map(rows).collect())
}
