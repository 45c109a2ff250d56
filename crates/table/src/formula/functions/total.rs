//! Counting, adding up, the largest and the smallest.

use std::cmp::Ordering;

use crate::formula::{
    Datum, ErrorCode, Item, Type,
    coerce::{self, compare, is_blank},
    functions::{
        Call, Function, Gives, Group,
        Takes::{Any, Numbers},
        logic::items,
        row::{In, NUMBER, Out, many, number},
    },
};

const STATISTICS: In = In(Group::Statistics);

/// Spans of time stay spans of time.
fn of_numbers(types: &[Type]) -> Type {
    let spans = !types.is_empty() && types.iter().all(|of| of.item == Item::Duration);
    (if spans { Item::Duration } else { Item::Number }).one()
}
pub(super) const LIKE_NUMBERS: Gives = Gives::By(of_numbers);

/// Of dates a date; of anything else a number.
fn of_extreme(types: &[Type]) -> Type {
    let time = types.iter().any(|of| of.item == Item::Date { time: true });
    if !types.is_empty() && types.iter().all(|of| matches!(of.item, Item::Date { .. })) {
        Item::Date { time }.one()
    } else if types.iter().any(|of| matches!(of.item, Item::Any | Item::Date { .. })) {
        Item::Any.one()
    } else {
        of_numbers(types)
    }
}

/// The number or date that stands before all others in an order; numbers count before dates, and what is
/// neither does not count. Nothing where there is none. (F112)
fn extreme(call: &Call<'_>, wanted: Ordering) -> Out {
    let mut best: Option<Datum> = None;
    for (at, arg) in call.args.iter().enumerate() {
        let single = !matches!(arg, Datum::List(_));
        let cx = call.cx(at);
        for item in items(arg) {
            let item = match item {
                Datum::Number(_) | Datum::Date { .. } => item.clone(),
                Datum::Bool(yes) => Datum::Number(f64::from(u8::from(*yes))),
                Datum::Error(code) => return Err(*code),
                Datum::Text(_) if single && !is_blank(item) => Datum::Number(coerce::number_of(item, &cx)?),
                _ => continue,
            };
            let better = match &best {
                None => true,
                Some(Datum::Date { .. }) if matches!(item, Datum::Number(_)) => true,
                Some(Datum::Number(_)) if matches!(item, Datum::Date { .. }) => false,
                Some(best) => compare(&item, best, &cx) == wanted,
            };
            if better {
                best = Some(item);
            }
        }
    }
    Ok(best.unwrap_or(Datum::Null))
}

fn average(call: &Call<'_>) -> Out {
    mean(call.numbers(0))
}

/// The sum divided by the count; an error where there is nothing.
pub(super) fn mean(numbers: impl Iterator<Item = f64>) -> Out {
    let (mut sum, mut count) = (0.0, 0u32);
    for number in numbers {
        sum += number;
        count += 1;
    }
    if count == 0 { Err(ErrorCode::Div0) } else { number(sum / f64::from(count)) }
}

fn average_all(call: &Call<'_>) -> Out {
    let mut numbers = Vec::new();
    for (at, arg) in call.args.iter().enumerate() {
        for item in items(arg) {
            match item {
                Datum::Error(code) => return Err(*code),
                Datum::Null => {}
                Datum::Number(_) | Datum::Bool(_) | Datum::Date { .. } => {
                    numbers.push(coerce::number_of(item, &call.cx(at))?);
                }
                _ => numbers.push(0.0),
            }
        }
    }
    mean(numbers.into_iter())
}

/// How many items fulfil a condition.
fn count(call: &Call<'_>, is: fn(&Datum) -> bool) -> Out {
    number(call.args.iter().flat_map(items).filter(|item| is(item)).count() as f64)
}

pub(super) const ROWS: &[Function] = &[
    STATISTICS.strict(
        "SUM",
        &[many("number", Numbers)],
        LIKE_NUMBERS,
        "The sum of numbers and of the numbers in lists.",
        ("SUM(1, LIST(2, 3))", "6"),
        |c| number(c.numbers(0).sum()),
    ),
    STATISTICS.strict(
        "AVERAGE",
        &[many("number", Numbers)],
        LIKE_NUMBERS,
        "The average of numbers and of the numbers in lists; an error when there are none.",
        ("AVERAGE(1, LIST(2, 6))", "3"),
        average,
    ),
    STATISTICS.strict(
        "AVERAGEA",
        &[many("value", Any)],
        NUMBER,
        "The average of all values but nulls; a text counts as 0.",
        (r#"AVERAGEA(LIST(2, "x", TRUE))"#, "1"),
        average_all,
    ),
    STATISTICS.strict(
        "MAX",
        &[many("value", Any)],
        Gives::By(of_extreme),
        "The largest number, or the latest date; nothing when there is none.",
        ("MAX(1, LIST(5, 3))", "5"),
        |c| extreme(c, Ordering::Greater),
    ),
    STATISTICS.strict(
        "MIN",
        &[many("value", Any)],
        Gives::By(of_extreme),
        "The smallest number, or the earliest date; nothing when there is none.",
        ("MIN(DATE(2026, 11, 20), DATE(2026, 11, 1))", "2026-11-01"),
        |c| extreme(c, Ordering::Less),
    ),
    STATISTICS.strict(
        "COUNT",
        &[many("value", Any)],
        NUMBER,
        "How many numbers and dates there are.",
        (r#"COUNT(LIST(1, "a", 3))"#, "2"),
        |c| count(c, |item| matches!(item, Datum::Number(_) | Datum::Date { .. })),
    ),
    STATISTICS.strict(
        "COUNTA",
        &[many("value", Any)],
        NUMBER,
        "How many values are not blank.",
        (r#"COUNTA(LIST(1, "a", ""))"#, "2"),
        |c| count(c, |item| !is_blank(item)),
    ),
    STATISTICS.strict(
        "COUNTALL",
        &[many("value", Any)],
        NUMBER,
        "How many values there are, blank ones too.",
        (r#"COUNTALL(LIST(1, "a", ""))"#, "3"),
        |c| count(c, |_| true),
    ),
    STATISTICS.strict(
        "COUNTBLANK",
        &[many("value", Any)],
        NUMBER,
        "How many values are blank.",
        (r#"COUNTBLANK(LIST(1, "a", ""))"#, "1"),
        |c| count(c, is_blank),
    ),
];
