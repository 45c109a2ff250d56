//! Numbers, dates and texts by the format codes of Excel: `#,##0.00`, `0%`, `0.0E+00`, `yyyy-mm-dd h:mm AM/PM`,
//! `0;(0);"none";@`.

use std::fmt::Write as _;

use crate::{
    formula::{
        Datum, ErrorCode,
        coerce::{self, Cx, number_text},
        functions::{
            clock::Moment,
            date_format::date_by,
            number::{clean, round},
        },
    },
    value::{DAY, MAX_DATE, MIN_DATE},
};

/// Digits after the point that are ever shown.
const MAX_DIGITS: usize = 30;
/// Bytes of the longest format.
const MAX_FORMAT: usize = 1_000;

/// One thing of a section.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    /// With whether a plus is shown.
    Exponent(bool),
    /// A run of one letter of a date, in lower case.
    Run(char, usize),
    /// `[h]`, `[mm]`: time that is not cut at a day.
    Elapsed(char, usize),
    /// With whether it is short, as in `A/P`.
    Noon(bool),
    Text,
    General,
    Literal(char),
}

/// A part between semicolons.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) tokens: Vec<Token>,
    /// As in `[>=100]`.
    condition: Option<(String, f64)>,
}

fn sections(format: &str) -> Vec<Section> {
    let chars: Vec<char> = format.chars().collect();
    let mut sections = vec![Section::default()];
    let mut at = 0;
    while at < chars.len() {
        let Some(section) = sections.last_mut() else { break };
        let rest = &chars[at..];
        at += match rest[0] {
            ';' => {
                sections.push(Section::default());
                1
            }
            '"' => {
                let inside = rest[1..].iter().take_while(|c| **c != '"');
                section.tokens.extend(inside.clone().map(|c| Token::Literal(*c)));
                inside.count() + 2
            }
            '\\' => {
                section.tokens.extend(rest.get(1).map(|c| Token::Literal(*c)));
                2
            }
            '_' => {
                section.tokens.push(Token::Literal(' '));
                2
            }
            '*' => 2,
            '[' => bracket(rest, section),
            _ => plain(rest, section),
        };
    }
    sections
}

/// Reads `[h]`, `[>=100]`, `[Red]`; tells its length.
fn bracket(rest: &[char], section: &mut Section) -> usize {
    let inside: String = rest[1..].iter().take_while(|c| **c != ']').collect();
    let first = inside.chars().next().map_or(' ', |c| c.to_ascii_lowercase());
    let signs = inside.find(|c: char| !matches!(c, '<' | '>' | '=')).unwrap_or(inside.len());
    if matches!(first, 'h' | 'm' | 's') && inside.chars().all(|c| c.to_ascii_lowercase() == first) {
        section.tokens.push(Token::Elapsed(first, inside.len()));
    } else if signs > 0
        && let Ok(bound) = inside[signs..].trim().parse()
    {
        section.condition = Some((inside[..signs].to_owned(), bound));
    } else if let Some(currency) = inside.strip_prefix('$') {
        let shown = currency.split('-').next().unwrap_or("");
        section.tokens.extend(shown.chars().map(Token::Literal));
    }
    inside.chars().count() + 2
}

/// Reads one token outside of quotes and brackets; tells its length.
fn plain(rest: &[char], section: &mut Section) -> usize {
    let starts = |word: &str| {
        rest.iter().zip(word.chars()).filter(|(a, b)| a.eq_ignore_ascii_case(b)).count() == word.len()
    };
    let (token, length) = match rest[0] {
        digit @ ('0' | '#' | '?') => (Token::Digit(digit), 1),
        '.' => (Token::Point, 1),
        ',' => (Token::Comma, 1),
        '%' => (Token::Percent, 1),
        '@' => (Token::Text, 1),
        _ if starts("general") => (Token::General, 7),
        _ if starts("am/pm") => (Token::Noon(false), 5),
        _ if starts("a/p") => (Token::Noon(true), 3),
        'E' | 'e' if matches!(rest.get(1), Some('+' | '-')) => (Token::Exponent(rest[1] == '+'), 2),
        letter if matches!(letter.to_ascii_lowercase(), 'y' | 'm' | 'd' | 'h' | 's' | 'a') => {
            let length = rest.iter().take_while(|c| c.eq_ignore_ascii_case(&letter)).count();
            let letter = letter.to_ascii_lowercase();
            // Less than `aaa` is a letter like others.
            if letter == 'a' && length < 3 {
                (Token::Literal(rest[0]), 1)
            } else {
                (Token::Run(letter, length), length)
            }
        }
        other => (Token::Literal(other), 1),
    };
    section.tokens.push(token);
    length
}

