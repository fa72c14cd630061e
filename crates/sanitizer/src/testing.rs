//! For the tests of this crate: an endpoint's response side from YAML, run with known keys.

use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Secret, Settings};

use crate::counts::Counts;
use crate::diagnostic::Report;
use crate::doc::Document;
use crate::program::{self, Program};
use crate::sanitize::{Options, sanitize};

/// The keys that the documented examples use.
pub(crate) fn keys() -> &'static Pseudonymizer {
    static KEYS: std::sync::LazyLock<Pseudonymizer> = std::sync::LazyLock::new(|| {
        let keys = KeyMaterial { encryption_key: Some(Secret::new("secret")), ..KeyMaterial::salted("salt") };
        Pseudonymizer::new(&keys, Settings::default())
    });
    &KEYS
}

/// Compiles an endpoint whose response keys are the given YAML (two spaces deep).
pub(crate) fn program(endpoint: &str) -> Result<Program, String> {
    let yaml = format!("endpoints:\n- pathTemplate: /x\n{endpoint}\n");
    let mut report = Report::default();
    let document = Document::read(&yaml, &mut report);
    let program = document
        .map(|mut document| program::of(&mut document.endpoints[0], &document.definitions, &mut report));
    match program {
        Some(program) if !report.has_errors() => Ok(program),
        _ => Err(report.finish("rules", &yaml).to_string()),
    }
}

/// Runs such an endpoint over a body.
pub(crate) fn run(endpoint: &str, body: &str) -> Result<(String, Counts), String> {
    let program = program(endpoint)?;
    match sanitize(&program, body.as_bytes(), keys(), Options::default()) {
        Ok(sanitized) => {
            let counts = sanitized.counts();
            Ok((String::from_utf8(sanitized.into_body()).expect("JSON is UTF-8"), counts))
        }
        Err(error) => Err(error.code().to_owned()),
    }
}
