//! What of imports outlives the process: a small file for each, so that who asks after a restart hears
//! that an import was interrupted.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use skein_types::{ImportId, MemberId, Problem, ResourceId, Timestamp};

use super::model::{Import, State};

/// How the names of uploads begin.
pub(super) const UPLOAD: &str = "upload-";

/// A job as it is written down.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) member: MemberId,
    pub(super) base: ResourceId,
    pub(super) created: Timestamp,
    pub(super) import: Import,
}

fn file(folder: &Path, id: ImportId) -> PathBuf {
    folder.join(format!("{id}.json"))
}

/// Writes a job down. That a restart forgets it is no reason to fail an import.
pub(super) async fn keep(folder: &Path, kept: &Kept) {
    let written = match serde_json::to_vec(kept) {
        Ok(json) => tokio::fs::write(file(folder, kept.import.id), json).await,
        Err(error) => Err(error.into()),
    };
    if let Err(error) = written {
        tracing::warn!(%error, import = %kept.import.id, "an import could not be written down");
    }
}

/// Removes what was written down.
pub(super) async fn forget(folder: &Path, id: ImportId) {
    if let Err(error) = tokio::fs::remove_file(file(folder, id)).await
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, import = %id, "what was written down of an import could not be removed");
    }
}

/// The jobs of an earlier process. Those that were not finished are failed; their uploads are removed.
pub(super) fn recover(folder: &Path) -> Vec<Kept> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut jobs = Vec::new();
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if name.starts_with(UPLOAD) {
            remove(&path);
        } else if name.starts_with("imp_") {
            match fs::read(&path).ok().and_then(|json| serde_json::from_slice::<Kept>(&json).ok()) {
                Some(kept) => jobs.push(interrupted(kept)),
                None => remove(&path),
            }
        }
    }
    jobs
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, path = %path.display(), "a file of an old import could not be removed");
    }
}

fn interrupted(mut kept: Kept) -> Kept {
    let detail = match kept.import.state {
        State::Previewed => "the server was restarted before the import began: upload the file again",
        State::Running => {
            "the server was restarted during the import: the table holds the rows that were imported until then"
        }
        State::Done | State::Failed | State::Cancelled => return kept,
    };
    kept.import.state = State::Failed;
    kept.import.error = Some(Problem::new(503, "import.interrupted", detail));
    kept
}
