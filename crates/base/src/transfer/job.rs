//! Imports as jobs: a file is uploaded and looked at, then brought into a table in the background. A job
//! belongs to its member and its base and is forgotten after a day.

mod alone;
mod incoming;
mod running;
mod state;

use std::{
    collections::HashMap,
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::Duration,
};

use axum::extract::FromRef;
use bytes::Bytes;
use futures_util::Stream;
use jiff::SignedDuration;
use parking_lot::Mutex;
use skein_platform::{
    Ctx,
    access::{Edit, View},
    drive::Resource,
};
use skein_types::{ImportId, MemberId, Problem, ResourceId};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::alone::import_file;
use self::{
    incoming::{Shown, Slot},
    state::{Job, Phase},
};
use super::{
    error::ReadError,
    journal,
    load::{Load, Tally, Wish},
    mapping::{Mapping, StartInput},
    model::{FileInfo, Import, State},
    read::Source,
    skein::{BaseReport, BaseWish, Reading, import_base},
};
use crate::Bases;

/// How long a job is remembered.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How often old jobs are looked for.
const SWEEP: Duration = Duration::from_hours(1);
/// Files that are read at the same time.
const READERS: usize = 2;
/// Exports that are written at the same time.
const WRITERS: usize = 8;

/// Imports of tables. Cloning shares them.
#[derive(Clone)]
pub struct Imports(Arc<Inner>);

struct Inner {
    bases: Bases,
    folder: PathBuf,
    jobs: Mutex<HashMap<ImportId, Arc<Job>>>,
    /// How many files a member is uploading just now.
    uploading: Mutex<HashMap<MemberId, usize>>,
    /// Done by the first who asks for a job: a command beside a running server never does.
    recovered: OnceCell<()>,
    /// Imports of bases that run.
    bases_read: Mutex<HashMap<(MemberId, ImportId), Arc<Reading>>>,
    readers: Arc<Semaphore>,
    writers: Arc<Semaphore>,
    running: TaskTracker,
    /// The server stops.
    suspend: CancellationToken,
}

impl FromRef<Imports> for Bases {
    fn from_ref(imports: &Imports) -> Self {
        imports.0.bases.clone()
    }
}

impl FromRef<Imports> for skein_platform::Platform {
    fn from_ref(imports: &Imports) -> Self {
        imports.0.bases.platform().clone()
    }
}

fn open(path: &Path, name: &str) -> Result<Source<File>, ReadError> {
    Source::open(File::open(path)?, name)
}

fn not_found() -> Problem {
    Problem::new(404, "import.not_found", "there is no such import, or it is not yours")
}

fn thread_stopped(error: &tokio::task::JoinError) -> Problem {
    Problem::new(500, "internal", format!("the thread that reads a file stopped: {error}"))
}

impl Imports {
    /// The service. Uploads wait in `folder`, which is made when it is needed and belongs to one server;
    /// what an earlier process left there is removed on first use. Needs a runtime.
    pub fn new(bases: Bases, folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        let inner = Arc::new(Inner {
            bases,
            folder,
            jobs: Mutex::default(),
            uploading: Mutex::default(),
            recovered: OnceCell::new(),
            bases_read: Mutex::default(),
            readers: Arc::new(Semaphore::new(READERS)),
            writers: Arc::new(Semaphore::new(WRITERS)),
            running: TaskTracker::new(),
            suspend: CancellationToken::new(),
        });
        tokio::spawn(sweep_forever(Arc::downgrade(&inner)));
        Self(inner)
    }

    /// The bases it imports into.
    pub fn bases(&self) -> &Bases {
        &self.0.bases
    }

    /// Waits until an export may begin; held until it is written.
    pub(super) async fn export_turn(&self) -> Option<OwnedSemaphorePermit> {
        self.0.writers.clone().acquire_owned().await.ok()
    }

