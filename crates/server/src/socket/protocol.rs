//! The messages of the socket as types.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use skein_base::live::Look;
use skein_table::Query;
use skein_types::{DashboardId, MemberId, ResourceId, TableId, ViewId};

/// What a client sends.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Request {
    Subscribe {
        id: u32,
        #[serde(flatten)]
        topic: Topic,
    },
    Window {
        id: u32,
        #[serde(flatten)]
        look: Look,
    },
    Unsubscribe {
        id: u32,
    },
    Presence {
        id: u32,
        state: Option<Value>,
    },
    Ping,
}

/// What can be subscribed to.
#[derive(Debug, Deserialize)]
#[serde(tag = "topic", rename_all = "snake_case")]
pub(super) enum Topic {
    /// The events of a base (S6).
    Base { base: ResourceId, since: Option<i64> },
    /// A window onto a live view (S8).
    View {
        base: ResourceId,
        table: TableId,
        view: Option<ViewId>,
        query: Option<Box<Query>>,
        #[serde(flatten)]
        look: Look,
    },
    /// A dashboard (S33).
    Dashboard { base: ResourceId, dashboard: DashboardId },
    /// The tree of resources (S12).
    Drive,
    /// Members, departments, groups (S12).
    Directory,
}

/// What the server sends beside the messages of feeds.
#[derive(Debug, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Answer<'a> {
    Hello {
        protocol: u32,
        connection: &'a str,
        member: Option<MemberId>,
    },
    Subscribed {
        id: u32,
        seq: i64,
    },
    Changed {
        id: u32,
    },
    Presence {
        id: u32,
        people: &'a [Person],
    },
    Gone {
        id: u32,
        code: &'a str,
    },
    Pong,
    Error {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<u32>,
        code: &'a str,
        detail: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<&'a str>,
    },
}

/// Somebody who looks at a base (S15).
#[derive(Clone, Debug, Serialize)]
pub(super) struct Person {
    pub(super) connection: String,
    pub(super) member: Option<MemberId>,
    pub(super) name: String,
    pub(super) state: Option<Value>,
}

/// A message of a feed with the id of its subscription. Feeds' messages name their own `op`.
#[derive(Debug, Serialize)]
pub(super) struct Fed<'a, T> {
    pub(super) id: u32,
    #[serde(flatten)]
    pub(super) message: &'a T,
}

pub(super) fn to_text(message: &impl Serialize) -> String {
    serde_json::to_string(message).unwrap_or_else(|error| {
        tracing::error!(%error, "a message of the socket could not be written");
        r#"{"op":"error","code":"internal","detail":"a message could not be written"}"#.into()
    })
}
