//! Groups of records: which of them each record is in, and how they stand.

use std::{cmp::Ordering, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use skein_types::{ChoiceId, FieldId, GroupId, MemberId, RecordId};
use utoipa::ToSchema;

use crate::{
    QueryError, RowIx, Viewer, calendar, collate,
    column::{Cell, Shape},
    compile::{Mode, Needs, reads_text},
    relative::{Span, Unit},
    shown::{Scope, day_text},
    sort_key::{bits_of, number_of},
    value::DAY,
};

/// One level of groups. The group of records without a value comes last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GroupKey {
    /// The field.
    pub field: FieldId,
    /// From high to low.
    #[serde(default)]
    pub descending: bool,
    /// What makes a group.
    #[serde(default, skip_serializing_if = "GroupBy::is_value")]
    pub by: GroupBy,
    /// Of numbers: how wide the ranges are that make the groups, beginning at 0; none for each number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<f64>,
}

/// What makes a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// Equal values; lists as a whole, in whatever order.
    #[default]
    Value,
    /// Each item of a list: a record is in the groups of all its items.
    Each,
    /// Dates of one day.
    Day,
    /// Dates of one week.
    Week,
    /// Dates of one month.
    Month,
    /// Dates of one quarter.
    Quarter,
    /// Dates of one year.
    Year,
}

impl GroupBy {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    fn is_value(&self) -> bool {
        *self == Self::Value
    }
    fn unit(self) -> Option<Unit> {
        match self {
            Self::Value | Self::Each => None,
            Self::Day => Some(Unit::Day),
            Self::Week => Some(Unit::Week),
            Self::Month => Some(Unit::Month),
            Self::Quarter => Some(Unit::Quarter),
            Self::Year => Some(Unit::Year),
        }
    }
}

/// What a group of one level has in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// An integer that stands as the value does: bits of a number, milliseconds of a date, the place of a
    /// choice, 1 for yes.
    Word(u64),
    /// Places of choices, sorted.
    Places(Arc<[u32]>),
    /// People, groups or records by code, sorted, with their names.
    Named {
        text: Arc<str>,
        codes: Arc<[u32]>,
    },
    Text(Arc<str>),
    Blank,
    Failed,
}

/// One level made ready.
#[derive(Clone, Debug)]
pub(crate) struct Level {
    pub(crate) at: usize,
    shape: Shape,
    key: GroupKey,
    viewer: Arc<Viewer>,
}

/// The levels of groups made ready, outermost first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grouping(pub(crate) Vec<Level>);

/// What a group is by each level so far.
pub(crate) type Path = Vec<Part>;

pub(crate) fn compile(
    scope: Scope<'_>,
    keys: &[GroupKey],
    viewer: &Arc<Viewer>,
    mode: Mode,
    needs: &mut Needs,
) -> Result<Grouping, QueryError> {
    let mut levels = Vec::new();
    for (place, key) in keys.iter().enumerate() {
        let path = |part: &str| format!("group[{place}].{part}");
        let Some(at) = scope.table.schema.place(key.field) else {
            if mode == Mode::Running {
                continue;
            }
            return Err(QueryError::new(path("field"), format!("there is no field {}", key.field)));
        };
        let shape = scope.table.schema.shapes[at];
        let mut key = key.clone();
        let dated = matches!(shape, Shape::Date { .. } | Shape::Data);
        if key.by.unit().is_some() && !dated {
            if mode != Mode::Running {
                return Err(QueryError::new(
                    path("by"),
                    "days, weeks, months, quarters and years are of dates",
                ));
            }
            key.by = GroupBy::Value;
        }
        if key.size.is_some_and(|size| !(size.is_finite() && size > 0.0)) {
            if mode != Mode::Running {
                return Err(QueryError::new(path("size"), "expected a number greater than 0"));
            }
            key.size = None;
        }
        reads_text(scope, at, needs);
        needs.viewer.zone |= matches!(shape, Shape::Date { time: true } | Shape::Data);
        levels.push(Level { at, shape, key, viewer: viewer.clone() });
    }
    Ok(Grouping(levels))
}

impl Level {
    pub(crate) fn key(&self) -> &GroupKey {
        &self.key
    }

