//! Bringing what others wrote into a change that was computed from an older state. Records changed meanwhile come
//! last then, though the log has them first. That gives the same state, since such a change touches no stored cell but
//! those of retyped fields, which are converted from what others wrote. Where a conversion depends on more than the
//! cell, cells that nobody touched stay as they were resolved. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use skein_table::{Base, Field, FieldKind, Named, Op, Record, Value, converts_by_cell};
use skein_types::{FieldId, RecordId, TableId};

use super::Later;
use crate::{
    Snapshot,
    draft::{Draft, Written},
    event::Changed,
    history,
};

/// A field by its table.
type Place = (TableId, FieldId);

/// What a change computed aside knows of what others wrote since.
#[derive(Default)]
pub(crate) struct Meanwhile {
    /// Cells of fields it retypes, as they wrote them.
    cells: BTreeMap<Place, BTreeMap<RecordId, Value>>,
    /// By field, what names are worth in it.
    named: HashMap<Place, Named>,
    /// Records that lost a link, as what they linked to went. It may have come again.
    unlinked: BTreeMap<TableId, BTreeSet<RecordId>>,
}

/// A field that is retyped.
struct Retyped {
    place: Place,
    /// Whether its cells follow from what others wrote into them alone.
    by_cell: bool,
    /// Whether it becomes one whose cells are computed: giving it its type back fills cells that were empty.
    fills: bool,
}

/// What others wrote.
#[derive(Default)]
struct Theirs {
    /// Records they wrote, and those in which that changed something else.
    records: BTreeMap<TableId, BTreeSet<RecordId>>,
    /// Records that came, maybe once more, or went.
    moved: HashSet<RecordId>,
    /// Records with cells of fields that were retyped.
    cells: HashMap<Place, BTreeSet<RecordId>>,
}

impl Draft {
    /// Brings what was computed from the state `before` to what `now` is after `later`, as if it was done last.
    /// False when that cannot be; then the draft is of no use.
    pub(crate) fn rebase(&mut self, before: &Snapshot, now: &Snapshot, later: &Later) -> bool {
        if later.lost {
            return false;
        }
        self.base.follow_env(&now.base);
        if !later.ops.is_empty() && self.bring_in(before, now, later).is_none() {
            return false;
        }
        self.settle(&());
        self.seq = now.seq + self.events.len() as i64;
        let several = self.events.len() > 1;
        if let Some(last) = self.events.last_mut() {
            last.changed.begun = several.then_some(now.seq + 1);
        }
        true
    }

    /// None when something else of it than retyped cells depends on what others wrote.
    fn bring_in(&mut self, before: &Snapshot, now: &Snapshot, later: &Later) -> Option<()> {
        let retyped = self.retyped(&now.base)?;
        let own = self.own_records();
        // Some it sets to what they are anyway.
        let changed: HashSet<_> = own.iter().copied().filter(|one| self.changed_last(*one)).collect();
        let mut theirs = self.apply_later(later, &retyped)?;
        let writes = !retyped.is_empty();
        if own.iter().any(|(_, record)| theirs.moved.contains(record)) {
            return None;
        }
        for one in retyped {
            let Retyped { place, by_cell, .. } = one;
            let mut records = theirs.converted(&one, (before, now), later)?;
            if !by_cell {
                records.extend(self.meanwhile.unlinked.get(&place.0).into_iter().flatten());
            }
            // What an undo sets back in records that others wrote depends on what is resolved now.
            let wrote = theirs.records.get(&place.0).into_iter().flatten();
            if !by_cell && wrote.chain(&records).any(|record| own.contains(&(place.0, *record))) {
                return None;
            }
            let named = if by_cell { Named::default() } else { self.names(&now.base, place, later)? };
            let again = self.base.retype_again(&now.base, place.0, place.1, &records, &named)?;
            self.touched.follow(&again.changes);
            if !own.is_empty() {
                self.leave_out(place, &records);
            }
            let old = again.old.into_iter().flat_map(|record| {
                let id = record.id;
                record.cells.into_iter().map(move |(_, value)| (id, value))
            });
            self.meanwhile.cells.entry(place).or_default().extend(old);
            self.write_rows(place.0, records);
        }
        // It may have written down what they changed or deleted: those it retypes, and those it gave a field to.
        for (table, records) in theirs.records.iter().filter(|_| writes) {
            self.write_rows(*table, records.iter().copied());
        }
        let own = if own.is_empty() { own } else { self.own_records() };
        self.touch(&now.base, &theirs, |one| own.contains(one) && changed.contains(one));
        self.tell_theirs();
        Some(())
    }

