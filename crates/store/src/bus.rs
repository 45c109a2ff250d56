//! Wake-ups inside this process: which streams moved, and that the log as a whole did.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use skein_types::StreamId;
use tokio::sync::watch;

/// Wakes those who watch a stream or the whole log. A wake-up carries the highest sequence number
/// heard of and nothing else: who is woken reads the log.
#[derive(Clone)]
pub struct Bus {
    streams: Arc<Mutex<Streams>>,
    all: Arc<watch::Sender<u64>>,
}

#[derive(Default)]
struct Streams {
    senders: HashMap<StreamId, watch::Sender<i64>>,
    /// How many there were, at least, when those nobody watches were last swept out.
    swept_at: usize,
}

/// Watches one stream from the moment it was made.
pub struct Watch {
    heard: watch::Receiver<i64>,
}

impl Bus {
    pub(crate) fn new() -> Self {
        Self { streams: Arc::default(), all: Arc::new(watch::Sender::new(0)) }
    }

    /// Watches a stream. Do this before sampling state: what happens in between then wakes.
    pub fn watch(&self, stream: &StreamId) -> Watch {
        let mut streams = self.streams.lock();
        if streams.senders.len() >= streams.swept_at.max(512) * 2 {
            streams.senders.retain(|_, sender| sender.receiver_count() > 0);
            streams.swept_at = streams.senders.len();
        }
        let sender = streams.senders.entry(stream.clone()).or_insert_with(|| watch::Sender::new(0));
        Watch { heard: sender.subscribe() }
    }

    /// Watches the whole log.
    pub fn watch_all(&self) -> watch::Receiver<u64> {
        self.all.subscribe()
    }

    pub(crate) fn publish(&self, appended: impl IntoIterator<Item = (StreamId, i64)>) {
        let streams = self.streams.lock();
        let mut any = false;
        for (stream, seq) in appended {
            any = true;
            if let Some(sender) = streams.senders.get(&stream) {
                sender.send_if_modified(|heard| {
                    let newer = seq > *heard;
                    *heard = seq.max(*heard);
                    newer
                });
            }
        }
        drop(streams);
        if any {
            self.all.send_modify(|count| *count += 1);
        }
    }
}

impl Watch {
    /// The highest sequence number heard of since somebody began to watch; 0 for none. A commit of this
    /// process is heard of before it is acknowledged.
    pub fn heard(&self) -> i64 {
        *self.heard.borrow()
    }

    /// Waits until the stream is known to have moved since the last call.
    pub async fn changed(&mut self) {
        if self.heard.changed().await.is_err() {
            // The bus is gone with the server: nothing will ever come.
            std::future::pending::<()>().await;
        }
    }
}
