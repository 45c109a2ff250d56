//! Records as storage holds them: a version byte, then postcard of stamps, slots and cells. Fields are
//! known by slot and choices by code, so neither renaming, reordering nor retyping touches a stored record.

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};
use skein_types::{FileId, GroupId, MemberId, RecordId};

use crate::{
    Base, DecodeError, Field, FieldKind, File, Place, Retired, RowIx, Stamp, Table, TableDef, Value,
    column::{Cell, Shape},
    convert::{Converter, is_lazy},
    formula::Env,
    resolved::Meanings,
    shape::Choices,
    value::{DAY, MAX_DATE, MIN_DATE},
};

/// Records without stamps.
const PLAIN: u8 = 1;
/// Records that begin with who made and changed them.
const STAMPED: u8 = 2;

/// A cell as stored. The order of variants is part of the format.
#[derive(Serialize, Deserialize)]
enum StoredCell<'a> {
    Text(&'a str),
    Number(f64),
    Date(i64),
    Choice(u32),
    Choices(Vec<u32>),
    Bool(bool),
    Members(Vec<[u8; 16]>),
    Groups(Vec<[u8; 16]>),
    Links(Vec<[u8; 16]>),
    Files(Vec<StoredFile<'a>>),
    Place(&'a str, f64, f64),
}

#[derive(Serialize, Deserialize)]
struct StoredFile<'a> {
    id: [u8; 16],
    name: &'a str,
    size: u64,
    media: &'a str,
}

#[derive(Serialize, Deserialize)]
struct StoredStamp {
    at: i64,
    by: Option<[u8; 16]>,
}

impl From<Stamp> for StoredStamp {
    fn from(stamp: Stamp) -> Self {
        Self { at: stamp.at, by: stamp.by.map(MemberId::to_bytes) }
    }
}

impl From<StoredStamp> for Stamp {
    fn from(stamp: StoredStamp) -> Self {
        Self { at: stamp.at, by: stamp.by.map(MemberId::from_bytes) }
    }
}

type Cells<'a> = Vec<(u32, StoredCell<'a>)>;

impl Table {
    /// A record in compact binary form for storage.
    pub fn encode_row(&self, row: RowIx) -> Vec<u8> {
        let values: Vec<(u32, Value)> = self
            .def()
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| field.kind.is_stored())
            .map(|(at, field)| (field.slot, self.value(row, at)))
            .collect();
        let code = |slot: u32, id| {
            let at = self.def().fields.iter().position(|field| field.slot == slot);
            at.and_then(|at| self.schema.choices[at].code(id))
        };
        let mut cells: Cells<'_> = Vec::with_capacity(values.len());
        for (slot, value) in &values {
            let cell = match value {
                Value::Null => continue,
                Value::Text { t } => StoredCell::Text(t),
                Value::Number { n } => StoredCell::Number(*n),
                Value::Date { d } => StoredCell::Date(*d),
                Value::Bool { b } => StoredCell::Bool(*b),
                Value::Choice { c } => match code(*slot, *c) {
                    Some(code) => StoredCell::Choice(code),
                    None => continue,
                },
                Value::Choices { m } => {
                    StoredCell::Choices(m.iter().filter_map(|id| code(*slot, *id)).collect())
                }
                Value::Members { u } => StoredCell::Members(u.iter().map(|id| id.to_bytes()).collect()),
                Value::Groups { g } => StoredCell::Groups(g.iter().map(|id| id.to_bytes()).collect()),
                Value::Links { l } => StoredCell::Links(l.iter().map(|id| id.to_bytes()).collect()),
                Value::Files { f } => StoredCell::Files(f.iter().map(stored_file).collect()),
                Value::Place { p } => StoredCell::Place(&p.name, p.longitude, p.latitude),
            };
            cells.push((*slot, cell));
        }
        let record = (StoredStamp::from(self.made(row)), StoredStamp::from(self.touched(row)), cells);
        postcard::to_extend(&record, vec![STAMPED]).expect("cells have no shape postcard cannot write")
    }
}

fn stored_file(file: &File) -> StoredFile<'_> {
    StoredFile { id: file.id.to_bytes(), name: &file.name, size: file.size, media: &file.media }
}

impl Base {
    /// A base of stored tables, in display order, each with its records in any order. What is stored of
    /// fields, choices and linked records that are gone is left out.
    pub fn load<B: AsRef<[u8]>, R: Iterator<Item = (RecordId, B)> + Clone>(
        stored: Vec<(TableDef, R)>,
    ) -> Result<Self, DecodeError> {
        Self::load_in(Arc::default(), stored)
    }

