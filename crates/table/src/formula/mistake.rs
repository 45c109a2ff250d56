//! What can be wrong with a formula, where, and what would be right.

use std::ops::Range;

use crate::formula::ast::Span;

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
    Expected { expected: &'static str, found: String },
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
    Arguments { function: &'static str, expected: String, found: usize },
    #[error("{place} takes {expected}, not {found}")]
    Type { place: String, expected: &'static str, found: String },
    #[error("only records have fields; this is {found}")]
    NoRecords { found: String },
    #[error("CurrentValue stands only where a list is looked at item by item, as in FILTER and MAP")]
    NoCurrent,
    #[error("a name is expected here, as in LET(x, 1, x + 1)")]
    NotAName,
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
