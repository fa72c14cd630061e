//! What went wrong on the wire, as one of our own words. The client's error holds the URL, which
//! holds identifiers, so nothing of its text goes further than this file.

use std::error::Error;
use std::io::ErrorKind;

use crate::ports::UpstreamError;

/// The kind of a client error.
pub(crate) fn of(error: &reqwest::Error) -> UpstreamError {
    if error.is_builder() {
        return UpstreamError::Request;
    }
    if error.is_timeout() {
        return if error.is_connect() { UpstreamError::ConnectTimeout } else { UpstreamError::ReadTimeout };
    }
    let io =
        causes(error).filter_map(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind);
    for kind in io {
        match kind {
            ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable
                if error.is_connect() =>
            {
                return UpstreamError::Refused;
            }
            ErrorKind::TimedOut if error.is_connect() => return UpstreamError::ConnectTimeout,
            ErrorKind::TimedOut => return UpstreamError::ReadTimeout,
            _ => {}
        }
    }
    if causes(error).any(is_tls) {
        return UpstreamError::Tls;
    }
    if error.is_connect() && causes(error).any(|cause| cause.to_string() == "dns error") {
        return UpstreamError::Name;
    }
    UpstreamError::Broken
}

fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source())
}

/// rustls hides inside I/O errors, as their inner error rather than their source.
fn is_tls(cause: &(dyn Error + 'static)) -> bool {
    let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    cause.is::<rustls::Error>() || inner.is_some_and(|inner| is_tls(inner))
}
