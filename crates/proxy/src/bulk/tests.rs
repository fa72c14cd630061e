//! Whole files between buckets in memory.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::time::Duration;

use super::testing::{Memory, place};
use super::*;
use crate::ports::{FileForm, SystemClock};
use crate::secrets::EnvironmentSecrets;

const RULES: &str =
    "pseudonymFormat: URL_SAFE_TOKEN\ncolumnsToPseudonymize: [email]\ncolumnsToRedact: [note]\n";
const PEOPLE: &str = "email,team,note\nnora@lumen-orchard.example,Press,likes tea\n";
const SANITIZED: &str =
    "email,team\nt~80bmfFCcrMqogQyswt_D90h8LfWwseA1hq5MIsUGyQs@lumen-orchard.example,Press\n";

fn settings<'s>(more: &[(&'s str, &'s str)]) -> BTreeMap<String, String> {
    let usual =
        [("OUTPUT_BUCKET", "sanitized"), ("RULES", RULES), ("K_SERVICE", "vizard-hris"), ("SOURCE", "hris")];
    let pairs = usual.iter().chain(more);
    pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn started(memory: &Memory, more: &[(&str, &str)]) -> BulkStarted {
    let secrets = EnvironmentSecrets::from_pairs([("PSOXY_SALT", "salt")]);
    Bulk::start(&settings(more), &secrets, Arc::new(memory.clone()), Arc::new(SystemClock)).await
}

async fn bulk(memory: &Memory, more: &[(&str, &str)]) -> Arc<Bulk> {
    let BulkStarted { bulk, started } = started(memory, more).await;
    assert_eq!(started.problems, Vec::<String>::new());
    bulk.unwrap()
}

fn of_type(content_type: &str) -> FileForm {
    FileForm { content_type: Some(content_type.to_owned()), ..FileForm::default() }
}

/// Decompressed, if it is said to be compressed.
fn content(memory: &Memory, bucket: &str, key: &str) -> String {
    let (head, content) = memory.get(bucket, key).unwrap();
    let mut text = String::new();
    match head.content_encoding.as_deref() {
        Some("gzip") => flate2::read::GzDecoder::new(&content[..]).read_to_string(&mut text).unwrap(),
        None => (&content[..]).read_to_string(&mut text).unwrap(),
        Some(other) => panic!("{other}"),
    };
    text
}

fn failed(code: &'static str, transient: bool) -> Result<Handled, Unhandled> {
    Err(Unhandled { code, transient })
}

#[tokio::test]
async fn a_file_is_sanitized_once_and_says_of_what_it_was_made() {
    let memory = Memory::default();
    let bulk = bulk(&memory, &[("INPUT_BASE_PATH", "in/"), ("OUTPUT_BASE_PATH", "out/")]).await;
    memory.put("input", "in/people.csv", PEOPLE, of_type("text/csv"));
    let people = place("input", "in/people.csv");
    assert_eq!(bulk.handle(&people, None).await, Ok(Handled::Done));
    assert_eq!(content(&memory, "sanitized", "out/people.csv"), SANITIZED);
    let (head, _) = memory.get("sanitized", "out/people.csv").unwrap();
    assert_eq!(head.content_type.as_deref(), Some("text/csv"));
    let told: Vec<_> = head.metadata.keys().map(String::as_str).collect();
    let expected = [
        "psoxy-instance-id",
        "psoxy-original-object-key",
        "psoxy-rules-sha",
        "psoxy-salt-sha",
        "psoxy-version",
        "vizard-made-with",
        "vizard-source-version",
    ];
    assert_eq!(told, expected);
    assert_eq!(head.metadata["psoxy-original-object-key"], "input/in/people.csv");
    // The same event again, and then another content.
    assert_eq!(bulk.handle(&people, None).await, Ok(Handled::Done));
    assert_eq!(memory.get("sanitized", "out/people.csv").unwrap().0.version, head.version);
    memory.put("input", "in/people.csv", PEOPLE, of_type("text/csv"));
    assert_eq!(bulk.handle(&people, None).await, Ok(Handled::Done));
    assert_ne!(memory.get("sanitized", "out/people.csv").unwrap().0.version, head.version);
    // Other rules make another output of the same content.
    let others = self::bulk(&memory, &[("RULES", "columnsToInclude: [team]")]).await;
    memory.put("input", "people.csv", PEOPLE, of_type("text/csv"));
    for bulk in [&bulk, &others] {
        assert_eq!(bulk.handle(&place("input", "people.csv"), None).await, Ok(Handled::Done));
    }
    assert_eq!(content(&memory, "sanitized", "people.csv"), "team\nPress\n");
}

