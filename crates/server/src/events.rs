//! Events of Cloud Storage, which tell of files: `POST /.vizard/events`. A server that has somewhere to put sanitized
//! files sanitizes them; any other tells the event in the log and refuses it.

#[cfg(feature = "bulk")]
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::Response;
use http::request::Parts as Head;
use vizard_gcp::storage_event::StorageEvent;
#[cfg(feature = "bulk")]
use {
    http::StatusCode, std::time::Duration, vizard_gcp::storage_event::Kind, vizard_proxy::bulk::Bulk,
    vizard_proxy::ports::FilePlace, vizard_proxy::settings::Environment,
};

use crate::refuse::Refused;

/// What is done about files: by default nothing.
#[derive(Debug, Clone, Default)]
pub struct Files {
    #[cfg(feature = "bulk")]
    bulk: Option<(Arc<Bulk>, Duration)>,
}

impl Files {
    /// Sanitizes files by what `bulk` says, in the time of `REQUEST_TIMEOUT_SECONDS`.
    ///
    /// # Errors
    ///
    /// When that is no number of seconds.
    #[cfg(feature = "bulk")]
    pub(crate) fn new(bulk: Arc<Bulk>, environment: &dyn Environment) -> Result<Files, String> {
        let seconds = environment.given("REQUEST_TIMEOUT_SECONDS").map(|it| it.parse());
        let patience = match seconds {
            None => PATIENCE,
            Some(Ok(seconds @ 1..=86_400)) => Duration::from_secs(seconds),
            Some(_) => return Err(SECONDS.to_owned()),
        };
        Ok(Files { bulk: Some((bulk, patience)) })
    }

    /// Answers an event. The platform's time for it began when it `arrived`.
    pub(crate) async fn answer(
        &self,
        head: &Head,
        body: &[u8],
        arrived: Instant,
    ) -> Result<Response<Bytes>, Refused> {
        let event = StorageEvent::read(&head.headers, body).map_err(|_| Refused::Event)?;
        #[cfg(feature = "bulk")]
        if let Some((bulk, patience)) = &self.bulk {
            return sanitize(bulk, event, arrived + *patience).await;
        }
        let (StorageEvent { kind, bucket, generation, size, .. }, _) = (event, arrived);
        // The name of a file may tell who wrote it.
        tracing::warn!(?kind, bucket, generation, size, "there are no rules for this file");
        Err(Refused::NoRulesForFiles)
    }
}

#[cfg(feature = "bulk")]
async fn sanitize(bulk: &Bulk, event: StorageEvent, end: Instant) -> Result<Response<Bytes>, Refused> {
    let StorageEvent { kind, bucket, object, .. } = event;
    match kind {
        Kind::Finalized => {}
        Kind::Deleted | Kind::Archived | Kind::MetadataUpdated => return Ok(done()),
    }
    // Some of the time is kept for clearing away what could not be finished.
    let left = end.saturating_duration_since(Instant::now());
    let deadline = end - (left / 5).min(CLEARING);
    let handled = bulk.handle(&FilePlace { bucket, key: object }, Some(deadline)).await;
    match handled {
        Ok(_) => Ok(done()),
        Err(unhandled) if unhandled.transient => Err(Refused::FileUnfinished),
        // The platform would deliver it again for a day, and each time in vain: the log has the error, which is what
        // alarms are set on.
        Err(_) => Ok(done()),
    }
}

#[cfg(feature = "bulk")]
fn done() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Unless `REQUEST_TIMEOUT_SECONDS` says otherwise. Of what pushes events, none waits longer than ten minutes.
#[cfg(feature = "bulk")]
const PATIENCE: Duration = Duration::from_secs(540);

/// More than abandoning an upload takes.
#[cfg(feature = "bulk")]
const CLEARING: Duration = Duration::from_secs(5);

#[cfg(feature = "bulk")]
const SECONDS: &str =
    "REQUEST_TIMEOUT_SECONDS is not valid: expected a whole number of seconds from 1 to 86400";
