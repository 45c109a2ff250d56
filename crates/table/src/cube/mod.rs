//! Records counted and summed up along dimensions: what charts and pivot tables show.
//!
//! Each dimension is numbered row by row (`axis.rs`) and put in order; the cells are then counted chunk by
//! chunk (`fold.rs`), totals and sub-totals by themselves wherever records count in several groups, so that each
//! counts once.

mod axis;
mod fold;

use std::{cmp::Ordering, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use skein_types::FieldId;
use utoipa::ToSchema;

use self::{
    axis::Axis,
    fold::{Along, Folded, fold},
};
use crate::{
    Base, Dependence, Filter, GroupKey, QueryError, RowIx, Summary, SummaryFunction, Table, Viewer,
    chunk::CHUNK,
    compile::{Compiler, Mode},
    group::{self, Grouping},
    program::{Mask, Program, each},
    shown::Scope,
    summary::{self, Measure},
};

/// Dimensions along one side.
const MAX_DIMENSIONS: usize = 3;
const MAX_MEASURES: usize = 20;
/// Groups shown of one dimension.
pub(crate) const MAX_GROUPS: usize = 1_000;
/// Cells, totals left out.
const MAX_CELLS: usize = 50_000;

/// What is told of the records of a table, in groups along up to three dimensions on each of two sides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CubeQuery {
    /// Which records; none means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// What makes groups: of a chart what stands along its axis, of a pivot table its rows, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Dimension>,
    /// What makes groups across those: of a chart its series, of a pivot table its columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Dimension>,
    /// What is told of each group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<CubeMeasure>,
}

/// What makes groups, in which order, and how many of them are shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Dimension {
    /// What makes a group, and whether they stand from high to low.
    #[serde(flatten)]
    pub key: GroupKey,
    /// The place of a measure: groups stand by what it tells of them. None: by what they have in common.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_measure: Option<usize>,
    /// Shows the first so many groups, 1 to 1,000; as many when none is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Whether the records of all other groups are shown together, as one more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub other: bool,
    /// Whether records without a value are left out, of totals as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hide_blank: bool,
    /// Whether spans of dates and ranges of numbers without records are shown between those that have some.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fill: bool,
}

impl Dimension {
    /// By a field, in its order.
    pub fn new(key: GroupKey) -> Self {
        Self { key, by_measure: None, limit: None, other: false, hide_blank: false, fill: false }
    }
}

/// What to tell of a group of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CubeMeasure {
    /// Of which field; none to count records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldId>,
    /// What is told; without a field only `count`.
    #[serde(default = "count", skip_serializing_if = "is_count")]
    pub function: SummaryFunction,
}

fn count() -> SummaryFunction {
    SummaryFunction::Count
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_count(function: &SummaryFunction) -> bool {
    *function == SummaryFunction::Count
}

/// What a [`CubeQuery`] tells.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Cube {
    /// How many records there are.
    pub count: usize,
    /// The groups of each dimension of the rows.
    pub rows: Vec<CubeAxis>,
    /// The groups of each dimension of the columns.
    pub columns: Vec<CubeAxis>,
    /// What is told of records that are in some groups at once. Those without records are left out.
    pub cells: Vec<CubeCell>,
}

/// The groups of a dimension in order.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CubeAxis {
    /// The field.
    pub field: FieldId,
    /// In order; the rest together comes last.
    pub groups: Vec<CubeGroup>,
}

/// A group of a dimension.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CubeGroup {
    /// What its records have in common, in the form of the field's values: of a span of dates its first day,
    /// of a range of numbers `{"from": 0, "to": 10}`, null for nothing, `{"error": true}` for errors.
    pub value: Json,
    /// What people call it; empty for none, errors, yes and no, and the rest.
    pub label: String,
    /// How many groups it stands for, when it is the rest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<usize>,
}

/// What is told of records that are in some groups at once.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CubeCell {
    /// The place of the group in each dimension, those of rows first; null for all records, whichever group
    /// they are in.
    pub at: Vec<Option<u32>>,
    /// How many records.
    pub count: usize,
    /// What the measures tell, in their order.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub values: Vec<Json>,
}

/// A group that is picked to see its records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum CubePick {
    /// Those of the rest.
    Other {
        /// True.
        other: bool,
    },
    /// Those of a group, by its value.
    Group {
        /// As [`CubeGroup::value`] has it.
        value: Json,
    },
}

/// A query made ready for a table.
struct Ready {
    program: Program,
    /// The dimensions, those of rows first.
    grouping: Grouping,
    /// None counts records.
    measures: Vec<Option<Measure>>,
    needs: Dependence,
}

