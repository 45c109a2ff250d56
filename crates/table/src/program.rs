//! Filters made ready: run chunk by chunk on bitmaps of rows, cheapest test first, and on single cells.

use std::sync::Arc;

use crate::{
    RowIx, Viewer,
    chunk::{CHUNK, WORDS},
    column::{Cell, Object},
    item_test::{Items, Pair},
    kernel,
    shown::Scope,
    text_match::Matcher,
};

/// Which codes are meant.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lut {
    table: Vec<bool>,
    few: Option<[u32; 4]>,
}

impl Lut {
    pub(crate) fn of(codes: impl Iterator<Item = u32>) -> Self {
        let mut table = Vec::new();
        for code in codes {
            let at = code as usize + 1;
            if at >= table.len() {
                table.resize(at + 1, false);
            }
            table[at] = true;
        }
        let on: Vec<u32> = (0..).zip(&table).filter(|(_, on)| **on).map(|(at, _)| at).collect();
        let few = match on[..] {
            [a] => Some([a; 4]),
            [a, b] => Some([a, b, b, b]),
            [a, b, c] => Some([a, b, c, c]),
            [a, b, c, d] => Some([a, b, c, d]),
            _ => None,
        };
        Self { table, few }
    }
    /// The codes meant, plus one, when they are at most four; the last is repeated.
    pub(crate) fn few(&self) -> Option<[u32; 4]> {
        self.few
    }
    fn has(&self, code: u32) -> bool {
        self.has_stored(code + 1)
    }
    /// By code plus one, as columns hold them; 0 is null.
    pub(crate) fn has_stored(&self, stored: u32) -> bool {
        self.table.get(stored as usize).copied().unwrap_or(false)
    }
}

/// What is asked of a cell of many codes. Codes are sorted.
#[derive(Clone, Debug)]
pub(crate) enum Multi {
    Any(Lut),
    /// As `Any`, of codes that may be large.
    Among(Vec<u32>),
    All(Vec<u32>),
    Exactly(Vec<u32>),
}

impl Multi {
    pub(crate) fn matches(&self, cell: &[u32]) -> bool {
        match self {
            Self::Any(lut) => cell.iter().any(|&code| lut.has(code)),
            Self::Among(codes) => cell.iter().any(|code| codes.binary_search(code).is_ok()),
            Self::All(codes) => codes.iter().all(|code| cell.contains(code)),
            Self::Exactly(codes) => cell.len() == codes.len() && codes.iter().all(|code| cell.contains(code)),
        }
    }
}

/// What is asked of a cell. Only [`Test::Empty`] holds for null, only [`Test::Failed`] for errors.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Empty,
    Failed,
    Text(Matcher),
    /// Any of these.
    Texts(Vec<Matcher>),
    Number(f64, f64),
    /// Any of these, which are sorted.
    Numbers(Vec<f64>),
    Date(i64, i64),
    /// In any of these.
    Dates(Vec<(i64, i64)>),
    Select(Lut),
    Multi(Multi),
    Ticked,
    /// Any of the texts people see.
    Shown(Matcher, Arc<Viewer>),
    /// How many files there are.
    Count(f64, f64),
    /// Any of these counts, which are sorted.
    Counts(Vec<f64>),
    /// Within degrees west, south, east and north; west of the date line may be east of it.
    Within([f64; 4]),
    Items(Items),
    Pair(Box<Pair>),
}

impl Test {
    pub(crate) fn matches(&self, scope: Scope<'_>, row: RowIx, at: usize) -> bool {
        match (self, scope.table.cell(row, at)) {
            (Self::Pair(pair), _) => pair.matches(scope, row, at),
            (Self::Shown(..), Cell::Error(_)) => false,
            (Self::Shown(matcher, viewer), _) => {
                scope.any_text(row, at, viewer, &mut |text| matcher.matches(text))
            }
            (Self::Empty, cell) => cell == Cell::Null,
            (Self::Failed, cell) => matches!(cell, Cell::Error(_)),
            (Self::Text(matcher), Cell::Text(text)) => matcher.matches(text),
            (Self::Texts(any), Cell::Text(text)) => any.iter().any(|matcher| matcher.matches(text)),
            (Self::Number(low, high), Cell::Number(number)) => (*low..=*high).contains(&number),
            (Self::Numbers(any), Cell::Number(number)) => among(any, number),
            (Self::Date(low, high), Cell::Date(date)) => (*low..=*high).contains(&date),
            (Self::Dates(any), Cell::Date(date)) => {
                any.iter().any(|(low, high)| (*low..=*high).contains(&date))
            }
            (Self::Select(lut), Cell::Code(code)) => lut.has(code),
            (Self::Multi(multi), Cell::Codes(codes)) => multi.matches(codes),
            (Self::Ticked, Cell::Bool(yes)) => yes,
            (Self::Count(low, high), Cell::Object(Object::Files(files))) => {
                (*low..=*high).contains(&(files.len() as f64))
            }
            (Self::Counts(any), Cell::Object(Object::Files(files))) => among(any, files.len() as f64),
            (Self::Within([west, south, east, north]), Cell::Object(Object::Place(place))) => {
                let across = west > east;
                let (after, before) = (place.longitude >= *west, place.longitude <= *east);
                (*south..=*north).contains(&place.latitude)
                    && if across { after || before } else { after && before }
            }
            (Self::Items(items), Cell::Datum(datum)) => items.matches(scope, at, datum),
            _ => false,
        }
    }
    /// How much a row costs, roughly in tenths of a nanosecond.
    fn cost(&self) -> u32 {
        match self {
            Self::Failed => 0,
            Self::Ticked => 1,
            Self::Number(..) | Self::Date(..) => 5,
            Self::Select(_) => 8,
            Self::Empty => 10,
            Self::Numbers(_) | Self::Dates(_) => 20,
            Self::Multi(_) => 40,
            Self::Text(_) => 200,
            Self::Texts(any) => 200 * any.len() as u32,
            Self::Count(..) | Self::Counts(_) | Self::Within(_) => 300,
            Self::Items(_) | Self::Pair(_) => 1_000,
            Self::Shown(..) => 2_000,
        }
    }
}

