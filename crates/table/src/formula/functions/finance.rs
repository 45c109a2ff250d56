//! Loans and flows of money, with the signs of Excel: what is paid is negative.

use crate::formula::{
    ErrorCode, coerce,
    functions::{
        Call, Function, Group,
        Takes::{List, Number, Numbers},
        clock::Moment,
        row::{In, NUMBER, Out, allowed, many, number, one, opt, quotient},
    },
};

const FINANCE: In = In(Group::Finance);
/// Periods and payments of the longest loan or flow that is computed.
pub(super) const MAX_PERIODS: usize = 10_000;

/// What grows at a rate over periods: the factor of the sum, and of equal payments.
fn growth(rate: f64, periods: f64, due: f64) -> (f64, f64) {
    if rate == 0.0 {
        return (1.0, periods);
    }
    let factor = (1.0 + rate).powf(periods);
    // Small rates would lose their digits in the difference.
    let gained = (periods * rate.ln_1p()).exp_m1();
    (factor, (1.0 + rate * due) * gained / rate)
}

fn due(call: &Call<'_>, at: usize) -> f64 {
    f64::from(u8::from(call.number(at) != 0.0))
}

fn payment(rate: f64, periods: f64, present: f64, future: f64, due: f64) -> f64 {
    let (factor, annuity) = growth(rate, periods, due);
    -(present * factor + future) / annuity
}

fn future_value(rate: f64, periods: f64, payment: f64, present: f64, due: f64) -> f64 {
    let (factor, annuity) = growth(rate, periods, due);
    -(present * factor + payment * annuity)
}

fn pmt(call: &Call<'_>) -> Out {
    let periods = call.number(1);
    if periods == 0.0 {
        return Err(ErrorCode::Number);
    }
    number(payment(call.number(0), periods, call.number(2), call.number(3), due(call, 4)))
}

fn present_value(call: &Call<'_>) -> Out {
    let (factor, annuity) = growth(call.number(0), call.number(1), due(call, 4));
    quotient(-(call.number(3) + call.number(2) * annuity), factor)
}

/// The interest of one period, the payment of which is split into it and the rest.
fn interest(rate: f64, period: f64, periods: f64, present: f64, future: f64, due: f64) -> (f64, f64) {
    let payment = payment(rate, periods, present, future, due);
    let owed = if due == 0.0 {
        future_value(rate, period - 1.0, payment, present, due)
    } else if period < 2.0 {
        0.0
    } else {
        // What is paid at the beginning of a period bears no interest in it.
        future_value(rate, period - 2.0, payment, present, due) - payment
    };
    (payment, owed * rate)
}

fn split(call: &Call<'_>, of: fn(f64, f64) -> f64) -> Out {
    let (rate, period, periods) = (call.number(0), call.number(1), call.number(2));
    if period < 1.0 || period > periods {
        return Err(ErrorCode::Number);
    }
    let (payment, interest) = interest(rate, period, periods, call.number(3), call.number(4), due(call, 5));
    number(of(payment, interest))
}

/// The sum of what is paid as interest, or as principal, over periods.
fn cumulative(call: &Call<'_>, of: fn(f64, f64) -> f64) -> Out {
    let (rate, periods, present) = (call.number(0), call.number(1), call.number(2));
    let (first, last) = (call.number(3).ceil(), call.number(4).trunc());
    if rate <= 0.0 || periods <= 0.0 || present <= 0.0 || first < 1.0 || last < first || last > periods {
        return Err(ErrorCode::Number);
    }
    if last > MAX_PERIODS as f64 {
        return Err(ErrorCode::Limit);
    }
    let each = (first as u32..=last as u32).map(|period| {
        let (payment, interest) = interest(rate, f64::from(period), periods, present, 0.0, due(call, 5));
        of(payment, interest)
    });
    number(each.sum())
}

fn periods(call: &Call<'_>) -> Out {
    let (rate, payment, present, future) = (call.number(0), call.number(1), call.number(2), call.number(3));
    if rate == 0.0 {
        return quotient(-(present + future), payment);
    }
    let paid = payment * (1.0 + rate * due(call, 4)) / rate;
    number(((paid - future) / (paid + present)).ln() / rate.ln_1p())
}

/// Rates between which one is looked for.
const EDGES: [f64; 12] = [-0.999_999, -0.9, -0.5, -0.2, -0.05, 0.0, 0.05, 0.2, 1.0, 10.0, 1e3, 1e6];

