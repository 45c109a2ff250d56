//! Yes and no, and what a value is.

use crate::formula::{
    Datum, ErrorCode, Item, Type,
    coerce::{self, bool_of, compare, equal, is_blank},
    functions::{
        Call, Function, Gives, Group,
        Takes::{Any, Bool, List, Number, Raw},
        row::{BOOL, In, NUMBER, Out, TEXT, allowed, many, number, one, text, yes},
        sets::Keys,
    },
};

const LOGIC: In = In(Group::Logic);
const LIST: In = In(Group::List);

/// A question about one value, whatever it is.
macro_rules! is {
    ($name:literal, $help:literal, $example:literal, $result:literal, $pattern:pat) => {
        LOGIC.strict($name, &[one("value", Raw)], BOOL, $help, ($example, $result), |call| {
            yes(matches!(call.arg(0), $pattern))
        })
    };
}

fn xor(call: &Call<'_>) -> Out {
    let mut odd = false;
    for arg in call.args {
        for item in items(arg) {
            odd ^= bool_of(item)?;
        }
    }
    yes(odd)
}

/// The items of a list, or the single value.
pub(super) fn items(value: &Datum) -> &[Datum] {
    if let Datum::List(items) = value { items } else { std::slice::from_ref(value) }
}

/// The items of all arguments from a place on.
fn wanted<'a>(call: &Call<'a>, from: usize) -> impl Iterator<Item = &'a Datum> + use<'a> {
    let args: &'a [Datum] = call.args.get(from..).unwrap_or_default();
    args.iter().flat_map(items)
}

fn contain(call: &Call<'_>) -> Out {
    let list = call.list(0);
    if let [_, single] = call.args
        && !matches!(single, Datum::List(_))
    {
        return yes(list.iter().any(|item| equal(item, single, &call.cx(0))));
    }
    let keys = Keys::new(call);
    let held = keys.set(0, list.iter());
    yes(call
        .args
        .iter()
        .enumerate()
        .skip(1)
        .any(|(at, arg)| items(arg).iter().any(|item| held.contains(&keys.key(at, item)))))
}

fn contains_all(call: &Call<'_>) -> Out {
    let keys = Keys::new(call);
    let held = keys.set(0, call.list(0).iter());
    yes(call
        .args
        .iter()
        .enumerate()
        .skip(1)
        .all(|(at, arg)| items(arg).iter().all(|item| held.contains(&keys.key(at, item)))))
}

fn contains_only(call: &Call<'_>) -> Out {
    let keys = Keys::new(call);
    let allowed: std::collections::HashSet<_> = call
        .args
        .iter()
        .enumerate()
        .skip(1)
        .flat_map(|(at, arg)| items(arg).iter().map(move |item| (at, item)))
        .map(|(at, item)| keys.key(at, item))
        .collect();
    let list = call.list(0);
    yes(!list.is_empty() && list.iter().all(|item| allowed.contains(&keys.key(0, item))))
}

fn is_in(call: &Call<'_>) -> Out {
    yes(wanted(call, 1).any(|item| equal(call.arg(0), item, &call.cx(0))))
}

fn choose(call: &Call<'_>) -> Out {
    let place = match call.arg(0) {
        Datum::Number(place) => place.trunc(),
        _ => return Err(ErrorCode::Type),
    };
    allowed(place >= 1.0 && place < call.args.len() as f64, ())?;
    Ok(call.arg(place as usize).clone())
}

fn between(call: &Call<'_>) -> Out {
    let (value, low, high) = (call.arg(0), call.arg(1), call.arg(2));
    if is_blank(value) {
        return yes(false);
    }
    let cx = call.cx(0);
    yes(compare(low, value, &cx).is_le() && compare(value, high, &cx).is_le())
}

fn kind(value: &Datum) -> &'static str {
    match value {
        Datum::Null => "blank",
        Datum::Bool(_) => "boolean",
        Datum::Number(_) => "number",
        Datum::Text(_) => "text",
        Datum::Date { time: false, .. } => "date",
        Datum::Date { time: true, .. } => "datetime",
        Datum::Choice { .. } => "choice",
        Datum::Member(_) => "member",
        Datum::Group(_) => "group",
        Datum::Record(_) => "record",
        Datum::File(_) => "file",
        Datum::Place(_) => "place",
        Datum::List(_) => "list",
        Datum::Error(_) => "error",
    }
}

