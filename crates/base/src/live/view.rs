//! A live view that feeds share.

use std::sync::{Arc, atomic::AtomicBool};

use skein_table::{Dependence, LiveView, Query, Table, Viewer};
use skein_types::{MemberId, TableId, ViewId};
use tokio::sync::watch;

use super::rows::TableRows;
use crate::{BaseError, Snapshot, plan};

/// Which rows a window looks at.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a subscriber has one")]
pub enum Source {
    /// Those of a saved view, whatever its filter, groups and sort become.
    View(ViewId),
    /// Those of a query of one's own.
    Query(Query),
}

impl Source {
    /// The query as of a snapshot of the table.
    pub(crate) fn query(&self, table: &Table) -> Result<Query, BaseError> {
        match self {
            Self::View(id) => Ok(table.view(*id).ok_or(BaseError::ViewNotFound(*id))?.query()),
            Self::Query(query) => Ok(query.clone()),
        }
    }

    /// Whether somebody may look: a personal view is for its owner.
    pub(crate) fn check(&self, table: &Table, member: Option<MemberId>) -> Result<(), BaseError> {
        match self {
            Self::View(id) => plan::views::seen(table, *id, member).map(drop),
            Self::Query(_) => Ok(()),
        }
    }
}

/// What tells shared views apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ViewKey {
    pub(crate) table: TableId,
    source: String,
    /// What of the viewer the rows depend on.
    who: Option<MemberId>,
    zone: Option<String>,
}

impl ViewKey {
    pub(crate) fn new(table: TableId, source: &Source, depends: Dependence, viewer: &Viewer) -> Self {
        let source = match source {
            Source::View(id) => id.to_string(),
            Source::Query(query) => serde_json::to_string(query).unwrap_or_default(),
        };
        let zone = depends.zone.then(|| viewer.zone.iana_name().unwrap_or("UTC").to_owned());
        // Whoever is nobody, as a link visitor is, sees what any other nobody does.
        Self { table, source, who: viewer.me.filter(|_| depends.who), zone }
    }
    /// Whether views of this key are right for whoever shares it when the query depends on so much.
    pub(crate) fn serves(&self, depends: Dependence) -> bool {
        (self.who.is_some() || !depends.who) && (self.zone.is_some() || !depends.zone)
    }
}

/// A view as it is at one moment.
#[derive(Debug)]
pub(crate) struct Ready {
    /// The newest event that is in it.
    pub(crate) seq: i64,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) table: Arc<Table>,
    pub(crate) live: LiveView,
    /// Version of `rows` this is.
    pub(crate) version: u64,
    /// Shared by the views of the table; another one after the table was replaced.
    pub(crate) rows: Arc<TableRows>,
}

/// Where a view stands.
#[derive(Clone, Debug)]
pub(crate) enum ViewState {
    Ready(Arc<Ready>),
    Gone(&'static str),
}

/// A view that feeds watch.
#[derive(Debug)]
pub(crate) struct SharedView {
    pub(crate) state: watch::Sender<ViewState>,
    /// The state is older than what the hub says is processed: the view is being computed anew.
    pub(crate) behind: AtomicBool,
}
