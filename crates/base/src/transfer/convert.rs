//! Turns cells of a file into values of fields. A cell that does not fit becomes a misfit.

use std::{collections::HashMap, sync::Arc};

use jiff::{Timestamp, civil, tz::TimeZone};
use skein_table::{Field, FieldKind, TextValue, Value, split_names, value_from_text};
use skein_types::{ChoiceId, FieldId, RecordId, kind};

use super::{
    cell::Cell,
    dates::{self, DAY},
    guess::{self, Format},
    misfit::Misfit,
    names::{Known, Linked},
    numbers::{self, Decimal},
    words,
};

/// Choices a select field has at most.
const MAX_CHOICES: usize = 10_000;
/// Spellings of choices that are remembered.
const MAX_SPELLINGS: usize = 100_000;

/// What a column becomes.
#[derive(Debug)]
pub enum Target {
    /// Text.
    Text,
    /// Numbers.
    Number,
    /// Days, or instants when there is a time.
    Date {
        /// Whether there is a time of day.
        time: bool,
    },
    /// Yes or no.
    Checkbox,
    /// One choice.
    Select(Choices),
    /// Several.
    MultiSelect(Choices),
    /// Seconds; a clock such as `1:30:00` counts hours.
    Duration,
    /// People, by name, address or id.
    People {
        /// Who there is.
        known: Arc<Known<kind::Member>>,
        /// Whether a cell may name several.
        multiple: bool,
    },
    /// Groups of people, by name or id.
    Groups {
        /// Which there are.
        known: Arc<Known<kind::Group>>,
        /// Whether a cell may name several.
        multiple: bool,
    },
    /// Places: `116.4, 39.9`, also after a name in brackets.
    Place,
    /// Records of another table, or of the same.
    Links(Linked),
}

/// The choices of a field while an import adds to them.
#[derive(Debug, Default)]
pub struct Choices {
    known: HashMap<String, ChoiceId>,
    spellings: HashMap<String, ChoiceId>,
    fresh: Vec<(ChoiceId, String)>,
}

impl Choices {
    /// The choices a field has.
    pub fn new<'a>(choices: impl IntoIterator<Item = (ChoiceId, &'a str)>) -> Self {
        let known = choices.into_iter().map(|(id, name)| (words::folded(name), id)).collect();
        Self { known, ..Self::default() }
    }

    /// Choices that came up since the last call, to be added to the field.
    pub fn take_fresh(&mut self) -> Vec<(ChoiceId, String)> {
        std::mem::take(&mut self.fresh)
    }

    fn find(&mut self, text: &str, make: &mut dyn FnMut() -> u128) -> Result<ChoiceId, Misfit> {
        if let Some(id) = self.spellings.get(text) {
            return Ok(*id);
        }
        let name = words::one_line(text);
        let folded = words::folded(&name);
        let id = match self.known.get(&folded) {
            Some(id) => *id,
            None if text.chars().take(201).count() > 200 => {
                return Err(Misfit::LongChoice);
            }
            None if self.known.len() >= MAX_CHOICES => {
                return Err(Misfit::ManyChoices { value: Misfit::value(text) });
            }
            None => {
                let id = ChoiceId::from_bits(make());
                self.known.insert(folded, id);
                self.fresh.push((id, name));
                id
            }
        };
        if self.spellings.len() < MAX_SPELLINGS {
            self.spellings.insert(text.to_owned(), id);
        }
        Ok(id)
    }
}

/// Reads the cells of one column.
#[derive(Debug)]
pub struct Converter {
    /// What they become.
    pub target: Target,
    format: Format,
    zone: TimeZone,
}

impl Converter {
    /// A converter. Times without an offset are times in `zone`.
    pub fn new(target: Target, format: Format, zone: TimeZone) -> Self {
        Self { target, format, zone }
    }

