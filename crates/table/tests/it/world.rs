//! Random tables, values, queries and operations on a base.

use std::{collections::VecDeque, sync::Arc};

use serde_json::{Value as Json, json};
use skein_table::{
    Base, Choice, Color, ColorRule, ColorTarget, Condition, DateStyle, Field, FieldKind, File, Filter, Op,
    Operator, Place, Query, Record, SortKey, Stamp, Table, TableDef, TextFormat, Value, View, ViewField,
    value_to_json,
};
use skein_types::{FileId, GroupId, Id, MemberId, RecordId, TableId};

use crate::dice::Dice;

const TEXTS: [&str; 22] = [
    "a",
    "A",
    "b",
    "Bo",
    "bö",
    "item 2",
    "item 10",
    "Item 9",
    "鹅",
    "雁",
    "北京",
    "上海",
    "ab 北京",
    "é",
    "É",
    "zz",
    "\u{200b}",
    "0",
    "ß",
    "a-b",
    "a b",
    "\u{212a}elvin",
];
const NUMBERS: [f64; 12] = [0.0, 1.0, -1.0, 2.5, -2.5, 10.0, 9.0, 1e300, -1e300, 1e-300, 3.0, 1_000_000.0];
const DAY: i64 = 86_400_000;
const COLORS: [Color; 3] = [Color::Gray, Color::Blue, Color::Red];

/// What a run remembers to make new things from.
#[derive(Default)]
pub struct World {
    next: u128,
    pub deleted: Vec<RecordId>,
    /// Whether fields are of every type, links among them; otherwise of those whose cells stand alone.
    wide: bool,
    /// Operations that belong with one that was made before.
    soon: VecDeque<Op>,
}

/// Any of a few people.
pub fn member(n: usize) -> MemberId {
    MemberId::from_bits(n as u128 + 1)
}

/// Any of a few groups.
pub fn group(n: usize) -> GroupId {
    GroupId::from_bits(n as u128 + 1)
}

/// Somebody, at some time.
pub fn stamp(dice: &mut Dice) -> Stamp {
    Stamp { at: (dice.below(100) as i64) * 3_600_000, by: (!dice.one_in(4)).then(|| member(dice.below(4))) }
}

impl World {
    /// With fields of every stored type.
    pub fn wide() -> Self {
        Self { wide: true, ..Self::default() }
    }

    pub fn id<K>(&mut self) -> Id<K> {
        self.next += 1;
        Id::from_bits(self.next * 1_000)
    }

    /// Ids mostly increase; some come from the past.
    fn record_id(&mut self, dice: &mut Dice) -> RecordId {
        if dice.one_in(6) {
            return RecordId::from_bits(u128::from(dice.roll() % 200_000));
        }
        self.id()
    }

    fn name(&mut self, what: &str) -> String {
        self.next += 1;
        format!("{what} {}", self.next)
    }

    fn choices(&mut self, dice: &mut Dice) -> Vec<Choice> {
        (0..dice.below(5)).map(|code| self.choice(dice, code as u32)).collect()
    }

    fn choice(&mut self, dice: &mut Dice, code: u32) -> Choice {
        let named = ["item 2", "鹅", "1", "2.5", "item 10", "true", "zz"].get(code as usize);
        let name = named.filter(|_| self.wide).map_or_else(|| self.name("Choice"), |&name| name.into());
        Choice { id: self.id(), code, name, color: dice.pick(&COLORS) }
    }