/// A rate above -1 at which a function is 0: by Newton's steps, else by halving where it changes its sign.
fn rate_of(guess: f64, of: impl Fn(f64) -> f64) -> Out {
    let mut rate = guess;
    for _ in 0..50 {
        let (value, step) = (of(rate), (rate.abs() * 1e-6).max(1e-7));
        let slope = (of(rate + step) - of(rate - step)) / (2.0 * step);
        let next = rate - value / slope;
        if !next.is_finite() || next <= -1.0 {
            break;
        }
        if (next - rate).abs() < 1e-12 * next.abs().max(1.0) {
            return number(next);
        }
        rate = next;
    }
    for pair in EDGES.windows(2) {
        let (mut low, mut high) = (pair[0], pair[1]);
        let above = of(low) > 0.0;
        if !of(low).is_finite() || !of(high).is_finite() || (of(high) > 0.0) == above {
            continue;
        }
        for _ in 0..100 {
            let middle = low + (high - low) / 2.0;
            if (of(middle) > 0.0) == above { low = middle } else { high = middle }
        }
        return number(low);
    }
    Err(ErrorCode::Number)
}

fn rate(call: &Call<'_>) -> Out {
    let (periods, payment, present, future) =
        (call.number(0), call.number(1), call.number(2), call.number(3));
    let due = due(call, 4);
    if periods <= 0.0 {
        return Err(ErrorCode::Number);
    }
    rate_of(call.number_or(5, 0.1), |rate| present_balance(rate, periods, payment, present, future, due))
}

/// What is left over when a loan ends; 0 at its rate.
fn present_balance(rate: f64, periods: f64, payment: f64, present: f64, future: f64, due: f64) -> f64 {
    let (factor, annuity) = growth(rate, periods, due);
    present * factor + payment * annuity + future
}

/// What flows are worth before the first when they come after equal times.
fn net_value(rate: f64, flows: &[f64]) -> f64 {
    flows.iter().rev().fold(0.0, |later, flow| (later + flow) / (1.0 + rate))
}

fn npv(call: &Call<'_>) -> Out {
    if 1.0 + call.number(0) == 0.0 {
        return Err(ErrorCode::Div0);
    }
    let flows: Vec<f64> = call.numbers(1).collect();
    number(net_value(call.number(0), &flows))
}

/// Flows in both directions, and not too many of them.
fn both_ways(flows: &[f64]) -> Result<(), ErrorCode> {
    if flows.len() > MAX_PERIODS {
        return Err(ErrorCode::Limit);
    }
    let both = flows.iter().any(|flow| *flow > 0.0) && flows.iter().any(|flow| *flow < 0.0);
    if both { Ok(()) } else { Err(ErrorCode::Number) }
}

fn irr(call: &Call<'_>) -> Out {
    let flows = call.numbers_at(0);
    both_ways(&flows)?;
    rate_of(call.number_or(1, 0.1), |rate| net_value(rate, &flows))
}

fn modified_irr(call: &Call<'_>) -> Out {
    let (flows, finance, reinvest) = (call.numbers_at(0), call.number(1), call.number(2));
    both_ways(&flows).map_err(|_| ErrorCode::Div0)?;
    let gains: Vec<f64> = flows.iter().map(|flow| flow.max(0.0)).collect();
    let losses: Vec<f64> = flows.iter().map(|flow| flow.min(0.0)).collect();
    let n = flows.len() as f64;
    let earned = net_value(reinvest, &gains) * (1.0 + reinvest).powf(n);
    let spent = -net_value(finance, &losses) * (1.0 + finance);
    number((earned / spent).powf(1.0 / (n - 1.0)) - 1.0)
}

/// Amounts with their time in years after the first.
fn dated(call: &Call<'_>, amounts: usize) -> Result<Vec<(f64, f64)>, ErrorCode> {
    let (flows, dates) = (call.list(amounts), call.list(amounts + 1));
    allowed(flows.len() == dates.len() && !flows.is_empty(), ())?;
    if flows.len() > MAX_PERIODS {
        return Err(ErrorCode::Limit);
    }
    let mut first = None;
    let mut dated = Vec::with_capacity(flows.len());
    for (flow, date) in flows.iter().zip(dates) {
        let date = coerce::date_of(date, &call.cx(amounts + 1))?;
        let days = Moment::of(&date, call.env).ok_or(ErrorCode::Value)?.days();
        let first = *first.get_or_insert(days);
        dated.push((coerce::number_of(flow, &call.cx(amounts))?, (days - first) as f64 / 365.0));
    }
    Ok(dated)
}

