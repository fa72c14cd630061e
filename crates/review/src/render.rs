//! Findings as text, in the forms that people and machines read: one list, six formats.
//!
//! Whatever a rule file holds, its text is escaped for the format, so that it can neither end a string nor steer a
//! terminal nor give a command to the runner that shows it.

mod compact;
pub(crate) mod escape;
mod github;
mod json;
mod junit;
mod pretty;
mod sarif;
mod source;

pub(crate) use escape::visible;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::finding::{Finding, Level};

/// How a list of findings is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people: each finding with its source line and a caret.
    #[default]
    Pretty,
    /// One line each, `file:line:col: level[code] message`, as editors read them.
    Compact,
    /// One object of our own.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// A JUnit report, for build servers.
    Junit,
    /// Workflow commands of GitHub Actions, shown as annotations.
    Github,
}

impl Format {
    /// Every format, in the order of the documentation.
    pub const ALL: [Format; 6] =
        [Format::Pretty, Format::Compact, Format::Json, Format::Sarif, Format::Junit, Format::Github];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Format::Pretty => "pretty",
            Format::Compact => "compact",
            Format::Json => "json",
            Format::Sarif => "sarif",
            Format::Junit => "junit",
            Format::Github => "github",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Format, String> {
        Format::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| {
            let names = Format::ALL.map(Format::name).join(", ");
            format!("there is no such format; formats: {names}")
        })
    }
}

/// What a report says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Options<'o> {
    /// Whether pretty and compact text carries the colours of a terminal.
    pub color: bool,
    /// The verb that found it, such as `check`.
    pub verb: &'o str,
    /// The version of the program.
    pub version: &'o str,
}

/// How many findings there are of each kind. `Display`: `3 errors, 2 warnings, 4 notes, 1 suppressed`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Errors that nobody argued away.
    pub errors: usize,
    /// Warnings that nobody argued away.
    pub warnings: usize,
    /// Notes that nobody argued away.
    pub notes: usize,
    /// What the author gave a reason for, of any level.
    pub suppressed: usize,
}

impl Tally {
    /// Counts a list.
    pub fn of(findings: &[Finding]) -> Tally {
        let mut tally = Tally::default();
        for finding in findings {
            *match (&finding.suppressed, finding.level) {
                (Some(_), _) => &mut tally.suppressed,
                (None, Level::Error) => &mut tally.errors,
                (None, Level::Warning) => &mut tally.warnings,
                (None, Level::Note) => &mut tally.notes,
            } += 1;
        }
        tally
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = |count: usize, one: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {one}s")),
        };
        let parts = [
            many(self.errors, "error"),
            many(self.warnings, "warning"),
            many(self.notes, "note"),
            (self.suppressed > 0).then(|| format!("{} suppressed", self.suppressed)),
        ];
        let said: Vec<String> = parts.into_iter().flatten().collect();
        out.write_str(if said.is_empty() { "no findings".to_owned() } else { said.join(", ") }.as_str())
    }
}

/// Writes the findings in their order. `sources` gives the text of a file by its name, for the lines and carets of
/// pretty text; a file that it does not know is shown without.
///
/// ```
/// use vizard_review::finding::{Finding, Level};
/// use vizard_review::render::{Format, Options, render};
///
/// let found = Finding {
///     level: Level::Warning,
///     code: "any-method",
///     file: "rules.yaml".to_owned(),
///     place: None,
///     endpoint: Some("/v2/users".to_owned()),
///     field: None,
///     message: "any method passes".to_owned(),
///     help: None,
///     suppressed: None,
/// };
/// let options = Options { color: false, verb: "check", version: "0.1.0" };
/// let text = render(&[found], Format::Compact, &|_| None, &options);
/// assert_eq!(text, "rules.yaml: warning[any-method] /v2/users: any method passes\n1 warning\n");
/// ```
pub fn render<'s>(
    findings: &[Finding],
    format: Format,
    sources: &dyn Fn(&str) -> Option<&'s str>,
    options: &Options<'_>,
) -> String {
    match format {
        Format::Pretty => pretty::render(findings, sources, options),
        Format::Compact => compact::render(findings, options),
        Format::Json => json::render(findings, options),
        Format::Sarif => sarif::render(findings, options),
        Format::Junit => junit::render(findings, options),
        Format::Github => github::render(findings, options),
    }
}

/// How to read the page about a code: it comes with the program, wherever that runs.
fn page(code: &str) -> String {
    format!("`vizard check --explain {code}`")
}

/// The word for a level, with its colour where there is any.
fn word(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Error => ("error", "\u{1b}[1;31m"),
        Level::Warning => ("warning", "\u{1b}[1;33m"),
        Level::Note => ("note", "\u{1b}[1;36m"),
    }
}

/// Text in a colour; without one where none is wanted.
fn painted(text: &str, color: &str, options: &Options<'_>) -> String {
    if options.color { format!("{color}{text}\u{1b}[0m") } else { text.to_owned() }
}

/// The endpoint and the field, as far as the message does not name them.
fn subject(finding: &Finding) -> Option<String> {
    let parts = [&finding.endpoint, &finding.field].into_iter().flatten();
    let parts: Vec<&str> = parts.map(String::as_str).filter(|part| !finding.message.contains(part)).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

#[cfg(test)]
mod tests;
