//! Sorting words with a place each, eleven bits at a time; equal words stand in the order of places.

const BITS: u32 = 11;
/// Passes over the items before the rest is left to comparing.
const PASSES: u32 = 3;
const BUCKETS: usize = 1 << BITS;
/// Below this many items, comparing is faster.
const FEW: usize = 4_096;

/// Sorts by the words. Places must increase on entry.
pub(crate) fn sort(items: &mut Vec<(u64, u32)>) {
    if items.len() < FEW {
        items.sort_unstable();
        return;
    }
    let used = items.iter().fold(0, |used, item| used | item.0);
    let width = 64 - used.leading_zeros();
    // High bits tell nearly all words apart; what they do not tell is sorted after.
    let low = width.saturating_sub(PASSES * BITS);
    let passes = (width - low).div_ceil(BITS);
    let mut counts = vec![[0u32; BUCKETS]; passes as usize];
    for &(word, _) in items.iter() {
        for (pass, counts) in (0..).zip(&mut counts) {
            counts[digit(word >> low, pass)] += 1;
        }
    }
    let mut other = vec![(0, 0); items.len()];
    for (pass, counts) in (0..).zip(&mut counts) {
        if counts.iter().any(|&count| count as usize == items.len()) {
            continue;
        }
        let mut start = 0;
        for count in counts.iter_mut() {
            start += std::mem::replace(count, start);
        }
        for &item in items.iter() {
            let place = &mut counts[digit(item.0 >> low, pass)];
            other[*place as usize] = item;
            *place += 1;
        }
        std::mem::swap(items, &mut other);
    }
    if low > 0 {
        for run in items.chunk_by_mut(|a, b| a.0 >> low == b.0 >> low).filter(|run| run.len() > 1) {
            run.sort_unstable();
        }
    }
}

fn digit(word: u64, pass: u32) -> usize {
    (word >> (pass * BITS)) as usize % BUCKETS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_sort(seed: u64, bits in 0u32..=64) {
            let mut word = seed;
            let mut items: Vec<(u64, u32)> = (0..super::FEW as u32 + 100).map(|place| {
                word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (word.checked_shr(64 - bits).unwrap_or(0), place)
            }).collect();
            let mut expected = items.clone();
            expected.sort_unstable();
            super::sort(&mut items);
            prop_assert_eq!(items, expected);
        }
    }
}
