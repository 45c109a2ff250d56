//! Taking changes of dashboards back, widget by widget.

use skein_table::{Base, Dashboard, Op, Widget};
use skein_types::{DashboardId, WidgetId};

use super::Kept;
use crate::plan::free_name;

fn others(base: &Base, id: DashboardId) -> impl Iterator<Item = &str> {
    base.dashboards().iter().filter(move |other| other.id != id).map(|other| other.name.as_str())
}

pub(super) fn create(base: &Base, old: &Dashboard, at: usize) -> Kept {
    if base.dashboard(old.id).is_some() {
        return Kept::skip(1);
    }
    let dashboard = Dashboard { name: free_name(&old.name, others(base, old.id)), ..old.clone() };
    Kept::all(Op::CreateDashboard { dashboard, at: at.min(base.dashboards().len()) })
}

pub(super) fn move_to(base: &Base, id: DashboardId, to: usize) -> Kept {
    if base.dashboard(id).is_none() {
        return Kept::skip(1);
    }
    Kept::all(Op::MoveDashboard { dashboard: id, to: to.min(base.dashboards().len() - 1) })
}

/// Sets name, description and each widget back, if it still is as the change `left` it.
pub(super) fn update(base: &Base, old: &Dashboard, left: Option<&Dashboard>) -> Kept {
    let Some(now) = base.dashboard(old.id) else { return Kept::skip(1) };
    let left = left.unwrap_or(now);
    let (mut back, mut skipped) = (Dashboard::clone(now), 0);
    macro_rules! set {
        ($($part:ident)*) => {$(
            if old.$part != left.$part {
                if now.$part == left.$part { back.$part.clone_from(&old.$part) } else { skipped += 1 }
            }
        )*};
    }
    set!(name description);
    let mut known: Vec<WidgetId> = old.widgets.iter().chain(&left.widgets).map(|widget| widget.id).collect();
    known.sort_unstable();
    known.dedup();
    for id in known {
        let (before, after) = (old.widget(id), left.widget(id));
        if before == after {
            continue;
        }
        if now.widget(id) != after {
            skipped += 1;
            continue;
        }
        put_back(&mut back, id, before, old);
    }
    back.name = free_name(&back.name, others(base, old.id));
    let ops = if back == **now { Vec::new() } else { vec![Op::UpdateDashboard { dashboard: back }] };
    Kept { ops, skipped }
}

/// Puts a widget back as it was, or away when there was none.
fn put_back(back: &mut Dashboard, id: WidgetId, before: Option<&Widget>, old: &Dashboard) {
    let found = back.widgets.iter().position(|widget| widget.id == id);
    match (found, before) {
        (Some(at), Some(before)) => back.widgets[at] = before.clone(),
        (Some(at), None) => drop(back.widgets.remove(at)),
        (None, Some(before)) => {
            let at = old.widgets.iter().position(|widget| widget.id == id).unwrap_or(usize::MAX);
            back.widgets.insert(at.min(back.widgets.len()), before.clone());
        }
        (None, None) => {}
    }
}
