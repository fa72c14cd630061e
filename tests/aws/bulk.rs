//! Files through the function: an event of S3 in, a sanitized object out, or nothing at all.

use std::fmt::Write as _;
use std::io::Read as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vizard_tests::keys;
use vizard_tests::moto::Moto;
use vizard_tests::moto::faults::{AwsFaults, Fault};
use vizard_tests::programs::{bootstrap, bootstrap_for_files};
use vizard_tests::runtime_api::front::{Call, Front};
use vizard_tests::runtime_api::{Failure, Function, Platform};
use vizard_tests::wire::{Reply, gzip};

use crate::account::number;

const RULES: &str =
    "pseudonymFormat: URL_SAFE_TOKEN\ncolumnsToPseudonymize: [email]\ncolumnsToRedact: [note]\n";
const PEOPLE: &str = "email,team,note\nnora@lumen-orchard.example,Press,likes tea\n";

/// A function for files, and the buckets around it.
struct Deployed {
    moto: &'static Moto,
    /// Between the function and AWS.
    aws: AwsFaults,
    function: Function,
    input: String,
    output: String,
    other: String,
}

impl Deployed {
    async fn with(settings: &[(&str, &str)]) -> Deployed {
        let program = tokio::task::spawn_blocking(bootstrap_for_files).await.unwrap();
        let (moto, number) = (Moto::start().await, number());
        let aws = moto.through_faults().await;
        let [input, output, other] = ["input", "output", "other"].map(|it| format!("bulk-{it}-{number}"));
        for bucket in [&input, &output, &other] {
            moto.create_bucket(bucket).await;
        }
        let shared = format!("/bulk-{number}/shared/");
        moto.put_parameter(&format!("{shared}PSOXY_SALT"), keys::SALT, "SecureString").await;
        let usual = [
            ("OUTPUT_BUCKET", &*output),
            ("INPUT_BUCKET", &input),
            ("RULES", RULES),
            ("PATH_TO_SHARED_CONFIG", &shared),
            ("AWS_ENDPOINT_URL", aws.url()),
        ];
        let settings: Vec<_> =
            settings.iter().map(|(name, value)| (*name, value.replace("OTHER", &other))).collect();
        let mut all: Vec<(&str, &str)> = usual.to_vec();
        all.extend(settings.iter().map(|(name, value)| (*name, value.as_str())));
        all.retain(|(_, value)| !value.is_empty());
        let platform = Platform {
            name: "vizard-people".to_owned(),
            timeout: Duration::from_secs(280),
            ..Platform::default()
        };
        let function = Function::on(platform, &program, &all);
        Deployed { moto, aws, function, input, output, other }
    }

    async fn tell(&self, keys: &[&str]) -> Result<Value, Failure> {
        self.function.invoke(event(&self.input, keys)).await
    }

    async fn file(&self, key: &str, content: &str) {
        let headers = [("content-type", "text/csv")];
        self.moto.put_object_as(&self.input, key, content.to_owned(), &headers).await;
    }

    /// Neither an object nor the parts of one.
    async fn assert_nothing_is_there(&self) {
        for bucket in [&self.output, &self.other] {
            assert_eq!(self.moto.keys(bucket).await, Vec::<String>::new());
            assert_eq!(self.moto.unfinished_uploads(bucket).await, 0);
        }
    }

    fn lines(&self) -> Vec<Value> {
        self.function.log().into_iter().filter(|line| line["target"] == "audit").collect()
    }
}

/// As S3 writes it.
fn event(bucket: &str, keys: &[&str]) -> Value {
    let record = |key: &&str| {
        let key = key.replace('%', "%25").replace('+', "%2B").replace('ä', "%C3%A4").replace(' ', "+");
        json!({
            "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-central-1",
            "eventTime": "2026-03-02T08:00:00.000Z", "eventName": "ObjectCreated:Put",
            "s3": {
                "s3SchemaVersion": "1.0", "configurationId": "files",
                "bucket": {"name": bucket, "arn": format!("arn:aws:s3:::{bucket}")},
                "object": {"key": key, "size": 1, "eTag": "0", "sequencer": "0A1B"}
            }
        })
    };
    json!({"Records": keys.iter().map(record).collect::<Vec<_>>()})
}

fn content(reply: &Reply) -> String {
    let mut text = String::new();
    match reply.header("content-encoding") {
        "gzip" => flate2::read::GzDecoder::new(&reply.body[..]).read_to_string(&mut text).unwrap(),
        _ => (&reply.body[..]).read_to_string(&mut text).unwrap(),
    };
    text
}

fn failed(kind: &str, message: &str) -> Result<Value, Failure> {
    Err(Failure::Reported { kind: kind.to_owned(), message: message.to_owned() })
}