#[tokio::test]
async fn what_comes_back_or_is_no_file_is_left_alone() {
    let memory = Memory::default();
    let bulk = bulk(&memory, &[]).await;
    let own = [("psoxy-instance-id".to_owned(), "vizard-hris".to_owned())];
    memory.put("other", "a.csv", PEOPLE, FileForm { metadata: own.to_vec(), ..FileForm::default() });
    memory.put("other", "folder/", "", FileForm::default());
    for key in ["a.csv", "folder/"] {
        assert_eq!(bulk.handle(&place("other", key), None).await, Ok(Handled::Skipped), "{key}");
    }
    memory.put("sanitized", "b.csv", PEOPLE, FileForm::default());
    assert_eq!(bulk.handle(&place("sanitized", "b.csv"), None).await, failed("bucket-is-output", false));
    let narrow = self::bulk(&memory, &[("INPUT_BUCKET", "input")]).await;
    assert_eq!(narrow.handle(&place("other", "b.csv"), None).await, failed("bucket-not-input", false));
    assert_eq!((memory.counts().1, memory.keys("sanitized")), (0, vec!["b.csv".to_owned()]));
}

#[tokio::test]
async fn what_fails_leaves_nothing_and_says_whether_to_try_again() {
    let large = format!("email,team,note\n{}", "nora@lumen-orchard.example,Press,tea\n".repeat(60_000));
    for (case, code, transient) in [
        ("without the column", "column-missing", false),
        ("for no rules", "no-rules", false),
        ("encoded otherwise", "content-encoding-not-supported", false),
        ("gone", "file-absent", false),
        ("broken off", "bucket-unavailable", true),
        ("output denied", "bucket-denied", false),
        ("denied halfway", "bucket-denied", false),
        ("replaced meanwhile", "file-changed", true),
        ("too slow", "out-of-time", false),
    ] {
        let memory = Memory::default();
        let by_path = format!("fileRules:\n  /people.csv:\n    {}", RULES.trim_end().replace('\n', "\n    "));
        let bulk = bulk(&memory, &[("RULES", &by_path), ("COMPRESS_OUTPUT_ALWAYS", "false")]).await;
        memory.put("input", "people.csv", large.clone(), of_type("text/csv"));
        let (mut key, mut deadline) = ("people.csv", None);
        match case {
            "without the column" => memory.put("input", key, "team,note\nPress,tea\n", of_type("text/csv")),
            "for no rules" => key = "other.csv",
            "encoded otherwise" => {
                let form = FileForm { content_encoding: Some("br".to_owned()), ..FileForm::default() };
                memory.put("input", key, PEOPLE, form);
            }
            "gone" => key = "gone.csv",
            "broken off" => memory.break_after(1 << 20),
            "output denied" => memory.deny("sanitized"),
            "denied halfway" => memory.full_after(1 << 20),
            "replaced meanwhile" => memory.replace_while_read("input", key, PEOPLE),
            _ => {
                memory.slow(Duration::from_millis(100));
                deadline = Some(Instant::now() + Duration::from_millis(300));
            }
        }
        if key == "other.csv" {
            memory.put("input", key, PEOPLE, of_type("text/csv"));
        }
        assert_eq!(bulk.handle(&place("input", key), deadline).await, failed(code, transient), "{case}");
        let (_, begun, abandoned) = memory.counts();
        assert_eq!((memory.keys("sanitized"), begun), (Vec::new(), abandoned), "{case}");
    }
}

