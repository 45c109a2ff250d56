//! The tables of a base, and how operations change them.

use std::{collections::HashSet, sync::Arc};

use skein_types::{FieldId, RecordId, TableId};

use crate::{Op, OpError, Record, RowIx, Table, TableDef, Thing, Value, check, fields};

/// A base's tables: the state of one stream. A clone is a snapshot and shares everything.
#[derive(Clone, Debug, Default)]
pub struct Base {
    tables: Vec<Arc<Table>>,
}

/// What applying an operation gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// What takes the operation back, in the order in which to apply it.
    pub inverse: Vec<Op>,
    /// What changed.
    pub change: Change,
}

/// What an operation changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// In which table.
    pub table: TableId,
    /// Whether its definition changed, or the table came or went.
    pub schema: bool,
    /// Rows created, deleted, or updated so that a cell is different now. Empty when a table or a field
    /// is deleted: all its cells are gone.
    pub rows: Vec<RowIx>,
    /// The records of `rows`, in the same order.
    pub records: Vec<RecordId>,
}

impl Base {
    /// A base without tables.
    pub fn new() -> Self {
        Self::default()
    }
    /// A base of loaded tables, in display order.
    pub fn from_tables(tables: Vec<Table>) -> Self {
        Self { tables: tables.into_iter().map(Arc::new).collect() }
    }
    /// Tables in display order.
    pub fn tables(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.tables.iter()
    }
    /// A table.
    pub fn table(&self, id: TableId) -> Option<&Arc<Table>> {
        self.tables.iter().find(|table| table.def().id == id)
    }

    /// Applies an operation. On an error nothing has changed. The result follows from the state and the
    /// operation alone, so replaying a log gives the same state everywhere.
    pub fn apply(&mut self, op: &Op) -> Result<Applied, OpError> {
        match op {
            Op::CreateTable { table, at } => self.create_table(table, *at),
            Op::DeleteTable { table } => self.delete_table(*table),
            Op::RenameTable { table, name } => self.rename_table(*table, name),
            Op::MoveTable { table, to } => self.move_table(*table, *to),
            Op::CreateField { table, field, at } => fields::create(self.edit(*table)?, field, *at),
            Op::UpdateField { table, field } => fields::update(self.edit(*table)?, field),
            Op::DeleteField { table, field } => fields::delete(self.edit(*table)?, *field),
            Op::MoveField { table, field, to } => fields::move_to(self.edit(*table)?, *field, *to),
            Op::CreateView { table, view, at } => fields::create_view(self.edit(*table)?, view, *at),
            Op::UpdateView { table, view } => fields::update_view(self.edit(*table)?, view),
            Op::DeleteView { table, view } => fields::delete_view(self.edit(*table)?, *view),
            Op::CreateRecords { table, records } => create_records(self.edit(*table)?, records),
            Op::UpdateRecords { table, records } => update_records(self.edit(*table)?, records),
            Op::DeleteRecords { table, records } => delete_records(self.edit(*table)?, records),
        }
    }

    fn place(&self, id: TableId) -> Result<usize, OpError> {
        let place = self.tables.iter().position(|table| table.def().id == id);
        place.ok_or(OpError::TableNotFound(id))
    }
    fn edit(&mut self, id: TableId) -> Result<&mut Arc<Table>, OpError> {
        let at = self.place(id)?;
        Ok(&mut self.tables[at])
    }

    fn create_table(&mut self, def: &TableDef, at: usize) -> Result<Applied, OpError> {
        check::table(def)?;
        check::place(Thing::Table, at, 0, self.tables.len())?;
        if self.table(def.id).is_some() {
            return Err(OpError::Exists { what: Thing::Table, id: def.id.to_string() });
        }
        check::free_name(Thing::Table, &def.name, self.tables.iter().map(|other| other.def().name.as_str()))?;
        self.tables.insert(at, Arc::new(Table::new(def.clone())));
        Ok(schema_change(def.id, vec![Op::DeleteTable { table: def.id }]))
    }

    fn delete_table(&mut self, id: TableId) -> Result<Applied, OpError> {
        let at = self.place(id)?;
        let table = self.tables.remove(at);
        let mut inverse = vec![Op::CreateTable { table: table.def().clone(), at }];
        if !table.is_empty() {
            let records = table.rows().map(|row| table.record(row)).collect();
            inverse.push(Op::CreateRecords { table: id, records });
        }
        Ok(schema_change(id, inverse))
    }

    fn rename_table(&mut self, id: TableId, name: &str) -> Result<Applied, OpError> {
        let at = self.place(id)?;
        let others = self.tables.iter().map(|other| other.def()).filter(|other| other.id != id);
        check::free_name(Thing::Table, name, others.map(|other| other.name.as_str()))?;
        let table = Arc::make_mut(&mut self.tables[at]);
        let mut def = table.def().clone();
        let old = std::mem::replace(&mut def.name, name.into());
        table.set_def(def);
        Ok(schema_change(id, vec![Op::RenameTable { table: id, name: old }]))
    }