fn error_type(call: &Call<'_>) -> Out {
    // Excel's numbers where it has the error; #CYCLE and those after it have none there.
    let Datum::Error(code) = call.arg(0) else { return Err(ErrorCode::NotFound) };
    number(match code {
        ErrorCode::Div0 => 2.0,
        ErrorCode::Value | ErrorCode::Type => 3.0,
        ErrorCode::Ref => 4.0,
        ErrorCode::Formula => 5.0,
        ErrorCode::Number => 6.0,
        ErrorCode::NotFound => 7.0,
        ErrorCode::Cycle => 8.0,
        ErrorCode::Limit => 9.0,
    })
}

fn n(call: &Call<'_>) -> Out {
    match call.arg(0) {
        Datum::Number(_) | Datum::Bool(_) | Datum::Date { .. } => {
            number(coerce::number_of(call.arg(0), &call.cx(0))?)
        }
        _ => number(0.0),
    }
}

fn t(call: &Call<'_>) -> Out {
    match call.arg(0) {
        value @ (Datum::Text(_) | Datum::Choice { .. }) => {
            Ok(Datum::Text(coerce::text_of(value, &call.cx(0))?))
        }
        _ => text(""),
    }
}

const NOTHING: Gives = Gives::Always(Type { item: Item::Any, list: false });