/// Whether a number is one of some sorted ones.
pub(crate) fn among(sorted: &[f64], number: f64) -> bool {
    sorted.binary_search_by(|one| one.total_cmp(&number)).is_ok()
}

/// A filter made ready.
#[derive(Clone, Debug)]
pub(crate) enum Program {
    All(Vec<Program>),
    Any(Vec<Program>),
    Test { at: usize, test: Test, negated: bool },
}

/// Rows of a chunk.
pub(crate) type Mask = [u64; WORDS];

impl Program {
    /// All of these, cheapest first.
    pub(crate) fn all(mut parts: Vec<Self>) -> Self {
        parts.sort_by_key(Self::cost);
        Self::All(parts)
    }
    /// Any of these, cheapest first.
    pub(crate) fn any(mut parts: Vec<Self>) -> Self {
        parts.sort_by_key(Self::cost);
        Self::Any(parts)
    }
    pub(crate) fn test(at: usize, test: Test, negated: bool) -> Self {
        Self::Test { at, test, negated }
    }

    fn cost(&self) -> u32 {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::cost).sum(),
            Self::Test { test, .. } => test.cost(),
        }
    }

    /// Whether a live row is kept.
    pub(crate) fn keeps(&self, scope: Scope<'_>, row: RowIx) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.keeps(scope, row)),
            Self::Any(parts) => parts.iter().any(|part| part.keeps(scope, row)),
            Self::Test { at, test, negated } => test.matches(scope, row, *at) != *negated,
        }
    }

    /// The live rows of a chunk that are kept.
    pub(crate) fn mask(&self, scope: Scope<'_>, chunk: usize) -> Mask {
        let mut mask = [0; WORDS];
        for (at, word) in mask.iter_mut().enumerate() {
            *word = scope.table.live_word(chunk, at);
        }
        self.narrow(scope, chunk, &mut mask);
        mask
    }

    /// Takes rows that are not kept out of the mask.
    fn narrow(&self, scope: Scope<'_>, chunk: usize, mask: &mut Mask) {
        match self {
            Self::All(parts) => {
                for part in parts {
                    if mask.iter().all(|&word| word == 0) {
                        return;
                    }
                    part.narrow(scope, chunk, mask);
                }
            }
            Self::Any(parts) => {
                let mut left = *mask;
                for part in parts {
                    if left.iter().all(|&word| word == 0) {
                        return;
                    }
                    let mut kept = left;
                    part.narrow(scope, chunk, &mut kept);
                    for (left, kept) in left.iter_mut().zip(&kept) {
                        *left &= !kept;
                    }
                }
                for (mask, left) in mask.iter_mut().zip(&left) {
                    *mask &= !left;
                }
            }
            Self::Test { at, test, negated } => {
                let mut hit = *mask;
                kernel::narrow(test, scope, *at, chunk, &mut hit);
                for (mask, hit) in mask.iter_mut().zip(&hit) {
                    *mask &= if *negated { !hit } else { *hit };
                }
            }
        }
    }

    pub(crate) fn keeps_all(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    pub(crate) fn count(&self, scope: Scope<'_>) -> usize {
        if self.keeps_all() {
            return scope.table.len();
        }
        let ones =
            |chunk| self.mask(scope, chunk).iter().map(|word| word.count_ones() as usize).sum::<usize>();
        (0..scope.table.chunk_count()).map(ones).sum()
    }

    /// The rows kept, in the order of record ids.
    pub(crate) fn rows(&self, scope: Scope<'_>) -> Vec<RowIx> {
        if self.keeps_all() {
            return scope.table.rows().collect();
        }
        if scope.table.ordered() {
            return self.first(scope, usize::MAX);
        }
        let found = self.found(scope);
        scope.table.rows().filter(|row| found.get(*row as usize)).collect()
    }

    /// The rows kept, to ask of each.
    pub(crate) fn found(&self, scope: Scope<'_>) -> Found {
        Found((0..scope.table.chunk_count()).map(|chunk| self.mask(scope, chunk)).collect())
    }

    /// The first rows kept, at least `limit` of them if there are, in the order of record ids.
    pub(crate) fn first(&self, scope: Scope<'_>, limit: usize) -> Vec<RowIx> {
        if !scope.table.ordered() {
            return if limit < scope.table.len() / 64 {
                scope.table.rows().filter(|&row| self.keeps(scope, row)).take(limit).collect()
            } else {
                self.rows(scope)
            };
        }
        let mut rows = Vec::new();
        for chunk in 0..scope.table.chunk_count() {
            if rows.len() >= limit {
                break;
            }
            each(&self.mask(scope, chunk), |within| rows.push((chunk * CHUNK + within) as RowIx));
        }
        rows
    }
}

/// Rows of a table.
#[derive(Debug)]
pub(crate) struct Found(Vec<Mask>);

impl Found {
    pub(crate) fn get(&self, row: usize) -> bool {
        self.0.get(row / CHUNK).is_some_and(|mask| mask[row % CHUNK / 64] >> (row % 64) & 1 == 1)
    }
}

/// Calls `f` for each set bit.
pub(crate) fn each(mask: &Mask, mut f: impl FnMut(usize)) {
    for (at, &word) in mask.iter().enumerate() {
        let mut word = word;
        while word != 0 {
            f(at * 64 + word.trailing_zeros() as usize);
            word &= word - 1;
        }
    }
}
