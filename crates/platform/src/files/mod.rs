//! Files: bytes with a name that belong to a resource, and are for whoever may see that.
//!
//! Invariants: a file belongs to one resource from its upload to the purge of that; its content never
//! changes; its type is told by its bytes. What the bytes are kept as is the store's business: see
//! [`skein_store::Blobs`]. Modules name files by id in what they keep, and ask [`find`] whether a
//! resource has them.
//!
//! Emits `file.uploaded` and `files.copied` to the files stream; that files are gone with their resource
//! follows from `resource.purged`. Hears nothing: a job calls [`sweep`].

mod error;
pub mod http;
mod model;

use std::collections::HashMap;

use axum::body::Bytes;
pub use error::FileError;
use futures_util::Stream;
pub use http::{POLICY, router};
use jiff::SignedDuration;
use serde_json::json;
use skein_store::{Db, Expected, FutureExt, Row, StoreError, Swept, Tx, params};
use skein_types::{FileId, NewEvent, OrgId, ResourceId, StreamId};

use crate::{
    Ctx, Platform,
    access::{AccessError, Edit, Granted, Reads, View, authorize_in},
    directory,
    drive::FOLDER,
    drive_stream,
};

/// How long a blob is kept that nothing refers to, and an upload that is not finished.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Every column that holds the hash of a blob. One that is missing here loses its files.
const REFERENCES: &[(&str, &str)] = &[("files", "blob"), ("members", "avatar")];
/// Ids that are asked for in one statement.
const ASKED: usize = 500;

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The id.
    pub id: FileId,
    /// What it belongs to.
    pub resource: ResourceId,
    /// Its name: no control characters, no separators of paths, 1 to 255 characters.
    pub name: String,
    /// The blob: SHA-256 of the content in hexadecimal.
    pub hash: String,
    /// Bytes.
    pub size: u64,
    /// The media type, as told by the first bytes.
    pub media: String,
}

/// The stream of uploads.
pub fn files_stream(org: OrgId) -> StreamId {
    StreamId::aspect(org, "files")
}

/// Takes a file for a resource. What breaks off or is too large leaves nothing behind.
pub async fn upload<E: std::fmt::Display>(
    ctx: &Ctx,
    granted: &Granted<Edit>,
    name: &str,
    content: impl Stream<Item = Result<Bytes, E>> + Unpin + Send,
) -> Result<File, FileError> {
    let (resource, name) = (granted.resource(), model::name(name)?);
    refuse_folder(&ctx.platform.db, resource).await?;
    let (limit, incoming) = (ctx.platform.settings.upload_limit, ctx.platform.ids.secret());
    let blob = ctx.platform.blobs.put(content, limit, &incoming, ctx.now).await?;
    let id = ctx.platform.ids.make();
    let file = File { id, resource, name, hash: blob.hash, size: blob.size, media: blob.media_type };
    let (ctx, stored) = (ctx.clone(), file.clone());
    let db = ctx.platform.db.clone();
    db.write(move |tx| async move { store(tx, &ctx, &stored).await }.boxed()).await?;
    Ok(file)
}

async fn refuse_folder(db: &Db, resource: ResourceId) -> Result<(), FileError> {
    let row = db.row("SELECT kind FROM resources WHERE id = $1", params![resource]).await?;
    let kind: String = row.ok_or(AccessError::NotFound)?.get("kind")?;
    if kind == FOLDER { Err(FileError::Folder) } else { Ok(()) }
}

async fn store(tx: &mut Tx, ctx: &Ctx, file: &File) -> Result<(), FileError> {
    // An upload takes its time: they may no longer be allowed to, or the resource may be gone.
    directory::lock(tx, &drive_stream(ctx.org)).await?;
    authorize_in::<Edit>(ctx, tx, file.resource).await?;
    insert(tx, ctx, vec![(file.id, file.resource, &file.hash, &file.name)]).await?;
    let File { id, resource, name, size, media, .. } = file;
    let data = json!({ "file": id, "resource": resource, "name": name, "size": size, "media": media });
    Ok(emit(tx, ctx, "file.uploaded", &data).await?)
}

async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    files: Vec<(FileId, ResourceId, &String, &String)>,
) -> Result<(), StoreError> {
    let row = |(id, resource, hash, name): (FileId, ResourceId, &String, &String)| {
        params![id, resource, hash, name, ctx.actor(), ctx.now]
    };
    let into = "files (id, resource, blob, name, created_by, created)";
    tx.insert_many(into, "", files.into_iter().map(row).collect()).await
}

async fn emit(
    tx: &mut Tx,
    ctx: &Ctx,
    kind: &'static str,
    data: &serde_json::Value,
) -> Result<(), StoreError> {
    let event = NewEvent::new(kind, ctx.actor(), ctx.now, data);
    tx.append(&files_stream(ctx.org), Expected::Any, vec![event]).await.map(|_| ())
}

