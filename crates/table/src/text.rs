//! Values as people write them: for CSV, copy, paste and import. Reading is lenient.

use std::{collections::HashSet, hash::Hash, str::FromStr, sync::Arc};

use skein_types::ChoiceId;

use crate::{
    Choice, Field, FieldKind, Place, Value, calendar, check,
    date_text::parse_date,
    json::{Finder, clean, text_value},
    value::MAX_TEXT,
};

/// What a text is worth in a field.
#[derive(Clone, Debug, PartialEq)]
pub enum TextValue {
    /// A value.
    Value(Value),
    /// It names choices the field does not have: these, each once. With them it would be a value.
    NewChoices(Vec<String>),
    /// It does not fit; why.
    Invalid(&'static str),
}

/// Reads a text as a value of a field, leniently: `1,234.5`, `12%`, `￥3,000`, `2026/11/20`,
/// `20.11.2026`, `yes`, `是`, names of choices, lists of names with commas.
pub fn value_from_text(field: &Field, text: &str) -> TextValue {
    value_found(field, text, &Finder::default())
}

/// As [`value_from_text`], where choices are found by what was made ready for those of the field.
pub(crate) fn value_found(field: &Field, text: &str, finder: &Finder) -> TextValue {
    if matches!(field.kind, FieldKind::Text { .. }) {
        let text = clean(text);
        return if text.len() > MAX_TEXT {
            TextValue::Invalid("longer than 100,000 bytes")
        } else {
            TextValue::Value(text_value(&text))
        };
    }
    let text = text.trim();
    if text.is_empty() {
        return TextValue::Value(Value::Null);
    }
    let value = match &field.kind {
        FieldKind::Number(_) | FieldKind::AutoNumber { .. } => {
            return parse_number(text)
                .map_or(TextValue::Invalid("not a number"), |n| TextValue::Value(Value::Number { n }));
        }
        FieldKind::Date(style) => parse_date(text, style.time).map(|d| Value::Date { d }),
        FieldKind::Checkbox => parse_bool(text).map(|b| Value::Bool { b }),
        FieldKind::Select { choices } => return one_choice(choices, finder, text),
        FieldKind::MultiSelect { choices } => return many_choices(choices, finder, text),
        FieldKind::Location => return one_place(text),
        FieldKind::Member { .. } => return listed(text, "not ids of members", |u| Value::Members { u }),
        FieldKind::Group { .. } => return listed(text, "not ids of groups", |g| Value::Groups { g }),
        FieldKind::Link { .. } | FieldKind::Backlink { .. } => {
            return listed(text, "not ids of records", |l| Value::Links { l });
        }
        _ => None,
    };
    match (value, &field.kind) {
        (Some(value), _) => TextValue::Value(value),
        (None, FieldKind::Checkbox) => TextValue::Invalid("neither yes nor no"),
        (None, FieldKind::Date(_)) => TextValue::Invalid("not a date"),
        (None, _) => TextValue::Invalid("a field of this type takes no text"),
    }
}

/// A value as text that [`value_from_text`] reads back.
pub fn value_to_text(field: &Field, value: &Value) -> String {
    text_named(field, value, |id| {
        let choice = field.kind.choices().iter().find(|choice| choice.id == id);
        choice.map_or("", |choice| choice.name.as_str())
    })
}

/// As [`value_to_text`], where the names of choices are found so.
pub(crate) fn text_named<'a>(field: &Field, value: &Value, name: impl Fn(ChoiceId) -> &'a str) -> String {
    match value {
        Value::Null if matches!(field.kind, FieldKind::Checkbox) => "false".into(),
        Value::Null => String::new(),
        Value::Text { t } => t.to_string(),
        Value::Number { n } => n.to_string(),
        Value::Date { d } => {
            let mut text = String::with_capacity(24);
            calendar::write_day(&mut text, *d);
            if matches!(&field.kind, FieldKind::Date(style) if style.time) {
                text.push(' ');
                calendar::write_clock(&mut text, *d);
            }
            text
        }
        Value::Choice { c } => name(*c).into(),
        Value::Choices { m } => {
            let names: Vec<String> = m.iter().map(|id| quoted(name(*id))).collect();
            names.join(", ")
        }
        Value::Bool { b } => b.to_string(),
        Value::Members { u } => joined(u.iter()),
        Value::Groups { g } => joined(g.iter()),
        Value::Links { l } => joined(l.iter()),
        Value::Files { f } => f.iter().map(|file| quoted(&file.name)).collect::<Vec<_>>().join(", "),
        Value::Place { p } if p.name.is_empty() => format!("{}, {}", p.longitude, p.latitude),
        Value::Place { p } => format!("{} ({}, {})", p.name, p.longitude, p.latitude),
    }
}

