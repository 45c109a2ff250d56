//! Between two dates, and from one to another; also in workdays.

use std::collections::HashSet;

use crate::formula::{
    Datum, ErrorCode, coerce,
    functions::{
        Call, Function, Group,
        Takes::{Any, Bool, Date, List, Number, Text},
        clock::{Moment, Unit, day},
        date::{LIKE_FIRST, weekday},
        row::{BOOL, DAY, DAYS, In, NUMBER, Out, number, one, opt, yes},
    },
};
use crate::value;

const DATE: In = In(Group::Date);

/// Both dates; none where either is missing.
fn pair(call: &Call<'_>) -> Option<(Moment, Moment)> {
    Some((call.moment(0)?, call.moment(1)?))
}

/// Computes from both dates; from nothing, nothing.
fn of_pair(call: &Call<'_>, of: impl FnOnce(Moment, Moment) -> Out) -> Out {
    pair(call).map_or(Ok(Datum::Null), |(a, b)| of(a, b))
}

fn date_dif(call: &Call<'_>) -> Out {
    let unit = call.text_or(2, "D").trim().to_ascii_uppercase();
    of_pair(call, |start, end| {
        // Whole days count: the time of day plays no part.
        let whole = |moment: Moment| Moment { local: moment.days() * value::DAY, time: false };
        let (start, end) = (whole(start), whole(end));
        if start.local > end.local {
            return Err(ErrorCode::Number);
        }
        let months = start.months_until(end);
        let since =
            |months: i64| Ok::<_, ErrorCode>(end.days() - start.plus_months(months)?.div_euclid(value::DAY));
        number(match unit.as_str() {
            "D" => end.days() - start.days(),
            "M" => months,
            "Y" => months / 12,
            "YM" => months % 12,
            "MD" => since(months)?.max(0),
            "YD" => since(months / 12 * 12)?.max(0),
            _ => return Err(ErrorCode::Value),
        } as f64)
    })
}

fn difference(call: &Call<'_>) -> Out {
    let unit = Unit::read(call.text_or(2, "seconds"))?;
    of_pair(call, |a, b| {
        number(match unit {
            Unit::Millis(length) => ((a.local - b.local) / length) as f64,
            Unit::Months(months) if a.local < b.local => -(a.months_until(b) / months) as f64,
            Unit::Months(months) => (b.months_until(a) / months) as f64,
        })
    })
}

fn date_add(call: &Call<'_>) -> Out {
    let unit = Unit::read(call.text(2))?;
    let Some(moment) = call.moment(0) else { return Ok(Datum::Null) };
    let local = match unit {
        Unit::Months(months) => moment.plus_months(call.int(1).saturating_mul(months))?,
        Unit::Millis(length) => {
            let added = call.number(1) * length as f64;
            if added.abs() > 1e15 {
                return Err(ErrorCode::Number);
            }
            moment.local + added.round() as i64
        }
    };
    let time = moment.time || local.rem_euclid(value::DAY) != 0;
    Moment { time, ..moment }.at(local, call.env)
}

/// How the spans of a unit around two dates stand to each other; exactly when no unit is given.
fn order(call: &Call<'_>, is: fn(std::cmp::Ordering) -> bool) -> Out {
    let Some((a, b)) = pair(call) else { return yes(false) };
    if call.text(2).is_empty() {
        return yes(is(a.local.cmp(&b.local)));
    }
    let unit = Unit::read(call.text(2))?;
    yes(is(unit.start(a)?.cmp(&unit.start(b)?)))
}

/// Days between two dates of a year of twelve months of thirty days.
fn days_360(a: Moment, b: Moment, european: bool) -> f64 {
    let (a, b) = (a.day(), b.day());
    let (mut from, mut to) = (i64::from(a.day()), i64::from(b.day()));
    if european {
        (from, to) = (from.min(30), to.min(30));
    } else {
        let ends_february = |day: jiff::civil::Date| day.month() == 2 && day.day() == day.days_in_month();
        if ends_february(a) && ends_february(b) {
            to = 30;
        }
        if ends_february(a) || from == 31 {
            from = 30;
        }
        if to == 31 && from == 30 {
            to = 30;
        }
    }
    let months =
        (i64::from(b.year()) - i64::from(a.year())) * 12 + i64::from(b.month()) - i64::from(a.month());
    (months * 30 + to - from) as f64
}

