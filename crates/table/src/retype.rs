//! Giving a field another type.

use std::{collections::BTreeSet, sync::Arc};

use skein_types::{FieldId, RecordId, TableId};

use crate::{
    Applied, Base, Change, Field, FieldKind, Op, OpError, Record, Resolved, Retired, RowIx, Stamp, Table,
    TableDef, Thing, Value,
    base::schema_change,
    check,
    chunk::CHUNK,
    convert::{Conversion, Converter, Named, is_lazy},
    fields::{all_records, field_place, free_field_name},
    links::Moved,
    prune,
    resolved::Meanings,
    watch::Watch,
};

/// How often a field changes its type before stored records are written anew, and how many values a table keeps that
/// were resolved.
const MAX_STEPS: usize = 32;
const MAX_RESOLVED: usize = 200_000;

/// Gives a field another type. Its cells become what they are worth in it, and go to a new slot: stored
/// records that can be read by the old one, by themselves or by what their values were resolved to, stay as they
/// are, unless the slot was in use before: then some may hold cells from that time.
pub(crate) fn retype(
    base: &mut Base,
    id: TableId,
    field: &Field,
    resolved: &Resolved,
    watch: &dyn Watch,
) -> Result<Applied, OpError> {
    let place = base.place(id)?;
    let table = base.tables[place].clone();
    let at = field_place(&table, field.id)?;
    check::field(field)?;
    if at == 0 && !field.kind.can_be_primary() {
        return Err(OpError::Primary(check::PRIMARY));
    }
    free_field_name(table.def(), field)?;
    if field.slot == u32::MAX || table.def().fields.iter().any(|other| other.slot == field.slot) {
        return Err(OpError::CodeInvalid { what: Thing::Field, code: field.slot });
    }
    let rows: Vec<RowIx> = table.rows().collect();
    let (new, met) = new_values(base, &table, at, field, resolved, &rows, watch).ok_or(OpError::Stopped)?;
    if let FieldKind::AutoNumber { .. } = table.def().fields[at].kind {
        Arc::make_mut(&mut base.tables[place]).keep_number(at);
    }
    let by_value = met.is_some();
    let (mut def, lazy) = retyped_def(base.tables[place].def(), at, field, met);
    let views = prune::views(&mut def, |view| prune::retyped(view, field.id));
    let Lost { cells: lost, back } = lost_cells(&table, at, field, by_value, &rows, &new);
    let old = table.def().fields[at].clone();
    let mut inverse = vec![Op::RetypeField { table: id, field: old, resolved: back }];
    inverse.extend(views.into_iter().map(|view| Op::UpdateView { table: id, view }));
    if !lost.is_empty() {
        inverse.push(Op::UpdateRecords { table: id, records: lost });
    }
    let mut shown: Vec<Change> = base.other_side(id, at).into_iter().collect();
    base.unlink_field(id, at);
    Arc::make_mut(&mut base.tables[place]).replace_column(def, at);
    base.refresh_peers();
    let changed = Arc::make_mut(&mut base.tables[place]);
    for (row, value) in rows.iter().zip(&new).filter(|(_, value)| **value != Value::Null) {
        changed.set_value(*row, at, value);
    }
    base.rebuild_backs(Some((id, field.id)));
    shown.extend(base.other_side(id, at));
    let mut applied = schema_change(id, inverse);
    if !lazy && field.kind.is_stored() {
        applied.changes[0].records = all_records(&table);
    }
    applied.changes[0].rows = rows;
    applied.changes.extend(shown);
    Ok(applied)
}

