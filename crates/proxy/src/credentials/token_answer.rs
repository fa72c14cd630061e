//! What the token endpoint says: a token, or why not. No word of it is kept for a log.

use std::time::Duration;

use bytes::Bytes;
use http::Response;
use serde::Deserialize;
use vizard_pseudonym::Secret;

use super::error::{CredentialError, EndpointHint};
use super::strategy::Grant;

/// A usable answer.
#[derive(Debug)]
pub(super) struct Granted {
    pub(super) access_token: Secret,
    pub(super) lifetime: Duration,
    /// Replaces the refresh token that was sent.
    pub(super) refresh_token: Option<Secret>,
}

/// Members that are not listed are of no use here. In particular an `api_url` is not followed: the host that
/// gets the token is the configured one.
#[derive(Deserialize)]
struct Written {
    access_token: Option<String>,
    refresh_token: Option<String>,
    expires_in: Option<Seconds>,
}

/// Some endpoints write the number as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(f64),
    Text(String),
}

#[derive(Deserialize)]
struct WrittenError {
    error: Option<String>,
}

/// Reads an answer.
pub(super) fn read(response: &Response<Bytes>, grant: Grant) -> Result<Granted, CredentialError> {
    let body = response.body();
    let status = response.status();
    if !status.is_success() {
        let code = serde_json::from_slice::<WrittenError>(body.get(..LIMIT).unwrap_or(body)).ok();
        let code = code.and_then(|it| it.error).unwrap_or_default();
        return Err(CredentialError::Refused {
            status: status.as_u16(),
            hint: hint(status.as_u16(), &code, grant),
        });
    }
    if body.len() > LIMIT {
        return Err(CredentialError::Answer("the answer is larger than 64 KiB"));
    }
    let written: Written = serde_json::from_slice(body)
        .map_err(|_| CredentialError::Answer("the answer is not the JSON of a token"))?;
    let access_token =
        secret(written.access_token).ok_or(CredentialError::Answer("`access_token` is missing"))?;
    Ok(Granted {
        access_token,
        lifetime: lifetime(written.expires_in.as_ref())?,
        refresh_token: secret(written.refresh_token),
    })
}

fn secret(written: Option<String>) -> Option<Secret> {
    written.filter(|it| !it.is_empty()).map(Secret::new)
}

fn lifetime(written: Option<&Seconds>) -> Result<Duration, CredentialError> {
    let seconds = match written {
        None => return Ok(HOUR),
        Some(Seconds::Number(seconds)) => Some(*seconds),
        Some(Seconds::Text(text)) => text.trim().parse().ok(),
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
        _ if status == 429 => EndpointHint::Pace,
        _ if status >= 500 => EndpointHint::Endpoint,
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
            assert_eq!(granted.access_token, Secret::new("a"));
            assert_eq!(granted.lifetime.as_secs(), seconds, "{body}");
            assert!(granted.refresh_token.is_none());
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
            r#"{"access_token":"a","expires_in":"soon"}"#,
            &long,
        ];
        for body in bodies {
            let refused = answer(200, body, Grant::AccountCredentials);
            assert!(matches!(refused, Err(CredentialError::Answer(_))), "{body:.40}");
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
