//! What is done once or once a call, beside the pages: loading rules, admitting a call.

use std::time::Duration;

use vizard_sanitizer::RuleSet;
use vizard_tests::repository;

use crate::generated;
use crate::pages::KINDS;
use crate::rounds::{Contender, Times, times};

/// Loads the shipped rules and a large generated file, and admits a call.
pub(crate) fn measure(samples: usize, turn: Duration) -> Vec<Times> {
    let zoom = repository::text("rules/zoom/rules.yaml");
    let large = generated::rule_file();
    assert_eq!(large.matches("- \"$").count(), generated::PATHS);
    let kind = &KINDS[0];
    let rules = kind.rule_set();
    let call = kind.call();
    let contenders = vec![
        Contender::new("load rules/zoom/rules.yaml", || load(&zoom)),
        Contender::new("load 100 endpoints, 3,000 paths", || load(&large)),
        Contender::new("admit a call", || {
            rules.admit(&call).expect("the rules list the call").endpoint().len()
        }),
    ];
    times(contenders, samples, turn)
}

fn load(yaml: &str) -> usize {
    match RuleSet::load("rules.yaml", yaml) {
        Ok(loaded) => loaded.rules.endpoints().count(),
        Err(problems) => panic!("{problems}"),
    }
}
