//! What trips people, by the numbers of docs/spec/formula.md.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{call, check, computed, env, find};
use crate::formula::{Datum, Env};

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
        ("WORKDAY(DATE(2026, 11, 22), -1e300)", "#NUM"),
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

// F112 F124 F152 F153
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
        ("NORMSINV(1)", "#NUM"),
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

// F126
#[test]
fn texts_count_characters_from_one() {
    check(&[
        ("LEN(\"日本語😀\")", "4"),
        ("LEFT(\"日本語\", 2)", "\"日本\""),
        ("RIGHT(\"日本語\", 2)", "\"本語\""),
        ("RIGHT(\"ab\", 9)", "\"ab\""),
        ("RIGHT(\"ab\", 0)", "\"\""),
        ("LEFT(\"ab\", -1)", "#VALUE"),
        ("MID(\"日本語\", 2, 1)", "\"本\""),
        ("MID(\"abc\", 4, 1)", "\"\""),
        ("MID(\"abc\", 0, 1)", "#VALUE"),
        ("LEN(12.5)", "4"),
        ("REPLACE(\"日本語\", 2, 1, \"中\")", "\"日中語\""),
        ("REPLACE(\"abc\", 9, 1, \"d\")", "\"abcd\""),
        ("SUBSTITUTE(\"aaa\", \"a\", \"b\")", "\"bbb\""),
        ("SUBSTITUTE(\"aaa\", \"\", \"b\")", "\"aaa\""),
        ("SUBSTITUTE(\"aaa\", \"a\", \"b\", 4)", "\"aaa\""),
        // FIND gives -1 when nothing is found, and counts from 1; SEARCH fails as in Excel.
        ("FIND(\"x\", \"abc\")", "-1"),
        ("FIND(\"A\", \"abc\")", "-1"),
        ("FIND(\"本\", \"日本日本\", 3)", "4"),
        ("FIND(\"\", \"abc\")", "1"),
        ("FIND(\"a\", \"abc\", 9)", "-1"),
        ("SEARCH(\"x\", \"abc\")", "#VALUE"),
        ("SEARCH(\"B*D\", \"abcd\")", "2"),
        ("SEARCH(\"~?\", \"ab?\")", "3"),
        ("SEARCH(\"~*\", \"a*\")", "2"),
        ("SEARCH(\"c*b\", \"abc\")", "#VALUE"),
        ("CONTAINTEXT(\"上海市\", \"海\")", "TRUE"),
        ("CONTAINTEXT(LIST(\"ab\", \"cd\"), \"b,c\")", "TRUE"),
        ("TRIM(\"  a   b  \")", "\"a   b\""),
        ("SPLIT(\"a,b,,c\")", "LIST(\"a\", \"b\", \"\", \"c\")"),
        ("SPLIT(\"日本\", \"\")", "LIST(\"日\", \"本\")"),
        ("SPLIT(\"\", \",\")", "LIST()"),
        ("TEXTBEFORE(\"abc\", \"x\")", "#N/A"),
        ("TEXTAFTER(\"a-b-c\", \"-\", 2)", "\"c\""),
        ("EXACT(\"日\", \"日\")", "TRUE"),
    ]);
}

