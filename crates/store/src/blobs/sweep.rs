//! The sweep: removing blobs that nothing refers to, and what was left of uploads.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    time::SystemTime,
};

use futures_util::{FutureExt, TryStreamExt};
use object_store::{ObjectStore, ObjectStoreExt, path::Path as ObjectPath};
use skein_types::Timestamp;

use super::{BlobError, Blobs, incoming, is_hash, place, thumbnail};
use crate::{StoreError, Tx, params};

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Blobs.
    pub blobs: usize,
    /// Uploads that were never finished.
    pub incoming: usize,
}

impl Blobs {
    /// Removes blobs that were stored last before a time and that nothing refers to, with their
    /// thumbnails, and what uploads begun before it have left. `references` are the tables and columns
    /// that hold hashes of blobs: every one there is.
    ///
    /// Safe while uploads go on, on this server and others, as long as a blob is referred to soon after
    /// it was stored: storing the same content anew makes it new, and what is new stays. Only what this
    /// database has recorded is removed: other things in the store are not its business.
    pub async fn sweep(
        &self,
        references: &[(&'static str, &'static str)],
        before: Timestamp,
    ) -> Result<Swept, BlobError> {
        let unused = unused(references);
        let sql = format!("SELECT hash FROM blobs WHERE created < $1 AND {unused} ORDER BY created");
        let mut blobs = 0;
        for row in self.db.rows(&sql, params![before]).await? {
            let hash: String = row.get("hash")?;
            match self.sweep_one(&hash, unused.clone(), before).await {
                Ok(removed) => blobs += usize::from(removed),
                // The others do not wait for the one that cannot be removed.
                Err(error) => tracing::warn!(%error, hash, "a blob could not be removed; it is tried again"),
            }
        }
        let incoming = match &self.folder {
            Some(folder) => sweep_folder(folder.join(incoming::FOLDER), before).await?,
            None => self.sweep_incoming(before).await?,
        };
        Ok(Swept { blobs, incoming })
    }

    /// Removes one blob unless it came into use meanwhile. The content goes before the transaction is
    /// committed: who stores the same anew waits for it to record that, and only then puts the content
    /// in its place.
    async fn sweep_one(&self, hash: &str, unused: String, before: Timestamp) -> Result<bool, BlobError> {
        let (blobs, hash) = (self.clone(), hash.to_owned());
        self.db
            .write(move |tx| {
                async move {
                    let removed = forget(tx, &hash, &unused, before).await?;
                    if removed && is_hash(&hash) {
                        blobs.remove_with_thumbnails(&hash).await?;
                    }
                    Ok(removed)
                }
                .boxed()
            })
            .await
    }

    async fn remove_with_thumbnails(&self, hash: &str) -> Result<(), BlobError> {
        let kept: Vec<_> =
            self.store.list(Some(&ObjectPath::from(thumbnail::folder(hash)))).try_collect().await?;
        let thumbnails = kept.into_iter().map(|object| object.location);
        for path in thumbnails.chain([place(hash)]) {
            match self.store.delete(&path).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// In a bucket. What was not even finished is seen by nobody; a rule of the bucket removes it.
    async fn sweep_incoming(&self, before: Timestamp) -> Result<usize, BlobError> {
        let waiting: Vec<_> =
            self.store.list(Some(&ObjectPath::from(incoming::FOLDER))).try_collect().await?;
        let mut count = 0;
        for object in waiting {
            if object.last_modified.timestamp_micros() < before.as_microsecond() {
                self.store.delete(&object.location).await?;
                count += 1;
            }
        }
        Ok(count)
    }
}

/// The condition that nothing refers to a blob.
fn unused(references: &[(&'static str, &'static str)]) -> String {
    let none = |(table, column): &(&str, &str)| {
        format!("hash NOT IN (SELECT {column} FROM {table} WHERE {column} IS NOT NULL)")
    };
    let all: Vec<String> = std::iter::once("TRUE".to_owned()).chain(references.iter().map(none)).collect();
    all.join(" AND ")
}

async fn forget(tx: &mut Tx, hash: &str, unused: &str, before: Timestamp) -> Result<bool, StoreError> {
    let sql = format!("DELETE FROM blobs WHERE hash = $1 AND created < $2 AND {unused}");
    Ok(tx.execute(&sql, params![hash, before]).await? > 0)
}

/// In a directory, where unfinished uploads have names the object store does not list.
async fn sweep_folder(folder: PathBuf, before: Timestamp) -> Result<usize, BlobError> {
    let swept = tokio::task::spawn_blocking(move || remove_older(&folder, before.into()));
    let swept = swept.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
    swept.map_err(|error| BlobError::Folder(error.to_string()))
}

fn remove_older(folder: &Path, before: SystemTime) -> std::io::Result<usize> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut count = 0;
    for entry in entries {
        let entry = entry?;
        let modified = entry.metadata().and_then(|known| known.modified());
        let removed = match modified {
            Ok(modified) if modified >= before => continue,
            Ok(_) => std::fs::remove_file(entry.path()),
            Err(error) => Err(error),
        };
        match removed {
            Ok(()) => count += 1,
            // It was finished or given up just now.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count)
}
