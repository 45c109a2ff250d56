//! One key of a sort: how two cells stand, and integers whose order is that of cells.

use std::{cmp::Ordering, sync::Arc};

use skein_types::GroupId;

use crate::{
    RowIx, Viewer,
    chunk::{CHUNK, Codes, Fixed, Texts},
    collate,
    column::{Cell, Column, Shape, split},
    compile::{Needs, reads_text},
    formula::{
        Datum, Type,
        coerce::{self, Cx},
    },
    shown::Scope,
    sort::Order,
};

/// One key made ready.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) at: usize,
    descending: bool,
    pub(crate) by: By,
}

/// By what of its cells a column is sorted.
#[derive(Clone, Debug)]
pub(crate) enum By {
    Text,
    /// Numbers and dates.
    Plain,
    /// Not ticked is a value of its own, not a blank.
    Tick,
    /// The place of the choice in display order, or of the person by name, by code; of lists of the first
    /// item, then their length.
    Places(Vec<u32>),
    /// The primary field of the first record linked.
    Record(Box<Key>),
    /// What can only be compared.
    Other,
}

/// Nothing: after all values in both directions.
pub(crate) const BLANK: u64 = u64::MAX - 1;
/// An error: after blanks.
pub(crate) const FAILED: u64 = u64::MAX;
/// Bits of the length of a list; longer ones are of equal length.
const LENGTH: u32 = 20;
/// A link to records sorted by a link to records is followed so far.
const DEEP: usize = 3;

impl Key {
    pub(crate) fn new(scope: Scope<'_>, at: usize, descending: bool, needs: &mut Needs) -> Self {
        reads_text(scope, at, needs);
        Self { at, descending, by: By::of(scope, at, DEEP) }
    }

