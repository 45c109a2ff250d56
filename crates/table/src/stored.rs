//! Records as storage holds them: a version byte, then postcard of slots and cells. Fields are known by
//! slot and choices by code, so neither renaming nor reordering touches a stored record.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use skein_types::RecordId;

use crate::{
    DecodeError, FieldKind, RowIx, Table, TableDef,
    column::Cell,
    value::{MAX_DATE, MIN_DATE},
};

const VERSION: u8 = 1;

/// A cell as stored. The order of variants is part of the format.
#[derive(Serialize, Deserialize)]
enum StoredCell<'a> {
    Text(&'a str),
    Number(f64),
    Date(i64),
    Choice(u32),
    Choices(Vec<u32>),
    Bool(bool),
}

impl Table {
    /// A record in compact binary form for storage.
    pub fn encode_row(&self, row: RowIx) -> Vec<u8> {
        let mut cells = Vec::with_capacity(self.def().fields.len());
        for (at, field) in self.def().fields.iter().enumerate() {
            let cell = match self.cell(row, at) {
                Cell::Null => continue,
                Cell::Text(text) => StoredCell::Text(text),
                Cell::Number(number) => StoredCell::Number(number),
                Cell::Date(date) => StoredCell::Date(date),
                Cell::Code(code) => StoredCell::Choice(code),
                Cell::Codes(codes) => StoredCell::Choices(codes.to_vec()),
                Cell::Bool(yes) => StoredCell::Bool(yes),
            };
            cells.push((field.slot, cell));
        }
        let start = vec![VERSION];
        postcard::to_extend(&cells, start).expect("cells have no shape postcard cannot write")
    }

    /// A table of stored records, in any order. What is stored of fields and choices that are gone is
    /// left out.
    pub fn load(
        def: TableDef,
        rows: impl Iterator<Item = (RecordId, impl AsRef<[u8]>)>,
    ) -> Result<Self, DecodeError> {
        let mut table = Self::new(def);
        let fields = table.def().fields.iter().enumerate();
        let slots: HashMap<u32, usize> = fields.map(|(at, field)| (field.slot, at)).collect();
        for (record, bytes) in rows {
            let damaged = |reason| DecodeError { record, reason };
            let cells = match bytes.as_ref().split_first() {
                Some((&VERSION, cells)) => cells,
                Some(_) => return Err(damaged("of a version this program does not know")),
                None => return Err(damaged("empty")),
            };
            let cells: Vec<(u32, StoredCell<'_>)> =
                postcard::from_bytes(cells).map_err(|_| damaged("not a list of cells"))?;
            if table.row_count() == RowIx::MAX as usize {
                return Err(damaged("beyond what a table can hold"));
            }
            let row = table.append_loaded(record);
            for (slot, cell) in cells {
                if let Some(&at) = slots.get(&slot) {
                    table.fill(row, at, &cell).map_err(damaged)?;
                }
            }
        }
        table.finish_load().map_err(|record| DecodeError { record, reason: "stored twice" })?;
        Ok(table)
    }

    fn fill(&mut self, row: RowIx, at: usize, cell: &StoredCell<'_>) -> Result<(), &'static str> {
        let known = |code: &u32| self.schema.choices[at].place(*code).is_some();
        let kept: Vec<u32>;
        let cell = match (&self.def().fields[at].kind, cell) {
            (FieldKind::Text, StoredCell::Text("")) => Cell::Null,
            (FieldKind::Text, StoredCell::Text(text)) => Cell::Text(text),
            (FieldKind::Number { .. }, StoredCell::Number(number)) if number.is_finite() => {
                Cell::Number(*number)
            }
            (FieldKind::Date { .. }, StoredCell::Date(date)) if (MIN_DATE..=MAX_DATE).contains(date) => {
                Cell::Date(*date)
            }
            (FieldKind::Select { .. }, StoredCell::Choice(code)) => {
                if known(code) {
                    Cell::Code(*code)
                } else {
                    Cell::Null
                }
            }
            (FieldKind::MultiSelect { .. }, StoredCell::Choices(codes)) => {
                kept = codes.iter().copied().filter(|code| known(code)).collect();
                if kept.is_empty() { Cell::Null } else { Cell::Codes(&kept) }
            }
            (FieldKind::Checkbox, StoredCell::Bool(yes)) => {
                if *yes {
                    Cell::Bool(true)
                } else {
                    Cell::Null
                }
            }
            _ => return Err("a cell is not of its field's type"),
        };
        self.set_cell(row, at, cell);
        Ok(())
    }
}
