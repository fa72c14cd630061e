//! The lease, which is two labels of a secret: of all processes one holds it, whatever they and Google do.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use vizard_gcp::SecretManager;
use vizard_proxy::ports::{Clock, Lease, SecretStore as _, StoreError, SystemClock};
use vizard_pseudonym::Secret;
use vizard_tests::google::Google;
use vizard_tests::google::faults::Fault;
use vizard_tests::google::iam::Role;
use vizard_tests::google::status::Code;

use crate::project::{self, Ahead};
use crate::secrets::LOOK;
use crate::writes::LABEL as CHANGE;

const ID: &str = "vizard_zoom_state_OAUTH_REFRESH_TOKEN";
const TTL: Duration = Duration::from_secs(60);

/// With the secret that an operator made for it.
async fn google() -> Google {
    let google = Google::start().await;
    google.put_secret(ID, "fill me");
    google.label_secret(ID, "team", Some("analytics"));
    google.revoke_all();
    google.grant(Role::SecretKeeper, Some(&Google::secret_name(ID)));
    google
}

/// On a machine that is so many seconds ahead.
async fn ahead(google: &Google, seconds: u64) -> SecretManager {
    project::store_with(google, &[], Arc::new(Ahead(Duration::from_secs(seconds)))).await
}

/// Who holds it, as it is written.
fn holder(google: &Google) -> Option<String> {
    let labels = google.secret(ID).unwrap().labels;
    assert_eq!(labels["team"], "analytics", "other labels stay");
    assert_eq!(labels.contains_key("locked"), labels.contains_key("locked-by"));
    labels.get("locked-by").cloned()
}

#[tokio::test]
async fn a_lease_is_taken_refused_given_back_and_taken_again() {
    let google = google().await;
    let (one, other) = (project::store(&google).await, project::store(&google).await);
    assert_eq!(holder(&google), None);
    let lease = one.acquire(ID, TTL).await.unwrap().unwrap();
    assert_eq!((lease.name.as_str(), Some(lease.holder.clone())), (ID, holder(&google)));
    let since: u128 = google.secret(ID).unwrap().labels["locked"].parse().unwrap();
    assert!(
        std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() - since < 60_000,
        "milliseconds since 1970: {since}"
    );
    assert_eq!(other.acquire(ID, TTL).await, Ok(None));
    assert_eq!(one.acquire(ID, TTL).await, Ok(None), "not twice, not even for the same");
    one.release(lease.clone()).await.unwrap();
    assert_eq!(holder(&google), None);
    one.release(lease).await.unwrap();
    let next = other.acquire(ID, TTL).await.unwrap().unwrap();
    other.release(next).await.unwrap();
    assert_eq!(google.secret(ID).unwrap().versions.len(), 1, "nothing is written but labels");
}

#[tokio::test]
async fn a_lease_of_somebody_else_is_not_given_back() {
    let google = google().await;
    let (one, other) = (project::store(&google).await, ahead(&google, 65).await);
    let first = one.acquire(ID, TTL).await.unwrap().unwrap();
    one.release(Lease { holder: "somebody".to_owned(), ..first.clone() }).await.unwrap();
    assert_eq!(holder(&google), Some(first.holder.clone()));
    let second = other.acquire(ID, TTL).await.unwrap().unwrap();
    one.release(first).await.unwrap();
    assert_eq!(holder(&google), Some(second.holder.clone()), "it ran out");
    other.release(second).await.unwrap();
    assert_eq!(holder(&google), None);
}

#[tokio::test]
async fn a_lease_that_was_left_behind_is_taken_over_when_it_has_run_out() {
    let google = google().await;
    project::store(&google).await.acquire(ID, TTL).await.unwrap().unwrap();
    for (seconds, taken) in [(50, false), (65, true)] {
        let lease = ahead(&google, seconds).await.acquire(ID, TTL).await.unwrap();
        assert_eq!(lease.is_some(), taken, "after {seconds} seconds");
    }
    // A clock that is behind sees a lease of the future, which has not run out.
    assert_eq!(ahead(&google, 10).await.acquire(ID, TTL).await, Ok(None));
    // What other proxies wrote, or nobody: without a holder, and without a time.
    google.label_secret(ID, "locked-by", None);
    google.label_secret(ID, "locked", Some("1772323200000"));
    assert!(project::store(&google).await.acquire(ID, TTL).await.unwrap().is_some());
}

