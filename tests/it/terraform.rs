//! The Terraform modules hold together: what is used is declared, what is declared is used, the function is told names
//! that it reads, and nobody may do more than is written here. What Terraform itself can tell is asked by
//! `infra/checks/run`; these need no Terraform.

mod grants;
mod members;
mod module;
mod order;
mod state;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use vizard_sanitizer::RuleSet;
use vizard_sanitizer::bulk::{self, BulkRules};
use vizard_tests::repository::{self, assert_none};

use module::{Module, argument, texts, written};

const FUNCTION: &str = "infra/modules/aws-function";
const SERVICE: &str = "infra/modules/gcp-service";
const FILES_ON_AWS: &str = "infra/modules/aws-bulk";
const FILES_ON_GOOGLE: &str = "infra/modules/gcp-bulk";

#[test]
fn every_variable_and_output_is_described_and_every_variable_typed_and_used() {
    let mut problems = Vec::new();
    for module in Module::all() {
        let in_root = module.folder.contains("/examples/") || module.folder.contains("/checks/");
        for (name, variable) in module.named("variable") {
            if !used_beyond_its_validation(&module, name) {
                problems.push(format!("{}: var.{name} is not used", module.folder));
            }
            for wanted in ["description", "type"] {
                if argument(variable, wanted).is_none() {
                    problems.push(format!("{}: var.{name} has no {wanted}", module.folder));
                }
            }
            // Any text or number is right for few; a root hands on to where it is checked.
            let any = [
                "tags",
                "labels",
                "async",
                "alarms",
                "function_name",
                "log_group_name",
                "queue_name",
                "failed_queue_name",
                "service_name",
                "log_view",
                "subscription_name",
                "failed_subscription_name",
            ];
            let checked = variable.body().blocks().any(|it| it.identifier() == "validation");
            if !checked && !in_root && !any.contains(&name) {
                problems.push(format!("{}: var.{name} takes anything", module.folder));
            }
        }
        for (name, output) in module.named("output") {
            if argument(output, "description").is_none() {
                problems.push(format!("{}: output.{name} has no description", module.folder));
            }
        }
    }
    assert_none(&problems);
}

fn used_beyond_its_validation(module: &Module, variable: &str) -> bool {
    let references = module.references();
    references
        .iter()
        .any(|(file, it)| file != "variables.tf" && it.len() > 1 && it[0] == "var" && it[1] == variable)
}

#[test]
fn a_module_that_operators_call_has_fifteen_variables_and_needs_few() {
    // The service comes after its secrets, and its image with it.
    for (folder, wanted) in [
        (FUNCTION, &["callers", "connectors", "name", "package"][..]),
        (SERVICE, &["callers", "connectors", "name"]),
        (FILES_ON_AWS, &["name", "package", "rules"]),
        (FILES_ON_GOOGLE, &["name", "rules"]),
    ] {
        let module = Module::read(folder);
        let variables = module.named("variable");
        assert!(variables.len() <= 15, "{folder}: {} variables", variables.len());
        let needed: BTreeSet<&str> = variables
            .iter()
            .filter(|(_, it)| argument(it, "default").is_none())
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(needed.into_iter().collect::<Vec<_>>(), wanted, "{folder}");
    }
}

#[test]
fn every_reference_leads_to_something_declared() {
    let mut problems = Vec::new();
    for module in Module::all() {
        let (variables, calls, locals) = (module.named("variable"), module.named("module"), module.locals());
        let things = |kind| -> BTreeSet<(String, String)> {
            module
                .things(kind)
                .into_iter()
                .map(|(kind, name, _)| (kind.to_owned(), name.to_owned()))
                .collect()
        };
        let (resources, sources) = (things("resource"), things("data"));
        for (file, names) in module.references() {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let found = match names[..] {
                ["var", name, ..] => variables.contains_key(name),
                ["local", name, ..] => locals.contains_key(name),
                ["module", name] => calls.contains_key(name),
                ["module", name, output, ..] => {
                    calls.get(name).is_some_and(|it| called(&module, it).named("output").contains_key(output))
                }
                ["data", kind, name, ..] => sources.contains(&(kind.to_owned(), name.to_owned())),
                [kind, name, ..] if is_ours(kind) => resources.contains(&(kind.to_owned(), name.to_owned())),
                _ => true, // each, count, path, and what a `for` names
            };
            if !found {
                problems.push(format!("{}/{file}: {} is not declared", module.folder, names.join(".")));
            }
        }
        for name in locals.keys() {
            if !module.references().iter().any(|(_, it)| it[0] == "local" && it[1] == *name) {
                problems.push(format!("{}: local.{name} is not used", module.folder));
            }
        }
    }
    assert_none(&problems);
}

/// Whether it is a type of one of the two providers.
fn is_ours(kind: &str) -> bool {
    kind.starts_with("aws_") || kind.starts_with("google_")
}

/// The module that a call is of.
fn called(module: &Module, call: &hcl::Block) -> Module {
    let source = texts(argument(call, "source").expect("a call has a source")).remove(0);
    let mut folder: Vec<&str> = module.folder.split('/').collect();
    for part in source.split('/') {
        match part {
            ".." => drop(folder.pop()),
            part => folder.push(part),
        }
    }
    Module::read(&folder.join("/"))
}

