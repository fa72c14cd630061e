//! Files through the server: an event of Eventarc in, a sanitized object out, or nothing at all.

use std::fmt::Write as _;
use std::io::Read as _;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use vizard_tests::google::Google;
use vizard_tests::google::faults::Fault;
use vizard_tests::google::iam::Role;
use vizard_tests::google::status::Code;
use vizard_tests::keys;
use vizard_tests::wire::{Reply, gzip};

use crate::program::Program;

const RULES: &str =
    "pseudonymFormat: URL_SAFE_TOKEN\ncolumnsToPseudonymize: [email]\ncolumnsToRedact: [note]\n";
const PEOPLE: &str = "email,team,note\nnora@lumen-orchard.example,Press,likes tea\n";

/// A server for files, with no more rights than it needs.
struct Deployed {
    google: Google,
    program: Program,
}

async fn launch(google: &Google, settings: &[(&str, &str)]) -> Result<Program, String> {
    for bucket in ["input", "sanitized", "other", "aside"] {
        google.create_bucket(bucket);
    }
    google.put_secret("vizard_shared_PSOXY_SALT", keys::SALT);
    google.revoke_all();
    google.grant(Role::SecretAccessor, Some(&Google::secret_name("vizard_shared_PSOXY_SALT")));
    google.grant(Role::ObjectViewer, Some(&Google::bucket_name("input")));
    for bucket in ["sanitized", "other"] {
        google.grant(Role::ObjectWriter, Some(&Google::bucket_name(bucket)));
        google.grant(Role::ObjectViewer, Some(&Google::bucket_name(bucket)));
    }
    google.grant(Role::ObjectWriter, Some(&Google::bucket_name("aside")));
    let host = google.metadata_host();
    let usual = [
        ("K_SERVICE", "vizard-people"),
        ("VIZARD_CALLER_AUTH", "platform"),
        ("PORT", "0"),
        ("VIZARD_BIND", "127.0.0.1"),
        ("VIZARD_GOOGLE_ENDPOINT", google.url()),
        ("GCE_METADATA_HOST", &host),
        ("PATH_TO_SHARED_CONFIG", "vizard_shared_"),
        ("VIZARD_SECRET_NAMES", "vizard_shared_PSOXY_SALT"),
        ("OUTPUT_BUCKET", "sanitized"),
        ("INPUT_BUCKET", "input"),
        ("RULES", RULES),
    ];
    let settings = usual.iter().chain(settings);
    let mut settings: std::collections::BTreeMap<String, String> =
        settings.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    settings.retain(|_, value| !value.is_empty());
    Program::start(settings).await
}

impl Deployed {
    async fn with(settings: &[(&str, &str)]) -> Deployed {
        let google = Google::start().await;
        let program = launch(&google, settings).await.unwrap_or_else(|said| panic!("it ended: {said}"));
        Deployed { google, program }
    }

    fn file(&self, key: &str, content: impl Into<Bytes>) {
        self.google.put_object_as("input", key, content, &json!({"contentType": "text/csv"}));
    }

    /// Pushes an event as Eventarc does.
    async fn tell_of(&self, bucket: &str, key: &str, kind: &str) -> Reply {
        let generation = self.google.object(bucket, key).map_or(1, |it| it.generation);
        let object = json!({
            "kind": "storage#object", "bucket": bucket, "name": key, "generation": generation.to_string(),
            "metageneration": "1", "size": "1", "contentType": "text/csv"
        });
        let request = Request::post("/.vizard/events")
            .header("content-type", "application/json")
            .header("ce-specversion", "1.0")
            .header("ce-id", "1234")
            .header("ce-type", format!("google.cloud.storage.object.v1.{kind}"))
            .header("ce-source", format!("//storage.googleapis.com/projects/_/buckets/{bucket}"))
            .header("ce-subject", "objects/x");
        self.program.send(request.body(object.to_string().into()).unwrap()).await
    }

    async fn tell(&self, key: &str) -> u16 {
        self.tell_of("input", key, "finalized").await.status.as_u16()
    }

    fn content(&self, bucket: &str, key: &str) -> String {
        let stored = self.google.object(bucket, key).unwrap();
        let mut text = String::new();
        match stored.content_encoding.as_str() {
            "gzip" => flate2::read::GzDecoder::new(&stored.body[..]).read_to_string(&mut text).unwrap(),
            _ => (&stored.body[..]).read_to_string(&mut text).unwrap(),
        };
        text
    }

