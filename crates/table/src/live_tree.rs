//! Trees in live views under changes: which rows go elsewhere, and how they get there with what stands under
//! them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use crate::{
    Base, LiveView, RowIx, Table,
    branches::{Branch, Branches},
    group::Path,
    kin::{DEEPEST, Kin},
    live::{Moved, count},
    query::Compiled,
    shown::Scope,
    summary::{Measure, Tally},
};

/// Whether a row stood in a group before, and whether it does now.
#[derive(Clone, Copy)]
struct Stay {
    was: bool,
    is: bool,
}

/// What a change moves.
#[derive(Default)]
struct Plan {
    /// By groups the rows that leave, come, or go elsewhere in it.
    leaves: HashMap<Path, BTreeMap<RowIx, Stay>>,
    /// Rows with the groups they leave and those they come to.
    regrouped: Vec<(RowIx, Vec<Path>, Vec<Path>)>,
    /// Rows that are in the groups they were in.
    settled: Vec<RowIx>,
}

impl Plan {
    fn new(old: Kin<'_>, new: Kin<'_>, rows: &BTreeSet<RowIx>) -> Self {
        let mut plan = Self::default();
        for &row in rows {
            plan.place(old, new, row);
        }
        plan.open_rings(old, new);
        plan
    }

    fn place(&mut self, old: Kin<'_>, new: Kin<'_>, row: RowIx) {
        let paths = |kin: Kin<'_>| {
            if kin.has(row) { kin.compiled.grouping.paths(kin.scope, row) } else { Vec::new() }
        };
        let (before, now) = (paths(old), paths(new));
        let regrouped = before != now;
        for leaf in before.iter().chain(now.iter().filter(|leaf| !before.contains(leaf))) {
            let stay = Stay { was: before.contains(leaf), is: now.contains(leaf) };
            if !regrouped && stands(old, new, leaf, row) {
                continue;
            }
            self.leaves.entry(leaf.clone()).or_default().insert(row, stay);
            if stay.was != stay.is {
                self.orphans(old, new, leaf, row);
            }
        }
        if regrouped {
            self.regrouped.push((row, before, now));
        } else if !now.is_empty() {
            self.settled.push(row);
        }
    }

    /// Rows that name one as a parent which leaves the group, or comes to it.
    fn orphans(&mut self, old: Kin<'_>, new: Kin<'_>, leaf: &Path, row: RowIx) {
        for kid in old.kids(row).chain(new.kids(row)) {
            let stays = old.is_in(leaf, kid) && new.is_in(leaf, kid);
            if stays && old.parent(leaf, kid) != new.parent(leaf, kid) {
                self.leaves
                    .entry(leaf.clone())
                    .or_default()
                    .entry(kid)
                    .or_insert(Stay { was: true, is: true });
            }
        }
    }

    /// Rows at the top of rings that open or close. They are moved by what became of others in the ring.
    fn open_rings(&mut self, old: Kin<'_>, new: Kin<'_>) {
        for (leaf, rows) in &mut self.leaves {
            let heads = rows.iter().flat_map(|(&row, stay)| {
                let of = |kin: Kin<'_>, there: bool| there.then(|| kin.head(leaf, row)).flatten();
                [of(old, stay.was), of(new, stay.is)]
            });
            for head in heads.flatten().collect::<Vec<_>>() {
                rows.entry(head).or_insert(Stay { was: true, is: true });
            }
        }
    }

    fn len(&self) -> usize {
        self.leaves.values().map(BTreeMap::len).sum()
    }
}

/// Whether a row stands where it stood among its siblings, and under the same one.
fn stands(old: Kin<'_>, new: Kin<'_>, leaf: &Path, row: RowIx) -> bool {
    let (before, now) = ((old.scope, row), (new.scope, row));
    old.compiled.order.compare_with(before, &new.compiled.order, now).is_eq()
        && old.parent(leaf, row) == new.parent(leaf, row)
}

/// Rows of a group on their way, by the group and the row.
type Lifted = HashMap<(Path, RowIx), Branch>;

