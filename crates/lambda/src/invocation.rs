//! One invocation: a call over HTTP, or a batch of calls that were queued. It always has an answer.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lambda_runtime::{Context, LambdaEvent};
use serde::Serialize;
use serde_json::value::RawValue;
use vizard_proxy::Proxy;

use crate::answer::Answer;
use crate::event::{Call, Shape};
use crate::function::Function;
use crate::queued::{self, Batch, Failures};
use crate::refuse::Refused;

/// What goes back to the platform.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Outcome {
    Answer(Answer),
    Failures(Failures),
}

/// Answers an invocation.
pub(crate) async fn answer(function: &Function, event: LambdaEvent<Box<RawValue>>) -> Outcome {
    let LambdaEvent { payload, context } = event;
    let (text, end) = (payload.get(), end(&context));
    if let Some(batch) = Batch::read(text) {
        return Outcome::Failures(queued::perform(function, batch, end).await);
    }
    let shape = Shape::of(text);
    let (request_id, response) = match Call::read(text, end - MARGIN) {
        Ok(call) => (call.request_id.clone(), call.answer(function, end).await),
        Err(refused) => (context.request_id.clone(), refused.response(&context.request_id)),
    };
    Outcome::Answer(Answer::of(response, shape, &request_id))
}

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
