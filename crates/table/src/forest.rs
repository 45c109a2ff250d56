//! The groups of a live view as a tree: how many rows and lines each has, and what is told of it. The rows
//! themselves stand in one list, group after group; a group is a stretch of it.

use std::sync::Arc;

use crate::{
    branches::Branches,
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

/// How many of what there is in groups.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Size {
    pub(crate) rows: usize,
    /// Of the rows those that stand under no other.
    pub(crate) tops: usize,
    /// Groups of all levels.
    pub(crate) heads: usize,
    /// Groups of the innermost level.
    pub(crate) leaves: usize,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Run {
    nodes: Vec<Node>,
    size: Size,
}

impl Run {
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }
    pub(crate) fn size(&self) -> Size {
        self.size
    }
}

/// A group.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) part: Part,
    pub(crate) size: Size,
    pub(crate) tallies: Vec<Tally>,
    /// None in a group of the innermost level.
    pub(crate) kids: Forest,
    /// Of an innermost group in a tree, which rows stand under which.
    pub(crate) branches: Option<Branches>,
}

/// What an innermost group is made of besides its rows.
#[derive(Debug, Default)]
pub(crate) struct Leaf {
    pub(crate) tallies: Vec<Tally>,
    pub(crate) branches: Option<Branches>,
}

/// A stretch of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) start: usize,
    pub(crate) len: usize,
}

impl Size {
    pub(crate) fn grow(&mut self, before: Self, after: Self) {
        self.rows = self.rows + after.rows - before.rows;
        self.tops = self.tops + after.tops - before.tops;
        self.heads = self.heads + after.heads - before.heads;
        self.leaves = self.leaves + after.leaves - before.leaves;
    }
    pub(crate) fn add(&mut self, other: Self) {
        self.grow(Self::default(), other);
    }
}

impl Node {
    fn new(part: Part, tallies: Vec<Tally>) -> Self {
        Self { part, size: Size::default(), tallies, kids: Forest::default(), branches: None }
    }
    pub(crate) fn is_leaf(&self) -> bool {
        self.kids.runs.is_empty()
    }
    fn resize(&mut self, rows: usize) {
        let kids = self.kids.size;
        self.size = if self.is_leaf() {
            let tops = self.branches.as_ref().map_or(rows, Branches::count);
            Size { rows, tops, heads: 1, leaves: 1 }
        } else {
            Size { rows, tops: kids.tops, heads: 1 + kids.heads, leaves: kids.leaves }
        };
    }
}

impl Forest {
    pub(crate) fn size(&self) -> Size {
        self.size
    }

    /// How many groups.
    pub(crate) fn count(&self) -> usize {
        self.runs.iter().map(|run| run.nodes.len()).sum()
    }

    pub(crate) fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().map(|run| &**run)
    }

    /// The groups in order.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.runs.iter().flat_map(|run| &run.nodes)
    }

    /// The group at a place.
    pub(crate) fn at(&self, mut place: usize) -> Option<&Node> {
        for run in &self.runs {
            if place < run.nodes.len() {
                return Some(&run.nodes[place]);
            }
            place -= run.nodes.len();
        }
        None
    }

    /// The places among groups that lead to one, with the group; none when there is no such group.
    pub(crate) fn places(&self, levels: &[Level], path: &[Part]) -> Option<(Vec<usize>, &Node)> {
        let (part, rest) = path.split_first()?;
        let (run, Ok(at)) = self.find(levels.first()?, part) else { return None };
        let node = &self.runs[run].nodes[at];
        let place = self.runs[..run].iter().map(|run| run.nodes.len()).sum::<usize>() + at;
        if rest.is_empty() {
            return Some((vec![place], node));
        }
        let (mut places, inner) = node.kids.places(&levels[1..], rest)?;
        places.insert(0, place);
        Some((places, inner))
    }

    /// Appends up to `limit` rows of trees from one on.
    pub(crate) fn window(&self, mut skip: usize, limit: usize, rows: &mut Vec<crate::RowIx>) {
        for run in &self.runs {
            if skip >= run.size.rows {
                skip -= run.size.rows;
                continue;
            }
            for node in &run.nodes {
                if rows.len() >= limit {
                    return;
                }
                if skip >= node.size.rows {
                    skip -= node.size.rows;
                    continue;
                }
                node.kids.window(skip, limit, rows);
                if let Some(branches) = &node.branches {
                    branches.window(skip, limit, rows);
                }
                skip = 0;
            }
        }
    }

    /// The group that has a row, its place among groups, and what stands before it.
    pub(crate) fn of_row(&self, row: usize) -> Option<(&Node, usize, Size)> {
        let (mut before, mut place) = (Size::default(), 0);
        for run in &self.runs {
            if before.rows + run.size.rows <= row {
                before.add(run.size);
                place += run.nodes.len();
                continue;
            }
            for node in &run.nodes {
                if before.rows + node.size.rows > row {
                    return Some((node, place, before));
                }
                before.add(node.size);
                place += 1;
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

    /// A group with how many rows stand before it; none when there is no such group.
    pub(crate) fn locate(&self, levels: &[Level], path: &[Part]) -> Option<(&Node, usize)> {
        let (part, rest) = path.split_first()?;
        let (run, Ok(at)) = self.find(levels.first()?, part) else { return None };
        let (node, before) = (&self.runs[run].nodes[at], self.before(run, at).rows);
        if rest.is_empty() {
            return Some((node, before));
        }
        let (inner, within) = node.kids.locate(&levels[1..], rest)?;
        Some((inner, before + within))
    }

    /// Changes which rows of an innermost group stand under which; none when there is no such group.
    pub(crate) fn replant<T>(
        &mut self,
        levels: &[Level],
        path: &[Part],
        change: &mut dyn FnMut(&mut Branches) -> T,
    ) -> Option<T> {
        let ([part, rest @ ..], [level, below @ ..]) = (path, levels) else { return None };
        let (run, Ok(at)) = self.find(level, part) else { return None };
        let owner = Arc::make_mut(&mut self.runs[run]);
        let node = &mut owner.nodes[at];
        let before = node.size;
        let done = if rest.is_empty() {
            change(node.branches.get_or_insert_default())
        } else {
            node.kids.replant(below, rest, change)?
        };
        node.resize(before.rows);
        let after = node.size;
        owner.size.grow(before, after);
        self.size.grow(before, after);
        Some(done)
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

    /// The tree of innermost groups that stand in order, each with how many rows it has. `leaf` tells of a
    /// stretch of rows.
    pub(crate) fn build(leaves: &[(Path, usize)], leaf: &mut dyn FnMut(Stretch) -> Leaf) -> Self {
        Self::level(leaves, 0, 0, leaf)
    }

    fn level(
        leaves: &[(Path, usize)],
        depth: usize,
        start: usize,
        leaf: &mut dyn FnMut(Stretch) -> Leaf,
    ) -> Self {
        let mut forest = Self::default();
        let mut start = start;
        let mut nodes = Vec::new();
        for group in leaves.chunk_by(|a, b| a.0[depth] == b.0[depth]) {
            let rows: usize = group.iter().map(|(_, rows)| rows).sum();
            let mut node = Node::new(group[0].0[depth].clone(), Vec::new());
            if group[0].0.len() > depth + 1 {
                node.kids = Self::level(group, depth + 1, start, leaf);
                node.tallies = node.kids.total().unwrap_or_default();
            } else {
                let leaf = leaf(Stretch { start, len: rows });
                (node.tallies, node.branches) = (leaf.tallies, leaf.branches);
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
