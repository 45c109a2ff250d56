//! Which fields the kinds of views take for what: what is refused, and what goes when fields do.

use std::{collections::HashSet, hash::Hash};

use skein_types::{FieldId, TableId};

use crate::{
    ColumnValue, Field, FieldKind, GanttView, GroupBy, GroupKey, KanbanView, OpError, Query, SortKey,
    Summary, SummaryFunction, TableDef, ViewKind, query::validate_stored,
};

const MAX_COLUMNS: usize = 10_000;
const MAX_EXCEPTIONS: usize = 2_000;
const MAX_HOLIDAYS: usize = 2_000;
/// Working days that one task waits for another, and the most it may begin before it.
const MAX_LAG: i32 = 10_000;

/// What a setting takes a field for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Stack,
    Files,
    Date,
    Number,
    Rank,
    Checkbox,
    People,
    Place,
    Title,
    Choice,
    /// Links of a table to itself.
    Peers,
}

impl Takes {
    fn fits(self, kind: &FieldKind, own: TableId) -> bool {
        use FieldKind as K;
        // What a computed field computes is not known by its definition alone.
        let computed = matches!(kind, K::Formula { .. } | K::Rollup { .. } | K::Lookup(_));
        match self {
            Self::Stack => matches!(
                kind,
                K::Select { .. } | K::Member { multiple: false } | K::Link { multiple: false, .. }
            ),
            Self::Files => matches!(kind, K::Attachment | K::Lookup(_)),
            Self::Date => computed || matches!(kind, K::Date(_) | K::CreatedAt(_) | K::UpdatedAt(_)),
            Self::Number => computed || matches!(kind, K::Number(_)),
            Self::Rank => matches!(kind, K::Number(_)),
            Self::Checkbox => computed || *kind == K::Checkbox,
            Self::People => matches!(kind, K::Member { .. } | K::CreatedBy | K::UpdatedBy),
            Self::Place => matches!(kind, K::Location | K::Lookup(_)),
            Self::Title => !matches!(kind, K::Button { .. }),
            Self::Choice => matches!(kind, K::Select { .. }),
            Self::Peers => {
                matches!(kind, K::Link { table, .. } | K::Backlink { table, .. } if *table == own)
            }
        }
    }

    fn says(self) -> &'static str {
        match self {
            Self::Stack => "columns are the values of a select, or of a person field or link of one",
            Self::Files => "an attachment field, or a lookup of one",
            Self::Date => "a field of dates",
            Self::Number => "a field of numbers",
            Self::Rank => "a field of numbers that are written",
            Self::Checkbox => "a checkbox",
            Self::People => "a field of people",
            Self::Place => "a location, or a lookup of one",
            Self::Title => "a field with text",
            Self::Choice => "a select",
            Self::Peers => "a link to the table itself, or the other side of one",
        }
    }
}

impl ViewKind {
    /// The settings that name fields: where they are, what for, and the field.
    fn fields(&mut self) -> Vec<(&'static str, Takes, &mut Option<FieldId>)> {
        match self {
            Self::Grid | Self::Form(_) => Vec::new(),
            Self::Kanban(kanban) => {
                vec![
                    ("stack", Takes::Stack, &mut kanban.stack),
                    ("cover", Takes::Files, &mut kanban.cover),
                    ("order", Takes::Rank, &mut kanban.order),
                ]
            }
            Self::Gallery(gallery) => vec![("cover", Takes::Files, &mut gallery.cover)],
            Self::Calendar(calendar) => vec![
                ("start", Takes::Date, &mut calendar.start),
                ("end", Takes::Date, &mut calendar.end),
                ("color", Takes::Choice, &mut calendar.color),
            ],
            Self::Gantt(gantt) => vec![
                ("start", Takes::Date, &mut gantt.start),
                ("end", Takes::Date, &mut gantt.end),
                ("progress", Takes::Number, &mut gantt.progress),
                ("milestone", Takes::Checkbox, &mut gantt.milestone),
                ("predecessors", Takes::Peers, &mut gantt.predecessors),
            ],
            Self::Map(map) => vec![
                ("place", Takes::Place, &mut map.place),
                ("title", Takes::Title, &mut map.title),
                ("color", Takes::Choice, &mut map.color),
            ],
            Self::Timeline(timeline) => vec![
                ("people", Takes::People, &mut timeline.people),
                ("start", Takes::Date, &mut timeline.start),
                ("end", Takes::Date, &mut timeline.end),
                ("load", Takes::Number, &mut timeline.load),
                ("color", Takes::Choice, &mut timeline.color),
            ],
        }
    }

    /// What is asked for what the view shows, where its kind says so rather than the view.
    pub(crate) fn adjust(&self, query: &mut Query) {
        if !matches!(self, Self::Grid | Self::Gantt(_)) {
            (query.tree, query.group) = (None, Vec::new());
        }
        if let Self::Kanban(kanban) = self {
            let key = |field| GroupKey { field, descending: false, by: GroupBy::Value, size: None };
            query.group = kanban.stack.map(key).into_iter().collect();
            query.summaries = kanban.sum.iter().cloned().collect();
            if query.sort.is_empty() {
                query.sort.extend(kanban.order.map(|field| SortKey { field, descending: false }));
            }
        }
        if let Self::Gantt(gantt) = self {
            query.summaries = gantt.summaries();
        }
    }

