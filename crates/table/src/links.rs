//! Links between records. A link field stores, in its own table, the rows it names; beside it stands, by
//! row named, who names it. That other side is what a backlink field shows, so the two cannot disagree.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use skein_types::{FieldId, RecordId, TableId};

use crate::{
    Base, Change, FieldKind, Op, OpError, Record, RowIx, Stamp, Table, Value,
    column::{Cell, Column, Shape},
};

/// Link cells that changed: by place of the field, each row with what it named before and names now.
#[derive(Default)]
pub(crate) struct Moved(BTreeMap<usize, Vec<(RowIx, Vec<u32>, Vec<u32>)>>);

impl Moved {
    /// What a link cell names, before it is written. Of other fields nothing.
    pub(crate) fn before(&self, table: &Table, at: usize, row: RowIx) -> Vec<u32> {
        if is_link(table, at) { named(table, at, row).to_vec() } else { Vec::new() }
    }
    /// Notes what a link cell names after it was written.
    pub(crate) fn note(&mut self, table: &Table, at: usize, row: RowIx, before: &[u32]) {
        if is_link(table, at) {
            let now = named(table, at, row).to_vec();
            self.0.entry(at).or_default().push((row, before.to_vec(), now));
        }
    }
}

fn is_link(table: &Table, at: usize) -> bool {
    matches!(table.def().fields[at].kind, FieldKind::Link { .. })
}

fn named(table: &Table, at: usize, row: RowIx) -> &[u32] {
    match table.column(at).get(row) {
        Cell::Codes(rows) => rows,
        _ => &[],
    }
}

/// What is in one list and not in the other.
fn without<T: Copy + Eq + std::hash::Hash>(list: &[T], other: &[T]) -> Vec<T> {
    if other.len() <= 16 {
        return list.iter().copied().filter(|one| !other.contains(one)).collect();
    }
    let other: HashSet<T> = other.iter().copied().collect();
    list.iter().copied().filter(|one| !other.contains(one)).collect()
}

/// The rows that link to a row.
pub(crate) fn sources(back: &Column, row: RowIx) -> &[u32] {
    match back.get(row) {
        Cell::Codes(rows) => rows,
        _ => &[],
    }
}

/// Takes rows out of a sorted list and puts others in.
fn merged(old: &[u32], gone: &HashSet<u32>, mut new: Vec<u32>) -> Vec<u32> {
    let mut rows: Vec<u32> = old.iter().copied().filter(|row| !gone.contains(row)).collect();
    rows.append(&mut new);
    rows.sort_unstable();
    rows.dedup();
    rows
}

impl Base {
    /// Gives every link the records of the table it names.
    pub(crate) fn refresh_peers(&mut self) {
        let tables: Vec<TableId> = self.tables.iter().map(|table| table.def().id).collect();
        for id in tables {
            self.refresh_peers_of(id);
        }
        self.share_backlinks();
    }

    /// As [`Base::refresh_peers`] after records of one table came or went.
    pub(crate) fn refresh_peers_of(&mut self, target: TableId) {
        let Some(roster) = self.table(target).map(|table| table.roster().clone()) else { return };
        for table in &mut self.tables {
            for at in 0..table.def().fields.len() {
                let names = match table.def().fields[at].kind {
                    FieldKind::Link { table, .. } | FieldKind::Backlink { table, .. } => table == target,
                    _ => {
                        crate::column::Shape::Links == table.schema.shapes[at]
                            && table.schema.types[at].item == crate::formula::Item::Record(target)
                    }
                };
                let known = |peer: &Arc<_>| Arc::ptr_eq(peer, &roster);
                if names && !table.stored(at).peer.as_ref().is_some_and(known) {
                    Arc::make_mut(table).stored_mut(at).peer = Some(roster.clone());
                }
            }
        }
    }

