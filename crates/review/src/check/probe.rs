//! Made-up calls, tried on the rules: what an endpoint would take that nobody meant.

use vizard_sanitizer::SampleCall;

use super::reviewed::{Judged, Reviewed};
use crate::words;

/// A well-formed reversible token that stands for nobody.
pub(super) const TOKEN: &str = "p~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Whether the endpoint itself takes the call; another one may have it before.
pub(super) fn takes(reviewed: &Reviewed<'_>, endpoint: usize, sample: &SampleCall, path: &str) -> bool {
    reviewed.rules.all_that_admit(&sample.method, path, sample.query.as_deref()).contains(&endpoint)
}

/// An address of somebody who does not exist.
pub(super) const ADDRESS: &str = "ada.moss@lumen-orchard.example";

/// Whether a query parameter of the endpoint takes a value. Where no call can be made up, a parameter is taken to do so
/// unless a schema is there.
pub(super) fn query_takes(reviewed: &Reviewed<'_>, endpoint: usize, name: &str, value: &str) -> bool {
    let judged = &reviewed.endpoints[endpoint];
    let Some(sample) = judged.samples.first() else {
        return !judged.endpoint.query_schemas.iter().any(|it| it.name.text.eq_ignore_ascii_case(name));
    };
    let own = |pair: &&str| {
        pair.split('=').next().is_some_and(|it| it.eq_ignore_ascii_case(name)) || pair.is_empty()
    };
    let others = sample.query.as_deref().unwrap_or_default().split('&').filter(|pair| !own(pair));
    let mut query: Vec<String> = others.map(str::to_owned).collect();
    query.push(format!("{name}={value}"));
    let query = query.join("&");
    reviewed.rules.all_that_admit(&sample.method, &sample.path, Some(&query)).contains(&endpoint)
}

/// The segments of a made-up path, one of them replaced.
pub(super) fn replaced(path: &str, at: usize, by: &str) -> String {
    let segments = path.split('/').enumerate().map(|(i, segment)| if i == at { by } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// A place in the path of an endpoint that takes pseudonyms.
#[derive(Debug)]
pub(super) struct Taker {
    /// The name of the parameter, where it has one.
    pub(super) parameter: Option<String>,
    /// The literal segment before it.
    pub(super) before: String,
}

/// Where in its path the endpoint takes pseudonyms.
pub(super) fn takers(reviewed: &Reviewed<'_>, judged: &Judged<'_>) -> Vec<Taker> {
    let Some(sample) = judged.samples.first() else { return Vec::new() };
    let template: Vec<&str> =
        if judged.endpoint.is_regex { Vec::new() } else { judged.label().split('/').collect() };
    let segments: Vec<&str> = sample.path.split('/').collect();
    let mut all = Vec::new();
    for at in 1..segments.len().min(40) {
        let named = template.get(at).and_then(|it| words::parameters_of(it).first().copied());
        if !template.is_empty() && named.is_none() {
            continue;
        }
        if takes(reviewed, judged.index, sample, &replaced(&sample.path, at, TOKEN)) {
            let before = segments[at - 1].to_owned();
            all.push(Taker { parameter: named.map(str::to_owned), before });
        }
    }
    all
}
