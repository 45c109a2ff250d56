//! Computed cells: which depend on which, and how they follow changes.

use crate::{Base, Change, RowIx, Table, column::Cell};

/// The compiled formulas of a base.
#[derive(Debug, Default)]
pub(crate) struct Graph {}

/// A formula that was understood.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What is stored: what it refers to by id.
    pub stored: String,
}

impl Base {
    /// Reads a formula for a field of a table.
    pub fn check_formula(
        &self,
        _table: skein_types::TableId,
        formula: &str,
    ) -> Result<Checked, crate::QueryError> {
        Ok(Checked { stored: formula.to_owned() })
    }

    /// Whether the filter of a lookup makes sense.
    pub fn check_lookup_filter(
        &self,
        _here: &Table,
        _there: &Table,
        _filter: &crate::Filter,
    ) -> Result<(), crate::QueryError> {
        Ok(())
    }

    /// Passes in the time and the people.
    pub fn set_env(&mut self, env: std::sync::Arc<crate::formula::Env>) {
        self.env = env;
        self.pending.env = true;
    }

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
