//! A service account by its key, and as the program's own identity.

use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use vizard_pseudonym::Secret;

use super::google::{self, EMAIL, Google};
use super::*;
use crate::ports::{WorkloadError, WorkloadToken};
use crate::secrets::Namespaces;
use crate::upstream::{HttpUpstream, TlsFloor, Transport};

const SCOPES: &str = "https://www.googleapis.com/auth/drive.readonly openid";

pub(super) fn user(address: &str) -> User {
    User::of(zeroize::Zeroizing::new(address.to_owned())).unwrap()
}

/// Over a socket, with the key in the store.
fn on_the_network(world: &World, google: &Google) -> Credentials {
    world.store.put("SERVICE_ACCOUNT_KEY", &google::key(&google.url).to_string());
    let connect = Duration::from_secs(5);
    let transport = Transport { tls: TlsFloor::Tls13, connect, body: 100_000, loopback_http: true };
    let upstream = Arc::new(HttpUpstream::new(transport).unwrap());
    let settings = ServiceAccount { loopback_http: true, ..fakes::account() };
    let secrets = Secrets::new(world.store.clone(), Namespaces::default());
    Credentials::new(Strategy::ServiceAccount(settings), secrets, upstream, world.clock.clone(), None)
}

async fn token(
    world: &World,
    credentials: &Credentials,
    user: Option<&User>,
) -> Result<String, CredentialError> {
    Ok(fakes::sent(&credentials.acting_for(user, world.deadline(), None).await?))
}

#[tokio::test]
async fn what_the_key_signs_is_believed() {
    let (world, google) = (World::new(&[]), Google::listen());
    let credentials = on_the_network(&world, &google);
    let nora = user("nora@lumen-orchard.example");
    for _ in 0..2 {
        assert_eq!(token(&world, &credentials, None).await.unwrap(), "Bearer token-of-itself");
        assert_eq!(token(&world, &credentials, Some(&nora)).await.unwrap(), "Bearer token-of-nora");
    }
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": "0f1e2d3c" });
    let mut claims = json!({
        "iss": EMAIL, "scope": SCOPES, "aud": google.url, "iat": fakes::BEGIN, "exp": fakes::BEGIN + 3600,
    });
    let own = (header.clone(), claims.clone());
    claims["sub"] = json!("nora@lumen-orchard.example");
    assert_eq!(*google.claims.lock().unwrap(), [own, (header, claims)]);
    assert!(!format!("{credentials:?}").contains("nora"));
}

#[tokio::test]
async fn a_refusal_says_what_to_look_at_and_names_nobody() {
    use EndpointHint as Hint;
    let (world, google) = (World::new(&[]), Google::listen());
    let credentials = on_the_network(&world, &google);
    let (mira, nobody) = (user("mira@lumen-orchard.example"), user("nobody@lumen-orchard.example"));
    let nora = user("nora@lumen-orchard.example");
    for (user, expected) in [(&mira, Hint::Delegation), (&nobody, Hint::User)] {
        let error = token(&world, &credentials, Some(user)).await.unwrap_err();
        assert_eq!(error, CredentialError::Refused { status: 400, hint: expected });
        assert!(!error.to_string().contains("mira") && !error.to_string().contains("nobody"), "{error}");
        assert_eq!(error.cause(), CredentialCause::ConnectionSetup);
    }
    assert_eq!(token(&world, &credentials, Some(&nora)).await.unwrap(), "Bearer token-of-nora");

    // Ahead of the endpoint, and so far behind it that what is signed has ended.
    for now in [fakes::BEGIN - 600, fakes::BEGIN + 7200] {
        google.now.store(now, Ordering::SeqCst);
        let credentials = on_the_network(&world, &google);
        for user in [None, Some(&nora)] {
            let error = token(&world, &credentials, user).await.unwrap_err();
            assert_eq!(error, CredentialError::Refused { status: 400, hint: Hint::Clock });
        }
    }
    google.now.store(fakes::BEGIN, Ordering::SeqCst);
    let credentials = on_the_network(&world, &google);
    let mut other = google::key(&google.url);
    let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = aws_lc_rs::encoding::AsDer::as_der(&key).unwrap();
    let der = STANDARD.encode(der.as_ref());
    other["private_key"] = json!(format!("-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----"));
    world.store.put("SERVICE_ACCOUNT_KEY", &other.to_string());
    let error = token(&world, &credentials, None).await.unwrap_err();
    assert_eq!(error, CredentialError::Refused { status: 400, hint: Hint::AccountKey });
}

