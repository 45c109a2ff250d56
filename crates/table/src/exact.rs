//! Sums of numbers without rounding until they are read: whatever was added and taken away again, in
//! whatever order, the same numbers have the same sum.

/// A sum as a fixed-point number as wide as it has to be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exact {
    /// Digits of 32 bits, lowest first, in units of 2^(32 * `low` - 1074). Between carries they may be
    /// negative or longer.
    digits: Vec<i64>,
    low: usize,
    /// Additions since the last carry.
    loose: u32,
}

/// A digit takes so many parts of 53 bits before it must be carried.
const LOOSE: u32 = 512;
/// Bits of a digit.
const BITS: u32 = 32;
const DIGIT: i64 = (1 << BITS) - 1;

impl Exact {
    pub(crate) fn add(&mut self, number: f64) {
        if number != 0.0 {
            self.add_scaled(number, 1);
        }
    }

    pub(crate) fn take(&mut self, number: f64) {
        if number != 0.0 {
            self.add_scaled(number, -1);
        }
    }

    fn add_scaled(&mut self, number: f64, sign: i64) {
        let bits = number.to_bits();
        let exponent = (bits >> 52 & 0x7ff) as u32;
        let fraction = (bits & ((1 << 52) - 1)) as i64;
        // Numbers below the normal ones have the exponent of the least of those and no leading bit.
        let (mantissa, shift) =
            if exponent == 0 { (fraction, 0) } else { (fraction | 1 << 52, exponent - 1) };
        let mantissa = if bits >> 63 == 1 { -mantissa } else { mantissa } * sign;
        let (place, shift) = ((shift / BITS) as usize, shift % BITS);
        self.reach(place);
        let at = place - self.low;
        // Two shifts, since together they may be 32 and more bits beyond what an i64 holds.
        self.digits[at] += mantissa.wrapping_shl(shift) & DIGIT;
        self.digits[at + 1] += mantissa >> (BITS - shift);
        self.loose += 1;
        if self.loose >= LOOSE {
            self.carry();
        }
    }

    /// Makes room for a digit and the next one.
    fn reach(&mut self, place: usize) {
        if self.digits.is_empty() {
            self.low = place;
        }
        if place < self.low {
            let more = self.low - place;
            self.digits.splice(0..0, std::iter::repeat_n(0, more));
            self.low = place;
        }
        if place + 2 - self.low > self.digits.len() {
            self.digits.resize(place + 2 - self.low, 0);
        }
    }

