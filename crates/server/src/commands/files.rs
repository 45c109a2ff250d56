//! Commands that read or write files: import, export, backup, restore.

use std::{fs::File, io::Write, path::Path};

use skein_base::transfer;
use skein_platform::{
    Ctx,
    access::{Edit, View},
    identity,
};
use skein_store::{Blobs, Db};
use skein_types::{Clock, Problem, ResourceId, SystemClock, TableId};

use super::Failure;
use crate::{app::Services, config::Config};

pub(super) async fn import(
    config: &Config,
    base: &str,
    email: &str,
    table: Option<String>,
    file: &Path,
) -> Result<(), Failure> {
    let base = parse_base(base)?;
    let services = Services::start(config).await?;
    let ctx = acting(&services, email).await?;
    let granted = ctx.authorize::<Edit>(base).await.map_err(Problem::from)?;
    let stem =
        || file.file_stem().map_or_else(|| "Import".into(), |name| name.to_string_lossy().into_owned());
    let name = table.unwrap_or_else(stem);
    let report = transfer::import_file(&services.imports, &ctx, &granted, file, &name).await?;
    println!("{report}");
    services.platform.db.close().await;
    Ok(())
}

pub(super) async fn export(
    config: &Config,
    base: &str,
    table: &str,
    email: &str,
    to: &str,
) -> Result<(), Failure> {
    let base = parse_base(base)?;
    let services = Services::start(config).await?;
    let ctx = acting(&services, email).await?;
    let granted = ctx.authorize::<View>(base).await.map_err(Problem::from)?;
    let open = services.bases.open(&granted).await.map_err(Problem::from)?;
    let snapshot = open.snapshot();
    let found = match table.parse::<TableId>() {
        Ok(id) => snapshot.base.table(id),
        Err(_) => snapshot.base.tables().find(|known| known.def().name == table),
    };
    let found = found.map(|table| table.def().id);
    let found = found.ok_or_else(|| Failure(format!("the base has no table {table}")))?;
    let mut output: Box<dyn Write> = match to {
        "-" => Box::new(std::io::stdout()),
        path => Box::new(File::create(path).map_err(|error| Failure::of(path, error))?),
    };
    transfer::export_csv_to(&snapshot, found, None, &mut output).map_err(Problem::from)?;
    services.platform.db.close().await;
    Ok(())
}

pub(super) async fn backup(config: &Config, to: &Path) -> Result<(), Failure> {
    let (db, blobs) = open(config).await?;
    let now = SystemClock.now();
    let report =
        skein_store::backup(&db, &blobs, to, now).await.map_err(|error| Failure::of("backup", error))?;
    println!(
        "Wrote {}: {} rows and {} files in {} bytes.",
        to.display(),
        report.rows,
        report.blobs,
        report.size
    );
    tell_unreadable(&report.unreadable);
    db.close().await;
    Ok(())
}

pub(super) async fn restore(config: &Config, from: &Path) -> Result<(), Failure> {
    let report = skein_store::restore(&config.db(), &config.blobs(), from)
        .await
        .map_err(|error| Failure::of(&from.display().to_string(), error))?;
    println!(
        "Restored {} of {}: {} rows and {} files.",
        from.display(),
        report.created,
        report.rows,
        report.blobs
    );
    tell_unreadable(&report.unreadable);
    Ok(())
}

fn tell_unreadable(hashes: &[String]) {
    for hash in hashes {
        eprintln!("The file {hash} was lost or damaged in the file store and is not in the backup.");
    }
}

async fn open(config: &Config) -> Result<(Db, Blobs), Failure> {
    let db = Db::open(&config.db()).await.map_err(Problem::from)?;
    let blobs = Blobs::open(&config.blobs(), db.clone()).map_err(Problem::from)?;
    Ok((db, blobs))
}

fn parse_base(text: &str) -> Result<ResourceId, Failure> {
    text.parse().map_err(|error| Failure::of(text, error))
}

async fn acting(services: &Services, email: &str) -> Result<Ctx, Failure> {
    let member = identity::find_by_email(&services.platform, email).await.map_err(Problem::from)?;
    let member = member.ok_or_else(|| Failure(format!("there is no member with the email {email}")))?;
    let ctx = Ctx::for_member(&services.platform, member).await.map_err(Problem::from)?;
    ctx.ok_or_else(|| Failure(format!("{email} is deactivated")))
}
