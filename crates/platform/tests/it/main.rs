//! Tests of the platform on real databases.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod credentials;
mod directory;
mod drive_http;
mod files;
mod links;
mod model;
mod people;
mod policy;
mod profile;
mod sharing;
mod sign_in;
mod trash;
mod tree;
mod world;