#[tokio::test]
async fn each_output_is_a_matter_of_its_own() {
    let memory = Memory::default();
    let additional = "
- destinationBucketName: broken
  rules: {columnsToPseudonymize: [badge]}
- destinationBucketName: lookup
  pathWithinBucket: of/
  compressOutput: false
  rules: {columnsToInclude: [team]}
";
    let bulk = bulk(&memory, &[("ADDITIONAL_TRANSFORMS", additional)]).await;
    memory.put("input", "people.csv", PEOPLE, of_type("text/csv"));
    assert_eq!(bulk.handle(&place("input", "people.csv"), None).await, failed("column-missing", false));
    assert_eq!(content(&memory, "sanitized", "people.csv"), SANITIZED);
    assert_eq!(memory.get("lookup", "of/people.csv").unwrap().1, "team\nPress\n");
    assert_eq!(memory.keys("broken"), Vec::<String>::new());
}

#[tokio::test]
async fn rows_that_cannot_be_sanitized_go_to_a_bucket_of_their_own() {
    let memory = Memory::default();
    let quarantine =
        [("VIZARD_BULK_BAD_ROWS", "quarantine"), ("VIZARD_BULK_QUARANTINE_BUCKET", "quarantine")];
    let bulk = bulk(&memory, &quarantine).await;
    memory.put("input", "sound.csv", PEOPLE, of_type("text/csv"));
    assert_eq!(bulk.handle(&place("input", "sound.csv"), None).await, Ok(Handled::Done));
    assert_eq!(memory.keys("quarantine"), Vec::<String>::new(), "there is nothing to keep");
    memory.put("input", "ragged.csv", format!("{PEOPLE}short\n"), of_type("text/csv"));
    assert_eq!(bulk.handle(&place("input", "ragged.csv"), None).await, Ok(Handled::Done));
    assert_eq!(content(&memory, "sanitized", "ragged.csv"), SANITIZED);
    let aside = content(&memory, "quarantine", "sanitized/ragged.csv.rejected.ndjson");
    assert!(aside.contains("\"row\":\"short\""), "{aside}");
    // Without a place for them, the file fails.
    let strict = self::bulk(&Memory::default(), &[]).await;
    assert!(strict.quarantine.is_none());
}

#[tokio::test]
async fn of_two_events_for_a_file_one_waits_for_the_other() {
    let memory = Memory::default();
    let bulk = bulk(&memory, &[]).await;
    memory.put("input", "people.csv", PEOPLE, of_type("text/csv"));
    memory.slow(Duration::from_millis(50));
    let people = place("input", "people.csv");
    let both = tokio::join!(bulk.handle(&people, None), bulk.handle(&people, None));
    assert_eq!(both, (Ok(Handled::Done), failed("busy", true)));
    assert_eq!(bulk.handle(&people, None).await, Ok(Handled::Done));
    assert_eq!(memory.counts(), (1, 1, 0), "once");
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_the_start_and_health_answers() {
    let memory = Memory::default();
    let wrong = [
        ("RULES", "columnsToPseudonymise: [email]"),
        ("ADDITIONAL_TRANSFORMS", "- {destinationBucketName: lookup, rules: {columnsToRedact: 7}}"),
        ("BULK_OUTPUT_FORMAT", "xml"),
        ("VIZARD_RULES_SHA256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ];
    let BulkStarted { bulk, started } = started(&memory, &wrong).await;
    assert!(bulk.is_none() && started.rules_differ);
    let all = started.problems.join("\n");
    for part in ["BULK_OUTPUT_FORMAT", "columnsToPseudonymise", "ADDITIONAL_TRANSFORMS[0].rules", "SHA-256"] {
        assert!(all.contains(part), "{part}: {all}");
    }
    for (more, expected) in [(&wrong[..], 412), (&wrong[..1], 412), (&[], 200)] {
        let started = self::started(&memory, more).await.started;
        let asked =
            http::Request::get("/").header("x-psoxy-health-check", "1").body(bytes::Bytes::new()).unwrap();
        let report = started.proxy.handle(asked, crate::Client::default()).await;
        assert_eq!(report.status(), expected, "{}", String::from_utf8_lossy(report.body()));
    }
    let started = self::started(&memory, &[]).await.started;
    let asked = http::Request::get("/v2/users").body(bytes::Bytes::new()).unwrap();
    let refused = started.proxy.handle(asked, crate::Client::default()).await;
    assert_eq!(refused.status(), 404);
    assert!(String::from_utf8_lossy(refused.body()).contains("files-only"));
}
