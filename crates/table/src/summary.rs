//! What is told of a group of records: counts, sums, extremes. Those that can be kept under changes are;
//! the others are computed when they are read and kept until something changes.

use std::{
    collections::HashSet,
    sync::{Arc, OnceLock},
};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use skein_types::FieldId;
use utoipa::ToSchema;

use crate::{
    QueryError, RowIx, Viewer,
    arrange::Quick,
    calendar,
    column::{Cell, Shape},
    compile::{Mode, Needs},
    exact::Exact,
    formula::Datum,
    group::plain,
    kernel,
    program::{Mask, Test},
    read::each,
    shown::Scope,
    value::DAY,
};

/// What to tell of a field of a group of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    /// The field.
    pub field: FieldId,
    /// What to tell.
    pub function: SummaryFunction,
}

/// What is told of the cells of a field. Errors are filled, and are left out of what is computed.
///
/// Percentages are shares of 1. Of numbers: sum, average, median, min, max, range; of dates: earliest,
/// latest, range (in days); of yes or no: those of checked and unchecked; of all: the others. What cannot be
/// told, such as the average of nothing, is null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum SummaryFunction {
    /// How many records.
    Count,
    Filled,
    Empty,
    PercentFilled,
    PercentEmpty,
    /// How many different values.
    Unique,
    PercentUnique,
    Sum,
    Average,
    Median,
    Min,
    Max,
    /// Max less min.
    Range,
    Earliest,
    Latest,
    Checked,
    Unchecked,
    PercentChecked,
    PercentUnchecked,
}

/// A summary made ready; none for one that no longer fits its field.
#[derive(Clone, Debug)]
pub(crate) struct Measure {
    pub(crate) at: usize,
    pub(crate) function: SummaryFunction,
    fits: bool,
    shape: Shape,
    viewer: Arc<Viewer>,
}

/// What is kept of a group for one summary.
#[derive(Clone, Debug)]
pub(crate) enum Tally {
    /// Cells that are filled or ticked.
    Cells(usize),
    /// The sum of numbers, and how many there are.
    Sum(Exact, usize),
    /// What was told last, if nothing changed since; shared by the copies of a view.
    Told(Arc<OnceLock<Json>>),
}

impl Tally {
    /// Counts other records in.
    pub(crate) fn merge(&mut self, other: &Self) {
        match (self, other) {
            (Self::Cells(cells), Self::Cells(more)) => *cells += more,
            (Self::Sum(sum, numbers), Self::Sum(more, count)) => {
                sum.merge(more);
                *numbers += count;
            }
            (told, _) => *told = Self::Told(Arc::default()),
        }
    }
}

pub(crate) fn compile(
    scope: Scope<'_>,
    summaries: &[Summary],
    viewer: &Arc<Viewer>,
    mode: Mode,
    needs: &mut Needs,
) -> Result<Vec<Measure>, QueryError> {
    let mut measures = Vec::with_capacity(summaries.len().min(1_000));
    for (place, summary) in summaries.iter().enumerate() {
        let at = scope.table.schema.place(summary.field);
        let refused = |part: &str, message: String| {
            let error = QueryError::new(format!("summaries[{place}].{part}"), message);
            if mode == Mode::Running { Ok(()) } else { Err(error) }
        };
        let shape = at.map_or(Shape::Data, |at| scope.table.schema.shapes[at]);
        let fits = at.is_some() && summary.function.fits(shape);
        if at.is_none() {
            refused("field", format!("there is no field {}", summary.field))?;
        } else if !fits {
            refused("function", "the field has no such values".into())?;
        }
        needs.people |= fits && shape == Shape::Data && summary.function.is_told();
        measures.push(Measure {
            at: at.unwrap_or(0),
            function: summary.function,
            fits,
            shape,
            viewer: viewer.clone(),
        });
    }
    Ok(measures)
}

impl SummaryFunction {
    fn fits(self, shape: Shape) -> bool {
        match self {
            Self::Count
            | Self::Filled
            | Self::Empty
            | Self::PercentFilled
            | Self::PercentEmpty
            | Self::Unique
            | Self::PercentUnique => true,
            Self::Sum | Self::Average | Self::Median | Self::Min | Self::Max => {
                matches!(shape, Shape::Number | Shape::Data)
            }
            Self::Range => matches!(shape, Shape::Number | Shape::Date { .. } | Shape::Data),
            Self::Earliest | Self::Latest => matches!(shape, Shape::Date { .. } | Shape::Data),
            Self::Checked | Self::Unchecked | Self::PercentChecked | Self::PercentUnchecked => {
                shape == Shape::Checkbox
            }
        }
    }

    /// Whether it is computed from all cells when it is read.
    fn is_told(self) -> bool {
        matches!(
            self,
            Self::Unique
                | Self::PercentUnique
                | Self::Median
                | Self::Min
                | Self::Max
                | Self::Range
                | Self::Earliest
                | Self::Latest
        )
    }
}

