//! The rows of a base that is being read, on disk: memory holds a page of them, however many there are.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, Write},
    path::Path,
};

use skein_types::{RecordId, TableId};

/// Rows of a page, and about how many bytes.
const PAGE_ROWS: usize = 2_000;
const PAGE_BYTES: usize = 4 << 20;

/// A record as it is stored.
pub(super) type StoredRow = (TableId, RecordId, Vec<u8>);

/// Takes rows. The file has no name and is gone with the process.
pub(super) struct RowsWriter(BufWriter<File>);

impl RowsWriter {
    /// Keeps rows in a folder.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self(BufWriter::with_capacity(256 << 10, tempfile::tempfile_in(folder)?)))
    }

    pub(super) fn add(&mut self, table: TableId, record: RecordId, data: &[u8]) -> io::Result<()> {
        let length = u32::try_from(data.len()).map_err(io::Error::other)?;
        self.0.write_all(&table.to_bytes())?;
        self.0.write_all(&record.to_bytes())?;
        self.0.write_all(&length.to_le_bytes())?;
        self.0.write_all(data)
    }

    /// The rows in the order in which they came.
    pub(super) fn finish(self) -> io::Result<RowsReader> {
        let mut file = self.0.into_inner().map_err(io::IntoInnerError::into_error)?;
        let left = file.stream_position()?;
        file.rewind()?;
        Ok(RowsReader { file: BufReader::with_capacity(256 << 10, file), left })
    }
}

/// Gives rows back.
pub(super) struct RowsReader {
    file: BufReader<File>,
    /// Bytes that were not read yet.
    left: u64,
}

impl RowsReader {
    /// The next rows; none at the end.
    pub(super) fn page(&mut self) -> io::Result<Vec<StoredRow>> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while self.left > 0 && rows.len() < PAGE_ROWS && bytes < PAGE_BYTES {
            let (mut table, mut record, mut length) = ([0; 16], [0; 16], [0; 4]);
            self.file.read_exact(&mut table)?;
            self.file.read_exact(&mut record)?;
            self.file.read_exact(&mut length)?;
            let mut data = vec![0; u32::from_le_bytes(length) as usize];
            self.file.read_exact(&mut data)?;
            let taken = 36 + data.len();
            self.left = self.left.saturating_sub(taken as u64);
            bytes += taken;
            rows.push((TableId::from_bytes(table), RecordId::from_bytes(record), data));
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_order_page_by_page() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = RowsWriter::new(&folder.path().join("new")).unwrap();
        let row = |n: usize| {
            let (table, record) = (TableId::from_bits((n % 3) as u128), RecordId::from_bits(n as u128));
            (table, record, vec![n as u8; if n == 9 { PAGE_BYTES } else { n % 50 }])
        };
        let all: Vec<StoredRow> = (0..PAGE_ROWS + 20).map(row).collect();
        for (table, record, data) in &all {
            writer.add(*table, *record, data).unwrap();
        }
        let mut reader = writer.finish().unwrap();
        let (mut back, mut pages) = (Vec::new(), Vec::new());
        loop {
            let page = reader.page().unwrap();
            if page.is_empty() {
                break;
            }
            pages.push(page.len());
            back.extend(page);
        }
        assert_eq!(pages, [10, PAGE_ROWS, 10]);
        assert!(back == all);
    }
}
