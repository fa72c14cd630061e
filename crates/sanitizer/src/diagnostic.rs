//! What is wrong with a rule file: every problem at once, each with a stable code, its place and a suggestion.

use std::fmt;

use crate::regex::Patterns;

/// A place in a rule file. Both numbers count from 1; columns count characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// Something an author wrote, with the place where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

/// Whether a rule file with this diagnostic can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file is refused.
    Error,
    /// The file loads; the author should know.
    Warning,
}

/// One problem of a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Stable, kebab-case; listed in `docs/RULES.md`.
    pub code: &'static str,
    /// Where it stands.
    pub place: Place,
    /// A sentence fragment that says what is wrong.
    pub message: String,
    /// What to do, where something sensible can be said.
    pub suggestion: Option<String>,
    /// The line of the file that `place` points at; of a long one the part around it.
    pub source_line: String,
    /// Characters of `source_line` before the one that `place` points at.
    caret: usize,
}

/// Longest part of a line that is shown, and how much of it stands before the place.
const SHOWN: usize = 240;
const SHOWN_BEFORE: usize = 160;

impl Diagnostic {
    /// Adds what the author could do about it.
    pub(crate) fn suggest(&mut self, suggestion: impl Into<String>) {
        self.suggestion = Some(printable(&suggestion.into()));
    }
}

/// All problems of one rule file, in the order of their places.
///
/// `Display` renders each with its source line and a caret:
///
/// ```text
/// error[unknown-transform]: there is no transform `reduct`
///   --> rules.yaml:4:9
///    |
///  4 |       - !<reduct>
///    |         ^
///    = help: did you mean `redact`?
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics {
    name: String,
    all: Vec<Diagnostic>,
}

impl Diagnostics {
    /// The diagnostics, by place.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.all.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The name of the file, as it was given when loading.
    pub fn file(&self) -> &str {
        &self.name
    }
}

impl std::error::Error for Diagnostics {}

impl fmt::Display for Diagnostics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for one in &self.all {
            let severity = match one.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let Place { line, column } = one.place;
            let margin = line.to_string().len();
            writeln!(out, "{severity}[{}]: {}", one.code, one.message)?;
            writeln!(out, "{:margin$} --> {}:{line}:{column}", "", self.name)?;
            writeln!(out, "{:margin$}  |", "")?;
            writeln!(out, " {line} | {}", one.source_line)?;
            writeln!(out, "{:margin$}  | {:>width$}", "", "^", width = one.caret + 1)?;
            if let Some(help) = &one.suggestion {
                writeln!(out, "{:margin$}  = help: {help}", "")?;
            }
        }
        Ok(())
    }
}

/// What goes along with the parts of the loader: where they put what they find, and what they share.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) patterns: Patterns,
    all: Vec<Diagnostic>,
}

impl Report {
    pub(crate) fn error(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.add(Severity::Error, code, place, message.into())
    }

    pub(crate) fn warning(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.add(Severity::Warning, code, place, message.into())
    }

    fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: Place,
        message: String,
    ) -> &mut Diagnostic {
        let (message, source_line) = (printable(&message), String::new());
        self.all.push(Diagnostic { severity, code, place, message, suggestion: None, source_line, caret: 0 });
        self.all.last_mut().expect("one was pushed on the line above")
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.all.iter().any(|one| one.severity == Severity::Error)
    }

    /// Sorts by place and copies the source lines in.
    pub(crate) fn finish(mut self, name: &str, text: &str) -> Diagnostics {
        if self.all.is_empty() {
            return Diagnostics { name: name.to_owned(), all: self.all };
        }
        // As YAML has it: a carriage return alone ends a line too.
        let unified = text.replace("\r\n", "\n").replace('\r', "\n");
        let lines: Vec<&str> = unified.split('\n').collect();
        for one in &mut self.all {
            let column = (one.place.column as usize).saturating_sub(1);
            let skipped = if column < SHOWN { 0 } else { column - SHOWN_BEFORE };
            let line = lines.get((one.place.line as usize).saturating_sub(1)).copied().unwrap_or_default();
            one.source_line = printable(&line.chars().skip(skipped).take(SHOWN).collect::<String>());
            one.caret = column - skipped;
        }
        self.all.sort_by(|a, b| (a.place, a.severity, a.code).cmp(&(b.place, b.severity, b.code)));
        // A definition that several endpoints use is read once for each.
        self.all.dedup();
        Diagnostics { name: name.to_owned(), all: self.all }
    }
}

/// On one line, as wide as it has characters, and not endless, whatever a file holds.
fn printable(text: &str) -> String {
    text.chars().take(1_000).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The known word that a misspelled one probably meant: at most a third of its letters differ.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    known
        .iter()
        .map(|&candidate| (candidate, candidate.len().max(3) / 3))
        .filter(|(candidate, most)| candidate.len().abs_diff(word.len()) <= 3 * most)
        .map(|(candidate, most)| (distance(&word, &candidate.to_ascii_lowercase()), candidate, most))
        .filter(|(edits, _, most)| edits <= most)
        .min_by_key(|&(edits, _, _)| edits)
        .map(|(_, candidate, _)| candidate)
}

/// How many letters differ. Only the heads are compared: a path of a caller may be long.
fn distance(a: &str, b: &str) -> usize {
    let head = |text: &str| text.chars().take(64).collect::<String>();
    strsim::levenshtein(&head(a), &head(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_word_that_was_meant() {
        let known = ["redact", "pseudonymize", "hashIp", "jsonPaths"];
        for (word, meant) in [
            ("reduct", Some("redact")),
            ("pseudonymise", Some("pseudonymize")),
            ("jsonpaths", Some("jsonPaths")),
            ("colour", None),
        ] {
            assert_eq!(nearest(word, &known), meant, "{word}");
        }
    }

    #[test]
    fn points_at_the_right_part_of_any_line() {
        let wide = format!("{}here{}", "é".repeat(70_000), "x".repeat(1_000));
        for (text, place, line, caret) in [
            (
                wide.as_str(),
                Place { line: 1, column: 70_001 },
                format!("{}here{}", "é".repeat(160), "x".repeat(76)),
                160,
            ),
            ("\ta: 1\u{1b}", Place { line: 1, column: 2 }, " a: 1 ".to_owned(), 1),
            ("a\r\nb\rc", Place { line: 3, column: 1 }, "c".to_owned(), 0),
            ("a", Place { line: 9, column: 9 }, String::new(), 8),
            ("a", Place { line: 0, column: 0 }, "a".to_owned(), 0),
        ] {
            let mut report = Report::default();
            report.error("x", place, "a\nb").suggest("c\nd");
            let found = report.finish("r", text);
            let one = found.iter().next().unwrap();
            assert_eq!((one.source_line.as_str(), one.caret), (line.as_str(), caret));
            assert_eq!(found.to_string().lines().count(), 6);
        }
    }

    #[test]
    fn renders_the_line_and_a_caret() {
        let mut report = Report::default();
        report
            .error("unknown-transform", Place { line: 2, column: 3 }, "there is no transform `reduct`")
            .suggest("did you mean `redact`?");
        let shown = report.finish("rules.yaml", "a: 1\n- !<reduct>\n").to_string();
        assert_eq!(
            shown,
            "error[unknown-transform]: there is no transform `reduct`\n  --> rules.yaml:2:3\n   |\n 2 | - !<reduct>\n   |   ^\n   = help: did you mean `redact`?\n"
        );
    }
}
