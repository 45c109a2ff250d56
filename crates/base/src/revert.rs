//! Taking a change back after others went on working: only what still is as that change left it is set
//! back, the rest is counted and left alone. Pure.

mod boards;

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use skein_table::{
    Base, ColorRule, ColorTarget, Dashboard, Field, FieldKind, Filter, Named, Op, Record, Resolved, Table,
    TableDef, Value, View, there_and_back,
};
use skein_types::{DashboardId, FieldId, RecordId, TableId, ViewId};

use crate::{
    event::Changed,
    history::Undone,
    plan::{Asker, free_name, views::is_last_shared},
};

/// What can still be done of an inverse operation.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Kept {
    pub(crate) ops: Vec<Op>,
    /// Cells, records and settings left alone.
    pub(crate) skipped: usize,
}

impl Kept {
    fn all(op: Op) -> Self {
        Self { ops: vec![op], skipped: 0 }
    }
    fn skip(skipped: usize) -> Self {
        Self { ops: Vec::new(), skipped }
    }
}

/// What a change wrote, to be looked up.
pub(crate) struct Reverter<'a> {
    cells: HashMap<(TableId, RecordId, FieldId), &'a Value>,
    fields: HashMap<FieldId, &'a Field>,
    /// What values became in fields it gave another type, where that was told.
    resolved: HashMap<FieldId, &'a Resolved>,
    views: HashMap<ViewId, &'a View>,
    dashboards: HashMap<DashboardId, &'a Dashboard>,
    tables: HashMap<TableId, &'a TableDef>,
    names: HashMap<TableId, &'a str>,
    /// Who takes it back.
    asker: Asker,
    /// What others left, before anything is taken back: a change may have written a cell several times.
    start: Base,
    /// What names are worth in fields that were given another type.
    known: RefCell<HashMap<FieldId, Named>>,
}

impl<'a> Reverter<'a> {
    /// Looks through the operations of the change that somebody takes back.
    pub(crate) fn new(ops: &'a [Op], asker: Asker, start: Base) -> Self {
        let mut this = Self {
            cells: HashMap::new(),
            fields: HashMap::new(),
            resolved: HashMap::new(),
            views: HashMap::new(),
            dashboards: HashMap::new(),
            tables: HashMap::new(),
            names: HashMap::new(),
            asker,
            start,
            known: RefCell::default(),
        };
        for op in ops {
            match op {
                Op::CreateRecords { table, records } | Op::UpdateRecords { table, records } => {
                    for record in records {
                        let cells = record.cells.iter();
                        this.cells.extend(cells.map(|(field, value)| ((*table, record.id, *field), value)));
                    }
                }
                Op::CreateField { field, .. } | Op::UpdateField { field, .. } => {
                    this.fields.insert(field.id, field);
                }
                Op::RetypeField { field, resolved, .. } => {
                    this.fields.insert(field.id, field);
                    this.resolved.insert(field.id, resolved);
                }
                Op::CreateTable { table, .. } => {
                    this.tables.insert(table.id, table);
                }
                Op::CreateView { view, .. } | Op::UpdateView { view, .. } => {
                    this.views.insert(view.id, view);
                }
                Op::CreateDashboard { dashboard, .. } | Op::UpdateDashboard { dashboard } => {
                    this.dashboards.insert(dashboard.id, dashboard);
                }
                Op::RenameTable { table, name } => {
                    this.names.insert(*table, name);
                }
                _ => {}
            }
        }
        this
    }

