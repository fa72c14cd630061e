//! Which described calls an endpoint is for.

use std::borrow::Cow;

use vizard_sanitizer::RuleSet;
use vizard_sanitizer::outline::{Endpoint, Outline};

use super::Call;
use crate::openapi::{Description, Operation};

/// A described call at the path where the rules expect it.
pub(super) struct Based<'d> {
    pub(super) operation: &'d Operation,
    pub(super) path: Cow<'d, str>,
}

impl Based<'_> {
    pub(super) fn call(&self) -> Call {
        Call {
            method: self.operation.method.clone(),
            path: self.path.clone().into_owned(),
            id: self.operation.id.clone(),
            summary: self.operation.summary.clone(),
        }
    }
}

/// The described calls with another path in front, if one is given.
pub(super) fn based<'d>(description: &'d Description, base: Option<&str>) -> Vec<Based<'d>> {
    let path = |operation: &'d Operation| match base {
        None => Cow::Borrowed(operation.path.as_str()),
        Some(base) => {
            let own = &operation.path[operation.base.len()..];
            Cow::Owned(format!("/{}{own}", base.trim_matches('/')).replacen("//", "/", 1))
        }
    };
    description.operations.iter().map(|operation| Based { operation, path: path(operation) }).collect()
}

/// For each endpoint the positions of the calls that it is for.
pub(super) fn matched(rules: &RuleSet, outline: &Outline, operations: &[Based<'_>]) -> Vec<Vec<usize>> {
    let samples = rules.sample_calls();
    let of = |(index, endpoint): (usize, &Endpoint)| {
        let calls: Vec<&str> =
            samples.iter().filter(|it| it.endpoint == index).map(|it| it.path.as_str()).collect();
        for_endpoint(endpoint, &calls, operations)
    };
    outline.endpoints.iter().enumerate().map(of).collect()
}

/// Calls at the same path with other names of parameters; where there are none, calls whose paths the endpoint's own
/// sample calls have, those with the most words in common.
fn for_endpoint(endpoint: &Endpoint, samples: &[&str], operations: &[Based<'_>]) -> Vec<usize> {
    let allowed = |it: &Based<'_>| match &endpoint.methods {
        None => true,
        Some(methods) => methods.iter().any(|one| one.text.eq_ignore_ascii_case(&it.operation.method)),
    };
    let candidates = || operations.iter().enumerate().filter(|(_, it)| allowed(it));
    if !endpoint.is_regex {
        let same: Vec<usize> = candidates()
            .filter(|(_, it)| is_same(&endpoint.path.text, &it.path))
            .map(|(index, _)| index)
            .collect();
        if !same.is_empty() {
            return same;
        }
    }
    let mut all: Vec<usize> = Vec::new();
    for sample in samples {
        let scored = candidates().filter_map(|(index, it)| Some((score(&it.path, sample)?, index)));
        let scored: Vec<(usize, usize)> = scored.collect();
        let best = scored.iter().map(|(score, _)| *score).max();
        all.extend(scored.into_iter().filter(|(score, _)| Some(*score) == best).map(|(_, index)| index));
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|it| !it.is_empty())
}

/// Whether two templates differ in names of parameters and capitals only.
fn is_same(one: &str, other: &str) -> bool {
    let plain = |segment: &str| nameless(segment).to_ascii_lowercase();
    segments(one).map(plain).eq(segments(other).map(plain))
}

/// `{id}.json` as `{}.json`.
fn nameless(segment: &str) -> String {
    let mut plain = String::with_capacity(segment.len());
    let mut inside = false;
    for c in segment.chars() {
        match c {
            '{' => inside = true,
            '}' => {
                inside = false;
                plain.push_str("{}");
            }
            _ if inside => {}
            _ => plain.push(c),
        }
    }
    plain
}

/// How many segments of a call the template has in words; `None` where it does not fit.
fn score(template: &str, call: &str) -> Option<usize> {
    let (template, call): (Vec<&str>, Vec<&str>) = (segments(template).collect(), segments(call).collect());
    if template.len() != call.len() {
        return None;
    }
    let mut words = 0;
    for (expected, given) in template.iter().zip(&call) {
        match expected.split_once('{') {
            None if expected.eq_ignore_ascii_case(given) => words += 1,
            None => return None,
            Some((before, rest)) => {
                let after = rest.rsplit_once('}').map_or("", |(_, after)| after);
                if given.len() <= before.len() + after.len()
                    || !given.starts_with(before)
                    || !given.ends_with(after)
                {
                    return None;
                }
            }
        }
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_the_same_whatever_their_parameters_are_called() {
        for (one, other, same) in [
            ("/v2/users/{userId}", "/v2/Users/{id}", true),
            ("/v2/users/{userId}/", "/v2/users/{id}", true),
            ("/v2/users/{userId}", "/v2/users/me", false),
            ("/v2/users", "/v2/users/{id}", false),
            ("/a/{b}.json", "/a/{c}.json", true),
            ("/a/{b}.json", "/a/{c}.xml", false),
            ("/a/{b?}", "/a/{c}", true),
        ] {
            assert_eq!(is_same(one, other), same, "{one} {other}");
        }
    }

    #[test]
    fn calls_fit_templates_by_their_words() {
        for (template, call, expected) in [
            ("/v2/users/{id}", "/v2/users/7", Some(2)),
            ("/v2/{x}/{id}", "/v2/users/7", Some(1)),
            ("/v2/users/{id}", "/v2/users", None),
            ("/v2/users/{id}.json", "/v2/users/7.json", Some(2)),
            ("/v2/users/{id}.json", "/v2/users/.json", None),
            ("/v2/rooms/{id}", "/v2/users/7", None),
        ] {
            assert_eq!(score(template, call), expected, "{template} {call}");
        }
    }
}
