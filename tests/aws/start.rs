//! The start of a proxy on AWS: what it reads, what it writes, and that it is the same proxy as anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use vizard_proxy::ports::SystemClock;
use vizard_proxy::{Client, Platform, Proxy};
use vizard_tests::keys;
use vizard_tests::moto::faults::{AwsFaults, Fault};
use vizard_tests::wire::Reply;
use vizard_tests::world::World;
use vizard_zoom_simulator::{Config, TokenPolicy};

use crate::account;
use crate::deployed::{Deployed, Plan, USERS};

const READ: &str = "AmazonSSM.GetParameters";

/// A proxy in this process, with the settings of a deployment.
pub(crate) async fn proxy(deployed: &Deployed) -> Arc<Proxy> {
    let aws = account::at(deployed.aws.url()).await;
    let clock = Arc::new(SystemClock);
    let platform = Platform {
        secrets: aws.secrets(&deployed.settings, clock.clone()).unwrap(),
        clock,
        destinations: Arc::new(aws.buckets()),
        queue: None,
        workload: None,
    };
    let started = Proxy::start_on(&deployed.settings, platform).await;
    assert_eq!((started.problems, started.rules_differ), (vec![], false));
    Arc::new(started.proxy.with_callers_authenticated_by("platform"))
}

async fn get(proxy: &Proxy, target: &str) -> Reply {
    let client = Client { address: Some(Ipv4Addr::LOCALHOST.into()), https: None };
    Reply::of(proxy.handle(Request::get(target).body(Bytes::new()).unwrap(), client).await)
}

/// All names that were asked for in calls for many, each call's together.
fn asked(aws: &AwsFaults) -> Vec<Vec<String>> {
    let seen = aws.seen().into_iter().filter(|it| it.operation == READ);
    let names = seen.map(|it| serde_json::from_slice::<Value>(it.request.body()).unwrap()["Names"].take());
    names.map(|it| serde_json::from_value(it).unwrap()).collect()
}

#[tokio::test]
async fn all_that_is_read_at_the_start_is_one_batch() {
    let deployed = Deployed::zoom().await;
    // As long as the first is not answered, all others are under way already.
    deployed.aws.plan(READ, 1, Fault::Slow(Duration::from_millis(600)));
    let started = tokio::join!(proxy(&deployed), async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        deployed.aws.counts()
    });
    let (proxy, under_way) = started;
    let all = deployed.aws.counts();
    assert_eq!(under_way, all, "none waited for another");
    let calls = all[READ];
    assert_eq!(all, BTreeMap::from([(READ.to_owned(), calls)]));
    assert!(calls <= 6, "{calls} calls for names that fit into six");
    let names: Vec<String> = asked(&deployed.aws).concat();
    let different: BTreeSet<&String> = names.iter().collect();
    assert_eq!(names.len(), different.len(), "none is asked for twice");
    for (path, name) in [
        ("zoom/config/", "RULES"),
        ("shared/", "PSOXY_SALT"),
        ("zoom/config/", "CLIENT_SECRET"),
        ("zoom/state/", "ACCESS_TOKEN"),
    ] {
        let name = format!("{}/{path}{name}", deployed.path);
        assert!(different.contains(&name), "{name}");
    }

    // The first call asks for nothing again but the token that another process may have stored meanwhile.
    deployed.aws.forget();
    assert_eq!(get(&proxy, USERS).await.status, 200);
    let places = ["zoom/state", "zoom/config", "shared"];
    let token = places.map(|path| vec![format!("{}/{path}/ACCESS_TOKEN", deployed.path)]);
    assert_eq!(asked(&deployed.aws), token);
    let counts = [
        ("AmazonSSM.DeleteParameter", 1), // the lease
        ("AmazonSSM.GetParameter", 1),    // whether it is still ours
        (READ, 3),
        ("AmazonSSM.PutParameter", 2), // the lease and the token
    ];
    let expected = counts.map(|(name, count)| (name.to_owned(), count));
    assert_eq!(deployed.aws.counts(), BTreeMap::from(expected));

    // And the next one for nothing at all.
    deployed.aws.forget();
    assert_eq!(get(&proxy, USERS).await.status, 200);
    assert_eq!(deployed.aws.counts(), BTreeMap::new());
}

