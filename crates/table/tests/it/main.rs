//! Tests of the table engine from outside.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod computed;
mod conversions;
mod cubes;
mod dice;
mod filters;
mod forms;
mod formula_check;
mod formula_eval;
mod formula_functions;
mod formula_page;
mod formula_random;
mod formula_syntax;
mod formula_world;
mod grouped;
mod hostile;
mod image;
mod keys;
mod kinds;
mod links;
mod load;
mod lookups;
mod ops;
mod oracle;
mod queries;
mod rules;
mod schedule;
mod state;
mod stations;
mod tree;
mod values;
mod view_kinds;
mod world;
