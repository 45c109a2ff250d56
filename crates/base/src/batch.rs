//! Reads writes of several tables as clients send them, in which records that are made may be named before
//! they have an id.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use skein_table::{FieldKind, Table};
use skein_types::{Ids, RecordId, TableId};
use utoipa::ToSchema;

use crate::{
    BaseError, Command, Naming, RecordInput, Snapshot,
    input::{find_field, id_given, parse_creates, parse_fields, parse_ids, parse_updates},
};

/// Operations of one batch.
const MAX_OPERATIONS: usize = 1_000;
/// What a name for a record that has no id yet begins with.
const REF: &str = "ref:";
const MAX_NAME: usize = 100;

/// One write of a batch. A record that is created or upserted may have a name such as `ref:berlin` for its
/// `id`; later operations, and links of records created by the same one, name it by that.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Operation {
    /// Creates records.
    Create {
        /// In which table.
        #[schema(value_type = String)]
        table: TableId,
        /// The records.
        records: Vec<RecordInput>,
    },
    /// Sets cells of records.
    Update {
        /// In which table.
        #[schema(value_type = String)]
        table: TableId,
        /// The records.
        records: Vec<RecordInput>,
    },
    /// Updates the records that have the same values in the key fields, and creates the others.
    Upsert {
        /// In which table.
        #[schema(value_type = String)]
        table: TableId,
        /// The key fields.
        by: Vec<String>,
        /// The records.
        records: Vec<RecordInput>,
    },
    /// Deletes records.
    Delete {
        /// In which table.
        #[schema(value_type = String)]
        table: TableId,
        /// Their ids.
        records: Vec<String>,
    },
}

/// The command of a batch. An error names the operation it is in.
pub(crate) fn parse(
    snapshot: &Snapshot,
    operations: Vec<Operation>,
    naming: Naming,
    ids: &Ids,
) -> Result<Command, BaseError> {
    if operations.len() > MAX_OPERATIONS {
        let detail = format!("at most 1,000 operations at once, these are {}", operations.len());
        return Err(BaseError::invalid("batch.too_many", "operations", detail));
    }
    let mut batch = Batch { snapshot, naming, ids, names: HashMap::new(), refs: Vec::new() };
    let mut commands = Vec::with_capacity(operations.len());
    for (at, operation) in operations.into_iter().enumerate() {
        let command = batch.command(operation);
        commands.push(command.map_err(|error| error.at(|path| format!("operations[{at}].{path}")))?);
    }
    Ok(Command::Batch { commands, refs: batch.refs })
}

struct Batch<'a> {
    snapshot: &'a Snapshot,
    naming: Naming,
    ids: &'a Ids,
    /// The ids of records that were named so far.
    names: HashMap<String, RecordId>,
    /// The same in their order.
    refs: Vec<(String, RecordId)>,
}

impl Batch<'_> {
    fn command(&mut self, operation: Operation) -> Result<Command, BaseError> {
        let naming = self.naming;
        Ok(match operation {
            Operation::Create { table, mut records } => {
                let def = self.snapshot.table(table)?;
                self.name(&mut records)?;
                self.resolve(def, &mut records)?;
                Command::CreateRecords { table, records: parse_creates(def, &records, naming, self.ids)? }
            }
            Operation::Update { table, mut records } => {
                let def = self.snapshot.table(table)?;
                for (at, record) in records.iter_mut().enumerate() {
                    if let Some(id) = &mut record.id {
                        self.known(id, || format!("records[{at}].id"))?;
                    }
                }
                self.resolve(def, &mut records)?;
                Command::UpdateRecords { table, records: parse_updates(def, &records, naming)? }
            }
            Operation::Upsert { table, by, mut records } => {
                let def = self.snapshot.table(table)?;
                // Whether one is created or found is not known yet: its own operation cannot link to it.
                self.resolve(def, &mut records)?;
                let by = parse_fields(def, &by, naming, "by")?;
                let given = |record: &RecordInput| record.id.as_ref().is_some_and(|id| !id.starts_with(REF));
                if let Some(at) = records.iter().position(given) {
                    return Err(id_given(at));
                }
                // By now each has the id it is created with, if it is.
                self.name(&mut records)?;
                let records = parse_updates(def, &records, naming)?;
                Command::UpsertRecords { table, by, records }
            }
            Operation::Delete { table, mut records } => {
                self.snapshot.table(table)?;
                for (at, id) in records.iter_mut().enumerate() {
                    self.known(id, || format!("records[{at}]"))?;
                }
                Command::DeleteRecords { table, records: parse_ids(&records)? }
            }
        })
    }

    /// Gives records an id, in the order they are sent, and notes those with a name.
    fn name(&mut self, records: &mut [RecordInput]) -> Result<(), BaseError> {
        for (at, record) in records.iter_mut().enumerate() {
            let made: RecordId = self.ids.make();
            let id = record.id.get_or_insert_with(|| made.to_string());
            let Some(name) = id.strip_prefix(REF) else { continue };
            let path = || format!("records[{at}].id");
            if name.is_empty() || name.len() > MAX_NAME {
                return Err(BaseError::invalid("batch.ref_invalid", path(), "a name has 1 to 100 bytes"));
            }
            if self.names.insert(name.to_owned(), made).is_some() {
                let detail = format!("another record of the batch is called {REF}{name}");
                return Err(BaseError::invalid("batch.ref_repeated", path(), detail));
            }
            self.refs.push((name.to_owned(), made));
            *id = made.to_string();
        }
        Ok(())
    }

    /// Puts the id in for a name.
    fn known(&self, text: &mut String, path: impl Fn() -> String) -> Result<(), BaseError> {
        let Some(name) = text.strip_prefix(REF) else { return Ok(()) };
        let Some(id) = self.names.get(name) else {
            let detail = format!("no record before this is called {REF}{name}");
            return Err(BaseError::invalid("batch.ref_unknown", path(), detail));
        };
        *text = id.to_string();
        Ok(())
    }

    /// Puts ids in for names in cells that hold records.
    fn resolve(&self, table: &Table, records: &mut [RecordInput]) -> Result<(), BaseError> {
        for (at, record) in records.iter_mut().enumerate() {
            for (name, cell) in &mut record.fields {
                let kind = find_field(table, name, self.naming).map(|field| &field.kind);
                if matches!(kind, Some(FieldKind::Link { .. } | FieldKind::Backlink { .. })) {
                    self.linked(cell, &|| format!("records[{at}].fields.{name}"))?;
                }
            }
        }
        Ok(())
    }

    fn linked(&self, cell: &mut Json, path: &dyn Fn() -> String) -> Result<(), BaseError> {
        match cell {
            Json::String(text) => self.known(text, path),
            Json::Array(items) => items.iter_mut().try_for_each(|item| self.linked(item, path)),
            Json::Object(parts) => Map::get_mut(parts, "id").map_or(Ok(()), |id| self.linked(id, path)),
            _ => Ok(()),
        }
    }
}
