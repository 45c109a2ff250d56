//! Which colour rules of a view hold for a record.

use serde::{Deserialize, Serialize};
use skein_types::FieldId;
use utoipa::ToSchema;

use crate::{
    Color, Filter, QueryError, RowIx,
    compile::{Compiler, Mode},
    program::Program,
    shown::Scope,
};

/// Rules of one view.
pub(crate) const MAX_RULES: usize = 50;

/// Colours records that fit a filter. Of the rules with one target the first that holds counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ColorRule {
    /// Which records.
    pub filter: Filter,
    /// A palette colour.
    pub color: Color,
    /// What is coloured.
    #[serde(default, skip_serializing_if = "ColorTarget::is_row")]
    pub target: ColorTarget,
}

/// What a rule colours of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColorTarget {
    /// A bar where it begins.
    Bar,
    /// All of it.
    #[default]
    Row,
    /// The cell of one field.
    Cell(FieldId),
}

impl ColorTarget {
    fn is_row(&self) -> bool {
        *self == Self::Row
    }
}

/// The rules of a query made ready.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coloring(Vec<Rule>);

#[derive(Clone, Debug)]
struct Rule {
    /// Its place among the rules as they are stored.
    at: u8,
    target: ColorTarget,
    program: Program,
}

pub(crate) fn compile(with: &mut Compiler<'_>, rules: &[ColorRule]) -> Result<Coloring, QueryError> {
    let running = with.mode == Mode::Running;
    if rules.len() > MAX_RULES && !running {
        return Err(QueryError::new("colors", format!("at most {MAX_RULES}")));
    }
    let mut ready = Vec::with_capacity(rules.len().min(MAX_RULES));
    for (at, rule) in rules.iter().enumerate().take(MAX_RULES) {
        if let ColorTarget::Cell(field) = rule.target
            && with.scope.table.schema.place(field).is_none()
            && !running
        {
            let path = format!("colors[{at}].target.cell");
            return Err(QueryError::new(path, format!("there is no field {field}")));
        }
        // One of which nothing makes sense any more holds for no record.
        if let Some(program) = with.filter(&rule.filter, &format!("colors[{at}].filter"))? {
            ready.push(Rule { at: at as u8, target: rule.target, program });
        }
    }
    Ok(Coloring(ready))
}

impl Coloring {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The places of the rules that count for a row, in order.
    pub(crate) fn of(&self, scope: Scope<'_>, row: RowIx) -> Vec<u8> {
        let mut found: Vec<&Rule> = Vec::new();
        for rule in &self.0 {
            let free = !found.iter().any(|before| before.target == rule.target);
            if free && rule.program.keeps(scope, row) {
                found.push(rule);
            }
        }
        found.iter().map(|rule| rule.at).collect()
    }
}
