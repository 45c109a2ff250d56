//! What can be asked of a base, and by whom.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use skein_platform::Ctx;
use skein_table::{
    Color, ColorRule, FieldKind, Filter, GroupKey, Op, Record, RowHeight, SortKey, Stamp, Summary, TableDef,
    ViewField, ViewKind, Widget, WidgetKind,
};
use skein_types::{ChoiceId, DashboardId, FieldId, MemberId, RecordId, TableId, Timestamp, ViewId, WidgetId};
use utoipa::ToSchema;

pub use crate::{event::Via, restore::Restore, trash::Deleted};

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
    /// As records keep it.
    pub fn stamp(&self) -> Stamp {
        Stamp { at: self.at.as_millisecond(), by: self.id.parse().ok() }
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
    CreateDashboard {
        input: DashboardInput,
    },
    UpdateDashboard {
        dashboard: DashboardId,
        patch: DashboardPatch,
    },
    DeleteDashboard {
        dashboard: DashboardId,
    },
    CreateRecords {
        table: TableId,
        records: Vec<Record>,
    },
    UpdateRecords {
        table: TableId,
        records: Vec<Record>,
    },
    /// Updates the records that have the same values in the key fields, and creates the others.
    UpsertRecords {
        table: TableId,
        by: Vec<FieldId>,
        records: Vec<Record>,
    },
    DeleteRecords {
        table: TableId,
        records: Vec<RecordId>,
    },
    /// Dates of tasks that follow from one another: of as many as there are.
    Schedule {
        table: TableId,
        records: Vec<Record>,
    },
    /// Writes of records one after another.
    Batch {
        commands: Vec<Command>,
        /// Records that are made or found, by names the client gave them.
        refs: Vec<(String, RecordId)>,
    },
    /// Does what a button does to its record.
    Press {
        table: TableId,
        record: RecordId,
        field: FieldId,
    },
    /// Takes back the member's own last change.
    Undo,
    /// Does again what the member took back last.
    Redo,
    /// Takes back one of the member's own changes, or does one again, when all of it still is as that left it.
    TakeBack {
        seq: i64,
    },
    /// Brings a table or a record back to an earlier moment.
    Restore(Restore),
    /// Brings back what was deleted: by events, newest first.
    Revive(Vec<Deleted>),
    /// Brings back a table whose records were too many for an event.
    ReviveTable(Box<TableDef>),
}

