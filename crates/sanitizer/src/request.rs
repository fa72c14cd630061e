//! The request side: may this call go out, as a call of which endpoint, and how is it spelled upstream?
//!
//! A call is read into one spelling, judged against the endpoints in the order of the rule file, and later
//! written again from what was judged, so that the source never reads anything the rules did not.

mod body;
mod body_schema;
mod fall_through;
mod header;
mod matcher;
mod outbound;
mod parameter;
mod path;
mod percent;
mod query;
mod refusal;
mod route;
mod sample;
mod shadow;
mod template;

pub(crate) use fall_through::falls_through;
pub(crate) use matcher::{Matcher, ONLY_IF_LISTED};
pub use outbound::Outbound;
pub(crate) use parameter::{FORMATS, TYPES};
pub use refusal::{Cause, Refusal};
pub use shadow::SampleCall;
pub(crate) use shadow::{diagnose_shadowing, sample_calls};

use crate::diagnostic::nearest;
use body::TypedBody;
use matcher::Target;
use path::Path;
use query::Query;
use refusal::Check;
use std::fmt;

/// A call of the analytics platform, as it came. `Debug` prints no value.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// In any case.
    pub method: &'a str,
    /// Still percent-encoded; starts with `/`.
    pub path: &'a str,
    /// Still percent-encoded, without the `?`.
    pub query: Option<&'a str>,
    /// The header `Content-Type`; absent counts as JSON.
    pub content_type: Option<&'a str>,
    /// All headers; only those that the rules list are sent on.
    pub headers: &'a [(&'a str, &'a str)],
    /// Decompressed; empty: none.
    pub body: &'a [u8],
}

impl<'a> Call<'a> {
    /// A call without headers and body.
    pub fn bare(method: &'a str, path: &'a str, query: Option<&'a str>) -> Call<'a> {
        Call { method, path, query, content_type: None, headers: &[], body: b"" }
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Call")
            .field("path_bytes", &self.path.len())
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A call that an endpoint admitted, with everything that is sent of it. Only [`admit`] makes one.
pub(crate) struct Match {
    index: usize,
    method: String,
    path: Path,
    query: Query,
    headers: Vec<(String, String)>,
    body: Option<TypedBody>,
}

impl Match {
    /// Which of the matchers admitted the call.
    pub(crate) fn index(&self) -> usize {
        self.index
    }
}

impl fmt::Debug for Match {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Match").field("index", &self.index).finish_non_exhaustive()
    }
}

/// Finds the first endpoint that admits the call.
pub(crate) fn admit(matchers: &[Matcher], call: &Call<'_>) -> Result<Match, Refusal> {
    let method = call.method.to_ascii_uppercase();
    if matches!(method.as_str(), "GET" | "HEAD") && !body::is_blank(call.body) {
        return Err(Refusal::of(Check::BodyNotAllowed));
    }
    if !method.bytes().all(|c| c.is_ascii_uppercase() || c == b'-' || c == b'_') {
        return Err(Refusal::of(Check::MethodNotListed));
    }
    let path = Path::read(call.path)?;
    let query = Query::read(call.query)?;
    let query_text = query.text();
    let target = Target { method: &method, path: &path, query: &query, query_text: query_text.as_deref() };
    let index = find(matchers, &target)?;
    let endpoint = &matchers[index];
    let body = body::admit(endpoint.body.as_ref(), call.body, call.content_type)?;
    let headers = endpoint.headers.listed(call.headers);
    Ok(Match { index, method, path, query, headers, body })
}

/// Every endpoint that admits the call up to its body, each as if it stood alone.
pub(crate) fn all_that_admit(
    matchers: &[Matcher],
    method: &str,
    path: &str,
    query: Option<&str>,
) -> Vec<usize> {
    let method = method.to_ascii_uppercase();
    let (Ok(path), Ok(query)) = (Path::read(path), Query::read(query)) else { return Vec::new() };
    let query_text = query.text();
    let target = Target { method: &method, path: &path, query: &query, query_text: query_text.as_deref() };
    (0..matchers.len()).filter(|&index| matchers[index].admit(&target).is_ok()).collect()
}

/// The first endpoint that admits the target, or the refusal of the one it came furthest with.
fn find(matchers: &[Matcher], target: &Target<'_>) -> Result<usize, Refusal> {
    let mut furthest: Option<Refusal> = None;
    for (index, matcher) in matchers.iter().enumerate() {
        match matcher.admit(target) {
            Ok(()) => return Ok(index),
            Err(refusal) if furthest.as_ref().is_none_or(|it| refusal.depth() > it.depth()) => {
                furthest = Some(refusal);
            }
            Err(_) => {}
        }
    }
    match furthest {
        Some(refusal) if refusal.depth() > 0 => Err(refusal),
        _ => Err(Refusal::of(Check::PathNotListed).hint(near_miss(matchers, target.path))),
    }
}

/// The template that a misspelled path is close to.
fn near_miss(matchers: &[Matcher], path: &Path) -> Option<String> {
    let templates = matchers.iter().filter(|matcher| matcher.route.is_template());
    let labels: Vec<&str> = templates.map(Matcher::label).collect();
    nearest(path.text(), &labels).map(|label| format!("did you mean `{label}`?"))
}
