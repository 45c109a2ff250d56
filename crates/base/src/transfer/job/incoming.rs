//! Files on their way in: written to disk up to a limit, and looked at.

use std::{collections::hash_map::Entry, path::Path, sync::Arc};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use skein_types::{ImportId, MemberId, Problem};
use tempfile::TempPath;
use tokio::io::AsyncWriteExt;

use super::{Imports, Inner, open, state::Job, thread_stopped};
use crate::transfer::{
    journal,
    model::State,
    sample::{self, Sample},
    skein::Reading,
};

/// Files of one member that wait to be imported.
const WAITING: usize = 5;

impl Imports {
    /// Writes an upload to disk.
    pub(super) async fn receive<E: std::fmt::Display>(
        &self,
        body: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<(TempPath, u64), Problem> {
        tokio::fs::create_dir_all(&self.0.folder).await.map_err(|error| disk(&error))?;
        let folder = self.0.folder.clone();
        let made = tokio::task::spawn_blocking(move || {
            tempfile::Builder::new().prefix(journal::UPLOAD).tempfile_in(folder)
        });
        let (file, path) =
            made.await.map_err(|error| thread_stopped(&error))?.map_err(|error| disk(&error))?.into_parts();
        let mut file = tokio::fs::File::from_std(file);
        let limit = self.0.bases.platform().settings.import_limit;
        let mut size = 0u64;
        let mut body = std::pin::pin!(body);
        while let Some(part) = body.next().await {
            let part = part.map_err(|error| {
                Problem::new(400, "import.upload_broken", format!("the upload broke off: {error}"))
            })?;
            size += part.len() as u64;
            if size > limit {
                let detail = format!("a file to import has at most {} MiB here", limit >> 20);
                return Err(Problem::new(413, "import.too_large", detail).at_most(limit));
            }
            file.write_all(&part).await.map_err(|error| disk(&error))?;
        }
        file.flush().await.map_err(|error| disk(&error))?;
        Ok((path, size))
    }

    pub(super) async fn look(
        &self,
        path: TempPath,
        name: String,
    ) -> Result<(TempPath, Vec<Sample>), Problem> {
        let turn = self.0.readers.clone().acquire_owned().await;
        let looked = tokio::task::spawn_blocking(move || {
            // The thread goes on when nobody waits for it any more; its turn ends with it.
            let _turn = turn;
            let samples = look(&path, &name)?;
            Ok((path, samples))
        });
        looked.await.map_err(|error| thread_stopped(&error))?
    }
}

/// One of the files that a member may have here before they are imported. Held until the upload is among
/// the jobs, or is dropped.
pub(super) struct Slot {
    inner: Arc<Inner>,
    member: MemberId,
}

impl Slot {
    pub(super) fn take(inner: &Arc<Inner>, member: MemberId) -> Result<Self, Problem> {
        // Held while the jobs are counted: uploads that begin at the same moment see each other.
        let mut uploading = inner.uploading.lock();
        let mine = |job: &&Arc<Job>| job.member == member && job.state() == State::Previewed;
        let waiting = inner.jobs.lock().values().filter(mine).count();
        if waiting + uploading.get(&member).copied().unwrap_or_default() >= WAITING {
            let detail = format!("{WAITING} files of yours wait to be imported: import or discard one first");
            return Err(Problem::new(409, "import.too_many", detail));
        }
        *uploading.entry(member).or_default() += 1;
        Ok(Self { inner: inner.clone(), member })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut uploading = self.inner.uploading.lock();
        if let Some(count) = uploading.get_mut(&self.member) {
            *count -= 1;
            if *count == 0 {
                uploading.remove(&self.member);
            }
        }
    }
}

/// The import of a base that runs, where its member finds it. Held until its end.
pub(super) struct Shown {
    inner: Arc<Inner>,
    key: (MemberId, ImportId),
    pub(super) reading: Arc<Reading>,
}

impl Shown {
    pub(super) fn new(inner: &Arc<Inner>, key: (MemberId, ImportId)) -> Result<Self, Problem> {
        let reading = Arc::new(Reading::default());
        match inner.bases_read.lock().entry(key) {
            Entry::Occupied(_) => Err(Problem::new(409, "import.started", "this import was started before")),
            Entry::Vacant(free) => {
                free.insert(reading.clone());
                Ok(Self { inner: inner.clone(), key, reading })
            }
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.inner.bases_read.lock().remove(&self.key);
    }
}

/// What a file on disk holds.
pub(super) fn look(path: &Path, name: &str) -> Result<Vec<Sample>, Problem> {
    let mut source = open(path, name)?;
    sample::sheets(&mut source).map_err(
        |(error, sheet)| {
            if source.typed() { error.in_sheet(&sheet) } else { error.into() }
        },
    )
}

fn disk(error: &std::io::Error) -> Problem {
    Problem::new(500, "internal", format!("an upload could not be kept: {error}"))
}
