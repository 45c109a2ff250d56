//! `cargo +nightly fuzz run syntax`; see the crate.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| skein_fuzz::syntax::run(data));
