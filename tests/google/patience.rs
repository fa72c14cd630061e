//! A Google that does not answer: nobody waits for it longer than a call may take, and nobody takes silence for absence.

use std::sync::Arc;
use std::time::{Duration, Instant};

use vizard_gcp::SecretManager;
use vizard_proxy::ports::{
    Destinations as _, Lease, Object, OutputError, Queue as _, SecretStore as _, StoreError, SystemClock,
};
use vizard_pseudonym::Secret;
use vizard_tests::google::Google;
use vizard_tests::google::faults::Fault;

use crate::project::{self, environment};

/// Everything that hangs, asked at the same time; how long all of it took.
async fn asked(google: &Google) -> Duration {
    let project = project::with_usual_patience(google).await;
    let settings = environment(google, &[]);
    let secrets = SecretManager::new(&project, &settings, Arc::new(SystemClock)).await.unwrap();
    let names: Vec<String> = (0..30).map(|i| format!("vizard_hanging_{i}")).collect();
    let (name, value) = (&names[0], Secret::new("x"));
    let lease = Lease { name: name.clone(), holder: "somebody".to_owned() };
    let bucket = project.buckets().open("gs://hanging").unwrap();
    let object = Object {
        body: bytes::Bytes::new(),
        content_type: "application/json".to_owned(),
        metadata: Vec::new(),
    };
    let queue = project.topic(&Google::topic_name("hanging")).unwrap();
    let rules = environment(google, &[("REMOTE_RESOURCE_BUCKET", "hanging")]);
    let begun = Instant::now();
    let (reads, leases, outputs) = tokio::join!(
        async { tokio::join!(secrets.read(name), secrets.read_all(&names), secrets.write(name, &value)) },
        async { tokio::join!(secrets.acquire(name, Duration::ZERO), secrets.release(lease)) },
        async {
            tokio::join!(
                bucket.put("20260301/a", object),
                queue.send("{}".to_owned(), "{}".to_owned()),
                project.remote_rules(&rules),
            )
        },
    );
    let took = begun.elapsed();
    let is_away = |result: Result<(), StoreError>| matches!(result, Err(StoreError::Unavailable { .. }));
    assert!(is_away(reads.0.map(|_| ())) && is_away(reads.1.map(|_| ())) && is_away(reads.2));
    assert!(is_away(leases.0.map(|_| ())) && is_away(leases.1));
    assert_eq!([outputs.0, outputs.1], [Err(OutputError::Unavailable), Err(OutputError::Unavailable)]);
    assert!(outputs.2.is_err());
    took
}

#[tokio::test]
async fn what_hangs_is_given_up_and_is_no_absence() {
    let google = Google::start().await;
    for kind in [
        "SecretManager.AccessSecretVersion",
        "SecretManager.GetSecret",
        "SecretManager.AddSecretVersion",
        "SecretManager.UpdateSecret",
        "Storage.InsertObject",
        "Storage.StartUpload",
        "Storage.GetMedia",
        "PubSub.Publish",
    ] {
        google.plan(kind, u32::MAX, Fault::Hang);
    }
    let took = asked(&google).await;
    assert!((Duration::from_secs(4)..Duration::from_secs(40)).contains(&took), "{took:?}");
}

#[tokio::test]
async fn a_metadata_server_that_hangs_is_given_up() {
    let google = Google::start().await;
    google.plan("Metadata.Token", u32::MAX, Fault::Hang);
    let took = tokio::time::timeout(Duration::from_secs(60), asked(&google)).await;
    let took = took.expect("nobody waits for ever for a token");
    assert!(took < Duration::from_secs(40), "{took:?}");
}
