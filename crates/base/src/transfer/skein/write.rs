//! Writes a base as a file.

use std::{
    collections::{BTreeSet, HashSet},
    io::{self, Write},
    sync::Arc,
};

use futures_util::StreamExt;
use skein_platform::{
    Ctx, Platform,
    access::{Granted, View},
    directory, drive, files,
};
use skein_table::{FieldKind, Table, TableDef, Value};
use skein_types::{FileId, GroupId, MemberId, Problem, Timestamp};
use tokio::runtime::Handle;
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{
    Attached, Counted, DASHBOARDS, FORMAT, Group, Line, MANIFEST, Manifest, Person, SCHEMA, VERSION,
    file_part, table_part,
};
use crate::{Bases, Snapshot};

/// Bytes written at a time.
const PIECE: usize = 64 << 10;

/// A base about to be written.
pub struct BaseExport {
    platform: Platform,
    snapshot: Arc<Snapshot>,
    manifest: Manifest,
    me: MemberId,
}

/// Whom and what the records of a base name.
#[derive(Default)]
struct Named {
    people: BTreeSet<MemberId>,
    groups: BTreeSet<GroupId>,
    files: BTreeSet<FileId>,
}

impl Named {
    fn of(table: &Table) -> Self {
        let mut named = Self::default();
        let fields: Vec<_> = table.def().fields.iter().filter(|field| names_others(&field.kind)).collect();
        for row in table.rows() {
            named.people.extend(table.made(row).by);
            named.people.extend(table.touched(row).by);
            for field in &fields {
                match table.get(row, field.id) {
                    Value::Members { u } => named.people.extend(u.iter()),
                    Value::Groups { g } => named.groups.extend(g.iter()),
                    Value::Files { f } => named.files.extend(f.iter().map(|file| file.id)),
                    _ => {}
                }
            }
        }
        named
    }
}

fn names_others(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Member { .. } | FieldKind::Group { .. } | FieldKind::Attachment)
}

impl BaseExport {
    /// A base as it is now, with the people and files it names. For members: the file holds the addresses of
    /// people.
    pub async fn new(ctx: &Ctx, bases: &Bases, granted: &Granted<View>) -> Result<Self, Problem> {
        let me = ctx.member()?;
        let base = granted.resource();
        let name = drive::get(ctx, base).await?.resource.name;
        let snapshot = bases.open(granted).await?.snapshot();
        let seen = snapshot.clone();
        let named = tokio::task::spawn_blocking(move || {
            // Views of their own are in the file.
            let mut all = Named { people: BTreeSet::from([me]), ..Named::default() };
            for table in seen.base.tables() {
                let named = Named::of(table);
                all.people.extend(named.people);
                all.groups.extend(named.groups);
                all.files.extend(named.files);
            }
            all
        });
        let named = named.await.map_err(super::internal)?;
        let db = &ctx.platform.db;
        let names = directory::names(db, base).await.map_err(super::internal)?;
        let emails = directory::emails(db, base).await.map_err(super::internal)?;
        let ids: Vec<FileId> = named.files.into_iter().collect();
        let found = files::find(db, base, &ids).await.map_err(super::internal)?;
        let person = |id: MemberId| {
            Some(Person {
                id,
                name: names.members.get(&id)?.clone(),
                email: emails.get(&id).cloned().unwrap_or_default(),
            })
        };
        let group = |id: GroupId| Some(Group { id, name: names.groups.get(&id)?.clone() });
        let file = |id: &FileId| {
            let files::File { id, name, hash, size, .. } = found.get(id)?.clone();
            Some(Attached { id, name, hash, size })
        };
        let counted = |table: &Arc<Table>| Counted { id: table.def().id, records: table.len() as u64 };
        let manifest = Manifest {
            format: FORMAT.into(),
            version: VERSION,
            name,
            exported: ctx.now,
            tables: snapshot.base.tables().map(counted).collect(),
            people: named.people.into_iter().filter_map(person).collect(),
            groups: named.groups.into_iter().filter_map(group).collect(),
            files: ids.iter().filter_map(file).collect(),
        };
        Ok(Self { platform: ctx.platform.clone(), snapshot, manifest, me })
    }

    /// The name of the base.
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// When it was asked for.
    pub fn exported(&self) -> Timestamp {
        self.manifest.exported
    }

    /// Writes the file. Blocks; needs a runtime around it, from which attached files are read.
    pub fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut zip = ZipWriter::new_stream(to);
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(3))
            .large_file(true);
        zip.start_file(MANIFEST, options).map_err(broken)?;
        zip.write_all(&serde_json::to_vec_pretty(&self.manifest)?)?;
        let mut defs: Vec<TableDef> = self.snapshot.base.tables().map(|table| table.def().clone()).collect();
        for def in &mut defs {
            def.retired = Vec::new();
            def.views.retain(|view| view.is_for(Some(self.me)));
        }
        zip.start_file(SCHEMA, options).map_err(broken)?;
        zip.write_all(&serde_json::to_vec_pretty(&defs)?)?;
        zip.start_file(DASHBOARDS, options).map_err(broken)?;
        zip.write_all(&serde_json::to_vec_pretty(self.snapshot.base.dashboards())?)?;
        for table in self.snapshot.base.tables() {
            zip.start_file(table_part(table.def().id), options).map_err(broken)?;
            records(table, &mut zip)?;
        }
        let stored = options.compression_method(CompressionMethod::Stored).compression_level(None);
        let mut written = HashSet::new();
        for file in &self.manifest.files {
            if written.insert(&file.hash) {
                zip.start_file(file_part(&file.hash), stored).map_err(broken)?;
                self.content(&file.hash, &mut zip)?;
            }
        }
        zip.finish().map_err(broken)?.into_inner().flush()
    }

    fn content(&self, hash: &str, to: &mut impl Write) -> io::Result<()> {
        let runtime = Handle::current();
        let mut pieces = runtime.block_on(self.platform.blobs.get(hash, None)).map_err(io::Error::other)?;
        while let Some(piece) = runtime.block_on(pieces.next()) {
            to.write_all(&piece.map_err(io::Error::other)?)?;
        }
        Ok(())
    }
}

fn broken(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

fn records(table: &Table, to: &mut impl Write) -> io::Result<()> {
    let mut out = Vec::with_capacity(PIECE + 4_096);
    for row in table.rows() {
        let record = table.record(row);
        let (made, changed) = (table.made(row), table.touched(row));
        serde_json::to_writer(&mut out, &Line { id: record.id, cells: record.cells, made, changed })?;
        out.push(b'\n');
        if out.len() >= PIECE {
            to.write_all(&out)?;
            out.clear();
        }
    }
    to.write_all(&out)
}
