//! Reads a file into a new base. Everything in it gets ids of its own, so a base can be imported beside the
//! one it was exported from.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader, Read, Seek},
    path::Path,
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
use skein_table::{Base, File as CellFile, Op, Record, Stamp, TableDef, Value, View};
use skein_types::{
    ChoiceId, FieldId, FileId, GroupId, Ids, MemberId, Problem, RecordId, ResourceId, TableId,
};
use tokio::sync::mpsc;
use zip::ZipArchive;

use super::{
    BaseReport, FORMAT, Line, MANIFEST, Manifest, SCHEMA, VERSION, damaged, file_part, internal, table_part,
};
use crate::{
    kind::{self, Renamed},
    transfer::error::{MAX_RATIO, MAX_ROWS, grouped},
};

/// Bytes of the manifest, and of the schema, at most.
const MAX_PART: u64 = 64 << 20;
/// Bytes of a line at most.
const MAX_LINE: u64 = 32 << 20;
/// Bytes a table may unpack to, whatever the size of the file.
const DENSE: u64 = 64 << 20;
const MAX_TABLES: usize = 1_000;
const MAX_FILES: usize = 1_000_000;
/// Records that are applied at once.
const BATCH: usize = 5_000;
/// Bytes of an attached file that are read at a time.
const PIECE: usize = 256 << 10;

/// Makes a new base of a file: in a folder, or at the root. `name`: what it is called when not as in the file.
pub async fn import_base(
    ctx: &Ctx,
    path: &Path,
    parent: Option<ResourceId>,
    name: Option<String>,
) -> Result<(Resource, BaseReport), Problem> {
    let (from, ids) = (path.to_owned(), ctx.platform.ids.clone());
    let opened = tokio::task::spawn_blocking(move || Package::open(&from));
    let package = opened.await.map_err(internal)??;
    let people = People::match_with(ctx, &package.manifest).await?;
    let stored = store_files(ctx, path, &package.manifest, &ids).await?;
    let mut report = BaseReport {
        tables: package.manifest.tables.len() as u64,
        files: stored.len() as u64,
        unknown_people: people.strangers.clone(),
        unknown_groups: people.missing.clone(),
        ..BaseReport::default()
    };
    let me = ctx.member()?;
    let name = name.unwrap_or_else(|| package.manifest.name.clone());
    let (files, from): (HashMap<FileId, FileId>, _) =
        (stored.iter().map(|(old, file)| (*old, file.id)).collect(), path.to_owned());
    let built = tokio::task::spawn_blocking(move || package.build(&from, me, &people, &files, &ids));
    let built = built.await.map_err(internal)??;
    report.records = built.base.tables().map(|table| table.len() as u64).sum();
    report.missing_files = built.missing_files;
    let new = NewResource { kind: "base".into(), name, parent };
    let files: Vec<NewFile> = stored.into_iter().map(|(_, file)| file).collect();
    let base = Arc::new(built.base);
    let made = drive::create_filled(ctx, new, move |tx, ctx, id| {
        async move {
            kind::fill(tx, &ctx, id, &base).await?;
            files::adopt(tx, &ctx, id, files).await.map_err(internal)
        }
        .boxed()
    });
    Ok((made.await?, report))
}

