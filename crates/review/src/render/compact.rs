//! One line for each finding, in the shape that editors and `grep` know from compilers.

use super::escape::visible;
use super::{Options, Tally, painted, subject, word};
use crate::finding::Finding;

pub(super) fn render(findings: &[Finding], options: &Options<'_>) -> String {
    let mut out = String::new();
    for finding in findings {
        let (level, color) = word(finding.level);
        let at = finding.place.map_or(String::new(), |place| format!(":{}:{}", place.line, place.column));
        let title = painted(&format!("{level}[{}]", visible(finding.code)), color, options);
        let subject = subject(finding).map_or(String::new(), |it| format!("{}: ", visible(&it)));
        let reason = match &finding.suppressed {
            Some(reason) => format!(" (suppressed: {})", visible(reason)),
            None => String::new(),
        };
        let (file, message) = (visible(&finding.file), visible(&finding.message));
        out.push_str(&format!("{file}{at}: {title} {subject}{message}{reason}\n"));
    }
    out.push_str(&format!("{}\n", Tally::of(findings)));
    out
}
