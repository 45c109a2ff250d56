//! Parameters and rows of both databases.

use skein_types::{Id, IdKind, StreamId, Timestamp};
use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};

use crate::StoreError;

/// A parameter of a statement. Nulls are typed, as PostgreSQL asks.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Param {
    Int(Option<i64>),
    Real(Option<f64>),
    Bool(Option<bool>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl Param {
    /// A null of the same type.
    pub(crate) fn null(&self) -> Self {
        match self {
            Self::Int(_) => Self::Int(None),
            Self::Real(_) => Self::Real(None),
            Self::Bool(_) => Self::Bool(None),
            Self::Text(_) => Self::Text(None),
            Self::Bytes(_) => Self::Bytes(None),
        }
    }
}

macro_rules! params {
    ($($type:ty => |$value:ident| $param:ident $expr:expr;)*) => {$(
        impl From<$type> for Param {
            fn from($value: $type) -> Self { Self::$param(Some($expr)) }
        }
        impl From<Option<$type>> for Param {
            fn from(value: Option<$type>) -> Self { Self::$param(value.map(|$value| $expr)) }
        }
    )*};
}
params! {
    i64 => |v| Int v;
    i32 => |v| Int i64::from(v);
    u32 => |v| Int i64::from(v);
    f64 => |v| Real v;
    bool => |v| Bool v;
    String => |v| Text v;
    &str => |v| Text v.to_owned();
    &String => |v| Text v.clone();
    Vec<u8> => |v| Bytes v;
    Timestamp => |v| Int v.as_microsecond();
    &StreamId => |v| Text v.as_str().to_owned();
}
impl<K: IdKind> From<Id<K>> for Param {
    fn from(id: Id<K>) -> Self {
        Self::Text(Some(id.to_string()))
    }
}
impl<K: IdKind> From<Option<Id<K>>> for Param {
    fn from(id: Option<Id<K>>) -> Self {
        Self::Text(id.map(|id| id.to_string()))
    }
}

/// The parameters of a statement: `params![id, name, now]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::Param::from($value)),*] };
}

/// A row of a result.
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

impl Row {
    /// The value of a column.
    pub fn get<T: FromColumn>(&self, column: &str) -> Result<T, StoreError> {
        T::from_column(self, column)
    }
}

/// What a column can be read as.
pub trait FromColumn: Sized {
    /// Reads the column.
    fn from_column(row: &Row, column: &str) -> Result<Self, StoreError>;
}

fn unreadable(column: &str, reason: impl std::fmt::Display) -> StoreError {
    StoreError::Column { column: column.to_owned(), reason: reason.to_string() }
}

macro_rules! plain_columns {
    ($($type:ty),*) => {$(
        impl FromColumn for $type {
            /// By way of the option: SQLite would give an empty text or zero for a null.
            fn from_column(row: &Row, column: &str) -> Result<Self, StoreError> {
                Option::<$type>::from_column(row, column)?.ok_or_else(|| unreadable(column, "it is null"))
            }
        }
        impl FromColumn for Option<$type> {
            fn from_column(row: &Row, column: &str) -> Result<Self, StoreError> {
                match row {
                    Row::Sqlite(row) => row.try_get(column),
                    Row::Postgres(row) => row.try_get(column),
                }
                .map_err(|error| unreadable(column, error))
            }
        }
    )*};
}
plain_columns!(i64, f64, bool, String, Vec<u8>);

fn parse_id<K: IdKind>(text: &str, column: &str) -> Result<Id<K>, StoreError> {
    text.parse().map_err(|error| unreadable(column, error))
}
impl<K: IdKind> FromColumn for Id<K> {
    fn from_column(row: &Row, column: &str) -> Result<Self, StoreError> {
        parse_id(&row.get::<String>(column)?, column)
    }
}
impl<K: IdKind> FromColumn for Option<Id<K>> {
    fn from_column(row: &Row, column: &str) -> Result<Self, StoreError> {
        row.get::<Option<String>>(column)?.map(|text| parse_id(&text, column)).transpose()
    }
}

fn instant(micros: i64, column: &str) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|error| unreadable(column, error))
}
impl FromColumn for Timestamp {
    fn from_column(row: &Row, column: &str) -> Result<Self, StoreError> {
        instant(row.get(column)?, column)
    }
}
impl FromColumn for Option<Timestamp> {
    fn from_column(row: &Row, column: &str) -> Result<Self, StoreError> {
        row.get::<Option<i64>>(column)?.map(|micros| instant(micros, column)).transpose()
    }
}
