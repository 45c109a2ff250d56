//! A table: its definition and its cells, as one immutable snapshot.

use std::{collections::HashMap, sync::Arc};

use skein_types::{FieldId, GroupId, MemberId, RecordId, ViewId};

use crate::{
    Field, FieldKind, Record, Stamp, TableDef, Value, View,
    column::{Cell, Column, Object, Shape},
    errors::Errors,
    formula::{Datum, Type},
    roster::Roster,
    shape::{Choices, Schema},
};

/// A physical row. Stays the row of its record while the record lives, and again when a deleted
/// record is restored.
pub type RowIx = u32;

/// A column with the number it got when it was made: a field deleted and made again is another column.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) cells: Arc<Column>,
    pub(crate) serial: u64,
    /// Computed cells that failed; their cells are null.
    pub(crate) errors: Errors,
    /// Of a link: the records of the table it names, whose rows its cells hold.
    pub(crate) peer: Option<Arc<Roster>>,
    /// Of a link: by row of the table it names, the rows that link to it, in order.
    pub(crate) back: Arc<Column>,
    /// Of an automatic number: the largest a cell ever held; 0 when none was larger.
    top: f64,
}

impl Stored {
    fn new(shape: Shape, serial: u64) -> Self {
        Self {
            cells: Arc::new(Column::new(shape)),
            serial,
            errors: Errors::default(),
            peer: None,
            back: Arc::new(Column::new(Shape::Links)),
            top: 0.0,
        }
    }
}

/// Ids of people and groups as small numbers. Only grows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dict {
    ids: Vec<u128>,
    codes: HashMap<u128, u32>,
}

impl Dict {
    pub(crate) fn code(&self, id: u128) -> Option<u32> {
        self.codes.get(&id).copied()
    }
    pub(crate) fn id(&self, code: u32) -> u128 {
        self.ids[code as usize]
    }
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }
    /// In the order of codes.
    pub(crate) fn ids(&self) -> impl Iterator<Item = u128> + '_ {
        self.ids.iter().copied()
    }
    pub(crate) fn intern(this: &mut Arc<Self>, id: u128) -> u32 {
        if let Some(code) = this.code(id) {
            return code;
        }
        let dict = Arc::make_mut(this);
        let code = dict.ids.len() as u32;
        dict.ids.push(id);
        dict.codes.insert(id, code);
        code
    }
}

/// What every record has besides its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    CreatedAt,
    CreatedBy,
    UpdatedAt,
    UpdatedBy,
}

/// A table as of one moment. Cloning costs the same however many rows there are; a change to a clone
/// copies just the chunks it touches.
#[derive(Clone, Debug)]
pub struct Table {
    pub(crate) schema: Arc<Schema>,
    columns: Vec<Stored>,
    /// In the order of [`System`].
    system: [Arc<Column>; 4],
    dict: Arc<Dict>,
    next_serial: u64,
    roster: Arc<Roster>,
}

impl Table {
    /// A table without records. The definition must be sound.
    pub(crate) fn new(def: TableDef) -> Self {
        let columns: Vec<Stored> = (0u64..)
            .zip(&def.fields)
            .map(|(serial, field)| Stored::new(Shape::of(&field.kind), serial))
            .collect();
        let system = [Shape::Date { time: true }, Shape::Members, Shape::Date { time: true }, Shape::Members];
        Self {
            next_serial: columns.len() as u64,
            columns,
            system: system.map(|shape| Arc::new(Column::new(shape))),
            dict: Arc::default(),
            schema: Arc::new(Schema::new(def)),
            roster: Arc::default(),
        }
    }

