//! Live views: the rows of one query in order and in groups, kept under changes at a cost that follows the
//! change.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value as Json;
use skein_types::{FieldId, TableId};

use crate::{
    Base, FieldKind, Query, RowIx, Table, Viewer,
    branches::Branches,
    forest::{Forest, Leaf, Stretch},
    group::Path,
    kin::Kin,
    order::OrderList,
    prune,
    query::{Compiled, members, running},
    shown::Scope,
    summary::{Measure, Tally},
};

/// Rows that changed since the last update, by table: those of all [`crate::Change::rows`] that applying
/// operations and settling gave, in any order.
pub type Touched = BTreeMap<TableId, Vec<RowIx>>;

/// What an update of a live view did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Rows came, went or were placed anew. When not, every window is as before but for cells.
    pub rows: bool,
    /// What is told of groups or of all records may be another.
    pub summaries: bool,
}

/// The rows of one query in order. Holds the snapshot it was computed from. Clones share nearly all.
#[derive(Clone, Debug)]
pub struct LiveView {
    pub(crate) query: Arc<Query>,
    pub(crate) viewer: Arc<Viewer>,
    pub(crate) compiled: Arc<Compiled>,
    pub(crate) base: Base,
    pub(crate) table: Arc<Table>,
    /// Rows by groups, in each by the order of the query; none in a tree.
    pub(crate) order: OrderList,
    pub(crate) groups: Forest,
    /// Which rows stand under which in a tree without groups; with groups, each of them has its own.
    pub(crate) branches: Branches,
    /// The tree was cut for its depth: what moves in it may move what is far below.
    pub(crate) deep: bool,
    pub(crate) tallies: Vec<Tally>,
    /// A bit a row.
    pub(crate) member: Vec<u64>,
    len: usize,
}

impl LiveView {
    /// Computes the rows of a query; none when there is no such table. What does not make sense for the
    /// table is left out, and taken up when it does.
    pub fn new(base: &Base, table: TableId, query: &Query, viewer: &Viewer) -> Option<Self> {
        let table = base.table(table)?.clone();
        let compiled = running(Scope { base, table: &table }, query, viewer);
        let mut view = Self {
            query: Arc::new(query.clone()),
            viewer: Arc::new(viewer.clone()),
            compiled: Arc::new(compiled),
            base: base.shown(),
            table,
            order: OrderList::default(),
            groups: Forest::default(),
            branches: Branches::default(),
            deep: false,
            tallies: Vec::new(),
            member: Vec::new(),
            len: 0,
        };
        view.rebuild();
        Some(view)
    }

