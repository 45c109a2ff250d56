//! From filters as they are sent to programs: checks every condition against what the cells of its field
//! are, and says where one is wrong.

use std::sync::Arc;

use serde_json::Value as Json;
use skein_types::FieldId;

use crate::{
    Condition, Dependence, FieldKind, Filter, Operator, QueryError, Table, Viewer,
    column::Shape,
    condition,
    item_test::Pair,
    json::describe,
    program::{Program, Test},
    shown::Scope,
};

const MAX_DEPTH: usize = 16;
const MAX_CONDITIONS: usize = 200;
/// Conditions and groups. Groups without conditions take memory too.
const MAX_NODES: usize = 400;

/// What is done about a condition that makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is an error. Choices may be named instead of given by id.
    Asked,
    /// It is an error, also when it names choices: names change.
    Stored,
    /// It is left out: fields changed since it was made.
    Running,
}

/// What the meaning of a filter depends on besides the cells of its fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needs {
    /// The viewer.
    pub(crate) viewer: Dependence,
    /// Somebody or a record that is not known yet.
    pub(crate) unknown: bool,
    /// Names of people and groups.
    pub(crate) people: bool,
    /// Places of fields whose linked records are known by their titles.
    pub(crate) titles: Vec<usize>,
}

pub(crate) struct Compiler<'a> {
    pub(crate) scope: Scope<'a>,
    /// The table of the lookup that asks: its fields are those that conditions compare with.
    looker: Option<&'a Table>,
    pub(crate) viewer: Arc<Viewer>,
    pub(crate) mode: Mode,
    pub(crate) needs: Needs,
    conditions: usize,
    nodes: usize,
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(scope: Scope<'a>, viewer: Arc<Viewer>, mode: Mode) -> Self {
        Self { scope, looker: None, viewer, mode, needs: Needs::default(), conditions: 0, nodes: 0 }
    }

    /// For conditions of a lookup in a table. What it finds is the same whoever looks.
    pub(crate) fn of_lookup(self, looker: &'a Table) -> Self {
        Self { looker: Some(looker), ..self }
    }

    /// A filter at a place of the query; none when it is left out.
    pub(crate) fn filter(&mut self, filter: &Filter, path: &str) -> Result<Option<Program>, QueryError> {
        (self.conditions, self.nodes) = (0, 0);
        self.part(filter, path, 1)
    }

    /// Notes that the text of a field is looked at.
    pub(crate) fn reads_text(&mut self, at: usize) {
        reads_text(self.scope, at, &mut self.needs);
    }

    /// None for what is left out.
    fn part(&mut self, filter: &Filter, path: &str, depth: usize) -> Result<Option<Program>, QueryError> {
        self.nodes += 1;
        let running = self.mode == Mode::Running;
        if depth > MAX_DEPTH + usize::from(running) {
            return self.refuse(QueryError::new(path, "filters nest at most 16 deep"));
        }
        if self.nodes > MAX_NODES && !running {
            return Err(QueryError::new(path, "at most 400 conditions and groups"));
        }
        match filter {
            Filter::And { and } => {
                let parts = self.parts(and, path, "and", depth)?;
                Ok((!parts.is_empty() || and.is_empty()).then(|| Program::all(parts)))
            }
            Filter::Or { or } if or.is_empty() => Ok(Some(Program::all(Vec::new()))),
            Filter::Or { or } => {
                let parts = self.parts(or, path, "or", depth)?;
                Ok((!parts.is_empty()).then(|| Program::any(parts)))
            }
            Filter::Condition(condition) => match self.condition(condition, path) {
                Ok(program) => Ok(Some(program)),
                Err(error) => self.refuse(error),
            },
        }
    }

    fn refuse(&self, error: QueryError) -> Result<Option<Program>, QueryError> {
        if self.mode == Mode::Running { Ok(None) } else { Err(error) }
    }

    fn parts(
        &mut self,
        parts: &[Filter],
        path: &str,
        name: &str,
        depth: usize,
    ) -> Result<Vec<Program>, QueryError> {
        let mut programs = Vec::with_capacity(parts.len().min(MAX_NODES));
        for (at, part) in parts.iter().enumerate() {
            programs.extend(self.part(part, &format!("{path}.{name}[{at}]"), depth + 1)?);
        }
        Ok(programs)
    }

    pub(crate) fn place(&self, field: FieldId, path: &str) -> Result<usize, QueryError> {
        let place = self.scope.table.schema.place(field);
        place.ok_or_else(|| QueryError::new(format!("{path}.field"), format!("there is no field {field}")))
    }

    fn condition(&mut self, condition: &Condition, path: &str) -> Result<Program, QueryError> {
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS && self.mode != Mode::Running {
            return Err(QueryError::new(path, "at most 200 conditions"));
        }
        let (at, test, negated) = self.asked(condition, path)?;
        Ok(Program::test(at, test, negated))
    }

    /// What a condition asks: the place of its field, a test, and whether its opposite is meant. A pair of a
    /// lookup has its other field in the table of the lookup.
    pub(crate) fn asked(
        &mut self,
        condition: &Condition,
        path: &str,
    ) -> Result<(usize, Test, bool), QueryError> {
        use Operator::{Empty, IsError, NotEmpty, NotError};
        let at = self.place(condition.field, path)?;
        let field = &self.scope.table.def().fields[at];
        let (shape, op, value) = (self.scope.table.schema.shapes[at], condition.op, &condition.value);
        let allowed = operators(shape, &field.kind);
        if !allowed.contains(&op) {
            let names: Vec<String> = allowed.iter().map(|op| op_name(*op)).collect();
            let kind = field.kind.type_name();
            let message = format!("a {kind} field knows {}; found {}", names.join(", "), op_name(op));
            return Err(QueryError::new(format!("{path}.op"), message));
        }
        let path = format!("{path}.value");
        let (test, negated) = match op {
            Empty | NotEmpty | IsError | NotError if !value.is_null() => {
                let message = format!("{} takes no value", op_name(op));
                return Err(QueryError::new(path, message));
            }
            Empty | NotEmpty => (Test::Empty, op == NotEmpty),
            IsError | NotError => (Test::Failed, op == NotError),
            _ => match value.get("field").and_then(Json::as_str) {
                Some(other) => self.pair(at, op, other, &path)?,
                None => condition::test(self, at, op, value, &path)?,
            },
        };
        if self.looker.is_some() && self.needs.viewer.who {
            let name = &field.name;
            let message = format!(
                "a lookup finds the same whoever looks: it cannot compare “{name}” with the viewer or their departments"
            );
            return Err(QueryError::new(path, message));
        }
        Ok((at, test, negated))
    }

    fn pair(&mut self, at: usize, op: Operator, other: &str, path: &str) -> Result<(Test, bool), QueryError> {
        use Operator::{AnyOf, Between, Contains, Is, IsNot, NoneOf, NotContains, Within};
        if matches!(op, Between | Within) {
            return Err(QueryError::new(path, format!("{} takes no field", op_name(op))));
        }
        let table = self.looker.unwrap_or(self.scope.table);
        let place = other.parse().ok().and_then(|id| table.schema.place(id));
        let Some(other) = place else {
            return Err(QueryError::new(format!("{path}.field"), format!("there is no field {other}")));
        };
        let (op, negated) = match op {
            IsNot => (Is, true),
            NotContains => (Contains, true),
            NoneOf => (AnyOf, true),
            op => (op, false),
        };
        self.reads_text(at);
        reads_text(Scope { table, ..self.scope }, other, &mut self.needs);
        self.needs.viewer.zone = true;
        Ok((Test::Pair(Box::new(Pair { other, op, viewer: self.viewer.clone() })), negated))
    }
}

