//! What an import shall do with the columns of a file, checked before anything is changed.

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value as Json;
use skein_table::{Field, FieldKind, Table};
use skein_types::{FieldId, Problem, TableId};
use utoipa::ToSchema;

use super::{
    convert::{Choices, Converter, Target},
    guess::{Column, Kind},
    sample::Sample,
};
use crate::{FieldInput, command::FieldType};

/// What to import, and into what.
#[derive(Clone, Debug, Deserialize, ToSchema)]
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
}

/// A table that exists, by id, or a new one with a name.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
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
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnTarget {
    /// Which column of the file, from 0.
    pub source: usize,
    /// The id of a field, a new field as it is created, or null to leave the column out.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub field: Json,
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
            columns.push(Chosen { place: at, source: column.source, wanted });
        }
        let mapping = Self {
            sheet: input.sheet,
            first_row: sample.layout.first_row + u64::from(input.header),
            destination,
            columns,
            zone: zone.unwrap_or(TimeZone::UTC),
        };
        mapping.check()?;
        Ok(mapping)
    }

    /// The mapping that the guesses suggest: a new table with all columns of a sheet.
    pub(super) fn guessed(name: &str, sheet: usize, sample: &Sample) -> Self {
        let columns = sample.layout.columns.iter().enumerate();
        let columns = columns.map(|(at, column)| {
            let wanted = Wanted::New(Box::new(field_input(column)));
            Chosen { place: at, source: at, wanted }
        });
        Self {
            sheet,
            first_row: sample.layout.first_row + u64::from(sample.layout.header),
            destination: Destination::New(name.to_owned()),
            columns: columns.collect(),
            zone: TimeZone::UTC,
        }
    }

    fn check(&self) -> Result<(), Problem> {
        let Some(first) = self.columns.first() else {
            return Err(invalid("columns", "at least one column has to become a field"));
        };
        if matches!(self.destination, Destination::Existing(_)) {
            return Ok(());
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
        table: &Table,
        made: &[FieldId],
        columns: &[Column],
    ) -> Result<Vec<Mapped>, Problem> {
        let mut made = made.iter();
        let resolved = self.columns.iter().map(|Chosen { place, source, wanted }| {
            let id = match wanted {
                Wanted::Known(id) => Some(*id),
                Wanted::New(_) => made.next().copied(),
            };
            let field = id.and_then(|id| table.field(id));
            let field = field.ok_or_else(|| {
                Problem::invalid(
                    "field.unknown",
                    format!("columns[{place}].field"),
                    "the table has no such field",
                )
            })?;
            let column =
                columns.get(*source).ok_or_else(|| invalid("columns", "the sheet has no such column"))?;
            let target = target(field).ok_or_else(|| {
                let kind = field.kind.type_name();
                invalid(
                    format!("columns[{place}].field"),
                    format!("a field of type {kind} cannot be imported into"),
                )
            })?;
            let converter = Converter::new(target, column.format, self.zone.clone());
            Ok(Mapped { source: *source, name: column.name.clone(), field: field.id, converter })
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
    pub(super) converter: Converter,
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

fn target(field: &Field) -> Option<Target> {
    let choices =
        || Choices::new(field.kind.choices().iter().map(|choice| (choice.id, choice.name.as_str())));
    Some(match &field.kind {
        FieldKind::Text { .. } => Target::Text,
        FieldKind::Number(_) => Target::Number,
        FieldKind::Date(style) => Target::Date { time: style.time },
        FieldKind::Checkbox => Target::Checkbox,
        FieldKind::Select { .. } => Target::Select(choices()),
        FieldKind::MultiSelect { .. } => Target::MultiSelect(choices()),
        _ => return None,
    })
}

/// A field as the guess suggests it.
fn field_input(column: &Column) -> FieldInput {
    let of = |kind| FieldInput::new(column.name.clone(), kind);
    let choices =
        |names: &[String]| names.iter().map(|name| serde_json::json!({ "name": name })).collect::<Vec<_>>();
    match &column.kind {
        Kind::Text => of(FieldType::Text),
        Kind::Number { precision, thousands } => {
            of(FieldType::Number).with("precision", *precision).with("thousands", *thousands)
        }
        Kind::Select(names) => of(FieldType::Select).with("choices", choices(names)),
        Kind::MultiSelect(names) => of(FieldType::MultiSelect).with("choices", choices(names)),
        Kind::Date { time } => of(FieldType::Date).with("time", *time),
        Kind::Checkbox => of(FieldType::Checkbox),
    }
}
