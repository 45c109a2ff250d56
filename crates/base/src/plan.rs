//! Turns commands into operations, against the newest state. Pure.

use std::collections::HashSet;

use skein_table::{Base, Choice, Color, Field, FieldKind, Op, RowHeight, Table, TableDef, View, ViewKind};
use skein_types::{FieldId, Ids, RecordId, TableId, ViewId};

use crate::{
    BaseError, Command, FieldInput, FieldPatch, TablePatch, ViewInput, ViewPatch,
    command::{ChoiceInput, FieldType},
};

/// Records in one command.
pub(crate) const MAX_RECORDS: usize = 5_000;

/// Operations, and what they are about.
#[derive(Debug, Default)]
pub(crate) struct Planned {
    pub(crate) ops: Vec<Op>,
    pub(crate) table: Option<TableId>,
    pub(crate) field: Option<FieldId>,
    pub(crate) view: Option<ViewId>,
    pub(crate) records: Vec<RecordId>,
}

impl Planned {
    fn about(table: TableId, ops: Vec<Op>) -> Self {
        Self { ops, table: Some(table), ..Self::default() }
    }
}

/// The operations of a command. Undo and redo are not planned here: they follow from the log.
pub(crate) fn plan(command: &Command, base: &Base, ids: &Ids) -> Result<Planned, BaseError> {
    match command {
        Command::Ops(ops) => Ok(Planned { ops: ops.clone(), ..Planned::default() }),
        Command::CreateTable { name, fields } => create_table(base, name, fields.as_deref(), ids),
        Command::UpdateTable { table, patch } => update_table(base, *table, patch),
        Command::DeleteTable { table } => {
            find(base, *table)?;
            Ok(Planned::about(*table, vec![Op::DeleteTable { table: *table }]))
        }
        Command::CreateField { table, input } => create_field(find(base, *table)?.def(), input, ids),
        Command::UpdateField { table, field, patch } => {
            update_field(find(base, *table)?.def(), *field, patch, ids)
        }
        Command::DeleteField { table, field } => {
            find(base, *table)?.field(*field).ok_or(BaseError::FieldNotFound(*field))?;
            Ok(Planned::about(*table, vec![Op::DeleteField { table: *table, field: *field }]))
        }
        Command::CreateView { table, input } => Ok(create_view(find(base, *table)?.def(), input, ids)),
        Command::UpdateView { table, view, patch } => update_view(find(base, *table)?, *view, patch),
        Command::DeleteView { table, view } => {
            find(base, *table)?.view(*view).ok_or(BaseError::ViewNotFound(*view))?;
            Ok(Planned::about(*table, vec![Op::DeleteView { table: *table, view: *view }]))
        }
        Command::CreateRecords { table, records } => {
            of_records(*table, records.iter().map(|record| record.id).collect(), || Op::CreateRecords {
                table: *table,
                records: records.clone(),
            })
        }
        Command::UpdateRecords { table, records } => {
            of_records(*table, records.iter().map(|record| record.id).collect(), || Op::UpdateRecords {
                table: *table,
                records: records.clone(),
            })
        }
        Command::DeleteRecords { table, records } => of_records(*table, records.clone(), || {
            Op::DeleteRecords { table: *table, records: records.clone() }
        }),
        Command::Undo | Command::Redo => Err(BaseError::Internal("undo is not planned".into())),
    }
}

fn find(base: &Base, id: TableId) -> Result<&Table, BaseError> {
    base.table(id).map(|table| &**table).ok_or(BaseError::TableNotFound(id))
}

fn of_records(table: TableId, records: Vec<RecordId>, op: impl FnOnce() -> Op) -> Result<Planned, BaseError> {
    if records.len() > MAX_RECORDS {
        let detail = format!("at most 5,000 records at once, these are {}", records.len());
        return Err(BaseError::invalid("records.too_many", "records", detail));
    }
    let ops = if records.is_empty() { Vec::new() } else { vec![op()] };
    Ok(Planned { records, ..Planned::about(table, ops) })
}

/// A table of fields with one grid over all of them.
pub(crate) fn new_table(name: &str, fields: Vec<Field>, view: &str, ids: &Ids) -> TableDef {
    let next_slot = fields.len() as u32;
    let grid = View {
        id: ids.make(),
        name: view.to_owned(),
        kind: ViewKind::Grid,
        filter: None,
        sort: Vec::new(),
        fields: Vec::new(),
        row_height: RowHeight::Short,
    };
    TableDef { id: ids.make(), name: name.to_owned(), fields, views: vec![grid], next_slot }
}

