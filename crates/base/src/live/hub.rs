//! The task that keeps the live views of a base.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use skein_table::{Base, LiveView, Query, Touched as Rows, Viewer, dependence};
use skein_types::{Clock, TableId};
use tokio::{
    sync::{Notify, mpsc, oneshot, watch},
    task::JoinSet,
    time::MissedTickBehavior,
};

use super::{
    rows::TableRows,
    view::{Ready, SharedView, Source, ViewKey, ViewState},
};
use crate::{BaseError, Snapshot, draft::Touched};

/// Rows above which a view is computed on a thread of its own.
pub(crate) const LARGE: usize = 50_000;

/// How often it is asked whether a day has begun somewhere.
const DAYS: Duration = Duration::from_secs(30);
/// Why a view ends whose feeds are to open it again: it depends on who looks now.
pub(crate) const REOPEN: &str = "view.reopen";

/// What was published and not yet shown in live views. Later changes are merged into it, so it stays as
/// small as what they touch.
struct Pending {
    next: Mutex<Option<(Arc<Snapshot>, Touched)>>,
    wake: Notify,
    closed: AtomicBool,
    /// Everything up to this sequence number is in the views.
    processed: AtomicI64,
}

/// The way to the live views of a base.
pub(crate) struct Hub {
    pending: Arc<Pending>,
    asks: mpsc::UnboundedSender<Ask>,
}

pub(crate) struct Ask {
    table: TableId,
    source: Source,
    viewer: Arc<Viewer>,
    reply: oneshot::Sender<Result<Arc<SharedView>, BaseError>>,
}

impl Hub {
    /// A hub, and the work that [`start`] starts.
    pub(crate) fn new(snapshot: Arc<Snapshot>, clock: Arc<dyn Clock>) -> (Self, Work) {
        let pending = Arc::new(Pending {
            next: Mutex::default(),
            wake: Notify::new(),
            closed: AtomicBool::new(false),
            processed: AtomicI64::new(snapshot.seq),
        });
        let (asks, asked) = mpsc::unbounded_channel();
        let keeper = Keeper {
            pending: pending.clone(),
            snapshot,
            rows: HashMap::new(),
            views: HashMap::new(),
            builds: JoinSet::new(),
            clock,
        };
        (Self { pending, asks }, Work { keeper, asked })
    }

    /// Tells of a new state. Must be called before the snapshot is published.
    pub(crate) fn push(&self, snapshot: Arc<Snapshot>, touched: Touched) {
        let mut next = self.pending.next.lock();
        match &mut *next {
            Some((newest, all)) => {
                *newest = snapshot;
                all.merge(touched);
            }
            None => *next = Some((snapshot, touched)),
        }
        drop(next);
        self.pending.wake.notify_one();
    }

    /// The base is gone: every feed ends.
    pub(crate) fn close(&self) {
        self.pending.closed.store(true, Ordering::Release);
        self.pending.wake.notify_one();
    }

    /// Up to where the views are.
    pub(crate) fn processed(&self) -> i64 {
        self.pending.processed.load(Ordering::Acquire)
    }

    /// A view, shared with those who look at the same rows.
    pub(crate) async fn view(
        &self,
        table: TableId,
        source: Source,
        viewer: Arc<Viewer>,
    ) -> Result<Arc<SharedView>, BaseError> {
        let (reply, replied) = oneshot::channel();
        self.asks.send(Ask { table, source, viewer, reply }).map_err(|_| BaseError::Gone)?;
        replied.await.map_err(|_| BaseError::Gone)?
    }
}

/// What the task does.
pub(crate) struct Work {
    keeper: Keeper,
    asked: mpsc::UnboundedReceiver<Ask>,
}

/// Starts the task. It ends with the hub, or when that is closed.
pub(crate) fn start(work: Work) {
    tokio::spawn(work.keeper.run(work.asked));
}

struct Keeper {
    pending: Arc<Pending>,
    snapshot: Arc<Snapshot>,
    rows: HashMap<TableId, Arc<TableRows>>,
    views: HashMap<ViewKey, Entry>,
    builds: JoinSet<Built>,
    clock: Arc<dyn Clock>,
}

type Waiting = Vec<oneshot::Sender<Result<Arc<SharedView>, BaseError>>>;

struct Entry {
    source: Source,
    viewer: Arc<Viewer>,
    /// The query the view follows.
    query: Query,
    view: Weak<SharedView>,
    live: Option<LiveView>,
    waiting: Waiting,
    building: bool,
}

