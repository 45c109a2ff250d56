//! What of imports outlives the process: a small file for each, from which an import goes on after a restart, or
//! who asks hears that it was interrupted.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use skein_types::{ImportId, MemberId, Problem, ResourceId, Timestamp};

use super::{
    load::{Files, Start},
    mapping::StartInput,
    model::{Import, State},
};

/// How the names of uploads begin.
pub(super) const UPLOAD: &str = "upload-";

/// A job as it is written down.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) member: MemberId,
    pub(super) base: ResourceId,
    pub(super) created: Timestamp,
    pub(super) import: Import,
    /// Of one that runs: its file, and how it goes on.
    #[serde(default)]
    pub(super) going: Option<Going>,
}

/// What it takes to go on with an import.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Going {
    /// The name of the file in the folder.
    pub(super) upload: String,
    pub(super) input: StartInput,
    pub(super) start: Start,
}

/// Files of an import beside what is written down of it.
pub(super) fn files(folder: &Path, name: &str) -> Files {
    Files { before: folder.join(format!("{name}.before")), report: folder.join(format!("{name}.report.csv")) }
}

fn file(folder: &Path, id: ImportId) -> PathBuf {
    folder.join(format!("{id}.json"))
}

/// Writes a job down. That a restart forgets it is no reason to fail an import.
pub(super) async fn keep(folder: &Path, kept: &Kept) {
    let to = file(folder, kept.import.id);
    // A process that ends in the middle of it leaves what was there before.
    let fresh = to.with_extension("new");
    let written = async {
        tokio::fs::write(&fresh, serde_json::to_vec(kept)?).await?;
        tokio::fs::rename(&fresh, &to).await
    };
    if let Err(error) = written.await {
        tracing::warn!(%error, import = %kept.import.id, "an import could not be written down");
    }
}

/// Removes what was written down, and what belongs to it.
pub(super) async fn forget(folder: &Path, id: ImportId) {
    let Files { before, report } = files(folder, &id.to_string());
    for path in [file(folder, id), before, report] {
        if let Err(error) = tokio::fs::remove_file(&path).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, import = %id, "what was written down of an import could not be removed");
        }
    }
}

/// The jobs of an earlier process. Those that ran and whose files are there can go on; others that were not
/// finished are failed. Uploads that nobody waits for are removed.
pub(super) fn recover(folder: &Path) -> Vec<Kept> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let (mut jobs, mut uploads) = (Vec::new(), Vec::new());
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if name.starts_with(UPLOAD) {
            uploads.push(path);
        } else if name.starts_with("imp_") && path.extension().is_some_and(|extension| extension == "json") {
            match fs::read(&path).ok().and_then(|json| serde_json::from_slice::<Kept>(&json).ok()) {
                Some(kept) => jobs.push(interrupted(kept, folder)),
                None => remove(&path),
            }
        }
    }
    let wanted = |path: &PathBuf| {
        jobs.iter().any(|kept: &Kept| {
            kept.going
                .as_ref()
                .is_some_and(|going| path.file_name().is_some_and(|name| *name == *going.upload))
        })
    };
    uploads.iter().filter(|path| !wanted(path)).for_each(|path| remove(path));
    jobs
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, path = %path.display(), "a file of an old import could not be removed");
    }
}

fn interrupted(mut kept: Kept, folder: &Path) -> Kept {
    let here = |going: &Going| !going.upload.contains(['/', '\\']) && folder.join(&going.upload).is_file();
    if kept.import.state == State::Running && kept.going.as_ref().is_some_and(here) {
        return kept;
    }
    kept.going = None;
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
