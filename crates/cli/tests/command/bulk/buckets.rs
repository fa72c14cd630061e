//! Files in buckets: S3 is moto and Cloud Storage a fake, both on loopback.

use serde_json::json;
use tokio::runtime::Runtime;
use vizard_tests::google::{Google, PROJECT};
use vizard_tests::moto::faults::Fault;
use vizard_tests::moto::{Moto, REGION};

use super::{CSV, Desk, RULES, SANITIZED, done, gzip, rows};
use crate::run::{Ended, Run};

struct OnAws {
    runtime: Runtime,
    aws: &'static Moto,
}

impl OnAws {
    fn new(buckets: &[&str]) -> OnAws {
        let runtime = Runtime::new().unwrap();
        let aws = runtime.block_on(Moto::start());
        buckets.iter().for_each(|bucket| runtime.block_on(aws.create_bucket(bucket)));
        OnAws { runtime, aws }
    }

    fn at(url: &str, run: Run) -> Ended {
        run.with(&[
            ("AWS_ENDPOINT_URL", url),
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "AKIATESTHARNESS"),
            ("AWS_SECRET_ACCESS_KEY", "of-nobody"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ])
        .run()
    }

    fn run(&self, run: Run) -> Ended {
        OnAws::at(self.aws.url(), run)
    }

    fn put(&self, bucket: &str, key: &str, content: impl Into<bytes::Bytes>, headers: &[(&str, &str)]) {
        self.runtime.block_on(self.aws.put_object_as(bucket, key, content, headers));
    }

    fn keys(&self, bucket: &str) -> Vec<String> {
        self.runtime.block_on(self.aws.keys(bucket))
    }

    fn unfinished(&self, bucket: &str) -> usize {
        self.runtime.block_on(self.aws.unfinished_uploads(bucket))
    }
}

#[test]
fn objects_of_s3_become_objects_or_files_and_files_objects() {
    let on_aws = OnAws::new(&["bulk-cli-in", "bulk-cli-out"]);
    on_aws.put("bulk-cli-in", "week/people.csv", CSV, &[("content-type", "text/csv")]);
    on_aws.put("bulk-cli-in", "week/b/more.csv.gz", gzip(CSV), &[("content-encoding", "gzip")]);
    on_aws.put("bulk-cli-in", "week/.hidden.csv", CSV, &[]);
    on_aws.put("bulk-cli-in", "other.csv", CSV, &[]);
    let desk = Desk::new(RULES);

    let ended = on_aws.run(desk.bulk(&["s3://bulk-cli-in/week/", "-o", "s3://bulk-cli-out/clean/"]));
    done(&ended);
    assert_eq!(on_aws.keys("bulk-cli-out"), ["clean/b/more.csv.gz", "clean/people.csv"]);
    let object = |key: &str| on_aws.runtime.block_on(on_aws.aws.object("bulk-cli-out", key)).unwrap();
    let people = object("clean/people.csv");
    assert_eq!(people.text(), SANITIZED);
    let header = |name: &str| people.headers.get(name).map(|it| it.to_str().unwrap().to_owned());
    assert_eq!(header("content-type").as_deref(), Some("text/csv"));
    assert_eq!(
        header("x-amz-meta-psoxy-original-object-key").as_deref(),
        Some("bulk-cli-in/week/people.csv")
    );
    let salt = "pRwka918R7CEI6El1noIhIMJzqBGYUvvqXYHyMvxl2Y";
    assert_eq!(header("x-amz-meta-psoxy-salt-sha").as_deref(), Some(salt));
    assert_eq!(header("x-amz-meta-psoxy-instance-id"), None);
    let more = object("clean/b/more.csv.gz");
    assert_eq!(more.headers.get("content-encoding").unwrap(), "gzip");
    assert_eq!(more.body[..2], [0x1f, 0x8b]);

    done(&on_aws.run(desk.bulk(&["s3://bulk-cli-in/week/people.csv", "-o", "@people.csv"])));
    assert_eq!(desk.read("people.csv"), SANITIZED);
    done(&on_aws.run(desk.bulk(&["s3://bulk-cli-in/", "-o", "@all"])));
    assert_eq!(desk.names("all"), ["other.csv", "week/b/more.csv.gz", "week/people.csv"]);
    done(&on_aws.run(desk.bulk(&["-", "-o", "s3://bulk-cli-out/from stdin.csv"]).input(CSV)));
    assert_eq!(object("from stdin.csv").text(), SANITIZED);
}