    /// What can still be done of one operation of the inverse.
    pub(crate) fn revert(&self, base: &Base, inverse: &Op) -> Kept {
        match inverse {
            Op::CreateTable { table, at } => create_table(base, table, *at),
            Op::DeleteTable { table } => match base.table(*table) {
                Some(now) if now.is_empty() && self.as_made(*table, now.def()) => Kept::all(inverse.clone()),
                Some(_) => Kept::skip(1),
                None => Kept::default(),
            },
            Op::RenameTable { table, name } => self.rename_table(base, *table, name),
            Op::MoveTable { table, to } => {
                let to = (*to).min(base.tables().count().saturating_sub(1));
                exists(base, *table, || Op::MoveTable { table: *table, to })
            }
            Op::CreateField { table, field, at } => with(base, *table, |it| create_field(it, field, *at)),
            Op::UpdateField { table, field } => with(base, *table, |it| self.update_field(it, field)),
            Op::RetypeField { table, field, resolved } => {
                with(base, *table, |it| self.retype_field(it, field, resolved))
            }
            Op::DeleteField { table, field } => with(base, *table, |it| self.delete_field(it, *field)),
            Op::MoveField { table, field, to } => {
                let move_it = |it: &Table| {
                    let to = (*to).min(it.def().fields.len().saturating_sub(1));
                    let op = Op::MoveField { table: *table, field: *field, to };
                    if it.field(*field).is_some() { Kept::all(op) } else { Kept::skip(1) }
                };
                with(base, *table, move_it)
            }
            Op::CreateView { table, view, at } => with(base, *table, |it| create_view(it, view, *at)),
            Op::UpdateView { table, view } => with(base, *table, |it| self.update_view(it, view)),
            Op::DeleteView { table, view } => with(base, *table, |it| match it.view(*view) {
                // Somebody went on with the view: it is theirs as well now.
                Some(now) if self.views.get(view).is_some_and(|made| *made != now) => Kept::skip(1),
                Some(now) if !self.may_change(now) || is_last_shared(it, *view) => Kept::skip(1),
                Some(_) => Kept::all(inverse.clone()),
                None => Kept::default(),
            }),
            Op::CreateDashboard { dashboard, at } => boards::create(base, dashboard, *at),
            Op::UpdateDashboard { dashboard: old } => {
                boards::update(base, old, self.dashboards.get(&old.id).copied())
            }
            Op::DeleteDashboard { dashboard } => match base.dashboard(*dashboard) {
                // Somebody went on with it: it is theirs as well now.
                Some(now) if self.dashboards.get(dashboard).is_some_and(|made| **made != **now) => {
                    Kept::skip(1)
                }
                Some(_) => Kept::all(inverse.clone()),
                None => Kept::default(),
            },
            Op::MoveDashboard { dashboard, to } => boards::move_to(base, *dashboard, *to),
            Op::CreateRecords { table, records } => {
                with(base, *table, |it| create_records(base, it, records))
            }
            Op::UpdateRecords { table, records } => {
                with(base, *table, |it| self.update_records(base, it, records))
            }
            Op::DeleteRecords { table, records } => with(base, *table, |it| self.delete_records(it, records)),
        }
    }

    fn rename_table(&self, base: &Base, id: TableId, name: &str) -> Kept {
        let Some(table) = base.table(id) else { return Kept::skip(1) };
        let written = self.names.get(&id);
        if written.is_some_and(|written| *written != table.def().name) {
            return Kept::skip(1);
        }
        let name = free_name(name, base.tables().filter(|t| t.def().id != id).map(|t| t.def().name.as_str()));
        Kept::all(Op::RenameTable { table: id, name })
    }

    /// Sets name, description and options back one by one, each if it still is as it was left.
    fn update_field(&self, table: &Table, old: &Field) -> Kept {
        let Some(now) = table.field(old.id) else { return Kept::skip(1) };
        let left = self.fields.get(&old.id).copied().unwrap_or(now);
        let mut back = now.clone();
        let mut skipped = 0;
        let mut set = |same: bool, wanted: bool, set: &mut dyn FnMut()| match (wanted, same) {
            (true, true) => set(),
            (true, false) => skipped += 1,
            (false, _) => {}
        };
        set(now.name == left.name, old.name != left.name, &mut || back.name.clone_from(&old.name));
        set(now.description == left.description, old.description != left.description, &mut || {
            back.description.clone_from(&old.description);
        });
        set(now.kind == left.kind, old.kind != left.kind, &mut || back.kind = old.kind.clone());
        let others = table.def().fields.iter().filter(|field| field.id != old.id);
        back.name = free_name(&back.name, others.map(|field| field.name.as_str()));
        let table = table.def().id;
        let ops = if back == *now { Vec::new() } else { vec![Op::UpdateField { table, field: back }] };
        Kept { ops, skipped }
    }

    /// Gives a field its old type again, when it still has the one it was given.
    fn retype_field(&self, table: &Table, old: &Field, resolved: &Resolved) -> Kept {
        let Some(now) = table.field(old.id) else { return Kept::skip(1) };
        if self.fields.get(&old.id).is_some_and(|left| left.slot != now.slot) {
            return Kept::skip(1);
        }
        // In a slot of its own, stored records that were written in between stay as they are.
        let mut back = Field { slot: table.def().next_slot, ..old.clone() };
        let others = table.def().fields.iter().filter(|field| field.id != old.id);
        back.name = free_name(&back.name, others.map(|field| field.name.as_str()));
        Kept::all(Op::RetypeField { table: table.def().id, field: back, resolved: resolved.clone() })
    }

