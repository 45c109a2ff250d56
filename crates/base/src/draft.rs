//! A batch in the making: commands applied one after another to a private copy of the newest state.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use skein_table::{Base, Change, Op, OpError, RowIx, Stamp, TableDef, Watch};
use skein_types::{FieldId, Ids, MemberId, NewEvent, RecordId, TableId, Timestamp};

use crate::{
    BaseError, Command, Receipt,
    aside::Meanwhile,
    divide,
    event::{BaseEvent, CHANGED, Cause, Changed},
    history::{self, Entries, Index, Remembered},
    open::{self, Request},
    plan::{self, Planned},
    restore::{self, Restore},
    revert::{self, Reverter},
    rows::RowChanges,
    trash::{Deleted, Trash},
};

/// Values of an event: one of more would be larger than databases like, and is divided.
const LIMIT: usize = 1_000_000;
/// Values that take a change back which was computed aside, above which events of their own hold them.
const APART: usize = 2_000;

/// What a batch, or what another node wrote, changes for live views.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Rows by table.
    pub(crate) rows: HashMap<TableId, Vec<RowIx>>,
    /// Tables whose definition changed, came or went.
    pub(crate) schema: HashSet<TableId>,
    /// Tables that came or went: their rows are others now.
    pub(crate) replaced: HashSet<TableId>,
    /// Whether dashboards changed.
    pub(crate) dashboards: bool,
}

impl Touched {
    /// Adds what one operation changed.
    pub(crate) fn note(&mut self, op: &Op, changes: &[Change]) {
        if let Op::CreateTable { table: skein_table::TableDef { id: table, .. }, .. }
        | Op::DeleteTable { table } = op
        {
            self.replaced.insert(*table);
            self.rows.remove(table);
        }
        self.dashboards |= op.is_of_dashboards();
        self.follow(changes);
    }

    /// Adds changes, be they of stored or of computed cells.
    pub(crate) fn follow(&mut self, changes: &[Change]) {
        for change in changes {
            if change.schema {
                self.schema.insert(change.table);
            }
            if !change.rows.is_empty() {
                self.rows.entry(change.table).or_default().extend_from_slice(&change.rows);
            }
        }
    }

    /// The change from one state to another of which nothing is known.
    pub(crate) fn everything(before: &Base, after: &Base) -> Self {
        let tables = before.tables().chain(after.tables()).map(|table| table.def().id);
        let tables: HashSet<TableId> = tables.collect();
        Self { rows: HashMap::new(), schema: tables.clone(), replaced: tables, dashboards: true }
    }

    /// Adds a later change.
    pub(crate) fn merge(&mut self, later: Self) {
        for table in &later.replaced {
            self.rows.remove(table);
        }
        self.dashboards |= later.dashboards;
        self.schema.extend(later.schema);
        self.replaced.extend(later.replaced);
        for (table, rows) in later.rows {
            self.rows.entry(table).or_default().extend(rows);
        }
    }
}

/// Commands applied to a private copy, with everything that has to be stored for them.
pub(crate) struct Draft {
    pub(crate) base: Base,
    /// The sequence number of the last event, those of the draft included.
    pub(crate) seq: i64,
    pub(crate) events: Vec<Written>,
    pub(crate) touched: Touched,
    records: BTreeMap<TableId, BTreeSet<RecordId>>,
    dropped: BTreeSet<TableId>,
    /// Values of an event at most.
    pub(crate) limit: usize,
    /// Values that take a change back above which events of their own hold them; as `limit` when there is none.
    pub(crate) apart: Option<usize>,
    /// Rows that were written down ahead, those of `records` after them.
    ahead: Vec<RowChanges>,
    /// What others wrote while it was computed.
    pub(crate) meanwhile: Meanwhile,
    /// By table the automatic numbers of records that are gone, as they are stored.
    numbers: Vec<(TableId, Vec<(FieldId, f64)>)>,
}

/// The automatic numbers of records that are gone.
fn numbers(base: &Base) -> impl Iterator<Item = (TableId, &Vec<(FieldId, f64)>)> {
    base.tables()
        .map(move |table| (table.def().id, &table.def().numbers))
        .filter(|(_, numbers)| !numbers.is_empty())
}

