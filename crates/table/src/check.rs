//! Rules that definitions of tables, fields and views and the values of cells must keep.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

use skein_types::{ChoiceId, FieldId, MemberId};

use crate::{
    DateStyle, Field, FieldKind, File, NumberStyle, OpError, TableDef, Thing, Value, View,
    shape::Schema,
    value::{DAY, MAX_DATE, MAX_TEXT, MIN_DATE},
};

pub(crate) const MAX_FIELDS: usize = 1_000;
pub(crate) const MAX_CHOICES: usize = 10_000;
/// Views that all share, and those of one owner.
pub(crate) const MAX_VIEWS: usize = 1_000;
const MAX_FROZEN: u8 = 10;
const MAX_FILES: usize = 1_000;
/// Codes are indexes of small tables; this bounds those.
const MAX_CODE: u32 = 1_000_000;

/// What the first field of a table is.
pub(crate) const PRIMARY: &str =
    "the first field is of type text, number, select, date, auto_number, created_at, location or formula";

/// Names that are the same but for case.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    a == b || a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase))
}

/// A name as it is compared with others.
pub(crate) fn folded(name: &str) -> String {
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
    options(&field.kind)?;
    if (field.required || field.unique) && !field.kind.is_stored() {
        let path = if field.required { "required" } else { "unique" };
        let message = format!("a field of type {} is not filled in by hand", field.kind.type_name());
        return Err(OpError::Options { path: path.into(), message });
    }
    if let Some(default) = &field.default {
        if !field.kind.is_writable() || matches!(field.kind, FieldKind::Backlink { .. }) {
            let message = format!("a field of type {} has no default", field.kind.type_name());
            return Err(OpError::Options { path: "default".into(), message });
        }
        let schema = Schema::of_one(field);
        value(&schema, 0, default, || "default".into())?;
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

/// The options of a type.
fn options(kind: &FieldKind) -> Result<(), OpError> {
    let wrong =
        |path: &str, message: &str| Err(OpError::Options { path: path.into(), message: message.into() });
    match kind {
        FieldKind::Number(style) => number_style(style, ""),
        FieldKind::Date(style) | FieldKind::CreatedAt(style) | FieldKind::UpdatedAt(style) => {
            date_style(style, "")
        }
        FieldKind::Formula { style, .. } | FieldKind::Rollup { style, .. } => {
            number_style(&style.number, "style.number.").and(date_style(&style.date, "style.date."))
        }
        FieldKind::AutoNumber { pattern } if pattern.len() > 200 || !pattern.contains("{n") => {
            wrong("pattern", "a pattern has at most 200 bytes and {n} in it")
        }
        FieldKind::Button { label, .. } if label.trim().is_empty() || label.chars().count() > 60 => {
            wrong("label", "a label has 1 to 60 characters")
        }
        _ => Ok(()),
    }
}

fn number_style(style: &NumberStyle, under: &str) -> Result<(), OpError> {
    let wrong = |path: &str, message: &str| {
        Err(OpError::Options { path: format!("{under}{path}"), message: message.into() })
    };
    if style.precision > 10 {
        return wrong("precision", "a number shows 0 to 10 decimal places");
    }
    if style.currency.chars().count() > 8 || style.currency.chars().any(char::is_control) {
        return wrong("currency", "a currency has at most 8 characters");
    }
    if style.max > 10 {
        return wrong("max", "a rating has at most 10 stars");
    }
    Ok(())
}

fn date_style(style: &DateStyle, under: &str) -> Result<(), OpError> {
    match &style.zone {
        Some(zone) if jiff::tz::TimeZone::get(zone).is_err() => Err(OpError::Options {
            path: format!("{under}zone"),
            message: "a time zone has an IANA name such as Asia/Shanghai".into(),
        }),
        _ => Ok(()),
    }
}

/// A view by itself: what it names exists.
pub(crate) fn view(def: &TableDef, view: &View) -> Result<(), OpError> {
    name(Thing::View, &view.name)?;
    view.kind.check(def)?;
    crate::query::validate_stored(def, &view.said()).map_err(OpError::Query)?;
    let wrong =
        |path: &str, message: &str| Err(OpError::Options { path: path.into(), message: message.into() });
    if view.description.len() > 10_000 {
        return wrong("description", "a description has at most 10,000 bytes");
    }
    if view.frozen > MAX_FROZEN {
        return wrong("frozen", "0 to 10 columns stay where they are");
    }
    if let Some(tree) = view.tree {
        let field = def.fields.iter().find(|field| field.id == tree);
        let Some(field) = field else {
            return Err(OpError::FieldUnknown { id: tree, path: "tree".into() });
        };
        if !matches!(&field.kind, FieldKind::Link { table, .. } | FieldKind::Backlink { table, .. } if *table == def.id)
        {
            return wrong("tree", "records stand under those of a link to the table itself");
        }
    }
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
            return wrong(&format!("fields[{at}].width"), "a width is 40 to 2,000 pixels");
        }
    }
    Ok(())
}

