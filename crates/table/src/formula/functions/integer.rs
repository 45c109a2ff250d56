//! Whole numbers: divisors, counts of choices, primes.

use crate::formula::{
    ErrorCode,
    functions::{
        Call, Function, Group,
        Takes::{Number, Numbers},
        row::{BOOL, In, NUMBER, Out, many, number, one, yes},
    },
};

const NUM: In = In(Group::Number);
/// Whole numbers beyond are not all representable.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

fn greatest_divisor(a: f64, b: f64) -> f64 {
    if b == 0.0 { a } else { greatest_divisor(b, a % b) }
}

fn whole_numbers(call: &Call<'_>) -> Result<Vec<f64>, ErrorCode> {
    let numbers: Vec<f64> = call.numbers(0).map(f64::trunc).collect();
    if numbers.iter().all(|n| (0.0..EXACT).contains(n)) { Ok(numbers) } else { Err(ErrorCode::Number) }
}

fn gcd(call: &Call<'_>) -> Out {
    number(whole_numbers(call)?.into_iter().fold(0.0, greatest_divisor))
}

fn lcm(call: &Call<'_>) -> Out {
    let numbers = whole_numbers(call)?;
    let multiple = |a: f64, b: f64| if b == 0.0 { 0.0 } else { a / greatest_divisor(a, b) * b };
    number(numbers.into_iter().fold(1.0, multiple))
}

/// The product of whole numbers from `from` to `to` in steps; stops where it is beyond all numbers.
fn product(from: f64, to: f64, step: f64) -> f64 {
    let (mut product, mut factor) = (1.0f64, from);
    while factor <= to && product.is_finite() {
        product *= factor;
        factor += step;
    }
    product
}

fn fact(call: &Call<'_>) -> Out {
    let n = call.number(0).trunc();
    if n < 0.0 { Err(ErrorCode::Number) } else { number(product(2.0, n, 1.0)) }
}

fn fact_double(call: &Call<'_>) -> Out {
    let n = call.number(0).trunc();
    if n < -1.0 {
        Err(ErrorCode::Number)
    } else {
        number(product(if n % 2.0 == 0.0 { 2.0 } else { 1.0 }, n, 2.0))
    }
}

/// How many ways there are to choose k of n, in whatever order.
pub(super) fn combinations(n: f64, k: f64) -> f64 {
    let k = k.min(n - k);
    let (mut ways, mut step) = (1.0f64, 1.0);
    while step <= k && ways.is_finite() {
        ways = ways * (n - k + step) / step;
        step += 1.0;
    }
    ways.round()
}

fn n_and_k(call: &Call<'_>) -> Result<(f64, f64), ErrorCode> {
    let (n, k) = (call.number(0).trunc(), call.number(1).trunc());
    if n < 0.0 || k < 0.0 { Err(ErrorCode::Number) } else { Ok((n, k)) }
}

fn combin(call: &Call<'_>) -> Out {
    let (n, k) = n_and_k(call)?;
    if k > n { Err(ErrorCode::Number) } else { number(combinations(n, k)) }
}

fn combina(call: &Call<'_>) -> Out {
    let (n, k) = n_and_k(call)?;
    number(if k == 0.0 { 1.0 } else { combinations(n + k - 1.0, k) })
}

fn permut(call: &Call<'_>) -> Out {
    let (n, k) = n_and_k(call)?;
    if k > n { Err(ErrorCode::Number) } else { number(product(n - k + 1.0, n, 1.0)) }
}

fn multinomial(call: &Call<'_>) -> Out {
    let (mut sum, mut ways) = (0.0, 1.0f64);
    for n in whole_numbers(call)? {
        sum += n;
        ways *= combinations(sum, n);
        if !ways.is_finite() {
            return Err(ErrorCode::Number);
        }
    }
    number(ways)
}

/// The power of a number modulo another.
fn power_mod(base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let times = |a: u64, b: u64| (u128::from(a) * u128::from(b) % u128::from(modulus)) as u64;
    let (mut power, mut square) = (1, base % modulus);
    while exponent > 0 {
        if exponent % 2 == 1 {
            power = times(power, square);
        }
        square = times(square, square);
        exponent /= 2;
    }
    power
}

/// Miller and Rabin's test with these witnesses is certain for all numbers of 64 bits.
fn prime(value: u64) -> bool {
    const WITNESSES: [u64; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
    if value < 2 || WITNESSES.contains(&value) {
        return value >= 2;
    }
    let twos = (value - 1).trailing_zeros();
    let odd = (value - 1) >> twos;
    let passes = |witness: u64| {
        let first = power_mod(witness, odd, value);
        first == 1 || (0..twos).any(|times| power_mod(first, 1 << times, value) == value - 1)
    };
    WITNESSES.iter().all(|witness| passes(*witness))
}

fn is_prime(call: &Call<'_>) -> Out {
    let value = call.number(0);
    if value >= EXACT {
        return Err(ErrorCode::Number);
    }
    yes(value.fract() == 0.0 && value >= 2.0 && prime(value as u64))
}

pub(super) const ROWS: &[Function] = &[
    NUM.strict(
        "GCD",
        &[many("number", Numbers)],
        NUMBER,
        "The greatest common divisor.",
        ("GCD(12, 18)", "6"),
        gcd,
    ),
    NUM.strict(
        "LCM",
        &[many("number", Numbers)],
        NUMBER,
        "The least common multiple.",
        ("LCM(4, 6)", "12"),
        lcm,
    ),
    NUM.strict(
        "FACT",
        &[one("number", Number)],
        NUMBER,
        "The product of the whole numbers up to this one.",
        ("FACT(5)", "120"),
        fact,
    ),
    NUM.strict(
        "FACTDOUBLE",
        &[one("number", Number)],
        NUMBER,
        "The product of every second whole number down from this one.",
        ("FACTDOUBLE(6)", "48"),
        fact_double,
    ),
    NUM.strict(
        "COMBIN",
        &[one("number", Number), one("chosen", Number)],
        NUMBER,
        "In how many ways so many things can be chosen, whatever their order.",
        ("COMBIN(5, 2)", "10"),
        combin,
    ),
    NUM.strict(
        "COMBINA",
        &[one("number", Number), one("chosen", Number)],
        NUMBER,
        "In how many ways so many things can be chosen when each may be chosen again.",
        ("COMBINA(4, 3)", "20"),
        combina,
    ),
    NUM.strict(
        "PERMUT",
        &[one("number", Number), one("chosen", Number)],
        NUMBER,
        "In how many orders so many things can be chosen.",
        ("PERMUT(5, 2)", "20"),
        permut,
    ),
    NUM.strict(
        "PERMUTATIONA",
        &[one("number", Number), one("chosen", Number)],
        NUMBER,
        "In how many orders so many things can be chosen when each may be chosen again.",
        ("PERMUTATIONA(3, 2)", "9"),
        |c| n_and_k(c).and_then(|(n, k)| number(n.powf(k))),
    ),
    NUM.strict(
        "MULTINOMIAL",
        &[many("number", Numbers)],
        NUMBER,
        "In how many ways things can be split into groups of these sizes.",
        ("MULTINOMIAL(2, 3, 4)", "1260"),
        multinomial,
    ),
    NUM.strict(
        "ISPRIME",
        &[one("number", Number)],
        BOOL,
        "Whether only 1 and the number itself divide it.",
        ("ISPRIME(97)", "TRUE"),
        is_prime,
    ),
];
