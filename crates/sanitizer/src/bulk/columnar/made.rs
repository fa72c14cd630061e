//! Columns that rules make of others: duplicates, renamed ones, and what transforms give.

use super::name::Name;
use super::step::Step;

/// A column that rules make of another.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) name: Name,
    /// A column of the file.
    pub(super) source: Name,
    pub(super) how: How,
}

#[derive(Clone, Debug)]
pub(super) enum How {
    Duplicate,
    Rename,
    Transform(Vec<Step>),
}

impl How {
    /// The key that says so.
    pub(super) fn key(&self) -> &'static str {
        match self {
            How::Duplicate => "columnsToDuplicate",
            How::Rename => "columnsToRename",
            How::Transform(_) => "fieldsToTransform",
        }
    }
}

impl Made {
    /// What is done to each cell on the way.
    pub(super) fn steps(&self) -> &[Step] {
        match &self.how {
            How::Duplicate | How::Rename => &[],
            How::Transform(steps) => steps,
        }
    }

    /// Whether the old column is gone.
    pub(super) fn is_rename(&self) -> bool {
        matches!(self.how, How::Rename)
    }

    /// Whether transforms replace the column that they read.
    pub(super) fn replaces(&self) -> bool {
        self.name.folded == self.source.folded
    }

    /// Whether its cells are those of the source, as far as its steps go.
    pub(super) fn is_copy(&self) -> bool {
        self.steps().is_empty()
    }

    /// Whether its steps make pseudonyms.
    pub(super) fn pseudonymizes(&self) -> bool {
        self.steps().iter().any(Step::is_pseudonymize)
    }

    /// Whether its steps make pseudonyms of what stands in the source, and do nothing else.
    pub(super) fn only_pseudonymizes(&self) -> bool {
        !self.is_copy() && self.steps().iter().all(Step::is_pseudonymize)
    }
}
