//! What a computation asks about cells and records. The base answers, from one snapshot.

use skein_types::RecordId;

use crate::{
    RowIx,
    formula::{Datum, Env, coerce::Texts},
};

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
    /// The time and the people.
    fn env(&self) -> &Env;
}
