//! Secrets Manager: the same questions as to Parameter Store, and settings beside.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::JoinSet;
use vizard_aws::{ParameterStore, SecretsManager};
use vizard_proxy::ports::{SecretStore, StoreError, SystemClock};
use vizard_proxy::settings::Settings;
use vizard_pseudonym::Secret;
use vizard_tests::moto::Moto;
use vizard_tests::moto::faults::Fault;

use crate::account::{self, number, text, texts};

const READ: &str = "secretsmanager.GetSecretValue";
const READ_ALL: &str = "secretsmanager.BatchGetSecretValue";
const WRITE: &str = "secretsmanager.PutSecretValue";
const CREATE: &str = "secretsmanager.CreateSecret";

async fn store(url: &str) -> SecretsManager {
    let aws = account::at(url).await;
    let leases = ParameterStore::new(aws.config(), None, Arc::new(SystemClock));
    SecretsManager::new(aws.config(), Arc::new(leases))
}

#[tokio::test]
async fn secrets_are_read_by_their_names() {
    let (moto, n) = (Moto::start().await, number());
    let front = moto.through_faults().await;
    let store = store(front.url()).await;
    let (mut names, mut expected) = (Vec::new(), Vec::new());
    for i in 0..24 {
        let name = format!("/read/{n}/{i}");
        if i % 3 != 0 {
            moto.put_secret(&name, &format!("value {i}")).await;
        }
        expected.push((i % 3 != 0).then(|| format!("value {i}")));
        names.push(name);
    }
    for (name, expected) in names.iter().zip(&expected).take(4) {
        assert_eq!(text(store.read(name).await.unwrap()), *expected, "{name}");
    }
    names.extend(names.clone().into_iter().rev());
    expected.extend(expected.clone().into_iter().rev());
    front.forget();
    assert_eq!(texts(store.read_all(&names).await.unwrap()), expected);
    assert_eq!(front.counts(), BTreeMap::from([(READ_ALL.to_owned(), 2)]), "each once, twenty in a call");
    moto.put_secret(&names[1], "rotated").await;
    assert_eq!(text(store.read(&names[1]).await.unwrap()).as_deref(), Some("rotated"));
}

/// What goes wrong, and what is said of it.
fn failures(name: &str) -> Vec<(Fault, StoreError)> {
    let away = |reason: &str| StoreError::Unavailable { reason: reason.to_owned() };
    vec![
        (Fault::AccessDenied, StoreError::Denied { name: name.to_owned() }),
        (Fault::Throttled, away("ThrottlingException")),
        (Fault::Internal, away("InternalServerError")),
        (Fault::Error(400, "DecryptionFailure"), away("DecryptionFailure")),
        (Fault::Error(400, "InvalidRequestException"), away("InvalidRequestException")),
        (Fault::Cut, away("no connection, or no credentials")),
        (Fault::Answer(200, "<html>gateway</html>".to_owned()), away("an answer that is not understood")),
    ]
}

#[tokio::test]
async fn a_read_that_fails_is_no_absence() {
    let (moto, n) = (Moto::start().await, number());
    let names: Vec<String> = (10..35).map(|i| format!("/failing/{n}/{i}")).collect();
    let mut running = JoinSet::new();
    for (fault, expected) in failures(&names[0]) {
        let names = names.clone();
        running.spawn(async move {
            let front = moto.through_faults().await;
            front.plan(READ, u32::MAX, fault.clone());
            front.plan(READ_ALL, u32::MAX, fault.clone());
            let store = store(front.url()).await;
            let (one, all) = tokio::join!(store.read(&names[0]), store.read_all(&names));
            assert_eq!(one, Err(expected.clone()), "{fault:?}");
            assert_eq!(all.map(texts), Err(expected), "{fault:?}");
        });
    }
    running.join_all().await;
}

