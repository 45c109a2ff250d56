//! Days that are worked on, counted: any day is found by its number and the number of any day, without walking.

/// Days of the week that are worked on, without holidays. Days are counted from 1970-01-01.
#[derive(Clone, Debug)]
pub(crate) struct Workdays {
    /// Worked days of the week, 0 for Monday; at least one.
    week: Vec<i64>,
    /// Holidays that would be worked on, in order.
    holidays: Vec<i64>,
    /// The numbers of the days after each of them.
    after: Vec<i64>,
}

impl Workdays {
    /// `week`: 1 for Monday to 7 for Sunday; every day when it is empty.
    pub(crate) fn new(week: &[u8], holidays: impl IntoIterator<Item = i64>) -> Self {
        let mut days: Vec<i64> =
            (0..7).filter(|day| week.iter().any(|one| i64::from(*one) == day + 1)).collect();
        if days.is_empty() {
            days = (0..7).collect();
        }
        let mut this = Self { week: days, holidays: Vec::new(), after: Vec::new() };
        let mut off: Vec<i64> =
            holidays.into_iter().filter(|day| this.week.contains(&weekday(*day))).collect();
        off.sort_unstable();
        off.dedup();
        this.after = (0..).zip(&off).map(|(at, day)| this.in_weeks(*day) - at).collect();
        this.holidays = off;
        this
    }

    /// How many worked days there are before a day, counted from a fixed one; less than 0 before that. Of a day that
    /// is worked on, its number.
    pub(crate) fn before(&self, day: i64) -> i64 {
        let off = self.holidays.partition_point(|holiday| *holiday < day);
        self.in_weeks(day) - off as i64
    }

    /// The worked day of a number.
    pub(crate) fn day(&self, number: i64) -> i64 {
        let off = self.after.partition_point(|after| *after <= number);
        let number = number + off as i64;
        let week = self.week.len() as i64;
        number.div_euclid(week) * 7 + self.week[number.rem_euclid(week) as usize] - 3
    }

    /// As [`Self::before`], as if there were no holidays.
    fn in_weeks(&self, day: i64) -> i64 {
        let (weeks, weekday) = ((day + 3).div_euclid(7), weekday(day));
        weeks * self.week.len() as i64 + self.week.partition_point(|worked| *worked < weekday) as i64
    }
}

/// 0 for Monday; 1970-01-01 was a Thursday.
fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::Workdays;

    #[test]
    fn weeks_have_five_days() {
        let days = Workdays::new(&[1, 2, 3, 4, 5], []);
        // 1970-01-05 was a Monday.
        assert_eq!(days.before(11) - days.before(4), 5);
        let worked: Vec<i64> = (0..7).map(|number| days.day(days.before(4) + number)).collect();
        assert_eq!(worked, [4, 5, 6, 7, 8, 11, 12]);
        assert_eq!((days.before(9), days.before(10)), (days.before(11), days.before(11)), "a weekend");
    }

    proptest! {
        #[test]
        fn days_are_found_by_their_numbers(
            week in vec(1u8..8, 0..7),
            holidays in vec(-400i64..400, 0..60),
        ) {
            let days = Workdays::new(&week, holidays.iter().copied());
            let works = |day: i64| {
                (week.is_empty() || week.contains(&((day + 3).rem_euclid(7) as u8 + 1)))
                    && !holidays.contains(&day)
            };
            for day in -500..500 {
                prop_assert_eq!(days.before(day + 1) - days.before(day), i64::from(works(day)), "{}", day);
                if works(day) {
                    prop_assert_eq!(days.day(days.before(day)), day);
                }
            }
        }
    }
}
