//! The server: configuration, wiring, HTTP, the socket and the embedded client. Decides nothing itself.

pub mod cli;
pub mod commands;
pub mod config;

mod app;
mod assets;
mod demo;
mod headers;
mod socket;
mod telemetry;

pub use app::{Services, document};
