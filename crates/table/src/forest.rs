//! The groups of a live view as a tree: how many rows and lines each has, and what is told of it. The rows
//! themselves stand in one list, group after group; a group is a stretch of it.

use std::sync::Arc;

use crate::{
    group::{Level, Part, Path},
    summary::Tally,
};

const SPLIT: usize = 256;
const FILL: usize = 128;

/// Groups of one level within one group of the level above. Clones share runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forest {
    runs: Vec<Arc<Run>>,
    size: Size,
}

/// How many rows, how many innermost groups, and how many lines when nothing is folded: a line a group and
/// a line a row.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Size {
    pub(crate) rows: usize,
    pub(crate) lines: usize,
    pub(crate) leaves: usize,
}

#[derive(Clone, Debug, Default)]
struct Run {
    nodes: Vec<Node>,
    size: Size,
}

/// A group.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) part: Part,
    pub(crate) size: Size,
    pub(crate) tallies: Vec<Tally>,
    /// None in a group of the innermost level.
    pub(crate) kids: Forest,
}

/// A stretch of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) start: usize,
    pub(crate) len: usize,
}

impl Size {
    fn grow(&mut self, before: Self, after: Self) {
        self.rows = self.rows + after.rows - before.rows;
        self.lines = self.lines + after.lines - before.lines;
        self.leaves = self.leaves + after.leaves - before.leaves;
    }
    /// How many lines there are; with `ends` each innermost group has one more, at its end.
    pub(crate) fn lines(self, ends: bool) -> usize {
        self.lines + if ends { self.leaves } else { 0 }
    }
}

impl std::ops::Add for Size {
    type Output = Self;
    fn add(mut self, other: Self) -> Self {
        self.grow(Self::default(), other);
        self
    }
}

impl Node {
    fn new(part: Part, tallies: Vec<Tally>) -> Self {
        Self { part, size: Size::default(), tallies, kids: Forest::default() }
    }
    pub(crate) fn is_leaf(&self) -> bool {
        self.kids.runs.is_empty()
    }
    fn resize(&mut self, rows: usize) {
        let kids = self.kids.size;
        self.size = if self.is_leaf() {
            Size { rows, lines: 1 + rows, leaves: 1 }
        } else {
            Size { rows, lines: 1 + kids.lines, leaves: kids.leaves }
        };
    }
}

impl Forest {
    pub(crate) fn size(&self) -> Size {
        self.size
    }

    /// The groups, each with what stands before it, beginning with the run that has a line.
    pub(crate) fn of_line(&self, line: usize, ends: bool) -> impl Iterator<Item = (&Node, Size)> {
        let mut before = Size::default();
        let skipped = |run: &&Arc<Run>| {
            let skip = (before + run.size).lines(ends) <= line;
            if skip {
                before.grow(Size::default(), run.size);
            }
            skip
        };
        let runs = self.runs.iter().take_while(skipped).count();
        let nodes = self.runs[runs..].iter().flat_map(|run| &run.nodes);
        nodes.scan(before, |at, node| {
            let here = *at;
            at.grow(Size::default(), node.size);
            Some((node, here))
        })
    }

    /// As [`Forest::of_line`], beginning with the run that has a row.
    pub(crate) fn of_row(&self, row: usize) -> Option<(&Node, Size)> {
        let mut before = Size::default();
        for run in &self.runs {
            if before.rows + run.size.rows <= row {
                before.grow(Size::default(), run.size);
                continue;
            }
            for node in &run.nodes {
                if before.rows + node.size.rows > row {
                    return Some((node, before));
                }
                before.grow(Size::default(), node.size);
            }
        }
        None
    }

    /// The run and the place in it of a group, or where it would be.
    fn find(&self, level: &Level, part: &Part) -> (usize, Result<usize, usize>) {
        let after = self.runs.partition_point(|run| level.compare(&run.nodes[0].part, part).is_le());
        let run = after.saturating_sub(1);
        let within = self
            .runs
            .get(run)
            .map_or(Err(0), |run| run.nodes.binary_search_by(|node| level.compare(&node.part, part)));
        (run, within)
    }

    /// What stands before a group.
    fn before(&self, run: usize, at: usize) -> Size {
        let mut before = Size::default();
        self.runs[..run].iter().for_each(|run| before.grow(Size::default(), run.size));
        let nodes = self.runs.get(run).map_or(&[][..], |run| &run.nodes[..at]);
        for node in nodes {
            before.grow(Size::default(), node.size);
        }
        before
    }

    /// A group with what stands before it; none when there is no such group.
    pub(crate) fn locate(&self, levels: &[Level], path: &[Part]) -> Option<(&Node, Size)> {
        let (part, rest) = path.split_first()?;
        let (run, Ok(at)) = self.find(levels.first()?, part) else { return None };
        let (node, mut before) = (&self.runs[run].nodes[at], self.before(run, at));
        if rest.is_empty() {
            return Some((node, before));
        }
        let (inner, within) = node.kids.locate(&levels[1..], rest)?;
        // The line of the group itself.
        before.lines += 1;
        before.grow(Size::default(), within);
        Some((inner, before))
    }

