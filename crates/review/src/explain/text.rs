//! An explanation for a terminal: 80 columns, a table for each endpoint, a tally at the end.

use std::fmt::Write;

use super::{EndpointExplained, Explanation, FieldExplained};
use crate::fates::Fate;
use crate::render::escape::{visible, wrapped};

/// Widest column of paths; a longer path has a line of its own.
const MOST: usize = 48;
/// Wide enough for `line 9999`.
const LABEL: usize = 9;
/// Widest line of words.
pub(super) const WIDTH: usize = 80;

/// For people; `color` marks what leaves in clear.
pub fn text(explanation: &Explanation, color: bool) -> String {
    let mut out = format!("{}\nsha256 {}\n", visible(&explanation.file), explanation.sha256);
    for endpoint in &explanation.endpoints {
        push_endpoint(endpoint, color, &mut out);
    }
    out.push('\n');
    push_tally(&explanation.counted(), &explanation.by_fate(), &mut out);
    out
}

/// What there is on one line, the last, if it fits; or else how much has each fate before it.
pub(super) fn push_tally(counted: &str, by_fate: &str, out: &mut String) {
    let line = format!("{counted}{by_fate}\n");
    if line.chars().count() <= WIDTH + 1 {
        out.push_str(&line);
    } else {
        out.push_str(&wrapped("", 0, 2, by_fate.trim_start_matches([':', ';', ' '])));
        out.push_str(counted);
        out.push('\n');
    }
}

fn push_endpoint(endpoint: &EndpointExplained, color: bool, out: &mut String) {
    let expected = "a String takes everything";
    let head = visible(&format!("{} {}", endpoint.methods, endpoint.path));
    let line = format!("(line {})", endpoint.line);
    let between = if head.chars().count() + 2 + line.len() > WIDTH { "\n" } else { "" };
    writeln!(out, "\n{head}{between}  {line}").expect(expected);
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
    for augment in &endpoint.augments {
        let (line, paths) = (augment.line, augment.paths.join(", "));
        words("adds", &format!("line {line}, {}: {paths} {}", augment.name, augment.does));
    }
    if endpoint.is_open {
        words("answer", "every field leaves that no transform names; there is no response schema");
        for transform in &endpoint.transforms {
            let where_ = transform.paths.join(", ");
            words("", &format!("line {}, {}: {where_} {}", transform.line, transform.name, transform.does));
        }
    }
    push_fields(&endpoint.fields, color, out);
}

/// A table of fields: path, fate, and what decides. What does not fit beside stands below.
pub(super) fn push_fields(fields: &[FieldExplained], color: bool, out: &mut String) {
    let paths = fields.iter().map(|it| it.path.chars().count()).filter(|it| *it <= MOST).max();
    let fate_at = 2 + paths.unwrap_or(MOST) + 2;
    let decided_at = fate_at + fields.iter().map(|it| it.words().len()).max().unwrap_or(0) + 2;
    for field in fields {
        let mut row = Row { out, end: 0 };
        row.put(2, &visible(&field.path), str::to_owned);
        row.put(fate_at, &field.words(), |words| painted(words, field.worst(), color));
        let decided = field.decided_by();
        match (decided_at + decided.len() > WIDTH, field.rule) {
            (true, Some(rule)) => {
                row.put(decided_at, &format!("line {},", field.line), str::to_owned);
                row.put(decided_at, rule, str::to_owned);
            }
            (true, None) | (false, _) => row.put(decided_at, &decided, str::to_owned),
        }
        out.push('\n');
    }
}

/// A row of a table while it is written.
struct Row<'o> {
    out: &'o mut String,
    /// How wide the current line is.
    end: usize,
}

impl Row<'_> {
    /// Puts a cell at its column, or on a line of its own, as near to its column as it fits.
    fn put(&mut self, mut column: usize, text: &str, shown: impl Fn(&str) -> String) {
        let wide = text.chars().count();
        let fits = self.end + 2 <= column && column + wide <= WIDTH;
        if self.end > 0 && !fits {
            self.out.push('\n');
            self.end = 0;
            column = column.min(WIDTH.saturating_sub(wide)).max(4);
        }
        self.out.push_str(&" ".repeat(column - self.end));
        self.out.push_str(&shown(text));
        self.end = column + wide;
    }
}

/// Clear values are bold or of a warm colour; what cannot be read is dim.
pub(super) fn painted(words: &str, fate: Fate, color: bool) -> String {
    if !color {
        return words.to_owned();
    }
    let code = match fate {
        Fate::Kept => "1",
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
    let first = format!("  {what:LABEL$} ");
    out.push_str(&wrapped(&first, first.chars().count(), LABEL + 3, text));
}
