//! The types of fields with their options, as clients send them.

use std::collections::HashSet;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value as Json};
use skein_table::{
    Base, ButtonAction, Choice, Field, FieldKind, Filter, Table, formula::Mistake, value_from_json,
};
use skein_types::{Ids, TableId};

use super::usual_color;
use crate::{
    BaseError,
    command::{ChoiceInput, FieldType},
};

/// The other side of a link that is to be made with it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mirror {
    pub(super) name: Option<String>,
    pub(super) multiple: bool,
}

/// A type with its options, checked by itself.
#[derive(Clone, Debug)]
pub(super) struct Kind {
    pub(super) kind: FieldKind,
    /// Of a link: what is wanted of its other side.
    pub(super) mirror: MirrorWish,
}

/// What is to become of the other side of a link.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum MirrorWish {
    /// Nothing was said.
    AsIs,
    /// There is to be none.
    None,
    /// There is to be one.
    Some(Mirror),
}

impl MirrorWish {
    pub(super) fn wanted(&self) -> Option<&Mirror> {
        if let Self::Some(mirror) = self { Some(mirror) } else { None }
    }
}

/// The options of a type.
fn names(kind: FieldType) -> &'static [&'static str] {
    match kind {
        FieldType::Text => &["format"],
        FieldType::Number => &["format", "precision", "thousands", "separators", "currency", "max"],
        FieldType::Select | FieldType::MultiSelect => &["choices"],
        FieldType::Date | FieldType::CreatedAt | FieldType::UpdatedAt => &["time", "format", "zone"],
        FieldType::Member | FieldType::Group | FieldType::Backlink => &["multiple"],
        FieldType::AutoNumber => &["pattern"],
        FieldType::Button => &["label", "color", "action"],
        FieldType::Link => &["table", "multiple", "mirror", "filter"],
        FieldType::Lookup => &["from", "field", "filter"],
        FieldType::Rollup => &["from", "field", "filter", "aggregate", "style"],
        FieldType::Formula => &["formula", "style"],
        FieldType::Checkbox
        | FieldType::Attachment
        | FieldType::Location
        | FieldType::CreatedBy
        | FieldType::UpdatedBy => &[],
    }
}

fn type_name(kind: FieldType) -> String {
    serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(String::from)).unwrap_or_default()
}

fn invalid(path: &str, detail: impl Into<String>) -> BaseError {
    BaseError::invalid("field.options", path, detail)
}

/// Reads one option.
fn read<T: DeserializeOwned>(options: &Map<String, Json>, name: &str) -> Result<Option<T>, BaseError> {
    match options.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(json) => {
            serde_json::from_value(json.clone()).map(Some).map_err(|error| invalid(name, error.to_string()))
        }
    }
}

/// A type with options. `old` is the field before, when it keeps its type.
pub(super) fn kind(
    base: &Base,
    table: Option<&Table>,
    kind: FieldType,
    options: &Map<String, Json>,
    old: Option<&FieldKind>,
    ids: &Ids,
) -> Result<Kind, BaseError> {
    if let Some(name) = options.keys().find(|name| !names(kind).contains(&name.as_str())) {
        let type_name = type_name(kind);
        let has = match names(kind) {
            [] => "has none".to_owned(),
            some => format!("has {}", some.join(", ")),
        };
        return Err(invalid(name, format!("a field of type {type_name} has no option {name}; it {has}")));
    }
    let mut mirror = MirrorWish::AsIs;
    let kind = match kind {
        FieldType::Select | FieldType::MultiSelect => {
            let before = old.map_or(&[][..], FieldKind::choices);
            let choices = match read::<Vec<ChoiceInput>>(options, "choices")? {
                Some(inputs) => choices(before, &inputs, ids)?,
                None => before.to_vec(),
            };
            if kind == FieldType::Select {
                FieldKind::Select { choices }
            } else {
                FieldKind::MultiSelect { choices }
            }
        }
        FieldType::Link => {
            let (kind, wanted) = link(base, options, old)?;
            mirror = wanted;
            kind
        }
        FieldType::Backlink => {
            let Some(FieldKind::Backlink { table, field, multiple }) = old else {
                let detail = "the other side of a link is made with the link, by its option mirror";
                return Err(BaseError::invalid("field.options", "type", detail));
            };
            let multiple = read(options, "multiple")?.unwrap_or(*multiple);
            FieldKind::Backlink { table: *table, field: *field, multiple }
        }
        FieldType::Formula | FieldType::Button => stored_formula(base, table, plain(kind, options, old)?)?,
        other => plain(other, options, old)?,
    };
    Ok(Kind { kind, mirror })
}

