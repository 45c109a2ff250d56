//! JSON lines: an object a record, by the names of fields. Empty cells are null, instants RFC 3339 in UTC,
//! lists lists, failed cells null.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use skein_table::{
    FieldKind,
    formula::{Datum, Item},
};

use super::{
    Export,
    column::{Cell, Column, Kind},
};

/// Bytes written at a time.
const PIECE: usize = 64 << 10;

pub(super) fn write(export: &Export, to: &mut dyn Write) -> io::Result<()> {
    let keys: Vec<String> =
        export.columns.iter().map(|column| format!("{}:", json(column.field.name.as_str()))).collect();
    let mut out = String::with_capacity(PIECE + 4_096);
    for &row in &export.rows {
        out.push('{');
        for (at, column) in export.columns.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            out.push_str(&keys[at]);
            if is_object(export, column) {
                object(&export.table.datum(row, column.field.id), &mut out);
            } else {
                cell(column, &column.cell(&export.snapshot.base, &export.table, row), &mut out);
            }
        }
        out.push_str("}\n");
        if out.len() >= PIECE {
            to.write_all(out.as_bytes())?;
            out.clear();
        }
    }
    to.write_all(out.as_bytes())
}

/// Whether cells are objects or lists of such: places and files.
fn is_object(export: &Export, column: &Column) -> bool {
    matches!(column.field.kind, FieldKind::Attachment | FieldKind::Location)
        || export
            .table
            .field_type(column.field.id)
            .is_some_and(|ty| !ty.list && matches!(ty.item, Item::File | Item::Place))
}

fn object(datum: &Datum, out: &mut String) {
    match datum {
        Datum::Place(place) => out.push_str(&json(&**place)),
        Datum::File(file) => out.push_str(&json(&**file)),
        Datum::List(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                out.push(if at == 0 { '[' } else { ',' });
                object(item, out);
            }
            out.push(']');
        }
        _ => out.push_str("null"),
    }
}

fn cell(column: &Column, cell: &Cell, out: &mut String) {
    match cell {
        Cell::Null | Cell::Error(_) => out.push_str("null"),
        Cell::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        Cell::Number(n) => number(*n, out),
        Cell::Date(at) => date(*at, column.kind == Kind::Instant, out),
        Cell::Text(text) => out.push_str(&json(&**text)),
        Cell::Texts(texts) => {
            for (at, text) in texts.iter().enumerate() {
                out.push(if at == 0 { '[' } else { ',' });
                out.push_str(&json(&**text));
            }
            out.push(']');
        }
    }
}

fn number(n: f64, out: &mut String) {
    if n.fract() == 0.0 && n.abs() < 9_007_199_254_740_992.0 {
        let _ = write!(out, "{}", n as i64);
    } else {
        out.push_str(&json(&n));
    }
}

fn date(at: i64, time: bool, out: &mut String) {
    let text = jiff::Timestamp::from_millisecond(at).map(|at| at.to_string()).unwrap_or_default();
    let shown = if time { Some(text.as_str()) } else { text.get(..10) };
    let _ = write!(out, "\"{}\"", shown.unwrap_or_default());
}

fn json(value: &(impl serde::Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".into())
}
