//! Places in an order that stay when rows change: what a row was sorted by, so that reading goes on after
//! it whatever became of the row.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use skein_types::RecordId;

use crate::{
    Base, Query, RowIx, Table, Viewer, collate,
    column::Cell,
    query::{Compiled, running},
    shown::Scope,
    sort::Order,
    sort_key::{BLANK, By, FAILED, Key, class, first_linked},
};

/// Bytes of the longest text that is kept in a position.
const MAX_TEXT: usize = 1_000;

/// A place in the order of a query, right after a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    marks: Vec<Mark>,
    last: RecordId,
}

/// What a row is sorted by, by one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Mark {
    #[serde(rename = "w")]
    Word(u64),
    #[serde(rename = "t")]
    Text(String),
    /// Of the first record linked.
    #[serde(rename = "l")]
    Linked(Box<Mark>),
    /// Nothing, or an error: after all values.
    #[serde(rename = "n")]
    None(u8),
}

impl Key {
    /// None for what can only be compared with another cell.
    fn mark(&self, scope: Scope<'_>, row: RowIx) -> Option<Mark> {
        let cell = scope.table.cell(row, self.at);
        match &self.by {
            By::Text => match cell {
                Cell::Text(text) => (text.len() <= MAX_TEXT).then(|| Mark::Text(text.to_owned())),
                other => Some(Mark::None(class(other))),
            },
            By::Record(key) => match self.title(key, scope, cell) {
                Ok((scope, row)) => Some(Mark::Linked(Box::new(key.mark(scope, row)?))),
                Err(class) => Some(Mark::None(class)),
            },
            By::Other => (class(cell) > 0).then(|| Mark::None(class(cell))),
            By::Plain | By::Tick | By::Places(_) => Some(Mark::Word(self.word(cell))),
        }
    }

    /// The first record linked, when it has a title.
    fn title<'a>(&self, key: &Self, scope: Scope<'a>, cell: Cell<'_>) -> Result<(Scope<'a>, RowIx), u8> {
        match (cell, first_linked(scope, self.at, cell)) {
            (Cell::Error(_), _) => Err(2),
            (_, None) => Err(1),
            (_, Some((scope, row))) => match class(scope.table.cell(row, key.at)) {
                0 => Ok((scope, row)),
                class => Err(class),
            },
        }
    }

    /// How a row stands to a mark.
    fn against(&self, scope: Scope<'_>, row: RowIx, mark: &Mark) -> Ordering {
        let cell = scope.table.cell(row, self.at);
        match (&self.by, mark) {
            (By::Text, Mark::Text(text)) => match cell {
                Cell::Text(own) => self.turned(collate::compare(own, text)),
                _ => Ordering::Greater,
            },
            (By::Record(key), Mark::Linked(mark)) => match self.title(key, scope, cell) {
                Ok((scope, row)) => self.turned(key.against(scope, row, mark)),
                Err(_) => Ordering::Greater,
            },
            (By::Record(key), Mark::None(other)) => {
                self.title(key, scope, cell).err().unwrap_or(0).cmp(other)
            }
            (By::Text | By::Other, Mark::None(other)) => class(cell).cmp(other),
            (_, Mark::Word(word)) => self.word(cell).cmp(word),
            // The field is another than it was.
            _ => Ordering::Equal,
        }
    }

    /// No row of a lesser [`Key::value`] stands after the mark.
    pub(crate) fn floor(&self, mark: &Mark) -> u64 {
        match mark {
            Mark::Word(word) => *word,
            Mark::Text(text) => {
                let keys = collate::SortKeys::of(std::iter::once(Some(text.as_str())));
                self.start_of(keys.get(0), 0)
            }
            Mark::None(1) => BLANK,
            Mark::None(_) => FAILED,
            Mark::Linked(_) => 0,
        }
    }
}

impl Position {
    pub(crate) fn first(&self) -> Option<&Mark> {
        self.marks.first()
    }
}

impl Order {
    /// Whether a row stands after a position.
    pub(crate) fn is_after(&self, scope: Scope<'_>, row: RowIx, position: &Position) -> bool {
        for (key, mark) in self.keys().iter().zip(&position.marks) {
            match key.against(scope, row, mark) {
                Ordering::Equal => {}
                order => return order.is_gt(),
            }
        }
        scope.table.record_id(row) > position.last
    }
}

/// The place right after a row of a query without groups; none when what it is sorted by is too long to
/// keep, or can only be compared with what is there, as it is in a tree.
pub fn position(base: &Base, table: &Table, query: &Query, viewer: &Viewer, row: RowIx) -> Option<Position> {
    let scope = Scope { base, table };
    let Compiled { order, kinship: None, .. } = running(scope, query, viewer) else { return None };
    let marks = order.keys().iter().map(|key| key.mark(scope, row)).collect::<Option<_>>()?;
    Some(Position { marks, last: table.record_id(row) })
}

/// Up to `limit` rows of a query, without groups when they are to stand after a position, and how many it keeps
/// in all; none when the position is of a query that sorts otherwise.
pub fn page(
    base: &Base,
    table: &Table,
    query: &Query,
    viewer: &Viewer,
    after: Option<&Position>,
    limit: usize,
) -> Option<(Vec<RowIx>, usize)> {
    let scope = Scope { base, table };
    let compiled = running(scope, query, viewer);
    let Compiled { order, program, grouping, kinship, .. } = &compiled;
    let other = |position: &Position| position.marks.len() != order.keys().len() || kinship.is_some();
    if after.is_some_and(other) {
        return None;
    }
    let flat = grouping.is_empty() && kinship.is_none();
    if flat && order.has_top() && limit < table.len() / 8 {
        return Some(order.top(scope, program, limit, after));
    }
    if flat && order.is_empty() && after.is_none() {
        let mut rows = program.first(scope, limit);
        let total = if rows.len() < limit { rows.len() } else { program.count(scope) };
        rows.truncate(limit);
        return Some((rows, total));
    }
    let Some(position) = after else {
        let mut rows = compiled.select(scope);
        let total = rows.len();
        rows.truncate(limit);
        return Some((rows, total));
    };
    let mut rows = program.rows(scope);
    let total = rows.len();
    rows.retain(|&row| order.is_after(scope, row, position));
    order.sort(scope, &mut rows, None);
    rows.truncate(limit);
    Some((rows, total))
}
