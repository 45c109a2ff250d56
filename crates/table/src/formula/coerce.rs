//! How values become texts, numbers, dates and lists where a formula needs them.

use std::{fmt, sync::Arc};

use jiff::{Timestamp, civil};
use skein_types::TableId;

use crate::{
    Place, RowIx,
    calendar::{self, Written},
    date_text,
    formula::{Datum, Env, ErrorCode, Item, Type, functions::Takes},
    text::narrow,
    value::{DAY, MAX_DATE, MAX_TEXT, MIN_DATE},
};

pub use crate::formula::compare::{compare, equal};

/// Days from 1899-12-30, day 0 of spreadsheets, to 1970.
pub const EPOCH_SERIAL: f64 = 25_569.0;

/// The texts of records, which only tables know.
pub trait Texts: fmt::Debug {
    /// The text of the primary field of a record.
    fn record(&self, table: TableId, row: RowIx) -> Arc<str>;
}

/// No records at all.
impl Texts for () {
    fn record(&self, _table: TableId, _row: RowIx) -> Arc<str> {
        Arc::from("")
    }
}

/// What the text of a value depends on besides itself.
#[derive(Clone, Copy, Debug)]
pub struct Cx<'a> {
    /// The zone and the people.
    pub env: &'a Env,
    /// The texts of records.
    pub texts: &'a dyn Texts,
    /// The table of [`Datum::Record`], which the static type of the value tells.
    pub table: Option<TableId>,
}

impl<'a> Cx<'a> {
    /// For values of this type.
    pub fn new(env: &'a Env, texts: &'a dyn Texts, of: Type) -> Self {
        Self { env, texts, table: of.table() }
    }
}

impl Type {
    /// The table of the records.
    pub(crate) fn table(self) -> Option<TableId> {
        if let Item::Record(table) = self.item { Some(table) } else { None }
    }
}

/// Whether there is nothing: null, an empty text or an empty list. (F103)
pub fn is_blank(value: &Datum) -> bool {
    match value {
        Datum::Null => true,
        Datum::Text(text) => text.is_empty(),
        Datum::List(items) => items.is_empty(),
        _ => false,
    }
}

/// The text of a value, as `&` and functions of text see it. (F104)
pub fn text_of(value: &Datum, cx: &Cx<'_>) -> Result<Arc<str>, ErrorCode> {
    Ok(match value {
        Datum::Text(text) => text.clone(),
        Datum::Choice { name, .. } => name.clone(),
        Datum::Null => Arc::from(""),
        Datum::Bool(yes) => Arc::from(if *yes { "TRUE" } else { "FALSE" }),
        Datum::Number(number) => number_text(*number).into(),
        Datum::Date { at, time } => date_string(*at, *time, cx.env).into(),
        Datum::Member(id) => cx.env.people.member(*id),
        Datum::Group(id) => cx.env.people.group(*id),
        Datum::Record(row) => cx.table.map_or_else(|| Arc::from(""), |table| cx.texts.record(table, *row)),
        Datum::File(file) => Arc::from(file.name.as_str()),
        Datum::Place(place) => place_text(place),
        Datum::Error(code) => return Err(*code),
        Datum::List(items) => match &items[..] {
            [only] => text_of(only, cx)?,
            _ => join(items, ",", cx)?,
        },
    })
}

/// The texts of items with something between them.
pub(crate) fn join(items: &[Datum], between: &str, cx: &Cx<'_>) -> Result<Arc<str>, ErrorCode> {
    let mut joined = String::new();
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            joined.push_str(between);
        }
        joined.push_str(&text_of(item, cx)?);
        if joined.len() > MAX_TEXT {
            return Err(ErrorCode::Limit);
        }
    }
    Ok(joined.into())
}

fn place_text(place: &Place) -> Arc<str> {
    if place.name.is_empty() {
        format!("{}, {}", number_text(place.latitude), number_text(place.longitude)).into()
    } else {
        Arc::from(place.name.as_str())
    }
}

/// The shortest digits that read back as the number; with an exponent from 1E+15 on and below 1E-9.
pub fn number_text(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 {
        "0".into()
    } else if (1e-9..1e15).contains(&size) {
        number.to_string()
    } else {
        let text = format!("{number:e}");
        match text.split_once('e') {
            Some((digits, exponent)) if exponent.starts_with('-') => format!("{digits}E{exponent}"),
            Some((digits, exponent)) => format!("{digits}E+{exponent}"),
            None => text,
        }
    }
}