fn create_table(
    base: &Base,
    name: &str,
    inputs: Option<&[FieldInput]>,
    ids: &Ids,
) -> Result<Planned, BaseError> {
    let usual = [FieldInput::new("Name", FieldType::Text)];
    let inputs = inputs.filter(|inputs| !inputs.is_empty()).unwrap_or(&usual);
    let fields = inputs.iter().enumerate().map(|(at, input)| {
        let kind = new_kind(input, ids).map_err(|error| under(error, &format!("fields[{at}]")))?;
        Ok(new_field(input, at as u32, kind, ids))
    });
    let fields = fields.collect::<Result<Vec<_>, BaseError>>()?;
    let table = new_table(name, fields, "Grid", ids);
    let id = table.id;
    Ok(Planned::about(id, vec![Op::CreateTable { table, at: base.tables().count() }]))
}

fn under(error: BaseError, prefix: &str) -> BaseError {
    match error {
        BaseError::Invalid { code, path, detail } => {
            BaseError::Invalid { code, path: format!("{prefix}.{path}"), detail }
        }
        other => other,
    }
}

fn update_table(base: &Base, id: TableId, patch: &TablePatch) -> Result<Planned, BaseError> {
    let table = find(base, id)?;
    let mut ops = Vec::new();
    if let Some(name) = patch.name.as_ref().filter(|name| **name != table.def().name) {
        ops.push(Op::RenameTable { table: id, name: name.clone() });
    }
    if let Some(to) = patch.position {
        ops.push(Op::MoveTable { table: id, to });
    }
    Ok(Planned::about(id, ops))
}

fn new_field(input: &FieldInput, slot: u32, kind: FieldKind, ids: &Ids) -> Field {
    let (name, description) = (input.name.clone(), input.description.clone());
    Field { id: ids.make(), slot, name, description, kind }
}

fn no_option(path: &str, kind: &str) -> BaseError {
    BaseError::invalid("field.options", path, format!("a field of type {kind} has no option {path}"))
}

/// The kind of a new field; options its type does not have are refused.
fn new_kind(input: &FieldInput, ids: &Ids) -> Result<FieldKind, BaseError> {
    let choices = || new_choices(&[], input.choices.as_deref().unwrap_or_default(), ids);
    let kind = match input.kind {
        FieldType::Text => FieldKind::Text,
        FieldType::Number => FieldKind::Number {
            precision: input.precision.unwrap_or(0),
            thousands: input.thousands.unwrap_or(false),
        },
        FieldType::Select => FieldKind::Select { choices: choices()? },
        FieldType::MultiSelect => FieldKind::MultiSelect { choices: choices()? },
        FieldType::Date => FieldKind::Date { time: input.time.unwrap_or(false) },
        FieldType::Checkbox => FieldKind::Checkbox,
    };
    check_options(
        &kind,
        [
            ("precision", input.precision.is_some()),
            ("thousands", input.thousands.is_some()),
            ("time", input.time.is_some()),
            ("choices", input.choices.is_some()),
        ],
    )?;
    Ok(kind)
}

