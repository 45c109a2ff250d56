//! Answers of writes that were sent with a key, so that a repeat is not done twice.

use std::collections::HashMap;

use axum::http::HeaderMap;
use jiff::SignedDuration;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use skein_store::{Db, FutureExt, StoreError, Tx, params};
use skein_types::{Problem, Timestamp, hex};

use crate::access::Reads;

/// How long an answer is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What is wrong with a key.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KeyError {
    /// It cannot be a key.
    #[error("a key has 1 to 200 visible ASCII characters")]
    Invalid,
    /// It was sent with something else before.
    #[error("this idempotency key was used for another request")]
    Reused,
    /// The answer that was kept is none.
    #[error("the answer to an idempotency key cannot be read: {0}")]
    Damaged(String),
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        let text = error.to_string();
        match error {
            KeyError::Invalid => Self::invalid("idempotency.key_invalid", "Idempotency-Key", text),
            KeyError::Reused => Self::invalid("idempotency.key_reused", "Idempotency-Key", text),
            KeyError::Damaged(_) => Self::new(500, "internal", text),
        }
    }
}

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
    pub fn new(owner: String, key: &str, parts: &[&[u8]]) -> Result<Self, KeyError> {
        if key.is_empty() || key.len() > 200 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(KeyError::Invalid);
        }
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Ok(Self { owner, key: key.to_owned(), request: hex(&hash.finalize()) })
    }

    /// The key that the headers of a request hold, if any.
    pub fn of(headers: &HeaderMap, owner: String, parts: &[&[u8]]) -> Result<Option<Self>, KeyError> {
        let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
        Self::new(owner, &String::from_utf8_lossy(key.as_bytes()), parts).map(Some)
    }

    /// Under what it is kept.
    fn name(&self) -> (String, String) {
        (self.owner.clone(), self.key.clone())
    }

    fn same_name(&self, other: &Self) -> bool {
        self.owner == other.owner && self.key == other.key
    }

    /// Of two requests: none when they have other keys, otherwise whether they are the same.
    pub fn repeats(&self, other: &Self) -> Option<Result<(), KeyError>> {
        self.same_name(other).then(|| if self == other { Ok(()) } else { Err(KeyError::Reused) })
    }
}

/// Answers that were given before.
#[derive(Default)]
pub struct Answers(HashMap<(String, String), (String, String)>);

impl Answers {
    /// Those to the given keys.
    pub async fn read(
        db: &Db,
        keys: impl IntoIterator<Item = &Key>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        Self::read_by(Reads::Db(db), keys, now).await
    }

    /// Like [`Answers::read`], as a transaction sees it.
    pub async fn read_in(
        tx: &mut Tx,
        keys: impl IntoIterator<Item = &Key>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        Self::read_by(Reads::Tx(tx), keys, now).await
    }

    async fn read_by(
        mut reads: Reads<'_>,
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
        let rows = reads.rows(&sql, values).await?;
        let known = rows.iter().map(|row| {
            let answer = row.get::<Option<String>>("answer")?.unwrap_or_else(|| "null".into());
            Ok(((row.get("member")?, row.get("key")?), (row.get("request_hash")?, answer)))
        });
        Ok(Self(known.collect::<Result<_, StoreError>>()?))
    }

    /// The answer to a key; none when there was no such request.
    pub fn get(&self, key: &Key) -> Result<Option<Box<RawValue>>, KeyError> {
        let Some((request, answer)) = self.0.get(&key.name()) else { return Ok(None) };
        if *request != key.request {
            return Err(KeyError::Reused);
        }
        let answer = RawValue::from_string(answer.clone());
        answer.map(Some).map_err(|error| KeyError::Damaged(error.to_string()))
    }
}

/// Keeps answers, in the transaction that does what they tell. Each key occurs once.
pub async fn keep(tx: &mut Tx, answers: Vec<(Key, String, Timestamp)>) -> Result<(), StoreError> {
    let row = |(key, answer, at): (Key, String, Timestamp)| {
        params![key.owner, key.key, key.request, 200_i64, answer, at]
    };
    let into = "idempotency (member, key, request_hash, status, answer, created)";
    let newer = "ON CONFLICT (member, key) DO UPDATE SET request_hash = excluded.request_hash, \
         answer = excluded.answer, created = excluded.created";
    tx.insert_many(into, newer, answers.into_iter().map(row).collect()).await
}

/// Deletes answers older than a day.
pub async fn prune(db: &Db, now: Timestamp) -> Result<(), StoreError> {
    let before = now.saturating_sub(KEPT).unwrap_or(now);
    db.write(move |tx| {
        async move {
            tx.execute("DELETE FROM idempotency WHERE created < $1", params![before]).await.map(|_| ())
        }
        .boxed()
    })
    .await
}
