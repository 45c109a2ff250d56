//! Reads XLSX workbooks. The archive is measured before anything of it is kept in memory, and sheets are
//! read cell by cell.

use std::{
    io::{self, BufReader, Read, Seek},
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{CellErrorType, DataRef, ExcelDateTime, Reader, Xlsx, XlsxCellReader};
use zip::ZipArchive;

use super::{
    cell::{Cell, Row},
    dates,
    declared::Declared,
    error::{MAX_CELL, MAX_COLUMNS, MAX_RATIO, MAX_ROWS, MAX_UNPACKED, ReadError, grouped},
};

/// Parts of an archive at most; a workbook has some tens.
const MAX_PARTS: usize = 10_000;
/// Below this an archive may be as dense as it likes.
const DENSE: u64 = 1 << 20;
/// Parts other than sheets are held in memory as a whole.
const MAX_HELD_PART: u64 = 256 << 20;
/// Bytes between two tags. A cell just over its limit is refused by its place, one beyond this by its part.
const MAX_RUN: u64 = 32 << 20;

/// Refuses archives that unpack to too much, whatever they say of themselves.
pub fn guard(file: impl Read + Seek, size: u64) -> Result<(), ReadError> {
    let mut archive = ZipArchive::new(file).map_err(damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(ReadError::Bomb(format!(
            "{} parts, at most {}",
            grouped(archive.len() as u64),
            grouped(MAX_PARTS as u64)
        )));
    }
    let mut stated = 0u64;
    for at in 0..archive.len() {
        stated = stated.saturating_add(archive.by_index_raw(at).map_err(damaged)?.size());
    }
    within(stated, size)?;
    let mut total = 0u64;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(damaged)?;
        let name = part.name().map_or_else(|_| format!("number {}", at + 1), std::borrow::Cow::into_owned);
        let limit = if name.contains("worksheets/") { MAX_UNPACKED } else { MAX_HELD_PART };
        let length = measure(part, limit.min(MAX_UNPACKED - total), &name)?;
        total += length;
    }
    within(total, size)
}

fn within(unpacked: u64, size: u64) -> Result<(), ReadError> {
    if unpacked > MAX_UNPACKED {
        return Err(ReadError::Bomb(format!(
            "{} bytes, at most {}",
            grouped(unpacked),
            grouped(MAX_UNPACKED)
        )));
    }
    if unpacked > DENSE && unpacked / size.max(1) > MAX_RATIO {
        let ratio = unpacked / size.max(1);
        return Err(ReadError::Bomb(format!("{} times its size, at most {MAX_RATIO}", grouped(ratio))));
    }
    Ok(())
}

