//! An event as people read it: what was done to which tables, fields, views and records, with the values
//! before and after. Pure.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use skein_platform::http::present;
use skein_table::{Base, Field, FieldKind, Op, Record, Value, value_to_json};
use skein_types::{ChoiceId, DashboardId, FieldId, RecordId, TableId, Timestamp, ViewId};
use utoipa::ToSchema;

use super::names::Names;
use crate::event::{Changed, Via};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// What was done in one go.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Entry {
    /// The event. The state right after it is what `restore` takes as `to`.
    pub seq: i64,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Who: a member, a share link, or `system`.
    pub actor: String,
    /// By which way.
    pub via: Via,
    /// The event that was taken back by this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoes: Option<i64>,
    /// The undoing event that was taken back by this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redoes: Option<i64>,
    /// What was done, in order.
    pub changes: Vec<Line>,
    /// What choices, people, groups and linked records in the values were called then, by id.
    pub names: BTreeMap<String, String>,
}

/// What was done to one thing, or to records of one table.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Line {
    /// What was done.
    pub kind: LineKind,
    /// In which table, or to which; none of dashboards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableId>,
    /// What it was called.
    pub table_name: String,
    /// The field, of what is done to fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldId>,
    /// The view, of what is done to views.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<ViewId>,
    /// The dashboard, of what is done to dashboards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dashboard: Option<DashboardId>,
    /// What the table, field, view or dashboard is called after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it was called before, when that was different.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_before: Option<String>,
    /// The type of the field after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field_type: Option<String>,
    /// The type of the field before, when that was different.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field_type_before: Option<String>,
    /// How many records.
    pub records: usize,
    /// The first of them.
    pub examples: Vec<RecordChange>,
}

impl Line {
    fn new(kind: LineKind, table: Option<TableId>, table_name: String) -> Self {
        Self {
            kind,
            table,
            table_name,
            field: None,
            view: None,
            dashboard: None,
            name: None,
            name_before: None,
            field_type: None,
            field_type_before: None,
            records: 0,
            examples: Vec::new(),
        }
    }
}

/// What a line tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum LineKind {
    CreateTable,
    DeleteTable,
    RenameTable,
    MoveTable,
    CreateField,
    UpdateField,
    RetypeField,
    DeleteField,
    MoveField,
    CreateView,
    UpdateView,
    MoveView,
    DeleteView,
    CreateDashboard,
    UpdateDashboard,
    MoveDashboard,
    DeleteDashboard,
    CreateRecords,
    UpdateRecords,
    DeleteRecords,
}

/// What became of one record.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RecordChange {
    /// Which.
    pub record: RecordId,
    /// What it was called.
    pub title: String,
    /// Its cells that changed.
    pub cells: Vec<CellChange>,
}

/// What became of one cell.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CellChange {
    /// Which field.
    pub field: FieldId,
    /// What the field was called.
    pub name: String,
    /// The type of the value.
    #[serde(rename = "type")]
    pub kind: String,
    /// What was in it; missing when it was not kept.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schema(value_type = Option<serde_json::Value>)]
    pub before: Option<Json>,
    /// What is in it after; missing when it follows from a conversion.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schema(value_type = Option<serde_json::Value>)]
    pub after: Option<Json>,
}

/// What of an event is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    /// Only what is in this table.
    pub(crate) table: Option<TableId>,
    /// Only this record of it.
    pub(crate) record: Option<RecordId>,
    /// Only this field of it.
    pub(crate) field: Option<FieldId>,
    /// Records of a line that are told one by one.
    pub(crate) examples: usize,
}

impl Scope {
    pub(crate) const ALL: Self = Self { table: None, record: None, field: None, examples: 5 };

    fn table(&self, table: TableId) -> bool {
        self.table.is_none_or(|wanted| wanted == table)
    }
    fn record(&self, record: RecordId) -> bool {
        self.record.is_none_or(|wanted| wanted == record)
    }
    fn cells(&self, cells: &[(FieldId, Value)]) -> bool {
        self.field.is_none_or(|wanted| cells.iter().any(|(field, _)| *field == wanted))
    }
}

