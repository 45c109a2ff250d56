//! What the live views of one table share: which rows changed lately, and rows as JSON.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use parking_lot::Mutex;
use serde_json::value::RawValue;
use skein_table::{Base, RowIx, Table, write_record_json};
use skein_types::FieldId;

/// Changed rows that are remembered. Who is further behind gets the whole window.
const REMEMBERED: usize = 20_000;
/// Rows kept as JSON.
const ENCODED: usize = 20_000;

/// Shared by the live views of a table. Versions count the batches that touched the table.
#[derive(Debug, Default)]
pub(crate) struct TableRows(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    version: u64,
    /// Versions up to here are forgotten.
    floor: u64,
    changes: VecDeque<(u64, Vec<RowIx>)>,
    remembered: usize,
    encoded: HashMap<RowIx, Arc<RawValue>>,
    fields: Vec<FieldId>,
}

impl TableRows {
    pub(crate) fn new(table: &Table) -> Self {
        let this = Self::default();
        this.0.lock().fields = fields(table);
        this
    }

    pub(crate) fn version(&self) -> u64 {
        self.0.lock().version
    }

    /// Adds what a batch changed; the new version.
    pub(crate) fn push(&self, table: &Table, rows: &[RowIx], schema: bool) -> u64 {
        let mut inner = self.0.lock();
        inner.version += 1;
        let version = inner.version;
        if schema {
            inner.encoded.clear();
            inner.fields = fields(table);
        }
        for row in rows {
            inner.encoded.remove(row);
        }
        // A changed definition may change how any row reads.
        if schema || rows.len() > REMEMBERED {
            inner.floor = version;
            inner.changes.clear();
            inner.remembered = 0;
            return version;
        }
        inner.remembered += rows.len();
        inner.changes.push_back((version, rows.to_vec()));
        while inner.remembered > REMEMBERED || inner.changes.len() > REMEMBERED {
            let Some((forgotten, rows)) = inner.changes.pop_front() else { break };
            inner.floor = forgotten;
            inner.remembered -= rows.len();
        }
        version
    }

    /// Rows changed after a version; none when that is forgotten, and every row must count as changed.
    pub(crate) fn since(&self, version: u64) -> Option<Vec<RowIx>> {
        let inner = self.0.lock();
        if version < inner.floor {
            return None;
        }
        let from = inner.changes.partition_point(|(at, _)| *at <= version);
        Some(inner.changes.range(from..).flat_map(|(_, rows)| rows).copied().collect())
    }

    /// Rows as JSON as they are at a version. What is shared is of the newest version only.
    pub(crate) fn encode(
        &self,
        version: u64,
        base: &Base,
        table: &Table,
        rows: &[RowIx],
    ) -> Vec<Arc<RawValue>> {
        let mut inner = self.0.lock();
        if inner.version != version {
            drop(inner);
            let fields = fields(table);
            return rows.iter().map(|&row| write(base, table, row, &fields)).collect();
        }
        let inner = &mut *inner;
        if inner.encoded.len() > ENCODED {
            inner.encoded.clear();
        }
        let one = |&row: &RowIx| {
            inner.encoded.entry(row).or_insert_with(|| write(base, table, row, &inner.fields)).clone()
        };
        rows.iter().map(one).collect()
    }
}

fn fields(table: &Table) -> Vec<FieldId> {
    table.def().fields.iter().map(|field| field.id).collect()
}

fn write(base: &Base, table: &Table, row: RowIx, fields: &[FieldId]) -> Arc<RawValue> {
    let mut json = String::new();
    write_record_json(base, table, row, fields, &mut json);
    // The engine writes valid JSON; an empty object stands in for what could not be read back.
    RawValue::from_string(json).map_or_else(|_| Arc::from(RawValue::NULL.to_owned()), Arc::from)
}
