//! More than can be borne, over real sockets: what is too much is refused at once and cheaply, what is at work is
//! finished, and when it is over it is over.

use std::time::{Duration, Instant};

use http::Response;
use vizard_server::{Callers, Limits};
use vizard_tests::wire::{self, request};
use vizard_tests::world::World;
use vizard_zoom_simulator::{Config, Fault, Target};

const USERS: &str = "/v2/users?page_size=30";

async fn crowded(limits: Limits) -> (World, vizard_tests::world::Served) {
    let world = World::with(Config { extra_fields: true, ..Config::tiny() }, &[]).await;
    let served = world.deployment.serve_to(Callers::Anybody, None, limits).await;
    assert_eq!(served.send(request("GET", USERS, &[], "")).await.status, 200);
    (world, served)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_beyond_the_limit_are_refused_at_once_and_the_others_answered() {
    let (world, served) = crowded(Limits { requests: 4, ..Limits::default() }).await;
    let calls = world.zoom.rest_requests();
    world.zoom.set_fault(Target::Rest, Fault::SlowBody(Duration::from_secs(6)), 4);
    let address = served.address;
    let at_work: Vec<_> = (0..4)
        .map(|_| tokio::spawn(async move { wire::send(address, request("GET", USERS, &[], "")).await }))
        .collect();
    while world.zoom.rest_requests() < calls + 4 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for _ in 0..50 {
        let reply = served.send(request("GET", USERS, &[], "")).await;
        let expected = (503, "OVERLOADED".to_owned(), "overloaded".to_owned());
        assert_eq!((reply.problem(), reply.header("retry-after")), (expected, "1"));
    }
    // Nor is a body waited for that will never come.
    let call = "POST /v2/users HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n";
    let answer = wire::raw(address, call.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(at_work.iter().all(|call| !call.is_finished()), "nobody waited for those who were at work");
    assert_eq!(served.send(request("GET", "/healthz", &[], "")).await.status, 200, "the program lives");
    for call in at_work {
        assert_eq!(call.await.unwrap().status, 200, "who was at work is answered");
    }
    assert_eq!(served.send(request("GET", USERS, &[], "")).await.status, 200, "and then there is room");
    // A line a second for all refusals of this process.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let lines = vizard_tests::log::lines(&["requests turned away", "\"cause\":\"OVERLOADED\""]);
    let told: u64 = lines.iter().map(|line| line["requests"].as_u64().unwrap()).sum();
    assert!(told >= 51 && lines.len() <= 20, "{lines:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_beyond_the_limit_are_told_so() {
    let (_world, served) = crowded(Limits { connections: 3, ..Limits::default() }).await;
    tokio::time::sleep(Duration::from_millis(100)).await; // until the first connection has gone
    let idle = silent(3, served.address).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    for _ in 0..20 {
        let reply = served.send(request("GET", USERS, &[], "")).await;
        assert_eq!(reply.problem(), (503, "OVERLOADED".to_owned(), "overloaded".to_owned()));
        assert_eq!(reply.header("retry-after"), "1");
    }
    drop(idle);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(served.send(request("GET", USERS, &[], "")).await.status, 200);
}

/// Connections that say nothing.
async fn silent(count: usize, address: std::net::SocketAddr) -> Vec<tokio::net::TcpStream> {
    let mut streams = Vec::new();
    for _ in 0..count {
        streams.push(tokio::net::TcpStream::connect(address).await.unwrap());
    }
    streams
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_is_weathered() {
    let (world, served) = crowded(Limits { requests: 8, ..Limits::default() }).await;
    let address = served.address;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let end = Instant::now() + Duration::from_secs(2);
    let callers: Vec<_> = (0..200)
        .map(|_| {
            let (client, url) = (client.clone(), format!("http://{address}{USERS}"));
            tokio::spawn(async move {
                let mut seen = std::collections::BTreeMap::new();
                while Instant::now() < end {
                    let response = client.get(&url).send().await.map(Response::from);
                    let status = response.map_or(0, |response| response.status().as_u16());
                    *seen.entry(status).or_insert(0_u32) += 1;
                }
                seen
            })
        })
        .collect();
    let mut seen = std::collections::BTreeMap::new();
    for caller in callers {
        for (status, count) in caller.await.unwrap() {
            *seen.entry(status).or_insert(0) += count;
        }
    }
    assert!(seen.keys().all(|status| [200, 503].contains(status)), "{seen:?}");
    assert!(seen[&200] > 50 && seen[&503] > 200, "{seen:?}");
    let begin = Instant::now();
    while served.send(request("GET", USERS, &[], "")).await.status != 200 {
        assert!(begin.elapsed() < Duration::from_secs(20), "it does not recover");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(world.zoom.rest_requests() > 50);
}