/// The part of a year between two dates, by one of the ways banks count: 0 twelve months of thirty days
/// (American), 1 true days, 2 true days of 360, 3 true days of 365, 4 thirty days (European).
fn year_part(a: Moment, b: Moment, basis: i64) -> Out {
    let (a, b) = if a.local <= b.local { (a, b) } else { (b, a) };
    let days = (b.days() - a.days()) as f64;
    number(match basis {
        0 => days_360(a, b, false) / 360.0,
        1 => {
            let (first, last) = (a.day().year(), b.day().year());
            let within_a_year = a.months_until(b) < 12 || first == last;
            let year = if within_a_year {
                let leap_day = holds_leap_day(a, b);
                if first == last && a.day().in_leap_year() || first != last && leap_day {
                    366.0
                } else {
                    365.0
                }
            } else {
                let all = (first..=last).map(|year| if civil_year(year) { 366.0 } else { 365.0 });
                all.sum::<f64>() / f64::from(last - first + 1)
            };
            days / year
        }
        2 => days / 360.0,
        3 => days / 365.0,
        4 => days_360(a, b, true) / 360.0,
        _ => return Err(ErrorCode::Number),
    })
}

fn civil_year(year: i16) -> bool {
    jiff::civil::Date::new(year, 1, 1).is_ok_and(jiff::civil::Date::in_leap_year)
}

/// Whether a 29th of February is among the days from one to another within a year.
fn holds_leap_day(a: Moment, b: Moment) -> bool {
    [a.day().year(), b.day().year()].into_iter().filter(|year| civil_year(*year)).any(|year| {
        let leap = crate::calendar::days(i64::from(year), 2, 29).unwrap_or(i64::MIN);
        (a.days()..=b.days()).contains(&leap)
    })
}

/// Which days of the week, from Monday, are no workdays.
fn weekend(value: &Datum) -> Result<[bool; 7], ErrorCode> {
    let mut free = [false; 7];
    match value {
        Datum::Null => (free[5], free[6]) = (true, true),
        Datum::Text(mask) if mask.len() == 7 => {
            for (free, mark) in free.iter_mut().zip(mask.bytes()) {
                *free = match mark {
                    b'0' => false,
                    b'1' => true,
                    _ => return Err(ErrorCode::Value),
                };
            }
        }
        Datum::Number(code) => match *code as i64 {
            1 => (free[5], free[6]) = (true, true),
            code @ 2..=7 => {
                // 2 is Sunday and Monday, 3 Monday and Tuesday, and so on.
                let last = (code as usize + 5) % 7;
                (free[last], free[(last + 6) % 7]) = (true, true);
            }
            code @ 11..=17 => free[(code as usize - 5) % 7] = true,
            _ => return Err(ErrorCode::Number),
        },
        _ => return Err(ErrorCode::Value),
    }
    if free == [true; 7] { Err(ErrorCode::Value) } else { Ok(free) }
}

/// The workdays of a calendar.
struct Workdays {
    free: [bool; 7],
    /// Days since 1970, of those that would be workdays.
    holidays: Vec<i64>,
}

