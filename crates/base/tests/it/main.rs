//! Bases on a real database: `SQLite` always, `PostgreSQL` when `SKEIN_TEST_POSTGRES` names a server.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod aggregates;
mod aside;
mod batch;
mod comments;
mod dashboards;
mod export;
mod feeds;
mod forms;
mod formulas;
mod grouped;
mod history;
mod http;
mod images;
mod import;
mod kinds;
mod linked;
mod nodes;
mod numbers;
mod pages;
mod restore;
mod schedule;
mod skein;
mod transfer;
mod trash;
mod trees;
mod undo;
mod views;
mod windows;
mod world;
mod writers;
