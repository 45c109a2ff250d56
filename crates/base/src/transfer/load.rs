//! Brings the rows of a file into a table: a thread reads and converts, a task commits batch after batch
//! as the member, and takes everything back when something goes wrong.

mod take_back;
mod writing;

use std::{collections::HashSet, fs::File, path::PathBuf, sync::Arc};

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use skein_platform::{
    Ctx,
    access::{Edit, Granted},
    directory::{self, Contacts},
};
use skein_table::{FieldKind, Op, Record, Table};
use skein_types::{ChoiceId, FieldId, MemberId, Problem, RecordId, ResourceId, TableId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::writing::{Writing, pieces};
use super::{
    keys::RowIds,
    mapping::{Destination, Mapping, StartInput, TableTarget},
    misfit::Misfit,
    read::Source,
    reader::{Batch, Begun, Reader},
    repair::Choosing,
    report::{CellError, Errors, Progress, ReportFile},
    sample::Sample,
    spool::Spool,
};
use crate::{Actor, BaseError, Bases, Command, OpenBase, Via};

/// Records written or deleted at once.
const MOST_RECORDS: usize = 5_000;
/// How often a step is tried again because somebody else was at the same records.
const ATTEMPTS: usize = 5;
/// Records of a batch that are refused one by one before the import is given up.
const REFUSALS: usize = 200;

/// How far an import is, for those who ask.
pub(super) type Tally = Arc<Mutex<(Progress, Errors)>>;

/// Why an import ended before its end.
#[derive(Debug)]
pub(super) enum Stop {
    Cancelled,
    /// The server stops; the import goes on when it starts again.
    Suspended,
    Failed(Problem),
}

impl<E: Into<Problem>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// What an import needs to know of itself to go on after it was interrupted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Start {
    pub(super) table: TableId,
    pub(super) new_table: bool,
    made_fields: Vec<FieldId>,
    /// The records of its rows.
    rows: RowIds,
    /// The records of other tables that it makes.
    linked: RowIds,
    /// The last row that was committed.
    pub(super) done: u64,
}

/// Where an import keeps what it needs besides the base.
#[derive(Clone, Debug)]
pub(super) struct Files {
    /// What it changed, to be put back.
    pub(super) before: PathBuf,
    /// What did not fit.
    pub(super) report: PathBuf,
}

/// How an import is stopped, and who hears how far it is.
pub(super) struct Ways<'a> {
    pub(super) cancel: &'a CancellationToken,
    pub(super) suspend: &'a CancellationToken,
    /// Called when rows are committed.
    pub(super) committed: Committed,
}

/// Hears how an import goes on after rows were committed.
pub(super) type Committed = Box<dyn Fn(&Start) -> BoxFuture<'static, ()> + Send + Sync>;

/// An import that is ready to run.
pub(super) struct Load {
    bases: Bases,
    member: MemberId,
    base: ResourceId,
    granted: Granted<Edit>,
    pub(super) start: Start,
    made_choices: Vec<(FieldId, ChoiceId)>,
    /// Other tables in which it may make records.
    link_tables: Vec<TableId>,
    /// Whether the table has rules beyond the types of its fields.
    careful: bool,
    reader: Option<Reader>,
    spool: Spool,
    report: ReportFile,
}

/// Who wants what.
pub(super) struct Wish<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) sample: &'a Sample,
    pub(super) files: Files,
    /// Of an import that was interrupted.
    pub(super) again: Option<Start>,
}

impl Load {
    /// Makes the table, or the fields that are missing in it. On an error nothing has changed.
    pub(super) async fn prepare(
        bases: &Bases,
        ctx: &Ctx,
        granted: Granted<Edit>,
        wish: Wish<'_>,
    ) -> Result<Self, Problem> {
        let member = ctx.member()?;
        let base = granted.resource();
        let open = bases.open(&granted).await?;
        let by = Actor::of(ctx).via(Via::Import);
        let ids = &ctx.platform.ids;
        let fresh = |table: TableId, new_table: bool| Start {
            table,
            new_table,
            made_fields: Vec::new(),
            rows: RowIds::new(ids),
            linked: RowIds::new(ids),
            done: 0,
        };
        let again = wish.again.is_some();
        let start = match (wish.again.clone(), &wish.mapping.destination) {
            (Some(start), _) => start,
            (None, Destination::Existing(id)) => fresh(*id, false),
            (None, Destination::New(name)) => {
                let (places, fields): (Vec<usize>, Vec<_>) = wish.mapping.new_fields().into_iter().unzip();
                let command = Command::CreateTable { name: name.clone(), fields: Some(fields) };
                let receipt = open.submit(&granted, &by, command).await;
                let receipt = receipt.map_err(|error| new_table_problem(error, &places))?;
                fresh(receipt.table.ok_or_else(|| internal("a table was made without an id"))?, true)
            }
        };
        let files = &wish.files;
        let mut load = Self {
            bases: bases.clone(),
            member,
            base,
            granted,
            start,
            made_choices: Vec::new(),
            link_tables: Vec::new(),
            careful: true,
            reader: None,
            spool: Spool::open(&files.before, again),
            report: ReportFile::create(&files.report).map_err(|error| internal(&error.to_string()))?,
        };
        match load.begin(&open, &by, &wish, ctx).await {
            Ok(()) => Ok(load),
            // What was imported before the interruption stays, and the import may go on later.
            Err(problem) if again => Err(problem),
            Err(problem) => {
                load.take_back().await?;
                Err(problem)
            }
        }
    }

