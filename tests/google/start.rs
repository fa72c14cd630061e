//! Which project and whose credentials: from variables, or from the machine.

use vizard_tests::google::faults::Fault;
use vizard_tests::google::{Google, PROJECT};

use crate::project::environment;

async fn of(google: &Google, more: &[(&str, &str)]) -> Result<String, String> {
    let environment = environment(google, more);
    let found = vizard_gcp::Google::of(&environment).await;
    found.map(|it| it.project().to_owned()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn the_project_is_the_one_that_is_named_or_that_of_the_machine() {
    let google = Google::start().await;
    assert_eq!(of(&google, &[("GOOGLE_CLOUD_PROJECT", "another-one")]).await, Ok("another-one".to_owned()));
    assert_eq!(google.count("Metadata.ProjectId"), 0);
    let nobody_says = ("GOOGLE_CLOUD_PROJECT", "");
    assert_eq!(of(&google, &[nobody_says]).await, Ok(PROJECT.to_owned()));
    for fault in [
        Fault::Answer(404, "<html>".to_owned()),
        Fault::Answer(200, "a page of somebody else".to_owned()),
        Fault::Cut,
        Fault::Hang,
    ] {
        google.plan("Metadata.ProjectId", 1, fault.clone());
        let error = of(&google, &[nobody_says]).await.unwrap_err();
        assert!(error.contains("GOOGLE_CLOUD_PROJECT is not set"), "{fault:?}: {error}");
        google.clear();
    }
}

#[tokio::test]
async fn another_address_is_of_this_machine_or_none() {
    let google = Google::start().await;
    for address in ["https://secretmanager.lumen-orchard.example", "http://10.0.0.7:80", "127.0.0.1:80"] {
        let error = of(&google, &[("VIZARD_GOOGLE_ENDPOINT", address)]).await.unwrap_err();
        assert!(error.contains("VIZARD_GOOGLE_ENDPOINT is not valid"), "{address}: {error}");
    }
}