/// The true length of a part. Unpacks it without keeping it.
fn measure(mut part: impl Read, limit: u64, name: &str) -> Result<u64, ReadError> {
    let mut buffer = vec![0; 64 << 10];
    let (mut length, mut run) = (0u64, 0u64);
    let mut declared = Declared::is_in(name).then(Declared::default);
    loop {
        let have = match part.read(&mut buffer) {
            Ok(0) => {
                declared.map_or(Ok(()), |declared| declared.check(name))?;
                return Ok(length);
            }
            Ok(have) => have,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(damaged(format!("{name}: {error}"))),
        };
        length += have as u64;
        let piece = &buffer[..have];
        if let Some(declared) = &mut declared {
            declared.look(piece);
        }
        match piece.iter().rposition(|&byte| byte == b'<') {
            Some(last) => run = (have - last) as u64,
            None => run += have as u64,
        }
        if length > limit {
            return Err(ReadError::Bomb(format!("the part {name} has more than {} bytes", grouped(limit))));
        }
        if run > MAX_RUN && name.to_lowercase().ends_with(".xml") {
            let limit = grouped(MAX_CELL as u64);
            return Err(ReadError::Bomb(format!(
                "a text in the part {name} is far longer than {limit} bytes"
            )));
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are mapped by value")]
fn damaged(reason: impl ToString) -> ReadError {
    ReadError::Damaged { row: None, reason: reason.to_string() }
}

/// A workbook.
pub struct Workbook<R: Read + Seek> {
    book: Xlsx<BufReader<R>>,
}

impl<R: Read + Seek> Workbook<R> {
    /// Opens a workbook that passed [`guard`].
    pub fn open(file: R) -> Result<Self, ReadError> {
        let book = contained(|| Xlsx::new(BufReader::new(file)))?.map_err(damaged)?;
        Ok(Self { book })
    }

    /// Names of the sheets.
    pub fn sheets(&self) -> Vec<String> {
        self.book.sheet_names()
    }

    /// How many rows a sheet says it has.
    pub fn rows(&mut self, sheet: usize) -> Result<u64, ReadError> {
        let name = self.name(sheet)?;
        contained(|| self.book.worksheet_cells_reader(&name).map(|cells| cells.dimensions()))?
            .map(|dimensions| u64::from(dimensions.end.0) + 1)
            .map_err(damaged)
    }

    fn name(&self, sheet: usize) -> Result<String, ReadError> {
        self.book.sheet_names().get(sheet).cloned().ok_or(ReadError::NoSheet(sheet))
    }

    /// Hands every row of a sheet that is not blank to `visit`.
    pub fn each(
        &mut self,
        sheet: usize,
        visit: &mut dyn FnMut(&Row) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        let name = self.name(sheet)?;
        contained(|| {
            let mut cells = match self.book.worksheet_cells_reader(&name) {
                Ok(cells) => cells,
                Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(()),
                Err(error) => return Err(damaged(error)),
            };
            each_row(&mut cells, visit)
        })?
    }
}

/// The XLSX reader may meet input it did not think of; that is an error of the file, not of the server.
fn contained<T>(work: impl FnOnce() -> T) -> Result<T, ReadError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| damaged("its parts contradict each other"))
}

fn each_row<R: Read + Seek>(
    cells: &mut XlsxCellReader<'_, R>,
    visit: &mut dyn FnMut(&Row) -> ControlFlow<()>,
) -> Result<(), ReadError> {
    let mut row = Row::default();
    let (mut rows, mut widest) = (0u64, 0usize);
    loop {
        let next = cells
            .next_cell()
            .map_err(|error| ReadError::Damaged { row: Some(row.number() + 1), reason: error.to_string() })?;
        let position = next.as_ref().map(calamine::Cell::get_position);
        let number = position.map(|(row, _)| u64::from(row) + 1);
        if number != Some(row.number()) {
            if widest > MAX_COLUMNS {
                return Err(ReadError::TooManyColumns { row: row.number(), columns: widest });
            }
            if !row.is_blank() {
                rows += 1;
                if rows > MAX_ROWS + 1 {
                    return Err(ReadError::TooManyRows);
                }
                if visit(&row).is_break() {
                    return Ok(());
                }
            }
        }
        let (Some(cell), Some((_, column)), Some(number)) = (next, position, number) else { return Ok(()) };
        if number < row.number() {
            let reason = format!("row {number} comes after row {}", row.number());
            return Err(ReadError::Damaged { row: Some(number), reason });
        }
        if number != row.number() {
            row.clear(number);
        }
        if matches!(cell.get_value(), DataRef::Empty) {
            continue;
        }
        let column = column as usize;
        if column < MAX_COLUMNS {
            put(&mut row, column, cell.get_value())?;
        } else {
            widest = widest.max(column + 1);
        }
    }
}

fn put(row: &mut Row, column: usize, value: &DataRef<'_>) -> Result<(), ReadError> {
    let number = row.number();
    let text = |row: &mut Row, text: &str| {
        if text.len() > MAX_CELL {
            return Err(ReadError::CellTooLong { row: number, column: column + 1 });
        }
        row.set(column, Cell::Text(text));
        Ok(())
    };
    match value {
        DataRef::Empty => {}
        DataRef::Int(n) => row.set(column, Cell::Number(*n as f64)),
        DataRef::Float(n) if n.is_finite() => row.set(column, Cell::Number(*n)),
        DataRef::Float(_) => row.set(column, Cell::Error("#NUM!")),
        DataRef::String(value) | DataRef::DurationIso(value) => text(row, value)?,
        DataRef::SharedString(value) => text(row, value)?,
        DataRef::Bool(yes) => row.set(column, Cell::Bool(*yes)),
        DataRef::DateTime(value) => match spreadsheet_time(value) {
            Ok((millis, time)) => row.set(column, Cell::Date { millis, time }),
            Err(shown) => text(row, &shown)?,
        },
        DataRef::DateTimeIso(value) => {
            match dates::parse(value).and_then(|date| date.resolve(dates::Order::Ymd)) {
                Some(moment) => row.set(column, Cell::Date { millis: moment.wall, time: moment.time }),
                None => text(row, value)?,
            }
        }
        DataRef::Error(error) => row.set(column, Cell::Error(error_text(error))),
    }
    Ok(())
}

fn error_text(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#GETTING_DATA",
    }
}

/// A date with whether it has a time of day; a time or a span without a date as the text it shows.
fn spreadsheet_time(value: &ExcelDateTime) -> Result<(i64, bool), String> {
    let serial = value.as_f64();
    if !serial.is_finite() {
        return Err(serial.to_string());
    }
    if value.is_duration() || (0.0..1.0).contains(&serial) {
        let seconds = (serial * 86_400.0).round().clamp(-9e15, 9e15) as i64;
        let sign = if seconds < 0 { "-" } else { "" };
        let seconds = seconds.unsigned_abs();
        return Err(format!("{sign}{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60));
    }
    let (year, month, day, hour, minute, second, milli) = value.to_ymd_hms_milli();
    let days = dates::days(i64::from(year), i64::from(month), i64::from(day))
        .or_else(|| dates::days(i64::from(year), i64::from(month), i64::from(day) - 1))
        .ok_or_else(|| serial.to_string())?;
    let clock =
        (i64::from(hour) * 60 + i64::from(minute)) * 60_000 + i64::from(second) * 1_000 + i64::from(milli);
    Ok((days * 86_400_000 + clock, clock != 0))
}
