//! Signed statements: that of the `jwt_assertion` flow (we are this client, and it is now), and how all are signed.

use std::time::{Duration, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::error::CredentialError;
use super::private_key;
use crate::ports::Clock;

/// An RS256 token for `audience`, good for five minutes.
pub(super) fn sign(
    key: &str,
    key_id: &str,
    client_id: &str,
    audience: &str,
    clock: &dyn Clock,
) -> Result<Zeroizing<String>, CredentialError> {
    let key = private_key::read(key)?;
    let now = clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let header = json!({ "alg": "RS256", "typ": "JWT", "x5t": thumbprint(key_id)? });
    let claims = json!({
        "aud": audience,
        "iss": client_id,
        "sub": client_id,
        "iat": now.as_secs(),
        "exp": (now + LIFETIME).as_secs(),
        "jti": clock.request_id(),
    });
    signed(&key, &header, &claims)
        .ok_or(CredentialError::Invalid { name: "PRIVATE_KEY", expected: "an RSA key that can sign" })
}

/// The JWT of these two, signed with RS256. None: the key cannot sign.
pub(super) fn signed(key: &KeyPair, header: &Value, claims: &Value) -> Option<Zeroizing<String>> {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut token = Zeroizing::new(format!("{}.{}", part(header), part(claims)));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature).ok()?;
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(signature));
    Some(token)
}

/// The fingerprint of the certificate as `x5t` has it, from the text that tools print:
/// `sha1 Fingerprint=AB:CD:…`. With padding, which is what services compare with.
fn thumbprint(key_id: &str) -> Result<String, CredentialError> {
    let wrong = || CredentialError::Invalid {
        name: "PRIVATE_KEY_ID",
        expected: "the SHA-1 fingerprint of the certificate in hex, as in `sha1 Fingerprint=AB:CD:…`",
    };
    let hex = key_id.rsplit_once('=').map_or(key_id, |(_, hex)| hex);
    let digits: Option<Vec<u8>> = hex
        .chars()
        .filter(|it| *it != ':')
        .map(|it| it.to_digit(16).and_then(|it| u8::try_from(it).ok()))
        .collect();
    let digits = digits.filter(|it| !it.is_empty() && it.len() % 2 == 0).ok_or_else(wrong)?;
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    Ok(URL_SAFE.encode(bytes))
}

const LIFETIME: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fingerprints_as_tools_print_them() {
        let cases = [
            ("sha1 Fingerprint=AB:CD:EF", Some("q83v")),
            ("SHA1 Fingerprint=ab:cd", Some("q80=")),
            ("ABCDEF01", Some("q83vAQ==")),
            ("", None),
            ("ABC", None),
            ("sha1 Fingerprint=", None),
            ("AB CD", None),
            ("xy", None),
        ];
        for (text, expected) in cases {
            assert_eq!(thumbprint(text).ok().as_deref(), expected, "{text}");
        }
    }
}
