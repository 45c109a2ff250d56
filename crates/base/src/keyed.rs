//! Where records are by the values of key fields, for those who write by keys: worked out before a command
//! reaches the task of the base, which then looks at nothing but what changed since.

use std::sync::Arc;

use jiff::SignedDuration;
use skein_table::KeyIndex;
use skein_types::{FieldId, TableId, Timestamp};
use tokio::sync::Mutex;

use crate::{Command, Snapshot};

/// Records of a table up to which the task itself looks at all of them.
const SMALL: usize = 10_000;
/// Indexes that are kept.
const KEPT: usize = 4;
/// How long one is kept that nobody uses.
const IDLE: SignedDuration = SignedDuration::from_mins(5);

/// An index that is kept.
struct Kept {
    table: TableId,
    index: Arc<KeyIndex>,
    used: Timestamp,
}

/// The indexes of a base, those used last at the end.
#[derive(Default)]
pub(crate) struct KeyIndexes(Mutex<Vec<Kept>>);

impl KeyIndexes {
    /// The indexes a command needs, as of a snapshot that is taken when its turn has come.
    pub(crate) async fn of(
        &self,
        command: &Command,
        snapshot: impl Fn() -> Arc<Snapshot>,
        now: Timestamp,
    ) -> Vec<(TableId, Arc<KeyIndex>)> {
        let mut wanted = Vec::new();
        keys_of(command, &mut wanted);
        let mut found = Vec::with_capacity(wanted.len());
        for (table, fields) in wanted {
            let mut kept = self.0.lock().await;
            let Some(rows) = snapshot().base.table(table).filter(|rows| rows.len() > SMALL).cloned() else {
                continue;
            };
            let known = kept.iter().position(|one| one.table == table && one.index.fields() == fields);
            let known = known.map(|at| kept.remove(at).index);
            let made = tokio::task::spawn_blocking(move || match known {
                Some(index) => Arc::unwrap_or_clone(index).following(&rows),
                None => KeyIndex::new(&rows, &fields),
            });
            let Some(index) = made.await.ok().flatten().map(Arc::new) else { continue };
            kept.push(Kept { table, index: index.clone(), used: now });
            if kept.len() > KEPT {
                kept.remove(0);
            }
            found.push((table, index));
        }
        found
    }

    /// Lets go of those nobody used for a while.
    pub(crate) fn sweep(&self, now: Timestamp) {
        // Whoever holds them uses them.
        if let Ok(mut kept) = self.0.try_lock() {
            kept.retain(|one| now.duration_since(one.used) < IDLE);
        }
    }
}

/// The tables and key fields by which a command names records.
fn keys_of(command: &Command, wanted: &mut Vec<(TableId, Vec<FieldId>)>) {
    match command {
        Command::UpsertRecords { table, by, .. } => {
            let one = (*table, by.clone());
            if !wanted.contains(&one) {
                wanted.push(one);
            }
        }
        Command::Batch { commands, .. } => commands.iter().for_each(|command| keys_of(command, wanted)),
        _ => {}
    }
}
