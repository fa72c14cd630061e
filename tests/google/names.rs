//! Grants for each secret: what is listed is read, and what is not listed is absent without a question, because nobody
//! would answer it.

use std::sync::Arc;

use vizard_proxy::ports::{SecretStore as _, StoreError, SystemClock};
use vizard_proxy::settings::Settings;
use vizard_pseudonym::Secret;
use vizard_tests::google::Google;
use vizard_tests::google::iam::Role;

use crate::project::{self, environment, text};
use crate::secrets::{ACCESS, LOOK};

const PLACES: [(&str, &str); 3] = [
    ("PATH_TO_INSTANCE_CONFIG", "vizard_zoom_"),
    ("PATH_TO_SHARED_CONFIG", "vizard_shared_"),
    ("VIZARD_STATE_PATH", "vizard_zoom_state_"),
];

const HELD: [(&str, &str); 5] = [
    ("vizard_shared_PSOXY_SALT", "salt of the project"),
    ("vizard_shared_PSOXY_ENCRYPTION_KEY", "key of the project"),
    ("vizard_zoom_CLIENT_ID", "fill me"),
    ("vizard_zoom_CLIENT_SECRET", "secret of the client"),
    ("vizard_shared_USER_AGENT", "an agent of the project"),
];

fn granted(google: &Google) {
    google.revoke_all();
    for (id, value) in HELD {
        google.put_secret(id, value);
        google.grant(Role::SecretAccessor, Some(&Google::secret_name(id)));
    }
}

#[tokio::test]
async fn a_deployment_with_a_grant_for_each_secret_reads_its_settings() {
    let google = Google::start().await;
    granted(&google);
    let names = HELD.map(|(id, _)| id).join(", ");
    let more = [&[("SOURCE", "zoom"), ("VIZARD_SECRET_NAMES", names.as_str())], &PLACES[..]].concat();
    let environment = environment(&google, &more);
    let secrets = project::of(&google).await.secrets(&environment, Arc::new(SystemClock)).await.unwrap();
    let settings = Settings::read(&environment, &*secrets).await.unwrap();
    assert_eq!(settings.keys.salt.expose_str(), Some("salt of the project"));
    assert_eq!(settings.user_agent, "an agent of the project");
    assert_eq!(
        text(secrets.read("vizard_zoom_CLIENT_SECRET").await.unwrap()).unwrap(),
        "secret of the client"
    );
    assert_eq!((google.count(ACCESS), google.count(LOOK)), (5, 5), "each once, and nothing else");
}

#[tokio::test]
async fn without_the_list_a_denial_stops_everything() {
    let google = Google::start().await;
    granted(&google);
    let environment = environment(&google, &[&[("SOURCE", "zoom")], &PLACES[..]].concat());
    let secrets = project::of(&google).await.secrets(&environment, Arc::new(SystemClock)).await.unwrap();
    let problems = Settings::read(&environment, &*secrets).await.unwrap_err();
    assert!(format!("{problems:?}").contains("denies access to"), "{problems:?}");
    let store = project::store(&google).await;
    let denied = Err(StoreError::Denied { name: "vizard_zoom_PSOXY_SALT".to_owned() });
    assert_eq!(store.read("vizard_zoom_PSOXY_SALT").await, denied, "whether it is there, nobody says");
    // With a grant for the project it is known what there is not.
    google.grant(Role::SecretAccessor, None);
    assert_eq!(store.read("vizard_zoom_PSOXY_SALT").await.map(text), Ok(None));
}

#[tokio::test]
async fn what_is_listed_must_be_readable() {
    let google = Google::start().await;
    granted(&google);
    google.put_secret("vizard_zoom_ACCOUNT_ID", "not granted");
    let listed =
        [("VIZARD_SECRET_NAMES", "vizard_zoom_ACCOUNT_ID,vizard_zoom_NONE , ,vizard_zoom_CLIENT_SECRET")];
    let store = project::store_with(&google, &listed, Arc::new(SystemClock)).await;
    for id in ["vizard_zoom_ACCOUNT_ID", "vizard_zoom_NONE"] {
        assert_eq!(store.read(id).await, Err(StoreError::Denied { name: id.to_owned() }));
    }
    assert_eq!(
        store.read("vizard_zoom_CLIENT_SECRET").await.map(text),
        Ok(Some("secret of the client".to_owned()))
    );
    google.forget();
    assert_eq!(store.read("vizard_shared_PSOXY_SALT").await.map(text), Ok(None));
    let unlisted = store.write("vizard_zoom_state_ACCESS_TOKEN", &Secret::new("x")).await;
    assert!(matches!(unlisted, Err(StoreError::Unavailable { .. })), "{unlisted:?}");
    let lease =
        store.acquire("vizard_zoom_state_OAUTH_REFRESH_TOKEN", std::time::Duration::from_secs(60)).await;
    assert!(matches!(lease, Err(StoreError::Unavailable { .. })), "{lease:?}");
    assert_eq!(google.counts().len(), 0);
}
