//! Sorting rows: each key becomes an integer whose order is the key's, several are packed into one word,
//! and only what the word cannot tell is compared cell by cell. Blanks are last in both directions, ties
//! go by record id.

use std::cmp::Ordering;

use crate::{
    QueryError, RowIx, SortKey,
    chunk::CHUNK,
    column::Column,
    compile::{Mode, Needs},
    position::Position,
    program::Program,
    radix,
    shown::Scope,
    sort_key::{BLANK, FAILED, Key},
};

/// The keys of a sort made ready.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order(Vec<Key>);

/// Below this many rows, comparing is faster than packing.
const FEW: usize = 48;

impl Order {
    pub(crate) fn compile(
        scope: Scope<'_>,
        keys: &[SortKey],
        mode: Mode,
        needs: &mut Needs,
    ) -> Result<Self, QueryError> {
        let mut order = Self::default();
        for (place, key) in keys.iter().enumerate() {
            match scope.table.schema.place(key.field) {
                Some(at) => order.0.push(Key::new(scope, at, key.descending, needs)),
                None if mode == Mode::Running => {}
                None => {
                    let message = format!("there is no field {}", key.field);
                    return Err(QueryError::new(format!("sort[{place}].field"), message));
                }
            }
        }
        Ok(order)
    }

    pub(crate) fn one(key: Key) -> Self {
        Self(vec![key])
    }

    pub(crate) fn keys(&self) -> &[Key] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares two rows, each in its snapshot.
    pub(crate) fn compare(&self, a: (Scope<'_>, RowIx), b: (Scope<'_>, RowIx)) -> Ordering {
        self.compare_with(a, self, b)
    }

    /// As [`Order::compare`] where the keys stand elsewhere in the table of `b`: fields were moved.
    pub(crate) fn compare_with(&self, a: (Scope<'_>, RowIx), keys: &Self, b: (Scope<'_>, RowIx)) -> Ordering {
        for (key, other) in self.0.iter().zip(&keys.0) {
            let order = key.compare(a, other, b);
            if order.is_ne() {
                return order;
            }
        }
        a.0.table.record_id(a.1).cmp(&b.0.table.record_id(b.1))
    }

    /// Sorts rows that stand in the order of record ids; by their ranks first when there are any.
    pub(crate) fn sort(&self, scope: Scope<'_>, rows: &mut [RowIx], ranks: Option<&[u32]>) {
        if rows.len() < 2 || self.is_empty() && ranks.is_none() {
            return;
        }
        if rows.len() < FEW && ranks.is_none() {
            rows.sort_unstable_by(|&a, &b| self.compare((scope, a), (scope, b)));
            return;
        }
        let (words, told) = self.pack(scope, rows, ranks);
        let mut places = radix::order(&words);
        if told < self.0.len() {
            let mut items: Vec<(u64, u32)> =
                places.iter().map(|&place| (words[place as usize], place)).collect();
            let ties = Ties { scope, rows, keys: &self.0[told..] };
            ties.sort(&mut items, 0);
            places = items.into_iter().map(|item| item.1).collect();
        }
        let sorted: Vec<RowIx> = places.into_iter().map(|place| rows[place as usize]).collect();
        rows.copy_from_slice(&sorted);
    }

    /// A word per row that tells the order as far as it fits, and how many keys it tells in full.
    fn pack(&self, scope: Scope<'_>, rows: &[RowIx], ranks: Option<&[u32]>) -> (Vec<u64>, usize) {
        let mut words = vec![0u64; rows.len()];
        let mut free = 64u32;
        if let Some(ranks) = ranks {
            words = ranks.iter().map(|&rank| u64::from(rank)).collect();
            free -= 32 - ranks.iter().copied().max().unwrap_or(0).leading_zeros();
        }
        for (place, key) in self.0.iter().enumerate() {
            let values = key.values(scope, rows);
            let codes = Codes::of(&values, key.zero(scope));
            let width = codes.width();
            let dropped = width.saturating_sub(free);
            for (word, value) in words.iter_mut().zip(&values) {
                // A width of 64 fills an empty word, for which shifting by 64 is out of range.
                let high = word.checked_shl(width - dropped).unwrap_or(0);
                *word = high | codes.code(*value) >> dropped;
            }
            if dropped > 0 || key.is_text() {
                return (words, place);
            }
            free -= width;
            if free == 0 {
                return (words, place + 1);
            }
        }
        (words, self.0.len())
    }