    /// The value of a cell; or what is wrong with it. `make` makes ids for new choices and records.
    pub fn value(&mut self, cell: Cell<'_>, make: &mut dyn FnMut() -> u128) -> Result<Value, Misfit> {
        let checkbox = matches!(self.target, Target::Checkbox);
        match cell {
            Cell::Empty => return Ok(Value::Null),
            Cell::Text(text) if text.trim().is_empty() => return Ok(Value::Null),
            Cell::Error(text) => return Err(Misfit::SheetError { value: text.to_owned() }),
            Cell::Bool(b) if checkbox => return Ok(Value::Bool { b }),
            _ => {}
        }
        match &mut self.target {
            Target::Text => Ok(match cell {
                Cell::Text(text) => text_value(text),
                other => text_value(&guess::display(other)),
            }),
            Target::Number => number(cell, self.format.decimal),
            Target::Date { time } => date(cell, self.format, *time, &self.zone),
            Target::Checkbox => tick(cell),
            Target::Select(choices) => {
                let c = choices.find(as_text(cell).trim(), make)?;
                Ok(Value::Choice { c })
            }
            Target::MultiSelect(choices) => several(choices, &as_text(cell), self.format.separator, make),
            Target::Duration => duration(cell, self.format.decimal),
            Target::People { known, multiple } => {
                let u = known.listed(&as_text(cell), *multiple, nobody)?;
                Ok(if u.is_empty() { Value::Null } else { Value::Members { u: u.into() } })
            }
            Target::Groups { known, multiple } => {
                let none = |name: &str| Err(Misfit::NoGroup { value: Misfit::value(name) });
                let g = known.listed(&as_text(cell), *multiple, none)?;
                Ok(if g.is_empty() { Value::Null } else { Value::Groups { g: g.into() } })
            }
            Target::Place => place(&as_text(cell)),
            Target::Links(linked) => {
                let l = linked.find(&as_text(cell), &mut || RecordId::from_bits(make()))?;
                Ok(if l.is_empty() { Value::Null } else { Value::Links { l: l.into() } })
            }
        }
    }
}

