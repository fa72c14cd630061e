//! The fuzz target of this crate on stable Rust: its corpus, and blind changes of it.

use std::path::Path;

#[path = "../fuzz/src/lib.rs"]
#[allow(unreachable_pub, reason = "public for the fuzz target")]
mod targets;

#[allow(unreachable_pub, reason = "shared with the crate above")]
mod smoke;

#[test]
fn any_text_can_be_a_token_or_an_identifier() {
    smoke::run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz"), "token", 2_000, targets::token);
}

#[test]
#[should_panic(expected = "failed with")]
fn a_target_that_fails_is_told_of() {
    let refuses_at = |input: &[u8]| assert!(!input.contains(&b'@'));
    smoke::run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz"), "token", 0, refuses_at);
}
