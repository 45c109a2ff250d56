//! Which records have given values in given fields, for those who plan changes by keys.

use std::collections::HashMap;

use skein_types::{FieldId, RecordId};

use crate::{
    RowIx, Table, Value,
    column::Cell,
    rules::{Key, key},
};

/// By the first of the fields, which of the wanted a row may be.
#[derive(Default)]
struct First<'a> {
    /// Most keys are texts: looked up without making a value of each cell.
    texts: HashMap<&'a str, Vec<usize>>,
    others: HashMap<Key, Vec<usize>>,
}

impl<'a> First<'a> {
    fn of(wanted: &'a [Vec<Value>]) -> Self {
        let mut this = Self::default();
        for (place, values) in wanted.iter().enumerate() {
            match values.first() {
                Some(Value::Text { t }) => this.texts.entry(t.trim()).or_default().push(place),
                Some(value) => {
                    if let Some(key) = key(value) {
                        this.others.entry(key).or_default().push(place);
                    }
                }
                None => {}
            }
        }
        this
    }

    fn places(&self, table: &Table, row: RowIx, at: usize) -> &[usize] {
        let found = match table.cell(row, at) {
            Cell::Null => None,
            Cell::Text(text) => self.texts.get(text.trim()),
            _ => key(&table.value(row, at)).and_then(|key| self.others.get(&key)),
        };
        found.map_or(&[], Vec::as_slice)
    }
}

impl Table {
    /// Of each of the wanted, which give a value for each of the fields, the records that have these values.
    /// Texts are the same but for spaces around them, lists in any order. What is empty, and ticks, are
    /// nothing to be found by.
    pub fn matching(&self, fields: &[FieldId], wanted: &[Vec<Value>]) -> Vec<Vec<RecordId>> {
        let mut found = vec![Vec::new(); wanted.len()];
        let places: Option<Vec<usize>> = fields.iter().map(|field| self.schema.place(*field)).collect();
        let Some([first, rest @ ..]) = places.as_deref() else { return found };
        let index = First::of(wanted);
        let keys = |values: &[Value]| values.iter().map(key).collect::<Option<Vec<Key>>>();
        let wanted: Vec<Option<Vec<Key>>> =
            wanted.iter().map(|values| keys(values.get(1..).unwrap_or_default())).collect();
        for row in self.rows() {
            for &place in index.places(self, row, *first) {
                let Some(wanted) = &wanted[place] else { continue };
                let same = wanted.len() == rest.len()
                    && rest
                        .iter()
                        .zip(wanted)
                        .all(|(at, key)| self::key(&self.value(row, *at)).as_ref() == Some(key));
                if same {
                    found[place].push(self.record_id(row));
                }
            }
        }
        found
    }
}

/// The first two of some lists of values that are the same.
pub fn first_repeat(wanted: &[Vec<Value>]) -> Option<(usize, usize)> {
    let mut seen: HashMap<Vec<Option<Key>>, usize> = HashMap::with_capacity(wanted.len());
    let keys = |values: &Vec<Value>| values.iter().map(key).collect();
    let mut places = wanted.iter().enumerate();
    places.find_map(|(at, values)| seen.insert(keys(values), at).map(|first| (first, at)))
}
