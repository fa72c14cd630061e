//! For people, in the manner of a compiler: what, where, the line, what to do.

use super::escape::{visible, wrapped};
use super::source::Sources;
use super::{Options, Tally, page, painted, subject, word};
use crate::finding::Finding;

const DIM: &str = "\u{1b}[2m";
const BOLD: &str = "\u{1b}[1m";

pub(super) fn render<'s>(
    findings: &[Finding],
    find: &dyn Fn(&str) -> Option<&'s str>,
    options: &Options<'_>,
) -> String {
    let mut sources = Sources::new(find);
    let mut out = String::new();
    for finding in findings.iter().filter(|it| it.suppressed.is_none()) {
        one(finding, &mut sources, options, &mut out);
        out.push('\n');
    }
    let mut suppressed = findings.iter().filter(|it| it.suppressed.is_some()).peekable();
    if suppressed.peek().is_some() {
        out.push_str(&painted("suppressed:", BOLD, options));
        out.push_str("\n\n");
    }
    for finding in suppressed {
        one(finding, &mut sources, options, &mut out);
        out.push('\n');
    }
    out.push_str(&format!("{}\n", Tally::of(findings)));
    out
}

fn one(finding: &Finding, sources: &mut Sources<'_, '_>, options: &Options<'_>, out: &mut String) {
    let (level, color) = word(finding.level);
    let title = format!("{level}[{}]", visible(finding.code));
    let wide = title.chars().count() + 2;
    out.push_str(&wrapped(&format!("{}: ", painted(&title, color, options)), wide, 4, &finding.message));

    let margin = finding.place.map_or(1, |place| place.line.to_string().len());
    let bar = |mark: &str| format!("{:margin$}  {}", "", painted(mark, DIM, options));
    let at = finding.place.map_or(String::new(), |place| format!(":{}:{}", place.line, place.column));
    let arrow = painted("-->", DIM, options);
    out.push_str(&format!("{:margin$} {arrow} {}{at}\n", "", visible(&finding.file)));
    // What the author argued away is told by place; the line is not needed to follow the reason.
    let place = finding.place.filter(|_| finding.suppressed.is_none());
    if let Some(place) = place
        && let Some(shown) = sources.line(&finding.file, place.line, place.column, 80 - margin - 4)
    {
        out.push_str(&bar("|"));
        out.push('\n');
        out.push_str(&format!(" {} {} {}\n", place.line, painted("|", DIM, options), shown.line));
        out.push_str(&format!(
            "{} {:before$}{}\n",
            bar("|"),
            "",
            painted("^", color, options),
            before = shown.before
        ));
    }
    let mut remark = |name: &str, text: &str| {
        let first = format!("{} {name}: ", bar("="));
        let wide = margin + 4 + name.len() + 2;
        out.push_str(&wrapped(&first, wide, wide, text));
    };
    if let Some(subject) = subject(finding) {
        remark("where", &subject);
    }
    if let Some(help) = &finding.help {
        remark("help", help);
    }
    if let Some(reason) = &finding.suppressed {
        remark("reason", reason);
    }
    let see = format!("see {}", visible(&page(finding.code)));
    out.push_str(&format!("{} {}\n", bar("="), painted(&see, DIM, options)));
}
