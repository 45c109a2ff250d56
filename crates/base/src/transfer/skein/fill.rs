//! Turns the records of a file into rows of a new base, page by page: each page is checked by the rules of the
//! table engine in a base that holds nothing else but the records it links to.

use std::{
    collections::{BTreeSet, HashMap},
    io::{BufRead, BufReader, Read, Seek},
    marker::PhantomData,
    sync::Arc,
};

use serde::{Deserialize, de::DeserializeOwned};
use skein_table::{Base, FieldKind, File as CellFile, Op, OpError, Record, Stamp, TableDef, Value};
use skein_types::{ChoiceId, FieldId, FileId, GroupId, MemberId, Problem, RecordId, TableId};
use zip::{ZipArchive, read::ZipFile};

use super::{
    Line, damaged, internal,
    read::People,
    reading::Reading,
    rows_file::{RowsReader, RowsWriter},
    table_part,
};
use crate::transfer::error::{MAX_RATIO, MAX_ROWS, grouped};

/// Bytes of a line at most.
const MAX_LINE: u64 = 32 << 20;
/// Bytes a table may unpack to, whatever the size of the file.
const DENSE: u64 = 64 << 20;
/// Records of a page, and about how many bytes of the file.
const PAGE: usize = 5_000;
const PAGE_BYTES: usize = 16 << 20;

/// A record id moved up by a number.
pub(super) trait Shifted: Sized {
    fn shifted(self, by: u128) -> Option<Self>;
}

impl Shifted for RecordId {
    fn shifted(self, by: u128) -> Option<Self> {
        self.bits().checked_add(by).map(Self::from_bits)
    }
}

/// What ids of the file are here.
pub(super) struct Names<'a> {
    pub(super) became: HashMap<String, String>,
    pub(super) people: &'a People,
    pub(super) files: &'a HashMap<FileId, FileId>,
    pub(super) shift: u128,
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

/// What came of the records of a file.
pub(super) struct Filled {
    pub(super) rows: RowsReader,
    pub(super) records: u64,
    /// Files that cells named and that are not there.
    pub(super) missing_files: u64,
}

/// Reads the tables of a file.
pub(super) struct Filling<'a> {
    /// The definitions without a record.
    empty: Base,
    /// Bytes of the file.
    size: u64,
    names: Names<'a>,
    /// The records of tables to which others link, in order.
    known: HashMap<TableId, Vec<RecordId>>,
    rows: RowsWriter,
    reading: &'a Reading,
    records: u64,
    missing: u64,
}

/// Records that are checked and written together.
struct Page {
    base: Base,
    ids: Vec<RecordId>,
    /// Those of one stamp that are not in the base yet.
    alike: Vec<Record>,
    stamp: Stamp,
    /// What they link to, to be set when all are there.
    links: Vec<(Stamp, Record)>,
    bytes: usize,
}

impl Page {
    fn of(empty: &Base) -> Self {
        let (ids, alike, links) = (Vec::new(), Vec::new(), Vec::new());
        Self { base: empty.clone(), ids, alike, stamp: Stamp::default(), links, bytes: 0 }
    }

    /// Makes the records of one stamp.
    fn create(&mut self, table: TableId) -> Result<(), OpError> {
        if self.alike.is_empty() {
            return Ok(());
        }
        let records = std::mem::take(&mut self.alike);
        self.base.apply(&Op::CreateRecords { table, records }, &self.stamp).map(|_| ())
    }

