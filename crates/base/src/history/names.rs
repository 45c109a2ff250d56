//! What things were called when something was done to them: kept with the event, so that history can be read
//! after they were renamed or deleted.

use std::collections::{BTreeMap, HashMap};

use skein_table::{
    Base, Field, FieldKind, Op, Record, Table, TableDef, Value, datum_to_json, formula::Item, value_to_text,
};
use skein_types::{DashboardId, FieldId, RecordId, TableId};

/// Records of an operation whose names and values are named.
const NAMED: usize = 50;
/// Characters of a name that are kept.
const LENGTH: usize = 100;

/// Names of what operations and their inverse speak of, by id. `base` is as it is after them.
pub(crate) fn of(base: &Base, ops: &[Op], undo: &[Op]) -> BTreeMap<String, String> {
    let none = BTreeMap::new();
    let mut names = Names::new(base, &none, ops, undo);
    for op in ops.iter().chain(undo) {
        match op {
            Op::CreateRecords { table, records } | Op::UpdateRecords { table, records } => {
                names.table(*table);
                for record in records.iter().take(NAMED) {
                    names.record(*table, record);
                    for (field, value) in &record.cells {
                        names.field(*table, *field);
                        names.value(*table, *field, value);
                    }
                }
            }
            Op::CreateTable { table, .. } => names.put(&table.id, &table.name),
            Op::DeleteTable { table }
            | Op::RenameTable { table, .. }
            | Op::MoveTable { table, .. }
            | Op::CreateView { table, .. }
            | Op::UpdateView { table, .. }
            | Op::DeleteView { table, .. }
            | Op::CreateField { table, .. }
            | Op::UpdateField { table, .. }
            | Op::RetypeField { table, .. }
            | Op::DeleteRecords { table, .. } => names.table(*table),
            Op::CreateDashboard { dashboard, .. } | Op::UpdateDashboard { dashboard } => {
                names.put(&dashboard.id, &dashboard.name);
            }
            Op::DeleteDashboard { dashboard } | Op::MoveDashboard { dashboard, .. } => {
                if let Some(name) = names.dashboard_name(*dashboard) {
                    names.put(dashboard, &name);
                }
            }
            Op::DeleteField { table, field } | Op::MoveField { table, field, .. } => {
                names.table(*table);
                names.field(*table, *field);
            }
        }
    }
    names.out
}

