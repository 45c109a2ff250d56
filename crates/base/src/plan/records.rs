//! Records written by keys, and written in several tables at once.

use std::collections::HashMap;

use skein_table::{Base, Field, FieldKind, Op, Record, Stamp, Table, Value, first_repeat};
use skein_types::{FieldId, Problem, RecordId, TableId};

use super::{Means, Planned, check_count, find, of_records, plan, rules};
use crate::{BaseError, Command, Outcome, draft::Done};

/// Fields that tell records apart.
const MAX_KEYS: usize = 5;
/// Records that are named in an error.
const NAMED: usize = 5;

/// Operations that follow from one another: each is planned against what those before leave.
#[derive(Debug)]
pub(crate) struct Steps {
    /// What they leave.
    pub(crate) base: Base,
    pub(crate) done: Done,
}

impl Steps {
    fn new(base: &Base) -> Self {
        Self { base: base.clone(), done: Done::default() }
    }
    fn take(&mut self, ops: Vec<Op>, stamp: Stamp) -> Result<(), BaseError> {
        for op in ops {
            self.done.apply(&mut self.base, op, &stamp, &())?;
        }
        Ok(())
    }
    /// Goes on from what another left that began with what this leaves.
    fn follow(&mut self, steps: Self) {
        self.base = steps.base;
        self.done.extend(steps.done);
    }
}

/// Creates records, or updates those that have the same values in the key fields.
pub(super) fn upsert(
    base: &Base,
    id: TableId,
    by: &[FieldId],
    records: &[Record],
    means: Means<'_>,
) -> Result<Planned, BaseError> {
    check_count(records.len())?;
    let table = find(base, id)?;
    let fields = key_fields(table, by)?;
    let keys = records.iter().enumerate().map(|(at, record)| key_of(&fields, at, record));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    refuse_repeats(&keys)?;
    let mut planned = Planned::about(id, Vec::new());
    let (mut creates, mut updates, mut from) = (Vec::new(), Vec::new(), (Vec::new(), Vec::new()));
    let index = means.keys.iter().find(|(of, index)| *of == id && index.fields() == by);
    let found = index.and_then(|(_, index)| index.matching(table, &keys));
    let found = found.unwrap_or_else(|| table.matching(by, &keys));
    for (at, (record, found)) in records.iter().zip(found).enumerate() {
        let (record_id, outcome) = match found.as_slice() {
            [] => {
                creates.push(record.clone());
                from.0.push(at);
                (record.id, Outcome::Created)
            }
            [one] => {
                let changed = changed_cells(table, *one, record);
                let outcome = if changed.is_empty() { Outcome::Unchanged } else { Outcome::Updated };
                if !changed.is_empty() {
                    updates.push(Record::new(*one, changed));
                    from.1.push(at);
                }
                planned.aliases.insert(record.id, *one);
                (*one, outcome)
            }
            several => return Err(ambiguous(at, several)),
        };
        planned.records.push(record_id);
        planned.outcomes.push(outcome);
    }
    let mut steps = Steps::new(base);
    if !creates.is_empty() {
        let made = rules::create(base, table, &creates);
        let made = made.and_then(|made| {
            of_records(base, id, Op::CreateRecords { table: id, records: made })
                .and_then(|planned| steps.take(planned.ops, means.stamp))
        });
        made.map_err(|error| error.at(|path| renumbered(path, &from.0)))?;
    }
    if !updates.is_empty() {
        let ops = rules::update(&steps.base, find(&steps.base, id)?, &updates)
            .and_then(|()| of_records(&steps.base, id, Op::UpdateRecords { table: id, records: updates }));
        let ops = ops.map_err(|error| error.at(|path| renumbered(path, &from.1)))?.ops;
        steps.take(ops, means.stamp)?;
    }
    Ok(Planned { steps: Some(steps), ..planned })
}

fn key_fields<'a>(table: &'a Table, by: &[FieldId]) -> Result<Vec<&'a Field>, BaseError> {
    if !(1..=MAX_KEYS).contains(&by.len()) {
        return Err(BaseError::invalid("upsert.keys", "by", "records are told apart by 1 to 5 fields"));
    }
    let one = |(at, id): (usize, &FieldId)| {
        let path = || format!("by[{at}]");
        let field = table.field(*id);
        let field = field
            .ok_or_else(|| BaseError::invalid("field.unknown", path(), "the table has no such field"))?;
        let kind = &field.kind;
        let sound = kind.is_writable() && kind.is_stored();
        if !sound || matches!(kind, FieldKind::Checkbox | FieldKind::Attachment | FieldKind::Location) {
            let detail = format!("records cannot be told apart by a field of type {}", kind.type_name());
            return Err(BaseError::invalid("upsert.keys", path(), detail));
        }
        if by[..at].contains(id) {
            return Err(BaseError::invalid("input.repeated", path(), "this field is given twice"));
        }
        Ok(field)
    };
    by.iter().enumerate().map(one).collect()
}

/// The values of the key fields of a record that is sent; all must be there.
fn key_of(fields: &[&Field], at: usize, record: &Record) -> Result<Vec<Value>, BaseError> {
    let one = |field: &&Field| {
        let value = record.cells.iter().find(|(id, _)| *id == field.id).map(|(_, value)| value.clone());
        let empty = |value: &Value| matches!(value, Value::Text { t } if t.trim().is_empty());
        value.filter(|value| *value != Value::Null && !empty(value)).ok_or_else(|| {
            let detail = format!("“{}” tells the records apart and needs a value in each", field.name);
            BaseError::invalid("upsert.key_missing", format!("records[{at}].fields.{}", field.id), detail)
        })
    };
    fields.iter().map(one).collect()
}

