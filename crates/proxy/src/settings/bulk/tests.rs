use std::collections::BTreeMap;

use super::*;
use crate::secrets::EnvironmentSecrets;

async fn survey(settings: &[(&str, &str)], secrets: &[(&str, &str)]) -> BulkReading {
    let pairs = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let environment: BTreeMap<_, _> = pairs.collect();
    let secrets = EnvironmentSecrets::from_pairs(secrets.iter().copied());
    BulkSettings::survey(&environment, &secrets).await
}

const SALT: (&str, &str) = ("PSOXY_SALT", "a long random text");
const OUTPUT: (&str, &str) = ("OUTPUT_BUCKET", "orchard-sanitized");
const RULES: (&str, &str) = ("RULES", "columnsToPseudonymize: [email]\n");

#[tokio::test]
async fn little_is_needed_and_the_rest_has_defaults() {
    let reading = survey(&[OUTPUT, RULES], &[SALT]).await;
    let settings = reading.settings.unwrap();
    assert_eq!((settings.output.as_str(), settings.input), ("orchard-sanitized", None));
    assert_eq!((settings.input_base.as_str(), settings.output_base.as_str()), ("", ""));
    assert_eq!(settings.raw_rules.as_deref(), Some(RULES.1), "as it is written");
    assert_eq!((settings.compress, settings.keep_order), (true, false));
    assert_eq!((settings.format, settings.quarantine), (None, None));
    assert_eq!(settings.warnings, Vec::<String>::new());
    let facts = reading.health.facts;
    assert_eq!((facts.configured_source.as_deref(), facts.missing), (Some("files"), Vec::new()));
    assert!(facts.salt_fingerprint.is_some());
}

#[tokio::test]
async fn everything_can_be_configured() {
    let settings = [
        OUTPUT,
        ("RULES", "Zm9ybWF0OiBOREpTT04K"),
        ("INPUT_BUCKET", "orchard-input"),
        ("INPUT_BASE_PATH", "in/"),
        ("OUTPUT_BASE_PATH", "out/"),
        (
            "ADDITIONAL_TRANSFORMS",
            "- {destinationBucketName: orchard-lookup, rules: {columnsToInclude: [ID]}}",
        ),
        ("COMPRESS_OUTPUT_ALWAYS", "false"),
        ("BULK_OUTPUT_FORMAT", "json_array"),
        ("BUFFER_SIZE", "65536"),
        ("VIZARD_BULK_KEEP_ORDER", "true"),
        ("VIZARD_BULK_BAD_ROWS", "quarantine"),
        ("VIZARD_BULK_QUARANTINE_BUCKET", "orchard-quarantine"),
        ("SOURCE", "hris"),
        ("K_SERVICE", "vizard-hris"),
    ];
    let settings = survey(&settings, &[("VIZARD_HRIS_PSOXY_SALT", "grain")]).await.settings.unwrap();
    assert_eq!(settings.rules.text, "format: NDJSON\n");
    assert_eq!(settings.raw_rules.as_deref(), Some("Zm9ybWF0OiBOREpTT04K"));
    assert_eq!(settings.input.as_deref(), Some("orchard-input"));
    assert_eq!((settings.input_base.as_str(), settings.output_base.as_str()), ("in/", "out/"));
    assert_eq!(settings.additional.len(), 1);
    assert_eq!((settings.compress, settings.keep_order), (false, true));
    assert_eq!(
        (settings.format, settings.quarantine.as_deref()),
        (Some(Format::JsonArray), Some("orchard-quarantine"))
    );
    assert_eq!(settings.instance.as_deref(), Some("vizard-hris"));
    assert_eq!(settings.warnings, ["BUFFER_SIZE has no effect here"]);
}

#[tokio::test]
async fn all_problems_are_told_at_once() {
    let wrong = [
        ("OUTPUT_BUCKET", "s3://orchard"),
        ("ADDITIONAL_TRANSFORMS", "one"),
        ("COMPRESS_OUTPUT_ALWAYS", "yes"),
        ("BULK_OUTPUT_FORMAT", "ndjsn"),
        ("BUFFER_SIZE", "large"),
        ("VIZARD_BULK_BAD_ROWS", "quarantin"),
        ("VIZARD_RULES_SHA256", "abc"),
        ("EMAIL_DOMAIN_HANDLING", "HASH"),
    ];
    let reading = survey(&wrong, &[]).await;
    let problems = reading.settings.unwrap_err();
    let mut named: Vec<_> = problems.iter().map(|it| it.name.as_str()).collect();
    named.dedup();
    let mut expected: Vec<_> = wrong.iter().map(|(name, _)| *name).chain(["RULES", "PSOXY_SALT"]).collect();
    named.sort_unstable();
    expected.sort_unstable();
    assert_eq!(named.iter().collect::<std::collections::BTreeSet<_>>(), expected.iter().collect());
    assert_eq!(reading.health.facts.missing.len(), problems.len());
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|it| it.contains("did you mean `NDJSON`")), "{told:?}");
    assert!(told.iter().any(|it| it.contains("did you mean `quarantine`")), "{told:?}");
}

#[tokio::test]
async fn buckets_that_would_feed_themselves_or_hold_clear_rows_are_refused() {
    let lookup = "- {destinationBucketName: orchard-lookup, rules: {columnsToInclude: [ID]}}";
    let quarantine = ("VIZARD_BULK_BAD_ROWS", "quarantine");
    for (more, name) in [
        (&[("INPUT_BUCKET", "orchard-sanitized")][..], "OUTPUT_BUCKET"),
        (&[("INPUT_BUCKET", "orchard-lookup"), ("ADDITIONAL_TRANSFORMS", lookup)], "ADDITIONAL_TRANSFORMS"),
        (&[quarantine], "VIZARD_BULK_QUARANTINE_BUCKET"),
        (
            &[quarantine, ("VIZARD_BULK_QUARANTINE_BUCKET", "orchard-sanitized")],
            "VIZARD_BULK_QUARANTINE_BUCKET",
        ),
        (
            &[
                quarantine,
                ("VIZARD_BULK_QUARANTINE_BUCKET", "orchard-lookup"),
                ("ADDITIONAL_TRANSFORMS", lookup),
            ],
            "VIZARD_BULK_QUARANTINE_BUCKET",
        ),
        (
            &[
                quarantine,
                ("VIZARD_BULK_QUARANTINE_BUCKET", "orchard-input"),
                ("INPUT_BUCKET", "orchard-input"),
            ],
            "VIZARD_BULK_QUARANTINE_BUCKET",
        ),
        (&[("INPUT_BUCKETS", "orchard-input")], "INPUT_BUCKET"),
    ] {
        let problems = survey(&[&[OUTPUT, RULES], more].concat(), &[SALT]).await.settings.unwrap_err();
        assert!(problems.len() == 1 && problems[0].name == name, "{problems:?}");
    }
    let unused = survey(&[OUTPUT, RULES, ("VIZARD_BULK_QUARANTINE_BUCKET", "orchard-rows")], &[SALT]).await;
    assert!(unused.settings.unwrap().warnings[0].contains("has no effect"));
}
