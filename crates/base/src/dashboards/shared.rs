//! What charts showed last, for all who see the same.

use std::{collections::HashMap, fmt::Write, sync::Arc};

use parking_lot::Mutex;
use skein_table::{Dependence, Viewer};
use tokio::sync::OnceCell;

use super::{Asked, Reads, Shown};
use crate::BaseError;

/// Charts that are remembered.
const MOST: usize = 1_000;

/// What charts of a base showed last.
#[derive(Debug, Default)]
pub(crate) struct Charts(Mutex<HashMap<String, Arc<Slot>>>);

#[derive(Debug)]
struct Slot {
    reads: Reads,
    shown: OnceCell<Arc<Shown>>,
}

impl Charts {
    /// What a chart shows. Those who ask at once wait for one answer.
    pub(super) async fn shown(&self, asked: Asked) -> Result<Arc<Shown>, BaseError> {
        let key = key(&asked)?;
        let reads = Reads::of(&asked.snapshot.base, &asked.kind);
        let slot = self.slot(key, reads);
        let compute = async move || {
            let work = tokio::task::spawn_blocking(move || asked.compute().map(Arc::new));
            work.await.map_err(|error| BaseError::Internal(error.to_string()))?
        };
        slot.shown.get_or_try_init(compute).await.cloned()
    }

    fn slot(&self, key: String, reads: Reads) -> Arc<Slot> {
        let mut slots = self.0.lock();
        if let Some(slot) = slots.get(&key).filter(|slot| slot.reads == reads) {
            return slot.clone();
        }
        if slots.len() >= MOST {
            slots.clear();
        }
        let slot = Arc::new(Slot { reads, shown: OnceCell::new() });
        slots.insert(key, slot.clone());
        slot
    }
}

/// What is asked, and whoever asks as far as it matters.
fn key(asked: &Asked) -> Result<String, BaseError> {
    let on = asked.dependence()?;
    let kind = serde_json::to_string(&(&asked.kind, &asked.more));
    let kind = kind.map_err(|error| BaseError::Internal(error.to_string()))?;
    Ok(format!("{kind} {}", seen_by(&asked.viewer, on)))
}

fn seen_by(viewer: &Viewer, on: Dependence) -> String {
    let mut text = String::new();
    if on.who {
        text = format!("{:?} {:?} {:?}", viewer.me, viewer.groups, viewer.colleagues);
    }
    if on.zone || on.day {
        let _ = write!(text, " {:?} {:?}", viewer.zone.iana_name(), viewer.week_starts);
    }
    if on.day {
        let day = jiff::Timestamp::from_millisecond(viewer.now).ok();
        let day = day.map(|now| now.to_zoned(viewer.zone.clone()).date());
        let _ = write!(text, " {day:?}");
    }
    text
}
