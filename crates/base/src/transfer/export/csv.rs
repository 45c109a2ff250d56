//! CSV: UTF-8 with a mark, RFC 4180, one line a record. Spreadsheets do not take any of its cells for a
//! formula.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use super::{
    Export,
    column::{Cell, Column, Kind, joined},
};
use crate::transfer::numbers::{self, Decimal};

/// Bytes written at a time.
const PIECE: usize = 64 << 10;

pub(super) fn write(export: &Export, to: &mut dyn Write) -> io::Result<()> {
    let mut out = String::with_capacity(PIECE + 4_096);
    let mut text = String::new();
    out.push('\u{feff}');
    line(&mut out, export.columns.len(), |at, out| {
        text.clear();
        text.push_str(&export.columns[at].field.name);
        cell(defused(&mut text), out);
    });
    for &row in &export.rows {
        line(&mut out, export.columns.len(), |at, out| {
            let column = &export.columns[at];
            text.clear();
            match column.cell(&export.snapshot.base, &export.table, row) {
                // These cannot begin a formula.
                plain @ (Cell::Null | Cell::Bool(_) | Cell::Number(_) | Cell::Date(_)) => {
                    plain_text(column, &plain, out);
                }
                Cell::Error(code) => out.push_str(code),
                Cell::Text(content) => {
                    text.push_str(&content);
                    cell(defused(&mut text), out);
                }
                Cell::Texts(texts) => {
                    text.push_str(&joined(&texts));
                    cell(defused(&mut text), out);
                }
            }
        });
        if out.len() >= PIECE {
            to.write_all(out.as_bytes())?;
            out.clear();
        }
    }
    to.write_all(out.as_bytes())
}

fn plain_text(column: &Column, cell: &Cell, out: &mut String) {
    match cell {
        Cell::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        Cell::Number(n) => {
            let _ = write!(out, "{n}");
        }
        Cell::Date(at) => out.push_str(&column.date(*at, column.kind == Kind::Instant)),
        _ => {}
    }
}

/// A spreadsheet takes a cell that begins like a formula for one and runs it; an apostrophe stops that.
pub(super) fn defused(text: &mut String) -> &str {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if risky && numbers::parse(text, Decimal::Point).is_none() {
        text.insert(0, '\'');
    }
    text
}

fn line(out: &mut String, width: usize, mut cell: impl FnMut(usize, &mut String)) {
    let start = out.len();
    for at in 0..width {
        if at > 0 {
            out.push(',');
        }
        cell(at, out);
    }
    // A line of one empty cell would be no line at all.
    if out.len() == start {
        out.push_str("\"\"");
    }
    out.push_str("\r\n");
}

/// A text as a cell of CSV that starts no formula.
pub(crate) fn csv_cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    cell(defused(&mut text.to_owned()), &mut out);
    out
}

fn cell(text: &str, out: &mut String) {
    let special = |byte: u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
    if text.bytes().any(special) || text.starts_with(' ') || text.ends_with(' ') {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_begin_like_formulas_are_defused_and_numbers_are_not() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("+49 30 123456", "'+49 30 123456"),
            ("-5", "-5"),
            ("-5.25", "-5.25"),
            ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("＝1+1", "'＝1+1"),
            ("a=b", "a=b"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(defused(&mut text.to_owned()), expected);
        }
    }

    #[test]
    fn lines_are_quoted_as_rfc_4180_says() {
        let mut out = String::new();
        let cells = ["a", "b,c", "say \"hi\"", "two\nlines", " x"];
        line(&mut out, cells.len(), |at, out| cell(cells[at], out));
        line(&mut out, 1, |_, _| {});
        assert_eq!(out, "a,\"b,c\",\"say \"\"hi\"\"\",\"two\nlines\",\" x\"\r\n\"\"\r\n");
    }
}
