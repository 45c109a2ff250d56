//! Making texts: from values by formats, from parts, from codes; and changing all of their characters.

use std::fmt::Write as _;

use crate::{
    formula::{
        Datum, ErrorCode,
        coerce::{self, is_blank},
        functions::{
            Call, Function, Group,
            Takes::{Any, Bool, Number, Text},
            format,
            logic::items,
            number::round,
            row::{In, NUMBER, Out, TEXT, allowed, many, number, one, opt, text},
            text::count,
        },
    },
    text::narrow,
    value::MAX_TEXT,
};

const TEXTUAL: In = In(Group::Text);

fn repeat(call: &Call<'_>) -> Out {
    let (part, times) = (call.text(0), count(call, 1)?);
    if part.len().saturating_mul(times) > MAX_TEXT { Err(ErrorCode::Limit) } else { text(part.repeat(times)) }
}

fn proper(call: &Call<'_>) -> Out {
    let mut out = String::with_capacity(call.text(0).len());
    let mut inside = false;
    for c in call.text(0).chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        inside = c.is_alphabetic();
    }
    text(out)
}

fn character(call: &Call<'_>) -> Out {
    let code = call.number(0).trunc();
    let found = if (1.0..1_114_112.0).contains(&code) { char::from_u32(code as u32) } else { None };
    text(found.ok_or(ErrorCode::Value)?.to_string())
}

fn code(call: &Call<'_>) -> Out {
    number(f64::from(u32::from(call.text(0).chars().next().ok_or(ErrorCode::Value)?)))
}

fn concatenate(call: &Call<'_>) -> Out {
    let mut out = String::new();
    for (at, arg) in call.args.iter().enumerate() {
        for item in items(arg) {
            out.push_str(&coerce::text_of(item, &call.cx(at))?);
        }
        if out.len() > MAX_TEXT {
            return Err(ErrorCode::Limit);
        }
    }
    text(out)
}

fn text_join(call: &Call<'_>) -> Out {
    let (between, skip) = (call.text(0), call.bool(1));
    let mut out = String::new();
    let mut first = true;
    for (at, arg) in call.args.iter().enumerate().skip(2) {
        for item in items(arg) {
            if skip && is_blank(item) {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push_str(between);
            }
            out.push_str(&coerce::text_of(item, &call.cx(at))?);
            if out.len() > MAX_TEXT {
                return Err(ErrorCode::Limit);
            }
        }
    }
    text(out)
}

fn fixed(call: &Call<'_>, prefix: &str, grouped: bool) -> Out {
    let digits = call.int_or(1, 2);
    allowed((-30..=30).contains(&digits), ())?;
    let value = round(call.number(0), digits);
    let code = format!(
        "{}{}{}",
        if grouped { "#,##0" } else { "0" },
        if digits > 0 { "." } else { "" },
        "0".repeat(digits.max(0) as usize)
    );
    let shown = format::format(&Datum::Number(value.abs()), &code, &call.cx(0))?;
    let sign = if value < 0.0 { "-" } else { "" };
    text(format!("{sign}{prefix}{shown}"))
}

fn number_value(call: &Call<'_>) -> Out {
    let (decimal, group) = (call.text_or(1, "."), call.text_or(2, ","));
    let mark = |text: &str| text.chars().next().ok_or(ErrorCode::Value);
    if call.text(0).trim().is_empty() {
        return number(0.0);
    }
    number(coerce::read_number(call.text(0), mark(decimal)?, mark(group)?).ok_or(ErrorCode::Value)?)
}

fn padding(call: &Call<'_>) -> Result<String, ErrorCode> {
    let length = call.int(1);
    allowed(length >= 0, ())?;
    if length as usize > MAX_TEXT {
        return Err(ErrorCode::Limit);
    }
    let missing = (length as usize).saturating_sub(call.text(0).chars().count());
    let with = call.text_or(2, " ");
    allowed(!with.is_empty(), with.chars().cycle().take(missing).collect())
}

fn slug(call: &Call<'_>) -> Out {
    let mut out = String::new();
    for c in call.text(0).chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    text(out.trim_end_matches('-'))
}

fn encode(call: &Call<'_>) -> Out {
    let mut out = String::new();
    for byte in call.text(0).bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    text(out)
}

