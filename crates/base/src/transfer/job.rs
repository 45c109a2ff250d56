//! Imports as jobs: a file is uploaded and looked at, then brought into a table in the background. A job
//! belongs to its member and its base and is forgotten after a day.

use std::{
    collections::HashMap,
    fs::File,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::Duration,
};

use axum::extract::FromRef;
use bytes::Bytes;
use futures_util::{FutureExt, Stream, StreamExt};
use jiff::SignedDuration;
use parking_lot::Mutex;
use skein_platform::{
    Ctx,
    access::{Edit, Granted, View},
    drive::Resource,
};
use skein_types::{ImportId, MemberId, Problem, ResourceId, TableId, Timestamp};
use tempfile::TempPath;
use tokio::{
    io::AsyncWriteExt,
    sync::{OnceCell, OwnedSemaphorePermit, Semaphore, watch},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    error::ReadError,
    journal::{self, Going},
    load::{Committed, Load, Stop, Tally, Ways, Wish},
    mapping::{Mapping, StartInput},
    model::{FileInfo, Import, State},
    read::Source,
    report::{Errors, Progress, Report},
    sample::{self, Sample},
    skein::{BaseReport, import_base},
};
use crate::Bases;

/// Bytes of the largest file.
pub const MAX_FILE: u64 = 2 << 30;
/// How long a job is remembered.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How often old jobs are looked for.
const SWEEP: Duration = Duration::from_hours(1);
/// Files of one member that wait to be imported.
const WAITING: usize = 5;
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

struct Job {
    id: ImportId,
    member: MemberId,
    base: ResourceId,
    created: Timestamp,
    file: FileInfo,
    key: Option<String>,
    samples: Vec<Sample>,
    upload: Mutex<Option<TempPath>>,
    going: Mutex<Option<Going>>,
    phase: watch::Sender<Phase>,
    tally: Tally,
    cancel: CancellationToken,
}

#[derive(Clone, Debug)]
struct Phase {
    state: State,
    table: Option<TableId>,
    error: Option<Problem>,
}

impl Job {
    fn show(&self) -> Import {
        let phase = self.phase.borrow().clone();
        let (progress, report) = self.tally.lock().clone();
        let sheets = self.samples.iter().map(Into::into).collect();
        let Phase { state, table, error } = phase;
        Import { id: self.id, state, file: self.file.clone(), sheets, progress, report, table, error }
    }
    fn state(&self) -> State {
        self.phase.borrow().state
    }
    fn set(&self, state: State, error: Option<Problem>) {
        self.phase.send_modify(|phase| {
            phase.state = state;
            if state != State::Done {
                phase.table = phase.table.filter(|_| state == State::Running);
            }
            phase.error = error;
        });
    }
    /// Notes how the import goes on after a restart. Its file is not removed by the end of the process from now on.
    fn go(&self, load: &Load, input: StartInput) {
        let mut upload = self.upload.lock();
        let Some(path) = &mut *upload else { return };
        path.disable_cleanup(true);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        *self.going.lock() =
            Some(Going { upload: name, input: load.resolved(input), start: load.start.clone() });
    }
    /// Takes the file out of the job.
    fn open(&self) -> Result<Source<File>, Problem> {
        let upload = self.upload.lock();
        let path = upload.as_ref().ok_or_else(not_found)?;
        open(path, &self.file.name).map_err(Problem::from)
    }
}

fn open(path: &Path, name: &str) -> Result<Source<File>, ReadError> {
    Source::open(File::open(path)?, name)
}

fn not_found() -> Problem {
    Problem::new(404, "import.not_found", "there is no such import, or it is not yours")
}