    /// Makes a new base of a file. `id`: under which it can be asked how far it is, and stopped. It also stops when
    /// nobody waits for it any more.
    pub async fn base_file<E: std::fmt::Display>(
        &self,
        ctx: &Ctx,
        id: Option<ImportId>,
        (parent, name): (Option<ResourceId>, Option<String>),
        body: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<(Resource, BaseReport), Problem> {
        let member = ctx.member()?;
        if let Some(parent) = parent {
            ctx.authorize::<Edit>(parent).await?;
        }
        self.0.recover().await;
        let _slot = Slot::take(&self.0, member)?;
        let shown = Shown::new(&self.0, (member, id.unwrap_or_else(|| ctx.platform.ids.make())))?;
        let (path, _) = self.receive(body).await?;
        let _reading = self.0.readers.acquire().await;
        let reading = shown.reading.clone();
        import_base(ctx, &path, BaseWish { parent, name, scratch: self.0.folder.clone(), reading }).await
    }

    /// The import of a base that runs, of the one who began it.
    pub fn reading(&self, ctx: &Ctx, id: ImportId) -> Result<Arc<Reading>, Problem> {
        let member = ctx.member()?;
        self.0.bases_read.lock().get(&(member, id)).cloned().ok_or_else(not_found)
    }

    /// Where an import keeps what does not fit into memory.
    pub fn scratch(&self) -> &Path {
        &self.0.folder
    }

    /// Takes a file and looks at it. `key`: the same file sent again with the same key is the same job.
    pub async fn upload<E: std::fmt::Display>(
        &self,
        ctx: &Ctx,
        base: ResourceId,
        name: &str,
        key: Option<&str>,
        body: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<Import, Problem> {
        ctx.authorize::<Edit>(base).await?;
        let member = ctx.member()?;
        self.0.recover().await;
        self.0.sweep();
        let mine = self.mine(member);
        if let Some(key) = key
            && let Some(job) = mine.iter().find(|job| job.base == base && job.key.as_deref() == Some(key))
        {
            return Ok(job.show());
        }
        let _slot = Slot::take(&self.0, member)?;
        let (path, size) = self.receive(body).await?;
        let (path, samples) = self.look(path, name.to_owned()).await?;
        let job = Arc::new(Job {
            id: ctx.platform.ids.make(),
            member,
            base,
            created: ctx.now,
            file: FileInfo { name: name.to_owned(), size },
            key: key.map(str::to_owned),
            samples,
            upload: Mutex::new(Some(path)),
            going: Mutex::default(),
            phase: watch::Sender::new(Phase { state: State::Previewed, table: None, error: None }),
            tally: Tally::default(),
            cancel: CancellationToken::new(),
        });
        self.0.jobs.lock().insert(job.id, job.clone());
        self.0.keep(&job).await;
        Ok(job.show())
    }

    /// Starts an import. Its table, or the fields that are missing in it, are made at once; the records
    /// follow in the background.
    pub async fn start(
        &self,
        ctx: &Ctx,
        base: ResourceId,
        id: ImportId,
        input: StartInput,
    ) -> Result<Import, Problem> {
        let granted = ctx.authorize::<Edit>(base).await?;
        let job = self.find(ctx, base, id).await?;
        let mapping = Mapping::of(input.clone(), &job.samples)?;
        let sample = job.samples.get(mapping.sheet).ok_or_else(not_found)?.clone();
        let begun = job.phase.send_if_modified(|phase| {
            let waits = phase.state == State::Previewed;
            if waits {
                phase.state = State::Running;
            }
            waits
        });
        if !begun {
            return Err(Problem::new(409, "import.started", "this import was started before"));
        }
        let files = journal::files(&self.0.folder, &id.to_string());
        let wish = Wish { mapping: &mapping, sample: &sample, files, again: None };
        let load = match Load::prepare(&self.0.bases, ctx, granted, wish).await {
            Ok(load) => load,
            Err(problem) => {
                job.set(State::Previewed, None);
                return Err(problem);
            }
        };
        job.go(&load, input);
        job.phase.send_modify(|phase| phase.table = Some(load.start.table));
        job.tally.lock().0.total = Some(sample.rows);
        self.0.keep(&job).await;
        self.0.running.spawn(self.clone().run(job.clone(), load));
        Ok(job.show())
    }

    /// How an import stands.
    pub async fn get(&self, ctx: &Ctx, base: ResourceId, id: ImportId) -> Result<Import, Problem> {
        ctx.authorize::<View>(base).await?;
        Ok(self.find(ctx, base, id).await?.show())
    }

    /// Where the whole report of an import is.
    pub(super) async fn report_file(
        &self,
        ctx: &Ctx,
        base: ResourceId,
        id: ImportId,
    ) -> Result<PathBuf, Problem> {
        ctx.authorize::<View>(base).await?;
        let job = self.find(ctx, base, id).await?;
        Ok(journal::files(&self.0.folder, &job.id.to_string()).report)
    }

    /// Cancels an import that runs, and returns when what it did is taken back; forgets any other.
    pub async fn discard(&self, ctx: &Ctx, base: ResourceId, id: ImportId) -> Result<(), Problem> {
        ctx.authorize::<View>(base).await?;
        let job = self.find(ctx, base, id).await?;
        if job.state() == State::Running {
            job.cancel.cancel();
            self.wait(&job).await;
        } else {
            self.0.jobs.lock().remove(&id);
            job.upload.lock().take();
            journal::forget(&self.0.folder, id).await;
        }
        Ok(())
    }

    /// Waits until an import no longer runs.
    pub async fn finished(&self, ctx: &Ctx, base: ResourceId, id: ImportId) -> Result<Import, Problem> {
        ctx.authorize::<View>(base).await?;
        let job = self.find(ctx, base, id).await?;
        self.wait(&job).await;
        Ok(job.show())
    }

    async fn wait(&self, job: &Job) {
        let mut phase = job.phase.subscribe();
        // The job holds the sender, so this ends by the state alone.
        let _ = phase.wait_for(|phase| phase.state != State::Running).await;
    }

    async fn find(&self, ctx: &Ctx, base: ResourceId, id: ImportId) -> Result<Arc<Job>, Problem> {
        let member = ctx.member()?;
        self.0.recover().await;
        let job = self.0.jobs.lock().get(&id).cloned();
        job.filter(|job| job.member == member && job.base == base).ok_or_else(not_found)
    }

    fn mine(&self, member: MemberId) -> Vec<Arc<Job>> {
        self.0.jobs.lock().values().filter(|job| job.member == member).cloned().collect()
    }
}

impl Inner {
    /// Learns what became of the imports of an earlier process.
    async fn recover(&self) {
        let learn = async {
            let folder = self.folder.clone();
            let kept = tokio::task::spawn_blocking(move || journal::recover(&folder)).await;
            let job = |kept| Arc::new(Job::recovered(kept, &self.folder));
            let kept = kept.unwrap_or_default().into_iter().map(job);
            self.jobs.lock().extend(kept.map(|job| (job.id, job)));
        };
        self.recovered.get_or_init(|| learn).await;
    }

    /// Writes down how a job stands, so that a restart can tell.
    async fn keep(&self, job: &Job) {
        let kept = journal::Kept {
            member: job.member,
            base: job.base,
            created: job.created,
            import: Import { sheets: Vec::new(), ..job.show() },
            going: job.going.lock().clone(),
        };
        journal::keep(&self.folder, &kept).await;
    }

    fn sweep(&self) {
        let now = self.bases.platform().clock.now();
        let mut old = Vec::new();
        self.jobs.lock().retain(|id, job| {
            let stays = job.state() == State::Running || now.duration_since(job.created) <= KEPT;
            if !stays {
                old.push(*id);
            }
            stays
        });
        let folder = self.folder.clone();
        if !old.is_empty() {
            tokio::spawn(async move {
                for id in old {
                    journal::forget(&folder, id).await;
                }
            });
        }
    }
}

async fn sweep_forever(inner: Weak<Inner>) {
    let mut tick = tokio::time::interval(SWEEP);
    loop {
        tick.tick().await;
        match inner.upgrade() {
            Some(inner) => inner.sweep(),
            None => return,
        }
    }
}