    /// Waits for so many lines about files: they are written before the answer, and read after it.
    async fn lines_with(&self, name: &str, value: &str, number: usize) {
        let is_it =
            |line: &Value| line["target"] == "audit" && line["message"] == "file" && line[name] == value;
        for _ in 0..250 {
            let log = self.program.log();
            let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            if lines.filter(is_it).count() == number {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{name} {value}: {}", self.program.log());
    }
}

fn token(email: &str) -> String {
    keys::of(keys::SALT, "").token(email, vizard_pseudonym::Kind::Hash).unwrap()
}

#[tokio::test]
async fn a_file_is_sanitized_and_says_of_what_it_was_made() {
    let deployed = Deployed::with(&[("INPUT_BASE_PATH", "in/"), ("OUTPUT_BASE_PATH", "sanitized/")]).await;
    let zipped = json!({"contentType": "text/csv", "contentEncoding": "gzip"});
    deployed.google.put_object_as("input", "in/people.csv.gz", gzip(PEOPLE.as_bytes()), &zipped);
    deployed.file("in/Bericht März 1+1%.csv", PEOPLE);
    let token = token("nora@lumen-orchard.example");
    for name in ["people.csv.gz", "Bericht März 1+1%.csv"] {
        assert_eq!(deployed.tell(&format!("in/{name}")).await, 204, "{}", deployed.program.log());
        let key = format!("sanitized/{name}");
        assert_eq!(deployed.content("sanitized", &key), format!("email,team\n{token},Press\n"));
        let stored = deployed.google.object("sanitized", &key).unwrap();
        assert_eq!((stored.content_type.as_str(), stored.content_encoding.as_str()), ("text/csv", "gzip"));
        let source = deployed.google.object("input", &format!("in/{name}")).unwrap();
        let metadata = &stored.metadata;
        for (name, value) in [
            ("psoxy-instance-id", "vizard-people"),
            ("psoxy-original-object-key", &format!("input/in/{}", name.replace('ä', "%C3%A4"))),
            ("psoxy-rules-sha", "834364c8fcd68bef2c9cb32e7d2f837725179763"),
            ("psoxy-salt-sha", "pRwka918R7CEI6El1noIhIMJzqBGYUvvqXYHyMvxl2Y"),
            ("psoxy-version", concat!("v", env!("CARGO_PKG_VERSION"))),
            ("vizard-source-version", &source.generation.to_string()),
        ] {
            assert_eq!(metadata[name], value, "{name}");
        }
        assert_eq!(metadata.len(), 7);
        // The same event once more.
        assert_eq!(deployed.tell(&format!("in/{name}")).await, 204);
        assert_eq!(deployed.google.object("sanitized", &key).unwrap().generation, stored.generation);
    }
    deployed.lines_with("status", "done", 2).await;
    deployed.lines_with("status", "already-done", 2).await;
    deployed.lines_with("extension", "csv.gz", 2).await;
    let log = deployed.program.log();
    for name in ["nora", "Bericht", "people.csv", "likes tea", &token] {
        assert!(!log.contains(name), "{name}");
    }
    // What an operator sees besides.
    let ask = |path: &str| Request::get(path).header("x-forwarded-proto", "https");
    let health = ask("/").header("x-psoxy-health-check", "1").body(Bytes::new()).unwrap();
    let reply = deployed.program.send(health).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["configuredSource"]), (200, &json!("files")));
    let reply = deployed.program.send(ask("/v2/users").body(Bytes::new()).unwrap()).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (404, &json!("files-only")));
}

#[tokio::test]
async fn what_passes_comes_again_and_what_does_not_is_done_with() {
    let deployed = Deployed::with(&[]).await;
    deployed.file("people.csv", PEOPLE);
    // For good.
    deployed.file("other.csv", "mail,team,note\na,b,c\n");
    assert_eq!(deployed.tell("other.csv").await, 204);
    deployed.lines_with("code", "column-missing", 1).await;
    assert!(deployed.program.log().contains("\"ERROR\""), "somebody is told");
    assert_eq!(deployed.tell_of("other", "people.csv", "finalized").await.status, 204);
    deployed.lines_with("code", "bucket-not-input", 1).await;
    assert_eq!(deployed.tell("gone.csv").await, 204);
    deployed.lines_with("code", "file-absent", 1).await;
    // For now.
    deployed.google.plan("Storage.GetMedia", u32::MAX, Fault::Short(3));
    let reply = deployed.tell_of("input", "people.csv", "finalized").await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (503, &json!("file-unfinished")));
    deployed.lines_with("code", "bucket-unavailable", 1).await;
    deployed.google.clear();
    // What is no new file.
    for kind in ["deleted", "archived", "metadataUpdated"] {
        assert_eq!(deployed.tell_of("input", "people.csv", kind).await.status, 204);
    }
    let own = json!({"metadata": {"psoxy-instance-id": "vizard-people"}});
    deployed.google.put_object_as("input", "own.csv", PEOPLE, &own);
    assert_eq!(deployed.tell("own.csv").await, 204);
    assert_eq!(deployed.google.keys("sanitized"), Vec::<String>::new());
    assert_eq!(deployed.tell("people.csv").await, 204);
    assert_eq!(deployed.google.keys("sanitized"), ["people.csv"]);
}

