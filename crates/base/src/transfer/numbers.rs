//! Reads numbers as people write them: with separated thousands, currencies, percent signs. Which of
//! comma and point separates decimals is decided by the whole column.

/// What separates decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Decimal {
    /// 1,234.56
    #[default]
    Point,
    /// 1.234,56
    Comma,
}

/// A number as it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Written {
    /// The number; of `12.5%`, 0.125.
    pub value: f64,
    /// Decimal places, of a percentage two more.
    pub places: u8,
    /// Whether thousands were separated.
    pub grouped: bool,
    /// Whether what separates decimals shows: there was a fraction, or a group.
    pub telling: bool,
    /// What stood beside it.
    pub unit: Unit,
}

/// What stands beside a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Nothing.
    None,
    /// A percent sign.
    Percent,
    /// A currency.
    Money,
}

const SYMBOLS: [char; 17] =
    ['$', '€', '£', '¥', '￥', '₩', '₹', '₽', '₺', '₫', '₴', '₪', '฿', '元', '円', '원', '₱'];
const CODES: [&str; 22] = [
    "USD", "EUR", "GBP", "CNY", "RMB", "JPY", "KRW", "CHF", "INR", "HKD", "TWD", "SGD", "AUD", "CAD", "NZD",
    "SEK", "NOK", "DKK", "PLN", "BRL", "RUB", "Fr.",
];

/// Reads a number. Text that only looks like one is refused: ids with leading zeros, numbers of more than
/// 15 digits before the decimals, phone numbers.
pub fn parse(text: &str, decimal: Decimal) -> Option<Written> {
    let text = text.trim();
    if text.is_empty() || text.len() > 60 {
        return None;
    }
    if text.is_ascii() {
        return parse_plain(text, decimal);
    }
    // Full-width digits and signs become the plain ones.
    let narrow: String = text
        .chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{2212}' => '-',
            '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{3000}' => ' ',
            '\u{2019}' => '\'',
            other => other,
        })
        .collect();
    parse_plain(narrow.trim(), decimal)
}

fn parse_plain(text: &str, decimal: Decimal) -> Option<Written> {
    let (mut rest, mut negative, mut percent, mut money) = (text, false, false, false);
    if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        (rest, negative) = (inner.trim(), true);
    }
    // Signs and currencies stand on either side in any order; each at most once.
    loop {
        let before = rest;
        if !negative && let Some(inner) = rest.strip_prefix('-').or_else(|| rest.strip_suffix('-')) {
            (rest, negative) = (inner.trim(), true);
        }
        if !money && let Some(inner) = without_currency(rest) {
            (rest, money) = (inner.trim(), true);
        }
        if !percent
            && !money
            && let Some(inner) = rest.strip_suffix('%')
        {
            (rest, percent) = (inner.trim(), true);
        }
        if rest == before {
            break;
        }
    }
    let rest = rest.strip_prefix('+').filter(|_| !negative && text.starts_with('+')).unwrap_or(rest);
    let mut written = digits(rest, decimal, text.starts_with('+'))?;
    if money {
        written.unit = Unit::Money;
    }
    if percent {
        written.unit = Unit::Percent;
        written.value /= 100.0;
        written.places = (written.places + 2).min(10);
    }
    if negative {
        written.value = 0.0 - written.value;
    }
    Some(written)
}

/// The sign or code of a currency in the text of an amount.
pub fn currency(text: &str) -> Option<String> {
    let sign = text.chars().find(|c| SYMBOLS.contains(c)).map(|sign| if sign == '￥' { '¥' } else { sign });
    sign.map(String::from)
        .or_else(|| CODES.iter().find(|code| text.contains(*code)).map(|code| (*code).to_owned()))
}

fn without_currency(text: &str) -> Option<&str> {
    let symbol = |c: char| SYMBOLS.contains(&c);
    if let Some(inner) = text.strip_prefix(symbol).or_else(|| text.strip_suffix(symbol)) {
        return Some(inner);
    }
    let bytes = text.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && !bytes.last().is_some_and(|end| end.is_ascii_alphabetic() || *end == b'.')
    {
        return None;
    }
    CODES.iter().find_map(|code| text.strip_prefix(code).or_else(|| text.strip_suffix(code)))
}

