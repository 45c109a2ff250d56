//! How many lines groups and records under records take when some are folded. What is folded, or is not where
//! all else is, is marked; everything between is counted at once, so no change walks what nobody named.

use std::{collections::BTreeMap, ops::Range};

use crate::{
    Folds, LiveView,
    branches::{Branch, Branches},
    forest::{Forest, Node, Size},
    group::{Level, Path},
};

/// What is usual for groups and records that are not marked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usual {
    /// Groups are folded.
    groups: bool,
    /// Records with others under them are.
    branches: bool,
    /// Innermost groups that are not folded have a line at their end.
    pub(crate) ends: bool,
}

/// What is marked in a list of groups or of siblings, by place.
#[derive(Debug, Default)]
pub(crate) struct Marks(BTreeMap<usize, Mark>);

/// A group or a record that is folded or not against what is usual, or has such ones in it.
#[derive(Debug, Default)]
pub(crate) struct Mark {
    /// It is itself.
    named: bool,
    /// The lines it takes, and those it would take if nothing were marked.
    lines: usize,
    usual: usize,
    pub(crate) within: Marks,
}

pub(crate) static NONE: Marks = Marks(BTreeMap::new());

impl Usual {
    pub(crate) fn is_group_folded(self, mark: Option<&Mark>) -> bool {
        self.groups != mark.is_some_and(|mark| mark.named)
    }
    pub(crate) fn is_branch_folded(self, branch: &Branch, mark: Option<&Mark>) -> bool {
        branch.kids().is_some() && self.branches != mark.is_some_and(|mark| mark.named)
    }

    /// The lines of some groups in a row.
    pub(crate) fn groups(self, count: usize, size: Size) -> usize {
        if self.groups {
            return count;
        }
        let rows = if self.branches { size.tops } else { size.rows };
        size.heads + rows + if self.ends { size.leaves } else { 0 }
    }

    /// The lines of some siblings in a row, that have so many records with those under them.
    pub(crate) fn branches(self, count: usize, rows: usize) -> usize {
        if self.branches { count } else { rows }
    }

    pub(crate) fn node(self, node: &Node, mark: Option<&Mark>) -> usize {
        mark.map_or_else(|| self.groups(1, node.size), |mark| mark.lines)
    }
    pub(crate) fn branch(self, branch: &Branch, mark: Option<&Mark>) -> usize {
        mark.map_or_else(|| self.branches(1, branch.rows()), |mark| mark.lines)
    }

    fn measure_groups(self, forest: &Forest, marks: &mut Marks) {
        for (&place, mark) in &mut marks.0 {
            let Some(node) = forest.at(place) else { continue };
            mark.usual = self.groups(1, node.size);
            let inner = match &node.branches {
                _ if !node.is_leaf() => {
                    self.measure_groups(&node.kids, &mut mark.within);
                    mark.within.adjust(0..usize::MAX, self.groups(node.kids.count(), node.kids.size()))
                }
                Some(branches) => {
                    self.measure_branches(branches, &mut mark.within);
                    let lines = self.branches(branches.count(), branches.rows());
                    mark.within.adjust(0..usize::MAX, lines) + usize::from(self.ends)
                }
                None => node.size.rows + usize::from(self.ends),
            };
            mark.lines = 1 + if self.groups == mark.named { inner } else { 0 };
        }
    }

    fn measure_branches(self, branches: &Branches, marks: &mut Marks) {
        for (&place, mark) in &mut marks.0 {
            let Some(branch) = branches.at(place) else { continue };
            mark.usual = self.branches(1, branch.rows());
            mark.lines = 1;
            if let Some(kids) = branch.kids().filter(|_| self.branches == mark.named) {
                self.measure_branches(kids, &mut mark.within);
                mark.lines += mark.within.adjust(0..usize::MAX, self.branches(kids.count(), kids.rows()));
            }
        }
    }
}

impl Marks {
    pub(crate) fn get(&self, place: usize) -> Option<&Mark> {
        self.0.get(&place)
    }

    /// The lines of a range of places that would have so many.
    pub(crate) fn adjust(&self, range: Range<usize>, usual: usize) -> usize {
        let marks = self.0.range(range).map(|(_, mark)| mark);
        marks.fold(usual, |lines, mark| lines + mark.lines - mark.usual)
    }

    fn name(&mut self, places: impl IntoIterator<Item = usize>) {
        let mut places = places.into_iter();
        let Some(first) = places.next() else { return };
        let mut mark = self.0.entry(first).or_default();
        for place in places {
            mark = mark.within.0.entry(place).or_default();
        }
        mark.named = true;
    }

    /// What somebody folds in a view.
    pub(crate) fn new(view: &LiveView, folds: &Folds) -> (Self, Usual) {
        let mut marks = Self::default();
        let usual = Usual { groups: folds.all, branches: folds.branches.all, ends: folds.ends };
        let (scope, levels) = (view.scope(), &view.compiled.grouping.0);
        let part = |(level, value): (&Level, &serde_json::Value)| level.part(scope, value);
        for values in folds.except.iter().filter(|values| values.len() <= levels.len()) {
            let path: Option<Path> = levels.iter().zip(values).map(part).collect();
            if let Some((places, _)) = path.and_then(|path| view.groups.places(levels, &path)) {
                marks.name(places);
            }
        }
        for row in folds.branches.except.iter().filter_map(|&record| view.table.row(record)) {
            for places in view.tree_places(row) {
                marks.name(places);
            }
        }
        if view.is_grouped() {
            usual.measure_groups(&view.groups, &mut marks);
        } else {
            usual.measure_branches(&view.branches, &mut marks);
        }
        (marks, usual)
    }
}
