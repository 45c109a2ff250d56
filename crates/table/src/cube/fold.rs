//! Rows counted and summed up by the groups they are in along some dimensions, chunk by chunk.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use super::axis::{Axis, NONE};
use crate::{
    RowIx,
    arrange::Quick,
    chunk::{CHUNK, WORDS},
    exact::Exact,
    program::{Mask, each},
    shown::Scope,
    summary::{Measure, Tally},
    totals::{Sums, count},
};

/// Combinations of groups up to which each has a place of its own, whether it occurs or not.
const DENSE: u64 = 4_096;

/// A dimension to fold along.
pub(super) struct Along<'a> {
    pub(super) axis: &'a Axis<'a>,
    /// The places of groups by number; none for the numbers themselves.
    pub(super) to: Option<&'a [u32]>,
    /// How many places there are.
    pub(super) len: usize,
}

impl Along<'_> {
    fn place(&self, number: u32) -> u32 {
        self.to.map_or(number, |to| to[number as usize])
    }
}

/// Groups of rows, and what was counted of them.
#[derive(Default)]
pub(super) struct Folded {
    /// Places of each group in the dimensions, one group after the other.
    keys: Vec<u32>,
    dimensions: usize,
    counts: Vec<usize>,
    accounts: Vec<Account>,
}

/// What is kept for a measure by group.
enum Account {
    /// Nothing: records are counted anyway.
    Count,
    Sums(Sums),
    /// The rows, from which the measure is computed.
    Rows(Vec<Vec<RowIx>>),
}

impl Account {
    fn of(measure: Option<&Measure>, scope: Scope<'_>) -> Self {
        match measure {
            None => Self::Count,
            Some(measure) if measure.is_counted(scope) => Self::Sums(Sums::default()),
            Some(_) => Self::Rows(Vec::new()),
        }
    }

    fn resize(&mut self, groups: usize) {
        match self {
            Self::Count => {}
            Self::Sums(sums) => sums.resize(groups),
            Self::Rows(rows) => rows.resize(groups, Vec::new()),
        }
    }

    fn add(&mut self, scope: Scope<'_>, measure: &Measure, chunk: usize, codes: &[u32], mask: &Mask) {
        match self {
            Self::Count => {}
            Self::Sums(sums) => {
                sums.add(scope, measure, chunk, codes, mask, None);
            }
            Self::Rows(rows) => {
                each(mask, |at| rows[codes[at] as usize].push((chunk * CHUNK + at) as RowIx));
            }
        }
    }

    /// Takes over what another has of a group.
    fn merge(&mut self, to: usize, other: &Self, from: usize) {
        match (self, other) {
            (Self::Sums(sums), Self::Sums(others)) => {
                sums.sums[to].merge(&others.sums[from]);
                sums.cells[to] += others.cells[from];
            }
            (Self::Rows(rows), Self::Rows(others)) => rows[to].extend_from_slice(&others[from]),
            _ => {}
        }
    }

    fn tell(&self, scope: Scope<'_>, measure: &Measure, count: usize, group: usize) -> Json {
        match self {
            Self::Count => json!(count),
            Self::Sums(sums) => {
                let (sum, cells) = (&sums.sums[group], sums.cells[group]);
                let tally =
                    if measure.is_sum() { Tally::Sum(Exact::clone(sum), cells) } else { Tally::Cells(cells) };
                measure.tell(&tally, scope, count, std::iter::empty)
            }
            Self::Rows(rows) => {
                let rows = &rows[group];
                measure.tell(&measure.of(scope, rows), scope, count, || rows.iter().copied())
            }
        }
    }
}

