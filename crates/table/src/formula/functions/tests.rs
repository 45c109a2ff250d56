//! Examples are computed for real, and nothing makes a function panic or run away.

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
    let computed = fitted.and_then(|args| run(&Call { args: &args, types: &[], env, texts: &(), seed: 7 }));
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
        assert!(function.help.ends_with('.') && function.help.len() < 160, "{name}: {}", function.help);
        let times: Vec<Times> = function.params.iter().map(|param| param.times).collect();
        let rank = |times: &Times| *times != Times::One;
        assert!(times.is_sorted_by_key(rank), "{name} asks for a parameter after optional ones");
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

// F120
#[test]
fn dates_follow_the_calendar_and_the_rules_of_bases() {
    check(&[
        // DAYS may be fractional; DATEDIF counts whole units and refuses a start after the end.
        ("DAYS(TODATE(\"2026-11-20 18:00\"), DATE(2026, 11, 20))", "0.75"),
        ("DAYS(DATE(2026, 11, 1), DATE(2026, 11, 20))", "-19"),
        ("DATEDIF(DATE(2026, 11, 20), DATE(2026, 11, 1), \"D\")", "#NUM"),
        ("DATEDIF(DATE(2026, 11, 1), DATE(2026, 11, 20), \"D\")", "19"),
        ("DATEDIF(DATE(2024, 2, 29), DATE(2025, 2, 28), \"Y\")", "1"),
        ("DATEDIF(DATE(2024, 3, 1), DATE(2025, 2, 28), \"Y\")", "0"),
        ("DATEDIF(DATE(2024, 1, 15), DATE(2026, 3, 10), \"YM\")", "1"),
        ("DATEDIF(DATE(2024, 1, 15), DATE(2026, 3, 10), \"MD\")", "23"),
        ("DATEDIF(DATE(2026, 1, 1), DATE(2026, 1, 2), \"X\")", "#VALUE"),
        // Nothing comes of nothing.
        ("YEAR(BLANK())", "NULL"),
        ("DAYS(BLANK(), TODAY())", "NULL"),
        ("IS_BEFORE(BLANK(), TODAY())", "FALSE"),
        ("DATE(2026, 0, 31)", "2025-12-31"),
        ("DATE(2026, 2, 29)", "2026-03-01"),
        ("DATE(10000, 1, 1)", "#NUM"),
        ("EDATE(DATE(2024, 2, 29), 12)", "2025-02-28"),
        ("EDATE(DATE(2026, 3, 31), -1)", "2026-02-28"),
        ("EDATE(TODATE(\"2026-01-31 09:30\"), 1)", "2026-02-28 09:30"),
        ("EOMONTH(DATE(2024, 1, 1), 1)", "2024-02-29"),
        ("WEEKDAY(DATE(2026, 11, 22))", "1"),
        ("WEEKDAY(DATE(2026, 11, 22), 2)", "7"),
        ("WEEKDAY(DATE(2026, 11, 22), 3)", "6"),
        ("WEEKDAY(DATE(2026, 11, 22), 16)", "2"),
        ("WEEKNUM(DATE(2026, 1, 4))", "2"),
        ("WEEKNUM(DATE(2026, 1, 4), 2)", "1"),
        ("WEEKNUM(DATE(2027, 1, 3), 21)", "53"),
        ("NETWORKDAYS(DATE(2026, 11, 20), DATE(2026, 11, 1))", "-15"),
        (
            "NETWORKDAYS(DATE(2026, 11, 16), DATE(2026, 11, 20), LIST(DATE(2026, 11, 18), \"2026-11-22\"))",
            "4",
        ),
        ("WORKDAY(DATE(2026, 11, 20), -5)", "2026-11-13"),
        ("WORKDAY(DATE(2026, 11, 20), 1, DATE(2026, 11, 23))", "2026-11-24"),
        ("WORKDAY(DATE(2026, 11, 22), 0)", "2026-11-22"),
        ("WORKDAY.INTL(DATE(2026, 11, 20), 1, \"1111111\")", "#VALUE"),
        ("NETWORKDAYS.INTL(DATE(2026, 11, 16), DATE(2026, 11, 22), 2)", "5"),
        ("NETWORKDAYS.INTL(DATE(2026, 11, 16), DATE(2026, 11, 22), 17)", "6"),
        ("YEARFRAC(DATE(2012, 1, 1), DATE(2012, 7, 30), 0)", "0.5805555555555556"),
        ("ROUND(YEARFRAC(DATE(2012, 1, 1), DATE(2012, 7, 30), 1), 8)", "0.57650273"),
        ("ROUND(YEARFRAC(DATE(2012, 1, 1), DATE(2012, 7, 30), 3), 8)", "0.57808219"),
        ("DATETIME_DIFF(DATE(2026, 11, 1), DATE(2026, 11, 20), \"weeks\")", "-2"),
        ("DATETIME_DIFF(DATE(2026, 11, 20), DATE(2025, 11, 21), \"years\")", "0"),
        ("DATEADD(DATE(2026, 11, 20), 90, \"m\")", "2026-11-20 01:30"),
        ("DATEADD(DATE(2026, 11, 20), 1, \"M\")", "2026-12-20"),
        ("DATEADD(DATE(2026, 11, 20), 1, \"fortnights\")", "#VALUE"),
        ("STARTOFWEEK(DATE(2026, 11, 22), 1)", "2026-11-22"),
        ("ENDOFYEAR(DATE(9999, 5, 5))", "9999-12-31"),
        ("WEEKDAY(DATE(9999, 12, 31), 2)", "5"),
        ("SET_TIMEZONE(NOW(), \"Nowhere/Land\")", "#VALUE"),
    ]);
}