#[tokio::test]
async fn a_proxy_on_aws_answers_as_one_anywhere() {
    let keys = (keys::SALT, keys::ENCRYPTION_KEY);
    let deployed = Deployed::with(Plan { keys, ..Plan::default() }).await;
    let (proxy, world) = (proxy(&deployed).await, World::zoom().await);
    let token = world.user_token(1);
    for target in [
        USERS.to_owned(),
        format!("/v2/users/{token}"),
        format!("/v2/users/{token}/meetings?type=previous_meetings"),
        "/v2/accounts".to_owned(),
    ] {
        let [here, there] = [get(&proxy, &target).await, world.get(&target).await];
        assert_eq!((here.status, &here.headers), (there.status, &there.headers), "{target}");
        let without_id = |reply: &Reply| match reply.json() {
            Value::Object(mut it) => {
                it.remove("request_id");
                json!(it)
            }
            other => other,
        };
        assert_eq!(without_id(&here), without_id(&there), "{target}");
        deployed.note(&here);
    }
    deployed.assert_nothing_leaked();
}

#[tokio::test]
async fn nothing_is_written_but_the_state() {
    for policy in [TokenPolicy::Multi, TokenPolicy::SingleActive] {
        let zoom = Config { token_policy: policy, ..Config::tiny() };
        let deployed = Deployed::with(Plan { zoom, ..Plan::default() }).await;
        let before = deployed.moto.parameters_below(&deployed.path).await;
        assert_eq!(get(&*proxy(&deployed).await, USERS).await.status, 200);
        let mut after = deployed.moto.parameters_below(&deployed.path).await;
        let (token, version) = after.remove(&deployed.shared_token()).expect("the token is shared");
        assert_eq!((after, version), (before, 1), "and nothing else is written or left behind");
        let stored: Value = serde_json::from_str(&token).unwrap();
        let members: Vec<&String> = stored.as_object().unwrap().keys().collect();
        assert_eq!(members, ["token", "expirationDate"]);

        // The next process takes it and asks for none of its own.
        deployed.aws.forget();
        assert_eq!(get(&*proxy(&deployed).await, USERS).await.status, 200);
        assert_eq!(deployed.zoom.token_requests(), 1, "{policy:?}");
        let operations: Vec<String> = deployed.aws.counts().into_keys().collect();
        assert_eq!(operations, [READ], "{policy:?}");
    }
}

#[tokio::test]
async fn without_a_place_for_state_it_is_with_the_settings() {
    let deployed = Deployed::configured(&[("VIZARD_STATE_PATH", "")]).await;
    assert_eq!(get(&*proxy(&deployed).await, USERS).await.status, 200);
    let token = format!("{}/zoom/config/ACCESS_TOKEN", deployed.path);
    assert_eq!(deployed.moto.parameter(&token).await.map(|(_, version)| version), Some(1));
    let lease = format!("{}/zoom/config/OAUTH_REFRESH_TOKEN_lock", deployed.path);
    let seen = deployed.aws.seen();
    assert!(seen.iter().any(|it| String::from_utf8_lossy(it.request.body()).contains(&lease)));
    assert_eq!(deployed.moto.parameter(&lease).await, None, "given back");
}

#[tokio::test]
async fn a_replaced_client_secret_is_found_at_once() {
    let deployed = Deployed::zoom().await;
    let name = format!("{}/zoom/config/CLIENT_SECRET", deployed.path);
    let right = deployed.moto.parameter(&name).await.unwrap().0;
    deployed.moto.put_parameter(&name, "the-one-before-it-was-regenerated", "SecureString").await;
    let proxy = proxy(&deployed).await;
    let refused = get(&proxy, USERS).await;
    assert_eq!(refused.problem(), (500, "CONNECTION_SETUP".to_owned(), "credential-unavailable".to_owned()));
    deployed.moto.put_parameter(&name, &right, "SecureString").await;
    // The token endpoint is spared for a second after it refused; what is remembered, for five minutes.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(get(&proxy, USERS).await.status, 200);
    deployed.note(&refused);
    deployed.assert_nothing_leaked();
}

/// Who may not write keeps a token to itself, and serves.
#[tokio::test]
async fn a_role_that_may_only_read_is_enough_to_answer() {
    let deployed = Deployed::zoom().await;
    let before = deployed.moto.parameters_below(&deployed.path).await;
    deployed.aws.plan("AmazonSSM.PutParameter", u32::MAX, Fault::AccessDenied);
    let proxy = proxy(&deployed).await;
    for _ in 0..2 {
        assert_eq!(get(&proxy, USERS).await.status, 200);
    }
    assert_eq!(deployed.zoom.token_requests(), 1);
    assert_eq!(deployed.moto.parameters_below(&deployed.path).await, before);
}
