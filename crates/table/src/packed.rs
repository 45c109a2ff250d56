//! Records as operations hold them in the log. A few are written one by one. Many are written as rows under
//! one list of fields, in a fifth of the bytes:
//! `{"fields":["fld_…"],"choices":["opt_…"],"rows":[["rec_…","text",1.5,true,null,{},{"c":0}],[1,"more"]]}`.
//! A row begins with the id of its record, or how much greater that is than the one before. Text, numbers and
//! ticks stand for themselves, choices are places in `choices`, `{}` is a field the record does not name, and
//! what is left out at the end is of such fields too. `made` has who made each record, of those that come back.

use std::{collections::HashMap, fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
    ser::{SerializeMap, SerializeSeq},
};
use skein_types::{ChoiceId, FieldId, RecordId};

use crate::{Record, Stamp, Value};

/// Records that are written one by one.
const FEW: usize = 3;
/// Ids this far apart or less are told by the distance.
const STEP: u128 = 1 << 32;

/// `#[serde(with)]` for records.
pub(crate) mod records {
    use super::{Deserializer, Packing, Record, RecordsVisitor, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(records: &[Record], to: S) -> Result<S::Ok, S::Error> {
        match Packing::of(records) {
            Some(packing) => packing.serialize(to),
            None => records.serialize(to),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Record>, D::Error> {
        from.deserialize_any(RecordsVisitor)
    }
}

/// `#[serde(with)]` for ids of records: each by itself, or `["rec_…",20]` for twenty that follow each other.
pub(crate) mod ids {
    use super::{Deserializer, IdsVisitor, RecordId, SerializeSeq, Serializer};

    pub(crate) fn serialize<S: Serializer>(ids: &[RecordId], to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(None)?;
        for run in ids.chunk_by(|a, b| a.bits().checked_add(1) == Some(b.bits())) {
            match run {
                [one] => list.serialize_element(one)?,
                several => list.serialize_element(&(several[0], several.len()))?,
            }
        }
        list.end()
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<RecordId>, D::Error> {
        from.deserialize_seq(IdsVisitor)
    }
}

/// How records are written as rows.
struct Packing<'a> {
    records: &'a [Record],
    fields: Vec<FieldId>,
    choices: Vec<ChoiceId>,
    places: HashMap<ChoiceId, usize>,
}

impl<'a> Packing<'a> {
    /// None when they are few, or their cells do not stand in one order.
    fn of(records: &'a [Record]) -> Option<Self> {
        if records.len() <= FEW {
            return None;
        }
        let mut packing = Self { records, fields: Vec::new(), choices: Vec::new(), places: HashMap::new() };
        for record in records {
            let mut at = 0;
            for (field, value) in &record.cells {
                at = packing.place(*field, at)? + 1;
                match value {
                    Value::Choice { c } => packing.choice(*c),
                    Value::Choices { m } => m.iter().for_each(|id| packing.choice(*id)),
                    _ => {}
                }
            }
        }
        Some(packing)
    }

    /// The place of a field at or after a place; made there when no record named it.
    fn place(&mut self, field: FieldId, from: usize) -> Option<usize> {
        if let Some(at) = self.fields[from..].iter().position(|other| *other == field) {
            return Some(from + at);
        }
        if self.fields[..from].contains(&field) {
            return None;
        }
        self.fields.insert(from, field);
        Some(from)
    }

    fn choice(&mut self, id: ChoiceId) {
        let Self { choices, places, .. } = self;
        places.entry(id).or_insert_with(|| {
            choices.push(id);
            choices.len() - 1
        });
    }
}

impl Serialize for Packing<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("fields", &self.fields)?;
        if !self.choices.is_empty() {
            map.serialize_entry("choices", &self.choices)?;
        }
        map.serialize_entry("rows", &Rows(self))?;
        if self.records.iter().any(|record| record.made.is_some()) {
            let made: Vec<Option<Stamp>> = self.records.iter().map(|record| record.made).collect();
            map.serialize_entry("made", &made)?;
        }
        map.end()
    }
}

struct Rows<'a>(&'a Packing<'a>);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut before = None;
        let mut rows = to.serialize_seq(Some(self.0.records.len()))?;
        for record in self.0.records {
            rows.serialize_element(&Row { packing: self.0, record, before })?;
            before = Some(record.id);
        }
        rows.end()
    }
}