/// What an event did, as far as it is asked for, with the names of what is in the values. `base` is as it is
/// today.
pub(crate) fn lines(changed: &Changed, base: &Base, scope: &Scope) -> (Vec<Line>, BTreeMap<String, String>) {
    let (mut all, names) = told(&changed.ops, changed.undo.as_deref(), &changed.names, base, scope);
    let whole = |id: &TableId| scope.table(*id) && scope.record.is_none() && scope.field.is_none();
    if let Some(table) = changed.revived.filter(whole) {
        let name = changed.names.get(&table.to_string()).cloned().unwrap_or_default();
        let line = Line::new(LineKind::CreateTable, Some(table), name.clone());
        all.push(Line { name: Some(name), ..line });
    }
    (all, names)
}

/// The same of operations and what takes them back.
pub(crate) fn told(
    all: &[Op],
    undo: Option<&[Op]>,
    names: &BTreeMap<String, String>,
    base: &Base,
    scope: &Scope,
) -> (Vec<Line>, BTreeMap<String, String>) {
    let names = Names::new(base, names, all, undo.unwrap_or_default());
    let mut teller = Teller { ops: all, undo, scope, names };
    let mut lines = Vec::new();
    let mut ops = all;
    while let [op, rest @ ..] = ops {
        ops = rest;
        if let (Op::DeleteView { table, view }, [Op::CreateView { view: again, .. }, after @ ..]) = (op, rest)
            && again.id == *view
        {
            ops = after;
            lines.extend(teller.thing(LineKind::MoveView, *table).map(|line| Line {
                view: Some(*view),
                name: Some(again.name.clone()),
                ..line
            }));
            continue;
        }
        lines.extend(teller.op(op));
    }
    lines.extend(teller.consequences());
    (lines, teller.names.out)
}

struct Teller<'a> {
    ops: &'a [Op],
    undo: Option<&'a [Op]>,
    scope: &'a Scope,
    names: Names<'a>,
}

impl<'a> Teller<'a> {
    fn op(&mut self, op: &'a Op) -> Option<Line> {
        match op {
            Op::CreateRecords { table, records } => {
                self.records(LineKind::CreateRecords, *table, records.iter())
            }
            Op::UpdateRecords { table, records } => {
                self.records(LineKind::UpdateRecords, *table, records.iter())
            }
            Op::DeleteRecords { table, records } => self.deleted(*table, records),
            Op::CreateTable { table, .. } => {
                let line = self.thing(LineKind::CreateTable, table.id)?;
                Some(Line { name: Some(table.name.clone()), ..line })
            }
            Op::DeleteTable { table } => {
                let line = self.thing(LineKind::DeleteTable, *table)?;
                let records = self.undone().map(|op| match op {
                    Op::CreateRecords { table: of, records } if of == table => records.len(),
                    _ => 0,
                });
                let records = records.sum();
                Some(Line { name: Some(line.table_name.clone()), records, ..line })
            }
            Op::RenameTable { table, name } => {
                let before = self.undone().find_map(|op| match op {
                    Op::RenameTable { table: of, name } if of == table => Some(name.clone()),
                    _ => None,
                });
                let line = self.thing(LineKind::RenameTable, *table)?;
                Some(Line { name: Some(name.clone()), name_before: before, ..line })
            }
            Op::MoveTable { table, .. } => self.thing(LineKind::MoveTable, *table),
            Op::CreateField { table, field, .. } => self.field(LineKind::CreateField, *table, field),
            Op::UpdateField { table, field } => self.field(LineKind::UpdateField, *table, field),
            Op::RetypeField { table, field, .. } => self.field(LineKind::RetypeField, *table, field),
            Op::DeleteField { table, field } => self.field_by_id(LineKind::DeleteField, *table, *field),
            Op::MoveField { table, field, .. } => self.field_by_id(LineKind::MoveField, *table, *field),
            Op::CreateView { table, view, .. } => self.view(LineKind::CreateView, *table, view),
            Op::UpdateView { table, view } => self.view(LineKind::UpdateView, *table, view),
            Op::DeleteView { table, view } => {
                let old = self.undone().find_map(|op| match op {
                    Op::CreateView { view: old, .. } if old.id == *view => Some(old.name.clone()),
                    _ => None,
                });
                let line = self.thing(LineKind::DeleteView, *table)?;
                Some(Line { view: Some(*view), name: old, ..line })
            }
            Op::CreateDashboard { dashboard, .. } => {
                self.dashboard(LineKind::CreateDashboard, dashboard.id, Some(&dashboard.name))
            }
            Op::UpdateDashboard { dashboard } => {
                self.dashboard(LineKind::UpdateDashboard, dashboard.id, Some(&dashboard.name))
            }
            Op::MoveDashboard { dashboard, .. } => self.dashboard(LineKind::MoveDashboard, *dashboard, None),
            Op::DeleteDashboard { dashboard } => self.dashboard(LineKind::DeleteDashboard, *dashboard, None),
        }
    }

