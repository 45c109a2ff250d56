//! Reads JSON lines: an object a line, whose keys are columns in the order in which they come up. Values that
//! are no text, number or tick become text.

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt,
    io::{BufRead, BufReader, Read},
    ops::ControlFlow,
};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, Value as Json};
use skein_table::quoted;

use super::{
    cell::{Cell, Row},
    error::{MAX_CELL, MAX_COLUMNS, MAX_ROWS, ReadError},
    numbers,
};

/// Bytes of a line at most.
const MAX_LINE: usize = 16 << 20;
/// Lines whose keys are looked at; keys that first come up later are left out.
const LOOKED_AT: usize = 10_000;
/// Bytes that are looked at, about.
const LOOKED_AT_BYTES: usize = 48 << 20;

/// Whether a file begins as JSON lines do.
pub fn is_lines(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = head.trim_ascii_start();
    text.first() == Some(&b'{') && matches!(text[1..].trim_ascii_start().first(), None | Some(b'"' | b'}'))
}

/// The keys of the first objects.
pub fn keys(file: impl Read) -> Result<Vec<String>, ReadError> {
    let mut keys: Vec<String> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let (mut lines, mut seen) = (Lines::new(file), 0);
    while seen < LOOKED_AT && lines.read < LOOKED_AT_BYTES {
        let Some(object) = lines.next()? else { break };
        seen += 1;
        for (key, _) in &object.0 {
            if !places.contains_key(key) {
                if keys.len() == MAX_COLUMNS {
                    return Err(ReadError::TooManyColumns { row: lines.number, columns: keys.len() + 1 });
                }
                places.insert(key.clone(), keys.len());
                keys.push(key.clone());
            }
        }
    }
    if keys.is_empty() { Err(ReadError::Empty) } else { Ok(keys) }
}

/// Hands out a row of the keys, with number 0, and then each object that is not empty, with the number of its
/// line.
pub fn each(
    file: impl Read,
    keys: &[String],
    visit: &mut dyn FnMut(&Row, u64) -> ControlFlow<()>,
) -> Result<(), ReadError> {
    let mut row = Row::default();
    row.clear(0);
    for (at, key) in keys.iter().enumerate() {
        row.set(at, Cell::Text(key));
    }
    if visit(&row, 0).is_break() {
        return Ok(());
    }
    let places: HashMap<&str, usize> = keys.iter().enumerate().map(|(at, key)| (key.as_str(), at)).collect();
    let mut lines = Lines::new(file);
    while let Some(object) = lines.next()? {
        row.clear(lines.number);
        for (key, value) in &object.0 {
            if let Some(at) = places.get(key.as_str()) {
                put(&mut row, *at, value)?;
            }
        }
        if !row.is_blank() && visit(&row, lines.read as u64).is_break() {
            break;
        }
    }
    Ok(())
}

fn put(row: &mut Row, at: usize, value: &Json) -> Result<(), ReadError> {
    let text: Cow<'_, str> = match value {
        Json::Null => return Ok(()),
        Json::Bool(yes) => {
            row.set(at, Cell::Bool(*yes));
            return Ok(());
        }
        Json::Number(number) => match number.as_f64() {
            // A longer number is an id.
            Some(n) if n.abs() < 9e15 => {
                row.set(at, Cell::Number(n));
                return Ok(());
            }
            _ => number.to_string().into(),
        },
        Json::String(text) => text.into(),
        Json::Array(items) => items.iter().map(item).collect::<Vec<_>>().join(", ").into(),
        Json::Object(parts) => place(parts).unwrap_or_else(|| value.to_string()).into(),
    };
    if text.len() > MAX_CELL {
        return Err(ReadError::CellTooLong { row: row.number(), column: at + 1 });
    }
    row.set(at, Cell::Text(&text));
    Ok(())
}