fn joined(parts: impl Iterator<Item = impl ToString>) -> String {
    parts.map(|part| part.to_string()).collect::<Vec<_>>().join(", ")
}

/// Ids with commas.
fn listed<T: FromStr + Copy + Eq + Hash>(
    text: &str,
    wrong: &'static str,
    value: impl Fn(Arc<[T]>) -> Value,
) -> TextValue {
    let mut ids: Vec<T> = Vec::new();
    let mut seen = HashSet::new();
    for part in split_names(text) {
        match part.parse::<T>() {
            Ok(id) if seen.insert(id) => ids.push(id),
            Ok(_) => {}
            Err(_) => return TextValue::Invalid(wrong),
        }
    }
    TextValue::Value(if ids.is_empty() { Value::Null } else { value(ids.into()) })
}

/// `116.4, 39.9`, or the same in brackets after a name.
fn one_place(text: &str) -> TextValue {
    let (name, inner) = match text.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((name, inner)) => (name.trim(), inner),
        None => ("", text),
    };
    let place = inner.split_once([',', '，']).and_then(|(longitude, latitude)| {
        let place = Place {
            name: clean(name),
            longitude: longitude.trim().parse().ok()?,
            latitude: latitude.trim().parse().ok()?,
        };
        place.is_sound().then_some(place)
    });
    match place {
        Some(place) => TextValue::Value(Value::Place { p: Arc::new(place) }),
        None => TextValue::Invalid("not a place: name (longitude, latitude)"),
    }
}

const SEPARATORS: [char; 6] = [',', ';', '\n', '，', '；', '、'];

/// A name that could be taken for several, or for a quoted one, in quotes.
pub fn quoted(name: &str) -> String {
    if name.contains(SEPARATORS) || name.contains('"') {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.into()
    }
}

fn one_choice(choices: &[Choice], finder: &Finder, text: &str) -> TextValue {
    if let Some(c) = finder.find(choices, text) {
        return TextValue::Value(Value::Choice { c });
    }
    match choice_name(text) {
        Some(name) => TextValue::NewChoices(vec![name]),
        None => TextValue::Invalid("longer than a choice name may be"),
    }
}

fn choice_name(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|c: char| c.is_control() || c.is_whitespace()).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let name = words.join(" ");
    check::name(crate::Thing::Choice, &name).is_ok().then_some(name)
}

fn many_choices(choices: &[Choice], finder: &Finder, text: &str) -> TextValue {
    if let Some(id) = finder.find(choices, text) {
        return TextValue::Value(Value::Choices { m: [id].into() });
    }
    let parts = split_names(text);
    let own = if finder.is_ready() { None } else { Some(Finder::new(choices, parts.len())) };
    let find = |name: &str| own.as_ref().unwrap_or(finder).find(choices, name);
    let (mut picked, mut seen) = (Vec::new(), HashSet::new());
    let (mut unknown, mut new) = (Vec::new(), HashSet::new());
    for part in parts {
        let name = choice_name(&part);
        match find(&part).or_else(|| find(name.as_deref()?)) {
            Some(id) if seen.insert(id) => picked.push(id),
            Some(_) => {}
            None => match name {
                Some(name) if new.insert(check::folded(&name)) => unknown.push(name),
                Some(_) => {}
                None => return TextValue::Invalid("longer than a choice name may be"),
            },
        }
    }
    if !unknown.is_empty() {
        TextValue::NewChoices(unknown)
    } else if picked.is_empty() {
        TextValue::Value(Value::Null)
    } else {
        TextValue::Value(Value::Choices { m: picked.into() })
    }
}

/// The names of a list with commas or the like, those in quotes whole.
pub fn split_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = String::new();
    let mut in_quotes = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '"' && in_quotes && chars.peek() == Some(&'"') {
            chars.next();
            name.push('"');
        } else if c == '"' && (in_quotes || name.trim().is_empty()) {
            in_quotes = !in_quotes;
        } else if !in_quotes && SEPARATORS.contains(&c) {
            names.push(std::mem::take(&mut name));
        } else {
            name.push(c);
        }
    }
    names.push(name);
    names.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

