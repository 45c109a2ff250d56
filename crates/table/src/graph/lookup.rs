//! Lookups and rollups as formulas.

use std::fmt::Write;

use serde_json::Value as Json;

use crate::{
    Aggregate, Base, Condition, Field, FieldKind, Filter, Lookup, LookupFrom, Operator, QueryError, Table,
    calendar::{self, Written},
    column::Shape,
    json::find_choice,
    value::DAY,
};

/// The formula of a lookup, or of a rollup when an aggregate is given, in the stored form.
pub(super) fn formula(
    base: &Base,
    table: &Table,
    lookup: &Lookup,
    aggregate: Option<Aggregate>,
) -> Result<String, QueryError> {
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
    let target = target.ok_or_else(|| QueryError::new("from", "what the lookup names is gone"))?;
    if let Some(filter) = &lookup.filter {
        let condition = condition_text(table, target, filter, "filter")?;
        let _ = write!(records, ".FILTER({condition})");
    }
    let values = format!("{records}.{{{}}}", lookup.field);
    let ticked =
        target.schema.place(lookup.field).is_some_and(|at| target.schema.shapes[at] == Shape::Checkbox);
    let filled = if ticked { "CurrentValue" } else { "NOT(ISBLANK(CurrentValue))" };
    Ok(match aggregate {
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

/// A filter as a condition on `CurrentValue`.
pub(super) fn condition_text(
    here: &Table,
    there: &Table,
    filter: &Filter,
    path: &str,
) -> Result<String, QueryError> {
    let parts = |parts: &[Filter], name: &str, joint: &str| {
        let one =
            |(at, part): (usize, &Filter)| condition_text(here, there, part, &format!("{path}.{name}[{at}]"));
        let texts = parts.iter().enumerate().map(one).collect::<Result<Vec<_>, _>>()?;
        Ok(if texts.is_empty() { "TRUE".into() } else { format!("({})", texts.join(joint)) })
    };
    match filter {
        Filter::And { and } => parts(and, "and", " && "),
        Filter::Or { or } => parts(or, "or", " || "),
        Filter::Condition(condition) => one(here, there, condition, path),
    }
}

fn one(here: &Table, there: &Table, condition: &Condition, path: &str) -> Result<String, QueryError> {
    let unknown = |id| QueryError::new(format!("{path}.field"), format!("there is no field {id}"));
    let at = there.schema.place(condition.field).ok_or_else(|| unknown(condition.field))?;
    let field = &there.def().fields[at];
    let shape = there.schema.shapes[at];
    let cell = format!("CurrentValue.{{{}}}", field.id);
    let wrong = |what: &str| Err(QueryError::new(format!("{path}.op"), what.to_owned()));
    if matches!(condition.op, Operator::Empty | Operator::NotEmpty) {
        let blank =
            if shape == Shape::Checkbox { format!("NOT({cell})") } else { format!("ISBLANK({cell})") };
        return Ok(if condition.op == Operator::Empty { blank } else { format!("NOT({blank})") });
    }
    let value = operand(here, field, shape, &condition.value, &format!("{path}.value"))?;
    let listed = matches!(shape, Shape::Multi | Shape::Members | Shape::Groups | Shape::Links | Shape::Data);
    Ok(match (condition.op, &value) {
        (Operator::Is, Operand::Day(day)) => format!("({cell} >= {day} && {cell} < {day} + 1)"),
        (Operator::IsNot, Operand::Day(day)) => format!("({cell} < {day} || {cell} >= {day} + 1)"),
        (Operator::Gt, Operand::Day(day)) => format!("{cell} >= {day} + 1"),
        (Operator::Lte, Operand::Day(day)) => format!("{cell} < {day} + 1"),
        (Operator::Is, value) if listed => format!("CONTAINSONLY({cell}, {})", value.text()),
        (Operator::IsNot, value) if listed => format!("NOT(CONTAINSONLY({cell}, {}))", value.text()),
        (Operator::Is, value) => format!("{cell} = {}", value.one()),
        (Operator::IsNot, value) => format!("{cell} != {}", value.one()),
        (Operator::Gt, value) => format!("{cell} > {}", value.one()),
        (Operator::Gte, value) => format!("{cell} >= {}", value.one()),
        (Operator::Lt, value) => format!("{cell} < {}", value.one()),
        (Operator::Lte, value) => format!("{cell} <= {}", value.one()),
        (Operator::Contains, value) => format!("CONTAINTEXT({cell}, {})", value.one()),
        (Operator::NotContains, value) => format!("NOT(CONTAINTEXT({cell}, {}))", value.one()),
        (Operator::StartsWith, value) => format!("STARTSWITH({cell}, {})", value.one()),
        (Operator::EndsWith, value) => format!("ENDSWITH({cell}, {})", value.one()),
        (Operator::AnyOf, value) if listed => format!("CONTAIN({cell}, {})", value.text()),
        (Operator::AllOf, value) if listed => format!("CONTAINSALL({cell}, {})", value.text()),
        (Operator::NoneOf, value) if listed => format!("NOT(CONTAIN({cell}, {}))", value.text()),
        (Operator::AnyOf, value) => format!("CONTAIN(LIST({}), {cell})", value.text()),
        (Operator::NoneOf, value) => format!("NOT(CONTAIN(LIST({}), {cell}))", value.text()),
        _ => return wrong("a lookup does not know this operator"),
    })
}

/// What a cell is compared with.
enum Operand {
    /// Expressions; one unless a list was given.
    Texts(Vec<String>),
    /// A day, as a whole.
    Day(String),
}

impl Operand {
    fn one(&self) -> &str {
        match self {
            Self::Texts(texts) => texts.first().map_or("NULL", String::as_str),
            Self::Day(day) => day,
        }
    }
    fn text(&self) -> String {
        match self {
            Self::Texts(texts) => texts.join(", "),
            Self::Day(day) => day.clone(),
        }
    }
}

fn operand(
    here: &Table,
    field: &Field,
    shape: Shape,
    value: &Json,
    path: &str,
) -> Result<Operand, QueryError> {
    let wrong = |what: &str| QueryError::new(path.to_owned(), what.to_owned());
    if let Some(own) = value.get("field").and_then(Json::as_str) {
        let own = own.parse().ok().filter(|own| here.field(*own).is_some());
        let own = own.ok_or_else(|| wrong("this table has no such field"))?;
        return Ok(Operand::Texts(vec![format!("{{{own}}}")]));
    }
    if let Some(relative) = value.get("relative").and_then(Json::as_str) {
        let day = match relative {
            "today" => "TODAY()",
            "yesterday" => "(TODAY() - 1)",
            "tomorrow" => "(TODAY() + 1)",
            _ => return Err(wrong("a lookup knows today, yesterday and tomorrow")),
        };
        return Ok(Operand::Day(day.into()));
    }
    let items = match value {
        Json::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    if let (Shape::Date { .. }, [Json::String(text)]) = (shape, items) {
        let written = calendar::parse(text).ok_or_else(|| wrong("a day or an RFC 3339 instant"))?;
        return Ok(match written {
            Written::Day(day) | Written::Instant { day, .. } if shape == (Shape::Date { time: false }) => {
                Operand::Day(day_text(day))
            }
            Written::Day(day) => Operand::Day(day_text(day)),
            Written::Instant { .. } => Operand::Texts(vec![format!("TODATE({})", quoted(text))]),
        });
    }
    let literal = |json: &Json| match json {
        Json::Bool(yes) => Ok(if *yes { "TRUE".to_owned() } else { "FALSE".to_owned() }),
        Json::Number(number) => Ok(number.to_string()),
        Json::String(text) => {
            let choice = find_choice(field.kind.choices(), text);
            Ok(quoted(choice.map_or(text.as_str(), |choice| &choice.name)))
        }
        _ => Err(wrong("a text, a number, true or false, or {\"field\": \"fld_…\"}")),
    };
    Ok(Operand::Texts(items.iter().map(literal).collect::<Result<_, _>>()?))
}

fn day_text(millis: i64) -> String {
    let (year, month, day) = calendar::civil(millis.div_euclid(DAY));
    format!("DATE({year}, {month}, {day})")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

impl Base {
    /// Whether the filter of a lookup makes sense, between a table and the one whose records it looks at.
    pub fn check_lookup_filter(
        &self,
        here: &Table,
        there: &Table,
        filter: &Filter,
    ) -> Result<(), QueryError> {
        condition_text(here, there, filter, "filter").map(drop)
    }
}
