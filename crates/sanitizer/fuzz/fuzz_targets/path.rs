//! Any text as a JSON path of a rule file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vizard_sanitizer_fuzz::path(data));
