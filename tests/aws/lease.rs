//! The lease in Parameter Store: of all processes one holds it, whatever they and AWS do.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use vizard_aws::{ParameterStore, SecretsManager};
use vizard_proxy::ports::{Clock, Lease, SecretStore, StoreError, SystemClock};
use vizard_tests::moto::Moto;
use vizard_tests::moto::faults::{AwsFaults, Fault};

use crate::account::{self, Ahead, number};

const WRITE: &str = "AmazonSSM.PutParameter";
const LOOK: &str = "AmazonSSM.GetParameter";
const DELETE: &str = "AmazonSSM.DeleteParameter";
const TTL: Duration = Duration::from_secs(60);

async fn store(url: &str) -> ParameterStore {
    on(url, Arc::new(SystemClock)).await
}

/// On a machine to which a lease of now has run out.
async fn later(url: &str) -> ParameterStore {
    on(url, when_it_has_run_out()).await
}

async fn on(url: &str, clock: Arc<dyn Clock>) -> ParameterStore {
    ParameterStore::new(account::at(url).await.config(), None, clock)
}

fn name() -> String {
    format!("/lease/{}/OAUTH_REFRESH_TOKEN", number())
}

async fn stored(moto: &Moto, lease: &str) -> Option<(String, u64)> {
    moto.parameter(&format!("{lease}_lock")).await
}

#[tokio::test]
async fn a_lease_is_taken_refused_given_back_and_taken_again() {
    let (moto, name) = (Moto::start().await, name());
    let (one, other) = (store(moto.url()).await, store(moto.url()).await);
    assert_eq!(stored(moto, &name).await, None);
    let lease = one.acquire(&name, TTL).await.unwrap().unwrap();
    assert_eq!((lease.name.as_str(), lease.holder.starts_with("locked_")), (name.as_str(), true));
    assert_eq!(stored(moto, &name).await, Some((lease.holder.clone(), 1)));
    assert_eq!(other.acquire(&name, TTL).await, Ok(None));
    assert_eq!(one.acquire(&name, TTL).await, Ok(None), "not twice, not even for the same");
    assert_eq!(stored(moto, &name).await, Some((lease.holder.clone(), 1)));
    one.release(lease.clone()).await.unwrap();
    assert_eq!(stored(moto, &name).await, None);
    one.release(lease).await.unwrap();
    let next = other.acquire(&name, TTL).await.unwrap().unwrap();
    other.release(next).await.unwrap();
}

#[tokio::test]
async fn a_lease_of_somebody_else_is_not_given_back() {
    let (moto, name) = (Moto::start().await, name());
    let (one, other) = (store(moto.url()).await, later(moto.url()).await);
    let first = one.acquire(&name, TTL).await.unwrap().unwrap();
    let forged = Lease { holder: "locked_0_somebody".to_owned(), ..first.clone() };
    one.release(forged).await.unwrap();
    assert_eq!(stored(moto, &name).await, Some((first.holder.clone(), 1)));
    let second = other.acquire(&name, TTL).await.unwrap().unwrap();
    one.release(first).await.unwrap();
    assert_eq!(stored(moto, &name).await, Some((second.holder.clone(), 2)), "it ran out");
    other.release(second).await.unwrap();
    assert_eq!(stored(moto, &name).await, None);
}

#[tokio::test]
async fn a_lease_that_was_left_behind_is_taken_over_when_it_has_run_out() {
    let (moto, name) = (Moto::start().await, name());
    store(moto.url()).await.acquire(&name, TTL).await.unwrap().unwrap();
    for (seconds, taken) in [(50, false), (65, true)] {
        let clock = Arc::new(Ahead(Duration::from_secs(seconds)));
        let lease = on(moto.url(), clock).await.acquire(&name, TTL).await.unwrap();
        assert_eq!(lease.is_some(), taken, "after {seconds} seconds");
    }
    // A clock that is behind sees a lease of the future, which has not run out.
    assert_eq!(store(moto.url()).await.acquire(&name, TTL).await, Ok(None));
}

/// Those of many stores that hold the lease after all of them tried at once, and have seen the same before.
async fn winners(
    moto: &'static Moto,
    stores: usize,
    clock: Arc<dyn Clock>,
    name: &str,
) -> (Vec<(ParameterStore, Lease)>, AwsFaults) {
    let front = moto.through_faults().await;
    front.plan(LOOK, u32::MAX, Fault::Late(Duration::from_secs(1)));
    let mut all = Vec::new();
    for _ in 0..stores {
        all.push(on(front.url(), clock.clone()).await);
    }
    let mut running = JoinSet::new();
    for store in all {
        let name = name.to_owned();
        running.spawn(async move { store.acquire(&name, TTL).await.unwrap().map(|lease| (store, lease)) });
    }
    let winners = running.join_all().await.into_iter().flatten().collect();
    front.clear();
    (winners, front)
}

