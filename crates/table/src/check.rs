//! Rules that definitions of tables, fields and views and the values of cells must keep.

use std::collections::HashSet;

use skein_types::{ChoiceId, FieldId};

use crate::{
    Field, FieldKind, OpError, Query, TableDef, Thing, Value, View,
    table::Schema,
    value::{DAY, MAX_DATE, MAX_TEXT, MIN_DATE},
};

pub(crate) const MAX_FIELDS: usize = 1_000;
pub(crate) const MAX_CHOICES: usize = 10_000;
pub(crate) const MAX_VIEWS: usize = 1_000;
/// Codes are indexes of small tables; this bounds those.
const MAX_CODE: u32 = 1_000_000;

/// Names that are the same but for case.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    a == b || a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase))
}

fn folded(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).collect()
}

pub(crate) fn name(what: Thing, name: &str) -> Result<(), OpError> {
    let sound = name.trim() == name && !name.is_empty() && name.chars().take(201).count() <= 200;
    if sound && !name.chars().any(char::is_control) { Ok(()) } else { Err(OpError::NameInvalid { what }) }
}

/// The name is sound and none of `others` has it.
pub(crate) fn free_name<'a>(
    what: Thing,
    new: &str,
    others: impl IntoIterator<Item = &'a str>,
) -> Result<(), OpError> {
    name(what, new)?;
    if others.into_iter().any(|other| same_name(other, new)) {
        return Err(OpError::NameTaken { what, name: new.into() });
    }
    Ok(())
}

pub(crate) fn place(what: Thing, at: usize, min: usize, max: usize) -> Result<(), OpError> {
    if (min..=max).contains(&at) { Ok(()) } else { Err(OpError::Place { what, at, min, max }) }
}

/// Name, options and choices of a field by itself.
pub(crate) fn field(field: &Field) -> Result<(), OpError> {
    name(Thing::Field, &field.name)?;
    if field.description.len() > 10_000 {
        let message = "a description has at most 10,000 bytes".into();
        return Err(OpError::Options { path: "description".into(), message });
    }
    if let FieldKind::Number { precision: 11.., .. } = field.kind {
        let message = "a number shows 0 to 10 decimal places".into();
        return Err(OpError::Options { path: "precision".into(), message });
    }
    let choices = field.kind.choices();
    if choices.len() > MAX_CHOICES {
        return Err(OpError::TooMany { what: Thing::Choice, max: MAX_CHOICES });
    }
    let (mut ids, mut codes, mut names) = (HashSet::new(), HashSet::new(), HashSet::new());
    for choice in choices {
        name(Thing::Choice, &choice.name)?;
        if !ids.insert(choice.id) {
            return Err(OpError::Exists { what: Thing::Choice, id: choice.id.to_string() });
        }
        if choice.code >= MAX_CODE || !codes.insert(choice.code) {
            return Err(OpError::CodeInvalid { what: Thing::Choice, code: choice.code });
        }
        if !names.insert(folded(&choice.name)) {
            return Err(OpError::NameTaken { what: Thing::Choice, name: choice.name.clone() });
        }
    }
    Ok(())
}

/// A view by itself: what it names exists.
pub(crate) fn view(def: &TableDef, view: &View) -> Result<(), OpError> {
    name(Thing::View, &view.name)?;
    let query = Query { filter: view.filter.clone(), sort: view.sort.clone(), search: None };
    crate::query::validate_stored(def, &query).map_err(OpError::Query)?;
    let known: HashSet<FieldId> = def.fields.iter().map(|field| field.id).collect();
    let mut seen = HashSet::new();
    for (at, shown) in view.fields.iter().enumerate() {
        if !known.contains(&shown.field) {
            return Err(OpError::FieldUnknown { id: shown.field, path: format!("fields[{at}].field") });
        }
        if !seen.insert(shown.field) {
            return Err(OpError::Repeated { path: format!("fields[{at}].field") });
        }
        if shown.width.is_some_and(|width| !(40..=2_000).contains(&width)) {
            let message = "a width is 40 to 2,000 pixels".into();
            return Err(OpError::Options { path: format!("fields[{at}].width"), message });
        }
    }
    Ok(())
}

