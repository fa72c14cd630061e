//! The same call, made in this process and over HTTP through the server, has the same answer to the byte.

use bytes::Bytes;
use http::{HeaderMap, Request};
use vizard_tests::keys;
use vizard_tests::wire::Reply;
use vizard_tests::world::World;
use vizard_zoom_simulator::{Exceeded, Fault, Target};

/// Method, target, headers.
type Call<'a> = (&'a str, String, Vec<(&'a str, &'a str)>);

/// Without what the connection adds, and without what differs from one answer to the next.
fn comparable(mut reply: Reply) -> (u16, Vec<(String, String)>, String) {
    for name in ["date", "content-length", "connection"] {
        reply.headers.remove(name);
    }
    let mut headers = pairs(&reply.headers);
    headers.sort();
    let mut body = reply.text();
    if let Some(at) = body.find(r#""request_id":""#) {
        body.replace_range(at + 14..at + 14 + 36, "(request id)");
    }
    (reply.status.as_u16(), headers, body)
}

fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_process_and_over_http_are_the_same() {
    let world = World::zoom().await;
    let served = world.deployment.serve().await;
    let token = world.user_token(1);
    let id = world.zoom.user_id(1);
    let other = keys::of("salt", "another key").token(&id, vizard_pseudonym::Kind::Reversible).unwrap();
    let meetings = world.get(&format!("/v2/users/{token}/meetings?type=previous_meetings")).await.json();
    let uuid = meetings["meetings"][0]["uuid"].as_str().unwrap().to_owned();
    let gzip = ("accept-encoding", "gzip");
    let calls: Vec<Call<'_>> = vec![
        ("GET", "/v2/users?page_size=30".into(), vec![]),
        ("GET", "/v2/users?page_size=30".into(), vec![gzip]),
        ("GET", "/v2/users?status=active;page_size=3&next_page_token=".into(), vec![]),
        ("GET", format!("/v2/users/{token}"), vec![gzip]),
        ("GET", format!("/v2/users/{token}%40lumen-orchard.example"), vec![]),
        ("GET", format!("/v2/users/{token}/settings"), vec![gzip]),
        ("GET", format!("/v2/users/{token}/meetings?type=previous_meetings"), vec![]),
        ("GET", format!("/v2/users/{token}/recordings?from=2026-03-01&to=2026-03-31"), vec![]),
        ("GET", format!("/v2/report/users/{token}/meetings?from=2026-03-01&to=2026-03-31"), vec![]),
        ("GET", format!("/v2/meetings/{uuid}"), vec![]),
        ("GET", format!("/v2/past_meetings/{uuid}"), vec![]),
        ("GET", format!("/v2/past_meetings/{uuid}/participants?page_size=300"), vec![]),
        ("GET", "/v2/users".into(), vec![("X-Psoxy-Pseudonym-Implementation", "v0.3")]),
        (
            "GET",
            "/any".into(),
            vec![("X-Psoxy-TargetPath", "/v2/users"), ("X-Psoxy-TargetQuery", "page_size=2")],
        ),
        ("GET", "/any".into(), vec![("X-Psoxy-Health-Check", "true")]),
        ("GET", "/".into(), vec![]),
        ("GET", "/v2/users/%2e%2e".into(), vec![]),
        ("GET", "/v2//users".into(), vec![]),
        ("GET", format!("/v2/users/{other}"), vec![]),
        ("GET", "/v2/users/AAAAAAAAAAAAAAAAAAAAAA".into(), vec![]),
        ("GET", "/v2/users?include_fields=host_key".into(), vec![]),
        ("GET", "/v2/users".into(), vec![("X-Psoxy-Skip-Sanitizer", "true")]),
        ("POST", "/v2/users".into(), vec![("content-type", "application/json")]),
        ("HEAD", "/v2/users".into(), vec![]),
        ("DELETE", format!("/v2/users/{token}"), vec![]),
    ];
    assert!(calls.len() > 20);
    for (method, target, headers) in calls {
        let request = || {
            let mut request = Request::builder().method(method).uri(&target);
            for (name, value) in &headers {
                request = request.header(*name, *value);
            }
            request.body(if method == "POST" { Bytes::from_static(b"{}") } else { Bytes::new() }).unwrap()
        };
        let here = world.ask(request()).await;
        let there = served.send(request()).await;
        assert_eq!(there.body.len(), here.body.len(), "{method} {target}");
        world.deployment.note(&there);
        assert_eq!(comparable(there), comparable(here), "{method} {target} {headers:?}");
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
