//! `SERVICE_ACCOUNT_KEY`: the key of a Google service account as Google gives it out, a JSON document, as it is or in
//! base64.

use aws_lc_rs::rsa::KeyPair;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use serde::Deserialize;
use vizard_pseudonym::Secret;
use zeroize::{Zeroize, Zeroizing};

use super::error::CredentialError;
use super::private_key;
use crate::settings;

/// The key, checked.
pub(super) struct AccountKey {
    pub(super) email: String,
    pub(super) id: String,
    pub(super) key: KeyPair,
    pub(super) token_endpoint: Uri,
}

#[derive(Deserialize)]
struct Written {
    r#type: Option<String>,
    client_email: Option<String>,
    private_key: Option<String>,
    private_key_id: Option<String>,
    token_uri: Option<String>,
}

impl Drop for Written {
    fn drop(&mut self) {
        self.private_key.zeroize();
    }
}

/// Reads the key. What is wrong is told by the member's name. With `loopback_http` its token endpoint may be anywhere
/// that the settings could name, and else only at Google: a key that somebody slipped in sends nothing elsewhere.
pub(super) fn read(secret: &Secret, loopback_http: bool) -> Result<AccountKey, CredentialError> {
    let text = decoded(secret.expose_str().unwrap_or_default().trim());
    let written: Written = text
        .and_then(|text| serde_json::from_slice(&text).ok())
        .ok_or(wrong("the JSON key of a service account, as it is or in base64"))?;
    if written.r#type.as_deref() != Some("service_account") {
        return Err(wrong("a key whose `type` is `service_account`"));
    }
    let email = written.client_email.as_deref().filter(|it| is_word(it) && it.contains('@'));
    let email = email.ok_or(wrong("a key with `client_email`, the e-mail address of the service account"))?;
    let id = written.private_key_id.as_deref().filter(|it| is_word(it));
    let id = id.ok_or(wrong("a key with `private_key_id`, the id of the key"))?;
    let pem = written.private_key.as_deref().filter(|it| it.contains("-----BEGIN"));
    let key = pem.and_then(private_key::parse);
    let key = key.ok_or(wrong("a key with `private_key`, an RSA key of 2048 bits or more in PEM"))?;
    let endpoint = written.token_uri.as_deref().and_then(|it| settings::endpoint(it, loopback_http).ok());
    let endpoint = endpoint.filter(|uri| loopback_http || is_of_google(uri));
    let token_endpoint =
        endpoint.ok_or(wrong("a key whose `token_uri` is an https URL of googleapis.com"))?;
    Ok(AccountKey { email: email.to_owned(), id: id.to_owned(), key, token_endpoint })
}

fn wrong(expected: &'static str) -> CredentialError {
    CredentialError::Invalid { name: "SERVICE_ACCOUNT_KEY", expected }
}

fn decoded(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    if text.starts_with('{') {
        return Some(Zeroizing::new(text.as_bytes().to_vec()));
    }
    let bare: Zeroizing<String> = Zeroizing::new(text.split_whitespace().collect());
    STANDARD.decode(bare.as_bytes()).ok().map(Zeroizing::new)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_graphic())
}

fn is_of_google(uri: &Uri) -> bool {
    uri.scheme_str() == Some("https")
        && uri.host().is_some_and(|host| host == GOOGLE || host.ends_with(".googleapis.com"))
}

const GOOGLE: &str = "googleapis.com";
