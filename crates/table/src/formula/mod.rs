//! Formulas: from text to a typed program that computes a cell. Rules are numbered in docs/spec/formula.md.

pub mod coerce;
mod datum;
mod env;
pub mod functions;

pub use datum::{Datum, ErrorCode, Item, Type};
pub use env::{Env, People};