impl Workdays {
    fn read(call: &Call<'_>, weekend_at: &Datum, holidays_at: usize) -> Result<Self, ErrorCode> {
        let free = weekend(weekend_at)?;
        let cx = call.cx(holidays_at);
        let mut days = HashSet::new();
        for item in call.list(holidays_at) {
            let date = coerce::date_of(item, &cx)?;
            days.extend(Moment::of(&date, call.env).map(Moment::days));
        }
        let mut holidays: Vec<i64> = days.into_iter().filter(|day| !free[monday_place(*day)]).collect();
        holidays.sort_unstable();
        Ok(Self { free, holidays })
    }
    fn per_week(&self) -> i64 {
        self.free.iter().filter(|free| !**free).count() as i64
    }
    /// Workdays from the first day up to and with the last.
    fn count(&self, first: i64, last: i64) -> i64 {
        let days = last - first + 1;
        let whole = days.div_euclid(7) * self.per_week();
        let rest =
            (last - days.rem_euclid(7) + 1..=last).filter(|day| !self.free[monday_place(*day)]).count();
        let begin = self.holidays.partition_point(|day| *day < first);
        let end = self.holidays.partition_point(|day| *day <= last);
        whole + rest as i64 - (end - begin) as i64
    }
    /// The day so many workdays after another, or before it.
    fn after(&self, start: i64, count: i64) -> Result<i64, ErrorCode> {
        let step = count.signum();
        // The years that dates have are 3.7 million days; a holiday costs one day more at most.
        let wanted = count.checked_abs().filter(|wanted| *wanted <= 4_000_000).ok_or(ErrorCode::Number)?;
        let passed = |days: i64| match step {
            1 => self.count(start + 1, start + days),
            _ => self.count(start - days, start - 1),
        };
        let (mut low, mut high) = (0, wanted * 7 + self.holidays.len() as i64 * 7 + 14);
        while low < high {
            let middle = low + (high - low) / 2;
            if passed(middle) >= wanted { high = middle } else { low = middle + 1 }
        }
        Ok(start + step * low)
    }
}

/// The place of a day in a week that begins on Monday.
fn monday_place(day: i64) -> usize {
    weekday(day, 1) as usize
}

fn workday(call: &Call<'_>, weekend: &Datum, holidays: usize) -> Out {
    let Some(start) = call.moment(0) else { return Ok(Datum::Null) };
    day(Workdays::read(call, weekend, holidays)?.after(start.days(), call.int(1))?)
}

fn workdays_between(call: &Call<'_>, weekend: &Datum, holidays: usize) -> Out {
    of_pair(call, |a, b| {
        let workdays = Workdays::read(call, weekend, holidays)?;
        let (from, to) = (a.days(), b.days());
        number(if from <= to { workdays.count(from, to) } else { -workdays.count(to, from) } as f64)
    })
}

fn age(call: &Call<'_>) -> Out {
    of_pair(call, |born, on| {
        let day = |moment: Moment| Moment { local: moment.days() * value::DAY, time: false };
        let (born, on) = (day(born), day(on));
        if born.local > on.local {
            Err(ErrorCode::Number)
        } else {
            number((born.months_until(on) / 12) as f64)
        }
    })
}

