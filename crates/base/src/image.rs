//! Images of large bases in the database: a start reads the last one and the events after it instead of every
//! record. An image is written when there was much to follow and a moment of quiet, in parts that others may
//! write between; it counts once its row in `base_images` says so. Records, definitions and the log stay what
//! is true: an image that is missing, of another version or damaged is passed over.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use skein_platform::Platform;
use skein_store::{Db, FutureExt, Param, StoreError, Tx, params};
use skein_table::{Base, Image, ImageReader, Part, PartKey, TableParts, formula::Env};
use skein_types::{ImageId, ResourceId, StreamId, TableId};
use tokio::{
    sync::mpsc,
    task::{JoinError, JoinSet},
    time::Instant,
};

use crate::{BaseError, Snapshot, draft::Touched};

/// Records of a base below which reading them is quick enough.
const LARGE: usize = 20_000;
/// Events after an image, and bytes in them, above which records are read instead.
const FOLLOWED: i64 = 4_000;
const FOLLOWED_BYTES: i64 = 32 << 20;
/// Records changed after which there is to be another image.
const MUCH: usize = 50_000;
/// Events after which there is to be another image. When a base is let go, one is enough.
const MANY: i64 = 1_000;
/// Without a change for so long, others are not in a hurry.
const QUIET: Duration = Duration::from_secs(2);
/// An image of another server is left alone while it is at most so many events old.
const FRESH: i64 = 1_000;
/// Bytes of parts written in one transaction.
const WRITE: usize = 4 << 20;
/// Pieces that are read ahead.
const AHEAD: usize = 2;

/// Of what an image consists. Parts that did not change are those of images before.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Parts {
    /// The images with which parts were written.
    images: Vec<ImageId>,
    /// By table, piece and chunk, which of them.
    tables: BTreeMap<TableId, BTreeMap<u32, BTreeMap<u32, u32>>>,
}

impl Parts {
    /// With which image a part was written.
    fn image(&self, key: PartKey) -> Option<ImageId> {
        let which = self.tables.get(&key.table)?.get(&key.piece)?.get(&key.chunk)?;
        self.images.get(*which as usize).copied()
    }

    /// What the next image consists of, which writes some parts itself.
    fn next(mut self, image: ImageId, tables: &[TableParts], written: &[Part]) -> Self {
        let there: BTreeMap<TableId, _> = tables.iter().map(|one| (one.table, one)).collect();
        self.tables.retain(|table, pieces| {
            let Some(one) = there.get(table).filter(|one| !one.new) else { return false };
            pieces.retain(|piece, _| one.pieces.contains(piece));
            true
        });
        let own = self.images.len() as u32;
        self.images.push(image);
        for Part { key: PartKey { table, piece, chunk }, .. } in written {
            self.tables.entry(*table).or_default().entry(*piece).or_default().insert(*chunk, own);
        }
        let chunks = self.tables.values().flat_map(BTreeMap::values);
        let used: BTreeSet<u32> = chunks.flat_map(|chunks| chunks.values().copied()).collect();
        let places: BTreeMap<u32, u32> = used.iter().copied().zip(0..).collect();
        self.images = used.iter().filter_map(|&at| self.images.get(at as usize).copied()).collect();
        let chunks = self.tables.values_mut().flat_map(BTreeMap::values_mut);
        for which in chunks.flat_map(BTreeMap::values_mut) {
            *which = places[which];
        }
        self
    }
}

/// An image in the database, with the state it holds: the next one needs what differs from it alone.
#[derive(Clone)]
pub(crate) struct Kept {
    image: ImageId,
    seq: i64,
    base: Base,
    parts: Arc<Parts>,
}

/// The row of an image.
struct Found {
    image: ImageId,
    seq: i64,
    head: Vec<u8>,
    parts: Parts,
}

async fn find(tx: &mut Tx, id: ResourceId) -> Result<Option<Found>, BaseError> {
    let sql = "SELECT image, seq, head, parts FROM base_images WHERE base = $1";
    let Some(row) = tx.row(sql, params![id]).await? else { return Ok(None) };
    let (image, parts): (String, String) = (row.get("image")?, row.get("parts")?);
    let image = image.parse().map_err(|error| BaseError::Internal(format!("the id of an image: {error}")))?;
    // Of a list that cannot be read, all parts are missing: who reads the image finds that out and discards it.
    let parts = serde_json::from_str(&parts).unwrap_or_default();
    Ok(Some(Found { image, seq: row.get("seq")?, head: row.get("head")?, parts }))
}

