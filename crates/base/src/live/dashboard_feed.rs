//! A dashboard for a subscriber (rules S33 to S35 of docs/spec/socket.md): it is told which widgets show something
//! else by now, and asks for what they show.

use std::{collections::HashMap, sync::Arc, time::Duration};

use serde::Serialize;
use skein_platform::access::{Granted, View};
use skein_table::{Dashboard, Viewer, formula::Env, until_tomorrow};
use skein_types::{DashboardId, WidgetId};
use tokio::{sync::watch, time::Instant};

use crate::{BaseError, Bases, OpenBase, Snapshot, dashboards::Reads, open::GONE};

/// Between two messages there is at least so much time.
const PAUSE: Duration = Duration::from_millis(200);

/// A message about a dashboard.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum DashboardMessage {
    /// Something is other than before.
    Dashboard {
        /// The last event that is in it.
        seq: i64,
        /// Whether the dashboard itself was changed.
        changed: bool,
        /// Widgets that may show something else.
        widgets: Vec<WidgetId>,
    },
    /// The dashboard or its base is deleted; the subscription has ended.
    Gone {
        /// Why.
        code: &'static str,
    },
}

/// What a subscriber knows of.
struct Known {
    dashboard: Arc<Dashboard>,
    reads: HashMap<WidgetId, Reads>,
}

impl Known {
    fn of(snapshot: &Snapshot, id: DashboardId) -> Option<Self> {
        let dashboard = snapshot.base.dashboard(id)?.clone();
        let reads = dashboard.widgets.iter();
        let reads = reads.map(|widget| (widget.id, Reads::of(&snapshot.base, &widget.kind))).collect();
        Some(Self { dashboard, reads })
    }

    /// Widgets that read something else than before.
    fn stale(&self, before: &Self) -> Vec<WidgetId> {
        let widgets = self.dashboard.widgets.iter().map(|widget| widget.id);
        widgets.filter(|id| self.reads.get(id) != before.reads.get(id)).collect()
    }
}

/// A dashboard as it changes. It keeps its base in memory.
pub struct DashboardFeed {
    base: Arc<OpenBase>,
    id: DashboardId,
    published: watch::Receiver<i64>,
    known: Known,
    /// Not before this.
    rests: Instant,
    /// When "today" is another day for who looks.
    midnight: Instant,
    viewer: Viewer,
}

impl DashboardFeed {
    /// Follows a dashboard. Answers where the base is.
    pub async fn open(
        bases: &Bases,
        granted: &Granted<View>,
        id: DashboardId,
        viewer: Viewer,
    ) -> Result<(i64, Self), BaseError> {
        let base = bases.open(granted).await?;
        let mut published = base.shared.published.subscribe();
        if *published.borrow_and_update() == GONE {
            return Err(BaseError::Gone);
        }
        let snapshot = base.snapshot();
        let known = Known::of(&snapshot, id).ok_or(BaseError::DashboardNotFound(id))?;
        let now = Instant::now();
        let midnight = now + tomorrow(&viewer);
        Ok((snapshot.seq, Self { base, id, published, known, rests: now, midnight, viewer }))
    }

    /// Waits for what comes next. After `Gone` there is nothing more. May be dropped and called again at any time.
    pub async fn next(&mut self) -> DashboardMessage {
        loop {
            tokio::time::sleep_until(self.rests).await;
            if *self.published.borrow_and_update() == GONE {
                return DashboardMessage::Gone { code: "resource.not_found" };
            }
            let snapshot = self.base.snapshot();
            let Some(known) = Known::of(&snapshot, self.id) else {
                return DashboardMessage::Gone { code: "dashboard.not_found" };
            };
            let changed = !Arc::ptr_eq(&known.dashboard, &self.known.dashboard);
            let mut widgets = known.stale(&self.known);
            if Instant::now() >= self.midnight {
                widgets = known.dashboard.widgets.iter().map(|widget| widget.id).collect();
                self.viewer.now = self.base.now();
                self.midnight = Instant::now() + tomorrow(&self.viewer);
            }
            if changed || !widgets.is_empty() {
                (self.known, self.rests) = (known, Instant::now() + PAUSE);
                return DashboardMessage::Dashboard { seq: snapshot.seq, changed, widgets };
            }
            tokio::select! {
                changed = self.published.changed() => {
                    if changed.is_err() {
                        return DashboardMessage::Gone { code: "resource.not_found" };
                    }
                }
                () = tokio::time::sleep_until(self.midnight) => {}
            }
        }
    }
}

/// How long it is until the viewer's next day.
fn tomorrow(viewer: &Viewer) -> Duration {
    let env = Env { now: viewer.now, zone: viewer.zone.clone(), ..Env::default() };
    Duration::from_millis(until_tomorrow(&env).max(0) as u64 + 1)
}
