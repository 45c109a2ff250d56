//! A base as it lies in memory, in parts that are stored one by one: what a cold start reads instead of
//! every record. Parts that did not change since an earlier image are the same chunks and are left out of
//! the next.

use std::sync::Arc;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use skein_types::{RecordId, TableId};

use crate::{
    Base, Dashboard, FieldKind, RowIx, Table, TableDef,
    chunk::{Bits, CHUNK, Codes, Fixed, Sparse, Texts, Var},
    column::{Column, Object},
    formula::Env,
    roster::Roster,
    table::Dict,
};

/// The form of what [`Part::encode`] and [`Base::image`] write. An image of another version is not read.
const VERSION: u8 = 2;

/// The ids of records by row.
const IDS: u32 = 0;
/// Which rows live.
const LIVE: u32 = 1;
/// Who made and changed records and when, in the order of [`crate::table::System`].
const SYSTEM: u32 = 2;
/// The cells of the field with slot 0.
const FIELDS: u32 = 6;

/// Why an image cannot be used. The records themselves are stored apart from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the image of a base cannot be used: {0}")]
pub struct ImageError(pub &'static str);

/// Where a part belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartKey {
    /// In which table.
    pub table: TableId,
    /// What of it: ids, stamps or the cells of a field.
    pub piece: u32,
    /// Of which 8,192 rows.
    pub chunk: u32,
}

/// A part of an image. Shares its cells with the base it was taken of.
pub struct Part {
    /// Where it belongs.
    pub key: PartKey,
    source: Source,
}

/// What stores a state of a base.
pub struct Image {
    /// Definitions and sizes, to be stored with the parts.
    pub head: Vec<u8>,
    /// Parts that differ from those of the image before.
    pub parts: Vec<Part>,
    /// The tables there are.
    pub tables: Vec<TableParts>,
}

/// What there is of a table; parts of other pieces are no longer needed.
pub struct TableParts {
    /// Which.
    pub table: TableId,
    /// What it consists of.
    pub pieces: Vec<u32>,
    /// Whether it was not there before: what is stored of an earlier table of this id is not of this one.
    pub new: bool,
}

enum Source {
    Ids(Arc<Vec<RecordId>>),
    Checkbox(Arc<Bits>),
    Text(Arc<Texts>),
    Number(Arc<Fixed<f64>>),
    Date(Arc<Fixed<i64>>),
    Select(Arc<Codes>),
    Multi(Arc<Var<[u32]>>),
    Object(Arc<Sparse<Object>>),
}

#[derive(Serialize, Deserialize)]
struct Head {
    tables: Vec<TableHead>,
    /// The dashboards as JSON.
    dashboards: String,
}

#[derive(Serialize, Deserialize)]
struct TableHead {
    /// The definition as JSON.
    def: String,
    rows: RowIx,
    /// People and groups by their codes.
    people: Vec<[u8; 16]>,
}

fn write(value: &impl Serialize) -> Vec<u8> {
    postcard::to_extend(value, vec![VERSION]).expect("columns have no shape postcard cannot write")
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ImageError> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => postcard::from_bytes(rest).map_err(|_| ImageError("a part is damaged")),
        _ => Err(ImageError("it is of another version")),
    }
}

impl Part {
    /// As it is stored.
    pub fn encode(&self) -> Vec<u8> {
        match &self.source {
            Source::Ids(ids) => write(&ids.iter().map(|id| id.to_bytes()).collect::<Vec<_>>()),
            Source::Checkbox(bits) => write(&**bits),
            Source::Text(texts) => write(&texts.cells.packed()),
            Source::Number(numbers) => write(&**numbers),
            Source::Date(dates) => write(&**dates),
            Source::Select(codes) => write(&**codes),
            Source::Multi(lists) => write(&lists.packed()),
            Source::Object(objects) => write(&**objects),
        }
    }
}