// F127
#[test]
fn texts_are_made_within_limits() {
    check(&[
        ("REPT(\"ab\", 50001)", "#LIMIT"),
        ("REPT(\"\", 100000000000)", "\"\""),
        ("LPAD(\"a\", 200000)", "#LIMIT"),
        ("LPAD(\"日\", 3, \"本語\")", "\"本語日\""),
        ("RPAD(\"abc\", 2)", "\"abc\""),
        ("CONCATENATE(1, BLANK(), TRUE, DATE(2026, 1, 2), LIST(\"a\", 2))", "\"1TRUE2026-01-02a2\""),
        ("CONCATENATE(\"a\", NA())", "#N/A"),
        ("TEXTJOIN(\",\", FALSE, LIST(\"a\", \"\"), BLANK())", "\"a,,\""),
        ("TEXT(BLANK(), \"0\")", "\"\""),
        ("TEXT(DATE(2026, 11, 20), \"YYYY年M月D日\")", "\"2026年11月20日\""),
        ("FORMAT(\"{1}, {2}, {3}, {x}\", \"a\", 2)", "\"a, 2, {3}, {x}\""),
        ("FORMAT(\"{1}{1}\", \"{2}\")", "\"{2}{2}\""),
        ("FORMAT(1234.5, \"#,##0.00\")", "\"1,234.50\""),
        ("FIXED(-0.001)", "\"0.00\""),
        ("FIXED(1234.5, -2)", "\"1,200\""),
        ("NUMBERVALUE(\"1 234,5\", \",\", \".\")", "1234.5"),
        ("CHAR(0)", "#VALUE"),
        ("CHAR(55296)", "#VALUE"),
        ("CODE(\"\")", "#VALUE"),
        ("SLUG(\"  Été à Paris -- 東京! \")", "\"été-à-paris-東京\""),
        ("DECODEURL(\"%E6%9D%B1\")", "\"東\""),
        ("DECODEURL(\"%FF\")", "#VALUE"),
        ("HYPERLINK(\"https://example.org\")", "\"https://example.org\""),
        ("PROPER(\"o'neil éCOLE\")", "\"O'Neil École\""),
    ]);
}

// F128
#[test]
fn regular_expressions_know_all_scripts_and_give_nothing_without_a_match() {
    check(&[
        ("REGEXMATCH(\"東京都\", \"^\\p{Han}+$\")", "TRUE"),
        ("REGEXMATCH(\"abc\", \"(?i)B\")", "TRUE"),
        ("REGEXMATCH(\"abc\", \"(\")", "#VALUE"),
        ("REGEXEXTRACT(\"abc\", \"x\")", "NULL"),
        ("REGEXEXTRACT(\"价格：128元\", \"(\\d+)元\")", "\"128\""),
        ("REGEXEXTRACTALL(\"abc\", \"x\")", "LIST()"),
        ("REGEXREPLACE(\"東京タワー\", \"[ァ-ー]+\", \"塔\")", "\"東京塔\""),
        ("REGEXREPLACE(\"ab\", \"\", \"-\")", "\"-a-b-\""),
        ("REGEXMATCH(\"a\", \"((((a{100}){100}){100}){100})\")", "#LIMIT"),
        ("REGEXREPLACE(REPT(\"a\", 50000), \"a\", REPT(\"b\", 50000))", "#LIMIT"),
    ]);
}

// F131
#[test]
fn dates_are_written_and_read_by_codes() {
    check(&[
        ("DATETIME_FORMAT(DATE(2026, 2, 3), \"D/M/YY Do ddd Q [Q]\")", "\"3/2/26 3rd Tue 1 Q\""),
        ("DATETIME_FORMAT(NOW(), \"LT\")", "\"8:00 AM\""),
        ("DATETIME_FORMAT(NOW(), \"LLLL\")", "\"Friday, November 20, 2026 8:00 AM\""),
        ("DATETIME_FORMAT(NOW())", "\"2026-11-20T08:00:00+00:00\""),
        ("DATETIME_FORMAT(DATE(2027, 1, 1), \"GGGG-[W]WW-E\")", "\"2026-W53-5\""),
        ("DATETIME_FORMAT(DATE(2026, 11, 20), \"YYYY年M月D日\")", "\"2026年11月20日\""),
        ("DATETIME_FORMAT(BLANK(), \"YYYY\")", "\"\""),
        ("DATETIME_PARSE(\"Nov 5, 2026 12:30 am\", \"MMM D, YYYY h:mm a\")", "2026-11-05 00:30"),
        ("DATETIME_PARSE(\"2026年11月20日\", \"YYYY年M月D日\")", "2026-11-20"),
        ("DATETIME_PARSE(\"2026-13-01\", \"YYYY-MM-DD\")", "#VALUE"),
        ("DATETIME_PARSE(\"2026-11-20 x\", \"YYYY-MM-DD\")", "#VALUE"),
        ("DATETIME_PARSE(\"\", \"YYYY\")", "NULL"),
        ("DATETIME_PARSE(\"2026/11/20\")", "2026-11-20"),
    ]);
}

