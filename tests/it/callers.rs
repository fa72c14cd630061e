//! Who may call, over real sockets: only those for whom the issuer vouches and whom the operator listed, before
//! anything else of a request is looked at.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use vizard_proxy::ports::SystemClock;
use vizard_server::{Callers, Limits};
use vizard_tests::oidc::{Issuer, Signer, now};
use vizard_tests::wire::{self, Reply, request};
use vizard_tests::world::{Served, World};

const USERS: &str = "/v2/users?page_size=30";
const NORA: &str = "nora@lumen-orchard.example";

fn callers(issuer: &str, listed: &str) -> Callers {
    let environment = BTreeMap::from(
        [
            ("VIZARD_OIDC_ISSUER", issuer),
            ("VIZARD_OIDC_AUDIENCES", "vizard, vizard-too"),
            ("VIZARD_OIDC_CALLERS", listed),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    Callers::read(&environment, Arc::new(SystemClock)).unwrap()
}

async fn served(world: &World, issuer: &str, listed: &str) -> Served {
    world.deployment.serve_to(callers(issuer, listed), None, Limits::default()).await
}

async fn ask(served: &Served, token: &str) -> Reply {
    served.send(request("GET", USERS, &[("Authorization", &format!("Bearer {token}"))], "")).await
}

/// Status and code.
async fn told(served: &Served, token: &str) -> (u16, String) {
    let (status, _, code) = ask(served, token).await.problem();
    (status, code)
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn with(issuer: &Issuer, changes: Value) -> Value {
    let mut claims = issuer.claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_listed_callers_with_a_token_of_the_issuer_get_an_answer() {
    let (rsa, ec, ed, other) = (Signer::rsa("r"), Signer::ec("e"), Signer::ed("d"), Signer::ec("e"));
    let issuer = Issuer::publishing(&[&rsa, &ec, &ed]).await;
    let world = World::zoom().await;
    let served =
        served(&world, issuer.url(), "someone@lumen-orchard.example, nora@lumen-orchard.example, 4711").await;
    let good = issuer.claims();
    let (ok, invalid) = (refused(200, ""), refused(401, "bearer-invalid"));
    let not_listed = refused(403, "caller-not-allowed");
    let head = |alg: &str, kid: &str| json!({"alg": alg, "typ": "JWT", "kid": kid});
    let says = |changes: Value| ec.token(&with(&issuer, changes));
    let signed = ec.token(&good);
    let (message, signature) = signed.rsplit_once('.').unwrap();
    for (what, token, expected) in [
        ("RS256", rsa.token(&good), &ok),
        ("PS256", rsa.token_headed(&head("PS256", "r"), &good), &ok),
        ("ES256", signed.clone(), &ok),
        ("EdDSA", ed.token(&good), &ok),
        ("no name of a key", ec.token_headed(&json!({"alg": "ES256"}), &good), &ok),
        ("the other audience", says(json!({"aud": ["else", "vizard-too"]})), &ok),
        ("listed by subject", says(json!({"sub": "4711", "email": null})), &ok),
        ("not listed", says(json!({"email": "ilse@lumen-orchard.example"})), &not_listed),
        ("unverified e-mail", says(json!({"email_verified": false})), &not_listed),
        ("nobody", says(json!({"email": null, "sub": null})), &not_listed),
        ("another audience", says(json!({"aud": "else"})), &invalid),
        ("no audience", says(json!({"aud": null})), &invalid),
        ("another issuer", says(json!({"iss": "https://accounts.lumen-orchard.example"})), &invalid),
        ("no end", says(json!({"exp": null})), &invalid),
        ("not yet", says(json!({"nbf": now() + 600})), &invalid),
        ("from the future", says(json!({"iat": now() + 600})), &invalid),
        ("ended", says(json!({"iat": now() - 7200, "exp": now() - 600})), &refused(401, "bearer-expired")),
        ("signed by somebody else", other.token(&good), &invalid),
        ("no signature", ec.token_headed(&head("none", "e"), &good), &invalid),
        ("no signature, in other letters", ec.token_headed(&head("nOnE", "e"), &good), &invalid),
        ("signature taken away", format!("{message}."), &invalid),
        ("signature replaced", format!("{message}.SIGNATURE_REMOVED_BY_GOOGLE"), &invalid),
        (
            "signature of another message",
            format!("{}.{signature}", ed.token(&good).rsplit_once('.').unwrap().0),
            &invalid,
        ),
        ("public key as a secret", rsa.token_headed(&head("HS256", "r"), &good), &invalid),
        ("key of another kind", ec.token_headed(&head("ES256", "r"), &good), &invalid),
        ("a key that does not exist", ec.token_headed(&head("ES256", "../keys"), &good), &invalid),
        (
            "an extension that must be understood",
            ec.token_headed(&json!({"alg": "ES256", "kid": "e", "crit": ["b64"], "b64": false}), &good),
            &invalid,
        ),
        ("no token", "nora".to_owned(), &invalid),
        ("many dots", format!("{signed}.."), &invalid),
    ] {
        assert_eq!(told(&served, &token).await, *expected, "{what}");
        assert_eq!(told(&served, &token).await, *expected, "{what}, again");
    }
    world.assert_nothing_leaked();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_is_told_so_before_anything_else() {
    let key = Signer::ed("d");
    let issuer = Issuer::publishing(&[&key]).await;
    let world = World::zoom().await;
    let served = served(&world, issuer.url(), "*").await;
    let token = key.token(&with(&issuer, json!({"aud": "else"})));
    let bearer = format!("Bearer {token}");
    for (headers, challenge, code, detail) in [
        (
            &[][..],
            "Bearer",
            "bearer-missing",
            "send a token of the issuer that this proxy trusts, as `Authorization: Bearer`",
        ),
        (
            &[("Authorization", bearer.as_str())],
            "Bearer error=\"invalid_token\"",
            "bearer-invalid",
            "the token is not one that the issuer has signed for this proxy",
        ),
    ] {
        for (target, more) in
            [(USERS, None), ("/", Some(("X-Psoxy-Health-Check", "1"))), ("/.vizard/events", None)]
        {
            let headers: Vec<_> = headers.iter().copied().chain(more).collect();
            let reply = served.send(request("POST", target, &headers, "")).await;
            assert_eq!(reply.status, 401, "{target}");
            assert_eq!(reply.all("www-authenticate"), [challenge]);
            let mut document = reply.json();
            assert!(document["request_id"].take().is_string());
            assert_eq!(
                document,
                json!({
                    "type": "about:blank", "title": "Unauthorized", "status": 401, "detail": detail,
                    "code": code, "request_id": null,
                })
            );
            assert!(!format!("{reply:?}").contains(&token), "{reply:?}");
        }
    }
    // Nobody waits for the body of a stranger: this one never comes.
    let call = "POST /v2/users HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n";
    let answer = wire::raw(served.address, call.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    let healthy = served.send(request("GET", "/healthz", &[], "")).await;
    assert_eq!((healthy.status.as_u16(), healthy.text().as_str()), (200, "ok"));
    // Another header changes nothing: it is the platform's.
    let good = format!("Bearer {}", key.token(&issuer.claims()));
    let reply = served.send(request("GET", USERS, &[("X-Serverless-Authorization", &good)], "")).await;
    assert_eq!(reply.status, 401);
    assert_eq!((world.zoom.rest_requests(), world.zoom.token_requests()), (0, 0));
    let log = vizard_tests::log::text();
    assert!(!log.contains(&token) && !log.contains(&good[7..]), "a token is in the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_rotate_and_a_hundred_callers_ask_the_issuer_once() {
    let (old, new) = (Signer::ed("old"), Signer::ed("new"));
    let issuer = Issuer::publishing(&[&old]).await;
    let world = World::zoom().await;
    let callers = callers(issuer.url(), NORA);
    let served = world.deployment.serve_to(callers.clone(), None, Limits::default()).await;
    let token = old.token(&issuer.claims());
    let asked = (0..100).map(|_| {
        let (address, token) = (served.address, format!("Bearer {token}"));
        tokio::spawn(async move {
            wire::send(address, request("GET", USERS, &[("Authorization", &token)], "")).await.status
        })
    });
    for status in asked.collect::<Vec<_>>() {
        assert_eq!(status.await.unwrap(), 200);
    }
    assert_eq!(issuer.asked(), 2, "its description and its keys");
    issuer.publish(&[&new]);
    // Within a minute of the last question nobody is asked: a stranger could name any key.
    let renewed = new.token(&issuer.claims());
    assert_eq!(told(&served, &renewed).await, refused(401, "bearer-invalid"));
    assert_eq!(told(&served, &token).await, refused(200, ""));
    assert_eq!(issuer.asked(), 2);
    let restarted = self::served(&world, issuer.url(), NORA).await;
    assert_eq!(told(&restarted, &renewed).await, refused(200, ""));
    assert_eq!(told(&restarted, &token).await, refused(401, "bearer-invalid"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_let_in_while_the_keys_are_unknown() {
    let key = Signer::ed("d");
    let world = World::zoom().await;
    let away = refused(503, "issuer-unavailable");
    let huge = json!({"keys": [key.public()], "padding": "x".repeat(300 * 1024)}).to_string();
    for what in ["an error", "a redirect", "another name", "a huge key set", "no key set"] {
        let issuer = Issuer::publishing(&[&key]).await;
        match what {
            "an error" => issuer.answer_with(500),
            "a redirect" => issuer.answer_with(302),
            "another name" => issuer.rename("https://accounts.lumen-orchard.example"),
            "a huge key set" => issuer.publish_text(huge.clone()),
            _ => issuer.publish_text("<html>".to_owned()),
        }
        let served = served(&world, issuer.url(), NORA).await;
        let reply = ask(&served, &key.token(&issuer.claims())).await;
        let (status, cause, code) = reply.problem();
        assert_eq!((status, code), away, "{what}");
        assert_eq!((cause.as_str(), reply.header("retry-after")), ("CONFIGURATION_FAILURE", "1"), "{what}");
    }
    let issuer = Issuer::publishing(&[&key]).await;
    issuer.answer_with(500);
    let served = served(&world, issuer.url(), NORA).await;
    let token = key.token(&issuer.claims());
    assert_eq!(told(&served, &token).await, away);
    issuer.answer_with(200);
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert_eq!(told(&served, &token).await, refused(200, ""), "the issuer is back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issuer_that_says_nothing_is_not_waited_for_forever() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let world = World::zoom().await;
    let served = served(&world, &url, NORA).await;
    let begin = std::time::Instant::now();
    let key = Signer::ed("d");
    let tokens = (0..20).map(|number| {
        let token = format!("Bearer {}", key.token(&json!({"number": number})));
        let address = served.address;
        tokio::spawn(async move {
            wire::send(address, request("GET", USERS, &[("Authorization", &token)], "")).await.status
        })
    });
    for status in tokens.collect::<Vec<_>>() {
        assert_eq!(status.await.unwrap(), 503);
    }
    assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
    assert_eq!(served.send(request("GET", "/healthz", &[], "")).await.status, 200);
}
