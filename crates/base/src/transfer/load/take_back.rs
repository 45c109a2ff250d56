//! Taking an import back: what it made goes, and what it changed is as it was.

use std::collections::HashSet;

use skein_table::{Op, OpError, Record, Table, Value};
use skein_types::{ChoiceId, FieldId, Problem, RecordId, TableId};

use super::{ATTEMPTS, Load, MOST_RECORDS, internal};
use crate::{Actor, BaseError, Command, OpenBase, Via, transfer::keys::RowIds};

impl Load {
    /// Takes back what was done: the table, or the records, fields and choices that were added to it and the
    /// cells that were changed; and the records that were made for links.
    pub(super) async fn take_back(&mut self) -> Result<(), Problem> {
        let open = self.bases.open(&self.granted).await?;
        let at = self.bases.platform().clone().clock.now();
        let by = Actor { id: self.member.to_string(), at, via: Via::Import };
        let table = self.start.table;
        if self.start.new_table {
            let deleted = open.submit(&self.granted, &by, Command::DeleteTable { table }).await;
            match deleted {
                Ok(_) | Err(BaseError::TableNotFound(_) | BaseError::Op(OpError::TableNotFound(_))) => {}
                Err(error) => return Err(error.into()),
            }
        } else {
            self.put_back(&open, &by).await?;
            self.delete_records(&open, &by, table, self.start.rows).await?;
            for field in &self.start.made_fields {
                let command = Command::DeleteField { table, field: *field };
                match open.submit(&self.granted, &by, command).await {
                    Ok(_) | Err(BaseError::TableNotFound(_) | BaseError::FieldNotFound(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            self.remove_unused_choices(&open, &by).await?;
        }
        for other in &self.link_tables {
            self.delete_records(&open, &by, *other, self.start.linked).await?;
        }
        Ok(())
    }

    /// Gives cells that were changed what they held, unless somebody changed them since.
    async fn put_back(&mut self, open: &OpenBase, by: &Actor) -> Result<(), Problem> {
        let table = self.start.table;
        let changed = self.spool.changed().map_err(|error| internal(&error.to_string()))?;
        for changed in changed.rchunks(MOST_RECORDS) {
            let snapshot = open.snapshot();
            let Some(now) = snapshot.base.table(table) else { return Ok(()) };
            let mut records: Vec<Record> = Vec::with_capacity(changed.len());
            let mut seen = HashSet::new();
            for one in changed.iter().rev() {
                let Some(row) = now.row(one.id).filter(|_| seen.insert(one.id)) else { continue };
                let cells = one.cells.iter().filter(|(field, _, new)| now.get(row, *field) == *new);
                let cells: Vec<_> = cells.map(|(field, old, _)| (*field, old.clone())).collect();
                if !cells.is_empty() {
                    records.push(Record::new(one.id, cells));
                }
            }
            if !records.is_empty() {
                let op = Op::UpdateRecords { table, records };
                open.submit(&self.granted, by, Command::Ops(vec![op])).await?;
            }
        }
        Ok(())
    }

    /// Deletes the records of a table that this import made.
    async fn delete_records(
        &self,
        open: &OpenBase,
        by: &Actor,
        id: TableId,
        made: RowIds,
    ) -> Result<(), Problem> {
        let Some(table) = open.snapshot().base.table(id).cloned() else { return Ok(()) };
        for records in made.records(&table).chunks(MOST_RECORDS) {
            self.delete(open, by, id, records).await?;
        }
        Ok(())
    }

    async fn delete(
        &self,
        open: &OpenBase,
        by: &Actor,
        id: TableId,
        records: &[RecordId],
    ) -> Result<(), Problem> {
        for attempt in 1.. {
            let snapshot = open.snapshot();
            let Some(table) = snapshot.base.table(id) else { return Ok(()) };
            let records: Vec<RecordId> =
                records.iter().copied().filter(|record| table.row(*record).is_some()).collect();
            match open.submit(&self.granted, by, Command::DeleteRecords { table: id, records }).await {
                // Somebody deleted one of them in between.
                Err(BaseError::RecordNotFound(_) | BaseError::Op(OpError::RecordNotFound { .. }))
                    if attempt < ATTEMPTS => {}
                Err(error) => return Err(error.into()),
                Ok(_) => return Ok(()),
            }
        }
        Ok(())
    }

    async fn remove_unused_choices(&self, open: &OpenBase, by: &Actor) -> Result<(), Problem> {
        let fields: HashSet<FieldId> = self.made_choices.iter().map(|(field, _)| *field).collect();
        for id in fields {
            let snapshot = open.snapshot();
            let table = snapshot.base.table(self.start.table);
            let Some(table) = table.filter(|table| table.field(id).is_some()) else { continue };
            let used = used_choices(table, id);
            let made = self.made_choices.iter().filter(|(field, _)| *field == id).map(|(_, choice)| *choice);
            let unused: HashSet<ChoiceId> = made.filter(|choice| !used.contains(choice)).collect();
            if !unused.is_empty() {
                self.choosing(open, by, id).update(&[], &unused).await?;
            }
        }
        Ok(())
    }
}

fn used_choices(table: &Table, field: FieldId) -> HashSet<ChoiceId> {
    let mut used = HashSet::new();
    for row in table.rows() {
        match table.get(row, field) {
            Value::Choice { c } => {
                used.insert(c);
            }
            Value::Choices { m } => used.extend(m.iter().copied()),
            _ => {}
        }
    }
    used
}
