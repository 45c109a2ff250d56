//! Turns commands into operations, against the newest state. Pure.

mod dashboards;
mod fields;
mod options;
mod records;
mod rules;
pub(crate) mod views;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use skein_table::{
    Base, ButtonAction, Color, Field, FieldKind, KeyIndex, Op, Record, Stamp, Table, TableDef, View,
};
use skein_types::{DashboardId, FieldId, Ids, RecordId, TableId, ViewId};

pub(crate) use self::{dashboards::check as check_widget, fields::preview, records::Steps, views::Asker};
use crate::{BaseError, Command, FieldInput, Outcome, TablePatch, command::FieldType};

/// Records in one command.
pub(crate) const MAX_RECORDS: usize = 5_000;

/// Who asks for something when, and what helps to plan it.
#[derive(Clone, Copy)]
pub(crate) struct Means<'a> {
    pub(crate) asker: Asker,
    pub(crate) stamp: Stamp,
    pub(crate) ids: &'a Ids,
    /// Where records are by keys.
    pub(crate) keys: &'a [(TableId, Arc<KeyIndex>)],
}

/// Operations, and what they are about.
#[derive(Debug, Default)]
pub(crate) struct Planned {
    pub(crate) ops: Vec<Op>,
    /// What they leave, when they had to be done to be planned; else they are still to be done.
    pub(crate) steps: Option<Steps>,
    pub(crate) table: Option<TableId>,
    pub(crate) field: Option<FieldId>,
    pub(crate) view: Option<ViewId>,
    pub(crate) dashboard: Option<DashboardId>,
    pub(crate) records: Vec<RecordId>,
    /// Of an upsert, what was done to each of the records.
    pub(crate) outcomes: Vec<Outcome>,
    /// Records that were found, by the ids they would have been created with.
    pub(crate) aliases: HashMap<RecordId, RecordId>,
    /// Of a batch, what each of its operations is about.
    pub(crate) parts: Vec<Planned>,
    /// Of a batch, the records that have names.
    pub(crate) refs: Vec<(String, RecordId)>,
}

impl Planned {
    pub(crate) fn about(table: TableId, ops: Vec<Op>) -> Self {
        Self { ops, table: Some(table), ..Self::default() }
    }
}

/// The operations of a command. Undo and redo are not planned here: they follow from the log.
pub(crate) fn plan(command: &Command, base: &Base, means: Means<'_>) -> Result<Planned, BaseError> {
    let Means { asker, ids, .. } = means;
    match command {
        Command::Ops(ops) => Ok(Planned { ops: ops.clone(), ..Planned::default() }),
        Command::CreateTable { name, fields } => create_table(base, name, fields.as_deref(), ids),
        Command::UpdateTable { table, patch } => update_table(base, *table, patch),
        Command::DeleteTable { table } => {
            find(base, *table)?;
            let mut ops = fields::freeze_links_to(base, *table);
            ops.push(Op::DeleteTable { table: *table });
            Ok(Planned::about(*table, ops))
        }
        Command::CreateField { table, input } => fields::create(base, find(base, *table)?, input, ids),
        Command::UpdateField { table, field, patch } => {
            fields::update(base, find(base, *table)?, *field, patch, ids)
        }
        Command::DeleteField { table, field } => fields::delete(base, find(base, *table)?, *field),
        Command::CreateView { table, input } => views::create(find(base, *table)?, input, asker, ids),
        Command::UpdateView { table, view, patch } => views::update(find(base, *table)?, *view, patch, asker),
        Command::CreateDashboard { input } => dashboards::create(base, input, asker, ids),
        Command::UpdateDashboard { dashboard, patch } => {
            dashboards::update(base, *dashboard, patch, asker, ids)
        }
        Command::DeleteDashboard { dashboard } => Ok(dashboards::delete(*dashboard)),
        Command::DeleteView { table, view } => views::delete(find(base, *table)?, *view, asker),
        Command::CreateRecords { table, records } => {
            check_count(records.len())?;
            let made = rules::create(base, find(base, *table)?, records)?;
            of_records(base, *table, Op::CreateRecords { table: *table, records: made })
        }
        Command::UpdateRecords { table, records } => {
            check_count(records.len())?;
            update_records(base, *table, records)
        }
        Command::Schedule { table, records } => update_records(base, *table, records),
        Command::DeleteRecords { table, records } => {
            check_count(records.len())?;
            of_records(base, *table, Op::DeleteRecords { table: *table, records: records.clone() })
        }
        Command::UpsertRecords { table, by, records } => records::upsert(base, *table, by, records, means),
        Command::Batch { commands, refs } => records::batch(base, commands, refs, means),
        Command::Press { table, record, field } => press(base, *table, *record, *field),
        Command::Undo
        | Command::Redo
        | Command::TakeBack { .. }
        | Command::Restore(_)
        | Command::Revive(_)
        | Command::ReviveTable(_) => Err(BaseError::Internal("what is taken back is not planned".into())),
    }
}

pub(crate) fn find(base: &Base, id: TableId) -> Result<&Table, BaseError> {
    base.table(id).map(|table| &**table).ok_or(BaseError::TableNotFound(id))
}

