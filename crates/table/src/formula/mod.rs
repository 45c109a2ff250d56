//! Formulas: from text to a typed program that computes a cell. Rules are numbered in docs/spec/formula.md.

pub mod ast;
mod check;
mod check_call;
mod check_condition;
pub mod coerce;
mod compare;
mod datum;
mod env;
mod eval;
mod eval_forms;
pub mod functions;
mod lex;
mod mistake;
mod names;
mod ops;
mod params;
mod parse;
mod print;
mod reads;
mod rewrite;
#[cfg(test)]
mod sample;
mod source;
mod suggest;
mod tree;
mod types;
mod vector;
mod vector_run;

pub use check::check;
pub(crate) use check::check_lookup;
pub use datum::{Datum, ErrorCode, Item, Type};
pub use env::{Env, People};
pub use eval::Evaluator;
pub use mistake::{Counts, Expects, Found, Mistake, Place, Wrong};
pub use names::{Column, Names};
pub use parse::parse;
pub use print::print;
pub use reads::{Hop, Keyed, Origin, Read, Volatile};
pub use rewrite::shown;
pub use source::{Ready, Source};
pub use tree::Program;
pub use vector::{Chunks, Lane, Vector, Words};
