//! Several processes, processes that are killed, and time that runs out.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use vizard_tests::moto::faults::Fault as AwsFault;
use vizard_tests::runtime_api::front::{Call, Front};
use vizard_tests::runtime_api::{Failure, Platform};
use vizard_zoom_simulator::{Config, Fault, Target, TokenPolicy};

use crate::deployed::{Deployed, Plan, USERS, until};

fn event(target: &str) -> Value {
    Front::FunctionUrl.event(&Call::get(target))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_of_calls_over_several_processes_fetches_one_token() {
    let zoom = Config { extra_fields: true, token_policy: TokenPolicy::SingleActive, ..Config::tiny() };
    let platform = Platform { at_most: 5, ..Platform::default() };
    let deployed = Arc::new(Deployed::with(Plan { zoom, platform, ..Plan::default() }).await);
    deployed.zoom.set_fault(Target::Token, Fault::SlowHeaders(Duration::from_millis(300)), 1);
    let token = deployed.user_token(3);
    let targets = [USERS.to_owned(), format!("/v2/users/{token}"), "/v2/accounts".to_owned()];
    let mut calls = JoinSet::new();
    for number in 0..50 {
        let (deployed, target) = (deployed.clone(), targets[number % 3].clone());
        calls.spawn(async move { (number % 3, deployed.get(&target).await) });
    }
    let replies = calls.join_all().await;
    let expected = [deployed.get(&targets[0]).await, deployed.get(&targets[1]).await];
    for (which, reply) in replies {
        match expected.get(which) {
            Some(expected) => assert_eq!(reply, *expected, "{}", reply.text()),
            None => assert_eq!(reply.problem().1, "BLOCKED_BY_RULES"),
        }
    }
    assert_eq!(expected.map(|it| it.status.as_u16()), [200, 200]);
    assert_eq!(deployed.function.cold_starts(), 5);
    assert_eq!(deployed.zoom.token_requests(), 1);
    assert_eq!(deployed.moto.parameter(&deployed.lease()).await, None, "given back");
    let version = deployed.moto.parameter(&deployed.shared_token()).await.map(|(_, version)| version);
    assert_eq!(version, Some(1));
    assert_eq!(deployed.audit().len(), 52);
    deployed.assert_nothing_leaked();
}

#[tokio::test]
async fn a_process_that_is_killed_takes_one_call_with_it() {
    let deployed = Deployed::zoom().await;
    let first = deployed.get(USERS).await;
    deployed.zoom.set_fault(Target::Rest, Fault::SlowHeaders(Duration::from_secs(20)), 1);
    let before = deployed.zoom.rest_requests();
    let (killed, ()) = tokio::join!(deployed.function.invoke(event(USERS)), async {
        until("the source is asked", || async { deployed.zoom.rest_requests() > before }).await;
        deployed.function.kill().await;
    });
    assert_eq!(killed, Err(Failure::Exited { status: "signal: 9 (SIGKILL)".to_owned() }));
    assert_eq!(deployed.get(USERS).await, first);
    assert_eq!(deployed.function.cold_starts(), 2);
    assert_eq!(deployed.zoom.token_requests(), 1, "the new process takes the shared token");
    deployed.assert_nothing_leaked();
}

/// A process is killed while it fetches a token, so that its lease stays.
async fn with_a_lease_left_behind() -> (Deployed, String) {
    let deployed = Deployed::zoom().await;
    deployed.zoom.set_fault(Target::Token, Fault::SlowHeaders(Duration::from_secs(20)), 1);
    let (killed, ()) = tokio::join!(deployed.function.invoke(event(USERS)), async {
        until("a token is asked for", || async { deployed.zoom.token_requests() > 0 }).await;
        deployed.function.kill().await;
    });
    assert!(matches!(killed, Err(Failure::Exited { .. })), "{killed:?}");
    let (holder, version) = deployed.moto.parameter(&deployed.lease()).await.expect("it is left behind");
    assert_eq!(version, 1);
    deployed.aws.forget();
    (deployed, holder)
}

#[tokio::test]
async fn a_lease_that_a_killed_process_left_behind_is_taken_over_when_it_has_run_out() {
    let (deployed, holder) = with_a_lease_left_behind().await;
    // A minute passes at AWS: from the second look on, the lease is old.
    let old = json!({"Parameter": {
        "Name": deployed.lease(), "Type": "String", "Value": holder, "Version": 1, "LastModifiedDate": 1_700_000_000.0,
    }});
    deployed.aws.plan("AmazonSSM.GetParameter", 2, AwsFault::Slow(Duration::ZERO));
    deployed.aws.plan("AmazonSSM.GetParameter", 1, AwsFault::Answer(200, old.to_string()));
    assert_eq!(deployed.get(USERS).await.status, 200);
    assert_eq!(
        deployed.aws.count("AmazonSSM.GetParameter"),
        4,
        "twice in vain, once old, once to give it back"
    );
    assert_eq!(deployed.moto.parameter(&deployed.lease()).await, None);
    assert_eq!(deployed.zoom.token_requests(), 2);
    deployed.assert_nothing_leaked();
}

#[tokio::test]
async fn while_a_lease_is_held_a_token_of_its_holder_is_waited_for() {
    let (deployed, _) = with_a_lease_left_behind().await;
    let zoom = Config { extra_fields: true, ..Config::tiny() };
    // The holder lives on elsewhere, and brings a token in the end.
    let (reply, ()) = tokio::join!(deployed.get(USERS), async {
        let looks = || async { deployed.aws.count("AmazonSSM.GetParameter") >= 2 };
        until("the lease was found held twice", looks).await;
        let token = token_of(&zoom, deployed.zoom.url()).await;
        let shared = json!({"token": token, "expirationDate": 4_000_000_000_000_u64}).to_string();
        deployed.moto.put_parameter(&deployed.shared_token(), &shared, "SecureString").await;
    });
    assert_eq!(reply.status, 200);
    assert!(deployed.moto.parameter(&deployed.lease()).await.is_some(), "somebody else's is left alone");
}

#[tokio::test]
async fn who_waits_too_long_for_a_lease_says_so() {
    let (deployed, _) = with_a_lease_left_behind().await;
    let reply = deployed.get(USERS).await;
    let expected = (503, "CONFIGURATION_FAILURE".to_owned(), "secret-store-unavailable".to_owned());
    assert_eq!(reply.problem(), expected);
    assert_eq!(deployed.zoom.token_requests(), 1, "nobody fetches without the lease");
}

/// A token, asked for as another process would.
async fn token_of(zoom: &Config, url: &str) -> String {
    let body = format!("grant_type=account_credentials&account_id={}", zoom.account_id);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked =
        client.post(format!("{url}/oauth/token")).basic_auth(&zoom.client_id, Some(&zoom.client_secret));
    let asked = asked.header("content-type", "application/x-www-form-urlencoded").body(body);
    let answer: Value = serde_json::from_str(&asked.send().await.unwrap().text().await.unwrap()).unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn there_is_an_answer_before_the_platform_loses_its_patience() {
    let deployed = Deployed::zoom().await;
    let warm = deployed.get(USERS).await;
    for (front, fault) in [
        (Front::FunctionUrl, Fault::SlowHeaders(Duration::from_secs(20))),
        (Front::RestApi { stage: "live", binary: true }, Fault::SlowBody(Duration::from_secs(20))),
    ] {
        deployed.zoom.set_fault(Target::Rest, fault.clone(), 1);
        let timeout = Duration::from_millis(1_500);
        let answer = deployed.function.invoke_with_deadline(front.event(&Call::get(USERS)), timeout).await;
        let reply = front.reply(&answer.unwrap());
        let expected = (504, "SOURCE_API_READ_TIMEOUT".to_owned(), "source-timeout".to_owned());
        assert_eq!(reply.problem(), expected, "{fault:?}");
        deployed.note(&reply);
        // What is left of that call disturbs nobody.
        assert_eq!(deployed.get(USERS).await, warm);
    }
    assert_eq!(deployed.function.cold_starts(), 1);
    deployed.assert_nothing_leaked();
}

#[tokio::test]
async fn a_token_that_is_long_in_coming_is_not_waited_for_beyond_the_deadline() {
    let deployed = Deployed::zoom().await;
    deployed.zoom.set_fault(Target::Token, Fault::SlowHeaders(Duration::from_secs(20)), 1);
    let timeout = Duration::from_millis(2_500);
    let answer = deployed.function.invoke_with_deadline(event(USERS), timeout).await;
    let reply = Front::FunctionUrl.reply(&answer.unwrap());
    let expected = (502, "NETWORK_EGRESS_BLOCKED".to_owned(), "credential-timeout".to_owned());
    assert_eq!(reply.problem(), expected);
}

#[tokio::test]
async fn a_frozen_process_goes_on_where_it_was() {
    let deployed = Deployed::zoom().await;
    let first = deployed.get(USERS).await;
    for _ in 0..4 {
        // Connections that the source closed meanwhile are noticed.
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(deployed.get(USERS).await, first);
    }
    deployed.zoom.revoke_tokens();
    assert_eq!(deployed.get(USERS).await, first);
    assert_eq!((deployed.zoom.token_requests(), deployed.function.cold_starts()), (2, 1));
    let version = deployed.moto.parameter(&deployed.shared_token()).await.map(|(_, version)| version);
    assert_eq!(version, Some(2), "the next token is shared as well");
    deployed.assert_nothing_leaked();
}

/// What a call needs is given back, also by callers who take gzip: a function has little memory and lives for hours.
#[tokio::test]
async fn memory_stays_where_it_is() {
    let platform = Platform { freezes: false, ..Platform::default() };
    let deployed = Deployed::with(Plan { platform, ..Plan::default() }).await;
    let call = Call::get(USERS).header("Accept-Encoding", "gzip");
    let mut resident = Vec::new();
    for _ in 0..4 {
        for _ in 0..100 {
            assert_eq!(Front::FunctionUrl.ask(&deployed.function, &call).await.status, 200);
        }
        resident.push(deployed.function.memory_rss_bytes() >> 10);
    }
    // The first two hundred may settle something.
    assert!(resident[3] < resident[1] + 2 * 1024, "KB after each hundred calls: {resident:?}");
    assert_eq!(deployed.function.cold_starts(), 1);
}
