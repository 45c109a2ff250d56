//! Apache Parquet: row groups with a chunk of every column, each a data page, with a dictionary where values
//! repeat, compressed with Snappy. Written by hand for the same reason as Arrow is.
//! <https://parquet.apache.org/docs/file-format/>

use std::{
    collections::HashMap,
    io::{self, Write},
};

use super::{
    Export,
    column::{Cell, Column, Kind},
    thrift::{Thrift, encoded, put_varint},
};

/// Rows of a row group.
const GROUP: usize = 65_536;
/// Different texts of a dictionary.
const MAX_DICTIONARY: usize = 8_192;
const MAGIC: &[u8] = b"PAR1";

/// `Encoding`
const PLAIN: i32 = 0;
const RLE: i32 = 3;
const RLE_DICTIONARY: i32 = 8;
/// `CompressionCodec`
const SNAPPY: i32 = 1;
/// `PageType`
const DATA_PAGE: i32 = 0;
const DICTIONARY_PAGE: i32 = 2;
/// `FieldRepetitionType`
const REQUIRED: i32 = 0;
const OPTIONAL: i32 = 1;
const REPEATED: i32 = 2;

pub(super) fn write(export: &Export, to: &mut dyn Write) -> io::Result<()> {
    let mut file = File { to, at: 0, groups: Vec::new(), rows: 0 };
    file.put(MAGIC)?;
    export.batches(GROUP, |cells| file.group(&export.columns, cells))?;
    let metadata = encoded(&[
        (1, Thrift::Int(1)),
        (2, Thrift::List(schema(&export.columns))),
        (3, Thrift::Long(file.rows)),
        (4, Thrift::List(std::mem::take(&mut file.groups))),
        (6, Thrift::Text("skein".into())),
    ]);
    file.put(&metadata)?;
    file.put(&(metadata.len() as u32).to_le_bytes())?;
    file.put(MAGIC)
}

fn schema(columns: &[Column]) -> Vec<Thrift> {
    let root = vec![(4, Thrift::Text("schema".into())), (5, Thrift::Int(columns.len() as i32))];
    let fields = columns.iter().flat_map(|column| elements(&column.field.name, column.kind));
    std::iter::once(Thrift::Struct(root)).chain(fields).collect()
}

/// The elements of the schema that describe a column.
fn elements(name: &str, kind: Kind) -> Vec<Thrift> {
    let mark = |number| Thrift::Struct(vec![(number, Thrift::Struct(Vec::new()))]);
    let element = |name: &str, repetition, rest: Vec<(i16, Thrift)>| {
        let mut fields = vec![(3, Thrift::Int(repetition)), (4, Thrift::Text(name.to_owned()))];
        fields.extend(rest);
        fields.sort_by_key(|(number, _)| *number);
        Thrift::Struct(fields)
    };
    let stored = (1, Thrift::Int(physical(kind)));
    let converted = |number| (6, Thrift::Int(number));
    match kind {
        Kind::Bool | Kind::Number => vec![element(name, OPTIONAL, vec![stored])],
        Kind::Day => vec![element(name, OPTIONAL, vec![stored, converted(6), (10, mark(6))])],
        Kind::Instant => {
            let unit = (2, mark(1));
            let instant = Thrift::Struct(vec![(1, Thrift::Bool(true)), unit]);
            let logical = Thrift::Struct(vec![(8, instant)]);
            vec![element(name, OPTIONAL, vec![stored, converted(9), (10, logical)])]
        }
        Kind::Text => vec![element(name, OPTIONAL, vec![stored, converted(0), (10, mark(1))])],
        Kind::Texts => vec![
            element(name, OPTIONAL, vec![(5, Thrift::Int(1)), converted(3), (10, mark(3))]),
            element("list", REPEATED, vec![(5, Thrift::Int(1))]),
            element("element", REQUIRED, vec![stored, converted(0), (10, mark(1))]),
        ],
    }
}

/// `Type`
fn physical(kind: Kind) -> i32 {
    match kind {
        Kind::Bool => 0,
        Kind::Day => 1,
        Kind::Instant => 2,
        Kind::Number => 5,
        Kind::Text | Kind::Texts => 6,
    }
}

