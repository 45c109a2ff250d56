//! What was deleted in a base and can be brought back. The trash says what, by whom and by which event; what was
//! in it stands in the event. Written in the transaction of the events.

use std::collections::{BTreeMap, HashSet};

use jiff::SignedDuration;
use serde::Serialize;
use skein_platform::Platform;
use skein_store::{FutureExt, Param, StoreError, Tx, params};
use skein_table::{Base, FieldKind, Op, TableDef, Value};
use skein_types::{FieldId, NewEvent, RecordId, ResourceId, StreamId, TableId, Timestamp};
use utoipa::ToSchema;

use crate::{
    Actor, BaseError,
    event::{Changed, PURGED},
    history::{Names, index},
    restore::relinked,
};

/// How long things stay in the trash.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Entries of the largest page, and things named in one request.
pub(crate) const MAX: usize = 1_000;
const USUAL_LIMIT: usize = 100;
/// Ids in one statement.
const BATCH: usize = 200;

/// Something in the trash.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrashItem {
    /// The id of the record, field, view, dashboard or table.
    pub id: String,
    /// `record`, `field`, `view`, `dashboard` or `table`.
    pub kind: String,
    /// The table it was in, or itself; none of dashboards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<TableId>,
    /// What that was called.
    pub table_name: String,
    /// What it was called.
    pub name: String,
    /// The event that deleted it.
    pub seq: i64,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Who: a member, a share link, or `system`.
    pub actor: String,
    /// When it is deleted for good.
    #[schema(value_type = String)]
    pub expires: Timestamp,
    /// Whether it can be brought back: what that takes may not have been kept.
    pub restorable: bool,
}

/// A page of the trash.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrashPage {
    /// What was deleted last first.
    pub items: Vec<TrashItem>,
    /// What to send as `cursor` for the next page; none at the end.
    pub next: Option<String>,
}

/// What an event deleted and is brought back.
#[derive(Clone, Debug, Default)]
pub struct Deleted {
    pub(crate) ops: Vec<Op>,
    pub(crate) undo: Vec<Op>,
    /// These records; when there are none, all that the event did.
    pub(crate) records: HashSet<RecordId>,
}

impl Deleted {
    /// What makes the records again.
    pub(crate) fn records(&self) -> Vec<Op> {
        let wanted = |op: &Op| match op {
            Op::CreateRecords { table, records } => {
                let some = records.iter().filter(|record| self.records.contains(&record.id));
                let records: Vec<_> = some.cloned().collect();
                (!records.is_empty()).then_some(Op::CreateRecords { table: *table, records })
            }
            _ => None,
        };
        self.undo.iter().filter_map(wanted).collect()
    }

    /// What puts them back into the links that named them.
    pub(crate) fn links(&self, base: &Base) -> Vec<Op> {
        let mut links: Vec<(TableId, RecordId, FieldId, &[RecordId])> = Vec::new();
        let mut tables = Vec::new();
        for op in &self.undo {
            match op {
                Op::UpdateRecords { table, records } => {
                    let cells = records.iter().flat_map(|one| one.cells.iter().map(|cell| (one.id, cell)));
                    links.extend(cells.filter_map(|(record, (field, value))| match value {
                        Value::Links { l } => Some((*table, record, *field, &**l)),
                        _ => None,
                    }));
                }
                Op::CreateRecords { table, .. } => tables.push(*table),
                _ => {}
            }
        }
        let of = |table: &TableId| relinked(base, *table, &self.records, links.iter().copied());
        tables.iter().flat_map(of).collect()
    }
}

/// A row of the trash.
#[derive(Debug)]
struct Mark {
    kind: &'static str,
    table: Option<TableId>,
    table_name: String,
    name: String,
    seq: i64,
    at: Timestamp,
    actor: String,
    owner: String,
    kept: bool,
    definition: Option<String>,
}

/// What comes into the trash and what leaves it by the events of a batch.
#[derive(Debug, Default)]
pub(crate) struct Trash(BTreeMap<String, Option<Mark>>);

