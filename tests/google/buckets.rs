//! Cloud Storage: objects as they are stored, and what is said when they are not.

use tokio::task::JoinSet;
use vizard_proxy::ports::{Destinations as _, Object, OutputError};
use vizard_tests::google::Google;
use vizard_tests::google::faults::Fault;
use vizard_tests::google::iam::Role;
use vizard_tests::google::status::Code;
use vizard_tests::wire::gzip;

use crate::project;

const PUT: &str = "Storage.InsertObject";

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
    let google = Google::start().await;
    google.create_bucket("answers");
    google.revoke_all();
    google.grant(Role::ObjectWriter, Some(&Google::bucket_name("answers")));
    let buckets = project::of(&google).await.buckets();
    let long = "{\"a\":\"é\"}".repeat(30_000);
    for (uri, key) in [
        ("gs://answers", "20260301/a-1"),
        ("gs://answers/zoom", "zoom/20260301/a-1"),
        ("gs://answers/zoom/v=2/", "zoom/v=2/20260301/a-1"),
    ] {
        let store = buckets.open(uri).unwrap();
        assert_eq!(store.location("20260301/a-1"), format!("gs://answers/{key}"));
        for text in ["first", &long] {
            store.put("20260301/a-1", object(text)).await.unwrap();
            let stored = google.object("answers", key).unwrap();
            assert_eq!(stored.text(), text, "{uri}");
            assert_eq!(
                (stored.content_type.as_str(), stored.content_encoding.as_str()),
                ("application/json", "gzip")
            );
            let metadata: Vec<_> = stored.metadata.iter().map(|(name, value)| (&**name, &**value)).collect();
            let expected = [
                ("QUERY_STRING", "a=1 2&b=\"3\"; c"),
                ("Rules-SHA", "0123456789abcdef"),
                ("accept-language", "en,de"),
            ];
            assert_eq!(metadata, expected, "{uri}");
        }
    }
    assert_eq!(google.keys("answers"), ["20260301/a-1", "zoom/20260301/a-1", "zoom/v=2/20260301/a-1"]);
    for uri in ["s3://answers", "gs://", "answers", "gs:///zoom"] {
        assert!(buckets.open(uri).is_err(), "{uri}");
    }
}

/// Noise does not compress: beyond what goes in one call.
#[tokio::test]
async fn a_large_object_is_stored_whole() {
    let google = Google::start().await;
    google.create_bucket("answers");
    let store = project::of(&google).await.buckets().open("gs://answers").unwrap();
    let mut state = 7_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as u8
    })
    .take(20 << 20)
    .collect();
    let large = Object { body: noise.clone().into(), ..object("") };
    store.put("20260301/large", large).await.unwrap();
    let stored = google.object("answers", "20260301/large").unwrap();
    assert!(stored.body == noise && stored.content_encoding == "gzip");
    assert_eq!(stored.metadata["Rules-SHA"], "0123456789abcdef");
}

#[tokio::test]
async fn what_cannot_be_put_says_why() {
    let mut running = JoinSet::new();
    for (fault, expected, attempts) in [
        (Fault::Error(Code::PermissionDenied), OutputError::Denied, 1),
        (Fault::Error(Code::Unauthenticated), OutputError::Denied, 1),
        (Fault::Error(Code::NotFound), OutputError::Absent, 1),
        (Fault::Answer(413, "Request Entity Too Large".to_owned()), OutputError::TooLarge, 1),
        (Fault::Error(Code::Unavailable), OutputError::Unavailable, 4),
        (Fault::Error(Code::ResourceExhausted), OutputError::Unavailable, 4),
        (Fault::Cut, OutputError::Unavailable, 4),
        (Fault::WrongChecksum, OutputError::Unavailable, 1),
    ] {
        running.spawn(async move {
            let google = Google::start().await;
            google.create_bucket("answers");
            google.plan(PUT, u32::MAX, fault.clone());
            let store = project::of(&google).await.buckets().open("gs://answers").unwrap();
            assert_eq!(store.put("20260301/a", object("x")).await, Err(expected), "{fault:?}");
            assert_eq!(google.count(PUT), attempts, "{fault:?}");
        });
    }
    running.join_all().await;
}

#[tokio::test]
async fn absence_and_denial_are_told_by_storage_itself() {
    let google = Google::start().await;
    let buckets = project::of(&google).await.buckets();
    let nowhere = buckets.open("gs://nowhere").unwrap();
    assert_eq!(nowhere.put("20260301/a", object("x")).await, Err(OutputError::Absent));
    google.create_bucket("answers");
    google.revoke_all();
    let store = buckets.open("gs://answers").unwrap();
    assert_eq!(store.put("20260301/a", object("x")).await, Err(OutputError::Denied));
    google.grant(Role::ObjectCreator, Some(&Google::bucket_name("answers")));
    assert_eq!(store.put("20260301/a", object("x")).await, Ok(()));
    assert_eq!(
        store.put("20260301/a", object("x")).await,
        Err(OutputError::Denied),
        "what is there would go"
    );
    // A moment of trouble, and an answer that was lost.
    google.grant(Role::ObjectWriter, Some(&Google::bucket_name("answers")));
    google.plan(PUT, 1, Fault::Error(Code::Unavailable));
    google.plan(PUT, 1, Fault::CutAfter);
    assert_eq!(store.put("20260301/b", object("x")).await, Ok(()));
    assert_eq!(google.keys("answers"), ["20260301/a", "20260301/b"]);
}