    /// Whether cells become integers one by one.
    pub(crate) fn has_words(&self) -> bool {
        !matches!(self.by, By::Record(_) | By::Other)
    }
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.by, By::Text)
    }

    /// Compares cells, each in its snapshot; `other` is this key in the snapshot of `b`.
    pub(crate) fn compare(&self, a: (Scope<'_>, RowIx), other: &Self, b: (Scope<'_>, RowIx)) -> Ordering {
        let turn = |order: Ordering| self.turned(order);
        let (left, right) = (a.0.table.cell(a.1, self.at), b.0.table.cell(b.1, other.at));
        match (&self.by, &other.by) {
            (By::Text, By::Text) => match (left, right) {
                (Cell::Text(a), Cell::Text(b)) => turn(collate::compare(a, b)),
                _ => class(left).cmp(&class(right)),
            },
            (By::Record(key), By::Record(other_key)) => {
                let (a, b) = (first_linked(a.0, self.at, left), first_linked(b.0, other.at, right));
                // A record without a title stands with what links to none.
                let of = |cell, first: Option<_>, key: &Self| match cell {
                    Cell::Error(_) => 2,
                    _ => first.map_or(1, |first| key.is_blank(first)),
                };
                let (left, right) = (of(left, a, key), of(right, b, other_key));
                match (a, b) {
                    (Some(a), Some(b)) if left == 0 && right == 0 => turn(key.compare(a, other_key, b)),
                    _ => left.cmp(&right),
                }
            }
            (By::Other, By::Other) => {
                let order = class(left).cmp(&class(right));
                if order.is_ne() || class(left) > 0 {
                    return order;
                }
                let (left, right) = (value_of(a.0, a.1, self.at), value_of(b.0, b.1, other.at));
                turn(compare_values(a.0, self.at, &left, &right))
            }
            _ => self.word(left).cmp(&other.word(right)),
        }
    }

    pub(crate) fn turned(&self, ascending: Ordering) -> Ordering {
        if self.descending { ascending.reverse() } else { ascending }
    }

    /// Whether there is nothing to sort by, or an error.
    fn is_blank(&self, (scope, row): (Scope<'_>, RowIx)) -> u8 {
        class(scope.table.cell(row, self.at))
    }

    fn place(&self, code: u32) -> u64 {
        let By::Places(places) = &self.by else { return 0 };
        u64::from(places.get(code as usize).copied().unwrap_or(u32::MAX))
    }

    pub(crate) fn turn(&self, ascending: u64) -> u64 {
        // Never a blank or an error: those are last in both directions.
        if self.descending { (!ascending).saturating_sub(2) } else { ascending }
    }

    pub(crate) fn descending(&self) -> bool {
        self.descending
    }

    /// The chunks of a column of numbers none of which is an error.
    pub(crate) fn numbers<'a>(&self, scope: Scope<'a>) -> Option<&'a [Arc<Fixed<f64>>]> {
        match (scope.table.column(self.at), &self.by) {
            (Column::Number(chunks), By::Plain) if scope.table.errors(self.at).is_empty() => Some(chunks),
            _ => None,
        }
    }

    /// The chunks of a column of choices none of which is an error, and the word of each code they store, then
    /// that of any other.
    pub(crate) fn choices<'a>(&self, scope: Scope<'a>) -> Option<(&'a [Arc<Codes>], Vec<u64>)> {
        match (scope.table.column(self.at), &self.by) {
            (Column::Select(chunks), By::Places(places)) if scope.table.errors(self.at).is_empty() => {
                Some((chunks, self.place_words(places)))
            }
            _ => None,
        }
    }

    /// By code plus one, as columns hold them; 0 is null. The last is that of codes without a place.
    fn place_words(&self, places: &[u32]) -> Vec<u64> {
        let known = places.iter().map(|&place| self.turn(place.into()));
        std::iter::once(BLANK).chain(known).chain([self.turn(u64::from(u32::MAX))]).collect()
    }

    /// Whether the words of some rows are found without looking at others.
    pub(crate) fn is_quick(&self, scope: Scope<'_>) -> bool {
        matches!(scope.table.column(self.at), Column::Number(_) | Column::Date(_) | Column::Checkbox(_))
            && self.has_words()
    }

    /// The word of zero, of a key that sorts numbers.
    pub(crate) fn zero(&self, scope: Scope<'_>) -> Option<u64> {
        let numbers = matches!(scope.table.column(self.at), Column::Number(_)) && self.has_words();
        numbers.then(|| self.word(Cell::Number(0.0)))
    }

    /// An integer whose order is the order of cells, of keys that have words; equal for all texts.
    pub(crate) fn word(&self, cell: Cell<'_>) -> u64 {
        self.turn(match cell {
            Cell::Null if matches!(self.by, By::Tick) => 0,
            Cell::Null => return BLANK,
            Cell::Error(_) => return FAILED,
            Cell::Number(number) => bits_of(number),
            Cell::Date(date) => date as u64 ^ 1 << 63,
            Cell::Code(code) => self.place(code),
            Cell::Codes(codes) => match codes.first() {
                Some(&code) => self.place(code) << LENGTH | (codes.len() as u64).min((1 << LENGTH) - 1),
                None => return BLANK,
            },
            Cell::Bool(yes) => u64::from(yes),
            Cell::Text(_) | Cell::Object(_) | Cell::Datum(_) => 0,
        })
    }

    /// As [`Key::word`] of a row; of a text, the start of its collation key.
    pub(crate) fn value(&self, scope: Scope<'_>, row: RowIx) -> u64 {
        if scope.table.errors(self.at).get(row).is_some() {
            return FAILED;
        }
        match scope.table.column(self.at) {
            Column::Text(chunks) => self.start_of(sort_key(chunks, row), 0),
            column => self.word(column.get(row)),
        }
    }

    /// Of a text, what follows so many bytes of its collation key.
    pub(crate) fn rest(&self, scope: Scope<'_>, row: RowIx, skip: usize) -> u64 {
        match scope.table.column(self.at) {
            _ if scope.table.errors(self.at).get(row).is_some() => FAILED,
            Column::Text(chunks) => self.start_of(sort_key(chunks, row), skip),
            _ => BLANK,
        }
    }

    pub(crate) fn start_of(&self, key: &[u8], skip: usize) -> u64 {
        if key.is_empty() {
            return BLANK;
        }
        let mut start = [0; 8];
        let rest = key.get(skip..).unwrap_or(&[]);
        let len = rest.len().min(8);
        start[..len].copy_from_slice(&rest[..len]);
        // Never a blank or an error.
        self.turn(u64::from_be_bytes(start).min(BLANK - 1))
    }

    /// Compares rows of one snapshot, texts by their kept collation keys.
    pub(crate) fn within(&self, scope: Scope<'_>, a: RowIx, b: RowIx) -> Ordering {
        match scope.table.column(self.at) {
            Column::Text(chunks) => {
                let (left, right) = (sort_key(chunks, a), sort_key(chunks, b));
                match (left.is_empty(), right.is_empty()) {
                    (false, false) if self.descending => right.cmp(left),
                    (false, false) => left.cmp(right),
                    _ => self.is_blank((scope, a)).cmp(&self.is_blank((scope, b))),
                }
            }
            _ if self.has_words() => {
                self.word(scope.table.cell(a, self.at)).cmp(&self.word(scope.table.cell(b, self.at)))
            }
            _ => self.compare((scope, a), self, (scope, b)),
        }
    }

    /// The cells of a chunk by 64, where whole blocks of them can be told to be out.
    pub(crate) fn blocks<'a>(&self, column: &'a Column, chunk: usize) -> Blocks<'a> {
        match column {
            Column::Number(chunks) => {
                chunks.get(chunk).map_or(Blocks::Unknown, |cells| Blocks::Numbers(cells.values.as_chunks().0))
            }
            Column::Date(chunks) if self.descending => {
                chunks.get(chunk).map_or(Blocks::Unknown, |cells| Blocks::Dates(cells.values.as_chunks().0))
            }
            _ => Blocks::Unknown,
        }
    }

    /// Whether none of 64 rows can stand before or with the limit; false when that is not cheap to tell.
    #[inline]
    pub(crate) fn beaten(&self, blocks: Blocks<'_>, at: usize, limit: u64) -> bool {
        if limit >= BLANK {
            return false;
        }
        let bound = if self.descending { !(limit + 2) } else { limit };
        match blocks {
            Blocks::Numbers(blocks) if self.descending => blocks
                .get(at)
                .is_some_and(|values| none(values, number_of(bound), |value, bound| value >= bound)),
            Blocks::Numbers(blocks) => blocks
                .get(at)
                .is_some_and(|values| none(values, number_of(bound), |value, bound| value <= bound)),
            Blocks::Dates(blocks) => blocks
                .get(at)
                .is_some_and(|values| none(values, (bound ^ 1 << 63) as i64, |value, bound| value >= bound)),
            Blocks::Unknown => false,
        }
    }

    /// An integer per row whose order is the key's: of texts, what follows the start all their collation
    /// keys share; of what can only be compared, its rank.
    pub(crate) fn values(&self, scope: Scope<'_>, rows: &[RowIx]) -> Vec<u64> {
        let mut values = match &self.by {
            By::Record(key) => self.record_ranks(scope, key, rows),
            By::Other => self.ranks(scope, rows),
            _ => self.words(scope.table.column(self.at), rows),
        };
        let errors = scope.table.errors(self.at);
        if !errors.is_empty() {
            for (value, &row) in values.iter_mut().zip(rows) {
                if errors.get(row).is_some() {
                    *value = FAILED;
                }
            }
        }
        values
    }

    fn words(&self, column: &Column, rows: &[RowIx]) -> Vec<u64> {
        let blank = self.word(Cell::Null);
        match column {
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
            Column::Select(chunks) => {
                let By::Places(places) = &self.by else { return vec![blank; rows.len()] };
                let words = self.place_words(places);
                gather(chunks, rows, blank, |chunk: &Codes, at| words[chunk.stored(at).min(words.len() - 1)])
            }
            Column::Checkbox(chunks) => {
                gather(chunks, rows, blank, |chunk, at| self.turn(u64::from(chunk.get(at))))
            }
            column @ (Column::Multi(_) | Column::Object(_) | Column::Data(_)) => {
                rows.iter().map(|&row| self.word(column.get(row))).collect()
            }
        }
    }

    /// Ranks of the first records linked, each of which is looked at once.
    fn record_ranks(&self, scope: Scope<'_>, key: &Self, rows: &[RowIx]) -> Vec<u64> {
        let first = |row: &RowIx| first_linked(scope, self.at, scope.table.cell(*row, self.at));
        let firsts: Vec<Option<RowIx>> = rows.iter().map(|row| first(row).map(|(_, row)| row)).collect();
        let Some(target) = scope.target(self.at) else { return vec![BLANK; rows.len()] };
        let mut named: Vec<RowIx> = firsts.iter().flatten().copied().collect();
        named.sort_unstable();
        named.dedup();
        Order::one(key.clone()).sort(target, &mut named, None);
        let mut ranks = vec![BLANK; target.table.row_count()];
        let mut rank = 0;
        for (place, &row) in named.iter().enumerate() {
            let before = place.checked_sub(1).map(|place| named[place]);
            if before.is_some_and(|before| key.within(target, before, row).is_ne()) {
                rank += 1;
            }
            ranks[row as usize] = match key.is_blank((target, row)) {
                0 => self.turn(rank),
                1 => BLANK,
                _ => FAILED,
            };
        }
        firsts.iter().map(|row| row.map_or(BLANK, |row| ranks[row as usize])).collect()
    }

    /// Ranks of cells that can only be compared.
    fn ranks(&self, scope: Scope<'_>, rows: &[RowIx]) -> Vec<u64> {
        let mut values: Vec<(Datum, usize)> = Vec::new();
        let mut ranks = vec![BLANK; rows.len()];
        for (place, &row) in rows.iter().enumerate() {
            if class(scope.table.cell(row, self.at)) == 0 {
                values.push((value_of(scope, row, self.at), place));
            }
        }
        values.sort_by(|(a, _), (b, _)| compare_values(scope, self.at, a, b));
        let mut rank = 0;
        for (at, (value, place)) in values.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| &values[at].0);
            if before.is_some_and(|before| compare_values(scope, self.at, before, value).is_ne()) {
                rank += 1;
            }
            ranks[*place] = self.turn(rank);
        }
        ranks
    }
}

