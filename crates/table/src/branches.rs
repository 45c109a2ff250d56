//! Records that stand under each other: siblings in order, each with what stands under it. Moving a record
//! takes along what is under it at the cost of one record.

use std::{cmp::Ordering, sync::Arc};

use crate::RowIx;

const SPLIT: usize = 1_024;
const FILL: usize = 512;

/// Siblings in order. Clones share runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Branches {
    runs: Vec<Arc<Run>>,
    rows: usize,
    count: usize,
    height: usize,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Run {
    nodes: Vec<Branch>,
    rows: usize,
    height: usize,
}

/// A record with what stands under it.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) row: RowIx,
    kids: Option<Arc<Branches>>,
}

impl Branch {
    /// `kids` stand in order.
    pub(crate) fn new(row: RowIx, kids: Vec<Branch>) -> Self {
        Self { row, kids: (!kids.is_empty()).then(|| Arc::new(Branches::from_sorted(kids))) }
    }
    /// What stands under it, if anything does.
    pub(crate) fn kids(&self) -> Option<&Branches> {
        self.kids.as_deref()
    }
    /// How many records, itself included.
    pub(crate) fn rows(&self) -> usize {
        1 + self.kids().map_or(0, |kids| kids.rows)
    }
    /// How many levels, its own included.
    pub(crate) fn height(&self) -> usize {
        1 + self.kids().map_or(0, |kids| kids.height)
    }
}

impl Run {
    fn new(nodes: Vec<Branch>) -> Self {
        let mut run = Self { nodes, rows: 0, height: 0 };
        run.measure();
        run
    }
    fn measure(&mut self) {
        self.rows = self.nodes.iter().map(Branch::rows).sum();
        self.height = self.nodes.iter().map(Branch::height).max().unwrap_or(0);
    }
    pub(crate) fn nodes(&self) -> &[Branch] {
        &self.nodes
    }
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }
}

impl Branches {
    pub(crate) fn from_sorted(nodes: Vec<Branch>) -> Self {
        let mut branches = Self { count: nodes.len(), ..Self::default() };
        let mut nodes = nodes.into_iter();
        while nodes.len() > 0 {
            branches.runs.push(Arc::new(Run::new(nodes.by_ref().take(FILL).collect())));
        }
        branches.measure();
        branches
    }

    fn measure(&mut self) {
        self.rows = self.runs.iter().map(|run| run.rows).sum();
        self.height = self.runs.iter().map(|run| run.height).max().unwrap_or(0);
    }