fn disk(error: &std::io::Error) -> Problem {
    Problem::new(500, "internal", format!("an upload could not be kept: {error}"))
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

    /// Makes a new base of a file.
    pub async fn base_file<E: std::fmt::Display>(
        &self,
        ctx: &Ctx,
        parent: Option<ResourceId>,
        name: Option<String>,
        body: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<(Resource, BaseReport), Problem> {
        let member = ctx.member()?;
        if let Some(parent) = parent {
            ctx.authorize::<Edit>(parent).await?;
        }
        self.0.recover().await;
        let _slot = Slot::take(&self.0, member)?;
        let (path, _) = self.receive(body).await?;
        let _reading = self.0.readers.acquire().await;
        import_base(ctx, &path, parent, name).await
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

    /// Writes an upload to disk.
    async fn receive<E: std::fmt::Display>(
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
        let mut size = 0u64;
        let mut body = std::pin::pin!(body);
        while let Some(part) = body.next().await {
            let part = part.map_err(|error| {
                Problem::new(400, "import.upload_broken", format!("the upload broke off: {error}"))
            })?;
            size += part.len() as u64;
            if size > MAX_FILE {
                let text = "a file to import has at most 2 GiB";
                return Err(Problem::new(413, "import.too_large", text).at_most(MAX_FILE));
            }
            file.write_all(&part).await.map_err(|error| disk(&error))?;
        }
        file.flush().await.map_err(|error| disk(&error))?;
        Ok((path, size))
    }

    async fn look(&self, path: TempPath, name: String) -> Result<(TempPath, Vec<Sample>), Problem> {
        let turn = self.0.readers.clone().acquire_owned().await;
        let looked = tokio::task::spawn_blocking(move || {
            // The thread goes on when nobody waits for it any more; its turn ends with it.
            let _turn = turn;
            let samples = look(&path, &name)?;
            Ok((path, samples))
        });
        looked.await.map_err(|error| thread_stopped(&error))?
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

    /// Goes on with the imports that an earlier process left unfinished. For a server that starts.
    pub async fn resume(&self) {
        self.0.recover().await;
        let unfinished = |job: &&Arc<Job>| job.state() == State::Running && job.going.lock().is_some();
        let jobs: Vec<Arc<Job>> = self.0.jobs.lock().values().filter(unfinished).cloned().collect();
        for job in jobs {
            self.0.running.spawn(self.clone().go_on(job));
        }
    }

    /// Lets imports rest at the end of their batch, to go on when the server starts again. For one that stops.
    pub async fn suspend(&self) {
        self.0.suspend.cancel();
        self.0.running.close();
        self.0.running.wait().await;
    }

    async fn go_on(self, job: Arc<Job>) {
        match self.prepare_again(&job).await {
            Ok(load) => self.run(job, load).await,
            Err(problem) => {
                tracing::warn!(import = %job.id, code = problem.code, detail = problem.detail, "an import could not go on");
                let detail = format!(
                    "the server was restarted during the import, and it could not go on: {}",
                    problem.detail
                );
                self.0.end(&job, State::Failed, Some(Problem { detail, ..problem })).await;
            }
        }
    }

    async fn prepare_again(&self, job: &Job) -> Result<Load, Problem> {
        let Some(Going { input, start, .. }) = job.going.lock().clone() else { return Err(not_found()) };
        let platform = self.0.bases.platform();
        let ctx = Ctx::for_member(platform, job.member).await?.ok_or_else(|| {
            Problem::new(403, "access.deactivated", "the member who began the import was deactivated")
        })?;
        let granted = ctx.authorize::<Edit>(job.base).await?;
        let path = job.upload.lock().as_ref().map(|path| path.to_path_buf()).ok_or_else(not_found)?;
        let name = job.file.name.clone();
        let looked = tokio::task::spawn_blocking(move || look(&path, &name)).await;
        let samples = looked.map_err(|error| thread_stopped(&error))??;
        let mapping = Mapping::of(input, &samples)?;
        let sample = samples.get(mapping.sheet).ok_or_else(not_found)?;
        *job.tally.lock() = (Progress { total: Some(sample.rows), ..Progress::default() }, Errors::default());
        let files = journal::files(&self.0.folder, &job.id.to_string());
        let wish = Wish { mapping: &mapping, sample, files, again: Some(start) };
        Load::prepare(&self.0.bases, &ctx, granted, wish).await
    }

    async fn run(self, job: Arc<Job>, load: Load) {
        let running = AssertUnwindSafe(self.load(&job, load)).catch_unwind().await;
        let outcome = running.unwrap_or_else(|_| {
            let detail = "an import panicked; what was imported until then is still there";
            Err(Stop::Failed(Problem::new(500, "internal", detail)))
        });
        match outcome {
            Ok(_) => {
                {
                    let (progress, _) = &mut *job.tally.lock();
                    progress.total = Some(progress.read);
                }
                self.0.end(&job, State::Done, None).await;
            }
            // What is written down says that it runs, and it will.
            Err(Stop::Suspended) => tracing::info!(import = %job.id, "an import goes on after the restart"),
            Err(Stop::Cancelled) => self.0.end(&job, State::Cancelled, None).await,
            Err(Stop::Failed(problem)) => {
                tracing::info!(import = %job.id, code = problem.code, detail = problem.detail, "an import failed");
                self.0.end(&job, State::Failed, Some(problem)).await;
            }
        }
    }

    /// Waits for its turn, then reads and commits.
    async fn load(&self, job: &Arc<Job>, load: Load) -> Result<TableId, Stop> {
        let _reading = tokio::select! {
            turn = self.0.readers.acquire() => turn,
            () = job.cancel.cancelled() => return load.abandon(Stop::Cancelled).await,
        };
        let opened = {
            let job = job.clone();
            tokio::task::spawn_blocking(move || job.open()).await
        };
        match opened {
            Ok(Ok(source)) => {
                let ways =
                    Ways { cancel: &job.cancel, suspend: &self.0.suspend, committed: self.noting(job) };
                load.run(source, &job.tally, ways).await
            }
            Ok(Err(problem)) => load.abandon(problem.into()).await,
            Err(error) => load.abandon(thread_stopped(&error).into()).await,
        }
    }

    /// Writes down how far a job is.
    fn noting(&self, job: &Arc<Job>) -> Committed {
        let (inner, job) = (self.0.clone(), job.clone());
        Box::new(move |start| {
            if let Some(going) = &mut *job.going.lock() {
                going.start = start.clone();
            }
            let (inner, job) = (inner.clone(), job.clone());
            async move { inner.keep(&job).await }.boxed()
        })
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

/// One of the files that a member may have here before they are imported. Held until the upload is among
/// the jobs, or is dropped.
struct Slot {
    inner: Arc<Inner>,
    member: MemberId,
}

impl Slot {
    fn take(inner: &Arc<Inner>, member: MemberId) -> Result<Self, Problem> {
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

fn look(path: &Path, name: &str) -> Result<Vec<Sample>, Problem> {
    let mut source = open(path, name)?;
    sample::sheets(&mut source).map_err(
        |(error, sheet)| {
            if source.typed() { error.in_sheet(&sheet) } else { error.into() }
        },
    )
}

/// Imports a file of this machine into a new table, with the types that are guessed, and waits for it.
/// Takes the first sheet that holds anything.
pub async fn import_file(
    imports: &Imports,
    ctx: &Ctx,
    granted: &Granted<Edit>,
    path: &Path,
    table: &str,
) -> Result<Report, Problem> {
    let base = granted.resource();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let from = path.to_owned();
    let looked = tokio::task::spawn_blocking(move || {
        let samples = look(&from, &name)?;
        Ok::<_, Problem>((samples, open(&from, &name)?))
    });
    let (samples, source) = looked.await.map_err(|error| thread_stopped(&error))??;
    let found = samples.iter().position(|sample| !sample.layout.columns.is_empty());
    let (at, sample) = found.map(|at| (at, &samples[at])).ok_or(ReadError::Empty)?;
    let mapping = Mapping::guessed(table, at, sample);
    let granted = ctx.authorize::<Edit>(base).await?;
    let name: ImportId = ctx.platform.ids.make();
    let files = journal::files(&imports.0.folder, &format!("command-{name}"));
    let report_file = files.report.clone();
    let wish = Wish { mapping: &mapping, sample, files, again: None };
    let load = Load::prepare(imports.bases(), ctx, granted, wish).await?;
    let tally = Tally::default();
    let never = CancellationToken::new();
    let ways = Ways { cancel: &never, suspend: &never, committed: Box::new(|_| async {}.boxed()) };
    let outcome = load.run(source, &tally, ways).await;
    if let Err(error) = std::fs::remove_file(&report_file) {
        tracing::debug!(%error, "the report of an import could not be removed");
    }
    match outcome {
        Ok(table) => {
            let (progress, errors) = tally.lock().clone();
            Ok(Report { table, progress: Progress { total: Some(progress.read), ..progress }, errors })
        }
        Err(Stop::Failed(problem)) => Err(problem),
        Err(Stop::Cancelled | Stop::Suspended) => {
            Err(Problem::new(409, "import.cancelled", "the import was cancelled"))
        }
    }
}

impl Job {
    fn recovered(kept: journal::Kept, folder: &Path) -> Self {
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

    /// Ends a job: its file goes, and how it stands is written down before anybody who waits hears of it.
    async fn end(&self, job: &Job, state: State, error: Option<Problem>) {
        job.going.lock().take();
        if let Some(mut path) = job.upload.lock().take() {
            path.disable_cleanup(false);
        }
        job.set(state, error);
        self.keep(job).await;
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