impl Folded {
    /// How many groups have rows.
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }
    /// The places of a group in the dimensions.
    pub(super) fn key(&self, group: usize) -> &[u32] {
        &self.keys[group * self.dimensions..][..self.dimensions]
    }
    pub(super) fn count(&self, group: usize) -> usize {
        self.counts[group]
    }

    pub(super) fn values(&self, scope: Scope<'_>, measures: &[Option<Measure>], group: usize) -> Vec<Json> {
        let count = self.counts[group];
        let told = |(account, measure): (&Account, &Option<Measure>)| match measure {
            None => json!(count),
            Some(measure) => account.tell(scope, measure, count, group),
        };
        self.accounts.iter().zip(measures).map(told).collect()
    }

    /// What is told of no records.
    pub(super) fn nothing(scope: Scope<'_>, measures: &[Option<Measure>]) -> Vec<Json> {
        let told = |measure: &Option<Measure>| match measure {
            None => json!(0),
            Some(measure) => measure.tell(&measure.start(), scope, 0, std::iter::empty),
        };
        measures.iter().map(told).collect()
    }

    /// The same along some of the dimensions, when each row is in one group of the others.
    pub(super) fn merged(&self, kept: &[usize]) -> Self {
        let mut numbers: HashMap<Vec<u32>, usize, Quick> = HashMap::default();
        let mut into = Vec::with_capacity(self.len());
        let (mut keys, mut counts) = (Vec::new(), Vec::new());
        for group in 0..self.len() {
            let key: Vec<u32> = kept.iter().map(|&at| self.key(group)[at]).collect();
            let next = numbers.len();
            let to = *numbers.entry(key).or_insert_with_key(|key| {
                keys.extend_from_slice(key);
                counts.push(0);
                next
            });
            counts[to] += self.counts[group];
            into.push(to);
        }
        let merge = |account: &Account| {
            let mut merged = match account {
                Account::Count => Account::Count,
                Account::Sums(_) => Account::Sums(Sums::default()),
                Account::Rows(_) => Account::Rows(Vec::new()),
            };
            merged.resize(counts.len());
            for (from, &to) in into.iter().enumerate() {
                merged.merge(to, account, from);
            }
            merged
        };
        let accounts = self.accounts.iter().map(merge).collect();
        Self { keys, dimensions: kept.len(), counts, accounts }
    }

    /// Leaves out groups without rows.
    fn compact(mut self, groups: &Numbers, along: &[Along<'_>]) -> Self {
        let some: Vec<usize> = (0..self.counts.len()).filter(|&group| self.counts[group] > 0).collect();
        self.dimensions = along.len();
        for &group in &some {
            let mut code = groups.code(group);
            let from = self.keys.len();
            for along in along.iter().rev() {
                let len = along.len.max(1) as u64;
                self.keys.push((code % len) as u32);
                code /= len;
            }
            self.keys[from..].reverse();
        }
        for account in &mut self.accounts {
            match account {
                Account::Count => {}
                Account::Sums(sums) => {
                    sums.sums = some.iter().map(|&group| std::mem::take(&mut sums.sums[group])).collect();
                    sums.cells = some.iter().map(|&group| sums.cells[group]).collect();
                }
                Account::Rows(rows) => {
                    *rows = some.iter().map(|&group| std::mem::take(&mut rows[group])).collect();
                }
            }
        }
        self.counts = some.iter().map(|&group| self.counts[group]).collect();
        self
    }
}

/// Combinations of groups by small numbers.
struct Numbers {
    dense: bool,
    known: HashMap<u64, u32, Quick>,
    codes: Vec<u64>,
    len: usize,
}