/// An event before it is stored.
pub(crate) struct Written {
    pub(crate) changed: Changed,
    /// Of a table too large for the event: how it was defined.
    large: Option<TableDef>,
    by: String,
    at: Timestamp,
    /// As the log and the index take it, when it was written down ahead; `changed` no longer holds cells then.
    ahead: Option<(NewEvent, Entries)>,
}

impl Written {
    fn new(request: &Request, changed: Changed, large: Option<TableDef>) -> Self {
        let (by, at) = (request.by.id.clone(), request.by.at);
        Self { changed, large, by, at, ahead: None }
    }
    /// Another event of the same change.
    pub(crate) fn beside(&self, changed: Changed) -> Self {
        Self { changed, large: None, by: self.by.clone(), at: self.at, ahead: None }
    }
    /// Whether it does nothing and holds what takes a change back.
    fn holds(&self) -> bool {
        self.changed.part && !self.changed.theirs && self.changed.ops.is_empty()
    }
    /// As the log and the index take it; `base` is as it is after it.
    fn told(&mut self, base: &Base) -> (NewEvent, Entries) {
        self.ahead.take().unwrap_or_else(|| {
            let event = NewEvent::new(CHANGED, &self.by, self.at, &self.changed);
            (event, Entries::of(&self.changed, base))
        })
    }
    /// As records keep who did it.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp { at: self.at.as_millisecond(), by: self.by.parse().ok() }
    }
    fn remembered(&self, seq: i64) -> Remembered {
        let Changed { undo, tables, schema, cause, undoes, redoes, private, part, .. } = &self.changed;
        let (actor, at, schema, tables) = (self.by.clone(), self.at, *schema, tables.clone());
        let event =
            BaseEvent { seq, kind: CHANGED, actor, at, schema, tables, record: None, private: *private };
        let undoable = undo.is_some();
        let via = history::counted(cause.via, *part);
        Remembered { event: Arc::new(event), via, undoable, undoes: *undoes, redoes: *redoes }
    }
}

/// What an undo or redo takes back.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) seq: i64,
    pub(crate) changed: Changed,
    /// Whether it is an undo that is taken back.
    pub(crate) redo: bool,
    /// Whether all of it must still be as it was left.
    pub(crate) whole: bool,
}

/// Operations applied, with what takes them back and what they changed.
#[derive(Debug, Default)]
pub(crate) struct Done {
    ops: Vec<Op>,
    undo: Vec<Vec<Op>>,
    changes: Vec<Vec<Change>>,
}

impl Done {
    pub(crate) fn apply(
        &mut self,
        base: &mut Base,
        op: Op,
        stamp: &Stamp,
        watch: &dyn Watch,
    ) -> Result<(), OpError> {
        let applied = base.apply_watched(&op, stamp, watch)?;
        self.ops.push(op);
        self.undo.push(applied.inverse);
        self.changes.push(applied.changes);
        Ok(())
    }
    /// Adds what was done after it.
    pub(crate) fn extend(&mut self, later: Self) {
        self.ops.extend(later.ops);
        self.undo.extend(later.undo);
        self.changes.extend(later.changes);
    }
    /// Applies all or none; whether all.
    fn together(&mut self, base: &mut Base, ops: Vec<Op>, stamp: &Stamp, watch: &dyn Watch) -> bool {
        let before = (ops.len() > 1).then(|| base.clone());
        let count = self.ops.len();
        for op in ops {
            if self.apply(base, op, stamp, watch).is_err() {
                if let Some(before) = before {
                    *base = before;
                    self.ops.truncate(count);
                    self.undo.truncate(count);
                    self.changes.truncate(count);
                }
                return false;
            }
        }
        true
    }
    /// Applies operations with what they mean for links.
    fn written_out(&mut self, base: &mut Base, ops: Vec<Op>, stamp: &Stamp) -> Result<(), OpError> {
        for op in ops {
            for written in base.written_out(op)? {
                self.apply(base, written, stamp, &())?;
            }
        }
        Ok(())
    }
    fn changes_anything(&self) -> bool {
        self.ops.iter().any(Op::is_of_dashboards)
            || self.changes.iter().flatten().any(|change| change.schema || !change.rows.is_empty())
    }
}

