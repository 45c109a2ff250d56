//! Which cells of a computed column failed, and why. Most columns have none.

use std::sync::Arc;

use crate::{RowIx, column::split, formula::ErrorCode};

/// Failed cells by chunk, in order of rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Errors(Vec<Arc<Vec<(u16, ErrorCode)>>>);

impl Errors {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    pub(crate) fn get(&self, row: RowIx) -> Option<ErrorCode> {
        if self.0.is_empty() {
            return None;
        }
        let (at, within) = split(row);
        let cells = self.0.get(at)?;
        let place = cells.binary_search_by_key(&(within as u16), |(row, _)| *row).ok()?;
        Some(cells[place].1)
    }
    /// The failed cells of a chunk, by place in it.
    pub(crate) fn chunk(&self, chunk: usize) -> &[(u16, ErrorCode)] {
        self.0.get(chunk).map_or(&[], |cells| cells)
    }
    /// Notes an error, or that there is none; whether that is new.
    pub(crate) fn set(&mut self, row: RowIx, code: Option<ErrorCode>) -> bool {
        let (at, within) = split(row);
        let within = within as u16;
        if at >= self.0.len() {
            if code.is_none() {
                return false;
            }
            self.0.resize_with(at + 1, Arc::default);
        }
        let place = self.0[at].binary_search_by_key(&within, |(row, _)| *row);
        match (place, code) {
            (Err(_), None) => false,
            (Ok(place), Some(code)) if self.0[at][place].1 == code => false,
            (Ok(place), Some(code)) => {
                Arc::make_mut(&mut self.0[at])[place].1 = code;
                true
            }
            (Err(place), Some(code)) => {
                Arc::make_mut(&mut self.0[at]).insert(place, (within, code));
                true
            }
            (Ok(place), None) => {
                Arc::make_mut(&mut self.0[at]).remove(place);
                true
            }
        }
    }
}
