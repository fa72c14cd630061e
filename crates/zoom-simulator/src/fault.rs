//! Faults: the ways in which the next answers go wrong.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Which answers a fault applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Everything below `/v2/`.
    Rest,
    /// `/oauth/token`.
    Token,
}

/// One way to go wrong. Where a fault has a body of its own, the body names people.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Wait in real time before the status line.
    SlowHeaders(Duration),
    /// Send half the body, wait in real time, send the rest.
    SlowBody(Duration),
    /// Announce the whole body, send half, hang up.
    TruncatedBody,
    /// Reset the connection instead of answering.
    ConnectionReset,
    /// An HTML page with status 200.
    Html,
    /// The true body under another `Content-Type`.
    ContentType(String),
    /// The true body without a `Content-Type`.
    NoContentType,
    /// Plain text that claims to be JSON.
    NotJson,
    /// Bytes that mean nothing and claim to be JSON.
    Garbage,
    /// An error status with a JSON body that names people.
    Status(u16),
    /// 302 to this URL.
    RedirectOffHost(String),
    /// 302 to another path of the same server.
    RedirectSameHost,
    /// A few kilobytes of gzip that inflate to this many bytes of well-formed JSON.
    GzipBomb(u64),
    /// A gzip header over a damaged stream.
    BrokenGzip,
    /// This many bytes of well-formed JSON, not announced.
    HugeBody(u64),
    /// JSON with bytes that are not UTF-8.
    InvalidUtf8,
    /// JSON in which every key occurs twice, first harmless, then not.
    DuplicateKeys,
    /// Arrays in arrays, this deep.
    DeepNesting(usize),
    /// A JSON number of this many digits.
    LongNumber(usize),
    /// The true answer with `Link`, `Set-Cookie` and `Content-Disposition` headers that name people.
    TellingHeaders,
    /// 401 with code 124.
    Unauthorized,
    /// 429.
    RateLimited(Exceeded),
    /// A refusal of the token endpoint: `invalid_client`, `invalid_request`, `unsupported_grant_type`, `invalid_grant`.
    TokenRefused(&'static str),
    /// A good token with another life.
    TokenLife(Duration),
}

/// Which rate limit a 429 is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// Per second, without `Retry-After`.
    PerSecond,
    /// Per day, with `Retry-After` as an ISO 8601 instant.
    PerDay,
    /// Per host and day, with patchy headers.
    PerHost,
}

/// The faults to come, first come first served.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    queue: Mutex<VecDeque<(Target, Fault, u32)>>,
}

impl Faults {
    pub(crate) fn push(&self, target: Target, fault: Fault, requests: u32) {
        self.lock().push_back((target, fault, requests));
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// The fault for the next answer of this target.
    pub(crate) fn next(&self, target: Target) -> Option<Fault> {
        let mut queue = self.lock();
        queue.retain(|(_, _, left)| *left > 0);
        let (_, fault, left) = queue.iter_mut().find(|(whose, _, _)| *whose == target)?;
        if *left != u32::MAX {
            *left -= 1;
        }
        Some(fault.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<(Target, Fault, u32)>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults, Target};

    #[test]
    fn faults_come_in_order_and_end() {
        let faults = Faults::default();
        faults.push(Target::Rest, Fault::Html, 2);
        faults.push(Target::Token, Fault::Garbage, 1);
        faults.push(Target::Rest, Fault::NotJson, u32::MAX);
        let rest: Vec<_> = (0..4).map(|_| faults.next(Target::Rest)).collect();
        assert_eq!(rest, [Some(Fault::Html), Some(Fault::Html), Some(Fault::NotJson), Some(Fault::NotJson)]);
        assert_eq!(faults.next(Target::Token), Some(Fault::Garbage));
        assert_eq!(faults.next(Target::Token), None);
    }
}
