//! Sorting rows: each key becomes an integer whose order is the key's, several are packed into one word,
//! and only what the word cannot tell is compared cell by cell. Blanks are last in both directions, ties
//! go by record id.

use std::{cmp::Ordering, sync::Arc};

use crate::{
    FieldKind, QueryError, RowIx, SortKey, Table, TableDef,
    chunk::{CHUNK, Texts},
    collate,
    column::{Cell, Column, split},
    program::Program,
    radix,
};

/// One key made ready.
#[derive(Clone, Debug)]
struct Key {
    at: usize,
    descending: bool,
    /// Not ticked is a value of its own, not a blank.
    checkbox: bool,
    text: bool,
    /// Place in display order by code, of select and multi-select fields.
    places: Vec<u32>,
}

/// The keys of a sort made ready.
#[derive(Clone, Debug)]
pub(crate) struct Order(Vec<Key>);

const BLANK: u64 = u64::MAX;
/// Below this many rows, comparing is faster than packing.
const FEW: usize = 48;

impl Order {
    pub(crate) fn compile(def: &TableDef, keys: &[SortKey]) -> Result<Self, QueryError> {
        let key = |(place, key): (usize, &SortKey)| {
            let at = def.fields.iter().position(|field| field.id == key.field).ok_or_else(|| {
                QueryError::new(format!("sort[{place}].field"), format!("there is no field {}", key.field))
            })?;
            let kind = &def.fields[at].kind;
            let choices = kind.choices();
            let mut places =
                vec![0; choices.iter().map(|choice| choice.code as usize + 1).max().unwrap_or(0)];
            for (place, choice) in choices.iter().enumerate() {
                places[choice.code as usize] = place as u32;
            }
            let checkbox = matches!(kind, FieldKind::Checkbox);
            let text = matches!(kind, FieldKind::Text { .. });
            Ok(Key { at, descending: key.descending, checkbox, text, places })
        };
        keys.iter().enumerate().map(key).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares two rows, each in its snapshot.
    pub(crate) fn compare(&self, a: (&Table, RowIx), b: (&Table, RowIx)) -> Ordering {
        self.compare_with(a, self, b)
    }

    /// As [`Order::compare`] where the keys stand elsewhere in the table of `b`: fields were moved.
    pub(crate) fn compare_with(&self, a: (&Table, RowIx), keys: &Self, b: (&Table, RowIx)) -> Ordering {
        for (key, other) in self.0.iter().zip(&keys.0) {
            let order = key.compare(a.0.cell(a.1, key.at), b.0.cell(b.1, other.at));
            if order.is_ne() {
                return order;
            }
        }
        a.0.record_id(a.1).cmp(&b.0.record_id(b.1))
    }

    /// Sorts rows that stand in the order of record ids.
    pub(crate) fn sort(&self, table: &Table, rows: &mut [RowIx]) {
        if self.is_empty() || rows.len() < 2 {
            return;
        }
        if rows.len() < FEW {
            rows.sort_unstable_by(|&a, &b| self.compare((table, a), (table, b)));
            return;
        }
        let (words, told) = self.pack(table, rows);
        let mut items: Vec<(u64, u32)> = words.into_iter().zip(0..).collect();
        radix::sort(&mut items);
        if told < self.0.len() {
            let ties = Ties { table, rows, keys: &self.0[told..] };
            ties.sort(&mut items, 0);
        }
        let sorted: Vec<RowIx> = items.iter().map(|item| rows[item.1 as usize]).collect();
        rows.copy_from_slice(&sorted);
    }

    /// A word per row that tells the order as far as it fits, and how many keys it tells in full.
    fn pack(&self, table: &Table, rows: &[RowIx]) -> (Vec<u64>, usize) {
        let mut words = vec![0u64; rows.len()];
        let mut free = 64u32;
        for (place, key) in self.0.iter().enumerate() {
            let values = key.values(table, rows);
            let codes = Codes::of(&values);
            let width = codes.width();
            let dropped = width.saturating_sub(free);
            for (word, value) in words.iter_mut().zip(&values) {
                // A width of 64 fills an empty word, for which shifting by 64 is out of range.
                let high = word.checked_shl(width - dropped).unwrap_or(0);
                *word = high | codes.code(*value) >> dropped;
            }
            if dropped > 0 || key.text {
                return (words, place);
            }
            free -= width;
            if free == 0 {
                return (words, place + 1);
            }
        }
        (words, self.0.len())
    }

    /// The first `wanted` rows that a filter keeps, sorted.
    pub(crate) fn top(&self, table: &Table, program: &Program, wanted: usize) -> Vec<RowIx> {
        let Some(key) = self.0.first().filter(|_| wanted > 0) else { return Vec::new() };
        let mut best = Best { order: self, table, wanted, found: Vec::new(), limit: BLANK };
        for chunk in 0..table.chunk_count() {
            let first = (chunk * CHUNK) as RowIx;
            let mask = program.mask(table, chunk);
            let column = table.column(key.at);
            for (at, word) in mask.iter().enumerate().filter(|(_, word)| **word != 0) {
                if !key.beaten(column, chunk, at, best.limit) {
                    bits(*word, |bit| {
                        let row = first + (at * 64) as RowIx + bit;
                        best.offer(key.value(column, row), row);
                    });
                }
            }
        }
        best.finish()
    }
}

/// Items whose words are equal so far.
struct Ties<'a> {
    table: &'a Table,
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
        let Column::Text(chunks) = self.table.column(self.keys[0].at) else { return false };
        let filled = |item: &(u64, u32)| !sort_key(chunks, self.rows[item.1 as usize]).is_empty();
        run[0].0 == self.keys[0].turn(0) || !run.iter().any(filled)
    }

    /// Sorts each run of equal words; of texts, by the eight bytes of their keys that follow `depth`, and
    /// so on.
    fn sort(&self, items: &mut [(u64, u32)], depth: usize) {
        for run in items.chunk_by_mut(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
            let ended = depth > 0 && self.ended(run);
            match self.table.column(self.keys[0].at) {
                _ if ended && self.keys.len() == 1 => {}
                Column::Text(chunks) if !ended && run.len() >= FEW && depth < Self::DEEP => {
                    for item in run.iter_mut() {
                        item.0 = self.keys[0].start_of(sort_key(chunks, self.rows[item.1 as usize]), depth);
                    }
                    run.sort_unstable();
                    self.sort(run, depth + 8);
                }
                _ => run.sort_unstable_by(|a, b| {
                    let (left, right) = (self.rows[a.1 as usize], self.rows[b.1 as usize]);
                    within(self.table, self.keys, left, right).then(a.1.cmp(&b.1))
                }),
            }
        }
    }
}

