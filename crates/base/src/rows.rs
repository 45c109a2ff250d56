//! The stored form of a base: its definitions as one document, its records as compact rows.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use serde::Serialize;
use skein_store::{Db, FutureExt, Param, Row, StoreError, Tx, params};
use skein_table::{Base, Dashboard, TableDef, formula::Env};
use skein_types::{Ids, RecordId, ResourceId, StreamId, TableId};

use crate::{BaseError, history::index, image, trash};

/// Records named in one statement that deletes.
const DELETE_BATCH: usize = 200;
const INTO_RECORDS: &str = "base_records (table_id, id, data)";

/// What a database holds of a base at one moment.
pub(crate) struct Stored {
    pub(crate) seq: i64,
    tables: Vec<StoredTable>,
    dashboards: Vec<Dashboard>,
}

/// A definition with its rows, all in one buffer.
struct StoredTable {
    def: TableDef,
    bytes: Vec<u8>,
    rows: Vec<(RecordId, usize, usize)>,
}

impl Stored {
    /// Builds the tables. Takes long when they are large.
    pub(crate) fn build(self, env: Arc<Env>) -> Result<Base, BaseError> {
        let (defs, stored): (Vec<_>, Vec<_>) =
            self.tables.into_iter().map(|table| (table.def, (table.bytes, table.rows))).unzip();
        let rows =
            stored.iter().map(|(bytes, rows)| rows.iter().map(move |&(id, from, to)| (id, &bytes[from..to])));
        let base = Base::load_in(env, defs.into_iter().zip(rows).collect())?;
        Ok(base.with_dashboards(self.dashboards))
    }
}

fn damaged(error: impl std::fmt::Display) -> BaseError {
    BaseError::Internal(format!("the stored definitions of a base cannot be read: {error}"))
}

pub(crate) fn read_defs(text: &str) -> Result<Vec<TableDef>, BaseError> {
    serde_json::from_str(text).map_err(damaged)
}

pub(crate) fn write_defs(defs: &[&TableDef]) -> Result<String, BaseError> {
    serde_json::to_string(defs).map_err(damaged)
}

fn read_dashboards(row: &Row) -> Result<Vec<Dashboard>, BaseError> {
    serde_json::from_str(&row.get::<String>("dashboards")?).map_err(damaged)
}

fn write_dashboards<D: Serialize>(dashboards: &[D]) -> Result<String, BaseError> {
    serde_json::to_string(dashboards).map_err(damaged)
}

/// Reads a base as it is at one moment; none when there is no such base.
pub(crate) async fn read(db: &Db, id: ResourceId) -> Result<Option<Stored>, BaseError> {
    db.read(|tx| async move { read_in(tx, id).await }.boxed()).await
}

async fn read_in(tx: &mut Tx, id: ResourceId) -> Result<Option<Stored>, BaseError> {
    let row = tx.row("SELECT tables, dashboards FROM bases WHERE id = $1", params![id]).await?;
    let Some(row) = row else { return Ok(None) };
    let defs = read_defs(&row.get::<String>("tables")?)?;
    let dashboards = read_dashboards(&row)?;
    let seq = tx.head(&StreamId::of(id)).await?;
    let mut tables = Vec::with_capacity(defs.len());
    for def in defs {
        let (mut bytes, mut rows) = (Vec::new(), Vec::new());
        let sql = "SELECT id, data FROM base_records WHERE table_id = $1 ORDER BY id";
        tx.each(sql, params![def.id], |row| {
            let from = bytes.len();
            bytes.extend_from_slice(&row.get::<Vec<u8>>("data")?);
            rows.push((record_id(&row.get::<Vec<u8>>("id")?)?, from, bytes.len()));
            Ok::<_, StoreError>(())
        })
        .await?;
        tables.push(StoredTable { def, bytes, rows });
    }
    Ok(Some(Stored { seq, tables, dashboards }))
}

fn record_id(bytes: &[u8]) -> Result<RecordId, StoreError> {
    bytes.try_into().map(RecordId::from_bytes).map_err(|_| StoreError::Column {
        column: "id".into(),
        reason: format!("a record id has 16 bytes, not {}", bytes.len()),
    })
}

