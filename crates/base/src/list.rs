//! Reading records page by page. Reads take a snapshot and never wait for writes.

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use skein_table::{
    Base, Filter, Query, RowIx, SortKey, Table, Viewer, colors, count, select, top, write_record_json,
};
use skein_types::{FieldId, MemberId, RecordId, TableId, ViewId};
use utoipa::ToSchema;

use crate::{BaseError, Snapshot, plan};

/// Rows above which a query runs on a thread of its own.
const LARGE: usize = 50_000;
/// Records of the largest page.
const MAX_LIMIT: usize = 1_000;
const USUAL_LIMIT: usize = 100;

/// Which records to list.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Those of a saved view, in its order.
    pub view: Option<ViewId>,
    /// Of those, the ones that fit this.
    pub filter: Option<Filter>,
    /// In this order instead of the view's.
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
        let sort = if self.sort.is_some() { own.sort } else { view.sort.clone() };
        Ok(Query { filter, sort, colors: view.colors.clone(), ..own })
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

/// Where a page ended: after a record, which stood at a rank. Once the record is gone or sorts elsewhere,
/// the rank counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cursor {
    last: RecordId,
    rank: usize,
    /// Of what the record was sorted by; 0 when nothing sorts.
    sorted: u64,
}

impl Cursor {
    fn parse(text: &str) -> Result<Self, BaseError> {
        let invalid = || BaseError::invalid("cursor.invalid", "cursor", "send the cursor of the page before");
        let (last, rest) = text.split_once('~').ok_or_else(invalid)?;
        let (rank, sorted) = rest.split_once('~').ok_or_else(invalid)?;
        Ok(Self {
            last: last.parse().map_err(|_| invalid())?,
            rank: rank.parse().map_err(|_| invalid())?,
            sorted: u64::from_str_radix(sorted, 16).map_err(|_| invalid())?,
        })
    }
    fn text(self) -> String {
        format!("{}~{}~{:x}", self.last, self.rank, self.sorted)
    }
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
        let (offset, rows, total) = match cursor {
            None => {
                let rows = top(base, table, &query, viewer, 0, limit);
                let total = if rows.len() < limit { rows.len() } else { count(base, table, &query, viewer) };
                (0, rows, total)
            }
            Some(cursor) => {
                let mut rows = select(base, table, &query, viewer);
                let total = rows.len();
                let offset = place(&self.base, table, &query, &rows, cursor).min(total);
                rows.drain(..offset);
                rows.truncate(limit);
                (offset, rows, total)
            }
        };
        let end = offset + rows.len();
        let next = rows.last().filter(|_| end < total).map(|&row| {
            Cursor {
                last: table.record_id(row),
                rank: end - 1,
                sorted: sorted_by(&self.base, table, &query, row),
            }
            .text()
        });
        let fields: Vec<FieldId> = table.def().fields.iter().map(|field| field.id).collect();
        let mut items = rows
            .iter()
            .map(|&row| record_json(&self.base, table, row, &fields))
            .collect::<Result<Vec<_>, _>>()?;
        if !query.colors.is_empty() {
            let colors = colors(base, table, &query, viewer, &rows);
            items.iter_mut().zip(colors).for_each(|(item, colors)| item.colors = colors);
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

/// A short hash of the cells a record is sorted by.
fn sorted_by(base: &Base, table: &Table, query: &Query, row: RowIx) -> u64 {
    if query.sort.is_empty() {
        return 0;
    }
    let fields: Vec<FieldId> = query.sort.iter().map(|key| key.field).collect();
    let mut json = String::new();
    write_record_json(base, table, row, &fields, &mut json);
    Sha256::digest(json.as_bytes()).iter().take(8).fold(0, |hash, byte| (hash << 8) | u64::from(*byte))
}

/// Where the next page begins.
fn place(base: &Base, table: &Table, query: &Query, rows: &[RowIx], cursor: Cursor) -> usize {
    if query.sort.is_empty() {
        return rows.partition_point(|&row| table.record_id(row) <= cursor.last);
    }
    let found = table.row(cursor.last).and_then(|last| {
        // It usually is where it was.
        if rows.get(cursor.rank) == Some(&last) {
            Some(cursor.rank)
        } else {
            rows.iter().position(|&row| row == last)
        }
    });
    match found {
        // It was moved: the page is followed from where it ended, not from where its last record went.
        Some(at) if sorted_by(base, table, query, rows[at]) != cursor.sorted => {
            if at <= cursor.rank {
                cursor.rank + 1
            } else {
                cursor.rank
            }
        }
        Some(at) => at + 1,
        // One row before the end of the page is gone: those after it moved up by one.
        None => cursor.rank,
    }
}

fn record_json(base: &Base, table: &Table, row: RowIx, fields: &[FieldId]) -> Result<RecordJson, BaseError> {
    let mut json = String::new();
    write_record_json(base, table, row, fields, &mut json);
    let fields = RawValue::from_string(json).map_err(|error| BaseError::Internal(error.to_string()))?;
    Ok(RecordJson { id: table.record_id(row), fields, colors: Vec::new() })
}
