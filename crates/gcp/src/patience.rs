//! How often and how long Google is asked.

use std::future::Future;
use std::time::Duration;

use google_cloud_gax::error::Error;
use google_cloud_gax::error::rpc::Code;
use google_cloud_gax::exponential_backoff::{ExponentialBackoff, ExponentialBackoffBuilder};
use google_cloud_gax::retry_policy::{RetryPolicy, RetryPolicyExt as _};
use google_cloud_gax::retry_result::RetryResult;
use google_cloud_gax::retry_state::RetryState;
use vizard_proxy::ports::StoreError;

/// Asks again after what may pass. All that is asked here may be done twice: a second version of the same value, the
/// same object, the same call in the queue; and of two changes of a label the second is told that it came too late.
#[derive(Debug)]
pub(crate) struct Passing;

impl RetryPolicy for Passing {
    fn on_error(&self, _state: &RetryState, error: Error) -> RetryResult {
        let code = error.status().map(|status| status.code);
        let passes = match (code, error.http_status_code()) {
            (
                Some(Code::Unavailable | Code::ResourceExhausted | Code::Internal | Code::DeadlineExceeded),
                _,
            ) => true,
            (Some(Code::Unknown) | None, Some(status)) => matches!(status, 408 | 429 | 500..=599),
            (Some(_), _) => false,
            (None, None) => {
                error.is_transient_and_before_rpc()
                    || error.is_connect()
                    || error.is_io()
                    || error.is_timeout()
                    || error.is_transport()
            }
        };
        if passes { RetryResult::Continue(error) } else { RetryResult::Permanent(error) }
    }
}

pub(crate) fn retries() -> impl RetryPolicy + 'static {
    Passing.with_attempt_limit(ATTEMPTS).with_time_limit(OPERATION)
}

pub(crate) fn backoff() -> ExponentialBackoff {
    ExponentialBackoffBuilder::new().with_initial_delay(PAUSE).with_maximum_delay(OPERATION / 4).clamp()
}

/// What has not been answered by then, credentials included, is not waited for.
pub(crate) async fn in_time<T>(answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    let late = |_| Err(StoreError::Unavailable { reason: "no answer in time".to_owned() });
    tokio::time::timeout(OPERATION, answer).await.unwrap_or_else(late)
}

/// Four attempts, as long as an operation may take.
const ATTEMPTS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(250);
pub(crate) const ATTEMPT: Duration = Duration::from_secs(5);
pub(crate) const OPERATION: Duration = Duration::from_secs(10);
