//! Writes a table, or what a view shows of it, as CSV: UTF-8 with a mark, RFC 4180, one line a record.
//! Spreadsheets do not take any of its cells for a formula.

use std::{io, sync::Arc};

use skein_table::{Base, Field, FieldKind, Query, RowIx, Table, Viewer, select, value_to_text};
use skein_types::{FieldId, TableId, ViewId};

use super::numbers::{self, Decimal};
use crate::{BaseError, Snapshot, plan};

/// Bytes handed out at a time.
const PIECE: usize = 64 << 10;

/// An export on its way: an iterator over pieces of the file.
pub struct Export {
    snapshot: Arc<Snapshot>,
    table: Arc<Table>,
    fields: Vec<Field>,
    rows: std::vec::IntoIter<RowIx>,
    head: bool,
}

impl Export {
    /// An export of a table in the order of its records, or of a view with its filter, order and visible
    /// fields. Sorts, so it may take a moment.
    pub fn new(
        snapshot: Arc<Snapshot>,
        table: TableId,
        view: Option<ViewId>,
        viewer: &Viewer,
    ) -> Result<Self, BaseError> {
        let table = snapshot.table(table)?.clone();
        let def = table.def();
        let (query, fields) = match view {
            None => (Query::default(), def.fields.clone()),
            Some(id) => {
                let view = plan::views::seen(&table, id, viewer.me)?;
                let (filter, sort) = (view.filter.clone(), view.sort.clone());
                (Query { filter, sort, ..Query::default() }, visible(&table, id))
            }
        };
        let rows = select(&snapshot.base, &table, &query, viewer).into_iter();
        Ok(Self { snapshot, table, fields, rows, head: true })
    }
}

/// The fields a view shows, in its order.
fn visible(table: &Table, view: ViewId) -> Vec<Field> {
    let listed = table.view(view).map(|view| view.fields.as_slice()).unwrap_or_default();
    let named = listed.iter().filter(|shown| !shown.hidden).filter_map(|shown| table.field(shown.field));
    let is_listed = |id: FieldId| listed.iter().any(|shown| shown.field == id);
    let rest = table.def().fields.iter().filter(|field| !is_listed(field.id));
    named.chain(rest).cloned().collect()
}

impl Iterator for Export {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut piece = Vec::new();
        if std::mem::take(&mut self.head) {
            piece.extend_from_slice("\u{feff}".as_bytes());
            let names = self.fields.iter().map(|field| defused(field.name.clone()));
            line(&mut piece, names);
        }
        while piece.len() < PIECE {
            let Some(row) = self.rows.next() else { break };
            let (base, table) = (&self.snapshot.base, &self.table);
            line(&mut piece, self.fields.iter().map(|field| text(base, table, field, row)));
        }
        (!piece.is_empty()).then_some(piece)
    }
}

/// The whole file. For what streams, see [`Export`].
pub fn export_csv(
    snapshot: &Arc<Snapshot>,
    table: TableId,
    view: Option<ViewId>,
) -> Result<String, BaseError> {
    let bytes = Export::new(snapshot.clone(), table, view, &Viewer::default())?.flatten().collect();
    String::from_utf8(bytes).map_err(|error| BaseError::Internal(error.to_string()))
}

/// Writes the file piece by piece. Blocks.
pub fn export_csv_to(
    snapshot: &Arc<Snapshot>,
    table: TableId,
    view: Option<ViewId>,
    to: &mut impl io::Write,
) -> Result<(), BaseError> {
    for piece in Export::new(snapshot.clone(), table, view, &Viewer::default())? {
        to.write_all(&piece)
            .map_err(|error| BaseError::Internal(format!("the export broke off: {error}")))?;
    }
    to.flush().map_err(|error| BaseError::Internal(format!("the export broke off: {error}")))
}

fn text(base: &Base, table: &Table, field: &Field, row: RowIx) -> String {
    match field.kind {
        FieldKind::Number(_) | FieldKind::Date(_) | FieldKind::Checkbox => {
            value_to_text(field, &table.get(row, field.id))
        }
        FieldKind::Text { .. }
        | FieldKind::Select { .. }
        | FieldKind::MultiSelect { .. }
        | FieldKind::Location => defused(value_to_text(field, &table.get(row, field.id))),
        _ => defused(base.text(table, row, field.id)),
    }
}

/// A spreadsheet takes a cell that begins like a formula for one and runs it; an apostrophe stops that.
fn defused(text: String) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if risky && numbers::parse(&text, Decimal::Point).is_none() { format!("'{text}") } else { text }
}

fn line(out: &mut Vec<u8>, cells: impl Iterator<Item = String>) {
    let start = out.len();
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        if cell.contains([',', '"', '\n', '\r']) || cell.starts_with(' ') || cell.ends_with(' ') {
            out.push(b'"');
            out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
    }
    // A line of one empty cell would be no line at all.
    if out.len() == start {
        out.extend_from_slice(b"\"\"");
    }
    out.extend_from_slice(b"\r\n");
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
            assert_eq!(defused(text.into()), expected);
        }
    }

    #[test]
    fn lines_are_quoted_as_rfc_4180_says() {
        let mut out = Vec::new();
        line(&mut out, ["a", "b,c", "say \"hi\"", "two\nlines", " x"].map(String::from).into_iter());
        line(&mut out, [String::new()].into_iter());
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a,\"b,c\",\"say \"\"hi\"\"\",\"two\nlines\",\" x\"\r\n\"\"\r\n"
        );
    }
}