fn token(email: &str) -> String {
    keys::of(keys::SALT, "").token(email, vizard_pseudonym::Kind::Hash).unwrap()
}

#[tokio::test]
async fn all_files_of_an_event_are_sanitized_and_say_of_what_they_were_made() {
    let deployed = Deployed::with(&[("INPUT_BASE_PATH", "in/"), ("OUTPUT_BASE_PATH", "sanitized/")]).await;
    let (moto, input) = (deployed.moto, &deployed.input);
    let zipped = [("content-type", "text/csv"), ("content-encoding", "gzip")];
    moto.put_object_as(input, "in/people.csv.gz", gzip(PEOPLE.as_bytes()), &zipped).await;
    deployed.file("in/Bericht März 1+1%.csv", PEOPLE).await;
    moto.put_object(input, "in/folder/", "").await;
    let keys = ["in/people.csv.gz", "in/Bericht März 1+1%.csv", "in/folder/"];
    assert_eq!(deployed.tell(&keys).await, Ok(json!({"sanitized": 2, "skipped": 1})));
    let token = token("nora@lumen-orchard.example");
    for key in ["sanitized/people.csv.gz", "sanitized/Bericht März 1+1%.csv"] {
        let object = moto.object(&deployed.output, key).await.unwrap();
        assert_eq!(content(&object), format!("email,team\n{token},Press\n"));
        assert_eq!((object.header("content-type"), object.header("content-encoding")), ("text/csv", "gzip"));
        for (name, value) in [
            ("psoxy-instance-id", "vizard-people"),
            ("psoxy-rules-sha", "834364c8fcd68bef2c9cb32e7d2f837725179763"),
            ("psoxy-salt-sha", "pRwka918R7CEI6El1noIhIMJzqBGYUvvqXYHyMvxl2Y"),
            ("psoxy-version", concat!("v", env!("CARGO_PKG_VERSION"))),
        ] {
            assert_eq!(object.header(&format!("x-amz-meta-{name}")), value, "{name}");
        }
    }
    let object = moto.object(&deployed.output, "sanitized/Bericht März 1+1%.csv").await.unwrap();
    let original = object.header("x-amz-meta-psoxy-original-object-key");
    assert_eq!(original, format!("{input}/in/Bericht M%C3%A4rz 1+1%.csv"));
    // Nothing of the content and no name of a file is in the log, but its numbers are.
    let log = deployed.function.stdout();
    for name in ["nora", "Bericht", "people.csv", "likes tea", &token] {
        assert!(!log.contains(name), "{name}");
    }
    let lines = deployed.lines();
    assert_eq!(lines.len(), 3);
    let told =
        |name: &str| lines[0].get(name).or_else(|| lines[0]["fields"].get(name)).cloned().unwrap_or_default();
    assert_eq!((told("status"), told("rows"), told("pseudonyms")), (json!("done"), json!(1), json!(1)));
    assert_eq!((told("extension"), told("destination")), (json!("csv.gz"), json!(deployed.output)));
    // What an operator sees besides.
    let health = Call::get("/").header("x-psoxy-health-check", "1");
    let reply = Front::FunctionUrl.ask(&deployed.function, health).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["configuredSource"]), (200, &json!("files")));
    let reply = Front::FunctionUrl.ask(&deployed.function, Call::get("/v2/users")).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (404, &json!("files-only")));
}

#[tokio::test]
async fn an_event_that_comes_again_finds_its_work_done() {
    let deployed = Deployed::with(&[]).await;
    deployed.file("people.csv", PEOPLE).await;
    for puts in [1, 1] {
        assert_eq!(deployed.tell(&["people.csv"]).await, Ok(json!({"sanitized": 1, "skipped": 0})));
        assert_eq!(deployed.aws.count("S3.PutObject"), puts);
    }
    deployed.file("people.csv", &PEOPLE.replace("Press", "Pears")).await;
    deployed.tell(&["people.csv", "people.csv"]).await.unwrap();
    assert_eq!(deployed.aws.count("S3.PutObject"), 2, "another content");
}

