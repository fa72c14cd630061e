//! One invocation: a call over HTTP, or a batch of calls that were queued. It always has an answer.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lambda_runtime::{Context, LambdaEvent};
use serde::Serialize;
use serde_json::value::RawValue;

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
    let (text, deadline) = (payload.get(), deadline(&context));
    if let Some(batch) = Batch::read(text) {
        return Outcome::Failures(queued::perform(function, batch, deadline).await);
    }
    let shape = Shape::of(text);
    let response = match Call::read(text, deadline) {
        Ok(call) => call.answer(function).await,
        Err(refused) => refused.response(&context.request_id),
    };
    Outcome::Answer(Answer::of(response, shape, &context.request_id))
}

impl Call {
    async fn answer(self, function: &Function) -> http::Response<bytes::Bytes> {
        let Some(proxy) = function.proxy(self.request.uri().path()).await else {
            return Refused::Connector.response(&self.request_id);
        };
        let response = proxy.handle(self.request, self.client).await;
        // Between invocations nothing runs: what must not be lost is finished now.
        let _ = tokio::time::timeout(SETTLE, proxy.settle()).await;
        response
    }
}

/// When there must be an answer: a little before the platform loses its patience and everything with it.
fn deadline(context: &Context) -> Instant {
    let (now, until) = (SystemTime::now(), UNIX_EPOCH + Duration::from_millis(context.deadline));
    Instant::now() + until.duration_since(now).unwrap_or_default().saturating_sub(MARGIN)
}

const MARGIN: Duration = Duration::from_millis(400);
pub(crate) const SETTLE: Duration = Duration::from_millis(300);
