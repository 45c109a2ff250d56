//! Cells of a field as cells of a field of another type.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    sync::Arc,
};

use skein_types::{ChoiceId, GroupId, MemberId, RecordId, TableId};

use crate::{
    Base, Choice, Field, FieldKind, RowIx, Table, TextValue, Value,
    check::folded,
    formula::{
        Datum, Item,
        coerce::{self, Cx},
    },
    json::Finder,
    read::each,
    resolved::{Meanings, Resolved},
    text::{quoted, split_names, text_named, value_found},
    value_to_text,
};

/// Texts whose meaning is remembered: as many as most fields have different ones.
const MEMORY: usize = 10_000;

/// A conversion of values whose text and meaning follow from their field alone, made ready.
pub(crate) struct Converter {
    from: Field,
    to: Field,
    /// The names of the choices of the old field, and which of the new one have the same.
    names: HashMap<ChoiceId, String>,
    choices: HashMap<ChoiceId, ChoiceId>,
    finder: Finder,
    /// What texts are worth where looking it up takes longer.
    known: RefCell<HashMap<String, Value>>,
}

impl Converter {
    pub(crate) fn new(from: &Field, to: &Field) -> Self {
        let named: HashMap<String, ChoiceId> =
            to.kind.choices().iter().map(|choice| (folded(&choice.name), choice.id)).collect();
        let same = |choice: &Choice| Some((choice.id, *named.get(&folded(&choice.name))?));
        let choices = from.kind.choices().iter().filter_map(same).collect();
        Self {
            from: from.clone(),
            to: to.clone(),
            names: from.kind.choices().iter().map(|choice| (choice.id, choice.name.clone())).collect(),
            choices,
            finder: Finder::new(to.kind.choices(), usize::MAX),
            known: RefCell::default(),
        }
    }

    /// The value in the new field; what does not fit becomes null.
    pub(crate) fn value(&self, value: &Value) -> Value {
        held(self.convert(value))
    }

    fn convert(&self, value: &Value) -> Value {
        let named = |id: &ChoiceId| self.choices.get(id).copied();
        match (value, &self.to.kind) {
            // A cell without a tick is empty.
            (Value::Null | Value::Bool { b: false }, _) => Value::Null,
            (Value::Choice { c }, FieldKind::Select { .. }) => {
                named(c).map_or(Value::Null, |c| Value::Choice { c })
            }
            (Value::Choice { c }, FieldKind::MultiSelect { .. }) => {
                named(c).map_or(Value::Null, |c| Value::Choices { m: [c].into() })
            }
            (Value::Choices { m }, FieldKind::Select { .. }) => {
                m.iter().find_map(named).map_or(Value::Null, |c| Value::Choice { c })
            }
            (Value::Choices { m }, FieldKind::MultiSelect { .. }) => {
                let m: Arc<[_]> = m.iter().filter_map(named).collect();
                if m.is_empty() { Value::Null } else { Value::Choices { m } }
            }
            (Value::Bool { b: true }, FieldKind::Number(_)) => Value::Number { n: 1.0 },
            (Value::Number { n }, FieldKind::Checkbox) => Value::Bool { b: *n != 0.0 },
            (Value::Place { p }, FieldKind::Text { .. }) if !p.name.is_empty() => {
                Value::Text { t: p.name.as_str().into() }
            }
            (value, _) => {
                let name = |id| self.names.get(&id).map_or("", String::as_str);
                self.read(text_named(&self.from, value, name))
            }
        }
    }

    fn read(&self, text: String) -> Value {
        if self.to.kind.choices().is_empty() {
            return read(&self.to, &text, &self.finder);
        }
        let mut known = self.known.borrow_mut();
        if let Some(value) = known.get(&text) {
            return value.clone();
        }
        let value = read(&self.to, &text, &self.finder);
        if known.len() < MEMORY {
            known.insert(text, value.clone());
        }
        value
    }
}

/// As cells hold it: what is not ticked is null.
fn held(value: Value) -> Value {
    if value == (Value::Bool { b: false }) { Value::Null } else { value }
}

/// A text as a cell.
fn read(to: &Field, text: &str, finder: &Finder) -> Value {
    match value_found(to, text, finder) {
        TextValue::Value(value) => value,
        TextValue::NewChoices(_) | TextValue::Invalid(_) => Value::Null,
    }
}