#[tokio::test]
async fn the_codes_of_google_have_their_hints() {
    use EndpointHint as Hint;
    let nora = user("nora@lumen-orchard.example");
    let cases = [
        (400, "invalid_scope", Hint::AccountScopes, Hint::AccountScopes),
        (401, "unauthorized_client", Hint::AccountScopes, Hint::Delegation),
        (403, "access_denied", Hint::AccountScopes, Hint::Delegation),
        (400, "admin_policy_enforced", Hint::AccountScopes, Hint::Delegation),
        (401, "invalid_client", Hint::AccountKey, Hint::AccountKey),
        (401, "deleted_client", Hint::AccountKey, Hint::AccountKey),
        (429, "rate_limit_exceeded", Hint::Pace, Hint::Pace),
        (503, "internal_failure", Hint::Endpoint, Hint::Endpoint),
        (404, "", Hint::Other, Hint::Other),
    ];
    for (status, code, own, for_user) in cases {
        for (user, hint) in [(None, own), (Some(&nora), for_user)] {
            let world = World::new(&[]);
            let key = google::key("https://oauth2.googleapis.com/token");
            world.store.put("SERVICE_ACCOUNT_KEY", &key.to_string());
            world.endpoint.play(status, &json!({ "error": code }).to_string());
            let error = token(&world, &world.account(None), user).await.unwrap_err();
            assert_eq!(error, CredentialError::Refused { status, hint }, "{code}");
        }
    }
}

#[tokio::test]
async fn each_mistake_of_a_key_is_told_by_its_name() {
    let google = "https://oauth2.googleapis.com/token";
    let with = |name: &str, value: Value| {
        let mut key = google::key(google);
        key[name] = value;
        key.to_string()
    };
    let short = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----";
    let cases = [
        ("not a key".to_owned(), "the JSON key of a service account"),
        (STANDARD.encode("not a key"), "the JSON key of a service account"),
        ("{".to_owned(), "the JSON key of a service account"),
        ("[]".to_owned(), "the JSON key of a service account"),
        (with("type", json!(5)), "the JSON key of a service account"),
        (with("type", json!("authorized_user")), "`type`"),
        (with("type", Value::Null), "`type`"),
        (with("client_email", json!("")), "`client_email`"),
        (with("client_email", json!("vizard")), "`client_email`"),
        (with("private_key_id", json!("a b")), "`private_key_id`"),
        (with("private_key", Value::Null), "`private_key`"),
        (with("private_key", json!(short)), "`private_key`"),
        (with("private_key", json!(STANDARD.encode(google::pem()))), "`private_key`"),
        (with("token_uri", Value::Null), "`token_uri`"),
        (with("token_uri", json!("oauth2.googleapis.com/token")), "`token_uri`"),
        (with("token_uri", json!("http://oauth2.googleapis.com/token")), "`token_uri`"),
        (with("token_uri", json!("http://127.0.0.1:4000/token")), "`token_uri`"),
        (with("token_uri", json!("https://lumen-orchard.example/token")), "`token_uri`"),
        (with("token_uri", json!("https://notgoogleapis.com/token")), "`token_uri`"),
        (with("token_uri", json!("https://googleapis.com@lumen-orchard.example/")), "`token_uri`"),
    ];
    for (written, expected) in cases {
        let world = World::new(&[("SERVICE_ACCOUNT_KEY", &written)]);
        let error = token(&world, &world.account(None), None).await.unwrap_err();
        assert!(matches!(error, CredentialError::Invalid { name: "SERVICE_ACCOUNT_KEY", .. }), "{error}");
        assert!(error.to_string().contains(expected), "{expected}: {error}");
        assert!(!error.to_string().contains("lumen-orchard"), "{error}");
        assert_eq!(world.endpoint.calls(), 0);
    }
    let key = google::key(google).to_string();
    for written in
        [key.clone(), format!(" \n{key}\n"), STANDARD.encode(&key), google::key(google).to_string()]
    {
        let world = World::new(&[("SERVICE_ACCOUNT_KEY", &written)]);
        assert_eq!(token(&world, &world.account(None), None).await.unwrap(), "Bearer token-1");
        assert_eq!(world.endpoint.seen.lock().unwrap()[0].uri(), google);
    }
}

/// Vouches for the program, and remembers for what.
#[derive(Debug, Default)]
struct PlayedPlatform {
    refusal: Mutex<Option<WorkloadError>>,
    hangs: bool,
    asked: Mutex<Vec<String>>,
}

impl PlayedPlatform {
    async fn answer(&self, asked: &str, answer: &str) -> Result<Secret, WorkloadError> {
        self.asked.lock().unwrap().push(asked.to_owned());
        if self.hangs {
            std::future::pending::<()>().await;
        }
        (*self.refusal.lock().unwrap()).map_or(Ok(Secret::new(answer)), Err)
    }
}

