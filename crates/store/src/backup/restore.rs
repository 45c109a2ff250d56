//! Restoring a backup into an empty database, whole or not at all.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use futures_util::{FutureExt, stream};
use parking_lot::Mutex;
use tokio::sync::mpsc;

use super::{
    BackupError, RestoreReport, TableInfo,
    archive::Archive,
    blob_member,
    rows::{column_list, from_line, quote, tables},
    table_member,
};
use crate::{BlobConfig, Blobs, Db, DbOptions, Param, StoreError, Tx, migrate};

/// No row is longer: a line beyond this comes from no honest backup.
const MAX_LINE: usize = 256 << 20;
/// Rows and bytes that are inserted together.
const BATCH_ROWS: usize = 500;
const BATCH_BYTES: usize = 4 << 20;

/// Restores a backup into an empty database, of either kind, and a blob store. The file is checked
/// whole before anything is touched; after an error the database is as empty as before.
pub async fn restore(
    options: &DbOptions,
    blobs: &BlobConfig,
    from: &Path,
) -> Result<RestoreReport, BackupError> {
    let path = from.to_owned();
    let archive = tokio::task::spawn_blocking(move || Archive::open(&path))
        .await
        .map_err(|error| BackupError::io(from, std::io::Error::other(error.to_string())))??;
    let existed = options.sqlite_path().is_none_or(Path::exists);
    let db = Db::open(options).await?;
    let result = match Blobs::open(blobs, db.clone()) {
        Ok(blobs) => restore_into(&db, &blobs, Arc::new(Mutex::new(archive))).await,
        Err(error) => Err(error.into()),
    };
    db.close().await;
    if let (Err(_), false, Some(path)) = (&result, existed, options.sqlite_path()) {
        for suffix in ["", "-wal", "-shm"] {
            let mut file = path.as_os_str().to_owned();
            file.push(suffix);
            // What is not there need not go.
            let _ = std::fs::remove_file(file);
        }
    }
    result
}

async fn restore_into(
    db: &Db,
    blobs: &Blobs,
    archive: Arc<Mutex<Archive>>,
) -> Result<RestoreReport, BackupError> {
    db.read(|tx| refuse_filled(tx).boxed()).await?;
    let (manifest, wanted) = {
        let archive = archive.lock();
        (archive.manifest.clone(), archive.blobs())
    };
    let mut made = Vec::new();
    let result = async {
        for (hash, size) in &wanted {
            if restore_blob(blobs, &archive, hash, *size).await? {
                made.push(hash.clone());
            }
        }
        let rows = manifest.tables.iter().map(|table| table.rows).sum();
        let (position, created, unreadable) =
            (manifest.position, manifest.created, manifest.unreadable.clone());
        db.write(move |tx| {
            async move {
                refuse_filled(tx).await?;
                migrate::migrate(tx, manifest.migration).await?;
                restore_tables(tx, &archive, manifest.tables).await?;
                check_log(tx, manifest.position).await?;
                migrate::migrate(tx, i64::MAX).await?;
                Ok::<_, BackupError>(())
            }
            .boxed()
        })
        .await?;
        Ok(RestoreReport { created, position, rows, blobs: wanted.len() as u64, unreadable })
    }
    .await;
    if result.is_err() {
        for hash in made {
            // Nothing names it; that it stays does no harm.
            let _ = blobs.remove(&hash).await;
        }
    }
    result
}

async fn refuse_filled(tx: &mut Tx) -> Result<(), BackupError> {
    match tables(tx).await?.into_iter().next() {
        Some(table) => Err(BackupError::NotEmpty(table.name)),
        None => Ok(()),
    }
}

/// Puts one blob in its place; whether it was not there before.
async fn restore_blob(
    blobs: &Blobs,
    archive: &Arc<Mutex<Archive>>,
    hash: &str,
    size: u64,
) -> Result<bool, BackupError> {
    if blobs.has(hash).await? {
        return Ok(false);
    }
    let mut parts = read_member(archive, blob_member(hash));
    let content = stream::poll_fn(move |context| parts.poll_recv(context));
    let blob = blobs.receive(content, size, &format!("restore-{hash}")).await?;
    if blob.hash == hash {
        return Ok(true);
    }
    let _ = blobs.remove(&blob.hash).await;
    Err(BackupError::damaged(blob_member(hash), "it changed while it was read"))
}

/// The content of a member in parts, read on a thread that may block.
fn read_member(archive: &Arc<Mutex<Archive>>, name: String) -> mpsc::Receiver<std::io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(8);
    let archive = archive.clone();
    tokio::task::spawn_blocking(move || {
        let mut archive = archive.lock();
        let each = |part: &[u8]| sender.blocking_send(Ok(Bytes::copy_from_slice(part))).is_ok();
        if let Err(error) = archive.read_member(&name, each) {
            let _ = sender.blocking_send(Err(error));
        }
    });
    receiver
}

