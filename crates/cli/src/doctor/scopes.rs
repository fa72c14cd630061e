//! What the app may do, against what the rules let through: neither less nor more.

use std::collections::BTreeSet;

use vizard_proxy::credentials::{Strategy, Trial};
use vizard_proxy::settings::Settings;
use vizard_sanitizer::RuleSet;

use super::code::Code;
use super::finding::{Check, Findings};

pub(super) fn check(
    settings: &Settings,
    rules: Option<&RuleSet>,
    trial: Option<&Trial>,
    findings: &mut Findings,
) {
    if let Strategy::ServiceAccount(_) = settings.strategy {
        findings.skip(Check::Scopes, "a service account has the scopes that OAUTH_SCOPES asks for");
        return;
    }
    let Some(trial) = trial else {
        findings.skip(Check::Scopes, "no token was granted");
        return;
    };
    let Some(granted) = &trial.scopes else {
        findings.add(Check::Scopes, Code::ScopeUntold, "", "the source does not tell what it grants");
        return;
    };
    let (Some(connector), Some(rules)) = (&settings.connector, rules) else {
        findings.skip(Check::Scopes, "nobody knows which endpoint of these rules needs which scope");
        return;
    };
    let endpoints: Vec<&str> = rules.endpoints().collect();
    let before = findings.iter().count();
    let (mut needed, mut broad) = (BTreeSet::new(), BTreeSet::new());
    for scope in connector.scopes_of(&endpoints) {
        needed.insert(scope.name.as_str());
        let has = |name: &str| granted.iter().any(|it| it == name);
        if has(&scope.name) {
            continue;
        }
        match scope.instead.as_deref().filter(|instead| has(instead)) {
            Some(instead) => drop(broad.insert(instead)),
            None => {
                let found = format!("not granted; {} needs it", scope.endpoints.join(", "));
                findings.add(Check::Scopes, Code::ScopeMissing, &scope.name, found);
            }
        }
    }
    for scope in &broad {
        let found = "granted; it opens far more than the rules let through";
        findings.add(Check::Scopes, Code::ScopeBroad, *scope, found);
    }
    for scope in granted.iter().map(String::as_str) {
        if !needed.contains(scope) && !broad.contains(scope) {
            findings.add(Check::Scopes, Code::ScopeExtra, scope, "granted, and not needed");
        }
    }
    if findings.iter().count() == before {
        let found = format!("the {} scopes that the rules need, and no other", needed.len());
        findings.add(Check::Scopes, Code::ScopeOk, "", found);
    }
}