fn decode(call: &Call<'_>) -> Out {
    let bytes = call.text(0).as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |place: usize| bytes.get(at + place).and_then(|byte| char::from(*byte).to_digit(16));
        match (byte, hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (b'%', ..) => return Err(ErrorCode::Value),
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    text(String::from_utf8(out).map_err(|_| ErrorCode::Value)?)
}

fn hyperlink(call: &Call<'_>) -> Out {
    let (address, name) = (call.text(0).trim(), call.text(1));
    if name.is_empty() || address.is_empty() {
        return text(if address.is_empty() { name } else { address });
    }
    let name = name.replace('\\', r"\\").replace('[', r"\[").replace(']', r"\]");
    let address = address.replace('(', "%28").replace(')', "%29").replace(' ', "%20");
    text(format!("[{name}]({address})"))
}

fn formatted(call: &Call<'_>) -> Out {
    text(format::format(call.arg(0), call.text(1), &call.cx(0))?)
}

fn fill_in(call: &Call<'_>) -> Out {
    let template = coerce::text_of(call.arg(0), &call.cx(0))?;
    let is_template = matches!(call.arg(0), Datum::Text(_)) && template.contains('{');
    if !is_template {
        let code = coerce::text_of(call.arg(1), &call.cx(1))?;
        return text(format::format(call.arg(0), &code, &call.cx(0))?);
    }
    let (mut out, mut rest) = (String::new(), &*template);
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        let inside = from[1..].split('}').next().unwrap_or("");
        let place = inside.parse::<usize>().ok().filter(|place| (1..call.args.len()).contains(place));
        if let Some(place) = place.filter(|_| from.len() > inside.len() + 1) {
            out.push_str(&coerce::text_of(call.arg(place), &call.cx(place))?);
            rest = &from[inside.len() + 2..];
        } else {
            out.push('{');
            rest = &from[1..];
        }
        if out.len() > MAX_TEXT {
            return Err(ErrorCode::Limit);
        }
    }
    out.push_str(rest);
    text(out)
}

