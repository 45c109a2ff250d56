//! Filters made ready: run chunk by chunk on bitmaps of rows, cheapest test first, and on single cells.

use crate::{
    RowIx, Table,
    chunk::{CHUNK, WORDS},
    column::Cell,
    kernel,
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

/// What is asked of a multi-select cell. Codes are sorted.
#[derive(Clone, Debug)]
pub(crate) enum Multi {
    Any(Lut),
    All(Vec<u32>),
    Exactly(Vec<u32>),
}

impl Multi {
    pub(crate) fn matches(&self, cell: &[u32]) -> bool {
        match self {
            Self::Any(lut) => cell.iter().any(|&code| lut.has(code)),
            Self::All(codes) => codes.iter().all(|code| cell.contains(code)),
            Self::Exactly(codes) => cell.len() == codes.len() && codes.iter().all(|code| cell.contains(code)),
        }
    }
}

/// What is asked of a cell. Only [`Test::Empty`] holds for null.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Empty,
    Text(Matcher),
    Number(f64, f64),
    Date(i64, i64),
    Select(Lut),
    Multi(Multi),
    Ticked,
}

impl Test {
    fn matches(&self, cell: Cell<'_>) -> bool {
        match (self, cell) {
            (Self::Empty, cell) => cell == Cell::Null,
            (Self::Text(matcher), Cell::Text(text)) => matcher.matches(text),
            (Self::Number(low, high), Cell::Number(number)) => (*low..=*high).contains(&number),
            (Self::Date(low, high), Cell::Date(date)) => (*low..=*high).contains(&date),
            (Self::Select(lut), Cell::Code(code)) => lut.has(code),
            (Self::Multi(multi), Cell::Codes(codes)) => multi.matches(codes),
            (Self::Ticked, Cell::Bool(yes)) => yes,
            _ => false,
        }
    }
    /// How much a row costs, roughly in tenths of a nanosecond.
    fn cost(&self) -> u32 {
        match self {
            Self::Ticked => 1,
            Self::Number(..) | Self::Date(..) => 5,
            Self::Select(_) => 8,
            Self::Empty => 10,
            Self::Multi(_) => 40,
            Self::Text(_) => 200,
        }
    }
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
    pub(crate) fn keeps(&self, table: &Table, row: RowIx) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.keeps(table, row)),
            Self::Any(parts) => parts.iter().any(|part| part.keeps(table, row)),
            Self::Test { at, test, negated } => test.matches(table.cell(row, *at)) != *negated,
        }
    }

    /// The live rows of a chunk that are kept.
    pub(crate) fn mask(&self, table: &Table, chunk: usize) -> Mask {
        let mut mask = [0; WORDS];
        for (at, word) in mask.iter_mut().enumerate() {
            *word = table.live_word(chunk, at);
        }
        self.narrow(table, chunk, &mut mask);
        mask
    }

    /// Takes rows that are not kept out of the mask.
    fn narrow(&self, table: &Table, chunk: usize, mask: &mut Mask) {
        match self {
            Self::All(parts) => {
                for part in parts {
                    if mask.iter().all(|&word| word == 0) {
                        return;
                    }
                    part.narrow(table, chunk, mask);
                }
            }
            Self::Any(parts) => {
                let mut left = *mask;
                for part in parts {
                    if left.iter().all(|&word| word == 0) {
                        return;
                    }
                    let mut kept = left;
                    part.narrow(table, chunk, &mut kept);
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
                kernel::narrow(test, table.column(*at), chunk, &mut hit);
                for (mask, hit) in mask.iter_mut().zip(&hit) {
                    *mask &= if *negated { !hit } else { *hit };
                }
            }
        }
    }

    pub(crate) fn keeps_all(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    pub(crate) fn count(&self, table: &Table) -> usize {
        if self.keeps_all() {
            return table.len();
        }
        let ones =
            |chunk| self.mask(table, chunk).iter().map(|word| word.count_ones() as usize).sum::<usize>();
        (0..table.chunk_count()).map(ones).sum()
    }

    /// The rows kept, in the order of record ids.
    pub(crate) fn rows(&self, table: &Table) -> Vec<RowIx> {
        if self.keeps_all() {
            return table.rows().collect();
        }
        if table.ordered() {
            return self.first(table, usize::MAX);
        }
        let masks: Vec<Mask> = (0..table.chunk_count()).map(|chunk| self.mask(table, chunk)).collect();
        let kept = |row: &RowIx| {
            let (chunk, within) = (*row as usize / CHUNK, *row as usize % CHUNK);
            masks[chunk][within / 64] >> (within % 64) & 1 == 1
        };
        table.rows().filter(kept).collect()
    }

    /// The first rows kept, at least `limit` of them if there are, in the order of record ids.
    pub(crate) fn first(&self, table: &Table, limit: usize) -> Vec<RowIx> {
        if !table.ordered() {
            return if limit < table.len() / 64 {
                table.rows().filter(|&row| self.keeps(table, row)).take(limit).collect()
            } else {
                self.rows(table)
            };
        }
        let mut rows = Vec::new();
        for chunk in 0..table.chunk_count() {
            if rows.len() >= limit {
                break;
            }
            each(&self.mask(table, chunk), |within| rows.push((chunk * CHUNK + within) as RowIx));
        }
        rows
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
