//! Definitions as the API shows them: with what computed fields compute.

use serde::Serialize;
use skein_table::{
    Base, Field, FieldKind, Table, View,
    formula::{Item, Type},
    value_to_json,
};
use skein_types::{FieldId, MemberId, TableId};
use utoipa::ToSchema;

use crate::mistake::FormulaError;

/// A table without its records.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableJson {
    /// Id.
    pub id: TableId,
    /// Unique in the base, ignoring case.
    pub name: String,
    /// In display order; the first is the primary field: what a record is called.
    pub fields: Vec<FieldJson>,
    /// In display order, as far as one sees them; at least one.
    pub views: Vec<View>,
}

/// A field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldJson {
    /// As it is defined.
    #[serde(flatten)]
    pub field: Field,
    /// What new records get, in the form of the type's values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_value: Option<serde_json::Value>,
    /// What it computes; only of computed fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computed: Option<Computed>,
}

/// What a computed field computes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Computed {
    /// The type of its values.
    #[serde(flatten)]
    pub value: ValueType,
    /// The formula with names; of a lookup the one it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
    /// What is wrong with it; its cells are errors then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<FormulaError>,
}

/// The type of values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ValueType {
    /// `any`, `bool`, `number`, `duration`, `text`, `date`, `choice`, `member`, `group`, `record`, `file` or
    /// `place`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether it is a list of these.
    pub list: bool,
    /// Of dates: whether they have a time of day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<bool>,
    /// Of records and choices: their table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<TableId>,
    /// Of choices: their field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldId>,
}

impl From<Type> for ValueType {
    fn from(ty: Type) -> Self {
        let (kind, time, table, field) = match ty.item {
            Item::Any => ("any", None, None, None),
            Item::Bool => ("bool", None, None, None),
            Item::Number => ("number", None, None, None),
            Item::Duration => ("duration", None, None, None),
            Item::Text => ("text", None, None, None),
            Item::Date { time } => ("date", Some(time), None, None),
            Item::Choice(table, field) => ("choice", None, Some(table), Some(field)),
            Item::Member => ("member", None, None, None),
            Item::Group => ("group", None, None, None),
            Item::Record(table) => ("record", None, Some(table), None),
            Item::File => ("file", None, None, None),
            Item::Place => ("place", None, None, None),
        };
        Self { kind, list: ty.list, time, table, field }
    }
}

/// A table as the API shows it to a member, or to a visitor: without personal views of others.
pub fn table(base: &Base, table: &Table, member: Option<MemberId>) -> TableJson {
    let def = table.def();
    TableJson {
        id: def.id,
        name: def.name.clone(),
        fields: def.fields.iter().map(|one| field(base, table, one)).collect(),
        views: def.views.iter().filter(|view| view.is_for(member)).cloned().collect(),
    }
}

/// A field as the API shows it.
pub fn field(base: &Base, table: &Table, field: &Field) -> FieldJson {
    let shown = field.kind.is_computed() && !matches!(field.kind, FieldKind::Button { .. });
    let computed = shown.then(|| {
        let Some(computes) = base.computed(table.def().id, field.id) else {
            let ty = table.field_type(field.id).unwrap_or(Item::Any.one());
            return Computed { value: ty.into(), formula: None, error: None };
        };
        let error = error(base, table, &computes);
        Computed { value: computes.ty.into(), formula: computes.formula, error }
    });
    let default_value = field.default.as_ref().map(|value| value_to_json(field, value));
    FieldJson { field: field.clone(), default_value, computed }
}

/// What is wrong with a computed field.
fn error(base: &Base, table: &Table, computes: &skein_table::Computed) -> Option<FormulaError> {
    if !computes.cycle.is_empty() {
        return Some(FormulaError::cycle(&computes.cycle));
    }
    let first = computes.mistakes.first()?;
    let shown = computes.formula.as_deref().unwrap_or_default();
    // It was found in the stored source: where it is among names is looked for again.
    let found = base.check_formula(table.def().id, shown, None).err();
    let found = found.as_ref().and_then(|mistakes| mistakes.first()).unwrap_or(first);
    Some(FormulaError::new(found, shown))
}
