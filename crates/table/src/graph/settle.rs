//! Brings computed cells up to date after changes.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use skein_types::{FieldId, TableId};

use super::{Edge, From, Graph, Index, State};
use crate::{
    Base, Change, FieldKind, RowIx, Table,
    column::{Cell, Column},
    formula::{Datum, Env, ErrorCode, Evaluator, Hop, Keyed, Program, Source, Volatile},
    lanes::{self, Filled},
    links::sources,
    pending::Pending,
    value::DAY,
    watch::Watch,
};

/// Rows computed before their cells are written.
const PIECE: usize = 8_192;
/// Cells, or steps of the evaluator, after which it is asked whether to go on.
const CELLS: usize = 1_024;
const STEPS: u64 = 500_000;

/// The cells of a node that are to be computed.
#[derive(Clone, Debug, Default)]
enum Dirty {
    #[default]
    None,
    Some(Vec<RowIx>),
    All,
}

impl Dirty {
    fn add(&mut self, rows: Rows) {
        match (&mut *self, rows) {
            (Self::All, _) => {}
            (_, Rows::All) => *self = Self::All,
            (Self::None, Rows::Some(rows)) if rows.is_empty() => {}
            (Self::None, Rows::Some(rows)) => *self = Self::Some(rows),
            (Self::Some(all), Rows::Some(rows)) => all.extend(rows),
        }
    }
}

/// Rows of a table.
#[derive(Clone, Debug)]
enum Rows {
    Some(Vec<RowIx>),
    All,
}

/// One run: what is still to be computed, and what changed so far.
struct Run<'a> {
    graph: Arc<Graph>,
    dirty: Vec<Dirty>,
    changed: BTreeMap<TableId, Vec<RowIx>>,
    watch: &'a dyn Watch,
}

impl Base {
    /// Computes what depends on the changes since it was called last. Answers the rows that show something
    /// else now, and the tables with a field that has another type now.
    pub fn settle(&mut self) -> Vec<Change> {
        self.settle_watched(&())
    }

    /// As [`Base::settle`], watched. When it was stopped, cells may be wrong.
    pub fn settle_watched(&mut self, watch: &dyn Watch) -> Vec<Change> {
        if self.pending.is_empty() {
            return Vec::new();
        }
        let pending = std::mem::take(&mut self.pending);
        let (anew, reshaped) = if pending.schema { self.compile() } else { Default::default() };
        let graph = self.graph.clone();
        let mut run = Run {
            dirty: vec![Dirty::None; graph.nodes.len()],
            changed: BTreeMap::new(),
            graph: graph.clone(),
            watch,
        };
        for key in &graph.keyed {
            if !self.indexes.contains_key(key)
                && let Some(index) = self.build_index(key.0, key.1)
            {
                self.indexes.insert(*key, Arc::new(index));
            }
        }
        for &node in &anew {
            run.dirty[node] = Dirty::All;
        }
        run.begin(self, &pending);
        for node in 0..graph.nodes.len() {
            run.compute(self, node);
        }
        run.finish(&reshaped)
    }

    /// Passes in the time and the people. What depends on them is computed by the next [`Base::settle`].
    pub fn set_env(&mut self, env: Arc<Env>) {
        let before = std::mem::replace(&mut self.env, env);
        self.pending.env.get_or_insert(before);
    }

    /// How soon the time must be passed in again; none when no formula asks for it.
    pub fn volatile(&self) -> Option<Volatile> {
        let of = |state: &State| if let State::Ready(program) = state { program.volatile } else { None };
        self.graph.nodes.iter().filter_map(|node| of(&node.state)).max()
    }

