//! Links between records. A link field stores, in its own table, the rows it names; beside it stands, by
//! row named, who names it. That other side is what a backlink field shows, so the two cannot disagree.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use skein_types::{FieldId, RecordId, TableId};

use crate::{
    Base, Change, Field, FieldKind, Op, Record, RowIx, Stamp, Table,
    column::{Cell, Column, Shape},
    roster::Roster,
};

/// A row with what a link of it named before and names now.
type MovedCell = (RowIx, Vec<u32>, Vec<u32>);

/// Link cells that changed, by place of the field.
#[derive(Default)]
pub(crate) struct Moved(BTreeMap<usize, Vec<MovedCell>>);

impl Moved {
    /// What a link cell names, before it is written. Of other fields nothing.
    pub(crate) fn before(table: &Table, at: usize, row: RowIx) -> Vec<u32> {
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
    target(table, at).is_some()
}

/// The table that a link names; none of other fields.
fn target(table: &Table, at: usize) -> Option<TableId> {
    match table.def().fields[at].kind {
        FieldKind::Link { table, .. } => Some(table),
        _ => None,
    }
}

fn named(table: &Table, at: usize, row: RowIx) -> &[u32] {
    match table.column(at).get(row) {
        Cell::Codes(rows) => rows,
        _ => &[],
    }
}

/// What is in one list and not in the other.
pub(crate) fn without<T: Copy + Eq + std::hash::Hash>(list: &[T], other: &[T]) -> Vec<T> {
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

/// Takes rows out of a list in the order of records and puts others in.
fn merged(roster: &Roster, old: &[u32], gone: &HashSet<u32>, mut new: Vec<u32>) -> Vec<u32> {
    let order =
        |a: &u32, b: &u32| if roster.ordered() { a.cmp(b) } else { roster.id(*a).cmp(&roster.id(*b)) };
    new.sort_unstable_by(order);
    let mut new = new.into_iter().peekable();
    let mut rows: Vec<u32> = Vec::with_capacity(old.len() + new.len());
    for &row in old.iter().filter(|row| !gone.contains(row)) {
        rows.extend(std::iter::from_fn(|| new.next_if(|new| order(new, &row).is_lt())));
        rows.push(row);
    }
    rows.extend(new);
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

    /// Lets backlinks show the other sides of their links. One whose link is gone, or names another table by
    /// now, shows nothing.
    fn share_backlinks(&mut self) {
        for place in 0..self.tables.len() {
            let own = self.tables[place].def().id;
            for at in 0..self.tables[place].def().fields.len() {
                let FieldKind::Backlink { table, field, .. } = self.tables[place].def().fields[at].kind
                else {
                    continue;
                };
                let back = self.table(table).and_then(|source| {
                    let link = source.schema.place(field)?;
                    let shown = target(source, link) == Some(own);
                    shown.then(|| source.stored(link).back.clone())
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
        let link = self.tables[place].def().fields[at].id;
        let target = target(&self.tables[place], at)?;
        let (there, shown) = self.backlinks(id, at).unwrap_or_default();
        let blank = Arc::new(Column::new(Shape::Links));
        for &shown in &shown {
            // A column that nobody else holds is changed in place.
            Arc::make_mut(&mut self.tables[there]).stored_mut(shown).cells = blank.clone();
        }
        let table = Arc::make_mut(&mut self.tables[place]);
        let roster = table.roster().clone();
        let back = Arc::make_mut(&mut table.stored_mut(at).back);
        let rows: Vec<RowIx> = by_target.keys().copied().collect();
        for (target, (gone, new)) in by_target {
            let merged = merged(&roster, sources(back, target), &gone, new);
            back.set(target, if merged.is_empty() { Cell::Null } else { Cell::Codes(&merged) });
        }
        for &row in &rows {
            self.pending.cell(target, link, row);
        }
        let back = table.stored(at).back.clone();
        for &shown in &shown {
            let table = Arc::make_mut(&mut self.tables[there]);
            table.stored_mut(shown).cells = back.clone();
            let mirror = table.def().fields[shown].id;
            for &row in &rows {
                self.pending.cell(target, mirror, row);
            }
        }
        let changed = !shown.is_empty() && !rows.is_empty();
        changed.then_some(Change { table: target, schema: false, rows, records: Vec::new() })
    }

    /// The fields that show the other side of a link: the place of their table, and theirs in it.
    pub(crate) fn backlinks(&self, id: TableId, at: usize) -> Option<(usize, Vec<usize>)> {
        let table = self.table(id)?;
        let link = table.def().fields[at].id;
        let there = self.place(target(table, at)?).ok()?;
        let shows = |(_, field): &(usize, &Field)| matches!(field.kind, FieldKind::Backlink { table, field, .. } if (table, field) == (id, link));
        let fields = self.tables[there].def().fields.iter().enumerate();
        Some((there, fields.filter(shows).map(|(at, _)| at).collect()))
    }

    /// The rows that show something as the other side of a field, if it is a link with one: they show
    /// something else when it goes.
    pub(crate) fn other_side(&self, id: TableId, at: usize) -> Option<Change> {
        let (there, shown) = self.backlinks(id, at)?;
        let back = &self.table(id)?.stored(at).back;
        let there = &self.tables[there];
        let rows: Vec<RowIx> = there.rows().filter(|&row| !sources(back, row).is_empty()).collect();
        let changed = !shown.is_empty() && !rows.is_empty();
        changed.then(|| Change { table: there.def().id, schema: false, rows, records: Vec::new() })
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
                for row in table.rows() {
                    for target in named(table, at, row) {
                        let rows = by_target.entry(*target).or_default();
                        if rows.last() != Some(&row) {
                            rows.push(row);
                        }
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

    /// The records whose link names a record.
    pub(crate) fn linking(&self, (table, link): (TableId, FieldId), target: RecordId) -> Vec<RecordId> {
        let found = || {
            let source = self.table(table)?;
            let stored = source.stored(source.schema.place(link)?);
            let row = stored.peer.as_ref()?.row(target)?;
            Some(sources(&stored.back, row).iter().map(|&row| source.record_id(row)).collect())
        };
        found().unwrap_or_default()
    }
}
