//! Imports in the background: from their start, or from where a restart left them, to their end.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use skein_platform::{Ctx, access::Edit};
use skein_types::{Problem, TableId};

use super::{Imports, Inner, incoming::look, not_found, state::Job, thread_stopped};
use crate::transfer::{
    journal::{self, Going},
    load::{Committed, Load, Stop, Ways, Wish},
    mapping::Mapping,
    model::State,
    report::{Errors, Progress},
};

impl Imports {
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

    pub(super) async fn run(self, job: Arc<Job>, load: Load) {
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
}

impl Inner {
    /// Ends a job: its file goes, and how it stands is written down before anybody who waits hears of it.
    async fn end(&self, job: &Job, state: State, error: Option<Problem>) {
        job.going.lock().take();
        if let Some(mut path) = job.upload.lock().take() {
            path.disable_cleanup(false);
        }
        job.set(state, error);
        self.keep(job).await;
    }
}
