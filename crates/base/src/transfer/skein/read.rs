//! Reads a file into a new base. Everything in it gets ids of its own, so a base can be imported beside the
//! one it was exported from.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufReader, Read, Seek},
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use futures_util::stream;
use skein_platform::{
    Ctx, directory,
    drive::{self, NewResource, Resource},
    files::{self, NewFile},
};
use skein_store::FutureExt;
use skein_table::{Base, Dashboard, Op, Stamp, TableDef, View};
use skein_types::{FileId, GroupId, Ids, MemberId, Problem, RecordId, ResourceId};
use tokio::sync::mpsc;
use zip::ZipArchive;

use super::{
    BaseReport, DASHBOARDS, FORMAT, MANIFEST, Manifest, SCHEMA, VERSION, damaged, file_part,
    fill::{Filled, Filling, Names, Shifted},
    internal,
    reading::Reading,
    rows_file::RowsWriter,
};
use crate::{
    kind::{self, Renamed},
    rows,
};

/// Bytes of the manifest, and of the schema, at most.
const MAX_PART: u64 = 64 << 20;
const MAX_TABLES: usize = 1_000;
const MAX_FILES: usize = 1_000_000;
/// Bytes of an attached file that are read at a time.
const PIECE: usize = 256 << 10;

/// What an import of a base is to become.
pub struct BaseWish {
    /// The folder of the new base; none for the root.
    pub parent: Option<ResourceId>,
    /// What it is called when not as in the file.
    pub name: Option<String>,
    /// A folder of this machine for what does not fit into memory.
    pub scratch: PathBuf,
    /// Tells how far it is.
    pub reading: Arc<Reading>,
}

/// Makes a new base of a file. Dropped before its end it leaves nothing behind.
pub async fn import_base(ctx: &Ctx, path: &Path, wish: BaseWish) -> Result<(Resource, BaseReport), Problem> {
    let BaseWish { parent, name, scratch, reading } = wish;
    let _waited = reading.while_waited_for();
    let (from, ids) = (path.to_owned(), ctx.platform.ids.clone());
    let opened = tokio::task::spawn_blocking(move || Package::open(&from));
    let package = opened.await.map_err(internal)??;
    reading.begin(package.manifest.tables.iter().map(|table| table.records).sum());
    let people = People::match_with(ctx, &package.manifest).await?;
    let stored = store_files(ctx, path, &package.manifest, &reading, &ids).await?;
    let mut report = BaseReport {
        tables: package.manifest.tables.len() as u64,
        files: stored.len() as u64,
        unknown_people: people.strangers.clone(),
        unknown_groups: people.missing.clone(),
        ..BaseReport::default()
    };
    let me = ctx.member()?;
    let name = name.unwrap_or_else(|| package.manifest.name.clone());
    let files = stored.iter().map(|(old, file)| (*old, file.id)).collect();
    let (here, from) = (Here { me, people, files }, path.to_owned());
    let filled = tokio::task::spawn_blocking(move || {
        let rows = RowsWriter::new(&scratch).map_err(internal)?;
        package.fill(&from, &here, rows, &reading, &ids)
    });
    let (made, filled) = filled.await.map_err(internal)??;
    (report.records, report.missing_files) = (filled.records, filled.missing_files);
    let new = NewResource { kind: "base".into(), name, parent };
    let files: Vec<NewFile> = stored.into_iter().map(|(_, file)| file).collect();
    let mut rows = filled.rows;
    let resource = drive::create_filled(ctx, new, move |tx, ctx, id| {
        async move {
            kind::store_new(tx, &ctx, id, (&made.0, &made.1), None).await?;
            loop {
                let page = rows.page().map_err(internal)?;
                if page.is_empty() {
                    break;
                }
                rows::insert_records(tx, page).await?;
            }
            files::adopt(tx, &ctx, id, files).await.map_err(internal)
        }
        .boxed()
    });
    Ok((resource.await?, report))
}

