//! Backup and restore: one file that holds everything Skein keeps, in words of neither database, so
//! that it is also the way from one to the other. The format is L12 to L15 of docs/spec/log.md.
//!
//! A backup is a zip archive: `skein-backup`, then `tables/<name>.jsonl` and `blobs/<hash>`, then
//! `manifest.json`, and as the archive's comment a seal: the SHA-256 of the whole file.

mod archive;
mod restore;
mod rows;
mod write;

use std::path::Path;

pub use restore::restore;
use serde::{Deserialize, Serialize};
use skein_types::Timestamp;
pub use write::backup;

use crate::{BlobError, StoreError};

/// The version of the format this program writes, and the newest it reads.
const FORMAT: u32 = 1;
const FIRST: &str = "skein-backup";
const MANIFEST: &str = "manifest.json";
/// Before the 64 digits of the seal at the end of the file.
const SEAL: &[u8] = b"skein backup sha256 ";
const DIGITS: usize = 64;

/// What a backup holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    /// The newest migration of the database.
    migration: i64,
    /// When it was taken.
    created: Timestamp,
    /// The position of the log.
    position: i64,
    tables: Vec<TableInfo>,
    /// Blobs the database names and the blob store does not have whole. They are not restored.
    unreadable: Vec<String>,
    members: Vec<Member>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct TableInfo {
    name: String,
    rows: u64,
    columns: Vec<Column>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Column {
    name: String,
    kind: Kind,
}

/// The types of columns both databases have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Int,
    Real,
    Bool,
    Text,
    Bytes,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Member {
    name: String,
    size: u64,
    sha256: String,
}

/// What a backup took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// Bytes of the file.
    pub size: u64,
    /// The newest migration of the database.
    pub migration: i64,
    /// The position of the log at the moment of the backup.
    pub position: i64,
    /// Rows of all tables.
    pub rows: u64,
    /// Blobs with their content.
    pub blobs: u64,
    /// Hashes of blobs that the blob store has lost or damaged: they are not in the backup.
    pub unreadable: Vec<String>,
}

/// What a restore brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreReport {
    /// When the backup was taken.
    pub created: Timestamp,
    /// The position of the log.
    pub position: i64,
    /// Rows of all tables.
    pub rows: u64,
    /// Blobs with their content.
    pub blobs: u64,
    /// Hashes of blobs that were lost or damaged already when the backup was taken.
    pub unreadable: Vec<String>,
}

/// Why a backup or a restore was not done. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// The file is something else.
    #[error("this file is not a Skein backup")]
    Foreign,
    /// The file is not as it was written.
    #[error("the backup is damaged: {member}: {reason}")]
    Damaged {
        /// Which part of it.
        member: String,
        /// What is wrong there.
        reason: String,
    },
    /// A newer program wrote the file.
    #[error("the backup has {what} {found}, this program knows up to {known}; use a newer skein")]
    TooNew {
        /// `format` or `migration`.
        what: &'static str,
        /// Of the backup.
        found: i64,
        /// Of this program.
        known: i64,
    },
    /// There are tables in the database to restore to.
    #[error("the database is not empty (it has the table {0}); restore into a new one")]
    NotEmpty(String),
    /// The database has a column of a type that a backup does not know.
    #[error("column {column} of table {table} has the type {kind}, which cannot be backed up")]
    UnknownType {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The type.
        kind: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The blob store failed.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

impl BackupError {
    fn io(path: &Path, error: std::io::Error) -> Self {
        Self::Io { path: path.display().to_string(), error }
    }
    fn damaged(member: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        Self::Damaged { member: member.into(), reason: reason.to_string() }
    }
}

fn table_member(table: &str) -> String {
    format!("tables/{table}.jsonl")
}

fn blob_member(hash: &str) -> String {
    format!("blobs/{hash}")
}