    /// Name, fields and views.
    pub fn def(&self) -> &TableDef {
        &self.schema.def
    }
    /// How many records there are.
    pub fn len(&self) -> usize {
        self.roster.len()
    }
    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// A field.
    pub fn field(&self, id: FieldId) -> Option<&Field> {
        self.schema.place(id).map(|at| &self.schema.def.fields[at])
    }
    /// The type of the values of a field, computed ones too.
    pub fn field_type(&self, id: FieldId) -> Option<Type> {
        self.schema.place(id).map(|at| self.schema.types[at])
    }
    /// The choices the cells of a field may hold: those of the field itself or of the one it shows.
    pub fn choices(&self, id: FieldId) -> Option<&Choices> {
        self.schema.place(id).map(|at| &*self.schema.choices[at])
    }
    /// A view.
    pub fn view(&self, id: ViewId) -> Option<&View> {
        self.schema.def.views.iter().find(|view| view.id == id)
    }
    /// The row of a record that lives.
    pub fn row(&self, id: RecordId) -> Option<RowIx> {
        self.roster.row(id)
    }
    /// The record of a row, also of a deleted one. Panics when there never was such a row.
    pub fn record_id(&self, row: RowIx) -> RecordId {
        self.roster.id(row)
    }
    /// Whether the row's record lives.
    pub fn is_live(&self, row: RowIx) -> bool {
        self.roster.is_live(row)
    }
    /// A stored cell; null when the field is unknown or computed, or the row does not live.
    pub fn get(&self, row: RowIx, field: FieldId) -> Value {
        match self.schema.place(field) {
            Some(at) if self.is_live(row) => self.value(row, at),
            _ => Value::Null,
        }
    }
    /// A cell as formulas see it; null when the field is unknown or the row does not live.
    pub fn datum(&self, row: RowIx, field: FieldId) -> Datum {
        match self.schema.place(field) {
            Some(at) if self.is_live(row) => self.datum_at(row, at),
            _ => Datum::Null,
        }
    }
    /// A record with its stored cells that are not null, in the order of fields.
    pub fn record(&self, row: RowIx) -> Record {
        let cells = self.schema.def.fields.iter().enumerate().filter(|(_, field)| field.kind.is_stored());
        let cells = cells.map(|(at, field)| (field.id, self.value(row, at)));
        let cells = cells.filter(|(_, value)| *value != Value::Null).collect();
        Record { id: self.record_id(row), cells, made: Some(self.made(row)) }
    }
    /// Rows of live records in the order of record ids.
    pub fn rows(&self) -> impl Iterator<Item = RowIx> + '_ {
        self.roster.rows()
    }
    /// Who made a record, and when.
    pub fn made(&self, row: RowIx) -> Stamp {
        self.stamp(row, System::CreatedAt, System::CreatedBy)
    }
    /// Who changed a record last, and when.
    pub fn touched(&self, row: RowIx) -> Stamp {
        self.stamp(row, System::UpdatedAt, System::UpdatedBy)
    }

    fn stamp(&self, row: RowIx, at: System, by: System) -> Stamp {
        let at = match self.system[at as usize].get(row) {
            Cell::Date(at) => at,
            _ => 0,
        };
        let by = match self.system[by as usize].get(row) {
            Cell::Codes(codes) => codes.first().map(|&code| MemberId::from_bits(self.dict.id(code))),
            _ => None,
        };
        Stamp { at, by }
    }

    /// Whether rows of one are the same rows in the other.
    pub(crate) fn same_rows(&self, other: &Self) -> bool {
        self.roster.same_rows(&other.roster)
    }
    pub(crate) fn roster(&self) -> &Arc<Roster> {
        &self.roster
    }
    pub(crate) fn dict(&self) -> &Dict {
        &self.dict
    }
    pub(crate) fn dict_mut(&mut self) -> &mut Arc<Dict> {
        &mut self.dict
    }
    /// Whether rows stand in the order of record ids.
    pub(crate) fn ordered(&self) -> bool {
        self.roster.ordered()
    }
    /// One more than the last physical row.
    pub(crate) fn row_count(&self) -> usize {
        self.roster.row_count()
    }
    pub(crate) fn chunk_count(&self) -> usize {
        self.roster.chunk_count()
    }
    /// Live rows of a chunk as a word of a bitmap.
    pub(crate) fn live_word(&self, chunk: usize, word: usize) -> u64 {
        self.roster.live_word(chunk, word)
    }
    pub(crate) fn column(&self, at: usize) -> &Column {
        match self.schema.system[at] {
            None => &self.columns[at].cells,
            Some(system) => &self.system[system as usize],
        }
    }
    pub(crate) fn errors(&self, at: usize) -> &Errors {
        &self.columns[at].errors
    }
    pub(crate) fn stored(&self, at: usize) -> &Stored {
        &self.columns[at]
    }
    pub(crate) fn stored_mut(&mut self, at: usize) -> &mut Stored {
        &mut self.columns[at]
    }
    pub(crate) fn serial(&self, at: usize) -> u64 {
        self.columns[at].serial
    }
    pub(crate) fn cell(&self, row: RowIx, at: usize) -> Cell<'_> {
        if let Some(code) = self.columns[at].errors.get(row) {
            return Cell::Error(code);
        }
        self.column(at).get(row)
    }

    /// The value of a stored cell by the place of its field.
    pub(crate) fn value(&self, row: RowIx, at: usize) -> Value {
        let choice = |code: u32| self.schema.choices[at].id(code);
        match self.cell(row, at) {
            Cell::Null | Cell::Datum(_) | Cell::Error(_) => Value::Null,
            Cell::Text(text) => Value::Text { t: text.into() },
            Cell::Number(n) => Value::Number { n },
            Cell::Date(d) => Value::Date { d },
            Cell::Bool(b) => Value::Bool { b },
            Cell::Code(code) => choice(code).map_or(Value::Null, |c| Value::Choice { c }),
            Cell::Object(Object::Files(f)) => Value::Files { f: f.clone() },
            Cell::Object(Object::Place(p)) => Value::Place { p: p.clone() },
            Cell::Codes(codes) => match self.schema.shapes[at] {
                Shape::Members => Value::Members { u: codes.iter().map(|&code| self.member(code)).collect() },
                Shape::Groups => {
                    let group = |&code| GroupId::from_bits(self.dict.id(code));
                    Value::Groups { g: codes.iter().map(group).collect() }
                }
                Shape::Links => {
                    let l: Arc<[RecordId]> = self.linked(at, codes).map(|(_, id)| id).collect();
                    if l.is_empty() { Value::Null } else { Value::Links { l } }
                }
                _ => Value::Choices { m: codes.iter().filter_map(|&code| choice(code)).collect() },
            },
        }
    }

    pub(crate) fn member(&self, code: u32) -> MemberId {
        MemberId::from_bits(self.dict.id(code))
    }

    /// Rows of the linked table that live, with their records.
    pub(crate) fn linked<'a>(
        &'a self,
        at: usize,
        codes: &'a [u32],
    ) -> impl Iterator<Item = (RowIx, RecordId)> + 'a {
        let peer = self.columns[at].peer.as_ref();
        codes.iter().filter_map(move |&row| {
            let peer = peer.filter(|peer| peer.is_live(row))?;
            Some((row, peer.id(row)))
        })
    }

    /// Sets a cell to a value that was checked; whether it changed.
    pub(crate) fn set_value(&mut self, row: RowIx, at: usize, value: &Value) -> bool {
        let codes: Vec<u32>;
        let object: Object;
        let choices = &self.schema.choices[at];
        let some = |codes| if <[u32]>::is_empty(codes) { Cell::Null } else { Cell::Codes(codes) };
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
                some(&codes)
            }
            Value::Members { u } => {
                codes = u.iter().map(|id| Dict::intern(&mut self.dict, id.bits())).collect();
                some(&codes)
            }
            Value::Groups { g } => {
                codes = g.iter().map(|id| Dict::intern(&mut self.dict, id.bits())).collect();
                some(&codes)
            }
            Value::Links { l } => {
                codes = match &self.columns[at].peer {
                    Some(peer) => l.iter().filter_map(|id| peer.row(*id)).collect(),
                    None => Vec::new(),
                };
                some(&codes)
            }
            Value::Files { f } if f.is_empty() => Cell::Null,
            Value::Files { f } => {
                object = Object::Files(f.clone());
                Cell::Object(&object)
            }
            Value::Place { p } => {
                object = Object::Place(p.clone());
                Cell::Object(&object)
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
        if let Cell::Number(number) = cell {
            self.columns[at].top = self.columns[at].top.max(number);
        }
        true
    }

    /// The number the next record gets in the automatic number at a place.
    pub fn next_number(&self, at: usize) -> f64 {
        let gone = self.def().fields.get(at).map_or(0.0, |field| self.number_gone(field.id));
        let top = self.columns.get(at).map_or(0.0, |stored| stored.top);
        top.max(gone).floor() + 1.0
    }

    /// The highest automatic number of records that are gone.
    pub(crate) fn number_gone(&self, field: FieldId) -> f64 {
        let found = self.def().numbers.iter().find(|(id, _)| *id == field);
        found.map_or(0.0, |(_, most)| *most)
    }

    /// Notes automatic numbers that only records hold which are about to go.
    pub(crate) fn keep_numbers(&mut self, rows: &[RowIx]) {
        for at in 0..self.columns.len() {
            let FieldKind::AutoNumber { .. } = self.schema.def.fields[at].kind else { continue };
            let top = self.columns[at].top;
            if rows.iter().any(|&row| self.cell(row, at) == Cell::Number(top)) {
                self.keep_number(at);
            }
        }
    }

    /// Notes the highest automatic number of a column that is about to go.
    pub(crate) fn keep_number(&mut self, at: usize) {
        self.note_number(self.def().fields[at].id, self.next_number(at) - 1.0);
    }

    /// Notes that automatic numbers of a field were given up to one.
    pub(crate) fn note_number(&mut self, id: FieldId, most: f64) {
        if most > self.number_gone(id) {
            let mut def = self.def().clone();
            def.numbers.retain(|(other, _)| *other != id);
            def.numbers.push((id, most));
            self.set_def(def);
        }
    }

    /// Notes who made a record, or changed it, and when.
    pub(crate) fn set_stamp(&mut self, row: RowIx, stamp: Stamp, made: bool) {
        let (at, by) = if made {
            (System::CreatedAt, System::CreatedBy)
        } else {
            (System::UpdatedAt, System::UpdatedBy)
        };
        let code = stamp.by.map(|by| [Dict::intern(&mut self.dict, by.bits())]);
        let at = &mut self.system[at as usize];
        if at.get(row) != Cell::Date(stamp.at) {
            Arc::make_mut(at).set(row, Cell::Date(stamp.at));
        }
        let by = &mut self.system[by as usize];
        let cell = code.as_ref().map_or(Cell::Null, |code| Cell::Codes(code));
        if by.get(row) != cell {
            Arc::make_mut(by).set(row, cell);
        }
    }

    /// Adds a record that does not live, with all cells null.
    pub(crate) fn create(&mut self, id: RecordId) -> RowIx {
        let (row, again) = Arc::make_mut(&mut self.roster).create(id);
        if again {
            for column in &mut self.columns {
                if column.cells.get(row) != Cell::Null {
                    Arc::make_mut(&mut column.cells).set(row, Cell::Null);
                }
                column.errors.set(row, None);
            }
        }
        row
    }

    /// Deletes the record of a live row. Its cells stay until it is restored, out of sight.
    pub(crate) fn delete(&mut self, row: RowIx) {
        Arc::make_mut(&mut self.roster).delete(row);
    }

    /// Replaces the definition where no column comes, goes or moves.
    pub(crate) fn set_def(&mut self, def: TableDef) {
        self.schema = Arc::new(self.schema.changed(def));
    }
    /// Replaces the definition by one with a new field at a place.
    pub(crate) fn insert_column(&mut self, def: TableDef, at: usize) {
        self.columns.insert(at, Stored::new(Shape::of(&def.fields[at].kind), self.next_serial));
        self.next_serial += 1;
        self.set_def(def);
    }
    /// Replaces the definition by one in which the field at a place has another type, without cells.
    pub(crate) fn replace_column(&mut self, def: TableDef, at: usize) {
        self.columns[at] = Stored::new(Shape::of(&def.fields[at].kind), self.next_serial);
        self.next_serial += 1;
        self.set_def(def);
    }
    /// Gives a computed field another form; its cells are empty then.
    pub(crate) fn reshape(&mut self, at: usize, ty: Type, choices: Arc<Choices>) {
        let shape = Shape::of_type(ty);
        if self.schema.types[at] == ty && Arc::ptr_eq(&self.schema.choices[at], &choices) {
            return;
        }
        if self.schema.shapes[at] != shape || self.schema.types[at] != ty {
            self.columns[at] = Stored::new(shape, self.next_serial);
            self.next_serial += 1;
        }
        self.schema = Arc::new(self.schema.reshaped(at, ty, choices));
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

    /// A row for a record that is loaded, not yet in the order of records.
    pub(crate) fn append_loaded(&mut self, id: RecordId) -> RowIx {
        Arc::make_mut(&mut self.roster).append_loaded(id)
    }
    /// Fills in the order of records once all rows were appended. Answers a record that came twice.
    pub(crate) fn finish_roster(&mut self) -> Result<(), RecordId> {
        Arc::make_mut(&mut self.roster).finish_load()
    }
    /// Takes over records whose cells were filled in by column.
    pub(crate) fn set_roster(&mut self, roster: Roster) {
        self.roster = Arc::new(roster);
        for at in 0..self.columns.len() {
            let FieldKind::AutoNumber { .. } = self.schema.def.fields[at].kind else { continue };
            let numbers = (0..self.roster.row_count() as RowIx).filter_map(|row| {
                if let Cell::Number(number) = self.columns[at].cells.get(row) { Some(number) } else { None }
            });
            self.columns[at].top = numbers.fold(0.0, f64::max);
        }
    }
    /// The columns of what every record has, in the order of [`System`].
    pub(crate) fn system(&self) -> &[Arc<Column>; 4] {
        &self.system
    }
    pub(crate) fn system_mut(&mut self, at: usize) -> &mut Column {
        Arc::make_mut(&mut self.system[at])
    }
    /// Packs what was filled in after a load.
    pub(crate) fn seal(&mut self) {
        for column in self.columns.iter_mut().map(|stored| &mut stored.cells).chain(&mut self.system) {
            Arc::make_mut(column).seal();
        }
    }
}