/// Notes whose text is looked at with the text of a field.
pub(crate) fn reads_text(scope: Scope<'_>, at: usize, needs: &mut Needs) {
    match scope.table.schema.shapes[at] {
        Shape::Members | Shape::Groups => needs.people = true,
        Shape::Links => needs.titles.push(at),
        Shape::Data => {
            needs.people = true;
            if scope.target(at).is_some() {
                needs.titles.push(at);
            }
        }
        _ => {}
    }
}

pub(crate) fn expected(path: &str, what: &str, found: &Json) -> QueryError {
    QueryError::new(path, format!("expected {what}, found {}", describe(found)))
}

/// The operators a column knows, as the table at [`Operator`] says.
fn operators(shape: Shape, kind: &FieldKind) -> Vec<Operator> {
    use Operator::{
        AllOf, AnyOf, Between, Contains, Empty, EndsWith, Gt, Gte, Is, IsError, IsNot, Lt, Lte, NoneOf,
        NotContains, NotEmpty, NotError, StartsWith, Within,
    };
    let some: &[&[Operator]] = match shape {
        Shape::Text => &[&[Is, IsNot, AnyOf, NoneOf, Contains, NotContains, StartsWith, EndsWith]],
        Shape::Number if matches!(kind, FieldKind::AutoNumber { .. }) => &[
            &[Is, IsNot, AnyOf, NoneOf, Gt, Gte, Lt, Lte, Between],
            &[Contains, NotContains, StartsWith, EndsWith],
        ],
        Shape::Number | Shape::Date { .. } => &[&[Is, IsNot, AnyOf, NoneOf, Gt, Gte, Lt, Lte, Between]],
        Shape::Select => &[&[Is, IsNot, AnyOf, NoneOf, Contains, NotContains]],
        Shape::Multi | Shape::Members | Shape::Groups | Shape::Links => {
            &[&[AnyOf, AllOf, NoneOf, Is, IsNot, Contains, NotContains]]
        }
        Shape::Checkbox => &[&[Is, IsNot]],
        Shape::Files => &[&[Contains, NotContains, Is, IsNot, Gt, Gte, Lt, Lte, Between]],
        Shape::Place => &[&[Contains, NotContains, Within]],
        Shape::Data => &[
            &[Is, IsNot, AnyOf, AllOf, NoneOf, Gt, Gte, Lt, Lte, Between],
            &[Contains, NotContains, StartsWith, EndsWith],
        ],
    };
    let mut all = some.concat();
    if shape != Shape::Checkbox {
        all.extend([Empty, NotEmpty]);
    }
    if kind.is_computed() {
        all.extend([IsError, NotError]);
    }
    all
}

pub(crate) fn op_name(op: Operator) -> String {
    serde_json::to_value(op).ok().and_then(|name| name.as_str().map(String::from)).unwrap_or_default()
}
