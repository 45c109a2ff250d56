//! Queries: which records, in which order, in which groups. Checks them against a table and answers them
//! on a snapshot.

use std::sync::Arc;

use jiff::{civil::Weekday, tz::TimeZone};
use serde::{Deserialize, Serialize};
use skein_types::{FieldId, GroupId, MemberId};
use utoipa::ToSchema;

use crate::{
    Base, ColorRule, Filter, GroupKey, QueryError, RowIx, SortKey, Summary, Table, TableDef,
    coloring::{self, Coloring},
    compile::{Compiler, Mode, Needs},
    condition,
    group::{self, Grouping},
    kin::{Kin, Kinship},
    program::Program,
    shown::Scope,
    sort::Order,
    summary,
};

const MAX_KEYS: usize = 10;
const MAX_SEARCH: usize = 1_000;
const MAX_LEVELS: usize = 3;
const MAX_SUMMARIES: usize = 1_000;

/// Which records, in which order, in which groups.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct Query {
    /// Which to keep; none means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// By what to group, outermost first; at most three levels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<GroupKey>,
    /// By what to sort, first key first; then by creation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<SortKey>,
    /// Keeps records that have this, ignoring case, in a text people see: names of choices, people and
    /// files, titles of linked records, numbers, days as 2026-11-20.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// What to tell of all records and of each group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub summaries: Vec<Summary>,
    /// Which records are coloured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub colors: Vec<ColorRule>,
    /// The link, or other side of one, of the table to itself under whose records they stand: each right
    /// before those under it, in groups within each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<FieldId>,
}

/// Who asks, when and where: what "today" and "me" mean in a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Viewer {
    /// Milliseconds since 1970 in UTC.
    pub now: i64,
    /// Where days begin.
    pub zone: TimeZone,
    /// The first day of a week.
    pub week_starts: Weekday,
    /// Who it is.
    pub me: Option<MemberId>,
    /// The groups and departments they are in.
    pub groups: Vec<GroupId>,
    /// Who is in their departments, themselves included.
    pub colleagues: Vec<MemberId>,
}

impl Default for Viewer {
    fn default() -> Self {
        Self {
            now: 0,
            zone: TimeZone::UTC,
            week_starts: Weekday::Monday,
            me: None,
            groups: Vec::new(),
            colleagues: Vec::new(),
        }
    }
}

/// A query made ready for a table.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub(crate) program: Program,
    pub(crate) grouping: Grouping,
    pub(crate) order: Order,
    pub(crate) summaries: Vec<summary::Measure>,
    pub(crate) coloring: Coloring,
    pub(crate) kinship: Option<Kinship>,
    pub(crate) needs: Needs,
}

/// Whether a query makes sense for a table; the error names the place and what is allowed.
///
/// The functions that answer queries do not ask this: they leave out what does not make sense, since a
/// stored view may be older than the fields it names.
pub fn validate_query(base: &Base, table: &Table, query: &Query, viewer: &Viewer) -> Result<(), QueryError> {
    compile(Scope { base, table }, query, viewer, Mode::Asked).map(drop)
}

/// As [`validate_query`] for what a view stores, where choices are named by id only: names change. What
/// computed fields hold is not known here; conditions on them are taken as they are.
pub(crate) fn validate_stored(def: &TableDef, query: &Query) -> Result<(), QueryError> {
    let bare = TableDef { views: Vec::new(), ..def.clone() };
    let (base, table) = (Base::new(), Table::new(bare));
    let scope = Scope { base: &base, table: &table };
    compile(scope, query, &Viewer::default(), Mode::Stored).map(drop)
}

/// What makes sense of a query.
pub(crate) fn running(scope: Scope<'_>, query: &Query, viewer: &Viewer) -> Compiled {
    // In this mode nothing is refused.
    compile(scope, query, viewer, Mode::Running).unwrap_or_else(|_| Compiled {
        program: Program::all(Vec::new()),
        grouping: Grouping::default(),
        order: Order::default(),
        summaries: Vec::new(),
        coloring: Coloring::default(),
        kinship: None,
        needs: Needs::default(),
    })
}

fn compile(scope: Scope<'_>, query: &Query, viewer: &Viewer, mode: Mode) -> Result<Compiled, QueryError> {
    let asked = mode != Mode::Running;
    let mut with = Compiler::new(scope, Arc::new(viewer.clone()), mode);
    let mut parts = Vec::new();
    if let Some(filter) = &query.filter {
        parts.extend(with.filter(filter, "filter")?);
    }
    if let Some(text) = query.search.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        if text.len() > MAX_SEARCH && asked {
            return Err(QueryError::new("search", "at most 1,000 bytes are searched for"));
        }
        let tests = condition::search(&mut with, text);
        parts
            .push(Program::any(tests.into_iter().map(|(at, test)| Program::test(at, test, false)).collect()));
    }
    let most = |path: &str, len: usize, most: usize| {
        let message = || format!("at most {most}");
        if len > most && asked { Err(QueryError::new(path, message())) } else { Ok(()) }
    };
    most("sort", query.sort.len(), MAX_KEYS)?;
    most("group", query.group.len(), MAX_LEVELS)?;
    most("summaries", query.summaries.len(), MAX_SUMMARIES)?;
    let coloring = coloring::compile(&mut with, &query.colors)?;
    let mut needs = std::mem::take(&mut with.needs);
    let viewer = with.viewer;
    let order = Order::compile(scope, &query.sort, mode, &mut needs)?;
    let grouping = group::compile(scope, &query.group, &viewer, mode, &mut needs)?;
    let summaries = summary::compile(scope, &query.summaries, &viewer, mode, &mut needs)?;
    let kinship = Kinship::compile(scope, query.tree, mode)?;
    Ok(Compiled { program: Program::all(parts), grouping, order, summaries, coloring, kinship, needs })
}