/// The rows of a base that a change makes different, ready to be written.
#[derive(Default)]
pub(crate) struct RowChanges {
    /// Tables whose records are all deleted first.
    dropped: Vec<TableId>,
    put: Vec<Vec<Param>>,
    delete: Vec<(TableId, RecordId)>,
    /// The definitions, when they changed.
    defs: Option<String>,
    /// The dashboards, when they changed.
    dashboards: Option<String>,
    /// What is written before it.
    earlier: Vec<Self>,
}

impl RowChanges {
    /// Works out rows of `base` from the records that were touched.
    pub(crate) fn of(
        base: &Base,
        touched: &BTreeMap<TableId, BTreeSet<RecordId>>,
        dropped: &BTreeSet<TableId>,
        schema: bool,
    ) -> Result<Self, BaseError> {
        let mut changes = Self { dropped: dropped.iter().copied().collect(), ..Self::default() };
        for (&id, records) in touched {
            let Some(table) = base.table(id) else { continue };
            let name = id.to_string();
            for &record in records {
                match table.row(record) {
                    Some(row) => {
                        let data = table.encode_row(row);
                        changes.put.push(params![&name, record.to_bytes().to_vec(), data]);
                    }
                    None if dropped.contains(&id) => {}
                    None => changes.delete.push((id, record)),
                }
            }
        }
        if schema {
            let defs: Vec<&TableDef> = base.tables().map(|table| table.def()).collect();
            changes.defs = Some(write_defs(&defs)?);
        }
        Ok(changes)
    }

    /// The same with the dashboards of a base.
    pub(crate) fn with_dashboards(self, base: &Base) -> Result<Self, BaseError> {
        Ok(Self { dashboards: Some(write_dashboards(base.dashboards())?), ..self })
    }

    /// The same after rows that were worked out before.
    pub(crate) fn after(self, earlier: Vec<Self>) -> Self {
        Self { earlier, ..self }
    }

    /// Writes them.
    pub(crate) async fn store(mut self, tx: &mut Tx, id: ResourceId, seq: i64) -> Result<(), StoreError> {
        for earlier in std::mem::take(&mut self.earlier) {
            earlier.write(tx).await?;
        }
        let (defs, dashboards) = (self.defs.take(), self.dashboards.take());
        self.write(tx).await?;
        if let Some(dashboards) = dashboards {
            tx.execute("UPDATE bases SET dashboards = $2 WHERE id = $1", params![id, dashboards]).await?;
        }
        let changed = match defs {
            Some(defs) => {
                let sql = "UPDATE bases SET seq = $2, tables = $3 WHERE id = $1";
                tx.execute(sql, params![id, seq, defs]).await?
            }
            None => tx.execute("UPDATE bases SET seq = $2 WHERE id = $1", params![id, seq]).await?,
        };
        // A base that was deleted at this moment must not get rows that nobody would delete again.
        if changed == 0 {
            return Err(StoreError::Aborted("the base is gone"));
        }
        Ok(())
    }

    /// Does to rows by table and record what it does to the database.
    #[cfg(test)]
    pub(crate) fn write_into(&self, rows: &mut BTreeMap<(String, RecordId), Vec<u8>>) {
        self.earlier.iter().for_each(|earlier| earlier.write_into(rows));
        for (table, record) in &self.delete {
            rows.remove(&(table.to_string(), *record));
        }
        for row in &self.put {
            let [Param::Text(Some(table)), Param::Bytes(Some(id)), Param::Bytes(Some(data))] = &row[..]
            else {
                panic!("a row of three values");
            };
            rows.insert((table.clone(), record_id(id).unwrap()), data.clone());
        }
    }

    async fn write(self, tx: &mut Tx) -> Result<(), StoreError> {
        for table in self.dropped {
            tx.execute("DELETE FROM base_records WHERE table_id = $1", params![table]).await?;
        }
        for batch in self.delete.chunk_by(|a, b| a.0 == b.0).flat_map(|same| same.chunks(DELETE_BATCH)) {
            delete_records(tx, batch).await?;
        }
        let newer = "ON CONFLICT (table_id, id) DO UPDATE SET data = excluded.data";
        tx.insert_many(INTO_RECORDS, newer, self.put).await
    }
}

