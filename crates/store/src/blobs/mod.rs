//! Blobs: bytes under the hash of their content, in a local directory or an S3 bucket.

mod incoming;
mod sweep;
mod thumbnail;

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use futures_util::{FutureExt, Stream, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt, aws::AmazonS3Builder, local::LocalFileSystem,
    path::Path, prefix::PrefixStore,
};
use skein_types::{Problem, Timestamp};
pub use sweep::Swept;
use tokio::sync::Semaphore;

use self::incoming::Incoming;
use crate::{Db, StoreError, params};

/// Where blobs are kept.
#[derive(Clone, Debug)]
pub enum BlobConfig {
    /// In a directory of this machine.
    Local(std::path::PathBuf),
    /// In a bucket of an S3 store.
    S3 {
        /// `https://…` of the store.
        endpoint: String,
        /// The bucket.
        bucket: String,
        /// The folder in it; empty for the whole bucket.
        prefix: String,
        /// The region; many stores take any.
        region: String,
        /// Access key.
        access_key: String,
        /// Secret key.
        secret_key: String,
    },
}

/// Keeps blobs. Cloning shares it.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    /// The directory of a local store.
    folder: Option<std::path::PathBuf>,
    db: Db,
    /// Decoding an image takes much memory for a moment.
    drawing: Arc<Semaphore>,
}

/// A stored blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// SHA-256 of the content in hexadecimal; its name.
    pub hash: String,
    /// Bytes.
    pub size: u64,
    /// Media type as told by the first bytes, never by the sender.
    pub media_type: String,
}

/// An error of the blob store.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// More bytes came than are allowed.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// There is no such blob.
    #[error("there is no such file")]
    NotFound,
    /// The part asked for lies outside.
    #[error("the file has {size} bytes; there are none from {start} to {end}")]
    Range {
        /// Bytes there are.
        size: u64,
        /// First byte asked for.
        start: u64,
        /// First byte after those asked for.
        end: u64,
    },
    /// The bytes are no image this server can draw.
    #[error("this is no image that can be shown: {0}")]
    NotAnImage(String),
    /// The sender broke off.
    #[error("the upload broke off: {0}")]
    Upload(String),
    /// The directory of the files cannot be used.
    #[error("the folder of the files: {0}")]
    Folder(String),
    /// The object store failed.
    #[error(transparent)]
    Object(#[from] object_store::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<BlobError> for Problem {
    fn from(error: BlobError) -> Self {
        let text = error.to_string();
        match error {
            BlobError::TooLarge { limit } => Self::new(413, "file.too_large", text).at_most(limit),
            BlobError::NotFound | BlobError::Object(object_store::Error::NotFound { .. }) => {
                Self::new(404, "file.not_found", text)
            }
            BlobError::Range { .. } => Self::new(416, "file.range", text),
            BlobError::NotAnImage(_) => Self::new(422, "file.not_an_image", text),
            BlobError::Upload(_) => Self::new(400, "file.upload_broken", text),
            BlobError::Object(_) | BlobError::Folder(_) => Self::new(500, "internal", text),
            BlobError::Store(error) => error.into(),
        }
    }
}