/// How many views somebody has, or all share.
pub(crate) fn views_of(def: &TableDef, owner: Option<MemberId>) -> usize {
    def.views.iter().filter(|view| view.owner == owner).count()
}

/// A whole definition, as a table is created with.
pub(crate) fn table(def: &TableDef) -> Result<(), OpError> {
    name(Thing::Table, &def.name)?;
    if def.fields.len() > MAX_FIELDS {
        return Err(OpError::TooMany { what: Thing::Field, max: MAX_FIELDS });
    }
    if !def.fields.first().is_some_and(|first| first.kind.can_be_primary()) {
        return Err(OpError::Primary(PRIMARY));
    }
    if def.views.is_empty() {
        return Err(OpError::LastView);
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
    for old in &def.retired {
        field(&old.field).and_then(|()| field(&old.became))?;
    }
    let (mut ids, mut names, mut owners) = (HashSet::new(), HashSet::new(), HashMap::new());
    for part in &def.views {
        view(def, part)?;
        if !ids.insert(part.id) {
            return Err(OpError::Exists { what: Thing::View, id: part.id.to_string() });
        }
        let many = owners.entry(part.owner).or_insert(0usize);
        *many += 1;
        if *many > MAX_VIEWS {
            return Err(OpError::TooMany { what: Thing::View, max: MAX_VIEWS });
        }
        if !names.insert((part.owner, folded(&part.name))) {
            return Err(OpError::NameTaken { what: Thing::View, name: part.name.clone() });
        }
    }
    Ok(())
}

/// A list holds each item once and, when only one may be, at most one.
pub(crate) fn list<T: Eq + Hash>(
    multiple: bool,
    items: &[T],
    path: impl Fn() -> String,
) -> Result<(), OpError> {
    let wrong = |expected: &str, found: &str| {
        Err(OpError::ValueInvalid { path: path(), expected: expected.into(), found: found.into() })
    };
    let mut seen = HashSet::new();
    match items {
        [] | [_] => Ok(()),
        _ if !multiple => wrong("at most one", "several"),
        items if items.iter().all(|item| seen.insert(item)) => Ok(()),
        _ => wrong("a list without repeats", "a repeated item"),
    }
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
        (FieldKind::Text { .. }, Value::Text { t }) if t.len() > MAX_TEXT => {
            wrong("text of at most 100,000 bytes", "a longer one")
        }
        (FieldKind::Number(_) | FieldKind::AutoNumber { .. }, Value::Number { n }) if !n.is_finite() => {
            wrong("a finite number", "an infinite one")
        }
        (FieldKind::Date(_), Value::Date { d }) if !(MIN_DATE..=MAX_DATE).contains(d) => {
            wrong("a date in the years 1 to 9999", "one outside")
        }
        (FieldKind::Date(style), Value::Date { d }) if !style.time && d.rem_euclid(DAY) != 0 => {
            wrong("a day, as its midnight in UTC", "an instant within a day")
        }
        (FieldKind::Attachment, Value::Files { f }) if f.len() > MAX_FILES => {
            wrong("at most 1,000 files", "more")
        }
        (FieldKind::Attachment, Value::Files { f }) if !f.iter().all(File::is_sound) => {
            wrong("names of files of at most 255 characters", "a longer one")
        }
        (FieldKind::Location, Value::Place { p }) if !p.is_sound() => {
            wrong("a place on earth", "one outside")
        }
        (kind, Value::Null) if kind.is_stored() => Ok(()),
        (FieldKind::Checkbox, Value::Bool { .. })
        | (FieldKind::Attachment, Value::Files { .. })
        | (FieldKind::Location, Value::Place { .. })
        | (FieldKind::Text { .. }, Value::Text { .. })
        | (FieldKind::Number(_) | FieldKind::AutoNumber { .. }, Value::Number { .. })
        | (FieldKind::Date(_), Value::Date { .. }) => Ok(()),
        (FieldKind::Select { .. }, Value::Choice { c }) => choice(*c),
        (FieldKind::MultiSelect { .. }, Value::Choices { m }) => {
            list(true, m, &path).and_then(|()| m.iter().try_for_each(|id| choice(*id)))
        }
        (FieldKind::Member { multiple }, Value::Members { u }) => list(*multiple, u, &path),
        (FieldKind::Group { multiple }, Value::Groups { g }) => list(*multiple, g, &path),
        (FieldKind::Link { multiple, .. }, Value::Links { l }) => list(*multiple, l, &path),
        (kind, _) if !kind.is_stored() => Err(OpError::NotWritable { path: path(), kind: kind.type_name() }),
        (kind, found) => wrong(&format!("a value of type {}", kind.type_name()), found.type_name()),
    }
}
