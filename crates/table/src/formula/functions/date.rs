//! Dates: parts of them, making them, and what begins and ends around them. Of nothing, nothing comes.

use crate::{
    calendar,
    formula::{
        Datum, ErrorCode, Item, Type,
        coerce::{self, date, from_local},
        functions::{
            Call, Function, Gives, Group,
            Takes::{Any, Date, Number, Text},
            clock::{Moment, Unit, day, midnight, month_days},
            row::{BOOL, DAY, DAYS, INSTANT, In, NUMBER, Out, TEXT, allowed, number, one, opt, text, yes},
        },
    },
    value,
};

const DATE: In = In(Group::Date);

/// A number of a date; of nothing, nothing.
fn part(call: &Call<'_>, of: impl FnOnce(Moment) -> i64) -> Out {
    call.moment(0).map_or(Ok(Datum::Null), |moment| number(of(moment) as f64))
}

/// A date of a date; of nothing, nothing.
fn other(call: &Call<'_>, of: impl FnOnce(Moment) -> Out) -> Out {
    call.moment(0).map_or(Ok(Datum::Null), of)
}

/// The day of the week from 0, counted from Sunday plus `first`.
pub(super) fn weekday(days: i64, first: i64) -> i64 {
    // 1970 began on a Thursday.
    (days + 4 - first).rem_euclid(7)
}

fn weekday_number(call: &Call<'_>) -> Out {
    let (first, from) = match call.int_or(1, 1) {
        1 | 17 => (0, 1),
        2 | 11 => (1, 1),
        3 => (1, 0),
        kind @ 12..=16 => (kind - 10, 1),
        _ => return Err(ErrorCode::Number),
    };
    part(call, |moment| weekday(moment.days(), first) + from)
}

fn iso_week(moment: Moment) -> i64 {
    i64::from(moment.day().iso_week_date().week())
}

fn week_number(call: &Call<'_>) -> Out {
    let first = match call.int_or(1, 1) {
        1 | 17 => 0,
        2 | 11 => 1,
        kind @ 12..=16 => kind - 10,
        21 => return part(call, iso_week),
        _ => return Err(ErrorCode::Number),
    };
    part(call, |moment| {
        let of_year = i64::from(moment.day().day_of_year()) - 1;
        (of_year + weekday(moment.days() - of_year, first)) / 7 + 1
    })
}

/// A date of a year, a month and a day, each of which may overflow into the next.
fn make_date(call: &Call<'_>) -> Out {
    let (year, month, of_month) = (call.int(0), call.int(1), call.int(2));
    let months = year.checked_mul(12).and_then(|m| m.checked_add(month)).and_then(|m| m.checked_sub(1));
    let months = months.ok_or(ErrorCode::Number)?;
    let first = midnight(months.div_euclid(12), months.rem_euclid(12) + 1, 1)? / value::DAY;
    day(first.checked_add(of_month).ok_or(ErrorCode::Number)? - 1)
}

fn make_time(call: &Call<'_>) -> Out {
    let seconds = call.number(0).trunc() * 3_600.0 + call.number(1).trunc() * 60.0 + call.number(2).trunc();
    if seconds < 0.0 { Err(ErrorCode::Number) } else { number(seconds % 86_400.0 / 86_400.0) }
}

fn duration(call: &Call<'_>) -> Out {
    let seconds = call.number(1) * 3_600.0 + call.number(2) * 60.0 + call.number(3);
    number(call.number(0) + seconds / 86_400.0)
}

/// What a text says as a date; an error that tells it was not understood.
fn read(call: &Call<'_>) -> Result<Option<Moment>, ErrorCode> {
    let date = coerce::date_of(call.arg(0), &call.cx(0)).map_err(|_| ErrorCode::Value)?;
    Ok(Moment::of(&date, call.env))
}

fn date_value(call: &Call<'_>) -> Out {
    read(call)?.map_or(Ok(Datum::Null), |moment| day(moment.days()))
}

