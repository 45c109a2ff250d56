//! Opening a backup: nothing of it is used before all of it is known to be as it was written.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use skein_types::hex;
use zip::ZipArchive;

use super::{
    BackupError, DIGITS, FIRST, FORMAT, MANIFEST, Manifest, Member, SEAL, blob_member, table_member,
};
use crate::{blobs::is_hash, migrate};

/// A manifest is far smaller; a file that claims a larger one is no honest backup.
const MAX_MANIFEST: u64 = 256 << 20;
/// The name of the first member stands here in every zip archive.
const FIRST_NAME_AT: usize = 30;

/// A backup that was checked as a whole.
pub(super) struct Archive {
    zip: ZipArchive<BufReader<File>>,
    pub(super) manifest: Manifest,
}

/// What is read of a manifest before its version is known.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

impl Archive {
    /// Opens a file and checks its seal, its manifest and the checksum of every member. Blocks.
    pub(super) fn open(path: &Path) -> Result<Self, BackupError> {
        let io = |error| BackupError::io(path, error);
        let mut file = File::open(path).map_err(io)?;
        let told = read_seal(&mut file).map_err(io)??;
        let whole = file.metadata().map_err(io)?.len() - DIGITS as u64;
        file.rewind().map_err(io)?;
        let mut hasher = Sha256::new();
        copy_to(&mut (&mut file).take(whole), &mut hasher, u64::MAX).map_err(io)?;
        hasher.update([b'0'; DIGITS]);
        let intact = hex(&hasher.finalize()) == told;
        file.rewind().map_err(io)?;
        // When the seal is broken this goes on to find the place, for the message.
        let mut archive = Self::read(file)?;
        archive.check()?;
        if intact {
            Ok(archive)
        } else {
            Err(BackupError::damaged("the directory of the archive", "it or the seal was changed"))
        }
    }

    fn read(file: File) -> Result<Self, BackupError> {
        let bad = |error: &dyn std::fmt::Display| BackupError::damaged(MANIFEST, error);
        let mut zip = ZipArchive::new(BufReader::with_capacity(1 << 18, file))
            .map_err(|error| BackupError::damaged("the directory of the archive", error))?;
        let mut text = Vec::new();
        let member = zip.by_name(MANIFEST).map_err(|error| bad(&error))?;
        member.take(MAX_MANIFEST + 1).read_to_end(&mut text).map_err(|error| bad(&error))?;
        if text.len() as u64 > MAX_MANIFEST {
            return Err(bad(&"it is too large"));
        }
        let Version { format } = serde_json::from_slice(&text).map_err(|error| bad(&error))?;
        if format > FORMAT {
            return Err(BackupError::TooNew { what: "format", found: format.into(), known: FORMAT.into() });
        }
        let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| bad(&error))?;
        let (found, known) = (manifest.migration, migrate::newest());
        if found > known {
            return Err(BackupError::TooNew { what: "migration", found, known });
        }
        Ok(Self { zip, manifest })
    }

    /// The members are those the manifest names, of the kinds there are, with the content they had.
    fn check(&mut self) -> Result<(), BackupError> {
        let members = self.manifest.members.clone();
        let mut seen = BTreeSet::new();
        for member in &members {
            if !seen.insert(member.name.as_str()) {
                return Err(BackupError::damaged(&member.name, "it is named twice"));
            }
            self.check_name(&member.name)?;
            self.check_member(member)?;
        }
        for table in &self.manifest.tables {
            let name = table_member(&table.name);
            if !seen.contains(name.as_str()) {
                return Err(BackupError::damaged(name, "it is missing"));
            }
        }
        if self.zip.len() != members.len() + 1 {
            return Err(BackupError::damaged(MANIFEST, "there are members that it does not name"));
        }
        Ok(())
    }

    fn check_name(&self, name: &str) -> Result<(), BackupError> {
        let table = || self.manifest.tables.iter().any(|table| table_member(&table.name) == name);
        let blob = || name.strip_prefix("blobs/").is_some_and(is_hash);
        if name == FIRST || blob() || table() {
            Ok(())
        } else {
            Err(BackupError::damaged(name, "a backup has no such member"))
        }
    }

    fn check_member(&mut self, member: &Member) -> Result<(), BackupError> {
        let bad = |reason: &dyn std::fmt::Display| BackupError::damaged(&member.name, reason);
        let mut content = self.zip.by_name(&member.name).map_err(|error| bad(&error))?;
        let mut hasher = Sha256::new();
        let size = copy_to(&mut content, &mut hasher, member.size).map_err(|error| bad(&error))?;
        if size > member.size {
            return Err(bad(&"it is longer than it was"));
        }
        if size < member.size {
            return Err(bad(&"it is shorter than it was"));
        }
        let sha256 = hex(&hasher.finalize());
        let unreadable = &self.manifest.unreadable;
        match member.name.strip_prefix("blobs/") {
            _ if sha256 != member.sha256 => Err(bad(&"its checksum is another")),
            Some(hash) if hash != sha256 && unreadable.iter().all(|known| known != hash) => {
                Err(bad(&"its content does not have the hash that is its name"))
            }
            _ => Ok(()),
        }
    }

    /// The hashes of the blobs that are there with their content, and their sizes.
    pub(super) fn blobs(&self) -> Vec<(String, u64)> {
        let lost: BTreeSet<String> = self.manifest.unreadable.iter().map(|hash| blob_member(hash)).collect();
        let whole = self.manifest.members.iter().filter(|member| !lost.contains(&member.name));
        whole
            .filter_map(|member| Some((member.name.strip_prefix("blobs/")?.to_owned(), member.size)))
            .collect()
    }

    /// Reads a member in parts until `each` has enough. Blocks.
    pub(super) fn read_member(
        &mut self,
        name: &str,
        mut each: impl FnMut(&[u8]) -> bool,
    ) -> std::io::Result<()> {
        let mut content = self.zip.by_name(name)?;
        let mut part = vec![0; 1 << 16];
        loop {
            let read = content.read(&mut part)?;
            if read == 0 || !each(&part[..read]) {
                return Ok(());
            }
        }
    }
}

/// Hashes content, one byte more than `limit` at most; how much it was.
fn copy_to(content: &mut impl Read, hasher: &mut Sha256, limit: u64) -> std::io::Result<u64> {
    let mut content = content.take(limit.saturating_add(1));
    let mut part = vec![0; 1 << 16];
    let mut size = 0;
    loop {
        let read = content.read(&mut part)?;
        if read == 0 {
            return Ok(size);
        }
        hasher.update(&part[..read]);
        size += read as u64;
    }
}

/// The seal at the end of the file, or what the file is instead of a whole backup.
fn read_seal(file: &mut File) -> std::io::Result<Result<String, BackupError>> {
    let mut start = Vec::new();
    file.take((FIRST_NAME_AT + FIRST.len()) as u64).read_to_end(&mut start)?;
    let begins = start.starts_with(b"PK") && start.ends_with(FIRST.as_bytes());
    let length = (SEAL.len() + DIGITS) as u64;
    let mut end = Vec::new();
    if file.metadata()?.len() >= length {
        file.seek(SeekFrom::End(-(length as i64)))?;
        file.read_to_end(&mut end)?;
    }
    let seal = end.strip_prefix(SEAL).and_then(|digits| std::str::from_utf8(digits).ok());
    Ok(match seal {
        Some(seal) => Ok(seal.to_owned()),
        None if begins => Err(BackupError::damaged("the end of the file", "it is cut off or was changed")),
        None => Err(BackupError::Foreign),
    })
}
