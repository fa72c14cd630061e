//! How often and how long Google is asked.

use std::future::Future;
use std::time::Duration;

use google_cloud_gax::error::Error;
use google_cloud_gax::error::rpc::Code;
use google_cloud_gax::exponential_backoff::{ExponentialBackoff, ExponentialBackoffBuilder};
use google_cloud_gax::retry_policy::{RetryPolicy, RetryPolicyExt as _};
use google_cloud_gax::retry_result::RetryResult;
use google_cloud_gax::retry_state::RetryState;
use google_cloud_gax::retry_throttler::CircuitBreaker;
use google_cloud_gax::throttle_result::ThrottleResult;
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

    /// Whoever is not to ask again is told now what went wrong, not after all the time has passed.
    fn on_throttle(&self, _state: &RetryState, error: Error) -> ThrottleResult {
        ThrottleResult::Exhausted(error)
    }
}

/// How long an operation may take, with all its attempts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub(crate) operation: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { operation: Duration::from_secs(10) }
    }
}

impl Patience {
    /// How long one attempt may take: after one that hangs there is time for another.
    pub(crate) fn attempt(self) -> Duration {
        self.operation / 2
    }

    pub(crate) fn retries(self) -> impl RetryPolicy + 'static {
        Passing.with_attempt_limit(ATTEMPTS).with_time_limit(self.operation)
    }

    /// The answer, or `None` when it, credentials included, took too long.
    pub(crate) async fn wait<T>(self, answer: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(self.operation, answer).await.ok()
    }

    /// The same of a store.
    pub(crate) async fn of_store<T>(
        self,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let late = || Err(StoreError::Unavailable { reason: "no answer in time".to_owned() });
        self.wait(answer).await.unwrap_or_else(late)
    }
}

/// Adds nothing to the load of a service that is in trouble: after so many failures more than successes, a client does
/// not try anything twice. The clients' own default throws dice, and for a first call that fails already at the first.
pub(crate) fn breaker() -> CircuitBreaker {
    CircuitBreaker::clamp(FAILURES * 2, FAILURES, 1)
}

/// For what has few attempts and a time of its own, and whose client waits where a breaker is open.
pub(crate) fn no_breaker() -> CircuitBreaker {
    CircuitBreaker::clamp(1, 0, 0)
}

pub(crate) fn backoff() -> ExponentialBackoff {
    ExponentialBackoffBuilder::new().with_initial_delay(PAUSE).with_maximum_delay(LONGEST_PAUSE).clamp()
}

const ATTEMPTS: u32 = 4;
const FAILURES: u64 = 50;
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_millis(2_500);
