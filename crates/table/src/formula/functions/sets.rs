//! Lists as sets and in order: keys that are equal where items are, and places in a sort.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::{
    collate::SortKeys,
    formula::{
        Datum, ErrorCode, Type,
        coerce::{self, Cx},
        functions::{
            Call, Function, Gives, Group,
            Takes::{Any, List, Number},
            row::{In, NUMBER, Out, list, many, number, one, opt},
        },
    },
};

const LIST: In = In(Group::List);
const STATISTICS: In = In(Group::Statistics);

/// Equal exactly where items are.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Blank,
    Number(u64),
    Text(Arc<str>),
    Date(i64),
    Id(u128),
    Row(u32),
    Error(ErrorCode),
}

/// Makes keys of the items of the arguments of a call.
pub(super) struct Keys<'a> {
    contexts: Vec<Cx<'a>>,
    /// Where texts are among them, people and records are their texts too.
    as_text: bool,
}

impl<'a> Keys<'a> {
    pub(super) fn new(call: &Call<'a>) -> Self {
        let is_text = |item: &Datum| {
            matches!(item, Datum::Text(text) if !text.is_empty()) || matches!(item, Datum::Choice { .. })
        };
        let as_text = call.args.iter().any(|arg| super::logic::items(arg).iter().any(is_text));
        Self { contexts: (0..call.args.len()).map(|at| call.cx(at)).collect(), as_text }
    }
    /// The key of an item of the argument at a place.
    pub(super) fn key(&self, at: usize, item: &Datum) -> Key {
        let cx = &self.contexts[at];
        let text = || coerce::text_of(item, cx).map_or_else(Key::Error, Key::Text);
        match item {
            item if coerce::is_blank(item) => Key::Blank,
            Datum::Number(number) => Key::Number((number + 0.0).to_bits()),
            Datum::Bool(yes) => Key::Number(f64::from(u8::from(*yes)).to_bits()),
            Datum::Date { at, time } => Key::Date(coerce::instant(*at, *time, cx.env)),
            Datum::Member(id) if !self.as_text => Key::Id(id.bits()),
            Datum::Group(id) if !self.as_text => Key::Id(id.bits()),
            Datum::File(file) if !self.as_text => Key::Id(file.id.bits()),
            Datum::Record(row) if !self.as_text => Key::Row(*row),
            Datum::Error(code) => Key::Error(*code),
            _ => text(),
        }
    }
    pub(super) fn set<'b>(&self, at: usize, items: impl Iterator<Item = &'b Datum>) -> HashSet<Key> {
        items.map(|item| self.key(at, item)).collect()
    }
}

/// Where items stand when sorted: numbers, dates, texts; then what is blank, then errors, whichever the
/// direction. Items that compare equal stay in their order.
pub(crate) fn sorted_places(items: &[Datum], ascending: bool, cx: &Cx<'_>) -> Vec<usize> {
    let texts: Vec<Option<Arc<str>>> = items
        .iter()
        .map(|item| match item {
            Datum::Number(_) | Datum::Bool(_) | Datum::Date { .. } | Datum::Error(_) | Datum::List(_) => None,
            item if coerce::is_blank(item) => None,
            item => coerce::text_of(item, cx).ok(),
        })
        .collect();
    // Sort keys make many comparisons of texts cheap.
    let keys = SortKeys::of(texts.iter().map(Option::as_deref));
    let order = |a: usize, b: usize| match (&texts[a], &texts[b]) {
        (Some(_), Some(_)) => keys.get(a).cmp(keys.get(b)),
        _ => coerce::compare(&items[a], &items[b], cx),
    };
    let last = |at: usize| match &items[at] {
        Datum::Error(_) => 2,
        item if coerce::is_blank(item) => 1,
        _ => 0,
    };
    let mut places: Vec<usize> = (0..items.len()).collect();
    places.sort_by(|&a, &b| {
        let tail: Ordering = last(a).cmp(&last(b));
        tail.then_with(|| if ascending { order(a, b) } else { order(b, a) })
    });
    places
}

fn sort(call: &Call<'_>) -> Out {
    let items = call.list(0);
    let places = sorted_places(items, call.number_or(1, 1.0) > 0.0, &call.cx(0));
    list(places.into_iter().map(|at| items[at].clone()).collect())
}

/// The items of one argument that fulfil a condition on their key, each key once.
fn each_once(
    call: &Call<'_>,
    at: usize,
    keys: &Keys<'_>,
    seen: &mut HashSet<Key>,
    take: impl Fn(&Key) -> bool,
) -> Vec<Datum> {
    let mut taken = Vec::new();
    for item in call.list(at) {
        let key = keys.key(at, item);
        if take(&key) && seen.insert(key) {
            taken.push(item.clone());
        }
    }
    taken
}

fn unique(call: &Call<'_>) -> Out {
    let keys = Keys::new(call);
    list(each_once(call, 0, &keys, &mut HashSet::new(), |_| true))
}

