//! Finds out in which encoding a text file is written, and reads it as UTF-8 piece by piece.

use std::io::{self, Read, Seek, SeekFrom};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How many bytes that are not UTF-8 the detector looks at.
const EVIDENCE: usize = 4 << 20;
const PIECE: usize = 64 << 10;

/// The encoding of a text file. Reads all of it: a file may begin in ASCII and show what it is at its
/// end.
pub fn detect(file: &mut (impl Read + Seek)) -> io::Result<&'static Encoding> {
    let begin = file.stream_position()?;
    let mut buffer = vec![0; PIECE];
    let have = fill(file, &mut buffer)?;
    if let Some((encoding, _)) = Encoding::for_bom(&buffer[..have]) {
        return Ok(encoding);
    }
    if let Some(encoding) = utf16_without_bom(&buffer[..have]) {
        return Ok(encoding);
    }
    if is_utf8(file, &mut buffer, have)? {
        return Ok(UTF_8);
    }
    file.seek(SeekFrom::Start(begin))?;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let mut evidence = 0;
    while evidence < EVIDENCE {
        let piece = match fill(file, &mut buffer)? {
            0 => break,
            have => &buffer[..have],
        };
        if !piece.is_ascii() {
            evidence += piece.len();
            detector.feed(piece, false);
        }
    }
    detector.feed(&[], true);
    Ok(detector.guess(None, Utf8Detection::Deny))
}

/// Whether all of a file is UTF-8; `have` bytes of it are in the buffer.
fn is_utf8(file: &mut impl Read, buffer: &mut [u8], mut have: usize) -> io::Result<bool> {
    let mut carry = 0;
    while have > carry {
        let mut open = 0;
        if let Err(error) = std::str::from_utf8(&buffer[..have]) {
            if error.error_len().is_some() {
                return Ok(false);
            }
            // A character cut by the end of the piece is looked at again with the next one.
            open = have - error.valid_up_to();
        }
        buffer.copy_within(have - open..have, 0);
        carry = open;
        have = open + fill(file, &mut buffer[open..])?;
    }
    Ok(carry == 0)
}

fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut have = 0;
    while have < buffer.len() {
        match file.read(&mut buffer[have..]) {
            Ok(0) => break,
            Ok(n) => have += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(have)
}

/// UTF-16 whose every other byte is mostly zero: Latin text, digits and separators.
fn utf16_without_bom(sample: &[u8]) -> Option<&'static Encoding> {
    let pairs = sample.len() / 2;
    if pairs < 4 {
        return None;
    }
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if odd * 10 >= pairs * 4 && even * 50 <= pairs {
        Some(UTF_16LE)
    } else if even * 10 >= pairs * 4 && odd * 50 <= pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Reads a file as UTF-8 text, piece by piece. A mark of the byte order is left out; bytes that mean
/// nothing in the encoding become U+FFFD.
pub struct TextReader<R> {
    file: R,
    decoder: Decoder,
    raw: Vec<u8>,
    from: usize,
    to: usize,
    ended: bool,
    read: u64,
}

impl<R: Read> TextReader<R> {
    /// Reads `file` from its beginning.
    pub fn new(file: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { file, decoder, raw: vec![0; PIECE], from: 0, to: 0, ended: false, read: 0 }
    }

    /// Bytes of the file that were turned into text.
    pub fn consumed(&self) -> u64 {
        self.read - (self.to - self.from) as u64
    }

    /// Replaces `text` by the next piece; false at the end of the file.
    pub fn next(&mut self, text: &mut String) -> io::Result<bool> {
        text.clear();
        text.reserve(PIECE);
        while text.is_empty() {
            if self.from == self.to {
                if self.ended {
                    return Ok(false);
                }
                self.from = 0;
                self.to = fill(&mut self.file, &mut self.raw)?;
                self.read += self.to as u64;
                self.ended = self.to < self.raw.len();
            }
            let (result, read, _) =
                self.decoder.decode_to_string(&self.raw[self.from..self.to], text, self.ended);
            self.from += read;
            if self.ended && self.from == self.to && matches!(result, CoderResult::InputEmpty) {
                return Ok(!text.is_empty());
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn encodings_are_found_by_their_bytes() {
        let cases: [(&str, &'static Encoding, &str); 7] = [
            ("utf-8", encoding_rs::UTF_8, "名称,城市,备注\n加油站,北京,中文内容足够长\n"),
            (
                "gb18030",
                encoding_rs::GB18030,
                "名称,城市,备注\n加油站,北京,中文内容足够长\n油站二,上海,这是一个测试\n",
            ),
            ("shift_jis", encoding_rs::SHIFT_JIS, "名前,都市,メモ\nガソリンスタンド,東京,これはテストです\n"),
            (
                "euc-kr",
                encoding_rs::EUC_KR,
                "이름,도시,메모\n주유소,서울,이것은 시험입니다\n부산 주유소,부산,한국어 문장\n",
            ),
            ("euc-jp", encoding_rs::EUC_JP, "名前,都市,メモ\nガソリンスタンド,東京,これはテストです\n"),
            (
                "windows-1252",
                encoding_rs::WINDOWS_1252,
                "Name;Straße;Größe\nMüller;Höhenweg;groß\nJosé;Café;été\n",
            ),
            ("big5", encoding_rs::BIG5, "名稱,城市,備註\n加油站,臺北,這是一個測試文件\n"),
        ];
        for (name, encoding, text) in cases {
            let (bytes, _, _) = encoding.encode(text);
            let found = detect(&mut Cursor::new(&bytes)).unwrap();
            let mut reader = TextReader::new(&bytes[..], found);
            let (mut whole, mut piece) = (String::new(), String::new());
            while reader.next(&mut piece).unwrap() {
                whole.push_str(&piece);
            }
            assert_eq!(whole, text, "{name}: found {}", found.name());
        }
    }

    #[test]
    fn an_encoding_that_shows_only_at_the_end_is_found() {
        let mut bytes = b"name,city\n".repeat(40_000);
        bytes.extend(encoding_rs::GBK.encode("加油站名称,北京市朝阳区\n").0.iter());
        let found = detect(&mut Cursor::new(&bytes)).unwrap();
        assert!(found.decode(&bytes).0.ends_with("北京市朝阳区\n"), "{}", found.name());
    }

    #[test]
    fn characters_cut_by_the_end_of_a_piece_survive() {
        for shift in 0..4 {
            let text = format!("{}{}", "x".repeat(shift), "站🚀é".repeat(20_000));
            assert_eq!(detect(&mut Cursor::new(text.as_str())).unwrap(), UTF_8);
            let mut reader = TextReader::new(text.as_bytes(), UTF_8);
            let (mut whole, mut piece) = (String::new(), String::new());
            while reader.next(&mut piece).unwrap() {
                whole.push_str(&piece);
            }
            assert!(whole == text);
        }
    }
}