fn dated_value(rate: f64, flows: &[(f64, f64)]) -> f64 {
    flows.iter().map(|(flow, years)| flow / (1.0 + rate).powf(*years)).sum()
}

fn xnpv(call: &Call<'_>) -> Out {
    let rate = call.number(0);
    if rate <= -1.0 { Err(ErrorCode::Number) } else { number(dated_value(rate, &dated(call, 1)?)) }
}

fn xirr(call: &Call<'_>) -> Out {
    let flows = dated(call, 0)?;
    both_ways(&flows.iter().map(|(flow, _)| *flow).collect::<Vec<f64>>())?;
    rate_of(call.number_or(2, 0.1), |rate| dated_value(rate, &flows))
}

const LOAN: &[super::Param] = &[
    one("rate", Number),
    one("periods", Number),
    one("present", Number),
    opt("future", Number),
    opt("due", Number),
];
const PERIOD: &[super::Param] = &[
    one("rate", Number),
    one("period", Number),
    one("periods", Number),
    one("present", Number),
    opt("future", Number),
    opt("due", Number),
];
const CUMULATIVE: &[super::Param] = &[
    one("rate", Number),
    one("periods", Number),
    one("present", Number),
    one("first", Number),
    one("last", Number),
    one("due", Number),
];

pub(super) const ROWS: &[Function] = &[
    FINANCE.strict(
        "PMT",
        LOAN,
        NUMBER,
        "The payment of every period that pays off a loan; due is 1 when it is paid at the beginning.",
        ("ROUND(PMT(0.01, 12, 1000), 2)", "-88.85"),
        pmt,
    ),
    FINANCE.strict(
        "IPMT",
        PERIOD,
        NUMBER,
        "The interest in the payment of one period of a loan.",
        ("ROUND(IPMT(0.01, 1, 12, 1000), 2)", "-10"),
        |c| split(c, |_, interest| interest),
    ),
    FINANCE.strict(
        "PPMT",
        PERIOD,
        NUMBER,
        "The part of the payment of one period that pays off a loan.",
        ("ROUND(PPMT(0.01, 1, 12, 1000), 2)", "-78.85"),
        |c| split(c, |payment, interest| payment - interest),
    ),
    FINANCE.strict(
        "CUMIPMT",
        CUMULATIVE,
        NUMBER,
        "The interest paid on a loan from a first to a last period.",
        ("ROUND(CUMIPMT(0.0075, 360, 125000, 13, 24, 0), 2)", "-11135.23"),
        |c| cumulative(c, |_, interest| interest),
    ),
    FINANCE.strict(
        "CUMPRINC",
        CUMULATIVE,
        NUMBER,
        "What is paid off of a loan from a first to a last period.",
        ("ROUND(CUMPRINC(0.0075, 360, 125000, 13, 24, 0), 2)", "-934.11"),
        |c| cumulative(c, |payment, interest| payment - interest),
    ),
    FINANCE.strict(
        "ISPMT",
        &[one("rate", Number), one("period", Number), one("periods", Number), one("present", Number)],
        NUMBER,
        "The interest of a period of a loan that is paid off in equal parts; periods count from 0.",
        ("ISPMT(0.1, 0, 4, 4000)", "-400"),
        |c| {
            let part = c.number(1) / c.number(2);
            if c.number(2) == 0.0 {
                Err(ErrorCode::Div0)
            } else {
                number(-c.number(3) * c.number(0) * (1.0 - part))
            }
        },
    ),
    FINANCE.strict(
        "PV",
        &[
            one("rate", Number),
            one("periods", Number),
            one("payment", Number),
            opt("future", Number),
            opt("due", Number),
        ],
        NUMBER,
        "What equal payments, and a sum at their end, are worth today.",
        ("ROUND(PV(0.01, 12, -100), 2)", "1125.51"),
        present_value,
    ),
    FINANCE.strict(
        "FV",
        &[
            one("rate", Number),
            one("periods", Number),
            one("payment", Number),
            opt("present", Number),
            opt("due", Number),
        ],
        NUMBER,
        "What equal payments, and a sum at their beginning, are worth at their end.",
        ("ROUND(FV(0.01, 12, -100), 2)", "1268.25"),
        |c| number(future_value(c.number(0), c.number(1), c.number(2), c.number(3), due(c, 4))),
    ),
    FINANCE.strict(
        "FVSCHEDULE",
        &[one("present", Number), one("rates", Numbers)],
        NUMBER,
        "What a sum is worth after periods with these rates.",
        ("ROUND(FVSCHEDULE(1, LIST(0.09, 0.11, 0.1)), 5)", "1.33089"),
        |c| number(c.number(0) * c.numbers_at(1).iter().map(|rate| 1.0 + rate).product::<f64>()),
    ),
    FINANCE.strict(
        "NPER",
        &[
            one("rate", Number),
            one("payment", Number),
            one("present", Number),
            opt("future", Number),
            opt("due", Number),
        ],
        NUMBER,
        "How many payments pay off a loan.",
        ("ROUND(NPER(0.01, -100, 1000), 4)", "10.5886"),
        periods,
    ),
    FINANCE.strict(
        "RATE",
        &[
            one("periods", Number),
            one("payment", Number),
            one("present", Number),
            opt("future", Number),
            opt("due", Number),
            opt("guess", Number),
        ],
        NUMBER,
        "The rate of a period at which payments pay off a loan.",
        ("ROUND(RATE(48, -200, 8000), 6)", "0.007701"),
        rate,
    ),
    FINANCE.strict(
        "RRI",
        &[one("periods", Number), one("present", Number), one("future", Number)],
        NUMBER,
        "The rate at which a sum grows to another.",
        ("ROUND(RRI(96, 10000, 11000), 6)", "0.000993"),
        |c| {
            if c.number(0) <= 0.0 {
                Err(ErrorCode::Number)
            } else {
                number((c.number(2) / c.number(1)).powf(1.0 / c.number(0)) - 1.0)
            }
        },
    ),
    FINANCE.strict(
        "PDURATION",
        &[one("rate", Number), one("present", Number), one("future", Number)],
        NUMBER,
        "How many periods a sum takes to grow to another.",
        ("ROUND(PDURATION(0.025, 2000, 2200), 4)", "3.8599"),
        |c| {
            if c.number(0) <= 0.0 {
                Err(ErrorCode::Number)
            } else {
                number((c.number(2) / c.number(1)).ln() / c.number(0).ln_1p())
            }
        },
    ),
    FINANCE.strict(
        "NPV",
        &[one("rate", Number), many("flow", Numbers)],
        NUMBER,
        "What flows of money at the ends of periods are worth at the beginning of the first.",
        ("ROUND(NPV(0.1, -10000, 3000, 4200, 6800), 2)", "1188.44"),
        npv,
    ),
    FINANCE.strict(
        "IRR",
        &[one("flows", Numbers), opt("guess", Number)],
        NUMBER,
        "The rate at which flows of money after equal times are worth nothing.",
        ("ROUND(IRR(LIST(-70000, 12000, 15000, 18000, 21000, 26000)), 6)", "0.086631"),
        irr,
    ),
    FINANCE.strict(
        "MIRR",
        &[one("flows", Numbers), one("finance", Number), one("reinvest", Number)],
        NUMBER,
        "The rate of flows of money when losses are financed and gains reinvested at other rates.",
        ("ROUND(MIRR(LIST(-120000, 39000, 30000, 21000, 37000, 46000), 0.1, 0.12), 6)", "0.126094"),
        modified_irr,
    ),
    FINANCE.strict(
        "XNPV",
        &[one("rate", Number), one("flows", List), one("dates", List)],
        NUMBER,
        "What flows of money at dates are worth on the first of them, at a yearly rate.",
        ("ROUND(XNPV(0.1, LIST(-100, 110), LIST(DATE(2026, 1, 1), DATE(2027, 1, 1))), 6)", "0"),
        xnpv,
    ),
    FINANCE.strict(
        "XIRR",
        &[one("flows", List), one("dates", List), opt("guess", Number)],
        NUMBER,
        "The yearly rate at which flows of money at dates are worth nothing.",
        ("ROUND(XIRR(LIST(-100, 110), LIST(DATE(2026, 1, 1), DATE(2027, 1, 1))), 6)", "0.1"),
        xirr,
    ),
];
