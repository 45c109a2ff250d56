//! What happened in a base, for people: who changed what from what to what, when and by which way, and what
//! of it they can take back. Everything is told from events; the index only says which.

mod entry;
pub(crate) mod index;
mod list;
mod names;
pub(crate) mod past;
mod recent;

pub use entry::{CellChange, Entry, Line, LineKind, RecordChange};
pub(crate) use entry::{Scope, lines, told};
pub(crate) use index::{Entries, Index, weight};
pub use list::{HistoryPage, HistoryQuery, UndoList};
pub(crate) use names::{Names, of as names, title};
pub use past::{Moment, RestorePreview};
pub use recent::Undone;
pub(crate) use recent::{Recent, Remembered, counted};
