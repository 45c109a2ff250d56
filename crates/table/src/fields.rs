//! Operations on fields and views of a table.

use std::sync::Arc;

use skein_types::{ChoiceId, FieldId, ViewId};

use crate::{
    Applied, Field, Op, OpError, Record, RowIx, Table, TableDef, Thing, Value, View,
    base::schema_change,
    check::{self, MAX_FIELDS, MAX_VIEWS},
    column::Cell,
    prune,
};

fn field_place(table: &Table, id: FieldId) -> Result<usize, OpError> {
    table.schema.place(id).ok_or_else(|| OpError::FieldUnknown { id, path: "field".into() })
}

fn view_place(table: &Table, id: ViewId) -> Result<usize, OpError> {
    table.def().views.iter().position(|view| view.id == id).ok_or(OpError::ViewNotFound(id))
}

/// A name no other field has.
fn free_field_name(def: &TableDef, field: &Field) -> Result<(), OpError> {
    let others = def.fields.iter().filter(|other| other.id != field.id);
    check::free_name(Thing::Field, &field.name, others.map(|other| other.name.as_str()))
}

fn free_view_name(def: &TableDef, view: &View) -> Result<(), OpError> {
    let others = def.views.iter().filter(|other| other.id != view.id);
    check::free_name(Thing::View, &view.name, others.map(|other| other.name.as_str()))
}

pub(crate) fn create(table: &mut Arc<Table>, field: &Field, at: usize) -> Result<Applied, OpError> {
    let def = table.def();
    check::field(field)?;
    if def.fields.len() >= MAX_FIELDS {
        return Err(OpError::TooMany { what: Thing::Field, max: MAX_FIELDS });
    }
    if at == 0 {
        return Err(OpError::Primary("the primary field stays first"));
    }
    check::place(Thing::Field, at, 1, def.fields.len())?;
    if table.field(field.id).is_some() {
        return Err(OpError::Exists { what: Thing::Field, id: field.id.to_string() });
    }
    free_field_name(def, field)?;
    if field.slot == u32::MAX || def.fields.iter().any(|other| other.slot == field.slot) {
        return Err(OpError::CodeInvalid { what: Thing::Field, code: field.slot });
    }
    let mut def = def.clone();
    def.next_slot = def.next_slot.max(field.slot + 1);
    def.fields.insert(at, field.clone());
    let id = def.id;
    Arc::make_mut(table).insert_column(def, at);
    Ok(schema_change(id, vec![Op::DeleteField { table: id, field: field.id }]))
}

pub(crate) fn update(table: &mut Arc<Table>, field: &Field) -> Result<Applied, OpError> {
    let at = field_place(table, field.id)?;
    let old = table.def().fields[at].clone();
    check::field(field)?;
    if old.kind.type_name() != field.kind.type_name() {
        return Err(OpError::TypeChanged);
    }
    if old.slot != field.slot {
        return Err(OpError::CodeInvalid { what: Thing::Field, code: field.slot });
    }
    free_field_name(table.def(), field)?;
    for choice in field.kind.choices() {
        let before = table.schema.choices[at].code(choice.id);
        if before.is_some_and(|code| code != choice.code) {
            return Err(OpError::CodeInvalid { what: Thing::Choice, code: choice.code });
        }
    }
    let lossy = lossy_cells(table, at, field);
    let removed: Vec<ChoiceId> = gone(&old, field);
    let id = table.def().id;
    let mut def = table.def().clone();
    def.fields[at] = field.clone();
    let views = prune::views(&mut def, |view| prune::choices(view, field.id, &removed));
    let mut inverse = vec![Op::UpdateField { table: id, field: old }];
    inverse.extend(views.into_iter().map(|view| Op::UpdateView { table: id, view }));
    let before = lossy.iter().map(|(row, _)| cell_record(table, *row, at)).collect();

    let table = Arc::make_mut(table);
    table.set_def(def);
    for (row, value) in &lossy {
        table.set_value(*row, at, value);
    }
    let mut applied = schema_change(id, inverse);
    if !lossy.is_empty() {
        applied.inverse.push(Op::UpdateRecords { table: id, records: before });
        applied.change.rows = lossy.iter().map(|(row, _)| *row).collect();
        applied.change.records = applied.change.rows.iter().map(|&row| table.record_id(row)).collect();
    }
    Ok(applied)
}

/// Choices of the old field that the new one has no more.
fn gone(old: &Field, new: &Field) -> Vec<ChoiceId> {
    let kept: std::collections::HashSet<ChoiceId> =
        new.kind.choices().iter().map(|choice| choice.id).collect();
    old.kind.choices().iter().map(|choice| choice.id).filter(|id| !kept.contains(id)).collect()
}

fn cell_record(table: &Table, row: RowIx, at: usize) -> Record {
    let field = table.def().fields[at].id;
    Record { id: table.record_id(row), cells: vec![(field, table.value(row, at))] }
}