/// Those of many stores that hold the lease after all of them tried at once, and have seen the same before.
async fn winners(google: &Arc<Google>, clock: Arc<dyn Clock>) -> Vec<Lease> {
    google.plan(LOOK, 20, Fault::Late(Duration::from_secs(1)));
    let mut running = JoinSet::new();
    for _ in 0..20 {
        let store = project::store_with(google, &[], clock.clone()).await;
        running.spawn(async move { store.acquire(ID, TTL).await.unwrap() });
    }
    running.join_all().await.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_take_a_free_lease_one_holds_it() {
    let google = Arc::new(google().await);
    let winners = winners(&google, Arc::new(SystemClock)).await;
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert_eq!(holder(&google), Some(winners[0].holder.clone()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_take_over_a_lease_one_holds_it() {
    let google = Arc::new(google().await);
    project::store(&google).await.acquire(ID, TTL).await.unwrap().unwrap();
    let winners = winners(&google, Arc::new(Ahead(TTL + Duration::from_secs(5)))).await;
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert_eq!(holder(&google), Some(winners[0].holder.clone()));
}

#[tokio::test]
async fn a_lease_is_held_although_the_answer_that_says_so_was_lost() {
    for fault in [Fault::CutAfter, Fault::ErrorAfter(Code::Unavailable), Fault::ErrorAfter(Code::Internal)] {
        let google = google().await;
        google.plan(CHANGE, 1, fault.clone());
        let store = project::store(&google).await;
        let lease = store.acquire(ID, TTL).await.unwrap().expect("it was taken, by this one");
        store.release(lease).await.unwrap();
        assert_eq!(holder(&google), None, "{fault:?}");
    }
}

#[tokio::test]
async fn a_lease_is_given_back_although_the_answer_that_says_so_was_lost() {
    for fault in [Fault::CutAfter, Fault::ErrorAfter(Code::Unavailable)] {
        let google = google().await;
        let store = project::store(&google).await;
        let lease = store.acquire(ID, TTL).await.unwrap().unwrap();
        google.plan(CHANGE, 1, fault.clone());
        assert_eq!(store.release(lease).await, Ok(()), "{fault:?}");
        assert_eq!(holder(&google), None, "{fault:?}");
    }
}

/// Google refuses one of two changes of the same state. Whoever made the other one is about to have the lease.
#[tokio::test]
async fn who_writes_at_the_same_moment_as_another_waits_like_all_others() {
    for code in [Code::FailedPrecondition, Code::Aborted] {
        let google = google().await;
        google.plan(CHANGE, 1, Fault::Error(code));
        let store = project::store(&google).await;
        assert_eq!(store.acquire(ID, TTL).await, Ok(None));
        let lease = store.acquire(ID, TTL).await.unwrap().expect("nobody has it");
        // Another label changes while it is given back.
        google.plan(CHANGE, 1, Fault::Error(code));
        store.release(lease).await.unwrap();
        assert_eq!(holder(&google), None);
    }
}

#[tokio::test]
async fn a_secret_is_written_while_its_lease_is_held() {
    let google = google().await;
    let store = project::store(&google).await;
    let lease = store.acquire(ID, TTL).await.unwrap().unwrap();
    store.write(ID, &Secret::new("a value")).await.unwrap();
    assert_eq!(holder(&google), Some(lease.holder.clone()));
    store.release(lease).await.unwrap();
    assert_eq!(google.secret(ID).unwrap().labels["latest-version"], "2");
}

#[tokio::test]
async fn failures_are_no_refusals() {
    let away = |reason: &str| StoreError::Unavailable { reason: reason.to_owned() };
    let denied = || StoreError::Denied { name: ID.to_owned() };
    for (kind, fault, expected) in [
        (CHANGE, Fault::Error(Code::PermissionDenied), denied()),
        (LOOK, Fault::Error(Code::PermissionDenied), denied()),
        (CHANGE, Fault::Error(Code::Internal), away("INTERNAL")),
        (CHANGE, Fault::Cut, away("no connection")),
        (LOOK, Fault::Error(Code::Unavailable), away("UNAVAILABLE")),
    ] {
        let google = google().await;
        google.plan(kind, u32::MAX, fault.clone());
        let store = project::store(&google).await;
        assert_eq!(store.acquire(ID, TTL).await, Err(expected), "{kind} {fault:?}");
        assert_eq!(holder(&google), None, "{kind} {fault:?}");
    }
    for (kind, fault) in
        [(LOOK, Fault::Error(Code::PermissionDenied)), (CHANGE, Fault::Error(Code::PermissionDenied))]
    {
        let google = google().await;
        let store = project::store(&google).await;
        let lease = store.acquire(ID, TTL).await.unwrap().unwrap();
        google.plan(kind, u32::MAX, fault);
        assert_eq!(store.release(lease.clone()).await, Err(denied()), "{kind}");
        assert_eq!(holder(&google), Some(lease.holder));
    }
    // A secret that nobody made, as those see it who could know.
    let empty = Google::start().await;
    let none = project::store(&empty).await.acquire(ID, TTL).await;
    assert!(matches!(&none, Err(StoreError::Unavailable { reason }) if reason.contains(ID)), "{none:?}");
}
