//! A column: the cells of one field in chunks, and a cell as the engine sees it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    FieldKind, File, Place, RowIx,
    chunk::{Bits, CHUNK, Codes, Fixed, Pool, Sparse, Texts, Var},
    formula::{Datum, ErrorCode, Item, Type},
};

/// A cell as columns hold it. Choices are their codes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Null,
    Text(&'a str),
    Number(f64),
    Date(i64),
    Code(u32),
    /// Choices, people, groups or rows of another table, as the shape of the column says.
    Codes(&'a [u32]),
    Bool(bool),
    Object(&'a Object),
    /// A computed value of no other form.
    Datum(&'a Datum),
    /// A computed cell that failed.
    Error(ErrorCode),
}

/// A cell that is neither filtered nor sorted by columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Object {
    Files(Arc<[File]>),
    Place(Arc<Place>),
}

/// What the cells of a column are, whichever type of field they belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    Number,
    Date {
        time: bool,
    },
    Checkbox,
    Select,
    Multi,
    Members,
    Groups,
    Links,
    Files,
    Place,
    /// Values of any type, one by one.
    Data,
}

impl Shape {
    /// Of a stored field; of a computed one its type tells, see [`Shape::of_type`].
    pub(crate) fn of(kind: &FieldKind) -> Self {
        match kind {
            FieldKind::Text { .. } => Self::Text,
            FieldKind::Number(_) | FieldKind::AutoNumber { .. } => Self::Number,
            FieldKind::Select { .. } => Self::Select,
            FieldKind::MultiSelect { .. } => Self::Multi,
            FieldKind::Date(style) | FieldKind::CreatedAt(style) | FieldKind::UpdatedAt(style) => {
                Self::Date { time: style.time }
            }
            FieldKind::Checkbox => Self::Checkbox,
            FieldKind::Member { .. } | FieldKind::CreatedBy | FieldKind::UpdatedBy => Self::Members,
            FieldKind::Group { .. } => Self::Groups,
            FieldKind::Attachment => Self::Files,
            FieldKind::Location => Self::Place,
            FieldKind::Link { .. } | FieldKind::Backlink { .. } => Self::Links,
            FieldKind::Button { .. }
            | FieldKind::Lookup(_)
            | FieldKind::Rollup { .. }
            | FieldKind::Formula { .. } => Self::Data,
        }
    }

    /// The shape that holds values of a type.
    pub(crate) fn of_type(ty: Type) -> Self {
        match (ty.item, ty.list) {
            (Item::Bool, false) => Self::Checkbox,
            (Item::Number | Item::Duration, false) => Self::Number,
            (Item::Text, false) => Self::Text,
            (Item::Date { time }, false) => Self::Date { time },
            (Item::Choice(..), false) => Self::Select,
            (Item::Choice(..), true) => Self::Multi,
            (Item::Member, _) => Self::Members,
            (Item::Group, _) => Self::Groups,
            (Item::Record(_), _) => Self::Links,
            (Item::File, _) => Self::Files,
            (Item::Place, false) => Self::Place,
            (Item::Any, _)
            | (
                Item::Bool | Item::Number | Item::Duration | Item::Text | Item::Date { .. } | Item::Place,
                true,
            ) => Self::Data,
        }
    }
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
    Object(Vec<Arc<Sparse<Object>>>),
    Data(Vec<Arc<Sparse<Datum>>>),
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
    pub(crate) fn new(shape: Shape) -> Self {
        match shape {
            Shape::Text => Self::Text(Vec::new()),
            Shape::Number => Self::Number(Vec::new()),
            Shape::Select => Self::Select(Vec::new()),
            Shape::Multi | Shape::Members | Shape::Groups | Shape::Links => Self::Multi(Vec::new()),
            Shape::Date { .. } => Self::Date(Vec::new()),
            Shape::Checkbox => Self::Checkbox(Vec::new()),
            Shape::Files | Shape::Place => Self::Object(Vec::new()),
            Shape::Data => Self::Data(Vec::new()),
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
            Self::Object(chunks) => chunks.get(at).and_then(|chunk| chunk.get(within)).map(Cell::Object),
            Self::Data(chunks) => chunks.get(at).and_then(|chunk| chunk.get(within)).map(Cell::Datum),
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
            Self::Object(chunks) => {
                let object = if let Cell::Object(object) = cell { Some(object.clone()) } else { None };
                chunk(chunks, at).set(within, object);
            }
            Self::Data(chunks) => {
                let datum = if let Cell::Datum(datum) = cell { Some(datum.clone()) } else { None };
                chunk(chunks, at).set(within, datum);
            }
        }
    }

    pub(crate) fn chunk_count(&self) -> usize {
        match self {
            Self::Text(chunks) => chunks.len(),
            Self::Number(chunks) => chunks.len(),
            Self::Date(chunks) => chunks.len(),
            Self::Select(chunks) => chunks.len(),
            Self::Multi(chunks) => chunks.len(),
            Self::Checkbox(chunks) => chunks.len(),
            Self::Object(chunks) => chunks.len(),
            Self::Data(chunks) => chunks.len(),
        }
    }

    /// Whether the cells of a chunk are shared with another state of the column.
    pub(crate) fn same_chunk(&self, other: &Self, at: usize) -> bool {
        fn same<T>(a: &[Arc<T>], b: &[Arc<T>], at: usize) -> bool {
            match (a.get(at), b.get(at)) {
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                (a, b) => a.is_none() && b.is_none(),
            }
        }
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => same(a, b, at),
            (Self::Number(a), Self::Number(b)) => same(a, b, at),
            (Self::Date(a), Self::Date(b)) => same(a, b, at),
            (Self::Select(a), Self::Select(b)) => same(a, b, at),
            (Self::Multi(a), Self::Multi(b)) => same(a, b, at),
            (Self::Checkbox(a), Self::Checkbox(b)) => same(a, b, at),
            (Self::Object(a), Self::Object(b)) => same(a, b, at),
            (Self::Data(a), Self::Data(b)) => same(a, b, at),
            _ => false,
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
            Self::Number(_)
            | Self::Date(_)
            | Self::Select(_)
            | Self::Checkbox(_)
            | Self::Object(_)
            | Self::Data(_) => {}
        }
    }
}
