//! Looks at the beginning of every sheet of a file: what a preview shows, and what an import begins from.

use std::{
    io::{Read, Seek},
    ops::ControlFlow,
};

use super::{
    cell::Row,
    error::ReadError,
    guess::{self, Layout, SAMPLE_BYTES, SAMPLE_ROWS},
    read::Source,
    words,
};

/// Sheets that are looked at; those after them are not offered.
const MAX_SHEETS: usize = 50;
/// Rows of a sheet that are looked at even when the sheets before it took all there is to spend.
const MIN_ROWS: usize = 100;
/// Bytes of all previews, about.
const PREVIEW_BYTES: usize = 4 << 20;
/// Rows of the preview.
const PREVIEW_ROWS: usize = 20;
/// Characters of a cell of the preview.
const PREVIEW_CELL: usize = 200;

/// What may still be spent on a file, so that many wide sheets cost no more than one.
struct Budget {
    sample: usize,
    preview: usize,
}

/// The beginning of a sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Name of the sheet.
    pub sheet: String,
    /// What it seems to be.
    pub layout: Layout,
    /// About how many rows of data there are.
    pub rows: u64,
    /// The first rows of the table, a header among them, as text.
    pub preview: Vec<Vec<String>>,
}

/// The sheets of a file that may be anything: their names, and about how many rows of data each has. Blocks.
pub fn look(file: impl Read + Seek, name: &str) -> Result<Vec<(String, u64)>, ReadError> {
    let found = sheets(&mut Source::open(file, name)?).map_err(|(error, _)| error)?;
    Ok(found.into_iter().map(|sample| (sample.sheet, sample.rows)).collect())
}

/// Looks at all sheets. Fails when none holds anything, or with the first that is broken. Blocks.
pub fn sheets<R: Read + Seek>(source: &mut Source<R>) -> Result<Vec<Sample>, (ReadError, String)> {
    let names: Vec<String> = source.sheets().iter().take(MAX_SHEETS).cloned().collect();
    let mut samples = Vec::with_capacity(names.len());
    let mut anything = false;
    let mut budget = Budget { sample: SAMPLE_BYTES, preview: PREVIEW_BYTES };
    for (at, name) in names.into_iter().enumerate() {
        let sample = sheet(source, at, name.clone(), &mut budget).map_err(|error| (error, name))?;
        anything |= !sample.layout.columns.is_empty();
        samples.push(sample);
    }
    if anything { Ok(samples) } else { Err((ReadError::Empty, String::new())) }
}

fn sheet<R: Read + Seek>(
    source: &mut Source<R>,
    at: usize,
    sheet: String,
    budget: &mut Budget,
) -> Result<Sample, ReadError> {
    let (mut rows, mut consumed, mut whole) = (Vec::new(), 0, true);
    source.each(at, &mut |row: &Row, so_far| {
        if rows.len() == SAMPLE_ROWS || budget.sample == 0 && rows.len() >= MIN_ROWS {
            whole = false;
            return ControlFlow::Break(());
        }
        budget.sample = budget.sample.saturating_sub(row.weight());
        consumed = so_far;
        rows.push(row.clone());
        ControlFlow::Continue(())
    })?;
    let semicolons = source.dialect().is_some_and(|dialect| dialect.delimiter == b';');
    let layout = if source.named() { guess::named_layout(&rows) } else { guess::layout(&rows, semicolons) };
    let above = rows.iter().take_while(|row| row.number() < layout.first_row).count();
    let table = &rows[above..];
    let seen = table.len().saturating_sub(usize::from(layout.header)) as u64;
    let estimate = if whole {
        seen
    } else if let Some(stated) = source.stated_rows(at)? {
        stated.saturating_sub(layout.first_row).max(seen)
    } else {
        (source.size() as f64 / consumed.max(1) as f64 * seen as f64).round() as u64
    };
    let width = layout.columns.len();
    let mut preview: Vec<Vec<String>> = Vec::new();
    for row in table.iter().take(PREVIEW_ROWS) {
        let cells = (0..width).map(|at| words::shortened(&guess::display(row.cell(at)), PREVIEW_CELL));
        let cells: Vec<String> = cells.collect();
        let cost: usize = cells.iter().map(|cell| cell.len() + 8).sum();
        if cost > budget.preview {
            break;
        }
        budget.preview -= cost;
        preview.push(cells);
    }
    Ok(Sample { sheet, layout, rows: estimate, preview })
}
