//! Groups of a query's records with what is told of them, computed at once.

use serde_json::Value as Json;

use crate::{
    Base, Query, RowIx, Table, Viewer,
    forest::{Forest, Leaf, Node, Stretch},
    group::{Level, Part},
    query::{Compiled, running},
    shown::Scope,
    sort::Order,
    summary::{Measure, Tally},
    totals,
};

/// All records of a query and their groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Groups {
    /// How many records.
    pub count: usize,
    /// What the query's summaries tell of all records, in their order.
    pub summaries: Vec<Json>,
    /// The outermost groups in order; none when the query has no groups.
    pub groups: Vec<GroupTree>,
}

/// A group with the groups in it.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupTree {
    /// What its records have in common at its level; see [`crate::Group::path`].
    pub value: Json,
    /// What people call it; empty for none, errors, yes and no.
    pub label: String,
    /// How many records.
    pub count: usize,
    /// The place of its first row among all rows.
    pub first: usize,
    /// What the query's summaries tell of them, in their order.
    pub summaries: Vec<Json>,
    /// The groups of the next level in order.
    pub groups: Vec<GroupTree>,
}

/// The groups of a query's records.
pub fn groups(base: &Base, table: &Table, query: &Query, viewer: &Viewer) -> Groups {
    let scope = Scope { base, table };
    let compiled = running(scope, query, viewer);
    if let Some(groups) = totals::by_column(scope, &compiled) {
        return groups;
    }
    let rows = compiled.program.rows(scope);
    let arranged = compiled.grouping.arrange(scope, &rows, &Order::default());
    let mut leaf = |stretch: Stretch| {
        let rows = &arranged.rows[stretch.start..stretch.start + stretch.len];
        let tallies: Vec<Tally> = compiled.summaries.iter().map(|measure| measure.of(scope, rows)).collect();
        Leaf { tallies, branches: None }
    };
    let forest = if compiled.grouping.is_empty() {
        Forest::default()
    } else {
        Forest::build(&arranged.leaves, &mut leaf)
    };
    let tell = |measure: &Measure| {
        measure.tell(&measure.of(scope, &rows), scope, rows.len(), || rows.iter().copied())
    };
    Groups {
        count: rows.len(),
        summaries: compiled.summaries.iter().map(tell).collect(),
        groups: Teller { scope, compiled: &compiled, rows: &arranged.rows }.level(&forest, 0, 0),
    }
}

struct Teller<'a> {
    scope: Scope<'a>,
    compiled: &'a Compiled,
    rows: &'a [RowIx],
}

impl Teller<'_> {
    fn level(&self, forest: &Forest, depth: usize, start: usize) -> Vec<GroupTree> {
        let mut next = start;
        let tree = |node: &Node| {
            let first = next;
            next += node.size.rows;
            let rows = &self.rows[first..first + node.size.rows];
            let tell = |(measure, tally): (&Measure, &Tally)| {
                measure.tell(tally, self.scope, rows.len(), || rows.iter().copied())
            };
            let summaries = self.compiled.summaries.iter().zip(&node.tallies).map(tell).collect();
            let groups = self.level(&node.kids, depth + 1, first);
            let level = &self.compiled.grouping.0[depth];
            GroupTree { groups, ..described(level, self.scope, &node.part, (first, rows.len()), summaries) }
        };
        forest.nodes().map(tree).collect()
    }
}

/// A group of one level without groups in it.
pub(crate) fn described(
    level: &Level,
    scope: Scope<'_>,
    part: &Part,
    (first, count): (usize, usize),
    summaries: Vec<Json>,
) -> GroupTree {
    let (value, label) = (level.value(scope, part), level.label(scope, part));
    GroupTree { value, label, count, first, summaries, groups: Vec::new() }
}
