//! Questions about cells that those who plan changes ask: which values are taken, what a conversion loses.

use std::collections::{HashMap, HashSet};

use skein_types::{FieldId, RecordId};

use crate::{
    Base, Field, FieldKind, RowIx, Table, TextValue, Value,
    column::Cell,
    convert::{Conversion, cell_as_text},
    value_from_text,
};

/// A value by which cells are told apart.
#[derive(PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Text(String),
    Bits(u64),
    Ids(Vec<u128>),
}

pub(crate) fn key(value: &Value) -> Option<Key> {
    Some(match value {
        Value::Text { t } => Key::Text(t.trim().to_owned()),
        Value::Number { n } => Key::Bits((n + 0.0).to_bits()),
        Value::Date { d } => Key::Bits(*d as u64),
        Value::Choice { c } => Key::Ids(vec![c.bits()]),
        Value::Choices { m } => Key::Ids(sorted(m.iter().map(|id| id.bits()))),
        Value::Members { u } => Key::Ids(sorted(u.iter().map(|id| id.bits()))),
        Value::Groups { g } => Key::Ids(sorted(g.iter().map(|id| id.bits()))),
        Value::Links { l } => Key::Ids(sorted(l.iter().map(|id| id.bits()))),
        Value::Files { f } => Key::Ids(sorted(f.iter().map(|file| file.id.bits()))),
        Value::Place { p } => Key::Text(format!("{} {}", p.longitude, p.latitude)),
        Value::Null | Value::Bool { .. } => return None,
    })
}

fn sorted(ids: impl Iterator<Item = u128>) -> Vec<u128> {
    let mut ids: Vec<u128> = ids.collect();
    ids.sort_unstable();
    ids
}

/// What a conversion of a field does.
#[derive(Debug)]
pub struct Converted {
    /// Records of the table.
    pub rows: usize,
    /// Those with a value.
    pub filled: usize,
    /// Those whose value would be cleared.
    pub lost: usize,
    /// Some records, those that lose something first: the cell as text, and its new value.
    pub samples: Vec<(RecordId, String, Value)>,
}

impl Base {
    /// The first of some wanted cells that another record, or another of them, already has: the record that
    /// wants it and the one that has it.
    pub fn doubled(
        &self,
        table: &Table,
        field: FieldId,
        wanted: &[(RecordId, Value)],
    ) -> Option<(RecordId, RecordId)> {
        let at = table.schema.place(field)?;
        let mut wants: HashMap<Key, RecordId> = HashMap::with_capacity(wanted.len());
        for (record, value) in wanted {
            if let Some(other) = key(value).and_then(|key| wants.insert(key, *record)) {
                return Some((*record, other));
            }
        }
        let written: HashSet<RecordId> = wanted.iter().map(|(record, _)| *record).collect();
        let has = |row: RowIx| {
            let record = table.record_id(row);
            let taken = match table.cell(row, at) {
                Cell::Null => None,
                // Most unique fields are texts: looked up without making a value of each.
                Cell::Text(text) => wants.get(&Key::Text(text.trim().to_owned())),
                _ => key(&table.value(row, at)).and_then(|key| wants.get(&key)),
            };
            taken.filter(|_| !written.contains(&record)).map(|wanting| (*wanting, record))
        };
        table.rows().find_map(has)
    }

    /// What converting a field to another would do, with up to `limit` samples.
    pub fn preview_retype(&self, table: &Table, to: &Field, limit: usize) -> Converted {
        let mut converted = Converted { rows: table.len(), filled: 0, lost: 0, samples: Vec::new() };
        let Some(at) = table.schema.place(to.id) else { return converted };
        let conversion = Conversion::new(self, table, at, to);
        let mut kept = Vec::new();
        for row in table.rows().filter(|&row| table.cell(row, at) != Cell::Null) {
            converted.filled += 1;
            let after = conversion.value(row);
            let lost = after == Value::Null && conversion.loses(row);
            converted.lost += usize::from(lost);
            let samples = if lost { &mut converted.samples } else { &mut kept };
            if samples.len() < limit {
                samples.push((table.record_id(row), self.cell_text(table, row, at), after));
            }
        }
        kept.truncate(limit.saturating_sub(converted.samples.len()));
        converted.samples.append(&mut kept);
        converted
    }

    /// The names that the cells of a field would have as choices, the most frequent first.
    pub fn choice_names(&self, table: &Table, at: usize, single: bool, limit: usize) -> Vec<String> {
        let choices = Vec::new();
        let kind = if single { FieldKind::Select { choices } } else { FieldKind::MultiSelect { choices } };
        let field = Field { kind, ..table.def().fields[at].clone() };
        let mut counts: HashMap<String, (usize, usize, String)> = HashMap::new();
        for row in table.rows() {
            let text = cell_as_text(self, table, row, at);
            let TextValue::NewChoices(names) = value_from_text(&field, &text) else { continue };
            for name in names {
                let place = counts.len();
                let entry = counts.entry(name.to_lowercase()).or_insert((0, place, name));
                entry.0 += 1;
            }
        }
        let mut names: Vec<_> = counts.into_values().collect();
        names.sort_by_key(|(count, place, _)| (std::cmp::Reverse(*count), *place));
        names.into_iter().take(limit).map(|(_, _, name)| name).collect()
    }
}

/// Whether a field can hold a value.
pub fn fits(field: &Field, value: &Value) -> bool {
    crate::check::value(&crate::shape::Schema::of_one(field), 0, value, String::new).is_ok()
}