    /// The groups of this level a row is in; at least one.
    pub(crate) fn parts(&self, scope: Scope<'_>, row: RowIx, parts: &mut Vec<Part>) {
        match scope.table.cell(row, self.at) {
            Cell::Error(_) => parts.push(Part::Failed),
            Cell::Null if self.shape != Shape::Checkbox => parts.push(Part::Blank),
            Cell::Text(text) => parts.push(Part::Text(text.into())),
            Cell::Codes(codes) => self.listed(scope, codes, parts),
            cell @ (Cell::Object(_) | Cell::Datum(_)) => self.texts(scope, row, cell, parts),
            cell => parts.push(Part::Word(self.word(scope, cell))),
        }
    }

    fn word(&self, scope: Scope<'_>, cell: Cell<'_>) -> u64 {
        match cell {
            Cell::Number(n) => {
                let start = self.key.size.map(|size| (n / size).floor() * size + 0.0);
                bits_of(start.filter(|start| start.is_finite()).unwrap_or(n))
            }
            Cell::Date(at) => self.start(at) as u64 ^ 1 << 63,
            Cell::Code(code) => place(scope, self.at, code),
            Cell::Bool(yes) => u64::from(yes),
            _ => 0,
        }
    }

    /// Whether no row is in several of its groups.
    pub(crate) fn is_single(&self) -> bool {
        self.key.by != GroupBy::Each
    }

    /// The group of a date.
    pub(crate) fn of_date(&self, scope: Scope<'_>, date: i64) -> Part {
        Part::Word(self.word(scope, Cell::Date(date)))
    }

    /// Something that dates have in common only when they are in one group: when there are spans their day,
    /// else themselves.
    pub(crate) fn day(&self, date: i64) -> i64 {
        match self.key.by.unit() {
            None => date,
            Some(_) if self.shape == (Shape::Date { time: true }) => self.viewer.local(date).div_euclid(DAY),
            Some(_) => date.div_euclid(DAY),
        }
    }

    /// Groups without records that stand between two: spans of dates or ranges of numbers. None when there are
    /// more than `most`.
    pub(crate) fn between(&self, a: &Part, b: &Part, most: usize) -> Option<Vec<Part>> {
        let mut found = Vec::new();
        let (Part::Word(a), Part::Word(b)) = (a, b) else { return Some(found) };
        let (mut at, end) = (*a.min(b), *a.max(b));
        while let Some(next) = self.after(at).filter(|next| *next > at && *next < end) {
            if found.len() == most {
                return None;
            }
            found.push(Part::Word(next));
            at = next;
        }
        if self.key.descending {
            found.reverse();
        }
        Some(found)
    }

    /// The span of dates or range of numbers right after another.
    fn after(&self, word: u64) -> Option<u64> {
        match (self.shape, self.key.by.unit(), self.key.size) {
            (Shape::Date { .. }, Some(unit), _) => {
                let day = ((word ^ 1 << 63) as i64).div_euclid(DAY);
                Some((unit.moved(day, 1)? * DAY) as u64 ^ 1 << 63)
            }
            (Shape::Number, _, Some(size)) => {
                Some(bits_of(((number_of(word) / size).round() + 1.0) * size + 0.0))
            }
            _ => None,
        }
    }

    /// Where the span of a date begins.
    fn start(&self, at: i64) -> i64 {
        let Some(unit) = self.key.by.unit() else { return at };
        let local = if self.shape == (Shape::Date { time: true }) { self.viewer.local(at) } else { at };
        unit.start(local.div_euclid(DAY), &self.viewer) * DAY
    }

    fn listed(&self, scope: Scope<'_>, codes: &[u32], parts: &mut Vec<Part>) {
        let each = self.key.by == GroupBy::Each;
        if self.shape == Shape::Multi {
            let places = codes.iter().map(|&code| place(scope, self.at, code));
            if each {
                parts.extend(places.map(Part::Word));
            } else {
                let mut places: Vec<u32> = places.map(|place| place as u32).collect();
                places.sort_unstable();
                parts.push(Part::Places(places.into()));
            }
            return;
        }
        let alive = |code: &u32| {
            let target = scope.target(self.at);
            self.shape != Shape::Links || target.is_some_and(|target| target.table.is_live(*code))
        };
        let mut codes: Vec<u32> = codes.iter().copied().filter(alive).collect();
        codes.sort_unstable();
        if codes.is_empty() {
            parts.push(Part::Blank);
        } else if each {
            parts.extend(codes.iter().map(|code| self.named(scope, std::slice::from_ref(code))));
        } else {
            parts.push(self.named(scope, &codes));
        }
    }