pub(super) const ROWS: &[Function] = &[
    LOGIC.strict("TRUE", &[], BOOL, "Yes.", ("TRUE()", "TRUE"), |_| yes(true)),
    LOGIC.strict("FALSE", &[], BOOL, "No.", ("FALSE()", "FALSE"), |_| yes(false)),
    LOGIC.strict("BLANK", &[], NOTHING, "Nothing.", ("BLANK()", "NULL"), |_| Ok(Datum::Null)),
    LOGIC.strict(
        "NA",
        &[],
        NOTHING,
        "The error #N/A, which says that nothing was found.",
        ("NA()", "#N/A"),
        |_| Err(ErrorCode::NotFound),
    ),
    LOGIC
        .strict("ERROR", &[], NOTHING, "The error #VALUE.", ("ERROR()", "#VALUE"), |_| Err(ErrorCode::Value)),
    LOGIC.strict(
        "NOT",
        &[one("condition", Bool)],
        BOOL,
        "Whether the condition does not hold.",
        ("NOT(TRUE)", "FALSE"),
        |c| yes(!c.bool(0)),
    ),
    LOGIC.strict(
        "XOR",
        &[many("condition", Any)],
        BOOL,
        "Whether an odd number of conditions holds.",
        ("XOR(TRUE, TRUE, TRUE)", "TRUE"),
        xor,
    ),
    LOGIC.strict(
        "ISBLANK",
        &[one("value", Raw)],
        BOOL,
        "Whether there is nothing: null, an empty text or an empty list, but not 0 or FALSE.",
        (r#"ISBLANK("")"#, "TRUE"),
        |c| yes(is_blank(c.arg(0))),
    ),
    is!("ISNULL", "Whether the value is null; an empty text is not.", r#"ISNULL("")"#, "FALSE", Datum::Null),
    is!("ISERROR", "Whether the value is an error.", "ISERROR(NA())", "TRUE", Datum::Error(_)),
    LOGIC.strict(
        "ISERR",
        &[one("value", Raw)],
        BOOL,
        "Whether the value is an error other than #N/A.",
        ("ISERR(NA())", "FALSE"),
        |c| yes(matches!(c.arg(0), Datum::Error(code) if *code != ErrorCode::NotFound)),
    ),
    is!(
        "ISNA",
        "Whether the value is the error #N/A.",
        "ISNA(NA())",
        "TRUE",
        Datum::Error(ErrorCode::NotFound)
    ),
    is!("ISNUMBER", "Whether the value is a number.", "ISNUMBER(3)", "TRUE", Datum::Number(_)),
    is!(
        "ISTEXT",
        "Whether the value is a text or a choice.",
        r#"ISTEXT("3")"#,
        "TRUE",
        Datum::Text(_) | Datum::Choice { .. }
    ),
    LOGIC.strict(
        "ISNONTEXT",
        &[one("value", Raw)],
        BOOL,
        "Whether the value is anything but a text or a choice.",
        ("ISNONTEXT(3)", "TRUE"),
        |c| yes(!matches!(c.arg(0), Datum::Text(_) | Datum::Choice { .. })),
    ),
    is!("ISLOGICAL", "Whether the value is TRUE or FALSE.", "ISLOGICAL(TRUE)", "TRUE", Datum::Bool(_)),
    is!("ISDATE", "Whether the value is a date.", "ISDATE(TODAY())", "TRUE", Datum::Date { .. }),
    is!("ISLIST", "Whether the value is a list.", "ISLIST(LIST(1))", "TRUE", Datum::List(_)),
    LOGIC.strict(
        "TYPE",
        &[one("value", Raw)],
        TEXT,
        "What a value is, in a word.",
        ("TYPE(3)", r#""number""#),
        |c| text(kind(c.arg(0))),
    ),
    LOGIC.strict(
        "ERROR.TYPE",
        &[one("value", Raw)],
        NUMBER,
        "The number of an error; #N/A when the value is none.",
        ("ERROR.TYPE(NA())", "7"),
        error_type,
    ),
    LOGIC.strict(
        "CHOOSE",
        &[one("place", Number), many("value", Raw)],
        Gives::Common(1),
        "The value at a place among those given.",
        (r#"CHOOSE(2, "a", "b", "c")"#, r#""b""#),
        choose,
    ),
    LOGIC.strict(
        "COALESCE",
        &[many("value", Raw)],
        Gives::Common(0),
        "The first value that is not blank.",
        (r#"COALESCE("", "b", "c")"#, r#""b""#),
        |c| Ok(c.args.iter().find(|arg| !is_blank(arg)).cloned().unwrap_or(Datum::Null)),
    ),
    LOGIC.strict(
        "BETWEEN",
        &[one("value", Any), one("low", Any), one("high", Any)],
        BOOL,
        "Whether a value stands between two others or is one of them.",
        ("BETWEEN(5, 1, 5)", "TRUE"),
        between,
    ),
    LOGIC.strict(
        "N",
        &[one("value", Any)],
        NUMBER,
        "The number of a number, a date or yes; 0 of anything else.",
        (r#"N("7")"#, "0"),
        n,
    ),
    LOGIC.strict(
        "T",
        &[one("value", Any)],
        TEXT,
        "The value when it is a text, an empty text when it is not.",
        ("T(7)", r#""""#),
        t,
    ),
    LIST.strict(
        "CONTAIN",
        &[one("list", List), many("value", Any)],
        BOOL,
        "Whether a list has one of the values as an item; for parts of a text see CONTAINTEXT.",
        (r#"CONTAIN(LIST("a", "b"), "b")"#, "TRUE"),
        contain,
    ),
    LIST.strict(
        "CONTAINSALL",
        &[one("list", List), many("value", Any)],
        BOOL,
        "Whether a list has all of the values as items.",
        (r#"CONTAINSALL(LIST("a", "b"), "a", "c")"#, "FALSE"),
        contains_all,
    ),
    LIST.strict(
        "CONTAINSONLY",
        &[one("list", List), many("value", Any)],
        BOOL,
        "Whether a list has items, and none but the values.",
        (r#"CONTAINSONLY(LIST("a", "a"), "a", "b")"#, "TRUE"),
        contains_only,
    ),
    LIST.strict(
        "ISIN",
        &[one("value", Any), many("list", Any)],
        BOOL,
        "Whether a value is an item of a list or one of the values after it.",
        (r#"ISIN("b", LIST("a", "b"))"#, "TRUE"),
        is_in,
    ),
];