    /// Whether a view may be set back: it may have been locked or made personal since. One that the change
    /// was not about, but that lost a field by it, always is.
    fn may_change(&self, now: &View) -> bool {
        let own = now.is_for(self.asker.member) && self.asker.may_change(now);
        own || !self.views.contains_key(&now.id)
    }

    fn update_view(&self, table: &Table, old: &View) -> Kept {
        let Some(now) = table.view(old.id).filter(|now| self.may_change(now)) else { return Kept::skip(1) };
        let (back, skipped) = self.view_back(table, now, old);
        let table = table.def().id;
        let ops = if back == *now { Vec::new() } else { vec![Op::UpdateView { table, view: back }] };
        Kept { ops, skipped }
    }

    /// Puts a view that was moved, by taking it out and in again, where it was. What others made of it
    /// since stays. The operations go together.
    pub(crate) fn move_view(&self, base: &Base, id: TableId, old: &View, at: usize) -> Kept {
        let Some(table) = base.table(id) else { return Kept::skip(1) };
        let views = &table.def().views;
        let from = views.iter().position(|view| view.id == old.id && self.may_change(view));
        let Some(from) = from else { return Kept::skip(1) };
        let (view, skipped) = self.view_back(table, &views[from], old);
        let at = at.min(views.len() - 1);
        if at == from && view == views[from] {
            return Kept::skip(skipped);
        }
        let ops = vec![Op::DeleteView { table: id, view: old.id }, Op::CreateView { table: id, view, at }];
        Kept { ops, skipped }
    }

    /// The view with each part set back that still is as it was left, and how many are not.
    fn view_back(&self, table: &Table, now: &View, old: &View) -> (View, usize) {
        let left = self.views.get(&old.id).copied().unwrap_or(now);
        let mut back = now.clone();
        let mut skipped = 0;
        macro_rules! set {
            ($($part:ident)*) => {$(
                if old.$part != left.$part {
                    if now.$part == left.$part { back.$part.clone_from(&old.$part) } else { skipped += 1 }
                }
            )*};
        }
        set!(name description owner locked kind filter group sort summaries colors tree frozen fields row_height);
        if back.locked != now.locked && !self.asker.manages {
            (back.locked, skipped) = (now.locked, skipped + 1);
        }
        if back.owner.is_some() && is_last_shared(table, now.id) {
            (back.owner, skipped) = (now.owner, skipped + 1);
        }
        let others = table.def().views.iter().filter(|view| view.id != old.id && view.owner == back.owner);
        back.name = free_name(&back.name, others.map(|view| view.name.as_str()));
        prune(&mut back, table);
        (back, skipped)
    }

    /// Whether a table is defined as the change made it.
    fn as_made(&self, id: TableId, now: &TableDef) -> bool {
        self.tables.get(&id).is_none_or(|made| {
            made.name == now.name
                && made.views == now.views
                && made.fields.len() == now.fields.len()
                && made.fields.iter().zip(&now.fields).all(|(made, now)| same_field(made, now))
        })
    }

    /// A field goes again when there is nothing in it and nobody changed it.
    fn delete_field(&self, table: &Table, id: FieldId) -> Kept {
        let Some(now) = table.field(id) else { return Kept::default() };
        let changed = self.fields.get(&id).is_some_and(|made| !same_field(made, now));
        let filled = |row| now.kind.is_stored() && !same(&table.get(row, id), &Value::Null);
        if changed || table.rows().any(filled) {
            return Kept::skip(1);
        }
        Kept::all(Op::DeleteField { table: table.def().id, field: id })
    }