fn ready(scope: Scope<'_>, query: &CubeQuery, viewer: &Viewer, mode: Mode) -> Result<Ready, QueryError> {
    let most = |path: &str, len: usize, most: usize| {
        if len > most { Err(QueryError::new(path, format!("at most {most}"))) } else { Ok(()) }
    };
    most("rows", query.rows.len(), MAX_DIMENSIONS)?;
    most("columns", query.columns.len(), MAX_DIMENSIONS)?;
    most("measures", query.measures.len(), MAX_MEASURES)?;
    let mut with = Compiler::new(scope, Arc::new(viewer.clone()), mode);
    let mut parts = Vec::new();
    if let Some(filter) = &query.filter {
        parts.extend(with.filter(filter, "filter")?);
    }
    let mut needs = std::mem::take(&mut with.needs);
    let viewer = with.viewer;
    for (at, dimension) in query.dimensions().enumerate() {
        let path = |part: &str| format!("{}.{part}", query.place(at));
        if dimension.limit.is_some_and(|limit| !(1..=MAX_GROUPS).contains(&limit)) {
            return Err(QueryError::new(path("limit"), "a dimension shows 1 to 1,000 groups"));
        }
        if dimension.by_measure.is_some_and(|measure| measure >= query.measures.len()) {
            return Err(QueryError::new(path("by_measure"), "there is no such measure"));
        }
    }
    let keys: Vec<GroupKey> = query.dimensions().map(|dimension| dimension.key.clone()).collect();
    let grouping = group::compile(scope, &keys, &viewer, mode, &mut needs)
        .map_err(|error| renamed(error, "group", |at| query.place(at)))?;
    let fields = query.measures.iter().enumerate().filter_map(|(at, measure)| Some((at, measure.field?)));
    let (places, fields): (Vec<usize>, Vec<FieldId>) = fields.unzip();
    if let Some(at) = query.measures.iter().position(|one| one.field.is_none() && !is_count(&one.function)) {
        let path = format!("measures[{at}].function");
        return Err(QueryError::new(path, "without a field records are counted"));
    }
    let summaries: Vec<Summary> = places
        .iter()
        .zip(fields)
        .map(|(&at, field)| Summary { field, function: query.measures[at].function })
        .collect();
    let mut told = summary::compile(scope, &summaries, &viewer, mode, &mut needs)
        .map_err(|error| renamed(error, "summaries", |at| format!("measures[{}]", places[at])))?
        .into_iter();
    let measures = query.measures.iter().map(|one| one.field.and_then(|_| told.next())).collect();
    Ok(Ready { program: Program::all(parts), grouping, measures, needs: needs.viewer })
}

/// An error about an item of a list, as the item is called in the query.
fn renamed(error: QueryError, list: &str, name: impl Fn(usize) -> String) -> QueryError {
    let found = error.path.strip_prefix(list).and_then(|rest| rest.strip_prefix('[')?.split_once(']'));
    let path = found.and_then(|(at, rest)| Some(format!("{}{rest}", name(at.parse().ok()?))));
    QueryError { path: path.unwrap_or(error.path), message: error.message }
}

impl CubeQuery {
    /// All dimensions, those of rows first.
    pub fn dimensions(&self) -> impl Iterator<Item = &Dimension> {
        self.rows.iter().chain(&self.columns)
    }

    fn place(&self, at: usize) -> String {
        match at.checked_sub(self.rows.len()) {
            None => format!("rows[{at}]"),
            Some(at) => format!("columns[{at}]"),
        }
    }
}

/// Whether a query makes sense for a table; the error names the place and what is allowed.
pub fn validate_cube(base: &Base, table: &Table, query: &CubeQuery) -> Result<(), QueryError> {
    ready(Scope { base, table }, query, &Viewer::default(), Mode::Asked).map(drop)
}

/// What of the viewer the answer depends on: viewers who are alike in it see the same.
pub fn cube_dependence(base: &Base, table: &Table, query: &CubeQuery) -> Result<Dependence, QueryError> {
    let on = ready(Scope { base, table }, query, &Viewer::default(), Mode::Asked)?.needs;
    Ok(Dependence { zone: on.zone || on.day, ..on })
}

/// Counts and sums up the records of a query. What the query names and the table lacks is an error.
pub fn cube(base: &Base, table: &Table, query: &CubeQuery, viewer: &Viewer) -> Result<Cube, QueryError> {
    let scope = Scope { base, table };
    let ready = ready(scope, query, viewer, Mode::Asked)?;
    let spread = Spread::new(scope, query, &ready);
    let cells = spread.cells(query.rows.len())?;
    let mut axes: Vec<CubeAxis> = spread.axes.iter().map(|axis| axis.told(scope)).collect();
    let columns = axes.split_off(query.rows.len());
    let count = spread.masks.iter().flatten().map(|word| word.count_ones() as usize).sum();
    Ok(Cube { count, rows: axes, columns, cells })
}

/// The records behind a cell, in the order of their ids: one pick for each dimension, none for any group.
pub fn cube_records(
    base: &Base,
    table: &Table,
    query: &CubeQuery,
    viewer: &Viewer,
    at: &[Option<CubePick>],
) -> Result<Vec<RowIx>, QueryError> {
    let scope = Scope { base, table };
    let ready = ready(scope, query, viewer, Mode::Asked)?;
    if at.len() != query.dimensions().count() {
        return Err(QueryError::new("at", "one for each dimension, null for any group"));
    }
    let spread = Spread::new(scope, query, &ready);
    let mut masks = spread.masks.clone();
    for (place, (pick, axis)) in at.iter().zip(&spread.axes).enumerate() {
        let Some(pick) = pick else { continue };
        let Some(head) = axis.find(scope, pick) else {
            return Err(QueryError::new(format!("at[{place}]"), "there is no such group"));
        };
        for (chunk, mask) in masks.iter_mut().enumerate() {
            axis.keep(chunk, head, mask);
        }
    }
    let mut rows = Vec::new();
    for (chunk, mask) in masks.iter().enumerate() {
        each(mask, |at| rows.push((chunk * CHUNK + at) as RowIx));
    }
    if !table.ordered() {
        rows.sort_unstable_by_key(|&row| table.record_id(row));
    }
    Ok(rows)
}

