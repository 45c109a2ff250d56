//! Formulas: from text to a typed program that computes a cell. Rules are numbered in docs/spec/formula.md.

pub mod ast;
pub mod coerce;
mod datum;
mod env;
pub mod functions;
mod lex;
mod mistake;
mod names;
mod parse;
mod print;
mod reads;
mod source;

pub use datum::{Datum, ErrorCode, Item, Type};
pub use env::{Env, People};
pub use mistake::{Mistake, Wrong};
pub use names::{Column, Names};
pub use parse::parse;
pub use print::print;
pub use reads::{Hop, Keyed, Origin, Read, Volatile};
pub use source::Source;
