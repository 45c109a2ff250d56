//! Brings the rows of a file into a table: a thread reads and converts, a task commits batch after batch
//! as the member, and takes everything back when something goes wrong.

use std::{collections::HashSet, fs::File, ops::ControlFlow, sync::Arc};

use parking_lot::Mutex;
use skein_platform::{
    Ctx,
    access::{Edit, Granted},
};
use skein_table::{Choice, Color, Op, OpError, Record, Table, Value};
use skein_types::{ChoiceId, FieldId, Ids, MemberId, Problem, RecordId, ResourceId, TableId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    cell::Row,
    convert::Target,
    error::ReadError,
    mapping::{Destination, Mapped, Mapping},
    read::Source,
    repair::Choosing,
    report::{CellError, Errors, Progress},
    sample::Sample,
};
use crate::{Actor, BaseError, Bases, Command, OpenBase, Via};

/// Records of a batch.
const BATCH_RECORDS: usize = 2_000;
/// Bytes of text of a batch, about.
const BATCH_BYTES: usize = 4 << 20;
/// Records deleted at once.
const DELETE_RECORDS: usize = 5_000;
/// How often a step is tried again because somebody else was at the same records.
const ATTEMPTS: usize = 5;

/// How far an import is, for those who ask.
pub(super) type Tally = Arc<Mutex<(Progress, Errors)>>;

/// Why an import ended before its end.
#[derive(Debug)]
pub(super) enum Stop {
    Cancelled,
    Failed(Problem),
}

impl<E: Into<Problem>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// An import that is ready to run.
pub(super) struct Load {
    bases: Bases,
    member: MemberId,
    base: ResourceId,
    granted: Granted<Edit>,
    pub(super) table: TableId,
    new_table: bool,
    made_fields: Vec<FieldId>,
    made_choices: Vec<(FieldId, ChoiceId)>,
    records: Vec<RecordId>,
    reader: Option<Reader>,
}

/// The half that reads and converts.
struct Reader {
    sheet: usize,
    sheet_name: String,
    first_row: u64,
    width: usize,
    columns: Vec<Mapped>,
    ids: Ids,
}

/// Records on their way from the thread to the task.
#[derive(Default)]
struct Batch {
    records: Vec<Record>,
    choices: Vec<(FieldId, Vec<(ChoiceId, String)>)>,
    errors: Errors,
    bytes: usize,
}

impl Load {
    /// Makes the table, or the fields that are missing in it. On an error nothing has changed.
    pub(super) async fn prepare(
        bases: &Bases,
        ctx: &Ctx,
        granted: Granted<Edit>,
        mapping: &Mapping,
        sample: &Sample,
    ) -> Result<Self, Problem> {
        let member = ctx.member()?;
        let base = granted.resource();
        let open = bases.open(&granted).await?;
        let by = Actor::of(ctx).via(Via::Import);
        let (table, new_table) = match &mapping.destination {
            Destination::Existing(id) => (*id, false),
            Destination::New(name) => {
                let (places, fields): (Vec<usize>, Vec<_>) = mapping.new_fields().into_iter().unzip();
                let command = Command::CreateTable { name: name.clone(), fields: Some(fields) };
                let receipt = open.submit(&granted, &by, command).await;
                let receipt = receipt.map_err(|error| new_table_problem(error, &places))?;
                let table = receipt.table.ok_or_else(|| internal("a table was made without an id"))?;
                (table, true)
            }
        };
        let mut load = Self {
            bases: bases.clone(),
            member,
            base,
            granted,
            table,
            new_table,
            made_fields: Vec::new(),
            made_choices: Vec::new(),
            records: Vec::new(),
            reader: None,
        };
        match load.begin(&open, &by, mapping, sample, ctx.platform.ids.clone()).await {
            Ok(()) => Ok(load),
            Err(problem) => {
                load.take_back().await?;
                Err(problem)
            }
        }
    }

