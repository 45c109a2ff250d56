//! Reads dates as people and programs write them. What `03/04/2026` means is decided by its whole
//! column, so reading and resolving are two steps.

/// Milliseconds of a day.
pub const DAY: i64 = 86_400_000;
/// The first instant of year 1.
pub const FIRST: i64 = -62_135_596_800_000;
/// The last millisecond of year 9999.
pub const LAST: i64 = 253_402_300_799_999;

/// In which order day, month and year stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// 2026/11/20.
    #[default]
    Ymd,
    /// 20.11.2026.
    Dmy,
    /// 11/20/2026.
    Mdy,
}

/// A date as it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Written {
    parts: Parts,
    /// Milliseconds since midnight, when a time of day was written.
    pub clock: Option<i64>,
    /// Minutes east of UTC, when written.
    pub offset: Option<i64>,
    /// Between day and month.
    pub separator: char,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Parts {
    /// Year, month and day are known.
    Known(i64, i64, i64),
    /// Two numbers of which one is the month, and the year.
    Open(i64, i64, i64),
}

/// A day, or a moment by a clock on the wall.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// Milliseconds since 1970 by the clock on the wall.
    pub wall: i64,
    /// Whether a time of day was written.
    pub time: bool,
    /// How many minutes the clock is ahead of UTC, when that was written.
    pub offset: Option<i64>,
}

impl Written {
    /// Whether the order of day and month does not follow from the text alone.
    pub fn is_open(&self) -> bool {
        matches!(self.parts, Parts::Open(..))
    }

    /// The moment, if there is one in the years 1 to 9999 under an order.
    pub fn resolve(&self, order: Order) -> Option<Moment> {
        let (year, month, day) = match (self.parts, order) {
            (Parts::Known(year, month, day), _) => (year, month, day),
            (Parts::Open(first, second, year), Order::Mdy) => (year, first, second),
            (Parts::Open(first, second, year), Order::Dmy | Order::Ymd) => (year, second, first),
        };
        let midnight = days(year, month, day)? * DAY;
        let wall = midnight + self.clock.unwrap_or(0);
        Some(Moment { wall, time: self.clock.is_some(), offset: self.offset })
    }
}

/// Days since 1970 of a date of the proleptic Gregorian calendar in the years 1 to 9999.
pub fn days(year: i64, month: i64, day: i64) -> Option<i64> {
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
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// What is left of a text while it is read.
struct Scan<'a>(&'a str);

impl<'a> Scan<'a> {
    fn number(&mut self) -> Option<(i64, usize)> {
        let length = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 || length > 9 {
            return None;
        }
        let value = self.0.bytes().take(length).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        self.0 = &self.0[length..];
        Some((value, length))
    }
    fn word(&mut self) -> &'a str {
        let length = self.0.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (word, rest) = self.0.split_at(length);
        self.0 = rest;
        word
    }
    fn any(&mut self, options: &[char]) -> Option<char> {
        let c = self.0.chars().next().filter(|c| options.contains(c))?;
        self.0 = &self.0[c.len_utf8()..];
        Some(c)
    }
    fn eat(&mut self, text: &str) -> bool {
        match self.0.strip_prefix(text) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }
    fn spaces(&mut self) {
        self.0 = self.0.trim_start();
    }
}

/// Reads a date, with or without a time of day. Two digits of a year count from 1970 to 2069.
pub fn parse(text: &str) -> Option<Written> {
    let text = text.trim();
    if text.len() < 6 || text.len() > 48 {
        return None;
    }
    let mut scan = Scan(text);
    let first = text.as_bytes()[0];
    let (parts, separator) = if first.is_ascii_digit() {
        numeric(&mut scan)?
    } else if first.is_ascii_alphabetic() {
        named(&mut scan)?
    } else {
        return None;
    };
    let (clock, offset) = time(&mut scan, separator == '年')?;
    Some(Written { parts, clock, offset, separator })
}

