//! What a view shows line by line: a line for each group and each row, less what is folded.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use skein_types::RecordId;

use crate::{
    GroupKey, LiveView, RowIx,
    branches::Branches,
    forest::{Forest, Node},
    group::{Part, Path},
    outline::{Mark, Marks, NONE, Usual},
};

/// A line of a view.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// The head of a group, above what is in it.
    Group(Box<Group>),
    /// A record.
    Row(RowIx),
    /// A record in a tree, above those under it.
    Twig(Twig),
    /// The end of an innermost group, below its records, by the path of the group: where another record may
    /// be made.
    End(Vec<Json>),
}

/// A record in a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twig {
    /// The record.
    pub row: RowIx,
    /// How many records it stands under.
    pub depth: usize,
    /// Whether others stand under it.
    pub parent: bool,
    /// Whether those are not shown.
    pub folded: bool,
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

/// How groups and records under records are shown: which are folded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Folds {
    /// Whether all groups are but the ones listed; else just those are.
    pub all: bool,
    /// [`Group::path`] of each.
    pub except: Vec<Vec<Json>>,
    /// Whether innermost groups that are not folded have a line at their end.
    pub ends: bool,
    /// In a tree, which records are.
    pub branches: Branching,
}

/// Of which records those under them are not shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Branching {
    /// Of all but the ones listed; else of just those.
    pub all: bool,
    /// The records.
    pub except: Vec<RecordId>,
}

impl Line {
    /// The record of the line, if it is one's.
    pub fn row(&self) -> Option<RowIx> {
        match self {
            Self::Row(row) | Self::Twig(Twig { row, .. }) => Some(*row),
            Self::Group(_) | Self::End(_) => None,
        }
    }
}

/// The lines of a view as somebody folds it.
#[derive(Debug)]
pub struct Outline<'a> {
    view: &'a LiveView,
    usual: Usual,
    marks: Marks,
}

/// What stands around a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Around {
    /// The path of the groups around it, outermost first, as the path of the innermost: of a head that of the
    /// group above.
    pub path: Vec<Json>,
    /// How many lines of records stand before it in that group.
    pub before: usize,
}

impl LiveView {
    /// By what records are grouped, outermost first: of the query's keys those that make sense.
    pub fn grouping(&self) -> impl Iterator<Item = &GroupKey> {
        self.compiled.grouping.0.iter().map(crate::group::Level::key)
    }