impl Trash {
    /// Adds an event; `base` is as it is after it. Of a table that is too `large` for it the records stay.
    pub(crate) fn add(
        &mut self,
        seq: i64,
        (by, at): (&str, Timestamp),
        changed: &Changed,
        large: Option<&TableDef>,
        base: &Base,
    ) {
        for op in &changed.ops {
            match op {
                Op::CreateTable { table, .. } => self.leaves(&table.id),
                Op::CreateField { field, .. } => self.leaves(&field.id),
                Op::CreateView { view, .. } => self.leaves(&view.id),
                Op::CreateDashboard { dashboard, .. } => self.leaves(&dashboard.id),
                Op::CreateRecords { records, .. } => {
                    // Only those that come back were made before.
                    let again = records.iter().filter(|record| record.made.is_some());
                    again.for_each(|record| self.leaves(&record.id));
                }
                _ => {}
            }
        }
        if !changed.ops.iter().any(deletes) {
            return;
        }
        let undo = changed.undo.as_deref().unwrap_or_default();
        let names = Names::new(base, &changed.names, &changed.ops, undo);
        let definition = large.and_then(|def| serde_json::to_string(def).ok());
        let mut put = |thing: String, kind, table: Option<TableId>, name: String| {
            let definition = definition.clone().filter(|_| kind == "table");
            let mark = Mark {
                kind,
                table,
                table_name: table.map(|table| names.table_name(table)).unwrap_or_default(),
                name: name.chars().take(200).collect(),
                seq,
                at,
                actor: by.to_owned(),
                owner: changed.private.map(|owner| owner.to_string()).unwrap_or_default(),
                kept: changed.undo.is_some() || definition.is_some(),
                definition,
            };
            self.0.insert(thing, Some(mark));
        };
        let gone = changed.ops.iter().find_map(|op| match op {
            Op::DeleteTable { table } if base.table(*table).is_none() => Some(*table),
            _ => None,
        });
        if let Some(table) = gone {
            // What goes with a table comes back with it.
            put(table.to_string(), "table", Some(table), names.table_name(table));
            return;
        }
        let retypes = changed.ops.iter().any(|op| matches!(op, Op::RetypeField { .. }));
        let fields = changed.ops.iter().filter(|op| matches!(op, Op::DeleteField { .. })).count();
        for op in &changed.ops {
            match op {
                Op::DeleteField { table, field } if !retypes => {
                    let def = names.definition(*table, *field);
                    let back = def.is_some_and(|def| matches!(def.kind, FieldKind::Backlink { .. }));
                    // The other side of a link comes back with the link.
                    if !(back && fields > 1) {
                        put(field.to_string(), "field", Some(*table), names.field_name(*table, *field));
                    }
                }
                Op::DeleteView { table, view }
                    if base.table(*table).is_some_and(|it| it.view(*view).is_none()) =>
                {
                    let name = undo.iter().find_map(|op| match op {
                        Op::CreateView { view: old, .. } if old.id == *view => Some(old.name.clone()),
                        _ => None,
                    });
                    put(view.to_string(), "view", Some(*table), name.unwrap_or_default());
                }
                Op::DeleteDashboard { dashboard } => {
                    let name = undo.iter().find_map(|op| match op {
                        Op::CreateDashboard { dashboard: old, .. } if old.id == *dashboard => {
                            Some(old.name.clone())
                        }
                        _ => None,
                    });
                    put(dashboard.to_string(), "dashboard", None, name.unwrap_or_default());
                }
                Op::DeleteRecords { table, records } => {
                    let old = undo.iter().find_map(|op| match op {
                        Op::CreateRecords { table: of, records } if of == table => Some(records),
                        _ => None,
                    });
                    for (place, id) in records.iter().enumerate() {
                        let cells = old.and_then(|old| old.get(place)).filter(|record| record.id == *id);
                        let cells = cells.map_or(&[][..], |record| &record.cells);
                        put(id.to_string(), "record", Some(*table), names.title(*table, *id, cells));
                    }
                }
                _ => {}
            }
        }
    }

    fn leaves(&mut self, id: &impl ToString) {
        self.0.insert(id.to_string(), None);
    }

    /// Writes what was added.
    pub(crate) async fn store(self, tx: &mut Tx, base: ResourceId) -> Result<(), StoreError> {
        let (mut put, mut gone) = (Vec::new(), Vec::new());
        for (thing, mark) in self.0 {
            match mark {
                Some(mark) => {
                    let Mark { kind, table, table_name, name, seq, at, actor, owner, kept, definition } =
                        mark;
                    put.push(params![
                        base,
                        thing,
                        kind,
                        table.map(|id| id.to_string()).unwrap_or_default(),
                        table_name,
                        name,
                        seq,
                        at,
                        actor,
                        owner,
                        kept,
                        definition
                    ]);
                }
                None => gone.push(thing),
            }
        }
        delete(tx, base, &gone).await?;
        let into = "base_trash \
             (base, thing, kind, table_id, table_name, name, seq, at, actor, owner, kept, definition)";
        let newer = "ON CONFLICT (base, thing) DO UPDATE SET name = excluded.name, seq = excluded.seq, \
             table_name = excluded.table_name, at = excluded.at, actor = excluded.actor, kept = excluded.kept, \
             definition = excluded.definition";
        tx.insert_many(into, newer, put).await
    }
}

