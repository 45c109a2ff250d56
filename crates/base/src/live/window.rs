//! A window onto a live view (rules S8 to S11, S14, S20 of docs/spec/socket.md).

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, atomic::Ordering},
};

use skein_platform::access::{Granted, View};
use skein_table::{RowIx, Viewer};
use skein_types::{RecordId, TableId};
use tokio::sync::watch;

use super::{
    hub::REOPEN,
    message::{RecordColors, RecordRows, WindowMessage},
    rows::TableRows,
    view::{Ready, SharedView, Source, ViewState},
};
use crate::{BaseError, Bases, OpenBase};

/// Rows of the largest window.
const MAX_LIMIT: usize = 1_000;

/// A window onto a live view. It keeps its base in memory.
pub struct WindowFeed {
    base: Arc<OpenBase>,
    view: Arc<SharedView>,
    state: watch::Receiver<ViewState>,
    table: TableId,
    source: Source,
    viewer: Arc<Viewer>,
    offset: usize,
    limit: usize,
    sent: Option<Sent>,
    /// The window was moved and that is not answered yet.
    moved: bool,
}

/// What the client holds.
struct Sent {
    rows: Vec<RowIx>,
    /// Of each row, when anything colours rows.
    colors: Vec<Vec<u8>>,
    total: usize,
    version: u64,
    of: Arc<TableRows>,
}

impl WindowFeed {
    /// Opens a window. Watching begins before the state is sampled; the first [`WindowFeed::next`] gives
    /// the whole window at once.
    pub async fn open(
        bases: &Bases,
        granted: &Granted<View>,
        table: TableId,
        source: Source,
        viewer: Viewer,
        (offset, limit): (usize, usize),
    ) -> Result<Self, BaseError> {
        check_limit(limit)?;
        let base = bases.open(granted).await?;
        let viewer = Arc::new(viewer);
        let view = base.shared.hub.view(table, source.clone(), viewer.clone()).await?;
        let state = view.state.subscribe();
        Ok(Self { base, view, state, table, source, viewer, offset, limit, sent: None, moved: true })
    }

    /// Moves the window; the next [`WindowFeed::next`] answers at once.
    pub fn move_to(&mut self, offset: usize, limit: usize) -> Result<(), BaseError> {
        check_limit(limit)?;
        (self.offset, self.limit, self.moved) = (offset, limit, true);
        Ok(())
    }

    /// Waits until the window is not what was last given, and gives what differs. After `Gone` there is
    /// nothing more. May be dropped and called again at any time: what is not returned is not lost.
    pub async fn next(&mut self) -> WindowMessage {
        loop {
            let processed = self.base.shared.hub.processed();
            // Read between the two: a view that falls behind says so before it counts as processed, and
            // takes it back after the new state is there.
            let behind = self.view.behind.load(Ordering::Acquire);
            let state = self.state.borrow_and_update().clone();
            match state {
                ViewState::Gone(REOPEN) => {
                    let hub = &self.base.shared.hub;
                    match hub.view(self.table, self.source.clone(), self.viewer.clone()).await {
                        Ok(view) => {
                            self.state = view.state.subscribe();
                            self.view = view;
                            (self.sent, self.moved) = (None, true);
                            continue;
                        }
                        Err(_) => return WindowMessage::Gone { code: "view.not_found" },
                    }
                }
                ViewState::Gone(code) => return WindowMessage::Gone { code },
                ViewState::Ready(ready) => {
                    // It may have become a personal view of somebody else.
                    if self.source.check(&ready.table, self.viewer.me).is_err() {
                        return WindowMessage::Gone { code: "view.not_found" };
                    }
                    let seq = if behind { ready.seq } else { ready.seq.max(processed) };
                    if let Some(message) = self.step(&ready, seq) {
                        return message;
                    }
                }
            }
            if self.state.changed().await.is_err() {
                return WindowMessage::Gone { code: "resource.not_found" };
            }
        }
    }