    fn named(&self, scope: Scope<'_>, codes: &[u32]) -> Part {
        let mut names = Vec::new();
        scope.each_name(self.at, codes, &mut |name| names.push(name.to_owned()));
        names.sort_by(|a, b| collate::compare(a, b).then_with(|| a.cmp(b)));
        Part::Named { text: names.join(", ").into(), codes: codes.into() }
    }

    fn texts(&self, scope: Scope<'_>, row: RowIx, cell: Cell<'_>, parts: &mut Vec<Part>) {
        if let (Some(_), Cell::Datum(crate::formula::Datum::Date { at, time })) = (self.key.by.unit(), cell) {
            let local = if *time { self.viewer.local(*at) } else { *at };
            let mut day = String::new();
            calendar::write_day(&mut day, self.start(local));
            return parts.push(Part::Text(day.into()));
        }
        if self.key.by == GroupBy::Each {
            let before = parts.len();
            scope.any_text(row, self.at, &self.viewer, &mut |text| {
                parts.push(Part::Text(text.into()));
                false
            });
            parts[before..].sort_by(|a, b| self.compare(a, b));
            parts.dedup();
            if parts.len() > before {
                return;
            }
        }
        let text = scope.text(row, self.at, &self.viewer);
        parts.push(if text.is_empty() { Part::Blank } else { Part::Text(text.into()) });
    }

    /// How two groups stand.
    pub(crate) fn compare(&self, a: &Part, b: &Part) -> Ordering {
        let last = |part: &Part| match part {
            Part::Blank => 1,
            Part::Failed => 2,
            _ => 0,
        };
        let texts = |a: &str, b: &str| collate::compare(a, b).then_with(|| a.cmp(b));
        let order = match (a, b) {
            (Part::Word(a), Part::Word(b)) => a.cmp(b),
            (Part::Places(a), Part::Places(b)) => a.cmp(b),
            (Part::Text(a), Part::Text(b)) => texts(a, b),
            (Part::Named { text: a, codes: x }, Part::Named { text: b, codes: y }) => {
                texts(a, b).then_with(|| x.cmp(y))
            }
            _ => return last(a).cmp(&last(b)),
        };
        if self.key.descending { order.reverse() } else { order }
    }

    /// What a group has in common as JSON, in the form of the field's values: of a span of dates its first
    /// day, of a range of numbers `{"from": 0, "to": 10}`, null for nothing, `{"error": true}` for errors.
    pub(crate) fn value(&self, scope: Scope<'_>, part: &Part) -> Json {
        let choices = scope.table.schema.choices[self.at].list();
        let choice = |place: usize| choices.get(place).map_or(Json::Null, |one| json!(one.id.to_string()));
        match part {
            Part::Blank => Json::Null,
            Part::Failed => json!({"error": true}),
            Part::Text(text) => json!(&**text),
            Part::Places(places) => places.iter().map(|&place| choice(place as usize)).collect(),
            Part::Named { codes, .. } => codes.iter().map(|&code| self.id(scope, code)).collect(),
            Part::Word(word) => match self.shape {
                Shape::Number => match (number_of(*word), self.key.size) {
                    (from, Some(size)) => json!({"from": plain(from), "to": plain(from + size)}),
                    (number, None) => plain(number),
                },
                Shape::Date { time } => {
                    let (at, mut text) = ((word ^ 1 << 63) as i64, String::new());
                    if time && self.key.by.unit().is_none() {
                        calendar::write_instant(&mut text, at);
                    } else {
                        calendar::write_day(&mut text, at);
                    }
                    Json::String(text)
                }
                Shape::Checkbox => json!(*word == 1),
                _ => choice(*word as usize),
            },
        }
    }

    fn id(&self, scope: Scope<'_>, code: u32) -> Json {
        let table = scope.table;
        Json::String(match self.shape {
            Shape::Members => table.member(code).to_string(),
            Shape::Groups => GroupId::from_bits(table.dict().id(code)).to_string(),
            _ => match scope.target(self.at) {
                Some(target) => target.table.record_id(code).to_string(),
                None => String::new(),
            },
        })
    }