/// A type all of whose options are stored as they are sent.
fn plain(
    kind: FieldType,
    options: &Map<String, Json>,
    old: Option<&FieldKind>,
) -> Result<FieldKind, BaseError> {
    let mut json = match old.map(serde_json::to_value) {
        Some(Ok(Json::Object(old))) => old,
        _ => Map::new(),
    };
    json.extend(options.clone());
    json.insert("type".into(), Json::String(type_name(kind)));
    // An option set to null is back to what it usually is.
    json.retain(|_, value| !value.is_null());
    serde_json::from_value(Json::Object(json)).map_err(|error| {
        let text = error.to_string();
        let named = names(kind).iter().find(|name| text.contains(&format!("`{name}`"))).copied();
        invalid(named.or_else(|| options.keys().next().map(String::as_str)).unwrap_or("type"), text)
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum MirrorInput {
    Wanted(bool),
    Named {
        name: String,
        #[serde(default = "several")]
        multiple: bool,
    },
}

fn several() -> bool {
    true
}

type Linked = (FieldKind, MirrorWish);

fn link(base: &Base, options: &Map<String, Json>, old: Option<&FieldKind>) -> Result<Linked, BaseError> {
    let before = match old {
        Some(FieldKind::Link { table, multiple, mirror, filter }) => {
            Some((*table, *multiple, *mirror, filter.clone()))
        }
        _ => None,
    };
    let target: Option<TableId> = read(options, "table")?.or(before.as_ref().map(|before| before.0));
    let target = target.ok_or_else(|| invalid("table", "a link names the table of its records"))?;
    let Some(there) = base.table(target) else {
        return Err(BaseError::invalid("table.not_found", "table", format!("there is no table {target}")));
    };
    let filter: Option<Filter> = match options.get("filter") {
        None => before.as_ref().and_then(|before| before.3.clone()),
        Some(_) => read(options, "filter")?,
    };
    if let Some(filter) = &filter {
        let query = skein_table::Query { filter: Some(filter.clone()), ..skein_table::Query::default() };
        skein_table::validate_query(base, there, &query, &skein_table::Viewer::default())?;
    }
    let kept = before.as_ref().and_then(|before| before.2).map(|mirror| mirror.to_string());
    let mirror = match options.get("mirror") {
        None => MirrorWish::AsIs,
        // A field of a link that was read and is sent back.
        Some(Json::String(id)) if kept.as_ref() == Some(id) => MirrorWish::AsIs,
        Some(_) => match read::<MirrorInput>(options, "mirror")? {
            None | Some(MirrorInput::Wanted(false)) => MirrorWish::None,
            Some(MirrorInput::Wanted(true)) => MirrorWish::Some(Mirror { name: None, multiple: true }),
            Some(MirrorInput::Named { name, multiple }) => {
                MirrorWish::Some(Mirror { name: Some(name), multiple })
            }
        },
    };
    let kind = FieldKind::Link {
        table: target,
        multiple: read(options, "multiple")?.unwrap_or(before.as_ref().is_some_and(|before| before.1)),
        mirror: before.as_ref().and_then(|before| before.2),
        filter,
    };
    Ok((kind, mirror))
}

/// Formulas as they are stored: what they refer to by id.
fn stored_formula(base: &Base, table: Option<&Table>, kind: FieldKind) -> Result<FieldKind, BaseError> {
    let store = |formula: &str, path: &str| {
        let table =
            table.ok_or_else(|| invalid(path, "the first field of a new table cannot be a formula"))?;
        let checked = base.check_formula(table.def().id, formula, None);
        checked.map(|checked| checked.stored).map_err(|mistakes| {
            let all: Vec<String> = mistakes.iter().map(|mistake| mistake_text(mistake, formula)).collect();
            BaseError::invalid("formula.invalid", path, all.join("; "))
        })
    };
    Ok(match kind {
        FieldKind::Formula { formula, style } => {
            FieldKind::Formula { formula: store(&formula, "formula")?, style }
        }
        FieldKind::Button { label, color, action: ButtonAction::Open { formula } } => {
            let formula = store(&formula, "action.formula")?;
            FieldKind::Button { label, color, action: ButtonAction::Open { formula } }
        }
        other => other,
    })
}

/// What is wrong, and at which character.
fn mistake_text(mistake: &Mistake, source: &str) -> String {
    format!("at {}: {mistake}", mistake.utf16(source).start + 1)
}

/// A new list of choices: those with an id keep their code, others get codes never used before them.
pub(super) fn choices(old: &[Choice], inputs: &[ChoiceInput], ids: &Ids) -> Result<Vec<Choice>, BaseError> {
    let mut next = old.iter().map(|choice| choice.code + 1).max().unwrap_or(0);
    let mut seen = HashSet::new();
    let mut made = Vec::with_capacity(inputs.len());
    for (at, input) in inputs.iter().enumerate() {
        let path = format!("choices[{at}].id");
        let choice = match input.id {
            Some(id) if !seen.insert(id) => {
                return Err(BaseError::invalid("input.repeated", path, "this choice is given twice"));
            }
            Some(id) => {
                let known = old.iter().find(|choice| choice.id == id);
                let known = known.ok_or_else(|| {
                    BaseError::invalid("choice.unknown", path, "the field has no such choice")
                })?;
                let color = input.color.unwrap_or(known.color);
                Choice { id, code: known.code, name: input.name.clone(), color }
            }
            None => {
                let code = next;
                next += 1;
                let color = input.color.unwrap_or_else(|| usual_color(at));
                Choice { id: ids.make(), code, name: input.name.clone(), color }
            }
        };
        made.push(choice);
    }
    Ok(made)
}

/// A default in the form of the API.
pub(super) fn default(field: &Field, json: Option<&Json>) -> Result<Option<skein_table::Value>, BaseError> {
    let Some(json) = json.filter(|json| !json.is_null()) else { return Ok(None) };
    let value = value_from_json(field, json)
        .map_err(|error| BaseError::invalid("value.invalid", "default", error.to_string()))?;
    Ok(Some(value).filter(|value| *value != skein_table::Value::Null))
}
