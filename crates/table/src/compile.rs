//! From filters as they are sent to programs: checks every condition and says where one is wrong.

use serde_json::Value as Json;
use skein_types::ChoiceId;

use crate::{
    Choice, Condition, Field, FieldKind, Filter, Operator, QueryError, TableDef,
    calendar::{self, Written},
    json::{describe, find_choice},
    program::{Lut, Multi, Program, Test},
    text_match::{How, Matcher},
    value::{DAY, MAX_DATE, MIN_DATE},
    value_from_json,
};

const MAX_DEPTH: usize = 16;
const MAX_CONDITIONS: usize = 200;
/// Conditions and groups. Groups without conditions take memory too.
const MAX_NODES: usize = 400;

/// Whether a condition may name a choice instead of giving its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    Allowed,
    Refused,
}

struct Compiler<'a> {
    def: &'a TableDef,
    names: Names,
    conditions: usize,
    nodes: usize,
}

pub(crate) fn filter(def: &TableDef, filter: &Filter, names: Names) -> Result<Program, QueryError> {
    Compiler { def, names, conditions: 0, nodes: 0 }.part(filter, "filter", 1)
}

/// Any text or name of a choice contains `text`.
pub(crate) fn search(def: &TableDef, text: &str) -> Program {
    let test = |(at, field): (usize, &Field)| {
        let matcher = Matcher::new(How::Contains, text);
        let named = |choices: &[Choice]| {
            let found = choices.iter().filter(|choice| matcher.matches(&choice.name));
            Lut::of(found.map(|choice| choice.code))
        };
        let test = match &field.kind {
            FieldKind::Text { .. } => Test::Text(matcher),
            FieldKind::Select { choices } => Test::Select(named(choices)),
            FieldKind::MultiSelect { choices } => Test::Multi(Multi::Any(named(choices))),
            _ => return None,
        };
        Some(Program::test(at, test, false))
    };
    Program::any(def.fields.iter().enumerate().filter_map(test).collect())
}

type Compiled = Result<(Test, bool), QueryError>;

impl Compiler<'_> {
    fn part(&mut self, filter: &Filter, path: &str, depth: usize) -> Result<Program, QueryError> {
        if depth > MAX_DEPTH {
            return Err(QueryError::new(path, "filters nest at most 16 deep"));
        }
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(QueryError::new(path, "at most 400 conditions and groups"));
        }
        match filter {
            Filter::And { and } => Ok(Program::all(self.parts(and, path, "and", depth)?)),
            Filter::Or { or } if or.is_empty() => Ok(Program::all(Vec::new())),
            Filter::Or { or } => Ok(Program::any(self.parts(or, path, "or", depth)?)),
            Filter::Condition(condition) => self.condition(condition, path),
        }
    }

    fn parts(
        &mut self,
        parts: &[Filter],
        path: &str,
        name: &str,
        depth: usize,
    ) -> Result<Vec<Program>, QueryError> {
        let part = |(at, part)| self.part(part, &format!("{path}.{name}[{at}]"), depth + 1);
        parts.iter().enumerate().map(part).collect()
    }

    fn condition(&mut self, condition: &Condition, path: &str) -> Result<Program, QueryError> {
        use Operator::{Empty, NotEmpty};
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS {
            return Err(QueryError::new(path, "at most 200 conditions"));
        }
        let place = self.def.fields.iter().position(|field| field.id == condition.field);
        let Some(at) = place else {
            return Err(QueryError::new(
                format!("{path}.field"),
                format!("there is no field {}", condition.field),
            ));
        };
        let field = &self.def.fields[at];
        let allowed = operators(&field.kind);
        if !allowed.contains(&condition.op) {
            let names: Vec<String> = allowed.iter().map(|op| op_name(*op)).collect();
            let kind = field.kind.type_name();
            let message =
                format!("a {kind} field knows {}; found {}", names.join(", "), op_name(condition.op));
            return Err(QueryError::new(format!("{path}.op"), message));
        }
        let value = &condition.value;
        let path = format!("{path}.value");
        let (test, negated) = match (&field.kind, condition.op) {
            (_, Empty | NotEmpty) if !value.is_null() => {
                return Err(QueryError::new(path, "empty and not_empty take no value"));
            }
            (_, Empty | NotEmpty) => (Test::Empty, condition.op == NotEmpty),
            (FieldKind::Text { .. }, op) => text(op, value, &path)?,
            (FieldKind::Number(_), op) => number(op, field, value, &path)?,
            (FieldKind::Date(style), op) => date(op, style.time, value, &path)?,
            (FieldKind::Select { choices }, op) => self.select(op, choices, value, &path)?,
            (FieldKind::MultiSelect { choices }, op) => self.multi(op, choices, value, &path)?,
            (_, _) => match value {
                Json::Bool(yes) => (Test::Ticked, !yes),
                other => return Err(expected(&path, "true or false", other)),
            },
        };
        Ok(Program::test(at, test, negated))
    }

    fn select(&self, op: Operator, choices: &[Choice], value: &Json, path: &str) -> Compiled {
        let negated = matches!(op, Operator::IsNot | Operator::NoneOf);
        let codes = match op {
            Operator::Is | Operator::IsNot => vec![self.choice(choices, value, path)?],
            _ => self.choices(choices, value, path)?,
        };
        Ok((Test::Select(Lut::of(codes.into_iter())), negated))
    }

    fn multi(&self, op: Operator, choices: &[Choice], value: &Json, path: &str) -> Compiled {
        let codes = self.choices(choices, value, path)?;
        Ok(match op {
            Operator::AllOf => (Test::Multi(Multi::All(codes)), false),
            Operator::Is | Operator::IsNot => (Test::Multi(Multi::Exactly(codes)), op == Operator::IsNot),
            _ => (Test::Multi(Multi::Any(Lut::of(codes.into_iter()))), op == Operator::NoneOf),
        })
    }

    /// The codes of a list of choices, without repeats.
    fn choices(&self, choices: &[Choice], value: &Json, path: &str) -> Result<Vec<u32>, QueryError> {
        let items = match value {
            Json::Array(items) if !items.is_empty() => items,
            other => return Err(expected(path, "a list of at least one choice", other)),
        };
        let mut codes = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            codes.push(self.choice(choices, item, &format!("{path}[{at}]"))?);
        }
        codes.sort_unstable();
        codes.dedup();
        Ok(codes)
    }

    fn choice(&self, choices: &[Choice], value: &Json, path: &str) -> Result<u32, QueryError> {
        let found =
            value.as_str().filter(|text| self.names == Names::Allowed || text.parse::<ChoiceId>().is_ok());
        let found = found.and_then(|text| find_choice(choices, text));
        let form = match self.names {
            Names::Allowed => "the id or name of a choice of the field",
            Names::Refused => "the id of a choice of the field",
        };
        found.map(|choice| choice.code).ok_or_else(|| expected(path, form, value))
    }
}

