//! Operations with what they mean for links written out, so that the log says everything that changed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use skein_types::{FieldId, RecordId, TableId};

use crate::{Base, FieldKind, Op, OpError, Record, Table, Value, check, links};

/// A link by its table and field.
type Link = (TableId, FieldId);

impl Base {
    /// The operation with what it means for links written out: cells of backlinks become cells of the
    /// links they mirror, and a record that only one may link to leaves the one that linked to it before.
    /// Of two that ask for it the later gets it; cells of links count as asked before those of backlinks.
    pub fn written_out(&self, op: Op) -> Result<Vec<Op>, OpError> {
        let (id, mut records, create) = match op {
            Op::CreateRecords { table, records } => (table, records, true),
            Op::UpdateRecords { table, records } => (table, records, false),
            other => return Ok(vec![other]),
        };
        let here = self.table(id).ok_or(OpError::TableNotFound(id))?;
        let asked = backlinks_asked(self, here, &mut records, create)?;
        let mut written = Written { base: self, cells: BTreeMap::new(), sources: HashMap::new() };
        let of_backlinks: HashSet<Link> = asked.iter().map(|asked| asked.link).collect();
        for (field, alone) in links_of(self, here) {
            if !alone && !of_backlinks.contains(&(id, field)) {
                continue;
            }
            for record in &records {
                let cell = record.cells.iter().find(|(other, _)| *other == field);
                if let Some((_, value)) = cell {
                    written.ask((id, field), alone, record.id, ids(value));
                }
            }
        }
        for Asked { link, multiple, target, wanted } in asked {
            written.ask_back(link, multiple, target, &wanted);
        }
        written.join(id, &mut records);
        let main = if create {
            Op::CreateRecords { table: id, records }
        } else {
            Op::UpdateRecords { table: id, records }
        };
        Ok([main].into_iter().chain(written.into_ops()).collect())
    }
}

fn ids(value: &Value) -> &[RecordId] {
    if let Value::Links { l } = value { l } else { &[] }
}

fn value(ids: Vec<RecordId>) -> Value {
    if ids.is_empty() { Value::Null } else { Value::Links { l: ids.into() } }
}

/// The links of a table, each with whether but one record may link to another.
fn links_of(base: &Base, table: &Table) -> Vec<(FieldId, bool)> {
    let fields = table.def().fields.iter().enumerate();
    let links = fields.filter(|(_, field)| matches!(field.kind, FieldKind::Link { .. }));
    let alone = |at: usize| {
        let (there, shown) = base.backlinks(table.def().id, at).unwrap_or_default();
        let kind = |at: &usize| &base.tables[there].def().fields[*at].kind;
        shown.iter().any(|at| matches!(kind(at), FieldKind::Backlink { multiple: false, .. }))
    };
    links.map(|(at, field)| (field.id, alone(at))).collect()
}

/// What a cell of a backlink asks for: that exactly these records link to its own.
struct Asked {
    link: Link,
    /// Whether the link may name several.
    multiple: bool,
    target: RecordId,
    wanted: Vec<RecordId>,
}

/// Takes the cells of backlinks out of records, checked.
fn backlinks_asked(
    base: &Base,
    here: &Table,
    records: &mut [Record],
    create: bool,
) -> Result<Vec<Asked>, OpError> {
    let own = here.def().id;
    let is_back =
        |field: FieldId| matches!(here.field(field).map(|f| &f.kind), Some(FieldKind::Backlink { .. }));
    if !records.iter().any(|record| record.cells.iter().any(|(field, _)| is_back(*field))) {
        return Ok(Vec::new());
    }
    let made: HashSet<RecordId> = records.iter().filter(|_| create).map(|record| record.id).collect();
    let mut asked = Vec::new();
    for (at, record) in records.iter_mut().enumerate() {
        let target = record.id;
        let (cells, rest) =
            std::mem::take(&mut record.cells).into_iter().partition(|(field, _)| is_back(*field));
        record.cells = rest;
        let cells: Vec<(FieldId, Value)> = cells;
        for (place, (field, cell)) in cells.iter().enumerate() {
            let path = || format!("records[{at}].cells.{field}");
            if cells[..place].iter().any(|(other, _)| other == field) {
                return Err(OpError::Repeated { path: path() });
            }
            let Some(FieldKind::Backlink { table, field: link, multiple }) =
                here.field(*field).map(|f| &f.kind)
            else {
                continue;
            };
            let source = base.table(*table);
            let kind = source.and_then(|source| source.field(*link)).map(|field| &field.kind);
            let (Some(source), Some(FieldKind::Link { multiple: many, table: named, .. })) = (source, kind)
            else {
                return Err(OpError::NotWritable { path: path(), kind: "backlink" });
            };
            if *named != own {
                return Err(OpError::NotWritable { path: path(), kind: "backlink" });
            }
            if !matches!(cell, Value::Null | Value::Links { .. }) {
                let (expected, found) = ("a list of records".into(), cell.type_name().into());
                return Err(OpError::ValueInvalid { path: path(), expected, found });
            }
            let wanted = ids(cell).to_vec();
            check::list(*multiple, &wanted, path)?;
            let known = |id: &RecordId| source.row(*id).is_some() || *table == own && made.contains(id);
            if let Some(id) = wanted.iter().find(|id| !known(id)) {
                return Err(OpError::LinkUnknown { id: *id, path: path() });
            }
            asked.push(Asked { link: (*table, *link), multiple: *many, target, wanted });
        }
    }
    Ok(asked)
}

