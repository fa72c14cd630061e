//! S3: objects as they are stored, and what is said when they are not.

use tokio::task::JoinSet;
use vizard_proxy::ports::{Destinations, Object, OutputError};
use vizard_tests::moto::Moto;
use vizard_tests::moto::faults::Fault;
use vizard_tests::wire::gzip;

use crate::account::{self, number};

const PUT: &str = "S3.PutObject";

fn object(text: &str) -> Object {
    let metadata = [
        ("Rules-SHA", "0123456789abcdef"),
        ("QUERY_STRING", "a=1 2&b=\"3\"; c"),
        ("accept-language", "en,de"),
    ];
    Object {
        body: gzip(text.as_bytes()).into(),
        content_type: "application/json".to_owned(),
        metadata: metadata.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
    }
}

#[tokio::test]
async fn an_object_is_stored_with_all_that_belongs_to_it() {
    let (moto, bucket) = (Moto::start().await, format!("buckets-{}", number()));
    moto.create_bucket(&bucket).await;
    let buckets = account::at(moto.url()).await.buckets();
    let long = "{\"a\":\"é\"}".repeat(30_000);
    for (uri, key) in [
        (format!("s3://{bucket}"), "20260301/a-1"),
        (format!("s3://{bucket}/zoom"), "zoom/20260301/a-1"),
        (format!("s3://{bucket}/zoom/v=2/"), "zoom/v=2/20260301/a-1"),
    ] {
        let store = buckets.open(&uri).unwrap();
        assert_eq!(store.location("20260301/a-1"), format!("s3://{bucket}/{key}"));
        for text in ["first", &long] {
            store.put("20260301/a-1", object(text)).await.unwrap();
            let stored = moto.object(&bucket, key).await.unwrap();
            assert_eq!(stored.text(), text, "{uri}");
            let told = [
                ("content-type", "application/json"),
                ("content-encoding", "gzip"),
                ("x-amz-meta-rules-sha", "0123456789abcdef"),
                ("x-amz-meta-query_string", "a=1 2&b=\"3\"; c"),
                ("x-amz-meta-accept-language", "en,de"),
            ];
            for (name, value) in told {
                assert_eq!(stored.all(name), [value], "{uri}");
            }
        }
    }
    let expected = ["20260301/a-1", "zoom/20260301/a-1", "zoom/v=2/20260301/a-1"];
    assert_eq!(moto.keys(&bucket).await, expected);
}

#[tokio::test]
async fn what_cannot_be_put_says_why() {
    let (moto, n) = (Moto::start().await, number());
    let bucket = format!("failing-{n}");
    moto.create_bucket(&bucket).await;
    let mut running = JoinSet::new();
    for (fault, expected, attempts) in [
        (Fault::AccessDenied, OutputError::Denied, 1),
        (Fault::Error(403, "SignatureDoesNotMatch"), OutputError::Denied, 1),
        (Fault::Error(404, "NoSuchBucket"), OutputError::Absent, 1),
        (Fault::Error(400, "EntityTooLarge"), OutputError::TooLarge, 1),
        (Fault::Error(400, "MetadataTooLarge"), OutputError::TooLarge, 1),
        (Fault::Throttled, OutputError::Unavailable, 4),
        (Fault::Internal, OutputError::Unavailable, 4),
        (Fault::Cut, OutputError::Unavailable, 4),
    ] {
        let bucket = bucket.clone();
        running.spawn(async move {
            let front = moto.through_faults().await;
            front.plan(PUT, u32::MAX, fault.clone());
            let store = account::at(front.url()).await.buckets().open(&format!("s3://{bucket}")).unwrap();
            assert_eq!(store.put("20260301/a", object("x")).await, Err(expected), "{fault:?}");
            assert_eq!(front.count(PUT), attempts, "{fault:?}");
        });
    }
    running.join_all().await;
    assert_eq!(moto.keys(&bucket).await, Vec::<String>::new());
    let buckets = account::at(moto.url()).await.buckets();
    let nowhere = buckets.open(&format!("s3://nowhere-{n}")).unwrap();
    assert_eq!(nowhere.put("20260301/a", object("x")).await, Err(OutputError::Absent));
    // A moment of trouble, and an answer that was lost.
    let front = moto.through_faults().await;
    front.plan(PUT, 1, Fault::Throttled);
    front.plan(PUT, 1, Fault::CutAfter);
    let store = account::at(front.url()).await.buckets().open(&format!("s3://{bucket}")).unwrap();
    assert_eq!(store.put("20260301/a", object("x")).await, Ok(()));
    assert_eq!(moto.keys(&bucket).await, ["20260301/a"]);
}
