//! What the proxy itself keeps in Secret Manager: a version is added, the label tells of it, old ones are destroyed.

use std::sync::Arc;

use tokio::task::JoinSet;
use vizard_proxy::ports::{SecretStore as _, StoreError};
use vizard_pseudonym::Secret;
use vizard_tests::google::Google;
use vizard_tests::google::faults::Fault;
use vizard_tests::google::iam::Role;
use vizard_tests::google::secret_manager::State::{Destroyed, Enabled};
use vizard_tests::google::status::Code;

use crate::project::{self, text};
use crate::secrets::LOOK;

const ID: &str = "vizard_zoom_state_ACCESS_TOKEN";
const ADD: &str = "SecretManager.AddSecretVersion";
pub(crate) const LABEL: &str = "SecretManager.UpdateSecret";
const LIST: &str = "SecretManager.ListSecretVersions";
const DESTROY: &str = "SecretManager.DestroySecretVersion";

/// A secret that the proxy may keep, and nothing else.
async fn kept() -> Google {
    let google = Google::start().await;
    google.create_secret(ID);
    google.label_secret(ID, "team", Some("analytics"));
    google.revoke_all();
    google.grant(Role::SecretKeeper, Some(&Google::secret_name(ID)));
    google
}

#[tokio::test]
async fn what_is_written_is_read_by_all_and_old_versions_are_destroyed() {
    let google = kept().await;
    let (store, other) = (project::store(&google).await, project::store(&google).await);
    let long = "t".repeat(20_000);
    for (value, states) in [
        ("first", &[Enabled][..]),
        ("second", &[Enabled, Enabled]),
        (&long, &[Destroyed, Enabled, Enabled]),
        ("Ö\n", &[Destroyed, Destroyed, Enabled, Enabled]),
    ] {
        store.write(ID, &Secret::new(value)).await.unwrap();
        assert_eq!(other.read(ID).await.map(text), Ok(Some(value.to_owned())));
        let secret = google.secret(ID).unwrap();
        assert_eq!(secret.states(), states, "one stays for those who have just read of it");
        assert_eq!(secret.labels["latest-version"], states.len().to_string());
        assert_eq!(secret.labels["team"], "analytics");
        assert!(secret.versions.iter().all(|it| it.checked), "each comes with its checksum");
    }
    assert_eq!(google.count(DESTROY), 2);
}

#[tokio::test]
async fn all_old_versions_are_destroyed_on_whatever_page_they_are() {
    let google = Google::start().await;
    for number in 0..9 {
        google.put_secret(ID, &format!("of an operator, {number}"));
    }
    google.set_page_of_versions(2);
    project::store(&google).await.write(ID, &Secret::new("new")).await.unwrap();
    let states = google.secret(ID).unwrap().states();
    assert_eq!(states, [&[Destroyed; 8][..], &[Enabled, Enabled]].concat());
}

#[tokio::test]
async fn a_secret_that_is_not_there_is_made_by_those_who_may() {
    let google = Google::start().await;
    let store = project::store(&google).await;
    store.write("vizard_zoom_CLIENT_ID", &Secret::new("made")).await.unwrap();
    assert_eq!(google.secret_values()["vizard_zoom_CLIENT_ID"], "made");
    google.revoke_all();
    google.grant(Role::SecretKeeper, None);
    let denied = store.write("vizard_zoom_NEW", &Secret::new("x")).await;
    assert_eq!(denied, Err(StoreError::Denied { name: "vizard_zoom_NEW".to_owned() }));
}

#[tokio::test]
async fn a_write_that_fails_says_so() {
    let away = |reason: &str| StoreError::Unavailable { reason: reason.to_owned() };
    let denied = || StoreError::Denied { name: ID.to_owned() };
    let mut running = JoinSet::new();
    for (kind, fault, expected) in [
        (ADD, Fault::Error(Code::PermissionDenied), denied()),
        (ADD, Fault::Error(Code::Unavailable), away("UNAVAILABLE")),
        (ADD, Fault::Error(Code::ResourceExhausted), away("RESOURCE_EXHAUSTED")),
        (ADD, Fault::Cut, away("no connection")),
        (ADD, Fault::Answer(200, "<html>".to_owned()), away("an answer that is not understood")),
        (LOOK, Fault::Error(Code::Unavailable), away("UNAVAILABLE")),
        (LABEL, Fault::Error(Code::Internal), away("INTERNAL")),
    ] {
        running.spawn(async move {
            let google = kept().await;
            google.put_secret(ID, "before");
            google.label_secret(ID, "latest-version", Some("1"));
            google.plan(kind, u32::MAX, fault.clone());
            let store = project::store(&google).await;
            assert_eq!(store.write(ID, &Secret::new("after")).await, Err(expected), "{kind} {fault:?}");
            google.clear();
            // What does not count yet is not read.
            assert_eq!(store.read(ID).await.map(text), Ok(Some("before".to_owned())), "{kind} {fault:?}");
        });
    }
    running.join_all().await;
    let google = Google::start().await;
    let none = Secret::new("x");
    let unfit = project::store(&google).await.write("vizard/zoom", &none).await;
    assert_eq!(unfit, Err(StoreError::Name { name: "vizard/zoom".to_owned() }));
}

#[tokio::test]
async fn a_label_that_somebody_else_changed_is_changed_once_more() {
    let google = kept().await;
    google.plan(LABEL, 2, Fault::Error(Code::FailedPrecondition));
    let store = project::store(&google).await;
    store.write(ID, &Secret::new("new")).await.unwrap();
    assert_eq!((google.count(LABEL), google.secret(ID).unwrap().labels["latest-version"].as_str()), (3, "1"));
}

#[tokio::test]
async fn old_versions_that_stay_are_no_failure() {
    for (kind, fault) in [
        (LIST, Fault::Error(Code::PermissionDenied)),
        (LIST, Fault::Cut),
        (DESTROY, Fault::Error(Code::PermissionDenied)),
    ] {
        let google = kept().await;
        google.put_secret(ID, "before");
        google.put_secret(ID, "before that is old");
        google.plan(kind, u32::MAX, fault.clone());
        let store = project::store(&google).await;
        assert_eq!(store.write(ID, &Secret::new("new")).await, Ok(()), "{kind} {fault:?}");
        assert_eq!(store.read(ID).await.map(text), Ok(Some("new".to_owned())), "{kind} {fault:?}");
        assert_eq!(google.secret(ID).unwrap().states(), [Enabled; 3], "{kind} {fault:?}");
    }
}

/// Whoever writes at the same time as others: the label never goes back, and its version is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_write_at_once_the_latest_counts() {
    let google = Arc::new(kept().await);
    let mut running = JoinSet::new();
    for number in 0..4 {
        let google = google.clone();
        running.spawn(async move {
            let store = project::store(&google).await;
            store.write(ID, &Secret::new(format!("value {number}"))).await
        });
    }
    let written = running.join_all().await.into_iter().filter(Result::is_ok).count();
    assert!(written >= 1);
    let secret = google.secret(ID).unwrap();
    let labelled: usize = secret.labels["latest-version"].parse().unwrap();
    assert_eq!(secret.states()[labelled - 1], Enabled, "{:?} with {labelled}", secret.states());
    let read = project::store(&google).await.read(ID).await.map(text);
    let expected = String::from_utf8(secret.versions[labelled - 1].value.clone().unwrap()).unwrap();
    assert_eq!(read, Ok(Some(expected)));
}