    /// Lets backlinks show the other sides of their links.
    fn share_backlinks(&mut self) {
        for place in 0..self.tables.len() {
            for at in 0..self.tables[place].def().fields.len() {
                let FieldKind::Backlink { table, field, .. } = self.tables[place].def().fields[at].kind
                else {
                    continue;
                };
                let back = self.table(table).and_then(|source| {
                    let link = source.schema.place(field).filter(|&link| is_link(source, link))?;
                    Some(source.stored(link).back.clone())
                });
                let back = back.unwrap_or_else(|| Arc::new(Column::new(Shape::Links)));
                if !Arc::ptr_eq(&self.tables[place].stored(at).cells, &back) {
                    Arc::make_mut(&mut self.tables[place]).stored_mut(at).cells = back;
                }
            }
        }
    }

    /// Follows changed link cells of a table on the other side. Answers the rows whose backlinks show
    /// something else now.
    pub(crate) fn relink(&mut self, id: TableId, moved: Moved) -> Vec<Change> {
        let mut changes = Vec::new();
        for (at, cells) in moved.0 {
            let mut by_target: BTreeMap<RowIx, (HashSet<u32>, Vec<u32>)> = BTreeMap::new();
            for (row, before, now) in &cells {
                for target in without(before, now) {
                    by_target.entry(target).or_default().0.insert(*row);
                }
                for target in without(now, before) {
                    by_target.entry(target).or_default().1.push(*row);
                }
            }
            changes.extend(self.change_back(id, at, by_target));
        }
        changes
    }

    fn change_back(
        &mut self,
        id: TableId,
        at: usize,
        by_target: BTreeMap<RowIx, (HashSet<u32>, Vec<u32>)>,
    ) -> Option<Change> {
        let place = self.place(id).ok()?;
        let table = Arc::make_mut(&mut self.tables[place]);
        let field = &table.def().fields[at];
        let FieldKind::Link { table: target, mirror, .. } = field.kind else { return None };
        let link = field.id;
        let back = Arc::make_mut(&mut table.stored_mut(at).back);
        let rows: Vec<RowIx> = by_target.keys().copied().collect();
        for (target, (gone, new)) in by_target {
            let merged = merged(sources(back, target), &gone, new);
            back.set(target, if merged.is_empty() { Cell::Null } else { Cell::Codes(&merged) });
        }
        for &row in &rows {
            self.pending.cell(target, link, row);
        }
        let mirror = mirror?;
        let back = self.tables[place].stored(at).back.clone();
        let shown = self.place(target).ok()?;
        let at = self.tables[shown].schema.place(mirror)?;
        Arc::make_mut(&mut self.tables[shown]).stored_mut(at).cells = back;
        for &row in &rows {
            self.pending.cell(target, mirror, row);
        }
        Some(Change { table: target, schema: false, rows, records: Vec::new() })
    }

    /// Takes rows that go out of the cells that link to them, as their last change, with what puts them
    /// back.
    pub(crate) fn unlink_targets(
        &mut self,
        id: TableId,
        gone: &[RowIx],
        stamp: Stamp,
    ) -> (Vec<Op>, Vec<Change>) {
        let dead: HashSet<RowIx> = gone.iter().copied().collect();
        let (mut inverse, mut changes) = (Vec::new(), Vec::new());
        for place in 0..self.tables.len() {
            for at in 0..self.tables[place].def().fields.len() {
                let table = &self.tables[place];
                let field = &table.def().fields[at];
                if !matches!(field.kind, FieldKind::Link { table, .. } if table == id) {
                    continue;
                }
                let own = table.def().id == id;
                let back = &table.stored(at).back;
                let mut rows: Vec<RowIx> = gone.iter().flat_map(|&row| sources(back, row)).copied().collect();
                rows.sort_unstable();
                rows.dedup();
                rows.retain(|row| table.is_live(*row) && !(own && dead.contains(row)));
                if rows.is_empty() {
                    continue;
                }
                let (source, link) = (table.def().id, field.id);
                let before =
                    |&row: &RowIx| Record::new(table.record_id(row), vec![(link, table.value(row, at))]);
                inverse.push(Op::UpdateRecords { table: source, records: rows.iter().map(before).collect() });
                let table = Arc::make_mut(&mut self.tables[place]);
                let mut moved = Moved::default();
                for &row in &rows {
                    let old = named(table, at, row).to_vec();
                    let left: Vec<u32> = old.iter().copied().filter(|row| !dead.contains(row)).collect();
                    table.set_cell(row, at, if left.is_empty() { Cell::Null } else { Cell::Codes(&left) });
                    table.set_stamp(row, stamp, false);
                    moved.note(table, at, row, &old);
                    self.pending.cell(source, link, row);
                }
                let records = rows.iter().map(|&row| table.record_id(row)).collect();
                self.pending.touched(source, &rows);
                changes.push(Change { table: source, schema: false, rows, records });
                changes.extend(self.relink(source, moved));
            }
        }
        (inverse, changes)
    }

