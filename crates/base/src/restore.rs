//! What a table was at an earlier moment, and the operations that bring that back. It is folded from what takes
//! back the changes since, newest first; fields stay as they are now. Pure.

use std::collections::{HashMap, HashSet};

use skein_table::{
    Base, Field, FieldKind, Op, Record, RowIx, Stamp, Table, TextValue, Value, value_from_text, value_to_text,
};
use skein_types::{ChoiceId, FieldId, RecordId, TableId};

use crate::BaseError;

/// What to bring back.
#[derive(Clone, Debug)]
pub struct Restore {
    /// In which table.
    pub table: TableId,
    /// Only this record of it.
    pub record: Option<RecordId>,
    /// Only these fields; all when there are none.
    pub fields: Vec<FieldId>,
    /// As it was right after this event.
    pub to: i64,
    /// The event up to which `undo` reaches.
    pub(crate) upto: i64,
    /// What takes back the changes since, newest first.
    pub(crate) undo: Vec<Op>,
}

/// The operations of a restoration.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Restored {
    /// In order.
    pub(crate) ops: Vec<Op>,
    /// Values that fields cannot hold any more.
    pub(crate) lost: usize,
}

/// Whether a record was there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum There {
    /// As it is now.
    #[default]
    Same,
    /// It was not.
    Absent,
    /// It was, and what is known of its cells is all there was.
    Whole(Option<Stamp>),
}

/// A record as it was.
#[derive(Debug, Default)]
struct Was<'a> {
    there: There,
    cells: HashMap<FieldId, &'a Value>,
}

/// Whether a field was there.
#[derive(Clone, Copy, Debug, PartialEq)]
enum FieldWas {
    /// It was not: its cells stay as they are now.
    Absent,
    /// It was, and what is known of its cells is all there was.
    Whole,
}

/// A table as it was, as far as it is not as it is now.
#[derive(Debug, Default)]
struct Past<'a> {
    records: HashMap<RecordId, Was<'a>>,
    fields: HashMap<FieldId, FieldWas>,
    /// Whether records of which nothing is known were not there.
    emptied: bool,
    choices: HashMap<ChoiceId, &'a str>,
    /// Cells of other tables that named records of this one.
    links: Vec<(TableId, RecordId, FieldId, &'a [RecordId])>,
}

impl<'a> Past<'a> {
    fn fold(&mut self, table: TableId, only: Option<RecordId>, op: &'a Op) {
        let wanted = |record: RecordId| only.is_none_or(|only| only == record);
        match op {
            Op::UpdateRecords { table: of, records } if *of == table => {
                for record in records.iter().filter(|record| wanted(record.id)) {
                    let was = self.records.entry(record.id).or_default();
                    was.cells.extend(record.cells.iter().map(|(field, value)| (*field, value)));
                }
            }
            Op::UpdateRecords { table, records } => self.others(*table, records),
            Op::CreateRecords { table: of, records } if *of == table => {
                for record in records.iter().filter(|record| wanted(record.id)) {
                    let cells = record.cells.iter().map(|(field, value)| (*field, value)).collect();
                    self.records.insert(record.id, Was { there: There::Whole(record.made), cells });
                }
            }
            Op::DeleteRecords { table: of, records } if *of == table => {
                for record in records.iter().filter(|record| wanted(**record)) {
                    self.records.insert(*record, Was { there: There::Absent, cells: HashMap::new() });
                }
            }
            Op::DeleteTable { table: of } if *of == table => {
                self.records.clear();
                self.emptied = true;
            }
            Op::CreateTable { table: def, .. } if def.id == table => {
                def.fields.iter().for_each(|field| self.choices_of(field));
            }
            Op::DeleteField { table: of, field } if *of == table => {
                self.records.values_mut().for_each(|was| {
                    was.cells.remove(field);
                });
                self.fields.insert(*field, FieldWas::Absent);
            }
            Op::CreateField { table: of, field, .. } if *of == table => {
                self.fields.insert(field.id, FieldWas::Whole);
                self.choices_of(field);
            }
            Op::RetypeField { table: of, field, .. } if *of == table => {
                if !field.kind.is_stored() {
                    self.fields.insert(field.id, FieldWas::Absent);
                }
                self.choices_of(field);
            }
            Op::UpdateField { table: of, field } if *of == table => self.choices_of(field),
            _ => {}
        }
    }

    fn choices_of(&mut self, field: &'a Field) {
        self.choices.extend(field.kind.choices().iter().map(|choice| (choice.id, choice.name.as_str())));
    }

