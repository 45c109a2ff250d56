//! Reading records page by page. Reads take a snapshot and never wait for writes.

use std::{fmt::Write, sync::Arc};

use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use skein_table::{
    Base, Filter, Position, Query, RowIx, SortKey, Table, Viewer, colors, depths, page, position, select,
    write_record_json,
};
use skein_types::{FieldId, MemberId, RecordId, TableId, ViewId};
use utoipa::ToSchema;

use crate::{BaseError, Snapshot, plan};

/// Rows above which a query runs on a thread of its own.
const LARGE: usize = 50_000;
/// Records of the largest page.
const MAX_LIMIT: usize = 1_000;
const USUAL_LIMIT: usize = 100;
/// What cursors begin with that say by what the last record was sorted by.
const AFTER: &str = "after-";

/// Which records to list.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Those of a saved view, in its order.
    pub view: Option<ViewId>,
    /// Of those, the ones that fit this.
    pub filter: Option<Filter>,
    /// In this order instead of the view's, without its tree.
    pub sort: Option<Vec<SortKey>>,
    /// And have this text.
    pub search: Option<String>,
    /// At most so many; 100 when none is said.
    pub limit: Option<usize>,
    /// After the page that gave this cursor.
    pub cursor: Option<String>,
}

impl ListQuery {
    fn own(&self) -> Query {
        Query {
            filter: self.filter.clone(),
            sort: self.sort.clone().unwrap_or_default(),
            search: self.search.clone().filter(|text| !text.trim().is_empty()),
            ..Query::default()
        }
    }

    /// Together with what the view says, which must be one that the member sees.
    pub(crate) fn query(&self, table: &Table, member: Option<MemberId>) -> Result<Query, BaseError> {
        let own = self.own();
        let Some(view) = self.view else { return Ok(own) };
        let view = plan::views::seen(table, view, member)?;
        let filter = match (view.filter.clone(), own.filter) {
            (Some(first), Some(second)) => Some(Filter::And { and: vec![first, second] }),
            (first, second) => first.or(second),
        };
        let shown = view.query();
        let (sort, tree) = if self.sort.is_some() { (own.sort, None) } else { (shown.sort, shown.tree) };
        Ok(Query { filter, sort, colors: view.colors.clone(), tree, ..own })
    }
}

/// A record as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordJson {
    /// Its id.
    pub id: RecordId,
    /// Values by field id; empty cells are left out.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub fields: Box<RawValue>,
    /// In a list of a view: the places of the colour rules that count for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub colors: Vec<u8>,
    /// In a list of a view with a tree: how many records it stands under, each right before those under it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth: Option<usize>,
}

/// A page of records.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordPage {
    /// The records in order.
    pub items: Vec<RecordJson>,
    /// What to send as `cursor` for the next page; none at the end.
    pub next: Option<String>,
    /// How many records there are on all pages.
    pub total: usize,
    /// The last event that is in it.
    pub seq: i64,
}

/// Where a page ended.
#[derive(Clone, Debug, PartialEq)]
enum Cursor {
    /// By what its last record was sorted by: whatever becomes of that record, the page goes on there.
    After(Position),
    /// Of what can only be compared with what is there: after a record, which stood at a rank. Once the
    /// record is gone or sorts elsewhere, the rank counts.
    Rank {
        last: RecordId,
        rank: usize,
        /// Of what the record was sorted by.
        sorted: u64,
    },
}

impl Cursor {
    fn of(base: &Base, table: &Table, query: &Query, viewer: &Viewer, row: RowIx, rank: usize) -> Self {
        match position(base, table, query, viewer, row) {
            Some(position) => Self::After(position),
            None => {
                Self::Rank { last: table.record_id(row), rank, sorted: sorted_by(base, table, query, row) }
            }
        }
    }

    fn parse(text: &str) -> Result<Self, BaseError> {
        let parsed = match text.strip_prefix(AFTER) {
            Some(hex) => unhex(hex).and_then(|json| serde_json::from_slice(&json).ok()).map(Self::After),
            None => Self::parse_rank(text),
        };
        parsed.ok_or_else(not_of_this)
    }

    fn parse_rank(text: &str) -> Option<Self> {
        let (last, rest) = text.split_once('~')?;
        let (rank, sorted) = rest.split_once('~')?;
        let sorted = u64::from_str_radix(sorted, 16).ok()?;
        Some(Self::Rank { last: last.parse().ok()?, rank: rank.parse().ok()?, sorted })
    }

    fn position(&self) -> Option<&Position> {
        if let Self::After(position) = self { Some(position) } else { None }
    }

    fn text(&self) -> String {
        match self {
            Self::After(position) => {
                let json = serde_json::to_vec(position).unwrap_or_default();
                json.iter().fold(AFTER.to_owned(), |mut text, byte| {
                    let _ = write!(text, "{byte:02x}");
                    text
                })
            }
            Self::Rank { last, rank, sorted } => format!("{last}~{rank}~{sorted:x}"),
        }
    }
}

fn not_of_this() -> BaseError {
    BaseError::invalid("cursor.invalid", "cursor", "send the cursor of the page before, with the same query")
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |pair: &[u8; 2]| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(byte).collect()).flatten()
}

