//! What is asked of cells of any form: of each item of a computed list, and of two cells of a record.

use std::{cmp::Ordering, sync::Arc};

use crate::{
    Operator, RowIx, Viewer,
    formula::Datum,
    program::among,
    read::each,
    shown::Scope,
    text_match::{How, Matcher, fold},
    value::DAY,
};

/// What is asked of the items of a computed cell.
#[derive(Clone, Debug)]
pub(crate) struct Items {
    pub(crate) tests: Vec<ItemTest>,
    /// Whether each test holds for some item; else any test for any item.
    pub(crate) all: bool,
    pub(crate) viewer: Arc<Viewer>,
}

/// What is asked of one item, by what it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct ItemTest {
    pub(crate) text: Option<Matcher>,
    pub(crate) number: Option<(f64, f64)>,
    /// Of days and of instants.
    pub(crate) date: Option<[(i64, i64); 2]>,
    pub(crate) yes: Option<bool>,
    /// Bits of the ids of members and groups.
    pub(crate) ids: Vec<u128>,
}

impl Items {
    pub(crate) fn matches(&self, scope: Scope<'_>, at: usize, datum: &Datum) -> bool {
        let holds = |test: &ItemTest| {
            each(datum).iter().any(|item| test.matches(item, || scope.item_text(at, item, &self.viewer, 0)))
        };
        if self.all { self.tests.iter().all(holds) } else { self.tests.iter().any(holds) }
    }
}

impl ItemTest {
    fn matches(&self, item: &Datum, text: impl Fn() -> Arc<str>) -> bool {
        let within =
            |range: Option<(f64, f64)>, n: f64| range.is_some_and(|(low, high)| (low..=high).contains(&n));
        match item {
            Datum::Number(n) if self.number.is_some() => within(self.number, *n),
            Datum::Bool(yes) if self.yes.is_some() => self.yes == Some(*yes),
            Datum::Date { at, time } if self.date.is_some() => {
                let ranges = self.date.unwrap_or_default();
                let (low, high) = ranges[usize::from(*time)];
                (low..=high).contains(at)
            }
            Datum::Member(id) if self.ids.contains(&id.bits()) => true,
            Datum::Group(id) if self.ids.contains(&id.bits()) => true,
            Datum::Null | Datum::Error(_) => false,
            _ => self.text.as_ref().is_some_and(|matcher| matcher.matches(&text())),
        }
    }
}

/// A condition that compares with another field of the record.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) other: usize,
    /// One that is not negated.
    pub(crate) op: Operator,
    pub(crate) viewer: Arc<Viewer>,
}

impl Pair {
    pub(crate) fn matches(&self, scope: Scope<'_>, row: RowIx, at: usize) -> bool {
        self.holds((scope, row, at), (scope, row))
    }

    /// Whether it holds for a cell and the other field of a record, which may be one of another table.
    pub(crate) fn holds(
        &self,
        (scope, row, at): (Scope<'_>, RowIx, usize),
        (other_scope, other_row): (Scope<'_>, RowIx),
    ) -> bool {
        let left = scope.table.datum_at(row, at);
        let right = other_scope.table.datum_at(other_row, self.other);
        if matches!(left, Datum::Error(_)) || matches!(right, Datum::Error(_)) {
            return false;
        }
        let left = Side { scope, at, datum: left };
        let right = Side { scope: other_scope, at: self.other, datum: right };
        let (a, b) = (each(&left.datum), each(&right.datum));
        match self.op {
            Operator::Is => {
                let found = |item: &Datum| b.iter().any(|other| self.same((&left, item), (&right, other)));
                a.len() == b.len() && a.iter().all(found)
            }
            Operator::AnyOf => {
                a.iter().any(|item| b.iter().any(|other| self.same((&left, item), (&right, other))))
            }
            Operator::AllOf => {
                let found = |other: &Datum| a.iter().any(|item| self.same((&left, item), (&right, other)));
                !b.is_empty() && b.iter().all(found)
            }
            Operator::Contains | Operator::StartsWith | Operator::EndsWith => {
                let how = match self.op {
                    Operator::Contains => How::Contains,
                    Operator::StartsWith => How::Starts,
                    _ => How::Ends,
                };
                !b.is_empty()
                    && b.iter().all(|other| {
                        let needle = right.text(other, &self.viewer);
                        let matcher = (!needle.is_empty()).then(|| Matcher::new(how, &needle));
                        let found = |item| {
                            matcher.as_ref().is_none_or(|one| one.matches(&left.text(item, &self.viewer)))
                        };
                        a.iter().any(found)
                    })
            }
            _ => match (a, b) {
                ([a], [b]) => self.order(a, b).is_some_and(|order| match self.op {
                    Operator::Gt => order.is_gt(),
                    Operator::Gte => order.is_ge(),
                    Operator::Lt => order.is_lt(),
                    _ => order.is_le(),
                }),
                _ => false,
            },
        }
    }

    /// How numbers and dates compare; others do not.
    fn order(&self, a: &Datum, b: &Datum) -> Option<Ordering> {
        let number = |datum: &Datum| match datum {
            Datum::Number(n) => Some(*n),
            Datum::Bool(yes) => Some(f64::from(u8::from(*yes))),
            _ => None,
        };
        match (a, b) {
            (Datum::Date { at: a, time: true }, Datum::Date { at: b, time: true }) => Some(a.cmp(b)),
            // Where one has no time, the days are compared.
            (Datum::Date { at: a, time: a_time }, Datum::Date { at: b, time: b_time }) => {
                let day = |at, time| if time { self.viewer.local(at) } else { at }.div_euclid(DAY);
                Some(day(*a, *a_time).cmp(&day(*b, *b_time)))
            }
            _ => number(a)?.partial_cmp(&number(b)?),
        }
    }

    fn same(&self, (left, a): (&Side<'_>, &Datum), (right, b): (&Side<'_>, &Datum)) -> bool {
        match (a, b) {
            (Datum::Member(a), Datum::Member(b)) => a == b,
            (Datum::Group(a), Datum::Group(b)) => a == b,
            (Datum::File(a), Datum::File(b)) => a.id == b.id,
            (Datum::Place(a), Datum::Place(b)) => a == b,
            (Datum::Record(a), Datum::Record(b)) if left.ty() == right.ty() => a == b,
            _ => self.order(a, b).map_or_else(
                || {
                    let (a, b) = (left.text(a, &self.viewer), right.text(b, &self.viewer));
                    a.chars().map(fold).eq(b.chars().map(fold))
                },
                Ordering::is_eq,
            ),
        }
    }
}

/// One of two cells that are compared.
struct Side<'a> {
    scope: Scope<'a>,
    at: usize,
    datum: Datum,
}

impl Side<'_> {
    fn ty(&self) -> crate::formula::Item {
        self.scope.table.schema.types[self.at].item
    }
    fn text(&self, item: &Datum, viewer: &Viewer) -> Arc<str> {
        self.scope.item_text(self.at, item, viewer, 0)
    }
}

/// A range that an operator asks a number to be in; none for operators that do not order.
pub(crate) fn number_range(op: Operator, number: f64) -> (f64, f64) {
    match op {
        Operator::Gt => (number.next_up(), f64::INFINITY),
        Operator::Gte => (number, f64::INFINITY),
        Operator::Lt => (f64::NEG_INFINITY, number.next_down()),
        Operator::Lte => (f64::NEG_INFINITY, number),
        _ => (number, number),
    }
}

/// Sorted for [`among`].
pub(crate) fn sorted(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    debug_assert!(numbers.iter().all(|number| among(&numbers, *number)));
    numbers
}