    fn others(&mut self, table: TableId, records: &'a [Record]) {
        for record in records {
            for (field, value) in &record.cells {
                if let Value::Links { l } = value {
                    self.links.push((table, record.id, *field, l));
                }
            }
        }
    }
}

/// Works out the operations; `newer` is what takes back changes after [`Restore::upto`], newest first.
pub(crate) fn plan(base: &Base, wanted: &Restore, newer: &[Op]) -> Result<Restored, BaseError> {
    let table = base.table(wanted.table).ok_or(BaseError::TableNotFound(wanted.table))?;
    let mut past = Past::default();
    for op in newer.iter().chain(&wanted.undo) {
        past.fold(wanted.table, wanted.record, op);
    }
    let mut planner = Planner::new(base, table, wanted, &past);
    match wanted.record {
        Some(record) => planner.record(record)?,
        None => planner.table(),
    }
    Ok(planner.finish())
}

struct Planner<'a> {
    base: &'a Base,
    table: &'a Table,
    past: &'a Past<'a>,
    /// Fields whose cells are brought back.
    fields: Vec<&'a Field>,
    whole: bool,
    /// Records that are brought back.
    revived: HashSet<RecordId>,
    create: Vec<Record>,
    update: Vec<Record>,
    delete: Vec<RecordId>,
    lost: usize,
}

impl<'a> Planner<'a> {
    fn new(base: &'a Base, table: &'a Table, wanted: &Restore, past: &'a Past<'a>) -> Self {
        let chosen = |field: &&Field| {
            (wanted.fields.is_empty() || wanted.fields.contains(&field.id))
                && field.kind.is_stored()
                && past.fields.get(&field.id) != Some(&FieldWas::Absent)
        };
        let gone = |(id, was): (&RecordId, &Was<'_>)| {
            (matches!(was.there, There::Whole(_)) && table.row(*id).is_none()).then_some(*id)
        };
        Self {
            base,
            table,
            past,
            fields: table.def().fields.iter().filter(chosen).collect(),
            whole: wanted.fields.is_empty(),
            revived: past.records.iter().filter_map(gone).collect(),
            create: Vec::new(),
            update: Vec::new(),
            delete: Vec::new(),
            lost: 0,
        }
    }

    fn table(&mut self) {
        let again = self.fields.iter().any(|field| self.past.fields.contains_key(&field.id));
        let mut ids: Vec<RecordId> = self.past.records.keys().copied().collect();
        if again || self.past.emptied {
            ids.extend(self.table.rows().map(|row| self.table.record_id(row)));
        }
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            self.one(id);
        }
    }

    fn record(&mut self, id: RecordId) -> Result<(), BaseError> {
        let was = self.past.records.get(&id);
        let absent = match was {
            Some(was) => was.there == There::Absent,
            None => self.past.emptied || self.table.row(id).is_none(),
        };
        if absent {
            return Err(BaseError::NotThereThen);
        }
        self.one(id);
        Ok(())
    }

    fn one(&mut self, id: RecordId) {
        let none =
            Was { there: if self.past.emptied { There::Absent } else { There::Same }, ..Was::default() };
        let was = self.past.records.get(&id).unwrap_or(&none);
        match (was.there, self.table.row(id)) {
            (There::Absent, Some(_)) if self.whole => self.delete.push(id),
            (There::Whole(made), None) if self.whole => self.again(id, made, was),
            (There::Same | There::Whole(_), Some(row)) => self.changed(id, row, was),
            _ => {}
        }
    }

    /// A record that is gone comes back.
    fn again(&mut self, id: RecordId, made: Option<Stamp>, was: &Was<'_>) {
        let mut cells = Vec::new();
        for field in self.fields.clone() {
            if let Some(value) = was.cells.get(&field.id) {
                let value = self.fitting(field, value);
                cells.extend((value != Value::Null).then_some((field.id, value)));
            }
        }
        self.create.push(Record { id, cells, made });
    }

    /// A record that is there gets what it had.
    fn changed(&mut self, id: RecordId, row: RowIx, was: &Was<'_>) {
        let whole = matches!(was.there, There::Whole(_));
        let mut cells = Vec::new();
        for field in self.fields.clone().into_iter().filter(|field| field.kind.is_writable()) {
            let all = whole || self.past.fields.get(&field.id) == Some(&FieldWas::Whole);
            let then = match was.cells.get(&field.id) {
                Some(value) => self.fitting(field, value),
                None if all => Value::Null,
                None => continue,
            };
            if !same(&self.table.get(row, field.id), &then) {
                cells.push((field.id, then));
            }
        }
        if !cells.is_empty() {
            self.update.push(Record::new(id, cells));
        }
    }

    /// An old value as the field can hold it now.
    fn fitting(&mut self, field: &Field, value: &Value) -> Value {
        if let (FieldKind::Link { table, multiple, .. }, Value::Links { l }) = (&field.kind, value) {
            let own = *table == self.table.def().id;
            let there = |id: &&RecordId| {
                own && self.revived.contains(id)
                    || self.base.table(*table).is_some_and(|table| table.row(**id).is_some())
            };
            let mut left: Vec<RecordId> = l.iter().filter(there).copied().collect();
            left.truncate(if *multiple { usize::MAX } else { 1 });
            self.lost += l.len() - left.len();
            return if left.is_empty() { Value::Null } else { Value::Links { l: left.into() } };
        }
        if skein_table::fits(field, value) {
            return value.clone();
        }
        let name = |id: &ChoiceId| self.past.choices.get(id).copied().unwrap_or_default();
        let text = match value {
            Value::Choice { c } => name(c).to_owned(),
            Value::Choices { m } => m.iter().map(name).collect::<Vec<_>>().join(", "),
            Value::Date { .. } => value_to_text(&Field::new(field.id, 0, "", FieldKind::date(true)), value),
            other => value_to_text(field, other),
        };
        if let TextValue::Value(value) = value_from_text(field, &text) {
            return value;
        }
        self.lost += 1;
        Value::Null
    }

    fn finish(self) -> Restored {
        let table = self.table.def().id;
        let mut ops = Vec::new();
        if !self.create.is_empty() {
            ops.push(Op::CreateRecords { table, records: self.create });
        }
        if !self.update.is_empty() {
            ops.push(Op::UpdateRecords { table, records: self.update });
        }
        if self.whole {
            let links = self.past.links.iter().copied();
            ops.extend(relinked(self.base, table, &self.revived, links));
        }
        if !self.delete.is_empty() {
            ops.push(Op::DeleteRecords { table, records: self.delete });
        }
        Restored { ops, lost: self.lost }
    }
}

