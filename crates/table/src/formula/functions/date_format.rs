//! Dates by the format codes of Excel, once a format is taken apart.

use std::fmt::Write as _;

use crate::{
    formula::functions::{
        clock::civil_day,
        format::{Section, Token},
        number::clean,
    },
    value::DAY,
};

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// From Sunday.
pub(super) const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const CHINESE_WEEKDAYS: [char; 7] = ['日', '一', '二', '三', '四', '五', '六'];

/// Whether an `m` is minutes: after hours, or before seconds.
fn is_minute(tokens: &[Token], at: usize) -> bool {
    let time = |token: &&Token| matches!(token, Token::Run(..) | Token::Elapsed(..));
    let is = |token: Option<&Token>, letter: char| matches!(token, Some(Token::Run(found, _) | Token::Elapsed(found, _)) if *found == letter);
    is(tokens[..at].iter().rev().find(time), 'h') || is(tokens[at + 1..].iter().find(time), 's')
}

pub(super) fn date_by(section: &Section, local: i64, serial: f64) -> String {
    let day = civil_day(local);
    let clock = local.rem_euclid(DAY);
    let noon = section.tokens.iter().any(|token| matches!(token, Token::Noon(_)));
    let (hour, minute, second) = (clock / 3_600_000, clock / 60_000 % 60, clock / 1_000 % 60);
    let weekday = day.weekday().to_sunday_zero_offset() as usize;
    let month = day.month() as usize - 1;
    let mut out = String::new();
    let mut fraction = 0;
    for (at, token) in section.tokens.iter().enumerate() {
        let mut padded = |number: i64, places: usize| {
            let _ = write!(out, "{number:0>places$}");
        };
        match token {
            Token::Run('y', count) if *count <= 2 => padded(i64::from(day.year()) % 100, 2),
            Token::Run('y', _) => padded(day.year().into(), 4),
            Token::Run('m', count) if *count <= 2 && is_minute(&section.tokens, at) => padded(minute, *count),
            Token::Run('m', count) if *count <= 2 => padded(day.month().into(), *count),
            Token::Run('m', 3) => out.push_str(&MONTHS[month][..3]),
            Token::Run('m', 5) => out.push_str(&MONTHS[month][..1]),
            Token::Run('m', _) => out.push_str(MONTHS[month]),
            Token::Run('d', count) if *count <= 2 => padded(day.day().into(), *count),
            Token::Run('d', 3) => out.push_str(&WEEKDAYS[weekday][..3]),
            Token::Run('d', _) => out.push_str(WEEKDAYS[weekday]),
            Token::Run('a', 3) => out.push(CHINESE_WEEKDAYS[weekday]),
            Token::Run('a', _) => {
                out.push_str("星期");
                out.push(CHINESE_WEEKDAYS[weekday]);
            }
            Token::Run('h', count) if noon => padded((hour + 11) % 12 + 1, (*count).min(2)),
            Token::Run('h', count) => padded(hour, (*count).min(2)),
            Token::Run('s', count) => padded(second, (*count).min(2)),
            Token::Elapsed(unit, count) => {
                let per_day = match unit {
                    'h' => 24.0,
                    'm' => 1_440.0,
                    _ => 86_400.0,
                };
                padded(clean(serial * per_day).floor() as i64, (*count).min(20));
            }
            Token::Noon(false) => out.push_str(if hour < 12 { "AM" } else { "PM" }),
            Token::Noon(true) => out.push(if hour < 12 { 'A' } else { 'P' }),
            Token::Point => out.push('.'),
            Token::Digit(_) if fraction < 3 => {
                fraction += 1;
                padded(clock % 1_000 / 10i64.pow(3 - fraction) % 10, 1);
            }
            Token::Comma => out.push(','),
            Token::Percent => out.push('%'),
            Token::Literal(c) => out.push(*c),
            _ => {}
        }
    }
    out
}
