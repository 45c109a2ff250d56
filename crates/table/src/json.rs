//! Values as JSON, the form of the API: text, numbers, dates as text, choices by id, yes or no.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
    sync::Arc,
};

use serde_json::Value as Json;
use skein_types::{ChoiceId, FieldId, GroupId, Id, IdKind};

use crate::{
    Base, Choice, Field, FieldKind, File, Place, RowIx, Table, Value, ValueError,
    calendar::{self, Written},
    check::{folded, same_name},
    column::{Cell, Object, Shape},
    formula::{Datum, ErrorCode, Item, Type},
    value::MAX_TEXT,
};

/// A value as the API shows it where no records are at hand: records by id. A checkbox is never null.
pub fn value_to_json(field: &Field, value: &Value) -> Json {
    match value {
        Value::Null if matches!(field.kind, FieldKind::Checkbox) => Json::Bool(false),
        Value::Null => Json::Null,
        Value::Text { t } => Json::String(t.to_string()),
        Value::Number { n } if is_integer(*n) => Json::from(*n as i64),
        Value::Number { n } => Json::from(*n),
        Value::Date { d } => {
            let mut text = String::with_capacity(24);
            match &field.kind {
                FieldKind::Date(style) if style.time => calendar::write_instant(&mut text, *d),
                _ => calendar::write_day(&mut text, *d),
            }
            Json::String(text)
        }
        Value::Choice { c } => Json::String(c.to_string()),
        Value::Choices { m } => m.iter().map(Id::to_string).collect(),
        Value::Bool { b } => Json::Bool(*b),
        Value::Members { u } => u.iter().map(Id::to_string).collect(),
        Value::Groups { g } => g.iter().map(Id::to_string).collect(),
        Value::Links { l } => l.iter().map(Id::to_string).collect(),
        Value::Files { f } => serde_json::to_value(f).unwrap_or(Json::Null),
        Value::Place { p } => serde_json::to_value(p).unwrap_or(Json::Null),
    }
}

/// Records shown of one link cell in a list of records; all of them when one record is asked for.
const SHOWN: usize = 50;

/// Appends `{"fld_…": value, …}` with the cells of `fields` that are not null; unknown fields are left
/// out, a checkbox is written when it is ticked. Links show the records they name as
/// `{"id": "rec_…", "text": "…"}`, errors are `{"error": "#DIV/0"}`.
pub fn write_record_json(base: &Base, table: &Table, row: RowIx, fields: &[FieldId], out: &mut String) {
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
        Writer { base, table, at, out }.cell(row, cell);
    }
    out.push('}');
}

/// A computed value as the API shows it in a cell of its type.
pub fn datum_to_json(base: &Base, ty: Type, datum: &Datum) -> Json {
    let mut out = String::new();
    Writer::datum(base, ty, datum, &mut out);
    serde_json::from_str(&out).unwrap_or(Json::Null)
}

struct Writer<'a> {
    base: &'a Base,
    table: &'a Table,
    at: usize,
    out: &'a mut String,
}