/// Reads digits with groups and decimals, and an exponent that has a sign.
fn digits(text: &str, decimal: Decimal, signed: bool) -> Option<Written> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        None => (text, None),
        Some(at) => (&text[..at], Some(&text[at + 1..])),
    };
    if exponent.is_some_and(|exponent| !is_exponent(exponent)) {
        return None;
    }
    let point = if decimal == Decimal::Point { b'.' } else { b',' };
    let (whole, fraction) = match mantissa.bytes().position(|byte| byte == point) {
        None => (mantissa, None),
        Some(at) => (&mantissa[..at], Some(&mantissa[at + 1..])),
    };
    if fraction.is_some_and(|fraction| !fraction.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let mut plain = [0u8; 64];
    let (mut length, mut separator, mut run, mut runs) = (0, None, 0, 0);
    for byte in whole.bytes() {
        match byte {
            b'0'..=b'9' => {
                plain[length] = byte;
                length += 1;
                run += 1;
            }
            b',' | b'.' | b' ' | b'\'' if byte != point => {
                if *separator.get_or_insert(byte) != byte || run == 0 || run > 3 || (runs > 0 && run != 3) {
                    return None;
                }
                runs += 1;
                run = 0;
            }
            _ => return None,
        }
    }
    if (runs > 0 && run != 3) || length > 15 || (length == 0 && fraction.is_none_or(str::is_empty)) {
        return None;
    }
    let whole_digits = &plain[..length];
    if length > 1 && whole_digits[0] == b'0' || (signed && length >= 7 && fraction.is_none()) {
        return None;
    }
    let fraction = fraction.unwrap_or("");
    let value = value(whole_digits, fraction, exponent)?;
    let places = fraction.trim_end_matches('0').len().min(10) as u8;
    let grouped = runs > 0;
    let telling = grouped || !fraction.is_empty();
    Some(Written { value, places, grouped, telling, unit: Unit::None })
}

fn is_exponent(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or("");
    !digits.is_empty() && digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn value(whole: &[u8], fraction: &str, exponent: Option<&str>) -> Option<f64> {
    if exponent.is_none() && whole.len() + fraction.len() <= 15 {
        // Both are exact, so their quotient is the nearest number.
        let all = whole.iter().chain(fraction.as_bytes());
        let scaled = all.fold(0u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        return Some(scaled as f64 / POWERS[fraction.len()]);
    }
    let mut text = String::with_capacity(whole.len() + fraction.len() + 8);
    text.push_str(std::str::from_utf8(whole).ok()?);
    text.push('.');
    text.push_str(fraction);
    if let Some(exponent) = exponent {
        text.push('e');
        text.push_str(exponent);
    }
    text.parse().ok().filter(|n: &f64| n.is_finite())
}

const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Decimal places of a number of a spreadsheet.
pub fn places_of(n: f64) -> u8 {
    let mut scaled = n.abs();
    for places in 0..10 {
        if (scaled - scaled.round()).abs() < 1e-9 * scaled.max(1.0) {
            return places;
        }
        scaled *= 10.0;
    }
    10
}

/// A number of a spreadsheet as text, without an exponent where people would write none.
pub fn to_text(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 1e18 { format!("{}", n as i64) } else { n.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_many_forms() {
        use Decimal::{Comma, Point};
        let cases = [
            ("0", Point, Some(0.0)),
            ("12", Point, Some(12.0)),
            ("-1.5", Point, Some(-1.5)),
            ("+1.5", Point, Some(1.5)),
            ("1,234.56", Point, Some(1234.56)),
            ("1,234,567", Point, Some(1_234_567.0)),
            ("12,34", Point, None),
            ("1,2345", Point, None),
            ("1.234,56", Comma, Some(1234.56)),
            ("1 234,56", Comma, Some(1234.56)),
            ("1\u{202f}234,56", Comma, Some(1234.56)),
            ("1'234.50", Point, Some(1234.5)),
            ("0,5", Comma, Some(0.5)),
            (".5", Point, Some(0.5)),
            ("5.", Point, Some(5.0)),
            (".", Point, None),
            ("$1,200.00", Point, Some(1200.0)),
            ("1.200,00 €", Comma, Some(1200.0)),
            ("-$5", Point, Some(-5.0)),
            ("$-5", Point, Some(-5.0)),
            ("(1,234.50)", Point, Some(-1234.5)),
            ("¥1,200", Point, Some(1200.0)),
            ("1,200元", Point, Some(1200.0)),
            ("USD 12.50", Point, Some(12.5)),
            ("12.50 CHF", Point, Some(12.5)),
            ("12.5%", Point, Some(0.125)),
            ("１２３", Point, Some(123.0)),
            ("−7", Point, Some(-7.0)),
            ("1.5e+3", Point, Some(1500.0)),
            ("1E-7", Point, Some(1e-7)),
            ("1e5", Point, None),
            ("007", Point, None),
            ("00", Point, None),
            ("0.50", Point, Some(0.5)),
            ("123456789012345", Point, Some(123_456_789_012_345.0)),
            ("1234567890123456", Point, None),
            ("0.1234567890123456789", Point, Some(0.123_456_789_012_345_68)),
            ("+4930123456", Point, None),
            ("030 123 456", Point, None),
            ("123-456-7890", Point, None),
            ("1-2", Point, None),
            ("--5", Point, None),
            ("10.0.0.1", Point, None),
            ("12a", Point, None),
            ("NaN", Point, None),
            ("inf", Point, None),
            ("", Point, None),
            ("%", Point, None),
            ("$", Point, None),
        ];
        for (text, decimal, expected) in cases {
            assert_eq!(parse(text, decimal).map(|n| n.value), expected, "{text}");
        }
        let percent = parse("12.5%", Point).unwrap();
        assert_eq!((percent.places, percent.grouped), (3, false));
    }
}
