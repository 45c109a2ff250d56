//! What the cells of a column could be: counted over a sample, for [`super::guess`] to decide.

use std::collections::HashMap;

use super::{
    cell::Cell,
    dates::{self, Order},
    guess::{MAX_CHOICES, MIN_REPEAT, commonest},
    numbers::{self, Decimal},
    words,
};

/// What may separate several choices in a cell.
const SEPARATORS: [char; 6] = [',', ';', '、', '，', '；', '|'];
/// Longest text of a choice that is guessed, in bytes.
const MAX_CHOICE_TEXT: usize = 80;

/// Cells that are numbers under one of the two ways of writing decimals.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// How many texts fit.
    pub fits: usize,
    /// Most decimal places.
    pub places: u8,
    /// Whether thousands were separated.
    pub grouped: bool,
    /// How many are percentages.
    pub percents: usize,
    /// How many are amounts of the currency.
    pub money: usize,
    /// The first currency there is.
    pub currency: Option<String>,
    telling: bool,
}

/// How many cells have which type.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kinds {
    /// Cells that are numbers by themselves.
    pub numbers: usize,
    /// Dates whose order is known.
    pub dates: usize,
    /// Dates that are possible with the day first.
    pub dmy: usize,
    /// Dates that are possible with the month first.
    pub mdy: usize,
    /// Dates whose order is open.
    pub open: usize,
    /// Dates with a time of day.
    pub times: usize,
    /// Cells that are yes or no by themselves.
    pub bools: usize,
}

/// What was counted.
#[derive(Debug, Default)]
pub struct Evidence<'a> {
    /// Cells that hold something.
    pub filled: usize,
    /// Cells that hold nothing.
    pub blank: usize,
    /// Filled cells that stand for nothing in a column of numbers or dates.
    pub placeholders: usize,
    /// By type.
    pub kinds: Kinds,
    /// As numbers with a decimal point.
    pub point: Numbers,
    /// As numbers with a decimal comma.
    pub comma: Numbers,
    /// Most decimal places of cells that are numbers by themselves.
    pub places: u8,
    /// Days as eight digits, where the name speaks of dates.
    pub compact_dates: usize,
    /// Whether these are numbers to dial.
    pub dialled: bool,
    /// Whether dates were written with slashes.
    pub slashes: bool,
    /// What separates several choices, when these are such.
    pub separator: Option<char>,
    yes: [usize; 16],
    no: [usize; 16],
    values: Option<HashMap<&'a str, usize>>,
    phones: usize,
    /// Texts that are numbers to dial by their signs.
    pub phone_like: usize,
    /// Texts that begin with the sign of a country code.
    pub international: usize,
    /// Texts that are addresses of mail.
    pub emails: usize,
    /// Texts that are addresses of the web.
    pub urls: usize,
    long: bool,
    texts: Vec<&'a str>,
}

