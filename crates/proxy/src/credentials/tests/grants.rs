//! The exact request of each grant.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Method;
use serde_json::{Value, json};

use super::*;
use crate::credentials::private_key;
use vizard_pseudonym::Secret;

async fn asked(world: &World, exchange: Exchange) -> http::Request<bytes::Bytes> {
    let credentials = world.credentials(Strategy::Exchange(exchange));
    let authorization = credentials.for_request(world.deadline(), None).await.unwrap();
    assert_eq!(fakes::sent(&authorization), "Bearer token-1");
    let request = world.endpoint.seen.lock().unwrap().remove(0);
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), fakes::ENDPOINT);
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(request.headers()["accept"], "application/json");
    request
}

fn form(request: &http::Request<bytes::Bytes>) -> &str {
    std::str::from_utf8(request.body()).unwrap()
}

#[tokio::test]
async fn account_credentials_are_a_form_in_the_name_of_the_app() {
    let world = World::zoom();
    let request = asked(&world, fakes::exchange(Grant::AccountCredentials)).await;
    assert_eq!(form(&request), "grant_type=account_credentials&account_id=account");
    assert_eq!(request.headers()["authorization"], "Basic Y2xpZW50OnNlY3JldA==", "both are trimmed");
    assert!(request.headers()["authorization"].is_sensitive());
    assert_eq!(request.headers().len(), 3);
}

#[tokio::test]
async fn ids_of_the_environment_go_before_those_of_the_store() {
    let world = World::zoom();
    let exchange = Exchange {
        client_id: Some(Secret::new("env")),
        account_id: Some(Secret::new("a+b ")),
        ..fakes::exchange(Grant::AccountCredentials)
    };
    let request = asked(&world, exchange).await;
    assert_eq!(form(&request), "grant_type=account_credentials&account_id=a%2Bb");
    assert_eq!(request.headers()["authorization"], "Basic ZW52OnNlY3JldA==");
}

#[tokio::test]
async fn a_refresh_token_goes_with_client_and_secret_in_the_form() {
    let world = World::zoom();
    world.store.put("REFRESH_TOKEN", "re&fresh\n");
    let request = asked(&world, fakes::exchange(Grant::RefreshToken)).await;
    let expected = "grant_type=refresh_token&refresh_token=re%26fresh&client_id=client&client_secret=secret";
    assert_eq!(form(&request), expected);
    assert_eq!(request.headers().len(), 2);
}

#[tokio::test]
async fn client_credentials_send_the_scope() {
    let world = World::zoom();
    let bare = fakes::exchange(Grant::ClientSecret);
    let request = asked(&world, bare.clone()).await;
    assert_eq!(form(&request), "client_id=client&client_secret=secret&grant_type=client_credentials");
    let request = asked(&world, Exchange { scope: Some("a b".to_owned()), ..bare }).await;
    let expected = "client_id=client&client_secret=secret&grant_type=client_credentials&scope=a+b";
    assert_eq!(form(&request), expected);
}

#[tokio::test]
async fn an_assertion_is_signed_with_the_private_key() {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = key.as_der().unwrap();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der.as_ref())
    );
    let world = World::zoom();
    world.store.put("PRIVATE_KEY_ID", "sha1 Fingerprint=AB:CD:EF:01");
    let exchange = Exchange { scope: Some("x".to_owned()), ..fakes::exchange(Grant::JwtAssertion) };
    for written in [pem.clone(), STANDARD.encode(&pem), pem.replace('\n', "\\n")] {
        world.store.put("PRIVATE_KEY", &written);
        let request = asked(&world, exchange.clone()).await;
        let fields: Vec<(String, String)> =
            url::form_urlencoded::parse(request.body()).into_owned().collect();
        let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["client_assertion", "client_assertion_type", "client_id", "grant_type", "scope"]);
        assert_eq!(fields[1].1, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        assert_eq!((fields[2].1.as_str(), fields[3].1.as_str()), ("client", "client_credentials"));
        let (signed, signature) = fields[0].1.rsplit_once('.').unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        let part =
            |text| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap() };
        assert_eq!(part(header), json!({ "alg": "RS256", "typ": "JWT", "x5t": "q83vAQ==" }));
        let expected = json!({
            "aud": fakes::ENDPOINT, "iss": "client", "sub": "client",
            "iat": fakes::BEGIN, "exp": fakes::BEGIN + 300, "jti": "5f0c2a9e-77d1-4c57-9a52-0d6f3b1e8c44",
        });
        assert_eq!(part(claims), expected);
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref())
            .verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap())
            .unwrap();
    }
}

#[test]
fn a_private_key_may_be_pkcs_1() {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = key.as_der().unwrap();
    // In PKCS#8 version 1 an RSA key is the PKCS#1 structure after 26 bytes of header.
    let pem = format!(
        "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
        STANDARD.encode(&der.as_ref()[26..])
    );
    assert_eq!(private_key::read(&pem).unwrap().public_key().as_ref(), key.public_key().as_ref());
    for wrong in ["", "abc", "-----BEGIN PRIVATE KEY-----", &STANDARD.encode("abc"), &pem.replace("RSA ", "")]
    {
        let error = private_key::read(wrong).unwrap_err();
        assert!(matches!(error, CredentialError::Invalid { name: "PRIVATE_KEY", .. }), "{wrong:.20}");
    }
}