impl Snapshot {
    /// A page of records.
    pub async fn list(
        self: &Arc<Self>,
        table: TableId,
        wanted: ListQuery,
        viewer: Viewer,
    ) -> Result<RecordPage, BaseError> {
        if self.table(table)?.len() <= LARGE {
            return self.list_now(table, &wanted, &viewer);
        }
        let this = self.clone();
        let listed = tokio::task::spawn_blocking(move || this.list_now(table, &wanted, &viewer));
        listed.await.map_err(|error| BaseError::Internal(error.to_string()))?
    }

    fn list_now(&self, table: TableId, wanted: &ListQuery, viewer: &Viewer) -> Result<RecordPage, BaseError> {
        let (base, table) = (&self.base, self.table(table)?);
        // Checked by itself, so that an error names the place in what was sent.
        skein_table::validate_query(base, table, &wanted.own(), viewer)?;
        let query = wanted.query(table, viewer.me)?;
        let limit = wanted.limit.unwrap_or(USUAL_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(BaseError::invalid("list.limit", "limit", "a page has 1 to 1,000 records"));
        }
        let cursor = wanted.cursor.as_deref().map(Cursor::parse).transpose()?;
        let Found { mut rows, total, offset } = found(base, table, &query, viewer, (cursor.as_ref(), limit))?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows
            .last()
            .filter(|_| more)
            .map(|&row| Cursor::of(base, table, &query, viewer, row, offset + rows.len() - 1).text());
        let fields: Vec<FieldId> = table.def().fields.iter().map(|field| field.id).collect();
        let mut items = rows
            .iter()
            .map(|&row| record_json(&self.base, table, row, &fields))
            .collect::<Result<Vec<_>, _>>()?;
        if !query.colors.is_empty() {
            let colors = colors(base, table, &query, viewer, &rows);
            items.iter_mut().zip(colors).for_each(|(item, colors)| item.colors = colors);
        }
        if query.tree.is_some() {
            let depths = depths(base, table, &query, viewer, &rows).unwrap_or_default();
            items.iter_mut().zip(depths).for_each(|(item, depth)| item.depth = Some(depth));
        }
        Ok(RecordPage { items, next, total, seq: self.seq })
    }

    /// A record.
    pub fn record(&self, table: TableId, record: RecordId) -> Result<RecordJson, BaseError> {
        let table = self.table(table)?;
        let row = table.row(record).ok_or(BaseError::RecordNotFound(record))?;
        let fields: Vec<FieldId> = table.def().fields.iter().map(|field| field.id).collect();
        record_json(&self.base, table, row, &fields)
    }
}

/// Rows of a page and one more, if there is one.
struct Found {
    rows: Vec<RowIx>,
    /// On all pages.
    total: usize,
    /// How many stand before, when that is known.
    offset: usize,
}

fn found(
    base: &Base,
    table: &Table,
    query: &Query,
    viewer: &Viewer,
    (cursor, limit): (Option<&Cursor>, usize),
) -> Result<Found, BaseError> {
    match cursor {
        None | Some(Cursor::After(_)) => {
            let position = cursor.and_then(Cursor::position);
            let found = page(base, table, query, viewer, position, limit + 1);
            let (rows, total) = found.ok_or_else(not_of_this)?;
            Ok(Found { rows, total, offset: 0 })
        }
        Some(&Cursor::Rank { last, rank, sorted }) => {
            let mut rows = select(base, table, query, viewer);
            let total = rows.len();
            let offset = place(base, table, query, &rows, (last, rank, sorted)).min(total);
            rows.drain(..offset);
            Ok(Found { rows, total, offset })
        }
    }
}

/// A short hash of the cells a record is sorted by.
fn sorted_by(base: &Base, table: &Table, query: &Query, row: RowIx) -> u64 {
    let fields: Vec<FieldId> = query.sort.iter().map(|key| key.field).collect();
    let mut json = String::new();
    write_record_json(base, table, row, &fields, &mut json);
    Sha256::digest(json.as_bytes()).iter().take(8).fold(0, |hash, byte| (hash << 8) | u64::from(*byte))
}

/// Where the next page begins, of a record that stood at a rank and was sorted by something.
fn place(
    base: &Base,
    table: &Table,
    query: &Query,
    rows: &[RowIx],
    (last, rank, sorted): (RecordId, usize, u64),
) -> usize {
    let found = table.row(last).and_then(|last| {
        // It usually is where it was.
        if rows.get(rank) == Some(&last) { Some(rank) } else { rows.iter().position(|&row| row == last) }
    });
    match found {
        // It was moved: the page is followed from where it ended, not from where its last record went.
        Some(at) if sorted_by(base, table, query, rows[at]) != sorted => rank + usize::from(at <= rank),
        Some(at) => at + 1,
        // One row before the end of the page is gone: those after it moved up by one.
        None => rank,
    }
}

pub(crate) fn record_json(
    base: &Base,
    table: &Table,
    row: RowIx,
    fields: &[FieldId],
) -> Result<RecordJson, BaseError> {
    let mut json = String::new();
    write_record_json(base, table, row, fields, &mut json);
    let fields = RawValue::from_string(json).map_err(|error| BaseError::Internal(error.to_string()))?;
    Ok(RecordJson { id: table.record_id(row), fields, colors: Vec::new(), depth: None })
}