// F121
#[test]
fn lists_count_from_one_and_membership_is_of_items() {
    check(&[
        ("CONTAIN(LIST(\"abc\"), \"b\")", "FALSE"),
        ("CONTAIN(LIST(\"a\", \"b\"), LIST(\"x\", \"b\"))", "TRUE"),
        ("CONTAINSALL(LIST(\"a\", \"b\"), LIST(\"b\", \"a\"))", "TRUE"),
        ("CONTAINSONLY(LIST(\"a\", \"c\"), \"a\", \"b\")", "FALSE"),
        ("CONTAINSONLY(BLANK(), \"a\")", "FALSE"),
        ("NTH(LIST(1, 2), 3)", "NULL"),
        ("NTH(LIST(1, 2), 0)", "#VALUE"),
        ("LISTCOMBINE(LIST(1, 2), COMPACT(LIST(BLANK())), 3)", "LIST(1, 2, 3)"),
        ("SORT(LIST(\"b\", 10, \"\", \"a\", 2))", "LIST(2, 10, \"a\", \"b\", \"\")"),
        ("SORT(LIST(\"b\", 10, \"\", \"a\", 2), -1)", "LIST(\"b\", \"a\", 10, 2, \"\")"),
        (
            "SORT(LIST(\"上海\", \"北京\", \"item 10\", \"Item 2\"))",
            "LIST(\"北京\", \"上海\", \"Item 2\", \"item 10\")",
        ),
        ("UNIQUE(LIST(\"a\", \"A\", \"a\", 1, TRUE))", "LIST(\"a\", \"A\", 1)"),
        ("SLICE(LIST(1, 2, 3), 0)", "LIST(1, 2, 3)"),
        ("SLICE(LIST(1, 2, 3), 3, 2)", "LIST()"),
        ("SLICE(LIST(1, 2, 3), 2, -2)", "LIST(2)"),
        ("TAKE(LIST(1, 2, 3), -2)", "LIST(2, 3)"),
        ("DROP(LIST(1, 2, 3), -9)", "LIST()"),
        ("SEQUENCE(0, 1, 0.1)", "LIST(0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)"),
        ("SEQUENCE(1, 1000000)", "#LIMIT"),
        ("SEQUENCE(1, 2, 0)", "#VALUE"),
        ("REVERSE(LIST(1, 2))", "LIST(2, 1)"),
        ("XLOOKUP(\"z\", LIST(\"a\"), LIST(1), \"none\")", "\"none\""),
        ("ARRAYJOIN(LIST(\"日\", \"本\"), \"、\")", "\"日、本\""),
    ]);
}

