//! `cargo +nightly fuzz run compute`; see the crate.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| skein_fuzz::compute::run(data));