    /// The lines with some folded.
    pub fn outline(&self, folds: &Folds) -> Outline<'_> {
        let (marks, usual) = Marks::new(self, folds);
        Outline { view: self, usual, marks }
    }

    /// The places among groups and siblings that lead to a row, for each time it comes in a tree.
    pub(crate) fn tree_places(&self, row: RowIx) -> Vec<Vec<usize>> {
        let Some(kin) = self.kin().filter(|kin| kin.has(row)) else { return Vec::new() };
        let (scope, order) = (kin.scope, &self.compiled.order);
        let under = |branches: &Branches, leaf: &[Part]| {
            let order = |a, b| order.compare((scope, a), (scope, b));
            branches.locate(&kin.path(leaf, row), &order).map(|(places, _)| places)
        };
        let levels = &self.compiled.grouping.0;
        let places = |leaf: Path| {
            if leaf.is_empty() {
                return under(&self.branches, &leaf);
            }
            let (mut places, node) = self.groups.places(levels, &leaf)?;
            places.extend(under(node.branches.as_ref()?, &leaf)?);
            Some(places)
        };
        self.compiled.grouping.paths(scope, row).into_iter().filter_map(places).collect()
    }

    /// The line of a row that is shown by itself, in the view or not; in a tree as deep as it stands, or
    /// would.
    pub fn line_alone(&self, row: RowIx) -> Line {
        let Some(kin) = self.kin() else { return Line::Row(row) };
        let leaf = kin.compiled.grouping.paths(kin.scope, row).into_iter().next().unwrap_or_default();
        let parent = kin.has(row)
            && kin.kids(row).any(|kid| kin.is_in(&leaf, kid) && kin.parent(&leaf, kid) == Some(row));
        Line::Twig(Twig { row, depth: kin.path(&leaf, row).len() - 1, parent, folded: parent })
    }

    /// The places among all rows where any text contains this, ignoring case.
    pub fn find(&self, text: &str) -> Vec<usize> {
        let query = crate::Query { search: Some(text.into()), ..crate::Query::default() };
        if text.trim().is_empty() {
            return Vec::new();
        }
        let found = crate::query::running(self.scope(), &query, &self.viewer).program.found(self.scope());
        let rows = self.window(0, usize::MAX).into_iter().enumerate();
        rows.filter(|(_, row)| found.get(*row as usize)).map(|(place, _)| place).collect()
    }

    /// The places among all rows of those in a group, by its path as [`Group::path`] has it; none when there is
    /// no such group.
    pub fn places_in(&self, path: &[Json]) -> Option<Range<usize>> {
        let (scope, levels) = (self.scope(), &self.compiled.grouping.0);
        if path.len() > levels.len() {
            return None;
        }
        let parts = levels.iter().zip(path).map(|(level, value)| level.part(scope, value));
        let (node, first) = self.groups.locate(levels, &parts.collect::<Option<Path>>()?)?;
        Some(first..first + node.size.rows)
    }

    fn values(&self, path: &[Part]) -> Vec<Json> {
        let levels = self.compiled.grouping.0.iter().zip(path);
        levels.map(|(level, part)| level.value(self.scope(), part)).collect()
    }

    fn group(&self, path: &[Part], node: &Node, first: usize, folded: bool) -> Group {
        let (scope, levels) = (self.scope(), &self.compiled.grouping.0);
        let level = path.len() - 1;
        let count = node.size.rows;
        let rows = || self.window(first, count).into_iter();
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

impl Outline<'_> {
    /// How many lines there are.
    pub fn count(&self) -> usize {
        let (view, usual) = (self.view, self.usual);
        let lines = if view.is_grouped() {
            usual.groups(view.groups.count(), view.groups.size())
        } else if view.is_tree() {
            usual.branches(view.branches.count(), view.branches.rows())
        } else {
            view.order.len()
        };
        self.marks.adjust(0..usize::MAX, lines)
    }

    /// Up to `limit` lines from `offset` on.
    pub fn lines(&self, offset: usize, limit: usize) -> Vec<Line> {
        self.walk(offset, limit).out
    }

    /// What stands around a line.
    pub fn around(&self, line: usize) -> Around {
        let walk = self.walk(line, 1);
        Around { path: self.view.values(&walk.above), before: walk.before }
    }

    fn walk(&self, from: usize, limit: usize) -> Walk<'_> {
        let (view, usual) = (self.view, self.usual);
        let (path, above) = (Path::new(), Path::new());
        let mut walk = Walk { view, usual, from, limit, path, above, before: 0, out: Vec::new() };
        if view.is_grouped() {
            walk.forest(&view.groups, &self.marks, 0, 0);
        } else if view.is_tree() {
            walk.branches(&view.branches, &self.marks, 0, 0);
            walk.before = from;
        } else {
            walk.out = view.window(from, limit).into_iter().map(Line::Row).collect();
            walk.before = from;
        }
        walk
    }

    /// The line of the row at a place among all rows; that of the outermost that is folded when it is not
    /// shown.
    pub fn line_of(&self, place: usize) -> usize {
        let (view, usual) = (self.view, self.usual);
        if !view.is_grouped() {
            return if view.is_tree() { self.under(&view.branches, &self.marks, place) } else { place };
        }
        let (mut forest, mut marks, mut line, mut rest) = (&view.groups, &self.marks, 0, place);
        while let Some((node, place, before)) = forest.of_row(rest) {
            let mark = marks.get(place);
            line += marks.adjust(0..place, usual.groups(place, before));
            if usual.is_group_folded(mark) {
                return line;
            }
            line += 1;
            rest -= before.rows;
            marks = mark.map_or(&NONE, |mark| &mark.within);
            if node.is_leaf() {
                let inside =
                    node.branches.as_ref().map_or(rest, |branches| self.under(branches, marks, rest));
                return line + inside;
            }
            forest = &node.kids;
        }
        line
    }

    /// As [`Outline::line_of`] in one tree.
    fn under(&self, branches: &Branches, marks: &Marks, place: usize) -> usize {
        let (mut list, mut marks, mut line, mut rest) = (branches, marks, 0, place);
        while let Some((branch, place, before)) = list.of_row(rest) {
            let mark = marks.get(place);
            line += marks.adjust(0..place, self.usual.branches(place, before));
            if rest == before || self.usual.is_branch_folded(branch, mark) {
                return line;
            }
            let Some(kids) = branch.kids() else { return line };
            line += 1;
            rest -= before + 1;
            marks = mark.map_or(&NONE, |mark| &mark.within);
            list = kids;
        }
        line
    }
}