// F132
#[test]
fn distances_are_kilometres() {
    check(&[
        ("ROUND(DISTANCE(\"0, 0\", \"0, 180\"))", "20015"),
        ("DISTANCE(BLANK(), \"0, 0\")", "NULL"),
        ("DISTANCE(\"91, 0\", \"0, 0\")", "#VALUE"),
        ("DISTANCE(\"here\", \"0, 0\")", "#TYPE"),
    ]);
}

// F110
#[test]
fn days_are_those_of_clocks() {
    // Clocks in New York go back an hour in the night to 2026-11-01.
    let env = Env { zone: TimeZone::get("America/New_York").unwrap(), ..env() };
    let cases = [
        ("DAYS(TODATE(\"2026-11-01 12:00\"), TODATE(\"2026-10-31 12:00\"))", "1"),
        ("DATEADD(TODATE(\"2026-10-31 12:00\"), 1, \"day\")", "2026-11-01 12:00"),
        ("EDATE(TODATE(\"2026-10-01 12:00\"), 1)", "2026-11-01 12:00"),
        ("DATETIME_FORMAT(TODATE(\"2026-11-01 12:00\"), \"HH:mm Z\")", "\"12:00 -05:00\""),
        // 02:30 is skipped on 2026-03-08.
        ("TODATE(\"2026-03-08 02:30\")", "2026-03-08 03:30"),
        ("TODAY()", "2026-11-20"),
        ("HOUR(NOW())", "3"),
        ("STARTOFMONTH(FROMUNIX(0))", "1969-12-01"),
        ("IS_SAME(DATE(2026, 11, 20), TODATE(\"2026-11-20T05:00:00Z\"))", "TRUE"),
    ];
    for (formula, expected) in cases {
        assert_eq!(computed(formula, &env).as_deref(), Some(expected), "{formula}");
    }
}

// F150 F154 F155 F156 F157 F159 F161
#[test]
fn where_excel_does_otherwise() {
    check(&[
        ("N(DATE(1900, 1, 1))", "2"),
        ("N(DATE(1900, 3, 1))", "61"),
        ("YEAR(DATE(26, 1, 1))", "26"),
        ("ISDATE(DATEVALUE(\"2026-11-20\"))", "TRUE"),
        ("LEN(\"😀\")", "1"),
        ("CHAR(8364)", "\"€\""),
        ("SEQUENCE(2, 4)", "LIST(2, 3, 4)"),
        ("MATCH(\"A\", LIST(\"a\", \"A\"))", "2"),
        ("TEXT(5, \"0.##\")", "\"5\""),
        ("TEXT(5, \"[Red]0\")", "\"5\""),
        ("ISNULL(REGEXEXTRACT(\"a\", \"b\"))", "TRUE"),
    ]);
}

/// What a function gives for these arguments.
fn given(name: &str, args: &[Datum]) -> Datum {
    call(find(name).unwrap(), args, &env())
}