    /// A line about a dashboard, which is in no table.
    fn dashboard(&self, kind: LineKind, id: DashboardId, name: Option<&str>) -> Option<Line> {
        let Scope { table: None, record: None, field: None, .. } = self.scope else { return None };
        let old = self.undone().find_map(|op| match op {
            Op::CreateDashboard { dashboard: old, .. } | Op::UpdateDashboard { dashboard: old }
                if old.id == id =>
            {
                Some(old.name.clone())
            }
            _ => None,
        });
        let name_before = old.clone().filter(|old| name.is_some_and(|name| name != old));
        let name = name.map(str::to_owned).or(old).or_else(|| self.names.dashboard_name(id));
        Some(Line { dashboard: Some(id), name, name_before, ..Line::new(kind, None, String::new()) })
    }

    fn undone(&self) -> impl Iterator<Item = &'a Op> + use<'a> {
        self.undo.unwrap_or_default().iter()
    }

    /// A line about a table or what is defined in it. The history of a record tells of its cells alone.
    fn thing(&self, kind: LineKind, table: TableId) -> Option<Line> {
        let whole = matches!(kind, LineKind::CreateTable | LineKind::DeleteTable);
        let wanted =
            self.scope.table(table) && (self.scope.record.is_none() || whole) && self.scope.field.is_none();
        wanted.then(|| self.line(kind, table))
    }

    fn line(&self, kind: LineKind, table: TableId) -> Line {
        Line::new(kind, Some(table), self.names.table_name(table))
    }

    fn about_field(&self, kind: LineKind, table: TableId, field: FieldId) -> Option<Line> {
        let wanted = self.scope.table(table)
            && self.scope.record.is_none()
            && self.scope.field.is_none_or(|wanted| wanted == field);
        wanted.then(|| Line { field: Some(field), ..self.line(kind, table) })
    }

    fn field(&self, kind: LineKind, table: TableId, field: &Field) -> Option<Line> {
        let line = self.about_field(kind, table, field.id)?;
        let old = self.undone().filter_map(|op| match op {
            Op::UpdateField { field: old, .. } | Op::RetypeField { field: old, .. } if old.id == field.id => {
                Some(old)
            }
            _ => None,
        });
        let old = old.last();
        let ty = field.kind.type_name();
        let type_before = old.map(|old| old.kind.type_name()).filter(|before| *before != ty);
        Some(Line {
            name: Some(field.name.clone()),
            name_before: old.map(|old| old.name.clone()).filter(|name| *name != field.name),
            field_type: Some(ty.to_owned()),
            field_type_before: type_before.map(str::to_owned),
            ..line
        })
    }

    fn field_by_id(&self, kind: LineKind, table: TableId, field: FieldId) -> Option<Line> {
        let line = self.about_field(kind, table, field)?;
        let ty = self.names.definition(table, field).map(|field| field.kind.type_name().to_owned());
        Some(Line { name: Some(self.names.field_name(table, field)), field_type: ty, ..line })
    }

    fn view(&self, kind: LineKind, table: TableId, view: &skein_table::View) -> Option<Line> {
        let line = self.thing(kind, table)?;
        let before = self.undone().find_map(|op| match op {
            Op::UpdateView { view: old, .. } if old.id == view.id => Some(old.name.clone()),
            _ => None,
        });
        let name_before = before.filter(|name| *name != view.name);
        Some(Line { view: Some(view.id), name: Some(view.name.clone()), name_before, ..line })
    }

