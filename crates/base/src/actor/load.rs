//! Reading a base when its task starts, or when memory and log do not fit together.

use std::{panic::AssertUnwindSafe, sync::Arc};

use skein_platform::Platform;
use skein_table::formula::Env;
use skein_types::{ResourceId, StreamId};

use super::{PAGE, replay};
use crate::{
    BaseError, Snapshot,
    history::Recent,
    image::{self, Kept},
    rows,
};

/// A base as it was loaded.
pub(super) struct Loaded {
    pub(super) snapshot: Snapshot,
    pub(super) recent: Recent,
    /// The image it was read from.
    pub(super) image: Option<Kept>,
}

/// The newest state in the database with the events before it; none when there is no such base.
pub(super) async fn load(
    platform: &Platform,
    id: ResourceId,
    env: Arc<Env>,
) -> Result<Option<Loaded>, BaseError> {
    let (snapshot, image) = match from_image(platform, id, env.clone()).await? {
        Some((snapshot, image)) => (snapshot, Some(image)),
        None => match rows::read(&platform.db, id).await? {
            Some(stored) => (from_rows(stored, env).await?, None),
            None => return Ok(None),
        },
    };
    let recent = Recent::read(&platform.db, id, snapshot.seq).await?;
    Ok(Some(Loaded { snapshot, recent, image }))
}

async fn from_rows(stored: rows::Stored, env: Arc<Env>) -> Result<Snapshot, BaseError> {
    let seq = stored.seq;
    let base = tokio::task::spawn_blocking(move || stored.build(env)).await;
    Ok(Snapshot { seq, base: base.map_err(|error| BaseError::Internal(error.to_string()))?? })
}

/// The newest state by an image and the events after it; none when there is no image, or they do not lead there.
async fn from_image(
    platform: &Platform,
    id: ResourceId,
    env: Arc<Env>,
) -> Result<Option<(Snapshot, Kept)>, BaseError> {
    let Some(image) = image::read(&platform.db, id, env).await? else { return Ok(None) };
    let stream = StreamId::of(id);
    let mut snapshot = image.snapshot();
    loop {
        let events = platform.db.events(&stream, snapshot.seq, PAGE).await?;
        let Some(last) = events.last() else { return Ok(Some((snapshot, image))) };
        let seq = last.seq;
        let replayed = std::panic::catch_unwind(AssertUnwindSafe(|| replay(&snapshot, &events)));
        let Ok(Some((base, ..))) = replayed else {
            image.discard(&platform.db, id).await?;
            return Ok(None);
        };
        snapshot = Snapshot { seq, base };
    }
}