    async fn begin(
        &mut self,
        open: &OpenBase,
        by: &Actor,
        mapping: &Mapping,
        sample: &Sample,
        ids: Ids,
    ) -> Result<(), Problem> {
        let made = if self.new_table {
            open.snapshot().table(self.table)?.def().fields.iter().map(|field| field.id).collect()
        } else {
            open.snapshot().table(self.table)?;
            for (place, input) in mapping.new_fields() {
                let command = Command::CreateField { table: self.table, input };
                let made = open.submit(&self.granted, by, command).await;
                let made =
                    made.map_err(|error| Problem::from(error).under(&format!("columns[{place}].field")))?;
                self.made_fields.extend(made.field);
            }
            self.made_fields.clone()
        };
        let snapshot = open.snapshot();
        let columns = mapping.resolve(snapshot.table(self.table)?, &made, &sample.layout.columns)?;
        self.reader = Some(Reader {
            sheet: mapping.sheet,
            sheet_name: sample.sheet.clone(),
            first_row: mapping.first_row,
            width: sample.layout.columns.len(),
            columns,
            ids,
        });
        Ok(())
    }

    /// Reads and commits everything. When it does not come to its end, all is taken back.
    pub(super) async fn run(
        mut self,
        source: Source<File>,
        tally: &Tally,
        cancel: &CancellationToken,
    ) -> Result<TableId, Stop> {
        match self.commit_all(source, tally, cancel).await {
            Ok(()) => Ok(self.table),
            Err(stop) => {
                self.take_back().await.map_err(|problem| {
                    let detail = format!("{}; what was imported could not be taken back", problem.detail);
                    Stop::Failed(Problem { detail, ..problem })
                })?;
                tally.lock().0.imported = 0;
                Err(stop)
            }
        }
    }

    /// Takes back what was prepared for an import that cannot run.
    pub(super) async fn abandon(mut self, stop: Stop) -> Result<TableId, Stop> {
        self.take_back().await?;
        Err(stop)
    }

    async fn commit_all(
        &mut self,
        mut source: Source<File>,
        tally: &Tally,
        cancel: &CancellationToken,
    ) -> Result<(), Stop> {
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
            self.commit(batch, tally).await?;
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
        let ids: Vec<RecordId> = batch.records.iter().map(|record| record.id).collect();
        let count = ids.len() as u64;
        if count > 0 {
            let op = Op::CreateRecords { table: self.table, records: batch.records };
            open.submit(&self.granted, &by, Command::Ops(vec![op])).await?;
        }
        if !self.new_table {
            self.records.extend(ids);
        }
        let (progress, errors) = &mut *tally.lock();
        progress.read += count;
        progress.imported += count;
        progress.rejected += batch.errors.count();
        progress.total = progress.total.map(|total| total.max(progress.read));
        errors.append(batch.errors);
        Ok(())
    }