impl<'a> Evidence<'a> {
    /// Counts the cells of a column with a name.
    pub fn gather(cells: impl Iterator<Item = Cell<'a>>, name: &str) -> Self {
        let mut evidence = Self { values: Some(HashMap::new()), ..Self::default() };
        let date_name = words::is_date_name(name);
        for cell in cells {
            if cell.is_empty() {
                evidence.blank += 1;
                continue;
            }
            evidence.filled += 1;
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => evidence.text(text.trim(), date_name),
                Cell::Number(n) => {
                    evidence.kinds.numbers += 1;
                    evidence.places = evidence.places.max(numbers::places_of(n));
                }
                Cell::Date { time, .. } => {
                    evidence.kinds.dates += 1;
                    evidence.kinds.times += usize::from(time);
                }
                Cell::Bool(_) => evidence.kinds.bools += 1,
                Cell::Error(_) => evidence.placeholders += 1,
            }
        }
        evidence.dialled =
            words::is_dialled(name) || (evidence.phones > 0 && evidence.phones == evidence.filled);
        evidence.separator = evidence.likely_separator();
        evidence
    }

    fn text(&mut self, text: &'a str, date_name: bool) {
        self.texts.push(text);
        self.phone_like += usize::from(words::is_phone(text));
        self.international += usize::from(text.starts_with('+'));
        self.emails += usize::from(words::is_email(text));
        self.urls += usize::from(text.starts_with("https://") || text.starts_with("http://"));
        if let Some((pair, yes)) = words::tick(text) {
            let side = if yes { &mut self.yes } else { &mut self.no };
            side[pair] += 1;
        }
        if words::is_placeholder(text) {
            self.placeholders += 1;
        } else if text.len() <= 60 {
            self.numbers(text);
            self.date(text, date_name);
        }
        self.long |= text.len() > MAX_CHOICE_TEXT || text.contains('\n');
        if let Some(values) = &mut self.values {
            *values.entry(text).or_default() += 1;
            if values.len() > MAX_CHOICES * 8 {
                self.values = None;
            }
        }
    }

    fn numbers(&mut self, text: &str) {
        for (decimal, tally) in [(Decimal::Point, &mut self.point), (Decimal::Comma, &mut self.comma)] {
            if let Some(number) = numbers::parse(text, decimal) {
                tally.fits += 1;
                tally.places = tally.places.max(number.places);
                tally.grouped |= number.grouped;
                tally.telling |= number.telling;
                tally.percents += usize::from(number.unit == numbers::Unit::Percent);
                if number.unit == numbers::Unit::Money {
                    let currency = numbers::currency(text);
                    let same = tally.currency.is_none() || tally.currency == currency;
                    tally.money += usize::from(same);
                    tally.currency = tally.currency.take().or(currency);
                }
            }
        }
        let bytes = text.as_bytes();
        let chinese_mobile = bytes.len() == 11
            && bytes[0] == b'1'
            && (b'3'..=b'9').contains(&bytes[1])
            && bytes.iter().all(u8::is_ascii_digit);
        self.phones += usize::from(chinese_mobile);
    }

    fn date(&mut self, text: &str, date_name: bool) {
        if date_name && dates::parse_compact(text).is_some() {
            self.compact_dates += 1;
        }
        let Some(date) = dates::parse(text) else { return };
        self.kinds.times += usize::from(date.clock.is_some());
        if date.is_open() {
            self.kinds.open += 1;
            self.slashes |= date.separator == '/';
            self.kinds.dmy += usize::from(date.resolve(Order::Dmy).is_some());
            self.kinds.mdy += usize::from(date.resolve(Order::Mdy).is_some());
        } else if date.resolve(Order::Ymd).is_some() {
            self.kinds.dates += 1;
        }
    }

    fn real(&self) -> usize {
        self.filled - self.placeholders
    }

    /// Whether the column is numbers only if decimals are written in this way.
    pub fn only(&self, decimal: Decimal) -> bool {
        let (this, other) = match decimal {
            Decimal::Point => (&self.point, &self.comma),
            Decimal::Comma => (&self.comma, &self.point),
        };
        let all = |tally: &Numbers| tally.fits > 0 && tally.fits + self.kinds.numbers == self.real();
        this.telling && all(this) && !all(other)
    }

    /// The one order under which all open dates are dates.
    pub fn only_order(&self) -> Option<Order> {
        let Kinds { open, dmy, mdy, .. } = self.kinds;
        match (open > 0 && dmy == open, open > 0 && mdy == open) {
            (true, false) => Some(Order::Dmy),
            (false, true) => Some(Order::Mdy),
            _ => None,
        }
    }

    /// Whether all cells are ticks. Words for no beside empty cells are three answers, not two.
    pub fn ticks(&self) -> bool {
        if self.kinds.bools > 0 && self.kinds.bools == self.filled {
            return true;
        }
        (0..self.yes.len()).any(|pair| {
            let (yes, no) = (self.yes[pair], self.no[pair]);
            yes > 0 && yes + no == self.filled && (no == 0 || self.blank == 0) && (no > 0 || yes > 1)
        })
    }

    /// The choices of a select field.
    pub fn select(&self) -> Option<Vec<String>> {
        let values = self.values.as_ref()?;
        let few = !self.long && values.len() <= MAX_CHOICES && self.texts.len() == self.filled;
        (few && self.filled >= values.len() * MIN_REPEAT && self.filled >= 4).then(|| commonest(values))
    }

    /// The choices of a multi-select field: cells are combinations of fewer words than there are
    /// combinations.
    pub fn multi_select(&self) -> Option<Vec<String>> {
        let separator = self.separator?;
        self.tokens(separator).map(|tokens| commonest(&tokens))
    }

    fn likely_separator(&self) -> Option<char> {
        let separators = SEPARATORS.iter().copied();
        let found = separators.filter_map(|separator| Some((self.tokens(separator)?.len(), separator)));
        found.min().map(|(_, separator)| separator)
    }

    fn tokens(&self, separator: char) -> Option<HashMap<&'a str, usize>> {
        if self.texts.len() != self.filled || self.filled < 4 {
            return None;
        }
        let (mut tokens, mut combined, mut total) = (HashMap::new(), 0, 0);
        for text in &self.texts {
            combined += usize::from(text.contains(separator));
            for token in text.split(separator).map(str::trim).filter(|token| !token.is_empty()) {
                if token.len() > MAX_CHOICE_TEXT / 2 || token.contains('\n') {
                    return None;
                }
                *tokens.entry(token).or_default() += 1;
                total += 1;
            }
            if tokens.len() > MAX_CHOICES {
                return None;
            }
        }
        let combinations = self.values.as_ref().map_or(usize::MAX, HashMap::len);
        let repeated = total >= tokens.len() * MIN_REPEAT && combined * 10 >= self.filled;
        (repeated && tokens.len() < combinations).then_some(tokens)
    }
}