    /// Takes rows that go off the other side of their own links.
    pub(crate) fn unlink_sources(&mut self, id: TableId, gone: &[RowIx]) -> Vec<Change> {
        let Ok(place) = self.place(id) else { return Vec::new() };
        let table = &self.tables[place];
        let mut moved = Moved::default();
        for at in (0..table.def().fields.len()).filter(|&at| is_link(table, at)) {
            let cells = gone.iter().map(|&row| (row, named(table, at, row).to_vec(), Vec::new()));
            moved.0.insert(at, cells.filter(|(_, before, _)| !before.is_empty()).collect());
        }
        self.relink(id, moved)
    }

    /// Forgets the other side of a link that becomes something else.
    pub(crate) fn unlink_field(&mut self, id: TableId, at: usize) {
        let Ok(place) = self.place(id) else { return };
        if is_link(&self.tables[place], at) {
            Arc::make_mut(&mut self.tables[place]).stored_mut(at).back = Arc::new(Column::new(Shape::Links));
        }
    }

    /// Works out the other sides of all links, after a load or when a link was made.
    pub(crate) fn rebuild_backs(&mut self, only: Option<(TableId, FieldId)>) {
        for table in &mut self.tables {
            let id = table.def().id;
            for at in (0..table.def().fields.len()).filter(|&at| is_link(table, at)).collect::<Vec<_>>() {
                if only.is_some_and(|only| only != (id, table.def().fields[at].id)) {
                    continue;
                }
                let mut by_target: HashMap<RowIx, Vec<u32>> = HashMap::new();
                let mut rows: Vec<RowIx> = table.rows().collect();
                rows.sort_unstable();
                for row in rows {
                    for target in named(table, at, row) {
                        by_target.entry(*target).or_default().push(row);
                    }
                }
                let mut targets: Vec<_> = by_target.into_iter().collect();
                targets.sort_unstable_by_key(|(target, _)| *target);
                let mut back = Column::new(Shape::Links);
                for (target, rows) in &targets {
                    back.set(*target, Cell::Codes(rows));
                }
                back.seal();
                Arc::make_mut(table).stored_mut(at).back = Arc::new(back);
            }
        }
        self.share_backlinks();
    }

    /// The operation with what it means for links written out: cells of backlinks become cells of the
    /// links they mirror, and a record that only one may link to leaves the one that linked to it before.
    pub fn written_out(&self, op: Op) -> Result<Vec<Op>, OpError> {
        let (table, mut records, create) = match op {
            Op::CreateRecords { table, records } => (table, records, true),
            Op::UpdateRecords { table, records } => (table, records, false),
            other => return Ok(vec![other]),
        };
        let Some(here) = self.table(table) else { return Err(OpError::TableNotFound(table)) };
        let mut other = Written::default();
        for record in &mut records {
            let of = record.id;
            record.cells.retain(|(field, value)| match here.field(*field).map(|field| &field.kind) {
                Some(FieldKind::Backlink { table: source, field: link, .. }) => {
                    other.backlink(self, (*source, *link), of, value);
                    false
                }
                Some(FieldKind::Link { table: target, mirror: Some(mirror), .. }) => {
                    other.steal(self, here, (*target, *mirror), *field, of, value);
                    true
                }
                _ => true,
            });
        }
        let mut ops = Vec::new();
        if create {
            ops.push(Op::CreateRecords { table, records });
            ops.extend(other.into_ops());
        } else {
            // Cells of one record are written once: what follows from backlinks joins what was asked.
            records = other.join(table, records);
            ops.extend(other.into_ops());
            ops.push(Op::UpdateRecords { table, records });
        }
        Ok(ops)
    }
}

