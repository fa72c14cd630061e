//! Endpoints that earlier ones answer for: the first match wins, so the later one is never, or not always, reached.
//!
//! Sample calls are made up from the later endpoint and tried on the earlier ones. That finds the usual
//! mistakes, such as `/users/{id}` before `/users/me`; it proves nothing where a regex cannot be sampled.

use super::Call;
use super::matcher::{Matcher, Target};
use super::path::Path;
use super::query::Query;
use crate::diagnostic::Report;

/// A made-up call that an endpoint admits, for those who want to try one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleCall {
    /// The endpoint, by its position in the file.
    pub endpoint: usize,
    /// In capitals.
    pub method: String,
    /// Percent-encoded.
    pub path: String,
    /// Percent-encoded, without the `?`.
    pub query: Option<String>,
}

impl SampleCall {
    /// The call, without headers and body.
    pub fn call(&self) -> Call<'_> {
        Call::bare(&self.method, &self.path, self.query.as_deref())
    }
}

/// Calls that each endpoint answers itself, without a body; none for one whose regex is beyond making up.
pub(crate) fn sample_calls(matchers: &[Matcher]) -> Vec<SampleCall> {
    let of = |endpoint: usize| {
        let own = samples(matchers, endpoint, 1).into_iter().filter(|it| it.taken_by.is_none());
        own.map(move |it| SampleCall { endpoint, method: it.method, path: it.path, query: it.query })
    };
    (0..matchers.len()).flat_map(of).collect()
}

/// A made-up call on one endpoint, and the first earlier endpoint that answers it.
pub(super) struct Sample {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) taken_by: Option<usize>,
}

/// Warns about endpoints that earlier ones answer for, wholly or in part.
pub(crate) fn diagnose_shadowing(matchers: &[Matcher], report: &mut Report) {
    for later in 1..matchers.len() {
        let samples = samples(matchers, later, 1);
        match samples.is_empty() {
            true => diagnose_same_text(matchers, later, report),
            false => diagnose(matchers, later, &samples, report),
        }
    }
}

fn diagnose(matchers: &[Matcher], later: usize, samples: &[Sample], report: &mut Report) {
    let place = matchers[later].place;
    if let (Some(first), true) = (samples.first(), samples.iter().all(|sample| sample.taken_by.is_some())) {
        let earlier = &matchers[first.taken_by.unwrap_or_default()];
        report
            .warning(
                "endpoint-unreachable",
                place,
                format!(
                    "calls such as `{first}` are answered by the endpoint at line {}",
                    earlier.place.line
                ),
            )
            .suggest("put the narrower endpoint first");
        return;
    }
    // A narrower path before a wider one is as it should be; the same paths with some methods or
    // parameters taken away may be a mistake.
    let like = |one: &&Sample, other: &Sample| one.method == other.method && one.query == other.query;
    let taken = |sample: &&Sample| {
        sample.taken_by.is_some()
            && samples.iter().filter(|it| like(it, sample)).all(|it| it.taken_by.is_some())
    };
    if let Some((sample, by)) = samples.iter().find(taken).and_then(|it| Some((it, it.taken_by?))) {
        report
            .warning(
                "endpoint-partly-shadowed",
                place,
                format!(
                    "calls such as `{sample}` are answered by the endpoint at line {}, others reach this one",
                    matchers[by].place.line
                ),
            )
            .suggest("merge the two, or let them differ in methods or paths");
    }
}

/// The fallback where no sample can be made: two endpoints with the same text.
fn diagnose_same_text(matchers: &[Matcher], later: usize, report: &mut Report) {
    let this = &matchers[later];
    let overlaps = |earlier: &&Matcher| {
        earlier.route.same_text(&this.route)
            && match &this.methods {
                Some(methods) => methods.iter().any(|method| earlier.allows_method(method)),
                None => true,
            }
    };
    if let Some(earlier) = matchers[..later].iter().find(overlaps) {
        let message = format!("the endpoint at line {} has the same path", earlier.place.line);
        report.warning("endpoint-partly-shadowed", this.place, message).suggest("merge the two");
    }
}

/// Calls that the endpoint itself admits, with so many values of each query parameter.
pub(super) fn samples(matchers: &[Matcher], index: usize, values: usize) -> Vec<Sample> {
    let matcher = &matchers[index];
    let methods =
        matcher.methods.clone().unwrap_or_else(|| ["GET", "POST", "DELETE"].map(str::to_owned).to_vec());
    let read = |query: Option<&str>| Query::read(query).ok().map(|query| (query.text(), query));
    let queries: Vec<_> =
        matcher.query.samples(values).iter().filter_map(|query| read(query.as_deref())).collect();
    let mut samples = Vec::new();
    for sample in matcher.sample_paths() {
        let (path, own_query) = match sample.split_once('?') {
            Some((path, query)) => (path, Some(Vec::from_iter(read(Some(query))))),
            None => (sample.as_str(), None),
        };
        let Ok(read_path) = Path::read(path) else { continue };
        let earlier: Vec<usize> = (0..index)
            .filter(|&i| {
                let route = &matchers[i].route;
                !route.is_template() || route.find(&read_path, None).is_some()
            })
            .collect();
        for (query_text, query) in own_query.as_ref().unwrap_or(&queries) {
            for method in &methods {
                let target = Target { method, path: &read_path, query, query_text: query_text.as_deref() };
                if matcher.admit(&target).is_ok() {
                    samples.push(Sample {
                        method: method.clone(),
                        path: path.to_owned(),
                        query: query_text.clone(),
                        taken_by: earlier.iter().copied().find(|&i| matchers[i].admit(&target).is_ok()),
                    });
                }
            }
        }
    }
    samples
}

impl std::fmt::Display for Sample {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.method, self.path)?;
        match &self.query {
            Some(query) => write!(out, "?{query}"),
            None => Ok(()),
        }
    }
}
