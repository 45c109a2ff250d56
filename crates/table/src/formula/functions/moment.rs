//! Dates by the format codes of Airtable: `YYYY-MM-DD HH:mm`, `dddd`, `[at] h A`. Writing and reading.

use std::fmt::Write as _;

use crate::{
    calendar,
    formula::{
        Datum, ErrorCode,
        coerce::{self, date, from_local},
        functions::{
            Call, Function, Group,
            Takes::{Date, Text},
            clock::Moment,
            date_format::{MONTHS, WEEKDAYS},
            row::{INSTANT, In, Out, TEXT, one, opt, text},
        },
    },
    value::DAY,
};

const DATE: In = In(Group::Date);
const MAX_FORMAT: usize = 1_000;

/// One thing of a format.
enum Token<'a> {
    /// A run of a letter, as in `YYYY`, with an `o` when it is an ordinal.
    Code(&'a str),
    /// What stands for itself.
    Literal(&'a str),
}

fn tokens(format: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        let end = if first == '[' {
            rest.find(']').map_or(rest.len(), |end| end + 1)
        } else if first.is_ascii_alphabetic() {
            let run = rest.find(|c| c != first).unwrap_or(rest.len());
            let ordinal = rest[run..].starts_with('o') && matches!(first, 'D' | 'M' | 'Q' | 'd' | 'w' | 'W');
            run + usize::from(ordinal)
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(end);
        tokens.push(match first {
            '[' => Token::Literal(token[1..].trim_end_matches(']')),
            _ if first.is_ascii_alphabetic() => Token::Code(token),
            _ => Token::Literal(token),
        });
        rest = after;
    }
    tokens
}

/// What codes that stand for others mean.
fn whole_format(code: &str) -> Option<&'static str> {
    Some(match code {
        "L" => "MM/DD/YYYY",
        "LL" => "MMMM D, YYYY",
        "LLL" => "MMMM D, YYYY h:mm A",
        "LLLL" => "dddd, MMMM D, YYYY h:mm A",
        "LT" => "h:mm A",
        "LTS" => "h:mm:ss A",
        "l" => "M/D/YYYY",
        _ => return None,
    })
}

