//! An issuer of tokens on loopback, honest unless a test says otherwise. Tokens are put together by hand, so that there
//! can be any.

use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaKeyPair,
};
use aws_lc_rs::{hmac, rsa};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::stand_in::{self, StandIn};

/// The issuer.
#[derive(Debug)]
pub struct Issuer {
    site: StandIn,
    published: Arc<Mutex<Published>>,
}

#[derive(Debug)]
struct Published {
    issuer: String,
    set: String,
    status: u16,
}

impl Issuer {
    /// An issuer that publishes the public parts of these keys.
    pub async fn publishing(keys: &[&Signer]) -> Issuer {
        let site = StandIn::start().await;
        let (url, place) = (site.url().to_owned(), format!("{}/keys", site.url()));
        let published = Arc::new(Mutex::new(Published { issuer: url, set: String::new(), status: 200 }));
        let state = published.clone();
        site.answer(move |request| {
            let published = state.lock().unwrap();
            let body = match request.uri().path() {
                "/.well-known/openid-configuration" => {
                    json!({"issuer": published.issuer, "jwks_uri": place}).to_string()
                }
                "/keys" => published.set.clone(),
                other => panic!("nobody asks an issuer for {other}"),
            };
            let mut response = stand_in::json(body);
            *response.status_mut() = published.status.try_into().unwrap();
            response
        });
        let issuer = Issuer { site, published };
        issuer.publish(keys);
        issuer
    }

    /// Its address, which is its name.
    pub fn url(&self) -> &str {
        self.site.url()
    }

    /// Replaces the published keys.
    pub fn publish(&self, keys: &[&Signer]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.public()).collect();
        self.publish_text(json!({"keys": keys}).to_string());
    }

    /// Publishes this text as the key set.
    pub fn publish_text(&self, set: String) {
        self.published.lock().unwrap().set = set;
    }

    /// From now on it calls itself so.
    pub fn rename(&self, issuer: &str) {
        issuer.clone_into(&mut self.published.lock().unwrap().issuer);
    }

    /// From now on everything is answered with this status.
    pub fn answer_with(&self, status: u16) {
        self.published.lock().unwrap().status = status;
    }

    /// How many documents it was asked for.
    pub fn asked(&self) -> usize {
        self.site.seen().len()
    }

    /// What it says in a good token: Nora may call `vizard` for an hour.
    pub fn claims(&self) -> Value {
        let now = now();
        json!({
            "iss": self.url(),
            "aud": "vizard",
            "iat": now,
            "exp": now + 3600,
            "sub": "7",
            "email": "nora@lumen-orchard.example",
            "email_verified": true,
        })
    }
}

/// Seconds of the epoch.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// A key of an issuer, with its private part.
#[derive(Debug)]
pub struct Signer {
    id: String,
    pair: Pair,
}

#[derive(Debug)]
enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Signer {
    /// A key for `RS256` and `PS256`.
    pub fn rsa(id: &str) -> Signer {
        let pair = RsaKeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
        Signer { id: id.to_owned(), pair: Pair::Rsa(pair) }
    }

    /// A key for `ES256`.
    pub fn ec(id: &str) -> Signer {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Signer { id: id.to_owned(), pair: Pair::Ec(pair) }
    }

    /// A key for `EdDSA`.
    pub fn ed(id: &str) -> Signer {
        Signer { id: id.to_owned(), pair: Pair::Ed(Ed25519KeyPair::generate().unwrap()) }
    }

    /// The algorithm that it usually signs with.
    pub fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::Ec(_) => "ES256",
            Pair::Ed(_) => "EdDSA",
        }
    }

    /// The public part, as a member of a key set.
    pub fn public(&self) -> Value {
        let mut key = match &self.pair {
            Pair::Rsa(pair) => {
                let (modulus, exponent) = rsa_numbers(pair.public_key().as_ref());
                json!({"kty": "RSA", "n": written(modulus), "e": written(exponent)})
            }
            Pair::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "x": written(&point[1..33]), "y": written(&point[33..])})
            }
            Pair::Ed(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": written(pair.public_key().as_ref())})
            }
        };
        key["kid"] = json!(self.id);
        key["use"] = json!("sig");
        key
    }

    /// A token that says this.
    pub fn token(&self, claims: &Value) -> String {
        self.token_headed(&json!({"alg": self.algorithm(), "typ": "JWT", "kid": self.id}), claims)
    }

    /// A token with another header, signed as its `alg` says: with `HS256` by whoever takes the public key for a shared
    /// secret, with `none` by nobody.
    pub fn token_headed(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", written(header.to_string()), written(claims.to_string()));
        let random = SystemRandom::new();
        let signature = match (&self.pair, header["alg"].as_str().unwrap_or_default()) {
            (Pair::Rsa(pair), algorithm @ ("RS256" | "PS256")) => {
                let padding = if algorithm == "RS256" { &RSA_PKCS1_SHA256 } else { &RSA_PSS_SHA256 };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message.as_bytes(), &mut signature).unwrap();
                signature
            }
            (Pair::Ec(pair), "ES256") => pair.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec(),
            (Pair::Ed(pair), "EdDSA") => pair.sign(message.as_bytes()).as_ref().to_vec(),
            (_, "HS256") => {
                let secret = hmac::Key::new(hmac::HMAC_SHA256, &self.public_bytes());
                hmac::sign(&secret, message.as_bytes()).as_ref().to_vec()
            }
            _ => Vec::new(),
        };
        format!("{message}.{}", written(signature))
    }

    fn public_bytes(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ec(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ed(pair) => pair.public_key().as_ref().to_vec(),
        }
    }
}

/// Modulus and exponent of a 2048-bit key in DER, which has both at fixed places.
fn rsa_numbers(der: &[u8]) -> (&[u8], &[u8]) {
    let modulus = &der[der.len() - 5 - 256..der.len() - 5];
    (modulus, &der[der.len() - 3..])
}

fn written(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