/// A whole definition, as a table is created with.
pub(crate) fn table(def: &TableDef) -> Result<(), OpError> {
    name(Thing::Table, &def.name)?;
    if def.fields.len() > MAX_FIELDS {
        return Err(OpError::TooMany { what: Thing::Field, max: MAX_FIELDS });
    }
    if !matches!(def.fields.first(), Some(Field { kind: FieldKind::Text, .. })) {
        return Err(OpError::Primary("the first field of a table is text"));
    }
    if def.views.is_empty() {
        return Err(OpError::LastView);
    }
    if def.views.len() > MAX_VIEWS {
        return Err(OpError::TooMany { what: Thing::View, max: MAX_VIEWS });
    }
    let (mut ids, mut slots, mut names) = (HashSet::new(), HashSet::new(), HashSet::new());
    for part in &def.fields {
        field(part)?;
        if !ids.insert(part.id) {
            return Err(OpError::Exists { what: Thing::Field, id: part.id.to_string() });
        }
        if part.slot >= def.next_slot || !slots.insert(part.slot) {
            return Err(OpError::CodeInvalid { what: Thing::Field, code: part.slot });
        }
        if !names.insert(folded(&part.name)) {
            return Err(OpError::NameTaken { what: Thing::Field, name: part.name.clone() });
        }
    }
    let (mut ids, mut names) = (HashSet::new(), HashSet::new());
    for part in &def.views {
        view(def, part)?;
        if !ids.insert(part.id) {
            return Err(OpError::Exists { what: Thing::View, id: part.id.to_string() });
        }
        if !names.insert(folded(&part.name)) {
            return Err(OpError::NameTaken { what: Thing::View, name: part.name.clone() });
        }
    }
    Ok(())
}

/// A value fits the field at a place. `path` names the cell when it does not.
pub(crate) fn value(
    schema: &Schema,
    at: usize,
    value: &Value,
    path: impl Fn() -> String,
) -> Result<(), OpError> {
    let field = &schema.def.fields[at];
    let choice = |id: ChoiceId| match schema.choices[at].code(id) {
        Some(_) => Ok(()),
        None => Err(OpError::ChoiceUnknown { id, field: field.name.clone(), path: path() }),
    };
    let wrong = |expected: &str, found: &str| {
        Err(OpError::ValueInvalid { path: path(), expected: expected.into(), found: found.into() })
    };
    match (&field.kind, value) {
        (FieldKind::Text, Value::Text { t }) if t.len() > MAX_TEXT => {
            wrong("text of at most 100,000 bytes", "a longer one")
        }
        (FieldKind::Number { .. }, Value::Number { n }) if !n.is_finite() => {
            wrong("a finite number", "an infinite one")
        }
        (FieldKind::Date { .. }, Value::Date { d }) if !(MIN_DATE..=MAX_DATE).contains(d) => {
            wrong("a date in the years 1 to 9999", "one outside")
        }
        (FieldKind::Date { time: false }, Value::Date { d }) if d.rem_euclid(DAY) != 0 => {
            wrong("a day, as its midnight in UTC", "an instant within a day")
        }
        (_, Value::Null)
        | (FieldKind::Checkbox, Value::Bool { .. })
        | (FieldKind::Text, Value::Text { .. })
        | (FieldKind::Number { .. }, Value::Number { .. })
        | (FieldKind::Date { .. }, Value::Date { .. }) => Ok(()),
        (FieldKind::Select { .. }, Value::Choice { c }) => choice(*c),
        (FieldKind::MultiSelect { .. }, Value::Choices { m }) => {
            let mut seen = HashSet::new();
            if m.iter().all(|id| seen.insert(*id)) {
                m.iter().try_for_each(|id| choice(*id))
            } else {
                wrong("choices without repeats", "a repeated choice")
            }
        }
        (kind, found) => wrong(&format!("a value of type {}", kind.type_name()), found.type_name()),
    }
}