#[tokio::test]
async fn its_own_outputs_and_other_buckets_are_left_alone() {
    let deployed = Deployed::with(&[]).await;
    let own = [("x-amz-meta-psoxy-instance-id", "vizard-people")];
    deployed.moto.put_object_as(&deployed.input, "own.csv", PEOPLE, &own).await;
    assert_eq!(deployed.tell(&["own.csv"]).await, Ok(json!({"sanitized": 0, "skipped": 1})));
    deployed.moto.put_object(&deployed.other, "a.csv", PEOPLE).await;
    let told = deployed.function.invoke(event(&deployed.other, &["a.csv"])).await;
    assert_eq!(told, failed("bucket-not-input", "1 of 1 files are not sanitized; see the log"));
    assert_eq!(deployed.moto.keys(&deployed.output).await, Vec::<String>::new());
    let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": deployed.input});
    assert_eq!(deployed.function.invoke(test).await, Ok(json!({"sanitized": 0, "skipped": 0})));
    let mut removed = event(&deployed.input, &["own.csv"]);
    removed["Records"][0]["eventName"] = json!("ObjectRemoved:Delete");
    assert_eq!(deployed.function.invoke(removed).await, Ok(json!({"sanitized": 0, "skipped": 1})));
    let mut broken = event(&deployed.input, &["own.csv"]);
    broken["Records"][0]["s3"]["object"]["key"] = json!("%FF");
    assert!(matches!(
        deployed.function.invoke(broken).await,
        Err(Failure::Reported { kind, .. }) if kind == "event-not-understood"
    ));
}

#[tokio::test]
async fn what_fails_leaves_neither_an_object_nor_parts_of_one() {
    let by_path = format!("fileRules:\n  /people.csv:\n    {}", RULES.trim_end().replace('\n', "\n    "));
    let deployed = Deployed::with(&[("RULES", &by_path), ("COMPRESS_OUTPUT_ALWAYS", "false")]).await;
    let large = format!("email,team,note\n{}", "nora@lumen-orchard.example,Press,tea\n".repeat(300_000));
    deployed.file("other.csv", PEOPLE).await;
    let slow = Duration::from_secs(60);
    for (case, kind) in [
        ("no rules", "no-rules"),
        ("gone", "file-absent"),
        ("without the column", "column-missing"),
        ("denied", "bucket-denied"),
        ("denied halfway", "bucket-denied"),
        ("broken off", "bucket-unavailable"),
        ("too slow", "out-of-time"),
    ] {
        deployed.file("people.csv", &large).await;
        let (mut key, mut timeout) = ("people.csv", Duration::from_secs(280));
        match case {
            "no rules" => key = "other.csv",
            "gone" => key = "gone.csv",
            "without the column" => deployed.file("people.csv", "mail,team,note\na,b,c\n").await,
            "denied" => deployed.aws.plan("S3.CreateMultipartUpload", u32::MAX, Fault::AccessDenied),
            "denied halfway" => {
                deployed.aws.plan("S3.UploadPart", 1, Fault::Slow(Duration::ZERO));
                deployed.aws.plan("S3.UploadPart", u32::MAX, Fault::AccessDenied);
            }
            "broken off" => deployed.aws.plan("S3.GetObject", u32::MAX, Fault::Short(0)),
            _ => {
                deployed.aws.plan("S3.UploadPart", u32::MAX, Fault::Slow(slow));
                timeout = Duration::from_secs(20);
            }
        }
        let told = deployed.function.invoke_with_deadline(event(&deployed.input, &[key]), timeout).await;
        deployed.aws.clear();
        assert_eq!(told, failed(kind, "1 of 1 files are not sanitized; see the log"), "{case}");
        deployed.assert_nothing_is_there().await;
    }
    // The next one is none the worse for it.
    deployed.file("people.csv", PEOPLE).await;
    assert_eq!(deployed.tell(&["people.csv"]).await, Ok(json!({"sanitized": 1, "skipped": 0})));
}

#[tokio::test]
async fn other_outputs_and_rows_set_aside_have_buckets_of_their_own() {
    let additional = "- {destinationBucketName: OTHER, pathWithinBucket: lookup/, compressOutput: false, \
                      rules: {columnsToInclude: [team]}}";
    let aside = format!("bulk-aside-{}", number());
    Moto::start().await.create_bucket(&aside).await;
    let deployed = Deployed::with(&[
        ("ADDITIONAL_TRANSFORMS", additional),
        ("VIZARD_BULK_BAD_ROWS", "quarantine"),
        ("VIZARD_BULK_QUARANTINE_BUCKET", &aside),
        ("VIZARD_BULK_KEEP_ORDER", "true"),
    ])
    .await;
    deployed.file("people.csv", &format!("{PEOPLE}short\n{}", &PEOPLE[16..])).await;
    assert_eq!(deployed.tell(&["people.csv"]).await, Ok(json!({"sanitized": 1, "skipped": 0})));
    let object = deployed.moto.object(&deployed.output, "people.csv").await.unwrap();
    assert_eq!(content(&object).lines().count(), 3);
    let lookup = deployed.moto.object(&deployed.other, "lookup/people.csv").await.unwrap();
    assert_eq!((lookup.text().as_str(), lookup.header("content-encoding")), ("team\nPress\nPress\n", ""));
    let keys = deployed.moto.keys(&aside).await;
    assert_eq!(keys.len(), 2, "one for each output: {keys:?}");
    let rows = deployed.moto.object(&aside, &keys[0]).await.unwrap();
    assert!(rows.text().contains("\"row\":\"short\""), "{}", rows.text());
    assert!(!deployed.function.stdout().contains("short"));
}

