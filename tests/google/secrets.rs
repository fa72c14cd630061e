//! Secret Manager: what is there, what is not, and what cannot be known.

use tokio::task::JoinSet;
use vizard_proxy::ports::{SecretStore as _, StoreError};
use vizard_tests::google::Google;
use vizard_tests::google::faults::Fault;
use vizard_tests::google::status::Code;

use crate::project::{self, text, texts};

pub(crate) const ACCESS: &str = "SecretManager.AccessSecretVersion";
pub(crate) const LOOK: &str = "SecretManager.GetSecret";

#[tokio::test]
async fn secrets_are_read_by_their_ids() {
    let google = Google::start().await;
    let store = project::store(&google).await;
    for (id, value) in [
        ("vizard_zoom_PLAIN", "plain"),
        ("vizard-zoom-DASHED", "dashed"),
        ("vizard_zoom_ODD", " line\nÖ \"x\" \\ fill me "),
        ("vizard_zoom_NOTHING", ""),
        ("vizard_shared_PLAIN", "of all"),
    ] {
        google.put_secret(id, value);
    }
    google.create_secret("vizard_zoom_EMPTY");
    for (id, expected) in [
        ("vizard_zoom_PLAIN", Some("plain")),
        ("vizard-zoom-DASHED", Some("dashed")),
        ("vizard_zoom_ODD", Some(" line\nÖ \"x\" \\ fill me ")),
        ("vizard_zoom_NOTHING", Some("")),
        ("vizard_shared_PLAIN", Some("of all")),
        ("vizard_zoom_EMPTY", None),
        ("vizard_zoom_NONE", None),
        ("VIZARD_ZOOM_PLAIN", None),
    ] {
        assert_eq!(text(store.read(id).await.unwrap()).as_deref(), expected, "{id}");
    }
    google.forget();
    for id in ["vizard/zoom/PLAIN", "", "vizard zoom", "é", "a:access", &"n".repeat(256)] {
        assert_eq!(store.read(id).await, Err(StoreError::Name { name: id.to_owned() }), "{id}");
    }
    assert_eq!(google.counts().len(), 0, "nobody is asked for what cannot be");
}

#[tokio::test]
async fn many_secrets_are_read_at_once_and_in_their_order() {
    let google = Google::start().await;
    let store = project::store(&google).await;
    let (mut names, mut expected) = (Vec::new(), Vec::new());
    for i in 0..40 {
        let id = format!("vizard_zoom_{i}");
        if i % 3 != 0 {
            google.put_secret(&id, &format!("value {i}"));
        }
        expected.push((i % 3 != 0).then(|| format!("value {i}")));
        names.push(id);
    }
    assert_eq!(texts(store.read_all(&names).await.unwrap()), expected);
    assert_eq!(google.count(ACCESS), 40);
    assert_eq!(texts(store.read_all(&[]).await.unwrap()), Vec::<Option<String>>::new());
    google.plan(ACCESS, 39, Fault::Slow(std::time::Duration::ZERO));
    google.plan(ACCESS, 1, Fault::Error(Code::PermissionDenied));
    let denied = store.read_all(&names).await;
    assert!(matches!(denied, Err(StoreError::Denied { .. })), "one that fails fails all: {denied:?}");
}

/// What goes wrong, what is said of it, and how often it is tried.
fn failures(name: &str) -> Vec<(Fault, StoreError, usize)> {
    let away = |reason: &str| StoreError::Unavailable { reason: reason.to_owned() };
    let denied = || StoreError::Denied { name: name.to_owned() };
    vec![
        (Fault::Error(Code::PermissionDenied), denied(), 1),
        (Fault::Error(Code::Unauthenticated), denied(), 1),
        (Fault::Error(Code::Unavailable), away("UNAVAILABLE"), 4),
        (Fault::Error(Code::InvalidArgument), away("INVALID_ARGUMENT"), 1),
        (Fault::Error(Code::FailedPrecondition), away("FAILED_PRECONDITION"), 1),
        (Fault::Cut, away("no connection"), 4),
        (Fault::Answer(200, "<html>gateway</html>".to_owned()), away("an answer that is not understood"), 1),
        (Fault::Answer(200, "{\"name\":".to_owned()), away("an answer that is not understood"), 1),
        (Fault::Answer(200, "{}".to_owned()), away("a part of the answer is missing"), 1),
        (Fault::Answer(503, "<html>gateway</html>".to_owned()), away("HTTP status 503"), 4),
        // A page of somebody in between is not Google's word that there is no secret.
        (Fault::Answer(404, "<html>gateway</html>".to_owned()), away("HTTP status 404"), 1),
        (Fault::WrongChecksum, away("the checksum of the value differs"), 1),
    ]
}

