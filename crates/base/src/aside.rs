//! Changes that take long are computed aside, from a snapshot, while others go on writing. What they wrote is
//! applied to what was computed before it is committed: records changed meanwhile come last, though the log
//! has them first. That gives the same state, since what is computed aside so touches no stored cell but those
//! of retyped fields, which are converted from what others wrote.

use std::{
    collections::{BTreeSet, HashMap, HashSet, VecDeque},
    sync::Arc,
};

use skein_table::{Base, Field, FieldKind, Op, Record, Stamp, converts_by_cell};
use skein_types::{FieldId, Ids, RecordId, TableId};
use tokio::task::JoinSet;

use crate::{
    BaseError, Command, FieldInput, FieldPatch, Receipt, Snapshot,
    command::FieldType,
    draft::{Draft, Target},
    event::Changed,
    history::weight,
    job::{Job, JobKind, JobState, Work},
    open::Request,
};

/// Records of a table above which its fields are retyped and computed aside.
const LARGE: usize = 50_000;
/// Records written meanwhile that are kept to be applied; when there are more, it is begun again in turn.
const LATER: usize = 200_000;

/// A change that takes long, on its way.
pub(crate) struct Long {
    pub(crate) request: Request,
    pub(crate) target: Option<Target>,
    pub(crate) job: Arc<Job>,
}

/// What was computed.
pub(crate) struct Made {
    pub(crate) long: Long,
    /// What it was computed from.
    pub(crate) before: Arc<Snapshot>,
    pub(crate) draft: Draft,
    pub(crate) outcome: Result<Receipt, BaseError>,
}

/// What was written since a computation began.
#[derive(Default)]
pub(crate) struct Later {
    ops: Vec<(Vec<Op>, Stamp)>,
    records: usize,
    /// It is not known, or too much.
    lost: bool,
}

impl Later {
    pub(crate) fn add(&mut self, ops: &[Op], stamp: Stamp) {
        let records = |op: &Op| match op {
            Op::CreateRecords { records, .. } | Op::UpdateRecords { records, .. } => records.len(),
            Op::DeleteRecords { records, .. } => records.len(),
            _ => LATER,
        };
        self.records += ops.iter().map(records).sum::<usize>();
        if self.records > LATER {
            self.lose();
        } else {
            self.ops.push((ops.to_vec(), stamp));
        }
    }
    pub(crate) fn lose(&mut self) {
        self.lost = true;
        self.ops.clear();
    }
}

/// The computations of a base: one runs, the others wait.
#[derive(Default)]
pub(crate) struct Aside {
    waiting: VecDeque<Long>,
    pub(crate) running: JoinSet<Made>,
    /// What was written since the one that runs began; none when none runs.
    pub(crate) later: Option<Later>,
    job: Option<Arc<Job>>,
}

impl Drop for Aside {
    fn drop(&mut self) {
        self.job.iter().for_each(|job| job.stop());
    }
}

impl Aside {
    pub(crate) fn push(&mut self, long: Long) {
        self.waiting.push_back(long);
    }

    /// Begins the next computation, unless one runs.
    pub(crate) fn begin(&mut self, snapshot: &Arc<Snapshot>, ids: &Ids) {
        if !self.running.is_empty() {
            return;
        }
        let Some(long) = self.waiting.pop_front() else { return };
        long.job.set(JobState::Running);
        self.later = Some(Later::default());
        self.job = Some(long.job.clone());
        let (before, ids) = (snapshot.clone(), ids.clone());
        self.running.spawn_blocking(move || {
            let mut draft = Draft::new(before.base.clone(), before.seq);
            if matches!(&long.request.command, Command::Restore(wanted) if wanted.upto < before.seq) {
                // What was done since it was read is read in turn.
                let outcome = Ok(Receipt::of(before.seq));
                return Made { long, before, draft, outcome };
            }
            let outcome = draft.run(&long.request, long.target.as_ref(), &[], &ids, &*long.job);
            draft.settle(&*long.job);
            Made { long, before, draft, outcome }
        });
    }

    /// What was written while the one ran that ended.
    pub(crate) fn end(&mut self) -> Later {
        self.job = None;
        self.later.take().unwrap_or_default()
    }
    /// The one that ran ended without a result.
    pub(crate) fn fail(&mut self) {
        self.job.iter().for_each(|job| job.set(JobState::Failed));
        self.end();
    }
}

