//! The right of a form, in the one place where it is used.
//!
//! Who fills in a form needs no role on its base, and one they may have inside it does not matter: whoever manages the
//! base shared the form, and by that lets everybody it is for add records with answers to its questions, and, where
//! the form says so, change those they added. Nothing else is done by this right, and nothing is read by it that the
//! form does not show.

use std::sync::Arc;

use skein_platform::access::Role;
use skein_table::{Record, ViewKind};
use skein_types::TableId;

use super::{Admitted, FormError};
use crate::{
    Actor, BaseError, Bases, Command, OpenBase, Receipt, Snapshot,
    open::{Answer, Request},
};

/// What is done by the right of a form.
pub(super) enum Write {
    Add,
    Change,
}

/// The base of a form.
pub(super) async fn open(bases: &Bases, admitted: &Admitted) -> Result<Arc<OpenBase>, FormError> {
    let open = bases.serve(admitted.share.base).await;
    open.map_err(|error| if matches!(error, BaseError::Gone) { FormError::NotFound } else { error.into() })
}

/// The form as it is now. One whose view is gone, or is no form any longer, is no more.
pub(super) fn form<'a>(
    snapshot: &'a Snapshot,
    admitted: &Admitted,
) -> Result<(&'a skein_table::Table, &'a skein_table::View, &'a skein_table::FormView), FormError> {
    let table = snapshot.table(admitted.share.table).map_err(|_| FormError::NotFound)?;
    let view = table.view(admitted.share.view).ok_or(FormError::NotFound)?;
    match &view.kind {
        ViewKind::Form(form) => Ok((table, view, form)),
        _ => Err(FormError::NotFound),
    }
}

/// Adds or changes one record of the table of the form.
pub(super) async fn write(
    open: &OpenBase,
    admitted: &Admitted,
    by: Actor,
    what: Write,
    record: Record,
) -> Result<Receipt, BaseError> {
    let (table, records): (TableId, _) = (admitted.share.table, vec![record]);
    let command = match what {
        Write::Add => Command::CreateRecords { table, records },
        Write::Change => Command::UpdateRecords { table, records },
    };
    open.queue(|reply| Request {
        by,
        command,
        answer: Answer::Unwanted,
        // Roles inside the base are about people: what a form may do is said here.
        role: Role::Manage,
        keys: Vec::new(),
        reply,
    })
    .await
}
