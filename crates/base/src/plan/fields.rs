//! Making, changing, retyping and deleting fields.

use skein_table::{Base, Choice, Field, FieldKind, Lookup, LookupFrom, Op, Table, Value};
use skein_types::{FieldId, Ids, RecordId, TableId};

use super::{
    Planned, free_name,
    options::{self, Mirror, MirrorWish},
    usual_color,
};
use crate::{BaseError, FieldInput, FieldPatch, command::FieldType};

/// Choices made from the values of a field that becomes a select, at most.
const NEW_CHOICES: usize = 1_000;

fn field(input: &FieldInput, slot: u32, kind: FieldKind, ids: &Ids) -> Result<Field, BaseError> {
    let mut field = Field::new(ids.make(), slot, input.name.clone(), kind);
    field.description.clone_from(&input.description);
    field.required = input.required;
    field.unique = input.unique;
    field.default = options::default(&field, input.default.as_ref())?;
    Ok(field)
}

/// The first field of a table that does not exist yet.
pub(super) fn alone(input: &FieldInput, ids: &Ids) -> Result<Field, BaseError> {
    let kind = options::kind(&Base::new(), None, input.kind, &input.options, None, ids)?.kind;
    field(input, 0, kind, ids)
}

pub(super) fn create(
    base: &Base,
    table: &Table,
    input: &FieldInput,
    ids: &Ids,
) -> Result<Planned, BaseError> {
    let made = options::kind(base, Some(table), input.kind, &input.options, None, ids)?;
    let def = table.def();
    check_lookup(base, table, &made.kind)?;
    let mut field = field(input, def.next_slot, made.kind, ids)?;
    let id = field.id;
    let at = input.position.unwrap_or(def.fields.len());
    let other = made.mirror.wanted().map(|mirror| other_side(base, table, &mut field, mirror, ids));
    let mut ops = vec![Op::CreateField { table: def.id, field, at }];
    ops.extend(other.transpose()?);
    Ok(Planned { field: Some(id), ..Planned::about(def.id, ops) })
}

/// The field that shows the other side of a link, which learns of it.
fn other_side(
    base: &Base,
    table: &Table,
    link: &mut Field,
    mirror: &Mirror,
    ids: &Ids,
) -> Result<Op, BaseError> {
    let FieldKind::Link { table: target, mirror: known, .. } = &mut link.kind else {
        return Err(BaseError::Internal("the other side of something that is no link".into()));
    };
    let there = super::find(base, *target)?;
    let id: FieldId = ids.make();
    *known = Some(id);
    // In a table that links to itself the link takes the next slot.
    let own = there.def().id == table.def().id;
    let slot = there.def().next_slot.max(if own { link.slot + 1 } else { 0 });
    let kind = FieldKind::Backlink { table: table.def().id, field: link.id, multiple: mirror.multiple };
    let fields = there.def().fields.iter().map(|field| field.name.as_str());
    let free = || free_name(&table.def().name, fields.chain(own.then_some(link.name.as_str())));
    let name = mirror.name.clone().unwrap_or_else(free);
    let at = there.def().fields.len() + usize::from(own);
    Ok(Op::CreateField { table: *target, field: Field::new(id, slot, name, kind), at })
}

/// What a lookup names exists; what becomes of it later is the business of its cells.
fn check_lookup(base: &Base, table: &Table, kind: &FieldKind) -> Result<(), BaseError> {
    let (FieldKind::Lookup(lookup) | FieldKind::Rollup { lookup, .. }) = kind else { return Ok(()) };
    let Lookup { from, field, filter } = lookup;
    let target = match from {
        LookupFrom::Table(id) => *id,
        LookupFrom::Link(link) => {
            let kind = table.field(*link).map(|field| &field.kind);
            let Some(FieldKind::Link { table, .. } | FieldKind::Backlink { table, .. }) = kind else {
                let detail = "not a link of this table";
                return Err(BaseError::invalid("field.unknown", "from.link", detail));
            };
            *table
        }
    };
    let Some(there) = base.table(target) else {
        return Err(BaseError::invalid(
            "table.not_found",
            "from.table",
            format!("there is no table {target}"),
        ));
    };
    if there.field(*field).is_none() {
        let detail = format!("the table “{}” has no field {field}", there.def().name);
        return Err(BaseError::invalid("field.unknown", "field", detail));
    }
    if let Some(filter) = filter {
        base.check_lookup_filter(table, there, filter)?;
    }
    Ok(())
}

