//! An upload on its way: it has a place of its own until all of it is there, and leaves nothing behind
//! when it is given up.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart, path::Path};
use sha2::{Digest, Sha256};
use skein_types::hex;

use super::{Blob, BlobError, place, sniff};

/// Where uploads wait.
pub(super) const FOLDER: &str = "incoming";
/// How many of the first bytes tell the media type.
const SNIFFED: usize = 512;
/// Parts that are sent to the store at the same time.
const PARTS: usize = 4;

/// Content that came and is not in its place yet. Dropped before that, it is removed.
pub(super) struct Incoming {
    store: Arc<dyn ObjectStore>,
    path: Path,
    state: State,
}

enum State {
    Coming(WriteMultipart),
    Here,
    Gone,
}

impl Incoming {
    /// Takes what a stream brings, at most `limit` bytes.
    pub(super) async fn receive<E: std::fmt::Display>(
        store: &Arc<dyn ObjectStore>,
        content: impl Stream<Item = Result<Bytes, E>> + Unpin + Send,
        limit: u64,
        name: &str,
    ) -> Result<(Blob, Self), BlobError> {
        let path = Path::from(format!("{FOLDER}/{name}"));
        let upload = WriteMultipart::new(store.put_multipart(&path).await?);
        let mut incoming = Self { store: store.clone(), path, state: State::Coming(upload) };
        match incoming.take(content, limit).await {
            Ok(blob) => Ok((blob, incoming)),
            Err(error) => {
                incoming.discard().await;
                Err(error)
            }
        }
    }

    async fn take<E: std::fmt::Display>(
        &mut self,
        mut content: impl Stream<Item = Result<Bytes, E>> + Unpin + Send,
        limit: u64,
    ) -> Result<Blob, BlobError> {
        let mut hasher = Sha256::new();
        let (mut size, mut first) = (0u64, Vec::new());
        while let Some(part) = content.next().await {
            let bytes = part.map_err(|error| BlobError::Upload(error.to_string()))?;
            size += bytes.len() as u64;
            if size > limit {
                return Err(BlobError::TooLarge { limit });
            }
            hasher.update(&bytes);
            let wanted = SNIFFED.saturating_sub(first.len()).min(bytes.len());
            first.extend_from_slice(&bytes[..wanted]);
            if let State::Coming(upload) = &mut self.state {
                upload.wait_for_capacity(PARTS).await?;
                upload.put(bytes);
            }
        }
        // While it is finished it counts as here: what `finish` cannot complete it aborts itself.
        if let State::Coming(upload) = std::mem::replace(&mut self.state, State::Here) {
            upload.finish().await?;
        }
        Ok(Blob { hash: hex(&hasher.finalize()), size, media_type: sniff(&first).to_owned() })
    }

    /// Puts it in its place.
    pub(super) async fn settle(mut self, blob: &Blob) -> Result<(), BlobError> {
        let settled = self.store.rename(&self.path, &place(&blob.hash)).await;
        match settled {
            Ok(()) => self.state = State::Gone,
            Err(_) => self.discard().await,
        }
        Ok(settled?)
    }

    async fn discard(&mut self) {
        remove(&self.store, &self.path, std::mem::replace(&mut self.state, State::Gone)).await;
    }
}

/// The one who uploads went away: the request is dropped wherever it waits.
impl Drop for Incoming {
    fn drop(&mut self) {
        let state = std::mem::replace(&mut self.state, State::Gone);
        if matches!(state, State::Gone) {
            return;
        }
        // Without a runtime the process ends, and the sweep removes it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (store, path) = (self.store.clone(), self.path.clone());
            runtime.spawn(async move { remove(&store, &path, state).await });
        }
    }
}

/// What cannot be removed now is left to the sweep.
async fn remove(store: &Arc<dyn ObjectStore>, path: &Path, state: State) {
    let removed = match state {
        State::Coming(upload) => upload.abort().await,
        State::Here => store.delete(path).await,
        State::Gone => Ok(()),
    };
    match removed {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
        Err(error) => tracing::warn!(%error, %path, "an upload that was given up could not be removed"),
    }
}