pub(super) const ROWS: &[Function] = &[
    DATE.strict(
        "DAYS",
        &[one("end", Date), one("start", Date)],
        DAYS,
        "The days from a start to an end, with the part of a day.",
        ("DAYS(DATE(2026, 11, 20), DATE(2026, 11, 1))", "19"),
        |c| of_pair(c, |end, start| number(coerce::days_between(start.local, end.local))),
    ),
    DATE.strict(
        "DATEDIF",
        &[one("start", Date), one("end", Date), opt("unit", Text)],
        NUMBER,
        "Whole days, months or years between dates by \"D\", \"M\" or \"Y\"; an error when the start is later.",
        (r#"DATEDIF(DATE(2026, 1, 31), DATE(2026, 11, 20), "M")"#, "9"),
        date_dif,
    ),
    DATE.strict(
        "DATETIME_DIFF",
        &[one("date", Date), one("from", Date), opt("unit", Text)],
        NUMBER,
        "How many whole units a date is after another, in seconds or in what is given, such as \"days\".",
        (r#"DATETIME_DIFF(DATE(2026, 11, 20), DATE(2026, 11, 1), "weeks")"#, "2"),
        difference,
    ),
    DATE.strict(
        "DATEADD",
        &[one("date", Date), one("count", Number), one("unit", Text)],
        LIKE_FIRST,
        "The date so many units later, such as \"days\", \"weeks\", \"months\" or \"hours\".",
        (r#"DATEADD(DATE(2026, 11, 20), 2, "weeks")"#, "2026-12-04"),
        date_add,
    ),
    DATE.strict(
        "IS_SAME",
        &[one("date", Date), one("other", Date), opt("unit", Text)],
        BOOL,
        "Whether two dates are the same, or in the same unit such as \"month\".",
        (r#"IS_SAME(DATE(2026, 11, 20), DATE(2026, 11, 1), "month")"#, "TRUE"),
        |c| order(c, std::cmp::Ordering::is_eq),
    ),
    DATE.strict(
        "IS_BEFORE",
        &[one("date", Date), one("other", Date), opt("unit", Text)],
        BOOL,
        "Whether a date is before another, or in an earlier unit such as \"month\".",
        ("IS_BEFORE(DATE(2026, 11, 1), DATE(2026, 11, 20))", "TRUE"),
        |c| order(c, std::cmp::Ordering::is_lt),
    ),
    DATE.strict(
        "IS_AFTER",
        &[one("date", Date), one("other", Date), opt("unit", Text)],
        BOOL,
        "Whether a date is after another, or in a later unit such as \"month\".",
        (r#"IS_AFTER(DATE(2026, 11, 20), DATE(2026, 11, 1), "month")"#, "FALSE"),
        |c| order(c, std::cmp::Ordering::is_gt),
    ),
    DATE.strict(
        "AGE",
        &[one("born", Date), one("on", Date)],
        NUMBER,
        "Whole years from one day to another, as in AGE(born, TODAY()).",
        ("AGE(DATE(2000, 11, 21), DATE(2026, 11, 20))", "25"),
        age,
    ),
    DATE.strict(
        "DAYS360",
        &[one("start", Date), one("end", Date), opt("european", Bool)],
        NUMBER,
        "The days between dates in a year of twelve months of thirty days.",
        ("DAYS360(DATE(2026, 1, 1), DATE(2026, 12, 31))", "360"),
        |c| of_pair(c, |start, end| number(days_360(start, end, c.bool(2)))),
    ),
    DATE.strict(
        "YEARFRAC",
        &[one("start", Date), one("end", Date), opt("basis", Number)],
        NUMBER,
        "The years between dates with their fraction; the basis, 0 to 4, says how days are counted.",
        ("YEARFRAC(DATE(2026, 1, 1), DATE(2026, 7, 1))", "0.5"),
        |c| of_pair(c, |start, end| year_part(start, end, c.int(2))),
    ),
    DATE.strict(
        "WORKDAY",
        &[one("start", Date), one("days", Number), opt("holidays", List)],
        DAY,
        "The date so many workdays later, without Saturdays, Sundays and holidays.",
        ("WORKDAY(DATE(2026, 11, 20), 1)", "2026-11-23"),
        |c| workday(c, &Datum::Null, 2),
    ),
    DATE.strict(
        "WORKDAY.INTL",
        &[one("start", Date), one("days", Number), opt("weekend", Any), opt("holidays", List)],
        DAY,
        "The date so many workdays later; the weekend is a code or seven digits from Monday, 1 for a free day.",
        (r#"WORKDAY.INTL(DATE(2026, 11, 20), 1, "0000001")"#, "2026-11-21"),
        |c| workday(c, c.arg(2), 3),
    ),
    DATE.strict(
        "NETWORKDAYS",
        &[one("start", Date), one("end", Date), opt("holidays", List)],
        NUMBER,
        "The workdays between two dates, both included, without Saturdays, Sundays and holidays.",
        ("NETWORKDAYS(DATE(2026, 11, 1), DATE(2026, 11, 20))", "15"),
        |c| workdays_between(c, &Datum::Null, 2),
    ),
    DATE.strict(
        "WORKDAY_DIFF",
        &[one("start", Date), one("end", Date), opt("holidays", List)],
        NUMBER,
        "The workdays between two dates, both included, without Saturdays, Sundays and holidays.",
        ("WORKDAY_DIFF(DATE(2026, 11, 20), DATE(2026, 11, 23))", "2"),
        |c| workdays_between(c, &Datum::Null, 2),
    ),
    DATE.strict(
        "NETWORKDAYS.INTL",
        &[one("start", Date), one("end", Date), opt("weekend", Any), opt("holidays", List)],
        NUMBER,
        "The workdays between two dates; the weekend is a code or seven digits from Monday, 1 for a free day.",
        ("NETWORKDAYS.INTL(DATE(2026, 11, 1), DATE(2026, 11, 20), 11)", "17"),
        |c| workdays_between(c, c.arg(2), 3),
    ),
];
