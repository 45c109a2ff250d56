//! The value of a cell.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use skein_types::{ChoiceId, FileId, GroupId, MemberId, RecordId};
use utoipa::ToSchema;

/// The value of a cell. In the log it is self-describing: `{"t":"text"}`, `{"n":1.5}`, `{"d":ms}`,
/// `{"c":"opt_…"}`, `{"m":["opt_…"]}`, `{"b":true}`, `{"u":["mem_…"]}`, `{"g":["grp_…"]}`, `{"l":["rec_…"]}`,
/// `{"f":[…]}`, `{"p":{…}}`, or `null`.
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
    /// People in the order picked, without repeats, at least one.
    Members {
        /// Who.
        u: Arc<[MemberId]>,
    },
    /// Groups of people in the order picked, without repeats, at least one.
    Groups {
        /// Which.
        g: Arc<[GroupId]>,
    },
    /// Records in the order picked, without repeats, at least one.
    Links {
        /// Which, of the table the field names.
        l: Arc<[RecordId]>,
    },
    /// Files in order, at least one.
    Files {
        /// Which.
        f: Arc<[File]>,
    },
    /// A place.
    Place {
        /// Where.
        p: Arc<Place>,
    },
}

/// A file in an attachment field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct File {
    /// The uploaded file.
    pub id: FileId,
    /// With its extension; at most 255 characters.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Media type, found out from the bytes.
    pub media: String,
}

impl File {
    /// Whether its name and media type are not too long.
    pub(crate) fn is_sound(&self) -> bool {
        self.name.chars().take(256).count() <= 255 && self.media.len() <= 255
    }
}

/// A place on earth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Place {
    /// What people call it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Degrees east, -180 to 180, WGS 84.
    pub longitude: f64,
    /// Degrees north, -90 to 90, WGS 84.
    pub latitude: f64,
}

impl Place {
    /// Whether it is on earth and its name is not too long.
    pub(crate) fn is_sound(&self) -> bool {
        (-180.0..=180.0).contains(&self.longitude)
            && (-90.0..=90.0).contains(&self.latitude)
            && self.name.len() <= 1_000
    }
}

/// Milliseconds of a day.
pub(crate) const DAY: i64 = 86_400_000;
/// The first instant of year 1.
pub(crate) const MIN_DATE: i64 = -62_135_596_800_000;
/// The last millisecond of year 9999.
pub(crate) const MAX_DATE: i64 = 253_402_300_799_999;
/// Bytes of the longest text.
pub(crate) const MAX_TEXT: usize = 100_000;

impl Value {
    /// The kind of value, for messages.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Text { .. } => "text",
            Self::Number { .. } => "a number",
            Self::Date { .. } => "a date",
            Self::Choice { .. } => "a choice",
            Self::Choices { .. } => "a list of choices",
            Self::Bool { .. } => "yes or no",
            Self::Members { .. } => "a list of people",
            Self::Groups { .. } => "a list of groups",
            Self::Links { .. } => "a list of records",
            Self::Files { .. } => "a list of files",
            Self::Place { .. } => "a place",
        }
    }
}
