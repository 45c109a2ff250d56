//! Distributions of chance, and the functions they are made of.

use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

use crate::formula::{
    ErrorCode,
    functions::{
        Call, Function, Group,
        Takes::{Bool, Number},
        row::{In, NUMBER, Out, number, one, opt},
    },
};

const STATISTICS: In = In(Group::Statistics);
/// Terms of the longest sum.
const MAX_TERMS: f64 = 100_000.0;

/// The error function.
fn erf(x: f64) -> f64 {
    if x.abs() > 2.0 {
        return (1.0 - erfc_tail(x.abs())).copysign(x);
    }
    // The series of Kummer, whose terms are all of one sign.
    let (mut sum, mut term, mut n) = (x, x, 0.0);
    while term.abs() > sum.abs() * 1e-17 && n < 200.0 {
        n += 1.0;
        term *= 2.0 * x * x / (2.0 * n + 1.0);
        sum += term;
    }
    2.0 / PI.sqrt() * (-x * x).exp() * sum
}

/// What the error function leaves to 1, beyond 2, as a continued fraction from its end.
fn erfc_tail(x: f64) -> f64 {
    let fraction = (1..=120).rev().fold(x, |below, n| x + f64::from(n) / 2.0 / below);
    (-x * x).exp() / PI.sqrt() / fraction
}

fn erfc(x: f64) -> f64 {
    if x > 2.0 { erfc_tail(x) } else { 1.0 - erf(x) }
}

/// The part of the standard normal distribution below a number.
fn normal_below(z: f64) -> f64 {
    erfc(-z * FRAC_1_SQRT_2) / 2.0
}

fn normal_density(z: f64) -> f64 {
    (-z * z / 2.0).exp() / (2.0 * PI).sqrt()
}

/// The number below which a part of the standard normal distribution lies.
fn normal_inverse(part: f64) -> Result<f64, ErrorCode> {
    if !(part > 0.0 && part < 1.0) {
        return Err(ErrorCode::Number);
    }
    // A start that is good to a thousandth, after Hastings; then Newton's steps, corrected by Halley.
    let tail = part.min(1.0 - part);
    let t = (-2.0 * tail.ln()).sqrt();
    let start = t
        - (2.515_517 + t * (0.802_853 + t * 0.010_328))
            / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)));
    let mut z = -start;
    for _ in 0..6 {
        let step = (normal_below(z) - tail) / normal_density(z);
        z -= step / (1.0 + z * step / 2.0);
    }
    Ok(if part < 0.5 { z } else { -z })
}

