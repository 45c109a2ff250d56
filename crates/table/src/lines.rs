//! What a grouped view shows line by line: a line for each group and each row, less what is folded.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    GroupKey, LiveView, RowIx,
    forest::{Forest, Node},
    group::{Part, Path},
};

/// A line of a view.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// The head of a group, above what is in it.
    Group(Box<Group>),
    /// A record.
    Row(RowIx),
    /// The end of an innermost group, below its records, by the path of the group: where another record may
    /// be made.
    End(Vec<Json>),
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

/// How groups are shown: which are folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Folds {
    /// Whether all are but the ones listed; else just those are.
    pub all: bool,
    /// [`Group::path`] of each.
    pub except: Vec<Vec<Json>>,
    /// Whether innermost groups that are not folded have a line at their end.
    pub ends: bool,
}

/// Lines that are not shown, counted with nothing folded: the first, and how many. In order, apart.
type Hidden = Vec<(usize, usize)>;

impl LiveView {
    /// By what records are grouped, outermost first: of the query's keys those that make sense.
    pub fn grouping(&self) -> impl Iterator<Item = &GroupKey> {
        self.compiled.grouping.0.iter().map(crate::group::Level::key)
    }

    /// How many lines there are.
    pub fn line_count(&self, folds: &Folds) -> usize {
        if !self.is_grouped() {
            return self.order.len();
        }
        let hidden: usize = self.hidden(folds).iter().map(|(_, count)| count).sum();
        self.groups.size().lines(folds.ends) - hidden
    }

    /// Up to `limit` lines from `offset` on.
    pub fn lines(&self, folds: &Folds, offset: usize, limit: usize) -> Vec<Line> {
        if !self.is_grouped() {
            return self.window(offset, limit).into_iter().map(Line::Row).collect();
        }
        self.walk(folds, offset, limit).0
    }

    /// The paths of the groups around a line, outermost first, as the path of the innermost: of a head that
    /// of the group above.
    pub fn above(&self, folds: &Folds, line: usize) -> Vec<Json> {
        if self.is_grouped() { self.walk(folds, line, 1).1 } else { Vec::new() }
    }

    /// Lines, and the path of the groups around the first.
    fn walk(&self, folds: &Folds, offset: usize, limit: usize) -> (Vec<Line>, Vec<Json>) {
        let hidden = self.hidden(folds);
        let mut from = offset;
        for (start, count) in &hidden {
            if *start > from {
                break;
            }
            from += count;
        }
        let ends = folds.ends;
        let (path, above) = (Path::new(), Path::new());
        let mut walk = Walk { view: self, hidden: &hidden, ends, from, limit, path, above, out: Vec::new() };
        walk.forest(&self.groups, 0, 0);
        let above = self.values(&walk.above);
        (walk.out, above)
    }

    /// The line of the row at a place among all rows; that of its outermost folded group when it is not
    /// shown.
    pub fn line_of(&self, folds: &Folds, place: usize) -> usize {
        let (mut forest, mut line, mut rest) = (&self.groups, 0, place);
        if !self.is_grouped() {
            return place;
        }
        while let Some((node, before)) = forest.of_row(rest) {
            line += before.lines(folds.ends) + 1;
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
            let mut all = All { open: &open, ends: folds.ends, path: Path::new(), hidden };
            all.fold(&self.groups, 0);
            return all.hidden;
        }
        for path in &paths {
            if let Some((node, before)) = self.groups.locate(levels, path) {
                hidden.push((before.lines(folds.ends) + 1, node.size.lines(folds.ends) - 1));
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

/// Folds all groups but some.
struct All<'a> {
    open: &'a std::collections::HashSet<&'a [Part]>,
    ends: bool,
    path: Path,
    hidden: Hidden,
}

impl All<'_> {
    fn fold(&mut self, forest: &Forest, line: usize) {
        for (node, before) in forest.of_line(0, self.ends) {
            self.path.push(node.part.clone());
            let inside = line + before.lines(self.ends) + 1;
            if !self.open.contains(self.path.as_slice()) {
                self.hidden.push((inside, node.size.lines(self.ends) - 1));
            } else if !node.is_leaf() {
                self.fold(&node.kids, inside);
            }
            self.path.pop();
        }
    }
}

/// Collects lines from one on.
struct Walk<'a> {
    view: &'a LiveView,
    hidden: &'a Hidden,
    ends: bool,
    /// The first line wanted, counted with nothing folded.
    from: usize,
    limit: usize,
    path: Path,
    /// Of the first line.
    above: Path,
    out: Vec<Line>,
}

impl Walk<'_> {
    /// `line` is the first line of the forest, `at` its first row.
    fn forest(&mut self, forest: &Forest, line: usize, at: usize) {
        for (node, before) in forest.of_line(self.from.saturating_sub(line), self.ends) {
            let here = line + before.lines(self.ends);
            if self.out.len() >= self.limit {
                return;
            }
            if here + node.size.lines(self.ends) > self.from {
                self.node(node, here, at + before.rows);
            }
        }
    }

    fn node(&mut self, node: &Node, line: usize, first: usize) {
        if self.out.is_empty() && line >= self.from {
            self.above.clone_from(&self.path);
        }
        self.path.push(node.part.clone());
        let inside = line + 1;
        let folded = self.hidden.binary_search_by_key(&inside, |(start, _)| *start).is_ok();
        if line >= self.from {
            let group = self.view.group(&self.path, node, first, folded);
            self.out.push(Line::Group(Box::new(group)));
        }
        if folded {
        } else if node.is_leaf() {
            if self.out.is_empty() {
                self.above.clone_from(&self.path);
            }
            let skip = self.from.saturating_sub(inside).min(node.size.rows);
            let wanted = (node.size.rows - skip).min(self.limit - self.out.len());
            self.out.extend(self.view.window(first + skip, wanted).into_iter().map(Line::Row));
            if self.ends && self.out.len() < self.limit {
                self.out.push(Line::End(self.view.values(&self.path)));
            }
        } else {
            self.forest(&node.kids, inside, first);
        }
        self.path.pop();
    }
}

impl LiveView {
    fn values(&self, path: &[Part]) -> Vec<Json> {
        let levels = self.compiled.grouping.0.iter().zip(path);
        levels.map(|(level, part)| level.value(self.scope(), part)).collect()
    }

    fn group(&self, path: &[Part], node: &Node, first: usize, folded: bool) -> Group {
        let (scope, levels) = (self.scope(), &self.compiled.grouping.0);
        let level = path.len() - 1;
        let count = node.size.rows;
        let rows = || self.order.window(first, count).into_iter();
        let tell = |(measure, tally): (&crate::summary::Measure, _)| measure.tell(tally, scope, count, rows);
        Group {
            level,
            path: self.values(path),
            label: levels[level].label(scope, &path[level]),
            count,
            summaries: self.compiled.summaries.iter().zip(&node.tallies).map(tell).collect(),
            folded,
            first,
        }
    }
}
