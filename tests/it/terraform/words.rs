//! Words that two sides must spell alike: what the modules tell the function and look for in its log, and what the
//! product ships.

use std::collections::BTreeSet;
use std::fmt::Write;

use hcl::Expression;
use serde_json::Value;
use sha2::{Digest, Sha256};
use vizard_tests::repository::{self, assert_none, compare};

use super::module::{Module, argument, key, member, texts, walk, written};
use super::{FILES_ON_AWS, FILES_ON_GOOGLE, FUNCTION, SERVICE};

#[test]
fn programs_are_told_names_that_they_read() {
    let names = repository::text("crates/proxy/src/settings/names.rs");
    let (_, known) = names.split_once("KNOWN: &[&str] = &[").unwrap();
    let known: BTreeSet<&str> = known.split("];").next().unwrap().split('"').skip(1).step_by(2).collect();
    assert!(known.len() > 50, "the search for names finds too little: {known:?}");
    // What is of one cloud alone stands where it is read; so does the name of the lease.
    let of_google = sources(&["crates/gcp/src/", "crates/server/src/"]);
    let lease = repository::text("crates/proxy/src/credentials/renewal.rs");
    let is_read = |name: &str, folder: &str| {
        let quoted = format!("\"{name}\"");
        known.contains(name)
            || folder.contains("gcp")
                && (of_google.contains(&quoted) || lease.contains(&format!("LEASE: &str = {quoted}")))
    };

    let documented = repository::text("docs/SETTINGS.md");
    let mut problems = Vec::new();
    for (folder, parts) in [
        (FUNCTION, &["by_connector", "for_all"][..]),
        (SERVICE, &["of_connector", "for_all"]),
        (FILES_ON_AWS, &["for_all"]),
        (FILES_ON_GOOGLE, &["for_all"]),
    ] {
        let module = Module::read(folder);
        let locals = module.locals();
        let told: BTreeSet<String> = parts.iter().flat_map(|it| capitals(locals[*it])).collect();
        assert!(told.len() > 10, "the search for variables finds too little: {told:?}");
        for name in &told {
            if !documented.contains(&format!("`{name}`")) {
                problems.push(format!("{folder} tells {name}, which docs/SETTINGS.md does not know"));
            }
        }
        // What the module sets, an operator cannot.
        let refused: BTreeSet<String> = words(locals["not_settings"]).into_iter().collect();
        problems.extend(told.difference(&refused).map(|it| format!("{folder}: settings may overrule {it}")));
        problems.extend(
            refused.iter().filter(|it| !is_read(it, folder)).map(|it| format!("{folder}: nobody reads {it}")),
        );
    }

    for module in Module::all() {
        module.walk(&mut |file, it| {
            problems.extend(
                capitals(it)
                    .iter()
                    .filter(|it| !is_read(it, &module.folder))
                    .map(|it| format!("{}/{file}: nobody reads {it}", module.folder)),
            );
        });
    }
    problems.sort();
    problems.dedup();
    assert_none(&problems);
}

/// The program of some folders as one text.
fn sources(folders: &[&str]) -> String {
    let files = repository::files("crates", ".rs").into_iter();
    files
        .filter(|it| folders.iter().any(|folder| it.contains(folder)))
        .map(|it| repository::text(&it))
        .collect()
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
    let source = sources(&["/src/"]);
    let of_calls = repository::text("crates/proxy/src/audit.rs");
    let of_files = repository::text("crates/proxy/src/bulk/line.rs");
    let mut seen = 0;
    for (folder, field, audit) in [
        ("infra/modules/aws-alarms", "$.", &of_calls),
        ("infra/modules/gcp-alarms", "jsonPayload.", &of_calls),
        (FILES_ON_AWS, "$.", &of_files),
        (FILES_ON_GOOGLE, "jsonPayload.", &of_files),
    ] {
        for (name, pattern) in patterns(folder) {
            let words = pattern.split('"').skip(1).step_by(2);
            // Two are Google's own: the names of its logs, and how it says that it has no room.
            let ours =
                words.filter(|it| !it.starts_with("run.googleapis.com/") && *it != "no available instance");
            for word in ours {
                seen += 1;
                let said = source.contains(&format!("\"{word}\"")) || word == "ERROR";
                assert!(said, "{folder}: {name}: nobody says {word}");
            }
            // A line of the log is flat: what every line has, and what the audit line adds.
            for rest in pattern.split(field).skip(1) {
                seen += 1;
                let field = rest.split(|it: char| !it.is_ascii_alphanumeric() && it != '_').next().unwrap();
                let of_all = ["level", "message", "target"].contains(&field);
                let forms = [format!(" {field} ="), format!("self.{field}"), format!(" {field},\n")];
                let of_audit = forms.iter().any(|it| audit.contains(it));
                assert!(of_all || of_audit, "{folder}: {name}: no line has {field}");
            }
        }
    }
    assert!(seen > 65, "the search for words finds too little: {seen}");
}

