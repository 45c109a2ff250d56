//! What an import shall do with the columns of a file, checked before anything is changed.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use skein_platform::directory::Contacts;
use skein_table::{Base, Field, FieldKind, NumberFormat, Table};
use skein_types::{FieldId, Problem, TableId, kind};
use utoipa::ToSchema;

use super::{
    convert::{Choices, Converter, Target},
    guess::{Column, Kind},
    names::{Known, Linked},
    sample::Sample,
};
use crate::{FieldInput, command::FieldType};

/// What to import, and into what.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartInput {
    /// Which sheet, from 0.
    #[serde(default)]
    pub sheet: usize,
    /// Whether the first row of the table holds names.
    pub header: bool,
    /// Into which table.
    pub table: TableTarget,
    /// Which columns become which fields. Columns left out are not imported.
    pub columns: Vec<ColumnTarget>,
    /// Where the clocks were that times without an offset were read from, as an IANA name; UTC when
    /// there is none.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// What rows do to records that have the same values in the key columns.
    #[serde(default)]
    pub mode: Mode,
    /// What becomes of a row whose keys several records have.
    #[serde(default)]
    pub doubles: Doubles,
    /// Whether cells that are empty in the file are cleared in records that are updated; else they stay.
    #[serde(default)]
    pub clear_blank: bool,
}

/// What an import does with rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Makes a record of each.
    #[default]
    Insert,
    /// Changes the record with the same keys; a row without one is refused.
    Update,
    /// Changes the record with the same keys, or makes one.
    Upsert,
}

/// What becomes of a row whose keys several records have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Doubles {
    /// It is refused, and told.
    #[default]
    Refuse,
    /// It changes the oldest.
    First,
    /// It changes all of them.
    All,
}

/// A table that exists, by id, or a new one with a name.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableTarget {
    /// A table of the base.
    #[serde(default)]
    pub id: Option<TableId>,
    /// The name of a new one.
    #[serde(default)]
    pub name: Option<String>,
}

/// What a column becomes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnTarget {
    /// Which column of the file, from 0.
    pub source: usize,
    /// The id of a field, a new field as it is created, or null to leave the column out.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub field: Json,
    /// Whether records are found by this field.
    #[serde(default)]
    pub key: bool,
    /// Of a link: whether records that it names and that are missing are made in their table.
    #[serde(default)]
    pub create: bool,
}

/// The table an import goes into.
#[derive(Clone, Debug)]
pub(super) enum Destination {
    New(String),
    Existing(TableId),
}

/// The field a column goes into.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    Known(FieldId),
    New(Box<FieldInput>),
}

/// A column that is imported.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    /// Its place in the request, for errors.
    pub(super) place: usize,
    /// Its place in the file.
    pub(super) source: usize,
    pub(super) wanted: Wanted,
    pub(super) key: bool,
    pub(super) create: bool,
}

/// A mapping that makes sense.
#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) sheet: usize,
    /// The first row of data.
    pub(super) first_row: u64,
    pub(super) destination: Destination,
    pub(super) columns: Vec<Chosen>,
    pub(super) zone: TimeZone,
    pub(super) mode: Mode,
    pub(super) doubles: Doubles,
    pub(super) clear_blank: bool,
}

fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Problem {
    Problem::invalid("import.mapping", field, detail)
}

impl Mapping {
    /// Checks what a client asked for against what the file has.
    pub(super) fn of(input: StartInput, samples: &[Sample]) -> Result<Self, Problem> {
        let sample = samples.get(input.sheet).filter(|sample| !sample.layout.columns.is_empty());
        let sample =
            sample.ok_or_else(|| invalid("sheet", "the file has no such sheet, or nothing is in it"))?;
        let destination = match (input.table.id, input.table.name) {
            (Some(id), None) => Destination::Existing(id),
            (None, Some(name)) => Destination::New(name),
            _ => return Err(invalid("table", "give either the id of a table or the name of a new one")),
        };
        let zone = input.time_zone.as_deref().map(TimeZone::get).transpose();
        let zone = zone.map_err(|_| invalid("time_zone", "there is no such time zone"))?;
        let mut columns: Vec<Chosen> = Vec::with_capacity(input.columns.len());
        for (at, column) in input.columns.into_iter().enumerate() {
            if column.source >= sample.layout.columns.len() {
                let count = sample.layout.columns.len();
                return Err(invalid(
                    format!("columns[{at}].source"),
                    format!("the sheet has {count} columns"),
                ));
            }
            let place = format!("columns[{at}].field");
            let Some(wanted) = wanted(column.field, &place)? else { continue };
            let twice = |other: &Chosen| match (&other.wanted, &wanted) {
                (Wanted::Known(a), Wanted::Known(b)) => a == b,
                _ => false,
            };
            if columns.iter().any(twice) {
                return Err(invalid(place, "another column goes into this field already"));
            }
            let (key, create) = (column.key, column.create);
            columns.push(Chosen { place: at, source: column.source, wanted, key, create });
        }
        let mapping = Self {
            sheet: input.sheet,
            first_row: sample.layout.first_row + u64::from(input.header),
            destination,
            columns,
            zone: zone.unwrap_or(TimeZone::UTC),
            mode: input.mode,
            doubles: input.doubles,
            clear_blank: input.clear_blank,
        };
        mapping.check()?;
        Ok(mapping)
    }

