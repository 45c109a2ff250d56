//! Answers of writes that were sent with a key, so that a repeat is not done twice.

use std::fmt::Write;

use jiff::SignedDuration;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use skein_store::{Db, FutureExt, StoreError, Tx, params};
use skein_types::Timestamp;

use crate::BaseError;

/// How long an answer is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// An idempotency key with what it was sent with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Whose it is.
    pub owner: String,
    /// As the client chose it.
    pub key: String,
    /// Hash of the request.
    pub request: String,
}

impl Key {
    /// A key for a request that is told apart from others by `parts`.
    pub fn new(owner: String, key: &str, parts: &[&[u8]]) -> Result<Self, BaseError> {
        if key.is_empty() || key.len() > 200 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BaseError::invalid(
                "idempotency.key_invalid",
                "Idempotency-Key",
                "a key has 1 to 200 visible ASCII characters",
            ));
        }
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let request = hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        Ok(Self { owner, key: key.to_owned(), request })
    }

    /// The answer that was given before; none when there was no such request.
    pub(crate) async fn answer(&self, db: &Db, now: Timestamp) -> Result<Option<Box<RawValue>>, BaseError> {
        let sql = "SELECT request_hash, answer, created FROM idempotency WHERE member = $1 AND key = $2";
        let Some(row) = db.row(sql, params![&self.owner, &self.key]).await? else { return Ok(None) };
        if now.duration_since(row.get("created")?) > KEPT {
            return Ok(None);
        }
        if row.get::<String>("request_hash")? != self.request {
            return Err(BaseError::KeyReused);
        }
        let answer = row.get::<Option<String>>("answer")?.unwrap_or_else(|| "null".into());
        RawValue::from_string(answer).map(Some).map_err(|error| BaseError::Internal(error.to_string()))
    }

    /// Keeps an answer, in the transaction that does what it tells.
    pub(crate) async fn keep(&self, tx: &mut Tx, answer: &str, now: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO idempotency (member, key, request_hash, status, answer, created) \
             VALUES ($1, $2, $3, 200, $4, $5) ON CONFLICT (member, key) DO UPDATE SET \
             request_hash = excluded.request_hash, answer = excluded.answer, created = excluded.created";
        let values = params![&self.owner, &self.key, &self.request, answer, now];
        tx.execute(sql, values).await.map(|_| ())
    }
}

/// Deletes answers older than a day.
pub(crate) async fn prune(db: &Db, now: Timestamp) -> Result<(), StoreError> {
    let before = now.saturating_sub(KEPT).unwrap_or(now);
    db.write(move |tx| {
        async move {
            tx.execute("DELETE FROM idempotency WHERE created < $1", params![before]).await.map(|_| ())
        }
        .boxed()
    })
    .await
}
