//! Bases on a real database: SQLite always, PostgreSQL when `SKEIN_TEST_POSTGRES` names a server.

mod feeds;
mod http;
mod kinds;
mod nodes;
mod transfer;
mod undo;
mod windows;
mod world;
mod writers;