fn as_text(cell: Cell<'_>) -> std::borrow::Cow<'_, str> {
    match cell {
        Cell::Text(text) => text.into(),
        other => guess::display(other).into(),
    }
}

fn number(cell: Cell<'_>, decimal: Decimal) -> Result<Value, Misfit> {
    match cell {
        Cell::Number(n) => Ok(Value::Number { n: n + 0.0 }),
        Cell::Bool(yes) => Ok(Value::Number { n: f64::from(u8::from(yes)) }),
        Cell::Text(text) => match numbers::parse(text, decimal) {
            Some(number) => Ok(Value::Number { n: number.value }),
            None if words::is_placeholder(text) => Ok(Value::Null),
            None => Err(Misfit::NotNumber { value: Misfit::value(text) }),
        },
        other => Err(Misfit::NotNumber { value: Misfit::value(&guess::display(other)) }),
    }
}

fn nobody<T>(name: &str) -> Result<T, Misfit> {
    Err(Misfit::Nobody { value: Misfit::value(name) })
}

/// Seconds, or hours, minutes and seconds with colons.
fn duration(cell: Cell<'_>, decimal: Decimal) -> Result<Value, Misfit> {
    let Cell::Text(text) = cell else { return number(cell, decimal) };
    let text = text.trim();
    if !text.contains(':') {
        return number(cell, decimal);
    }
    let (negative, clock) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let parts: Option<Vec<f64>> = clock
        .split(':')
        .map(|part| {
            let digits = part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            (digits && part.len() <= 12).then(|| part.parse::<f64>().ok()).flatten()
        })
        .collect();
    let seconds = match parts.as_deref() {
        Some([hours, minutes]) if *minutes < 60.0 => hours * 3_600.0 + minutes * 60.0,
        Some([hours, minutes, seconds]) if *minutes < 60.0 && *seconds < 60.0 => {
            hours * 3_600.0 + minutes * 60.0 + seconds
        }
        _ => return Err(Misfit::NotDuration { value: Misfit::value(text) }),
    };
    Ok(Value::Number { n: if negative { 0.0 - seconds } else { seconds } })
}

fn place(text: &str) -> Result<Value, Misfit> {
    let field = Field::new(FieldId::from_bits(0), 0, "", FieldKind::Location);
    match value_from_text(&field, text) {
        TextValue::Value(value) => Ok(value),
        TextValue::NewChoices(_) | TextValue::Invalid(_) => {
            Err(Misfit::NotPlace { value: Misfit::value(text) })
        }
    }
}

fn date(cell: Cell<'_>, format: Format, time: bool, zone: &TimeZone) -> Result<Value, Misfit> {
    let moment = match cell {
        Cell::Date { millis, time } => dates::Moment { wall: millis, time, offset: None },
        Cell::Text(text) => {
            let read = dates::parse(text).and_then(|date| date.resolve(format.order));
            match read.or_else(|| dates::parse_compact(text)) {
                Some(moment) => moment,
                None if words::is_placeholder(text) => return Ok(Value::Null),
                None => return Err(Misfit::NotDate { value: Misfit::value(text) }),
            }
        }
        other => return Err(Misfit::NotDate { value: Misfit::value(&guess::display(other)) }),
    };
    let d = if time { instant(moment, zone) } else { Some(moment.wall - moment.wall.rem_euclid(DAY)) };
    let d = d.filter(|d| (dates::FIRST..=dates::LAST).contains(d));
    d.map(|d| Value::Date { d }).ok_or(Misfit::FarDate)
}

fn instant(moment: dates::Moment, zone: &TimeZone) -> Option<i64> {
    if let Some(offset) = moment.offset {
        return Some(moment.wall - offset * 60_000);
    }
    if *zone == TimeZone::UTC {
        return Some(moment.wall);
    }
    let wall = Timestamp::from_millisecond(moment.wall).ok()?;
    let wall: civil::DateTime = TimeZone::UTC.to_datetime(wall);
    zone.to_timestamp(wall).ok().map(Timestamp::as_millisecond)
}

fn tick(cell: Cell<'_>) -> Result<Value, Misfit> {
    let b = match cell {
        Cell::Number(1.0) => Some(true),
        Cell::Number(0.0) => Some(false),
        Cell::Text(text) => match text.trim() {
            "1" | "x" | "X" => Some(true),
            "0" => Some(false),
            text => words::tick(text).map(|(_, yes)| yes),
        },
        _ => None,
    };
    let wrong = || Misfit::NotTick { value: Misfit::value(&guess::display(cell)) };
    b.map(|b| Value::Bool { b }).ok_or_else(wrong)
}

fn several(
    choices: &mut Choices,
    text: &str,
    separator: char,
    make: &mut dyn FnMut() -> u128,
) -> Result<Value, Misfit> {
    let mut picked: Vec<ChoiceId> = Vec::new();
    // Names that hold a separator stand in quotes.
    let names = if text.contains('"') {
        split_names(text)
    } else {
        text.split(separator).map(|name| name.trim().to_owned()).collect()
    };
    for token in names.iter().filter(|token| !token.is_empty()) {
        let id = choices.find(token, make)?;
        if !picked.contains(&id) {
            picked.push(id);
        }
    }
    Ok(if picked.is_empty() { Value::Null } else { Value::Choices { m: picked.into() } })
}

/// Text as it is stored: line ends are `\n`, other control characters but tabs are gone.
fn text_value(text: &str) -> Value {
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=0x7e | 0x80..=0xbf | 0xc3..));
    if plain {
        return Value::Text { t: Arc::from(text) };
    }
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => clean.push('\n'),
            '\n' | '\t' => clean.push(c),
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    if clean.is_empty() { Value::Null } else { Value::Text { t: Arc::from(clean) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(target: Target, zone: TimeZone, cell: Cell<'_>) -> Result<Value, Misfit> {
        let mut next = 0;
        let mut make = || {
            next += 1;
            next
        };
        Converter::new(target, Format::default(), zone).value(cell, &mut make)
    }

    #[test]
    fn cells_become_values_of_their_field_or_a_misfit() {
        let day = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let date = Target::Date { time: false };
        let at = |zone: &TimeZone, text| convert(Target::Date { time: true }, zone.clone(), Cell::Text(text));
        assert_eq!(
            convert(Target::Number, TimeZone::UTC, Cell::Text(" 1,5 ")),
            Err(Misfit::NotNumber { value: " 1,5 ".into() })
        );
        assert_eq!(convert(Target::Number, TimeZone::UTC, Cell::Text("n/a")), Ok(Value::Null));
        assert_eq!(convert(Target::Number, TimeZone::UTC, Cell::Text("-0")), Ok(Value::Number { n: 0.0 }));
        assert_eq!(
            convert(date, TimeZone::UTC, Cell::Text("2026-11-20 23:30:00+09:00")),
            Ok(Value::Date { d: day("2026-11-20T00:00:00Z") })
        );
        assert_eq!(at(&berlin, "2026-07-01 08:00"), Ok(Value::Date { d: day("2026-07-01T06:00:00Z") }));
        assert_eq!(at(&berlin, "2026-07-01T08:00Z"), Ok(Value::Date { d: day("2026-07-01T08:00:00Z") }));
        assert_eq!(
            convert(Target::Text, TimeZone::UTC, Cell::Text("a\r\nb\u{0}\u{85}é")),
            Ok(Value::Text { t: "a\nbé".into() })
        );
        assert_eq!(
            convert(Target::Text, TimeZone::UTC, Cell::Number(12.0)),
            Ok(Value::Text { t: "12".into() })
        );
        assert!(convert(Target::Text, TimeZone::UTC, Cell::Error("#N/A")).is_err());
        assert_eq!(convert(Target::Checkbox, TimeZone::UTC, Cell::Text("是")), Ok(Value::Bool { b: true }));
        assert!(convert(Target::Checkbox, TimeZone::UTC, Cell::Text("maybe")).is_err());
        for (text, seconds) in
            [("1:30", Some(5_400.0)), ("-0:00:30", Some(-30.0)), ("90", Some(90.0)), ("1:75", None)]
        {
            let expected = seconds.map(|n| Value::Number { n });
            assert_eq!(convert(Target::Duration, TimeZone::UTC, Cell::Text(text)).ok(), expected, "{text}");
        }
        let place = convert(Target::Place, TimeZone::UTC, Cell::Text("Hof (11.9, 50.3)")).unwrap();
        assert!(
            matches!(&place, Value::Place { p } if p.name == "Hof" && p.latitude.to_bits() == 50.3_f64.to_bits())
        );
        assert!(convert(Target::Place, TimeZone::UTC, Cell::Text("Hof")).is_err());
    }

    #[test]
    fn choices_are_made_as_they_come_up_and_compared_ignoring_case() {
        let mut next = 100;
        let mut make = || {
            next += 1;
            next
        };
        let target = Target::MultiSelect(Choices::new([(ChoiceId::from_bits(1), "Diesel")]));
        let mut converter = Converter::new(target, Format::default(), TimeZone::UTC);
        let value = converter.value(Cell::Text("diesel, Gas ,GAS,, diesel"), &mut make);
        assert_eq!(value, Ok(Value::Choices { m: [1, 101].map(ChoiceId::from_bits).into() }));
        let Target::MultiSelect(choices) = &mut converter.target else { return };
        assert_eq!(choices.take_fresh(), [(ChoiceId::from_bits(101), "Gas".to_owned())]);
        for n in 2..10_000 {
            choices.find(&format!("c{n}"), &mut || n).unwrap();
        }
        assert!(choices.find("one more", &mut || 7).is_err());
        assert!(choices.find("DIESEL", &mut || 7).is_ok());
    }
}
