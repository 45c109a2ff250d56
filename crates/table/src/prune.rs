//! Takes fields and choices that go away out of views and queries.

use serde_json::Value as Json;
use skein_types::{ChoiceId, FieldId};

use crate::{ColorTarget, Condition, Filter, TableDef, View};

/// Changes each view in place, and leaves out what kinds of views take no longer of the fields there are now;
/// answers what those that changed were before.
pub(crate) fn views(def: &mut TableDef, mut change: impl FnMut(&mut View)) -> Vec<View> {
    let mut before = Vec::new();
    for view in &mut def.views {
        let old = view.clone();
        change(view);
        view.kind.settle(def.id, &def.fields);
        if *view != old {
            before.push(old);
        }
    }
    before
}

/// Takes a field out of filter, groups, sort, summaries, colours and field list.
pub(crate) fn field(view: &mut View, field: FieldId) {
    view.fields.retain(|shown| shown.field != field);
    view.sort.retain(|key| key.field != field);
    view.group.retain(|key| key.field != field);
    view.summaries.retain(|summary| summary.field != field);
    view.colors.retain(|rule| rule.target != ColorTarget::Cell(field));
    retyped(view, field);
}

/// Takes a field that has another type now out of filters and the tree.
pub(crate) fn retyped(view: &mut View, field: FieldId) {
    view.tree = view.tree.filter(|parent| *parent != field);
    all_conditions(view, &mut |condition| condition.field != field && other_field(condition) != Some(field));
}

/// Keeps conditions of the filter and of colour rules; a rule without any left goes.
fn all_conditions(view: &mut View, keep: &mut impl FnMut(&mut Condition) -> bool) {
    conditions(&mut view.filter, keep);
    view.colors.retain_mut(|rule| keep_part(&mut rule.filter, keep));
}

/// The field a condition compares with.
pub(crate) fn other_field(condition: &Condition) -> Option<FieldId> {
    condition.value.get("field").and_then(Json::as_str).and_then(|id| id.parse().ok())
}

/// Takes choices of a field out of filters.
pub(crate) fn choices(view: &mut View, field: FieldId, gone: &[ChoiceId]) {
    if gone.is_empty() {
        return;
    }
    let is_gone = |json: &Json| {
        json.as_str().and_then(|text| text.parse::<ChoiceId>().ok()).is_some_and(|id| gone.contains(&id))
    };
    all_conditions(view, &mut |condition| {
        if condition.field != field {
            return true;
        }
        match &mut condition.value {
            Json::Array(items) => {
                let before = items.len();
                items.retain(|item| !is_gone(item));
                !items.is_empty() || before == 0
            }
            one => !is_gone(one),
        }
    });
}

/// Keeps the conditions that `keep` wants (and may change); groups left empty by that go too.
pub(crate) fn conditions(filter: &mut Option<Filter>, keep: &mut impl FnMut(&mut Condition) -> bool) {
    if filter.as_mut().is_some_and(|filter| !keep_part(filter, keep)) {
        *filter = None;
    }
}

fn keep_part(filter: &mut Filter, keep: &mut impl FnMut(&mut Condition) -> bool) -> bool {
    match filter {
        Filter::Condition(condition) => keep(condition),
        Filter::And { and: parts } | Filter::Or { or: parts } => {
            let before = parts.len();
            parts.retain_mut(|part| keep_part(part, keep));
            !parts.is_empty() || before == 0
        }
    }
}
