//! Opens a file that holds tables and hands out its rows, whatever its format. Knows no fields and no
//! base.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    ops::ControlFlow,
};

use super::{
    cell::Row,
    csv::{CsvRows, Dialect},
    encoding,
    error::ReadError,
    lines,
    xlsx::{Workbook, guard},
};

/// A file of tables.
pub struct Source<R: Read + Seek = File> {
    size: u64,
    sheets: Vec<String>,
    format: Format<R>,
}

enum Format<R: Read + Seek> {
    Text { file: R, dialect: Dialect },
    Lines { file: R, keys: Vec<String> },
    Workbook(Box<Workbook<R>>),
}

impl<R: Read + Seek> Source<R> {
    /// Opens a file: looks at its first bytes, finds encoding and delimiter, or measures the archive and
    /// lists its sheets. `name` names the only sheet of a text file. Blocks.
    pub fn open(mut file: R, name: &str) -> Result<Self, ReadError> {
        let size = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        if size == 0 {
            return Err(ReadError::Empty);
        }
        let mut head = [0u8; 64];
        let mut have = 0;
        while have < head.len() {
            match file.read(&mut head[have..])? {
                0 => break,
                n => have += n,
            }
        }
        file.rewind()?;
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            guard(&mut file, size)?;
            file.rewind()?;
            let book = Workbook::open(file)?;
            let sheets = book.sheets();
            if sheets.is_empty() {
                return Err(ReadError::Empty);
            }
            return Ok(Self { size, sheets, format: Format::Workbook(Box::new(book)) });
        }
        if let Some(found) = other_kind(&head) {
            return Err(ReadError::NotTable { found });
        }
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        if lines::is_lines(&head[..have]) {
            let keys = lines::keys(&mut file)?;
            return Ok(Self { size, sheets: vec![stem.to_owned()], format: Format::Lines { file, keys } });
        }
        let encoding = encoding::detect(&mut file)?;
        file.rewind()?;
        let dialect = Dialect::sniff(&mut file, encoding)?;
        Ok(Self { size, sheets: vec![stem.to_owned()], format: Format::Text { file, dialect } })
    }

    /// Names of the sheets; a text file has one, named after the file.
    pub fn sheets(&self) -> &[String] {
        &self.sheets
    }

    /// Bytes of the file.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether cells of the file have types of their own.
    pub fn typed(&self) -> bool {
        matches!(self.format, Format::Workbook(_))
    }

    /// How a text file is written.
    pub fn dialect(&self) -> Option<Dialect> {
        match &self.format {
            Format::Text { dialect, .. } => Some(*dialect),
            Format::Lines { .. } | Format::Workbook(_) => None,
        }
    }

    /// Whether the first row of every sheet holds the names of columns, by what the format is.
    pub fn named(&self) -> bool {
        matches!(self.format, Format::Lines { .. })
    }

    /// How many rows a sheet says it has, when it does.
    pub fn stated_rows(&mut self, sheet: usize) -> Result<Option<u64>, ReadError> {
        match &mut self.format {
            Format::Text { .. } | Format::Lines { .. } => Ok(None),
            Format::Workbook(book) => book.rows(sheet).map(Some),
        }
    }

    /// Hands every row of a sheet that is not blank to `visit`, with the number of bytes of a text file
    /// read so far. Blocks.
    pub fn each(
        &mut self,
        sheet: usize,
        visit: &mut dyn FnMut(&Row, u64) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        if sheet >= self.sheets.len() {
            return Err(ReadError::NoSheet(sheet));
        }
        match &mut self.format {
            Format::Text { file, dialect } => {
                file.rewind()?;
                CsvRows::new(file, *dialect).each(visit)
            }
            Format::Lines { file, keys } => {
                file.rewind()?;
                lines::each(file, keys, visit)
            }
            Format::Workbook(book) => book.each(sheet, &mut |row| visit(row, 0)),
        }
    }
}

/// What a file is by its first bytes, when that is neither a table nor plain text.
fn other_kind(head: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &'static str); 12] = [
        (b"\xD0\xCF\x11\xE0", "an old Excel file or one with a password (save it as .xlsx without one)"),
        (b"%PDF", "a PDF"),
        (b"\x89PNG", "an image"),
        (b"\xFF\xD8\xFF", "an image"),
        (b"GIF8", "an image"),
        (b"\x1F\x8B", "a compressed file"),
        (b"7z\xBC\xAF", "a compressed file"),
        (b"Rar!", "a compressed file"),
        (b"BZh", "a compressed file"),
        (b"\x28\xB5\x2F\xFD", "a compressed file"),
        (b"SQLite f", "a database"),
        (b"\x7FELF", "a program"),
    ];
    kinds.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, kind)| *kind)
}
