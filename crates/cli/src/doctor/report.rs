//! The findings as text for people, no wider than 80 columns, and as JSON for programs.

use serde_json::{Value, json};

use super::code::State;
use super::finding::{Check, Finding, Findings};

/// What the findings are about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Title<'a> {
    /// `doctor` or `secrets check`.
    pub(crate) verb: &'a str,
    pub(crate) source: Option<&'a str>,
    pub(crate) store: &'a str,
}

/// A heading for each check, a line or more for each finding, and the sum.
pub(crate) fn text(title: Title<'_>, findings: &Findings) -> String {
    let source = title.source.unwrap_or("no source");
    let mut text = format!("vizard {}: {source}, secrets from {}\n", title.verb, title.store);
    let mut last: Option<Check> = None;
    for finding in findings.iter() {
        if last != Some(finding.check) {
            text.push_str(&format!("\n{}\n", finding.check.name()));
            last = Some(finding.check);
        }
        text.push_str(&entry(finding));
    }
    let counts = [State::Ok, State::Warning, State::Failed, State::Skipped]
        .map(|state| format!("{} {}", findings.count(state), state.name()));
    text.push_str(&format!("\n{}\n", counts.join(", ")));
    text
}

fn entry(finding: &Finding) -> String {
    let Finding { code, about, found, .. } = finding;
    let said = if about.is_empty() { found.clone() } else { format!("{about}: {found}") };
    let mut lines = wrapped(&said);
    if !matches!(code.state(), State::Ok) {
        let advice = if code.advice().is_empty() { "" } else { ": " };
        lines.extend(wrapped(&format!("[{}]{advice}{}", code.name(), code.advice())));
    }
    let mut entry = String::new();
    for (number, line) in lines.iter().enumerate() {
        let state = if number == 0 { code.state().name() } else { "" };
        entry.push_str(format!("  {state:<INDENT$}{line}").trim_end());
        entry.push('\n');
    }
    entry
}

/// Lines that fit behind the indentation. A word that is longer has a line of its own.
fn wrapped(words: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH - 2 - INDENT {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// One object; its members are a promise.
pub(crate) fn json(title: Title<'_>, findings: &Findings) -> String {
    let all: Vec<Value> = findings.iter().map(object).collect();
    let report = json!({
        "version": 1,
        "verb": title.verb,
        "source": title.source,
        "store": title.store,
        "verdict": findings.verdict().name(),
        "counts": {
            "ok": findings.count(State::Ok),
            "warning": findings.count(State::Warning),
            "failed": findings.count(State::Failed),
            "skipped": findings.count(State::Skipped),
        },
        "findings": all,
    });
    format!("{report:#}\n")
}

fn object(finding: &Finding) -> Value {
    let mut object = json!({
        "check": finding.check.name(),
        "state": finding.code.state().name(),
        "code": finding.code.name(),
        "about": finding.about,
        "found": finding.found,
        "do": finding.code.advice(),
    });
    if let Some(measured) = finding.measured {
        object["measured"] = json!({
            "status": measured.status,
            "bytes": measured.bytes,
            "millis": measured.millis,
            "entries": measured.entries,
            "calls": measured.calls,
        });
    }
    object
}

const WIDTH: usize = 80;
const INDENT: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::code::Code;

    fn findings() -> Findings {
        let mut findings = Findings::default();
        findings.add(Check::Rules, Code::RulesOk, "", "13 endpoints");
        findings.add(Check::Secrets, Code::SecretOk, "PSOXY_SALT", "set");
        findings.add(Check::Secrets, Code::SecretPlaceholder, "CLIENT_ID", "the placeholder stands there");
        findings.add(Check::Clock, Code::ClockUntold, "", "no host told the time");
        findings
    }

    const TITLE: Title<'_> = Title { verb: "doctor", source: Some("zoom"), store: "directory" };

    #[test]
    fn people_read_what_is_wrong_and_what_to_do() {
        let expected = "\
vizard doctor: zoom, secrets from directory

rules
  ok       13 endpoints

secrets
  ok       PSOXY_SALT: set
  failed   CLIENT_ID: the placeholder stands there
           [secret-placeholder]: write it with `vizard secrets set`

clock
  skipped  no host told the time
           [clock-untold]

2 ok, 0 warning, 1 failed, 1 skipped
";
        assert_eq!(text(TITLE, &findings()), expected);
    }

    #[test]
    fn no_line_is_wider_than_a_terminal() {
        let mut findings = Findings::default();
        findings.add(Check::Token, Code::TokenNotKept, "zoom.us", "word ".repeat(60));
        assert!(text(TITLE, &findings).lines().all(|line| line.len() <= WIDTH));
    }

    #[test]
    fn programs_read_codes() {
        let report: Value = serde_json::from_str(&json(TITLE, &findings())).unwrap();
        assert_eq!((&report["version"], &report["verdict"]), (&json!(1), &json!("failed")));
        assert_eq!(report["counts"], json!({ "ok": 2, "warning": 0, "failed": 1, "skipped": 1 }));
        let second = json!({
            "check": "secrets", "state": "ok", "code": "secret-ok", "about": "PSOXY_SALT", "found": "set", "do": "",
        });
        assert_eq!(report["findings"][1], second);
    }
}
