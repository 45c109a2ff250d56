//! The bases this node serves: loaded on first use, let go when idle.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::Duration,
};

use axum::extract::FromRef;
use jiff::SignedDuration;
use parking_lot::Mutex;
use skein_platform::{
    Platform,
    access::{Action, Granted},
    idempotency,
};
use skein_types::{ResourceId, Timestamp};
use tokio::sync::OnceCell;

use crate::{
    BaseError, OpenBase, actor, forms,
    kind::BaseKind,
    open::{GONE, Mail},
    trash,
};

/// How long a base stays in memory after its last use.
const IDLE: SignedDuration = SignedDuration::from_mins(10);
/// How often idle bases are looked for.
const SWEEP: Duration = Duration::from_mins(1);

/// The bases this node serves. Cloning shares them.
#[derive(Clone)]
pub struct Bases(Arc<Inner>);

type Slot = Arc<OnceCell<Arc<OpenBase>>>;

pub(crate) struct Inner {
    platform: Platform,
    loaded: Mutex<HashMap<ResourceId, Slot>>,
    gate: forms::Gate,
}

impl FromRef<Bases> for Platform {
    fn from_ref(bases: &Bases) -> Self {
        bases.0.platform.clone()
    }
}

impl Bases {
    /// The service. Makes the kind `base` known to the platform and starts looking for idle bases, so it
    /// needs a runtime.
    pub fn new(platform: Platform) -> Self {
        let inner = Arc::new(Inner { platform, loaded: Mutex::default(), gate: forms::Gate::default() });
        inner.platform.register_kind(Arc::new(BaseKind(Arc::downgrade(&inner))));
        tokio::spawn(sweep_forever(Arc::downgrade(&inner)));
        Self(inner)
    }

    /// The platform it stands on.
    pub fn platform(&self) -> &Platform {
        &self.0.platform
    }

    /// How often forms may be filled in.
    pub(crate) fn gate(&self) -> &forms::Gate {
        &self.0.gate
    }

    /// A base, loaded on first use.
    pub async fn open<A: Action>(&self, granted: &Granted<A>) -> Result<Arc<OpenBase>, BaseError> {
        self.serve(granted.resource()).await
    }

    /// A base whatever the one who asks may do to it: for what acts by a right of its own.
    pub(crate) async fn serve(&self, id: ResourceId) -> Result<Arc<OpenBase>, BaseError> {
        loop {
            let slot = self.0.loaded.lock().entry(id).or_default().clone();
            let opened = slot.get_or_try_init(|| Box::pin(actor::start(&self.0.platform, id))).await;
            match opened {
                Ok(base) if !base.mail.is_closed() => {
                    *base.used.lock() = self.0.platform.clock.now();
                    return Ok(base.clone());
                }
                Ok(_) => self.0.forget(id, &slot),
                Err(error) => {
                    self.0.forget(id, &slot);
                    return Err(error);
                }
            }
        }
    }

    /// Lets go of bases that nobody used for ten minutes and no feed follows.
    pub fn sweep(&self) {
        self.0.sweep();
    }

    /// Deletes for good what has been in the trash of bases for 30 days. Runs by itself every hour.
    pub async fn expire_trash(&self) -> Result<(), BaseError> {
        trash::expire(&self.0.platform).await
    }

    /// How many bases are in memory.
    pub fn loaded(&self) -> usize {
        self.0.loaded.lock().len()
    }
}

impl Inner {
    fn forget(&self, id: ResourceId, slot: &Slot) {
        let mut loaded = self.loaded.lock();
        if loaded.get(&id).is_some_and(|current| Arc::ptr_eq(current, slot)) {
            loaded.remove(&id);
        }
    }

    fn sweep(&self) {
        let now = self.platform.clock.now();
        self.loaded.lock().retain(|_, slot| match slot.get() {
            // Feeds and running requests hold the base. One that is opened at this very moment is served
            // twice for a while, as by two nodes.
            Some(base) => {
                base.shared.keys.sweep(now);
                let idle = now.duration_since(*base.used.lock()) > IDLE;
                !(base.mail.is_closed() || idle && Arc::strong_count(base) == 1)
            }
            None => Arc::strong_count(slot) > 1,
        });
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.platform.clock.now()
    }

    /// The base was deleted for good by this process.
    pub(crate) fn deleted(&self, id: ResourceId) {
        if let Some(base) = self.loaded.lock().remove(&id).and_then(|slot| slot.get().cloned()) {
            base.shared.published.send_replace(GONE);
            // A full queue is drained by the task itself, which then finds the deletion in the log.
            let _ = base.mail.try_send(Mail::Deleted);
        }
    }
}

async fn sweep_forever(inner: Weak<Inner>) {
    let mut tick = tokio::time::interval(SWEEP);
    let mut rounds = 0u32;
    loop {
        tick.tick().await;
        let Some(inner) = inner.upgrade() else { return };
        inner.sweep();
        if rounds.is_multiple_of(60) {
            let now = inner.platform.clock.now();
            if let Err(error) = idempotency::prune(&inner.platform.db, now).await {
                tracing::warn!(%error, "old idempotency keys could not be deleted");
            }
            if let Err(error) = trash::expire(&inner.platform).await {
                tracing::warn!(%error, "the trash of bases could not be emptied; it is tried again");
            }
        }
        rounds = rounds.wrapping_add(1);
    }
}
