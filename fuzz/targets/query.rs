//! `cargo +nightly fuzz run query`; see the crate.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| skein_fuzz::query::run(data));