/// `2026-11-20`, or of an instant `2026-11-20 08:00` in the zone of the base.
pub(crate) fn date_string(at: i64, time: bool, env: &Env) -> String {
    let local = if time { to_local(at, env) } else { at };
    let mut text = String::with_capacity(16);
    calendar::write_day(&mut text, local);
    if time {
        text.push(' ');
        calendar::write_clock(&mut text, local);
        text.truncate(text.len() - ":00".len());
    }
    text
}

/// The civil milliseconds since 1970 that clocks in the zone of the base show at an instant.
pub(crate) fn to_local(at: i64, env: &Env) -> i64 {
    // Instants of the last hours of year 9999 and the like have no offset that can be told.
    let Ok(instant) = Timestamp::from_millisecond(at) else { return at };
    at + i64::from(env.zone.to_offset(instant).seconds()) * 1_000
}

/// The inverse of [`to_local`]; a time that clocks skip is as much later, one they repeat is the first.
pub(crate) fn from_local(local: i64, env: &Env) -> i64 {
    let instant = Timestamp::from_millisecond(local)
        .map(|instant| jiff::tz::Offset::UTC.to_datetime(instant))
        .and_then(|clock: civil::DateTime| env.zone.to_ambiguous_timestamp(clock).compatible());
    instant.map_or(local, Timestamp::as_millisecond)
}

/// A day or an instant within the years 1 to 9999; else the error of a number too large.
pub(crate) fn date(at: i64, time: bool) -> Result<Datum, ErrorCode> {
    if (MIN_DATE..=MAX_DATE).contains(&at) { Ok(Datum::Date { at, time }) } else { Err(ErrorCode::Number) }
}

/// The number of a value: yes is 1, nothing 0, a text what it reads as, a date its days since 1899-12-30
/// by the clocks of the base. (F105)
pub fn number_of(value: &Datum, cx: &Cx<'_>) -> Result<f64, ErrorCode> {
    match value {
        Datum::Number(number) => Ok(*number),
        Datum::Bool(yes) => Ok(f64::from(u8::from(*yes))),
        Datum::Null => Ok(0.0),
        Datum::Date { at, time } => Ok(serial(if *time { to_local(*at, cx.env) } else { *at })),
        Datum::Text(text) | Datum::Choice { name: text, .. } => {
            if text.is_empty() {
                Ok(0.0)
            } else {
                read_number(text, '.', ',').ok_or(ErrorCode::Type)
            }
        }
        Datum::Error(code) => Err(*code),
        Datum::List(items) => match &items[..] {
            [] => Ok(0.0),
            [only] => number_of(only, cx),
            _ => Err(ErrorCode::Type),
        },
        Datum::Record(_) => read_number(&text_of(value, cx)?, '.', ',').ok_or(ErrorCode::Type),
        Datum::Member(_) | Datum::Group(_) | Datum::File(_) | Datum::Place(_) => Err(ErrorCode::Type),
    }
}

/// Days since 1899-12-30 of civil milliseconds.
pub(crate) fn serial(local: i64) -> f64 {
    local as f64 / DAY as f64 + EPOCH_SERIAL
}

/// Days from one civil time to another, with the part of a day. (F110)
pub(crate) fn days_between(start: i64, end: i64) -> f64 {
    (end - start) as f64 / DAY as f64
}

/// Reads `1,234.5`, `-3e5`, `12%`, `$5`, `(5)`, also in full-width digits, with the given marks of decimals
/// and of groups of digits.
pub(crate) fn read_number(text: &str, decimal: char, group: char) -> Option<f64> {
    if text.len() > 400 {
        return None;
    }
    let mut text: String = text.chars().map(narrow).filter(|c| !c.is_whitespace()).collect();
    let mut scale = 1.0;
    if text.starts_with('(') && text.ends_with(')') {
        text = text[1..text.len() - 1].into();
        scale = -1.0;
    }
    let mut rest = text.as_str();
    while let Some(left) = rest.strip_suffix('%') {
        (rest, scale) = (left, scale / 100.0);
    }
    // A sign and a currency, in either order.
    let (mut signed, mut priced) = (false, false);
    loop {
        if !signed && let Some(left) = rest.strip_prefix(['-', '+']) {
            scale = if rest.starts_with('-') { -scale } else { scale };
            (rest, signed) = (left, true);
        } else if !priced && let Some(left) = rest.strip_prefix(['$', '€', '£', '¥', '￥', '₹', '₩'])
        {
            (rest, priced) = (left, true);
        } else {
            break;
        }
    }
    let (whole, fraction) = rest.split_once(decimal).unwrap_or((rest, ""));
    let first_group = whole.split(group).next().unwrap_or("");
    let grouped = whole.contains(group);
    let sound_groups =
        !grouped || !first_group.is_empty() && whole.split(group).skip(1).all(|g| g.len() >= 3);
    let digits = if grouped { whole.replace(group, "") } else { whole.into() };
    let starts = digits.starts_with(|c: char| c.is_ascii_digit())
        || digits.is_empty() && fraction.starts_with(|c: char| c.is_ascii_digit());
    if !starts || !sound_groups {
        return None;
    }
    let plain = if fraction.is_empty() { digits } else { format!("{digits}.{fraction}") };
    let allowed = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'-' | b'+');
    let number: f64 = if plain.bytes().all(allowed) { plain.parse().ok()? } else { return None };
    let number = number * scale;
    number.is_finite().then_some(number + 0.0)
}