/// A cell as conversions read it: names of a list that hold commas are in quotes, errors are nothing.
pub(crate) fn cell_as_text(base: &Base, table: &Table, row: RowIx, at: usize) -> String {
    let field = &table.def().fields[at];
    if field.kind.stands_alone() {
        return value_to_text(field, &table.value(row, at));
    }
    match table.datum_at(row, at) {
        Datum::Error(_) => String::new(),
        Datum::List(items) if items.len() > 1 => {
            let cx = Cx::new(base.env(), base, table.schema.types[at]);
            let texts = items.iter().filter_map(|item| coerce::text_of(item, &cx).ok());
            texts.map(|text| quoted(&text)).collect::<Vec<_>>().join(", ")
        }
        _ => base.cell_text(table, row, at),
    }
}

/// Whether stored records can be read with an old type of a field, so that none needs to be written anew.
pub(crate) fn is_lazy(from: &Field, to: &Field) -> bool {
    from.kind.stands_alone() && to.kind.stands_alone()
}

/// Whether cells with the same value become the same. Automatic numbers are shown with the day they were given.
fn is_by_value(from: &Field) -> bool {
    from.kind.is_stored() && !matches!(from.kind, FieldKind::AutoNumber { .. })
}

/// What texts mean in a field that holds records, people, groups or choices.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// Records, people or groups by name in lower case.
    ids: Arc<HashMap<String, u128>>,
    choices: Arc<Finder>,
    /// What comes before that.
    resolved: Arc<Meanings>,
}

impl Base {
    /// What names mean in fields of a kind; nothing when it holds neither records, people, groups nor choices.
    pub fn named(&self, kind: &FieldKind) -> Named {
        let people = &self.env().people;
        let mut named: Vec<(String, u128)> = match kind {
            FieldKind::Member { .. } => {
                people.members.iter().map(|(id, name)| (folded(name), id.bits())).collect()
            }
            FieldKind::Group { .. } => {
                people.groups.iter().map(|(id, name)| (folded(name), id.bits())).collect()
            }
            FieldKind::Link { table, .. } => self
                .table(*table)
                .map_or_else(Vec::new, |target| target.rows().map(|row| title(self, target, row)).collect()),
            _ => Vec::new(),
        };
        // Of one name the first is meant.
        named.sort_unstable_by_key(|(_, id)| std::cmp::Reverse(*id));
        named.retain(|(name, _)| !name.is_empty());
        Named {
            ids: Arc::new(named.into_iter().collect()),
            choices: Arc::new(Finder::new(kind.choices(), usize::MAX)),
            resolved: Arc::default(),
        }
    }

    /// What a value of a field becomes as its field gets another type, by the names of this state. Of conversions
    /// that follow from the value alone, see [`crate::there_and_back`].
    pub fn resolved(&self, old: &Field, new: &Field, named: &Named, value: &Value) -> Value {
        match value {
            Value::Null => Value::Null,
            value => held(
                named
                    .known(self, new, value)
                    .unwrap_or_else(|| named.read(new, &self.value_as_text(old, value))),
            ),
        }
    }

    /// A value as conversions read it, as [`cell_as_text`] of a cell.
    fn value_as_text(&self, field: &Field, value: &Value) -> String {
        let people = &self.env().people;
        let texts: Vec<String> = match (&field.kind, value) {
            (_, Value::Members { u }) => {
                u.iter().filter_map(|id| Some(people.members.get(id)?.to_string())).collect()
            }
            (_, Value::Groups { g }) => {
                g.iter().filter_map(|id| Some(people.groups.get(id)?.to_string())).collect()
            }
            (FieldKind::Link { table, .. }, Value::Links { l }) => {
                let target = self.table(*table);
                let title = |id| target.and_then(|it| Some(self.cell_text(it, it.row(id)?, 0)));
                l.iter().filter_map(|id| title(*id)).collect()
            }
            _ => return value_to_text(field, value),
        };
        match &texts[..] {
            [one] => one.clone(),
            several => several.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "),
        }
    }
}

impl Named {
    /// Has values become what was resolved before, whatever their names mean.
    #[must_use]
    pub fn after(self, resolved: &Resolved) -> Self {
        Self { resolved: Arc::new(Meanings::new(resolved)), ..self }
    }