    /// The query.
    pub fn query(&self) -> &Query {
        &self.query
    }
    /// The snapshot of the table it shows.
    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }
    /// How many records there are.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// How many rows there are: a record in several groups comes several times.
    pub fn row_count(&self) -> usize {
        match (self.is_tree(), self.is_grouped()) {
            (false, _) => self.order.len(),
            (true, false) => self.branches.rows(),
            (true, true) => self.groups.size().rows,
        }
    }
    /// Whether records stand under each other.
    pub fn is_tree(&self) -> bool {
        self.compiled.kinship.is_some()
    }
    /// Whether records are in groups.
    pub fn is_grouped(&self) -> bool {
        !self.compiled.grouping.is_empty()
    }
    /// Up to `limit` rows from `offset` on, group after group, each before what stands under it. A record in
    /// several groups comes several times.
    pub fn window(&self, offset: usize, limit: usize) -> Vec<RowIx> {
        if !self.is_tree() {
            return self.order.window(offset, limit);
        }
        let mut rows = Vec::new();
        if self.is_grouped() {
            self.groups.window(offset, limit, &mut rows);
        } else {
            self.branches.window(offset, limit, &mut rows);
        }
        rows
    }
    /// How many rows stand before a row, where it stands first; none when it is not in the view.
    pub fn rank(&self, row: RowIx) -> Option<usize> {
        self.places(row).into_iter().min()
    }
    /// How many rows stand before a row, for each time it comes.
    pub fn places(&self, row: RowIx) -> Vec<usize> {
        if !self.has(row) {
            return Vec::new();
        }
        let (order, scope) = (&self.compiled.order, self.scope());
        let place = |stretch: Stretch| {
            let at = |other| order.compare((scope, other), (scope, row));
            self.order.search(stretch.start, stretch.len, at).ok()
        };
        let under = |branches: &Branches, leaf: &Path| {
            let path = self.kin()?.path(leaf, row);
            Some(branches.locate(&path, &|a, b| order.compare((scope, a), (scope, b)))?.1)
        };
        if !self.is_grouped() {
            let whole = || place(Stretch { start: 0, len: self.order.len() });
            let found = if self.is_tree() { under(&self.branches, &Path::new()) } else { whole() };
            return found.into_iter().collect();
        }
        let levels = &self.compiled.grouping.0;
        let stretch = |path: Path| {
            let (node, before) = self.groups.locate(levels, &path)?;
            match &node.branches {
                Some(branches) => Some(before + under(branches, &path)?),
                None => place(Stretch { start: before, len: node.size.rows }),
            }
        };
        self.compiled.grouping.paths(scope, row).into_iter().filter_map(stretch).collect()
    }
    /// Whether any rule colours records.
    pub fn is_colored(&self) -> bool {
        !self.compiled.coloring.is_empty()
    }
    /// The places of the colour rules of the query that count for a row.
    pub fn colors(&self, row: RowIx) -> Vec<u8> {
        self.compiled.coloring.of(self.scope(), row)
    }
    /// What the query's summaries tell of all records, in their order.
    pub fn summaries(&self) -> Vec<Json> {
        let of_all = |(measure, tally): (&Measure, &Tally)| {
            measure.tell(tally, self.scope(), self.len, || self.records())
        };
        self.compiled.summaries.iter().zip(&self.tallies).map(of_all).collect()
    }
    /// When what "today" means is another, in milliseconds since 1970; [`LiveView::follow`] must be called
    /// then. None when time does not matter.
    pub fn stale_at(&self) -> Option<i64> {
        self.compiled.needs.viewer.day.then(|| self.viewer.midnight(self.viewer.today() + 1))
    }
    pub(crate) fn scope(&self) -> Scope<'_> {
        Scope { base: &self.base, table: &self.table }
    }

    /// Who stands under whom, in a tree.
    pub(crate) fn kin(&self) -> Option<Kin<'_>> {
        let kinship = self.compiled.kinship?;
        Some(Kin { scope: self.scope(), compiled: &self.compiled, kinship, member: &self.member })
    }

    /// Every record once.
    fn records(&self) -> impl Iterator<Item = RowIx> + '_ {
        let ones = |(at, &word): (usize, &u64)| {
            let first = (at * 64) as RowIx;
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| first + bit)
        };
        self.member.iter().enumerate().flat_map(ones)
    }

    pub(crate) fn has(&self, row: RowIx) -> bool {
        self.member.get(row as usize / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }
    pub(crate) fn mark(&mut self, row: RowIx, on: bool) {
        let word = row as usize / 64;
        if word >= self.member.len() {
            self.member.resize(word + 1, 0);
        }
        let bit = 1 << (row % 64);
        if on {
            self.member[word] |= bit;
            self.len += 1;
        } else {
            self.member[word] &= !bit;
            self.len -= 1;
        }
    }

    fn rebuild(&mut self) {
        let compiled = self.compiled.clone();
        let scope = Scope { base: &self.base, table: &self.table };
        let mut rows = compiled.program.rows(scope);
        self.len = rows.len();
        self.member = members(&self.table, &rows);
        let tallies = |rows: &[RowIx]| -> Vec<Tally> {
            compiled.summaries.iter().map(|measure| measure.of(scope, rows)).collect()
        };
        let kinship = compiled.kinship;
        let kin = kinship.map(|kinship| Kin { scope, compiled: &compiled, kinship, member: &self.member });
        let (mut places, mut deep) = (vec![0; kin.map_or(0, |_| self.table.row_count())], false);
        let mut plant = |rows: &[RowIx]| {
            let (branches, cut) = kin?.build(rows, &mut places);
            deep |= cut;
            Some(branches)
        };
        self.tallies = tallies(&rows);
        (self.groups, self.branches) = (Forest::default(), Branches::default());
        if compiled.grouping.is_empty() {
            compiled.order.sort(scope, &mut rows, None);
            self.branches = plant(&rows).unwrap_or_default();
        } else {
            let arranged = compiled.grouping.arrange(scope, &rows, &compiled.order);
            rows = arranged.rows;
            let mut leaf = |stretch: Stretch| {
                let rows = &rows[stretch.start..stretch.start + stretch.len];
                Leaf { tallies: tallies(rows), branches: plant(rows) }
            };
            self.groups = Forest::build(&arranged.leaves, &mut leaf);
        }
        self.deep = deep;
        self.order = OrderList::from_sorted(if kin.is_some() { &[] } else { &rows });
    }

    /// Looks at the table as another viewer, or as the same one at another time.
    pub fn follow(&mut self, viewer: &Viewer) -> Moved {
        self.viewer = Arc::new(viewer.clone());
        self.compiled = Arc::new(running(self.scope(), &self.query, viewer));
        self.rebuild();
        Moved { rows: true, summaries: true }
    }

    /// Whether changes of the base may show in the view; others leave it as it is.
    pub fn heeds(&self, base: &Base, touched: &Touched) -> bool {
        let other = |shown: &Table| {
            let id = shown.def().id;
            let same = |now: &Arc<Table>| Arc::ptr_eq(&now.schema, &shown.schema);
            touched.contains_key(&id) || !base.table(id).is_some_and(same)
        };
        let needs = &self.compiled.needs;
        other(&self.table)
            || needs.people && !Arc::ptr_eq(&self.base.env.people, &base.env.people)
            || needs.titles.iter().filter_map(|&at| self.scope().target(at)).any(|target| other(target.table))
    }

    /// Follows changes to a newer state of the base. A table that is gone leaves the view as it was.
    pub fn update(&mut self, base: &Base, touched: &Touched) -> Moved {
        let Some(after) = base.table(self.table.def().id).cloned() else { return Moved::default() };
        let rows = self.changed(base, touched);
        let anew = !self.table.same_rows(&after) || self.is_other(base, &after);
        let few = rows.as_ref().is_some_and(|rows| rows.len() <= 64 + self.len() / 16);
        let before = self.compiled.clone();
        if self.is_compiled_anew(base, &after) {
            let scope = Scope { base, table: &after };
            self.compiled = Arc::new(running(scope, &self.query, &self.viewer));
        }
        let rows = rows.filter(|_| few && !anew);
        let moved = rows.and_then(|rows| {
            if self.is_tree() {
                self.move_branches(base, &after, &before, &rows)
            } else {
                Some(self.move_rows(base, &after, &before, &rows))
            }
        });
        moved.unwrap_or_else(|| self.compute_anew(base, after))
    }

    fn compute_anew(&mut self, base: &Base, after: Arc<Table>) -> Moved {
        let same_rows = self.table.same_rows(&after);
        let old = std::mem::take(&mut self.order);
        (self.base, self.table) = (base.shown(), after);
        self.rebuild();
        let rows = self.is_tree() || !same_rows || !old.iter().eq(self.order.iter());
        Moved { rows, summaries: true }
    }

    /// Rows that changed; none when that cannot be told row by row, since a computed list shows titles of
    /// records that are called something else now. Of links, [`Base::settle`] tells the rows.
    fn changed(&self, base: &Base, touched: &Touched) -> Option<BTreeSet<RowIx>> {
        for &at in &self.compiled.needs.titles {
            let kind = &self.table.def().fields[at].kind;
            let Some(old) = self.scope().target(at).filter(|_| kind.is_computed()) else { continue };
            let id = old.table.def().id;
            let (Some(rows), Some(table)) = (touched.get(&id), base.table(id)) else { continue };
            let new = Scope { base, table };
            let title =
                |scope: Scope<'_>, row| scope.table.is_live(row).then(|| scope.text(row, 0, &self.viewer));
            let linked = !matches!(kind, FieldKind::Backlink { .. });
            if linked && rows.iter().any(|&row| title(old, row) != title(new, row)) {
                return None;
            }
        }
        Some(touched.get(&self.table.def().id).into_iter().flatten().copied().collect())
    }

    fn move_rows(
        &mut self,
        base: &Base,
        after: &Arc<Table>,
        before: &Compiled,
        rows: &BTreeSet<RowIx>,
    ) -> Moved {
        let compiled = self.compiled.clone();
        let (old_base, old_table) = (self.base.clone(), self.table.clone());
        let (old, new) = (Scope { base: &old_base, table: &old_table }, Scope { base, table: after });
        let mut placed = Vec::new();
        let mut moved = Moved::default();
        for &row in rows {
            let was = self.has(row);
            let is = after.is_live(row) && compiled.program.keeps(new, row);
            if was && is && stays(before, &compiled, (old, new), row) {
                moved.summaries |= self.recount(before, &compiled, (old, new), row);
                continue;
            }
            if was {
                self.remove(before, old, row);
            }
            if is {
                placed.push(row);
            }
            moved = Moved { rows: moved.rows || was || is, summaries: moved.summaries || was || is };
        }
        (self.base, self.table) = (base.shown(), after.clone());
        for row in placed {
            self.insert(&compiled, new, row);
        }
        moved
    }

    /// Tells of a row that stays by its cells as they are now; whether that makes a difference.
    pub(crate) fn recount(
        &mut self,
        before: &Compiled,
        now: &Compiled,
        (old, new): (Scope<'_>, Scope<'_>),
        row: RowIx,
    ) -> bool {
        let pairs = || before.summaries.iter().zip(&now.summaries);
        let other: Vec<bool> = pairs().map(|(was, is)| !was.same((old, row), is, (new, row))).collect();
        if !other.contains(&true) {
            return false;
        }
        let mut visit = |tallies: &mut [Tally]| {
            for ((tally, (was, is)), _) in
                tallies.iter_mut().zip(pairs()).zip(&other).filter(|(_, other)| **other)
            {
                was.change(tally, old, row, false);
                is.change(tally, new, row, true);
            }
        };
        visit(&mut self.tallies);
        if !now.grouping.is_empty() {
            for path in now.grouping.paths(new, row) {
                self.groups.touch(&now.grouping.0, &path, &mut visit);
            }
        }
        true
    }

    fn remove(&mut self, with: &Compiled, scope: Scope<'_>, row: RowIx) {
        let mut visit = |tallies: &mut [Tally]| count(with, tallies, scope, row, false);
        visit(&mut self.tallies);
        let order = |other| with.order.compare((scope, other), (scope, row));
        let whole = Stretch { start: 0, len: self.order.len() };
        for path in with.grouping.paths(scope, row) {
            let grouped = !with.grouping.is_empty();
            let stretch = if grouped { self.groups.take(&with.grouping.0, &path, &mut visit) } else { whole };
            if let Ok(place) = self.order.search(stretch.start, stretch.len, order) {
                self.order.remove_at(place);
            }
        }
        self.mark(row, false);
    }

    fn insert(&mut self, with: &Compiled, scope: Scope<'_>, row: RowIx) {
        let mut visit = |tallies: &mut [Tally]| count(with, tallies, scope, row, true);
        visit(&mut self.tallies);
        let fresh = || with.summaries.iter().map(Measure::start).collect();
        let order = |other| with.order.compare((scope, other), (scope, row));
        let whole = Stretch { start: 0, len: self.order.len() };
        for path in with.grouping.paths(scope, row) {
            let grouped = !with.grouping.is_empty();
            let stretch =
                if grouped { self.groups.add(&with.grouping.0, &path, &fresh, &mut visit) } else { whole };
            let (Ok(place) | Err(place)) = self.order.search(stretch.start, stretch.len, order);
            self.order.insert_at(place, row);
        }
        self.mark(row, true);
    }

    /// Whether the query may mean something else to columns, choices or people as they are now.
    fn is_compiled_anew(&self, base: &Base, after: &Table) -> bool {
        let needs = &self.compiled.needs;
        !Arc::ptr_eq(&self.table.schema, &after.schema)
            || needs.unknown
            || needs.people && self.table.dict().len() != after.dict().len()
            || self.is_other(base, after)
    }

    /// Whether all rows must be looked at again.
    fn is_other(&self, base: &Base, after: &Table) -> bool {
        let needs = &self.compiled.needs;
        let people = !Arc::ptr_eq(&self.base.env.people, &base.env.people) && needs.people;
        let titles = needs.titles.iter().filter_map(|&at| self.scope().target(at)).any(|old| {
            let form =
                |table: &Table| (table.serial(0), table.schema.types[0], table.def().fields[0].kind.clone());
            base.table(old.table.def().id).is_none_or(|new| {
                !Arc::ptr_eq(&old.table.schema, &new.schema) && form(old.table) != form(new)
            })
        });
        people || titles || !Arc::ptr_eq(&self.table.schema, &after.schema) && self.uses_changed(after)
    }

    /// Whether a field the query uses came, went or changed.
    fn uses_changed(&self, after: &Table) -> bool {
        let mut fields: Vec<FieldId> = self.query.sort.iter().map(|key| key.field).collect();
        fields.extend(self.query.group.iter().map(|key| key.field));
        fields.extend(self.query.summaries.iter().map(|summary| summary.field));
        fields.extend(self.query.tree);
        let colors = self.query.colors.iter().map(|rule| &rule.filter);
        for filter in self.query.filter.iter().chain(colors) {
            prune::conditions(&mut Some(filter.clone()), &mut |condition| {
                fields.push(condition.field);
                fields.extend(prune::other_field(condition));
                true
            });
        }
        if self.query.search.is_some() {
            let all =
                |table: &Table| -> Vec<FieldId> { table.def().fields.iter().map(|field| field.id).collect() };
            if all(&self.table) != all(after) {
                return true;
            }
            fields.extend(all(after));
        }
        fields.iter().any(|&id| {
            let form = |table: &Table| {
                let at = table.schema.place(id)?;
                Some((table.serial(at), table.schema.types[at], table.def().fields[at].kind.clone()))
            };
            let choices =
                |table: &Table| table.schema.place(id).map(|at| table.schema.choices[at].list().to_vec());
            form(&self.table) != form(after) || choices(&self.table) != choices(after)
        })
    }
}

/// Counts a row into what is told, or out of it.
pub(crate) fn count(with: &Compiled, tallies: &mut [Tally], scope: Scope<'_>, row: RowIx, comes: bool) {
    for (measure, tally) in with.summaries.iter().zip(tallies) {
        measure.change(tally, scope, row, comes);
    }
}

/// Whether a row stands where it stood.
fn stays(before: &Compiled, now: &Compiled, (old, new): (Scope<'_>, Scope<'_>), row: RowIx) -> bool {
    before.order.compare_with((old, row), &now.order, (new, row)).is_eq()
        && (now.grouping.is_empty() || before.grouping.paths(old, row) == now.grouping.paths(new, row))
}
