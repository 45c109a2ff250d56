//! Making lists, and taking parts and items of them.

use crate::formula::{
    Datum, ErrorCode, Item, Type,
    coerce::{self, equal, is_blank},
    functions::{
        Call, Function, Gives, Group,
        Takes::{Any, List, Number, Text},
        logic::items,
        row::{In, MAX_ITEMS, NUMBER, NUMBERS, Out, TEXT, allowed, list, many, number, one, opt},
        sets::{among, list_of_all},
    },
};

const LIST: In = In(Group::List);

fn combine(call: &Call<'_>) -> Out {
    if let [only @ Datum::List(_)] = call.args {
        return Ok(only.clone());
    }
    let mut all = Vec::new();
    for (at, arg) in call.args.iter().enumerate() {
        for item in items(arg) {
            all.push(among(call, at, item)?);
        }
        if all.len() > MAX_ITEMS {
            return Err(ErrorCode::Limit);
        }
    }
    list(all)
}

/// The item at a place that counts from 1, or from the end when negative; null when there is none.
fn nth(call: &Call<'_>) -> Out {
    let place = call.int(1);
    allowed(place != 0, ())?;
    let items = call.list(0);
    let at = if place > 0 { place - 1 } else { place.saturating_add(items.len() as i64) };
    let item = usize::try_from(at).ok().and_then(|at| items.get(at));
    Ok(item.cloned().unwrap_or(Datum::Null))
}

fn part(call: &Call<'_>, from: usize, to: usize) -> Out {
    let items = call.list(0);
    if from == 0 && to >= items.len() {
        return Ok(call.arg(0).clone());
    }
    list(items.get(from..to.min(items.len())).unwrap_or_default().to_vec())
}

/// From one place to another, both included; negative ones count from the end.
fn slice(call: &Call<'_>) -> Out {
    let length = call.list(0).len() as i64;
    let place = |place: i64| if place < 0 { place.saturating_add(length) } else { place.saturating_sub(1) };
    let from = place(call.int_or(1, 1)).clamp(0, length);
    let to = place(call.int_or(2, -1)).clamp(-1, length - 1) + 1;
    part(call, from as usize, to as usize)
}

fn take(call: &Call<'_>) -> Out {
    let (length, count) = (call.list(0).len(), call.int(1));
    let size = usize::try_from(count.unsigned_abs()).unwrap_or(length).min(length);
    if count < 0 { part(call, length - size, length) } else { part(call, 0, size) }
}

fn drop_items(call: &Call<'_>) -> Out {
    let (length, count) = (call.list(0).len(), call.int(1));
    let size = usize::try_from(count.unsigned_abs()).unwrap_or(length).min(length);
    if count < 0 { part(call, 0, length - size) } else { part(call, size, length) }
}

fn compact(call: &Call<'_>) -> Out {
    list(call.list(0).iter().filter(|item| !is_blank(item)).cloned().collect())
}

fn join(call: &Call<'_>) -> Out {
    let items = call.list(0);
    Ok(Datum::Text(coerce::join(items, call.text_or(1, ","), &call.cx(0))?))
}

fn sequence(call: &Call<'_>) -> Out {
    let (first, last) = (call.number(0), call.number(1));
    let step = call.number_or(2, if last < first { -1.0 } else { 1.0 });
    allowed(step != 0.0, ())?;
    // The last item is not lost to the noise of adding decimals.
    let steps = ((last - first) / step * (1.0 + 1e-12)).floor();
    if steps < 0.0 {
        return list(Vec::new());
    }
    if steps >= MAX_ITEMS as f64 {
        return Err(ErrorCode::Limit);
    }
    let item = |at: u64| number(super::number::clean(first + step * at as f64));
    list((0..=steps as u64).map(item).collect::<Result<_, _>>()?)
}

