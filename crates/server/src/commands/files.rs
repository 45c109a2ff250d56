//! Commands that read or write files: import, export, backup, restore.

use std::{fs::File, io::Write, path::Path, sync::Arc};

use skein_base::{
    Snapshot,
    transfer::{self, BaseExport, BaseWish, Export, Format},
    viewer,
};
use skein_platform::{
    Ctx,
    access::{Edit, View},
    identity,
};
use skein_store::{Blobs, Db};
use skein_types::{Clock, Problem, ResourceId, SystemClock, TableId, ViewId};

use super::Failure;
use crate::{app::Services, config::Config};

/// Where an import goes.
pub(super) struct Into<'a> {
    pub(super) base: Option<&'a str>,
    pub(super) folder: Option<&'a str>,
    pub(super) name: Option<String>,
}

pub(super) async fn import(config: &Config, into: Into<'_>, email: &str, file: &Path) -> Result<(), Failure> {
    let [base, folder] = [into.base, into.folder].map(|id| id.map(parse_resource).transpose());
    let (base, folder) = (base?, folder?);
    let services = Services::start(config).await?;
    let ctx = acting(&services, email).await?;
    if file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(transfer::EXTENSION)) {
        let scratch = services.imports.scratch().to_owned();
        let wish = BaseWish { parent: folder, name: into.name, scratch, reading: Arc::default() };
        let (base, report) = transfer::import_base(&ctx, file, wish).await?;
        println!(
            "Imported {} tables, {} records and {} files as {} ({})",
            report.tables, report.records, report.files, base.name, base.id
        );
        for person in &report.unknown_people {
            println!("  nobody here: {person}");
        }
        for group in &report.unknown_groups {
            println!("  no such group here: {group}");
        }
    } else {
        let base = base.ok_or_else(|| Failure("say into which base: --base res_…".into()))?;
        let granted = ctx.authorize::<Edit>(base).await.map_err(Problem::from)?;
        let stem =
            || file.file_stem().map_or_else(|| "Import".into(), |name| name.to_string_lossy().into_owned());
        let name = into.name.unwrap_or_else(stem);
        let report = transfer::import_file(&services.imports, &ctx, &granted, file, &name).await?;
        println!("{report}");
    }
    services.platform.db.close().await;
    Ok(())
}

/// What of a base is exported, and how.
pub(super) struct What<'a> {
    pub(super) table: Option<&'a str>,
    pub(super) view: Option<&'a str>,
    pub(super) format: Option<&'a str>,
}

impl What<'_> {
    /// As which format: the one that is asked for, else the one the name of the file tells.
    fn format(&self, to: &str) -> Result<Format, Failure> {
        let told = Path::new(to).extension().and_then(|extension| extension.to_str());
        match (self.format, told.and_then(Format::of_extension)) {
            (Some(name), _) => Format::of_extension(name).ok_or_else(|| {
                Failure(format!("there is no format {name}: csv, xlsx, jsonl, parquet, arrow"))
            }),
            (None, Some(format)) => Ok(format),
            (None, None) => Ok(Format::Csv),
        }
    }

    fn find(&self, wanted: &str, snapshot: &Snapshot) -> Result<(TableId, Option<ViewId>), Failure> {
        let table = match wanted.parse::<TableId>() {
            Ok(id) => snapshot.base.table(id),
            Err(_) => snapshot.base.tables().find(|known| known.def().name == wanted),
        };
        let table = table.ok_or_else(|| Failure(format!("the base has no table {wanted}")))?.def();
        let view = self.view.map(|wanted| {
            let id = wanted.parse::<ViewId>().ok();
            let found = table.views.iter().find(|view| Some(view.id) == id || view.name == wanted);
            found.map(|view| view.id).ok_or_else(|| Failure(format!("the table has no view {wanted}")))
        });
        Ok((table.id, view.transpose()?))
    }
}

pub(super) async fn export(
    config: &Config,
    base: &str,
    what: What<'_>,
    email: &str,
    to: &str,
) -> Result<(), Failure> {
    let base = parse_resource(base)?;
    let services = Services::start(config).await?;
    let ctx = acting(&services, email).await?;
    let granted = ctx.authorize::<View>(base).await.map_err(Problem::from)?;
    let mut output: Box<dyn Write + Send> = match to {
        "-" => Box::new(std::io::stdout()),
        path => Box::new(File::create(path).map_err(|error| Failure::of(path, error))?),
    };
    let written = match what.table {
        None => {
            let export = BaseExport::new(&ctx, &services.bases, &granted).await?;
            tokio::task::spawn_blocking(move || export.write(&mut output)).await
        }
        Some(table) => {
            let format = what.format(to)?;
            let snapshot = services.bases.open(&granted).await.map_err(Problem::from)?.snapshot();
            let (table, view) = what.find(table, &snapshot)?;
            let viewer = viewer(&ctx).await.map_err(Problem::from)?;
            let export = Export::new(snapshot, table, view, &viewer).map_err(Problem::from)?;
            let write = move || export.write(format, &mut output).and_then(|()| output.flush());
            tokio::task::spawn_blocking(write).await
        }
    };
    written.map_err(|error| Failure::of(to, error))?.map_err(|error| Failure::of(to, error))?;
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

fn parse_resource(text: &str) -> Result<ResourceId, Failure> {
    text.parse().map_err(|error| Failure::of(text, error))
}

async fn acting(services: &Services, email: &str) -> Result<Ctx, Failure> {
    let member = identity::find_by_email(&services.platform, email).await.map_err(Problem::from)?;
    let member = member.ok_or_else(|| Failure(format!("there is no member with the email {email}")))?;
    let ctx = Ctx::for_member(&services.platform, member).await.map_err(Problem::from)?;
    ctx.ok_or_else(|| Failure(format!("{email} is deactivated")))
}
