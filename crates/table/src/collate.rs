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
                // A text of nothing but ignorable characters has no key of its own and is no blank.
                keys.bytes.push(1);
                let Ok(()) = COLLATOR.write_sort_key_to(text, &mut keys.bytes);
            }
            keys.ends.push(keys.bytes.len() as u32);
        }
        keys
    }
    /// The key of the text at a place; empty where there is none.
    pub(crate) fn get(&self, at: usize) -> &[u8] {
        let Some(&end) = self.ends.get(at) else { return &[] };
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start as usize..end as usize]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_stand_as_people_expect() {
        let mixed = ["上海", "天津", "item 1", "Item 2", "item 10", "résumé", "zoo"];
        assert!(mixed.is_sorted_by(|a, b| compare(a, b).is_lt()));
        let pinyin = ["北京", "成都", "广州", "上海", "深圳"];
        assert!(pinyin.is_sorted_by(|a, b| compare(a, b).is_lt()));
        // Kana go by sound, in either script and width, voiced after unvoiced.
        let kana = ["あさ", "アジア", "いぬ", "がっこう", "カメラ", "さくら", "ﾄﾏﾄ", "ん"];
        assert!(kana.is_sorted_by(|a, b| compare(a, b).is_lt()));
        assert_eq!(compare("さくら", "サクラ"), Ordering::Equal);
        let scripts = ["1", "2.5", "10", "阿", "a", "Ä", "b", "я", "서울", "あ"];
        assert!(scripts.is_sorted_by(|a, b| compare(a, b).is_lt()));
        assert_eq!(compare("ITEM", "item"), Ordering::Equal);
        assert_ne!(compare("resume", "résumé"), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn keys_compare_as_texts_do(
            a in prop_oneof!["\\PC{0,8}", "[aAbB0-9é北京ｱあ \u{200b}-]{0,10}"],
            b in prop_oneof!["\\PC{0,8}", "[aAbB0-9é北京ｱあ \u{200b}-]{0,10}"],
        ) {
            let keys = SortKeys::of([Some(a.as_str()), None, Some(b.as_str())].into_iter());
            prop_assert_eq!(keys.get(0).cmp(keys.get(2)), compare(&a, &b));
            prop_assert!(keys.get(1).is_empty() && !keys.get(0).is_empty());
        }
    }
}
