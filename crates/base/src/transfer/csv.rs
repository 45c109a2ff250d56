//! Reads text tables: any common delimiter, quotes, line ends. Never holds more than a piece of the file
//! and one row.

use std::{io::Read, ops::ControlFlow};

use encoding_rs::Encoding;

use super::{
    cell::Row,
    encoding::TextReader,
    error::{MAX_CELL, MAX_COLUMNS, MAX_ROWS, ReadError},
};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How a text table is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dialect {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// Between cells.
    pub delimiter: u8,
    /// Whether the first line only states the delimiter (`sep=;`).
    pub declared: bool,
}

impl Dialect {
    /// Finds the delimiter that makes the most regular table of the beginning of a file.
    pub fn sniff(file: impl Read, encoding: &'static Encoding) -> Result<Self, ReadError> {
        let mut sample = String::new();
        TextReader::new(file, encoding).next(&mut sample)?;
        if let Some(found) = not_text(&sample) {
            return Err(ReadError::NotTable { found });
        }
        let first = sample.lines().next().unwrap_or_default();
        if let Some(stated) = first.strip_prefix("sep=")
            && let [delimiter] = stated.as_bytes()
            && (delimiter.is_ascii_punctuation() || *delimiter == b'\t')
            && *delimiter != b'"'
        {
            return Ok(Self { encoding, delimiter: *delimiter, declared: true });
        }
        let mut best = (0, b',');
        for delimiter in DELIMITERS {
            let regular = regularity(&sample, delimiter);
            if regular > best.0 {
                best = (regular, delimiter);
            }
        }
        if best.0 == 0 && sample.contains(char::is_alphanumeric) {
            // One column: whatever does not occur in its texts.
            best.1 = *DELIMITERS.iter().find(|byte| !sample.as_bytes().contains(byte)).unwrap_or(&b',');
        }
        Ok(Self { encoding, delimiter: best.1, declared: false })
    }
}

/// What the beginning of a file is when it is no table of text.
fn not_text(sample: &str) -> Option<&'static str> {
    let start: String = sample.trim_start().chars().take(14).collect::<String>().to_ascii_lowercase();
    if ["<!doctype", "<html", "<?xml", "<table"].iter().any(|tag| start.starts_with(tag)) {
        return Some("a web page or XML");
    }
    let odd = |c: &char| (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\0')) || *c == '\u{fffd}';
    let odds = sample.chars().filter(odd).count();
    (odds > 8 && odds * 50 > sample.len()).then_some("not text")
}

/// How much the rows of a sample agree on a number of columns above one.
fn regularity(sample: &str, delimiter: u8) -> usize {
    let mut widths: Vec<usize> = Vec::new();
    let dialect = Dialect { encoding: encoding_rs::UTF_8, delimiter, declared: false };
    let mut rows = CsvRows::new(sample.as_bytes(), dialect);
    let mut row = Row::default();
    while widths.len() < 200 {
        match rows.next(&mut row) {
            Ok(true) if row.is_blank() => {}
            Ok(true) => widths.push(row.len()),
            // Too wide a table is one, and is refused by its width.
            Err(ReadError::TooManyColumns { .. }) => return 1,
            Ok(false) | Err(_) => break,
        }
    }
    // The sample ends anywhere, so its last row tells nothing.
    if widths.len() > 1 {
        widths.pop();
    }
    let agreeing = |width: usize| widths.iter().filter(|&&other| other == width).count();
    let commonest = widths.iter().copied().max_by_key(|&width| (agreeing(width), width)).unwrap_or(1);
    if commonest == 1 {
        return 0;
    }
    let agree = agreeing(commonest);
    agree * agree * 4_000 / widths.len() + commonest.min(100)
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// Before the first character of a cell.
    Start,
    Plain,
    Quoted,
    /// After a quote inside quotes: an end, or the first of two.
    Quote,
}

/// What stops a run of plain characters.
enum Stop {
    Delimiter,
    Line,
    Nul,
    More,
}

/// Rows of a text table.
pub struct CsvRows<R> {
    text: TextReader<R>,
    dialect: Dialect,
    special: [bool; 256],
    piece: String,
    at: usize,
    number: u64,
    /// A `\r` ended the last row; a `\n` right after it belongs to it.
    after_return: bool,
    ended: bool,
}

impl<R: Read> CsvRows<R> {
    /// Reads `file` from its beginning.
    pub fn new(file: R, dialect: Dialect) -> Self {
        let mut special = [false; 256];
        for byte in [dialect.delimiter, b'\n', b'\r', 0] {
            special[usize::from(byte)] = true;
        }
        let text = TextReader::new(file, dialect.encoding);
        let (piece, at) = (String::new(), 0);
        Self { text, dialect, special, piece, at, number: 0, after_return: false, ended: false }
    }

    /// Bytes of the file that the rows so far took, about.
    pub fn consumed(&self) -> u64 {
        let waiting = self.piece.len() - self.at;
        self.text.consumed().saturating_sub(waiting as u64)
    }

