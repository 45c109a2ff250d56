//! The envelope of an event in the log.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Id, IdKind};

/// Names a stream of the log: the id of the thing whose changes it holds, with an optional aspect
/// after a slash (`org_…/directory`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StreamId(String);

impl StreamId {
    /// The stream of a thing.
    pub fn of<K: IdKind>(id: Id<K>) -> Self {
        Self(id.to_string())
    }
    /// One aspect of a thing that has several streams.
    pub fn aspect<K: IdKind>(id: Id<K>, aspect: &str) -> Self {
        Self(format!("{id}/{aspect}"))
    }
    /// A stream name as stored.
    pub fn from_stored(name: String) -> Self {
        Self(name)
    }
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An event about to be appended.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// What happened, dotted and stable: `member.deactivated`, `base.changed`.
    pub kind: &'static str,
    /// Version of the payload's shape, from 1.
    pub version: i32,
    /// Who did it: a member, or `system`.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// The payload as JSON; its shape follows from `kind` and `version`.
    pub data: Box<RawValue>,
}

/// An event as the log holds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Place in the whole log, from 1, without gaps.
    pub position: i64,
    /// The stream.
    pub stream: StreamId,
    /// Place in the stream, from 1, without gaps.
    pub seq: i64,
    /// See [`NewEvent::kind`].
    pub kind: String,
    /// See [`NewEvent::version`].
    pub version: i32,
    /// See [`NewEvent::actor`].
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// The payload as JSON.
    pub data: Box<RawValue>,
}

impl Event {
    /// The payload as a type.
    pub fn decode<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.data.get())
    }
}

impl NewEvent {
    /// An event of version 1 whose payload is `data`. A payload that is no JSON (a map with keys that
    /// are not text) is a programming error and panics.
    pub fn new(kind: &'static str, actor: impl fmt::Display, at: Timestamp, data: &impl Serialize) -> Self {
        let data = serde_json::value::to_raw_value(data).expect("an event payload serialises to JSON");
        Self { kind, version: 1, actor: actor.to_string(), at, data }
    }
}