/// Puts the contents of attached files where files are kept; the new file by the old id. What comes of nothing
/// is swept away after a day.
async fn store_files(
    ctx: &Ctx,
    path: &Path,
    manifest: &Manifest,
    reading: &Reading,
    ids: &Ids,
) -> Result<Vec<(FileId, NewFile)>, Problem> {
    let mut hashes: HashMap<String, Option<String>> = HashMap::new();
    let mut stored = Vec::with_capacity(manifest.files.len());
    for file in &manifest.files {
        reading.go_on(0)?;
        let hash = if let Some(hash) = hashes.get(&file.hash) {
            hash.clone()
        } else {
            let hash = store_content(ctx, path, &file.hash).await?;
            hashes.insert(file.hash.clone(), hash.clone());
            hash
        };
        let Some(hash) = hash else { continue };
        stored.push((file.id, NewFile { id: ids.make(), name: files::sound_name(&file.name), hash }));
    }
    Ok(stored)
}

/// Stores one content; its hash as it is here. None when the file has it not.
async fn store_content(ctx: &Ctx, path: &Path, hash: &str) -> Result<Option<String>, Problem> {
    let (send, pieces) = mpsc::channel::<Result<Bytes, std::io::Error>>(4);
    let (path, part) = (path.to_owned(), file_part(hash));
    let reading = tokio::task::spawn_blocking(move || {
        let mut archive = archive(&path)?;
        let Ok(mut content) = archive.by_name(&part) else { return Ok(false) };
        loop {
            let mut piece = vec![0; PIECE];
            let read = match content.read(&mut piece) {
                Ok(0) => return Ok::<bool, Problem>(true),
                Ok(read) => Ok(Bytes::copy_from_slice(&piece[..read])),
                Err(error) => Err(error),
            };
            let broken = read.is_err();
            if send.blocking_send(read).is_err() || broken {
                return Ok(true);
            }
        }
    });
    let pieces = stream::unfold(pieces, |mut pieces| async move { Some((pieces.recv().await?, pieces)) });
    let (limit, incoming) = (ctx.platform.settings.upload_limit, ctx.platform.ids.secret());
    let put = ctx.platform.blobs.put(Box::pin(pieces), limit, &incoming, ctx.now).await;
    if !reading.await.map_err(internal)?? {
        return Ok(None);
    }
    let blob = put.map_err(|error| damaged(&file_part(hash), error))?;
    if blob.hash != hash {
        return Err(damaged(&file_part(hash), "its content is not what its name says"));
    }
    Ok(Some(blob.hash))
}

fn archive(path: &Path) -> Result<ZipArchive<BufReader<File>>, Problem> {
    let file = File::open(path).map_err(internal)?;
    ZipArchive::new(BufReader::new(file)).map_err(|error| damaged("archive", error))
}

/// Who is who here.
pub(super) struct People {
    pub(super) members: HashMap<MemberId, MemberId>,
    pub(super) groups: HashMap<GroupId, GroupId>,
    /// Who is nobody here.
    strangers: Vec<String>,
    /// Groups that are not here.
    missing: Vec<String>,
}

impl People {
    /// People are the same by address, else by id; groups by name, else by id. Others keep their ids.
    async fn match_with(ctx: &Ctx, manifest: &Manifest) -> Result<Self, Problem> {
        let here = directory::contacts(&ctx.platform.db, ctx.org).await.map_err(internal)?;
        let by_email: HashMap<String, MemberId> =
            here.members.iter().map(|(id, _, email)| (email.to_lowercase(), *id)).collect();
        let by_name: HashMap<&str, GroupId> =
            here.groups.iter().map(|(id, name)| (name.as_str(), *id)).collect();
        let (mut members, mut groups) = (HashMap::new(), HashMap::new());
        let (mut strangers, mut missing) = (Vec::new(), Vec::new());
        for person in &manifest.people {
            match by_email.get(&person.email.to_lowercase()).filter(|_| !person.email.is_empty()) {
                Some(id) => {
                    members.insert(person.id, *id);
                }
                None if here.members.iter().any(|(id, ..)| *id == person.id) => {}
                None => strangers.push(format!("{} <{}>", person.name, person.email)),
            }
        }
        for group in &manifest.groups {
            match by_name.get(group.name.as_str()) {
                Some(id) => {
                    groups.insert(group.id, *id);
                }
                None if here.groups.iter().any(|(id, _)| *id == group.id) => {}
                None => missing.push(group.name.clone()),
            }
        }
        Ok(Self { members, groups, strangers, missing })
    }
}

/// What there is here of what the file names.
struct Here {
    /// Who imports.
    me: MemberId,
    people: People,
    files: HashMap<FileId, FileId>,
}