    /// As [`Base::load`], with the time and the people that formulas see.
    pub fn load_in<B: AsRef<[u8]>, R: Iterator<Item = (RecordId, B)> + Clone>(
        env: Arc<Env>,
        stored: Vec<(TableDef, R)>,
    ) -> Result<Self, DecodeError> {
        let mut base = Self { env, ..Self::default() };
        let mut all = Vec::with_capacity(stored.len());
        for (def, rows) in stored {
            let mut table = Table::new(def);
            for (record, _) in rows.clone() {
                if table.row_count() == RowIx::MAX as usize {
                    return Err(DecodeError { record, reason: "beyond what a table can hold" });
                }
                table.append_loaded(record);
            }
            table.finish_roster().map_err(|record| DecodeError { record, reason: "stored twice" })?;
            base.tables.push(Arc::new(table));
            all.push(rows);
        }
        base.refresh_peers();
        for (place, rows) in all.into_iter().enumerate() {
            let table = Arc::make_mut(&mut base.tables[place]);
            let reader = Reader::new(table.def());
            for (row, (record, bytes)) in (0..).zip(rows) {
                let fill = reader.fill(table, row, record, bytes.as_ref());
                fill.map_err(|reason| DecodeError { record, reason })?;
            }
            table.seal();
        }
        base.finish_load();
        Ok(base)
    }

    /// A base of tables whose stored cells are all there.
    pub(crate) fn of_stored(env: Arc<Env>, tables: Vec<Arc<Table>>) -> Self {
        let mut base = Self { tables, env, ..Self::default() };
        base.refresh_peers();
        base.finish_load();
        base
    }

    /// Works out what follows from stored cells.
    fn finish_load(&mut self) {
        self.rebuild_backs(None);
        self.pending.schema = true;
        self.settle();
    }
}

/// Where the cells of a slot go.
enum Slot {
    /// To the field at a place.
    Field(usize),
    /// Through a conversion to another slot.
    Retired(usize),
}

/// Reads stored records of one definition.
struct Reader {
    slots: HashMap<u32, Slot>,
    retired: Vec<Old>,
}

/// A retired slot, made ready.
struct Old {
    retired: Retired,
    choices: Choices,
    through: Through,
}

/// How values of a retired slot are converted.
enum Through {
    Alone(Box<Converter>),
    Resolved(Meanings),
}

impl Through {
    fn new(retired: &Retired) -> Self {
        if is_lazy(&retired.field, &retired.became) {
            Self::Alone(Box::new(Converter::new(&retired.field, &retired.became)))
        } else {
            Self::Resolved(Meanings::new(&retired.resolved))
        }
    }

    fn value(&self, value: &Value) -> Value {
        match self {
            Self::Alone(converter) => converter.value(value),
            Self::Resolved(resolved) => resolved.get(value).cloned().unwrap_or_default(),
        }
    }
}

impl Old {
    fn new(retired: &Retired) -> Self {
        Self {
            retired: retired.clone(),
            choices: Choices::of(retired.field.kind.choices()),
            through: Through::new(retired),
        }
    }
}

impl Reader {
    fn new(def: &TableDef) -> Self {
        let retired = def.retired.iter().enumerate().map(|(at, old)| (old.slot, Slot::Retired(at)));
        let fields = def.fields.iter().enumerate().map(|(at, field)| (field.slot, Slot::Field(at)));
        Self { slots: retired.chain(fields).collect(), retired: def.retired.iter().map(Old::new).collect() }
    }

    fn fill(
        &self,
        table: &mut Table,
        row: RowIx,
        record: RecordId,
        bytes: &[u8],
    ) -> Result<(), &'static str> {
        const SHAPELESS: &str = "not a list of cells";
        let (made, touched, cells): (Stamp, Stamp, Cells<'_>) = match bytes.split_first() {
            Some((&STAMPED, rest)) => {
                let (made, touched, cells): (StoredStamp, StoredStamp, Cells<'_>) =
                    postcard::from_bytes(rest).map_err(|_| SHAPELESS)?;
                (made.into(), touched.into(), cells)
            }
            Some((&PLAIN, rest)) => {
                // Ids begin with the millisecond they were made at.
                let made = Stamp { at: (record.bits() >> 80) as i64, by: None };
                (made, made, postcard::from_bytes(rest).map_err(|_| SHAPELESS)?)
            }
            Some(_) => return Err("of a version this program does not know"),
            None => return Err("empty"),
        };
        table.set_stamp(row, made, true);
        table.set_stamp(row, touched, false);
        for (slot, cell) in &cells {
            match self.slots.get(slot) {
                Some(Slot::Field(at)) if plain(table.schema.shapes[*at], cell).is_some() => {
                    let cell = plain(table.schema.shapes[*at], cell).unwrap_or(Cell::Null);
                    table.set_cell(row, *at, cell);
                }
                Some(Slot::Field(at)) => {
                    let field = &table.def().fields[*at];
                    let value = value_of(cell, &field.kind, &table.schema.choices[*at])?;
                    table.set_value(row, *at, &value);
                }
                Some(Slot::Retired(at)) => {
                    if let Some((at, value)) = self.through(table, *at, cell)? {
                        table.set_value(row, at, &value);
                    }
                }
                None => {}
            }
        }
        Ok(())
    }

