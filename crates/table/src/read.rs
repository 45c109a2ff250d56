//! Cells as formulas compute with them, and computed values as cells.

use std::{fmt::Write, sync::Arc};

use skein_types::GroupId;

use crate::{
    FieldKind, RowIx, Table, calendar,
    column::{Cell, Object, Shape},
    formula::{Datum, ErrorCode, Item},
    table::Dict,
    value::DAY,
};

impl Table {
    /// A cell by the place of its field.
    pub(crate) fn datum_at(&self, row: RowIx, at: usize) -> Datum {
        let ty = self.schema.types[at];
        match self.cell(row, at) {
            Cell::Null if self.schema.shapes[at] == Shape::Checkbox => Datum::Bool(false),
            Cell::Null => Datum::Null,
            Cell::Text(text) => Datum::Text(text.into()),
            Cell::Number(n) => match &self.def().fields[at].kind {
                FieldKind::AutoNumber { pattern } if ty.item == Item::Text => {
                    Datum::Text(self.numbered(pattern, n, row).into())
                }
                _ => Datum::Number(n),
            },
            Cell::Date(at) => Datum::Date { at, time: matches!(ty.item, Item::Date { time: true }) },
            Cell::Bool(yes) => Datum::Bool(yes),
            Cell::Code(code) => self.choice(at, code),
            Cell::Object(Object::Files(files)) => {
                Datum::List(files.iter().map(|file| Datum::File(Arc::new(file.clone()))).collect())
            }
            Cell::Object(Object::Place(place)) => Datum::Place(place.clone()),
            Cell::Datum(datum) => datum.clone(),
            Cell::Error(code) => Datum::Error(code),
            Cell::Codes(codes) if ty.list => Datum::List(self.items(at, codes).collect()),
            Cell::Codes(codes) => self.items(at, codes).next().unwrap_or(Datum::Null),
        }
    }

    fn choice(&self, at: usize, code: u32) -> Datum {
        match self.schema.choices[at].name(code) {
            Some(name) => Datum::Choice { code, name: name.clone() },
            None => Datum::Null,
        }
    }

    fn items<'a>(&'a self, at: usize, codes: &'a [u32]) -> Box<dyn Iterator<Item = Datum> + 'a> {
        match self.schema.shapes[at] {
            Shape::Links => Box::new(self.linked(at, codes).map(|(row, _)| Datum::Record(row))),
            Shape::Members => Box::new(codes.iter().map(|&code| Datum::Member(self.member(code)))),
            Shape::Groups => {
                let group = |&code: &u32| Datum::Group(GroupId::from_bits(self.dict().id(code)));
                Box::new(codes.iter().map(group))
            }
            _ => Box::new(
                codes.iter().map(move |&code| self.choice(at, code)).filter(|one| *one != Datum::Null),
            ),
        }
    }

    /// The text of an automatic number.
    pub(crate) fn numbered(&self, pattern: &str, number: f64, row: RowIx) -> String {
        let mut text = String::with_capacity(pattern.len() + 8);
        let day = calendar::civil(self.made(row).at.div_euclid(DAY));
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            text.push_str(&rest[..open]);
            let Some(len) = rest[open..].find('}') else { break };
            let token = &rest[open + 1..open + len];
            let width = token.strip_prefix("n:").and_then(|width| width.parse::<usize>().ok());
            let _ = match (token, width) {
                (_, Some(width)) => write!(text, "{number:0width$}", width = width.min(18)),
                ("n", _) => write!(text, "{number}"),
                ("yyyy", _) => write!(text, "{:04}", day.0),
                ("mm", _) => write!(text, "{:02}", day.1),
                ("dd", _) => write!(text, "{:02}", day.2),
                _ => write!(text, "{}", &rest[open..=open + len]),
            };
            rest = &rest[open + len + 1..];
        }
        text.push_str(rest);
        text
    }

    /// Sets a computed cell; whether it changed. A value that is not of the column's shape is an error.
    pub(crate) fn set_datum(&mut self, row: RowIx, at: usize, datum: &Datum) -> bool {
        let codes: Vec<u32>;
        let object: Object;
        let shape = self.schema.shapes[at];
        let mut error = None;
        let cell = match (shape, datum) {
            (_, Datum::Null) | (Shape::Checkbox, Datum::Bool(false)) => Cell::Null,
            (_, Datum::Error(code)) => {
                error = Some(*code);
                Cell::Null
            }
            (Shape::Text, Datum::Text(text)) => {
                if text.is_empty() {
                    Cell::Null
                } else {
                    Cell::Text(text)
                }
            }
            (Shape::Number, Datum::Number(n)) => Cell::Number(*n),
            (Shape::Number, Datum::Bool(yes)) => Cell::Number(f64::from(u8::from(*yes))),
            (Shape::Date { time: true }, Datum::Date { at, .. }) => Cell::Date(*at),
            (Shape::Date { time: false }, Datum::Date { at, .. }) => Cell::Date(at - at.rem_euclid(DAY)),
            (Shape::Checkbox, Datum::Bool(true)) => Cell::Bool(true),
            (Shape::Select, Datum::Choice { code, .. }) => Cell::Code(*code),
            (Shape::Multi | Shape::Links | Shape::Members | Shape::Groups, some) => {
                codes = self.codes(some);
                if codes.is_empty() { Cell::Null } else { Cell::Codes(&codes) }
            }
            (Shape::Files, some) => {
                let file =
                    |one: &Datum| if let Datum::File(file) = one { Some((**file).clone()) } else { None };
                let files: Arc<[_]> = each(some).iter().filter_map(file).collect();
                object = Object::Files(files.clone());
                if files.is_empty() { Cell::Null } else { Cell::Object(&object) }
            }
            (Shape::Place, Datum::Place(place)) => {
                object = Object::Place(place.clone());
                Cell::Object(&object)
            }
            (Shape::Data, Datum::List(items)) if items.is_empty() => Cell::Null,
            (Shape::Data, some) => Cell::Datum(some),
            _ => {
                error = Some(ErrorCode::Type);
                Cell::Null
            }
        };
        let failed = self.stored_mut(at).errors.set(row, error);
        self.set_cell(row, at, cell) || failed
    }

    /// What a list column holds for values.
    fn codes(&mut self, datum: &Datum) -> Vec<u32> {
        let mut codes = Vec::with_capacity(each(datum).len());
        for item in each(datum) {
            match item {
                Datum::Choice { code, .. } => codes.push(*code),
                Datum::Record(row) => codes.push(*row),
                Datum::Member(id) => codes.push(self.intern(id.bits())),
                Datum::Group(id) => codes.push(self.intern(id.bits())),
                _ => {}
            }
        }
        codes
    }
}

/// The items of a list; a single value is a list of one.
pub(crate) fn each(datum: &Datum) -> &[Datum] {
    match datum {
        Datum::List(items) => items,
        Datum::Null => &[],
        one => std::slice::from_ref(one),
    }
}

impl Table {
    fn intern(&mut self, id: u128) -> u32 {
        Dict::intern(self.dict_mut(), id)
    }
}
