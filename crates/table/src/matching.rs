//! Which records have given values in given fields, for those who plan changes by keys.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use skein_types::{FieldId, RecordId};

use crate::{
    RowIx, Table, Value,
    chunk::CHUNK,
    column::{Cell, split},
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

/// The rows of a table by their values in some fields, as of one moment. Asked about the table as it is later, it
/// looks at the chunks that are others by then and at nothing else.
#[derive(Clone, Debug)]
pub struct KeyIndex {
    table: Arc<Table>,
    fields: Vec<FieldId>,
    /// Hash and row of each key, in order. A row may have got another key since: found rows are looked at.
    sorted: Arc<[u64]>,
    /// Rows by the hash of keys that came later.
    added: HashMap<u32, Vec<RowIx>>,
    /// How many those are.
    more: usize,
}

/// Rows added to an index before it is made anew.
const MANY: usize = 65_536;

impl KeyIndex {
    /// Of a table as it is; none when a field is not of it.
    pub fn new(table: &Arc<Table>, fields: &[FieldId]) -> Option<Self> {
        let places = table.places(fields)?;
        let entry = |row| Some(u64::from(table.key_hash(row, &places)?) << 32 | u64::from(row));
        let mut sorted: Vec<u64> = table.rows().filter_map(entry).collect();
        sorted.sort_unstable();
        Some(Self {
            table: table.clone(),
            fields: fields.to_vec(),
            sorted: sorted.into(),
            added: HashMap::new(),
            more: 0,
        })
    }

    /// The fields of the keys.
    pub fn fields(&self) -> &[FieldId] {
        &self.fields
    }

    /// The index as of a later state of its table; none when a field is gone.
    pub fn following(mut self, now: &Arc<Table>) -> Option<Self> {
        if Arc::ptr_eq(&self.table, now) {
            return Some(self);
        }
        let changed = self.table.changed_chunks(now, &self.fields);
        let Some(changed) = changed.filter(|_| self.more < MANY + self.sorted.len() / 4) else {
            return Self::new(now, &self.fields);
        };
        let places = now.places(&self.fields)?;
        for row in changed.into_iter().flat_map(|chunk| now.rows_of(chunk)) {
            let Some(hash) = now.key_hash(row, &places) else { continue };
            if self.sorted.binary_search(&(u64::from(hash) << 32 | u64::from(row))).is_ok() {
                continue;
            }
            let rows = self.added.entry(hash).or_default();
            if !rows.contains(&row) {
                rows.push(row);
                self.more += 1;
            }
        }
        self.table = now.clone();
        Some(self)
    }

    /// As [`Table::matching`] of the table as it is now; none when its fields are others.
    pub fn matching(&self, now: &Table, wanted: &[Vec<Value>]) -> Option<Vec<Vec<RecordId>>> {
        let places = now.places(&self.fields)?;
        let changed = self.table.changed_chunks(now, &self.fields)?;
        let wanted: Vec<Option<Vec<Key>>> = wanted.iter().map(|values| keys(values)).collect();
        let mut by_hash: HashMap<u32, Vec<usize>> = HashMap::with_capacity(wanted.len());
        let mut found = vec![Vec::new(); wanted.len()];
        let same = |row: RowIx, wanted: &[Key]| {
            wanted.len() == places.len()
                && places
                    .iter()
                    .zip(wanted)
                    .all(|(at, wanted)| key(&now.value(row, *at)).as_ref() == Some(wanted))
        };
        for (at, wanted) in wanted.iter().enumerate() {
            let Some(wanted) = wanted else { continue };
            let hash = hash_of(wanted.iter());
            for row in self.rows(hash) {
                let known = changed.binary_search(&split(row).0).is_err();
                if known && now.is_live(row) && same(row, wanted) {
                    found[at].push(row);
                }
            }
            by_hash.entry(hash).or_default().push(at);
        }
        for row in changed.iter().flat_map(|chunk| now.rows_of(*chunk)) {
            let asked = now.key_hash(row, &places).and_then(|hash| by_hash.get(&hash));
            for &at in asked.into_iter().flatten() {
                if wanted[at].as_ref().is_some_and(|wanted| same(row, wanted)) {
                    found[at].push(row);
                }
            }
        }
        let records = |rows: Vec<RowIx>| {
            let mut records: Vec<RecordId> = rows.into_iter().map(|row| now.record_id(row)).collect();
            records.sort_unstable();
            records
        };
        Some(found.into_iter().map(records).collect())
    }

    fn rows(&self, hash: u32) -> impl Iterator<Item = RowIx> + '_ {
        let from = self.sorted.partition_point(|entry| entry >> 32 < u64::from(hash));
        let sorted = self.sorted[from..].iter().take_while(move |entry| **entry >> 32 == u64::from(hash));
        sorted.map(|entry| *entry as u32).chain(self.added.get(&hash).into_iter().flatten().copied())
    }
}