/// A file the one who asks may see. One they may not see is said not to exist.
pub async fn get(ctx: &Ctx, id: FileId) -> Result<File, FileError> {
    let sql = format!("{SELECT} WHERE f.id = $1");
    let row = ctx.platform.db.row(&sql, params![id]).await?;
    let file = row.as_ref().map(file).transpose()?.ok_or(FileError::NotFound)?;
    match ctx.authorize::<View>(file.resource).await {
        Ok(_) => Ok(file),
        Err(AccessError::NotFound) => Err(FileError::NotFound),
        Err(error) => Err(error.into()),
    }
}

/// Those of the files that belong to a resource. Access to it was checked before.
pub async fn find(
    db: &Db,
    resource: ResourceId,
    ids: &[FileId],
) -> Result<HashMap<FileId, File>, StoreError> {
    found(Reads::Db(db), resource, ids).await
}

/// Like [`find`], as a transaction sees it.
pub async fn find_in(
    tx: &mut Tx,
    resource: ResourceId,
    ids: &[FileId],
) -> Result<HashMap<FileId, File>, StoreError> {
    found(Reads::Tx(tx), resource, ids).await
}

async fn found(
    mut reads: Reads<'_>,
    resource: ResourceId,
    ids: &[FileId],
) -> Result<HashMap<FileId, File>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    for part in ids.chunks(ASKED) {
        let mut values = params![resource];
        values.extend(part.iter().flat_map(|id| params![*id]));
        let places: Vec<String> = (2..=values.len()).map(|place| format!("${place}")).collect();
        let sql = format!("{SELECT} WHERE f.resource = $1 AND f.id IN ({})", places.join(", "));
        for row in reads.rows(&sql, values).await? {
            let file = file(&row)?;
            found.insert(file.id, file);
        }
    }
    Ok(found)
}

/// Gives a resource copies of the files of another, of all of them; the new ids by the old. For
/// [`crate::drive::ResourceKind::duplicate`], in its transaction.
pub async fn copy(
    tx: &mut Tx,
    ctx: &Ctx,
    from: ResourceId,
    to: ResourceId,
) -> Result<HashMap<FileId, FileId>, StoreError> {
    let sql = format!("{SELECT} WHERE f.resource = $1 ORDER BY f.id");
    let files: Vec<File> = tx.rows(&sql, params![from]).await?.iter().map(file).collect::<Result<_, _>>()?;
    if files.is_empty() {
        return Ok(HashMap::new());
    }
    let copies: HashMap<FileId, FileId> =
        files.iter().map(|file| (file.id, ctx.platform.ids.make())).collect();
    let rows = files.iter().map(|file| (copies[&file.id], to, &file.hash, &file.name)).collect();
    insert(tx, ctx, rows).await?;
    emit(tx, ctx, "files.copied", &json!({ "from": from, "to": to, "count": files.len() })).await?;
    Ok(copies)
}

/// A file that a resource is to get, whose content is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Its id.
    pub id: FileId,
    /// See [`sound_name`].
    pub name: String,
    /// The blob.
    pub hash: String,
}

/// A name a file may have, of one from elsewhere.
pub fn sound_name(name: &str) -> String {
    model::name(name).unwrap_or_else(|_| "file".to_owned())
}

/// Gives a resource files with contents that are stored, in the transaction that makes it.
pub async fn adopt(tx: &mut Tx, ctx: &Ctx, to: ResourceId, files: Vec<NewFile>) -> Result<(), StoreError> {
    if files.is_empty() {
        return Ok(());
    }
    let rows = files.iter().map(|file| (file.id, to, &file.hash, &file.name)).collect();
    insert(tx, ctx, rows).await?;
    emit(tx, ctx, "files.copied", &json!({ "from": null, "to": to, "count": files.len() })).await
}

/// Forgets the files of a resource that is deleted for good. What they hold goes with a later [`sweep`],
/// unless other files hold the same.
pub(crate) async fn purge(tx: &mut Tx, resource: ResourceId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM files WHERE resource = $1", params![resource]).await.map(|_| ())
}

/// Removes blobs that nothing has referred to for a day, and what uploads have left that began as long
/// ago. For a job, on as many servers as there are.
pub async fn sweep(platform: &Platform) -> Result<Swept, FileError> {
    let now = platform.clock.now();
    let before = now.saturating_sub(KEPT).unwrap_or(now);
    Ok(platform.blobs.sweep(REFERENCES, before).await?)
}

const SELECT: &str = "SELECT f.id, f.resource, f.name, f.blob, b.size, b.media_type \
     FROM files f JOIN blobs b ON b.hash = f.blob";

fn file(row: &Row) -> Result<File, StoreError> {
    Ok(File {
        id: row.get("id")?,
        resource: row.get("resource")?,
        name: row.get("name")?,
        hash: row.get("blob")?,
        size: row.get::<i64>("size")? as u64,
        media: row.get("media_type")?,
    })
}
