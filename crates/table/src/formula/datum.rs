//! The values formulas compute with, and their types.

use std::sync::Arc;

use skein_types::{FieldId, GroupId, MemberId, TableId};

use crate::{File, Place, RowIx};

/// A value while a formula is computed. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// Finite. A span of time is a number of days.
    Number(f64),
    /// A text; may be empty.
    Text(Arc<str>),
    /// A day as its midnight in UTC, or an instant.
    Date {
        /// Milliseconds since 1970 in UTC.
        at: i64,
        /// Whether it is an instant.
        time: bool,
    },
    /// A choice of a select field; computes as its name.
    Choice {
        /// The code in the field the type names.
        code: u32,
        /// Its name.
        name: Arc<str>,
    },
    /// A person; computes as their name.
    Member(MemberId),
    /// A group of people; computes as its name.
    Group(GroupId),
    /// A record of the table the type names; computes as the text of its primary field.
    Record(RowIx),
    /// An attached file; computes as its name.
    File(Arc<File>),
    /// A place on earth; computes as its name.
    Place(Arc<Place>),
    /// Any number of values that are not lists themselves.
    List(Arc<[Datum]>),
    /// A failed computation; flows through whatever uses it.
    Error(ErrorCode),
}

/// Why a value could not be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorCode {
    /// Division by zero.
    Div0,
    /// A value is not of a type the operation takes.
    Type,
    /// What was referred to is gone.
    Ref,
    /// A value depends on itself.
    Cycle,
    /// An argument is outside what is allowed.
    Value,
    /// A number that cannot be represented, such as the root of -1.
    Number,
    /// Nothing matches.
    NotFound,
    /// The formula itself has an error.
    Formula,
    /// Too much to compute: too long a text, too many items, too many steps.
    Limit,
}

impl ErrorCode {
    /// All codes, in the order they sort.
    pub const ALL: [Self; 9] = [
        Self::Div0,
        Self::Type,
        Self::Ref,
        Self::Cycle,
        Self::Value,
        Self::Number,
        Self::NotFound,
        Self::Formula,
        Self::Limit,
    ];
    /// As people see it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Div0 => "#DIV/0",
            Self::Type => "#TYPE",
            Self::Ref => "#REF",
            Self::Cycle => "#CYCLE",
            Self::Value => "#VALUE",
            Self::Number => "#NUM",
            Self::NotFound => "#N/A",
            Self::Formula => "#FORMULA",
            Self::Limit => "#LIMIT",
        }
    }
}

/// The type of what an expression gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    /// Of the value, or of each item.
    pub item: Item,
    /// Whether it is a list.
    pub list: bool,
}

/// The type of a single value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// Known only when computed; also of `null`.
    Any,
    /// Yes or no.
    Bool,
    /// A number.
    Number,
    /// A number of days that came from dates.
    Duration,
    /// A text.
    Text,
    /// A day or an instant.
    Date {
        /// Whether it may have a time of day.
        time: bool,
    },
    /// A choice of this field.
    Choice(TableId, FieldId),
    /// A person.
    Member,
    /// A group of people.
    Group,
    /// A record of this table.
    Record(TableId),
    /// A file.
    File,
    /// A place.
    Place,
}

impl Item {
    /// A single value of this type.
    pub fn one(self) -> Type {
        Type { item: self, list: false }
    }
    /// A list of this type.
    pub fn many(self) -> Type {
        Type { item: self, list: true }
    }
}
