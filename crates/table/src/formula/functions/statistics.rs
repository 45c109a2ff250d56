//! How numbers are spread, and where one stands among others.

use std::sync::Arc;

use crate::formula::{
    Datum, ErrorCode,
    functions::{
        Call, Function, Group,
        Takes::{Number, Numbers},
        number::round_down,
        row::{In, NUMBER, NUMBERS, Out, allowed, list, many, number, one, opt, quotient},
        total::LIKE_NUMBERS,
    },
};

const STATISTICS: In = In(Group::Statistics);

fn all(call: &Call<'_>) -> Vec<f64> {
    call.numbers(0).collect()
}

/// The numbers in ascending order; an error where there are none.
fn sorted(mut numbers: Vec<f64>) -> Result<Vec<f64>, ErrorCode> {
    numbers.sort_unstable_by(f64::total_cmp);
    if numbers.is_empty() { Err(ErrorCode::Number) } else { Ok(numbers) }
}

/// The numbers of the argument at a place in ascending order; an error where there are none.
fn in_order(call: &Call<'_>, at: usize) -> Result<Arc<[f64]>, ErrorCode> {
    let numbers = call.sorted_at(at);
    if numbers.is_empty() { Err(ErrorCode::Number) } else { Ok(numbers) }
}

pub(super) fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

/// The sum of a power of the distances from the mean.
fn moment(numbers: &[f64], power: i32) -> f64 {
    let mean = mean(numbers);
    numbers.iter().map(|number| (number - mean).powi(power)).sum()
}

/// Of a sample when `less` is 1, of all there are when it is 0.
fn variance(call: &Call<'_>, less: usize) -> Result<f64, ErrorCode> {
    let numbers = all(call);
    if numbers.len() <= less {
        Err(ErrorCode::Div0)
    } else {
        Ok(moment(&numbers, 2) / (numbers.len() - less) as f64)
    }
}

fn median(numbers: Vec<f64>) -> Out {
    let numbers = sorted(numbers)?;
    let middle = numbers.len() / 2;
    number(if numbers.len() % 2 == 1 {
        numbers[middle]
    } else {
        numbers[middle - 1] + (numbers[middle] - numbers[middle - 1]) / 2.0
    })
}

/// The numbers that are there most often, more than once, in the order they come first.
fn modes(call: &Call<'_>) -> Result<Vec<f64>, ErrorCode> {
    let mut times = std::collections::HashMap::<u64, (usize, usize)>::new();
    let numbers = all(call);
    for (at, number) in numbers.iter().enumerate() {
        times.entry((number + 0.0).to_bits()).or_insert((0, at)).0 += 1;
    }
    let most = times.values().map(|(count, _)| *count).max().unwrap_or(0);
    let mut places: Vec<usize> =
        times.values().filter(|(count, _)| *count == most).map(|(_, at)| *at).collect();
    places.sort_unstable();
    if most < 2 { Err(ErrorCode::NotFound) } else { Ok(places.into_iter().map(|at| numbers[at]).collect()) }
}

/// The number at a part of the way through others in ascending order, 0 to 1.
fn quantile(call: &Call<'_>, part: f64, exclusive: bool) -> Out {
    let numbers = in_order(call, 0)?;
    let length = numbers.len() as f64;
    let place = if exclusive { part * (length + 1.0) - 1.0 } else { part * (length - 1.0) };
    if !(0.0..=length - 1.0).contains(&place) || !(0.0..=1.0).contains(&part) {
        return Err(ErrorCode::Number);
    }
    let low = numbers[place as usize];
    let high = numbers.get(place as usize + 1).copied().unwrap_or(low);
    number(low + (high - low) * place.fract())
}

fn percentile(call: &Call<'_>, exclusive: bool) -> Out {
    quantile(call, call.number(1), exclusive)
}

fn quartile(call: &Call<'_>, exclusive: bool) -> Out {
    quantile(call, call.number(1).trunc() / 4.0, exclusive)
}