#[async_trait]
impl Workload for PlayedPlatform {
    async fn token(&self, scopes: &[String]) -> Result<WorkloadToken, WorkloadError> {
        let value = self.answer(&scopes.join(" "), "own").await?;
        Ok(WorkloadToken { value, lifetime: Duration::from_secs(180) })
    }

    async fn email(&self) -> Result<String, WorkloadError> {
        self.answer("who", EMAIL).await.map(|it| it.expose_str().unwrap().to_owned())
    }

    async fn sign(&self, claims: &str) -> Result<Secret, WorkloadError> {
        self.answer(claims, &format!("header.{}.signature", URL_SAFE_NO_PAD.encode(claims))).await
    }

    fn token_endpoint(&self) -> http::Uri {
        http::Uri::from_static("https://oauth2.googleapis.com/token")
    }
}

#[tokio::test]
async fn without_a_key_the_platform_vouches() {
    let world = World::new(&[]);
    let platform = Arc::new(PlayedPlatform::default());
    let credentials = world.account(Some(platform.clone()));
    assert_eq!(token(&world, &credentials, None).await.unwrap(), "Bearer own");
    assert_eq!(world.endpoint.calls(), 0, "the platform gives the token itself");
    let nora = user("nora@lumen-orchard.example");
    assert_eq!(token(&world, &credentials, Some(&nora)).await.unwrap(), "Bearer token-1");

    let asked = std::mem::take(&mut *platform.asked.lock().unwrap());
    let claims = json!({
        "iss": EMAIL, "scope": SCOPES, "aud": "https://oauth2.googleapis.com/token",
        "iat": fakes::BEGIN, "exp": fakes::BEGIN + 3600, "sub": "nora@lumen-orchard.example",
    });
    assert_eq!(asked, [SCOPES, "who", &claims.to_string()]);
    let expected = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
        .append_pair("assertion", &format!("header.{}.signature", URL_SAFE_NO_PAD.encode(claims.to_string())))
        .finish();
    assert_eq!(world.endpoint.form(0), expected);

    // The key goes before the platform.
    let key = google::key("https://oauth2.googleapis.com/token").to_string();
    world.store.put("SERVICE_ACCOUNT_KEY", &key);
    world.clock.advance(90);
    assert_eq!(token(&world, &credentials, None).await.unwrap(), "Bearer token-2");
    assert!(platform.asked.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_does_not_vouch_is_told() {
    let nora = user("nora@lumen-orchard.example");
    for refusal in [WorkloadError::Absent, WorkloadError::Denied, WorkloadError::Unavailable] {
        let world = World::new(&[]);
        let platform = PlayedPlatform { refusal: Mutex::new(Some(refusal)), ..PlayedPlatform::default() };
        let credentials = world.account(Some(Arc::new(platform)));
        for user in [None, Some(&nora)] {
            let error = token(&world, &credentials, user).await.unwrap_err();
            assert_eq!(error, CredentialError::Workload(refusal));
            assert_eq!(error.passes(), refusal == WorkloadError::Unavailable);
        }
    }
    let world = World::new(&[]);
    let platform = PlayedPlatform { hangs: true, ..PlayedPlatform::default() };
    let error = token(&world, &world.account(Some(Arc::new(platform))), None).await.unwrap_err();
    assert_eq!(error, CredentialError::Workload(WorkloadError::Unavailable));
    assert_eq!(world.endpoint.calls(), 0);
}

#[tokio::test]
async fn a_key_is_missing_only_where_nobody_vouches() {
    let world = World::new(&[]);
    let credentials = world.account(None);
    assert_eq!(credentials.missing_properties().await.unwrap(), ["SERVICE_ACCOUNT_KEY"]);
    let error = token(&world, &credentials, None).await.unwrap_err();
    assert_eq!(error, CredentialError::Missing("SERVICE_ACCOUNT_KEY"));
    let vouched = world.account(Some(Arc::new(PlayedPlatform::default())));
    assert_eq!(vouched.missing_properties().await.unwrap(), Vec::<&str>::new());
    world.store.put("SERVICE_ACCOUNT_KEY", "there");
    assert_eq!(credentials.missing_properties().await.unwrap(), Vec::<&str>::new());
    // A store that is away is no reason to act as somebody else.
    world.store.fail_reads(true);
    let error = token(&world, &vouched, None).await.unwrap_err();
    assert_eq!(error.cause(), CredentialCause::ConfigurationFailure);
}