    fn kind(&mut self, dice: &mut Dice) -> FieldKind {
        let style = |dice: &mut Dice| DateStyle { time: dice.one_in(2), ..DateStyle::default() };
        let multiple = dice.one_in(2);
        match dice.below(if self.wide { 17 } else { 0 }) {
            1 => return FieldKind::Text { format: TextFormat::Long },
            2 => return FieldKind::Member { multiple },
            3 => return FieldKind::Group { multiple },
            4 => return FieldKind::Attachment,
            5 => return FieldKind::Location,
            6 => return FieldKind::AutoNumber { pattern: dice.pick(&["{n}", "A-{n:4}/{yyyy}"]).into() },
            7 => return FieldKind::CreatedAt(style(dice)),
            8 => return FieldKind::UpdatedAt(style(dice)),
            9 => return if multiple { FieldKind::CreatedBy } else { FieldKind::UpdatedBy },
            _ => {}
        }
        match dice.below(6) {
            0 => FieldKind::text(),
            1 => FieldKind::number(dice.below(11) as u8),
            2 => FieldKind::Select { choices: self.choices(dice) },
            3 => FieldKind::MultiSelect { choices: self.choices(dice) },
            4 => FieldKind::date(dice.one_in(2)),
            _ => FieldKind::Checkbox,
        }
    }

    fn field(&mut self, dice: &mut Dice, slot: u32) -> Field {
        let kind = self.kind(dice);
        Field::new(self.id(), slot, self.name("Field"), kind)
    }

    fn view(&mut self, dice: &mut Dice, def: &TableDef) -> View {
        let query = query(dice, def, true);
        let mut shown: Vec<ViewField> = Vec::new();
        for field in &def.fields {
            if dice.one_in(2) {
                shown.push(ViewField { field: field.id, hidden: dice.one_in(2), width: Some(100) });
            }
        }
        let target =
            if dice.one_in(2) { ColorTarget::Bar } else { ColorTarget::Cell(dice.pick(&def.fields).id) };
        let rule = |filter| ColorRule { filter, color: Color::Red, target };
        View {
            colors: query.filter.clone().map(rule).into_iter().collect(),
            filter: query.filter,
            sort: query.sort,
            fields: shown,
            ..View::new(self.id(), self.name("View"))
        }
    }

    /// A sound definition of up to eight fields.
    pub fn def(&mut self, dice: &mut Dice) -> TableDef {
        let mut def = TableDef {
            id: self.id(),
            name: self.name("Table"),
            fields: Vec::new(),
            views: Vec::new(),
            next_slot: 20,
            retired: Vec::new(),
            numbers: Vec::new(),
        };
        for slot in 0..=dice.below(8) as u32 {
            let mut field = self.field(dice, slot);
            if slot == 0 {
                field.kind = FieldKind::text();
            }
            def.fields.push(field);
        }
        def.views.push(self.view(dice, &def));
        def
    }

    /// A link to any table with, one time in two, its other side, which follows.
    fn link(&mut self, dice: &mut Dice, base: &Base, here: &TableDef, slot: u32) -> Field {
        let tables: Vec<TableId> = base.tables().map(|table| table.def().id).collect();
        let table = dice.pick(&tables);
        let id = self.id();
        let mirror = dice.one_in(2).then(|| self.id::<skein_types::kind::Field>());
        if let Some(mirror) = mirror {
            let kind = FieldKind::Backlink { table: here.id, field: id, multiple: dice.one_in(2) };
            let there = base.table(table).unwrap().def();
            let slot = there.next_slot + u32::from(table == here.id);
            let field = Field::new(mirror, slot, self.name("Back"), kind);
            self.soon.push_back(Op::CreateField { table, field, at: there.fields.len() });
        }
        let kind = FieldKind::Link { table, multiple: dice.one_in(2), mirror, filter: None };
        Field::new(id, slot, self.name("Link"), kind)
    }

    /// Gives a field another type.
    fn retyped(&mut self, dice: &mut Dice, base: &Base, def: &TableDef, field: &Field) -> Op {
        let new = match &field.kind {
            // The other side becomes something else with its link.
            FieldKind::Link { table, mirror: Some(mirror), .. } if dice.one_in(2) => {
                let kind = FieldKind::Link { table: *table, multiple: true, mirror: None, filter: None };
                self.soon.push_back(Op::DeleteField { table: *table, field: *mirror });
                Field { kind, ..field.clone() }
            }
            _ if dice.one_in(4) => {
                let tables: Vec<TableId> = base.tables().map(|table| table.def().id).collect();
                let table = dice.pick(&tables);
                let kind = FieldKind::Link { table, multiple: dice.one_in(2), mirror: None, filter: None };
                Field { kind, ..field.clone() }
            }
            _ => Field { kind: self.kind(dice), ..field.clone() },
        };
        Op::retype(def.id, Field { slot: def.next_slot, ..new })
    }