async fn delete_records(tx: &mut Tx, records: &[(TableId, RecordId)]) -> Result<(), StoreError> {
    let Some((table, _)) = records.first() else { return Ok(()) };
    let places: Vec<String> = (2..records.len() + 2).map(|at| format!("${at}")).collect();
    let sql = format!("DELETE FROM base_records WHERE table_id = $1 AND id IN ({})", places.join(","));
    let mut values = params![*table];
    values.extend(records.iter().map(|(_, record)| Param::from(record.to_bytes().to_vec())));
    tx.execute(&sql, values).await.map(|_| ())
}

/// Stores a new base.
pub(crate) async fn insert(
    tx: &mut Tx,
    id: ResourceId,
    seq: i64,
    (defs, dashboards): (&[TableDef], &[Dashboard]),
) -> Result<(), BaseError> {
    let text = write_defs(&defs.iter().collect::<Vec<_>>())?;
    let dashboards = write_dashboards(dashboards)?;
    let sql = "INSERT INTO bases (id, seq, tables, dashboards) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, params![id, seq, text, dashboards]).await?;
    Ok(())
}

/// Stores records of a new base.
pub(crate) async fn insert_records(
    tx: &mut Tx,
    rows: Vec<(TableId, RecordId, Vec<u8>)>,
) -> Result<(), StoreError> {
    let row = |(table, id, data): (TableId, RecordId, Vec<u8>)| params![table, id.to_bytes().to_vec(), data];
    tx.insert_many(INTO_RECORDS, "", rows.into_iter().map(row).collect()).await
}

/// The definitions of a base.
pub(crate) async fn defs(tx: &mut Tx, id: ResourceId) -> Result<(Vec<TableDef>, Vec<Dashboard>), BaseError> {
    match tx.row("SELECT tables, dashboards FROM bases WHERE id = $1", params![id]).await? {
        Some(row) => Ok((read_defs(&row.get::<String>("tables")?)?, read_dashboards(&row)?)),
        None => Err(BaseError::Gone),
    }
}

/// Copies the records of a table under ids that `fresh` makes, in the same order.
pub(crate) async fn copy_records(
    tx: &mut Tx,
    from: TableId,
    to: TableId,
    mut fresh: impl FnMut() -> RecordId,
) -> Result<(), StoreError> {
    const PAGE: i64 = 5_000;
    let mut after = Vec::new();
    let name = to.to_string();
    loop {
        let sql = "SELECT id, data FROM base_records WHERE table_id = $1 AND id > $2 ORDER BY id LIMIT $3";
        let page = tx.rows(sql, params![from, after.clone(), PAGE]).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.get("id")?;
        let copies = page
            .iter()
            .map(|row| Ok(params![&name, fresh().to_bytes().to_vec(), row.get::<Vec<u8>>("data")?]));
        let copies = copies.collect::<Result<Vec<_>, StoreError>>()?;
        tx.insert_many(INTO_RECORDS, "", copies).await?;
    }
}

/// Copies the records of a base with links, under ids of their own, into tables of the same order. `names`
/// says what ids in definitions became.
pub(crate) async fn copy_linked(
    tx: &mut Tx,
    from: ResourceId,
    copies: &[TableDef],
    names: &HashMap<String, String>,
    ids: &Ids,
) -> Result<(), BaseError> {
    let Some(stored) = read_in(tx, from).await? else { return Err(BaseError::Gone) };
    let old = stored.build(Arc::default())?;
    let rows = skein_table::copied(&old, copies, names, || ids.make())?;
    for (table, rows) in rows {
        let name = table.to_string();
        let rows = rows.into_iter().map(|(id, data)| params![&name, id.to_bytes().to_vec(), data]).collect();
        tx.insert_many(INTO_RECORDS, "", rows).await?;
    }
    Ok(())
}

/// Deletes a base with its records; whether there was one.
pub(crate) async fn purge(tx: &mut Tx, id: ResourceId) -> Result<bool, BaseError> {
    // First, so that whoever writes at this moment fails, or is waited for and its tables are known.
    let row = tx.row("DELETE FROM bases WHERE id = $1 RETURNING tables", params![id]).await?;
    let Some(row) = row else { return Ok(false) };
    for def in read_defs(&row.get::<String>("tables")?)? {
        tx.execute("DELETE FROM base_records WHERE table_id = $1", params![def.id]).await?;
        index::purge(tx, def.id).await?;
    }
    trash::purge_base(tx, id).await?;
    image::purge(tx, id).await?;
    tx.execute("DELETE FROM base_summaries WHERE base = $1", params![id]).await?;
    Ok(true)
}
