//! What the clients of AWS report, as the ports tell it: absence is known only from the answer that says so.

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};
use vizard_proxy::ports::{FileError, OutputError, StoreError};

/// A read or write of `name` that failed. Codes are AWS's constants; messages may hold anything and stay out.
pub(crate) fn store<E: ProvideErrorMetadata, R>(name: &str, error: &SdkError<E, R>) -> StoreError {
    match error.code() {
        Some(code) if is_denial(code) => StoreError::Denied { name: name.to_owned() },
        code => StoreError::Unavailable { reason: reason(error, code) },
    }
}

/// A put or send that failed.
pub(crate) fn output<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> OutputError {
    let code = error.code();
    tracing::warn!(reason = reason(error, code), "a destination refused or did not answer");
    match code {
        Some(code) if is_denial(code) => OutputError::Denied,
        Some(code) if ABSENT.contains(&code) => OutputError::Absent,
        Some("EntityTooLarge" | "MetadataTooLarge") => OutputError::TooLarge,
        _ => OutputError::Unavailable,
    }
}

/// A file that could not be read or written. An answer to HEAD has no body, and so no code.
pub(crate) fn file<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> FileError {
    let (code, status) = (error.code(), error.raw_response().map(|it| it.status().as_u16()));
    let told = match (code, status) {
        (Some(code), _) if is_denial(code) => FileError::Denied,
        (Some(code), _) if ABSENT.contains(&code) => FileError::Absent,
        (Some("NoSuchKey" | "NotFound"), _) => FileError::Absent,
        (Some("PreconditionFailed"), _) | (None, Some(412)) => FileError::Changed,
        (Some("EntityTooLarge" | "MetadataTooLarge"), _) => FileError::TooLarge,
        (None, Some(401 | 403)) => FileError::Denied,
        (None, Some(301 | 404)) => FileError::Absent,
        (_, _) => FileError::Unavailable,
    };
    if told == FileError::Unavailable {
        tracing::warn!(reason = reason(error, code), "a bucket did not answer as it should");
    }
    told
}

fn is_denial(code: &str) -> bool {
    DENIALS.contains(&code)
}

fn reason<E, R>(error: &SdkError<E, R>, code: Option<&str>) -> String {
    let plain = |code: &&str| code.len() <= 64 && code.bytes().all(|it| it.is_ascii_alphanumeric());
    match (error, code.filter(plain)) {
        (_, Some(code)) => code.to_owned(),
        (SdkError::TimeoutError(_), None) => "no answer in time".to_owned(),
        (SdkError::DispatchFailure(_), None) => "no connection, or no credentials".to_owned(),
        (SdkError::ConstructionFailure(_), None) => "the request could not be built".to_owned(),
        (_, None) => "an answer that is not understood".to_owned(),
    }
}

const DENIALS: [&str; 6] = [
    "AccessDenied",
    "AccessDeniedException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

const ABSENT: [&str; 4] =
    ["NoSuchBucket", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "PermanentRedirect"];