impl Draft {
    pub(crate) fn new(base: Base, seq: i64) -> Self {
        Self {
            numbers: numbers(&base).map(|(table, numbers)| (table, numbers.clone())).collect(),
            base,
            seq,
            events: Vec::new(),
            touched: Touched::default(),
            records: BTreeMap::new(),
            dropped: BTreeSet::new(),
            limit: LIMIT,
            apart: None,
            ahead: Vec::new(),
            meanwhile: Meanwhile::default(),
        }
    }

    /// One whose command is computed aside: what is to be done in turn is kept small.
    pub(crate) fn aside(base: Base, seq: i64) -> Self {
        Self { apart: Some(APART), ..Self::new(base, seq) }
    }

    /// Does one command. On an error the draft is as before.
    pub(crate) fn run(
        &mut self,
        request: &Request,
        target: Option<&Target>,
        newer: &[Op],
        ids: &Ids,
        watch: &dyn Watch,
    ) -> Result<Receipt, BaseError> {
        match (target, &request.command) {
            (Some(target), _) => self.take_back(request, target, watch),
            (None, Command::Restore(wanted)) => self.restore(request, wanted, newer, watch),
            (None, Command::Revive(deleted)) => Ok(self.revive(request, deleted, watch)),
            _ => self.plan_and_apply(request, ids, watch),
        }
    }

    /// Brings a table or a record back to a moment, as a change like others.
    fn restore(
        &mut self,
        request: &Request,
        wanted: &Restore,
        newer: &[Op],
        watch: &dyn Watch,
    ) -> Result<Receipt, BaseError> {
        let restored = restore::plan(&self.base, wanted, newer)?;
        let before = self.base.clone();
        let mut done = Done::default();
        for op in divide::pieces(&self.base, restored.ops) {
            let cells = history::weight(std::slice::from_ref(&op));
            let result = done.written_out(&mut self.base, vec![op], &request.by.stamp());
            let result = result.map_err(BaseError::from);
            let result =
                result.and_then(|()| if watch.done(cells) { Ok(()) } else { Err(BaseError::Cancelled) });
            if let Err(error) = result {
                self.base = before;
                return Err(error);
            }
        }
        if done.changes_anything() {
            self.append(request, done, None);
        }
        Ok(Receipt { table: Some(wanted.table), ..Receipt::of(self.seq) })
    }

    /// Brings back what events deleted, as far as it can be.
    fn revive(&mut self, request: &Request, deleted: &[Deleted], watch: &dyn Watch) -> Receipt {
        let stamp = request.by.stamp();
        let mut done = Done::default();
        for one in deleted {
            if one.records.is_empty() {
                self.revert(&mut done, request, (&one.ops, &one.undo), watch);
                continue;
            }
            let reverter = Reverter::new(&one.ops, request.asker(), self.base.clone());
            for op in one.records() {
                let kept = reverter.revert(&self.base, &op);
                done.together(&mut self.base, kept.ops, &stamp, watch);
            }
            for op in one.links(&self.base) {
                if let Ok(ops) = self.base.written_out(op) {
                    done.together(&mut self.base, ops, &stamp, watch);
                }
            }
        }
        if done.changes_anything() {
            self.append(request, done, None);
        }
        Receipt::of(self.seq)
    }

    /// Takes operations back as far as what they left is still so; how much is not.
    fn revert(
        &mut self,
        done: &mut Done,
        request: &Request,
        (ops, undo): (&[Op], &[Op]),
        watch: &dyn Watch,
    ) -> usize {
        let stamp = request.by.stamp();
        let reverter = Reverter::new(ops, request.asker(), self.base.clone());
        let (mut rest, mut skipped) = (undo, 0);
        while let [op, after @ ..] = rest {
            let (kept, after) = match (op, after) {
                (Op::DeleteView { table, view }, [Op::CreateView { view: old, at, .. }, after @ ..])
                    if old.id == *view =>
                {
                    (reverter.move_view(&self.base, *table, old, *at), after)
                }
                _ => (reverter.revert(&self.base, op), after),
            };
            rest = after;
            skipped += kept.skipped;
            if !done.together(&mut self.base, kept.ops, &stamp, watch) {
                skipped += 1;
            }
        }
        skipped
    }

