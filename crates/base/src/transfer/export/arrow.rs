//! Apache Arrow, the file form of IPC: columns of texts, numbers, days, instants in UTC, yes or no, and lists
//! of texts. Written by hand: the format is small, and its crates take longer to compile than all of ours.
//! <https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format>

use std::io::{self, Write};

use super::{
    Export,
    column::{Cell, Column, Kind},
    flat::{Node, Slot, finish},
};

/// Rows of a record batch.
const BATCH: usize = 16_384;
const MAGIC: &[u8] = b"ARROW1";
/// `MetadataVersion.V5`
const VERSION: i16 = 4;
/// `MessageHeader`
const SCHEMA: u8 = 1;
const RECORD_BATCH: u8 = 3;

pub(super) fn write(export: &Export, to: &mut dyn Write) -> io::Result<()> {
    let mut file = File { to, at: 0, blocks: Vec::new(), batches: 0 };
    file.put(MAGIC)?;
    file.put(&[0; 2])?;
    file.message(SCHEMA, schema(&export.columns), &[])?;
    export.batches(BATCH, |cells| {
        let mut batch = Batch::default();
        for (column, cells) in export.columns.iter().zip(cells) {
            batch.column(column.kind, cells);
        }
        if batch.body.len() > i32::MAX as usize {
            return Err(io::Error::other("a record is too large for Arrow"));
        }
        file.batch(cells.first().map_or(0, Vec::len), batch)
    })?;
    file.finish(schema(&export.columns))
}

fn schema(columns: &[Column]) -> Node {
    let fields = columns.iter().map(|column| field(&column.field.name, column.kind)).collect();
    Node::Table(vec![None, Some(Slot::To(Node::Tables(fields)))])
}

fn field(name: &str, kind: Kind) -> Node {
    let short = |value| Some(Slot::Short(value));
    // The number of the type in the union `Type`, and its table.
    let (number, ty, children) = match kind {
        Kind::Text => (5, vec![], vec![]),
        Kind::Bool => (6, vec![], vec![]),
        Kind::Number => (3, vec![short(2)], vec![]),
        Kind::Day => (8, vec![short(0)], vec![]),
        Kind::Instant => (10, vec![short(1), Some(Slot::To(Node::Text("UTC".into())))], vec![]),
        Kind::Texts => (12, vec![], vec![field("item", Kind::Text)]),
    };
    Node::Table(vec![
        Some(Slot::To(Node::Text(name.to_owned()))),
        Some(Slot::Byte(1)),
        Some(Slot::Byte(number)),
        Some(Slot::To(Node::Table(ty))),
        None,
        Some(Slot::To(Node::Tables(children))),
    ])
}

struct File<'a> {
    to: &'a mut dyn Write,
    at: u64,
    /// Where each record batch is, as structs of the footer.
    blocks: Vec<u8>,
    batches: u32,
}

impl File<'_> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.to.write_all(bytes)
    }

    /// Writes a message; how long its metadata is.
    fn message(&mut self, kind: u8, header: Node, body: &[u8]) -> io::Result<u32> {
        let metadata = finish(&Node::Table(vec![
            Some(Slot::Short(VERSION)),
            Some(Slot::Byte(kind)),
            Some(Slot::To(header)),
            Some(Slot::Long(body.len() as i64)),
        ]));
        self.put(&u32::MAX.to_le_bytes())?;
        self.put(&(metadata.len() as u32).to_le_bytes())?;
        self.put(&metadata)?;
        self.put(body)?;
        Ok(metadata.len() as u32 + 8)
    }

    fn batch(&mut self, rows: usize, batch: Batch) -> io::Result<()> {
        let Batch { body, nodes, buffers } = batch;
        let header = Node::Table(vec![
            Some(Slot::Long(rows as i64)),
            Some(Slot::To(Node::Structs(nodes.concat(), nodes.len() as u32))),
            Some(Slot::To(Node::Structs(buffers.concat(), buffers.len() as u32))),
        ]);
        let at = self.at;
        let metadata = self.message(RECORD_BATCH, header, &body)?;
        self.blocks.extend_from_slice(&at.to_le_bytes());
        self.blocks.extend_from_slice(&u64::from(metadata).to_le_bytes());
        self.blocks.extend_from_slice(&(body.len() as u64).to_le_bytes());
        self.batches += 1;
        Ok(())
    }

    fn finish(mut self, schema: Node) -> io::Result<()> {
        self.put(&u32::MAX.to_le_bytes())?;
        self.put(&0u32.to_le_bytes())?;
        let blocks = Node::Structs(std::mem::take(&mut self.blocks), self.batches);
        let footer = finish(&Node::Table(vec![
            Some(Slot::Short(VERSION)),
            Some(Slot::To(schema)),
            Some(Slot::To(Node::Structs(Vec::new(), 0))),
            Some(Slot::To(blocks)),
        ]));
        self.put(&footer)?;
        self.put(&(footer.len() as u32).to_le_bytes())?;
        self.put(MAGIC)
    }
}