fn time_value(call: &Call<'_>) -> Out {
    let text = call.text(0).trim();
    let whole = if text.contains(['-', '/', '年']) { text.to_owned() } else { format!("1970-01-01 {text}") };
    let date = coerce::date_of(&Datum::Text(whole.into()), &call.cx(0)).map_err(|_| ErrorCode::Value)?;
    let clock = Moment::of(&date, call.env).map_or(0, Moment::clock);
    number(clock as f64 / value::DAY as f64)
}

/// The start of a unit of time, or the last day before the next.
fn edge(call: &Call<'_>, unit: Unit, end: bool) -> Out {
    other(call, |moment| {
        let start = unit.start(moment)?;
        if !end {
            return date(start, false);
        }
        let next = match unit {
            Unit::Millis(length) => start + length,
            Unit::Months(months) => {
                Moment { local: start, time: false }.plus_months(months).unwrap_or(value::MAX_DATE + 1)
            }
        };
        date(next - value::DAY, false)
    })
}

/// The day a week begins on; `first` counts as `WEEKDAY` does, from Sunday as 1.
fn week_edge(call: &Call<'_>, end: bool) -> Out {
    let first = call.int_or(1, 2);
    allowed((1..=7).contains(&first), ())?;
    other(call, |moment| day(moment.days() - weekday(moment.days(), first - 1) + if end { 6 } else { 0 }))
}

fn set_timezone(call: &Call<'_>) -> Out {
    let zone = jiff::tz::TimeZone::get(call.text(1).trim()).map_err(|_| ErrorCode::Value)?;
    match *call.arg(0) {
        Datum::Date { at, time: true } => {
            let there = crate::formula::Env { zone, ..call.env.clone() };
            date(from_local(coerce::to_local(at, &there), call.env), true)
        }
        ref day => Ok(day.clone()),
    }
}

fn from_unix(call: &Call<'_>) -> Out {
    let millis = call.number(0) * 1_000.0;
    if millis.abs() > 1e15 { Err(ErrorCode::Number) } else { date(millis.round() as i64, true) }
}

fn unix_time(call: &Call<'_>) -> Out {
    match *call.arg(0) {
        Datum::Date { at, time } => number(coerce::instant(at, time, call.env) as f64 / 1_000.0),
        _ => Ok(Datum::Null),
    }
}

/// The same kind of date as the argument.
fn same_kind(types: &[Type]) -> Type {
    match types.first().map(|of| of.item) {
        Some(Item::Date { time }) => Item::Date { time }.one(),
        _ => Item::Date { time: true }.one(),
    }
}
pub(super) const LIKE_FIRST: Gives = Gives::By(same_kind);

/// A row of a number that is part of a date.
macro_rules! part {
    ($name:literal, $help:literal, $example:literal, $result:literal, $of:expr) => {
        DATE.strict($name, &[one("date", Date)], NUMBER, $help, ($example, $result), |call| {
            let of: fn(Moment) -> i64 = $of;
            part(call, of)
        })
    };
}

/// A row of a day that begins or ends a span around a date.
macro_rules! edge {
    ($name:literal, $help:literal, $example:literal, $result:literal, $months:literal, $end:literal) => {
        DATE.strict($name, &[one("date", Date)], DAY, $help, ($example, $result), |call| {
            edge(call, Unit::Months($months), $end)
        })
    };
}

