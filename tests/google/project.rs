//! A project as the product's own clients see it: the official ones, pointed at a Google in this process.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use vizard_gcp::SecretManager;
use vizard_proxy::ports::{Clock, SystemClock};
pub(crate) use vizard_tests::clock::Ahead;
use vizard_tests::google::{Google, PROJECT};
pub(crate) use vizard_tests::secrets::{text, texts};

/// What an operator would set, and more.
pub(crate) fn environment(google: &Google, more: &[(&str, &str)]) -> BTreeMap<String, String> {
    let host = google.metadata_host();
    let usual = [
        ("VIZARD_GOOGLE_ENDPOINT", google.url()),
        ("GCE_METADATA_HOST", &host),
        ("GOOGLE_CLOUD_PROJECT", PROJECT),
    ];
    let pairs = usual.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    pairs.collect()
}

/// The project, through the official clients, asked with patience: what is tested is what it says, on machines of any
/// speed.
pub(crate) async fn of(google: &Google) -> vizard_gcp::Google {
    with_usual_patience(google).await.with_patience(Duration::from_secs(120))
}

/// The same for tests of when nobody waits any longer.
pub(crate) async fn with_usual_patience(google: &Google) -> vizard_gcp::Google {
    vizard_gcp::Google::of(&environment(google, &[])).await.unwrap()
}

/// Its secrets, with nothing remembered in between.
pub(crate) async fn store(google: &Google) -> SecretManager {
    store_with(google, &[], Arc::new(SystemClock)).await
}

/// The same with other settings, or on another machine.
pub(crate) async fn store_with(
    google: &Google,
    more: &[(&str, &str)],
    clock: Arc<dyn Clock>,
) -> SecretManager {
    SecretManager::new(&of(google).await, &environment(google, more), clock).await.unwrap()
}