fn numeric(scan: &mut Scan<'_>) -> Option<(Parts, char)> {
    let (first, digits) = scan.number()?;
    for (year, month, day) in [("年", "月", "日"), ("년", "월", "일")] {
        if scan.eat(year) {
            scan.spaces();
            let (m, _) = scan.number()?;
            if !scan.eat(month) {
                return None;
            }
            scan.spaces();
            let (d, _) = scan.number()?;
            if !(scan.eat(day) || scan.eat("号")) || digits != 4 {
                return None;
            }
            return Some((Parts::Known(first, m, d), '年'));
        }
    }
    let separator = scan.any(&['-', '/', '.', ' '])?;
    if separator == '.' {
        scan.spaces();
    }
    if scan.0.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let month = month_named(scan.word())?;
        scan.any(&['.']);
        scan.any(&['-', '/', ' ', ',']);
        scan.spaces();
        let year = year(scan.number()?)?;
        return Some((Parts::Known(year, month, first), ' '));
    }
    if separator == ' ' {
        return None;
    }
    let (second, length) = scan.number()?;
    if length > 2 || scan.any(&[separator]).is_none() {
        return None;
    }
    if separator == '.' {
        scan.spaces();
    }
    let (third, length) = scan.number()?;
    if digits == 4 {
        scan.any(&['.']).filter(|_| separator == '.');
        return (length <= 2).then_some((Parts::Known(first, second, third), separator));
    }
    if digits > 2 || (length == 2 && separator == '-') {
        return None;
    }
    Some((Parts::Open(first, second, year((third, length))?), separator))
}

fn named(scan: &mut Scan<'_>) -> Option<(Parts, char)> {
    let mut word = scan.word();
    if is_weekday(word) {
        scan.any(&[',', '.']);
        scan.spaces();
        if scan.0.starts_with(|c: char| c.is_ascii_digit()) {
            return numeric(scan);
        }
        word = scan.word();
    }
    let month = month_named(word)?;
    scan.any(&['.']);
    scan.spaces();
    let (day, _) = scan.number()?;
    let _ = ["st", "nd", "rd", "th"].iter().any(|suffix| scan.eat(suffix));
    scan.any(&[',']);
    scan.spaces();
    let year = year(scan.number()?)?;
    Some((Parts::Known(year, month, day), ' '))
}

fn year((value, digits): (i64, usize)) -> Option<i64> {
    match digits {
        4 => Some(value),
        2 => Some(if value < 70 { 2000 + value } else { 1900 + value }),
        _ => None,
    }
}

fn month_named(word: &str) -> Option<i64> {
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
    if word.len() < 3 {
        return None;
    }
    let same = |name: &&str| {
        name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && (word.len() == 3 || word.len() == name.len() || word.eq_ignore_ascii_case("sept"))
    };
    MONTHS.iter().position(same).map(|at| at as i64 + 1)
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    DAYS.iter().any(|day| word.eq_ignore_ascii_case(day) || word.eq_ignore_ascii_case(&day[..3]))
}

