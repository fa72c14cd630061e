//! Events of Cloud Storage, which tell of files: `POST /.vizard/events`. There are no rules for files yet, so each is
//! read, told in the log, and refused.

use http::request::Parts as Head;
use vizard_gcp::storage_event::StorageEvent;

use crate::refuse::Refused;

/// Why an event is refused.
pub(crate) fn refused(head: &Head, body: &[u8]) -> Refused {
    match StorageEvent::read(&head.headers, body) {
        Ok(StorageEvent { kind, bucket, generation, size, .. }) => {
            // The name of a file may tell who wrote it.
            tracing::warn!(?kind, bucket, generation, size, "there are no rules for this file");
            Refused::NoRulesForFiles
        }
        Err(_) => Refused::Event,
    }
}
