//! Cells as people read them: names of choices and people, titles of records, dates as ISO days.

use std::{borrow::Cow, fmt::Write, sync::Arc};

use skein_types::{GroupId, TableId};

use crate::{
    Base, FieldKind, NumberFormat, RowIx, Table, Viewer, calendar,
    column::{Cell, Object, Shape},
    formula::{
        Datum, Item,
        coerce::{self, Cx},
    },
    read::each,
};

/// A snapshot of a table with the base it is part of, where linked records and people are found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) base: &'a Base,
    pub(crate) table: &'a Table,
}

/// A title that shows titles that show titles ends here.
const DEEP: usize = 4;

/// Titles of the records of a base, for formulas' rules of text.
#[derive(Debug)]
struct Titles<'a>(&'a Base, usize);

impl coerce::Texts for Titles<'_> {
    fn record(&self, table: TableId, row: RowIx) -> Arc<str> {
        match self.0.table(table) {
            Some(table) => Scope { base: self.0, table }.title(row, self.1).into(),
            None => Arc::from(""),
        }
    }
}

impl<'a> Scope<'a> {
    /// The table whose records a column shows.
    pub(crate) fn target(self, at: usize) -> Option<Scope<'a>> {
        let Item::Record(id) = self.table.schema.types[at].item else { return None };
        Some(Scope { base: self.base, table: self.base.table(id)? })
    }

    /// What a record is called.
    fn title(self, row: RowIx, depth: usize) -> Cow<'a, str> {
        if let Cell::Text(text) = self.table.cell(row, 0) {
            return Cow::Borrowed(text);
        }
        let mut title = String::new();
        self.visit(row, 0, &Viewer::default(), depth, &mut |text| {
            if !title.is_empty() {
                title.push_str(", ");
            }
            title.push_str(text);
            false
        });
        Cow::Owned(title)
    }

    /// Whether any of the texts of a cell is wanted: of a list each item has one, of a tick none.
    pub(crate) fn any_text(
        self,
        row: RowIx,
        at: usize,
        viewer: &Viewer,
        wanted: &mut dyn FnMut(&str) -> bool,
    ) -> bool {
        self.visit(row, at, viewer, 0, wanted)
    }

    /// The texts of a cell with commas.
    pub(crate) fn text(self, row: RowIx, at: usize, viewer: &Viewer) -> String {
        let mut joined = String::new();
        self.visit(row, at, viewer, 0, &mut |text| {
            if !joined.is_empty() {
                joined.push_str(", ");
            }
            joined.push_str(text);
            false
        });
        joined
    }

    fn visit(
        self,
        row: RowIx,
        at: usize,
        viewer: &Viewer,
        depth: usize,
        f: &mut dyn FnMut(&str) -> bool,
    ) -> bool {
        let table = self.table;
        match table.cell(row, at) {
            Cell::Null | Cell::Bool(_) => false,
            Cell::Text(text) => f(text),
            Cell::Number(_) | Cell::Date(_) => {
                let mut text = String::new();
                self.write_plain(row, at, viewer, &mut text) && f(&text)
            }
            Cell::Code(code) => table.schema.choices[at].name(code).is_some_and(|name| f(name)),
            Cell::Codes(codes) => self.visit_codes(at, codes, depth, f),
            Cell::Object(Object::Files(files)) => files.iter().any(|file| f(&file.name)),
            Cell::Object(Object::Place(place)) if place.name.is_empty() => {
                f(&format!("{}, {}", place.longitude, place.latitude))
            }
            Cell::Object(Object::Place(place)) => f(&place.name),
            Cell::Datum(datum) => each(datum).iter().any(|item| f(&self.item_text(at, item, viewer, depth))),
            Cell::Error(code) => f(code.text()),
        }
    }

    /// Appends the text of a number or a date; whether the cell is one.
    pub(crate) fn write_plain(self, row: RowIx, at: usize, viewer: &Viewer, out: &mut String) -> bool {
        let table = self.table;
        match table.cell(row, at) {
            Cell::Number(n) => match &table.def().fields[at].kind {
                FieldKind::AutoNumber { pattern } => out.push_str(&table.numbered(pattern, n, row)),
                kind => write_number(n, kind, out),
            },
            Cell::Date(date) => {
                write_day(date, table.schema.shapes[at] == Shape::Date { time: true }, viewer, out);
            }
            _ => return false,
        }
        true
    }

    fn visit_codes(self, at: usize, codes: &[u32], depth: usize, f: &mut dyn FnMut(&str) -> bool) -> bool {
        let table = self.table;
        let people = &self.base.env.people;
        match table.schema.shapes[at] {
            Shape::Members => codes.iter().any(|&code| f(&people.member(table.member(code)))),
            Shape::Groups => {
                codes.iter().any(|&code| f(&people.group(GroupId::from_bits(table.dict().id(code)))))
            }
            Shape::Links => match self.target(at).filter(|_| depth < DEEP) {
                Some(target) => codes
                    .iter()
                    .filter(|&&row| target.table.is_live(row))
                    .any(|&row| f(&target.title(row, depth + 1))),
                None => false,
            },
            _ => codes.iter().any(|&code| table.schema.choices[at].name(code).is_some_and(|name| f(name))),
        }
    }

    /// The names of people or groups, or the titles of records, that a cell holds by code.
    pub(crate) fn each_name(self, at: usize, codes: &[u32], f: &mut dyn FnMut(&str)) {
        self.visit_codes(at, codes, 0, &mut |name| {
            f(name);
            false
        });
    }

    /// The text of a computed value.
    pub(crate) fn item_text(self, at: usize, item: &Datum, viewer: &Viewer, depth: usize) -> Arc<str> {
        match item {
            Datum::Date { at, time } => return day_text(*at, *time, viewer).into(),
            Datum::Record(_) if depth >= DEEP => return Arc::from(""),
            _ => {}
        }
        let titles = Titles(self.base, depth + 1);
        let cx = Cx { texts: &titles, ..Cx::new(&self.base.env, &(), self.table.schema.types[at]) };
        coerce::text_of(item, &cx).unwrap_or_else(|code| Arc::from(code.text()))
    }
}