    fn update_records(&self, base: &Base, table: &Table, records: &[Record]) -> Kept {
        let id = table.def().id;
        let mut kept = Vec::with_capacity(records.len());
        let mut skipped = 0;
        for record in records {
            let Some(row) = table.row(record.id) else {
                skipped += record.cells.len();
                continue;
            };
            let still = |(field, old): &&(FieldId, Value)| {
                let Some(def) = table.field(*field) else { return false };
                let now = table.get(row, *field);
                let untouched = match self.cells.get(&(id, record.id, *field)) {
                    Some(written) => {
                        self.at_start(id, record.id, *field).is_none_or(|was| same(&was, written))
                    }
                    None => {
                        follows(&now, old)
                            || self.came_back(def, old, &now)
                            || self.was_made(id, record.id, def, old)
                    }
                };
                untouched && fits(base, def, old)
            };
            let cells: Vec<_> = record.cells.iter().filter(still).cloned().collect();
            skipped += record.cells.len() - cells.len();
            if !cells.is_empty() {
                kept.push(Record::new(record.id, cells));
            }
        }
        let ops =
            if kept.is_empty() { Vec::new() } else { vec![Op::UpdateRecords { table: id, records: kept }] };
        Kept { ops, skipped }
    }

    /// Whether the change itself let a record link to another.
    fn linked(&self, table: TableId, linking: RecordId, field: FieldId, to: RecordId) -> bool {
        let written = self.cells.get(&(table, linking, field));
        matches!(written, Some(Value::Links { l }) if l.contains(&to))
    }

    /// Whether a cell is what giving its field another type, and then its own again, made of `old`. Records are
    /// counted anew by that, which nobody wrote.
    fn came_back(&self, field: &Field, old: &Value, now: &Value) -> bool {
        let other = self.fields.get(&field.id).filter(|other| other.slot != field.slot);
        let counted = matches!(field.kind, FieldKind::AutoNumber { .. });
        other.is_some_and(|other| counted || there_and_back(field, other, old) == *now)
    }

    /// Whether a cell was, before anything was taken back, what giving its field another type makes of `old`, as far
    /// as names mean the same still.
    fn was_made(&self, table: TableId, record: RecordId, field: &Field, old: &Value) -> bool {
        let other = self.fields.get(&field.id).filter(|other| other.slot != field.slot);
        let (Some(other), Some(was)) = (other, self.at_start(table, record, field.id)) else { return false };
        if !other.kind.is_writable() {
            return true;
        }
        let mut known = self.known.borrow_mut();
        let resolved = self.resolved.get(&field.id).copied().cloned().unwrap_or_default();
        let named = known.entry(field.id).or_insert_with(|| self.start.named(&other.kind).after(&resolved));
        same(&was, &self.start.resolved(field, other, named, old))
    }

    /// A cell before anything was taken back; none of a record that was not there.
    fn at_start(&self, table: TableId, record: RecordId, field: FieldId) -> Option<Value> {
        let table = self.start.table(table)?;
        table.row(record).map(|row| table.get(row, field))
    }

    /// A record goes again when nobody wrote into it since.
    fn delete_records(&self, table: &Table, records: &[RecordId]) -> Kept {
        let id = table.def().id;
        let mut kept = Vec::with_capacity(records.len());
        let mut skipped = 0;
        for &record in records {
            let Some(row) = table.row(record) else { continue };
            // What is computed follows from the rest.
            let untouched = table.def().fields.iter().filter(|field| field.kind.is_writable()).all(|field| {
                let now = table.get(row, field.id);
                // What linked to it may have gone by this very undo.
                if let (FieldKind::Backlink { table, field, .. }, Value::Links { l }) = (&field.kind, &now) {
                    return l.iter().all(|linking| self.linked(*table, *linking, *field, record));
                }
                let was = self.at_start(id, record, field.id).filter(|_| field.kind.is_stored());
                let written = self.cells.get(&(id, record, field.id)).copied();
                same(&was.unwrap_or(now), written.unwrap_or(&Value::Null))
            });
            if untouched { kept.push(record) } else { skipped += 1 }
        }
        let ops =
            if kept.is_empty() { Vec::new() } else { vec![Op::DeleteRecords { table: id, records: kept }] };
        Kept { ops, skipped }
    }
}

fn with(base: &Base, table: TableId, work: impl FnOnce(&Table) -> Kept) -> Kept {
    base.table(table).map_or_else(|| Kept::skip(1), |table| work(table))
}

fn exists(base: &Base, table: TableId, op: impl FnOnce() -> Op) -> Kept {
    if base.table(table).is_some() { Kept::all(op()) } else { Kept::skip(1) }
}

/// An unticked checkbox and one never touched are the same.
fn same(a: &Value, b: &Value) -> bool {
    let plain = |value: &Value| match value {
        Value::Bool { b: false } => Value::Null,
        other => other.clone(),
    };
    a == b || plain(a) == plain(b)
}