impl LiveView {
    /// As `move_rows` in a tree; none when computing it anew costs less, or is the only way.
    pub(crate) fn move_branches(
        &mut self,
        base: &Base,
        after: &Arc<Table>,
        before: &Compiled,
        rows: &BTreeSet<RowIx>,
    ) -> Option<Moved> {
        let compiled = self.compiled.clone();
        let (old_base, old_table, old_member) = (self.base.clone(), self.table.clone(), self.member.clone());
        let (old, new) = (Scope { base: &old_base, table: &old_table }, Scope { base, table: after });
        for &row in rows {
            let is = after.is_live(row) && compiled.program.keeps(new, row);
            if is != self.has(row) {
                self.mark(row, is);
            }
        }
        let new_member = self.member.clone();
        let old = Kin { scope: old, compiled: before, kinship: before.kinship?, member: &old_member };
        let new = Kin { scope: new, compiled: &compiled, kinship: compiled.kinship?, member: &new_member };
        let plan = Plan::new(old, new, rows);
        if plan.len() > 64 + self.len() / 16 || self.deep && plan.len() > 0 {
            return None;
        }
        let mut moved = Moved { rows: plan.len() > 0, summaries: !plan.regrouped.is_empty() };
        let lifted = self.lift(old, &plan)?;
        for (row, gone, come) in &plan.regrouped {
            self.regroup(old, new, *row, gone, come);
        }
        for &row in &plan.settled {
            moved.summaries |= self.recount(before, &compiled, (old.scope, new.scope), row);
        }
        self.plant(new, &plan, lifted)?;
        (self.base, self.table) = (base.shown(), after.clone());
        Some(moved)
    }

    /// Takes out what leaves or goes elsewhere, the lowest first.
    fn lift(&mut self, old: Kin<'_>, plan: &Plan) -> Option<Lifted> {
        let order = |a, b| old.compiled.order.compare((old.scope, a), (old.scope, b));
        let mut lifted = Lifted::new();
        for (leaf, rows) in &plan.leaves {
            let there = rows.iter().filter(|(_, stay)| stay.was);
            let mut paths: Vec<Vec<RowIx>> = there.map(|(&row, _)| old.path(leaf, row)).collect();
            paths.sort_by_key(|path| std::cmp::Reverse(path.len()));
            for path in paths {
                let row = *path.last()?;
                let branch = self.replant(old, leaf, &mut |branches| branches.detach(&path, &order))??;
                if rows.get(&row)?.is {
                    lifted.insert((leaf.clone(), row), branch);
                } else if branch.kids().is_some() {
                    return None;
                }
            }
        }
        Some(lifted)
    }

    /// Puts in what comes or goes elsewhere, the uppermost first.
    fn plant(&mut self, new: Kin<'_>, plan: &Plan, mut lifted: Lifted) -> Option<()> {
        let order = |a, b| new.compiled.order.compare((new.scope, a), (new.scope, b));
        for (leaf, rows) in &plan.leaves {
            let here = rows.iter().filter(|(_, stay)| stay.is);
            let mut paths: Vec<Vec<RowIx>> = here.map(|(&row, _)| new.path(leaf, row)).collect();
            paths.sort_by_key(Vec::len);
            for path in paths {
                let row = *path.last()?;
                let branch =
                    lifted.remove(&(leaf.clone(), row)).unwrap_or_else(|| Branch::new(row, Vec::new()));
                if path.len() - 1 + branch.height() > DEEPEST {
                    return None;
                }
                let mut branch = Some(branch);
                let attach = &mut |branches: &mut Branches| {
                    branches.attach(&path, branch.take()?, &order).then_some(())
                };
                self.replant(new, leaf, attach)??;
            }
        }
        Some(())
    }

    fn replant<T>(
        &mut self,
        kin: Kin<'_>,
        leaf: &Path,
        change: &mut dyn FnMut(&mut Branches) -> T,
    ) -> Option<T> {
        if leaf.is_empty() {
            return Some(change(&mut self.branches));
        }
        self.groups.replant(&kin.compiled.grouping.0, leaf, change)
    }

    /// Counts a row out of groups and into others.
    fn regroup(&mut self, old: Kin<'_>, new: Kin<'_>, row: RowIx, gone: &[Path], come: &[Path]) {
        let mut leave = |tallies: &mut [Tally]| count(old.compiled, tallies, old.scope, row, false);
        let mut enter = |tallies: &mut [Tally]| count(new.compiled, tallies, new.scope, row, true);
        if !gone.is_empty() {
            leave(&mut self.tallies);
        }
        if !come.is_empty() {
            enter(&mut self.tallies);
        }
        let fresh = || new.compiled.summaries.iter().map(Measure::start).collect();
        for path in gone.iter().filter(|path| !path.is_empty()) {
            self.groups.take(&old.compiled.grouping.0, path, &mut leave);
        }
        for path in come.iter().filter(|path| !path.is_empty()) {
            self.groups.add(&new.compiled.grouping.0, path, &fresh, &mut enter);
        }
    }
}
