//! The same call, made in this process and over HTTP through the server, has the same answer to the byte.

use bytes::Bytes;
use http::Request;
use vizard_tests::calls::{comparable, samples};
use vizard_tests::keys;
use vizard_tests::world::World;
use vizard_zoom_simulator::{Exceeded, Fault, Target};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_process_and_over_http_are_the_same() {
    let world = World::zoom().await;
    let served = world.deployment.serve().await;
    let token = world.user_token(1);
    let id = world.zoom.user_id(1);
    let other = keys::of("salt", "another key").token(&id, vizard_pseudonym::Kind::Reversible).unwrap();
    let meetings = world.get(&format!("/v2/users/{token}/meetings?type=previous_meetings")).await.json();
    let uuid = meetings["meetings"][0]["uuid"].as_str().unwrap();
    let samples = samples(&token, &other, uuid);
    assert!(samples.len() > 30);
    for sample in samples {
        let here = world.ask(sample.request()).await;
        let there = served.send(sample.request()).await;
        assert_eq!(there.body.len(), here.body.len(), "{sample:?}");
        world.deployment.note(&there);
        assert_eq!(comparable(there), comparable(here), "{sample:?}");
    }
    for fault in
        [Fault::Status(503), Fault::RateLimited(Exceeded::PerDay), Fault::Html, Fault::TellingHeaders]
    {
        world.zoom.set_fault(Target::Rest, fault.clone(), 2);
        let here = world.get("/v2/users?page_size=30").await;
        let there = served.send(Request::get("/v2/users?page_size=30").body(Bytes::new()).unwrap()).await;
        world.deployment.note(&there);
        assert_eq!(comparable(there), comparable(here), "{fault:?}");
    }
    world.assert_nothing_leaked();
}
