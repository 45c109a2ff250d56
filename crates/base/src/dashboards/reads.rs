//! What a widget is computed from, to be compared with later.

use std::sync::{Arc, Weak};

use skein_table::{
    Base, Condition, CubeQuery, Filter, Table, WidgetKind,
    formula::{Item, People},
};
use skein_types::{FieldId, TableId};

/// Tables as they were, and the people whose names they show. Compared by what they are, not by what is in them.
#[derive(Clone, Debug)]
pub(crate) struct Reads {
    tables: Vec<Weak<Table>>,
    people: Arc<People>,
}

impl PartialEq for Reads {
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&Weak<Table>, &Weak<Table>)| Weak::ptr_eq(a, b);
        self.tables.len() == other.tables.len()
            && self.tables.iter().zip(&other.tables).all(same)
            && Arc::ptr_eq(&self.people, &other.people)
    }
}

impl Reads {
    /// What a widget reads of a base.
    pub(crate) fn of(base: &Base, kind: &WidgetKind) -> Self {
        let mut ids: Vec<TableId> = Vec::new();
        match kind {
            WidgetKind::Chart { table, query, .. } | WidgetKind::Pivot { table, query } => {
                of_query(base, *table, query, &mut ids);
            }
            WidgetKind::Number { number } => {
                let query = CubeQuery {
                    filter: number.filter.clone(),
                    measures: vec![number.measure.clone()],
                    ..CubeQuery::default()
                };
                of_query(base, number.table, &query, &mut ids);
            }
            WidgetKind::List { table, .. } => {
                let fields = base.table(*table).map(|table| table.def().fields.as_slice());
                let fields = fields.unwrap_or_default().iter().map(|field| field.id).collect();
                of_fields(base, *table, fields, &mut ids);
            }
            WidgetKind::Control { fields, .. } => ids.extend(fields.iter().map(|field| field.table)),
            WidgetKind::Text { .. } => {}
        }
        ids.sort_unstable();
        ids.dedup();
        let table = |id: TableId| base.table(id).map_or_else(Weak::new, Arc::downgrade);
        Self { tables: ids.into_iter().map(table).collect(), people: base.env().people.clone() }
    }
}

fn of_query(base: &Base, table: TableId, query: &CubeQuery, ids: &mut Vec<TableId>) {
    let mut fields: Vec<FieldId> = query.dimensions().map(|dimension| dimension.key.field).collect();
    fields.extend(query.measures.iter().filter_map(|measure| measure.field));
    if let Some(filter) = &query.filter {
        conditions(filter, &mut |condition| fields.push(condition.field));
    }
    of_fields(base, table, fields, ids);
}

/// The table, and those whose records its fields name.
fn of_fields(base: &Base, table: TableId, fields: Vec<FieldId>, ids: &mut Vec<TableId>) {
    ids.push(table);
    let Some(table) = base.table(table) else { return };
    for ty in fields.into_iter().filter_map(|field| table.field_type(field)) {
        if let Item::Record(other) = ty.item {
            ids.push(other);
        }
    }
}

fn conditions(filter: &Filter, f: &mut impl FnMut(&Condition)) {
    match filter {
        Filter::And { and: parts } | Filter::Or { or: parts } => {
            for part in parts {
                conditions(part, f);
            }
        }
        Filter::Condition(condition) => f(condition),
    }
}
