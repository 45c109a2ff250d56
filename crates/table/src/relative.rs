//! Spans of days that conditions name, such as today or the last two weeks, where the viewer is.

use jiff::{Timestamp, civil};
use serde_json::Value as Json;

use crate::{
    Viewer,
    calendar::{self, Written},
    value::{DAY, MAX_DATE, MIN_DATE},
};

/// What a condition on dates compares with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Span {
    /// Whole days, counted from 1970, the last one included.
    Days { first: i64, last: i64 },
    /// An instant, and the midnight of the day its own offset gives it.
    Instant { at: i64, day: i64 },
}

/// The most units of a span: some ten thousand years of days.
const MOST: i64 = 3_660_000;

impl Span {
    /// Reads a day, an instant, or a span relative to the viewer's today.
    pub(crate) fn read(json: &Json, viewer: &Viewer) -> Option<Self> {
        if let Json::String(text) = json {
            return calendar::parse(text).map(|written| match written {
                Written::Day(at) => Self::day(at / DAY),
                Written::Instant { at, day } => Self::Instant { at, day },
            });
        }
        let today = viewer.today();
        if let Some(name) = json.get("relative").and_then(Json::as_str) {
            return named(name, today, viewer);
        }
        let unit = json.get("unit").and_then(Json::as_str)?;
        let count =
            |key: &str| json.get(key).and_then(Json::as_i64).filter(|count| (1..=MOST).contains(count));
        if let Some(count) = count("last") {
            return Some(Self::Days { first: moved(today, unit, -count)? + 1, last: today });
        }
        let count = count("next")?;
        Some(Self::Days { first: today, last: moved(today, unit, count)? - 1 })
    }

    /// Whether what it means changes with the day.
    pub(crate) fn is_relative(json: &Json) -> bool {
        json.is_object()
    }

    fn day(day: i64) -> Self {
        Self::Days { first: day, last: day }
    }

    /// The first and the last millisecond of it: of fields with a time where the viewer is, of days in UTC.
    pub(crate) fn range(self, time: bool, viewer: &Viewer) -> (i64, i64) {
        match self {
            Self::Instant { at, .. } if time => (at, at),
            Self::Instant { day, .. } => (day, day + DAY - 1),
            Self::Days { first, last } if time => (viewer.midnight(first), viewer.midnight(last + 1) - 1),
            Self::Days { first, last } => (first * DAY, last * DAY + DAY - 1),
        }
    }
}

/// A day some units away; none when that is outside the calendar.
fn moved(day: i64, unit: &str, count: i64) -> Option<i64> {
    let moved = match unit {
        "days" => day + count,
        "weeks" => day + 7 * count,
        "months" => months_on(day, count)?,
        "quarters" => months_on(day, 3 * count)?,
        "years" => months_on(day, 12 * count)?,
        _ => return None,
    };
    (MIN_DATE / DAY..=MAX_DATE / DAY).contains(&moved).then_some(moved)
}

/// The same day of another month, or the last day of that when it is shorter.
fn months_on(day: i64, count: i64) -> Option<i64> {
    let (year, month, day) = calendar::civil(day);
    let months = year * 12 + month - 1 + count;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    (28..=day).rev().chain([day]).find_map(|day| calendar::days(year, month, day))
}

fn named(name: &str, today: i64, viewer: &Viewer) -> Option<Span> {
    match name {
        "today" => return Some(Span::day(today)),
        "tomorrow" => return Some(Span::day(today + 1)),
        "yesterday" => return Some(Span::day(today - 1)),
        _ => {}
    }
    let (which, unit) = name.split_once('_')?;
    let step = match which {
        "this" => 0,
        "last" => -1,
        "next" => 1,
        _ => return None,
    };
    let unit = Unit::named(unit)?;
    let first = unit.moved(unit.start(today, viewer), step)?;
    Some(Span::Days { first, last: unit.moved(first, 1)? - 1 })
}

/// A span of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    /// A span longer than a day by its name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "week" => Self::Week,
            "month" => Self::Month,
            "quarter" => Self::Quarter,
            "year" => Self::Year,
            _ => return None,
        })
    }

    /// The first day of the span a day is in.
    pub(crate) fn start(self, day: i64, viewer: &Viewer) -> i64 {
        if self == Self::Day {
            return day;
        }
        if self == Self::Week {
            // Day 0 was a Thursday.
            let since_monday = (day + 3).rem_euclid(7);
            let begins = i64::from(viewer.week_starts.to_monday_zero_offset());
            return day - (since_monday - begins).rem_euclid(7);
        }
        let (year, month, _) = calendar::civil(day);
        let month = match self {
            Self::Month => month,
            Self::Quarter => month - (month - 1) % 3,
            _ => 1,
        };
        calendar::days(year, month, 1).unwrap_or(day)
    }

    /// The first day of a span some spans away.
    pub(crate) fn moved(self, start: i64, count: i64) -> Option<i64> {
        let unit = match self {
            Self::Day => "days",
            Self::Week => "weeks",
            Self::Month => "months",
            Self::Quarter => "quarters",
            Self::Year => "years",
        };
        moved(start, unit, count)
    }
}

