//! Civil time for functions of dates: years, months and days of milliseconds, and the way back.

use jiff::{Timestamp, civil, tz::Offset};

use crate::{
    calendar,
    formula::{
        Datum, Env, ErrorCode,
        coerce::{date, from_local, to_local},
        functions::{Call, row::Out},
    },
    value::DAY,
};

/// Days of 400 years, after which the calendar repeats with its weekdays.
const CYCLE: i64 = 146_097;

/// The civil day of milliseconds since 1970.
pub(super) fn civil_day(local: i64) -> civil::Date {
    // The last days of year 9999 are beyond what can be asked for, those 400 years before are not.
    let (shift, years) = if local.div_euclid(DAY) > 2_900_000 { (CYCLE * DAY, 400) } else { (0, 0) };
    let instant = Timestamp::from_millisecond(local - shift).unwrap_or(Timestamp::UNIX_EPOCH);
    let day = Offset::UTC.to_datetime(instant).date();
    civil::Date::new(day.year() + years, day.month(), day.day()).unwrap_or(day)
}

/// The milliseconds since 1970 of the midnight of a civil day.
pub(super) fn midnight(year: i64, month: i64, day: i64) -> Result<i64, ErrorCode> {
    calendar::days(year, month, day).map(|day| day * DAY).ok_or(ErrorCode::Number)
}

/// Days of a month.
pub(super) fn month_days(year: i64, month: i64) -> i64 {
    (28..=31).rev().find(|day| calendar::days(year, month, *day).is_some()).unwrap_or(28)
}

/// A date as clocks of the base show it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Civil milliseconds since 1970.
    pub local: i64,
    /// Whether there is a time of day.
    pub time: bool,
}

impl Moment {
    pub(super) fn of(value: &Datum, env: &Env) -> Option<Self> {
        let Datum::Date { at, time } = *value else { return None };
        Some(Self { local: if time { to_local(at, env) } else { at }, time })
    }
    pub(super) fn day(self) -> civil::Date {
        civil_day(self.local)
    }
    /// Days since 1970, without the time of day.
    pub(super) fn days(self) -> i64 {
        self.local.div_euclid(DAY)
    }
    /// Milliseconds since midnight.
    pub(super) fn clock(self) -> i64 {
        self.local.rem_euclid(DAY)
    }
    /// The value of the same kind at other civil milliseconds.
    pub(super) fn at(self, local: i64, env: &Env) -> Out {
        date(if self.time { from_local(local, env) } else { local - local.rem_euclid(DAY) }, self.time)
    }
    /// So many months later; the last day of the month where it has no such day.
    pub(super) fn plus_months(self, months: i64) -> Result<i64, ErrorCode> {
        let day = self.day();
        let month = (i64::from(day.year()) * 12 + i64::from(day.month()) - 1)
            .checked_add(months)
            .ok_or(ErrorCode::Number)?;
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        let last = month_days(year.clamp(1, 9_999), month);
        Ok(midnight(year, month, i64::from(day.day()).min(last))? + self.clock())
    }
    /// Whole months from this one to another that is not before.
    pub(super) fn months_until(self, later: Self) -> i64 {
        let (a, b) = (self.day(), later.day());
        let months =
            (i64::from(b.year()) - i64::from(a.year())) * 12 + i64::from(b.month()) - i64::from(a.month());
        let begun = (b.day(), later.clock()) < (a.day(), self.clock());
        // The end of a shorter month completes a month that began on a later day.
        let at_end = b.day() == b.days_in_month() && a.day() > b.day() && later.clock() >= self.clock();
        months - i64::from(begun && !at_end)
    }
}

/// A day.
pub(super) fn day(days: i64) -> Out {
    date(days.checked_mul(DAY).ok_or(ErrorCode::Number)?, false)
}

impl Call<'_> {
    /// The date at a place; none where there is nothing.
    pub(super) fn moment(&self, at: usize) -> Option<Moment> {
        Moment::of(self.arg(at), self.env)
    }
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// So many milliseconds.
    Millis(i64),
    /// So many months.
    Months(i64),
}

impl Unit {
    /// Reads `days`, `day`, `d`; `M` is a month and `m` a minute.
    pub(super) fn read(name: &str) -> Result<Self, ErrorCode> {
        let name = name.trim();
        let lower = name.to_ascii_lowercase();
        let word = if lower.len() > 2 { lower.strip_suffix('s').unwrap_or(&lower) } else { &lower };
        Ok(match word {
            "millisecond" | "ms" => Self::Millis(1),
            "second" | "s" => Self::Millis(1_000),
            "minute" => Self::Millis(60_000),
            "m" if name == "m" => Self::Millis(60_000),
            "hour" | "h" => Self::Millis(3_600_000),
            "day" | "d" => Self::Millis(DAY),
            "week" | "w" => Self::Millis(7 * DAY),
            "month" | "m" => Self::Months(1),
            "quarter" | "q" => Self::Months(3),
            "year" | "y" => Self::Months(12),
            _ => return Err(ErrorCode::Value),
        })
    }
    /// The civil milliseconds at which the unit around others begins; weeks begin on Monday.
    pub(super) fn start(self, moment: Moment) -> Result<i64, ErrorCode> {
        let day = moment.day();
        match self {
            // 1970 began on a Thursday.
            Self::Millis(unit) if unit == 7 * DAY => {
                Ok((moment.days() - (moment.days() + 3).rem_euclid(7)) * DAY)
            }
            Self::Millis(unit) => Ok(moment.local - moment.local.rem_euclid(unit)),
            Self::Months(unit) => {
                let month = (i64::from(day.month()) - 1) / unit * unit + 1;
                midnight(i64::from(day.year()), month, 1)
            }
        }
    }
}
