//! What Google's clients report, as the ports tell it: absence is known only from the answer that says so.

use google_cloud_gax::error::Error;
use google_cloud_gax::error::rpc::Code;
use vizard_proxy::ports::{FileError, OutputError, StoreError};

/// What an answer says, for those who decide by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// There is no such thing.
    Absent,
    /// Not for this program; of what it has no grant for, nobody tells whether it exists.
    Denied,
    /// It is not in the state in which that could be done, or somebody else changed it in the meantime.
    Unfit,
    /// There is one already.
    Exists,
    /// It is larger than it may be.
    TooLarge,
    /// Anything else, no answer included.
    Nothing,
}

pub(crate) fn told(error: &Error) -> Told {
    let code = error.status().map(|status| status.code);
    match (code, error.http_status_code()) {
        (Some(Code::NotFound), _) => Told::Absent,
        (Some(Code::PermissionDenied | Code::Unauthenticated), _) => Told::Denied,
        (Some(Code::FailedPrecondition | Code::Aborted), _) => Told::Unfit,
        (Some(Code::AlreadyExists), _) => Told::Exists,
        // Cloud Storage has its own form of errors, in which the HTTP status says it.
        (Some(Code::Unknown), Some(404)) => Told::Absent,
        (Some(Code::Unknown) | None, Some(401 | 403)) => Told::Denied,
        (Some(Code::Unknown) | None, Some(409 | 412)) => Told::Unfit,
        (Some(Code::Unknown) | None, Some(413)) => Told::TooLarge,
        // A 404 without such an error is a page of somebody in between.
        (_, _) => Told::Nothing,
    }
}

/// A read or write of `name` that failed. Messages may hold anything and stay out.
pub(crate) fn store(name: &str, error: &Error) -> StoreError {
    match told(error) {
        Told::Denied => StoreError::Denied { name: name.to_owned() },
        _ => StoreError::Unavailable { reason: reason(error) },
    }
}

/// A put or send that failed.
pub(crate) fn output(error: &Error) -> OutputError {
    tracing::warn!(reason = reason(error), "a destination refused or did not answer");
    match told(error) {
        Told::Denied => OutputError::Denied,
        Told::Absent => OutputError::Absent,
        Told::TooLarge => OutputError::TooLarge,
        Told::Unfit | Told::Exists | Told::Nothing => OutputError::Unavailable,
    }
}

/// A file that could not be read or written.
pub(crate) fn file(error: &Error) -> FileError {
    match told(error) {
        Told::Denied => FileError::Denied,
        Told::Absent => FileError::Absent,
        Told::Unfit => FileError::Changed,
        Told::TooLarge => FileError::TooLarge,
        Told::Exists | Told::Nothing => {
            tracing::warn!(reason = reason(error), "a bucket did not answer as it should");
            FileError::Unavailable
        }
    }
}

pub(crate) fn reason(error: &Error) -> String {
    let error = last(error);
    match (error.status(), error.http_status_code()) {
        (Some(status), None) => status.code.name().to_owned(),
        (Some(status), Some(_)) if status.code != Code::Unknown => status.code.name().to_owned(),
        (Some(_), Some(404)) => "NOT_FOUND".to_owned(),
        (_, Some(status)) => format!("HTTP status {status}"),
        (None, None) if error.is_authentication() => "no credentials".to_owned(),
        (None, None) if error.is_timeout() || error.is_exhausted() => "no answer in time".to_owned(),
        (None, None) if error.is_connect() || error.is_io() || error.is_transport() => {
            "no connection".to_owned()
        }
        (None, None) => "an answer that is not understood".to_owned(),
    }
}

/// What went wrong last, when there was no time to ask again.
fn last(error: &Error) -> &Error {
    let cause = if error.is_exhausted() { std::error::Error::source(error) } else { None };
    cause.and_then(|cause| cause.downcast_ref()).unwrap_or(error)
}