/// Puts the contents of attached files where files are kept; the new file by the old id. What comes of nothing
/// is swept away after a day.
async fn store_files(
    ctx: &Ctx,
    path: &Path,
    manifest: &Manifest,
    ids: &Ids,
) -> Result<Vec<(FileId, NewFile)>, Problem> {
    let mut hashes: HashMap<String, Option<String>> = HashMap::new();
    let mut stored = Vec::with_capacity(manifest.files.len());
    for file in &manifest.files {
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
struct People {
    members: HashMap<MemberId, MemberId>,
    groups: HashMap<GroupId, GroupId>,
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

/// A file that was looked at.
struct Package {
    manifest: Manifest,
    defs: Vec<TableDef>,
}

/// A base that is not stored yet.
struct Built {
    base: Base,
    missing_files: u64,
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
        Ok(Self { manifest, defs })
    }

    fn build(
        self,
        path: &Path,
        me: MemberId,
        people: &People,
        files: &HashMap<FileId, FileId>,
        ids: &Ids,
    ) -> Result<Built, Problem> {
        let size = std::fs::metadata(path).map_err(internal)?.len();
        // Added to every record id: another for each import, and the order stays.
        let shift = ids.make::<skein_types::kind::Record>().bits() >> 1 & (u128::MAX >> 49);
        let mut texts: HashMap<String, String> = HashMap::new();
        texts.extend(people.members.iter().map(|(old, new)| (old.to_string(), new.to_string())));
        texts.extend(people.groups.iter().map(|(old, new)| (old.to_string(), new.to_string())));
        texts.extend(files.iter().map(|(old, new)| (old.to_string(), new.to_string())));
        let record = |text: &str| Some(text.parse::<RecordId>().ok()?.shifted(shift)?.to_string());
        let Renamed { defs, names } =
            kind::renewed(&self.defs, ids, texts, &record).map_err(|error| damaged(SCHEMA, error))?;
        let mut base = Base::new();
        for (at, def) in defs.iter().enumerate() {
            let mut table = TableDef { retired: Vec::new(), ..def.clone() };
            // Nobody finds views of their own that they did not make.
            table.views.retain(|view| view.is_for(Some(me)));
            if table.views.is_empty() {
                table.views.push(View::new(ids.make(), "Grid"));
            }
            let op = Op::CreateTable { table, at };
            base.apply(&op, &Stamp::default()).map_err(|error| damaged(SCHEMA, error))?;
        }
        let mut filling = Filling {
            base,
            names: Names { became: names, people, files, shift },
            links: Vec::new(),
            missing: 0,
        };
        let mut archive = archive(path)?;
        for (old, new) in self.defs.iter().zip(&defs) {
            filling.table(&mut archive, old, new, size)?;
        }
        filling.finish()
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

/// A record id moved up by a number.
trait Shifted: Sized {
    fn shifted(self, by: u128) -> Option<Self>;
}

impl Shifted for RecordId {
    fn shifted(self, by: u128) -> Option<Self> {
        self.bits().checked_add(by).map(Self::from_bits)
    }
}

/// What ids of the file are here.
struct Names<'a> {
    became: HashMap<String, String>,
    people: &'a People,
    files: &'a HashMap<FileId, FileId>,
    shift: u128,
}

impl Names<'_> {
    fn member(&self, id: MemberId) -> MemberId {
        self.people.members.get(&id).copied().unwrap_or(id)
    }
    fn stamp(&self, stamp: Stamp) -> Stamp {
        Stamp { at: stamp.at, by: stamp.by.map(|by| self.member(by)) }
    }
    fn choice(&self, id: ChoiceId) -> ChoiceId {
        self.became.get(&id.to_string()).and_then(|new| new.parse().ok()).unwrap_or(id)
    }

    /// A value by the ids of here; and how many files of it are missing.
    fn value(&self, value: Value) -> Option<(Value, u64)> {
        let mut missing = 0;
        let renamed = match value {
            Value::Choice { c } => Value::Choice { c: self.choice(c) },
            Value::Choices { m } => Value::Choices { m: m.iter().map(|id| self.choice(*id)).collect() },
            Value::Members { u } => {
                let mut members: Vec<MemberId> = Vec::with_capacity(u.len());
                for id in u.iter().map(|id| self.member(*id)) {
                    if !members.contains(&id) {
                        members.push(id);
                    }
                }
                Value::Members { u: members.into() }
            }
            Value::Groups { g } => {
                let group = |id: &GroupId| self.people.groups.get(id).copied().unwrap_or(*id);
                Value::Groups { g: g.iter().map(group).collect() }
            }
            Value::Links { l } => {
                Value::Links { l: l.iter().map(|id| id.shifted(self.shift)).collect::<Option<_>>()? }
            }
            Value::Files { f } => {
                let file =
                    |file: &CellFile| Some(CellFile { id: *self.files.get(&file.id)?, ..file.clone() });
                let kept: Arc<[CellFile]> = f.iter().filter_map(file).collect();
                missing = (f.len() - kept.len()) as u64;
                if kept.is_empty() { Value::Null } else { Value::Files { f: kept } }
            }
            other => other,
        };
        Some((renamed, missing))
    }
}

/// Links of a record, with when and by whom it was changed last.
type FarLinks = (TableId, Record, Stamp);

struct Filling<'a> {
    base: Base,
    names: Names<'a>,
    /// Set when all records are there.
    links: Vec<FarLinks>,
    missing: u64,
}

impl Filling<'_> {
    fn table(
        &mut self,
        archive: &mut ZipArchive<impl Read + Seek>,
        old: &TableDef,
        new: &TableDef,
        size: u64,
    ) -> Result<(), Problem> {
        let name = table_part(old.id);
        let fields: HashMap<FieldId, FieldId> =
            old.fields.iter().zip(&new.fields).map(|(old, new)| (old.id, new.id)).collect();
        let part = archive.by_name(&name).map_err(|error| damaged(&name, error))?;
        let limit = DENSE.max(size.saturating_mul(MAX_RATIO));
        let mut lines = BufReader::with_capacity(64 << 10, part);
        let (mut line, mut number, mut read) = (Vec::new(), 0u64, 0u64);
        let (mut batch, mut stamp): (Vec<Record>, Stamp) = (Vec::new(), Stamp::default());
        loop {
            line.clear();
            let wrong =
                |number: u64, reason: &dyn std::fmt::Display| damaged(&format!("{name}[{number}]"), reason);
            let length = (&mut lines).take(MAX_LINE + 1).read_until(b'\n', &mut line);
            let length = length.map_err(|error| wrong(number + 1, &error))? as u64;
            number += 1;
            read += length;
            if length > MAX_LINE || read > limit || number > MAX_ROWS {
                let detail = format!("more than it may be: {} bytes, line {number}", grouped(read));
                return Err(wrong(number, &detail));
            }
            let next = match line.trim_ascii() {
                [] if length == 0 => None,
                [] => continue,
                json => Some(serde_json::from_slice::<Line>(json).map_err(|error| wrong(number, &error))?),
            };
            let changed = next.as_ref().map(|line| self.names.stamp(line.changed));
            if batch.len() == BATCH || changed != Some(stamp) {
                self.create(new.id, std::mem::take(&mut batch), stamp)
                    .map_err(|error| wrong(number, &error))?;
            }
            let (Some(next), Some(changed)) = (next, changed) else { return Ok(()) };
            stamp = changed;
            let record = self.record(new, &fields, next, stamp);
            batch.push(record.ok_or_else(|| wrong(number, &"an id of a record is too large"))?);
        }
    }

    /// A record by the ids of here; its links are for later.
    fn record(
        &mut self,
        table: &TableDef,
        fields: &HashMap<FieldId, FieldId>,
        line: Line,
        stamp: Stamp,
    ) -> Option<Record> {
        let id = line.id.shifted(self.names.shift)?;
        let (mut near, mut far) = (Vec::with_capacity(line.cells.len()), Vec::new());
        for (field, value) in line.cells {
            let Some(field) = fields.get(&field) else { continue };
            let (value, missing) = self.names.value(value)?;
            self.missing += missing;
            match value {
                Value::Null => {}
                Value::Links { .. } => far.push((*field, value)),
                _ => near.push((*field, value)),
            }
        }
        if !far.is_empty() {
            self.links.push((table.id, Record::new(id, far), stamp));
        }
        let mut record = Record::new(id, near);
        record.made = Some(self.names.stamp(line.made));
        Some(record)
    }

    fn create(
        &mut self,
        table: TableId,
        records: Vec<Record>,
        stamp: Stamp,
    ) -> Result<(), skein_table::OpError> {
        if records.is_empty() {
            return Ok(());
        }
        self.base.apply(&Op::CreateRecords { table, records }, &stamp).map(|_| ())
    }

    fn finish(mut self) -> Result<Built, Problem> {
        let mut links = std::mem::take(&mut self.links).into_iter().peekable();
        while let Some((table, record, stamp)) = links.next() {
            let mut records = vec![record];
            while records.len() < BATCH
                && let Some((_, record, _)) = links.next_if(|(other, _, at)| *other == table && *at == stamp)
            {
                records.push(record);
            }
            self.base
                .apply(&Op::UpdateRecords { table, records }, &stamp)
                .map_err(|error| damaged(&table_part(table), error))?;
        }
        Ok(Built { base: self.base, missing_files: self.missing })
    }
}
