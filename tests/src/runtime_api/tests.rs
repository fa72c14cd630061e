//! The platform with a runtime that does as it is told.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::front::{Call, Front};
use super::{Failure, Function, PAYLOAD_LIMIT, Platform, queue};
use crate::moto::Moto;
use crate::repository;

fn program() -> PathBuf {
    repository::root().join("tests/src/runtime_api/echo.py")
}

fn echo() -> Function {
    // Python is where the developer has it.
    Function::start(&program(), &[("PATH", &std::env::var("PATH").unwrap())])
}

fn on(platform: Platform, more: &[(&str, &str)]) -> Function {
    let path = std::env::var("PATH").unwrap();
    let mut environment = vec![("PATH", path.as_str())];
    environment.extend(more);
    Function::on(platform, &program(), &environment)
}

async fn tell(function: &Function) -> Value {
    function.invoke(json!({"do": "tell"})).await.unwrap()
}

#[tokio::test]
async fn one_warm_process_serves_one_invocation_after_the_other() {
    let function = echo();
    assert_eq!((function.cold_starts(), function.started_in()), (0, None));
    let event = json!({"do": "echo", "number": 9007199254740993_u64, "text": "Özil"});
    assert_eq!(function.invoke(event.clone()).await.unwrap(), event);
    let started_in = function.started_in().unwrap();
    for served in 1..4 {
        assert_eq!(tell(&function).await["served"], served);
    }
    assert_eq!(function.cold_starts(), 1);
    assert_eq!(function.started_in(), Some(started_in));
    assert_eq!(tell(&function).await["pid"], function.pids()[0]);
    assert_eq!(tell(&function).await["cwd"], json!([]));
    assert!(function.memory_rss_bytes() > 1 << 20);
    assert!(function.memory_peak_bytes() >= function.memory_rss_bytes());
}