#[tokio::test]
async fn records_become_records_of_another_format() {
    let rules = "format: NDJSON\ntransforms:\n- pseudonymize: $.email\n- redact: $.note\n";
    let deployed = Deployed::with(&[("RULES", rules), ("BULK_OUTPUT_FORMAT", "json_array")]).await;
    let lines = "{\"email\":\"nora@lumen-orchard.example\",\"note\":\"tea\"}\n{\"email\":null}\n";
    deployed.file("people.ndjson", lines).await;
    assert_eq!(deployed.tell(&["people.ndjson"]).await, Ok(json!({"sanitized": 1, "skipped": 0})));
    let object = deployed.moto.object(&deployed.output, "people.ndjson").await.unwrap();
    assert_eq!(
        (object.header("content-type"), object.header("content-encoding")),
        ("application/json", "gzip")
    );
    let records: Value = serde_json::from_str(&content(&object)).unwrap();
    let expected = json!([{"email": token("nora@lumen-orchard.example"), "note": null}, {"email": null}]);
    assert_eq!(records, expected);
}

/// Of the whole process, the SDK and its buffers included.
const MOST: u64 = 150 << 20;

#[tokio::test]
async fn a_large_file_takes_no_more_memory_than_a_small_one() {
    let deployed =
        Deployed::with(&[("COMPRESS_OUTPUT_ALWAYS", "false"), ("VIZARD_BULK_KEEP_ORDER", "true")]).await;
    let mut text = String::from("id,email,team,note\n");
    let mut number = 0_u64;
    while text.len() < 60 << 20 {
        writeln!(
            text,
            "{number},p{}@lumen-orchard.example,Team {},\"a note, {number}\"",
            number % 5_000,
            number % 17
        )
        .unwrap();
        number += 1;
    }
    deployed.file("people.csv", &text).await;
    let began = Instant::now();
    assert_eq!(deployed.tell(&["people.csv"]).await, Ok(json!({"sanitized": 1, "skipped": 0})));
    let (peak, took) = (deployed.function.memory_peak_bytes(), began.elapsed());
    println!("{} MiB: {} MiB at most, {took:?}", text.len() >> 20, peak >> 20);
    assert!(peak < MOST, "{peak}");
    assert!(deployed.aws.count("S3.UploadPart") > 5);
    let object = deployed.moto.object(&deployed.output, "people.csv").await.unwrap();
    let output = object.text();
    assert_eq!(output.lines().count() as u64, number + 1);
    for row in [0, 1, number / 2, number - 1] {
        let line = output.lines().nth(usize::try_from(row).unwrap() + 1).unwrap();
        let expected =
            format!("{row},{},Team {}", token(&format!("p{}@lumen-orchard.example", row % 5_000)), row % 17);
        assert_eq!(line, expected);
    }
}

#[tokio::test]
async fn what_is_not_configured_says_all_of_it_and_is_tried_again() {
    let wrong = [("RULES", "columnsToPseudonymise: [email]"), ("BULK_OUTPUT_FORMAT", "xml")];
    let deployed = Deployed::with(&wrong).await;
    deployed.file("people.csv", PEOPLE).await;
    let told = deployed.tell(&["people.csv"]).await;
    assert_eq!(told, failed("files-not-ready", "this function is not configured for files"));
    let log = deployed.function.stdout();
    for part in ["BULK_OUTPUT_FORMAT", "columnsToPseudonymise"] {
        assert!(log.contains(part), "{part}: {log}");
    }
    let health = Call::get("/").header("x-psoxy-health-check", "1");
    assert_eq!(Front::FunctionUrl.ask(&deployed.function, health).await.status, 412);
    deployed.assert_nothing_is_there().await;
}

#[tokio::test]
async fn a_function_without_files_refuses_their_events() {
    let program = tokio::task::spawn_blocking(bootstrap).await.unwrap();
    let moto = Moto::start().await;
    let settings = [("SOURCE", "zoom"), ("AWS_ENDPOINT_URL", moto.url())];
    let function = Function::on(Platform::default(), &program, &settings);
    let told = function.invoke(event("bulk-input", &["people.csv"])).await;
    assert!(matches!(told, Err(Failure::Reported { kind, .. }) if kind == "files-not-built"));
    assert!(!function.stdout().contains("people"));
}
