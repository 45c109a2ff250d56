//! What values of a field became as it got another type, where names decide that. Kept with the field, so that stored
//! records need not be written anew.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::Value;

/// Bytes of JSON that are kept of one field at most: that of some 20,000 people or titles.
const ROOM: usize = 2 << 20;

/// Values of a field and what they became; all others became nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Resolved(Vec<(Value, Value)>);

impl Resolved {
    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Value, Value)> {
        self.0.iter()
    }
}

/// The same, to look values up and to add to it.
#[derive(Clone, Debug)]
pub(crate) struct Meanings {
    /// By the JSON of a value where it stands.
    places: HashMap<Box<[u8]>, u32>,
    pairs: Vec<(Value, Value)>,
    room: usize,
}

impl Default for Meanings {
    fn default() -> Self {
        Self { places: HashMap::new(), pairs: Vec::new(), room: ROOM }
    }
}

impl Meanings {
    pub(crate) fn new(resolved: &Resolved) -> Self {
        let mut all = Self { room: usize::MAX, ..Self::default() };
        for (from, to) in resolved.iter() {
            all.add(from, to);
        }
        all
    }

    pub(crate) fn get(&self, from: &Value) -> Option<&Value> {
        if self.places.is_empty() {
            return None;
        }
        self.places.get(&*key(from)).map(|&at| &self.pairs[at as usize].1)
    }

    /// Adds what a value became, unless that is known. False when there is no room.
    pub(crate) fn add(&mut self, from: &Value, to: &Value) -> bool {
        let key = key(from);
        if self.places.contains_key(&*key) {
            return true;
        }
        // That of a value is about as long as its JSON.
        let size = key.len() + self::key(to).len();
        if size > self.room {
            return false;
        }
        self.room -= size;
        self.places.insert(key.into(), self.pairs.len() as u32);
        self.pairs.push((from.clone(), to.clone()));
        true
    }

    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }

    pub(crate) fn into_resolved(self) -> Resolved {
        Resolved(self.pairs)
    }
}

fn key(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