    /// How many records, on all levels.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }
    /// How many siblings.
    pub(crate) fn count(&self) -> usize {
        self.count
    }
    pub(crate) fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().map(|run| &**run)
    }

    /// The run and the place in it for which `order` answers `Equal`, or where it would be.
    fn find(&self, mut order: impl FnMut(RowIx) -> Ordering) -> (usize, Result<usize, usize>) {
        let after = self.runs.partition_point(|run| order(run.nodes[0].row) != Ordering::Greater);
        let run = after.saturating_sub(1);
        let within = self.runs.get(run);
        (run, within.map_or(Err(0), |run| run.nodes.binary_search_by(|node| order(node.row))))
    }

    /// The places among siblings that lead to the last record of a path, and how many records stand before
    /// it; none when it is not there. `order` compares siblings.
    pub(crate) fn locate(
        &self,
        path: &[RowIx],
        order: &dyn Fn(RowIx, RowIx) -> Ordering,
    ) -> Option<(Vec<usize>, usize)> {
        let (mut list, mut places, mut before) = (self, Vec::with_capacity(path.len()), 0);
        for (level, &row) in path.iter().enumerate() {
            let (run, Ok(at)) = list.find(|other| order(other, row)) else { return None };
            let runs = &list.runs[..run];
            let nodes = &list.runs[run].nodes;
            places.push(runs.iter().map(|run| run.nodes.len()).sum::<usize>() + at);
            before += runs.iter().map(|run| run.rows).sum::<usize>();
            before += nodes[..at].iter().map(Branch::rows).sum::<usize>();
            if level + 1 < path.len() {
                before += 1;
                list = nodes[at].kids()?;
            }
        }
        Some((places, before))
    }

    /// The sibling at a place.
    pub(crate) fn at(&self, mut place: usize) -> Option<&Branch> {
        for run in &self.runs {
            if place < run.nodes.len() {
                return Some(&run.nodes[place]);
            }
            place -= run.nodes.len();
        }
        None
    }

    /// The sibling under or at which the record at a place stands, with its own place among siblings and how
    /// many records stand before it.
    pub(crate) fn of_row(&self, row: usize) -> Option<(&Branch, usize, usize)> {
        let (mut place, mut before) = (0, 0);
        for run in &self.runs {
            if before + run.rows <= row {
                before += run.rows;
                place += run.nodes.len();
                continue;
            }
            for node in &run.nodes {
                if before + node.rows() > row {
                    return Some((node, place, before));
                }
                before += node.rows();
                place += 1;
            }
        }
        None
    }

    /// Takes the last record of a path out with what is under it; none when it is not there.
    pub(crate) fn detach(
        &mut self,
        path: &[RowIx],
        order: &dyn Fn(RowIx, RowIx) -> Ordering,
    ) -> Option<Branch> {
        let (&row, rest) = path.split_first()?;
        let (run, Ok(at)) = self.find(|other| order(other, row)) else { return None };
        let owner = Arc::make_mut(&mut self.runs[run]);
        let taken = if rest.is_empty() {
            self.count -= 1;
            owner.nodes.remove(at)
        } else {
            let node = &mut owner.nodes[at];
            let kids = Arc::make_mut(node.kids.as_mut()?);
            let taken = kids.detach(rest, order)?;
            if kids.count == 0 {
                node.kids = None;
            }
            taken
        };
        owner.measure();
        if owner.nodes.is_empty() {
            self.runs.remove(run);
        }
        self.measure();
        Some(taken)
    }

    /// Puts a record with what is under it in, at the end of a path; whether the path is there and the
    /// record was not.
    pub(crate) fn attach(
        &mut self,
        path: &[RowIx],
        branch: Branch,
        order: &dyn Fn(RowIx, RowIx) -> Ordering,
    ) -> bool {
        let Some((&row, rest)) = path.split_first() else { return false };
        let (run, within) = self.find(|other| order(other, row));
        match (within, rest.is_empty()) {
            (Err(at), true) => {
                if self.runs.is_empty() {
                    self.runs.push(Arc::default());
                }
                Arc::make_mut(&mut self.runs[run]).nodes.insert(at, branch);
                self.count += 1;
            }
            (Ok(at), false) => {
                let node = &mut Arc::make_mut(&mut self.runs[run]).nodes[at];
                let kids = Arc::make_mut(node.kids.get_or_insert_default());
                if !kids.attach(rest, branch, order) {
                    return false;
                }
            }
            _ => return false,
        }
        let owner = Arc::make_mut(&mut self.runs[run]);
        owner.measure();
        if owner.nodes.len() > SPLIT {
            let rest = Run::new(owner.nodes.split_off(FILL));
            owner.measure();
            self.runs.insert(run + 1, Arc::new(rest));
        }
        self.measure();
        true
    }

    /// Appends up to `limit` rows from one on, in order, each before what is under it.
    pub(crate) fn window(&self, mut skip: usize, limit: usize, rows: &mut Vec<RowIx>) {
        for run in &self.runs {
            if skip >= run.rows {
                skip -= run.rows;
                continue;
            }
            for node in &run.nodes {
                if rows.len() >= limit {
                    return;
                }
                let count = node.rows();
                if skip >= count {
                    skip -= count;
                    continue;
                }
                if skip == 0 {
                    rows.push(node.row);
                }
                if let Some(kids) = node.kids() {
                    kids.window(skip.saturating_sub(1), limit, rows);
                }
                skip = 0;
            }
        }
    }
}