/// Link cells as they are to become.
struct Written<'a> {
    base: &'a Base,
    cells: BTreeMap<Link, BTreeMap<RecordId, Vec<RecordId>>>,
    /// Who links to a record then, of the records that were looked at.
    sources: HashMap<(Link, RecordId), BTreeSet<RecordId>>,
}

impl Written<'_> {
    /// A record is to link to exactly these.
    fn ask(&mut self, link: Link, alone: bool, record: RecordId, wanted: &[RecordId]) {
        self.set(link, record, wanted.to_vec());
        for target in wanted.iter().filter(|_| alone) {
            let owners: Vec<RecordId> = self.sources(link, *target).iter().copied().collect();
            for owner in owners.into_iter().filter(|owner| *owner != record) {
                self.take(link, owner, *target);
            }
        }
    }

    /// Exactly these records are to link to one.
    fn ask_back(&mut self, link: Link, multiple: bool, target: RecordId, wanted: &[RecordId]) {
        let now = self.sources(link, target).clone();
        let kept: HashSet<RecordId> = wanted.iter().copied().collect();
        for &record in now.iter().filter(|record| !kept.contains(record)) {
            self.take(link, record, target);
        }
        for &record in wanted.iter().filter(|record| !now.contains(record)) {
            let mut cell = if multiple { self.cell(link, record) } else { Vec::new() };
            cell.push(target);
            self.set(link, record, cell);
        }
    }

    fn take(&mut self, link: Link, record: RecordId, target: RecordId) {
        let mut cell = self.cell(link, record);
        cell.retain(|id| *id != target);
        self.set(link, record, cell);
    }

    /// What a record links to, as it is so far.
    fn cell(&self, link: Link, record: RecordId) -> Vec<RecordId> {
        match self.cells.get(&link).and_then(|cells| cells.get(&record)) {
            Some(cell) => cell.clone(),
            None => self.before(link, record),
        }
    }

    fn before(&self, (table, field): Link, record: RecordId) -> Vec<RecordId> {
        let now = self.base.table(table).and_then(|table| Some(table.get(table.row(record)?, field)));
        ids(&now.unwrap_or_default()).to_vec()
    }

    fn set(&mut self, link: Link, record: RecordId, cell: Vec<RecordId>) {
        let before = self.cell(link, record);
        for target in links::without(&before, &cell) {
            self.sources(link, target).remove(&record);
        }
        for target in links::without(&cell, &before) {
            self.sources(link, target).insert(record);
        }
        self.cells.entry(link).or_default().insert(record, cell);
    }

    /// Who links to a record so far.
    fn sources(&mut self, link: Link, target: RecordId) -> &mut BTreeSet<RecordId> {
        let base = self.base;
        self.sources.entry((link, target)).or_insert_with(|| base.linking(link, target).into_iter().collect())
    }

    /// Moves what is about the records of the operation into them.
    fn join(&mut self, table: TableId, records: &mut [Record]) {
        for (&(of, field), cells) in &mut self.cells {
            if of != table {
                continue;
            }
            for record in records.iter_mut() {
                let Some(ids) = cells.remove(&record.id) else { continue };
                match record.cells.iter_mut().find(|(other, _)| *other == field) {
                    Some((_, cell)) => *cell = value(ids),
                    None => record.cells.push((field, value(ids))),
                }
            }
        }
    }

    /// What is left, by table, without cells that stay as they are.
    fn into_ops(mut self) -> Vec<Op> {
        let cells = std::mem::take(&mut self.cells);
        let mut tables: BTreeMap<TableId, BTreeMap<RecordId, Vec<(FieldId, Value)>>> = BTreeMap::new();
        for (link, cells) in cells {
            for (record, ids) in cells {
                if self.before(link, record) != ids {
                    let records = tables.entry(link.0).or_default();
                    records.entry(record).or_default().push((link.1, value(ids)));
                }
            }
        }
        let record = |(id, cells)| Record::new(id, cells);
        let op = |(table, records): (TableId, BTreeMap<_, _>)| Op::UpdateRecords {
            table,
            records: records.into_iter().map(record).collect(),
        };
        tables.into_iter().map(op).collect()
    }
}
