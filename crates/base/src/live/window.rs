//! A window onto a live view (rules S8 to S11, S14, S20, S22 to S27, S29 to S33 of docs/spec/socket.md).

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, atomic::Ordering},
};

use serde_json::Value as Json;

use skein_platform::access::{Granted, View};
use skein_table::{Group, Line, Query, RowIx, Table, Twig, Viewer};
use skein_types::TableId;
use tokio::sync::watch;

use super::{
    hub::REOPEN,
    look::{Look, Looking, Page},
    message::{GroupHead, LineId, RecordColors, RecordRows, Tells, WindowMessage},
    rows::TableRows,
    view::{Ready, SharedView, Source, ViewState},
};
use crate::{BaseError, Bases, OpenBase};

/// A window onto a live view. It keeps its base in memory.
pub struct WindowFeed {
    base: Arc<OpenBase>,
    view: Arc<SharedView>,
    state: watch::Receiver<ViewState>,
    table: TableId,
    source: Source,
    viewer: Arc<Viewer>,
    looking: Looking,
    /// What was asked of the view when it was last looked at.
    query: Option<Query>,
    sent: Option<Sent>,
    /// The client looks at other lines, and that is not answered yet.
    moved: bool,
    /// Records are kept in other places.
    held: bool,
}

/// What the client holds.
struct Sent {
    lines: Vec<Line>,
    /// Those of the lines that are records, each once.
    rows: Vec<RowIx>,
    /// Of each row, when anything colours rows.
    colors: Vec<Vec<u8>>,
    total: usize,
    tells: Tells,
    summaries: Vec<Json>,
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
        look: impl Into<Look>,
    ) -> Result<Self, BaseError> {
        let mut looking = Looking::default();
        looking.change(look.into())?;
        let base = bases.open(granted).await?;
        let viewer = Arc::new(viewer);
        let view = base.shared.hub.view(table, source.clone(), viewer.clone()).await?;
        let state = view.state.subscribe();
        Ok(Self {
            base,
            view,
            state,
            table,
            source,
            viewer,
            looking,
            query: None,
            sent: None,
            moved: true,
            held: false,
        })
    }

    /// Looks otherwise: moves the window, folds groups, keeps records in place. The next
    /// [`WindowFeed::next`] answers at once; where records are kept only when that changes something.
    pub fn look(&mut self, look: impl Into<Look>) -> Result<(), BaseError> {
        let look = look.into();
        self.moved |= look.offset.is_some() || look.place.is_some();
        self.moved |= look.limit.is_some() || look.folds.is_some() || look.within.is_some();
        self.held |= look.hold.is_some();
        self.looking.change(look)
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
        if self.query.as_ref() != Some(ready.live.query()) {
            // Where a record is kept is a place in another list.
            if self.query.replace(ready.live.query().clone()).is_some() {
                self.looking.let_go();
            }
        }
        let held = self.sent.as_ref().filter(|sent| Arc::ptr_eq(&sent.of, &ready.rows));
        if held.is_some_and(|sent| sent.version == ready.version) && !self.moved && !self.held {
            return None;
        }
        let Page { lines, total, records, around } = self.looking.page(&ready.live, &ready.table);
        let rows = unique(&lines);
        let now = Sent {
            colors: colors(ready, &rows),
            lines,
            rows,
            total,
            tells: tells(ready),
            summaries: ready.live.summaries(),
            version: ready.version,
            of: ready.rows.clone(),
        };
        let (rows, order) = match held {
            None => (now.rows.clone(), true),
            Some(sent) => {
                let order = !same_lines(&sent.lines, &now.lines);
                (differing(sent, &now, order, ready.rows.since(sent.version)), order)
            }
        };
        let order = order || self.moved;
        let groups = other_groups(held.map_or(&[], |sent| &sent.lines), &now.lines);
        let colors = recolored(held, &now, &rows, &ready.table);
        let tells = held.is_none_or(|sent| sent.tells != now.tells);
        let summaries = tells || held.is_some_and(|sent| sent.summaries != now.summaries);
        let nothing = rows.is_empty()
            && groups.is_empty()
            && colors.0.is_empty()
            && !order
            && !summaries
            && held.is_some_and(|sent| sent.total == now.total);
        let message = (!nothing).then(|| WindowMessage::Window {
            seq,
            offset: self.looking.offset,
            total,
            records: (ready.live.is_grouped() || ready.live.is_tree()).then_some(records),
            tells: tells.then(|| now.tells.clone()),
            summaries: summaries.then(|| now.summaries.clone()),
            before: (order && ready.live.is_grouped()).then_some(around.before),
            above: if order { around.path } else { Vec::new() },
            order: order.then(|| now.lines.iter().map(|line| line_id(line, &ready.table)).collect()),
            rows: encoded(ready, &rows),
            groups,
            colors,
        });
        self.sent = Some(now);
        (self.moved, self.held) = (false, false);
        message
    }
}

