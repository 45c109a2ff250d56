//! What changed in stored cells since computed cells were right.

use std::{collections::HashMap, sync::Arc};

use skein_types::{FieldId, TableId};

use crate::{RowIx, formula::Env};

/// Changed cells and rows, by field and by table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pending {
    /// Definitions changed: formulas are compiled anew.
    pub(crate) schema: bool,
    /// The time and the people before they changed.
    pub(crate) env: Option<Arc<Env>>,
    /// Rows with another cell in a field.
    pub(crate) cells: HashMap<(TableId, FieldId), Vec<RowIx>>,
    /// Rows that came or went.
    pub(crate) rows: HashMap<TableId, Vec<RowIx>>,
    /// Rows with another stamp of who changed them when.
    pub(crate) touched: HashMap<TableId, Vec<RowIx>>,
}

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        !self.schema
            && self.env.is_none()
            && self.cells.is_empty()
            && self.rows.is_empty()
            && self.touched.is_empty()
    }
    pub(crate) fn cell(&mut self, table: TableId, field: FieldId, row: RowIx) {
        self.cells.entry((table, field)).or_default().push(row);
    }
    pub(crate) fn came(&mut self, table: TableId, rows: &[RowIx]) {
        self.rows.entry(table).or_default().extend_from_slice(rows);
    }
    pub(crate) fn went(&mut self, table: TableId, rows: &[RowIx]) {
        self.came(table, rows);
    }
    pub(crate) fn touched(&mut self, table: TableId, rows: &[RowIx]) {
        if !rows.is_empty() {
            self.touched.entry(table).or_default().extend_from_slice(rows);
        }
    }
}
