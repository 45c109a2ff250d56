//! What a formula is, what it depends on and what it costs, for people.

use std::sync::atomic::Ordering;

use skein_types::{FieldId, RecordId, TableId};

use super::{State, compile::each_read};
use crate::{
    Base, FieldKind,
    formula::{self, Datum, Evaluator, Mistake, Names, Origin, Type},
};

/// A formula that was understood.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The source with ids in place of names: what is stored.
    pub stored: String,
    /// The type of its values.
    pub ty: Type,
    /// Its value for the record that was asked for.
    pub value: Option<Datum>,
}

/// Cells a formula depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The links walked from the record of the formula; none when it is this record, or any of the table.
    pub via: Vec<FieldId>,
    /// The table of the cells.
    pub table: TableId,
    /// Their field; none when only the records matter.
    pub field: Option<FieldId>,
    /// Whether it depends on every record of the table.
    pub whole: bool,
}

/// What a computed field computes.
#[derive(Clone, Debug)]
pub struct Computed {
    /// The formula by names; of lookups the one they stand for.
    pub formula: Option<String>,
    /// The type of its values.
    pub ty: Type,
    /// What is wrong with it, in the stored source.
    pub mistakes: Vec<Mistake>,
    /// The names on the way round when it depends on itself.
    pub cycle: Vec<String>,
}

/// What there is to know of a computed field.
#[derive(Clone, Debug)]
pub struct Explained {
    /// What it computes.
    pub computed: Computed,
    /// What it depends on.
    pub reads: Vec<Dependency>,
    /// The fields that depend on it.
    pub read_by: Vec<(TableId, FieldId)>,
    /// Cells computed the last time.
    pub last_rows: u64,
    /// Microseconds that took.
    pub last_micros: u64,
}

impl Base {
    /// Reads a formula for a field of a table, in the stored or the shown form or a mix, and computes it for
    /// a record.
    pub fn check_formula(
        &self,
        table: TableId,
        source: &str,
        record: Option<RecordId>,
    ) -> Result<Checked, Vec<Mistake>> {
        let program = formula::check(source, table, self)?;
        let row = record.and_then(|record| self.table(table)?.row(record));
        let value = row.map(|row| Evaluator::new(&program, self).cell(row));
        Ok(Checked { stored: program.stored.to_string(), ty: program.ty, value })
    }

    /// A stored formula by names.
    pub fn shown_formula(&self, table: TableId, stored: &str) -> String {
        formula::shown(stored, table, self)
    }

    /// What a computed field computes, and what is wrong with it; none of others.
    pub fn computed(&self, table: TableId, field: FieldId) -> Option<Computed> {
        let node = &self.graph.nodes[*self.graph.places.get(&field)?];
        let def = self.table(table)?.field(field)?;
        let stored = match (&node.state, &def.kind) {
            (State::Ready(program), _) => Some(&*program.stored),
            (_, FieldKind::Formula { formula, .. }) => Some(formula.as_str()),
            _ => None,
        };
        let (mistakes, cycle) = match &node.state {
            State::Ready(_) => Default::default(),
            State::Failed(_, mistakes) => (mistakes.clone(), Vec::new()),
            State::Cycle(names) => (Vec::new(), names.clone()),
        };
        Some(Computed {
            formula: stored.map(|stored| self.shown_formula(table, stored)),
            ty: Names::field(self, table, field).map(|column| column.ty)?,
            mistakes,
            cycle,
        })
    }

    /// What there is to know of a computed field; none of others.
    pub fn explain(&self, table: TableId, field: FieldId) -> Option<Explained> {
        let node = &self.graph.nodes[*self.graph.places.get(&field)?];
        let mut reads = Vec::new();
        if let State::Ready(program) = &node.state {
            each_read(program, &mut |read| {
                let dependency = Dependency {
                    via: read.hops.iter().map(|hop| hop.field).collect(),
                    table: read.table,
                    field: read.field,
                    whole: read.from == Origin::Everywhere,
                };
                if !reads.contains(&dependency) {
                    reads.push(dependency);
                }
            });
        }
        Some(Explained {
            computed: self.computed(table, field)?,
            reads,
            read_by: self.dependents(table, field),
            last_rows: node.last.rows.load(Ordering::Relaxed),
            last_micros: node.last.micros.load(Ordering::Relaxed),
        })
    }

    /// The computed fields that read cells of a field, or walk a link.
    pub fn dependents(&self, table: TableId, field: FieldId) -> Vec<(TableId, FieldId)> {
        let edges = self.graph.by_field.get(&(table, field)).into_iter().flatten();
        let mut found: Vec<_> = edges
            .map(|edge| (self.graph.nodes[edge.node].table, self.graph.nodes[edge.node].field))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}
