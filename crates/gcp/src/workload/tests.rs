//! The platform on this machine: its metadata server, and the API that signs.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::*;
use crate::patience::Patience;

const EMAIL: &str = "vizard@lumen-orchard.iam.gserviceaccount.com";

type Answer = (u16, String);

struct Platform {
    address: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Platform {
    /// Answers as `told` for the path that it is asked for, and remembers it.
    fn listen(told: impl Fn(&str) -> Answer + Send + 'static) -> Platform {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let all = seen.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some((line, head, body)) = request(&mut stream) else { continue };
                let flavor = head.contains("metadata-flavor: google");
                let bearer = head.contains("authorization: bearer own-token");
                assert!(flavor || bearer, "{head}");
                all.lock().unwrap().push(format!("{line} {body}").trim_end().to_owned());
                let (status, body) = told(line.split(' ').nth(1).unwrap());
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nconnection: close\r\nmetadata-flavor: Google\r\ncontent-length: {length}\r\n\r\n{body}"
                );
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        Platform { address, seen }
    }

    fn identity(&self) -> WorkloadIdentity {
        let credentials = mds::Builder::default().with_endpoint(&self.address).build().unwrap();
        let google = Google {
            project: "lumen-orchard".to_owned(),
            credentials,
            endpoint: Some(self.address.clone()),
            metadata: Some(self.address.clone()),
            patience: Patience::default(),
        };
        WorkloadIdentity::new(&google)
    }

    fn seen(&self, part: &str) -> Vec<String> {
        self.seen.lock().unwrap().iter().filter(|it| it.contains(part)).cloned().collect()
    }
}

fn request(stream: &mut TcpStream) -> Option<(String, String, String)> {
    let mut read = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).ok().filter(|length| *length > 0)?;
        read.extend_from_slice(&piece[..length]);
        let text = String::from_utf8(read.clone()).ok()?;
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let (line, head) = head.split_once("\r\n").unwrap();
        let head = head.to_ascii_lowercase();
        let announced = head.split("content-length: ").nth(1).and_then(|it| it.split("\r\n").next());
        if body.len() >= announced.map_or(0, |it| it.parse().unwrap()) {
            return Some((line.trim_end_matches(" HTTP/1.1").to_owned(), head, body.to_owned()));
        }
    }
}

/// As it should be.
fn well(path: &str) -> Answer {
    let token = |token: &str| {
        json!({ "access_token": token, "expires_in": 3599, "token_type": "Bearer" }).to_string()
    };
    match path.strip_prefix("/computeMetadata/v1/instance/service-accounts/default/") {
        Some("email") => (200, EMAIL.to_owned()),
        Some("token") => (200, token("own-token")),
        Some(scoped) if scoped.starts_with("token?scopes=") => (200, token("scoped-token")),
        Some(_) => (404, String::new()),
        None if path.ends_with(":signJwt") => {
            (200, json!({ "keyId": "1", "signedJwt": "header.claims.signature" }).to_string())
        }
        None => (404, String::new()),
    }
}

#[tokio::test]
async fn tokens_are_for_the_scopes_and_kept() {
    let platform = Platform::listen(well);
    let identity = platform.identity();
    let scopes = ["a.read", "b.read"].map(str::to_owned);
    for _ in 0..3 {
        let token = identity.token(&scopes).await.unwrap();
        assert_eq!((token.value, token.lifetime), (Secret::new("scoped-token"), LIFETIME));
    }
    let other = identity.token(&scopes[..1]).await.unwrap();
    assert_eq!(other.value, Secret::new("scoped-token"));
    let path = "GET /computeMetadata/v1/instance/service-accounts/default/token?scopes=a.read";
    assert_eq!(platform.seen("scopes="), [format!("{path}%2Cb.read"), path.to_owned()]);
}

#[tokio::test]
async fn the_platform_signs_in_the_name_of_the_account() {
    let platform = Platform::listen(well);
    let identity = platform.identity();
    for _ in 0..2 {
        assert_eq!(identity.email().await.unwrap(), EMAIL);
        let statement = identity.sign(r#"{"sub":"nora@lumen-orchard.example"}"#).await.unwrap();
        assert_eq!(statement, Secret::new("header.claims.signature"));
    }
    assert_eq!(platform.seen("/email").len(), 1);
    let expected = format!(
        r#"POST /v1/projects/-/serviceAccounts/{EMAIL}:signJwt {{"payload":"{{\"sub\":\"nora@lumen-orchard.example\"}}"}}"#
    );
    assert_eq!(platform.seen("signJwt"), [expected.clone(), expected]);
    assert_eq!(identity.token_endpoint().to_string(), format!("{}/token", platform.address));
}

#[tokio::test]
async fn a_platform_that_does_not_sign_says_why() {
    let cases = [
        (401, "", WorkloadError::Denied),
        (403, "nora@lumen-orchard.example", WorkloadError::Denied),
        (404, "", WorkloadError::Absent),
        (429, "", WorkloadError::Unavailable),
        (503, "", WorkloadError::Unavailable),
        (400, "", WorkloadError::Answer),
        (302, "", WorkloadError::Answer),
        (200, "", WorkloadError::Answer),
        (200, r#"{"signedJwt":"header.claims"}"#, WorkloadError::Answer),
    ];
    for (status, body, expected) in cases {
        let platform = Platform::listen(move |path| match path.ends_with(":signJwt") {
            true => (status, body.to_owned()),
            false => well(path),
        });
        assert_eq!(platform.identity().sign("{}").await.unwrap_err(), expected, "{status} {body}");
    }
}

#[tokio::test]
async fn an_account_that_is_none_is_told_and_asked_for_again() {
    let scopes = ["a.read".to_owned()];
    let found = Arc::new(Mutex::new(false));
    let known = found.clone();
    let platform = Platform::listen(move |path| match *known.lock().unwrap() {
        true => well(path),
        false => (404, String::new()),
    });
    let identity = platform.identity();
    assert_eq!(identity.token(&scopes).await.unwrap_err(), WorkloadError::Absent);
    identity.email().await.unwrap_err();
    *found.lock().unwrap() = true;
    assert_eq!(identity.token(&scopes).await.unwrap().value, Secret::new("scoped-token"));
    assert_eq!(identity.email().await.unwrap(), EMAIL);

    let odd = Platform::listen(|path| match path.ends_with("/email") {
        true => (200, "nora@lumen-orchard.example/../x".to_owned()),
        false => well(path),
    });
    assert_eq!(odd.identity().email().await.unwrap_err(), WorkloadError::Answer);
}