fn ordinal(number: i64) -> String {
    let ending = match (number % 10, number % 100) {
        (1, not) if not != 11 => "st",
        (2, not) if not != 12 => "nd",
        (3, not) if not != 13 => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// The zone's offset from UTC, as `+08:00` or `+0800`.
fn offset(moment: Moment, call: &Call<'_>, between: &str) -> String {
    let minutes = (moment.local - from_local(moment.local, call.env)) / 60_000;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:0>2}{between}{:0>2}", minutes.abs() / 60, minutes.abs() % 60)
}

fn push_code(out: &mut String, code: &str, moment: Moment, call: &Call<'_>) {
    let day = moment.day();
    let clock = moment.clock();
    let (hour, minute, second) = (clock / 3_600_000, clock / 60_000 % 60, clock / 1_000 % 60);
    let (year, month, of_month) = (i64::from(day.year()), i64::from(day.month()), i64::from(day.day()));
    let weekday = i64::from(day.weekday().to_sunday_zero_offset());
    let iso = day.iso_week_date();
    let of_year = i64::from(day.day_of_year());
    // The week of the year that begins on Sunday and holds the first of January.
    let week = (of_year - 1 + (weekday + 1 - of_year).rem_euclid(7)) / 7 + 1;
    let (number, places) = match code {
        "YYYY" | "Y" | "gggg" => (year, 4),
        "YY" | "gg" => (year % 100, 2),
        "GGGG" => (i64::from(iso.year()), 4),
        "Q" => ((month + 2) / 3, 1),
        "M" => (month, 1),
        "MM" => (month, 2),
        "D" => (of_month, 1),
        "DD" => (of_month, 2),
        "DDD" => (of_year, 1),
        "DDDD" => (of_year, 3),
        "d" | "e" => (weekday, 1),
        "E" => ((weekday + 6) % 7 + 1, 1),
        "w" => (week, 1),
        "ww" => (week, 2),
        "W" => (i64::from(iso.week()), 1),
        "WW" => (i64::from(iso.week()), 2),
        "H" => (hour, 1),
        "HH" => (hour, 2),
        "h" => ((hour + 11) % 12 + 1, 1),
        "hh" => ((hour + 11) % 12 + 1, 2),
        "k" => (if hour == 0 { 24 } else { hour }, 1),
        "kk" => (if hour == 0 { 24 } else { hour }, 2),
        "m" => (minute, 1),
        "mm" => (minute, 2),
        "s" => (second, 1),
        "ss" => (second, 2),
        "S" => (clock % 1_000 / 100, 1),
        "SS" => (clock % 1_000 / 10, 2),
        "SSS" => (clock % 1_000, 3),
        "X" => (from_local(moment.local, call.env).div_euclid(1_000), 1),
        "x" => (from_local(moment.local, call.env), 1),
        _ => return push_word(out, code, moment, call),
    };
    let _ = write!(out, "{number:0>places$}");
}

/// Codes that are no plain number.
fn push_word(out: &mut String, code: &str, moment: Moment, call: &Call<'_>) {
    let day = moment.day();
    let month = MONTHS[day.month() as usize - 1];
    let weekday = WEEKDAYS[day.weekday().to_sunday_zero_offset() as usize];
    let morning = moment.clock() < DAY / 2;
    match code {
        "MMM" => out.push_str(&month[..3]),
        "MMMM" => out.push_str(month),
        "dd" => out.push_str(&weekday[..2]),
        "ddd" => out.push_str(&weekday[..3]),
        "dddd" => out.push_str(weekday),
        "A" => out.push_str(if morning { "AM" } else { "PM" }),
        "a" => out.push_str(if morning { "am" } else { "pm" }),
        "Z" => out.push_str(&offset(moment, call, ":")),
        "ZZ" => out.push_str(&offset(moment, call, "")),
        _ => match code.strip_suffix('o') {
            Some(plain) => {
                let mut number = String::new();
                push_code(&mut number, plain, moment, call);
                out.push_str(&number.parse().map_or(number, ordinal));
            }
            None => out.push_str(code),
        },
    }
}

fn push(out: &mut String, format: &str, moment: Moment, call: &Call<'_>) {
    // `LT` is the one code of two letters.
    for (at, part) in format.split("LT").enumerate() {
        let part = if at == 0 {
            part
        } else {
            let (code, rest) = part.strip_prefix('S').map_or(("LT", part), |rest| ("LTS", rest));
            push(out, whole_format(code).unwrap_or(""), moment, call);
            rest
        };
        for token in tokens(part) {
            match token {
                Token::Literal(literal) => out.push_str(literal),
                Token::Code(code) => match whole_format(code) {
                    Some(format) => push(out, format, moment, call),
                    None => push_code(out, code, moment, call),
                },
            }
        }
    }
}

fn format_date(call: &Call<'_>) -> Out {
    let Some(moment) = call.moment(0) else { return text("") };
    let format = call.text_or(1, "YYYY-MM-DDTHH:mm:ssZ");
    if format.len() > MAX_FORMAT {
        return Err(ErrorCode::Limit);
    }
    let mut out = String::new();
    push(&mut out, format, moment, call);
    text(out)
}

/// What was read so far.
struct Read {
    year: i64,
    month: i64,
    day: i64,
    clock: i64,
    /// Whether the clock was read at all, and in which half of the day.
    time: bool,
    afternoon: Option<bool>,
}

/// Up to so many digits from the beginning.
fn digits<'a>(rest: &mut &'a str, most: usize) -> Option<i64> {
    let end = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, after): (&'a str, &'a str) = rest.split_at(end);
    *rest = after;
    number.parse().ok()
}

/// The place of the name the rest begins with, by its first three letters or whole.
fn name(rest: &mut &str, names: &[&str]) -> Option<i64> {
    let starts = |name: &str| rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let found = names.iter().position(|name| starts(&name[..3]))?;
    let length = if starts(names[found]) { names[found].len() } else { 3 };
    *rest = &rest[length..];
    Some(found as i64)
}

