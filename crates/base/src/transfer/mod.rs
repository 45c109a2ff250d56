//! Import and export of tables.
//!
//! A file is read row by row (`read`, `csv`, `xlsx`), never as a whole; what its columns hold is guessed
//! from its beginning (`guess`); cells become values of fields (`convert`). These are pure. An import is a
//! job (`job`) that commits records in batches through the commands of the base, as the member who began
//! it (`load`). It is done as a whole or taken back: who cancels, and who sends a broken file, finds the
//! base as it was. Undo does not know imports; an imported table is deleted, and that can be undone.

mod cell;
mod convert;
mod csv;
mod dates;
mod declared;
mod encoding;
pub mod error;
mod evidence;
mod export;
mod guess;
pub mod http;
mod job;
mod journal;
mod keys;
mod lines;
mod load;
mod mapping;
mod misfit;
mod model;
mod names;
mod numbers;
mod read;
mod reader;
mod repair;
mod report;
mod sample;
mod skein;
mod spool;
#[cfg(test)]
mod tests;
mod words;
mod xlsx;

pub(crate) use export::csv_cell;
pub use export::{Export, Format, export_csv};
pub use job::{Imports, import_file};
pub use mapping::{ColumnTarget, Doubles, Mode, StartInput, TableTarget};
pub use misfit::Misfit;
pub use model::{FileInfo, Import, NamedChoice, Sheet, SheetColumn, State};
pub use report::{CellError, Errors, Progress, Report};
pub use sample::look;
pub use skein::{BaseExport, BaseProgress, BaseReport, BaseWish, EXTENSION, Reading, import_base};