    /// What names are worth in a field now.
    fn names(&mut self, now: &Base, place: Place, later: &Later) -> Option<Named> {
        if !self.meanwhile.named.contains_key(&place) {
            self.know_names();
        }
        let named = self.meanwhile.named.get_mut(&place)?;
        if let FieldKind::Link { table, .. } = &self.base.table(place.0)?.field(place.1)?.kind
            && let Some(rows) = later.rows.get(table)
        {
            named.follow(now, *table, rows);
        }
        Some(named.clone())
    }

    /// Records that others wrote were changed last by them, unless this sets something back in them.
    fn touch(&mut self, now: &Base, theirs: &Theirs, own: impl Fn(&(TableId, RecordId)) -> bool) {
        let Some(stamp) = self.events.last().map(Written::stamp) else { return };
        for (&id, records) in &theirs.records {
            let Some(table) = now.table(id) else { continue };
            for &record in records {
                let Some(row) = table.row(record) else { continue };
                let last = if own(&(id, record)) { stamp } else { table.touched(row) };
                self.base.touch(id, record, last);
            }
        }
    }

    /// Whether it is what changed a record last.
    fn changed_last(&self, (table, record): (TableId, RecordId)) -> bool {
        let stamp = self.events.last().map(Written::stamp);
        let table = self.base.table(table);
        let last = table.and_then(|table| Some(table.touched(table.row(record)?)));
        last.is_some() && last == stamp
    }

    /// Applies what others did, without what they wrote into retyped fields.
    fn apply_later(&mut self, later: &Later, retyped: &[Retyped]) -> Option<Theirs> {
        let mut theirs = Theirs::default();
        for (op, stamp) in later.ops.iter().flat_map(|(ops, stamp)| ops.iter().map(move |op| (op, stamp))) {
            let op = match op {
                Op::CreateRecords { table, records } => {
                    theirs.moved.extend(records.iter().map(|record| record.id));
                    Op::CreateRecords { table: *table, records: theirs.without(*table, records, retyped) }
                }
                Op::UpdateRecords { table, records } => {
                    Op::UpdateRecords { table: *table, records: theirs.without(*table, records, retyped) }
                }
                Op::DeleteRecords { records, .. } => {
                    theirs.moved.extend(records);
                    op.clone()
                }
                op if op.is_of_dashboards() => op.clone(),
                _ => return None,
            };
            self.touched.dashboards |= op.is_of_dashboards();
            let deletes = matches!(op, Op::DeleteRecords { .. });
            for (at, change) in self.base.apply(&op, stamp).ok()?.changes.into_iter().enumerate() {
                if deletes && at > 0 {
                    self.meanwhile.unlinked.entry(change.table).or_default().extend(&change.records);
                }
                theirs.records.entry(change.table).or_default().extend(change.records);
            }
        }
        Some(theirs)
    }

    /// The records it writes cells of.
    fn own_records(&self) -> HashSet<(TableId, RecordId)> {
        let of = |op: &Op| match op {
            Op::UpdateRecords { table, records } => {
                records.iter().map(|record| (*table, record.id)).collect::<Vec<_>>()
            }
            _ => Vec::new(),
        };
        self.events.iter().flat_map(|written| &written.changed.ops).flat_map(of).collect()
    }

    /// The fields it retypes; none when something else of it depends on what others write.
    fn retyped(&self, base: &Base) -> Option<Vec<Retyped>> {
        let mut retyped: Vec<Retyped> = Vec::new();
        let known = |retyped: &[Retyped], place| retyped.iter().any(|one| one.place == place);
        for op in self.events.iter().flat_map(|written| &written.changed.ops) {
            match op {
                Op::RetypeField { table, field, .. } => {
                    let old = base.table(*table)?.field(field.id)?;
                    let place = (*table, field.id);
                    if known(&retyped, place) {
                        return None;
                    }
                    let (by_cell, fills) = (converts_by_cell(old, field), !field.kind.is_stored());
                    retyped.push(Retyped { place, by_cell, fills });
                }
                Op::CreateField { field, .. } | Op::UpdateField { field, .. } if field.kind.is_computed() => {
                }
                // The other side of a link holds no cells of its own.
                Op::DeleteField { table, field }
                    if matches!(base.table(*table)?.field(*field)?.kind, FieldKind::Backlink { .. }) => {}
                // What an undo sets back in the fields it retyped.
                Op::UpdateRecords { table, records } => {
                    let cells = records.iter().flat_map(|record| &record.cells);
                    if !cells.into_iter().all(|(field, _)| known(&retyped, (*table, *field))) {
                        return None;
                    }
                }
                Op::MoveField { .. } | Op::UpdateView { .. } => {}
                _ => return None,
            }
        }
        Some(retyped)
    }