    /// Changes the options of a field: some choices go, some come, their order turns.
    fn changed(&mut self, dice: &mut Dice, mut field: Field) -> Field {
        if dice.one_in(3) {
            field.name = self.name("Field");
        }
        match &mut field.kind {
            FieldKind::Select { choices } | FieldKind::MultiSelect { choices } => {
                if !choices.is_empty() {
                    match dice.below(4) {
                        0 => drop(choices.remove(dice.below(choices.len()))),
                        1 => choices.rotate_left(1),
                        2 => choices[0].name = self.name("Choice"),
                        _ => {}
                    }
                }
                if dice.one_in(2) {
                    // A code that goes is not used again here, as callers number on.
                    let code = (self.next % 50_000) as u32 + 10;
                    let choice = self.choice(dice, code);
                    if choices.iter().all(|other| other.code != code) {
                        choices.push(choice);
                    }
                }
            }
            FieldKind::Date(style) => style.time = dice.one_in(2),
            FieldKind::Number(style) => style.precision = dice.below(11) as u8,
            FieldKind::Member { multiple }
            | FieldKind::Group { multiple }
            | FieldKind::Link { multiple, .. }
            | FieldKind::Backlink { multiple, .. } => *multiple = dice.one_in(2),
            _ => {}
        }
        field
    }

    /// An operation on the base; mostly a sound one.
    pub fn op(&mut self, dice: &mut Dice, base: &Base) -> Op {
        if let Some(op) = self.soon.pop_front() {
            return op;
        }
        let tables: Vec<TableId> = base.tables().map(|table| table.def().id).collect();
        if tables.is_empty() || (tables.len() < 3 && dice.one_in(40)) {
            return Op::CreateTable { table: self.def(dice), at: dice.below(tables.len() + 1) };
        }
        let id = dice.pick(&tables);
        let table = base.table(id).unwrap().clone();
        let kind = dice.below(60);
        if kind < 30 {
            self.record_op(dice, base, &table, kind)
        } else {
            self.schema_op(dice, base, &table, kind - 30)
        }
    }

    /// An operation on records.
    pub fn record_op(&mut self, dice: &mut Dice, base: &Base, table: &Table, kind: usize) -> Op {
        let id = table.def().id;
        let mut some: Vec<RecordId> = table.rows().map(|row| table.record_id(row)).collect();
        some.retain(|_| dice.one_in(3));
        match kind {
            0..12 => {
                let mut records: Vec<Record> = Vec::new();
                for _ in 0..=dice.below(6) {
                    let again = self.deleted.pop().filter(|_| dice.one_in(2));
                    let record = again.unwrap_or_else(|| self.record_id(dice));
                    if records.iter().all(|other| other.id != record) {
                        records.push(some_cells(dice, base, table, record, true));
                    }
                }
                Op::CreateRecords { table: id, records }
            }
            12..25 => {
                let records =
                    some.into_iter().map(|record| some_cells(dice, base, table, record, false)).collect();
                Op::UpdateRecords { table: id, records }
            }
            _ => {
                some.truncate(5);
                self.deleted.extend(&some);
                Op::DeleteRecords { table: id, records: some }
            }
        }
    }