impl Read {
    fn take(&mut self, code: &str, rest: &mut &str) -> Option<()> {
        match code {
            "YYYY" | "Y" => self.year = digits(rest, 4)?,
            "YY" => {
                let year = digits(rest, 2)?;
                self.year = if year > 68 { 1_900 + year } else { 2_000 + year };
            }
            "M" | "MM" => self.month = digits(rest, 2)?,
            "MMM" | "MMMM" => self.month = name(rest, &MONTHS)? + 1,
            "D" | "DD" => self.day = digits(rest, 2)?,
            "Do" => {
                self.day = digits(rest, 2)?;
                *rest = rest.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            }
            "ddd" | "dddd" => {
                name(rest, &WEEKDAYS)?;
            }
            "H" | "HH" | "h" | "hh" => self.add(digits(rest, 2).filter(|hour| *hour < 24)? * 3_600_000),
            "m" | "mm" => self.add(digits(rest, 2).filter(|minute| *minute < 60)? * 60_000),
            "s" | "ss" => self.add(digits(rest, 2).filter(|second| *second < 60)? * 1_000),
            "SSS" => self.add(digits(rest, 3)?),
            "A" | "a" => {
                let word = rest.get(..2)?.to_ascii_lowercase();
                self.afternoon = Some(match word.as_str() {
                    "am" => false,
                    "pm" => true,
                    _ => return None,
                });
                *rest = &rest[2..];
            }
            _ => return None,
        }
        Some(())
    }
    fn add(&mut self, millis: i64) {
        self.clock += millis;
        self.time = true;
    }
}

fn parse(text: &str, format: &str, call: &Call<'_>) -> Option<Datum> {
    let mut read = Read { year: 1970, month: 1, day: 1, clock: 0, time: false, afternoon: None };
    let mut rest = text.trim();
    for token in tokens(format) {
        match token {
            Token::Code(code) => match whole_format(code) {
                Some(_) => return None,
                None => read.take(code, &mut rest)?,
            },
            Token::Literal(literal) => rest = rest.strip_prefix(literal)?,
        }
    }
    if !rest.is_empty() {
        return None;
    }
    if let Some(afternoon) = read.afternoon {
        read.clock = read.clock % (DAY / 2) + if afternoon { DAY / 2 } else { 0 };
    }
    let local = calendar::days(read.year, read.month, read.day)? * DAY + read.clock;
    date(if read.time { from_local(local, call.env) } else { local }, read.time).ok()
}

fn parse_date(call: &Call<'_>) -> Out {
    let (text, format) = (call.text(0), call.text(1));
    if text.trim().is_empty() {
        return Ok(Datum::Null);
    }
    if format.len() > MAX_FORMAT {
        return Err(ErrorCode::Limit);
    }
    if format.is_empty() {
        return coerce::date_of(call.arg(0), &call.cx(0)).map_err(|_| ErrorCode::Value);
    }
    parse(text, format, call).ok_or(ErrorCode::Value)
}

pub(super) const ROWS: &[Function] = &[
    DATE.strict(
        "DATETIME_FORMAT",
        &[one("date", Date), opt("format", Text)],
        TEXT,
        "A date as a text by codes such as YYYY, MM, DD, dddd, HH, mm, A; what stands in brackets is kept.",
        (r#"DATETIME_FORMAT(NOW(), "ddd, D MMM YYYY [at] h:mm A")"#, r#""Fri, 20 Nov 2026 at 8:00 AM""#),
        format_date,
    ),
    DATE.strict(
        "DATETIME_PARSE",
        &[one("text", Text), opt("format", Text)],
        INSTANT,
        "The date that a text says, by codes such as YYYY, MM, DD, HH, mm, A.",
        (r#"DATETIME_PARSE("20.11.2026 8:05", "DD.MM.YYYY H:mm")"#, "2026-11-20 08:05"),
        parse_date,
    ),
];
