//! Words that two sides must spell alike: what the modules tell the function and look for in its log, and what the
//! product ships.

use std::collections::BTreeSet;
use std::fmt::Write;

use hcl::Expression;
use serde_json::Value;
use sha2::{Digest, Sha256};
use vizard_tests::repository::{self, assert_none, compare};

use super::FUNCTION;
use super::module::{Module, argument, key, member, texts, walk, written};

#[test]
fn the_function_is_told_names_that_it_reads() {
    let names = repository::text("crates/proxy/src/settings/names.rs");
    let (_, known) = names.split_once("KNOWN: &[&str] = &[").unwrap();
    let known: BTreeSet<&str> = known.split("];").next().unwrap().split('"').skip(1).step_by(2).collect();
    assert!(known.len() > 50, "the search for names finds too little: {known:?}");

    let documented = repository::text("docs/SETTINGS.md");
    let function = Module::read(FUNCTION);
    let locals = function.locals();
    let told: BTreeSet<String> =
        ["by_connector", "for_all"].iter().flat_map(|it| capitals(locals[it])).collect();
    assert!(told.len() > 10, "the search for variables finds too little: {told:?}");
    let mut problems = Vec::new();
    for name in &told {
        if !documented.contains(&format!("`{name}`")) {
            problems.push(format!("the function is told {name}, which docs/SETTINGS.md does not know"));
        }
    }
    // What the module sets, an operator cannot.
    let refused: BTreeSet<String> = words(locals["not_settings"]).into_iter().collect();
    problems.extend(told.difference(&refused).map(|it| format!("settings may overrule {it}")));

    for module in Module::all() {
        module.walk(&mut |file, it| {
            problems.extend(
                capitals(it)
                    .iter()
                    .filter(|it| !known.contains(it.as_str()))
                    .map(|it| format!("{}/{file}: nobody reads {it}", module.folder)),
            );
        });
    }
    problems.extend(
        refused.iter().filter(|it| !known.contains(it.as_str())).map(|it| format!("nobody reads {it}")),
    );
    problems.sort();
    problems.dedup();
    assert_none(&problems);
}

/// The members of objects in an expression that are written as settings are.
fn capitals(expression: &Expression) -> Vec<String> {
    let mut found = Vec::new();
    walk(expression, &mut |it| {
        if let Expression::Object(members) = it {
            found.extend(members.iter().map(|(it, _)| key(it)).filter(|it| is_setting(it)));
        }
    });
    found
}

fn words(expression: &Expression) -> Vec<String> {
    let mut found = Vec::new();
    walk(expression, &mut |it| {
        if let Expression::String(it) = it
            && is_setting(it)
        {
            found.push(it.clone());
        }
    });
    found
}

fn is_setting(word: &str) -> bool {
    let plain = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_';
    // AWS is the one word of policies that looks like a setting.
    word.len() > 3 && word.chars().all(plain)
}

/// What the metrics look for is what the log says.
#[test]
fn the_metrics_look_for_words_of_the_source() {
    let alarms = Module::read("infra/modules/aws-alarms");
    let Expression::Object(patterns) = alarms.locals()["patterns"] else { panic!("patterns are an object") };
    let source: String = repository::files("crates", ".rs")
        .iter()
        .filter(|it| it.contains("/src/"))
        .map(|it| repository::text(it))
        .collect();
    let audit = repository::text("crates/proxy/src/audit.rs");
    let mut wanted: Vec<(String, String)> =
        patterns.iter().map(|(name, pattern)| (key(name), texts(pattern).remove(0))).collect();
    // What a metric is of, when it does not count lines.
    for (_, name, filter) in alarms.of_aws("resource").iter().filter(|it| it.0.ends_with("_metric_filter")) {
        let metric = filter.body().blocks().find(|it| it.identifier() == "metric_transformation").unwrap();
        let value = texts(argument(metric, "value").unwrap()).remove(0);
        // With a default, a minute without calls would be one in which calls took no time.
        let measures = value.starts_with("$.");
        assert_ne!(measures, argument(metric, "default_value").is_some(), "{name} of {value}");
        wanted.push(((*name).to_owned(), value));
    }
    let mut seen = 0;
    for (name, pattern) in wanted {
        for word in pattern.split('"').skip(1).step_by(2) {
            seen += 1;
            let said = source.contains(&format!("\"{word}\"")) || word == "ERROR";
            assert!(said, "{name}: nobody says {word}");
        }
        // A line of the log is flat: what every line has, and what the audit line adds.
        for field in pattern.split("$.").skip(1).filter_map(|it| it.split(' ').next()) {
            seen += 1;
            let of_all = ["level", "message", "target"].contains(&field);
            let of_audit = audit.contains(&format!(" {field} =")) || audit.contains(&format!("self.{field}"));
            assert!(of_all || of_audit, "{name}: no line has {field}");
        }
    }
    assert!(seen > 20, "the search for words finds too little");
}