/// Whether a value counts as yes: a number that is not 0, "TRUE", any person, record, file or place, a list
/// with such an item. (F106)
pub fn bool_of(value: &Datum) -> Result<bool, ErrorCode> {
    match value {
        Datum::Bool(yes) => Ok(*yes),
        Datum::Null => Ok(false),
        Datum::Number(number) => Ok(*number != 0.0),
        Datum::Text(text) | Datum::Choice { name: text, .. } => match text.trim() {
            "" => Ok(false),
            word if word.eq_ignore_ascii_case("true") => Ok(true),
            word if word.eq_ignore_ascii_case("false") => Ok(false),
            word => read_number(word, '.', ',').map(|number| number != 0.0).ok_or(ErrorCode::Type),
        },
        Datum::Error(code) => Err(*code),
        Datum::List(items) => {
            let mut any = false;
            for item in &**items {
                any |= bool_of(item)?;
            }
            Ok(any)
        }
        Datum::Date { .. }
        | Datum::Member(_)
        | Datum::Group(_)
        | Datum::Record(_)
        | Datum::File(_)
        | Datum::Place(_) => Ok(true),
    }
}

/// The date of a value: a [`Datum::Date`], or null where there is nothing. Texts are read as people write
/// dates, their clocks by the zone of the base; numbers are days since 1899-12-30. (F107)
pub fn date_of(value: &Datum, cx: &Cx<'_>) -> Result<Datum, ErrorCode> {
    match value {
        Datum::Date { .. } | Datum::Null => Ok(value.clone()),
        Datum::Number(number) => date_of_serial(*number, cx.env),
        Datum::Text(text) | Datum::Choice { name: text, .. } => read_date(text, cx.env),
        Datum::Error(code) => Err(*code),
        Datum::List(items) => match &items[..] {
            [] => Ok(Datum::Null),
            [only] => date_of(only, cx),
            _ => Err(ErrorCode::Type),
        },
        Datum::Record(_) => read_date(&text_of(value, cx)?, cx.env),
        Datum::Bool(_) | Datum::Member(_) | Datum::Group(_) | Datum::File(_) | Datum::Place(_) => {
            Err(ErrorCode::Type)
        }
    }
}

fn date_of_serial(number: f64, env: &Env) -> Result<Datum, ErrorCode> {
    let local = (number - EPOCH_SERIAL) * DAY as f64;
    if local.abs() > 1e15 {
        return Err(ErrorCode::Number);
    }
    let local = local.round() as i64;
    if local.rem_euclid(DAY) == 0 { date(local, false) } else { date(from_local(local, env), true) }
}

pub(super) fn read_date(text: &str, env: &Env) -> Result<Datum, ErrorCode> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Datum::Null);
    }
    match calendar::parse(text) {
        Some(Written::Day(at)) => return date(at, false),
        Some(Written::Instant { at, .. }) => return date(at, true),
        None => {}
    }
    let clock = text.contains([':', '：']);
    let local = date_text::parse_date(text, clock).ok_or(ErrorCode::Type)?;
    let zoned = text.ends_with(['z', 'Z']);
    date(if clock && !zoned { from_local(local, env) } else { local }, clock)
}

/// The items of a value: of a list its own, of a single value itself, of nothing none.
pub fn list_of(value: Datum) -> Arc<[Datum]> {
    match value {
        Datum::List(items) => items,
        Datum::Null => Arc::new([]),
        single => Arc::new([single]),
    }
}

