//! One object of our own, for scripts.

use serde::Serialize;

use super::{Options, Tally, escape};
use crate::finding::Finding;

#[derive(Serialize)]
struct Report<'f> {
    tool: String,
    version: &'f str,
    findings: Vec<Paged<'f>>,
    tally: Tally,
}

#[derive(Serialize)]
struct Paged<'f> {
    #[serde(flatten)]
    finding: &'f Finding,
    /// Where the page about the code stands in the repository of this program.
    page: String,
}

pub(super) fn render(findings: &[Finding], options: &Options<'_>) -> String {
    let tool = format!("vizard {}", options.verb);
    let tally = Tally::of(findings);
    let page = |finding: &Finding| format!("docs/diagnostics/{}.md", finding.code);
    let findings = findings.iter().map(|finding| Paged { finding, page: page(finding) }).collect();
    escape::json(&Report { tool, version: options.version, findings, tally })
}
