//! Messages as docs/spec/socket.md has them, without the `id` of the subscription.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use skein_types::RecordId;

use crate::BaseEvent;

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
    /// The base is deleted; the subscription has ended.
    Gone {
        /// Why.
        code: &'static str,
    },
}

/// What a subscriber of a view hears.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum WindowMessage {
    /// The window as it is at `seq`: what differs from the message before.
    Window {
        /// Everything up to here is in it.
        seq: i64,
        /// Where the window begins.
        offset: usize,
        /// Rows of the view.
        total: usize,
        /// Records of the window in order, when they changed.
        #[serde(skip_serializing_if = "Option::is_none")]
        order: Option<Vec<RecordId>>,
        /// Records that are new in the window or changed.
        rows: RecordRows,
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