fn expected(path: &str, what: &str, found: &Json) -> QueryError {
    QueryError::new(path, format!("expected {what}, found {}", describe(found)))
}

fn text(op: Operator, value: &Json, path: &str) -> Compiled {
    let Some(text) = value.as_str().filter(|text| !text.is_empty() && text.len() <= 10_000) else {
        return Err(expected(path, "a text of 1 to 10,000 bytes (to find empty cells use empty)", value));
    };
    let (how, negated) = match op {
        Operator::Contains => (How::Contains, false),
        Operator::NotContains => (How::Contains, true),
        Operator::StartsWith => (How::Starts, false),
        Operator::EndsWith => (How::Ends, false),
        other => (How::Is, other == Operator::IsNot),
    };
    Ok((Test::Text(Matcher::new(how, text)), negated))
}

fn number(op: Operator, field: &Field, value: &Json, path: &str) -> Compiled {
    let Ok(crate::Value::Number { n: number }) = value_from_json(field, value) else {
        return Err(expected(path, "a finite number", value));
    };
    let (low, high) = match op {
        Operator::Gt => (number.next_up(), f64::INFINITY),
        Operator::Gte => (number, f64::INFINITY),
        Operator::Lt => (f64::NEG_INFINITY, number.next_down()),
        Operator::Lte => (f64::NEG_INFINITY, number),
        _ => (number, number),
    };
    Ok((Test::Number(low, high), op == Operator::IsNot))
}

/// A day compares as the whole of it: after the 20th begins with the 21st.
fn date(op: Operator, time: bool, value: &Json, path: &str) -> Compiled {
    let (first, last) = match value.as_str().and_then(calendar::parse) {
        Some(Written::Day(day)) => (day, day + DAY - 1),
        Some(Written::Instant { day, .. }) if !time => (day, day + DAY - 1),
        Some(Written::Instant { at, .. }) => (at, at),
        None => return Err(expected(path, "a day or an RFC 3339 instant in the years 0001 to 9999", value)),
    };
    let (low, high) = match op {
        Operator::Gt => (last + 1, MAX_DATE),
        Operator::Gte => (first, MAX_DATE),
        Operator::Lt => (MIN_DATE, first - 1),
        Operator::Lte => (MIN_DATE, last),
        _ => (first, last),
    };
    Ok((Test::Date(low, high), op == Operator::IsNot))
}

/// The operators a type knows, as the table at [`Operator`] says.
fn operators(kind: &FieldKind) -> &'static [Operator] {
    use Operator::{
        AllOf, AnyOf, Contains, Empty, EndsWith, Gt, Gte, Is, IsNot, Lt, Lte, NoneOf, NotContains, NotEmpty,
        StartsWith,
    };
    match kind {
        FieldKind::Text { .. } => &[Is, IsNot, Contains, NotContains, StartsWith, EndsWith, Empty, NotEmpty],
        FieldKind::Number(_) | FieldKind::Date(_) => &[Is, IsNot, Gt, Gte, Lt, Lte, Empty, NotEmpty],
        FieldKind::Select { .. } => &[Is, IsNot, AnyOf, NoneOf, Empty, NotEmpty],
        FieldKind::MultiSelect { .. } => &[AnyOf, AllOf, NoneOf, Is, IsNot, Empty, NotEmpty],
        FieldKind::Checkbox => &[Is],
        _ => &[Empty, NotEmpty],
    }
}

fn op_name(op: Operator) -> String {
    serde_json::to_value(op).ok().and_then(|name| name.as_str().map(String::from)).unwrap_or_default()
}