    /// Rows whose link at a hop names one of some rows.
    fn back(&self, hop: Hop, rows: &[RowIx]) -> Rows {
        let Some(table) = self.table(hop.table) else { return Rows::Some(Vec::new()) };
        let Some(at) = table.schema.place(hop.field) else { return Rows::Some(Vec::new()) };
        let along = |column: &Column| {
            let mut found: Vec<RowIx> = rows.iter().flat_map(|&row| sources(column, row)).copied().collect();
            found.sort_unstable();
            found.dedup();
            Rows::Some(found)
        };
        match &table.def().fields[at].kind {
            FieldKind::Link { .. } => along(&table.stored(at).back),
            FieldKind::Backlink { table: source, field, .. } => {
                let source = self.table(*source);
                let link = source.and_then(|source| Some(source.column(source.schema.place(*field)?)));
                link.map_or(Rows::Some(Vec::new()), along)
            }
            _ => Rows::All,
        }
    }

    fn walk_back(&self, hops: &[Hop], rows: Vec<RowIx>) -> Rows {
        let mut rows = rows;
        for hop in hops.iter().rev() {
            match self.back(*hop, &rows) {
                Rows::Some(found) => rows = found,
                Rows::All => return Rows::All,
            }
        }
        Rows::Some(rows)
    }
}

