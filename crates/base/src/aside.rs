//! Changes that take long are computed aside, from a snapshot, while others go on writing. What they wrote is
//! brought into it aside as well, again and again until little is left, which is done in turn: writers wait for that
//! and for the commit. Where it cannot be brought in, it is computed anew from the newer state, some times; only
//! then it is done in turn as a whole.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use skein_table::{Base, FieldKind, Op, RowIx, Stamp};
use skein_types::{FieldId, Ids, TableId};
use tokio::task::JoinSet;

use crate::{
    BaseError, Command, FieldInput, FieldPatch, Receipt, Snapshot,
    command::FieldType,
    draft::{Draft, Target, Touched},
    history::weight,
    job::{Job, JobKind, JobState, Work},
    open::Request,
};

mod rebase;

pub(crate) use rebase::Meanwhile;

/// Records of a table above which its fields are retyped and computed aside.
const LARGE: usize = 50_000;
/// Records written meanwhile, and rows that read otherwise, that are kept to be brought in.
const LATER: usize = 200_000;
/// Of those, as many as are brought in in turn: that takes a few milliseconds.
const FEW: usize = 500;
/// How often what others wrote is brought in aside at most, and how often it is computed.
const FOLLOWED: u32 = 8;
const COMPUTED: u32 = 3;

/// A change that takes long, on its way.
pub(crate) struct Long {
    pub(crate) request: Request,
    pub(crate) target: Option<Target>,
    pub(crate) job: Arc<Job>,
}

/// What was computed.
pub(crate) struct Made {
    pub(crate) long: Long,
    /// What it was computed from, or brought to.
    pub(crate) before: Arc<Snapshot>,
    pub(crate) draft: Draft,
    pub(crate) outcome: Result<Receipt, BaseError>,
    computed: u32,
    followed: u32,
}

impl Made {
    fn compute(long: Long, before: Arc<Snapshot>, ids: &Ids, computed: u32) -> Self {
        let mut draft = Draft::aside(before.base.clone(), before.seq);
        let outcome = match &long.request.command {
            // What was done since it was read is read in turn.
            Command::Restore(wanted) if wanted.upto < before.seq => Ok(Receipt::of(before.seq)),
            _ => draft.run(&long.request, long.target.as_ref(), &[], ids, &*long.job),
        };
        draft.settle(&*long.job);
        let outcome = outcome.and_then(|receipt| draft.prepare().map(|()| receipt));
        Self { long, before, draft, outcome, computed: computed + 1, followed: 0 }
    }

    /// Brings it to a newer state, or computes it anew from that.
    fn follow(mut self, now: Arc<Snapshot>, later: &Later, ids: &Ids) -> Self {
        if self.draft.rebase(&self.before, &now, later) {
            self.outcome = self.outcome.and_then(|receipt| self.draft.prepare().map(|()| receipt));
            return Self { before: now, followed: self.followed + 1, ..self };
        }
        if !self.may_repeat() {
            // Without events it is done in turn.
            self.draft.events.clear();
            return self;
        }
        self.long.job.restart();
        Self::compute(self.long, now, ids, self.computed)
    }

    /// Whether what is left may be brought in in turn.
    pub(crate) fn is_close(&self, later: &Later) -> bool {
        later.size() <= FEW || self.followed >= FOLLOWED
    }

    /// Whether it goes on aside: to be brought up to date, or, when that cannot be, to be computed anew.
    pub(crate) fn goes_on(&self, later: &Later) -> bool {
        !later.lost || self.may_repeat()
    }

    fn may_repeat(&self) -> bool {
        self.computed < COMPUTED && !matches!(self.long.request.command, Command::Restore(_))
    }

    /// Why nothing comes of it, if so.
    pub(crate) fn refused(&self) -> Option<BaseError> {
        if self.long.job.is_stopped() {
            return Some(BaseError::Cancelled);
        }
        self.outcome.as_ref().err().cloned()
    }
}

/// What was written since a computation began.
#[derive(Default)]
pub(crate) struct Later {
    ops: Vec<(Vec<Op>, Stamp)>,
    records: usize,
    /// By table the rows that read otherwise, some of them several times.
    rows: HashMap<TableId, Vec<RowIx>>,
    /// There are too many of those.
    scattered: bool,
    /// It is not known, or too much.
    lost: bool,
}

impl Later {
    /// Adds what an event did.
    pub(crate) fn add(&mut self, ops: &[Op], stamp: Stamp) {
        let records = |op: &Op| match op {
            Op::CreateRecords { records, .. } | Op::UpdateRecords { records, .. } => records.len(),
            Op::DeleteRecords { records, .. } => records.len(),
            _ => LATER + 1,
        };
        self.records += ops.iter().map(records).sum::<usize>();
        if self.records > LATER {
            self.lose();
        } else {
            self.ops.push((ops.to_vec(), stamp));
        }
    }

    /// Adds what reads otherwise by it, stored or computed.
    pub(crate) fn touch(&mut self, touched: &Touched) {
        if self.lost || self.scattered {
            return;
        }
        for (table, rows) in &touched.rows {
            self.rows.entry(*table).or_default().extend(rows);
        }
        if self.rows.values().map(Vec::len).sum::<usize>() > LATER {
            for rows in self.rows.values_mut() {
                rows.sort_unstable();
                rows.dedup();
            }
            if self.rows.values().map(Vec::len).sum::<usize>() > LATER / 2 {
                (self.scattered, self.rows) = (true, HashMap::new());
            }
        }
    }

    pub(crate) fn lose(&mut self) {
        *self = Self { lost: true, ..Self::default() };
    }

    fn size(&self) -> usize {
        if self.lost { usize::MAX } else { self.records.max(self.rows.values().map(Vec::len).sum()) }
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
        let (before, ids) = (snapshot.clone(), ids.clone());
        self.run(long.job.clone(), move || Made::compute(long, before, &ids, 0));
    }

    /// Goes on with one that others wrote too much beside.
    pub(crate) fn go_on(&mut self, made: Made, later: Later, snapshot: &Arc<Snapshot>, ids: &Ids) {
        let (now, ids) = (snapshot.clone(), ids.clone());
        self.run(made.long.job.clone(), move || made.follow(now, &later, &ids));
    }

    fn run(&mut self, job: Arc<Job>, work: impl FnOnce() -> Made + Send + 'static) {
        self.later = Some(Later::default());
        self.job = Some(job);
        self.running.spawn_blocking(work);
    }

    /// What was written while the one ran that ended.
    pub(crate) fn end(&mut self) -> Later {
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
                Op::RetypeField { table, field, .. } => work(JobKind::Undo, *table, Some(field.id)),
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

#[cfg(test)]
mod tests;
