//! Sorting rows: each key becomes an integer whose order is the key's, several are packed into one word,
//! and only what the word cannot tell is compared cell by cell. Blanks are last in both directions, ties
//! go by record id.

use std::cmp::Ordering;

use crate::{
    FieldKind, QueryError, RowIx, SortKey, Table, TableDef, collate, column::Cell, program::Program,
};

/// One key made ready.
#[derive(Clone, Debug)]
struct Key {
    at: usize,
    descending: bool,
    /// Not ticked is a value of its own, not a blank.
    checkbox: bool,
    /// Place in display order by code, of select and multi-select fields.
    places: Vec<u32>,
}

/// The keys of a sort made ready.
#[derive(Clone, Debug)]
pub(crate) struct Order(Vec<Key>);

const BLANK: u64 = u64::MAX;

impl Order {
    pub(crate) fn compile(def: &TableDef, keys: &[SortKey]) -> Result<Self, QueryError> {
        let key = |(place, key): (usize, &SortKey)| {
            let at = def.fields.iter().position(|field| field.id == key.field).ok_or_else(|| {
                QueryError::new(format!("sort[{place}].field"), format!("there is no field {}", key.field))
            })?;
            let choices = def.fields[at].kind.choices();
            let mut places =
                vec![0; choices.iter().map(|choice| choice.code as usize + 1).max().unwrap_or(0)];
            for (place, choice) in choices.iter().enumerate() {
                places[choice.code as usize] = place as u32;
            }
            let checkbox = matches!(def.fields[at].kind, FieldKind::Checkbox);
            Ok(Key { at, descending: key.descending, checkbox, places })
        };
        keys.iter().enumerate().map(key).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares a row as it is in one snapshot with a row as it is in another.
    pub(crate) fn compare(&self, a: (&Table, RowIx), b: (&Table, RowIx)) -> Ordering {
        let by_key = self.0.iter().map(|key| key.compare(a.0.cell(a.1, key.at), b.0.cell(b.1, key.at)));
        let first = by_key.into_iter().find(|order| order.is_ne());
        first.unwrap_or_else(|| a.0.record_id(a.1).cmp(&b.0.record_id(b.1)))
    }

    /// Sorts rows that stand in the order of record ids.
    pub(crate) fn sort(&self, table: &Table, rows: &mut [RowIx]) {
        if !self.0.is_empty() {
            rows.sort_by(|&a, &b| self.compare((table, a), (table, b)));
        }
    }

    /// The first `wanted` rows that a filter keeps, sorted.
    pub(crate) fn top(&self, table: &Table, program: &Program, wanted: usize) -> Vec<RowIx> {
        let mut rows = program.rows(table);
        self.sort(table, &mut rows);
        rows.truncate(wanted);
        rows
    }
}

impl Key {
    fn compare(&self, a: Cell<'_>, b: Cell<'_>) -> Ordering {
        if let (Cell::Text(a), Cell::Text(b)) = (a, b) {
            let order = collate::compare(a, b);
            return if self.descending { order.reverse() } else { order };
        }
        self.number(a).cmp(&self.number(b))
    }

    /// An integer whose order is the order of cells, but for texts.
    fn number(&self, cell: Cell<'_>) -> u64 {
        let place = |code: u32| u64::from(self.places.get(code as usize).copied().unwrap_or(u32::MAX));
        let ascending = match cell {
            Cell::Null if self.checkbox => 0,
            Cell::Null => return BLANK,
            Cell::Text(_) => 0,
            Cell::Number(number) => {
                let bits = number.to_bits();
                if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
            }
            Cell::Date(date) => date as u64 ^ 1 << 63,
            Cell::Code(code) => place(code),
            Cell::Codes(codes) => codes.first().map_or(BLANK, |&code| place(code)),
            Cell::Bool(yes) => u64::from(yes),
        };
        if self.descending { !ascending } else { ascending }
    }
}
