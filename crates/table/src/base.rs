//! The tables of a base, and how operations change them.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use skein_types::{FieldId, RecordId, TableId};

use crate::{
    Dashboard, FieldKind, Op, OpError, Record, RowIx, Stamp, Table, TableDef, Thing, Value, check, fields,
    formula::Env,
    graph::{Graph, Index},
    links::Moved,
    pending::Pending,
    retype,
    watch::Watch,
};

/// A base's tables: the state of one stream. A clone is a snapshot and shares everything.
#[derive(Clone, Debug, Default)]
pub struct Base {
    pub(crate) tables: Vec<Arc<Table>>,
    pub(crate) dashboards: Vec<Arc<Dashboard>>,
    pub(crate) env: Arc<Env>,
    pub(crate) graph: Arc<Graph>,
    /// Columns that formulas look up by value.
    pub(crate) indexes: HashMap<(TableId, FieldId), Arc<Index>>,
    /// What changed since computed cells were right.
    pub(crate) pending: Pending,
}

/// What applying an operation gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// What takes the operation back, in the order in which to apply it.
    pub inverse: Vec<Op>,
    /// What changed, by table: the table of the operation first. None of dashboards.
    pub changes: Vec<Change>,
}

/// What an operation changed in one table.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// In which table.
    pub table: TableId,
    /// Whether its definition changed, or the table came or went.
    pub schema: bool,
    /// Rows created, deleted, or updated so that a cell is different now. Empty when a table or a field
    /// is deleted: all its cells are gone.
    pub rows: Vec<RowIx>,
    /// Records to be stored anew or, when they are gone, no more. Not those of rows that only show others.
    pub records: Vec<RecordId>,
}

impl Base {
    /// A base without tables.
    pub fn new() -> Self {
        Self::default()
    }
    /// Tables in display order.
    pub fn tables(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.tables.iter()
    }
    /// A table.
    pub fn table(&self, id: TableId) -> Option<&Arc<Table>> {
        self.tables.iter().find(|table| table.def().id == id)
    }
    /// What queries look at, without what computes it.
    pub(crate) fn shown(&self) -> Self {
        Self { tables: self.tables.clone(), env: self.env.clone(), ..Self::default() }
    }
    /// The time and the people formulas see.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// Applies an operation as somebody's doing. On an error nothing has changed. Stored cells follow from
    /// the state, the operation and the stamp alone, so replaying a log gives the same state everywhere;
    /// computed cells are right again after [`Base::settle`].
    pub fn apply(&mut self, op: &Op, stamp: &Stamp) -> Result<Applied, OpError> {
        self.apply_watched(op, stamp, &())
    }

    /// As [`Base::apply`], watched where it takes long: stopped, it is an error like any other.
    pub fn apply_watched(&mut self, op: &Op, stamp: &Stamp, watch: &dyn Watch) -> Result<Applied, OpError> {
        let applied = match op {
            Op::CreateTable { table, at } => self.create_table(table, *at),
            Op::DeleteTable { table } => self.delete_table(*table),
            Op::RenameTable { table, name } => self.rename_table(*table, name),
            Op::MoveTable { table, to } => self.move_table(*table, *to),
            Op::CreateField { table, field, at } => fields::create(self.edit(*table)?, field, *at),
            Op::UpdateField { table, field } => fields::update(self, *table, field),
            Op::RetypeField { table, field, resolved } => {
                retype::retype(self, *table, field, resolved, watch)
            }
            Op::DeleteField { table, field } => fields::delete(self, *table, *field),
            Op::MoveField { table, field, to } => fields::move_to(self.edit(*table)?, *field, *to),
            Op::CreateView { table, view, at } => fields::create_view(self.edit(*table)?, view, *at),
            Op::UpdateView { table, view } => fields::update_view(self.edit(*table)?, view),
            Op::DeleteView { table, view } => fields::delete_view(self.edit(*table)?, *view),
            Op::CreateDashboard { dashboard, at } => self.create_dashboard(dashboard, *at),
            Op::UpdateDashboard { dashboard } => self.update_dashboard(dashboard),
            Op::DeleteDashboard { dashboard } => self.delete_dashboard(*dashboard),
            Op::MoveDashboard { dashboard, to } => self.move_dashboard(*dashboard, *to),
            Op::CreateRecords { table, records } => self.create_records(*table, records, *stamp),
            Op::UpdateRecords { table, records } => self.update_records(*table, records, *stamp),
            Op::DeleteRecords { table, records } => self.delete_records(*table, records, *stamp),
        }?;
        if applied.changes.iter().any(|change| change.schema) {
            self.refresh_peers();
            self.pending.schema = true;
        }
        Ok(applied)
    }