    /// What was asked for, with the table and the fields that were made for it.
    pub(super) fn resolved(&self, mut input: StartInput) -> StartInput {
        input.table = TableTarget { id: Some(self.start.table), name: None };
        let wanted = input.columns.iter_mut().filter(|column| !column.field.is_null());
        let fields = self.reader.iter().flat_map(Reader::fields);
        for (column, field) in wanted.zip(fields) {
            column.field = field.to_string().into();
        }
        input
    }

    async fn begin(
        &mut self,
        open: &OpenBase,
        by: &Actor,
        wish: &Wish<'_>,
        ctx: &Ctx,
    ) -> Result<(), Problem> {
        let id = self.start.table;
        let made = if wish.again.is_some() {
            Vec::new()
        } else if self.start.new_table {
            open.snapshot().table(id)?.def().fields.iter().map(|field| field.id).collect()
        } else {
            open.snapshot().table(id)?;
            for (place, input) in wish.mapping.new_fields() {
                let command = Command::CreateField { table: id, input };
                let made = open.submit(&self.granted, by, command).await;
                let made =
                    made.map_err(|error| Problem::from(error).under(&format!("columns[{place}].field")))?;
                self.start.made_fields.extend(made.field);
            }
            self.start.made_fields.clone()
        };
        let snapshot = open.snapshot();
        let table = snapshot.table(id)?.clone();
        let people = self.people(ctx, &table).await?;
        let columns =
            wish.mapping.resolve(&snapshot.base, &table, &made, &wish.sample.layout.columns, &people)?;
        self.careful = has_rules(&table);
        let targets = columns.iter().filter_map(super::mapping::Mapped::makes_in);
        self.link_tables = targets.collect::<HashSet<TableId>>().into_iter().collect();
        let linked = self.start.linked;
        let last = |id: &TableId| {
            let made = snapshot.base.table(*id).map(|table| linked.records(table)).unwrap_or_default();
            made.last().and_then(|record| linked.row(*record)).unwrap_or(0)
        };
        let next_linked = self.link_tables.iter().map(last).max().unwrap_or(0);
        let Start { rows, linked, done, .. } = self.start;
        let begun = Begun { rows, linked, next_linked, done };
        let ids = ctx.platform.ids.clone();
        self.reader = Some(Reader::new(wish.mapping, wish.sample, columns, table, begun, ids));
        Ok(())
    }

    /// The people of the organisation, when the table names any.
    async fn people(&self, ctx: &Ctx, table: &Table) -> Result<Contacts, Problem> {
        let named = |kind: &FieldKind| matches!(kind, FieldKind::Member { .. } | FieldKind::Group { .. });
        if !table.def().fields.iter().any(|field| named(&field.kind)) {
            return Ok(Contacts::default());
        }
        Ok(directory::contacts(&ctx.platform.db, ctx.org).await?)
    }

    /// Reads and commits everything. When it does not come to its end, all is taken back.
    pub(super) async fn run(
        mut self,
        source: Source<File>,
        tally: &Tally,
        ways: Ways<'_>,
    ) -> Result<TableId, Stop> {
        let done = match self.commit_all(source, tally, ways).await {
            Ok(()) => Ok(self.start.table),
            Err(Stop::Suspended) => return Err(Stop::Suspended),
            Err(stop) => {
                self.take_back().await.map_err(|problem| {
                    let detail = format!("{}; what was imported could not be taken back", problem.detail);
                    Stop::Failed(Problem { detail, ..problem })
                })?;
                let (progress, _) = &mut *tally.lock();
                (progress.imported, progress.updated) = (0, 0);
                Err(stop)
            }
        };
        self.spool.remove();
        done
    }

    /// Takes back what was prepared for an import that cannot run.
    pub(super) async fn abandon(mut self, stop: Stop) -> Result<TableId, Stop> {
        self.take_back().await?;
        self.spool.remove();
        Err(stop)
    }

