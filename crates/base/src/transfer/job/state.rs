//! One import: what is known of it, and how it is shown.

use std::{fs::File, path::Path, sync::Arc};

use parking_lot::Mutex;
use skein_types::{ImportId, MemberId, Problem, ResourceId, TableId, Timestamp};
use tempfile::TempPath;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{not_found, open};
use crate::transfer::{
    journal::{self, Going},
    load::{Load, Tally},
    mapping::StartInput,
    model::{FileInfo, Import, State},
    read::Source,
    sample::Sample,
};

pub(super) struct Job {
    pub(super) id: ImportId,
    pub(super) member: MemberId,
    pub(super) base: ResourceId,
    pub(super) created: Timestamp,
    pub(super) file: FileInfo,
    pub(super) key: Option<String>,
    pub(super) samples: Vec<Sample>,
    pub(super) upload: Mutex<Option<TempPath>>,
    pub(super) going: Mutex<Option<Going>>,
    pub(super) phase: watch::Sender<Phase>,
    pub(super) tally: Tally,
    pub(super) cancel: CancellationToken,
}

#[derive(Clone, Debug)]
pub(super) struct Phase {
    pub(super) state: State,
    pub(super) table: Option<TableId>,
    pub(super) error: Option<Problem>,
}

impl Job {
    pub(super) fn show(&self) -> Import {
        let phase = self.phase.borrow().clone();
        let (progress, report) = self.tally.lock().clone();
        let sheets = self.samples.iter().map(Into::into).collect();
        let Phase { state, table, error } = phase;
        Import { id: self.id, state, file: self.file.clone(), sheets, progress, report, table, error }
    }
    pub(super) fn state(&self) -> State {
        self.phase.borrow().state
    }
    pub(super) fn set(&self, state: State, error: Option<Problem>) {
        self.phase.send_modify(|phase| {
            phase.state = state;
            if state != State::Done {
                phase.table = phase.table.filter(|_| state == State::Running);
            }
            phase.error = error;
        });
    }
    /// Notes how the import goes on after a restart. Its file is not removed by the end of the process from now on.
    pub(super) fn go(&self, load: &Load, input: StartInput) {
        let mut upload = self.upload.lock();
        let Some(path) = &mut *upload else { return };
        path.disable_cleanup(true);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        *self.going.lock() =
            Some(Going { upload: name, input: load.resolved(input), start: load.start.clone() });
    }
    /// Takes the file out of the job.
    pub(super) fn open(&self) -> Result<Source<File>, Problem> {
        let upload = self.upload.lock();
        let path = upload.as_ref().ok_or_else(not_found)?;
        open(path, &self.file.name).map_err(Problem::from)
    }
    /// As an earlier process left it.
    pub(super) fn recovered(kept: journal::Kept, folder: &Path) -> Self {
        let Import { id, state, file, progress, report, table, error, .. } = kept.import;
        let upload = kept.going.as_ref().and_then(|going| {
            let mut path = TempPath::try_from_path(folder.join(&going.upload)).ok()?;
            path.disable_cleanup(true);
            Some(path)
        });
        Self {
            id,
            member: kept.member,
            base: kept.base,
            created: kept.created,
            file,
            key: None,
            samples: Vec::new(),
            upload: Mutex::new(upload),
            going: Mutex::new(kept.going),
            phase: watch::Sender::new(Phase { state, table, error }),
            tally: Arc::new(Mutex::new((progress, report))),
            cancel: CancellationToken::new(),
        }
    }
}
