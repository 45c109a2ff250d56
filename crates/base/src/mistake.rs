//! What is wrong with a formula, as the API says it: in a sentence, and in pieces of which clients make one in
//! the language of their reader.

use serde::Serialize;
use skein_table::formula::{Found, Mistake, Place, Wrong};
use utoipa::ToSchema;

use crate::describe::ValueType;

/// What is wrong with a formula, and where.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FormulaError {
    /// Stable, dotted, for programs.
    pub code: &'static str,
    /// For people, in English.
    pub message: String,
    /// Where it begins, in UTF-16 code units of the formula with names.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// A name that is close to the unknown one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// What the message is about.
    pub about: MistakeParts,
}

/// The pieces of a message; which ones there are follows from the code.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct MistakeParts {
    /// What would be right: `value`, `value_or_operator`, `operator_or_end`, `operator_or_close`, `comma_or_close`,
    /// `open`, `field_or_function`, `field`, `name`, `id`, `number`, `numbers`, `date` or `days`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<&'static str>,
    /// What stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<FoundPart>,
    /// What is not closed: `text`, `name`, `reference`, `comment` or `parenthesis`; what is gone: `field` or
    /// `table`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<&'static str>,
    /// The sign that closes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close: Option<char>,
    /// The name that nothing has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The table that has no such field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The operator that takes another value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<&'static str>,
    /// The function that takes another value, or other arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<&'static str>,
    /// Its parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub param: Option<&'static str>,
    /// How many arguments there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
    /// How many it takes at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<usize>,
    /// How many it takes at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<usize>,
    /// How many of those that repeat belong together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub together: Option<usize>,
    /// The names on the way round.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
}

/// What stands at a place.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FoundPart {
    /// Nothing: the formula ends.
    End,
    /// The name of a table.
    Table,
    /// What was typed.
    Source {
        /// As much of it as a message has room for.
        text: String,
    },
    /// A value of another type.
    Value {
        /// The type.
        #[serde(flatten)]
        value: ValueType,
        /// Of records: the name of their table.
        #[serde(skip_serializing_if = "Option::is_none")]
        table_name: Option<String>,
    },
}

impl FormulaError {
    /// In the source that was checked.
    pub fn new(mistake: &Mistake, source: &str) -> Self {
        let place = mistake.utf16(source);
        Self {
            code: mistake.code(),
            message: mistake.to_string(),
            start: place.start,
            end: place.end,
            suggestion: mistake.wrong.suggestion().map(String::from),
            about: MistakeParts::of(&mistake.wrong),
        }
    }

    /// Of a field that depends on itself by way of these names.
    pub fn cycle(path: &[String]) -> Self {
        Self {
            code: "formula.cycle",
            message: format!("it depends on itself: {}", path.join(" → ")),
            start: 0,
            end: 0,
            suggestion: None,
            about: MistakeParts { path: path.to_vec(), ..MistakeParts::default() },
        }
    }
}

impl MistakeParts {
    fn of(wrong: &Wrong) -> Self {
        let none = Self::default();
        match wrong {
            Wrong::TooLong | Wrong::TooDeep | Wrong::NumberRange | Wrong::NoCurrent | Wrong::NotAName => none,
            Wrong::Expected { expected, found } => {
                Self { expected: Some(expected.code()), found: Some(found.into()), ..none }
            }
            Wrong::Unclosed { what, close } => Self { what: Some(what), close: Some(*close), ..none },
            Wrong::UnknownWord { name, .. }
            | Wrong::UnknownFunction { name, .. }
            | Wrong::UnknownTable { name, .. }
            | Wrong::UnknownName { name, .. } => Self { name: Some(name.clone()), ..none },
            Wrong::UnknownField { name, table, .. } => {
                Self { name: Some(name.clone()), table: Some(table.clone()), ..none }
            }
            Wrong::Gone { what } => Self { what: Some(what), ..none },
            Wrong::Arguments { function, expected, found } => Self {
                function: Some(function),
                count: Some(*found),
                least: Some(expected.least),
                most: expected.most,
                together: (expected.together > 1).then_some(expected.together),
                ..none
            },
            Wrong::Type { place, expected, found } => {
                let (operator, function, param) = match *place {
                    Place::Operator(sign) => (Some(sign), None, None),
                    Place::Param { function, param } => (None, Some(function), Some(param)),
                };
                let (expected, found) = (Some(expected.code()), Some(found.into()));
                Self { expected, found, operator, function, param, ..none }
            }
            Wrong::NoRecords { found } => Self { found: Some(found.into()), ..none },
        }
    }
}

impl From<&Found> for FoundPart {
    fn from(found: &Found) -> Self {
        match found {
            Found::End => Self::End,
            Found::Table => Self::Table,
            Found::Source(text) => Self::Source { text: text.clone() },
            Found::Value(value) => {
                let (ty, table_name) = value.as_ref();
                Self::Value { value: (*ty).into(), table_name: table_name.clone() }
            }
        }
    }
}
