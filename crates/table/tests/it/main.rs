//! Tests of the table engine from outside.

mod dice;
mod load;
mod ops;
mod oracle;
mod queries;
mod state;
mod values;
mod world;