// F122
#[test]
fn what_is_blank_and_what_is_an_error_can_be_asked() {
    check(&[
        ("ISBLANK(BLANK())", "TRUE"),
        ("ISBLANK(COMPACT(BLANK()))", "TRUE"),
        ("ISBLANK(0)", "FALSE"),
        ("ISBLANK(FALSE)", "FALSE"),
        ("ISNULL(BLANK())", "TRUE"),
        ("ISERROR(BLANK())", "FALSE"),
        ("ISERR(ERROR())", "TRUE"),
        ("ISNUMBER(\"1\")", "FALSE"),
        ("NOT(NA())", "#N/A"),
        ("ERROR.TYPE(1)", "#N/A"),
        ("COALESCE(BLANK(), 0)", "0"),
        ("BETWEEN(BLANK(), 0, 9)", "FALSE"),
        ("BETWEEN(DATE(2026, 1, 5), DATE(2026, 1, 1), DATE(2026, 1, 31))", "TRUE"),
        ("CHOOSE(4, 1, 2, 3)", "#VALUE"),
    ]);
}

// F123
#[test]
fn rounding_is_decimal_and_half_goes_away_from_zero() {
    check(&[
        ("ROUND(1234, -1)", "1230"),
        ("ROUND(15, -1)", "20"),
        ("ROUND(-2.5)", "-3"),
        ("ROUND(2.675, 2)", "2.68"),
        ("ROUND(1e300, 2)", "1E+300"),
        ("ROUND(1, -400)", "0"),
        ("ROUND(0.5, 400)", "0.5"),
        ("ROUNDUP(1.1, 1)", "1.1"),
        ("ROUNDUP(-1.01, 1)", "-1.1"),
        ("ROUNDUP(1, -2)", "100"),
        ("ROUNDDOWN(1.15, 2)", "1.15"),
        ("TRUNC(-8.9)", "-8"),
        ("MOD(3, -2)", "-1"),
        ("MOD(5, 0)", "#DIV/0"),
        ("CEILING(-2.5, -2)", "-4"),
        ("CEILING(-2.5, 2)", "-2"),
        ("CEILING(2.5, -2)", "#NUM"),
        ("CEILING(0.25, 0.1)", "0.3"),
        ("FLOOR(-2.5, 2)", "-4"),
        ("FLOOR(0.3, 0.1)", "0.3"),
        ("MROUND(1.3, 0.2)", "1.4"),
        ("MROUND(5, -2)", "#NUM"),
        ("EVEN(-1)", "-2"),
        ("ODD(0)", "1"),
        ("QUOTIENT(-7, 2)", "-3"),
        ("POWER(0, -1)", "#DIV/0"),
        ("POWER(-1, 0.5)", "#NUM"),
        ("SQRT(-1)", "#NUM"),
        ("LN(0)", "#NUM"),
        ("LOG(8, 1)", "#DIV/0"),
        ("FACT(170)", "7.257415615307994E+306"),
        ("FACT(171)", "#NUM"),
        ("COMBIN(60, 30)", "1.1826458156486142E+17"),
        ("SUMPRODUCT(LIST(1, \"x\"), LIST(3, 4))", "3"),
        ("SUMPRODUCT(LIST(1), LIST(3, 4))", "#VALUE"),
        ("VALUE(\"\")", "NULL"),
        ("VALUE(\"x\")", "#VALUE"),
        ("ISPRIME(561)", "FALSE"),
        ("ISPRIME(9007199254740881)", "TRUE"),
        ("DEC2HEX(-1)", "\"FFFFFFFFFF\""),
        ("DEC2BIN(512)", "#NUM"),
        ("BIN2DEC(\"1111111111\")", "-1"),
        ("BITLSHIFT(1, 48)", "#NUM"),
        ("ARABIC(\"mcmxcix\")", "1999"),
    ]);
}

