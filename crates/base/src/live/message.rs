//! Messages as docs/spec/socket.md has them, without the `id` of the subscription.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::{Value as Json, value::RawValue};
use skein_table::{Group, GroupKey, Summary};
use skein_types::{FieldId, RecordId};

use crate::{BaseEvent, JobJson};

/// What a subscriber of a base hears.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum BaseMessage {
    /// Events in order, without gap or repeat.
    Events {
        /// At least one.
        events: Vec<Arc<BaseEvent>>,
    },
    /// Too far behind, or ahead: begin anew with fresh data.
    Reload {
        /// From where it goes on.
        seq: i64,
    },
    /// Changes that take long (S28).
    Jobs {
        /// Those under way, and those that ended since they were last told; the oldest first.
        jobs: Vec<JobJson>,
    },
    /// The base is deleted; the subscription has ended.
    Gone {
        /// Why.
        code: &'static str,
    },
}

/// What a subscriber of a view hears.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly all are windows, and none is kept")]
pub enum WindowMessage {
    /// The window as it is at `seq`: what differs from the message before.
    Window {
        /// Everything up to here is in it.
        seq: i64,
        /// Where the window begins.
        offset: usize,
        /// Lines of the view: its records, and in groups what [`LineId`] names besides.
        total: usize,
        /// Records of the view, when they are in groups or in a tree.
        #[serde(skip_serializing_if = "Option::is_none")]
        records: Option<usize>,
        /// What the view groups by and tells, when the client does not know.
        #[serde(skip_serializing_if = "Option::is_none")]
        tells: Option<Tells>,
        /// What is told of all records, when it changed.
        #[serde(skip_serializing_if = "Option::is_none")]
        summaries: Option<Vec<Json>>,
        /// Lines of the window in order, when they changed.
        #[serde(skip_serializing_if = "Option::is_none")]
        order: Option<Vec<LineId>>,
        /// The path of the groups around the first of them, when there are any.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        above: Vec<Json>,
        /// How many lines of records stand before the first one in its group.
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<usize>,
        /// Records that are new in the window or changed.
        rows: RecordRows,
        /// Groups that are new in the window or changed.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        groups: Vec<GroupHead>,
        /// Which colour rules count for records in `rows`, and for others for which that changed.
        #[serde(skip_serializing_if = "RecordColors::is_empty")]
        colors: RecordColors,
    },
    /// The view, its table or the base is deleted; the subscription has ended.
    Gone {
        /// Why.
        code: &'static str,
    },
}

/// Places of colour rules, an object by record id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordColors(pub Vec<(RecordId, Vec<u8>)>);

impl RecordColors {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for RecordColors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(id, rules)| (id, rules)))
    }
}

/// Records with their cells as JSON, an object by id.
#[derive(Clone, Debug, Default)]
pub struct RecordRows(pub Vec<(RecordId, Arc<RawValue>)>);

impl Serialize for RecordRows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(id, cells)| (id, cells)))
    }
}

/// What a line of a window shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum LineId {
    /// A record; in a tree one at the top that has none under it.
    Record(RecordId),
    /// A record in a tree.
    Twig {
        /// The record.
        record: RecordId,
        /// How many records it stands under.
        #[serde(skip_serializing_if = "is_zero")]
        depth: usize,
        /// Whether others stand under it.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        parent: bool,
        /// Whether those are not shown.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        folded: bool,
    },
    /// The head of a group.
    Head {
        /// The path of the group.
        group: Vec<Json>,
    },
    /// The end of an innermost group.
    End {
        /// The path of the group.
        end: Vec<Json>,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(depth: &usize) -> bool {
    *depth == 0
}

/// By what records are grouped, and what the values of `summaries` are.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tells {
    /// Levels of the paths.
    pub group: Vec<GroupKey>,
    /// In the order of the values.
    pub summaries: Vec<Summary>,
    /// The field under whose records they stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<FieldId>,
}

/// The head of a group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupHead {
    path: Vec<Json>,
    label: String,
    count: usize,
    folded: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    summaries: Vec<Json>,
}

impl From<Group> for GroupHead {
    fn from(group: Group) -> Self {
        let Group { path, label, count, summaries, folded, .. } = group;
        Self { path, label, count, folded, summaries }
    }
}