impl Measure {
    /// Of no records.
    pub(crate) fn start(&self) -> Tally {
        match self.function {
            SummaryFunction::Sum | SummaryFunction::Average => Tally::Sum(Exact::default(), 0),
            function if function.is_told() => Tally::Told(Arc::default()),
            _ => Tally::Cells(0),
        }
    }

    /// Of some records.
    pub(crate) fn of(&self, scope: Scope<'_>, rows: &[RowIx]) -> Tally {
        let mut tally = self.start();
        if !matches!(tally, Tally::Told(_)) {
            for &row in rows {
                self.change(&mut tally, scope, row, true);
            }
        }
        tally
    }

    /// Whether it follows from counts and sums of a column without errors and lists.
    pub(crate) fn is_counted(&self, scope: Scope<'_>) -> bool {
        let sound = !self.is_sum() || self.shape == Shape::Number;
        !self.fits || !self.function.is_told() && sound && scope.table.errors(self.at).is_empty()
    }
    pub(crate) fn is_sum(&self) -> bool {
        matches!(self.function, SummaryFunction::Sum | SummaryFunction::Average)
    }
    pub(crate) fn is_average(&self) -> bool {
        self.function == SummaryFunction::Average
    }

    /// Takes rows whose cells are not counted out of the mask.
    pub(crate) fn narrow(&self, scope: Scope<'_>, chunk: usize, mask: &mut Mask) {
        let before = *mask;
        kernel::narrow(&Test::Empty, scope, self.at, chunk, mask);
        for (empty, before) in mask.iter_mut().zip(&before) {
            *empty = before & !*empty;
        }
    }

    /// Whether two cells count the same.
    pub(crate) fn same(&self, a: (Scope<'_>, RowIx), other: &Self, b: (Scope<'_>, RowIx)) -> bool {
        !self.fits || a.0.table.cell(a.1, self.at) == b.0.table.cell(b.1, other.at)
    }

    /// Counts a row in, or out again.
    pub(crate) fn change(&self, tally: &mut Tally, scope: Scope<'_>, row: RowIx, comes: bool) {
        if !self.fits {
            return;
        }
        match tally {
            Tally::Told(told) => *told = Arc::default(),
            Tally::Cells(count) => {
                let cell = scope.table.cell(row, self.at);
                if self.counts(cell) {
                    *count = if comes { *count + 1 } else { count.saturating_sub(1) };
                }
            }
            Tally::Sum(sum, count) => self.numbers(scope, row, &mut |number| {
                if comes {
                    sum.add(number);
                    *count += 1;
                } else {
                    sum.take(number);
                    *count = count.saturating_sub(1);
                }
            }),
        }
    }

    fn counts(&self, cell: Cell<'_>) -> bool {
        match self.function {
            SummaryFunction::Checked
            | SummaryFunction::Unchecked
            | SummaryFunction::PercentChecked
            | SummaryFunction::PercentUnchecked => cell == Cell::Bool(true),
            _ => cell != Cell::Null,
        }
    }

    /// The numbers of a cell: of a list each of its own.
    fn numbers(&self, scope: Scope<'_>, row: RowIx, f: &mut dyn FnMut(f64)) {
        match scope.table.cell(row, self.at) {
            Cell::Number(number) => f(number),
            Cell::Datum(datum) => {
                for item in each(datum) {
                    if let Datum::Number(number) = item {
                        f(*number);
                    }
                }
            }
            _ => {}
        }
    }

    /// The dates of a cell, of days their midnight in UTC.
    fn dates(&self, scope: Scope<'_>, row: RowIx, f: &mut dyn FnMut(i64, bool)) {
        match scope.table.cell(row, self.at) {
            Cell::Date(at) => f(at, self.shape == Shape::Date { time: true }),
            Cell::Datum(datum) => {
                for item in each(datum) {
                    if let Datum::Date { at, time } = item {
                        f(*at, *time);
                    }
                }
            }
            _ => {}
        }
    }

    /// What is told of a group of `count` records.
    pub(crate) fn tell<R: Iterator<Item = RowIx>>(
        &self,
        tally: &Tally,
        scope: Scope<'_>,
        count: usize,
        rows: impl FnOnce() -> R,
    ) -> Json {
        if !self.fits {
            return Json::Null;
        }
        let share = |part: usize| if count == 0 { Json::Null } else { json!(part as f64 / count as f64) };
        match (self.function, tally) {
            (SummaryFunction::Count, _) => json!(count),
            (_, Tally::Told(told)) => told.get_or_init(|| self.compute(scope, count, rows())).clone(),
            (SummaryFunction::Sum, Tally::Sum(sum, _)) => finite(sum.value()),
            (_, Tally::Sum(_, 0)) => Json::Null,
            (_, Tally::Sum(sum, numbers)) => finite(sum.value() / *numbers as f64),
            (SummaryFunction::Empty | SummaryFunction::Unchecked, Tally::Cells(cells)) => {
                json!(count - cells)
            }
            (SummaryFunction::PercentFilled | SummaryFunction::PercentChecked, Tally::Cells(cells)) => {
                share(*cells)
            }
            (SummaryFunction::PercentEmpty | SummaryFunction::PercentUnchecked, Tally::Cells(cells)) => {
                share(count - cells)
            }
            (_, Tally::Cells(cells)) => json!(cells),
        }
    }

