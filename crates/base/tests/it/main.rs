//! Bases on a real database: `SQLite` always, `PostgreSQL` when `SKEIN_TEST_POSTGRES` names a server.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod aggregates;
mod aside;
mod batch;
mod export;
mod feeds;
mod grouped;
mod http;
mod import;
mod kinds;
mod linked;
mod nodes;
mod pages;
mod skein;
mod transfer;
mod undo;
mod views;
mod windows;
mod world;
mod writers;
