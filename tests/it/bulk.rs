//! Files: the table of cases, the examples of the connectors, what joins and what does not leave.

mod cases;
mod documented;
mod examples;
mod join;
mod leaks;

use std::io::Read;

use vizard_bulk::failure::Failure;
use vizard_bulk::progress::Progress;
use vizard_bulk::sanitize::sanitize;
use vizard_bulk::summary::Summary;
use vizard_bulk::task::{BadRows, Options, Origin, Task};
use vizard_sanitizer::bulk::{BulkRules, FileRules};
use vizard_tests::keys;

/// What came of a file.
#[derive(Debug)]
struct Made {
    output: Vec<u8>,
    rejected: Vec<u8>,
    summary: Summary,
}

/// One file through one rule file, with the keys of all examples.
fn made(rules: &FileRules, origin: Origin<'_>, input: &[u8], options: &Options) -> Result<Made, Failure> {
    made_of_reader(rules, origin, &mut { input }, options)
}

fn made_of_reader(
    rules: &FileRules,
    origin: Origin<'_>,
    input: &mut dyn Read,
    options: &Options,
) -> Result<Made, Failure> {
    let task = Task { rules, keys: keys::pseudonymizer(), options };
    let (mut output, mut rejected) = (Vec::new(), Vec::new());
    let aside = matches!(options.bad_rows, BadRows::Quarantine);
    let aside = aside.then_some(&mut rejected as &mut dyn std::io::Write);
    let summary = sanitize(&task, origin, input, &mut output, aside, &Progress::default())?;
    Ok(Made { output, rejected, summary })
}

/// A rule file that must load.
fn loaded(name: &str, rules: &str) -> BulkRules {
    BulkRules::load(name, rules).unwrap_or_else(|problems| panic!("{problems}")).rules
}

/// Bytes as a failing test should show them.
fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\r', "{CR}").replace('\t', "{TAB}").replace('\u{feff}', "{BOM}")
}
