//! Choices of a field are replaced as a whole. When somebody changed the same field in the moment between
//! reading and replacing it, what they did is put back.

use std::collections::HashSet;

use skein_platform::{
    Platform,
    access::{Edit, Granted},
};
use skein_table::{Choice, Color, Field, FieldKind, Op, Record, Table, Value};
use skein_types::{ChoiceId, Event, FieldId, Problem, StreamId, TableId};

use crate::{Actor, BaseError, Command, OpenBase, event::Changed};

/// How often it is tried while others change the same field.
const ATTEMPTS: usize = 20;

/// Changes the choices of one field of a table.
pub(super) struct Choosing<'a> {
    pub(super) open: &'a OpenBase,
    pub(super) granted: &'a Granted<Edit>,
    pub(super) by: &'a Actor,
    pub(super) platform: &'a Platform,
    pub(super) table: TableId,
    pub(super) field: FieldId,
}

impl Choosing<'_> {
    /// Adds choices, and takes away others with the cells that hold them.
    pub(super) async fn update(
        &self,
        add: &[(ChoiceId, String)],
        remove: &HashSet<ChoiceId>,
    ) -> Result<(), Problem> {
        let (before, seen) = self.newest()?;
        let mut field = before;
        let choices = choices_of(&mut field).ok_or(BaseError::FieldNotFound(self.field))?;
        choices.retain(|choice| !remove.contains(&choice.id));
        for (id, name) in add {
            choices.push(new_choice(*id, name, choices));
        }
        let mut written = self.write(field).await?;
        let mut seen = seen;
        for _ in 0..ATTEMPTS {
            // Without a change in between, what was replaced is what was read.
            if written <= seen + 1 {
                return Ok(());
            }
            let Some((overwritten, ours, cells)) = self.overwritten(written).await? else { return Ok(()) };
            let (newest, now) = self.newest()?;
            let Some(merged) = merged(&newest, &overwritten, &ours, remove) else { return Ok(()) };
            written = self.write(merged).await?;
            self.restore(cells).await?;
            seen = now;
        }
        Ok(())
    }

    fn newest(&self) -> Result<(Field, i64), Problem> {
        let snapshot = self.open.snapshot();
        let field = snapshot.table(self.table)?.field(self.field);
        Ok((field.ok_or(BaseError::FieldNotFound(self.field))?.clone(), snapshot.seq))
    }

    async fn write(&self, field: Field) -> Result<i64, Problem> {
        let op = Op::UpdateField { table: self.table, field };
        Ok(self.open.submit(self.granted, self.by, Command::Ops(vec![op])).await?.seq)
    }

    /// The field as it was right before an event replaced it, what it was replaced by, and the cells that
    /// were cleared by it.
    async fn overwritten(&self, seq: i64) -> Result<Option<(Field, Field, Vec<Record>)>, Problem> {
        let events = self.platform.db.events(&StreamId::of(self.open.id()), seq - 1, 1).await?;
        let event = events.first().filter(|event| event.seq == seq);
        let Some(Ok(changed)) = event.map(Event::decode::<Changed>) else { return Ok(None) };
        let [Op::UpdateField { field: ours, .. }] = changed.ops.as_slice() else { return Ok(None) };
        let (mut field, mut cells) = (None, Vec::new());
        for op in changed.undo.unwrap_or_default() {
            match op {
                Op::UpdateField { field: before, .. } => field = Some(before),
                Op::UpdateRecords { records, .. } => cells.extend(records),
                _ => {}
            }
        }
        Ok(field.map(|field| (field, ours.clone(), cells)))
    }

    /// Puts cells back that are still empty.
    async fn restore(&self, cells: Vec<Record>) -> Result<(), Problem> {
        let snapshot = self.open.snapshot();
        let table = snapshot.table(self.table)?;
        let empty = |record: &Record| is_empty(table, record, self.field);
        let records: Vec<Record> = cells.into_iter().filter(empty).collect();
        if records.is_empty() {
            return Ok(());
        }
        let op = Op::UpdateRecords { table: self.table, records };
        match self.open.submit(self.granted, self.by, Command::Ops(vec![op])).await {
            // A record or a choice went away since: nothing is left to put back.
            Ok(_) | Err(BaseError::Op(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn is_empty(table: &Table, record: &Record, field: FieldId) -> bool {
    table.row(record.id).is_some_and(|row| table.get(row, field) == Value::Null)
}

/// The newest field with what was overwritten, where nobody changed it since; none when nothing was lost.
fn merged(newest: &Field, overwritten: &Field, ours: &Field, except: &HashSet<ChoiceId>) -> Option<Field> {
    let mut merged = newest.clone();
    if newest.name == ours.name {
        merged.name.clone_from(&overwritten.name);
    }
    if newest.description == ours.description {
        merged.description.clone_from(&overwritten.description);
    }
    let choices = choices_of(&mut merged)?;
    for lost in overwritten.kind.choices().iter().filter(|choice| !except.contains(&choice.id)) {
        let written = ours.kind.choices().iter().find(|choice| choice.id == lost.id);
        let place = choices.iter().position(|choice| choice.id == lost.id);
        match (place, written) {
            (Some(at), Some(written)) if choices[at] == *written => choices[at].clone_from(lost),
            (None, None) => {
                let code = new_choice(lost.id, "", choices).code;
                choices.push(Choice { code, ..lost.clone() });
            }
            _ => {}
        }
    }
    (merged != *newest).then_some(merged)
}

fn choices_of(field: &mut Field) -> Option<&mut Vec<Choice>> {
    match &mut field.kind {
        FieldKind::Select { choices } | FieldKind::MultiSelect { choices } => Some(choices),
        _ => None,
    }
}

/// A choice with a code and a colour that follow from those before it.
fn new_choice(id: ChoiceId, name: &str, before: &[Choice]) -> Choice {
    const COLORS: [Color; 12] = [
        Color::Blue,
        Color::Green,
        Color::Orange,
        Color::Purple,
        Color::Cyan,
        Color::Red,
        Color::Yellow,
        Color::Teal,
        Color::Pink,
        Color::Indigo,
        Color::Lime,
        Color::Gray,
    ];
    let code = before.iter().map(|choice| choice.code + 1).max().unwrap_or(0);
    Choice { id, code, name: name.to_owned(), color: COLORS[before.len() % COLORS.len()] }
}