/// The part of the way through others at which a number stands, to three digits or as many as given.
fn percent_rank(call: &Call<'_>, exclusive: bool) -> Out {
    let (numbers, value) = (in_order(call, 0)?, call.number(1));
    let digits = call.int_or(2, 3);
    allowed((1..=15).contains(&digits), ())?;
    let below = numbers.partition_point(|number| *number < value);
    let Some(next) = numbers.get(below) else { return Err(ErrorCode::NotFound) };
    let place = if next.total_cmp(&value).is_eq() {
        below as f64
    } else if below == 0 {
        return Err(ErrorCode::NotFound);
    } else {
        let before = numbers[below - 1];
        below as f64 - 1.0 + (value - before) / (next - before)
    };
    let length = numbers.len() as f64;
    let part = match (exclusive, numbers.len()) {
        (true, _) => (place + 1.0) / (length + 1.0),
        (false, 1) => 1.0,
        (false, _) => place / (length - 1.0),
    };
    number(round_down(part, digits))
}

fn nth_smallest(call: &Call<'_>, from_end: bool) -> Out {
    let (numbers, place) = (in_order(call, 0)?, call.number(1).ceil());
    if !(1.0..=numbers.len() as f64).contains(&place) {
        return Err(ErrorCode::Number);
    }
    let at = place as usize - 1;
    number(numbers[if from_end { numbers.len() - 1 - at } else { at }])
}

/// The place of a number among others, the largest first unless ascending; of equal ones the first place,
/// or the average of their places.
fn rank(call: &Call<'_>, average: bool) -> Out {
    let (value, ascending) = (call.number(0), call.number(2) != 0.0);
    let numbers = call.sorted_at(1);
    let less = numbers.partition_point(|other| *other < value);
    let equal = numbers[less..].partition_point(|other| *other <= value);
    if equal == 0 {
        return Err(ErrorCode::NotFound);
    }
    let before = if ascending { less } else { numbers.len() - less - equal };
    number(before as f64 + 1.0 + if average { (equal as f64 - 1.0) / 2.0 } else { 0.0 })
}

fn geometric_mean(call: &Call<'_>) -> Out {
    let numbers = all(call);
    if numbers.is_empty() || numbers.iter().any(|number| *number <= 0.0) {
        return Err(ErrorCode::Number);
    }
    number((numbers.iter().map(|number| number.ln()).sum::<f64>() / numbers.len() as f64).exp())
}

fn harmonic_mean(call: &Call<'_>) -> Out {
    let numbers = all(call);
    if numbers.is_empty() || numbers.iter().any(|number| *number <= 0.0) {
        return Err(ErrorCode::Number);
    }
    number(numbers.len() as f64 / numbers.iter().map(|number| 1.0 / number).sum::<f64>())
}

fn trimmed_mean(call: &Call<'_>) -> Out {
    let (numbers, part) = (in_order(call, 0)?, call.number(1));
    if !(0.0..1.0).contains(&part) {
        return Err(ErrorCode::Number);
    }
    let each = (numbers.len() as f64 * part / 2.0) as usize;
    number(mean(&numbers[each..numbers.len() - each]))
}

fn mean_deviation(call: &Call<'_>) -> Out {
    let numbers = all(call);
    let mean = mean(&numbers);
    super::total::mean(numbers.iter().map(|number| (number - mean).abs()))
}

fn skew(call: &Call<'_>, less: usize) -> Out {
    let numbers = all(call);
    let n = numbers.len() as f64;
    if numbers.len() < 3 {
        return Err(ErrorCode::Div0);
    }
    let deviation = (moment(&numbers, 2) / (n - less as f64)).sqrt();
    let cubes = moment(&numbers, 3) / deviation.powi(3);
    if deviation == 0.0 {
        return Err(ErrorCode::Div0);
    }
    number(if less == 0 { cubes / n } else { cubes * n / ((n - 1.0) * (n - 2.0)) })
}

fn kurtosis(call: &Call<'_>) -> Out {
    let numbers = all(call);
    let n = numbers.len() as f64;
    let squares = if numbers.len() < 4 { 0.0 } else { moment(&numbers, 2) / (n - 1.0) };
    if squares == 0.0 {
        return Err(ErrorCode::Div0);
    }
    let fourth = moment(&numbers, 4) / (squares * squares);
    let scale = n * (n + 1.0) / ((n - 1.0) * (n - 2.0) * (n - 3.0));
    number(scale * fourth - 3.0 * (n - 1.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0)))
}

fn standardize(call: &Call<'_>) -> Out {
    if call.number(2) <= 0.0 {
        return Err(ErrorCode::Number);
    }
    quotient(call.number(0) - call.number(1), call.number(2))
}