impl Base {
    /// What is to be stored so that this state can be read again, given that all of `before` is stored
    /// already: an earlier state that this one came from, or the one that was read.
    pub fn image(&self, before: Option<&Self>) -> Image {
        let (mut parts, mut tables, mut heads) = (Vec::new(), Vec::new(), Vec::new());
        for table in &self.tables {
            let id = table.def().id;
            let before = before.and_then(|base| base.table(id)).filter(|before| table.same_rows(before));
            heads.push(TableHead {
                def: serde_json::to_string(table.def()).expect("definitions are JSON"),
                rows: table.row_count() as RowIx,
                people: table.dict().ids().map(u128::to_be_bytes).collect(),
            });
            let mut pieces = vec![IDS, LIVE];
            let mut add = |piece: u32, sources: Vec<(u32, Source)>| {
                let part = |(chunk, source)| Part { key: PartKey { table: id, piece, chunk }, source };
                parts.extend(sources.into_iter().map(part));
            };
            let (ids, live) = table.roster().chunks();
            let (old_ids, old_live) = before.map(|before| before.roster().chunks()).unwrap_or_default();
            add(IDS, differing(ids, old_ids, 0, Source::Ids));
            add(LIVE, differing(live, old_live, 0, Source::Checkbox));
            for (piece, column) in columns(table) {
                let old = before.and_then(|before| {
                    columns(before).find(|(other, _)| *other == piece).map(|(_, column)| column)
                });
                add(piece, changed(column, old));
                pieces.push(piece);
            }
            tables.push(TableParts { table: id, pieces, new: before.is_none() });
        }
        let dashboards = serde_json::to_string(&self.dashboards).expect("definitions are JSON");
        Image { head: write(&Head { tables: heads, dashboards }), parts, tables }
    }
}

/// What of a table is stored cell by cell, with its number as a piece.
fn columns(table: &Table) -> impl Iterator<Item = (u32, &Column)> {
    let system = (SYSTEM..).zip(table.system().iter().map(|column| &**column));
    let fields = table.def().fields.iter().enumerate().filter(|(_, field)| field.kind.is_stored());
    system.chain(fields.map(|(at, field)| (FIELDS + field.slot, &*table.stored(at).cells)))
}

/// Chunks of a column that are not those it had before.
fn changed(column: &Column, before: Option<&Column>) -> Vec<(u32, Source)> {
    let chunks = before.map_or(0, Column::chunk_count);
    macro_rules! by_kind {
        ($($kind:ident)*) => {
            match column {
                $(Column::$kind(now) => {
                    let before = match before {
                        Some(Column::$kind(before)) => before.as_slice(),
                        _ => &[],
                    };
                    differing(now, before, chunks, Source::$kind)
                })*
                Column::Data(_) => Vec::new(),
            }
        };
    }
    by_kind!(Text Number Date Select Multi Checkbox Object)
}

/// Chunks that are new or another one than before; empty ones for those of at least `count` that are gone.
fn differing<T: Default>(
    now: &[Arc<T>],
    before: &[Arc<T>],
    count: usize,
    source: fn(Arc<T>) -> Source,
) -> Vec<(u32, Source)> {
    let all = (0..).zip(0..now.len().max(before.len()).max(count));
    let one = |(chunk, at): (u32, usize)| match (now.get(at), before.get(at)) {
        (Some(now), Some(before)) if Arc::ptr_eq(now, before) => None,
        (Some(now), _) => Some((chunk, source(now.clone()))),
        (None, _) => Some((chunk, source(Arc::default()))),
    };
    all.filter_map(one).collect()
}

/// A stored image as it is read, part by part in any order.
pub struct ImageReader {
    tables: Vec<Unfinished>,
    dashboards: Vec<Arc<Dashboard>>,
}

struct Unfinished {
    table: Table,
    rows: RowIx,
    ids: Vec<Arc<Vec<RecordId>>>,
    live: Vec<Arc<Bits>>,
}

impl ImageReader {
    /// Begins with the head of an image.
    pub fn new(head: &[u8]) -> Result<Self, ImageError> {
        let Head { tables, dashboards } = read(head)?;
        let dashboards =
            serde_json::from_str(&dashboards).map_err(|_| ImageError("a definition is damaged"))?;
        let unfinished = |head: TableHead| {
            let def: TableDef =
                serde_json::from_str(&head.def).map_err(|_| ImageError("a definition is damaged"))?;
            let mut table = Table::new(def);
            for id in head.people {
                Dict::intern(table.dict_mut(), u128::from_be_bytes(id));
            }
            let chunks = (head.rows as usize).div_ceil(CHUNK);
            let (ids, live) = (vec![Arc::default(); chunks], vec![Arc::default(); chunks]);
            Ok(Unfinished { table, rows: head.rows, ids, live })
        };
        Ok(Self { tables: tables.into_iter().map(unfinished).collect::<Result<_, _>>()?, dashboards })
    }

    /// Adds a part as it was stored. One of a field that is gone is left out.
    pub fn put(&mut self, key: PartKey, bytes: &[u8]) -> Result<(), ImageError> {
        let Some(one) = self.tables.iter_mut().find(|one| one.table.def().id == key.table) else {
            return Ok(());
        };
        let at = key.chunk as usize;
        if at >= one.ids.len() {
            return Err(ImageError("a part lies beyond its table"));
        }
        match key.piece {
            IDS => {
                let ids: Vec<[u8; 16]> = read(bytes)?;
                one.ids[at] = Arc::new(ids.into_iter().map(RecordId::from_bytes).collect());
            }
            LIVE => one.live[at] = Arc::new(bits(bytes)?),
            piece => {
                let people = one.table.dict().len();
                if let Some((column, names_people)) = one.column(piece) {
                    put(column, at, bytes)?;
                    if names_people && !within(column, at, people) {
                        return Err(ImageError("a cell names nobody"));
                    }
                }
            }
        }
        Ok(())
    }

