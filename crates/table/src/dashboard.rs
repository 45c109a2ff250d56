//! Dashboards: charts, numbers, pivot tables, lists, texts and controls on a grid, in the shape that is stored and
//! sent, and the operations that change them.
//!
//! A widget keeps naming fields and tables that are gone: it says then what is missing, and is whole again when
//! they come back.

use std::{collections::HashSet, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use skein_types::{DashboardId, FieldId, TableId, ViewId, WidgetId};
use utoipa::ToSchema;

use crate::{Applied, Base, Condition, CubeMeasure, CubeQuery, Filter, Op, OpError, Operator, Thing, check};

/// Columns of the grid.
pub const GRID: u16 = 12;
const MAX_DASHBOARDS: usize = 1_000;
const MAX_WIDGETS: usize = 200;
const MAX_ROW: u16 = 10_000;
const MAX_HEIGHT: u16 = 100;
const MAX_WORDS: usize = 50_000;

/// What a base shows at a glance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Dashboard {
    /// Id.
    pub id: DashboardId,
    /// Unique among the dashboards of the base, ignoring case.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What is on it; their places say where.
    #[serde(default)]
    pub widgets: Vec<Widget>,
}

/// A part of a dashboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Widget {
    /// Id.
    pub id: WidgetId,
    /// What stands above it; may be empty.
    #[serde(default)]
    pub title: String,
    /// The first of the twelve columns it covers, from 0.
    pub x: u16,
    /// The first row it covers, from 0.
    pub y: u16,
    /// How many columns it covers.
    pub w: u16,
    /// How many rows it covers.
    pub h: u16,
    /// What it is.
    #[serde(flatten)]
    pub kind: WidgetKind,
}

/// What a widget is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum WidgetKind {
    /// A chart.
    Chart {
        /// The table it tells of.
        table: TableId,
        /// How it is drawn.
        form: ChartForm,
        /// What it tells: at most one dimension along its axis and one of its series.
        query: CubeQuery,
        /// How it is drawn in detail.
        #[serde(default)]
        look: ChartLook,
    },
    /// One number.
    Number {
        /// What it tells.
        #[serde(flatten)]
        number: NumberQuery,
    },
    /// A pivot table.
    Pivot {
        /// The table it tells of.
        table: TableId,
        /// Rows, columns and measures.
        query: CubeQuery,
    },
    /// The first records of a view.
    List {
        /// The table.
        table: TableId,
        /// The view: its filter, order and fields.
        view: ViewId,
        /// How many records, 1 to 200.
        #[serde(default = "usual_rows")]
        limit: u16,
    },
    /// A text in Markdown; HTML in it is shown as it is written.
    Text {
        /// The text.
        text: String,
    },
    /// Something to pick by: narrows what the other widgets tell, for who picks alone.
    Control {
        /// The fields it picks by, one of each table it acts on.
        fields: Vec<ControlField>,
        /// The widgets it acts on; none for all that tell of these tables.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        widgets: Vec<WidgetId>,
    },
}

fn usual_rows() -> u16 {
    20
}

/// A field a control picks by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ControlField {
    /// The table.
    pub table: TableId,
    /// The field.
    pub field: FieldId,
}

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ChartForm {
    Column,
    Bar,
    Line,
    Area,
    Pie,
    Ring,
    /// Columns for the first measure, lines for the others.
    Combo,
    /// The first measure across, the second upwards.
    Scatter,
    Funnel,
    Radar,
    WordCloud,
    Gauge,
    HeatMap,
}

/// How a chart is drawn in detail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct ChartLook {
    /// Whether series stand on each other.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stacked: bool,
    /// Whether numbers stand at what they tell of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub labels: bool,
    /// Whether lines are smooth.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub smooth: bool,
    /// Whether the names of series are left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_legend: bool,
    /// What is reached at the end of a gauge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<f64>,
}

/// What a number card tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NumberQuery {
    /// The table it tells of.
    pub table: TableId,
    /// Of which records; none means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// What it tells.
    pub measure: CubeMeasure,
    /// The time it tells of, which is compared with the time before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// What it should be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
}

/// A time, and the time before it that it is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Period {
    /// The dates that are looked at.
    pub field: FieldId,
    /// A time relative to today, as conditions have it: `{"relative": "this_month"}`, `{"last": 7, "unit": "days"}`.
    pub span: Json,
    /// Whether only days up to today count, and as many of the time before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub to_date: bool,
}

