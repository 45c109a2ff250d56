//! What a base is made of: tables, fields and views, in the shape that is stored and sent.

use serde::{Deserialize, Serialize};
use skein_types::{ChoiceId, FieldId, TableId, ViewId};
use utoipa::ToSchema;

use crate::Filter;

/// A table without its records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TableDef {
    /// Id.
    pub id: TableId,
    /// Unique in the base, ignoring case.
    pub name: String,
    /// In display order; the first is the primary field, which is text.
    pub fields: Vec<Field>,
    /// In display order; at least one.
    pub views: Vec<View>,
    /// The next [`Field::slot`]; slots are never used twice.
    pub next_slot: u32,
}

/// A field of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Field {
    /// Id.
    pub id: FieldId,
    /// Small number, stable and unique in the table, under which stored records hold this field.
    pub slot: u32,
    /// Unique in the table, ignoring case.
    pub name: String,
    /// Help shown to people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Type and its options.
    #[serde(flatten)]
    pub kind: FieldKind,
}

/// The type of a field with its options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// Text of one or many lines.
    Text,
    /// A 64-bit floating point number.
    Number {
        /// Decimal places shown, 0 to 10.
        #[serde(default)]
        precision: u8,
        /// Whether thousands are separated.
        #[serde(default)]
        thousands: bool,
    },
    /// One of a list of choices.
    Select {
        /// In display order.
        #[serde(default)]
        choices: Vec<Choice>,
    },
    /// Any of a list of choices.
    MultiSelect {
        /// In display order.
        #[serde(default)]
        choices: Vec<Choice>,
    },
    /// A calendar day, or an instant when it has a time.
    Date {
        /// Whether there is a time of day.
        #[serde(default)]
        time: bool,
    },
    /// Yes or no; never null.
    Checkbox,
}

/// An option of a select field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Choice {
    /// Id.
    pub id: ChoiceId,
    /// Small number, stable and unique in the field, that columns and stored records hold.
    pub code: u32,
    /// Unique in the field, ignoring case.
    pub name: String,
    /// A palette colour.
    pub color: Color,
}

/// The palette; the client gives each a light and a dark shade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Color {
    Gray,
    Blue,
    Cyan,
    Teal,
    Green,
    Lime,
    Yellow,
    Orange,
    Red,
    Pink,
    Purple,
    Indigo,
}

/// A saved view of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct View {
    /// Id.
    pub id: ViewId,
    /// Unique in the table, ignoring case.
    pub name: String,
    /// How it is drawn.
    pub kind: ViewKind,
    /// Which records it shows; none means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// By what they are sorted, first key first; then by creation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<SortKey>,
    /// Order, width and visibility of fields. Fields not named follow in table order, visible.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<ViewField>,
    /// Height of rows.
    #[serde(default)]
    pub row_height: RowHeight,
}

/// How a view is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ViewKind {
    /// Rows and columns.
    #[default]
    Grid,
}

/// Height of the rows of a grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum RowHeight {
    #[default]
    Short,
    Medium,
    Tall,
}

/// How a view shows one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ViewField {
    /// The field.
    pub field: FieldId,
    /// Not shown.
    #[serde(default)]
    pub hidden: bool,
    /// Width in CSS pixels, 40 to 2,000; none for the default of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u16>,
}

/// One key of a sort. Empty values come last in both directions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct SortKey {
    /// The field.
    pub field: FieldId,
    /// From high to low.
    #[serde(default)]
    pub descending: bool,
}
