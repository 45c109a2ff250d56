//! What the shared texts of a workbook say of their own number. The XLSX reader makes room for that many
//! before it reads the first, so a number without texts behind it would take all memory. Knows no XML:
//! it looks for the attribute wherever it stands, and refuses encodings that could hide it.

use super::error::{ReadError, grouped};

/// The attribute that is believed.
const NAME: &[u8] = b"uniqueCount";
/// Bytes of the shortest text with its tags.
const SHORTEST: u64 = 5;
/// Room for this many is nothing, whatever follows.
const FREE: u64 = 4_096;

/// Looks through a part of shared texts, piece by piece.
#[derive(Default)]
pub struct Declared {
    at: At,
    number: u64,
    most: u64,
    length: u64,
    hidden: bool,
}

#[derive(Clone, Copy)]
enum At {
    /// This many bytes of the name were seen.
    Name(usize),
    Equals,
    Quote,
    Digits,
}

impl Default for At {
    fn default() -> Self {
        Self::Name(0)
    }
}

impl Declared {
    /// Whether a part holds shared texts. The reader ignores the case of names too.
    pub fn is_in(part: &str) -> bool {
        part.to_lowercase().ends_with("sharedstrings.xml")
    }

    /// Looks at the next piece.
    pub fn look(&mut self, piece: &[u8]) {
        self.length += piece.len() as u64;
        for &byte in piece {
            // UTF-16 has the one in every letter of a tag, ISO-2022-JP begins letters by the other.
            self.hidden |= matches!(byte, 0x00 | 0x1B);
            self.at = self.next(byte);
        }
    }

    fn next(&mut self, byte: u8) -> At {
        match self.at {
            At::Name(seen) => name(seen, byte),
            At::Equals if byte == b'=' => At::Quote,
            At::Quote if matches!(byte, b'"' | b'\'') => {
                self.number = 0;
                At::Digits
            }
            at @ (At::Equals | At::Quote) if byte.is_ascii_whitespace() => at,
            At::Digits if byte == b'+' => At::Digits,
            At::Digits if byte.is_ascii_digit() => {
                self.number = self.number.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
                self.most = self.most.max(self.number);
                At::Digits
            }
            At::Equals | At::Quote | At::Digits => name(0, byte),
        }
    }

    /// Refuses a part that could not hold what it says it holds. Called at its end.
    pub fn check(&self, part: &str) -> Result<(), ReadError> {
        if self.hidden {
            let reason = format!("the part {part} is in an encoding that workbooks do not use");
            return Err(ReadError::Damaged { row: None, reason });
        }
        if self.most > FREE.max(self.length / SHORTEST) {
            return Err(ReadError::Bomb(format!(
                "the part {part} says that it holds {} texts, in {} bytes",
                grouped(self.most),
                grouped(self.length)
            )));
        }
        Ok(())
    }
}

/// After this many bytes of the name and one more. A name may begin anew inside what was seen of it: at
/// `u`, and at `un` near its end.
fn name(seen: usize, byte: u8) -> At {
    if NAME.get(seen) == Some(&byte) {
        return if seen + 1 == NAME.len() { At::Equals } else { At::Name(seen + 1) };
    }
    match seen {
        5 | 9 => name(1, byte),
        10 => name(2, byte),
        0 => At::Name(0),
        _ => name(0, byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str, piece: usize) -> Option<&'static str> {
        let mut declared = Declared::default();
        text.as_bytes().chunks(piece).for_each(|piece| declared.look(piece));
        declared.check("xl/sharedStrings.xml").err().map(|error| error.code())
    }

    #[test]
    fn a_number_without_texts_behind_it_is_found_however_it_is_written() {
        let bomb = Some("import.unpacks_to_too_much");
        let cases = [
            (r#"<sst uniqueCount="100000000000000"/>"#, bomb),
            (r"<sst uniqueCount='100000000000000'/>", bomb),
            ("<sst uniqueCount \n=\t \"100000000000000\"/>", bomb),
            (r#"<sst uniqueCount="0000000000000000000000000000000000100000"/>"#, bomb),
            (r#"<sst uniqueCount="99999999999999999999999999999"/>"#, bomb),
            (r#"<sst uniqueCount="+100000"/>"#, bomb),
            (r#"<sst uniqueCount="1" uniqueCount="100000"/>"#, bomb),
            (r#"<sst uniquniqueCount="100000"/>"#, bomb),
            (r#"<sst uniqueCouniqueCount="100000"/>"#, bomb),
            ("<sst\0 />", Some("import.damaged")),
            ("<sst\x1b />", Some("import.damaged")),
            (r#"<sst count="100000" uniqueCount="4096"/>"#, None),
            (r#"<sst uniqueCount="many"/>"#, None),
            ("<sst><si><t>uniqueCount = 100000</t></si></sst>", None),
            ("", None),
        ];
        for (text, expected) in cases {
            for piece in [1, 2, 3, 1_000] {
                assert_eq!(code(text, piece), expected, "{text:?} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn as_many_texts_as_fit_are_believed() {
        let text = |count: usize| format!(r#"<sst uniqueCount="{count}">{}</sst>"#, "<si/>".repeat(10_000));
        assert_eq!(code(&text(10_000), 64), None);
        assert_eq!(code(&text(20_000), 64), Some("import.unpacks_to_too_much"));
    }

    #[test]
    fn parts_are_told_by_their_names() {
        assert!(Declared::is_in("xl/sharedStrings.xml") && Declared::is_in(r"XL\SHAREDSTRINGS.XML"));
        assert!(!Declared::is_in("xl/worksheets/sheet1.xml"));
    }
}
