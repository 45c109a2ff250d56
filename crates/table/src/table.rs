//! A table: its definition and its cells, as one immutable snapshot.

use std::{collections::HashMap, sync::Arc};

use skein_types::{ChoiceId, FieldId, RecordId, ViewId};

use crate::{
    Choice, Field, FieldKind, Record, TableDef, Value, View,
    chunk::{Bits, CHUNK},
    column::{Cell, Column, split},
    order::OrderList,
};

/// A physical row. Stays the row of its record while the record lives, and again when a deleted
/// record is restored.
pub type RowIx = u32;

/// The choices of a field by id and by code.
#[derive(Debug, Default)]
pub(crate) struct ChoiceIndex {
    by_id: HashMap<ChoiceId, u32>,
    places: Vec<u32>,
    /// Ids in quotes, in display order.
    pub(crate) quoted: Vec<String>,
}

impl ChoiceIndex {
    pub(crate) fn of(choices: &[Choice]) -> Self {
        let mut places = vec![0; choices.iter().map(|choice| choice.code as usize + 1).max().unwrap_or(0)];
        for (place, choice) in choices.iter().enumerate() {
            places[choice.code as usize] = place as u32 + 1;
        }
        let quoted = choices.iter().map(|choice| format!("\"{}\"", choice.id)).collect();
        Self { by_id: choices.iter().map(|choice| (choice.id, choice.code)).collect(), places, quoted }
    }
    pub(crate) fn code(&self, id: ChoiceId) -> Option<u32> {
        self.by_id.get(&id).copied()
    }
    /// The place in display order of the choice with a code.
    pub(crate) fn place(&self, code: u32) -> Option<usize> {
        self.places.get(code as usize).and_then(|place| place.checked_sub(1)).map(|place| place as usize)
    }
}

/// The definition with what is looked up in it often.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) def: TableDef,
    by_id: Vec<(FieldId, usize)>,
    /// `"fld_…":` of each field, as records begin their cells with in JSON.
    pub(crate) keys: Vec<String>,
    pub(crate) choices: Vec<ChoiceIndex>,
}

impl Schema {
    pub(crate) fn new(def: TableDef) -> Self {
        let mut by_id: Vec<_> = def.fields.iter().enumerate().map(|(at, field)| (field.id, at)).collect();
        by_id.sort_unstable();
        let keys = def.fields.iter().map(|field| format!("\"{}\":", field.id)).collect();
        let choices = def.fields.iter().map(|field| ChoiceIndex::of(field.kind.choices())).collect();
        Self { def, by_id, keys, choices }
    }
    pub(crate) fn place(&self, field: FieldId) -> Option<usize> {
        let at = self.by_id.binary_search_by_key(&field, |(id, _)| *id).ok()?;
        Some(self.by_id[at].1)
    }
}

impl FieldKind {
    /// The choices of a select or multi-select field; of others, none.
    pub fn choices(&self) -> &[Choice] {
        match self {
            Self::Select { choices } | Self::MultiSelect { choices } => choices,
            Self::Text | Self::Number { .. } | Self::Date { .. } | Self::Checkbox => &[],
        }
    }
    /// The name of the type as in JSON.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number { .. } => "number",
            Self::Select { .. } => "select",
            Self::MultiSelect { .. } => "multi_select",
            Self::Date { .. } => "date",
            Self::Checkbox => "checkbox",
        }
    }
}

/// Which physical rows there are.
#[derive(Clone, Debug, Default)]
struct Rows {
    ids: Vec<Arc<Vec<RecordId>>>,
    live: Vec<Arc<Bits>>,
    count: RowIx,
}

/// A column with the number it got when it was made: a field deleted and made again is another column.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) cells: Arc<Column>,
    pub(crate) serial: u64,
}

/// A table as of one moment. Cloning costs the same however many rows there are; a change to a clone
/// copies just the chunks it touches.
#[derive(Clone, Debug)]
pub struct Table {
    pub(crate) schema: Arc<Schema>,
    columns: Vec<Stored>,
    next_serial: u64,
    /// Shared by all snapshots of one table: a table deleted and made again has rows of its own.
    origin: Arc<()>,
    rows: Arc<Rows>,
    order: Arc<OrderList>,
    /// All rows ever, in order of ids, the deleted ones too.
    known: Arc<OrderList>,
    ordered: bool,
}

impl Table {
    /// A table without records. The definition must be sound.
    pub(crate) fn new(def: TableDef) -> Self {
        let columns: Vec<Stored> = (0u64..)
            .zip(&def.fields)
            .map(|(serial, field)| Stored { cells: Arc::new(Column::new(&field.kind)), serial })
            .collect();
        Self {
            next_serial: columns.len() as u64,
            origin: Arc::default(),
            columns,
            schema: Arc::new(Schema::new(def)),
            rows: Arc::default(),
            order: Arc::default(),
            known: Arc::default(),
            ordered: true,
        }
    }