/// An item of a list of names: a text, or what an object calls itself.
fn item(value: &Json) -> String {
    match value {
        Json::String(text) => quoted(text),
        Json::Number(number) => number.as_f64().map_or_else(|| number.to_string(), numbers::to_text),
        Json::Object(parts) => match parts.get("text").or_else(|| parts.get("name")) {
            Some(Json::String(name)) => quoted(name),
            _ => value.to_string(),
        },
        other => other.to_string(),
    }
}

/// A place as exports write it.
fn place(parts: &Map<String, Json>) -> Option<String> {
    let (longitude, latitude) = (parts.get("longitude")?.as_f64()?, parts.get("latitude")?.as_f64()?);
    Some(match parts.get("name").and_then(Json::as_str) {
        Some(name) if !name.is_empty() => format!("{name} ({longitude}, {latitude})"),
        _ => format!("{longitude}, {latitude}"),
    })
}

/// An object with its keys in the order in which they stand.
struct Object(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Object;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Object, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Object(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// The objects of a file, one after the other.
struct Lines<R> {
    file: BufReader<R>,
    line: Vec<u8>,
    number: u64,
    read: usize,
}

impl<R: Read> Lines<R> {
    fn new(file: R) -> Self {
        Self { file: BufReader::with_capacity(64 << 10, file), line: Vec::new(), number: 0, read: 0 }
    }

    fn next(&mut self) -> Result<Option<Object>, ReadError> {
        loop {
            self.line.clear();
            let read = (&mut self.file).take(MAX_LINE as u64 + 1).read_until(b'\n', &mut self.line)?;
            if read == 0 {
                return Ok(None);
            }
            self.read += read;
            self.number += 1;
            let damaged = |reason: String| ReadError::Damaged { row: Some(self.number), reason };
            if read > MAX_LINE {
                return Err(damaged("the line is longer than 16 MB".into()));
            }
            if self.number > MAX_ROWS {
                return Err(ReadError::TooManyRows);
            }
            let line = self.line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.line).trim_ascii();
            if line.is_empty() {
                continue;
            }
            return match serde_json::from_slice(line) {
                Ok(object) => Ok(Some(object)),
                Err(error) if error.is_data() => {
                    Err(damaged(format!("line {} is no JSON object", self.number)))
                }
                Err(error) => Err(damaged(format!("line {} is no JSON: {error}", self.number))),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<String>, String> {
        let keys = keys(text.as_bytes()).map_err(|error| error.to_string())?;
        let mut rows = Vec::new();
        let read = each(text.as_bytes(), &keys, &mut |row, _| {
            let cells = row.cells().map(super::super::guess::display).collect::<Vec<_>>();
            rows.push(format!("{}: {}", row.number(), cells.join("|")));
            ControlFlow::Continue(())
        });
        read.map(|()| rows).map_err(|error| error.to_string())
    }

    #[test]
    fn objects_become_rows_and_nested_values_text() {
        let text = "\u{feff}{\"a\":1,\"b\":\"x\"}\n\n{\"b\":[\"p, q\",\"r\",2],\"c\":{\"d\":[1]}}\r\n{}\n\
            {\"a\":12345678901234567890,\"c\":{\"name\":\"Hof\",\"longitude\":11.9,\"latitude\":50.3}}\n";
        assert_eq!(
            rows(text).unwrap(),
            [
                "0: a|b|c",
                "1: 1|x",
                "3: |\"p, q\", r, 2|{\"d\":[1]}",
                "5: 12345678901234567890||Hof (11.9, 50.3)"
            ]
        );
        assert!(is_lines(b"{\"a\":1}") && is_lines(b" { }") && !is_lines(b"{a},b\n") && !is_lines(b"[{}]"));
    }

    #[test]
    fn broken_lines_are_told_by_their_number() {
        for (text, expected) in [
            ("{\"a\":1}\n{\"a\":\n", "the file is damaged: line 2 is no JSON"),
            ("{\"a\":1}\n[1]\n", "the file is damaged: line 2 is no JSON object"),
            ("{}\n", "the file is empty"),
        ] {
            let error = rows(text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
        assert!(rows(&deep).unwrap_err().contains("line 1"));
    }
}
