//! What the checker asks about tables and fields. The base answers; formulas know nothing of it.

use skein_types::{FieldId, TableId};

use crate::{Condition, formula::Type};

/// The tables and fields of a base, by id and by name. Names are compared ignoring case.
pub trait Names {
    /// Tables in display order.
    fn tables(&self) -> Vec<TableId>;
    /// The name of a table.
    fn table_name(&self, table: TableId) -> Option<&str>;
    /// The table with a name.
    fn table_named(&self, name: &str) -> Option<TableId>;
    /// The number under which the source of a computation knows a table.
    fn table_slot(&self, table: TableId) -> Option<u32>;
    /// Fields of a table in display order, the primary field first.
    fn fields(&self, table: TableId) -> Vec<FieldId>;
    /// A field.
    fn field(&self, table: TableId, field: FieldId) -> Option<Column<'_>>;
    /// The field of a table with a name.
    fn field_named(&self, table: TableId, name: &str) -> Option<FieldId>;
    /// Whether what a condition means, of a lookup in the first table at records of the second, changes with
    /// the day. None when it makes no sense.
    fn by_day(&self, _own: TableId, _table: TableId, _condition: &Condition) -> Option<bool> {
        None
    }
}

/// What formulas know of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column<'a> {
    /// Its name.
    pub name: &'a str,
    /// The type of its cells: of a link, records of the table it leads to, a list if it may hold many.
    pub ty: Type,
    /// Whether it is a link, so that the records that lead to a record can be found.
    pub link: bool,
    /// The number under which the source of a computation knows it in its table.
    pub slot: u32,
}
