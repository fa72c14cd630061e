//! Calls against small rule sets: which endpoint admits them, and what goes out.

mod admit;
mod bodies;
mod diagnostics;
mod tokens;

use std::sync::LazyLock;
use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Secret, Settings};
use vizard_sanitizer::{Call, Outbound, Refusal, RuleSet};

static KEYS: LazyLock<Pseudonymizer> = LazyLock::new(|| {
    let keys = KeyMaterial { encryption_key: Some(Secret::new("secret")), ..KeyMaterial::salted("salt") };
    Pseudonymizer::new(&keys, Settings::default())
});

/// `GET /path?query` without headers or body.
fn call(line: &str) -> Call<'_> {
    let (method, target) = line.split_once(' ').expect("a method and a target");
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    Call { method, path, query, content_type: None, headers: &[], body: b"" }
}

fn rules(yaml: &str) -> RuleSet {
    RuleSet::load("rules.yaml", yaml).unwrap_or_else(|problems| panic!("{problems}")).rules
}

/// The endpoint that admits the call and what goes out, or the refusal.
fn send(rules: &RuleSet, call: &Call<'_>, keys: &Pseudonymizer) -> Result<(String, Outbound), Refusal> {
    let admitted = rules.admit(call)?;
    let outbound = admitted.outbound(keys)?;
    Ok((admitted.endpoint().to_owned(), outbound))
}

/// `METHOD /path?query`, as it goes out.
fn line(outbound: &Outbound) -> String {
    let query = outbound.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{} {}{query}", outbound.method, outbound.path)
}

/// The call as it goes out, or the code of its refusal.
fn outcome(rules: &RuleSet, call: &Call<'_>) -> String {
    match send(rules, call, &KEYS) {
        Ok((_, outbound)) => line(&outbound),
        Err(refusal) => refusal.code().to_owned(),
    }
}

fn check(rules: &RuleSet, cases: &[(&str, &str)]) {
    for (sent, expected) in cases {
        assert_eq!(outcome(rules, &call(sent)), *expected, "{sent}");
    }
}
