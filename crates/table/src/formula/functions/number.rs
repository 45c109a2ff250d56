//! Arithmetic and rounding. Rounding sees numbers as people do, in decimal: 1.005 is no less than 1.005.

use crate::formula::{
    Datum, ErrorCode, coerce,
    functions::{
        Call, Function, Gives, Group,
        Takes::{List, Number, Numbers, Text},
        row::{BOOL, In, NUMBER, Out, allowed, many, number, one, opt, yes},
    },
};

const NUM: In = In(Group::Number);

/// Relative error of one binary operation or two: what decimal rounding looks over.
const NOISE: f64 = 4.5e-16;
/// From here on every number is whole.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// Moves the decimal point of the size of a number, lets `to_whole` make it whole, and moves it back.
fn at_digits(number: f64, digits: i64, to_whole: fn(f64) -> f64) -> f64 {
    let scale = 10f64.powi(digits.unsigned_abs().min(400) as i32);
    let moved = if digits < 0 { number.abs() / scale } else { number.abs() * scale };
    if moved >= WHOLE || !scale.is_finite() && digits > 0 {
        return number;
    }
    let whole = to_whole(moved);
    let back = if digits < 0 { if whole == 0.0 { 0.0 } else { whole * scale } } else { whole / scale };
    back.copysign(number)
}

/// Half goes away from zero.
pub(crate) fn round(number: f64, digits: i64) -> f64 {
    at_digits(number, digits, |moved| (moved * (1.0 + NOISE)).round())
}
/// Away from zero.
pub(crate) fn round_up(number: f64, digits: i64) -> f64 {
    at_digits(number, digits, |moved| (moved * (1.0 - NOISE)).ceil())
}
/// Towards zero.
pub(crate) fn round_down(number: f64, digits: i64) -> f64 {
    at_digits(number, digits, |moved| (moved * (1.0 + NOISE)).floor())
}
/// The remainder with the sign of the divisor, which is not 0.
pub(crate) fn modulo(number: f64, divisor: f64) -> f64 {
    let rest = number % divisor;
    if rest != 0.0 && (rest < 0.0) != (divisor < 0.0) { rest + divisor } else { rest }
}

/// Without the noise of binary arithmetic: to 15 significant digits.
pub(super) fn clean(number: f64) -> f64 {
    format!("{number:.14e}").parse().unwrap_or(number)
}

/// The quotient as a whole number and how often it is the step.
fn multiple(number: f64, step: f64, to_whole: fn(f64) -> f64) -> f64 {
    if step == 0.0 { 0.0 } else { clean(to_whole(clean(number / step)) * step) }
}

fn step(call: &Call<'_>) -> Result<(f64, f64), ErrorCode> {
    let (number, step) = (call.number(0), call.number_or(1, 1.0));
    if number > 0.0 && step < 0.0 { Err(ErrorCode::Number) } else { Ok((number, step)) }
}

fn ceiling(call: &Call<'_>) -> Out {
    let (value, step) = step(call)?;
    number(multiple(value, step, f64::ceil))
}

fn floor(call: &Call<'_>) -> Out {
    let (value, step) = step(call)?;
    number(multiple(value, step, f64::floor))
}

fn ceiling_math(call: &Call<'_>) -> Out {
    let value = call.number(0);
    let away = value < 0.0 && call.number(2) != 0.0;
    number(multiple(value, call.number_or(1, 1.0).abs(), if away { f64::floor } else { f64::ceil }))
}

fn floor_math(call: &Call<'_>) -> Out {
    let value = call.number(0);
    let towards = value < 0.0 && call.number(2) != 0.0;
    number(multiple(value, call.number_or(1, 1.0).abs(), if towards { f64::ceil } else { f64::floor }))
}

fn mround(call: &Call<'_>) -> Out {
    let (value, step) = (call.number(0), call.number(1));
    if value * step < 0.0 {
        return Err(ErrorCode::Number);
    }
    number(multiple(value, step, f64::round))
}

/// Away from zero to an odd or an even number.
fn to_parity(value: f64, odd: bool) -> f64 {
    let size = value.abs().ceil();
    let size = if (size % 2.0 != 0.0) == odd { size } else { size + 1.0 };
    size.copysign(value)
}

fn power(call: &Call<'_>) -> Out {
    let (base, exponent) = (call.number(0), call.number(1));
    if base == 0.0 && exponent < 0.0 { Err(ErrorCode::Div0) } else { number(base.powf(exponent)) }
}

