//! What must be there before something else: versions of the function start as soon as they are published.

use super::FUNCTION;
use super::module::{Module, argument, texts, written};

#[test]
fn the_function_waits_for_its_rights_its_rules_and_its_secrets() {
    let module = Module::read(FUNCTION);
    let resources = module.of_aws("resource");
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
    let resources = module.of_aws("resource");
    let (.., rules) =
        resources.iter().find(|it| it.0 == "aws_s3_object").expect("rules of one's own are an object");
    assert_eq!(written(argument(rules, "key").unwrap()), "\"${local.rules_prefixes[each.key]}rules.yaml\"");
    let prefixes = written(module.locals()["rules_prefixes"]);
    assert!(prefixes.contains("${local.rules_sha256[id]}/"), "the key does not name the rules: {prefixes}");
    let lifecycle = rules.body().blocks().find(|it| it.identifier() == "lifecycle").unwrap();
    assert_eq!(written(argument(lifecycle, "create_before_destroy").unwrap()), "true");
    assert!(
        resources.iter().all(|it| it.0 != "aws_ssm_parameter"),
        "a parameter is one place for the rules of all versions"
    );
}