/// Puts records that come back into the links that named them, beside what these name by now.
pub(crate) fn relinked<'a>(
    base: &Base,
    revived_in: TableId,
    revived: &HashSet<RecordId>,
    links: impl Iterator<Item = (TableId, RecordId, FieldId, &'a [RecordId])>,
) -> Vec<Op> {
    let mut wanted: HashMap<(TableId, RecordId, FieldId), Vec<RecordId>> = HashMap::new();
    for (id, record, field, old) in links {
        let Some(table) = base.table(id) else { continue };
        let Some(row) = table.row(record) else { continue };
        let Some(FieldKind::Link { table: target, multiple, .. }) = table.field(field).map(|it| &it.kind)
        else {
            continue;
        };
        if *target != revived_in || !old.iter().any(|id| revived.contains(id)) {
            continue;
        }
        let list = wanted.entry((id, record, field)).or_insert_with(|| match table.get(row, field) {
            Value::Links { l } => l.to_vec(),
            _ => Vec::new(),
        });
        let mut merged: Vec<RecordId> =
            old.iter().filter(|id| list.contains(id) || revived.contains(id)).copied().collect();
        merged.extend(list.iter().filter(|id| !old.contains(id)));
        if *multiple || list.is_empty() {
            merged.truncate(if *multiple { usize::MAX } else { 1 });
            *list = merged;
        }
    }
    let mut by_table: HashMap<TableId, HashMap<RecordId, Vec<(FieldId, Value)>>> = HashMap::new();
    for ((table, record, field), list) in wanted {
        if !list.is_empty() {
            let cells = by_table.entry(table).or_default().entry(record).or_default();
            cells.push((field, Value::Links { l: list.into() }));
        }
    }
    let records = |records: HashMap<RecordId, Vec<(FieldId, Value)>>| {
        let mut all: Vec<Record> = records.into_iter().map(|(id, cells)| Record::new(id, cells)).collect();
        all.sort_unstable_by_key(|record| record.id);
        all
    };
    let mut ops: Vec<(TableId, Vec<Record>)> =
        by_table.into_iter().map(|(table, some)| (table, records(some))).collect();
    ops.sort_unstable_by_key(|(table, _)| *table);
    ops.into_iter().map(|(table, records)| Op::UpdateRecords { table, records }).collect()
}

/// An unticked checkbox and one never touched are the same.
fn same(now: &Value, then: &Value) -> bool {
    let blank = |value: &Value| matches!(value, Value::Null | Value::Bool { b: false });
    now == then || blank(now) && blank(then)
}
