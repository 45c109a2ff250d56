//! Choices of a field are replaced as a whole. When somebody changed the same field in the moment between
//! reading and replacing it, what they did is put back.

use std::collections::HashSet;

use skein_platform::{
    Platform,
    access::{Edit, Granted},
};
use skein_table::{Choice, Field, Op};
use skein_types::{ChoiceId, Event, Problem, StreamId};

use super::load::{choices_of, new_choice};
use crate::{Actor, BaseError, Command, OpenBase, Receipt, event::Changed};

/// Puts back what the update of a field with a receipt overwrote unseen: its name and description, choices
/// and the cells that held them; but for choices that were to go.
pub(super) async fn restore_choices(
    open: &OpenBase,
    granted: &Granted<Edit>,
    by: &Actor,
    platform: &Platform,
    receipt: &Receipt,
    except: &HashSet<ChoiceId>,
) -> Result<(), Problem> {
    let events = platform.db.events(&StreamId::of(open.id()), receipt.seq - 1, 1).await?;
    let changed = events.first().filter(|event| event.seq == receipt.seq).map(Event::decode::<Changed>);
    let Some(Ok(changed)) = changed else { return Ok(()) };
    let (Some(undo), [Op::UpdateField { table, field: after }]) = (changed.undo, changed.ops.as_slice())
    else {
        return Ok(());
    };
    let before = undo.iter().find_map(|op| match op {
        Op::UpdateField { field, .. } => Some(field),
        _ => None,
    });
    let Some(restored) = before.and_then(|before| merged(before, after, except)) else { return Ok(()) };
    let mut ops = vec![Op::UpdateField { table: *table, field: restored }];
    ops.extend(undo.into_iter().filter(|op| matches!(op, Op::UpdateRecords { .. })));
    match open.submit(granted, by, Command::Ops(ops)).await {
        // A record or the field went away since: nothing is left to be put back into it.
        Ok(_) | Err(BaseError::Op(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The field with what both have; none when nothing was lost.
fn merged(before: &Field, after: &Field, except: &HashSet<ChoiceId>) -> Option<Field> {
    let mut merged = after.clone();
    merged.name.clone_from(&before.name);
    merged.description.clone_from(&before.description);
    let choices = choices_of(&mut merged)?;
    for lost in before.kind.choices().iter().filter(|choice| !except.contains(&choice.id)) {
        if let Some(known) = choices.iter_mut().find(|choice| choice.id == lost.id) {
            known.clone_from(lost);
        } else {
            let code = new_choice(lost.id, "", choices).code;
            choices.push(Choice { code, ..lost.clone() });
        }
    }
    (merged != *after).then_some(merged)
}
