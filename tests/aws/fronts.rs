//! The real program behind every product that can stand before it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use vizard_tests::calls::{Comparable, Sample, comparable, joined, samples};
use vizard_tests::keys;
use vizard_tests::runtime_api::front::{Call, Front};
use vizard_tests::stand_in::{StandIn, json as answer};
use vizard_tests::wire::{self, Reply, gzip};
use vizard_zoom_simulator::{Exceeded, Fault, Target};

use crate::deployed::{Deployed, Plan, USERS};
use crate::start::proxy;

const REST: Front = Front::RestApi { stage: "live", binary: true };

/// As the caller who is on this machine.
fn call(sample: &Sample) -> Call {
    Call::from(sample.request()).sent_from("127.0.0.1")
}

/// The call that a product makes of a call: for each that is changed beyond recognition, as another call over HTTP.
fn changed(front: Front, sample: &Sample) -> Sample {
    let mut seen = sample.clone();
    let (path, query) = sample.target.split_once('?').unwrap_or((&sample.target, ""));
    match (front, path, query) {
        // A REST API knows no separator but `&`, decodes names and values, and keeps no order.
        (Front::RestApi { .. }, _, "status=active;page_size=3&next_page_token=") => {
            seen.target = format!("{path}?next_page_token=&status=active%3Bpage_size%3D3");
        }
        // An HTTP API decodes the path once.
        (Front::HttpApi { .. }, _, _) if path.contains("%25") => {
            seen.target = sample.target.replace("%25", "%");
        }
        // Payload format 2.0 joins the values of a header.
        (Front::HttpApi { .. } | Front::FunctionUrl, _, _) if twice(sample) => {
            seen.headers.truncate(1);
            seen.headers[0].1 = "v0.3,v0.3";
        }
        _ => {}
    }
    seen
}

fn twice(sample: &Sample) -> bool {
    sample.headers.len() == 2 && sample.headers[0].0 == sample.headers[1].0
}

