//! Counts and sums by one choice, or of all records, without visiting rows one by one.

use crate::{
    chunk::{CHUNK, Fixed},
    column::{Column, Shape},
    exact::Exact,
    group::{Level, Part},
    groups::{GroupTree, Groups, described},
    program::{Mask, each},
    query::Compiled,
    shown::Scope,
    summary::{Measure, Tally},
};

/// Choices beyond which the general way is as good.
const MAX_GROUPS: usize = 4_096;

/// What is counted of the cells of one summary.
struct Sums {
    /// By group, exact.
    sums: Vec<Exact>,
    cells: Vec<usize>,
}

/// The groups of a query by one select field, or none, whose summaries are kept by counting; none for
/// another query.
pub(crate) fn by_code(scope: Scope<'_>, compiled: &Compiled) -> Option<Groups> {
    let level = match &compiled.grouping.0[..] {
        [] => None,
        [level] if is_plain(scope, level) => Some(level),
        _ => return None,
    };
    if !compiled.summaries.iter().all(|measure| measure.is_counted(scope)) {
        return None;
    }
    let codes = level.map_or(0, |level| highest_code(scope, level.at));
    // Code 0 is null, as in columns.
    let groups = codes + 1;
    if groups > MAX_GROUPS {
        return None;
    }
    let mut counts = vec![0usize; groups];
    let empty = || Sums { sums: vec![Exact::default(); groups], cells: vec![0; groups] };
    let mut all: Vec<Sums> = compiled.summaries.iter().map(|_| empty()).collect();
    let mut codes = vec![0u32; CHUNK];
    for chunk in 0..scope.table.chunk_count() {
        let mask = compiled.program.mask(scope, chunk);
        if let Some(level) = level {
            fill(scope, level.at, chunk, &mut codes);
        }
        count(&codes, &mask, &mut counts);
        for (measure, sums) in compiled.summaries.iter().zip(&mut all) {
            add(scope, measure, chunk, &codes, &mask, sums);
        }
    }
    Some(told(scope, compiled, level, &counts, &all))
}

/// Whether its groups are choices, and nothing of it failed.
fn is_plain(scope: Scope<'_>, level: &Level) -> bool {
    scope.table.schema.shapes[level.at] == Shape::Select && scope.table.errors(level.at).is_empty()
}

/// One more than the highest code.
fn highest_code(scope: Scope<'_>, at: usize) -> usize {
    let list = scope.table.schema.choices[at].list();
    list.iter().map(|choice| choice.code as usize + 1).max().unwrap_or(0)
}

/// The groups of the rows of a chunk.
fn fill(scope: Scope<'_>, at: usize, chunk: usize, codes: &mut [u32]) {
    let Column::Select(chunks) = scope.table.column(at) else { return };
    let known = chunks.get(chunk).map_or(&[][..], |chunk| &chunk.0);
    codes[..known.len()].copy_from_slice(known);
    codes[known.len()..].fill(0);
}

fn count(codes: &[u32], mask: &Mask, counts: &mut [usize]) {
    if let [only] = counts {
        *only += mask.iter().map(|word| word.count_ones() as usize).sum::<usize>();
        return;
    }
    // Two tables, so that rows of one group in turn do not wait for each other.
    let mut halves = vec![[0u32; 2]; counts.len()];
    for (word, codes) in mask.iter().zip(codes.as_chunks::<64>().0) {
        if *word == u64::MAX {
            for pair in codes.as_chunks::<2>().0 {
                halves[pair[0] as usize][0] += 1;
                halves[pair[1] as usize][1] += 1;
            }
        } else {
            bits(*word, |at| halves[codes[at] as usize][0] += 1);
        }
    }
    for (count, half) in counts.iter_mut().zip(&halves) {
        *count += (half[0] + half[1]) as usize;
    }
}

fn bits(mut word: u64, mut f: impl FnMut(usize)) {
    while word != 0 {
        f(word.trailing_zeros() as usize);
        word &= word - 1;
    }
}

fn add(scope: Scope<'_>, measure: &Measure, chunk: usize, codes: &[u32], mask: &Mask, sums: &mut Sums) {
    if !measure.is_sum() {
        let mut filled = *mask;
        measure.narrow(scope, chunk, &mut filled);
        return count(codes, &filled, &mut sums.cells);
    }
    let Column::Number(chunks) = scope.table.column(measure.at) else { return };
    let Some(numbers) = chunks.get(chunk) else { return };
    let mut filled = *mask;
    for (at, word) in filled.iter_mut().enumerate() {
        *word &= numbers.valid.word(at);
    }
    if measure.is_average() {
        count(codes, &filled, &mut sums.cells);
    }
    if !add_split(numbers, codes, &filled, &mut sums.sums) {
        each(&filled, |at| sums.sums[codes[at] as usize].add(numbers.values[at]));
    }
}