async fn restore_tables(
    tx: &mut Tx,
    archive: &Arc<Mutex<Archive>>,
    wanted: Vec<TableInfo>,
) -> Result<(), BackupError> {
    let there = tables(tx).await?;
    let dialect = tx.dialect();
    tx.execute(dialect.defer_references(), vec![]).await?;
    for table in &there {
        let wanted = wanted.iter().find(|wanted| wanted.name == table.name);
        let wanted =
            wanted.ok_or_else(|| BackupError::damaged(table_member(&table.name), "it is missing"))?;
        restore_table(tx, archive, table, wanted).await?;
    }
    if let Some(other) = wanted.iter().find(|wanted| there.iter().all(|table| table.name != wanted.name)) {
        return Err(BackupError::damaged(table_member(&other.name), "this program has no such table"));
    }
    for statement in dialect.check_references() {
        tx.execute(statement, vec![]).await?;
    }
    Ok(())
}

async fn restore_table(
    tx: &mut Tx,
    archive: &Arc<Mutex<Archive>>,
    table: &TableInfo,
    wanted: &TableInfo,
) -> Result<(), BackupError> {
    let member = table_member(&table.name);
    let bad = |reason: &dyn std::fmt::Display| BackupError::damaged(&member, reason);
    let columns = table.columns.iter().all(|column| wanted.columns.contains(column));
    if !columns || table.columns.len() != wanted.columns.len() {
        return Err(bad(&"its columns are not those of this program"));
    }
    tx.execute(&format!("DELETE FROM {}", quote(&table.name)), vec![]).await?;
    let into = format!("{} ({})", quote(&table.name), column_list(table));
    let mut parts = read_member(archive, member.clone());
    let mut lines = Lines::default();
    let (mut batch, mut bytes, mut rows) = (Vec::new(), 0, 0u64);
    while let Some(part) = parts.recv().await {
        let part = part.map_err(|error| bad(&error))?;
        lines.add(&part);
        while let Some(line) = lines.next() {
            rows += 1;
            bytes += line.len();
            let row = from_line(table, line).map_err(|error| bad(&format!("row {rows}: {error}")))?;
            batch.push(row);
            if batch.len() >= BATCH_ROWS || bytes >= BATCH_BYTES {
                insert(tx, &into, &mut batch).await?;
                bytes = 0;
            }
        }
        if lines.rest() > MAX_LINE {
            return Err(bad(&format!("row {} is too long", rows + 1)));
        }
    }
    insert(tx, &into, &mut batch).await?;
    if lines.rest() > 0 || rows != wanted.rows {
        return Err(bad(&format!("it has {rows} whole rows, not {}", wanted.rows)));
    }
    Ok(())
}

async fn insert(tx: &mut Tx, into: &str, batch: &mut Vec<Vec<Param>>) -> Result<(), StoreError> {
    tx.insert_many(into, "", std::mem::take(batch)).await
}

/// L14: the log that comes back is whole.
async fn check_log(tx: &mut Tx, position: i64) -> Result<(), BackupError> {
    let sql = "SELECT (SELECT position FROM log_head WHERE id = 1) AS head, COUNT(*) AS count, \
         COALESCE(MAX(position), 0) AS last FROM log";
    let row = tx.row(sql, vec![]).await?.ok_or(StoreError::Aborted("the log could not be counted"))?;
    let (head, count, last): (Option<i64>, i64, i64) =
        (row.get("head")?, row.get("count")?, row.get("last")?);
    if head == Some(position) && count == position && last == position {
        return Ok(());
    }
    let found = format!("{count} events up to {last}, with the head at {head:?}, not {position}");
    Err(BackupError::damaged(table_member("log"), found))
}

/// Cuts parts that come one after another into lines.
#[derive(Default)]
struct Lines {
    buffer: Vec<u8>,
    used: usize,
    /// Up to here there is no end of a line.
    searched: usize,
}

impl Lines {
    fn add(&mut self, part: &[u8]) {
        self.buffer.drain(..self.used);
        self.searched = self.buffer.len();
        self.used = 0;
        self.buffer.extend_from_slice(part);
    }
    fn next(&mut self) -> Option<&[u8]> {
        let from = self.searched.max(self.used);
        let end = from + self.buffer[from..].iter().position(|byte| *byte == b'\n')?;
        let start = std::mem::replace(&mut self.used, end + 1);
        Some(&self.buffer[start..end])
    }
    fn rest(&self) -> usize {
        self.buffer.len() - self.used
    }
}
