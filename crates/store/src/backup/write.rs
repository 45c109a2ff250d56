//! Taking a backup while the server serves.

use std::{
    fs::File,
    io::{BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use futures_util::{FutureExt, TryStreamExt};
use sha2::{Digest, Sha256};
use skein_types::{Timestamp, hex};
use tempfile::NamedTempFile;
use tokio::{sync::mpsc, task::JoinHandle};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions, write::StreamWriter};

use super::{
    BackupError, BackupReport, DIGITS, FIRST, FORMAT, MANIFEST, Manifest, Member, SEAL, TableInfo,
    blob_member,
    rows::{column_list, quote, tables, to_line},
    table_member,
};
use crate::{Blobs, Db, StoreError, Tx, blobs::is_hash, migrate};

/// Writes a backup of the database and its blobs to a file. All of it is of one moment, though the
/// server goes on writing; the file appears under its name only when it is complete and durable.
pub async fn backup(db: &Db, blobs: &Blobs, to: &Path, now: Timestamp) -> Result<BackupReport, BackupError> {
    let (pieces, received) = mpsc::channel(16);
    let writing = start_writer(to.to_owned(), received);
    let read = {
        let blobs = blobs.clone();
        let out = Out { pieces, buffer: Vec::new() };
        db.read(move |tx| async move { read_all(tx, &blobs, out, now).await }.boxed()).await
    };
    // When the writer has failed, that is why the reading stopped.
    let written = writing
        .await
        .unwrap_or_else(|error| Err(BackupError::io(to, std::io::Error::other(error.to_string()))));
    match (read, written) {
        (_, Err(error)) | (Err(error), Ok(_)) => Err(error),
        (Ok(()), Ok(Some(report))) => Ok(report),
        (Ok(()), Ok(None)) => Err(StoreError::Aborted("the backup was not finished").into()),
    }
}

/// What goes to the thread that writes the file.
enum Piece {
    Begin { name: String, packed: bool },
    Bytes(Vec<u8>),
    Finish(Box<Manifest>),
}

/// The side of the reader: small writes are gathered.
struct Out {
    pieces: mpsc::Sender<Piece>,
    buffer: Vec<u8>,
}

impl Out {
    async fn send(&mut self, piece: Piece) -> Result<(), BackupError> {
        let ended = |_| StoreError::Aborted("the backup could not be written");
        if !self.buffer.is_empty() {
            let bytes = std::mem::take(&mut self.buffer);
            self.pieces.send(Piece::Bytes(bytes)).await.map_err(ended)?;
        }
        Ok(self.pieces.send(piece).await.map_err(ended)?)
    }
    async fn write(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() < 1 << 16 {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.buffer);
        self.send(Piece::Bytes(bytes)).await
    }
}

async fn read_all(tx: &mut Tx, blobs: &Blobs, mut out: Out, now: Timestamp) -> Result<(), BackupError> {
    out.send(Piece::Begin { name: FIRST.into(), packed: false }).await?;
    out.write(format!("{FORMAT}\n").as_bytes()).await?;
    // The first read settles which moment the whole backup shows.
    let migration = migrate::taken(tx).await?;
    let mut tables = tables(tx).await?;
    let head = tx.row("SELECT position FROM log_head WHERE id = 1", vec![]).await?;
    let position = head.ok_or(StoreError::Aborted("the log has no head"))?.get("position")?;
    for table in &mut tables {
        out.send(Piece::Begin { name: table_member(&table.name), packed: true }).await?;
        table.rows = read_table(tx, table, &mut out).await?;
    }
    let mut unreadable = Vec::new();
    for row in tx.rows("SELECT hash FROM blobs ORDER BY hash", vec![]).await? {
        let hash: String = row.get("hash")?;
        if !is_hash(&hash) || !blobs.has(&hash).await? {
            unreadable.push(hash);
            continue;
        }
        out.send(Piece::Begin { name: blob_member(&hash), packed: false }).await?;
        let mut content = blobs.get(&hash, None).await?;
        // What is cut short does not have the hash of its name, so the writer will notice.
        while let Ok(Some(bytes)) = content.try_next().await {
            out.write(&bytes).await?;
        }
    }
    let (format, members, created) = (FORMAT, Vec::new(), now);
    let manifest = Manifest { format, migration, created, position, tables, unreadable, members };
    out.send(Piece::Finish(Box::new(manifest))).await
}

async fn read_table(tx: &mut Tx, table: &TableInfo, out: &mut Out) -> Result<u64, BackupError> {
    let sql = format!("SELECT {} FROM {}", column_list(table), quote(&table.name));
    let mut rows = tx.stream(&sql, vec![]);
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        out.write(&to_line(table, &row)?).await?;
        count += 1;
    }
    Ok(count)
}