struct Row<'a> {
    packing: &'a Packing<'a>,
    record: &'a Record,
    before: Option<RecordId>,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { packing, record, before } = self;
        let mut row = to.serialize_seq(None)?;
        let step = before.and_then(|before| record.id.bits().checked_sub(before.bits()));
        match step.filter(|step| *step < STEP) {
            Some(step) => row.serialize_element(&(step as u64))?,
            None => row.serialize_element(&record.id)?,
        }
        let mut cells = record.cells.iter().peekable();
        for field in &packing.fields {
            if cells.peek().is_none() {
                break;
            }
            match cells.next_if(|(other, _)| other == field) {
                Some((_, value)) => row.serialize_element(&Cell { packing, value })?,
                None => row.serialize_element(&Unnamed {})?,
            }
        }
        row.end()
    }
}

/// What stands for a field that a record does not name.
#[derive(Serialize)]
struct Unnamed {}

struct Cell<'a> {
    packing: &'a Packing<'a>,
    value: &'a Value,
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let place = |id: &ChoiceId| self.packing.places.get(id).copied().unwrap_or_default();
        match self.value {
            Value::Text { t } => to.serialize_str(t),
            Value::Number { n } => to.serialize_f64(*n),
            Value::Bool { b } => to.serialize_bool(*b),
            Value::Choice { c } => {
                let mut map = to.serialize_map(Some(1))?;
                map.serialize_entry("c", &place(c))?;
                map.end()
            }
            Value::Choices { m } => {
                let mut map = to.serialize_map(Some(1))?;
                map.serialize_entry("m", &m.iter().map(place).collect::<Vec<_>>())?;
                map.end()
            }
            other => other.serialize(to),
        }
    }
}

/// The id a row begins with.
enum Begin {
    Id(RecordId),
    Step(u64),
}

/// A cell as it is read, before the choices are known.
enum Read {
    Unnamed,
    Value(Value),
    Choice(usize),
    Choices(Vec<usize>),
}

impl Read {
    fn resolved<E: Error>(self, choices: &[ChoiceId]) -> Result<Option<Value>, E> {
        let choice = |at: usize| choices.get(at).copied().ok_or_else(|| E::custom("a choice is not listed"));
        Ok(match self {
            Self::Unnamed => None,
            Self::Value(value) => Some(value),
            Self::Choice(at) => Some(Value::Choice { c: choice(at)? }),
            Self::Choices(places) => {
                let m = places.into_iter().map(choice).collect::<Result<Arc<[ChoiceId]>, E>>()?;
                Some(Value::Choices { m })
            }
        })
    }
}

struct RecordsVisitor;

impl<'de> Visitor<'de> for RecordsVisitor {
    type Value = Vec<Record>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("records, one by one or as rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut records = Vec::new();
        while let Some(record) = list.next_element()? {
            records.push(record);
        }
        Ok(records)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut fields, mut choices) = (Vec::<FieldId>::new(), Vec::<ChoiceId>::new());
        let (mut rows, mut made) = (Vec::<(Begin, Vec<Read>)>::new(), Vec::<Option<Stamp>>::new());
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "fields" => fields = map.next_value()?,
                "choices" => choices = map.next_value()?,
                "rows" => rows = map.next_value::<Vec<ReadRow>>()?.into_iter().map(|row| row.0).collect(),
                "made" => made = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let mut made = made.into_iter();
        let mut records: Vec<Record> = Vec::with_capacity(rows.len());
        for (begin, row) in rows {
            let id = match (begin, records.last()) {
                (Begin::Id(id), _) => id,
                (Begin::Step(step), Some(before)) => {
                    let bits = before.id.bits().checked_add(step.into());
                    RecordId::from_bits(bits.ok_or_else(|| A::Error::custom("an id is too large"))?)
                }
                (Begin::Step(_), None) => return Err(A::Error::custom("the first row has no id")),
            };
            if row.len() > fields.len() {
                return Err(A::Error::custom("a row has more cells than there are fields"));
            }
            let mut cells = Vec::with_capacity(row.len());
            for (field, cell) in fields.iter().zip(row) {
                cells.extend(cell.resolved(&choices)?.map(|value| (*field, value)));
            }
            records.push(Record { id, cells, made: made.next().flatten() });
        }
        Ok(records)
    }
}