    fn move_table(&mut self, id: TableId, to: usize) -> Result<Applied, OpError> {
        let from = self.place(id)?;
        check::place(Thing::Table, to, 0, self.tables.len() - 1)?;
        let table = self.tables.remove(from);
        self.tables.insert(to, table);
        Ok(schema_change(id, vec![Op::MoveTable { table: id, to: from }]))
    }
}

/// A change of definitions that touched no cell.
pub(crate) fn schema_change(table: TableId, inverse: Vec<Op>) -> Applied {
    Applied { inverse, change: Change { table, schema: true, rows: Vec::new(), records: Vec::new() } }
}

fn row_change(table: &Table, inverse: Op, rows: Vec<RowIx>) -> Applied {
    let records = rows.iter().map(|&row| table.record_id(row)).collect();
    Applied { inverse: vec![inverse], change: Change { table: table.def().id, schema: false, rows, records } }
}

/// Cells of a record with the places of their fields, checked.
type Cells<'a> = Vec<(usize, &'a Value)>;

fn cells<'a>(table: &Table, at: usize, record: &'a Record) -> Result<Cells<'a>, OpError> {
    let path = |field: FieldId| format!("records[{at}].cells.{field}");
    let mut cells: Cells<'a> = Vec::with_capacity(record.cells.len());
    for (field, value) in &record.cells {
        let place = table.schema.place(*field);
        let place = place.ok_or_else(|| OpError::FieldUnknown { id: *field, path: path(*field) })?;
        if cells.iter().any(|(other, _)| *other == place) {
            return Err(OpError::Repeated { path: path(*field) });
        }
        check::value(&table.schema, place, value, || path(*field))?;
        cells.push((place, value));
    }
    Ok(cells)
}

fn unrepeated(ids: impl Iterator<Item = RecordId>) -> Result<(), OpError> {
    let mut seen = HashSet::new();
    for (at, id) in ids.enumerate() {
        if !seen.insert(id) {
            return Err(OpError::Repeated { path: format!("records[{at}].id") });
        }
    }
    Ok(())
}

/// The live row of each record.
fn live_rows(table: &Table, ids: impl Iterator<Item = RecordId>) -> Result<Vec<RowIx>, OpError> {
    let row = |(at, id)| {
        let missing = || OpError::RecordNotFound { id, path: format!("records[{at}].id") };
        table.row(id).ok_or_else(missing)
    };
    ids.enumerate().map(row).collect()
}

fn create_records(table: &mut Arc<Table>, records: &[Record]) -> Result<Applied, OpError> {
    unrepeated(records.iter().map(|record| record.id))?;
    let mut checked = Vec::with_capacity(records.len());
    for (at, record) in records.iter().enumerate() {
        if table.row(record.id).is_some() {
            return Err(OpError::RecordExists { id: record.id, path: format!("records[{at}].id") });
        }
        checked.push((record.id, cells(table, at, record)?));
    }
    let table = Arc::make_mut(table);
    let mut rows = Vec::with_capacity(checked.len());
    for (id, cells) in checked {
        let row = table.create(id);
        for (at, value) in cells {
            table.set_value(row, at, value);
        }
        rows.push(row);
    }
    let ids = records.iter().map(|record| record.id).collect();
    Ok(row_change(table, Op::DeleteRecords { table: table.def().id, records: ids }, rows))
}

fn update_records(table: &mut Arc<Table>, records: &[Record]) -> Result<Applied, OpError> {
    unrepeated(records.iter().map(|record| record.id))?;
    let rows = live_rows(table, records.iter().map(|record| record.id))?;
    let mut checked = Vec::with_capacity(records.len());
    for (at, (record, row)) in records.iter().zip(rows).enumerate() {
        checked.push((record, row, cells(table, at, record)?));
    }
    let table = Arc::make_mut(table);
    let mut changed = Vec::with_capacity(checked.len());
    let mut old = Vec::with_capacity(checked.len());
    for (record, row, cells) in checked {
        let mut before = Vec::with_capacity(cells.len());
        let mut differs = false;
        for (at, value) in cells {
            before.push((table.def().fields[at].id, table.value(row, at)));
            differs |= table.set_value(row, at, value);
        }
        old.push(Record { id: record.id, cells: before });
        if differs {
            changed.push(row);
        }
    }
    Ok(row_change(table, Op::UpdateRecords { table: table.def().id, records: old }, changed))
}

fn delete_records(table: &mut Arc<Table>, records: &[RecordId]) -> Result<Applied, OpError> {
    unrepeated(records.iter().copied())?;
    let rows = live_rows(table, records.iter().copied())?;
    let old = rows.iter().map(|&row| table.record(row)).collect();
    let table = Arc::make_mut(table);
    for &row in &rows {
        table.delete(row);
    }
    Ok(row_change(table, Op::CreateRecords { table: table.def().id, records: old }, rows))
}
