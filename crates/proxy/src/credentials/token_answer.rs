//! What the token endpoint says: a token, or why not. No word of it is kept for a log.

use std::time::Duration;

use bytes::Bytes;
use http::Response;
use serde::Deserialize;
use serde_json::{Map, Value};
use vizard_pseudonym::Secret;

use super::error::{CredentialError, EndpointHint};
use super::strategy::Grant;

/// What a success holds.
#[derive(Debug)]
pub(super) struct Granted {
    /// The token and how long it lasts, or why there is none.
    pub(super) token: Result<(Secret, Duration), CredentialError>,
    /// Replaces the refresh token that was sent, which from now on is worth nothing: to be kept
    /// whatever the rest of the answer is like.
    pub(super) refresh_token: Option<Secret>,
    /// What the token is good for, if the source tells.
    pub(super) scopes: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct WrittenError {
    error: Option<String>,
}

/// Reads an answer to a grant.
pub(super) fn read(response: &Response<Bytes>, grant: Grant) -> Result<Granted, CredentialError> {
    read_with(response, |status, code| hint(status, code, grant))
}

/// Reads an answer. Of a refusal, status and code make a hint.
pub(super) fn read_with(
    response: &Response<Bytes>,
    hint: impl Fn(u16, &str) -> EndpointHint,
) -> Result<Granted, CredentialError> {
    let body = response.body();
    let status = response.status();
    if !status.is_success() {
        let code = serde_json::from_slice::<WrittenError>(body.get(..LIMIT).unwrap_or(body)).ok();
        let code = code.and_then(|it| it.error).unwrap_or_default();
        return Err(CredentialError::Refused { status: status.as_u16(), hint: hint(status.as_u16(), &code) });
    }
    if body.len() > LIMIT {
        return Err(CredentialError::Answer("the answer is larger than 64 KiB"));
    }
    // Members that are not asked for are of no use here. In particular an `api_url` is not followed: the host
    // that gets the token is the configured one.
    let mut written: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|_| CredentialError::Answer("the answer is not the JSON of a token"))?;
    let refresh_token = text(&mut written, "refresh_token").map(Secret::new);
    let scopes = text(&mut written, "scope").map(|it| it.split_whitespace().map(str::to_owned).collect());
    Ok(Granted { token: token(&mut written), refresh_token, scopes })
}

fn token(written: &mut Map<String, Value>) -> Result<(Secret, Duration), CredentialError> {
    let token = text(written, "access_token").ok_or(CredentialError::Answer("`access_token` is missing"))?;
    if !can_be_sent(&token) {
        return Err(CredentialError::Answer("`access_token` is not printable text on one line"));
    }
    Ok((Secret::new(token), lifetime(written.get("expires_in"))?))
}

/// Whether the token fits into a header; else it is no good to anybody, and not worth sharing.
pub(super) fn can_be_sent(token: &str) -> bool {
    token.bytes().all(|it| matches!(it, b' '..=b'~'))
}

fn text(written: &mut Map<String, Value>, name: &str) -> Option<String> {
    match written.remove(name)? {
        Value::String(text) => Some(text).filter(|it| !it.is_empty()),
        _ => None,
    }
}

/// Some endpoints write the number as text.
fn lifetime(written: Option<&Value>) -> Result<Duration, CredentialError> {
    let seconds = match written {
        None | Some(Value::Null) => return Ok(HOUR),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(other) => other.as_f64(),
    };
    match seconds {
        Some(seconds) if seconds >= 1.0 => Ok(Duration::from_secs_f64(seconds.floor().min(YEAR))),
        Some(_) | None => Err(CredentialError::Answer("`expires_in` is not a number of seconds")),
    }
}

/// From the codes of the OAuth standard, and from how Zoom uses them.
fn hint(status: u16, code: &str, grant: Grant) -> EndpointHint {
    match (code, grant) {
        ("invalid_client" | "unauthorized_client", Grant::JwtAssertion) => EndpointHint::ClientKey,
        ("invalid_client", _) => EndpointHint::Client,
        ("unauthorized_client" | "unsupported_grant_type", _) => EndpointHint::Grant,
        ("invalid_request", Grant::AccountCredentials) => EndpointHint::Account,
        ("invalid_grant", Grant::JwtAssertion) => EndpointHint::ClientKey,
        ("invalid_request" | "invalid_grant", Grant::RefreshToken) => EndpointHint::RefreshToken,
        ("invalid_scope", _) => EndpointHint::Scope,
        _ => by_status(status),
    }
}

/// What the status alone tells.
pub(super) fn by_status(status: u16) -> EndpointHint {
    match status {
        429 => EndpointHint::Pace,
        500.. => EndpointHint::Endpoint,
        _ => EndpointHint::Other,
    }
}

