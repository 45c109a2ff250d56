//! Remembers answers of the permission system until anything they follow from changes.

use std::collections::HashMap;

use parking_lot::Mutex;
use skein_store::Watch;
use skein_types::{OrgId, ResourceId};

use super::Standing;
use crate::{Platform, Principal, directory_stream, drive_stream};

/// The heads of the streams of an organisation that answers follow from, as far as this process has
/// heard. A commit moves them before it is acknowledged, so no answer outlives what it was based on.
pub(crate) type Version = (i64, i64);

/// Past this many answers of one organisation it begins anew.
const LIMIT: usize = 200_000;

#[derive(Default)]
pub(crate) struct Cache(
    Mutex<HashMap<OrgId, Watched>>,
    Mutex<HashMap<(Principal, ResourceId), (Version, Standing)>>,
);

struct Watched {
    drive: Watch,
    directory: Watch,
}

impl Cache {
    /// To be asked before the database is read.
    pub(crate) fn version(&self, platform: &Platform, org: OrgId) -> Version {
        let mut orgs = self.0.lock();
        let watched = orgs.entry(org).or_insert_with(|| Watched {
            drive: platform.db.bus().watch(&drive_stream(org)),
            directory: platform.db.bus().watch(&directory_stream(org)),
        });
        (watched.drive.heard(), watched.directory.heard())
    }

    pub(crate) fn get(&self, key: &(Principal, ResourceId), version: Version) -> Option<Standing> {
        self.1.lock().get(key).filter(|(of, _)| *of == version).map(|(_, standing)| *standing)
    }

    pub(crate) fn put(&self, key: (Principal, ResourceId), version: Version, standing: Standing) {
        let mut answers = self.1.lock();
        if answers.len() >= LIMIT {
            answers.clear();
        }
        answers.insert(key, (version, standing));
    }
}
