//! Whole numbers as digits in other bases, as bits and as Roman numerals.

use crate::formula::{
    ErrorCode,
    functions::{
        Call, Function, Group,
        Takes::{Number, Text},
        integer::EXACT,
        row::{In, NUMBER, Out, TEXT, allowed, number, one, opt, text},
    },
};

const NUM: In = In(Group::Number);
/// Bits of numbers that functions of bits take.
const BITS: f64 = 281_474_976_710_656.0;

/// The digits of a number in a base of 2 to 36.
fn digits(mut value: u64, base: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit((value % base) as u32, base as u32).unwrap_or('0').to_ascii_uppercase());
        value /= base;
        if value == 0 {
            return digits.iter().rev().collect();
        }
    }
}

fn padded(digits: &str, places: i64) -> Out {
    allowed((0..=255).contains(&places), ())?;
    text(format!("{digits:0>width$}", width = places as usize))
}

fn base_digits(call: &Call<'_>) -> Out {
    let (value, base) = (call.number(0).trunc(), call.number(1).trunc());
    if !(0.0..EXACT).contains(&value) || !(2.0..=36.0).contains(&base) {
        return Err(ErrorCode::Number);
    }
    padded(&digits(value as u64, base as u64), call.int(2))
}

fn decimal(call: &Call<'_>) -> Out {
    let base = call.number(1).trunc();
    if !(2.0..=36.0).contains(&base) {
        return Err(ErrorCode::Number);
    }
    let mut value = 0.0f64;
    for digit in call.text(0).trim().chars() {
        let digit = digit.to_digit(base as u32).ok_or(ErrorCode::Value)?;
        value = value * base + f64::from(digit);
    }
    number(value)
}

/// Ten digits of a power of two, of which the upper half of numbers is negative.
fn from_digits(call: &Call<'_>, bits: u32) -> Result<i64, ErrorCode> {
    let text = call.text(0).trim();
    if text.is_empty() {
        return Ok(0);
    }
    if text.len() > 10 || text.starts_with(['+', '-']) {
        return Err(ErrorCode::Number);
    }
    let value = i64::from_str_radix(text, 1 << bits).map_err(|_| ErrorCode::Number)?;
    let width = 10 * bits;
    Ok(if value >> (width - 1) & 1 == 1 { value - (1 << width) } else { value })
}

/// The inverse of [`from_digits`].
fn to_digits(value: i64, bits: u32, places: Option<i64>) -> Out {
    let half = 1i64 << (10 * bits - 1);
    if value < -half || value >= half {
        return Err(ErrorCode::Number);
    }
    let shown = digits(if value < 0 { (value + 2 * half) as u64 } else { value as u64 }, 1 << bits);
    match places {
        Some(places) if value >= 0 && (places < shown.len() as i64 || places > 10) => Err(ErrorCode::Number),
        Some(places) if value >= 0 => padded(&shown, places),
        _ => text(shown),
    }
}

fn whole(call: &Call<'_>) -> Result<i64, ErrorCode> {
    let value = call.number(0).trunc();
    if value.abs() < EXACT { Ok(value as i64) } else { Err(ErrorCode::Number) }
}

fn places(call: &Call<'_>) -> Option<i64> {
    call.has(1).then(|| call.int(1))
}

/// From digits of one base to a number.
macro_rules! to_number {
    ($name:literal, $help:literal, $example:literal, $result:literal, $bits:literal) => {
        NUM.strict($name, &[one("digits", Text)], NUMBER, $help, ($example, $result), |call| {
            number(from_digits(call, $bits)? as f64)
        })
    };
}

