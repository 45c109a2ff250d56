//! A column: the cells of one field in chunks, and a cell as the engine sees it.

use std::sync::Arc;

use crate::{
    FieldKind, RowIx,
    chunk::{Bits, CHUNK, Codes, Fixed, Pool, Texts, Var},
};

/// A cell as columns hold it. Choices are their codes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Null,
    Text(&'a str),
    Number(f64),
    Date(i64),
    Code(u32),
    Codes(&'a [u32]),
    Bool(bool),
}

/// The cells of a field. Copy on write: a clone shares all chunks.
#[derive(Clone, Debug)]
pub(crate) enum Column {
    Text(Vec<Arc<Texts>>),
    Number(Vec<Arc<Fixed<f64>>>),
    Date(Vec<Arc<Fixed<i64>>>),
    Select(Vec<Arc<Codes>>),
    Multi(Vec<Arc<Var<[u32]>>>),
    Checkbox(Vec<Arc<Bits>>),
}

/// The chunk and the place in it.
pub(crate) fn split(row: RowIx) -> (usize, usize) {
    (row as usize / CHUNK, row as usize % CHUNK)
}

/// The chunk to write in, made when it is missing and copied when it is shared.
fn chunk<T: Default + Clone>(chunks: &mut Vec<Arc<T>>, at: usize) -> &mut T {
    if at >= chunks.len() {
        chunks.resize_with(at + 1, Arc::default);
    }
    Arc::make_mut(&mut chunks[at])
}

impl Column {
    pub(crate) fn new(kind: &FieldKind) -> Self {
        match kind {
            FieldKind::Text => Self::Text(Vec::new()),
            FieldKind::Number { .. } => Self::Number(Vec::new()),
            FieldKind::Select { .. } => Self::Select(Vec::new()),
            FieldKind::MultiSelect { .. } => Self::Multi(Vec::new()),
            FieldKind::Date { .. } => Self::Date(Vec::new()),
            FieldKind::Checkbox => Self::Checkbox(Vec::new()),
        }
    }

    pub(crate) fn get(&self, row: RowIx) -> Cell<'_> {
        let (at, within) = split(row);
        let cell = match self {
            Self::Text(chunks) => chunks.get(at).and_then(|chunk| chunk.cells.get(within)).map(Cell::Text),
            Self::Number(chunks) => chunks.get(at).and_then(|chunk| chunk.get(within)).map(Cell::Number),
            Self::Date(chunks) => chunks.get(at).and_then(|chunk| chunk.get(within)).map(Cell::Date),
            Self::Select(chunks) => chunks.get(at).and_then(|chunk| chunk.get(within)).map(Cell::Code),
            Self::Multi(chunks) => chunks.get(at).and_then(|chunk| chunk.get(within)).map(Cell::Codes),
            Self::Checkbox(chunks) => {
                chunks.get(at).is_some_and(|chunk| chunk.get(within)).then_some(Cell::Bool(true))
            }
        };
        cell.unwrap_or(Cell::Null)
    }

    /// Sets a cell. A cell of another type clears it: what comes here was checked.
    pub(crate) fn set(&mut self, row: RowIx, cell: Cell<'_>) {
        if cell == Cell::Null && self.get(row) == Cell::Null {
            return;
        }
        let (at, within) = split(row);
        match self {
            Self::Text(chunks) => {
                let text = if let Cell::Text(text) = cell { Some(text) } else { None };
                chunk(chunks, at).set(within, text);
            }
            Self::Number(chunks) => {
                // Plus zero turns -0 into 0, so that equal numbers have equal bits.
                let number = if let Cell::Number(number) = cell { Some(number + 0.0) } else { None };
                chunk(chunks, at).set(within, number);
            }
            Self::Date(chunks) => {
                let date = if let Cell::Date(date) = cell { Some(date) } else { None };
                chunk(chunks, at).set(within, date);
            }
            Self::Select(chunks) => {
                let code = if let Cell::Code(code) = cell { Some(code) } else { None };
                chunk(chunks, at).set(within, code);
            }
            Self::Multi(chunks) => {
                let codes = if let Cell::Codes(codes) = cell { Some(codes) } else { None };
                chunk(chunks, at).set(within, codes);
            }
            Self::Checkbox(chunks) => chunk(chunks, at).set(within, cell == Cell::Bool(true)),
        }
    }

    /// Packs what was appended, after a load.
    pub(crate) fn seal(&mut self) {
        fn pack<P: Pool + ?Sized>(cells: &mut Var<P>) {
            if cells.has_tail() {
                cells.seal();
            }
        }
        match self {
            Self::Text(chunks) => chunks.iter_mut().for_each(|chunk| pack(&mut Arc::make_mut(chunk).cells)),
            Self::Multi(chunks) => chunks.iter_mut().for_each(|chunk| pack(Arc::make_mut(chunk))),
            Self::Number(_) | Self::Date(_) | Self::Select(_) | Self::Checkbox(_) => {}
        }
    }
}
