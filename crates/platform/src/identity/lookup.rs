//! Small questions about people that the server and the command line ask.

use skein_store::{FutureExt, StoreError, params};
use skein_types::{MemberId, OrgId};

use super::rules;
use crate::{Ctx, Platform, Principal};

/// The organisation of this server; none before it is set up.
pub async fn organization(platform: &Platform) -> Result<Option<OrgId>, StoreError> {
    let row = platform.db.row("SELECT id FROM orgs ORDER BY created LIMIT 1", vec![]).await?;
    row.map(|row| row.get("id")).transpose()
}

/// The member with this address, active or not.
pub async fn find_by_email(platform: &Platform, email: &str) -> Result<Option<MemberId>, StoreError> {
    let email = rules::email_key(email);
    let row = platform.db.row("SELECT id FROM members WHERE email = $1", params![email]).await?;
    row.map(|row| row.get("id")).transpose()
}

/// The name of the acting member as others see it; empty for the visitor of a link.
pub async fn display_name(ctx: &Ctx) -> Result<String, StoreError> {
    let Principal::Member { id, .. } = ctx.who else { return Ok(String::new()) };
    let row = ctx.platform.db.row("SELECT name FROM members WHERE id = $1", params![id]).await?;
    row.map_or_else(|| Ok(String::new()), |row| row.get("name"))
}

/// Deletes sessions that have expired.
pub async fn prune(platform: &Platform) -> Result<(), StoreError> {
    let now = platform.clock.now();
    platform
        .db
        .write(move |tx| {
            async move { tx.execute("DELETE FROM sessions WHERE expires < $1", params![now]).await.map(|_| ()) }.boxed()
        })
        .await
}