/// Whether no value of the block comes before or with the bound.
#[expect(clippy::needless_bitwise_bool, reason = "without branches the loop runs on vectors")]
fn none_within<T: Copy + PartialOrd>(block: &[T; 64], bound: T, descending: bool) -> bool {
    let any = if descending {
        block.iter().fold(false, |any, value| any | (*value >= bound))
    } else {
        block.iter().fold(false, |any, value| any | (*value <= bound))
    };
    !any
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
    table: &'a Table,
    wanted: usize,
    found: Vec<(u64, RowIx)>,
    /// Rows whose first key is greater are out.
    limit: u64,
}

impl Best<'_> {
    fn offer(&mut self, value: u64, row: RowIx) {
        if value > self.limit {
            return;
        }
        self.found.push((value, row));
        if self.found.len() >= self.wanted.saturating_mul(2).max(512) {
            self.drop_worse();
        }
    }

    fn drop_worse(&mut self) {
        let (order, table) = (self.order, self.table);
        let last = self.wanted - 1;
        let (_, worst, _) = self.found.select_nth_unstable_by(last, |a, b| by_word(order, table, a, b));
        self.limit = worst.0;
        self.found.truncate(self.wanted);
    }

    fn finish(mut self) -> Vec<RowIx> {
        let (order, table) = (self.order, self.table);
        self.found.sort_unstable_by(|a, b| by_word(order, table, a, b));
        self.found.truncate(self.wanted);
        self.found.into_iter().map(|(_, row)| row).collect()
    }
}

