//! What a computation asks about cells and records. The base answers, from one snapshot.

use skein_types::RecordId;

use crate::{
    Condition, RowIx,
    formula::{Datum, Env, coerce::Texts},
};

/// Whether a record meets a condition, by its row and the row of the lookup that asks.
pub type Ready<'a> = Box<dyn Fn(RowIx, RowIx) -> bool + 'a>;

/// The cells of a base. Tables and columns go by the numbers that [`crate::formula::Names`] gave for them.
pub trait Source: Texts {
    /// The value of a cell, computed if need be. Of a link: a [`Datum::Record`] if it holds at most one, else
    /// a list of them in their order.
    fn cell(&self, table: u32, column: u32, row: RowIx) -> Datum;
    /// The rows of a table in the order of record ids.
    fn rows(&self, table: u32) -> Vec<RowIx>;
    /// The id of a record.
    fn record_id(&self, table: u32, row: RowIx) -> RecordId;
    /// The rows whose cell may equal the key as `=` means it, in the order of record ids: all that do, and
    /// maybe others. None without an index, then all rows are looked at.
    fn matching(&self, table: u32, column: u32, key: &Datum) -> Option<Vec<RowIx>>;
    /// A condition of a lookup in the first table, made ready: it is asked with a row of the second table and
    /// the row of the lookup. None when it makes no sense.
    fn condition(&self, _own: u32, _table: u32, _condition: &Condition) -> Option<Ready<'_>> {
        None
    }
    /// The time and the people.
    fn env(&self) -> &Env;
}
