//! What can be wrong with a formula, where, and what would be right.

use std::{
    fmt::{self, Display},
    ops::Range,
};

use crate::formula::{Type, ast::Span, types};

/// Something wrong with a formula.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{wrong}")]
pub struct Mistake {
    /// What.
    pub wrong: Wrong,
    /// Where, in bytes of the source that was given.
    pub at: Span,
}

impl Mistake {
    /// Where, in UTF-16 code units.
    pub fn utf16(&self, source: &str) -> Range<usize> {
        self.at.utf16(source)
    }
    /// Stable, dotted, for programs.
    pub fn code(&self) -> &'static str {
        self.wrong.code()
    }
}

/// What is wrong. Suggestions are names as they would be typed between the brackets or before the `(`.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Wrong {
    #[error("a formula has at most 50,000 bytes")]
    TooLong,
    #[error("expressions are nested more than 100 deep")]
    TooDeep,
    #[error("expected {expected}, found {found}")]
    Expected { expected: Expects, found: Found },
    #[error("this {what} is not closed: {close} is missing")]
    Unclosed { what: &'static str, close: char },
    #[error("this number is too large")]
    NumberRange,
    #[error("there is no name {name:?}{}; a field is written [{name}], a text \"{name}\"", hint(.suggestion.as_deref()))]
    UnknownWord { name: String, suggestion: Option<String> },
    #[error("there is no function {name}{}", hint(.suggestion.as_deref()))]
    UnknownFunction { name: String, suggestion: Option<String> },
    #[error("the table {table:?} has no field {name:?}{}", hint(.suggestion.as_deref()))]
    UnknownField { name: String, table: String, suggestion: Option<String> },
    #[error("there is no table {name:?}{}", hint(.suggestion.as_deref()))]
    UnknownTable { name: String, suggestion: Option<String> },
    #[error("there is neither a field nor a table {name:?}{}", hint(.suggestion.as_deref()))]
    UnknownName { name: String, suggestion: Option<String> },
    #[error("this {what} was deleted")]
    Gone { what: &'static str },
    #[error("{function} takes {expected}, not {found}")]
    Arguments { function: &'static str, expected: Counts, found: usize },
    #[error("{place} takes {expected}, not {found}")]
    Type { place: Place, expected: Expects, found: Found },
    #[error("only records have fields; this is {found}")]
    NoRecords { found: Found },
    #[error("CurrentValue stands only where a list is looked at item by item, as in FILTER and MAP")]
    NoCurrent,
    #[error("a name is expected here, as in LET(x, 1, x + 1)")]
    NotAName,
}

/// What would be right at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Expects {
    Value,
    ValueOrOperator,
    OperatorOrEnd,
    OperatorOrClose,
    CommaOrClose,
    Open,
    FieldOrFunction,
    Field,
    Name,
    Id,
    Number,
    Numbers,
    Date,
    Days,
}

impl Expects {
    /// Stable, for programs.
    pub fn code(self) -> &'static str {
        self.said().0
    }
    fn said(self) -> (&'static str, &'static str) {
        match self {
            Self::Value => ("value", "a value"),
            Self::ValueOrOperator => ("value_or_operator", "a value or an operator"),
            Self::OperatorOrEnd => ("operator_or_end", "an operator or the end"),
            Self::OperatorOrClose => ("operator_or_close", "an operator or “)”"),
            Self::CommaOrClose => ("comma_or_close", "“,” or “)”"),
            Self::Open => ("open", "“(” after the name of a function"),
            Self::FieldOrFunction => {
                ("field_or_function", "a field such as [Name] or a function such as SUM()")
            }
            Self::Field => ("field", "a field after the dot"),
            Self::Name => ("name", "a name between the brackets"),
            Self::Id => ("id", "the id of a field or a table"),
            Self::Number => ("number", "a number"),
            Self::Numbers => ("numbers", "numbers"),
            Self::Date => ("date", "a date"),
            Self::Days => ("days", "a number of days"),
        }
    }
}

impl Display for Expects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.said().1)
    }
}

/// What stands there instead.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Nothing: the formula ends.
    End,
    /// The name of a table.
    Table,
    /// Something else that was typed, shortened.
    Source(String),
    /// A value of a type; of records, with the name of their table.
    Value(Box<(Type, Option<String>)>),
}

impl Found {
    /// As much of what was typed as a message has room for.
    pub(crate) fn source(typed: &str) -> Self {
        let short: String = typed.chars().take(40).collect();
        let dots = if short.len() < typed.len() { "…" } else { "" };
        Self::Source(short + dots)
    }
}

impl Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End => f.write_str("the end"),
            Self::Table => f.write_str("a table"),
            Self::Source(typed) => write!(f, "“{typed}”"),
            Self::Value(value) => f.write_str(&types::words(value.0, value.1.as_deref())),
        }
    }
}

/// Who takes a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// An operator, as it is typed.
    Operator(&'static str),
    /// A parameter of a function.
    Param {
        /// The function.
        function: &'static str,
        /// The parameter.
        param: &'static str,
    },
}

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator(sign) => f.write_str(sign),
            Self::Param { function, param } => write!(f, "“{param}” of {function}"),
        }
    }
}

/// How many arguments a function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// At least.
    pub least: usize,
    /// At most, if there is a limit.
    pub most: Option<usize>,
    /// How many of those that repeat belong together.
    pub together: usize,
}

impl Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, most, together } = *self;
        let plural = if least == 1 { "argument" } else { "arguments" };
        match most {
            Some(0) => f.write_str("no arguments"),
            Some(most) if most == least => write!(f, "{least} {plural}"),
            Some(most) => write!(f, "{least} to {most} arguments"),
            None if together > 1 => {
                write!(f, "at least {least} arguments, of which {together} belong together")
            }
            None => write!(f, "at least {least} {plural}"),
        }
    }
}

fn hint(suggestion: Option<&str>) -> String {
    suggestion.map(|name| format!(" (did you mean {name}?)")).unwrap_or_default()
}

impl Wrong {
    pub(crate) fn at(self, at: Span) -> Mistake {
        Mistake { wrong: self, at }
    }
    /// Stable, dotted, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "formula.too_long",
            Self::TooDeep => "formula.too_deep",
            Self::Expected { .. } => "formula.expected",
            Self::Unclosed { .. } => "formula.unclosed",
            Self::NumberRange => "formula.number",
            Self::UnknownWord { .. } => "formula.word_unknown",
            Self::UnknownFunction { .. } => "formula.function_unknown",
            Self::UnknownField { .. } => "formula.field_unknown",
            Self::UnknownTable { .. } => "formula.table_unknown",
            Self::UnknownName { .. } => "formula.name_unknown",
            Self::Gone { .. } => "formula.gone",
            Self::Arguments { .. } => "formula.arguments",
            Self::Type { .. } => "formula.type",
            Self::NoRecords { .. } => "formula.no_records",
            Self::NoCurrent => "formula.no_current",
            Self::NotAName => "formula.not_a_name",
        }
    }
    /// What would be right, if something is close.
    pub fn suggestion(&self) -> Option<&str> {
        match self {
            Self::UnknownWord { suggestion, .. }
            | Self::UnknownFunction { suggestion, .. }
            | Self::UnknownField { suggestion, .. }
            | Self::UnknownTable { suggestion, .. }
            | Self::UnknownName { suggestion, .. } => suggestion.as_deref(),
            _ => None,
        }
    }
}
