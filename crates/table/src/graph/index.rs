//! Rows of a column by value, for formulas that look records up by a key. Copy on write in small pieces, so
//! a snapshot that holds one costs little.

use std::{
    borrow::Cow,
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use crate::{
    RowIx, Table,
    chunk::CHUNK,
    column::split,
    formula::{Datum, Item, Type},
    text_match::fold,
};

const SHARDS: usize = 4_096;

type Shard = HashMap<u64, Vec<RowIx>>;

/// Rows by the hash of their cell. Cells that are equal as `=` means it have equal hashes.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    class: Class,
    /// Of the column it was made for: another one, or other names of choices, make another.
    pub(crate) column: u64,
    shards: Vec<Arc<Shard>>,
    /// The hash of each row; 0 where it stands nowhere.
    hashes: Vec<Arc<Vec<u64>>>,
}

/// Types whose values may be equal to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Text,
    Number,
    Date { time: bool },
}

impl Class {
    /// The class of the cells of a column; none when they cannot be looked up.
    pub(crate) fn of(ty: Type) -> Option<Self> {
        match ty.item {
            _ if ty.list => None,
            Item::Text | Item::Choice(..) => Some(Self::Text),
            Item::Number | Item::Duration | Item::Bool => Some(Self::Number),
            Item::Date { time } => Some(Self::Date { time }),
            _ => None,
        }
    }
}

impl Index {
    pub(crate) fn new(class: Class, column: u64) -> Self {
        Self { class, column, shards: vec![Arc::default(); SHARDS], hashes: Vec::new() }
    }
    /// Whether values of one may be equal to values of the other.
    pub(crate) fn same_class(&self, other: &Self) -> bool {
        self.class == other.class
    }
    /// The rows of a hash, in no order. Rows may be deleted meanwhile.
    pub(crate) fn rows(&self, hash: u64) -> &[RowIx] {
        self.shards[hash as usize % SHARDS].get(&hash).map_or(&[], Vec::as_slice)
    }
    /// The hash a row stands under; 0 for none.
    pub(crate) fn of(&self, row: RowIx) -> u64 {
        let (at, within) = split(row);
        self.hashes.get(at).and_then(|hashes| hashes.get(within)).copied().unwrap_or(0)
    }
    /// Puts a row under another hash; the one before.
    pub(crate) fn set(&mut self, row: RowIx, hash: u64) -> u64 {
        let old = self.of(row);
        if old == hash {
            return old;
        }
        if old != 0 {
            let shard = Arc::make_mut(&mut self.shards[old as usize % SHARDS]);
            if let Some(rows) = shard.get_mut(&old) {
                rows.retain(|other| *other != row);
                if rows.is_empty() {
                    shard.remove(&old);
                }
            }
        }
        if hash != 0 {
            let shard = Arc::make_mut(&mut self.shards[hash as usize % SHARDS]);
            shard.entry(hash).or_default().push(row);
        }
        let (at, within) = split(row);
        if at >= self.hashes.len() {
            self.hashes.resize_with(at + 1, Arc::default);
        }
        let hashes = Arc::make_mut(&mut self.hashes[at]);
        if within >= hashes.len() {
            hashes.resize((within + 1).min(CHUNK), 0);
        }
        hashes[within] = hash;
        old
    }

    /// The hash of a cell; 0 for one that failed.
    pub(crate) fn hash_of(table: &Table, at: usize, row: RowIx) -> u64 {
        hash(&table.datum_at(row, at)).unwrap_or(0)
    }

    /// The hash of what is looked for; none when only a look at every row can tell.
    pub(crate) fn hash(&self, key: &Datum) -> Option<u64> {
        let key = match key {
            Datum::List(items) => match &items[..] {
                [] => &Datum::Null,
                [only] => only,
                _ => return None,
            },
            single => single,
        };
        let fits = match (self.class, key) {
            (_, Datum::Null)
            | (Class::Text, Datum::Text(_) | Datum::Choice { .. })
            | (Class::Number, Datum::Number(_) | Datum::Bool(_)) => true,
            (Class::Date { time }, Datum::Date { time: other, .. }) => time == *other,
            _ => false,
        };
        if fits { hash(key) } else { None }
    }
}

/// A text without case and spaces around it, since some who look records up tell neither apart.
fn folded(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let plain = text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if plain { Cow::Borrowed(text) } else { text.chars().map(fold).collect::<String>().into() }
}

/// Numbers and yes or no by value, all else by its text. Nothing and "" are one.
fn hash(value: &Datum) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    match value {
        Datum::Number(n) => (1u8, (n + 0.0).to_bits()).hash(&mut hasher),
        Datum::Bool(yes) => (1u8, f64::from(u8::from(*yes)).to_bits()).hash(&mut hasher),
        Datum::Date { at, .. } => (2u8, at).hash(&mut hasher),
        Datum::Text(text) | Datum::Choice { name: text, .. } => (3u8, &*folded(text)).hash(&mut hasher),
        Datum::Null => (3u8, "").hash(&mut hasher),
        _ => return None,
    }
    Some(hasher.finish().max(1))
}