fn tells(ready: &Ready) -> Tells {
    let group = ready.live.grouping().cloned().collect();
    let query = ready.live.query();
    Tells { group, summaries: query.summaries.clone(), tree: query.tree.filter(|_| ready.live.is_tree()) }
}

fn encoded(ready: &Ready, rows: &[RowIx]) -> RecordRows {
    let json = ready.rows.encode(ready.version, &ready.snapshot.base, &ready.table, rows);
    RecordRows(rows.iter().map(|&row| ready.table.record_id(row)).zip(json).collect())
}

fn line_id(line: &Line, table: &Table) -> LineId {
    match line {
        Line::Row(row) | Line::Twig(Twig { row, depth: 0, parent: false, .. }) => {
            LineId::Record(table.record_id(*row))
        }
        Line::Twig(Twig { row, depth, parent, folded }) => {
            LineId::Twig { record: table.record_id(*row), depth: *depth, parent: *parent, folded: *folded }
        }
        Line::Group(group) => LineId::Head { group: group.path.clone() },
        Line::End(path) => LineId::End { end: path.clone() },
    }
}

/// Whether lines stand for the same, whatever is told of groups.
fn same_lines(a: &[Line], b: &[Line]) -> bool {
    let same = |(a, b): (&Line, &Line)| match (a, b) {
        (Line::Group(a), Line::Group(b)) => a.path == b.path,
        (a, b) => a == b,
    };
    a.len() == b.len() && a.iter().zip(b).all(same)
}

fn rows_of(lines: &[Line]) -> impl Iterator<Item = RowIx> {
    lines.iter().filter_map(Line::row)
}

fn groups_of(lines: &[Line]) -> impl Iterator<Item = &Group> {
    lines.iter().filter_map(|line| if let Line::Group(group) = line { Some(&**group) } else { None })
}

/// Groups the client does not hold as they are now.
fn other_groups(before: &[Line], now: &[Line]) -> Vec<GroupHead> {
    let name = |group: &Group| serde_json::to_string(&group.path).unwrap_or_default();
    let told: HashMap<String, GroupHead> =
        groups_of(before).map(|group| (name(group), GroupHead::from(group.clone()))).collect();
    let other = |group: &Group| {
        let head = GroupHead::from(group.clone());
        (told.get(&name(group)) != Some(&head)).then_some(head)
    };
    groups_of(now).filter_map(other).collect()
}

/// Rows the client does not hold as they are now: new in the window, or changed since. When it is not
/// known what changed, all.
fn differing(sent: &Sent, now: &Sent, order: bool, changed: Option<Vec<RowIx>>) -> Vec<RowIx> {
    let Some(changed) = changed else { return now.rows.clone() };
    if !order && changed.len() <= 8 {
        let mut send: Vec<RowIx> = changed.into_iter().filter(|row| now.rows.contains(row)).collect();
        send.sort_unstable();
        send.dedup();
        return send;
    }
    let changed: HashSet<RowIx> = changed.into_iter().collect();
    let before: HashSet<RowIx> = sent.rows.iter().copied().collect();
    let send = |row: &RowIx| changed.contains(row) || !before.contains(row);
    now.rows.iter().copied().filter(send).collect()
}

/// The rows of lines, each once: a record may be in several groups.
fn unique(lines: &[Line]) -> Vec<RowIx> {
    let mut seen = HashSet::new();
    rows_of(lines).filter(|row| seen.insert(*row)).collect()
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
fn recolored(held: Option<&Sent>, now: &Sent, send: &[RowIx], table: &Table) -> RecordColors {
    let before = held.map_or(&[][..], |sent| &sent.colors);
    if now.colors.is_empty() && before.is_empty() {
        return RecordColors::default();
    }
    let none = Vec::new();
    let before: HashMap<RowIx, &Vec<u8>> =
        held.into_iter().flat_map(|sent| sent.rows.iter().copied()).zip(before).collect();
    let send: HashSet<RowIx> = send.iter().copied().collect();
    let all = now.rows.iter().zip(now.colors.iter().chain(std::iter::repeat(&none)));
    let told = |(row, colors): &(&RowIx, &Vec<u8>)| {
        if send.contains(*row) {
            !colors.is_empty()
        } else {
            before.get(*row).is_none_or(|before| before != colors)
                && (before.contains_key(*row) || !colors.is_empty())
        }
    };
    RecordColors(all.filter(told).map(|(row, colors)| (table.record_id(*row), colors.clone())).collect())
}
