//! The base as formulas see it.

use std::sync::Arc;

use skein_types::{FieldId, RecordId, TableId};

use super::{
    compile::column_print,
    index::{Class, Index},
};
use crate::{
    Base, Condition, FieldKind, RowIx, Table, Viewer,
    check::same_name,
    column::Cell,
    compile::{Compiler, Mode},
    formula::{
        Column, Datum, Env, Names, Ready, Source,
        coerce::{self, Cx, Texts},
    },
    program::Test,
    shown::Scope,
};

impl Names for Base {
    fn tables(&self) -> Vec<TableId> {
        self.tables.iter().map(|table| table.def().id).collect()
    }
    fn table_name(&self, table: TableId) -> Option<&str> {
        self.table(table).map(|table| table.def().name.as_str())
    }
    fn table_named(&self, name: &str) -> Option<TableId> {
        let found = self.tables.iter().find(|table| same_name(&table.def().name, name));
        found.map(|table| table.def().id)
    }
    fn table_slot(&self, table: TableId) -> Option<u32> {
        self.place(table).ok().map(|place| place as u32)
    }
    fn fields(&self, table: TableId) -> Vec<FieldId> {
        let fields = |table: &Arc<Table>| table.def().fields.iter().map(|field| field.id).collect();
        self.table(table).map(fields).unwrap_or_default()
    }
    fn field(&self, table: TableId, field: FieldId) -> Option<Column<'_>> {
        let table = self.table(table)?;
        let at = table.schema.place(field)?;
        let field = &table.def().fields[at];
        Some(Column {
            name: &field.name,
            ty: table.schema.types[at],
            link: matches!(field.kind, FieldKind::Link { .. } | FieldKind::Backlink { .. }),
            slot: at as u32,
        })
    }
    fn field_named(&self, table: TableId, name: &str) -> Option<FieldId> {
        let fields = &self.table(table)?.def().fields;
        fields.iter().find(|field| same_name(&field.name, name)).map(|field| field.id)
    }
    fn by_day(&self, own: TableId, table: TableId, condition: &Condition) -> Option<bool> {
        let (own, table) = (self.table(own)?, self.table(table)?);
        let mut with = self.asking(own, table, Mode::Asked);
        with.asked(condition, "").ok()?;
        Some(with.needs.viewer.day)
    }
}

impl Texts for Base {
    fn record(&self, table: TableId, row: RowIx) -> Arc<str> {
        self.table(table).map_or_else(|| Arc::from(""), |table| self.cell_text(table, row, 0).into())
    }
}

impl Source for Base {
    fn cell(&self, table: u32, column: u32, row: RowIx) -> Datum {
        self.tables[table as usize].datum_at(row, column as usize)
    }
    fn rows(&self, table: u32) -> Vec<RowIx> {
        self.tables[table as usize].rows().collect()
    }
    fn record_id(&self, table: u32, row: RowIx) -> RecordId {
        self.tables[table as usize].record_id(row)
    }
    fn matching(&self, table: u32, column: u32, key: &Datum) -> Option<Vec<RowIx>> {
        let table = &self.tables[table as usize];
        let field = &table.def().fields[column as usize];
        let index = self.indexes.get(&(table.def().id, field.id))?;
        let hash = index.hash(key)?;
        let mut rows: Vec<RowIx> =
            index.rows(hash).iter().copied().filter(|&row| table.is_live(row)).collect();
        if table.ordered() {
            rows.sort_unstable();
        } else {
            rows.sort_unstable_by_key(|&row| table.record_id(row));
        }
        Some(rows)
    }
    fn condition(&self, own: u32, table: u32, condition: &Condition) -> Option<Ready<'_>> {
        let (own, table) = (&*self.tables[own as usize], &*self.tables[table as usize]);
        let (at, test, negated) = self.asking(own, table, Mode::Asked).asked(condition, "").ok()?;
        let (here, there) = (Scope { base: self, table: own }, Scope { base: self, table });
        Some(match test {
            Test::Pair(pair) => {
                Box::new(move |row, asker| pair.holds((there, row, at), (here, asker)) != negated)
            }
            test => Box::new(move |row, _| test.matches(there, row, at) != negated),
        })
    }
    fn env(&self) -> &Env {
        &self.env
    }
}

impl Base {
    /// For conditions of a lookup of the first table on records of the second. Its day is that of the base.
    pub(super) fn asking<'a>(&'a self, own: &'a Table, table: &'a Table, mode: Mode) -> Compiler<'a> {
        let viewer = Viewer { now: self.env.now, zone: self.env.zone.clone(), ..Viewer::default() };
        Compiler::new(Scope { base: self, table }, Arc::new(viewer), mode).of_lookup(own)
    }

    /// A cell as people read it, of any type.
    pub fn cell_text(&self, table: &Table, row: RowIx, at: usize) -> String {
        match table.cell(row, at) {
            Cell::Null => String::new(),
            Cell::Text(text) => text.into(),
            Cell::Error(code) => code.text().into(),
            _ => {
                let cx = Cx::new(&self.env, self, table.schema.types[at]);
                let text = coerce::text_of(&table.datum_at(row, at), &cx);
                text.map_or_else(|code| code.text().into(), |text| text.to_string())
            }
        }
    }

    /// A cell as people read it; empty when there is no such field.
    pub fn text(&self, table: &Table, row: RowIx, field: FieldId) -> String {
        table.schema.place(field).map_or_else(String::new, |at| self.cell_text(table, row, at))
    }

    /// Makes an index of a column; none of one that cannot be looked up.
    pub(super) fn build_index(&self, table: TableId, field: FieldId) -> Option<Index> {
        let table = self.table(table)?;
        let at = table.schema.place(field)?;
        let mut index = Index::new(Class::of(table.schema.types[at])?, column_print(self, table, field));
        for row in table.rows() {
            index.set(row, Index::hash_of(table, at, row));
        }
        Some(index)
    }
}