/// What of a command takes long.
pub(crate) fn work(base: &Base, command: &Command, target: Option<&Target>) -> Option<Work> {
    let work = |kind, table: TableId, field: Option<FieldId>| {
        let rows = base.table(table)?.len();
        let read_by = field.map_or(0, |field| base.dependents(table, field).len());
        (rows > LARGE).then_some(Work { kind, table, field, cells: rows * (1 + read_by) })
    };
    match command {
        Command::CreateField { table, input: FieldInput { kind, .. } } if is_computed(*kind) => {
            work(JobKind::Compute, *table, None)
        }
        Command::UpdateField { table, field, patch } => {
            let old = &base.table(*table)?.field(*field)?.kind;
            work(change(old, patch)?, *table, Some(*field))
        }
        Command::Undo | Command::Redo => {
            let undo = target?.changed.undo.iter().flatten();
            undo.filter_map(|op| match op {
                Op::RetypeField { table, field } => work(JobKind::Undo, *table, Some(field.id)),
                Op::CreateField { table, field, .. } | Op::UpdateField { table, field }
                    if field.kind.is_computed() =>
                {
                    work(JobKind::Undo, *table, Some(field.id))
                }
                _ => None,
            })
            .max_by_key(|work| work.cells)
        }
        Command::Restore(wanted) => {
            let cells = weight(&wanted.undo);
            let table = wanted.table;
            (cells > LARGE).then_some(Work { kind: JobKind::Restore, table, field: None, cells })
        }
        Command::Revive(deleted) => {
            let cells = deleted.iter().map(|one| weight(&one.undo)).sum();
            let table = deleted.iter().flat_map(|one| &one.undo).find_map(table_of)?;
            (cells > LARGE).then_some(Work { kind: JobKind::Restore, table, field: None, cells })
        }
        _ => None,
    }
}

fn table_of(op: &Op) -> Option<TableId> {
    match op {
        Op::CreateField { table, .. } | Op::CreateRecords { table, .. } | Op::UpdateRecords { table, .. } => {
            Some(*table)
        }
        _ => None,
    }
}

fn is_computed(kind: FieldType) -> bool {
    matches!(kind, FieldType::Formula | FieldType::Lookup | FieldType::Rollup | FieldType::Button)
}

fn change(old: &FieldKind, patch: &FieldPatch) -> Option<JobKind> {
    match patch.kind {
        Some(kind) if kind != FieldType::of(old) => Some(JobKind::Retype),
        _ => (old.is_computed() && !patch.options.is_empty()).then_some(JobKind::Compute),
    }
}

/// What others wrote.
#[derive(Default)]
struct Theirs {
    /// Records.
    records: BTreeSet<(TableId, RecordId)>,
    /// Records that came, maybe once more, or went.
    moved: HashSet<RecordId>,
    /// Of those, the ones with cells of fields that were retyped.
    cells: HashMap<(TableId, FieldId), BTreeSet<RecordId>>,
}

impl Draft {
    /// Brings what was computed from the state `before` to what `now` is after `later`, as if it was done last.
    /// False when that cannot be; then the draft is of no use.
    pub(crate) fn rebase(&mut self, before: &Snapshot, now: &Snapshot, later: &Later) -> bool {
        if later.lost {
            return false;
        }
        self.base.follow_env(&now.base);
        if !later.ops.is_empty() {
            let [written] = &self.events[..] else { return false };
            let Some(retyped) = retyped(&now.base, &written.changed.ops) else { return false };
            let own = own_records(&written.changed);
            let Some(theirs) = self.apply_later(later, &retyped) else { return false };
            if own.iter().any(|(_, record)| theirs.moved.contains(record)) {
                return false;
            }
            for (&(table, field), records) in &theirs.cells {
                let value = |of: &Snapshot, record: RecordId| {
                    let table = of.base.table(table)?;
                    Some(table.get(table.row(record)?, field))
                };
                // What was set to what it was is as never written.
                let mut records = records.clone();
                records.retain(|record| {
                    theirs.moved.contains(record) || value(before, *record) != value(now, *record)
                });
                let Some(old) = self.base.retype_again(&now.base, table, field, &records) else {
                    return false;
                };
                replace(&mut self.events[0].changed, (table, field), &records, old);
            }
            self.touch(&now.base, &theirs);
        }
        self.settle(&());
        self.seq = now.seq + self.events.len() as i64;
        for written in &mut self.events {
            written.changed.begun = written.changed.begun.map(|_| now.seq + 1);
        }
        true
    }