/// Options that a field's type does not have are refused.
fn check_options(kind: &FieldKind, given: [(&'static str, bool); 4]) -> Result<(), BaseError> {
    let has = |option| match kind {
        FieldKind::Number { .. } => matches!(option, "precision" | "thousands"),
        FieldKind::Date { .. } => option == "time",
        FieldKind::Select { .. } | FieldKind::MultiSelect { .. } => option == "choices",
        FieldKind::Text | FieldKind::Checkbox => false,
    };
    match given.into_iter().find(|(option, given)| *given && !has(*option)) {
        Some((option, _)) => Err(no_option(option, kind.type_name())),
        None => Ok(()),
    }
}

/// A new list of choices: those with an id keep their code, others get codes never used before them.
fn new_choices(old: &[Choice], inputs: &[ChoiceInput], ids: &Ids) -> Result<Vec<Choice>, BaseError> {
    let mut next = old.iter().map(|choice| choice.code + 1).max().unwrap_or(0);
    let mut seen = HashSet::new();
    let mut choices = Vec::with_capacity(inputs.len());
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
        choices.push(choice);
    }
    Ok(choices)
}

/// Colours in an order in which neighbours differ well.
pub(crate) fn usual_color(at: usize) -> Color {
    const ORDER: [Color; 11] = [
        Color::Blue,
        Color::Green,
        Color::Orange,
        Color::Purple,
        Color::Cyan,
        Color::Red,
        Color::Lime,
        Color::Pink,
        Color::Teal,
        Color::Yellow,
        Color::Indigo,
    ];
    ORDER[at % ORDER.len()]
}

fn create_field(def: &TableDef, input: &FieldInput, ids: &Ids) -> Result<Planned, BaseError> {
    let field = new_field(input, def.next_slot, new_kind(input, ids)?, ids);
    let id = field.id;
    let at = input.position.unwrap_or(def.fields.len());
    let op = Op::CreateField { table: def.id, field, at };
    Ok(Planned { field: Some(id), ..Planned::about(def.id, vec![op]) })
}

fn update_field(def: &TableDef, id: FieldId, patch: &FieldPatch, ids: &Ids) -> Result<Planned, BaseError> {
    let at = def.fields.iter().position(|field| field.id == id).ok_or(BaseError::FieldNotFound(id))?;
    let mut field = def.fields[at].clone();
    check_options(
        &field.kind,
        [
            ("precision", patch.precision.is_some()),
            ("thousands", patch.thousands.is_some()),
            ("time", patch.time.is_some()),
            ("choices", patch.choices.is_some()),
        ],
    )?;
    if let Some(name) = &patch.name {
        field.name.clone_from(name);
    }
    if let Some(description) = &patch.description {
        field.description.clone_from(description);
    }
    match &mut field.kind {
        FieldKind::Number { precision, thousands } => {
            *precision = patch.precision.unwrap_or(*precision);
            *thousands = patch.thousands.unwrap_or(*thousands);
        }
        FieldKind::Date { time } => *time = patch.time.unwrap_or(*time),
        FieldKind::Select { choices } | FieldKind::MultiSelect { choices } => {
            if let Some(inputs) = &patch.choices {
                *choices = new_choices(choices, inputs, ids)?;
            }
        }
        FieldKind::Text | FieldKind::Checkbox => {}
    }
    let mut ops = Vec::new();
    if field != def.fields[at] {
        ops.push(Op::UpdateField { table: def.id, field });
    }
    if let Some(to) = patch.position.filter(|to| *to != at) {
        ops.push(Op::MoveField { table: def.id, field: id, to });
    }
    Ok(Planned { field: Some(id), ..Planned::about(def.id, ops) })
}

fn create_view(def: &TableDef, input: &ViewInput, ids: &Ids) -> Planned {
    let view = View {
        id: ids.make(),
        name: input.name.clone(),
        kind: input.kind,
        filter: input.filter.clone(),
        sort: input.sort.clone(),
        fields: input.fields.clone(),
        row_height: input.row_height,
    };
    let id = view.id;
    let op = Op::CreateView { table: def.id, view, at: def.views.len() };
    Planned { view: Some(id), ..Planned::about(def.id, vec![op]) }
}

fn update_view(table: &Table, id: ViewId, patch: &ViewPatch) -> Result<Planned, BaseError> {
    let def = table.def();
    let at = def.views.iter().position(|view| view.id == id).ok_or(BaseError::ViewNotFound(id))?;
    let mut view = def.views[at].clone();
    if let Some(name) = &patch.name {
        view.name.clone_from(name);
    }
    if let Some(filter) = &patch.filter {
        view.filter.clone_from(filter);
    }
    if let Some(sort) = &patch.sort {
        view.sort.clone_from(sort);
    }
    if let Some(fields) = &patch.fields {
        view.fields.clone_from(fields);
    }
    view.row_height = patch.row_height.unwrap_or(view.row_height);
    let mut ops = Vec::new();
    if let Some(to) = patch.position.filter(|to| *to != at) {
        // Views have no operation that moves them: one is taken out and put in again.
        if to >= def.views.len() {
            let detail = format!("the place {to} is outside 0 to {}", def.views.len() - 1);
            return Err(BaseError::invalid("view.place", "position", detail));
        }
        ops.push(Op::DeleteView { table: def.id, view: id });
        ops.push(Op::CreateView { table: def.id, view, at: to });
    } else if view != def.views[at] {
        ops.push(Op::UpdateView { table: def.id, view });
    }
    Ok(Planned { view: Some(id), ..Planned::about(def.id, ops) })
}
