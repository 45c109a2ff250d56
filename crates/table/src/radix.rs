//! The order of words: each with its place in one integer, split by eight bits at a time until a part fits
//! the nearest cache; equal words stand in the order of places.

const BITS: u32 = 8;
const BUCKETS: usize = 1 << BITS;
/// Up to so many items, comparing is faster.
const FEW: usize = 2_048;

/// The places of words in their order.
pub(crate) fn order(words: &[u64]) -> Vec<u32> {
    let used = words.iter().fold(0, |used, word| used | word);
    let width = 64 - used.leading_zeros();
    let places = 64 - (words.len() as u64).leading_zeros();
    // High bits tell nearly all words apart; what they do not tell is sorted after.
    let low = (width + places).saturating_sub(64);
    let item = |(word, place): (&u64, u64)| word >> low << places | place;
    let mut items: Vec<u64> = words.iter().zip(0..).map(item).collect();
    let mut other = vec![0; items.len()];
    split(&mut items, &mut other, width - low + places, false);
    let place = |item: u64| (item & ((1 << places) - 1)) as u32;
    if low > 0 {
        for run in items.chunk_by_mut(|a, b| a >> places == b >> places).filter(|run| run.len() > 1) {
            run.sort_unstable_by_key(|&item| (words[place(item) as usize], item));
        }
    }
    items.into_iter().map(place).collect()
}

/// Sorts items that differ in so many low bits at most, into `to` or where they are.
fn split(from: &mut [u64], to: &mut [u64], bits: u32, into: bool) {
    if from.len() <= FEW {
        from.sort_unstable();
        if into {
            to.copy_from_slice(from);
        }
        return;
    }
    let rest = bits.saturating_sub(BITS);
    let bucket = |item: u64| (item >> rest) as usize % BUCKETS;
    let mut ends = [0usize; BUCKETS];
    for &item in from.iter() {
        ends[bucket(item)] += 1;
    }
    if ends.contains(&from.len()) {
        return split(from, to, rest, into);
    }
    let mut start = 0;
    for end in &mut ends {
        start += std::mem::replace(end, start);
    }
    for &item in from.iter() {
        let end = &mut ends[bucket(item)];
        to[*end] = item;
        *end += 1;
    }
    let mut start = 0;
    for end in ends {
        split(&mut to[start..end], &mut from[start..end], rest, !into);
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn orders_as_the_standard_sort(seed: u64, bits in 0u32..=64, skewed: bool, count in 0u32..20_000) {
            let mut word = seed;
            let words: Vec<u64> = (0..count).map(|_| {
                word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let word = word.checked_shr(64 - bits).unwrap_or(0);
                if skewed && word % 3 > 0 { word | 1 << 40 } else { word }
            }).collect();
            let mut expected: Vec<u32> = (0..count).collect();
            expected.sort_by_key(|&place| words[place as usize]);
            prop_assert_eq!(super::order(&words), expected);
        }
    }
}
