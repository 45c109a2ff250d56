//! How views are drawn: what is set for each kind of view. Which fields it takes for what says `view_fields`.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{
        Error, MapAccess, Visitor,
        value::{MapAccessDeserializer, MapDeserializer},
    },
};
use skein_types::{ChoiceId, FieldId, MemberId, RecordId};
use utoipa::ToSchema;

use crate::{FormView, Summary};

/// How a view is drawn, with what is set for that. A kind whose fields are not said, or are gone, asks for them.
///
/// The name of a kind alone, such as `"grid"`, stands for that kind with nothing set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", tag = "type", rename_all = "snake_case")]
pub enum ViewKind {
    /// Rows and columns.
    #[default]
    Grid,
    /// Cards in columns, one for each value of a field.
    Kanban(KanbanView),
    /// Cards side by side.
    Gallery(GalleryView),
    /// Records on the days of a calendar.
    Calendar(CalendarView),
    /// Bars over time, and what waits for what.
    Gantt(Box<GanttView>),
    /// Points on a map.
    Map(MapView),
    /// A line for each person, with what they do over time.
    Timeline(TimelineView),
    /// Questions whose answers become a record.
    Form(Box<FormView>),
}

/// Cards in columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct KanbanView {
    /// The field whose values are the columns: a select, or a person or link of one.
    pub stack: Option<FieldId>,
    /// The attachments whose first image stands on a card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover: Option<FieldId>,
    /// How that image fills its place.
    #[serde(skip_serializing_if = "is_default")]
    pub fit: CoverFit,
    /// Columns in order. Those not named follow in the order of the field's values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<KanbanColumn>,
    /// Whether the column of records without a value is not shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hide_blank: bool,
    /// The number by which cards stand in their columns where the view has no sort: putting a card between
    /// others writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<FieldId>,
    /// What is told of the records of each column beside how many they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sum: Option<Summary>,
}

/// A column of cards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct KanbanColumn {
    /// The choice, person or record its cards have; none for the column of those that have none.
    #[schema(value_type = Option<String>)]
    pub value: Option<ColumnValue>,
    /// Not shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// Shown by its name alone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub collapsed: bool,
    /// How many cards it should have at most. More are not refused: it is shown that there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// What the cards of a column have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ColumnValue {
    /// Of a select.
    Choice(ChoiceId),
    /// Of a person field.
    Member(MemberId),
    /// Of a link.
    Record(RecordId),
}

/// How an image fills its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CoverFit {
    /// It fills all of it; what does not fit is cut off.
    #[default]
    Cover,
    /// All of it is seen.
    Contain,
}

/// Cards side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct GalleryView {
    /// The attachments whose first image stands on a card.
    pub cover: Option<FieldId>,
    /// How that image fills its place.
    #[serde(skip_serializing_if = "is_default")]
    pub fit: CoverFit,
    /// How large cards are.
    #[serde(skip_serializing_if = "is_default")]
    pub size: CardSize,
}

/// How large cards are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum CardSize {
    Small,
    #[default]
    Medium,
    Large,
}

/// Records on the days of a calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct CalendarView {
    /// When a record is, or begins: a date.
    pub start: Option<FieldId>,
    /// When it ends, its last day included: a date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<FieldId>,
    /// The select that colours records; none for the colour rules of the view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<FieldId>,
    /// What it opens with.
    #[serde(skip_serializing_if = "is_default")]
    pub scale: CalendarScale,
}

/// How much of a calendar is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum CalendarScale {
    #[default]
    Month,
    Week,
    Day,
}

/// Bars over time, and what waits for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct GanttView {
    /// When a task begins: a date.
    pub start: Option<FieldId>,
    /// Its last day, or when it ends: a date.
    pub end: Option<FieldId>,
    /// How far it is, 1 when done: a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<FieldId>,
    /// Whether it is a milestone: a checkbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub milestone: Option<FieldId>,
    /// The tasks it waits for: a link to the table itself, or the other side of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predecessors: Option<FieldId>,
    /// How it waits for them where nothing else is said.
    #[serde(skip_serializing_if = "is_default")]
    pub waits: Waiting,
    /// Where it waits otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<WaitingException>,
    /// Days of the week that are worked on, 1 for Monday to 7 for Sunday.
    pub working_days: Vec<u8>,
    /// Days that are not worked on, as `2026-10-01`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<String>,
    /// Whether tasks that others make wait are moved with them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub auto_schedule: bool,
    /// What it opens with.
    #[serde(skip_serializing_if = "is_default")]
    pub scale: TimeScale,
}

impl Default for GanttView {
    fn default() -> Self {
        Self {
            start: None,
            end: None,
            progress: None,
            milestone: None,
            predecessors: None,
            waits: Waiting::default(),
            exceptions: Vec::new(),
            working_days: vec![1, 2, 3, 4, 5],
            holidays: Vec::new(),
            auto_schedule: false,
            scale: TimeScale::default(),
        }
    }
}

/// How a task waits for another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Waiting {
    /// Which ends of the two hang together.
    pub kind: WaitingKind,
    /// Working days between them; less than 0 to begin earlier.
    pub lag: i32,
}

/// Which ends of two tasks hang together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitingKind {
    /// It begins when the other ends.
    #[default]
    FinishToStart,
    /// It begins when the other begins.
    StartToStart,
    /// It ends when the other ends.
    FinishToFinish,
    /// It ends when the other begins.
    StartToFinish,
}

/// How one task waits for one other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitingException {
    /// The task that waits.
    pub task: RecordId,
    /// The one it waits for.
    pub predecessor: RecordId,
    /// How.
    #[serde(flatten)]
    pub waits: Waiting,
}

/// How wide time is drawn: what a column of its head is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum TimeScale {
    Day,
    #[default]
    Week,
    Month,
    Quarter,
    Year,
}

/// Points on a map.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct MapView {
    /// Where records are: a location.
    pub place: Option<FieldId>,
    /// What stands at a point; none for what the record is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<FieldId>,
    /// The select that colours points; none for the colour rules of the view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<FieldId>,
}

/// A line for each person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct TimelineView {
    /// Who does it: people.
    pub people: Option<FieldId>,
    /// When it begins: a date.
    pub start: Option<FieldId>,
    /// Its last day, or when it ends: a date.
    pub end: Option<FieldId>,
    /// How much each is to do, spread evenly over its days: a number. None to count them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<FieldId>,
    /// How much somebody has to do in a day at most. More is not refused: it is shown that there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// The select that colours bars; none for the colour rules of the view.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<FieldId>,
    /// What it opens with.
    #[serde(skip_serializing_if = "is_default")]
    pub scale: TimeScale,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Serialize for ViewKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for ViewKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrSettings;
        impl<'de> Visitor<'de> for NameOrSettings {
            type Value = ViewKind;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a kind of view: its name, or its settings with a type")
            }
            fn visit_str<E: Error>(self, name: &str) -> Result<ViewKind, E> {
                ViewKind::deserialize(MapDeserializer::new(std::iter::once(("type", name))))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ViewKind, A::Error> {
                ViewKind::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_any(NameOrSettings)
    }
}