/// Lambda hands over as many calls as the function answers at once, and the queue puts aside what the function takes for
/// its last attempt.
#[test]
fn queue_and_function_count_alike() {
    let source = repository::text("crates/lambda/src/queued.rs");
    let constant = |name: &str| {
        let line = source.lines().find(|it| it.starts_with(&format!("const {name}:"))).unwrap();
        line.split("= ").nth(1).unwrap().trim_end_matches(';').to_owned()
    };
    let function = Module::read(FUNCTION);
    let resources = function.of_aws("resource");
    let (.., mapping) = resources.iter().find(|it| it.0 == "aws_lambda_event_source_mapping").unwrap();
    assert_eq!(written(argument(mapping, "batch_size").unwrap()), constant("AT_ONCE"));

    let mut receives = Vec::new();
    Module::read("infra/modules/aws-async").walk(&mut |_, it| {
        if let Expression::Object(members) = it {
            receives.extend(member(members, "maxReceiveCount").map(written));
        }
    });
    assert_eq!(receives, [constant("ATTEMPTS")]);
}

/// Whoever is woken by an alarm finds what to do under its name.
#[test]
fn every_alarm_has_its_runbook() {
    let alarms = Module::read("infra/modules/aws-alarms");
    let mut names = Vec::new();
    for local in ["simple", "dlq", "backlog"] {
        walk(alarms.locals()[local], &mut |it| {
            if let Expression::Object(members) = it {
                // Only the outermost members are alarms; those within say what one is made of.
                let outer = local != "simple" || members.iter().any(|(it, _)| key(it) == "crashes");
                names.extend(members.iter().filter(|_| outer).map(|(it, _)| key(it)));
            }
        });
    }
    names.push("refused".to_owned());
    names.sort();
    let guide = repository::text("docs/DEPLOY-AWS.md");
    let (_, runbook) = guide.split_once("\n## Alarms\n").unwrap();
    let runbook = runbook.split("\n## ").next().unwrap();
    let mut parts: Vec<&str> = runbook.lines().filter_map(|it| it.strip_prefix("### ")).collect();
    parts.sort_unstable();
    assert_eq!(parts, names);
}

#[test]
fn the_module_knows_the_rules_and_secrets_of_this_release() {
    let shared = Module::read(FUNCTION);
    let Expression::Object(shared) = shared.locals()["shared_secrets"] else {
        panic!("secrets are an object")
    };
    let mut hashes = String::new();
    let mut secrets = String::new();
    for path in repository::files("rules", "/connector.yaml") {
        let folder = path.strip_suffix("/connector.yaml").unwrap();
        let connector: Value = serde_saphyr::from_str(&repository::text(&path)).unwrap();
        let source = connector["source"].as_str().unwrap();
        let rules = repository::text(&format!("{folder}/rules.yaml"));
        let hash: String = Sha256::digest(rules.as_bytes()).iter().map(|it| format!("{it:02x}")).collect();
        writeln!(hashes, "    {source} = \"{hash}\"").unwrap();
        let rows: Vec<(&str, &str)> = connector["secrets"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["written_by"] == "operator")
            .map(|it| (it["name"].as_str().unwrap(), it["what"].as_str().unwrap()))
            .filter(|(name, _)| member(shared, name).is_none())
            .collect();
        let width = rows.iter().map(|it| it.0.len()).max().unwrap_or_default();
        writeln!(secrets, "    {source} = {{").unwrap();
        for (name, what) in rows {
            writeln!(secrets, "      {name:width$} = {what:?}").unwrap();
        }
        writeln!(secrets, "    }}").unwrap();
    }
    let text = format!("{SHIPPED}{hashes}  }}\n\n{SHIPPED_SECRETS}{secrets}  }}\n}}\n");
    assert_none(
        &compare("infra/modules/aws-function/shipped.tf", &text).err().into_iter().collect::<Vec<_>>(),
    );
}

const SHIPPED: &str = "\
# What this release ships, by source. Written by `UPDATE=1 cargo test -p vizard-tests --test it terraform` from rules/,
# so that a package with other rules needs this module's version of the same release.

locals {
  # The SHA-256 of rules/<source>/rules.yaml.
  shipped_rules_sha256 = {
";

const SHIPPED_SECRETS: &str = "  \
# What the operator sets, from rules/<source>/connector.yaml; what all connectors share stands in secrets.tf.
  shipped_secrets = {
";
