//! Reading history page by page, newest first.

use serde::{Deserialize, Serialize};
use skein_platform::Platform;
use skein_store::{Db, Row, params};
use skein_table::Base;
use skein_types::{FieldId, MemberId, RecordId, ResourceId, StreamId, TableId, Timestamp};
use utoipa::ToSchema;

use super::{Entry, Line, Scope, index, lines};
use crate::{
    BaseError, Snapshot,
    event::{Cause, Changed, Via},
};

/// Entries of the largest page.
const MAX_LIMIT: usize = 200;
const USUAL_LIMIT: usize = 50;
/// Records of one change that are told one by one.
const RECORDS: usize = 1_000;
/// Events looked at for one page: of a filter that fits few, a page may hold fewer than were asked for.
const LOOKED_AT: usize = 2_000;

/// Which history to read.
#[derive(Clone, Debug, Default)]
pub struct HistoryQuery {
    /// Of a table; of all of the base when there is none.
    pub table: Option<TableId>,
    /// Of a record of the table.
    pub record: Option<RecordId>,
    /// Of a field of the table.
    pub field: Option<FieldId>,
    /// Of what one did.
    pub actor: Option<String>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Up to this moment.
    pub to: Option<Timestamp>,
    /// At most so many entries; 50 when none is said.
    pub limit: Option<usize>,
    /// After the page that gave this cursor.
    pub cursor: Option<String>,
}

/// A page of history.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryPage {
    /// Newest first.
    pub items: Vec<Entry>,
    /// What to send as `cursor` for the next page; none at the end.
    pub next: Option<String>,
}

/// What somebody can take back in a base, or do again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UndoList {
    /// One's own changes that can be taken back, newest first.
    pub undo: Vec<Entry>,
    /// What one took back and can do again, the next to be done first.
    pub redo: Vec<Entry>,
}

/// Parts of an event that say how it came to be.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) cause: Cause,
    #[serde(default)]
    pub(super) undoes: Option<i64>,
    #[serde(default)]
    pub(super) redoes: Option<i64>,
    #[serde(default)]
    pub(super) private: Option<MemberId>,
    /// None in summaries written before they said so.
    #[serde(default)]
    pub(super) about: Option<About>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) part: bool,
}

/// What an event is about.
#[derive(Serialize, Deserialize)]
pub(super) struct About {
    pub(super) tables: Vec<TableId>,
    pub(super) schema: bool,
    /// Whether what takes it back was kept.
    pub(super) undoable: bool,
}

impl Head {
    pub(super) fn of(changed: &Changed) -> Self {
        let Changed { cause, undoes, redoes, private, schema, part, .. } = *changed;
        let about = About { tables: changed.tables.clone(), schema, undoable: changed.undo.is_some() };
        Self { cause, undoes, redoes, private, about: Some(about), part }
    }
}

/// The row of an event: all of it, or its summary when there is one.
struct Told {
    seq: i64,
    actor: String,
    at: Timestamp,
    data: String,
    summary: Option<String>,
}

impl Told {
    fn of(row: &Row) -> Result<Self, BaseError> {
        let (seq, actor, at) = (row.get("seq")?, row.get("actor")?, row.get("at")?);
        Ok(Self { seq, actor, at, data: row.get("data")?, summary: row.get("summary")? })
    }

    /// None when it is about a personal view of somebody else than `me`, or says nothing of its own.
    fn entry(self, base: &Base, scope: &Scope, me: MemberId) -> Result<Option<Entry>, BaseError> {
        let damaged = |error: serde_json::Error| BaseError::Internal(error.to_string());
        let (head, (changes, names)) = if let Some(summary) = &self.summary {
            let (head, (mut changes, names)): (Head, (Vec<Line>, _)) =
                serde_json::from_str(summary).map_err(damaged)?;
            changes.retain(|line| scope.table.is_none_or(|table| line.table == Some(table)));
            (head, (changes, names))
        } else {
            let changed: Changed = serde_json::from_str(&self.data).map_err(damaged)?;
            let head = Head::of(&changed);
            (head, lines(&changed, base, scope))
        };
        // One that only holds what takes a change back is told of with that.
        let silent = head.part && changes.is_empty();
        if silent || head.private.is_some_and(|owner| owner != me) {
            return Ok(None);
        }
        let Self { seq, at, actor, .. } = self;
        let via: Via = head.cause.via;
        let (undoes, redoes) = (head.undoes, head.redoes);
        Ok(Some(Entry { seq, at, actor, via, undoes, redoes, changes, names }))
    }
}

