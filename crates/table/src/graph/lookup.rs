//! Lookups and rollups as formulas. Their conditions are those of queries, asked of one record after another.

use std::fmt::Write;

use crate::{
    Aggregate, Base, Condition, FieldKind, Filter, Lookup, LookupFrom, QueryError, Table,
    column::Shape,
    compile::{Mode, op_name},
    prune::other_field,
};

/// The formula of a lookup, or of a rollup when an aggregate is given, in the stored form. None when what it
/// looks at is gone.
pub(super) fn formula(
    base: &Base,
    table: &Table,
    lookup: &Lookup,
    aggregate: Option<Aggregate>,
) -> Option<String> {
    let (mut records, target) = match lookup.from {
        LookupFrom::Table(id) => (format!("{{{id}}}"), base.table(id)),
        LookupFrom::Link(link) => {
            let target = match table.field(link).map(|field| &field.kind) {
                Some(FieldKind::Link { table, .. } | FieldKind::Backlink { table, .. }) => base.table(*table),
                _ => None,
            };
            (format!("{{{link}}}"), target)
        }
    };
    let target = target?;
    if let Some(filter) = &lookup.filter {
        let _ = write!(records, ".FILTER({})", condition(filter));
    }
    let values = format!("{records}.{{{}}}", lookup.field);
    let ticked =
        target.schema.place(lookup.field).is_some_and(|at| target.schema.shapes[at] == Shape::Checkbox);
    let filled = if ticked { "CurrentValue" } else { "NOT(ISBLANK(CurrentValue))" };
    Some(match aggregate {
        None => values,
        Some(Aggregate::CountAll) => format!("COUNTALL({records})"),
        Some(Aggregate::Count) => format!("COUNTA({values})"),
        Some(Aggregate::CountUnique) => format!("COUNTA(UNIQUE({values}))"),
        Some(Aggregate::Sum) => format!("SUM({values})"),
        Some(Aggregate::Average) => format!("IFERROR(AVERAGE({values}), NULL)"),
        Some(Aggregate::Median) => format!("IFERROR(MEDIAN({values}), NULL)"),
        Some(Aggregate::Min) => format!("FIRST(SORT(ARRAYCOMPACT({values})))"),
        Some(Aggregate::Max) => format!("LAST(SORT(ARRAYCOMPACT({values})))"),
        Some(Aggregate::Range) => {
            format!("LAST(SORT(ARRAYCOMPACT({values}))) - FIRST(SORT(ARRAYCOMPACT({values})))")
        }
        Some(Aggregate::First) => format!("FIRST(ARRAYCOMPACT({values}))"),
        Some(Aggregate::Last) => format!("LAST(ARRAYCOMPACT({values}))"),
        Some(Aggregate::Join) => format!("ARRAYJOIN(ARRAYCOMPACT({values}), \", \")"),
        Some(Aggregate::Unique) => format!("UNIQUE(ARRAYCOMPACT({values}))"),
        Some(Aggregate::All) => format!("ALL({values}, {filled})"),
        Some(Aggregate::Any) => format!("ANY({values}, {filled})"),
    })
}

/// A filter as a condition on `CurrentValue`. What makes no sense in it is found when the formula is checked.
fn condition(filter: &Filter) -> String {
    let parts = |parts: &[Filter], joint: &str| match parts {
        [] => "TRUE".into(),
        parts => format!("({})", parts.iter().map(condition).collect::<Vec<_>>().join(joint)),
    };
    match filter {
        Filter::And { and } => parts(and, " && "),
        Filter::Or { or } => parts(or, " || "),
        Filter::Condition(one) => {
            let Condition { field, op, value } = one;
            let op = op_name(*op);
            let value = match other_field(one) {
                Some(own) => format!(", {{{own}}}"),
                None if value.is_null() => String::new(),
                None => format!(", {}", quoted(&value.to_string())),
            };
            format!("MEETS(CurrentValue.{{{field}}}, \"{op}\"{value})")
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

impl Base {
    /// Whether the filter of a lookup makes sense, between its table and the one whose records it looks at. It
    /// knows what filters of views know, but for the viewer; `{"field": …}` names a field of the first table.
    pub fn check_lookup_filter(&self, own: &Table, table: &Table, filter: &Filter) -> Result<(), QueryError> {
        self.asking(own, table, Mode::Stored).filter(filter, "filter").map(drop)
    }
}
