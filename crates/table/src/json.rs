//! Values as JSON, the form of the API: text, numbers, dates as text, choices by id, yes or no.

use std::{fmt::Write, sync::Arc};

use serde_json::Value as Json;
use skein_types::{ChoiceId, FieldId};

use crate::{
    Choice, Field, FieldKind, RowIx, Table, Value, ValueError,
    calendar::{self, Written},
    check::same_name,
    column::Cell,
    value::MAX_TEXT,
};

/// A value as the API shows it; see [`crate::FieldKind`] for the forms. A checkbox is never null.
pub fn value_to_json(field: &Field, value: &Value) -> Json {
    match value {
        Value::Null => match field.kind {
            FieldKind::Checkbox => Json::Bool(false),
            _ => Json::Null,
        },
        Value::Text { t } => Json::String(t.to_string()),
        Value::Number { n } => number_to_json(*n),
        Value::Date { d } => Json::String(date_text(&field.kind, *d)),
        Value::Choice { c } => Json::String(c.to_string()),
        Value::Choices { m } => m.iter().map(ChoiceId::to_string).collect(),
        Value::Bool { b } => Json::Bool(*b),
    }
}

/// Integers without a fraction, as people write them.
fn number_to_json(n: f64) -> Json {
    if is_integer(n) { Json::from(n as i64) } else { Json::from(n) }
}

fn is_integer(n: f64) -> bool {
    n.fract() == 0.0 && n.abs() < 9_007_199_254_740_992.0
}

fn date_text(kind: &FieldKind, millis: i64) -> String {
    let mut text = String::with_capacity(24);
    write_date(kind, millis, &mut text);
    text
}

fn write_date(kind: &FieldKind, millis: i64, out: &mut String) {
    if matches!(kind, FieldKind::Date { time: true }) {
        calendar::write_instant(out, millis);
    } else {
        calendar::write_day(out, millis);
    }
}

/// Appends `{"fld_…": value, …}` with the cells of `fields` that are not null; unknown fields are left
/// out, a checkbox is written when it is ticked.
pub fn write_record_json(table: &Table, row: RowIx, fields: &[FieldId], out: &mut String) {
    out.push('{');
    let mut first = true;
    for field in fields {
        let Some(at) = table.schema.place(*field) else { continue };
        let cell = table.cell(row, at);
        if cell == Cell::Null {
            continue;
        }
        if !first {
            out.push(',');
        }
        first = false;
        out.push_str(&table.schema.keys[at]);
        write_cell(table, at, cell, out);
    }
    out.push('}');
}

fn write_cell(table: &Table, at: usize, cell: Cell<'_>, out: &mut String) {
    let kind = &table.def().fields[at].kind;
    let choice = |code: u32, out: &mut String| {
        let choices = &table.schema.choices[at];
        if let Some(place) = choices.place(code) {
            out.push_str(&choices.quoted[place]);
        }
    };
    match cell {
        Cell::Null => out.push_str("null"),
        Cell::Text(text) => write_text(text, out),
        Cell::Number(n) if is_integer(n) => {
            let _ = write!(out, "{}", n as i64);
        }
        Cell::Number(n) => {
            let _ = write!(out, "{}", Json::from(n));
        }
        Cell::Date(millis) => {
            out.push('"');
            write_date(kind, millis, out);
            out.push('"');
        }
        Cell::Bool(yes) => out.push_str(if yes { "true" } else { "false" }),
        Cell::Code(code) => choice(code, out),
        Cell::Codes(codes) => {
            out.push('[');
            for (place, &code) in codes.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                choice(code, out);
            }
            out.push(']');
        }
    }
}

/// Appends a JSON string.
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[plain..at]);
        plain = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            b'\r' => out.push_str("\\r"),
            other => {
                let _ = write!(out, "\\u{other:04x}");
            }
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

/// Text as it is stored: line ends are `\n`, control characters other than those and tabs are gone.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    clean.push('\n');
                }
            }
            '\n' | '\t' => clean.push(c),
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    clean
}

/// A cleaned text as a value.
pub(crate) fn text_value(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text { t: Arc::from(text) } }
}