    /// Whether the first rows are found without sorting all.
    pub(crate) fn has_top(&self) -> bool {
        self.0.first().is_some_and(Key::has_words)
    }

    /// The first `wanted` rows that a filter keeps, sorted; of those after a position when there is one. With
    /// how many it keeps in all.
    pub(crate) fn top(
        &self,
        scope: Scope<'_>,
        program: &Program,
        wanted: usize,
        after: Option<&Position>,
    ) -> (Vec<RowIx>, usize) {
        let Some(key) = self.0.first().filter(|_| wanted > 0) else {
            return (Vec::new(), program.count(scope));
        };
        let mut total = 0;
        let mut best = Best { order: self, scope, wanted, found: Vec::new(), limit: FAILED };
        let floor = after.and_then(Position::first).map_or(0, |mark| key.floor(mark));
        for chunk in 0..scope.table.chunk_count() {
            let first = (chunk * CHUNK) as RowIx;
            let mask = program.mask(scope, chunk);
            let blocks = key.blocks(scope.table.column(key.at), chunk);
            for (at, word) in mask.iter().enumerate().filter(|(_, word)| **word != 0) {
                total += word.count_ones() as usize;
                if !key.beaten(blocks, at, best.limit) {
                    bits(*word, |bit| {
                        let row = first + (at * 64) as RowIx + bit;
                        let value = key.value(scope, row);
                        let follows = || after.is_none_or(|position| self.is_after(scope, row, position));
                        if value <= best.limit && value >= floor && (value > floor || follows()) {
                            best.offer(value, row);
                        }
                    });
                }
            }
        }
        (best.finish(), total)
    }
}

/// Items whose words are equal so far.
struct Ties<'a> {
    scope: Scope<'a>,
    rows: &'a [RowIx],
    /// The first of these is not told by the words, or not in full.
    keys: &'a [Key],
}

impl Ties<'_> {
    /// Bytes of collation keys after which items are compared, not split further.
    const DEEP: usize = 128;

    /// Whether the texts of a run are equal or all blank. No byte of a key is 0: where the last eight are,
    /// all keys have ended.
    fn ended(&self, run: &[(u64, u32)]) -> bool {
        self.keys[0].is_text() && (run[0].0 == self.keys[0].turn(0) || run[0].0 >= BLANK)
    }

    /// Sorts each run of equal words; of texts, by the eight bytes of their keys that follow `depth`, and
    /// so on.
    fn sort(&self, items: &mut [(u64, u32)], depth: usize) {
        for run in items.chunk_by_mut(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
            let ended = depth > 0 && self.ended(run);
            match self.scope.table.column(self.keys[0].at) {
                _ if ended && self.keys.len() == 1 => {}
                Column::Text(_) if !ended && run.len() >= FEW && depth < Self::DEEP => {
                    for item in run.iter_mut() {
                        item.0 = self.keys[0].rest(self.scope, self.rows[item.1 as usize], depth);
                    }
                    run.sort_unstable();
                    self.sort(run, depth + 8);
                }
                _ => run.sort_unstable_by(|a, b| {
                    let (left, right) = (self.rows[a.1 as usize], self.rows[b.1 as usize]);
                    within(self.scope, self.keys, left, right).then(a.1.cmp(&b.1))
                }),
            }
        }
    }
}

fn bits(mut word: u64, mut f: impl FnMut(u32)) {
    while word != 0 {
        f(word.trailing_zeros());
        word &= word - 1;
    }
}