    fn choosing<'a>(&'a self, open: &'a OpenBase, by: &'a Actor, field: FieldId) -> Choosing<'a> {
        let (granted, platform, table) = (&self.granted, self.bases.platform(), self.table);
        Choosing { open, granted, by, platform, table, field }
    }

    /// Takes back what was done: the table, or the records, fields and choices that were added to it.
    async fn take_back(&mut self) -> Result<(), Problem> {
        let open = self.bases.open(&self.granted).await?;
        let at = self.bases.platform().clock.now();
        let by = Actor { id: self.member.to_string(), at, via: Via::Import };
        if self.new_table {
            let deleted = open.submit(&self.granted, &by, Command::DeleteTable { table: self.table }).await;
            return match deleted {
                Ok(_) | Err(BaseError::TableNotFound(_) | BaseError::Op(OpError::TableNotFound(_))) => Ok(()),
                Err(error) => Err(error.into()),
            };
        }
        for records in self.records.chunks(DELETE_RECORDS) {
            self.delete_records(&open, &by, records).await?;
        }
        for field in &self.made_fields {
            let command = Command::DeleteField { table: self.table, field: *field };
            match open.submit(&self.granted, &by, command).await {
                Ok(_) | Err(BaseError::TableNotFound(_) | BaseError::FieldNotFound(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.remove_unused_choices(&open, &by).await
    }

    async fn delete_records(&self, open: &OpenBase, by: &Actor, records: &[RecordId]) -> Result<(), Problem> {
        for attempt in 1.. {
            let snapshot = open.snapshot();
            let Some(table) = snapshot.base.table(self.table) else { return Ok(()) };
            let records: Vec<RecordId> =
                records.iter().copied().filter(|record| table.row(*record).is_some()).collect();
            let command = Command::DeleteRecords { table: self.table, records };
            match open.submit(&self.granted, by, command).await {
                // Somebody deleted one of them in between.
                Err(BaseError::RecordNotFound(_) | BaseError::Op(OpError::RecordNotFound { .. }))
                    if attempt < ATTEMPTS => {}
                Err(error) => return Err(error.into()),
                Ok(_) => return Ok(()),
            }
        }
        Ok(())
    }

    async fn remove_unused_choices(&self, open: &OpenBase, by: &Actor) -> Result<(), Problem> {
        let fields: HashSet<FieldId> = self.made_choices.iter().map(|(field, _)| *field).collect();
        for id in fields {
            let snapshot = open.snapshot();
            let Some(table) = snapshot.base.table(self.table).filter(|table| table.field(id).is_some())
            else {
                continue;
            };
            let used = used_choices(table, id);
            let made = self.made_choices.iter().filter(|(field, _)| *field == id).map(|(_, choice)| *choice);
            let unused: HashSet<ChoiceId> = made.filter(|choice| !used.contains(choice)).collect();
            if !unused.is_empty() {
                self.choosing(open, by, id).update(&[], &unused).await?;
            }
        }
        Ok(())
    }
}

fn used_choices(table: &Table, field: FieldId) -> HashSet<ChoiceId> {
    let mut used = HashSet::new();
    for row in table.rows() {
        match table.get(row, field) {
            Value::Choice { c } => {
                used.insert(c);
            }
            Value::Choices { m } => used.extend(m.iter().copied()),
            _ => {}
        }
    }
    used
}

pub(super) fn choices_of(field: &mut skein_table::Field) -> Option<&mut Vec<Choice>> {
    match &mut field.kind {
        skein_table::FieldKind::Select { choices } | skein_table::FieldKind::MultiSelect { choices } => {
            Some(choices)
        }
        _ => None,
    }
}

/// A choice with a code and a colour that follow from those before it.
pub(super) fn new_choice(id: ChoiceId, name: &str, before: &[Choice]) -> Choice {
    const COLORS: [Color; 12] = [
        Color::Blue,
        Color::Green,
        Color::Orange,
        Color::Purple,
        Color::Cyan,
        Color::Red,
        Color::Yellow,
        Color::Teal,
        Color::Pink,
        Color::Indigo,
        Color::Lime,
        Color::Gray,
    ];
    let code = before.iter().map(|choice| choice.code + 1).max().unwrap_or(0);
    Choice { id, code, name: name.to_owned(), color: COLORS[before.len() % COLORS.len()] }
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

impl Reader {
    /// Reads and converts until the end, or until nobody listens any more.
    fn read(
        mut self,
        source: &mut Source<File>,
        send: &mpsc::Sender<Batch>,
        cancel: &CancellationToken,
    ) -> Result<(), ReadError> {
        let mut batch = Batch::default();
        source.each(self.sheet, &mut |row, _| {
            if row.number() < self.first_row {
                return ControlFlow::Continue(());
            }
            self.convert(row, &mut batch);
            if batch.records.len() < BATCH_RECORDS && batch.bytes < BATCH_BYTES {
                return ControlFlow::Continue(());
            }
            self.take_choices(&mut batch);
            let full = std::mem::take(&mut batch);
            if cancel.is_cancelled() || send.blocking_send(full).is_err() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        self.take_choices(&mut batch);
        let _ = send.blocking_send(batch);
        Ok(())
    }

    fn convert(&mut self, row: &Row, batch: &mut Batch) {
        let mut cells = Vec::with_capacity(self.columns.len());
        let ids = &self.ids;
        for column in &mut self.columns {
            match column.converter.value(row.cell(column.source), &mut || ids.make()) {
                Ok(Value::Null) => {}
                Ok(value) => cells.push((column.field, value)),
                Err(message) => {
                    let (row, column) = (row.number(), column.name.clone());
                    batch.errors.push(CellError { row, column, message });
                }
            }
        }
        if row.len() > self.width && row.width() > self.width {
            let message = format!("the row has {} columns, the table {}", row.width(), self.width);
            let column = format!("Column {}", self.width + 1);
            batch.errors.push(CellError { row: row.number(), column, message });
        }
        batch.bytes += row.weight();
        batch.records.push(Record::new(self.ids.make(), cells));
    }

    fn take_choices(&mut self, batch: &mut Batch) {
        for column in &mut self.columns {
            if let Target::Select(choices) | Target::MultiSelect(choices) = &mut column.converter.target {
                let fresh = choices.take_fresh();
                if !fresh.is_empty() {
                    batch.choices.push((column.field, fresh));
                }
            }
        }
    }
}
