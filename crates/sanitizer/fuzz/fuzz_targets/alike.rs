//! Any bytes as one of many documents that are almost the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vizard_sanitizer_fuzz::alike(data));