    /// A cell of a retired slot as what its field is now.
    fn through(
        &self,
        table: &Table,
        at: usize,
        cell: &StoredCell<'_>,
    ) -> Result<Option<(usize, Value)>, &'static str> {
        let Old { retired, choices, .. } = &self.retired[at];
        let (mut old, mut through) = (retired, &self.retired[at].through);
        let mut value = value_of(cell, &old.field.kind, choices)?;
        // Each step goes to a newer slot, so there are no more steps than retired slots.
        for _ in 0..=self.retired.len() {
            match self.slots.get(&old.into) {
                Some(Slot::Field(at)) => {
                    let field = &table.def().fields[*at];
                    return Ok(Some((*at, without_clock(through.value(&value), field))));
                }
                Some(Slot::Retired(next)) => {
                    let newer = &self.retired[*next];
                    value = without_clock(through.value(&value), &newer.retired.field);
                    (old, through) = (&newer.retired, &newer.through);
                }
                None => return Ok(None),
            }
        }
        Ok(None)
    }
}

/// A value of a field as it was, in what that field is after changes of its options: choices that are gone
/// are left out where choices become codes.
fn without_clock(value: Value, field: &Field) -> Value {
    match (value, &field.kind) {
        (Value::Date { d }, FieldKind::Date(style)) if !style.time => {
            Value::Date { d: d - d.rem_euclid(DAY) }
        }
        (value, _) => value,
    }
}

/// Most cells, as columns hold them.
fn plain<'a>(shape: Shape, cell: &StoredCell<'a>) -> Option<Cell<'a>> {
    match (shape, cell) {
        (Shape::Text, StoredCell::Text(text)) if !text.is_empty() => Some(Cell::Text(text)),
        (Shape::Number, StoredCell::Number(n)) if n.is_finite() => Some(Cell::Number(*n)),
        (Shape::Date { .. }, StoredCell::Date(d)) if (MIN_DATE..=MAX_DATE).contains(d) => {
            Some(Cell::Date(*d))
        }
        _ => None,
    }
}

/// A stored cell as a value of its field; null when its choices are gone.
fn value_of(cell: &StoredCell<'_>, kind: &FieldKind, choices: &Choices) -> Result<Value, &'static str> {
    fn list<K, T>(ids: &[[u8; 16]], id: fn([u8; 16]) -> K, value: fn(Arc<[K]>) -> T, none: T) -> T {
        if ids.is_empty() { none } else { value(ids.iter().map(|bytes| id(*bytes)).collect()) }
    }
    Ok(match (kind, cell) {
        (FieldKind::Text { .. }, StoredCell::Text("")) => Value::Null,
        (FieldKind::Text { .. }, StoredCell::Text(text)) => Value::Text { t: (*text).into() },
        (FieldKind::Number(_) | FieldKind::AutoNumber { .. }, StoredCell::Number(n)) if n.is_finite() => {
            Value::Number { n: *n }
        }
        (FieldKind::Date(_), StoredCell::Date(d)) if (MIN_DATE..=MAX_DATE).contains(d) => {
            Value::Date { d: *d }
        }
        (FieldKind::Select { .. }, StoredCell::Choice(code)) => {
            choices.id(*code).map_or(Value::Null, |c| Value::Choice { c })
        }
        (FieldKind::MultiSelect { .. }, StoredCell::Choices(codes)) => {
            let m: Arc<[_]> = codes.iter().filter_map(|code| choices.id(*code)).collect();
            if m.is_empty() { Value::Null } else { Value::Choices { m } }
        }
        (FieldKind::Checkbox, StoredCell::Bool(b)) => Value::Bool { b: *b },
        (FieldKind::Member { .. }, StoredCell::Members(ids)) => {
            list(ids, MemberId::from_bytes, |u| Value::Members { u }, Value::Null)
        }
        (FieldKind::Group { .. }, StoredCell::Groups(ids)) => {
            list(ids, GroupId::from_bytes, |g| Value::Groups { g }, Value::Null)
        }
        (FieldKind::Link { .. }, StoredCell::Links(ids)) => {
            list(ids, RecordId::from_bytes, |l| Value::Links { l }, Value::Null)
        }
        (FieldKind::Attachment, StoredCell::Files(files)) => {
            let file = |file: &StoredFile<'_>| File {
                id: FileId::from_bytes(file.id),
                name: file.name.into(),
                size: file.size,
                media: file.media.into(),
            };
            Value::Files { f: files.iter().map(file).collect() }
        }
        (FieldKind::Location, StoredCell::Place(name, longitude, latitude)) => {
            let place = Place { name: (*name).into(), longitude: *longitude, latitude: *latitude };
            if !place.is_sound() {
                return Err("a place is not on earth");
            }
            Value::Place { p: Arc::new(place) }
        }
        _ => return Err("a cell is not of its field's type"),
    })
}
