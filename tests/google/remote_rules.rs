//! Rules in a bucket: read where nothing nearer is, whole or not at all.

use vizard_tests::google::Google;
use vizard_tests::google::faults::Fault;
use vizard_tests::google::iam::Role;
use vizard_tests::google::status::Code;

use crate::project::{self, environment};

const RULES: &str = "endpoints:\n  - pathTemplate: /v2/users # é\n";
const GET: &str = "Storage.GetMedia";

async fn read(google: &Google, pairs: &[(&str, &str)]) -> Result<Option<String>, String> {
    let rules = project::of(google).await.remote_rules(&environment(google, pairs)).await;
    rules.map_err(|error| error.to_string())
}

#[tokio::test]
async fn rules_are_read_where_the_settings_say() {
    let google = Google::start().await;
    google.create_bucket("rules");
    google.revoke_all();
    google.grant(Role::ObjectViewer, Some(&Google::bucket_name("rules")));
    for key in ["vizard/zoom/rules.yaml", "rules.yaml", "vizard_zoom/rules.yaml"] {
        google.put_object("rules", key, format!("{RULES}# {key}\n"));
    }
    let place = ("REMOTE_RESOURCE_BUCKET", "rules");
    let found = |key: &str| Ok(Some(format!("{RULES}# {key}\n")));
    for (pairs, expected) in [
        (vec![place, ("INSTANCE_RESOURCE_PATH", "vizard/zoom/")], found("vizard/zoom/rules.yaml")),
        (vec![place, ("INSTANCE_RESOURCE_PATH", "/vizard/zoom/")], found("vizard/zoom/rules.yaml")),
        (vec![place, ("PATH_TO_INSTANCE_CONFIG", "vizard_zoom_")], found("vizard_zoom/rules.yaml")),
        (vec![place], found("rules.yaml")),
        (vec![], Ok(None)),
        (vec![place, ("RULES", "endpoints: []")], Ok(None)),
    ] {
        assert_eq!(read(&google, &pairs).await, expected, "{pairs:?}");
    }
    assert_eq!(google.count(GET), 4, "what is nearer is not looked for elsewhere");
}

#[tokio::test]
async fn rules_that_cannot_be_read_whole_are_none() {
    let google = Google::start().await;
    google.create_bucket("rules");
    let limit = 4 * 1024 * 1024;
    let contents: [(&str, Vec<u8>); 4] = [
        ("latin", b"endpoints: [] # \xe9".to_vec()),
        ("larger", vec![b'#'; limit + 1]),
        ("largest", vec![b'#'; limit]),
        ("empty", Vec::new()),
    ];
    for (path, content) in contents {
        google.put_object("rules", &format!("{path}/rules.yaml"), content);
    }
    let not_text = "rules.yaml in REMOTE_RESOURCE_BUCKET is not UTF-8 text of at most 4 MiB";
    for (path, expected) in [
        ("latin/", Err(not_text.to_owned())),
        ("larger/", Err(not_text.to_owned())),
        ("largest/", Ok(Some(limit))),
        ("empty/", Ok(Some(0))),
    ] {
        let pairs = [("REMOTE_RESOURCE_BUCKET", "rules"), ("INSTANCE_RESOURCE_PATH", path)];
        let read = read(&google, &pairs).await;
        assert_eq!(read.map(|text| text.map(|text| text.len())), expected, "{path}");
    }
    for bucket in ["nowhere", "rules"] {
        let none = read(&google, &[("REMOTE_RESOURCE_BUCKET", bucket)]).await.unwrap_err();
        assert!(
            none.contains("could not be read") && !none.contains("UNKNOWN"),
            "says that there is none: {none}"
        );
    }
    for fault in [
        Fault::Error(Code::PermissionDenied),
        Fault::Error(Code::Unavailable),
        Fault::Cut,
        Fault::WrongChecksum,
    ] {
        google.plan(GET, u32::MAX, fault.clone());
        let pairs = [("REMOTE_RESOURCE_BUCKET", "rules"), ("INSTANCE_RESOURCE_PATH", "largest/")];
        let unreadable = read(&google, &pairs).await.unwrap_err();
        assert!(unreadable.contains("could not be read"), "{fault:?}: {unreadable}");
        google.clear();
    }
}
