//! The keys of rows packed into one integer per row: each key becomes a code on as few bits as keep its order. It is
//! done by chunks, so that nothing is as long as the table but the integers that are sorted.

use std::{ops::Range, sync::Arc};

use crate::{
    RowIx,
    chunk::{self, CHUNK, Fixed},
    shown::Scope,
    sort_key::{BLANK, FAILED, Key, gather},
};

/// How rows become words.
pub(crate) struct Packing<'a> {
    scope: Scope<'a>,
    rows: &'a [RowIx],
    /// What rows are sorted by first.
    ranks: Option<&'a [u32]>,
    parts: Vec<Part<'a>>,
    /// How many low bits of a word are used.
    pub(crate) width: u32,
    /// How many keys words tell in full.
    pub(crate) told: usize,
}

/// What of a word one key makes.
struct Part<'a> {
    source: Source<'a>,
    width: u32,
    /// Low bits of codes there is no room for.
    dropped: u32,
}

/// How codes are found.
enum Source<'a> {
    Units(&'a [Arc<Fixed<f64>>], Units),
    /// By what the column stores, the last of what is not among them.
    Choices(&'a [Arc<chunk::Codes>], Vec<u64>),
    /// From words that are found row by row.
    Rows(&'a Key, Codes),
    /// From words that were found for all rows at once.
    All(Vec<u64>, Codes),
}

impl<'a> Packing<'a> {
    /// Of rows by some keys; by their ranks before when there are any.
    pub(crate) fn new(
        keys: &'a [Key],
        scope: Scope<'a>,
        rows: &'a [RowIx],
        ranks: Option<&'a [u32]>,
    ) -> Self {
        let highest = ranks.and_then(|ranks| ranks.iter().copied().max()).unwrap_or(0);
        let mut packing =
            Self { scope, rows, ranks, parts: Vec::new(), width: 32 - highest.leading_zeros(), told: 0 };
        for key in keys {
            if packing.width == u64::BITS {
                break;
            }
            let (source, width) = Source::of(key, scope, rows);
            let dropped = (packing.width + width).saturating_sub(u64::BITS);
            let is_whole = dropped == 0 && !key.is_text();
            packing.width += width - dropped;
            packing.parts.push(Part { source, width, dropped });
            if !is_whole {
                break;
            }
            packing.told += 1;
        }
        packing
    }

    /// The words of all rows in turn.
    pub(crate) fn words(&self, mut each: impl FnMut(usize, u64)) {
        let mut words = Vec::with_capacity(CHUNK);
        for places in chunks(self.rows.len()) {
            words.clear();
            match self.ranks {
                Some(ranks) => words.extend(ranks[places.clone()].iter().map(|&rank| u64::from(rank))),
                None => words.resize(places.len(), 0),
            }
            for part in &self.parts {
                let codes = part.source.codes(self.scope, self.rows, places.clone());
                for (word, code) in words.iter_mut().zip(codes) {
                    // So many bits may be all there are, by which shifting is out of range.
                    *word = word.checked_shl(part.width - part.dropped).unwrap_or(0) | code >> part.dropped;
                }
            }
            words.iter().zip(places).for_each(|(&word, place)| each(place, word));
        }
    }
}

impl<'a> Source<'a> {
    /// With how many bits its codes have.
    fn of(key: &'a Key, scope: Scope<'a>, rows: &[RowIx]) -> (Self, u32) {
        if let Some((chunks, words)) = key.choices(scope).filter(|(_, words)| words.len() <= rows.len()) {
            let mut sorted = words.clone();
            sorted.sort_unstable();
            sorted.dedup();
            let code = |word| sorted.partition_point(|other| other < word) as u64;
            return (Self::Choices(chunks, words.iter().map(code).collect()), width(sorted.len() as u64 - 1));
        }
        let of_units = |chunks| Units::of(chunks, key.descending(), rows).map(|units| (chunks, units));
        if let Some((chunks, units)) = key.numbers(scope).and_then(of_units) {
            let width = width(units.blank);
            return (Self::Units(chunks, units), width);
        }
        let mut codes = Codes::new(key.zero(scope));
        if !key.is_quick(scope) {
            let words = key.values(scope, rows);
            codes.learn(&words);
            codes.finish();
            let width = width(codes.last);
            return (Self::All(words, codes), width);
        }
        chunks(rows.len()).for_each(|places| codes.learn(&key.values(scope, &rows[places])));
        codes.finish();
        let width = width(codes.last);
        (Self::Rows(key, codes), width)
    }

    fn codes(&self, scope: Scope<'_>, rows: &[RowIx], places: Range<usize>) -> Vec<u64> {
        match self {
            Self::Units(chunks, units) => {
                let numbers = numbers(chunks, &rows[places]);
                numbers.into_iter().map(|number| units.code(number)).collect()
            }
            Self::Choices(chunks, codes) => gather(chunks, &rows[places], codes[0], |chunk, at| {
                codes[chunk.stored(at).min(codes.len() - 1)]
            }),
            Self::Rows(key, codes) => {
                let words = key.values(scope, &rows[places]);
                words.into_iter().map(|word| codes.code(word)).collect()
            }
            Self::All(words, codes) => words[places].iter().map(|&word| codes.code(word)).collect(),
        }
    }
}

/// The numbers of rows; blanks are not a number, as in chunks.
fn numbers(chunks: &[Arc<Fixed<f64>>], rows: &[RowIx]) -> Vec<f64> {
    gather(chunks, rows, f64::NAN, |chunk, at| chunk.values.get(at).copied().unwrap_or(f64::NAN))
}

fn width(largest: u64) -> u32 {
    u64::BITS - largest.leading_zeros()
}

fn chunks(count: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).step_by(CHUNK).map(move |start| start..count.min(start + CHUNK))
}

/// Numbers that are whole units of a last decimal, which lie far closer to each other than numbers can.
struct Units {
    /// How many units are one.
    scale: f64,
    descending: bool,
    /// The bits of what comes first.
    first: u64,
    /// The code of blanks, after all others.
    blank: u64,
}

impl Units {
    /// Units of numbers with no, two and four decimals in one.
    const SCALES: [f64; 3] = [1.0, 100.0, 10_000.0];
    /// A number near it has no fractions, and one exponent with the others: adding it rounds, and bits count.
    const ROUND: f64 = 1.5 * (1u64 << 52) as f64;
    /// So far from it, it is near.
    const NEAR: f64 = (1u64 << 51) as f64;

    /// None when they are not all whole units.
    fn of(cells: &[Arc<Fixed<f64>>], descending: bool, rows: &[RowIx]) -> Option<Self> {
        Self::SCALES.into_iter().find_map(|scale| {
            let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
            for places in chunks(rows.len()) {
                let mut unlike = 0;
                for number in numbers(cells, &rows[places]) {
                    let units = number * scale + Self::ROUND;
                    // By bits, since zero is equal to the zero below it. Without branches the loop runs on vectors.
                    let back = (units - Self::ROUND) / scale;
                    unlike |= if number.is_nan() { 0 } else { back.to_bits() ^ number.to_bits() };
                    least = if units < least { units } else { least };
                    most = if units > most { units } else { most };
                }
                if unlike != 0 {
                    return None;
                }
            }
            if least > most {
                (least, most) = (Self::ROUND, Self::ROUND);
            }
            let near = |units: f64| (units - Self::ROUND).abs() < Self::NEAR;
            (near(least) && near(most)).then(|| Self {
                scale,
                descending,
                first: if descending { most } else { least }.to_bits(),
                blank: most.to_bits() - least.to_bits() + 1,
            })
        })
    }

    fn code(&self, number: f64) -> u64 {
        let units = (number * self.scale + Self::ROUND).to_bits();
        let (from, to) = if self.descending { (units, self.first) } else { (self.first, units) };
        if number.is_nan() { self.blank } else { to.wrapping_sub(from) }
    }
}

/// Maps values onto as few bits as keep their order. Between zero and the number next to it lie nearly as many
/// words as between all others, so what is below and above it is mapped by itself.
struct Codes {
    /// Values below it and above it; all are below when it is `u64::MAX`.
    zero: u64,
    is_zero: bool,
    min: [u64; 2],
    max: [u64; 2],
    /// The bits that any value of a side has, and those that all have.
    any: [u64; 2],
    all: [u64; 2],
    special: u64,
    /// The code of zero; those above it follow.
    middle: u64,
    shift: u32,
    /// The one of blanks; that of errors follows.
    blank: u64,
    last: u64,
}

impl Codes {
    fn new(zero: Option<u64>) -> Self {
        Self {
            zero: zero.unwrap_or(u64::MAX),
            is_zero: false,
            min: [u64::MAX; 2],
            max: [0; 2],
            any: [0; 2],
            all: [u64::MAX; 2],
            special: 0,
            middle: 0,
            shift: 0,
            blank: 0,
            last: 0,
        }
    }

    fn learn(&mut self, values: &[u64]) {
        for &value in values {
            if value >= BLANK {
                self.special = self.special.max(value);
            } else if value == self.zero {
                self.is_zero = true;
            } else {
                let side = usize::from(value > self.zero);
                self.min[side] = self.min[side].min(value);
                self.max[side] = self.max[side].max(value);
                self.any[side] |= value;
                self.all[side] &= value;
            }
        }
    }

    fn finish(&mut self) {
        let is_used = [0, 1].map(|side| self.min[side] <= self.max[side]);
        self.min = [self.min[0].min(self.max[0]), self.min[1].min(self.max[1])];
        let differ = [0, 1].map(|side| if is_used[side] { self.any[side] ^ self.all[side] } else { 0 });
        let differ = differ[0] | differ[1];
        self.shift = if differ == 0 { 0 } else { differ.trailing_zeros() };
        let span = |side: usize| (self.max[side] - self.min[side]) >> self.shift;
        self.middle = span(0) + 1;
        let largest = match (is_used[1], self.is_zero) {
            (true, _) => self.middle + 1 + span(1),
            (false, true) => self.middle,
            (false, false) => self.middle - 1,
        };
        self.blank = largest + 1;
        self.last = match self.special {
            BLANK => largest + 1,
            FAILED => largest + 2,
            _ => largest,
        };
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sort_key::bits_of;

    fn column(numbers: &[Option<f64>]) -> Vec<Arc<Fixed<f64>>> {
        let fixed = |part: &[Option<f64>]| {
            let mut cells = Fixed::default();
            part.iter().enumerate().for_each(|(at, number)| cells.set(at, *number));
            Arc::new(cells)
        };
        numbers.chunks(CHUNK).map(fixed).collect()
    }

    proptest! {
        #[test]
        fn units_are_in_the_order_of_numbers_and_blanks_last(
            units in prop::collection::vec((-1_000_000i64..1_000_000, 0u8..10), 1..200),
            scale in prop::sample::select(vec![1.0, 100.0, 10_000.0, 1_000_000.0]),
            odd in prop::option::of(prop::sample::select(vec![-0.0, 1e16, -1e300, f64::MIN_POSITIVE, 0.1 + 0.2])),
            descending: bool,
        ) {
            let number = |&(units, kind): &(i64, u8)| (kind > 0).then(|| units as f64 / scale);
            let numbers: Vec<Option<f64>> = units.iter().map(number).chain(odd.map(Some)).collect();
            let rows: Vec<RowIx> = (0..numbers.len() as RowIx).collect();
            match Units::of(&column(&numbers), descending, &rows) {
                Some(units) => for a in &numbers {
                    let code = |number: &Option<f64>| units.code(number.unwrap_or(f64::NAN));
                    prop_assert!(code(a) <= units.blank && (code(a) == units.blank) == a.is_none());
                    for b in numbers.iter().filter(|b| a.is_some() && b.is_some()) {
                        let order = bits_of(a.unwrap()).cmp(&bits_of(b.unwrap()));
                        let order = if descending { order.reverse() } else { order };
                        prop_assert_eq!(code(a).cmp(&code(b)), order);
                    }
                },
                None => prop_assert!(odd.is_some() || scale > 10_000.0),
            }
        }

        #[test]
        fn codes_are_in_the_order_of_words_on_few_bits(
            words in prop::collection::vec(prop_oneof![1 => 0u64..4, 4 => any::<u64>(), 1 => Just(BLANK), 1 => Just(FAILED)], 1..100),
            shift in 0u32..60,
            zero: Option<u64>,
        ) {
            let words: Vec<u64> = words.iter().map(|&word| if word < BLANK { word >> shift << shift } else { word }).collect();
            let zero = zero.map(|zero| zero >> shift << shift).filter(|&zero| zero < BLANK);
            let mut codes = Codes::new(zero);
            codes.learn(&words);
            codes.finish();
            prop_assert!(width(codes.last) <= 65u32.saturating_sub(shift).clamp(3, 64));
            for a in &words {
                prop_assert!(codes.code(*a) <= codes.last);
                for b in &words {
                    prop_assert_eq!(codes.code(*a).cmp(&codes.code(*b)), a.cmp(b));
                }
            }
        }
    }
}
