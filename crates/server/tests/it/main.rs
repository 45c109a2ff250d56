//! The server as a whole: real processes, real sockets.

mod client;
mod commands;
mod crash;
mod files;
mod import_crash;
mod layers;
mod openapi;
mod process;
mod security;
mod socket;
mod two_nodes;
