//! Examples are computed for real, and nothing makes a function panic or run away.

mod rules;

use std::sync::Arc;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use skein_types::{FileId, GroupId, MemberId};

use super::*;
use crate::{
    File, Place,
    formula::coerce::{self, fit},
    value::{DAY, MAX_TEXT},
};

/// 2026-11-20 08:00 in UTC.
pub(super) fn env() -> Env {
    Env { now: 1_795_161_600_000, ..Env::default() }
}

/// Calls a strict function as the evaluator does.
pub(super) fn call(function: &Function, args: &[Datum], env: &Env) -> Datum {
    let Run::Strict(run) = function.run else { panic!("{} is special", function.name) };
    let fitted = args.iter().enumerate().map(|(at, arg)| {
        let takes = takes(function, at);
        fit(arg.clone(), takes, &Cx::new(env, &(), ANY))
    });
    let fitted: Result<Vec<Datum>, ErrorCode> = fitted.collect();
    let computed =
        fitted.and_then(|args| run(&Call { args: &args, types: &[], env, texts: &(), seed: 7, kept: None }));
    computed.unwrap_or_else(Datum::Error)
}

/// What the argument at a place is made to fit.
fn takes(function: &Function, at: usize) -> Takes {
    let first = function.params.iter().position(|param| param.times == Times::Repeated);
    match first {
        Some(first) if at >= first => {
            function.params[first + (at - first) % (function.params.len() - first)].takes
        }
        _ => function.params[at].takes,
    }
}

/// A value as the results of examples are written.
pub(super) fn shown(value: &Datum, env: &Env) -> String {
    match value {
        Datum::Null => "NULL".into(),
        Datum::Text(text) => format!("\"{text}\""),
        Datum::Error(code) => code.text().into(),
        Datum::List(items) => {
            let items: Vec<String> = items.iter().map(|item| shown(item, env)).collect();
            format!("LIST({})", items.join(", "))
        }
        other => coerce::text_of(other, &Cx::new(env, &(), ANY)).unwrap().to_string(),
    }
}

/// Computes calls of strict functions with literals; none where it meets anything else.
struct Reader<'a> {
    rest: &'a str,
    env: &'a Env,
}

