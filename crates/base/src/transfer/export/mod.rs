//! Writes a table, or what a view shows of it, as a file of one of several formats, row by row: the rows
//! are those of one snapshot, and no more of the file is in memory than a piece.

mod arrow;
mod column;
mod csv;
mod flat;
mod jsonl;
mod parquet;
mod stream;
mod thrift;
mod xlsx;

use std::{
    io::{self, Write},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use skein_table::{Field, Query, RowIx, Table, Viewer, select};
use skein_types::{FieldId, TableId, ViewId};
use utoipa::ToSchema;

use self::column::{Cell, Column};
pub(crate) use self::csv::csv_cell;
pub(super) use self::stream::streamed;
use crate::{BaseError, Snapshot, plan};

/// Bytes of the cells of a batch, about.
const BATCH_BYTES: usize = 64 << 20;

/// A format of files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Text with commas: UTF-8 with a mark, RFC 4180.
    #[default]
    Csv,
    /// An Excel workbook.
    Xlsx,
    /// A JSON object a line.
    Jsonl,
    /// Apache Parquet, compressed with Snappy.
    Parquet,
    /// Apache Arrow, the file form of IPC.
    Arrow,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Csv, Self::Xlsx, Self::Jsonl, Self::Parquet, Self::Arrow];

    /// The extension of its files, which is also its name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
        }
    }
    /// The media type.
    pub fn media(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Jsonl => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Arrow => "application/vnd.apache.arrow.file",
        }
    }
    /// The format of files with this extension.
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| extension.eq_ignore_ascii_case(format.extension()))
    }
}

/// A table, or what a view shows of it, about to be written.
#[derive(Debug)]
pub struct Export {
    snapshot: Arc<Snapshot>,
    table: Arc<Table>,
    columns: Vec<Column>,
    rows: Vec<RowIx>,
}

impl Export {
    /// A table in the order of its records, or a view with its filter, order and visible fields; groups are
    /// left out. Sorts, so it may take a moment. CSV and XLSX show instants by the clock of the viewer.
    pub fn new(
        snapshot: Arc<Snapshot>,
        table: TableId,
        view: Option<ViewId>,
        viewer: &Viewer,
    ) -> Result<Self, BaseError> {
        let table = snapshot.table(table)?.clone();
        let (query, fields) = match view {
            None => (Query::default(), table.def().fields.clone()),
            Some(id) => {
                let Query { filter, sort, .. } = plan::views::seen(&table, id, viewer.me)?.query();
                (Query { filter, sort, ..Query::default() }, visible(&table, id))
            }
        };
        let rows = select(&snapshot.base, &table, &query, viewer);
        let columns =
            fields.into_iter().filter_map(|field| Column::of(&table, field, &viewer.zone)).collect();
        Ok(Self { snapshot, table, columns, rows })
    }

    /// The name of the table.
    pub fn name(&self) -> &str {
        &self.table.def().name
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Hands out the cells of all records by column, so many records at a time or, when their texts are
    /// long, fewer.
    fn batches(&self, most: usize, mut visit: impl FnMut(&[Vec<Cell>]) -> io::Result<()>) -> io::Result<()> {
        let mut cells: Vec<Vec<Cell>> = self.columns.iter().map(|_| Vec::new()).collect();
        let (mut count, mut bytes) = (0, 0);
        for (at, &row) in self.rows.iter().enumerate() {
            for (column, cells) in self.columns.iter().zip(&mut cells) {
                let cell = column.cell(&self.snapshot.base, &self.table, row);
                bytes += cell.weight();
                cells.push(cell);
            }
            count += 1;
            if count == most || bytes > BATCH_BYTES || at + 1 == self.rows.len() {
                visit(&cells)?;
                cells.iter_mut().for_each(Vec::clear);
                (count, bytes) = (0, 0);
            }
        }
        Ok(())
    }

    /// Writes the file. Blocks.
    pub fn write(&self, format: Format, to: &mut (dyn Write + Send)) -> io::Result<()> {
        match format {
            Format::Csv => csv::write(self, to),
            Format::Xlsx => xlsx::write(self, to),
            Format::Jsonl => jsonl::write(self, to),
            Format::Parquet => parquet::write(self, to),
            Format::Arrow => arrow::write(self, to),
        }
    }
}

/// The fields a view shows, in its order.
fn visible(table: &Table, view: ViewId) -> Vec<Field> {
    let listed = table.view(view).map(|view| view.fields.as_slice()).unwrap_or_default();
    let named = listed.iter().filter(|shown| !shown.hidden).filter_map(|shown| table.field(shown.field));
    let is_listed = |id: FieldId| listed.iter().any(|shown| shown.field == id);
    let rest = table.def().fields.iter().filter(|field| !is_listed(field.id));
    named.chain(rest).cloned().collect()
}

/// A text in CSV, all at once. For what streams, see [`Export`].
pub fn export_csv(
    snapshot: &Arc<Snapshot>,
    table: TableId,
    view: Option<ViewId>,
) -> Result<String, BaseError> {
    let mut bytes = Vec::new();
    let broken =
        |error: &dyn std::fmt::Display| BaseError::Internal(format!("the export broke off: {error}"));
    let export = Export::new(snapshot.clone(), table, view, &Viewer::default())?;
    export.write(Format::Csv, &mut bytes).map_err(|error| broken(&error))?;
    String::from_utf8(bytes).map_err(|error| broken(&error))
}
