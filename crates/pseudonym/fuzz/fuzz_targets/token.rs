//! Any text as an identifier and as a token.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vizard_pseudonym_fuzz::token(data));
