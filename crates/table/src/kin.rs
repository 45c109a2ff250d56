//! Which record stands under which: by a link of a table to itself, among the records that are shown, and in
//! groups among those of the same group.
//!
//! A record stands under the first record its link names that is shown there and is not itself. Of records
//! that would stand under each other in a ring, the one that is first in the order of the query stands at the
//! top. Each hundredth level stands at the top, too, so that no chain of links makes a tree that is deeper.

use std::{collections::HashMap, hash::BuildHasherDefault};

use skein_types::FieldId;

use crate::{
    FieldKind, QueryError, RowIx, Table,
    arrange::Fold,
    branches::{Branch, Branches},
    column::Cell,
    compile::Mode,
    group::Part,
    links::sources,
    query::Compiled,
    shown::Scope,
};

/// Levels of the deepest tree.
pub(crate) const DEEPEST: usize = 100;

/// The link by which records stand under each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kinship {
    /// The field that names parents.
    at: usize,
    /// Of a field that shows the other side of a link, that link: it names children.
    link: Option<usize>,
}

impl Kinship {
    /// None when there is no such link, which is an error where somebody asks for it.
    pub(crate) fn compile(
        scope: Scope<'_>,
        tree: Option<FieldId>,
        mode: Mode,
    ) -> Result<Option<Self>, QueryError> {
        let Some(id) = tree else { return Ok(None) };
        let found = Self::find(scope.table, id);
        if found.is_none() && mode == Mode::Asked {
            return Err(QueryError::new("tree", "expected a link to the table itself"));
        }
        Ok(found)
    }

    fn find(table: &Table, id: FieldId) -> Option<Self> {
        let at = table.schema.place(id)?;
        let own = table.def().id;
        match table.def().fields[at].kind {
            FieldKind::Link { table, .. } if table == own => Some(Self { at, link: None }),
            FieldKind::Backlink { table: there, field, .. } if there == own => {
                Some(Self { at, link: Some(table.schema.place(field)?) })
            }
            _ => None,
        }
    }

    fn parents(self, table: &Table, row: RowIx) -> &[RowIx] {
        match table.cell(row, self.at) {
            Cell::Codes(rows) => rows,
            _ => &[],
        }
    }

    fn kids(self, table: &Table, row: RowIx) -> &[RowIx] {
        match self.link {
            None => sources(&table.stored(self.at).back, row),
            Some(link) => match table.cell(row, link) {
                Cell::Codes(rows) => rows,
                _ => &[],
            },
        }
    }
}

/// Who stands under whom at one moment.
#[derive(Clone, Copy)]
pub(crate) struct Kin<'a> {
    pub(crate) scope: Scope<'a>,
    pub(crate) compiled: &'a Compiled,
    pub(crate) kinship: Kinship,
    /// A bit a row that is shown.
    pub(crate) member: &'a [u64],
}

