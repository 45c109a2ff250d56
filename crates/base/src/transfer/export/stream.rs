//! From a thread that writes a file to a client that reads it: at most a few pieces wait in between.

use std::{
    io::{self, BufWriter, Write},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::{runtime::Handle, sync::mpsc, time::timeout};

/// Bytes of a piece.
const PIECE: usize = 128 << 10;
/// Pieces that wait to be read.
const WAITING: usize = 4;
/// Who takes nothing for so long is gone.
const PATIENCE: Duration = Duration::from_mins(1);

/// What `write` writes, as a stream of pieces. Needs a runtime. A writer that fails ends the stream with its
/// error, so that nobody takes half a file for a whole one.
pub(in crate::transfer) fn streamed(
    write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()> + Send + 'static,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let (send, mut pieces) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let mut out =
            BufWriter::with_capacity(PIECE, Sender { send: send.clone(), runtime: Handle::current() });
        let written = write(&mut out).and_then(|()| out.flush());
        // What is left in the buffer of a file that failed is of no use.
        let _ = out.into_parts();
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            tracing::warn!(%error, "an export broke off");
            let _ = send.blocking_send(Err(error));
        }
    });
    // Bodies that are compressed are asked again after their end.
    stream::poll_fn(move |cx| pieces.poll_recv(cx))
}

struct Sender {
    send: mpsc::Sender<io::Result<Bytes>>,
    runtime: Handle,
}

impl Write for Sender {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let sending = self.send.send(Ok(Bytes::copy_from_slice(piece)));
        match self.runtime.block_on(timeout(PATIENCE, sending)) {
            Ok(Ok(())) => Ok(piece.len()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "nobody reads the export any more")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "nobody read the export for a minute")),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    #[tokio::test]
    async fn what_has_ended_stays_ended() {
        let mut pieces = Box::pin(streamed(|out| out.write_all(b"all")));
        let first = pieces.next().await.expect("a piece").expect("a sound one");
        assert_eq!(&first[..], b"all");
        assert!(pieces.next().await.is_none());
        assert!(pieces.next().await.is_none());
    }
}