/// Link cells that follow from others, as they are to become.
#[derive(Default)]
struct Written(BTreeMap<TableId, BTreeMap<RecordId, BTreeMap<FieldId, Vec<RecordId>>>>);

impl Written {
    /// The cell, as it is so far.
    fn cell(
        &mut self,
        base: &Base,
        (table, field): (TableId, FieldId),
        record: RecordId,
    ) -> &mut Vec<RecordId> {
        self.0.entry(table).or_default().entry(record).or_default().entry(field).or_insert_with(|| {
            let now = base.table(table).and_then(|table| Some(table.get(table.row(record)?, field)));
            if let Some(Value::Links { l }) = now { l.to_vec() } else { Vec::new() }
        })
    }

    /// Makes exactly the records of `value` link to `target`.
    fn backlink(&mut self, base: &Base, link: (TableId, FieldId), target: RecordId, value: &Value) {
        let wanted: &[RecordId] = if let Value::Links { l } = value { l } else { &[] };
        let Some(source) = base.table(link.0) else { return };
        let multiple = matches!(
            source.field(link.1).map(|field| &field.kind),
            Some(FieldKind::Link { multiple: true, .. })
        );
        let now: Vec<RecordId> = linking(base, link, target);
        for record in without(&now, wanted) {
            self.cell(base, link, record).retain(|id| *id != target);
        }
        for record in without(wanted, &now) {
            let cell = self.cell(base, link, record);
            if !multiple {
                cell.clear();
            }
            if !cell.contains(&target) {
                cell.push(target);
            }
        }
    }

    /// When only one record may link to another, takes those of `value` from the ones that did.
    fn steal(
        &mut self,
        base: &Base,
        here: &Table,
        (target, mirror): (TableId, FieldId),
        link: FieldId,
        record: RecordId,
        value: &Value,
    ) {
        let alone = base
            .table(target)
            .and_then(|target| target.field(mirror))
            .is_some_and(|field| matches!(field.kind, FieldKind::Backlink { multiple: false, .. }));
        let Value::Links { l } = value else { return };
        for &wanted in l.iter().filter(|_| alone) {
            for owner in linking(base, (here.def().id, link), wanted).into_iter().filter(|id| *id != record) {
                self.cell(base, (here.def().id, link), owner).retain(|id| *id != wanted);
            }
        }
    }

    /// Moves what is about the same records into the cells that were asked for; those win.
    fn join(&mut self, table: TableId, mut records: Vec<Record>) -> Vec<Record> {
        let Some(mut written) = self.0.remove(&table) else { return records };
        for record in &mut records {
            for (field, ids) in written.remove(&record.id).unwrap_or_default() {
                if record.cells.iter().all(|(other, _)| *other != field) {
                    record.cells.push((field, links(ids)));
                }
            }
        }
        self.0.insert(table, written);
        records
    }

    fn into_ops(self) -> Vec<Op> {
        let cells = |fields: BTreeMap<FieldId, Vec<RecordId>>| {
            fields.into_iter().map(|(field, ids)| (field, links(ids))).collect()
        };
        let op = |(table, records): (TableId, BTreeMap<_, _>)| {
            let records: Vec<Record> =
                records.into_iter().map(|(id, fields)| Record::new(id, cells(fields))).collect();
            (!records.is_empty()).then_some(Op::UpdateRecords { table, records })
        };
        self.0.into_iter().filter_map(op).collect()
    }
}

fn links(ids: Vec<RecordId>) -> Value {
    if ids.is_empty() { Value::Null } else { Value::Links { l: ids.into() } }
}

/// The records whose link names a record.
fn linking(base: &Base, (table, link): (TableId, FieldId), target: RecordId) -> Vec<RecordId> {
    let found = || {
        let source = base.table(table)?;
        let at = source.schema.place(link)?;
        let stored = source.stored(at);
        let row = stored.peer.as_ref()?.row(target)?;
        Some(sources(&stored.back, row).iter().map(|&row| source.record_id(row)).collect())
    };
    found().unwrap_or_default()
}