impl Kin<'_> {
    pub(crate) fn has(self, row: RowIx) -> bool {
        self.member.get(row as usize / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Whether a row is shown in a group.
    pub(crate) fn is_in(self, leaf: &[Part], row: RowIx) -> bool {
        self.has(row)
            && (leaf.is_empty()
                || self.compiled.grouping.paths(self.scope, row).iter().any(|one| one == leaf))
    }

    /// Rows that name a row as a parent, shown or not.
    pub(crate) fn kids(self, row: RowIx) -> impl Iterator<Item = RowIx> {
        self.kinship.kids(self.scope.table, row).iter().copied()
    }

    /// The first parent that is shown in a group.
    pub(crate) fn parent(self, leaf: &[Part], row: RowIx) -> Option<RowIx> {
        let parents = self.kinship.parents(self.scope.table, row);
        parents.iter().copied().find(|&parent| parent != row && self.is_in(leaf, parent))
    }

    /// A row and those it stands under, itself first, as far as no row comes twice; and where the last one
    /// goes on to, when that is one of them.
    fn climb(self, leaf: &[Part], row: RowIx) -> (Vec<RowIx>, Option<usize>) {
        let mut chain = vec![row];
        let mut seen: HashMap<RowIx, usize, BuildHasherDefault<Fold>> = HashMap::default();
        seen.insert(row, 0);
        let mut last = row;
        while let Some(parent) = self.parent(leaf, last) {
            if let Some(&ring) = seen.get(&parent) {
                return (chain, Some(ring));
            }
            seen.insert(parent, chain.len());
            chain.push(parent);
            last = parent;
        }
        (chain, None)
    }

    /// The place in a ring of the row that is first in the order of the query.
    fn first(self, ring: &[RowIx]) -> usize {
        let order = &self.compiled.order;
        let compare = |a: &usize, b: &usize| order.compare((self.scope, ring[*a]), (self.scope, ring[*b]));
        (0..ring.len()).min_by(compare).unwrap_or(0)
    }

    /// The row of a ring that stands at the top, when a row is in one.
    pub(crate) fn head(self, leaf: &[Part], row: RowIx) -> Option<RowIx> {
        match self.climb(leaf, row) {
            (chain, Some(0)) => Some(chain[self.first(&chain)]),
            _ => None,
        }
    }

    /// The rows a row stands under in a group, the one at the top first, and the row itself.
    pub(crate) fn path(self, leaf: &[Part], row: RowIx) -> Vec<RowIx> {
        let (mut chain, ring) = self.climb(leaf, row);
        if let Some(ring) = ring {
            chain.truncate(ring + self.first(&chain[ring..]) + 1);
        }
        chain.truncate((chain.len() - 1) % DEEPEST + 1);
        chain.reverse();
        chain
    }

    /// The tree of rows of one group, which stand in order, and whether it was cut for its depth. `places` has
    /// a 0 for each row of the table, before and after.
    pub(crate) fn build(self, rows: &[RowIx], places: &mut [u32]) -> (Branches, bool) {
        for (&row, place) in rows.iter().zip(1..) {
            places[row as usize] = place;
        }
        let parent = |&row: &RowIx| {
            let parents = self.kinship.parents(self.scope.table, row).iter();
            let place = |&parent: &RowIx| places.get(parent as usize).copied().filter(|&place| place > 0);
            let mut shown = parents.filter(|&&parent| parent != row).filter_map(place);
            shown.next().map(|place| place as usize - 1)
        };
        let mut parents: Vec<Option<usize>> = rows.iter().map(parent).collect();
        for &row in rows {
            places[row as usize] = 0;
        }
        break_rings(&mut parents);
        let (downwards, deep) = cut(&mut parents);
        let mut kids: Vec<Vec<Branch>> = Vec::new();
        kids.resize_with(rows.len(), Vec::new);
        let mut tops = Vec::new();
        for &at in downwards.iter().rev() {
            let mut own = std::mem::take(&mut kids[at]);
            // They came from the last to the first.
            own.reverse();
            let branch = Branch::new(rows[at], own);
            match parents[at] {
                Some(parent) => kids[parent].push(branch),
                None => tops.push((at, branch)),
            }
        }
        tops.sort_unstable_by_key(|(at, _)| *at);
        (Branches::from_sorted(tops.into_iter().map(|(_, branch)| branch).collect()), deep)
    }
}

/// Puts the first of each ring at the top.
fn break_rings(parents: &mut [Option<usize>]) {
    // 0 for rows not looked at; else the walk that came by.
    let mut walks = vec![0u32; parents.len()];
    for (start, walk) in (0..parents.len()).zip(1..) {
        let mut at = Some(start);
        while let Some(here) = at.filter(|&here| walks[here] == 0) {
            walks[here] = walk;
            at = parents[here];
        }
        let Some(entry) = at.filter(|&here| walks[here] == walk) else { continue };
        let (mut first, mut here) = (entry, entry);
        while let Some(next) = parents[here].filter(|&next| next != entry) {
            first = first.min(next);
            here = next;
        }
        parents[first] = None;
    }
}

/// Puts each hundredth level at the top. Answers the rows with parents before their children and siblings in
/// order, and whether any was put there.
fn cut(parents: &mut [Option<usize>]) -> (Vec<usize>, bool) {
    let mut starts = vec![0u32; parents.len() + 1];
    for parent in parents.iter().flatten() {
        starts[parent + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut next = starts.clone();
    let mut kids = vec![0usize; *starts.last().unwrap_or(&0) as usize];
    for (at, parent) in parents.iter().enumerate() {
        if let Some(parent) = *parent {
            kids[next[parent] as usize] = at;
            next[parent] += 1;
        }
    }
    let mut downwards: Vec<usize> = (0..parents.len()).filter(|&at| parents[at].is_none()).collect();
    let (mut level, mut begin, mut deep) = (0, 0, false);
    while begin < downwards.len() {
        let end = downwards.len();
        level += 1;
        for at in begin..end {
            let here = downwards[at];
            for &kid in &kids[starts[here] as usize..starts[here + 1] as usize] {
                downwards.push(kid);
                if level % DEEPEST == 0 {
                    parents[kid] = None;
                    deep = true;
                }
            }
        }
        begin = end;
    }
    (downwards, deep)
}