    /// Records that others wrote were changed last by them, unless this sets something back in them.
    fn touch(&mut self, now: &Base, theirs: &Theirs) {
        let written = &self.events[0];
        let own = own_records(&written.changed);
        let stamp = written.stamp();
        for &(id, record) in &theirs.records {
            let Some(table) = now.table(id) else { continue };
            let Some(row) = table.row(record) else { continue };
            let last = if own.contains(&(id, record)) { stamp } else { table.touched(row) };
            self.base.touch(id, record, last);
        }
    }

    /// Applies what others did, without what they wrote into retyped fields.
    fn apply_later(&mut self, later: &Later, retyped: &[(TableId, FieldId)]) -> Option<Theirs> {
        let (mut theirs, mut moved) = (Theirs::default(), HashSet::new());
        let mut without = |id: TableId, records: &[Record]| -> Vec<Record> {
            let of = |record: &Record| {
                theirs.records.insert((id, record.id));
                let kept = |(field, _): &&(FieldId, _)| {
                    let other = !retyped.contains(&(id, *field));
                    if !other {
                        theirs.cells.entry((id, *field)).or_default().insert(record.id);
                    }
                    other
                };
                Record { cells: record.cells.iter().filter(kept).cloned().collect(), ..record.clone() }
            };
            records.iter().map(of).collect()
        };
        for (op, stamp) in later.ops.iter().flat_map(|(ops, stamp)| ops.iter().map(move |op| (op, stamp))) {
            let op = match op {
                Op::CreateRecords { table, records } => {
                    Op::CreateRecords { table: *table, records: without(*table, records) }
                }
                Op::UpdateRecords { table, records } => {
                    Op::UpdateRecords { table: *table, records: without(*table, records) }
                }
                Op::DeleteRecords { .. } => op.clone(),
                _ => return None,
            };
            match &op {
                Op::CreateRecords { records, .. } => moved.extend(records.iter().map(|record| record.id)),
                Op::DeleteRecords { records, .. } => moved.extend(records),
                _ => {}
            }
            self.base.apply(&op, stamp).ok()?;
        }
        Some(Theirs { moved, ..theirs })
    }
}

/// The records an event writes cells of.
fn own_records(changed: &Changed) -> HashSet<(TableId, RecordId)> {
    let of = |op: &Op| match op {
        Op::UpdateRecords { table, records } => {
            records.iter().map(|record| (*table, record.id)).collect::<Vec<_>>()
        }
        _ => Vec::new(),
    };
    changed.ops.iter().flat_map(of).collect()
}

/// The fields that operations retype; none when something else of them depends on what others write.
fn retyped(base: &Base, ops: &[Op]) -> Option<Vec<(TableId, FieldId)>> {
    let mut retyped = Vec::new();
    for op in ops {
        match op {
            Op::RetypeField { table, field } => {
                let old = base.table(*table)?.field(field.id)?;
                if !converts_by_cell(old, field) {
                    return None;
                }
                retyped.push((*table, field.id));
            }
            Op::CreateField { field: Field { kind, .. }, .. }
            | Op::UpdateField { field: Field { kind, .. }, .. }
                if kind.is_computed() => {}
            // What an undo sets back in the fields it retyped.
            Op::UpdateRecords { table, records } => {
                let known = |(field, _): &(FieldId, _)| retyped.contains(&(*table, *field));
                if !records.iter().flat_map(|record| &record.cells).all(known) {
                    return None;
                }
            }
            Op::MoveField { .. } | Op::UpdateView { .. } => {}
            _ => return None,
        }
    }
    Some(retyped)
}

/// Has an event speak of cells of a field as others left them.
fn replace(
    changed: &mut Changed,
    (table, field): (TableId, FieldId),
    written: &BTreeSet<RecordId>,
    old: Vec<Record>,
) {
    let undo = changed.undo.iter_mut().flatten();
    for op in changed.ops.iter_mut().chain(undo) {
        if let Op::UpdateRecords { table: of, records } = op
            && *of == table
        {
            for record in records.iter_mut().filter(|record| written.contains(&record.id)) {
                record.cells.retain(|(other, _)| *other != field);
            }
            records.retain(|record| !record.cells.is_empty());
        }
    }
    changed.ops.retain(|op| !matches!(op, Op::UpdateRecords { records, .. } if records.is_empty()));
    if let Some(undo) = changed.undo.as_mut().filter(|_| !old.is_empty()) {
        undo.push(Op::UpdateRecords { table, records: old });
    }
}

#[cfg(test)]
mod tests;
