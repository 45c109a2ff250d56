//! Which cells a formula depends on: for the graph that computes anew what a change touches.

use skein_types::{FieldId, TableId};

/// Cells a formula depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Read {
    /// Where the way to them begins.
    pub from: Origin,
    /// The link fields walked from there; none from [`Origin::Everywhere`].
    pub hops: Vec<Hop>,
    /// Where they are.
    pub table: TableId,
    /// Which; none if it only matters which records there are.
    pub field: Option<FieldId>,
}

/// Where the way to the cells of a [`Read`] begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// At the record of the formula.
    Record,
    /// At the records the key at this place of [`crate::formula::Program::keyed`] leads to; depends on which
    /// those are, too.
    Keyed(usize),
    /// Any record of the table; depends on which there are, too.
    Everywhere,
}

/// The records of a table where a field equals what an expression gives for the record of the formula: of
/// `[Table].FILTER(CurrentValue.[key] = expression)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyed {
    /// Which table.
    pub table: TableId,
    /// Its field.
    pub key: FieldId,
    /// What the expression depends on; all of it is among the reads of the formula, too.
    pub by: Vec<Read>,
    /// The field of the formula's own record, if the expression is nothing else.
    pub field: Option<FieldId>,
}

/// A step along a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hop {
    /// The table with the link field.
    pub table: TableId,
    /// The link field.
    pub field: FieldId,
}

/// How often a formula must be computed although nothing it reads has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Volatile {
    /// When a day begins in the zone of the base.
    Today,
    /// As time goes by.
    Now,
}
