//! Guesses where a table begins, whether it has a header, and what its columns hold. Careful: a column
//! gets a type only if every cell of the sample fits it, so that a guess loses nothing.

use std::collections::{HashMap, HashSet};

use skein_table::{NumberFormat, TextFormat};

use super::{
    cell::{Cell, Row},
    dates::{self, Order},
    evidence::{Evidence, Kinds},
    numbers::{self, Decimal},
    words,
};

/// Rows that are looked at.
pub const SAMPLE_ROWS: usize = 10_000;
/// Bytes of rows that are looked at, at most.
pub const SAMPLE_BYTES: usize = 48 << 20;
/// A select column has at most this many choices when it is guessed.
pub(super) const MAX_CHOICES: usize = 50;
/// Each value of a select column occurs this often on average.
pub(super) const MIN_REPEAT: usize = 4;
/// How many rows a title above the table may take.
const MAX_TITLE: usize = 10;

/// What a column seems to hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Text: plain, or addresses or numbers to dial.
    Text(TextFormat),
    /// Numbers.
    Number {
        /// Decimal places.
        precision: u8,
        /// Whether thousands were separated.
        thousands: bool,
        /// Plain, or percentages, or amounts of money.
        format: NumberFormat,
        /// The sign or code of the currency, of amounts.
        currency: String,
    },
    /// One of few values, commonest first.
    Select(Vec<String>),
    /// Some of few values, commonest first.
    MultiSelect(Vec<String>),
    /// Days, or instants.
    Date {
        /// Whether they have a time of day.
        time: bool,
    },
    /// Yes or no.
    Checkbox,
}

/// How the cells of a column are to be read, whatever type its field gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// What separates decimals.
    pub decimal: Decimal,
    /// Order of day, month and year.
    pub order: Order,
    /// What separates several choices in a cell.
    pub separator: char,
}

impl Default for Format {
    fn default() -> Self {
        Self { decimal: Decimal::Point, order: Order::Mdy, separator: ',' }
    }
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// From the header, unique, never empty.
    pub name: String,
    /// What it seems to hold.
    pub kind: Kind,
    /// How its cells are read.
    pub format: Format,
    /// A few different values.
    pub samples: Vec<String>,
}

/// What a sheet seems to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The row with which the table begins, from 1; above it is a title.
    pub first_row: u64,
    /// Whether that row holds the names of columns.
    pub header: bool,
    /// Columns from left to right.
    pub columns: Vec<Column>,
}

/// Guesses the layout from the first rows of a sheet. `semicolons`: the file separates cells by
/// semicolons, as is done where the comma separates decimals.
pub fn layout(rows: &[Row], semicolons: bool) -> Layout {
    let table = &rows[title_rows(rows)..];
    of_table(table, has_header(table), semicolons)
}

/// The layout of rows of which the first holds names.
pub fn named_layout(rows: &[Row]) -> Layout {
    of_table(rows, true, false)
}

fn of_table(table: &[Row], header: bool, semicolons: bool) -> Layout {
    let data = &table[usize::from(header)..];
    let width = table.iter().map(Row::width).max().unwrap_or(0);
    let names = names(table.first().filter(|_| header), width);
    let evidence: Vec<Evidence<'_>> =
        (0..width).map(|at| Evidence::gather(data.iter().map(|row| row.cell(at)), &names[at])).collect();
    let locale = Locale::of(&evidence, semicolons);
    let columns = names.into_iter().zip(&evidence).enumerate();
    let columns = columns.map(|(at, (name, evidence))| {
        let format = locale.format(evidence);
        let samples = samples(data, at);
        // The first field of a table is text.
        let kind = if at == 0 { Kind::Text(evidence.text_format()) } else { evidence.decide(format) };
        let separator = evidence.separator.unwrap_or(',');
        Column { name, kind, format: Format { separator, ..format }, samples }
    });
    Layout { first_row: table.first().map_or(1, Row::number), header, columns: columns.collect() }
}

/// What the columns that leave no doubt say about those that do.
struct Locale {
    comma: bool,
    order: Option<Order>,
}

