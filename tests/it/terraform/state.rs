//! What the state may hold, and what may not be lost.

use super::module::{Module, argument, texts, written};

/// A refresh reads a parameter's value into the state unless it is write-only; `ignore_changes` does not help.
#[test]
fn no_secret_comes_into_the_state() {
    let mut seen = 0;
    for module in Module::all() {
        for (kind, name, block) in module.things("resource") {
            let holds = kind.contains("secret") && kind.contains("_version");
            assert!(!holds, "{kind}.{name} holds a value");
            if kind != "aws_ssm_parameter" {
                continue;
            }
            seen += 1;
            assert_eq!(argument(block, "value_wo").map(written).as_deref(), Some("\"fill me\""), "{name}");
            assert!(
                argument(block, "value").or(argument(block, "insecure_value")).is_none(),
                "{name} has a value"
            );
            let lifecycle = block.body().blocks().find(|it| it.identifier() == "lifecycle").unwrap();
            let ignored = texts(argument(lifecycle, "ignore_changes").unwrap());
            // Each of these makes the provider write the parameter again, without knowing its value.
            for it in ["description", "key_id", "tier", "type", "value_wo_version"] {
                assert!(
                    ignored.contains(&it.to_owned()),
                    "{name}: a change of {it} would overwrite the secret"
                );
            }
        }
    }
    assert!(seen > 1, "the search for parameters finds too little");
}

#[test]
fn what_cannot_be_made_again_is_not_destroyed() {
    for folder in ["infra/modules/aws-secrets", "infra/modules/gcp-secrets"] {
        let module = Module::read(folder);
        for (kind, name, block) in module.things("resource") {
            let mut lifecycles = block.body().blocks().filter(|it| it.identifier() == "lifecycle");
            let kept =
                lifecycles.any(|it| argument(it, "prevent_destroy").map(written).as_deref() == Some("true"));
            assert_eq!(kept, name == "kept", "{folder}: {kind}.{name}");
        }
        let kept = texts(module.locals()["kept"]);
        let also = texts(Module::read("infra/modules/aws-secrets").locals()["kept"]);
        assert_eq!(kept, also, "{folder}: what is kept differs by cloud");
    }
}

/// Results that expired and objects that were removed do not linger, and nobody outside sees a bucket.
#[test]
fn buckets_of_google_are_closed() {
    let mut seen = 0;
    for module in Module::all() {
        for (kind, name, block) in module.things("resource") {
            if kind != "google_storage_bucket" {
                continue;
            }
            seen += 1;
            for (wanted, value) in [
                ("uniform_bucket_level_access", "true"),
                ("public_access_prevention", "\"enforced\""),
                ("force_destroy", "false"),
            ] {
                assert_eq!(argument(block, wanted).map(written).as_deref(), Some(value), "{name}: {wanted}");
            }
        }
    }
    assert_eq!(seen, 3, "the search for buckets finds something else");
}

/// The same on Amazon's: what is made is closed, and what is left of an upload that was given up goes.
#[test]
fn buckets_of_amazon_are_closed() {
    let parts = [
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_policy",
    ];
    let mut seen = 0;
    for module in Module::all() {
        let resources = module.things("resource");
        for (kind, name, block) in &resources {
            if *kind == "aws_s3_bucket_public_access_block" {
                for wanted in [
                    "block_public_acls",
                    "block_public_policy",
                    "ignore_public_acls",
                    "restrict_public_buckets",
                ] {
                    assert_eq!(
                        argument(block, wanted).map(written).as_deref(),
                        Some("true"),
                        "{name}: {wanted}"
                    );
                }
            }
            if *kind != "aws_s3_bucket" {
                continue;
            }
            seen += 1;
            for part in parts {
                assert!(
                    resources.iter().any(|it| it.0 == part && it.1 == *name),
                    "{}: {name} has no {part}",
                    module.folder
                );
            }
            // What is uploaded in parts is what the function for files writes.
            let lifecycle =
                resources.iter().find(|it| it.0 == "aws_s3_bucket_lifecycle_configuration" && it.1 == *name);
            if let Some((.., lifecycle)) = lifecycle {
                let rule = lifecycle.body().blocks().find(|it| it.identifier() == "rule").unwrap();
                let given_up = |it: &&hcl::Block| it.identifier() == "abort_incomplete_multipart_upload";
                let given_up = rule.body().blocks().find(given_up).unwrap();
                assert_eq!(written(argument(given_up, "days_after_initiation").unwrap()), "1", "{name}");
            } else {
                assert_eq!(*name, "rules", "{}: files stay forever", module.folder);
            }
        }
    }
    assert_eq!(seen, 3, "the search for buckets finds something else");
}
