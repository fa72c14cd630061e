//! The fuzz targets of this crate on stable Rust: their corpora, and blind changes of them.

use std::path::Path;

#[path = "../fuzz/src/lib.rs"]
#[allow(unreachable_pub, reason = "public for the fuzz targets")]
mod targets;

#[path = "../../pseudonym/tests/smoke/mod.rs"]
#[allow(unreachable_pub, reason = "shared with the crate below")]
mod smoke;

fn run(name: &str, cases: usize, target: fn(&[u8])) {
    smoke::run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz"), name, cases, target);
}

#[test]
fn any_bytes_can_be_a_body() {
    run("json", 3_000, targets::json);
}

#[test]
fn any_bytes_can_stand_among_others_that_are_alike() {
    run("json", 1_500, targets::alike);
}

#[test]
fn any_text_can_be_a_path() {
    run("path", 3_000, targets::path);
}

#[test]
fn any_text_can_be_a_rule_file() {
    run("rules", 8_000, targets::rules);
}
