//! What a module that keeps a kind of resource tells the tree, so that the tree knows no module.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use parking_lot::RwLock;
use skein_store::Tx;
use skein_types::{Problem, ResourceId};

use crate::{Ctx, Platform};

/// A kind of resource other than a folder: what its module does when one is made, copied or deleted.
///
/// Each call runs in the transaction that changes the tree, so both happen or neither. It awaits nothing
/// but that transaction. Access was checked before.
#[async_trait]
pub trait ResourceKind: Send + Sync + 'static {
    /// As stored in `resources.kind` and sent: `base`.
    fn kind(&self) -> &'static str;

    /// Makes the content of a new, empty resource. Its row in `resources` exists already.
    async fn create(&self, tx: &mut Tx, ctx: &Ctx, id: ResourceId) -> Result<(), Problem>;

    /// Copies the content of one resource into a new one, whose row in `resources` exists already.
    async fn duplicate(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        from: ResourceId,
        to: ResourceId,
    ) -> Result<(), Problem>;

    /// Deletes the content for good. The row in `resources` is deleted after it.
    async fn purge(&self, tx: &mut Tx, id: ResourceId) -> Result<(), Problem>;

    /// Told once a purge is committed: what is in memory of it can go.
    fn purged(&self, _id: ResourceId) {}
}

/// The kinds a server knows.
#[derive(Default)]
pub(crate) struct Kinds(RwLock<BTreeMap<&'static str, Arc<dyn ResourceKind>>>);

impl Platform {
    /// Makes a kind of resource known. Called by the server at start, once per kind.
    pub fn register_kind(&self, kind: Arc<dyn ResourceKind>) {
        self.kinds.0.write().insert(kind.kind(), kind);
    }

    pub(crate) fn kind(&self, name: &str) -> Option<Arc<dyn ResourceKind>> {
        self.kinds.0.read().get(name).cloned()
    }
}
