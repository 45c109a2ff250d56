//! What a chart or pivot table tells as lines of CSV.

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use skein_table::{Cube, CubeAxis, CubeQuery, Table};
use utoipa::ToSchema;

use crate::transfer::csv_cell;

/// What is said in the reader's language.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Titles {
    /// Of the columns of measures, in their order; made of fields and functions when they are missing.
    #[serde(default)]
    pub(crate) measures: Vec<String>,
    /// Of the group of records without a value.
    #[serde(default)]
    pub(crate) blank: String,
    /// Of the group of errors.
    #[serde(default)]
    pub(crate) error: String,
    /// Of the rest.
    #[serde(default)]
    pub(crate) other: String,
}

/// A line for each cell, totals left out: the groups it is in, then what is told.
pub(crate) fn csv(table: &Table, query: &CubeQuery, cube: &Cube, titles: &Titles) -> String {
    let mut out = String::from("\u{feff}");
    let name = |field| table.field(field).map(|field| field.name.clone()).unwrap_or_default();
    let mut head: Vec<String> = query.dimensions().map(|dimension| name(dimension.key.field)).collect();
    for (at, measure) in query.measures.iter().enumerate() {
        let function = serde_json::to_value(measure.function).unwrap_or_default();
        let function = function.as_str().unwrap_or_default();
        let usual = match measure.field {
            Some(field) => format!("{} ({function})", name(field)),
            None => function.to_owned(),
        };
        head.push(titles.measures.get(at).filter(|title| !title.is_empty()).cloned().unwrap_or(usual));
    }
    line(&mut out, &head);
    let axes: Vec<&CubeAxis> = cube.rows.iter().chain(&cube.columns).collect();
    for cell in cube.cells.iter().filter(|cell| cell.at.iter().all(Option::is_some)) {
        let places = cell.at.iter().flatten().zip(&axes);
        let mut cells: Vec<String> = places.map(|(&at, axis)| label(axis, at as usize, titles)).collect();
        cells.extend(cell.values.iter().map(|value| match value {
            Json::Null => String::new(),
            Json::String(text) => text.clone(),
            other => other.to_string(),
        }));
        line(&mut out, &cells);
    }
    out
}

fn label(axis: &CubeAxis, at: usize, titles: &Titles) -> String {
    let or = |title: &str, usual: &str| if title.is_empty() { usual.to_owned() } else { title.to_owned() };
    let Some(group) = axis.groups.get(at) else { return String::new() };
    match &group.value {
        _ if group.other.is_some() => or(&titles.other, "other"),
        Json::Null => titles.blank.clone(),
        Json::Bool(yes) => yes.to_string(),
        Json::Object(parts) if parts.contains_key("error") => or(&titles.error, "error"),
        _ => group.label.clone(),
    }
}

fn line(out: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
    let _ = write!(out, "{}\r\n", cells.join(","));
}