/// Whether a cell is what became of `old` when its field or its choice went or its time was cut off.
fn follows(now: &Value, old: &Value) -> bool {
    const DAY: i64 = 86_400_000;
    match (now, old) {
        (Value::Null | Value::Bool { b: false }, _) => true,
        (Value::Choices { m: now }, Value::Choices { m: old }) => now.iter().all(|id| old.contains(id)),
        (Value::Links { l: now }, Value::Links { l: old }) => now.iter().all(|id| old.contains(id)),
        (Value::Members { u: now }, Value::Members { u: old }) => now.iter().all(|id| old.contains(id)),
        (Value::Date { d: now }, Value::Date { d: old }) => *now == old.div_euclid(DAY) * DAY,
        (now, old) => now == old,
    }
}

/// Whether a field can still hold a value: its choices, or the records it links to, may be gone.
fn fits(base: &Base, field: &Field, value: &Value) -> bool {
    let there = |table: TableId, record: &RecordId| {
        base.table(table).is_some_and(|table| table.row(*record).is_some())
    };
    match (&field.kind, value) {
        (FieldKind::Link { table, .. }, Value::Links { l }) => {
            l.iter().all(|record| there(*table, record)) && skein_table::fits(field, value)
        }
        _ => skein_table::fits(field, value),
    }
}

/// The value without the records that are gone. Those `restored` come back together with it.
fn without_gone(base: &Base, field: &Field, value: &Value, restored: &HashSet<RecordId>) -> Value {
    let (FieldKind::Link { table, .. }, Value::Links { l }) = (&field.kind, value) else {
        return value.clone();
    };
    let there = |record: &&RecordId| {
        restored.contains(record) || base.table(*table).is_some_and(|table| table.row(**record).is_some())
    };
    let l: Vec<RecordId> = l.iter().filter(there).copied().collect();
    if l.is_empty() { Value::Null } else { Value::Links { l: l.into() } }
}

fn create_records(base: &Base, table: &Table, records: &[Record]) -> Kept {
    let restored: HashSet<RecordId> = records.iter().map(|record| record.id).collect();
    let mut kept = Vec::with_capacity(records.len());
    let mut skipped = 0;
    for record in records {
        if table.row(record.id).is_some() {
            skipped += 1;
            continue;
        }
        let cell = |(id, value): &(FieldId, Value)| {
            let field = table.field(*id)?;
            let own = matches!(field.kind, FieldKind::Link { table: target, .. } if target == table.def().id);
            let none = HashSet::new();
            let value = without_gone(base, field, value, if own { &restored } else { &none });
            (value != Value::Null && skein_table::fits(field, &value)).then_some((*id, value))
        };
        let cells: Vec<_> = record.cells.iter().filter_map(cell).collect();
        skipped += record.cells.len() - cells.len();
        kept.push(Record { id: record.id, cells, made: record.made });
    }
    let table = table.def().id;
    let ops = if kept.is_empty() { Vec::new() } else { vec![Op::CreateRecords { table, records: kept }] };
    Kept { ops, skipped }
}

fn create_table(base: &Base, def: &TableDef, at: usize) -> Kept {
    if base.table(def.id).is_some() {
        return Kept::skip(1);
    }
    let mut table = def.clone();
    table.name = free_name(&def.name, base.tables().map(|table| table.def().name.as_str()));
    Kept::all(Op::CreateTable { table, at: at.min(base.tables().count()) })
}

fn create_field(table: &Table, field: &Field, at: usize) -> Kept {
    if table.field(field.id).is_some() {
        return Kept::skip(1);
    }
    let fields = &table.def().fields;
    let mut field = field.clone();
    field.name = free_name(&field.name, fields.iter().map(|other| other.name.as_str()));
    Kept::all(Op::CreateField { table: table.def().id, field, at: at.clamp(1, fields.len()) })
}

/// Whether two fields are the same but for where their values are kept.
fn same_field(a: &Field, b: &Field) -> bool {
    a.id == b.id && a.name == b.name && a.description == b.description && a.kind == b.kind
}

fn create_view(table: &Table, view: &View, at: usize) -> Kept {
    if table.view(view.id).is_some() {
        return Kept::skip(1);
    }
    let views = &table.def().views;
    let mut view = view.clone();
    let others = views.iter().filter(|other| other.owner == view.owner);
    view.name = free_name(&view.name, others.map(|other| other.name.as_str()));
    prune(&mut view, table);
    Kept::all(Op::CreateView { table: table.def().id, view, at: at.min(views.len()) })
}

