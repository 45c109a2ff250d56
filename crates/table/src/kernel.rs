//! The inner loops of filters: one test over one chunk of a column, on a bitmap of rows.

use crate::{
    RowIx,
    chunk::{Bits, CHUNK, Codes, Fixed, Texts, Var, WORDS},
    column::Column,
    program::{Lut, Mask, Multi, Test, among},
    shown::Scope,
    text_match::Matcher,
};

/// Rows of a word below which bits are visited one by one.
const SPARSE: u32 = 12;

/// Takes rows for which the test does not hold out of the mask.
pub(crate) fn narrow(test: &Test, scope: Scope<'_>, at: usize, chunk: usize, mask: &mut Mask) {
    let failed = scope.table.errors(at).chunk(chunk);
    if failed.is_empty() {
        return narrow_values(test, scope, at, chunk, mask);
    }
    let before = *mask;
    narrow_values(test, scope, at, chunk, mask);
    for place in failed.iter().map(|(place, _)| usize::from(*place)) {
        let (word, bit) = (place / 64, 1u64 << (place % 64));
        mask[word] &= !bit;
        if before[word] & bit != 0 && test.matches(scope, (chunk * CHUNK + place) as RowIx, at) {
            mask[word] |= bit;
        }
    }
}

/// As [`narrow`] where failed cells are as null.
fn narrow_values(test: &Test, scope: Scope<'_>, at: usize, chunk: usize, mask: &mut Mask) {
    let column = scope.table.column(at);
    let hit = match (test, column) {
        (Test::Empty, column) => {
            let mut filled = *mask;
            if !keep_filled(column, chunk, &mut filled) {
                return;
            }
            for (word, filled) in mask.iter_mut().zip(&filled) {
                *word &= !filled;
            }
            true
        }
        (Test::Text(matcher), Column::Text(chunks)) => {
            chunks.get(chunk).is_some_and(|cells| texts(cells, matcher, mask))
        }
        (Test::Texts(any), Column::Text(chunks)) => chunks.get(chunk).is_some_and(|cells| {
            let found = |text: &[u8]| any.iter().any(|matcher| matcher.matches_utf8(text));
            keep_if(mask, |at| cells.cells.bytes(at).is_some_and(found))
        }),
        (Test::Number(low, high), Column::Number(chunks)) => {
            chunks.get(chunk).is_some_and(|cells| range(cells, *low, *high, mask))
        }
        (Test::Numbers(any), Column::Number(chunks)) => chunks
            .get(chunk)
            .is_some_and(|cells| keep_if(mask, |at| cells.get(at).is_some_and(|number| among(any, number)))),
        (Test::Dates(any), Column::Date(chunks)) => chunks.get(chunk).is_some_and(|cells| {
            let found = |date: i64| any.iter().any(|(low, high)| (*low..=*high).contains(&date));
            keep_if(mask, |at| cells.get(at).is_some_and(found))
        }),
        (Test::Date(low, high), Column::Date(chunks)) => {
            chunks.get(chunk).is_some_and(|cells| range(cells, *low, *high, mask))
        }
        (Test::Select(lut), Column::Select(chunks)) => {
            chunks.get(chunk).is_some_and(|cells| codes(cells, lut, mask))
        }
        (Test::Multi(multi), Column::Multi(chunks)) => {
            chunks.get(chunk).is_some_and(|cells| lists(cells, multi, mask))
        }
        (Test::Ticked, Column::Checkbox(chunks)) => {
            chunks.get(chunk).is_some_and(|cells| keep_bits(cells, mask))
        }
        (Test::Shown(matcher, viewer), Column::Number(_) | Column::Date(_)) => {
            let mut text = String::new();
            keep_if(mask, |within| {
                text.clear();
                let row = (chunk * CHUNK + within) as RowIx;
                scope.write_plain(row, at, viewer, &mut text) && matcher.matches(&text)
            })
        }
        (
            Test::Shown(..)
            | Test::Count(..)
            | Test::Counts(_)
            | Test::Within(_)
            | Test::Items(_)
            | Test::Pair(_),
            _,
        ) => keep_if(mask, |within| test.matches(scope, (chunk * CHUNK + within) as RowIx, at)),
        _ => false,
    };
    if !hit {
        *mask = [0; WORDS];
    }
}