    /// Has it write no cells of a field into records that others wrote.
    fn leave_out(&mut self, (table, field): Place, written: &BTreeSet<RecordId>) {
        for Written { changed, .. } in &mut self.events {
            for op in &mut changed.ops {
                if let Op::UpdateRecords { table: of, records } = op
                    && *of == table
                {
                    for record in records.iter_mut().filter(|record| written.contains(&record.id)) {
                        record.cells.retain(|(other, _)| *other != field);
                    }
                    records.retain(|record| !record.cells.is_empty());
                }
            }
            let blank = |op: &Op| matches!(op, Op::UpdateRecords { records, .. } if records.is_empty());
            changed.ops.retain(|op| !blank(op));
        }
    }

    /// Has the first event of the change hold the cells that others wrote.
    fn tell_theirs(&mut self) {
        let op = |((table, field), cells): (&Place, &BTreeMap<RecordId, Value>)| {
            let record = |(id, value): (&RecordId, &Value)| Record::new(*id, vec![(*field, value.clone())]);
            Op::UpdateRecords { table: *table, records: cells.iter().map(record).collect() }
        };
        let cells = self.meanwhile.cells.iter().filter(|(_, cells)| !cells.is_empty());
        let undo: Vec<Op> = cells.map(op).collect();
        let Some(last) = self.events.last().filter(|_| !undo.is_empty()) else { return };
        let Changed { private, cause, .. } = last.changed;
        let changed = Changed {
            names: history::names(&self.base, &[], &undo),
            ops: Vec::new(),
            undo: Some(undo),
            tables: last.changed.tables.clone(),
            schema: false,
            cause,
            revived: None,
            undoes: None,
            redoes: None,
            private,
            begun: None,
            part: true,
            theirs: true,
        };
        let written = last.beside(changed);
        match self.events.first_mut().filter(|first| first.changed.theirs) {
            Some(first) => *first = written,
            None => self.events.insert(0, written),
        }
    }

    /// Looks up what names are worth in the fields it retypes.
    pub(crate) fn know_names(&mut self) {
        for op in self.events.iter().flat_map(|written| &written.changed.ops) {
            if let Op::RetypeField { table, field: Field { id, kind, .. }, resolved } = op {
                self.meanwhile.named.insert((*table, *id), self.base.named(kind).after(resolved));
            }
        }
    }
}

impl Theirs {
    /// Records without cells of retyped fields, which are noted.
    fn without(&mut self, id: TableId, records: &[Record], retyped: &[Retyped]) -> Vec<Record> {
        let mut all = Vec::with_capacity(records.len());
        for record in records {
            let (mut record, cells) = (record.clone(), &mut self.cells);
            self.records.entry(id).or_default().insert(record.id);
            record.cells.retain(|(field, _)| {
                let kept = !retyped.iter().any(|one| one.place == (id, *field));
                if !kept {
                    cells.entry((id, *field)).or_default().insert(record.id);
                }
                kept
            });
            all.push(record);
        }
        all
    }

    /// The records whose cells of a field are to be converted again; none when they are not known.
    fn converted(
        &mut self,
        &Retyped { place, by_cell, fills }: &Retyped,
        (before, now): (&Snapshot, &Snapshot),
        later: &Later,
    ) -> Option<BTreeSet<RecordId>> {
        let (id, field) = place;
        let mut records = self.cells.remove(&place).unwrap_or_default();
        let table = now.base.table(id)?;
        if !by_cell {
            if later.scattered {
                return None;
            }
            // What they show may depend on what was written elsewhere.
            let rows = later.rows.get(&id).into_iter().flatten().filter(|row| table.is_live(**row));
            records.extend(rows.map(|row| table.record_id(*row)));
            self.records.entry(id).or_default().extend(&records);
        }
        if fills {
            let written = self.records.get(&id).into_iter().flatten();
            records.extend(written.filter(|record| self.moved.contains(record)));
        }
        // What was set to what it was is as never written.
        let stored = table.field(field)?.kind.is_stored();
        let value = |of: &Snapshot, record: RecordId| {
            let table = of.base.table(id)?;
            Some(table.get(table.row(record)?, field))
        };
        let same = |record: &RecordId| {
            stored && !self.moved.contains(record) && value(before, *record) == value(now, *record)
        };
        records.retain(|record| !same(record));
        Some(records)
    }
}
