//! Finding text in text, ignoring case. Case is folded character by character to its lower-case form
//! where that is a single character.

/// Where the needle must stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    Is,
    Contains,
    Starts,
    Ends,
}

/// A needle made ready.
#[derive(Clone, Debug)]
pub(crate) struct Matcher {
    how: How,
    folded: String,
    bytes: Option<Bytes>,
}

/// A needle whose characters have no case beyond ASCII, so that bytes can be compared.
#[derive(Clone, Debug)]
struct Bytes {
    /// 0x20 where a letter stands: a byte or'ed with it is lower case.
    mask: Vec<u8>,
    /// The place of the byte of the needle that is rarest in texts.
    anchor: usize,
    /// The needle holds a `k`, as which the Kelvin sign counts.
    kelvin: bool,
}

const KELVIN: char = '\u{212a}';
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The lower-case form of a character where it is a single one.
pub(crate) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// How often a byte stands in texts, roughly; the lead bytes of Chinese are as common as vowels.
fn frequency(byte: u8) -> u8 {
    match byte {
        b'e' | b'a' | b' ' | 0xe4..=0xe9 => 9,
        b't' | b'o' | b'i' | b'n' | b's' | b'r' => 8,
        b'l' | b'h' | b'd' | b'c' | b'u' | b'm' => 6,
        b'0'..=b'9' => 5,
        b'p' | b'f' | b'g' | b'b' | b'y' | b'w' | 0x80..=0xff => 4,
        b'v' | b'k' | b'-' | b'.' | b',' => 2,
        _ => 1,
    }
}

impl Matcher {
    /// `needle` must not be empty.
    pub(crate) fn new(how: How, needle: &str) -> Self {
        let folded: String = needle.chars().map(fold).collect();
        let caseless = |c: char| c.is_ascii() || c.to_uppercase().eq([c]);
        let bytes = folded.chars().all(caseless).then(|| Bytes {
            mask: folded.bytes().map(|b| if b.is_ascii_lowercase() { 0x20 } else { 0 }).collect(),
            anchor: (0..folded.len()).min_by_key(|&at| frequency(folded.as_bytes()[at])).unwrap_or(0),
            kelvin: folded.contains('k'),
        });
        Self { how, folded, bytes }
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        self.matches_utf8(text.as_bytes())
    }

    /// As [`Matcher::matches`]; the bytes are UTF-8.
    pub(crate) fn matches_utf8(&self, text: &[u8]) -> bool {
        match &self.bytes {
            Some(bytes) if !(bytes.kelvin && has_kelvin(text)) => self.matches_bytes(bytes, text),
            _ => std::str::from_utf8(text).is_ok_and(|text| self.matches_folded(text)),
        }
    }

    fn matches_bytes(&self, bytes: &Bytes, text: &[u8]) -> bool {
        let needle = self.folded.as_bytes();
        let Some(room) = text.len().checked_sub(needle.len()) else { return false };
        let same = |at: usize| {
            text[at..at + needle.len()].iter().zip(needle).zip(&bytes.mask).all(|((b, n), m)| b | m == *n)
        };
        match self.how {
            How::Is => room == 0 && same(0),
            How::Starts => same(0),
            How::Ends => same(room),
            How::Contains => {
                let at = bytes.anchor;
                any_place(&text[at..=at + room], needle[at], bytes.mask[at], same)
            }
        }
    }

    fn matches_folded(&self, text: &str) -> bool {
        let mut folded = text.chars().map(fold);
        match self.how {
            How::Is => folded.eq(self.folded.chars()),
            How::Starts => self.folded.chars().all(|c| folded.next() == Some(c)),
            How::Ends => {
                let mut back = text.chars().rev().map(fold);
                self.folded.chars().rev().all(|c| back.next() == Some(c))
            }
            How::Contains => folded.collect::<String>().contains(&self.folded),
        }
    }
}

fn has_kelvin(text: &[u8]) -> bool {
    let mut sign = [0; 4];
    let sign = KELVIN.encode_utf8(&mut sign).as_bytes();
    !text.is_ascii() && text.windows(sign.len()).any(|window| window == sign)
}

/// Whether `same` holds at a place where `byte` stands; eight bytes are looked at in one step.
fn any_place(text: &[u8], byte: u8, mask: u8, same: impl Fn(usize) -> bool) -> bool {
    let (wanted, masks) = (ONES * u64::from(byte), ONES * u64::from(mask));
    let (eights, rest) = text.as_chunks::<8>();
    for (at, eight) in eights.iter().enumerate() {
        let differs = (u64::from_le_bytes(*eight) | masks) ^ wanted;
        // The lowest zero byte is found exactly; bytes above it may be false alarms, which `same` refuses.
        let mut zeros = differs.wrapping_sub(ONES) & !differs & HIGHS;
        while zeros != 0 {
            if same(at * 8 + zeros.trailing_zeros() as usize / 8) {
                return true;
            }
            zeros &= zeros - 1;
        }
    }
    let start = eights.len() * 8;
    rest.iter().enumerate().any(|(at, found)| found | mask == byte && same(start + at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plainly(how: How, needle: &str, text: &str) -> bool {
        let [needle, text] = [needle, text].map(|text| text.chars().map(fold).collect::<String>());
        match how {
            How::Is => text == needle,
            How::Contains => text.contains(&needle),
            How::Starts => text.starts_with(&needle),
            How::Ends => text.ends_with(&needle),
        }
    }

    #[test]
    fn characters_without_case_are_the_fold_of_no_other_character() {
        let cased = |c: &char| !c.is_ascii() && fold(*c) != *c;
        for c in ('\0'..=char::MAX).filter(cased) {
            let to = fold(c);
            assert!(to == 'k' || (!to.is_ascii() && !to.to_uppercase().eq([to])), "{c} folds to {to}");
        }
    }

    proptest! {
        #[test]
        fn fast_and_plain_search_agree(
            needle in "[aAkK\u{212a}zZ ßẞéÉ鹅雁İ1]{1,3}",
            text in "[aAkK\u{212a}zZ ßẞéÉ鹅雁İ1]{0,30}",
        ) {
            for how in [How::Is, How::Contains, How::Starts, How::Ends] {
                prop_assert_eq!(Matcher::new(how, &needle).matches(&text), plainly(how, &needle, &text));
            }
        }
    }
}