impl Blobs {
    /// Opens the blob store.
    pub fn open(config: &BlobConfig, db: Db) -> Result<Self, BlobError> {
        let store: Arc<dyn ObjectStore> = match config {
            BlobConfig::Local(folder) => {
                std::fs::create_dir_all(folder).map_err(|error| BlobError::Folder(error.to_string()))?;
                Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))
            }
            BlobConfig::S3 { endpoint, bucket, prefix, region, access_key, secret_key } => {
                // Fails only when a provider is installed already, which serves as well.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let bucket = AmazonS3Builder::new()
                    .with_endpoint(endpoint)
                    .with_allow_http(endpoint.starts_with("http://"))
                    .with_bucket_name(bucket)
                    .with_region(region)
                    .with_access_key_id(access_key)
                    .with_secret_access_key(secret_key)
                    .build()?;
                Arc::new(PrefixStore::new(bucket, prefix.as_str()))
            }
        };
        let folder = match config {
            BlobConfig::Local(folder) => Some(folder.clone()),
            BlobConfig::S3 { .. } => None,
        };
        Ok(Self { store, folder, db, drawing: Arc::new(Semaphore::new(2)) })
    }

    /// Stores what a stream brings, at most `limit` bytes. The same content is stored once. `incoming`
    /// names the upload among those that go on at the same time. For a day it is kept; after that, only
    /// when something refers to it: see [`Blobs::sweep`].
    pub async fn put<E: std::fmt::Display>(
        &self,
        content: impl Stream<Item = Result<Bytes, E>> + Unpin + Send,
        limit: u64,
        incoming: &str,
        now: Timestamp,
    ) -> Result<Blob, BlobError> {
        let (blob, incoming) = Incoming::receive(&self.store, content, limit, incoming).await?;
        // Before the content is in its place: a sweep that found the same content of old either sees
        // from here on that it is new, or has removed it already.
        self.record(&blob, now).await?;
        incoming.settle(&blob).await?;
        Ok(blob)
    }

    /// Puts content in its place without recording it.
    pub(crate) async fn receive<E: std::fmt::Display>(
        &self,
        content: impl Stream<Item = Result<Bytes, E>> + Unpin + Send,
        limit: u64,
        incoming: &str,
    ) -> Result<Blob, BlobError> {
        let (blob, incoming) = Incoming::receive(&self.store, content, limit, incoming).await?;
        incoming.settle(&blob).await?;
        Ok(blob)
    }

    /// Whether the content is in its place.
    pub(crate) async fn has(&self, hash: &str) -> Result<bool, BlobError> {
        match self.store.head(&place(hash)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes content out of its place.
    pub(crate) async fn remove(&self, hash: &str) -> Result<(), BlobError> {
        Ok(self.store.delete(&place(hash)).await?)
    }

    async fn record(&self, blob: &Blob, now: Timestamp) -> Result<(), StoreError> {
        let blob = blob.clone();
        self.db
            .write(move |tx| {
                async move {
                    let sql = "INSERT INTO blobs (hash, size, media_type, created) VALUES ($1, $2, $3, $4) \
                         ON CONFLICT (hash) DO UPDATE SET created = excluded.created";
                    let values = params![blob.hash, blob.size as i64, blob.media_type, now];
                    tx.execute(sql, values).await.map(|_| ())
                }
                .boxed()
            })
            .await
    }

    /// What is known of a blob.
    pub async fn info(&self, hash: &str) -> Result<Blob, BlobError> {
        let sql = "SELECT size, media_type FROM blobs WHERE hash = $1";
        let row = self.db.row(sql, params![hash]).await?.ok_or(BlobError::NotFound)?;
        let size: i64 = row.get("size")?;
        Ok(Blob { hash: hash.to_owned(), size: size as u64, media_type: row.get("media_type")? })
    }

    /// The content, or a part of it.
    pub async fn get(
        &self,
        hash: &str,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes, object_store::Error>>, BlobError> {
        if !is_hash(hash) {
            return Err(BlobError::NotFound);
        }
        if let Some(Range { start, end }) = range {
            let size = self.info(hash).await?.size;
            if start >= end || start >= size {
                return Err(BlobError::Range { size, start, end });
            }
        }
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        Ok(self.store.get_opts(&place(hash), options).await?.into_stream())
    }

    /// All of a small blob.
    pub async fn bytes(&self, hash: &str) -> Result<Bytes, BlobError> {
        if !is_hash(hash) {
            return Err(BlobError::NotFound);
        }
        Ok(self.store.get(&place(hash)).await?.bytes().await?)
    }
}

fn place(hash: &str) -> Path {
    Path::from(format!("blobs/{}/{hash}", &hash[..2]))
}

pub(crate) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The media type by the first bytes. Markup is always plain text: a stored file must never run.
fn sniff(first: &[u8]) -> &'static str {
    match infer::get(first).map(|kind| kind.mime_type()) {
        Some("text/html" | "text/xml" | "image/svg+xml") => "text/plain",
        Some(known) => known,
        None if is_text(first) => "text/plain",
        None => "application/octet-stream",
    }
}

/// Whether these are the first bytes of UTF-8 text; the last character may be cut.
fn is_text(first: &[u8]) -> bool {
    let valid = match std::str::from_utf8(first) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    valid && !first.contains(&0)
}