    /// Hands every row that is not blank to `visit`.
    pub fn each(&mut self, visit: &mut dyn FnMut(&Row, u64) -> ControlFlow<()>) -> Result<(), ReadError> {
        let mut row = Row::default();
        while self.next(&mut row)? {
            let stated = self.dialect.declared && row.number() == 1;
            if !stated && !row.is_blank() && visit(&row, self.consumed()).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn byte(&mut self) -> Result<Option<u8>, ReadError> {
        if self.at == self.piece.len() {
            if self.ended || !self.text.next(&mut self.piece)? {
                self.ended = true;
                self.piece.clear();
                self.at = 0;
                return Ok(None);
            }
            self.at = 0;
        }
        Ok(Some(self.piece.as_bytes()[self.at]))
    }

    /// Reads the next row; false at the end.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        if self.after_return {
            self.after_return = false;
            if self.byte()? == Some(b'\n') {
                self.at += 1;
            }
        }
        if self.byte()?.is_none() {
            return Ok(false);
        }
        self.number += 1;
        if self.number > MAX_ROWS + 1 {
            return Err(ReadError::TooManyRows);
        }
        row.clear(self.number);
        let (mut state, mut from) = (State::Start, 0);
        loop {
            let stop = match state {
                State::Start => {
                    from = row.text_end();
                    match self.byte()? {
                        Some(b'"') => {
                            self.at += 1;
                            state = State::Quoted;
                            continue;
                        }
                        _ => self.plain(row)?,
                    }
                }
                State::Plain => self.plain(row)?,
                State::Quoted => {
                    state = self.quoted(row, from)?;
                    continue;
                }
                State::Quote => {
                    state = State::Plain;
                    if self.byte()? == Some(b'"') {
                        self.at += 1;
                        row.extend_text("\"");
                        state = State::Quoted;
                    }
                    continue;
                }
            };
            self.check_length(row, from)?;
            match stop {
                Stop::More => state = State::Plain,
                Stop::Nul => return Err(self.nul(row)),
                Stop::Delimiter => {
                    row.close_text(from);
                    if row.len() >= MAX_COLUMNS {
                        return Err(self.too_wide());
                    }
                    state = State::Start;
                }
                Stop::Line => {
                    row.close_text(from);
                    return Ok(true);
                }
            }
        }
    }

    /// Takes plain characters up to what stops them, and that too.
    fn plain(&mut self, row: &mut Row) -> Result<Stop, ReadError> {
        if self.byte()?.is_none() {
            return Ok(Stop::Line);
        }
        let rest = &self.piece.as_bytes()[self.at..];
        let special = &self.special;
        let run = rest.iter().position(|&byte| special[usize::from(byte)]).unwrap_or(rest.len());
        row.extend_text(&self.piece[self.at..self.at + run]);
        self.at += run;
        if self.at == self.piece.len() {
            return Ok(Stop::More);
        }
        let byte = self.piece.as_bytes()[self.at];
        self.at += 1;
        Ok(match byte {
            0 => Stop::Nul,
            b'\n' => Stop::Line,
            b'\r' => {
                self.after_return = true;
                Stop::Line
            }
            _ => Stop::Delimiter,
        })
    }

    /// Takes characters inside quotes.
    fn quoted(&mut self, row: &mut Row, from: usize) -> Result<State, ReadError> {
        let column = row.len() + 1;
        if self.byte()?.is_none() {
            return Err(ReadError::OpenQuote { row: self.number, column });
        }
        let rest = &self.piece.as_bytes()[self.at..];
        let run = rest.iter().position(|&byte| byte == b'"' || byte == 0).unwrap_or(rest.len());
        let stop = rest.get(run).copied();
        row.extend_text(&self.piece[self.at..self.at + run]);
        self.at += run;
        self.check_length(row, from)?;
        match stop {
            None => Ok(State::Quoted),
            Some(0) => Err(self.nul(row)),
            Some(_) => {
                self.at += 1;
                Ok(State::Quote)
            }
        }
    }

    fn check_length(&self, row: &Row, from: usize) -> Result<(), ReadError> {
        if row.text_end() - from > MAX_CELL {
            return Err(ReadError::CellTooLong { row: self.number, column: row.len() + 1 });
        }
        Ok(())
    }

    fn nul(&self, row: &Row) -> ReadError {
        ReadError::Nul { row: self.number, column: row.len() + 1 }
    }

    /// Counts how many columns the row has, to say it.
    fn too_wide(&mut self) -> ReadError {
        let mut columns = MAX_COLUMNS + 1;
        let mut quoted = false;
        loop {
            match self.byte() {
                Err(error) => return error,
                Ok(Some(b'"')) => quoted = !quoted,
                Ok(None) => break,
                Ok(Some(b'\n' | b'\r')) if !quoted => break,
                Ok(Some(byte)) if byte == self.dialect.delimiter && !quoted => columns += 1,
                Ok(Some(_)) => {}
            }
            self.at += 1;
        }
        ReadError::TooManyColumns { row: self.number, columns }
    }
}
