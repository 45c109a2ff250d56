//! The events of a base's stream.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize, de::IgnoredAny};
use skein_store::Db;
use skein_table::Op;
use skein_types::{Event, FieldId, MemberId, RecordId, StreamId, TableId, Timestamp};

use crate::BaseError;

/// The base was made, empty or as a copy of another.
pub(crate) const CREATED: &str = "base.created";
/// What happened to the stream of a base: its content changed.
pub(crate) const CHANGED: &str = "base.changed";
/// Somebody commented on a record, or changed or resolved a comment. Changes no record.
pub(crate) const COMMENTED: &str = "base.commented";
/// Things in the trash were deleted for good. Changes no record.
pub(crate) const PURGED: &str = "base.purged";
/// The base is gone for good: whoever serves it lets go of it.
pub(crate) const DELETED: &str = "base.deleted";

/// By which way a change came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// The web client.
    Web,
    /// A program with a token, or a link visitor.
    Api,
    /// An import.
    Import,
    /// A form that was filled in.
    Form,
    /// Somebody took a change of theirs back.
    Undo,
    /// Somebody did again what they had taken back.
    Redo,
    /// Somebody brought back what was deleted, or what was there at an earlier moment.
    Restore,
    /// Making or duplicating the base, and the server itself.
    System,
}

/// Why there was a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// By which way it came.
    pub via: Via,
}

/// The payload of `base.changed`, version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Changed {
    /// What was done, in order.
    pub ops: Vec<Op>,
    /// What takes it back, in order; none when that is not kept, as of a large table that is deleted.
    #[serde(default)]
    pub undo: Option<Vec<Op>>,
    /// The tables it touches.
    pub tables: Vec<TableId>,
    /// Whether definitions changed.
    pub schema: bool,
    /// Why.
    pub cause: Cause,
    /// What tables, fields, records, choices and people in it were called then, by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
    /// A large table that came back with the records it had: whoever hears of it reads the base anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revived: Option<TableId>,
    /// The event that was taken back by this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<i64>,
    /// The undoing event that was taken back by this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redoes: Option<i64>,
    /// Whose personal views it is about; nobody else may know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private: Option<MemberId>,
    /// Of a change that takes several events, the first of them; this is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<i64>,
    /// Whether it is one of those before the last. Some do nothing and hold what takes the change back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub part: bool,
    /// Whether it holds cells that others wrote while the change was computed: taking it back leaves those as they
    /// wrote them, whatever the other events of the change hold for them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub theirs: bool,
}

impl Changed {
    /// The whole change that an event ends, after those before it of the same change in their order.
    pub(crate) fn whole(before: Vec<Self>, last: Self) -> Self {
        let theirs = Self::theirs(&before);
        let mut whole = Self { ops: Vec::new(), undo: Some(Vec::new()), ..last.clone() };
        for mut part in before.into_iter().chain([last]) {
            if !part.theirs && !theirs.is_empty() {
                part.leave_out(&theirs);
            }
            whole.ops.extend(part.ops);
            whole.names.extend(part.names);
            // What was done last is taken back first.
            whole.undo =
                whole.undo.zip(part.undo).map(|(before, undo)| undo.into_iter().chain(before).collect());
        }
        whole
    }

    /// The cells that others wrote while the change was computed, of the part that holds them.
    fn theirs(parts: &[Self]) -> HashSet<(TableId, RecordId, FieldId)> {
        let mut cells = HashSet::new();
        for op in parts.iter().filter(|part| part.theirs).flat_map(|part| part.undo.iter().flatten()) {
            let Op::UpdateRecords { table, records } = op else { continue };
            for record in records {
                cells.extend(record.cells.iter().map(|(field, _)| (*table, record.id, *field)));
            }
        }
        cells
    }

    /// Has taking it back leave cells alone.
    fn leave_out(&mut self, cells: &HashSet<(TableId, RecordId, FieldId)>) {
        for op in self.undo.iter_mut().flatten() {
            let Op::UpdateRecords { table, records } = op else { continue };
            for record in &mut *records {
                let id = record.id;
                record.cells.retain(|(field, _)| !cells.contains(&(*table, id, *field)));
            }
            records.retain(|record| !record.cells.is_empty());
        }
    }

    /// The change that an event of a stream is, or that several end with it.
    pub(crate) async fn read(db: &Db, stream: &StreamId, event: &Event) -> Result<Self, BaseError> {
        let decode =
            |event: &Event| event.decode::<Self>().map_err(|error| BaseError::Internal(error.to_string()));
        let last = decode(event)?;
        let Some(begun) = last.begun else { return Ok(last) };
        let mut before = Vec::new();
        let mut after = begun - 1;
        while after + 1 < event.seq {
            let events = db.events(stream, after, 1).await?;
            let part = events.first().filter(|part| part.seq == after + 1);
            let part =
                part.ok_or_else(|| BaseError::Internal(format!("event {} is not in the log", after + 1)))?;
            before.push(decode(part)?);
            after += 1;
        }
        Ok(Self::whole(before, last))
    }
}

/// The part of [`Changed`] that is needed of events long past.
#[derive(Debug, Deserialize)]
pub(crate) struct ChangedHead {
    pub(crate) tables: Vec<TableId>,
    pub(crate) schema: bool,
    pub(crate) cause: Cause,
    /// Whether it can be taken back.
    #[serde(default)]
    pub(crate) undo: Option<IgnoredAny>,
    #[serde(default)]
    pub(crate) undoes: Option<i64>,
    #[serde(default)]
    pub(crate) redoes: Option<i64>,
    #[serde(default)]
    pub(crate) private: Option<MemberId>,
    #[serde(default)]
    pub(crate) part: bool,
}

/// An event of a base as subscribers hear it: what changed, not the cells.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BaseEvent {
    /// Place in the stream.
    pub seq: i64,
    /// `base.changed`, `base.commented`, `base.purged`, or `base.created` for the first.
    pub kind: &'static str,
    /// A member, a link or `system`.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// Whether definitions changed.
    pub schema: bool,
    /// The tables it touches.
    pub tables: Vec<TableId>,
    /// The record it is about; only of comments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// Whose personal views it is about. Others hear that something happened, and neither what nor by whom.
    #[serde(skip)]
    pub private: Option<MemberId>,
}

impl BaseEvent {
    /// The event as somebody may hear it; none is a visitor by a link.
    pub(crate) fn heard_by(self: &Arc<Self>, member: Option<MemberId>) -> Arc<Self> {
        if self.private.is_none() || self.private == member {
            return self.clone();
        }
        let (actor, tables) = (String::new(), Vec::new());
        Arc::new(Self { actor, tables, schema: false, ..Self::clone(self) })
    }
}

/// The part of an event about a comment that subscribers hear.
#[derive(Debug, Deserialize)]
pub(crate) struct CommentedHead {
    pub(crate) table: TableId,
    pub(crate) record: RecordId,
}
