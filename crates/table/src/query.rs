//! Queries: which records, in which order. Checks them against a definition and answers them on a
//! snapshot.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Filter, QueryError, RowIx, SortKey, Table, TableDef,
    compile::{self, Names},
    program::Program,
    sort::Order,
};

const MAX_KEYS: usize = 10;
const MAX_SEARCH: usize = 1_000;

/// Which records, in which order.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct Query {
    /// Which to keep; none means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// By what to sort, first key first; then by creation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<SortKey>,
    /// Keeps records that have this, ignoring case, in a text or in the name of a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// A query made ready for a definition.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub(crate) program: Program,
    pub(crate) order: Order,
}

/// Whether a query makes sense for a table; the error names the place and what is allowed.
pub fn validate_query(table: &TableDef, query: &Query) -> Result<(), QueryError> {
    compile(table, query, Names::Allowed).map(drop)
}

/// As [`validate_query`] for what a view stores, where choices are named by id only: names change.
pub(crate) fn validate_stored(table: &TableDef, query: &Query) -> Result<(), QueryError> {
    compile(table, query, Names::Refused).map(drop)
}

pub(crate) fn compile(table: &TableDef, query: &Query, names: Names) -> Result<Compiled, QueryError> {
    let mut parts = Vec::new();
    if let Some(filter) = &query.filter {
        parts.push(compile::filter(table, filter, names)?);
    }
    if let Some(text) = query.search.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        if text.len() > MAX_SEARCH {
            return Err(QueryError::new("search", "at most 1,000 bytes are searched for"));
        }
        parts.push(compile::search(table, text));
    }
    if query.sort.len() > MAX_KEYS {
        return Err(QueryError::new("sort", "at most 10 keys"));
    }
    Ok(Compiled { program: Program::all(parts), order: Order::compile(table, &query.sort)? })
}

/// The rows of a query, sorted.
pub fn select(table: &Table, query: &Query) -> Result<Vec<RowIx>, QueryError> {
    let compiled = compile(table.def(), query, Names::Allowed)?;
    Ok(compiled.select(table))
}

/// How many records a query keeps.
pub fn count(table: &Table, query: &Query) -> Result<usize, QueryError> {
    let compiled = compile(table.def(), query, Names::Allowed)?;
    Ok(compiled.program.count(table))
}

/// Up to `limit` rows of a query from `offset` on, sorted; as fast as the rows asked for are few.
pub fn top(table: &Table, query: &Query, offset: usize, limit: usize) -> Result<Vec<RowIx>, QueryError> {
    let compiled = compile(table.def(), query, Names::Allowed)?;
    let wanted = offset.saturating_add(limit);
    let mut rows = if compiled.order.is_empty() {
        compiled.program.first(table, wanted)
    } else if wanted < table.len() / 8 {
        compiled.order.top(table, &compiled.program, wanted)
    } else {
        compiled.select(table)
    };
    rows.truncate(wanted);
    rows.drain(..offset.min(rows.len()));
    Ok(rows)
}

impl Compiled {
    pub(crate) fn select(&self, table: &Table) -> Vec<RowIx> {
        let mut rows = self.program.rows(table);
        self.order.sort(table, &mut rows);
        rows
    }
}