/// Reads the time of day that may follow, and nothing else. `glued`: no space need stand before it.
fn time(scan: &mut Scan<'_>, glued: bool) -> Option<(Option<i64>, Option<i64>)> {
    if scan.0.trim().is_empty() {
        return Some((None, None));
    }
    if !scan.eat("T") && !scan.eat("t") {
        scan.any(&[',']);
        let before = scan.0.len();
        scan.spaces();
        if scan.0.len() == before && !glued {
            return None;
        }
    }
    let mut half = half_day(scan);
    let (mut hour, _) = scan.number()?;
    let (mut minute, mut second, mut millis) = (0, 0, 0);
    scan.any(&[':', '时', '時', '시', '点'])?;
    scan.spaces();
    if let Some((value, _)) = scan.number() {
        minute = value;
        let more = scan.any(&[':', '分', '분']).is_some();
        scan.spaces();
        if let Some((value, _)) = scan.number().filter(|_| more) {
            second = value;
            scan.any(&['秒', '초']);
            if scan.any(&['.', ',']).is_some() {
                millis = fraction(scan)?;
            }
        }
    }
    scan.spaces();
    half = half.or_else(|| half_day(scan));
    if let Some(afternoon) = half {
        if !(1..=12).contains(&hour) && (hour != 0 || afternoon) {
            return None;
        }
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    let offset = offset(scan)?;
    if !scan.0.trim().is_empty() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some((Some(((hour * 60 + minute) * 60 + second) * 1_000 + millis), offset))
}

fn fraction(scan: &mut Scan<'_>) -> Option<i64> {
    let digits: String = scan.0.chars().take_while(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return None;
    }
    scan.0 = &scan.0[digits.len()..];
    digits.chars().chain("000".chars()).take(3).collect::<String>().parse().ok()
}

/// Whether the afternoon was written.
fn half_day(scan: &mut Scan<'_>) -> Option<bool> {
    const HALVES: [(&str, bool); 14] = [
        ("上午", false),
        ("下午", true),
        ("午前", false),
        ("午後", true),
        ("오전", false),
        ("오후", true),
        ("AM", false),
        ("PM", true),
        ("am", false),
        ("pm", true),
        ("a.m.", false),
        ("p.m.", true),
        ("Am", false),
        ("Pm", true),
    ];
    let (text, afternoon) = HALVES.iter().find(|(text, _)| scan.0.starts_with(text))?;
    scan.eat(text);
    scan.spaces();
    Some(*afternoon)
}

/// Minutes east of UTC. The outer option is whether it could be read.
#[expect(clippy::option_option, reason = "not written and not readable differ")]
fn offset(scan: &mut Scan<'_>) -> Option<Option<i64>> {
    if scan.eat("Z") || scan.eat("z") || scan.eat("UTC") || scan.eat("GMT") {
        return Some(Some(0));
    }
    let Some(sign) = scan.any(&['+', '-']) else { return Some(None) };
    let (first, digits) = scan.number()?;
    let minutes = match digits {
        4 => first / 100 * 60 + first % 100,
        1 | 2 if scan.any(&[':']).is_some() => first * 60 + scan.number()?.0,
        1 | 2 => first * 60,
        _ => return None,
    };
    if minutes > 18 * 60 {
        return None;
    }
    // An offset may be followed by a zone name in brackets, as programs write it.
    if scan.0.starts_with('[') && scan.0.ends_with(']') {
        scan.0 = "";
    }
    Some(Some(if sign == '-' { -minutes } else { minutes }))
}

/// A day written as eight digits, `20261120`, in the years 1900 to 2100.
pub fn parse_compact(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<i64>().ok();
    let year = number(0..4).filter(|year| (1900..=2100).contains(year))?;
    let wall = days(year, number(4..6)?, number(6..8)?)? * DAY;
    Some(Moment { wall, time: false, offset: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str, order: Order) -> String {
        match parse(text).and_then(|date| date.resolve(order)) {
            None => "none".into(),
            Some(moment) => {
                let at = jiff::Timestamp::from_millisecond(moment.wall - moment.offset.unwrap_or(0) * 60_000)
                    .unwrap()
                    .to_string();
                let at = if moment.time { at } else { at[..10].to_owned() };
                if moment.offset.is_some() { format!("fixed {at}") } else { at }
            }
        }
    }

    #[test]
    fn dates_are_read_in_many_forms() {
        let cases = [
            ("2026-11-20", "2026-11-20"),
            ("2026/1/2", "2026-01-02"),
            ("2026.11.20", "2026-11-20"),
            ("2026. 11. 20.", "2026-11-20"),
            ("20.11.2026", "2026-11-20"),
            ("20. 11. 2026", "2026-11-20"),
            ("3/4/2026", "2026-04-03"),
            ("20/11/26", "2026-11-20"),
            ("20-11-2026", "2026-11-20"),
            ("2026年11月20日", "2026-11-20"),
            ("2026年1月2日 14:30", "2026-01-02T14:30:00Z"),
            ("2026年1月2日14时30分5秒", "2026-01-02T14:30:05Z"),
            ("2026년 11월 20일", "2026-11-20"),
            ("Nov 20, 2026", "2026-11-20"),
            ("November 20th, 2026", "2026-11-20"),
            ("20 Nov 2026", "2026-11-20"),
            ("20-Nov-26", "2026-11-20"),
            ("Fri, 20 Nov 2026 08:00:00 GMT", "fixed 2026-11-20T08:00:00Z"),
            ("2026-11-20T08:00:00Z", "fixed 2026-11-20T08:00:00Z"),
            ("2026-11-20T08:00:00.5+08:00", "fixed 2026-11-20T00:00:00.5Z"),
            ("2026-11-20 08:00", "2026-11-20T08:00:00Z"),
            ("11/20/2026 8:05 PM", "none"),
            ("20/11/2026 8:05 PM", "2026-11-20T20:05:00Z"),
            ("20/11/2026 12:05 AM", "2026-11-20T00:05:00Z"),
            ("2026/11/20 下午3:05", "2026-11-20T15:05:00Z"),
            ("2026-02-30", "none"),
            ("2026-13-01", "none"),
            ("1/2/3", "none"),
            ("10.0.0.1", "none"),
            ("1.2.3", "none"),
            ("12-34-56", "none"),
            ("2026-11-20x", "none"),
            ("2026-11-20 25:00", "none"),
            ("Mayor 3, 2026", "none"),
            ("20261120", "none"),
            ("2026", "none"),
            ("+49 30 123456", "none"),
        ];
        for (text, expected) in cases {
            assert_eq!(iso(text, Order::Dmy), expected, "{text}");
        }
        assert_eq!(iso("11/20/2026 8:05 PM", Order::Mdy), "2026-11-20T20:05:00Z");
        assert_eq!(parse_compact("20261120").unwrap().wall, days(2026, 11, 20).unwrap() * DAY);
        assert!(parse_compact("20261320").is_none());
    }
}
