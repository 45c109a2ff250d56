//! A list of rows in some order, in chunks of about a thousand: a change, a window and a rank cost
//! about a microsecond at a million rows.

use std::{cmp::Ordering, sync::Arc};

use crate::RowIx;

const SPLIT: usize = 2_048;
const FILL: usize = 1_024;

/// Rows in an order that the caller knows. Clones share chunks.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrderList {
    chunks: Vec<Arc<Vec<RowIx>>>,
    /// The length of each chunk, together so that they are added up fast.
    lens: Vec<u32>,
    len: usize,
}

impl OrderList {
    pub(crate) fn from_sorted(rows: &[RowIx]) -> Self {
        let chunks: Vec<_> = rows.chunks(FILL).map(|part| Arc::new(part.to_vec())).collect();
        let lens = chunks.iter().map(|chunk| chunk.len() as u32).collect();
        Self { chunks, lens, len: rows.len() }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = RowIx> + '_ {
        self.chunks.iter().flat_map(|chunk| chunk.iter().copied())
    }

    /// Where a row is or would be: `order(r)` compares row `r` of the list with the one sought.
    fn place(&self, mut order: impl FnMut(RowIx) -> Ordering) -> (usize, Result<usize, usize>) {
        let after = self.chunks.partition_point(|chunk| order(chunk[0]) != Ordering::Greater);
        let chunk = after.saturating_sub(1);
        let within = self.chunks.get(chunk).map_or(Err(0), |rows| rows.binary_search_by(|&row| order(row)));
        (chunk, within)
    }

    /// The row for which `order` answers `Equal`.
    pub(crate) fn find(&self, order: impl FnMut(RowIx) -> Ordering) -> Option<RowIx> {
        let (chunk, within) = self.place(order);
        within.ok().map(|at| self.chunks[chunk][at])
    }

    /// Inserts at the place `order` tells; the row must not be there yet.
    pub(crate) fn insert(&mut self, row: RowIx, order: impl FnMut(RowIx) -> Ordering) {
        let (chunk, within) = self.place(order);
        let (Ok(at) | Err(at)) = within;
        self.put(chunk, at, row);
    }

    fn put(&mut self, chunk: usize, at: usize, row: RowIx) {
        self.len += 1;
        let Some(rows) = self.chunks.get_mut(chunk) else {
            self.chunks.push(Arc::new(vec![row]));
            self.lens.push(1);
            return;
        };
        let rows = Arc::make_mut(rows);
        rows.insert(at, row);
        self.lens[chunk] += 1;
        if rows.len() > SPLIT {
            let rest = rows.split_off(FILL);
            self.lens[chunk] = FILL as u32;
            self.lens.insert(chunk + 1, rest.len() as u32);
            self.chunks.insert(chunk + 1, Arc::new(rest));
        }
    }

    /// Appends a row that stands after all others.
    pub(crate) fn push(&mut self, row: RowIx) {
        self.len += 1;
        match (self.chunks.last_mut(), self.lens.last_mut()) {
            (Some(last), Some(len)) if last.len() < FILL => {
                Arc::make_mut(last).push(row);
                *len += 1;
            }
            _ => {
                let mut rows = Vec::with_capacity(16);
                rows.push(row);
                self.chunks.push(Arc::new(rows));
                self.lens.push(1);
            }
        }
    }

    /// Removes the row for which `order` answers `Equal`; whether it was there.
    pub(crate) fn remove(&mut self, order: impl FnMut(RowIx) -> Ordering) -> bool {
        let (chunk, Ok(at)) = self.place(order) else { return false };
        self.cut(chunk, at);
        true
    }

    fn cut(&mut self, chunk: usize, at: usize) {
        let rows = Arc::make_mut(&mut self.chunks[chunk]);
        rows.remove(at);
        self.lens[chunk] -= 1;
        if rows.is_empty() {
            self.chunks.remove(chunk);
            self.lens.remove(chunk);
        }
        self.len -= 1;
    }

    /// The chunk of a place and the place in it; past the end the last chunk and its length.
    fn split(&self, place: usize) -> (usize, usize) {
        let mut rest = place;
        for (chunk, &len) in self.lens.iter().enumerate() {
            if rest < len as usize || chunk + 1 == self.lens.len() {
                return (chunk, rest.min(len as usize));
            }
            rest -= len as usize;
        }
        (0, 0)
    }

    /// As [`OrderList::find`] among `len` rows from `start` on: the place of the row, or where it would be.
    pub(crate) fn search(
        &self,
        start: usize,
        len: usize,
        mut order: impl FnMut(RowIx) -> Ordering,
    ) -> Result<usize, usize> {
        if len == 0 {
            return Err(start);
        }
        let ((first, from), (last, to)) = (self.split(start), self.split(start + len - 1));
        // The last chunk whose first row, as far as it is among these, is not after the one sought.
        let inner = &self.chunks[first + 1..=last];
        let chunk = first + inner.partition_point(|chunk| order(chunk[0]) != Ordering::Greater);
        let low = if chunk == first { from } else { 0 };
        let high = if chunk == last { to + 1 } else { self.chunks[chunk].len() };
        let skipped: usize = self.lens[first..chunk].iter().map(|&len| len as usize).sum();
        let base = start - from + skipped + low;
        let found = self.chunks[chunk][low..high].binary_search_by(|&row| order(row));
        found.map(|at| base + at).map_err(|at| base + at)
    }

    /// Inserts at a place.
    pub(crate) fn insert_at(&mut self, place: usize, row: RowIx) {
        let (chunk, at) = self.split(place);
        self.put(chunk, at, row);
    }

    /// Removes the row at a place.
    pub(crate) fn remove_at(&mut self, place: usize) {
        let (chunk, at) = self.split(place);
        self.cut(chunk, at);
    }

    pub(crate) fn last(&self) -> Option<RowIx> {
        self.chunks.last().and_then(|chunk| chunk.last().copied())
    }

    /// Up to `limit` rows from `offset` on.
    pub(crate) fn window(&self, mut offset: usize, limit: usize) -> Vec<RowIx> {
        let mut window = Vec::with_capacity(limit.min(self.len.saturating_sub(offset)));
        for (chunk, &len) in self.chunks.iter().zip(&self.lens) {
            if window.len() == limit {
                break;
            }
            if offset >= len as usize {
                offset -= len as usize;
                continue;
            }
            let end = chunk.len().min(offset + (limit - window.len()));
            window.extend_from_slice(&chunk[offset..end]);
            offset = 0;
        }
        window
    }
}
