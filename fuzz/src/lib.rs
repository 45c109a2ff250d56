//! Fuzzing: what must hold for whatever input.
//!
//! Each module is a target: `run` takes any bytes and panics when something that must hold does not. The
//! tests of this package run all of them on inputs made from seeds, on any compiler. With a nightly one,
//! `scripts/fuzz` runs them by libFuzzer, which follows the coverage of the code.

pub mod compute;
#[cfg(feature = "import")]
pub mod import;
pub mod query;
pub mod syntax;
mod words;
mod world;
