//! How values compare: the order of `SORT`, and what `=` means.

use std::cmp::Ordering;

use crate::{
    collate,
    formula::{
        Datum,
        coerce::{Cx, instant, is_blank, number_of, read_date, text_of},
    },
};

/// Where values of a kind stand in a sort: numbers, dates, texts, nothing, errors.
fn rank(value: &Datum) -> u8 {
    match value {
        Datum::Number(_) | Datum::Bool(_) => 0,
        Datum::Date { .. } => 1,
        Datum::Error(_) => 5,
        value if is_blank(value) => 4,
        Datum::List(_) => 3,
        _ => 2,
    }
}

/// The order of `SORT`: numbers with yes and no among them, dates, texts as people sort them, lists,
/// nothing, errors. Total. Records on both sides are of the table of the context. (F108)
pub fn compare(a: &Datum, b: &Datum, cx: &Cx<'_>) -> Ordering {
    match (a, b) {
        (Datum::Number(a), Datum::Number(b)) => order(*a, *b),
        (Datum::Text(a), Datum::Text(b)) if !a.is_empty() && !b.is_empty() => collate::compare(a, b),
        _ => rank(a).cmp(&rank(b)).then_with(|| same_rank(a, b, cx)),
    }
}

fn same_rank(a: &Datum, b: &Datum, cx: &Cx<'_>) -> Ordering {
    match (a, b) {
        (Datum::Date { at: a, time: at_a }, Datum::Date { at: b, time: at_b }) => {
            if at_a == at_b {
                a.cmp(b)
            } else {
                instant(*a, *at_a, cx.env).cmp(&instant(*b, *at_b, cx.env))
            }
        }
        (Datum::Error(a), Datum::Error(b)) => a.cmp(b),
        (Datum::List(a), Datum::List(b)) => {
            let unequal = a.iter().zip(&**b).map(|(a, b)| compare(a, b, cx)).find(|order| order.is_ne());
            unequal.unwrap_or_else(|| a.len().cmp(&b.len()))
        }
        (Datum::Number(_) | Datum::Bool(_), _) => {
            order(number_of(a, cx).unwrap_or(0.0), number_of(b, cx).unwrap_or(0.0))
        }
        _ if is_blank(a) => Ordering::Equal,
        _ => match (text_of(a, cx), text_of(b, cx)) {
            (Ok(a), Ok(b)) => collate::compare(&a, &b),
            (a, b) => a.is_err().cmp(&b.is_err()),
        },
    }
}

/// Numbers are finite; 0 and -0 are one.
fn order(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Whether two values are the same, as `=` means it: texts exactly; nothing, "" and the empty list are one;
/// yes is 1; a choice, a person, a record is its text to a text; a list of one is its item. (F109)
pub fn equal(a: &Datum, b: &Datum, cx: &Cx<'_>) -> bool {
    match (a, b) {
        (Datum::Text(a), Datum::Text(b)) => a == b,
        (Datum::Number(a), Datum::Number(b)) => order(*a, *b).is_eq(),
        (Datum::List(a), Datum::List(b)) => {
            a.len() == b.len() && a.iter().zip(&**b).all(|(a, b)| equal(a, b, cx))
        }
        (Datum::List(items), single) | (single, Datum::List(items)) => match &items[..] {
            [only] => equal(only, single, cx),
            items => items.is_empty() && is_blank(single),
        },
        (Datum::Member(a), Datum::Member(b)) => a == b,
        (Datum::Group(a), Datum::Group(b)) => a == b,
        (Datum::Record(a), Datum::Record(b)) => a == b,
        (Datum::File(a), Datum::File(b)) => a.id == b.id,
        (Datum::Place(a), Datum::Place(b)) => a == b,
        (Datum::Error(a), Datum::Error(b)) => a == b,
        (Datum::Error(_), _) | (_, Datum::Error(_)) => false,
        (Datum::Date { .. }, Datum::Date { .. }) => same_rank(a, b, cx).is_eq(),
        (Datum::Date { .. }, Datum::Text(text)) | (Datum::Text(text), Datum::Date { .. }) => {
            let read = read_date(text, cx.env).unwrap_or(Datum::Null);
            let date = if matches!(a, Datum::Date { .. }) { a } else { b };
            matches!(read, Datum::Date { .. }) && same_rank(&read, date, cx).is_eq()
        }
        (a, b) if rank(a) != rank(b) => false,
        (a, b) if rank(a) == 0 => same_rank(a, b, cx).is_eq(),
        (a, b) => is_blank(a) || text_of(a, cx) == text_of(b, cx),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        formula::{ErrorCode, sample::*},
        value::DAY,
    };

    // F109
    #[test]
    fn equality_sees_through_kinds_but_not_through_case() {
        let env = shanghai();
        let choice = |code, name: &str| Datum::Choice { code, name: name.into() };
        let same = [
            (Datum::Null, text("")),
            (Datum::Null, list(&[])),
            (Datum::Bool(true), number(1.0)),
            (choice(1, "A"), text("A")),
            (choice(1, "A"), choice(2, "A")),
            (list(&[text("a")]), text("a")),
            (Datum::Date { at: DAY_AT, time: false }, Datum::Date { at: DAY_AT - 8 * 3_600_000, time: true }),
            (Datum::Date { at: DAY_AT, time: false }, text("2026/11/20")),
        ];
        for (a, b) in same {
            assert!(equal(&a, &b, &cx(&env)) && equal(&b, &a, &cx(&env)), "{a:?} {b:?}");
        }
        let other = [
            (text("a"), text("A")),
            (number(5.0), text("5")),
            (Datum::Null, number(0.0)),
            (Datum::Null, Datum::Bool(false)),
            (list(&[text("a"), text("b")]), text("a")),
            (Datum::Error(ErrorCode::Ref), Datum::Null),
        ];
        for (a, b) in other {
            assert!(!equal(&a, &b, &cx(&env)) && !equal(&b, &a, &cx(&env)), "{a:?} {b:?}");
        }
    }

    fn any_single() -> impl Strategy<Value = Datum> {
        prop_oneof![
            Just(Datum::Null),
            any::<bool>().prop_map(Datum::Bool),
            (-3..3).prop_map(|n| Datum::Number(f64::from(n))),
            "[aAb ]{0,2}".prop_map(|t| Datum::Text(t.into())),
            (any::<bool>(), 0..3i64).prop_map(|(time, d)| Datum::Date { at: d * DAY, time }),
            "[ab]{0,1}".prop_map(|name| Datum::Choice { code: 0, name: name.into() }),
            Just(Datum::Error(ErrorCode::Value)),
            Just(Datum::Error(ErrorCode::Ref)),
        ]
    }

    fn any_value() -> impl Strategy<Value = Datum> {
        prop_oneof![
            4 => any_single(),
            1 => proptest::collection::vec(any_single(), 0..3).prop_map(|items| Datum::List(items.into())),
        ]
    }

    proptest! {
        // F108
        #[test]
        fn the_order_is_total(a in any_value(), b in any_value(), c in any_value()) {
            let env = shanghai();
            let compare = |a: &Datum, b: &Datum| compare(a, b, &cx(&env));
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
            prop_assert_eq!(compare(&a, &a), Ordering::Equal);
            if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
                prop_assert!(compare(&a, &c).is_le());
            }
        }
    }
}
