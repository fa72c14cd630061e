//! Google's token endpoint on this machine: it believes what is signed with the account's key, at the right time, for a
//! user who exists and whom the account may act for. And the key itself.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Value, json};

use super::fakes::BEGIN;

/// The account.
pub(super) const EMAIL: &str = "vizard@lumen-orchard.iam.gserviceaccount.com";

/// Making keys takes its time; one is enough.
static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).unwrap());

/// The private key as it stands in the document.
pub(super) fn pem() -> String {
    let der: Pkcs8V1Der<'_> = KEY.as_der().unwrap();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der.as_ref()))
}

/// The document as Google gives it out.
pub(super) fn key(token_uri: &str) -> Value {
    json!({
        "type": "service_account",
        "project_id": "lumen-orchard",
        "private_key_id": "0f1e2d3c",
        "private_key": pem(),
        "client_email": EMAIL,
        "client_id": "1",
        "token_uri": token_uri,
        "universe_domain": "googleapis.com",
    })
}

/// Header and claims of a statement, if it is signed with the key.
pub(super) fn believed(statement: &str) -> Option<(Value, Value)> {
    let (signed, signature) = statement.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, KEY.public_key().as_ref());
    key.verify(signed.as_bytes(), &signature).ok()?;
    let part = |text| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    Some((part(header)?, part(claims)?))
}

/// The endpoint over a socket.
pub(super) struct Google {
    pub(super) url: String,
    pub(super) now: Arc<AtomicU64>,
    /// What it was told and believed.
    pub(super) claims: Arc<Mutex<Vec<(Value, Value)>>>,
}

impl Google {
    pub(super) fn listen() -> Google {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let google =
            Google { url: url.clone(), now: Arc::new(AtomicU64::new(BEGIN)), claims: Arc::default() };
        let (now, claims) = (google.now.clone(), google.claims.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(form) = form(&mut stream) else { continue };
                let now = now.load(Ordering::SeqCst);
                let (status, body) = judged(&form, &url, now, &claims);
                let date = Timestamp::from_second(now.try_into().unwrap()).unwrap();
                let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&date).unwrap();
                let head = format!(
                    "HTTP/1.1 {status} X\r\ndate: {date}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
            }
        });
        google
    }
}

/// Reads a request to its end and returns the form.
fn form(stream: &mut TcpStream) -> Option<Vec<(String, String)>> {
    let mut read = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).ok().filter(|length| *length > 0)?;
        read.extend_from_slice(&piece[..length]);
        let text = String::from_utf8(read.clone()).ok()?;
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let head = head.to_ascii_lowercase();
        let announced = head.split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
        if body.len() >= announced {
            assert!(head.starts_with("post /token http/1.1\r\n"), "{head}");
            assert!(head.contains("content-type: application/x-www-form-urlencoded"), "{head}");
            assert!(!head.contains("\r\nauthorization:"), "{head}");
            return Some(url::form_urlencoded::parse(body.as_bytes()).into_owned().collect());
        }
    }
}

fn judged(
    form: &[(String, String)],
    url: &str,
    now: u64,
    seen: &Mutex<Vec<(Value, Value)>>,
) -> (u16, String) {
    let refused = |error: &str, words: &str| (400, json!({ "error": error, "error_description": words }));
    let names: Vec<_> = form.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["grant_type", "assertion"]);
    assert_eq!(form[0].1, "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let (status, body) = match believed(&form[1].1) {
        None => refused("invalid_grant", "Invalid JWT Signature."),
        Some((header, claims)) => {
            let [iat, exp] = ["iat", "exp"].map(|name| claims[name].as_u64().unwrap());
            let user = claims["sub"].as_str().unwrap_or("itself").to_owned();
            let fits = claims["aud"] == url && claims["iss"] == EMAIL && exp <= iat + 3600;
            seen.lock().unwrap().push((header, claims));
            if !fits || iat > now + 60 || exp <= now {
                refused("invalid_grant", "Invalid JWT: iat and exp must be in a reasonable timeframe")
            } else if user.starts_with("nobody") {
                refused("invalid_grant", &format!("Invalid email or User ID: {user}"))
            } else if user.starts_with("mira") {
                refused("unauthorized_client", &format!("Client is unauthorized to act for {user}"))
            } else {
                let token = format!("token-of-{}", user.split('@').next().unwrap());
                (200, json!({ "access_token": token, "expires_in": 3599, "token_type": "Bearer" }))
            }
        }
    };
    (status, body.to_string())
}