/// Cells that the new field cannot hold, with what they become: without choices that are gone, and days
/// instead of instants when the time of day goes.
fn lossy_cells(table: &Table, at: usize, new: &Field) -> Vec<(RowIx, Value)> {
    use crate::{FieldKind, value::DAY};
    let old = &table.def().fields[at];
    let to_days =
        matches!((&old.kind, &new.kind), (FieldKind::Date { time: true }, FieldKind::Date { time: false }));
    let removed: std::collections::HashSet<ChoiceId> = gone(old, new).into_iter().collect();
    if removed.is_empty() && !to_days {
        return Vec::new();
    }
    let code_gone: std::collections::HashSet<u32> =
        removed.iter().filter_map(|id| table.schema.choices[at].code(*id)).collect();
    let becomes = |row: RowIx| match table.cell(row, at) {
        Cell::Date(d) if to_days && d.rem_euclid(DAY) != 0 => Some(Value::Date { d: d - d.rem_euclid(DAY) }),
        Cell::Code(code) if code_gone.contains(&code) => Some(Value::Null),
        Cell::Codes(codes) if codes.iter().any(|code| code_gone.contains(code)) => {
            let Value::Choices { m } = table.value(row, at) else { return Some(Value::Null) };
            let left: Arc<[ChoiceId]> = m.iter().copied().filter(|id| !removed.contains(id)).collect();
            Some(if left.is_empty() { Value::Null } else { Value::Choices { m: left } })
        }
        _ => None,
    };
    table.rows().filter_map(|row| becomes(row).map(|value| (row, value))).collect()
}

pub(crate) fn delete(table: &mut Arc<Table>, field: FieldId) -> Result<Applied, OpError> {
    let at = field_place(table, field)?;
    if at == 0 {
        return Err(OpError::Primary("the primary field cannot be deleted"));
    }
    let id = table.def().id;
    let records: Vec<Record> = table
        .rows()
        .filter(|&row| table.cell(row, at) != Cell::Null)
        .map(|row| cell_record(table, row, at))
        .collect();
    let mut def = table.def().clone();
    let views = prune::views(&mut def, |view| prune::field(view, field));
    let mut inverse = vec![Op::CreateField { table: id, field: def.fields.remove(at), at }];
    inverse.extend(views.into_iter().map(|view| Op::UpdateView { table: id, view }));
    if !records.is_empty() {
        inverse.push(Op::UpdateRecords { table: id, records });
    }
    Arc::make_mut(table).remove_column(def, at);
    Ok(schema_change(id, inverse))
}

pub(crate) fn move_to(table: &mut Arc<Table>, field: FieldId, to: usize) -> Result<Applied, OpError> {
    let from = field_place(table, field)?;
    if from == 0 || to == 0 {
        return Err(OpError::Primary("the primary field stays first"));
    }
    check::place(Thing::Field, to, 1, table.def().fields.len() - 1)?;
    let mut def = table.def().clone();
    let id = def.id;
    let moved = def.fields.remove(from);
    def.fields.insert(to, moved);
    Arc::make_mut(table).move_column(def, from, to);
    Ok(schema_change(id, vec![Op::MoveField { table: id, field, to: from }]))
}

pub(crate) fn create_view(table: &mut Arc<Table>, view: &View, at: usize) -> Result<Applied, OpError> {
    let mut def = table.def().clone();
    check::view(&def, view)?;
    check::place(Thing::View, at, 0, def.views.len())?;
    if def.views.len() >= MAX_VIEWS {
        return Err(OpError::TooMany { what: Thing::View, max: MAX_VIEWS });
    }
    if table.view(view.id).is_some() {
        return Err(OpError::Exists { what: Thing::View, id: view.id.to_string() });
    }
    free_view_name(&def, view)?;
    let id = def.id;
    def.views.insert(at, view.clone());
    Arc::make_mut(table).set_def(def);
    Ok(schema_change(id, vec![Op::DeleteView { table: id, view: view.id }]))
}

pub(crate) fn update_view(table: &mut Arc<Table>, view: &View) -> Result<Applied, OpError> {
    let at = view_place(table, view.id)?;
    let mut def = table.def().clone();
    check::view(&def, view)?;
    free_view_name(&def, view)?;
    let id = def.id;
    let old = std::mem::replace(&mut def.views[at], view.clone());
    Arc::make_mut(table).set_def(def);
    Ok(schema_change(id, vec![Op::UpdateView { table: id, view: old }]))
}

pub(crate) fn delete_view(table: &mut Arc<Table>, view: ViewId) -> Result<Applied, OpError> {
    let at = view_place(table, view)?;
    let mut def = table.def().clone();
    if def.views.len() == 1 {
        return Err(OpError::LastView);
    }
    let id = def.id;
    let old = def.views.remove(at);
    Arc::make_mut(table).set_def(def);
    Ok(schema_change(id, vec![Op::CreateView { table: id, view: old, at }]))
}
