//! Rules in a bucket: read where nothing nearer is, whole or not at all.

use std::collections::BTreeMap;

use vizard_proxy::remote_rules::RemoteRulesError;
use vizard_tests::moto::Moto;
use vizard_tests::moto::faults::Fault;

use crate::account::{self, number};

const RULES: &str = "endpoints:\n  - pathTemplate: /v2/users # é\n";
const GET: &str = "S3.GetObject";

fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn read(url: &str, pairs: &[(&str, &str)]) -> Result<Option<String>, String> {
    let rules = account::at(url).await.remote_rules(&environment(pairs)).await;
    rules.map_err(|error| error.to_string())
}

#[tokio::test]
async fn rules_are_read_where_the_settings_say() {
    let (moto, bucket) = (Moto::start().await, format!("rules-{}", number()));
    moto.create_bucket(&bucket).await;
    for key in ["vizard/zoom/rules.yaml", "rules.yaml", "PSOXY_ZOOM/rules.yaml"] {
        moto.put_object(&bucket, key, format!("{RULES}# {key}\n")).await;
    }
    let front = moto.through_faults().await;
    let place = ("REMOTE_RESOURCE_BUCKET", bucket.as_str());
    let found = |key: &str| Ok(Some(format!("{RULES}# {key}\n")));
    for (pairs, expected) in [
        (vec![place, ("INSTANCE_RESOURCE_PATH", "vizard/zoom/")], found("vizard/zoom/rules.yaml")),
        (vec![place, ("INSTANCE_RESOURCE_PATH", "/vizard/zoom/")], found("vizard/zoom/rules.yaml")),
        (vec![place, ("PATH_TO_INSTANCE_CONFIG", "/vizard/zoom/")], found("vizard/zoom/rules.yaml")),
        (vec![place, ("PATH_TO_INSTANCE_CONFIG", "PSOXY_ZOOM_")], found("PSOXY_ZOOM/rules.yaml")),
        (vec![place], found("rules.yaml")),
        (vec![], Ok(None)),
        (vec![place, ("RULES", "endpoints: []")], Ok(None)),
    ] {
        assert_eq!(read(front.url(), &pairs).await, expected, "{pairs:?}");
    }
    assert_eq!(front.count(GET), 5, "what is nearer is not looked for elsewhere");
}

#[tokio::test]
async fn rules_that_cannot_be_read_whole_are_none() {
    let (moto, n) = (Moto::start().await, number());
    let bucket = format!("no-rules-{n}");
    moto.create_bucket(&bucket).await;
    let limit = 4 * 1024 * 1024;
    let contents: [(&str, Vec<u8>); 4] = [
        ("latin", b"endpoints: [] # \xe9".to_vec()),
        ("larger", vec![b'#'; limit + 1]),
        ("largest", vec![b'#'; limit]),
        ("empty", Vec::new()),
    ];
    for (path, content) in contents {
        moto.put_object(&bucket, &format!("{path}/rules.yaml"), content).await;
    }
    let not_text = RemoteRulesError::NotText.to_string();
    for (path, expected) in [
        ("latin/", Err(not_text.clone())),
        ("larger/", Err(not_text.clone())),
        ("largest/", Ok(Some(limit))),
        ("empty/", Ok(Some(0))),
        ("none/", unreadable("NoSuchKey")),
    ] {
        let pairs = [("REMOTE_RESOURCE_BUCKET", bucket.as_str()), ("INSTANCE_RESOURCE_PATH", path)];
        let read = read(moto.url(), &pairs).await;
        assert_eq!(read.map(|text| text.map(|text| text.len())), expected, "{path}");
    }
    let nowhere = format!("nowhere-{n}");
    assert_eq!(read(moto.url(), &[("REMOTE_RESOURCE_BUCKET", &nowhere)]).await, unreadable("NoSuchBucket"));
    for (fault, reason) in
        [(Fault::AccessDenied, "AccessDenied"), (Fault::Internal, "InternalError"), (Fault::Cut, "no answer")]
    {
        let front = moto.through_faults().await;
        front.plan(GET, u32::MAX, fault.clone());
        let pairs = [("REMOTE_RESOURCE_BUCKET", bucket.as_str()), ("INSTANCE_RESOURCE_PATH", "largest/")];
        assert_eq!(read(front.url(), &pairs).await, unreadable(reason), "{fault:?}");
    }
}

fn unreadable<T>(reason: &str) -> Result<Option<T>, String> {
    Err(format!("rules.yaml in REMOTE_RESOURCE_BUCKET could not be read: {reason}"))
}