/// Finds names: those kept with an event, those of its definitions, those of today.
pub(crate) struct Names<'a> {
    base: &'a Base,
    known: &'a BTreeMap<String, String>,
    tables: HashMap<TableId, &'a TableDef>,
    fields: HashMap<FieldId, &'a Field>,
    pub(crate) out: BTreeMap<String, String>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(
        base: &'a Base,
        known: &'a BTreeMap<String, String>,
        ops: &'a [Op],
        undo: &'a [Op],
    ) -> Self {
        let mut this =
            Self { base, known, tables: HashMap::new(), fields: HashMap::new(), out: BTreeMap::new() };
        // Of two definitions the one before the change knows more of what was in the cells.
        for op in ops.iter().chain(undo) {
            match op {
                Op::CreateTable { table, .. } => {
                    this.tables.insert(table.id, table);
                    this.fields.extend(table.fields.iter().map(|field| (field.id, field)));
                }
                Op::CreateField { field, .. }
                | Op::UpdateField { field, .. }
                | Op::RetypeField { field, .. } => {
                    this.fields.insert(field.id, field);
                }
                _ => {}
            }
        }
        this
    }

    /// The definition of a field in the event or, if it has none, today.
    pub(crate) fn definition(&self, table: TableId, field: FieldId) -> Option<&'a Field> {
        let now = || self.base.table(table).and_then(|table| table.field(field));
        self.fields.get(&field).copied().or_else(now)
    }

    pub(crate) fn table_name(&self, id: TableId) -> String {
        let def = self.tables.get(&id).copied().or_else(|| self.base.table(id).map(|table| table.def()));
        self.known(&id).or_else(|| def.map(|def| def.name.clone())).unwrap_or_default()
    }

    pub(crate) fn dashboard_name(&self, id: DashboardId) -> Option<String> {
        self.known(&id).or_else(|| self.base.dashboard(id).map(|dashboard| dashboard.name.clone()))
    }

    pub(crate) fn field_name(&self, table: TableId, id: FieldId) -> String {
        let def = || self.definition(table, id).map(|field| field.name.clone());
        self.known(&id).or_else(def).unwrap_or_default()
    }

    /// What a record is called; `cells` are some of its cells.
    pub(crate) fn title(&self, table: TableId, id: RecordId, cells: &[(FieldId, Value)]) -> String {
        let now = self.base.table(table);
        let fields = match (self.tables.get(&table), now) {
            (Some(def), _) => &def.fields,
            (None, Some(table)) => &table.def().fields,
            (None, None) => return self.known(&id).unwrap_or_default(),
        };
        let own = || {
            let primary = fields.first()?;
            let (_, value) = cells.iter().find(|(field, _)| *field == primary.id)?;
            Some(value_to_text(primary, value))
        };
        self.known(&id)
            .or_else(own)
            .or_else(|| now.map(|table| title(self.base, table, id)))
            .unwrap_or_default()
    }

    fn known(&self, id: &impl ToString) -> Option<String> {
        if self.known.is_empty() { None } else { self.known.get(&id.to_string()).cloned() }
    }

    fn put(&mut self, id: &impl ToString, name: &str) {
        if !name.is_empty() {
            self.out.entry(id.to_string()).or_insert_with(|| name.chars().take(LENGTH).collect());
        }
    }

    fn table(&mut self, id: TableId) {
        let name = self.table_name(id);
        self.put(&id, &name);
    }

    fn field(&mut self, table: TableId, id: FieldId) {
        let name = self.field_name(table, id);
        self.put(&id, &name);
    }

    fn record(&mut self, table: TableId, record: &Record) {
        let name = self.title(table, record.id, &record.cells);
        self.put(&record.id, &name);
    }

    /// Names what a value holds the ids of.
    pub(crate) fn value(&mut self, table: TableId, field: FieldId, value: &Value) {
        match value {
            Value::Choice { c } => self.choice(table, field, *c),
            Value::Choices { m } => m.iter().for_each(|id| self.choice(table, field, *id)),
            Value::Members { u } => {
                for id in u.iter() {
                    let now = self.base.env().people.members.get(id).map(ToString::to_string);
                    let name = self.known(id).or(now).unwrap_or_default();
                    self.put(id, &name);
                }
            }
            Value::Groups { g } => {
                for id in g.iter() {
                    let now = self.base.env().people.groups.get(id).map(ToString::to_string);
                    let name = self.known(id).or(now).unwrap_or_default();
                    self.put(id, &name);
                }
            }
            Value::Links { l } => {
                let Some(FieldKind::Link { table, .. }) =
                    self.definition(table, field).map(|field| &field.kind)
                else {
                    return;
                };
                for id in l.iter().take(NAMED) {
                    let name = self.title(*table, *id, &[]);
                    self.put(id, &name);
                }
            }
            _ => {}
        }
    }

    fn choice(&mut self, table: TableId, field: FieldId, id: skein_types::ChoiceId) {
        let of = |field: Option<&Field>| {
            let choices = field?.kind.choices();
            choices.iter().find(|choice| choice.id == id).map(|choice| choice.name.clone())
        };
        let now = || of(self.base.table(table).and_then(|table| table.field(field)));
        let name = self.known(&id).or_else(|| of(self.fields.get(&field).copied())).or_else(now);
        self.put(&id, &name.unwrap_or_default());
    }
}

/// What a record that lives is called.
pub(crate) fn title(base: &Base, table: &Table, record: RecordId) -> String {
    let (Some(row), Some(primary)) = (table.row(record), table.def().fields.first()) else {
        return String::new();
    };
    if primary.kind.is_stored() {
        return value_to_text(primary, &table.get(row, primary.id));
    }
    let ty = table.field_type(primary.id).unwrap_or(Item::Any.one());
    match datum_to_json(base, ty, &table.datum(row, primary.id)) {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    }
}