/// Reads the API form of a value, strictly. Choices are given by id or by name, ignoring case.
pub fn value_from_json(field: &Field, json: &Json) -> Result<Value, ValueError> {
    let wrong = |expected: &str| Err(ValueError { expected: expected.into(), found: describe(json) });
    match (&field.kind, json) {
        (_, Json::Null) => Ok(Value::Null),
        (FieldKind::Text, Json::String(text)) => {
            let text = clean(text);
            if text.len() > MAX_TEXT {
                let found = format!("{} bytes", text.len());
                return Err(ValueError { expected: "text of at most 100,000 bytes".into(), found });
            }
            Ok(text_value(&text))
        }
        (FieldKind::Text, _) => wrong("text"),
        (FieldKind::Number { .. }, Json::Number(number)) => match number.as_f64() {
            Some(n) if n.is_finite() => Ok(Value::Number { n: n + 0.0 }),
            _ => wrong("a finite number"),
        },
        (FieldKind::Number { .. }, _) => wrong("a number"),
        (FieldKind::Date { time }, Json::String(text)) => match calendar::parse(text) {
            Some(Written::Day(day)) => Ok(Value::Date { d: day }),
            Some(Written::Instant { at, day }) => Ok(Value::Date { d: if *time { at } else { day } }),
            None => wrong(date_form(*time)),
        },
        (FieldKind::Date { time }, _) => wrong(date_form(*time)),
        (FieldKind::Checkbox, Json::Bool(b)) => Ok(Value::Bool { b: *b }),
        (FieldKind::Checkbox, _) => wrong("true or false"),
        (FieldKind::Select { choices }, Json::String(text)) => match find_choice(choices, text) {
            Some(choice) => Ok(Value::Choice { c: choice.id }),
            None => wrong(&choice_form(choices)),
        },
        (FieldKind::Select { choices }, _) => wrong(&choice_form(choices)),
        (FieldKind::MultiSelect { choices }, Json::Array(items)) => {
            let mut picked = Vec::with_capacity(items.len());
            for item in items {
                let choice = item.as_str().and_then(|text| find_choice(choices, text));
                let Some(choice) = choice else {
                    return Err(ValueError { expected: choice_form(choices), found: describe(item) });
                };
                if !picked.contains(&choice.id) {
                    picked.push(choice.id);
                }
            }
            Ok(if picked.is_empty() { Value::Null } else { Value::Choices { m: picked.into() } })
        }
        (FieldKind::MultiSelect { choices }, _) => wrong(&format!("a list, each {}", choice_form(choices))),
    }
}

/// The choice with an id or, ignoring case, a name.
pub(crate) fn find_choice<'a>(choices: &'a [Choice], text: &str) -> Option<&'a Choice> {
    let by_id = text.parse::<ChoiceId>().ok();
    by_id
        .and_then(|id| choices.iter().find(|choice| choice.id == id))
        .or_else(|| choices.iter().find(|choice| same_name(&choice.name, text.trim())))
}

fn date_form(time: bool) -> &'static str {
    if time {
        "an instant such as \"2026-11-20T08:00:00Z\", or a day such as \"2026-11-20\", in the years 0001 to 9999"
    } else {
        "a day such as \"2026-11-20\", in the years 0001 to 9999"
    }
}

fn choice_form(choices: &[Choice]) -> String {
    let mut form = String::from("the id or name of a choice");
    for (at, choice) in choices.iter().take(8).enumerate() {
        let _ = write!(form, "{}{:?}", if at == 0 { ": " } else { ", " }, choice.name);
    }
    if choices.len() > 8 {
        form.push_str(", …");
    }
    form
}

/// A JSON value in a few words.
pub(crate) fn describe(json: &Json) -> String {
    match json {
        Json::Null => "null".into(),
        Json::Array(_) => "a list".into(),
        Json::Object(_) => "an object".into(),
        Json::Bool(_) | Json::Number(_) => json.to_string(),
        Json::String(text) => {
            let short: String = text.chars().take(40).collect();
            if short.len() < text.len() { format!("{short:?}…") } else { format!("{short:?}") }
        }
    }
}
