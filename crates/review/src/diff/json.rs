//! Diffs as JSON.

use serde::Serialize;

use super::Diff;
use super::change::{Change, Direction, Said, Tally};
use super::exposure::Exposure;
use super::failed::Failed;
use crate::finding::Finding;
use crate::render::escape;

#[derive(Serialize)]
struct Report<'d> {
    tool: &'static str,
    grows: bool,
    tally: Tally,
    files: Vec<File<'d>>,
    not_compared: Vec<NotCompared<'d>>,
}

#[derive(Serialize)]
struct NotCompared<'d> {
    old: Option<&'d str>,
    new: Option<&'d str>,
    problems: &'d [Finding],
}

#[derive(Serialize)]
struct File<'d> {
    old: Option<&'d str>,
    new: Option<&'d str>,
    grows: bool,
    tally: Tally,
    exposure: Exposures<'d>,
    changes: Vec<Entry<'d>>,
}

#[derive(Serialize)]
struct Exposures<'d> {
    before: &'d Exposure,
    after: &'d Exposure,
}

#[derive(Serialize)]
struct Entry<'d> {
    direction: Direction,
    proven: bool,
    kind: &'static str,
    endpoint: Option<&'d str>,
    field: Option<String>,
    before: Option<Side<'d>>,
    after: Option<Side<'d>>,
    message: &'d str,
}

#[derive(Serialize)]
struct Side<'d> {
    text: &'d str,
    line: u32,
    column: u32,
}

/// One object for any number of files, compared or not.
pub fn json(diffs: &[Diff], failed: &[Failed]) -> String {
    escape::json(&Report {
        tool: "vizard diff",
        grows: diffs.iter().any(Diff::grows),
        tally: Tally::of(diffs.iter().flat_map(|it| &it.changes)),
        files: diffs.iter().map(file).collect(),
        not_compared: failed.iter().map(not_compared).collect(),
    })
}

fn file(diff: &Diff) -> File<'_> {
    File {
        old: diff.old.as_deref(),
        new: diff.new.as_deref(),
        grows: diff.grows(),
        tally: Tally::of(&diff.changes),
        exposure: Exposures { before: &diff.before, after: &diff.after },
        changes: diff.changes.iter().map(entry).collect(),
    }
}

fn not_compared(failed: &Failed) -> NotCompared<'_> {
    NotCompared { old: failed.old.as_deref(), new: failed.new.as_deref(), problems: &failed.problems }
}

fn entry(change: &Change) -> Entry<'_> {
    fn side(said: &Option<Said>) -> Option<Side<'_>> {
        said.as_ref().map(|it| Side { text: &it.text, line: it.place.line, column: it.place.column })
    }
    Entry {
        direction: change.direction,
        proven: change.proven,
        kind: change.what.code(),
        endpoint: change.endpoint.as_deref(),
        field: change.field.as_ref().map(ToString::to_string),
        before: side(&change.before),
        after: side(&change.after),
        message: &change.message,
    }
}
