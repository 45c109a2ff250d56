//! Words and names: ticks, placeholders, names made unique, texts made short.

use std::collections::HashSet;

/// Pairs of words for yes and no.
const TICKS: [(&str, &str); 14] = [
    ("true", "false"),
    ("yes", "no"),
    ("y", "n"),
    ("on", "off"),
    ("ja", "nein"),
    ("oui", "non"),
    ("是", "否"),
    ("はい", "いいえ"),
    ("예", "아니요"),
    ("✓", "✗"),
    ("✔", "✘"),
    ("☑", "☐"),
    ("✅", "❌"),
    ("√", "×"),
];

/// Which pair of [`TICKS`] a word belongs to, and whether it is the yes.
pub fn tick(text: &str) -> Option<(usize, bool)> {
    let text = text.trim();
    if text.is_empty() || text.len() > 12 {
        return None;
    }
    TICKS.iter().enumerate().find_map(|(at, (yes, no))| {
        if text.eq_ignore_ascii_case(yes) {
            Some((at, true))
        } else if text.eq_ignore_ascii_case(no) {
            Some((at, false))
        } else {
            None
        }
    })
}

/// Whether a text is an answer, and no name of a column: `yes` is, `n` and `on` may be names.
pub fn is_plain_answer(text: &str) -> bool {
    tick(text).is_some_and(|(pair, _)| !matches!(TICKS[pair].0, "y" | "on" | "ja" | "oui" | "√"))
}

/// What people write into a cell of numbers or dates that has none.
pub fn is_placeholder(text: &str) -> bool {
    const WORDS: [&str; 12] = ["-", "–", "—", "--", "n/a", "na", "#n/a", "null", "nil", "nan", "无", "なし"];
    let text = text.trim();
    text.len() <= 6 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a column of this name holds numbers to dial or to write on letters, which are text.
pub fn is_dialled(name: &str) -> bool {
    const LATIN: [&str; 13] = [
        "phone",
        "tel",
        "telephone",
        "mobile",
        "cell",
        "fax",
        "zip",
        "zipcode",
        "postal",
        "postcode",
        "plz",
        "telefon",
        "whatsapp",
    ];
    const OTHER: [&str; 11] =
        ["电话", "手机", "传真", "邮编", "身份证", "電話", "携帯", "郵便", "전화", "휴대폰", "우편"];
    let lower = name.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| LATIN.contains(&word))
        || OTHER.iter().any(|word| lower.contains(word))
}

/// Whether a text could be dialled: digits, at least seven, and signs between them.
pub fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let sign = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.' | '/');
    (7..=20).contains(&digits) && text.chars().all(sign)
}

/// Whether a text is an address of mail by its form.
pub fn is_email(text: &str) -> bool {
    text.len() <= 254
        && text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
        })
        && text.matches('@').count() == 1
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>'))
}

/// Whether a column of this name holds dates.
pub fn is_date_name(name: &str) -> bool {
    const WORDS: [&str; 8] = ["date", "datum", "day", "日期", "日付", "时间", "年月日", "날짜"];
    let lower = name.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// Lower case, as names are compared.
pub fn folded(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).collect()
}

/// A name: one line, without control characters and double spaces, at most 200 characters.
pub fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let mut name = String::new();
    for word in words {
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(word);
        if name.chars().count() > 200 {
            break;
        }
    }
    if name.chars().count() > 200 {
        name = name.chars().take(200).collect();
    }
    name.trim().to_owned()
}

/// `base`, or `base 2`, `base 3` … when it is taken, ignoring case; takes it.
pub fn unique(base: &str, taken: &mut HashSet<String>) -> String {
    let mut name = base.to_owned();
    let mut number = 2;
    while !taken.insert(folded(&name)) {
        let suffix = format!(" {number}");
        let room = 200 - suffix.chars().count();
        name = base.chars().take(room).collect::<String>().trim_end().to_owned() + &suffix;
        number += 1;
    }
    name
}

/// At most `limit` characters, with an ellipsis for what is cut.
pub fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// `2026-11-20` or `2026-11-20 08:00:00` by the clock on the wall.
pub fn wall(millis: i64, time: bool) -> String {
    let text = jiff::Timestamp::from_millisecond(millis).map(|at| at.to_string()).unwrap_or_default();
    let day = text.get(..10).unwrap_or_default();
    match (time, text.get(11..19)) {
        (true, Some(clock)) => format!("{day} {clock}"),
        _ => day.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_unique_and_sound() {
        let mut taken = HashSet::new();
        let made: Vec<String> =
            ["Name", "name", "Name", "Name 2"].iter().map(|name| unique(name, &mut taken)).collect();
        assert_eq!(made, ["Name", "name 2", "Name 3", "Name 2 2"]);
        assert_eq!(one_line("  A\r\n b\u{0}c\t"), "A b c");
        let long = unique(&"x".repeat(200), &mut HashSet::from([folded(&"x".repeat(200))]));
        assert!(long.ends_with("x 2") && long.chars().count() == 200);
        assert_eq!(one_line(&"é ".repeat(500)).chars().count(), 199);
    }
}