impl Writer<'_> {
    fn cell(&mut self, row: RowIx, cell: Cell<'_>) {
        match cell {
            Cell::Null => self.out.push_str("null"),
            Cell::Text(text) => write_text(text, self.out),
            Cell::Number(n) => match &self.table.def().fields[self.at].kind {
                FieldKind::AutoNumber { pattern } if pattern != "{n}" => {
                    write_text(&self.table.numbered(pattern, n, row), self.out);
                }
                _ => write_number(n, self.out),
            },
            Cell::Date(millis) => {
                let time = self.table.schema.shapes[self.at] == Shape::Date { time: true };
                write_date(millis, time, self.out);
            }
            Cell::Bool(yes) => self.out.push_str(if yes { "true" } else { "false" }),
            Cell::Code(code) => self.choice(code),
            Cell::Codes(codes) => self.codes(codes),
            Cell::Object(Object::Files(files)) => write_json(files, self.out),
            Cell::Object(Object::Place(place)) => write_json(place, self.out),
            Cell::Datum(datum) => Self::datum(self.base, self.table.schema.types[self.at], datum, self.out),
            Cell::Error(code) => write_error(code, self.out),
        }
    }

    fn choice(&mut self, code: u32) {
        let choices = &self.table.schema.choices[self.at];
        match choices.place(code) {
            Some(place) => self.out.push_str(&choices.quoted[place]),
            None => self.out.push_str("null"),
        }
    }

    fn codes(&mut self, codes: &[u32]) {
        self.out.push('[');
        match self.table.schema.shapes[self.at] {
            Shape::Links => self.links(codes),
            shape => {
                for (place, &code) in codes.iter().enumerate() {
                    if place > 0 {
                        self.out.push(',');
                    }
                    match shape {
                        Shape::Members => {
                            let _ = write!(self.out, "\"{}\"", self.table.member(code));
                        }
                        Shape::Groups => {
                            let group = GroupId::from_bits(self.table.dict().id(code));
                            let _ = write!(self.out, "\"{group}\"");
                        }
                        _ => self.choice(code),
                    }
                }
            }
        }
        self.out.push(']');
    }

    /// The first records of a link; how many there are more, when there are, as `{"more": 12}`.
    fn links(&mut self, rows: &[u32]) {
        let Item::Record(target) = self.table.schema.types[self.at].item else { return };
        let Some(target) = self.base.table(target) else { return };
        let mut shown = 0;
        for &row in rows {
            if !target.is_live(row) {
                continue;
            }
            if shown > 0 {
                self.out.push(',');
            }
            if shown == SHOWN {
                let rest = rows.len() - SHOWN;
                let _ = write!(self.out, "{{\"more\":{rest}}}");
                return;
            }
            shown += 1;
            Self::record(self.base, target, row, self.out);
        }
    }

    fn record(base: &Base, target: &Table, row: RowIx, out: &mut String) {
        let _ = write!(out, "{{\"id\":\"{}\",\"text\":", target.record_id(row));
        match target.cell(row, 0) {
            Cell::Text(text) => write_text(text, out),
            _ => write_text(&base.cell_text(target, row, 0), out),
        }
        out.push('}');
    }

    fn datum(base: &Base, ty: Type, datum: &Datum, out: &mut String) {
        match datum {
            Datum::Null => out.push_str("null"),
            Datum::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
            Datum::Number(n) => write_number(*n, out),
            Datum::Choice { code, name } => write_choice(base, ty, *code, name, out),
            Datum::Text(text) => write_text(text, out),
            Datum::Date { at, time } => write_date(*at, *time, out),
            Datum::Member(id) => {
                let _ = write!(out, "\"{id}\"");
            }
            Datum::Group(id) => {
                let _ = write!(out, "\"{id}\"");
            }
            Datum::Record(row) => match ty.item {
                Item::Record(target) => match base.table(target) {
                    Some(target) => Self::record(base, target, *row, out),
                    None => out.push_str("null"),
                },
                _ => out.push_str("null"),
            },
            Datum::File(file) => write_json(&**file, out),
            Datum::Place(place) => write_json(&**place, out),
            Datum::Error(code) => write_error(*code, out),
            Datum::List(items) => {
                out.push('[');
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    Self::datum(base, ty, item, out);
                }
                out.push(']');
            }
        }
    }
}

fn write_json(value: &impl serde::Serialize, out: &mut String) {
    out.push_str(&serde_json::to_string(value).unwrap_or_else(|_| "null".into()));
}

fn write_error(code: ErrorCode, out: &mut String) {
    let _ = write!(out, "{{\"error\":\"{}\"}}", code.text());
}

fn write_date(millis: i64, time: bool, out: &mut String) {
    out.push('"');
    if time {
        calendar::write_instant(out, millis);
    } else {
        calendar::write_day(out, millis);
    }
    out.push('"');
}