/// Appends `2026-11-20`, or `2026-11-20 08:00` where the viewer is.
fn write_day(date: i64, time: bool, viewer: &Viewer, out: &mut String) {
    let local = if time { viewer.local(date) } else { date };
    calendar::write_day(out, local);
    if time {
        out.push(' ');
        calendar::write_clock(out, local);
        out.truncate(out.len() - ":00".len());
    }
}

/// As [`write_day`].
pub(crate) fn day_text(date: i64, time: bool, viewer: &Viewer) -> String {
    let mut text = String::with_capacity(20);
    write_day(date, time, viewer, &mut text);
    text
}

/// Powers of ten that numbers with few decimals are scaled by.
const TENS: [f64; 11] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];

/// Appends a number with the decimals its field shows, or with all it has when it has more.
fn write_number(n: f64, kind: &FieldKind, out: &mut String) {
    let style = match kind {
        FieldKind::Number(style) => style,
        FieldKind::Rollup { style, .. } | FieldKind::Formula { style, .. } => &style.number,
        _ => return out.push_str(&coerce::number_text(n)),
    };
    let precision = usize::from(style.precision).min(10);
    if style.format == NumberFormat::Percent {
        let _ = write!(out, "{:.precision$}%", n * 100.0);
        return;
    }
    // Of at most fifteen digits, so that they are those of the shortest text.
    let scaled = (n * TENS[precision]).round();
    if scaled.abs() < 1e15 && (scaled / TENS[precision]).to_bits() == n.to_bits() {
        write_decimal(scaled as i64, precision, out);
    } else {
        out.push_str(&coerce::number_text(n));
    }
}

/// As [`write_number`].
pub(crate) fn number(n: f64, kind: &FieldKind) -> String {
    let mut text = String::with_capacity(16);
    write_number(n, kind, &mut text);
    text
}

/// Appends an integer with its last digits behind a point.
fn write_decimal(scaled: i64, precision: usize, out: &mut String) {
    let mut digits = [b'0'; 24];
    let (mut at, mut rest, mut count) = (digits.len(), scaled.unsigned_abs(), 0);
    while rest > 0 || count <= precision {
        if count == precision && precision > 0 {
            at -= 1;
            digits[at] = b'.';
        }
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        count += 1;
    }
    if scaled < 0 {
        out.push('-');
    }
    out.extend(digits[at..].iter().copied().map(char::from));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_show_the_decimals_of_their_field() {
        let cases = [
            (0.0, 0, "0"),
            (0.0, 2, "0.00"),
            (2.5, 2, "2.50"),
            (-2.5, 2, "-2.50"),
            (0.05, 2, "0.05"),
            (1234.0, 0, "1234"),
            (0.125, 2, "0.125"),
            (1e300, 2, "1E+300"),
            (0.1 + 0.2, 1, "0.30000000000000004"),
        ];
        for (n, precision, text) in cases {
            assert_eq!(number(n, &FieldKind::number(precision)), text);
        }
    }
}
