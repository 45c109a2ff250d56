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
    /// What to compare with, as [`Operator`] says.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub value: serde_json::Value,
}

/// What a condition asks. Text is compared ignoring case. A computed field knows what the type of its
/// values knows.
///
/// | values | operators |
/// |---|---|
/// | text | `is`, `is_not`, `any_of`, `none_of`, `contains`, `not_contains`, `starts_with`, `ends_with` |
/// | numbers | `is`, `is_not`, `any_of`, `none_of`, `gt`, `gte`, `lt`, `lte`, `between`; automatic numbers also those of text |
/// | dates | `is`, `is_not`, `any_of`, `none_of`, `gt` (after), `gte`, `lt` (before), `lte`, `between` |
/// | one choice | `is`, `is_not`, `any_of`, `none_of`, `contains`, `not_contains` |
/// | choices, people, groups, records | `any_of`, `all_of`, `none_of`, `is` (exactly these), `is_not`, `contains`, `not_contains` |
/// | yes or no | `is`, `is_not` |
/// | files | `contains`, `not_contains`; `is`, `is_not`, `gt`, `gte`, `lt`, `lte`, `between` (how many) |
/// | places | `contains`, `not_contains`, `within` |
/// | lists of anything else | all but `within` and those of errors, which hold if they do for any item |
///
/// All but yes or no know `empty` and `not_empty`; computed fields `is_error` and `not_error`. `contains` and
/// `not_contains` look at the text people see: names of choices, people and files, titles of records.
///
/// The value is in the JSON form of the field's type, a list of such for `any_of`, `none_of` and `all_of`,
/// two for `between` (both ends count), a box of degrees `{"box": [west, south, east, north]}` for `within`,
/// and left out for `empty`, `not_empty`, `is_error` and `not_error`. It may also be
/// - `{"field": "fld_…"}`, another field of the record;
/// - of dates, `{"relative": "today"}`, or `tomorrow`, `yesterday`, and `this_`, `last_` or `next_` with
///   `week`, `month`, `quarter` or `year`; `{"last": 7, "unit": "days"}`, which are the days up to and with
///   today, or `{"next": 30, "unit": "days"}`, those from today on; units are days, weeks, months,
///   quarters and years. All are days where the viewer is, and compare as the whole of them;
/// - of people, `"me"`, and `{"departments": "mine"}` for those in the viewer's departments; of groups,
///   `{"departments": "mine"}` for the groups the viewer is in.
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
    Between,
    AnyOf,
    AllOf,
    NoneOf,
    Within,
    Empty,
    NotEmpty,
    IsError,
    NotError,
}
