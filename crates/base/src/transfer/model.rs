//! Imports as the API shows them.

use serde::{Deserialize, Serialize};
use skein_table::{NumberFormat, TextFormat};
use skein_types::{ImportId, Problem, TableId};
use utoipa::ToSchema;

use super::{
    guess::{Column, Kind},
    report::{Errors, Progress},
    sample::Sample,
};

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The file was looked at; nothing was imported yet.
    Previewed,
    /// Records are being made.
    Running,
    /// All rows are in the table.
    Done,
    /// It could not be finished; what was imported was taken back, unless `error` says otherwise.
    Failed,
    /// It was cancelled; what was imported was taken back.
    Cancelled,
}

/// An import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// How far it has come.
    pub state: State,
    /// The file.
    pub file: FileInfo,
    /// What is in the file.
    pub sheets: Vec<Sheet>,
    /// How many rows were read and imported.
    pub progress: Progress,
    /// Cells that did not fit.
    pub report: Errors,
    /// The table it goes into, once started.
    pub table: Option<TableId>,
    /// Why it failed.
    pub error: Option<Problem>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileInfo {
    /// As its owner names it.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// A sheet of a workbook; a text file has one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Sheet {
    /// Its name; of a text file, the name of the file.
    pub name: String,
    /// Whether the first row of `preview` seems to hold the names of columns.
    pub header: bool,
    /// Columns from left to right; none when the sheet is empty.
    pub columns: Vec<SheetColumn>,
    /// About how many rows of data there are.
    pub rows_estimate: u64,
    /// The first rows of the table as text, the header among them.
    pub preview: Vec<Vec<String>>,
}

/// A column with the field it seems to be: what is here, without `samples`, may be sent back as a new
/// field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SheetColumn {
    /// From the header, made unique.
    pub name: String,
    /// The type of a field: `text`, `number`, `date`, `checkbox`, `select`, `multi_select`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Number: `percent`, `currency`; text: `phone`, `email`, `url`; nothing for plain ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Number: the sign or code of the currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Number: decimal places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<u8>,
    /// Number: whether thousands are separated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thousands: Option<bool>,
    /// Date: whether there is a time of day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<bool>,
    /// Selects: the choices found so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<NamedChoice>>,
    /// A few different values.
    pub samples: Vec<String>,
}

/// A choice that is not made yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedChoice {
    /// Its name.
    pub name: String,
}

impl From<&Sample> for Sheet {
    fn from(sample: &Sample) -> Self {
        Self {
            name: sample.sheet.clone(),
            header: sample.layout.header,
            columns: sample.layout.columns.iter().map(Into::into).collect(),
            rows_estimate: sample.rows,
            preview: sample.preview.clone(),
        }
    }
}

impl From<&Column> for SheetColumn {
    fn from(column: &Column) -> Self {
        let mut shown = Self {
            name: column.name.clone(),
            kind: String::new(),
            format: None,
            currency: None,
            precision: None,
            thousands: None,
            time: None,
            choices: None,
            samples: column.samples.clone(),
        };
        let named =
            |names: &[String]| Some(names.iter().map(|name| NamedChoice { name: name.clone() }).collect());
        let kind = match &column.kind {
            Kind::Text(format) => {
                shown.format = named_format(*format, TextFormat::Plain);
                "text"
            }
            Kind::Checkbox => "checkbox",
            Kind::Number { precision, thousands, format, currency } => {
                (shown.precision, shown.thousands) = (Some(*precision), Some(*thousands));
                shown.format = named_format(*format, NumberFormat::Plain);
                shown.currency = Some(currency.clone()).filter(|currency| !currency.is_empty());
                "number"
            }
            Kind::Date { time } => {
                shown.time = Some(*time);
                "date"
            }
            Kind::Select(names) => {
                shown.choices = named(names);
                "select"
            }
            Kind::MultiSelect(names) => {
                shown.choices = named(names);
                "multi_select"
            }
        };
        kind.clone_into(&mut shown.kind);
        shown
    }
}

/// The name of a format in JSON; none of the usual one.
fn named_format<F: Serialize + PartialEq + Copy>(format: F, usual: F) -> Option<String> {
    let json = (format != usual).then(|| serde_json::to_value(format).ok()).flatten()?;
    json.as_str().map(str::to_owned)
}