    /// Has it know the present titles of some rows of the table whose records a link names.
    pub fn follow(&mut self, base: &Base, target: TableId, rows: &[RowIx]) {
        let Some(table) = base.table(target) else { return };
        let names = Arc::make_mut(&mut self.ids);
        let written: HashSet<u128> = rows.iter().map(|&row| table.record_id(row).bits()).collect();
        names.retain(|_, id| !written.contains(id));
        for &row in rows.iter().filter(|row| table.is_live(**row)) {
            let (name, id) = title(base, table, row);
            if !name.is_empty() {
                // Of one name the first is meant.
                names.entry(name).and_modify(|first| *first = id.min(*first)).or_insert(id);
            }
        }
    }

    /// What a value became before, unless a record is gone that it became.
    fn known(&self, base: &Base, to: &Field, value: &Value) -> Option<Value> {
        let known = self.resolved.get(value)?;
        if let (Value::Links { l }, FieldKind::Link { table, .. }) = (known, &to.kind) {
            let target = base.table(*table)?;
            l.iter().all(|id| target.row(*id).is_some()).then_some(())?;
        }
        Some(known.clone())
    }

    /// A text as a cell.
    fn read(&self, to: &Field, text: &str) -> Value {
        match &to.kind {
            FieldKind::Member { multiple } => {
                let u: Arc<[_]> = self.find(text, *multiple).map(MemberId::from_bits).collect();
                if u.is_empty() { Value::Null } else { Value::Members { u } }
            }
            FieldKind::Group { multiple } => {
                let g: Arc<[_]> = self.find(text, *multiple).map(GroupId::from_bits).collect();
                if g.is_empty() { Value::Null } else { Value::Groups { g } }
            }
            FieldKind::Link { multiple, .. } => {
                let l: Arc<[_]> = self.find(text, *multiple).map(RecordId::from_bits).collect();
                if l.is_empty() { Value::Null } else { Value::Links { l } }
            }
            _ => read(to, text, &self.choices),
        }
    }

    /// What a text names: itself, or the parts between its commas.
    fn find(&self, text: &str, multiple: bool) -> impl Iterator<Item = u128> {
        let named = |name: &str| self.ids.get(&folded(name.trim())).copied();
        let mut found: Vec<u128> = match named(text) {
            Some(id) => vec![id],
            None => split_names(text).iter().filter_map(|name| named(name)).collect(),
        };
        let mut seen = HashSet::new();
        found.retain(|id| seen.insert(*id));
        found.truncate(if multiple { usize::MAX } else { 1 });
        found.into_iter()
    }
}

/// What a record is called in lower case, and its id.
fn title(base: &Base, table: &Table, row: RowIx) -> (String, u128) {
    (folded(&base.cell_text(table, row, 0)), table.record_id(row).bits())
}

/// A conversion of the cells of a field, made ready.
pub(crate) struct Conversion<'a> {
    base: &'a Base,
    table: &'a Table,
    at: usize,
    to: &'a Field,
    /// When values alone tell.
    alone: Option<Converter>,
    /// When they do not.
    named: Named,
    /// What values became, where the value decides.
    met: Option<RefCell<Meanings>>,
    /// Whether there was no room for one of them.
    missed: Cell<bool>,
}

impl<'a> Conversion<'a> {
    /// From the field at a place of a table to another of the same id.
    pub(crate) fn new(base: &'a Base, table: &'a Table, at: usize, to: &'a Field) -> Self {
        Self::resolved(base, table, at, to, &Resolved::default())
    }

    /// The same, where some values were resolved before.
    pub(crate) fn resolved(
        base: &'a Base,
        table: &'a Table,
        at: usize,
        to: &'a Field,
        resolved: &Resolved,
    ) -> Self {
        let alone = is_lazy(&table.def().fields[at], to);
        let named = if alone { Named::default() } else { base.named(&to.kind).after(resolved) };
        Self::by_names(base, table, at, to, named)
    }

    /// The same with names that were looked up before.
    pub(crate) fn by_names(base: &'a Base, table: &'a Table, at: usize, to: &'a Field, named: Named) -> Self {
        let from = &table.def().fields[at];
        let alone = is_lazy(from, to).then(|| Converter::new(from, to));
        let met = (alone.is_none() && is_by_value(from)).then(RefCell::default);
        Self { base, table, at, to, alone, named, met, missed: Cell::new(false) }
    }

