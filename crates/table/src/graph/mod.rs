//! Computed cells. Formulas, lookups, rollups and buttons are programs; each knows which cells it reads, by
//! which links, so a change computes anew exactly what depends on it, level by level. What results is the
//! same as computing everything from scratch.

mod compile;
mod explain;
mod index;
mod lookup;
mod settle;
mod source;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use skein_types::{FieldId, TableId};

pub use explain::{Checked, Computed, Dependency, Explained};
pub(crate) use index::Index;
pub use settle::until_tomorrow;

use crate::formula::{ErrorCode, Hop, Keyed, Mistake, Program};

/// The compiled formulas of a base.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// In an order in which each comes after what it reads.
    pub(crate) nodes: Vec<Node>,
    places: HashMap<FieldId, usize>,
    /// What depends on a field.
    by_field: HashMap<(TableId, FieldId), Vec<Edge>>,
    /// What depends on which records a table has.
    by_table: HashMap<TableId, Vec<Edge>>,
    /// Link fields by the table they show records of: they show the text of its primary field.
    shown: HashMap<TableId, Vec<Hop>>,
    /// Columns that are looked up by value.
    keyed: Vec<(TableId, FieldId)>,
}

/// A computed field.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) table: TableId,
    pub(crate) field: FieldId,
    pub(crate) state: State,
    /// Changes when its cells must be computed anew: what it is made of and what it reads.
    fingerprint: u64,
    /// Whether it computes with people, whose names change elsewhere.
    people: bool,
    pub(crate) last: Arc<Last>,
}

/// Whether a computed field can be computed.
#[derive(Debug)]
pub(crate) enum State {
    Ready(Arc<Program>),
    /// Every cell is this error.
    Failed(ErrorCode, Vec<Mistake>),
    /// It depends on itself; the names on the way round.
    Cycle(Vec<String>),
}

impl State {
    fn error(&self) -> Option<ErrorCode> {
        match self {
            Self::Ready(_) => None,
            Self::Failed(code, _) => Some(*code),
            Self::Cycle(_) => Some(ErrorCode::Cycle),
        }
    }
}

/// What the last computation of a field took.
#[derive(Debug, Default)]
pub(crate) struct Last {
    rows: AtomicU64,
    micros: AtomicU64,
}

impl Last {
    fn note(&self, rows: usize, micros: u64) {
        self.rows.store(rows as u64, Ordering::Relaxed);
        self.micros.store(micros, Ordering::Relaxed);
    }
}

/// A way from changed cells to the cells of a node.
#[derive(Clone, Debug)]
struct Edge {
    node: usize,
    from: From,
    /// The links from where it begins to the changed cells.
    hops: Vec<Hop>,
}

/// Where the way to changed cells begins.
#[derive(Clone, Debug)]
enum From {
    /// At records of the node's own table.
    Record,
    /// At records that keys of the node's records lead to.
    Keyed(Arc<Keyed>),
    /// Anywhere: every cell of the node depends on it.
    Everywhere,
}
