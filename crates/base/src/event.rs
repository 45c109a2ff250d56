//! The events of a base's stream.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize, de::IgnoredAny};
use skein_table::Op;
use skein_types::{MemberId, RecordId, TableId, Timestamp};

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
    /// What takes it back, in order; none when that would be too large to keep.
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