/// What somebody picked in a control.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Picked {
    /// The control.
    pub widget: WidgetId,
    /// How the field compares with the value.
    pub op: Operator,
    /// What was picked.
    #[serde(default)]
    pub value: Json,
}

impl Widget {
    /// The table it tells of; none of texts and controls.
    pub fn table(&self) -> Option<TableId> {
        match &self.kind {
            WidgetKind::Chart { table, .. }
            | WidgetKind::Pivot { table, .. }
            | WidgetKind::List { table, .. } => Some(*table),
            WidgetKind::Number { number } => Some(number.table),
            WidgetKind::Text { .. } | WidgetKind::Control { .. } => None,
        }
    }
}

impl Dashboard {
    /// A widget.
    pub fn widget(&self, id: WidgetId) -> Option<&Widget> {
        self.widgets.iter().find(|widget| widget.id == id)
    }

    /// What was picked in controls, as far as it acts on a widget.
    pub fn picked(&self, widget: &Widget, picked: &[Picked]) -> Vec<Filter> {
        let Some(of) = widget.table() else { return Vec::new() };
        let condition = |picked: &Picked| {
            let WidgetKind::Control { fields, widgets } = &self.widget(picked.widget)?.kind else {
                return None;
            };
            let acts = widgets.is_empty() || widgets.contains(&widget.id);
            let field = fields.iter().find(|field| field.table == of).filter(|_| acts)?.field;
            let (op, value) = (picked.op, picked.value.clone());
            Some(Filter::Condition(Condition { field, op, value }))
        };
        picked.iter().filter_map(condition).collect()
    }
}

/// Both filters.
pub fn narrowed(filter: Option<&Filter>, more: Vec<Filter>) -> Option<Filter> {
    if more.is_empty() {
        return filter.cloned();
    }
    Some(Filter::And { and: filter.cloned().into_iter().chain(more).collect() })
}

/// What a dashboard is by itself, whatever tables there are.
pub(crate) fn check(dashboard: &Dashboard) -> Result<(), OpError> {
    check::name(Thing::Dashboard, &dashboard.name)?;
    let wrong = |path: String, message: &str| Err(OpError::Dashboard { path, message: message.into() });
    if dashboard.description.len() > 10_000 {
        return wrong("description".into(), "a description has at most 10,000 bytes");
    }
    if dashboard.widgets.len() > MAX_WIDGETS {
        return wrong("widgets".into(), "a dashboard has at most 200 widgets");
    }
    let mut seen = HashSet::new();
    for (at, widget) in dashboard.widgets.iter().enumerate() {
        let path = |part: &str| format!("widgets[{at}].{part}");
        if !seen.insert(widget.id) {
            return wrong(path("id"), "another widget has this id");
        }
        if widget.title.chars().count() > 200 {
            return wrong(path("title"), "a title has at most 200 characters");
        }
        if widget.w == 0 || widget.x >= GRID || widget.w > GRID - widget.x {
            return wrong(path("w"), "a widget covers some of the twelve columns");
        }
        if widget.h == 0 || widget.h > MAX_HEIGHT || widget.y > MAX_ROW {
            return wrong(path("h"), "a widget covers 1 to 100 rows, the first of them at most the 10,000th");
        }
        if let Err((part, message)) = sound(&widget.kind) {
            return wrong(path(part), message);
        }
    }
    Ok(())
}

fn sound(kind: &WidgetKind) -> Result<(), (&'static str, &'static str)> {
    match kind {
        WidgetKind::Chart { query, .. } if query.rows.len() > 1 || query.columns.len() > 1 => {
            Err(("query", "a chart has at most one dimension along its axis and one of its series"))
        }
        WidgetKind::Chart { query, .. } | WidgetKind::Pivot { query, .. } if query.measures.is_empty() => {
            Err(("query.measures", "at least one"))
        }
        WidgetKind::Chart { query, .. } | WidgetKind::Pivot { query, .. }
            if query.measures.len() > 20 || query.dimensions().count() > 6 =>
        {
            Err(("query", "at most six dimensions and twenty measures"))
        }
        WidgetKind::List { limit, .. } if !(1..=200).contains(limit) => {
            Err(("limit", "a list shows 1 to 200 records"))
        }
        WidgetKind::Text { text } if text.len() > MAX_WORDS => {
            Err(("text", "a text has at most 50,000 bytes"))
        }
        WidgetKind::Control { fields, .. } if fields.is_empty() || fields.len() > 100 => {
            Err(("fields", "a control picks by 1 to 100 fields"))
        }
        WidgetKind::Control { fields, .. } => {
            let tables: HashSet<TableId> = fields.iter().map(|field| field.table).collect();
            if tables.len() == fields.len() { Ok(()) } else { Err(("fields", "one field of each table")) }
        }
        _ => Ok(()),
    }
}