fn when_it_has_run_out() -> Arc<dyn Clock> {
    Arc::new(Ahead(TTL + Duration::from_secs(5)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_take_over_a_lease_one_holds_it() {
    let (moto, name) = (Moto::start().await, name());
    store(moto.url()).await.acquire(&name, TTL).await.unwrap().unwrap();
    let (winners, front) = winners(moto, 20, when_it_has_run_out(), &name).await;
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert_eq!(stored(moto, &name).await.unwrap().1, 21, "all of them tried: {:?}", front.counts());
}

/// Those who came too late have written over the holder's name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_many_wanted_to_take_over_is_given_back() {
    let (moto, name) = (Moto::start().await, name());
    store(moto.url()).await.acquire(&name, TTL).await.unwrap().unwrap();
    let (mut winners, _front) = winners(moto, 5, when_it_has_run_out(), &name).await;
    let (winner, lease) = winners.pop().unwrap();
    winner.release(lease).await.unwrap();
    assert_eq!(stored(moto, &name).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_take_a_free_lease_one_holds_it() {
    let (moto, name) = (Moto::start().await, name());
    let (winners, _front) = winners(moto, 20, Arc::new(SystemClock), &name).await;
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert_eq!(stored(moto, &name).await, Some((winners[0].1.holder.clone(), 1)));
}

#[tokio::test]
async fn a_lease_is_held_although_the_answer_that_says_so_was_lost() {
    let (moto, name) = (Moto::start().await, name());
    let front = moto.through_faults().await;
    front.plan(WRITE, 1, Fault::CutAfter);
    let store = store(front.url()).await;
    let lease = store.acquire(&name, TTL).await.unwrap().expect("it was taken, by this one");
    store.release(lease).await.unwrap();
    assert_eq!(stored(moto, &name).await, None);
}

#[tokio::test]
async fn a_lease_is_given_back_although_the_answer_that_says_so_was_lost() {
    let (moto, name) = (Moto::start().await, name());
    let front = moto.through_faults().await;
    let store = store(front.url()).await;
    let lease = store.acquire(&name, TTL).await.unwrap().unwrap();
    front.plan(DELETE, 1, Fault::CutAfter);
    store.release(lease).await.unwrap();
    assert_eq!((stored(moto, &name).await, front.count(DELETE)), (None, 2));
}

/// AWS may refuse one of two writes of the same moment. Whoever made the other one is about to have the lease.
#[tokio::test]
async fn who_writes_at_the_same_moment_as_another_waits_like_all_others() {
    let (moto, name) = (Moto::start().await, name());
    let front = moto.through_faults().await;
    front.plan(WRITE, 1, Fault::Error(400, "TooManyUpdates"));
    let store = store(front.url()).await;
    assert_eq!(store.acquire(&name, TTL).await, Ok(None));
    let lease = store.acquire(&name, TTL).await.unwrap().expect("nobody has it");
    store.release(lease).await.unwrap();
    // The same where one was left behind.
    store.acquire(&name, TTL).await.unwrap().unwrap();
    front.plan(WRITE, 1, Fault::Slow(Duration::ZERO));
    front.plan(WRITE, 1, Fault::Error(400, "TooManyUpdates"));
    assert_eq!(later(front.url()).await.acquire(&name, TTL).await, Ok(None));
}

#[tokio::test]
async fn failures_are_no_refusals() {
    let (moto, name) = (Moto::start().await, name());
    let locked = format!("{name}_lock");
    let held = store(moto.url()).await.acquire(&name, TTL).await.unwrap().unwrap();
    let away = |reason: &str| StoreError::Unavailable { reason: reason.to_owned() };
    for (operation, fault, expected) in [
        (WRITE, Fault::AccessDenied, StoreError::Denied { name: locked.clone() }),
        (LOOK, Fault::AccessDenied, StoreError::Denied { name: locked.clone() }),
        (WRITE, Fault::Internal, away("InternalServerError")),
        (LOOK, Fault::Throttled, away("ThrottlingException")),
    ] {
        let front = moto.through_faults().await;
        front.plan(operation, u32::MAX, fault.clone());
        let acquired = store(front.url()).await.acquire(&name, TTL).await;
        assert_eq!(acquired, Err(expected), "{operation} {fault:?}");
    }
    for (operation, expected) in [
        (LOOK, StoreError::Denied { name: locked.clone() }),
        (DELETE, StoreError::Denied { name: locked.clone() }),
    ] {
        let front = moto.through_faults().await;
        front.plan(operation, u32::MAX, Fault::AccessDenied);
        assert_eq!(store(front.url()).await.release(held.clone()).await, Err(expected), "{operation}");
    }
    assert_eq!(stored(moto, &name).await, Some((held.holder, 1)));
}

#[tokio::test]
async fn with_secrets_manager_leases_are_in_parameter_store_all_the_same() {
    let (moto, name) = (Moto::start().await, name());
    let aws = account::at(moto.url()).await;
    let leases = Arc::new(store(moto.url()).await);
    let secrets = SecretsManager::new(aws.config(), leases.clone());
    let lease = secrets.acquire(&name, TTL).await.unwrap().unwrap();
    assert_eq!(stored(moto, &name).await, Some((lease.holder.clone(), 1)));
    assert_eq!(leases.acquire(&name, TTL).await, Ok(None));
    secrets.release(lease).await.unwrap();
    assert_eq!(stored(moto, &name).await, None);
}