    /// Brings all digits but the highest between 0 and 2^32.
    fn carry(&mut self) {
        self.loose = 0;
        let mut carried = 0;
        for digit in &mut self.digits {
            let sum = *digit + carried;
            (*digit, carried) = (sum & DIGIT, sum >> BITS);
        }
        if carried != 0 {
            match self.digits.last_mut() {
                // A negative number keeps its sign in a short highest digit.
                Some(last) if carried == -1 && *last > DIGIT / 2 => *last |= carried << BITS,
                _ => self.digits.push(carried),
            }
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        let mut other = other.clone();
        other.carry();
        if other.digits.is_empty() {
            return;
        }
        self.carry();
        self.reach(other.low);
        self.reach(other.low + other.digits.len() - 1);
        for (at, digit) in other.digits.iter().enumerate() {
            self.digits[other.low - self.low + at] += digit;
        }
        self.carry();
    }

    /// The nearest number, of two the even one; infinite when it is beyond all.
    pub(crate) fn value(&self) -> f64 {
        let mut sum = self.clone();
        sum.carry();
        let negative = sum.digits.last().is_some_and(|last| *last < 0);
        if negative {
            sum.digits.iter_mut().for_each(|digit| *digit = -*digit);
            sum.carry();
        }
        while sum.digits.last() == Some(&0) {
            sum.digits.pop();
        }
        let Some(&top) = sum.digits.last() else { return 0.0 };
        let size = (sum.low + sum.digits.len() - 1) as u32 * BITS + (64 - top.leading_zeros());
        // Bits below the 53 that a number has; below the normal ones all bits count.
        let dropped = size.saturating_sub(53);
        let (mantissa, rest) = sum.bits_from(dropped);
        let half = dropped > 0 && sum.bit(dropped - 1);
        let up = half && (mantissa & 1 == 1 || rest);
        let number = scaled(mantissa + u64::from(up), dropped);
        if negative { -number } else { number }
    }

    fn bit(&self, at: u32) -> bool {
        let place = (at / BITS) as usize;
        let digit = place.checked_sub(self.low).and_then(|at| self.digits.get(at));
        digit.is_some_and(|digit| digit >> (at % BITS) & 1 == 1)
    }

    /// The bits from one on as an integer, and whether any is set below the one before it.
    fn bits_from(&self, from: u32) -> (u64, bool) {
        let bits = (from..from + 53).fold(0, |bits, at| bits | u64::from(self.bit(at)) << (at - from));
        let below = from.saturating_sub(1);
        let whole = (below / BITS) as usize;
        let rest = self.digits.iter().enumerate().any(|(at, &digit)| match (at + self.low).cmp(&whole) {
            std::cmp::Ordering::Less => digit != 0,
            std::cmp::Ordering::Equal => digit & ((1 << (below % BITS)) - 1) != 0,
            std::cmp::Ordering::Greater => false,
        });
        (bits, rest)
    }
}

/// `mantissa * 2^(exponent - 1074)`, where the mantissa has at most 54 bits and is exact.
fn scaled(mantissa: u64, exponent: u32) -> f64 {
    let number = mantissa as f64;
    // Powers of two in steps that neither overflow nor lose bits.
    let exponent = exponent as i32 - 1074;
    if exponent < -1_000 {
        // A mantissa of few bits, of a number so small that none was dropped, or one of 53 bits.
        return number * 2f64.powi(-537) * 2f64.powi(exponent + 537);
    }
    number * 2f64.powi(exponent / 2) * 2f64.powi(exponent - exponent / 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Exact;

    fn sum(numbers: &[f64]) -> Exact {
        let mut sum = Exact::default();
        for number in numbers {
            sum.add(*number);
        }
        sum
    }

    #[test]
    fn sums_round_once() {
        let tiny = f64::from_bits(1);
        let cases: [(&[f64], f64); 9] = [
            (&[], 0.0),
            (&[1e300, 1.0, -1e300], 1.0),
            (&[0.1; 10], 1.0),
            (&[tiny, tiny, -tiny], tiny),
            (&[f64::MAX, f64::MAX, -f64::MAX], f64::MAX),
            (&[f64::MAX, f64::MAX], f64::INFINITY),
            (&[-f64::MAX, -f64::MAX], f64::NEG_INFINITY),
            (&[-1.5, 0.25], -1.25),
            (&[f64::MIN_POSITIVE, -tiny], f64::MIN_POSITIVE - tiny),
        ];
        for (numbers, expected) in cases {
            assert_eq!(sum(numbers).value().to_bits(), expected.to_bits(), "{numbers:?}");
        }
    }

    fn finite() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<f64>().prop_filter("finite", |n| n.is_finite()),
            (-1_000_000i32..1_000_000).prop_map(|n| f64::from(n) / 100.0),
        ]
    }

    proptest! {
        #[test]
        fn a_number_and_the_sum_of_two_are_as_the_processor_has_them(a in finite(), b in finite()) {
            prop_assert_eq!(sum(&[a]).value().to_bits(), (a + 0.0).to_bits());
            prop_assert_eq!(sum(&[a, b]).value().to_bits(), (a + b + 0.0).to_bits());
        }

        #[test]
        fn order_and_detours_do_not_matter(
            numbers in proptest::collection::vec(finite(), 0..40),
            others in proptest::collection::vec(finite(), 0..2_000),
        ) {
            let plain = sum(&numbers);
            let mut wound = sum(&others);
            numbers.iter().rev().for_each(|number| wound.add(*number));
            for number in &others {
                wound.take(*number);
            }
            prop_assert_eq!(wound.value().to_bits(), plain.value().to_bits());
            let half = numbers.len() / 2;
            let mut merged = sum(&numbers[..half]);
            merged.merge(&sum(&numbers[half..]));
            prop_assert_eq!(merged.value().to_bits(), plain.value().to_bits());
        }
    }
}
