//! One object of our own, for scripts.

use serde::Serialize;

use super::{Options, Tally, escape};
use crate::finding::Finding;

#[derive(Serialize)]
struct Report<'f> {
    tool: String,
    version: &'f str,
    findings: &'f [Finding],
    tally: Tally,
}

pub(super) fn render(findings: &[Finding], options: &Options<'_>) -> String {
    let tool = format!("vizard {}", options.verb);
    escape::json(&Report { tool, version: options.version, findings, tally: Tally::of(findings) })
}
