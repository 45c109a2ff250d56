//! What things lose of their worth, and rates and prices in other terms.

use crate::formula::{
    ErrorCode,
    functions::{
        Call, Function, Group,
        Takes::Number,
        finance::MAX_PERIODS,
        number::round,
        row::{In, NUMBER, Out, number, one, opt, quotient},
    },
};

const FINANCE: In = In(Group::Finance);

/// Cost, salvage, life and period of what loses its worth.
fn asset(call: &Call<'_>) -> Result<(f64, f64, f64, f64), ErrorCode> {
    let (cost, salvage, life, period) = (call.number(0), call.number(1), call.number(2), call.number(3));
    if cost < 0.0 || salvage < 0.0 || life <= 0.0 || period < 1.0 {
        return Err(ErrorCode::Number);
    }
    if period > MAX_PERIODS as f64 { Err(ErrorCode::Limit) } else { Ok((cost, salvage, life, period)) }
}

fn sum_of_years(call: &Call<'_>) -> Out {
    let (cost, salvage, life, period) = asset(call)?;
    if period > life {
        return Err(ErrorCode::Number);
    }
    quotient((cost - salvage) * (life - period + 1.0) * 2.0, life * (life + 1.0))
}

fn fixed_declining(call: &Call<'_>) -> Out {
    let (cost, salvage, life, period) = asset(call)?;
    let months = call.number_or(4, 12.0).trunc();
    let most = if months < 12.0 { life + 1.0 } else { life };
    if !(1.0..=12.0).contains(&months) || period > most || cost == 0.0 {
        return if cost == 0.0 { number(0.0) } else { Err(ErrorCode::Number) };
    }
    let rate = round(1.0 - (salvage / cost).powf(1.0 / life), 3);
    let first = cost * rate * months / 12.0;
    let (mut lost, mut last) = (first, first);
    for year in 2..=period as u32 {
        last = (cost - lost) * rate;
        if f64::from(year) > life {
            last *= (12.0 - months) / 12.0;
        }
        lost += last;
    }
    number(last)
}

fn double_declining(call: &Call<'_>) -> Out {
    let (cost, salvage, life, period) = asset(call)?;
    let rate = (call.number_or(4, 2.0) / life).min(1.0);
    if period > life || rate <= 0.0 {
        return Err(ErrorCode::Number);
    }
    let (mut worth, mut lost) = (cost, 0.0);
    for _ in 0..period.ceil() as u32 {
        lost = (worth * rate).min((worth - salvage).max(0.0));
        worth -= lost;
    }
    number(lost)
}

fn effective(call: &Call<'_>) -> Out {
    let (rate, times) = (call.number(0), call.number(1).trunc());
    if rate <= 0.0 || times < 1.0 {
        Err(ErrorCode::Number)
    } else {
        number((times * (rate / times).ln_1p()).exp_m1())
    }
}

fn nominal(call: &Call<'_>) -> Out {
    let (rate, times) = (call.number(0), call.number(1).trunc());
    if rate <= 0.0 || times < 1.0 {
        Err(ErrorCode::Number)
    } else {
        number(times * (rate.ln_1p() / times).exp_m1())
    }
}

/// The digits after the point of a price as a number of parts of one, or the way back.
fn fraction_price(call: &Call<'_>, to_decimal: bool) -> Out {
    let (price, parts) = (call.number(0), call.number(1).trunc());
    if parts < 1.0 {
        return if parts < 0.0 { Err(ErrorCode::Number) } else { Err(ErrorCode::Div0) };
    }
    let scale = 10f64.powf(parts.log10().ceil());
    let (whole, rest) = (price.trunc(), price.fract());
    number(whole + if to_decimal { rest * scale / parts } else { rest * parts / scale })
}

pub(super) const ROWS: &[Function] = &[
    FINANCE.strict(
        "SLN",
        &[one("cost", Number), one("salvage", Number), one("life", Number)],
        NUMBER,
        "What something loses of its worth in each period when it loses evenly.",
        ("SLN(30000, 7500, 10)", "2250"),
        |c| quotient(c.number(0) - c.number(1), c.number(2)),
    ),
    FINANCE.strict(
        "SYD",
        &[one("cost", Number), one("salvage", Number), one("life", Number), one("period", Number)],
        NUMBER,
        "What something loses of its worth in a period, by the sum of the digits of the years.",
        ("ROUND(SYD(30000, 7500, 10, 1), 2)", "4090.91"),
        sum_of_years,
    ),
    FINANCE.strict(
        "DB",
        &[
            one("cost", Number),
            one("salvage", Number),
            one("life", Number),
            one("period", Number),
            opt("months", Number),
        ],
        NUMBER,
        "What something loses of its worth in a period at a fixed rate; months are those of the first year.",
        ("ROUND(DB(1000000, 100000, 6, 1, 7), 2)", "186083.33"),
        fixed_declining,
    ),
    FINANCE.strict(
        "DDB",
        &[
            one("cost", Number),
            one("salvage", Number),
            one("life", Number),
            one("period", Number),
            opt("factor", Number),
        ],
        NUMBER,
        "What something loses of its worth in a period at double the even rate, or at another multiple.",
        ("DDB(2400, 300, 10, 2)", "384"),
        double_declining,
    ),
    FINANCE.strict(
        "EFFECT",
        &[one("rate", Number), one("times", Number)],
        NUMBER,
        "The yearly rate of one that is paid so many times a year.",
        ("ROUND(EFFECT(0.0525, 4), 7)", "0.0535427"),
        effective,
    ),
    FINANCE.strict(
        "NOMINAL",
        &[one("rate", Number), one("times", Number)],
        NUMBER,
        "The rate, paid so many times a year, that makes a yearly one.",
        ("ROUND(NOMINAL(0.053543, 4), 5)", "0.0525"),
        nominal,
    ),
    FINANCE.strict(
        "DOLLARDE",
        &[one("price", Number), one("parts", Number)],
        NUMBER,
        "A price whose digits after the point count parts of one, as a decimal.",
        ("DOLLARDE(1.02, 16)", "1.125"),
        |c| fraction_price(c, true),
    ),
    FINANCE.strict(
        "DOLLARFR",
        &[one("price", Number), one("parts", Number)],
        NUMBER,
        "A decimal price with digits after the point that count parts of one.",
        ("DOLLARFR(1.125, 16)", "1.02"),
        |c| fraction_price(c, false),
    ),
];