/// What the metrics of a module count, and what they are of when they do not count lines, by name.
fn patterns(folder: &str) -> Vec<(String, String)> {
    let alarms = Module::read(folder);
    let Expression::Object(patterns) = alarms.locals()["patterns"] else { panic!("patterns are an object") };
    let plain = |it: &Expression| texts(it).remove(0).replace("\\\"", "\"");
    let mut found: Vec<(String, String)> =
        patterns.iter().map(|(name, pattern)| (key(name), plain(pattern))).collect();
    for (kind, name, metric) in alarms.things("resource") {
        if kind.ends_with("_metric_filter") {
            let made = metric.body().blocks().find(|it| it.identifier() == "metric_transformation").unwrap();
            let value = plain(argument(made, "value").unwrap());
            // With a default, a minute without calls would be one in which calls took no time.
            let measures = value.starts_with("$.");
            assert_ne!(measures, argument(made, "default_value").is_some(), "{name} of {value}");
            found.push((name.to_owned(), value));
        } else if let Some(value) = argument(metric, "value_extractor") {
            found.push((name.to_owned(), plain(value)));
        }
    }
    found
}

/// Lambda hands over as many calls as the function answers at once, and the queue puts aside what the function takes for
/// its last attempt.
#[test]
fn queue_and_function_count_alike() {
    let source = "crates/lambda/src/queued.rs";
    let function = Module::read(FUNCTION);
    let resources = function.things("resource");
    let (.., mapping) = resources.iter().find(|it| it.0 == "aws_lambda_event_source_mapping").unwrap();
    assert_eq!(written(argument(mapping, "batch_size").unwrap()), constant(source, "AT_ONCE"));

    let mut receives = Vec::new();
    Module::read("infra/modules/aws-async").walk(&mut |_, it| {
        if let Expression::Object(members) = it {
            receives.extend(member(members, "maxReceiveCount").map(written));
        }
    });
    assert_eq!(receives, [constant(source, "ATTEMPTS")]);
}

/// When Pub/Sub puts a call aside, the service has put an answer, be it that there is none; and Pub/Sub pushes to the
/// path that the service has for it.
#[test]
fn queue_and_service_count_alike() {
    let queue = Module::read("infra/modules/gcp-async");
    let attempts: u32 = written(queue.locals()["attempts"]).parse().unwrap();
    let answered: u32 = constant("crates/server/src/pushed.rs", "ATTEMPTS").parse().unwrap();
    assert!(answered <= attempts, "put aside after {attempts} attempts, answered after {answered}");
    assert!((5..=100).contains(&attempts), "Pub/Sub takes 5 to 100 attempts and not {attempts}");

    let resources = queue.things("resource");
    let (.., calls) =
        resources.iter().find(|it| it.0 == "google_pubsub_subscription" && it.1 == "calls").unwrap();
    let push = calls.body().blocks().find(|it| it.identifier() == "push_config").unwrap();
    let endpoint = texts(argument(push, "push_endpoint").unwrap()).remove(0);
    let path = endpoint
        .trim_matches('"')
        .strip_prefix("${var.service_url}")
        .expect("calls are pushed to the service");
    let (folder, name) = path.rsplit_once('/').unwrap();
    let exchange = repository::text("crates/server/src/exchange.rs");
    assert!(
        exchange.contains(&format!("\"{folder}/\"")) && exchange.contains(&format!("Some(\"{name}\")")),
        "the service has no {path}"
    );
}