const COLUMNS: &str = "l.seq, l.actor, l.at, s.summary, \
     CASE WHEN s.summary IS NULL THEN l.data ELSE '' END AS data";
const WHOLE: &str = "l.seq, l.actor, l.at, l.data, CAST(NULL AS TEXT) AS summary";
const SUMMARY: &str = "LEFT JOIN base_summaries s ON s.base = l.stream AND s.seq = l.seq";
const FITS: &str = "l.stream = $1 AND l.kind = 'base.changed' AND l.seq > $2 AND l.seq < $3 \
     AND ($4 = '' OR l.actor = $4)";

impl Snapshot {
    /// A page of the history of a base, a table, a record or a cell.
    pub(crate) async fn history(
        &self,
        platform: &Platform,
        id: ResourceId,
        me: MemberId,
        wanted: HistoryQuery,
    ) -> Result<HistoryPage, BaseError> {
        index::complete(platform, id, &self.base).await?;
        let limit = wanted.limit.unwrap_or(USUAL_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(BaseError::invalid("list.limit", "limit", "a page has 1 to 200 entries"));
        }
        let db = &platform.db;
        let (low, mut before) = bounds(db, id, &wanted).await?;
        let (table, record, field) = (wanted.table, wanted.record, wanted.field);
        let examples = if record.is_some() { 1 } else { 5 };
        let scope = Scope { table, record, field, examples };
        let mut items: Vec<Entry> = Vec::new();
        let mut looked = 0;
        loop {
            let rows = page(db, id, &wanted, (low, before), limit as i64 + 1).await?;
            let full = rows.len() > limit;
            for row in rows.iter().take(limit) {
                let told = Told::of(row)?;
                before = told.seq;
                looked += 1;
                let entry = told.entry(&self.base, &scope, me)?;
                items.extend(entry.filter(|entry| !entry.changes.is_empty()));
                if items.len() == limit {
                    break;
                }
            }
            if !full || items.len() == limit || looked >= LOOKED_AT {
                let more = full || items.len() == limit && rows.last().is_some_and(|row| older(row, before));
                return Ok(HistoryPage { items, next: more.then(|| before.to_string()) });
            }
        }
    }

    /// One event, with up to 1,000 of its records.
    pub(crate) async fn history_entry(
        &self,
        platform: &Platform,
        id: ResourceId,
        me: MemberId,
        seq: i64,
    ) -> Result<Entry, BaseError> {
        let scope = Scope { examples: RECORDS, ..Scope::ALL };
        let sql = format!("SELECT {WHOLE} FROM log l WHERE {FITS}");
        let row = platform.db.row(&sql, params![&StreamId::of(id), seq - 1, seq + 1, ""]).await?;
        let gone = || BaseError::EventNotFound(seq);
        Told::of(&row.ok_or_else(gone)?)?.entry(&self.base, &scope, me)?.ok_or_else(gone)
    }

    /// Entries of single events, in the order asked for. Those that are gone are left out.
    pub(crate) async fn entries(
        &self,
        platform: &Platform,
        id: ResourceId,
        me: MemberId,
        seqs: &[i64],
    ) -> Result<Vec<Entry>, BaseError> {
        let sql = format!("SELECT {COLUMNS} FROM log l {SUMMARY} WHERE {FITS}");
        let mut entries = Vec::with_capacity(seqs.len());
        for seq in seqs {
            let values = params![&StreamId::of(id), seq - 1, seq + 1, ""];
            if let Some(row) = platform.db.row(&sql, values).await? {
                entries.extend(Told::of(&row)?.entry(&self.base, &Scope::ALL, me)?);
            }
        }
        Ok(entries)
    }
}

