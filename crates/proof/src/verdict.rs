//! What a check found: how each value was let through, and what was not.

use std::fmt;

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How many documents the output holds.
    pub documents: usize,
    /// How the values were let through.
    pub counts: Counts,
    /// What the rules do not let out, the first of them.
    pub violations: Vec<Violation>,
    /// How many more there are.
    pub more: usize,
}

/// How many values, by what lets them through. Each is counted once; containers are not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pseudonyms, in any of their forms.
    pub pseudonyms: usize,
    /// Digests, constants, blank texts, and texts that are what a filter or an exception lets stay.
    pub reduced: usize,
    /// Values that leave as the source wrote them, because the schema lists them and no transform rewrites them.
    pub kept: usize,
    /// Nulls.
    pub nulls: usize,
    /// Values that are allowed only if a filter or a condition decided so, or that the output alone does not tell apart
    /// from what should not leave.
    pub undecided: usize,
}

impl Counts {
    /// All values that were let through.
    pub fn values(&self) -> usize {
        self.pseudonyms + self.reduced + self.kept + self.nulls + self.undecided
    }

    pub(crate) fn add(&mut self, kind: Counted) {
        *match kind {
            Counted::Pseudonym => &mut self.pseudonyms,
            Counted::Reduced => &mut self.reduced,
            Counted::Kept => &mut self.kept,
            Counted::Null => &mut self.nulls,
            Counted::Undecided => &mut self.undecided,
        } += 1;
    }
}

/// What lets a value through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    Pseudonym,
    Reduced,
    Kept,
    Null,
    Undecided,
}

/// Something in an output that the rules do not let out. It never holds a value, nor a name that the rules do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The document, from 1.
    pub document: usize,
    /// Where in the document.
    pub path: String,
    /// Where in the output, from 1; of numbers in lists what stands just before.
    pub line: usize,
    /// In bytes, from 1.
    pub column: usize,
    /// What is wrong, as a stable word.
    pub code: &'static str,
    /// The line of the rule file that decides.
    pub rule: usize,
    /// What is wrong, as a sentence.
    pub why: &'static str,
}

impl Verdict {
    /// Whether everything in the output is let out by the rules.
    pub fn is_proved(&self) -> bool {
        self.violations.is_empty()
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Violation { document, path, line, column, code, rule, why } = self;
        writeln!(f, "error {code} at {}", visible(path))?;
        let document = if *document > 1 { format!(", document {document}") } else { String::new() };
        writeln!(f, "  {why}")?;
        writeln!(f, "  output line {line} column {column}{document}; rules line {rule}")
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for violation in &self.violations {
            write!(f, "{violation}")?;
        }
        if self.more > 0 {
            writeln!(f, "and {} more", self.more)?;
        }
        let Counts { pseudonyms, reduced, kept, nulls, undecided } = self.counts;
        let (values, documents) = (count(self.counts.values(), "value"), count(self.documents, "document"));
        let pseudonyms = count(pseudonyms, "pseudonym");
        writeln!(f, "{values} in {documents}: {pseudonyms}, {reduced} reduced, {kept} kept, {nulls} null")?;
        let violations = count(self.violations.len() + self.more, "violation");
        writeln!(f, "{violations}, {undecided} undecided")
    }
}

/// "1 value", "2 values".
fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Text of a rule file on one line, harmless to a terminal: what cannot be seen becomes `U+FFFD`.
pub fn visible(text: &str) -> String {
    let shown = |c: char| match c {
        '\t' | '\n' | '\r' => ' ',
        c if is_unseen(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.chars().map(shown).collect()
}

/// Whether a character controls the terminal, or reorders or hides the text around it.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_rule_file_do_not_steer_the_reader() {
        let violation = Violation {
            document: 1,
            path: "$['a\u{1b}[2J\u{202e}\u{ad}\u{e0041}\nb']".to_owned(),
            line: 1,
            column: 2,
            code: "redacted",
            rule: 3,
            why: "no",
        };
        assert_eq!(
            violation.to_string(),
            "error redacted at $['a\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd} b']\n  no\n  output line 1 column 2; rules line 3\n"
        );
        let counts = Counts { pseudonyms: 1, ..Counts::default() };
        let verdict = Verdict { documents: 1, counts, violations: vec![violation], more: 0 };
        assert!(
            verdict.to_string().ends_with(
                "\n1 value in 1 document: 1 pseudonym, 0 reduced, 0 kept, 0 null\n1 violation, 0 undecided\n"
            ),
            "{verdict}"
        );
    }
}