    /// Makes the records to which those of the page link, without their cells. Answers one that is nowhere.
    fn stand_in(
        &mut self,
        def: &TableDef,
        known: &HashMap<TableId, Vec<RecordId>>,
    ) -> Result<Result<(), RecordId>, OpError> {
        for field in &def.fields {
            let FieldKind::Link { table, .. } = &field.kind else { continue };
            let cells = self.links.iter().flat_map(|(_, record)| &record.cells);
            let named = cells.filter_map(|(id, value)| match value {
                Value::Links { l } if *id == field.id => Some(l),
                _ => None,
            });
            let there = self.base.table(*table);
            let away = |id: &&RecordId| there.is_none_or(|there| there.row(**id).is_none());
            let away: BTreeSet<RecordId> = named.flat_map(|list| list.iter()).filter(away).copied().collect();
            let known = known.get(table).map(Vec::as_slice).unwrap_or_default();
            if let Some(nowhere) = away.iter().find(|id| known.binary_search(id).is_err()) {
                return Ok(Err(*nowhere));
            }
            if !away.is_empty() {
                let records = away.into_iter().map(|id| Record::new(id, Vec::new())).collect();
                self.base.apply(&Op::CreateRecords { table: *table, records }, &Stamp::default())?;
            }
        }
        Ok(Ok(()))
    }

    /// Sets the links.
    fn link(&mut self, table: TableId) -> Result<(), OpError> {
        let mut links = std::mem::take(&mut self.links).into_iter().peekable();
        while let Some((stamp, record)) = links.next() {
            let mut records = vec![record];
            while let Some((_, record)) = links.next_if(|(other, _)| *other == stamp) {
                records.push(record);
            }
            self.base.apply(&Op::UpdateRecords { table, records }, &stamp)?;
        }
        Ok(())
    }
}

impl<'a> Filling<'a> {
    pub(super) fn new(
        empty: Base,
        size: u64,
        names: Names<'a>,
        rows: RowsWriter,
        reading: &'a Reading,
    ) -> Self {
        Self { empty, size, names, known: HashMap::new(), rows, reading, records: 0, missing: 0 }
    }

    /// Learns which records there are in the tables that others link to.
    pub(super) fn learn(
        &mut self,
        archive: &mut ZipArchive<impl Read + Seek>,
        tables: &[(&TableDef, &TableDef)],
    ) -> Result<(), Problem> {
        let fields = tables.iter().flat_map(|(_, new)| &new.fields);
        let linked: BTreeSet<TableId> = fields
            .filter_map(|field| match &field.kind {
                FieldKind::Link { table, .. } => Some(*table),
                _ => None,
            })
            .collect();
        for (old, new) in tables.iter().filter(|(_, new)| linked.contains(&new.id)) {
            let mut lines = Lines::<Only, _>::open(archive, old.id, self.size)?;
            let mut ids = Vec::new();
            while let Some(Only { id }) = lines.next()? {
                let id = id.shifted(self.names.shift).ok_or_else(|| lines.wrong(&LARGE))?;
                lines.in_order(ids.last().copied(), id)?;
                ids.push(id);
                if ids.len() % PAGE == 0 {
                    self.reading.go_on(0)?;
                }
            }
            self.known.insert(new.id, ids);
        }
        Ok(())
    }

    /// Reads the records of a table.
    pub(super) fn table(
        &mut self,
        archive: &mut ZipArchive<impl Read + Seek>,
        old: &TableDef,
        new: &TableDef,
    ) -> Result<(), Problem> {
        let fields: HashMap<FieldId, FieldId> =
            old.fields.iter().zip(&new.fields).map(|(old, new)| (old.id, new.id)).collect();
        let mut lines = Lines::<Line, _>::open(archive, old.id, self.size)?;
        let (mut page, mut last) = (Page::of(&self.empty), None);
        while let Some(line) = lines.next()? {
            let stamp = self.names.stamp(line.changed);
            if stamp != page.stamp {
                page.create(new.id).map_err(|error| lines.wrong(&error))?;
                page.stamp = stamp;
            }
            let (record, far) = self.record(&fields, line).ok_or_else(|| lines.wrong(&LARGE))?;
            lines.in_order(last, record.id)?;
            last = Some(record.id);
            page.ids.push(record.id);
            page.links.extend(far.map(|far| (stamp, far)));
            page.alike.push(record);
            page.bytes += lines.line.len();
            if page.ids.len() == PAGE || page.bytes >= PAGE_BYTES {
                self.write(new, std::mem::replace(&mut page, Page::of(&self.empty)), &lines)?;
                page.stamp = stamp;
            }
        }
        self.write(new, page, &lines)
    }