struct File<'a> {
    to: &'a mut dyn Write,
    at: i64,
    groups: Vec<Thrift>,
    rows: i64,
}

impl File<'_> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as i64;
        self.to.write_all(bytes)
    }

    fn group(&mut self, columns: &[Column], cells: &[Vec<Cell>]) -> io::Result<()> {
        let rows = cells.first().map_or(0, Vec::len) as i64;
        let mut chunks = Vec::with_capacity(columns.len());
        let mut total = 0;
        for (column, cells) in columns.iter().zip(cells) {
            let (chunk, size) = self.chunk(column, &Chunk::of(column.kind, cells))?;
            chunks.push(chunk);
            total += size;
        }
        let group = vec![(1, Thrift::List(chunks)), (2, Thrift::Long(total)), (3, Thrift::Long(rows))];
        self.groups.push(Thrift::Struct(group));
        self.rows += rows;
        Ok(())
    }

    /// Writes a chunk; its metadata, and how many bytes it has when it is not compressed.
    fn chunk(&mut self, column: &Column, chunk: &Chunk) -> io::Result<(Thrift, i64)> {
        let (from, mut size) = (self.at, 0);
        let mut path = vec![Thrift::Text(column.field.name.clone())];
        if column.kind == Kind::Texts {
            path.extend(["list", "element"].map(|part| Thrift::Text(part.into())));
        }
        let mut encodings = vec![Thrift::Int(RLE)];
        let mut dictionary_at = None;
        let encoding = match &chunk.dictionary {
            None => PLAIN,
            Some((values, count)) => {
                dictionary_at = Some((11, Thrift::Long(self.at)));
                encodings.push(Thrift::Int(PLAIN));
                let header = vec![(1, Thrift::Int(*count)), (2, Thrift::Int(PLAIN))];
                size += self.page(DICTIONARY_PAGE, (7, Thrift::Struct(header)), values)?;
                RLE_DICTIONARY
            }
        };
        encodings.push(Thrift::Int(encoding));
        let data_at = self.at;
        let numbers = [chunk.count, encoding, RLE, RLE].map(Thrift::Int);
        let header = (1..).zip(numbers).collect();
        size += self.page(DATA_PAGE, (5, Thrift::Struct(header)), &chunk.data)?;
        let mut metadata = vec![
            (1, Thrift::Int(physical(column.kind))),
            (2, Thrift::List(encodings)),
            (3, Thrift::List(path)),
            (4, Thrift::Int(SNAPPY)),
            (5, Thrift::Long(i64::from(chunk.count))),
            (6, Thrift::Long(size)),
            (7, Thrift::Long(self.at - from)),
            (9, Thrift::Long(data_at)),
        ];
        metadata.extend(dictionary_at);
        Ok((Thrift::Struct(vec![(2, Thrift::Long(from)), (3, Thrift::Struct(metadata))]), size))
    }

    /// Writes a page; how many bytes it has when it is not compressed.
    fn page(&mut self, kind: i32, specific: (i16, Thrift), data: &[u8]) -> io::Result<i64> {
        if data.len() > i32::MAX as usize {
            return Err(io::Error::other("a record is too large for Parquet"));
        }
        let packed = snap::raw::Encoder::new().compress_vec(data).map_err(io::Error::other)?;
        let header = encoded(&[
            (1, Thrift::Int(kind)),
            (2, Thrift::Int(data.len() as i32)),
            (3, Thrift::Int(packed.len() as i32)),
            specific,
        ]);
        self.put(&header)?;
        self.put(&packed)?;
        Ok((header.len() + data.len()) as i64)
    }
}

/// The values of a column in a row group, encoded.
struct Chunk {
    /// Values, nulls too.
    count: i32,
    /// Levels, then values or their places in the dictionary.
    data: Vec<u8>,
    /// Different values, and how many.
    dictionary: Option<(Vec<u8>, i32)>,
}