fn deletes(op: &Op) -> bool {
    matches!(
        op,
        Op::DeleteTable { .. }
            | Op::DeleteField { .. }
            | Op::DeleteView { .. }
            | Op::DeleteDashboard { .. }
            | Op::DeleteRecords { .. }
    )
}

async fn delete(tx: &mut Tx, base: ResourceId, things: &[String]) -> Result<u64, StoreError> {
    let mut count = 0;
    for batch in things.chunks(BATCH) {
        let places: Vec<String> = (2..batch.len() + 2).map(|at| format!("${at}")).collect();
        let sql = format!("DELETE FROM base_trash WHERE base = $1 AND thing IN ({})", places.join(","));
        let mut values = params![base];
        values.extend(batch.iter().map(|thing| Param::from(thing.as_str())));
        count += tx.execute(&sql, values).await?;
    }
    Ok(count)
}

/// Which part of the trash to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrashQuery {
    pub(crate) kind: Option<String>,
    pub(crate) table: Option<TableId>,
    /// Who looks: personal views of others are not shown.
    pub(crate) me: String,
    pub(crate) limit: Option<usize>,
    pub(crate) cursor: Option<String>,
}

/// What is in the trash of a base.
pub(crate) async fn list(
    platform: &Platform,
    base: ResourceId,
    wanted: TrashQuery,
) -> Result<TrashPage, BaseError> {
    let limit = wanted.limit.unwrap_or(USUAL_LIMIT);
    if !(1..=MAX).contains(&limit) {
        return Err(BaseError::invalid("list.limit", "limit", "a page has 1 to 1,000 entries"));
    }
    let invalid = || BaseError::invalid("cursor.invalid", "cursor", "send the cursor of the page before");
    let (seq, thing) = match &wanted.cursor {
        Some(cursor) => {
            let (seq, thing) = cursor.split_once('~').ok_or_else(invalid)?;
            (seq.parse::<i64>().map_err(|_| invalid())?, thing.to_owned())
        }
        None => (i64::MAX, String::new()),
    };
    let table = wanted.table.map(|table| table.to_string()).unwrap_or_default();
    let sql = "SELECT thing, kind, table_id, table_name, name, seq, at, actor, kept FROM base_trash \
         WHERE base = $1 AND (seq < $2 OR (seq = $2 AND thing < $3)) \
         AND ($4 = '' OR kind = $4) AND ($5 = '' OR table_id = $5) AND (owner = '' OR owner = $7) \
         ORDER BY seq DESC, thing DESC LIMIT $6";
    let kind = wanted.kind.unwrap_or_default();
    let values = params![base, seq, thing, kind, table, limit as i64 + 1, wanted.me];
    let rows = platform.db.rows(sql, values).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows.iter().take(limit) {
        let at: Timestamp = row.get("at")?;
        items.push(TrashItem {
            id: row.get("thing")?,
            kind: row.get("kind")?,
            table: row.get::<String>("table_id")?.parse().ok(),
            table_name: row.get("table_name")?,
            name: row.get("name")?,
            seq: row.get("seq")?,
            at,
            actor: row.get("actor")?,
            expires: at.saturating_add(KEPT).map_err(|error| BaseError::Internal(error.to_string()))?,
            restorable: row.get("kept")?,
        });
    }
    let last = items.last().filter(|_| rows.len() > limit);
    let next = last.map(|item| format!("{}~{}", item.seq, item.id));
    Ok(TrashPage { items, next })
}