    /// What values became so far, where values decide and there was room for all.
    pub(crate) fn met(self) -> Option<Meanings> {
        self.met.filter(|_| !self.missed.get()).map(RefCell::into_inner)
    }

    /// The new value of the cell of a row.
    pub(crate) fn value(&self, row: RowIx) -> Value {
        held(self.converted(row))
    }

    fn converted(&self, row: RowIx) -> Value {
        if let Some(alone) = &self.alone {
            return alone.convert(&self.table.value(row, self.at));
        }
        let Some(met) = &self.met else { return self.found(row) };
        let value = self.table.value(row, self.at);
        if let Some(to) = met.borrow().get(&value) {
            return to.clone();
        }
        let to = self.named.known(self.base, self.to, &value).unwrap_or_else(|| self.found(row));
        if to != Value::Null && !met.borrow_mut().add(&value, &to) {
            self.missed.set(true);
        }
        to
    }

    /// What the cell of a row means by its names.
    fn found(&self, row: RowIx) -> Value {
        let numbered = matches!(self.table.def().fields[self.at].kind, FieldKind::AutoNumber { .. });
        if numbered && matches!(self.to.kind, FieldKind::Number(_)) {
            return self.table.value(row, self.at);
        }
        let datum = self.table.datum_at(row, self.at);
        if let Some(value) = self.same(&datum) {
            return value;
        }
        self.named.read(self.to, &cell_as_text(self.base, self.table, row, self.at))
    }

    /// Whether a cell would lose what is in it.
    pub(crate) fn loses(&self, row: RowIx) -> bool {
        !matches!(self.table.datum_at(row, self.at), Datum::Null | Datum::Bool(false) | Datum::Error(_))
            && self.converted(row) == Value::Null
    }

    /// Values that both types hold as they are.
    fn same(&self, datum: &Datum) -> Option<Value> {
        let some = |list: bool| if list { usize::MAX } else { 1 };
        Some(match (&self.to.kind, datum) {
            (_, Datum::Null) => Value::Null,
            (FieldKind::Number(_), Datum::Number(n)) => Value::Number { n: *n },
            (FieldKind::Date(style), Datum::Date { at, .. }) => {
                Value::Date { d: if style.time { *at } else { at - at.rem_euclid(crate::value::DAY) } }
            }
            (FieldKind::Checkbox, Datum::Bool(b)) => Value::Bool { b: *b },
            (FieldKind::Checkbox, Datum::Number(n)) => Value::Bool { b: *n != 0.0 },
            (FieldKind::Number(_), Datum::Bool(true)) => Value::Number { n: 1.0 },
            (FieldKind::Attachment, Datum::File(_) | Datum::List(_)) => {
                let file =
                    |one: &Datum| if let Datum::File(file) = one { Some((**file).clone()) } else { None };
                let f: Arc<[_]> = each(datum).iter().filter_map(file).collect();
                (!f.is_empty()).then_some(Value::Files { f })?
            }
            (FieldKind::Group { multiple }, Datum::Group(_) | Datum::List(_)) => {
                let group = |one: &Datum| if let Datum::Group(id) = one { Some(*id) } else { None };
                let g: Arc<[_]> = each(datum).iter().filter_map(group).take(some(*multiple)).collect();
                (!g.is_empty()).then_some(Value::Groups { g })?
            }
            (FieldKind::Location, Datum::Place(p)) => Value::Place { p: p.clone() },
            (FieldKind::Member { multiple }, Datum::Member(_) | Datum::List(_)) => {
                let member = |one: &Datum| if let Datum::Member(id) = one { Some(*id) } else { None };
                let u: Arc<[_]> = each(datum).iter().filter_map(member).take(some(*multiple)).collect();
                (!u.is_empty()).then_some(Value::Members { u })?
            }
            (FieldKind::Link { table, multiple, .. }, Datum::Record(_) | Datum::List(_))
                if self.table.schema.types[self.at].item == Item::Record(*table) =>
            {
                let target = self.base.table(*table)?;
                let record = |one: &Datum| match one {
                    Datum::Record(row) => Some(target.record_id(*row)),
                    _ => None,
                };
                let l: Arc<[_]> = each(datum).iter().filter_map(record).take(some(*multiple)).collect();
                (!l.is_empty()).then_some(Value::Links { l })?
            }
            _ => return None,
        })
    }
}