pub(super) const ROWS: &[Function] = &[
    DATE.strict(
        "NOW",
        &[],
        INSTANT,
        "The date and the time of day now.",
        ("NOW()", "2026-11-20 08:00"),
        |c| date(c.env.now, true),
    ),
    DATE.strict("TODAY", &[], DAY, "The date of today.", ("TODAY()", "2026-11-20"), |c| {
        day(coerce::to_local(c.env.now, c.env).div_euclid(value::DAY))
    }),
    DATE.strict(
        "DATE",
        &[one("year", Number), one("month", Number), one("day", Number)],
        DAY,
        "The date of a year, a month and a day; a 13th month is the first of the next year.",
        ("DATE(2026, 13, 1)", "2027-01-01"),
        make_date,
    ),
    DATE.strict(
        "TIME",
        &[one("hour", Number), one("minute", Number), one("second", Number)],
        DAYS,
        "A time of day as a part of a day, to be added to a date.",
        ("TIME(12, 0, 0)", "0.5"),
        make_time,
    ),
    DATE.strict(
        "DURATION",
        &[one("days", Number), opt("hours", Number), opt("minutes", Number), opt("seconds", Number)],
        DAYS,
        "A span of time in days, to be added to a date.",
        ("DURATION(1, 12)", "1.5"),
        duration,
    ),
    DATE.strict(
        "TODATE",
        &[one("value", Date)],
        INSTANT,
        "The date that a text says, or that a number of days since 1899-12-30 is.",
        (r#"TODATE("2026/11/20")"#, "2026-11-20"),
        |c| Ok(c.arg(0).clone()),
    ),
    DATE.strict(
        "DATEVALUE",
        &[one("text", Any)],
        DAY,
        "The date that a text says, without its time of day.",
        (r#"DATEVALUE("2026/11/20 8:00")"#, "2026-11-20"),
        date_value,
    ),
    DATE.strict(
        "TIMEVALUE",
        &[one("text", Text)],
        DAYS,
        "The time of day that a text says, as a part of a day.",
        (r#"TIMEVALUE("6:00 PM")"#, "0.75"),
        time_value,
    ),
    part!("YEAR", "The year of a date.", "YEAR(DATE(2026, 11, 20))", "2026", |m| m.day().year().into()),
    part!("MONTH", "The month of a date, 1 to 12.", "MONTH(DATE(2026, 11, 20))", "11", |m| m
        .day()
        .month()
        .into()),
    part!("DAY", "The day of the month.", "DAY(DATE(2026, 11, 20))", "20", |m| m.day().day().into()),
    part!("HOUR", "The hour of a time, 0 to 23.", "HOUR(NOW())", "8", |m| m.clock() / 3_600_000),
    part!("MINUTE", "The minute of a time, 0 to 59.", "MINUTE(NOW())", "0", |m| m.clock() / 60_000 % 60),
    part!("SECOND", "The second of a time, 0 to 59.", "SECOND(NOW())", "0", |m| m.clock() / 1_000 % 60),
    part!("QUARTER", "The quarter of a date, 1 to 4.", "QUARTER(DATE(2026, 11, 20))", "4", |m| {
        (i64::from(m.day().month()) + 2) / 3
    }),
    part!("DAYOFYEAR", "The day of the year, 1 to 366.", "DAYOFYEAR(DATE(2026, 2, 1))", "32", |m| {
        m.day().day_of_year().into()
    }),
    part!(
        "DAYSINMONTH",
        "How many days the month of a date has.",
        "DAYSINMONTH(DATE(2028, 2, 1))",
        "29",
        |m| { month_days(m.day().year().into(), m.day().month().into()) }
    ),
    part!(
        "ISOWEEKNUM",
        "The week of the year as ISO 8601 counts it.",
        "ISOWEEKNUM(DATE(2027, 1, 1))",
        "53",
        iso_week
    ),
    DATE.strict(
        "ISLEAPYEAR",
        &[one("date", Date)],
        BOOL,
        "Whether the year of a date has 366 days.",
        ("ISLEAPYEAR(DATE(2028, 1, 1))", "TRUE"),
        |c| c.moment(0).map_or(Ok(Datum::Null), |moment| yes(moment.day().in_leap_year())),
    ),
    DATE.strict(
        "WEEKDAY",
        &[one("date", Date), opt("kind", Number)],
        NUMBER,
        "The day of the week, 1 is Sunday; with 2 as kind 1 is Monday, with 3 Monday is 0.",
        ("WEEKDAY(DATE(2026, 11, 20), 2)", "5"),
        weekday_number,
    ),
    DATE.strict(
        "WEEKNUM",
        &[one("date", Date), opt("kind", Number)],
        NUMBER,
        "The week of the year; weeks begin on Sunday, with 2 as kind on Monday, 21 is ISO 8601.",
        ("WEEKNUM(DATE(2026, 11, 20))", "47"),
        week_number,
    ),
    DATE.strict(
        "EDATE",
        &[one("date", Date), one("months", Number)],
        LIKE_FIRST,
        "The date so many months later; the last day of the month where it has no such day.",
        ("EDATE(DATE(2026, 1, 31), 1)", "2026-02-28"),
        |c| other(c, |moment| moment.at(moment.plus_months(c.int(1))?, c.env)),
    ),
    DATE.strict(
        "EOMONTH",
        &[one("date", Date), one("months", Number)],
        DAY,
        "The last day of the month so many months later.",
        ("EOMONTH(DATE(2026, 1, 31), 1)", "2026-02-28"),
        |c| {
            other(c, |moment| {
                let day = Moment { local: moment.plus_months(c.int(1))?, time: false };
                let (year, month) = (day.day().year().into(), day.day().month().into());
                date(midnight(year, month, month_days(year, month))?, false)
            })
        },
    ),
    DATE.strict(
        "STARTOFWEEK",
        &[one("date", Date), opt("first", Number)],
        DAY,
        "The day a week begins on: Monday, or another as WEEKDAY counts them.",
        ("STARTOFWEEK(DATE(2026, 11, 20))", "2026-11-16"),
        |c| week_edge(c, false),
    ),
    DATE.strict(
        "ENDOFWEEK",
        &[one("date", Date), opt("first", Number)],
        DAY,
        "The last day of a week that begins on Monday, or on another day as WEEKDAY counts them.",
        ("ENDOFWEEK(DATE(2026, 11, 20))", "2026-11-22"),
        |c| week_edge(c, true),
    ),
    edge!(
        "STARTOFMONTH",
        "The first day of the month.",
        "STARTOFMONTH(DATE(2026, 11, 20))",
        "2026-11-01",
        1,
        false
    ),
    edge!(
        "ENDOFMONTH",
        "The last day of the month.",
        "ENDOFMONTH(DATE(2026, 11, 20))",
        "2026-11-30",
        1,
        true
    ),
    edge!(
        "STARTOFQUARTER",
        "The first day of the quarter.",
        "STARTOFQUARTER(DATE(2026, 11, 20))",
        "2026-10-01",
        3,
        false
    ),
    edge!(
        "ENDOFQUARTER",
        "The last day of the quarter.",
        "ENDOFQUARTER(DATE(2026, 11, 20))",
        "2026-12-31",
        3,
        true
    ),
    edge!(
        "STARTOFYEAR",
        "The first day of the year.",
        "STARTOFYEAR(DATE(2026, 11, 20))",
        "2026-01-01",
        12,
        false
    ),
    edge!("ENDOFYEAR", "The last day of the year.", "ENDOFYEAR(DATE(2026, 11, 20))", "2026-12-31", 12, true),
    DATE.strict(
        "SET_TIMEZONE",
        &[one("date", Date), one("zone", Text)],
        LIKE_FIRST,
        "The date and time that clocks in another zone show at an instant.",
        (r#"SET_TIMEZONE(NOW(), "Asia/Shanghai")"#, "2026-11-20 16:00"),
        set_timezone,
    ),
    DATE.strict(
        "UNIXTIME",
        &[one("date", Date)],
        NUMBER,
        "The seconds from the beginning of 1970 in UTC to a date.",
        ("UNIXTIME(NOW())", "1795161600"),
        unix_time,
    ),
    DATE.strict(
        "FROMUNIX",
        &[one("seconds", Number)],
        INSTANT,
        "The date so many seconds after the beginning of 1970 in UTC.",
        ("FROMUNIX(1795161600)", "2026-11-20 08:00"),
        from_unix,
    ),
    DATE.strict(
        "DATESTR",
        &[one("date", Date)],
        TEXT,
        "A date as a text like 2026-11-20.",
        ("DATESTR(NOW())", r#""2026-11-20""#),
        |c| {
            c.moment(0).map_or_else(
                || text(""),
                |moment| {
                    let mut shown = String::new();
                    calendar::write_day(&mut shown, moment.local);
                    text(shown)
                },
            )
        },
    ),
    DATE.strict(
        "TIMESTR",
        &[one("date", Date)],
        TEXT,
        "The time of day as a text like 08:00:00.",
        ("TIMESTR(NOW())", r#""08:00:00""#),
        |c| {
            c.moment(0).map_or_else(
                || text(""),
                |moment| {
                    let mut shown = String::new();
                    calendar::write_clock(&mut shown, moment.local);
                    text(shown)
                },
            )
        },
    ),
];
