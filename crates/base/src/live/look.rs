//! How one subscriber looks at a view that many share: the place of the window, folded groups, and records
//! that are kept where they were while somebody edits them (rules S8, S10, S23 to S26 of docs/spec/socket.md).

use serde::Deserialize;
use serde_json::Value as Json;
use skein_table::{Folds, Line, LiveView, RowIx, Table};
use skein_types::RecordId;

use crate::BaseError;

/// Lines of the largest window.
const MAX_LIMIT: usize = 1_000;
/// Groups that may be named as folded, or as not.
const MAX_FOLDS: usize = 2_000;
/// Records that may be kept in their places.
const MAX_HOLD: usize = 100;

/// What a subscriber says of how it looks; what is left out stays as it was.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Look {
    /// Where the window begins.
    pub offset: Option<usize>,
    /// Instead of `offset`, the place of a record among all records: the window begins at its line, or at that
    /// of the folded group it is in.
    pub place: Option<usize>,
    /// How many lines it has.
    pub limit: Option<usize>,
    /// Which groups are folded.
    pub folds: Option<Folds>,
    /// Records that are kept where they are.
    pub hold: Option<Vec<Hold>>,
}

impl From<(usize, usize)> for Look {
    fn from((offset, limit): (usize, usize)) -> Self {
        Self { offset: Some(offset), limit: Some(limit), ..Self::default() }
    }
}

/// A record that is shown at a line wherever it belongs, even when the view lacks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Hold {
    /// The record; as long as there is none, nothing is kept.
    pub record: RecordId,
    /// The line.
    pub at: usize,
}

/// How a subscriber looks.
#[derive(Debug, Default)]
pub(super) struct Looking {
    pub(super) offset: usize,
    /// Where the window is to begin, as long as the line is not known.
    place: Option<usize>,
    limit: usize,
    folds: Folds,
    hold: Vec<Hold>,
}

impl Looking {
    /// Looks otherwise, unless that is refused.
    pub(super) fn change(&mut self, look: Look) -> Result<(), BaseError> {
        let limit = look.limit.unwrap_or(self.limit);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(BaseError::invalid("view.limit", "limit", "a window has 1 to 1,000 rows"));
        }
        if look.folds.as_ref().is_some_and(|folds| folds.except.len() > MAX_FOLDS) {
            return Err(BaseError::invalid("view.limit", "folds", "at most 2,000 groups are named"));
        }
        if look.hold.as_ref().is_some_and(|hold| hold.len() > MAX_HOLD) {
            return Err(BaseError::invalid("view.limit", "hold", "at most 100 records are kept in place"));
        }
        (self.offset, self.limit) = (look.offset.unwrap_or(self.offset), limit);
        self.place = look.place.or(self.place.filter(|_| look.offset.is_none()));
        self.folds = look.folds.unwrap_or(std::mem::take(&mut self.folds));
        if let Some(mut hold) = look.hold {
            hold.sort_by_key(|held| held.at);
            let mut seen = std::collections::HashSet::new();
            hold.retain(|held| seen.insert(held.record));
            self.hold = hold;
        }
        Ok(())
    }

    /// The path of the groups around the first line of the window.
    pub(super) fn above(&self, view: &LiveView) -> Vec<Json> {
        view.above(&self.folds, self.offset)
    }

    /// Keeps no record in place any longer.
    pub(super) fn let_go(&mut self) {
        self.hold.clear();
    }

    /// The lines of the window, and how many there are in all.
    pub(super) fn lines(&mut self, view: &LiveView, table: &Table) -> (Vec<Line>, usize) {
        if let Some(place) = self.place.take() {
            self.offset = view.line_of(&self.folds, place.min(view.row_count().saturating_sub(1)));
        }
        let total = view.line_count(&self.folds);
        let held = self.held(table);
        if held.is_empty() {
            return (view.lines(&self.folds, self.offset, self.limit), total);
        }
        Composed::new(view, &self.folds, held, total).window(self.offset, self.limit)
    }

    fn held(&self, table: &Table) -> Vec<(usize, RowIx)> {
        let row = |hold: &Hold| {
            let row = table.row(hold.record).filter(|&row| table.is_live(row))?;
            Some((hold.at, row))
        };
        self.hold.iter().filter_map(row).collect()
    }
}

/// The lines of a view with some rows put elsewhere: they are taken out of where they stand, and put in
/// where they are kept.
struct Composed<'a> {
    view: &'a LiveView,
    folds: &'a Folds,
    /// In order, apart.
    held: Vec<(usize, RowIx)>,
    /// Where the view has them, in order.
    taken: Vec<usize>,
    total: usize,
}

impl<'a> Composed<'a> {
    fn new(view: &'a LiveView, folds: &'a Folds, mut held: Vec<(usize, RowIx)>, total: usize) -> Self {
        let mut taken: Vec<usize> =
            held.iter().filter_map(|&(at, row)| nearest(view, folds, row, at)).collect();
        taken.sort_unstable();
        taken.dedup();
        let total = total - taken.len() + held.len();
        // Each has a line of its own, and none is after the last.
        let mut least = 0;
        for (at, _) in &mut held {
            *at = (*at).max(least);
            least = *at + 1;
        }
        let mut end = total;
        for (at, _) in held.iter_mut().rev() {
            end = (*at).min(end - 1);
            *at = end;
        }
        Self { view, folds, held, taken, total }
    }

    fn window(&self, offset: usize, limit: usize) -> (Vec<Line>, usize) {
        let end = offset.saturating_add(limit).min(self.total);
        let before = |line: usize| self.held.partition_point(|(at, _)| *at < line);
        let (first, last) = (offset.saturating_sub(before(offset)), end.saturating_sub(before(end)));
        let mut rest = self.others(first, last).into_iter();
        let mut held = self.held[before(offset)..].iter().peekable();
        let mut lines = Vec::with_capacity(end.saturating_sub(offset));
        for line in offset..end {
            match held.next_if(|(at, _)| *at == line) {
                Some((_, row)) => lines.push(Line::Row(*row)),
                None => lines.extend(rest.next()),
            }
        }
        (lines, self.total)
    }

    /// Lines of the view from one to another, counted without those that were taken out.
    fn others(&self, first: usize, last: usize) -> Vec<Line> {
        if first >= last {
            return Vec::new();
        }
        let place = |line: usize| self.taken.iter().fold(line, |at, &taken| at + usize::from(taken <= at));
        let (from, to) = (place(first), place(last - 1) + 1);
        let lines = self.view.lines(self.folds, from, to - from).into_iter().enumerate();
        lines.filter(|(at, _)| !self.taken.contains(&(from + at))).map(|(_, line)| line).collect()
    }
}

/// The line of a row, of several the one nearest to a place; none when it is not shown.
fn nearest(view: &LiveView, folds: &Folds, row: RowIx, at: usize) -> Option<usize> {
    let line = |place| {
        let line = view.line_of(folds, place);
        let shown = view.lines(folds, line, 1).first() == Some(&Line::Row(row));
        shown.then_some(line)
    };
    view.places(row).into_iter().filter_map(line).min_by_key(|line| line.abs_diff(at))
}