impl Section {
    /// What comes first decides: letters of dates or places of digits.
    fn is_date(&self) -> bool {
        let first = self.tokens.iter().find(|token| {
            matches!(
                token,
                Token::Digit(_)
                    | Token::Run(..)
                    | Token::Elapsed(..)
                    | Token::Noon(_)
                    | Token::General
                    | Token::Text
            )
        });
        matches!(first, Some(Token::Run(..) | Token::Elapsed(..) | Token::Noon(_)))
    }
    fn holds(&self, number: f64) -> bool {
        let Some((sign, bound)) = &self.condition else { return true };
        match sign.as_str() {
            "<" => number < *bound,
            "<=" => number <= *bound,
            ">" => number > *bound,
            ">=" => number >= *bound,
            "=" => (number - bound).abs() == 0.0,
            _ => (number - bound).abs() != 0.0,
        }
    }
}

/// Which section shows a number, and the number as it shows it.
fn section_for(sections: &[Section], number: f64) -> (&Section, f64) {
    let first = &sections[0];
    if sections.iter().any(|section| section.condition.is_some()) {
        let found = sections.iter().find(|section| section.holds(number));
        return (found.unwrap_or(first), number);
    }
    match sections {
        [_, negative, ..] if number < 0.0 => (negative, -number),
        [_, _, zero, ..] if number == 0.0 => (zero, number),
        _ => (first, number),
    }
}

/// A value by a format. (F130)
pub(super) fn format(value: &Datum, code: &str, cx: &Cx<'_>) -> Result<String, ErrorCode> {
    if code.len() > MAX_FORMAT {
        return Err(ErrorCode::Limit);
    }
    let sections = sections(code);
    match value {
        Datum::List(items) if items.len() == 1 => format(&items[0], code, cx),
        Datum::Error(code) => Err(*code),
        Datum::Number(number) => number_by(&sections, *number, None),
        Datum::Date { .. } => number_by(&sections, coerce::number_of(value, cx)?, Moment::of(value, cx.env)),
        other => {
            let text = coerce::text_of(other, cx)?;
            if text.is_empty() {
                return Ok(String::new());
            }
            if sections[0].is_date()
                && let Ok(date @ Datum::Date { .. }) = coerce::date_of(&Datum::Text(text.clone()), cx)
            {
                return number_by(&sections, coerce::number_of(&date, cx)?, Moment::of(&date, cx.env));
            }
            match coerce::read_number(&text, '.', ',') {
                Some(number) => number_by(&sections, number, None),
                None => Ok(text_by(&sections, &text)),
            }
        }
    }
}

fn text_by(sections: &[Section], text: &str) -> String {
    let section =
        sections.get(3).or_else(|| sections.iter().find(|section| section.tokens.contains(&Token::Text)));
    let Some(section) = section else { return text.to_owned() };
    let mut out = String::new();
    for token in &section.tokens {
        match token {
            Token::Text => out.push_str(text),
            Token::Literal(c) => out.push(*c),
            _ => {}
        }
    }
    out
}

fn number_by(sections: &[Section], value: f64, moment: Option<Moment>) -> Result<String, ErrorCode> {
    let (section, value) = section_for(sections, value);
    if section.is_date() {
        let local = match moment {
            Some(moment) => moment.local,
            None => ((value - coerce::EPOCH_SERIAL) * DAY as f64).round() as i64,
        };
        if !(MIN_DATE..=MAX_DATE).contains(&local) {
            return Err(ErrorCode::Value);
        }
        return Ok(date_by(section, local, value));
    }
    if section.tokens.contains(&Token::General) || section.tokens.contains(&Token::Text) {
        let mut out = String::new();
        for token in &section.tokens {
            match token {
                Token::General | Token::Text => out.push_str(&number_text(value)),
                Token::Literal(c) => out.push(*c),
                _ => {}
            }
        }
        return Ok(out);
    }
    Ok(Picture::of(section).show(section, value))
}

/// How a section lays out digits.
#[derive(Default)]
struct Picture {
    before: usize,
    after: usize,
    /// Places of the exponent.
    exponent: Option<(bool, usize)>,
    grouped: bool,
    scale: f64,
}