    fn plan_and_apply(
        &mut self,
        request: &Request,
        ids: &Ids,
        watch: &dyn Watch,
    ) -> Result<Receipt, BaseError> {
        let stamp = request.by.stamp();
        let means = plan::Means { asker: request.asker(), stamp, ids, keys: &request.keys };
        let planned = plan::plan(&request.command, &self.base, means)?;
        let Planned { ops, steps, table, field, view, dashboard, records, outcomes, parts, refs, .. } =
            planned;
        let mut done = Done::default();
        if let Some(steps) = steps {
            self.base = steps.base;
            done = steps.done;
        }
        // One operation takes itself back when it fails; of several, the copy does it.
        let before = (ops.len() > 1).then(|| self.base.clone());
        for op in ops {
            if let Err(error) = done.apply(&mut self.base, op, &stamp, watch) {
                if let Some(before) = before {
                    self.base = before;
                }
                return Err(error.into());
            }
        }
        if done.changes_anything() {
            self.append(request, done, None);
        }
        let part = |part: Planned| open::Written {
            table: part.table,
            records: part.records,
            outcomes: part.outcomes,
        };
        let parts = parts.into_iter().map(part).collect();
        Ok(Receipt { table, field, view, dashboard, records, outcomes, parts, refs, ..Receipt::of(self.seq) })
    }

    fn take_back(
        &mut self,
        request: &Request,
        target: &Target,
        watch: &dyn Watch,
    ) -> Result<Receipt, BaseError> {
        let Some(undo) = &target.changed.undo else { return Err(BaseError::NothingToUndo) };
        let mut done = Done::default();
        let before = target.whole.then(|| self.base.clone());
        let skipped = self.revert(&mut done, request, (&target.changed.ops, undo), watch);
        if let Some(before) = before.filter(|_| skipped > 0) {
            self.base = before;
            return Err(BaseError::UndoConflict(skipped));
        }
        let undone = revert::describe(&target.changed, &self.base, skipped);
        self.append(request, done, Some(target));
        Ok(Receipt { undone: Some(undone), ..Receipt::of(self.seq) })
    }

    fn append(&mut self, request: &Request, done: Done, target: Option<&Target>) {
        let changes = || done.changes.iter().flatten();
        let mut tables: Vec<TableId> = changes().map(|change| change.table).collect();
        tables.sort_unstable();
        tables.dedup();
        let schema = changes().any(|change| change.schema) || done.ops.iter().any(Op::is_of_dashboards);
        for (op, changes) in done.ops.iter().zip(&done.changes) {
            self.note(op, changes);
        }
        let (mut undoes, mut redoes) = (None, None);
        if let Some(target) = target {
            if target.redo { redoes = Some(target.seq) } else { undoes = Some(target.seq) }
        }
        let via = match (undoes, redoes) {
            (Some(_), _) => crate::Via::Undo,
            (_, Some(_)) => crate::Via::Redo,
            _ => request.by.via,
        };
        let Done { ops, undo, .. } = done;
        let (mut parts, large) = match self.keep_rows(&undo) {
            Some(large) => (vec![(ops, None)], Some(large)),
            None => (divide::events(ops, undo, self.limit, self.apart.unwrap_or(self.limit)), None),
        };
        let Some(last) = parts.pop() else { return };
        let begun = (!parts.is_empty()).then_some(self.seq + 1);
        let part = |(ops, undo): (Vec<Op>, Option<Vec<Op>>)| Changed {
            private: concerns(&ops, undo.as_deref().unwrap_or_default()),
            names: history::names(&self.base, &ops, undo.as_deref().unwrap_or_default()),
            ops,
            undo,
            tables: tables.clone(),
            schema: false,
            cause: Cause { via },
            revived: None,
            undoes: None,
            redoes: None,
            begun: None,
            part: true,
            theirs: false,
        };
        let last = Changed { schema, undoes, redoes, begun, part: false, ..part(last) };
        let parts: Vec<Changed> = parts.into_iter().map(part).collect();
        for changed in parts {
            self.write(request, changed, None);
        }
        self.write(request, last, large);
    }