    async fn commit_all(
        &mut self,
        mut source: Source<File>,
        tally: &Tally,
        ways: Ways<'_>,
    ) -> Result<(), Stop> {
        let Ways { cancel, suspend, committed } = ways;
        let reader = self.reader.take().ok_or_else(|| internal("an import runs once"))?;
        let (send, mut batches) = mpsc::channel(2);
        let stopped = cancel.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let sheet = reader.sheet_name.clone();
            reader
                .read(&mut source, &send, &stopped)
                .map_err(|error| if source.typed() { error.in_sheet(&sheet) } else { error.into() })
        });
        while let Some(batch) = batches.recv().await {
            if cancel.is_cancelled() {
                return Err(Stop::Cancelled);
            }
            if suspend.is_cancelled() {
                return Err(Stop::Suspended);
            }
            self.commit(batch, tally).await?;
            committed(&self.start).await;
        }
        reading.await.map_err(|_| internal("the thread that reads a file stopped"))??;
        if cancel.is_cancelled() { Err(Stop::Cancelled) } else { Ok(()) }
    }

    /// Commits a batch as the member, who must still be allowed to.
    async fn commit(&mut self, batch: Batch, tally: &Tally) -> Result<(), Problem> {
        let platform = self.bases.platform().clone();
        let ctx = Ctx::for_member(&platform, self.member).await?;
        let ctx = ctx.ok_or_else(|| {
            Problem::new(403, "access.deactivated", "the member who began the import was deactivated")
        })?;
        self.granted = ctx.authorize::<Edit>(self.base).await?;
        let open = self.bases.open(&self.granted).await?;
        let by = Actor::of(&ctx).via(Via::Import);
        for (field, choices) in batch.choices {
            self.made_choices.extend(choices.iter().map(|(id, _)| (field, *id)));
            self.choosing(&open, &by, field).update(&choices, &HashSet::new()).await?;
        }
        for (table, records) in batch.linked {
            self.make_linked(&open, &by, table, records).await?;
        }
        let (mut errors, mut refused) = (batch.errors, batch.refused);
        let table = self.start.table;
        let row =
            |id: RecordId| self.start.rows.row(id).or_else(|| batch.rows.get(&id).copied()).unwrap_or(0);
        let mut created = 0;
        for records in pieces(batch.creates) {
            let writing = Writing { open: &open, granted: &self.granted, by: &by };
            let command = |records: Vec<Record>| {
                if self.careful {
                    Command::CreateRecords { table, records }
                } else {
                    Command::Ops(vec![Op::CreateRecords { table, records }])
                }
            };
            let (done, failed) = writing.records(records, command).await?;
            created += done;
            refused += failed.len() as u64;
            errors.extend(failed.into_iter().map(|(id, misfit)| CellError::new(row(id), "", misfit)));
        }
        let mut updated = 0;
        for records in pieces(batch.updates) {
            self.spool.keep(&open, table, &records).map_err(|error| internal(&error.to_string()))?;
            let writing = Writing { open: &open, granted: &self.granted, by: &by };
            let command = |records: Vec<Record>| Command::UpdateRecords { table, records };
            let (done, failed) = writing.records(records, command).await?;
            updated += done;
            refused += failed.len() as u64;
            errors.extend(failed.into_iter().map(|(id, misfit)| CellError::new(row(id), "", misfit)));
        }
        self.start.done = self.start.done.max(batch.last);
        self.report.append(&errors).map_err(|error| internal(&error.to_string()))?;
        let (progress, listed) = &mut *tally.lock();
        progress.read += batch.read;
        progress.imported += created + batch.created_before;
        progress.updated += updated + batch.updated_before;
        progress.rejected += batch.rejected;
        progress.refused += refused;
        progress.total = progress.total.map(|total| total.max(progress.read));
        listed.append(Errors { errors, skipped: 0 });
        Ok(())
    }

    fn choosing<'a>(&'a self, open: &'a OpenBase, by: &'a Actor, field: FieldId) -> Choosing<'a> {
        let (granted, platform, table) = (&self.granted, self.bases.platform(), self.start.table);
        Choosing { open, granted, by, platform, table, field }
    }
}

/// Whether a table has rules that an operation alone does not keep.
fn has_rules(table: &Table) -> bool {
    table
        .def()
        .fields
        .iter()
        .any(|field| field.required || field.unique || field.default.is_some() || !field.kind.stands_alone())
}

fn internal(detail: &str) -> Problem {
    Problem::new(500, "internal", detail)
}

/// The request of an import names the new table and its fields otherwise than the command does.
fn new_table_problem(error: BaseError, places: &[usize]) -> Problem {
    let mut problem = Problem::from(error);
    let field = problem.field.take().unwrap_or_default();
    let numbered = field.strip_prefix("fields[").and_then(|rest| rest.split_once(']'));
    let place = numbered.and_then(|(at, rest)| Some((places.get(at.parse::<usize>().ok()?)?, rest)));
    problem.field = Some(match place {
        Some((place, rest)) => format!("columns[{place}].field{rest}"),
        None if problem.code.starts_with("table.") => format!("table.{field}"),
        None => "columns".to_owned(),
    });
    problem
}