/// Reads the image of a base; none when there is none that helps. One that does not is discarded.
pub(crate) async fn read(db: &Db, id: ResourceId, env: Arc<Env>) -> Result<Option<Kept>, BaseError> {
    let (send, receive) = mpsc::channel(AHEAD);
    let reading = db.read(|tx| async move { read_in(tx, id, send).await }.boxed());
    let building = tokio::task::spawn_blocking(move || build(receive, env));
    let (read, built) = tokio::join!(reading, building);
    let Some(Found { image, seq, parts, .. }) = read? else { return Ok(None) };
    match built.map_err(|error| BaseError::Internal(error.to_string()))? {
        Ok(base) => Ok(Some(Kept { image, seq, base, parts: Arc::new(parts) })),
        Err(reason) => {
            tracing::info!(reason, base = %id, "the image of a base is passed over; its records are read");
            discard(db, id, image).await?;
            Ok(None)
        }
    }
}

/// Lets an image count no more.
async fn discard(db: &Db, id: ResourceId, image: ImageId) -> Result<(), StoreError> {
    let sql = "DELETE FROM base_images WHERE base = $1 AND image = $2";
    db.write(move |tx| async move { tx.execute(sql, params![id, image]).await.map(|_| ()) }.boxed()).await
}

/// When images of a base are written.
pub(crate) struct Keeper {
    kept: Option<Kept>,
    /// Whether there is to be a first one.
    first: bool,
    /// Records changed since the last one was begun.
    records: usize,
    /// When something was changed last.
    changed: Instant,
    pub(crate) writing: JoinSet<Result<Option<Kept>, BaseError>>,
}

impl Keeper {
    /// With the image that was read.
    pub(crate) fn new(kept: Option<Kept>) -> Self {
        let first = kept.is_none();
        Self { kept, first, records: 0, changed: Instant::now(), writing: JoinSet::new() }
    }

    /// Notes what was changed.
    pub(crate) fn note(&mut self, touched: &Touched) {
        self.records += touched.rows.values().map(Vec::len).sum::<usize>();
        self.changed = Instant::now();
    }

    /// Begins to write an image when there is much to follow and nothing going on, or when it is the last moment.
    pub(crate) fn begin(&mut self, platform: &Platform, id: ResourceId, now: Arc<Snapshot>, last: bool) {
        if !self.writing.is_empty() || now.base.tables().map(|table| table.len()).sum::<usize>() < LARGE {
            return;
        }
        let events = self.kept.as_ref().map_or(0, |kept| now.seq - kept.seq);
        let much = self.first || events > 0 && (last || self.records >= MUCH || events >= MANY);
        let quiet = last || self.changed.elapsed() >= QUIET || events >= FOLLOWED / 2;
        if much && quiet {
            (self.first, self.records) = (false, 0);
            let (db, image) = (platform.db.clone(), platform.ids.make());
            self.writing.spawn(keep(db, id, image, now, self.kept.clone()));
        }
    }