    /// The group a value of [`Level::value`] stands for.
    pub(crate) fn part(&self, scope: Scope<'_>, value: &Json) -> Option<Part> {
        let place_of = |value: &Json| {
            let id: ChoiceId = value.as_str()?.parse().ok()?;
            let choices = &scope.table.schema.choices[self.at];
            choices.code(id).and_then(|code| choices.place(code))
        };
        if value.is_null() {
            return Some(Part::Blank);
        }
        if value.get("error").is_some() {
            return Some(Part::Failed);
        }
        match self.shape {
            Shape::Text | Shape::Files | Shape::Place | Shape::Data => {
                value.as_str().map(|text| Part::Text(text.into()))
            }
            Shape::Number => {
                value.get("from").unwrap_or(value).as_f64().map(|n| Part::Word(bits_of(n + 0.0)))
            }
            Shape::Checkbox => value.as_bool().map(|yes| Part::Word(u64::from(yes))),
            Shape::Date { .. } => {
                let at = match Span::read(value, &self.viewer)? {
                    Span::Days { first, .. } => first * DAY,
                    Span::Instant { at, .. } => at,
                };
                Some(Part::Word(at as u64 ^ 1 << 63))
            }
            Shape::Select => Some(Part::Word(place_of(value)? as u64)),
            Shape::Multi if self.key.by == GroupBy::Each => Some(Part::Word(place_of(value)? as u64)),
            Shape::Multi => {
                let places = value.as_array()?.iter().map(|one| place_of(one).map(|place| place as u32));
                let mut places = places.collect::<Option<Vec<u32>>>()?;
                places.sort_unstable();
                Some(Part::Places(places.into()))
            }
            Shape::Members | Shape::Groups | Shape::Links => {
                let codes = value.as_array()?.iter().map(|one| self.code(scope, one.as_str()?));
                let mut codes = codes.collect::<Option<Vec<u32>>>()?;
                codes.sort_unstable();
                Some(self.named(scope, &codes))
            }
        }
    }

    fn code(&self, scope: Scope<'_>, id: &str) -> Option<u32> {
        match self.shape {
            Shape::Members => scope.table.dict().code(id.parse::<MemberId>().ok()?.bits()),
            Shape::Groups => scope.table.dict().code(id.parse::<GroupId>().ok()?.bits()),
            _ => scope.target(self.at)?.table.row(id.parse::<RecordId>().ok()?),
        }
    }

    /// What people call a group; empty for those of nothing and of errors, and for yes and no.
    pub(crate) fn label(&self, scope: Scope<'_>, part: &Part) -> String {
        let choices = scope.table.schema.choices[self.at].list();
        let choice = |place: usize| choices.get(place).map_or("", |one| one.name.as_str());
        match part {
            Part::Blank | Part::Failed => String::new(),
            Part::Text(text) | Part::Named { text, .. } => text.to_string(),
            Part::Places(places) => {
                places.iter().map(|&place| choice(place as usize)).collect::<Vec<_>>().join(", ")
            }
            Part::Word(word) => match self.shape {
                Shape::Number => {
                    let kind = &scope.table.def().fields[self.at].kind;
                    let text = |n| crate::shown::number(n, kind);
                    match (number_of(*word), self.key.size) {
                        (from, Some(size)) => format!("{} – {}", text(from), text(from + size)),
                        (number, None) => text(number),
                    }
                }
                Shape::Date { time } => self.date_label((word ^ 1 << 63) as i64, time),
                Shape::Checkbox => String::new(),
                _ => choice(*word as usize).to_owned(),
            },
        }
    }

    fn date_label(&self, at: i64, time: bool) -> String {
        let (year, month, _) = calendar::civil(at.div_euclid(DAY));
        match self.key.by {
            GroupBy::Month => format!("{year:04}-{month:02}"),
            GroupBy::Quarter => format!("{year:04} Q{}", (month + 2) / 3),
            GroupBy::Year => format!("{year:04}"),
            GroupBy::Value => day_text(at, time, &self.viewer),
            _ => day_text(at, false, &self.viewer),
        }
    }
}

/// The place of a choice in display order.
fn place(scope: Scope<'_>, at: usize, code: u32) -> u64 {
    scope.table.schema.choices[at].place(code).map_or(u64::from(u32::MAX), |place| place as u64)
}

/// An integer without a fraction.
pub(crate) fn plain(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        json!(number as i64)
    } else {
        json!(number)
    }
}