    /// The base, once all parts were added. Takes long when formulas are many.
    pub fn build(self, env: Arc<Env>) -> Result<Base, ImageError> {
        let tables: Result<_, ImageError> = self.tables.into_iter().map(Unfinished::finish).collect();
        Ok(Base { dashboards: self.dashboards, ..Base::of_stored(env, tables?) })
    }
}

impl Unfinished {
    /// The column of a piece, and whether its cells name people or groups.
    fn column(&mut self, piece: u32) -> Option<(&mut Column, bool)> {
        if piece < FIELDS {
            let column = self.table.system_mut((piece - SYSTEM) as usize);
            let names_people = matches!(column, Column::Multi(_));
            return Some((column, names_people));
        }
        let fields = &self.table.def().fields;
        let at = fields.iter().position(|field| field.slot == piece - FIELDS && field.kind.is_stored())?;
        let names_people = matches!(fields[at].kind, FieldKind::Member { .. } | FieldKind::Group { .. });
        Some((Arc::make_mut(&mut self.table.stored_mut(at).cells), names_people))
    }

    fn finish(mut self) -> Result<Arc<Table>, ImageError> {
        let whole = |(at, ids): (usize, &Arc<Vec<RecordId>>)| {
            ids.len() == (self.rows as usize - at * CHUNK).min(CHUNK)
        };
        if !self.ids.iter().enumerate().all(whole) {
            return Err(ImageError("records are missing"));
        }
        let roster = Roster::of_chunks(self.ids, self.live).ok_or(ImageError("a record is there twice"))?;
        self.table.set_roster(roster);
        Ok(Arc::new(self.table))
    }
}

/// Reads a chunk into a column.
fn put(column: &mut Column, at: usize, bytes: &[u8]) -> Result<(), ImageError> {
    fn place<T: Default>(chunks: &mut Vec<Arc<T>>, at: usize, chunk: T) {
        if at >= chunks.len() {
            chunks.resize_with(at + 1, Arc::default);
        }
        chunks[at] = Arc::new(chunk);
    }
    fn fits<T>(chunk: T, len: usize) -> Result<T, ImageError> {
        if len <= CHUNK { Ok(chunk) } else { Err(ImageError("a chunk is too long")) }
    }
    const DAMAGED: ImageError = ImageError("a part is damaged");
    match column {
        Column::Text(chunks) => {
            let (lens, pool): (Vec<u32>, String) = read(bytes)?;
            let cells = Var::<str>::unpacked(fits(&lens, lens.len())?, pool).ok_or(DAMAGED)?;
            place(chunks, at, Texts::of(cells));
        }
        Column::Multi(chunks) => {
            let (lens, pool): (Vec<u32>, Vec<u32>) = read(bytes)?;
            place(chunks, at, Var::<[u32]>::unpacked(fits(&lens, lens.len())?, pool).ok_or(DAMAGED)?);
        }
        Column::Number(chunks) => {
            let numbers: Fixed<f64> = read(bytes)?;
            let len = numbers.values.len();
            place(chunks, at, fits(numbers, len)?);
        }
        Column::Date(chunks) => {
            let dates: Fixed<i64> = read(bytes)?;
            let len = dates.values.len();
            place(chunks, at, fits(dates, len)?);
        }
        Column::Select(chunks) => {
            let codes: Codes = read(bytes)?;
            let len = codes.0.len();
            place(chunks, at, fits(codes, len)?);
        }
        Column::Object(chunks) => {
            let objects: Sparse<Object> = read(bytes)?;
            let len = objects.len();
            place(chunks, at, fits(objects, len)?);
        }
        Column::Checkbox(chunks) => place(chunks, at, bits(bytes)?),
        Column::Data(_) => return Err(ImageError("a computed cell is stored")),
    }
    Ok(())
}

fn bits(bytes: &[u8]) -> Result<Bits, ImageError> {
    let bits: Bits = read(bytes)?;
    if bits.words().len() * 64 <= CHUNK { Ok(bits) } else { Err(ImageError("a chunk is too long")) }
}

/// Whether all codes of a chunk are below a limit.
fn within(column: &Column, at: usize, limit: usize) -> bool {
    let Column::Multi(chunks) = column else { return true };
    let Some(chunk) = chunks.get(at) else { return true };
    (0..chunk.len()).filter_map(|row| chunk.get(row)).flatten().all(|&code| (code as usize) < limit)
}