    /// Leaves out what the fields there are do not fit any longer.
    pub fn settle(&mut self, own: TableId, fields: &[Field]) {
        let find = |id: FieldId| fields.iter().find(|field| field.id == id);
        for (_, takes, named) in self.fields() {
            *named = named.filter(|id| find(*id).is_some_and(|field| takes.fits(&field.kind, own)));
        }
        if let Self::Form(form) = self {
            form.settle(fields);
        }
        let Self::Kanban(kanban) = self else { return };
        kanban.sum = kanban.sum.take().filter(|sum| find(sum.field).is_some());
        let stack = kanban.stack.and_then(find);
        kanban.columns.retain(|column| column.value.is_none_or(|value| is_value_of(stack, value)));
        if stack.is_none() {
            kanban.columns.clear();
        }
    }

    /// What it names exists and is of a type it takes.
    pub(crate) fn check(&self, def: &TableDef) -> Result<(), OpError> {
        for (setting, takes, named) in self.clone().fields() {
            let (Some(id), path) = (*named, format!("kind.{setting}")) else { continue };
            let field = def.fields.iter().find(|field| field.id == id);
            let Some(field) = field else { return Err(OpError::FieldUnknown { id, path }) };
            if !takes.fits(&field.kind, def.id) {
                return Err(OpError::Options { path, message: takes.says().into() });
            }
        }
        match self {
            Self::Kanban(kanban) => kanban.check(def),
            Self::Gantt(gantt) => gantt.check(),
            Self::Form(form) => form.check(&def.fields),
            _ => Ok(()),
        }
    }
}

/// Whether a field may have a value. Of people and records only that it is one of them.
fn is_value_of(field: Option<&Field>, value: ColumnValue) -> bool {
    match (field.map(|field| &field.kind), value) {
        (Some(FieldKind::Select { choices }), ColumnValue::Choice(id)) => {
            choices.iter().any(|choice| choice.id == id)
        }
        (Some(FieldKind::Member { .. }), ColumnValue::Member(_))
        | (Some(FieldKind::Link { .. }), ColumnValue::Record(_)) => true,
        _ => false,
    }
}

fn wrong(path: String, message: &str) -> OpError {
    OpError::Options { path, message: message.into() }
}

impl KanbanView {
    fn check(&self, def: &TableDef) -> Result<(), OpError> {
        let find = |id: FieldId| def.fields.iter().find(|field| field.id == id);
        if let Some(sum) = &self.sum {
            if find(sum.field).is_none() {
                return Err(OpError::FieldUnknown { id: sum.field, path: "kind.sum.field".into() });
            }
            let query = Query { summaries: vec![sum.clone()], ..Query::default() };
            validate_stored(def, &query)
                .map_err(|error| wrong("kind.sum.function".into(), &error.message))?;
        }
        if self.columns.len() > MAX_COLUMNS {
            return Err(wrong("kind.columns".into(), "at most 10,000 columns"));
        }
        let stack = self.stack.and_then(find);
        let mut seen = HashSet::new();
        for (at, column) in self.columns.iter().enumerate() {
            let path = || format!("kind.columns[{at}].value");
            if column.value.is_some_and(|value| !is_value_of(stack, value)) {
                return Err(wrong(path(), "a value of the field whose values are the columns"));
            }
            first_time(&mut seen, column.value, path)?;
            if column.limit == Some(0) {
                return Err(wrong(format!("kind.columns[{at}].limit"), "a limit is 1 or more"));
            }
        }
        Ok(())
    }
}

impl GanttView {
    /// When the first task of all or of a group begins, and when the last one ends.
    fn summaries(&self) -> Vec<Summary> {
        let told = |field: Option<FieldId>, function| field.map(|field| Summary { field, function });
        let first = told(self.start, SummaryFunction::Earliest);
        first.into_iter().chain(told(self.end.or(self.start), SummaryFunction::Latest)).collect()
    }

    fn check(&self) -> Result<(), OpError> {
        let mut seen = HashSet::new();
        for (at, &day) in self.working_days.iter().enumerate() {
            let path = || format!("kind.working_days[{at}]");
            if !(1..=7).contains(&day) {
                return Err(wrong(path(), "1 for Monday to 7 for Sunday"));
            }
            first_time(&mut seen, day, path)?;
        }
        if self.working_days.is_empty() {
            return Err(wrong("kind.working_days".into(), "at least one day of the week is worked on"));
        }
        if self.holidays.len() > MAX_HOLIDAYS || self.exceptions.len() > MAX_EXCEPTIONS {
            let many = if self.holidays.len() > MAX_HOLIDAYS { "kind.holidays" } else { "kind.exceptions" };
            return Err(wrong(many.into(), "at most 2,000"));
        }
        for (at, day) in self.holidays.iter().enumerate() {
            if day.len() != 10 || day.parse::<jiff::civil::Date>().is_err() {
                return Err(wrong(format!("kind.holidays[{at}]"), "a day such as 2026-10-01"));
            }
        }
        let within = |lag: i32| (-MAX_LAG..=MAX_LAG).contains(&lag);
        if !within(self.waits.lag) {
            return Err(wrong("kind.waits.lag".into(), "at most 10,000 days"));
        }
        let mut seen = HashSet::new();
        for (at, exception) in self.exceptions.iter().enumerate() {
            let path = |part: &str| format!("kind.exceptions[{at}].{part}");
            first_time(&mut seen, (exception.task, exception.predecessor), || path("predecessor"))?;
            if !within(exception.waits.lag) {
                return Err(wrong(path("lag"), "at most 10,000 days"));
            }
        }
        Ok(())
    }
}

fn first_time<T: Eq + Hash>(
    seen: &mut HashSet<T>,
    item: T,
    path: impl Fn() -> String,
) -> Result<(), OpError> {
    if seen.insert(item) { Ok(()) } else { Err(OpError::Repeated { path: path() }) }
}
