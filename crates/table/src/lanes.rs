//! Formulas of numbers over whole columns: chunks of a table as [`Vector`] reads them, and what it gives as
//! cells.

use std::sync::Arc;

use crate::{
    Base, RowIx, Table,
    chunk::{CHUNK, Fixed, WORDS},
    column::Column,
    formula::{Chunks, Lane, Program, Vector, Words},
    program::each,
};

/// The columns of a table by the place of their fields.
struct Cells<'a>(&'a Table);

impl Chunks for Cells<'_> {
    fn numbers(&self, column: u32, chunk: usize) -> Option<(&[f64], &[u64])> {
        let at = column as usize;
        let Column::Number(chunks) = self.0.column(at) else { return None };
        if !self.0.errors(at).chunk(chunk).is_empty() {
            return None;
        }
        Some(chunks.get(chunk).map_or((&[], &[]), |cells| (&cells.values, cells.valid.words())))
    }
    fn booleans(&self, column: u32, chunk: usize) -> Option<&[u64]> {
        let at = column as usize;
        let Column::Checkbox(chunks) = self.0.column(at) else { return None };
        let failed = !self.0.errors(at).chunk(chunk).is_empty();
        (!failed).then(|| chunks.get(chunk).map_or(&[][..], |cells| cells.words()))
    }
}

/// What computing a column gave.
#[derive(Default)]
pub(crate) struct Filled {
    /// Rows whose cell is another now.
    pub(crate) changed: Vec<RowIx>,
    /// Rows that only the evaluator can compute.
    pub(crate) left: Vec<RowIx>,
}

/// Computes the cells of a field for all records; none if the formula is not only of numbers and yes or no.
pub(crate) fn fill(base: &mut Base, place: usize, at: usize, program: &Program) -> Option<Filled> {
    let mut vector = Vector::new(program, &*base)?;
    let (mut lane, mut filled) = (Lane::default(), Filled::default());
    for chunk in 0..base.tables[place].chunk_count() {
        let table = &base.tables[place];
        let mut live: Words = std::array::from_fn(|word| table.live_word(chunk, word));
        let left = if vector.run(&Cells(table), chunk, &mut lane) {
            std::array::from_fn(|word| live[word] & lane.left[word])
        } else {
            live
        };
        each(&left, |at| filled.left.push((chunk * CHUNK + at) as RowIx));
        live.iter_mut().zip(&left).for_each(|(live, left)| *live &= !left);
        if live.iter().any(|&word| word != 0) {
            Arc::make_mut(&mut base.tables[place]).set_lane(at, chunk, &lane, &live, &mut filled.changed);
        }
    }
    Some(filled)
}

impl Table {
    /// Sets the cells of rows of a chunk.
    fn set_lane(&mut self, at: usize, chunk: usize, lane: &Lane, rows: &Words, changed: &mut Vec<RowIx>) {
        let first = (chunk * CHUNK) as RowIx;
        let stored = self.stored_mut(at);
        let failed: Vec<RowIx> =
            stored.errors.chunk(chunk).iter().map(|(row, _)| first + RowIx::from(*row)).collect();
        let mut differ = match Arc::make_mut(&mut stored.cells) {
            Column::Number(chunks) => set_numbers(slot(chunks, chunk), lane, rows),
            Column::Checkbox(chunks) => {
                let cells = slot(chunks, chunk);
                let mut differ = [0; WORDS];
                for (word, differ) in differ.iter_mut().enumerate() {
                    let (old, new) = (cells.word(word), lane.bits[word] & rows[word]);
                    *differ = (old & rows[word]) ^ new;
                    cells.set_word(word, old & !rows[word] | new);
                }
                differ
            }
            _ => return,
        };
        for row in failed {
            let within = (row - first) as usize;
            let bit = 1 << (within % 64);
            if rows[within / 64] & bit != 0 {
                stored.errors.set(row, None);
                differ[within / 64] |= bit;
            }
        }
        each(&differ, |at| changed.push(first + at as RowIx));
    }
}

fn slot<T: Default + Clone>(chunks: &mut Vec<Arc<T>>, chunk: usize) -> &mut T {
    if chunk >= chunks.len() {
        chunks.resize_with(chunk + 1, Arc::default);
    }
    Arc::make_mut(&mut chunks[chunk])
}

/// Sets numbers of rows; a bit for each that is another now.
fn set_numbers(cells: &mut Fixed<f64>, lane: &Lane, rows: &Words) -> Words {
    let mut differ = [0; WORDS];
    let end = rows.iter().rposition(|&word| word != 0).map_or(0, |word| (word + 1) * 64);
    cells.values.resize(end.max(cells.values.len()).next_multiple_of(64), f64::NAN);
    for (word, differ) in differ.iter_mut().enumerate().filter(|(word, _)| rows[*word] != 0) {
        let (old, new) = (cells.valid.word(word), lane.bits[word]);
        let values = &mut cells.values[word * 64..][..64];
        let numbers = &lane.numbers[word * 64..][..64];
        for (bit, (value, number)) in values.iter_mut().zip(numbers).enumerate() {
            if rows[word] >> bit & 1 == 0 {
                continue;
            }
            // Plus zero turns -0 into 0, so that equal numbers have equal bits.
            let number = if new >> bit & 1 == 1 { number + 0.0 } else { f64::NAN };
            let same =
                (old ^ new) >> bit & 1 == 0 && (new >> bit & 1 == 0 || value.to_bits() == number.to_bits());
            *differ |= u64::from(!same) << bit;
            *value = number;
        }
        cells.valid.set_word(word, old & !rows[word] | new & rows[word]);
    }
    differ
}