fn keys(values: &[Value]) -> Option<Vec<Key>> {
    values.iter().map(key).collect()
}

fn hash_of<'a>(keys: impl Iterator<Item = &'a Key>) -> u32 {
    let mut hasher = DefaultHasher::new();
    keys.for_each(|key| hash_key(key, &mut hasher));
    hasher.finish() as u32
}

fn hash_key(key: &Key, hasher: &mut DefaultHasher) {
    match key {
        Key::Text(text) => text.as_str().hash(hasher),
        Key::Bits(bits) => bits.hash(hasher),
        Key::Ids(ids) => ids.hash(hasher),
    }
}

impl Table {
    fn places(&self, fields: &[FieldId]) -> Option<Vec<usize>> {
        fields.iter().map(|field| self.schema.place(*field)).collect()
    }

    /// The hash of the values of a live row; none when one of them is nothing to be found by.
    fn key_hash(&self, row: RowIx, places: &[usize]) -> Option<u32> {
        let mut hasher = DefaultHasher::new();
        for &at in places {
            match self.cell(row, at) {
                Cell::Null => return None,
                // Most keys are texts: hashed without making a value of each.
                Cell::Text(text) => text.trim().hash(&mut hasher),
                _ => hash_key(&key(&self.value(row, at))?, &mut hasher),
            }
        }
        Some(hasher.finish() as u32)
    }

    /// The live rows of a chunk.
    fn rows_of(&self, chunk: usize) -> impl Iterator<Item = RowIx> + '_ {
        let rows = (chunk * CHUNK) as RowIx..((chunk + 1) * CHUNK) as RowIx;
        rows.filter(|&row| self.is_live(row))
    }

    /// The chunks whose records or cells in some fields are not those of a later state, in order; none when the
    /// fields are others.
    fn changed_chunks(&self, now: &Self, fields: &[FieldId]) -> Option<Vec<usize>> {
        if !self.roster().same_rows(now.roster()) {
            return None;
        }
        let (before, after) = (self.places(fields)?, now.places(fields)?);
        let mut pairs = before.into_iter().zip(after);
        let columns = pairs.clone().map(|(before, after)| (self.column(before), now.column(after)));
        let columns: Vec<_> = columns.collect();
        if pairs.any(|(before, after)| self.serial(before) != now.serial(after)) {
            return None;
        }
        let same = |chunk: &usize| {
            self.roster().same_chunk(now.roster(), *chunk)
                && columns.iter().all(|(before, after)| before.same_chunk(after, *chunk))
        };
        Some((0..now.chunk_count()).filter(|chunk| !same(chunk)).collect())
    }
}

/// The first two of some lists of values that are the same.
pub fn first_repeat(wanted: &[Vec<Value>]) -> Option<(usize, usize)> {
    let mut seen: HashMap<Vec<Option<Key>>, usize> = HashMap::with_capacity(wanted.len());
    let keys = |values: &Vec<Value>| values.iter().map(key).collect();
    let mut places = wanted.iter().enumerate();
    places.find_map(|(at, values)| seen.insert(keys(values), at).map(|first| (first, at)))
}
