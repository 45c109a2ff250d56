//! Waiting for something to become true, bounded, so that a test fails with a reason and never hangs.

use std::{future::Future, time::Duration};

/// Far more than anything in a test takes, even on a machine with other work.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks again and again until the condition holds. For what gives no sign when it happens; where
/// there is something to await, await that under [`within`].
#[expect(clippy::disallowed_methods, reason = "the one place where tests may poll")]
pub async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    within(what, async {
        let mut pause = Duration::from_millis(1);
        while !condition().await {
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    })
    .await;
}

/// Awaits something that must happen; panics with its name when it does not.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited {PATIENCE:?} for: {what}"))
}
