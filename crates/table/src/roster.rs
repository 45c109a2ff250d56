//! Which records a table has: the rows they stand in, and their order.

use std::sync::Arc;

use skein_types::RecordId;

use crate::{
    RowIx,
    chunk::{Bits, CHUNK},
    column::split,
    order::OrderList,
};

/// The records of a table. A row stays the row of its record also when the record is deleted, so that
/// others may hold rows instead of ids. Clones share chunks.
#[derive(Clone, Debug)]
pub(crate) struct Roster {
    ids: Vec<Arc<Vec<RecordId>>>,
    live: Vec<Arc<Bits>>,
    count: RowIx,
    /// Rows of live records in the order of ids.
    order: OrderList,
    /// All rows ever, in order of ids, the deleted ones too.
    known: OrderList,
    ordered: bool,
    /// Shared by all states of one table: a table deleted and made again has rows of its own.
    origin: Arc<()>,
}

impl Default for Roster {
    fn default() -> Self {
        Self {
            ids: Vec::new(),
            live: Vec::new(),
            count: 0,
            order: OrderList::default(),
            known: OrderList::default(),
            ordered: true,
            origin: Arc::default(),
        }
    }
}

impl Roster {
    /// How many records live.
    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }
    /// One more than the last physical row.
    pub(crate) fn row_count(&self) -> usize {
        self.count as usize
    }
    pub(crate) fn chunk_count(&self) -> usize {
        self.ids.len()
    }
    /// Live rows of a chunk as a word of a bitmap.
    pub(crate) fn live_word(&self, chunk: usize, word: usize) -> u64 {
        self.live[chunk].word(word)
    }
    /// Whether rows stand in the order of record ids.
    pub(crate) fn ordered(&self) -> bool {
        self.ordered
    }
    /// Whether rows of one are the same rows in the other.
    pub(crate) fn same_rows(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.origin, &other.origin)
    }
    /// Tells this table's rows from those of one of the same id made later.
    pub(crate) fn identity(&self) -> usize {
        Arc::as_ptr(&self.origin).addr()
    }
    /// The row of a record that lives.
    pub(crate) fn row(&self, id: RecordId) -> Option<RowIx> {
        self.order.find(|row| self.id(row).cmp(&id))
    }
    /// The row of a record that lives or lived.
    pub(crate) fn known(&self, id: RecordId) -> Option<RowIx> {
        self.known.find(|row| self.id(row).cmp(&id))
    }
    /// The record of a row, also of a deleted one. Panics when there never was such a row.
    pub(crate) fn id(&self, row: RowIx) -> RecordId {
        let (at, within) = split(row);
        self.ids[at][within]
    }
    pub(crate) fn is_live(&self, row: RowIx) -> bool {
        let (at, within) = split(row);
        self.live.get(at).is_some_and(|bits| bits.get(within))
    }
    /// Live rows in the order of record ids.
    pub(crate) fn rows(&self) -> impl Iterator<Item = RowIx> + '_ {
        self.order.iter()
    }

    /// Gives a record that does not live a row; whether that row was its own before.
    pub(crate) fn create(&mut self, id: RecordId) -> (RowIx, bool) {
        let last = self.known.last().map(|row| self.id(row));
        let (row, again) = if last.is_none_or(|last| last < id) {
            let row = self.append(id);
            self.known.push(row);
            (row, false)
        } else if let Some(row) = self.known(id) {
            (row, true)
        } else {
            let row = self.append(id);
            self.ordered = false;
            let ids = &self.ids;
            self.known.insert(row, |other| id_in(ids, other).cmp(&id));
            (row, false)
        };
        self.set_live(row, true);
        let ids = &self.ids;
        if self.order.last().is_none_or(|last| id_in(ids, last) < id) {
            self.order.push(row);
        } else {
            self.order.insert(row, |other| id_in(ids, other).cmp(&id));
        }
        (row, again)
    }

    /// Whether the same rows of a chunk live in another state of the table.
    pub(crate) fn same_chunk(&self, other: &Self, at: usize) -> bool {
        match (self.live.get(at), other.live.get(at)) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Takes the record of a live row out.
    pub(crate) fn delete(&mut self, row: RowIx) {
        let id = self.id(row);
        let ids = &self.ids;
        self.order.remove(|other| id_in(ids, other).cmp(&id));
        self.set_live(row, false);
    }

    fn append(&mut self, id: RecordId) -> RowIx {
        let row = self.count;
        self.count += 1;
        match self.ids.last_mut() {
            Some(last) if last.len() < CHUNK => Arc::make_mut(last).push(id),
            _ => {
                self.ids.push(Arc::new(vec![id]));
                self.live.push(Arc::default());
            }
        }
        row
    }

    fn set_live(&mut self, row: RowIx, live: bool) {
        let (at, within) = split(row);
        Arc::make_mut(&mut self.live[at]).set(within, live);
    }

    /// Appends a live row without giving it a place among the records.
    pub(crate) fn append_loaded(&mut self, id: RecordId) -> RowIx {
        let row = self.append(id);
        self.set_live(row, true);
        row
    }

    /// Fills in the order of records once all rows are there. Answers a record that came twice.
    pub(crate) fn finish_load(&mut self) -> Result<(), RecordId> {
        let mut rows: Vec<RowIx> = (0..self.count).collect();
        self.ordered = rows.is_sorted_by(|&a, &b| self.id(a) < self.id(b));
        if !self.ordered {
            rows.sort_by_key(|&row| self.id(row));
            let twice = rows.windows(2).find(|pair| self.id(pair[0]) == self.id(pair[1]));
            if let Some(pair) = twice {
                return Err(self.id(pair[0]));
            }
        }
        self.known = OrderList::from_sorted(&rows);
        rows.retain(|&row| self.is_live(row));
        self.order = if rows.len() == self.count as usize {
            self.known.clone()
        } else {
            OrderList::from_sorted(&rows)
        };
        Ok(())
    }

    /// The ids of records by row, and which rows live.
    pub(crate) fn chunks(&self) -> (&[Arc<Vec<RecordId>>], &[Arc<Bits>]) {
        (&self.ids, &self.live)
    }

    /// From what [`Roster::chunks`] gave: all chunks but the last are full. None when a record has two rows.
    pub(crate) fn of_chunks(ids: Vec<Arc<Vec<RecordId>>>, live: Vec<Arc<Bits>>) -> Option<Self> {
        let count = ids.iter().map(|chunk| chunk.len() as RowIx).sum();
        let mut roster = Self { ids, live, count, ..Self::default() };
        roster.finish_load().ok().map(|()| roster)
    }
}

fn id_in(ids: &[Arc<Vec<RecordId>>], row: RowIx) -> RecordId {
    let (at, within) = split(row);
    ids[at][within]
}