    /// Takes what was written.
    pub(crate) fn kept(&mut self, kept: Result<Result<Option<Kept>, BaseError>, JoinError>) {
        match kept {
            Ok(Ok(Some(kept))) => self.kept = Some(kept),
            Ok(Ok(None)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the image of a base was not written"),
            Err(error) => tracing::error!(%error, "writing the image of a base stopped"),
        }
    }

    /// Waits for what is being written.
    pub(crate) async fn end(mut self) {
        while let Some(kept) = self.writing.join_next().await {
            self.kept(kept);
        }
    }
}

/// What is read of an image: the head first.
enum Read {
    Head(Vec<u8>),
    Parts(Vec<(PartKey, Vec<u8>)>),
    /// It does not help, for this reason.
    Useless(&'static str),
    /// All of it came.
    End,
}

/// Sends what there is of an image to who builds the base. Of one that ends early, the reason is what is told.
async fn read_in(tx: &mut Tx, id: ResourceId, send: mpsc::Sender<Read>) -> Result<Option<Found>, BaseError> {
    let Some(mut found) = find(tx, id).await? else { return Ok(None) };
    if !worth_it(tx, id, found.seq).await? {
        let _ = send.send(Read::Useless("much happened since")).await;
        return Ok(Some(found));
    }
    let mut sent = send.send(Read::Head(std::mem::take(&mut found.head))).await;
    let pieces = |(table, pieces): (&TableId, &BTreeMap<u32, _>)| {
        let table = *table;
        pieces.keys().map(move |piece| (table, *piece)).collect::<Vec<_>>()
    };
    for (table, piece) in found.parts.tables.iter().flat_map(pieces) {
        // Whoever builds has given up, and says why.
        if sent.is_err() {
            return Ok(Some(found));
        }
        let sql = "SELECT chunk, image, data FROM base_image_parts \
                   WHERE base = $1 AND table_id = $2 AND piece = $3";
        let mut parts = Vec::new();
        for row in tx.rows(sql, params![id, table, piece]).await? {
            let key = PartKey { table, piece, chunk: row.get::<i64>("chunk")? as u32 };
            if found.parts.image(key).map(|image| image.to_string()) == Some(row.get("image")?) {
                parts.push((key, row.get("data")?));
            }
        }
        let whole = parts.len() == found.parts.tables[&table][&piece].len();
        sent = send.send(if whole { Read::Parts(parts) } else { Read::Useless("parts are missing") }).await;
    }
    let _ = send.send(Read::End).await;
    Ok(Some(found))
}

/// Whether following the events after an image is quicker than reading the records.
async fn worth_it(tx: &mut Tx, id: ResourceId, seq: i64) -> Result<bool, StoreError> {
    let stream = StreamId::of(id);
    if tx.head(&stream).await? - seq > FOLLOWED {
        return Ok(false);
    }
    let sql =
        "SELECT CAST(SUM(octet_length(data)) AS BIGINT) AS bytes FROM log WHERE stream = $1 AND seq > $2";
    let row = tx.row(sql, params![&stream, seq]).await?;
    let bytes = row.map(|row| row.get::<Option<i64>>("bytes")).transpose()?.flatten();
    Ok(bytes.unwrap_or(0) <= FOLLOWED_BYTES)
}

fn build(mut receive: mpsc::Receiver<Read>, env: Arc<Env>) -> Result<Base, &'static str> {
    const EARLY: &str = "reading it ended early";
    let mut reader = match receive.blocking_recv() {
        Some(Read::Head(head)) => ImageReader::new(&head).map_err(|error| error.0)?,
        Some(Read::Useless(why)) => return Err(why),
        _ => return Err(EARLY),
    };
    loop {
        match receive.blocking_recv() {
            Some(Read::Parts(parts)) => {
                for (key, bytes) in parts {
                    reader.put(key, &bytes).map_err(|error| error.0)?;
                }
            }
            Some(Read::Useless(why)) => return Err(why),
            Some(Read::End) => return reader.build(env).map_err(|error| error.0),
            _ => return Err(EARLY),
        }
    }
}

impl Kept {
    /// The state it holds.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot { seq: self.seq, base: self.base.clone() }
    }
    /// Lets it count no more.
    pub(crate) async fn discard(&self, db: &Db, id: ResourceId) -> Result<(), StoreError> {
        discard(db, id, self.image).await
    }
}

/// Stores an image of a state, of what differs from the one before when that is the one in the database. None
/// when another server keeps one that will do.
async fn keep(
    db: Db,
    id: ResourceId,
    image: ImageId,
    now: Arc<Snapshot>,
    before: Option<Kept>,
) -> Result<Option<Kept>, BaseError> {
    let found = db.read(|tx| async move { find(tx, id).await }.boxed()).await?;
    let found = found.map(|found| (found.image, found.seq));
    let before = before.filter(|before| found.is_some_and(|(image, _)| image == before.image));
    if before.is_none() && found.is_some_and(|(_, seq)| seq + FRESH > now.seq) {
        return Ok(None);
    }
    let (old, parts) = match before {
        Some(Kept { base, parts, .. }) => (Some(base), (*parts).clone()),
        None => (None, Parts::default()),
    };
    let taken = now.clone();
    let taking = tokio::task::spawn_blocking(move || taken.base.image(old.as_ref()));
    let Image { head, parts: changed, tables } =
        taking.await.map_err(|error| BaseError::Internal(error.to_string()))?;
    let parts = parts.next(image, &tables, &changed);
    write(&db, (id, image), changed).await?;
    let turned = turn(&db, id, found.map(|(image, _)| image), (image, now.seq, head, &parts)).await?;
    clear(&db, id, if turned { Ok(&parts) } else { Err(image) }).await?;
    Ok(turned.then(|| Kept { image, seq: now.seq, base: now.base.clone(), parts: Arc::new(parts) }))
}

