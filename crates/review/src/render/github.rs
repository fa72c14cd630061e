//! Workflow commands of GitHub Actions: each finding becomes an annotation of its line.

use super::escape::visible;
use super::{Options, Tally, page, subject};
use crate::finding::{Finding, Level};

pub(super) fn render(findings: &[Finding], options: &Options<'_>) -> String {
    let mut out = String::new();
    // Annotations are few and for what wants a decision; what was argued away is in the tally only.
    for finding in findings.iter().filter(|it| it.suppressed.is_none()) {
        let command = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let place =
            finding.place.map_or(String::new(), |place| format!(",line={},col={}", place.line, place.column));
        let (file, title) = (property(&finding.file), property(finding.code));
        let mut lines = Vec::from_iter(subject(finding).map(|it| format!("{it}: {}", finding.message)));
        if lines.is_empty() {
            lines.push(finding.message.clone());
        }
        lines.extend(finding.help.clone());
        lines.push(format!("see {}", page(finding.code)));
        let message: Vec<String> = lines.iter().map(|line| escaped(&visible(line))).collect();
        out.push_str(&format!("::{command} file={file}{place},title={title}::{}\n", message.join("%0A")));
    }
    out.push_str(&format!("vizard {}: {}\n", visible(options.verb), Tally::of(findings)));
    out
}

/// Text of a message.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text of a property, which a comma or a colon would end.
fn property(text: &str) -> String {
    escaped(&visible(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_property_or_begins_a_command() {
        assert_eq!(property("a:b,c%\r\n::add-mask::x"), "a%3Ab%2Cc%25  %3A%3Aadd-mask%3A%3Ax");
        assert_eq!(escaped("100%: a,b\r\n"), "100%25: a,b%0D%0A");
    }
}