/// Eventarc is asked for what the service takes, and brings it where the service takes it.
#[test]
fn events_of_files_come_where_the_service_takes_them() {
    let module = Module::read(FILES_ON_GOOGLE);
    let resources = module.things("resource");
    let (.., trigger) = resources.iter().find(|it| it.0 == "google_eventarc_trigger").unwrap();
    let mut words = Vec::new();
    let mut blocks: Vec<&hcl::Block> = trigger.body().blocks().collect();
    while let Some(block) = blocks.pop() {
        words.extend(block.body().attributes().map(|it| (it.key().to_owned(), texts(it.expr()).remove(0))));
        blocks.extend(block.body().blocks());
    }
    let one = |name: &str, begins: &str| {
        let found = words.iter().find(|it| it.0 == name && it.1.starts_with(begins));
        found.unwrap_or_else(|| panic!("no {name} is {begins}: {words:?}")).1.clone()
    };
    let kind = one("value", "google.cloud.storage.");
    let events = repository::text("crates/gcp/src/storage_event.rs");
    assert!(events.contains(&format!("\"{kind}\"")), "the service does not know {kind}");
    let path = one("path", "/.vizard/");
    let exchange = repository::text("crates/server/src/exchange.rs");
    let name = path.strip_prefix("/.vizard/").unwrap();
    assert!(exchange.contains(&format!("Some(\"{name}\")")), "the service has no {path}");
}

fn constant(path: &str, name: &str) -> String {
    let source = repository::text(path);
    let line = source.lines().find(|it| it.starts_with(&format!("const {name}:"))).unwrap();
    line.split("= ").nth(1).unwrap().trim_end_matches(';').to_owned()
}

/// Whoever is woken by an alarm finds what to do under its name.
#[test]
fn every_alarm_has_its_runbook() {
    for (folder, guide, chapter) in [
        ("infra/modules/aws-alarms", "docs/DEPLOY-AWS.md", "Alarms"),
        ("infra/modules/gcp-alarms", "docs/DEPLOY-GCP.md", "Alarms"),
        (FILES_ON_AWS, "docs/DEPLOY-AWS.md", "Alarms of files"),
        (FILES_ON_GOOGLE, "docs/DEPLOY-GCP.md", "Alarms of files"),
    ] {
        let alarms = Module::read(folder);
        let mut names = BTreeSet::new();
        let locals = alarms.locals();
        for local in ["simple", "dlq", "backlog"].into_iter().filter_map(|it| locals.get(it)) {
            walk(local, &mut |it| {
                if let Expression::Object(members) = it {
                    // Only the outermost members are alarms; those within say what one is made of.
                    let inner = members.iter().any(|(it, _)| key(it) == "what");
                    names.extend(members.iter().filter(|_| !inner).map(|(it, _)| key(it)));
                }
            });
        }
        if chapter == "Alarms" {
            names.insert("refused".to_owned());
        }
        let text = repository::text(guide);
        let (_, runbook) = text.split_once(&format!("\n## {chapter}\n")).unwrap();
        let runbook = runbook.split("\n## ").next().unwrap();
        let parts: BTreeSet<String> =
            runbook.lines().filter_map(|it| it.strip_prefix("### ")).map(str::to_owned).collect();
        assert_eq!(parts, names, "{guide}: {chapter}");
    }
}

#[test]
fn the_modules_know_the_rules_and_secrets_of_this_release() {
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
    let problems: Vec<String> = [FUNCTION, SERVICE]
        .iter()
        .filter_map(|it| compare(&format!("{it}/shipped.tf"), &text).err())
        .collect();
    assert_none(&problems);
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
