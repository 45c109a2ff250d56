//! The order in which names are listed: ignoring case, numbers inside by their value, Chinese by pinyin
//! and before other scripts. The table engine sorts texts in the same order.

use std::{cmp::Ordering, sync::LazyLock};

use icu_collator::{
    CollatorBorrowed, CollatorPreferences,
    options::{CollatorOptions, Strength},
    preferences::CollationNumericOrdering,
};
use icu_locale_core::locale;

static COLLATOR: LazyLock<CollatorBorrowed<'static>> = LazyLock::new(|| {
    let mut preferences = CollatorPreferences::from(locale!("zh"));
    preferences.numeric_ordering = Some(CollationNumericOrdering::True);
    let mut options = CollatorOptions::default();
    options.strength = Some(Strength::Secondary);
    CollatorBorrowed::try_new(preferences, options).expect("the data of the collator is compiled in")
});

/// How two names stand in a list. Names that differ only in case are equal.
pub fn natural(a: &str, b: &str) -> Ordering {
    COLLATOR.compare(a, b)
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn names_are_listed_as_people_expect() {
        let mut names = ["team 10", "Team 2", "北京", "alpha", "上海", "Äpfel"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["北京", "上海", "alpha", "Äpfel", "Team 2", "team 10"]);
    }
}