/// From a number, or digits of one base, to digits of another.
macro_rules! to_text {
    ($name:literal, $takes:expr, $help:literal, $example:literal, $result:literal, $of:expr, $bits:literal) => {
        NUM.strict(
            $name,
            &[one("number", $takes), opt("places", Number)],
            TEXT,
            $help,
            ($example, $result),
            |call| {
                let of: fn(&Call<'_>) -> Result<i64, ErrorCode> = $of;
                to_digits(of(call)?, $bits, places(call))
            },
        )
    };
}

fn bit_operands(call: &Call<'_>) -> Result<(u64, u64), ErrorCode> {
    let (a, b) = (call.number(0), call.number(1));
    let sound = |n: f64| n.fract() == 0.0 && (0.0..BITS).contains(&n);
    if sound(a) && sound(b) { Ok((a as u64, b as u64)) } else { Err(ErrorCode::Number) }
}

/// Leftwards when positive.
fn shift(value: f64, by: f64) -> Out {
    if value.fract() != 0.0 || !(0.0..BITS).contains(&value) || by.abs() > 53.0 {
        return Err(ErrorCode::Number);
    }
    let shifted = (value * 2f64.powi(by.trunc() as i32)).floor();
    if shifted < BITS { number(shifted) } else { Err(ErrorCode::Number) }
}

const ROMAN: [(f64, &str); 13] = [
    (1_000.0, "M"),
    (900.0, "CM"),
    (500.0, "D"),
    (400.0, "CD"),
    (100.0, "C"),
    (90.0, "XC"),
    (50.0, "L"),
    (40.0, "XL"),
    (10.0, "X"),
    (9.0, "IX"),
    (5.0, "V"),
    (4.0, "IV"),
    (1.0, "I"),
];

fn roman(call: &Call<'_>) -> Out {
    let mut rest = call.number(0).trunc();
    allowed((0.0..4_000.0).contains(&rest), ())?;
    let mut shown = String::new();
    for (value, letters) in ROMAN {
        while rest >= value {
            shown.push_str(letters);
            rest -= value;
        }
    }
    text(shown)
}

fn arabic(call: &Call<'_>) -> Out {
    let upper = call.text(0).trim().to_uppercase();
    let (sign, letters) = upper.strip_prefix('-').map_or((1.0, upper.as_str()), |rest| (-1.0, rest));
    allowed(letters.len() <= 255, ())?;
    let (mut sum, mut before) = (0.0, 0.0);
    for letter in letters.chars().rev() {
        let mut utf8 = [0; 4];
        let letter: &str = letter.encode_utf8(&mut utf8);
        let found = ROMAN.iter().find(|(_, letters)| *letters == letter);
        let (value, _) = *found.ok_or(ErrorCode::Value)?;
        if value < before {
            sum -= value;
        } else {
            sum += value;
            before = value;
        }
    }
    number(sign * sum)
}

pub(super) const ROWS: &[Function] = &[
    NUM.strict(
        "BASE",
        &[one("number", Number), one("base", Number), opt("places", Number)],
        TEXT,
        "The digits of a number in a base of 2 to 36, with zeros before up to the given places.",
        ("BASE(255, 16, 4)", r#""00FF""#),
        base_digits,
    ),
    NUM.strict(
        "DECIMAL",
        &[one("digits", Text), one("base", Number)],
        NUMBER,
        "The number that digits in a base of 2 to 36 say.",
        (r#"DECIMAL("FF", 16)"#, "255"),
        decimal,
    ),
    to_number!("BIN2DEC", "The number that up to ten binary digits say.", r#"BIN2DEC("1010")"#, "10", 1),
    to_number!("OCT2DEC", "The number that up to ten octal digits say.", r#"OCT2DEC("17")"#, "15", 3),
    to_number!("HEX2DEC", "The number that up to ten hexadecimal digits say.", r#"HEX2DEC("FF")"#, "255", 4),
    to_text!("DEC2BIN", Number, "A number in binary digits.", "DEC2BIN(10)", r#""1010""#, whole, 1),
    to_text!("DEC2OCT", Number, "A number in octal digits.", "DEC2OCT(15)", r#""17""#, whole, 3),
    to_text!("DEC2HEX", Number, "A number in hexadecimal digits.", "DEC2HEX(255, 4)", r#""00FF""#, whole, 4),
    to_text!(
        "BIN2OCT",
        Text,
        "Binary digits as octal ones.",
        r#"BIN2OCT("1111")"#,
        r#""17""#,
        |c| from_digits(c, 1),
        3
    ),
    to_text!(
        "BIN2HEX",
        Text,
        "Binary digits as hexadecimal ones.",
        r#"BIN2HEX("1111")"#,
        r#""F""#,
        |c| from_digits(c, 1),
        4
    ),
    to_text!(
        "OCT2BIN",
        Text,
        "Octal digits as binary ones.",
        r#"OCT2BIN("17")"#,
        r#""1111""#,
        |c| from_digits(c, 3),
        1
    ),
    to_text!(
        "OCT2HEX",
        Text,
        "Octal digits as hexadecimal ones.",
        r#"OCT2HEX("17")"#,
        r#""F""#,
        |c| from_digits(c, 3),
        4
    ),
    to_text!(
        "HEX2BIN",
        Text,
        "Hexadecimal digits as binary ones.",
        r#"HEX2BIN("F")"#,
        r#""1111""#,
        |c| from_digits(c, 4),
        1
    ),
    to_text!(
        "HEX2OCT",
        Text,
        "Hexadecimal digits as octal ones.",
        r#"HEX2OCT("F")"#,
        r#""17""#,
        |c| from_digits(c, 4),
        3
    ),
    NUM.strict(
        "BITAND",
        &[one("a", Number), one("b", Number)],
        NUMBER,
        "The bits that are set in both numbers.",
        ("BITAND(12, 10)", "8"),
        |c| bit_operands(c).and_then(|(a, b)| number((a & b) as f64)),
    ),
    NUM.strict(
        "BITOR",
        &[one("a", Number), one("b", Number)],
        NUMBER,
        "The bits that are set in either number.",
        ("BITOR(12, 10)", "14"),
        |c| bit_operands(c).and_then(|(a, b)| number((a | b) as f64)),
    ),
    NUM.strict(
        "BITXOR",
        &[one("a", Number), one("b", Number)],
        NUMBER,
        "The bits that are set in one of two numbers only.",
        ("BITXOR(12, 10)", "6"),
        |c| bit_operands(c).and_then(|(a, b)| number((a ^ b) as f64)),
    ),
    NUM.strict(
        "BITLSHIFT",
        &[one("number", Number), one("bits", Number)],
        NUMBER,
        "The number with its bits moved to the left.",
        ("BITLSHIFT(1, 4)", "16"),
        |c| shift(c.number(0), c.number(1)),
    ),
    NUM.strict(
        "BITRSHIFT",
        &[one("number", Number), one("bits", Number)],
        NUMBER,
        "The number with its bits moved to the right.",
        ("BITRSHIFT(16, 4)", "1"),
        |c| shift(c.number(0), -c.number(1)),
    ),
    NUM.strict(
        "ROMAN",
        &[one("number", Number)],
        TEXT,
        "A number up to 3999 in Roman numerals.",
        ("ROMAN(2026)", r#""MMXXVI""#),
        roman,
    ),
    NUM.strict(
        "ARABIC",
        &[one("numerals", Text)],
        NUMBER,
        "The number that Roman numerals say.",
        (r#"ARABIC("MMXXVI")"#, "2026"),
        arabic,
    ),
];