/// What a new base is made of.
type Definitions = (Vec<TableDef>, Vec<Dashboard>);

/// A file that was looked at.
struct Package {
    manifest: Manifest,
    defs: Vec<TableDef>,
    dashboards: Vec<Dashboard>,
}

impl Package {
    fn open(path: &Path) -> Result<Self, Problem> {
        let mut archive = archive(path)?;
        let manifest: Manifest = part(&mut archive, MANIFEST)?;
        if manifest.format != FORMAT || manifest.version != VERSION {
            let detail = format!("version {} of {:?} is not known here", manifest.version, manifest.format);
            return Err(damaged(MANIFEST, detail));
        }
        if manifest.tables.len() > MAX_TABLES || manifest.files.len() > MAX_FILES {
            return Err(damaged(MANIFEST, "a base has at most 1,000 tables and 1,000,000 files"));
        }
        let defs: Vec<TableDef> = part(&mut archive, SCHEMA)?;
        // Files that were written before there were any have none.
        let some = archive.index_for_name(DASHBOARDS).is_some();
        let dashboards = if some { part(&mut archive, DASHBOARDS)? } else { Vec::new() };
        Ok(Self { manifest, defs, dashboards })
    }

    /// Reads the records into rows, under definitions with ids of their own.
    fn fill(
        self,
        path: &Path,
        here: &Here,
        rows: RowsWriter,
        reading: &Reading,
        ids: &Ids,
    ) -> Result<(Definitions, Filled), Problem> {
        let Here { me, people, files } = here;
        let size = std::fs::metadata(path).map_err(internal)?.len();
        // Added to every record id: another for each import, and the order stays.
        let shift = ids.make::<skein_types::kind::Record>().bits() >> 1 & (u128::MAX >> 49);
        let mut texts: HashMap<String, String> = HashMap::new();
        texts.extend(people.members.iter().map(|(old, new)| (old.to_string(), new.to_string())));
        texts.extend(people.groups.iter().map(|(old, new)| (old.to_string(), new.to_string())));
        texts.extend(files.iter().map(|(old, new)| (old.to_string(), new.to_string())));
        let record = |text: &str| Some(text.parse::<RecordId>().ok()?.shifted(shift)?.to_string());
        let Renamed { mut defs, dashboards, names } =
            kind::renewed((&self.defs, &self.dashboards), ids, texts, &record)
                .map_err(|error| damaged(SCHEMA, error))?;
        let mut empty = Base::new();
        for (at, def) in defs.iter_mut().enumerate() {
            def.retired.clear();
            // Nobody finds views of their own that they did not make.
            def.views.retain(|view| view.is_for(Some(*me)));
            if def.views.is_empty() {
                def.views.push(View::new(ids.make(), "Grid"));
            }
            let op = Op::CreateTable { table: def.clone(), at };
            empty.apply(&op, &Stamp::default()).map_err(|error| damaged(SCHEMA, error))?;
        }
        for (at, dashboard) in dashboards.iter().enumerate() {
            let op = Op::CreateDashboard { dashboard: dashboard.clone(), at };
            empty.apply(&op, &Stamp::default()).map_err(|error| damaged(DASHBOARDS, error))?;
        }
        let names = Names { became: names, people, files, shift };
        let made = empty.tables().map(|table| table.def().clone()).collect();
        let mut filling = Filling::new(empty, size, names, rows, reading);
        let mut archive = archive(path)?;
        let tables: Vec<(&TableDef, &TableDef)> = self.defs.iter().zip(&defs).collect();
        filling.learn(&mut archive, &tables)?;
        for (old, new) in tables {
            filling.table(&mut archive, old, new)?;
        }
        Ok(((made, dashboards), filling.finish()?))
    }
}

fn part<T: serde::de::DeserializeOwned>(
    archive: &mut ZipArchive<impl Read + Seek>,
    name: &str,
) -> Result<T, Problem> {
    let part = archive.by_name(name).map_err(|error| damaged(name, error))?;
    let mut bytes = Vec::new();
    part.take(MAX_PART + 1).read_to_end(&mut bytes).map_err(|error| damaged(name, error))?;
    if bytes.len() as u64 > MAX_PART {
        return Err(damaged(name, "it is longer than 64 MB"));
    }
    serde_json::from_slice(&bytes).map_err(|error| damaged(name, error))
}
