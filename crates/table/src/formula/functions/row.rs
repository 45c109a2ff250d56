//! What rows of the table are written with: short names of types, and access to fitted arguments.

use std::sync::Arc;

use crate::{
    formula::{
        Datum, ErrorCode, Item, Type,
        functions::{Call, Function, Gives, Group, Param, Run, Takes, Times},
    },
    value::MAX_TEXT,
};

/// What a strict function gives.
pub(super) type Out = Result<Datum, ErrorCode>;

/// Items of the longest list.
pub(super) const MAX_ITEMS: usize = 100_000;

pub(super) const NUMBER: Gives = Gives::Always(Type { item: Item::Number, list: false });
pub(super) const DAYS: Gives = Gives::Always(Type { item: Item::Duration, list: false });
pub(super) const TEXT: Gives = Gives::Always(Type { item: Item::Text, list: false });
pub(super) const TEXTS: Gives = Gives::Always(Type { item: Item::Text, list: true });
pub(super) const NUMBERS: Gives = Gives::Always(Type { item: Item::Number, list: true });
pub(super) const BOOL: Gives = Gives::Always(Type { item: Item::Bool, list: false });
pub(super) const DAY: Gives = Gives::Always(Type { item: Item::Date { time: false }, list: false });
pub(super) const INSTANT: Gives = Gives::Always(Type { item: Item::Date { time: true }, list: false });

/// A parameter that must be given.
pub(super) const fn one(name: &'static str, takes: Takes) -> Param {
    Param { name, takes, times: Times::One }
}
/// A parameter that may be left out.
pub(super) const fn opt(name: &'static str, takes: Takes) -> Param {
    Param { name, takes, times: Times::Optional }
}
/// A parameter that is given once or more.
pub(super) const fn many(name: &'static str, takes: Takes) -> Param {
    Param { name, takes, times: Times::Repeated }
}

/// Makes rows of a group.
pub(super) struct In(pub(super) Group);

impl In {
    /// A function of its values.
    pub(super) const fn strict(
        &self,
        name: &'static str,
        params: &'static [Param],
        gives: Gives,
        help: &'static str,
        example: (&'static str, &'static str),
        run: fn(&Call<'_>) -> Out,
    ) -> Function {
        Function { name, group: self.0, params, gives, help, example, run: Run::Strict(run) }
    }
    /// A function the evaluator computes.
    pub(super) const fn special(
        &self,
        name: &'static str,
        params: &'static [Param],
        gives: Gives,
        help: &'static str,
        example: (&'static str, &'static str),
    ) -> Function {
        Function { name, group: self.0, params, gives, help, example, run: Run::Special }
    }
}

/// A finite number, else [`ErrorCode::Number`].
pub(super) fn number(number: f64) -> Out {
    if number.is_finite() { Ok(Datum::Number(number + 0.0)) } else { Err(ErrorCode::Number) }
}
/// The quotient; dividing by 0 is an error of its own.
pub(super) fn quotient(a: f64, b: f64) -> Out {
    if b == 0.0 { Err(ErrorCode::Div0) } else { number(a / b) }
}
#[expect(clippy::unnecessary_wraps, reason = "rows of the table give results")]
pub(super) fn yes(yes: bool) -> Out {
    Ok(Datum::Bool(yes))
}
/// A text that is not too long.
pub(super) fn text(text: impl AsRef<str> + Into<Arc<str>>) -> Out {
    if text.as_ref().len() > MAX_TEXT { Err(ErrorCode::Limit) } else { Ok(Datum::Text(text.into())) }
}
/// A list that is not too long.
pub(super) fn list(items: Vec<Datum>) -> Out {
    if items.len() > MAX_ITEMS { Err(ErrorCode::Limit) } else { Ok(Datum::List(items.into())) }
}
/// The value, or the error of an argument that is not allowed.
pub(super) fn allowed<T>(condition: bool, value: T) -> Result<T, ErrorCode> {
    if condition { Ok(value) } else { Err(ErrorCode::Value) }
}

impl<'a> Call<'a> {
    /// The argument at a place; null when it was left out.
    pub(super) fn arg(&self, at: usize) -> &'a Datum {
        self.args.get(at).unwrap_or(&Datum::Null)
    }
    /// Whether an argument was given, and not as null.
    pub(super) fn has(&self, at: usize) -> bool {
        self.args.get(at).is_some_and(|arg| *arg != Datum::Null)
    }
    pub(super) fn number(&self, at: usize) -> f64 {
        self.number_or(at, 0.0)
    }
    pub(super) fn number_or(&self, at: usize, otherwise: f64) -> f64 {
        if let Datum::Number(number) = self.arg(at) { *number } else { otherwise }
    }
    /// A number without its fraction; beyond the range of integers, the nearest.
    pub(super) fn int(&self, at: usize) -> i64 {
        self.number(at) as i64
    }
    pub(super) fn int_or(&self, at: usize, otherwise: i64) -> i64 {
        if let Datum::Number(number) = self.arg(at) { *number as i64 } else { otherwise }
    }
    pub(super) fn bool(&self, at: usize) -> bool {
        self.bool_or(at, false)
    }
    pub(super) fn bool_or(&self, at: usize, otherwise: bool) -> bool {
        if let Datum::Bool(yes) = self.arg(at) { *yes } else { otherwise }
    }
    pub(super) fn text(&self, at: usize) -> &'a str {
        self.text_or(at, "")
    }
    pub(super) fn text_or(&self, at: usize, otherwise: &'a str) -> &'a str {
        if let Datum::Text(text) = self.arg(at) { text } else { otherwise }
    }
    /// The items of a list; none when it was left out.
    pub(super) fn list(&self, at: usize) -> &'a [Datum] {
        if let Datum::List(items) = self.arg(at) { items } else { &[] }
    }
    /// All numbers of [`Takes::Numbers`] arguments from a place on.
    pub(super) fn numbers(&self, from: usize) -> impl Iterator<Item = f64> + use<'a> {
        let args: &'a [Datum] = self.args.get(from..).unwrap_or_default();
        args.iter().flat_map(Self::numbers_in)
    }
    /// The numbers of one [`Takes::Numbers`] argument.
    pub(super) fn numbers_at(&self, at: usize) -> Vec<f64> {
        Self::numbers_in(self.arg(at)).collect()
    }
    /// The same in ascending order: sorted once where they are the same for all records.
    pub(super) fn sorted_at(&self, at: usize) -> Arc<[f64]> {
        let sort = || -> Arc<[f64]> {
            let mut numbers = self.numbers_at(at);
            numbers.sort_unstable_by(f64::total_cmp);
            numbers.into()
        };
        match self.kept {
            Some(kept) if kept.at == at => kept.sorted.get_or_init(sort).clone(),
            _ => sort(),
        }
    }
    fn numbers_in(arg: &'a Datum) -> impl Iterator<Item = f64> + use<'a> {
        let items = match arg {
            Datum::List(items) => items,
            single => std::slice::from_ref(single),
        };
        items.iter().filter_map(|item| if let Datum::Number(number) = item { Some(*number) } else { None })
    }
}
