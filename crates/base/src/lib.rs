//! Bases: the service over the table engine.
//!
//! A base is one stream of the log. On a node that serves it one task owns its state (`actor.rs`): it
//! plans each command against the newest state, appends the operations with the sequence number it
//! expects, stores the changed rows in the same transaction and publishes a snapshot. Reads take the
//! published snapshot and never wait for writes. Nothing is acknowledged before it is durable.
//!
//! Emits `base.created`, `base.changed`, `base.commented`, `base.purged` and `base.deleted` on the stream of the
//! base. Hears the same from other nodes.

mod actor;
mod aside;
mod attachments;
mod bases;
mod batch;
mod client;
mod command;
mod comments;
mod dashboards;
pub mod describe;
mod divide;
mod draft;
mod env;
mod error;
mod event;
pub mod forms;
mod history;
pub mod http;
mod image;
mod input;
mod job;
mod keyed;
mod kind;
mod list;
pub mod live;
pub mod mistake;
mod open;
mod plan;
mod ranking;
mod restore;
mod revert;
mod rows;
pub mod transfer;
mod trash;
mod viewer;

pub use bases::Bases;
pub use batch::Operation;
pub use command::{
    Actor, ChoiceInput, Command, DashboardInput, DashboardPatch, FieldInput, FieldPatch, FieldType,
    TablePatch, Via, ViewInput, ViewPatch, WidgetInput, WidgetPlace,
};
pub use comments::{Comment, CommentPatch, NewComment};
pub use dashboards::{Behind, Shown};
pub use error::BaseError;
pub use event::{BaseEvent, Cause, Changed};
pub use history::{
    CellChange, Entry, HistoryPage, HistoryQuery, Line, LineKind, Moment, RecordChange, RestorePreview,
    UndoList, Undone,
};
pub use input::{Naming, RecordInput, parse_creates, parse_updates};
pub use job::{JobJson, JobState};
pub use list::{ListQuery, RecordPage};
pub use open::{OpenBase, Outcome, Receipt, Snapshot, Written};
pub use restore::Restore;
pub use skein_platform::idempotency::Key;
pub use trash::{Deleted, TrashItem, TrashPage};
pub use viewer::viewer;
