//! An import without a job: by a command on the machine itself, which waits for it.

use std::path::Path;

use futures_util::FutureExt;
use skein_platform::{
    Ctx,
    access::{Edit, Granted},
};
use skein_types::{ImportId, Problem};
use tokio_util::sync::CancellationToken;

use super::{Imports, incoming::look, open, thread_stopped};
use crate::transfer::{
    error::ReadError,
    journal,
    load::{Load, Stop, Tally, Ways, Wish},
    mapping::Mapping,
    report::{Progress, Report},
};

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