    /// The mapping that the guesses suggest: a new table with all columns of a sheet.
    pub(super) fn guessed(name: &str, sheet: usize, sample: &Sample) -> Self {
        let columns = sample.layout.columns.iter().enumerate();
        let columns = columns.map(|(at, column)| {
            let wanted = Wanted::New(Box::new(field_input(column)));
            Chosen { place: at, source: at, wanted, key: false, create: false }
        });
        Self {
            sheet,
            first_row: sample.layout.first_row + u64::from(sample.layout.header),
            destination: Destination::New(name.to_owned()),
            columns: columns.collect(),
            zone: TimeZone::UTC,
            mode: Mode::Insert,
            doubles: Doubles::Refuse,
            clear_blank: false,
        }
    }

    fn check(&self) -> Result<(), Problem> {
        let Some(first) = self.columns.first() else {
            return Err(invalid("columns", "at least one column has to become a field"));
        };
        if self.mode != Mode::Insert && !self.columns.iter().any(|column| column.key) {
            return Err(invalid("columns", "say by which columns records are found: \"key\": true"));
        }
        if matches!(self.destination, Destination::Existing(_)) {
            return Ok(());
        }
        if self.mode != Mode::Insert {
            return Err(invalid("mode", "a new table has no records to update"));
        }
        if let Some(known) = self.columns.iter().find(|column| matches!(column.wanted, Wanted::Known(_))) {
            let place = format!("columns[{}].field", known.place);
            return Err(invalid(place, "a new table has no fields yet: describe one"));
        }
        match &first.wanted {
            Wanted::New(input) if input.kind == FieldType::Text => Ok(()),
            _ => Err(Problem::invalid(
                "import.primary_not_text",
                format!("columns[{}].field", first.place),
                "the first field of a table is its primary field, which is text",
            )),
        }
    }

    /// The new fields in the order of columns, with the place of each in the request.
    pub(super) fn new_fields(&self) -> Vec<(usize, FieldInput)> {
        let new = self.columns.iter().filter_map(|column| match &column.wanted {
            Wanted::New(input) => Some((column.place, (**input).clone())),
            Wanted::Known(_) => None,
        });
        new.collect()
    }

    /// The field of each column, given the fields that were made for the new ones.
    pub(super) fn resolve(
        &self,
        base: &Base,
        table: &Table,
        made: &[FieldId],
        columns: &[Column],
        people: &Contacts,
    ) -> Result<Vec<Mapped>, Problem> {
        let mut made = made.iter();
        let names = Names::of(people);
        let resolved = self.columns.iter().map(|Chosen { place, source, wanted, key, create }| {
            let id = match wanted {
                Wanted::Known(id) => Some(*id),
                Wanted::New(_) => made.next().copied(),
            };
            let at = format!("columns[{place}].field");
            let field = id.and_then(|id| table.field(id));
            let field = field
                .ok_or_else(|| Problem::invalid("field.unknown", &*at, "the table has no such field"))?;
            let column =
                columns.get(*source).ok_or_else(|| invalid("columns", "the sheet has no such column"))?;
            if *key && !can_be_key(&field.kind) {
                let kind = field.kind.type_name();
                return Err(invalid(at, format!("records cannot be found by a field of type {kind}")));
            }
            let target = names.target(base, field, *create).map_err(|detail| invalid(&*at, detail))?;
            let own = matches!(&target, Target::Links(linked) if linked.table == table.def().id);
            let converter = Converter::new(target, column.format, self.zone.clone());
            let name = column.name.clone();
            Ok(Mapped { source: *source, name, field: field.id, key: *key, own, converter })
        });
        resolved.collect()
    }
}

/// A column on its way into a field.
#[derive(Debug)]
pub(super) struct Mapped {
    pub(super) source: usize,
    /// As the file names it, for the report.
    pub(super) name: String,
    pub(super) field: FieldId,
    /// Whether records are found by it.
    pub(super) key: bool,
    /// Whether it links to records of its own table, which may stand further down in the file.
    pub(super) own: bool,
    pub(super) converter: Converter,
}

