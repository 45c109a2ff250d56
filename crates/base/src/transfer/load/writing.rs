//! Writing records in pieces, so that one which breaks a rule does not stop the others.

use skein_platform::access::{Edit, Granted};
use skein_table::{Record, Value};
use skein_types::{Problem, RecordId, TableId};

use super::{Load, MOST_RECORDS, Misfit, REFUSALS};
use crate::{Actor, BaseError, Command, OpenBase};

impl Load {
    /// Makes records of another table that links name.
    pub(super) async fn make_linked(
        &self,
        open: &OpenBase,
        by: &Actor,
        id: TableId,
        names: Vec<(RecordId, String)>,
    ) -> Result<(), Problem> {
        let snapshot = open.snapshot();
        let table = snapshot.table(id)?;
        let primary = table.def().fields.first().ok_or(BaseError::TableNotFound(id))?.id;
        let names = names.into_iter().filter(|(id, _)| table.row(*id).is_none());
        let record =
            |(id, name): (RecordId, String)| Record::new(id, vec![(primary, Value::Text { t: name.into() })]);
        for records in pieces(names.map(record).collect()) {
            let made = open.submit(&self.granted, by, Command::CreateRecords { table: id, records }).await;
            made.map_err(|error| {
                let problem = Problem::from(error);
                let detail = format!("records of {} could not be made: {}", table.def().name, problem.detail);
                Problem { detail, ..problem }
            })?;
        }
        Ok(())
    }
}

/// Records in pieces that one command takes.
pub(super) fn pieces(mut records: Vec<Record>) -> impl Iterator<Item = Vec<Record>> {
    std::iter::from_fn(move || {
        let rest = records.split_off(records.len().min(MOST_RECORDS));
        let piece = std::mem::replace(&mut records, rest);
        (!piece.is_empty()).then_some(piece)
    })
}

/// Writes records so that one which breaks a rule does not stop the others.
pub(super) struct Writing<'a> {
    pub(super) open: &'a OpenBase,
    pub(super) granted: &'a Granted<Edit>,
    pub(super) by: &'a Actor,
}

impl Writing<'_> {
    /// How many were written, and those that were not.
    pub(super) async fn records(
        &self,
        mut records: Vec<Record>,
        command: impl Fn(Vec<Record>) -> Command,
    ) -> Result<(u64, Vec<(RecordId, Misfit)>), Problem> {
        let mut refused = Vec::new();
        while !records.is_empty() {
            let error = match self.open.submit(self.granted, self.by, command(records.clone())).await {
                Ok(_) => break,
                Err(error) => Problem::from(error),
            };
            let field = error.field.as_deref().unwrap_or_default();
            let place = field.strip_prefix("records[").and_then(|rest| rest.split_once(']'));
            let place = place.and_then(|(place, _)| place.parse::<usize>().ok());
            match place.filter(|place| *place < records.len() && refused.len() < REFUSALS) {
                Some(place) => refused.push((records.remove(place).id, error.into())),
                None => return Err(error),
            }
        }
        Ok((records.len() as u64, refused))
    }
}