impl Run<'_> {
    fn begin(&mut self, base: &mut Base, pending: &Pending) {
        for (&table, rows) in &pending.rows {
            self.rows_came_or_went(base, table, rows);
        }
        for (&(table, field), rows) in &pending.cells {
            self.cells_changed(base, table, field, rows);
        }
        for (&id, rows) in &pending.touched {
            let Some(table) = base.table(id) else { continue };
            let stamps =
                |field: &&crate::Field| matches!(field.kind, FieldKind::UpdatedAt(_) | FieldKind::UpdatedBy);
            let fields: Vec<FieldId> =
                table.def().fields.iter().filter(stamps).map(|field| field.id).collect();
            for field in fields {
                self.cells_changed(base, id, field, rows);
            }
        }
        if let Some(before) = &pending.env {
            self.env_changed(base, before);
        }
    }

    fn env_changed(&mut self, base: &Base, before: &Env) {
        let now = &base.env;
        let zone = before.zone != now.zone;
        let day = |env: &Env| {
            let zoned = jiff::Timestamp::from_millisecond(env.now).map(|at| at.to_zoned(env.zone.clone()));
            zoned.map(|at| at.date()).ok()
        };
        let (another_day, another_time) = (day(before) != day(now), before.now != now.now);
        let people = before.people != now.people;
        let graph = self.graph.clone();
        for (at, node) in graph.nodes.iter().enumerate() {
            let State::Ready(program) = &node.state else { continue };
            let by_time = match program.volatile {
                Some(Volatile::Now) => another_time,
                Some(Volatile::Today) => another_day,
                None => false,
            };
            if zone || by_time || people && node.people {
                self.dirty[at] = Dirty::All;
            }
        }
    }

    /// Records came or went: all their cells are others, and lists of the table's records too.
    fn rows_came_or_went(&mut self, base: &mut Base, id: TableId, rows: &[RowIx]) {
        let graph = self.graph.clone();
        let Some(table) = base.table(id) else { return };
        let fields: Vec<FieldId> = table.def().fields.iter().map(|field| field.id).collect();
        let live: Vec<RowIx> = rows.iter().copied().filter(|&row| table.is_live(row)).collect();
        for field in fields {
            match graph.places.get(&field) {
                // It announces its cells itself once they are computed.
                Some(&node) => self.dirty[node].add(Rows::Some(live.clone())),
                None => self.cells_changed(base, id, field, rows),
            }
        }
        for edge in graph.by_table.get(&id).into_iter().flatten() {
            self.mark(base, edge, rows, &[]);
        }
    }

    /// Marks what depends on cells of a field.
    fn cells_changed(&mut self, base: &mut Base, table: TableId, field: FieldId, rows: &[RowIx]) {
        let hashes = reindex(base, table, field, rows);
        let graph = self.graph.clone();
        for edge in graph.by_field.get(&(table, field)).into_iter().flatten() {
            self.mark(base, edge, rows, &hashes);
        }
        self.show(base, table, field, rows);
    }

    /// Links show the primary field of the records they name.
    fn show(&mut self, base: &Base, id: TableId, field: FieldId, rows: &[RowIx]) {
        let primary = base.table(id).and_then(|table| table.def().fields.first()).map(|field| field.id);
        if primary != Some(field) {
            return;
        }
        let graph = self.graph.clone();
        for hop in graph.shown.get(&id).into_iter().flatten() {
            let Some(table) = base.table(hop.table) else { continue };
            let shown = match base.back(*hop, rows) {
                Rows::Some(rows) => rows,
                Rows::All => table.rows().collect(),
            };
            self.changed.entry(hop.table).or_default().extend(shown);
        }
    }

    /// Marks the rows of a node that an edge leads to from changed rows. `hashes` are those of changed key
    /// cells, before and after.
    fn mark(&mut self, base: &Base, edge: &Edge, rows: &[RowIx], hashes: &[u64]) {
        if matches!(self.dirty[edge.node], Dirty::All) {
            return;
        }
        let found = match &edge.from {
            From::Everywhere => Rows::All,
            From::Record => base.walk_back(&edge.hops, rows.to_vec()),
            From::Keyed(keyed) => match base.walk_back(&edge.hops, rows.to_vec()) {
                Rows::Some(rows) => self.by_key(base, edge.node, keyed, &rows, hashes),
                Rows::All => Rows::All,
            },
        };
        self.dirty[edge.node].add(found);
    }

    /// The records of a node whose key leads to some records.
    fn by_key(&self, base: &Base, node: usize, keyed: &Keyed, rows: &[RowIx], hashes: &[u64]) -> Rows {
        let home = self.graph.nodes[node].table;
        let own = keyed.field.and_then(|field| base.indexes.get(&(home, field)));
        let (Some(own), Some(there)) = (own, base.indexes.get(&(keyed.table, keyed.key))) else {
            return Rows::All;
        };
        if !own.same_class(there) {
            return Rows::All;
        }
        let mut wanted: Vec<u64> = rows.iter().map(|&row| there.of(row)).collect();
        wanted.extend_from_slice(hashes);
        wanted.sort_unstable();
        wanted.dedup();
        Rows::Some(
            wanted.into_iter().filter(|hash| *hash != 0).flat_map(|hash| own.rows(hash)).copied().collect(),
        )
    }

    /// Computes the dirty cells of a node and marks what depends on those that changed.
    fn compute(&mut self, base: &mut Base, at: usize) {
        let graph = self.graph.clone();
        let node = &graph.nodes[at];
        let Ok(place) = base.place(node.table) else { return };
        let Some(column) = base.tables[place].schema.place(node.field) else { return };
        let dirty = std::mem::take(&mut self.dirty[at]);
        let whole = matches!(dirty, Dirty::All);
        let rows = match dirty {
            Dirty::None => return,
            Dirty::All => base.tables[place].rows().collect(),
            Dirty::Some(mut rows) => {
                rows.sort_unstable();
                rows.dedup();
                let table = &base.tables[place];
                rows.retain(|row| table.is_live(*row));
                rows
            }
        };
        let start = self.watch.time();
        let changed = match &node.state {
            State::Ready(program) if whole => evaluate_all(base, place, column, program, &rows, self.watch),
            State::Ready(program) => evaluate(base, place, column, program, &rows, self.watch),
            state => fail(base, place, column, state.error().unwrap_or(ErrorCode::Formula), &rows),
        };
        let took = self.watch.time().saturating_sub(start);
        node.last.note(rows.len(), took.as_micros() as u64);
        if changed.is_empty() {
            return;
        }
        self.cells_changed(base, node.table, node.field, &changed);
        self.changed.entry(node.table).or_default().extend(changed);
    }

    fn finish(self, reshaped: &HashSet<TableId>) -> Vec<Change> {
        let mut changes: HashMap<TableId, Change> = HashMap::new();
        let change = |table| Change {
            table,
            schema: reshaped.contains(&table),
            rows: Vec::new(),
            records: Vec::new(),
        };
        for (table, mut rows) in self.changed {
            rows.sort_unstable();
            rows.dedup();
            changes.entry(table).or_insert_with(|| change(table)).rows = rows;
        }
        for &table in reshaped {
            changes.entry(table).or_insert_with(|| change(table));
        }
        let mut changes: Vec<Change> = changes.into_values().collect();
        changes.sort_unstable_by_key(|change| change.table);
        changes
    }
}

