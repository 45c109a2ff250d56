//! What can be asked of a base, and by whom.

use serde::Deserialize;
use skein_platform::Ctx;
use skein_table::{Color, Filter, Op, Record, RowHeight, SortKey, ViewField, ViewKind};
use skein_types::{ChoiceId, FieldId, RecordId, TableId, Timestamp, ViewId};
use utoipa::ToSchema;

pub use crate::event::Via;

/// Who does something, when, by which way.
#[derive(Clone, Debug)]
pub struct Actor {
    /// As events name them: a member, a link, or `system`.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// By which way.
    pub via: Via,
}

impl Actor {
    /// The one who makes a request, from the web client or by API.
    pub fn of(ctx: &Ctx) -> Self {
        let via = if ctx.origin.session.is_some() { Via::Web } else { Via::Api };
        Self { id: ctx.actor(), at: ctx.now, via }
    }
    /// The same, by another way.
    #[must_use]
    pub fn via(mut self, via: Via) -> Self {
        self.via = via;
        self
    }
}

/// A command. It is planned against the newest state of the base, and done as a whole or not at all.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Command {
    /// Operations that are ready, for imports.
    Ops(Vec<Op>),
    CreateTable {
        name: String,
        fields: Option<Vec<FieldInput>>,
    },
    UpdateTable {
        table: TableId,
        patch: TablePatch,
    },
    DeleteTable {
        table: TableId,
    },
    CreateField {
        table: TableId,
        input: FieldInput,
    },
    UpdateField {
        table: TableId,
        field: FieldId,
        patch: FieldPatch,
    },
    DeleteField {
        table: TableId,
        field: FieldId,
    },
    CreateView {
        table: TableId,
        input: ViewInput,
    },
    UpdateView {
        table: TableId,
        view: ViewId,
        patch: ViewPatch,
    },
    DeleteView {
        table: TableId,
        view: ViewId,
    },
    CreateRecords {
        table: TableId,
        records: Vec<Record>,
    },
    UpdateRecords {
        table: TableId,
        records: Vec<Record>,
    },
    DeleteRecords {
        table: TableId,
        records: Vec<RecordId>,
    },
    /// Takes back the member's own last change.
    Undo,
    /// Does again what the member took back last.
    Redo,
}

/// What to change of a table.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TablePatch {
    /// A new name.
    #[serde(default)]
    pub name: Option<String>,
    /// The place among the tables, from 0.
    #[serde(default)]
    pub position: Option<usize>,
}

/// A choice as a client sends it: with its id to keep it, without to make one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceInput {
    /// Of a choice the field has.
    #[serde(default)]
    pub id: Option<ChoiceId>,
    /// Unique in the field, ignoring case.
    pub name: String,
    /// A colour; one is picked when there is none.
    #[serde(default)]
    pub color: Option<Color>,
}

/// The type of a new field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum FieldType {
    Text,
    Number,
    Select,
    MultiSelect,
    Date,
    Checkbox,
}

/// A new field. Options that its type does not have are refused.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldInput {
    /// Unique in the table, ignoring case.
    pub name: String,
    /// The type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Help shown to people.
    #[serde(default)]
    pub description: String,
    /// Number: decimal places shown, 0 to 10.
    #[serde(default)]
    pub precision: Option<u8>,
    /// Number: whether thousands are separated.
    #[serde(default)]
    pub thousands: Option<bool>,
    /// Date: whether there is a time of day.
    #[serde(default)]
    pub time: Option<bool>,
    /// Selects: in display order.
    #[serde(default)]
    pub choices: Option<Vec<ChoiceInput>>,
    /// The place among the fields; at the end when there is none. The primary field stays at 0.
    #[serde(default)]
    pub position: Option<usize>,
}

impl FieldInput {
    /// A field of a type with its usual options.
    pub fn new(name: impl Into<String>, kind: FieldType) -> Self {
        Self {
            name: name.into(),
            kind,
            description: String::new(),
            precision: None,
            thousands: None,
            time: None,
            choices: None,
            position: None,
        }
    }
}

/// What to change of a field.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldPatch {
    /// A new name.
    #[serde(default)]
    pub name: Option<String>,
    /// Help shown to people.
    #[serde(default)]
    pub description: Option<String>,
    /// Number: decimal places shown.
    #[serde(default)]
    pub precision: Option<u8>,
    /// Number: whether thousands are separated.
    #[serde(default)]
    pub thousands: Option<bool>,
    /// Date: whether there is a time of day.
    #[serde(default)]
    pub time: Option<bool>,
    /// Selects: the whole new list. Choices left out go away, and with them the cells that held them.
    #[serde(default)]
    pub choices: Option<Vec<ChoiceInput>>,
    /// The place among the fields.
    #[serde(default)]
    pub position: Option<usize>,
}

/// A new view.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewInput {
    /// Unique in the table, ignoring case.
    pub name: String,
    /// How it is drawn.
    #[serde(default)]
    pub kind: ViewKind,
    /// Which records it shows; none means all.
    #[serde(default)]
    pub filter: Option<Filter>,
    /// By what they are sorted.
    #[serde(default)]
    pub sort: Vec<SortKey>,
    /// Order, width and visibility of fields.
    #[serde(default)]
    pub fields: Vec<ViewField>,
    /// Height of rows.
    #[serde(default)]
    pub row_height: RowHeight,
}

/// What to change of a view.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewPatch {
    /// A new name.
    #[serde(default)]
    pub name: Option<String>,
    /// The place among the views.
    #[serde(default)]
    pub position: Option<usize>,
    /// A new filter; `null` clears it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Filter>)]
    pub filter: Option<Option<Filter>>,
    /// A new sort.
    #[serde(default)]
    pub sort: Option<Vec<SortKey>>,
    /// A new list of fields.
    #[serde(default)]
    pub fields: Option<Vec<ViewField>>,
    /// A new height.
    #[serde(default)]
    pub row_height: Option<RowHeight>,
}

/// Tells a value that was given, be it `null`, from one that was not.
#[expect(clippy::option_option, reason = "absent, null and present differ")]
fn given<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