/// Makes an argument fit what a parameter takes, or gives the error that is the result of the call. (F101)
pub fn fit(arg: Datum, takes: Takes, cx: &Cx<'_>) -> Result<Datum, ErrorCode> {
    match (takes, arg) {
        (Takes::Raw | Takes::PerItem | Takes::Lazy, arg) => Ok(arg),
        (_, Datum::Error(code)) => Err(code),
        (Takes::Any, arg)
        | (Takes::Number | Takes::Numbers, arg @ Datum::Number(_))
        | (Takes::Bool, arg @ Datum::Bool(_))
        | (Takes::Text, arg @ Datum::Text(_))
        | (Takes::Date, arg @ (Datum::Date { .. } | Datum::Null))
        | (Takes::List, arg @ Datum::List(_)) => Ok(arg),
        (Takes::Number, arg) => number_of(&arg, cx).map(Datum::Number),
        (Takes::Bool, arg) => bool_of(&arg).map(Datum::Bool),
        (Takes::Text, arg) => text_of(&arg, cx).map(Datum::Text),
        (Takes::Date, arg) => date_of(&arg, cx),
        (Takes::List, arg) => Ok(Datum::List(list_of(arg))),
        (Takes::Numbers, arg) => numbers_of(arg, cx),
    }
}

/// A number, or a list of nothing but numbers. (F102)
fn numbers_of(arg: Datum, cx: &Cx<'_>) -> Result<Datum, ErrorCode> {
    let items = match arg {
        Datum::List(items) => items,
        Datum::Null => return Ok(Datum::List(Arc::new([]))),
        single => return number_of(&single, cx).map(Datum::Number),
    };
    if items.iter().all(|item| matches!(item, Datum::Number(_))) {
        return Ok(Datum::List(items));
    }
    let mut numbers = Vec::with_capacity(items.len());
    for item in &*items {
        match item {
            Datum::Number(_) | Datum::Bool(_) | Datum::Date { .. } => {
                numbers.push(Datum::Number(number_of(item, cx)?));
            }
            Datum::Error(code) => return Err(*code),
            _ => {}
        }
    }
    Ok(Datum::List(numbers.into()))
}

