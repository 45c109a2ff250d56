//! What the widgets of dashboards show: computed off the task of the base, once for all who see the same.

mod reads;
mod shared;
mod sheet;

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::Serialize;
use skein_platform::Ctx;
use skein_table::{
    Cube, CubePick, CubeQuery, Dependence, Filter, Number, Viewer, WidgetKind, cube, cube_dependence,
    cube_records, narrowed, number, number_cube,
};
use skein_types::{FieldId, TableId};
use utoipa::ToSchema;

pub(crate) use self::{
    reads::Reads,
    shared::Charts,
    sheet::{Titles, csv},
};
use crate::{
    BaseError, ListQuery, RecordPage, Snapshot,
    list::{RecordJson, record_json},
    viewer,
};

/// Records behind a cell on one page.
const MAX_RECORDS: usize = 500;

/// What a widget shows.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "shows", rename_all = "snake_case")]
pub enum Shown {
    /// What a chart or a pivot table tells.
    Cube {
        /// Groups and cells.
        cube: Cube,
    },
    /// What a number card tells.
    Number {
        /// The number.
        number: Number,
    },
    /// The first records of a view.
    Records {
        /// The records.
        page: RecordPage,
    },
    /// Nothing that is computed.
    Nothing,
}

/// Records behind a cell.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Behind {
    /// The last event that is in it.
    pub seq: i64,
    /// How many there are.
    pub total: usize,
    /// Some of them, in the order they were made.
    pub items: Vec<RecordJson>,
}

/// A widget about to be asked, by somebody.
pub(crate) struct Asked {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) kind: WidgetKind,
    /// What was picked in controls.
    pub(crate) more: Vec<Filter>,
    pub(crate) viewer: Viewer,
}

impl Asked {
    pub(crate) async fn new(
        ctx: &Ctx,
        snapshot: Arc<Snapshot>,
        kind: WidgetKind,
        more: Vec<Filter>,
        zone: Option<&str>,
    ) -> Result<Self, BaseError> {
        let mut viewer = viewer(ctx).await?;
        if let Some(zone) = zone {
            viewer.zone = TimeZone::get(zone).map_err(|_| {
                BaseError::invalid("query.zone", "zone", "a time zone has an IANA name such as Asia/Shanghai")
            })?;
        }
        Ok(Self { snapshot, kind, more, viewer })
    }

    /// What it counts; none of lists, texts and controls.
    pub(crate) fn cube(&self) -> Result<Option<(TableId, CubeQuery)>, BaseError> {
        let (table, mut query) = match &self.kind {
            WidgetKind::Chart { table, query, .. } | WidgetKind::Pivot { table, query } => {
                (*table, query.clone())
            }
            WidgetKind::Number { number } => (number.table, number_cube(number, &self.viewer)?),
            _ => return Ok(None),
        };
        query.filter = narrowed(query.filter.as_ref(), self.more.clone());
        Ok(Some((table, query)))
    }

    /// What of the viewer it depends on.
    fn dependence(&self) -> Result<Dependence, BaseError> {
        let Some((table, query)) = self.cube()? else { return Ok(Dependence::default()) };
        Ok(cube_dependence(&self.snapshot.base, self.snapshot.table(table)?, &query)?)
    }

    fn compute(&self) -> Result<Shown, BaseError> {
        let base = &self.snapshot.base;
        if let WidgetKind::Number { number: query } = &self.kind {
            let filter = narrowed(query.filter.as_ref(), self.more.clone());
            let query = skein_table::NumberQuery { filter, ..query.clone() };
            let number = number(base, self.snapshot.table(query.table)?, &query, &self.viewer)?;
            return Ok(Shown::Number { number });
        }
        let Some((table, query)) = self.cube()? else { return Ok(Shown::Nothing) };
        Ok(Shown::Cube { cube: cube(base, self.snapshot.table(table)?, &query, &self.viewer)? })
    }

    /// What it shows; computed once for all who see the same.
    pub(crate) async fn shown(self, charts: &Charts) -> Result<Arc<Shown>, BaseError> {
        match &self.kind {
            WidgetKind::Text { .. } | WidgetKind::Control { .. } => Ok(Arc::new(Shown::Nothing)),
            WidgetKind::List { table, view, limit } => {
                let filter = narrowed(None, self.more.clone());
                let limit = Some(usize::from(*limit));
                let wanted = ListQuery { view: Some(*view), filter, limit, ..ListQuery::default() };
                let page = self.snapshot.list(*table, wanted, self.viewer.clone()).await?;
                Ok(Arc::new(Shown::Records { page }))
            }
            _ => charts.shown(self).await,
        }
    }

    /// The records behind a cell.
    pub(crate) async fn behind(
        self,
        at: Vec<Option<CubePick>>,
        (offset, limit): (usize, usize),
    ) -> Result<Behind, BaseError> {
        if !(1..=MAX_RECORDS).contains(&limit) {
            return Err(BaseError::invalid("list.limit", "limit", "a page has 1 to 500 records"));
        }
        let Some((id, query)) = self.cube()? else {
            return Err(BaseError::invalid("widget.no_cells", "type", "only what counts records has cells"));
        };
        let found = tokio::task::spawn_blocking(move || {
            let (base, table) = (&self.snapshot.base, self.snapshot.table(id)?);
            let rows = cube_records(base, table, &query, &self.viewer, &at)?;
            let fields: Vec<FieldId> = table.def().fields.iter().map(|field| field.id).collect();
            let page = rows.iter().skip(offset).take(limit);
            let items = page.map(|&row| record_json(base, table, row, &fields)).collect::<Result<_, _>>()?;
            Ok(Behind { seq: self.snapshot.seq, total: rows.len(), items })
        });
        found.await.map_err(|error| BaseError::Internal(error.to_string()))?
    }
}
