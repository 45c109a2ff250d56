//! Rows as lines of JSON, and the tables there are. Knows nothing of files.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, json};

use super::{BackupError, Column, Kind, TableInfo};
use crate::{Param, Row, StoreError, Tx};

/// Every table that a backup holds, with its columns.
pub(super) async fn tables(tx: &mut Tx) -> Result<Vec<TableInfo>, BackupError> {
    let mut tables: Vec<TableInfo> = Vec::new();
    for row in tx.rows(tx.dialect().catalog(), vec![]).await? {
        let (table, column): (String, String) = (row.get("table_name")?, row.get("column_name")?);
        let declared: String = row.get("type")?;
        // Which migrations were taken stands elsewhere; images follow from what else there is.
        if table == "migrations" || table.starts_with("base_image") {
            continue;
        }
        let kind = match declared.to_ascii_uppercase().as_str() {
            "BIGINT" | "INTEGER" => Kind::Int,
            "DOUBLE PRECISION" | "REAL" => Kind::Real,
            "BOOLEAN" => Kind::Bool,
            "TEXT" => Kind::Text,
            "BLOB" | "BYTEA" => Kind::Bytes,
            _ => return Err(BackupError::UnknownType { table, column, kind: declared }),
        };
        if tables.last().is_none_or(|last| last.name != table) {
            tables.push(TableInfo { name: table, rows: 0, columns: Vec::new() });
        }
        if let Some(last) = tables.last_mut() {
            last.columns.push(Column { name: column, kind });
        }
    }
    Ok(tables)
}

/// The columns of a table as a list for SQL.
pub(super) fn column_list(table: &TableInfo) -> String {
    let quoted: Vec<String> = table.columns.iter().map(|column| quote(&column.name)).collect();
    quoted.join(", ")
}

pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A row as a line of JSON. Bytes and real numbers are marked, since JSON has nothing exact for them.
pub(super) fn to_line(table: &TableInfo, row: &Row) -> Result<Vec<u8>, StoreError> {
    let mut object = Map::new();
    for Column { name, kind } in &table.columns {
        let value = match kind {
            Kind::Int => row.get::<Option<i64>>(name)?.map(Value::from),
            Kind::Bool => row.get::<Option<bool>>(name)?.map(Value::from),
            Kind::Text => row.get::<Option<String>>(name)?.map(Value::from),
            Kind::Real => row.get::<Option<f64>>(name)?.map(|real| json!({ "real": real.to_string() })),
            Kind::Bytes => row
                .get::<Option<Vec<u8>>>(name)?
                .map(|bytes| json!({ "base64": BASE64_STANDARD.encode(bytes) })),
        };
        object.insert(name.clone(), value.unwrap_or(Value::Null));
    }
    let mut line = Value::Object(object).to_string().into_bytes();
    line.push(b'\n');
    Ok(line)
}

/// The values of a row, in the order of the table's columns; what is wrong with the line otherwise.
pub(super) fn from_line(table: &TableInfo, line: &[u8]) -> Result<Vec<Param>, String> {
    let mut object: Map<String, Value> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let values = table
        .columns
        .iter()
        .map(|Column { name, kind }| {
            let value = object.remove(name).ok_or_else(|| format!("column {name} is missing"))?;
            param(*kind, value).ok_or_else(|| format!("column {name} has a value of another type"))
        })
        .collect::<Result<_, String>>()?;
    match object.keys().next() {
        Some(name) => Err(format!("there is no column {name}")),
        None => Ok(values),
    }
}

fn param(kind: Kind, value: Value) -> Option<Param> {
    Some(match (kind, value) {
        (Kind::Int, Value::Null) => Param::Int(None),
        (Kind::Real, Value::Null) => Param::Real(None),
        (Kind::Bool, Value::Null) => Param::Bool(None),
        (Kind::Text, Value::Null) => Param::Text(None),
        (Kind::Bytes, Value::Null) => Param::Bytes(None),
        (Kind::Int, Value::Number(number)) => Param::Int(Some(number.as_i64()?)),
        (Kind::Bool, Value::Bool(value)) => Param::Bool(Some(value)),
        (Kind::Text, Value::String(text)) => Param::Text(Some(text)),
        (Kind::Real, marked) => Param::Real(Some(marked.get("real")?.as_str()?.parse().ok()?)),
        (Kind::Bytes, marked) => {
            Param::Bytes(Some(BASE64_STANDARD.decode(marked.get("base64")?.as_str()?).ok()?))
        }
        _ => return None,
    })
}
