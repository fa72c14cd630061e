//! AWS as the product's own clients see it: the real ones, pointed at moto or at a front that fails.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_ssm::config::Credentials;
use vizard_aws::Aws;
pub(crate) use vizard_tests::clock::Ahead;
use vizard_tests::moto::REGION;
pub(crate) use vizard_tests::secrets::{text, texts};

/// The account behind this URL, asked with patience: what is tested is what it says, on machines of any speed.
pub(crate) async fn at(url: &str) -> Aws {
    with_usual_patience(url).await.with_patience(Duration::from_secs(120))
}

/// The same for tests of when nobody waits any longer.
pub(crate) async fn with_usual_patience(url: &str) -> Aws {
    let session = Some("session-of-the-test-client".to_owned());
    let credentials = Credentials::new("ASIATESTCLIENT", "secret-of-the-test-client", session, None, "tests");
    let loader = aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::new(REGION))
        .credentials_provider(credentials);
    Aws::of(loader).await
}

/// A number that no other test of this run has: for names, buckets and queues.
pub(crate) fn number() -> u32 {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}