impl Command {
    /// Whether it is a batch of its own: what it takes must be in the log, or in the rows, by then.
    pub(crate) fn goes_alone(&self) -> bool {
        self.is_undo() || matches!(self, Self::Restore(_) | Self::DeleteTable { .. } | Self::ReviveTable(_))
    }
    /// Whether what it does follows from events in the log.
    pub(crate) fn is_undo(&self) -> bool {
        matches!(self, Self::Undo | Self::Redo | Self::TakeBack { .. })
    }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum FieldType {
    Text,
    Number,
    Select,
    MultiSelect,
    Date,
    Checkbox,
    Member,
    Group,
    Attachment,
    Location,
    AutoNumber,
    CreatedAt,
    UpdatedAt,
    CreatedBy,
    UpdatedBy,
    Button,
    Link,
    Backlink,
    Lookup,
    Rollup,
    Formula,
}

impl FieldType {
    /// The type of a field.
    pub(crate) fn of(kind: &FieldKind) -> Self {
        match kind {
            FieldKind::Text { .. } => Self::Text,
            FieldKind::Number(_) => Self::Number,
            FieldKind::Select { .. } => Self::Select,
            FieldKind::MultiSelect { .. } => Self::MultiSelect,
            FieldKind::Date(_) => Self::Date,
            FieldKind::Checkbox => Self::Checkbox,
            FieldKind::Member { .. } => Self::Member,
            FieldKind::Group { .. } => Self::Group,
            FieldKind::Attachment => Self::Attachment,
            FieldKind::Location => Self::Location,
            FieldKind::AutoNumber { .. } => Self::AutoNumber,
            FieldKind::CreatedAt(_) => Self::CreatedAt,
            FieldKind::UpdatedAt(_) => Self::UpdatedAt,
            FieldKind::CreatedBy => Self::CreatedBy,
            FieldKind::UpdatedBy => Self::UpdatedBy,
            FieldKind::Button { .. } => Self::Button,
            FieldKind::Link { .. } => Self::Link,
            FieldKind::Backlink { .. } => Self::Backlink,
            FieldKind::Lookup(_) => Self::Lookup,
            FieldKind::Rollup { .. } => Self::Rollup,
            FieldKind::Formula { .. } => Self::Formula,
        }
    }
}

/// A new field. Options that its type does not have are refused.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct FieldInput {
    /// Unique in the table, ignoring case.
    pub name: String,
    /// The type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Help shown to people.
    #[serde(default)]
    pub description: String,
    /// Whether a record needs a value here.
    #[serde(default)]
    pub required: bool,
    /// Whether no two records may have the same value here.
    #[serde(default)]
    pub unique: bool,
    /// What new records get here, in the form of the type's values.
    #[serde(default)]
    #[schema(value_type = Option<serde_json::Value>)]
    pub default: Option<Json>,
    /// The place among the fields; at the end when there is none. The primary field stays at 0.
    #[serde(default)]
    pub position: Option<usize>,
    /// Options of the type, as a field of it has them. `choices` are `{"id", "name", "color"}`, those without
    /// an id are made; of a link `mirror` is `true` or `{"name", "multiple"}` to make its other side; formulas
    /// name fields as `[Name]`.
    #[serde(flatten)]
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub options: Map<String, Json>,
}

impl FieldInput {
    /// A field of a type with its usual options.
    pub fn new(name: impl Into<String>, kind: FieldType) -> Self {
        Self {
            name: name.into(),
            kind,
            description: String::new(),
            required: false,
            unique: false,
            default: None,
            position: None,
            options: Map::new(),
        }
    }
    /// The same with an option.
    #[must_use]
    pub fn with(mut self, option: &str, value: impl Into<Json>) -> Self {
        self.options.insert(option.to_owned(), value.into());
        self
    }
}

/// What to change of a field.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct FieldPatch {
    /// A new name.
    #[serde(default)]
    pub name: Option<String>,
    /// Another type: the cells are converted, and what does not fit is cleared.
    #[serde(default, rename = "type")]
    pub kind: Option<FieldType>,
    /// Help shown to people.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether a record needs a value here.
    #[serde(default)]
    pub required: Option<bool>,
    /// Whether no two records may have the same value here.
    #[serde(default)]
    pub unique: Option<bool>,
    /// What new records get here; `null` for nothing.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<serde_json::Value>)]
    pub default: Option<Option<Json>>,
    /// The place among the fields.
    #[serde(default)]
    pub position: Option<usize>,
    /// Options of the type to change. `choices` is the whole new list: those left out go away, and with them
    /// the cells that held them.
    #[serde(flatten)]
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub options: Map<String, Json>,
}

