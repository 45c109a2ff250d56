//! The socket: one WebSocket per client over which it hears what changed. docs/spec/socket.md has the
//! rules; S-numbers in comments refer to them.
//!
//! Holds no queue: a subscription remembers what it last sent and computes the next message when the
//! connection can take it (S20). Writes nothing: clients write through the REST API.

mod connection;
mod presence;
mod protocol;
mod subscription;

use std::sync::Arc;

use axum::{
    extract::{State, WebSocketUpgrade},
    http::HeaderMap,
    response::Response,
};
pub(crate) use presence::Presence;
use skein_base::Bases;
use skein_platform::{
    Ctx,
    http::{ApiError, ApiResult},
    identity,
};
use skein_types::Problem;
use tokio::sync::watch;

/// What every connection shares.
#[derive(Clone)]
pub(crate) struct Sockets {
    pub(crate) bases: Bases,
    pub(crate) presence: Arc<Presence>,
    /// Becomes true when the server stops.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// Buffers of a connection. The library's own would hold 128 KiB for every idle client.
const READ_BUFFER: usize = 1024;
const LARGEST_MESSAGE: usize = 64 << 10;
/// One window of 1,000 wide rows must fit.
const LARGEST_ANSWER: usize = 64 << 20;

/// Opens the socket (S1, S2).
pub(crate) async fn open(
    State(sockets): State<Sockets>,
    ctx: Ctx,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> ApiResult<Response> {
    if headers.contains_key("origin") && !identity::same_origin(&headers, &ctx.platform.settings) {
        return Err(ApiError(Problem::new(
            403,
            "auth.cross_site",
            "the socket is for this server's own pages",
        )));
    }
    Ok(upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(LARGEST_ANSWER)
        .max_message_size(LARGEST_MESSAGE)
        .max_frame_size(LARGEST_MESSAGE)
        .on_upgrade(move |socket| connection::run(sockets, ctx, socket)))
}