/// Adds the numbers of a chunk in two parts of so few bits that sums of 8,192 of them are exact. False, with
/// nothing done, when two parts are not enough.
///
/// With s a power of two at least 2^13 times the largest number, `(s + n) - s` is n rounded to a multiple of
/// the unit of s; sums of such stay below s and are exact. What is left of n is split once more.
fn add_split(numbers: &Fixed<f64>, codes: &[u32], mask: &Mask, sums: &mut [Exact]) -> bool {
    let largest = numbers.values.iter().fold(0.0f64, |most, number| {
        let size = number.abs();
        if size > most { size } else { most }
    });
    if !(1e-200..1e200).contains(&largest) {
        return false;
    }
    // The power of two above the largest, times 2^14.
    let exponent = (largest.to_bits() >> 52) + 1 + 14;
    let first = f64::from_bits(exponent << 52) * 1.5;
    // Parts left are at most half a unit of the first.
    let second = f64::from_bits((exponent - 52 + 14) << 52) * 1.5;
    let mut parts = vec![[[0.0f64; 2]; 2]; sums.len()];
    let mut left = 0.0f64;
    let mut split = |number: f64, sum: &mut [f64; 2]| {
        let high = (first + number) - first;
        let rest = number - high;
        let low = (second + rest) - second;
        left += (rest - low).abs();
        sum[0] += high;
        sum[1] += low;
    };
    let blocks = numbers.values.as_chunks::<64>();
    for (at, (word, codes)) in mask.iter().zip(codes.as_chunks::<64>().0).enumerate() {
        let values = match blocks.0.get(at) {
            Some(values) => &values[..],
            None if at == blocks.0.len() => blocks.1,
            None => break,
        };
        if *word == u64::MAX && values.len() == 64 {
            for (codes, values) in codes.as_chunks::<2>().0.iter().zip(values.as_chunks::<2>().0) {
                split(values[0], &mut parts[codes[0] as usize][0]);
                split(values[1], &mut parts[codes[1] as usize][1]);
            }
        } else {
            bits(*word, |at| split(values[at], &mut parts[codes[at] as usize][at % 2]));
        }
    }
    if left != 0.0 {
        return false;
    }
    for (sum, parts) in sums.iter_mut().zip(&parts) {
        parts.iter().flatten().for_each(|part| sum.add(*part));
    }
    true
}

fn told(
    scope: Scope<'_>,
    compiled: &Compiled,
    level: Option<&Level>,
    counts: &[usize],
    all: &[Sums],
) -> Groups {
    let tell = |code: usize| {
        let of = |(measure, sums): (&Measure, &Sums)| {
            let tally = tally(measure, sums.sums[code].clone(), sums.cells[code]);
            measure.tell(&tally, scope, counts[code], std::iter::empty)
        };
        compiled.summaries.iter().zip(all).map(of).collect::<Vec<_>>()
    };
    let count: usize = counts.iter().sum();
    let whole = |(measure, sums): (&Measure, &Sums)| {
        let mut sum = Exact::default();
        sums.sums.iter().for_each(|part| sum.merge(part));
        measure.tell(&tally(measure, sum, sums.cells.iter().sum()), scope, count, std::iter::empty)
    };
    let summaries = compiled.summaries.iter().zip(all).map(whole).collect();
    let mut groups: Vec<GroupTree> = Vec::new();
    if let Some(level) = level {
        let choices = &scope.table.schema.choices[level.at];
        let part = |code: usize| match code.checked_sub(1) {
            Some(code) => Part::Word(choices.place(code as u32).map_or(u64::MAX, |place| place as u64)),
            None => Part::Blank,
        };
        let mut found: Vec<(Part, usize)> =
            (0..counts.len()).filter(|&code| counts[code] > 0).map(|code| (part(code), code)).collect();
        found.sort_by(|(a, _), (b, _)| level.compare(a, b));
        let mut first = 0;
        for (part, code) in found {
            groups.push(described(level, scope, &part, (first, counts[code]), tell(code)));
            first += counts[code];
        }
    }
    Groups { count, summaries, groups }
}

fn tally(measure: &Measure, sum: Exact, cells: usize) -> Tally {
    if measure.is_sum() { Tally::Sum(sum, cells) } else { Tally::Cells(cells) }
}
