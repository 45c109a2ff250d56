//! Two lists as pairs, and the straight line through them.

use crate::formula::{
    Datum, ErrorCode,
    functions::{
        Call, Function, Group,
        Takes::{List, Number},
        row::{In, NUMBER, Out, allowed, number, one, quotient},
    },
};

const STATISTICS: In = In(Group::Statistics);

/// Two lists as pairs at the same place that are both numbers.
fn pairs(call: &Call<'_>, xs: usize, ys: usize) -> Result<Vec<(f64, f64)>, ErrorCode> {
    let (xs, ys) = (call.list(xs), call.list(ys));
    allowed(xs.len() == ys.len(), ())?;
    let mut pairs = Vec::with_capacity(xs.len());
    for pair in xs.iter().zip(ys) {
        match pair {
            (Datum::Error(code), _) | (_, Datum::Error(code)) => return Err(*code),
            (Datum::Number(x), Datum::Number(y)) => pairs.push((*x, *y)),
            _ => {}
        }
    }
    Ok(pairs)
}

/// What a straight line through pairs follows from.
struct Fit {
    n: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

fn straight(call: &Call<'_>, xs: usize, ys: usize) -> Result<Fit, ErrorCode> {
    let pairs = pairs(call, xs, ys)?;
    if pairs.is_empty() {
        return Err(ErrorCode::Div0);
    }
    let n = pairs.len() as f64;
    let x = pairs.iter().map(|(x, _)| x).sum::<f64>() / n;
    let y = pairs.iter().map(|(_, y)| y).sum::<f64>() / n;
    let sum = |of: fn(f64, f64) -> f64| pairs.iter().map(|(a, b)| of(a - x, b - y)).sum::<f64>();
    Ok(Fit { n, x, y, xx: sum(|a, _| a * a), yy: sum(|_, b| b * b), xy: sum(|a, b| a * b) })
}

fn correlation(call: &Call<'_>) -> Result<f64, ErrorCode> {
    let fit = straight(call, 0, 1)?;
    let spread = (fit.xx * fit.yy).sqrt();
    if spread == 0.0 { Err(ErrorCode::Div0) } else { Ok((fit.xy / spread).clamp(-1.0, 1.0)) }
}

fn forecast(call: &Call<'_>) -> Out {
    let fit = straight(call, 2, 1)?;
    if fit.xx == 0.0 {
        Err(ErrorCode::Div0)
    } else {
        number(fit.y + fit.xy / fit.xx * (call.number(0) - fit.x))
    }
}

fn intercept(call: &Call<'_>) -> Out {
    let fit = straight(call, 1, 0)?;
    if fit.xx == 0.0 { Err(ErrorCode::Div0) } else { number(fit.y - fit.xy / fit.xx * fit.x) }
}

fn standard_error(call: &Call<'_>) -> Out {
    let fit = straight(call, 1, 0)?;
    if fit.n < 3.0 || fit.xx == 0.0 {
        return Err(ErrorCode::Div0);
    }
    number(((fit.yy - fit.xy * fit.xy / fit.xx).max(0.0) / (fit.n - 2.0)).sqrt())
}

/// Rows of a function of two lists.
macro_rules! of_pairs {
    ($name:literal, $first:literal, $second:literal, $help:literal, $args:literal, $result:literal, $of:expr) => {
        STATISTICS.strict(
            $name,
            &[one($first, List), one($second, List)],
            NUMBER,
            $help,
            (concat!($name, "(", $args, ")"), $result),
            $of,
        )
    };
}
pub(super) const ROWS: &[Function] = &[
    of_pairs!(
        "CORREL",
        "xs",
        "ys",
        "How closely two lists follow a straight line, -1 to 1.",
        "LIST(1, 2, 3), LIST(2, 4, 6)",
        "1",
        |c| number(correlation(c)?)
    ),
    of_pairs!(
        "PEARSON",
        "xs",
        "ys",
        "How closely two lists follow a straight line, -1 to 1.",
        "LIST(1, 2, 3), LIST(6, 4, 2)",
        "-1",
        |c| number(correlation(c)?)
    ),
    of_pairs!(
        "RSQ",
        "ys",
        "xs",
        "The square of how closely two lists follow a straight line.",
        "LIST(1, 2, 3), LIST(6, 4, 2)",
        "1",
        |c| number(correlation(c)?.powi(2))
    ),
    of_pairs!(
        "COVAR",
        "xs",
        "ys",
        "The covariance of all pairs.",
        "LIST(1, 2, 3), LIST(2, 4, 6)",
        "1.3333333333333333",
        |c| straight(c, 0, 1).and_then(|f| quotient(f.xy, f.n))
    ),
    of_pairs!(
        "COVARIANCE.P",
        "xs",
        "ys",
        "The covariance of all pairs.",
        "LIST(1, 3), LIST(2, 4)",
        "1",
        |c| straight(c, 0, 1).and_then(|f| quotient(f.xy, f.n))
    ),
    of_pairs!(
        "COVARIANCE.S",
        "xs",
        "ys",
        "The covariance of a sample of pairs.",
        "LIST(1, 3), LIST(2, 4)",
        "2",
        |c| straight(c, 0, 1).and_then(|f| quotient(f.xy, f.n - 1.0))
    ),
    of_pairs!(
        "SLOPE",
        "ys",
        "xs",
        "How steep the straight line through pairs is.",
        "LIST(2, 4, 6), LIST(1, 2, 3)",
        "2",
        |c| straight(c, 1, 0).and_then(|f| quotient(f.xy, f.xx))
    ),
    of_pairs!(
        "INTERCEPT",
        "ys",
        "xs",
        "Where the straight line through pairs crosses x = 0.",
        "LIST(3, 5, 7), LIST(1, 2, 3)",
        "1",
        intercept
    ),
    of_pairs!(
        "STEYX",
        "ys",
        "xs",
        "How far pairs are off the straight line through them.",
        "LIST(2, 4, 6), LIST(1, 2, 3)",
        "0",
        standard_error
    ),
    STATISTICS.strict(
        "FORECAST",
        &[one("x", Number), one("ys", List), one("xs", List)],
        NUMBER,
        "The value at x of the straight line through pairs.",
        ("FORECAST(4, LIST(2, 4, 6), LIST(1, 2, 3))", "8"),
        forecast,
    ),
    STATISTICS.strict(
        "FORECAST.LINEAR",
        &[one("x", Number), one("ys", List), one("xs", List)],
        NUMBER,
        "The value at x of the straight line through pairs.",
        ("FORECAST.LINEAR(4, LIST(2, 4, 6), LIST(1, 2, 3))", "8"),
        forecast,
    ),
];
