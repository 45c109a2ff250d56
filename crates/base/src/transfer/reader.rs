//! The half of an import that reads: turns the rows of a file into records to make and to change, batch by
//! batch. Knows the table as it was when the import began, and what came of the rows before.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    ops::ControlFlow,
    sync::Arc,
};

use skein_table::{Field, Record, Table, Value};
use skein_types::{ChoiceId, FieldId, Ids, RecordId, TableId, kind};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    cell::{Cell, Row},
    convert::Target,
    error::ReadError,
    guess,
    keys::{Keys, RowIds},
    mapping::{Doubles, Mapped, Mapping, Mode},
    misfit::Misfit,
    read::Source,
    report::CellError,
    sample::Sample,
};

/// Records of a batch.
const BATCH_RECORDS: usize = 5_000;
/// Bytes of text of a batch, about.
const BATCH_BYTES: usize = 4 << 20;

/// What to do on the way from the thread that reads to the task that commits.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) creates: Vec<Record>,
    pub(super) updates: Vec<Record>,
    /// The rows that records to be changed stand in.
    pub(super) rows: HashMap<RecordId, u64>,
    pub(super) choices: Vec<(FieldId, Vec<(ChoiceId, String)>)>,
    /// Records of other tables that have to be there first, by their names.
    pub(super) linked: Vec<(TableId, Vec<(RecordId, String)>)>,
    pub(super) errors: Vec<CellError>,
    /// Cells that did not fit.
    pub(super) rejected: u64,
    /// Rows that were refused as a whole.
    pub(super) refused: u64,
    /// Rows that are read, and what of them was done before the import was interrupted.
    pub(super) read: u64,
    pub(super) created_before: u64,
    pub(super) updated_before: u64,
    /// The last row of the file in it.
    pub(super) last: u64,
    bytes: usize,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.creates.len() + self.updates.len() >= BATCH_RECORDS || self.bytes >= BATCH_BYTES
    }
    fn complain(&mut self, row: u64, column: &str, misfit: Misfit) {
        let error = CellError::new(row, column, misfit);
        self.bytes += error.message.len() + column.len() + size_of::<CellError>();
        self.errors.push(error);
    }
    /// A record that is in it already.
    fn pending(&mut self, id: RecordId) -> Option<&mut Record> {
        if !self.rows.contains_key(&id) {
            return None;
        }
        self.creates.iter_mut().chain(&mut self.updates).rev().find(|record| record.id == id)
    }
}

/// How rows find the records they change.
struct Matching {
    mode: Mode,
    doubles: Doubles,
    clear_blank: bool,
    keys: Keys,
}

/// A cell that names records of its own table, to be looked at when all rows are there.
struct Later {
    row: u64,
    records: Vec<RecordId>,
    column: usize,
    text: String,
}

/// What becomes of a row.
enum Fate {
    Create,
    Update(Vec<RecordId>),
    Refuse(Misfit),
}

/// The half that reads and converts.
pub(super) struct Reader {
    pub(super) sheet_name: String,
    sheet: usize,
    first_row: u64,
    width: usize,
    columns: Vec<Mapped>,
    ids: Ids,
    rows: RowIds,
    linked: RowIds,
    next_linked: u64,
    /// Rows up to this one were committed before the import was interrupted.
    done: u64,
    table: Arc<Table>,
    matching: Option<Matching>,
    required: Vec<Field>,
    unique: Vec<(Field, Keys)>,
    later: Vec<Later>,
}

/// Where an import goes on: its ids, and the last row that was committed.
#[derive(Clone, Copy)]
pub(super) struct Begun {
    pub(super) rows: RowIds,
    pub(super) linked: RowIds,
    pub(super) next_linked: u64,
    pub(super) done: u64,
}

impl Reader {
    pub(super) fn new(
        mapping: &Mapping,
        sample: &Sample,
        columns: Vec<Mapped>,
        table: Arc<Table>,
        begun: Begun,
        ids: Ids,
    ) -> Self {
        let keys: Vec<FieldId> =
            columns.iter().filter(|column| column.key).map(|column| column.field).collect();
        let matching = (mapping.mode != Mode::Insert).then(|| Matching {
            mode: mapping.mode,
            doubles: mapping.doubles,
            clear_blank: mapping.clear_blank,
            keys: Keys::of(&table, keys),
        });
        let fields = || table.def().fields.iter();
        let own: HashSet<FieldId> =
            columns.iter().filter(|column| column.own).map(|column| column.field).collect();
        let needed = |field: &&Field| field.required && field.default.is_none() && !own.contains(&field.id);
        let unique = fields().filter(|field| field.unique);
        Self {
            sheet_name: sample.sheet.clone(),
            sheet: mapping.sheet,
            first_row: mapping.first_row,
            width: sample.layout.columns.len(),
            ids,
            rows: begun.rows,
            linked: begun.linked,
            next_linked: begun.next_linked,
            done: begun.done,
            matching,
            required: fields().filter(needed).cloned().collect(),
            unique: unique.map(|field| (field.clone(), Keys::of(&table, vec![field.id]))).collect(),
            later: Vec::new(),
            columns,
            table,
        }
    }