    /// Counts a row into a group, which is made when there is none, and into those around it. Answers where
    /// the rows of the group stood before.
    pub(crate) fn add(
        &mut self,
        levels: &[Level],
        path: &[Part],
        fresh: &dyn Fn() -> Vec<Tally>,
        visit: &mut dyn FnMut(&mut [Tally]),
    ) -> Stretch {
        let ([part, rest @ ..], [level, below @ ..]) = (path, levels) else { return Stretch::default() };
        let (run, within) = self.find(level, part);
        let at = within.unwrap_or_else(|at| {
            if self.runs.is_empty() {
                self.runs.push(Arc::default());
            }
            Arc::make_mut(&mut self.runs[run]).nodes.insert(at, Node::new(part.clone(), fresh()));
            at
        });
        let start = self.before(run, at).rows;
        let owner = Arc::make_mut(&mut self.runs[run]);
        let node = &mut owner.nodes[at];
        let before = node.size;
        let mut stretch = Stretch { start: 0, len: before.rows };
        if !rest.is_empty() {
            stretch = node.kids.add(below, rest, fresh, visit);
        }
        node.resize(before.rows + 1);
        visit(&mut node.tallies);
        let after = node.size;
        owner.size.grow(before, after);
        self.size.grow(before, after);
        self.split(run);
        Stretch { start: start + stretch.start, ..stretch }
    }

    fn split(&mut self, run: usize) {
        if self.runs[run].nodes.len() <= SPLIT {
            return;
        }
        let owner = Arc::make_mut(&mut self.runs[run]);
        let mut rest = Run { nodes: owner.nodes.split_off(FILL), size: Size::default() };
        rest.nodes.iter().for_each(|node| rest.size.grow(Size::default(), node.size));
        owner.size.grow(rest.size, Size::default());
        self.runs.insert(run + 1, Arc::new(rest));
    }

    /// Counts a row out of a group and those around it; those left without rows go. Answers where the rows
    /// of the group stood before.
    pub(crate) fn take(
        &mut self,
        levels: &[Level],
        path: &[Part],
        visit: &mut dyn FnMut(&mut [Tally]),
    ) -> Stretch {
        let ([part, rest @ ..], [level, below @ ..]) = (path, levels) else { return Stretch::default() };
        let (run, Ok(at)) = self.find(level, part) else { return Stretch::default() };
        let start = self.before(run, at).rows;
        let owner = Arc::make_mut(&mut self.runs[run]);
        let node = &mut owner.nodes[at];
        let before = node.size;
        let mut stretch = Stretch { start: 0, len: before.rows };
        if !rest.is_empty() {
            stretch = node.kids.take(below, rest, visit);
        }
        node.resize(before.rows - 1);
        visit(&mut node.tallies);
        let mut after = node.size;
        if after.rows == 0 {
            after = Size::default();
            owner.nodes.remove(at);
        }
        owner.size.grow(before, after);
        self.size.grow(before, after);
        if owner.nodes.is_empty() {
            self.runs.remove(run);
        }
        Stretch { start: start + stretch.start, ..stretch }
    }

    /// Visits what is told of a group and of those around it, for a row whose cells changed.
    pub(crate) fn touch(&mut self, levels: &[Level], path: &[Part], visit: &mut dyn FnMut(&mut [Tally])) {
        let ([part, rest @ ..], [level, below @ ..]) = (path, levels) else { return };
        let (run, Ok(at)) = self.find(level, part) else { return };
        let node = &mut Arc::make_mut(&mut self.runs[run]).nodes[at];
        visit(&mut node.tallies);
        node.kids.touch(below, rest, visit);
    }

    /// The tree of innermost groups that stand in order, each with how many rows it has. `tallies` tells of
    /// a stretch of rows.
    pub(crate) fn build(leaves: &[(Path, usize)], tallies: &dyn Fn(Stretch) -> Vec<Tally>) -> Self {
        Self::level(leaves, 0, 0, tallies)
    }

    fn level(
        leaves: &[(Path, usize)],
        depth: usize,
        start: usize,
        tallies: &dyn Fn(Stretch) -> Vec<Tally>,
    ) -> Self {
        let mut forest = Self::default();
        let mut start = start;
        let mut nodes = Vec::new();
        for group in leaves.chunk_by(|a, b| a.0[depth] == b.0[depth]) {
            let rows: usize = group.iter().map(|leaf| leaf.1).sum();
            let mut node = Node::new(group[0].0[depth].clone(), Vec::new());
            if group[0].0.len() > depth + 1 {
                node.kids = Self::level(group, depth + 1, start, tallies);
                node.tallies = node.kids.total().unwrap_or_default();
            } else {
                node.tallies = tallies(Stretch { start, len: rows });
            }
            node.resize(rows);
            start += rows;
            nodes.push(node);
            if nodes.len() == FILL {
                forest.push(std::mem::take(&mut nodes));
            }
        }
        if !nodes.is_empty() {
            forest.push(nodes);
        }
        forest
    }

    /// What is told of all groups together; none when there are none.
    fn total(&self) -> Option<Vec<Tally>> {
        let mut nodes = self.runs.iter().flat_map(|run| &run.nodes);
        let mut total = nodes.next()?.tallies.clone();
        for node in nodes {
            total.iter_mut().zip(&node.tallies).for_each(|(total, part)| total.merge(part));
        }
        Some(total)
    }

    fn push(&mut self, nodes: Vec<Node>) {
        let mut run = Run { nodes, size: Size::default() };
        run.nodes.iter().for_each(|node| run.size.grow(Size::default(), node.size));
        self.size.grow(Size::default(), run.size);
        self.runs.push(Arc::new(run));
    }
}