struct Built {
    key: ViewKey,
    query: Query,
    rows: Arc<TableRows>,
    version: u64,
    live: Option<LiveView>,
}

impl Keeper {
    async fn run(mut self, mut asked: mpsc::UnboundedReceiver<Ask>) {
        let pending = self.pending.clone();
        let mut days = tokio::time::interval(DAYS);
        days.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = days.tick() => self.begin_day(),
                () = pending.wake.notified() => self.advance(),
                ask = asked.recv() => match ask {
                    Some(ask) => {
                        // The one who asks may have seen a newer snapshot.
                        self.advance();
                        self.open(ask);
                    }
                    None => return,
                },
                Some(built) = self.builds.join_next() => {
                    if let Ok(built) = built {
                        self.advance();
                        self.built(built);
                    }
                }
            }
            if pending.closed.load(Ordering::Acquire) {
                for view in self.views.values().filter_map(|entry| entry.view.upgrade()) {
                    view.state.send_replace(ViewState::Gone("resource.not_found"));
                }
                return;
            }
        }
    }

    /// Computes views anew for whose viewers another day has begun.
    fn begin_day(&mut self) {
        let now = self.clock.now().as_millisecond();
        let stale =
            |entry: &Entry| entry.live.as_ref().and_then(LiveView::stale_at).is_some_and(|at| at <= now);
        let keys: Vec<ViewKey> =
            self.views.iter().filter(|(_, entry)| stale(entry)).map(|(key, _)| key.clone()).collect();
        for key in keys {
            let Some(entry) = self.views.get_mut(&key) else { continue };
            entry.viewer = Arc::new(Viewer { now, ..(*entry.viewer).clone() });
            entry.live = None;
            if let Some(rows) = self.rows.get(&key.table)
                && let Some(table) = self.snapshot.base.table(key.table)
            {
                rows.push(table, &[], false);
            }
            self.build(&key);
        }
    }

    /// Takes what was published since and brings the views there.
    fn advance(&mut self) {
        let Some((snapshot, touched)) = self.pending.next.lock().take() else { return };
        self.snapshot = snapshot;
        self.prune(None);
        for table in &touched.replaced {
            self.rows.remove(table);
        }
        let changed: std::collections::HashSet<TableId> =
            touched.schema.iter().chain(touched.rows.keys()).chain(&touched.replaced).copied().collect();
        for id in &changed {
            let (Some(rows), Some(table)) = (self.rows.get(id), self.snapshot.base.table(*id)) else {
                continue;
            };
            let list = touched.rows.get(id).map_or(&[][..], Vec::as_slice);
            rows.push(table, list, touched.schema.contains(id));
        }
        let keys: Vec<ViewKey> = self.views.keys().cloned().collect();
        let rows: Rows = touched.rows.into_iter().collect();
        for key in keys {
            let replaced = touched.replaced.contains(&key.table);
            let schema = touched.schema.contains(&key.table);
            self.follow(&key, &rows, changed.contains(&key.table), (schema, replaced));
        }
        self.pending.processed.store(self.snapshot.seq, Ordering::Release);
    }

    /// Lets go of views nobody looks at, but for the one that is asked for, and of what they shared.
    fn prune(&mut self, asked: Option<&ViewKey>) {
        self.views.retain(|key, entry| {
            entry.view.strong_count() > 0 || !entry.waiting.is_empty() || entry.building || Some(key) == asked
        });
        let used: std::collections::HashSet<TableId> = self.views.keys().map(|key| key.table).collect();
        self.rows.retain(|table, _| used.contains(table));
    }

    /// Brings one view to the newest snapshot.
    fn follow(&mut self, key: &ViewKey, touched: &Rows, own: bool, (schema, replaced): (bool, bool)) {
        let changed = touched.get(&key.table).map_or(&[][..], Vec::as_slice);
        let Some(table) = self.snapshot.base.table(key.table).cloned() else {
            return self.end(key, &BaseError::TableNotFound(key.table));
        };
        let Some(entry) = self.views.get_mut(key) else { return };
        if schema || replaced {
            let query = match entry.source.query(&table) {
                Ok(query) => query,
                Err(error) => return self.end(key, &error),
            };
            let other = matches!(entry.source, Source::View(_)) && query != entry.query;
            if other && !key.serves(dependence(&self.snapshot.base, &table, &query)) {
                return self.end_with(key, REOPEN);
            }
            if replaced || other {
                entry.query = query;
                entry.live = None;
            }
        }
        if entry.live.as_ref().is_some_and(|live| !live.heeds(&self.snapshot.base, touched)) {
            return;
        }
        let heavy = table.len() > LARGE && (schema || changed.len() > 64 + table.len() / 16);
        let kept = entry.live.take().filter(|_| !heavy);
        // Whoever is being built finds the change when it is done.
        let Some(mut live) = kept else { return self.build(key) };
        let moved = std::panic::catch_unwind(AssertUnwindSafe(|| live.update(&self.snapshot.base, touched)));
        let Ok(moved) = moved else {
            tracing::error!(table = %key.table, "a live view failed to follow and is computed anew");
            return self.build(key);
        };
        // Where only another table changed, the rows of this one are of the same version still.
        if !own
            && moved.rows
            && let Some(rows) = self.rows.get(&key.table)
        {
            rows.push(&table, &[], false);
        }
        self.show(key, live);
    }

    /// Publishes a view that is at the newest snapshot.
    fn show(&mut self, key: &ViewKey, live: LiveView) {
        let Some(table) = self.snapshot.base.table(key.table) else { return };
        let rows = self.rows.entry(key.table).or_insert_with(|| Arc::new(TableRows::new(table))).clone();
        let Some(entry) = self.views.get_mut(key) else { return };
        let ready = Arc::new(Ready {
            seq: self.snapshot.seq,
            snapshot: self.snapshot.clone(),
            table: table.clone(),
            live: live.clone(),
            version: rows.version(),
            rows,
        });
        entry.live = Some(live);
        let view = if let Some(view) = entry.view.upgrade() {
            view.state.send_replace(ViewState::Ready(ready));
            view.behind.store(false, Ordering::Release);
            view
        } else {
            let state = watch::Sender::new(ViewState::Ready(ready));
            let view = Arc::new(SharedView { state, behind: AtomicBool::new(false) });
            entry.view = Arc::downgrade(&view);
            view
        };
        for reply in entry.waiting.drain(..) {
            let _ = reply.send(Ok(view.clone()));
        }
    }

    /// Ends a view in favour of others.
    fn end_with(&mut self, key: &ViewKey, code: &'static str) {
        let Some(entry) = self.views.remove(key) else { return };
        if let Some(view) = entry.view.upgrade() {
            view.state.send_replace(ViewState::Gone(code));
        }
        for reply in entry.waiting {
            let error = BaseError::invalid("view.reopen", "view", "the view was changed; open it again");
            let _ = reply.send(Err(error));
        }
    }

    /// Ends a view: it is deleted, or no longer makes sense.
    fn end(&mut self, key: &ViewKey, error: &BaseError) {
        let Some(entry) = self.views.remove(key) else { return };
        let code = match error {
            BaseError::ViewNotFound(_) => "view.not_found",
            BaseError::TableNotFound(_) => "table.not_found",
            _ => "query.invalid",
        };
        if let Some(view) = entry.view.upgrade() {
            view.state.send_replace(ViewState::Gone(code));
        }
        for reply in entry.waiting {
            let _ = reply.send(Err(error.clone()));
        }
    }

    fn open(&mut self, ask: Ask) {
        let Ask { table: id, source, viewer, reply } = ask;
        let base = &self.snapshot.base;
        let query = self.snapshot.table(id).and_then(|table| {
            source.check(table, viewer.me)?;
            let query = source.query(table)?;
            // What a stored view names may be gone: it is left out. What is asked for must make sense.
            if matches!(source, Source::Query(_)) {
                skein_table::validate_query(base, table, &query, &viewer)?;
            }
            let depends = dependence(base, table, &query);
            Ok((query, depends))
        });
        let (query, depends) = match query {
            Ok(query) => query,
            Err(error) => {
                let _ = reply.send(Err(error));
                return;
            }
        };
        let key = ViewKey::new(id, &source, depends, &viewer);
        self.prune(Some(&key));
        let entry = self.views.entry(key.clone()).or_insert_with(|| Entry {
            source,
            viewer,
            query,
            view: Weak::new(),
            live: None,
            waiting: Vec::new(),
            building: false,
        });
        if let Some(view) = entry.view.upgrade() {
            // A view that is computed anew is handed out as it was; it follows.
            let _ = reply.send(Ok(view));
            return;
        }
        entry.waiting.push(reply);
        match entry.live.take() {
            // Nobody looked for a moment, in which nothing changed.
            Some(live) => self.show(&key, live),
            None => self.build(&key),
        }
    }

    /// Computes a view from the newest snapshot: at once, or on a thread of its own when it is large.
    fn build(&mut self, key: &ViewKey) {
        let Some(table) = self.snapshot.base.table(key.table).cloned() else {
            return self.end(key, &BaseError::TableNotFound(key.table));
        };
        let rows = self.rows.entry(key.table).or_insert_with(|| Arc::new(TableRows::new(&table))).clone();
        let Some(entry) = self.views.get_mut(key) else { return };
        if entry.building {
            return;
        }
        let (query, viewer) = (entry.query.clone(), entry.viewer.clone());
        let base = self.snapshot.base.clone();
        if table.len() > LARGE {
            entry.building = true;
            if let Some(view) = entry.view.upgrade() {
                view.behind.store(true, Ordering::Release);
            }
            let (key, version) = (key.clone(), rows.version());
            self.builds.spawn_blocking(move || {
                let live = compute(&base, key.table, &query, &viewer);
                Built { key, query, rows, version, live }
            });
            return;
        }
        match compute(&base, key.table, &query, &viewer) {
            Some(live) => self.show(key, live),
            None => self.end(key, &unfit()),
        }
    }

    /// A view was computed aside. Meanwhile rows may have changed: those it is told, and when too much
    /// changed it is computed again.
    fn built(&mut self, built: Built) {
        let Built { key, query, rows, version, live } = built;
        let Some(table) = self.snapshot.base.table(key.table).cloned() else { return };
        let Some(entry) = self.views.get_mut(&key) else { return };
        entry.building = false;
        let same = query == entry.query
            && self.rows.get(&key.table).is_some_and(|current| Arc::ptr_eq(current, &rows));
        let missed = same.then(|| rows.since(version)).flatten();
        let missed = missed.map(|missed| Rows::from([(key.table, missed)]));
        match (live, missed) {
            (None, Some(_)) => self.end(&key, &unfit()),
            (Some(mut live), Some(missed)) if missed[&key.table].len() <= 64 + table.len() / 16 => {
                if std::panic::catch_unwind(AssertUnwindSafe(|| live.update(&self.snapshot.base, &missed)))
                    .is_ok()
                {
                    self.show(&key, live);
                } else {
                    self.end(&key, &unfit());
                }
            }
            _ => self.build(&key),
        }
    }
}

