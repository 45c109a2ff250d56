//! Import and export of tables.
mod cell;
pub mod convert;
mod csv;
mod dates;
mod encoding;
pub mod error;
mod evidence;
pub mod guess;
mod numbers;
mod read;
pub mod sample;
#[cfg(test)]
mod tests;
mod words;
mod xlsx;
pub use cell::{Cell, Row};
pub use read::Source;
