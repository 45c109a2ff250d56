//! Tests of the store, each on SQLite and, where there is a server, on PostgreSQL. Rules named L1, L2 …
//! are those of docs/spec/log.md.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod backup;
mod blobs;
mod consumers;
mod log;
mod migrations;
mod rows;
mod wakeups;
mod writes;

use serde_json::json;
use skein_store::{Db, Expected, FutureExt, StoreError};
use skein_types::{Clock, NewEvent, StreamId};

fn stream(name: &str) -> StreamId {
    StreamId::from_stored(name.to_owned())
}

fn event(number: i64) -> NewEvent {
    NewEvent::new("test.counted", "system", skein_testkit::clock().now(), &json!({ "number": number }))
}

async fn append(db: &Db, stream: &StreamId, expected: Expected, count: i64) -> Result<i64, StoreError> {
    let stream = stream.clone();
    db.write(move |tx| {
        async move { tx.append(&stream, expected, (0..count).map(event).collect()).await }.boxed()
    })
    .await
}