fn positive(value: f64) -> Result<f64, ErrorCode> {
    if value > 0.0 { Ok(value) } else { Err(ErrorCode::Number) }
}

fn log(call: &Call<'_>) -> Out {
    let (value, base) = (positive(call.number(0))?, positive(call.number_or(1, 10.0))?);
    let base = base.ln();
    if base == 0.0 { Err(ErrorCode::Div0) } else { number(clean(value.ln() / base)) }
}

fn sum_product(call: &Call<'_>) -> Out {
    let length = call.list(0).len();
    allowed((1..call.args.len()).all(|at| call.list(at).len() == length), ())?;
    let mut sum = 0.0;
    for at in 0..length {
        let mut product = 1.0;
        for arg in 0..call.args.len() {
            product *= match &call.list(arg)[at] {
                Datum::Error(code) => return Err(*code),
                item @ (Datum::Number(_) | Datum::Bool(_)) => coerce::number_of(item, &call.cx(arg))?,
                _ => 0.0,
            };
        }
        sum += product;
    }
    number(sum)
}

/// The sum over the pairs of two lists of numbers of the same length.
fn sum_pairs(call: &Call<'_>, of: fn(f64, f64) -> f64) -> Out {
    let (a, b) = (call.numbers_at(0), call.numbers_at(1));
    allowed(a.len() == b.len(), ())?;
    number(a.iter().zip(&b).map(|(a, b)| of(*a, *b)).sum())
}

fn series_sum(call: &Call<'_>) -> Out {
    let (x, first, step) = (call.number(0), call.number(1), call.number(2));
    let terms = call.numbers(3).enumerate();
    number(terms.map(|(place, factor)| factor * x.powf(first + step * place as f64)).sum())
}

/// Bits of the seed spread evenly (splitmix64), as a number from 0 up to but not including 1.
fn unit(seed: u64) -> f64 {
    let mut bits = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) >> 11) as f64 / 9_007_199_254_740_992.0
}

fn random_between(call: &Call<'_>) -> Out {
    let (low, high) = (call.number(0).ceil(), call.number(1).floor());
    allowed(low <= high, ())?;
    number((low + (unit(call.seed) * (high - low + 1.0)).floor()).min(high))
}

#[expect(clippy::unnecessary_wraps, reason = "rows of the table give results")]
fn random_item(call: &Call<'_>) -> Out {
    let items = call.list(0);
    Ok(items.get((unit(call.seed) * items.len() as f64) as usize).cloned().unwrap_or(Datum::Null))
}

fn value(call: &Call<'_>) -> Out {
    let text = call.text(0);
    if text.is_empty() {
        return Ok(Datum::Null);
    }
    let read = coerce::number_of(call.arg(0), &call.cx(0));
    match read {
        Err(ErrorCode::Type) => {
            let date = coerce::date_of(call.arg(0), &call.cx(0)).map_err(|_| ErrorCode::Value)?;
            number(coerce::number_of(&date, &call.cx(0))?)
        }
        read => number(read?),
    }
}

