//! What types are called, what they have in common, and which can never fit.

use crate::formula::{
    Expects, Found, Item, Names, Type,
    ast::Op,
    functions::{ANY, Takes},
};

impl Item {
    /// Whether values of the type stand for more than their text and are told apart only by it: they turn
    /// into texts where they meet values of other types.
    fn named(self) -> bool {
        matches!(self, Self::Record(_) | Self::Choice(..) | Self::Member | Self::Group)
    }
}

/// What is found where a value of another type belongs.
pub(crate) fn found(ty: Type, names: &dyn Names) -> Found {
    let table = ty.table().and_then(|table| names.table_name(table)).map(String::from);
    Found::Value(Box::new((ty, table)))
}

/// A type in words; of records, with the name of their table.
pub(crate) fn words(ty: Type, table: Option<&str>) -> String {
    let (one, many) = match ty.item {
        Item::Any => ("a value", "values"),
        Item::Bool => ("yes or no", "yes and no"),
        Item::Number => ("a number", "numbers"),
        Item::Duration => ("a number of days", "numbers of days"),
        Item::Text => ("a text", "texts"),
        Item::Date { .. } => ("a date", "dates"),
        Item::Choice(..) => ("a choice", "choices"),
        Item::Member => ("a person", "people"),
        Item::Group => ("a group", "groups"),
        Item::File => ("a file", "files"),
        Item::Place => ("a place", "places"),
        Item::Record(_) => {
            let name = table.unwrap_or("");
            return if ty.list {
                format!("a list of records of “{name}”")
            } else {
                format!("a record of “{name}”")
            };
        }
    };
    if ty.list { format!("a list of {many}") } else { one.into() }
}

/// What a parameter takes if values of the type can never be it.
pub(crate) fn never(takes: Takes, item: Item) -> Option<Expects> {
    let nameless = matches!(item, Item::Member | Item::Group | Item::File | Item::Place);
    match takes {
        Takes::Number if nameless => Some(Expects::Number),
        Takes::Numbers if nameless => Some(Expects::Numbers),
        Takes::Date if nameless || item == Item::Bool => Some(Expects::Date),
        _ => None,
    }
}

/// The type that values of several types have in common. None stands for `NULL`, which is of any.
pub(crate) fn common(types: impl IntoIterator<Item = Option<Type>>) -> Type {
    let mut all: Option<Type> = None;
    for ty in types.into_iter().flatten() {
        all = Some(match all {
            None => ty,
            Some(all) => both(all, ty),
        });
    }
    all.unwrap_or(ANY)
}

fn both(a: Type, b: Type) -> Type {
    if a.list != b.list {
        return ANY;
    }
    let item = match (a.item, b.item) {
        (a, b) if a == b => a,
        (Item::Number | Item::Duration, Item::Number | Item::Duration) => Item::Number,
        (Item::Date { .. }, Item::Date { .. }) => Item::Date { time: true },
        (a, b) if (a.named() || a == Item::Text) && (b.named() || b == Item::Text) => Item::Text,
        _ => Item::Any,
    };
    Type { item, list: a.list }
}

/// Whether values of a type must become texts to be of another.
pub(crate) fn becomes_text(from: Type, to: Type) -> bool {
    from.item.named() && from.item != to.item
}

/// What an operator of arithmetic gives, or what it takes instead and whether the right side is to blame.
pub(crate) fn arith(op: Op, a: Item, b: Item) -> Result<Item, (Expects, bool)> {
    use Item::{Any, Date, Duration, Number};
    let number = |item| match item {
        Date { .. } => Some(Expects::Number),
        item => never(Takes::Number, item),
    };
    Ok(match (op, a, b) {
        (Op::Add, Date { .. }, Date { .. }) => return Err((Expects::Days, true)),
        (Op::Add | Op::Sub, Date { .. }, Duration) | (Op::Add, Duration, Date { .. }) => Date { time: true },
        (Op::Sub, Any | Date { .. }, Date { .. }) => Duration,
        (Op::Add | Op::Sub, Date { time }, other) if never(Takes::Number, other).is_none() => {
            if other == Any && op == Op::Sub { Any } else { Date { time } }
        }
        (Op::Add, other, Date { time }) if never(Takes::Number, other).is_none() => Date { time },
        _ => {
            for (item, right) in [(a, false), (b, true)] {
                if let Some(expected) = number(item) {
                    return Err((expected, right));
                }
            }
            match (op, a, b) {
                (Op::Add | Op::Sub, Any, _) | (Op::Add | Op::Sub, _, Any) => Any,
                (Op::Mul, Duration, Duration) | (Op::Div, _, Duration) | (Op::Pow, ..) => Number,
                (_, Duration, _) | (Op::Add | Op::Sub | Op::Mul, _, Duration) => Duration,
                _ => Number,
            }
        }
    })
}