    pub(crate) fn place(&self, id: TableId) -> Result<usize, OpError> {
        let place = self.tables.iter().position(|table| table.def().id == id);
        place.ok_or(OpError::TableNotFound(id))
    }
    pub(crate) fn edit(&mut self, id: TableId) -> Result<&mut Arc<Table>, OpError> {
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

    /// A table to which another links stays: what the links show would be lost.
    fn delete_table(&mut self, id: TableId) -> Result<Applied, OpError> {
        let at = self.place(id)?;
        let names =
            |field: &&crate::Field| matches!(&field.kind, FieldKind::Link { table, .. } if *table == id);
        for other in self.tables.iter().filter(|other| other.def().id != id) {
            if let Some(field) = other.def().fields.iter().find(names) {
                return Err(OpError::Linked { table: other.def().name.clone(), field: field.name.clone() });
            }
        }
        let links = 0..self.tables[at].def().fields.len();
        let shown: Vec<Change> = links.filter_map(|field| self.other_side(id, field)).collect();
        let table = self.tables.remove(at);
        let mut inverse = vec![Op::CreateTable { table: table.def().clone(), at }];
        if !table.is_empty() {
            let records = table.rows().map(|row| table.record(row)).collect();
            inverse.push(Op::CreateRecords { table: id, records });
        }
        let mut applied = schema_change(id, inverse);
        applied.changes.extend(shown.into_iter().filter(|change| change.table != id));
        Ok(applied)
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

    fn create_records(&mut self, id: TableId, records: &[Record], stamp: Stamp) -> Result<Applied, OpError> {
        let place = self.place(id)?;
        let table = &self.tables[place];
        unrepeated(records.iter().map(|record| record.id))?;
        let made: HashSet<RecordId> = records.iter().map(|record| record.id).collect();
        let mut checked = Vec::with_capacity(records.len());
        for (at, record) in records.iter().enumerate() {
            if table.row(record.id).is_some() {
                return Err(OpError::RecordExists { id: record.id, path: format!("records[{at}].id") });
            }
            checked.push((record, cells(table, at, record, Some(&made))?));
        }
        let table = Arc::make_mut(&mut self.tables[place]);
        let mut rows = Vec::with_capacity(checked.len());
        for (record, _) in &checked {
            let row = table.create(record.id);
            table.set_stamp(row, record.made.unwrap_or(stamp), true);
            table.set_stamp(row, stamp, false);
            rows.push(row);
        }
        // Records of one operation may link to each other.
        self.refresh_peers_of(id);
        let table = Arc::make_mut(&mut self.tables[place]);
        let mut moved = Moved::default();
        for ((_, cells), &row) in checked.iter().zip(&rows) {
            for (at, value) in cells {
                table.set_value(row, *at, value);
                moved.note(table, *at, row, &[]);
            }
        }
        let mut changes = vec![change(table, rows)];
        self.pending.came(id, &changes[0].rows);
        changes.extend(self.relink(id, moved));
        let ids = records.iter().map(|record| record.id).collect();
        Ok(Applied { inverse: vec![Op::DeleteRecords { table: id, records: ids }], changes })
    }

    fn update_records(&mut self, id: TableId, records: &[Record], stamp: Stamp) -> Result<Applied, OpError> {
        let place = self.place(id)?;
        let table = &self.tables[place];
        unrepeated(records.iter().map(|record| record.id))?;
        let rows = live_rows(table, records.iter().map(|record| record.id))?;
        let mut checked = Vec::with_capacity(records.len());
        for (at, (record, row)) in records.iter().zip(rows).enumerate() {
            checked.push((record, row, cells(table, at, record, None)?));
        }
        let table = Arc::make_mut(&mut self.tables[place]);
        let mut changed = Vec::with_capacity(checked.len());
        let mut old = Vec::with_capacity(checked.len());
        let mut moved = Moved::default();
        let mut renumbered = BTreeSet::new();
        for (record, row, cells) in checked {
            let mut before = Vec::with_capacity(cells.len());
            let mut differs = false;
            for (at, value) in cells {
                before.push((table.def().fields[at].id, table.value(row, at)));
                let links = Moved::before(table, at, row);
                if table.set_value(row, at, value) {
                    moved.note(table, at, row, &links);
                    if let FieldKind::AutoNumber { .. } = table.def().fields[at].kind {
                        renumbered.insert(at);
                    }
                    self.pending.cell(id, table.def().fields[at].id, row);
                    differs = true;
                }
            }
            old.push(Record::new(record.id, before));
            if differs {
                table.set_stamp(row, stamp, false);
                changed.push(row);
            }
        }
        for at in renumbered {
            table.keep_number(at);
        }
        let mut changes = vec![change(table, changed)];
        self.pending.touched(id, &changes[0].rows);
        changes.extend(self.relink(id, moved));
        Ok(Applied { inverse: vec![Op::UpdateRecords { table: id, records: old }], changes })
    }

    /// Deletes records and takes them out of the links that name them.
    fn delete_records(
        &mut self,
        id: TableId,
        records: &[RecordId],
        stamp: Stamp,
    ) -> Result<Applied, OpError> {
        let place = self.place(id)?;
        let table = &self.tables[place];
        unrepeated(records.iter().copied())?;
        let rows = live_rows(table, records.iter().copied())?;
        let old = rows.iter().map(|&row| table.record(row)).collect();
        let mut inverse = vec![Op::CreateRecords { table: id, records: old }];
        let (unlinked, more) = self.unlink_targets(id, &rows, stamp);
        inverse.extend(unlinked);
        let mut changes = vec![change(&self.tables[place], rows)];
        changes.extend(more);
        changes.extend(self.unlink_sources(id, &changes[0].rows));
        let table = Arc::make_mut(&mut self.tables[place]);
        table.keep_numbers(&changes[0].rows);
        for &row in &changes[0].rows {
            table.delete(row);
        }
        self.refresh_peers_of(id);
        self.pending.went(id, &changes[0].rows);
        Ok(Applied { inverse, changes })
    }
}

/// A change of definitions that touched no cell.
pub(crate) fn schema_change(table: TableId, inverse: Vec<Op>) -> Applied {
    let change = Change { table, schema: true, rows: Vec::new(), records: Vec::new() };
    Applied { inverse, changes: vec![change] }
}

fn change(table: &Table, rows: Vec<RowIx>) -> Change {
    let records = rows.iter().map(|&row| table.record_id(row)).collect();
    Change { table: table.def().id, schema: false, rows, records }
}

/// Cells of a record with the places of their fields, checked.
type Cells<'a> = Vec<(usize, &'a Value)>;

/// `created` are the records made by the same operation, which links may name already.
fn cells<'a>(
    table: &Table,
    at: usize,
    record: &'a Record,
    created: Option<&HashSet<RecordId>>,
) -> Result<Cells<'a>, OpError> {
    let path = |field: FieldId| format!("records[{at}].cells.{field}");
    let mut cells: Cells<'a> = Vec::with_capacity(record.cells.len());
    for (field, value) in &record.cells {
        let place = table.schema.place(*field);
        let place = place.ok_or_else(|| OpError::FieldUnknown { id: *field, path: path(*field) })?;
        if cells.iter().any(|(other, _)| *other == place) {
            return Err(OpError::Repeated { path: path(*field) });
        }
        check::value(&table.schema, place, value, || path(*field))?;
        if let (Value::Links { l }, FieldKind::Link { table: target, .. }) =
            (value, &table.def().fields[place].kind)
        {
            let made = created.filter(|_| *target == table.def().id);
            let peer = table.stored(place).peer.as_ref();
            let known = |id: &RecordId| peer.is_some_and(|peer| peer.row(*id).is_some());
            let made = |id: &RecordId| made.is_some_and(|made| made.contains(id));
            if let Some(id) = l.iter().find(|id| !known(id) && !made(id)) {
                return Err(OpError::LinkUnknown { id: *id, path: path(*field) });
            }
        }
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