#[tokio::test]
async fn an_output_that_is_denied_halfway_is_never_seen() {
    let deployed = Deployed::with(&[("COMPRESS_OUTPUT_ALWAYS", "false")]).await;
    let large = format!("email,team,note\n{}", "nora@lumen-orchard.example,Press,tea\n".repeat(400_000));
    deployed.file("people.csv", large);
    deployed.google.plan("Storage.ContinueUpload", 1, Fault::Slow(Duration::ZERO));
    deployed.google.plan("Storage.ContinueUpload", u32::MAX, Fault::Error(Code::PermissionDenied));
    assert_eq!(deployed.tell("people.csv").await, 204);
    deployed.lines_with("code", "bucket-denied", 1).await;
    assert_eq!(deployed.google.keys("sanitized"), Vec::<String>::new());
    deployed.google.clear();
    assert_eq!(deployed.tell("people.csv").await, 204);
    assert_eq!(deployed.content("sanitized", "people.csv").lines().count(), 400_001);
}

#[tokio::test]
async fn other_outputs_and_rows_set_aside_have_buckets_of_their_own() {
    let additional =
        "- {destinationBucketName: other, pathWithinBucket: lookup/, rules: {columnsToInclude: [team]}}";
    let deployed = Deployed::with(&[
        ("ADDITIONAL_TRANSFORMS", additional),
        ("VIZARD_BULK_BAD_ROWS", "quarantine"),
        ("VIZARD_BULK_QUARANTINE_BUCKET", "aside"),
        ("COMPRESS_OUTPUT_ALWAYS", "false"),
    ])
    .await;
    deployed.file("people.csv", format!("{PEOPLE}short\n"));
    assert_eq!(deployed.tell("people.csv").await, 204);
    assert_eq!(deployed.content("other", "lookup/people.csv"), "team\nPress\n");
    let keys = ["other/lookup/people.csv.rejected.ndjson", "sanitized/people.csv.rejected.ndjson"];
    assert_eq!(deployed.google.keys("aside"), keys);
    assert!(deployed.content("aside", keys[1]).contains("\"row\":\"short\""));
    assert!(!deployed.program.log().contains("short"));
}

#[tokio::test]
async fn a_large_file_takes_no_more_memory_than_a_small_one() {
    let deployed =
        Deployed::with(&[("COMPRESS_OUTPUT_ALWAYS", "false"), ("VIZARD_BULK_KEEP_ORDER", "true")]).await;
    let mut text = String::from("id,email,team,note\n");
    let mut number = 0_u64;
    while text.len() < 60 << 20 {
        let person = number % 5_000;
        writeln!(text, "{number},p{person}@lumen-orchard.example,Press,\"a note, {number}\"").unwrap();
        number += 1;
    }
    deployed.file("people.csv", text);
    assert_eq!(deployed.tell("people.csv").await, 204);
    let peak = deployed.program.memory_peak_bytes();
    println!("{} MiB at most", peak >> 20);
    assert!(peak < 150 << 20, "{peak}");
    let output = deployed.content("sanitized", "people.csv");
    assert_eq!(output.lines().count() as u64, number + 1);
    let last = format!(
        "{},{},Press",
        number - 1,
        token(&format!("p{}@lumen-orchard.example", (number - 1) % 5_000))
    );
    assert_eq!(output.lines().last(), Some(&*last));
}

#[tokio::test]
async fn all_that_is_wrong_is_told_before_it_listens() {
    let google = Google::start().await;
    let wrong = [
        ("RULES", "columnsToPseudonymise: [email]"),
        ("BULK_OUTPUT_FORMAT", "xml"),
        ("OUTPUT_BUCKET", "input"),
        ("VIZARD_RULES_SHA256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ];
    let said = launch(&google, &wrong).await.unwrap_err();
    for part in ["columnsToPseudonymise", "BULK_OUTPUT_FORMAT", "OUTPUT_BUCKET", "VIZARD_RULES_SHA256"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