impl Picture {
    fn of(section: &Section) -> Self {
        let mut picture = Self { scale: 1.0, ..Self::default() };
        let mut point = false;
        let digits: Vec<usize> =
            (0..section.tokens.len()).filter(|at| matches!(section.tokens[*at], Token::Digit(_))).collect();
        let last_before =
            section.tokens.iter().position(|token| *token == Token::Point).unwrap_or(section.tokens.len());
        for (at, token) in section.tokens.iter().enumerate() {
            match token {
                Token::Digit(_) if picture.exponent.is_some() => {
                    picture.exponent = picture.exponent.map(|(plus, places)| (plus, places + 1));
                }
                Token::Digit(_) if point => picture.after += 1,
                Token::Digit(_) => picture.before += 1,
                Token::Point => point = true,
                Token::Percent => picture.scale *= 100.0,
                Token::Exponent(plus) => picture.exponent = Some((*plus, 0)),
                // Between places of digits a comma groups, after the last it divides by a thousand.
                Token::Comma
                    if at < last_before && digits.iter().any(|digit| *digit > at && *digit < last_before) =>
                {
                    picture.grouped |= digits.first().is_some_and(|first| *first < at);
                }
                Token::Comma if digits.first().is_some_and(|first| *first < at) => picture.scale /= 1_000.0,
                _ => {}
            }
        }
        picture.after = picture.after.min(MAX_DIGITS);
        picture
    }

    /// The digits before and after the point, and the exponent.
    fn digits(&self, value: f64) -> (String, String, i32) {
        let mut value =
            if (self.scale - 1.0).abs() > 0.0 { clean(value.abs() * self.scale) } else { value.abs() };
        let mut exponent = 0;
        if self.exponent.is_some() && value > 0.0 {
            let step = self.before.max(1) as i32;
            exponent = (value.log10().floor() as i32).div_euclid(step) * step;
            value = clean(value / 10f64.powi(exponent));
            // Rounding may carry into a new digit.
            if round(value, self.after as i64) >= 10f64.powi(step) {
                value /= 10f64.powi(step);
                exponent += step;
            }
        }
        let shown = format!("{:.*}", self.after, round(value, self.after as i64));
        let (whole, rest) = shown.split_once('.').unwrap_or((&shown, ""));
        (whole.trim_start_matches('0').to_owned(), rest.to_owned(), exponent)
    }

    fn show(&self, section: &Section, value: f64) -> String {
        let (whole, rest, exponent) = self.digits(value);
        let nothing = whole.is_empty() && rest.bytes().all(|b| b == b'0');
        let mut out = String::new();
        if value < 0.0 && !nothing {
            out.push('-');
        }
        let mut whole_digits = WholeDigits { digits: &whole, places: self.before, grouped: self.grouped };
        let mut rest_digits = rest.chars().collect::<Vec<_>>().into_iter().enumerate();
        let shown_rest = significant(section, &rest);
        let (mut point, mut after_exponent) = (false, false);
        let mut exponent_places = self.exponent.map_or(0, |(_, places)| places);
        for token in &section.tokens {
            match token {
                Token::Digit(_) if after_exponent => {
                    if exponent_places > 0 {
                        let _ = write!(out, "{:0>exponent_places$}", exponent.abs());
                    }
                    exponent_places = 0;
                }
                Token::Digit(kind) if point => match rest_digits.next() {
                    Some((at, digit)) if at < shown_rest => out.push(digit),
                    Some(_) if *kind == '?' => out.push(' '),
                    _ => {}
                },
                Token::Digit(kind) => whole_digits.place(*kind, &mut out),
                Token::Point => {
                    if self.before == 0 && !point {
                        out.push_str(&whole);
                    }
                    point = true;
                    if self.after == 0 || shown_rest > 0 || section.tokens.contains(&Token::Digit('?')) {
                        out.push('.');
                    }
                }
                Token::Percent => out.push('%'),
                Token::Exponent(plus) => {
                    after_exponent = true;
                    out.push('E');
                    if exponent < 0 {
                        out.push('-');
                    } else if *plus {
                        out.push('+');
                    }
                }
                Token::Literal(c) => out.push(*c),
                Token::Run(c, count) => out.extend(std::iter::repeat_n(*c, *count)),
                _ => {}
            }
        }
        out
    }
}

/// How many digits after the point are shown: those up to the last `0`, and others that are not 0.
fn significant(section: &Section, rest: &str) -> usize {
    let after = section.tokens.iter().skip_while(|token| **token != Token::Point).skip(1);
    let kinds: Vec<char> = after
        .take_while(|token| !matches!(token, Token::Exponent(_)))
        .filter_map(|token| if let Token::Digit(kind) = token { Some(*kind) } else { None })
        .collect();
    let fixed = kinds.iter().rposition(|kind| *kind == '0').map_or(0, |at| at + 1);
    fixed.max(rest.trim_end_matches('0').len())
}

/// Deals digits before the point to their places; the first place gets all that are more.
struct WholeDigits<'a> {
    digits: &'a str,
    /// Places that are left.
    places: usize,
    grouped: bool,
}

