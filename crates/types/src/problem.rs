//! What a failed request answers: an RFC 9457 problem.

use serde::{Deserialize, Serialize};

/// A problem as a client sees it. Every module's error enum converts into one; nothing else reaches
/// the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// Stable, dotted, for programs: `record.unknown_field`.
    pub code: String,
    /// For people: what is wrong and what is allowed.
    pub detail: String,
    /// Which input is wrong, as a path into the request: `records[3].fields.fld_…`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// Under which id an internal fault was logged.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub fault: Option<Box<str>>,
    /// Seconds after which it is worth trying again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after: Option<u32>,
    /// The most that is allowed of what there was too much of; of files, bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<u64>,
}

impl Problem {
    /// A problem with a status, a code and a text.
    pub fn new(status: u16, code: &str, detail: impl Into<String>) -> Self {
        let (code, detail) = (code.into(), detail.into());
        Self { status, code, detail, field: None, fault: None, retry_after: None, limit: None }
    }
    /// Bad input (422) at a place.
    pub fn invalid(code: &str, field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(422, code, detail).at(field)
    }
    /// Names the input that is wrong.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
    /// Says how much is allowed.
    #[must_use]
    pub fn at_most(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self
    }
    /// Puts a path before the one already named.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        self.field = Some(match self.field {
            Some(field) => format!("{prefix}.{field}"),
            None => prefix.into(),
        });
        self
    }
}
