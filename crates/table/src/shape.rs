//! A definition with what is looked up in it often, and the choices of its fields.

use std::{collections::HashMap, sync::Arc};

use skein_types::{ChoiceId, FieldId, TableId};

use crate::{
    Choice, DateStyle, Field, FieldKind, NumberStyle, TableDef, TextFormat,
    column::Shape,
    formula::{Item, Type},
    table::System,
};

/// The choices of a field by id and by code.
#[derive(Debug, Default)]
pub struct Choices {
    by_id: HashMap<ChoiceId, u32>,
    places: Vec<u32>,
    list: Vec<Choice>,
    names: Vec<Arc<str>>,
    /// Ids in quotes, in display order.
    pub(crate) quoted: Vec<String>,
}

impl Choices {
    pub(crate) fn of(choices: &[Choice]) -> Self {
        let mut places = vec![0; choices.iter().map(|choice| choice.code as usize + 1).max().unwrap_or(0)];
        for (place, choice) in choices.iter().enumerate() {
            places[choice.code as usize] = place as u32 + 1;
        }
        Self {
            by_id: choices.iter().map(|choice| (choice.id, choice.code)).collect(),
            places,
            list: choices.to_vec(),
            names: choices.iter().map(|choice| Arc::from(choice.name.as_str())).collect(),
            quoted: choices.iter().map(|choice| format!("\"{}\"", choice.id)).collect(),
        }
    }
    /// In display order.
    pub fn list(&self) -> &[Choice] {
        &self.list
    }
    pub(crate) fn code(&self, id: ChoiceId) -> Option<u32> {
        self.by_id.get(&id).copied()
    }
    /// The place in display order of the choice with a code.
    pub(crate) fn place(&self, code: u32) -> Option<usize> {
        self.places.get(code as usize).and_then(|place| place.checked_sub(1)).map(|place| place as usize)
    }
    pub(crate) fn id(&self, code: u32) -> Option<ChoiceId> {
        self.place(code).map(|place| self.list[place].id)
    }
    pub(crate) fn name(&self, code: u32) -> Option<&Arc<str>> {
        self.place(code).map(|place| &self.names[place])
    }
}

/// The definition of a table, made ready.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    pub(crate) def: TableDef,
    by_id: Vec<(FieldId, usize)>,
    /// `"fld_…":` of each field, as records begin their cells with in JSON.
    pub(crate) keys: Vec<String>,
    pub(crate) choices: Vec<Arc<Choices>>,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) types: Vec<Type>,
    /// Of fields that show what every record has.
    pub(crate) system: Vec<Option<System>>,
}

impl Schema {
    pub(crate) fn new(def: TableDef) -> Self {
        let mut by_id: Vec<_> = def.fields.iter().enumerate().map(|(at, field)| (field.id, at)).collect();
        by_id.sort_unstable();
        Self {
            by_id,
            keys: def.fields.iter().map(|field| format!("\"{}\":", field.id)).collect(),
            choices: def.fields.iter().map(|field| Arc::new(Choices::of(field.kind.choices()))).collect(),
            shapes: def.fields.iter().map(|field| Shape::of(&field.kind)).collect(),
            types: def.fields.iter().map(|field| stored_type(def.id, field)).collect(),
            system: def.fields.iter().map(|field| system(&field.kind)).collect(),
            def,
        }
    }
    /// Of a single field, to check a value by.
    pub(crate) fn of_one(field: &Field) -> Self {
        Self::new(TableDef {
            id: TableId::from_bits(0),
            name: String::new(),
            fields: vec![field.clone()],
            views: Vec::new(),
            next_slot: 0,
            retired: Vec::new(),
            numbers: Vec::new(),
        })
    }
    /// The definition changed, but computed fields keep the form they have.
    pub(crate) fn changed(&self, def: TableDef) -> Self {
        let mut schema = Self::new(def);
        for (at, field) in schema.def.fields.iter().enumerate() {
            let kept = self.place(field.id).filter(|&old| {
                !field.kind.is_stored() && self.def.fields[old].kind.type_name() == field.kind.type_name()
            });
            if let Some(old) = kept {
                schema.shapes[at] = self.shapes[old];
                schema.types[at] = self.types[old];
                schema.choices[at] = self.choices[old].clone();
            }
        }
        schema
    }
    /// With a computed field of another type.
    pub(crate) fn reshaped(&self, at: usize, ty: Type, choices: Arc<Choices>) -> Self {
        let mut schema = self.clone();
        schema.types[at] = ty;
        schema.shapes[at] = Shape::of_type(ty);
        schema.choices[at] = choices;
        schema
    }
    pub(crate) fn place(&self, field: FieldId) -> Option<usize> {
        let at = self.by_id.binary_search_by_key(&field, |(id, _)| *id).ok()?;
        Some(self.by_id[at].1)
    }
}

