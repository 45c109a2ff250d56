//! Which events changed which record of which table, written in the transaction of the events.

use std::collections::{BTreeMap, BTreeSet};

use skein_platform::Platform;
use skein_store::{FutureExt, Param, StoreError, Tx, params};
use skein_table::{Base, Op};
use skein_types::{RecordId, ResourceId, StreamId, TableId};

use super::{Scope, lines, list::Head};
use crate::{
    BaseError,
    event::{CHANGED, Changed},
};

/// Records of one event, above which only the first and the last are noted.
const MANY: usize = 5_000;
/// The same for records that were made: they usually come after one another.
const MANY_MADE: usize = 100;
/// Values in an event above which a summary of it is kept.
const LARGE: usize = 2_000;
/// Events read at once to be indexed later.
const PAGE: i64 = 200;

/// Rows of the index for the events of a batch.
#[derive(Debug, Default)]
pub(crate) struct Index {
    changes: Vec<Vec<Param>>,
    spans: Vec<Vec<Param>>,
    summaries: Vec<(i64, String)>,
}

/// What the index says of an event.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    changes: Vec<(String, Vec<u8>)>,
    spans: Vec<(String, RecordId, RecordId)>,
    summary: Option<String>,
}

impl Entries {
    /// Of an event; `base` is as it is after it.
    pub(crate) fn of(changed: &Changed, base: &Base) -> Self {
        let mut this = Self::default();
        let undo = changed.undo.as_deref().unwrap_or_default();
        let mut all = touched(&changed.ops, undo);
        for table in &changed.tables {
            all.entry(*table).or_default();
        }
        for (table, touched) in all {
            let table = table.to_string();
            this.changes.push((table.clone(), Vec::new()));
            if let Some((first, last)) = touched.span() {
                this.spans.push((table, first, last));
                continue;
            }
            let records = touched.made.iter().chain(&touched.records);
            this.changes.extend(records.map(|record| (table.clone(), record.to_bytes().to_vec())));
        }
        if weight(&changed.ops) + weight(undo) > LARGE {
            let head = Head::of(changed);
            let told = (head, lines(changed, base, &Scope::ALL));
            this.summary = serde_json::to_string(&told).ok();
        }
        this
    }
}

impl Index {
    /// Adds what is to be said of an event.
    pub(crate) fn add(&mut self, seq: i64, entries: Entries) {
        let Entries { changes, spans, summary } = entries;
        self.changes.extend(changes.into_iter().map(|(table, record)| params![table, record, seq]));
        let bytes = |record: RecordId| record.to_bytes().to_vec();
        self.spans.extend(spans.into_iter().map(|(table, a, b)| params![table, seq, bytes(a), bytes(b)]));
        self.summaries.extend(summary.map(|text| (seq, text)));
    }

    /// Writes what was added. What is there already stays.
    pub(crate) async fn store(self, tx: &mut Tx, base: ResourceId) -> Result<(), StoreError> {
        let again = "ON CONFLICT DO NOTHING";
        tx.insert_many("base_changes (table_id, record, seq)", again, self.changes).await?;
        tx.insert_many("base_spans (table_id, seq, first, last)", again, self.spans).await?;
        let summaries = self.summaries.into_iter().map(|(seq, text)| params![base, seq, text]).collect();
        tx.insert_many("base_summaries (base, seq, summary)", again, summaries).await
    }
}

/// Records of a table that an event touched.
#[derive(Debug, Default)]
struct Touched {
    made: BTreeSet<RecordId>,
    records: BTreeSet<RecordId>,
}

impl Touched {
    /// The first and the last record, when there are too many to note each.
    fn span(&self) -> Option<(RecordId, RecordId)> {
        if self.made.len() <= MANY_MADE && self.made.len() + self.records.len() <= MANY {
            return None;
        }
        let first = self.made.first().into_iter().chain(self.records.first()).min()?;
        let last = self.made.last().into_iter().chain(self.records.last()).max()?;
        Some((*first, *last))
    }
}

fn touched(ops: &[Op], undo: &[Op]) -> BTreeMap<TableId, Touched> {
    let mut all: BTreeMap<TableId, Touched> = BTreeMap::new();
    for op in ops {
        match op {
            Op::CreateRecords { table, records } => {
                all.entry(*table).or_default().made.extend(records.iter().map(|record| record.id));
            }
            Op::UpdateRecords { table, records } => {
                all.entry(*table).or_default().records.extend(records.iter().map(|record| record.id));
            }
            Op::DeleteRecords { table, records } => {
                all.entry(*table).or_default().records.extend(records);
            }
            _ => {}
        }
    }
    for op in undo {
        if let Op::CreateRecords { table, records } | Op::UpdateRecords { table, records } = op {
            all.entry(*table).or_default().records.extend(records.iter().map(|record| record.id));
        }
    }
    for touched in all.values_mut() {
        let Touched { made, records } = touched;
        records.retain(|record| !made.contains(record));
    }
    all
}

/// Roughly how many values operations hold.
pub(crate) fn weight(ops: &[Op]) -> usize {
    let of = |op: &Op| match op {
        Op::CreateRecords { records, .. } | Op::UpdateRecords { records, .. } => {
            records.iter().map(|record| record.cells.len() + 1).sum()
        }
        Op::DeleteRecords { records, .. } => records.len(),
        _ => 1,
    };
    ops.iter().map(of).sum()
}

/// Indexes the events from before there was an index, newest first. Stopped half way, it goes on there.
pub(crate) async fn complete(platform: &Platform, id: ResourceId, base: &Base) -> Result<(), BaseError> {
    let stream = StreamId::of(id);
    loop {
        let row = platform.db.row("SELECT unindexed FROM bases WHERE id = $1", params![id]).await?;
        let upto: i64 = row.ok_or(BaseError::Gone)?.get("unindexed")?;
        if upto == 0 {
            return Ok(());
        }
        let events = platform.db.events_before(&stream, upto + 1, PAGE).await?;
        let next = events.last().map_or(0, |event| event.seq - 1).max(0);
        let mut index = Index::default();
        for event in events.iter().filter(|event| event.kind == CHANGED) {
            if let Ok(changed) = event.decode::<Changed>() {
                index.add(event.seq, Entries::of(&changed, base));
            }
        }
        platform
            .db
            .write(move |tx| {
                async move {
                    index.store(tx, id).await?;
                    let sql = "UPDATE bases SET unindexed = $2 WHERE id = $1 AND unindexed > $2";
                    tx.execute(sql, params![id, next]).await.map(|_| ())
                }
                .boxed()
            })
            .await
            .map_err(|error: StoreError| error)?;
    }
}

/// Forgets what is known of a table.
pub(crate) async fn purge(tx: &mut Tx, table: TableId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM base_changes WHERE table_id = $1", params![table]).await?;
    tx.execute("DELETE FROM base_spans WHERE table_id = $1", params![table]).await.map(|_| ())
}
