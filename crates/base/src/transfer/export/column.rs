//! A column of an export: what its cells are in a file, whichever type of field shows them.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use skein_table::{
    Base, DateStyle, Field, FieldKind, NumberStyle, Place, RowIx, Table,
    formula::{
        Datum, Item,
        coerce::{Cx, text_of},
    },
    quoted,
};

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Number,
    /// Days.
    Day,
    /// Instants.
    Instant,
    Text,
    /// Lists of texts.
    Texts,
}

/// A cell in a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    Bool(bool),
    Number(f64),
    /// Milliseconds since 1970 in UTC: of a day its midnight.
    Date(i64),
    Text(Arc<str>),
    Texts(Vec<Arc<str>>),
    /// A failed computation.
    Error(&'static str),
}

impl Cell {
    /// The texts of a list.
    pub(super) fn texts(&self) -> &[Arc<str>] {
        if let Self::Texts(texts) = self { texts } else { &[] }
    }
    /// Bytes it takes in memory, about.
    pub(super) fn weight(&self) -> usize {
        let text = |text: &Arc<str>| text.len() + 24;
        size_of::<Self>()
            + match self {
                Self::Text(one) => text(one),
                Self::Texts(texts) => texts.iter().map(text).sum(),
                _ => 0,
            }
    }
}

/// A column of an export.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) field: Field,
    pub(super) kind: Kind,
    /// Where the clocks are by which instants are shown.
    pub(super) zone: TimeZone,
}

impl Column {
    /// None for what holds nothing: buttons.
    pub(super) fn of(table: &Table, field: Field, zone: &TimeZone) -> Option<Self> {
        let ty = table.field_type(field.id)?;
        let kind = match (ty.item, ty.list) {
            _ if matches!(field.kind, FieldKind::Button { .. }) => return None,
            (Item::Member | Item::Group | Item::Record(_) | Item::File, _) | (_, true) => Kind::Texts,
            (Item::Bool, _) => Kind::Bool,
            (Item::Number | Item::Duration, _) => Kind::Number,
            (Item::Date { time: false }, _) => Kind::Day,
            (Item::Date { time: true }, _) => Kind::Instant,
            _ => Kind::Text,
        };
        let stated = date_style(&field.kind).and_then(|style| style.zone.as_deref());
        let zone = stated.and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(|| zone.clone());
        Some(Self { field, kind, zone })
    }

    /// A cell.
    pub(super) fn cell(&self, base: &Base, table: &Table, row: RowIx) -> Cell {
        let datum = table.datum(row, self.field.id);
        match (self.kind, &datum) {
            (_, Datum::Null) => Cell::Null,
            (_, Datum::Error(code)) => Cell::Error(code.text()),
            (Kind::Bool, Datum::Bool(yes)) => Cell::Bool(*yes),
            (Kind::Number, Datum::Number(n)) if n.is_finite() => Cell::Number(*n),
            (Kind::Day | Kind::Instant, Datum::Date { at, .. }) => Cell::Date(*at),
            (Kind::Texts, Datum::List(items)) => {
                let texts = items.iter().map(|item| self.text(base, table, item)).collect::<Vec<_>>();
                if texts.is_empty() { Cell::Null } else { Cell::Texts(texts) }
            }
            (Kind::Texts, one) => Cell::Texts(vec![self.text(base, table, one)]),
            (_, other) => Cell::Text(self.text(base, table, other)),
        }
    }

    fn text(&self, base: &Base, table: &Table, datum: &Datum) -> Arc<str> {
        match datum {
            Datum::Text(text) => text.clone(),
            Datum::Choice { name, .. } => name.clone(),
            Datum::Place(place) => place_text(place).into(),
            Datum::Date { at, time } => self.date(*at, *time).into(),
            other => {
                let Some(ty) = table.field_type(self.field.id) else { return Arc::from("") };
                text_of(other, &Cx::new(base.env(), base, ty)).unwrap_or_else(|code| Arc::from(code.text()))
            }
        }
    }

    /// `2026-11-20`, or `2026-11-20 08:00:00` by the clocks of the column.
    pub(super) fn date(&self, at: i64, time: bool) -> String {
        let local = if time { self.local(at) } else { at };
        super::super::words::wall(local, time)
    }

    /// What the clocks of the column show at an instant, as if it were UTC.
    pub(super) fn local(&self, at: i64) -> i64 {
        if self.zone == TimeZone::UTC {
            return at;
        }
        let offset = Timestamp::from_millisecond(at).map(|at| self.zone.to_offset(at).seconds());
        at + i64::from(offset.unwrap_or_default()) * 1_000
    }

    /// How its numbers are shown.
    pub(super) fn number_style(&self) -> Option<&NumberStyle> {
        match &self.field.kind {
            FieldKind::Number(style) => Some(style),
            FieldKind::Rollup { style, .. } | FieldKind::Formula { style, .. } => Some(&style.number),
            _ => None,
        }
    }

    /// How its dates are shown.
    pub(super) fn date_style(&self) -> Option<&DateStyle> {
        date_style(&self.field.kind)
    }
}

fn date_style(kind: &FieldKind) -> Option<&DateStyle> {
    match kind {
        FieldKind::Date(style) | FieldKind::CreatedAt(style) | FieldKind::UpdatedAt(style) => Some(style),
        FieldKind::Rollup { style, .. } | FieldKind::Formula { style, .. } => Some(&style.date),
        _ => None,
    }
}

/// `Gate 4 (116.4, 39.9)`, as an import reads it.
fn place_text(place: &Place) -> String {
    let Place { name, longitude, latitude } = place;
    if name.is_empty() {
        format!("{longitude}, {latitude}")
    } else {
        format!("{name} ({longitude}, {latitude})")
    }
}

/// Texts with commas; those with commas of their own in quotes.
pub(super) fn joined(texts: &[Arc<str>]) -> String {
    let mut joined = String::new();
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            joined.push_str(", ");
        }
        joined.push_str(&quoted(text));
    }
    joined
}