fn unfit() -> BaseError {
    BaseError::invalid("query.invalid", "query", "the query does not fit the table")
}

fn compute(base: &Base, table: TableId, query: &Query, viewer: &Viewer) -> Option<LiveView> {
    let work = AssertUnwindSafe(|| LiveView::new(base, table, query, viewer));
    std::panic::catch_unwind(work).ok().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use skein_table::{Field, FieldKind, Op, Record, Stamp, Value, select};
    use skein_testkit::{seeded, within};
    use skein_types::{FieldId, Ids, RecordId};

    use super::*;
    use crate::plan::new_table;

    /// A table above the size at which views are computed aside, and what changes it.
    struct Large {
        base: Base,
        seq: i64,
        table: TableId,
        price: FieldId,
        records: Vec<RecordId>,
    }

    impl Large {
        fn new(ids: &Ids) -> Self {
            let field = |slot: u32, name: &str, kind: FieldKind| Field::new(ids.make(), slot, name, kind);
            let number = FieldKind::number(0);
            let fields = vec![field(0, "Name", FieldKind::text()), field(1, "Price", number)];
            let price = fields[1].id;
            let table = new_table("Large", fields, "Grid", ids);
            let id = table.id;
            let mut base = Base::new();
            base.apply(&Op::CreateTable { table, at: 0 }, &Stamp::default()).unwrap();
            let records: Vec<Record> = (0..LARGE + 10)
                .map(|n| {
                    Record::new(ids.make(), vec![(price, Value::Number { n: f64::from(n as u32 % 977) })])
                })
                .collect();
            let all = records.iter().map(|record| record.id).collect();
            base.apply(&Op::CreateRecords { table: id, records }, &Stamp::default()).unwrap();
            Self { base, seq: 1, table: id, price, records: all }
        }

        fn snapshot(&self) -> Arc<Snapshot> {
            Arc::new(Snapshot { seq: self.seq, base: self.base.clone() })
        }

        fn apply(&mut self, hub: &Hub, op: &Op) {
            let applied = self.base.apply(op, &Stamp::default()).unwrap();
            let mut touched = Touched::default();
            touched.note(op, &applied.changes);
            touched.follow(&self.base.settle());
            self.seq += 1;
            hub.push(self.snapshot(), touched);
        }

        fn set(&mut self, hub: &Hub, at: usize, n: f64) {
            let cells = vec![(self.price, Value::Number { n })];
            let records = vec![Record::new(self.records[at], cells)];
            self.apply(hub, &Op::UpdateRecords { table: self.table, records });
        }

        fn query(&self) -> Query {
            serde_json::from_value(json!({
                "filter": {"field": self.price, "op": "gte", "value": 100},
                "sort": [{"field": self.price, "descending": true}],
            }))
            .unwrap()
        }
    }

    #[tokio::test]
    async fn views_nobody_looks_at_are_let_go_without_a_write() {
        let (clock, ids) = seeded(4);
        let table = new_table("Small", Vec::new(), "Grid", &ids);
        let id = table.id;
        let mut base = Base::new();
        let name = Field::new(ids.make(), 0, "Name", FieldKind::text());
        let table = skein_table::TableDef { fields: vec![name], next_slot: 1, ..table };
        base.apply(&Op::CreateTable { table, at: 0 }, &Stamp::default()).unwrap();
        let (_hub, mut work) = Hub::new(Arc::new(Snapshot { seq: 1, base }), clock.clone());
        for n in 0..20 {
            let (reply, _) = oneshot::channel();
            let query = Query { search: Some(format!("text {n}")), ..Query::default() };
            work.keeper.open(Ask { table: id, source: Source::Query(query), viewer: Arc::default(), reply });
        }
        assert_eq!(work.keeper.views.len(), 1);
    }

    #[tokio::test]
    async fn a_view_computed_anew_is_behind_until_it_is_shown() {
        let (clock, ids) = seeded(5);
        let mut large = Large::new(&ids);
        let (hub, mut work) = Hub::new(large.snapshot(), clock.clone());
        let keeper = &mut work.keeper;
        let (reply, replied) = oneshot::channel();
        keeper.open(Ask {
            table: large.table,
            source: Source::Query(large.query()),
            viewer: Arc::default(),
            reply,
        });
        let built = within("the view", keeper.builds.join_next()).await.unwrap().unwrap();
        keeper.built(built);
        let view = replied.await.unwrap().unwrap();
        assert!(!view.behind.load(Ordering::Acquire));
        let records = large.records[..30_000].iter();
        let records = records.map(|id| Record::new(*id, vec![(large.price, Value::Number { n: 5.0 })]));
        let op = Op::UpdateRecords { table: large.table, records: records.collect() };
        large.apply(&hub, &op);
        keeper.advance();
        assert_eq!(hub.processed(), large.seq);
        assert!(view.behind.load(Ordering::Acquire), "the rows shown are older than what was processed");
        let built = within("the view anew", keeper.builds.join_next()).await.unwrap().unwrap();
        keeper.built(built);
        assert!(!view.behind.load(Ordering::Acquire));
    }

    async fn settled(hub: &Hub, view: &SharedView, large: &Large) {
        let table = large.base.table(large.table).unwrap();
        let goal = select(&large.base, table, &large.query(), &Viewer::default());
        let mut state = view.state.subscribe();
        within("the view is the newest", async {
            loop {
                let now = state.borrow_and_update().clone();
                if let ViewState::Ready(ready) = now
                    && hub.processed() == large.seq
                    && ready.live.window(0, goal.len()) == goal
                {
                    return;
                }
                state.changed().await.unwrap();
            }
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_large_view_computed_aside_misses_nothing() {
        let (clock, ids) = seeded(3);
        let mut large = Large::new(&ids);
        let (hub, work) = Hub::new(large.snapshot(), clock.clone());
        start(work);
        let source = Source::Query(large.query());
        // Edits go on while it is computed for the first time, and while too much changes at once.
        let (view, ()) = tokio::join!(hub.view(large.table, source, Arc::default()), async {
            for at in 0..50 {
                large.set(&hub, at * 7, (at * 31 % 500) as f64);
                tokio::task::yield_now().await;
            }
        });
        let view = view.unwrap();
        settled(&hub, &view, &large).await;
        let many = large.records[..30_000].iter();
        let records = many.map(|id| Record::new(*id, vec![(large.price, Value::Number { n: 5.0 })]));
        let op = Op::UpdateRecords { table: large.table, records: records.collect() };
        large.apply(&hub, &op);
        for at in 0..50 {
            large.set(&hub, at, 1_000.0 + at as f64);
            tokio::task::yield_now().await;
        }
        settled(&hub, &view, &large).await;
        let op = Op::DeleteRecords { table: large.table, records: large.records[..20].to_vec() };
        large.apply(&hub, &op);
        settled(&hub, &view, &large).await;
    }
}
