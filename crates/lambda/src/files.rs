//! Files of an event of S3, one after the other. The platform learns of each that is not done by the failure of the whole
//! invocation, and gives the event out again, as often as it is told to; those that are done by then are found done.

use std::time::{Duration, Instant};

use lambda_runtime::Diagnostic;
use serde::Serialize;
use vizard_proxy::bulk::Handled;

use crate::function::Function;
use crate::stored::{Record, Stored};

/// What became of the files of an event.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Files {
    sanitized: usize,
    /// Nothing was to be done for them.
    skipped: usize,
}

/// Sanitizes all files of an event.
///
/// # Errors
///
/// When one of them is not done, be it for now or for good: either way an alarm, a dead-letter queue or a destination for
/// failures should see it, and the platform tries no more than twice again.
pub(crate) async fn sanitize(function: &Function, event: Stored, end: Instant) -> Result<Files, Diagnostic> {
    let records = match event {
        Stored::Test => return Ok(Files::default()),
        Stored::Records(records) => records,
    };
    // Some of the time is kept for clearing away what could not be finished.
    let left = end.saturating_duration_since(Instant::now());
    let deadline = end - (left / 5).min(CLEARING);
    let Some(bulk) = function.bulk(deadline).await else {
        tracing::error!(
            "an event tells of files, and this function cannot serve files: see above, or set OUTPUT_BUCKET"
        );
        return Err(diagnostic("files-not-ready", "this function is not configured for files"));
    };
    let (mut files, mut failed) = (Files::default(), Vec::new());
    for record in records {
        match record {
            Record::Created(place) => match bulk.handle(&place, Some(deadline)).await {
                Ok(Handled::Done) => files.sanitized += 1,
                Ok(Handled::Skipped) => files.skipped += 1,
                Err(unhandled) => failed.push(unhandled.code),
            },
            Record::Other => files.skipped += 1,
            Record::Unreadable => {
                tracing::error!("a record of the event does not say which file it is of");
                failed.push("event-not-understood");
            }
        }
    }
    match failed.first() {
        None => Ok(files),
        Some(first) => {
            let (failed, all) = (failed.len(), failed.len() + files.sanitized + files.skipped);
            Err(diagnostic(first, &format!("{failed} of {all} files are not sanitized; see the log")))
        }
    }
}

pub(crate) fn diagnostic(code: &str, message: &str) -> Diagnostic {
    Diagnostic { error_type: code.to_owned(), error_message: message.to_owned() }
}

/// More than aborting an upload takes.
const CLEARING: Duration = Duration::from_secs(5);