/// Collects lines from one on.
struct Walk<'a> {
    view: &'a LiveView,
    usual: Usual,
    from: usize,
    limit: usize,
    path: Path,
    /// Of the groups around the first line.
    above: Path,
    /// Lines of records before it in its group.
    before: usize,
    out: Vec<Line>,
}

impl Walk<'_> {
    /// `line` is the first line of the forest, `first` its first row.
    fn forest(&mut self, forest: &Forest, marks: &Marks, mut line: usize, mut first: usize) {
        let mut place = 0;
        for run in forest.runs() {
            let nodes = run.nodes();
            let usual = self.usual.groups(nodes.len(), run.size());
            let end = line + marks.adjust(place..place + nodes.len(), usual);
            if end <= self.from {
                place += nodes.len();
                (line, first) = (end, first + run.size().rows);
                continue;
            }
            for node in nodes {
                if self.out.len() >= self.limit {
                    return;
                }
                let mark = marks.get(place);
                let lines = self.usual.node(node, mark);
                if line + lines > self.from {
                    self.node(node, mark, line, first);
                }
                (line, first, place) = (line + lines, first + node.size.rows, place + 1);
            }
        }
    }

    fn node(&mut self, node: &Node, mark: Option<&Mark>, line: usize, first: usize) {
        if self.out.is_empty() && line >= self.from {
            self.above.clone_from(&self.path);
        }
        self.path.push(node.part.clone());
        let folded = self.usual.is_group_folded(mark);
        if line >= self.from {
            let group = self.view.group(&self.path, node, first, folded);
            self.out.push(Line::Group(Box::new(group)));
        }
        let within = mark.map_or(&NONE, |mark| &mark.within);
        if folded {
        } else if node.is_leaf() {
            self.leaf(node, within, line + 1, first);
        } else {
            self.forest(&node.kids, within, line + 1, first);
        }
        self.path.pop();
    }

    fn leaf(&mut self, node: &Node, marks: &Marks, line: usize, first: usize) {
        if self.out.is_empty() {
            self.above.clone_from(&self.path);
            self.before = self.from - line;
        }
        if let Some(branches) = &node.branches {
            self.branches(branches, marks, line, 0);
        } else {
            let skip = self.from.saturating_sub(line).min(node.size.rows);
            let wanted = (node.size.rows - skip).min(self.limit - self.out.len());
            self.out.extend(self.view.window(first + skip, wanted).into_iter().map(Line::Row));
        }
        if self.usual.ends && self.out.len() < self.limit {
            self.out.push(Line::End(self.view.values(&self.path)));
        }
    }

    /// `line` is that of the first of the siblings.
    fn branches(&mut self, list: &Branches, marks: &Marks, mut line: usize, depth: usize) {
        let mut place = 0;
        for run in list.runs() {
            let nodes = run.nodes();
            let usual = self.usual.branches(nodes.len(), run.rows());
            let end = line + marks.adjust(place..place + nodes.len(), usual);
            if end <= self.from {
                place += nodes.len();
                line = end;
                continue;
            }
            for branch in nodes {
                if self.out.len() >= self.limit {
                    return;
                }
                let mark = marks.get(place);
                let lines = self.usual.branch(branch, mark);
                if line + lines > self.from {
                    let folded = self.usual.is_branch_folded(branch, mark);
                    if line >= self.from {
                        let (row, parent) = (branch.row, branch.kids().is_some());
                        self.out.push(Line::Twig(Twig { row, depth, parent, folded }));
                    }
                    if let Some(kids) = branch.kids().filter(|_| !folded) {
                        let within = mark.map_or(&NONE, |mark| &mark.within);
                        self.branches(kids, within, line + 1, depth + 1);
                    }
                }
                (line, place) = (line + lines, place + 1);
            }
        }
    }
}