impl Chunk {
    fn of(kind: Kind, cells: &[Cell]) -> Self {
        let mut chunk = Self { count: cells.len() as i32, data: Vec::new(), dictionary: None };
        if kind == Kind::Texts {
            chunk.lists(cells);
            return chunk;
        }
        let is_there = |cell: &Cell| u32::from(!matches!(cell, Cell::Null | Cell::Error(_)));
        let levels: Vec<u32> = cells.iter().map(is_there).collect();
        put_levels(&levels, 1, &mut chunk.data);
        let data = &mut chunk.data;
        let there = cells.iter().filter(|cell| is_there(cell) == 1);
        match kind {
            Kind::Bool => {
                for (at, cell) in there.enumerate() {
                    if at % 8 == 0 {
                        data.push(0);
                    }
                    if *cell == Cell::Bool(true)
                        && let Some(last) = data.last_mut()
                    {
                        *last |= 1 << (at % 8);
                    }
                }
            }
            Kind::Text => {
                let texts = there.map(|cell| if let Cell::Text(text) = cell { &**text } else { "" });
                chunk.texts(&texts.collect::<Vec<_>>());
            }
            _ => there.for_each(|cell| match cell {
                Cell::Number(n) => data.extend_from_slice(&n.to_le_bytes()),
                Cell::Date(at) if kind == Kind::Day => {
                    data.extend_from_slice(&(at.div_euclid(86_400_000) as i32).to_le_bytes());
                }
                Cell::Date(at) => data.extend_from_slice(&at.to_le_bytes()),
                _ => {}
            }),
        }
        chunk
    }

    fn lists(&mut self, cells: &[Cell]) {
        // Whether a value goes on with the list of the row before; whether there is a list and a value.
        let (mut repeats, mut levels, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for cell in cells {
            let list = cell.texts();
            if list.is_empty() {
                repeats.push(0);
                levels.push(0);
            }
            for (at, text) in list.iter().enumerate() {
                repeats.push(u32::from(at > 0));
                levels.push(2);
                texts.push(&**text);
            }
        }
        self.count = levels.len() as i32;
        put_levels(&repeats, 1, &mut self.data);
        put_levels(&levels, 2, &mut self.data);
        self.texts(&texts);
    }

    fn texts(&mut self, texts: &[&str]) {
        let mut places: HashMap<&str, u32> = HashMap::new();
        let mut indexes = Vec::with_capacity(texts.len());
        let mut distinct = Vec::new();
        for text in texts {
            let next = places.len() as u32;
            let place = *places.entry(*text).or_insert(next);
            if place == next {
                put_text(text, &mut distinct);
            }
            indexes.push(place);
            if places.len() > MAX_DICTIONARY || places.len() * 2 > texts.len() {
                for text in texts {
                    put_text(text, &mut self.data);
                }
                return;
            }
        }
        if places.is_empty() {
            return;
        }
        let width = (u32::BITS - (places.len() as u32 - 1).leading_zeros()).max(1);
        self.data.push(width as u8);
        put_packed(&indexes, width, &mut self.data);
        self.dictionary = Some((distinct, places.len() as i32));
    }
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// Appends levels with their length in front.
fn put_levels(levels: &[u32], width: u32, out: &mut Vec<u8>) {
    let at = out.len();
    out.extend_from_slice(&[0; 4]);
    put_packed(levels, width, out);
    let length = (out.len() - at - 4) as u32;
    out[at..at + 4].copy_from_slice(&length.to_le_bytes());
}

/// Appends small numbers as one run: of the same number, or of numbers packed by bits.
fn put_packed(numbers: &[u32], width: u32, out: &mut Vec<u8>) {
    let Some(first) = numbers.first() else { return };
    if numbers.iter().all(|number| number == first) {
        put_varint((numbers.len() as u64) << 1, out);
        out.extend_from_slice(&first.to_le_bytes()[..width.div_ceil(8) as usize]);
        return;
    }
    put_varint((numbers.len().div_ceil(8) as u64) << 1 | 1, out);
    for eight in numbers.chunks(8) {
        let (mut bits, mut have) = (0u64, 0);
        for at in 0..8 {
            bits |= u64::from(eight.get(at).copied().unwrap_or(0)) << have;
            have += width;
            while have >= 8 {
                out.push(bits as u8);
                bits >>= 8;
                have -= 8;
            }
        }
    }
}