impl By {
    fn of(scope: Scope<'_>, at: usize, depth: usize) -> Self {
        match scope.table.schema.shapes[at] {
            Shape::Text => Self::Text,
            Shape::Number | Shape::Date { .. } => Self::Plain,
            Shape::Checkbox => Self::Tick,
            Shape::Select | Shape::Multi => {
                let list = scope.table.schema.choices[at].list();
                let mut places = vec![0; list.iter().map(|one| one.code as usize + 1).max().unwrap_or(0)];
                for (place, choice) in list.iter().enumerate() {
                    places[choice.code as usize] = place as u32;
                }
                Self::Places(places)
            }
            shape @ (Shape::Members | Shape::Groups) => Self::Places(name_places(scope, shape)),
            Shape::Links => match scope.target(at) {
                Some(target) if depth > 0 => {
                    let by = Self::of(target, 0, depth - 1);
                    Self::Record(Box::new(Key { at: 0, descending: false, by }))
                }
                _ => Self::Plain,
            },
            Shape::Files | Shape::Place | Shape::Data => Self::Other,
        }
    }
}

/// By code, the rank of each person or group by name.
fn name_places(scope: Scope<'_>, shape: Shape) -> Vec<u32> {
    let people = &scope.base.env.people;
    let table = scope.table;
    let name = |code: u32| match shape {
        Shape::Members => people.member(table.member(code)),
        _ => people.group(GroupId::from_bits(table.dict().id(code))),
    };
    let mut named: Vec<(Arc<str>, u32)> =
        (0..table.dict().len() as u32).map(|code| (name(code), code)).collect();
    named.sort_by(|(a, _), (b, _)| collate::compare(a, b));
    let mut places = vec![0; named.len()];
    let mut place = 0;
    for (at, (name, code)) in named.iter().enumerate() {
        if at > 0 && collate::compare(&named[at - 1].0, name).is_ne() {
            place += 1;
        }
        places[*code as usize] = place;
    }
    places
}