    fn schema_op(&mut self, dice: &mut Dice, base: &Base, table: &Table, kind: usize) -> Op {
        let def = table.def();
        let id = def.id;
        let field = dice.pick(&def.fields);
        let view = dice.pick(&def.views);
        match kind {
            0..4 if self.wide && def.fields.len() < 12 => {
                let field = self.link(dice, base, def, def.next_slot);
                Op::CreateField { table: id, field, at: def.fields.len() }
            }
            0..6 if def.fields.len() < 12 => {
                let field = self.field(dice, def.next_slot);
                Op::CreateField { table: id, field, at: 1 + dice.below(def.fields.len()) }
            }
            6..10 if self.wide => self.retyped(dice, base, def, &field),
            0..14 => Op::UpdateField { table: id, field: self.changed(dice, field) },
            14..17 => Op::DeleteField { table: id, field: field.id },
            17..20 => Op::MoveField { table: id, field: field.id, to: dice.below(def.fields.len()) },
            20..22 => {
                let view = self.view(dice, def);
                Op::CreateView { table: id, view, at: dice.below(def.views.len() + 1) }
            }
            22..25 => {
                let new = self.view(dice, def);
                Op::UpdateView { table: id, view: View { id: view.id, ..new } }
            }
            25 => Op::DeleteView { table: id, view: view.id },
            26 => Op::RenameTable { table: id, name: self.name("Table") },
            27 => Op::MoveTable { table: id, to: dice.below(3) },
            28 if dice.one_in(4) => Op::DeleteTable { table: id },
            _ => Op::DeleteField { table: id, field: self.id() },
        }
    }
}

fn some_cells(dice: &mut Dice, base: &Base, table: &Table, id: RecordId, all: bool) -> Record {
    let mut cells = Vec::new();
    for field in table.def().fields.iter().filter(|field| field.kind.is_stored()) {
        if all || dice.one_in(2) {
            cells.push((field.id, value_in(dice, base, field)));
        }
    }
    Record::new(id, cells)
}

/// As [`value`], of links too.
pub fn value_in(dice: &mut Dice, base: &Base, field: &Field) -> Value {
    let (FieldKind::Link { table, multiple, .. } | FieldKind::Backlink { table, multiple, .. }) = field.kind
    else {
        return value(dice, field);
    };
    let Some(table) = base.table(table) else { return Value::Null };
    let mut ids: Vec<RecordId> = table.rows().map(|row| table.record_id(row)).collect();
    ids.sort_by_cached_key(|_| dice.roll());
    ids.truncate(if multiple { dice.below(4) } else { dice.below(2) });
    if ids.is_empty() { Value::Null } else { Value::Links { l: ids.into() } }
}

/// Some of several, at most one when only one may be; none is null.
fn some<T>(dice: &mut Dice, multiple: bool, one: fn(usize) -> T, value: fn(Arc<[T]>) -> Value) -> Value {
    let mut places = vec![0, 1, 2, 3];
    places.sort_by_cached_key(|_| dice.roll());
    places.truncate(if multiple { dice.below(4) } else { 1 });
    if places.is_empty() { Value::Null } else { value(places.into_iter().map(one).collect()) }
}

fn file(n: usize) -> File {
    let name = ["plan.pdf", "a, \"b\".png", "鹅.txt", "x"][n].into();
    File { id: FileId::from_bits(n as u128), name, size: 1 << (n * 10), media: "text/plain".into() }
}

fn place(dice: &mut Dice) -> Place {
    Place {
        name: dice.pick(&["", "北京", "Harbour (old), north"]).into(),
        longitude: dice.pick(&[-180.0, 0.0, 116.391_27, 180.0]),
        latitude: dice.pick(&[-90.0, 0.1, 39.9]),
    }
}

