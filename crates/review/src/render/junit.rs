//! A JUnit report: one test case for each finding, so that build servers list them.

use super::escape::xml;
use super::{Options, page, subject, word};
use crate::finding::{Finding, Level};

pub(super) fn render(findings: &[Finding], options: &Options<'_>) -> String {
    let failures = findings.iter().filter(|it| it.counts()).count();
    let skipped = findings.iter().filter(|it| it.suppressed.is_some()).count();
    let tests = findings.len().max(1);
    let name = xml(&format!("vizard {}", options.verb));
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    out.push_str(&format!(
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\" time=\"0\">\n"
    ));
    if findings.is_empty() {
        out.push_str(&format!("    <testcase classname=\"{name}\" name=\"no findings\" time=\"0\"/>\n"));
    }
    for finding in findings {
        out.push_str(&case(finding));
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(finding: &Finding) -> String {
    let (level, _) = word(finding.level);
    let at = finding.place.map_or(String::new(), |place| format!("{}:{}: ", place.line, place.column));
    let subject = subject(finding).map_or(String::new(), |it| format!("{it}: "));
    let message = xml(&format!("{subject}{}", finding.message));
    let told = format!("{level}[{}] {at}{subject}{}", finding.code, finding.message);
    let help = finding.help.as_ref().map_or(String::new(), |help| format!("help: {}\n", xml(help)));
    let more = format!("{}\n{help}see {}\n", xml(&told), xml(&page(finding.code)));
    let inner = match (&finding.suppressed, finding.level) {
        (Some(reason), _) => format!("<skipped message=\"{}\"/>", xml(reason)),
        (None, Level::Error | Level::Warning) => {
            format!("<failure type=\"{level}\" message=\"{message}\">{more}</failure>")
        }
        (None, Level::Note) => format!("<system-out>{more}</system-out>"),
    };
    format!(
        "    <testcase classname=\"{}\" name=\"{}\" time=\"0\">\n      {inner}\n    </testcase>\n",
        xml(&finding.file),
        xml(&told),
    )
}
