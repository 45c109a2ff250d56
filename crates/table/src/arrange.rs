//! Rows put into groups: from scratch, for all rows of a query at once.

use std::{
    cmp::Ordering,
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use crate::{
    RowIx,
    chunk::{CHUNK, WORDS},
    column::split,
    group::{Grouping, Part, Path},
    leaves::Leaves,
    shown::Scope,
    sort::Order,
};

/// Rows by groups, and the groups in order.
#[derive(Debug, Default)]
pub(crate) struct Arranged {
    /// A row that is in several groups comes several times.
    pub(crate) rows: Vec<RowIx>,
    /// The innermost groups, and how many of the rows are in each.
    pub(crate) leaves: Vec<(Path, usize)>,
}

impl Grouping {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The groups a row is in.
    pub(crate) fn paths(&self, scope: Scope<'_>, row: RowIx) -> Vec<Path> {
        let mut paths: Vec<Path> = vec![Path::new()];
        let mut parts = Vec::new();
        for level in &self.0 {
            parts.clear();
            level.parts(scope, row, &mut parts);
            let longer = |path: Path| {
                let with = |part: &Part| path.iter().cloned().chain([part.clone()]).collect();
                parts.iter().map(with).collect::<Vec<Path>>()
            };
            paths = paths.into_iter().flat_map(longer).collect();
        }
        paths
    }

    /// How two innermost groups stand.
    pub(crate) fn compare(&self, a: &Path, b: &Path) -> Ordering {
        let orders = self.0.iter().zip(a.iter().zip(b)).map(|(level, (a, b))| level.compare(a, b));
        orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// Puts rows that stand in the order of record ids into their groups, sorted in each.
    pub(crate) fn arrange(&self, scope: Scope<'_>, rows: &[RowIx], order: &Order) -> Arranged {
        let (mut entries, codes, paths) =
            self.by_column(scope, rows).unwrap_or_else(|| self.by_row(scope, rows));
        let mut counts = vec![0usize; paths.len()];
        for &code in &codes {
            counts[code as usize] += 1;
        }
        let mut sorted: Vec<(Path, usize)> =
            paths.into_iter().zip(0..).filter(|(_, code)| counts[*code] > 0).collect();
        sorted.sort_by(|(a, _), (b, _)| self.compare(a, b));
        let mut ranks = vec![0; counts.len()];
        for (rank, (_, code)) in (0..).zip(&sorted) {
            ranks[*code] = rank;
        }
        let ranks: Vec<u32> = codes.iter().map(|&code| ranks[code as usize]).collect();
        order.sort(scope, &mut entries, Some(&ranks));
        Arranged {
            rows: entries,
            leaves: sorted.into_iter().map(|(path, code)| (path, counts[code])).collect(),
        }
    }

    /// Rows with the numbers of their innermost groups, and those by number; none when a row may be in
    /// several.
    fn by_column(&self, scope: Scope<'_>, rows: &[RowIx]) -> Option<Numbered> {
        let mut leaves = Leaves::new(scope, self)?;
        let mut masks = vec![[0u64; WORDS]; scope.table.chunk_count()];
        for row in rows {
            let (chunk, within) = split(*row);
            masks[chunk][within / 64] |= 1 << (within % 64);
        }
        let mut codes = vec![0; masks.len() * CHUNK];
        for ((chunk, mask), codes) in masks.iter().enumerate().zip(codes.chunks_mut(CHUNK)) {
            leaves.fill(scope, chunk, mask, codes);
        }
        let codes = rows.iter().map(|&row| codes[row as usize]).collect();
        Some((rows.to_vec(), codes, (0..leaves.len()).map(|code| leaves.path(code)).collect()))
    }

    fn by_row(&self, scope: Scope<'_>, rows: &[RowIx]) -> Numbered {
        let mut numbers: HashMap<Path, u32, Quick> = HashMap::default();
        let (mut entries, mut codes, mut known) = (Vec::new(), Vec::new(), Vec::new());
        for &row in rows {
            for path in self.paths(scope, row) {
                let number = numbers.entry(path).or_insert_with_key(|path| {
                    known.push(path.clone());
                    known.len() as u32 - 1
                });
                codes.push(*number);
                entries.push(row);
            }
        }
        (entries, codes, known)
    }
}

/// Rows, the number of the innermost group of each, and those groups by number.
type Numbered = (Vec<RowIx>, Vec<u32>, Vec<Path>);

/// A quick hash for maps that live as long as a query: by multiplying and folding.
#[derive(Default)]
pub(crate) struct Fold(u64);

pub(crate) type Quick = BuildHasherDefault<Fold>;

impl Hasher for Fold {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for eight in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..eight.len()].copy_from_slice(eight);
            self.write_u64(u64::from_le_bytes(word));
        }
    }
    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }
    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }
    fn write_u64(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word ^ 0x9e37_79b9_7f4a_7c15) * 0xa076_1d64_78bd_642f;
        self.0 = (product as u64) ^ (product >> 64) as u64;
    }
}