    fn records(
        &mut self,
        kind: LineKind,
        table: TableId,
        records: impl Iterator<Item = &'a Record>,
    ) -> Option<Line> {
        if !self.scope.table(table) {
            return None;
        }
        let mut line = self.line(kind, table);
        for record in records.filter(|record| self.scope.record(record.id) && self.scope.cells(&record.cells))
        {
            line.records += 1;
            if line.examples.len() < self.scope.examples {
                let old = self.before(table, record.id);
                let mut cells = Vec::new();
                for (field, after) in self.wanted(&record.cells) {
                    let before = match (kind, self.undo) {
                        (LineKind::CreateRecords, _) => Some(Value::Null),
                        (_, None) => None,
                        _ => Some(old_value(&old, *field)),
                    };
                    cells.extend(self.cell(table, *field, before, Some(after.clone())));
                }
                line.examples.push(self.example(table, record, cells));
            }
        }
        (line.records > 0).then_some(line)
    }

    fn deleted(&mut self, table: TableId, records: &[RecordId]) -> Option<Line> {
        if !self.scope.table(table) {
            return None;
        }
        let mut line = self.line(LineKind::DeleteRecords, table);
        for &record in records.iter().filter(|record| self.scope.record(**record)) {
            line.records += 1;
            if line.examples.len() < self.scope.examples {
                let cells = self.before(table, record).into_iter();
                let whole = Record::new(record, cells.map(|(id, value)| (id, value.clone())).collect());
                let mut changed = Vec::new();
                for (field, before) in self.wanted(&whole.cells) {
                    changed.extend(self.cell(table, *field, Some(before.clone()), Some(Value::Null)));
                }
                line.examples.push(self.example(table, &whole, changed));
            }
        }
        (line.records > 0).then_some(line)
    }

    /// What became of records that no operation names: links to what was deleted, choices that went, cells of
    /// fields that went or were converted.
    fn consequences(&mut self) -> Vec<Line> {
        let named: HashSet<(TableId, RecordId)> = self.ops.iter().flat_map(named).collect();
        let mut lines = Vec::new();
        for op in self.undone() {
            let Op::UpdateRecords { table, records } = op else { continue };
            if !self.scope.table(*table) {
                continue;
            }
            let mut line = self.line(LineKind::UpdateRecords, *table);
            let wanted = |record: &&Record| {
                self.scope.record(record.id)
                    && self.scope.cells(&record.cells)
                    && !named.contains(&(*table, record.id))
            };
            let records: Vec<&Record> = records.iter().filter(wanted).collect();
            line.records = records.len();
            for record in records.into_iter().take(self.scope.examples) {
                let mut cells = Vec::new();
                for (field, before) in self.wanted(&record.cells) {
                    let after = self.follows(*table, *field, before);
                    cells.extend(self.cell(*table, *field, Some(before.clone()), after));
                }
                let told = Record::new(record.id, Vec::new());
                line.examples.push(self.example(*table, &told, cells));
            }
            if line.records > 0 {
                lines.push(line);
            }
        }
        lines
    }

    /// What a cell became when other things were deleted or changed; none when that is not known.
    fn follows(&self, table: TableId, field: FieldId, before: &Value) -> Option<Value> {
        let retyped = |op: &Op| matches!(op, Op::RetypeField { field: new, .. } if new.id == field);
        if self.ops.iter().any(retyped) {
            return None;
        }
        let gone = |op: &Op| match op {
            Op::DeleteField { field: gone, .. } => *gone == field,
            Op::DeleteTable { table: gone } => *gone == table,
            _ => false,
        };
        if self.ops.iter().any(gone) {
            return Some(Value::Null);
        }
        let choices = self.ops.iter().find_map(|op| match op {
            Op::UpdateField { field: new, .. } if new.id == field => Some(new.kind.choices()),
            _ => None,
        });
        let kept = |id: &ChoiceId| choices.is_none_or(|left| left.iter().any(|choice| choice.id == *id));
        Some(match before {
            Value::Links { l } => {
                let deleted: HashSet<RecordId> = self.ops.iter().flat_map(deleted_records).copied().collect();
                let left: Vec<RecordId> = l.iter().filter(|id| !deleted.contains(id)).copied().collect();
                if left.is_empty() { Value::Null } else { Value::Links { l: left.into() } }
            }
            Value::Choice { c } if !kept(c) => Value::Null,
            Value::Choices { m } => {
                let left: Vec<ChoiceId> = m.iter().filter(|id| kept(id)).copied().collect();
                if left.is_empty() { Value::Null } else { Value::Choices { m: left.into() } }
            }
            Value::Choice { .. } => before.clone(),
            _ => return None,
        })
    }