/// The best rows so far: a heap would compare each candidate, this one only drops the worse half now and
/// then.
struct Best<'a> {
    order: &'a Order,
    scope: Scope<'a>,
    wanted: usize,
    found: Vec<(u64, RowIx)>,
    /// Rows whose first key is greater are out.
    limit: u64,
}

impl Best<'_> {
    fn offer(&mut self, value: u64, row: RowIx) {
        self.found.push((value, row));
        if self.found.len() >= self.wanted.saturating_mul(2).max(512) {
            self.drop_worse();
        }
    }

    fn drop_worse(&mut self) {
        let (order, scope) = (self.order, self.scope);
        let last = self.wanted - 1;
        let (_, worst, _) = self.found.select_nth_unstable_by(last, |a, b| by_word(order, scope, a, b));
        self.limit = worst.0;
        self.found.truncate(self.wanted);
    }

    fn finish(mut self) -> Vec<RowIx> {
        let (order, scope) = (self.order, self.scope);
        self.found.sort_unstable_by(|a, b| by_word(order, scope, a, b));
        self.found.truncate(self.wanted);
        self.found.into_iter().map(|(_, row)| row).collect()
    }
}

fn by_word(order: &Order, scope: Scope<'_>, a: &(u64, RowIx), b: &(u64, RowIx)) -> Ordering {
    a.0.cmp(&b.0).then_with(|| {
        within(scope, &order.0, a.1, b.1)
            .then_with(|| scope.table.record_id(a.1).cmp(&scope.table.record_id(b.1)))
    })
}

/// Compares rows of one snapshot by some keys.
fn within(scope: Scope<'_>, keys: &[Key], a: RowIx, b: RowIx) -> Ordering {
    let orders = keys.iter().map(|key| key.within(scope, a, b));
    orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// Maps values onto as few bits as keep their order. Between zero and the number next to it lie nearly as many
/// words as between all others, so what is below and above it is mapped by itself.
struct Codes {
    /// Values below it and above it; all are below when it is `u64::MAX`.
    zero: u64,
    min: [u64; 2],
    /// The code of zero; those above it follow.
    middle: u64,
    shift: u32,
    /// The one of blanks; that of errors follows.
    blank: u64,
    last: u64,
}

impl Codes {
    fn of(values: &[u64], zero: Option<u64>) -> Self {
        let zero = zero.unwrap_or(u64::MAX);
        let (mut min, mut max, mut special, mut is_zero) = ([u64::MAX; 2], [0; 2], 0, false);
        for &value in values {
            if value >= BLANK {
                special = special.max(value);
            } else if value == zero {
                is_zero = true;
            } else {
                let side = usize::from(value > zero);
                min[side] = min[side].min(value);
                max[side] = max[side].max(value);
            }
        }
        let min = [min[0].min(max[0]), min[1].min(max[1])];
        let used = values.iter().filter(|&&value| value < BLANK && value != zero);
        let used = used.fold(0, |used, &value| used | (value - min[usize::from(value > zero)]));
        let shift = if used == 0 { 0 } else { used.trailing_zeros() };
        let middle = ((max[0] - min[0]) >> shift) + 1;
        let largest = match (max[1] > 0, is_zero) {
            (true, _) => middle + 1 + ((max[1] - min[1]) >> shift),
            (false, true) => middle,
            (false, false) => middle - 1,
        };
        let last = match special {
            BLANK => largest + 1,
            FAILED => largest + 2,
            _ => largest,
        };
        Self { zero, min, middle, shift, blank: largest + 1, last }
    }
    fn width(&self) -> u32 {
        64 - self.last.leading_zeros()
    }
    fn code(&self, value: u64) -> u64 {
        if value >= BLANK {
            self.blank + (value - BLANK)
        } else if value < self.zero {
            (value - self.min[0]) >> self.shift
        } else if value > self.zero {
            self.middle + 1 + ((value - self.min[1]) >> self.shift)
        } else {
            self.middle
        }
    }
}