pub(super) fn update(
    base: &Base,
    table: &Table,
    id: FieldId,
    patch: &FieldPatch,
    ids: &Ids,
) -> Result<Planned, BaseError> {
    let def = table.def();
    let at = def.fields.iter().position(|field| field.id == id).ok_or(BaseError::FieldNotFound(id))?;
    let old = &def.fields[at];
    let same = FieldType::of(&old.kind);
    let kind = patch.kind.unwrap_or(same);
    let before = (kind == same).then_some(&old.kind);
    let made = options::kind(base, Some(table), kind, &patch.options, before, ids)?;
    check_lookup(base, table, &made.kind)?;
    let mut field = Field { kind: made.kind, ..old.clone() };
    apply_patch(&mut field, patch, before.is_none())?;
    // Choices it names may have gone with this.
    field.default = field.default.take().filter(|default| skein_table::fits(&field, default));
    let mut ops = Vec::new();
    let other_table = retargeted(&old.kind, &field.kind);
    if before.is_none() || other_table {
        field.slot = def.next_slot;
        fill_choices(base, table, at, &mut field, &patch.options, ids);
        ops.extend(without_mirror(&old.kind));
        if let FieldKind::Link { mirror, .. } = &mut field.kind {
            *mirror = None;
        }
        let wanted = made.mirror.wanted();
        let other = wanted.map(|mirror| other_side(base, table, &mut field, mirror, ids)).transpose()?;
        ops.push(Op::retype(def.id, field));
        ops.extend(other);
    } else {
        if made.mirror != MirrorWish::AsIs {
            ops.extend(change_mirror(base, table, &mut field, made.mirror.wanted(), ids)?);
        }
        if field != *old {
            ops.insert(0, Op::UpdateField { table: def.id, field });
        }
    }
    if let Some(to) = patch.position.filter(|to| *to != at) {
        ops.push(Op::MoveField { table: def.id, field: id, to });
    }
    Ok(Planned { field: Some(id), ..Planned::about(def.id, ops) })
}

fn apply_patch(field: &mut Field, patch: &FieldPatch, retyped: bool) -> Result<(), BaseError> {
    if let Some(name) = &patch.name {
        field.name.clone_from(name);
    }
    if let Some(description) = &patch.description {
        field.description.clone_from(description);
    }
    // What is computed cannot be asked of people.
    let asked = !retyped || field.kind.is_stored();
    field.required = patch.required.unwrap_or(field.required && asked);
    field.unique = patch.unique.unwrap_or(field.unique && asked);
    match &patch.default {
        Some(json) => field.default = options::default(field, json.as_ref())?,
        None if retyped => field.default = None,
        None => {}
    }
    Ok(())
}

/// Whether a link shows records of another table now.
fn retargeted(old: &FieldKind, new: &FieldKind) -> bool {
    matches!(
        (old, new),
        (FieldKind::Link { table: old, .. }, FieldKind::Link { table: new, .. }) if old != new
    )
}

/// Takes the other side of a link away, as the link becomes something else.
fn without_mirror(old: &FieldKind) -> Option<Op> {
    match old {
        FieldKind::Link { table, mirror: Some(mirror), .. } => {
            Some(Op::DeleteField { table: *table, field: *mirror })
        }
        _ => None,
    }
}

/// Makes or takes away the other side of a link that stays.
fn change_mirror(
    base: &Base,
    table: &Table,
    field: &mut Field,
    wanted: Option<&Mirror>,
    ids: &Ids,
) -> Result<Vec<Op>, BaseError> {
    let FieldKind::Link { table: target, mirror, .. } = &mut field.kind else { return Ok(Vec::new()) };
    let target = *target;
    match (*mirror, wanted) {
        (Some(_), Some(_)) | (None, None) => Ok(Vec::new()),
        (Some(old), None) => {
            *mirror = None;
            Ok(vec![Op::DeleteField { table: target, field: old }])
        }
        (None, Some(wanted)) => Ok(vec![other_side(base, table, field, wanted, ids)?]),
    }
}

