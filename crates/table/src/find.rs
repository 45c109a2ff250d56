//! Where a text stands among the rows of a query, without narrowing it to them.

use std::sync::Arc;

use skein_types::FieldId;

use crate::{
    Base, Query, RowIx, Table, Viewer,
    compile::{Compiler, Mode},
    condition,
    program::Program,
    query::select,
    shown::Scope,
};

/// What is looked for, and how much of it is told.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Ignoring case, in the text people see.
    pub text: String,
    /// In the cells of these fields; of all when none is named.
    pub fields: Vec<FieldId>,
    /// Hits at this place of the order or after it.
    pub from: usize,
    /// Hits before this place instead, the last ones first to be told.
    pub until: Option<usize>,
    /// At most so many.
    pub limit: usize,
}

/// Records that have a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finds {
    /// How many there are in all.
    pub total: usize,
    /// How many of them stand before the first hit that is told.
    pub before: usize,
    /// In the order of the query.
    pub hits: Vec<Hit>,
}

/// A record that has the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its place in the order.
    pub at: usize,
    /// The record.
    pub row: RowIx,
    /// The fields that have it, in table order.
    pub fields: Vec<FieldId>,
}

/// Finds a text in what a query shows. A record that is in several groups is found in each.
pub fn find(base: &Base, table: &Table, query: &Query, viewer: &Viewer, wanted: &Wanted) -> Finds {
    let scope = Scope { base, table };
    let text = wanted.text.trim();
    if text.is_empty() {
        return Finds { total: 0, before: 0, hits: Vec::new() };
    }
    let id = |at: usize| table.def().fields[at].id;
    let mut tests =
        condition::search(&mut Compiler::new(scope, Arc::new(viewer.clone()), Mode::Running), text);
    tests.retain(|(at, _)| wanted.fields.is_empty() || wanted.fields.contains(&id(*at)));
    let any = tests.iter().map(|(at, test)| Program::test(*at, test.clone(), false)).collect();
    let found = Program::any(any).found(scope);
    let rows = select(base, table, query, viewer);
    let places: Vec<usize> = (0..rows.len()).filter(|&at| found.get(rows[at] as usize)).collect();

    let end = wanted.until.map_or(places.len(), |until| places.partition_point(|&at| at < until));
    let first = match wanted.until {
        Some(_) => end.saturating_sub(wanted.limit),
        None => places.partition_point(|&at| at < wanted.from),
    };
    let told = places[first..end].iter().take(wanted.limit).map(|&at| {
        let has = tests.iter().filter(|(field, test)| test.matches(scope, rows[at], *field));
        Hit { at, row: rows[at], fields: has.map(|(field, _)| id(*field)).collect() }
    });
    Finds { total: places.len(), before: first, hits: told.collect() }
}
