//! Versions that could not be compared, and why.

use std::fmt;

use super::change::Tally;
use crate::finding::Finding;

/// Two versions of a file of which the proxy would not load one or both, so that nothing is known of the difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The name of the old version; `None`: there was none.
    pub old: Option<String>,
    /// The name of the new version; `None`: there is none any more.
    pub new: Option<String>,
    /// What is wrong, with either version.
    pub problems: Vec<Finding>,
    /// The versions by the name in [`Finding::file`], for the lines that are shown.
    pub texts: Vec<(String, String)>,
}

impl Failed {
    pub(super) fn source(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }
}

/// The last line of texts. `Display`: `3 grow, 1 shrinks, 1 file not compared`.
pub(super) struct Summary<'f>(pub(super) Tally, pub(super) &'f [Failed]);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary(tally, failed) = self;
        // Of what was not compared nobody knows that it did not change.
        if failed.is_empty() || *tally != Tally::default() {
            write!(out, "{tally}")?;
            if !failed.is_empty() {
                out.write_str(", ")?;
            }
        }
        match failed.len() {
            0 => Ok(()),
            1 => out.write_str("1 file not compared"),
            many => write!(out, "{many} files not compared"),
        }
    }
}
