//! Reading what takes changes back, from now to an earlier moment.

use serde::{Deserialize, Serialize};
use skein_platform::Platform;
use skein_store::params;
use skein_table::{Base, Op, Stamp};
use skein_types::{FieldId, RecordId, ResourceId, StreamId, TableId, Timestamp};
use utoipa::ToSchema;

use super::{Scope, index, list, weight};
use crate::{BaseError, Snapshot, restore::Restore};

/// Events read at once.
const PAGE: i64 = 100;
/// Values that are held to go back: beyond it a restoration is refused.
const MAX_WEIGHT: usize = 4_000_000;
/// Records of a kind that a preview tells one by one.
const EXAMPLES: usize = 20;

/// To which moment to go back: one of the two.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// As it was right after this event; `seq` of an entry of the history.
    #[serde(default)]
    pub to: Option<i64>,
    /// As it was at this moment, RFC 3339.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub at: Option<Timestamp>,
    /// Only these fields; all when there are none. Then no record comes or goes.
    #[serde(default)]
    pub fields: Vec<FieldId>,
}

/// What a restoration would change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RestorePreview {
    /// The event after which it was as it will be.
    pub to: i64,
    /// What would be changed, with the first records of each kind.
    pub changes: Vec<super::Line>,
    /// What choices, people and linked records in the values were called, by id.
    pub names: std::collections::BTreeMap<String, String>,
    /// Values that cannot come back: their choice or the record they named is gone, or the field is of
    /// another type.
    pub lost: usize,
}

#[derive(Deserialize)]
struct Inverse {
    #[serde(default)]
    undo: Option<Vec<Op>>,
}

impl Snapshot {
    /// Reads what it takes to bring a table, or one of its records, back to a moment.
    pub async fn past(
        &self,
        platform: &Platform,
        id: ResourceId,
        (table, record): (TableId, Option<RecordId>),
        moment: &Moment,
    ) -> Result<Restore, BaseError> {
        self.table(table)?;
        let to = match (moment.to, moment.at) {
            (Some(seq), None) if (0..=self.seq).contains(&seq) => seq,
            (Some(_), None) => {
                let detail = format!("this base has had {} changes", self.seq);
                return Err(BaseError::invalid("restore.moment", "to", detail));
            }
            (None, Some(at)) => list::at(&platform.db, id, at).await?.min(self.seq),
            _ => return Err(BaseError::invalid("restore.moment", "to", "say either `to` or `at`")),
        };
        index::complete(platform, id, &self.base).await?;
        let undo = undo(platform, id, (table, record), (to, self.seq)).await?;
        Ok(Restore { table, record, fields: moment.fields.clone(), to, upto: self.seq, undo })
    }
}

/// What takes back the changes of a table after one event and up to another, newest first.
pub(crate) async fn undo(
    platform: &Platform,
    id: ResourceId,
    (table, record): (TableId, Option<RecordId>),
    (after, upto): (i64, i64),
) -> Result<Vec<Op>, BaseError> {
    let stream = StreamId::of(id);
    let key = record.map_or_else(Vec::new, |record| record.to_bytes().to_vec());
    let sql = "WITH at (seq) AS ( \
           SELECT seq FROM base_changes WHERE table_id = $2 AND record = $3 \
           UNION SELECT seq FROM base_spans WHERE table_id = $2 AND first <= $3 AND last >= $3) \
         SELECT l.seq, l.at, l.data FROM at JOIN log l ON l.stream = $1 AND l.seq = at.seq \
         WHERE at.seq > $4 AND at.seq < $5 ORDER BY at.seq DESC LIMIT $6";
    let (mut all, mut held, mut before) = (Vec::new(), 0, upto + 1);
    loop {
        let values = params![&stream, table, key.clone(), after, before, PAGE];
        let rows = platform.db.rows(sql, values).await?;
        for row in &rows {
            before = row.get("seq")?;
            let inverse: Inverse = serde_json::from_str(&row.get::<String>("data")?)
                .map_err(|error| BaseError::Internal(error.to_string()))?;
            let at: Timestamp = row.get("at")?;
            let ops = inverse.undo.ok_or(BaseError::NotKept(at))?;
            let kept = relevant(ops, table, record);
            held += weight(&kept);
            if held > MAX_WEIGHT {
                return Err(BaseError::RestoreTooLarge);
            }
            all.extend(kept);
        }
        if rows.len() < PAGE as usize {
            return Ok(all);
        }
    }
}

/// The operations that are about a table, or about links to records of it that come back.
fn relevant(ops: Vec<Op>, table: TableId, record: Option<RecordId>) -> Vec<Op> {
    let revives = |op: &Op| match op {
        Op::CreateRecords { table: of, records } if *of == table => {
            record.is_none_or(|record| records.iter().any(|one| one.id == record))
        }
        _ => false,
    };
    let revives = ops.iter().any(revives);
    let about = |op: &Op| match op {
        Op::UpdateRecords { table: of, .. } => *of == table || revives,
        Op::CreateRecords { table: of, .. }
        | Op::DeleteRecords { table: of, .. }
        | Op::CreateField { table: of, .. }
        | Op::UpdateField { table: of, .. }
        | Op::RetypeField { table: of, .. }
        | Op::DeleteField { table: of, .. }
        | Op::DeleteTable { table: of } => *of == table,
        Op::CreateTable { table: def, .. } => def.id == table,
        _ => false,
    };
    let narrow = |op: Op| match (op, record) {
        (Op::UpdateRecords { table: of, mut records }, Some(record)) if of == table => {
            records.retain(|one| one.id == record);
            Op::UpdateRecords { table: of, records }
        }
        (Op::CreateRecords { table: of, mut records }, Some(record)) => {
            records.retain(|one| one.id == record);
            Op::CreateRecords { table: of, records }
        }
        (op, _) => op,
    };
    ops.into_iter().filter(about).map(narrow).collect()
}

/// What a restoration would change, tried on a copy.
pub(crate) fn preview(base: &Base, wanted: &Restore) -> Result<RestorePreview, BaseError> {
    let restored = crate::restore::plan(base, wanted, &[])?;
    let mut copy = base.clone();
    let (mut ops, mut undo) = (Vec::new(), Vec::new());
    for op in restored.ops {
        for written in copy.written_out(op)? {
            undo.push(copy.apply(&written, &Stamp::default())?.inverse);
            ops.push(written);
        }
    }
    let undo: Vec<Op> = undo.into_iter().rev().flatten().collect();
    let names = super::names(&copy, &ops, &undo);
    let scope = Scope { examples: EXAMPLES, ..Scope::ALL };
    let (changes, names) = super::told(&ops, Some(&undo), &names, base, &scope);
    Ok(RestorePreview { to: wanted.to, changes, names, lost: restored.lost })
}