#[test]
fn calls_pass_what_the_module_takes_and_needs() {
    let mut problems = Vec::new();
    for module in Module::all() {
        for (name, call) in module.named("module") {
            let callee = called(&module, call);
            let variables = callee.named("variable");
            let passed: BTreeSet<&str> = call
                .body()
                .attributes()
                .map(|it| it.key())
                .filter(|it| !["source", "count", "for_each", "depends_on", "providers"].contains(it))
                .collect();
            for it in &passed {
                if !variables.contains_key(it) {
                    problems.push(format!("{}: module.{name} has no variable {it}", module.folder));
                }
            }
            for (it, variable) in &variables {
                if argument(variable, "default").is_none() && !passed.contains(it) {
                    problems.push(format!("{}: module.{name} needs {it}", module.folder));
                }
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn what_takes_tags_or_labels_has_them() {
    let without = [
        "aws_apigatewayv2_integration",
        "aws_apigatewayv2_route",
        "aws_cloudwatch_dashboard",
        "aws_cloudwatch_log_metric_filter",
        "aws_iam_role_policy",
        "aws_lambda_alias",
        "aws_lambda_function_event_invoke_config",
        "aws_lambda_function_url",
        "aws_lambda_permission",
        "aws_lambda_provisioned_concurrency_config",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_notification",
        "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
        "aws_sqs_queue_policy",
        "aws_sqs_queue_redrive_allow_policy",
        "google_cloud_run_v2_service_iam_member",
        "google_logging_metric",
        "google_logging_project_bucket_config",
        "google_logging_project_exclusion",
        "google_logging_project_sink",
        "google_monitoring_dashboard",
        "google_project_iam_custom_role",
        "google_project_iam_member",
        "google_pubsub_subscription_iam_member",
        "google_pubsub_topic_iam_member",
        "google_secret_manager_secret_iam_member",
        "google_service_account",
        "google_service_account_iam_member",
        "google_storage_bucket_iam_member",
        "google_storage_bucket_object",
    ];
    let mut problems = Vec::new();
    for module in Module::all() {
        for (kind, name, block) in module.things("resource") {
            let (named, value) = match kind {
                "google_monitoring_alert_policy" => ("user_labels", "var.labels"),
                it if it.starts_with("google_") => ("labels", "var.labels"),
                _ => ("tags", "var.tags"),
            };
            let found = argument(block, named).map(written);
            let expected = (!without.contains(&kind)).then(|| value.to_owned());
            if found != expected {
                problems.push(format!("{}: {kind}.{name} has {found:?} for {named}", module.folder));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn callers_are_known_and_logs_end() {
    let mut counts = BTreeMap::from([
        ("aws_lambda_function_url", 0),
        ("aws_apigatewayv2_route", 0),
        ("aws_cloudwatch_log_group", 0),
        ("google_cloud_run_v2_service", 0),
        ("google_logging_project_bucket_config", 0),
    ]);
    for module in Module::all() {
        for (kind, name, block) in module.things("resource") {
            let (wanted, expected) = match kind {
                "aws_lambda_function_url" | "aws_apigatewayv2_route" => ("authorization_type", "\"AWS_IAM\""),
                "aws_cloudwatch_log_group" => ("retention_in_days", "var.log_retention_days"),
                "google_cloud_run_v2_service" => ("invoker_iam_disabled", "false"),
                "google_logging_project_bucket_config" => ("retention_days", "var.log_retention_days"),
                _ => continue,
            };
            *counts.get_mut(kind).unwrap() += 1;
            assert_eq!(argument(block, wanted).map(written).as_deref(), Some(expected), "{kind}.{name}");
        }
    }
    assert!(counts.values().all(|it| *it > 0), "{counts:?}");
}

/// A plan reads our files and asks the cloud, nothing else.
#[test]
fn nothing_is_built_or_fetched() {
    let mut problems = Vec::new();
    for module in Module::all() {
        for kind in ["resource", "data"] {
            for (of, name, block) in module.things(kind) {
                let runs =
                    block.body().blocks().any(|it| ["provisioner", "connection"].contains(&it.identifier()));
                if !is_ours(of) || runs {
                    problems.push(format!("{}: {of}.{name}", module.folder));
                }
            }
        }
        for (name, call) in module.named("module") {
            if !texts(argument(call, "source").unwrap())[0].starts_with("../") {
                problems.push(format!("{}: module.{name} is not ours", module.folder));
            }
        }
    }
    // By cloud, what is asked for; one text each.
    let mut versions: BTreeMap<bool, BTreeSet<String>> = BTreeMap::new();
    for path in repository::files("infra", "versions.tf") {
        let text = repository::text(&path);
        let asked = text.lines().filter(|it| it.contains("version") && it.contains('"')).collect();
        versions.entry(text.contains("hashicorp/google")).or_default().insert(asked);
        assert_eq!(
            text.contains("hashicorp/google"),
            path.contains("gcp"),
            "{path} asks for the other provider"
        );
    }
    assert_eq!(versions.len(), 2);
    for asked in versions.values() {
        assert_eq!(asked.len(), 1, "modules ask for different versions: {asked:?}");
    }
    assert_none(&problems);
}

#[test]
fn the_rules_of_the_examples_load() {
    let mut of_files = 0;
    let files = repository::files("infra/examples", ".yaml");
    for path in &files {
        let text = repository::text(path);
        if bulk::is_bulk(&text) {
            of_files += 1;
            let loaded = BulkRules::load(path, &text).unwrap_or_else(|problems| panic!("{problems}"));
            assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
        } else {
            RuleSet::load(path, &text).unwrap_or_else(|problems| panic!("{problems}"));
        }
    }
    assert!(of_files > 0 && of_files < files.len(), "{of_files} of {} examples are for files", files.len());
}