fn older(row: &Row, before: i64) -> bool {
    row.get::<i64>("seq").is_ok_and(|seq| seq < before)
}

/// Sequence numbers between which the page lies, both excluded.
async fn bounds(db: &Db, id: ResourceId, wanted: &HistoryQuery) -> Result<(i64, i64), BaseError> {
    let invalid = |_| BaseError::invalid("cursor.invalid", "cursor", "send the cursor of the page before");
    let cursor = wanted.cursor.as_deref().map(str::parse::<i64>).transpose().map_err(invalid)?;
    let low = match wanted.from {
        // Of the moment itself as well.
        Some(from) => at(db, id, from - jiff::SignedDuration::from_micros(1)).await?,
        None => 0,
    };
    let high = match wanted.to {
        Some(to) => at(db, id, to).await? + 1,
        None => i64::MAX,
    };
    Ok((low, cursor.unwrap_or(high).min(high)))
}

/// The last event of a base at a moment; 0 when there was none yet. Events of a stream are in the order of
/// their times but for moments in which several were on their way.
pub(crate) async fn at(db: &Db, id: ResourceId, moment: Timestamp) -> Result<i64, BaseError> {
    let stream = StreamId::of(id);
    let (mut low, mut high) = (0, db.head(&stream).await?);
    while low < high {
        let middle = low + (high - low + 1) / 2;
        let row =
            db.row("SELECT at FROM log WHERE stream = $1 AND seq = $2", params![&stream, middle]).await?;
        let at: Timestamp = match row {
            Some(row) => row.get("at")?,
            None => return Ok(low),
        };
        if at <= moment { low = middle } else { high = middle - 1 }
    }
    Ok(low)
}

async fn page(
    db: &Db,
    id: ResourceId,
    wanted: &HistoryQuery,
    (low, before): (i64, i64),
    limit: i64,
) -> Result<Vec<Row>, BaseError> {
    let actor = wanted.actor.as_deref().unwrap_or_default();
    let mut values = params![&StreamId::of(id), low, before, actor, limit];
    // What is told of one record or field may not be in the summary.
    let whole = wanted.record.is_some() || wanted.field.is_some();
    let (columns, summary) = if whole { (WHOLE, "") } else { (COLUMNS, SUMMARY) };
    let sql = match (wanted.table, wanted.record) {
        (Some(table), Some(record)) => {
            values.extend(params![table, record.to_bytes().to_vec()]);
            format!(
                "WITH at (seq) AS ( \
                   SELECT seq FROM base_changes WHERE table_id = $6 AND record = $7 \
                   UNION SELECT seq FROM base_spans WHERE table_id = $6 AND first <= $7 AND last >= $7) \
                 SELECT {columns} FROM at JOIN log l ON l.stream = $1 AND l.seq = at.seq {summary} \
                 WHERE {FITS} ORDER BY at.seq DESC LIMIT $5"
            )
        }
        (Some(table), None) => {
            values.extend(params![table, Vec::<u8>::new()]);
            format!(
                "SELECT {columns} FROM base_changes c JOIN log l ON l.stream = $1 AND l.seq = c.seq {summary} \
                 WHERE c.table_id = $6 AND c.record = $7 AND c.seq > $2 AND c.seq < $3 AND {FITS} \
                 ORDER BY c.seq DESC LIMIT $5"
            )
        }
        (None, _) => {
            format!("SELECT {columns} FROM log l {summary} WHERE {FITS} ORDER BY l.seq DESC LIMIT $5")
        }
    };
    Ok(db.rows(&sql, values).await?)
}