    fn write(&mut self, request: &Request, changed: Changed, large: Option<TableDef>) {
        self.events.push(Written::new(request, changed, large));
        self.seq += 1;
    }

    /// Leaves the records of a table that is deleted where they are, when they are too many for the event.
    fn keep_rows(&mut self, undo: &[Vec<Op>]) -> Option<TableDef> {
        if undo.iter().map(|undo| history::weight(undo)).sum::<usize>() <= self.limit {
            return None;
        }
        let table = undo.iter().flatten().find_map(|op| match op {
            Op::CreateTable { table, .. } if self.base.table(table.id).is_none() => Some(table),
            _ => None,
        })?;
        self.dropped.remove(&table.id).then(|| table.clone())
    }

    fn note(&mut self, op: &Op, changes: &[Change]) {
        self.touched.note(op, changes);
        if let Op::DeleteTable { table } = op {
            self.dropped.insert(*table);
            self.records.remove(table);
        }
        for change in changes.iter().filter(|change| !change.records.is_empty()) {
            self.records.entry(change.table).or_default().extend(&change.records);
        }
    }

    /// Computes what follows from all that was done.
    pub(crate) fn settle(&mut self, watch: &dyn Watch) {
        let changes = self.base.settle_watched(watch);
        self.touched.follow(&changes);
    }

    /// The events as those who subscribe and undo remember them.
    pub(crate) fn remembered(&self) -> Vec<Remembered> {
        let first = self.seq + 1 - self.events.len() as i64;
        (first..).zip(&self.events).map(|(seq, written)| written.remembered(seq)).collect()
    }

    /// The events, and what history and the trash are told of them. Once.
    pub(crate) fn told(&mut self) -> (Vec<NewEvent>, Index, Trash) {
        let (mut events, mut index, mut trash) = (Vec::new(), Index::default(), Trash::default());
        let first = self.seq + 1 - self.events.len() as i64;
        for (seq, written) in (first..).zip(&mut self.events) {
            let (event, entries) = written.told(&self.base);
            events.push(event);
            index.add(seq, entries);
            trash.add(seq, (&written.by, written.at), &written.changed, written.large.as_ref(), &self.base);
        }
        (events, index, trash)
    }

    /// Writes down what does not change any more, or little, by what others write: the events that hold what takes
    /// the change back, and the rows.
    pub(crate) fn prepare(&mut self) -> Result<(), BaseError> {
        for written in self.events.iter_mut().filter(|written| written.ahead.is_none() && written.holds()) {
            written.ahead = Some(written.told(&self.base));
            written.changed.undo = Some(Vec::new());
        }
        let records = std::mem::take(&mut self.records);
        self.ahead.push(RowChanges::of(&self.base, &records, &BTreeSet::new(), false)?);
        self.know_names();
        Ok(())
    }

    /// Whether definitions changed.
    pub(crate) fn schema(&self) -> bool {
        !self.touched.schema.is_empty()
    }

    /// What has to be written of the tables. Once.
    pub(crate) fn rows(&mut self) -> Result<RowChanges, BaseError> {
        let numbered = !numbers(&self.base).eq(self.numbers.iter().map(|(table, numbers)| (*table, numbers)));
        let rows = RowChanges::of(&self.base, &self.records, &self.dropped, self.schema() || numbered)?;
        let rows = rows.after(std::mem::take(&mut self.ahead));
        if self.touched.dashboards { rows.with_dashboards(&self.base) } else { Ok(rows) }
    }

    /// Has records written down with it, as they are.
    pub(crate) fn write_rows(&mut self, table: TableId, records: impl IntoIterator<Item = RecordId>) {
        self.records.entry(table).or_default().extend(records);
    }
}

/// Whose personal views a change is about and about nothing else; none when others may know of it.
fn concerns(ops: &[Op], undo: &[Op]) -> Option<MemberId> {
    let mut owner = None;
    for op in ops.iter().chain(undo) {
        match op {
            Op::CreateView { view, .. } | Op::UpdateView { view, .. } => {
                let of = view.owner?;
                if owner.is_some_and(|other| other != of) {
                    return None;
                }
                owner = Some(of);
            }
            // Whose it was stands in the operation that takes it back.
            Op::DeleteView { .. } => {}
            _ => return None,
        }
    }
    owner
}