fn parse_bool(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "t" | "1" | "on" | "x" | "ok" | "✓" | "✔" | "✔️" | "☑" | "☑️" | "✅" | "√"
        | "是" | "对" | "真" | "有" | "はい" | "○" | "ja" | "oui" | "si" | "sí" | "checked" => {
            Some(true)
        }
        "false" | "no" | "n" | "f" | "0" | "off" | "-" | "✗" | "✘" | "✕" | "☐" | "❌" | "×" | "否" | "不"
        | "假" | "无" | "いいえ" | "nein" | "non" | "unchecked" => Some(false),
        _ => None,
    }
}

/// Full-width digits and signs as their ASCII forms.
pub(crate) fn narrow(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{2212}' | '\u{2012}' | '\u{2013}' => '-',
        other => other,
    }
}

const CURRENCIES: [&str; 26] = [
    "us$", "hk$", "nt$", "a$", "c$", "s$", "rmb", "cny", "usd", "eur", "jpy", "gbp", "chf", "hkd", "krw",
    "inr", "$", "€", "£", "¥", "￥", "元", "円", "₩", "₹", "₽",
];

fn parse_number(text: &str) -> Option<f64> {
    if text.len() > 400 {
        return None;
    }
    let mut text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\'' && *c != '’').collect();
    text = text.chars().map(|c| if c == '￥' { c } else { narrow(c) }).collect::<String>().to_lowercase();
    let mut negative = false;
    let mut percent = false;
    if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        negative = true;
        text = inner.to_owned();
    }
    let mut rest = text.as_str();
    let mut signed = false;
    loop {
        let before = rest;
        if !signed
            && !negative
            && let Some(left) = rest.strip_prefix('-')
        {
            (rest, negative, signed) = (left, true, true);
        } else if !signed && let Some(left) = rest.strip_prefix('+') {
            (rest, signed) = (left, true);
        }
        if !percent && let Some(left) = rest.strip_suffix('%') {
            (rest, percent) = (left, true);
        }
        for mark in CURRENCIES {
            rest = rest.strip_prefix(mark).or_else(|| rest.strip_suffix(mark)).unwrap_or(rest);
        }
        if rest == before {
            break;
        }
    }
    let number: f64 = plain_digits(rest)?.parse().ok()?;
    let number = if percent { number / 100.0 } else { number };
    let number = if negative { -number } else { number };
    number.is_finite().then_some(number + 0.0)
}

/// Digits with separators of thousands as Rust reads a number.
fn plain_digits(text: &str) -> Option<String> {
    let allowed = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'e' | b'-' | b'+');
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')) || !text.bytes().all(allowed)
    {
        return None;
    }
    let (dot, comma) = (text.rfind('.'), text.rfind(','));
    let decimal = match (dot, comma) {
        (Some(dot), Some(comma)) => {
            if dot > comma {
                '.'
            } else {
                ','
            }
        }
        (Some(_), None) if text.matches('.').count() > 1 => ',',
        (Some(_) | None, None) => '.',
        (None, Some(_)) => {
            if grouped(text, ',') {
                '.'
            } else {
                ','
            }
        }
    };
    let thousands = if decimal == '.' { ',' } else { '.' };
    let whole = text.split(decimal).next().unwrap_or(text);
    if text.matches(decimal).count() > 1 || text.contains(thousands) && !grouped(whole, thousands) {
        return None;
    }
    let after = text.find(decimal).map_or("", |at| &text[at..]);
    (!after.contains(thousands)).then(|| text.replace(thousands, "").replace(decimal, "."))
}

/// One to three digits, then groups of three (or, as in India, of two before the last).
fn grouped(text: &str, separator: char) -> bool {
    let mut groups: Vec<&str> = text.split(separator).collect();
    let digits = |group: &&str| group.bytes().all(|b| b.is_ascii_digit());
    if groups.len() < 2 || !groups.iter().all(digits) {
        return false;
    }
    let last = groups.pop().unwrap_or("");
    let first = groups.remove(0);
    last.len() == 3
        && (1..=3).contains(&first.len())
        && (groups.iter().all(|group| group.len() == 3) || groups.iter().all(|group| group.len() == 2))
}
