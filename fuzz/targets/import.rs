//! `cargo +nightly fuzz run import`; see the crate.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| skein_fuzz::import::run(data));