/// A value that fits a field; null one time in five.
pub fn value(dice: &mut Dice, field: &Field) -> Value {
    if dice.one_in(5) {
        return Value::Null;
    }
    match &field.kind {
        FieldKind::Text { .. } => Value::Text { t: dice.pick(&TEXTS).into() },
        FieldKind::Number(_) => Value::Number { n: dice.pick(&NUMBERS) },
        FieldKind::Date(style) => {
            let day = (dice.below(6) as i64 - 3) * DAY;
            Value::Date { d: if style.time { day + dice.pick(&[0, 1, 3_600_000, DAY - 1]) } else { day } }
        }
        FieldKind::Checkbox => Value::Bool { b: dice.one_in(2) },
        FieldKind::Member { multiple } => some(dice, *multiple, member, |u| Value::Members { u }),
        FieldKind::Group { multiple } => some(dice, *multiple, group, |g| Value::Groups { g }),
        FieldKind::Attachment => some(dice, true, file, |f| Value::Files { f }),
        FieldKind::Location => Value::Place { p: Arc::new(place(dice)) },
        FieldKind::AutoNumber { .. } => Value::Number { n: dice.below(1_000) as f64 },
        FieldKind::Select { choices } if choices.is_empty() => Value::Null,
        FieldKind::Select { choices } => Value::Choice { c: dice.pick(choices).id },
        FieldKind::MultiSelect { choices } => {
            let mut picked: Vec<_> = choices.iter().map(|choice| choice.id).collect();
            picked.retain(|_| dice.one_in(2));
            if dice.one_in(2) {
                picked.reverse();
            }
            if picked.is_empty() { Value::Null } else { Value::Choices { m: picked.into() } }
        }
        _ => Value::Null,
    }
}

/// Whether queries of every kind are tried on a field.
fn is_plain(field: &Field) -> bool {
    matches!(
        field.kind,
        FieldKind::Text { .. }
            | FieldKind::Number(_)
            | FieldKind::Select { .. }
            | FieldKind::MultiSelect { .. }
            | FieldKind::Date(_)
            | FieldKind::Checkbox
    )
}

/// A query that makes sense for a definition.
pub fn query(dice: &mut Dice, def: &TableDef, stored: bool) -> Query {
    let mut sort: Vec<SortKey> = Vec::new();
    for _ in 0..dice.below(3) {
        let field = dice.pick(&def.fields);
        if is_plain(&field) {
            sort.push(SortKey { field: field.id, descending: dice.one_in(2) });
        }
    }
    let filter = if dice.one_in(3) { None } else { Some(filter(dice, def, 0)) };
    let search =
        (!stored && dice.one_in(5)).then(|| dice.pick(&["a", "Item", "京", "choice 1", "k"]).to_owned());
    Query { filter, sort, search, ..Query::default() }
}

fn filter(dice: &mut Dice, def: &TableDef, depth: usize) -> Filter {
    let parts = |dice: &mut Dice| (0..dice.below(4)).map(|_| filter(dice, def, depth + 1)).collect();
    match dice.below(if depth < 3 { 4 } else { 2 }) {
        2 => Filter::And { and: parts(dice) },
        3 => Filter::Or { or: parts(dice) },
        _ => {
            let sound = (0..20).find_map(|_| {
                let field = dice.pick(&def.fields);
                condition(dice, &field)
            });
            sound.map_or(Filter::And { and: Vec::new() }, Filter::Condition)
        }
    }
}

fn condition(dice: &mut Dice, field: &Field) -> Option<Condition> {
    use Operator::*;
    let ops: &[Operator] = match field.kind {
        FieldKind::Text { .. } => &[Is, IsNot, Contains, NotContains, StartsWith, EndsWith, Empty, NotEmpty],
        FieldKind::Number(_) | FieldKind::Date(_) => &[Is, IsNot, Gt, Gte, Lt, Lte, Empty, NotEmpty],
        FieldKind::Select { .. } => &[Is, IsNot, AnyOf, NoneOf, Empty, NotEmpty],
        FieldKind::MultiSelect { .. } => &[AnyOf, AllOf, NoneOf, Is, IsNot, Empty, NotEmpty],
        FieldKind::Checkbox => &[Is],
        _ => return None,
    };
    let op = dice.pick(ops);
    let json = value_to_json(field, &value(dice, field));
    let value = match (op, &field.kind) {
        (Empty | NotEmpty, _) => Json::Null,
        (AnyOf | NoneOf, FieldKind::Select { .. }) => json!([json]),
        _ => json,
    };
    let empty = matches!(op, Empty | NotEmpty);
    (empty || !(value.is_null() || value == json!([null]))).then_some(Condition {
        field: field.id,
        op,
        value,
    })
}
