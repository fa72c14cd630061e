//! For each field an invented value before and what the engine makes of it.

use std::collections::HashMap;

use serde_json::Value;
use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::outline::{Endpoint, FieldPath, Part};
use vizard_sanitizer::{Admitted, Options};

use crate::synthetic;

/// By the field's path: before and after, as compact JSON. After is empty where nothing leaves.
pub(super) struct Pairs(HashMap<String, (String, String)>);

impl Pairs {
    /// Without an admitted call of the endpoint there is nothing to show.
    pub(super) fn of(endpoint: &Endpoint, admitted: Option<&Admitted<'_>>, keys: &Pseudonymizer) -> Pairs {
        Pairs(pairs(endpoint, admitted, keys).unwrap_or_default())
    }

    pub(super) fn at(&self, path: &str) -> (&str, &str) {
        self.0.get(path).map_or(("", ""), |(before, after)| (before, after))
    }
}

fn pairs(
    endpoint: &Endpoint,
    admitted: Option<&Admitted<'_>>,
    keys: &Pseudonymizer,
) -> Option<HashMap<String, (String, String)>> {
    let before = synthetic::document(endpoint);
    let sanitized = admitted?.sanitize(before.to_string().as_bytes(), keys, Options::default());
    let after: Value = serde_json::from_slice(sanitized.ok()?.body()).ok()?;
    let leaves = endpoint.fields.as_deref().unwrap_or_default().iter().filter(|it| it.is_leaf());
    let pair = |path: &FieldPath| {
        let shown = |document: &Value| found(document, &path.0).map(Value::to_string).unwrap_or_default();
        (path.to_string(), (shown(&before), shown(&after)))
    };
    Some(leaves.map(|it| pair(&it.path)).collect())
}

fn found<'v>(value: &'v Value, path: &[Part]) -> Option<&'v Value> {
    let Some((part, rest)) = path.split_first() else { return Some(value) };
    let next = match part {
        Part::Name(name) => value.get(name),
        Part::Element => value.get(0),
        Part::AnyName => value.as_object()?.values().next(),
    };
    found(next?, rest)
}
