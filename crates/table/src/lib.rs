//! The table engine: fields, records, filters, sorts, live views and operations, computed in memory on
//! immutable columnar snapshots.
//!
//! Knows nothing of databases, networks, async or the time of day.

mod filter;
mod op;
mod schema;
mod value;

pub use filter::{Condition, Filter, Operator};
pub use op::{Op, Record};
pub use schema::{Choice, Color, Field, FieldKind, RowHeight, SortKey, TableDef, View, ViewField, ViewKind};
pub use value::Value;
