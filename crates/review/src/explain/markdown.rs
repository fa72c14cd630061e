//! An explanation as Markdown: a section for each endpoint, a table of its fields.

use std::fmt::Write;

use super::{EndpointExplained, Explanation};
use crate::render::visible;

/// For a wiki or a pull request.
pub fn markdown(explanation: &Explanation) -> String {
    let mut out = format!(
        "# {}\n\nSHA-256 `{}`\n\n{}.\n",
        escaped(&explanation.file),
        explanation.sha256,
        explanation.tally_words()
    );
    for endpoint in &explanation.endpoints {
        push_endpoint(endpoint, &mut out);
    }
    out
}

fn push_endpoint(endpoint: &EndpointExplained, out: &mut String) {
    let expected = "a String takes everything";
    write!(out, "\n## {} {}\n\n", escaped(&endpoint.methods), code(&endpoint.path)).expect(expected);
    let mut item = |what: &str, text: &str| writeln!(out, "- {what}: {}", escaped(text)).expect(expected);
    item("rule", &format!("line {}", endpoint.line));
    if !endpoint.path_parameters.is_empty() {
        item("path", &endpoint.path_parameters.join("; "));
    }
    match &endpoint.query_parameters {
        None => item("query", "any parameter"),
        Some(parameters) if parameters.is_empty() => item("query", "none"),
        Some(parameters) => item("query", &parameters.join("; ")),
    }
    if !endpoint.request_headers.is_empty() {
        item("headers sent on", &endpoint.request_headers.join(", "));
    }
    item("request body", &endpoint.request_body);
    if endpoint.is_open {
        item("answer", "every field leaves that no transform below names; there is no response schema");
    }
    if !endpoint.fields.is_empty() {
        out.push_str("\n| field | kind | fate | decided by |\n|---|---|---|---|\n");
        for field in &endpoint.fields {
            writeln!(
                out,
                "| {} | {} | {} | {} |",
                code(&field.path).replace('|', "\\|"),
                field.kind,
                field.words(),
                field.decided_by()
            )
            .expect(expected);
        }
    }
    if !endpoint.transforms.is_empty() || !endpoint.augments.is_empty() {
        out.push_str("\nAugments and transforms, in order:\n\n");
        for transform in endpoint.augments.iter().chain(&endpoint.transforms) {
            writeln!(
                out,
                "1. line {}, `{}`: each value {}",
                transform.line,
                transform.name,
                escaped(&transform.does)
            )
            .expect(expected);
        }
    }
}

/// Text as it is, between as many back-quotes as it takes.
pub(super) fn code(text: &str) -> String {
    let text = visible(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // Markdown takes one space off each end, where both ends have one; and a span cannot be empty.
    let is_bare = !text.is_empty() && !text.starts_with(['`', ' ']) && !text.ends_with(['`', ' ']);
    let space = if is_bare { "" } else { " " };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Text that Markdown does not read anything into; what stands between a pair of back-quotes is code.
pub(crate) fn escaped(text: &str) -> String {
    let text = visible(text);
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split('`').enumerate().peekable();
    while let Some((at, piece)) = pieces.next() {
        let is_closed = pieces.peek().is_some();
        match at % 2 {
            1 if is_closed && piece.is_empty() => {}
            1 if is_closed => {
                // Two runs of back-quotes would become one.
                if out.ends_with('`') {
                    out.push(' ');
                }
                out.push_str(&code(piece));
            }
            at => {
                if at == 1 {
                    out.push_str("\\`");
                }
                push_escaped(piece, &mut out);
            }
        }
    }
    out
}

fn push_escaped(text: &str, out: &mut String) {
    for c in text.chars() {
        if matches!(c, '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '\\' | '&' | '~') {
            out.push('\\');
        }
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_stays_text_or_code() {
        for (text, expected) in [
            ("a_b <i> [x](y) &#x202e; ~~z~~", r"a\_b \<i\> \[x\](y) \&\#x202e; \~\~z\~\~"),
            ("keeps `a_b|c`, `d`", "keeps `a_b|c`, `d`"),
            ("keeps `a`<b>`, x_y", r"keeps `a`\<b\>\`, x\_y"),
            ("``<b>`", r"\<b\>\`"),
            ("`a``b`", "`a` `b`"),
            ("line\nbreak\u{1b}[2J\u{202e}", "line break\u{fffd}\\[2J\u{fffd}"),
        ] {
            assert_eq!(escaped(text), expected, "{text}");
        }
        for (text, expected) in [
            ("$.a", "`$.a`"),
            ("a`b", "``a`b``"),
            ("``a", "``` ``a ```"),
            (" a ", "`  a  `"),
            ("a\n\n# b\u{ad}", "`a  # b\u{fffd}`"),
            ("", "`  `"),
        ] {
            assert_eq!(code(text), expected, "{text}");
        }
    }
}