/// A new view.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewInput {
    /// Unique among the views that all share, or among those of its owner, ignoring case.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// One's own id for a view that nobody else sees; none for one that all share.
    #[serde(default)]
    pub owner: Option<MemberId>,
    /// Whether only those who may manage the base change it; setting it takes the same right.
    #[serde(default)]
    pub locked: bool,
    /// How it is drawn.
    #[serde(default)]
    pub kind: ViewKind,
    /// Which records it shows; none means all.
    #[serde(default)]
    pub filter: Option<Filter>,
    /// By what they are grouped, outermost first; at most three levels.
    #[serde(default)]
    pub group: Vec<GroupKey>,
    /// By what they are sorted.
    #[serde(default)]
    pub sort: Vec<SortKey>,
    /// What is told of all records and of each group.
    #[serde(default)]
    pub summaries: Vec<Summary>,
    /// Which records are coloured; of the rules with one target the first that holds counts. At most 50.
    #[serde(default)]
    pub colors: Vec<ColorRule>,
    /// The link to the table itself that names the parent of a record.
    #[serde(default)]
    pub tree: Option<FieldId>,
    /// How many columns from the first stay when others are scrolled, 0 to 10; 1 when none is said.
    #[serde(default)]
    pub frozen: Option<u8>,
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
    /// The place among the views one sees.
    #[serde(default)]
    pub position: Option<usize>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// How it is drawn, with all that is set for that.
    #[serde(default)]
    pub kind: Option<ViewKind>,
    /// One's own id to have it for oneself alone; `null` to share it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub owner: Option<Option<MemberId>>,
    /// Whether only those who may manage the base change it; setting it takes the same right.
    #[serde(default)]
    pub locked: Option<bool>,
    /// A new filter; `null` clears it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Filter>)]
    pub filter: Option<Option<Filter>>,
    /// A new grouping.
    #[serde(default)]
    pub group: Option<Vec<GroupKey>>,
    /// New summaries.
    #[serde(default)]
    pub summaries: Option<Vec<Summary>>,
    /// A new sort.
    #[serde(default)]
    pub sort: Option<Vec<SortKey>>,
    /// New rules for colours.
    #[serde(default)]
    pub colors: Option<Vec<ColorRule>>,
    /// The link to the table itself that names the parent of a record; `null` for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub tree: Option<Option<FieldId>>,
    /// How many columns from the first stay when others are scrolled.
    #[serde(default)]
    pub frozen: Option<u8>,
    /// A new list of fields.
    #[serde(default)]
    pub fields: Option<Vec<ViewField>>,
    /// A new height.
    #[serde(default)]
    pub row_height: Option<RowHeight>,
}

/// A new dashboard.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardInput {
    /// Unique among the dashboards of the base, ignoring case.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// What is on it.
    #[serde(default)]
    pub widgets: Vec<WidgetInput>,
}

/// A widget as a client sends it: with its id to replace it, without to make one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct WidgetInput {
    /// Of a widget the dashboard has.
    #[serde(default)]
    pub id: Option<WidgetId>,
    /// What stands above it.
    #[serde(default)]
    pub title: String,
    /// The first of the twelve columns it covers, from 0.
    pub x: u16,
    /// The first row it covers, from 0.
    pub y: u16,
    /// How many columns it covers.
    pub w: u16,
    /// How many rows it covers.
    pub h: u16,
    /// What it is.
    #[serde(flatten)]
    pub kind: WidgetKind,
}

impl WidgetInput {
    pub(crate) fn with_id(&self, id: WidgetId) -> Widget {
        let Self { title, x, y, w, h, kind, .. } = self.clone();
        Widget { id, title, x, y, w, h, kind }
    }
}

/// Where a widget is to stand.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WidgetPlace {
    /// The widget.
    pub id: WidgetId,
    /// The first of the twelve columns it covers, from 0.
    pub x: u16,
    /// The first row it covers, from 0.
    pub y: u16,
    /// How many columns it covers.
    pub w: u16,
    /// How many rows it covers.
    pub h: u16,
}

/// What to change of a dashboard. What is not named stays, also when others change it at the same time.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardPatch {
    /// A new name.
    #[serde(default)]
    pub name: Option<String>,
    /// The place among the dashboards, from 0.
    #[serde(default)]
    pub position: Option<usize>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Widgets to make, or to replace.
    #[serde(default)]
    pub put: Vec<WidgetInput>,
    /// Widgets to take away.
    #[serde(default)]
    pub remove: Vec<WidgetId>,
    /// Widgets to place otherwise; those that are no more are left out.
    #[serde(default)]
    pub places: Vec<WidgetPlace>,
}

/// Tells a value that was given, be it `null`, from one that was not.
#[expect(clippy::option_option, reason = "absent, null and present differ")]
fn given<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