/// Takes out of a view what is about fields that are gone.
fn prune(view: &mut View, table: &Table) {
    let known = |field: FieldId| table.field(field).is_some();
    view.fields.retain(|shown| known(shown.field));
    view.sort.retain(|key| known(key.field));
    view.group.retain(|key| known(key.field));
    view.summaries.retain(|summary| known(summary.field));
    view.tree = view.tree.filter(|parent| known(*parent));
    view.kind.settle(table.def().id, &table.def().fields);
    view.filter = view.filter.take().and_then(|filter| pruned(filter, table));
    let rule = |rule: ColorRule| {
        let there = !matches!(rule.target, ColorTarget::Cell(field) if !known(field));
        let filter = pruned(rule.filter, table).filter(|_| there)?;
        Some(ColorRule { filter, ..rule })
    };
    view.colors = std::mem::take(&mut view.colors).into_iter().filter_map(rule).collect();
}

fn pruned(filter: Filter, table: &Table) -> Option<Filter> {
    let all = |parts: Vec<Filter>| {
        let before = parts.len();
        let kept: Vec<_> = parts.into_iter().filter_map(|part| pruned(part, table)).collect();
        (before == 0 || !kept.is_empty()).then_some(kept)
    };
    match filter {
        Filter::And { and } => all(and).map(|and| Filter::And { and }),
        Filter::Or { or } => all(or).map(|or| Filter::Or { or }),
        Filter::Condition(one) => table.field(one.field).is_some().then_some(Filter::Condition(one)),
    }
}

/// Says what was taken back.
pub(crate) fn describe(changed: &Changed, base: &Base, skipped: usize) -> Undone {
    let records = |op: &Op| match op {
        Op::CreateRecords { records, .. } | Op::UpdateRecords { records, .. } => records.len(),
        Op::DeleteRecords { records, .. } => records.len(),
        _ => 0,
    };
    let table = changed.tables.first().copied();
    let name = table.and_then(|id| base.table(id)).map(|table| table.def().name.clone());
    let place = name.map(|name| format!(" in “{name}”")).unwrap_or_default();
    let count: usize = changed.ops.iter().map(records).sum();
    let some = if count == 1 { "1 record".to_owned() } else { format!("{count} records") };
    let (kind, text) = match changed.ops.first() {
        Some(Op::CreateRecords { .. }) => ("create_records", format!("adding {some}{place}")),
        Some(Op::UpdateRecords { .. }) => ("update_records", format!("changing {some}{place}")),
        Some(Op::DeleteRecords { .. }) => ("delete_records", format!("deleting {some}{place}")),
        Some(Op::CreateTable { .. }) => ("create_table", format!("adding a table{place}")),
        Some(Op::DeleteTable { .. }) => ("delete_table", format!("deleting a table{place}")),
        Some(Op::RenameTable { .. }) => ("rename_table", format!("renaming a table{place}")),
        Some(Op::MoveTable { .. }) => ("move_table", format!("moving a table{place}")),
        Some(Op::CreateField { .. }) => ("create_field", format!("adding a field{place}")),
        Some(Op::UpdateField { .. }) => ("update_field", format!("changing a field{place}")),
        Some(Op::RetypeField { .. }) => ("retype_field", format!("changing the type of a field{place}")),
        Some(Op::DeleteField { .. }) => ("delete_field", format!("deleting a field{place}")),
        Some(Op::MoveField { .. }) => ("move_field", format!("moving a field{place}")),
        Some(Op::CreateView { .. }) => ("create_view", format!("adding a view{place}")),
        Some(Op::UpdateView { .. }) => ("update_view", format!("changing a view{place}")),
        Some(Op::DeleteView { .. }) => ("delete_view", format!("deleting a view{place}")),
        Some(Op::CreateDashboard { .. }) => ("create_dashboard", "adding a dashboard".to_owned()),
        Some(Op::UpdateDashboard { .. }) => ("update_dashboard", "changing a dashboard".to_owned()),
        Some(Op::MoveDashboard { .. }) => ("move_dashboard", "moving a dashboard".to_owned()),
        Some(Op::DeleteDashboard { .. }) => ("delete_dashboard", "deleting a dashboard".to_owned()),
        None => ("nothing", "nothing was left to change".to_owned()),
    };
    Undone { kind: kind.to_owned(), summary: text, table, records: count, skipped }
}