/// Writes parts that do not count yet, a few at a time so that others get their turn.
async fn write(db: &Db, (id, image): (ResourceId, ImageId), parts: Vec<Part>) -> Result<(), BaseError> {
    let mut parts = parts.into_iter().peekable();
    while parts.peek().is_some() {
        let encoding = tokio::task::spawn_blocking(move || {
            let (mut rows, mut bytes) = (Vec::new(), 0);
            while bytes < WRITE
                && let Some(part) = parts.next()
            {
                let data = part.encode();
                bytes += data.len();
                let PartKey { table, piece, chunk } = part.key;
                rows.push(params![id, table, piece, chunk, image, data]);
            }
            (rows, parts)
        });
        let rows: Vec<Vec<Param>>;
        (rows, parts) = encoding.await.map_err(|error| BaseError::Internal(error.to_string()))?;
        let into = "base_image_parts (base, table_id, piece, chunk, image, data)";
        db.write(move |tx| async move { tx.insert_many(into, "", rows).await }.boxed()).await?;
    }
    Ok(())
}

/// Makes an image the one that counts, unless another one did meanwhile or the base is gone.
async fn turn(
    db: &Db,
    id: ResourceId,
    from: Option<ImageId>,
    (image, seq, head, parts): (ImageId, i64, Vec<u8>, &Parts),
) -> Result<bool, BaseError> {
    let parts = serde_json::to_string(parts).map_err(|error| BaseError::Internal(error.to_string()))?;
    db.write(move |tx| {
        async move {
            // Held until the end: a base that is deleted at this moment is not left with an image.
            let sql = "UPDATE bases SET unindexed = unindexed WHERE id = $1";
            if tx.execute(sql, params![id]).await? == 0 {
                return Ok(false);
            }
            let turned = if let Some(old) = from {
                let sql = "UPDATE base_images SET image = $3, seq = $4, head = $5, parts = $6 \
                           WHERE base = $1 AND image = $2";
                tx.execute(sql, params![id, old, image, seq, head, parts]).await?
            } else {
                let sql = "INSERT INTO base_images (base, image, seq, head, parts) \
                           VALUES ($1, $2, $3, $4, $5) ON CONFLICT (base) DO NOTHING";
                tx.execute(sql, params![id, image, seq, head, parts]).await?
            };
            Ok::<_, StoreError>(turned == 1)
        }
        .boxed()
    })
    .await
    .map_err(BaseError::from)
}

/// Deletes parts piece by piece: those that are not of the image that counts, or those of one that does not.
async fn clear(db: &Db, id: ResourceId, counts: Result<&Parts, ImageId>) -> Result<(), BaseError> {
    let sql = "SELECT table_id, piece, chunk, image FROM base_image_parts WHERE base = $1";
    let mut gone: BTreeMap<(String, i64), Vec<(i64, String)>> = BTreeMap::new();
    for row in db.rows(sql, params![id]).await? {
        let (table, piece): (String, i64) = (row.get("table_id")?, row.get("piece")?);
        let (chunk, image): (i64, String) = (row.get("chunk")?, row.get("image")?);
        let stays = match counts {
            Ok(parts) => table.parse().is_ok_and(|table| {
                let key = PartKey { table, piece: piece as u32, chunk: chunk as u32 };
                parts.image(key).is_some_and(|current| current.to_string() == image)
            }),
            Err(other) => image != other.to_string(),
        };
        if !stays {
            gone.entry((table, piece)).or_default().push((chunk, image));
        }
    }
    for ((table, piece), parts) in gone {
        db.write(move |tx| {
            async move {
                for (chunk, image) in parts {
                    let sql = "DELETE FROM base_image_parts WHERE base = $1 AND table_id = $2 AND piece = $3 \
                               AND chunk = $4 AND image = $5";
                    tx.execute(sql, params![id, &table, piece, chunk, &image]).await?;
                }
                Ok::<_, StoreError>(())
            }
            .boxed()
        })
        .await?;
    }
    Ok(())
}

/// Deletes what there is of a base that is deleted.
pub(crate) async fn purge(tx: &mut Tx, id: ResourceId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM base_images WHERE base = $1", params![id]).await?;
    tx.execute("DELETE FROM base_image_parts WHERE base = $1", params![id]).await.map(|_| ())
}
