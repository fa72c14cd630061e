use std::io::{self, Read, Write};

use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Settings};
use vizard_sanitizer::bulk::BulkRules;

use crate::compression::Compression;
use crate::failure::Failure;
use crate::format::Format;
use crate::progress::Progress;
use crate::sanitize::sanitize;
use crate::summary::Summary;
use crate::task::{BadRows, Limits, Options, Origin, Task};

mod arrays;
mod framing;
mod lines;
mod tables;
mod whole;

/// Keeps `id`, makes a token of `email`, and null of `note`.
const RULES: &str = "format: AUTO\ntransforms:\n- pseudonymize: $.email\n- redact: $.note\n";

/// What `ada@acme.example` becomes with the salt of these tests.
const ADA: &str = "t~NhezRd1aURhFnVF9uLEu6UL5lWONuTCAz7iCtVMoWPc@acme.example";

/// What came of a file.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    out: String,
    aside: String,
    summary: Summary,
}

fn keys() -> Pseudonymizer {
    Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default())
}

/// Hands out so many bytes at a time, these sizes over and over.
struct Pieces<'p> {
    bytes: &'p [u8],
    sizes: Vec<usize>,
    turn: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.turn += 1;
        if self.turn.is_multiple_of(5) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let some = self.sizes[self.turn % self.sizes.len()].max(1).min(into.len());
        self.bytes.read(&mut into[..some])
    }
}

fn attempt(
    rules: &str,
    path: &str,
    input: &mut dyn Read,
    output: &mut dyn Write,
    aside: &mut dyn Write,
    options: &Options,
) -> Result<Summary, Failure> {
    let loaded = BulkRules::load("rules.yaml", rules).unwrap();
    let rules = loaded.rules.for_path(path).unwrap();
    let task = Task { rules, keys: &keys(), options };
    let progress = Progress::default();
    let origin = Origin { path, content_type: None };
    let summary = sanitize(&task, origin, input, output, Some(aside), &progress)?;
    assert_eq!(progress.rows(), summary.records());
    assert_eq!(progress.read(), summary.bytes_in);
    Ok(summary)
}

fn run_with(rules: &str, path: &str, input: &[u8], options: &Options) -> Result<Outcome, Failure> {
    let (mut out, mut aside) = (Vec::new(), Vec::new());
    let summary = attempt(rules, path, &mut &input[..], &mut out, &mut aside, options)?;
    assert_eq!(summary.bytes_in, input.len() as u64);
    assert_eq!(summary.bytes_out, out.len() as u64);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ok(Outcome { out: text(out), aside: text(aside), summary })
}

/// The output, or the failure as a text.
fn shown(rules: &str, path: &str, input: &[u8], options: &Options) -> Result<String, String> {
    run_with(rules, path, input, options).map(|outcome| outcome.out).map_err(|failure| failure.to_string())
}

fn quarantine() -> Options {
    Options { bad_rows: BadRows::Quarantine, ..Options::default() }
}

fn limited(record: usize) -> Options {
    Options { limits: Limits { record, ..Limits::default() }, ..Options::default() }
}