/// The logarithm of the gamma function of a positive number, after Lanczos.
fn ln_gamma(x: f64) -> f64 {
    const FACTORS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        return (PI / (PI * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let sum = FACTORS
        .iter()
        .enumerate()
        .fold(0.999_999_999_999_809_9, |sum, (n, factor)| sum + factor / (x + n as f64 + 1.0));
    let t = x + 7.5;
    (2.0 * PI).ln() / 2.0 + (x + 0.5) * t.ln() - t + sum.ln()
}

fn gamma(x: f64) -> Out {
    if x <= 0.0 && x.fract() == 0.0 {
        return Err(ErrorCode::Number);
    }
    if x.fract() == 0.0 && x < 171.5 {
        return number((2..x as i64).map(|n| n as f64).product());
    }
    if x < 0.5 {
        // Reflected; the sine has the sign.
        return number(PI / ((PI * x).sin() * ln_gamma(1.0 - x).exp()));
    }
    number(ln_gamma(x).exp())
}

fn positive(number: f64) -> Result<f64, ErrorCode> {
    if number > 0.0 { Ok(number) } else { Err(ErrorCode::Number) }
}

fn normal(call: &Call<'_>) -> Out {
    let deviation = positive(call.number(2))?;
    let z = (call.number(0) - call.number(1)) / deviation;
    number(if call.bool(3) { normal_below(z) } else { normal_density(z) / deviation })
}

fn normal_inv(call: &Call<'_>) -> Out {
    number(call.number(1) + positive(call.number(2))? * normal_inverse(call.number(0))?)
}

fn log_normal(call: &Call<'_>) -> Out {
    let (x, deviation) = (positive(call.number(0))?, positive(call.number(2))?);
    let z = (x.ln() - call.number(1)) / deviation;
    number(if call.bool(3) { normal_below(z) } else { normal_density(z) / deviation / x })
}

fn log_normal_inv(call: &Call<'_>) -> Out {
    number((call.number(1) + positive(call.number(2))? * normal_inverse(call.number(0))?).exp())
}

/// The logarithm of how many ways there are to choose k of n.
fn ln_combinations(n: f64, k: f64) -> f64 {
    ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0)
}

/// The chance of one count, or the sum of all up to it.
fn discrete(count: f64, cumulative: bool, chance: impl Fn(f64) -> f64) -> Out {
    if !cumulative {
        return number(chance(count));
    }
    if count > MAX_TERMS {
        return Err(ErrorCode::Limit);
    }
    number((0..=count as u32).map(|n| chance(f64::from(n))).sum::<f64>().min(1.0))
}

fn binomial(call: &Call<'_>) -> Out {
    let (count, tries, chance) = (call.number(0).trunc(), call.number(1).trunc(), call.number(2));
    if count < 0.0 || count > tries || !(0.0..=1.0).contains(&chance) {
        return Err(ErrorCode::Number);
    }
    discrete(count, call.bool(3), |n| {
        // 0 to the power of 0 is 1, which logarithms do not tell.
        let power = |base: f64, exponent: f64| if exponent == 0.0 { 0.0 } else { exponent * base.ln() };
        (ln_combinations(tries, n) + power(chance, n) + power(1.0 - chance, tries - n)).exp()
    })
}

fn poisson(call: &Call<'_>) -> Out {
    let (count, mean) = (call.number(0).trunc(), call.number(1));
    if count < 0.0 || mean < 0.0 {
        return Err(ErrorCode::Number);
    }
    discrete(count, call.bool(2), |n| {
        let power = if n == 0.0 { 0.0 } else { n * mean.ln() };
        (power - mean - ln_gamma(n + 1.0)).exp()
    })
}

fn exponential(call: &Call<'_>) -> Out {
    let (x, rate) = (call.number(0), positive(call.number(1))?);
    if x < 0.0 {
        return Err(ErrorCode::Number);
    }
    number(if call.bool(2) { -(-rate * x).exp_m1() } else { rate * (-rate * x).exp() })
}

fn weibull(call: &Call<'_>) -> Out {
    let (x, shape, scale) = (call.number(0), positive(call.number(1))?, positive(call.number(2))?);
    if x < 0.0 {
        return Err(ErrorCode::Number);
    }
    let power = (x / scale).powf(shape);
    number(if call.bool(3) {
        -(-power).exp_m1()
    } else {
        shape / scale * (x / scale).powf(shape - 1.0) * (-power).exp()
    })
}

fn confidence(call: &Call<'_>) -> Out {
    let (alpha, deviation, size) = (call.number(0), positive(call.number(1))?, call.number(2).trunc());
    if size < 1.0 {
        return Err(ErrorCode::Number);
    }
    number(normal_inverse(1.0 - alpha / 2.0)? * deviation / size.sqrt())
}

fn fisher(call: &Call<'_>) -> Out {
    let x = call.number(0);
    if x.abs() < 1.0 { number(x.atanh()) } else { Err(ErrorCode::Number) }
}

/// A row of a function of one number.
macro_rules! of_one {
    ($name:literal, $help:literal, $example:literal, $result:literal, $of:expr) => {
        STATISTICS.strict($name, &[one("number", Number)], NUMBER, $help, ($example, $result), $of)
    };
}
/// A row of a distribution with a place and a width.
macro_rules! of_normal {
    ($name:literal, $first:literal, $help:literal, $example:literal, $result:literal, $of:expr) => {
        STATISTICS.strict(
            $name,
            &[one($first, Number), one("mean", Number), one("deviation", Number), opt("cumulative", Bool)],
            NUMBER,
            $help,
            ($example, $result),
            $of,
        )
    };
}
macro_rules! of_inverse {
    ($name:literal, $help:literal, $example:literal, $result:literal, $of:expr) => {
        STATISTICS.strict(
            $name,
            &[one("part", Number), one("mean", Number), one("deviation", Number)],
            NUMBER,
            $help,
            ($example, $result),
            $of,
        )
    };
}
macro_rules! of_three {
    ($name:literal, $a:literal, $b:literal, $last:literal, $help:literal, $example:literal, $result:literal, $of:expr) => {
        STATISTICS.strict(
            $name,
            &[one($a, Number), one($b, Number), opt($last, Bool)],
            NUMBER,
            $help,
            ($example, $result),
            $of,
        )
    };
}
macro_rules! of_four {
    ($name:literal, $a:literal, $b:literal, $c:literal, $help:literal, $example:literal, $result:literal, $of:expr) => {
        STATISTICS.strict(
            $name,
            &[one($a, Number), one($b, Number), one($c, Number), opt("cumulative", Bool)],
            NUMBER,
            $help,
            ($example, $result),
            $of,
        )
    };
}

pub(super) const ROWS: &[Function] = &[
    of_one!("ERF", "The error function.", "ROUND(ERF(1), 9)", "0.842700793", |c| number(erf(c.number(0)))),
    of_one!("ERFC", "What the error function leaves to 1.", "ROUND(ERFC(1), 9)", "0.157299207", |c| number(
        erfc(c.number(0))
    )),
    of_one!("GAMMA", "The gamma function.", "GAMMA(5)", "24", |c| gamma(c.number(0))),
    of_one!(
        "GAMMALN",
        "The logarithm of the gamma function.",
        "ROUND(GAMMALN(4.5), 9)",
        "2.453736571",
        |c| { number(ln_gamma(positive(c.number(0))?)) }
    ),
    of_one!("PHI", "The density of the standard normal distribution.", "ROUND(PHI(0), 6)", "0.398942", |c| {
        number(normal_density(c.number(0)))
    }),
    of_one!(
        "GAUSS",
        "The part of the standard normal distribution between 0 and a number.",
        "ROUND(GAUSS(2), 6)",
        "0.47725",
        |c| { number(erf(c.number(0) / SQRT_2) / 2.0) }
    ),
    of_one!(
        "FISHER",
        "Fisher's transformation of a correlation.",
        "ROUND(FISHER(0.75), 6)",
        "0.972955",
        fisher
    ),
    of_one!(
        "FISHERINV",
        "The correlation with this Fisher transformation.",
        "FISHERINV(0)",
        "0",
        |c| number(c.number(0).tanh())
    ),
    of_normal!(
        "NORM.DIST",
        "number",
        "The normal distribution: its density, or the part below a number when cumulative.",
        "ROUND(NORM.DIST(42, 40, 1.5, TRUE), 7)",
        "0.9087888",
        normal
    ),
    of_normal!(
        "NORMDIST",
        "number",
        "The normal distribution: its density, or the part below a number when cumulative.",
        "ROUND(NORMDIST(42, 40, 1.5, TRUE), 7)",
        "0.9087888",
        normal
    ),
    of_normal!(
        "LOGNORM.DIST",
        "number",
        "The distribution of what has normal logarithms: its density, or the part below when cumulative.",
        "ROUND(LOGNORM.DIST(4, 3.5, 1.2, TRUE), 7)",
        "0.0390836",
        log_normal
    ),
    of_inverse!(
        "NORM.INV",
        "The number below which a part of a normal distribution lies.",
        "ROUND(NORM.INV(0.908789, 40, 1.5), 5)",
        "42",
        normal_inv
    ),
    of_inverse!(
        "NORMINV",
        "The number below which a part of a normal distribution lies.",
        "ROUND(NORMINV(0.908789, 40, 1.5), 5)",
        "42",
        normal_inv
    ),
    of_inverse!(
        "LOGNORM.INV",
        "The number below which a part of what has normal logarithms lies.",
        "ROUND(LOGNORM.INV(0.039084, 3.5, 1.2), 4)",
        "4",
        log_normal_inv
    ),
    of_one!(
        "NORMSDIST",
        "The part of the standard normal distribution below a number.",
        "ROUND(NORMSDIST(1.333333), 7)",
        "0.9087887",
        |c| number(normal_below(c.number(0)))
    ),
    of_one!(
        "NORMSINV",
        "The number below which a part of the standard normal distribution lies.",
        "ROUND(NORMSINV(0.975), 6)",
        "1.959964",
        |c| number(normal_inverse(c.number(0))?)
    ),
    of_four!(
        "BINOM.DIST",
        "count",
        "tries",
        "chance",
        "The chance of a count of successes, or of at most as many when cumulative.",
        "BINOM.DIST(1, 2, 0.5, TRUE)",
        "0.75",
        |c| binomial(c).and_then(cleaned)
    ),
    of_four!(
        "BINOMDIST",
        "count",
        "tries",
        "chance",
        "The chance of a count of successes, or of at most as many when cumulative.",
        "BINOMDIST(1, 2, 0.5)",
        "0.5",
        |c| binomial(c).and_then(cleaned)
    ),
    of_four!(
        "WEIBULL.DIST",
        "number",
        "shape",
        "scale",
        "The Weibull distribution: its density, or the part below a number when cumulative.",
        "ROUND(WEIBULL.DIST(105, 20, 100, TRUE), 6)",
        "0.929581",
        weibull
    ),
    of_three!(
        "POISSON.DIST",
        "count",
        "mean",
        "cumulative",
        "The chance of a count of rare events, or of at most as many when cumulative.",
        "ROUND(POISSON.DIST(2, 5, TRUE), 6)",
        "0.124652",
        poisson
    ),
    of_three!(
        "POISSON",
        "count",
        "mean",
        "cumulative",
        "The chance of a count of rare events, or of at most as many when cumulative.",
        "ROUND(POISSON(2, 5), 6)",
        "0.084224",
        poisson
    ),
    of_three!(
        "EXPON.DIST",
        "number",
        "rate",
        "cumulative",
        "The exponential distribution: its density, or the part below a number when cumulative.",
        "ROUND(EXPON.DIST(0.2, 10, TRUE), 6)",
        "0.864665",
        exponential
    ),
    of_three!(
        "EXPONDIST",
        "number",
        "rate",
        "cumulative",
        "The exponential distribution: its density, or the part below a number when cumulative.",
        "ROUND(EXPONDIST(0.2, 10), 6)",
        "1.353353",
        exponential
    ),
    STATISTICS.strict(
        "CONFIDENCE",
        &[one("alpha", Number), one("deviation", Number), one("size", Number)],
        NUMBER,
        "How far the mean of a sample may be from the true one at a chance alpha to be wrong.",
        ("ROUND(CONFIDENCE(0.05, 2.5, 50), 6)", "0.692952"),
        confidence,
    ),
    STATISTICS.strict(
        "CONFIDENCE.NORM",
        &[one("alpha", Number), one("deviation", Number), one("size", Number)],
        NUMBER,
        "How far the mean of a sample may be from the true one at a chance alpha to be wrong.",
        ("ROUND(CONFIDENCE.NORM(0.05, 2.5, 50), 6)", "0.692952"),
        confidence,
    ),
];

/// Without the last digits, which logarithms blur.
fn cleaned(chance: crate::formula::Datum) -> Out {
    match chance {
        crate::formula::Datum::Number(chance) => number(super::number::round(chance, 14)),
        other => Ok(other),
    }
}