const LIMIT: usize = 64 * 1024;
const HOUR: Duration = Duration::from_secs(3600);
const YEAR: f64 = 365.0 * 86_400.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str, grant: Grant) -> Result<Granted, CredentialError> {
        let mut response = Response::new(Bytes::copy_from_slice(body.as_bytes()));
        *response.status_mut() = status.try_into().unwrap();
        read(&response, grant)
    }

    #[test]
    fn reads_a_token_and_its_lifetime() {
        let cases = [
            (
                r#"{"access_token":"a","token_type":"bearer","expires_in":3599,"scope":"x y","api_url":"https://evil.example"}"#,
                3599,
            ),
            (r#"{"access_token":"a"}"#, 3600),
            (r#"{"access_token":"a","expires_in":"120"}"#, 120),
            (r#"{"access_token":"a","expires_in":null}"#, 3600),
            (r#"{"access_token":"a","expires_in":1.9}"#, 1),
            (r#"{"access_token":"a","expires_in":1e30}"#, 31_536_000),
        ];
        for (body, seconds) in cases {
            let granted = answer(200, body, Grant::AccountCredentials).unwrap();
            let (token, lifetime) = granted.token.unwrap();
            assert_eq!((token, lifetime.as_secs()), (Secret::new("a"), seconds), "{body}");
            assert!(granted.refresh_token.is_none());
            let scopes = body.contains("scope").then(|| vec!["x".to_owned(), "y".to_owned()]);
            assert_eq!(granted.scopes, scopes, "{body}");
        }
        let rotated =
            answer(200, r#"{"access_token":"a","refresh_token":"r"}"#, Grant::RefreshToken).unwrap();
        assert_eq!(rotated.refresh_token, Some(Secret::new("r")));
    }

    #[test]
    fn refuses_what_is_no_token() {
        let long = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(LIMIT));
        let bodies = [
            "",
            "ok",
            "[]",
            "{}",
            r#"{"access_token":""}"#,
            r#"{"access_token":5}"#,
            r#"{"access_token":"a","expires_in":0}"#,
            r#"{"access_token":"a","expires_in":-3600}"#,
            r#"{"access_token":"a","expires_in":"soon"}"#,
            r#"{"access_token":"a","expires_in":[3600]}"#,
            r#"{"access_token":"a\u0000b"}"#,
            r#"{"access_token":"a\r\nHost: b"}"#,
            r#"{"access_token":"ü"}"#,
            &long,
        ];
        for body in bodies {
            let refused = answer(200, body, Grant::AccountCredentials).and_then(|it| it.token);
            assert!(matches!(refused, Err(CredentialError::Answer(_))), "{body:.40}");
        }
    }

    #[test]
    fn a_replaced_refresh_token_is_read_whatever_else_is_wrong() {
        for wrong in [r#""expires_in":0"#, r#""expires_in":true"#, r#""access_token":5"#, r#""scope":null"#] {
            let body = format!(r#"{{"refresh_token":"r",{wrong}}}"#);
            let granted = answer(200, &body, Grant::RefreshToken).unwrap();
            assert_eq!(granted.refresh_token, Some(Secret::new("r")), "{wrong}");
            assert!(granted.token.is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_the_value_that_is_wrong() {
        use EndpointHint as Hint;
        let cases = [
            (
                400,
                r#"{"reason":"Invalid client_id or client_secret","error":"invalid_client"}"#,
                Grant::AccountCredentials,
                Hint::Client,
            ),
            (
                400,
                r#"{"reason":"Bad Request","error":"invalid_request"}"#,
                Grant::AccountCredentials,
                Hint::Account,
            ),
            (
                400,
                r#"{"reason":"unsupported grant type","error":"unsupported_grant_type"}"#,
                Grant::AccountCredentials,
                Hint::Grant,
            ),
            (
                400,
                r#"{"reason":"Invalid Token!","error":"invalid_grant"}"#,
                Grant::RefreshToken,
                Hint::RefreshToken,
            ),
            (
                401,
                r#"{"reason":"Invalid Token!","error":"invalid_request"}"#,
                Grant::RefreshToken,
                Hint::RefreshToken,
            ),
            (401, r#"{"error":"invalid_client"}"#, Grant::JwtAssertion, Hint::ClientKey),
            (400, r#"{"error":"invalid_scope"}"#, Grant::ClientSecret, Hint::Scope),
            (429, "slow down", Grant::AccountCredentials, Hint::Pace),
            (503, "", Grant::AccountCredentials, Hint::Endpoint),
            (302, "", Grant::AccountCredentials, Hint::Other),
            (404, r#"{"error":7}"#, Grant::AccountCredentials, Hint::Other),
        ];
        for (status, body, grant, hint) in cases {
            assert_eq!(
                answer(status, body, grant).unwrap_err(),
                CredentialError::Refused { status, hint },
                "{body}"
            );
        }
    }
}