    /// Checks a page and writes its rows down.
    fn write<T: DeserializeOwned, R: Read>(
        &mut self,
        def: &TableDef,
        mut page: Page,
        lines: &Lines<'_, T, R>,
    ) -> Result<(), Problem> {
        let wrong = |error: OpError| lines.wrong(&error);
        page.create(def.id).map_err(wrong)?;
        if let Err(nowhere) = page.stand_in(def, &self.known).map_err(wrong)? {
            return Err(lines.wrong(&format_args!("a link names the record {nowhere}, which is not there")));
        }
        page.link(def.id).map_err(wrong)?;
        let table = page.base.table(def.id).ok_or_else(|| internal("a table is gone"))?;
        for id in &page.ids {
            let row = table.row(*id).ok_or_else(|| internal("a record is gone"))?;
            self.rows.add(def.id, *id, &table.encode_row(row)).map_err(internal)?;
        }
        self.records += page.ids.len() as u64;
        self.reading.go_on(page.ids.len() as u64)
    }

    /// A record by the ids of here, and its links, which are for later.
    fn record(&mut self, fields: &HashMap<FieldId, FieldId>, line: Line) -> Option<(Record, Option<Record>)> {
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
        let mut record = Record::new(id, near);
        record.made = Some(self.names.stamp(line.made));
        Some((record, (!far.is_empty()).then(|| Record::new(id, far))))
    }

    pub(super) fn finish(self) -> Result<Filled, Problem> {
        let rows = self.rows.finish().map_err(internal)?;
        Ok(Filled { rows, records: self.records, missing_files: self.missing })
    }
}

const LARGE: &str = "an id of a record is too large";

/// The id of a line, whatever else is in it.
#[derive(Deserialize)]
struct Only {
    id: RecordId,
}

/// The lines of a table, each of them a `T`.
struct Lines<'a, T, R: Read> {
    name: String,
    from: BufReader<ZipFile<'a, R>>,
    line: Vec<u8>,
    number: u64,
    read: u64,
    limit: u64,
    each: PhantomData<T>,
}

impl<'a, T: DeserializeOwned, R: Read + Seek> Lines<'a, T, R> {
    fn open(archive: &'a mut ZipArchive<R>, table: TableId, size: u64) -> Result<Self, Problem> {
        let name = table_part(table);
        let part = archive.by_name(&name).map_err(|error| damaged(&name, error))?;
        let (from, limit) =
            (BufReader::with_capacity(64 << 10, part), DENSE.max(size.saturating_mul(MAX_RATIO)));
        Ok(Self { name, from, line: Vec::new(), number: 0, read: 0, limit, each: PhantomData })
    }
}

impl<T: DeserializeOwned, R: Read> Lines<'_, T, R> {
    fn wrong(&self, reason: &dyn std::fmt::Display) -> Problem {
        damaged(&format!("{}[{}]", self.name, self.number), reason)
    }

    /// Records stand in the order of their ids, so that none is there twice.
    fn in_order(&self, last: Option<RecordId>, next: RecordId) -> Result<(), Problem> {
        if last.is_some_and(|last| last >= next) {
            return Err(self.wrong(&"records stand in the order of their ids, each once"));
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Option<T>, Problem> {
        loop {
            self.line.clear();
            self.number += 1;
            let length = (&mut self.from).take(MAX_LINE + 1).read_until(b'\n', &mut self.line);
            let length = length.map_err(|error| self.wrong(&error))? as u64;
            self.read += length;
            if length > MAX_LINE || self.read > self.limit || self.number > MAX_ROWS {
                let (bytes, number) = (grouped(self.read), self.number);
                return Err(self.wrong(&format_args!("more than it may be: {bytes} bytes, line {number}")));
            }
            match self.line.trim_ascii() {
                [] if length == 0 => return Ok(None),
                [] => {}
                json => return serde_json::from_slice(json).map(Some).map_err(|error| self.wrong(&error)),
            }
        }
    }
}
