//! Parameter Store: what is there, what is not, and what cannot be known.

use std::sync::Arc;

use serde_json::Value;
use tokio::task::JoinSet;
use vizard_aws::ParameterStore;
use vizard_proxy::ports::{SecretStore, StoreError, SystemClock};
use vizard_pseudonym::Secret;
use vizard_tests::moto::Moto;
use vizard_tests::moto::faults::{AwsFaults, Fault};

use crate::account::{self, number, text, texts};

const READ: &str = "AmazonSSM.GetParameters";
const WRITE: &str = "AmazonSSM.PutParameter";

async fn store(url: &str) -> ParameterStore {
    ParameterStore::new(account::at(url).await.config(), None, Arc::new(SystemClock))
}

/// What a call of an operation said, as JSON.
fn inputs(front: &AwsFaults, operation: &str) -> Vec<Value> {
    let seen = front.seen().into_iter().filter(|it| it.operation == operation);
    seen.map(|it| serde_json::from_slice(it.request.body()).unwrap()).collect()
}

#[tokio::test]
async fn parameters_are_read_by_their_names() {
    let (moto, n) = (Moto::start().await, number());
    let store = store(moto.url()).await;
    for (name, value, kind) in [
        (format!("/read/{n}/PLAIN"), "plain", "String"),
        (format!("/read/{n}/SECRET"), "secret", "SecureString"),
        (format!("/read/{n}/ODD"), " line\nÖ \"x\" \\ fill me ", "SecureString"),
        (format!("READ_{n}_PLAIN"), "without a path", "String"),
    ] {
        moto.put_parameter(&name, value, kind).await;
    }
    for (name, expected) in [
        (format!("/read/{n}/PLAIN"), Some("plain")),
        (format!("read/{n}/PLAIN"), Some("plain")),
        (format!("/read/{n}/SECRET"), Some("secret")),
        (format!("/read/{n}/ODD"), Some(" line\nÖ \"x\" \\ fill me ")),
        (format!("READ_{n}_PLAIN"), Some("without a path")),
        (format!("/read/{n}/NONE"), None),
        (format!("/read/{n}"), None),
        (format!("READ_{n}_NONE"), None),
    ] {
        assert_eq!(text(store.read(&name).await.unwrap()).as_deref(), expected, "{name}");
    }
}

#[tokio::test]
async fn many_parameters_are_read_at_once_and_in_their_order() {
    let (moto, n) = (Moto::start().await, number());
    let front = moto.through_faults().await;
    let store = store(front.url()).await;
    let (mut names, mut expected) = (Vec::new(), Vec::new());
    for i in 0..24 {
        let name = format!("/many/{n}/{i}");
        if i % 3 != 0 {
            let kind = if i % 2 == 0 { "String" } else { "SecureString" };
            moto.put_parameter(&name, &format!("value {i}"), kind).await;
        }
        expected.push((i % 3 != 0).then(|| format!("value {i}")));
        names.push(name);
    }
    // Again, in the other order, and with the other spelling.
    names.extend(names.clone().iter().rev().map(|name| name.trim_start_matches('/').to_owned()));
    expected.extend(expected.clone().into_iter().rev());
    assert_eq!(texts(store.read_all(&names).await.unwrap()), expected);
    let asked: Vec<usize> =
        inputs(&front, READ).iter().map(|it| it["Names"].as_array().unwrap().len()).collect();
    assert_eq!((asked.len(), asked.iter().sum::<usize>()), (3, 24), "each once, ten in a call");
    assert_eq!(texts(store.read_all(&[]).await.unwrap()), Vec::<Option<String>>::new());
    assert_eq!(front.counts().into_iter().collect::<Vec<_>>(), [(READ.to_owned(), 3)]);
}

