//! What an import changed, on disk, so that it can be put back: a line a record.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use skein_table::{Record, Value};
use skein_types::{FieldId, RecordId, TableId};

use crate::OpenBase;

/// Cells of a record: each with what it held and what it was given.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Changed {
    pub(super) id: RecordId,
    pub(super) cells: Vec<(FieldId, Value, Value)>,
}

/// The changes of one import.
pub(super) struct Spool {
    path: PathBuf,
    /// Made when something is changed.
    file: Option<File>,
}

impl Spool {
    /// Begins anew, or goes on after an interruption.
    pub(super) fn open(path: &Path, again: bool) -> Self {
        let spool = Self { path: path.to_owned(), file: None };
        if !again {
            spool.remove();
        }
        spool
    }

    /// Notes what records hold before they are changed.
    pub(super) fn keep(&mut self, open: &OpenBase, table: TableId, records: &[Record]) -> io::Result<()> {
        let snapshot = open.snapshot();
        let Some(table) = snapshot.base.table(table) else { return Ok(()) };
        let mut lines = Vec::new();
        for record in records {
            let Some(row) = table.row(record.id) else { continue };
            let cells = record.cells.iter().map(|(field, new)| (*field, table.get(row, *field), new.clone()));
            serde_json::to_writer(&mut lines, &Changed { id: record.id, cells: cells.collect() })?;
            lines.push(b'\n');
        }
        if self.file.is_none() {
            if let Some(folder) = self.path.parent() {
                fs::create_dir_all(folder)?;
            }
            self.file = Some(OpenOptions::new().create(true).append(true).open(&self.path)?);
        }
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(&lines))
    }

    /// Everything that was noted, oldest first. A line that was cut off by an interruption was not committed.
    pub(super) fn changed(&self) -> io::Result<Vec<Changed>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let lines = BufReader::new(file).lines();
        Ok(lines.map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok()).collect())
    }

    /// Forgets it all.
    pub(super) fn remove(&self) {
        if let Err(error) = fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, path = %self.path.display(), "what an import changed could not be removed");
        }
    }
}
