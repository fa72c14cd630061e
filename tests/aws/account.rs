//! AWS as the product's own clients see it: the real ones, pointed at moto or at a front that fails.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

use aws_config::{BehaviorVersion, Region};
use aws_sdk_ssm::config::Credentials;
use vizard_aws::Aws;
use vizard_proxy::ports::{Clock, SystemClock};
use vizard_pseudonym::Secret;
use vizard_tests::moto::REGION;

/// The account behind this URL.
pub(crate) async fn at(url: &str) -> Aws {
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

/// Values as text, to be compared.
pub(crate) fn texts(values: Vec<Option<Secret>>) -> Vec<Option<String>> {
    values.into_iter().map(text).collect()
}

/// A value as text.
pub(crate) fn text(value: Option<Secret>) -> Option<String> {
    value.map(|value| value.expose_str().unwrap().to_owned())
}

/// The clock of a machine that is so far ahead of the one that moto runs on.
#[derive(Debug)]
pub(crate) struct Ahead(pub(crate) Duration);

impl Clock for Ahead {
    fn now(&self) -> SystemTime {
        SystemClock.now() + self.0
    }

    fn instant(&self) -> Instant {
        SystemClock.instant()
    }

    fn jitter(&self, low: Duration, high: Duration) -> Duration {
        SystemClock.jitter(low, high)
    }

    fn request_id(&self) -> String {
        SystemClock.request_id()
    }
}
