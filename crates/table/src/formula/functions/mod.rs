//! The table of functions: one row each, from which checks, completion, help and messages follow.

use std::{
    cell::OnceCell,
    sync::{Arc, LazyLock},
};

use crate::formula::{
    Datum, Env, ErrorCode, Item, Type,
    coerce::{Cx, Texts},
};

mod clock;
mod compose;
mod condition;
mod date;
mod date_format;
mod digits;
mod distribution;
mod finance;
mod format;
mod integer;
mod line;
mod list;
mod logic;
mod moment;
pub(crate) mod number;
mod record;
mod regex;
mod row;
pub(crate) mod sets;
mod span;
mod statistics;
#[cfg(test)]
mod tests;
mod text;
mod total;
mod trig;
mod worth;

/// A function formulas can call, by `F(a, b)` or `a.F(b)`.
#[derive(Debug)]
pub struct Function {
    /// Upper-case name.
    pub name: &'static str,
    /// Under which heading help lists it.
    pub group: Group,
    /// Parameters in order.
    pub params: &'static [Param],
    /// The type of what it gives.
    pub gives: Gives,
    /// One sentence of help, in English.
    pub help: &'static str,
    /// A call and what it gives, as in `LEFT("Skein", 2)` and `"Sk"`.
    pub example: (&'static str, &'static str),
    /// How it is computed.
    pub run: Run,
}

/// A heading of the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Group {
    Logic,
    Number,
    Statistics,
    Finance,
    Text,
    Date,
    List,
    Record,
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// Lower-case name, for help.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// How often it may be given.
    pub times: Times,
}

/// How often an argument may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Exactly once.
    One,
    /// Once or not at all; only after parameters that must be given.
    Optional,
    /// Once or more; the last parameters together, as in `IFS(condition, value, …)`. An optional one after
    /// them gets the argument that is left over, as in `SWITCH(value, case, result, …, otherwise)`.
    Repeated,
}

/// What an argument may be. Arguments that are `null` or errors are passed on where the function says so
/// by [`Takes::Raw`]; else an error in an argument is the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Anything, as it is, errors and nulls too.
    Raw,
    /// Anything but an error, lists as lists.
    Any,
    /// A number, or what becomes one: yes is 1, no is 0, nothing is 0, a text that is a number.
    Number,
    /// Yes or no, or what becomes it: a number that is not 0, nothing is no.
    Bool,
    /// Whatever has a text; nothing is "".
    Text,
    /// A date, or a text or number that is one.
    Date,
    /// A list; a single value is a list of one, nothing the empty list.
    List,
    /// Numbers, also in lists; texts and nothing in lists are left out, as Excel does.
    Numbers,
    /// An expression that is computed for each item with `CurrentValue`.
    PerItem,
    /// An expression that is computed only when it is needed.
    Lazy,
}

/// The type of a result.
#[derive(Clone, Copy, Debug)]
pub enum Gives {
    /// Always this.
    Always(Type),
    /// What the argument at a place is.
    Same(usize),
    /// One item of the list at a place.
    ItemOf(usize),
    /// A list of the items of the argument at a place.
    ListOf(usize),
    /// What all arguments from the place on have in common, each a possible result.
    Common(usize),
    /// Told by the types of the arguments.
    By(fn(&[Type]) -> Type),
}

/// How a function is computed.
#[derive(Clone, Copy)]
pub enum Run {
    /// From its arguments, which were made to fit [`Param::takes`].
    Strict(fn(&Call<'_>) -> Result<Datum, ErrorCode>),
    /// By the evaluator itself: what decides which arguments are computed.
    Special,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Strict(_) => "Strict",
            Self::Special => "Special",
        })
    }
}

/// What a strict function is computed from.
#[derive(Debug)]
pub struct Call<'a> {
    /// Arguments in order, made to fit.
    pub args: &'a [Datum],
    /// Their static types before they were made to fit: of which table records are.
    pub types: &'a [Type],
    /// The time and the people.
    pub env: &'a Env,
    /// The texts of records.
    pub texts: &'a dyn Texts,
    /// Differs by record and by place in the formula, stays the same for one: for what looks random.
    pub seed: u64,
    /// The list of numbers that is the same for all records, in order once somebody asked.
    pub kept: Option<Kept<'a>>,
}

/// Where an argument that is the same for all records keeps its numbers in ascending order.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// The place of the argument.
    pub at: usize,
    /// Its numbers.
    pub sorted: &'a OnceCell<Arc<[f64]>>,
}

impl<'a> Call<'a> {
    /// What texts of the argument at a place depend on.
    pub fn cx(&self, at: usize) -> Cx<'a> {
        Cx::new(self.env, self.texts, self.types.get(at).copied().unwrap_or(ANY))
    }
}

/// A type that says nothing before it is computed.
pub const ANY: Type = Type { item: Item::Any, list: false };

static SORTED: LazyLock<Vec<&'static Function>> = LazyLock::new(|| {
    let groups = [
        compose::ROWS,
        condition::ROWS,
        date::ROWS,
        digits::ROWS,
        distribution::ROWS,
        finance::ROWS,
        integer::ROWS,
        line::ROWS,
        list::ROWS,
        logic::ROWS,
        moment::ROWS,
        number::ROWS,
        record::ROWS,
        regex::ROWS,
        sets::ROWS,
        span::ROWS,
        statistics::ROWS,
        text::ROWS,
        total::ROWS,
        trig::ROWS,
        worth::ROWS,
    ];
    let mut rows: Vec<&Function> = groups.into_iter().flatten().collect();
    rows.sort_unstable_by_key(|row| row.name);
    rows
});

/// All functions by name.
pub fn all() -> &'static [&'static Function] {
    &SORTED
}

/// The function of this name, in whatever case. Names may have one dot, and underscores, inside, as in
/// `STDEV.S` and `IS_SAME`.
pub fn find(name: &str) -> Option<&'static Function> {
    let wanted = || name.bytes().map(|byte| byte.to_ascii_uppercase());
    let found = SORTED.binary_search_by(|row| row.name.bytes().cmp(wanted()));
    found.ok().map(|at| SORTED[at])
}