/// A choice by its id, where its field is known; else by its name.
fn write_choice(base: &Base, ty: Type, code: u32, name: &str, out: &mut String) {
    let quoted = |table, field| {
        let choices = base.table(table)?.choices(field)?;
        Some(choices.quoted[choices.place(code)?].as_str())
    };
    match ty.item {
        Item::Choice(table, field) => match quoted(table, field) {
            Some(id) => out.push_str(id),
            None => out.push_str("null"),
        },
        _ => write_text(name, out),
    }
}

fn is_integer(n: f64) -> bool {
    n.fract() == 0.0 && n.abs() < 9_007_199_254_740_992.0
}

/// Integers without a fraction, as people write them.
fn write_number(n: f64, out: &mut String) {
    if is_integer(n) {
        let _ = write!(out, "{}", n as i64);
    } else {
        let _ = write!(out, "{}", Json::from(n));
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

/// Reads the API form of a value, strictly. Choices are given by id or by name, ignoring case; people,
/// groups and records by id or as objects with an `id`, several as a list.
pub fn value_from_json(field: &Field, json: &Json) -> Result<Value, ValueError> {
    let wrong = |expected: &str| Err(ValueError { expected: expected.into(), found: describe(json) });
    match (&field.kind, json) {
        (_, Json::Null) => Ok(Value::Null),
        (FieldKind::Text { .. }, Json::String(text)) => {
            let text = clean(text);
            if text.len() > MAX_TEXT {
                let found = format!("{} bytes", text.len());
                return Err(ValueError { expected: "text of at most 100,000 bytes".into(), found });
            }
            Ok(text_value(&text))
        }
        (FieldKind::Text { .. }, _) => wrong("text"),
        (FieldKind::Number(_) | FieldKind::AutoNumber { .. }, Json::Number(number)) => {
            match number.as_f64() {
                Some(n) if n.is_finite() => Ok(Value::Number { n: n + 0.0 }),
                _ => wrong("a finite number"),
            }
        }
        (FieldKind::Number(_) | FieldKind::AutoNumber { .. }, _) => wrong("a number"),
        (FieldKind::Date(style), Json::String(text)) => match calendar::parse(text) {
            Some(Written::Day(day)) => Ok(Value::Date { d: day }),
            Some(Written::Instant { at, day }) => Ok(Value::Date { d: if style.time { at } else { day } }),
            None => wrong(date_form(style.time)),
        },
        (FieldKind::Date(style), _) => wrong(date_form(style.time)),
        (FieldKind::Checkbox, Json::Bool(b)) => Ok(Value::Bool { b: *b }),
        (FieldKind::Checkbox, _) => wrong("true or false"),
        (FieldKind::Select { choices }, Json::String(text)) => match find_choice(choices, text) {
            Some(choice) => Ok(Value::Choice { c: choice.id }),
            None => wrong(&choice_form(choices)),
        },
        (FieldKind::Select { choices }, _) => wrong(&choice_form(choices)),
        (FieldKind::MultiSelect { choices }, Json::Array(items)) => {
            let finder = Finder::new(choices, items.len());
            let (mut picked, mut seen) = (Vec::new(), HashSet::new());
            for item in items {
                let Some(id) = item.as_str().and_then(|text| finder.find(choices, text)) else {
                    return Err(ValueError { expected: choice_form(choices), found: describe(item) });
                };
                if seen.insert(id) {
                    picked.push(id);
                }
            }
            Ok(if picked.is_empty() { Value::Null } else { Value::Choices { m: picked.into() } })
        }
        (FieldKind::MultiSelect { choices }, _) => wrong(&format!("a list, each {}", choice_form(choices))),
        (FieldKind::Member { multiple }, json) => {
            let u = ids(json, *multiple, "a member, mem_ and 26 characters")?;
            Ok(if u.is_empty() { Value::Null } else { Value::Members { u } })
        }
        (FieldKind::Group { multiple }, json) => {
            let g = ids(json, *multiple, "a group, grp_ and 26 characters")?;
            Ok(if g.is_empty() { Value::Null } else { Value::Groups { g } })
        }
        (FieldKind::Link { multiple, .. } | FieldKind::Backlink { multiple, .. }, json) => {
            let l = ids(json, *multiple, "a record, rec_ and 26 characters")?;
            Ok(if l.is_empty() { Value::Null } else { Value::Links { l } })
        }
        (FieldKind::Attachment, json) => files(json),
        (FieldKind::Location, json) => place(json),
        (kind, _) => Err(ValueError {
            expected: format!("nothing: a field of type {} cannot be written", kind.type_name()),
            found: describe(json),
        }),
    }
}

/// Ids as a list or, of one, alone; each a text or an object with an `id`. Without repeats.
fn ids<K: IdKind>(json: &Json, multiple: bool, form: &str) -> Result<Arc<[Id<K>]>, ValueError> {
    let wrong = |found: String| ValueError { expected: format!("the id of {form}"), found };
    let items = match json {
        Json::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut picked: Vec<Id<K>> = Vec::with_capacity(items.len());
    let mut seen = HashSet::with_capacity(items.len());
    for item in items {
        let text = item.as_str().or_else(|| item.get("id").and_then(Json::as_str));
        let id = text.and_then(|text| text.parse().ok()).ok_or_else(|| wrong(describe(item)))?;
        if seen.insert(id) {
            picked.push(id);
        }
    }
    if picked.len() > 1 && !multiple {
        let found = format!("{} of them", picked.len());
        return Err(ValueError { expected: "at most one, as the field says".into(), found });
    }
    Ok(picked.into())
}

fn files(json: &Json) -> Result<Value, ValueError> {
    let form = "a list of files, each {\"id\": \"fil_…\", \"name\": …, \"size\": …, \"media\": …} as an upload answers";
    let wrong = |json: &Json| ValueError { expected: form.into(), found: describe(json) };
    let Json::Array(items) = json else { return Err(wrong(json)) };
    let file = |item: &Json| serde_json::from_value::<File>(item.clone()).map_err(|_| wrong(item));
    let f = items.iter().map(file).collect::<Result<Arc<[File]>, _>>()?;
    Ok(if f.is_empty() { Value::Null } else { Value::Files { f } })
}

fn place(json: &Json) -> Result<Value, ValueError> {
    let wrong = || ValueError {
        expected: "a place: {\"name\": …, \"longitude\": -180 to 180, \"latitude\": -90 to 90}".into(),
        found: describe(json),
    };
    let mut p = serde_json::from_value::<Place>(json.clone()).map_err(|_| wrong())?;
    p.name = clean(&p.name);
    if p.is_sound() { Ok(Value::Place { p: Arc::new(p) }) } else { Err(wrong()) }
}

/// The choice with an id or, ignoring case, a name.
pub(crate) fn find_choice<'a>(choices: &'a [Choice], text: &str) -> Option<&'a Choice> {
    let by_id = text.parse::<ChoiceId>().ok();
    by_id
        .and_then(|id| choices.iter().find(|choice| choice.id == id))
        .or_else(|| choices.iter().find(|choice| same_name(&choice.name, text.trim())))
}

/// Finds choices of a field as [`find_choice`] does, of which many are sought.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    /// By id and by name, when one after the other would take long.
    index: Option<(HashSet<ChoiceId>, HashMap<String, ChoiceId>)>,
}

impl Finder {
    pub(crate) fn new(choices: &[Choice], sought: usize) -> Self {
        let index = (sought > 16).then(|| {
            let named = choices.iter().rev().map(|choice| (folded(&choice.name), choice.id));
            (choices.iter().map(|choice| choice.id).collect(), named.collect())
        });
        Self { index }
    }
    /// Whether many are found quickly.
    pub(crate) fn is_ready(&self) -> bool {
        self.index.is_some()
    }
    pub(crate) fn find(&self, choices: &[Choice], text: &str) -> Option<ChoiceId> {
        let Some((ids, names)) = &self.index else {
            return find_choice(choices, text).map(|choice| choice.id);
        };
        let id = text.parse().ok().filter(|id| ids.contains(id));
        id.or_else(|| names.get(&folded(text.trim())).copied())
    }
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
