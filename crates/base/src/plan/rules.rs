//! What records must keep beyond the types of their cells: required and unique fields, defaults and
//! automatic numbers.

use std::sync::Arc;

use skein_table::{Base, Field, FieldKind, Record, Table, Value};
use skein_types::RecordId;

use crate::BaseError;

/// Records as they are to be made: with defaults and numbers, and nothing missing.
pub(super) fn create(base: &Base, table: &Table, records: &[Record]) -> Result<Vec<Record>, BaseError> {
    let mut made = records.to_vec();
    for (at, field) in table.def().fields.iter().enumerate() {
        if let FieldKind::AutoNumber { .. } = field.kind {
            let first = table.next_number(at);
            for (record, n) in made.iter_mut().zip(0u32..) {
                record.cells.retain(|(id, _)| *id != field.id);
                record.cells.push((field.id, Value::Number { n: first + f64::from(n) }));
            }
            continue;
        }
        for (place, record) in made.iter_mut().enumerate() {
            let given = record.cells.iter().find(|(id, _)| *id == field.id).map(|(_, value)| value);
            if given.is_none()
                && let Some(default) = field.default.as_ref().and_then(|default| held(base, field, default))
            {
                record.cells.push((field.id, default));
            } else if field.required && given.is_none_or(is_blank) {
                return Err(missing(field, place));
            }
        }
    }
    people(base, table, &made)?;
    unique(base, table, &made)?;
    Ok(made)
}

/// A default without the records that are gone.
fn held(base: &Base, field: &Field, default: &Value) -> Option<Value> {
    let (FieldKind::Link { table, .. }, Value::Links { l }) = (&field.kind, default) else {
        return Some(default.clone());
    };
    let there = base.table(*table)?;
    let l: Arc<[RecordId]> = l.iter().copied().filter(|record| there.row(*record).is_some()).collect();
    (!l.is_empty()).then_some(Value::Links { l })
}

/// Changes leave no required cell empty and no unique one doubled.
pub(super) fn update(base: &Base, table: &Table, records: &[Record]) -> Result<(), BaseError> {
    for (place, record) in records.iter().enumerate() {
        for (id, value) in &record.cells {
            let Some(field) = table.field(*id).filter(|field| field.required) else { continue };
            if is_blank(value) {
                return Err(missing(field, place));
            }
        }
    }
    people(base, table, records)?;
    unique(base, table, records)
}

/// Cells name people and groups of the organisation.
fn people(base: &Base, table: &Table, records: &[Record]) -> Result<(), BaseError> {
    let known = &base.env().people;
    for (place, record) in records.iter().enumerate() {
        for (id, value) in &record.cells {
            let unknown = match value {
                Value::Members { u } => {
                    u.iter().find(|id| !known.members.contains_key(id)).map(ToString::to_string)
                }
                Value::Groups { g } => {
                    g.iter().find(|id| !known.groups.contains_key(id)).map(ToString::to_string)
                }
                _ => None,
            };
            if let Some(unknown) = unknown {
                let name = table.field(*id).map_or("", |field| &field.name);
                let detail = format!("“{name}” names nobody of the organisation: {unknown}");
                return Err(BaseError::invalid(
                    "value.invalid",
                    format!("records[{place}].fields.{id}"),
                    detail,
                ));
            }
        }
    }
    Ok(())
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool { b: false } => true,
        Value::Text { t } => t.trim().is_empty(),
        _ => false,
    }
}

fn missing(field: &Field, place: usize) -> BaseError {
    let detail = format!("“{}” needs a value", field.name);
    BaseError::invalid("value.required", format!("records[{place}].fields.{}", field.id), detail)
}

fn unique(base: &Base, table: &Table, records: &[Record]) -> Result<(), BaseError> {
    for field in table.def().fields.iter().filter(|field| field.unique) {
        let cell = |record: &Record| {
            record.cells.iter().find(|(id, _)| *id == field.id).map(|(_, value)| value.clone())
        };
        let wanted: Vec<(RecordId, Value)> =
            records.iter().filter_map(|record| Some((record.id, cell(record)?))).collect();
        if wanted.is_empty() {
            continue;
        }
        if let Some((record, other)) = base.doubled(table, field.id, &wanted) {
            let place = records.iter().position(|one| one.id == record).unwrap_or(0);
            let detail =
                format!("“{}” must be different in every record; {other} has this value", field.name);
            let path = format!("records[{place}].fields.{}", field.id);
            return Err(BaseError::invalid("value.not_unique", path, detail));
        }
    }
    Ok(())
}
