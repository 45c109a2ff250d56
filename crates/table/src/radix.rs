//! Sorts integers by some bits at a time, until a part is so small that comparing is faster.

/// Bits a part is split by, at most, and where nothing of it stays in the nearest cache.
const BITS: u32 = 8;
const FAR_BITS: u32 = 11;
/// Items that leave the nearest cache.
const FAR: usize = 1 << 16;
/// Up to so many items, comparing is faster.
const FEW: usize = 64;

/// Sorts items of so many bits that stand in the order of their `low` ones.
pub(crate) fn sort(items: &mut [u64], bits: u32, low: u32) {
    let mut other = vec![0; items.len()];
    split(items, &mut other, bits, low, false);
}

/// Sorts items that differ in so many low bits at most, into `to` or where they are.
fn split(from: &mut [u64], to: &mut [u64], bits: u32, low: u32, into: bool) {
    if bits <= low || from.len() <= FEW {
        if bits > low {
            from.sort_unstable();
        }
        if into {
            to.copy_from_slice(from);
        }
        return;
    }
    // Few items in many buckets would cost more to count than to compare.
    let most = if from.len() < FAR { BITS } else { FAR_BITS };
    let digit = most.min(from.len().ilog2() - 2).min(bits - low);
    let rest = bits - digit;
    let bucket = |item: u64| (item >> rest) as usize & ((1 << digit) - 1);
    let (mut near, mut far) = ([0usize; 1 << BITS], Vec::new());
    let ends = if digit > BITS {
        far.resize(1 << digit, 0);
        &mut far[..]
    } else {
        &mut near[..1 << digit]
    };
    for &item in from.iter() {
        ends[bucket(item)] += 1;
    }
    if ends.contains(&from.len()) {
        return split(from, to, rest, low, into);
    }
    let mut start = 0;
    for end in ends.iter_mut() {
        start += std::mem::replace(end, start);
    }
    for &item in from.iter() {
        let end = &mut ends[bucket(item)];
        to[*end] = item;
        *end += 1;
    }
    let mut start = 0;
    for &mut end in ends {
        if end > start {
            split(&mut to[start..end], &mut from[start..end], rest, low, !into);
        }
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library(seed: u64, bits in 0u32..=64, low in 15u32..=40, skewed: bool, count in 0u64..20_000) {
            let mut word = seed;
            let width = bits.min(64 - low);
            let items: Vec<u64> = (0..count).map(|place| {
                word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let word = if skewed && word % 3 > 0 { u64::MAX } else { word };
                word.checked_shr(64 - width).unwrap_or(0) << low | place
            }).collect();
            let (mut sorted, mut expected) = (items.clone(), items);
            super::sort(&mut sorted, width + low, low);
            expected.sort_unstable();
            prop_assert_eq!(sorted, expected);
        }
    }
}
