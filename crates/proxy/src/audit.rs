//! One line per request: names and counts, never a value, a query or a path.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Response};
use vizard_sanitizer::Counts;

use crate::error::Problem;
use crate::ports::Clock;

/// What is known of a request so far. Written when it is dropped, so that a caller who hangs up and
/// a request that fails in the middle leave their line too.
pub(crate) struct Audit {
    clock: Arc<dyn Clock>,
    began: Instant,
    pub(crate) request_id: String,
    connector: Option<String>,
    method: &'static str,
    /// The endpoint as written in the rules.
    pub(crate) endpoint: Option<String>,
    bytes_in: usize,
    bytes_out: usize,
    status: Option<u16>,
    cause: Option<&'static str>,
    code: Option<&'static str>,
    pub(crate) counts: Counts,
    /// Time spent waiting for the source, credentials included.
    pub(crate) upstream: Duration,
    pub(crate) source_status: Option<u16>,
    source_code: Option<u32>,
}

impl Audit {
    pub(crate) fn begin(
        clock: Arc<dyn Clock>,
        request_id: String,
        connector: Option<String>,
        method: &Method,
        bytes_in: usize,
    ) -> Audit {
        Audit {
            began: clock.instant(),
            request_id,
            connector,
            clock,
            method: method_name(method),
            endpoint: None,
            bytes_in,
            bytes_out: 0,
            status: None,
            cause: None,
            code: None,
            counts: Counts::default(),
            upstream: Duration::ZERO,
            source_status: None,
            source_code: None,
        }
    }

    /// Notes why there is no sanitized answer.
    pub(crate) fn problem(&mut self, problem: &Problem) {
        let row = problem.row();
        self.cause = row.cause;
        self.code = Some(row.code);
        if let Problem::Source(answer) = problem {
            self.source_code = answer.code;
        }
    }

    /// Notes what went out.
    pub(crate) fn answered(&mut self, response: &Response<Bytes>) {
        self.status = Some(response.status().as_u16());
        self.bytes_out = response.body().len();
    }
}

impl Drop for Audit {
    fn drop(&mut self) {
        let Counts { kept, removed, pseudonymized, nulled, .. } = self.counts;
        tracing::info!(
            target: "audit",
            request_id = %self.request_id,
            connector = self.connector.as_deref(),
            endpoint = self.endpoint.as_deref(),
            method = self.method,
            // A caller who hangs up gets no status; 499 is what the field writes.
            status = self.status.unwrap_or(499),
            cause = self.cause,
            code = self.code,
            bytes_in = self.bytes_in,
            bytes_out = self.bytes_out,
            kept,
            removed,
            pseudonymized,
            nulled,
            millis = millis(self.clock.instant().saturating_duration_since(self.began)),
            upstream_millis = millis(self.upstream),
            source_status = self.source_status,
            source_code = self.source_code,
            "request"
        );
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

/// A method is the caller's text; only the known ones are repeated.
fn method_name(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    known.into_iter().find(|name| method.as_str().eq_ignore_ascii_case(name)).unwrap_or("OTHER")
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Replaces the report of a panic, which may hold a value, by the place where it happened. For a
/// host to call first in `main`.
pub fn report_panics_by_place() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|it| format!("{}:{}", it.file(), it.line()));
        tracing::error!(place = place.as_deref().unwrap_or("unknown"), "panic");
    }));
}
