//! What a base is made of: tables, fields and views, in the shape that is stored and sent.

use serde::{Deserialize, Serialize};
use skein_types::{ChoiceId, FieldId, MemberId, TableId, ViewId};
use utoipa::ToSchema;

use crate::{ColorRule, Filter, GroupKey, Query, Resolved, Summary, Value, ViewKind};

/// A table without its records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TableDef {
    /// Id.
    pub id: TableId,
    /// Unique in the base, ignoring case.
    pub name: String,
    /// In display order; the first is the primary field: what a record is called.
    pub fields: Vec<Field>,
    /// In display order; at least one.
    pub views: Vec<View>,
    /// The next [`Field::slot`]; slots are never used twice.
    pub next_slot: u32,
    /// Slots of fields before they got another type: records stored then still hold those.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retired: Vec<Retired>,
    /// By field the highest automatic number that was ever given, where no record holds it any more: numbers
    /// are never given twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<(String, f64)>)]
    pub numbers: Vec<(FieldId, f64)>,
}

/// A slot of a field before it got another type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Retired {
    /// The old slot.
    pub slot: u32,
    /// The field as it was.
    #[schema(value_type = Field)]
    pub field: Box<Field>,
    /// What it became, as that was then.
    #[schema(value_type = Field)]
    pub became: Box<Field>,
    /// The slot of the field it became, which may be retired as well by now.
    pub into: u32,
    /// What its values became, where that does not follow from the value.
    #[serde(default, skip_serializing_if = "Resolved::is_empty")]
    #[schema(value_type = Vec<serde_json::Value>)]
    pub resolved: Resolved,
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
    /// Whether a record needs a value here to be saved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// Whether no two records may have the same value here; any number may have none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
    /// What new records get here when nothing else is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<serde_json::Value>)]
    pub default: Option<Value>,
    /// Type and its options.
    #[serde(flatten)]
    pub kind: FieldKind,
}

impl Field {
    /// A field with nothing but a name and a type.
    pub fn new(id: FieldId, slot: u32, name: impl Into<String>, kind: FieldKind) -> Self {
        Self {
            id,
            slot,
            name: name.into(),
            description: String::new(),
            required: false,
            unique: false,
            default: None,
            kind,
        }
    }
}

/// The type of a field with its options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// Text of one or many lines.
    Text {
        /// What the text is: it decides how it is shown and edited, not what may be in it.
        #[serde(default, skip_serializing_if = "is_default")]
        format: TextFormat,
    },
    /// A 64-bit floating point number.
    Number(NumberStyle),
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
    Date(DateStyle),
    /// Yes or no; never null.
    Checkbox,
    /// People of the organisation.
    Member {
        /// Whether there may be several.
        #[serde(default)]
        multiple: bool,
    },
    /// Groups of people.
    Group {
        /// Whether there may be several.
        #[serde(default)]
        multiple: bool,
    },
    /// Uploaded files.
    Attachment,
    /// A place on earth.
    Location,
    /// A number that counts the records made, shown by a pattern.
    AutoNumber {
        /// Text in which `{n}` is the number, `{n:4}` the number with at least four digits, and `{yyyy}`,
        /// `{mm}`, `{dd}` parts of the day the record was made on.
        #[serde(default = "plain_pattern")]
        pattern: String,
    },
    /// When the record was made.
    CreatedAt(DateStyle),
    /// When the record was changed last.
    UpdatedAt(DateStyle),
    /// Who made the record.
    CreatedBy,
    /// Who changed the record last.
    UpdatedBy,
    /// Something to press.
    Button {
        /// What stands on it.
        label: String,
        /// A palette colour.
        color: Color,
        /// What pressing it does.
        action: ButtonAction,
    },
    /// Records of a table.
    Link {
        /// Which table; may be the field's own.
        table: TableId,
        /// Whether there may be several.
        #[serde(default)]
        multiple: bool,
        /// The field of that table that shows the other side; none when the link is one-way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mirror: Option<FieldId>,
        /// Which records may be picked; none means all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filter: Option<Filter>,
    },
    /// The other side of a two-way link: the records that link to this one.
    Backlink {
        /// The table of the link.
        table: TableId,
        /// The link.
        field: FieldId,
        /// Whether several records may link to one.
        #[serde(default)]
        multiple: bool,
    },
    /// Values of other records.
    Lookup(Lookup),
    /// One value made of values of other records.
    Rollup {
        /// Which values.
        #[serde(flatten)]
        lookup: Lookup,
        /// What is made of them.
        aggregate: Aggregate,
        /// How numbers and dates are shown.
        #[serde(default, skip_serializing_if = "is_default")]
        style: Style,
    },
    /// A computed value.
    Formula {
        /// The formula, with what it refers to by id.
        formula: String,
        /// How numbers and dates are shown.
        #[serde(default, skip_serializing_if = "is_default")]
        style: Style,
    },
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn plain_pattern() -> String {
    "{n}".into()
}

/// What a text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum TextFormat {
    #[default]
    Plain,
    /// Many lines.
    Long,
    Phone,
    Url,
    Email,
    Barcode,
}

/// How a number is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NumberStyle {
    /// What the number is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub format: NumberFormat,
    /// Decimal places shown, 0 to 10.
    #[serde(default)]
    pub precision: u8,
    /// Whether thousands are separated.
    #[serde(default)]
    pub thousands: bool,
    /// Which separators.
    #[serde(default, skip_serializing_if = "is_default")]
    pub separators: Separators,
    /// Of a currency: its ISO 4217 code or sign, at most 8 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub currency: String,
    /// Of a rating: how many there are, 1 to 10; 0 for the usual 5.
    #[serde(default, skip_serializing_if = "is_default")]
    pub max: u8,
}

