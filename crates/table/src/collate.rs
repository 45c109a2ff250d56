//! The order of texts: ignoring case, numbers inside by their value, Chinese by pinyin.

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

/// How two texts stand in a sort. Texts that differ only in case are equal.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    COLLATOR.compare(a, b)
}

/// Collation keys of some texts: their bytes compare as [`compare`] does.
#[derive(Debug, Default)]
pub(crate) struct SortKeys {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl SortKeys {
    pub(crate) fn of<'a>(texts: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut keys = Self::default();
        for text in texts {
            if let Some(text) = text {
                let Ok(()) = COLLATOR.write_sort_key_to(text, &mut keys.bytes);
            }
            keys.ends.push(keys.bytes.len() as u32);
        }
        keys
    }
    /// The key of the text at a place.
    pub(crate) fn get(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start as usize..self.ends[at] as usize]
    }
}