/// Rows of a function of numbers, one for each of its names.
macro_rules! of_numbers {
    ($name:literal, $gives:expr, $help:literal, $args:literal, $result:literal, $of:expr) => {
        STATISTICS.strict(
            $name,
            &[many("number", Numbers)],
            $gives,
            $help,
            (concat!($name, "(", $args, ")"), $result),
            $of,
        )
    };
}
/// Rows of a function of a list and a number.
macro_rules! of_list {
    ($name:literal, $param:literal, $help:literal, $args:literal, $result:literal, $of:expr) => {
        STATISTICS.strict(
            $name,
            &[one("list", Numbers), one($param, Number)],
            NUMBER,
            $help,
            (concat!($name, "(", $args, ")"), $result),
            $of,
        )
    };
}
/// Rows of a function that tells where a number stands.
macro_rules! of_rank {
    ($name:literal, $help:literal, $args:literal, $result:literal, $average:literal) => {
        STATISTICS.strict(
            $name,
            &[one("number", Number), one("list", Numbers), opt("ascending", Number)],
            NUMBER,
            $help,
            (concat!($name, "(", $args, ")"), $result),
            |call| rank(call, $average),
        )
    };
}
macro_rules! of_percent_rank {
    ($name:literal, $help:literal, $result:literal, $exclusive:literal) => {
        STATISTICS.strict(
            $name,
            &[one("list", Numbers), one("number", Number), opt("digits", Number)],
            NUMBER,
            $help,
            (concat!($name, "(LIST(1, 2, 3, 4), 3)"), $result),
            |call| percent_rank(call, $exclusive),
        )
    };
}

