//! Views: who may see and change which, and what changing them takes.

use skein_platform::access::{AccessError, Role};
use skein_table::{Op, OpError, Table, View};
use skein_types::{Ids, MemberId, ViewId};

use super::Planned;
use crate::{BaseError, ViewInput, ViewPatch};

/// Who asks for a change, as far as it matters for views.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asker {
    /// None for a visitor by a link and for the server itself.
    pub(crate) member: Option<MemberId>,
    /// Whether they may manage the base.
    pub(crate) manages: bool,
}

impl Asker {
    /// Whether they may change a view they see.
    pub(crate) fn may_change(self, view: &View) -> bool {
        self.manages || !view.locked
    }

    /// A personal view is one's own, and locking takes the right to manage.
    fn check(self, view: &View, before: Option<&View>) -> Result<(), BaseError> {
        if view.owner.is_some() && view.owner != self.member {
            let detail = "a personal view is one's own: give the id of the member who asks, or none";
            return Err(BaseError::invalid("view.owner", "owner", detail));
        }
        if view.locked != before.is_some_and(|before| before.locked) && !self.manages {
            return Err(AccessError::Forbidden { needs: Role::Manage, has: Role::Edit }.into());
        }
        Ok(())
    }
}

/// A view of a table, for who may know of it.
pub(crate) fn seen(table: &Table, id: ViewId, member: Option<MemberId>) -> Result<&View, BaseError> {
    table.view(id).filter(|view| view.is_for(member)).ok_or(BaseError::ViewNotFound(id))
}

/// Whether all share no view but this one.
pub(crate) fn is_last_shared(table: &Table, id: ViewId) -> bool {
    table.def().views.iter().all(|view| view.id == id || view.owner.is_some())
}

pub(super) fn create(
    table: &Table,
    input: &ViewInput,
    asker: Asker,
    ids: &Ids,
) -> Result<Planned, BaseError> {
    let view = View {
        description: input.description.clone(),
        owner: input.owner,
        locked: input.locked,
        kind: input.kind.clone(),
        filter: input.filter.clone(),
        group: input.group.clone(),
        sort: input.sort.clone(),
        summaries: input.summaries.clone(),
        colors: input.colors.clone(),
        tree: input.tree,
        frozen: input.frozen.unwrap_or(1),
        fields: input.fields.clone(),
        row_height: input.row_height,
        ..View::new(ids.make(), input.name.clone())
    };
    asker.check(&view, None)?;
    let (id, def) = (view.id, table.def());
    let op = Op::CreateView { table: def.id, view, at: def.views.len() };
    Ok(Planned { view: Some(id), ..Planned::about(def.id, vec![op]) })
}

pub(super) fn update(
    table: &Table,
    id: ViewId,
    patch: &ViewPatch,
    asker: Asker,
) -> Result<Planned, BaseError> {
    let before = seen(table, id, asker.member)?;
    if !asker.may_change(before) {
        return Err(BaseError::ViewLocked(id));
    }
    let view = patched(before, patch);
    asker.check(&view, Some(before))?;
    if view.owner.is_some() && is_last_shared(table, id) {
        return Err(OpError::LastView.into());
    }
    let def = table.def();
    let mut ops = Vec::new();
    match patch.position.map(|to| place(table, id, to, asker.member)).transpose()? {
        Some(Some(at)) => {
            // Views have no operation that moves them: one is taken out and put in again.
            ops.push(Op::DeleteView { table: def.id, view: id });
            ops.push(Op::CreateView { table: def.id, view, at });
        }
        _ if view != *before => ops.push(Op::UpdateView { table: def.id, view }),
        _ => {}
    }
    Ok(Planned { view: Some(id), ..Planned::about(def.id, ops) })
}

fn patched(before: &View, patch: &ViewPatch) -> View {
    let mut view = before.clone();
    macro_rules! set {
        ($($part:ident)*) => {$(
            if let Some(new) = &patch.$part {
                view.$part.clone_from(new);
            }
        )*};
    }
    set!(name description owner locked kind filter group sort summaries colors tree frozen fields row_height);
    view
}

/// Where a view goes that is to stand at a place among those its reader knows of; none when it is there.
fn place(table: &Table, id: ViewId, to: usize, member: Option<MemberId>) -> Result<Option<usize>, BaseError> {
    let views = &table.def().views;
    let known: Vec<ViewId> = views.iter().filter(|view| view.is_for(member)).map(|view| view.id).collect();
    if known.get(to) == Some(&id) {
        return Ok(None);
    }
    if to >= known.len() {
        let detail = format!("the place {to} is outside 0 to {}", known.len() - 1);
        return Err(BaseError::invalid("view.place", "position", detail));
    }
    let after = known.iter().filter(|other| **other != id).nth(to);
    let others: Vec<ViewId> = views.iter().map(|view| view.id).filter(|other| *other != id).collect();
    Ok(Some(after.and_then(|next| others.iter().position(|other| other == next)).unwrap_or(others.len())))
}

pub(super) fn delete(table: &Table, id: ViewId, asker: Asker) -> Result<Planned, BaseError> {
    let view = seen(table, id, asker.member)?;
    if !asker.may_change(view) {
        return Err(BaseError::ViewLocked(id));
    }
    if is_last_shared(table, id) {
        return Err(OpError::LastView.into());
    }
    let table = table.def().id;
    Ok(Planned::about(table, vec![Op::DeleteView { table, view: id }]))
}