/// Keeps rows whose cell is not null; false when the chunk has no cell.
fn keep_filled(column: &Column, chunk: usize, mask: &mut Mask) -> bool {
    match column {
        Column::Text(chunks) => {
            chunks.get(chunk).is_some_and(|cells| keep_if(mask, |at| cells.cells.is_set(at)))
        }
        Column::Multi(chunks) => chunks.get(chunk).is_some_and(|cells| keep_if(mask, |at| cells.is_set(at))),
        Column::Select(chunks) => {
            chunks.get(chunk).is_some_and(|cells| keep_if(mask, |at| cells.get(at).is_some()))
        }
        Column::Number(chunks) => chunks.get(chunk).is_some_and(|cells| keep_bits(&cells.valid, mask)),
        Column::Date(chunks) => chunks.get(chunk).is_some_and(|cells| keep_bits(&cells.valid, mask)),
        Column::Checkbox(chunks) => chunks.get(chunk).is_some_and(|cells| keep_bits(cells, mask)),
        Column::Object(chunks) => {
            chunks.get(chunk).is_some_and(|cells| keep_if(mask, |at| cells.get(at).is_some()))
        }
        Column::Data(chunks) => {
            chunks.get(chunk).is_some_and(|cells| keep_if(mask, |at| cells.get(at).is_some()))
        }
    }
}

fn keep_bits(bits: &Bits, mask: &mut Mask) -> bool {
    for (at, word) in mask.iter_mut().enumerate() {
        *word &= bits.word(at);
    }
    true
}

/// Asks about each row of the mask.
fn keep_if(mask: &mut Mask, mut keep: impl FnMut(usize) -> bool) -> bool {
    for (at, word) in mask.iter_mut().enumerate() {
        *word = keep_if_word(*word, at * 64, &mut keep);
    }
    true
}

fn keep_if_word(word: u64, first: usize, keep: &mut impl FnMut(usize) -> bool) -> u64 {
    let (mut left, mut kept) = (word, 0);
    while left != 0 {
        let bit = left.trailing_zeros();
        kept |= u64::from(keep(first + bit as usize)) << bit;
        left &= left - 1;
    }
    kept
}

/// 64 answers as bits. Eight bytes of 0 or 1 become a byte by one multiplication.
fn pack(answers: &[u8; 64]) -> u64 {
    let mut word = 0;
    for (at, eight) in answers.as_chunks::<8>().0.iter().enumerate() {
        word |= (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (at * 8);
    }
    word
}

/// Asks about the values of each row of the mask, 64 at a time where many are asked for.
fn keep_values<T: Copy>(values: &[T], mask: &mut Mask, keep: impl Fn(T) -> bool) {
    let (blocks, rest) = values.as_chunks::<64>();
    for (at, word) in mask.iter_mut().enumerate() {
        let Some(block) = blocks.get(at) else {
            let rest = if at == blocks.len() { rest } else { &[] };
            *word = keep_if_word(*word, 0, &mut |at| rest.get(at).is_some_and(|value| keep(*value)));
            continue;
        };
        if *word == 0 {
            continue;
        }
        if word.count_ones() < SPARSE {
            *word = keep_if_word(*word, 0, &mut |at| keep(block[at]));
            continue;
        }
        let mut answers = [0u8; 64];
        for (answer, value) in answers.iter_mut().zip(block) {
            *answer = u8::from(keep(*value));
        }
        *word &= pack(&answers);
    }
}

#[expect(clippy::needless_bitwise_bool, reason = "without branches the loop runs on vectors")]
fn range<T: Copy + PartialOrd>(cells: &Fixed<T>, low: T, high: T, mask: &mut Mask) -> bool {
    keep_bits(&cells.valid, mask);
    keep_values(&cells.values, mask, |value| (value >= low) & (value <= high));
    true
}

#[expect(clippy::needless_bitwise_bool, reason = "without branches the loop runs on vectors")]
fn codes(cells: &Codes, lut: &Lut, mask: &mut Mask) -> bool {
    match lut.few() {
        Some([a, b, c, d]) => {
            keep_values(&cells.0, mask, |cell| (cell == a) | (cell == b) | (cell == c) | (cell == d));
        }
        None => keep_values(&cells.0, mask, |cell| lut.has_stored(cell)),
    }
    true
}

fn lists(cells: &Var<[u32]>, multi: &Multi, mask: &mut Mask) -> bool {
    keep_if(mask, |at| cells.get(at).is_some_and(|codes| multi.matches(codes)))
}

fn texts(cells: &Texts, matcher: &Matcher, mask: &mut Mask) -> bool {
    debug_assert!(cells.cells.len() <= CHUNK);
    keep_if(mask, |at| cells.cells.bytes(at).is_some_and(|text| matcher.matches_utf8(text)))
}
