//! How one subscriber looks at a view that many share: the place of the window, folded groups and records, and
//! records that are kept where they were while somebody edits them (rules S8, S10, S23 to S27, S31 and S33 of
//! docs/spec/socket.md).

use serde::Deserialize;
use serde_json::Value as Json;
use skein_table::{Around, Folds, Line, LiveView, Outline, RowIx, Table, Twig};
use skein_types::RecordId;

use crate::BaseError;

/// Lines of the largest window.
const MAX_LIMIT: usize = 1_000;
/// Groups that may be named as folded, or as not, and as many records.
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
    /// Which groups and records are folded.
    pub folds: Option<Folds>,
    /// Records that are kept where they are.
    pub hold: Option<Vec<Hold>>,
    /// The path of a group: the window is onto its records alone.
    pub within: Option<Vec<Json>>,
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
    within: Option<Vec<Json>>,
}

impl Looking {
    /// Looks otherwise, unless that is refused.
    pub(super) fn change(&mut self, look: Look) -> Result<(), BaseError> {
        let limit = look.limit.unwrap_or(self.limit);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(BaseError::invalid("view.limit", "limit", "a window has 1 to 1,000 rows"));
        }
        let named = |folds: &Folds| folds.except.len().max(folds.branches.except.len());
        if look.folds.as_ref().is_some_and(|folds| named(folds) > MAX_FOLDS) {
            let detail = "at most 2,000 groups and 2,000 records are named";
            return Err(BaseError::invalid("view.limit", "folds", detail));
        }
        if look.hold.as_ref().is_some_and(|hold| hold.len() > MAX_HOLD) {
            return Err(BaseError::invalid("view.limit", "hold", "at most 100 records are kept in place"));
        }
        (self.offset, self.limit) = (look.offset.unwrap_or(self.offset), limit);
        self.place = look.place.or(self.place.filter(|_| look.offset.is_none()));
        self.within = look.within.or_else(|| self.within.take());
        self.folds = look.folds.unwrap_or(std::mem::take(&mut self.folds));
        if let Some(mut hold) = look.hold {
            hold.sort_by_key(|held| held.at);
            let mut seen = std::collections::HashSet::new();
            hold.retain(|held| seen.insert(held.record));
            self.hold = hold;
        }
        Ok(())
    }

    /// Keeps no record in place any longer.
    pub(super) fn let_go(&mut self) {
        self.hold.clear();
    }

    /// What the window shows.
    pub(super) fn page(&mut self, view: &LiveView, table: &Table) -> Page {
        if let Some(path) = self.within.clone() {
            return self.page_within(view, path);
        }
        let outline = view.outline(&self.folds);
        if let Some(place) = self.place.take() {
            self.offset = outline.line_of(place.min(view.row_count().saturating_sub(1)));
        }
        let total = outline.count();
        let held = Composed::new(view, &outline, self.held(table), total);
        let lines = held.window(self.offset, self.limit);
        Page { lines, total: held.total, records: view.len(), around: outline.around(self.offset) }
    }

    /// The records of one group, without its head, whatever is folded or kept in place.
    fn page_within(&mut self, view: &LiveView, path: Vec<Json>) -> Page {
        let places = view.places_in(&path).unwrap_or_default();
        if let Some(place) = self.place.take() {
            self.offset = place.clamp(places.start, places.end.max(places.start + 1) - 1) - places.start;
        }
        let total = places.len();
        let first = self.offset.min(total);
        let lines = view.window(places.start + first, self.limit.min(total - first));
        Page {
            lines: lines.into_iter().map(Line::Row).collect(),
            total,
            records: total,
            around: Around { path, before: first },
        }
    }

    fn held(&self, table: &Table) -> Vec<(usize, RowIx)> {
        let row = |hold: &Hold| {
            let row = table.row(hold.record).filter(|&row| table.is_live(row))?;
            Some((hold.at, row))
        };
        self.hold.iter().filter_map(row).collect()
    }
}

/// The lines of a window.
pub(super) struct Page {
    pub(super) lines: Vec<Line>,
    /// How many there are in all.
    pub(super) total: usize,
    /// How many records are shown or folded.
    pub(super) records: usize,
    /// What stands around the first.
    pub(super) around: Around,
}

/// The lines of a view with some rows put elsewhere: they are taken out of where they stand, and put in
/// where they are kept.
struct Composed<'a> {
    outline: &'a Outline<'a>,
    /// In order, apart.
    held: Vec<(usize, Line)>,
    /// Where the view has them, in order.
    taken: Vec<usize>,
    total: usize,
}

impl<'a> Composed<'a> {
    fn new(view: &LiveView, outline: &'a Outline<'a>, rows: Vec<(usize, RowIx)>, total: usize) -> Self {
        let (mut held, mut taken) = (Vec::with_capacity(rows.len()), Vec::new());
        for (at, row) in rows {
            let found = nearest(view, outline, row, at);
            // A record goes where it belongs with those that are shown under it.
            let open = |line: &Line| matches!(line, Line::Twig(Twig { parent: true, folded: false, .. }));
            if found.as_ref().is_some_and(|(_, line)| open(line)) {
                continue;
            }
            match found {
                Some((place, line)) => {
                    taken.push(place);
                    held.push((at, line));
                }
                None => held.push((at, view.line_alone(row))),
            }
        }
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
        Self { outline, held, taken, total }
    }

    fn window(&self, offset: usize, limit: usize) -> Vec<Line> {
        let end = offset.saturating_add(limit).min(self.total);
        let before = |line: usize| self.held.partition_point(|(at, _)| *at < line);
        let (first, last) = (offset.saturating_sub(before(offset)), end.saturating_sub(before(end)));
        let mut rest = self.others(first, last).into_iter();
        let mut held = self.held[before(offset)..].iter().peekable();
        let mut lines = Vec::with_capacity(end.saturating_sub(offset));
        for line in offset..end {
            match held.next_if(|(at, _)| *at == line) {
                Some((_, kept)) => lines.push(kept.clone()),
                None => lines.extend(rest.next()),
            }
        }
        lines
    }

    /// Lines of the view from one to another, counted without those that were taken out.
    fn others(&self, first: usize, last: usize) -> Vec<Line> {
        if first >= last {
            return Vec::new();
        }
        let place = |line: usize| self.taken.iter().fold(line, |at, &taken| at + usize::from(taken <= at));
        let (from, to) = (place(first), place(last - 1) + 1);
        let lines = self.outline.lines(from, to - from).into_iter().enumerate();
        lines.filter(|(at, _)| !self.taken.contains(&(from + at))).map(|(_, line)| line).collect()
    }
}

/// The line of a row, of several the one nearest to a place; none when it is not shown.
fn nearest(view: &LiveView, outline: &Outline<'_>, row: RowIx, at: usize) -> Option<(usize, Line)> {
    let line = |place| {
        let line = outline.line_of(place);
        let shown = outline.lines(line, 1).pop().filter(|shown| shown.row() == Some(row))?;
        Some((line, shown))
    };
    view.places(row).into_iter().filter_map(line).min_by_key(|(line, _)| line.abs_diff(at))
}