/// Values, nothing, errors.
pub(crate) fn class(cell: Cell<'_>) -> u8 {
    match cell {
        Cell::Null => 1,
        Cell::Error(_) => 2,
        Cell::Datum(datum) if coerce::is_blank(datum) => 1,
        _ => 0,
    }
}

/// The first record linked that lives.
pub(crate) fn first_linked<'a>(scope: Scope<'a>, at: usize, cell: Cell<'_>) -> Option<(Scope<'a>, RowIx)> {
    let Cell::Codes(codes) = cell else { return None };
    let target = scope.target(at)?;
    let row = codes.iter().copied().find(|&row| target.table.is_live(row))?;
    Some((target, row))
}

/// What of a cell is compared.
fn value_of(scope: Scope<'_>, row: RowIx, at: usize) -> Datum {
    match scope.table.cell(row, at) {
        Cell::Object(_) => Datum::Text(scope.text(row, at, &Viewer::default()).into()),
        _ => scope.table.datum_at(row, at),
    }
}

fn compare_values(scope: Scope<'_>, at: usize, a: &Datum, b: &Datum) -> Ordering {
    let of: Type = scope.table.schema.types[at];
    coerce::compare(a, b, &Cx::new(&scope.base.env, &(), of))
}

/// Cells of a chunk by 64.
#[derive(Clone, Copy)]
pub(crate) enum Blocks<'a> {
    Numbers(&'a [[f64; 64]]),
    Dates(&'a [[i64; 64]]),
    /// Each cell has to be looked at.
    Unknown,
}

/// Whether no value of the block comes before or with the bound. Without branches the loop runs on vectors.
#[inline]
fn none<T: Copy>(block: &[T; 64], bound: T, within: impl Fn(T, T) -> bool) -> bool {
    !block.iter().fold(false, |any, value| any | within(*value, bound))
}

/// The collation key of a text; empty for null.
pub(crate) fn sort_key(chunks: &[Arc<Texts>], row: RowIx) -> &[u8] {
    let (at, place) = split(row);
    chunks.get(at).map_or(&[], |chunk| chunk.keys().get(place))
}

/// Visits rows, looking each chunk up once for neighbours.
pub(crate) fn gather<T, V: Clone>(
    chunks: &[Arc<T>],
    rows: &[RowIx],
    blank: V,
    value: impl Fn(&T, usize) -> V,
) -> Vec<V> {
    let mut values = Vec::with_capacity(rows.len());
    let here = |row: &RowIx| *row as usize / CHUNK;
    for near in rows.chunk_by(|a, b| here(a) == here(b)) {
        match chunks.get(here(&near[0])) {
            Some(chunk) => values.extend(near.iter().map(|&row| value(chunk, row as usize % CHUNK))),
            None => values.resize(values.len() + near.len(), blank.clone()),
        }
    }
    values
}

/// Bits of a finite number that sort as the number does.
pub(crate) fn bits_of(number: f64) -> u64 {
    let bits = number.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// The inverse of [`bits_of`].
pub(crate) fn number_of(bits: u64) -> f64 {
    f64::from_bits(if bits >> 63 == 1 { bits & !(1 << 63) } else { !bits })
}