// F124
#[test]
fn statistics_leave_out_what_is_no_number() {
    check(&[
        ("SUM(LIST(1, \"2\", TRUE, BLANK()))", "2"),
        ("SUM(\"2\", 1)", "3"),
        ("SUM(LIST(1, NA()))", "#N/A"),
        ("SUM(BLANK())", "0"),
        ("AVERAGE(BLANK())", "#DIV/0"),
        ("AVERAGE(LIST(TRUE, FALSE))", "0.5"),
        ("MAX(BLANK())", "NULL"),
        ("MAX(LIST(\"x\", 3, TRUE))", "3"),
        ("MAX(-1, BLANK())", "-1"),
        ("MAX(\"7\", 3)", "7"),
        ("MIN(LIST(1, NA()))", "#N/A"),
        ("COUNTA(BLANK(), \"\", 0, FALSE)", "2"),
        ("MEDIAN(1, 2, 3, 4)", "2.5"),
        ("MEDIAN(BLANK())", "#NUM"),
        ("MODE(1, 2)", "#N/A"),
        ("STDEV(1)", "#DIV/0"),
        ("LARGE(LIST(1, 2), 3)", "#NUM"),
        ("PERCENTILE(LIST(1, 2), 1.1)", "#NUM"),
        ("QUARTILE(LIST(1, 2, 4, 7, 8, 9, 10, 12), 1)", "3.5"),
        ("PERCENTRANK(LIST(13, 12, 11, 8, 4, 3, 2, 1, 1, 1), 2)", "0.333"),
        ("PERCENTRANK(LIST(13, 12, 11, 8, 4, 3, 2, 1, 1, 1), 5)", "0.583"),
        ("RANK(4, LIST(1, 9, 4), 1)", "2"),
        ("RANK(5, LIST(1, 9, 4))", "#N/A"),
        ("ROUND(SKEW(3, 4, 5, 2, 3, 4, 5, 6, 4, 7), 6)", "0.359543"),
        ("CORREL(LIST(1, 1), LIST(1, 2))", "#DIV/0"),
        ("CORREL(LIST(1), LIST(1, 2))", "#VALUE"),
        ("ROUND(STEYX(LIST(2, 3, 9, 1, 8, 7, 5), LIST(6, 5, 11, 7, 5, 4, 4)), 6)", "3.305719"),
        ("ROUND(BINOM.DIST(6, 10, 0.5), 7)", "0.2050781"),
        ("BINOM.DIST(3, 2, 0.5)", "#NUM"),
        ("ROUND(ERFC(3), 12)", "0.000022090497"),
        ("ROUND(GAMMA(-3.75), 9)", "0.267866129"),
        ("NORM.S.INV(1)", "#NUM"),
    ]);
}

// F125
#[test]
fn money_flows_as_in_excel() {
    check(&[
        ("ROUND(PMT(0.08, 10, 10000, 0, 1), 2)", "-1379.9"),
        ("PMT(0, 10, 1000)", "-100"),
        ("PMT(0.1, 0, 1000)", "#NUM"),
        ("ROUND(PV(0.08, 20, 500, 0, 1), 2)", "-5301.8"),
        ("ROUND(FV(0.005, 10, -200, -500, 1), 2)", "2581.4"),
        ("ROUND(NPER(0.01, -100, -1000, 10000, 1), 5)", "59.67387"),
        ("ROUND(IPMT(0.1, 3, 3, 8000), 2)", "-292.45"),
        ("IPMT(0.1, 4, 3, 8000)", "#NUM"),
        ("ROUND(CUMPRINC(0.0075, 360, 125000, 1, 1, 0), 4)", "-68.2783"),
        (
            "ROUND(XNPV(0.09, LIST(-10000, 2750, 4250, 3250, 2750), LIST(DATE(2008, 1, 1), DATE(2008, 3, 1), DATE(2008, 10, 30), DATE(2009, 2, 15), DATE(2009, 4, 1))), 4)",
            "2086.6476",
        ),
        (
            "ROUND(XIRR(LIST(-10000, 2750, 4250, 3250, 2750), LIST(DATE(2008, 1, 1), DATE(2008, 3, 1), DATE(2008, 10, 30), DATE(2009, 2, 15), DATE(2009, 4, 1))), 6)",
            "0.373363",
        ),
        ("IRR(LIST(1, 2))", "#NUM"),
        ("ROUND(IRR(LIST(-70000, 12000, 15000), -0.1), 6)", "-0.443507"),
        ("ROUND(DB(1000000, 100000, 6, 7, 7), 2)", "15845.1"),
        ("DB(1000000, 100000, 6, 8, 7)", "#NUM"),
        ("ROUND(DDB(2400, 300, 10, 10), 2)", "22.12"),
        ("ROUND(SYD(30000, 7500, 10, 10), 2)", "409.09"),
    ]);
}
