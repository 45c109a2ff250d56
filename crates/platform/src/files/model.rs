//! Rules of files: names, what a browser may show, and which part of a file is asked for.

use std::ops::Range;

use super::FileError;

/// Characters of a name.
pub(super) const MAX_NAME: usize = 255;

/// A name as it is kept. A path becomes one name, and nothing stays that could hide what it ends in.
pub(super) fn name(sent: &str) -> Result<String, FileError> {
    let clean: String = sent
        .chars()
        .filter(|c| !c.is_control() && !turns_direction(*c))
        .map(|c| if matches!(c, '/' | '\\') { '_' } else { c })
        .collect();
    let name = clean.trim();
    let length = name.chars().count();
    let says_nothing = name.chars().all(|c| c == '.');
    if length > MAX_NAME || says_nothing { Err(FileError::Name) } else { Ok(name.to_owned()) }
}

/// Whether a character changes the direction of those after it: with one, `gpj.exe` reads `exe.jpg`.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a browser may show it in place: types that cannot hold a script, or that it opens in a
/// viewer of its own.
pub(super) fn may_be_inline(media: &str) -> bool {
    match media.split_once('/') {
        Some(("image", kind)) => matches!(kind, "png" | "jpeg" | "gif" | "webp" | "avif" | "bmp"),
        Some(("audio" | "video", _)) => true,
        _ => matches!(media, "application/pdf" | "text/plain"),
    }
}

/// Which part of a file a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it: nothing was said, or nothing that is understood, or several parts.
    Whole,
    /// These bytes.
    Bytes(Range<u64>),
    /// Bytes it does not have.
    Outside,
}

/// Reads a `Range` header (RFC 9110, 14.1.2).
pub(super) fn part(range: &str, size: u64) -> Part {
    asked(range, size).unwrap_or(Part::Whole)
}

fn asked(range: &str, size: u64) -> Option<Part> {
    let (unit, bounds) = range.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = bounds.trim().split_once('-')?;
    let part = match (first, last) {
        ("", last) => size.saturating_sub(number(last)?)..size,
        (first, "") => number(first)?..size,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            first..last.saturating_add(1).min(size)
        }
    };
    Some(if part.start < part.end { Part::Bytes(part) } else { Part::Outside })
}

/// Digits alone: no sign, no space. More than there can be is as much as there can be.
fn number(digits: &str) -> Option<u64> {
    let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_cleaned_or_refused() {
        let long = "名".repeat(MAX_NAME);
        let cases = [
            ("plan.pdf", Some("plan.pdf")),
            ("  站点 list.csv ", Some("站点 list.csv")),
            ("../../etc/passwd", Some(".._.._etc_passwd")),
            ("C:\\temp\\a.txt", Some("C:_temp_a.txt")),
            ("a\r\nSet-Cookie: b\u{7f}\u{85}.txt", Some("aSet-Cookie: b.txt")),
            ("photo\u{202e}gpj.exe", Some("photogpj.exe")),
            ("\"; rm -rf", Some("\"; rm -rf")),
            (".env", Some(".env")),
            (&long, Some(&long)),
            ("", None),
            (" \u{200f} ", None),
            ("..", None),
            ("\0", None),
        ];
        for (sent, kept) in cases {
            assert_eq!(name(sent).ok().as_deref(), kept, "{sent:?}");
        }
        assert!(name(&format!("{long}名")).is_err());
    }

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        let cases = [
            ("bytes=0-0", Part::Bytes(0..1)),
            ("bytes=0-", Part::Bytes(0..100)),
            ("Bytes = 10-19", Part::Bytes(10..20)),
            ("bytes=90-200", Part::Bytes(90..100)),
            ("bytes=-10", Part::Bytes(90..100)),
            ("bytes=-1000", Part::Bytes(0..100)),
            ("bytes=99-99999999999999999999999", Part::Bytes(99..100)),
            ("bytes=100-", Part::Outside),
            ("bytes=100-200", Part::Outside),
            ("bytes=99999999999999999999999-", Part::Outside),
            ("bytes=-0", Part::Outside),
            ("bytes=5-4", Part::Whole),
            ("bytes=0-1,5-6", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes", Part::Whole),
            ("lines=1-2", Part::Whole),
            ("", Part::Whole),
        ];
        for (range, expected) in cases {
            assert_eq!(part(range, 100), expected, "{range}");
        }
        assert_eq!(part("bytes=0-", 0), Part::Outside);
        assert_eq!(part("bytes=-5", 0), Part::Outside);
    }

    proptest! {
        #[test]
        fn a_part_lies_inside_whatever_is_asked(range in "(bytes=)?[0-9]{0,21}-?[0-9]{0,21}", size: u64) {
            if let Part::Bytes(part) = part(&range, size) {
                prop_assert!(part.start < part.end && part.end <= size);
            }
        }
        #[test]
        fn a_kept_name_stays_as_it_is(sent in "\\PC{0,300}|[\\x00-\\x7f]{0,300}") {
            if let Ok(kept) = name(&sent) {
                prop_assert_eq!(name(&kept).ok(), Some(kept));
            }
        }
    }
}