#[tokio::test]
async fn a_read_that_fails_is_no_absence() {
    let mut running = JoinSet::new();
    for (fault, expected, attempts) in failures("vizard_zoom_KEPT") {
        running.spawn(async move {
            let google = Google::start().await;
            google.put_secret("vizard_zoom_KEPT", "kept");
            google.plan(ACCESS, u32::MAX, fault.clone());
            let store = project::store(&google).await;
            assert_eq!(store.read("vizard_zoom_KEPT").await, Err(expected), "{fault:?}");
            assert_eq!(google.count(ACCESS), attempts, "{fault:?}");
            google.clear();
            assert_eq!(
                text(store.read("vizard_zoom_KEPT").await.unwrap()).as_deref(),
                Some("kept"),
                "{fault:?}"
            );
        });
    }
    running.join_all().await;
}

/// Too many calls and a broken moment pass as well.
#[tokio::test]
async fn a_moment_of_trouble_is_not_noticed() {
    let mut running = JoinSet::new();
    for fault in [
        Fault::Error(Code::Unavailable),
        Fault::Error(Code::ResourceExhausted),
        Fault::Error(Code::Internal),
        Fault::Cut,
        Fault::CutAfter,
    ] {
        running.spawn(async move {
            let google = Google::start().await;
            google.put_secret("vizard_zoom_THERE", "there");
            google.plan(ACCESS, 2, fault.clone());
            google.plan(LOOK, 2, fault.clone());
            let read = project::store(&google).await.read("vizard_zoom_THERE").await;
            assert_eq!(read.map(text), Ok(Some("there".to_owned())), "{fault:?}");
            assert_eq!((google.count(ACCESS), google.count(LOOK)), (3, 3), "{fault:?}");
        });
    }
    running.join_all().await;
}

/// Asking again is for moments: of who is away for long, everything is asked once, until there were answers again.
#[tokio::test]
async fn a_long_trouble_is_not_made_worse() {
    let google = Google::start().await;
    google.put_secret("vizard_zoom_THERE", "there");
    let store = project::store(&google).await;
    let away = || {
        google.plan(ACCESS, u32::MAX, Fault::Error(Code::Unavailable));
        google.plan(LOOK, u32::MAX, Fault::Error(Code::Unavailable));
    };
    away();
    let mut reads = JoinSet::new();
    for _ in 0..20 {
        let store = store.clone();
        reads.spawn(async move { store.read("vizard_zoom_THERE").await.unwrap_err() });
    }
    reads.join_all().await;
    google.forget();
    let unavailable = StoreError::Unavailable { reason: "UNAVAILABLE".to_owned() };
    assert_eq!(store.read("vizard_zoom_THERE").await, Err(unavailable));
    assert_eq!((google.count(ACCESS), google.count(LOOK)), (1, 1));
    google.clear();
    for _ in 0..60 {
        assert!(store.read("vizard_zoom_THERE").await.unwrap().is_some());
    }
    google.plan(ACCESS, 1, Fault::Error(Code::Unavailable));
    assert!(store.read("vizard_zoom_THERE").await.unwrap().is_some(), "a moment of trouble");
}

#[tokio::test]
async fn a_token_that_is_not_good_any_more_is_a_denial() {
    let google = Google::start().await;
    google.put_secret("vizard_zoom_THERE", "there");
    let store = project::store(&google).await;
    assert!(store.read("vizard_zoom_THERE").await.unwrap().is_some());
    google.revoke_tokens();
    let denied = Err(StoreError::Denied { name: "vizard_zoom_THERE".to_owned() });
    assert_eq!(store.read("vizard_zoom_THERE").await, denied);
    let other = Google::start().await;
    other.plan("Metadata.Token", u32::MAX, Fault::Answer(404, "<html>no account</html>".to_owned()));
    let read = project::store(&other).await.read("vizard_zoom_THERE").await;
    assert_eq!(read, Err(StoreError::Unavailable { reason: "no credentials".to_owned() }));
    assert_eq!(other.count(ACCESS), 0);
}