/// A definition with a field of another type, and whether stored records may keep the cells of the old one.
fn retyped_def(def: &TableDef, at: usize, field: &Field, met: Option<Meanings>) -> (TableDef, bool) {
    let old = &def.fields[at];
    let steps = def.retired.iter().filter(|retired| retired.field.id == field.id).count();
    let kept: usize = def.retired.iter().map(|retired| retired.resolved.len()).sum();
    let readable = match &met {
        Some(met) => kept + met.len() <= MAX_RESOLVED,
        None => is_lazy(old, field),
    };
    let lazy = readable && field.slot >= def.next_slot && steps < MAX_STEPS;
    let mut new = def.clone();
    new.fields[at] = field.clone();
    new.next_slot = def.next_slot.max(field.slot + 1);
    if lazy {
        let (was, became) = (Box::new(old.clone()), Box::new(field.clone()));
        let resolved = met.map(Meanings::into_resolved).unwrap_or_default();
        new.retired.push(Retired { slot: old.slot, field: was, became, into: field.slot, resolved });
    } else {
        new.retired.retain(|retired| retired.field.id != field.id);
    }
    (new, lazy)
}

/// What giving the field its old type back needs.
#[derive(Default)]
struct Lost {
    /// Cells it would not bring back.
    cells: Vec<Record>,
    /// What values are to become again.
    back: Resolved,
}

/// What the old field held that does not follow from the new one; `by_value` when equal cells became equal ones, by
/// names.
fn lost_cells(
    table: &Table,
    at: usize,
    field: &Field,
    by_value: bool,
    rows: &[RowIx],
    new: &[Value],
) -> Lost {
    let old = &table.def().fields[at];
    if !old.kind.is_stored() {
        return Lost::default();
    }
    if by_value {
        return lost_values(table, at, rows, new);
    }
    // Automatic numbers would count records anew.
    let counted = matches!(old.kind, FieldKind::AutoNumber { .. });
    let back = (is_lazy(old, field) && !counted).then(|| Converter::new(field, old));
    // What is counted or computed fills cells that were empty.
    let fills = counted || !field.kind.is_stored();
    let lost = |(row, value): (&RowIx, &Value)| {
        let before = table.value(*row, at);
        let kept = back.as_ref().is_some_and(|back| back.value(value) == before)
            || !fills && before == Value::Null && *value == Value::Null;
        (!kept).then(|| Record::new(table.record_id(*row), vec![(field.id, before)]))
    };
    Lost { cells: rows.iter().zip(new).filter_map(lost).collect(), back: Resolved::default() }
}

/// The same where names decided: of the cells that became the same, most were the same.
fn lost_values(table: &Table, at: usize, rows: &[RowIx], new: &[Value]) -> Lost {
    let id = table.def().fields[at].id;
    let (mut back, mut cells) = (Meanings::default(), Vec::new());
    for (row, value) in rows.iter().zip(new) {
        let before = table.value(*row, at);
        let kept = match (&before, value) {
            (Value::Null, _) => true,
            (_, Value::Null) => false,
            _ => match back.get(value) {
                Some(first) => *first == before,
                None => back.add(value, &before),
            },
        };
        if !kept {
            cells.push(Record::new(table.record_id(*row), vec![(id, before)]));
        }
    }
    Lost { cells, back: back.into_resolved() }
}

/// What the cells of a field become in another type, and what their values do where those decide by names; automatic
/// numbers count records as they were made. None when it was stopped.
fn new_values(
    base: &Base,
    table: &Table,
    at: usize,
    field: &Field,
    resolved: &Resolved,
    rows: &[RowIx],
    watch: &dyn Watch,
) -> Option<(Vec<Value>, Option<Meanings>)> {
    if !field.kind.is_stored() {
        return Some((vec![Value::Null; rows.len()], None));
    }
    if let FieldKind::AutoNumber { .. } = field.kind {
        // Numbers it gave when it was of this type before are not given again.
        let first = table.number_gone(field.id) + 1.0;
        let count = |n| Value::Number { n: first + f64::from(n) };
        return Some(((0u32..).zip(rows).map(|(n, _)| count(n)).collect(), None));
    }
    let conversion = Conversion::resolved(base, table, at, field, resolved);
    let mut values = Vec::with_capacity(rows.len());
    for piece in rows.chunks(CHUNK) {
        values.extend(piece.iter().map(|&row| conversion.value(row)));
        if !watch.done(piece.len()) {
            return None;
        }
    }
    Some((values, conversion.met()))
}

