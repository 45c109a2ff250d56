//! What a grouped view shows line by line: a line for each group and each row, less what is folded.

use serde_json::Value as Json;

use crate::{
    LiveView, RowIx,
    forest::{Forest, Node, Size},
    group::{Part, Path},
};

/// A line of a view.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// The head of a group, above what is in it.
    Group(Group),
    /// A record.
    Row(RowIx),
}

/// A group.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// 0 for the outermost.
    pub level: usize,
    /// What its records have in common at each level up to its own, as JSON in the form of the fields'
    /// values: a span of dates as its first day, a range of numbers as `{"from": 0, "to": 10}`, null for
    /// none, `{"error": true}` for errors.
    pub path: Vec<Json>,
    /// What people call it; empty for none, errors, yes and no.
    pub label: String,
    /// How many records.
    pub count: usize,
    /// What the query's summaries tell of them, in their order.
    pub summaries: Vec<Json>,
    /// Whether what is in it is not shown.
    pub folded: bool,
    /// The place of its first row among all rows.
    pub first: usize,
}

/// Which groups are folded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Folds {
    /// Whether all are but the ones listed; else just those are.
    pub all: bool,
    /// [`Group::path`] of each.
    pub except: Vec<Vec<Json>>,
}

/// Lines that are not shown, counted with nothing folded: the first, and how many. In order, apart.
type Hidden = Vec<(usize, usize)>;

impl LiveView {
    /// How many lines there are.
    pub fn line_count(&self, folds: &Folds) -> usize {
        if !self.is_grouped() {
            return self.order.len();
        }
        let hidden: usize = self.hidden(folds).iter().map(|(_, count)| count).sum();
        self.groups.size().lines - hidden
    }

    /// Up to `limit` lines from `offset` on.
    pub fn lines(&self, folds: &Folds, offset: usize, limit: usize) -> Vec<Line> {
        if !self.is_grouped() {
            return self.window(offset, limit).into_iter().map(Line::Row).collect();
        }
        let hidden = self.hidden(folds);
        let mut from = offset;
        for (start, count) in &hidden {
            if *start > from {
                break;
            }
            from += count;
        }
        let mut walk = Walk { view: self, hidden: &hidden, from, limit, path: Path::new(), out: Vec::new() };
        walk.forest(&self.groups, Size::default());
        walk.out
    }

    /// The line of the row at a place among all rows; that of its outermost folded group when it is not
    /// shown.
    pub fn line_of(&self, folds: &Folds, place: usize) -> usize {
        let (mut forest, mut line, mut rest) = (&self.groups, 0, place);
        if !self.is_grouped() {
            return place;
        }
        while let Some((node, before)) = forest.of_row(rest) {
            line += before.lines + 1;
            rest -= before.rows;
            if node.is_leaf() {
                line += rest;
                break;
            }
            forest = &node.kids;
        }
        let mut above = 0;
        for (start, count) in self.hidden(folds) {
            if start > line {
                break;
            }
            if line < start + count {
                // Its group stands right before what is hidden.
                return start - 1 - above;
            }
            above += count;
        }
        line - above
    }

    /// The places among all rows where any text contains this, ignoring case.
    pub fn find(&self, text: &str) -> Vec<usize> {
        let query = crate::Query { search: Some(text.into()), ..crate::Query::default() };
        if text.trim().is_empty() {
            return Vec::new();
        }
        let found = crate::query::running(self.scope(), &query, &self.viewer).program.found(self.scope());
        let places = self.order.iter().enumerate();
        places.filter(|(_, row)| found.get(*row as usize)).map(|(place, _)| place).collect()
    }

    fn hidden(&self, folds: &Folds) -> Hidden {
        let (scope, levels) = (self.scope(), &self.compiled.grouping.0);
        let part = |(level, value): (&crate::group::Level, &Json)| level.part(scope, value);
        let path = |values: &Vec<Json>| levels.iter().zip(values).map(part).collect::<Option<Path>>();
        let paths: Vec<Path> = folds.except.iter().filter_map(path).filter(|path| !path.is_empty()).collect();
        let mut hidden = Hidden::new();
        if folds.all {
            let open: std::collections::HashSet<&[Part]> = paths.iter().map(Vec::as_slice).collect();
            fold_all(&self.groups, &open, &mut Path::new(), 0, &mut hidden);
            return hidden;
        }
        for path in &paths {
            if let Some((node, before)) = self.groups.locate(levels, path) {
                hidden.push((before.lines + 1, node.size.lines - 1));
            }
        }
        hidden.sort_unstable_by_key(|&(start, count)| (start, std::cmp::Reverse(count)));
        let mut end = 0;
        hidden.retain(|&(start, count)| {
            let apart = start >= end;
            end = end.max(start + count);
            apart
        });
        hidden
    }
}

fn fold_all(
    forest: &Forest,
    open: &std::collections::HashSet<&[Part]>,
    path: &mut Path,
    line: usize,
    hidden: &mut Hidden,
) {
    for (node, before) in forest.of_line(0) {
        path.push(node.part.clone());
        let inside = line + before.lines + 1;
        if !open.contains(path.as_slice()) {
            hidden.push((inside, node.size.lines - 1));
        } else if !node.is_leaf() {
            fold_all(&node.kids, open, path, inside, hidden);
        }
        path.pop();
    }
}

/// Collects lines from one on.
struct Walk<'a> {
    view: &'a LiveView,
    hidden: &'a Hidden,
    /// The first line wanted, counted with nothing folded.
    from: usize,
    limit: usize,
    path: Path,
    out: Vec<Line>,
}

impl Walk<'_> {
    /// `at` is what stands before the forest.
    fn forest(&mut self, forest: &Forest, at: Size) {
        for (node, before) in forest.of_line(self.from.saturating_sub(at.lines)) {
            let here = Size { rows: at.rows + before.rows, lines: at.lines + before.lines };
            if self.out.len() >= self.limit {
                return;
            }
            if here.lines + node.size.lines <= self.from {
                continue;
            }
            self.node(node, here);
        }
    }

    fn node(&mut self, node: &Node, here: Size) {
        self.path.push(node.part.clone());
        let inside = Size { rows: here.rows, lines: here.lines + 1 };
        let folded = self.hidden.binary_search_by_key(&inside.lines, |(start, _)| *start).is_ok();
        if here.lines >= self.from {
            let group = self.view.group(&self.path, node, here.rows, folded);
            self.out.push(Line::Group(group));
        }
        if folded {
        } else if node.is_leaf() {
            let skip = self.from.saturating_sub(inside.lines);
            let wanted = (node.size.rows - skip).min(self.limit - self.out.len());
            self.out.extend(self.view.window(here.rows + skip, wanted).into_iter().map(Line::Row));
        } else {
            self.forest(&node.kids, inside);
        }
        self.path.pop();
    }
}

impl LiveView {
    fn group(&self, path: &[Part], node: &Node, first: usize, folded: bool) -> Group {
        let (scope, levels) = (self.scope(), &self.compiled.grouping.0);
        let level = path.len() - 1;
        let count = node.size.rows;
        let rows = || self.order.window(first, count).into_iter();
        let tell = |(measure, tally): (&crate::summary::Measure, _)| measure.tell(tally, scope, count, rows);
        Group {
            level,
            path: levels.iter().zip(path).map(|(level, part)| level.value(scope, part)).collect(),
            label: levels[level].label(scope, &path[level]),
            count,
            summaries: self.compiled.summaries.iter().zip(&node.tallies).map(tell).collect(),
            folded,
            first,
        }
    }
}
