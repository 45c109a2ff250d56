//! Cells of a field as cells of a field of another type.

use std::{collections::HashMap, sync::Arc};

use skein_types::{ChoiceId, GroupId, MemberId, RecordId};

use crate::{
    Base, Field, FieldKind, RowIx, Table, TextValue, Value,
    formula::{Datum, Item},
    read::each,
    stored::converts_alone,
    value_from_text, value_to_text,
};

/// Converts a value whose text and meaning follow from its field alone. What does not fit becomes null.
pub(crate) fn convert_stored(from: &Field, value: &Value, to: &Field) -> Value {
    held(convert(from, value, to))
}

/// As cells hold it: what is not ticked is null.
fn held(value: Value) -> Value {
    if value == (Value::Bool { b: false }) { Value::Null } else { value }
}

fn convert(from: &Field, value: &Value, to: &Field) -> Value {
    let named = |id: &ChoiceId| {
        let choice = from.kind.choices().iter().find(|choice| choice.id == *id)?;
        to.kind.choices().iter().find(|other| crate::check::same_name(&other.name, &choice.name))
    };
    match (value, &to.kind) {
        // A cell without a tick is empty.
        (Value::Null | Value::Bool { b: false }, _) => Value::Null,
        (Value::Choice { c }, FieldKind::Select { .. }) => {
            named(c).map_or(Value::Null, |choice| Value::Choice { c: choice.id })
        }
        (Value::Choice { c }, FieldKind::MultiSelect { .. }) => {
            named(c).map_or(Value::Null, |choice| Value::Choices { m: [choice.id].into() })
        }
        (Value::Choices { m }, FieldKind::Select { .. }) => {
            m.iter().find_map(named).map_or(Value::Null, |choice| Value::Choice { c: choice.id })
        }
        (Value::Bool { b: true }, FieldKind::Number(_)) => Value::Number { n: 1.0 },
        (Value::Number { n }, FieldKind::Checkbox) => Value::Bool { b: *n != 0.0 },
        (Value::Place { p }, FieldKind::Text { .. }) if !p.name.is_empty() => {
            Value::Text { t: p.name.as_str().into() }
        }
        (value, _) => read(to, &value_to_text(from, value)),
    }
}

/// A text as a cell.
fn read(to: &Field, text: &str) -> Value {
    match value_from_text(to, text) {
        TextValue::Value(value) => value,
        TextValue::NewChoices(_) | TextValue::Invalid(_) => Value::Null,
    }
}

/// Whether stored records can be read with an old type of a field, so that none needs to be written anew.
pub(crate) fn is_lazy(from: &Field, to: &Field) -> bool {
    converts_alone(from) && converts_alone(to)
}

/// A conversion of the cells of a field, made ready.
pub struct Conversion<'a> {
    base: &'a Base,
    table: &'a Table,
    at: usize,
    to: &'a Field,
    /// Records, people or groups by name in lower case, when the new type holds those.
    named: HashMap<String, u128>,
}

impl<'a> Conversion<'a> {
    /// From the field at a place of a table to another of the same id.
    pub(crate) fn new(base: &'a Base, table: &'a Table, at: usize, to: &'a Field) -> Self {
        let people = &base.env().people;
        let lower = |name: &Arc<str>| name.to_lowercase();
        let named = match &to.kind {
            FieldKind::Member { .. } => {
                people.members.iter().map(|(id, name)| (lower(name), id.bits())).collect()
            }
            FieldKind::Group { .. } => {
                people.groups.iter().map(|(id, name)| (lower(name), id.bits())).collect()
            }
            FieldKind::Link { table, .. } => base.table(*table).map_or_else(HashMap::new, |target| {
                // Of records of one name the first is meant.
                let rows: Vec<RowIx> = target.rows().collect();
                let named = |&row: &RowIx| {
                    (base.cell_text(target, row, 0).to_lowercase(), target.record_id(row).bits())
                };
                rows.iter().rev().map(named).filter(|(name, _)| !name.is_empty()).collect()
            }),
            _ => HashMap::new(),
        };
        Self { base, table, at, to, named }
    }

