//! Days and instants as text, without time zones: the engine counts milliseconds in UTC.

use jiff::Timestamp;

use crate::value::{DAY, MAX_DATE, MIN_DATE};

/// Days since 1970 of a date of the proleptic Gregorian calendar; none when there is no such date in
/// the years 1 to 9999.
pub(crate) fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=9999).contains(&year) || !(1..=last).contains(&day) {
        return None;
    }
    // Years begin in March, so that the leap day is their last.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

/// The inverse of [`days`].
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn push_digits(out: &mut String, number: i64, width: u32) {
    for place in (0..width).rev() {
        out.push(char::from(b'0' + (number / 10i64.pow(place) % 10) as u8));
    }
}

/// Appends `2026-11-20`.
pub(crate) fn write_day(out: &mut String, millis: i64) {
    let (year, month, day) = civil(millis.div_euclid(DAY));
    push_digits(out, year, 4);
    out.push('-');
    push_digits(out, month, 2);
    out.push('-');
    push_digits(out, day, 2);
}

/// Appends `2026-11-20T08:00:00Z`, with milliseconds when there are any.
pub(crate) fn write_instant(out: &mut String, millis: i64) {
    write_day(out, millis);
    out.push('T');
    write_clock(out, millis);
    let rest = millis.rem_euclid(1_000);
    if rest != 0 {
        out.push('.');
        push_digits(out, rest, 3);
    }
    out.push('Z');
}

/// Appends `08:00:00`.
pub(crate) fn write_clock(out: &mut String, millis: i64) {
    let seconds = millis.rem_euclid(DAY) / 1_000;
    push_digits(out, seconds / 3_600, 2);
    out.push(':');
    push_digits(out, seconds / 60 % 60, 2);
    out.push(':');
    push_digits(out, seconds % 60, 2);
}

/// A date as it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Written {
    /// Milliseconds of the midnight in UTC of a day.
    Day(i64),
    /// An instant, and the day its own offset gives it.
    Instant { at: i64, day: i64 },
}

/// Reads exactly `YYYY-MM-DD`.
pub(crate) fn parse_day(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        let digits = &bytes[range];
        let all = digits.iter().all(u8::is_ascii_digit);
        all.then(|| digits.iter().fold(0i64, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    };
    days(number(0..4)?, number(5..7)?, number(8..10)?).map(|day| day * DAY)
}

/// Reads `YYYY-MM-DD` or an RFC 3339 instant.
pub(crate) fn parse(text: &str) -> Option<Written> {
    if let Some(day) = parse_day(text) {
        return Some(Written::Day(day));
    }
    let day = parse_day(text.get(..10)?)?;
    let rest = &text.as_bytes()[10..];
    let zoned = rest.last().is_some_and(|end| matches!(end, b'Z' | b'z'))
        || rest.len() > 6 && matches!(rest[rest.len() - 6], b'+' | b'-') && rest[rest.len() - 3] == b':';
    if !matches!(rest.first(), Some(b'T' | b't' | b' ')) || !zoned {
        return None;
    }
    let at = text.parse::<Timestamp>().ok()?.as_millisecond();
    (MIN_DATE..=MAX_DATE).contains(&at).then_some(Written::Instant { at, day })
}
