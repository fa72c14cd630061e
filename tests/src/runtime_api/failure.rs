//! How an invocation fails, in the words of the platform.

use std::fmt;
use std::time::Duration;

/// Why an invocation has no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The function reported an error of its own.
    Reported {
        /// Its type.
        kind: String,
        /// Its message.
        message: String,
    },
    /// The function reported that it cannot start.
    NotStarted {
        /// The type of the error.
        kind: String,
        /// Its message.
        message: String,
    },
    /// The process ended without a response.
    Exited {
        /// How, such as `exit status: 1` or `signal: 9 (SIGKILL)`.
        status: String,
    },
    /// Ten seconds passed before the process asked for its first event.
    SlowStart,
    /// The timeout passed, and the process was killed.
    TimedOut {
        /// The timeout.
        after: Duration,
    },
    /// The response exceeds what Lambda takes.
    ResponseTooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The event exceeds what Lambda takes. The function never saw it.
    RequestTooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The response is not JSON.
    NotJson {
        /// What the parser says.
        reason: String,
    },
    /// All processes are busy and there may be no more.
    Throttled,
}

impl Failure {
    /// The `errorType` that a caller of the Lambda API gets.
    pub fn kind(&self) -> &str {
        match self {
            Failure::Reported { kind, .. } | Failure::NotStarted { kind, .. } => kind,
            Failure::Exited { .. } => "Runtime.ExitError",
            Failure::SlowStart | Failure::TimedOut { .. } => "Sandbox.Timedout",
            Failure::ResponseTooLarge { .. } => "Function.ResponseSizeTooLarge",
            Failure::RequestTooLarge { .. } => "RequestTooLargeException",
            Failure::NotJson { .. } => "Runtime.InvalidResponse",
            Failure::Throttled => "TooManyRequestsException",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.kind())?;
        match self {
            Failure::Reported { message, .. } | Failure::NotStarted { message, .. } => f.write_str(message),
            Failure::Exited { status } => write!(f, "the process ended: {status}"),
            Failure::SlowStart => f.write_str("the process did not start in ten seconds"),
            Failure::TimedOut { after } => {
                write!(f, "task timed out after {:.2} seconds", after.as_secs_f64())
            }
            Failure::ResponseTooLarge { bytes } => write!(f, "a response of {bytes} bytes"),
            Failure::RequestTooLarge { bytes } => write!(f, "an event of {bytes} bytes"),
            Failure::NotJson { reason } => f.write_str(reason),
            Failure::Throttled => f.write_str("all processes are busy"),
        }
    }
}

impl std::error::Error for Failure {}