impl Numbers {
    fn new(along: &[Along<'_>]) -> Self {
        // At most six dimensions of 1,001 places each, or one of any length.
        let all = along.iter().fold(1u64, |all, one| all.saturating_mul(one.len.max(1) as u64));
        let dense = all <= DENSE || along.len() <= 1;
        Self {
            dense,
            known: HashMap::default(),
            codes: Vec::new(),
            len: if dense { all as usize } else { 0 },
        }
    }

    fn code(&self, number: usize) -> u64 {
        if self.dense { number as u64 } else { self.codes[number] }
    }

    fn fill(&mut self, mask: &Mask, wide: &[u64], codes: &mut [u32]) {
        if self.dense {
            each(mask, |at| codes[at] = wide[at] as u32);
            return;
        }
        each(mask, |at| {
            let next = self.codes.len() as u32;
            codes[at] = *self.known.entry(wide[at]).or_insert_with_key(|code| {
                self.codes.push(*code);
                next
            });
        });
        self.len = self.codes.len();
    }
}

/// Rows of a chunk, each with one combination of groups.
struct Layer {
    mask: Mask,
    wide: Vec<u64>,
}

/// Rows and measures by the groups along some dimensions; none when there are more than `most`.
pub(super) fn fold(
    scope: Scope<'_>,
    masks: &[Mask],
    along: &[Along<'_>],
    measures: &[Option<Measure>],
    most: usize,
) -> Option<Folded> {
    let mut numbers = Numbers::new(along);
    let accounts = measures.iter().map(|measure| Account::of(measure.as_ref(), scope)).collect();
    let mut folded = Folded { accounts, ..Folded::default() };
    let mut codes = vec![0u32; CHUNK];
    let mut layers = Vec::new();
    for (chunk, mask) in masks.iter().enumerate() {
        let used = lay(chunk, mask, along, &mut layers);
        for layer in &layers[..used] {
            if layer.mask == [0; WORDS] {
                continue;
            }
            numbers.fill(&layer.mask, &layer.wide, &mut codes);
            if !numbers.dense && numbers.len > most {
                return None;
            }
            folded.counts.resize(numbers.len, 0);
            count(&codes, &layer.mask, &mut folded.counts);
            for (account, measure) in folded.accounts.iter_mut().zip(measures) {
                let Some(measure) = measure else { continue };
                account.resize(numbers.len);
                account.add(scope, measure, chunk, &codes, &layer.mask);
            }
        }
    }
    for account in &mut folded.accounts {
        account.resize(folded.counts.len());
    }
    let folded = folded.compact(&numbers, along);
    (folded.len() <= most).then_some(folded)
}

/// Lays the rows of a chunk out so that each layer has a row once: in the first those of all rows that are in
/// any group, in the next the second groups of rows that are in several, and so on. How many layers there are.
fn lay(chunk: usize, mask: &Mask, along: &[Along<'_>], layers: &mut Vec<Layer>) -> usize {
    if layers.is_empty() {
        layers.push(Layer { mask: [0; WORDS], wide: vec![0; CHUNK] });
    }
    let base = &mut layers[0];
    base.mask = *mask;
    if along.is_empty() {
        return 1;
    }
    for (depth, along) in along.iter().enumerate() {
        let (first, len) = (along.axis.first(chunk), along.len as u64);
        let mut kept = base.mask;
        each(&base.mask, |at| {
            let place = along.place(first[at]);
            if place == NONE {
                kept[at / 64] &= !(1 << (at % 64));
            } else {
                let outer = if depth == 0 { 0 } else { base.wide[at] * len };
                base.wide[at] = outer + u64::from(place);
            }
        });
        base.mask = kept;
    }
    let mut several: Vec<u16> =
        along.iter().flat_map(|along| along.axis.more(chunk)).map(|(at, _)| *at).collect();
    several.dedup();
    if along.len() > 1 {
        several.sort_unstable();
        several.dedup();
    }
    let mut used = 1;
    let (mut combined, mut cursors) = (Vec::new(), vec![0; along.len()]);
    for at in several.into_iter().map(usize::from).filter(|at| mask[at / 64] >> (at % 64) & 1 == 1) {
        combine(chunk, at, along, &mut cursors, &mut combined);
        layers[0].mask[at / 64] &= !(1 << (at % 64));
        for (layer, code) in combined.iter().enumerate() {
            if layer == layers.len() {
                layers.push(Layer { mask: [0; WORDS], wide: vec![0; CHUNK] });
            }
            if layer == used {
                layers[layer].mask = [0; WORDS];
                used += 1;
            }
            layers[layer].mask[at / 64] |= 1 << (at % 64);
            layers[layer].wide[at] = *code;
        }
    }
    used
}

/// The combinations of groups a row is in, each once. `cursors` say where its further groups are.
fn combine(chunk: usize, at: usize, along: &[Along<'_>], cursors: &mut [usize], combined: &mut Vec<u64>) {
    combined.clear();
    combined.push(0);
    for (along, cursor) in along.iter().zip(cursors) {
        let more = along.axis.more(chunk);
        while more.get(*cursor).is_some_and(|(row, _)| usize::from(*row) < at) {
            *cursor += 1;
        }
        let rest = more[*cursor..].iter().take_while(|(row, _)| usize::from(*row) == at);
        let numbers = std::iter::once(along.axis.first(chunk)[at]).chain(rest.map(|(_, number)| *number));
        let mut places: Vec<u64> =
            numbers.map(|number| along.place(number)).filter(|place| *place != NONE).map(u64::from).collect();
        places.sort_unstable();
        places.dedup();
        let outer = std::mem::take(combined);
        let len = along.len as u64;
        combined.extend(outer.iter().flat_map(|outer| places.iter().map(move |place| outer * len + place)));
    }
}