/// What pressing a button writes.
fn press(base: &Base, id: TableId, record: RecordId, field: FieldId) -> Result<Planned, BaseError> {
    let table = find(base, id)?;
    table.row(record).ok_or(BaseError::RecordNotFound(record))?;
    let kind = &table.field(field).ok_or(BaseError::FieldNotFound(field))?.kind;
    let FieldKind::Button { action: ButtonAction::Set { cells }, .. } = kind else {
        let detail = "only a button that sets cells can be pressed by the API";
        return Err(BaseError::invalid("field.no_button", "field", detail));
    };
    // What the button sets may be gone by now.
    let cells = cells.iter().filter(|(id, value)| {
        table.field(*id).is_some_and(|field| field.kind.is_writable() && skein_table::fits(field, value))
    });
    let records = vec![Record::new(record, cells.cloned().collect())];
    rules::update(base, table, &records)?;
    of_records(base, id, Op::UpdateRecords { table: id, records })
}

fn check_count(count: usize) -> Result<(), BaseError> {
    if count > MAX_RECORDS {
        let detail = format!("at most 5,000 records at once, these are {count}");
        return Err(BaseError::invalid("records.too_many", "records", detail));
    }
    Ok(())
}

fn update_records(base: &Base, table: TableId, records: &[Record]) -> Result<Planned, BaseError> {
    rules::update(base, find(base, table)?, records)?;
    of_records(base, table, Op::UpdateRecords { table, records: records.to_vec() })
}

/// An operation on records with all that follows from it for links.
fn of_records(base: &Base, table: TableId, op: Op) -> Result<Planned, BaseError> {
    let records: Vec<RecordId> = match &op {
        Op::CreateRecords { records, .. } | Op::UpdateRecords { records, .. } => {
            records.iter().map(|record| record.id).collect()
        }
        Op::DeleteRecords { records, .. } => records.clone(),
        _ => Vec::new(),
    };
    let ops = if records.is_empty() { Vec::new() } else { base.written_out(op)? };
    Ok(Planned { records, ..Planned::about(table, ops) })
}

/// A table of fields with one grid over all of them.
pub(crate) fn new_table(name: &str, fields: Vec<Field>, view: &str, ids: &Ids) -> TableDef {
    let next_slot = fields.len() as u32;
    let grid = View::new(ids.make(), view);
    let (id, name) = (ids.make(), name.to_owned());
    TableDef { id, name, fields, views: vec![grid], next_slot, retired: Vec::new(), numbers: Vec::new() }
}

fn create_table(
    base: &Base,
    name: &str,
    inputs: Option<&[FieldInput]>,
    ids: &Ids,
) -> Result<Planned, BaseError> {
    let usual = [FieldInput::new("Name", FieldType::Text)];
    let inputs = inputs.filter(|inputs| !inputs.is_empty()).unwrap_or(&usual);
    // Formulas and links may name fields and the table itself: they are made one by one in a draft.
    let mut draft = base.clone();
    let mut first = Vec::new();
    let mut ops = Vec::new();
    let mut id = None;
    for (at, input) in inputs.iter().enumerate() {
        let named = |error| under(error, &format!("fields[{at}]"));
        let Some(id) = id else {
            let field = fields::alone(input, ids).map_err(named)?;
            first.push(field);
            let table = new_table(name, std::mem::take(&mut first), "Grid", ids);
            id = Some(table.id);
            let op = Op::CreateTable { table, at: base.tables().count() };
            draft.apply(&op, &Stamp::default()).map_err(|error| named(error.into()))?;
            ops.push(op);
            continue;
        };
        let planned = fields::create(&draft, find(&draft, id)?, input, ids).map_err(named)?;
        for op in planned.ops {
            draft.apply(&op, &Stamp::default()).map_err(|error| named(error.into()))?;
            ops.push(op);
        }
    }
    let id = id.ok_or_else(|| BaseError::Internal("a table without fields".into()))?;
    Ok(Planned::about(id, ops))
}

fn under(error: BaseError, prefix: &str) -> BaseError {
    match error {
        BaseError::Invalid { code, path, detail } => {
            BaseError::Invalid { code, path: format!("{prefix}.{path}"), detail }
        }
        other => other,
    }
}

fn update_table(base: &Base, id: TableId, patch: &TablePatch) -> Result<Planned, BaseError> {
    let table = find(base, id)?;
    let mut ops = Vec::new();
    if let Some(name) = patch.name.as_ref().filter(|name| **name != table.def().name) {
        ops.push(Op::RenameTable { table: id, name: name.clone() });
    }
    if let Some(to) = patch.position {
        ops.push(Op::MoveTable { table: id, to });
    }
    Ok(Planned::about(id, ops))
}

/// The name, or with a number when one of the others has it.
pub(crate) fn free_name<'a>(name: &str, others: impl Iterator<Item = &'a str>) -> String {
    let taken: HashSet<String> = others.map(str::to_lowercase).collect();
    if !taken.contains(&name.to_lowercase()) {
        return name.to_owned();
    }
    let short: String = name.chars().take(190).collect();
    (2..10_000u32)
        .map(|number| format!("{short} {number}"))
        .find(|candidate| !taken.contains(&candidate.to_lowercase()))
        .unwrap_or_else(|| name.to_owned())
}

/// Colours in an order in which neighbours differ well.
pub(crate) fn usual_color(at: usize) -> Color {
    const ORDER: [Color; 11] = [
        Color::Blue,
        Color::Green,
        Color::Orange,
        Color::Purple,
        Color::Cyan,
        Color::Red,
        Color::Lime,
        Color::Pink,
        Color::Teal,
        Color::Yellow,
        Color::Indigo,
    ];
    ORDER[at % ORDER.len()]
}
