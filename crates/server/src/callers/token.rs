//! One token: is it signed by a key of the issuer, made for us, and in force?

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use jsonwebtoken::{Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;

use super::keys::Keys;

/// Why a token is not believed. Nothing of it is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Untrusted {
    /// There is none.
    Missing,
    /// It is none, not signed by the issuer, or made for somebody else.
    Invalid,
    /// It was good once.
    Expired,
}

/// What the issuer says of the bearer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bearer {
    pub(crate) subject: Option<String>,
    /// Only an address that the issuer has verified.
    pub(crate) email: Option<String>,
    /// Seconds of the epoch from which on the token is not taken any more.
    pub(crate) until: u64,
}

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'e> {
    pub(crate) issuer: &'e str,
    pub(crate) audiences: &'e [String],
    /// Seconds of the epoch.
    pub(crate) now: u64,
}

/// The token of a request, as sent.
pub(crate) fn sent(headers: &HeaderMap) -> Result<&str, Untrusted> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(Untrusted::Missing)?;
    if values.next().is_some() {
        return Err(Untrusted::Invalid);
    }
    let (scheme, token) = value.to_str().ok().and_then(|it| it.split_once(' ')).ok_or(Untrusted::Invalid)?;
    let token = token.trim_start_matches(' ');
    let known = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= LONGEST;
    if known { Ok(token) } else { Err(Untrusted::Invalid) }
}

/// The name of the key that a token says it is signed with; an error when it is no signed token at all.
pub(crate) fn key_id(token: &str) -> Result<Option<String>, Untrusted> {
    let header = decode_header(token).map_err(|_| Untrusted::Invalid)?;
    // An extension that must be understood, and is not.
    if header.crit.is_some() { Err(Untrusted::Invalid) } else { Ok(header.kid) }
}

/// Verifies the signature with the keys of the issuer, and then what is said.
pub(crate) fn verify(token: &str, keys: &Keys, expected: Expected<'_>) -> Result<Bearer, Untrusted> {
    let header = decode_header(token).map_err(|_| Untrusted::Invalid)?;
    let candidates = keys.signing(header.kid.as_deref(), header.alg);
    let claims = candidates.into_iter().find_map(|key| {
        let mut validation = Validation::new(header.alg);
        // What is said is judged below, by the time that we are given.
        validation.required_spec_claims.clear();
        (validation.validate_exp, validation.validate_aud) = (false, false);
        decode::<Claims>(token, key, &validation).ok()
    });
    claims.ok_or(Untrusted::Invalid)?.claims.judge(expected)
}

/// Judges what a token says whose signature Cloud Run has verified and taken out; `None` when that is not such a token.
///
/// <https://cloud.google.com/run/docs/troubleshooting#signature-removed>
pub(crate) fn believe(token: &str, expected: Expected<'_>) -> Option<Result<Bearer, Untrusted>> {
    let (_, claims) = token.strip_suffix(REMOVED)?.split_once('.')?;
    let claims =
        URL_SAFE_NO_PAD.decode(claims).ok().and_then(|it| serde_json::from_slice::<Claims>(&it).ok());
    Some(claims.ok_or(Untrusted::Invalid).and_then(|claims| claims.judge(expected)))
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audiences,
    exp: f64,
    iat: f64,
    nbf: Option<f64>,
    sub: Option<String>,
    email: Option<Value>,
    email_verified: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audiences {
    One(String),
    Several(Vec<String>),
}

impl Claims {
    fn judge(self, expected: Expected<'_>) -> Result<Bearer, Untrusted> {
        let ours = |audience: &String| expected.audiences.contains(audience);
        let for_us = match &self.aud {
            Audiences::One(audience) => ours(audience),
            Audiences::Several(audiences) => audiences.iter().any(ours),
        };
        let (begun, until) = (self.iat.max(self.nbf.unwrap_or(0.0)), self.exp + LEEWAY);
        let now = expected.now as f64;
        if self.iss != expected.issuer || !for_us || begun > now + LEEWAY || self.exp < self.iat {
            return Err(Untrusted::Invalid);
        }
        if until <= now {
            return Err(Untrusted::Expired);
        }
        let verified = self.email_verified == Some(Value::Bool(true));
        let email = self.email.filter(|_| verified);
        let email = email.and_then(|it| it.as_str().map(str::to_owned));
        Ok(Bearer { subject: self.sub, email, until: until as u64 })
    }
}

/// In the place of a signature.
const REMOVED: &str = ".SIGNATURE_REMOVED_BY_GOOGLE";

/// Seconds by which the clock of the issuer may differ from ours.
const LEEWAY: f64 = 60.0;

/// More than any issuer makes.
const LONGEST: usize = 16 * 1024;

#[cfg(test)]
mod tests;
