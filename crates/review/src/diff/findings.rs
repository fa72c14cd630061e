//! Changes in the form of findings, for the formats that machines read.

use super::Diff;
use super::change::{Change, Direction};
use crate::finding::{Finding, Level};

/// More passes or leaves, or might.
pub const GREW: &str = "exposure-grew";
/// Something else is different.
pub const CHANGED: &str = "exposure-changed";

/// One finding for each change: a warning for what grows, a note for the rest.
pub fn findings(diff: &Diff) -> Vec<Finding> {
    diff.changes.iter().map(|change| finding(diff, change)).collect()
}

fn finding(diff: &Diff, change: &Change) -> Finding {
    let grows = change.direction == Direction::Grows;
    // Annotations stand in the new file; the old one is not there to be annotated, unless there is no other.
    let said = if diff.new.is_some() { &change.after } else { &change.before };
    Finding {
        level: if grows { Level::Warning } else { Level::Note },
        code: if grows { GREW } else { CHANGED },
        file: diff.name().to_owned(),
        place: said.as_ref().map(|it| it.place),
        endpoint: change.endpoint.clone(),
        field: change.field.as_ref().map(ToString::to_string),
        message: format!("{} ({})", change.message, change.what),
        help: grows.then(|| "let a reviewer sign this, or take it back".to_owned()),
        suppressed: None,
    }
}