impl Viewer {
    /// The viewer's day, counted from 1970.
    pub(crate) fn today(&self) -> i64 {
        self.local(self.now).div_euclid(DAY)
    }

    /// What the viewer's clock shows at an instant, as milliseconds since 1970.
    pub(crate) fn local(&self, at: i64) -> i64 {
        // Instants of the last hours of year 9999 and the like have no offset that can be told.
        let Ok(instant) = Timestamp::from_millisecond(at) else { return at };
        at + i64::from(self.zone.to_offset(instant).seconds()) * 1_000
    }

    /// The first instant of a day where the viewer is.
    pub(crate) fn midnight(&self, day: i64) -> i64 {
        let (year, month, of_month) = calendar::civil(day);
        let date = civil::Date::new(year as i16, month as i8, of_month as i8);
        let zoned = date.and_then(|date| date.to_zoned(self.zone.clone()));
        zoned.map_or(day * DAY, |zoned| zoned.timestamp().as_millisecond())
    }
}

#[cfg(test)]
mod tests {
    use jiff::{civil::Weekday, tz::TimeZone};
    use serde_json::json;

    use super::*;

    fn viewer(now: &str, zone: &str) -> Viewer {
        let now = now.parse::<Timestamp>().unwrap().as_millisecond();
        Viewer { now, zone: TimeZone::get(zone).unwrap(), ..Viewer::default() }
    }

    fn days(json: &Json, viewer: &Viewer) -> Option<String> {
        let Span::Days { first, last } = Span::read(json, viewer)? else { return None };
        let mut text = String::new();
        calendar::write_day(&mut text, first * DAY);
        text.push_str("..");
        calendar::write_day(&mut text, last * DAY);
        Some(text)
    }

    #[test]
    fn spans_are_days_where_the_viewer_is() {
        // In Shanghai Saturday has begun.
        let shanghai = viewer("2026-11-20T17:00:00Z", "Asia/Shanghai");
        let cases = [
            (json!({"relative": "today"}), "2026-11-21..2026-11-21"),
            (json!({"relative": "yesterday"}), "2026-11-20..2026-11-20"),
            (json!({"relative": "tomorrow"}), "2026-11-22..2026-11-22"),
            (json!({"relative": "this_week"}), "2026-11-16..2026-11-22"),
            (json!({"relative": "last_week"}), "2026-11-09..2026-11-15"),
            (json!({"relative": "next_week"}), "2026-11-23..2026-11-29"),
            (json!({"relative": "this_month"}), "2026-11-01..2026-11-30"),
            (json!({"relative": "next_month"}), "2026-12-01..2026-12-31"),
            (json!({"relative": "this_quarter"}), "2026-10-01..2026-12-31"),
            (json!({"relative": "last_quarter"}), "2026-07-01..2026-09-30"),
            (json!({"relative": "next_quarter"}), "2027-01-01..2027-03-31"),
            (json!({"relative": "this_year"}), "2026-01-01..2026-12-31"),
            (json!({"last": 7, "unit": "days"}), "2026-11-15..2026-11-21"),
            (json!({"last": 2, "unit": "weeks"}), "2026-11-08..2026-11-21"),
            (json!({"last": 1, "unit": "months"}), "2026-10-22..2026-11-21"),
            (json!({"next": 30, "unit": "days"}), "2026-11-21..2026-12-20"),
            (json!({"next": 1, "unit": "years"}), "2026-11-21..2027-11-20"),
        ];
        for (json, expected) in cases {
            assert_eq!(days(&json, &shanghai).as_deref(), Some(expected), "{json}");
        }
        let none = [
            json!({"relative": "someday"}),
            json!({"relative": "this_fortnight"}),
            json!({"last": 0, "unit": "days"}),
            json!({"last": 3}),
            json!({"next": 3_000_000, "unit": "years"}),
            json!(7),
        ];
        for json in none {
            assert_eq!(Span::read(&json, &shanghai), None, "{json}");
        }
    }

    #[test]
    fn weeks_begin_as_the_viewer_says_and_short_months_end_early() {
        let mut berlin = viewer("2026-03-31T12:00:00Z", "Europe/Berlin");
        assert_eq!(days(&json!({"last": 1, "unit": "months"}), &berlin).unwrap(), "2026-03-01..2026-03-31");
        berlin.week_starts = Weekday::Sunday;
        assert_eq!(days(&json!({"relative": "this_week"}), &berlin).unwrap(), "2026-03-29..2026-04-04");
    }

    #[test]
    fn a_day_has_the_hours_it_has_where_the_viewer_is() {
        // The clocks of Berlin skip an hour on 2026-03-29.
        let berlin = viewer("2026-03-29T12:00:00Z", "Europe/Berlin");
        let today = Span::read(&json!({"relative": "today"}), &berlin).unwrap();
        let (first, last) = today.range(true, &berlin);
        assert_eq!(last + 1 - first, 23 * 3_600_000);
        assert_eq!(berlin.local(first).rem_euclid(DAY), 0);
        let (first, last) = today.range(false, &berlin);
        assert_eq!((first.rem_euclid(DAY), last + 1 - first), (0, DAY));
    }
}
