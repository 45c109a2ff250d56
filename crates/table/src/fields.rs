//! Operations on fields and views of a table.

use std::sync::Arc;

use skein_types::{ChoiceId, FieldId, RecordId, TableId, ViewId};

use crate::{
    Applied, Base, Field, FieldKind, Op, OpError, Record, RowIx, Table, TableDef, Thing, Value, View,
    base::schema_change,
    check::{self, MAX_FIELDS, MAX_VIEWS},
    column::Cell,
    links::Moved,
    prune,
    value::DAY,
};

pub(crate) fn field_place(table: &Table, id: FieldId) -> Result<usize, OpError> {
    table.schema.place(id).ok_or_else(|| OpError::FieldUnknown { id, path: "field".into() })
}

fn view_place(table: &Table, id: ViewId) -> Result<usize, OpError> {
    table.def().views.iter().position(|view| view.id == id).ok_or(OpError::ViewNotFound(id))
}

/// A name no other field has.
pub(crate) fn free_field_name(def: &TableDef, field: &Field) -> Result<(), OpError> {
    let others = def.fields.iter().filter(|other| other.id != field.id);
    check::free_name(Thing::Field, &field.name, others.map(|other| other.name.as_str()))
}

fn free_view_name(def: &TableDef, view: &View) -> Result<(), OpError> {
    // Whoever names a view may not learn from it how others call theirs.
    let others = def.views.iter().filter(|other| other.id != view.id && other.owner == view.owner);
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
    let again = field.slot < def.next_slot;
    def.next_slot = def.next_slot.max(field.slot + 1);
    def.fields.insert(at, field.clone());
    let id = def.id;
    Arc::make_mut(table).insert_column(def, at);
    let mut applied = schema_change(id, vec![Op::DeleteField { table: id, field: field.id }]);
    if again {
        applied.changes[0].records = all_records(table);
    }
    Ok(applied)
}

/// To be stored anew, as a slot that was in use before may still be in them.
pub(crate) fn all_records(table: &Table) -> Vec<RecordId> {
    table.rows().map(|row| table.record_id(row)).collect()
}

pub(crate) fn update(base: &mut Base, id: TableId, field: &Field) -> Result<Applied, OpError> {
    let table = base.edit(id)?;
    let at = field_place(table, field.id)?;
    let old = table.def().fields[at].clone();
    check::field(field)?;
    if old.kind.type_name() != field.kind.type_name() || same_side(&old.kind, &field.kind) == Some(false) {
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
    let mut def = table.def().clone();
    def.fields[at] = field.clone();
    let views = prune::views(&mut def, |view| prune::choices(view, field.id, &removed));
    let mut inverse = vec![Op::UpdateField { table: id, field: old }];
    inverse.extend(views.into_iter().map(|view| Op::UpdateView { table: id, view }));
    let before = lossy.iter().map(|(row, _)| cell_record(table, *row, at)).collect();

    let table = Arc::make_mut(table);
    table.set_def(def);
    let mut moved = Moved::default();
    for (row, value) in &lossy {
        let links = Moved::before(table, at, *row);
        table.set_value(*row, at, value);
        moved.note(table, at, *row, &links);
    }
    let mut applied = schema_change(id, inverse);
    if !lossy.is_empty() {
        applied.inverse.push(Op::UpdateRecords { table: id, records: before });
        let change = &mut applied.changes[0];
        change.rows = lossy.iter().map(|(row, _)| *row).collect();
        change.records = change.rows.iter().map(|&row| table.record_id(row)).collect();
        applied.changes.extend(base.relink(id, moved));
    }
    Ok(applied)
}

/// Of two links or backlinks, whether they show records of the same table.
fn same_side(old: &FieldKind, new: &FieldKind) -> Option<bool> {
    match (old, new) {
        (FieldKind::Link { table: old, .. }, FieldKind::Link { table: new, .. }) => Some(old == new),
        (
            FieldKind::Backlink { table: old, field: from, .. },
            FieldKind::Backlink { table: new, field: to, .. },
        ) => Some(old == new && from == to),
        _ => None,
    }
}

/// Choices of the old field that the new one has no more.
fn gone(old: &Field, new: &Field) -> Vec<ChoiceId> {
    let kept: std::collections::HashSet<ChoiceId> =
        new.kind.choices().iter().map(|choice| choice.id).collect();
    old.kind.choices().iter().map(|choice| choice.id).filter(|id| !kept.contains(id)).collect()
}

fn cell_record(table: &Table, row: RowIx, at: usize) -> Record {
    let field = table.def().fields[at].id;
    Record::new(table.record_id(row), vec![(field, table.value(row, at))])
}

/// Cells that the new field cannot hold, with what they become: without choices that are gone, and days
/// instead of instants when the time of day goes.
fn lossy_cells(table: &Table, at: usize, new: &Field) -> Vec<(RowIx, Value)> {
    let old = &table.def().fields[at];
    let to_days = matches!(
        (&old.kind, &new.kind),
        (FieldKind::Date(old), FieldKind::Date(new)) if old.time && !new.time
    );
    if holds_many(&old.kind) && !holds_many(&new.kind) {
        return first_only(table, at);
    }
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

/// Whether a field of people, groups or links may hold several.
fn holds_many(kind: &FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Member { multiple: true }
            | FieldKind::Group { multiple: true }
            | FieldKind::Link { multiple: true, .. }
    )
}

/// Cells with several items, with what is left when each holds one.
fn first_only(table: &Table, at: usize) -> Vec<(RowIx, Value)> {
    let first = |row: RowIx| {
        Some(match table.value(row, at) {
            Value::Members { u } if u.len() > 1 => Value::Members { u: [u[0]].into() },
            Value::Groups { g } if g.len() > 1 => Value::Groups { g: [g[0]].into() },
            Value::Links { l } if l.len() > 1 => Value::Links { l: [l[0]].into() },
            _ => return None,
        })
    };
    table.rows().filter_map(|row| first(row).map(|value| (row, value))).collect()
}

pub(crate) fn delete(base: &mut Base, id: TableId, field: FieldId) -> Result<Applied, OpError> {
    let at = field_place(base.edit(id)?, field)?;
    if at == 0 {
        return Err(OpError::Primary("the primary field cannot be deleted"));
    }
    let shown = base.other_side(id, at);
    let table = base.edit(id)?;
    if let FieldKind::AutoNumber { .. } = table.def().fields[at].kind {
        Arc::make_mut(table).keep_number(at);
    }
    let stored = table.def().fields[at].kind.is_stored();
    let records: Vec<Record> = table
        .rows()
        .filter(|&row| stored && table.cell(row, at) != Cell::Null)
        .map(|row| cell_record(table, row, at))
        .collect();
    let mut def = table.def().clone();
    def.retired.retain(|retired| retired.field.id != field);
    let mut inverse = vec![Op::CreateField { table: id, field: def.fields.remove(at), at }];
    let views = prune::views(&mut def, |view| prune::field(view, field));
    inverse.extend(views.into_iter().map(|view| Op::UpdateView { table: id, view }));
    if !records.is_empty() {
        inverse.push(Op::UpdateRecords { table: id, records });
    }
    Arc::make_mut(table).remove_column(def, at);
    let mut applied = schema_change(id, inverse);
    applied.changes.extend(shown);
    Ok(applied)
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
    if check::views_of(&def, view.owner) >= MAX_VIEWS {
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
