//! Dashboards: what making and changing them takes, and whether their widgets make sense.

use skein_table::{
    Base, Dashboard, Op, QueryError, Table, Viewer, Widget, WidgetKind, number_cube, validate_cube,
};
use skein_types::{DashboardId, Ids, TableId};

use super::{Asker, Planned, find, views};
use crate::{BaseError, DashboardInput, DashboardPatch, WidgetInput};

fn about(dashboard: DashboardId, ops: Vec<Op>) -> Planned {
    Planned { dashboard: Some(dashboard), ops, ..Planned::default() }
}

pub(super) fn create(
    base: &Base,
    input: &DashboardInput,
    asker: Asker,
    ids: &Ids,
) -> Result<Planned, BaseError> {
    let mut widgets = Vec::with_capacity(input.widgets.len());
    for (at, widget) in input.widgets.iter().enumerate() {
        check(base, &widget.kind, asker).map_err(|error| error.at(|path| format!("widgets[{at}].{path}")))?;
        widgets.push(widget.with_id(ids.make()));
    }
    let (name, description) = (input.name.clone(), input.description.clone());
    let dashboard = Dashboard { id: ids.make(), name, description, widgets };
    let id = dashboard.id;
    Ok(about(id, vec![Op::CreateDashboard { dashboard, at: base.dashboards().len() }]))
}

pub(super) fn update(
    base: &Base,
    id: DashboardId,
    patch: &DashboardPatch,
    asker: Asker,
    ids: &Ids,
) -> Result<Planned, BaseError> {
    let now = base.dashboard(id).ok_or(BaseError::DashboardNotFound(id))?;
    let mut new = Dashboard::clone(now);
    if let Some(name) = &patch.name {
        new.name.clone_from(name);
    }
    if let Some(description) = &patch.description {
        new.description.clone_from(description);
    }
    for place in &patch.places {
        if let Some(widget) = new.widgets.iter_mut().find(|widget| widget.id == place.id) {
            (widget.x, widget.y, widget.w, widget.h) = (place.x, place.y, place.w, place.h);
        }
    }
    new.widgets.retain(|widget| !patch.remove.contains(&widget.id));
    for (at, input) in patch.put.iter().enumerate() {
        let error = |error: BaseError| error.at(|path| format!("put[{at}].{path}"));
        check(base, &input.kind, asker).map_err(error)?;
        put(&mut new, input, ids).map_err(error)?;
    }
    let mut ops = Vec::new();
    if new != **now {
        ops.push(Op::UpdateDashboard { dashboard: new });
    }
    let from = base.dashboards().iter().position(|dashboard| dashboard.id == id);
    if let Some(to) = patch.position.filter(|to| Some(*to) != from) {
        ops.push(Op::MoveDashboard { dashboard: id, to });
    }
    Ok(about(id, ops))
}

fn put(dashboard: &mut Dashboard, input: &WidgetInput, ids: &Ids) -> Result<(), BaseError> {
    let Some(id) = input.id else {
        dashboard.widgets.push(input.with_id(ids.make()));
        return Ok(());
    };
    let found = dashboard.widgets.iter_mut().find(|widget| widget.id == id);
    let widget: &mut Widget = found.ok_or(BaseError::WidgetNotFound(id))?;
    *widget = input.with_id(id);
    Ok(())
}

pub(super) fn delete(id: DashboardId) -> Planned {
    about(id, vec![Op::DeleteDashboard { dashboard: id }])
}

/// Whether a widget makes sense for the tables there are; an error names the place in it.
pub(crate) fn check(base: &Base, kind: &WidgetKind, asker: Asker) -> Result<(), BaseError> {
    let under = |prefix: &str, error: QueryError| {
        BaseError::invalid(error.code(), format!("{prefix}{}", error.path), error.message)
    };
    let table = |id: TableId, path: &str| -> Result<&Table, BaseError> {
        let found = find(base, id);
        found.map_err(|_| BaseError::invalid("table.not_found", path, format!("there is no table {id}")))
    };
    match kind {
        WidgetKind::Chart { table: of, query, .. } | WidgetKind::Pivot { table: of, query } => {
            validate_cube(base, table(*of, "table")?, query).map_err(|error| under("query.", error))
        }
        WidgetKind::Number { number } => {
            let table = table(number.table, "table")?;
            let query = number_cube(number, &Viewer::default()).map_err(|error| under("", error))?;
            validate_cube(base, table, &query).map_err(|mut error| {
                error.path = error.path.replacen("measures[0]", "measure", 1);
                under("", error)
            })
        }
        WidgetKind::List { table: of, view, .. } => {
            let found = views::seen(table(*of, "table")?, *view, asker.member);
            found.map(drop).map_err(|error| BaseError::invalid("view.not_found", "view", error.to_string()))
        }
        WidgetKind::Text { .. } => Ok(()),
        WidgetKind::Control { fields, .. } => {
            for (at, one) in fields.iter().enumerate() {
                if table(one.table, &format!("fields[{at}].table"))?.field(one.field).is_none() {
                    let detail = format!("there is no field {}", one.field);
                    return Err(BaseError::invalid("field.unknown", format!("fields[{at}].field"), detail));
                }
            }
            Ok(())
        }
    }
}