fn by_word(order: &Order, table: &Table, a: &(u64, RowIx), b: &(u64, RowIx)) -> Ordering {
    a.0.cmp(&b.0).then_with(|| {
        within(table, &order.0, a.1, b.1).then_with(|| table.record_id(a.1).cmp(&table.record_id(b.1)))
    })
}

/// Compares rows of one snapshot by some keys, texts by their kept collation keys.
fn within(table: &Table, keys: &[Key], a: RowIx, b: RowIx) -> Ordering {
    for key in keys {
        let order = match table.column(key.at) {
            Column::Text(chunks) => {
                let (left, right) = (sort_key(chunks, a), sort_key(chunks, b));
                match (left.is_empty(), right.is_empty()) {
                    (false, false) if key.descending => right.cmp(left),
                    (false, false) => left.cmp(right),
                    (left, right) => left.cmp(&right),
                }
            }
            column => key.number(column.get(a)).cmp(&key.number(column.get(b))),
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// The collation key of a text; empty for null.
fn sort_key(chunks: &[Arc<Texts>], row: RowIx) -> &[u8] {
    let (at, place) = split(row);
    chunks.get(at).map_or(&[], |chunk| chunk.keys().get(place))
}

impl Key {
    fn compare(&self, a: Cell<'_>, b: Cell<'_>) -> Ordering {
        if let (Cell::Text(a), Cell::Text(b)) = (a, b) {
            let order = collate::compare(a, b);
            return if self.descending { order.reverse() } else { order };
        }
        self.number(a).cmp(&self.number(b))
    }

    /// Whether none of 64 rows can stand before or with the limit; false when that is not cheap to tell.
    fn beaten(&self, column: &Column, chunk: usize, block: usize, limit: u64) -> bool {
        if limit == BLANK {
            return false;
        }
        let bound = if self.descending { !(limit + 1) } else { limit };
        match column {
            Column::Number(chunks) => chunks
                .get(chunk)
                .and_then(|cells| cells.values.as_chunks::<64>().0.get(block))
                .is_some_and(|values| none_within(values, number_of(bound), self.descending)),
            Column::Date(chunks) if self.descending => chunks
                .get(chunk)
                .and_then(|cells| cells.values.as_chunks::<64>().0.get(block))
                .is_some_and(|values| none_within(values, (bound ^ 1 << 63) as i64, true)),
            _ => false,
        }
    }

    fn place(&self, code: u32) -> u64 {
        u64::from(self.places.get(code as usize).copied().unwrap_or(u32::MAX))
    }

    fn turn(&self, ascending: u64) -> u64 {
        // Never the blank: that one is last in both directions.
        if self.descending { (!ascending).saturating_sub(1) } else { ascending }
    }

    /// An integer whose order is the order of cells; equal for all texts.
    fn number(&self, cell: Cell<'_>) -> u64 {
        self.turn(match cell {
            Cell::Null if self.checkbox => 0,
            Cell::Null => return BLANK,
            Cell::Text(_) => 0,
            Cell::Number(number) => bits_of(number),
            Cell::Date(date) => date as u64 ^ 1 << 63,
            Cell::Code(code) => self.place(code),
            Cell::Codes(codes) => match codes.first() {
                Some(&code) => self.place(code),
                None => return BLANK,
            },
            Cell::Bool(yes) => u64::from(yes),
            Cell::Object(_) | Cell::Datum(_) | Cell::Error(_) => 0,
        })
    }

    /// As [`Key::number`]; of a text, the start of its collation key.
    fn value(&self, column: &Column, row: RowIx) -> u64 {
        match column {
            Column::Text(chunks) => self.start_of(sort_key(chunks, row), 0),
            column => self.number(column.get(row)),
        }
    }

    fn start_of(&self, key: &[u8], skip: usize) -> u64 {
        if key.is_empty() {
            return BLANK;
        }
        let mut start = [0; 8];
        let rest = key.get(skip..).unwrap_or(&[]);
        let len = rest.len().min(8);
        start[..len].copy_from_slice(&rest[..len]);
        self.turn(u64::from_be_bytes(start))
    }

    /// [`Key::value`] of each row; of texts, what follows the start all their keys share.
    fn values(&self, table: &Table, rows: &[RowIx]) -> Vec<u64> {
        let blank = self.number(Cell::Null);
        match table.column(self.at) {
            Column::Text(chunks) => {
                let mut shared: Option<&[u8]> = None;
                for key in rows.iter().map(|&row| sort_key(chunks, row)).filter(|key| !key.is_empty()) {
                    let so_far = shared.unwrap_or(key);
                    let same = so_far.iter().zip(key).take_while(|(a, b)| a == b).count();
                    shared = Some(&so_far[..same]);
                }
                let skip = shared.map_or(0, <[u8]>::len);
                rows.iter().map(|&row| self.start_of(sort_key(chunks, row), skip)).collect()
            }
            Column::Number(chunks) => gather(chunks, rows, blank, |chunk, at| {
                if chunk.valid.get(at) { self.turn(bits_of(chunk.values[at])) } else { BLANK }
            }),
            Column::Date(chunks) => gather(chunks, rows, blank, |chunk, at| {
                if chunk.valid.get(at) { self.turn(chunk.values[at] as u64 ^ 1 << 63) } else { BLANK }
            }),
            Column::Select(chunks) => gather(chunks, rows, blank, |chunk, at| {
                chunk.get(at).map_or(BLANK, |code| self.turn(self.place(code)))
            }),
            Column::Multi(chunks) => gather(chunks, rows, blank, |chunk, at| {
                let first = chunk.get(at).and_then(|codes| codes.first());
                first.map_or(BLANK, |&code| self.turn(self.place(code)))
            }),
            Column::Checkbox(chunks) => {
                gather(chunks, rows, blank, |chunk, at| self.turn(u64::from(chunk.get(at))))
            }
            column @ (Column::Object(_) | Column::Data(_)) => {
                rows.iter().map(|&row| self.number(column.get(row))).collect()
            }
        }
    }
}

/// Visits rows, looking each chunk up once for neighbours.
fn gather<T>(chunks: &[Arc<T>], rows: &[RowIx], blank: u64, value: impl Fn(&T, usize) -> u64) -> Vec<u64> {
    let mut values = Vec::with_capacity(rows.len());
    let here = |row: &RowIx| *row as usize / CHUNK;
    for near in rows.chunk_by(|a, b| here(a) == here(b)) {
        match chunks.get(here(&near[0])) {
            Some(chunk) => values.extend(near.iter().map(|&row| value(chunk, row as usize % CHUNK))),
            None => values.resize(values.len() + near.len(), blank),
        }
    }
    values
}

/// Bits of a finite number that sort as the number does.
fn bits_of(number: f64) -> u64 {
    let bits = number.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// The inverse of [`bits_of`].
fn number_of(bits: u64) -> f64 {
    f64::from_bits(if bits >> 63 == 1 { bits & !(1 << 63) } else { !bits })
}

/// Maps values onto as few bits as keep their order.
struct Codes {
    min: u64,
    shift: u32,
    blank: u64,
    last: u64,
}

impl Codes {
    fn of(values: &[u64]) -> Self {
        let (mut min, mut max, mut blanks) = (u64::MAX, 0, false);
        for &value in values {
            let filled = value != BLANK;
            blanks |= !filled;
            min = min.min(value);
            max = max.max(if filled { value } else { 0 });
        }
        if min > max {
            return Self { min: 0, shift: 0, blank: 0, last: 0 };
        }
        let used = values.iter().fold(0, |used, &value| used | if value == BLANK { 0 } else { value - min });
        let shift = if used == 0 { 0 } else { used.trailing_zeros() };
        let largest = (max - min) >> shift;
        let blank = largest.saturating_add(1);
        Self { min, shift, blank, last: if blanks { blank } else { largest } }
    }
    fn width(&self) -> u32 {
        64 - self.last.leading_zeros()
    }
    fn code(&self, value: u64) -> u64 {
        if value == BLANK { self.blank } else { (value - self.min) >> self.shift }
    }
}