fn system(kind: &FieldKind) -> Option<System> {
    match kind {
        FieldKind::CreatedAt(_) => Some(System::CreatedAt),
        FieldKind::CreatedBy => Some(System::CreatedBy),
        FieldKind::UpdatedAt(_) => Some(System::UpdatedAt),
        FieldKind::UpdatedBy => Some(System::UpdatedBy),
        _ => None,
    }
}

/// The type of the values of a field; of one that is computed, until it was compiled, anything.
fn stored_type(table: TableId, field: &Field) -> Type {
    let some = |item: Item, multiple: bool| Type { item, list: multiple };
    match &field.kind {
        FieldKind::AutoNumber { pattern } if pattern == "{n}" => Item::Number.one(),
        FieldKind::Number(_) => Item::Number.one(),
        FieldKind::Text { .. } | FieldKind::AutoNumber { .. } => Item::Text.one(),
        FieldKind::Select { .. } => Item::Choice(table, field.id).one(),
        FieldKind::MultiSelect { .. } => Item::Choice(table, field.id).many(),
        FieldKind::Date(style) | FieldKind::CreatedAt(style) | FieldKind::UpdatedAt(style) => {
            Item::Date { time: style.time }.one()
        }
        FieldKind::Checkbox => Item::Bool.one(),
        FieldKind::Member { multiple } => some(Item::Member, *multiple),
        FieldKind::CreatedBy | FieldKind::UpdatedBy => Item::Member.one(),
        FieldKind::Group { multiple } => some(Item::Group, *multiple),
        FieldKind::Attachment => Item::File.many(),
        FieldKind::Location => Item::Place.one(),
        FieldKind::Link { table, multiple, .. } | FieldKind::Backlink { table, multiple, .. } => {
            some(Item::Record(*table), *multiple)
        }
        FieldKind::Button { .. }
        | FieldKind::Lookup(_)
        | FieldKind::Rollup { .. }
        | FieldKind::Formula { .. } => Item::Any.one(),
    }
}

impl FieldKind {
    /// Plain text.
    pub fn text() -> Self {
        Self::Text { format: TextFormat::Plain }
    }
    /// Numbers with up to so many decimal places shown.
    pub fn number(precision: u8) -> Self {
        Self::Number(NumberStyle { precision, ..NumberStyle::default() })
    }
    /// Days, or instants.
    pub fn date(time: bool) -> Self {
        Self::Date(DateStyle { time, ..DateStyle::default() })
    }
    /// The choices of a select or multi-select field; of others, none.
    pub fn choices(&self) -> &[Choice] {
        match self {
            Self::Select { choices } | Self::MultiSelect { choices } => choices,
            _ => &[],
        }
    }
    /// Whether records hold cells of it; what others show follows from what is stored elsewhere.
    pub fn is_stored(&self) -> bool {
        !self.is_computed() && system(self).is_none()
    }
    /// Whether a cell means the same without other records, people and files: it may be converted by itself,
    /// and be written without a look at anything else.
    pub fn stands_alone(&self) -> bool {
        matches!(
            self,
            Self::Text { .. }
                | Self::Number(_)
                | Self::Select { .. }
                | Self::MultiSelect { .. }
                | Self::Date(_)
                | Self::Checkbox
                | Self::Location
        )
    }

    /// Whether the engine computes its cells from other cells.
    pub fn is_computed(&self) -> bool {
        matches!(
            self,
            Self::Backlink { .. }
                | Self::Button { .. }
                | Self::Lookup(_)
                | Self::Rollup { .. }
                | Self::Formula { .. }
        )
    }
    /// Whether people may write its cells. Writing a backlink writes the links of the other side.
    pub fn is_writable(&self) -> bool {
        self.is_stored() && !matches!(self, Self::AutoNumber { .. }) || matches!(self, Self::Backlink { .. })
    }
    /// Whether it may be the first field: a record is called by it.
    pub fn can_be_primary(&self) -> bool {
        matches!(
            self,
            Self::Text { .. }
                | Self::Number(_)
                | Self::Select { .. }
                | Self::Date(_)
                | Self::AutoNumber { .. }
                | Self::CreatedAt(_)
                | Self::Location
                | Self::Formula { .. }
        )
    }
    /// The name of the type as in JSON.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Number(_) => "number",
            Self::Select { .. } => "select",
            Self::MultiSelect { .. } => "multi_select",
            Self::Date(_) => "date",
            Self::Checkbox => "checkbox",
            Self::Member { .. } => "member",
            Self::Group { .. } => "group",
            Self::Attachment => "attachment",
            Self::Location => "location",
            Self::AutoNumber { .. } => "auto_number",
            Self::CreatedAt(_) => "created_at",
            Self::UpdatedAt(_) => "updated_at",
            Self::CreatedBy => "created_by",
            Self::UpdatedBy => "updated_by",
            Self::Button { .. } => "button",
            Self::Link { .. } => "link",
            Self::Backlink { .. } => "backlink",
            Self::Lookup(_) => "lookup",
            Self::Rollup { .. } => "rollup",
            Self::Formula { .. } => "formula",
        }
    }
}