/// Records with the groups they are in.
struct Spread<'a> {
    scope: Scope<'a>,
    measures: &'a [Option<Measure>],
    masks: Vec<Mask>,
    axes: Vec<Axis<'a>>,
}

impl<'a> Spread<'a> {
    fn new(scope: Scope<'a>, query: &CubeQuery, ready: &'a Ready) -> Self {
        let chunks = 0..scope.table.chunk_count();
        let mut masks: Vec<Mask> = chunks.map(|chunk| ready.program.mask(scope, chunk)).collect();
        let dimensions = || query.dimensions().zip(&ready.grouping.0);
        let mut axes: Vec<Axis<'a>> = Vec::new();
        for (dimension, level) in dimensions() {
            let axis = Axis::new(scope, level, &masks);
            if dimension.hide_blank {
                axis.hide_blank(&mut masks);
            }
            axes.push(axis);
        }
        for (axis, (dimension, _)) in axes.iter_mut().zip(dimensions()) {
            // What is not sorted by what is told needs no more than to be seen.
            let by = dimension.by_measure.map_or(&[][..], |at| &ready.measures[at..=at]);
            let alone = [Along { axis, to: None, len: axis.len() }];
            let folded = fold(scope, &masks, &alone, by, usize::MAX).unwrap_or_default();
            let mut seen: Vec<(u32, Json)> = Vec::with_capacity(folded.len());
            for group in 0..folded.len() {
                let value = folded.values(scope, by, group).pop().unwrap_or_default();
                seen.push((folded.key(group)[0], value));
            }
            axis.arrange(dimension, seen);
        }
        Self { scope, measures: &ready.measures, masks, axes }
    }

    /// All cells with totals and sub-totals: each of the first dimensions of the rows with each of those of
    /// the columns.
    fn cells(&self, rows: usize) -> Result<Vec<CubeCell>, QueryError> {
        let columns = self.axes.len() - rows;
        let all: Vec<usize> = (0..self.axes.len()).collect();
        let finest = self.fold(&all)?;
        let mut cells = Vec::new();
        for row in 0..=rows {
            for column in 0..=columns {
                let kept: Vec<usize> = (0..row).chain(rows..rows + column).collect();
                let dropped = all.iter().filter(|at| !kept.contains(at));
                // Records that are in several groups, or in none that is shown, would count wrongly.
                let exact = dropped.clone().all(|&at| self.axes[at].is_partition());
                let own = match dropped.count() {
                    0 => None,
                    _ if exact => Some(finest.merged(&kept)),
                    _ => Some(self.fold(&kept)?),
                };
                self.tell(own.as_ref().unwrap_or(&finest), &kept, &mut cells);
            }
        }
        Ok(cells)
    }

    fn fold(&self, kept: &[usize]) -> Result<Folded, QueryError> {
        let along: Vec<Along<'_>> = kept.iter().map(|&at| self.axes[at].along()).collect();
        fold(self.scope, &self.masks, &along, self.measures, MAX_CELLS).ok_or_else(|| {
            QueryError::new("rows", "there are more than 50,000 cells: show fewer groups or dimensions")
        })
    }

    fn tell(&self, folded: &Folded, kept: &[usize], cells: &mut Vec<CubeCell>) {
        let mut places: Vec<usize> = (0..folded.len()).collect();
        places.sort_unstable_by(|&a, &b| folded.key(a).cmp(folded.key(b)));
        for group in places {
            let mut at = vec![None; self.axes.len()];
            for (&place, &head) in kept.iter().zip(folded.key(group)) {
                at[place] = Some(head);
            }
            let values = folded.values(self.scope, self.measures, group);
            cells.push(CubeCell { at, count: folded.count(group), values });
        }
        if kept.is_empty() && folded.len() == 0 {
            let values = Folded::nothing(self.scope, self.measures);
            cells.push(CubeCell { at: vec![None; self.axes.len()], count: 0, values });
        }
    }
}

/// How two told values stand; those that cannot be told come last either way.
pub(crate) fn by_value(a: &Json, b: &Json, descending: bool) -> Ordering {
    let order = match (a, b) {
        (Json::Null, Json::Null) => return Ordering::Equal,
        (Json::Null, _) => return Ordering::Greater,
        (_, Json::Null) => return Ordering::Less,
        (Json::String(a), Json::String(b)) => a.cmp(b),
        _ => a.as_f64().unwrap_or(0.0).total_cmp(&b.as_f64().unwrap_or(0.0)),
    };
    if descending { order.reverse() } else { order }
}