pub(super) const ROWS: &[Function] = &[
    NUM.strict("ABS", &[one("number", Number)], NUMBER, "The number without its sign.", ("ABS(-3)", "3"), |c| {
        number(c.number(0).abs())
    }),
    NUM.strict(
        "SIGN",
        &[one("number", Number)],
        NUMBER,
        "1 of a positive number, -1 of a negative one, 0 of zero.",
        ("SIGN(-3)", "-1"),
        |c| number(if c.number(0) == 0.0 { 0.0 } else { c.number(0).signum() }),
    ),
    NUM.strict(
        "INT",
        &[one("number", Number)],
        NUMBER,
        "The next whole number downwards.",
        ("INT(-1.5)", "-2"),
        |c| number(c.number(0).floor()),
    ),
    NUM.strict(
        "TRUNC",
        &[one("number", Number), opt("digits", Number)],
        NUMBER,
        "The number without its digits after the point, or after as many of them as given.",
        ("TRUNC(-1.59, 1)", "-1.5"),
        |c| number(round_down(c.number(0), c.int(1))),
    ),
    NUM.strict(
        "ROUND",
        &[one("number", Number), opt("digits", Number)],
        NUMBER,
        "The number rounded to digits after the point, -1 for tens; half goes away from zero.",
        ("ROUND(1.005, 2)", "1.01"),
        |c| number(round(c.number(0), c.int(1))),
    ),
    NUM.strict(
        "ROUNDUP",
        &[one("number", Number), opt("digits", Number)],
        NUMBER,
        "The number rounded away from zero to digits after the point, -1 for tens.",
        ("ROUNDUP(1.21, 1)", "1.3"),
        |c| number(round_up(c.number(0), c.int(1))),
    ),
    NUM.strict(
        "ROUNDDOWN",
        &[one("number", Number), opt("digits", Number)],
        NUMBER,
        "The number rounded towards zero to digits after the point, -1 for tens.",
        ("ROUNDDOWN(1.29, 1)", "1.2"),
        |c| number(round_down(c.number(0), c.int(1))),
    ),
    NUM.strict(
        "MROUND",
        &[one("number", Number), one("multiple", Number)],
        NUMBER,
        "The multiple nearest to the number.",
        ("MROUND(10, 3)", "9"),
        mround,
    ),
    NUM.strict(
        "CEILING",
        &[one("number", Number), opt("multiple", Number)],
        NUMBER,
        "The next multiple upwards, of 1 when no other is given.",
        ("CEILING(2.1, 0.5)", "2.5"),
        ceiling,
    ),
    NUM.strict(
        "FLOOR",
        &[one("number", Number), opt("multiple", Number)],
        NUMBER,
        "The next multiple downwards, of 1 when no other is given.",
        ("FLOOR(2.9, 0.5)", "2.5"),
        floor,
    ),
    NUM.strict(
        "CEILING.MATH",
        &[one("number", Number), opt("multiple", Number), opt("mode", Number)],
        NUMBER,
        "The next multiple upwards; with a mode other than 0, negative numbers go away from zero.",
        ("CEILING.MATH(-5.5, 2, 1)", "-6"),
        ceiling_math,
    ),
    NUM.strict(
        "FLOOR.MATH",
        &[one("number", Number), opt("multiple", Number), opt("mode", Number)],
        NUMBER,
        "The next multiple downwards; with a mode other than 0, negative numbers go towards zero.",
        ("FLOOR.MATH(-5.5, 2, 1)", "-4"),
        floor_math,
    ),
    NUM.strict(
        "EVEN",
        &[one("number", Number)],
        NUMBER,
        "The next even number away from zero.",
        ("EVEN(1.5)", "2"),
        |c| number(to_parity(c.number(0), false)),
    ),
    NUM.strict(
        "ODD",
        &[one("number", Number)],
        NUMBER,
        "The next odd number away from zero.",
        ("ODD(-1.5)", "-3"),
        |c| number(to_parity(c.number(0), true)),
    ),
    NUM.strict(
        "ISEVEN",
        &[one("number", Number)],
        BOOL,
        "Whether the number, without its fraction, is even.",
        ("ISEVEN(4)", "TRUE"),
        |c| yes(c.number(0).trunc() % 2.0 == 0.0),
    ),
    NUM.strict(
        "ISODD",
        &[one("number", Number)],
        BOOL,
        "Whether the number, without its fraction, is odd.",
        ("ISODD(4)", "FALSE"),
        |c| yes(c.number(0).trunc() % 2.0 != 0.0),
    ),
    NUM.strict(
        "MOD",
        &[one("number", Number), one("divisor", Number)],
        NUMBER,
        "The remainder of a division, with the sign of the divisor.",
        ("MOD(-3, 2)", "1"),
        |c| if c.number(1) == 0.0 { Err(ErrorCode::Div0) } else { number(modulo(c.number(0), c.number(1))) },
    ),
    NUM.strict(
        "QUOTIENT",
        &[one("number", Number), one("divisor", Number)],
        NUMBER,
        "The whole part of a division.",
        ("QUOTIENT(7, 2)", "3"),
        |c| if c.number(1) == 0.0 { Err(ErrorCode::Div0) } else { number((c.number(0) / c.number(1)).trunc()) },
    ),
    NUM.strict(
        "POWER",
        &[one("base", Number), one("exponent", Number)],
        NUMBER,
        "The base raised to the exponent.",
        ("POWER(2, 10)", "1024"),
        power,
    ),
    NUM.strict("SQRT", &[one("number", Number)], NUMBER, "The square root.", ("SQRT(9)", "3"), |c| {
        number(c.number(0).sqrt())
    }),
    NUM.strict("CBRT", &[one("number", Number)], NUMBER, "The cube root.", ("CBRT(-27)", "-3"), |c| {
        number(c.number(0).cbrt())
    }),
    NUM.strict(
        "SQRTPI",
        &[one("number", Number)],
        NUMBER,
        "The square root of the number times pi.",
        ("ROUND(SQRTPI(1), 6)", "1.772454"),
        |c| number((c.number(0) * std::f64::consts::PI).sqrt()),
    ),
    NUM.strict(
        "EXP",
        &[one("number", Number)],
        NUMBER,
        "e raised to the number.",
        ("ROUND(EXP(1), 6)", "2.718282"),
        |c| number(c.number(0).exp()),
    ),
    NUM.strict(
        "LN",
        &[one("number", Number)],
        NUMBER,
        "The natural logarithm.",
        ("LN(1)", "0"),
        |c| number(positive(c.number(0))?.ln()),
    ),
    NUM.strict(
        "LOG",
        &[one("number", Number), opt("base", Number)],
        NUMBER,
        "The logarithm to a base, to 10 when none is given.",
        ("LOG(8, 2)", "3"),
        log,
    ),
    NUM.strict("LOG10", &[one("number", Number)], NUMBER, "The logarithm to 10.", ("LOG10(1000)", "3"), |c| {
        number(positive(c.number(0))?.log10())
    }),
    NUM.strict("LOG2", &[one("number", Number)], NUMBER, "The logarithm to 2.", ("LOG2(1024)", "10"), |c| {
        number(positive(c.number(0))?.log2())
    }),
    NUM.strict(
        "PRODUCT",
        &[many("number", Numbers)],
        NUMBER,
        "The product of numbers and of the numbers in lists; 0 when there are none.",
        ("PRODUCT(2, LIST(3, 4))", "24"),
        |c| if c.numbers(0).next().is_none() { number(0.0) } else { number(c.numbers(0).product()) },
    ),
    NUM.strict(
        "SUMSQ",
        &[many("number", Numbers)],
        NUMBER,
        "The sum of the squares.",
        ("SUMSQ(3, 4)", "25"),
        |c| number(c.numbers(0).map(|n| n * n).sum()),
    ),
    NUM.strict(
        "SUMPRODUCT",
        &[many("list", List)],
        NUMBER,
        "The sum of the products of items at the same place; what is no number counts as 0.",
        ("SUMPRODUCT(LIST(1, 2), LIST(3, 4))", "11"),
        sum_product,
    ),
    NUM.strict(
        "SUMX2MY2",
        &[one("xs", Numbers), one("ys", Numbers)],
        NUMBER,
        "The sum of the differences of the squares of pairs.",
        ("SUMX2MY2(LIST(3, 4), LIST(1, 2))", "20"),
        |c| sum_pairs(c, |x, y| x * x - y * y),
    ),
    NUM.strict(
        "SUMX2PY2",
        &[one("xs", Numbers), one("ys", Numbers)],
        NUMBER,
        "The sum of the squares of pairs.",
        ("SUMX2PY2(LIST(3, 4), LIST(1, 2))", "30"),
        |c| sum_pairs(c, |x, y| x * x + y * y),
    ),
    NUM.strict(
        "SUMXMY2",
        &[one("xs", Numbers), one("ys", Numbers)],
        NUMBER,
        "The sum of the squares of the differences of pairs.",
        ("SUMXMY2(LIST(3, 4), LIST(1, 2))", "8"),
        |c| sum_pairs(c, |x, y| (x - y) * (x - y)),
    ),
    NUM.strict(
        "SERIESSUM",
        &[one("x", Number), one("first", Number), one("step", Number), one("factors", Numbers)],
        NUMBER,
        "The sum of factors times powers of x, whose exponents begin at first and grow by step.",
        ("SERIESSUM(2, 0, 1, LIST(1, 1, 1))", "7"),
        series_sum,
    ),
    NUM.strict(
        "RAND",
        &[],
        NUMBER,
        "A number from 0 up to but not 1 that differs by record and stays the same for one.",
        ("INT(RAND())", "0"),
        |c| number(unit(c.seed)),
    ),
    NUM.strict(
        "RANDOMBETWEEN",
        &[one("low", Number), one("high", Number)],
        NUMBER,
        "A whole number between two others that differs by record and stays the same for one.",
        ("RANDOMBETWEEN(7, 7)", "7"),
        random_between,
    ),
    NUM.strict(
        "RANDOMITEM",
        &[one("list", List)],
        Gives::ItemOf(0),
        "An item of a list that differs by record and stays the same for one.",
        (r#"RANDOMITEM(LIST("a"))"#, r#""a""#),
        random_item,
    ),
    NUM.strict(
        "VALUE",
        &[one("text", Text)],
        NUMBER,
        "The number a text says, also with signs of currency, percent and thousands; of a date its days since 1899-12-30.",
        (r#"VALUE("$1,234.50")"#, "1234.5"),
        value,
    ),
];