    fn compute(&self, scope: Scope<'_>, count: usize, rows: impl Iterator<Item = RowIx>) -> Json {
        match self.function {
            SummaryFunction::Unique => json!(self.unique(scope, rows)),
            SummaryFunction::PercentUnique if count == 0 => Json::Null,
            SummaryFunction::PercentUnique => json!(self.unique(scope, rows) as f64 / count as f64),
            SummaryFunction::Median => self.median(scope, rows),
            _ => {
                let numbers: Vec<RowIx> = rows.collect();
                self.extremes(scope, &numbers)
            }
        }
    }

    fn median(&self, scope: Scope<'_>, rows: impl Iterator<Item = RowIx>) -> Json {
        let mut numbers = Vec::new();
        rows.for_each(|row| self.numbers(scope, row, &mut |number| numbers.push(number)));
        if numbers.is_empty() {
            return Json::Null;
        }
        let middle = numbers.len() / 2;
        let even = numbers.len().is_multiple_of(2);
        let (below, upper, _) = numbers.select_nth_unstable_by(middle, f64::total_cmp);
        let upper = *upper;
        if !even {
            return plain(upper);
        }
        let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // Halves first, so that the sum of two large numbers is no infinity.
        plain(lower / 2.0 + upper / 2.0)
    }

    fn extremes(&self, scope: Scope<'_>, rows: &[RowIx]) -> Json {
        let mut numbers: Option<(f64, f64)> = None;
        let mut dates: Option<((i64, bool), (i64, bool))> = None;
        for &row in rows {
            self.numbers(scope, row, &mut |n| {
                let (min, max) = numbers.unwrap_or((n, n));
                numbers = Some((min.min(n), max.max(n)));
            });
            self.dates(scope, row, &mut |at, time| {
                let (min, max) = dates.unwrap_or(((at, time), (at, time)));
                dates = Some((min.min((at, time)), max.max((at, time))));
            });
        }
        match (self.function, numbers, dates) {
            (SummaryFunction::Min, Some((min, _)), _) => plain(min),
            (SummaryFunction::Max, Some((_, max)), _) => plain(max),
            (SummaryFunction::Range, Some((min, max)), _) => finite(max - min),
            (SummaryFunction::Range, None, Some((min, max))) => plain((max.0 - min.0) as f64 / DAY as f64),
            (SummaryFunction::Earliest, _, Some((min, _))) => date_json(min),
            (SummaryFunction::Latest, _, Some((_, max))) => date_json(max),
            _ => Json::Null,
        }
    }

    fn unique(&self, scope: Scope<'_>, rows: impl Iterator<Item = RowIx>) -> usize {
        let mut seen: HashSet<Value<'_>, Quick> = HashSet::default();
        for row in rows {
            match scope.table.cell(row, self.at) {
                Cell::Null | Cell::Error(_) => {}
                Cell::Text(text) => drop(seen.insert(Value::Text(text))),
                Cell::Number(number) => drop(seen.insert(Value::Word(number.to_bits()))),
                Cell::Date(at) => drop(seen.insert(Value::Word(at as u64))),
                Cell::Code(code) => drop(seen.insert(Value::Word(u64::from(code)))),
                Cell::Bool(yes) => drop(seen.insert(Value::Word(u64::from(yes)))),
                Cell::Codes(codes) => drop(seen.insert(Value::Codes(codes))),
                Cell::Object(_) | Cell::Datum(_) => {
                    seen.insert(Value::Shown(scope.text(row, self.at, &self.viewer)));
                }
            }
        }
        seen.len()
    }
}

/// What makes values different.
#[derive(PartialEq, Eq, Hash)]
enum Value<'a> {
    Word(u64),
    Text(&'a str),
    Codes(&'a [u32]),
    Shown(String),
}

fn finite(number: f64) -> Json {
    if number.is_finite() { plain(number) } else { Json::Null }
}

fn date_json((at, time): (i64, bool)) -> Json {
    let mut text = String::new();
    if time {
        calendar::write_instant(&mut text, at);
    } else {
        calendar::write_day(&mut text, at);
    }
    Json::String(text)
}
