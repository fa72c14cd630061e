//! One invocation: a call over HTTP, which always has an answer, a batch of calls that were queued, or files that were
//! written.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::value::RawValue;
use vizard_proxy::Proxy;

use crate::answer::Answer;
use crate::event::{Call, Shape};
#[cfg(feature = "bulk")]
use crate::files::{self, Files};
use crate::function::Function;
use crate::queued::{self, Batch, Failures};
use crate::refuse::Refused;
use crate::stored::Stored;

/// What goes back to the platform.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Outcome {
    Answer(Answer),
    Failures(Failures),
    #[cfg(feature = "bulk")]
    Files(Files),
}

/// Answers an invocation.
///
/// # Errors
///
/// When files were not sanitized: there is nobody to answer to.
pub(crate) async fn answer(
    function: &Function,
    event: LambdaEvent<Box<RawValue>>,
) -> Result<Outcome, Diagnostic> {
    let LambdaEvent { payload, context } = event;
    let (text, end) = (payload.get(), end(&context));
    if let Some(event) = Stored::read(text) {
        return stored(function, event, end).await;
    }
    if let Some(batch) = Batch::read(text) {
        return Ok(Outcome::Failures(queued::perform(function, batch, end).await));
    }
    let shape = Shape::of(text);
    let (request_id, response) = match Call::read(text, end - MARGIN) {
        Ok(call) => (call.request_id.clone(), call.answer(function, end).await),
        Err(refused) => (context.request_id.clone(), refused.response(&context.request_id)),
    };
    Ok(Outcome::Answer(Answer::of(response, shape, &request_id)))
}

#[cfg(feature = "bulk")]
async fn stored(function: &Function, event: Stored, end: Instant) -> Result<Outcome, Diagnostic> {
    files::sanitize(function, event, end).await.map(Outcome::Files)
}

#[cfg(not(feature = "bulk"))]
async fn stored(_: &Function, event: Stored, _: Instant) -> Result<Outcome, Diagnostic> {
    tracing::error!(?event, "{WITHOUT_FILES}");
    Err(Diagnostic { error_type: "files-not-built".to_owned(), error_message: WITHOUT_FILES.to_owned() })
}

#[cfg(not(feature = "bulk"))]
const WITHOUT_FILES: &str =
    "S3 tells of files, and this function was built without them; deploy the package for files";

impl Call {
    async fn answer(self, function: &Function, end: Instant) -> http::Response<bytes::Bytes> {
        let Some(proxy) = function.proxy(self.request.uri().path(), end - MARGIN).await else {
            return Refused::Connector.response(&self.request_id);
        };
        let response = proxy.handle(self.request, self.client).await;
        settle(&proxy, end).await;
        response
    }
}

/// Between invocations nothing runs: what must not be lost, such as a refresh token that is being replaced, is finished
/// now, in all the time that there is. Mostly there is nothing.
pub(crate) async fn settle(proxy: &Proxy, end: Instant) {
    if tokio::time::timeout_at(end.into(), proxy.settle()).await.is_err() {
        tracing::warn!("a credential was still being fetched and is cut off");
    }
}

/// A little before the platform loses its patience, and everything with it.
fn end(context: &Context) -> Instant {
    let (now, until) = (SystemTime::now(), UNIX_EPOCH + Duration::from_millis(context.deadline));
    Instant::now() + until.duration_since(now).unwrap_or_default().saturating_sub(MARGIN)
}

const MARGIN: Duration = Duration::from_millis(200);
