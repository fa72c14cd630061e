//! Any bytes as the body of an answer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vizard_sanitizer_fuzz::json(data));