#[test]
fn what_goes_wrong_in_s3_leaves_no_object_and_no_parts() {
    let on_aws = OnAws::new(&["bulk-cli-bad-in", "bulk-cli-bad-out"]);
    let desk = Desk::new(RULES);
    desk.put("large.csv", rows(400_000));
    on_aws.put("bulk-cli-bad-in", "short.csv", "id,email,phone\nmirela\n", &[]);
    let front = on_aws.runtime.block_on(on_aws.aws.through_faults());
    let out = "s3://bulk-cli-bad-out/";
    let cases: [(&[&str], Option<&str>, i32, &str); 6] = [
        (&["s3://bulk-cli-bad-in/short.csv", "-o", out], None, 65, "line 2"),
        (&["s3://bulk-cli-bad-in/none.csv", "-o", out], None, 66, "there is no such bucket or file"),
        (&["s3://bulk-cli-nowhere/", "-o", out], None, 66, "there is no such bucket or file"),
        (&["@large.csv", "-o", "s3://bulk-cli-nowhere/"], None, 74, "there is no such bucket or file"),
        (&["@large.csv", "-o", out], Some("S3.UploadPart"), 74, "access is denied"),
        (&["s3://bulk-cli-bad-in/short.csv", "-o", out], Some("S3.GetObject"), 66, "access is denied"),
    ];
    for (arguments, denied, code, words) in cases {
        if let Some(operation) = denied {
            front.plan(operation, u32::MAX, Fault::AccessDenied);
        }
        let ended = OnAws::at(front.url(), desk.bulk(arguments));
        front.clear();
        assert_eq!(ended.code, code, "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(words), "{arguments:?}: {}", ended.stderr);
        assert!(!ended.stderr.contains("mirela"), "{}", ended.stderr);
        assert_eq!(on_aws.keys("bulk-cli-bad-out"), Vec::<String>::new(), "{arguments:?}");
        assert_eq!(on_aws.unfinished("bulk-cli-bad-out"), 0, "{arguments:?}");
    }
    done(&OnAws::at(front.url(), desk.bulk(&["@large.csv", "-o", out])));
    assert_eq!(on_aws.keys("bulk-cli-bad-out"), ["large.csv"]);
    assert!(front.count("S3.UploadPart") > 1);
}

#[test]
fn objects_of_cloud_storage_become_objects_and_files() {
    let runtime = Runtime::new().unwrap();
    let google = runtime.block_on(Google::start());
    google.create_bucket("lumen_in");
    google.create_bucket("lumen_out");
    google.put_object("lumen_in", "week/people.csv", CSV);
    let typed = json!({"contentType": "application/x-ndjson", "contentEncoding": "gzip"});
    google.put_object_as("lumen_in", "week/more.csv.gz", gzip(CSV), &typed);
    google.put_object("lumen_in", "bad.csv", "id,email,phone\nmirela\n");
    let desk = Desk::new(RULES);
    let run = |arguments: &[&str]| {
        let metadata = google.metadata_host();
        desk.bulk(arguments)
            .with(&[
                ("GOOGLE_CLOUD_PROJECT", PROJECT),
                ("VIZARD_GOOGLE_ENDPOINT", google.url()),
                ("GCE_METADATA_HOST", &metadata),
            ])
            .run()
    };
    done(&run(&["gs://lumen_in/week/", "-o", "gs://lumen_out/clean/"]));
    assert_eq!(google.keys("lumen_out"), ["clean/more.csv.gz", "clean/people.csv"]);
    let people = google.object("lumen_out", "clean/people.csv").unwrap();
    assert_eq!(people.text(), SANITIZED);
    assert_eq!(people.metadata["psoxy-original-object-key"], "lumen_in/week/people.csv");
    let more = google.object("lumen_out", "clean/more.csv.gz").unwrap();
    assert_eq!((more.text().as_str(), more.content_encoding.as_str()), (SANITIZED, "gzip"));
    done(&run(&["gs://lumen_in/week/people.csv", "-o", "@people.csv"]));
    assert_eq!(desk.read("people.csv"), SANITIZED);

    let ended = run(&["gs://lumen_in/bad.csv", "-o", "gs://lumen_out/"]);
    assert_eq!(ended.code, 65, "{}", ended.stderr);
    google.revoke_all();
    let ended = run(&["gs://lumen_in/week/people.csv", "-o", "gs://lumen_out/"]);
    assert_eq!(ended.code, 66, "{}", ended.stderr);
    assert!(ended.stderr.contains("access is denied"), "{}", ended.stderr);
    assert_eq!((google.keys("lumen_out").len(), google.unfinished_uploads()), (2, 0));
}