pub(super) const ROWS: &[Function] = &[
    of_numbers!("MEDIAN", LIKE_NUMBERS, "The number in the middle of the others.", "1, 9, 4", "4", |c| {
        median(all(c))
    }),
    of_numbers!(
        "MODE",
        NUMBER,
        "The number that is there most often; #N/A when none is there twice.",
        "1, 2, 2",
        "2",
        |c| number(modes(c)?[0])
    ),
    of_numbers!(
        "MODE.SNGL",
        NUMBER,
        "The number that is there most often; #N/A when none is there twice.",
        "1, 2, 2",
        "2",
        |c| number(modes(c)?[0])
    ),
    of_numbers!(
        "MODE.MULT",
        NUMBERS,
        "All numbers that are there most often.",
        "1, 1, 2, 2, 3",
        "LIST(1, 2)",
        |c| { list(modes(c)?.into_iter().map(Datum::Number).collect()) }
    ),
    of_numbers!("STDEV", NUMBER, "The standard deviation of a sample.", "2, 4, 6", "2", |c| number(
        variance(c, 1)?.sqrt()
    )),
    of_numbers!("STDEV.S", NUMBER, "The standard deviation of a sample.", "2, 4, 6", "2", |c| number(
        variance(c, 1)?.sqrt()
    )),
    of_numbers!(
        "STDEVP",
        NUMBER,
        "The standard deviation of all there are.",
        "2, 4, 4, 4, 5, 5, 7, 9",
        "2",
        |c| number(variance(c, 0)?.sqrt())
    ),
    of_numbers!(
        "STDEV.P",
        NUMBER,
        "The standard deviation of all there are.",
        "2, 4, 4, 4, 5, 5, 7, 9",
        "2",
        |c| number(variance(c, 0)?.sqrt())
    ),
    of_numbers!("VAR", NUMBER, "The variance of a sample.", "2, 4, 6", "4", |c| number(variance(c, 1)?)),
    of_numbers!("VAR.S", NUMBER, "The variance of a sample.", "2, 4, 6", "4", |c| number(variance(c, 1)?)),
    of_numbers!("VARP", NUMBER, "The variance of all there are.", "2, 4, 4, 4, 5, 5, 7, 9", "4", |c| number(
        variance(c, 0)?
    )),
    of_numbers!(
        "VAR.P",
        NUMBER,
        "The variance of all there are.",
        "2, 4, 4, 4, 5, 5, 7, 9",
        "4",
        |c| number(variance(c, 0)?)
    ),
    of_numbers!(
        "DEVSQ",
        NUMBER,
        "The sum of the squares of the distances from the average.",
        "2, 4, 6",
        "8",
        |c| number(moment(&all(c), 2))
    ),
    of_numbers!(
        "AVEDEV",
        NUMBER,
        "The average distance from the average.",
        "2, 4, 6, 8",
        "2",
        mean_deviation
    ),
    of_numbers!("GEOMEAN", NUMBER, "The geometric mean of positive numbers.", "4, 4", "4", geometric_mean),
    of_numbers!("HARMEAN", NUMBER, "The harmonic mean of positive numbers.", "2, 2", "2", harmonic_mean),
    of_numbers!("SKEW", NUMBER, "How far a sample leans to one side.", "1, 2, 3", "0", |c| skew(c, 1)),
    of_numbers!("SKEW.P", NUMBER, "How far all there are lean to one side.", "1, 2, 3", "0", |c| skew(c, 0)),
    STATISTICS.strict(
        "KURT",
        &[many("number", Numbers)],
        NUMBER,
        "How pointed or flat a sample is spread, compared with the normal distribution.",
        ("ROUND(KURT(3, 4, 5, 2, 3, 4, 5, 6, 4, 7), 6)", "-0.1518"),
        kurtosis,
    ),
    of_list!(
        "LARGE",
        "place",
        "The largest number, or at another place from the largest on.",
        "LIST(1, 9, 4), 2",
        "4",
        |c| nth_smallest(c, true)
    ),
    of_list!(
        "SMALL",
        "place",
        "The smallest number, or at another place from the smallest on.",
        "LIST(1, 9, 4), 2",
        "4",
        |c| nth_smallest(c, false)
    ),
    of_list!(
        "PERCENTILE",
        "part",
        "The number below which a part of the others, 0 to 1, lies.",
        "LIST(1, 2, 3, 4, 5), 0.3",
        "2.2",
        |c| percentile(c, false)
    ),
    of_list!(
        "PERCENTILE.INC",
        "part",
        "The number below which a part of the others, 0 to 1, lies.",
        "LIST(1, 2, 3, 4, 5), 0.3",
        "2.2",
        |c| percentile(c, false)
    ),
    of_list!(
        "PERCENTILE.EXC",
        "part",
        "The number below which a part of the others lies, without 0 and 1.",
        "LIST(1, 2, 3), 0.25",
        "1",
        |c| percentile(c, true)
    ),
    of_list!(
        "QUARTILE",
        "quarter",
        "The number below which so many quarters of the others, 0 to 4, lie.",
        "LIST(1, 2, 3, 4, 5), 1",
        "2",
        |c| quartile(c, false)
    ),
    of_list!(
        "QUARTILE.INC",
        "quarter",
        "The number below which so many quarters of the others, 0 to 4, lie.",
        "LIST(1, 2, 3, 4, 5), 1",
        "2",
        |c| quartile(c, false)
    ),
    of_list!(
        "QUARTILE.EXC",
        "quarter",
        "The number below which so many quarters of the others, 1 to 3, lie.",
        "LIST(1, 2, 3), 1",
        "1",
        |c| quartile(c, true)
    ),
    of_list!(
        "TRIMMEAN",
        "part",
        "The average without a part of the numbers, half of it at either end.",
        "LIST(1, 2, 3, 90), 0.5",
        "2.5",
        trimmed_mean
    ),
    of_percent_rank!(
        "PERCENTRANK",
        "At which part of the way through others a number stands, 0 to 1.",
        "0.666",
        false
    ),
    of_percent_rank!(
        "PERCENTRANK.INC",
        "At which part of the way through others a number stands, 0 to 1.",
        "0.666",
        false
    ),
    of_percent_rank!(
        "PERCENTRANK.EXC",
        "At which part of the way through others a number stands, without 0 and 1.",
        "0.6",
        true
    ),
    of_rank!(
        "RANK",
        "The place of a number in a list, from the largest on, or from the smallest when ascending.",
        "4, LIST(1, 9, 4)",
        "2",
        false
    ),
    of_rank!(
        "RANK.EQ",
        "The place of a number in a list, from the largest on, or from the smallest when ascending.",
        "9, LIST(9, 9, 4)",
        "1",
        false
    ),
    of_rank!(
        "RANK.AVG",
        "The place of a number in a list; equal ones share the average of their places.",
        "9, LIST(9, 9, 4)",
        "1.5",
        true
    ),
    STATISTICS.strict(
        "STANDARDIZE",
        &[one("number", Number), one("mean", Number), one("deviation", Number)],
        NUMBER,
        "How many standard deviations a number is from the mean.",
        ("STANDARDIZE(7, 5, 2)", "1"),
        standardize,
    ),
];
