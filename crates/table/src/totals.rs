//! Counts and sums by groups, or of all records, column by column instead of record by record.

use serde_json::Value as Json;

use crate::{
    chunk::CHUNK,
    column::Column,
    exact::Exact,
    group::Path,
    groups::{GroupTree, Groups, described},
    leaves::Leaves,
    program::{Mask, each},
    query::Compiled,
    shown::Scope,
    summary::{Measure, Tally},
};

/// Groups beyond which the general way is as good.
const MAX_GROUPS: usize = 16_384;

/// The groups of a query that puts each record into one, and whose summaries are kept by counting; none for
/// another query.
pub(crate) fn by_column(scope: Scope<'_>, compiled: &Compiled) -> Option<Groups> {
    if !compiled.summaries.iter().all(|measure| measure.is_counted(scope)) {
        return None;
    }
    let mut leaves = Leaves::new(scope, &compiled.grouping)?;
    let mut counts: Vec<usize> = vec![0; leaves.len()];
    let mut all: Vec<Sums> = compiled.summaries.iter().map(|_| Sums::default()).collect();
    let mut codes = vec![0u32; CHUNK];
    for chunk in 0..scope.table.chunk_count() {
        let mask = compiled.program.mask(scope, chunk);
        leaves.fill(scope, chunk, &mask, &mut codes);
        let groups = leaves.len();
        if groups > MAX_GROUPS {
            return None;
        }
        counts.resize(groups, 0);
        let mut counted = false;
        for (measure, sums) in compiled.summaries.iter().zip(&mut all) {
            sums.resize(groups);
            let rows = (!counted).then_some(&mut counts[..]);
            counted |= sums.add(scope, measure, chunk, &codes, &mask, rows);
        }
        if !counted {
            count(&codes, &mask, &mut counts);
        }
    }
    for sums in &mut all {
        sums.resize(counts.len());
    }
    Some(Told { scope, compiled, counts: &counts, all: &all }.groups(&leaves))
}

/// Rows whose groups are counted side by side, so that rows of one group in turn do not wait for each other.
const LANES: usize = 4;

/// Groups beyond which none gets lanes of its own.
const MANY: usize = 4_096;

/// Counts rows by group.
pub(crate) fn count(codes: &[u32], mask: &Mask, counts: &mut [usize]) {
    if let [only] = counts {
        *only += mask.iter().map(|word| word.count_ones() as usize).sum::<usize>();
        return;
    }
    if counts.len() > MANY {
        return each(mask, |at| counts[codes[at] as usize] += 1);
    }
    let mut lanes = vec![[0u32; LANES]; counts.len()];
    for (word, codes) in mask.iter().zip(codes.as_chunks::<64>().0) {
        if *word == u64::MAX {
            for four in codes.as_chunks::<LANES>().0 {
                for (lane, code) in four.iter().enumerate() {
                    lanes[*code as usize][lane] += 1;
                }
            }
        } else {
            bits(*word, |at| lanes[codes[at] as usize][at % LANES] += 1);
        }
    }
    for (count, lanes) in counts.iter_mut().zip(&lanes) {
        *count += lanes.iter().sum::<u32>() as usize;
    }
}

fn bits(mut word: u64, mut f: impl FnMut(usize)) {
    while word != 0 {
        f(word.trailing_zeros() as usize);
        word &= word - 1;
    }
}

/// What is counted of the cells of one summary, by group.
#[derive(Default)]
pub(crate) struct Sums {
    pub(crate) sums: Vec<Exact>,
    pub(crate) cells: Vec<usize>,
}

impl Sums {
    pub(crate) fn resize(&mut self, groups: usize) {
        self.sums.resize(groups, Exact::default());
        self.cells.resize(groups, 0);
    }

    /// Adds the cells of a chunk. Counts rows as well where that costs nothing; whether it did.
    pub(crate) fn add(
        &mut self,
        scope: Scope<'_>,
        measure: &Measure,
        chunk: usize,
        codes: &[u32],
        mask: &Mask,
        rows: Option<&mut [usize]>,
    ) -> bool {
        if !measure.is_sum() {
            let mut filled = *mask;
            measure.narrow(scope, chunk, &mut filled);
            count(codes, &filled, &mut self.cells);
            return false;
        }
        let Column::Number(chunks) = scope.table.column(measure.at) else { return false };
        let Some(numbers) = chunks.get(chunk) else { return false };
        if measure.is_average() {
            let mut filled = *mask;
            for (at, word) in filled.iter_mut().enumerate() {
                *word &= numbers.valid.word(at);
            }
            count(codes, &filled, &mut self.cells);
        }
        let split = Split::of(&numbers.values).filter(|_| self.sums.len() <= MANY);
        let slots = split.and_then(|split| split.slots(&numbers.values, codes, mask, self.sums.len()));
        let Some(slots) = slots else {
            each(mask, |at| {
                if let Some(number) = numbers.get(at) {
                    self.sums[codes[at] as usize].add(number);
                }
            });
            return false;
        };
        for (sum, lanes) in self.sums.iter_mut().zip(&slots) {
            lanes.iter().flat_map(|slot| slot.parts).for_each(|part| sum.add(part));
        }
        let Some(rows) = rows else { return false };
        for (rows, lanes) in rows.iter_mut().zip(&slots) {
            *rows += lanes.iter().map(|slot| slot.rows as usize).sum::<usize>();
        }
        true
    }
}

/// Cuts numbers of a chunk into two parts of so few bits that sums of 8,192 of them are exact.
///
/// With s a power of two at least 2^14 times the largest number, `(s + n) - s` is n rounded to a multiple of
/// the unit of s; sums of such stay below s and are exact. What is left of n is cut once more.
struct Split {
    first: f64,
    second: f64,
}