/// The rows of a query in order. Grouped, they stand by groups; a record that is in several groups comes
/// several times. In a tree each stands right before those under it.
pub fn select(base: &Base, table: &Table, query: &Query, viewer: &Viewer) -> Vec<RowIx> {
    let scope = Scope { base, table };
    running(scope, query, viewer).select(scope)
}

/// How many records a query keeps.
pub fn count(base: &Base, table: &Table, query: &Query, viewer: &Viewer) -> usize {
    let scope = Scope { base, table };
    running(scope, query, viewer).program.count(scope)
}

/// Up to `limit` rows of a query from `offset` on, in order; as fast as the rows asked for are few.
pub fn top(
    base: &Base,
    table: &Table,
    query: &Query,
    viewer: &Viewer,
    offset: usize,
    limit: usize,
) -> Vec<RowIx> {
    let scope = Scope { base, table };
    let compiled = running(scope, query, viewer);
    let wanted = offset.saturating_add(limit);
    let mut rows = if !compiled.grouping.is_empty() || compiled.kinship.is_some() {
        compiled.select(scope)
    } else if compiled.order.is_empty() {
        compiled.program.first(scope, wanted)
    } else if compiled.order.has_top() && wanted < table.len() / 8 {
        compiled.order.top(scope, &compiled.program, wanted, None).0
    } else {
        compiled.select(scope)
    };
    rows.truncate(wanted);
    rows.drain(..offset.min(rows.len()));
    rows
}

/// Of each row the places of the colour rules of a query that count for it.
pub fn colors(base: &Base, table: &Table, query: &Query, viewer: &Viewer, rows: &[RowIx]) -> Vec<Vec<u8>> {
    let scope = Scope { base, table };
    let coloring = running(scope, query, viewer).coloring;
    rows.iter().map(|&row| coloring.of(scope, row)).collect()
}

/// What the meaning of a query depends on besides the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dependence {
    /// Who asks.
    pub who: bool,
    /// Their time zone, and where their weeks begin.
    pub zone: bool,
    /// Their day.
    pub day: bool,
}

/// What of the viewer a query depends on: viewers who are alike in it see the same.
pub fn dependence(base: &Base, table: &Table, query: &Query) -> Dependence {
    let on = running(Scope { base, table }, query, &Viewer::default()).needs.viewer;
    Dependence { zone: on.zone || on.day, ..on }
}

/// How many records each row of a query in a tree without groups stands under; none of other queries.
pub fn depths(
    base: &Base,
    table: &Table,
    query: &Query,
    viewer: &Viewer,
    rows: &[RowIx],
) -> Option<Vec<usize>> {
    let scope = Scope { base, table };
    let compiled = running(scope, query, viewer);
    let member = members(table, &compiled.program.rows(scope));
    let kin = Kin { scope, compiled: &compiled, kinship: compiled.kinship?, member: &member };
    Some(rows.iter().map(|&row| kin.path(&[], row).len() - 1).collect())
}

/// A bit for each of some rows.
pub(crate) fn members(table: &Table, rows: &[RowIx]) -> Vec<u64> {
    let mut member = vec![0; table.row_count().div_ceil(64)];
    for &row in rows {
        member[row as usize / 64] |= 1 << (row % 64);
    }
    member
}

impl Compiled {
    pub(crate) fn select(&self, scope: Scope<'_>) -> Vec<RowIx> {
        let mut rows = self.program.rows(scope);
        let leaves = if self.grouping.is_empty() {
            self.order.sort(scope, &mut rows, None);
            vec![rows.len()]
        } else {
            let arranged = self.grouping.arrange(scope, &rows, &self.order);
            rows = arranged.rows;
            arranged.leaves.iter().map(|(_, count)| *count).collect()
        };
        let Some(kinship) = self.kinship else { return rows };
        let member = members(scope.table, &rows);
        let kin = Kin { scope, compiled: self, kinship, member: &member };
        let (mut places, mut planted) = (vec![0; scope.table.row_count()], Vec::with_capacity(rows.len()));
        let mut rest = &rows[..];
        for count in leaves {
            let (own, after) = rest.split_at(count);
            kin.build(own, &mut places).0.window(0, usize::MAX, &mut planted);
            rest = after;
        }
        planted
    }
}
