//! Sorting rows: their keys are packed into one word, and only what the word cannot tell is compared cell by
//! cell. Blanks are last in both directions, ties go by record id.

use std::cmp::Ordering;

use crate::{
    QueryError, RowIx, SortKey,
    chunk::CHUNK,
    column::Column,
    compile::{Mode, Needs},
    packing::Packing,
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
        let packing = Packing::new(&self.0, scope, rows, ranks);
        let ties = &self.0[packing.told..];
        let sorted = Entries::of(&packing, rows).sort(scope, rows, ties);
        rows.copy_from_slice(&sorted);
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

/// Rows as integers, the words of their keys above what tells which row it is.
struct Entries {
    items: Vec<u64>,
    width: u32,
    /// Bits that tell the row.
    low: u32,
    /// They are the row itself, not its place among the rows.
    direct: bool,
    /// The words by place, when they are longer than there is room above.
    words: Vec<u64>,
}

impl Entries {
    fn of(packing: &Packing<'_>, rows: &[RowIx]) -> Self {
        let bits = |largest: usize| usize::BITS - largest.leading_zeros();
        let (width, count) = (packing.width, rows.len());
        let by_row = rows.last().map_or(0, |&row| bits(row as usize));
        let direct = width + by_row <= 64 && rows.is_sorted();
        let low = if direct { by_row } else { bits(count - 1) };
        let dropped = (width + low).saturating_sub(64);
        let mut words = Vec::with_capacity(if dropped > 0 { count } else { 0 });
        let mut items = Vec::with_capacity(count);
        packing.words(|place, word| {
            if dropped > 0 {
                words.push(word);
            }
            items.push(word >> dropped << low | if direct { rows[place].into() } else { place as u64 });
        });
        Self { items, width: width - dropped, low, direct, words }
    }

    fn tag(&self, item: u64) -> u32 {
        (item & ((1 << self.low) - 1)) as u32
    }
    fn word(&self, item: u64) -> u64 {
        if self.words.is_empty() { item >> self.low } else { self.words[self.tag(item) as usize] }
    }

    /// The rows in the order of words, those of equal words in that of further keys.
    fn sort(mut self, scope: Scope<'_>, rows: &[RowIx], keys: &[Key]) -> Vec<RowIx> {
        let mut items = std::mem::take(&mut self.items);
        radix::sort(&mut items, self.width + self.low, self.low);
        if !self.words.is_empty() {
            let same = |a: &u64, b: &u64| a >> self.low == b >> self.low;
            for run in items.chunk_by_mut(same).filter(|run| run.len() > 1) {
                run.sort_unstable_by_key(|&item| (self.word(item), item));
            }
        }
        let rows = (!self.direct).then_some(rows);
        if keys.is_empty() {
            return items.into_iter().map(|item| row_of(rows, self.tag(item))).collect();
        }
        let mut items: Vec<(u64, u32)> =
            items.into_iter().map(|item| (self.word(item), self.tag(item))).collect();
        Ties { scope, rows, keys }.sort(&mut items, 0);
        items.into_iter().map(|item| row_of(rows, item.1)).collect()
    }
}

/// The row of a tag, which is the row itself or its place among rows.
fn row_of(rows: Option<&[RowIx]>, tag: u32) -> RowIx {
    rows.map_or(tag, |rows| rows[tag as usize])
}

/// Items whose words are equal so far.
struct Ties<'a> {
    scope: Scope<'a>,
    rows: Option<&'a [RowIx]>,
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
                        item.0 = self.keys[0].rest(self.scope, row_of(self.rows, item.1), depth);
                    }
                    run.sort_unstable();
                    self.sort(run, depth + 8);
                }
                _ => run.sort_unstable_by(|a, b| {
                    let (left, right) = (row_of(self.rows, a.1), row_of(self.rows, b.1));
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
