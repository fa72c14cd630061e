//! Which version of a secret counts.

use vizard_proxy::ports::{SecretStore as _, StoreError};
use vizard_tests::google::Google;
use vizard_tests::google::iam::Role;
use vizard_tests::google::secret_manager::State::{self, Destroyed, Disabled, Enabled};

use crate::project::{self, text};
use crate::secrets::{ACCESS, LOOK};

const ID: &str = "vizard_zoom_CLIENT_SECRET";

/// A secret whose versions say `one`, `two`, and so on.
fn with_versions(google: &Google, label: Option<&str>, states: &[State]) {
    google.create_secret(ID);
    for ((number, state), value) in (1..).zip(states).zip(["one", "two", "three"]) {
        google.put_secret(ID, value);
        google.set_version_state(ID, number, *state);
    }
    google.label_secret(ID, "latest-version", label);
}

#[tokio::test]
async fn the_label_says_which_version_counts_or_else_it_is_the_latest() {
    let unfit = || Err(StoreError::Unavailable { reason: "FAILED_PRECONDITION".to_owned() });
    let is = |value: &str| Ok(Some(value.to_owned()));
    for (label, states, expected) in [
        (None, &[Enabled, Enabled][..], is("two")),
        (Some("1"), &[Enabled, Enabled], is("one")),
        (Some("2"), &[Enabled, Enabled], is("two")),
        (Some("2"), &[Enabled, Enabled, Enabled], is("two")),
        (Some("7"), &[Enabled, Enabled], is("two")),
        (Some("soon"), &[Enabled, Enabled], is("two")),
        (Some(""), &[Enabled], is("one")),
        (Some("1"), &[Destroyed, Enabled], is("two")),
        (Some("1"), &[Disabled, Enabled], is("two")),
        (Some("1"), &[Enabled, Destroyed], is("one")),
        (Some("1"), &[Enabled, Disabled], is("one")),
        // There is a secret, and what it says is gone: that is no absence.
        (None, &[Enabled, Destroyed], unfit()),
        (None, &[Disabled], unfit()),
        (Some("1"), &[Destroyed, Disabled], unfit()),
        (Some("1"), &[], Ok(None)),
        (None, &[], Ok(None)),
    ] {
        let google = Google::start().await;
        with_versions(&google, label, states);
        let read = project::store(&google).await.read(ID).await;
        assert_eq!(read.map(text), expected, "{label:?} {states:?}");
        assert!(
            google.count(ACCESS) <= 2 && google.count(LOOK) == 1,
            "{label:?} {states:?}: {:?}",
            google.counts()
        );
    }
}

#[tokio::test]
async fn who_may_not_see_the_label_goes_by_the_latest() {
    let google = Google::start().await;
    with_versions(&google, Some("1"), &[Enabled, Enabled]);
    google.revoke_all();
    google.grant(Role::SecretAccessor, Some(&Google::secret_name(ID)));
    let store = project::store(&google).await;
    assert_eq!(store.read(ID).await.map(text), Ok(Some("two".to_owned())));
    google.grant(Role::SecretViewer, Some(&Google::secret_name(ID)));
    assert_eq!(store.read(ID).await.map(text), Ok(Some("one".to_owned())));
}
