//! What must be there before something else: versions of the function and revisions of the service start as soon as
//! they are made.

use super::module::{Module, argument, texts, written};
use super::{FILES_ON_AWS, FILES_ON_GOOGLE, FUNCTION, SERVICE};

#[test]
fn the_function_waits_for_its_rights_its_rules_and_its_secrets() {
    let module = Module::read(FUNCTION);
    let resources = module.things("resource");
    let (.., function) = resources.iter().find(|it| it.0 == "aws_lambda_function").unwrap();
    let waits = texts(argument(function, "depends_on").expect("the function waits for nothing"));
    for it in
        ["aws_iam_role_policy.function", "aws_s3_object.rules", "module.secrets", "module.shared_secrets"]
    {
        assert!(waits.contains(&it.to_owned()), "the function starts before {it} is there: {waits:?}");
    }
    // What starts a version waits for the alias, and with it for all of that.
    for kind in ["aws_lambda_provisioned_concurrency_config", "aws_lambda_function_url"] {
        let (.., starts) = resources.iter().find(|it| it.0 == kind).unwrap();
        assert_eq!(written(argument(starts, "qualifier").unwrap()), "aws_lambda_alias.live.name", "{kind}");
    }
}

/// A published version keeps the hash of its rules, so it must find those rules for as long as the alias points to it.
#[test]
fn rules_of_ones_own_are_replaced_only_after_the_function() {
    let module = Module::read(FUNCTION);
    let resources = module.things("resource");
    let (.., rules) =
        resources.iter().find(|it| it.0 == "aws_s3_object").expect("rules of one's own are an object");
    assert_eq!(written(argument(rules, "key").unwrap()), "\"${local.rules_prefixes[each.key]}rules.yaml\"");
    let prefixes = written(module.locals()["rules_prefixes"]);
    assert!(prefixes.contains("${local.rules_sha256[id]}/"), "the key does not name the rules: {prefixes}");
    assert!(is_made_before_the_old_one_goes(rules));
    assert!(
        resources.iter().all(|it| it.0 != "aws_ssm_parameter"),
        "a parameter is one place for the rules of all versions"
    );
}

/// The same of a revision of the service.
#[test]
fn the_service_waits_for_its_rights_its_rules_and_its_log() {
    let module = Module::read(SERVICE);
    let resources = module.things("resource");
    let (.., service) = resources.iter().find(|it| it.0 == "google_cloud_run_v2_service").unwrap();
    let waits = texts(argument(service, "depends_on").expect("the service waits for nothing"));
    for (kind, name, grant) in &resources {
        // What names the service's own account is what a revision needs.
        let own = argument(grant, "member").map(written).as_deref() == Some("local.service_member");
        if own {
            assert!(
                waits.contains(&format!("{kind}.{name}")),
                "the service starts before {kind}.{name} is there"
            );
        }
    }
    for it in [
        "google_storage_bucket_object.rules",
        "google_logging_project_sink.service",
        "google_logging_project_exclusion.service",
    ] {
        assert!(waits.contains(&it.to_owned()), "the service starts before {it} is there: {waits:?}");
    }
    // Through the grants it waits for the secrets.
    for name in ["read", "write"] {
        let (.., grant) = resources
            .iter()
            .find(|it| it.0 == "google_secret_manager_secret_iam_member" && it.1 == name)
            .unwrap();
        assert!(
            texts(argument(grant, "depends_on").unwrap()).contains(&"module.secrets".to_owned()),
            "{name}"
        );
    }

    let (.., rules) = resources.iter().find(|it| it.0 == "google_storage_bucket_object").unwrap();
    assert_eq!(written(argument(rules, "name").unwrap()), "\"${local.rules_prefix}rules.yaml\"");
    let prefix = written(module.locals()["rules_prefix"]);
    assert!(prefix.contains("${local.rules_sha256}/"), "the name does not name the rules: {prefix}");
    assert!(is_made_before_the_old_one_goes(rules));
}

/// A file that comes while an apply is under way finds the function able to do its work, and a place for what it cannot.
#[test]
fn files_on_aws_come_last() {
    let module = Module::read(FILES_ON_AWS);
    for (kind, wanted) in [
        ("aws_lambda_function", &["aws_iam_role_policy.function", "module.shared_secrets"][..]),
        (
            "aws_s3_bucket_notification",
            &["aws_lambda_permission.input", "aws_lambda_function_event_invoke_config.live"],
        ),
        ("aws_lambda_function_event_invoke_config", &["aws_iam_role_policy.function"]),
    ] {
        let waits = waits(&module, kind);
        for it in wanted {
            assert!(waits.contains(&(*it).to_owned()), "{kind} is made before {it}: {waits:?}");
        }
    }
}

#[test]
fn files_on_google_come_last() {
    let module = Module::read(FILES_ON_GOOGLE);
    let (service, trigger) =
        (waits(&module, "google_cloud_run_v2_service"), waits(&module, "google_eventarc_trigger"));
    for (kind, name, grant) in module.things("resource") {
        let (name, member) = (format!("{kind}.{name}"), argument(grant, "member").map(written));
        let waiting = match member.as_deref() {
            Some("local.service_member") => &service,
            Some("local.events_member") => &trigger,
            _ => continue,
        };
        assert!(waiting.contains(&name), "made before {name}: {waiting:?}");
    }
    // Cloud Storage may tell, and Pub/Sub may make tokens.
    for it in ["google_project_iam_member.tell", "google_service_account_iam_member.events"] {
        assert!(trigger.contains(&it.to_owned()), "the trigger is made before {it}: {trigger:?}");
    }
}

/// What the first resource of a type waits for.
fn waits(module: &Module, kind: &str) -> Vec<String> {
    let resources = module.things("resource");
    let (.., block) = resources.iter().find(|it| it.0 == kind).unwrap();
    texts(argument(block, "depends_on").unwrap_or_else(|| panic!("{kind} waits for nothing")))
}

fn is_made_before_the_old_one_goes(block: &hcl::Block) -> bool {
    let lifecycle = block.body().blocks().find(|it| it.identifier() == "lifecycle");
    let first = lifecycle.and_then(|it| argument(it, "create_before_destroy"));
    first.map(written).as_deref() == Some("true")
}