/// What is counted of rows of one group.
#[derive(Clone, Copy, Default)]
struct Slot {
    /// Of numbers, the high and the low parts.
    parts: [f64; 2],
    rows: u64,
}

impl Slot {
    #[inline]
    fn add(&mut self, parts: [f64; 2]) {
        self.parts = [self.parts[0] + parts[0], self.parts[1] + parts[1]];
        self.rows += 1;
    }
}

impl Split {
    /// None of numbers too large or too small to be cut.
    fn of(numbers: &[f64]) -> Option<Self> {
        let mut most = [0.0f64; 8];
        let (eights, rest) = numbers.as_chunks::<8>();
        for eight in eights {
            for (most, number) in most.iter_mut().zip(eight) {
                // Not so of the NaN that stands for null.
                *most = if number.abs() > *most { number.abs() } else { *most };
            }
        }
        let largest = most.iter().chain(rest).fold(0.0f64, |most, number| most.max(number.abs()));
        if !(1e-200..1e200).contains(&largest) {
            return None;
        }
        // The power of two above the largest, times 2^14.
        let exponent = (largest.to_bits() >> 52) + 1 + 14;
        // What is left is at most half a unit of the first; it gets as much room.
        let of = |exponent: u64| f64::from_bits(exponent << 52) * 1.5;
        Some(Self { first: of(exponent), second: of(exponent - 52 + 14) })
    }

    /// The parts of numbers, where null counts as 0, and whether anything is left of one.
    fn cut(&self, numbers: &[f64; 64], parts: &mut [[f64; 2]; 64]) -> bool {
        let mut left = 0;
        for (number, parts) in numbers.iter().zip(parts) {
            let number = if number.is_nan() { 0.0 } else { *number };
            let high = (self.first + number) - self.first;
            let rest = number - high;
            let low = (self.second + rest) - self.second;
            *parts = [high, low];
            left |= (rest - low).to_bits() << 1;
        }
        left != 0
    }

    /// Numbers and rows by group; none when two parts are not enough.
    fn slots(
        &self,
        numbers: &[f64],
        codes: &[u32],
        mask: &Mask,
        groups: usize,
    ) -> Option<Vec<[Slot; LANES]>> {
        let mut slots = vec![[Slot::default(); LANES]; groups];
        let mut parts = [[0.0; 2]; 64];
        let (blocks, rest) = numbers.as_chunks::<64>();
        let mut last = [0.0; 64];
        last[..rest.len()].copy_from_slice(rest);
        // Cells past the end are null.
        let blocks = blocks.iter().chain(std::iter::once(&last)).chain(std::iter::repeat(&[0.0; 64]));
        for ((numbers, word), codes) in blocks.zip(mask).zip(codes.as_chunks::<64>().0) {
            if *word == 0 {
                continue;
            }
            if self.cut(numbers, &mut parts) {
                return None;
            }
            if *word != u64::MAX {
                bits(*word, |at| slots[codes[at] as usize][at % LANES].add(parts[at]));
            } else if let [only] = slots.as_mut_slice() {
                for four in parts.as_chunks::<LANES>().0 {
                    only.iter_mut().zip(four).for_each(|(slot, parts)| slot.add(*parts));
                }
            } else {
                for (four, codes) in parts.as_chunks::<LANES>().0.iter().zip(codes.as_chunks::<LANES>().0) {
                    for lane in 0..LANES {
                        slots[codes[lane] as usize][lane].add(four[lane]);
                    }
                }
            }
        }
        Some(slots)
    }
}

/// What was counted, as it is told.
struct Told<'a> {
    scope: Scope<'a>,
    compiled: &'a Compiled,
    counts: &'a [usize],
    all: &'a [Sums],
}

impl Told<'_> {
    fn groups(&self, leaves: &Leaves<'_>) -> Groups {
        let codes: Vec<usize> = (0..self.counts.len()).filter(|&code| self.counts[code] > 0).collect();
        let mut paths: Vec<(Path, usize)> = codes.iter().map(|&code| (leaves.path(code), code)).collect();
        let grouping = &self.compiled.grouping;
        paths.sort_by(|(a, _), (b, _)| grouping.compare(a, b));
        let (count, summaries) = self.tell(&codes);
        let groups = if grouping.is_empty() { Vec::new() } else { self.level(&paths, 0, 0) };
        Groups { count, summaries, groups }
    }

    fn level(&self, paths: &[(Path, usize)], depth: usize, start: usize) -> Vec<GroupTree> {
        let Some(level) = self.compiled.grouping.0.get(depth) else { return Vec::new() };
        let mut first = start;
        let mut groups = Vec::new();
        for group in paths.chunk_by(|a, b| a.0[depth] == b.0[depth]) {
            let codes: Vec<usize> = group.iter().map(|(_, code)| *code).collect();
            let (count, summaries) = self.tell(&codes);
            let tree = described(level, self.scope, &group[0].0[depth], (first, count), summaries);
            groups.push(GroupTree { groups: self.level(group, depth + 1, first), ..tree });
            first += count;
        }
        groups
    }

    /// How many records some groups have together, and what is told of them.
    fn tell(&self, codes: &[usize]) -> (usize, Vec<Json>) {
        let count = codes.iter().map(|&code| self.counts[code]).sum();
        let of = |(measure, sums): (&Measure, &Sums)| {
            let cells = codes.iter().map(|&code| sums.cells[code]).sum();
            let mut sum = Exact::default();
            for &code in codes {
                sum.merge(&sums.sums[code]);
            }
            let tally = if measure.is_sum() { Tally::Sum(sum, cells) } else { Tally::Cells(cells) };
            measure.tell(&tally, self.scope, count, std::iter::empty)
        };
        (count, self.compiled.summaries.iter().zip(self.all).map(of).collect())
    }
}