/// A row of a text made of one text.
macro_rules! of_text {
    ($name:literal, $help:literal, $arg:literal, $result:literal, $of:expr) => {
        TEXTUAL.strict(
            $name,
            &[one("text", Text)],
            TEXT,
            $help,
            (concat!($name, "(\"", $arg, "\")"), concat!("\"", $result, "\"")),
            $of,
        )
    };
}
macro_rules! of_code {
    ($name:literal, $help:literal, $result:literal) => {
        TEXTUAL.strict(
            $name,
            &[one("code", Number)],
            TEXT,
            $help,
            (concat!($name, "(26085)"), $result),
            character,
        )
    };
}
macro_rules! to_code {
    ($name:literal, $help:literal, $result:literal) => {
        TEXTUAL.strict(
            $name,
            &[one("text", Text)],
            NUMBER,
            $help,
            (concat!($name, "(\"日本\")"), $result),
            code,
        )
    };
}
macro_rules! joined {
    ($name:literal) => {
        TEXTUAL.strict(
            $name,
            &[many("value", Any)],
            TEXT,
            "The texts of all values, and of the items of lists, one after another.",
            (concat!($name, "(\"a\", 1, TRUE)"), r#""a1TRUE""#),
            concatenate,
        )
    };
}

pub(super) const ROWS: &[Function] = &[
    of_text!("UPPER", "A text in upper case.", "Skein", "SKEIN", |c| text(c.text(0).to_uppercase())),
    of_text!("LOWER", "A text in lower case.", "Skein", "skein", |c| text(c.text(0).to_lowercase())),
    of_text!(
        "PROPER",
        "A text with every word in lower case after a capital.",
        "new YORK",
        "New York",
        proper
    ),
    of_text!("ASC", "A text with characters of full width as their narrow twins.", "ＡＢ１", "AB1", |c| {
        text(c.text(0).chars().map(|c| if c == '\u{3000}' { ' ' } else { narrow(c) }).collect::<String>())
    }),
    of_text!(
        "SLUG",
        "A text as part of an address: in lower case, with hyphens between its words.",
        "Hello, World!",
        "hello-world",
        slug
    ),
    of_text!(
        "ENCODEURL",
        "A text as part of an address, with percent signs and codes.",
        "a b/東",
        "a%20b%2F%E6%9D%B1",
        encode
    ),
    of_text!(
        "ENCODE_URL_COMPONENT",
        "A text as part of an address, with percent signs and codes.",
        "a&b",
        "a%26b",
        encode
    ),
    of_text!("DECODEURL", "The text that percent signs and codes stand for.", "a%20b", "a b", decode),
    joined!("CONCATENATE"),
    joined!("CONCAT"),
    TEXTUAL.strict(
        "TEXTJOIN",
        &[one("between", Text), one("skip_blank", Bool), many("value", Any)],
        TEXT,
        "The texts of all values and items with a text between them, without blank ones if wanted.",
        (r#"TEXTJOIN("-", TRUE, "a", "", "b")"#, r#""a-b""#),
        text_join,
    ),
    TEXTUAL.strict(
        "TEXT",
        &[one("value", Any), one("format", Text)],
        TEXT,
        "A number or date by a format such as \"#,##0.00\", \"0%\" or \"yyyy-mm-dd hh:mm\".",
        (r##"TEXT(1234.5, "#,##0.00")"##, r#""1,234.50""#),
        formatted,
    ),
    TEXTUAL.strict(
        "FORMAT",
        &[one("template", Any), many("value", Any)],
        TEXT,
        "A template with values in place of {1}, {2} …; or a value by a format, as TEXT does.",
        (r#"FORMAT("{1} of {2}", 3, "ten")"#, r#""3 of ten""#),
        fill_in,
    ),
    TEXTUAL.strict(
        "FIXED",
        &[one("number", Number), opt("digits", Number), opt("plain", Bool)],
        TEXT,
        "A number with two digits after the point, or so many, and commas unless plain.",
        ("FIXED(1234.567, 1)", r#""1,234.6""#),
        |c| fixed(c, "", !c.bool(2)),
    ),
    TEXTUAL.strict(
        "DOLLAR",
        &[one("number", Number), opt("digits", Number)],
        TEXT,
        "A number as an amount of dollars.",
        ("DOLLAR(-1234.5)", r#""-$1,234.50""#),
        |c| fixed(c, "$", true),
    ),
    TEXTUAL.strict(
        "NUMBERVALUE",
        &[one("text", Text), opt("point", Text), opt("group", Text)],
        NUMBER,
        "The number a text says with its own marks of decimals and of groups of digits.",
        (r#"NUMBERVALUE("1.234,5", ",", ".")"#, "1234.5"),
        number_value,
    ),
    TEXTUAL.strict(
        "REPT",
        &[one("text", Text), one("times", Number)],
        TEXT,
        "A text so many times.",
        (r#"REPT("ab", 3)"#, r#""ababab""#),
        repeat,
    ),
    TEXTUAL.strict(
        "LPAD",
        &[one("text", Text), one("length", Number), opt("with", Text)],
        TEXT,
        "A text filled up to a length at its beginning, with spaces or another text.",
        (r#"LPAD("7", 3, "0")"#, r#""007""#),
        |c| text(format!("{}{}", padding(c)?, c.text(0))),
    ),
    TEXTUAL.strict(
        "RPAD",
        &[one("text", Text), one("length", Number), opt("with", Text)],
        TEXT,
        "A text filled up to a length at its end, with spaces or another text.",
        (r#"RPAD("7", 3, "0")"#, r#""700""#),
        |c| text(format!("{}{}", c.text(0), padding(c)?)),
    ),
    of_code!("CHAR", "The character with a code of Unicode; CHAR(10) is a line break.", r#""日""#),
    of_code!("UNICHAR", "The character with a code of Unicode.", r#""日""#),
    to_code!("CODE", "The code of the first character in Unicode.", "26085"),
    to_code!("UNICODE", "The code of the first character in Unicode.", "26085"),
    TEXTUAL.strict(
        "HYPERLINK",
        &[one("address", Text), opt("name", Text)],
        TEXT,
        "A link to an address that shows a name.",
        (r#"HYPERLINK("https://example.org", "Example")"#, r#""[Example](https://example.org)""#),
        hyperlink,
    ),
];
