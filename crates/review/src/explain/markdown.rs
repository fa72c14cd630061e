//! An explanation as Markdown: a section for each endpoint, a table of its fields.

use std::fmt::Write;

use super::{EndpointExplained, Explanation};

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
    write!(out, "\n## {} `{}`\n\n", escaped(&endpoint.methods), endpoint.path).expect(expected);
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
                "| `{}` | {} | {} | {} |",
                field.path.replace('|', "\\|"),
                field.kind,
                field.words(),
                field.decided_by()
            )
            .expect(expected);
        }
    }
    if !endpoint.transforms.is_empty() {
        out.push_str("\nTransforms, in order:\n\n");
        for transform in &endpoint.transforms {
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

/// Text that Markdown does not read anything into; what stands in back-quotes is left as it is.
pub(crate) fn escaped(text: &str) -> String {
    let mut in_code = false;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '`' => in_code = !in_code,
            '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '\\' if !in_code => out.push('\\'),
            _ => {}
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}
