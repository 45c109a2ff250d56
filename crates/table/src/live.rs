//! Live views: the rows of one query in order, kept under changes at a cost that follows the change.

use crate::{
    FieldKind, Query, QueryError, RowIx, Table,
    compile::Names,
    order::OrderList,
    prune,
    query::{Compiled, compile},
};

/// The rows of one query in order. Holds the snapshot it was computed from.
#[derive(Clone, Debug)]
pub struct LiveView {
    query: Query,
    compiled: Compiled,
    table: Table,
    order: OrderList,
    member: Vec<u64>,
}

impl LiveView {
    /// Computes the rows of a query.
    pub fn new(table: &Table, query: &Query) -> Result<Self, QueryError> {
        let compiled = compile(table.def(), query, Names::Allowed)?;
        let mut view = Self {
            query: query.clone(),
            compiled,
            table: table.clone(),
            order: OrderList::default(),
            member: Vec::new(),
        };
        view.rebuild();
        Ok(view)
    }

    /// The query; without what named fields or choices that went away since.
    pub fn query(&self) -> &Query {
        &self.query
    }
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }
    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Up to `limit` rows from `offset` on.
    pub fn window(&self, offset: usize, limit: usize) -> Vec<RowIx> {
        self.order.window(offset, limit)
    }
    /// How many rows stand before a row; none when it is not in the view.
    pub fn rank(&self, row: RowIx) -> Option<usize> {
        if !self.has(row) {
            return None;
        }
        let (order, table) = (&self.compiled.order, &self.table);
        self.order.rank(|other| order.compare((table, other), (table, row)))
    }

    fn has(&self, row: RowIx) -> bool {
        self.member.get(row as usize / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }
    fn mark(&mut self, row: RowIx, on: bool) {
        let word = row as usize / 64;
        if word >= self.member.len() {
            self.member.resize(word + 1, 0);
        }
        let bit = 1 << (row % 64);
        if on {
            self.member[word] |= bit;
        } else {
            self.member[word] &= !bit;
        }
    }

    fn rebuild(&mut self) {
        let rows = self.compiled.select(&self.table);
        self.member = vec![0; self.table.row_count().div_ceil(64)];
        for &row in &rows {
            self.member[row as usize / 64] |= 1 << (row % 64);
        }
        self.order = OrderList::from_sorted(&rows);
    }

    /// Follows a change. `rows` are the rows of all changes since the last update (see
    /// [`crate::Change::rows`]; repeats do no harm); a changed definition is noticed by itself. Answers
    /// whether rows came, went or were placed anew; when not, every window is as before but for cells.
    pub fn update(&mut self, after: &Table, rows: &[RowIx]) -> bool {
        let same_schema = std::sync::Arc::ptr_eq(&self.table.schema, &after.schema);
        let old = (!same_schema).then(|| self.compiled.order.clone());
        let same_rows = self.table.same_rows(after);
        if !same_schema && self.follow_schema(after) || !same_rows || rows.len() > 64 + self.len() / 16 {
            let rows: Vec<RowIx> = self.order.iter().collect();
            self.table = after.clone();
            self.rebuild();
            return !same_rows || !self.order.iter().eq(rows);
        }
        let mut placed = Vec::new();
        let mut moved = false;
        for &row in rows {
            let was = self.has(row);
            let is = after.is_live(row) && self.compiled.program.keeps(after, row);
            let order = &self.compiled.order;
            let before = old.as_ref().unwrap_or(order);
            if was && is && before.compare_with((&self.table, row), order, (after, row)).is_eq()
                || !was && !is
            {
                continue;
            }
            if was {
                let table = &self.table;
                self.order.remove(|other| before.compare((table, other), (table, row)));
                self.mark(row, false);
                moved = true;
            }
            if is {
                placed.push(row);
            }
        }
        self.table = after.clone();
        for row in placed {
            if self.has(row) {
                continue;
            }
            let order = &self.compiled.order;
            self.order.insert(row, |other| order.compare((after, other), (after, row)));
            self.mark(row, true);
            moved = true;
        }
        moved
    }

    /// Compiles the query for a changed definition; whether rows must be computed anew.
    fn follow_schema(&mut self, after: &Table) -> bool {
        let used = self.used(after);
        if let Ok(compiled) = compile(after.def(), &self.query, Names::Allowed) {
            self.compiled = compiled;
        } else {
            self.prune(after);
        }
        used
    }

    /// Whether a field the query uses came, went or changed.
    fn used(&self, after: &Table) -> bool {
        let mut fields: Vec<_> = self.query.sort.iter().map(|key| key.field).collect();
        let mut filter = self.query.filter.clone();
        prune::conditions(&mut filter, &mut |condition| {
            fields.push(condition.field);
            true
        });
        if self.query.search.is_some() {
            let searched = |table: &Table| -> Vec<_> {
                let all = table.def().fields.iter();
                all.filter(|field| !matches!(field.kind, FieldKind::Checkbox)).map(|field| field.id).collect()
            };
            let (old, new) = (searched(&self.table), searched(after));
            if old != new {
                return true;
            }
            fields.extend(new);
        }
        fields.iter().any(|&id| {
            let column = |table: &Table| table.schema.place(id).map(|at| table.serial(at));
            column(&self.table) != column(after)
                || self.table.field(id).map(|f| &f.kind) != after.field(id).map(|f| &f.kind)
        })
    }

    /// Takes out of the query what no longer makes sense.
    fn prune(&mut self, after: &Table) {
        self.query.sort.retain(|key| after.field(key.field).is_some());
        let valid = |condition: &mut crate::Condition| {
            let alone =
                Query { filter: Some(crate::Filter::Condition(condition.clone())), ..Query::default() };
            compile(after.def(), &alone, Names::Allowed).is_ok()
        };
        prune::conditions(&mut self.query.filter, &mut { valid });
        if let Ok(compiled) = compile(after.def(), &self.query, Names::Allowed) {
            self.compiled = compiled;
        }
    }
}