#[tokio::test]
async fn the_process_is_told_what_lambda_tells() {
    let function = on(Platform { memory_mib: 512, ..Platform::default() }, &[("SOURCE", "zoom")]);
    let environment = function.invoke(json!({"do": "environment"})).await.unwrap();
    for (name, value) in [
        ("SOURCE", "zoom"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_LAMBDA_FUNCTION_NAME", "vizard-zoom"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ] {
        assert_eq!(environment[name], value, "{name}");
    }
    assert_eq!(environment.get("CARGO_MANIFEST_DIR"), None, "nothing of the developer's");
    let headers = function.invoke(json!({"do": "headers"})).await.unwrap();
    let deadline: u128 = headers["lambda-runtime-deadline-ms"].as_str().unwrap().parse().unwrap();
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis();
    assert!(deadline > now && deadline <= now + 30_000, "{deadline} {now}");
    let arn = "arn:aws:lambda:eu-central-1:123456789012:function:vizard-zoom";
    assert_eq!(headers["lambda-runtime-invoked-function-arn"], arn);
    assert!(headers["lambda-runtime-trace-id"].as_str().unwrap().starts_with("Root=1-"));
}

#[tokio::test]
async fn failures_are_told_apart() {
    let function = echo();
    let failed = function.invoke(json!({"do": "fail", "why": "no reason"})).await.unwrap_err();
    assert_eq!(failed, Failure::Reported { kind: "Sad".into(), message: "no reason".into() });
    assert_eq!(tell(&function).await["served"], 0, "the process lives on");

    let failed = function.invoke(json!({"do": "die"})).await.unwrap_err();
    assert_eq!(failed, Failure::Exited { status: "exit status: 3".into() });
    assert_eq!(failed.kind(), "Runtime.ExitError");
    assert_eq!((tell(&function).await["served"].clone(), function.cold_starts()), (json!(0), 2));

    let timeout = Duration::from_millis(300);
    let failed = function.invoke_with_deadline(json!({"do": "hang"}), timeout).await.unwrap_err();
    assert_eq!(failed, Failure::TimedOut { after: timeout });
    assert_eq!(failed.kind(), "Sandbox.Timedout");
    assert_eq!((function.pids(), function.cold_starts()), (vec![], 2), "the process was killed");

    function.invoke(json!({"do": "die afterwards"})).await.unwrap();
    assert_eq!(tell(&function).await["served"], 0, "dead between invocations: a cold start");
    assert_eq!(function.cold_starts(), 4);
}

#[tokio::test]
async fn a_process_that_cannot_start_says_why() {
    let function = on(Platform::default(), &[("BREAKS", "at the start")]);
    for starts in 1..3 {
        let failed = function.invoke(json!({})).await.unwrap_err();
        assert_eq!(failed, Failure::NotStarted { kind: "Sad".into(), message: "no salt".into() });
        assert_eq!(function.cold_starts(), starts);
    }
    assert_eq!(function.log(), [json!({"said": "could not start"}), json!({"said": "could not start"})]);
}

#[tokio::test]
async fn payloads_have_a_limit() {
    let function = echo();
    // Two quotes come with the text.
    let fits = function.invoke(json!({"do": "large", "bytes": PAYLOAD_LIMIT - 2})).await.unwrap();
    assert_eq!(fits.as_str().unwrap().len(), PAYLOAD_LIMIT - 2);
    let failed = function.invoke(json!({"do": "large", "bytes": PAYLOAD_LIMIT - 1})).await.unwrap_err();
    assert_eq!(failed, Failure::ResponseTooLarge { bytes: PAYLOAD_LIMIT + 1 });
    let failed = function.invoke(json!({"text": "x".repeat(PAYLOAD_LIMIT)})).await.unwrap_err();
    assert_eq!(failed.kind(), "RequestTooLargeException");
    assert_eq!(function.cold_starts(), 1);
    assert_eq!(function.log(), [json!({"said": 413}), json!({"said": 403})], "what the runtime was told");
}

#[tokio::test]
async fn a_fleet_grows_as_far_as_it_may() {
    let function = on(Platform { at_most: 3, ..Platform::default() }, &[]);
    let pause = json!({"do": "pause", "seconds": 0.4});
    let calls = (0..6).map(|_| function.invoke(pause.clone()));
    for answer in all(calls).await {
        assert_eq!(answer.unwrap(), pause);
    }
    assert_eq!((function.cold_starts(), function.pids().len()), (3, 3));

    let refusing = on(Platform { throttles: true, ..Platform::default() }, &[]);
    let answers = all((0..2).map(|_| refusing.invoke(pause.clone()))).await;
    assert_eq!(answers.iter().filter(|it| **it == Err(Failure::Throttled)).count(), 1);
}

/// Runs them at the same time.
async fn all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(|it| (Box::pin(it), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in &mut futures {
            if output.is_none()
                && let std::task::Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *output = Some(ready);
            }
        }
        if futures.iter().all(|(_, output)| output.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    futures.into_iter().map(|(_, output)| output.unwrap()).collect()
}

#[tokio::test]
async fn a_frozen_process_does_nothing_between_invocations() {
    for (freezes, expected) in [(true, 0..15), (false, 15..1000)] {
        let function = on(Platform { freezes, ..Platform::default() }, &[]);
        let before = tell(&function).await["ticks"].as_i64().unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;
        let after = tell(&function).await["ticks"].as_i64().unwrap();
        assert!(expected.contains(&(after - before)), "{freezes}: {before} {after}");
        assert_eq!(function.cold_starts(), 1);
    }
}

#[tokio::test]
async fn a_killed_process_fails_its_invocation_and_the_next_is_cold() {
    let function = echo();
    let first = tell(&function).await["pid"].clone();
    let (failed, ()) = tokio::join!(function.invoke(json!({"do": "hang"})), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        function.kill().await;
    });
    assert_eq!(failed, Err(Failure::Exited { status: "signal: 9 (SIGKILL)".into() }));
    assert_ne!(tell(&function).await["pid"], first);
    // The same between invocations, frozen.
    function.kill().await;
    assert_eq!(function.pids(), Vec::<u32>::new());
    assert_eq!((tell(&function).await["served"].clone(), function.cold_starts()), (json!(0), 3));
}

#[tokio::test]
async fn retired_processes_may_say_goodbye_if_they_asked_to() {
    let function = on(Platform::default(), &[("EXTENSION", "1")]);
    tell(&function).await;
    assert_eq!(function.retire().await, 1);
    assert_eq!(function.log(), [json!({"said": "goodbye"})]);
    let function = echo();
    tell(&function).await;
    assert_eq!((function.retire().await, function.pids()), (0, vec![]));
}

#[tokio::test]
async fn what_is_written_is_there_when_the_answer_is_and_goes_with_the_function() {
    let function = echo();
    for number in 0..20 {
        function.invoke(json!({"do": "say", "text": number})).await.unwrap();
        assert_eq!(function.log().len(), number + 1);
    }
    assert_eq!(function.stderr(), "");
    let home = function.home.clone();
    assert!(home.exists());
    drop(function);
    assert!(!home.exists());
}

#[tokio::test]
async fn a_function_is_asked_over_each_product() {
    let function = echo();
    for front in Front::ALL {
        // The echo has no status: format 2.0 takes it for the body, a REST API refuses it.
        let reply = front.ask(&function, Call::get("/v2/users?page_size=3")).await;
        match front {
            Front::RestApi { .. } => assert_eq!(reply.status.as_u16(), 502),
            Front::HttpApi { .. } | Front::FunctionUrl => {
                assert_eq!(reply.json()["rawQueryString"], "page_size=3");
            }
        }
    }
}

#[tokio::test]
async fn a_batch_is_delivered_until_it_is_done_or_given_up() {
    let (moto, function) = (Moto::start().await, echo());
    let (jobs, dead) = moto.create_queue_that_gives_up("own-batches", 2).await;
    assert!(queue::deliver(moto, &jobs, &function, 10).await.is_none());
    moto.send_message(&jobs, "one").await;
    moto.send_message(&jobs, "two").await;
    let delivery = queue::deliver(moto, &jobs, &function, 1).await.unwrap();
    // The echo reports nothing, so the message is done.
    assert_eq!(delivery.outcome.unwrap()["Records"][0]["body"], "one");
    assert_eq!((delivery.deleted.len(), delivery.kept.len()), (1, 0));
    // The other fails twice, and is given up.
    let failing = on(Platform::default(), &[("BREAKS", "at the start")]);
    let delivery = queue::deliver(moto, &jobs, &failing, 10).await.unwrap();
    assert_eq!((delivery.messages[0].received(), delivery.kept.len()), (1, 1));
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let delivery = queue::deliver(moto, &jobs, &failing, 10).await.unwrap();
    assert_eq!((delivery.messages[0].received(), delivery.kept.len()), (2, 1));
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert!(queue::deliver(moto, &jobs, &failing, 10).await.is_none());
    assert_eq!(moto.messages(&dead).await[0].body, "two");
}
