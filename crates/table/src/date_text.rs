//! Dates as people write them. Times of day without an offset count as UTC.

use crate::{
    calendar::{self, Written},
    text::narrow,
    value::DAY,
};

/// Reads a date; with `time`, also its time of day.
pub(crate) fn parse_date(text: &str, time: bool) -> Option<i64> {
    if text.len() > 100 {
        return None;
    }
    match calendar::parse(text) {
        Some(Written::Day(day)) => return Some(day),
        Some(Written::Instant { at, day }) => return Some(if time { at } else { day }),
        None => {}
    }
    let text: String = text.chars().map(narrow).collect::<String>().to_lowercase();
    let (date, clock) = split_clock(&text);
    let millis = parse_clock(clock)?;
    let day = parse_civil(date)? * DAY;
    Some(if time { day + millis } else { day })
}

/// The part before the time of day, and the time of day or nothing.
fn split_clock(text: &str) -> (&str, &str) {
    let Some(colon) = text.find(':') else { return (text, "") };
    let before = text[..colon].trim_end_matches(|c: char| c.is_ascii_digit());
    let date = before.trim_end();
    (date.strip_suffix('t').unwrap_or(date).trim_end_matches(','), &text[before.len()..])
}

/// `8:05`, `08:05:30`, `08:05:30.250`, `8:05 pm`, in milliseconds.
fn parse_clock(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() {
        return Some(0);
    }
    let text = text.strip_suffix('z').unwrap_or(text);
    let (text, noon) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(rest), _) => (rest.trim_end(), Some(0)),
        (_, Some(rest)) => (rest.trim_end(), Some(12)),
        _ => (text, None),
    };
    let mut parts = text.split(':');
    let mut hour = digits(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let (second, millis) = match parts.next() {
        None => (0, 0),
        Some(part) => match part.split_once('.') {
            None => (digits(part, 2)?, 0),
            Some((second, fraction)) => {
                digits(fraction, 9)?;
                (digits(second, 2)?, format!("{fraction:0<3}").get(..3)?.parse().ok()?)
            }
        },
    };
    if let Some(noon) = noon {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + noon;
    }
    let sound = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
    sound.then_some(((hour * 60 + minute) * 60 + second) * 1_000 + millis)
}

fn digits(text: &str, most: usize) -> Option<i64> {
    let sound = !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    if sound { text.parse().ok() } else { None }
}

/// Days since 1970 of `2026/11/20`, `20.11.2026`, `11/20/2026`, `20 Nov 2026`, `2026年11月20日`, `20261120`.
fn parse_civil(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches('日');
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return calendar::days(digits(&text[..4], 4)?, digits(&text[4..6], 2)?, digits(&text[6..], 2)?);
    }
    let between = |c: char| c.is_whitespace() || matches!(c, '-' | '/' | '.' | ',' | '年' | '月');
    let parts: Vec<&str> = text.split(between).filter(|part| !part.is_empty()).collect();
    let [a, b, c] = parts[..] else { return None };
    if let Some(month) = month_name(a) {
        return calendar::days(year(c)?, month, digits(b, 2)?);
    }
    if let Some(month) = month_name(b) {
        return match year(a) {
            Some(year) => calendar::days(year, month, digits(c, 2)?),
            None => calendar::days(year(c)?, month, digits(a, 2)?),
        };
    }
    if let Some(year) = year(a) {
        return calendar::days(year, digits(b, 2)?, digits(c, 2)?);
    }
    let (year, first, second) = (year(c)?, digits(a, 2)?, digits(b, 2)?);
    // With slashes the month is first unless it cannot be one; with dots and dashes the day is.
    if text.contains('/') && first <= 12 {
        calendar::days(year, first, second)
    } else {
        calendar::days(year, second, first)
    }
}

fn year(text: &str) -> Option<i64> {
    if text.len() == 4 { digits(text, 4) } else { None }
}

fn month_name(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if text.len() < 3 || !text.is_ascii() {
        return None;
    }
    let found =
        MONTHS.iter().position(|month| month.starts_with(text) || text == "sept" && *month == "september");
    found.map(|at| at as i64 + 1)
}
