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
        writeln!(f, "error {code} at {path}")?;
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
        let counts = format!("{pseudonyms} pseudonyms, {reduced} reduced, {kept} kept, {nulls} null");
        writeln!(f, "{} values in {} documents: {counts}", self.counts.values(), self.documents)?;
        writeln!(f, "{} violations, {undecided} undecided", self.violations.len() + self.more)
    }
}