fn reverse(call: &Call<'_>) -> Out {
    match call.arg(0) {
        Datum::List(items) => list(items.iter().rev().cloned().collect()),
        other => {
            let text = coerce::text_of(other, &call.cx(0))?;
            super::row::text(text.chars().rev().collect::<String>())
        }
    }
}

fn reversed(types: &[Type]) -> Type {
    types.first().copied().filter(|of| of.list || of.item == Item::Any).unwrap_or(Item::Text.one())
}

/// The place of the first item that equals the value.
fn place_of(call: &Call<'_>) -> Option<usize> {
    call.list(1).iter().position(|item| equal(call.arg(0), item, &call.cx(1)))
}

fn matching(call: &Call<'_>) -> Out {
    place_of(call).map_or(Err(ErrorCode::NotFound), |at| number(at as f64 + 1.0))
}

fn lookup(call: &Call<'_>) -> Out {
    match place_of(call) {
        Some(at) => Ok(call.list(2).get(at).cloned().unwrap_or(Datum::Null)),
        None if call.args.len() > 3 => Ok(call.arg(3).clone()),
        None => Err(ErrorCode::NotFound),
    }
}

pub(super) const ROWS: &[Function] = &[
    LIST.strict(
        "LIST",
        &[many("value", Any)],
        Gives::By(list_of_all),
        "A list of the values; lists among them give their items.",
        ("LIST(1, LIST(2, 3))", "LIST(1, 2, 3)"),
        combine,
    ),
    LIST.strict(
        "LISTCOMBINE",
        &[many("list", Any)],
        Gives::By(list_of_all),
        "The items of all lists one after another.",
        ("LISTCOMBINE(LIST(1), LIST(2, 3))", "LIST(1, 2, 3)"),
        combine,
    ),
    LIST.strict(
        "FLATTEN",
        &[many("list", Any)],
        Gives::By(list_of_all),
        "The items of all lists one after another.",
        ("FLATTEN(LIST(1), 2)", "LIST(1, 2)"),
        combine,
    ),
    LIST.strict(
        "ARRAYFLATTEN",
        &[many("list", Any)],
        Gives::By(list_of_all),
        "The items of all lists one after another.",
        ("ARRAYFLATTEN(LIST(1), 2)", "LIST(1, 2)"),
        combine,
    ),
    LIST.strict(
        "APPEND",
        &[one("list", List), many("value", Any)],
        Gives::By(list_of_all),
        "The list with more values at its end.",
        ("APPEND(LIST(1), 2, 3)", "LIST(1, 2, 3)"),
        combine,
    ),
    LIST.strict(
        "FIRST",
        &[one("list", List)],
        Gives::ItemOf(0),
        "The first item; nothing of an empty list.",
        ("FIRST(LIST(1, 2, 3))", "1"),
        |c| Ok(c.list(0).first().cloned().unwrap_or(Datum::Null)),
    ),
    LIST.strict(
        "LAST",
        &[one("list", List)],
        Gives::ItemOf(0),
        "The last item; nothing of an empty list.",
        ("LAST(LIST(1, 2, 3))", "3"),
        |c| Ok(c.list(0).last().cloned().unwrap_or(Datum::Null)),
    ),
    LIST.strict(
        "NTH",
        &[one("list", List), one("place", Number)],
        Gives::ItemOf(0),
        "The item at a place, counted from 1, or from the end when negative; nothing when there is none.",
        ("NTH(LIST(1, 2, 3), 2)", "2"),
        nth,
    ),
    LIST.strict(
        "INDEX",
        &[one("list", List), one("place", Number)],
        Gives::ItemOf(0),
        "The item at a place, counted from 1, or from the end when negative; nothing when there is none.",
        ("INDEX(LIST(1, 2, 3), -1)", "3"),
        nth,
    ),
    LIST.strict(
        "SLICE",
        &[one("list", List), one("first", Number), opt("last", Number)],
        Gives::ListOf(0),
        "The items from one place to another, both included; negative places count from the end.",
        ("SLICE(LIST(1, 2, 3, 4), 2, 3)", "LIST(2, 3)"),
        slice,
    ),
    LIST.strict(
        "ARRAYSLICE",
        &[one("list", List), one("first", Number), opt("last", Number)],
        Gives::ListOf(0),
        "The items from one place to another, both included; negative places count from the end.",
        ("ARRAYSLICE(LIST(1, 2, 3, 4), -2)", "LIST(3, 4)"),
        slice,
    ),
    LIST.strict(
        "TAKE",
        &[one("list", List), one("count", Number)],
        Gives::ListOf(0),
        "So many items from the beginning, or from the end when negative.",
        ("TAKE(LIST(1, 2, 3), 2)", "LIST(1, 2)"),
        take,
    ),
    LIST.strict(
        "DROP",
        &[one("list", List), one("count", Number)],
        Gives::ListOf(0),
        "The list without so many items at its beginning, or at its end when negative.",
        ("DROP(LIST(1, 2, 3), 2)", "LIST(3)"),
        drop_items,
    ),
    LIST.strict(
        "COMPACT",
        &[one("list", List)],
        Gives::ListOf(0),
        "The items that are not blank.",
        (r#"COMPACT(LIST("a", "", "b"))"#, r#"LIST("a", "b")"#),
        compact,
    ),
    LIST.strict(
        "ARRAYCOMPACT",
        &[one("list", List)],
        Gives::ListOf(0),
        "The items that are not blank.",
        (r#"ARRAYCOMPACT(LIST("a", "", "b"))"#, r#"LIST("a", "b")"#),
        compact,
    ),
    LIST.strict(
        "REVERSE",
        &[one("value", Any)],
        Gives::By(reversed),
        "The items of a list, or the characters of a text, from last to first.",
        (r#"REVERSE("abc")"#, r#""cba""#),
        reverse,
    ),
    LIST.strict(
        "ARRAYJOIN",
        &[one("list", List), opt("between", Text)],
        TEXT,
        "The texts of the items with a comma, or another text, between them.",
        (r#"ARRAYJOIN(LIST(1, 2, 3), "-")"#, r#""1-2-3""#),
        join,
    ),
    LIST.strict(
        "JOIN",
        &[one("list", List), opt("between", Text)],
        TEXT,
        "The texts of the items with a comma, or another text, between them.",
        (r#"JOIN(LIST("a", "b"))"#, r#""a,b""#),
        join,
    ),
    LIST.strict(
        "SEQUENCE",
        &[one("first", Number), one("last", Number), opt("step", Number)],
        NUMBERS,
        "The numbers from one to another, in steps of 1 or of what is given.",
        ("SEQUENCE(1, 9, 4)", "LIST(1, 5, 9)"),
        sequence,
    ),
    LIST.strict(
        "RANGE",
        &[one("first", Number), one("last", Number), opt("step", Number)],
        NUMBERS,
        "The numbers from one to another, in steps of 1 or of what is given.",
        ("RANGE(3, 1)", "LIST(3, 2, 1)"),
        sequence,
    ),
    LIST.strict(
        "MATCH",
        &[one("value", Any), one("list", List)],
        NUMBER,
        "The place of the first item that equals a value, counted from 1; #N/A when there is none.",
        (r#"MATCH("b", LIST("a", "b"))"#, "2"),
        matching,
    ),
    LIST.strict(
        "XMATCH",
        &[one("value", Any), one("list", List)],
        NUMBER,
        "The place of the first item that equals a value, counted from 1; #N/A when there is none.",
        ("XMATCH(3, LIST(1, 2))", "#N/A"),
        matching,
    ),
    LIST.strict(
        "XLOOKUP",
        &[one("value", Any), one("list", List), one("results", List), opt("otherwise", Any)],
        Gives::ItemOf(2),
        "The item of results at the place where a list has the value; what is given otherwise, or #N/A.",
        (r#"XLOOKUP("b", LIST("a", "b"), LIST(1, 2))"#, "2"),
        lookup,
    ),
];
