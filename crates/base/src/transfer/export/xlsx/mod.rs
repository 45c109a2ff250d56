//! Excel workbooks, streamed: the archive is written from its beginning to its end and needs no seek. Cells
//! have types and number formats, so that no program takes a text for a formula or a code for a number.

mod parts;

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use skein_table::NumberFormat;
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use self::parts::{column_name, escape, sheet_names};
use super::{
    Export,
    column::{Cell, Column, Kind, joined},
};

/// Rows of a sheet, the header among them; more go on in another sheet.
const SHEET_ROWS: usize = 1_048_576;
/// Columns of a sheet.
const SHEET_COLUMNS: usize = 16_384;
/// UTF-16 units of a cell. Longer texts are cut.
const CELL_UNITS: usize = 32_767;
/// Bytes written at a time.
const PIECE: usize = 64 << 10;
/// Days from 1899-12-30, day 0 of spreadsheets, to 1970.
const EPOCH: f64 = 25_569.0;
/// The first day on which all spreadsheets agree: 1900-03-01.
const FIRST: i64 = -2_203_891_200_000;

fn broken(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

pub(super) fn write(export: &Export, to: &mut dyn Write) -> io::Result<()> {
    if export.columns.len() > SHEET_COLUMNS {
        return Err(io::Error::other("a workbook has at most 16,384 columns"));
    }
    let mut zip = ZipWriter::new_stream(to);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(3));
    let sheets = sheet_names(export.name(), export.len().div_ceil(SHEET_ROWS - 1).max(1));
    for (name, content) in parts::fixed(&sheets, &export.columns) {
        zip.start_file(name, options).map_err(broken)?;
        zip.write_all(content.as_bytes())?;
    }
    for at in 0..sheets.len() {
        zip.start_file(format!("xl/worksheets/sheet{}.xml", at + 1), options).map_err(broken)?;
        sheet(export, at, &mut zip)?;
    }
    zip.finish().map_err(broken)?.into_inner().flush()
}

fn sheet(export: &Export, at: usize, to: &mut impl Write) -> io::Result<()> {
    let mut out = String::with_capacity(PIECE + 4_096);
    let columns: Vec<(String, &Column)> =
        export.columns.iter().enumerate().map(|(at, column)| (column_name(at), column)).collect();
    out.push_str(parts::SHEET_HEAD);
    let _ = write!(out, "<cols>");
    for (at, (_, column)) in columns.iter().enumerate() {
        let _ = write!(
            out,
            "<col min=\"{0}\" max=\"{0}\" width=\"{1}\" customWidth=\"1\"/>",
            at + 1,
            if column.kind == Kind::Text { 28 } else { 16 }
        );
    }
    out.push_str("</cols><sheetData><row r=\"1\">");
    for (name, column) in &columns {
        text(&mut out, name, 1, parts::HEADER, &column.field.name);
    }
    out.push_str("</row>");
    let from = at * (SHEET_ROWS - 1);
    let rows = &export.rows[from.min(export.rows.len())..(from + SHEET_ROWS - 1).min(export.rows.len())];
    for (number, &row) in (2..).zip(rows) {
        let _ = write!(out, "<row r=\"{number}\">");
        for (style, (name, column)) in (parts::FIRST_COLUMN..).zip(&columns) {
            let content = column.cell(&export.snapshot.base, &export.table, row);
            cell(&mut out, name, number, style, column, &content);
        }
        out.push_str("</row>");
        if out.len() >= PIECE {
            to.write_all(out.as_bytes())?;
            out.clear();
        }
    }
    out.push_str("</sheetData></worksheet>");
    to.write_all(out.as_bytes())
}

fn cell(out: &mut String, name: &str, row: usize, style: usize, column: &Column, cell: &Cell) {
    let mut number = |n: f64| {
        let _ = write!(out, "<c r=\"{name}{row}\" s=\"{style}\"><v>{n}</v></c>");
    };
    match cell {
        Cell::Null => {}
        Cell::Bool(yes) => {
            let yes = u8::from(*yes);
            let _ = write!(out, "<c r=\"{name}{row}\" s=\"{style}\" t=\"b\"><v>{yes}</v></c>");
        }
        Cell::Number(n) if is_duration(column) => number(n / 86_400.0),
        Cell::Number(n) => number(*n),
        Cell::Date(at) => {
            let time = column.kind == Kind::Instant;
            let local = if time { column.local(*at) } else { *at };
            if local >= FIRST {
                number(local as f64 / 86_400_000.0 + EPOCH);
            } else {
                text(out, name, row, style, &column.date(*at, time));
            }
        }
        Cell::Text(content) => text(out, name, row, style, content),
        Cell::Texts(texts) => text(out, name, row, style, &joined(texts)),
        Cell::Error(code) => text(out, name, row, style, code),
    }
}

/// Seconds here are days there.
fn is_duration(column: &Column) -> bool {
    column.number_style().is_some_and(|style| style.format == NumberFormat::Duration)
}

fn text(out: &mut String, name: &str, row: usize, style: usize, text: &str) {
    let _ = write!(out, "<c r=\"{name}{row}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
    escape(cut(text), out);
    out.push_str("</t></is></c>");
}

/// The part of a text that a cell can hold.
fn cut(text: &str) -> &str {
    if text.len() <= CELL_UNITS {
        return text;
    }
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > CELL_UNITS {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_where_a_cell_ends() {
        assert_eq!(cut("abc"), "abc");
        assert_eq!(cut(&"é".repeat(40_000)).chars().count(), CELL_UNITS);
        assert_eq!(cut(&"🚀".repeat(40_000)).chars().count(), CELL_UNITS / 2);
        assert_eq!(cut(&"é".repeat(20_000)).chars().count(), 20_000);
    }
}