proptest! {
    #[test]
    fn digits_read_back(n in -512..512i32, large in -549_755_813_888i64..549_755_813_888) {
        for (to, from) in [("DEC2BIN", "BIN2DEC"), ("DEC2OCT", "OCT2DEC"), ("DEC2HEX", "HEX2DEC")] {
            let digits = given(to, &[Datum::Number(n.into())]);
            prop_assert_eq!(given(from, &[digits]), Datum::Number(n.into()));
        }
        let large = Datum::Number(large as f64);
        prop_assert_eq!(given("HEX2DEC", &[given("DEC2HEX", std::slice::from_ref(&large))]), large);
    }
    #[test]
    fn bases_and_numerals_read_back(n in 0..1_000_000u32, base in 2..=36u32) {
        let (value, base) = (Datum::Number(n.into()), Datum::Number(base.into()));
        let digits = given("BASE", &[value.clone(), base.clone()]);
        prop_assert_eq!(given("DECIMAL", &[digits, base]), value);
        let small = Datum::Number(f64::from(n % 4_000));
        prop_assert_eq!(given("ARABIC", &[given("ROMAN", std::slice::from_ref(&small))]), small);
    }
    #[test]
    fn addresses_read_back(text in "\\PC{0,20}") {
        let text = Datum::Text(text.into());
        prop_assert_eq!(given("DECODEURL", &[given("ENCODEURL", std::slice::from_ref(&text))]), text);
    }
    #[test]
    fn months_go_back_and_forth(day in -700_000..2_900_000i64, months in -300..300i32) {
        let start = Datum::Date { at: day * crate::value::DAY, time: false };
        let there = given("EDATE", &[start.clone(), Datum::Number(months.into())]);
        let first = |date: Datum| given("STARTOFMONTH", &[date]);
        let back = given("EDATE", &[there, Datum::Number((-months).into())]);
        if !matches!(back, Datum::Error(_)) {
            prop_assert_eq!(first(back.clone()), first(start.clone()));
            let Datum::Date { at, .. } = back else { panic!("{back:?}") };
            let Datum::Date { at: was, .. } = start else { panic!("{start:?}") };
            prop_assert!(at <= was && was - at <= 3 * crate::value::DAY);
        }
    }
    #[test]
    fn workdays_are_counted_as_they_are_walked(start in 20_000..21_000i64, count in 1..300i32, free in 0..127u8) {
        let mask = Datum::Text(format!("{free:07b}").into());
        let day = |day: i64| Datum::Date { at: day * crate::value::DAY, time: false };
        let holidays = Datum::List((0..20).map(|n| day(start + n * 13)).collect());
        let end = given("WORKDAY.INTL", &[day(start), Datum::Number(count.into()), mask.clone(), holidays.clone()]);
        prop_assert_eq!(given("NETWORKDAYS.INTL", &[day(start + 1), end, mask, holidays]), Datum::Number(count.into()));
    }
    #[test]
    fn loans_are_paid_off(rate in 0.001..0.2f64, periods in 2..60u32, due in 0..2u8) {
        let number = |n: f64| Datum::Number(n);
        let paid: f64 = (1..=periods)
            .map(|period| {
                let args = [rate, period.into(), periods.into(), 1_000.0, 0.0, due.into()].map(number);
                let Datum::Number(part) = given("PPMT", &args) else { panic!("{period}") };
                part
            })
            .sum();
        prop_assert!((paid + 1_000.0).abs() < 1e-6, "{paid}");
        let payment = given("PMT", &[rate, periods.into(), 1_000.0, 0.0, due.into()].map(number));
        let args = [number(periods.into()), payment, number(1_000.0), number(0.0), number(due.into())];
        let Datum::Number(found) = given("RATE", &args) else { panic!("no rate") };
        prop_assert!((found - rate).abs() < 1e-8, "{found}");
    }
    #[test]
    fn normal_parts_read_back(part in 1e-12..1.0f64) {
        let Datum::Number(z) = given("NORMSINV", &[Datum::Number(part)]) else { panic!("{part}") };
        let Datum::Number(back) = given("NORMSDIST", &[Datum::Number(z)]) else { panic!("{z}") };
        prop_assert!((back - part).abs() < 1e-12, "{part} {z} {back}");
    }
    #[test]
    fn rounding_agrees_with_decimals(n in -1_000_000_000..1_000_000_000i64, digits in 0..6i32) {
        // A decimal with one digit more than are kept.
        let scale = 10f64.powi(digits + 1);
        let expected = (n.abs() + 5).div_euclid(10) * n.signum();
        let rounded = given("ROUND", &[Datum::Number(n as f64 / scale), Datum::Number(digits.into())]);
        prop_assert_eq!(rounded, Datum::Number(expected as f64 / 10f64.powi(digits) + 0.0));
    }
}
