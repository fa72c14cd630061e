//! What must hold for any body, any path and any rule file, as functions that panic when it does not.
//!
//! The fuzz targets call them with what libFuzzer makes up, and the tests of the crate (`tests/fuzz_smoke.rs`)
//! with the corpora and changes of them, so that both have the same teeth.

mod json;
mod path;
mod rules;

mod both;
mod oracle;

pub use json::{alike, json};
pub use path::path;
pub use rules::rules;