/// What it takes to bring things back, what was deleted last first; and the definitions of large tables. Things
/// that are not in the trash are left out.
pub(crate) async fn find(
    platform: &Platform,
    base: ResourceId,
    me: &str,
    things: &[String],
) -> Result<(Vec<Deleted>, Vec<TableDef>), BaseError> {
    let mut large = Vec::new();
    let mut by_event: BTreeMap<i64, HashSet<RecordId>> = BTreeMap::new();
    let mut whole: HashSet<i64> = HashSet::new();
    for batch in things.chunks(BATCH) {
        let places: Vec<String> = (3..batch.len() + 3).map(|at| format!("${at}")).collect();
        let sql = format!(
            "SELECT thing, seq, definition FROM base_trash \
             WHERE base = $1 AND kept AND (owner = '' OR owner = $2) AND thing IN ({})",
            places.join(",")
        );
        let mut values = params![base, me];
        values.extend(batch.iter().map(|thing| Param::from(thing.as_str())));
        for row in platform.db.rows(&sql, values).await? {
            let (seq, thing): (i64, String) = (row.get("seq")?, row.get("thing")?);
            if let Some(definition) = row.get::<Option<String>>("definition")? {
                let def = serde_json::from_str(&definition);
                large.push(def.map_err(|error| BaseError::Internal(error.to_string()))?);
                continue;
            }
            let records = by_event.entry(seq).or_default();
            match thing.parse() {
                Ok(record) => {
                    records.insert(record);
                }
                Err(_) => {
                    whole.insert(seq);
                }
            }
        }
    }
    let mut all = Vec::with_capacity(by_event.len());
    for (seq, records) in by_event.into_iter().rev() {
        let events = platform.db.events(&StreamId::of(base), seq - 1, 1).await?;
        let Some(event) = events.first().filter(|event| event.seq == seq) else { continue };
        let changed = Changed::read(&platform.db, &StreamId::of(base), event).await?;
        let Some(undo) = changed.undo else { continue };
        let records = if whole.contains(&seq) { HashSet::new() } else { records };
        all.push(Deleted { ops: changed.ops, undo, records });
    }
    Ok((all, large))
}

/// Deletes things in the trash for good, all of them when none are named; how many. The log keeps what happened.
pub(crate) async fn purge(
    platform: &Platform,
    base: ResourceId,
    by: &Actor,
    things: Option<Vec<String>>,
) -> Result<u64, BaseError> {
    let by = by.clone();
    platform
        .db
        .write(move |tx| {
            async move {
                let stream = StreamId::of(base);
                let sql = "SELECT thing FROM base_trash WHERE base = $1 AND (owner = '' OR owner = $2)";
                let rows = tx.rows(sql, params![base, &by.id]).await?;
                let wanted: Option<HashSet<&String>> = things.as_ref().map(|things| things.iter().collect());
                let mut gone: Vec<String> = Vec::new();
                for row in rows {
                    let thing: String = row.get("thing")?;
                    if wanted.as_ref().is_some_and(|wanted| !wanted.contains(&thing)) {
                        continue;
                    }
                    if let Ok(table) = thing.parse() {
                        purge_table(tx, table).await?;
                    }
                    gone.push(thing);
                }
                let count = delete(tx, base, &gone).await?;
                if count > 0 {
                    let data = serde_json::json!({ "count": count });
                    let event = NewEvent::new(PURGED, &by.id, by.at, &data);
                    tx.append(&stream, skein_store::Expected::Any, vec![event]).await?;
                }
                Ok::<_, StoreError>(count)
            }
            .boxed()
        })
        .await
        .map_err(BaseError::from)
}

/// Deletes for good what has been in the trash of any base for 30 days.
pub(crate) async fn expire(platform: &Platform) -> Result<(), BaseError> {
    let now = platform.clock.now();
    let cutoff = now.saturating_sub(KEPT).map_err(|error| BaseError::Internal(error.to_string()))?;
    platform
        .db
        .write(move |tx| {
            async move {
                let sql = "SELECT thing FROM base_trash WHERE kind = 'table' AND at <= $1";
                for row in tx.rows(sql, params![cutoff]).await? {
                    purge_table(tx, row.get("thing")?).await?;
                }
                tx.execute("DELETE FROM base_trash WHERE at <= $1", params![cutoff]).await.map(|_| ())
            }
            .boxed()
        })
        .await
        .map_err(|error: StoreError| error.into())
}

/// Forgets a table with what is left of it.
async fn purge_table(tx: &mut Tx, table: TableId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM base_records WHERE table_id = $1", params![table]).await?;
    index::purge(tx, table).await
}

/// Takes a table out of the trash that is there again.
pub(crate) async fn leave(tx: &mut Tx, base: ResourceId, table: TableId) -> Result<(), StoreError> {
    delete(tx, base, &[table.to_string()]).await.map(|_| ())
}

/// Forgets the trash of a base that is deleted.
pub(crate) async fn purge_base(tx: &mut Tx, base: ResourceId) -> Result<(), StoreError> {
    let sql = "SELECT thing FROM base_trash WHERE base = $1 AND kind = 'table'";
    for row in tx.rows(sql, params![base]).await? {
        purge_table(tx, row.get("thing")?).await?;
    }
    tx.execute("DELETE FROM base_trash WHERE base = $1", params![base]).await?;
    tx.execute("DELETE FROM base_comments WHERE base = $1", params![base]).await.map(|_| ())
}