impl Reader<'_> {
    fn take(&mut self, mark: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(mark)?;
        Some(())
    }
    fn value(&mut self) -> Option<Datum> {
        self.rest = self.rest.trim_start();
        if let Some(inside) = self.rest.strip_prefix('"') {
            let end = inside.find('"')?;
            self.rest = &inside[end + 1..];
            return Some(Datum::Text(inside[..end].into()));
        }
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let end = self.rest.find(|c: char| !word(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        if let Ok(number) = word.parse::<f64>() {
            return Some(Datum::Number(number));
        }
        match word {
            "TRUE" if !rest.starts_with('(') => return Some(Datum::Bool(true)),
            "FALSE" if !rest.starts_with('(') => return Some(Datum::Bool(false)),
            "NULL" => return Some(Datum::Null),
            _ => {}
        }
        self.take('(')?;
        let mut args = Vec::new();
        while self.take(')').is_none() {
            args.push(self.value()?);
            self.rest = self.rest.trim_start();
            self.rest = self.rest.strip_prefix(',').unwrap_or(self.rest);
        }
        let function = find(word).unwrap_or_else(|| panic!("there is no {word}"));
        matches!(function.run, Run::Strict(_)).then(|| call(function, &args, self.env))
    }
}

/// What a formula of strict functions and literals gives, as examples write it.
pub(super) fn computed(formula: &str, env: &Env) -> Option<String> {
    let mut reader = Reader { rest: formula, env };
    let value = reader.value()?;
    reader.rest.is_empty().then(|| shown(&value, env))
}

/// Checks formulas against what they give, in the world of the examples.
pub(super) fn check(cases: &[(&str, &str)]) {
    for (formula, expected) in cases {
        assert_eq!(computed(formula, &env()).as_deref(), Some(*expected), "{formula}");
    }
}

#[test]
fn examples_give_what_they_say() {
    let mut wrong = Vec::new();
    for function in all() {
        let (formula, expected) = function.example;
        assert!(formula.contains(function.name), "the example of {} is about something else", function.name);
        let got = computed(formula, &env());
        if matches!(function.run, Run::Strict(_)) && got.as_deref() != Some(expected) {
            wrong.push(format!("{formula} gives {got:?}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rows_are_sound() {
    for pair in all().windows(2) {
        assert!(pair[0].name < pair[1].name, "{} twice", pair[0].name);
    }
    for function in all() {
        let name = function.name;
        assert!(
            name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b"._".contains(&b)),
            "{name}"
        );
        assert!(name.matches('.').count() <= 1, "{name} cannot be typed");
        assert!(function.help.ends_with('.') && function.help.len() < 160, "{name}: {}", function.help);
        let times: Vec<Times> = function.params.iter().map(|param| param.times).collect();
        let optional = times.iter().position(|times| *times == Times::Optional).unwrap_or(times.len());
        assert!(times[optional..].iter().all(|times| *times == Times::Optional), "{name}");
        let lower = |param: &Param| {
            param.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        assert!(function.params.iter().all(lower), "{name}");
        let place = match function.gives {
            Gives::Same(at) | Gives::ItemOf(at) | Gives::ListOf(at) | Gives::Common(at) => at,
            Gives::Always(_) | Gives::By(_) => 0,
        };
        assert!(place < function.params.len().max(1), "{name}");
        let strict = matches!(function.run, Run::Strict(_));
        let lazy = function.params.iter().any(|param| matches!(param.takes, Takes::Lazy | Takes::PerItem));
        assert!(!(strict && lazy), "{name} cannot be strict");
        assert_eq!(find(&name.to_lowercase()).map(|found| found.name), Some(name));
    }
    assert!(find("").is_none() && find("NO_SUCH_FUNCTION").is_none());
}

// F100
#[test]
fn whatever_feishu_has_is_there() {
    let names = "IF IFS SWITCH IFERROR IFBLANK AND OR NOT ISBLANK ISNULL ISERROR ISNUMBER CONTAIN CONTAINSALL \
        CONTAINSONLY TRUE FALSE RECORD_ID RANDOMBETWEEN RANDOMITEM SUM AVERAGE MAX MIN MEDIAN COUNTA COUNTIF SUMIF \
        ROUND ROUNDUP ROUNDDOWN FLOOR CEILING ABS INT MOD POWER QUOTIENT VALUE ISODD RANK SEQUENCE PI SIN COS TAN \
        ASIN ACOS ATAN ATAN2 SINH COSH TANH ASINH ACOSH ATANH CONCATENATE LEN LEFT RIGHT MID FIND REPLACE SUBSTITUTE \
        UPPER LOWER TRIM TEXT CONTAINTEXT SPLIT TODATE CHAR FORMAT HYPERLINK ENCODEURL REGEXMATCH REGEXEXTRACT \
        REGEXEXTRACTALL REGEXREPLACE NOW TODAY DATE YEAR MONTH DAY HOUR MINUTE SECOND WEEKDAY WEEKNUM DAYS DATEDIF \
        DURATION EDATE EOMONTH WORKDAY NETWORKDAYS LIST FIRST LAST NTH FILTER MAP SORT SORTBY UNIQUE ARRAYJOIN \
        LISTCOMBINE DISTANCE";
    for name in names.split_whitespace() {
        assert!(find(name).is_some(), "there is no {name}");
    }
    assert!(all().len() >= 270, "{} functions", all().len());
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => (-20..20).prop_map(f64::from),
        2 => (-3000..3000).prop_map(|n| f64::from(n) / 7.0),
        1 => prop_oneof![Just(1e9), Just(-1e9), Just(1e15), Just(46_346.25), Just(1e300), Just(-1e-300), Just(f64::MAX)],
        1 => any::<f64>().prop_filter("finite", |n| n.is_finite()),
    ]
}

fn any_text() -> impl Strategy<Value = Arc<str>> {
    prop_oneof![
        3 => "[a-c ]{0,6}",
        2 => "\\PC{0,10}",
        2 => "[-+0-9.,/: %]{0,10}",
        1 => "[(\\[{*+?|\\\\a-b)\\]}^$]{0,8}",
        1 => "[0#?.,%yYmMdhs/:@;\"]{0,10}",
        1 => prop_oneof![Just("D"), Just("M"), Just("Y"), Just("day"), Just("MD"), Just("上海 東京"), Just("days")]
            .prop_map(String::from),
        1 => Just("长".repeat(MAX_TEXT / 3)),
    ]
    .prop_map(Arc::from)
}

fn any_single() -> impl Strategy<Value = Datum> {
    let date = prop_oneof![
        4 => (20_000..21_000i64, prop_oneof![Just(0), 0..DAY]).prop_map(|(day, rest)| (day * DAY + rest, rest != 0)),
        1 => prop_oneof![Just(crate::value::MIN_DATE), Just(crate::value::MAX_DATE), Just(0)].prop_map(|at| (at, true)),
        1 => prop_oneof![Just(crate::value::MIN_DATE), Just(crate::value::MAX_DATE + 1 - DAY)].prop_map(|at| (at, false)),
    ];
    let place = Place { name: String::new(), longitude: 116.4, latitude: 39.9 };
    let file =
        File { id: FileId::from_bits(1), name: "a.pdf".into(), size: 5, media: "application/pdf".into() };
    prop_oneof![
        2 => Just(Datum::Null),
        2 => any::<bool>().prop_map(Datum::Bool),
        9 => any_number().prop_map(Datum::Number),
        6 => any_text().prop_map(Datum::Text),
        4 => date.prop_map(|(at, time)| Datum::Date { at, time }),
        1 => "[ab]{0,2}".prop_map(|name| Datum::Choice { code: 1, name: name.into() }),
        1 => prop_oneof![
            Just(Datum::Member(MemberId::from_bits(1))),
            Just(Datum::Group(GroupId::from_bits(1))),
            Just(Datum::Record(0)),
            Just(Datum::File(Arc::new(file))),
            Just(Datum::Place(Arc::new(place))),
            Just(Datum::Error(ErrorCode::Ref)),
        ],
    ]
}

fn any_value() -> impl Strategy<Value = Datum> {
    prop_oneof![
        5 => any_single(),
        2 => proptest::collection::vec(any_single(), 0..6).prop_map(|items| Datum::List(items.into())),
        1 => proptest::collection::vec(any_number().prop_map(Datum::Number), 0..6).prop_map(|items| Datum::List(items.into())),
    ]
}

/// How many arguments a function may be given at most, with repeated ones given thrice.
fn most(function: &Function) -> usize {
    let repeated = function.params.iter().filter(|param| param.times == Times::Repeated).count();
    function.params.len() + 2 * repeated
}

/// A result that other functions can be given: finite, within limits, no list in a list.
fn sound(value: &Datum) -> bool {
    match value {
        Datum::Number(number) => number.is_finite(),
        Datum::Text(text) => text.len() <= MAX_TEXT,
        Datum::Date { at, time } => {
            (crate::value::MIN_DATE..=crate::value::MAX_DATE).contains(at) && (*time || at % DAY == 0)
        }
        Datum::List(items) => {
            items.len() <= row::MAX_ITEMS
                && items.iter().all(|item| !matches!(item, Datum::List(_)) && sound(item))
        }
        _ => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    // F111
    #[test]
    fn no_argument_makes_a_function_panic_or_run_away(
        args in proptest::collection::vec(any_value(), 12),
        zone in prop_oneof![Just("UTC"), Just("Asia/Shanghai"), Just("America/New_York")],
    ) {
        let env = Env { zone: TimeZone::get(zone).unwrap(), ..env() };
        for function in all().iter().filter(|function| matches!(function.run, Run::Strict(_))) {
            let least = function.params.iter().filter(|param| param.times != Times::Optional).count();
            for given in least..=most(function) {
                let result = call(function, &args[..given], &env);
                prop_assert!(sound(&result), "{} gives {result:?}", function.name);
            }
        }
    }
}