    /// Reads and converts until the end, or until nobody listens any more.
    pub(super) fn read(
        mut self,
        source: &mut Source<File>,
        send: &mpsc::Sender<Batch>,
        cancel: &CancellationToken,
    ) -> Result<(), ReadError> {
        let mut batch = Batch::default();
        let mut gone = false;
        source.each(self.sheet, &mut |row, _| {
            if row.number() >= self.first_row {
                self.row(row, &mut batch);
                gone = self.pass_on(&mut batch, send, cancel);
            }
            if gone { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        for later in std::mem::take(&mut self.later) {
            if gone {
                return Ok(());
            }
            self.link(later, &mut batch);
            gone = self.pass_on(&mut batch, send, cancel);
        }
        self.take_fresh(&mut batch);
        let _ = send.blocking_send(batch);
        Ok(())
    }

    /// The field of each column that is imported.
    pub(super) fn fields(&self) -> impl Iterator<Item = FieldId> + '_ {
        self.columns.iter().map(|column| column.field)
    }

    /// Hands a full batch to the task; whether nobody wants more.
    fn pass_on(&mut self, batch: &mut Batch, send: &mpsc::Sender<Batch>, cancel: &CancellationToken) -> bool {
        if !batch.is_full() {
            return false;
        }
        self.take_fresh(batch);
        cancel.is_cancelled() || send.blocking_send(std::mem::take(batch)).is_err()
    }

    fn row(&mut self, row: &Row, batch: &mut Batch) {
        let number = row.number();
        (batch.read, batch.last) = (batch.read + 1, number);
        batch.bytes += row.weight();
        let mut cells = Vec::with_capacity(self.columns.len());
        let mut links = Vec::new();
        for at in 0..self.columns.len() {
            let cell = row.cell(self.columns[at].source);
            if self.columns[at].own && !cell.is_empty() {
                links.push((at, guess::display(cell)));
                continue;
            }
            match self.value(at, cell) {
                Ok(value) => cells.push((self.columns[at].field, value)),
                Err(misfit) => {
                    batch.rejected += 1;
                    batch.complain(number, &self.columns[at].name, misfit);
                }
            }
        }
        if row.len() > self.width && row.width() > self.width {
            let misfit = Misfit::ManyColumns { found: row.width(), allowed: self.width };
            batch.rejected += 1;
            batch.complain(number, &format!("Column {}", self.width + 1), misfit);
        }
        let records = match self.fate(&cells) {
            Fate::Refuse(misfit) => return refuse(batch, number, misfit),
            Fate::Update(records) => self.update(&records, &cells, number, batch).map(|()| records),
            Fate::Create => self.create(cells, number, batch).map(|id| vec![id]),
        };
        match records {
            Err(misfit) => refuse(batch, number, misfit),
            Ok(records) => self.later.extend(links.into_iter().map(|(column, text)| Later {
                row: number,
                records: records.clone(),
                column,
                text,
            })),
        }
    }

    fn value(&mut self, at: usize, cell: Cell<'_>) -> Result<Value, Misfit> {
        let Self { columns, ids, linked, next_linked, .. } = self;
        let converter = &mut columns[at].converter;
        if matches!(converter.target, Target::Links(_)) {
            return converter.value(cell, &mut || {
                *next_linked += 1;
                linked.of(*next_linked).bits()
            });
        }
        converter.value(cell, &mut || ids.make::<kind::Choice>().bits())
    }

    fn fate(&self, cells: &[(FieldId, Value)]) -> Fate {
        let Some(matching) = &self.matching else { return Fate::Create };
        let key = matching.keys.key_of(cells);
        let found = key.as_deref().map_or(&[][..], |key| matching.keys.find(key));
        match (found, matching.doubles, matching.mode) {
            ([], _, Mode::Update) if key.is_none() => Fate::Refuse(Misfit::NoKey),
            ([], _, Mode::Update) => Fate::Refuse(Misfit::UnknownKey),
            ([], ..) => Fate::Create,
            ([one], ..) | ([one, ..], Doubles::First, _) => Fate::Update(vec![*one]),
            (several, Doubles::All, _) => Fate::Update(several.to_vec()),
            (several, Doubles::Refuse, _) => Fate::Refuse(Misfit::SeveralRecords { found: several.len() }),
        }
    }

    fn create(
        &mut self,
        mut cells: Vec<(FieldId, Value)>,
        number: u64,
        batch: &mut Batch,
    ) -> Result<RecordId, Misfit> {
        let id = self.rows.of(number);
        cells.retain(|(_, value)| *value != Value::Null);
        let there = number <= self.done || self.table.row(id).is_some();
        if !there {
            for field in &self.required {
                let value = cells.iter().find(|(other, _)| *other == field.id).map(|(_, value)| value);
                if value.is_none_or(is_blank) {
                    return Err(Misfit::Required { field: field.name.clone() });
                }
            }
            self.check_unique(&[id], &cells)?;
        }
        self.note(id, &cells);
        if there {
            batch.created_before += 1;
            return Ok(id);
        }
        if self.matching.is_some() {
            batch.rows.insert(id, number);
        }
        batch.creates.push(Record::new(id, cells));
        Ok(id)
    }

    fn update(
        &mut self,
        records: &[RecordId],
        cells: &[(FieldId, Value)],
        number: u64,
        batch: &mut Batch,
    ) -> Result<(), Misfit> {
        let Some(matching) = &self.matching else { return Ok(()) };
        let kept: Vec<(FieldId, Value)> = cells
            .iter()
            .filter(|(_, value)| matching.clear_blank || *value != Value::Null)
            .cloned()
            .collect();
        let cleared =
            |field: &&Field| kept.iter().any(|(other, value)| *other == field.id && is_blank(value));
        if let Some(field) = self.required.iter().find(cleared) {
            return Err(Misfit::Required { field: field.name.clone() });
        }
        self.check_unique(records, &kept)?;
        if number <= self.done {
            batch.updated_before += records.len() as u64;
            return Ok(());
        }
        for &id in records {
            self.note(id, &kept);
            if let Some(record) = batch.pending(id) {
                record.cells.retain(|(field, _)| !kept.iter().any(|(other, _)| other == field));
                record.cells.extend(kept.iter().cloned());
            } else {
                batch.updates.push(Record::new(id, kept.clone()));
            }
            batch.rows.insert(id, number);
        }
        Ok(())
    }

    /// Remembers a record for the rows below.
    fn note(&mut self, id: RecordId, cells: &[(FieldId, Value)]) {
        if let Some(matching) = &mut self.matching
            && let Some(key) = matching.keys.key_of(cells)
            && !matching.keys.find(&key).contains(&id)
        {
            matching.keys.insert(key, id);
        }
        for (_, keys) in &mut self.unique {
            if let Some(key) = keys.key_of(cells)
                && !keys.find(&key).contains(&id)
            {
                keys.insert(key, id);
            }
        }
        let primary = self.table.def().fields.first().map(|field| field.id);
        let name = cells.iter().find(|(field, _)| Some(*field) == primary);
        if let Some((_, Value::Text { t })) = name {
            for column in self.columns.iter_mut().filter(|column| column.own) {
                if let Target::Links(linked) = &mut column.converter.target {
                    linked.known.add(id, t);
                }
            }
        }
    }

    fn check_unique(&self, records: &[RecordId], cells: &[(FieldId, Value)]) -> Result<(), Misfit> {
        for (field, keys) in &self.unique {
            let Some(key) = keys.key_of(cells) else { continue };
            if records.len() > 1 || keys.find(&key).iter().any(|other| !records.contains(other)) {
                return Err(Misfit::NotUnique { field: field.name.clone() });
            }
        }
        Ok(())
    }

    /// Sets a link between records of the table.
    fn link(&mut self, later: Later, batch: &mut Batch) {
        let Later { row, records, column, text } = later;
        match self.value(column, Cell::Text(&text)) {
            Ok(value) => {
                let field = self.columns[column].field;
                for id in records {
                    match batch.pending(id) {
                        Some(record) => record.cells.push((field, value.clone())),
                        None => batch.updates.push(Record::new(id, vec![(field, value.clone())])),
                    }
                    batch.rows.insert(id, row);
                }
                batch.bytes += text.len();
            }
            Err(misfit) => {
                batch.rejected += 1;
                batch.complain(row, &self.columns[column].name, misfit);
            }
        }
    }

    /// Takes the choices and linked records that came up since the last batch.
    fn take_fresh(&mut self, batch: &mut Batch) {
        for column in &mut self.columns {
            match &mut column.converter.target {
                Target::Select(choices) | Target::MultiSelect(choices) => {
                    let fresh = choices.take_fresh();
                    if !fresh.is_empty() {
                        batch.choices.push((column.field, fresh));
                    }
                }
                Target::Links(linked) if !linked.fresh.is_empty() => {
                    batch.linked.push((linked.table, std::mem::take(&mut linked.fresh)));
                }
                _ => {}
            }
        }
    }
}

fn refuse(batch: &mut Batch, row: u64, misfit: Misfit) {
    batch.refused += 1;
    batch.complain(row, "", misfit);
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool { b: false } => true,
        Value::Text { t } => t.trim().is_empty(),
        _ => false,
    }
}
