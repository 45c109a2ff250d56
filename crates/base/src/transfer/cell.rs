//! A row of a file as the readers hand it out: cells whose text lies in one buffer, so that a million
//! rows cost no allocation each.

/// A cell of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text as it stands in the file.
    Text(&'a str),
    /// A number (spreadsheets only; in text files numbers are text).
    Number(f64),
    /// A date of a spreadsheet: wall-clock milliseconds since 1970, without a time zone.
    Date {
        /// Milliseconds.
        millis: i64,
        /// Whether the cell shows a time of day.
        time: bool,
    },
    /// Yes or no (spreadsheets only).
    Bool(bool),
    /// What a spreadsheet shows where a formula failed: `#DIV/0!`.
    Error(&'static str),
}

#[derive(Clone, Copy, Debug)]
enum Slot {
    Empty,
    Text(u32, u32),
    Number(f64),
    Date(i64, bool),
    Bool(bool),
    Error(&'static str),
}

/// A row of a file. Readers fill the same one again and again.
#[derive(Clone, Debug, Default)]
pub struct Row {
    number: u64,
    text: String,
    slots: Vec<Slot>,
}

impl Row {
    /// The number of the row in the file, from 1, as a spreadsheet program shows it.
    pub fn number(&self) -> u64 {
        self.number
    }
    /// How many cells the row has; those after them are empty.
    pub fn len(&self) -> usize {
        self.slots.len()
    }
    /// Whether no cell holds anything.
    pub fn is_blank(&self) -> bool {
        (0..self.len()).all(|at| self.cell(at).is_empty())
    }
    /// A cell by its place from 0; empty beyond the end.
    pub fn cell(&self, at: usize) -> Cell<'_> {
        match self.slots.get(at) {
            None | Some(Slot::Empty) => Cell::Empty,
            Some(&Slot::Text(from, to)) => Cell::Text(&self.text[from as usize..to as usize]),
            Some(&Slot::Number(n)) => Cell::Number(n),
            Some(&Slot::Date(millis, time)) => Cell::Date { millis, time },
            Some(&Slot::Bool(yes)) => Cell::Bool(yes),
            Some(&Slot::Error(text)) => Cell::Error(text),
        }
    }
    /// All cells in order.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        (0..self.len()).map(|at| self.cell(at))
    }

    /// Bytes the row takes in memory, about.
    pub fn weight(&self) -> usize {
        self.text.len() + self.slots.len() * size_of::<Slot>()
    }
    /// The place after the last cell that holds something.
    pub fn width(&self) -> usize {
        (0..self.len()).rev().find(|&at| !self.cell(at).is_empty()).map_or(0, |at| at + 1)
    }

    pub(super) fn clear(&mut self, number: u64) {
        self.number = number;
        self.text.clear();
        self.slots.clear();
    }
    /// Adds text to the cell that is being read.
    pub(super) fn extend_text(&mut self, part: &str) {
        self.text.push_str(part);
    }
    /// Ends the cell that began at `from` in the text.
    pub(super) fn close_text(&mut self, from: usize) {
        let to = self.text.len();
        self.slots.push(if from == to { Slot::Empty } else { Slot::Text(from as u32, to as u32) });
    }
    pub(super) fn text_end(&self) -> usize {
        self.text.len()
    }
    /// Sets the cell at a place at or after the end.
    pub(super) fn set(&mut self, at: usize, cell: Cell<'_>) {
        while self.slots.len() <= at {
            self.slots.push(Slot::Empty);
        }
        self.slots[at] = match cell {
            Cell::Empty | Cell::Text("") => Slot::Empty,
            Cell::Text(text) => {
                let from = self.text.len();
                self.text.push_str(text);
                Slot::Text(from as u32, self.text.len() as u32)
            }
            Cell::Number(n) => Slot::Number(n),
            Cell::Date { millis, time } => Slot::Date(millis, time),
            Cell::Bool(yes) => Slot::Bool(yes),
            Cell::Error(text) => Slot::Error(text),
        };
    }
}

impl Cell<'_> {
    /// Whether it holds nothing, or only blanks.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}
