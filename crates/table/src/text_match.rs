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
    /// The places of the two bytes of the needle that are rarest in texts.
    anchors: [usize; 2],
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

/// The places of the two rarest bytes; one place twice when there is but one.
fn anchors(needle: &[u8]) -> [usize; 2] {
    let mut places: Vec<usize> = (0..needle.len()).collect();
    places.sort_by_key(|&at| frequency(needle[at]));
    [places[0], places[places.len().min(2) - 1]]
}

impl Matcher {
    /// `needle` must not be empty.
    pub(crate) fn new(how: How, needle: &str) -> Self {
        let folded: String = needle.chars().map(fold).collect();
        let caseless = |c: char| c.is_ascii() || c.to_uppercase().eq([c]);
        let bytes = folded.chars().all(caseless).then(|| Bytes {
            mask: folded.bytes().map(|b| if b.is_ascii_lowercase() { 0x20 } else { 0 }).collect(),
            anchors: anchors(folded.as_bytes()),
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
                let anchor = |at: usize| Anchor {
                    room: &text[at..=at + room],
                    byte: needle[at],
                    mask: bytes.mask[at],
                };
                any_place(anchor(bytes.anchors[0]), anchor(bytes.anchors[1]), same)
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

/// One byte of a needle that is looked for, in lower case, with the mask that makes a letter so.
#[derive(Clone, Copy)]
struct Anchor<'a> {
    /// Where in the text it may stand.
    room: &'a [u8],
    byte: u8,
    mask: u8,
}

impl Anchor<'_> {
    /// Zero where the byte stands.
    fn differs(self, eight: [u8; 8]) -> u64 {
        (u64::from_le_bytes(eight) | (ONES * u64::from(self.mask))) ^ (ONES * u64::from(self.byte))
    }
}

/// Whether `same` holds at a place where both bytes stand; eight places are looked at in one step. Both
/// have the same room.
fn any_place(a: Anchor<'_>, b: Anchor<'_>, same: impl Fn(usize) -> bool) -> bool {
    let found = |start: usize, left: &[u8; 8], right: &[u8; 8]| {
        let differs = a.differs(*left) | b.differs(*right);
        // The lowest zero byte is found exactly; bytes above it may be false alarms, which `same` refuses.
        let mut zeros = differs.wrapping_sub(ONES) & !differs & HIGHS;
        while zeros != 0 {
            if same(start + zeros.trailing_zeros() as usize / 8) {
                return true;
            }
            zeros &= zeros - 1;
        }
        false
    };
    let (Some(last), Some(last_b)) = (a.room.last_chunk::<8>(), b.room.last_chunk::<8>()) else {
        let mut both = a.room.iter().zip(b.room).enumerate();
        return both
            .any(|(at, (left, right))| left | a.mask == a.byte && right | b.mask == b.byte && same(at));
    };
    let mut eights = a.room.as_chunks::<8>().0.iter().zip(b.room.as_chunks::<8>().0).enumerate();
    // The last eight overlap those before: looking twice is cheaper than looking byte by byte.
    eights.any(|(at, (left, right))| found(at * 8, left, right)) || found(a.room.len() - 8, last, last_b)
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
