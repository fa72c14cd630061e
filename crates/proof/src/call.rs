//! Which endpoint answers a call: the first whose path, method and parameter names fit.
//!
//! Schemas of parameters are not judged. Where they could make the difference between two endpoints, neither is chosen.

pub(crate) mod canonical;
pub(crate) mod template;

use crate::call::canonical::Canonical;
use crate::rules::endpoint::{Endpoint, Target};

/// Why there is no endpoint to judge by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unmatched {
    /// The rules list no such call.
    #[error("no endpoint of the rules answers the call")]
    NotListed,
    /// The path can be read in two ways, or is no path.
    #[error("the path is not one that the proxy takes")]
    Path,
    /// No endpoint is written like this.
    #[error("no endpoint of the rules is written like this")]
    NoSuchLabel,
    /// Two endpoints are.
    #[error("the endpoints at lines {0} and {1} of the rules are both written like this")]
    SameLabel(usize, usize),
    /// Schemas of parameters decide, which are not judged here.
    #[error(
        "the endpoints at lines {0} and {1} of the rules both may answer the call, as the schemas of parameters say, \
         which this check does not judge; name the endpoint instead"
    )]
    TwoMayAnswer(usize, usize),
}

/// The endpoint of a call. `target` is the path with the query behind it.
pub(crate) fn choose<'r>(
    endpoints: &'r [Endpoint],
    method: &str,
    target: &str,
) -> Result<&'r Endpoint, Unmatched> {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let call = Canonical::read(path, query).ok_or(Unmatched::Path)?;
    let method = method.to_ascii_uppercase();
    let mut fitting = endpoints.iter().filter(|it| fits(it, &method, &call));
    let first = fitting.next().ok_or(Unmatched::NotListed)?;
    if first.asks_more
        && let Some(second) = fitting.next()
    {
        return Err(Unmatched::TwoMayAnswer(first.line, second.line));
    }
    Ok(first)
}

/// The endpoint that is written as `label`.
pub(crate) fn labelled<'r>(endpoints: &'r [Endpoint], label: &str) -> Result<&'r Endpoint, Unmatched> {
    let mut written = endpoints.iter().filter(|it| it.label == label);
    let first = written.next().ok_or(Unmatched::NoSuchLabel)?;
    match written.next() {
        Some(second) => Err(Unmatched::SameLabel(first.line, second.line)),
        None => Ok(first),
    }
}

fn fits(endpoint: &Endpoint, method: &str, call: &Canonical) -> bool {
    let listed = match &endpoint.methods {
        Some(methods) => methods.iter().any(|it| it == method),
        None => !matches!(method, "TRACE" | "CONNECT"),
    };
    let parameters = endpoint.parameters.as_ref();
    listed
        && parameters.is_none_or(|all| call.parameters.iter().all(|it| all.contains(it)))
        && match &endpoint.target {
            Target::Template(template) => template.fits(&call.path),
            Target::Regex(pattern) => call.targets().iter().any(|it| pattern.is_whole(it)),
        }
}