/// The instant of a date: of a day its midnight in the zone of the base.
pub(crate) fn instant(at: i64, time: bool, env: &Env) -> i64 {
    if time { at } else { from_local(at, env) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::formula::sample::*;

    // F103
    #[test]
    fn nothing_is_null_an_empty_text_or_an_empty_list_but_not_zero_or_no() {
        for blank in [Datum::Null, text(""), list(&[])] {
            assert!(is_blank(&blank), "{blank:?}");
        }
        for value in [number(0.0), Datum::Bool(false), text(" "), list(&[Datum::Null])] {
            assert!(!is_blank(&value), "{value:?}");
        }
    }

    // F104
    #[test]
    fn values_have_the_texts_people_know() {
        let env = shanghai();
        let cases = [
            (Datum::Null, ""),
            (Datum::Bool(true), "TRUE"),
            (number(-0.0), "0"),
            (number(0.1), "0.1"),
            (number(-1_234_567.5), "-1234567.5"),
            (number(999_999_999_999_999.0), "999999999999999"),
            (number(1e15), "1E+15"),
            (number(1.5e-12), "1.5E-12"),
            (Datum::Date { at: DAY_AT, time: false }, "2026-11-20"),
            (Datum::Date { at: DAY_AT, time: true }, "2026-11-20 08:00"),
            (Datum::Choice { code: 1, name: "进行中".into() }, "进行中"),
            (list(&[text("a"), number(1.0), Datum::Null]), "a,1,"),
            (list(&[]), ""),
        ];
        for (value, expected) in cases {
            assert_eq!(&*text_of(&value, &cx(&env)).unwrap(), expected, "{value:?}");
        }
        assert_eq!(text_of(&list(&[Datum::Error(ErrorCode::Ref)]), &cx(&env)), Err(ErrorCode::Ref));
    }

    // F105
    #[test]
    fn texts_read_as_numbers() {
        let env = Env::default();
        let cases = [
            ("", Some(0.0)),
            (" 12 ", Some(12.0)),
            ("-1,234.5", Some(-1_234.5)),
            ("1e3", Some(1_000.0)),
            ("12%", Some(0.12)),
            ("$-5", Some(-5.0)),
            ("-￥5", Some(-5.0)),
            ("(5)", Some(-5.0)),
            (".5", Some(0.5)),
            ("１２", Some(12.0)),
            ("1,2", None),
            ("--1", None),
            ("1e999", None),
            ("inf", None),
            ("NaN", None),
            ("1.2.3", None),
            ("十", None),
        ];
        for (read, expected) in cases {
            assert_eq!(number_of(&text(read), &cx(&env)).ok(), expected, "{read}");
        }
        assert_eq!(number_of(&Datum::Date { at: 0, time: false }, &cx(&env)), Ok(25_569.0));
        assert_eq!(number_of(&list(&[Datum::Bool(true)]), &cx(&env)), Ok(1.0));
        assert_eq!(number_of(&list(&[number(1.0), number(2.0)]), &cx(&env)), Err(ErrorCode::Type));
    }

    // F106
    #[test]
    fn yes_is_what_is_there_and_is_not_zero() {
        let person = Datum::Member(skein_types::MemberId::from_bits(1));
        let cases = [
            (number(0.0), Ok(false)),
            (number(-2.0), Ok(true)),
            (text("true"), Ok(true)),
            (text("False"), Ok(false)),
            (text("0"), Ok(false)),
            (text("maybe"), Err(ErrorCode::Type)),
            (Datum::Null, Ok(false)),
            (list(&[Datum::Bool(false), person]), Ok(true)),
            (list(&[Datum::Bool(false), Datum::Bool(false)]), Ok(false)),
        ];
        for (value, expected) in cases {
            assert_eq!(bool_of(&value), expected, "{value:?}");
        }
    }

    // F107
    #[test]
    fn texts_and_numbers_read_as_dates() {
        let env = shanghai();
        let day = |at| Ok(Datum::Date { at, time: false });
        let instant = |at| Ok(Datum::Date { at, time: true });
        let cases = [
            (text("2026-11-20"), day(DAY_AT)),
            (text("2026年11月20日"), day(DAY_AT)),
            (text("2026/11/20 8:00"), instant(DAY_AT)),
            (text("2026-11-20T00:00:00Z"), instant(DAY_AT)),
            (number(46_346.0), day(DAY_AT)),
            (number(46_346.5), instant(DAY_AT + 4 * 3_600_000)),
            (number(1e12), Err(ErrorCode::Number)),
            (text("soon"), Err(ErrorCode::Type)),
            (text(""), Ok(Datum::Null)),
            (Datum::Null, Ok(Datum::Null)),
            (Datum::Bool(true), Err(ErrorCode::Type)),
        ];
        for (value, expected) in cases {
            assert_eq!(date_of(&value, &cx(&env)), expected, "{value:?}");
        }
    }

    // F101 F102
    #[test]
    fn arguments_are_made_to_fit() {
        let env = Env::default();
        let fit = |arg, takes| fit(arg, takes, &cx(&env));
        let failed = Datum::Error(ErrorCode::Div0);
        assert_eq!(fit(failed.clone(), Takes::Raw), Ok(failed.clone()));
        for takes in [Takes::Any, Takes::Number, Takes::Bool, Takes::Text, Takes::Date, Takes::List] {
            assert_eq!(fit(failed.clone(), takes), Err(ErrorCode::Div0), "{takes:?}");
        }
        let mixed = list(&[number(1.0), text("2"), Datum::Null, Datum::Bool(true)]);
        assert_eq!(fit(mixed, Takes::Numbers), Ok(list(&[number(1.0), number(1.0)])));
        assert_eq!(fit(text("2"), Takes::Numbers), Ok(number(2.0)));
        assert_eq!(fit(text("x"), Takes::Numbers), Err(ErrorCode::Type));
        assert_eq!(fit(Datum::Null, Takes::Numbers), Ok(list(&[])));
        assert_eq!(fit(list(&[failed]), Takes::Numbers), Err(ErrorCode::Div0));
        assert_eq!(fit(Datum::Null, Takes::List), Ok(list(&[])));
        assert_eq!(fit(number(1.0), Takes::List), Ok(list(&[number(1.0)])));
        assert_eq!(fit(Datum::Null, Takes::Text), Ok(text("")));
    }

    proptest! {
        #[test]
        fn numbers_read_back(n in any::<f64>().prop_filter("finite", |n| n.is_finite())) {
            prop_assert_eq!(read_number(&number_text(n), '.', ','), Some(n + 0.0));
        }
        #[test]
        fn clocks_read_back(at in MIN_DATE..MAX_DATE) {
            let env = shanghai();
            let local = to_local(at, &env);
            prop_assert_eq!(to_local(from_local(local, &env), &env), local);
        }
        #[test]
        fn nothing_written_makes_it_panic(read in "\\PC{0,12}", digits in "[-+$￥%(), .eE0-9]{0,12}") {
            let env = shanghai();
            for read in [text(&read), text(&digits)] {
                let _ = (number_of(&read, &cx(&env)), date_of(&read, &cx(&env)), bool_of(&read));
            }
        }
    }
}