struct ReadRow((Begin, Vec<Read>));

impl<'de> Deserialize<'de> for ReadRow {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(RowVisitor)
    }
}

struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = ReadRow;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id and cells")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<ReadRow, A::Error> {
        let begin = list.next_element::<Begin>()?.ok_or_else(|| A::Error::custom("a row is empty"))?;
        let mut cells = Vec::new();
        while let Some(cell) = list.next_element()? {
            cells.push(cell);
        }
        Ok(ReadRow((begin, cells)))
    }
}

impl<'de> Deserialize<'de> for Begin {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct BeginVisitor;
        impl Visitor<'_> for BeginVisitor {
            type Value = Begin;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id or a distance")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Begin, E> {
                text.parse().map(Begin::Id).map_err(E::custom)
            }
            fn visit_u64<E: Error>(self, step: u64) -> Result<Begin, E> {
                Ok(Begin::Step(step))
            }
        }
        from.deserialize_any(BeginVisitor)
    }
}

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(CellVisitor)
    }
}

struct CellVisitor;

impl<'de> Visitor<'de> for CellVisitor {
    type Value = Read;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a cell")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Read, E> {
        Ok(Read::Value(Value::Text { t: text.into() }))
    }
    fn visit_f64<E: Error>(self, n: f64) -> Result<Read, E> {
        Ok(Read::Value(Value::Number { n }))
    }
    fn visit_u64<E: Error>(self, n: u64) -> Result<Read, E> {
        self.visit_f64(n as f64)
    }
    fn visit_i64<E: Error>(self, n: i64) -> Result<Read, E> {
        self.visit_f64(n as f64)
    }
    fn visit_bool<E: Error>(self, b: bool) -> Result<Read, E> {
        Ok(Read::Value(Value::Bool { b }))
    }
    fn visit_unit<E: Error>(self) -> Result<Read, E> {
        Ok(Read::Value(Value::Null))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read, A::Error> {
        let Some(key) = map.next_key::<String>()? else { return Ok(Read::Unnamed) };
        let read = match key.as_str() {
            "c" => Read::Choice(map.next_value()?),
            "m" => Read::Choices(map.next_value()?),
            "d" => Read::Value(Value::Date { d: map.next_value()? }),
            "n" => Read::Value(Value::Number { n: map.next_value()? }),
            "t" => Read::Value(Value::Text { t: map.next_value()? }),
            "b" => Read::Value(Value::Bool { b: map.next_value()? }),
            "u" => Read::Value(Value::Members { u: map.next_value()? }),
            "g" => Read::Value(Value::Groups { g: map.next_value()? }),
            "l" => Read::Value(Value::Links { l: map.next_value()? }),
            "f" => Read::Value(Value::Files { f: map.next_value()? }),
            "p" => Read::Value(Value::Place { p: map.next_value()? }),
            other => return Err(A::Error::unknown_field(other, &["t", "n", "d", "c", "m", "b"])),
        };
        match map.next_key::<String>()? {
            None => Ok(read),
            Some(_) => Err(A::Error::custom("a cell holds one value")),
        }
    }
}

struct IdsVisitor;

impl<'de> Visitor<'de> for IdsVisitor {
    type Value = Vec<RecordId>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ids of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut ids = Vec::new();
        while let Some(run) = list.next_element::<Run>()? {
            let Run { first, count } = run;
            let last = first.bits().checked_add(count.saturating_sub(1).into());
            let last = last.ok_or_else(|| A::Error::custom("an id is too large"))?;
            ids.extend((first.bits()..=last).map(RecordId::from_bits));
        }
        Ok(ids)
    }
}

/// Ids that follow each other.
struct Run {
    first: RecordId,
    count: u32,
}

impl<'de> Deserialize<'de> for Run {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct RunVisitor;
        impl<'de> Visitor<'de> for RunVisitor {
            type Value = Run;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id, or an id and how many")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Run, E> {
                text.parse().map(|first| Run { first, count: 1 }).map_err(E::custom)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Run, A::Error> {
                let first = list.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
                let count = list.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
                Ok(Run { first, count })
            }
        }
        from.deserialize_any(RunVisitor)
    }
}