/// The columns of a record batch.
#[derive(Default)]
struct Batch {
    body: Vec<u8>,
    /// Length and number of nulls of each column.
    nodes: Vec<[u8; 16]>,
    /// Place and length in the body of each buffer.
    buffers: Vec<[u8; 16]>,
}

fn pair(a: u64, b: u64) -> [u8; 16] {
    (u128::from(a) | u128::from(b) << 64).to_le_bytes()
}

impl Batch {
    fn buffer(&mut self, fill: impl FnOnce(&mut Vec<u8>)) {
        let from = self.body.len();
        fill(&mut self.body);
        self.buffers.push(pair(from as u64, (self.body.len() - from) as u64));
        self.body.resize(self.body.len().next_multiple_of(8), 0);
    }

    fn bits(&mut self, bits: impl Iterator<Item = bool>) {
        self.buffer(|body| {
            for (at, bit) in bits.enumerate() {
                if at % 8 == 0 {
                    body.push(0);
                }
                if bit && let Some(last) = body.last_mut() {
                    *last |= 1 << (at % 8);
                }
            }
        });
    }

    /// How long the column is, and which of its cells are there.
    fn begin(&mut self, length: usize, present: impl Iterator<Item = bool> + Clone) {
        let nulls = present.clone().filter(|here| !here).count();
        self.nodes.push(pair(length as u64, nulls as u64));
        if nulls == 0 { self.buffer(|_| {}) } else { self.bits(present) }
    }

    fn texts<'a>(&mut self, texts: impl Iterator<Item = &'a str> + Clone) {
        self.buffer(|body| {
            let mut end = 0u32;
            body.extend_from_slice(&end.to_le_bytes());
            for text in texts.clone() {
                end += text.len() as u32;
                body.extend_from_slice(&end.to_le_bytes());
            }
        });
        self.buffer(|body| texts.for_each(|text| body.extend_from_slice(text.as_bytes())));
    }

    fn column(&mut self, kind: Kind, cells: &[Cell]) {
        let present = cells.iter().map(|cell| !matches!(cell, Cell::Null | Cell::Error(_)));
        self.begin(cells.len(), present);
        let number = |cell: &Cell| if let Cell::Number(n) = cell { *n } else { 0.0 };
        let date = |cell: &Cell| if let Cell::Date(at) = cell { *at } else { 0 };
        match kind {
            Kind::Bool => self.bits(cells.iter().map(|cell| *cell == Cell::Bool(true))),
            Kind::Number => self.buffer(|body| {
                for cell in cells {
                    body.extend_from_slice(&number(cell).to_le_bytes());
                }
            }),
            Kind::Day => self.buffer(|body| {
                let day = |cell| date(cell).div_euclid(86_400_000) as i32;
                for cell in cells {
                    body.extend_from_slice(&day(cell).to_le_bytes());
                }
            }),
            Kind::Instant => self.buffer(|body| {
                for cell in cells {
                    body.extend_from_slice(&date(cell).to_le_bytes());
                }
            }),
            Kind::Text => {
                self.texts(cells.iter().map(|cell| if let Cell::Text(text) = cell { text } else { "" }));
            }
            Kind::Texts => self.lists(cells),
        }
    }

    fn lists(&mut self, cells: &[Cell]) {
        let list = Cell::texts;
        self.buffer(|body| {
            let mut end = 0u32;
            body.extend_from_slice(&end.to_le_bytes());
            for cell in cells {
                end += list(cell).len() as u32;
                body.extend_from_slice(&end.to_le_bytes());
            }
        });
        let items = cells.iter().flat_map(list);
        let count = items.clone().count();
        self.begin(count, std::iter::repeat_n(true, count));
        self.texts(items.map(|text| &**text));
    }
}
