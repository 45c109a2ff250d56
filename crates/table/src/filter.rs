//! Filters as they are stored and sent: a tree of `and`, `or` and conditions.

use serde::{Deserialize, Serialize};
use skein_types::FieldId;
use utoipa::ToSchema;

/// Which records to keep. `{"and": […]}`, `{"or": […]}`, or a condition
/// `{"field": "fld_…", "op": "contains", "value": "…"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(no_recursion)]
pub enum Filter {
    /// All of these; an empty list keeps everything.
    And {
        /// The parts.
        and: Vec<Filter>,
    },
    /// Any of these; an empty list keeps everything.
    Or {
        /// The parts.
        or: Vec<Filter>,
    },
    /// A condition on one field.
    Condition(Condition),
}

/// A condition on one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Condition {
    /// The field.
    pub field: FieldId,
    /// The operator; each type knows some of them.
    pub op: Operator,
    /// What to compare with, in the JSON form of the field's type; a list for `any_of`, `none_of`,
    /// `all_of`; nothing for `empty` and `not_empty`.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub value: serde_json::Value,
}

/// What a condition asks. Text is compared ignoring case.
///
/// | type | operators |
/// |---|---|
/// | text | is, is_not, contains, not_contains, starts_with, ends_with, empty, not_empty |
/// | number | is, is_not, gt, gte, lt, lte, empty, not_empty |
/// | date | is, is_not, gt (after), gte, lt (before), lte, empty, not_empty |
/// | select | is, is_not, any_of, none_of, empty, not_empty |
/// | multi_select | any_of, all_of, none_of, is (exactly these), is_not, empty, not_empty |
/// | checkbox | is |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the table above says it")]
pub enum Operator {
    Is,
    IsNot,
    Contains,
    NotContains,
    StartsWith,
    EndsWith,
    Gt,
    Gte,
    Lt,
    Lte,
    AnyOf,
    AllOf,
    NoneOf,
    Empty,
    NotEmpty,
}