/// What a number is. It decides how it is shown and edited, not its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberFormat {
    /// A number.
    #[default]
    Plain,
    /// 0.5 is 50 %.
    Percent,
    /// An amount of money.
    Currency,
    /// A bar; 1 is full.
    Progress,
    /// Stars.
    Rating,
    /// Seconds, shown as h:mm:ss.
    Duration,
}

/// Signs between thousands and before decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Separators {
    /// As the reader's language has it.
    #[default]
    Local,
    /// 1,234.5
    CommaPoint,
    /// 1.234,5
    PointComma,
    /// 1 234,5
    SpaceComma,
    /// 1 234.5
    SpacePoint,
    /// 1'234.5
    ApostrophePoint,
}

/// How a date is shown, and whether it has a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DateStyle {
    /// Whether there is a time of day.
    #[serde(default)]
    pub time: bool,
    /// The order and signs of year, month and day.
    #[serde(default, skip_serializing_if = "is_default")]
    pub format: DateFormat,
    /// The zone times are shown in, by its IANA name; none for the reader's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// The order and signs of year, month and day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateFormat {
    /// As the reader's language has it.
    #[default]
    Local,
    /// 2026-11-20
    Iso,
    /// 2026/11/20
    YearFirst,
    /// 20/11/2026
    DayFirst,
    /// 11/20/2026
    MonthFirst,
    /// 20.11.2026
    DayDots,
    /// With the name of the month.
    Long,
}

/// How what is computed is shown, whichever type it has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Style {
    /// Numbers.
    #[serde(default, skip_serializing_if = "is_default")]
    pub number: NumberStyle,
    /// Dates.
    #[serde(default, skip_serializing_if = "is_default")]
    pub date: DateStyle,
}

/// What pressing a button does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum ButtonAction {
    /// Opens a web address.
    Open {
        /// A formula that gives the address, with what it refers to by id.
        formula: String,
    },
    /// Sets cells of the record.
    Set {
        /// What each becomes.
        #[schema(value_type = Vec<serde_json::Value>)]
        cells: Vec<(FieldId, Value)>,
    },
}

/// Which values of which records a lookup shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Lookup {
    /// Where the records are.
    pub from: LookupFrom,
    /// Their field.
    pub field: FieldId,
    /// Which of them; none means all. A condition may compare with a field of this record:
    /// `"value": {"field": "fld_…"}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
}

/// Where the records of a lookup are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LookupFrom {
    /// Those a link or backlink of this record names.
    Link(FieldId),
    /// All of a table.
    Table(TableId),
}

/// What is made of many values. Those that are empty are left out, but for `count_all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Aggregate {
    /// How many records.
    CountAll,
    /// How many values.
    Count,
    /// How many different values.
    CountUnique,
    Sum,
    Average,
    Median,
    Min,
    Max,
    /// Max less min.
    Range,
    First,
    Last,
    /// Texts with commas.
    Join,
    /// Each different value once.
    Unique,
    /// Whether all are ticked or not empty.
    All,
    /// Whether any is ticked or not empty.
    Any,
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
    /// Unique among the views that all share, or among those of its owner, ignoring case.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Whose it is: nobody else sees it or may know of it. None means that all share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<MemberId>,
    /// Whether only those who may manage the base change it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
    /// How it is drawn.
    #[serde(default)]
    pub kind: ViewKind,
    /// Which records it shows; none means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// By what they are grouped, outermost first; at most three levels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<GroupKey>,
    /// By what they are sorted, first key first; then by creation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<SortKey>,
    /// What is told of all records and of each group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub summaries: Vec<Summary>,
    /// Which records are coloured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub colors: Vec<ColorRule>,
    /// The link, or other side of one, to the table itself that names the parent of a record: records stand
    /// under their parents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<FieldId>,
    /// How many columns from the first stay where they are when the others are scrolled, 0 to 10.
    #[serde(default = "primary_alone")]
    pub frozen: u8,
    /// Order, width and visibility of fields. Fields not named follow in table order, visible.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<ViewField>,
    /// Height of rows.
    #[serde(default)]
    pub row_height: RowHeight,
}

fn primary_alone() -> u8 {
    1
}

impl View {
    /// A grid of all records that all share.
    pub fn new(id: ViewId, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            description: String::new(),
            owner: None,
            locked: false,
            kind: ViewKind::Grid,
            filter: None,
            group: Vec::new(),
            sort: Vec::new(),
            summaries: Vec::new(),
            colors: Vec::new(),
            tree: None,
            frozen: primary_alone(),
            fields: Vec::new(),
            row_height: RowHeight::Short,
        }
    }

    /// Whether somebody may know of it; none is a visitor by a link.
    pub fn is_for(&self, member: Option<MemberId>) -> bool {
        self.owner.is_none() || self.owner == member
    }

    /// Which records it shows, in which order and groups.
    pub fn query(&self) -> Query {
        let mut query = self.said();
        self.kind.adjust(&mut query);
        query
    }

    /// What it says of that itself, whatever its kind makes of it.
    pub(crate) fn said(&self) -> Query {
        Query {
            filter: self.filter.clone(),
            group: self.group.clone(),
            sort: self.sort.clone(),
            search: None,
            summaries: self.summaries.clone(),
            colors: self.colors.clone(),
            tree: self.tree,
        }
    }
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