    /// Name, fields and views.
    pub fn def(&self) -> &TableDef {
        &self.schema.def
    }
    /// How many records there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }
    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// A field.
    pub fn field(&self, id: FieldId) -> Option<&Field> {
        self.schema.place(id).map(|at| &self.schema.def.fields[at])
    }
    /// A view.
    pub fn view(&self, id: ViewId) -> Option<&View> {
        self.schema.def.views.iter().find(|view| view.id == id)
    }
    /// The row of a record that lives.
    pub fn row(&self, id: RecordId) -> Option<RowIx> {
        self.order.find(|row| self.record_id(row).cmp(&id))
    }
    /// The record of a row, also of a deleted one. Panics when there never was such a row.
    pub fn record_id(&self, row: RowIx) -> RecordId {
        let (at, within) = split(row);
        self.rows.ids[at][within]
    }
    /// Whether the row's record lives.
    pub fn is_live(&self, row: RowIx) -> bool {
        let (at, within) = split(row);
        self.rows.live.get(at).is_some_and(|bits| bits.get(within))
    }
    /// A cell; null when the field is unknown or the row does not live.
    pub fn get(&self, row: RowIx, field: FieldId) -> Value {
        match self.schema.place(field) {
            Some(at) if self.is_live(row) => self.value(row, at),
            _ => Value::Null,
        }
    }
    /// A record with its cells that are not null, in the order of fields.
    pub fn record(&self, row: RowIx) -> Record {
        let cells = self.schema.def.fields.iter().enumerate();
        let cells = cells.map(|(at, field)| (field.id, self.value(row, at)));
        Record { id: self.record_id(row), cells: cells.filter(|(_, value)| *value != Value::Null).collect() }
    }
    /// Rows of live records in the order of record ids.
    pub fn rows(&self) -> impl Iterator<Item = RowIx> + '_ {
        self.order.iter()
    }

    /// Whether rows of one are the same rows in the other.
    pub(crate) fn same_rows(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.origin, &other.origin)
    }
    /// Whether rows stand in the order of record ids.
    pub(crate) fn ordered(&self) -> bool {
        self.ordered
    }
    /// One more than the last physical row.
    pub(crate) fn row_count(&self) -> usize {
        self.rows.count as usize
    }
    pub(crate) fn chunk_count(&self) -> usize {
        self.rows.ids.len()
    }
    /// Live rows of a chunk as a word of a bitmap.
    pub(crate) fn live_word(&self, chunk: usize, word: usize) -> u64 {
        self.rows.live[chunk].word(word)
    }
    pub(crate) fn column(&self, at: usize) -> &Column {
        &self.columns[at].cells
    }
    pub(crate) fn serial(&self, at: usize) -> u64 {
        self.columns[at].serial
    }
    pub(crate) fn cell(&self, row: RowIx, at: usize) -> Cell<'_> {
        self.columns[at].cells.get(row)
    }

    /// The value of a cell by the place of its field.
    pub(crate) fn value(&self, row: RowIx, at: usize) -> Value {
        let choice = |code: u32| {
            let place = self.schema.choices[at].place(code)?;
            Some(self.schema.def.fields[at].kind.choices()[place].id)
        };
        match self.cell(row, at) {
            Cell::Null => Value::Null,
            Cell::Text(text) => Value::Text { t: text.into() },
            Cell::Number(n) => Value::Number { n },
            Cell::Date(d) => Value::Date { d },
            Cell::Bool(b) => Value::Bool { b },
            Cell::Code(code) => choice(code).map_or(Value::Null, |c| Value::Choice { c }),
            Cell::Codes(codes) => {
                Value::Choices { m: codes.iter().filter_map(|&code| choice(code)).collect() }
            }
        }
    }

    /// Sets a cell to a value that was checked; whether it changed.
    pub(crate) fn set_value(&mut self, row: RowIx, at: usize, value: &Value) -> bool {
        let codes: Vec<u32>;
        let choices = &self.schema.choices[at];
        let cell = match value {
            Value::Null | Value::Bool { b: false } => Cell::Null,
            Value::Text { t } if t.is_empty() => Cell::Null,
            Value::Text { t } => Cell::Text(t),
            Value::Number { n } => Cell::Number(*n),
            Value::Date { d } => Cell::Date(*d),
            Value::Bool { b: true } => Cell::Bool(true),
            Value::Choice { c } => choices.code(*c).map_or(Cell::Null, Cell::Code),
            Value::Choices { m } => {
                codes = m.iter().filter_map(|id| choices.code(*id)).collect();
                if codes.is_empty() { Cell::Null } else { Cell::Codes(&codes) }
            }
        };
        self.set_cell(row, at, cell)
    }

    /// Sets a cell; whether it changed.
    pub(crate) fn set_cell(&mut self, row: RowIx, at: usize, cell: Cell<'_>) -> bool {
        let column = &mut self.columns[at].cells;
        if column.get(row) == cell {
            return false;
        }
        Arc::make_mut(column).set(row, cell);
        true
    }

    /// Adds a record that does not live, with all cells null.
    pub(crate) fn create(&mut self, id: RecordId) -> RowIx {
        let last = self.known.last().map(|row| self.record_id(row));
        let row = if last.is_none_or(|last| last < id) {
            let row = self.append(id);
            Arc::make_mut(&mut self.known).push(row);
            row
        } else if let Some(row) = self.known.find(|row| self.record_id(row).cmp(&id)) {
            for column in &mut self.columns {
                if column.cells.get(row) != Cell::Null {
                    Arc::make_mut(&mut column.cells).set(row, Cell::Null);
                }
            }
            row
        } else {
            let row = self.append(id);
            self.ordered = false;
            let rows = &self.rows;
            Arc::make_mut(&mut self.known).insert(row, |other| rows.id(other).cmp(&id));
            row
        };
        self.set_live(row, true);
        let rows = &self.rows;
        let order = Arc::make_mut(&mut self.order);
        if order.last().is_none_or(|last| rows.id(last) < id) {
            order.push(row);
        } else {
            order.insert(row, |other| rows.id(other).cmp(&id));
        }
        row
    }

    /// Deletes the record of a live row. Its cells stay until it is restored, out of sight.
    pub(crate) fn delete(&mut self, row: RowIx) {
        let id = self.record_id(row);
        let rows = &self.rows;
        Arc::make_mut(&mut self.order).remove(|other| rows.id(other).cmp(&id));
        self.set_live(row, false);
    }

    fn append(&mut self, id: RecordId) -> RowIx {
        let rows = Arc::make_mut(&mut self.rows);
        let row = rows.count;
        rows.count += 1;
        match rows.ids.last_mut() {
            Some(last) if last.len() < CHUNK => Arc::make_mut(last).push(id),
            _ => {
                rows.ids.push(Arc::new(vec![id]));
                rows.live.push(Arc::default());
            }
        }
        row
    }

    fn set_live(&mut self, row: RowIx, live: bool) {
        let (at, within) = split(row);
        Arc::make_mut(&mut Arc::make_mut(&mut self.rows).live[at]).set(within, live);
    }

    /// Replaces the definition where no column comes, goes or moves.
    pub(crate) fn set_def(&mut self, def: TableDef) {
        self.schema = Arc::new(Schema::new(def));
    }
    /// Replaces the definition by one with a new field at a place.
    pub(crate) fn insert_column(&mut self, def: TableDef, at: usize) {
        let cells = Arc::new(Column::new(&def.fields[at].kind));
        self.columns.insert(at, Stored { cells, serial: self.next_serial });
        self.next_serial += 1;
        self.set_def(def);
    }
    /// Replaces the definition by one without the field at a place.
    pub(crate) fn remove_column(&mut self, def: TableDef, at: usize) {
        self.columns.remove(at);
        self.set_def(def);
    }
    /// Replaces the definition by one with a field moved.
    pub(crate) fn move_column(&mut self, def: TableDef, from: usize, to: usize) {
        let column = self.columns.remove(from);
        self.columns.insert(to, column);
        self.set_def(def);
    }

    /// Fills in the order of records once all rows were appended with [`Table::append_loaded`].
    /// Answers a record that came twice.
    pub(crate) fn finish_load(&mut self) -> Result<(), RecordId> {
        let mut rows: Vec<RowIx> = (0..self.rows.count).collect();
        self.ordered = rows.is_sorted_by(|&a, &b| self.record_id(a) < self.record_id(b));
        if !self.ordered {
            rows.sort_by_key(|&row| self.record_id(row));
            let twice = rows.windows(2).find(|pair| self.record_id(pair[0]) == self.record_id(pair[1]));
            if let Some(pair) = twice {
                return Err(self.record_id(pair[0]));
            }
        }
        for column in &mut self.columns {
            Arc::make_mut(&mut column.cells).seal();
        }
        self.order = Arc::new(OrderList::from_sorted(&rows));
        self.known = self.order.clone();
        Ok(())
    }
    /// Appends a live row without giving it a place among the records.
    pub(crate) fn append_loaded(&mut self, id: RecordId) -> RowIx {
        let row = self.append(id);
        self.set_live(row, true);
        row
    }
}

impl Rows {
    fn id(&self, row: RowIx) -> RecordId {
        let (at, within) = split(row);
        self.ids[at][within]
    }
}
