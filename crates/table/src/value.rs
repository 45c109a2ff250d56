//! The value of a cell.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use skein_types::ChoiceId;

/// The value of a cell. In the log it is self-describing: `{"t":"text"}`, `{"n":1.5}`, `{"d":ms}`,
/// `{"c":"opt_…"}`, `{"m":["opt_…"]}`, `{"b":true}`, or `null`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// Not empty; an empty text is [`Value::Null`].
    Text {
        /// The text, UTF-8, at most 100,000 bytes.
        t: Arc<str>,
    },
    /// Finite; never NaN or infinite.
    Number {
        /// The number.
        n: f64,
    },
    /// An instant, or a day as its midnight in UTC.
    Date {
        /// Milliseconds since 1970 in UTC.
        d: i64,
    },
    /// A choice of a select field.
    Choice {
        /// The choice.
        c: ChoiceId,
    },
    /// Choices of a multi-select field in the order picked, without repeats, at least one.
    Choices {
        /// The choices.
        m: Arc<[ChoiceId]>,
    },
    /// A tick.
    Bool {
        /// Ticked.
        b: bool,
    },
}