/// Brings an index up to date; the hashes rows stood and stand under.
fn reindex(base: &mut Base, table: TableId, field: FieldId, rows: &[RowIx]) -> Vec<u64> {
    let Some(mut index) = base.indexes.remove(&(table, field)) else { return Vec::new() };
    let mut hashes = Vec::with_capacity(rows.len() * 2);
    if let Some(cells) = base.table(table)
        && let Some(at) = cells.schema.place(field)
    {
        let changed = Arc::make_mut(&mut index);
        for &row in rows {
            let new = if cells.is_live(row) { Index::hash_of(cells, at, row) } else { 0 };
            hashes.extend([changed.set(row, new), new]);
        }
    }
    base.indexes.insert((table, field), index);
    hashes.sort_unstable();
    hashes.dedup();
    hashes.retain(|hash| *hash != 0);
    hashes
}

/// Computes cells; the rows whose cell is another now.
fn evaluate(
    base: &mut Base,
    place: usize,
    at: usize,
    program: &Program,
    rows: &[RowIx],
    watch: &dyn Watch,
) -> Vec<RowIx> {
    let mut changed = Vec::new();
    let mut values: Vec<Datum> = Vec::with_capacity(PIECE.min(rows.len()));
    let mut done = 0;
    // One evaluator remembers what is the same for all records; it cannot live on while cells are written, so
    // few rows are computed in one go and many in pieces.
    while done < rows.len() {
        let piece = &rows[done..rows.len().min(done + piece_of(program))];
        let source: &dyn Source = &*base;
        let mut evaluator = Evaluator::new(program, source);
        let (mut cells, mut steps) = (0, 0);
        for &row in piece {
            values.push(evaluator.cell(row));
            (cells, steps) = (cells + 1, steps + evaluator.steps());
            if cells == CELLS || steps > STEPS {
                if !watch.done(cells) {
                    return changed;
                }
                (cells, steps) = (0, 0);
            }
        }
        drop(evaluator);
        watch.done(cells);
        let table = Arc::make_mut(&mut base.tables[place]);
        for (&row, value) in piece.iter().zip(values.drain(..)) {
            if table.set_datum(row, at, &value) {
                changed.push(row);
            }
        }
        done += piece.len();
    }
    changed
}

/// Computes all cells, chunk by chunk where the formula allows it; the rows whose cell is another now.
fn evaluate_all(
    base: &mut Base,
    place: usize,
    at: usize,
    program: &Program,
    rows: &[RowIx],
    watch: &dyn Watch,
) -> Vec<RowIx> {
    let Some(Filled { mut changed, left }) = lanes::fill(base, place, at, program) else {
        return evaluate(base, place, at, program, rows, watch);
    };
    if watch.done(rows.len() - left.len()) {
        changed.extend(evaluate(base, place, at, program, &left, watch));
    }
    changed
}

/// Rows computed in one go. What is the same for all records is computed once a go.
fn piece_of(program: &Program) -> usize {
    if program.has_memos() { usize::MAX / 2 } else { PIECE }
}

/// Gives cells an error.
fn fail(base: &mut Base, place: usize, at: usize, code: ErrorCode, rows: &[RowIx]) -> Vec<RowIx> {
    let table: &mut Table = Arc::make_mut(&mut base.tables[place]);
    let differs = |table: &Table, row: RowIx| table.cell(row, at) != Cell::Error(code);
    let changed: Vec<RowIx> = rows.iter().copied().filter(|&row| differs(table, row)).collect();
    for &row in &changed {
        table.set_datum(row, at, &Datum::Error(code));
    }
    changed
}

/// The milliseconds until a formula of TODAY must be computed anew.
pub fn until_tomorrow(env: &Env) -> i64 {
    let next = jiff::Timestamp::from_millisecond(env.now)
        .and_then(|now| now.to_zoned(env.zone.clone()).tomorrow()?.start_of_day());
    next.map_or(DAY, |next| next.timestamp().as_millisecond() - env.now)
}