/// Payload format 2.0 joins the values of a header of the answer too.
fn told(front: Front, reply: Reply) -> Comparable {
    match front {
        Front::RestApi { .. } => comparable(reply),
        Front::HttpApi { .. } | Front::FunctionUrl => joined(comparable(reply)),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lambda_and_http_are_the_same() {
    let deployed = Deployed::with(Plan { keys: (keys::SALT, keys::ENCRYPTION_KEY), ..Plan::default() }).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving =
        tokio::spawn(vizard_server::serve(listener, proxy(&deployed).await, std::future::pending()));

    let (token, id) = (deployed.user_token(1), deployed.zoom.user_id(1));
    let other = keys::of("salt", "another key").token(&id, vizard_pseudonym::Kind::Reversible).unwrap();
    let meetings = deployed.get(&format!("/v2/users/{token}/meetings?type=previous_meetings")).await.json();
    // One that says more than others: Zoom's own bytes may need encoding in a path.
    let uuids = meetings["meetings"].as_array().unwrap().iter().map(|it| it["uuid"].as_str().unwrap());
    let uuid = uuids.max_by_key(|uuid| uuid.matches(['/', '+', '=']).count()).unwrap();
    let mut seen_200 = 0;
    for sample in samples(&token, &other, uuid) {
        for front in Front::ALL {
            let here = deployed.ask(front, call(&sample)).await;
            let seen = changed(front, &sample);
            let there = wire::send(address, seen.request()).await;
            seen_200 += usize::from(here.status == 200);
            assert_eq!(told(front, here), told(front, there), "{front:?} {sample:?}");
        }
    }
    assert!(seen_200 > 60, "{seen_200}");
    for fault in
        [Fault::Status(503), Fault::RateLimited(Exceeded::PerDay), Fault::Html, Fault::TellingHeaders]
    {
        for front in Front::ALL {
            deployed.zoom.set_fault(Target::Rest, fault.clone(), 2);
            let here = deployed.ask(front, Call::get(USERS)).await;
            let there = wire::send(address, wire::request("GET", USERS, &[], "")).await;
            assert_eq!(told(front, here), told(front, there), "{front:?} {fault:?}");
        }
    }
    assert_eq!(deployed.zoom.token_requests(), 1, "both use the token in the store");
    assert_eq!(deployed.function.cold_starts(), 1);
    assert_eq!(deployed.function.stderr(), "");
    deployed.assert_nothing_leaked();
    serving.abort();
}

#[tokio::test]
async fn each_product_gets_the_page_in_its_own_form() {
    let deployed = Deployed::zoom().await;
    let gzipped = Call::get(USERS).header("Accept-Encoding", "gzip, deflate");
    for front in Front::ALL {
        let plain = deployed.function.invoke(front.event(&Call::get(USERS))).await.unwrap();
        let packed = deployed.function.invoke(front.event(&gzipped)).await.unwrap();
        let headers = |response: &Value| -> Value {
            let (name, is_list) = match front {
                Front::RestApi { .. } => ("multiValueHeaders", true),
                Front::HttpApi { .. } | Front::FunctionUrl => ("headers", false),
            };
            let headers = response[name].as_object().unwrap();
            assert!(headers.values().all(|it| it.is_array() == is_list), "{front:?}");
            let first = |it: &Value| if is_list { it[0].clone() } else { it.clone() };
            headers.iter().map(|(name, it)| (name.clone(), first(it))).collect()
        };
        assert_eq!((&plain["statusCode"], &plain["isBase64Encoded"]), (&json!(200), &json!(false)));
        assert_eq!((&packed["statusCode"], &packed["isBase64Encoded"]), (&json!(200), &json!(true)));
        assert_eq!(headers(&plain).get("content-encoding"), None);
        assert_eq!(headers(&packed)["content-encoding"], "gzip");
        for response in [&plain, &packed] {
            assert_eq!(headers(response)["vary"], "accept-encoding");
            let names: Vec<&String> = response.as_object().unwrap().keys().collect();
            assert_eq!(names.len(), 4, "{names:?}");
        }
        let [plain, packed] = [plain, packed].map(|response| front.reply(&response));
        assert_eq!(plain.text(), packed.text());
        assert!(packed.body.len() < plain.body.len());
        assert_eq!(plain.json()["users"].as_array().unwrap().len(), 11, "all who are active");
        deployed.note(&plain);
    }
    deployed.assert_nothing_leaked();
}

/// Rules that let everything of one path through, also bodies of calls.
const OPEN: &str = "endpoints:\n  - pathRegex: '/v2/(echo|users)([?].*)?'\n    allowedMethods: [GET, POST, PUT]\n    allowedRequestHeadersToForward: [content-type, x-tag, if-none-match]\n";

#[tokio::test]
async fn bodies_and_headers_reach_the_source_as_they_were_sent() {
    let source = StandIn::start().await;
    let endpoint = format!("{}/oauth/token", source.url());
    let settings = [("TARGET_HOST", source.url()), ("REFRESH_ENDPOINT", &endpoint), ("RULES", OPEN)];
    let deployed = Deployed::configured(&settings).await;
    source.answer(|_| answer(r#"{"ok":true}"#));
    let json_body = r#"{"a":"é \" \\ 日本"}"#.as_bytes();
    for front in Front::ALL {
        for (media_type, body) in [
            ("application/json", json_body.to_vec()),
            ("application/json; charset=utf-8", b"[]".to_vec()),
            ("application/x-www-form-urlencoded", b"a=b&c=d".to_vec()),
            ("application/vnd.lumen+json", format!("[\"{}\"]", "7".repeat(300_000)).into()),
        ] {
            let before = source.seen().len();
            let call = Call {
                method: "POST".to_owned(),
                body: body.clone().into(),
                ..Call::get("/v2/echo?q=1")
                    .header("Content-Type", media_type)
                    .header("X-Tag", "a")
                    .header("X-Tag", "b")
            };
            let reply = deployed.ask(front, call).await;
            assert_eq!(reply.status, 200, "{front:?} {media_type} {}", reply.text());
            let seen = source.seen().swap_remove(before);
            assert_eq!(seen.body(), &body, "{front:?} {media_type}");
            assert_eq!(seen.uri(), "/v2/echo?q=1");
            assert_eq!(seen.headers()["content-type"], media_type);
            let tags: Vec<_> =
                seen.headers().get_all("x-tag").iter().map(|it| it.to_str().unwrap()).collect();
            assert_eq!(tags.join(",").replace(' ', ""), "a,b", "{front:?}");
        }
        let call = Call {
            method: "POST".to_owned(),
            body: Bytes::from_static(b"\xff\xfe"),
            ..Call::get("/v2/echo").header("content-type", "application/json")
        };
        assert_eq!(deployed.ask(front, call).await.problem().2, "body-not-json", "{front:?}");
        // Compressed by the caller, and read by the proxy.
        let before = source.seen().len();
        let call = Call {
            method: "PUT".to_owned(),
            body: gzip(json_body).into(),
            ..Call::get("/v2/echo")
                .header("content-type", "application/json")
                .header("content-encoding", "gzip")
        };
        assert_eq!(deployed.ask(front, call).await.status, 200);
        assert_eq!(source.seen().swap_remove(before).body(), &json_body, "{front:?}");
    }
}

#[tokio::test]
async fn what_is_no_call_is_refused_and_logged() {
    let deployed = Deployed::zoom().await;
    let mut base64 = Front::FunctionUrl.event(&Call::get(USERS));
    base64["body"] = json!("{\"a\":1}");
    base64["isBase64Encoded"] = json!(true);
    let mut long = REST.event(&Call::get(USERS));
    long["path"] = json!("/".repeat(70_000));
    for (event, status, code) in [
        (json!({}), 400, "event-not-understood"),
        (json!({"detail-type": "Scheduled Event", "source": "aws.events"}), 400, "event-not-understood"),
        (json!([1, 2]), 400, "event-not-understood"),
        (json!("text"), 400, "event-not-understood"),
        (json!(null), 400, "event-not-understood"),
        (base64, 400, "body-not-base64"),
        (long, 400, "target-invalid"),
    ] {
        let front = if event["httpMethod"].is_string() { REST } else { Front::FunctionUrl };
        let reply = front.reply(&deployed.function.invoke(event.clone()).await.unwrap());
        let expected = (status, "INVALID_REQUEST".to_owned(), code.to_owned());
        let told: String = event.to_string().chars().take(100).collect();
        assert_eq!(reply.problem(), expected, "{told}");
        let line = deployed.audit().pop().unwrap();
        assert_eq!((&line["status"], &line["code"]), (&json!(status), &json!(code)));
        assert_eq!(line["request_id"], reply.json()["request_id"]);
        assert!(line["request_id"].as_str().unwrap().len() > 8, "{line}");
    }
    assert_eq!((deployed.zoom.rest_requests(), deployed.function.cold_starts()), (0, 1));
}

#[tokio::test]
async fn one_line_of_the_log_tells_of_each_call_by_the_identifier_of_the_platform() {
    let deployed = Deployed::zoom().await;
    for front in Front::ALL {
        for (target, status, cause) in [(USERS, 200, None), ("/v2/accounts", 403, Some("BLOCKED_BY_RULES"))] {
            let before = deployed.audit().len();
            let event = front.event(&Call::get(target));
            let id = event["requestContext"]["requestId"].clone();
            let reply = front.reply(&deployed.function.invoke(event).await.unwrap());
            let lines = deployed.audit();
            assert_eq!(lines.len(), before + 1);
            let line = &lines[before];
            assert_eq!(line["request_id"], id, "{front:?}");
            assert_eq!(
                (&line["status"], &line["cause"], &line["connector"], &line["message"], &line["level"]),
                (&json!(status), &json!(cause), &json!("zoom"), &json!("request"), &json!("INFO"))
            );
            if status != 200 {
                assert_eq!(reply.json()["request_id"], id);
            }
        }
    }
}

#[tokio::test]
async fn only_addresses_on_the_list_may_call() {
    let deployed = Deployed::configured(&[("ALLOWED_DATA_ACCESS_IP_BLOCKS", "203.0.113.0/24")]).await;
    for front in Front::ALL {
        for (client, expected) in [("203.0.113.9", 200), ("198.51.100.23", 403)] {
            // What a caller says of itself is not asked.
            let call = Call::get(USERS).sent_from(client).header("X-Forwarded-For", "203.0.113.7");
            assert_eq!(deployed.ask(front, call).await.status, expected, "{front:?} {client}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_the_platform_would_not_take_is_a_problem() {
    let source = StandIn::start().await;
    let endpoint = format!("{}/oauth/token", source.url());
    let rules = STANDARD.encode(gzip(OPEN.as_bytes()));
    let settings = [("TARGET_HOST", source.url()), ("REFRESH_ENDPOINT", &endpoint), ("RULES", &rules)];
    let deployed = Deployed::configured(&settings).await;
    let body: Bytes = format!("[{}]", "\"0123456789\",".repeat(560_000).trim_end_matches(',')).into();
    let length = body.len();
    source.answer(move |_| answer(body.clone()));
    for front in Front::ALL {
        let reply = deployed.ask(front, Call::get("/v2/users")).await;
        let expected = (502, "API_ERROR".to_owned(), "answer-too-large".to_owned());
        assert_eq!(reply.problem(), expected, "{front:?}");
        let call = Call::get("/v2/users").header("accept-encoding", "gzip");
        let reply = front.ask(&deployed.function, call).await;
        assert_eq!((reply.status.as_u16(), reply.text().len()), (200, length), "{front:?}");
    }
    assert_eq!(deployed.function.cold_starts(), 1);
}