/// Gives a field that becomes a select the choices its values name, when none were given.
fn fill_choices(
    base: &Base,
    table: &Table,
    at: usize,
    field: &mut Field,
    options: &serde_json::Map<String, serde_json::Value>,
    ids: &Ids,
) {
    let old = table.def().fields[at].kind.choices().to_vec();
    let given = options.contains_key("choices");
    let single = matches!(field.kind, FieldKind::Select { .. });
    let (FieldKind::Select { choices } | FieldKind::MultiSelect { choices }) = &mut field.kind else {
        return;
    };
    if given {
        return;
    }
    if !old.is_empty() {
        *choices = old;
        return;
    }
    let names = base.choice_names(table, at, single, NEW_CHOICES);
    let choice = |(code, name): (u32, String)| Choice {
        id: ids.make(),
        code,
        name,
        color: usual_color(code as usize),
    };
    *choices = (0..).zip(names).map(choice).collect();
}

/// Deletes a field. The other side of a link goes with it; a link whose other side is deleted stays.
pub(super) fn delete(base: &Base, table: &Table, id: FieldId) -> Result<Planned, BaseError> {
    let field = table.field(id).ok_or(BaseError::FieldNotFound(id))?;
    let here = table.def().id;
    let mut ops = vec![Op::DeleteField { table: here, field: id }];
    match &field.kind {
        FieldKind::Link { table: there, mirror: Some(mirror), .. }
            if base.table(*there).is_some_and(|there| there.field(*mirror).is_some()) =>
        {
            ops.insert(0, Op::DeleteField { table: *there, field: *mirror });
        }
        FieldKind::Backlink { table: there, field: link, .. } => {
            if let Some(link) = base.table(*there).and_then(|there| there.field(*link)) {
                let mut field = link.clone();
                if let FieldKind::Link { mirror, .. } = &mut field.kind {
                    *mirror = None;
                }
                ops.push(Op::UpdateField { table: *there, field });
            }
        }
        _ => {}
    }
    Ok(Planned::about(here, ops))
}

/// Turns links to a table that goes into the texts they show.
pub(super) fn freeze_links_to(base: &Base, gone: TableId) -> Vec<Op> {
    let mut ops = Vec::new();
    for table in base.tables().filter(|table| table.def().id != gone) {
        let mut slot = table.def().next_slot;
        for field in &table.def().fields {
            match &field.kind {
                FieldKind::Link { table: target, .. } if *target == gone => {
                    let frozen = Field {
                        kind: FieldKind::text(),
                        slot,
                        unique: false,
                        default: None,
                        ..field.clone()
                    };
                    slot += 1;
                    ops.push(Op::retype(table.def().id, frozen));
                }
                FieldKind::Backlink { table: source, .. } if *source == gone => {
                    ops.push(Op::DeleteField { table: table.def().id, field: field.id });
                }
                _ => {}
            }
        }
    }
    ops
}

/// What giving a field another type would do.
pub(crate) struct Preview {
    /// Records of the table.
    pub(crate) rows: usize,
    /// Those with a value.
    pub(crate) filled: usize,
    /// Those whose value would be cleared.
    pub(crate) lost: usize,
    /// Choices that would be made.
    pub(crate) new_choices: Vec<String>,
    /// Some of them: the value before as text, and after.
    pub(crate) samples: Vec<(RecordId, String, Option<String>)>,
}

/// What a patch with another type would do.
pub(crate) fn preview(
    base: &Base,
    table: &Table,
    id: FieldId,
    patch: &FieldPatch,
    ids: &Ids,
) -> Result<Preview, BaseError> {
    let planned = update(base, table, id, patch, ids)?;
    let retyped = planned.ops.into_iter().find_map(|op| match op {
        Op::RetypeField { field, .. } => Some(field),
        _ => None,
    });
    let field = retyped
        .ok_or_else(|| BaseError::invalid("field.same_type", "type", "the field already is of this type"))?;
    let shown = base.preview_retype(table, &field, 20);
    let had_choices = table.field(id).is_some_and(|old| !old.kind.choices().is_empty());
    let given = had_choices || patch.options.contains_key("choices");
    let made = field.kind.choices().iter().filter(|_| !given);
    let new_choices = made.map(|choice| choice.name.clone()).collect();
    let text = |value: &Value| match value {
        Value::Null => None,
        value => Some(skein_table::value_to_text(&field, value)),
    };
    let samples = shown.samples.iter().map(|(record, before, after)| (*record, before.clone(), text(after)));
    let samples = samples.collect();
    Ok(Preview { rows: shown.rows, filled: shown.filled, lost: shown.lost, new_choices, samples })
}