/// A batch succeeds as a whole, and says of each name in it whether it does.
#[tokio::test]
async fn a_part_of_a_batch_that_fails_is_no_absence() {
    let moto = Moto::start().await;
    let names = ["/part/A".to_owned(), "/part/B".to_owned()];
    let answer = |values: &str, errors: &str| {
        Fault::Answer(200, format!(r#"{{"SecretValues":[{values}],"Errors":[{errors}]}}"#))
    };
    let failed = |code: &str| format!(r#"{{"SecretId":"/part/B","ErrorCode":"{code}","Message":"x"}}"#);
    let a = r#"{"Name":"/part/A","SecretString":"a"}"#;
    let away = Err(StoreError::Unavailable { reason: "a part of the answer is missing".to_owned() });
    for (fault, expected) in [
        (answer(a, &failed("ResourceNotFoundException")), Ok(vec![Some("a".to_owned()), None])),
        (answer(a, &failed("AccessDeniedException")), Err(StoreError::Denied { name: "/part/B".to_owned() })),
        (answer(a, &failed("DecryptionFailure")), away.clone()),
        (answer(a, r#"{"SecretId":"/part/B"}"#), away.clone()),
        (answer(a, ""), away.clone()),
        (answer("", ""), away),
    ] {
        let front = moto.through_faults().await;
        front.plan(READ_ALL, 1, fault.clone());
        let read = store(front.url()).await.read_all(&names).await;
        assert_eq!(read.map(texts), expected, "{fault:?}");
    }
}

#[tokio::test]
async fn what_is_written_is_created_or_replaced() {
    let (moto, n) = (Moto::start().await, number());
    let front = moto.through_faults().await;
    let store = store(front.url()).await;
    let name = format!("/written/{n}/ACCESS_TOKEN");
    for value in ["first", "second", &"t".repeat(9_000)] {
        store.write(&name, &Secret::new(value)).await.unwrap();
        assert_eq!(moto.secret(&name).await.as_deref(), Some(value));
    }
    assert_eq!((front.count(WRITE), front.count(CREATE)), (3, 1));
    let no_text = store.write(&name, &Secret::new(&b"\xff"[..])).await;
    assert_eq!(no_text, Err(StoreError::Name { name: name.clone() }));
    for operation in [WRITE, CREATE] {
        let fresh = format!("{name}_{}", operation.len());
        front.plan(operation, 1, Fault::AccessDenied);
        let denied = store.write(&fresh, &Secret::new("x")).await;
        assert_eq!(denied, Err(StoreError::Denied { name: fresh.clone() }), "{operation}");
        assert_eq!(moto.secret(&fresh).await, None);
    }
}

#[tokio::test]
async fn secrets_stand_here_and_settings_in_parameter_store() {
    let (moto, n) = (Moto::start().await, number());
    let front = moto.through_faults().await;
    let path = format!("/beside/{n}/");
    for (name, value) in [
        ("PSOXY_SALT", "salt of the secrets"),
        ("PSOXY_ENCRYPTION_KEY", "key of the secrets"),
        ("CLIENT_SECRET", "client of the secrets"),
        ("USER_AGENT", "an agent of the secrets"),
    ] {
        moto.put_secret(&format!("{path}{name}"), value).await;
    }
    for (name, value) in [
        ("PSOXY_SALT", "salt of the parameters"),
        ("USER_AGENT", "an agent of the parameters"),
        ("CLIENT_ID", "id of the parameters"),
        ("ACCOUNT_ID", "account of the parameters"),
    ] {
        moto.put_parameter(&format!("{path}{name}"), value, "String").await;
    }
    let pairs = [
        ("SOURCE", "zoom"),
        ("SECRETS_STORE", "AWS_SECRETS_MANAGER"),
        ("PATH_TO_INSTANCE_CONFIG", &path),
        ("PATH_TO_SHARED_CONFIG", "/beside/shared/"),
    ];
    let environment: BTreeMap<String, String> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let secrets = account::at(front.url()).await.secrets(&environment, Arc::new(SystemClock)).unwrap();
    let settings = Settings::read(&environment, &*secrets).await.unwrap();
    assert_eq!(settings.keys.salt.expose_str(), Some("salt of the secrets"));
    assert_eq!(settings.user_agent, "an agent of the parameters");
    assert_eq!(settings.warnings, [], "the ids are settings, and were found");
    let operations: Vec<String> = front.counts().into_keys().collect();
    assert_eq!(operations, ["AmazonSSM.GetParameters", READ_ALL], "nothing is asked for one by one");
}

#[tokio::test]
async fn only_these_stores_are_known() {
    let aws = account::at("http://127.0.0.1:1").await;
    for (written, known) in [
        ("", true),
        ("fill me", true),
        ("AWS_SSM_PARAMETER_STORE", true),
        ("AWS_SECRETS_MANAGER", true),
        ("HASHICORP_VAULT", false),
        ("aws_secrets_manager", false),
    ] {
        let environment = BTreeMap::from([("SECRETS_STORE".to_owned(), written.to_owned())]);
        let secrets = aws.secrets(&environment, Arc::new(SystemClock));
        assert_eq!(secrets.is_ok(), known, "{written}");
    }
}