impl WholeDigits<'_> {
    fn place(&mut self, kind: char, out: &mut String) {
        let count = (self.digits.len() + 1).saturating_sub(self.places);
        let (now, later) = self.digits.split_at(count.min(self.digits.len()));
        let mut left = self.digits.len();
        for digit in now.chars() {
            out.push(digit);
            left -= 1;
            if self.grouped && left > 0 && left.is_multiple_of(3) {
                out.push(',');
            }
        }
        if now.is_empty() {
            match kind {
                '0' => out.push('0'),
                '?' => out.push(' '),
                _ => {}
            }
            if kind == '0' && self.grouped && self.places > 1 && (self.places - 1).is_multiple_of(3) {
                out.push(',');
            }
        }
        self.digits = later;
        self.places = self.places.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::Env;

    fn shown(value: &Datum, code: &str) -> String {
        let env = Env::default();
        format(value, code, &Cx { env: &env, texts: &(), table: None })
            .unwrap_or_else(|code| code.text().into())
    }

    // F130
    #[test]
    fn numbers_follow_their_pictures() {
        let cases = [
            (1234.567, "0", "1235"),
            (1234.567, "0.0", "1234.6"),
            (1234.5, "#,##0.00", "1,234.50"),
            (1_234_567.0, "#,##0", "1,234,567"),
            (12.0, "#,##0", "12"),
            (0.5, "#.##", ".5"),
            (0.5, "0.##", "0.5"),
            (5.0, "0.##", "5"),
            (5.0, "000", "005"),
            (5.0, "0,000", "0,005"),
            (1.005, "0.00", "1.01"),
            (0.285, "0%", "29%"),
            (0.285, "0.0%", "28.5%"),
            (12345.0, "0.00E+00", "1.23E+04"),
            (0.00012, "0.0E+0", "1.2E-4"),
            (0.00012, "0.0E-00", "1.2E-04"),
            (9.999, "0.0E+0", "1.0E+1"),
            (12345.0, "##0.0E+0", "12.3E+3"),
            (1_234_567.0, "0.0,,", "1.2"),
            (1_234_567.0, "#,##0,\"k\"", "1,235k"),
            (-5.0, "0", "-5"),
            (-5.0, "0;(0)", "(5)"),
            (0.0, "0;(0);\"none\"", "none"),
            (-0.001, "0.00", "0.00"),
            (123_456_789.0, "000-00-0000", "123-45-6789"),
            (5.0, "$0.00", "$5.00"),
            (5.0, "[$¥-411]#,##0", "¥5"),
            (5.0, "0 \"items\"", "5 items"),
            (5.0, "0 days", "5 days"),
            (5.0, "0\\m", "5m"),
            (5.0, "?0", " 5"),
            (150.0, "[>=100]\"many\";0", "many"),
            (50.0, "[>=100]\"many\";0", "50"),
            (5.5, "General", "5.5"),
            (5.0, "", ""),
            (1.5, "[h]:mm", "36:00"),
            (0.75, "h:mm AM/PM", "6:00 PM"),
            (46_346.25, "yyyy-mm-dd hh:mm", "2026-11-20 06:00"),
            (1e20, "yyyy", "#VALUE"),
            (1e300, "0", &format!("{:.0}", 1e300)),
        ];
        for (number, code, expected) in cases {
            assert_eq!(shown(&Datum::Number(number), code), expected, "{number} by {code}");
        }
    }

    // F131
    #[test]
    fn dates_follow_their_pictures() {
        let at = 1_795_132_800_000 + ((14 * 60 + 5) * 60 + 9) * 1_000 + 250;
        let cases = [
            ("yyyy-mm-dd", "2026-11-20"),
            ("YYYY/MM/DD", "2026/11/20"),
            ("yy-m-d", "26-11-20"),
            ("d mmm yyyy", "20 Nov 2026"),
            ("dddd, mmmm d", "Friday, November 20"),
            ("ddd", "Fri"),
            ("mmmmm", "N"),
            ("HH:mm:ss", "14:05:09"),
            ("h:mm AM/PM", "2:05 PM"),
            ("h:m", "14:5"),
            ("mm:ss.000", "05:09.250"),
            ("yyyy\"年\"m\"月\"d\"日\"", "2026年11月20日"),
            ("yyyy年m月d日 aaaa", "2026年11月20日 星期五"),
            ("aaa", "五"),
            ("0", "46347"),
        ];
        for (code, expected) in cases {
            assert_eq!(shown(&Datum::Date { at, time: true }, code), expected, "{code}");
        }
    }

    // F130
    #[test]
    fn texts_are_read_or_kept() {
        let cases = [
            ("12", "0.0", "12.0"),
            ("2026-11-20", "yyyy", "2026"),
            ("abc", "0.0", "abc"),
            ("abc", "0;0;0;\"<\"@\">\"", "<abc>"),
            ("", "0.0", ""),
        ];
        for (text, code, expected) in cases {
            assert_eq!(shown(&Datum::Text(text.into()), code), expected, "{text} by {code}");
        }
        assert_eq!(shown(&Datum::Null, "0"), "");
    }
}