impl Op {
    /// Whether it changes a dashboard, and no table.
    pub fn is_of_dashboards(&self) -> bool {
        matches!(
            self,
            Self::CreateDashboard { .. }
                | Self::UpdateDashboard { .. }
                | Self::DeleteDashboard { .. }
                | Self::MoveDashboard { .. }
        )
    }
}

impl Base {
    /// Dashboards in display order.
    pub fn dashboards(&self) -> &[Arc<Dashboard>] {
        &self.dashboards
    }
    /// A dashboard.
    pub fn dashboard(&self, id: DashboardId) -> Option<&Arc<Dashboard>> {
        self.dashboards.iter().find(|dashboard| dashboard.id == id)
    }
    /// The same with other dashboards, as they were stored.
    #[must_use]
    pub fn with_dashboards(mut self, dashboards: Vec<Dashboard>) -> Self {
        self.dashboards = dashboards.into_iter().map(Arc::new).collect();
        self
    }

    fn dashboard_place(&self, id: DashboardId) -> Result<usize, OpError> {
        let place = self.dashboards.iter().position(|dashboard| dashboard.id == id);
        place.ok_or(OpError::DashboardNotFound(id))
    }

    fn free_dashboard_name(&self, dashboard: &Dashboard) -> Result<(), OpError> {
        let others = self.dashboards.iter().filter(|other| other.id != dashboard.id);
        check::free_name(Thing::Dashboard, &dashboard.name, others.map(|other| other.name.as_str()))
    }

    pub(crate) fn create_dashboard(&mut self, dashboard: &Dashboard, at: usize) -> Result<Applied, OpError> {
        check(dashboard)?;
        check::place(Thing::Dashboard, at, 0, self.dashboards.len())?;
        if self.dashboards.len() >= MAX_DASHBOARDS {
            return Err(OpError::TooMany { what: Thing::Dashboard, max: MAX_DASHBOARDS });
        }
        if self.dashboard(dashboard.id).is_some() {
            return Err(OpError::Exists { what: Thing::Dashboard, id: dashboard.id.to_string() });
        }
        self.free_dashboard_name(dashboard)?;
        self.dashboards.insert(at, Arc::new(dashboard.clone()));
        Ok(of_dashboards(Op::DeleteDashboard { dashboard: dashboard.id }))
    }

    pub(crate) fn update_dashboard(&mut self, dashboard: &Dashboard) -> Result<Applied, OpError> {
        let at = self.dashboard_place(dashboard.id)?;
        check(dashboard)?;
        self.free_dashboard_name(dashboard)?;
        let old = std::mem::replace(&mut self.dashboards[at], Arc::new(dashboard.clone()));
        Ok(of_dashboards(Op::UpdateDashboard { dashboard: Arc::unwrap_or_clone(old) }))
    }

    pub(crate) fn delete_dashboard(&mut self, id: DashboardId) -> Result<Applied, OpError> {
        let at = self.dashboard_place(id)?;
        let old = self.dashboards.remove(at);
        Ok(of_dashboards(Op::CreateDashboard { dashboard: Arc::unwrap_or_clone(old), at }))
    }

    pub(crate) fn move_dashboard(&mut self, id: DashboardId, to: usize) -> Result<Applied, OpError> {
        let from = self.dashboard_place(id)?;
        check::place(Thing::Dashboard, to, 0, self.dashboards.len() - 1)?;
        let dashboard = self.dashboards.remove(from);
        self.dashboards.insert(to, dashboard);
        Ok(of_dashboards(Op::MoveDashboard { dashboard: id, to: from }))
    }
}

/// A change that touched no table.
fn of_dashboards(inverse: Op) -> Applied {
    Applied { inverse: vec![inverse], changes: Vec::new() }
}
