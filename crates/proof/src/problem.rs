//! What keeps a rule file from being read, and with it any proof.

use std::fmt;

/// Something in a rule file that is wrong, or that this check does not know. Either way nothing can be proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line in the rule file, from 1.
    pub line: usize,
    /// What is there.
    pub why: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: cannot prove: {}", self.line, self.why)
    }
}

/// All problems of a file, as they are found.
#[derive(Debug, Default)]
pub(crate) struct Problems(pub(crate) Vec<Problem>);

impl Problems {
    pub(crate) fn tell(&mut self, line: usize, why: impl Into<String>) {
        if self.0.len() < MOST {
            self.0.push(Problem { line, why: why.into() });
        }
    }
}

/// A file with more problems than this is told about the first of them.
const MOST: usize = 200;