/// No two records that are sent have the same key.
fn refuse_repeats(keys: &[Vec<Value>]) -> Result<(), BaseError> {
    match first_repeat(keys) {
        None => Ok(()),
        Some((first, second)) => {
            let detail = format!("records[{first}] has the same values in the key fields");
            Err(BaseError::invalid("upsert.repeated", format!("records[{second}]"), detail))
        }
    }
}

fn ambiguous(at: usize, found: &[RecordId]) -> BaseError {
    let named: Vec<String> = found.iter().take(NAMED).map(ToString::to_string).collect();
    let more = if found.len() > NAMED { " and others" } else { "" };
    let detail =
        format!("{} records have these values in the key fields: {}{more}", found.len(), named.join(", "));
    BaseError::invalid("upsert.ambiguous", format!("records[{at}]"), detail)
}

/// The cells of a record that is sent that are not as they are already.
fn changed_cells(table: &Table, id: RecordId, record: &Record) -> Vec<(FieldId, Value)> {
    let Some(row) = table.row(id) else { return record.cells.clone() };
    let changed = |(field, value): &&(FieldId, Value)| {
        let now = table.get(row, *field);
        now != *value && !(matches!(now, Value::Bool { b: false }) && *value == Value::Null)
    };
    record.cells.iter().filter(changed).cloned().collect()
}

/// The path of an error about some of the records, told of all of them.
fn renumbered(path: &str, from: &[usize]) -> String {
    let renumbered = path.strip_prefix("records[").and_then(|rest| {
        let (at, rest) = rest.split_once(']')?;
        Some(format!("records[{}]{rest}", from.get(at.parse::<usize>().ok()?)?))
    });
    renumbered.unwrap_or_else(|| path.to_owned())
}

/// Several writes of records one after another, all or none.
pub(super) fn batch(
    base: &Base,
    commands: &[Command],
    refs: &[(String, RecordId)],
    means: Means<'_>,
) -> Result<Planned, BaseError> {
    let count = |command: &Command| match command {
        Command::CreateRecords { records, .. }
        | Command::UpdateRecords { records, .. }
        | Command::UpsertRecords { records, .. } => records.len(),
        Command::DeleteRecords { records, .. } => records.len(),
        _ => 0,
    };
    check_count(commands.iter().map(count).sum()).map_err(|error| error.at(|_| "operations".to_owned()))?;
    let mut steps = Steps::new(base);
    let mut whole = Planned::default();
    for (at, command) in commands.iter().enumerate() {
        let here = |error: BaseError| error.at(|path| format!("operations[{at}].{path}"));
        let renamed;
        let command = if whole.aliases.is_empty() {
            command
        } else {
            renamed = resolved(command, &whole.aliases);
            &renamed
        };
        let mut part = plan(command, &steps.base, means).map_err(here)?;
        match part.steps.take() {
            Some(done) => steps.follow(done),
            None => steps.take(std::mem::take(&mut part.ops), means.stamp).map_err(here)?,
        }
        whole.aliases.extend(part.aliases.drain());
        whole.parts.push(part);
    }
    let known = |id: &RecordId| whole.aliases.get(id).copied().unwrap_or(*id);
    whole.refs = refs.iter().map(|(name, id)| (name.clone(), known(id))).collect();
    Ok(Planned { steps: Some(steps), ..whole })
}

/// The command with the records it names by the ids they have: an upsert before it may have found them.
fn resolved(command: &Command, aliases: &HashMap<RecordId, RecordId>) -> Command {
    let known = |id: &RecordId| aliases.get(id).copied().unwrap_or(*id);
    let value = |value: &Value| match value {
        Value::Links { l } => Value::Links { l: l.iter().map(known).collect() },
        other => other.clone(),
    };
    let record = |record: &Record| {
        let cells = record.cells.iter().map(|(field, cell)| (*field, value(cell))).collect();
        Record { id: known(&record.id), cells, made: record.made }
    };
    let all = |records: &[Record]| records.iter().map(record).collect();
    match command {
        Command::CreateRecords { table, records } => {
            Command::CreateRecords { table: *table, records: all(records) }
        }
        Command::UpdateRecords { table, records } => {
            Command::UpdateRecords { table: *table, records: all(records) }
        }
        Command::UpsertRecords { table, by, records } => {
            Command::UpsertRecords { table: *table, by: by.clone(), records: all(records) }
        }
        Command::DeleteRecords { table, records } => {
            Command::DeleteRecords { table: *table, records: records.iter().map(known).collect() }
        }
        other => other.clone(),
    }
}

impl BaseError {
    /// The same error at another place of the request.
    pub(crate) fn at(self, place: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Internal(_) | Self::Store(_) => self,
            other => {
                let mut problem = Problem::from(other);
                let path = place(problem.field.as_deref().unwrap_or_default());
                problem.field = Some(path.trim_end_matches('.').to_owned()).filter(|path| !path.is_empty());
                Self::Part(problem)
            }
        }
    }
}
