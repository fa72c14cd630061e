//! One line of the audit log for each thing that is made of a file: places and counts. The key of a file may tell who
//! wrote it, so that only a few letters of its digest and its extension are told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use vizard_bulk::failure::{Failure, Place};
use vizard_bulk::summary::Summary;

use super::form;
use crate::ports::{Clock, FilePlace};

/// What is known of a file so far. Written when it is dropped, so that work that is cut off leaves its line too.
pub(super) struct Line {
    clock: Arc<dyn Clock>,
    began: Instant,
    bucket: String,
    key: String,
    extension: String,
    pub(super) version: Option<String>,
    destination: Option<String>,
    status: &'static str,
    code: Option<&'static str>,
    place: Place,
    summary: Summary,
    silent: bool,
}

/// How it ended, when it ended well.
pub(super) enum Outcome {
    /// The output is there.
    Done(Summary),
    /// It was there already.
    Already,
    /// The file is an output of this instance.
    Own,
    /// It is the mark of a folder.
    NoFile,
}

impl Line {
    pub(super) fn begin(clock: Arc<dyn Clock>, place: &FilePlace) -> Line {
        Line {
            began: clock.instant(),
            clock,
            bucket: place.bucket.clone(),
            key: form::sha256(&[&place.key])[..LETTERS].to_owned(),
            extension: extension(&place.key),
            version: None,
            destination: None,
            status: "cut-off",
            code: None,
            place: Place::default(),
            summary: Summary::default(),
            silent: false,
        }
    }

    /// The line of one output of the file. After it the line of the file itself is not needed, unless the file ended
    /// otherwise.
    pub(super) fn to(&mut self, destination: &str) -> Line {
        self.silent = true;
        Line {
            clock: self.clock.clone(),
            began: self.clock.instant(),
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            extension: self.extension.clone(),
            version: self.version.clone(),
            destination: Some(destination.to_owned()),
            status: "cut-off",
            code: None,
            place: Place::default(),
            summary: Summary::default(),
            silent: false,
        }
    }

    /// Notes how it ended.
    pub(super) fn ended(&mut self, outcome: &Outcome) {
        self.status = match outcome {
            Outcome::Done(summary) => {
                self.summary = summary.clone();
                "done"
            }
            Outcome::Already => "already-done",
            Outcome::Own => "own-output",
            Outcome::NoFile => "no-file",
        };
    }

    /// Notes why it failed, and says so to the operator.
    pub(super) fn failed(&mut self, failure: &Failure) {
        if self.silent {
            return; // each output has said it for itself
        }
        self.status = if failure.transient { "failed-for-now" } else { "failed" };
        self.code = Some(failure.code);
        self.place = failure.place;
        let Failure { code, message, .. } = failure;
        let (bucket, key, destination) = (&self.bucket, &self.key, self.destination.as_deref());
        let Place { line, record, column } = self.place;
        if failure.transient {
            tracing::warn!(
                bucket,
                key,
                destination,
                code,
                problem = message,
                "a file could not be sanitized for now"
            );
        } else {
            tracing::error!(
                bucket,
                key,
                destination,
                code,
                line,
                record,
                column,
                problem = message,
                "a file could not be sanitized"
            );
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.silent {
            return;
        }
        let Summary { rows, rejected, columns_touched, pseudonyms, changed, bytes_in, bytes_out, .. } =
            self.summary;
        let took = self.clock.instant().saturating_duration_since(self.began);
        tracing::info!(
            target: "audit",
            bucket = self.bucket,
            version = self.version.as_deref(),
            key = self.key,
            extension = self.extension,
            destination = self.destination.as_deref(),
            status = self.status,
            code = self.code,
            line = self.place.line,
            record = self.place.record,
            column = self.place.column,
            rows,
            rejected,
            rejected_for = told(&self.summary.rejected_for),
            columns_touched,
            pseudonyms,
            changed,
            warnings = told(&self.summary.warnings),
            bytes_in,
            bytes_out,
            millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "file"
        );
    }
}

/// `duplicate-column=1 values-of-wrong-kind=7`.
fn told(counts: &BTreeMap<&'static str, u64>) -> Option<String> {
    let counts: Vec<_> = counts.iter().map(|(code, count)| format!("{code}={count}")).collect();
    (!counts.is_empty()).then(|| counts.join(" "))
}

/// Those that are known, at most two of them: anything else may be part of a name.
fn extension(key: &str) -> String {
    let name = key.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let known: Vec<_> = name.rsplit('.').take(2).take_while(|it| KNOWN.contains(it)).collect();
    let known = if known.len() == name.split('.').count() { &known[..0] } else { &known[..] };
    known.iter().rev().copied().collect::<Vec<_>>().join(".")
}

const KNOWN: [&str; 10] = ["csv", "tsv", "txt", "json", "jsonl", "ndjson", "parquet", "gz", "zst", "zip"];

const LETTERS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_name_only_known_extensions_are_told() {
        for (key, expected) in [
            ("a/report.csv", "csv"),
            ("report.CSV.gz", "csv.gz"),
            ("nora.okonkwo", ""),
            ("nora.okonkwo.csv", "csv"),
            ("csv.nora/x", ""),
            ("x.csv.gz.zst", "gz.zst"),
            ("csv", ""),
            ("", ""),
        ] {
            assert_eq!(extension(key), expected, "{key}");
        }
    }
}