    /// The new value of the cell of a row.
    pub(crate) fn value(&self, row: RowIx) -> Value {
        held(self.converted(row))
    }

    fn converted(&self, row: RowIx) -> Value {
        let from = &self.table.def().fields[self.at];
        if is_lazy(from, self.to) {
            return convert(from, &self.table.value(row, self.at), self.to);
        }
        let datum = self.table.datum_at(row, self.at);
        if let Some(value) = self.same(&datum) {
            return value;
        }
        let text = self.base.cell_text(self.table, row, self.at);
        match &self.to.kind {
            FieldKind::Member { multiple } => {
                let u: Arc<[_]> = self.find(&text, *multiple).map(MemberId::from_bits).collect();
                if u.is_empty() { Value::Null } else { Value::Members { u } }
            }
            FieldKind::Group { multiple } => {
                let g: Arc<[_]> = self.find(&text, *multiple).map(GroupId::from_bits).collect();
                if g.is_empty() { Value::Null } else { Value::Groups { g } }
            }
            FieldKind::Link { multiple, .. } => {
                let l: Arc<[_]> = self.find(&text, *multiple).map(RecordId::from_bits).collect();
                if l.is_empty() { Value::Null } else { Value::Links { l } }
            }
            _ => read(self.to, &text),
        }
    }

    /// Whether a cell would lose what is in it.
    pub(crate) fn loses(&self, row: RowIx) -> bool {
        !matches!(self.table.datum_at(row, self.at), Datum::Null | Datum::Bool(false))
            && self.converted(row) == Value::Null
    }

    /// Values that both types hold as they are.
    fn same(&self, datum: &Datum) -> Option<Value> {
        let some = |list: bool| if list { usize::MAX } else { 1 };
        Some(match (&self.to.kind, datum) {
            (_, Datum::Null) => Value::Null,
            (FieldKind::Number(_), Datum::Number(n)) => Value::Number { n: *n },
            (FieldKind::Date(style), Datum::Date { at, .. }) => {
                Value::Date { d: if style.time { *at } else { at - at.rem_euclid(crate::value::DAY) } }
            }
            (FieldKind::Checkbox, Datum::Bool(b)) => Value::Bool { b: *b },
            (FieldKind::Location, Datum::Place(p)) => Value::Place { p: p.clone() },
            (FieldKind::Member { multiple }, Datum::Member(_) | Datum::List(_)) => {
                let member = |one: &Datum| if let Datum::Member(id) = one { Some(*id) } else { None };
                let u: Arc<[_]> = each(datum).iter().filter_map(member).take(some(*multiple)).collect();
                (!u.is_empty()).then_some(Value::Members { u })?
            }
            (FieldKind::Link { table, multiple, .. }, Datum::Record(_) | Datum::List(_))
                if self.table.schema.types[self.at].item == Item::Record(*table) =>
            {
                let target = self.base.table(*table)?;
                let record = |one: &Datum| match one {
                    Datum::Record(row) => Some(target.record_id(*row)),
                    _ => None,
                };
                let l: Arc<[_]> = each(datum).iter().filter_map(record).take(some(*multiple)).collect();
                (!l.is_empty()).then_some(Value::Links { l })?
            }
            _ => return None,
        })
    }

    /// What a text names: itself, or the parts between its commas.
    fn find(&self, text: &str, multiple: bool) -> impl Iterator<Item = u128> {
        let whole = self.named.get(&text.trim().to_lowercase()).copied();
        let parts = text.split([',', ';', '\n', '，', '；', '、']);
        let mut found: Vec<u128> = match whole {
            Some(id) => vec![id],
            None => parts.filter_map(|part| self.named.get(&part.trim().to_lowercase()).copied()).collect(),
        };
        let mut seen = std::collections::HashSet::new();
        found.retain(|id| seen.insert(*id));
        found.truncate(if multiple { usize::MAX } else { 1 });
        found.into_iter()
    }
}