/// A thread of its own, since files and compression block. `None`: the reader gave up.
fn start_writer(
    to: PathBuf,
    pieces: mpsc::Receiver<Piece>,
) -> JoinHandle<Result<Option<BackupReport>, BackupError>> {
    tokio::task::spawn_blocking(move || {
        write_archive(&to, pieces).map_err(|error| BackupError::io(&to, error))
    })
}

fn write_archive(to: &Path, mut pieces: mpsc::Receiver<Piece>) -> std::io::Result<Option<BackupReport>> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::Builder::new().prefix(".skein-backup-").suffix(".partial").tempfile_in(folder)?;
    let mut archive = Archive::new(file.reopen()?);
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Piece::Begin { name, packed } => archive.begin(name, packed)?,
            Piece::Bytes(bytes) => archive.write(&bytes)?,
            Piece::Finish(manifest) => {
                let report = archive.finish(*manifest)?;
                persist(file, to, folder)?;
                return Ok(Some(report));
            }
        }
    }
    Ok(None)
}

fn persist(file: NamedTempFile, to: &Path, folder: &Path) -> std::io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(to).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

/// The archive being written: every byte goes into the seal, every member into its own checksum.
struct Archive {
    zip: ZipWriter<StreamWriter<Sealed>>,
    open: Option<(String, Sha256, u64)>,
    members: Vec<Member>,
    unreadable: Vec<String>,
}

impl Archive {
    fn new(file: File) -> Self {
        let sealed = Sealed { file: BufWriter::with_capacity(1 << 18, file), size: 0, hasher: Sha256::new() };
        let zip = ZipWriter::new_stream(sealed);
        Self { zip, open: None, members: Vec::new(), unreadable: Vec::new() }
    }

    fn begin(&mut self, name: String, packed: bool) -> std::io::Result<()> {
        self.end();
        let method = if packed { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        // Sizes are not known beforehand, so there is room for large ones.
        let options = SimpleFileOptions::default().compression_method(method).large_file(true);
        self.zip.start_file(&name, options)?;
        self.open = Some((name, Sha256::new(), 0));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if let Some((_, hasher, size)) = &mut self.open {
            hasher.update(bytes);
            *size += bytes.len() as u64;
        }
        self.zip.write_all(bytes)
    }

    fn end(&mut self) {
        let Some((name, hasher, size)) = self.open.take() else { return };
        let sha256 = hex(&hasher.finalize());
        if let Some(hash) = name.strip_prefix("blobs/")
            && hash != sha256
        {
            self.unreadable.push(hash.to_owned());
        }
        self.members.push(Member { name, size, sha256 });
    }

    fn finish(mut self, mut manifest: Manifest) -> std::io::Result<BackupReport> {
        self.end();
        let stored = self.members.iter().filter(|member| member.name.starts_with("blobs/")).count();
        let blobs = (stored - self.unreadable.len()) as u64;
        manifest.members = std::mem::take(&mut self.members);
        manifest.unreadable.append(&mut self.unreadable);
        manifest.unreadable.sort();
        self.begin(MANIFEST.into(), true)?;
        let text = serde_json::to_vec_pretty(&manifest).map_err(std::io::Error::other)?;
        self.zip.write_all(&text)?;
        let comment = [SEAL, &[b'0'; DIGITS]].concat();
        self.zip.set_raw_comment(comment.into_boxed_slice())?;
        let Sealed { mut file, size, hasher } = self.zip.finish()?.into_inner();
        // The seal is of the file with noughts in its own place.
        file.seek(SeekFrom::End(-(DIGITS as i64)))?;
        file.write_all(hex(&hasher.finalize()).as_bytes())?;
        file.flush()?;
        let rows = manifest.tables.iter().map(|table| table.rows).sum();
        let Manifest { migration, position, unreadable, .. } = manifest;
        Ok(BackupReport { size, migration, position, rows, blobs, unreadable })
    }
}

/// A file whose bytes are hashed on their way.
struct Sealed {
    file: BufWriter<File>,
    size: u64,
    hasher: Sha256,
}

impl Write for Sealed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
