//! A whole base as one file: docs/spec/skein-file.md says what is in it. Written as a stream; read page by
//! page into a new base, which comes to be in one transaction, as a whole or not at all.

mod fill;
mod read;
mod reading;
mod rows_file;
mod write;

use serde::{Deserialize, Serialize};
use skein_table::{Stamp, Value};
use skein_types::{FieldId, FileId, GroupId, MemberId, Problem, RecordId, TableId, Timestamp};
use utoipa::ToSchema;

pub use self::{
    read::{BaseWish, import_base},
    reading::{BaseProgress, Reading},
    write::BaseExport,
};

/// The extension of such files.
pub const EXTENSION: &str = "skein";
/// Their media type.
pub(super) const MEDIA: &str = "application/vnd.skein.base+zip";
/// What files of this version say of themselves.
const FORMAT: &str = "skein-base";
const VERSION: u32 = 1;
/// The parts of the archive.
const MANIFEST: &str = "skein.json";
const SCHEMA: &str = "schema.json";
const DASHBOARDS: &str = "dashboards.json";

fn table_part(table: TableId) -> String {
    format!("tables/{table}.jsonl")
}

fn file_part(hash: &str) -> String {
    format!("files/{hash}")
}

/// What the file is and whom and what it names: `skein.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: String,
    version: u32,
    /// The name of the base.
    name: String,
    exported: Timestamp,
    tables: Vec<Counted>,
    people: Vec<Person>,
    groups: Vec<Group>,
    files: Vec<Attached>,
}

/// How many records a table has.
#[derive(Debug, Serialize, Deserialize)]
struct Counted {
    id: TableId,
    records: u64,
}

/// A person whom cells name, or who made or changed a record.
#[derive(Debug, Serialize, Deserialize)]
struct Person {
    id: MemberId,
    name: String,
    email: String,
}

/// A group of people whom cells name.
#[derive(Debug, Serialize, Deserialize)]
struct Group {
    id: GroupId,
    name: String,
}

/// A file that cells name; its content is the part `files/{hash}`.
#[derive(Debug, Serialize, Deserialize)]
struct Attached {
    id: FileId,
    name: String,
    /// SHA-256 in hexadecimal.
    hash: String,
    size: u64,
}

/// A line of `tables/{table}.jsonl`: a record with its cells that are not empty.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    id: RecordId,
    cells: Vec<(FieldId, Value)>,
    made: Stamp,
    changed: Stamp,
}

/// What came of the import of a base.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BaseReport {
    /// Tables made.
    pub tables: u64,
    /// Records made.
    pub records: u64,
    /// Attached files stored.
    pub files: u64,
    /// People of the file who are nobody here: cells keep their ids and show them as unknown.
    pub unknown_people: Vec<String>,
    /// Groups of the file that are not here.
    pub unknown_groups: Vec<String>,
    /// Files that cells name and that were lost before the export.
    pub missing_files: u64,
}

fn damaged(place: &str, reason: impl std::fmt::Display) -> Problem {
    Problem::invalid("import.damaged", format!("file.{place}"), format!("{place}: {reason}"))
}

fn internal(error: impl std::fmt::Display) -> Problem {
    Problem::new(500, "internal", error.to_string())
}
