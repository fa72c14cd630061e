//! An RSA private key in the forms that operators paste: PEM with PKCS#8 or PKCS#1 inside, as it is or once
//! more in base64.

use aws_lc_rs::rsa::KeyPair;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::error::CredentialError;

/// Reads `PRIVATE_KEY`.
pub(super) fn read(text: &str) -> Result<KeyPair, CredentialError> {
    parse(text).ok_or(CredentialError::Invalid {
        name: "PRIVATE_KEY",
        expected: "an RSA key of 2048 bits or more in PEM (PKCS#8 or PKCS#1), as it is or in base64",
    })
}

/// Reads a key in any of the forms.
pub(super) fn parse(text: &str) -> Option<KeyPair> {
    if !text.contains("-----BEGIN") {
        let inner = Zeroizing::new(String::from_utf8(decoded(text)?.to_vec()).ok()?);
        return pem(&inner);
    }
    pem(text)
}

/// The first private key of a PEM text.
fn pem(text: &str) -> Option<KeyPair> {
    if let Some(der) = block(text, "PRIVATE KEY") {
        return KeyPair::from_pkcs8(&der).ok();
    }
    KeyPair::from_der(&block(text, "RSA PRIVATE KEY")?).ok()
}

fn block(text: &str, label: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (inner, _) = rest.split_once(&format!("-----END {label}-----"))?;
    decoded(inner)
}

/// White space does not count, and neither does `\n` written out, which comes from pasting a JSON string.
fn decoded(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let text = Zeroizing::new(text.replace("\\n", ""));
    let bare: Zeroizing<String> = Zeroizing::new(text.split_whitespace().collect());
    STANDARD.decode(bare.as_bytes()).ok().map(Zeroizing::new)
}
