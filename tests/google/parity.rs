//! The same call, made of a proxy in this process and of the program on Google's stores, has the same answer to the
//! byte.

use vizard_tests::calls::{comparable, samples};
use vizard_tests::keys;
use vizard_zoom_simulator::{Exceeded, Fault, Target};

use crate::deployed::{Deployed, USERS};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_process_and_on_google_are_the_same() {
    let deployed = Deployed::zoom().await;
    let world = &deployed.world;
    let token = world.user_token(1);
    let other = keys::of("salt", "another key");
    let other = other.token(&world.zoom.user_id(1), vizard_pseudonym::Kind::Reversible).unwrap();
    let meetings = world.get(&format!("/v2/users/{token}/meetings?type=previous_meetings")).await.json();
    let uuid = meetings["meetings"][0]["uuid"].as_str().unwrap();
    // What the health report says of the secret store and of callers is of each deployment.
    let is_health =
        |headers: &[(&str, &str)]| headers.iter().any(|(name, _)| *name == "X-Psoxy-Health-Check");
    let (health, samples): (Vec<_>, Vec<_>) =
        samples(&token, &other, uuid).into_iter().partition(|it| is_health(&it.headers));
    assert!(samples.len() > 30);
    for sample in samples {
        let here = world.ask(sample.request()).await;
        let there = deployed.ask(sample.request()).await;
        assert_eq!(there.body.len(), here.body.len(), "{sample:?}");
        assert_eq!(comparable(there), comparable(here), "{sample:?}");
    }
    let report = deployed.ask(health[0].request()).await;
    assert_eq!(
        (report.status.as_u16(), report.json()["callerAuthentication"].as_str()),
        (200, Some("platform"))
    );
    for fault in
        [Fault::Status(503), Fault::RateLimited(Exceeded::PerDay), Fault::Html, Fault::TellingHeaders]
    {
        world.zoom.set_fault(Target::Rest, fault.clone(), 2);
        let request = || http::Request::get(USERS).body(bytes::Bytes::new()).unwrap();
        let here = world.ask(request()).await;
        let there = deployed.ask(request()).await;
        assert_eq!(comparable(there), comparable(here), "{fault:?}");
    }
    // Its token is where the next process will find it, and nobody holds the lease any more.
    let shared = deployed.google.secret("vizard_zoom_state_ACCESS_TOKEN").unwrap();
    assert_eq!((shared.versions.len(), shared.labels["latest-version"].as_str()), (2, "2"));
    assert!(shared.value().unwrap().contains("\"token\""));
    let lease = deployed.google.secret("vizard_zoom_state_OAUTH_REFRESH_TOKEN").unwrap();
    assert!(!lease.labels.contains_key("locked"), "{:?}", lease.labels);
    deployed.assert_nothing_leaked();
}
