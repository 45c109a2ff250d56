//! Reads records as clients send them, with errors that name the cell.

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use skein_table::{Field, FieldKind, Record, Table, Value, value_from_json};
use skein_types::{FieldId, Ids, RecordId};
use utoipa::ToSchema;

use crate::{BaseError, plan::MAX_RECORDS};

/// How requests name fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// By id.
    #[default]
    Id,
    /// By name, ignoring case.
    Name,
}

/// A record as a client sends it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordInput {
    /// Its id. May be left out to create one.
    #[serde(default)]
    pub id: Option<String>,
    /// Values by field; `null` clears.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub fields: Map<String, Json>,
}

/// Records to create; those without an id get one.
pub fn parse_creates(
    table: &Table,
    inputs: &[RecordInput],
    naming: Naming,
    ids: &Ids,
) -> Result<Vec<Record>, BaseError> {
    check_count(inputs.len())?;
    let record = |(at, input): (usize, &RecordInput)| {
        let id = match &input.id {
            Some(text) => parse_id(text, at)?,
            None => ids.make(),
        };
        let mut cells = parse_cells(table, at, &input.fields, naming)?;
        cells.retain(|(_, value)| *value != Value::Null);
        Ok(Record::new(id, cells))
    };
    inputs.iter().enumerate().map(record).collect()
}

/// Records to update where they are or create where they are not: they come without an id.
pub(crate) fn parse_upserts(
    table: &Table,
    inputs: &[RecordInput],
    naming: Naming,
    ids: &Ids,
) -> Result<Vec<Record>, BaseError> {
    check_count(inputs.len())?;
    let record = |(at, input): (usize, &RecordInput)| {
        if input.id.is_some() {
            return Err(id_given(at));
        }
        Ok(Record::new(ids.make(), parse_cells(table, at, &input.fields, naming)?))
    };
    inputs.iter().enumerate().map(record).collect()
}

pub(crate) fn id_given(at: usize) -> BaseError {
    BaseError::invalid(
        "record.id_given",
        format!("records[{at}].id"),
        "the key fields say which record it is",
    )
}

/// Fields by id or by name.
pub(crate) fn parse_fields(
    table: &Table,
    names: &[String],
    naming: Naming,
    path: &str,
) -> Result<Vec<FieldId>, BaseError> {
    let one = |(at, name): (usize, &String)| {
        let field = find_field(table, name, naming).map(|field| field.id);
        field.ok_or_else(|| {
            BaseError::invalid("field.unknown", format!("{path}[{at}]"), "the table has no such field")
        })
    };
    names.iter().enumerate().map(one).collect()
}

/// Records to update.
pub fn parse_updates(
    table: &Table,
    inputs: &[RecordInput],
    naming: Naming,
) -> Result<Vec<Record>, BaseError> {
    check_count(inputs.len())?;
    let record = |(at, input): (usize, &RecordInput)| {
        let missing =
            || BaseError::invalid("record.id_missing", format!("records[{at}].id"), "which record is it?");
        let id = parse_id(input.id.as_deref().ok_or_else(missing)?, at)?;
        Ok(Record::new(id, parse_cells(table, at, &input.fields, naming)?))
    };
    inputs.iter().enumerate().map(record).collect()
}

/// Ids of records to delete.
pub(crate) fn parse_ids(texts: &[String]) -> Result<Vec<RecordId>, BaseError> {
    check_count(texts.len())?;
    let id = |(at, text): (usize, &String)| {
        let path = format!("records[{at}]");
        text.parse().map_err(|_| BaseError::invalid("record.id_invalid", path, ID_FORM))
    };
    texts.iter().enumerate().map(id).collect()
}

const ID_FORM: &str = "an id of a record is rec_ followed by 26 characters";

fn check_count(count: usize) -> Result<(), BaseError> {
    if count > MAX_RECORDS {
        let detail = format!("at most 5,000 records at once, these are {count}");
        return Err(BaseError::invalid("records.too_many", "records", detail));
    }
    Ok(())
}

fn parse_id(text: &str, at: usize) -> Result<RecordId, BaseError> {
    let path = || format!("records[{at}].id");
    text.parse().map_err(|_| BaseError::invalid("record.id_invalid", path(), ID_FORM))
}

fn parse_cells(
    table: &Table,
    at: usize,
    fields: &Map<String, Json>,
    naming: Naming,
) -> Result<Vec<(FieldId, Value)>, BaseError> {
    let mut cells: Vec<(FieldId, Value)> = Vec::with_capacity(fields.len());
    for (name, json) in fields {
        let path = || format!("records[{at}].fields.{name}");
        let field = find_field(table, name, naming)
            .ok_or_else(|| BaseError::invalid("field.unknown", path(), "the table has no such field"))?;
        if cells.iter().any(|(other, _)| *other == field.id) {
            return Err(BaseError::invalid("input.repeated", path(), "this field is given twice"));
        }
        if !field.kind.is_writable() {
            let detail = format!("a field of type {} cannot be written", field.kind.type_name());
            return Err(BaseError::invalid("field.not_writable", path(), detail));
        }
        let value = value_from_json(field, json)
            .map_err(|error| BaseError::invalid(value_code(field, json), path(), error.to_string()))?;
        cells.push((field.id, value));
    }
    Ok(cells)
}

pub(crate) fn find_field<'a>(table: &'a Table, name: &str, naming: Naming) -> Option<&'a Field> {
    match naming {
        Naming::Id => table.field(name.parse().ok()?),
        Naming::Name => {
            let fields = &table.def().fields;
            let folded = name.to_lowercase();
            fields
                .iter()
                .find(|field| field.name == name)
                .or_else(|| fields.iter().find(|field| field.name.to_lowercase() == folded))
        }
    }
}

/// A choice that does not exist is told from a value of a wrong form.
fn value_code(field: &Field, json: &Json) -> &'static str {
    let unknown = match &field.kind {
        FieldKind::Select { .. } => json.is_string(),
        FieldKind::MultiSelect { .. } => {
            json.as_array().is_some_and(|items| items.iter().all(Json::is_string))
        }
        _ => false,
    };
    if unknown { "choice.unknown" } else { "value.invalid" }
}