    fn wanted<'r>(
        &self,
        cells: &'r [(FieldId, Value)],
    ) -> impl Iterator<Item = &'r (FieldId, Value)> + use<'r> {
        let wanted = self.scope.field;
        cells.iter().filter(move |(field, _)| wanted.is_none_or(|wanted| wanted == *field))
    }

    /// Cells of a record before the event, as far as it changed them.
    fn before(&self, table: TableId, record: RecordId) -> Vec<(FieldId, &'a Value)> {
        let mut cells: Vec<(FieldId, &Value)> = Vec::new();
        for op in self.undone() {
            let (Op::CreateRecords { table: of, records } | Op::UpdateRecords { table: of, records }) = op
            else {
                continue;
            };
            if *of != table {
                continue;
            }
            // What is undone last was done first.
            for (field, value) in records.iter().filter(|one| one.id == record).flat_map(|one| &one.cells) {
                cells.retain(|(other, _)| other != field);
                cells.push((*field, value));
            }
        }
        cells
    }

    fn cell(
        &mut self,
        table: TableId,
        field: FieldId,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Option<CellChange> {
        if before == after && before.is_some() {
            return None;
        }
        for value in [&before, &after].into_iter().flatten() {
            self.names.value(table, field, value);
        }
        let def = self.names.definition(table, field);
        let some = [&after, &before].into_iter().flatten().find(|value| **value != Value::Null);
        let kind = some.map_or("text", |value| type_of(def, value));
        Some(CellChange {
            field,
            name: self.names.field_name(table, field),
            kind: kind.to_owned(),
            before: before.map(|value| json(def, &value)),
            after: after.map(|value| json(def, &value)),
        })
    }

    fn example(&self, table: TableId, record: &Record, cells: Vec<CellChange>) -> RecordChange {
        let title = self.names.title(table, record.id, &record.cells);
        RecordChange { record: record.id, title, cells }
    }
}

/// Records an operation names.
fn named(op: &Op) -> Vec<(TableId, RecordId)> {
    match op {
        Op::CreateRecords { table, records } | Op::UpdateRecords { table, records } => {
            records.iter().map(|record| (*table, record.id)).collect()
        }
        Op::DeleteRecords { table, records } => records.iter().map(|id| (*table, *id)).collect(),
        _ => Vec::new(),
    }
}

fn deleted_records(op: &Op) -> &[RecordId] {
    match op {
        Op::DeleteRecords { records, .. } => records,
        _ => &[],
    }
}

fn old_value(cells: &[(FieldId, &Value)], field: FieldId) -> Value {
    cells.iter().find(|(id, _)| *id == field).map_or(Value::Null, |(_, value)| (*value).clone())
}

/// The type of a field or, when that is another by now, the type a value is of.
fn type_of(field: Option<&Field>, value: &Value) -> &'static str {
    match field {
        Some(field) if skein_table::fits(field, value) => field.kind.type_name(),
        _ => match value {
            Value::Null | Value::Text { .. } => "text",
            Value::Number { .. } => "number",
            Value::Date { .. } => "date",
            Value::Choice { .. } => "select",
            Value::Choices { .. } => "multi_select",
            Value::Bool { .. } => "checkbox",
            Value::Members { .. } => "member",
            Value::Groups { .. } => "group",
            Value::Links { .. } => "link",
            Value::Files { .. } => "attachment",
            Value::Place { .. } => "location",
        },
    }
}

/// A value in the form of the API.
fn json(field: Option<&Field>, value: &Value) -> Json {
    match (field, value) {
        (Some(field), Value::Date { .. }) if matches!(field.kind, FieldKind::Date(_)) => {
            value_to_json(field, value)
        }
        (_, Value::Date { d }) => {
            let kind = FieldKind::date(d.rem_euclid(DAY) != 0);
            value_to_json(&Field::new(FieldId::from_bits(0), 0, "", kind), value)
        }
        (Some(field), value) => value_to_json(field, value),
        (None, value) => value_to_json(&Field::new(FieldId::from_bits(0), 0, "", FieldKind::text()), value),
    }
}
