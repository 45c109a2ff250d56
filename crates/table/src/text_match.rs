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
    /// The needle holds a `k`, as which the Kelvin sign counts.
    kelvin: bool,
}

const KELVIN: char = '\u{212a}';

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

impl Matcher {
    pub(crate) fn new(how: How, needle: &str) -> Self {
        let folded: String = needle.chars().map(fold).collect();
        let caseless = |c: char| c.is_ascii() || c.to_uppercase().eq([c]);
        let bytes = folded.chars().all(caseless).then(|| Bytes {
            mask: folded.bytes().map(|b| if b.is_ascii_lowercase() { 0x20 } else { 0 }).collect(),
            kelvin: folded.contains('k'),
        });
        Self { how, folded, bytes }
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        match &self.bytes {
            Some(bytes) if !(bytes.kelvin && !text.is_ascii() && text.contains(KELVIN)) => {
                self.matches_bytes(bytes, text.as_bytes())
            }
            _ => self.matches_folded(text),
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
                let (first, mask) = (needle[0], bytes.mask[0]);
                (0..=room).any(|at| text[at] | mask == first && same(at))
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
