//! Answers of writes that were sent with a key, so that a repeat is not done twice.

use std::collections::HashMap;

use jiff::SignedDuration;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use skein_store::{Db, FutureExt, StoreError, Tx, params};
use skein_types::{Timestamp, hex};

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
        Ok(Self { owner, key: key.to_owned(), request: hex(&hash.finalize()) })
    }

    /// Under what it is kept.
    fn name(&self) -> (String, String) {
        (self.owner.clone(), self.key.clone())
    }

    fn same_name(&self, other: &Self) -> bool {
        self.owner == other.owner && self.key == other.key
    }

    /// Of two requests: none when they have other keys, otherwise whether they are the same.
    pub(crate) fn repeats(&self, other: &Self) -> Option<Result<(), BaseError>> {
        self.same_name(other).then(|| if self == other { Ok(()) } else { Err(BaseError::KeyReused) })
    }
}

/// Answers that were given before.
#[derive(Default)]
pub(crate) struct Answers(HashMap<(String, String), (String, String)>);

impl Answers {
    /// Those to the given keys.
    pub(crate) async fn read(
        db: &Db,
        keys: impl IntoIterator<Item = &Key>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let (mut places, mut values) = (Vec::new(), params![now.saturating_sub(KEPT).unwrap_or(now)]);
        for key in keys {
            places.push(format!("(member = ${} AND key = ${})", values.len() + 1, values.len() + 2));
            values.extend(params![&key.owner, &key.key]);
        }
        if places.is_empty() {
            return Ok(Self::default());
        }
        let sql = format!(
            "SELECT member, key, request_hash, answer FROM idempotency WHERE created >= $1 AND ({})",
            places.join(" OR ")
        );
        let rows = db.rows(&sql, values).await?;
        let known = rows.iter().map(|row| {
            let answer = row.get::<Option<String>>("answer")?.unwrap_or_else(|| "null".into());
            Ok(((row.get("member")?, row.get("key")?), (row.get("request_hash")?, answer)))
        });
        Ok(Self(known.collect::<Result<_, StoreError>>()?))
    }

    /// The answer to a key; none when there was no such request.
    pub(crate) fn get(&self, key: &Key) -> Result<Option<Box<RawValue>>, BaseError> {
        let Some((request, answer)) = self.0.get(&key.name()) else { return Ok(None) };
        if *request != key.request {
            return Err(BaseError::KeyReused);
        }
        let answer = RawValue::from_string(answer.clone());
        answer.map(Some).map_err(|error| BaseError::Internal(error.to_string()))
    }
}

/// Keeps answers, in the transaction that does what they tell. Each key occurs once.
pub(crate) async fn keep(tx: &mut Tx, answers: Vec<(Key, String, Timestamp)>) -> Result<(), StoreError> {
    let row = |(key, answer, at): (Key, String, Timestamp)| {
        params![key.owner, key.key, key.request, 200_i64, answer, at]
    };
    let into = "idempotency (member, key, request_hash, status, answer, created)";
    let newer = "ON CONFLICT (member, key) DO UPDATE SET request_hash = excluded.request_hash, \
         answer = excluded.answer, created = excluded.created";
    tx.insert_many(into, newer, answers.into_iter().map(row).collect()).await
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