/// What goes wrong, what is said of it, and how often it is tried.
fn failures(name: &str) -> Vec<(Fault, StoreError, usize)> {
    let away = |reason: &str| StoreError::Unavailable { reason: reason.to_owned() };
    let denied = || StoreError::Denied { name: name.to_owned() };
    let no_connection = || away("no connection, or no credentials");
    let not_understood = || away("an answer that is not understood");
    vec![
        (Fault::AccessDenied, denied(), 1),
        (Fault::Error(400, "UnrecognizedClientException"), denied(), 1),
        (Fault::Error(403, "InvalidClientTokenId"), denied(), 1),
        (Fault::Throttled, away("ThrottlingException"), 4),
        (Fault::Internal, away("InternalServerError"), 4),
        (Fault::Error(400, "InvalidKeyId"), away("InvalidKeyId"), 1),
        (Fault::Cut, no_connection(), 4),
        (Fault::Answer(200, "<html>gateway</html>".to_owned()), not_understood(), 1),
        (Fault::Answer(200, r#"{"Parameters":[{"Name":"#.to_owned()), not_understood(), 1),
        (Fault::Answer(502, "<html>gateway</html>".to_owned()), not_understood(), 4),
    ]
}

#[tokio::test]
async fn a_read_that_fails_is_no_absence() {
    let (moto, n) = (Moto::start().await, number());
    let (one, kept) = (format!("/failing/{n}/NAME"), format!("/failing/{n}/7"));
    moto.put_parameter(&kept, "kept", "SecureString").await;
    let mut running = JoinSet::new();
    for (fault, expected, attempts) in failures(&one) {
        let (one, kept) = (one.clone(), kept.clone());
        running.spawn(async move {
            let front = moto.through_faults().await;
            front.plan(READ, u32::MAX, fault.clone());
            let store = store(front.url()).await;
            assert_eq!(store.read(&one).await, Err(expected), "{fault:?}");
            assert_eq!(front.count(READ), attempts, "{fault:?}");
            front.clear();
            assert_eq!(text(store.read(&kept).await.unwrap()).as_deref(), Some("kept"), "{fault:?}");
        });
    }
    running.join_all().await;
}

#[tokio::test]
async fn of_many_reads_one_that_fails_fails_all() {
    let (moto, n) = (Moto::start().await, number());
    let names: Vec<String> = (10..33).map(|i| format!("/all/{n}/{i}")).collect();
    let mut running = JoinSet::new();
    for (fault, expected, attempts) in failures(&names[0]) {
        let names = names.clone();
        running.spawn(async move {
            let front = moto.through_faults().await;
            // The first of three calls, and again whenever it is tried again; the SDK sends them in this order.
            front.plan(READ, u32::MAX, fault.clone());
            let store = store(front.url()).await;
            assert_eq!(texts_or(store.read_all(&names).await), Err(expected), "{fault:?}");
            assert!(front.count(READ) >= attempts, "{fault:?}");
        });
    }
    running.join_all().await;
    let front = moto.through_faults().await;
    front.plan(READ, 2, Fault::Slow(std::time::Duration::ZERO));
    front.plan(READ, 1, Fault::AccessDenied);
    let read = store(front.url()).await.read_all(&names).await;
    assert!(matches!(read, Err(StoreError::Denied { .. })), "the last of three: {read:?}");
}

fn texts_or(read: Result<Vec<Option<Secret>>, StoreError>) -> Result<Vec<Option<String>>, StoreError> {
    read.map(texts)
}

#[tokio::test]
async fn a_name_that_an_answer_leaves_out_is_not_known_to_be_absent() {
    let moto = Moto::start().await;
    let mut running = JoinSet::new();
    for answer in [
        "{}",
        r#"{"Parameters":[],"InvalidParameters":[]}"#,
        r#"{"Parameters":[{"Name":"/left-out/B","Value":"b"}],"InvalidParameters":[]}"#,
        r#"{"Parameters":[{"Name":"/left-out/A"}],"InvalidParameters":[]}"#,
        r#"{"Parameters":[],"InvalidParameters":["/left-out/B"]}"#,
    ] {
        running.spawn(async move {
            let front = moto.through_faults().await;
            front.plan(READ, u32::MAX, Fault::Answer(200, answer.to_owned()));
            let read = store(front.url()).await.read("/left-out/A").await;
            assert!(matches!(read, Err(StoreError::Unavailable { .. })), "{answer}: {read:?}");
        });
    }
    running.join_all().await;
}

#[tokio::test]
async fn a_moment_of_trouble_is_not_noticed() {
    let (moto, n) = (Moto::start().await, number());
    let name = format!("/moment/{n}/NAME");
    moto.put_parameter(&name, "there", "SecureString").await;
    let mut running = JoinSet::new();
    for fault in [Fault::Throttled, Fault::Internal, Fault::Cut, Fault::CutAfter] {
        let name = name.clone();
        running.spawn(async move {
            let front = moto.through_faults().await;
            front.plan(READ, 2, fault.clone());
            let store = store(front.url()).await;
            assert_eq!(text(store.read(&name).await.unwrap()).as_deref(), Some("there"), "{fault:?}");
            assert_eq!(front.count(READ), 3, "{fault:?}");
        });
    }
    running.join_all().await;
}

#[tokio::test]
async fn what_is_written_is_secret_and_replaces_what_was_there() {
    let (moto, n) = (Moto::start().await, number());
    let front = moto.through_faults().await;
    let store = store(front.url()).await;
    let name = format!("/written/{n}/ACCESS_TOKEN");
    let long = "t".repeat(5_000);
    for (version, value) in ["first", "second", &long].into_iter().enumerate() {
        store.write(&name, &Secret::new(value)).await.unwrap();
        assert_eq!(moto.parameter(&name).await, Some((value.to_owned(), version as u64 + 1)));
        assert_eq!(text(store.read(&name).await.unwrap()).as_deref(), Some(value));
    }
    store.write(name.trim_start_matches('/'), &Secret::new("fourth")).await.unwrap();
    assert_eq!(moto.parameter(&name).await, Some(("fourth".to_owned(), 4)));
    for input in inputs(&front, WRITE) {
        assert_eq!(input["Type"], "SecureString");
        assert_eq!(input.get("KeyId"), None, "the account's own key");
    }
    let no_text = store.write(&name, &Secret::new(&b"\xff"[..])).await;
    assert_eq!(no_text, Err(StoreError::Name { name: name.clone() }));
    let key = Some("alias/of-the-tests".to_owned());
    let keyed = ParameterStore::new(account::at(front.url()).await.config(), key, Arc::new(SystemClock));
    keyed.write(&name, &Secret::new("fifth")).await.unwrap();
    assert_eq!(inputs(&front, WRITE).last().unwrap()["KeyId"], "alias/of-the-tests");
}

#[tokio::test]
async fn a_write_that_fails_says_so() {
    let (moto, n) = (Moto::start().await, number());
    let name = format!("/unwritten/{n}/ACCESS_TOKEN");
    let mut running = JoinSet::new();
    for (fault, expected, attempts) in failures(&name) {
        let name = name.clone();
        running.spawn(async move {
            let front = moto.through_faults().await;
            front.plan(WRITE, u32::MAX, fault.clone());
            let written = store(front.url()).await.write(&name, &Secret::new("x")).await;
            // What AWS says of a write is that it has one; the body tells the version and nothing else.
            assert_eq!(written, Err(expected), "{fault:?}");
            assert_eq!(front.count(WRITE), attempts, "{fault:?}");
        });
    }
    running.join_all().await;
    assert_eq!(moto.parameter(&name).await, None);
    // The deed was done, and the answer lost: it is done once more.
    let front = moto.through_faults().await;
    front.plan(WRITE, 1, Fault::CutAfter);
    store(front.url()).await.write(&name, &Secret::new("written")).await.unwrap();
    assert_eq!(moto.parameter(&name).await, Some(("written".to_owned(), 2)));
}