impl Locale {
    fn of(evidence: &[Evidence<'_>], semicolons: bool) -> Self {
        let count =
            |test: &dyn Fn(&Evidence<'_>) -> bool| evidence.iter().filter(|column| test(column)).count();
        let points = count(&|column| column.only(Decimal::Point));
        let commas = count(&|column| column.only(Decimal::Comma));
        let dmy = count(&|column| column.only_order() == Some(Order::Dmy));
        let mdy = count(&|column| column.only_order() == Some(Order::Mdy));
        let order = match dmy.cmp(&mdy) {
            std::cmp::Ordering::Greater => Some(Order::Dmy),
            std::cmp::Ordering::Less => Some(Order::Mdy),
            std::cmp::Ordering::Equal => None,
        };
        Self { comma: commas > points || (semicolons && commas == points), order }
    }

    fn format(&self, column: &Evidence<'_>) -> Format {
        let decimal = match (column.only(Decimal::Point), column.only(Decimal::Comma)) {
            (true, false) => Decimal::Point,
            (false, true) => Decimal::Comma,
            _ if self.comma => Decimal::Comma,
            _ => Decimal::Point,
        };
        let usual = if column.slashes && !self.comma { Order::Mdy } else { Order::Dmy };
        let order = column.only_order().or(self.order).unwrap_or(usual);
        Format { decimal, order, separator: ',' }
    }
}

/// How many rows stand above the table: a title, a date, a blank line.
fn title_rows(rows: &[Row]) -> usize {
    let mut widths: Vec<usize> = rows.iter().take(200).map(Row::width).collect();
    widths.sort_unstable();
    let usual = widths.get(widths.len() / 2).copied().unwrap_or(0);
    if usual < 3 {
        return 0;
    }
    let filled = |row: &Row| row.cells().filter(|cell| !cell.is_empty()).count();
    let title = rows.iter().take_while(|row| filled(row) * 2 < usual).count();
    if title > MAX_TITLE || title >= rows.len() { 0 } else { title }
}

/// Whether the first row holds names: texts that no row below repeats.
fn has_header(table: &[Row]) -> bool {
    let Some(first) = table.first() else { return false };
    let (mut names, mut years) = (0, 0);
    for cell in first.cells() {
        match cell {
            _ if cell.is_empty() => {}
            Cell::Text(text) if looks_like_data(text) => {
                if !is_year(text) {
                    return false;
                }
                years += 1;
            }
            Cell::Text(_) => names += 1,
            Cell::Number(n) if (1_900.0..2_100.0).contains(&n) && n.fract() == 0.0 => years += 1,
            _ => return false,
        }
    }
    if names == 0 || years > names * 24 {
        return false;
    }
    let repeated = (0..first.len()).filter(|&at| {
        let Cell::Text(name) = first.cell(at) else { return false };
        table[1..].iter().take(1_000).any(|row| row.cell(at) == Cell::Text(name))
    });
    repeated.count() * 2 < names + years
}

fn is_year(text: &str) -> bool {
    text.trim().parse::<u32>().is_ok_and(|year| (1_900..2_100).contains(&year))
}

fn looks_like_data(text: &str) -> bool {
    numbers::parse(text, Decimal::Point).is_some()
        || numbers::parse(text, Decimal::Comma).is_some()
        || dates::parse(text).is_some()
        || words::is_plain_answer(text)
        || text.len() > 400
}

/// Unique names for columns, from a header when there is one.
fn names(header: Option<&Row>, width: usize) -> Vec<String> {
    let mut taken = HashSet::new();
    let name = |at: usize| {
        let stated = header.map(|row| display(row.cell(at))).unwrap_or_default();
        let stated = words::one_line(&stated);
        let base = if stated.is_empty() { format!("Column {}", at + 1) } else { stated };
        words::unique(&base, &mut taken)
    };
    (0..width).map(name).collect()
}

/// A few different values of a column.
fn samples(data: &[Row], at: usize) -> Vec<String> {
    let mut samples: Vec<String> = Vec::new();
    for row in data.iter().take(500) {
        let cell = row.cell(at);
        if cell.is_empty() {
            continue;
        }
        let text = words::shortened(&display(cell), 60);
        if !samples.contains(&text) {
            samples.push(text);
        }
        if samples.len() == 5 {
            break;
        }
    }
    samples
}

/// A cell as text, as a preview shows it.
pub fn display(cell: Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Error(text) => text.to_owned(),
        Cell::Number(n) => numbers::to_text(n),
        Cell::Date { millis, time } => words::wall(millis, time),
        Cell::Bool(yes) => if yes { "true" } else { "false" }.to_owned(),
    }
}

/// Values by how often they occur, commonest first.
pub(super) fn commonest(counts: &HashMap<&str, usize>) -> Vec<String> {
    let mut values: Vec<(&str, usize)> = counts.iter().map(|(value, count)| (*value, *count)).collect();
    values.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let mut seen = HashSet::new();
    let mut names: Vec<String> = values.into_iter().map(|(value, _)| words::one_line(value)).collect();
    names.retain(|name| !name.is_empty() && seen.insert(words::folded(name)));
    names
}

impl Evidence<'_> {
    /// The type every cell of the sample fits.
    pub(super) fn decide(&self, format: Format) -> Kind {
        if self.filled == 0 {
            return Kind::Text(TextFormat::Plain);
        }
        let kinds = &self.kinds;
        if self.ticks() {
            return Kind::Checkbox;
        }
        let real = self.filled - self.placeholders;
        let mostly = real > 0 && real * 2 >= self.filled;
        let written = if format.decimal == Decimal::Point { &self.point } else { &self.comma };
        if mostly && !self.dialled && kinds.dates_in(format.order) == real {
            return Kind::Date { time: kinds.times > 0 };
        }
        if mostly && self.compact_dates == real {
            return Kind::Date { time: false };
        }
        if mostly && !self.dialled && kinds.numbers + written.fits == real {
            let places = self.places.max(written.places);
            let (format, currency) = match &written.currency {
                Some(currency) if written.money == real => (NumberFormat::Currency, currency.clone()),
                _ if written.percents == real => (NumberFormat::Percent, String::new()),
                _ => (NumberFormat::Plain, String::new()),
            };
            // Of percentages the decimals shown are two less.
            let precision = match format {
                NumberFormat::Percent => places.saturating_sub(2),
                // $3.10 and not $3.1.
                NumberFormat::Currency if places == 1 => 2,
                _ => places,
            };
            return Kind::Number { precision, thousands: written.grouped, format, currency };
        }
        if let Some(choices) = self.multi_select() {
            return Kind::MultiSelect(choices);
        }
        match self.select() {
            Some(choices) => Kind::Select(choices),
            None => Kind::Text(self.text_format()),
        }
    }

    /// What all texts are.
    pub(super) fn text_format(&self) -> TextFormat {
        let all = |count: usize| count > 0 && count == self.filled;
        match () {
            () if all(self.phone_like) && (self.dialled || all(self.international)) => TextFormat::Phone,
            () if all(self.emails) => TextFormat::Email,
            () if all(self.urls) => TextFormat::Url,
            () => TextFormat::Plain,
        }
    }
}

impl Kinds {
    fn dates_in(&self, order: Order) -> usize {
        self.dates + if order == Order::Mdy { self.mdy } else { self.dmy }
    }
}
