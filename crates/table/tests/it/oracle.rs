//! The meaning of filters and search, written as plainly as possible on values.

use serde_json::Value as Json;
use skein_table::{
    Condition, Field, FieldKind, Filter, Operator, Query, RowIx, Table, Value, value_from_json,
};
use skein_types::ChoiceId;

pub fn rows(table: &Table, query: &Query) -> Vec<RowIx> {
    table.rows().filter(|&row| keeps(table, row, query)).collect()
}

fn keeps(table: &Table, row: RowIx, query: &Query) -> bool {
    query.filter.as_ref().is_none_or(|filter| part(table, row, filter))
        && query.search.as_ref().is_none_or(|text| searched(table, row, text))
}

fn fold(text: &str) -> String {
    text.chars()
        .map(|c| {
            let lower: Vec<char> = c.to_lowercase().collect();
            if lower.len() == 1 { lower[0] } else { c }
        })
        .collect()
}

fn searched(table: &Table, row: RowIx, text: &str) -> bool {
    table.def().fields.iter().any(|field| {
        let name =
            |id: ChoiceId| field.kind.choices().iter().find(|choice| choice.id == id).unwrap().name.clone();
        let texts = match table.get(row, field.id) {
            Value::Text { t } => vec![t.to_string()],
            Value::Choice { c } => vec![name(c)],
            Value::Choices { m } => m.iter().map(|id| name(*id)).collect(),
            _ => Vec::new(),
        };
        texts.iter().any(|found| fold(found).contains(&fold(text)))
    })
}

fn part(table: &Table, row: RowIx, filter: &Filter) -> bool {
    match filter {
        Filter::And { and } => and.iter().all(|filter| part(table, row, filter)),
        Filter::Or { or } => or.is_empty() || or.iter().any(|filter| part(table, row, filter)),
        Filter::Condition(condition) => {
            let field = table.field(condition.field).unwrap();
            holds(field, &table.get(row, field.id), condition)
        }
    }
}

fn ids(field: &Field, json: &Json) -> Vec<ChoiceId> {
    let one = |json: &Json| {
        let text = json.as_str().unwrap();
        let by_name = || field.kind.choices().iter().find(|choice| choice.name == text).unwrap().id;
        text.parse().unwrap_or_else(|_| by_name())
    };
    match json {
        Json::Array(items) => items.iter().map(one).collect(),
        json => vec![one(json)],
    }
}

fn holds(field: &Field, cell: &Value, condition: &Condition) -> bool {
    use Operator::*;
    let negated = matches!(condition.op, IsNot | NotContains | NoneOf);
    let positive = match (condition.op, cell) {
        (Empty, cell) => return *cell == Value::Null,
        (NotEmpty, cell) => return *cell != Value::Null,
        (_, Value::Null) if matches!(field.kind, FieldKind::Checkbox) => condition.value == false,
        (_, Value::Null) => false,
        (_, Value::Bool { b }) => condition.value == *b,
        (op, Value::Text { t }) => {
            let (text, wanted) = (fold(t), fold(condition.value.as_str().unwrap()));
            match op {
                Contains | NotContains => text.contains(&wanted),
                StartsWith => text.starts_with(&wanted),
                EndsWith => text.ends_with(&wanted),
                _ => text == wanted,
            }
        }
        (op, Value::Number { n }) => {
            compare(op, *n, condition.value.as_f64().unwrap(), condition.value.as_f64().unwrap())
        }
        (op, Value::Date { d }) => {
            let Value::Date { d: wanted } = value_from_json(field, &condition.value).unwrap() else {
                panic!()
            };
            let day = condition.value.as_str().unwrap().len() == 10
                || matches!(&field.kind, FieldKind::Date(style) if !style.time);
            compare(op, *d, wanted, if day { wanted + 86_399_999 } else { wanted })
        }
        (_, Value::Choice { c }) => ids(field, &condition.value).contains(c),
        (op, Value::Choices { m }) => {
            let wanted = ids(field, &condition.value);
            match op {
                AllOf => wanted.iter().all(|id| m.contains(id)),
                Is | IsNot => m.len() == wanted.len() && wanted.iter().all(|id| m.contains(id)),
                _ => wanted.iter().any(|id| m.contains(id)),
            }
        }
        _ => panic!("no condition of such a field is made"),
    };
    positive != negated
}

fn compare<T: PartialOrd + Copy>(op: Operator, cell: T, first: T, last: T) -> bool {
    match op {
        Operator::Gt => cell > last,
        Operator::Gte => cell >= first,
        Operator::Lt => cell < first,
        Operator::Lte => cell <= last,
        _ => first <= cell && cell <= last,
    }
}
