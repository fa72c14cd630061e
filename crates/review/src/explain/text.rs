//! An explanation for a terminal: 80 columns, a table for each endpoint, a tally at the end.

use std::fmt::Write;

use super::{EndpointExplained, Explanation};
use crate::fates::Fate;

/// Widest column of paths; a longer path has a line of its own.
const MOST: usize = 48;
/// Wide enough for `line 9999`.
const LABEL: usize = 9;
/// Widest line of words.
const WIDTH: usize = 80;

/// For people; `color` marks what leaves in clear.
pub fn text(explanation: &Explanation, color: bool) -> String {
    let mut out = format!("{}\nsha256 {}\n", explanation.file, explanation.sha256);
    for endpoint in &explanation.endpoints {
        push_endpoint(endpoint, color, &mut out);
    }
    out.push('\n');
    out.push_str(&explanation.tally_words());
    out.push('\n');
    out
}

fn push_endpoint(endpoint: &EndpointExplained, color: bool, out: &mut String) {
    let expected = "a String takes everything";
    writeln!(out, "\n{} {}  (line {})", endpoint.methods, endpoint.path, endpoint.line).expect(expected);
    let mut words = |what: &str, text: &str| push_wrapped(what, text, out);
    if !endpoint.path_parameters.is_empty() {
        words("path", &endpoint.path_parameters.join("; "));
    }
    match &endpoint.query_parameters {
        None => words("query", "any parameter"),
        Some(parameters) if parameters.is_empty() => words("query", "none"),
        Some(parameters) => words("query", &parameters.join("; ")),
    }
    if !endpoint.request_headers.is_empty() {
        words("headers", &endpoint.request_headers.join(", "));
    }
    if endpoint.request_body != "none" {
        words("body", &endpoint.request_body);
    }
    if endpoint.is_open {
        words("answer", "every field leaves that no transform names; there is no response schema");
        for transform in &endpoint.transforms {
            let where_ = transform.paths.join(", ");
            words("", &format!("line {}, {}: {where_} {}", transform.line, transform.name, transform.does));
        }
    }
    let width = endpoint.fields.iter().map(|it| it.path.chars().count()).filter(|it| *it <= MOST).max();
    let width = width.unwrap_or(MOST);
    let fates = endpoint.fields.iter().map(|it| it.words().len()).max().unwrap_or(0);
    for field in &endpoint.fields {
        let fate = field.words();
        let shown = painted(&format!("{fate:fates$}"), field.worst(), color);
        if field.path.chars().count() > width {
            writeln!(out, "  {}", field.path).expect(expected);
            writeln!(out, "  {:width$}  {shown}  {}", "", field.decided_by()).expect(expected);
        } else {
            writeln!(out, "  {:width$}  {shown}  {}", field.path, field.decided_by()).expect(expected);
        }
    }
}

/// Clear values stand out; what cannot be read is dim.
pub(super) fn painted(words: &str, fate: Fate, color: bool) -> String {
    if !color {
        return words.to_owned();
    }
    let code = match fate {
        Fate::Kept => return words.to_owned(),
        Fate::Original | Fate::Partial => "31",
        Fate::Limited => "33",
        Fate::Reversible => "36",
        Fate::Pseudonymized | Fate::Digested => "32",
        Fate::Constant | Fate::Null | Fate::Dropped => "2",
    };
    format!("\u{1b}[{code}m{words}\u{1b}[0m")
}

/// `  what      words …`, broken between words.
pub(super) fn push_wrapped(what: &str, text: &str, out: &mut String) {
    let mut line = format!("  {what:LABEL$} ");
    let mut empty = true;
    for word in text.split(' ') {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push_str(line.trim_end());
            out.push('\n');
            line = " ".repeat(LABEL + 3);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
}