/// The items that are there once only.
fn single(call: &Call<'_>) -> Out {
    let keys = Keys::new(call);
    let mut times: HashMap<Key, usize> = HashMap::new();
    let found: Vec<Key> = call.list(0).iter().map(|item| keys.key(0, item)).collect();
    for key in &found {
        *times.entry(key.clone()).or_default() += 1;
    }
    let items = call.list(0).iter().zip(&found).filter(|(_, key)| times.get(key) == Some(&1));
    list(items.map(|(item, _)| item.clone()).collect())
}

fn count_unique(call: &Call<'_>) -> Out {
    let keys = Keys::new(call);
    let mut seen = HashSet::new();
    for (at, arg) in call.args.iter().enumerate() {
        seen.extend(super::logic::items(arg).iter().map(|item| keys.key(at, item)));
    }
    seen.remove(&Key::Blank);
    number(seen.len() as f64)
}

/// Items of lists of records of several tables become texts: a list has one type.
fn mixed(call: &Call<'_>) -> bool {
    let mut tables = call.types.iter().filter_map(|of| of.table());
    let first = tables.next();
    tables.any(|table| Some(table) != first)
}

/// An item as it may stand in a list with the items of other arguments.
pub(super) fn among(call: &Call<'_>, at: usize, item: &Datum) -> Result<Datum, ErrorCode> {
    match item {
        Datum::Record(_) if mixed(call) => coerce::text_of(item, &call.cx(at)).map(Datum::Text),
        other => Ok(other.clone()),
    }
}

fn union(call: &Call<'_>) -> Out {
    let keys = Keys::new(call);
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for at in 0..call.args.len() {
        for item in each_once(call, at, &keys, &mut seen, |_| true) {
            all.push(among(call, at, &item)?);
        }
    }
    list(all)
}

fn intersect(call: &Call<'_>) -> Out {
    let keys = Keys::new(call);
    let sets: Vec<HashSet<Key>> = (1..call.args.len()).map(|at| keys.set(at, call.list(at).iter())).collect();
    list(each_once(call, 0, &keys, &mut HashSet::new(), |key| sets.iter().all(|set| set.contains(key))))
}

fn difference(call: &Call<'_>) -> Out {
    let keys = Keys::new(call);
    let sets: Vec<HashSet<Key>> = (1..call.args.len()).map(|at| keys.set(at, call.list(at).iter())).collect();
    list(each_once(call, 0, &keys, &mut HashSet::new(), |key| !sets.iter().any(|set| set.contains(key))))
}

/// What all arguments are, as a list; anything when they differ.
pub(super) fn list_of_all(types: &[Type]) -> Type {
    let first = types.first().map_or(crate::formula::Item::Any, |of| of.item);
    let same = types.iter().all(|of| of.item == first);
    (if same { first } else { crate::formula::Item::Any }).many()
}

pub(super) const ROWS: &[Function] = &[
    LIST.strict(
        "SORT",
        &[one("list", List), opt("ascending", Number)],
        Gives::ListOf(0),
        "The items in order; FALSE or -1 as ascending turns it round. What is blank comes last, errors after it.",
        ("SORT(LIST(3, 1, 2), FALSE)", "LIST(3, 2, 1)"),
        sort,
    ),
    LIST.strict(
        "UNIQUE",
        &[one("list", List)],
        Gives::ListOf(0),
        "The items without repeats, each where it comes first.",
        (r#"UNIQUE(LIST("a", "b", "a"))"#, r#"LIST("a", "b")"#),
        unique,
    ),
    LIST.strict(
        "ARRAYUNIQUE",
        &[one("list", List)],
        Gives::ListOf(0),
        "The items without repeats, each where it comes first.",
        ("ARRAYUNIQUE(LIST(1, 2, 1))", "LIST(1, 2)"),
        unique,
    ),
    LIST.strict(
        "SINGLE",
        &[one("list", List)],
        Gives::ListOf(0),
        "The items that are there once only.",
        ("SINGLE(LIST(1, 2, 1))", "LIST(2)"),
        single,
    ),
    STATISTICS.strict(
        "COUNTUNIQUE",
        &[many("value", Any)],
        NUMBER,
        "How many different values there are that are not blank.",
        (r#"COUNTUNIQUE(LIST("a", "b", "a", ""))"#, "2"),
        count_unique,
    ),
    LIST.strict(
        "UNION",
        &[many("list", List)],
        Gives::By(list_of_all),
        "The items of all lists, each once.",
        ("UNION(LIST(1, 2), LIST(2, 3))", "LIST(1, 2, 3)"),
        union,
    ),
    LIST.strict(
        "INTERSECT",
        &[one("list", List), many("other", List)],
        Gives::ListOf(0),
        "The items of a list that all others have too, each once.",
        ("INTERSECT(LIST(1, 2), LIST(2, 3))", "LIST(2)"),
        intersect,
    ),
    LIST.strict(
        "DIFFERENCE",
        &[one("list", List), many("other", List)],
        Gives::ListOf(0),
        "The items of a list that none of the others has, each once.",
        ("DIFFERENCE(LIST(1, 2), LIST(2, 3))", "LIST(1)"),
        difference,
    ),
];