/// Whether retyping a field gives the same cells wherever and whenever it is done from the same records:
/// other conversions depend on the names of people, the time or what is computed.
pub fn converts_by_cell(from: &Field, to: &Field) -> bool {
    is_lazy(from, to) || from.kind.stands_alone() && !to.kind.is_stored()
}

/// A converted value, as a field is given its old type again.
pub fn there_and_back(old: &Field, new: &Field, value: &Value) -> Value {
    if is_lazy(old, new) {
        Converter::new(new, old).value(&Converter::new(old, new).value(value))
    } else {
        value.clone()
    }
}

/// What became of cells that were converted again.
#[derive(Debug, Default)]
pub struct Again {
    /// What they are without the conversion.
    pub old: Vec<Record>,
    /// What the other sides of links show now.
    pub changes: Vec<Change>,
}

impl Base {
    /// Whether applying an operation again, on another day or another server, gives the same cells.
    pub fn repeats(&self, op: &Op) -> bool {
        let Op::RetypeField { table, field, .. } = op else { return true };
        let old = self.table(*table).and_then(|table| table.field(field.id));
        old.is_none_or(|old| !field.kind.is_stored() || converts_by_cell(old, field))
    }

    /// Brings cells of a field that was retyped to what became of them in `now`, where the field still is as it
    /// was, with what `named` says of names. None when a choice is missing that they would need.
    pub fn retype_again(
        &mut self,
        now: &Self,
        id: TableId,
        field: FieldId,
        records: &BTreeSet<RecordId>,
        named: &Named,
    ) -> Option<Again> {
        let (before, place) = (now.table(id)?, self.place(id).ok()?);
        let (from, at) = (before.schema.place(field)?, self.tables[place].schema.place(field)?);
        let new = self.tables[place].def().fields[at].clone();
        let counted = matches!(new.kind, FieldKind::AutoNumber { .. });
        let conversion =
            new.kind.is_stored().then(|| Conversion::by_names(now, before, from, &new, named.clone()));
        let (kept, table) =
            (before.def().fields[from].kind.is_stored(), Arc::make_mut(&mut self.tables[place]));
        if let FieldKind::AutoNumber { .. } = before.def().fields[from].kind {
            table.note_number(field, before.next_number(from) - 1.0);
        }
        let (mut old, mut moved) = (Vec::with_capacity(records.len()), Moved::default());
        for &record in records {
            let (Some(row), Some(there)) = (table.row(record), before.row(record)) else { continue };
            if kept {
                old.push(Record::new(record, vec![(field, before.value(there, from))]));
            }
            let Some(conversion) = &conversion else { continue };
            if !new.kind.choices().is_empty() && conversion.loses(there) {
                return None;
            }
            let value = match table.value(row, at) {
                // A record keeps the number it has.
                Value::Null if counted => Value::Number { n: table.next_number(at) },
                number if counted => number,
                _ => conversion.value(there),
            };
            let links = Moved::before(table, at, row);
            if table.set_value(row, at, &value) {
                moved.note(table, at, row, &links);
                self.pending.cell(id, field, row);
            }
        }
        Some(Again { old, changes: self.relink(id, moved) })
    }

    /// Says who changed a record last, and when.
    pub fn touch(&mut self, id: TableId, record: RecordId, stamp: Stamp) {
        let Ok(place) = self.place(id) else { return };
        let Some(row) = self.tables[place].row(record) else { return };
        Arc::make_mut(&mut self.tables[place]).set_stamp(row, stamp, false);
        self.pending.touched(id, &[row]);
    }

    /// Takes over the time and the people of another state.
    pub fn follow_env(&mut self, now: &Self) {
        if !Arc::ptr_eq(&self.env, &now.env) {
            self.set_env(now.env.clone());
        }
    }
}
