//! Changes too large for one event as several: pieces of what was done, and events that do nothing and hold some
//! of what takes the change back. Pure.

use skein_table::{Base, FieldKind, Op};
use skein_types::TableId;

use crate::history::weight;

/// Records of a piece.
const PIECE: usize = 20_000;

/// Operations on many records as some on fewer each.
pub(crate) fn pieces(base: &Base, ops: Vec<Op>) -> Vec<Op> {
    // A record may link to one that is made by the same operation.
    let links_to_itself = |id: TableId| {
        let fields = base.table(id).map_or(&[][..], |table| &table.def().fields);
        fields.iter().any(|field| matches!(field.kind, FieldKind::Link { table, .. } if table == id))
    };
    let mut all = Vec::with_capacity(ops.len());
    for op in ops {
        match op {
            Op::UpdateRecords { table, records } => {
                let some = |records: &[_]| Op::UpdateRecords { table, records: records.to_vec() };
                all.extend(records.chunks(PIECE).map(some));
            }
            Op::CreateRecords { table, records } if !links_to_itself(table) => {
                let some = |records: &[_]| Op::CreateRecords { table, records: records.to_vec() };
                all.extend(records.chunks(PIECE).map(some));
            }
            Op::DeleteRecords { table, records } => {
                let some = |records: &[_]| Op::DeleteRecords { table, records: records.to_vec() };
                all.extend(records.chunks(PIECE).map(some));
            }
            other => all.push(other),
        }
    }
    all
}

/// What an event does, and what takes it back.
type Part = (Vec<Op>, Option<Vec<Op>>);

/// The events of operations, each with its inverse, of about `limit` values at most. What an inverse of more than
/// `apart` sets back at its end is held by events of their own.
pub(crate) fn events(ops: Vec<Op>, undo: Vec<Vec<Op>>, limit: usize, apart: usize) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let (mut doing, mut inverses, mut held) = (Vec::new(), Vec::new(), 0);
    let flush = |parts: &mut Vec<Part>, doing: &mut Vec<Op>, inverses: &mut Vec<Vec<Op>>| {
        if !doing.is_empty() {
            let undo = std::mem::take(inverses).into_iter().rev().flatten().collect();
            parts.push((std::mem::take(doing), Some(undo)));
        }
    };
    for (op, mut inverse) in ops.into_iter().zip(undo) {
        let rest = held_apart(&mut inverse, limit, apart);
        let size = weight(std::slice::from_ref(&op)).max(weight(&inverse));
        if held + size > limit || !rest.is_empty() {
            flush(&mut parts, &mut doing, &mut inverses);
            held = 0;
        }
        // What is taken back after the rest of it stands before it.
        parts.extend(rest.into_iter().map(|rest| (Vec::new(), Some(vec![rest]))));
        held += size;
        doing.push(op);
        inverses.push(inverse);
    }
    flush(&mut parts, &mut doing, &mut inverses);
    parts
}

/// Takes cells that an inverse sets back at its end out of it when they are many.
fn held_apart(inverse: &mut Vec<Op>, limit: usize, apart: usize) -> Vec<Op> {
    if weight(inverse) <= apart {
        return Vec::new();
    }
    let Some(Op::UpdateRecords { table, records }) =
        inverse.pop_if(|op| matches!(op, Op::UpdateRecords { .. }))
    else {
        return Vec::new();
    };
    let (mut rest, mut some, mut held) = (Vec::new(), Vec::new(), 0);
    for record in records {
        held += record.cells.len() + 1;
        some.push(record);
        if held >= limit {
            rest.push(Op::UpdateRecords { table, records: std::mem::take(&mut some) });
            held = 0;
        }
    }
    if !some.is_empty() {
        rest.push(Op::UpdateRecords { table, records: some });
    }
    rest
}