    fn step(&mut self, ready: &Ready, seq: i64) -> Option<WindowMessage> {
        let rows = ready.live.window(self.offset, self.limit);
        let total = ready.live.len();
        let held = self.sent.as_ref().filter(|sent| Arc::ptr_eq(&sent.of, &ready.rows));
        let (send, order) = match held {
            None => (rows.clone(), true),
            Some(sent) => {
                if sent.version == ready.version && !self.moved {
                    return None;
                }
                let order = sent.rows != rows;
                (differing(sent, &rows, order, ready.rows.since(sent.version)), order)
            }
        };
        let same_total = held.is_some_and(|sent| sent.total == total);
        let order = order || self.moved;
        let colors = colors(ready, &rows);
        let colored = recolored(held, &rows, &colors, &send);
        let nothing = send.is_empty() && colored.is_empty() && !order && same_total;
        let id = |&row: &RowIx| ready.table.record_id(row);
        let message = (!nothing).then(|| WindowMessage::Window {
            seq,
            offset: self.offset,
            total,
            order: order.then(|| rows.iter().map(id).collect::<Vec<RecordId>>()),
            rows: RecordRows(
                send.iter()
                    .map(id)
                    .zip(ready.rows.encode(ready.version, &ready.snapshot.base, &ready.table, &send))
                    .collect(),
            ),
            colors: RecordColors(colored.into_iter().map(|(row, colors)| (id(&row), colors)).collect()),
        });
        self.sent = Some(Sent { rows, colors, total, version: ready.version, of: ready.rows.clone() });
        self.moved = false;
        message
    }
}

/// Rows the client does not hold as they are now: new in the window, or changed since. When it is not
/// known what changed, all.
fn differing(sent: &Sent, rows: &[RowIx], order: bool, changed: Option<Vec<RowIx>>) -> Vec<RowIx> {
    let Some(changed) = changed else { return rows.to_vec() };
    if !order && changed.len() <= 8 {
        let mut send: Vec<RowIx> = changed.into_iter().filter(|row| rows.contains(row)).collect();
        send.sort_unstable();
        send.dedup();
        return send;
    }
    let changed: HashSet<RowIx> = changed.into_iter().collect();
    let before: HashSet<RowIx> = sent.rows.iter().copied().collect();
    rows.iter().copied().filter(|row| changed.contains(row) || !before.contains(row)).collect()
}

/// Of rows of the window, the colour rules that count for them; empty when nothing colours rows.
fn colors(ready: &Ready, rows: &[RowIx]) -> Vec<Vec<u8>> {
    if ready.live.is_colored() {
        rows.iter().map(|&row| ready.live.colors(row)).collect()
    } else {
        Vec::new()
    }
}

/// What the client must hear of colours: of rows that are sent any, of the others those that are not as
/// they were sent last.
fn recolored(
    held: Option<&Sent>,
    rows: &[RowIx],
    colors: &[Vec<u8>],
    send: &[RowIx],
) -> Vec<(RowIx, Vec<u8>)> {
    let before = held.map_or(&[][..], |sent| &sent.colors);
    if colors.is_empty() && before.is_empty() {
        return Vec::new();
    }
    let none = Vec::new();
    let before: HashMap<RowIx, &Vec<u8>> =
        held.into_iter().flat_map(|sent| sent.rows.iter().copied()).zip(before).collect();
    let send: HashSet<RowIx> = send.iter().copied().collect();
    let now = rows.iter().zip(colors.iter().chain(std::iter::repeat(&none)));
    let told = |(row, colors): &(&RowIx, &Vec<u8>)| {
        if send.contains(*row) {
            !colors.is_empty()
        } else {
            before.get(*row).is_none_or(|before| before != colors)
                && (before.contains_key(*row) || !colors.is_empty())
        }
    };
    now.filter(told).map(|(row, colors)| (*row, colors.clone())).collect()
}

fn check_limit(limit: usize) -> Result<(), BaseError> {
    if (1..=MAX_LIMIT).contains(&limit) {
        Ok(())
    } else {
        Err(BaseError::invalid("view.limit", "limit", "a window has 1 to 1,000 rows"))
    }
}