impl Mapped {
    /// The table in which it makes records that are missing.
    pub(super) fn makes_in(&self) -> Option<TableId> {
        match &self.converter.target {
            Target::Links(linked) if linked.create => Some(linked.table),
            _ => None,
        }
    }
}

fn can_be_key(kind: &FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Text { .. } | FieldKind::Number(_) | FieldKind::Date(_) | FieldKind::Select { .. }
    )
}

/// By what people and groups are found.
struct Names {
    members: Arc<Known<kind::Member>>,
    groups: Arc<Known<kind::Group>>,
}

impl Names {
    fn of(people: &Contacts) -> Self {
        let (mut members, mut groups) = (Known::default(), Known::default());
        for (id, name, email) in &people.members {
            for called in [name, email, &id.to_string()] {
                members.add(*id, called);
            }
        }
        for (id, name) in &people.groups {
            groups.add(*id, name);
            groups.add(*id, &id.to_string());
        }
        Self { members: Arc::new(members), groups: Arc::new(groups) }
    }

    /// What a column becomes in a field; or why it cannot.
    fn target(&self, base: &Base, field: &Field, create: bool) -> Result<Target, String> {
        let choices =
            || Choices::new(field.kind.choices().iter().map(|choice| (choice.id, choice.name.as_str())));
        Ok(match &field.kind {
            FieldKind::Text { .. } => Target::Text,
            FieldKind::Number(style) if style.format == NumberFormat::Duration => Target::Duration,
            FieldKind::Number(_) => Target::Number,
            FieldKind::Date(style) => Target::Date { time: style.time },
            FieldKind::Checkbox => Target::Checkbox,
            FieldKind::Select { .. } => Target::Select(choices()),
            FieldKind::MultiSelect { .. } => Target::MultiSelect(choices()),
            FieldKind::Member { multiple } => {
                Target::People { known: self.members.clone(), multiple: *multiple }
            }
            FieldKind::Group { multiple } => {
                Target::Groups { known: self.groups.clone(), multiple: *multiple }
            }
            FieldKind::Location => Target::Place,
            FieldKind::Link { table, multiple, .. } | FieldKind::Backlink { table, multiple, .. } => {
                Target::Links(linked(base, *table, *multiple, create)?)
            }
            FieldKind::Attachment => {
                return Err("a table of text holds no files: only a .skein file brings them along".into());
            }
            kind => {
                return Err(format!("a field of type {} cannot be imported into", kind.type_name()));
            }
        })
    }
}

/// The records of a table by what they are called.
fn linked(base: &Base, id: TableId, multiple: bool, create: bool) -> Result<Linked, String> {
    let table = base.table(id).ok_or("the table it links to is gone")?;
    let primary = table.def().fields.first();
    if create && !primary.is_some_and(|field| matches!(field.kind, FieldKind::Text { .. })) {
        let name = &table.def().name;
        return Err(format!("records of {name} cannot be made from their names: its first field is no text"));
    }
    let mut known = Known::default();
    for row in table.rows() {
        known.add(table.record_id(row), &base.cell_text(table, row, 0));
    }
    let name = table.def().name.clone();
    Ok(Linked { table: id, name, multiple, known, create, fresh: Vec::new() })
}

fn wanted(field: Json, place: &str) -> Result<Option<Wanted>, Problem> {
    match field {
        Json::Null => Ok(None),
        Json::String(text) => match text.parse() {
            Ok(id) => Ok(Some(Wanted::Known(id))),
            Err(_) => Err(invalid(place, "give the id of a field")),
        },
        object => match serde_json::from_value::<FieldInput>(object) {
            Ok(input) => Ok(Some(Wanted::New(Box::new(input)))),
            Err(error) => Err(invalid(place, error.to_string())),
        },
    }
}

/// A field as the guess suggests it.
fn field_input(column: &Column) -> FieldInput {
    let of = |kind| FieldInput::new(column.name.clone(), kind);
    let choices = |names: &[String]| names.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>();
    match &column.kind {
        Kind::Text(format) => of(FieldType::Text).with("format", json!(format)),
        Kind::Number { precision, thousands, format, currency } => of(FieldType::Number)
            .with("precision", *precision)
            .with("thousands", *thousands)
            .with("format", json!(format))
            .with("currency", currency.as_str()),
        Kind::Select(names) => of(FieldType::Select).with("choices", choices(names)),
        Kind::MultiSelect(names) => of(FieldType::MultiSelect).with("choices", choices(names)),
        Kind::Date { time } => of(FieldType::Date).with("time", *time),
        Kind::Checkbox => of(FieldType::Checkbox),
    }
}
